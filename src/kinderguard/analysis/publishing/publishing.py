"""Making a table safe to publish 可公布的表: small numbers hidden, and with them what would give them away.

Called by analysts, and by plots and exports of aggregated data. It reads, chooses what to hide, checks the result against
witnesses, and gives a value that holds printed numbers only. It never changes a count.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs
import numpy as np

from kinderguard.analysis.publishing.asking import (
    Columns,
    ProtectionError,
    PublishingError,
    as_linked,
    checked_k,
    checked_unit,
    columns_of,
    dict_rows,
    rows_of,
)
from kinderguard.analysis.publishing.cells import Dimension, Flags
from kinderguard.analysis.publishing.choosing import Choice, chosen
from kinderguard.analysis.publishing.moving import Mover
from kinderguard.analysis.publishing.problem import Measure, Problem, partitions, problem
from kinderguard.analysis.publishing.proving import Count, Pair, Payment, printed_counts, printed_money, proved
from kinderguard.analysis.publishing.published import HIDDEN, Published
from kinderguard.analysis.publishing.reading import Numbers, Sheet, numbers_of, space_of
from kinderguard.analysis.publishing.shares import line_of_tree, percent
from kinderguard.analysis.publishing.spending import Spent, rounded, shown_money
from kinderguard.model.money import CENT, fen, yuan
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Text


def publishable(
    table: Any,
    k: int = 10,
    *,
    counts: str | Sequence[str] | Mapping[str, str | None] = "children",
    dimensions: Sequence[str] | Mapping[str, Any] | None = None,
    money: Sequence[str] | Mapping[str, str] = (),
    money_in: Literal["yuan", "fen"] = "yuan",
    money_unit: Decimal = CENT,
    differences: Sequence[tuple[str, str]] = (),
    shares: str | None = None,
    decimals: int = 1,
    total: str = "total",
    hide_zeros: bool = False,
    keep_total: bool = False,
    hide_first: Mapping[str, Sequence[str]] | None = None,
    linked: Mapping[str, Any] | None = None,
    progress: bool | Progress | None = None,
) -> Published:
    """The table with its totals, without what would tell of fewer than ``k`` children 隐去小于 k 的数.

    Hidden are the counts from 1 to ``k`` − 1 (primary suppression) and as many others as it takes (secondary suppression)
    so that for each of them, by everything that is printed, 1 is possible and so is ``k``: a reader can neither tell the
    number nor that it is small. The same holds for what is left of a whole when a part is taken away, so that a share near
    100 % does not give the few others away, and for differences that are named. Which cells are hidden depends on where
    they stand and not on how large they are, as far as it can.

    A row counts the children of one cell; cells without a row have none. The same table gives the same result, in
    whatever order its rows come.

    Args:
        table: a Polars, pandas or Arrow table, a DuckDB relation, or a list of dicts.
        k: the least number that is published. The default is this library's own and no law.
        counts: the columns of counts; as a mapping, each with the count that it is part of, or None.
        dimensions: the columns that say which children are counted; all others, if left out, and then none may hold
            numbers. As a mapping, each with how it
            is ordered: None, ``"division"`` (totals for each level of division codes) or a mapping of a value to the
            value above it.
        money: columns of sums paid; as a mapping, each with the count whose children get it, which several counts need.
        money_in: whether sums are given in yuan (Decimal, whole number or text) or in whole fen.
        money_unit: what sums are rounded to (yuan); the coarser it is, the more of them can be printed.
        differences: pairs of counts of the same children (before, after) whose small differences are protected.
        shares: a dimension; each count then gets a column ``…_percent`` that adds up to 100 along it.
        decimals: how many decimals percentages have, 0 to 4.
        total: the label of totals. Rows of the table that have it are checked against the sums.
        hide_zeros: whether noughts are hidden too.
        keep_total: whether the total of everything has to stay.
        hide_first: by dimension, values (the label of totals among them) whose cells are hidden rather than others, where
            something must be hidden beside a small number: what will not be shown, or says least; of the dimension that is
            named first before those of another. Choose them by what they
            are and not by how large their numbers are, or what is hidden tells of that.
        linked: other tables about the same children that are published beside it, by name: see ``Linked``.
        progress: a bar (True), nothing (False), or a function that is called with (numbers protected, numbers to protect);
            if left out, a bar where there is much to do.

    Raises:
        PublishingError: the table cannot be read as asked.
        ProtectionError: it cannot be protected with ``keep_total``.
        MissingExtraError: highspy is not installed.

    >>> table = publishable(
    ...     [
    ...         {"place": "a", "sex": "girl", "children": 4}, {"place": "a", "sex": "boy", "children": 31},
    ...         {"place": "b", "sex": "girl", "children": 25}, {"place": "b", "sex": "boy", "children": 28},
    ...         {"place": "c", "sex": "girl", "children": 40}, {"place": "c", "sex": "boy", "children": 36},
    ...     ]
    ... )
    >>> table
    Published(k=10, 4 of 12 counts hidden)
    >>> table.number("children", place="a"), table.number("children", place="a", sex="girl")
    (35, None)
    """
    checked_k(k)
    if not isinstance(decimals, int) or not 0 <= decimals <= 4:
        raise PublishingError(Text("decimals 应为 0 至 4 的整数。", "decimals is a whole number from 0 to 4."))
    unit = checked_unit(money_unit)
    first = dict_rows(table)
    columns = columns_of(first, counts, dimensions, money)
    if shares is not None and shares not in columns.dimensions:
        raise PublishingError(Text("shares 应为一个维度的列名。", "shares is the name of a dimension."))
    for pair in differences:
        if len(pair) != 2 or not set(pair) <= set(columns.counts):
            raise PublishingError(Text("differences 应为成对的计数列名。", "differences are pairs of count columns."))
    sheets = [Sheet("", rows_of(first, columns, in_fen=money_in == "fen"), part=False)]
    for name, given in (linked or {}).items():
        other = as_linked(name, given)
        rows = rows_of(dict_rows(other.table), columns, in_fen=money_in == "fen", whole_table=False)
        sheets.append(Sheet(name, rows, part=other.part))
    for name in hide_first or {}:
        if name not in columns.dimensions:
            raise PublishingError(Text("hide_first 按维度的列名给出。", "hide_first is given by names of dimensions."))
    space = space_of(sheets, columns, total)
    read = [numbers_of(sheet, space, columns, total) for sheet in sheets]
    same = _same(read, columns)
    measures = _measures(read, columns, differences, same)
    bound = problem(
        space, measures, k, hide_zeros=hide_zeros, keep_total=keep_total, partitions=partitions(measures), same=same,
        cheap=space.marked(hide_first) if hide_first else None,
    )  # fmt: skip
    mover = Mover(bound)
    with told(progress, 0, int(bound.small.sum()), Text("已保护数", "numbers protected"), short=FEW) as tell:
        choice = chosen(bound, mover, tell)
    spent = _spent(read, columns, unit)
    sums = shown_money(bound, mover, choice, spent)
    asked = _Asked(k, columns, total, hide_zeros, shares, decimals, yuan(unit), tuple(differences))
    made = [
        _printed(
            asked,
            numbers,
            choice.hidden[_variables(at, len(columns.counts), space.size)],
            sums[at * len(columns.money) : (at + 1) * len(columns.money)],
        )
        for at, numbers in enumerate(read)
    ]
    _check(bound, read, made, choice, spent, same)
    names = list(columns.counts)
    made = [
        attrs.evolve(
            one,
            same_as=tuple(
                (names[second % len(names)], read[first // len(names)].sheet.name)
                for first, second in same
                if second // len(names) == at
            ),
        )
        for at, one in enumerate(made)
    ]
    return attrs.evolve(made[0], linked={one.sheet.name: other for one, other in zip(read[1:], made[1:], strict=True)})


@attrs.frozen
class _Asked:
    """What the printing of each table needs of what was asked."""

    k: int
    columns: Columns
    total: str
    hide_zeros: bool
    shares: str | None
    decimals: int
    money_unit: Decimal
    differences: tuple[tuple[str, str], ...]


def _variables(sheet: int, counts: int, size: int) -> slice:
    """The variables of all counts of one table."""
    return slice(sheet * counts * size, (sheet + 1) * counts * size)


def _same(read: Sequence[Numbers], columns: Columns) -> list[tuple[int, int]]:
    """Measures of two tables that agree wherever both have a cell: the same children by other dimensions, as a reader sees.

    Each with the first table that it agrees with: a hidden number of the one is the number of the other.
    """
    many = len(columns.counts)
    found = []
    for at, numbers in enumerate(read):
        for count in range(many):
            for earlier, other in enumerate(read[:at]):
                both = numbers.present & other.present
                if np.array_equal(numbers.counts[count][both], other.counts[count][both]):
                    found.append((earlier * many + count, at * many + count))
                    break
    return found


def _measures(
    read: Sequence[Numbers],
    columns: Columns,
    differences: Sequence[tuple[str, str]],
    same: Sequence[tuple[int, int]],
) -> list[Measure]:
    """Every count of every table, with its whole and with what it must not differ from by a few."""
    names = list(columns.counts)
    found = []
    for at, numbers in enumerate(read):
        for count, (name, whole) in enumerate(columns.counts.items()):
            if numbers.sheet.part and np.any(
                numbers.counts[count] > np.where(numbers.present, read[0].counts[count], 0)
            ):
                raise PublishingError(
                    Text(
                        f"关联表 {numbers.sheet.name} 有一处多于主表，不是它的一部分：请去掉 part=True 或核对。",
                        f"The linked table {numbers.sheet.name} is somewhere more than the first and no part of it: leave out "
                        "part=True, or check it.",
                    )
                )
            own = at * len(names)
            is_same = (count, own + count) in same
            against = [own + names.index(one) for one, other in differences if other == name]
            if at and not numbers.sheet.part and not is_same:
                against.append(count)
            wholes = [own + names.index(whole)] if whole is not None else []
            wholes += [count] if numbers.sheet.part and not is_same else []
            found.append(
                Measure(
                    (numbers.sheet.name, name),
                    numbers.own,
                    numbers.counts[count],
                    numbers.present,
                    tuple(wholes),
                    tuple(against),
                )
            )
    return found


def _spent(read: Sequence[Numbers], columns: Columns, unit: int) -> list[Spent]:
    names = list(columns.counts)
    return [
        Spent(at * len(names) + names.index(count), numbers.fen[column], numbers.known[column] & numbers.present, unit)
        for at, numbers in enumerate(read)
        for column, count in enumerate(columns.money.values())
    ]


def _printed(asked: _Asked, numbers: Numbers, hidden: Flags, sums: Sequence[Flags]) -> Published:
    """One table as it is printed."""
    own = numbers.own.dimensions
    labels = numbers.space.labels()
    size = numbers.space.size
    names = list(asked.columns.counts)
    rows: list[dict[str, Any]] = []
    for cell in np.flatnonzero(numbers.present).tolist():
        row: dict[str, Any] = {
            d.name: label for d, label in zip(numbers.space.dimensions, labels[cell], strict=True) if d in own
        }
        gone: list[str] = []
        for at, name in enumerate(names):
            if hidden[at * size + cell]:
                row[name] = None
                gone.append(name)
            else:
                row[name] = int(numbers.counts[at][cell])
        for at, name in enumerate(asked.columns.money):
            row[name] = None
            if sums[at][cell]:
                row[name] = yuan(rounded(int(numbers.fen[at][cell]), fen(asked.money_unit)))
            elif numbers.known[at][cell] or asked.columns.money[name] in gone:
                gone.append(name)
        for name, whole in asked.columns.counts.items():
            if whole is not None:
                row[f"{name}_percent_of_{whole}"] = percent(row[name], row[whole], asked.decimals)
        row[HIDDEN] = tuple(gone)
        rows.append(row)
    if asked.shares in [d.name for d in own]:
        _add_shares(asked, own, rows)
    return Published(
        k=asked.k,
        dimensions=tuple(d.name for d in own),
        counts=dict(asked.columns.counts),
        money=dict(asked.columns.money),
        money_unit=asked.money_unit,
        total=asked.total,
        hide_zeros=asked.hide_zeros,
        shares=asked.shares if asked.shares in [d.name for d in own] else None,
        parents={d.name: {d.labels[n]: d.labels[d.parents[n]] for n in range(1, len(d.labels))} for d in own},
        differences=asked.differences,
        rows=rows,
        part=numbers.sheet.part,
    )


def _add_shares(asked: _Asked, own: Sequence[Dimension], rows: list[dict[str, Any]]) -> None:
    """A column of percentages for each count, made of the printed numbers alone."""
    axis = [d.name for d in own].index(str(asked.shares))
    places = np.moveaxis(np.arange(len(rows)).reshape([len(d.labels) for d in own]), axis, 0).reshape(
        len(own[axis].labels), -1
    )
    below = own[axis].children
    for name in asked.columns.counts:
        for line in places.T.tolist():
            found = line_of_tree([rows[place][name] for place in line], below, asked.decimals)
            for place, share in zip(line, found, strict=True):
                rows[place][f"{name}_percent"] = share
    for row in rows:
        row[HIDDEN] = row.pop(HIDDEN)  # the last column


def _check(
    bound: Problem,
    read: Sequence[Numbers],
    made: Sequence[Published],
    choice: Choice,
    spent: Sequence[Spent],
    same: Sequence[tuple[int, int]],
) -> None:
    """Hold every witness against what is printed."""
    counts = []
    for at, measure in enumerate(bound.measures):
        numbers, published = read[at // len(read[0].counts)], made[at // len(read[0].counts)]
        cells = np.flatnonzero(numbers.present)
        counts.append(Count(numbers.own, measure.numbers[cells], printed_counts(published, measure.name[1]), cells))
    pairs = [Pair(w, at, part=True) for at, m in enumerate(bound.measures) for w in m.wholes]
    pairs += [Pair(o, at, part=False) for at, m in enumerate(bound.measures) for o in m.against]
    payments = []
    for at, one in enumerate(spent):
        published = made[at // len(made[0].money)]
        column = list(published.money)[at % len(published.money)]
        payments.append(
            Payment(one.measure, one.fen[counts[one.measure].cells], printed_money(published, column), one.unit)
        )
    witnesses = list({id(moves): moves for moves in choice.witnesses.values()}.values())
    ends = list(zip(bound.low.reshape(-1, bound.space.size), bound.high.reshape(-1, bound.space.size), strict=True))
    if not proved(counts, pairs, same, payments, witnesses, made[0].k, ends, hide_zeros=made[0].hide_zeros):
        raise ProtectionError(
            Text(
                "所选的隐藏未能通过复核，故不给出结果；请附软件版本报告此问题。",
                "What was chosen did not pass its check and is not given; please report it with the versions of the packages.",
            )
        )
