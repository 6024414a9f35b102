"""The frame engine's algebra: what every operation means for many children, as vectors."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from kinderguard.engines.algebra import Algebra
from kinderguard.engines.frame import intervals as iv
from kinderguard.engines.frame.intervals import Interval
from kinderguard.engines.frame.vectors import Dtype, Graph, Scope, Vector
from kinderguard.engines.plan import Step
from kinderguard.engines.stacking import never_negative
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort

#: What a step means: a condition, code or codes (one vector), a number, amount or date (an interval), or records.
Meaning: TypeAlias = "Vector | Interval | Records"

#: No row may have more records in one list: what is more is a mistake, and sums stay within 64 bits.
MOST_RECORDS = 4096


class Records:
    """A list of records: the vector of the list, and whether the list itself is known."""

    def __init__(self, source: Vector, path: str, there: Vector) -> None:
        self.source = source
        self.path = path
        self.there = there


class Facts(Protocol):
    """Where facts come from: the columns that there are."""

    def fact(self, g: Graph, scope: Scope, path: str, kind: Kind) -> "Vector | Interval":
        """A fact of the child (the top scope) or of a record."""

    def records(self, g: Graph, scope: Scope, path: str) -> Records:
        """A list of the child or of a record."""

    def lacks_division(self, g: Graph, path: str) -> Vector:
        """Whether a division is not known to the county; never null."""

    def code(self, kind: Kind, value: Any) -> Any:
        """How a code is held in a column."""


class FrameAlgebra(Algebra[Meaning]):
    """Operations as vectors. ``static`` gives the meaning of a step that needs no child."""

    def __init__(self, g: Graph, facts: Facts, static: Callable[[Step], Meaning]) -> None:
        self.g = g
        self.facts = facts
        self.static = static
        self.meanings: dict[Step, Meaning] = {}
        self.scopes: dict[Step, Scope] = {}
        #: Where a divisor is zero: the step, and the condition in the scope where it stands.
        self.faults: dict[Step, Vector] = {}

    def of(self, step: Step) -> Meaning:
        """The meaning of a step, made once, with those of what it reads."""
        found = self.meanings.get(step)
        if found is None:
            if step.static:
                found = self.static(step)
            else:
                for read in step.inputs:
                    if not isinstance(read.node, n.Each):
                        self.of(read)
                found = self.meaning(step)
            self.meanings[step] = found
        return found

    def truth(self, step: Step) -> Vector:
        """The meaning of a condition, a code or codes."""
        found = self.of(step)
        assert isinstance(found, Vector), step
        return found

    def interval(self, step: Step) -> Interval:
        """The meaning of a number, an amount or a date."""
        found = self.of(step)
        assert isinstance(found, Interval), step
        return found

    def _scope(self, node: n.Fact | n.Collection, step: Step) -> Scope:
        return self.g.top if node.of is None else self.scopes[step.inputs[0]]

    # ---- leaves -------------------------------------------------------------------------------------------------

    def constant(self, node: n.Const, step: Step) -> Meaning:
        """Held as columns hold it."""
        return self.literal(node.kind, node.value)

    def literal(self, kind: Kind, value: Any) -> Meaning:
        """A known value of a kind, or *unknown*."""
        if kind.sort is Sort.BOOL:
            return self.g.lit(value, Dtype.BOOL)
        if kind.sort is Sort.DATE:
            return iv.point(self.g.lit(value, Dtype.DATE))
        if kind.is_ordered:
            return iv.unbounded(self.g, Dtype.INT) if value is None else iv.constant(self.g, Fraction(value))
        dtype = Dtype.TEXT if kind.codes is None else Dtype.CODE if kind.sort is Sort.CODE else Dtype.BITS
        return self.g.lit(None if value is None else self.facts.code(kind, value), dtype)

    def day(self, node: n.Day, step: Step) -> Meaning:
        """Static."""
        return self.static(step)

    def parameter(self, node: n.Param, step: Step) -> Meaning:
        """Static."""
        return self.static(step)

    def fact(self, node: n.Fact, step: Step) -> Meaning:
        """A column of the children or of the records."""
        return self.facts.fact(self.g, self._scope(node, step), node.path, node.kind)

    def collection(self, node: n.Collection, step: Step) -> Meaning:
        """A list."""
        return self.facts.records(self.g, self._scope(node, step), node.path)

    # ---- conditions ---------------------------------------------------------------------------------------------

    def conjunction(self, node: n.And, step: Step) -> Meaning:
        """Kleene's and."""
        return self.g.all(*(self.truth(s) for s in step.inputs))

    def disjunction(self, node: n.Or, step: Step) -> Meaning:
        """Kleene's or."""
        return self.g.any(*(self.truth(s) for s in step.inputs))

    def negation(self, node: n.Not, step: Step) -> Meaning:
        """Kleene's not."""
        return self.g.no(self.truth(step.inputs[0]))

    def less(self, node: n.Less, step: Step) -> Meaning:
        """By the bounds."""
        return iv.less(self.g, *self._two(step))

    def at_most(self, node: n.AtMost, step: Step) -> Meaning:
        """By the bounds."""
        return iv.at_most(self.g, *self._two(step))

    def equal(self, node: n.Equal, step: Step) -> Meaning:
        """By the bounds; conditions and codes where both are known."""
        if node.left.kind.is_ordered:
            return iv.equal(self.g, *self._two(step))
        left, right = step.inputs
        return self.g.compare("eq", self.truth(left), self.truth(right))

    def is_in(self, node: n.IsIn, step: Step) -> Meaning:
        """One of some codes."""
        kind = node.arg.kind
        return self.g.is_in(self.truth(step.inputs[0]), tuple(self.facts.code(kind, c) for c in node.codes))

    def has_any(self, node: n.HasAny, step: Step) -> Meaning:
        """A common bit."""
        mask = 0
        for code in node.codes:
            mask |= self.facts.code(node.arg.kind, (code,))
        return self.g.has_bits(self.truth(step.inputs[0]), mask)

    # ---- numbers ------------------------------------------------------------------------------------------------

    def _two(self, step: Step) -> tuple[Interval, Interval]:
        left, right = step.inputs
        return self.interval(left), self.interval(right)

    def add(self, node: n.Add, step: Step) -> Meaning:
        """The sum."""
        first, *rest = (self.interval(s) for s in step.inputs)
        for other in rest:
            first = iv.add(self.g, first, other)
        return first

    def subtract(self, node: n.Subtract, step: Step) -> Meaning:
        """The difference."""
        return iv.subtract(self.g, *self._two(step))

    def times(self, node: n.Times, step: Step) -> Meaning:
        """The product."""
        return iv.times(self.g, *self._two(step))

    def divide(self, node: n.Divide, step: Step) -> Meaning:
        """The rounded quotient; a zero divisor is noted."""
        a, b = self._two(step)
        fault = iv.by_zero(self.g, b)
        if not fault.is_value(False):
            self.faults[step] = fault
        return iv.divide(self.g, a, b, node.to, node.rounding.value)

    def rounded(self, node: n.Round, step: Step) -> Meaning:
        """Rounded."""
        return iv.rounded(self.g, self.interval(step.inputs[0]), node.to, node.rounding.value)

    def least(self, node: n.Least, step: Step) -> Meaning:
        """The least."""
        return iv.least(self.g, [self.interval(s) for s in step.inputs])

    def greatest(self, node: n.Greatest, step: Step) -> Meaning:
        """The greatest."""
        return iv.greatest(self.g, [self.interval(s) for s in step.inputs])

    def choice(self, node: n.When, step: Step) -> Meaning:
        """One of two; where the condition is unknown, what both have in common, or what covers both."""
        g = self.g
        condition, then, otherwise = step.inputs
        c = self.truth(condition)
        if node.kind.is_ordered:
            return iv.choice(g, c, self.interval(then), self.interval(otherwise))
        a, b = self.truth(then), self.truth(otherwise)
        if c.is_value(True):
            return a
        if c.is_value(False):
            return b
        either = g.choose(c, a, b)
        if not c.nullable or a is b:
            return either
        agreed = g.choose(g.compare("eq", a, b), a, g.lit(None, a.dtype))
        return g.choose(g.is_there(c), either, agreed)

    def known(self, node: n.Known, step: Step) -> Meaning:
        """Whether it is there."""
        return self.is_known(step.inputs[0])

    def is_known(self, step: Step) -> Vector:
        """Whether a step's value is known exactly; never null."""
        found = self.of(step)
        if isinstance(found, Records):
            return found.there
        return iv.known(self.g, found) if isinstance(found, Interval) else self.g.is_there(found)

    def years(self, node: n.Years, step: Step) -> Meaning:
        """Whole years."""
        return iv.span(self.g, "years", *self._two(step))

    def months(self, node: n.Months, step: Step) -> Meaning:
        """Whole months."""
        return iv.span(self.g, "months", *self._two(step))

    def days(self, node: n.Days, step: Step) -> Meaning:
        """Days."""
        return iv.span(self.g, "days", *self._two(step))

    def later(self, node: n.Later, step: Step) -> Meaning:
        """Moved by the unit of the number."""
        unit = "days" if node.right.kind.unit == "days" else "months"
        return iv.later(self.g, unit, *self._two(step))

    # ---- records ------------------------------------------------------------------------------------------------

    def enter(self, step: Step) -> tuple[Records, Scope]:
        """The records of an aggregate, with their scope."""
        listed = self.of(step.inputs[0])
        assert isinstance(listed, Records)
        assert step.element is not None
        found = self.scopes.get(step.element)
        if found is None:
            parent = self._around(step)
            found = self.g.records(parent, self.g.inside(listed.source, parent), listed.path)
            self.scopes[step.element] = found
        return listed, found

    def _around(self, step: Step) -> Scope:
        """The innermost scope that an aggregate reads from outside."""
        deepest, own = self.g.top, _inside(step)
        for reader in (step, *own):
            for read in (*reader.inputs, reader.where, reader.body):
                if read is None or read in own or read is step.element:
                    continue
                scope = self.scopes[read] if isinstance(read.node, n.Each) else self._scope_of(self.of(read))
                if scope.depth > deepest.depth:
                    deepest = scope
        return deepest

    @staticmethod
    def _scope_of(meaning: Meaning) -> Scope:
        if isinstance(meaning, Interval):
            return max(meaning.low.scope, meaning.high.scope, key=lambda s: s.depth)
        return (meaning.source if isinstance(meaning, Records) else meaning).scope

    def aggregate(self, node: n.Aggregate, step: Step) -> Meaning:
        """Folded over the records of each row; nothing is known where the list itself is not."""
        listed, records = self.enter(step)
        assert step.where is not None
        assert step.body is not None
        where = self.truth(step.where)
        sure, possible = self.g.is_true(where), self.g.no(self.g.is_false(where))
        match node.how:
            case n.How.ANY:
                return self._any(listed, records, where, self.truth(step.body))
            case n.How.ALL:
                return self.g.no(self._any(listed, records, where, self.g.no(self.truth(step.body))))
            case n.How.COUNT:
                return self._count(listed, records, where, self.truth(step.body))
            case n.How.SUM:
                lowest = 0 if never_negative(node.body) else None
                return self._sum(listed, records, where, self.interval(step.body), lowest)
            case n.How.LEAST | n.How.GREATEST:
                body = self.interval(step.body)
                return self._extreme(listed, records, sure, possible, body, least=node.how is n.How.LEAST)

    def _fold(self, how: str, records: Scope, x: Vector) -> Vector:
        return self.g.fold(how, records, x, most=MOST_RECORDS)

    def _any(self, listed: Records, records: Scope, where: Vector, body: Vector) -> Vector:
        g = self.g
        both = g.all(where, body)
        if listed.there.is_value(False):
            return g.unknown
        if not both.is_constant and (both.nullable or not listed.there.is_value(True)):
            return self._fold("holds", records, both)
        yes = self._fold("any", records, g.is_true(both))
        if not both.nullable:
            result = yes
        else:
            maybe = self._fold("any", records, g.no(g.is_false(both)))
            result = g.truth(yes, g.no(maybe))
        return result if listed.there.is_value(True) else g.choose(listed.there, result, g.unknown)

    def _count(self, listed: Records, records: Scope, where: Vector, body: Vector) -> Interval:
        g = self.g
        both = g.all(where, body)
        one, none = g.lit(1, Dtype.INT), g.lit(0, Dtype.INT)
        low = self._fold("sum", records, g.choose(both, one, none))
        high = low if not both.nullable else self._fold("sum", records, g.choose(g.no(both), none, one))
        return self._where_listed(listed, Interval(low, high), 0)

    def _where_listed(self, listed: Records, x: Interval, lowest: int | None) -> Interval:
        """``x``, or what is known where the list is not: at least ``lowest``."""
        if listed.there.is_value(True):
            return x
        g = self.g
        null = g.lit(None, x.low.dtype)
        low = g.choose(listed.there, x.low, null if lowest is None else g.lit(lowest, Dtype.INT))
        return Interval(low, g.choose(listed.there, x.high, null), x.denominator)

    def _sum(self, listed: Records, records: Scope, where: Vector, body: Interval, lowest: int | None) -> Interval:
        g = self.g
        counted = iv.choice(g, where, body, iv.constant(g, 0))
        low = self._sum_there(records, counted.low)
        high = low if counted.simple else self._sum_there(records, counted.high)
        return self._where_listed(listed, Interval(low, high, counted.denominator), lowest)

    def _sum_there(self, records: Scope, x: Vector) -> Vector:
        """The sum; null where any is."""
        total = self._fold("sum", records, x)
        if not x.nullable:
            return total
        return self.g.choose(self._fold("any", records, self.g.is_null(x)), self.g.lit(None, Dtype.INT), total)

    def _extreme(
        self, listed: Records, records: Scope, sure: Vector, possible: Vector, body: Interval, *, least: bool
    ) -> Interval:
        """Records that may not belong can only extend it; of none that surely belongs nothing is known."""
        g = self.g
        how = "min" if least else "max"
        # The near end is open where a possible record's is; the far end comes from the sure ones that have one.
        near, far = (body.low, body.high) if least else (body.high, body.low)
        null = g.lit(None, near.dtype)
        open_end = self._fold("any", records, g.all(possible, g.is_null(near)))
        outer = g.choose(open_end, null, self._fold(how, records, g.choose(possible, near, null)))
        inner = self._fold(how, records, g.choose(sure, far, null))
        some = g.all(self._fold("any", records, sure), listed.there)
        outer, inner = g.choose(some, outer, null), g.choose(some, inner, null)
        return Interval(outer, inner, body.denominator) if least else Interval(inner, outer, body.denominator)


def _inside(step: Step) -> set[Step]:
    found: set[Step] = set()
    for inner in step.inner:
        found.add(inner)
        if inner.element is not None:
            found.add(inner.element)
        found |= _inside(inner)
    return found


__all__ = ["MOST_RECORDS", "Facts", "FrameAlgebra", "Meaning", "Records"]
