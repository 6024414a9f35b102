"""By how much what policies come to differs between two results of one child: what is unknown is the same on both sides.

The bounds of each side cover all that is unknown, each for itself; taken from each other they cover what cannot be: a child
who is disabled on one side only. Here both sides are looked at together (see ``together``): a condition that does not rest on
what moved comes out alike on both. Called for the breaks of a line, and for what another fact changes. The bounds cover every value of what is unknown: where
there are too many worlds, they are wider, never narrower.
"""

from collections.abc import Sequence
from typing import Any

import attrs

from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import bounds
from kinderguard.engines.together import MOST_ROUNDS, Claim, ImpossibleError, Together, Way, ends_of, looked_into
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

#: So many worlds are looked at for one difference.
MOST_PAIRS = 128


@attrs.define(eq=False)
class Beside:
    """One way in which conditions come out on both sides, and by how much the amounts differ there (fen; None: no bound)."""

    ways: tuple[Way, Way]
    low: Any = None
    high: Any = None
    is_final: bool = False


class Apart:
    """By how much some policies' amounts differ: what the second result gives, less the first.

    Args:
        bound, dependents: the rules at a place, of both results.
        before, after: the two traces.
        finals: the amounts that are compared.
    """

    def __init__(
        self, bound: Bound, dependents: Dependents, before: Sequence[Any], after: Sequence[Any], finals: Sequence[Step]
    ) -> None:
        self._moved = moved(bound, dependents, before, after)
        # What rests on nothing that moved does not differ.
        finals = [final for final in finals if final.index in self._moved]
        self._sides = tuple(Together(bound, trace, dependents, finals) for trace in (before, after))
        (one, _), self._finals = self._sides, finals
        self._shared = [
            step
            for index, step in one.steps.items()
            if index not in self._moved and one.wanted[index] and _is_taken(step)
        ]
        self._whole = Beside((self._sides[0].whole, self._sides[1].whole))
        self._measure(self._whole)

    def bounds(self, most: int = MOST_PAIRS) -> tuple[Any, Any]:
        """At least and at most (fen; None: no bound), whatever the unknown facts are."""
        return ends_of(self.worlds(most))

    def worlds(self, most: int = MOST_PAIRS) -> list[Beside]:
        """Worlds that cover all that can be."""
        return looked_into(self._whole, self._split, most)

    def _split(self, world: Beside) -> list[Beside] | None:
        one = self._sides[0]
        counts: tuple[dict[int, int], dict[int, int]] = ({}, {})
        shared: dict[int, int] = {}
        for side, way, own in zip(self._sides, world.ways, counts, strict=True):
            for index, count in side.undecided(way).items():
                mine = own if index in self._moved else shared
                mine[index] = mine.get(index, 0) + count
        # What is asked alike on both sides decides both.
        sides: tuple[int | None, ...] = (None, 0, 1)
        for number, asked in zip(sides, (shared, *counts), strict=True):
            step = one.telling_most(asked)
            if step is not None:
                return [w for value in (True, False) if (w := self._taking(world, number, step, value)) is not None]
        return None

    def _taking(self, world: Beside, number: int | None, step: Step, value: bool) -> Beside | None:
        """The world in which a condition comes out so, on one side or (None) on both; None where it cannot."""
        first, second = world.ways
        found = Beside((first.copied(), second.copied()))
        claims: list[list[Claim]] = [[(step, value)] if number in (None, side) else [] for side in (0, 1)]
        try:
            self._follow(found, claims)
        except ImpossibleError:
            return None
        self._measure(found)
        return found

    def _follow(self, world: Beside, claims: list[list[Claim]]) -> None:
        """Everything that follows on either side, and what that tells of the other."""
        one, other = world.ways
        for _ in range(MOST_ROUNDS):
            for side, way, mine in zip(self._sides, world.ways, claims, strict=True):
                side.follow(way, mine)
            claims = [[], []]
            for step in self._shared:
                x, y = one.values[step.index], other.values[step.index]
                if x is not y and x != y:
                    claims[0] += [(step, y)] if y is not None else []
                    claims[1] += [(step, x)] if x is not None else []
            if not any(claims):
                break

    def _measure(self, world: Beside) -> None:
        low: Any = 0
        high: Any = 0
        first, second = (way.values for way in world.ways)
        for final in self._finals:
            x, y = _settled(final, first), _settled(final, second)
            if x is y and x.index not in self._moved:
                continue
            (least, most), (least2, most2) = (_not_below_zero(values[final.index]) for values in (first, second))
            low = None if low is None or most is None else low + least2 - most
            high = None if high is None or most2 is None else high + most2 - least
        world.low, world.high = low, high


def moved(bound: Bound, dependents: Dependents, before: Sequence[Any], after: Sequence[Any]) -> frozenset[int]:
    """The steps that may come out otherwise: what reads no other step and differs, and all that rests on it."""
    own = [s.index for s in bound.plan.dynamic if s.index not in dependents.reads and before[s.index] != after[s.index]]
    return frozenset(own).union(*(dependents.cone(index) for index in own))


def _is_taken(step: Step) -> bool:
    """Whether something can be taken to be so of a step: of a condition, or of an amount, number or day."""
    kind = step.node.kind
    return kind.is_ordered or (kind.sort is Sort.BOOL and not isinstance(step.node, n.Collection))


def _settled(step: Step, values: Sequence[Any]) -> Step:
    """What an amount comes down to, as far as it is known what chooses it."""
    while isinstance(step.node, n.When):
        condition, then, otherwise = step.inputs
        holds = values[condition.index]
        if holds is None:
            break
        step = then if holds else otherwise
    return step


def _not_below_zero(value: Any) -> tuple[Any, Any]:
    low, high = bounds(value)
    return max(0, low or 0), None if high is None else max(0, high)


__all__ = ["Apart", "Beside", "moved"]
