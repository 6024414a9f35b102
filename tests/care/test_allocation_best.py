"""Allocations beside every other possible one: the best there is by the order of the aims, and never past a hard limit."""

import importlib
import sys
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("highspy")

from hypothesis import given, settings
from hypothesis import strategies as st

from care.allocating import (
    DAY,
    allocated,
    best,
    easy,
    limits,
    many_needs,
    many_offers,
    objectives,
    takes_part,
    verdicts,
    worth,
)
from kinderguard.care.allocation import Decided, Limits, Objective, allocate
from kinderguard.care.allocation.prices import instance_of

slow = settings(deadline=None, max_examples=150)


@pytest.fixture(scope="module")
def greedy():
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    yield importlib.import_module("allocate")
    sys.path.remove(folder)
    for name in ("allocate", "measuring"):
        sys.modules.pop(name, None)


def assigned(result):
    return {each.need.key: each.offer for each in result.allotments}


@slow
@given(easy(), objectives, limits)
def test_a_small_allocation_is_the_best_of_all_possible_ones(asked, objective, bounds):
    needs, offers = asked
    result = allocated(needs, offers, on=DAY, objective=objective, limits=bounds)
    told = verdicts(needs, offers, bounds)
    assert worth(needs, offers, assigned(result), objective, told) == best(needs, offers, objective, bounds)


@slow
@given(many_needs(5), many_offers(3), objectives, limits)
def test_it_is_the_best_too_where_little_fits_and_much_is_unknown(needs, offers, objective, bounds):
    result = allocated(needs, offers, on=DAY, objective=objective, limits=bounds)
    told = verdicts(needs, offers, bounds)
    assert worth(needs, offers, assigned(result), objective, told) == best(needs, offers, objective, bounds)


@slow
@given(many_needs(12), many_offers(6), objectives, limits)
def test_no_hard_limit_is_ever_passed(needs, offers, objective, bounds):
    result = allocated(needs, offers, on=DAY, objective=objective, limits=bounds)
    told = verdicts(needs, offers, bounds)
    by_code = {offer.code: offer for offer in offers}
    for each in result.placed:
        found = told[each.need.key, each.offer]
        assert found.verdict is True
        assert each.service is found.service
        assert each.organisation == by_code[each.offer].organisation
        assert takes_part(each.need, objective)
        if bounds.max_km is not None and each.service.in_contact:
            assert by_code[each.offer].place.km_to(each.need.place) <= bounds.max_km
    used = Counter(each.offer for each in result.placed)
    assert all(n <= by_code[code].capacity for code, n in used.items())
    of = Counter(each.organisation for each in result.placed)
    assert all(n <= bounds.per_organisation.get(code, n) for code, n in of.items())
    assert sorted(each.need.key for each in result.allotments) == sorted(need.key for need in needs)


@slow
@given(many_needs(12), many_offers(6), objectives, limits)
def test_what_becomes_of_a_need_that_is_not_served_is_what_fit_says(needs, offers, objective, bounds):
    told = verdicts(needs, offers, bounds)
    for each in allocated(needs, offers, on=DAY, objective=objective, limits=bounds).allotments:
        found = {told[each.need.key, offer.code].verdict for offer in offers}
        expected = {
            Decided.FOR_AUTHORITIES: not each.need.for_helpers,
            Decided.TO_CLARIFY: each.need.for_helpers and not takes_part(each.need, objective),
            Decided.WAITING: True in found,
            Decided.FIND_OUT: True not in found and None in found,
            Decided.NO_OFFER: not found & {True, None},
            Decided.SERVED: not each.need.to_clarify,
            Decided.HELD: each.need.to_clarify,
        }
        assert expected[each.decided]
        assert bool(each.find_out) is (None in found and each.decided in (Decided.WAITING, Decided.FIND_OUT))
        for open_ in each.find_out:
            assert told[each.need.key, open_.offer].verdict is None
        assert each.reason.zh
        assert each.reason.en


@slow
@given(many_needs(10), many_offers(5), objectives, limits, st.randoms(use_true_random=False))
def test_the_order_in_which_needs_and_offers_come_makes_no_difference(needs, offers, objective, bounds, chance):
    first = allocated(needs, offers, on=DAY, objective=objective, limits=bounds)
    chance.shuffle(needs)
    chance.shuffle(offers)
    assert allocated(needs, offers, on=DAY, objective=objective, limits=bounds) == first


@slow
@given(many_needs(14), many_offers(6), objectives, limits)
def test_nobody_waits_while_a_less_urgent_need_has_the_place(needs, offers, objective, bounds):
    result = allocated(needs, offers, on=DAY, objective=objective, limits=bounds)
    told = verdicts(needs, offers, bounds)
    for waits in (each for each in result.allotments if each.decided is Decided.WAITING):
        for other in result.placed:
            if told[waits.need.key, other.offer].verdict is True:
                assert _level(other.need) <= _level(waits.need)


def _level(need):
    return need.to_clarify, need.urgency.rank


@slow
@given(many_needs(14), many_offers(6), objectives, limits)
def test_it_is_never_worse_than_one_need_after_the_other(greedy, needs, offers, objective, bounds):
    result = allocated(needs, offers, on=DAY, objective=objective, limits=bounds)
    instance = instance_of(result.asked)
    ours = instance.standing(greedy.numbers_of(result, instance))
    assert ours >= instance.standing(greedy.greedy(instance))


def test_in_an_invented_county_more_is_served_than_by_one_need_after_the_other(greedy):
    needs, offers = greedy.county(children=400, offers=40, seed=3)
    result = allocate(needs, offers, on=greedy.DAY, limits=Limits(max_km=60, per_organisation={"org000": 20}))
    instance = instance_of(result.asked)
    ours, theirs = (
        instance.standing(chosen) for chosen in (greedy.numbers_of(result, instance), greedy.greedy(instance))
    )
    assert ours > theirs
    assert all(aim.proved for aim in result.aims)


def test_the_same_county_is_allocated_the_same_way_in_any_order(greedy):
    needs, offers = greedy.county(children=300, offers=30, seed=4)
    first = allocate(needs, offers, on=greedy.DAY, objective=Objective(place_digits=12))
    assert allocate(needs[::-1], offers[::-1], on=greedy.DAY, objective=Objective(place_digits=12)) == first
