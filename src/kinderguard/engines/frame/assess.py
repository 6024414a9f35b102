"""Assessing a frame of children: the way of the rows, from the caller's table and back.

Called by ``PolicyBook.assess_frame``; knows no packs, only the rules of a place.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

import attrs
import polars as pl

from kinderguard.engines.frame.engine import (
    BATCH,
    PLACE,
    SOURCE_ROW,
    Computed,
    FrameEngine,
    Group,
    Part,
    RulesOfPlace,
)
from kinderguard.engines.frame.inputs import Reader, RecordTable, layout_of
from kinderguard.engines.frame.outputs import Money
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.frame.vectors import Vector
from kinderguard.rules.kinds import Kind

#: A total of one frequency: ``due.month``, and ``due.month.household`` for what is paid to the household.
DUE = "due"
#: From so many groups of rules on, rows are put in the order of their groups, so that each group's stand together.
MANY = 16
#: One fen in yuan.
FEN = pl.lit(Decimal("0.01"))


@attrs.frozen
class Options:
    """What to give, and how."""

    #: The unknown facts that leave a result open, as a list of paths for each child.
    missing: bool = True
    #: What was wrong with packs, rules or cells for each child, and whether every rule could be used.
    problems: bool = True
    #: ``yuan`` (Decimal) or ``fen`` (whole numbers).
    money: str = "yuan"
    #: Policies and categories of provinces and counties as columns of their own, or as one column of lists.
    local: str = "columns"
    strict: bool = True
    batch: int = BATCH


#: The columns beside the results.
MISSING, PROBLEMS, COMPLETE = "missing", "problems", "complete"
#: Problems that mean that not every rule could be used (as ``Assessment.complete`` has it).
BLOCKING = r"^(pack\.|provider\.|rule\.|case\.division_unknown)"


def open_paths() -> list[str]:
    """Every path that may be asked for: facts, lists, and facts of records without the record's number."""
    kinds = fact_kinds()
    found = [*kinds.fields, *kinds.lists]
    waiting = list(kinds.lists.items())
    while waiting:
        path, nested = waiting.pop()
        found += [f"{path}.{name}" for name in (*nested.fields, *nested.lists)]
        waiting += [(f"{path}.{name}", inner) for name, inner in nested.lists.items()]
    return found


def listed(marks: Mapping[str, pl.Series], names: Sequence[str], rows: int) -> pl.Series:
    """For each row the names of the marks that are set, in the order of ``names``."""
    place = {name: k for k, name in enumerate(names)}
    chosen = sorted((place[name], mark) for name, mark in marks.items() if mark.any())
    dtype = pl.Enum(names)
    empty = pl.Series([[]], dtype=pl.List(dtype)).new_from_index(0, rows)
    if not chosen:
        return empty
    at = pl.concat([mark.arg_true().cast(pl.UInt32) for _, mark in chosen])
    codes = pl.concat([pl.repeat(k, int(mark.sum()), dtype=pl.UInt16, eager=True) for k, mark in chosen])
    found = (
        pl.DataFrame({"row": at, "name": codes})
        .sort("row", maintain_order=True)
        .group_by("row", maintain_order=True)
        .agg(pl.col("name"))
    )
    known = found["name"].list.eval(pl.element().cat.to(dtype))
    places = pl.repeat(None, rows, dtype=pl.UInt32, eager=True)
    places = places.scatter(found["row"], pl.int_range(len(found), dtype=pl.UInt32, eager=True))
    return pl.select(pl.coalesce(known.gather(places), pl.lit(empty))).to_series()


#: Where the division in charge of a row stands: as stated, else of registration, else of residence.
DIVISION_COLUMNS = ("division_code", "child.registration.division", "child.residence.division")


def divisions_of(children: pl.DataFrame, division: str | None) -> pl.Series:
    """The division in charge of each row; ``division`` for all, if given."""
    there = [pl.col(c).cast(pl.String) for c in DIVISION_COLUMNS if c in children.columns]
    if division is not None or not there:
        return pl.repeat(division, len(children), dtype=pl.String, eager=True)
    return children.select(pl.coalesce(there)).to_series()


class FrameRun:
    """One run over frames of one schema."""

    def __init__(
        self,
        day: dt.date,
        rules_of: Callable[[str | None], RulesOfPlace],
        schema: Mapping[str, pl.DataType],
        *,
        tables: Sequence[RecordTable] = (),
        extra: Mapping[str, Kind],
        division: str | None,
        options: Options,
    ) -> None:
        self.options = options
        self.layout = layout_of(schema, tables, extra)
        self.engine = FrameEngine(day, rules_of, self.layout, missing=options.missing)
        self.reader = Reader(self.layout, tables, extra, strict=options.strict)
        self._division = division
        #: By problem, the rows of the frame in which it was met before.
        self.noted: dict[str, pl.Series] = {}
        #: Every path that the list of open facts may hold.
        self.paths: list[str] = []

    def meet(self, divisions: pl.Series) -> None:
        """Meet the places of some rows, before their number is known."""
        self.engine.add(sorted(d for d in divisions.unique().to_list() if d is not None))
        self.engine.add([None] if divisions.null_count() else [])
        self.engine.compile()
        self.reader.need(self.engine.graph)
        own = {code for rules in self.engine.rules for code in rules.rules.facts}
        self.paths = sorted({*open_paths(), *own})
        self.__dict__.pop("_place_problems", None)

    def batches(self, children: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The results, batch by batch, in the order of the groups of rules; ``#source_row`` says of which row."""
        divisions = divisions_of(children, self._division)
        self.meet(divisions)
        names = list(self.engine.places)
        place = (
            divisions.replace_strict(names, list(self.engine.places.values()), return_dtype=pl.UInt32)
            if len(children)
            else pl.Series([], dtype=pl.UInt32)
        )
        rows = pl.int_range(len(children), dtype=pl.UInt32, eager=True)
        read = children.select(self.reader.columns(children.columns))
        ordered = pl.DataFrame([place.alias(PLACE), rows.alias(SOURCE_ROW), *read.get_columns()])
        groups = pl.Series(self.engine._group_of_place, dtype=pl.UInt32).gather(place)
        if groups.n_unique() > MANY and not groups.is_sorted():
            ordered = ordered[groups.arg_sort()]
        for start in range(0, max(len(ordered), 1), self.options.batch):
            batch = self.reader.batch(ordered.slice(start, self.options.batch))
            yield self._results(self.engine.run(batch, self.reader))

    def assess(self, children: pl.DataFrame) -> pl.DataFrame:
        """The results in the order of the rows."""
        found = pl.concat(list(self.batches(children)), how="vertical")
        if not found[SOURCE_ROW].is_sorted():
            found = found.sort(SOURCE_ROW)
        return found.drop(SOURCE_ROW)

    # ---- results ------------------------------------------------------------------------------------------------

    def _results(self, computed: Computed) -> pl.DataFrame:
        wanted = self._results_schema()
        shared = dict(self._columns(self.engine.base))
        if len(computed.parts) == 1:
            (part,) = computed.parts
            found = part.rows.select(pl.col(SOURCE_ROW), *_selected(dict(self._columns(part.group)), wanted))
            return found.with_columns(self._lists(part))
        own = [(part, dict(self._columns(part.group))) for part in computed.parts]
        # What every group has from the shared rules stands there for all rows already.
        same = {
            n: d for n, d in wanted.items() if n in shared and all(n in c and c[n][0] == shared[n][0] for _, c in own)
        }
        differing = {name: dtype for name, dtype in wanted.items() if name not in same}
        found = computed.rows.select(pl.col(SOURCE_ROW), *_selected(shared, same))
        if differing and own:
            stacked = pl.concat(
                [part.rows.select(SOURCE_ROW, *_selected(columns, differing)).drop(SOURCE_ROW) for part, columns in own]
            )
            found = found.with_columns(_in_row_order(stacked, computed.parts))
        lists = [pl.DataFrame(self._lists(part)) for part in computed.parts]
        if lists and lists[0].width:
            found = found.hstack(_in_row_order(pl.concat(lists), computed.parts).get_columns())
        return found.select(SOURCE_ROW, *self.schema())

    def _lists(self, part: Part) -> list[pl.Series]:
        """Open facts and problems of a part's rows."""
        outputs = part.group.outputs
        assert outputs is not None
        found = []
        if self.options.missing:
            marks = {path: self._mark(part, v) for path, v in outputs.missing.items()}
            found.append(listed(marks, self.paths, len(part.rows)).alias(MISSING))
        if self.options.problems:
            by_place = self._place_problems[1]
            problems = by_place.gather(part.rows[PLACE]).alias(PROBLEMS)
            marks = {}
            if outputs.fault is not None and not outputs.fault.is_value(False):
                marks["rule.division_by_zero"] = self._mark(part, outputs.fault)
            unread = self.reader.unread_rows(part.rows[SOURCE_ROW])
            if unread is not None:
                marks["fact.not_valid"] = unread
            for code, rows in self.noted.items():
                marks[code] = rows.gather(part.rows[SOURCE_ROW])
            if marks:
                own = listed(marks, list(marks), len(part.rows)).cast(problems.dtype)
                problems = pl.select(pl.concat_list(problems, own)).to_series().alias(PROBLEMS)
            found.append(problems)
            blocking = (
                problems.list.eval(pl.element().str.contains(BLOCKING)).list.any()
                if len(problems)
                else pl.Series([], dtype=pl.Boolean)
            )
            found.append((~blocking).alias(COMPLETE))
        return found

    def _mark(self, part: Part, vector: Vector) -> pl.Series:
        # Beside a column, so that a constant has a value for every row.
        return part.rows.select(pl.col(SOURCE_ROW), self.engine.expr(vector).alias("mark"))["mark"]

    @cached_property
    def _place_problems(self) -> tuple[int, pl.Series]:
        """By place, the codes of what was wrong with its packs."""
        codes = [sorted({p.code for p in rules.problems}) for rules in self.engine.rules]
        for division, place in self.engine.places.items():
            if division is None:
                codes[place].append("case.division_unknown")
        for group in self.engine.groups.values():
            for place, fault in group.faults.items():
                if fault:
                    codes[place].append("rule.division_by_zero")
        return len(codes), pl.Series(codes, dtype=pl.List(pl.String))

    def schema(self) -> dict[str, pl.DataType]:
        """The columns of the results with their types."""
        found = self._results_schema()
        if self.options.missing:
            found[MISSING] = pl.List(pl.Enum(self.paths))
        if self.options.problems:
            found |= {PROBLEMS: pl.List(pl.String), COMPLETE: pl.Boolean()}
        return found

    def _results_schema(self) -> dict[str, pl.DataType]:
        found: dict[str, pl.DataType] = {}
        money = pl.Decimal(38, 2) if self.options.money == "yuan" else pl.Int64()
        for group in self.engine.groups.values():
            assert group.outputs is not None
            for code in group.outputs.categories:
                found[code] = pl.Boolean()
            for code, policy in group.outputs.policies.items():
                found[f"{code}.eligible"] = pl.Boolean()
                if policy.granted is not None:
                    found[f"{code}.granted"] = pl.Boolean()
                else:
                    found |= {f"{code}.{end}{self._unit}": money for end in ("amount", "low", "high")}
        for group in self.engine.groups.values():
            assert group.outputs is not None
            for every, per in group.outputs.totals:
                found |= {f"{total_name(every, per)}.{end}{self._unit}": money for end in ("amount", "low", "high")}
        return found

    @property
    def _unit(self) -> str:
        return "" if self.options.money == "yuan" else "_fen"

    def _columns(self, group: Group) -> "Iterator[tuple[str, Column]]":
        outputs = group.outputs
        assert outputs is not None
        for code, vector in outputs.categories.items():
            yield code, (vector, self.engine.expr(vector))
        for code, policy in outputs.policies.items():
            yield f"{code}.eligible", (policy.eligible, self.engine.expr(policy.eligible))
            if policy.granted is not None:
                yield f"{code}.granted", (policy.granted, self.engine.expr(policy.granted))
            if policy.money is not None:
                yield from self._money(code, policy.money)
        for (every, per), money in outputs.totals.items():
            yield from self._money(total_name(every, per), money)

    def _money(self, name: str, money: Money) -> "Iterator[tuple[str, Column]]":
        for end, vector in (("amount", money.amount), ("low", money.low), ("high", money.high)):
            expr = self.engine.expr(vector)
            if self.options.money == "yuan":
                expr = expr.cast(pl.Decimal(20, 0)) * FEN
            yield f"{name}.{end}{self._unit}", (vector, expr)


#: A column of the results: the vector behind it, and how it is written.
Column: TypeAlias = tuple[Vector, pl.Expr]


def _selected(columns: Mapping[str, Column], wanted: Mapping[str, pl.DataType]) -> Iterator[pl.Expr]:
    for name, dtype in wanted.items():
        expr = columns[name][1] if name in columns else pl.lit(None)
        yield expr.cast(dtype).alias(name)


def _in_row_order(stacked: pl.DataFrame, parts: Sequence[Part]) -> pl.DataFrame:
    """Parts one after another, back in the order of the batch."""
    if all(isinstance(p.where, tuple) for p in parts):
        return stacked
    rows = pl.concat([p.where for p in parts if isinstance(p.where, pl.Series)])
    back = pl.repeat(0, len(rows), dtype=pl.UInt32, eager=True)
    return stacked[back.scatter(rows, pl.int_range(len(rows), dtype=pl.UInt32, eager=True))]


def total_name(every: str, per: str) -> str:
    """The name of a total: what is paid to the child, or to the household."""
    return f"{DUE}.{every}" if per == "child" else f"{DUE}.{every}.household"
