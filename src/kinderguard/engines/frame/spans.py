"""The calendar for many rows: the same readings as ``model/dates.py``, as Polars expressions and as thresholds."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from kinderguard.model.dates import add_months, age_on, months_between

if TYPE_CHECKING:
    import polars as pl

#: How long a span can be between two dates that can be written.
LIMITS = {"years": 10_000, "months": 120_000, "days": 3_660_000}

SPANS: dict[str, Callable[[dt.date, dt.date], int]] = {
    "years": age_on,
    "months": months_between,
    "days": lambda start, end: (end - start).days,
}


def _moved(move: Callable[[dt.date, int], dt.date]) -> Callable[[dt.date, int], dt.date | None]:
    def moved(date: dt.date, count: int) -> dt.date | None:
        try:
            return move(date, count)
        except (OverflowError, ValueError):
            return None  # beyond the calendar

    return moved


MOVES: dict[str, Callable[[dt.date, int], dt.date | None]] = {
    "months": _moved(add_months),
    "days": _moved(lambda date, count: date + dt.timedelta(days=count)),
}


def latest_start(unit: str, end: dt.date, at_least: int) -> dt.date | None:
    """The last day from which a span to ``end`` is at least so long; None where no day, or every day, is.

    A span never grows as its beginning moves later, so that bisection finds the day.
    """
    count = SPANS[unit]
    first, last = dt.date.min.toordinal(), dt.date.max.toordinal()
    if count(dt.date.min, end) < at_least or count(dt.date.max, end) >= at_least:
        return None
    while last - first > 1:
        middle = (first + last) // 2
        if count(dt.date.fromordinal(middle), end) >= at_least:
            first = middle
        else:
            last = middle
    return dt.date.fromordinal(first)


def earliest_start(unit: str, end: dt.date, at_least: int) -> bool:
    """Whether no beginning at all makes the span so long (where ``latest_start`` finds no day)."""
    return SPANS[unit](dt.date.min, end) < at_least


def span_expr(unit: str, start: "pl.Expr", end: "pl.Expr") -> "pl.Expr":
    """Whole years, months or days between two date columns."""
    import polars as pl

    if unit == "days":
        return (end.cast(pl.Int32) - start.cast(pl.Int32)).cast(pl.Int64)
    if unit == "years":
        # As numbers such as 20250901: a year is complete once the month and the day are reached.
        return ((_written(end) - _written(start)) // 10_000).cast(pl.Int64)
    return pl.when(end < start).then(-_months(end, start)).otherwise(_months(start, end)).cast(pl.Int64)


def _written(date: "pl.Expr") -> "pl.Expr":
    import polars as pl

    return date.dt.year() * 10_000 + date.dt.month().cast(pl.Int32) * 100 + date.dt.day()


def _months(a: "pl.Expr", b: "pl.Expr") -> "pl.Expr":
    """Whole months from a to a later b: complete on the same day of the month, or its last where it is shorter."""
    import polars as pl

    def count(date: "pl.Expr") -> "pl.Expr":
        return date.dt.year() * 12 + date.dt.month().cast(pl.Int32)

    early = (b.dt.day() < a.dt.day()) & (b != b.dt.month_end())
    return count(b) - count(a) - early.cast(pl.Int32)


def _parts(date: "pl.Expr") -> "tuple[pl.Expr, pl.Expr, pl.Expr]":
    import polars as pl

    return date.dt.year().cast(pl.Int64), date.dt.month().cast(pl.Int64), date.dt.day().cast(pl.Int64)


def month_length(year: "pl.Expr", month: "pl.Expr") -> "pl.Expr":
    """How many days a month has."""
    import polars as pl

    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    short = (month == 4) | (month == 6) | (month == 9) | (month == 11)
    february = pl.when(leap).then(29).otherwise(28)
    return pl.when(month == 2).then(february).when(short).then(30).otherwise(31).cast(pl.Int64)


def later_expr(unit: str, date: "pl.Expr", count: "pl.Expr") -> "pl.Expr":
    """A date column moved by a number column; null beyond the calendar."""
    import polars as pl

    if unit == "days":
        moved = date.cast(pl.Int32).cast(pl.Int64) + count
        first, last = (d.toordinal() - dt.date(1970, 1, 1).toordinal() for d in (dt.date.min, dt.date.max))
        inside = (moved >= first) & (moved <= last)
        return pl.when(inside).then(moved).cast(pl.Int32).cast(pl.Date)
    y, m, d = _parts(date)
    total = y * 12 + m - 1 + count
    year, month = total // 12, total % 12 + 1
    inside = (year >= 1) & (year <= 9999)
    day = pl.min_horizontal(d, month_length(year, month))
    made = pl.date(pl.when(inside).then(year), month, day)
    return made


__all__ = ["LIMITS", "MOVES", "SPANS", "earliest_start", "later_expr", "latest_start", "month_length", "span_expr"]
