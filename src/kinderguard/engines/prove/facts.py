"""The facts of a child as the solver reads them: all of them free, those of one case, or a case with its gaps free.

A path names a record of a list by its place (``father.situations[0].since``). Derived facts are computed here from what
they come from, as the model does.
"""

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any, get_args

import attrs

from kinderguard.engines.prove.calendar import key_of
from kinderguard.engines.prove.logic import Bool, both, either, is_same, pick, plus, whole
from kinderguard.engines.prove.spans import (
    UNKNOWN,
    Choice,
    Several,
    Span,
    Truth,
    Value,
    number,
    point,
)
from kinderguard.engines.ranges import bounds
from kinderguard.engines.reading import engine_value, extra_value
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError
from kinderguard.model.record import PastDate, Record
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.titles import record_of

ELSEWHERE = "child.lives_in_another_county"
_HOME, _HERE = "child.registration.division", "child.residence.division"
_TEXT = Kind(Sort.CODE)


@attrs.frozen(eq=False)
class Listed:
    """A list: whether it is known, and for each place whether there is a record in it."""

    known: Bool
    taken: tuple[Bool, ...]


class Facts(ABC):
    """Where the meaning of a fact comes from."""

    @abstractmethod
    def value(self, path: str, kind: Kind) -> Value:
        """What a rule reads at a path."""

    @abstractmethod
    def listed(self, path: str) -> Listed:
        """The list at a path."""


def lifted(value: Any, kind: Kind) -> Value:
    """A value of the reference engine as the solver's; it has no unknown in it."""
    match kind.sort:
        case Sort.BOOL:
            return UNKNOWN if value is None else Truth(value, not value)
        case Sort.CODE:
            return Choice({} if value is None else {str(value): True})
        case Sort.CODES:
            return Several(value is not None, {str(code): True for code in value or ()})
    low, high = (key_of(e) if isinstance(e, dt.date) else e for e in bounds(value))
    if low is not None and low == high:
        return number(low)
    ends = [Fraction(0 if e is None else e) for e in (low, high)]
    denominator = ends[0].denominator * ends[1].denominator
    a, b = (whole(int(e * denominator)) for e in ends)
    return Span(a, b, low is not None, high is not None, denominator)


def parts_of(path: str) -> list[str | int]:
    """``father.situations[0].since`` as ``["father", "situations", 0, "since"]``."""
    return [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]


def plain(path: str) -> str:
    """A path without the places of records."""
    return re.sub(r"\[\d+\]", "", path)


def raw_at(case: Case, path: str) -> Any:
    """What a case holds at a path; None where it is unknown."""
    if path[:1].isdigit():
        space, name = path.split(".", 1)
        return case.extra.get(space, {}).get(name)
    value: Any = case
    for part in parts_of(path):
        value = value[part] if isinstance(part, int) else getattr(value, part)
    return value


@cache
def owner_of(path: str) -> type[Record]:
    """The model that a fact's last part belongs to."""
    return record_of(path.rpartition(".")[0])


@cache
def is_past(path: str) -> bool:
    """Whether the model refuses a date in the future there."""
    owner, name = owner_of(path), path.rpartition(".")[2]
    field = owner.model_fields.get(name)
    return field is not None and PastDate in get_args(field.annotation)


def divisions_of(facts: Facts) -> tuple[Choice, Choice]:
    """The divisions of registration and of residence."""
    home, here = (facts.value(path, _TEXT) for path in (_HOME, _HERE))
    assert isinstance(home, Choice)
    assert isinstance(here, Choice)
    return home, here


def elsewhere(home: Choice, here: Choice) -> Truth:
    """Whether two divisions are in different counties (first six digits); unknown where either is less exact."""
    pairs = [(a, b, both(x, y)) for a, x in home.held.items() for b, y in here.held.items() if min(len(a), len(b)) >= 6]
    return Truth(
        either(*(c for a, b, c in pairs if a[:6] != b[:6])), either(*(c for a, b, c in pairs if a[:6] == b[:6]))
    )


def stated_at(case: Case, path: str) -> Any:
    """What a case holds at a path; None where it is unknown, or where its record is not there."""
    try:
        return raw_at(case, path)
    except (IndexError, TypeError):
        return None


def fits(raw: Any, kind: Kind) -> bool:
    """Whether a pack's own fact is of the kind that the pack declared."""
    try:
        extra_value(raw, kind)
    except FieldValueError:
        return False
    return True


class Stated(Facts):
    """The facts of one case: constants."""

    def __init__(self, case: Case, provided: Mapping[str, Any] | None = None) -> None:
        self.case, self.provided = case, provided or {}

    def value(self, path: str, kind: Kind) -> Value:
        """What a rule reads at a path."""
        return lifted(self.engine_value(path, kind), kind)

    def engine_value(self, path: str, kind: Kind) -> Any:
        """The same as the reference engine has it."""
        if path[:1].isdigit():
            raw = stated_at(self.case, path)
            try:
                return extra_value(self.provided.get(path) if raw is None else raw, kind)
            except FieldValueError:
                return extra_value(None, kind)
        return engine_value(stated_at(self.case, path), kind)

    def listed(self, path: str) -> Listed:
        """The list at a path."""
        records = stated_at(self.case, path)
        return Listed(records is not None, (True,) * len(records or ()))


class Moved(Facts):
    """The same facts, with one amount higher by so much."""

    def __init__(self, base: Facts, path: str, by: int) -> None:
        self.base, self.path, self.by = base, path, whole(by)

    def value(self, path: str, kind: Kind) -> Value:
        """What a rule reads at a path."""
        found = self.base.value(path, kind)
        if path != self.path:
            return found
        assert isinstance(found, Span)
        moved = plus(found.high, self.by)
        if is_same(found.low, found.high):
            return point(moved)
        return Span(pick(found.has_high, moved, found.low), moved, found.has_low, found.has_high)

    def listed(self, path: str) -> Listed:
        """The list at a path."""
        return self.base.listed(path)


class Otherwise(Facts):
    """The same facts, with those at and below one path (places left out) from elsewhere."""

    def __init__(self, base: Facts, path: str, other: Facts) -> None:
        self.base, self.path, self.other = base, path, other

    def at(self, path: str) -> Facts:
        """Where the facts at a path are from."""
        found = plain(path)
        return self.other if found == self.path or found.startswith(self.path + ".") else self.base

    def value(self, path: str, kind: Kind) -> Value:
        """What a rule reads at a path."""
        if path == ELSEWHERE:
            return elsewhere(*divisions_of(self))
        return self.at(path).value(path, kind)

    def listed(self, path: str) -> Listed:
        """The list at a path."""
        return self.at(path).listed(path)
