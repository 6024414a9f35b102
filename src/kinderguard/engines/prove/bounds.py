"""The tightest bounds of what is due to one child, and whether a fact asked for can change anything.

What is known of the child stays as it is; what is not known takes every value that it can have. Questions whether
something is known keep the answer that they have now: they ask about the record, not about the child.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from kinderguard.engines.plan import PolicySteps
from kinderguard.engines.prove.asking import Answer, ask, furthest
from kinderguard.engines.prove.calendar import Calendar
from kinderguard.engines.prove.compare import differ
from kinderguard.engines.prove.completed import Completed
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.facts import Otherwise, Stated
from kinderguard.engines.prove.free import Free
from kinderguard.engines.prove.logic import Bool, either, negated
from kinderguard.engines.prove.ruling import NotTakenResultError, Results, Ruling, UnsetParameters
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.engines.prove.spans import Span
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.money import yuan
from kinderguard.model.text import Text


@attrs.frozen
class Bounds:
    """From ``low`` to ``high`` (yuan); ``high`` is None where there is none.

    ``exact`` is False where the solver had no time to show that they cannot be tighter, or could not take a step: then
    they are the engine's own, or somewhere between these and the tightest.
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


class _Completions:
    """Everything that one child can be."""

    def __init__(self, ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain) -> None:
        self.calendar = Calendar(Scratch())
        self.free = Free(domain, self.calendar)
        self.unset = UnsetParameters(domain, self.calendar)
        as_it_is = ruling.solved(Stated(case, provided), self.calendar, self.unset)
        assert as_it_is.algebra is not None
        self.facts = Completed(case, self.free, provided)
        self.results = ruling.solved(self.facts, self.calendar, self.unset, as_it_is.algebra.answered)

    def constraints(self) -> list[Bool]:
        """What holds of every completion."""
        return [*self.free.constraints(), *self.facts.settled, *self.calendar.scratch.constraints]


def exact_bounds(
    ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain, seconds: float
) -> ExactBounds:
    """The tightest bounds over everything that is not known of a child. ``seconds`` is for each amount."""
    completions = _Completions(ruling, case, provided, domain)
    own = ruling.results_of(ruling.assess(case, provided=provided))
    policies = {
        code: _bounds(completions, lambda r, code=code: r.final(code), own, seconds)
        for code, steps in sorted(ruling.plan.policies.items())
        if _is_cash(steps)
    }
    totals = {
        f"due.{every.value}.{per}": _bounds(completions, lambda r, e=every, p=per: r.total(e, p), own, seconds)
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


def _bounds(completions: _Completions, of: Any, own: Results, seconds: float) -> Bounds:
    cheap: Span = of(own)
    given = Bounds(_yuan(cheap.low.value, cheap, cheap.has_low), _yuan(cheap.high.value, cheap, cheap.has_high))
    if given.low == given.high and given.low is not None:
        return given
    try:
        span: Span = of(completions.results)
    except NotTakenResultError:
        return attrs.evolve(given, exact=False)
    constraints = completions.constraints()
    low, low_exact = _end(span, constraints, seconds, up=False)
    high, high_exact = _end(span, constraints, seconds, up=True)
    return Bounds(given.low if low is ... else low, given.high if high is ... else high, exact=low_exact and high_exact)


def _end(span: Span, constraints: list[Bool], seconds: float, *, up: bool) -> tuple[Any, bool]:
    """The least low end or greatest high end; None where a completion leaves it open, ``...`` where nothing was found."""
    number, there = (span.high, span.has_high) if up else (span.low, span.has_low)
    is_open = ask(negated(there), constraints, seconds)
    if is_open.answer is not Answer.NONE:
        return (None if is_open.answer is Answer.FOUND else ...), is_open.answer is Answer.FOUND
    found = furthest(number, True, constraints, seconds, up=up)
    if found.value is None or not found.exact:
        return ..., False
    return _yuan(found.value, span, True), True


def _yuan(value: int | None, span: Span, there: Bool) -> Decimal | None:
    return yuan(Fraction(value, span.denominator)) if there is True and value is not None else None


def confirmed(
    ruling: Ruling, case: Case, provided: Mapping[str, Any], domain: Domain, seconds: float, paths: tuple[str, ...]
) -> dict[str, bool | None]:
    """For each fact, whether two values of it (or it and its absence) ever make an outcome differ; None: not decided,
    or the case is not within the limits (a date that is partly known, before their first year).

    The other unknown facts may stay unknown or have any value, the same in both states.
    """
    calendar = Calendar(Scratch())
    unset = UnsetParameters(domain, calendar)
    frees = Free(domain, calendar), Free(domain, calendar, "other ")
    states = [Completed(case, free, provided, settle=False) for free in frees]
    here = ruling.solved(states[0], calendar, unset)
    found: dict[str, bool | None] = {}
    for path in paths:
        there = ruling.solved(Otherwise(states[0], path, states[1]), calendar, unset)
        try:
            other = either(*(differ(here, there, code) for code in (*ruling.plan.categories, *ruling.plan.policies)))
        except NotTakenResultError:
            found[path] = None
            continue
        limits = [c for free, state in zip(frees, states, strict=True) for c in (*free.constraints(), *state.settled)]
        limits += calendar.scratch.constraints
        answer = ask(other, limits, seconds).answer
        if answer is Answer.NONE and ask(True, limits, seconds).answer is not Answer.FOUND:
            answer = Answer.GAVE_UP  # of nobody at all, everything would hold
        found[path] = {Answer.FOUND: True, Answer.NONE: False, Answer.GAVE_UP: None}[answer]
    return found
