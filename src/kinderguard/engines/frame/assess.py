"""Assessing a frame of children: the way of the rows, from the caller's table and back.

Called by ``PolicyBook.assess_frame``; knows no packs, only the rules of a place.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
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

    missing: bool = True
    #: ``yuan`` (Decimal) or ``fen`` (whole numbers).
    money: str = "yuan"
    #: Policies and categories of provinces and counties as columns of their own, or as one column of lists.
    local: str = "columns"
    strict: bool = True
    batch: int = BATCH


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

    def divisions(self, children: pl.DataFrame) -> pl.Series:
        """The division in charge of each row: as stated, else of registration, else of residence."""
        columns = ("division_code", "child.registration.division", "child.residence.division")
        there = [pl.col(c).cast(pl.String) for c in columns if c in children.columns]
        if self._division is not None or not there:
            return pl.repeat(self._division, len(children), dtype=pl.String, eager=True)
        return children.select(pl.coalesce(there)).to_series()

    def batches(self, children: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The results, batch by batch, in the order of the groups of rules; ``#source_row`` says of which row."""
        divisions = self.divisions(children)
        self.engine.add(sorted(d for d in divisions.unique().to_list() if d is not None))
        self.engine.add([None] if divisions.null_count() else [])
        self.engine.compile()
        self.reader.need(self.engine.graph)
        names = list(self.engine.places)
        place = (
            divisions.replace_strict(names, list(self.engine.places.values()), return_dtype=pl.UInt32)
            if len(children)
            else pl.Series([], dtype=pl.UInt32)
        )
        rows = pl.int_range(len(children), dtype=pl.UInt32, eager=True)
        ordered = children.select(self.reader.columns(children.columns)).with_columns(
            place.alias(PLACE), rows.alias(SOURCE_ROW)
        )
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
        wanted = self.schema()
        shared = dict(self._columns(self.engine.base))
        if len(computed.parts) == 1:
            (part,) = computed.parts
            return part.rows.select(pl.col(SOURCE_ROW), *_selected(dict(self._columns(part.group)), wanted))
        own = [(part, dict(self._columns(part.group))) for part in computed.parts]
        # What every group has from the shared rules stands there for all rows already.
        same = {
            n: d for n, d in wanted.items() if n in shared and all(n in c and c[n][0] == shared[n][0] for _, c in own)
        }
        differing = {name: dtype for name, dtype in wanted.items() if name not in same}
        found = computed.rows.select(pl.col(SOURCE_ROW), *_selected(shared, same))
        if differing and own:
            stacked = pl.concat([part.rows.select(*_selected(columns, differing)) for part, columns in own])
            found = found.with_columns(_in_row_order(stacked, computed.parts))
        return found.select(SOURCE_ROW, *wanted)

    def schema(self) -> dict[str, pl.DataType]:
        """The columns of the results with their types."""
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
