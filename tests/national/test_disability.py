"""Grades of every kind of disability under each scheme's own definition."""

import pytest

KINDS = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
MENTAL = ("intellectual", "mental")


def disabled(kind, grade, **more):
    return {"child.disability.kind": kind, "child.disability.grade": grade, "child.health": "disabled"} | more


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grade", ["1", "2", "3", "4"])
def test_severe_is_grade_1_2_or_3_4_mental_or_intellectual(assess, kind, grade):
    expected = True if grade in "12" or kind in MENTAL else None if kind == "multiple" else False
    found = assess(disabled(kind, grade)).categories
    assert found["cn.severely_disabled"] is expected
    assert found["cn.disabled"] is True


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("grade", ["1", "2", "3", "4"])
@pytest.mark.parametrize("widened", [False, True])
def test_the_care_subsidy_is_for_grade_1_2_and_where_widened_3_mental(assess, book, kind, grade, widened):
    here = book.with_parameters({"cn.disability.care_includes_grade_3_mental": widened})
    if grade in "12":
        expected = True
    elif grade == "3" and widened:
        expected = True if kind in MENTAL else None if kind == "multiple" else False
    else:
        expected = False
    in_need = {"child.disability.needs_long_term_care": True}
    assert (
        assess(disabled(kind, grade) | in_need, using=here).policies["cn.disability_care_subsidy"].eligible is expected
    )


def test_the_components_of_a_multiple_disability_decide(assess):
    one = disabled("multiple", "3", **{"child.disability.components": ["physical", "mental"]})
    other = disabled("multiple", "3", **{"child.disability.components": ["physical", "visual"]})
    assert assess(one).categories["cn.severely_disabled"] is True
    assert assess(other).categories["cn.severely_disabled"] is False


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2025-08-31", False),
        ("2025-09-01", True),
        ("2025-08", False),
        ("2025-10", True),
        ("2024", False),
        ("2025", True),
        (None, True),
    ],
)
def test_an_expired_certificate_does_not_count(assess, until, expected):
    assert (
        assess(disabled("physical", "1", **{"child.disability.valid_until": until})).categories["cn.disabled"]
        is expected
    )


@pytest.mark.parametrize(
    ("kind", "autism", "expected"), [("hearing", False, True), ("mental", False, False), (None, True, True)]
)
def test_rehabilitation_is_for_five_kinds_and_autism(assess, kind, autism, expected):
    child = disabled(
        kind, "3", **{"child.disability.autism": autism, "child.birth_date": "2020-01-01", "household.aid": ["dibao"]}
    )
    assert assess(child).policies["cn.rehabilitation"].eligible is expected


def test_a_healthy_child_is_not_asked_for_illness_or_disability(assess):
    blank = dict.fromkeys(
        ("child.illness.serious", "child.illness.hiv", "child.disability.kind", "child.disability.grade")
    )
    found = assess(blank).categories
    assert {found[f"cn.{c}"] for c in ("seriously_ill", "hiv_affected", "disabled", "severely_disabled")} == {False}
    unknown = assess(blank | {"child.health": None}).categories
    assert {unknown[f"cn.{c}"] for c in ("seriously_ill", "hiv_affected", "disabled", "severely_disabled")} == {None}


def test_an_infected_child_is_paid_like_an_orphan(assess):
    result = assess({"child.illness.hiv": True, "child.health": "ill"})
    assert result.policies["cn.orphan_allowance"].amount == 1900
    assert result.categories["cn.orphan"] is False
