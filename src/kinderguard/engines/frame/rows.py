"""Cases as rows of a frame, and rows as cases: the same facts either way."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from kinderguard.engines.frame.columns import ListKinds
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.reading import extra_value
from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import as_yuan
from kinderguard.model.patterns import BLANKS
from kinderguard.model.record import Record
from kinderguard.rules.kinds import Kind, Sort


def frame_of(cases: Iterable[Case], *, extra: Mapping[str, Kind] | None = None) -> pl.DataFrame:
    """A frame with a row for every case: ``ref``, the division, every fact and every list; no personal data.

    Args:
        cases: the cases.
        extra: facts of packs by code, as ``book.frame_schema()`` has them; left out where none is given.

    Dates become text (``2012-03`` where only the month is known), amounts decimals.
    """
    kinds, own = fact_kinds(), dict(extra or {})
    schema: dict[str, Any] = {"ref": pl.String, "division_code": pl.String}
    schema |= {path: polars_type(kind) for path, kind in {**kinds.fields, **own}.items()}
    schema |= {path: pl.List(struct_type(nested)) for path, nested in kinds.lists.items()}
    return pl.DataFrame([_row(case, kinds, own) for case in cases], schema=schema, orient="row")


def polars_type(kind: Kind, *, dates: Any = pl.String) -> Any:
    """The type of a column of a kind; dates as text, which may be known only to the month, or as days."""
    codes = None if kind.codes is None else pl.Enum([c.value for c in kind.codes])
    return {
        Sort.BOOL: pl.Boolean, Sort.NUMBER: pl.Int64, Sort.MONEY: pl.Decimal(16, 2), Sort.DATE: dates,
        Sort.CODE: codes or pl.String, Sort.CODES: pl.List(codes or pl.String),
    }[kind.sort]  # fmt: skip


def struct_type(kinds: ListKinds) -> pl.Struct:
    """The type of a list's records."""
    fields = {name: polars_type(kind) for name, kind in kinds.fields.items()}
    return pl.Struct({**fields, **{name: pl.List(struct_type(nested)) for name, nested in kinds.lists.items()}})


def _row(case: Case, kinds: ListKinds, extra: Mapping[str, Kind]) -> dict[str, Any]:
    row = {"ref": case.ref, "division_code": case.division_code, **_record(case, kinds)}
    for code in extra:
        space, name = code.split(".", 1)
        row[code] = _fitting(case.extra.get(space, {}).get(name), extra[code])
    return row


def _fitting(raw: Any, kind: Kind) -> Any:
    """A pack's own fact as a column holds it; unknown where it does not fit its kind."""
    try:
        extra_value(raw, kind)
    except FieldValueError:
        return None
    if raw is None:
        return None
    if kind.sort is Sort.MONEY:
        return as_yuan(raw)
    return str(PartialDate.of(raw)) if kind.sort is Sort.DATE else raw


def _record(record: Record, kinds: ListKinds) -> dict[str, Any]:
    found = {name: _plain(_at(record, name)) for name in kinds.fields}
    for name, nested in kinds.lists.items():
        listed = _at(record, name)
        found[name] = None if listed is None else [_record(r, nested) for r in listed]
    return found


def _at(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = getattr(record, part)
    return record


def _plain(value: Any) -> Any:
    if isinstance(value, PartialDate):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def case_of(row: Mapping[str, Any], *, extra: Iterable[str] = ()) -> Case:
    """The case of one row (``frame.row(3, named=True)``): its facts and lists; other columns are left alone.

    Raises:
        InvalidRecordError: a value that the model does not take, such as an end before its beginning.
    """
    kinds = fact_kinds()
    facts = {name: _given(row[name]) for name in kinds.fields if row.get(name) is not None}
    facts |= {code: _as_json(_given(row[code])) for code in extra if row.get(code) is not None}
    for name, nested in kinds.lists.items():
        if row.get(name) is not None:
            facts[name] = [_nested(r, nested) for r in row[name]]
    if row.get("ref") is not None and str(row["ref"]).strip(BLANKS):  # a blank is none
        facts["ref"] = str(row["ref"])
    if row.get("division_code") is not None:
        facts["division_code"] = str(row["division_code"])
    return Case.from_facts(facts)


def _given(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):  # whole numbers with gaps, as pandas keeps them
        return int(value) if value == value else None
    return value


def _as_json(value: Any) -> Any:
    """A pack's own fact as a case keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return str(PartialDate.of(value)) if isinstance(value, dt.date) else value


def _nested(record: Mapping[str, Any] | None, kinds: ListKinds) -> dict[str, Any]:
    """A record with its dotted names as parts of parts."""
    found: dict[str, Any] = {}
    for name, value in (record or {}).items():
        if value is None or (name not in kinds.fields and name not in kinds.lists):
            continue
        *parents, last = name.split(".")
        place = found
        for part in parents:
            place = place.setdefault(part, {})
        place[last] = [_nested(r, kinds.lists[name]) for r in value] if name in kinds.lists else _given(value)
    return found
