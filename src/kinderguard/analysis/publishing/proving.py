"""The check of what is about to be published: every witness is written out, added up and held against what is printed.

Called by ``publishing`` at the end. It uses nothing of the solver and nothing of the sums that the search worked with: only
the finest cells of each other table, and the printed rows.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.analysis.publishing.cells import Space, Whole
from kinderguard.analysis.publishing.moving import Moves
from kinderguard.analysis.publishing.published import HIDDEN, Published
from kinderguard.model.money import fen


@attrs.frozen(eq=False)
class Count:
    """One count of one table: true numbers by cell of the table's own space, and the same as printed (−1: hidden)."""

    space: Space
    numbers: Whole = attrs.field(repr=False)
    printed: Whole = attrs.field(repr=False)
    cells: Whole = attrs.field(repr=False)


@attrs.frozen(eq=False)
class Pair:
    """Two counts, by number, whose difference must not be few: a whole and its part, or any two."""

    first: int
    second: int
    part: bool


@attrs.frozen(eq=False)
class Payment:
    """A column of money of a count: true fen by cell, where they are printed, and as what."""

    count: int
    fen: npt.NDArray[np.object_] = attrs.field(repr=False)
    printed: dict[int, int] = attrs.field(repr=False)
    unit: int


def printed_counts(published: Published, column: str) -> Whole:
    """A count as printed, −1 where it is hidden."""
    return np.array([-1 if row[column] is None else row[column] for row in published.rows()], np.int64)


def printed_money(published: Published, column: str) -> dict[int, int]:
    """Fen as printed, by the place of the row."""
    rows = enumerate(published.rows())
    return {at: fen(Decimal(row[column])) for at, row in rows if row[column] is not None and column not in row[HIDDEN]}


def proved(
    counts: Sequence[Count],
    pairs: Sequence[Pair],
    same: Sequence[tuple[int, int]],
    payments: Sequence[Payment],
    witnesses: Sequence[Moves],
    k: int,
    ends: Sequence[tuple[Whole, Whole]],
    *,
    hide_zeros: bool,
) -> bool:
    """Whether each witness prints the same, and each small number is at its least in one and at least ``k`` in another.

    ``same`` are counts, by number, that agree in every cell that both tables have. ``ends`` are what has to stay possible, by cell of the common space: for each count, then for each pair.
    """
    size = len(ends[0][0])
    true = [c.numbers for c in counts]
    if not all(np.all((c.printed < 0) | (c.printed == c.numbers)) for c in counts):
        return False
    watched = list(_watched(true, counts, pairs))
    least, most = [value.copy() for value, _ in watched], [value.copy() for value, _ in watched]
    for moves in witnesses:
        other = _written_out(counts, moves, size)
        if not _prints_the_same(counts, pairs, payments, other, hide_zeros=hide_zeros):
            return False
        if not all(_agree(counts, other, first, second) for first, second in same):
            return False
        for at, (value, _) in enumerate(_watched(other, counts, pairs)):
            least[at], most[at] = np.minimum(least[at], value), np.maximum(most[at], value)
    for at, (value, cells) in enumerate(watched):
        low, high = ends[at][0][cells], ends[at][1][cells]
        difference = at >= len(counts) and not pairs[at - len(counts)].part
        small = (np.abs(value) < k) & ((value != 0) | (hide_zeros and not difference))
        if np.any(small & ((least[at] > low) | (most[at] < high))):
            return False
    return True


def _watched(numbers: Sequence[Whole], counts: Sequence[Count], pairs: Sequence[Pair]) -> Iterator[tuple[Whole, Whole]]:
    """Every number that may be small, with the cells of the common space."""
    for value, count in zip(numbers, counts, strict=True):
        yield value, count.cells
    for pair in pairs:
        first, second = _common(counts[pair.first], counts[pair.second])
        yield numbers[pair.first][first] - numbers[pair.second][second], counts[pair.first].cells[first]


def _agree(counts: Sequence[Count], numbers: Sequence[Whole], first: int, second: int) -> bool:
    """Whether two counts are alike in every cell that both tables have."""
    here, there = _common(counts[first], counts[second])
    return bool(np.array_equal(numbers[first][here], numbers[second][there]))


def _common(first: Count, second: Count) -> tuple[Whole, Whole]:
    """The places of the cells that both tables have."""
    _, one, other = np.intersect1d(first.cells, second.cells, return_indices=True)
    return one, other


def _written_out(counts: Sequence[Count], moves: Moves, size: int) -> list[Whole]:
    """The other table: its finest cells as moved, and everything else added up anew."""
    moved = np.zeros(len(counts) * size, np.int64)
    for variable, by in moves.items():
        if variable < len(moved):
            moved[variable] = by
    found = []
    for at, count in enumerate(counts):
        leaves = count.space.leaves()
        found.append(count.space.totals((count.numbers + moved[at * size + count.cells])[leaves]))
    return found


def _prints_the_same(
    counts: Sequence[Count],
    pairs: Sequence[Pair],
    payments: Sequence[Payment],
    other: Sequence[Whole],
    *,
    hide_zeros: bool,
) -> bool:
    least = 0 if hide_zeros else 1
    for count, numbers in zip(counts, other, strict=True):
        if not np.all(np.where(count.printed < 0, numbers >= least, numbers == count.printed)):
            return False
    for pair in pairs:
        first, second = _common(counts[pair.first], counts[pair.second])
        if pair.part and np.any(other[pair.first][first] < other[pair.second][second]):
            return False
    return all(_pays_the_same(counts[p.count], p, other[p.count]) for p in payments)


def _pays_the_same(count: Count, payment: Payment, numbers: Whole) -> bool:
    """Each child getting what it gets on average in its cell, the printed sums are the same."""
    leaves = count.space.leaves()
    usual = Fraction(int(payment.fen[0]), int(count.numbers[0]) or 1)
    more: dict[int, Fraction] = {}
    for leaf in leaves[numbers[leaves] != count.numbers[leaves]].tolist():
        children = int(count.numbers[leaf])
        rate = Fraction(int(payment.fen[leaf]), children) if children else usual
        more[leaf] = rate * (int(numbers[leaf]) - children)
    for cell, printed in payment.printed.items():
        moved = sum((more[leaf] for leaf in count.space.beneath(cell).tolist() if leaf in more), Fraction(0))
        if abs(payment.fen[cell] + moved - printed) * 2 > payment.unit:
            return False
    return True
