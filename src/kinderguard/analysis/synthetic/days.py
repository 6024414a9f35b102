"""Days as whole numbers since 1970-01-01, many at a time, by the reading that ``model/dates.py`` states."""

import datetime as dt

import numpy as np

from kinderguard.analysis.synthetic.chance import Flags, Ints

#: Stands for a day that is not known.
UNKNOWN = -(1 << 31)

_EPOCH = dt.date(1970, 1, 1)


def number(day: dt.date) -> int:
    """The number of a day.

    >>> number(dt.date(1970, 2, 1))
    31
    """
    return (day - _EPOCH).days


def day(of: int) -> dt.date:
    """The day of a number."""
    return _EPOCH + dt.timedelta(days=of)


def add_months(days: Ints, months: Ints | int) -> Ints:
    """The days so many months later, or the last of a month that has no such day.

    >>> [str(day(int(d))) for d in add_months(np.array([number(dt.date(2025, 8, 31))]), 6)]
    ['2026-02-28']
    """
    dates = days.astype("datetime64[D]")
    months_of = dates.astype("datetime64[M]")
    day_of_month = (dates - months_of.astype("datetime64[D]")).astype(np.int64)
    month = months_of.astype(np.int64) + months
    first, after = _first_day(month), _first_day(month + 1)
    return np.minimum(first + day_of_month, after - 1)


def _first_day(month: Ints) -> Ints:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def months_until(days: Ints, end: Ints | int) -> Ints:
    """Whole months from each day to ``end``, which is not before it."""
    start = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    last = np.asarray(end, dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    months = last - start
    return months - (add_months(days, months) > end)


def ages(born: Ints, on: Ints | int) -> Ints:
    """Whole years of age; 29 February is reached on 1 March of a common year.

    >>> leap = np.array([number(dt.date(2008, 2, 29))])
    >>> [int(ages(leap, number(dt.date(2026, m, d)))[0]) for m, d in ((2, 28), (3, 1))]
    [17, 18]
    """
    birth_year, birth_day = _year_and_day(born)
    year, today = _year_and_day(np.asarray(on, dtype=np.int64))
    return year - birth_year - (today < birth_day)


def _year_and_day(days: Ints) -> tuple[Ints, Ints]:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    day_of_month = (dates - months.astype("datetime64[D]")).astype(np.int64)
    return 1970 + month // 12, (month % 12) * 32 + day_of_month


def is_known(days: Ints) -> Flags:
    """Whether each day is known."""
    return days != UNKNOWN
