"""The pack as a whole: the agreed codes and no others, sources on everything, both languages, the example cases."""

import datetime as dt
import json
from pathlib import Path

import pytest

import kinderguard
from kinderguard import Case
from kinderguard.national import PACK
from kinderguard.rules import Trust

ROOT = Path(__file__).parents[2]
DAY = dt.date(2025, 9, 1)

CATEGORIES = [
    "child_in_difficulty",
    "economic_hardship",
    "guardianship_deficit",
    "special_difficulty",
    "orphan",
    "de_facto_unattended",
    "left_behind",
    "migrant",
    "unfit_caregiver",
    "left_unattended",
    "state_guardianship",
    "dibao",
    "dibao_marginal",
    "tekun",
    "rigid_expenditure",
    "disabled",
    "severely_disabled",
    "seriously_ill",
    "hiv_affected",
    "street_child",
    "harmed",
    "duty_to_report",
]
POLICIES = [
    "orphan_allowance",
    "unattended_allowance",
    "dibao_benefit",
    "tekun_support",
    "disability_living_subsidy",
    "disability_care_subsidy",
    "boarder_stipend",
    "high_school_grant",
    "orphan_study_grant",
    "rehabilitation",
    "medical_aid",
    "education_aid",
    "temporary_relief",
    "medical_rehabilitation_for_orphans",
    "family_guidance",
]
PARAMETERS = [
    "orphan.scattered_monthly",
    "orphan.institution_monthly",
    "dibao.monthly_standard",
    "tekun.monthly_standard",
    "dibao_marginal.multiple",
    "disability.living_subsidy_monthly",
    "disability.care_subsidy_monthly",
    "left_behind.reference_date",
    "orphan.continues_in_school",
    "unattended.continues_in_school",
    "foster_care.standard",
    "visit.interval_months",
]


def test_the_codes_are_those_agreed():
    assert sorted(c.code for c in PACK.categories) == sorted(f"cn.{c}" for c in CATEGORIES)
    assert sorted(p.code for p in PACK.policies) == sorted(f"cn.{c}" for c in POLICIES)
    assert {f"cn.{c}" for c in PARAMETERS} <= set(kinderguard.load().rules.parameters)


@pytest.mark.parametrize("rule", [*PACK.categories, *PACK.policies], ids=lambda r: r.code)
def test_every_rule_has_both_titles_and_a_source_with_trust_and_date(rule):
    assert rule.title.zh
    assert rule.title.en != rule.title.zh
    assert rule.cites
    for cite in rule.cites:
        assert cite.checked_on == dt.date(2026, 11, 23)
        assert cite.trust is not Trust.ILLUSTRATIVE


def test_every_parameter_value_has_a_source_and_the_date_checked():
    for parameter in kinderguard.load().rules.parameters.values():
        assert parameter.title
        for value in [*parameter.values, *([parameter.floor] if parameter.floor else [])]:
            assert value.source
            assert value.checked_on == dt.date(2026, 11, 23)


def test_statutes_are_cited_only_by_the_articles_that_were_read():
    read = {
        "未成年人保护法": {"2", "11", "21", "22", "92", "94", "117"},
        "民法典": {"1111"},
        "社会救助暂行办法": {"9", "12", "14", "15", "28", "29", "33", "47", "48", "49"},
        "家庭教育促进法": {"30"},
    }
    for rule in [*PACK.categories, *PACK.policies]:
        for cite in rule.cites:
            if cite.trust is Trust.STATUTE:
                name = next(n for n in read if n in cite.document)
                assert cite.article in read[name]


EXPECTED = {
    "dibao-child-disabled-grade-3-mental": {"dibao": True, "disabled": True, "severely_disabled": True},
    "dibao-marginal-at-exactly-1.5-times": {"dibao_marginal": True},
    "left-behind-both-parents-away": {"left_behind": True},
    "migrant-child": {"migrant": True},
    "not-left-behind-one-parent-away-other-capable": {"left_behind": False},
    "orphan-aged-18-in-school": {"orphan": False},
    "orphan-both-parents-dead-in-community": {"orphan": True, "de_facto_unattended": False},
    "orphan-father-dead-mother-declared-missing": {"orphan": True, "de_facto_unattended": False},
    "orphan-in-institution": {"orphan": True},
    "suspected-harm": {"harmed": True, "duty_to_report": True, "special_difficulty": True},
    "unattended-father-in-prison-mother-out-of-contact": {"de_facto_unattended": True, "orphan": False},
    "undetermined-father-never-recorded": {"de_facto_unattended": None, "orphan": None},
    "unfit-caregiver": {"unfit_caregiver": True, "guardianship_deficit": True},
}


@pytest.mark.parametrize("path", sorted((ROOT / "examples/cases").glob("*.json")), ids=lambda p: p.stem)
def test_the_example_cases_are_what_their_names_say(path):
    book = kinderguard.load()
    result = book.assess(Case.model_validate_json(path.read_text("utf-8")), on=DAY)
    for code, expected in EXPECTED[path.stem].items():
        assert result.categories[f"cn.{code}"] is expected, code
    for lang in ("zh", "en"):
        text = result.explain().text(lang)
        assert "2025-09-01" in text
    json.dumps(result.explain().to_dict(), ensure_ascii=False)


def test_a_harm_recorded_as_reported_no_longer_calls_for_a_report(assess):
    found = assess({"child.harms": [{"level": "suspected", "reported": True}]}).categories
    assert (found["cn.harmed"], found["cn.duty_to_report"]) == (True, False)
    found = assess({"child.harms": [{"level": "suspected"}]}).categories
    assert (found["cn.harmed"], found["cn.duty_to_report"]) == (True, True)


def test_an_ordinary_child_is_in_no_category_and_due_nothing(assess):
    result = assess()
    assert [c for c, v in result.categories.items() if v is not False] == []
    assert [p.code for p in result.policies.values() if p.eligible is not False] == []
    assert result.missing == ()
    assert (result.complete, result.problems) == (True, ())


@pytest.mark.parametrize(
    ("caregiver", "expected"),
    [
        ({"capable": False}, True),
        ({"capable": True}, False),
        ({"capable": None}, False),
        ({"birth_date": "2010-01-01"}, True),
        ({"birth_date": "1960-01-01"}, False),
        ({"capable": False, "entrusted": False}, False),
        ({"capable": False, "entrusted": None}, None),
        ({"unfit_grounds": None}, None),
        ({"capable": False, "unfit_grounds": None}, True),
    ],
)
def test_only_a_capable_adult_may_be_entrusted_with_a_child(assess, caregiver, expected):
    grandmother = {"relation": "paternal_grandparent", "entrusted": True, "unfit_grounds": []} | caregiver
    result = assess({"guardians": [grandmother], "child.care.kind": "kinship"})
    assert result.categories["cn.unfit_caregiver"] is expected
    if expected is not None:
        assert result.missing == ()


def test_left_behind_and_migrant_are_not_in_difficulty_by_that_alone(assess):
    from tests_national import situation

    away = {f"{p}.situations": [situation("away_for_work")] for p in ("father", "mother")}
    found = assess(away | {"child.registration.kind": "rural"}).categories
    assert (found["cn.left_behind"], found["cn.child_in_difficulty"]) == (True, False)


#: What is tagged unverified or doubtful in the facts, and is said in words of ours.
MARKED = [
    ("cn.orphan_allowance", "自确认次月起发放（实务做法）", "confirmation (practice)"),
    ("cn.orphan_allowance", "孤儿不重复享受困难残疾人生活补贴（未核实）", "not beside the living subsidy (unverified)"),
    ("cn.orphan_allowance", "由儿童一方选择（未核实）", "the child's side chooses (unverified)"),
    ("cn.unattended_allowance", "自确认次月起发放（未核实）", "confirmation (unverified)"),
    ("cn.unattended_allowance", "补足差额（未核实）", "the living subsidy (unverified)"),
    ("cn.de_facto_unattended", "2020年1月1日起施行（未核实）", "1 January 2020 (unverified)"),
    ("cn.disability_living_subsidy", "2016年1月1日起施行（未核实）", "1 January 2016 (unverified)"),
    ("cn.disability_care_subsidy", "2016年1月1日起施行（未核实）", "1 January 2016 (unverified)"),
    ("cn.dibao_benefit", "每半年复核（未核实）", "income is not (unverified)"),
    ("cn.dibao_benefit", "按本人无收入计（未核实）", "of one's own (unverified)"),
    ("cn.boarder_stipend", "四类学生减半（未核实）", "receive half (unverified)"),
    ("cn.tekun_support", "两项补贴（未核实）", "the two subsidies (unverified)"),
    ("cn.tekun_support", "照料护理费（未核实）", "comes on top (unverified)"),
    ("cn.disability_care_subsidy", "依据不足（存疑）", "children is doubtful"),
    ("cn.orphan_study_grant", "同时享受的规定（存疑）", "was seen (doubtful)"),
    ("cn.unattended_allowance", "15个工作日，自确认次月起发放（未核实）", "after confirmation (unverified)"),
    ("cn.tekun_support", "可继续供养（未核实）", "secondary vocational school (unverified)"),
    ("cn.dibao", "不计入收入（未核实）", "as income (unverified)"),
    ("cn.disability_care_subsidy", "工伤护理待遇不重复享受（未核实）", "injuries at work (unverified)"),
]


@pytest.mark.parametrize(("code", "zh", "en"), MARKED)
def test_what_is_not_verified_is_marked_where_it_is_said(code, zh, en):
    rule = next(rule for rule in (*PACK.categories, *PACK.policies) if rule.code == code)
    said = [rule.note, *(stacked.reason for stacked in getattr(rule, "stacking", ()))]
    said = [text for text in said if text is not None]
    assert any(zh in text.zh and en in text.en for text in said)


def test_the_documents_that_were_not_at_hand_are_marked_where_a_number_names_them():
    parameters = kinderguard.load().rules.parameters
    for code in ("cn.orphan.scattered_monthly", "cn.orphan.institution_monthly", "cn.dibao_marginal.multiple"):
        assert "未核实" in parameters[code].floor.source


def test_the_reason_why_an_infected_child_is_not_paid_twice_is_true_of_it(assess):
    """Such a child may be de facto unattended and is no orphan: the definitions are not what excludes the two."""
    rule = next(p for p in PACK.policies if p.code == "cn.orphan_allowance")
    reason = next(x.reason for x in rule.stacking if x.other == "cn.unattended_allowance")
    assert reason.zh == "两项补贴只发一项"
