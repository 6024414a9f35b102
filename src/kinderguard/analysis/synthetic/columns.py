"""Columns while they are made: whole numbers in numpy until the last step, then Polars with the model's own types.

A column can be taken at rows (a household's fact for each of its children), have cells forgotten, and be stacked.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import attrs
import numpy as np
import polars as pl
from numpy.typing import NDArray

from kinderguard.analysis.synthetic.chance import Flags, Ints
from kinderguard.analysis.synthetic.days import UNKNOWN
from kinderguard.model.codes import Code

MONEY = pl.Decimal(14, 2)
#: Places and days, which a million children have many of, take half the room of other numbers.
Narrow = NDArray[np.int32]


def _narrow(numbers: NDArray[Any]) -> Narrow:
    return numbers.astype(np.int32)


class Column(ABC):
    """A column to be; what is unknown is null in the end."""

    @abstractmethod
    def __len__(self) -> int:
        """How many cells there are."""

    @abstractmethod
    def at(self, rows: Ints) -> "Column":
        """The column with the cells of these rows, in their order."""

    @abstractmethod
    def forgetting(self, lost: Flags) -> "Column":
        """The column with these cells unknown."""

    @abstractmethod
    def series(self) -> pl.Series:
        """The column in Polars."""


@attrs.frozen(eq=False)
class Lookup(Column):
    """Cells that are places in a short (or at least shared) list of values; -1 is unknown."""

    values: pl.Series
    places: Narrow = attrs.field(converter=_narrow)

    def __len__(self) -> int:
        return len(self.places)

    def at(self, rows: Ints) -> "Lookup":
        """As every column."""
        return Lookup(self.values, self.places[rows])

    def forgetting(self, lost: Flags) -> "Lookup":
        """As every column."""
        return Lookup(self.values, np.where(lost, -1, self.places))

    def series(self) -> pl.Series:
        """As every column."""
        known = self.places >= 0
        found = self.values.gather(pl.Series(np.where(known, self.places, 0), dtype=pl.UInt32))
        return _blanked(found, known)


@attrs.frozen(eq=False)
class Days(Column):
    """Days as numbers; ``days.UNKNOWN`` is unknown.

    Where ``parts`` is given (0: known to the day, 1: to the month, 2: to the year), the column becomes text such as
    ``2012-03-05``, ``2012-03`` or ``2012``.
    """

    days: Narrow = attrs.field(converter=_narrow)
    parts: Ints | None = None

    def __len__(self) -> int:
        return len(self.days)

    def at(self, rows: Ints) -> "Days":
        """As every column."""
        return Days(self.days[rows], None if self.parts is None else self.parts[rows])

    def forgetting(self, lost: Flags) -> "Days":
        """As every column."""
        return Days(np.where(lost, UNKNOWN, self.days), self.parts)

    def series(self) -> pl.Series:
        """As every column."""
        dates = _blanked(pl.Series(self.days, dtype=pl.Int32).cast(pl.Date), self.days != UNKNOWN)
        if self.parts is None:
            return dates
        length = pl.Series([10, 7, 4], dtype=pl.UInt32).gather(pl.Series(self.parts, dtype=pl.UInt32))
        return pl.select(pl.lit(dates).cast(pl.String).str.slice(0, pl.lit(length))).to_series()


@attrs.frozen(eq=False)
class Numbers(Column):
    """Whole numbers from 0; -1 is unknown. With ``money`` they are fen, and become yuan."""

    numbers: Ints
    money: bool = False

    def __len__(self) -> int:
        return len(self.numbers)

    def at(self, rows: Ints) -> "Numbers":
        """As every column."""
        return Numbers(self.numbers[rows], self.money)

    def forgetting(self, lost: Flags) -> "Numbers":
        """As every column."""
        return Numbers(np.where(lost, -1, self.numbers), self.money)

    def series(self) -> pl.Series:
        """As every column."""
        known = self.numbers >= 0
        whole = np.where(known, self.numbers, 0)
        if not self.money:
            return _blanked(pl.Series(whole, dtype=pl.Int32), known)
        # Two exact decimals added: no float, and no division whose rounding a version of Polars could change.
        yuan = pl.Series(whole // 100, dtype=pl.Int64).cast(MONEY)
        fen = _fen().gather(pl.Series(whole % 100, dtype=pl.UInt32))
        return _blanked((yuan + fen).cast(MONEY), known)


@attrs.frozen(eq=False)
class Texts(Column):
    """Cells that Polars holds already: text that is different in every row."""

    cells: pl.Series

    def __len__(self) -> int:
        return len(self.cells)

    def at(self, rows: Ints) -> "Texts":
        """As every column."""
        return Texts(self.cells.gather(pl.Series(rows, dtype=pl.UInt32)))

    def forgetting(self, lost: Flags) -> "Texts":
        """As every column."""
        return Texts(_blanked(self.cells, ~lost))

    def series(self) -> pl.Series:
        """As every column."""
        return self.cells


@cache
def _fen() -> pl.Series:
    return pl.Series([Decimal(n).scaleb(-2) for n in range(100)], dtype=MONEY)


def _blanked(cells: pl.Series, known: Flags) -> pl.Series:
    if known.all():
        return cells
    return pl.select(pl.when(pl.Series(known)).then(cells)).to_series()


@cache
def enum_of(codes: type[Code]) -> pl.Enum:
    """The Polars type of a code: its values in the model's order."""
    return pl.Enum([code.value for code in codes])


def place_of(code: Code) -> int:
    """The place of a code in its list."""
    return place_in(type(code), code.value)


def place_in(codes: type[Code], value: str) -> int:
    """The place of a code in its list, by its value."""
    return [code.value for code in codes].index(value)


def codes_of(codes: type[Code], places: Ints) -> Lookup:
    """Codes by their places."""
    return Lookup(pl.Series([code.value for code in codes], dtype=enum_of(codes)), places)


def yes_or_no(flags: Ints | Flags) -> Lookup:
    """Yes (1 or True), no (0) and unknown (-1)."""
    return Lookup(pl.Series([False, True]), flags)


def texts(values: Sequence[str], places: Ints) -> Lookup:
    """Text by its place."""
    return Lookup(pl.Series(list(values), dtype=pl.String), places)


def code_lists(codes: type[Code], lists: Sequence[Sequence[str]], places: Ints) -> Lookup:
    """Lists of codes by their places in ``lists``, which hold codes or their values."""
    values = [[str(code) for code in some] for some in lists]
    return Lookup(pl.Series(values, dtype=pl.List(enum_of(codes))), places)


def record_lists(owner: Ints, fields: dict[str, Column], size: int) -> Lookup:
    """Lists of records, one for each of ``size`` rows; a row that owns no record has an empty list.

    Args:
        owner: the row that each record belongs to, in ascending order.
        fields: the records' facts, one cell a record.
        size: how many rows there are.
    """
    records = pl.DataFrame({name: column.series() for name, column in fields.items()}).to_struct("record")
    lists = pl.DataFrame({"owner": owner, "record": records}).group_by("owner", maintain_order=True).agg("record")
    empty = pl.Series([[]], dtype=pl.List(records.dtype))
    places = np.full(size, len(lists), dtype=np.int64)
    places[lists["owner"].to_numpy()] = np.arange(len(lists))
    # In one piece: to gather lists of records out of several is a hundred times slower.
    return Lookup(pl.concat([lists["record"].rename(""), empty], rechunk=True), places)


def stacked(columns: Sequence[Column]) -> Column:
    """Columns of one type, one below the other."""
    first = columns[0]
    if isinstance(first, Days):
        days = [c for c in columns if isinstance(c, Days)]
        parts = [np.zeros(len(c), dtype=np.int64) if c.parts is None else c.parts for c in days]
        return Days(np.concatenate([c.days for c in days]), None if first.parts is None else np.concatenate(parts))
    if isinstance(first, Numbers):
        return Numbers(np.concatenate([c.numbers for c in columns if isinstance(c, Numbers)]), first.money)
    assert isinstance(first, Lookup)
    lookups = [c for c in columns if isinstance(c, Lookup)]
    shifts = np.cumsum([0, *(len(c.values) for c in lookups)])
    moved = [np.where(c.places >= 0, c.places + shift, -1) for c, shift in zip(lookups, shifts, strict=False)]
    return Lookup(pl.concat([c.values for c in lookups], rechunk=True), np.concatenate(moved))
