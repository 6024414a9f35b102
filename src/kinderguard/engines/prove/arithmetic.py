"""Sums, products, quotients and dates of values known only within bounds: the rest of ``engines/ranges.py``."""

from collections.abc import Callable

from kinderguard.engines.prove import logic as w
from kinderguard.engines.prove.calendar import Calendar
from kinderguard.engines.prove.logic import ZERO, Bool, Whole, both, either, negated, pick
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.engines.prove.spans import UNBOUNDED, Span, alike, of_those_there, point, where
from kinderguard.rules.nodes import Rounding


def add(a: Span, b: Span) -> Span:
    """a + b."""
    a, b = alike((a, b))
    return Span(
        w.plus(a.low, b.low), w.plus(a.high, b.high), both(a.has_low, b.has_low), both(a.has_high, b.has_high),
        a.denominator,
    )  # fmt: skip


def negative(a: Span) -> Span:
    """-a."""
    return Span(w.scaled(a.high, -1), w.scaled(a.low, -1), a.has_high, a.has_low, a.denominator)


def subtract(a: Span, b: Span) -> Span:
    """a - b."""
    return add(a, negative(b))


def _is_zero(x: Whole, there: Bool) -> Bool:
    return both(there, w.equals(x, ZERO))


def times(s: Scratch, a: Span, b: Span) -> Span:
    """a * b; nothing times anything is nothing."""
    denominator = a.denominator * b.denominator
    for x, y in ((a, b), (b, a)):
        factor = x.low.value
        if factor is not None and x.known is True:
            if factor == 0:
                return point(ZERO)
            ends = Span(w.scaled(y.low, factor), w.scaled(y.high, factor), y.has_low, y.has_high, denominator)
            return ends if factor > 0 else Span(ends.high, ends.low, ends.has_high, ends.has_low, denominator)
    if w.is_same(a.low, a.high) and w.is_same(b.low, b.high) and (a.known is True and b.known is True):
        return point(s.product(a.low, b.low), denominator)
    for x, y in ((a, b), (b, a)):
        if y.has_low is True and y.low.least is not None and y.low.least >= 0:
            return _times_never_negative(s, x, y, denominator)
    return _times_by_corners(s, a, b, denominator)


def _times_never_negative(s: Scratch, x: Span, y: Span, denominator: int) -> Span:
    """With a factor that is never below zero: each end of ``x`` meets the end of ``y`` that takes it further."""
    nothing = either(_is_zero(y.high, y.has_high), both(_is_zero(x.low, x.has_low), _is_zero(x.high, x.has_high)))
    falls, rises = w.less(x.low, ZERO), w.less(ZERO, x.high)
    low = pick(falls, s.product(x.low, y.high), s.product(x.low, y.low))
    high = pick(rises, s.product(x.high, y.high), s.product(x.high, y.low))
    return Span(
        pick(nothing, ZERO, low),
        pick(nothing, ZERO, high),
        either(nothing, both(x.has_low, either(negated(falls), y.has_high))),
        either(nothing, both(x.has_high, either(negated(rises), y.has_high))),
        denominator,
    )


def _times_by_corners(s: Scratch, a: Span, b: Span, denominator: int) -> Span:
    """The general product: the four corners, where a missing end is infinite."""
    nothing = either(*(both(_is_zero(v.low, v.has_low), _is_zero(v.high, v.has_high)) for v in (a, b)))
    corners: list[tuple[Whole, Bool]] = []
    below: list[Bool] = []
    above: list[Bool] = []
    for x, x_there, x_side in ((a.low, a.has_low, False), (a.high, a.has_high, True)):
        for y, y_there, y_side in ((b.low, b.has_low, False), (b.high, b.has_high, True)):
            zero = either(_is_zero(x, x_there), _is_zero(y, y_there))
            finite = either(zero, both(x_there, y_there))
            corners.append((pick(zero, ZERO, s.product(x, y)), finite))
            signs = w.alike(_positive(x, x_there, x_side), _positive(y, y_there, y_side))
            above.append(both(negated(finite), signs))
            below.append(both(negated(finite), negated(signs)))
    low, _ = of_those_there(corners, w.smaller)
    high, _ = of_those_there(corners, w.larger)
    return Span(
        pick(nothing, ZERO, low), pick(nothing, ZERO, high),
        either(nothing, negated(either(*below))), either(nothing, negated(either(*above))), denominator,
    )  # fmt: skip


def _positive(x: Whole, there: Bool, side: bool) -> Bool:
    return either(both(there, w.less(ZERO, x)), both(negated(there), side))


def rounded(s: Scratch, a: Span, to: int, rounding: Rounding) -> Span:
    """Rounded to a multiple of ``to``."""
    low, high = (w.scaled(s.rounded(x, to * a.denominator, rounding), to) for x in (a.low, a.high))
    return Span(low, low if w.is_same(a.low, a.high) else high, a.has_low, a.has_high)


def divide(s: Scratch, a: Span, b: Span, to: int, rounding: Rounding) -> Span:
    """a / b rounded to a multiple of ``to``; a divisor that is or may be zero leaves nothing known."""
    above = both(b.has_low, w.less(ZERO, b.low))
    below = both(b.has_high, w.less(b.high, ZERO))
    found = UNBOUNDED
    if above is not False:
        found = where(above, _by_positive(s, a, b, to, rounding), found)
    if below is not False:
        found = where(below, _by_positive(s, negative(a), negative(b), to, rounding), found)
    return found


def _by_positive(s: Scratch, a: Span, b: Span, to: int, rounding: Rounding) -> Span:
    """By a divisor whose low end is there and above zero."""

    def quotient(x: Whole, y: Whole) -> Whole:
        return w.scaled(s.quotient(w.scaled(x, b.denominator), y, a.denominator * to, rounding), to)

    def by_most(x: Whole) -> Whole:
        if w.is_same(b.low, b.high) and b.has_high is True:
            return quotient(x, b.low)
        # Without a greatest divisor the quotient comes as near to zero as you like.
        return ZERO if b.has_high is False else pick(b.has_high, quotient(x, b.high), ZERO)

    low = pick(w.less(a.low, ZERO), quotient(a.low, b.low), by_most(a.low))
    high = pick(w.less(a.high, ZERO), by_most(a.high), quotient(a.high, b.low))
    return Span(low, high, a.has_low, a.has_high)


# ---- dates ----------------------------------------------------------------------------------------------------------


def span(length: Callable[[Whole, Whole], Whole], start: Span, end: Span) -> Span:
    """A length of time: it grows as ``start`` falls and as ``end`` rises."""
    low = length(start.high, end.low)
    same = w.is_same(start.low, start.high) and w.is_same(end.low, end.high)
    high = low if same else length(start.low, end.high)
    return Span(low, high, both(start.has_high, end.has_low), both(start.has_low, end.has_high))


def later(calendar: Calendar, unit: str, date: Span, count: Span) -> Span:
    """A date moved by whole months or days (a ratio counts towards zero); beyond the calendar there is no end."""
    count = rounded(calendar.scratch, count, 1, Rounding.DOWN)
    move = calendar.days_later if unit == "days" else calendar.months_later
    low, low_there = move(date.low, count.low)
    high, high_there = move(date.high, count.high)
    return Span(
        low, high, both(date.has_low, count.has_low, low_there), both(date.has_high, count.has_high, high_there)
    )
