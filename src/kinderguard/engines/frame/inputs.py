"""Frames of children and of their records, as the engine reads them: which columns there are, and each batch of them."""

from collections.abc import Container, Iterable, Mapping
from copy import copy
from typing import Any

import attrs
import polars as pl

from kinderguard.engines.frame.algebra import MOST_RECORDS
from kinderguard.engines.frame.columns import (
    DIVISION_COLUMNS,
    Fault,
    FrameColumnError,
    Layout,
    ListHeld,
    ListKinds,
    columns_of,
    fault_problem,
    holds,
    layout_of_lists,
    layout_of_records,
    read_columns,
)
from kinderguard.engines.frame.engine import PLACE, SOURCE_ROW
from kinderguard.engines.frame.program import ROW
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.frame.vectors import Graph, Scope
from kinderguard.model.errors import Problem, suggestion
from kinderguard.model.text import Text
from kinderguard.rules.kinds import Kind, Sort


@attrs.frozen(eq=False)
class RecordTable:
    """Records in a table of their own: the column of the children that finds them, and the one that is found."""

    path: str
    frame: pl.DataFrame
    key: str


def list_kinds(path: str) -> ListKinds:
    """The kinds of the records of a list; nested ones by ``/``.

    Raises:
        KeyError: no such list.
    """
    first, *rest = path.split("/")
    found = fact_kinds().lists[first]
    for part in rest:
        found = found.lists[part]
    return found


def layout_of(
    schema: Mapping[str, pl.DataType],
    tables: Iterable[RecordTable],
    extra: Mapping[str, Kind],
    full: Container[str] = (),
) -> Layout:
    """Which facts frames of this schema have columns for.

    Args:
        schema: the children's columns.
        tables: records in tables of their own.
        extra: the facts that packs declare, by code.
        full: columns of which every cell holds something that can be read, or the run is refused.

    Raises:
        FrameColumnError: a column that looks like a fact and is none, or a list that is given twice.
    """
    kinds = fact_kinds()
    _refuse_misspelt(schema, extra)
    columns = {
        name: attrs.evolve(holds(kind, schema[name]), nullable=name not in full)
        for name, kind in (*kinds.fields.items(), *extra.items())
        if name in schema
    }
    lists: dict[str, ListHeld] = {
        path: attrs.evolve(held, nullable=path not in full)
        for path, held in layout_of_lists(schema, kinds.lists).items()
    }
    for table in tables:
        if table.path in schema:
            raise FrameColumnError(
                (
                    _problem(
                        "frame.list_twice",
                        f"列表 {table.path} 既是列又是表；请去掉其中之一",
                        f"The list {table.path!r} is given twice: as a column of the children and as a table. Leave one out.",
                    ),
                )
            )
        struct = pl.Struct(table.frame.schema)
        lists[table.path] = layout_of_records(struct, kinds.lists[table.path], table.key, at=f"{table.path}.")
    return Layout(columns, lists)


def _problem(code: str, zh: str, en: str, where: str = "") -> Problem:
    return Problem(code, Text(zh, en), where)


def _refuse_misspelt(schema: Iterable[str], extra: Mapping[str, Kind]) -> None:
    """A misspelt fact would be unknown in every row without a word."""
    kinds = fact_kinds()
    known = {*kinds.fields, *kinds.lists, *extra}
    roots = {path.split(".")[0] for path in known}
    wrong = []
    for name in schema:
        root = name.split(".")[0]
        if "." in name and root in roots and name not in known and name not in PERSONAL:
            near = suggestion(name, known)
            wrong.append(
                _problem(
                    "frame.column_unknown",
                    f"没有名为 {name} 的事实；{near.zh}请改正列名，或去掉该列",
                    f"There is no fact {name!r}.{near.en} Rename the column, or drop it.",
                    name,
                )
            )
    if wrong:
        raise FrameColumnError(tuple(wrong))


def _personal() -> frozenset[str]:
    people = ("child", "father", "mother")
    named = {f"{p}.{f}" for p in people for f in ("name", "resident_id", "telephone", "illness.name")}
    return frozenset(
        named
        | {
            "child.registration.address", "child.residence.address", "child.child_director", "child.note",
            "child.ethnic_group", "household.number",
        }
    )  # fmt: skip


#: Columns of the model that no rule reads; they may stand in a frame and are left alone.
PERSONAL = _personal()


class Reader:
    """Reads batches of one frame, and the records that belong to them. A cell that cannot be read is unknown, and noted
    in ``faults``.

    Args:
        layout: from ``layout_of``.
        tables: records in tables of their own.
        extra: the facts that packs declare.
    """

    def __init__(self, layout: Layout, tables: Iterable[RecordTable], extra: Mapping[str, Kind]) -> None:
        self.layout = layout
        self._extra = extra
        self._needed: dict[str, set[str]] = {}
        #: By column, the rows (of the children, or of a table of records) with a cell that could not be read.
        self.faults: list[tuple[Fault, pl.Series]] = []
        #: The children's rows that have one, of themselves or in their records.
        self._unread: list[pl.Series] = []
        self.take(tables)

    def take(self, tables: Iterable[RecordTable]) -> None:
        """Find records in these tables from now on."""
        self._tables = {t.path: t for t in tables}
        self._read_tables: dict[str, pl.DataFrame] = {}
        #: By table, the keys of records with a cell that could not be read.
        self._unread_keys: dict[str, pl.Series] = {}

    def apart(self) -> "Reader":
        """A reader of the same tables that notes faults by itself, for a batch beside others."""
        for path, held in self.layout.lists.items():
            if held.key is not None and path in self._needed.get("", ()):
                self._table(path)
        found = copy(self)
        found.faults, found._unread = [], []
        return found

    def need(self, graph: Graph) -> None:
        """Read only the columns that a graph asks for."""
        self._needed = {}
        for vector in graph.vectors:
            if vector.op == "source":
                self._needed.setdefault(vector.scope.path, set()).add(vector.payload[0].split("#")[0])

    def columns(self, there: Iterable[str]) -> list[str]:
        """The columns that are read, of those that there are."""
        needed = self._needed.get("", set())
        keys = {held.key for path, held in self.layout.lists.items() if path in needed}
        return [name for name in there if name in needed or name in keys or name in DIVISION_COLUMNS]

    def _kinds(self, path: str, kinds: Mapping[str, Kind]) -> dict[str, Kind]:
        return {name: kinds[name] for name in sorted(self._needed.get(path, ())) if name in kinds}

    def batch(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.Expr]]:
        """A batch of the children, and by which expressions it becomes what the engine holds.

        Raises:
            FrameColumnError: a column of a type that no fact of its kind can have.
        """
        kinds = dict.fromkeys(DIVISION_COLUMNS, Kind(Sort.CODE)) | self._kinds(
            "", {**fact_kinds().fields, **self._extra}
        )
        found = columns_of(raw, kinds)
        self._mark_rows(found.faults, raw[SOURCE_ROW])
        self._note(found.faults, raw[SOURCE_ROW])
        columns = [raw[PLACE], raw[SOURCE_ROW], *found.read.get_columns(), *found.unread]
        for path, held in self.layout.lists.items():
            if path in self._needed.get("", ()):
                columns.append(raw[path] if held.key is None else self._keys(path, raw, held.key).alias(path))
        return pl.DataFrame(columns), found.reads

    def _note(self, faults: list[Fault], source_rows: pl.Series) -> None:
        self.faults += [(f, source_rows.filter(f.rows)) for f in faults]

    def _mark_rows(self, faults: list[Fault], source_rows: pl.Series) -> None:
        self._unread += [source_rows.filter(f.rows) for f in faults]

    def unread_rows(self) -> pl.Series | None:
        """The rows of the children with a cell that could not be read; None where there is none."""
        if len(self._unread) > 1:
            self._unread = [pl.concat(self._unread).unique()]
        return self._unread[0] if self._unread else None

    def problems(self) -> list[Problem]:
        """What could not be read so far: one entry a column and fault, whatever the batches."""
        found: dict[tuple[str, str], tuple[Fault, list[pl.Series], dict[str, None]]] = {}
        for fault, rows in self.faults:
            _, where, values = found.setdefault((fault.column, fault.what.en), (fault, [], {}))
            where.append(rows.unique())
            values.update(dict.fromkeys(fault.values))
        return [
            fault_problem(
                attrs.evolve(fault, rows=_marks(pl.concat(where)), values=tuple(values)),
                self._kind_of(fault.column),
            )
            for fault, where, values in found.values()
        ]

    def _kind_of(self, column: str) -> Kind | None:
        fields = {**fact_kinds().fields, **self._extra}
        if column in fields:
            return fields[column]
        for path, kinds in fact_kinds().lists.items():
            if column.startswith(path + "."):
                name = column[len(path) + 1 :]
                nested = next((k for p, k in kinds.lists.items() if name.startswith(p + ".")), None)
                return kinds.fields.get(name) or (nested.fields.get(name.split(".", 1)[1]) if nested else None)
        return None

    # ---- records ------------------------------------------------------------------------------------------------

    def _keys(self, path: str, raw: pl.DataFrame, key: str) -> pl.Series:
        """The key of each child's records, null where the table has none: then the list is unknown."""
        table = self._table(path)
        keys, theirs = alike(raw[key], table[KEY])
        if theirs.dtype != table[KEY].dtype:
            table = self._read_tables[path] = table.with_columns(theirs.alias(KEY))
        unread = self._unread_keys.get(path)
        if unread is not None:
            mine, wrong = alike(raw[key], unread)
            self._unread.append(raw[SOURCE_ROW].filter(mine.is_in(wrong.implode()).fill_null(False)))
        return pl.select(pl.when(keys.is_in(table[KEY].implode())).then(keys)).to_series()

    def _table(self, path: str) -> pl.DataFrame:
        """The records of a table as the engine holds them, with their key."""
        found = self._read_tables.get(path)
        if found is None:
            table = self._tables[path]
            keys = table.frame[table.key]
            found, faults = self._read(table.frame, path, pl.int_range(len(table.frame), eager=True))
            if faults:
                self._unread_keys[path] = pl.concat([keys.filter(f.rows) for f in faults])
            # The key stands first: of records that are only counted no other column is read.
            found = pl.DataFrame([keys.alias(KEY), *found.get_columns()]).filter(pl.col(KEY).is_not_null())
            self._read_tables[path] = found
        return found

    def _read(self, records: pl.DataFrame, path: str, source_rows: pl.Series) -> tuple[pl.DataFrame, list[Fault]]:
        kinds = list_kinds(path)
        read, faults = read_columns(records, self._kinds(path, kinds.fields), f"{path.replace('/', '.')}.")
        self._note(faults, source_rows)
        nested = [records[n] for n in self._needed.get(path, ()) if n in kinds.lists and n in records.columns]
        return pl.DataFrame([*read.get_columns(), *nested]), faults

    def records(self, scope: Scope, column: str, around: pl.DataFrame) -> pl.DataFrame:
        """See ``RecordTables``."""
        held = self.layout._lists_in(scope)
        rows = pl.int_range(len(around), dtype=pl.UInt32, eager=True).alias(ROW)
        if held.key is not None:
            found = pl.DataFrame([rows, around[column].alias(KEY)]).join(
                self._table(scope.path), on=KEY, how="inner", maintain_order="left"
            )
            self._refuse_crowds(found[ROW], scope)
            return found.with_columns(around[SOURCE_ROW].gather(found[ROW]).alias(SOURCE_ROW))
        lists = self._only_read(around[column], scope.path)
        most = lists.list.len().max()
        if isinstance(most, int) and most > MOST_RECORDS:
            self._refuse_crowd(scope)
        # Streamed: half the time of an eager explode where most lists are empty.
        chain = pl.DataFrame([rows, lists]).lazy().explode(column, empty_as_null=False, keep_nulls=False)
        listed = chain.collect(engine="streaming")
        # A null in place of a record is a record of which nothing is known.
        records = listed[column].struct.unnest() if isinstance(listed[column].dtype, pl.Struct) else pl.DataFrame()
        source_rows = around[SOURCE_ROW].gather(listed[ROW])
        read, faults = self._read(records, scope.path, source_rows)
        self._mark_rows(faults, source_rows)
        return pl.DataFrame([listed[ROW], source_rows.alias(SOURCE_ROW), *read.get_columns()])

    def _only_read(self, lists: pl.Series, path: str) -> pl.Series:
        """The lists with what is read of their records: other fields need not be taken out of them."""
        if not isinstance(lists.dtype, pl.List):
            # A column of blanks has no type of its own: nothing stands in any of its lists.
            return pl.Series(lists.name, [None] * len(lists), dtype=pl.List(pl.Null))
        inner = lists.dtype.inner
        needed = self._needed.get(path, ())
        fields = [f.name for f in inner.fields] if isinstance(inner, pl.Struct) else []
        names = [name for name in fields if name in needed]
        if not names or len(names) == len(fields):
            return lists
        return lists.list.eval(pl.struct(pl.element().struct.field(*names)))

    def _refuse_crowds(self, rows: pl.Series, scope: Scope) -> None:
        if len(rows) > MOST_RECORDS and (rows.rle().struct.field("len") > MOST_RECORDS).any():
            self._refuse_crowd(scope)

    @staticmethod
    def _refuse_crowd(scope: Scope) -> None:
        raise FrameColumnError(
            (
                _problem(
                    "frame.too_many_records",
                    f"{scope.path}：一名儿童的记录多于 {MOST_RECORDS} 条；键多半有误，请核对",
                    f"{scope.path}: a child has more than {MOST_RECORDS} records in this list. The key is probably wrong; check it.",
                    scope.path,
                ),
            )
        )


KEY = "#key"


def alike(keys: pl.Series, others: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Two columns of keys in one type: as text where they differ, so that a number and its digits are one key."""
    if keys.dtype == others.dtype:
        return keys, others
    return _as_text(keys), _as_text(others)


def _as_text(keys: pl.Series) -> pl.Series:
    return keys.alias(KEY).to_frame().select(as_text(pl.col(KEY), keys.dtype)).to_series()


def as_text(keys: pl.Expr, held: pl.DataType) -> pl.Expr:
    """Keys of a type as text."""
    if held.is_float():  # whole numbers with gaps, as pandas keeps them
        keys = pl.when(keys == keys.round(0)).then(keys).cast(pl.Int64, strict=False)
    return keys.cast(pl.String)


def _marks(rows: pl.Series) -> pl.Series:
    """Row numbers as marks, for the message."""
    if not len(rows):
        return pl.Series([], dtype=pl.Boolean)
    last: Any = rows.max()
    return pl.int_range(int(last) + 1, eager=True).is_in(rows.implode())
