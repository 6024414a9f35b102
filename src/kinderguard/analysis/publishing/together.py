"""Several tables of the same children, each by other dimensions, made safe together: whatever is drawn of them adds up.

Called by the plots of many children. Every number of every table is a variable, bound by whatever sums hold among them: kinds
to the number of children, finer rows to coarser ones, classes to the children of whom they are a part. What is hidden is
chosen as in ``publishable``, and checked here by adding up anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

import attrs
import numpy as np

from kinderguard.analysis.publishing.asking import ProtectionError, checked_k
from kinderguard.analysis.publishing.cells import Space, Whole
from kinderguard.analysis.publishing.choosing import Choice, chosen
from kinderguard.analysis.publishing.moving import Mover
from kinderguard.analysis.publishing.problem import Problem
from kinderguard.model.text import Text

#: Which children: the value of each dimension, by the dimensions' names; all of them, where it is empty.
Where: TypeAlias = tuple[tuple[str, str], ...]
#: Of one way to part the children, one kind; None for how many children there are.
Column: TypeAlias = tuple[str, str] | None
_Cell: TypeAlias = tuple[Where, Column]
#: The first is the sum of the second, which are all there are.
_Sum: TypeAlias = tuple[_Cell, tuple[_Cell, ...]]


def where(dimensions: Iterable[str], key: Iterable[str]) -> Where:
    """The children of one row of a table."""
    return tuple(sorted(zip(dimensions, key, strict=True)))


@attrs.frozen
class Together:
    """What may be shown of each table beside all the others: None where a number is hidden."""

    _numbers: Mapping[_Cell, int | None] = attrs.field(repr=False)

    def number(self, at: Where, column: Column) -> int | None:
        """One number."""
        return self._numbers[at, column]


def together(
    tables: Mapping[tuple[str, ...], Mapping[tuple[str, ...], Mapping[tuple[str, str], int]]],
    k: int,
    cost: Callable[[Where, Column], int],
    spare: str | None,
    overlapping: Iterable[str] = (),
) -> Together:
    """Numbers of several tables without what would tell of fewer than ``k`` children, whichever of them are seen.

    Args:
        tables: by their dimensions, by the values of these: how many children are of each kind. The kinds of each partition
            (the first of the two names) add up to the children of the row. Without dimensions it is all children.
        k: counts below it are hidden.
        cost: how dear it is to hide a number beside a small one: by where it stands, never by how large it is.
        spare: the kind that small numbers are moved against first, since nobody misses it; how many children there are, if
            None.
        overlapping: dimensions in which a child may have several values, so that rows do not add up.

    Raises:
        ProtectionError: no way was found.
    """
    held = _Held.of(tables, frozenset(overlapping))
    bound = held.problem(checked_k(k), cost, spare)
    mover = Mover(bound)
    choice = chosen(bound, mover, _silent, yielding=True)
    if not held.proved(bound, choice):
        raise ProtectionError(
            Text(
                "所选的隐藏未能通过复核，故不给出结果；请附软件版本报告此问题。",
                "What was chosen did not pass its check and is not given; please report it with the versions of the packages.",
            )
        )
    return Together(
        {cell: None if gone else n for (cell, n), gone in zip(held.numbers.items(), choice.hidden, strict=False)}
    )


def _silent(done: int, of: int) -> None:
    """No bar."""


@attrs.frozen
class _Held:
    """The true numbers, every total among them, and what binds them.

    Args:
        numbers: in order.
        sums: which numbers are sums of which.
        classes: which numbers (the classes) are parts of which, each child in one at least: the rest of each is told by the
            two of them, and so is by how many the classes come to more.
    """

    numbers: Mapping[_Cell, int] = attrs.field(repr=False)
    sums: Sequence[_Sum] = attrs.field(repr=False)
    classes: Sequence[_Sum] = attrs.field(repr=False)

    @classmethod
    def of(
        cls,
        tables: Mapping[tuple[str, ...], Mapping[tuple[str, ...], Mapping[tuple[str, str], int]]],
        overlapping: frozenset[str],
    ) -> "_Held":
        numbers: dict[_Cell, int] = {}
        levels: set[frozenset[str]] = set()
        for names, rows in tables.items():
            partition = next((column[0] for counts in rows.values() for column in counts), "")
            for kept in _levels(names, overlapping):
                if kept in levels:  # seen already, of a table with more dimensions or of its own
                    continue
                levels.add(kept)
                for key, counts in rows.items():
                    at = tuple(pair for pair in where(names, key) if pair[0] in kept)
                    whole = sum(n for column, n in counts.items() if column[0] == partition)
                    numbers[at, None] = numbers.get((at, None), 0) + whole
                    for kind, n in counts.items():
                        numbers[at, kind] = numbers.get((at, kind), 0) + n
        sums: dict[tuple[_Cell, str], list[_Cell]] = {}
        classes: dict[_Cell, list[_Cell]] = {}
        for cell in numbers:
            at, column = cell
            if column is not None:
                sums.setdefault(((at, None), f"\0{column[0]}"), []).append(cell)
            for name, value in at:
                above = tuple(pair for pair in at if pair != (name, value)), column
                if above not in numbers:
                    continue
                if name in overlapping:
                    classes.setdefault(above, []).append(cell)
                else:
                    sums.setdefault((above, name), []).append(cell)
        order = sorted(numbers, key=lambda cell: (len(cell[0]), cell[0], cell[1] or ("", "")))
        return cls(
            {cell: numbers[cell] for cell in order},
            [(total, tuple(below)) for (total, _), below in sums.items()],
            [(whole, tuple(below)) for whole, below in classes.items()],
        )

    def problem(self, k: int, cost: Callable[[Where, Column], int], spare: str | None) -> Problem:
        """The numbers as variables, then the rests of classes and by how much classes overlap, which nobody prints."""
        at = {cell: variable for variable, cell in enumerate(self.numbers)}
        numbers = list(self.numbers.values())
        entries = [
            (row, at[cell], entry)
            for row, (total, below) in enumerate(self.sums)
            for cell, entry in ((total, 1), *((one, -1) for one in below))
        ]
        row = len(self.sums)
        columns = [column for _, column in at]
        for terms in self._told():
            columns.append(terms[0][0][1])
            entries += [*((row, at[cell], entry) for cell, entry in terms), (row, len(numbers), -1)]
            numbers.append(sum(self.numbers[cell] * entry for cell, entry in terms))
            row += 1
        value = np.array(numbers, np.int64)
        own = np.arange(len(value)) < len(at)
        known = own & (value == 0)
        table = np.array(entries, np.int64).reshape(-1, 3)
        table = table[~known[table[:, 1]]]
        small = (value > 0) & (value < k)
        low = np.where(own, 1, 0)
        low[: len(at)] = self._least(at)
        return Problem(
            space=Space(()), measures=(), numbers=value, least=(own & ~known).astype(np.int64), known=known,
            shown=own & ~known, kept=np.zeros(len(value), bool), small=small,
            cost=np.array([cost(*cell) for cell in at] + [1] * (len(value) - len(at)), np.int64),
            low=np.maximum(1, low), high=np.maximum(k, low), rows=table[:, 0], columns=table[:, 1], entries=table[:, 2],
            cell_of={}, row_count=row, spare_totals=True, groups=_groups(columns, spare),
        )  # fmt: skip

    def _told(self) -> Iterator[list[tuple[_Cell, int]]]:
        """What classes tell besides themselves: the children who are in none of one, and who are in several."""
        for whole, below in self.classes:
            yield [*((one, 1) for one in below), (whole, -1)]
            yield from ([(whole, 1), (one, -1)] for one in below if self.numbers[one] > 0)

    def _least(self, at: Mapping[_Cell, int]) -> list[int]:
        """The least that each number can be for a reader who sees noughts only: of three parts with somebody, three."""
        found = [min(n, 1) for n in self.numbers.values()]
        # Parts come after what they are the sum of, but for kinds, which stand in the same row.
        for total, below in sorted(self.sums, key=lambda one: (-len(one[0][0]), one[0][1] is None)):
            found[at[total]] = max(found[at[total]], sum(found[at[one]] for one in below))
        return found

    def proved(self, bound: Problem, choice: Choice) -> bool:
        """Whether each small number is at its least in one other table and at ``k`` in another, which show the same.

        It adds up anew, cell by cell, and uses nothing of what the search worked with but the tables that it found.
        """
        cells = list(self.numbers)
        gone = {cell for cell, hidden in zip(cells, choice.hidden, strict=False) if hidden}
        for moves in {id(moves): moves for moves in choice.witnesses.values()}.values():
            moved = {cells[variable]: by for variable, by in moves.items() if variable < len(cells)}
            other = {cell: n + moved.get(cell, 0) for cell, n in self.numbers.items()}
            if any(other[cell] < 1 or cell not in gone for cell in moved):
                return False
            if any(other[total] != sum(other[one] for one in below) for total, below in self.sums):
                return False
            told = [sum(other[cell] * entry for cell, entry in terms) for terms in self._told()]
            if min(told, default=0) < 0:
                return False
            if any(moves.get(len(cells) + at, 0) != n - bound.numbers[len(cells) + at] for at, n in enumerate(told)):
                return False
        return all(
            (variable, end - int(bound.numbers[variable])) in choice.witnesses or (variable, up) in choice.nearer
            for variable in np.flatnonzero(bound.small).tolist()
            for up, end in ((False, int(bound.low[variable])), (True, int(bound.high[variable])))
            if end != bound.numbers[variable]
        )


def _groups(columns: Sequence[Column], spare: str | None) -> Whole:
    """A number for each column; nought for what small numbers are moved against first."""
    free = {column for column in columns if (column[1] if column else None) == spare}
    others = {column: number for number, column in enumerate(dict.fromkeys(c for c in columns if c not in free), 1)}
    return np.array([others.get(column, 0) for column in columns], np.int64)


def _levels(names: tuple[str, ...], overlapping: frozenset[str]) -> Iterator[frozenset[str]]:
    """The tables that a table is made into by leaving dimensions out, itself among them."""
    free = [name for name in names if name not in overlapping]
    for count in range(len(free), -1, -1):
        for some in combinations(free, count):
            yield frozenset(some) | (frozenset(names) & overlapping)
