"""Records in tables of their own that belong to no child: how many there are, and what is said of them.

Called before a table, files or a Spark DataFrame are assessed. Reads the columns of the keys alone, and repeats none.
"""

from collections.abc import Sequence

import attrs
import polars as pl

from kinderguard.engines.frame.inputs import as_text
from kinderguard.model.text import Text


class OrphanedRecordsWarning(UserWarning):
    """Records whose key belongs to no child, so that they are left out.

    ``path`` is their list, ``key`` the column by which they are found, ``orphaned`` how many there are of ``records``.
    """

    def __init__(self, path: str, key: str, orphaned: int, records: int) -> None:
        super().__init__(path, key, orphaned, records)
        self.path, self.key, self.orphaned, self.records = path, key, orphaned, records

    def __str__(self) -> str:
        told = Text(
            f"{self.path} 的 {self.records} 行中有 {self.orphaned} 行的 {self.key} 不属于任何儿童，不予计入；"
            "若本应属于这些儿童，请核对两边该列的写法。",
            f"{self.orphaned} of {self.records} rows of {self.path} have a {self.key} that no child has; they are left "
            "out. If they are these children's, see how both tables write that column.",
        )
        return f"{told.zh}\n{told.en}"


@attrs.frozen(eq=False)
class KeyedRecords:
    """Records that a column finds, read when they are asked for."""

    path: str
    rows: pl.LazyFrame
    key: str


#: How many children's keys are held at a time, where it is known how many there are.
HELD = 8_000_000


def orphaned(
    children: pl.LazyFrame, tables: Sequence[KeyedRecords], rows: int | None = None
) -> list[OrphanedRecordsWarning]:
    """What is to be said of the tables with records that belong to no child; streamed.

    Args:
        children: the children.
        tables: their records.
        rows: how many children there are, where that is known: of many, not all keys are held at once, and the columns
            of the keys are read several times instead.
    """
    parts = 1 if rows is None else 1 + rows // HELD
    found = []
    for table in tables:
        records = _count(table.rows)
        lost = records - sum(_belonging(children, table, part, parts) for part in range(parts))
        if lost:
            found.append(OrphanedRecordsWarning(table.path, table.key, lost, records))
    return found


def _belonging(children: pl.LazyFrame, table: KeyedRecords, part: int, parts: int) -> int:
    """How many records have a child, among those whose key falls into a part."""
    held, other = children.collect_schema()[table.key], table.rows.collect_schema()[table.key]
    key = pl.col(table.key)
    # Categories are numbered in each table by itself.
    same = held == other and not isinstance(held, pl.Categorical | pl.Enum)
    mine, theirs = (key, key) if same else (as_text(key, held), as_text(key, other))
    # A hash takes a third of the room of a key; that two keys share one of 64 bits need not be feared.
    here, there = (
        rows.select(name.drop_nulls().hash()).filter(pl.col(table.key) % parts == part)
        for rows, name in ((children, mine), (table.rows, theirs))
    )
    return _count(there.join(here, on=table.key, how="semi"))


def _count(rows: pl.LazyFrame) -> int:
    counted: int = rows.select(pl.len()).collect(engine="streaming").item()
    return counted


__all__ = ["KeyedRecords", "OrphanedRecordsWarning", "orphaned"]
