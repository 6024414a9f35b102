"""The four aims of an allocation, one after the other, each over exactly the best answers of the ones before. Called by ``allocate``.

A need that is served flows from its place through an offer (and an organisation that has a limit) to the end: a network.
An aim is a linear program on it, and its prices tell all its best answers: which pairs are in none of them, which needs and
offers are full in every one. The next aim is asked among these alone, so the matrix stays that of a network, whose
vertices are whole, and no aim needs a weight beside another, a gap or a tolerance.

Why so little is enough: the sets of needs that can be served together are the independent sets of a matroid. There the
order of weights decides and not their size, so 3, 2, 1 puts one immediate need before any number of others; and raising
whichever place is served worst, one need at a time, gives the best shares, the worst first.
"""

import time
from collections.abc import Callable
from fractions import Fraction

import attrs
import numpy as np

from kinderguard.care.allocation.asking import LEVELS
from kinderguard.care.allocation.candidates import Numbers
from kinderguard.care.allocation.instance import Instance
from kinderguard.care.allocation.network import Bounds, Groups, grouped, program, singles
from kinderguard.care.allocation.solver import Program, Solved, solve
from kinderguard.model.text import Text

URGENCY = Text("最紧迫的需求优先", "the most urgent needs first")
FAIRNESS = Text("各地公平", "fairness between places")
TRAVEL = Text("路程最短、尽量由熟悉的组织服务", "the least travel, and organisations that the child knows")
EARLIER = Text("其余同等者，先发现者先", "what is still equal: who was found earlier")


@attrs.frozen
class Aim:
    """One aim as it was solved: how large the program was, and the seconds it took.

    ``proved`` is whether its answer was checked in whole numbers to be the best there is: an answer that does not pass is
    never given out, so the gap is nought.
    """

    title: Text
    columns: int
    seconds: float
    proved: bool = True


@attrs.frozen(eq=False)
class Chosen:
    """The pairs that were chosen, by their numbers in ``Instance.pairs``, and the aims as they were solved."""

    pairs: Numbers
    aims: tuple[Aim, ...]


def most_served(instance: Instance, groups: Groups) -> tuple[Program, Solved, Bounds]:
    """The first aim alone: as many needs as can be, the most urgent first.

    Raises:
        MissingExtraError, SolverError: see ``solve``.
    """
    none = np.zeros(0, np.int64)
    bounds = Bounds(
        (np.zeros_like(groups.size), groups.size),
        (np.zeros_like(instance.capacities), instance.capacities),
        (np.zeros_like(instance.organisation_limits), instance.organisation_limits),
        (none, none),
    )
    everything = np.arange(len(groups.group), dtype=np.int64)
    asked = program(instance, groups, bounds, everything, LEVELS - groups.level[groups.group])
    return asked, solve(asked, URGENCY, instance.candidates.limits.seconds), bounds


def chosen(instance: Instance, step: Callable[[], None]) -> Chosen:
    """The best matching by all four aims; ``step`` is called after each.

    Raises:
        MissingExtraError, SolverError: see ``solve``.
    """
    stages = _Stages(instance, step)
    stages.urgency()
    stages.fairness()
    return stages.single_needs()


class _Stages:
    """What is left to choose from, narrowed by one aim after the other."""

    def __init__(self, instance: Instance, step: Callable[[], None]) -> None:
        self.instance, self.step = instance, step
        self.groups = grouped(instance)
        self.aims: list[Aim] = []
        self.started = time.perf_counter()

    def done(self, title: Text, asked: Program) -> None:
        now = time.perf_counter()
        self.aims.append(Aim(title, len(asked.gain), now - self.started))
        self.started = now
        self.step()

    def urgency(self) -> None:
        asked, found, bounds = most_served(self.instance, self.groups)
        self.pairs = np.flatnonzero(found.left == 0)
        self.bounds = bounds.within(*found.bounds(asked))
        self.done(URGENCY, asked)

    def fairness(self) -> None:
        instance, places = self.instance, len(self.instance.places)
        none = np.zeros(places, np.int64)
        bounds = attrs.evolve(self.bounds, places=(none, none))
        of, worth = _units(instance)
        no_gain = np.zeros(len(self.pairs), np.int64)
        asked = program(instance, self.groups, bounds, self.pairs, no_gain, (of, worth))
        found = solve(asked, FAIRNESS, instance.candidates.limits.seconds)
        bounds = bounds.within(*found.bounds(asked))
        left = found.left[len(self.pairs) :]
        at_least = np.bincount(of[left > 0], minlength=places).astype(np.int64)
        at_most = np.bincount(of[left >= 0], minlength=places).astype(np.int64)
        self.bounds = attrs.evolve(bounds, places=(at_least, at_most))
        self.pairs = self.pairs[found.left[: len(self.pairs)] == 0]
        self.done(FAIRNESS, asked)

    def single_needs(self) -> Chosen:
        """The last two aims, where each need counts by itself."""
        instance, groups = self.instance, singles(self.instance)
        lower, upper = (np.zeros(len(instance.needs), np.int64) for _ in range(2))
        served = self.groups.of >= 0
        # A group's bounds are none of it or all of it, so they are those of each of its needs.
        lower[served] = self.bounds.groups[0][self.groups.of[served]] > 0
        upper[served] = self.bounds.groups[1][self.groups.of[served]] > 0
        bounds = attrs.evolve(self.bounds, groups=(lower, upper))
        kept = np.zeros(len(self.groups.group), bool)
        kept[self.pairs] = True
        pairs = instance.pairs
        group_pair = self.groups.pair(self.groups.of[pairs.need], pairs.offer, len(instance.offers))
        left = np.flatnonzero(kept[group_pair] & (upper[pairs.need] > 0)) if len(kept) else np.zeros(0, np.int64)
        for title, gain in ((TRAVEL, -instance.costs), (EARLIER, _earlier(instance)[pairs.need])):
            asked = program(instance, groups, bounds, left, gain[left])
            found = solve(asked, title, instance.candidates.limits.seconds)
            bounds = bounds.within(*found.bounds(asked))
            result, left = left[found.x > 0], left[found.left == 0]
            self.done(title, asked)
        return Chosen(result, tuple(self.aims))


def _units(instance: Instance) -> tuple[Numbers, Numbers]:
    """The units of all places, one for each need there, with their gains: the worse served before it, the larger.

    A unit raises a place from k of n to k + 1 of n. Of two places at one share that with fewer needs is raised further. In
    remote places the units below their floor come first.
    """
    floor = instance.objective.remote_floor
    of, keys = [], []
    for place, (size, remote) in enumerate(zip(instance.place_sizes.tolist(), instance.remote.tolist(), strict=True)):
        for before in range(size):
            share = Fraction(before, size)
            of.append(place)
            keys.append((not (remote and share < floor), share, size))
    rank = {key: number for number, key in enumerate(sorted(set(keys)))}
    return np.array(of, np.int64), np.array([len(rank) - rank[key] for key in keys], np.int64)


def _earlier(instance: Instance) -> Numbers:
    """By need, a number of its own: the earlier its day, then its place in the order, the larger."""
    count = len(instance.needs)
    order = sorted(range(count), key=lambda n: (instance.needs[n].on, n))
    found = np.zeros(count, np.int64)
    found[order] = np.arange(count, 0, -1)
    return found
