"""The children that an analysis is about, of whatever kind they come: read part by part, assessed by several books at once.

``People`` takes a ``Population``, a table of any kind that ``assess_frame`` takes, or Parquet files; ``pieces`` gives parts
of them with the jobs of each book. Called by every analysis of many children. Keeps no result and shows no value.
"""

import datetime as dt
import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs
import polars as pl

from kinderguard.analysis.synthetic import Population
from kinderguard.engines.frame.assess import DIVISION_COLUMNS, FrameRun, Options, divisions_of
from kinderguard.engines.frame.inputs import RecordTable
from kinderguard.engines.frame.orphans import KeyedRecords
from kinderguard.engines.frame.outputs import Asked
from kinderguard.engines.frame.results import TooManyLocalColumnsError
from kinderguard.model.errors import ToldError
from kinderguard.model.places import COUNTY
from kinderguard.model.progress import bar_wanted as wanted
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.job import FrameJob, divisions_in, full_columns, kept_job
from kinderguard.packs.frames.parquet import files_of, records_among
from kinderguard.packs.frames.tables import KEYS, record_tables, taken
from kinderguard.packs.frames.warnings import warn, warn_of_orphans
from kinderguard.packs.place_rules import PlaceRules
from kinderguard.rules.definitions import Category
from kinderguard.rules.expression import BoolExpr
from kinderguard.rules.ruleset import RuleSet

#: How many children are read, assessed and counted at a time.
PART = 200_000
HOUSEHOLD = "household.number"

#: What is wanted of one book: makes the job for some places.
MakeJob = Callable[[pl.Series], FrameJob]


class ChildNotFoundError(ToldError, LookupError):
    """No child of that number, or several, in the population; the message says which and what to give."""


@attrs.frozen(eq=False)
class Piece:
    """Some children of the places that some jobs are for.

    Args:
        rows: their columns, in the order of the population.
        numbers: the number of each row in the population, from 0.
        tables: their records in tables of their own.
        places: the division in charge of each.
        shared: whether others of its household are among the children: what is paid to the household is paid once.
        jobs: the number of the set of jobs that are theirs.
    """

    rows: pl.DataFrame
    numbers: pl.Series
    tables: Sequence[RecordTable]
    places: pl.Series
    shared: pl.Series
    jobs: int

    @property
    def households(self) -> pl.Series:
        """The household of each, by its county and its number there; null where no number is known."""
        return _households(self.rows, self.places)


def _households(rows: pl.DataFrame, places: pl.Series) -> pl.Series:
    counties = places.cast(pl.String).fill_null("").str.slice(0, COUNTY)
    return counties + ":" + rows[HOUSEHOLD].cast(pl.String)


class People:
    """The children of an analysis.

    Args:
        source: a ``Population``, a table, or paths of Parquet files (a path, a folder, a pattern or several).
        members: the household members, or tables by list, of the same kind; those of a ``Population`` are its own.
        division: whose rules, for all of them; the division in charge of each, if None.

    Raises:
        FrameColumnError: a table of a kind that cannot be read, or records without a key.
        ParquetRunError: there are no such files.
    """

    #: Whether nobody in it exists: they were given as a ``Population``.
    synthetic = False

    def __init__(self, source: Any, members: Any, division: str | None) -> None:
        self.division = division
        self.synthetic = isinstance(source, Population)
        self._files: list[Path] = []
        self._record_files: dict[str, tuple[list[Path], str]] = {}
        self._table: pl.DataFrame | None = None
        self._tables: list[RecordTable] = []
        self._full: dict[dt.date, frozenset[str]] = {}
        if isinstance(source, Population):
            source, members = source.children, source.members if members is None else members
        if _is_path(source):
            self._files = files_of(source, "children")
            self.schema: dict[str, Any] = dict(pl.scan_parquet(self._files).collect_schema())
            given = (
                members if isinstance(members, Mapping) else {} if members is None else {"household.members": members}
            )
            for path, listed in given.items():
                files = files_of(listed, path)
                # The key, or what is wrong with it, is found as for tables, from files' first no rows.
                (table,) = record_tables({path: pl.scan_parquet(files).head(0).collect()}, self.schema)
                self._record_files[path] = files, table.key
                self._tables.append(table)
        else:
            table, _ = taken(source)
            self._table = table.collect() if isinstance(table, pl.LazyFrame) else table
            self.schema = dict(self._table.schema)
            self._tables = record_tables(members, self.schema)

    @property
    def files(self) -> Sequence[Path]:
        """The files that they are read from; none where they are in memory."""
        return self._files

    @cached_property
    def count(self) -> int:
        """How many children there are."""
        if self._table is not None:
            return len(self._table)
        return int(pl.scan_parquet(self._files).select(pl.len()).collect().item())

    @cached_property
    def divisions(self) -> pl.Series:
        """The divisions in charge, each once."""
        found = divisions_in(self._lazy, self.division)
        return found if len(found) else pl.Series([None], dtype=pl.String)

    @property
    def _lazy(self) -> pl.LazyFrame:
        return pl.scan_parquet(self._files) if self._table is None else self._table.lazy()

    @property
    def empty_tables(self) -> list[RecordTable]:
        """The tables of records without a row: what they hold, for whoever compiles."""
        return [RecordTable(t.path, t.frame.head(0), t.key) for t in self._tables]

    def warn(self, places: Iterable[PlaceRules]) -> None:
        """Say what the children lack for the rules of some places: columns, and records that belong to nobody."""
        warn(pl.DataFrame(schema=self.schema), self.empty_tables, places)
        if self._record_files:
            keyed = [KeyedRecords(p, pl.scan_parquet(files), key) for p, (files, key) in self._record_files.items()]
        else:
            keyed = [KeyedRecords(t.path, t.frame.lazy(), t.key) for t in self._tables]
        if keyed and self.count:
            warn_of_orphans(self._lazy, keyed, places)

    def full(self, day: dt.date) -> frozenset[str]:
        """The columns without an unknown cell on a day: rules are simpler then. None are known of files."""
        if self._table is None:
            return frozenset()
        if day not in self._full:
            self._full[day] = full_columns(self._table, day)
        return self._full[day]

    @cached_property
    def shared_household(self) -> pl.Series:
        """Whether others are of each child's household; one without a household number stands for its own."""
        if HOUSEHOLD not in self.schema:
            return pl.repeat(False, self.count, dtype=pl.Boolean, eager=True)
        columns = [HOUSEHOLD, *(name for name in DIVISION_COLUMNS if name in self.schema)]
        rows = self._lazy.select(columns).collect()
        number = _households(rows, divisions_of(rows, self.division))
        return number.is_duplicated() & number.is_not_null()

    # ---- part by part -------------------------------------------------------------------------------------------

    def parts(self, columns: Sequence[str], size: int = PART) -> Iterator[tuple[int, pl.DataFrame, list[RecordTable]]]:
        """The children in their order, some at a time: the number of the first, their columns, their records.

        Args:
            columns: the columns that are needed.
            size: how many at a time.
        """
        for start in range(0, max(self.count, 1), size):  # nobody is a part too
            if self._table is not None:
                yield start, self._table.slice(start, size).select(columns), self._tables
                continue
            rows = pl.scan_parquet(self._files).slice(start, size).select(columns).collect()
            found = [records_among(files, path, key, rows) for path, (files, key) in self._record_files.items()]
            yield start, rows, found

    def jobs(self, makers: Mapping[str, MakeJob]) -> "list[Jobs]":
        """The jobs of several books, for all places together; for some places at a time where all would make too many columns.

        Args:
            makers: what makes the job of a book, by name.
        """
        return [Jobs(places, jobs) for places, jobs in self._jobs(makers, self.divisions)]

    def _jobs(
        self, makers: Mapping[str, MakeJob], places: pl.Series
    ) -> Iterator[tuple[pl.Series, dict[str, FrameJob]]]:
        try:
            jobs = {name: make(places) for name, make in makers.items()}
        except TooManyLocalColumnsError:
            if len(places) < 2:
                raise
            for some in (places[: len(places) // 2], places[len(places) // 2 :]):
                yield from self._jobs(makers, some)
        else:
            yield places, jobs

    def pieces(self, sets: "Sequence[Jobs]", more: Sequence[str] = (), size: int = PART) -> Iterator[Piece]:
        """The children part by part, and each part by the places of each set of jobs.

        Args:
            sets: as ``jobs`` gives them.
            more: further columns that are wanted, of those that there are.
            size: how many at a time.
        """
        wanted = {name for each in sets for job in each.jobs.values() for name in job.columns(self.schema)}
        wanted |= {*more, *DIVISION_COLUMNS, *KEYS}
        columns = [name for name in self.schema if name in wanted]
        for start, rows, tables in self.parts(columns, size):
            places = divisions_of(rows, self.division)
            shared = self.shared_household.slice(start, len(rows))
            numbers = pl.int_range(start, start + len(rows), dtype=pl.UInt32, eager=True)
            if len(sets) == 1:
                yield Piece(rows, numbers, tables, places, shared, 0)
                continue
            for number, each in enumerate(sets):
                here = places.is_in(each.places.implode(), nulls_equal=True)
                if here.any():
                    yield Piece(
                        rows.filter(here),
                        numbers.filter(here),
                        tables,
                        places.filter(here),
                        shared.filter(here),
                        number,
                    )

    # ---- one of them --------------------------------------------------------------------------------------------

    def row_of(self, child: int | str) -> int:
        """The number of a child's row.

        Args:
            child: the number of the row itself (from 0), or the child's ``ref``.

        Raises:
            ChildNotFoundError: there is no such child, or several.
        """
        if isinstance(child, int):
            if not 0 <= child < self.count:
                raise ChildNotFoundError(
                    Text(
                        f"没有第 {child} 行；共 {self.count} 行，从 0 数起。",
                        f"There is no row {child}: there are {self.count}, counted from 0.",
                    )
                )
            return child
        if "ref" not in self.schema:
            raise ChildNotFoundError(
                Text(
                    "这些儿童没有 ref 列；请给出行号（从 0 数起）。",
                    "These children have no column ref: give the number of the row, counted from 0.",
                )
            )
        same = pl.col("ref").cast(pl.String) == child
        found = self._lazy.select("ref").with_row_index("#row").filter(same).collect()["#row"].to_list()
        if len(found) != 1:
            shown = "、".join(map(str, found[:5])), ", ".join(map(str, found[:5]))
            raise ChildNotFoundError(
                Text(
                    f"有 {len(found)} 行是这个 ref（第 {shown[0]} 行……）；请给出行号。",
                    f"{len(found)} rows have this ref (rows {shown[1]} …); give the number of the row.",
                )
                if found
                else Text(
                    "没有这个 ref 的儿童；请核对，或给出行号（从 0 数起）。",
                    "No child has this ref; check it, or give the number of the row, counted from 0.",
                )
            )
        return int(found[0])

    def opened(self, row: int) -> tuple[pl.DataFrame, dict[str, pl.DataFrame] | None]:
        """One child as tables, as ``PolicyBook.explain_row`` takes them."""
        one = self._lazy.slice(row, 1).collect()
        if self._record_files:
            tables = [records_among(files, path, key, one) for path, (files, key) in self._record_files.items()]
        else:
            tables = self._tables
        return one, {t.path: t.frame for t in tables} or None

    def __repr__(self) -> str:
        return f"<People: {self.count:,} children>"


@attrs.frozen(eq=False)
class Jobs:
    """The jobs of several books for some places."""

    places: pl.Series
    jobs: Mapping[str, FrameJob]


def job_of(
    book: PolicyBook,
    day: dt.date,
    people: People,
    *,
    missing: bool = False,
    reasons: bool | str = False,
    of: frozenset[str] = frozenset(),
    asked: tuple[tuple[str, Asked], ...] = (),
) -> MakeJob:
    """What compiles the rules of a book for some children: with no more in the results than is asked for, in fen.

    In a table, a cell that cannot be read is an error, as for ``assess_frame``; of files, which nobody looks over before, it
    is unknown.
    """
    options = Options(
        missing=missing, reasons=reasons, of=of, asked=asked, problems=False, money="fen", strict=not people.files
    )

    def make(places: pl.Series) -> FrameJob:
        full, tables = people.full(day), people.empty_tables
        return kept_job(book, people.schema, full, places, tables, day, people.division, options)

    return make


def at_places(code: str, of_place: Mapping[str | None, Container[str]], places: pl.Series) -> pl.Series:
    """Whether the place of each row has a rule.

    Args:
        code: the rule.
        of_place: by place, the codes that it has.
        places: the place of each row.
    """
    there = [place for place, codes in of_place.items() if code in codes]
    if len(there) == len(of_place):
        return pl.repeat(True, len(places), dtype=pl.Boolean, eager=True)
    return places.is_in(pl.Series(there, dtype=pl.String).implode(), nulls_equal=True)


def so_many(children: int) -> str:
    """How many children, in English.

    >>> so_many(1), so_many(1_200)
    ('1 child', '1,200 children')
    """
    return "1 child" if children == 1 else f"{children:,} children"


def _is_path(source: Any) -> bool:
    many = source if isinstance(source, list | tuple) and source else [source]
    return all(isinstance(each, str | os.PathLike) for each in many)


@attrs.frozen(eq=False)
class _Asked:
    """Conditions as the rules of no place: the frame engine asks for them as for those of any."""

    rules: RuleSet
    group: str = "asked"
    problems: tuple[()] = ()

    def parameters(self, codes: Any) -> dict[str, Any]:
        return {}


class Marks:
    """Conditions asked of every child beside the rules: true, false or unknown, as the frame engine finds them.

    Args:
        people: the children.
        day: the day.
        conditions: by name, a condition that reads facts of the model alone.
    """

    def __init__(self, people: People, day: dt.date, conditions: Mapping[str, BoolExpr]) -> None:
        title = Text("标记", "mark")
        self._names = {f"cn.mark_{k}": name for k, name in enumerate(conditions)}
        asked = [
            Category(code, title, condition) for code, condition in zip(self._names, conditions.values(), strict=True)
        ]
        rules = _Asked(RuleSet(asked, ()).in_force(day))
        none = pl.Series([None], dtype=pl.String)
        self._run = FrameRun(
            day,
            lambda division: rules,
            {name: dtype for name, dtype in people.schema.items() if not name[:1].isdigit()},
            tables=people.empty_tables,
            extra={},
            division=None,
            options=Options(missing=False, problems=False, strict=False),
        )
        self._run.meet(none)
        self.columns = self._run.reader.columns(list(people.schema))

    def of(self, rows: pl.DataFrame, tables: Sequence[RecordTable]) -> pl.DataFrame:
        """The marks of some children, a column each."""
        self._run.start(tables)
        found = self._run.assess(rows.drop([c for c in rows.columns if c in DIVISION_COLUMNS]))
        return found.rename(self._names).select(self._names.values())


__all__ = [
    "PART", "ChildNotFoundError", "Jobs", "MakeJob", "Marks", "People", "Piece", "at_places", "job_of", "so_many", "wanted",
]  # fmt: skip
