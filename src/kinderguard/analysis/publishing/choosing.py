"""Which cells are hidden: the small ones (primary suppression 初级隐藏) and as few beside them as will do (secondary 次级隐藏).

Called by ``publishing``. For every small number it keeps two witnesses: whole tables that print the same and have there the
least and at least ``k``. What these witnesses change is hidden; a hidden cell that none of them needs is shown again.
"""

from collections.abc import Iterable

import attrs
import numpy as np

from kinderguard.analysis.publishing.asking import ProtectionError
from kinderguard.analysis.publishing.cells import Flags
from kinderguard.analysis.publishing.moving import Mover, Moves, hidden_of
from kinderguard.analysis.publishing.problem import Problem
from kinderguard.model.progress import Progress
from kinderguard.model.text import Text

#: How many programs are solved, at most, to show cells again: the same on every machine, which seconds would not be.
_TRIES = 4_000
#: The larger the programs, the fewer of them: entries of all that are solved.
_ENTRIES = 600_000

#: A small variable and how far it has to be able to move.
Target = tuple[int, int]


@attrs.define(eq=False)
class Choice:
    """What is hidden, the witness for each target, and the ends (upper: True) that noughts alone put nearer."""

    hidden: Flags
    witnesses: dict[Target, Moves]
    nearer: set[tuple[int, bool]] = attrs.field(factory=set)


def targets(problem: Problem) -> list[Target]:
    """For each small number, how far down to the least and how far up to ``high`` it has to be free to lie."""
    found: list[Target] = []
    for variable in np.flatnonzero(problem.small).tolist():
        number = int(problem.numbers[variable])
        for end in (int(problem.low[variable]), int(problem.high[variable])):
            if end != number:
                found.append((variable, end - number))
    return found


def chosen(problem: Problem, mover: Mover, step: Progress, *, yielding: bool = False) -> Choice:
    """Hide what is small and what has to be hidden with it.

    Args:
        problem: what there is to protect.
        mover: finds moves.
        step: told how far it is.
        yielding: whether an end that is out of reach though everything were hidden is put nearer: every reader who sees
            where nobody is knows as much.

    Raises:
        ProtectionError: what has to stay gives something away whatever else is hidden.
    """
    hidden = problem.small & problem.shown
    if np.any(hidden & problem.kept):
        raise _impossible()
    mover.hide(hidden_of(problem, hidden))
    witnesses: dict[Target, Moves] = {}
    wanted = targets(problem)
    nearer: set[tuple[int, bool]] = set()
    for at, asked in enumerate(wanted):
        target = asked
        found = _among(target, witnesses.values()) or mover.move(*target)
        if found is None and yielding:
            target = asked[0], mover.farthest(*asked)
            nearer.add((asked[0], asked[1] > 0))
            if not target[1]:
                continue
            found = _among(target, witnesses.values()) or mover.move(*target)
        if found is None:
            raise _impossible()
        witnesses[target] = found
        new = [v for v in found if problem.shown[v] and not hidden[v]]
        if new:
            hidden[new] = True
            mover.hide(new)
        step(at + 1, len(wanted))
    choice = Choice(hidden, witnesses, nearer)
    mover.narrow(hidden)
    _show_again(problem, mover, choice)
    return choice


def _among(target: Target, known: Iterable[Moves]) -> Moves | None:
    """A witness made for another target that serves this one too."""
    variable, by = target
    for moves in known:
        moved = moves.get(variable, 0)
        if (moved >= by > 0) or (moved <= by < 0):
            return moves
    return None


def _show_again(problem: Problem, mover: Mover, choice: Choice) -> None:
    """Show again what is not needed: totals first, and each only if every small number has its witnesses without it."""
    before, tries = mover.solved, _TRIES
    missed = choice.hidden & ~problem.small
    if problem.groups is not None:  # nobody misses what small numbers are moved against
        missed &= problem.groups != 0
        tries = min(tries, _ENTRIES // max(len(problem.rows), 1))
    spare = np.flatnonzero(missed).tolist()
    for variable in sorted(spare, key=lambda v: (-int(problem.cost[v]), v)):
        if mover.solved > before + tries:
            return
        mover.lock(variable)
        again: dict[Target, Moves] = {}
        for target, moves in choice.witnesses.items():
            if variable not in moves:
                continue
            others = _among(target, again.values()) or mover.move(*target, quick=True)
            if others is None:
                break
            again[target] = others
        else:
            choice.witnesses.update(again)
            choice.hidden[variable] = False
            continue
        mover.free(variable)


def _impossible() -> ProtectionError:
    return ProtectionError(
        Text(
            "在必须公布的数字下，无法保护所有小于 k 的数：请不要要求保留合计（keep_total=False），或合并过细的类别后再公布。",
            "The numbers that have to stay give small ones away whatever else is hidden: leave keep_total out, or join fine "
            "values of a dimension before publishing.",
        )
    )
