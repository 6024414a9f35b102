"""The solver's algebra: what every operation of a plan means as conditions and numbers over all possible children.

It mirrors the reference engine (``engines/explain.py``) exactly: three values, bounds, roundings, calendar. A step that
the solver cannot take is kept as such, with its reason, and so is every step that needs it.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from kinderguard.engines.algebra import Algebra
from kinderguard.engines.plan import Plan, Step
from kinderguard.engines.prove import arithmetic as ar
from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.calendar import Calendar, key_of
from kinderguard.engines.prove.facts import Facts
from kinderguard.engines.prove.logic import Bool, Whole, alike, as_number, both, either, negated, total
from kinderguard.engines.prove.scratch import NotTakenError
from kinderguard.engines.prove.spans import UNBOUNDED, UNKNOWN, Choice, Several, Span, Truth, Value
from kinderguard.engines.stacking import never_negative
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort


@attrs.frozen(eq=False)
class NotTaken:
    """The meaning of a step that the solver cannot take: the step where it began, and why."""

    step: Step
    why: Text


Meaning: TypeAlias = Value | NotTaken
#: Which answer ``known`` gives at a step, in a record of a list (by the places of the records around it). By the step
#: itself: the steps within two lists may have one index.
KnownAnswers: TypeAlias = Mapping[tuple[Step, tuple[int, ...]], Bool]
#: The record that a step stands for is no value.
_RECORD = Truth(True, False)


class SolverAlgebra(Algebra[Meaning]):
    """One rule set over some facts.

    Args:
        plan: the compiled rules.
        day: the key of the day.
        parameters: the value of each parameter; None where the solver cannot take it.
        facts: what is known of the child.
        answers: what ``known`` answers, where that is to stay as it was.
    """

    def __init__(
        self,
        plan: Plan,
        day: int,
        parameters: Mapping[str, Value | None],
        facts: Facts,
        calendar: Calendar,
        answers: KnownAnswers | None = None,
    ) -> None:
        self.facts, self.calendar, self.scratch = facts, calendar, calendar.scratch
        self._day, self._parameters, self._answers = day, parameters, answers or {}
        #: The answers given by ``known``.
        self.answered: dict[tuple[Step, tuple[int, ...]], Bool] = {}
        self._values: dict[Step, Meaning] = {}
        self._records: dict[Step, str] = {}
        self._places: tuple[int, ...] = ()
        for step in plan.steps:
            self._values[step] = self.meaning(step)

    def __getitem__(self, step: Step) -> Meaning:
        return self._values[step]

    def meaning(self, step: Step) -> Meaning:
        """What the step means here; what it cannot take, it passes on."""
        for read in step.inputs:
            found = self._values.get(read, _RECORD)
            if isinstance(found, NotTaken):
                return found
        try:
            return super().meaning(step)
        except NotTakenError as error:
            return NotTaken(error.step or step, error.why)

    # ---- inputs -------------------------------------------------------------------------------------------------

    def _value(self, step: Step) -> Value:
        found = self._values[step]
        if isinstance(found, NotTaken):
            raise NotTakenError(found.why, found.step)
        return found

    def _truth(self, step: Step) -> Truth:
        found = self._value(step)
        assert isinstance(found, Truth)
        return found

    def _span(self, step: Step) -> Span:
        found = self._value(step)
        assert isinstance(found, Span)
        return found

    def _truths(self, step: Step) -> list[Truth]:
        return [self._truth(s) for s in step.inputs]

    def _spans(self, step: Step) -> list[Span]:
        return [self._span(s) for s in step.inputs]

    # ---- leaves -------------------------------------------------------------------------------------------------

    def constant(self, node: n.Const, step: Step) -> Meaning:
        """The constant, or what covers everything."""
        match node.kind.sort:
            case Sort.BOOL:
                return UNKNOWN if node.value is None else Truth(node.value, not node.value)
            case Sort.CODE:
                return Choice({} if node.value is None else {str(node.value): True})
            case Sort.CODES:
                return Several(False, {})
            case Sort.DATE:
                # The sort says what the value is, which a type checker cannot see; so too below.
                return UNBOUNDED if node.value is None else sp.number(key_of(node.value))  # type: ignore[arg-type]
            case _:
                return UNBOUNDED if node.value is None else sp.number(Fraction(node.value))  # type: ignore[arg-type]

    def day(self, node: n.Day, step: Step) -> Meaning:
        """The day of the assessment."""
        return sp.number(self._day)

    def parameter(self, node: n.Param, step: Step) -> Meaning:
        """The value at the place; of one that has none, what it can be."""
        value = self._parameters[node.code]
        if value is None:
            raise NotTakenError(Text("本地未设定的比例", "a ratio that the place does not set"))
        return value

    def fact(self, node: n.Fact, step: Step) -> Meaning:
        """From the case or the record."""
        return self.facts.value(self._path(node, step), node.kind)

    def collection(self, node: n.Collection, step: Step) -> Meaning:
        """The list is asked for by the aggregate."""
        return _RECORD

    def _path(self, node: n.Fact | n.Collection, step: Step) -> str:
        return node.path if node.of is None else f"{self._records[step.inputs[0]]}.{node.path}"

    # ---- conditions ---------------------------------------------------------------------------------------------

    def conjunction(self, node: n.And, step: Step) -> Meaning:
        """True where all are, false where one is."""
        args = self._truths(step)
        return Truth(both(*(a.yes for a in args)), either(*(a.no for a in args)))

    def disjunction(self, node: n.Or, step: Step) -> Meaning:
        """True where one is, false where all are."""
        args = self._truths(step)
        return Truth(either(*(a.yes for a in args)), both(*(a.no for a in args)))

    def negation(self, node: n.Not, step: Step) -> Meaning:
        """Unknown stays unknown."""
        (arg,) = self._truths(step)
        return Truth(arg.no, arg.yes)

    def less(self, node: n.Less, step: Step) -> Meaning:
        """By the bounds."""
        return sp.less(*self._spans(step))

    def at_most(self, node: n.AtMost, step: Step) -> Meaning:
        """By the bounds."""
        return sp.at_most(*self._spans(step))

    def equal(self, node: n.Equal, step: Step) -> Meaning:
        """Ordered values by their bounds; conditions and codes where both are known."""
        a, b = (self._value(s) for s in step.inputs)
        if isinstance(a, Span) and isinstance(b, Span):
            return sp.equal(a, b)
        if isinstance(a, Truth) and isinstance(b, Truth):
            return Truth(either(both(a.yes, b.yes), both(a.no, b.no)), either(both(a.yes, b.no), both(a.no, b.yes)))
        if isinstance(a, Choice) and isinstance(b, Choice):
            same = either(*(both(c, b.held[code]) for code, c in a.held.items() if code in b.held))
            return Truth(same, both(a.known, b.known, negated(same)))
        # The reference engine compares lists in their order, which is not kept here.
        raise NotTakenError(Text("比较两份代码列表", "comparing two lists of codes"))

    def is_in(self, node: n.IsIn, step: Step) -> Meaning:
        """A code that is known is in, or out."""
        arg = self._value(step.inputs[0])
        assert isinstance(arg, Choice)
        codes = set(node.codes)
        return Truth(
            either(*(c for code, c in arg.held.items() if code in codes)),
            either(*(c for code, c in arg.held.items() if code not in codes)),
        )

    def has_any(self, node: n.HasAny, step: Step) -> Meaning:
        """A common member of a list that is known."""
        arg = self._value(step.inputs[0])
        assert isinstance(arg, Several)
        common = either(*(arg.held.get(str(code), False) for code in node.codes))
        return Truth(both(arg.known, common), both(arg.known, negated(common)))

    def known(self, node: n.Known, step: Step) -> Meaning:
        """Whether a value is exact."""
        place = (step, self._places)
        answer = self._answers[place] if place in self._answers else self._value(step.inputs[0]).known
        self.answered[place] = answer
        return sp.truth(answer)

    def choice(self, node: n.When, step: Step) -> Meaning:
        """One of two; where the condition is unknown, what both have in common."""
        c, a, b = (self._value(s) for s in step.inputs)
        assert isinstance(c, Truth)
        if isinstance(a, Span) and isinstance(b, Span):
            return sp.choice(c, a, b)
        if isinstance(a, Truth) and isinstance(b, Truth):
            return Truth(_chosen(c, a.yes, b.yes), _chosen(c, a.no, b.no))
        if isinstance(a, Choice) and isinstance(b, Choice):
            codes = dict.fromkeys((*a.held, *b.held))
            return Choice({k: _chosen(c, a.held.get(k, False), b.held.get(k, False)) for k in codes})
        assert isinstance(a, Several)
        assert isinstance(b, Several)
        held = {k: (a.held.get(k, False), b.held.get(k, False)) for k in dict.fromkeys((*a.held, *b.held))}
        same = both(*(alike(x, y) for x, y in held.values()))
        known = either(both(c.yes, a.known), both(c.no, b.known), both(a.known, b.known, same))
        return Several(known, {k: either(both(negated(c.no), x), both(c.no, y)) for k, (x, y) in held.items()})

    # ---- numbers ------------------------------------------------------------------------------------------------

    def add(self, node: n.Add, step: Step) -> Meaning:
        """Bounds by bounds."""
        first, *rest = self._spans(step)
        for x in rest:
            first = ar.add(first, x)
        return first

    def subtract(self, node: n.Subtract, step: Step) -> Meaning:
        """The difference."""
        return ar.subtract(*self._spans(step))

    def times(self, node: n.Times, step: Step) -> Meaning:
        """The exact product."""
        a, b = self._spans(step)
        return ar.times(self.scratch, a, b)

    def divide(self, node: n.Divide, step: Step) -> Meaning:
        """The rounded quotient; by zero, nothing known."""
        a, b = self._spans(step)
        return ar.divide(self.scratch, a, b, node.to, node.rounding)

    def rounded(self, node: n.Round, step: Step) -> Meaning:
        """Rounded to a multiple."""
        return ar.rounded(self.scratch, self._span(step.inputs[0]), node.to, node.rounding)

    def least(self, node: n.Least, step: Step) -> Meaning:
        """The least."""
        return sp.least(self._spans(step))

    def greatest(self, node: n.Greatest, step: Step) -> Meaning:
        """The greatest."""
        return sp.greatest(self._spans(step))

    # ---- dates --------------------------------------------------------------------------------------------------

    def years(self, node: n.Years, step: Step) -> Meaning:
        """Whole years."""
        return self._length(step, self.calendar.years)

    def months(self, node: n.Months, step: Step) -> Meaning:
        """Whole months."""
        return self._length(step, self.calendar.months)

    def days(self, node: n.Days, step: Step) -> Meaning:
        """Days."""
        return self._length(step, self.calendar.days)

    def _length(self, step: Step, length: Callable[[Whole, Whole], Whole]) -> Span:
        start, end = self._spans(step)
        return ar.span(length, start, end)

    def later(self, node: n.Later, step: Step) -> Meaning:
        """By months or days, as the unit of the number says."""
        date, count = self._spans(step)
        return ar.later(self.calendar, node.right.kind.unit, date, count)

    # ---- records ------------------------------------------------------------------------------------------------

    def aggregate(self, node: n.Aggregate, step: Step) -> Meaning:
        """The inner steps are made once for each place in the list."""
        assert step.element is not None
        assert step.where is not None
        assert step.body is not None
        source = step.inputs[0]
        assert isinstance(source.node, n.Collection)
        path = self._path(source.node, source)
        listed = self.facts.listed(path)
        found: list[tuple[Bool, Truth, Value]] = []
        around = self._places
        for place, taken in enumerate(listed.taken):
            self._records[step.element] = f"{path}[{place}]"
            self._places = (*around, place)
            for inner in step.inner:
                self._values[inner] = self.meaning(inner)
            self._places = around
            found.append((taken, self._truth(step.where), self._value(step.body)))
        return _folded(node, listed.known, found)


def _chosen(c: Truth, a: Bool, b: Bool) -> Bool:
    return either(both(c.yes, a), both(c.no, b), both(a, b))


Records: TypeAlias = list[tuple[Bool, Truth, Any]]


def _folded(node: n.Aggregate, known: Bool, records: Records) -> Value:
    """The records that are there, folded; where the list itself is unknown, what is known of it in any case."""
    match node.how:
        case n.How.ANY:
            some = either(*(both(there, w.yes, b.yes) for there, w, b in records))
            none = both(*(either(negated(there), w.no, b.no) for there, w, b in records))
            return Truth(both(known, some), both(known, none))
        case n.How.ALL:
            failing = either(*(both(there, w.yes, b.no) for there, w, b in records))
            passing = both(*(either(negated(there), w.no, b.yes) for there, w, b in records))
            return Truth(both(known, passing), both(known, failing))
        case n.How.COUNT:
            sure = total([as_number(both(there, w.yes, b.yes)) for there, w, b in records])
            possible = total([as_number(both(there, negated(w.no), negated(b.no))) for there, w, b in records])
            return sp.where(known, Span(sure, possible, True, True), sp.NOT_NEGATIVE)
        case n.How.SUM:
            nothing_known = sp.NOT_NEGATIVE if never_negative(node.body) else UNBOUNDED
            return sp.where(known, _summed(records), nothing_known)
        case _:
            surely = [(both(there, w.yes), both(there, negated(w.no)), b) for there, w, b in records]
            return sp.where(known, sp.extreme(surely, is_least=node.how is n.How.LEAST), UNBOUNDED)


def _summed(records: Records) -> Span:
    summed = sp.number(0)
    for there, belongs, body in records:
        # One that may belong counts from nothing to itself.
        given = sp.choice(Truth(both(there, belongs.yes), either(negated(there), belongs.no)), body, sp.number(0))
        summed = ar.add(summed, given)
    return summed


__all__ = ["KnownAnswers", "Meaning", "NotTaken", "SolverAlgebra"]
