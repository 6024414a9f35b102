"""The tightest bounds of what is due to one child, and whether a fact asked for can change anything.

What is known of the child stays as it is; what is not known takes every value that it can have. Questions whether
something is known keep the answer that they have now: they ask about the record, not about the child.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

import attrs

from kinderguard.engines.plan import PolicySteps
from kinderguard.engines.prove.asking import Answer, ask, furthest
from kinderguard.engines.prove.attained import Reference
from kinderguard.engines.prove.calendar import Calendar
from kinderguard.engines.prove.compare import differ
from kinderguard.engines.prove.completed import Completed
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.facts import Otherwise, Stated
from kinderguard.engines.prove.free import Free, between, partner_of
from kinderguard.engines.prove.logic import Bool, either, negated
from kinderguard.engines.prove.ruling import NotTakenResultError, Results, Ruling, UnsetParameters
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.engines.prove.spans import Span
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.money import yuan
from kinderguard.model.text import Text


@attrs.frozen
class Bounds:
    """From ``low`` to ``high`` (yuan); ``high`` is None where there is none.

    ``exact`` is True only where each end is that of some way of filling the gaps, confirmed by the reference engine, and
    nothing lies beyond. It is False where the solver had no time to show that, or could not take a step: then they are
    the engine's own, or somewhere between these and the tightest.
    """

    low: Decimal | None
    high: Decimal | None
    exact: bool = True


@attrs.frozen
class ExactBounds:
    """The tightest bounds of one child's amounts.

    Attributes:
        policies: by code, what a cash policy gives after stacking.
        totals: by ``due.month.child`` and the like, what is due in total.
        assumptions: the limits within which they hold.
    """

    policies: Mapping[str, Bounds]
    totals: Mapping[str, Bounds]
    assumptions: tuple[Text, ...] = attrs.field(repr=False)


#: An amount of what rules say.
_Amount: TypeAlias = Callable[[Results], Span]


class _Completions:
    """Everything that one child can be."""

    def __init__(self, ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain) -> None:
        now = ruling.assess(case, provided=provided)
        #: What the reference engine says of the child as it is.
        self.own = ruling.results_of(now)
        self.calendar = Calendar(Scratch())
        self.free = Free(domain, self.calendar)
        self.unset = UnsetParameters(domain, self.calendar)
        as_it_is = ruling.solved(Stated(case, provided), self.calendar, self.unset)
        assert as_it_is.algebra is not None
        self.facts = Completed(case, self.free, provided)
        answers = as_it_is.algebra.answered
        self.results = ruling.solved(self.facts, self.calendar, self.unset, answers)
        self._reference = Reference(now, answers, provided)

    def constraints(self) -> list[Bool]:
        """What holds of every completion."""
        return [*self.free.constraints(), *self.facts.settled, *self.calendar.scratch.constraints]

    def attained(self, of: _Amount, model: Any) -> Span | None:
        """What the reference engine gives in the solver's answer; None where the model does not accept such a child."""
        try:
            return of(self._reference.results(self.facts.filled(model)))
        except InvalidRecordError:
            return None


def exact_bounds(
    ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain, seconds: float
) -> ExactBounds:
    """The tightest bounds over everything that is not known of a child. ``seconds`` is for each amount."""
    completions = _Completions(ruling, case, provided, domain)
    own = completions.own
    policies = {
        code: _bounds(completions, partial(Results.final, code=code), seconds)
        for code, steps in sorted(ruling.plan.policies.items())
        if _is_cash(steps)
    }
    totals = {
        f"due.{every.value}.{per}": _bounds(completions, partial(Results.total, every=every, per=per), seconds)
        for every in Frequency
        for per in ("child", "household")
        if own.cash(every, per)
    }
    return ExactBounds(policies, totals, (*domain.assumptions(), *_unset(ruling)))


def _unset(ruling: Ruling) -> Iterator[Text]:
    """What is assumed of parameters that nobody has set."""
    names = [ruling.titles.get(code, Text(code, code)) for code in ruling.open]
    if names:
        zh, en = "、".join(t.zh for t in names), "; ".join(t.en for t in names)
        yield Text(
            f"本地未设定的参数保持未知，只知不低于最低标准；取决于它们的范围未必最窄：{zh}",
            f"parameters that the place does not set stay unknown beyond their floor, so that bounds which rest on them "
            f"need not be the tightest: {en}",
        )


def _is_cash(steps: PolicySteps) -> bool:
    return steps.own is not None


@attrs.frozen(eq=False)
class _End:
    """An end (None: there is none), and the completion that has it; without one it is only the engine's own."""

    value: Decimal | None
    model: Any


def _bounds(completions: _Completions, of: _Amount, seconds: float) -> Bounds:
    cheap = of(completions.own)
    given = Bounds(_yuan(cheap.low.value, cheap, cheap.has_low), _yuan(cheap.high.value, cheap, cheap.has_high))
    if given.low == given.high and given.low is not None:
        return given
    try:
        span = of(completions.results)
    except NotTakenResultError:
        return attrs.evolve(given, exact=False)
    constraints = completions.constraints()
    ends = []
    for up, own in ((False, given.low), (True, given.high)):
        found = _end(span, constraints, seconds, up=up)
        # An end that no completion has is wrong, however it came about; the engine's own is sound.
        ends.append(found if found is not None and _is_attained(completions, of, found, up=up) else _End(own, None))
    return Bounds(ends[0].value, ends[1].value, exact=all(end.model is not None for end in ends))


def _end(span: Span, constraints: list[Bool], seconds: float, *, up: bool) -> _End | None:
    """The least low end or greatest high end; None where none was found, or not in time."""
    number, there = (span.high, span.has_high) if up else (span.low, span.has_low)
    is_open = ask(negated(there), constraints, seconds)
    if is_open.answer is not Answer.NONE:
        return _End(None, is_open.model) if is_open.answer is Answer.FOUND else None
    found = furthest(number, True, constraints, seconds, up=up)
    return _End(_yuan(found.value, span, True), found.model) if found.value is not None and found.exact else None


def _is_attained(completions: _Completions, of: _Amount, end: _End, *, up: bool) -> bool:
    """Whether the reference engine gives just this end in the completion found."""
    span = completions.attained(of, end.model)
    if span is None:
        return False
    return end.value == (
        _yuan(span.high.value, span, span.has_high) if up else _yuan(span.low.value, span, span.has_low)
    )


def _yuan(value: int | None, span: Span, there: Bool) -> Decimal | None:
    return yuan(Fraction(value, span.denominator)) if there is True and value is not None else None


def confirmed(
    ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain, seconds: float, paths: tuple[str, ...]
) -> dict[str, bool | None]:
    """For each fact, whether two values of it (or it and its absence) ever make an outcome differ; None: not decided,
    or the case is not within the limits (a date that is partly known, before their first year).

    The other unknown facts may stay unknown or have any value, the same in both states. Of two values found, the reference
    engine has confirmed that outcomes differ.
    """
    states = _TwoStates(ruling, case, provided, domain)
    return {path: states.differ(path, seconds) for path in paths}


class _TwoStates:
    """Everything that one child can be and be known by, twice over."""

    def __init__(self, ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain) -> None:
        self.ruling, self.provided = ruling, provided
        self.calendar = Calendar(Scratch())
        self.unset = UnsetParameters(domain, self.calendar)
        self.frees = Free(domain, self.calendar), Free(domain, self.calendar, "other ")
        self.one, self.other = (Completed(case, free, provided, settle=False) for free in self.frees)
        self.here = ruling.solved(self.one, self.calendar, self.unset)

    def differ(self, path: str, seconds: float) -> bool | None:
        """Whether outcomes ever differ where the two have another value at one path; None: not decided."""
        there = Otherwise(self.one, path, self.other)
        try:
            differs = self._differ(self.here, self.ruling.solved(there, self.calendar, self.unset))
        except NotTakenResultError:
            return None
        limits = list(self._limits(there))
        found = ask(differs, limits, seconds)
        if found.answer is Answer.FOUND:
            return self._is_so(there, found.model) or None
        if found.answer is Answer.GAVE_UP or ask(True, limits, seconds).answer is not Answer.FOUND:
            return None  # of nobody at all, everything would hold
        return False

    def _differ(self, one: Results, other: Results) -> Bool:
        plan = self.ruling.plan
        return either(*(differ(one, other, code) for code in (*plan.categories, *plan.policies)))

    def _limits(self, there: Otherwise) -> Iterator[Bool]:
        for free, state in zip(self.frees, (self.one, self.other), strict=True):
            yield from free.constraints()
            yield from state.settled
        # A record of the second child may be of both states.
        for path in self.frees[1].variables:
            if there.at(path) is self.other and there.at(partner_of(path)) is self.one:
                yield from between(path, self.frees[1], self.frees[0])
        yield from self.calendar.scratch.constraints

    def _is_so(self, there: Otherwise, model: Any) -> bool:
        """Whether the reference engine finds the two in the solver's answer to differ."""
        try:
            cases = self.one.filled(model), self.one.filled(model, there)
        except InvalidRecordError:
            return False
        one, other = (self.ruling.results_of(self.ruling.assess(c, provided=self.provided)) for c in cases)
        return self._differ(one, other) is True
