"""What is known in a case, fact by fact: the paths that ``Case.from_facts`` takes, and the values that are there.

Called by the survey to put the rows of one child beside each other. It judges nothing and changes nothing.
"""

import datetime as dt
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.model.personal import Personal
from kinderguard.model.places import DivisionCode
from kinderguard.model.record import PastDate, Record

#: The row's own number says nothing about the child.
_NOT_FACTS = frozenset({"ref", "extra"})


@cache
def _fields(model: type[Record]) -> tuple[tuple[str, Record | None], ...]:
    """Each field of a model, with what it is where nothing is known of a part."""
    return tuple(
        (name, field.default if isinstance(field.default, Record) else None)
        for name, field in model.model_fields.items()
    )


def facts_of(case: Case) -> dict[str, Any]:
    """The known facts of a case by path; a list stands whole under its own path, a pack's fact under its code."""
    found: dict[str, Any] = {}
    for name, part in _fields(Case):
        if name in _NOT_FACTS:
            continue
        value = getattr(case, name)
        if part is not None:
            _collect(value, part, name, found)
        elif value is not None:
            found[name] = value
    for space, own in case.extra.items():
        for name, value in own.items():
            if value is not None:
                found[f"{space}.{name}"] = value
    return found


def _collect(record: Record, nothing: Record, path: str, found: dict[str, Any]) -> None:
    if record is nothing:
        return
    for name, part in _fields(type(record)):
        value = getattr(record, name)
        if part is not None:
            _collect(value, part, f"{path}.{name}", found)
        elif value is not None:
            found[f"{path}.{name}"] = value


@cache
def fact_paths() -> frozenset[str]:
    """Every path of a fact, packs' own facts aside, with the paths of the parts and lists that hold them."""
    return frozenset(_paths(Case, ""))


def _paths(model: type[Record], before: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if not before and name in _NOT_FACTS:
            continue
        path = f"{before}{name}"
        yield path
        inner = type(field.default) if isinstance(field.default, Record) else _record_in(field.annotation)
        if inner is not None:
            yield from _paths(inner, f"{path}.")


def _record_in(annotation: Any) -> type[Record] | None:
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, Record) else None
    return next((found for inner in typing.get_args(annotation) if (found := _record_in(inner)) is not None), None)


@cache
def is_division(path: str) -> bool:
    """Whether a fact is a division code, of which one may be finer than another."""
    model: type[Record] = Case
    *parts, last = path.split(".")
    for part in parts:
        field = model.model_fields.get(part)
        if field is None or not isinstance(field.default, Record):
            return False
        model = type(field.default)
    field = model.model_fields.get(last)
    if field is None:
        return False
    wanted = typing.get_args(DivisionCode)[1:]
    return any(check in wanted for check in _metadata(field.annotation, field.metadata))


def happened_after(case: Case, day: dt.date) -> tuple[str, ...]:
    """The facts of a case, by path, that lie after a day though they can only have happened: a birth, a visit.

    A month or a year that holds the day itself does not lie after it. Nothing is said of packs' own facts.

    >>> case = Case.from_facts({"child.birth_date": "2015-03-05", "child.care.last_visit": "2025-09-02"})
    >>> happened_after(case, dt.date(2025, 9, 1))
    ('child.care.last_visit',)
    """
    return tuple(dict.fromkeys(_after(case, day, "")))


def _after(record: Record, day: dt.date, before: str) -> Iterator[str]:
    for name, nothing, is_past in _dated(type(record)):
        value = getattr(record, name)
        if value is None or value is nothing:
            continue
        if is_past:
            if typing.cast(PartialDate, value).earliest > day:
                yield before + name
        elif isinstance(value, Record):
            yield from _after(value, day, f"{before}{name}.")
        else:
            for each in value:
                yield from _after(each, day, f"{before}{name}.")


@cache
def _dated(model: type[Record]) -> tuple[tuple[str, Record | None, bool], ...]:
    """The fields of a record that are or hold a date of something past, with what each is where nothing is known."""
    wanted = typing.get_args(PastDate)[1:]
    found = []
    for name, field in model.model_fields.items():
        is_past = any(check in wanted for check in _metadata(field.annotation, field.metadata))
        inner = type(field.default) if isinstance(field.default, Record) else _record_in(field.annotation)
        if is_past or (inner is not None and _dated(inner)):
            found.append((name, field.default if isinstance(field.default, Record) else None, is_past))
    return tuple(found)


def _metadata(annotation: Any, own: list[Any]) -> Iterator[Any]:
    yield from own
    if typing.get_origin(annotation) is typing.Annotated:
        yield from typing.get_args(annotation)[1:]
    for inner in typing.get_args(annotation):
        yield from _metadata(inner, [])


def shown(path: str, value: Any) -> str:
    """A value as a ``repr`` may show it: nothing personal, and of a pack's own fact nothing at all."""
    return str(Personal("")) if path[:1].isdigit() or isinstance(value, Personal) else repr(value)
