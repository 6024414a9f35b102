"""What needs no child: parameters, the day and what is computed from them, for every place of a frame at once.

The reference engine computes these steps, place by place. What is the same everywhere becomes a constant of the
program; what differs becomes a column that each row takes from its place.
"""

import datetime as dt
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs
import polars as pl

from kinderguard.engines.explain import Meaning, ReferenceAlgebra
from kinderguard.engines.frame.intervals import Interval, point
from kinderguard.engines.frame.vectors import Dtype, Graph, Vector
from kinderguard.engines.plan import FAULTS, PROVIDED, RESERVED, Outline, Step
from kinderguard.engines.ranges import Range, bounds
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort

#: The same static step of two rule sets has the same key.
Key = tuple[Any, ...]


class StaticSteps:
    """The static steps of an outline, ready to be computed at any place."""

    def __init__(self, outline: Outline, base: "StaticSteps | None" = None) -> None:
        self.base = base if outline.base is not None else None
        shared = self.base.steps if self.base else ()
        self.steps: tuple[Step, ...] = (*shared, *outline.static)
        self.keys: dict[Step, Key] = dict(self.base.keys) if self.base else {}
        algebra = ReferenceAlgebra()
        self._meanings: list[Meaning | None] = list(self.base._meanings) if self.base else []
        for index, step in enumerate(self.steps):
            if step in self.keys:
                continue
            step.index = RESERVED + index
            self.keys[step] = _key(step, self.keys)
            self._meanings.append(None if isinstance(step.node, n.Day | n.Param) else algebra.meaning(step))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The codes of the parameters that are read."""
        return tuple(s.node.code for s in self.steps if isinstance(s.node, n.Param))

    def values(self, day: dt.date, parameters: Mapping[str, Any]) -> dict[Key, Any]:
        """The value of every static step at a place, and for each division whether it is by zero there."""
        v: list[Any] = [None] * RESERVED
        v[PROVIDED], v[FAULTS] = {}, []
        for step, meaning in zip(self.steps, self._meanings, strict=True):
            if isinstance(step.node, n.Day):
                v.append(day)
            elif isinstance(step.node, n.Param):
                v.append(parameters[step.node.code])
            else:
                assert meaning is not None
                v.append(meaning(v))
        by_zero = {fault.step for fault in v[FAULTS]}
        divisions = {by_zero_key(self.keys[s]): s in by_zero for s in self.steps if isinstance(s.node, n.Divide)}
        return {self.keys[s]: v[s.index] for s in self.steps} | divisions


def by_zero_key(key: Key) -> Key:
    """Under which key it is kept whether a division is by zero."""
    return ("by zero", key)


def _key(step: Step, known: Mapping[Step, Key]) -> Key:
    """What the step computes, whoever's rule it stands in."""
    own = tuple(
        value
        for field in attrs.fields(type(step.node))
        if not isinstance(value := getattr(step.node, field.name), n.Node | tuple) or field.name == "codes"
    )
    return (type(step.node).__name__, *own, *(known[i] for i in step.inputs))


@attrs.frozen
class PlaceColumn:
    """A column that each row takes from its place: one end of a static step's value."""

    name: str
    key: Key
    kind: Kind
    #: 0 for the low end, 1 for the high one.
    end: int
    denominator: int


class Places:
    """The static values of all places met so far, and the meanings that follow from them."""

    def __init__(self) -> None:
        #: By key, the value at each place that has it.
        self.values: dict[Key, dict[int, Any]] = {}
        #: Places that no row has: theirs count only for steps that no other place has.
        self.idle: set[int] = set()
        self.columns: dict[str, PlaceColumn] = {}

    def add(self, place: int, values: Mapping[Key, Any]) -> None:
        """The static values of one more place."""
        for key, value in values.items():
            self.values.setdefault(key, {})[place] = value

    def meaning(self, g: Graph, key: Key, kind: Kind, code: Any) -> "Vector | Interval":
        """A static step as vectors: constants where every place agrees."""
        held = self.values[key]
        values = list(dict.fromkeys(v for place, v in held.items() if place not in self.idle)) or [*held.values()]
        if not kind.is_ordered:
            return self._condition_or_code(g, key, kind, values, code)
        ends = [bounds(v) for v in values]
        dtype = Dtype.DATE if kind.sort is Sort.DATE else Dtype.INT
        denominator = 1
        if dtype is Dtype.INT:
            denominator = math.lcm(*(Fraction(e).denominator for pair in ends for e in pair if e is not None))
        simple = all(not isinstance(v, Range) or v == Range(None, None) for v in values)
        low = self._end(g, key, kind, dtype, [e[0] for e in ends], 0, denominator)
        if simple:
            return point(low, denominator)
        return Interval(low, self._end(g, key, kind, dtype, [e[1] for e in ends], 1, denominator), denominator)

    def _condition_or_code(self, g: Graph, key: Key, kind: Kind, values: list[Any], code: Any) -> Vector:
        dtype = Dtype.BOOL if kind.sort is Sort.BOOL else Dtype.CODE if kind.codes is not None else Dtype.TEXT
        if kind.sort is Sort.CODES:
            dtype = Dtype.BITS
        if len(values) == 1:
            value = values[0]
            return g.lit(value if value is None or dtype is Dtype.BOOL else code(kind, value), dtype)
        return self._column(g, key, kind, dtype, 0, 1, values, nullable=None in values)

    def _end(self, g: Graph, key: Key, kind: Kind, dtype: Dtype, ends: list[Any], end: int, denominator: int) -> Vector:
        if dtype is Dtype.INT:
            ends = [None if e is None else int(e * denominator) for e in ends]
        distinct = list(dict.fromkeys(ends))
        if len(distinct) == 1:
            return g.lit(distinct[0], dtype)
        return self._column(g, key, kind, dtype, end, denominator, distinct, nullable=None in distinct)

    def _column(
        self,
        g: Graph,
        key: Key,
        kind: Kind,
        dtype: Dtype,
        end: int,
        denominator: int,
        values: list[Any],
        *,
        nullable: bool,
    ) -> Vector:
        name = next((c.name for c in self.columns.values() if (c.key, c.end) == (key, end)), f"@{len(self.columns)}")
        self.columns[name] = PlaceColumn(name, key, kind, end, denominator)
        numbers = [v for v in values if v is not None] if dtype is Dtype.INT else [0]
        return g.make(
            "source", (), dtype, nullable=nullable, payload=(name,), low=min(numbers), high=max(numbers), scope=g.top
        )

    def table(self, names: list[str], places: int, code: Any) -> pl.DataFrame:
        """The columns of these names, one row a place; null where a place does not have the step."""
        from kinderguard.engines.frame.program import TYPES

        made = {}
        for name in names:
            column = self.columns[name]
            values: list[Any] = [None] * places
            for place, value in self.values[column.key].items():
                values[place] = _held(value, column, code)
            sort = column.kind.sort
            dtype = {
                Sort.BOOL: pl.Boolean, Sort.DATE: pl.Date, Sort.MONEY: pl.Int64, Sort.NUMBER: pl.Int64,
                Sort.CODES: TYPES[Dtype.BITS], Sort.CODE: TYPES[Dtype.CODE if column.kind.codes else Dtype.TEXT],
            }[sort]  # fmt: skip
            made[name] = pl.Series(values, dtype=dtype)
        return pl.DataFrame(made)


def _held(value: Any, column: PlaceColumn, code: Any) -> Any:
    kind = column.kind
    if not kind.is_ordered:
        return value if value is None or kind.sort is Sort.BOOL else code(kind, value)
    end = bounds(value)[column.end]
    if end is None or kind.sort is Sort.DATE:
        return end
    return int(end * column.denominator)
