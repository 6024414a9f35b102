"""A graph as a program: Polars expressions in layers, with the records of lists visited where they are needed.

A vector that is read more than once becomes a column; the others are written into the expression that reads them. So
each shared step is computed once, and no row ever meets Python.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, Protocol, TypeAlias

import attrs
import polars as pl

from kinderguard.engines.frame.columns import DIVISIONS
from kinderguard.engines.frame.spans import later_expr, span_expr
from kinderguard.engines.frame.vectors import WIDE, Dtype, Scope, Vector

TYPES: dict[Dtype, Any] = {
    Dtype.BOOL: pl.Boolean, Dtype.INT: pl.Int64, Dtype.DATE: pl.Date, Dtype.CODE: pl.UInt16, Dtype.BITS: pl.UInt64,
    Dtype.TEXT: pl.String, Dtype.LIST: pl.Boolean,
}  # fmt: skip

#: The row of the frame around that a record belongs to.
ROW = "#row"
#: Given, not computed.
_GIVEN = ("source", "outer", "fold")
#: What is written with its parts more than once.
_READ_AGAIN = ("min", "max", "min_there", "max_there", "quotient", "later")


class RecordTables(Protocol):
    """What finds the records of a list."""

    def records(self, scope: Scope, column: str, around: pl.DataFrame) -> pl.DataFrame:
        """The records of each row of ``around``, in order, with ``#row`` and their facts as the engine holds them."""


@attrs.frozen
class Enter:
    """Visit the records of a list."""

    records: Scope
    column: str


@attrs.frozen
class Import:
    """Show the records what stands in the row around them."""

    records: Scope
    columns: tuple[tuple[str, str], ...]


@attrs.frozen
class Compute:
    """One layer of columns."""

    scope: Scope
    columns: tuple[tuple[str, pl.Expr], ...]


@attrs.frozen
class Fold:
    """Bring the records' values back to the rows around."""

    records: Scope
    column: str
    folds: tuple[tuple[str, str, str], ...]


Instruction: TypeAlias = Enter | Import | Compute | Fold


def column_name(vector: Vector) -> str:
    """The column that holds a vector."""
    return vector.payload[0] if vector.op == "source" else f"v{vector.index}"


class Program:
    """What computes some vectors of a graph; made once, run for every batch.

    Args:
        roots: the vectors of the top scope that are wanted.
        given: vectors of the top scope that the frame will hold already.
    """

    def __init__(self, roots: Iterable[Vector], given: Iterable[Vector] = ()) -> None:
        self.roots = tuple(dict.fromkeys(roots))
        self._done: set[Vector] = set(given)
        self._given = frozenset(self._done)
        self._entered: set[int] = set()
        self._columns = self._kept(self.roots)
        self.instructions: list[Instruction] = []
        if self.roots:
            self._ensure(self.roots[0].scope.chain()[-1], [r for r in self.roots if not r.is_constant])

    # ---- planning -----------------------------------------------------------------------------------------------

    def _kept(self, roots: Sequence[Vector]) -> set[Vector]:
        """The vectors that become columns."""
        uses: dict[Vector, int] = {}
        kept = {r for r in roots if not r.is_constant}
        waiting, seen = list(roots), set(roots)
        while waiting:
            vector = waiting.pop()
            if vector in self._given:
                continue
            reads = list(vector.args)
            if vector.op == "fold":
                records: Scope = vector.payload[1]
                assert records.source is not None
                reads.append(records.source)
                kept.add(vector.args[0])
                kept.add(records.source)
            again = vector.op in _READ_AGAIN
            for read in reads:
                uses[read] = uses.get(read, 0) + 1 + again
                if vector.op == "outer":
                    kept.add(read)
                if read not in seen:
                    seen.add(read)
                    waiting.append(read)
        kept |= {v for v, count in uses.items() if count > 1 and not v.is_constant}
        return kept | {v for v in seen if v.op in _GIVEN or v in self._given}

    @property
    def reads(self) -> frozenset[Vector]:
        """The given vectors that are used."""
        found: set[Vector] = set()
        seen: set[Vector] = set(self.roots)
        waiting = list(self.roots)
        while waiting:
            vector = waiting.pop()
            if vector in self._given:
                found.add(vector)
                continue
            reads = [*vector.args, *([vector.payload[1].source] if vector.op == "fold" else [])]
            for read in reads:
                if read not in seen:
                    seen.add(read)
                    waiting.append(read)
        return frozenset(found)

    @property
    def sources(self) -> frozenset[str]:
        """The columns of the top scope that must be there."""
        return frozenset(
            column_name(v)
            for v in self._columns
            if v.scope.parent is None
            and (v.op == "source" or v in self._given)
            and not v.is_constant
            and not column_name(v).startswith("@")
        )

    @property
    def opens_lists(self) -> bool:
        """Whether the records of any list are looked into."""
        return any(isinstance(step, Enter) for step in self.instructions)

    @property
    def place_columns(self) -> tuple[str, ...]:
        """The columns that are taken from the rows' places."""
        names = {v.payload[0] for v in self._columns if v.op == "source" and v.scope.parent is None}
        return tuple(sorted(name for name in names if name.startswith("@")))

    def _ensure(self, scope: Scope, wanted: Sequence[Vector]) -> None:
        """Plan what ``wanted`` vectors of a scope need, lists stage by stage."""
        order = self._order(scope, wanted)
        stages: dict[Vector, int] = {}
        for vector in order:
            stages[vector] = max((stages.get(a, 0) for a in self._around(scope, vector)), default=0) + (
                vector.op == "fold"
            )
        for stage in range(max(stages.values(), default=0) + 1):
            here = [v for v in order if stages[v] == stage]
            self._fold(scope, [v for v in here if v.op == "fold"])
            self._layers(scope, [v for v in here if v.op not in _GIVEN])

    def _order(self, scope: Scope, wanted: Sequence[Vector]) -> list[Vector]:
        """The vectors of the scope that are needed and not there yet, each after what it reads."""
        order: list[Vector] = []
        seen: set[Vector] = set(self._done)
        stack = [(v, False) for v in reversed(wanted)]
        while stack:
            vector, ready = stack.pop()
            if ready:
                order.append(vector)
            elif vector not in seen:
                seen.add(vector)
                stack.append((vector, True))
                stack += [(a, False) for a in reversed(self._around(scope, vector)) if a not in seen]
        return order

    def _around(self, scope: Scope, vector: Vector) -> list[Vector]:
        """What a vector reads in its own scope; a fold, through the records it is made of."""
        if vector.op == "outer":
            return []
        if vector.op != "fold":
            return [a for a in vector.args if not a.is_constant]
        records: Scope = vector.payload[1]
        assert records.source is not None
        found: dict[Vector, None] = {records.source: None}
        waiting, seen = [vector.args[0]], {vector.args[0]}
        while waiting:
            current = waiting.pop()
            reads = [*current.args, *([current.payload[1].source] if current.op == "fold" else [])]
            for read in reads:
                if read.is_constant:
                    continue
                if read.scope is scope:
                    found[read] = None
                elif read not in seen:
                    seen.add(read)
                    waiting.append(read)
        return list(found)

    def _fold(self, scope: Scope, folds: list[Vector]) -> None:
        by_records: dict[Scope, list[Vector]] = {}
        for fold in folds:
            by_records.setdefault(fold.payload[1], []).append(fold)
        for records, wanted in by_records.items():
            assert records.source is not None
            if id(records) not in self._entered:
                self._entered.add(id(records))
                self.instructions.append(Enter(records, column_name(records.source)))
            inner = [f.args[0] for f in wanted]
            shown = [v for v in self._order(records, inner) if v.op == "outer"]
            if shown:
                self.instructions.append(
                    Import(records, tuple((column_name(v), column_name(v.args[0])) for v in shown))
                )
                self._done.update(shown)
            self._ensure(records, [v for v in inner if not v.is_constant])
            constant = [(column_name(v), _literal(v)) for v in dict.fromkeys(inner) if v.is_constant]
            if constant:
                self.instructions.append(Compute(records, tuple(constant)))
            self.instructions.append(
                Fold(
                    records,
                    column_name(records.source),
                    tuple((column_name(f), f.payload[0], column_name(f.args[0])) for f in wanted),
                )
            )
            self._done.update(wanted)

    def _layers(self, scope: Scope, vectors: list[Vector]) -> None:
        levels: dict[Vector, int] = {}
        layers: dict[int, list[Vector]] = {}
        for vector in vectors:
            level = max((levels.get(a, 0) for a in vector.args), default=0)
            if vector in self._columns:
                layers.setdefault(level, []).append(vector)
                level += 1
            levels[vector] = level
        for level in sorted(layers):
            self.instructions.append(
                Compute(scope, tuple((column_name(v), self.expr(v, whole=True)) for v in layers[level]))
            )
            self._done.update(layers[level])
        self._done.update(vectors)

    # ---- expressions --------------------------------------------------------------------------------------------

    def expr(self, vector: Vector, *, whole: bool = False) -> pl.Expr:
        """A vector as an expression over columns; ``whole`` writes out even one that has a column."""
        if vector.is_constant:
            return _literal(vector)
        if not whole and vector in self._columns:
            return pl.col(column_name(vector))
        if vector.op == "source":
            return pl.col(column_name(vector))
        return _WRITTEN[vector.op](vector, [self.expr(a) for a in vector.args])

    # ---- running ------------------------------------------------------------------------------------------------

    def run(
        self,
        frame: pl.DataFrame,
        tables: RecordTables,
        keep: Sequence[str] | None = None,
        reads: Sequence[pl.Expr] = (),
    ) -> pl.DataFrame:
        """``frame`` with a column for every root that is no constant, and for what was needed on the way.

        Args:
            frame: the rows.
            tables: what finds records.
            keep: the columns to give; all, if left out.
            reads: a first layer, of columns that are read in place of their own raw ones.

        Layers wait until somebody reads what they make: then they are computed as one chain.
        """
        scopes: dict[int, _Computing] = {0: _Computing(frame)}
        if reads:
            scopes[0].later([(expr.meta.output_name(), expr) for expr in reads])

        def at(scope: Scope) -> "_Computing":
            return scopes[0 if scope.parent is None else id(scope)]

        for step in self.instructions:
            match step:
                case Compute(scope=scope, columns=columns):
                    at(scope).later(columns)
                case Enter(records=records, column=column):
                    assert records.parent is not None
                    around = at(records.parent).with_columns_ready([column])
                    scopes[id(records)] = _Computing(tables.records(records, column, around))
                case Import(records=records, columns=columns):
                    assert records.parent is not None
                    around = at(records.parent).with_columns_ready([source for _, source in columns])
                    inner = at(records)
                    rows = inner.frame[ROW]
                    inner.frame = inner.frame.with_columns(
                        around[source].gather(rows).alias(name) for name, source in columns
                    )
                case Fold(records=records, column=column, folds=folds):
                    assert records.parent is not None
                    outer = at(records.parent)
                    outer.frame = outer.frame.with_columns(_folded(at(records).ready(), folds, outer.frame[column]))
        return scopes[0].ready(keep)


#: From so many rows on a chain of layers is streamed: in pieces that fit the processor's cache, on all cores.
STREAMED = 20_000


class _Computing:
    """The rows of one scope, with the layers that wait."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self._waiting: list[list[pl.Expr]] = []
        self._promised: set[str] = set()

    def later(self, columns: Sequence[tuple[str, pl.Expr]]) -> None:
        """Compute a layer when it is asked for."""
        self._waiting.append([expr.alias(name) for name, expr in columns])
        self._promised.update(name for name, _ in columns)

    def ready(self, keep: Sequence[str] | None = None) -> pl.DataFrame:
        """The rows with everything computed."""
        if len(self._waiting) == 1 and keep is None:
            self.frame = self.frame.with_columns(self._waiting[0])
        elif self._waiting or keep is not None:
            chain = self.frame.lazy()
            for layer in self._waiting:
                chain = chain.with_columns(layer)
            chain = chain if keep is None else chain.select(keep)
            self.frame = chain.collect(engine="streaming" if len(self.frame) > STREAMED else "in-memory")
        self._waiting, self._promised = [], set()
        return self.frame

    def with_columns_ready(self, names: Iterable[str]) -> pl.DataFrame:
        """The rows with these columns computed."""
        return self.frame if self._promised.isdisjoint(names) else self.ready()


def _folded(records: pl.DataFrame, folds: tuple[tuple[str, str, str], ...], lists: pl.Series) -> list[pl.Series]:
    """The folded columns, one value a row of the lists; rows without records get what nothing folds to."""
    rows = len(lists)
    nowhere = pl.repeat(False, rows, dtype=pl.Boolean, eager=True)
    of_none = {"any": nowhere, "holds": nowhere.set(lists.is_null(), None)}
    found = {name: _any(records, column, of_none[how]).alias(name) for name, how, column in folds if how in of_none}
    others = [fold for fold in folds if fold[1] not in of_none]
    if others:
        grouped = records.group_by(ROW, maintain_order=True).agg(
            getattr(pl.col(column), how)().alias(name) for name, how, column in others
        )
        places = pl.repeat(None, rows, dtype=pl.UInt32, eager=True)
        places = places.scatter(grouped[ROW], pl.int_range(len(grouped), dtype=pl.UInt32, eager=True))
        for name, how, _ in others:
            column = grouped[name].gather(places)
            found[name] = column.fill_null(0) if how == "sum" else column
    return [found[name] for name, _, _ in folds]


def _any(records: pl.DataFrame, column: str, of_none: pl.Series) -> pl.Series:
    """Whether any record of each row has the mark; unknown where none has it for sure and one may."""
    found, mark = of_none.clone(), records[column]
    if mark.null_count():
        found = found.scatter(records[ROW].filter(mark.is_null()), None)
    marked = records[ROW].filter(mark)
    return found.scatter(marked, True) if len(marked) else found


def _literal(vector: Vector) -> pl.Expr:
    return pl.lit(vector.value, dtype=pl.Int128 if vector.is_wide else TYPES[vector.dtype])


def _wide(vector: Vector, parts: list[pl.Expr], operation: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    """Arithmetic in 128 bits where the result may need them; back to 64 where it does not."""
    if vector.is_wide or any(a.is_wide for a in vector.args):
        result = operation(*(p.cast(pl.Int128) for p in parts))
        return result if vector.is_wide else result.cast(pl.Int64)
    return operation(*parts)


def _quotient(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
    a, b = parts
    of, by = vector.args
    rounding = vector.payload[0]
    largest = 2 * max(abs(of.low or 0), abs(of.high or 0)) + 2 * abs(by.high or 0)
    if largest >= WIDE or of.is_wide or by.is_wide:
        a, b = a.cast(pl.Int128), b.cast(pl.Int128)
    if not by.is_constant:
        b = pl.when(b > 0).then(b)
    size = a if (of.low or 0) >= 0 else a.abs()
    if rounding == "half_up":
        whole = (size * 2 + b) // (b * 2)
    elif rounding == "up":
        whole = (size + (b - 1)) // b
    else:
        whole = size // b
    if (of.low or 0) < 0:
        whole = pl.when(a < 0).then(whole * -1).otherwise(whole)
    return whole if vector.is_wide else whole.cast(pl.Int64)


def _is_in(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
    (x,), values = parts, vector.payload
    if len(values) == 1 or (len(values) <= 8 and vector.args[0].op in _GIVEN):
        return pl.any_horizontal([x == v for v in values]) if len(values) > 1 else x == values[0]
    return x.is_in(list(values))


def _other_county(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
    return pl.map_batches(parts, _in_two_counties, return_dtype=pl.Boolean, is_elementwise=True)


def _in_two_counties(divisions: Sequence[pl.Series]) -> pl.Series:
    """Whether two divisions lie in different counties (their first six digits); unknown where one is none."""
    home, here = divisions
    apart = home != here
    # Only of different ones the beginnings are looked at, which takes ten times as long.
    rows = apart.arg_true()
    apart = apart.scatter(rows, home.gather(rows).str.head(6) != here.gather(rows).str.head(6))
    to_the_county = (home.str.len_bytes() >= 6) & (here.str.len_bytes() >= 6)
    return apart if to_the_county.all() else apart.set(~to_the_county, None)


def _shared_type(vector: Vector, parts: list[pl.Expr]) -> list[pl.Expr]:
    """Two numbers in one width."""
    if any(a.is_wide for a in vector.args):
        return [p.cast(pl.Int128) for p in parts]
    return parts


def _chosen(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
    c, a, b = parts
    if vector.is_wide:
        a, b = a.cast(pl.Int128), b.cast(pl.Int128)
    return pl.when(c).then(a).otherwise(b)


def _extreme(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
    """Of two numbers or dates the lesser or the greater, by one comparison: three times as fast as ``min_horizontal``."""
    a, b = _shared_type(vector, parts)
    (x, y), least = vector.args, vector.op.startswith("min")
    if (y.nullable and not x.nullable) or x.is_constant:
        # A constant stands on the right: see ``_compared``.
        (a, b), (x, y) = (b, a), (y, x)
    if not y.nullable:
        # A null comparison takes the second branch: null, or what is there.
        if vector.op.endswith("_there"):
            return pl.when((a < b) if least else (a > b)).then(a).otherwise(b)
        return pl.when((a > b) if least else (a < b)).then(b).otherwise(a)
    first = (a <= b) if least else (a >= b)
    if vector.op.endswith("_there"):
        return pl.when(first | b.is_null()).then(a).otherwise(b)
    return pl.when(first).then(a).otherwise(pl.when(a.is_not_null()).then(b))


def _compared(operation: str) -> "Callable[[Vector, list[pl.Expr]], pl.Expr]":
    turned = {"lt": "gt", "le": "ge", "eq": "eq"}

    def compared(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
        a, b = _shared_type(vector, parts)
        # A constant stands on the right: on the left of a 128-bit column Polars 2.1 gives one value for all rows.
        left_constant = vector.args[0].is_constant
        if left_constant:
            a, b = b, a
        found: pl.Expr = getattr(a, turned[operation] if left_constant else operation)(b)
        return found

    return compared


def _truth(vector: Vector, parts: list[pl.Expr]) -> pl.Expr:
    yes, no = parts
    if vector.args[0].is_constant:
        return pl.when(no).then(pl.lit(False))
    if vector.args[1].is_constant:
        return pl.when(yes).then(pl.lit(True))
    return pl.when(yes).then(pl.lit(True)).when(no).then(pl.lit(False))


_WRITTEN: Mapping[str, Callable[[Vector, list[pl.Expr]], pl.Expr]] = {
    "and": lambda _, p: reduce(and_, p),
    "or": lambda _, p: reduce(or_, p),
    "not": lambda _, p: ~p[0],
    "is_there": lambda _, p: p[0].is_not_null(),
    "sure": lambda _, p: p[0].eq_missing(pl.lit(True)),
    "truth": _truth,
    "lt": _compared("lt"),
    "le": _compared("le"),
    "eq": _compared("eq"),
    "is_in": _is_in,
    "has_bits": lambda v, p: (p[0] & pl.lit(v.payload[0], dtype=pl.UInt64)) != 0,
    "choose": _chosen,
    "fill": lambda v, p: p[0].fill_null(v.payload[0]),
    "add": lambda v, p: _wide(v, p, lambda a, b: a + b),
    "sub": lambda v, p: _wide(v, p, lambda a, b: a - b),
    "mul": lambda v, p: _wide(v, p, lambda a, b: a * b),
    "quotient": _quotient,
    "min": _extreme,
    "max": _extreme,
    "min_there": _extreme,
    "max_there": _extreme,
    "span": lambda v, p: span_expr(v.payload[0], p[0], p[1]),
    "later": lambda v, p: later_expr(v.payload[0], p[0], p[1]),
    "listed": lambda _, p: p[0].is_not_null(),
    "other_county": _other_county,
    "no_county": lambda _, p: (p[0].str.len_bytes() < 6).fill_null(True),
}

__all__ = ["DIVISIONS", "ROW", "TYPES", "Program", "RecordTables", "column_name"]
