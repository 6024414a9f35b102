"""What the two sides of a boundary come to for a child: read off the trace of an assessment."""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.blame import inner_values, is_unknown
from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.plan import Plan, Step
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import Boundary, unnamed

#: The aggregates that a step stands in, outermost first, and the step itself.
Chain: TypeAlias = tuple[Step, ...]
#: A whole number of units, or of a ratio.
Distance: TypeAlias = int | Fraction


@attrs.frozen
class Compared:
    """One comparison at work, both sides known.

    ``apart`` is left less right: fen, days, or a number.
    """

    apart: Distance
    holds: bool

    @property
    def is_beside(self) -> bool:
        """Whether the sides differ by at most one unit."""
        return size(self.apart) <= 1

    @property
    def is_on_the_line(self) -> bool:
        """Whether the sides are equal, or as near as whole units come to a line that lies between two of them."""
        return size(self.apart) < 1


def is_computed(plan: Plan, boundary: Boundary) -> bool:
    """Whether the rule with the comparison is in force at all; another may have the same comparison."""
    rules = plan.rules
    there = boundary.owner in rules.categories or boundary.owner in rules.policies or boundary.owner in rules.checks
    return there and unnamed(boundary.comparison) in _chains(plan)


def compared(result: Assessment, boundary: Boundary) -> Iterator[Compared]:
    """The comparison for the child, or for each record of its list; where a side is not known, nothing."""
    chain = _chains(result.basis.bound.plan).get(unnamed(boundary.comparison))
    if chain is None:
        return
    *aggregates, step = chain
    values: list[list[Any]] = [result.trace]
    algebra = ReferenceAlgebra()
    for aggregate in aggregates:
        values = [inner for v in values for inner in inner_values(algebra, aggregate, v)]
    left, right = step.inputs
    for v in values:
        a, b = v[left.index], v[right.index]
        if not is_unknown(a) and not is_unknown(b):
            yield Compared(_apart(a, b), v[step.index])


def size(apart: Distance) -> Distance:
    """The distance without its sign."""
    return -apart if apart < 0 else apart


def _apart(a: Any, b: Any) -> Distance:
    found: Distance = (a - b).days if isinstance(a, dt.date) else a - b
    return found


@lru_cache(maxsize=64)
def _chains(plan: Plan) -> dict[n.Node, Chain]:
    """Where each comparison is computed, by its node without titles."""
    found: dict[n.Node, Chain] = {}

    def search(steps: tuple[Step, ...], around: Chain) -> None:
        for step in steps:
            if isinstance(step.node, n.Less | n.AtMost | n.Equal):
                found.setdefault(unnamed(step.node), (*around, step))
            search(tuple(step.inner), (*around, step))

    search(plan.steps, ())
    return found
