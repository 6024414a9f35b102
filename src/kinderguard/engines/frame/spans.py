"""The calendar for many rows: the same readings as ``model/dates.py``, as Polars expressions and as thresholds."""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

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
    count = partial(_between, unit)
    return pl.map_batches([start, end], count, return_dtype=pl.Int64, is_elementwise=True)


#: Dates between these are looked up: taking a date apart costs ten times as much.
LOOKED_UP = (dt.date(1900, 1, 1), dt.date(2100, 12, 31))


def _day_number(date: dt.date) -> int:
    """As Polars holds dates."""
    return (date - dt.date(1970, 1, 1)).days


def _between(unit: str, ends: "Sequence[pl.Series]") -> "pl.Series":
    """Whole years or months between two columns of dates (one may be the same date in every row)."""
    import polars as pl

    start, end = ends
    if unit == "years":
        return ((_written(end) - _written(start)) // 384).cast(pl.Int64)

    def count(early: "pl.Series", late: "pl.Series") -> "pl.Series":
        # Complete on the same day of the month, or on its last where it is shorter.
        return (_written(late, whole_months=True) - _written(early)) // 32

    months = count(start, end)
    backwards = end < start
    if backwards.any():
        months = months.zip_with(~backwards, -count(end, start))
    return months.cast(pl.Int64)


def _written(dates: "pl.Series", *, whole_months: bool = False) -> "pl.Series":
    """Dates as numbers whose differences count months (by 32) and years (by 384); with ``whole_months`` the last day of
    any month is its 31st.
    """
    days = dates.to_physical()
    first, last = map(_day_number, LOOKED_UP)
    low: Any = days.min()
    high: Any = days.max()
    if low is None or (low >= first and high <= last):
        return _table(whole_months).gather(days - first)
    return _taken_apart(dates, whole_months)


@cache
def _table(whole_months: bool) -> "pl.Series":
    import polars as pl

    return _taken_apart(pl.date_range(*LOOKED_UP, eager=True), whole_months)


def _taken_apart(dates: "pl.Series", whole_months: bool) -> "pl.Series":
    import polars as pl

    day = dates.dt.day().cast(pl.Int32)
    if whole_months:
        day = day.zip_with(dates != dates.dt.month_end(), pl.Series([31], dtype=pl.Int32))
    return dates.dt.year().cast(pl.Int32) * 384 + dates.dt.month().cast(pl.Int32) * 32 + day


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
        first, last = _day_number(dt.date.min), _day_number(dt.date.max)
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
