"""What is said before a table is assessed: facts without a column, and records that belong to nobody."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from kinderguard.engines.frame.inputs import RecordTable, alike
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.packs.frame_schema import list_of

if TYPE_CHECKING:
    from kinderguard.packs.frames import PlaceRules


class MissingColumnsWarning(UserWarning):
    """Facts that rules read and the frame has no column for: unknown in every row."""


class OrphanedRecordsWarning(UserWarning):
    """Records whose key belongs to no child of the frame."""


def warn(table: pl.DataFrame, tables: Sequence[RecordTable], places: "Iterable[PlaceRules]") -> None:
    """Say at once which facts have no column and which rules read them; and which records belong to nobody."""
    there, schema = set(table.columns), table.schema
    read: dict[str, dict[str, None]] = {}
    for rules in {p.group: p for p in places}.values():
        for path, owners in rules.overlay.readers.items():
            if path not in rules.rules.providers:  # what a provider gives needs no column
                read.setdefault(path, {}).update(dict.fromkeys(owners))
    lacking = {path: owners for path, owners in read.items() if not _has_column(path, there, schema, tables)}
    # A list that is not there is told once, not field by field.
    lacking = {path: owners for path, owners in lacking.items() if list_of(path)[0] not in lacking}
    if lacking:
        lines = [f"  {path}: read by {', '.join(owners)}" for path, owners in sorted(lacking.items())]
        warnings.warn(
            f"The frame has no column for {len(lacking)} facts that rules read; each is unknown in every row:\n"
            + "\n".join(lines),
            MissingColumnsWarning,
            stacklevel=5,
        )
    for given in tables:
        if not len(table) or not any(path == given.path or path.startswith(given.path + ".") for path in read):
            continue  # no rule asks for them, so that nobody's are missed
        keys, theirs = alike(table[given.key], given.frame[given.key])
        known = pl.DataFrame([keys.unique().alias("key")])
        lost = len(pl.DataFrame([theirs.alias("key")]).join(known, on="key", how="anti"))
        if lost:
            warnings.warn(
                f"{lost} of {len(given.frame)} rows of {given.path} have a {given.key} that no child has; they are left out.",
                OrphanedRecordsWarning,
                stacklevel=5,
            )


def _has_column(path: str, there: set[str], schema: Mapping[str, Any], tables: Sequence[RecordTable]) -> bool:
    of, _ = list_of(path)
    if not of:
        return path in there or any(t.path == path for t in tables)
    fields = _fields_of(of, schema, tables)
    return fields is None or path[len(of) + 1 :] in fields


def _fields_of(of: str, schema: Mapping[str, Any], tables: Sequence[RecordTable]) -> Mapping[str, Any] | None:
    """The fields of a list's records; None where it holds no record, or is not there, which is told by itself."""
    table = next((t for t in tables if t.path == of), None)
    if table is not None:
        return table.frame.schema
    outer = next((path for path in fact_kinds().lists if of.startswith(f"{path}.")), None)
    around = schema if outer is None else _fields_of(outer, schema, tables) or {}
    dtype = around.get(of if outer is None else of[len(outer) + 1 :])
    inner = dtype.inner if isinstance(dtype, pl.List) else None
    return {field.name: field.dtype for field in inner.fields} if isinstance(inner, pl.Struct) else None
