"""Which pairs may be matched: exactly what ``fit`` says of each, though it is not asked for each."""

import math

import pytest

pytest.importorskip("highspy")

from hypothesis import given, settings
from hypothesis import strategies as st

from care.allocating import DAY, a_need, an_offer, at, limits, many_needs, many_offers, verdicts
from kinderguard.care import Need, Place
from kinderguard.care.allocation import Limits
from kinderguard.care.allocation.candidates import Candidates

tables = st.dictionaries(
    st.tuples(
        st.sampled_from(["K0", "K1", "330199001", "330199001004"]), st.sampled_from(["o0", "o1", "o2", "elsewhere"])
    ),
    st.floats(0, 5),
    max_size=4,
)


def same_as_fit(needs, offers, bounds, distances=None):
    candidates = Candidates(needs, offers, DAY, bounds, distances)
    told = verdicts(needs, offers, bounds, distances)
    numbers = {True: {}, None: {}}
    for pairs, verdict in ((candidates.fits, True), (candidates.open, None)):
        for index in range(len(pairs)):
            key = needs[pairs.need[index]].key, offers[pairs.offer[index]].code
            numbers[verdict][key] = pairs.service_of(index)
    for verdict, found in numbers.items():
        assert found == {key: each.service for key, each in told.items() if each.verdict is verdict}
    for need, offer in ((n, o) for n in range(len(needs)) for o in range(len(offers))):
        assert candidates.fit(need, offer) == told[needs[need].key, offers[offer].code]


@settings(deadline=None, max_examples=300)
@given(many_needs(8), many_offers(5), limits, tables | st.none())
def test_the_pairs_are_those_that_fit(needs, offers, bounds, distances):
    same_as_fit(needs, offers, bounds, distances)


coordinates = st.floats(-1e3, 1e3) | st.integers(-50, 50).map(lambda n: n / 10)


@settings(deadline=None, max_examples=300)
@given(
    st.builds(Place, x_km=coordinates, y_km=coordinates),
    st.builds(Place, x_km=coordinates, y_km=coordinates),
    st.data(),
)
def test_at_the_very_edge_of_a_reach_the_last_digit_decides_as_it_does_in_fit(here, there, data):
    km = there.km_to(here)
    reach = data.draw(st.sampled_from([km, math.nextafter(km, 0), math.nextafter(km, math.inf)]))
    same_as_fit([a_need(place=here)], [an_offer(place=there, reach_km=reach)], Limits())
    same_as_fit([a_need(place=here)], [an_offer(place=there)], Limits(max_km=reach))


def test_a_childs_own_distance_goes_before_its_villages_and_both_before_the_map():
    needs = [a_need("K1", place=at(1)), a_need("K2", place=at(1)), a_need("K3", place=at(1), division="330199002")]
    offers = [an_offer(place=at(0), reach_km=5)]
    table = {("330199001", "o1"): 40.0, ("K2", "o1"): 4.0}
    fits = Candidates(needs, offers, DAY, Limits(), table).fits
    assert [needs[n].ref for n in fits.need] == ["K2", "K3"]
    assert fits.km.tolist() == [4.0, 1.0]


def test_whatever_else_a_need_holds_makes_no_difference_to_what_fits():
    """Fields that ``fit`` does not look at; one that is added to needs has to be put here or into the kind of a need."""
    of_no_matter = {
        "ref", "code", "domain", "title", "urgency", "status", "reason", "facts", "fact_titles", "sources", "ours",
        "on", "familiar",
    }  # fmt: skip
    looked_at = {"division", "services", "qualifications", "languages", "weekdays", "place"}
    assert set(Need.model_fields) == of_no_matter | looked_at
