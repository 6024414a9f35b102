"""One assessment of a table: what ``PolicyBook.assess_frame``, ``frame_job`` and ``explain_row`` do."""

import datetime as dt
import operator
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import polars as pl

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.frame.assess import DIVISION_COLUMNS, FrameRun, Options, divisions_of
from kinderguard.engines.frame.columns import distinct
from kinderguard.engines.frame.inputs import RecordTable
from kinderguard.engines.frame.orphans import KeyedRecords
from kinderguard.engines.frame.rows import polars_type
from kinderguard.engines.frame.unborn import without_unborn
from kinderguard.engines.unborn import BIRTH_DATE
from kinderguard.model.errors import Problem, ToldError
from kinderguard.model.text import Text
from kinderguard.packs.frames.columns import refuse_columns, refuse_strangers
from kinderguard.packs.frames.help_codes import warn_of_help
from kinderguard.packs.frames.provided import provide
from kinderguard.packs.frames.refs import look_at_many_refs, look_at_refs, refuse_refs, refuse_shared_ref
from kinderguard.packs.frames.row import read_row
from kinderguard.packs.frames.tables import record_tables, taken
from kinderguard.packs.frames.warnings import asked_of, own_titles, warn, warn_of_orphans
from kinderguard.packs.overlay import readers
from kinderguard.packs.pinned import ELSEWHERE, lies_elsewhere
from kinderguard.packs.place_problems import problems_of_place
from kinderguard.packs.place_rules import PlaceRules
from kinderguard.rules.definitions import FactProvider
from kinderguard.rules.kinds import Kind
from kinderguard.rules.ruleset import facts_read

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook


def rules_of(book: "PolicyBook", division: str | None, day: dt.date) -> PlaceRules:
    """The rules of a division on a day; divisions with the same packs share a group."""
    overlay = book.overlay(division)
    in_force = overlay.in_force(day)
    return PlaceRules(division, day, overlay, in_force.rules, id(in_force), problems_of_place(book, division))


# ---- assessing ------------------------------------------------------------------------------------------------------

Records = Mapping[str, Any]


def assess_frame(
    book: "PolicyBook", children: Any, members: Any, day: dt.date, division: str | None, options: Options
) -> Any:
    """See ``PolicyBook.assess_frame``."""
    table, give_back = taken(children)
    tables = record_tables(members, table.collect_schema() if isinstance(table, pl.LazyFrame) else table.schema)
    if isinstance(table, pl.LazyFrame):
        return _assess_lazily(book, table, tables, day, division, options)
    return give_back(assess_table(book, table, tables, day, division, options))


def assess_table(
    book: "PolicyBook",
    table: pl.DataFrame,
    tables: Sequence[RecordTable],
    day: dt.date,
    division: str | None,
    options: Options,
) -> pl.DataFrame:
    """The results for a Polars frame, the child's ``ref`` before them."""
    stated = division is None and any(column in table.columns for column in DIVISION_COLUMNS)
    divisions = divisions_of(table, None) if stated else pl.Series([division][: len(table)], dtype=pl.String)
    job = kept_job(book, table.schema, full_columns(table, day), divisions, tables, day, division, options)
    look_at_refs(table, asked_of(tables, job.places))
    warn(table, tables, job.places)
    if len(table):
        warn_of_orphans(table.lazy(), _keyed(tables), job.places)
        warn_of_help(table.lazy(), _keyed(tables), job.places)
    return job.assess(table, tables)


def _keyed(tables: Sequence[RecordTable]) -> list[KeyedRecords]:
    return [KeyedRecords(t.path, t.frame.lazy(), t.key) for t in tables]


#: How many compiled runs a book keeps: an analyst assesses the same kind of table again and again.
KEPT_JOBS = 8


def kept_job(
    book: "PolicyBook",
    schema: Mapping[str, pl.DataType],
    full: frozenset[str],
    divisions: pl.Series,
    tables: Sequence[RecordTable],
    day: dt.date,
    division: str | None,
    options: Options,
) -> "FrameJob":
    """The compiled rules for a table; those of an earlier call where nothing that they rest on has changed."""
    records = tuple((t.path, t.key, tuple(t.frame.schema.items())) for t in tables)
    key = (tuple(schema.items()), full, frozenset(distinct(divisions)), records, day, division, options)
    job = book.jobs.get(key)
    if job is None:
        job = FrameJob(book, schema, divisions, tables, day, division, options, full)
        while len(book.jobs) >= KEPT_JOBS:
            book.jobs.pop(next(iter(book.jobs)), None)
        book.jobs[key] = job
    return job


def full_columns(table: pl.DataFrame, day: dt.date) -> frozenset[str]:
    """The columns without an unknown cell on a day; NaN is one, and every cell of a child who is not born yet."""
    known = without_unborn(table, day).get_columns()
    return frozenset(c.name for c in known if not c.null_count() and not c.dtype.is_float())


class FrameJob:
    """Rules compiled for tables of one schema and for some places, ready for table after table.

    Args:
        book: the book.
        schema: the children's columns.
        divisions: the places that will occur: the columns of the results depend on them.
        tables: records in tables of their own.
        day, division, options: as for ``PolicyBook.assess_frame``.
        full: columns without an empty cell in any of the tables.
    """

    def __init__(
        self,
        book: "PolicyBook",
        schema: Mapping[str, pl.DataType],
        divisions: pl.Series,
        tables: Sequence[RecordTable],
        day: dt.date,
        division: str | None,
        options: Options,
        full: frozenset[str] = frozenset(),
    ) -> None:
        self._rules: dict[str | None, PlaceRules] = {d: rules_of(book, d, day) for d in divisions.unique().to_list()}
        self._division = division
        self._pinned = division if division == book.division else None
        self._ref = schema.get("ref")
        self._lock = threading.Lock()
        # What providers say stands in columns of its own, also where the caller's table has none.
        said = {p.code: polars_type(p.fact.kind) for providers in self._providers().values() for p in providers[1]}
        given = dict(schema) | said
        declared = _declared(book, given)
        refuse_columns(schema, tables, declared, self._read_paths)
        refuse_strangers(given, (t.path for t in tables), own_titles(self.places))
        self._run = FrameRun(
            day,
            lambda d: rules_of(book, d, day),
            given,
            tables=tables,
            extra=declared,
            division=division,
            options=options,
            full=full - said.keys(),
        )
        self._run.meet(divisions)

    def _read_paths(self) -> set[str]:
        """The facts and lists that rules in force read, at any of the places."""
        groups = {place.group: place for place in self._rules.values()}
        return {*DIVISION_COLUMNS, *(path for place in groups.values() for path in readers(place.rules))}

    @property
    def places(self) -> Iterable[PlaceRules]:
        """The rules of each place."""
        return self._rules.values()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns of the results with their types."""
        return ({} if self._ref is None else {"ref": self._ref}) | self._run.schema

    def columns(self, there: Iterable[str]) -> list[str]:
        """The columns of a table that are needed, of those that there are: also the day of birth, though no rule asks for it,
        since what is stated of a child counts from then.
        """
        names = list(there)
        asked = {path for _, ps in self._providers().values() for p in ps for e in p.needs for path in facts_read(e)}
        needed = {*self._run.reader.columns(names), *asked, *DIVISION_COLUMNS, BIRTH_DATE, "ref"}
        return [name for name in names if name in needed]

    def take(self, tables: Sequence[RecordTable]) -> None:
        """Find records in these tables from now on."""
        self._run.take(tables)

    def problems(self) -> list[Problem]:
        """The cells that could not be read so far, where the run was not strict."""
        return self._run.reader.problems()

    def assess(self, rows: pl.DataFrame, tables: Sequence[RecordTable] | None = None) -> pl.DataFrame:
        """The results of some rows, in their order; one table at a time.

        Args:
            rows: the children.
            tables: their records; those that ``take`` gave, if left out.
        """
        if self._ref is not None:
            refuse_refs(rows["ref"])
        elsewhere = self.elsewhere(rows)
        with self._lock:
            if tables is not None:
                self._run.start(tables)
            try:
                table, failed = self._provided(rows)
                results = self._run.assess(table, failed | elsewhere)
            finally:
                if tables is not None:
                    self._run.start(())  # keep nobody's records
        return results if self._ref is None else results.insert_column(0, rows["ref"])

    def elsewhere(self, rows: pl.DataFrame) -> dict[str, pl.Series]:
        """By the code of the problem, the rows of children of other places, where the book is pinned to one."""
        if self._pinned is None or not any(column in rows.columns for column in DIVISION_COLUMNS):
            return {}
        stated = divisions_of(rows, None)
        others = [d for d in distinct(stated).to_list() if lies_elsewhere(d, self._pinned)]
        return {ELSEWHERE: stated.is_in(others)} if others else {}

    def _providers(self) -> dict[int, tuple[list[str | None], tuple[FactProvider, ...]]]:
        """By chain of packs, the places and the providers whose facts rules read."""
        found: dict[int, tuple[list[str | None], tuple[FactProvider, ...]]] = {}
        for division, place in self._rules.items():
            providers = place.providers if place.rules.providers else ()
            if providers:
                found.setdefault(id(place.overlay), ([], providers))[0].append(division)
        return found

    def _provided(self, table: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
        """``table`` with what fact providers say; and by what was wrong, the rows in which it was."""
        asked, noted = self._providers(), dict[str, pl.Series]()
        if not asked:
            return table, noted
        places = divisions_of(table, self._division)
        for divisions, providers in asked.values():
            here = places.is_in(pl.Series(divisions, dtype=pl.String).implode(), nulls_equal=True)
            for provider in providers:
                table, wrong = provide(table, here, provider)
                noted |= {
                    problem: rows | noted[problem] if problem in noted else rows for problem, rows in wrong.items()
                }
        return table, noted


def _declared(book: "PolicyBook", columns: Iterable[str]) -> dict[str, Kind]:
    """The kinds of packs' own facts among the columns."""
    found: dict[str, Kind] = {}
    for name in columns:
        if name[:1].isdigit() and "." in name:
            facts = book.overlay(name.split(".")[0]).rules.facts
            found |= {code: fact.kind for code, fact in facts.items()}
    return found


def _assess_lazily(
    book: "PolicyBook",
    table: pl.LazyFrame,
    tables: Sequence[RecordTable],
    day: dt.date,
    division: str | None,
    options: Options,
) -> pl.LazyFrame:
    """Results as a lazy frame. Which divisions occur is asked at once, since the columns of the results depend on them;
    and, where rules ask for records of a table, which keys occur: of the rows to come nobody knows if they are all.
    """
    divisions = divisions_in(table, division)
    job = FrameJob(book, table.collect_schema(), divisions, tables, day, division, options)
    look_at_many_refs(table, [t.key for t in asked_of(tables, job.places)])
    warn(table.head(0).collect(), tables, job.places)
    warn_of_orphans(table, _keyed(tables), job.places)
    warn_of_help(table, _keyed(tables), job.places)
    return table.map_batches(job.assess, schema=job.schema, streamable=True)


def divisions_in(table: pl.LazyFrame, division: str | None) -> pl.Series:
    """The divisions in charge of the rows of a lazy frame, each once."""
    columns = [c for c in DIVISION_COLUMNS if c in table.collect_schema().names()]
    if division is not None or not columns:
        return pl.Series([division], dtype=pl.String)
    return divisions_of(table.select(columns).unique().collect(engine="streaming"), None).unique()


class NotARowError(ToldError, TypeError):
    """Something else where the number of a row is asked for; it is not repeated, since it may be a ref."""

    @classmethod
    def of(cls, value: object) -> Self:
        """The error for what was given."""
        kind = type(value).__name__
        return cls(
            Text(
                f'row 应为行号（自 0 起的整数），不是 {kind}；按编号查找请用 children["ref"].to_list().index(编号)。',
                f"row is a row's number, a whole number counted from 0, not a {kind}; to find it by its ref use "
                'children["ref"].to_list().index(ref).',
            )
        )


class NoSuchRowError(ToldError, IndexError):
    """A row that the table does not have."""

    @classmethod
    def of(cls, row: int, rows: int) -> Self:
        """The error for a row of a table of so many."""
        return cls(
            Text(
                f"没有第 {row} 行：表有 {rows} 行，行号自 0 起；请给出其中的行号。",
                f"There is no row {row}: the frame has {rows}, counted from 0. Give the number of one of them.",
            )
        )


def _row_number(row: Any) -> int:
    if isinstance(row, bool):
        raise NotARowError.of(row)
    try:
        return operator.index(row)
    except TypeError:
        raise NotARowError.of(row) from None


def explain_row(
    book: "PolicyBook",
    children: Any,
    row: int,
    members: Any,
    day: dt.date,
    division: str | None,
    *,
    strict: bool = True,
) -> Assessment:
    """See ``PolicyBook.explain_row``."""
    table, _ = taken(children)
    number = row = _row_number(row)
    whole = table
    if isinstance(table, pl.LazyFrame):
        table = table.slice(row, 1).collect()
        row = 0
    if not -len(table) <= row < len(table):
        raise NoSuchRowError.of(row, len(table))
    one = table.slice(row, 1)
    place = division or book.division
    rules = rules_of(book, place or divisions_of(one, None)[0], day)
    read = {*readers(rules.rules), *DIVISION_COLUMNS}
    tables = record_tables(members, table.schema)
    refuse_strangers(table.columns, (t.path for t in tables), own_titles([rules]))
    refuse_shared_ref(whole, one, asked_of(tables, [rules]))
    found = read_row(
        one,
        number if number >= 0 else number + len(table),
        tables,
        _declared(book, table.columns),
        read.__contains__,
        strict=strict,
    )
    assessment = book.assess(found.case, on=day, division=place)
    for problem in found.problems:
        assessment.report(problem)
    return assessment
