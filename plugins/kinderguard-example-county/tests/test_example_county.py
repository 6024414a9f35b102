"""The invented county: nation, province and county over one another, and each thing that a pack can bring."""

import datetime as dt
from decimal import Decimal

import pytest
from kinderguard_example_county.heating_registry import has_central_heating

import kinderguard
from kinderguard import Case

DAY = dt.date(2025, 9, 1)


@pytest.fixture(scope="module")
def book():
    return kinderguard.load(strict=True)


def poor(division="330199", **more):
    facts = {
        "child.birth_date": "2014-05-09", "child.registration.division": division, "household.aid": ["dibao"],
        "household.size": 3, "household.monthly_income_per_head": "400", "child.care.kind": "parental",
        "father.situations": [], "mother.situations": [], "father.illness.serious": False, "mother.illness.serious": False,
        "father.disability.kind": "none", "father.disability.grade": "none", "mother.disability.kind": "none",
        "mother.disability.grade": "none", "child.illness.hiv": False, "child.health": "healthy",
    }  # fmt: skip
    return Case.from_facts(facts | {k: v for k, v in more.items() if v is not None})


def test_nation_province_and_county_speak_for_a_child_of_the_county(book):
    result = book.assess(poor(), on=DAY)
    assert {"cn", "33", "330199"} <= set(result.basis.versions)
    assert "22" not in result.basis.versions
    equal = Case.from_facts(
        {"division_code": "330199001", "household.monthly_income_per_head": "1500",
         "household.property_within_limits": True, "household.aid": []}
    )  # fmt: skip
    assert (
        book.assess(equal, on=DAY).categories["cn.dibao_marginal"] is True
    )  # the province's switch, the county's standard


def test_other_places_are_left_alone(book):
    result = book.assess(poor("330106"), on=DAY)
    assert not [code for code in result.policies if code.startswith("330199")]


@pytest.mark.parametrize(("heating", "eligible"), [(False, True), (True, False), (None, None)])
def test_the_heating_grant_is_for_those_without_central_heating(book, heating, eligible):
    result = book.assess(poor(**{"330199.central_heating": heating}), on=DAY)
    grant = result.policies["330199.winter_heating"]
    assert grant.eligible is eligible
    assert grant.amount == {True: Decimal("600.00"), False: Decimal("0.00"), None: None}[eligible]
    if heating is None:
        assert (grant.low, grant.high) == (Decimal("0.00"), Decimal("600.00"))
        assert "330199.central_heating" in [m.path for m in result.missing]


def test_the_registry_answers_where_the_case_does_not(book):
    in_town = {"child.residence.division": "330199001"}
    assert book.assess(poor(**in_town), on=DAY).policies["330199.winter_heating"].eligible is False
    stated = in_town | {"330199.central_heating": False}
    assert book.assess(poor(**stated), on=DAY).policies["330199.winter_heating"].eligible is True


def test_the_provider_for_many_says_what_the_one_for_one_says():
    from kinderguard_example_county import HEATING_PROVIDER

    rows = [{"child.residence.division": d} for d in (None, "330199001201", "330199002", "330199")]
    assert list(HEATING_PROVIDER.many(rows)) == [HEATING_PROVIDER.one(r) for r in rows] == [None, True, None, None]
    assert has_central_heating("330199004") is True


def test_before_it_is_in_force_there_is_no_heating_grant(book):
    case = poor(**{"330199.central_heating": False})
    assert "330199.winter_heating" not in book.assess(case, on=dt.date(2024, 10, 31)).policies
    assert book.assess(case, on=dt.date(2024, 11, 1)).policies["330199.winter_heating"].eligible is True


@pytest.mark.parametrize(
    ("scattered", "dibao", "amount"),
    [("1900", "1000", "270.00"), ("1790", "882", "272.00"), ("1005", "1000", "2.00"), ("900", "1000", "0.00")],
)
def test_the_supplement_is_30_percent_of_the_difference_to_the_yuan(book, scattered, dibao, amount):
    here = book.with_parameters(
        {"cn.orphan.scattered_monthly": {"330199": scattered}, "cn.dibao.monthly_standard": {"330199": dibao}}
    )
    case = poor(**{"child.birth_parents_not_found": False, "child.adopted": False, "father.supports_child": True,
                   "mother.supports_child": True})  # fmt: skip
    assert here.assess(case, on=DAY).policies["330199.dibao_supplement"].amount == Decimal(amount)


def test_the_care_subsidy_needs_no_assessment_here(book):
    severe = {"child.disability.kind": "physical", "child.disability.grade": "2", "child.health": "disabled"}
    assert book.assess(poor(**severe), on=DAY).policies["cn.disability_care_subsidy"].eligible is True
    assert book.assess(poor("330106", **severe), on=DAY).policies["cn.disability_care_subsidy"].eligible is None


def test_its_column_is_read_from_the_ledger(book, tmp_path):
    from kinderguard.survey import read_ledger

    path = tmp_path / "ledger.csv"
    path.write_text("儿童姓名,出生日期,户籍地行政区划代码,集中供暖\n某某,2015-03-05,330199,否\n", "utf-8")
    (case,) = read_ledger(path, book=book).cases
    assert case.extra == {"330199": {"central_heating": False}}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_explanation_says_that_the_rule_is_invented(book, lang):
    text = book.assess(poor(**{"330199.central_heating": False}), on=DAY).explain("330199.winter_heating").text(lang)
    assert {"zh": "示例，非真实规定", "en": "illustrative, no real rule"}[lang] in text


def test_its_own_paper_is_asked_for(book):
    result = book.assess(poor(**{"330199.central_heating": False}), on=DAY)
    assert "330199.heating_bill" in [d.document.value for d in result.documents]
