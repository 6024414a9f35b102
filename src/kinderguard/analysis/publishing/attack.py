"""What a reader can conclude from published tables: the least and the greatest value that each hidden count can have.

Called by ``Published.intervals`` and by whoever wants to test a table. It reads printed rows only and shares nothing with
the search for what to hide: its unknowns are the finest cells, and every printed number is an equation on their sum.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from math import ceil
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from kinderguard.analysis.publishing.asking import PublishingError
from kinderguard.analysis.publishing.moving import highs
from kinderguard.model.money import fen
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.analysis.publishing.published import Published

Labels = tuple[str, ...]
#: What a child gets (yuan), by column of money and by the labels of a finest cell.
Amounts = Mapping[str, Mapping[Labels, Decimal]]
#: Rounding errors of the solver that do not take a bound beyond a whole number.
_NEAR = 1e-5


@attrs.frozen
class Interval:
    """What can be concluded of one number that is not printed.

    Attributes:
        table: the name of the linked table; empty for the first.
        where: its labels by dimension.
        column: the count, and for a difference what is taken off it (``children − after.children``).
        low: the least it can be; None where nothing bounds it.
        high: the greatest it can be; None where nothing bounds it.
    """

    table: str
    where: Mapping[str, str]
    column: str
    low: int | None
    high: int | None

    @property
    def pinned(self) -> bool:
        """Whether only one number is possible. That is no harm where it is not below ``k``: see ``tells``."""
        return self.low is not None and self.low == self.high

    def tells(self, k: int) -> bool:
        """Whether a reader can conclude that fewer than ``k`` children are meant, and not nobody.

        Args:
            k: the least number that is published.

        >>> from kinderguard.analysis import Interval
        >>> at = {"place": "a"}
        >>> Interval("", at, "children", 1, 9).tells(10), Interval("", at, "children − reached", 30, 30).tells(10)
        (True, False)
        """
        if self.low is None or self.high is None or self.low == 0 == self.high:
            return False
        return -k < self.low and self.high < k


@attrs.frozen(eq=False)
class _Sheet:
    """One printed table, and the unknowns of each of its counts: ``first[count]`` + the place of a finest cell."""

    name: str
    published: "Published"
    leaves: Mapping[Labels, int]
    inside: Mapping[str, Mapping[str, frozenset[str]]]
    first: Mapping[str, int]
    printed: Mapping[Labels, Mapping[str, Any]]

    def beneath(self, labels: Mapping[str, str]) -> list[int]:
        """The places of the finest cells of a cell; dimensions that are not named are at their total."""
        p = self.published
        sets = [sorted(self.inside[d][labels.get(d, p.total)]) for d in p.dimensions]
        return [self.leaves[cell] for cell in product(*sets)]

    def unknowns(self, count: str, labels: Mapping[str, str]) -> list[int]:
        """The unknowns that add up to a count."""
        return [self.first[count] + place for place in self.beneath(labels)]


def attack(published: "Published", amounts: Amounts | None = None) -> list[Interval]:
    """What can be concluded of every hidden count and every difference that is protected.

    Args:
        published: the table, with those linked to it.
        amounts: what the reader is taken to know of what a child gets in a finest cell of the first table.

    Raises:
        MissingExtraError: highspy is not installed.
        PublishingError: the solver gave no certain answer.
    """
    sheets = _sheets(published)
    program = _Program()
    for sheet in sheets:
        _printed(program, sheet)
    for sheet in sheets:
        _parts(program, sheet, sheets[0])
        for count, other in sheet.published.same_as:
            _same(program, count, sheet, next(one for one in sheets if one.name == other))
    _money(program, sheets[0], amounts or {})
    found = []
    for sheet in sheets:
        for labels, row in sheet.printed.items():
            where = dict(zip(sheet.published.dimensions, labels, strict=True))
            for count in sheet.published.counts:
                if row[count] is None:
                    low, high = program.ends(dict.fromkeys(sheet.unknowns(count, where), 1))
                    found.append(Interval(sheet.name, where, count, low, high))
            found += _differences(program, sheet, sheets[0], where)
    return found


def _no_answer() -> PublishingError:
    return PublishingError(
        Text(
            "求解器没有给出确定的结果，无法说明读者能推出什么；请合并过细的类别后再试。",
            "The solver gave no certain answer, so that it cannot be said what a reader can conclude; join fine values of a "
            "dimension and try again.",
        )
    )


def _sheets(published: "Published") -> list[_Sheet]:
    found, at = [], 0
    for name, one in {"": published, **published.linked}.items():
        inside = {d: _inside(one.parents[d], one.total) for d in one.dimensions}
        finest = [[label for label, below in inside[d].items() if below == {label}] for d in one.dimensions]
        leaves = {cell: place for place, cell in enumerate(product(*finest))}
        first = {}
        for count in one.counts:
            first[count] = at
            at += len(leaves)
        printed = {tuple(row[d] for d in one.dimensions): row for row in one.rows()}
        found.append(_Sheet(name, one, leaves, inside, first, printed))
    return found


def _inside(parents: Mapping[str, str], total: str) -> dict[str, frozenset[str]]:
    """The finest labels that lie in each label."""
    finest = set(parents) - set(parents.values())
    found: dict[str, set[str]] = {label: set() for label in [total, *parents]}
    for label in finest:
        at = label
        found[at].add(label)
        while at != total:
            at = parents[at]
            found[at].add(label)
    return {label: frozenset(below) for label, below in found.items()}


class _Program:
    """Unknown whole numbers from 0, equations and bounds on their sums, and the ends of a sum."""

    def __init__(self) -> None:
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self._solver: Any = None
        self._whole: Any = None
        self._size = 0

    def bind(self, sum_of: dict[int, float], low: float, high: float) -> None:
        """Bound a sum."""
        self._size = max(self._size, *(u + 1 for u in sum_of))
        self.rows.append((sum_of, low, high))

    def ends(self, sum_of: dict[int, int]) -> tuple[int | None, int | None]:
        """The least and the greatest value of a sum."""
        if self._solver is None:
            self._solver, self._whole = self._model(whole=False), self._model(whole=True)
        low = self._end(sum_of, 1)
        high = self._end(sum_of, -1)
        return low, None if high is None else -high

    def _end(self, sum_of: dict[int, int], sign: int) -> int | None:
        import highspy

        without_end = {highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible}
        costs = np.zeros(self._size)
        for unknown, entry in sum_of.items():
            costs[unknown] = sign * entry
        for solver in (self._solver, self._whole):
            solver.changeColsCost(self._size, np.arange(self._size, dtype=np.int32), costs)
            solver.run()
            ended = {highspy.HighsModelStatus.kOptimal, *without_end}
            if solver.getModelStatus() not in ended:  # once more from the beginning
                solver.clearSolver()
                solver.run()
            status = solver.getModelStatus()
            if status in without_end:
                return None
            if status != highspy.HighsModelStatus.kOptimal:
                continue
            values = np.asarray(solver.getSolution().col_value)
            if np.abs(values - np.rint(values)).max(initial=0) < _NEAR:
                break
        else:
            raise _no_answer()
        return ceil(float(costs @ values) - _NEAR)

    def _model(self, *, whole: bool) -> Any:
        import highspy

        entries = [(u, r, e) for r, (sum_of, _, _) in enumerate(self.rows) for u, e in sum_of.items()]
        entries.sort()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._size, len(self.rows)
        model.col_cost_ = np.zeros(self._size)
        model.col_lower_, model.col_upper_ = np.zeros(self._size), np.full(self._size, highspy.kHighsInf)
        model.row_lower_ = np.array([low for _, low, _ in self.rows])
        model.row_upper_ = np.array([high for _, _, high in self.rows])
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.searchsorted([e[0] for e in entries], np.arange(self._size + 1)).astype(np.int32)
        model.a_matrix_.index_ = np.array([e[1] for e in entries], np.int32)
        model.a_matrix_.value_ = np.array([e[2] for e in entries], float)
        return highs(model, whole=whole)


def _printed(program: _Program, sheet: _Sheet) -> None:
    """What is printed is known, and what is not is at least 1 where noughts are printed."""
    least = 0 if sheet.published.hide_zeros else 1
    for labels, row in sheet.printed.items():
        where = dict(zip(sheet.published.dimensions, labels, strict=True))
        for count in sheet.published.counts:
            number = row[count]
            low, high = (least, np.inf) if number is None else (number, number)
            program.bind(dict.fromkeys(sheet.unknowns(count, where), 1.0), low, high)


def _parts(program: _Program, sheet: _Sheet, main: _Sheet) -> None:
    """A part is no more than its whole, cell by cell."""
    for labels in sheet.leaves:
        where = dict(zip(sheet.published.dimensions, labels, strict=True))
        for count, whole in sheet.published.counts.items():
            pairs = [(sheet, whole)] if whole is not None else []
            pairs += [(main, count)] if sheet.published.part else []
            for of, column in pairs:
                sum_of = dict.fromkeys(of.unknowns(column, where), 1.0)
                sum_of |= dict.fromkeys(sheet.unknowns(count, where), -1.0)
                program.bind(sum_of, 0, np.inf)


def _same(program: _Program, count: str, sheet: _Sheet, other: _Sheet) -> None:
    """The same children by other dimensions: alike wherever both tables have a cell."""
    common = set(sheet.published.dimensions) & set(other.published.dimensions)
    for labels in sheet.printed:
        where = dict(zip(sheet.published.dimensions, labels, strict=True))
        if any(label != sheet.published.total for name, label in where.items() if name not in common):
            continue
        here = {name: label for name, label in where.items() if name in common}
        if any(label not in other.inside[name] for name, label in here.items()):
            continue
        sum_of = dict.fromkeys(other.unknowns(count, here), 1.0) | dict.fromkeys(sheet.unknowns(count, here), -1.0)
        program.bind(sum_of, 0, 0)


def _money(program: _Program, sheet: _Sheet, amounts: Amounts) -> None:
    """What is known of what a child gets makes each printed sum an equation on counts."""
    for column, known in amounts.items():
        count, half = sheet.published.money[column], fen(sheet.published.money_unit) / 2
        rates = {sheet.leaves[labels]: fen(amount) for labels, amount in known.items()}
        for labels, row in sheet.printed.items():
            if row[column] is not None:
                where = dict(zip(sheet.published.dimensions, labels, strict=True))
                sum_of = {sheet.first[count] + p: float(rates[p]) for p in sheet.beneath(where) if rates.get(p)}
                if sum_of:
                    scale = max(sum_of.values())
                    sum_of = {u: e / scale for u, e in sum_of.items()}
                    printed = fen(Decimal(row[column]))
                    program.bind(sum_of, (printed - half) / scale, (printed + half) / scale)


def _differences(program: _Program, sheet: _Sheet, main: _Sheet, where: Mapping[str, str]) -> list[Interval]:
    pairs = [(sheet, whole, sheet, count) for count, whole in sheet.published.counts.items() if whole is not None]
    pairs += [(sheet, one, sheet, other) for one, other in sheet.published.differences]
    apart = [count for count in sheet.published.counts if (count, main.name) not in sheet.published.same_as]
    pairs += [(main, count, sheet, count) for count in apart] if sheet is not main else []
    found = []
    for first, one, second, other in pairs:
        if any(label not in first.inside[name] for name, label in where.items()):
            continue
        sum_of = dict.fromkeys(first.unknowns(one, where), 1) | dict.fromkeys(second.unknowns(other, where), -1)
        low, high = program.ends(sum_of)
        column = f"{one} − {second.name + '.' if second is not first else ''}{other}"
        found.append(Interval(second.name, where, column, low, high))
    return found
