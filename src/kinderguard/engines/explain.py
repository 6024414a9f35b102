"""The reference engine: one child, plain Python values, every step's value kept.

Each operation becomes a small function from the values so far to the next; the list of values *is* the trace. What
every other engine computes is compared with this one.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from kinderguard.engines import ranges
from kinderguard.engines.algebra import Algebra
from kinderguard.engines.plan import CASE, FAULTS, PROVIDED, Plan, Step
from kinderguard.engines.ranges import UNBOUNDED, Range
from kinderguard.engines.reading import NOT_NEGATIVE, extra_value, fact_reader, unknown
from kinderguard.engines.stacking import never_negative
from kinderguard.engines.unborn import what_counts
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError
from kinderguard.model.text import Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort

#: From the values so far to the next one.
Meaning: TypeAlias = Callable[[list[Any]], Any]


_NOTHING = same("")


@attrs.frozen
class Fault:
    """Something that went wrong while computing: a division by zero, or a fact that does not fit its kind."""

    code: str
    step: Step
    detail: Text = _NOTHING


class ReferenceAlgebra(Algebra[Meaning]):
    """Operations as Python functions."""

    def constant(self, node: n.Const, step: Step) -> Meaning:
        """The constant, or what covers everything."""
        value: Any = UNBOUNDED if node.value is None and node.kind.is_ordered else node.value
        return lambda v: value

    def day(self, node: n.Day, step: Step) -> Meaning:
        """Bound with the place (see ``Bound``)."""
        raise TypeError("The day is bound, not computed.")

    def parameter(self, node: n.Param, step: Step) -> Meaning:
        """Bound with the place (see ``Bound``)."""
        raise TypeError("A parameter is bound, not computed.")

    def fact(self, node: n.Fact, step: Step) -> Meaning:
        """From the case or the record; a pack's own from ``extra``, else from what a provider said."""
        if node.of is not None:
            return fact_reader(node, step.inputs[0].index)
        if node.path[:1].isdigit():
            return _extra_reader(node, step)
        return fact_reader(node, CASE)

    def collection(self, node: n.Collection, step: Step) -> Meaning:
        """The records, or None."""
        place = step.inputs[0].index if node.of is not None else CASE
        return fact_reader(n.Fact(node.kind, node.path), place)

    def conjunction(self, node: n.And, step: Step) -> Meaning:
        """False at the first false."""
        if len(step.inputs) == 2:
            i, j = (s.index for s in step.inputs)

            def both(v: list[Any]) -> bool | None:
                a = v[i]
                if a is False:
                    return False
                b = v[j]
                return False if b is False else None if a is None or b is None else True

            return both
        places = tuple(s.index for s in step.inputs)

        def every(v: list[Any]) -> bool | None:
            result: bool | None = True
            for i in places:
                a = v[i]
                if a is False:
                    return False
                if a is None:
                    result = None
            return result

        return every

    def disjunction(self, node: n.Or, step: Step) -> Meaning:
        """True at the first true."""
        if len(step.inputs) == 2:
            i, j = (s.index for s in step.inputs)

            def either(v: list[Any]) -> bool | None:
                a = v[i]
                if a is True:
                    return True
                b = v[j]
                return True if b is True else None if a is None or b is None else False

            return either
        places = tuple(s.index for s in step.inputs)

        def some(v: list[Any]) -> bool | None:
            result: bool | None = False
            for i in places:
                a = v[i]
                if a is True:
                    return True
                if a is None:
                    result = None
            return result

        return some

    def negation(self, node: n.Not, step: Step) -> Meaning:
        """Unknown stays unknown."""
        (i,) = (s.index for s in step.inputs)
        return lambda v: None if (a := v[i]) is None else not a

    def less(self, node: n.Less, step: Step) -> Meaning:
        """Ranges answer None by themselves."""
        i, j = (s.index for s in step.inputs)
        return lambda v: v[i] < v[j]

    def at_most(self, node: n.AtMost, step: Step) -> Meaning:
        """Ranges answer None by themselves."""
        i, j = (s.index for s in step.inputs)
        return lambda v: v[i] <= v[j]

    def equal(self, node: n.Equal, step: Step) -> Meaning:
        """Ordered values by their bounds; conditions and codes where both are known."""
        i, j = (s.index for s in step.inputs)
        if node.left.kind.is_ordered:
            return lambda v: ranges.equal(v[i], v[j])
        return lambda v: None if v[i] is None or v[j] is None else v[i] == v[j]

    def is_in(self, node: n.IsIn, step: Step) -> Meaning:
        """Membership in a set."""
        i, codes = step.inputs[0].index, frozenset(node.codes)
        return lambda v: None if (a := v[i]) is None else a in codes

    def has_any(self, node: n.HasAny, step: Step) -> Meaning:
        """A common member."""
        i, codes = step.inputs[0].index, frozenset(node.codes)
        return lambda v: None if (a := v[i]) is None else not codes.isdisjoint(a)

    def add(self, node: n.Add, step: Step) -> Meaning:
        """The sum, bounds by bounds."""
        first, *rest = (s.index for s in step.inputs)

        def total(v: list[Any]) -> Any:
            result = v[first]
            for i in rest:
                result = ranges.add(result, v[i])
            return result

        return total

    def subtract(self, node: n.Subtract, step: Step) -> Meaning:
        """The difference."""
        return self._pair(step, ranges.subtract)

    def times(self, node: n.Times, step: Step) -> Meaning:
        """The exact product."""
        return self._pair(step, ranges.times)

    def divide(self, node: n.Divide, step: Step) -> Meaning:
        """By zero: a fault, and nothing known."""
        i, j = (s.index for s in step.inputs)
        to, rounding = node.to, node.rounding

        def quotient(v: list[Any]) -> Any:
            if v[j] == 0:
                v[FAULTS].append(Fault("rule.division_by_zero", step))
                return UNBOUNDED
            return ranges.divide(v[i], v[j], to, rounding)

        return quotient

    def rounded(self, node: n.Round, step: Step) -> Meaning:
        """Rounded; exact fractions are exact until here."""
        i, to, rounding = step.inputs[0].index, node.to, node.rounding
        return lambda v: ranges.rounded(v[i], to, rounding)

    def least(self, node: n.Least, step: Step) -> Meaning:
        """The least, bounds by bounds."""
        places = tuple(s.index for s in step.inputs)
        return lambda v: ranges.least([v[i] for i in places])

    def greatest(self, node: n.Greatest, step: Step) -> Meaning:
        """The greatest, bounds by bounds."""
        places = tuple(s.index for s in step.inputs)
        return lambda v: ranges.greatest([v[i] for i in places])

    def choice(self, node: n.When, step: Step) -> Meaning:
        """Where the condition is unknown: what covers both, or None where conditions or codes differ."""
        c, i, j = (s.index for s in step.inputs)
        merge = ranges.hull if node.kind.is_ordered else _agreed

        def chosen(v: list[Any]) -> Any:
            condition = v[c]
            return merge(v[i], v[j]) if condition is None else v[i] if condition else v[j]

        return chosen

    def known(self, node: n.Known, step: Step) -> Meaning:
        """Whether a value is exact."""
        i = step.inputs[0].index
        return lambda v: (a := v[i]) is not None and a.__class__ is not Range

    def years(self, node: n.Years, step: Step) -> Meaning:
        """Whole years."""
        return self._pair(step, ranges.years)

    def months(self, node: n.Months, step: Step) -> Meaning:
        """Whole months."""
        return self._pair(step, ranges.months)

    def days(self, node: n.Days, step: Step) -> Meaning:
        """Days."""
        return self._pair(step, ranges.days)

    def later(self, node: n.Later, step: Step) -> Meaning:
        """By months or days, as the unit of the number says."""
        return self._pair(step, ranges.days_later if node.right.kind.unit == "days" else ranges.months_later)

    def aggregate(self, node: n.Aggregate, step: Step) -> Meaning:
        """The inner steps run once a record, on the places after the aggregate's own."""
        records = self._records(step)
        source = step.inputs[0].index
        fold, nothing_known = _fold(node)

        def folded(v: list[Any]) -> Any:
            listed = v[source]
            return nothing_known if listed is None else fold(records(v, listed))

        return folded

    def _records(self, step: Step) -> Callable[[list[Any], Any], list[tuple[Any, Any]]]:
        """What computes (where, body) for each record."""
        assert step.element is not None
        assert step.where is not None
        assert step.body is not None
        base, where, body = step.index, step.where.index, step.body.index
        inner = [self.meaning(s) for s in step.inner]

        def computed(v: list[Any], listed: Any) -> list[tuple[Any, Any]]:
            found = []
            # When a finished trace is computed again, what stands after this step is not ours to overwrite.
            w = v if len(v) == base else v[:base]
            for record in listed:
                w.append(record)
                for meaning in inner:
                    w.append(meaning(w))
                found.append((w[where], w[body]))
                del w[base:]
            return found

        return computed

    def _pair(self, step: Step, operation: Callable[[Any, Any], Any]) -> Meaning:
        i, j = (s.index for s in step.inputs)
        return lambda v: operation(v[i], v[j])


def _agreed(a: Any, b: Any) -> Any:
    """What two outcomes of an unknown choice have in common: the value where they agree, else unknown."""
    if a is None or b is None:
        return None
    return a if (set(a) == set(b) if isinstance(a, tuple) else a == b) else None


def _extra_reader(node: n.Fact, step: Step) -> Meaning:
    space, name = node.path.split(".", 1)
    path, kind = node.path, node.kind

    def read(v: list[Any]) -> Any:
        raw = v[CASE].extra.get(space, {}).get(name)
        if raw is None:
            raw = v[PROVIDED].get(path)
        try:
            return extra_value(raw, kind)
        except FieldValueError as error:
            v[FAULTS].append(Fault("fact.not_valid", step, error.text))
            return unknown(kind)

    return read


Pairs: TypeAlias = list[tuple[Any, Any]]


def _fold(node: n.Aggregate) -> tuple[Callable[[Pairs], Any], Any]:
    """What folds (where, body) of the records to a value, and the value where the list itself is unknown."""
    match node.how:
        case n.How.ANY:
            return _any, None
        case n.How.ALL:
            return _all, None
        case n.How.COUNT:
            return _count, NOT_NEGATIVE
        case n.How.SUM:
            return _sum, NOT_NEGATIVE if never_negative(node.body) else UNBOUNDED
        case n.How.LEAST:
            return _least, UNBOUNDED
        case n.How.GREATEST:
            return _greatest, UNBOUNDED


def _any(pairs: Pairs) -> bool | None:
    result: bool | None = False
    for where, body in pairs:
        if where is True and body is True:
            return True
        if where is not False and body is not False:
            result = None
    return result


def _all(pairs: Pairs) -> bool | None:
    result: bool | None = True
    for where, body in pairs:
        if where is True and body is False:
            return False
        if where is not False and body is not True:
            result = None
    return result


def _count(pairs: Pairs) -> Any:
    sure = sum(1 for where, body in pairs if where is True and body is True)
    possible = sum(1 for where, body in pairs if where is not False and body is not False)
    return ranges.between(sure, possible)


def _sum(pairs: Pairs) -> Any:
    total: Any = 0
    for where, body in pairs:
        if where is True:
            total = ranges.add(total, body)
        elif where is None:
            total = ranges.add(total, ranges.hull(0, body))
    return total


def _extreme(pairs: Pairs, pick: Callable[[list[Any]], Any], *, least: bool) -> Any:
    """The least or greatest: records that may not belong can only extend it, and of none nothing is known."""
    sure = [body for where, body in pairs if where is True]
    possible = [body for where, body in pairs if where is not False]
    if not sure:
        return UNBOUNDED
    inner, outer = pick(sure), pick(possible)
    side = 0 if least else 1
    ends = (
        (ranges.bounds(outer)[0], ranges.bounds(inner)[1])
        if side == 0
        else (ranges.bounds(inner)[0], ranges.bounds(outer)[1])
    )
    return ranges.between(*ends)


def _least(pairs: Pairs) -> Any:
    return _extreme(pairs, ranges.least, least=True)


def _greatest(pairs: Pairs) -> Any:
    return _extreme(pairs, ranges.greatest, least=False)


def absent_parameter(kind: Kind, floor: Any) -> Any:
    """What is known of a parameter that has no value: money and numbers are at least the floor or zero."""
    if kind.sort in (Sort.MONEY, Sort.NUMBER):
        return Range(0 if floor is None else floor, None)
    return UNBOUNDED if kind.is_ordered else None


@attrs.frozen(eq=False)
class Compiled:
    """A plan with its meanings: made once a plan, used for every child."""

    plan: Plan
    static: tuple[Meaning | None, ...]
    dynamic: tuple[Meaning, ...]

    @classmethod
    def of(cls, plan: Plan) -> "Compiled":
        """Compile."""
        algebra = ReferenceAlgebra()
        return cls(
            plan,
            tuple(None if isinstance(s.node, n.Day | n.Param) else algebra.meaning(s) for s in plan.static),
            tuple(algebra.meaning(s) for s in plan.dynamic),
        )

    def bind(self, day: dt.date, values: Mapping[str, Any]) -> "Bound":
        """The plan at a place on a day: ``values`` has the engine's value of each parameter by code."""
        head: list[Any] = [None] * self.plan.reserved
        head[PROVIDED], head[FAULTS] = {}, []
        for step, meaning in zip(self.plan.static, self.static, strict=True):
            if isinstance(step.node, n.Day):
                head.append(day)
            elif isinstance(step.node, n.Param):
                head.append(values[step.node.code])
            else:
                assert meaning is not None
                head.append(meaning(head))
        return Bound(self, day, tuple(head))


@attrs.frozen(eq=False)
class Bound:
    """A compiled plan with its place and day: the values of all steps that need no child are there already."""

    compiled: Compiled
    day: dt.date
    head: tuple[Any, ...]

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.compiled.plan

    def run(self, case: Case, provided: Mapping[str, Any] | None = None) -> list[Any]:
        """The trace of one case: the value of every step at the step's index.

        Args:
            case: what is known; of a child who is not born yet on the day, none of it counts.
            provided: facts of packs by code, as their providers said; what the case states goes before.
        """
        v = list(self.head)
        v[CASE] = what_counts(case, self.day)
        v[PROVIDED] = provided or {}
        v[FAULTS] = list(self.head[FAULTS])
        append = v.append
        for meaning in self.compiled.dynamic:
            append(meaning(v))
        return v

    def rerun(self, trace: list[Any], changed: Mapping[int, Any], affected: tuple[int, ...]) -> list[Any]:
        """A trace with some steps' values replaced, and the ``affected`` steps (in order) computed again."""
        v = list(trace)
        v[FAULTS] = []
        for index, value in changed.items():
            v[index] = value
        first = len(self.head)
        for index in affected:
            if index not in changed:
                meaning = self.compiled.dynamic[index - first]
                v[index] = meaning(v)
        return v


__all__ = ["Bound", "Compiled", "Fault", "ReferenceAlgebra", "absent_parameter"]
