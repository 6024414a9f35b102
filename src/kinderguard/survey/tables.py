"""Lists by township and department, and plain rows into a file that an office opens: CSV for any program, or a workbook.

``ListByPlace`` is what the survey's lists share. Whatever stands in a cell stays a text: nothing becomes a formula.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import attrs

from kinderguard.model.codes import Department
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text

Row = Sequence[Any]


class _Placed(Protocol):
    @property
    def township(self) -> str | None: ...
    @property
    def department(self) -> Department | None: ...


Entry = TypeVar("Entry", bound=_Placed)


@attrs.frozen(repr=False)
class ListByPlace(Generic[Entry]):
    """A list of things to do, by township and department, on a day."""

    #: What its sheet is called.
    SHEET: ClassVar[Text]

    on: dt.date
    rows: tuple[Entry, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.rows)

    def of(self, *, township: str | None = None, department: Department | None = None) -> Self:
        """The list of one township (or any wider place), of one department, or of both."""
        kept = tuple(
            row
            for row in self.rows
            if (township is None or (row.township or "").startswith(township))
            and (department is None or row.department is department)
        )
        return attrs.evolve(self, rows=kept)

    def table(self, lang: Language = "zh") -> tuple[list[str], list[Row]]:
        """Heads and rows as plain values; no name or number of a person is in them."""
        raise NotImplementedError

    def save_csv(self, path: str | Path, lang: Language = "zh") -> None:
        """Write the list as CSV (UTF-8 with BOM, for Excel)."""
        write_csv(path, *self.table(lang))

    def save_workbook(self, path: str | Path, lang: Language = "zh") -> None:
        """Write the list as a workbook.

        Raises:
            MissingExtraError: XlsxWriter is not installed.
        """
        write_workbook(path, self.SHEET.in_(lang), *self.table(lang))


def place_beside_code(division: str) -> Text:
    """What a place is called where its code stands beside it: a place without a name of its own by the known place
    around it, and the code not a second time.
    """
    name = place_name(division)
    return Text(name.zh.removesuffix(division).rstrip(), name.en.removesuffix(division).rstrip())


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: str | Path, heads: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a CSV file: UTF-8 with BOM, so that Excel reads Chinese."""
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return "'" + text if isinstance(value, str) and text.startswith(_FORMULA) else text


def write_workbook(path: str | Path, name: str, heads: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a workbook of one sheet.

    Raises:
        MissingExtraError: XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise MissingExtraError("cli", "xlsxwriter") from None
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, str(value))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(heads) - 1), 20)
    finally:
        book.close()
