"""What is asked of records whose fact is text: the policy that help was received under."""

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
