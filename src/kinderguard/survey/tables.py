"""Plain rows into a file that an office opens: CSV for any program, or a workbook.

Called by the lists that the survey gives out. Whatever stands in a cell stays a text: nothing becomes a formula.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kinderguard.model.errors import MissingExtraError

Row = Sequence[Any]
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
