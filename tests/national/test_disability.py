"""Grades of every kind of disability under each scheme's own definition."""

import datetime as dt

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


@pytest.mark.parametrize("known", [{"child.disability.kind": "none"}, {"child.disability.grade": "none"}])
def test_where_one_of_kind_and_grade_is_none_the_other_is_not_asked_for(assess, known):
    blank = {"child.health": None, "child.disability.kind": None, "child.disability.grade": None}
    blank |= {"child.disability.needs_long_term_care": True}
    result = assess(blank | known)
    assert (result.categories["cn.disabled"], result.categories["cn.severely_disabled"]) == (False, False)
    assert result.policies["cn.disability_care_subsidy"].eligible is False
    assert result.missing == ()


@pytest.mark.parametrize(
    ("aid", "expected"),
    [
        (["formerly_poor"], True),
        (["rigid_expenditure"], True),
        (["dibao_marginal"], True),
        (["tekun"], True),
        ([], False),
        (None, None),
    ],
)
def test_rehabilitation_is_for_households_on_file_as_poor_and_others_that_are(assess, aid, expected):
    deaf = disabled("hearing", "3", **{"child.birth_date": "2020-01-01", "household.aid": aid})
    assert assess(deaf).policies["cn.rehabilitation"].eligible is expected


def test_rehabilitation_is_given_from_1_october_2018(assess):
    deaf = disabled("hearing", "3", **{"child.birth_date": "2013-05-20", "household.aid": ["dibao"]})
    assert "cn.rehabilitation" not in assess(deaf, on=dt.date(2018, 9, 30)).policies
    assert assess(deaf, on=dt.date(2018, 10, 1)).policies["cn.rehabilitation"].eligible is True
