"""What must be computed again when one value of a trace changes. Made once for a plan; read by the search for missing facts
and by whoever asks what a step rests on.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

import attrs

from kinderguard.engines.plan import Plan, Step
from kinderguard.rules import nodes as n


@attrs.frozen(eq=False, slots=False)
class Dependents:
    """For each step of a plan, the steps that must be computed again when its value changes; made once a plan."""

    plan: Plan
    read_by: dict[int, list[int]]
    _cones: dict[int, tuple[int, ...]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> "Dependents":
        """Follow every reading, inner steps included."""
        read_by: dict[int, list[int]] = {}
        for step in plan.dynamic:
            for read in _reads(step):
                read_by.setdefault(read.index, []).append(step.index)
        return cls(plan, read_by)

    def cone(self, index: int) -> tuple[int, ...]:
        """The steps that depend on ``index``, in order."""
        found = self._cones.get(index)
        if found is None:
            seen: set[int] = set()
            waiting = [index]
            while waiting:
                for reader in self.read_by.get(waiting.pop(), ()):
                    if reader not in seen:
                        seen.add(reader)
                        waiting.append(reader)
            found = self._cones[index] = tuple(sorted(seen))
        return found

    def cones(self, indices: Iterable[int]) -> tuple[int, ...]:
        """The steps that depend on any of some steps, in order."""
        return tuple(sorted({at for index in indices for at in self.cone(index)}))

    @cached_property
    def reads(self) -> dict[int, list[int]]:
        """For each step, what it reads."""
        found: dict[int, list[int]] = {}
        for read, readers in self.read_by.items():
            for reader in readers:
                found.setdefault(reader, []).append(read)
        return found

    @cached_property
    def readers(self) -> tuple[tuple[int, ...], ...]:
        """For each place of a trace, the steps that read it."""
        size = 1 + max((step.index for step in self.plan.steps), default=-1)
        return tuple(tuple(set(self.read_by.get(index, ()))) for index in range(size))

    @cached_property
    def on_amounts(self) -> frozenset[int]:
        """The steps that rest on what a policy gives."""
        own = [p.own.index for p in self.plan.policies.values() if p.own is not None]
        return frozenset(own).union(*(self.cone(index) for index in own))

    @cached_property
    def comparisons(self) -> dict[int, Step]:
        """The comparisons of the outermost level by their place."""
        return {s.index: s for s in self.plan.dynamic if isinstance(s.node, n.Less | n.AtMost | n.Equal)}


def _reads(step: Step) -> Iterator[Step]:
    """The outermost steps that a step reads, its inner steps' reading included."""
    own = {id(s) for s in inner_steps(step)} | {id(step.element)}
    for reader in (step, *inner_steps(step)):
        yield from (i for i in reader.inputs if id(i) not in own)
        # A body that does not ask about the record stands outside.
        yield from (s for s in (reader.where, reader.body) if s is not None and id(s) not in own)


def inner_steps(step: Step) -> Iterator[Step]:
    """The inner steps of an aggregate and their elements, those of aggregates within it included."""
    for inner in step.inner:
        yield inner
        if inner.element is not None:
            yield inner.element
        yield from inner_steps(inner)
