"""The numbers of one table by cell, with all totals; rows that hold totals are checked against the sums.

Called by ``publishing``. Cells without a row hold nobody.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.analysis.publishing.asking import Columns, PublishingError, Rows
from kinderguard.analysis.publishing.cells import Flags, Space, Whole, dimension
from kinderguard.model.text import Text


@attrs.frozen(eq=False)
class Sheet:
    """One table as read, its name (empty for the first), and whether all it counts are counted in the first as well."""

    name: str
    rows: Rows
    part: bool


@attrs.frozen(eq=False)
class Numbers:
    """The numbers of one table over the common space: counts, fen, where fen are known, and which cells it has."""

    sheet: Sheet
    space: Space
    own: Space
    present: Flags
    counts: list[Whole] = attrs.field(repr=False)
    fen: list[npt.NDArray[np.object_]] = attrs.field(repr=False)
    known: list[Flags] = attrs.field(repr=False)


def space_of(sheets: Sequence[Sheet], columns: Columns, total: str) -> Space:
    """The dimensions over the values that occur in any of the tables."""
    found = []
    for name, order in columns.dimensions.items():
        values: set[str] = set()
        for sheet in sheets:
            if name in sheet.rows.dimensions:
                at = sheet.rows.dimensions.index(name)
                values |= {labels[at] for labels in sheet.rows.labels} - {total}
        if not values:
            raise PublishingError(
                Text(
                    f"维度 {name} 只有合计，没有取值：请去掉这一列。",
                    f"The dimension {name} has no value but totals: leave it out.",
                )
            )
        found.append(dimension(name, values, order, total))
    return Space(tuple(found))


def numbers_of(sheet: Sheet, space: Space, columns: Columns, total: str) -> Numbers:
    """The numbers of a table, with totals.

    Raises:
        PublishingError: a row stands twice, a total is not the sum, a part is more than its whole, or there is money
            where there are no children.
    """
    own = Space(tuple(d for d in space.dimensions if d.name in sheet.rows.dimensions))
    order = [sheet.rows.dimensions.index(d.name) for d in own.dimensions]
    leaves = {int(cell): at for at, cell in enumerate(own.leaves())}
    counts = [np.zeros(len(leaves), np.int64) for _ in columns.counts]
    fen = [np.zeros(len(leaves), object) for _ in columns.money]
    unknown = [np.zeros(len(leaves), np.int64) for _ in columns.money]
    totals: list[tuple[int, int]] = []
    seen: set[tuple[int, bool]] = set()
    for row, labels in enumerate(sheet.rows.labels):
        given = [labels[at] for at in order]
        nodes = [0 if one == total else d.leaf_of[one] for d, one in zip(own.dimensions, given, strict=True)]
        cell = int(np.ravel_multi_index(nodes, own.shape)) if nodes else 0
        if (cell, total in given) in seen:
            raise _told(sheet, "同一单元格有不止一行，请先汇总", "a cell has more than one row; add them up first")
        seen.add((cell, total in given))
        if total in given:
            totals.append((row, cell))
            continue
        for found, number in zip(counts, sheet.rows.counts[row], strict=True):
            found[leaves[cell]] = number
        for found, blank, amount in zip(fen, unknown, sheet.rows.money[row], strict=True):
            found[leaves[cell]], blank[leaves[cell]] = amount or 0, amount is None
    present = space.only([d.name for d in own.dimensions])
    all_counts = [own.totals(one) for one in counts]
    all_fen = [own.totals(one) for one in fen]
    known = [own.totals(one) == 0 for one in unknown]
    for row, cell in totals:
        same = all(all_counts[i][cell] == number for i, number in enumerate(sheet.rows.counts[row]))
        paid = enumerate(sheet.rows.money[row])
        if not same or any(known[i][cell] and a is not None and all_fen[i][cell] != a for i, a in paid):
            raise _told(
                sheet, "有一行合计不等于各部分之和，请核对", "a row of totals is not the sum of its parts; check it"
            )
    names = list(columns.counts)
    for at, whole in enumerate(columns.counts.values()):
        if whole is not None and np.any(counts[at] > counts[names.index(whole)]):
            raise _told(
                sheet, f"{names[at]} 有一处多于它所属的 {whole}，请核对", f"{names[at]} is somewhere more than {whole}, of which it is a part; check it"
            )  # fmt: skip
    for column, (name, count) in enumerate(columns.money.items()):
        if np.any((counts[names.index(count)] == 0) & (fen[column] != 0)):
            raise _told(
                sheet,
                f"{name} 在没有儿童的单元格中有金额，请核对",
                f"there is money in {name} where there are no children; check it",
            )
    return Numbers(
        sheet, space, own, present,
        [_spread(one, present) for one in all_counts],
        [_spread(one, present) for one in all_fen],
        [_spread(one, present) for one in known],
    )  # fmt: skip


def _spread(own: npt.NDArray[Any], present: Flags) -> npt.NDArray[Any]:
    found = np.zeros(len(present), own.dtype)
    found[present] = own
    return found


def _told(sheet: Sheet, zh: str, en: str) -> PublishingError:
    name = sheet.name
    return PublishingError(
        Text(
            f"{f'关联表 {name}' if name else '表'}：{zh}。",
            f"In the {f'linked table {name}' if name else 'table'} {en}.",
        )
    )
