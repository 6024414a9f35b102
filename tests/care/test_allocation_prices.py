"""What one more place in a limit would bring: exactly that, as allocating again shows, also where limits bind together."""

import pytest

pytest.importorskip("highspy")

from hypothesis import given, settings

from care.allocating import DAY, a_need, allocated, an_offer, at, easy, limits, many_needs, many_offers, objectives
from kinderguard.care import NeedStatus, Urgency
from kinderguard.care.allocation import AllocationError, LimitKind, Limits, allocate


def price_of(result, kind, code):
    return next(price for price in result.prices if (price.kind, price.code) == (kind, code))


def what_the_price_says(price):
    """Needs served more, by whether they are to be clarified and by urgency."""
    return {
        (unclear, urgency): int((price.urgency, price.to_clarify) == (urgency, unclear))
        - int((price.instead_of, price.instead_to_clarify) == (urgency, unclear))
        for unclear in (False, True)
        for urgency in Urgency
    }


def what_one_more_brings(result, price):
    more = {price.code: 1}
    gain = result.what_if(places=more) if price.kind is LimitKind.OFFER else result.what_if(organisations=more)
    return {(False, u): n for u, n in gain.present.items()} | {(True, u): n for u, n in gain.to_clarify.items()}


@settings(deadline=None, max_examples=80)
@given(easy(needs=8, offers=4), objectives, limits)
def test_one_more_place_brings_what_its_price_says(asked, objective, bounds):
    result = allocated(*asked, on=DAY, objective=objective, limits=bounds)
    for price in result.prices:
        assert what_one_more_brings(result, price) == what_the_price_says(price)


@settings(deadline=None, max_examples=80)
@given(many_needs(12), many_offers(5), objectives, limits)
def test_a_place_nobody_could_take_is_worth_nothing(needs, offers, objective, bounds):
    """An offer without places is left out: it takes no part, and its price says so."""
    given_ = [offer for offer in offers if offer.capacity]
    result = allocated(needs, given_, on=DAY, objective=objective, limits=bounds)
    for price in result.prices:
        assert what_one_more_brings(result, price) == what_the_price_says(price)
        if price.used < price.limit:
            assert price.urgency is None


def test_a_place_at_the_end_of_a_chain_serves_somebody_who_cannot_come_there():
    needs = [
        a_need("K1", urgency=Urgency.IMMEDIATE, division="330199001"),
        a_need("K2", urgency=Urgency.SOON, division="330199002"),
    ]
    offers = [an_offer("near", area=["330199001", "330199002"]), an_offer("far", area=["330199001"], capacity=1)]
    crowded = [*needs, a_need("K3", urgency=Urgency.IMMEDIATE, division="330199001")]
    result = allocate(crowded, offers, on=DAY)
    assert result.allotment("K2", "cn.need.company").offer is None
    # K2 may not go to "far", but one of the others may leave "near" for it.
    assert price_of(result, LimitKind.OFFER, "far").urgency is Urgency.SOON
    assert result.what_if(places={"far": 1}).present[Urgency.SOON] == 1


def test_a_chain_may_lead_through_an_organisation_that_has_reached_its_limit():
    needs = [
        a_need("K1", urgency=Urgency.SOON, division="330199001"),
        a_need("K2", urgency=Urgency.IMMEDIATE, division="330199002"),
        a_need("K3", urgency=Urgency.IMMEDIATE, division="330199003"),
    ]
    offers = [
        an_offer("o1", organisation="g", area=["330199001"]),
        an_offer("o2", organisation="g", area=["330199002"]),
        an_offer("o3", area=["330199002", "330199003"]),
    ]
    result = allocate(needs, offers, on=DAY, limits=Limits(per_organisation={"g": 1}))
    assert [each.need.ref for each in result.placed] == ["K2", "K3"]
    # A place more in o3 takes K2 out of the organisation, which then has room for K1.
    assert price_of(result, LimitKind.OFFER, "o3").urgency is Urgency.SOON
    assert result.what_if(places={"o3": 1}).present[Urgency.SOON] == 1


def test_in_an_organisation_at_its_limit_a_place_serves_a_more_urgent_need_for_a_less_urgent_one():
    """Found by generated examples: the price said nothing, and allocating again gave one for the other."""
    near, far = ["330199001"], ["330199002"]
    needs = [
        a_need("K1", urgency=Urgency.SOON, division=near[0]),
        a_need("K2", urgency=Urgency.SOON, division=near[0]),
        a_need("K3", urgency=Urgency.PLANNED, division=far[0]),
    ]
    offers = [an_offer("o1", organisation="g", area=near), an_offer("o2", organisation="g", area=far)]
    result = allocate(needs, offers, on=DAY, limits=Limits(per_organisation={"g": 2}))
    assert result.allotment("K3", "cn.need.company").offer == "o2"
    price = price_of(result, LimitKind.OFFER, "o1")
    assert (price.urgency, price.instead_of) == (Urgency.SOON, Urgency.PLANNED)
    assert "in the place of one, as planned" in price.message.en
    assert what_one_more_brings(result, price) == what_the_price_says(price)
    # The other way round nothing is gained: the need that would come in is not more urgent.
    assert price_of(result, LimitKind.OFFER, "o2").urgency is None


def test_an_offer_without_places_says_that_it_took_no_part():
    result = allocate([a_need("K1")], [an_offer(capacity=0)], on=DAY)
    assert "took no part" in result.prices[0].message.en


def test_where_two_limits_bind_together_neither_alone_is_worth_anything():
    needs = [a_need("K1"), a_need("K2")]
    result = allocate(needs, [an_offer("o1", organisation="g")], on=DAY, limits=Limits(per_organisation={"g": 1}))
    assert [price.urgency for price in result.prices] == [None, None]
    assert result.what_if(places={"o1": 1}).needs == 0
    assert result.what_if(organisations={"g": 1}).needs == 0
    assert result.what_if(places={"o1": 1}, organisations={"g": 1}).needs == 1


def test_a_place_may_be_worth_something_to_a_need_that_is_still_to_be_clarified():
    needs = [a_need("K1"), a_need("K2", status=NeedStatus.TO_CLARIFY)]
    price = price_of(allocate(needs, [an_offer()], on=DAY), LimitKind.OFFER, "o1")
    assert (price.urgency, price.to_clarify) == (Urgency.PLANNED, True)
    assert "待核实" in price.message.zh
    assert "to be clarified" in price.message.en


def test_a_kilometre_more_of_reach_is_worth_what_lies_within_it():
    needs = [a_need("K1", place=at(5.5)), a_need("K2", place=at(7))]
    offers = [an_offer(capacity=5, place=at(0), reach_km=5)]
    result = allocate(needs, offers, on=DAY)
    assert [result.what_if(reach={"o1": km}).needs for km in (0.4, 0.5, 1, 2)] == [0, 1, 1, 2]
    common = allocate(needs, [an_offer(capacity=5, place=at(0))], on=DAY, limits=Limits(max_km=5))
    assert [common.what_if(max_km=km).needs for km in (0.4, 1, 2)] == [0, 1, 2]


def test_fewer_places_cost_what_they_served():
    result = allocate([a_need("K1"), a_need("K2")], [an_offer(capacity=2)], on=DAY)
    assert result.what_if(places={"o1": -1}).present[Urgency.PLANNED] == -1


@pytest.mark.parametrize(
    "asked",
    [{"places": {"o9": 1}}, {"organisations": {"g": 1}}, {"reach": {"o1": 1}}, {"max_km": 1}],
    ids=lambda asked: next(iter(asked)),
)
def test_a_limit_that_is_not_there_cannot_be_changed(asked):
    result = allocate([a_need()], [an_offer()], on=DAY)
    with pytest.raises(AllocationError):
        result.what_if(**asked)


@pytest.mark.parametrize(
    "asked",
    [{"places": {"o1": -3}}, {"organisations": {"org1": -9}}, {"reach": {"o1": -6.5}}, {"max_km": -61}],
    ids=lambda asked: next(iter(asked)),
)
def test_what_if_takes_differences_and_nothing_below_zero(asked):
    limits = Limits(max_km=60, per_organisation={"org1": 4})
    offer = an_offer(organisation="org1", capacity=2, reach_km=6, place=at(0))
    result = allocate([a_need(place=at(1))], [offer], on=DAY, limits=limits)
    with pytest.raises(AllocationError, match="how many more or less"):
        result.what_if(**asked)
    assert result.what_if(places={"o1": -2}).needs == -1


def test_an_offer_that_is_not_there_is_answered_with_the_nearest():
    result = allocate([a_need()], [an_offer("tutors")], on=DAY)
    with pytest.raises(AllocationError, match=r"no offer tutor\. Did you mean 'tutors'\?"):
        result.what_if(places={"tutor": 1})
