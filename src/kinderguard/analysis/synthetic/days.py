"""Days as whole numbers since 1970-01-01, many at a time, by the reading that ``model/dates.py`` states."""

import datetime as dt

import numpy as np

from kinderguard.analysis.synthetic.chance import Ints

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


def calendar(days: Ints) -> tuple[Ints, Ints]:
    """Months since January 1970, and the day of the month from 1.

    >>> [int(x[0]) for x in calendar(np.array([number(dt.date(1971, 2, 28))]))]
    [13, 28]
    """
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return month, days - _first_day(month) + 1


def _first_day(month: Ints) -> Ints:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def add_months(days: Ints, months: Ints | int) -> Ints:
    """The days so many months later, or the last of a month that has no such day.

    >>> [str(day(int(d))) for d in add_months(np.array([number(dt.date(2025, 8, 31))]), 6)]
    ['2026-02-28']
    """
    month, day_of_month = calendar(days)
    month = month + months
    later: Ints = np.minimum(_first_day(month) + day_of_month, _first_day(month + 1)) - 1
    return later


def months_until(days: Ints, end: int) -> Ints:
    """Whole months from each day to ``end``, which is not before it."""
    months = calendar(np.full_like(days, end))[0] - calendar(days)[0]
    return months - (add_months(days, months) > end)


def ages(born: Ints, on: int) -> Ints:
    """Whole years of age; 29 February is reached on 1 March of a common year.

    >>> leap = np.array([number(dt.date(2008, 2, 29))])
    >>> [int(ages(leap, number(dt.date(2026, m, d)))[0]) for m, d in ((2, 28), (3, 1))]
    [17, 18]
    """
    month, day_of_month = calendar(born)
    this_month, today = calendar(np.array([on]))
    before_birthday = this_month % 12 * 32 + today < month % 12 * 32 + day_of_month
    years: Ints = this_month // 12 - month // 12 - before_birthday
    return years
