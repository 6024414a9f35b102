"""Kinds of value that an expression can have, and how each is written in JSON."""

import datetime as dt
from enum import StrEnum
from fractions import Fraction
from typing import Any

import attrs

from kinderguard.model import codes as model_codes
from kinderguard.model.codes import Code

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
        if self.sort is Sort.NUMBER:
            return f"a number of {self.unit}" if self.unit else "a number"
        if self.codes is not None:
            return f"{'a' if self.sort is Sort.CODE else 'several'} {self.codes.__name__}"
        names = {"bool": "a condition", "money": "money", "date": "a date", "code": "a code", "codes": "several codes"}
        return names[self.sort.value]

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
        return exact(Fraction(value))
    return value


def exact(value: int | Fraction) -> int | Fraction:
    """A ratio as a whole number where it is one."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value
