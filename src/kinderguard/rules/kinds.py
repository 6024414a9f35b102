"""Kinds of value that an expression can have, and how each is written in JSON."""

import datetime as dt
import re
from enum import StrEnum
from fractions import Fraction
from typing import Any

import attrs

from kinderguard.model import codes as model_codes
from kinderguard.model.codes import Code
from kinderguard.model.text import Text

#: Every code list by its class name: what canonical JSON calls it.
CODE_LISTS: dict[str, type[Code]] = {
    name: value
    for name, value in vars(model_codes).items()
    if isinstance(value, type) and issubclass(value, Code) and value is not Code
}


class Sort(StrEnum):
    """What sort of value an expression gives."""

    BOOL = "bool"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CODE = "code"
    CODES = "codes"


@attrs.frozen
class Kind:
    """A sort of value with what belongs to it: the unit of a number, the list of a code."""

    sort: Sort
    unit: str = ""
    codes: type[Code] | None = None

    def __str__(self) -> str:
        return self.text.en

    @property
    def text(self) -> Text:
        """What errors call it."""
        if self.sort is Sort.NUMBER:
            unit = _UNITS.get(self.unit, self.unit)
            return Text(f"以{unit}计的数", f"a number of {self.unit}") if self.unit else Text("数", "a number")
        if self.codes is not None:
            name, one = self.codes.__name__, self.sort is Sort.CODE
            return Text(f"{'一个' if one else '若干'} {name} 代码", f"{'a' if one else 'several'} {name}")
        return _NAMES[self.sort]

    @property
    def is_ordered(self) -> bool:
        """Whether values can be compared with ``<`` and may be known within bounds."""
        return self.sort in (Sort.NUMBER, Sort.MONEY, Sort.DATE)

    def to_json(self) -> str:
        """``money``, ``number:persons``, ``code:Sex`` …"""
        tail = self.codes.__name__ if self.codes else self.unit
        return f"{self.sort.value}:{tail}" if tail else self.sort.value

    @classmethod
    def from_json(cls, text: str) -> "Kind":
        """The kind that ``to_json`` wrote."""
        sort, _, tail = text.partition(":")
        if sort in ("code", "codes"):
            return cls(Sort(sort), codes=CODE_LISTS[tail] if tail else None)
        return cls(Sort(sort), unit=tail)


_UNITS = {"years": "岁", "months": "个月", "days": "天", "persons": "人"}
_NAMES = {
    Sort.BOOL: Text("条件", "a condition"),
    Sort.MONEY: Text("金额", "money"),
    Sort.DATE: Text("日期", "a date"),
    Sort.CODE: Text("一个代码", "a code"),
    Sort.CODES: Text("若干代码", "several codes"),
}

BOOL = Kind(Sort.BOOL)
MONEY = Kind(Sort.MONEY)
DATE = Kind(Sort.DATE)
NUMBER = Kind(Sort.NUMBER)
YEARS = Kind(Sort.NUMBER, "years")
MONTHS = Kind(Sort.NUMBER, "months")
DAYS = Kind(Sort.NUMBER, "days")
PERSONS = Kind(Sort.NUMBER, "persons")


def value_to_json(value: Any) -> Any:
    """A constant as JSON: ratios as ``"3/2"``, dates as text, money as whole fen."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def value_from_json(value: Any, kind: Kind) -> Any:
    """The constant that ``value_to_json`` wrote."""
    if value is None:
        return None
    if kind.sort is Sort.DATE:
        return dt.date.fromisoformat(value)
    if kind.sort in (Sort.NUMBER, Sort.MONEY):
        return exact(as_ratio(value) if isinstance(value, str) else Fraction(value))
    return value


_RATIO = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[0-9]+)?")


def as_ratio(text: str) -> Fraction:
    """A number that somebody wrote: ``3``, ``1.5`` or ``3/2``. Not ``1e9``: a few letters more would fill the memory.

    Raises:
        ValueError: it is none, has more digits than can be read, or divides by zero.
    """
    if not _RATIO.fullmatch(text):
        raise ValueError("no number")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError("divides by zero") from None


def exact(value: int | Fraction) -> int | Fraction:
    """A ratio as a whole number where it is one."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
