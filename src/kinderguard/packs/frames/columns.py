"""What is wrong with the columns of a table before any cell is looked at: names and types, all in one error.

The engine stops at the first kind of mistake; whoever mends a table is told of the next one in the same breath.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

import attrs
import polars as pl

from kinderguard.engines.frame.columns import DIVISION_COLUMNS, FrameColumnError, ListKinds, read_columns
from kinderguard.engines.frame.inputs import PERSONAL, RecordTable, layout_of
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text, join, same
from kinderguard.packs.frames.tables import KEYS
from kinderguard.packs.frames.warnings import likely_path
from kinderguard.rules.kinds import Kind, Sort

#: How many columns an error names of those that resemble no fact.
SHOWN = 8


def refuse_columns(
    schema: Mapping[str, Any],
    tables: Iterable[RecordTable],
    extra: Mapping[str, Kind],
    read: Callable[[], Container[str]],
) -> None:
    """Refuse misspelt columns, lists given twice, and columns of a type that no fact of their kind can have.

    Args:
        schema: the children's columns.
        tables: records in tables of their own.
        extra: the facts that packs declare, by code.
        read: gives the columns that rules read; a column that no rule reads may be of any type. Asked only where a type
            is wrong.

    Raises:
        FrameColumnError: with one entry a column.
    """
    names, there, left = _wrong_names(dict(schema), list(tables), extra)
    kinds = fact_kinds()
    fields = {**dict.fromkeys(DIVISION_COLUMNS, Kind(Sort.CODE)), **kinds.fields, **extra}
    types = list(_wrong_types(there, ListKinds(fields, kinds.lists), ""))
    for table in left:
        types += _wrong_types(table.frame.schema, kinds.lists[table.path], f"{table.path}.")
    if types:
        asked = read()
        types = [p for p in types if p.where in asked]
    if names or types:
        raise FrameColumnError((*names, *types))


def refuse_strangers(columns: Iterable[str], lists: Iterable[str], own: Mapping[str, Text]) -> None:
    """Refuse a table none of whose columns is a fact, so that every row would be nothing but unknown.

    A table of keys and divisions alone has nothing to rename, and is let through.

    Args:
        columns: the children's columns.
        lists: the lists that stand in tables of their own.
        own: the titles of the facts that packs declare, by code.

    Raises:
        FrameColumnError: with the path that each column should have, where its title tells.
    """
    names = list(columns)
    kinds = fact_kinds()
    known = {*kinds.fields, *kinds.lists, *own}
    strange = [name for name in names if name not in {*known, *KEYS, *DIVISION_COLUMNS, *PERSONAL}]
    if not strange or known.intersection(names) or any(True for _ in lists):
        return
    paths = {name: path for name in strange if (path := likely_path(name, own)) is not None}
    rest = [name for name in strange if name not in paths]
    lines = [_proposal(name, path) for name, path in paths.items()]
    if rest:
        more = Text(f"，等 {len(rest)} 列", f" and {len(rest) - SHOWN} more") if len(rest) > SHOWN else same("")
        shown = join([same(repr(name)) for name in rest[:SHOWN]]) + more
        lines.append(Text(f"  与已知事实都不相近：{shown.zh}", f"  like no fact that is known: {shown.en}"))
    listed = join(lines, "\n", "\n")
    raise FrameColumnError(
        (
            Problem(
                "frame.no_facts",
                Text(
                    f"表中没有一列的列名是事实的路径，每一行都只会是未知。请改列名；book.frame_schema() 列出全部路径：\n{listed.zh}",
                    "No column of the table is named by a fact's path, so that every row would be unknown. Rename the columns; "
                    f"book.frame_schema() names all paths:\n{listed.en}",
                ),
            ),
        )
    )


def _proposal(name: str, path: str) -> Text:
    records = path in fact_kinds().lists
    return Text(
        f"  {name} → {path}" + ("（记录的列表，或用 members= 给出）" if records else ""),
        f"  {name} → {path}" + (" (a list of records, or a table of them in members=)" if records else ""),
    )


def _wrong_names(
    schema: dict[str, Any], tables: list[RecordTable], extra: Mapping[str, Kind]
) -> tuple[list[Problem], dict[str, Any], list[RecordTable]]:
    """What the engine refuses of the names and lists, and what is left without it."""
    found: list[Problem] = []
    while True:
        try:
            layout_of(schema, tables, extra)
        except FrameColumnError as error:
            found += error.problems
            columns = len(schema), sum(t.frame.width for t in tables)
            wrong = [p.where for p in error.problems if p.where]
            if not wrong:  # a list given twice
                tables = [t for t in tables if t.path not in schema]
            schema = {name: dtype for name, dtype in schema.items() if not _names(wrong, name)}
            tables = [_without(table, wrong) for table in tables]
            if columns == (len(schema), sum(t.frame.width for t in tables)):
                return found, {}, []
        else:
            return found, schema, tables


def _names(wrong: Iterable[str], column: str) -> bool:
    """Whether a column, or a field in its records, is among those that are wrong."""
    return any(where == column or where.startswith(f"{column}.") for where in wrong)


def _without(table: RecordTable, wrong: Iterable[str]) -> RecordTable:
    bad = [name for name in table.frame.columns if _names(wrong, f"{table.path}.{name}")]
    return attrs.evolve(table, frame=table.frame.drop(bad)) if bad else table


def _wrong_types(schema: Mapping[str, Any], kinds: ListKinds, at: str) -> Iterator[Problem]:
    facts = {name: dtype for name, dtype in schema.items() if name in kinds.fields}
    try:
        read_columns(pl.DataFrame(schema=facts), kinds.fields, at)
    except FrameColumnError as error:
        yield from error.problems
    for name, nested in kinds.lists.items():
        dtype = schema.get(name)
        inner = dtype.inner if isinstance(dtype, pl.List) else None
        if isinstance(inner, pl.Struct):
            yield from _wrong_types({f.name: f.dtype for f in inner.fields}, nested, f"{at}{name}.")
