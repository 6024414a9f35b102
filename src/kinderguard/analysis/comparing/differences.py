"""What a reform can change, found from the rules alone: which policies and categories differ, and by how much at most.

Two books at one place are laid beside each other step by step (``Shapes`` gives equal steps equal numbers). A policy
whose amount is the same expression of the same facts with the same numbers differs by nothing for every child, whatever
is unknown. Of one that differs, the difference is bounded over all children: where both books ask the same condition, both
take the same branch, so that 600 yuan against 700 is a difference of 0 or 100, and not of -600 to 700.

Called by the comparison once for each pair of places' rules. Knows no child.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import ceil, floor
from typing import Any, TypeAlias

import attrs

from kinderguard.analysis.between import NOTHING, Between
from kinderguard.engines import ranges
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import PolicySteps, Step
from kinderguard.engines.ranges import UNBOUNDED, Range, bounds
from kinderguard.engines.stacking import never_negative
from kinderguard.model.codes import Frequency
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

#: The number of a step's shape: two steps with one number have one value in every world.
Shape: TypeAlias = int
#: Conditions taken as holding or not, by shape.
Assumed: TypeAlias = Mapping[Shape, bool]
#: What the shapes of what always holds, and of what never does, are made of.
YES, NO = ("value", "bool", True), ("value", "bool", False)
#: How often an amount is paid within a year. What is paid once is told apart.
TIMES_A_YEAR: Mapping[Frequency, int] = {
    Frequency.MONTH: 12,
    Frequency.QUARTER: 4,
    Frequency.YEAR: 1,
    Frequency.SCHOOL_YEAR: 1,
}


@attrs.frozen
class Difference:
    """By how much a policy's amount can rise (below zero: fall) for any child: fen each time it is paid.

    Args:
        always: for any child.
        known: by whether the child is eligible before and after, where both are known.
        tied: whether eligibility is one condition in both books: a child is eligible in both or in neither.
    """

    always: Between
    known: Mapping[tuple[bool, bool], Between]
    tied: bool

    def for_child(self, before: bool | None, after: bool | None) -> Between:
        """For a child of whom it is known (or not: None) whether it is eligible before and after."""
        if self.tied:
            before, after = (after if before is None else before), (before if after is None else after)
        if before is None or after is None:
            return self.always
        return self.known[before, after]


class Shapes:
    """Numbers for steps, across books: equal numbers, equal values in every world."""

    def __init__(self) -> None:
        self._numbers: dict[Any, Shape] = {}

    def number(self, key: Any) -> Shape:
        """The number of a key; a new one for a new key."""
        return self._numbers.setdefault(key, len(self._numbers))


class Shaped:
    """The steps of one book at one place, with their shapes and what is known of their values without any child."""

    def __init__(self, bound: Bound, shapes: Shapes) -> None:
        self.bound, self.shapes = bound, shapes
        self._shape: dict[Step, Shape] = {}
        self._span: dict[Step, Any] = {}
        self._truth: dict[Step, Any] = {}

    @cached_property
    def policies(self) -> Mapping[str, PolicySteps]:
        """The steps of each policy in force."""
        return self.bound.plan.policies

    def static(self, step: Step) -> Any:
        """The value of a step that needs no child."""
        return self.bound.head[step.index]

    def shape(self, step: Step) -> Shape:
        """The shape of a step."""
        found = self._shape.get(step)
        if found is None:
            key = self._key(step)
            found = self._shape[step] = key if isinstance(key, int) else self.shapes.number(key)
        return found

    def _key(self, step: Step) -> Any:
        """What makes a step what it is; a number where it is the same as a step that has one."""
        node = step.node
        if step.static:
            value = self.static(step)
            if value is not None and not isinstance(value, Range):
                return "value", type(value).__name__, value
        match node:
            case n.Param(code=code):
                # One that has no value is unknown, and the same in both books where both know as little of it.
                return "parameter", code, self.static(step)
            case n.Fact() | n.Collection() | n.Each():
                return node
            case n.Less() if self._is_zero(step.inputs[0]):
                return self._positive(step.inputs[1])
            case n.And() | n.Or():
                inputs = frozenset(self.shape(i) for i in step.inputs)
                return next(iter(inputs)) if len(inputs) == 1 else (type(node).__name__, inputs)
            case n.Aggregate(how=how):
                assert step.where is not None
                assert step.body is not None
                return how, node.kind, node.each, *(self.shape(s) for s in (*step.inputs, step.where, step.body))
        own = tuple(getattr(node, name) for name in ("value", "codes", "to", "rounding") if hasattr(node, name))
        return type(node).__name__, node.kind, own, *(self.shape(i) for i in step.inputs)

    def _is_zero(self, step: Step) -> bool:
        return step.static and self.static(step) == 0 and not isinstance(self.static(step), Range | bool)

    def _positive(self, step: Step) -> Any:
        """Whether an amount is above zero, as a condition: what is given to somebody does not hang on how much it is."""
        found = self._truth.get(step)
        if found is None:
            found = self._truth[step] = self._found_positive(step)
        return found

    def _found_positive(self, step: Step) -> Any:
        low, high = bounds(self.span(step))
        if low is not None and low > 0:
            return YES
        if high is not None and high <= 0:
            return NO
        if isinstance(step.node, n.When):
            condition, then, otherwise = step.inputs
            yes, no = self._positive(then), self._positive(otherwise)
            if yes == no:
                return yes
            if (yes, no) == (YES, NO):
                return self.shape(condition)
            return "positive_when", self.shape(condition), yes, no
        return "positive", self.shape(step)

    # ---- what a value can be at all -----------------------------------------------------------------------------

    def span(self, step: Step) -> Any:
        """All that a number, amount or date can be, for any child: a point or a range."""
        found = self._span.get(step)
        if found is None:
            found = self._span[step] = self._found_span(step)
        return found

    def _found_span(self, step: Step) -> Any:
        if step.static:
            return self.static(step)
        node, inputs = step.node, step.inputs
        match node:
            case n.When():
                return ranges.hull(self.span(inputs[1]), self.span(inputs[2]))
            case n.Add():
                found: Any = 0
                for each in inputs:
                    found = ranges.add(found, self.span(each))
                return found
            case n.Subtract():
                return ranges.subtract(*(self.span(i) for i in inputs))
            case n.Times():
                return ranges.times(*(self.span(i) for i in inputs))
            case n.Least():
                return ranges.least([self.span(i) for i in inputs])
            case n.Greatest():
                return ranges.greatest([self.span(i) for i in inputs])
            case n.Round(to=to, rounding=rounding):
                return ranges.rounded(self.span(inputs[0]), to, rounding)
        return Range(0, None) if never_negative(node) else UNBOUNDED


@attrs.frozen(eq=False)
class _Pair:
    """Two books at one place, and how their values differ: the second less the first."""

    a: Shaped
    b: Shaped
    assumed: Assumed
    #: The same two books with nothing assumed: what follows from what is found once.
    plain: "_Pair | None" = None
    _found: dict[tuple[Step, Step], Any] = attrs.field(factory=dict)
    _implied: dict[tuple[Step, Step, bool], bool] = attrs.field(factory=dict)

    def difference(self, x: Step, y: Step) -> Any:
        """How far ``y`` of the second lies above ``x`` of the first, in every world that is not ruled out."""
        key = (x, y)
        if key not in self._found:
            self._found[key] = _both(self._structural(x, y), ranges.subtract(self.b.span(y), self.a.span(x)))
        return self._found[key]

    def _structural(self, x: Step, y: Step) -> Any:
        if self.a.shape(x) == self.b.shape(y):
            return 0
        if isinstance(x.node, n.When) or isinstance(y.node, n.When):
            return self._branches(x, y)
        if isinstance(x.node, n.Add) or isinstance(y.node, n.Add):
            return self._sums(x, y)
        same_kind = type(x.node) is type(y.node) and len(x.inputs) == len(y.inputs)
        match x.node:
            case n.Subtract() if same_kind:
                left, right = (self.difference(i, j) for i, j in zip(x.inputs, y.inputs, strict=True))
                return ranges.subtract(left, right)
            case n.Times() if same_kind:
                return self._products(x, y)
            case n.Least() | n.Greatest() if same_kind:
                return _hull(self.difference(i, j) for i, j in zip(x.inputs, y.inputs, strict=True))
            case n.Round(to=to, rounding=rounding) if isinstance(y.node, n.Round):
                if (to, rounding) == (y.node.to, y.node.rounding):
                    apart = self.difference(x.inputs[0], y.inputs[0])
                    return self._rounded(apart, to, x.inputs[0], y.inputs[0])
            case n.Divide(to=to, rounding=rounding) if isinstance(y.node, n.Divide):
                divisor = self.a.span(x.inputs[1])
                same = self.a.shape(x.inputs[1]) == self.b.shape(y.inputs[1])
                alike = same and (to, rounding) == (y.node.to, y.node.rounding)
                if alike and not isinstance(divisor, Range) and divisor > 0:
                    apart = ranges.times(self.difference(x.inputs[0], y.inputs[0]), Fraction(1) / divisor)
                    return self._rounded(apart, to, x.inputs[0], y.inputs[0])
        return UNBOUNDED

    def _branches(self, x: Step, y: Step) -> Any:
        """The outcomes that can stand beside each other: the branches of one condition never mixed."""
        outcomes = [
            self.difference(i, j) for (i, p), (j, q) in product(self._cases(self.a, x), self._cases(self.b, y))
            if self._together(p, q)
        ]  # fmt: skip
        return _hull(outcomes) if outcomes else 0

    def _cases(self, book: Shaped, step: Step) -> Iterator[tuple[Step, tuple[Step, bool] | None]]:
        """What a step may come down to, each with the condition under which it does."""
        if not isinstance(step.node, n.When):
            yield step, None
            return
        condition, then, otherwise = step.inputs
        assumed = self.assumed.get(book.shape(condition))
        if condition.static and book.static(condition) is not None:
            assumed = book.static(condition)
        if assumed is not False:
            yield then, (condition, True)
        if assumed is not True:
            yield otherwise, (condition, False)

    def _together(self, p: tuple[Step, bool] | None, q: tuple[Step, bool] | None) -> bool:
        """Whether two conditions can be so in one world."""
        if p is None or q is None:
            return True
        (x, holds), (y, holds_after) = p, q
        if holds == holds_after:
            return True
        return not (self.implies(x, y, forward=True) if holds else self.implies(y, x, forward=False))

    def implies(self, x: Step, y: Step, *, forward: bool) -> bool:
        """Whether one condition's holding means the other's, as far as their forms and numbers show.

        Args:
            x, y: ``x`` of the first book and ``y`` of the second (``forward``), or the other way round.
        """
        if self.plain is not None:
            return self.plain.implies(x, y, forward=forward)
        key = (x, y, forward)
        if key not in self._implied:
            self._implied[key] = False  # while it is looked for
            self._implied[key] = self._found_implied(x, y, forward=forward)
        return self._implied[key]

    def _found_implied(self, x: Step, y: Step, *, forward: bool) -> bool:
        a, b = (self.a, self.b) if forward else (self.b, self.a)
        if a.shape(x) == b.shape(y):
            return True
        if (x.static and a.static(x) is False) or (y.static and b.static(y) is True):
            return True
        if isinstance(x.node, n.Or):
            return all(self.implies(part, y, forward=forward) for part in x.inputs)
        if isinstance(y.node, n.And):
            return all(self.implies(x, part, forward=forward) for part in y.inputs)
        if isinstance(y.node, n.Or) and any(self.implies(x, part, forward=forward) for part in y.inputs):
            return True
        if isinstance(x.node, n.And) and any(self.implies(part, y, forward=forward) for part in x.inputs):
            return True
        match x.node, y.node:
            case n.Not(), n.Not():
                return self.implies(y.inputs[0], x.inputs[0], forward=not forward)
            case n.Less() | n.AtMost(), n.Less() | n.AtMost():
                if isinstance(x.node, n.AtMost) and isinstance(y.node, n.Less):
                    return False
                return self._wider(x, y, forward=forward)
            case n.IsIn() | n.HasAny(), n.IsIn() | n.HasAny():
                same = type(x.node) is type(y.node) and a.shape(x.inputs[0]) == b.shape(y.inputs[0])
                return same and set(x.node.codes) <= set(y.node.codes)
            case n.When(), n.When():
                (c, *mine), (d, *theirs) = x.inputs, y.inputs
                alike = a.shape(c) == b.shape(d)
                return alike and all(self.implies(i, j, forward=forward) for i, j in zip(mine, theirs, strict=True))
        return False

    def _wider(self, x: Step, y: Step, *, forward: bool) -> bool:
        """Whether a comparison of two amounts is met more easily: the left side no higher, the right side no lower."""
        if x.inputs[0].node.kind.sort is not y.inputs[0].node.kind.sort or x.inputs[0].node.kind.sort is Sort.DATE:
            return False
        pairs = [(i, j) if forward else (j, i) for i, j in zip(x.inputs, y.inputs, strict=True)]
        left, right = (self.difference(i, j) for i, j in pairs)
        if not forward:
            left, right = ranges.negative(left), ranges.negative(right)
        most, least = bounds(left)[1], bounds(right)[0]
        return most is not None and most <= 0 and least is not None and least >= 0

    def _sums(self, x: Step, y: Step) -> Any:
        """What both sums have in common cancels; the rest is taken in pairs, in order."""
        mine, theirs = list(_terms(x)), list(_terms(y))
        for each in tuple(mine):
            same = next((t for t in theirs if self.b.shape(t) == self.a.shape(each)), None)
            if same is not None:
                mine.remove(each)
                theirs.remove(same)
        found: Any = 0
        for i, j in zip(mine, theirs, strict=False):
            found = ranges.add(found, self.difference(i, j))
        for i in mine[len(theirs) :]:
            found = ranges.subtract(found, self.a.span(i))
        for j in theirs[len(mine) :]:
            found = ranges.add(found, self.b.span(j))
        return found

    def _products(self, x: Step, y: Step) -> Any:
        """With one factor the same, the difference of the other times it."""
        for same, other in ((0, 1), (1, 0)):
            if self.a.shape(x.inputs[same]) == self.b.shape(y.inputs[same]):
                return ranges.times(self.a.span(x.inputs[same]), self.difference(x.inputs[other], y.inputs[other]))
        return UNBOUNDED

    def _rounded(self, apart: Any, to: int, x: Step, y: Step) -> Any:
        """Rounding moves a difference to a multiple of the step: the next one outwards, or one more around zero."""
        lows = bounds(self.a.span(x))[0], bounds(self.b.span(y))[0]
        around_zero = 0 if all(low is not None and low >= 0 for low in lows) else to
        low, high = bounds(apart)
        return ranges.between(
            None if low is None else floor(Fraction(low) / to) * to - around_zero,
            None if high is None else ceil(Fraction(high) / to) * to + around_zero,
        )


def _terms(step: Step) -> Iterator[Step]:
    """What a sum adds up, through the sums in it; what is no sum is one by itself."""
    if not isinstance(step.node, n.Add):
        yield step
        return
    for each in step.inputs:
        yield from _terms(each)


def _hull(values: Any) -> Any:
    first, *rest = values
    for each in rest:
        first = ranges.hull(first, each)
    return first


def _both(x: Any, y: Any) -> Any:
    """What lies within both; each of the two holds."""
    (low, high), (low2, high2) = bounds(x), bounds(y)
    lows, highs = [v for v in (low, low2) if v is not None], [v for v in (high, high2) if v is not None]
    return ranges.between(max(lows) if lows else None, min(highs) if highs else None)


def _between(value: Any) -> Between:
    low, high = bounds(value)
    return Between(None if low is None else floor(low), None if high is None else ceil(high))


@attrs.frozen
class Touched:
    """What differs between two books at one place.

    Args:
        differences: by policy of money whose amount may differ, paid as often and to the same by both books; where only
            one book has it, or pays it otherwise, it is among ``replaced``.
        replaced: policies of money that only one book has, or that are paid otherwise.
        codes: categories and policies that may come out otherwise.
    """

    differences: Mapping[str, Difference]
    replaced: frozenset[str]
    codes: frozenset[str]

    @property
    def money(self) -> frozenset[str]:
        """The policies of money that may differ."""
        return self.replaced | self.differences.keys()


def touched(base: Bound, reform: Bound) -> Touched:
    """What differs between two books, both at one place on one day."""
    shapes = Shapes()
    a, b = Shaped(base, shapes), Shaped(reform, shapes)
    codes: set[str] = set()
    for own, others in ((base.plan, reform.plan), (reform.plan, base.plan)):
        codes |= own.categories.keys() - others.categories.keys()
        codes |= own.policies.keys() - others.policies.keys()
    for code, step in base.plan.categories.items():
        other = reform.plan.categories.get(code)
        if other is not None and a.shape(step) != b.shape(other):
            codes.add(code)
    plain = _Pair(a, b, {})
    differences: dict[str, Difference] = {}
    replaced: set[str] = {
        code
        for code in codes
        for plan in (base.plan, reform.plan)
        if code in plan.policies and plan.policies[code].own is not None
    }
    for code, before in a.policies.items():
        after = b.policies.get(code)
        if after is None:
            continue
        same_eligible = a.shape(before.eligible) == b.shape(after.eligible)
        same_final = a.shape(before.final) == b.shape(after.final)
        if not (same_eligible and same_final):
            codes.add(code)
        if _paid(base, code) != _paid(reform, code):
            codes.add(code)
            replaced |= {code} if before.own is not None or after.own is not None else set()
        elif before.own is not None and not same_final:
            differences[code] = _difference(plain, before, after)
    return Touched(differences, frozenset(replaced), frozenset(codes))


def _paid(bound: Bound, code: str) -> tuple[object, ...]:
    policy = bound.plan.rules.policies[code]
    return policy.every, policy.per, policy.amount is None


def _difference(plain: _Pair, before: PolicySteps, after: PolicySteps) -> Difference:
    a, b = plain.a, plain.b
    x, y = a.shape(before.eligible), b.shape(after.eligible)
    known = {}
    for p, q in product((True, False), repeat=2):
        impossible = x == y and p is not q
        known[p, q] = (
            NOTHING if impossible else _between(_Pair(a, b, {x: p, y: q}, plain).difference(before.final, after.final))
        )
    return Difference(_between(plain.difference(before.final, after.final)), known, x == y)


__all__ = ["TIMES_A_YEAR", "Difference", "Touched", "touched"]
