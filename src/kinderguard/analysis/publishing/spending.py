"""Which sums of money can stand beside counts of which some are hidden.

Called by ``publishing``. Money gives counts away where rates are known: with 30 children and what they cost, at 600 yuan
here and 1,000 there, two equations give both numbers. So the reader is taken to know what a child gets on average in each
hidden cell, and a sum stays only if every small number keeps its witnesses in spite of it.
"""

from collections.abc import Sequence
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.analysis.publishing.cells import Flags, Whole
from kinderguard.analysis.publishing.choosing import Choice
from kinderguard.analysis.publishing.moving import Mover, Moves, Paid
from kinderguard.analysis.publishing.problem import Problem


@attrs.frozen(eq=False)
class Spent:
    """One column of money: the measure of those who get it, the fen of each cell, and where they are known."""

    measure: int
    fen: npt.NDArray[np.object_] = attrs.field(repr=False)
    there: Flags = attrs.field(repr=False)
    unit: int

    def printed(self, cell: int) -> int:
        """The sum as it is printed."""
        return rounded(int(self.fen[cell]), self.unit)


def rounded(fen: int, unit: int) -> int:
    """Fen to the nearest multiple of a unit, halves to the even one."""
    return round(Fraction(fen, unit)) * unit


def shown_money(problem: Problem, mover: Mover, choice: Choice, spent: Sequence[Spent]) -> list[Flags]:
    """For each column of money the cells whose sum can be printed. The choice's witnesses keep all of them."""
    found = []
    for one in spent:
        offset = one.measure * problem.space.size
        cells = slice(offset, offset + problem.space.size)
        found.append(one.there & ~choice.hidden[cells])
    asked = [(at, cell, paid) for at, one in enumerate(spent) for cell, paid in _bound(problem, choice, one, found[at])]
    kept: list[Paid] = []
    for group in _by_level(problem, asked):
        if _keeps(mover, choice, [*kept, *(paid for _, _, paid in group)]):
            kept += [paid for _, _, paid in group]
            continue
        for at, cell, paid in group:
            if len(group) > 1 and _keeps(mover, choice, [*kept, paid]):
                kept.append(paid)
            else:
                found[at][cell] = False
    return found


def _bound(problem: Problem, choice: Choice, spent: Spent, shown: Flags) -> list[tuple[int, Paid]]:
    """The sums that say something of hidden cells, and what each says."""
    measure, first = problem.measures[spent.measure], spent.measure * problem.space.size
    cells = np.flatnonzero(measure.present)  # of the common space, in the order of the table's own
    leaves: Whole = measure.own.leaves()
    rate: dict[int, Fraction] = {}
    for leaf in leaves[choice.hidden[first + cells[leaves]]].tolist():
        cell = int(cells[leaf])
        children = (
            int(measure.numbers[cell]) or int(measure.numbers[0]) or 1
        )  # where there is nobody yet: as everywhere
        rate[leaf] = Fraction(int(spent.fen[cell if measure.numbers[cell] else 0]), children)
    found = []
    for at, cell in enumerate(cells.tolist()):
        if shown[cell]:
            rates = {first + int(cells[c]): rate[c] for c in measure.own.beneath(at).tolist() if c in rate}
            if rates:
                found.append((cell, Paid(rates, Fraction(int(spent.fen[cell])), spent.printed(cell), spent.unit)))
    return found


def _by_level(problem: Problem, asked: Sequence[tuple[int, int, Paid]]) -> list[list[tuple[int, int, Paid]]]:
    """All together first would hide too much where one fails: the widest totals go first, those of one level together."""
    heights = problem.space.heights()
    levels: dict[tuple[int, int], list[tuple[int, int, Paid]]] = {}
    for at, cell, paid in asked:
        levels.setdefault((-int(heights[cell]), at), []).append((at, cell, paid))
    return [levels[level] for level in sorted(levels)]


def _keeps(mover: Mover, choice: Choice, paid: list[Paid]) -> bool:
    """Whether every small number has witnesses that keep these sums; if so, they take the places of the former ones."""
    before = mover.paid
    again: dict[tuple[int, int], Moves] = {}
    lacking = [t for t, moves in choice.witnesses.items() if not all(p.allows(moves) for p in paid)]
    if lacking:
        mover.shows(paid)
        for target in lacking:
            found = mover.move(*target, quick=True)
            if found is None:
                mover.shows(before)
                return False
            again[target] = found
    choice.witnesses.update(again)
    mover.paid = list(paid)
    return True
