"""Values of an unknown fact that the search for missing facts tries: few, and such that whatever a rule asks of the fact is
met by some of them and missed by others.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from kinderguard.engines.blame import is_unknown
from kinderguard.engines.dependents import Dependents, inner_steps
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import bounds, months_later
from kinderguard.model.codes import Code
from kinderguard.model.dates import PartialDate, add_months
from kinderguard.model.money import yuan
from kinderguard.model.record import Record
from kinderguard.rules import facts as handles
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort


def fact_tries(kind: Kind, value: Any, thresholds: Callable[[], set[tuple[Any, str]]], day: dt.date) -> Iterator[Any]:
    """Values of an unknown fact to try: each code, or numbers and days about what it is compared with.

    Args:
        kind: of the fact.
        value: what is known of it (its bounds, or None).
        thresholds: gives what it, or a length of time from it, is compared with: (value, unit).
        day: of the assessment.
    """
    match kind.sort:
        case Sort.BOOL:
            yield from (True, False)
        case Sort.CODE:
            yield from tuple(kind.codes) if kind.codes else ("", "?")
        case Sort.CODES:
            yield ()
            yield from ((c,) for c in kind.codes or ())
        case _:
            low, high = bounds(value)
            about = thresholds()
            wanted = _dates(about, day, low, high) if kind.sort is Sort.DATE else _numbers(about)
            inside = sorted({x for x in wanted if (low is None or x >= low) and (high is None or x <= high)})
            yield from inside if len(inside) <= 16 else inside[:: -(-len(inside) // 16)]


def compared_with(dependents: Dependents, trace: Sequence[Any], step: Step) -> set[tuple[Any, str]]:
    """What a fact, or a length of time from it, is compared with: (value, unit).

    Args:
        dependents: of the plan.
        trace: what is known of the child.
        step: that of the fact.
    """
    found = set()
    near = {step.index, *dependents.cone(step.index)}
    for index, comparison in dependents.comparisons.items():
        if index in near:
            for side, other in (comparison.inputs, comparison.inputs[::-1]):
                value = trace[other.index]
                if side.index in near and not is_unknown(value):
                    found.add((value, side.node.kind.unit or side.node.kind.sort.value))
    return found


def _numbers(thresholds: set[tuple[Any, str]]) -> Iterator[int]:
    yield from (0, 1, 100, 10**9)
    for value, unit in thresholds:
        if unit != "date" and value.__class__ is not bool:
            whole = int(value)
            yield from (max(0, whole - 1), whole, whole + 1)


def _dates(thresholds: set[tuple[Any, str]], day: dt.date, low: Any, high: Any) -> Iterator[dt.date]:
    one = dt.timedelta(days=1)
    yield from (d for d in (low, high) if d is not None)
    yield from (add_months(day, -12 * years) for years in (0, 1, 10, 40))
    if high is None:
        yield add_months(day, 12)
    for value, unit in thresholds:
        if unit == "date":
            yield from (value - one, value, value + one)
        elif unit in ("years", "months", "days"):
            back = (
                day - int(value) * one
                if unit == "days"
                else months_later(day, -int(value) * (12 if unit == "years" else 1))
            )
            if isinstance(back, dt.date):
                yield from (back - one, back, back + one)


def _model_of(path: str) -> tuple[type[Record], type[handles.Handle]]:
    """The model and the handle of the records of a list, by its index-free path."""
    root, _, rest = path.partition(".")
    current: Any = handles.ROOTS[root] if root in handles.ROOTS else handles.LISTS[root]
    for part in rest.split(".") if rest else ():
        current = getattr(current.handle() if hasattr(current, "handle") else current, part)
    return current.handle.model, current.handle


def _kinds(handle: type[handles.Handle]) -> dict[str, Kind]:
    """The facts of a record that are values: their kinds."""
    kinds = {name: handles.field_kind(handle.model, name) for name in handle.fact_names()}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _model_tries(kind: Kind, day: dt.date) -> tuple[Any, ...]:
    """Values of a record's fact to try, as the model holds them."""
    match kind.sort:
        case Sort.BOOL:
            return (True, False)
        case Sort.MONEY:
            return tuple(yuan(x) for x in (0, 50_000, 10**9))
        case Sort.NUMBER:
            return (0, 3, 6, 60, 1000)
        case Sort.DATE:
            return tuple(PartialDate.of(add_months(day, m)) for m in (-120, -12, -6, -3, 0, 12))
        case Sort.CODE:
            return tuple(kind.codes) if kind.codes else ()
        case Sort.CODES:
            return ((), *((c,) for c in kind.codes or ()))


def record_tries(step: Step, where: tuple[Any, ...], day: dt.date) -> Iterator[Any]:
    """Values to try of one fact of a record; ``where`` is (index, field, …, field)."""
    assert isinstance(step.node, n.Collection)
    path = ".".join([step.node.path, *(p for p in where if isinstance(p, str))])
    parent, _, name = path.rpartition(".")
    try:
        _, handle = _model_of(parent)
    except AttributeError:
        # A part of a record, such as members.disability.grade.
        owner, _, part = parent.rpartition(".")
        handle = type(getattr(_model_of(owner)[1](), part))
    kind = _kinds(handle).get(name)
    if kind is not None:
        yield from _model_tries(kind, day)
    elif name in handle.fact_names():
        yield from list_tries(path, day)
    else:
        # Text, such as the policy of help received: what the rule asks for, and something else.
        asked = (s.node for s in inner_steps(step) if isinstance(s.node, n.IsIn))
        yield from sorted({code for m in asked if getattr(m.arg, "path", None) == name for code in m.codes})
        yield "-"


@lru_cache(maxsize=256)
def list_tries(path: str, day: dt.date) -> tuple[tuple[Any, ...], ...]:
    """Lists to try: none, and one record of each kind, with its other facts in two extremes."""
    return tuple(_lists(path, day))


def _lists(path: str, day: dt.date) -> Iterator[tuple[Any, ...]]:
    model, handle = _model_of(path)
    kinds = _kinds(handle)
    coded = [(name, code) for name, kind in kinds.items() if kind.sort is Sort.CODE for code in kind.codes or ()]
    yield ()
    tries: list[tuple[str | None, Code | None]] = [*coded] or [(None, None)]
    for name, code in tries:
        record = {k: _typical(kind, day) for k, kind in kinds.items()}
        if "until" in record:
            record["until"] = None
        for flag in (True,) if coded and len(coded) > 6 else (True, False):
            values = record | {k: flag for k, kind in kinds.items() if kind.sort is Sort.BOOL}
            if name is not None:
                values[name] = code
            yield (model.model_construct(**{k: x for k, x in values.items() if x is not None}),)


def _typical(kind: Kind, day: dt.date) -> Any:
    match kind.sort:
        case Sort.DATE:
            return PartialDate.of(add_months(day, -11))
        case Sort.NUMBER:
            return 60
        case Sort.MONEY:
            return yuan(100_000)
        case Sort.CODES:
            return tuple(kind.codes)[:1] if kind.codes else ()
        case _:
            return None


def with_value(records: tuple[Any, ...] | None, where: tuple[Any, ...], value: Any) -> Any:
    """The records with one fact of one of them replaced; ``where`` is (index, field, …, field)."""
    if records is None:
        return None
    index, *rest = where
    if index >= len(records):
        return records
    return (*records[:index], _replaced(records[index], rest, value), *records[index + 1 :])


def _replaced(record: BaseModel, path: list[Any], value: Any) -> BaseModel:
    name, *rest = path
    if not rest:
        new = value
    elif isinstance(rest[0], int):
        new = with_value(getattr(record, name), tuple(rest), value)
    else:
        new = _replaced(getattr(record, name), rest, value)
    # Pydantic's own copy does not validate: these records live only while the question is asked.
    copied: BaseModel = BaseModel.model_copy(record, update={name: new})
    return copied
