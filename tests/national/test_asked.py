"""Nobody is asked what cannot be: how a dead parent is, or at which school a two-year-old is."""

import pytest

from tests_national import situation

POOR = {"household.monthly_income_per_head": "300", "child.registration.kind": "rural"}
DEAD = {"kind": "dead", "since": "2024-01-01"}
GONE = {
    "dead": [DEAD],
    "declared dead": [DEAD | {"kind": "declared_dead"}],
    "declared missing": [situation("declared_missing")],
    "dead, once away for work": [{"kind": "away_for_work", "since": "2020-01-01"}, DEAD],
}
#: All that is asked of a parent beside the situations.
OF_A_PARENT = ("illness.serious", "disability.kind", "disability.grade", "supports_child", "can_act_as_guardian")


def asked(result):
    return {fact.path for fact in result.missing} | set(result.open_facts)


@pytest.mark.parametrize("situations", GONE.values(), ids=GONE)
@pytest.mark.parametrize("other", [[], [situation("away_for_work")], [situation("imprisoned", term_months=60)], None])
def test_nothing_is_asked_of_a_parent_who_is_gone(assess, situations, other):
    blank = {f"father.{fact}": None for fact in OF_A_PARENT}
    result = assess(POOR | blank | {"father.situations": situations, "mother.situations": other})
    assert not {path for path in asked(result) if path.startswith("father.")}


@pytest.mark.parametrize(
    ("situations", "ill", "expected"),
    [
        ([], True, True), ([], False, False), ([], None, None),
        ([DEAD], True, False), ([DEAD], None, False),
        (GONE["declared missing"], True, False),
        (None, False, False), (None, True, None),
    ],
)  # fmt: skip
def test_relief_for_a_familys_illness_is_for_the_illness_of_the_living(assess, situations, ill, expected):
    result = assess(POOR | {"father.situations": situations, "father.illness.serious": ill})
    assert result.policies["cn.temporary_relief"].eligible is expected


def test_a_dead_father_whose_record_still_says_that_he_is_away_leaves_nobody_behind(assess):
    facts = POOR | {"mother.can_act_as_guardian": False}
    away = assess(facts | {"father.situations": [situation("away_for_work")]})
    dead = assess(facts | {"father.situations": [situation("away_for_work"), DEAD]})
    assert away.categories["cn.left_behind"] is True
    assert dead.categories["cn.left_behind"] is False


@pytest.mark.parametrize(("born", "expected"), [("2022-09-02", False), ("2022-09-01", None), (None, None)])
def test_the_school_of_a_child_under_three_is_not_asked(assess, born, expected):
    facts = POOR | {"child.birth_date": born, "child.schooling.stage": None, "child.schooling.boarding": None}
    disabled = {"child.disability.kind": "physical", "child.disability.grade": "2", "child.health": "disabled"}
    result = assess(facts | disabled)
    for code in ("cn.boarder_stipend", "cn.high_school_grant", "cn.education_aid"):
        assert result.policies[code].eligible is expected, code
    assert ("child.schooling.stage" in asked(result)) is (expected is None)


def test_what_is_recorded_of_a_childs_school_counts_at_any_age(assess):
    result = assess(POOR | {"child.birth_date": "2023-05-01", "child.schooling.stage": "primary"})
    assert result.policies["cn.boarder_stipend"].eligible is True
