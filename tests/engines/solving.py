"""Comparing the solver engine with the reference engine: the same rules, the same child, every result."""

import datetime as dt
from fractions import Fraction

import z3

from engines.agreement import DAY
from kinderguard.engines.explain import Compiled
from kinderguard.engines.plan import compile_plan
from kinderguard.engines.prove.algebra import NotTaken
from kinderguard.engines.prove.calendar import Calendar
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.facts import Stated, lifted
from kinderguard.engines.prove.free import Free
from kinderguard.engines.prove.ruling import OpenParameters, Ruling, UnsetParameters
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.engines.prove.spans import Choice, Several, Span, Truth
from kinderguard.engines.prove.variables import amount, holds
from kinderguard.engines.unborn import what_counts

#: Limits within which every generated child lies.
WIDE = Domain(
    DAY, today=dt.date(2030, 1, 1), numbers=2**21, household=2, lists=2,
    divisions=("33", "3301", "330106", "330199", "330199004", "330106003", "330106003021", "2201", "220102", "71"),
    texts=("cn.orphan_allowance", "cn.dibao_benefit", "cn.none_of_these", "330199.winter_heating"),
)  # fmt: skip


def ruling_of(rules, division=None):
    """Rules put straight into both engines."""
    in_force = rules.in_force(DAY)
    plan = compile_plan(in_force)
    values = {}
    for code in plan.parameters:
        value = rules.parameters[code].at(division, DAY)
        values[code] = None if value is None else value.value
    return Ruling(Compiled.of(plan), DAY, division, values)


def shown(value, model):
    """A value in the solver's answer, so that two can be compared."""
    match value:
        case NotTaken():
            return "not taken"
        case Truth():
            yes, no = holds(model, value.yes), holds(model, value.no)
            assert not (yes and no)
            return True if yes else False if no else None
        case Choice():
            held = [code for code, condition in value.held.items() if holds(model, condition)]
            assert len(held) <= 1
            return held[0] if held else None
        case Several():
            return (
                {c for c, condition in value.held.items() if holds(model, condition)}
                if holds(model, value.known)
                else None
            )
        case Span():
            return tuple(
                Fraction(amount(model, x), value.denominator) if holds(model, there) else None
                for x, there in ((value.low, value.has_low), (value.high, value.has_high))
            )


def steps_of(plan):
    """The steps whose values are compared: those of the outermost level that are values."""
    return [s for s in plan.steps if type(s.node).__name__ != "Collection"]


def solver_differences(ruling, case):
    """What the solver has otherwise than the reference engine, with the case's facts asserted of free ones."""
    scratch = Scratch()
    calendar = Calendar(scratch)
    facts, opened = Free(WIDE, calendar), OpenParameters(WIDE, calendar)
    solved = ruling.solved(facts, calendar, opened)
    # With every fact asserted, nothing is left to search for: values are propagated first.
    solver = z3.Then("simplify", "propagate-values", "solve-eqs", "simplify", "smt").solver()
    solver.set("timeout", 60_000)
    solver.add(
        *facts.constraints(), *opened.constraints(), *scratch.constraints, *facts.holding(what_counts(case, DAY))
    )
    solver.add(*(z3.Not(v.known) if not isinstance(v.known, bool) else True for v in opened.variables.values()))
    solver.add(*(z3.Not(v.to[0]) for v in opened.variables.values() if hasattr(v, "to")))
    answer = solver.check()
    assert answer == z3.sat, f"the case is not within the limits, or the solver gave up: {answer}"
    return _compared(ruling, case, solved, solver.model())


def stated_differences(ruling, case):
    """The same with the case's facts as constants."""
    calendar = Calendar(Scratch())
    solved = ruling.solved(Stated(what_counts(case, DAY)), calendar, UnsetParameters(WIDE, calendar))
    return _compared(ruling, case, solved, None)


def answered_differences(ruling, case):
    """The same once more, with the answers of ``known`` kept from the first time."""
    calendar = Calendar(Scratch())
    facts, unset = Stated(what_counts(case, DAY)), UnsetParameters(WIDE, calendar)
    first = ruling.solved(facts, calendar, unset)
    again = ruling.solved(facts, calendar, unset, first.algebra.answered)
    return _compared(ruling, case, again, None)


def _compared(ruling, case, solved, model):
    trace = ruling.assess(case).trace
    found = {}
    for step in steps_of(ruling.plan):
        got = shown(solved.get(step), model)
        expected = shown(lifted(trace[step.index], step.node.kind), model)
        if got not in (expected, "not taken"):
            found[step.index] = (step.node, expected, got)
    return found
