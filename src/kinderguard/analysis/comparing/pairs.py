"""How far a value of one book lies above that of another, over all children, by the forms and numbers of the rules alone.

Where both ask the same condition, both take the same branch. Called by ``joint`` and ``differences``. Knows no child.
"""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any, TypeAlias

import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.shaped import Shape, Shaped
from kinderguard.analysis.comparing.truths import ALWAYS, NEVER, TooManyDecisionsError, Truth
from kinderguard.engines import ranges
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import UNBOUNDED, Range, bounds
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

#: Atoms of conditions (shapes) taken as holding or not.
Assumed: TypeAlias = Mapping[Shape, bool]


@attrs.frozen(eq=False)
class Pair:
    """Two books at one place, and how their values differ: the second less the first."""

    a: Shaped
    b: Shaped
    assumed: Assumed
    #: The same two books with nothing assumed: what follows from what is found once.
    plain: "Pair | None" = None
    _found: dict[tuple[Step, Step], Any] = attrs.field(factory=dict)
    _implied: dict[tuple[Step, Step, bool], bool] = attrs.field(factory=dict)

    def knowing(self, known: Collection[tuple[Step, Step, bool]]) -> "Pair":
        """The same two books where it is known how some conditions come out by both: the step of each book, and how."""
        a, in_a = self.a.knowing({step: value for step, _, value in known})
        b, in_b = self.b.knowing({step: value for _, step, value in known})
        kept = {(x, y): apart for (x, y), apart in self._found.items() if x not in in_a and y not in in_b}
        implied = {
            key: value
            for key, value in self._implied.items()
            if key[0] not in (in_a if key[2] else in_b) and key[1] not in (in_b if key[2] else in_a)
        }
        return Pair(a, b, {}, None, kept, implied)

    def difference(self, x: Step, y: Step) -> Any:
        """How far ``y`` of the second lies above ``x`` of the first, in every world that is not ruled out."""
        key = (x, y)
        if key not in self._found and self.plain is not None and not self._is_decided(x, y):
            return self.plain.difference(x, y)
        if key not in self._found:
            self._found[key] = _both(self._structural(x, y), ranges.subtract(self.b.span(y), self.a.span(x)))
        return self._found[key]

    def _is_decided(self, x: Step, y: Step) -> bool:
        """Whether anything that is assumed bears on either amount."""
        atoms = self.assumed.keys()
        return not (atoms.isdisjoint(self.a.chosen_by(x)) and atoms.isdisjoint(self.b.chosen_by(y)))

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
        outcomes = [self.difference(i, j) for i, j in self.cases(x, y)]
        return _hull(outcomes) if outcomes else 0

    def cases(self, x: Step, y: Step) -> "Iterator[tuple[Step, Step]]":
        """What two amounts, one of them a choice, may come down to beside each other."""
        for (i, p), (j, q) in product(self._cases(self.a, x), self._cases(self.b, y)):
            if self._together(p, q):
                yield i, j

    def settled(self, book: Shaped, step: Step) -> Step:
        """What a choice comes down to, as far as what is assumed decides it."""
        while isinstance(step.node, n.When):
            condition, then, otherwise = step.inputs
            truth = book.shapes.truths.given(book.truth(condition), self.assumed)
            if truth not in (ALWAYS, NEVER):
                break
            step = then if truth == ALWAYS else otherwise
        return step

    def _cases(self, book: Shaped, step: Step) -> "Iterator[tuple[Step, _Case | None]]":
        """What a step may come down to, each with the condition under which it does."""
        if not isinstance(step.node, n.When):
            yield step, None
            return
        condition, then, otherwise = step.inputs
        truth = book.shapes.truths.given(book.truth(condition), self.assumed)
        if truth != NEVER:
            yield then, (condition, True, truth)
        if truth != ALWAYS:
            yield otherwise, (condition, False, book.shapes.truths.negated(truth))

    def _together(self, p: "_Case | None", q: "_Case | None") -> bool:
        """Whether two conditions can be so in one world."""
        if p is None or q is None:
            return True
        (x, holds, truth), (y, holds_after, truth_after) = p, q
        try:
            if self.a.shapes.truths.both(truth, truth_after) == NEVER:
                return False
        except TooManyDecisionsError:
            pass
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
        if a.truth(x) == NEVER or b.truth(y) == ALWAYS:
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
                return self._wider(x.inputs, y.inputs, forward=forward)
            case n.IsIn() | n.HasAny(), n.IsIn() | n.HasAny():
                same = type(x.node) is type(y.node) and a.shape(x.inputs[0]) == b.shape(y.inputs[0])
                return same and set(x.node.codes) <= set(y.node.codes)
            case n.When(), n.When():
                (c, *mine), (d, *theirs) = x.inputs, y.inputs
                alike = a.shape(c) == b.shape(d)
                return alike and all(self.implies(i, j, forward=forward) for i, j in zip(mine, theirs, strict=True))
        return False

    def _wider(self, x: "tuple[Step | None, ...]", y: "tuple[Step | None, ...]", *, forward: bool) -> bool:
        """Whether a comparison of two amounts (None: nothing) is met more easily: the left side no higher, the right no lower."""
        sorts = {step.node.kind.sort for step in (*x, *y) if step is not None}
        if len(sorts) > 1 or Sort.DATE in sorts:
            return False
        left, right = (
            self._apart(i, j) if forward else ranges.negative(self._apart(j, i)) for i, j in zip(x, y, strict=True)
        )
        most, least = bounds(left)[1], bounds(right)[0]
        return most is not None and most <= 0 and least is not None and least >= 0

    def _apart(self, x: Step | None, y: Step | None) -> Any:
        if x is not None and y is not None:
            return self.difference(x, y)
        return ranges.subtract(0 if y is None else self.b.span(y), 0 if x is None else self.a.span(x))

    def atom_implies(self, x: Shape, y: Shape, *, forward: bool) -> bool:
        """``implies`` of two atoms."""
        a, b = (self.a, self.b) if forward else (self.b, self.a)
        asks, asked = a.atoms.get(x), b.atoms.get(y)
        if isinstance(asks, Step) and isinstance(asked, Step):
            return self.implies(asks, asked, forward=forward)
        if isinstance(asks, tuple) and isinstance(asked, tuple):
            return self._wider(asks, asked, forward=forward)
        return False

    def atoms_exclude(self, x: Shape, y: Shape) -> bool:
        """Whether two atoms cannot both hold, as far as their forms show: nobody is in two stages of school at once."""
        excluded = self.a.shapes.excluded
        if (x, y) not in excluded:
            a, b = (self.a if at in self.a.atoms else self.b for at in (x, y))
            one, other = a.atoms.get(x), b.atoms.get(y)
            excluded[x, y] = isinstance(one, Step) and isinstance(other, Step) and _exclude(a, one, b, other)
        return excluded[x, y]

    def unset(self, x: Step, y: Step) -> frozenset[str]:
        """The parameters without a value that can bear on how ``y`` of the second book differs from ``x`` of the first."""
        if self.a.shape(x) == self.b.shape(y):
            return frozenset()
        if isinstance(x.node, n.When) and isinstance(y.node, n.When):
            (c, *mine), (d, *theirs) = x.inputs, y.inputs
            if self.a.shape(c) == self.b.shape(d):
                # Where one branch is the same in both, what that one is does not matter.
                return self.a.unset(c).union(*(self.unset(i, j) for i, j in zip(mine, theirs, strict=True)))
        return self.a.unset(x) | self.b.unset(y)

    def _sums(self, x: Step, y: Step) -> Any:
        """What both sums have in common cancels; the rest is taken in pairs, in order."""
        mine, theirs = self.summands(x, y)
        found: Any = 0
        for i, j in zip(mine, theirs, strict=False):
            found = ranges.add(found, self.difference(i, j))
        for i in mine[len(theirs) :]:
            found = ranges.subtract(found, self.a.span(i))
        for j in theirs[len(mine) :]:
            found = ranges.add(found, self.b.span(j))
        return found

    def summands(self, x: Step, y: Step) -> tuple[list[Step], list[Step]]:
        """What each of two sums adds up that the other does not."""
        mine, theirs = list(_terms(x)), list(_terms(y))
        for each in tuple(mine):
            same = next((t for t in theirs if self.b.shape(t) == self.a.shape(each)), None)
            if same is not None:
                mine.remove(each)
                theirs.remove(same)
        return mine, theirs

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


def _exclude(a: Shaped, x: Step, b: Shaped, y: Step) -> bool:
    """Whether ``x`` of a book and ``y`` of a book cannot both hold."""
    match x.node, y.node:
        case n.IsIn(codes=mine), n.IsIn(codes=theirs):
            return a.shape(x.inputs[0]) == b.shape(y.inputs[0]) and set(mine).isdisjoint(theirs)
        case n.Or(), _:
            return all(_exclude(a, part, b, y) for part in x.inputs)
        case _, n.Or():
            return all(_exclude(a, x, b, part) for part in y.inputs)
        # Whichever branch it is by: a stage asked of the age where it is not known is still that stage.
        case n.When(), _:
            return all(_exclude(a, part, b, y) for part in x.inputs[1:])
        case _, n.When():
            return all(_exclude(a, x, b, part) for part in y.inputs[1:])
        case n.And(), _:
            return any(_exclude(a, part, b, y) for part in x.inputs)
        case _, n.And():
            return any(_exclude(a, x, b, part) for part in y.inputs)
    return False


#: A condition, whether it holds, and what is left of that in canonical form.
_Case: TypeAlias = tuple[Step, bool, Truth]


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


def as_between(value: Any) -> Between:
    """In whole fen, outwards."""
    low, high = bounds(value)
    return Between(None if low is None else floor(low), None if high is None else ceil(high))


__all__ = ["Assumed", "Pair", "as_between"]
