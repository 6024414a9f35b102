"""What one more place in each limit would bring, and what other limits would bring. Called by ``allocate`` and ``Allocation``.

One more place serves one more need if the place can be reached from somebody who waits: directly, or along a chain in
which each frees a place for the one before by moving to another offer that fits. Where an organisation is at its limit,
the chain may end with a less urgent need that gives way. All chains are followed at once over the offers and
organisations. Nothing is changed here.
"""

from collections.abc import Iterable, Mapping

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.care.allocation.asking import LEVELS, AllocationError
from kinderguard.care.allocation.candidates import Candidates, Numbers
from kinderguard.care.allocation.instance import Instance
from kinderguard.care.allocation.network import grouped
from kinderguard.care.allocation.result import Asked, Gain, LimitKind, Price, counts_by_urgency
from kinderguard.care.allocation.stages import most_served
from kinderguard.model.errors import suggestion
from kinderguard.model.text import Text
from kinderguard.packs.need_rules import Urgency

_Links = npt.NDArray[np.bool_]


def prices(instance: Instance, chosen: Numbers) -> tuple[Price, ...]:
    """Of every offer and of every organisation with a limit, in order."""
    chains = _Chains(instance, chosen)
    found = [
        _price(LimitKind.OFFER, offer.code, offer.capacity, int(chains.load[number]), *chains.of_offer(number))
        for number, offer in enumerate(instance.offers)
    ]
    limits = instance.organisation_limits.tolist()
    found += [
        _price(LimitKind.ORGANISATION, code, limits[number], int(chains.used[number]), *chains.of_organisation(number))
        for number, code in enumerate(instance.organisations)
    ]
    return tuple(found)


def _price(kind: LimitKind, code: str, limit: int, used: int, served: int, gives_way: int) -> Price:
    if served == LEVELS:
        return Price(kind, code, limit, used)
    urgency, to_clarify = _urgency(served)
    if gives_way == LEVELS:
        return Price(kind, code, limit, used, urgency, to_clarify)
    return Price(kind, code, limit, used, urgency, to_clarify, *_urgency(gives_way))


def _urgency(level: int) -> tuple[Urgency, bool]:
    """A level's urgency, and whether its needs are still to be clarified."""
    urgencies = tuple(Urgency)
    return urgencies[level % len(urgencies)], level >= len(urgencies)


class _Chains:
    """Who could move where. A node is an offer, or behind the offers an organisation with a limit: one need too many there."""

    def __init__(self, instance: Instance, chosen: Numbers) -> None:
        self.instance, self.chosen = instance, chosen
        count, limited = len(instance.offers), len(instance.organisations)
        at = instance.pairs.offer[chosen]
        self.load = np.bincount(at, minlength=count)
        organisation = instance.organisation_of
        self.used = np.bincount(organisation[at][organisation[at] >= 0], minlength=limited)
        self.links: _Links = np.zeros((count + limited, count + limited), bool)
        self._moves(chosen)
        spare = self.load < instance.capacities
        for offer in np.flatnonzero(organisation >= 0):
            node = count + organisation[offer]
            self.links[offer, node] = spare[offer]
            self.links[node, offer] = self.load[offer] > 0
        room = self.used < instance.organisation_limits
        ends = np.concatenate([spare & (organisation < 0), room])
        #: Where one need too many finds a place in the end.
        self.ends_well = _reached(self.links.T, ends)
        self.best = self._best(chosen)

    def of_offer(self, offer: int) -> tuple[int, int]:
        """The level that one more place in an offer would serve, and the one that would give way; ``LEVELS`` for none."""
        served = self.best[offer]
        organisation = int(self.instance.organisation_of[offer])
        if organisation < 0 or self.ends_well[len(self.instance.offers) + organisation]:
            return served, LEVELS
        # The organisation is at its limit: only a more urgent need for a less urgent one is a gain.
        gives_way = self._gives_way(organisation)
        return (served, gives_way) if served < gives_way else (LEVELS, LEVELS)

    def of_organisation(self, organisation: int) -> tuple[int, int]:
        """The same of a limit."""
        return self.best[len(self.instance.offers) + organisation], LEVELS

    def _gives_way(self, organisation: int) -> int:
        """The level of the least urgent need that could give way for one need too many in an organisation; -1 for none."""
        start = np.zeros(len(self.links), bool)
        start[len(self.instance.offers) + organisation] = True
        found = _reached(self.links, start)
        there = found[self.instance.pairs.offer[self.chosen]]
        levels = self.instance.levels[self.instance.pairs.need[self.chosen]][there]
        return int(levels.max(initial=-1))

    def _moves(self, chosen: Numbers) -> None:
        pairs = self.instance.pairs
        done: set[tuple[int, bytes]] = set()
        for need, offer in zip(pairs.need[chosen].tolist(), pairs.offer[chosen].tolist(), strict=True):
            others = pairs.offer[pairs.of(need)]
            key = (offer, others.tobytes())
            if key not in done:
                done.add(key)
                self.links[offer, others] = True

    def _best(self, chosen: Numbers) -> list[int]:
        """By node, the level of the most urgent need that could come there and is not served."""
        instance, pairs = self.instance, self.instance.pairs
        served = np.zeros(len(instance.needs), bool)
        served[pairs.need[chosen]] = True
        waiting = ~served[pairs.need]
        levels = instance.levels[pairs.need]
        best = np.full(len(self.links), LEVELS)
        for level in range(LEVELS):
            start = np.zeros(len(self.links), bool)
            start[pairs.offer[waiting & (levels == level)]] = True
            best[_reached(self.links, start) & (best == LEVELS)] = level
        found: list[int] = best.tolist()
        return found


def _reached(links: _Links, start: _Links) -> _Links:
    """All nodes that can be reached."""
    found, new = start.copy(), start
    while new.any():
        new = links[new].any(axis=0) & ~found
        found |= new
    return found


# ---- other limits ------------------------------------------------------------------------------------------------


def served_by_level(asked: Asked, instance: Instance | None = None) -> list[int]:
    """How many needs of each level are served at the best."""
    of = instance or instance_of(asked)
    groups = grouped(of)
    _, found, _ = most_served(of, groups)
    levels: list[int] = np.bincount(groups.level[groups.group], weights=found.x, minlength=LEVELS).astype(int).tolist()
    return levels


def instance_of(asked: Asked) -> Instance:
    """What was asked, as numbers."""
    candidates = Candidates(asked.needs, asked.offers, asked.on, asked.limits, asked.distances)
    return Instance(asked.needs, asked.offers, asked.objective, candidates)


def what_if(
    asked: Asked,
    places: Mapping[str, int],
    organisations: Mapping[str, int],
    reach: Mapping[str, float],
    max_km: float,
) -> Gain:
    """See ``Allocation.what_if``."""
    known = {offer.code: offer for offer in asked.offers}
    _all_known(places, known, Text("没有供给", "there is no offer"))
    _all_known(reach, (code for code, o in known.items() if o.reach_km is not None), _NO_REACH)
    _all_known(organisations, asked.limits.per_organisation, _NO_LIMIT)
    if max_km and asked.limits.max_km is None:
        raise AllocationError(Text("没有设定 limits.max_km。", "There is no limits.max_km to change."))
    offers = []
    for offer in asked.offers:
        changed: dict[str, object] = {
            "capacity": int(_added("places", offer.code, offer.capacity, places.get(offer.code, 0)))
        }
        if offer.reach_km is not None:
            changed["reach_km"] = _added("reach", offer.code, offer.reach_km, reach.get(offer.code, 0))
        offers.append(offer.model_copy(update=changed))
    most = asked.limits.max_km
    limits = attrs.evolve(
        asked.limits,
        max_km=None if most is None else _added("max_km", "max_km", most, max_km),
        per_organisation={
            code: int(_added("organisations", code, number, organisations.get(code, 0)))
            for code, number in asked.limits.per_organisation.items()
        },
    )
    other = served_by_level(attrs.evolve(asked, offers=tuple(offers), limits=limits))
    return counts_by_urgency([a - b for a, b in zip(other, served_by_level(asked), strict=True)])


def _added(name: str, code: str, now: float, more: float) -> float:
    """A limit with what is added to it, or taken from it."""
    if now + more < 0:
        raise AllocationError(
            Text(
                f"{name} 是增减的数量，不是改后的数量：{code} 现为 {now:g}，最多减 {now:g}。",
                f"{name} says how many more or less, not how many there are: {code} has {now:g} now, so take off {now:g} at most.",
            )
        )
    return now + more


_NO_REACH = Text("没有设定可达距离的供给", "no offer with a reach")
_NO_LIMIT = Text("没有设定限额的组织", "no organisation with a limit")


def _all_known(codes: Iterable[str], known: Iterable[str], what: Text) -> None:
    there = sorted(known)
    for code in codes:
        if code not in there:
            raise AllocationError(what + Text(f" {code}。", f" {code}.") + suggestion(code, there))
