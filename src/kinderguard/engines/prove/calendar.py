"""The calendar for the solver: a day is the whole number ``(year * 12 + month - 1) * 31 + day - 1``.

It keeps the order of days, and makes whole years and whole months quotients by constants: the same two readings as
``model/dates.py``. Only what asks for days, or moves a date, takes it apart.
"""

import calendar
import datetime as dt
from typing import Any

import attrs
import z3

from kinderguard.engines.prove.logic import (
    ONE,
    ZERO,
    Bool,
    Whole,
    at_most,
    both,
    either,
    equals,
    floor_div,
    less,
    minus,
    negated,
    pick,
    plus,
    remainder,
    scaled,
    smaller,
    total,
    whole,
)
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.model.dates import add_months, age_on, months_between

YEAR, MONTH = 372, 31
#: The calendar of Python ends here.
FIRST, LAST = dt.date.min.year, dt.date.max.year


def key_of(day: dt.date) -> int:
    """The number of a day."""
    return (day.year * 12 + day.month - 1) * MONTH + day.day - 1


def day_of(key: int) -> dt.date:
    """The day of a number; the first day there is for the zero that stands in for an end that is not there."""
    if key == 0:
        return dt.date.min
    months, day = divmod(key, MONTH)
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, day + 1)


def _key(year: Whole, month: Whole, day: Whole) -> Whole:
    return total([scaled(year, YEAR), scaled(month, MONTH), day, whole(-MONTH - 1)])


def is_leap(year: Whole) -> Bool:
    """Whether a year has a 29 February."""
    if year.value is not None:
        return calendar.isleap(year.value)
    fourth = equals(remainder(year, 4), ZERO)
    if year.least is not None and year.most is not None and year.least > 1900 and year.most < 2100:
        return fourth
    return both(fourth, either(negated(equals(remainder(year, 100), ZERO)), equals(remainder(year, 400), ZERO)))


def last_day(year: Whole, month: Whole) -> Whole:
    """The number of days of a month."""
    short = either(*(equals(month, whole(m)) for m in (4, 6, 9, 11)))
    february = pick(is_leap(year), whole(29), whole(28))
    return pick(equals(month, whole(2)), february, pick(short, whole(30), whole(31)))


@attrs.define(eq=False)
class Calendar:
    """Dates with their parts, so that a date that was made of parts is not taken apart again."""

    scratch: Scratch
    #: By the terms' ids, with the terms themselves: an id is taken anew when its term is gone.
    _parts: dict[int, tuple[Any, tuple[Whole, Whole, Whole]]] = attrs.field(factory=dict)
    _moved: dict[Any, tuple[Any, Whole, Bool]] = attrs.field(factory=dict)

    def made(self, year: Whole, month: Whole, day: Whole) -> Whole:
        """The day of three parts."""
        key = _key(year, month, day)
        if key.value is None:
            self._parts[key.term.get_id()] = (key.term, (year, month, day))
        return key

    def split(self, key: Whole) -> tuple[Whole, Whole, Whole]:
        """Year, month (1 to 12) and day."""
        if key.value is None:
            known = self._parts.get(key.term.get_id())
            if known is not None:
                return known[1]
        months = floor_div(key, MONTH)
        parts = (floor_div(months, 12), plus(remainder(months, 12), ONE), plus(remainder(key, MONTH), ONE))
        if key.value is None:
            self._parts[key.term.get_id()] = (key.term, parts)
        return parts

    def renamed(self, name: str, key: Whole) -> Whole:
        """A number that stands for a day, with the day's parts; the caller says that the two are equal."""
        found = Whole(z3.Int(name), key.least, key.most)
        self._parts[found.term.get_id()] = (found.term, self.split(key))
        return found

    # ---- lengths ------------------------------------------------------------------------------------------------

    def years(self, start: Whole, end: Whole) -> Whole:
        """Whole years."""
        if start.value is not None and end.value is not None:
            return whole(age_on(day_of(start.value), day_of(end.value)))
        return floor_div(minus(end, start), YEAR)

    def months(self, start: Whole, end: Whole) -> Whole:
        """Whole months: complete on the last day of a month that has no such day."""
        if start.value is not None and end.value is not None:
            return whole(months_between(day_of(start.value), day_of(end.value)))
        forward = self._forward(start, end)
        back = scaled(self._forward(end, start), -1)
        return pick(at_most(start, end), forward, back)

    def _forward(self, start: Whole, end: Whole) -> Whole:
        return floor_div(minus(self._completed(end), start), MONTH)

    def _completed(self, end: Whole) -> Whole:
        """The day, or as it were the 31st of the month on its last day."""
        if end.value is not None:
            day = day_of(end.value)
            last = calendar.monthrange(day.year, day.month)[1]
            return whole(end.value - day.day + 31) if day.day == last else end
        year, month, day_of_month = self.split(end)
        return pick(equals(day_of_month, last_day(year, month)), minus(plus(end, whole(31)), day_of_month), end)

    def days(self, start: Whole, end: Whole) -> Whole:
        """Days."""
        return minus(self.ordinal(end), self.ordinal(start))

    def ordinal(self, key: Whole) -> Whole:
        """The number of the day in the calendar, as Python counts it."""
        if key.value is not None:
            return whole(day_of(key.value).toordinal())
        year, month, day = self.split(key)
        before = plus(year, whole(-1))
        leap_days = total([floor_div(before, 4), scaled(floor_div(before, 100), -1), floor_div(before, 400)])
        passed = ZERO
        for number in range(12, 0, -1):
            start = whole((dt.date(2001, number, 1) - dt.date(2001, 1, 1)).days)
            passed = pick(equals(month, whole(number)), start, passed)
        after_february = pick(both(less(whole(2), month), is_leap(year)), ONE, ZERO)
        return total([scaled(before, 365), leap_days, passed, after_february, day])

    # ---- moving -------------------------------------------------------------------------------------------------

    def months_later(self, key: Whole, count: Whole) -> tuple[Whole, Bool]:
        """The day some months later, and whether the calendar has it."""
        if key.value is not None and count.value is not None:
            try:
                return whole(key_of(add_months(day_of(key.value), count.value))), True
            except (OverflowError, ValueError):
                return key, False
        year, month, day = self.split(key)
        months = total([scaled(year, 12), month, whole(-1), count])
        year, month = floor_div(months, 12), plus(remainder(months, 12), ONE)
        inside = both(at_most(whole(FIRST), year), at_most(year, whole(LAST)))
        year = pick(inside, year, whole(2000))
        return self.made(year, month, smaller(day, last_day(year, month))), inside

    def days_later(self, key: Whole, count: Whole) -> tuple[Whole, Bool]:
        """The day some days later, and whether the calendar has it."""
        if key.value is not None and count.value is not None:
            try:
                return whole(key_of(day_of(key.value) + dt.timedelta(days=count.value))), True
            except OverflowError:
                return key, False
        if count.value is not None and abs(count.value) <= 28:
            return self._few_days_later(key, count.value)
        memo = (
            key.value or key.term.get_id(),
            count.value or count.term.get_id(),
            key.value is None,
            count.value is None,
        )
        if memo not in self._moved:
            self._moved[memo] = ((key, count), *self._by_ordinals(key, count))
        return self._moved[memo][1:]

    def _few_days_later(self, key: Whole, count: int) -> tuple[Whole, Bool]:
        """Within this month or one beside it: most rules move a date by a day."""
        year, month, day = self.split(key)
        moved = plus(day, whole(count))
        if count >= 0:
            last = last_day(year, month)
            stays, end = at_most(moved, last), equals(month, whole(12))
            beside = (pick(end, plus(year, ONE), year), pick(end, ONE, plus(month, ONE)), minus(moved, last))
            inside = either(stays, less(beside[0], whole(LAST + 1)))
        else:
            stays, end = at_most(ONE, moved), equals(month, ONE)
            before = (pick(end, plus(year, whole(-1)), year), pick(end, whole(12), plus(month, whole(-1))))
            beside = (*before, plus(moved, last_day(*before)))
            inside = either(stays, less(whole(FIRST - 1), beside[0]))
        here = self.made(year, month, moved)
        found = pick(stays, here, self.made(*beside))
        if found.value is None:
            parts = [pick(stays, a, b) for a, b in zip((year, month, moved), beside, strict=True)]
            self._parts[found.term.get_id()] = (found.term, (parts[0], parts[1], parts[2]))
        return found, inside

    def _by_ordinals(self, key: Whole, count: Whole) -> tuple[Whole, Bool]:
        wanted = plus(self.ordinal(key), count)
        inside = both(at_most(ONE, wanted), at_most(wanted, whole(dt.date.max.toordinal())))
        found = self.day("moved", FIRST, LAST)
        self.scratch.constraints.append(either(negated(inside), equals(self.ordinal(found), wanted)))
        return found, inside

    def day(self, name: str, first: int, last: int) -> Whole:
        """A new day of these years."""
        number = self.scratch.number
        year, month, day = number(f"{name}.y", first, last), number(f"{name}.m", 1, 12), number(f"{name}.d", 1, 31)
        self.scratch.constraints.append(at_most(day, last_day(year, month)))
        return self.made(year, month, day)
