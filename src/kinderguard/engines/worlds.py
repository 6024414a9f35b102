"""What becomes of a result when an unknown fact has a value: the trace with some facts filled in, and what changes in it
with one more value.

Called by the search for missing facts, which asks thousands of such questions of one child. A step is computed when it is
first asked for, and again only where something that it reads became another value. Sets of steps are whole numbers, a bit
a step: the steps of a plan are few, and such sets are joined and compared in no time. Nothing here keeps a value of the
child longer than the search does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from kinderguard.engines.blame import is_unknown
from kinderguard.engines.dependents import Dependents, inner_steps
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import FAULTS, Step
from kinderguard.rules import nodes as n


@attrs.frozen(eq=False)
class Reach:
    """By step of a plan, as sets: the steps that read it, those that depend on it (and it), and those that it rests on (and
    it).
    """

    readers: tuple[int, ...]
    above: tuple[int, ...]
    below: tuple[int, ...]
    #: The steps that ask whether something is known.
    asks_known: int
    #: The steps that need a child, and those that hold an outcome.
    dynamic: int
    outcomes: int
    _own: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, dependents: Dependents) -> "Reach":
        """Of a plan; made once."""
        found = _REACH.get(dependents)
        if found is None:
            size = len(dependents.readers)
            above, below = ([1 << index for index in range(size)] for _ in range(2))
            for index in range(size):  # a step stands after those that it reads
                for read in dependents.reads.get(index, ()):
                    below[index] |= below[read]
            for index in reversed(range(size)):
                for reader in dependents.readers[index]:
                    above[index] |= above[reader]
            plan = dependents.plan
            found = _REACH[dependents] = cls(
                readers=tuple(set_of(readers) for readers in dependents.readers),
                above=tuple(above),
                below=tuple(below),
                asks_known=set_of(step.index for step in plan.dynamic if _asks_known(step)),
                dynamic=set_of(step.index for step in plan.dynamic),
                outcomes=set_of(step.index for step in plan.roots()),
            )
        return found

    def own(self, index: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The steps that depend on one step of the child and on no other, in order; and those of them that other steps
        read or that are outcomes: where two values of the step agree in these, they agree in everything.
        """
        found = self._own.get(index)
        if found is None:
            alone = [
                at
                for at in steps_in(self.above[index] ^ 1 << index)
                if not self.below[at] & self.dynamic & ~self.above[index]
            ]
            beyond = ~set_of(alone)
            shown = (at for at in (index, *alone) if self.readers[at] & beyond or self.outcomes >> at & 1)
            found = self._own[index] = tuple(alone), tuple(shown)
        return found


_REACH: WeakKeyDictionary[Dependents, Reach] = WeakKeyDictionary()


@attrs.define(eq=False)
class Sort:
    """Values of a step that the rules do not tell apart.

    Attributes:
        value: one of them.
        follows: by step that depends on this step alone, its value.
        alike: how many of the values that are tried are of it.
    """

    value: Any
    follows: Mapping[int, Any]
    alike: int = 0


def sorts_of(
    bound: Bound, reach: Reach, trace: Sequence[Any], index: int, values: Iterable[Any], wanted: int
) -> list[Sort]:
    """For each value of a step that reads no other, its sort; values that the rules do not tell apart share one."""
    own, shown = ([at for at in steps if wanted >> at & 1] for steps in reach.own(index))
    meanings, first = bound.compiled.dynamic, len(bound.head)
    v = list(trace)
    v[FAULTS] = []
    found: list[tuple[list[Any], Sort]] = []
    sorts = []
    for value in values:
        v[index] = value
        for at in own:
            v[at] = meanings[at - first](v)
        seen = [v[at] for at in shown]
        sort = next((known for before, known in found if before == seen), None)
        if sort is None:
            sort = Sort(value, {at: v[at] for at in own})
            found.append((seen, sort))
        sort.alike += 1
        sorts.append(sort)
    return sorts


class World:
    """One child with some of the unknown facts filled in.

    Args:
        bound: the plan at its place and day.
        reach: of the plan.
        trace: what is known of the child.
        chosen: by step that reads no other, its value here; and those of steps that follow from one of these alone.
        wanted: the steps whose values are of interest; whatever they read must be among them.

    Attributes:
        tried: the values with what was tried last; those of steps that it does not reach may not be there yet.
    """

    def __init__(
        self, bound: Bound, reach: Reach, trace: Sequence[Any], chosen: Mapping[int, Any], wanted: int
    ) -> None:
        self._values = list(trace)
        self._values[FAULTS] = []  # what goes wrong in a question is nobody's concern
        stale = 0
        for index, value in chosen.items():
            self._values[index] = value
            stale |= reach.above[index]
        self._stale = stale & wanted & ~set_of(chosen)
        self.tried = list(self._values)
        self._changed: list[int] = []
        self._wanted, self._reach = wanted, reach
        self._meanings, self._first = bound.compiled.dynamic, len(bound.head)

    def value(self, index: int) -> Any:
        """The value of a step here, without what was tried."""
        self._compute(index)
        return self._values[index]

    def with_value(self, index: int, value: Any, follows: Mapping[int, Any]) -> int:
        """Try a value of a step that reads no other: the steps (a set) whose values are others with it.

        Args:
            index: of the step.
            value: to be tried.
            follows: values of other steps with it, as far as they are known.
        """
        self._put_back()
        values, tried = self._values, self.tried
        if values[index] == value:
            return 0
        readers, below, wanted = self._reach.readers, self._reach.below, self._wanted
        meanings, first = self._meanings, self._first
        tried[index] = value
        changed, others = self._changed, 1 << index
        changed.append(index)
        waiting = readers[index] & wanted
        while waiting:
            lowest = waiting & -waiting
            waiting ^= lowest
            at = lowest.bit_length() - 1
            if self._stale & below[at]:
                self._compute(at)
            before, now = values[at], follows[at] if at in follows else meanings[at - first](tried)
            if before is not now and before != now:
                tried[at] = now
                changed.append(at)
                others |= lowest
                waiting |= readers[at] & wanted
        return others

    def is_beside_the_point(self, index: int, known: Sequence[Any], outcomes: int) -> bool:
        """Whether it is plain that no value of a step that reads no other changes an outcome here.

        So it is where each step that reads it has the same exact value without it: what an unknown settles, every value
        settles alike. Of what asks whether something is known this does not hold, and nothing is said.

        Args:
            index: of the step.
            known: the trace, where the step is unknown.
            outcomes: the steps (a set) that matter.
        """
        self._put_back()
        values, tried = self._values, self.tried
        if values[index] == known[index]:
            return False
        own = self._reach.own(index)[0]
        tried[index] = known[index]
        self._changed.append(index)
        waiting = self._reach.readers[index] & self._wanted
        while waiting:
            lowest = waiting & -waiting
            waiting ^= lowest
            at = lowest.bit_length() - 1
            if self._reach.asks_known & lowest:
                return False
            if self._stale & self._reach.below[at]:
                self._compute(at)
            before, now = values[at], known[at] if at in own else self._meanings[at - self._first](tried)
            if before is now or before == now:
                if is_unknown(now):
                    return False
            elif outcomes & lowest:
                return False
            else:
                tried[at] = now
                self._changed.append(at)
                waiting |= self._reach.readers[at] & self._wanted
        return True

    def _put_back(self) -> None:
        for at in self._changed:
            self.tried[at] = self._values[at]
        self._changed = []

    def _compute(self, index: int) -> None:
        """Make sure that a step, and all that it rests on, has its value."""
        waiting = self._stale & self._reach.below[index]
        self._stale ^= waiting
        values, tried, meanings, first = self._values, self.tried, self._meanings, self._first
        while waiting:
            lowest = waiting & -waiting
            waiting ^= lowest
            at = lowest.bit_length() - 1
            values[at] = tried[at] = meanings[at - first](values)


def _asks_known(step: Step) -> bool:
    """Whether a step asks whether something is known, by itself or of a record."""
    return any(isinstance(s.node, n.Known) for s in (step, *inner_steps(step)))


def set_of(steps: Iterable[int]) -> int:
    """Some steps as a set."""
    found = 0
    for index in steps:
        found |= 1 << index
    return found


def steps_in(steps: int) -> Iterator[int]:
    """The steps of a set, in order."""
    while steps:
        lowest = steps & -steps
        yield lowest.bit_length() - 1
        steps ^= lowest


__all__ = ["Reach", "Sort", "World", "set_of", "sorts_of", "steps_in"]
