"""What several policies come to together, for one child: of two that exclude each other, not both.

The bounds of each policy cover all that is unknown, each for itself; added up they cover what cannot be. Here conditions that
are not known are taken as holding and as not holding, where they tell most first; in each of these worlds everything is
computed again, and a world that contradicts itself is left out. Called by an assessment for its totals, and by ``apart`` for
two results of one child; changes no result. The bounds cover every value of what is unknown: where there are too many worlds,
they are wider, never narrower.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

import attrs

from kinderguard.engines import ranges
from kinderguard.engines.blame import is_unknown
from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import FAULTS, Step
from kinderguard.engines.ranges import Range, bounds
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

#: So many worlds are looked at for one sum.
MOST_WORLDS = 64
#: So often it is asked in a world what follows from what followed. Two amounts that each are below the other would go on.
MOST_ROUNDS = 16

#: What is taken to be so: a step, and that it holds or not, or the range that it lies in.
Claim: TypeAlias = tuple[Step, Any]


class ImpossibleError(Exception):
    """What is taken to be so contradicts itself."""


class Measured(Protocol):
    """A world, and what is asked comes to there: at least and at most (None: no bound)."""

    low: Any
    high: Any
    #: Nothing is left that could be taken either way.
    is_final: bool


M = TypeVar("M", bound=Measured)


def looked_into(whole: M, split: Callable[[M], list[M] | None], most: int) -> list[M]:
    """Worlds that cover all that can be, where they tell most looked into first.

    Args:
        whole: all that can be.
        split: the two worlds that a world falls into, without what cannot be; None where nothing is left to take either way.
        most: so many worlds are looked at.
    """
    worlds, made = [whole], 0
    while worlds and made < most:
        world = _telling(worlds)
        if world is None:
            break
        parts = split(world)
        if parts is None:
            world.is_final = True
            continue
        worlds.remove(world)
        made += 2
        worlds += parts
    # Where nothing can be, what is known contradicts itself: nothing is taken from that.
    return worlds or [whole]


def _telling(worlds: Sequence[M]) -> M | None:
    """A world that sets an end of the bounds and can be looked into."""
    low, high = ends_of(worlds)
    for at in ([w for w in worlds if w.high == high], [w for w in worlds if w.low == low]):
        if not any(w.is_final or (w.low is not None and w.low == w.high) for w in at):
            return at[0]
    return None


def ends_of(worlds: Sequence[Measured]) -> tuple[Any, Any]:
    """At least and at most, over all of some worlds."""
    lows, highs = [w.low for w in worlds], [w.high for w in worlds]
    return None if None in lows else min(lows), None if None in highs else max(highs)


@attrs.define(eq=False)
class Way:
    """One way in which conditions come out: the values, what was taken to be so, and what the amounts come to."""

    values: list[Any]
    #: By step, whether it was taken to hold.
    taken: dict[int, bool]
    #: By step, the range that follows for it.
    limits: dict[int, Any]
    low: Any = 0
    high: Any = None
    #: Nothing is left that could be taken either way.
    is_final: bool = False

    def copied(self) -> "Way":
        """The same way, of which more can be taken to be so."""
        found = Way(list(self.values), dict(self.taken), dict(self.limits))
        found.values[FAULTS] = []
        return found


class Together:
    """The sum of some policies' amounts for one child.

    Args:
        bound, trace, dependents: the rules at a place, and what they make of the child.
        finals: the amounts that are added up.
    """

    def __init__(self, bound: Bound, trace: Sequence[Any], dependents: Dependents, finals: Sequence[Step]) -> None:
        self._plan, self._dependents, self.finals = bound.plan, dependents, tuple(finals)
        self._meanings, self._first = bound.compiled.dynamic, len(bound.head)
        self.steps = {step.index: step for step in bound.plan.dynamic}
        self._readers = dependents.readers
        self.wanted = self._rested_on()
        self.whole = Way(list(trace), {}, {})
        self._measure(self.whole)

    def bounds(self, most: int = MOST_WORLDS) -> tuple[Any, Any]:
        """At least and at most (fen; None: no bound), whatever the unknown facts are."""
        worlds = looked_into(self.whole, self._split, most)
        return ends_of(worlds)

    def _split(self, world: Way) -> list[Way] | None:
        step = self.telling_most(self.undecided(world))
        if step is None:
            return None
        return [w for value in (True, False) if (w := self._taking(world, step, value)) is not None]

    # ---- what to take either way ---------------------------------------------------------------------------------

    def undecided(self, world: Way) -> dict[int, int]:
        """The unknown conditions on which open amounts rest: by place, of how many."""
        counts: dict[int, int] = {}
        for final in self.finals:
            if is_unknown(world.values[final.index]):
                for index in self._conditions(final, world.values):
                    counts[index] = counts.get(index, 0) + 1
        return counts

    def telling_most(self, counts: Mapping[int, int]) -> Step | None:
        """The condition on which most of the open amounts rest; of several, the one nearest to them."""
        if not counts:
            return None
        return self.steps[max(counts, key=lambda index: (index not in self._on_amounts, counts[index], index))]

    def _conditions(self, final: Step, values: list[Any]) -> Iterator[int]:
        """The unknown conditions that an amount rests on as it stands."""
        left, seen = [final], {final.index}
        while left:
            step = left.pop()
            if step.node.kind.sort is Sort.BOOL and not isinstance(step.node, n.Collection):
                yield step.index
            inputs = step.inputs
            if isinstance(step.node, n.When):
                condition, then, otherwise = inputs
                holds = values[condition.index]
                inputs = inputs if holds is None else (then,) if holds else (otherwise,)
            for read in inputs:
                if read.index not in seen and read.index in self.steps and is_unknown(values[read.index]):
                    seen.add(read.index)
                    left.append(read)

    @property
    def _on_amounts(self) -> frozenset[int]:
        return self._dependents.on_amounts

    def _rested_on(self) -> bytearray:
        wanted = bytearray(1 + max(self.steps, default=0))
        waiting = [final.index for final in self.finals if final.index in self.steps]
        while waiting:
            index = waiting.pop()
            if index in self.steps and not wanted[index]:
                wanted[index] = 1
                waiting += self._dependents.reads.get(index, ())
        return wanted

    # ---- what follows ---------------------------------------------------------------------------------------------

    def _taking(self, world: Way, step: Step, value: bool) -> Way | None:
        """The world in which a condition comes out so; None where it cannot."""
        found = world.copied()
        try:
            self.follow(found, [(step, value)])
        except ImpossibleError:
            return None
        self._measure(found)
        return found

    def follow(self, world: Way, claims: list[Claim]) -> None:
        """Everything that follows, upwards to what a condition is made of and downwards to what rests on it."""
        for _ in range(MOST_ROUNDS):
            if not claims:
                break
            stale = bytearray(len(self.wanted))
            while claims:
                step, value = claims.pop()
                if self._claimed(world, step, value):
                    for reader in self._readers[step.index]:
                        stale[reader] = 1
                    claims += self._implied(world, step)
            self._again(world, stale)
            claims += [claim for index in tuple(world.taken) for claim in self._implied(world, self.steps[index])]
            claims = [(s, x) for s, x in claims if self._is_news(world, s, x)]

    def _claimed(self, world: Way, step: Step, value: Any) -> bool:
        """Set a value that was taken; whether it is news."""
        index = step.index
        if index not in self.steps:
            return False
        before = world.values[index]
        if step.node.kind.is_ordered:
            world.limits[index] = value = _meet(world.limits.get(index, before), value)
            value = _meet(before, value)
        elif before is not None:
            if before != value:
                raise ImpossibleError
            return False
        if isinstance(value, bool):
            world.taken[index] = value
        if before == value:
            return False
        world.values[index] = value
        return True

    def _is_news(self, world: Way, step: Step, value: Any) -> bool:
        before = world.values[step.index]
        if step.index not in self.steps:  # a standard that is not set: the same for every child, and left as it is
            return False
        if step.node.kind.is_ordered:
            return bool(_meet(before, value) != before)
        if before is not None and before != value:
            raise ImpossibleError
        return before is None

    def _again(self, world: Way, stale: bytearray) -> None:
        """Compute again what rests on what changed; whether something is known stays what it was."""
        values, steps, wanted = world.values, self.steps, self.wanted
        index = stale.find(1)
        while index >= 0:
            if wanted[index] and not isinstance(steps[index].node, n.Known):
                before, value = values[index], self._meanings[index - self._first](values)
                if index in world.limits:
                    value = _meet(value, world.limits[index])
                elif index in world.taken:
                    if value is not None and value != before:
                        raise ImpossibleError
                    value = before
                if before is not value and before != value:
                    values[index] = value
                    for reader in self._readers[index]:
                        stale[reader] = 1
            index = stale.find(1, index + 1)

    def _implied(self, world: Way, step: Step) -> Iterator[Claim]:
        """What follows for the parts of a condition that was taken to hold, or not."""
        holds = world.taken.get(step.index)
        if holds is None:
            return
        values, node = world.values, step.node
        match node:
            case n.Not():
                yield step.inputs[0], not holds
            case n.And() | n.Or():
                settles = isinstance(node, n.Or)  # one part that is so settles the whole
                open_ = [part for part in step.inputs if values[part.index] is None]
                if holds is not settles:
                    yield from ((part, holds) for part in open_)
                elif len(open_) == 1 and not any(values[part.index] is settles for part in step.inputs):
                    yield open_[0], settles
            case n.When():
                condition, then, otherwise = step.inputs
                chosen = values[condition.index]
                if chosen is not None:
                    yield (then if chosen else otherwise), holds
                else:
                    for part, other in ((then, False), (otherwise, True)):
                        if values[part.index] is (not holds):
                            yield condition, other
            case n.Less() | n.AtMost():
                yield from _ordered(step, values, holds)
            case n.IsIn():
                yield from self._of_code(step.inputs[0], values)

    def _of_code(self, code: Step, values: list[Any]) -> Iterator[Claim]:
        """What the questions about a code that are answered tell of the others: it is one of those that are left."""
        asked = [self.steps[index] for index in self._readers[code.index] if self._asks_code(index)]
        open_ = [step for step in asked if values[step.index] is None]
        codes = code.node.kind.codes
        left = None if codes is None else {str(each) for each in codes}
        gone = set[str]()
        for step in asked:
            theirs, answer = self._codes_of(step), values[step.index]
            if answer is True:
                left = theirs if left is None else left & theirs
            elif answer is False:
                gone |= theirs
        left = None if left is None else left - gone
        if left is not None and not left:
            raise ImpossibleError
        for step in open_:
            theirs = self._codes_of(step)
            if theirs <= gone or (left is not None and left.isdisjoint(theirs)):
                yield step, False
            elif left is not None and left <= theirs:
                yield step, True

    def _asks_code(self, index: int) -> bool:
        return bool(self.wanted[index]) and isinstance(self.steps[index].node, n.IsIn)

    @staticmethod
    def _codes_of(step: Step) -> set[str]:
        assert isinstance(step.node, n.IsIn)
        return {str(code) for code in step.node.codes}

    # ---- what the amounts come to -----------------------------------------------------------------------------------

    def _measure(self, world: Way) -> None:
        low: Any = 0
        high: Any = 0
        for final in self.finals:
            least, most = bounds(world.values[final.index])
            low += max(0, least or 0)
            high = None if high is None or most is None else high + max(0, most)
        world.low, world.high = low, high


def _ordered(step: Step, values: list[Any], holds: bool) -> Iterator[Claim]:
    """Of one amount, number or day below another, the range of each."""
    left, right = step.inputs
    strict = isinstance(step.node, n.Less) is holds
    if not holds:
        left, right = right, left
    high, low = bounds(values[right.index])[1], bounds(values[left.index])[0]
    if high is not None:
        yield left, Range(None, high - _one(left, high) if strict and _is_whole(left, high) else high)
    if low is not None:
        yield right, Range(low + _one(right, low) if strict and _is_whole(right, low) else low, None)


def _is_whole(step: Step, value: Any) -> bool:
    """Whether a step is a day, or a whole number, as the value that it is compared with is."""
    return isinstance(step.node, n.Fact | n.Years | n.Months | n.Days) and isinstance(value, int | dt.date)


def _one(step: Step, value: Any) -> Any:
    return dt.timedelta(days=1) if isinstance(value, dt.date) else 1


def _meet(a: Any, b: Any) -> Any:
    """What lies in both."""
    (low, high), (low2, high2) = bounds(a), bounds(b)
    low = low2 if low is None else low if low2 is None else max(low, low2)
    high = high2 if high is None else high if high2 is None else min(high, high2)
    if low is not None and high is not None and low > high:
        raise ImpossibleError
    return ranges.between(low, high)


__all__ = ["MOST_ROUNDS", "Claim", "ImpossibleError", "Measured", "Together", "Way", "ends_of", "looked_into"]
