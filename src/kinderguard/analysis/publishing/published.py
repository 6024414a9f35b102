"""A table that can be published: its printed numbers, and nothing else.

Made by ``publishable``. It holds no true number of a hidden cell, nor which cells were small and which are hidden for their
sake: whatever is done with it (pickled, copied, looked into) gives no more than its rows.
"""

import csv
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Language, Text, same

if TYPE_CHECKING:
    import polars as pl

    from kinderguard.analysis.publishing.attack import Interval
    from kinderguard.model.view import View

#: How a hidden number is shown to people.
MARK = "×"
#: The column that names the hidden numbers of a row.
HIDDEN = "hidden"


def _copied(rows: Any) -> tuple[dict[str, Any], ...]:
    return tuple(dict(row) for row in rows)


@attrs.frozen(repr=False, eq=False)
class Published:
    """A table that can be published 可公布的表. What is hidden is null, and named in the column ``hidden``.

    Attributes:
        k: counts from 1 to ``k`` − 1 are not published, and nothing published tells them.
        dimensions: the columns that say which children a row counts.
        counts: for each count the one that it is part of, or None.
        money: for each column of money the count whose children it is paid to.
        money_unit: what money is rounded to (yuan).
        total: the label of totals.
        hide_zeros: whether noughts are hidden as well.
        shares: the dimension along which percentages add up, or None.
        parents: for each dimension its labels in order, each with the label above it.
        differences: pairs of counts of this table whose small differences are protected.
        part: for a linked table, whether all it counts are counted in the first table as well.
        same_as: for a linked table, the counts that are those of another table (its name; empty for the first) in every
            cell that both have: the same children by other dimensions.
        linked: the tables that were protected together with this one, by name. They may be published together; a table
            about the same children that is not among them may give something away.
    """

    k: int
    dimensions: tuple[str, ...]
    counts: Mapping[str, str | None]
    money: Mapping[str, str]
    money_unit: Decimal
    total: str
    hide_zeros: bool
    shares: str | None
    parents: Mapping[str, Mapping[str, str]]
    differences: tuple[tuple[str, str], ...]
    _rows: tuple[dict[str, Any], ...] = attrs.field(converter=_copied)
    part: bool = False
    same_as: tuple[tuple[str, str], ...] = ()
    linked: Mapping[str, "Published"] = attrs.field(factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns, in order."""
        return tuple(self._rows[0])

    @property
    def cells(self) -> int:
        """How many cells of counts there are, totals included."""
        return len(self._rows) * len(self.counts)

    @property
    def hidden(self) -> int:
        """How many of them are hidden."""
        return sum(row[count] is None for row in self._rows for count in self.counts)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as values of JSON: counts as numbers, money (yuan) and percentages as text, hidden ones as null."""
        return [{name: _json(value) for name, value in row.items()} for row in self._rows]

    def to_json(self) -> str:
        """The rows as JSON."""
        return json.dumps(self.rows(), ensure_ascii=False, indent=1)

    def to_csv(self) -> str:
        """The rows as CSV: hidden numbers are empty, and ``hidden`` names their columns, with spaces between them."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_csv(value) for value in row.values()] for row in self._rows)
        return text.getvalue()

    def to_polars(self) -> "pl.DataFrame":
        """The rows as a Polars table; hidden numbers are null, and ``hidden`` names them as in ``to_csv``.

        Raises:
            MissingExtraError: polars is not installed.
        """
        try:
            import polars as pl
        except ModuleNotFoundError as error:
            raise MissingExtraError("analysis", error.name or "polars") from None
        shares = set(self.columns) - {*self.dimensions, *self.counts, *self.money, HIDDEN}
        types: dict[str, Any] = dict.fromkeys(self.columns, None)
        for name in shares:
            places = [-int(row[name].as_tuple().exponent) for row in self._rows if row[name] is not None]
            types[name] = pl.Decimal(38, max(places, default=0))
        types |= dict.fromkeys(self.dimensions, pl.String) | dict.fromkeys(self.counts, pl.Int64)
        types |= dict.fromkeys(self.money, pl.Decimal(38, 2)) | {HIDDEN: pl.String}
        return pl.DataFrame(
            [{n: _csv(v) if n == HIDDEN else v for n, v in r.items()} for r in self._rows], schema=types
        )

    def number(self, column: str, **where: str) -> int | Decimal | None:
        """One printed number; dimensions that are left out are at their total.

        Raises:
            KeyError: there is no such column or cell.

        >>> from kinderguard.analysis import publishable
        >>> table = publishable([{"place": "a", "children": 40}, {"place": "b", "children": 30}])
        >>> table.number("children"), table.number("children", place="a")
        (70, 40)
        """
        wanted = {name: where.get(name, self.total) for name in self.dimensions}
        for row in self._rows:
            if set(where) <= set(wanted) and all(row[name] == label for name, label in wanted.items()):
                found: int | Decimal | None = row[column]
                return found
        raise KeyError(column)

    def intervals(self) -> "list[Interval]":
        """What a reader can conclude of each hidden count, by solving for its least and its greatest value.

        It uses what is printed here and in the linked tables, and that counts are whole numbers; not the true numbers,
        which are no longer here. It takes two programs for each hidden number.
        """
        from kinderguard.analysis.publishing.attack import attack

        return attack(self)

    def summary(self, lang: Language = "zh") -> str:
        """One line: how much is hidden."""
        return self._summary.in_(lang)

    @property
    def _summary(self) -> Text:
        return Text(
            f"{self.cells} 个计数中隐去 {self.hidden} 个：小于 {self.k} 的数及保护它们所需的其他数。",
            f"{self.hidden} of {self.cells} counts are hidden: those under {self.k}, and others that would give them away.",
        )

    def report(self, lang: Language = "zh") -> str:
        """What was done to the table and what it promises, in words, to be put under it."""
        return "\n".join(text.in_(lang) for text in self._notes())

    def _notes(self) -> list[Text]:
        noughts = (
            Text("零也隐去。", " Noughts are hidden as well.")
            if self.hide_zeros
            else Text("零予以公布。", " Noughts are published.")
        )
        notes = [
            self._summary + noughts,
            Text(
                f"标“{MARK}”的数已隐去，其中既有小于 {self.k} 的数（初级隐藏），也有为保护它们而隐去的数（次级隐藏）；"
                "哪些是前者，不予说明。",
                f"“{MARK}” marks hidden numbers: those under {self.k} (primary suppression) and others hidden for their sake "
                "(secondary suppression); which is which is not told.",
            ),
            Text(
                f"已逐一验证：由公布的全部合计、差额、占比和金额，每个小于 {self.k} 的数既可能是最小值，"
                f"也可能不小于 {self.k}。公布的计数均为原数，未经改动。",
                f"Checked one by one: by all totals, differences, percentages and sums of money that are printed, each number "
                f"under {self.k} may be the least there is, and may be {self.k} or more. Printed counts are the true ones.",
            ),
        ]
        if self.shares:
            notes.append(
                Text(
                    f"百分比只由公布的数算出；沿“{self.shares}”各项连同隐去部分合计恰为 100%。",
                    f"Percentages are made of printed numbers only; along “{self.shares}”, with what is hidden as one rest, "
                    "they add up to exactly 100.",
                )
            )
        if self.money:
            notes.append(
                Text(
                    f"金额单位为元，舍入到 {self.money_unit} 元的整数倍；即使读者知道每名儿童的标准，也推不出隐去的人数。",
                    f"Money is in yuan, rounded to multiples of {self.money_unit}; it does not give hidden counts away even to "
                    "a reader who knows what each child gets.",
                )
            )
        if self.linked:
            names = ", ".join(self.linked)
            notes.append(
                Text(
                    f"与下列各表一并保护，可同时公布：{names}。",
                    f"Protected together with these tables, which can be published beside it: {names}.",
                )
            )
        return notes

    def view(self, lang: Language | None = None) -> "View":
        """The table and the notes under it, as a notebook shows them.

        Args:
            lang: its language; the one that is set, if left out.
        """
        from kinderguard.model.view import Column, Listing, Table, View

        columns = [Column(same(name), number=name not in self.dimensions) for name in self.columns if name != HIDDEN]
        cells = [[_seen(row, column) for column in row if column != HIDDEN] for row in self._rows]
        title = Text("可公布的表", "A table that can be published")
        return View(title, [Table(columns, cells), Listing(self._notes())], *([lang] if lang else []))

    def _repr_html_(self) -> str:
        return self.view()._repr_html_()

    def __repr__(self) -> str:
        return f"Published(k={self.k}, {self.hidden} of {self.cells} counts hidden)"


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value


def _csv(value: Any) -> Any:
    return " ".join(value) if isinstance(value, tuple) else value


def _seen(row: Mapping[str, Any], column: str) -> Any:
    value = row[column]
    return MARK if column in row[HIDDEN] else "" if value is None and column.partition("_percent")[1] else value
