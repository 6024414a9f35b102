"""What is asked of ``publishable``, checked and read into plain rows: columns, dimensions, linked tables, and what can be wrong.

Called by ``publishing``. Errors name columns and what to do; they never repeat a number or a label out of the table.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from numbers import Number
from typing import Any

import attrs

from kinderguard.model.errors import FieldValueError, ToldError, suggestion
from kinderguard.model.money import as_yuan, fen
from kinderguard.model.text import Text

#: How the children whose value in a dimension is not known are labelled.
UNKNOWN = "unknown"
#: The most that is counted: beyond it a count is a mistake, and whole numbers stay exact in the solver.
_MOST = 2 * 10**9


class PublishingError(ToldError, ValueError):
    """A table that cannot be read as asked: a column that is not there, a count that is none, a row that stands twice."""


class ProtectionError(ToldError, RuntimeError):
    """A table that cannot be protected under what was asked (a total that has to stay, a part already given)."""


@attrs.frozen
class Linked:
    """Another table about the same children that is published beside the first, and how the two belong together.

    Args:
        table: a table of the same kind, with the same count columns and the same dimensions or some of them.
        part: True where everybody counted in it is counted in the same cell of the first table as well; the others (the
            first less this one) are then protected as a group of their own. False where the same children are counted
            another way (before and after a reform, another day): then small differences between the two are protected.

    >>> Linked([{"place": "330106", "children": 20}], part=True).part
    True
    """

    table: Any = attrs.field(repr=False)
    part: bool = False


@attrs.frozen
class Columns:
    """The columns of a table by what they are.

    ``counts`` holds for each the count that it is part of, or None; ``money`` the count whose children it is paid to;
    ``dimensions`` how each is ordered: None, ``"division"``, or a mapping of a value to the value above it.
    """

    dimensions: Mapping[str, Any]
    counts: Mapping[str, str | None]
    money: Mapping[str, str]


@attrs.frozen(eq=False)
class Rows:
    """A table as read: for each row its labels, its counts and its money in fen (None: not known)."""

    dimensions: tuple[str, ...]
    labels: list[tuple[str, ...]] = attrs.field(repr=False)
    counts: list[tuple[int, ...]] = attrs.field(repr=False)
    money: list[tuple[int | None, ...]] = attrs.field(repr=False)


def dict_rows(table: Any) -> list[Mapping[str, Any]]:
    """The rows of a table of any kind that Narwhals knows, or of a list of dicts."""
    if isinstance(table, Sequence) and not isinstance(table, str | bytes):
        if all(isinstance(row, Mapping) for row in table):
            return list(table)
    else:
        from kinderguard.engines.frame.columns import FrameColumnError
        from kinderguard.packs.frames.tables import taken

        try:
            found = taken(table)[0]
        except FrameColumnError:
            raise _no_table() from None
        found = found.collect() if hasattr(found, "collect") else found
        return list(found.iter_rows(named=True))
    raise _no_table()


def _no_table() -> PublishingError:
    return PublishingError(
        Text(
            "表应为数据表（Polars、pandas、Arrow、DuckDB）或由字典组成的列表。",
            "The table is a frame (Polars, pandas, Arrow, DuckDB) or a list of dicts.",
        )
    )


def columns_of(
    rows: Sequence[Mapping[str, Any]],
    counts: str | Sequence[str] | Mapping[str, str | None],
    dimensions: Sequence[str] | Mapping[str, Any] | None,
    money: Sequence[str] | Mapping[str, str],
) -> Columns:
    """What each column is; dimensions are all the others where they are not named."""
    if not rows:
        raise PublishingError(Text("表是空的：至少给出一行。", "The table is empty: give at least one row."))
    given = list(rows[0])
    counted: dict[str, str | None] = (
        dict(counts) if isinstance(counts, Mapping) else dict.fromkeys([counts] if isinstance(counts, str) else counts)
    )
    if not counted:
        raise PublishingError(Text("counts 至少写一列。", "counts names at least one column."))
    first = next(iter(counted))
    named = [money] if isinstance(money, str) else money
    if named and not isinstance(named, Mapping) and len(counted) > 1:
        example = f'money={{"{next(iter(named))}": "{list(counted)[-1]}"}}'
        raise PublishingError(
            Text(
                f"有多个计数列时，须写明每列金额付给哪一计数的儿童，如 {example}。",
                f"With several counts each column of money says to which count's children it is paid: {example}.",
            )
        )
    paid = dict(named) if isinstance(named, Mapping) else dict.fromkeys(named, first)
    for count, whole in counted.items():
        _one_of(count, given)
        if whole is not None:
            _one_of(whole, counted)
        _not_circular(count, counted)
    for column, count in paid.items():
        _one_of(column, given)
        _one_of(count, counted)
    if dimensions is None:
        ordered: dict[str, Any] = {name: None for name in given if name not in counted and name not in paid}
        _no_numbers(ordered, rows)
    elif isinstance(dimensions, Mapping):
        ordered = dict(dimensions)
    else:
        ordered = dict.fromkeys([dimensions] if isinstance(dimensions, str) else dimensions)
    for name in ordered:
        _one_of(name, given)
    for name, order in ordered.items():
        if order is not None and order != "division" and not isinstance(order, Mapping):
            raise PublishingError(
                Text(
                    f"维度 {name} 的层级应为 None、'division' 或“值 → 上级值”的字典。",
                    f"The order of the dimension {name} is None, 'division', or a mapping of each value to the one above it.",
                )
            )
    twice = (set(ordered) & (set(counted) | set(paid))) | (set(counted) & set(paid)) | ({"hidden"} & set(ordered))
    if twice:
        name = min(twice)
        raise PublishingError(
            Text(
                f"列 {name} 不能这样用：每列只作维度、计数或金额之一，且不得名为 hidden。",
                f"The column {name} cannot be used so: each is a dimension, a count or money, and none is called hidden.",
            )
        )
    return Columns(ordered, counted, paid)


def _no_numbers(dimensions: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse numbers as dimensions that nobody named: a count that was forgotten would be printed whole, as a label."""
    found = [name for name in dimensions if any(isinstance(row.get(name), Number) for row in rows)]
    if found:
        raise PublishingError(
            Text(
                f"列 {'、'.join(found)} 是数字：请写入 counts 或 money，去掉该列，或在 dimensions 中写明它是维度。",
                f"The columns {', '.join(found)} hold numbers: name them in counts or money, leave them out, or name them in "
                "dimensions if they say which children are counted.",
            )
        )


def _one_of(name: str, known: Iterable[str]) -> None:
    listed = list(known)
    if name not in listed:
        close = suggestion(str(name), listed)
        raise PublishingError(
            Text(f"没有列 {name!r}。{close.zh}请核对列名。", f"There is no column {name!r}; check its name.{close.en}")
        )


def _not_circular(count: str, counted: Mapping[str, str | None]) -> None:
    seen: list[str] = []
    at: str | None = count
    while at is not None:
        if at in seen:
            raise PublishingError(
                Text(
                    f"计数 {count} 是自身的一部分：请改正 counts。",
                    f"The count {count} is part of itself: correct counts.",
                )
            )
        seen.append(at)
        at = counted.get(at)


def rows_of(rows: Sequence[Mapping[str, Any]], columns: Columns, *, in_fen: bool, whole_table: bool = True) -> Rows:
    """The rows as labels, whole counts and fen. A linked table may have some of the dimensions only."""
    given = set(rows[0]) if rows else set()
    dimensions = tuple(name for name in columns.dimensions if whole_table or name in given)
    labels, counts, money = [], [], []
    for row in rows:
        try:
            labels.append(tuple(_label(row[name]) for name in dimensions))
            counts.append(tuple(_count(name, row[name]) for name in columns.counts))
            paid = (row[name] if whole_table else row.get(name) for name in columns.money)
            money.append(tuple(_fen(name, one, in_fen) for name, one in zip(columns.money, paid, strict=True)))
        except KeyError as missing:
            _one_of(str(missing.args[0]), row)
            raise
    return Rows(dimensions, labels, counts, money)


def _label(value: Any) -> str:
    if value is None or value != value:  # a NaN is a blank of pandas
        return UNKNOWN
    if isinstance(value, Enum):
        value = value.value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _count(name: str, value: Any) -> int:
    whole = hasattr(value, "__index__") and not isinstance(value, bool)
    if not whole or not 0 <= int(value) <= _MOST:
        raise PublishingError(
            Text(
                f"计数列 {name} 应为不小于 0 的整数，不得留空；不清楚的儿童请归入取值为“未知”的一行。",
                f"The count {name} holds whole numbers from 0 and no blanks; give children of whom something is not "
                "known a row of their own.",
            )
        )
    return int(value)


def _fen(name: str, value: Any, in_fen: bool) -> int | None:
    if value is None:
        return None
    try:
        if in_fen and not (hasattr(value, "__index__") and not isinstance(value, bool)):
            raise FieldValueError("应为整数分", "it is given in whole fen")
        amount = int(value) if in_fen else fen(as_yuan(int(value) if hasattr(value, "__index__") else value))
        if amount < 0:
            raise FieldValueError("金额不能为负", "money cannot be negative")
    except FieldValueError as error:
        raise PublishingError(
            Text(f"金额列 {name}：{error.text.zh}，请改正。", f"The money in {name}: {error.text.en}; correct it.")
        ) from None
    return amount


def checked_k(k: Any) -> int:
    """The least number that is published, at least 2."""
    if not isinstance(k, int) or isinstance(k, bool) or not 2 <= k <= 10_000:
        raise PublishingError(
            Text(
                "k 应为 2 至 10000 的整数：小于 k 的数不公布。",
                "k is a whole number from 2 to 10,000: what is under k is not published.",
            )
        )
    return k


def checked_unit(unit: Any) -> int:
    """The unit to which money is rounded, in fen."""
    try:
        found = fen(as_yuan(unit))
    except FieldValueError as error:
        raise PublishingError(
            Text(f"money_unit：{error.text.zh}，请改正。", f"money_unit: {error.text.en}; correct it.")
        ) from None
    if found <= 0:
        raise PublishingError(
            Text("money_unit 应大于 0，例如 Decimal('1000')。", "money_unit is above 0, such as Decimal('1000').")
        )
    return found


def as_linked(name: str, table: Any) -> Linked:
    """A linked table, whichever way it was given."""
    if not name or "." in name:
        raise PublishingError(Text("linked 中的表名不得为空或含“.”。", "A linked table has a name, and no “.” in it."))
    return table if isinstance(table, Linked) else Linked(table)
