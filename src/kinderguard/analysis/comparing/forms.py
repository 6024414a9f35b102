"""Differences of amounts as sums of what is not known: what one policy pays more and another counts as that much less cancels.

A standard that a place has not set, or an income that nobody knows, is the same in both books and in every policy. So a
subsidy of an unknown amount that comes to a child, and is taken off its allowance, is never a loss. Called by ``joint``
where numbers alone leave it open whether something is lost. Knows no child.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.pairs import Pair, as_between
from kinderguard.analysis.comparing.shaped import Shape, Shaped
from kinderguard.engines import ranges
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range, bounds
from kinderguard.rules import nodes as n

#: What is not known: an amount by its shape, or by how much what a policy gives differs, by its code.
Unknown: TypeAlias = Shape | str
#: Of so many policies the differences are written out and not, each beside each; those of the others are left as they are.
MOST_WRITTEN = 5


@attrs.frozen
class Form:
    """A number, and so many times each of some unknowns."""

    constant: Any
    terms: Mapping[Unknown, Any] = attrs.field(factory=dict)

    def plus(self, other: "Form", times: Any = 1) -> "Form":
        """The sum, of the other so many times."""
        terms = dict(self.terms)
        for unknown, factor in other.terms.items():
            terms[unknown] = terms.get(unknown, 0) + factor * times
        return Form(self.constant + other.constant * times, {u: f for u, f in terms.items() if f})

    def without(self, unknown: Unknown) -> "Form":
        """The sum less all of one unknown."""
        return Form(self.constant, {u: f for u, f in self.terms.items() if u != unknown})


NONE = Form(0)
#: Two forms between which a value lies; None where there is none.
Formed: TypeAlias = tuple[Form | None, Form | None]


class Forms:
    """How the policies of two books differ, in worlds that are not ruled out.

    Args:
        pair: the two books, and what is assumed.
        differences: by policy, by how much what it gives differs, in numbers.
        shifted: of several forms of which none lies below all, one is moved until it does, rather than a number taken. What
            then cancels may say more, or less: what rises by itself and loses what another gains.
    """

    def __init__(self, pair: Pair, differences: Mapping[str, Between], *, shifted: bool = False) -> None:
        self._pair, self._differences, self._shifted = pair, differences, shifted
        self._spans: dict[Unknown, Any] = {
            code: ranges.between(found.low_fen, found.high_fen) for code, found in differences.items()
        }
        self._finals = {
            code: self._settled(pair.a.policies[code].final, pair.b.policies[code].final) for code in differences
        }
        self._code_of = {steps: code for code, steps in self._finals.items()}
        self._found: dict[tuple[Step, Step], Formed] = {}

    @cached_property
    def _written(self) -> Mapping[str, Formed]:
        """The policies whose difference says more when it is written out; one that rests on others stands before them."""
        found = {code: self._structural(*steps) for code, steps in self._finals.items()}
        telling = [code for code, ends in found.items() if any(end is not None and end.terms for end in ends)]
        telling.sort(key=lambda code: -self._finals[code][1].index)
        return {code: found[code] for code in telling[:MOST_WRITTEN]}

    def total(self, times: Mapping[str, int]) -> Between:
        """By how much some policies together differ: each so many times."""
        start = NONE
        for code, factor in times.items():
            start = start.plus(Form(0, {code: factor}))
        low = self._least(start, list(self._written))
        high = self._least(NONE.plus(start, -1), list(self._written))
        return as_between(ranges.between(low, None if high is None else -high))

    def _least(self, form: Form, left: list[str]) -> Any:
        """The least that it can be: of every way of writing policies out, the one that says most."""
        if not left:
            return self._low(form)
        code, *others = left
        found = self._least(form, others)
        factor = form.terms.get(code)
        if factor is not None:
            end = self._written[code][0 if factor > 0 else 1]
            if end is not None and self._may_cancel(end, form.without(code), others):
                written = self._least(form.without(code).plus(end, factor), others)
                found = written if found is None else found if written is None else max(found, written)
        return found

    def _may_cancel(self, end: Form, rest: Form, others: Iterable[str]) -> bool:
        """Whether what a policy is written out as has an unknown in common with the rest of a sum, or what that may become."""
        if not end.terms.keys().isdisjoint(rest.terms):
            return True
        written = (part for code in others if code in rest.terms for part in self._written[code] if part is not None)
        return any(not end.terms.keys().isdisjoint(part.terms) for part in written)

    def _low(self, form: Form) -> Any:
        found: Any = form.constant
        for unknown, factor in form.terms.items():
            found = ranges.add(found, ranges.times(self._spans[unknown], factor))
        return bounds(found)[0]

    # ---- by how much a value of the second book lies above one of the first ----------------------------------------

    def _settled(self, x: Step, y: Step) -> tuple[Step, Step]:
        """What two amounts come down to, as far as what is assumed decides it."""
        return self._pair.settled(self._pair.a, x), self._pair.settled(self._pair.b, y)

    def _of(self, x: Step, y: Step) -> Formed:
        key = x, y = self._settled(x, y)
        if key in self._code_of:
            return (Form(0, {self._code_of[key]: 1}),) * 2
        found = self._found.get(key)
        if found is None:
            low, high = self._structural(x, y)
            number = self._pair.difference(x, y)
            found = self._found[key] = (low or _constant(bounds(number)[0]), high or _constant(bounds(number)[1]))
        return found

    def _structural(self, x: Step, y: Step) -> Formed:
        pair = self._pair
        if pair.a.shape(x) == pair.b.shape(y):
            return NONE, NONE
        if isinstance(x.node, n.When) or isinstance(y.node, n.When):
            return self._hull(self._of(i, j) for i, j in pair.cases(x, y))
        if isinstance(x.node, n.Add) or isinstance(y.node, n.Add):
            return self._sums(x, y)
        if type(x.node) is type(y.node) and len(x.inputs) == len(y.inputs):
            match x.node:
                case n.Subtract():
                    left, right = (self._of(i, j) for i, j in zip(x.inputs, y.inputs, strict=True))
                    return _plus(left, (right[1], right[0]), -1)
                case n.Least() | n.Greatest():
                    return self._hull(self._of(i, j) for i, j in zip(x.inputs, y.inputs, strict=True))
        return _plus(self._value(pair.b, y), self._value(pair.a, x), -1)

    def _sums(self, x: Step, y: Step) -> Formed:
        mine, theirs = self._pair.summands(x, y)
        found: Formed = NONE, NONE
        for i, j in zip(mine, theirs, strict=False):
            found = _plus(found, self._of(i, j))
        for i in mine[len(theirs) :]:
            found = _plus(found, self._value(self._pair.a, i), -1)
        for j in theirs[len(mine) :]:
            found = _plus(found, self._value(self._pair.b, j))
        return found

    def _value(self, book: Shaped, step: Step) -> Formed:
        """A value by itself: a number, or an unknown that is the same wherever its shape is."""
        span = book.span(step)
        if span is not None and not isinstance(span, Range):
            return (Form(span),) * 2
        shape = book.shape(step)
        self._spans.setdefault(shape, ranges.UNBOUNDED if span is None else span)
        return (Form(0, {shape: 1}),) * 2

    def _hull(self, every: Iterable[Formed]) -> Formed:
        """What covers them all."""
        parts = list(every)
        if not parts:
            return NONE, NONE
        lows, highs = ([part[end] for part in parts] for end in (0, 1))
        return self._outermost(lows, lambda form: form), self._outermost(highs, lambda form: NONE.plus(form, -1))

    def _outermost(self, ends: list[Form | None], turned: Callable[[Form], Form]) -> Form | None:
        """One that lies below all (turned round: above); a number, where none of them does."""
        forms = [turned(form) for form in ends if form is not None]
        if len(forms) < len(ends):
            return None
        for form in forms:
            if all(
                other is form or ((low := self._low(other.plus(form, -1))) is not None and low >= 0) for other in forms
            ):
                return turned(form)
        if self._shifted and (moved := [each for form in forms if (each := self._moved(form, forms)) is not None]):
            return turned(max(moved, key=lambda form: (bool(form.terms), form.constant)))
        lows = [self._low(form) for form in forms]
        return None if None in lows else turned(Form(min(lows)))

    def _moved(self, form: Form, forms: Iterable[Form]) -> Form | None:
        """A form, so much lower that it lies below all; None where no number is enough."""
        apart = [self._low(other.plus(form, -1)) for other in forms if other is not form]
        return None if None in apart else form.plus(Form(min(0, *apart)))


def _constant(value: Any) -> Form | None:
    return None if value is None else Form(value)


def _plus(one: Formed, other: Formed, times: int = 1) -> Formed:
    (low, high), (low2, high2) = one, other
    return (
        None if low is None or low2 is None else low.plus(low2, times),
        None if high is None or high2 is None else high.plus(high2, times),
    )


__all__ = ["Form", "Forms"]
