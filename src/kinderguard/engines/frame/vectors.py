"""Vectors: what a step means for many children at once, as a graph of column operations in which each distinct one
stands once.

A vector is a column that is not computed yet: an operation, the vectors it reads, and what is known of it before any
row is seen (may it be null, between which numbers does it lie). From these bounds follow cheaper operations, and the
promise that whole fen never overflow. ``program.py`` turns a graph into Polars expressions; nothing here needs Polars.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import attrs

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text


class Dtype(StrEnum):
    """What a column holds."""

    BOOL = "bool"
    INT = "int"
    DATE = "date"
    #: A code as its place in its list.
    CODE = "code"
    #: Several codes as the bits of one number.
    BITS = "bits"
    TEXT = "text"
    #: A list of records, or the key of records in a table of their own.
    LIST = "list"


#: Beyond this a number no longer fits 64 bits with room for one addition; wider columns are used.
WIDE = 2**62
#: Beyond this nothing fits.
TOO_WIDE = 2**126
#: The dates that Python's calendar, and so the reference engine, can write.
FIRST_DAY, LAST_DAY = dt.date.min, dt.date.max


class OverflowRiskError(ToldError, OverflowError):
    """An amount in a rule could grow beyond what can be computed exactly for many children."""


@attrs.frozen(eq=False)
class Scope:
    """Whose rows: the children (no parent), or the records of one list for each row of the parent scope."""

    parent: "Scope | None"
    #: The list, as a vector of the parent scope or of one above it; its dotted path for names.
    source: "Vector | None"
    path: str
    depth: int

    def chain(self) -> "list[Scope]":
        """This scope and those around it."""
        found: list[Scope] = []
        scope: Scope | None = self
        while scope is not None:
            found.append(scope)
            scope = scope.parent
        return found


@attrs.frozen(eq=False)
class Vector:
    """One column operation. ``low`` and ``high`` bound every value that is not null (numbers only)."""

    index: int
    scope: Scope
    op: str
    args: "tuple[Vector, ...]"
    payload: tuple[Any, ...]
    dtype: Dtype
    nullable: bool
    low: int | None = None
    high: int | None = None

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every row."""
        return self.op == "lit"

    @property
    def value(self) -> Any:
        """The value of a constant."""
        return self.payload[0]

    @property
    def is_wide(self) -> bool:
        """Whether 64 bits may not do."""
        return self.dtype is Dtype.INT and max(abs(self.low or 0), abs(self.high or 0)) >= WIDE

    def is_value(self, value: Any) -> bool:
        """Whether it is this constant."""
        return self.op == "lit" and self.payload[0] is value

    def __repr__(self) -> str:
        return f"<v{self.index} {self.op} {self.payload or ''} {[a.index for a in self.args]}>"


def _lowest(*values: int | None) -> int | None:
    return None if None in values else min(v for v in values if v is not None)


def _highest(*values: int | None) -> int | None:
    return None if None in values else max(v for v in values if v is not None)


class Graph:
    """All vectors of a compiled book; asking twice for one operation gives the same vector."""

    def __init__(self) -> None:
        self.top = Scope(None, None, "", 0)
        self.vectors: list[Vector] = []
        self._memo: dict[tuple[Any, ...], Vector] = {}
        self._scopes: dict[tuple[int, int], Scope] = {}

    # ---- making -------------------------------------------------------------------------------------------------

    def records(self, parent: Scope, source: Vector, path: str) -> Scope:
        """The scope of a list's records, one for each row of ``parent``."""
        key = (id(parent), source.index)
        if key not in self._scopes:
            self._scopes[key] = Scope(parent, source, path, parent.depth + 1)
        return self._scopes[key]

    def make(
        self,
        op: str,
        args: Iterable[Vector],
        dtype: Dtype,
        *,
        nullable: bool,
        payload: tuple[Any, ...] = (),
        low: int | None = None,
        high: int | None = None,
        scope: Scope | None = None,
    ) -> Vector:
        """The vector of an operation, made once."""
        given = tuple(args)
        scope = scope or max((a.scope for a in given), key=lambda s: s.depth, default=self.top)
        inside = tuple(self.inside(a, scope) for a in given)
        key = (op, tuple(a.index for a in inside), payload, id(scope), dtype)
        found = self._memo.get(key)
        if found is None:
            if dtype is Dtype.INT and (low is None or high is None or max(abs(low), abs(high)) >= TOO_WIDE):
                raise OverflowRiskError(
                    Text(
                        "规则中的金额或数字没有可精确计算的上限：乘、加的次数过多。请简化规则，或逐名儿童评估。",
                        "An amount or number of a rule has no bound that can be computed exactly: it multiplies or adds "
                        "too much. Simplify the rule, or assess one child at a time.",
                    )
                )
            found = Vector(len(self.vectors), scope, op, inside, payload, dtype, nullable, low, high)
            self.vectors.append(found)
            self._memo[key] = found
        return found

    def inside(self, vector: Vector, scope: Scope) -> Vector:
        """A vector of an outer scope as it is seen by each record."""
        if vector.scope is scope or vector.is_constant or scope.parent is None:
            return vector
        around = self.inside(vector, scope.parent)
        key = ("outer", (around.index,), (), id(scope), around.dtype)
        found = self._memo.get(key)
        if found is None:
            found = Vector(
                len(self.vectors), scope, "outer", (around,), (), around.dtype, around.nullable, around.low, around.high
            )
            self.vectors.append(found)
            self._memo[key] = found
        return found

    def lit(self, value: Any, dtype: Dtype) -> Vector:
        """A constant; None is null."""
        number = value if dtype is Dtype.INT and value is not None else 0 if dtype is Dtype.INT else None
        return self.make(
            "lit", (), dtype, nullable=value is None, payload=(value,), low=number, high=number, scope=self.top
        )

    @property
    def true(self) -> Vector:
        """True."""
        return self.lit(True, Dtype.BOOL)

    @property
    def false(self) -> Vector:
        """False."""
        return self.lit(False, Dtype.BOOL)

    @property
    def unknown(self) -> Vector:
        """A condition of which nothing is known."""
        return self.lit(None, Dtype.BOOL)

    # ---- conditions ---------------------------------------------------------------------------------------------

    def all(self, *parts: Vector) -> Vector:
        """Kleene's and."""
        kept: dict[Vector, None] = {}
        for part in parts:
            if part.is_value(False):
                return part
            if not part.is_value(True):
                kept[part] = None
        if not kept:
            return self.true
        if len(kept) == 1:
            return next(iter(kept))
        ordered = sorted(kept, key=lambda v: v.index)
        return self.make("and", ordered, Dtype.BOOL, nullable=any(p.nullable for p in kept))

    def any(self, *parts: Vector) -> Vector:
        """Kleene's or."""
        kept: dict[Vector, None] = {}
        for part in parts:
            if part.is_value(True):
                return part
            if not part.is_value(False):
                kept[part] = None
        if not kept:
            return self.false
        if len(kept) == 1:
            return next(iter(kept))
        ordered = sorted(kept, key=lambda v: v.index)
        return self.make("or", ordered, Dtype.BOOL, nullable=any(p.nullable for p in kept))

    def no(self, x: Vector) -> Vector:
        """Kleene's not."""
        if x.is_constant:
            return self.lit(None if x.value is None else not x.value, Dtype.BOOL)
        if x.op == "not":
            return x.args[0]
        return self.make("not", (x,), Dtype.BOOL, nullable=x.nullable)

    def is_null(self, x: Vector) -> Vector:
        """Whether it is null."""
        return self.no(self.is_there(x))

    def is_there(self, x: Vector) -> Vector:
        """Whether it is not null."""
        if not x.nullable:
            return self.true
        if x.is_constant:
            return self.lit(x.value is not None, Dtype.BOOL)
        return self.make("is_there", (x,), Dtype.BOOL, nullable=False)

    def is_true(self, x: Vector) -> Vector:
        """Whether a condition holds for sure; never null."""
        if x.is_constant:
            return self.lit(x.value is True, Dtype.BOOL)
        if x.nullable and _never(x):
            return self.false
        return self.make("sure", (x,), Dtype.BOOL, nullable=False) if x.nullable else x

    def is_false(self, x: Vector) -> Vector:
        """Whether a condition fails for sure; never null."""
        return self.is_true(self.no(x))

    def truth(self, yes: Vector, no: Vector) -> Vector:
        """True where ``yes`` holds, false where ``no`` holds, else unknown."""
        if no.is_value(True):
            return self.is_true(yes)
        if yes.is_constant and yes.value is not True:
            if no.is_constant and no.value is not True:
                return self.unknown
            return self.make("truth", (self.false, no), Dtype.BOOL, nullable=True)
        if yes.is_value(True):
            return yes
        if not no.nullable and self.no(no) is yes:
            return yes
        return self.make("truth", (yes, no), Dtype.BOOL, nullable=True)

    # ---- comparing ----------------------------------------------------------------------------------------------

    def compare(self, op: str, a: Vector, b: Vector) -> Vector:
        """``lt``, ``le`` or ``eq`` of two numbers, dates or codes; null where either is."""
        if a.is_value(None) or b.is_value(None):
            return self.unknown
        if a.is_constant and b.is_constant:
            result = {"lt": a.value < b.value, "le": a.value <= b.value, "eq": a.value == b.value} if op != "eq" else {}
            return self.lit(result[op] if result else a.value == b.value, Dtype.BOOL)
        nullable = a.nullable or b.nullable
        if a.dtype is Dtype.INT and not nullable:
            decided = _decided(op, a, b)
            if decided is not None:
                return self.lit(decided, Dtype.BOOL)
        rewritten = self._on_the_calendar(op, a, b)
        if rewritten is not None:
            return rewritten
        if a is b and not nullable:
            return self.lit(op != "lt", Dtype.BOOL)
        return self.make(op, (a, b), Dtype.BOOL, nullable=nullable)

    def _on_the_calendar(self, op: str, a: Vector, b: Vector) -> Vector | None:
        """A length of time against a constant, as a comparison of dates: far cheaper than counting years."""
        from kinderguard.engines.frame.spans import earliest_start, latest_start

        for span, other, left in ((a, b, True), (b, a, False)):
            if span.op != "span" or not other.is_constant or op == "eq":
                continue
            start, end = span.args
            if not end.is_constant or end.value is None:
                continue
            unit, count = span.payload[0], other.value
            # span >= k where start <= the latest day that is k before the end; all four comparisons come down to it.
            if left:  # span < k: not (span >= k); span <= k: not (span >= k + 1)
                at_least = count if op == "lt" else count + 1
            else:  # k < span: span >= k + 1; k <= span: span >= k
                at_least = count + 1 if op == "lt" else count
            last = latest_start(unit, end.value, at_least)
            if last is None:
                reached = self.false if earliest_start(unit, end.value, at_least) else self.true
                reached = reached if not start.nullable else self.truth_of(reached, start)
            else:
                reached = self.compare("le", start, self.lit(last, Dtype.DATE))
            return self.no(reached) if left else reached
        return None

    def truth_of(self, constant: Vector, where: Vector) -> Vector:
        """A constant condition where ``where`` is there, else unknown."""
        return self.choose(self.is_there(where), constant, self.unknown)

    def is_in(self, x: Vector, values: tuple[Any, ...]) -> Vector:
        """Whether a code is one of some; null where it is."""
        if x.is_constant:
            return self.lit(None if x.value is None else x.value in values, Dtype.BOOL)
        if not values:
            return self.truth_of(self.false, x)
        return self.make("is_in", (x,), Dtype.BOOL, nullable=x.nullable, payload=tuple(sorted(values)))

    def has_bits(self, x: Vector, mask: int) -> Vector:
        """Whether several codes hold one of the mask."""
        if x.is_constant:
            return self.lit(None if x.value is None else bool(x.value & mask), Dtype.BOOL)
        return self.make("has_bits", (x,), Dtype.BOOL, nullable=x.nullable, payload=(mask,))

    # ---- choosing -----------------------------------------------------------------------------------------------

    def choose(self, condition: Vector, then: Vector, otherwise: Vector) -> Vector:
        """``then`` where the condition holds for sure, else ``otherwise``."""
        if condition.is_value(True):
            return then
        if condition.is_constant or then is otherwise:
            return otherwise
        if condition.op == "sure":
            condition = condition.args[0]
        low = high = None
        if then.dtype is Dtype.INT:
            # A constant null has no size of its own.
            sized = [v for v in (then, otherwise) if not v.is_value(None)]
            low, high = _lowest(*(v.low for v in sized)), _highest(*(v.high for v in sized))
        if then.dtype is Dtype.BOOL:
            if then.is_value(True) and otherwise.is_value(False):
                return self.is_true(condition)
            if then.is_value(False) and otherwise.is_value(True):
                return self.no(self.is_true(condition))
        nullable = then.nullable or otherwise.nullable
        return self.make("choose", (condition, then, otherwise), then.dtype, nullable=nullable, low=low, high=high)

    def fill(self, x: Vector, value: Any) -> Vector:
        """The value where it is null."""
        if not x.nullable:
            return x
        if x.is_constant:
            return self.lit(value, x.dtype)
        low, high = (_lowest(x.low, value), _highest(x.high, value)) if x.dtype is Dtype.INT else (None, None)
        return self.make("fill", (x,), x.dtype, nullable=False, payload=(value,), low=low, high=high)

    # ---- numbers ------------------------------------------------------------------------------------------------

    def _arithmetic(self, op: str, a: Vector, b: Vector, compute: Callable[[int, int], int]) -> Vector:
        if a.is_value(None) or b.is_value(None):
            return self.lit(None, Dtype.INT)
        if a.is_constant and b.is_constant:
            return self.lit(compute(a.value, b.value), Dtype.INT)
        assert a.low is not None
        assert a.high is not None
        assert b.low is not None
        assert b.high is not None
        corners = [compute(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
        return self.make(op, (a, b), Dtype.INT, nullable=a.nullable or b.nullable, low=min(corners), high=max(corners))

    def add(self, a: Vector, b: Vector) -> Vector:
        """a + b."""
        if a.is_value(0):
            return b
        if b.is_value(0):
            return a
        return self._arithmetic("add", a, b, lambda x, y: x + y)

    def subtract(self, a: Vector, b: Vector) -> Vector:
        """a - b."""
        return a if b.is_value(0) else self._arithmetic("sub", a, b, lambda x, y: x - y)

    def times(self, a: Vector, b: Vector) -> Vector:
        """a * b."""
        if a.is_value(1):
            return b
        if b.is_value(1):
            return a
        return self._arithmetic("mul", a, b, lambda x, y: x * y)

    def round_quotient(self, a: Vector, b: Vector, rounding: str) -> Vector:
        """a / b (b positive) to a whole number; null where b is not positive."""
        if a.is_constant and b.is_constant and None not in (a.value, b.value) and b.value > 0:
            return self.lit(rounded_quotient(a.value, b.value, rounding), Dtype.INT)
        if b.is_value(1):
            return a
        if a.low is None or a.high is None or a.is_value(None) or b.is_value(None):
            return self.lit(None, Dtype.INT)
        least = max(1, b.low or 1)
        ends = [rounded_quotient(x, least, rounding) for x in (a.low, a.high)]
        nullable = a.nullable or b.nullable or (b.low or 0) < 1
        return self.make(
            "quotient",
            (a, b),
            Dtype.INT,
            nullable=nullable,
            payload=(rounding,),
            low=min(*ends, 0),
            high=max(*ends, 0),
        )

    def least(self, a: Vector, b: Vector) -> Vector:
        """The lesser of two; null where either is."""
        return self._extreme("min", a, b)

    def greatest(self, a: Vector, b: Vector) -> Vector:
        """The greater of two; null where either is."""
        return self._extreme("max", a, b)

    def _extreme(self, op: str, a: Vector, b: Vector) -> Vector:
        if a is b:
            return a
        if a.is_value(None) or b.is_value(None):
            return self.lit(None, a.dtype)
        if a.is_constant and b.is_constant:
            return self.lit(min(a.value, b.value) if op == "min" else max(a.value, b.value), a.dtype)
        if a.dtype is Dtype.INT:
            for x, y in ((a, b), (b, a)):
                if not y.nullable and _decided("le", *((x, y) if op == "min" else (y, x))):
                    return x
        low = high = None
        if a.dtype is Dtype.INT:
            pick = min if op == "min" else max
            low, high = pick(a.low or 0, b.low or 0), pick(a.high or 0, b.high or 0)
        return self.make(op, (a, b), a.dtype, nullable=a.nullable or b.nullable, low=low, high=high)

    def least_there(self, a: Vector, b: Vector) -> Vector:
        """The lesser of those that are not null."""
        return self._extreme_there("min_there", a, b)

    def greatest_there(self, a: Vector, b: Vector) -> Vector:
        """The greater of those that are not null."""
        return self._extreme_there("max_there", a, b)

    def _extreme_there(self, op: str, a: Vector, b: Vector) -> Vector:
        if a.is_value(None) or a is b:
            return b
        if b.is_value(None):
            return a
        if not a.nullable and not b.nullable:
            return self._extreme(op[:3], a, b)
        low = high = None
        if a.dtype is Dtype.INT:
            low, high = _lowest(a.low, b.low), _highest(a.high, b.high)
        return self.make(op, (a, b), a.dtype, nullable=a.nullable and b.nullable, low=low, high=high)

    # ---- dates --------------------------------------------------------------------------------------------------

    def span(self, unit: str, start: Vector, end: Vector) -> Vector:
        """Whole ``years``, ``months`` or ``days`` from one date to another; null where either is."""
        from kinderguard.engines.frame.spans import LIMITS, SPANS

        if start.is_value(None) or end.is_value(None):
            return self.lit(None, Dtype.INT)
        if start.is_constant and end.is_constant:
            return self.lit(SPANS[unit](start.value, end.value), Dtype.INT)
        limit = LIMITS[unit]
        return self.make(
            "span",
            (start, end),
            Dtype.INT,
            nullable=start.nullable or end.nullable,
            payload=(unit,),
            low=-limit,
            high=limit,
        )

    def later(self, unit: str, date: Vector, count: Vector) -> Vector:
        """A date moved by ``months`` or ``days``; null where either is, and beyond the calendar."""
        from kinderguard.engines.frame.spans import MOVES

        if date.is_value(None) or count.is_value(None):
            return self.lit(None, Dtype.DATE)
        if date.is_constant and count.is_constant:
            moved = MOVES[unit](date.value, count.value)
            return self.lit(moved, Dtype.DATE)
        return self.make("later", (date, count), Dtype.DATE, nullable=True, payload=(unit,))

    # ---- records ------------------------------------------------------------------------------------------------

    def fold(self, how: str, records: Scope, x: Vector, *, most: int) -> Vector:
        """``any``, ``sum``, ``min`` or ``max`` of the records' values that are not null, for each row around.

        Of none: false, zero, null. ``holds`` is Kleene's or of the records, null too where the list is. ``most`` is
        the greatest number of records that a row may have.
        """
        assert records.parent is not None
        inside = self.inside(x, records)
        low = high = None
        nullable = how in ("holds", "min", "max")
        if how in ("any", "holds"):
            if how == "any" and x.is_value(False):
                return x
            dtype = Dtype.BOOL
        else:
            dtype = x.dtype
        if dtype is Dtype.INT:
            if x.is_value(None):
                return self.lit(0 if how == "sum" else None, Dtype.INT)
            assert x.low is not None
            assert x.high is not None
            low, high = (min(0, x.low * most), max(0, x.high * most)) if how == "sum" else (x.low, x.high)
        # A constant is the record's too: how many records there are matters.
        key = ("fold", (inside.index,), (how, id(records)), id(records.parent), dtype)
        found = self._memo.get(key)
        if found is None:
            found = Vector(
                len(self.vectors), records.parent, "fold", (inside,), (how, records), dtype, nullable, low, high
            )
            self.vectors.append(found)
            self._memo[key] = found
        return found


def _never(x: Vector) -> bool:
    """Whether a comparison cannot hold whatever the numbers are, where they are there at all."""
    compared, wanted = (x.args[0], False) if x.op == "not" else (x, True)
    if compared.op not in ("lt", "le", "eq") or compared.args[0].dtype is not Dtype.INT:
        return False
    decided = _decided(compared.op, *compared.args)
    return decided is not None and decided is not wanted


def _decided(op: str, a: Vector, b: Vector) -> bool | None:
    """What the static bounds say of a comparison, if they do."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return None
    if op == "lt":
        return True if a.high < b.low else False if a.low >= b.high else None
    if op == "le":
        return True if a.high <= b.low else False if a.low > b.high else None
    return False if a.high < b.low or b.high < a.low else None


def rounded_quotient(a: int, b: int, rounding: str) -> int:
    """a / b (b positive) to a whole number; half_up and up go away from zero, down towards it."""
    size = abs(a)
    whole = {"half_up": (2 * size + b) // (2 * b), "up": -(-size // b), "down": size // b}[rounding]
    return whole if a >= 0 else -whole
