"""The policy book on frames: children in a table in, results in a table of the same kind out.

``PolicyBook.assess_frame`` and its companions are written here, so that the book itself needs no Polars.
"""

import datetime as dt
import threading
import warnings
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import narwhals as nw
import polars as pl

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.explain import absent_parameter
from kinderguard.engines.frame.assess import DIVISION_COLUMNS, FrameRun, Options, divisions_of
from kinderguard.engines.frame.columns import OTHER_COUNTY, FrameColumnError
from kinderguard.engines.frame.inputs import RecordTable, alike, list_kinds
from kinderguard.engines.frame.rows import case_of, polars_type
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.missing import DERIVED
from kinderguard.model.codes import Code
from kinderguard.model.errors import Problem, did_you_mean
from kinderguard.model.text import Text
from kinderguard.packs.book import needed_providers
from kinderguard.packs.overlay import Overlay
from kinderguard.packs.provided import provide
from kinderguard.rules.definitions import Category, Check, FactProvider, Policy
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.ruleset import RuleSet, facts_read
from kinderguard.rules.titles import fact_title, list_title

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook


class MissingColumnsWarning(UserWarning):
    """Facts that rules read and the frame has no column for: unknown in every row."""


class OrphanedRecordsWarning(UserWarning):
    """Records whose key belongs to no child of the frame."""


@attrs.frozen(eq=False)
class PlaceRules:
    """The rules of one division on a day, as the frame engine asks for them."""

    division: str | None
    day: dt.date
    overlay: Overlay
    rules: RuleSet
    group: Hashable

    def parameters(self, codes: Iterable[str]) -> Mapping[str, Any]:
        """The values of parameters here, as the reference engine takes them; what has none is known by its floor."""
        found = {}
        for code in codes:
            parameter = self.rules.parameters[code]
            value = parameter.at(self.division, self.day)
            assert parameter.kind is not None
            floor = parameter.floor.value if parameter.floor else None
            found[code] = absent_parameter(parameter.kind, floor) if value is None else value.value
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the packs of the place."""
        return self.overlay.problems

    @property
    def providers(self) -> tuple[FactProvider, ...]:
        """The providers of the facts that rules in force read, each after those whose facts it needs."""
        rules = self.rules
        dated: dict[str, Category | Policy | Check] = {**rules.categories, **rules.policies, **rules.checks}
        in_force = {code for code, rule in dated.items() if self.day in rule.effective}
        read = {path for path, owners in self.overlay.readers.items() if not in_force.isdisjoint(owners)}
        return needed_providers(rules, read)


def rules_of(book: "PolicyBook", division: str | None, day: dt.date) -> PlaceRules:
    """The rules of a division on a day; divisions with the same packs share a group."""
    overlay = book.overlay(division)
    in_force = overlay.in_force(day)
    return PlaceRules(division, day, overlay, in_force.rules, id(in_force))


# ---- the schema ---------------------------------------------------------------------------------------------------


@attrs.frozen
class FrameColumn:
    """A column that a frame may have: a fact by its path, or a list of records.

    A fact of a record (``father.situations.kind``) is a field of the list's structs, or a column of its own table.
    """

    name: str
    #: ``condition``, ``code``, ``codes``, ``money`` (yuan), ``number``, ``date`` or ``list``.
    kind: str
    unit: str
    title: Text
    #: The codes that it may hold, by their titles; empty where it holds none.
    codes: Mapping[str, Text]
    #: The list that it is a field of; empty for a column of the children.
    of: str
    #: The categories, policies and checks that read it.
    read_by: tuple[str, ...]


@attrs.frozen(eq=False, repr=False)
class FrameSchema:
    """The columns that ``assess_frame`` reads. Iterable; ``schema["child.birth_date"]`` finds one."""

    columns: tuple[FrameColumn, ...]

    def __iter__(self) -> Iterator[FrameColumn]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, name: str) -> FrameColumn:
        found = next((c for c in self.columns if c.name == name), None)
        if found is None:
            near = did_you_mean(name, (c.name for c in self.columns))
            raise KeyError(f"No rule here reads a column {name!r}.{near}")
        return found

    def __contains__(self, name: object) -> bool:
        return any(c.name == name for c in self.columns)

    def to_polars(self) -> pl.DataFrame:
        """The schema as a table."""
        rows = [
            (c.name, c.kind, c.unit, c.title.zh, c.title.en, list(c.codes), c.of, list(c.read_by)) for c in self.columns
        ]
        names = ["name", "kind", "unit", "title_zh", "title_en", "codes", "of", "read_by"]
        several = pl.List(pl.String())
        types = [*[pl.String()] * 5, several, pl.String(), several]
        return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")

    def empty(self) -> pl.DataFrame:
        """A frame without rows that has every column of the children, each of the type it is read fastest in."""
        from kinderguard.engines.frame.rows import struct_type

        kinds = fact_kinds()
        schema: dict[str, Any] = {"ref": pl.String, "division_code": pl.String}
        for column in self.columns:
            if column.kind == "list" and not column.of:
                schema[column.name] = pl.List(struct_type(kinds.lists[column.name]))
            elif not column.of:
                schema[column.name] = polars_type(_kind_of(column), dates=pl.Date)
        return pl.DataFrame(schema=schema)

    def __repr__(self) -> str:
        return f"<FrameSchema of {len(self.columns)} columns>"

    def _repr_html_(self) -> str:
        return self.to_polars()._repr_html_()


_KIND_WORDS = {Sort.BOOL: "condition"}


def _kind_of(column: FrameColumn) -> Kind:
    kinds = fact_kinds().fields
    if column.name in kinds:
        return kinds[column.name]
    sort = next((s for s, word in _KIND_WORDS.items() if word == column.kind), None) or Sort(column.kind)
    codes = type(next(iter(column.codes))) if column.codes else None
    return Kind(sort, column.unit, codes if codes and issubclass(codes, Code) else None)


def readers(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """By fact or list, the rules that read it; derived facts by what they come from."""
    found: dict[str, dict[str, None]] = {}
    for owner, expr in rules.expressions():
        for path in facts_read(expr):
            for source in DERIVED.get(path, (path,)):
                found.setdefault(source, {})[owner] = None
    for provider in rules.providers.values():
        for need in provider.needs:
            for path in facts_read(need):
                found.setdefault(path, {})[provider.code] = None
    return {path: tuple(owners) for path, owners in found.items()}


def frame_schema(rules: RuleSet, titles: Mapping[str, Text]) -> FrameSchema:
    """The columns that some rules read."""
    kinds = fact_kinds()
    extra = {code: fact.kind for code, fact in rules.facts.items()}
    columns = []
    for path, owners in sorted(readers(rules).items()):
        if path == OTHER_COUNTY:
            continue
        of, kind = _list_of(path)
        known = kind or {**kinds.fields, **extra}.get(path)
        if known is None:
            title = list_title(path, titles)
            columns.append(FrameColumn(path, "list", "", title, {}, of, owners))
            continue
        unit = "yuan" if known.sort is Sort.MONEY else known.unit
        word = _KIND_WORDS.get(known.sort, known.sort.value)
        codes = {str(c): c.label for c in known.codes or ()}
        columns.append(FrameColumn(path, word, unit, fact_title(path, titles), codes, of, owners))
    return FrameSchema(tuple(columns))


def _list_of(path: str) -> tuple[str, Kind | None]:
    """The list that a path lies in (empty for the child's own), and its kind if it is a value."""
    for name, kinds in fact_kinds().lists.items():
        if path.startswith(name + "."):
            rest, of = path[len(name) + 1 :], name
            for inner, nested in kinds.lists.items():
                if rest.startswith(inner + "."):
                    return f"{name}.{inner}", nested.fields.get(rest[len(inner) + 1 :])
            return of, kinds.fields.get(rest)
    return "", None


# ---- assessing ------------------------------------------------------------------------------------------------------

Records = Mapping[str, Any]


def assess_frame(
    book: "PolicyBook", children: Any, members: Any, day: dt.date, division: str | None, options: Options
) -> Any:
    """See ``PolicyBook.assess_frame``."""
    table, give_back = _taken(children)
    tables = _record_tables(members, table.collect_schema() if isinstance(table, pl.LazyFrame) else table.schema)
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
    divisions = divisions_of(table, division)
    job = FrameJob(book, table.schema, divisions, tables, day, division, options, _full(table))
    warn(table, tables, job.places)
    return job.assess(table)


def _full(table: pl.DataFrame) -> frozenset[str]:
    """The columns without an empty cell; NaN is one."""
    return frozenset(c.name for c in table.get_columns() if not c.null_count() and not c.dtype.is_float())


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
        self._ref = schema.get("ref")
        self._lock = threading.Lock()
        # What providers say stands in columns of its own, also where the caller's table has none.
        said = {p.code: polars_type(p.fact.kind) for providers in self._providers().values() for p in providers[1]}
        given = dict(schema) | said
        self._run = FrameRun(
            day,
            lambda d: rules_of(book, d, day),
            given,
            tables=tables,
            extra=_declared(book, given),
            division=division,
            options=options,
            full=full - said.keys(),
        )
        self._run.meet(divisions)

    @property
    def places(self) -> Iterable[PlaceRules]:
        """The rules of each place."""
        return self._rules.values()

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns of the results with their types."""
        return ({} if self._ref is None else {"ref": self._ref}) | self._run.schema

    def columns(self, there: Iterable[str]) -> list[str]:
        """The columns of a table that are needed, of those that there are."""
        names = list(there)
        asked = {path for _, ps in self._providers().values() for p in ps for e in p.needs for path in facts_read(e)}
        needed = {*self._run.reader.columns(names), *asked, *DIVISION_COLUMNS, "ref"}
        return [name for name in names if name in needed]

    def take(self, tables: Sequence[RecordTable]) -> None:
        """Find records in these tables from now on."""
        self._run.take(tables)

    def problems(self) -> list[Problem]:
        """The cells that could not be read so far, where the run was not strict."""
        return self._run.reader.problems()

    def assess(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The results of some rows, in their order; one table at a time."""
        with self._lock:
            table, failed = self._provided(rows)
            results = self._run.assess(table, failed)
        return results if self._ref is None else results.insert_column(0, rows["ref"])

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
    """Results as a lazy frame. Which divisions occur is asked at once: the columns of the results depend on them."""
    divisions = divisions_in(table, division)
    job = FrameJob(book, table.collect_schema(), divisions, tables, day, division, options)
    warn(table.head(0).collect(), tables, job.places)
    return table.map_batches(job.assess, schema=job.schema, streamable=True)


def divisions_in(table: pl.LazyFrame, division: str | None) -> pl.Series:
    """The divisions in charge of the rows of a lazy frame, each once."""
    columns = [c for c in DIVISION_COLUMNS if c in table.collect_schema().names()]
    if division is not None or not columns:
        return pl.Series([division], dtype=pl.String)
    return divisions_of(table.select(columns).unique().collect(engine="streaming"), None).unique()


def _taken(native: Any) -> tuple[Any, Any]:
    """A caller's table as Polars, and what turns a Polars table into the caller's kind."""
    if isinstance(native, pl.DataFrame | pl.LazyFrame):
        return native, lambda found: found
    try:
        frame = nw.from_native(native)
    except TypeError:
        raise FrameColumnError(
            (
                Problem(
                    "frame.kind",
                    Text(
                        f"不支持的表类型：{type(native).__name__}",
                        f"A {type(native).__name__} is no table that can be read: give a Polars or pandas frame, a PyArrow table or a DuckDB relation.",
                    ),
                ),
            )
        ) from None
    kind = frame.implementation
    if isinstance(frame, nw.LazyFrame):
        table = frame.collect("polars").to_native()
        return table, _as_duckdb if kind.is_duckdb() else (lambda found: found)
    table = _as_polars(frame)
    if kind.is_pandas_like():
        index = native.index
        table = _without_guesses(table)

        def to_pandas(found: pl.DataFrame) -> Any:
            made = found.to_pandas(use_pyarrow_extension_array=_has_arrow(native))
            made.index = index
            if not _has_arrow(native):
                three_valued = [name for name, dtype in found.schema.items() if dtype == pl.Boolean]
                made = made.astype(dict.fromkeys(three_valued, "boolean"))
            return made

        return table, to_pandas
    return table, (lambda found: found.to_arrow()) if kind.is_pyarrow() else (lambda found: found)


def _as_polars(frame: Any) -> pl.DataFrame:
    try:
        return frame.to_polars()  # type: ignore[no-any-return]
    except Exception:  # noqa: BLE001  whatever it is, its own words may quote a cell
        mixed = [name for name in frame.columns if not _converts(frame.select(name))]
        raise FrameColumnError(tuple(_mixed(name) for name in mixed or frame.columns)) from None


def _converts(column: Any) -> bool:
    try:
        column.to_polars()
    except Exception:  # noqa: BLE001  as above
        return False
    return True


def _mixed(name: str) -> Problem:
    return Problem(
        "frame.column_type",
        Text(
            f"列 {name} 的值类型不一，无法读取",
            f"The column {name!r} cannot be read: its values are of several types. Give it one type, with None for unknown.",
        ),
        name,
    )


def _without_guesses(table: pl.DataFrame) -> pl.DataFrame:
    """A pandas column of nothing but blanks comes as text, whatever it was for: it is of no type."""
    blank = [
        name
        for name, dtype in table.schema.items()
        if dtype == pl.String and name != "ref" and table[name].null_count() == len(table)
    ]
    return table.with_columns(pl.repeat(None, len(table), dtype=pl.Null, eager=True).alias(name) for name in blank)


def _has_arrow(frame: Any) -> bool:
    return any(type(dtype).__name__ == "ArrowDtype" for dtype in frame.dtypes)


def _as_duckdb(found: pl.DataFrame) -> Any:
    import duckdb

    return duckdb.from_arrow(found.to_arrow(compat_level=pl.CompatLevel.oldest()))


KEYS = ("household.number", "ref")


def _record_tables(members: Any, schema: Mapping[str, Any]) -> list[RecordTable]:
    """The tables of records, each with the column that finds them."""
    if members is None:
        return []
    given = members if isinstance(members, Mapping) else {"household.members": members}
    found = []
    for path, native in given.items():
        if path not in fact_kinds().lists:
            raise _frame_error(
                f"没有名为 {path} 的列表", f"There is no list {path!r}.{did_you_mean(path, fact_kinds().lists)}"
            )
        table, _ = _taken(native)
        table = table.collect() if isinstance(table, pl.LazyFrame) else table
        key = next((k for k in KEYS if k in table.columns and k in schema), None)
        if key is None:
            raise _frame_error(
                f"{path} 的表与儿童表没有共同的键列（{'、'.join(KEYS)}）",
                f"The table of {path} and the children share no key: both need a column {' or '.join(map(repr, KEYS))}.",
            )
        found.append(RecordTable(path, table, key))
    return found


def _frame_error(zh: str, en: str) -> FrameColumnError:
    return FrameColumnError((Problem("frame.records", Text(zh, en)),))


def warn(table: pl.DataFrame, tables: Sequence[RecordTable], places: Iterable[PlaceRules]) -> None:
    """Say at once which facts have no column and which rules read them; and which records belong to nobody."""
    there, schema = set(table.columns), table.schema
    read: dict[str, dict[str, None]] = {}
    for rules in {p.group: p for p in places}.values():
        for path, owners in rules.overlay.readers.items():
            if path not in rules.rules.providers:  # what a provider gives needs no column
                read.setdefault(path, {}).update(dict.fromkeys(owners))
    lacking = {path: owners for path, owners in read.items() if not _has_column(path, there, schema, tables)}
    # A list that is not there is told once, not field by field.
    lacking = {path: owners for path, owners in lacking.items() if _list_of(path)[0] not in lacking}
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
    of, _ = _list_of(path)
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


def explain_row(
    book: "PolicyBook", children: Any, row: int, members: Any, day: dt.date, division: str | None
) -> Assessment:
    """See ``PolicyBook.explain_row``."""
    table, _ = _taken(children)
    if isinstance(table, pl.LazyFrame):
        table = table.slice(row, 1).collect()
        row = 0
    if not -len(table) <= row < len(table):
        raise IndexError(f"There is no row {row}: the frame has {len(table)}.")
    facts = table.row(row, named=True)
    for given in _record_tables(members, table.schema):
        key, theirs = alike(table[given.key].slice(row, 1), given.frame[given.key])
        mine = given.frame.filter((theirs == key[0]).fill_null(False))
        facts[given.path] = mine.drop(given.key).to_dicts() or None
    case = case_of(facts, extra=_declared(book, table.columns))
    place = division or book.division
    return book.assess(case, on=day, division=place)


__all__ = [
    "FrameColumn",
    "FrameSchema",
    "MissingColumnsWarning",
    "OrphanedRecordsWarning",
    "assess_frame",
    "explain_row",
    "frame_schema",
    "list_kinds",
]
