"""Values known only within bounds: the reference engine's numbers, money (fen) and dates where something is unknown.

A value that is known is itself (``int``, ``Fraction``, ``date``); only one that is not is a ``Range``. So the good
path costs nothing. Comparisons answer True, False or None (unknown). Bounds are sound, not always the tightest.
"""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias, final

from kinderguard.model.dates import add_months, age_on, months_between
from kinderguard.rules.kinds import exact
from kinderguard.rules.nodes import Rounding

#: A known number, amount (fen) or date.
Point: TypeAlias = int | Fraction | dt.date
Bound: TypeAlias = Any  # a Point, or None for "no bound on this side"


@final
class Range:
    """Somewhere from ``low`` to ``high``, both possible; None is no bound. Never of one point alone."""

    __slots__ = ("high", "low")

    def __init__(self, low: Bound, high: Bound) -> None:
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"Range({self.low!r}, {self.high!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self.low == other.low and self.high == other.high

    def __hash__(self) -> int:
        return hash((Range, self.low, self.high))

    def __lt__(self, other: Any) -> bool | None:
        low, high = bounds(other)
        if self.high is not None and low is not None and self.high < low:
            return True
        if self.low is not None and high is not None and self.low >= high:
            return False
        return None

    def __le__(self, other: Any) -> bool | None:
        low, high = bounds(other)
        if self.high is not None and low is not None and self.high <= low:
            return True
        if self.low is not None and high is not None and self.low > high:
            return False
        return None

    def __gt__(self, other: Any) -> bool | None:
        # Python asks this of ``point < range``.
        low, high = bounds(other)
        if self.low is not None and high is not None and self.low > high:
            return True
        if self.high is not None and low is not None and self.high <= low:
            return False
        return None

    def __ge__(self, other: Any) -> bool | None:
        low, high = bounds(other)
        if self.low is not None and high is not None and self.low >= high:
            return True
        if self.high is not None and low is not None and self.high < low:
            return False
        return None

    def __bool__(self) -> bool:
        raise TypeError("A range has no truth; this is a fault of an engine.")


UNBOUNDED = Range(None, None)


def bounds(value: Any) -> tuple[Bound, Bound]:
    """The bounds of a point or a range."""
    return (value.low, value.high) if isinstance(value, Range) else (value, value)


def between(low: Bound, high: Bound) -> Any:
    """What lies from ``low`` to ``high``: the point itself where they meet."""
    return low if low is not None and low == high else Range(low, high)


def hull(a: Any, b: Any) -> Any:
    """What covers both: the merged outcome of a choice that is unknown."""
    if a == b:
        return a
    a_low, a_high = bounds(a)
    b_low, b_high = bounds(b)
    low = None if a_low is None or b_low is None else min(a_low, b_low)
    high = None if a_high is None or b_high is None else max(a_high, b_high)
    return between(low, high)


def equal(a: Any, b: Any) -> bool | None:
    """Whether two ordered values are equal."""
    if not isinstance(a, Range) and not isinstance(b, Range):
        return bool(a == b)
    a_low, a_high = bounds(a)
    b_low, b_high = bounds(b)
    apart = (a_high is not None and b_low is not None and a_high < b_low) or (
        b_high is not None and a_low is not None and b_high < a_low
    )
    return False if apart else None


def add(a: Any, b: Any) -> Any:
    """a + b."""
    if not isinstance(a, Range) and not isinstance(b, Range):
        return a + b
    a_low, a_high = bounds(a)
    b_low, b_high = bounds(b)
    return between(
        None if a_low is None or b_low is None else a_low + b_low,
        None if a_high is None or b_high is None else a_high + b_high,
    )


def negative(a: Any) -> Any:
    """-a."""
    if not isinstance(a, Range):
        return -a
    return Range(None if a.high is None else -a.high, None if a.low is None else -a.low)


def subtract(a: Any, b: Any) -> Any:
    """a - b."""
    if not isinstance(a, Range) and not isinstance(b, Range):
        return a - b
    return add(a, negative(b))


def times(a: Any, b: Any) -> Any:
    """a * b, exact; whole where it is whole."""
    if not isinstance(a, Range) and not isinstance(b, Range):
        return exact(a * b)
    if a == 0 or b == 0:  # nothing times anything is nothing
        return 0
    a_low, a_high = bounds(a)
    b_low, b_high = bounds(b)
    corners = [
        _corner(x, y, x_sign, y_sign)
        for x, x_sign in ((a_low, -1), (a_high, 1))
        for y, y_sign in ((b_low, -1), (b_high, 1))
    ]
    low = None if any(c == "-" for c in corners) else min(c for c in corners if not isinstance(c, str))
    high = None if any(c == "+" for c in corners) else max(c for c in corners if not isinstance(c, str))
    return between(low if low is None else exact(low), high if high is None else exact(high))


def _corner(x: Bound, y: Bound, x_sign: int, y_sign: int) -> Any:
    """x * y where None is infinite with the sign given: a number, ``"+"`` or ``"-"``."""
    if x is not None and y is not None:
        return x * y
    if x == 0 or y == 0:
        return 0
    sign = (x_sign if x is None else 1 if x > 0 else -1) * (y_sign if y is None else 1 if y > 0 else -1)
    return "+" if sign > 0 else "-"


def round_to(value: Point, to: int, rounding: Rounding) -> int:
    """``value`` rounded to a multiple of ``to``; HALF_UP and UP go away from zero, DOWN towards it."""
    quotient = Fraction(value) / to  # type: ignore[arg-type]  # a point may be a day, and days are never rounded
    size = abs(quotient)
    floor = size.numerator // size.denominator
    rest = size - floor
    if rounding is Rounding.HALF_UP:
        steps = floor + (rest >= Fraction(1, 2))
    elif rounding is Rounding.UP:
        steps = floor + (rest > 0)
    else:
        steps = floor
    return to * (steps if quotient >= 0 else -steps)


def monotone(function: Callable[[Any], Any], value: Any) -> Any:
    """A function that never falls, on a point or on both ends of a range."""
    if not isinstance(value, Range):
        return function(value)
    low = None if value.low is None else function(value.low)
    high = None if value.high is None else function(value.high)
    return between(low, high)


def rounded(value: Any, to: int, rounding: Rounding) -> Any:
    """A value, perhaps a range, rounded."""
    return monotone(lambda v: round_to(v, to, rounding), value)


def divide(a: Any, b: Any, to: int, rounding: Rounding) -> Any:
    """a / b rounded; a divisor that may be zero leaves nothing known. Zero itself is the caller's to report."""
    if not isinstance(a, Range) and not isinstance(b, Range):
        return round_to(Fraction(a) / b, to, rounding)
    low, high = bounds(b)
    if low is None and high is None:
        return UNBOUNDED
    one = Fraction(1)
    if low is not None and low > 0:
        inverse = between(Fraction(0) if high is None else one / high, one / low)
    elif high is not None and high < 0:
        inverse = between(one / high, Fraction(0) if low is None else one / low)
    else:
        return UNBOUNDED
    return rounded(times(a, inverse), to, rounding)


def least(values: list[Any]) -> Any:
    """The least of several."""
    if not any(isinstance(v, Range) for v in values):
        return min(values)
    lows, highs = [bounds(v)[0] for v in values], [bounds(v)[1] for v in values if bounds(v)[1] is not None]
    return between(None if None in lows else min(lows), min(highs) if highs else None)


def greatest(values: list[Any]) -> Any:
    """The greatest of several."""
    if not any(isinstance(v, Range) for v in values):
        return max(values)
    lows, highs = [bounds(v)[0] for v in values if bounds(v)[0] is not None], [bounds(v)[1] for v in values]
    return between(max(lows) if lows else None, None if None in highs else max(highs))


def _span(function: Callable[[dt.date, dt.date], int], a: Any, b: Any) -> Any:
    """A length of time from a to b: it grows as a falls and as b rises."""
    if not isinstance(a, Range) and not isinstance(b, Range):
        return function(a, b)
    a_low, a_high = bounds(a)
    b_low, b_high = bounds(b)
    return between(
        None if a_high is None or b_low is None else function(a_high, b_low),
        None if a_low is None or b_high is None else function(a_low, b_high),
    )


def years(a: Any, b: Any) -> Any:
    """Whole years from a to b."""
    return _span(age_on, a, b)


def months(a: Any, b: Any) -> Any:
    """Whole months from a to b."""
    return _span(months_between, a, b)


def days(a: Any, b: Any) -> Any:
    """Days from a to b."""
    return _span(lambda x, y: (y - x).days, a, b)


def months_later(date: Any, count: Any) -> Any:
    """A date moved by whole months."""
    return _moved(add_months, date, count)


def days_later(date: Any, count: Any) -> Any:
    """A date moved by days."""
    return _moved(lambda d, k: d + dt.timedelta(days=k), date, count)


def _moved(move: Callable[[dt.date, int], dt.date], date: Any, count: Any) -> Any:
    d_low, d_high = bounds(date)
    c_low, c_high = bounds(count)
    return between(_end(move, d_low, c_low), _end(move, d_high, c_high))


def _end(move: Callable[[dt.date, int], dt.date], date: Bound, count: Bound) -> Bound:
    if date is None or count is None:
        return None
    try:
        return move(date, int(count))
    except (OverflowError, ValueError):
        return None  # beyond the calendar: no bound that can be written
