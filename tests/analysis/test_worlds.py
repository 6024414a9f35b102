"""Bounds of a change where much is unknown: as close as the rules and what is known leave room for, and never closer."""

import datetime as dt
import random
from functools import cache

import pytest

import kinderguard
from kinderguard import Case
from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR, touched
from kinderguard.analysis.comparing.opened import compared
from kinderguard.model.money import fen

DAY = dt.date(2025, 9, 1)
PLACES = ("330106", "330199")
STIPEND = {"cn.boarder_stipend.primary_yearly": "1500", "cn.boarder_stipend.junior_yearly": "1800"}


def at_both(value):
    return dict.fromkeys(PLACES, value)


@cache
def book():
    return kinderguard.load().on(DAY).with_parameters(
        {
            "cn.orphan.scattered_monthly": at_both("1800"), "cn.orphan.institution_monthly": at_both("2400"),
            "cn.dibao.monthly_standard": at_both("1000"), "cn.tekun.monthly_standard": at_both("1300"),
            "cn.disability.living_subsidy_monthly": at_both("275"), "cn.disability.care_subsidy_monthly": at_both("250"),
        }
    )  # fmt: skip


@cache
def reform(name):
    match name:
        case "dibao":
            return book().with_parameters({"cn.dibao.monthly_standard": at_both("1100")})
        case "orphan":
            return book().with_parameters({"cn.orphan.scattered_monthly": at_both("2000")})
        case "away":
            return book().without("cn.disability_living_subsidy")
        case "stipend":
            return book().with_parameters(STIPEND)
        case "stipend and subsidy":
            return book().with_parameters({**STIPEND, "cn.disability.living_subsidy_monthly": at_both("300")})


@cache
def differing(name, division):
    return touched(*(each.ready(division, DAY).basis.bound for each in (book(), reform(name))))


CHILD = {
    "child.birth_date": "2012-03-05", "child.sex": "female", "child.health": "healthy", "child.disability.kind": "none",
    "child.disability.grade": "none", "child.illness.serious": False, "child.illness.hiv": False,
    "child.registration.division": "330106", "child.registration.kind": "rural", "child.schooling.stage": "junior_middle",
    "child.schooling.boarding": False, "child.care.kind": "kinship", "child.individual_dibao": False, "child.harms": [],
    "child.living_on_street": False, "child.adopted": False, "child.birth_parents_not_found": False,
    "child.chosen_scheme": "child", "father.situations": [], "mother.situations": [], "household.aid": [],
    "household.size": 3, "household.monthly_income_per_head": "1500", "household.property_within_limits": True,
}  # fmt: skip


def bounds(name, facts):
    case = Case.from_facts(facts)
    before, after = book().assess(case), reform(name).assess(case)
    return compared(0, before, after, differing(name, facts["child.registration.division"]))


def without(*paths, **changed):
    known = {**CHILD, **{path.replace("__", "."): value for path, value in changed.items()}}
    return {path: value for path, value in known.items() if path not in paths}


def test_a_higher_standard_gives_an_unknown_income_no_loss_and_no_more_than_the_rise():
    """The income is the same in both books: 100 yuan a head at the most, whoever is below the standard."""
    found = bounds("dibao", without("household.monthly_income_per_head", child__schooling__stage="not_in_school"))
    assert found.change_a_year == Between(0, 12 * 3 * 100_00)


def test_an_unknown_size_bounds_a_change_by_what_a_household_can_have():
    found = bounds("dibao", without("household.size", household__monthly_income_per_head="400"))
    assert found.change_a_year == Between(12 * 100_00, 12 * 100 * 100_00)


def test_a_subsidy_that_nobody_here_gets_changes_nothing_when_it_goes():
    assert bounds("away", without("mother.situations", "father.situations")).change_a_year == Between(0, 0)


def test_changes_that_do_not_concern_a_child_widen_nothing():
    facts = without(
        "child.schooling.boarding", "father.situations", "household.aid", "household.monthly_income_per_head"
    )
    alone, together = (bounds(name, facts) for name in ("stipend", "stipend and subsidy"))
    assert alone.change_a_year.high_fen > 0
    assert together.change_a_year == alone.change_a_year


DEAD = [{"kind": "dead", "since": "2020-01-01", "ongoing": True}]
PRISON = [{"kind": "imprisoned", "since": "2024-01-10", "term_months": 60, "ongoing": True}]
VALUES = {
    "child.registration.division": PLACES, "child.disability.kind": ("physical", "mental"),
    "child.disability.grade": ("1", "3"), "child.illness.serious": (True, False), "child.health": ("disabled_and_ill",),
    "child.schooling.stage": ("primary", "junior_middle", "senior_high", "not_in_school"),
    "child.schooling.boarding": (True, False), "child.living_on_street": (True, False),
    "child.chosen_scheme": ("child", "tekun"), "father.situations": ([], DEAD, PRISON),
    "mother.situations": ([], DEAD, PRISON), "household.aid": ([], ["dibao"], ["tekun"], ["dibao_marginal"]),
    "household.monthly_income_per_head": ("0", "300", "999", "1000", "1050", "1100", "1499", "1650"),
    "household.dibao_monthly": ("0", "600", "2050"), "330199.central_heating": (True, False),
    "mother.illness.serious": (True, False), "father.illness.serious": (False,), "household.size": (1, 2, 5),
    "household.property_within_limits": (True, False),
}  # fmt: skip


@pytest.mark.parametrize("name", ["dibao", "orphan", "away", "stipend and subsidy"])
def test_whatever_the_unknown_facts_turn_out_to_be_the_change_lies_within_its_bounds(name):
    drawn, decided = random.Random(name), 0
    for _ in range(30):
        full = {**CHILD, **{path: drawn.choice(values) for path, values in VALUES.items()}}
        kept = [
            p for p in full if p.startswith("child.registration") or p == "child.birth_date" or drawn.random() < 0.6
        ]
        found = bounds(name, {path: full[path] for path in kept})
        truth = bounds(name, full)
        money = differing(name, full["child.registration.division"]).money
        sides = [
            [side.policies[code] for code in money if code in side.policies] for side in (truth.before, truth.after)
        ]
        if any(part.amount is None for side in sides for part in side):
            continue
        decided += 1
        change = sum(map(due, sides[1])) - sum(map(due, sides[0]))
        low, high = found.change_a_year.low_fen, found.change_a_year.high_fen
        assert low is None or low <= change
        assert high is None or change <= high
    assert decided > 10


def due(policy):
    return fen(policy.amount) * TIMES_A_YEAR.get(policy.every, 0)
