"""Income at the standard and at 1.5 times it; property; recognition; one-person dibao."""

import datetime as dt
from decimal import Decimal

import pytest


def means(income, **more):
    return {"household.monthly_income_per_head": income} | {f"household.{k}": v for k, v in more.items()}


@pytest.mark.parametrize(
    ("income", "dibao", "marginal", "marginal_with_equality"),
    [
        ("999.99", True, False, False),
        ("1000.00", False, True, True),
        ("1000.01", False, True, True),
        ("1499.99", False, True, True),
        ("1500.00", False, False, True),
        ("1500.01", False, False, False),
        (None, None, None, None),
    ],
)
def test_below_the_standard_excludes_it_and_equality_is_a_switch(
    assess, book, income, dibao, marginal, marginal_with_equality
):
    including = book.with_parameters({"cn.dibao_marginal.includes_equality": True})
    found = assess(means(income)).categories
    assert (found["cn.dibao"], found["cn.dibao_marginal"]) == (dibao, marginal)
    assert assess(means(income), using=including).categories["cn.dibao_marginal"] is marginal_with_equality


@pytest.mark.parametrize(("limits", "expected"), [(True, True), (False, False), (None, None)])
def test_property_beyond_the_limits_rules_dibao_out(assess, limits, expected):
    assert assess(means("500", property_within_limits=limits)).categories["cn.dibao"] is expected


def test_recognition_counts_whatever_the_income(assess):
    assert assess(means("5000", aid=["dibao"])).categories["cn.dibao"] is True
    assert assess(means("5000", aid=["dibao_marginal"])).categories["cn.dibao_marginal"] is True
    assert assess(means("5000", aid=["rigid_expenditure"])).categories["cn.rigid_expenditure"] is True
    assert assess(means("5000", aid=["tekun"])).categories["cn.tekun"] is True


def test_without_a_local_standard_the_test_of_means_is_open_and_says_what_is_missing(assess):
    import kinderguard

    result = assess(means("500"), using=kinderguard.load())
    assert result.categories["cn.dibao"] is None
    assert "cn.dibao.monthly_standard" in {p.where for p in result.problems if p.code == "parameter.missing"}


@pytest.mark.parametrize(
    ("kind", "grade", "dibao"),
    [
        *((kind, "1", True) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")),
        *((kind, "2", True) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")),
        *((kind, "3", kind in ("intellectual", "mental")) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental")),
        ("multiple", "3", None),
        *((kind, "4", False) for kind in ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")),
    ],
)  # fmt: skip
def test_one_person_dibao_in_a_marginal_household_takes_grades_1_2_and_3_mental(assess, kind, grade, dibao):
    child = {"child.disability.kind": kind, "child.disability.grade": grade, "child.health": "disabled"}
    result = assess(means("1200") | child)
    assert result.categories["cn.dibao_marginal"] is True
    assert result.categories["cn.dibao"] is dibao
    assert assess(means("3000") | child).categories["cn.dibao"] is False


def test_serious_illness_opens_one_person_dibao_in_a_marginal_household(assess):
    result = assess(means("1200") | {"child.illness.serious": True, "child.health": "ill"})
    assert result.categories["cn.dibao"] is True
    assert result.policies["cn.dibao_benefit"].amount == Decimal("1000.00")


def test_dibao_pays_the_difference_for_every_member(assess):
    benefit = assess(means("720.50", size=4)).policies["cn.dibao_benefit"]
    assert (benefit.amount, benefit.per) == (Decimal("1118.00"), "household")


def test_dibao_is_never_below_zero(assess):
    assert assess(means("4000", aid=["dibao"])).policies["cn.dibao_benefit"].amount == Decimal("0.00")


@pytest.mark.parametrize(
    ("on", "division", "standard"),
    [
        (dt.date(2025, 6, 30), "310101", None),
        (dt.date(2025, 7, 1), "310101", "1650"),
        (dt.date(2024, 6, 30), "110101", None),
        (dt.date(2024, 7, 1), "110101", "1450"),
    ],
)
def test_the_standards_that_are_shipped_begin_on_their_day(on, division, standard):
    import kinderguard

    value = kinderguard.load().rules.parameters["cn.dibao.monthly_standard"].at(division, on)
    assert (None if value is None else value.value) == (None if standard is None else int(standard) * 100)


@pytest.mark.parametrize(
    ("stage", "boarding", "changes", "amount"),
    [
        ("primary", True, {"household.aid": ["dibao"]}, "1250.00"),
        ("primary", False, {"household.aid": ["dibao"]}, "625.00"),
        ("junior_middle", True, {"household.aid": ["formerly_poor"]}, "1500.00"),
        ("junior_middle", False, {"household.aid": ["formerly_poor"]}, "750.00"),
        ("primary", True, {"household.aid": ["rigid_expenditure"]}, "1250.00"),
        ("primary", False, {"household.aid": ["rigid_expenditure"]}, "0.00"),
        ("senior_high", True, {"household.aid": ["dibao"]}, "0.00"),
        ("primary", None, {"household.aid": ["dibao"]}, None),
    ],
)
def test_the_stipend_of_boarders_and_half_of_it_for_the_four_kinds(assess, stage, boarding, changes, amount):
    result = assess(changes | {"child.schooling.stage": stage, "child.schooling.boarding": boarding})
    stipend = result.policies["cn.boarder_stipend"]
    assert stipend.amount == (None if amount is None else Decimal(amount))
    if amount is None:
        assert (stipend.low, stipend.high) == (Decimal("625.00"), Decimal("1250.00"))


@pytest.mark.parametrize(
    ("on", "amount"),
    [(dt.date(2024, 12, 31), "2000.00"), (dt.date(2025, 1, 1), "2300.00"), (dt.date(2025, 9, 1), "2300.00")],
)
def test_the_high_school_grant(assess, on, amount):
    pupil = {"child.birth_date": "2008-10-01", "child.schooling.stage": "senior_high", "household.aid": ["dibao"]}
    assert assess(pupil, on=on).policies["cn.high_school_grant"].amount == Decimal(amount)
