"""Small needs and offers for the tests of allocations, and what an allocation should be, in plain Python. All invented."""

import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import product

import attrs
from hypothesis import strategies as st

from kinderguard.care import (
    Helper,
    Language,
    Limits,
    Need,
    NeedDomain,
    NeedStatus,
    Objective,
    Offer,
    Place,
    ProviderKind,
    Qualification,
    Service,
    Urgency,
    Weekday,
    allocate,
    fit,
)
from kinderguard.model import Text
from kinderguard.model.places import place_of

DAY = dt.date(2025, 9, 1)
CHECKED = Helper(ref="p1", unfit_grounds=[], barred_by=[])


def a_need(ref="K1", code="cn.need.company", **given):
    base = {
        "ref": ref, "code": code, "domain": NeedDomain.GUARDIANSHIP_AND_COMPANY, "title": Text("陪伴", "company"),
        "urgency": Urgency.PLANNED, "reason": Text("甲", "a"), "on": DAY, "division": "330199001",
        "services": [Service.COMPANY],
    }  # fmt: skip
    return Need(**base | given)


def an_offer(code="o1", **given):
    base = {
        "code": code, "organisation": f"org-{code}", "provider": ProviderKind.VOLUNTEERS, "services": [Service.COMPANY],
        "capacity": 1, "people": [CHECKED],
    }  # fmt: skip
    return Offer(**base | given)


def at(x, y=0):
    return Place(x_km=x, y_km=y)


# ---- instances to try -------------------------------------------------------------------------------------------

services = st.lists(
    st.sampled_from([Service.COMPANY, Service.PSYCHOLOGICAL_SUPPORT, Service.ONLINE_COURSE]), max_size=2, unique=True
)
points = st.none() | st.builds(Place, x_km=st.integers(0, 4), y_km=st.integers(0, 1))
skills = st.sampled_from([Qualification.PSYCHOLOGIST, Qualification.TEACHER])
tongues = st.sampled_from([Language.MANDARIN, Language.SIGN])
days = st.lists(st.sampled_from([Weekday.SATURDAY, Weekday.SUNDAY]), max_size=2, unique=True)
divisions = st.sampled_from([None, "330199", "330199001", "330199001004", "330199002", "330199003007"])
people = st.sampled_from([[CHECKED]] * 6 + [[], None, [Helper(ref="p2")], [Helper(ref="p3", barred_by=["62"])]])


@st.composite
def many_needs(draw, most=6):
    return [
        a_need(
            ref=f"K{number % 4}",
            code=f"cn.need.n{number}",
            urgency=draw(st.sampled_from(Urgency)),
            status=draw(st.sampled_from([NeedStatus.PRESENT] * 3 + [NeedStatus.TO_CLARIFY])),
            on=DAY - dt.timedelta(days=draw(st.integers(0, 2))),
            division=draw(divisions),
            services=draw(services | st.just([Service.COMPANY])),
            qualifications=draw(st.lists(skills, max_size=1)),
            languages=draw(st.none() | st.lists(tongues, max_size=2)),
            weekdays=draw(st.none() | days),
            place=draw(points),
            familiar=draw(st.lists(st.sampled_from(["g0", "g1"]), max_size=1)),
        )
        for number in range(draw(st.integers(0, most)))
    ]


@st.composite
def many_offers(draw, most=4):
    return [
        an_offer(
            code=f"o{number}",
            organisation=f"g{draw(st.integers(0, 1))}",
            services=draw(services | st.just([Service.COMPANY])),
            capacity=draw(st.integers(0, 2)),
            area=draw(st.lists(st.sampled_from(["33", "330199001", "330199002", "330199003007"]), max_size=2)),
            since=draw(st.sampled_from([None, None, None, DAY, DAY + dt.timedelta(days=1)])),
            qualifications=draw(st.none() | st.lists(skills, max_size=2)),
            languages=draw(st.none() | st.lists(tongues, max_size=2)),
            weekdays=draw(st.none() | days),
            people=draw(people),
            place=draw(points),
            reach_km=draw(st.none() | st.integers(0, 4)),
        )
        for number in range(draw(st.integers(0, most)))
    ]


@st.composite
def easy(draw, needs=6, offers=3):
    """Needs and offers of which most fit, so that places are what is short: the aims are tried, not the refusals."""
    wanted = [
        a_need(
            ref=f"K{number}",
            urgency=draw(st.sampled_from([Urgency.SOON] * 3 + [Urgency.IMMEDIATE, Urgency.PLANNED])),
            status=draw(st.sampled_from([NeedStatus.PRESENT] * 5 + [NeedStatus.TO_CLARIFY])),
            on=DAY - dt.timedelta(days=draw(st.integers(0, 1))),
            division=draw(st.sampled_from(["330199001", "330199002", "330199003"])),
            place=at(draw(st.integers(0, 5))),
            familiar=draw(st.lists(st.sampled_from(["g0", "g1"]), max_size=1)),
        )
        for number in range(draw(st.integers(2, needs)))
    ]
    given = [
        an_offer(
            code=f"o{number}",
            organisation=f"g{draw(st.integers(0, 1))}",
            capacity=draw(st.integers(1, 2)),
            area=draw(st.sampled_from([[], [], ["330199001"], ["330199002", "330199003"]])),
            place=at(draw(st.integers(0, 5))),
            reach_km=draw(st.sampled_from([None, 2, 3])),
        )
        for number in range(draw(st.integers(1, offers)))
    ]
    return wanted, given


objectives = st.builds(
    Objective,
    place_digits=st.sampled_from([6, 9]),
    remote=st.sampled_from([(), ("330199002",), ("330199002", "330199003")]),
    remote_floor=st.sampled_from([Fraction(1, 3), Fraction(1, 2), Fraction(1)]),
    familiar_km=st.sampled_from([0, 1, 10]),
    hold_for_unclear=st.booleans(),
)
limits = st.builds(
    Limits,
    max_km=st.none() | st.integers(0, 4),
    per_organisation=st.sampled_from([{}, {"g0": 1}, {"g0": 2, "g1": 1}, {"g1": 0}]),
)


def allocated(needs, offers, limits, **asked):
    """The allocation under those of the limits whose organisation offers something: the others are refused."""
    there = {offer.organisation for offer in offers}
    of = {code: most for code, most in limits.per_organisation.items() if code in there}
    return allocate(needs, offers, limits=attrs.evolve(limits, per_organisation=of), **asked)


# ---- what it should be -------------------------------------------------------------------------------------------


def limited(offer, bounds):
    """The offer with the common limit of distance on it."""
    if bounds.max_km is None or (offer.reach_km is not None and offer.reach_km <= bounds.max_km):
        return offer
    return offer.model_copy(update={"reach_km": bounds.max_km})


def verdicts(needs, offers, bounds, distances=None):
    """What ``fit`` says of every pair, asked one by one."""
    told = {}
    for need in needs:
        for offer in offers:
            km = (distances or {}).get((need.ref, offer.code), (distances or {}).get((need.division, offer.code)))
            told[need.key, offer.code] = fit(limited(offer, bounds), need, on=DAY, km=km)
    return told


def takes_part(need, objective):
    return need.for_helpers and (objective.hold_for_unclear or not need.to_clarify)


def steps(need, offer, service, objective, longest):
    """Travel in steps of 100 m, less what it is worth that the child knows the organisation."""
    km = 0 if not service.in_contact else longest
    if service.in_contact and need.place and offer.place:
        km = offer.place.km_to(need.place)
    return round(km * 10) - objective.familiar_km * 10 * (offer.organisation in need.familiar)


def worth(needs, offers, given, objective, told):
    """How good an assignment is, by the aims in their order: ``given`` has the offer's code by need."""
    by_code = {offer.code: offer for offer in offers}
    levels = Counter((need.to_clarify, need.urgency.rank) for need in needs if given.get(need.key))
    counted = [need for need in needs if need.for_helpers and not need.to_clarify]
    wanted = Counter(place_of(need.division, objective.place_digits) for need in counted)
    met = Counter(place_of(need.division, objective.place_digits) for need in counted if given.get(need.key))
    shares = {place: Fraction(met[place], count) for place, count in wanted.items()}
    remote = sorted(min(s, objective.remote_floor) for place, s in shares.items() if objective.is_remote(place))
    known = [
        by_code[code].place.km_to(need.place)
        for need in needs
        for code in by_code
        if takes_part(need, objective)
        and (found := told[need.key, code]).verdict is True
        and found.service.in_contact
        and need.place
        and by_code[code].place
    ]
    travel = sum(
        steps(need, by_code[code], told[need.key, code].service, objective, max(known, default=0))
        for need in needs
        if (code := given.get(need.key))
    )
    order = sorted(needs, key=lambda n: (n.to_clarify, n.urgency.rank, n.ref, n.code), reverse=True)
    order.sort(key=lambda n: n.on, reverse=True)
    ahead = {need.key: number for number, need in enumerate(order)}
    earlier = sum(ahead[key] + 1 for key, code in given.items() if code)
    return (
        [levels[unclear, rank] for unclear in (False, True) for rank in range(3)],
        remote,
        sorted(shares.values()),
        -travel,
        earlier,
    )


def best(needs, offers, objective, bounds):
    """The best assignment there is: every possible one is tried."""
    told = verdicts(needs, offers, bounds)
    choices = [
        [None, *(o.code for o in offers if takes_part(need, objective) and told[need.key, o.code].verdict is True)]
        for need in needs
    ]
    capacity = {offer.code: offer.capacity for offer in offers}
    organisation = {offer.code: offer.organisation for offer in offers}
    found = None
    for codes in product(*choices):
        used = Counter(code for code in codes if code)
        of = Counter(organisation[code] for code in codes if code)
        if any(n > capacity[code] for code, n in used.items()):
            continue
        if any(n > bounds.per_organisation.get(g, n) for g, n in of.items()):
            continue
        value = worth(needs, offers, {n.key: c for n, c in zip(needs, codes, strict=True)}, objective, told)
        found = value if found is None else max(found, value)
    return found
