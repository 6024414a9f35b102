"""Values known only within bounds, for many children: the counterpart of ``engines/ranges.py``, operation by operation.

An interval is two vectors, the lowest and the highest possible value; null is no bound. A value that is always either
known or wholly unknown has one vector for both. Numbers carry a fixed denominator, so that ratios stay exact.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import attrs

from kinderguard.engines.frame.vectors import Dtype, Graph, Vector


@attrs.frozen(eq=False)
class Interval:
    """From ``low`` to ``high`` (each divided by ``denominator``)."""

    low: Vector
    high: Vector
    denominator: int = 1

    @property
    def simple(self) -> bool:
        """Whether it is known or without any bound, never something between."""
        return self.low is self.high


def point(x: Vector, denominator: int = 1) -> Interval:
    """A value that is known where it is not null."""
    return Interval(x, x, denominator)


def constant(g: Graph, value: int | Fraction) -> Interval:
    """A known number."""
    ratio = Fraction(value)
    return point(g.lit(ratio.numerator, Dtype.INT), ratio.denominator)


def unbounded(g: Graph, dtype: Dtype) -> Interval:
    """Nothing is known."""
    return point(g.lit(None, dtype))


def _pair(low: Vector, high: Vector, denominator: int = 1) -> Interval:
    return Interval(low, high, denominator)


def over(g: Graph, x: Interval, denominator: int) -> Interval:
    """The same with a greater denominator."""
    if x.denominator == denominator:
        return x
    factor = g.lit(denominator // x.denominator, Dtype.INT)
    low = g.times(x.low, factor)
    return _pair(low, low if x.simple else g.times(x.high, factor), denominator)


def alike(g: Graph, values: Sequence[Interval]) -> list[Interval]:
    """All with one denominator."""
    denominator = math.lcm(*(v.denominator for v in values))
    return [over(g, v, denominator) for v in values]


def known(g: Graph, x: Interval) -> Vector:
    """Whether the value is known exactly; never null."""
    if x.simple:
        return g.is_there(x.low)
    return g.is_true(g.compare("eq", x.low, x.high))


# ---- comparing --------------------------------------------------------------------------------------------------


def less(g: Graph, a: Interval, b: Interval) -> Vector:
    """a < b."""
    a, b = alike(g, (a, b))
    if a.simple and b.simple:
        return g.compare("lt", a.low, b.low)
    return g.truth(g.is_true(g.compare("lt", a.high, b.low)), g.is_true(g.compare("le", b.high, a.low)))


def at_most(g: Graph, a: Interval, b: Interval) -> Vector:
    """a <= b."""
    a, b = alike(g, (a, b))
    if a.simple and b.simple:
        return g.compare("le", a.low, b.low)
    return g.truth(g.is_true(g.compare("le", a.high, b.low)), g.is_true(g.compare("lt", b.high, a.low)))


def equal(g: Graph, a: Interval, b: Interval) -> Vector:
    """a == b: true only where both are known."""
    a, b = alike(g, (a, b))
    if a.simple and b.simple:
        return g.compare("eq", a.low, b.low)
    same = g.all(known(g, a), known(g, b), g.is_true(g.compare("eq", a.low, b.low)))
    apart = g.any(g.is_true(g.compare("lt", a.high, b.low)), g.is_true(g.compare("lt", b.high, a.low)))
    return g.truth(same, apart)


# ---- choosing ---------------------------------------------------------------------------------------------------


def hull(g: Graph, a: Interval, b: Interval) -> Interval:
    """What covers both."""
    a, b = alike(g, (a, b))
    return _pair(g.least(a.low, b.low), g.greatest(a.high, b.high), a.denominator)


def choice(g: Graph, condition: Vector, a: Interval, b: Interval) -> Interval:
    """a where the condition holds, b where it fails, what covers both where it is unknown."""
    a, b = alike(g, (a, b))
    if condition.is_value(True):
        return a
    if condition.is_value(False):
        return b
    merged = hull(g, a, b)
    return _pair(
        _one_of(g, condition, a.low, b.low, merged.low),
        _one_of(g, condition, a.high, b.high, merged.high),
        a.denominator,
    )


def _one_of(g: Graph, condition: Vector, a: Vector, b: Vector, merged: Vector) -> Vector:
    if not condition.nullable or merged is b:
        return g.choose(condition, a, b)
    if merged is a:
        return g.choose(g.no(condition), b, a)
    return g.choose(condition, a, g.choose(g.no(condition), b, merged))


def least(g: Graph, values: Sequence[Interval]) -> Interval:
    """The least of several."""
    first, *rest = alike(g, values)
    low, high = first.low, first.high
    for x in rest:
        low, high = g.least(low, x.low), g.least_there(high, x.high)
    return _pair(low, high, first.denominator)


def greatest(g: Graph, values: Sequence[Interval]) -> Interval:
    """The greatest of several."""
    first, *rest = alike(g, values)
    low, high = first.low, first.high
    for x in rest:
        low, high = g.greatest_there(low, x.low), g.greatest(high, x.high)
    return _pair(low, high, first.denominator)


# ---- arithmetic -------------------------------------------------------------------------------------------------


def add(g: Graph, a: Interval, b: Interval) -> Interval:
    """a + b."""
    a, b = alike(g, (a, b))
    return _pair(g.add(a.low, b.low), g.add(a.high, b.high), a.denominator)


def subtract(g: Graph, a: Interval, b: Interval) -> Interval:
    """a - b."""
    a, b = alike(g, (a, b))
    return _pair(g.subtract(a.low, b.high), g.subtract(a.high, b.low), a.denominator)


def times(g: Graph, a: Interval, b: Interval) -> Interval:
    """a * b, exact; nothing times anything is nothing."""
    denominator = a.denominator * b.denominator
    for x, y in ((a, b), (b, a)):
        if x.simple and x.low.is_constant and x.low.value is not None:
            if x.low.value == 0:
                return constant(g, 0)
            low, high = g.times(y.low, x.low), g.times(y.high, x.low)
            return _pair(low, high, denominator) if x.low.value > 0 else _pair(high, low, denominator)
    if all(not v.low.nullable and not v.high.nullable for v in (a, b)) and all((v.low.low or 0) >= 0 for v in (a, b)):
        return _pair(g.times(a.low, b.low), g.times(a.high, b.high), denominator)
    for x, y in ((a, b), (b, a)):
        if not y.low.nullable and y.low.low is not None and y.low.low >= 0:
            return _times_never_negative(g, x, y, denominator)
    return _times_by_corners(g, a, b, denominator)


def _times_never_negative(g: Graph, x: Interval, y: Interval, denominator: int) -> Interval:
    """A product with a factor that is never below zero: each end of ``x`` meets the end of ``y`` that takes it further."""
    zero = g.lit(0, Dtype.INT)
    nothing = _equals_zero(g, y.high)
    below, not_above = g.is_true(g.compare("lt", x.low, zero)), g.is_true(g.compare("le", x.high, zero))
    # A missing end of ``x`` stays missing, whichever end of ``y`` it is taken by; but nothing times anything is nothing.
    low = g.choose(below, g.times(x.low, y.high), g.times(x.low, y.low))
    high = g.choose(not_above, g.times(x.high, y.low), g.times(x.high, y.high))
    return _pair(g.choose(nothing, zero, low), g.choose(nothing, zero, high), denominator)


def _times_by_corners(g: Graph, a: Interval, b: Interval, denominator: int) -> Interval:
    """The general product: the four corners, where a missing bound is infinite."""
    nothing = g.any(_is_zero(g, a), _is_zero(g, b))
    lows: list[Vector] = []
    highs: list[Vector] = []
    below, above = g.false, g.false
    for x, x_side in ((a.low, -1), (a.high, 1)):
        for y, y_side in ((b.low, -1), (b.high, 1)):
            zero = g.any(_equals_zero(g, x), _equals_zero(g, y))
            corner = g.choose(zero, g.lit(0, Dtype.INT), g.times(x, y))
            infinite = g.all(g.any(g.is_null(x), g.is_null(y)), g.no(zero))
            positive = g.compare("eq", _sign(g, x, x_side), _sign(g, y, y_side))
            above = g.any(above, g.all(infinite, positive))
            below = g.any(below, g.all(infinite, g.no(positive)))
            lows.append(corner)
            highs.append(corner)
    low, high = lows[0], highs[0]
    for corner in lows[1:]:
        low, high = g.least_there(low, corner), g.greatest_there(high, corner)
    null, zero_lit = g.lit(None, Dtype.INT), g.lit(0, Dtype.INT)
    return _pair(
        g.choose(nothing, zero_lit, g.choose(below, null, low)),
        g.choose(nothing, zero_lit, g.choose(above, null, high)),
        denominator,
    )


def _equals_zero(g: Graph, x: Vector) -> Vector:
    return g.is_true(g.compare("eq", x, g.lit(0, Dtype.INT)))


def _is_zero(g: Graph, x: Interval) -> Vector:
    return g.all(_equals_zero(g, x.low), _equals_zero(g, x.high))


def _sign(g: Graph, x: Vector, side: int) -> Vector:
    """Whether positive, where a missing bound is infinite towards ``side``; never null."""
    positive = g.compare("lt", g.lit(0, Dtype.INT), x)
    return g.choose(g.is_there(x), positive, g.lit(side > 0, Dtype.BOOL)) if x.nullable else positive


def rounded(g: Graph, x: Interval, to: int, rounding: str) -> Interval:
    """Rounded to a multiple of ``to``."""
    step, whole = g.lit(to, Dtype.INT), g.lit(to * x.denominator, Dtype.INT)
    low = g.times(g.round_quotient(x.low, whole, rounding), step)
    high = low if x.simple else g.times(g.round_quotient(x.high, whole, rounding), step)
    return _pair(low, high)


def by_zero(g: Graph, b: Interval) -> Vector:
    """Whether a divisor is known to be zero; never null."""
    return _is_zero(g, b)


def divide(g: Graph, a: Interval, b: Interval, to: int, rounding: str) -> Interval:
    """a / b rounded to a multiple of ``to``; a divisor that is or may be zero leaves nothing known."""
    zero = g.lit(0, Dtype.INT)
    step = g.lit(to, Dtype.INT)
    # (a / p) / (b / q) = a q / (b p), rounded to multiples of `to`.
    up, down = g.lit(b.denominator, Dtype.INT), g.lit(a.denominator * to, Dtype.INT)

    def quotient(x: Vector, y: Vector) -> Vector:
        return g.times(g.round_quotient(g.times(x, up), g.times(y, down), rounding), step)

    def positive(x: Interval, low: Vector, high: Vector) -> tuple[Vector, Vector]:
        """By a divisor from ``low`` > 0 to ``high``, which may be missing."""
        if low is high:
            return quotient(x.low, low), quotient(x.high, low)
        by_most = [
            g.choose(g.is_null(high), g.choose(g.is_there(v), zero, g.lit(None, Dtype.INT)), quotient(v, high))
            for v in (x.low, x.high)
        ]
        by_least = [quotient(v, low) for v in (x.low, x.high)]
        low_falls, high_falls = (g.is_true(g.compare("lt", v, zero)) for v in (x.low, x.high))
        return g.choose(low_falls, by_least[0], by_most[0]), g.choose(high_falls, by_most[1], by_least[1])

    above = g.is_true(g.compare("lt", zero, b.low))
    low, high = positive(a, b.low, b.high)
    result = _pair(g.choose(above, low, g.lit(None, Dtype.INT)), g.choose(above, high, g.lit(None, Dtype.INT)))
    below = g.is_true(g.compare("lt", b.high, zero))
    if below.is_value(False):
        return result
    minus = constant(g, -1)
    turned_a, turned_b = times(g, a, minus), times(g, b, minus)
    low, high = positive(turned_a, turned_b.low, turned_b.high)
    return _pair(g.choose(below, low, result.low), g.choose(below, high, result.high))


# ---- dates ------------------------------------------------------------------------------------------------------


def span(g: Graph, unit: str, start: Interval, end: Interval) -> Interval:
    """A length of time: it grows as ``start`` falls and as ``end`` rises."""
    return _pair(g.span(unit, start.high, end.low), g.span(unit, start.low, end.high))


def later(g: Graph, unit: str, date: Interval, count: Interval) -> Interval:
    """A date moved by whole months or days (a ratio counts towards zero)."""
    if count.denominator != 1:
        count = rounded(g, count, 1, "down")
    return _pair(g.later(unit, date.low, count.low), g.later(unit, date.high, count.high))
