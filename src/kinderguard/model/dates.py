"""Calendar: dates that may be known only to the month or year, whole ages, whole months.

Two readings are stated here once and used by every engine:

* An age is reached on the birthday itself. Somebody born on 29 February reaches it on 1 March of a common
  year: until then the full year has not passed.
* A number of months is complete on the day with the same number, or on the last day of a month that has no
  such day (31 August + 6 months = 28 or 29 February).
"""

import calendar
import datetime as dt
import re
from functools import total_ordering
from typing import Any, final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from kinderguard.model.errors import ArgumentError, FieldValueError, NotADayError
from kinderguard.model.patterns import written
from kinderguard.model.text import Text

#: As the published schema has it: any year but 0000.
_PATTERN = (
    r"^([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
    r"(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
)
_TEXT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")


@final
@total_ordering
class PartialDate:
    """A calendar date known to the day, to the month or to the year.

    Args:
        year: four digits.
        month: 1 to 12, or None where only the year is known.
        day: or None where only the month is known.

    >>> PartialDate(2012, 3).earliest, PartialDate(2012, 3).latest
    (datetime.date(2012, 3, 1), datetime.date(2012, 3, 31))
    """

    __slots__ = ("day", "earliest", "latest", "month", "year")
    year: int
    month: int | None
    day: int | None
    earliest: dt.date
    latest: dt.date

    def __init__(self, year: int, month: int | None = None, day: int | None = None) -> None:
        if month is None and day is not None:
            raise FieldValueError("有日无月的日期", "a date with a day needs its month")
        put = object.__setattr__
        try:
            first_month, last_month = (1, 12) if month is None else (month, month)
            put(self, "earliest", dt.date(year, first_month, 1 if day is None else day))
            last = calendar.monthrange(year, last_month)[1] if day is None else day
            put(self, "latest", dt.date(year, last_month, last))
        except (ValueError, TypeError, IndexError, OverflowError):
            raise FieldValueError("日历上没有这个日期", "there is no such day in the calendar") from None
        put(self, "year", year)
        put(self, "month", month)
        put(self, "day", day)

    @classmethod
    def of(cls, value: Any) -> "PartialDate":
        """From a ``date``, a ``PartialDate``, or text ``2012-03-05``, ``2012-03`` or ``2012``.

        Raises:
            FieldValueError: where it is no such date. The text is not repeated.
        """
        if isinstance(value, PartialDate):
            return value
        if isinstance(value, dt.datetime):
            value = value.date()
        if isinstance(value, dt.date):
            return cls(value.year, value.month, value.day)
        match = _TEXT.match(value) if isinstance(value, str) else None
        if match is None:
            raise FieldValueError(
                "日期应写作 2012-03-05、2012-03 或 2012", "write the date as 2012-03-05, 2012-03 or 2012"
            )
        year, month, day = match.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @property
    def is_exact(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("A date cannot be changed; make a new one.")

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text

    def __repr__(self) -> str:
        return f"PartialDate('{self}')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartialDate) and str(self) == str(other)

    def __lt__(self, other: "PartialDate") -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return (self.earliest, self.latest) < (other.earliest, other.latest)

    def __hash__(self) -> int:
        return hash((self.year, self.month, self.day))

    def __reduce__(self) -> tuple[type, tuple[int, int | None, int | None]]:
        return PartialDate, (self.year, self.month, self.day)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.of, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json-unless-none")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return written(_PATTERN, **{"x-kind": "date known to the day, month or year"})


#: All of China keeps Beijing time; a day is the day there, wherever the machine stands.
BEIJING = dt.timezone(dt.timedelta(hours=8))


def today_in_china() -> dt.date:
    """The day it is in Beijing."""
    return dt.datetime.now(BEIJING).date()


def as_day(value: Any, name: str) -> dt.date:
    """``value`` itself where it is a day. A moment is none: in another zone it may lie on another day than in China.

    Args:
        value: what was given.
        name: the argument that it was given for.

    Raises:
        NotADayError: it is no day: a text, say, or a moment.
    """
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise NotADayError.of(name, value)


def as_day_of_assessment(value: Any, name: str) -> dt.date:
    """As ``as_day``, for the day of a question: one in a year in which there are, or may be, such rules.

    Raises:
        NotADayError: it is no day: a text, say.
        ArgumentError: it lies before 1900 or after 2199.
    """
    day = as_day(value, name)
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ArgumentError(
            Text(
                f"{name} 应在 {_YEARS[0]} 年至 {_YEARS[1]} 年之间；请核对年份。",
                f"{name} lies in the years {_YEARS[0]} to {_YEARS[1]}: check its year.",
            )
        )
    return day


#: The years of which somebody may ask; beyond them the calendar ends too soon for what rules count from the day.
_YEARS = (1900, 2199)


def age_on(birth: dt.date, day: dt.date) -> int:
    """Whole years from ``birth`` to ``day``; negative before birth.

    >>> age_on(dt.date(2008, 2, 29), dt.date(2026, 2, 28)), age_on(dt.date(2008, 2, 29), dt.date(2026, 3, 1))
    (17, 18)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_between(start: dt.date, end: dt.date) -> int:
    """Whole months from ``start`` to ``end``; the last day of a shorter month completes the month.

    >>> months_between(dt.date(2025, 8, 31), dt.date(2026, 2, 28))
    6
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end < add_months(start, months))


def add_months(day: dt.date, months: int) -> dt.date:
    """The day ``months`` later (earlier if negative), or the last day of a month that has no such day.

    >>> add_months(dt.date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
