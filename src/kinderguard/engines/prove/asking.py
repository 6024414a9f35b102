"""Asking the solver: is there a child (within the limits) of whom a condition holds; how far can an amount go.

One solver holds what the model asks of the facts; each question is put on top and taken away again.
"""

import time
from enum import StrEnum
from typing import Any

import attrs
import z3

from kinderguard.engines.prove.logic import Bool, Term, Whole
from kinderguard.engines.prove.variables import amount


class Answer(StrEnum):
    """What the solver answers."""

    NONE = "none"
    FOUND = "found"
    GAVE_UP = "gave_up"


@attrs.frozen(eq=False)
class Found:
    """The answer; the model where there is one."""

    answer: Answer
    model: Any = None
    seconds: float = 0.0


def ask(condition: Bool, constraints: list[Bool], seconds: float) -> Found:
    """Whether the condition can hold within the constraints."""
    began = time.perf_counter()
    if condition is False:
        return Found(Answer.NONE)
    solver = _solver(constraints, seconds)
    solver.add(condition)
    answer = solver.check()
    took = time.perf_counter() - began
    if answer == z3.sat:
        return Found(Answer.FOUND, solver.model(), took)
    return Found(Answer.NONE if answer == z3.unsat else Answer.GAVE_UP, None, took)


def _solver(constraints: list[Bool], seconds: float) -> Any:
    solver = z3.Solver()
    solver.set("timeout", max(1, int(seconds * 1000)))
    solver.add(*(c for c in constraints if c is not True))
    return solver


@attrs.frozen(eq=False)
class Extreme:
    """The least or greatest that a number can be, with a model; ``exact`` is False where time ran out before."""

    value: int | None
    model: Any
    exact: bool


def furthest(
    number: Whole, condition: Bool, constraints: list[Bool], seconds: float, *, up: bool, known: Any = None
) -> Extreme:
    """How far a number can go where a condition holds. ``None`` where the condition cannot hold.

    By doubling steps from a value that is possible, then by halving: each step is one question.
    """
    until = time.perf_counter() + seconds
    solver = _solver(constraints, seconds)
    solver.add(condition)
    model = known
    if model is None:
        answer = solver.check()
        if answer != z3.sat:
            return Extreme(None, None, answer == z3.unsat)
        model = solver.model()
    best, step, beyond = amount(model, number), 1, None
    sign = 1 if up else -1
    end = number.most if up else number.least
    while end is None or best != end:
        # Nothing at or past ``beyond`` is possible.
        if beyond is not None and abs(beyond - best) == 1:
            break
        target = best + sign * step
        if beyond is not None and abs(target - best) >= abs(beyond - best):
            step = max(1, abs(beyond - best) // 2)
            target = best + sign * step
        if end is not None and abs(target - best) > abs(end - best):
            target = end
        left = until - time.perf_counter()
        if left <= 0:
            return Extreme(best, model, False)
        solver.set("timeout", max(1, int(left * 1000)))
        solver.push()
        solver.add(_past(number.term, target, up))
        answer = solver.check()
        if answer == z3.sat:
            model = solver.model()
            best = amount(model, number)
            step *= 4
        elif answer == z3.unsat:
            beyond = target
            step = max(1, abs(beyond - best) // 2)
        else:
            return Extreme(best, model, False)
        solver.pop()
    return Extreme(best, model, True)


def _past(term: Term, target: int, up: bool) -> Bool:
    return term >= target if up else term <= target
