"""By how much what is due changes between two results of one child, what is unknown being the same on both sides.

The bounds of each result cover all that is unknown, each for itself; taken from each other they cover what cannot be. Called by
``marginal`` for its breaks and by ``what_if`` for what is open before and after; it assesses nobody.
"""

from collections.abc import Sequence
from functools import cached_property
from math import ceil, floor
from typing import Any, Protocol

import attrs

from kinderguard.analysis.between import NOTHING, Between, total
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR, Touched, touched
from kinderguard.analysis.comparing.joint import Joint
from kinderguard.analysis.comparing.opened import ChildCompared, compared
from kinderguard.analysis.comparing.pairs import Pair
from kinderguard.analysis.comparing.shaped import Shaped, Shapes
from kinderguard.engines.apart import Apart, moved
from kinderguard.engines.assessment import ZERO, Assessment, PolicyResult, Total
from kinderguard.engines.blame import is_unknown
from kinderguard.engines.frame.columns import NUMBER_LIMITS
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range
from kinderguard.engines.together import ImpossibleError, Together
from kinderguard.model.codes import Frequency
from kinderguard.rules import nodes as n


class Leg(Protocol):
    """From one result of a child to another."""

    def of_policy(self, code: str) -> Between:
        """By how much one policy changes, each time it is paid."""

    def in_all(self, every: Frequency) -> Between:
        """By how much all that is paid so often changes."""

    def may_turn(self, code: str) -> bool:
        """Whether a category or policy may come out otherwise, by whatever is unknown."""


@attrs.frozen(eq=False)
class ByFacts:
    """From one result to another by the same book, where facts differ; where it is another place, by its bounds alone."""

    before: Assessment
    after: Assessment

    def of_policy(self, code: str) -> Between:
        """See ``Leg``."""
        every = self.before.policies[code].every
        return self._of([code], every)

    def in_all(self, every: Frequency) -> Between:
        """See ``Leg``."""
        return self._of(paid(self.before, every), every)

    def may_turn(self, code: str) -> bool:
        """See ``Leg``."""
        basis = self.before.basis
        plan = basis.bound.plan
        if plan is not self.after.basis.bound.plan:
            return True
        step = plan.categories[code] if code in plan.categories else plan.policies[code].final
        return step.index in moved(basis.bound, basis.dependents, self.before.trace, self.after.trace)

    def _of(self, codes: Sequence[str], every: Frequency | None) -> Between:
        if self.before.basis.bound.plan is not self.after.basis.bound.plan:
            return by_ends(self.before, self.after, codes)
        found = change_of(self.before, self.after, codes)
        if every is not None and not found.is_zero and _is_told(self.before, self.after):
            found = found.within(by_forms(self.before, self.after, codes, every))
        return found


@attrs.frozen(eq=False)
class ByRules:
    """From one result to another of the same facts, by two books at one place."""

    before: Assessment
    after: Assessment

    def of_policy(self, code: str) -> Between:
        """See ``Leg``."""
        return total(p.change for p in self._found.policies if p.code == code)

    def in_all(self, every: Frequency) -> Between:
        """See ``Leg``."""
        changed = total(p.change for p in self._found.policies if p.every is every)
        times = TIMES_A_YEAR.get(every)
        if times is None:
            return changed.within(self._found.change_once)
        if all(p.every is every for p in self._found.policies if p.every in TIMES_A_YEAR):
            changed = changed.within(_each_time(self._found.change_a_year, times))
        return changed

    def may_turn(self, code: str) -> bool:
        """See ``Leg``."""
        return code in self._books.codes

    @cached_property
    def _books(self) -> Touched:
        return touched(self.before.basis.bound, self.after.basis.bound)

    @cached_property
    def _found(self) -> ChildCompared:
        return compared(0, self.before, self.after, self._books)


@attrs.frozen(eq=False)
class ByEnds:
    """From one result to another of which nothing is known but what each comes to."""

    before: Assessment
    after: Assessment

    def of_policy(self, code: str) -> Between:
        """See ``Leg``."""
        return by_ends(self.before, self.after, [code])

    def in_all(self, every: Frequency) -> Between:
        """See ``Leg``."""
        codes = dict.fromkeys(code for result in (self.before, self.after) for code in paid(result, every))
        return by_ends(self.before, self.after, tuple(codes))

    def may_turn(self, code: str) -> bool:
        """See ``Leg``: of nothing it is known that it does not."""
        return True


def by_rules(before: Assessment, after: Assessment) -> Leg:
    """From one book to another: together where nothing but the book differs, else by what each comes to."""
    alike = before.division == after.division and before.provided == after.provided
    return ByRules(before, after) if alike else ByEnds(before, after)


def paid(result: Assessment, every: Frequency) -> tuple[str, ...]:
    """The policies of money that are paid so often, whether or not this child gets them."""
    return tuple(code for code, p in result.policies.items() if p.is_cash and p.every is every)


def change_of(before: Assessment, after: Assessment, codes: Sequence[str]) -> Between:
    """By how much some policies change together, by the same rules and what is unknown being the same on either side."""
    low, high = beside(before, after, codes).bounds()
    return _in_fen(low, high).within(by_ends(before, after, codes))


def by_forms(before: Assessment, after: Assessment, codes: Sequence[str], every: Frequency) -> Between:
    """By how much some policies, paid so often, change together: by the forms of the rules and all that is known on each side.

    Not asked of what is known within bounds on both sides, and otherwise on each: it would be taken for the same.
    """
    shapes = Shapes()
    a, b = (Shaped(result.basis.bound, shapes, _known(result, codes)) for result in (before, after))
    changes = Joint(Pair(a, b, {}), tuple(codes)).changes({})
    return _each_time(changes.year, TIMES_A_YEAR[every]) if every in TIMES_A_YEAR else changes.once


def _known(result: Assessment, codes: Sequence[str]) -> dict[Step, Any]:
    """The steps whose values are known of the child, or bounded."""
    steps, trace = result.basis.bound.plan.dynamic, _trace(result, codes)
    return {step: value for step in steps if (value := trace[step.index]) is not None}


def _is_told(before: Assessment, after: Assessment) -> bool:
    """Whether each fact that differs is known, or not known at all, on one side at least."""
    basis = before.basis
    return not any(
        is_unknown(before.trace[s.index]) and is_unknown(after.trace[s.index])
        for s in basis.bound.plan.dynamic
        if s.index not in basis.dependents.reads and before.trace[s.index] != after.trace[s.index]
    )


def beside(before: Assessment, after: Assessment, codes: Sequence[str]) -> Apart:
    """Two results by the same rules, looked at together."""
    basis = before.basis
    return Apart(basis.bound, basis.dependents, _trace(before, codes), _trace(after, codes), _finals(before, codes))


def _finals(result: Assessment, codes: Sequence[str]) -> list[Step]:
    return [result.basis.bound.plan.policies[code].final for code in codes]


def _trace(result: Assessment, codes: Sequence[str]) -> Sequence[Any]:
    """What some policies rest on, a number that is not known being no greater than the model lets it be."""
    basis = result.basis
    limits = [
        (step, Range(*NUMBER_LIMITS[step.node.path]))
        for step in basis.bound.plan.dynamic
        if isinstance(step.node, n.Fact) and step.node.path in NUMBER_LIMITS and is_unknown(result.trace[step.index])
    ]
    if not limits:
        return result.trace
    together = Together(basis.bound, result.trace, basis.dependents, _finals(result, codes))
    way = together.whole.copied()
    try:
        together.follow(way, limits)
    except ImpossibleError:  # what is stated contradicts itself: nothing is taken from that
        return result.trace
    return way.values


def by_ends(before: Assessment, after: Assessment, codes: Sequence[str]) -> Between:
    """By how much some policies change together, as far as what each result comes to shows."""
    old, new = (_sum_of(result, [code for code in codes if code in result.policies]) for result in (before, after))
    return new - old


def due_by(policy: PolicyResult | None) -> Total:
    """What is due by a policy; nothing where there is none."""
    return Total(ZERO, ZERO) if policy is None else Total(policy.low or ZERO, policy.high)


def _sum_of(result: Assessment, codes: Sequence[str]) -> Between:
    if not codes:
        return NOTHING
    basis, steps = result.basis, _finals(result, codes)
    low, high = Together(basis.bound, _trace(result, codes), basis.dependents, steps).bounds()
    return _in_fen(low, high)


def _in_fen(low: Any, high: Any) -> Between:
    return Between(None if low is None else floor(low), None if high is None else ceil(high))


def _each_time(a_year: Between, times: int) -> Between:
    """What is paid so many times a year in whole fen, by how much it changes in a year."""
    low, high = a_year.low_fen, a_year.high_fen
    return Between(None if low is None else -(-low // times), None if high is None else high // times)


__all__ = [
    "ByEnds",
    "ByFacts",
    "ByRules",
    "Leg",
    "beside",
    "by_ends",
    "by_forms",
    "by_rules",
    "change_of",
    "due_by",
    "paid",
]
