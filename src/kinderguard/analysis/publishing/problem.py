"""What there is to protect: every number as a variable, the sums that bind them, and which must not be narrowed down.

Called by ``publishing``; read by ``choosing``. It holds the true numbers and is thrown away with them: nothing of it gets
into what is published.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import attrs
import numpy as np

from kinderguard.analysis.publishing.cells import Flags, Space, Whole

#: How low a difference of two numbers may lie: whatever a reader knows of it follows from the two.
NO_END = -(1 << 40)
#: What it costs to hide a cell where others are hidden rather than it.
_DEAR = 81


@attrs.frozen(eq=False)
class Measure:
    """One count of one table: its numbers by cell of the common space, and which cells its table has (``own`` space).

    ``wholes`` are the measures that it is part of; ``against`` those from which it must not differ by a few.
    """

    name: tuple[str, str]
    own: Space
    numbers: Whole = attrs.field(repr=False)
    present: Flags = attrs.field(repr=False)
    wholes: tuple[int, ...] = ()
    against: tuple[int, ...] = ()


@attrs.frozen(eq=False)
class Problem:
    """Variables and what binds them.

    Per variable: ``numbers`` the true one; ``least`` what a reader knows it is at least, if hidden; ``known`` that every
    reader knows it (a nought); ``shown`` whether it can be published (differences and rests cannot); ``cost`` of hiding it;
    ``low`` and ``high``: if ``small``, both have to stay possible for the reader. ``spare_totals``: some totals are hidden
    rather than what they are made of. Sums: Σ entry · variable = 0 in each row. ``groups``, where given: of variables that
    can be moved by themselves, but for those of group 0, which go with any: moves are sought among these first.
    """

    space: Space
    measures: tuple[Measure, ...]
    numbers: Whole
    least: Whole
    known: Flags
    shown: Flags
    kept: Flags
    cost: Whole
    small: Flags
    low: Whole
    high: Whole
    rows: Whole
    columns: Whole
    entries: Whole
    cell_of: Mapping[int, tuple[int, int]]
    row_count: int
    spare_totals: bool
    groups: Whole | None = None

    def variable(self, measure: int, cell: int) -> int:
        """The variable of a measure in a cell."""
        return measure * self.space.size + cell

    def holds(self, moves: Mapping[int, int]) -> bool:
        """Whether the true numbers with these moves are a table as well: every sum, nothing under its least."""
        delta = np.zeros(len(self.numbers), np.int64)
        for variable, move in moves.items():
            delta[variable] = move
        if np.any(delta[self.known]) or np.any(self.numbers + delta < self.least):
            return False
        loads = np.zeros(self.row_count, np.int64)
        np.add.at(loads, self.rows, self.entries * delta[self.columns])
        return not loads.any()


def problem(
    space: Space,
    measures: Sequence[Measure],
    k: int,
    *,
    hide_zeros: bool,
    keep_total: bool,
    partitions: Sequence[tuple[int, tuple[int, ...]]] = (),
    same: Sequence[tuple[int, int]] = (),
    cheap: Whole | None = None,
) -> Problem:
    """The variables of these measures, of the rests of parts and of the differences that must not be few.

    ``same`` are measures that agree in every cell that both have, as a reader knows: each tells what the other hides.
    ``cheap`` are cells that are hidden rather than others: those with 1 first, 0 is none of them.
    """
    size = space.size
    numbers = [m.numbers for m in measures]
    present = [m.present for m in measures]
    sums: list[tuple[int, int, int]] = []  # (row, variable, entry)
    row = 0
    for index, measure in enumerate(measures):
        for total, parts in space.sums(measure.present):
            sums.append((row, index * size + total, 1))
            sums += [(row, index * size + part, -1) for part in parts]
            row += 1
    rests = [(whole, index) for index, m in enumerate(measures) for whole in m.wholes]
    pairs = [(other, index) for index, m in enumerate(measures) for other in m.against]
    for first, second in [*rests, *pairs]:
        both = measures[first].present & measures[second].present
        derived = len(numbers)
        numbers.append(np.where(both, measures[first].numbers - measures[second].numbers, 0))
        present.append(both)
        for cell in np.flatnonzero(both).tolist():
            sums += [(row, first * size + cell, 1), (row, second * size + cell, -1), (row, derived * size + cell, -1)]
            row += 1
    for whole, some in [*partitions, *((first, (second,)) for first, second in same)]:
        everywhere = np.logical_and.reduce([present[m] for m in (whole, *some)])
        for cell in np.flatnonzero(everywhere).tolist():
            sums.append((row, whole * size + cell, 1))
            sums += [(row, part * size + cell, -1) for part in some]
            row += 1
    count = len(numbers)
    value, there = np.concatenate(numbers), np.concatenate(present)
    kind = np.repeat(np.arange(count), size)
    own = kind < len(measures)
    difference = kind >= len(measures) + len(rests)
    least = np.where(own, 0 if hide_zeros else 1, np.where(difference, NO_END, 0)).astype(np.int64)
    nought = own & (value == 0) & (not hide_zeros)
    known = nought | ~there
    _known_differences(known, [*rests, *pairs], len(measures), size)
    least[known] = np.minimum(least[known], value[known])
    small = there & ~known & (np.abs(value) < k) & ((value != 0) | (~difference & hide_zeros))
    ends = _Ends(measures, partitions, same, hide_zeros=hide_zeros)
    low = np.concatenate([*ends.counts, *(ends.rest(w, p) for w, p in rests), *(ends.above(a, b) for a, b in pairs)])
    below = [np.full(size, k)] * (len(measures) + len(rests)) + [-ends.above(b, a) for a, b in pairs]
    high = np.where(value < 0, np.concatenate(below), np.maximum(k, low))
    low = np.where(value < 0, np.minimum(-k, high), low)
    kept = np.zeros(len(value), bool)
    if keep_total:
        kept[[m * size for m in range(len(measures)) if value[m * size] >= k]] = True
    table = np.asarray(sums, np.int64).reshape(-1, 3)
    table = table[~known[table[:, 1]]]
    return Problem(
        space, tuple(measures), value, least, known, own & there & ~known, kept, _costs(space, count, cheap), small, low, high,
        table[:, 0], table[:, 1], table[:, 2],
        {v: (v // size, v % size) for v in np.flatnonzero(own & there).tolist()}, row,
        cheap is not None and bool((cheap[space.heights() > 0] > 0).any()),
    )  # fmt: skip


class _Ends:
    """The least that numbers can be for a reader who sees noughts only: where a cell has three parts with somebody, three."""

    def __init__(
        self,
        measures: Sequence[Measure],
        partitions: Sequence[tuple[int, tuple[int, ...]]],
        same: Sequence[tuple[int, int]],
        *,
        hide_zeros: bool,
    ) -> None:
        self._measures, self._partitions, self._free = measures, partitions, hide_zeros
        finest = [self._somebody(m) for m in measures]
        for whole, some in sorted(partitions, key=lambda p: -p[0]):
            finest[whole] = np.maximum(finest[whole], np.sum([finest[part] for part in some], axis=0))
        self.counts = [self._totals(m, f) for m, f in zip(measures, finest, strict=True)]
        # Forth and back: a third table may tell more of the first than of the one that stands beside it.
        for first, second in (*same, *reversed(same), *same):
            both = measures[first].present & measures[second].present
            least = np.where(both, np.maximum(self.counts[first], self.counts[second]), 0)
            for one in (first, second):
                self.counts[one] = np.maximum(self.counts[one], least)

    def _somebody(self, measure: Measure) -> Whole:
        found = np.zeros(len(measure.numbers), np.int64)
        if not self._free:
            cells = np.flatnonzero(measure.present)[measure.own.leaves()]
            found[cells] = measure.numbers[cells] > 0
        return found

    def _totals(self, measure: Measure, finest: Whole) -> Whole:
        cells = np.flatnonzero(measure.present)
        found = np.zeros(len(finest), np.int64)
        found[cells] = measure.own.totals(finest[cells][measure.own.leaves()])
        return found

    def rest(self, whole: int, part: int) -> Whole:
        """Of a whole less a part: whoever is where the part has nobody, and whoever is in other parts."""
        if self._free:
            return np.zeros_like(self.counts[whole])
        least = np.where(self._measures[part].numbers == 0, self.counts[whole], 0)
        for of, some in self._partitions:
            if of == whole and part in some:
                least = np.maximum(least, np.sum([self.counts[p] for p in some if p != part], axis=0))
        return np.maximum(1, self._totals(self._measures[part], least))

    def above(self, one: int, other: int) -> Whole:
        """Of a difference above nought: 1, or the whole number where nobody is on the other side."""
        return np.where(self._measures[other].numbers == 0, np.maximum(1, self.counts[one]), 1)


def _known_differences(known: Flags, pairs: Sequence[tuple[int, int]], first: int, size: int) -> None:
    """A difference of two numbers that everybody knows is known."""
    for at, (one, other) in enumerate(pairs):
        both = known[one * size : (one + 1) * size] & known[other * size : (other + 1) * size]
        known[(first + at) * size : (first + at + 1) * size] |= both


def _costs(space: Space, count: int, cheap: Whole | None) -> Whole:
    """What hiding a cell costs: three times as much for each level of totals, whatever number it holds; the cheap ones next
    to nothing beside the others.

    A cost by the number would let a reader who knows the rule conclude from what was chosen how large it is.
    """
    found = 3 ** np.minimum(space.heights(), 12)
    if cheap is not None and cheap.any():
        # Of none named, and of the first, the second and any further.
        found = found * np.array([_DEAR, 1, 9, 27])[np.minimum(cheap, 3)]
    return np.tile(found, count).astype(np.int64)


def partitions(measures: Sequence[Measure]) -> list[tuple[int, tuple[int, ...]]]:
    """Measures of which some parts together make up the whole in every cell: a reader sees that too."""
    found = []
    for whole in range(len(measures)):
        parts = [i for i, m in enumerate(measures) if whole in m.wholes]
        for number in range(2, min(len(parts), 6) + 1):
            for some in combinations(parts, number):
                where = np.logical_and.reduce([measures[m].present for m in (whole, *some)])
                together = sum(measures[m].numbers for m in some)
                if where.any() and np.array_equal(np.asarray(together)[where], measures[whole].numbers[where]):
                    found.append((whole, some))
    return found
