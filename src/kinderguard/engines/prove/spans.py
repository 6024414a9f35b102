"""Values known only within bounds, for the solver: the counterpart of ``engines/ranges.py``, operation by operation.

Every value has a lowest and a highest end, each with a condition whether it is there, so that one term stands for all
that the reference engine can answer: a number, a range, or nothing known.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

import attrs

from kinderguard.engines.prove import logic as w
from kinderguard.engines.prove.logic import ZERO, Bool, Whole, both, either, negated, pick, whole


@attrs.frozen(eq=False)
class Truth:
    """A condition: true where ``yes``, false where ``no``, unknown where neither."""

    yes: Bool
    no: Bool

    @property
    def known(self) -> Bool:
        """Whether it is one of the two."""
        return either(self.yes, self.no)


UNKNOWN = Truth(False, False)


def truth(condition: Bool) -> Truth:
    """A condition that is never unknown."""
    return Truth(condition, negated(condition))


@attrs.frozen(eq=False)
class Choice:
    """A code: for each code, whether it is known to be that one. At most one is; unknown where none is."""

    held: Mapping[str, Bool]

    @property
    def known(self) -> Bool:
        """Whether the code is known."""
        return either(*self.held.values())


@attrs.frozen(eq=False)
class Several:
    """A list of codes: whether it is known, and which codes are in it."""

    known: Bool
    held: Mapping[str, Bool]


@attrs.frozen(eq=False)
class Span:
    """From ``low`` to ``high`` (each divided by ``denominator``); what is not there is no bound."""

    low: Whole
    high: Whole
    has_low: Bool
    has_high: Bool
    denominator: int = 1

    @property
    def known(self) -> Bool:
        """Whether it is a point."""
        return both(self.has_low, self.has_high, w.equals(self.low, self.high))


Value: TypeAlias = Truth | Choice | Several | Span
UNBOUNDED = Span(ZERO, ZERO, False, False)
NOT_NEGATIVE = Span(ZERO, ZERO, True, False)


def point(x: Whole, denominator: int = 1) -> Span:
    """A known number."""
    return Span(x, x, True, True, denominator)


def number(value: int | Fraction) -> Span:
    """A constant."""
    ratio = Fraction(value)
    return point(whole(ratio.numerator), ratio.denominator)


def alike(values: Sequence[Span]) -> list[Span]:
    """All with one denominator."""
    denominator = math.lcm(*(v.denominator for v in values))
    return [_over(v, denominator) for v in values]


def _over(x: Span, denominator: int) -> Span:
    factor = denominator // x.denominator
    return (
        x
        if factor == 1
        else Span(w.scaled(x.low, factor), w.scaled(x.high, factor), x.has_low, x.has_high, denominator)
    )


# ---- comparing ------------------------------------------------------------------------------------------------------


def less(a: Span, b: Span) -> Truth:
    """a < b."""
    a, b = alike((a, b))
    return Truth(
        both(a.has_high, b.has_low, w.less(a.high, b.low)), both(a.has_low, b.has_high, w.at_most(b.high, a.low))
    )


def at_most(a: Span, b: Span) -> Truth:
    """a <= b."""
    a, b = alike((a, b))
    return Truth(
        both(a.has_high, b.has_low, w.at_most(a.high, b.low)), both(a.has_low, b.has_high, w.less(b.high, a.low))
    )


def equal(a: Span, b: Span) -> Truth:
    """a == b: true only where both are known."""
    a, b = alike((a, b))
    apart = either(
        both(a.has_high, b.has_low, w.less(a.high, b.low)), both(b.has_high, a.has_low, w.less(b.high, a.low))
    )
    return Truth(both(a.known, b.known, w.equals(a.low, b.low)), apart)


def differ(a: Span, b: Span) -> Bool:
    """Whether an end of one is not that of the other."""
    a, b = alike((a, b))
    return either(
        *(negated(w.alike(x, y)) for x, y in ((a.has_low, b.has_low), (a.has_high, b.has_high))),
        *(both(x, negated(w.equals(p, q))) for x, p, q in ((a.has_low, a.low, b.low), (a.has_high, a.high, b.high))),
    )


# ---- choosing -------------------------------------------------------------------------------------------------------


def hull(a: Span, b: Span) -> Span:
    """What covers both."""
    a, b = alike((a, b))
    return Span(
        w.smaller(a.low, b.low), w.larger(a.high, b.high), both(a.has_low, b.has_low), both(a.has_high, b.has_high),
        a.denominator,
    )  # fmt: skip


def choice(c: Truth, a: Span, b: Span) -> Span:
    """a where the condition holds, b where it fails, what covers both where it is unknown."""
    if c.yes is True:
        return a
    if c.no is True:
        return b
    a, b = alike((a, b))
    merged = hull(a, b)

    def end(x: Whole, y: Whole, z: Whole) -> Whole:
        return pick(c.yes, x, pick(c.no, y, z))

    def there(x: Bool, y: Bool, z: Bool) -> Bool:
        return either(both(c.yes, x), both(c.no, y), z)

    return Span(
        end(a.low, b.low, merged.low), end(a.high, b.high, merged.high),
        there(a.has_low, b.has_low, merged.has_low), there(a.has_high, b.has_high, merged.has_high), a.denominator,
    )  # fmt: skip


def where(condition: Bool, a: Span, b: Span) -> Span:
    """a where the condition (never unknown) holds, else b."""
    if isinstance(condition, bool):
        return a if condition else b
    a, b = alike((a, b))
    no = negated(condition)
    return Span(
        pick(condition, a.low, b.low), pick(condition, a.high, b.high),
        either(both(condition, a.has_low), both(no, b.has_low)), either(both(condition, a.has_high), both(no, b.has_high)),
        a.denominator,
    )  # fmt: skip


def of_those_there(ends: Sequence[tuple[Whole, Bool]], end: Callable[[Whole, Whole], Whole]) -> tuple[Whole, Bool]:
    """The least or greatest of the ends that are there."""
    value, there = ends[0]
    for x, has in ends[1:]:
        value = pick(both(there, has), end(value, x), pick(there, value, x))
        there = either(there, has)
    return value, there


def _of_all(ends: Sequence[Whole], end: Callable[[Whole, Whole], Whole]) -> Whole:
    value = ends[0]
    for x in ends[1:]:
        value = end(value, x)
    return value


def least(values: Sequence[Span]) -> Span:
    """The least of several."""
    values = alike(values)
    high, has_high = of_those_there([(v.high, v.has_high) for v in values], w.smaller)
    low = _of_all([v.low for v in values], w.smaller)
    return Span(low, high, both(*(v.has_low for v in values)), has_high, values[0].denominator)


def greatest(values: Sequence[Span]) -> Span:
    """The greatest of several."""
    values = alike(values)
    low, has_low = of_those_there([(v.low, v.has_low) for v in values], w.larger)
    high = _of_all([v.high for v in values], w.larger)
    return Span(low, high, has_low, both(*(v.has_high for v in values)), values[0].denominator)


def extreme(records: Sequence[tuple[Bool, Bool, Span]], *, is_least: bool) -> Span:
    """The least or greatest over records (surely belongs, may belong, value): of none, nothing is known."""
    if not records:
        return UNBOUNDED
    values = alike([v for _, _, v in records])
    end = w.smaller if is_least else w.larger
    some = either(*(sure for sure, _, _ in records))
    # What may belong can only extend it on one side; only what surely belongs holds it on the other.
    outer = [
        (v.low if is_least else v.high, both(may, v.has_low if is_least else v.has_high), may)
        for (_, may, _), v in zip(records, values, strict=True)
    ]
    inner = [
        (v.high if is_least else v.low, both(sure, v.has_high if is_least else v.has_low))
        for (sure, _, _), v in zip(records, values, strict=True)
    ]
    far, _ = of_those_there([(x, may) for x, _, may in outer], end)
    far_there = both(some, *(either(negated(may), has) for _, has, may in outer))
    near, near_there = of_those_there(inner, end)
    denominator = values[0].denominator
    near_there = both(some, near_there)
    if is_least:
        return Span(far, near, far_there, near_there, denominator)
    return Span(near, far, near_there, far_there, denominator)
