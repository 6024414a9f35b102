"""What is asked of records: the policy that help was received under, which is text; a yes or no."""

import datetime as dt

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r

DAY = dt.date(2025, 9, 1)
HELPED = r.Category(
    "330199.helped", Text("已享受", "helped"), r.help_received.any(lambda h: h.is_for("cn.dibao_benefit"))
)
PACK = Pack("330199", Text("县", "county"), "1", ">=0.1", categories=[HELPED])


def test_the_policy_of_help_received_is_asked_for_where_it_decides():
    book = kinderguard.load(packs=[PACK])
    case = Case.from_facts({"division_code": "330199", "help": [{"amount": "100"}]})
    result = book.assess(case, on=DAY)
    assert result.categories["330199.helped"] is None
    assert [m.path for m in result.missing if "330199.helped" in m.changes] == ["help.policy"]


def test_a_yes_or_no_of_a_record_is_asked_for_where_only_a_no_decides():
    incapable = r.guardians.any(lambda g: ~g.capable)
    either = r.Category("330199.either", Text("其一", "either"), incapable | r.child.adopted)
    book = kinderguard.load(packs=[Pack("330199", Text("县", "county"), "1", ">=0.1", categories=[either])])
    case = Case.from_facts({"division_code": "330199", "guardians": [{"relation": "sibling"}]})
    result = book.assess(case, on=DAY)
    assert result.categories["330199.either"] is None
    asked = {m.path for m in result.missing if "330199.either" in m.changes}
    assert asked == {"guardians.capable", "child.adopted"}
