"""The rules on a team's own Spark cluster: the frame engine, run on every Arrow batch by ``mapInArrow``.

Called with a policy book, which travels to the workers as JSON text; kinderguard is installed there. Knows no packs: the
book is asked for its text, and the text's own class reads it again.
"""

import datetime as dt
import hashlib
import importlib
import os
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial, reduce
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from kinderguard import __version__
from kinderguard.model.build import build
from kinderguard.model.errors import MissingExtraError, Problem, ToldError, did_you_mean
from kinderguard.model.text import Text

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa  # type: ignore[import-untyped]  # it has no types
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType

    from kinderguard.engines.frame.orphans import OrphanedRecordsWarning

#: How many rows a worker computes at a time; Arrow batches are put together up to it.
ROWS = 131_072
#: The columns that find a child's records, the first that both tables have.
KEYS = ("household.number", "ref")
#: How many jobs a worker process keeps compiled.
KEPT = 4


class FrameJob(Protocol):
    """What a book makes for tables of one schema."""

    @property
    def schema(self) -> "dict[str, pl.DataType]":
        """The columns of the results."""

    def columns(self, there: Iterable[str]) -> list[str]:
        """The columns of a table that are needed."""

    def assess(self, rows: "pl.DataFrame") -> "pl.DataFrame":
        """The results of some rows."""


class Book(Protocol):
    """What is asked of a policy book."""

    @property
    def division(self) -> str | None:
        """The place that it is pinned to."""

    def to_json(self, *, divisions: Iterable[str] | None = None) -> str:
        """The book as text."""

    def frame_job(
        self,
        schema: "Mapping[str, pl.DataType]",
        divisions: Iterable[str | None],
        *,
        on: dt.date | None = None,
        division: str | None = None,
        warn: bool = True,
        **options: Any,
    ) -> FrameJob:
        """The rules compiled for tables of one schema."""


class WorkerVersionError(ToldError):
    """The workers have another version of kinderguard than the driver: the same rules might mean something else."""


def assess_spark(
    df: "DataFrame",
    book: Book,
    *,
    on: dt.date | None = None,
    members: "DataFrame | Mapping[str, DataFrame] | None" = None,
    division: str | None = None,
    divisions: Iterable[str | None] | None = None,
    missing: bool = True,
    problems: bool = True,
    money: str = "yuan",
    strict: bool = True,
    orphaned: bool = True,
    **options: Any,
) -> "DataFrame":
    """What many children are and what is due, on Spark: a DataFrame in, a DataFrame out, a row for each row.

    Nothing is computed before Spark needs it, but for what is asked at once: the types of the columns; which divisions
    occur, since the columns of the results and the packs that travel depend on them; and whose the records are.

    Args:
        df: the children. The columns are the facts' paths, as ``book.frame_schema()`` names them; null is unknown, and so
            is a fact without a column. Codes are strings, money is decimals or strings, dates are dates, timestamps at
            midnight, or strings such as ``2012-03``; lists are arrays of structs.
        book: the policy book.
        on: the day; the book's own if left out.
        members: the household members, or DataFrames by list (``{"father.situations": …}``). Each shares a column
            ``household.number`` or ``ref`` with the children, and is joined to them by it.
        division: whose rules, for all rows; the book's own place, else each row's, if left out.
        divisions: the divisions that occur, where they are known; the data is asked if left out.
        missing, problems, money, strict: as for ``book.assess_frame``.
        orphaned: whether to count the records that belong to no child, of the lists that rules ask for; a warning tells
            them. It costs a join of the keys.
        options: further options of ``book.assess_frame``, such as ``local="lists"``.

    Returns:
        The columns that ``book.assess_frame`` gives, ``ref`` first: money as ``decimal(20,2)``, lists as arrays of
        strings. Names hold dots, so write them in backticks: ``results["`cn.orphan`"]``.

    Raises:
        MissingExtraError: pyspark or pyarrow is not installed.
        FrameColumnError: a column that is misspelt or of the wrong type. A cell that cannot be read is found by the
            worker: Spark then raises its own error, whose text names the column and the rows.
    """
    _require_spark()
    records = _records(members)
    children = _readable(_with_records(df, records))
    place = division or book.division
    if divisions is None:
        divisions = _divisions(children) if place is None else [place]
    places = tuple(divisions)
    options |= {"missing": missing, "problems": problems, "money": money, "strict": strict}
    job = _job(book, _empty(children), places, on, division, options)
    needed = job.columns(children.columns)
    if orphaned:
        for told in _orphaned(df, {path: listed for path, listed in records.items() if path in needed}):
            warnings.warn(told, stacklevel=2)
    text = book.to_json(divisions=[d for d in (place, *places) if d is not None])
    task = Task(
        names=tuple(needed),
        types=tuple(children.schema[name].dataType.simpleString() for name in needed),
        on=on,
        division=division,
        options=tuple(sorted(options.items())),
        results=tuple((name, _wire(dtype)) for name, dtype in job.schema.items()),
        book=f"{type(book).__module__}:{type(book).__qualname__}",
        digest=hashlib.sha256(text.encode()).hexdigest(),
        text=_sent(children.sparkSession, text),
    )
    # Spark cannot hand columns with dots in their names to a worker, so they travel by number.
    sent = [_column(name).alias(f"c{k}") for k, name in enumerate(needed)] or [_literal(True).alias("c0")]
    return children.select(*sent).mapInArrow(partial(assess_batches, task), _result_type(job.schema, children.schema))


def _job(
    book: Book,
    empty: "pl.DataFrame",
    places: tuple[str | None, ...],
    on: dt.date | None,
    division: str | None,
    options: Mapping[str, Any],
) -> FrameJob:
    # A frame of its own between the caller and the book, so that a warning points at the caller's line.
    job = book.frame_job(empty.schema, places, on=on, division=division, **options)
    job.assess(empty)  # a column of the wrong type is told here, not by a worker
    return job


def _require_spark() -> None:
    for module in ("pyspark", "pyarrow", "polars"):
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            raise MissingExtraError("spark", error.name or module) from None


# ---- on the driver: what is read --------------------------------------------------------------------------------


def _column(name: str) -> "Column":
    from pyspark.sql import functions as f

    return f.col("`" + name.replace("`", "``") + "`")


def _literal(value: Any) -> "Column":
    from pyspark.sql import functions as f

    return f.lit(value)


def _readable(df: "DataFrame") -> "DataFrame":
    """Only columns that may be facts; timestamps by the clock of the session, as a calendar has them."""
    from kinderguard.engines.frame.schema import fact_kinds

    chosen = [
        (field.name, field.dataType)
        for field in df.schema.fields
        if "." in field.name or field.name in fact_kinds().lists or field.name in ("ref", "division_code")
    ]
    columns = []
    for name, held in chosen:
        read = held if name == "ref" else _by_the_clock(held, name)
        columns.append(_column(name) if read == held else _column(name).cast(read).alias(name))
    return df.select(*columns)


def _by_the_clock(held: "DataType", path: str) -> "DataType":
    from pyspark.sql import types as t

    if isinstance(held, t.TimestampType):
        return t.TimestampNTZType()
    if isinstance(held, t.ArrayType):
        # An array of nothing, as in `array()`, has no type that Arrow takes.
        nothing = isinstance(held.elementType, t.NullType)
        inner = _of_nothing(path) if nothing else _by_the_clock(held.elementType, path)
        return t.ArrayType(inner, held.containsNull)
    if isinstance(held, t.StructType):
        return t.StructType(
            [t.StructField(f.name, _by_the_clock(f.dataType, f"{path}.{f.name}"), f.nullable) for f in held.fields]
        )
    return held


def _of_nothing(path: str) -> "DataType":
    """The type that an element of a list would have of which there is none: a record of the list, or a code."""
    from pyspark.sql import types as t

    from kinderguard.engines.frame.schema import fact_kinds
    from kinderguard.rules.kinds import Sort

    found = fact_kinds().lists
    inside = next((held.lists for top, held in found.items() if path.startswith(f"{top}.")), {})
    records = found.get(path) or inside.get(path.rpartition(".")[2])
    if records is None:
        return t.StringType()
    field = next(name for name, kind in records.fields.items() if kind.sort is Sort.CODE)
    return t.StructType([t.StructField(field, t.StringType())])


def _empty(df: "DataFrame") -> "pl.DataFrame":
    """The columns with their Polars types, and no row."""
    import polars as pl

    empty = pl.from_arrow(df.limit(0).toArrow())
    assert isinstance(empty, pl.DataFrame)
    return empty


def _divisions(df: "DataFrame") -> list[str | None]:
    """The divisions in charge of the rows, each once."""
    from pyspark.sql import functions as f

    from kinderguard.engines.frame.assess import DIVISION_COLUMNS

    there = [_column(c).cast("string") for c in DIVISION_COLUMNS if c in df.columns]
    if not there:
        return [None]
    found = df.select(f.coalesce(*there).alias("division")).distinct().collect()
    return sorted((row["division"] for row in found), key=str)


def _records(members: "DataFrame | Mapping[str, DataFrame] | None") -> "Mapping[str, DataFrame]":
    """The DataFrames of records by list."""
    if members is None:
        return {}
    return members if isinstance(members, Mapping) else {"household.members": members}


def _with_records(df: "DataFrame", given: "Mapping[str, DataFrame]") -> "DataFrame":
    """The children with each list of records as a column, so that a child's records are where the child is."""
    for number, (path, records) in enumerate(given.items()):
        df = _joined(df, path, records, f"#key{number}")
    return df


def _joined(df: "DataFrame", path: str, records: "DataFrame", key: str) -> "DataFrame":
    from pyspark.sql import functions as f

    from kinderguard.engines.frame.schema import fact_kinds

    lists = fact_kinds().lists
    if path not in lists:
        raise _records_error(
            f"没有名为 {path} 的列表；请从这些中选用：{'、'.join(sorted(lists))}",
            f"There is no list {path!r}.{did_you_mean(path, lists)} Use one of {', '.join(sorted(lists))}.",
        )
    if path in df.columns:
        raise _records_error(
            f"列表 {path} 既是列又是表；请去掉其中之一",
            f"The list {path!r} is given twice: as a column of the children and as a table. Leave one out.",
        )
    name = _key(df, records)
    if name is None:
        raise _records_error(
            f"{path} 的表与儿童表没有共同的键列；两个表都须有 {' 或 '.join(KEYS)} 列",
            f"The table of {path} and the children share no key: both need a column {' or '.join(map(repr, KEYS))}.",
        )
    facts = {*lists[path].fields, *lists[path].lists}
    # Only what rules may read goes with the children; what else the table holds (names, say) stays where it is.
    fields = [_column(c) for c in records.columns if c in facts] or [f.lit(None).cast("boolean").alias("#")]
    here, there = _keys(df, records, name)
    grouped = (
        records.where(_column(name).isNotNull())
        .groupBy(there.alias(key))
        .agg(f.collect_list(f.struct(*fields)).alias(path))
    )
    return df.join(grouped, here == _column(key), "left").drop(key)


def _key(df: "DataFrame", records: "DataFrame") -> str | None:
    return next((k for k in KEYS if k in records.columns and k in df.columns), None)


def _keys(df: "DataFrame", records: "DataFrame", name: str) -> "tuple[Column, Column]":
    """The key of the children and of the records in one type: as text where they differ."""
    key = _column(name)
    same = df.schema[name].dataType == records.schema[name].dataType
    return (key, key) if same else (key.cast("string"), key.cast("string"))


def _orphaned(df: "DataFrame", given: "Mapping[str, DataFrame]") -> "list[OrphanedRecordsWarning]":
    """What is to be said of the tables with records that belong to no child; one question for all of them."""
    from kinderguard.engines.frame.orphans import OrphanedRecordsWarning

    if not given:
        return []
    keys = {path: _key(df, records) or "" for path, records in given.items()}
    asked = [_counted(df, records, path, keys[path]) for path, records in given.items()]
    counts = {row["path"]: row for row in reduce(lambda one, other: one.union(other), asked).collect()}
    found = [(path, counts[path]["lost"] or 0, counts[path]["records"] or 0) for path in given]
    return [OrphanedRecordsWarning(path, keys[path], lost, records) for path, lost, records in found if lost]


def _counted(df: "DataFrame", records: "DataFrame", path: str, name: str) -> "DataFrame":
    """One row: how many records there are, and how many of them have a key that no child has."""
    from pyspark.sql import functions as f

    here, there = _keys(df, records, name)
    # Counted by key first: what is sent around are keys, once each.
    by_key = records.groupBy(there.alias("#theirs")).count()
    children = df.select(here.alias("#mine")).distinct()
    lost = f.when(_column("#mine").isNull(), _column("count"))
    joined = by_key.join(children, _column("#theirs") == _column("#mine"), "left")
    return joined.agg(f.sum(lost).alias("lost"), f.sum("count").alias("records")).select(
        f.lit(path).alias("path"), "lost", "records"
    )


def _records_error(zh: str, en: str) -> Exception:
    from kinderguard.engines.frame.columns import FrameColumnError

    return FrameColumnError((Problem("frame.records", Text(zh, en)),))


# ---- on the driver: what is given -------------------------------------------------------------------------------


def _wire(dtype: "pl.DataType") -> "pa.DataType":
    """The Arrow type of a result, one that Spark has: codes as strings, amounts as what holds every one of them."""
    import polars as pl
    import pyarrow as pa

    if isinstance(dtype, pl.List):
        return pa.list_(_wire(_inner(dtype)))
    if isinstance(dtype, pl.Struct):
        return pa.struct([pa.field(f.name, _wire(_built(f.dtype))) for f in dtype.fields])
    if isinstance(dtype, pl.Decimal):
        return pa.decimal128(20, 2)
    if isinstance(dtype, pl.Boolean):
        return pa.bool_()
    return pa.int64() if dtype.is_integer() else pa.string()


def _inner(dtype: "pl.List") -> "pl.DataType":
    return _built(dtype.inner)


def _built(dtype: Any) -> "pl.DataType":
    found: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return found


def _spark_type(wire: "pa.DataType") -> "DataType":
    import pyarrow as pa
    from pyspark.sql import types as t

    if pa.types.is_list(wire):
        return t.ArrayType(_spark_type(wire.value_type))
    if pa.types.is_struct(wire):
        return t.StructType([t.StructField(f.name, _spark_type(f.type)) for f in wire])
    if pa.types.is_decimal(wire):
        return t.DecimalType(wire.precision, wire.scale)
    if pa.types.is_boolean(wire):
        return t.BooleanType()
    return t.LongType() if pa.types.is_integer(wire) else t.StringType()


def _result_type(schema: "Mapping[str, pl.DataType]", children: "StructType") -> "StructType":
    from pyspark.sql import types as t

    held = {name: children["ref"].dataType if name == "ref" else _spark_type(_wire(d)) for name, d in schema.items()}
    return t.StructType([t.StructField(name, dtype) for name, dtype in held.items()])


@attrs.frozen
class Held:
    """A text that travels with the task itself, where there is no broadcast (Spark Connect)."""

    value: str = attrs.field(repr=False)


def _sent(session: "SparkSession", text: str) -> Any:
    """The text on its way to every worker, once for each."""
    from pyspark.errors import PySparkException

    try:
        return session.sparkContext.broadcast(text)
    except (PySparkException, NotImplementedError):
        return Held(text)


# ---- on the workers ---------------------------------------------------------------------------------------------


def _version() -> str:
    """What driver and workers must have alike: two builds of one version may differ."""
    return f"{__version__} ({build()})"


@attrs.frozen
class Task:
    """What a worker is told: plain values and the book's text."""

    names: tuple[str, ...]
    #: What was compiled for a date is not for text, though the column has the same name.
    types: tuple[str, ...]
    on: dt.date | None
    division: str | None
    options: tuple[tuple[str, Any], ...]
    results: "tuple[tuple[str, pa.DataType], ...]"
    #: The class that reads the book.
    book: str
    digest: str
    text: Any = attrs.field(eq=False, repr=False)
    version: str = attrs.field(factory=_version)


#: What this process has compiled, the last used last.
_workers: "OrderedDict[Task, Worker]" = OrderedDict()
_books: OrderedDict[str, Book] = OrderedDict()


def assess_batches(task: Task, batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """What ``mapInArrow`` runs for each partition: Arrow in, Arrow out, row for row.

    Raises:
        FrameColumnError: where strict, naming the partition, the column and the rows.
        WorkerVersionError: another version of kinderguard is installed here.
    """
    from pyspark import TaskContext

    context = TaskContext.get()
    if context is not None:
        # One core a task is what Spark counts with; Polars would take all of the machine. Only before its first import.
        os.environ.setdefault("POLARS_MAX_THREADS", str(context.cpus()))
    if task.version != _version():
        raise WorkerVersionError(
            Text(
                f"驱动程序的 kinderguard 版本为 {task.version}，此工作节点为 {_version()}；请在所有节点安装同一版本。",
                f"The driver has kinderguard {task.version}, this worker {_version()}: install the same on all of them.",
            )
        )
    worker = _kept(_workers, task, lambda: Worker(task))
    partition = -1 if context is None else context.partitionId()
    first = 0
    for table in _tables(batches):
        yield from worker.assess(table, f"partition {partition}, after its first {first} rows").to_batches()
        first += table.num_rows


def _kept(kept: "OrderedDict[Any, Any]", key: Any, make: Any) -> Any:
    """What was made for a key before; only the last few are kept."""
    if key not in kept:
        kept[key] = make()
        while len(kept) > KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    return kept[key]


def _tables(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.Table]":
    """Batches put together until there are enough rows to keep the engine busy."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        if waiting and rows + batch.num_rows > ROWS:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
        waiting.append(batch)
        rows += batch.num_rows
    if waiting:
        yield pa.Table.from_batches(waiting)


class Worker:
    """A task in one worker process: the book read, and the rules compiled for the places met."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._places: frozenset[str | None] = frozenset()
        self._job: FrameJob | None = None

    @cached_property
    def book(self) -> Book:
        """The book, read once in this process."""
        module, name = self.task.book.split(":")
        reader: Any = getattr(importlib.import_module(module), name)
        book: Book = _kept(_books, self.task.digest, lambda: reader.from_json(self.task.text.value))
        return book

    def assess(self, table: "pa.Table", where: str) -> "pa.Table":
        """The results of some rows, as Spark takes them."""
        import polars as pl
        import pyarrow as pa

        from kinderguard.engines.frame.columns import FrameColumnError

        rows = pl.from_arrow(table.rename_columns(list(self.task.names) or ["#"]))
        assert isinstance(rows, pl.DataFrame)
        try:
            found = self._job_for(rows).assess(rows)
        except FrameColumnError as error:
            self._job = None
            raise FrameColumnError(tuple(_located(p, where) for p in error.problems)) from None
        columns = []
        for name, wire in self.task.results:
            if name == "ref":
                columns.append(table.column(self.task.names.index("ref")))
            elif name in found.columns:
                columns.append(_as_wire(found[name], wire))
            else:  # of a place that no row here is of
                columns.append(pa.nulls(len(rows), wire))
        return pa.table(columns, names=[name for name, _ in self.task.results])

    def _job_for(self, rows: "pl.DataFrame") -> FrameJob:
        from kinderguard.engines.frame.assess import divisions_of

        places = frozenset(divisions_of(rows, self.task.division or self.book.division).unique().to_list())
        if self._job is None or not places <= self._places:
            # Rows sorted by place leave the places before them behind; rows in any order come back to them.
            left = self._places - places
            self._places = places | left if len(left) <= len(places) else places
            self._job = self.book.frame_job(
                rows.schema,
                self._places,
                on=self.task.on,
                division=self.task.division,
                warn=False,
                **dict(self.task.options),
            )
        return self._job


def _located(problem: Problem, where: str) -> Problem:
    zh, en = problem.message.zh, problem.message.en
    return attrs.evolve(problem, message=Text(f"{where}：{zh}", f"{where}: {en}"))


def _as_wire(found: "pl.Series", wire: "pa.DataType") -> "pa.ChunkedArray":
    import polars as pl

    array = found.cast(_plain(found.dtype)).to_arrow(compat_level=pl.CompatLevel.oldest())
    return array.cast(wire)


def _plain(dtype: "pl.DataType") -> "pl.DataType":
    """A type with every code as text."""
    import polars as pl

    if isinstance(dtype, pl.List):
        return pl.List(_plain(_inner(dtype)))
    if isinstance(dtype, pl.Struct):
        return pl.Struct({f.name: _plain(_built(f.dtype)) for f in dtype.fields})
    return pl.String() if isinstance(dtype, pl.Enum | pl.Categorical) else dtype


__all__ = ["assess_spark"]
