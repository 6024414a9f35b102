"""Ages and lengths of time at their boundaries: the day before, of and after."""

import datetime as dt

import pytest

from tests_national import situation

DEAD = [{"kind": "dead", "since": "2015-01-01"}]
ORPHAN = {"father.situations": DEAD, "mother.situations": DEAD}
AWAY = {
    "father.situations": [situation("away_for_work")],
    "mother.situations": [situation("away_for_work")],
    "child.registration.kind": "rural",
}


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        ("2007-09-01", dt.date(2025, 8, 31), True),
        ("2007-09-01", dt.date(2025, 9, 1), False),
        ("2007-09-01", dt.date(2025, 9, 2), False),
        ("2008-02-29", dt.date(2026, 2, 28), True),
        ("2008-02-29", dt.date(2026, 3, 1), False),
        ("2007-09", dt.date(2025, 8, 31), True),
        ("2007-09", dt.date(2025, 9, 15), None),
        ("2007-09", dt.date(2025, 9, 30), False),
        ("2007", dt.date(2025, 6, 1), None),
    ],
)
def test_the_18th_birthday_ends_childhood(assess, born, on, expected):
    result = assess(ORPHAN | {"child.birth_date": born}, on=on)
    assert result.categories["cn.orphan"] is expected
    assert result.categories["cn.child_in_difficulty"] is expected


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        ("2009-09-01", dt.date(2025, 8, 31), True),
        ("2009-09-01", dt.date(2025, 9, 1), False),
        ("2009-09-01", dt.date(2025, 9, 2), False),
        ("2012-02-29", dt.date(2028, 2, 28), True),
        ("2012-02-29", dt.date(2028, 2, 29), False),
    ],
)
def test_the_16th_birthday_ends_being_left_behind_and_a_migrant(assess, born, on, expected):
    assert assess(AWAY | {"child.birth_date": born}, on=on).categories["cn.left_behind"] is expected
    moved = {"child.residence.division": "330106", "child.residence.since": "2020-01-01", "child.birth_date": born}
    assert assess(moved, on=on).categories["cn.migrant"] is expected


def test_the_age_of_the_left_behind_counts_on_the_reference_date_where_one_is_set(assess, book):
    set_ = book.with_parameters({"cn.left_behind.reference_date": dt.date(2025, 7, 31)})
    just_sixteen = AWAY | {"child.birth_date": "2009-08-15"}
    assert assess(just_sixteen).categories["cn.left_behind"] is False
    assert assess(just_sixteen, using=set_).categories["cn.left_behind"] is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"child.registration.kind": "urban"}, False),
        ({"mother.situations": []}, False),
        ({"mother.situations": [], "mother.can_act_as_guardian": False}, True),
        ({"mother.situations": [], "mother.can_act_as_guardian": None}, None),
        ({"mother.situations": [], "mother.can_act_as_guardian": None, "mother.illness.serious": True}, True),
        ({"mother.situations": None}, None),
        ({"mother.kind": "none"}, True),
        ({"mother.kind": "none", "father.situations": []}, False),
        ({"mother.kind": "none", "father.situations": [], "father.can_act_as_guardian": False}, False),
        ({"mother.kind": "none", "father.kind": "none"}, False),
    ],
)
def test_left_behind_needs_both_away_or_one_away_and_the_other_incapable(assess, changes, expected):
    assert assess(AWAY | changes).categories["cn.left_behind"] is expected


@pytest.mark.parametrize("gone", ["dead", "declared_dead", "declared_missing"])
def test_whether_a_dead_or_missing_parent_can_act_as_guardian_is_not_asked(assess, gone):
    other = {"mother.situations": [situation(gone)], "mother.can_act_as_guardian": None}
    result = assess(AWAY | other)
    assert (result.categories["cn.left_behind"], result.missing) == (True, ())
    assert assess(other | {"child.registration.kind": "rural"}).categories["cn.left_behind"] is False


@pytest.mark.parametrize(
    ("since", "expected"),
    [("2025-03-01", True), ("2025-03-02", False), ("2025-02-28", True), ("2025-03", None), (None, None)],
)
def test_a_migrant_has_lived_elsewhere_for_six_months(assess, since, expected):
    moved = {"child.residence.division": "330106", "child.residence.since": since}
    assert assess(moved).categories["cn.migrant"] is expected


def test_a_move_within_the_county_is_no_migration(assess):
    moved = {"child.residence.division": "370831001", "child.residence.since": "2020-01-01"}
    assert assess(moved).categories["cn.migrant"] is False


@pytest.mark.parametrize(
    ("born", "changes", "expected"),
    [
        ("2017-09-02", {"child.care.quality": "absent"}, True),
        ("2017-09-01", {"child.care.quality": "absent"}, True),
        ("2009-09-02", {"child.care.alone_overnight": True}, True),
        ("2009-09-01", {"child.care.alone_overnight": True}, False),
        ("2009-09-01", {"child.care.quality": "absent"}, False),
        ("2009-09-01", {"child.care.quality": "absent", "child.disability.needs_long_term_care": True}, True),
    ],
)
def test_nobody_under_eight_is_left_unattended_nor_under_sixteen_alone(assess, born, changes, expected):
    assert assess(changes | {"child.birth_date": born}).categories["cn.left_unattended"] is expected


@pytest.mark.parametrize(("born", "expected"), [("2018-09-02", True), ("2018-09-01", False)])
def test_rehabilitation_ends_with_the_7th_birthday(assess, born, expected):
    deaf = {"child.disability.kind": "hearing", "child.disability.grade": "4", "child.health": "disabled"}
    result = assess(deaf | {"child.birth_date": born, "household.aid": ["dibao"]})
    assert result.policies["cn.rehabilitation"].eligible is expected


ADULT = ORPHAN | {
    "child.birth_date": "2007-01-15",
    "child.orphan_since": "2016-09-05",
    "child.schooling.stage": "undergraduate",
    "child.schooling.full_time": True,
    "child.schooling.continuous_since_18": True,
}


@pytest.mark.parametrize(
    ("changes", "allowance", "grant"),
    [
        ({}, True, True),
        ({"child.schooling.stage": "master"}, False, True),
        ({"child.schooling.stage": "not_in_school"}, False, False),
        ({"child.schooling.continuous_since_18": False}, True, False),
        ({"child.schooling.continuous_since_18": None}, True, None),
        ({"child.orphan_since": "2025-01-15"}, False, False),
        ({"child.orphan_since": "2025-01-14"}, True, True),
        ({"child.orphan_since": None}, None, None),
        ({"child.schooling.full_time": False}, False, False),
        ({"child.birth_date": "2007-09-02"}, True, False),
    ],
)
def test_an_orphan_of_18_in_school_where_the_county_goes_on_paying(assess, book, changes, allowance, grant):
    goes_on = book.with_parameters({"cn.orphan.continues_in_school": True})
    result = assess(ADULT | changes, using=goes_on)
    assert result.policies["cn.orphan_allowance"].eligible is allowance
    assert result.policies["cn.orphan_study_grant"].eligible is grant


def test_without_the_countys_switch_the_allowance_ends_at_18(assess):
    assert assess(ADULT).policies["cn.orphan_allowance"].eligible is False
    assert assess(ADULT, division="440103").policies["cn.orphan_allowance"].eligible is True


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"child.schooling.stage": "master"}, True),
        ({"child.schooling.full_time": False}, True),
        ({"child.schooling.stage": "not_in_school"}, False),
        ({"child.schooling.stage": None}, None),
        ({"child.orphan_since": None}, None),
        ({"child.orphan_since": "2025-01-14"}, True),
        ({"child.orphan_since": "2025-01-15"}, False),
    ],
)
def test_the_medical_plan_is_for_orphans_still_in_school(assess, changes, expected):
    assert assess(ADULT | changes).policies["cn.medical_rehabilitation_for_orphans"].eligible is expected


@pytest.mark.parametrize(
    ("since", "not_found", "expected"),
    [
        ("2020-01-01", False, True),
        ("2025-09-01", False, True),
        (None, True, True),
        (None, False, None),
        (None, None, None),
    ],
)
def test_the_medical_plan_asks_whether_an_adopted_disabled_child_was_an_orphan(assess, since, not_found, expected):
    adopted = {
        "child.adopted": True, "child.birth_parents_not_found": not_found, "child.orphan_since": since,
        "child.disability.kind": "hearing", "child.disability.grade": "3", "child.health": "disabled",
    }  # fmt: skip
    result = assess(adopted)
    assert result.policies["cn.medical_rehabilitation_for_orphans"].eligible is expected
    if expected is None:
        assert "child.orphan_since" in [m.path for m in result.missing]
