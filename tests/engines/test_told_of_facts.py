"""What an explanation says of facts: who found them, in which unit a number stands, and which are asked for first."""

import pytest

import kinderguard
from engines.agreement import DAY, book_of
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.rules import child, household, param
from kinderguard.rules.citations import ALWAYS
from kinderguard.rules.parameters import ParameterValue
from kinderguard.rules.ruleset import RuleSet

TITLE = Text("某", "some")


@pytest.mark.parametrize(("stated", "said"), [({}, True), ({"330199.central_heating": True}, False)])
def test_a_fact_that_a_provider_found_says_so(stated, said):
    case = Case.from_facts(
        {
            "division_code": "330199001",
            "child.residence.division": "330199001",
            "child.birth_date": "2015-01-01",
            **stated,
        }
    )
    told = kinderguard.load().assess(case, on=DAY).explain("330199.winter_heating")
    assert ("由事实提供者查得，个案未记录" in told.text("zh")) is said
    assert ("found by a fact provider" in told.text("en")) is said


def test_what_is_not_known_is_asked_for_before_what_is_known_to_be_otherwise():
    way = child.adopted | (child.living_on_street & child.illness.hiv)
    rule = r.Category("cn.x", TITLE, when=(household.size > 8) & way)
    facts = {"division_code": "370831", "household.size": 3, "child.adopted": False}
    told = book_of(RuleSet([rule], [])).assess(Case.from_facts(facts), on=DAY).explain("cn.x").text("en")
    needed = told.partition("The least that would have to change")[2]
    assert "adopted" not in needed
    assert "street" in needed


def test_a_number_stands_in_the_unit_that_its_parameter_states():
    far = r.Parameter(
        "cn.far",
        param.ratio("cn.far").kind,
        "公里",
        Text("远", "far"),
        values=(ParameterValue("", ALWAYS, 5, "虚构", r.Trust.ILLUSTRATIVE),),
    )
    rule = r.Category("cn.x", TITLE, when=(param.ratio("cn.far") > 9) & child.adopted)
    told = book_of(RuleSet([rule], [], parameters={"cn.far": far})).assess(
        Case.from_facts({"division_code": "370831"}), on=DAY
    )
    assert "远：5公里" in told.explain("cn.x").text("zh")
    assert "far: 5 km" in told.explain("cn.x").text("en")
