"""The matching as a flow: groups of needs that are alike, offers, organisations with a limit, places. Called by ``stages``.

Rows stand in four parts, in this order: one a group (how many of its needs are served), one an offer (its places), one an
organisation that has a limit, one a place. A column is a pair of a group and an offer, or a unit of a place: the first,
second … need served there. Nothing is decided here.
"""

import attrs
import numpy as np

from kinderguard.care.allocation.candidates import Numbers
from kinderguard.care.allocation.instance import Instance
from kinderguard.care.allocation.solver import NO_BOUND, Program


@attrs.frozen(eq=False)
class Groups:
    """Needs that are alike in level, place and offers that fit.

    ``of`` gives the group of each need (−1: no offer fits it); ``group`` and ``offer`` are the pairs, ordered by both.
    """

    of: Numbers
    size: Numbers
    level: Numbers
    place: Numbers
    group: Numbers
    offer: Numbers

    def pair(self, groups: Numbers, offers: Numbers, count: int) -> Numbers:
        """Which of the pairs each of these is; ``count`` is how many offers there are."""
        return np.searchsorted(self.group * count + self.offer, groups * count + offers)


def grouped(instance: Instance) -> Groups:
    """The needs in groups, in the order of the first of each."""
    pairs = instance.pairs
    starts = np.searchsorted(pairs.need, np.arange(len(instance.needs) + 1))
    numbers: dict[tuple[int, int, bytes], int] = {}
    of = np.full(len(instance.needs), -1, np.int64)
    first: list[int] = []
    for need, (start, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        if start == end:
            continue
        key = (int(instance.levels[need]), int(instance.place_of[need]), pairs.offer[start:end].tobytes())
        of[need] = numbers.setdefault(key, len(numbers))
        if of[need] == len(first):
            first.append(need)
    offers = [pairs.offer[starts[need] : starts[need + 1]] for need in first]
    none = np.zeros(0, np.int64)
    return Groups(
        of,
        np.bincount(of[of >= 0], minlength=len(first)).astype(np.int64),
        instance.levels[first] if first else none,
        instance.place_of[first] if first else none,
        np.repeat(np.arange(len(first), dtype=np.int64), [len(each) for each in offers]),
        np.concatenate(offers) if offers else none,
    )


def singles(instance: Instance) -> Groups:
    """Each need as a group of its own."""
    count = len(instance.needs)
    everyone = np.arange(count, dtype=np.int64)
    pairs = instance.pairs
    return Groups(everyone, np.ones(count, np.int64), instance.levels, instance.place_of, pairs.need, pairs.offer)


@attrs.frozen(eq=False)
class Bounds:
    """Of the rows, part by part."""

    groups: tuple[Numbers, Numbers]
    offers: tuple[Numbers, Numbers]
    organisations: tuple[Numbers, Numbers]
    places: tuple[Numbers, Numbers]

    @property
    def together(self) -> tuple[Numbers, Numbers]:
        """Lower and upper bounds, one after the other."""
        parts = (self.groups, self.offers, self.organisations, self.places)
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def within(self, lower: Numbers, upper: Numbers) -> "Bounds":
        """Bounds of the same parts, cut out of those of all rows."""
        ends = np.cumsum([len(p[0]) for p in (self.groups, self.offers, self.organisations)]).tolist()
        parts = zip(np.split(lower, ends), np.split(upper, ends), strict=True)
        return Bounds(*parts)


def program(
    instance: Instance,
    groups: Groups,
    bounds: Bounds,
    pairs: Numbers,
    gain: Numbers,
    units: tuple[Numbers, Numbers] | None = None,
) -> Program:
    """The program over some of the pairs; ``units`` are the places and gains of the units, where there are any."""
    lower, upper = bounds.together
    starts = np.cumsum([0, *(len(p[0]) for p in (bounds.groups, bounds.offers, bounds.organisations))])
    columns = np.arange(len(pairs), dtype=np.int64)
    group, offer = groups.group[pairs], groups.offer[pairs]
    organisation, place = instance.organisation_of[offer], groups.place[group]
    entries = [(columns, starts[0] + group, 1), (columns, starts[1] + offer, 1)]
    limited = organisation >= 0
    entries.append((columns[limited], starts[2] + organisation[limited], 1))
    if len(bounds.places[0]):
        counted = place >= 0
        entries.append((columns[counted], starts[3] + place[counted], 1))
    most = np.full(len(pairs), NO_BOUND)
    if units is not None:
        of, worth = units
        entries.append((len(pairs) + np.arange(len(of), dtype=np.int64), starts[3] + of, -1))
        gain, most = np.concatenate([gain, worth]), np.concatenate([most, np.ones(len(of), np.int64)])
    column = np.concatenate([each[0] for each in entries])
    order = np.argsort(column, kind="stable")
    return Program(
        gain=gain.astype(np.int64),
        most=most,
        rows=np.concatenate([each[1] for each in entries])[order],
        columns=column[order],
        entries=np.concatenate([np.full(len(each[0]), each[2], np.int64) for each in entries])[order],
        lower=lower,
        upper=upper,
    )
