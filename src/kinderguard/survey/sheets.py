"""Opening a ledger file: its sheets as rows of raw cells, each with the number that Excel gives the row.

Excel files are read by python-calamine, CSV by the standard library: with or without BOM, strict UTF-8, then GB18030.
"""

import csv
import io
from pathlib import Path
from typing import Any

import attrs

from kinderguard.model.echo import shown_file
from kinderguard.model.errors import ToldError, did_you_mean
from kinderguard.model.text import Text

EXCEL = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
CSV = {".csv", ".txt", ".tsv"}


class LedgerError(ToldError):
    """The file as a whole cannot be used; ``text`` says why and what to do, in both languages."""


@attrs.frozen
class RawSheet:
    """One sheet: its rows by number, counted from 1, with every cell as the file has it."""

    name: str
    rows: list[tuple[int, list[Any]]] = attrs.field(repr=False)
    #: Whether whoever opens the file in Excel does not see this sheet.
    hidden: bool = False
    #: Whether every cell is a text, so that nothing tells a number from what was typed.
    only_text: bool = False


def open_sheets(path: str | Path, sheet: str | None = None) -> list[RawSheet]:
    """The sheets of a file, in its order.

    Args:
        path: an Excel or CSV file.
        sheet: only this one.

    Raises:
        LedgerError: the file is not there, cannot be read, or has no such sheet.
    """
    path = Path(path)
    if not path.is_file():
        raise LedgerError(
            Text(
                f"找不到文件 {shown_file(path.name)}；请检查路径",
                f"there is no file {shown_file(path.name)}; check the path",
            )
        )
    if path.suffix.lower() in EXCEL:
        return _excel(path, sheet)
    if path.suffix.lower() in CSV:
        found = [RawSheet(path.stem, _csv_rows(path), only_text=True)]
        return [_chosen(found, sheet)] if sheet else found
    raise LedgerError(
        Text(
            f"不支持 {path.suffix or '无扩展名'} 文件；请另存为 .xlsx 或 .csv",
            f"{path.suffix or 'a file without a suffix'} is not read; save it as .xlsx or .csv",
        )
    )


def _chosen(sheets: list[RawSheet], name: str) -> RawSheet:
    for sheet in sheets:
        if sheet.name == name:
            return sheet
    raise _no_sheet(name, [s.name for s in sheets])


def _no_sheet(name: str, names: list[str]) -> LedgerError:
    return LedgerError(
        Text(
            f"没有工作表 {name!r}；现有：{'、'.join(names)}",
            f"there is no sheet {name!r}; there are {', '.join(names)}.{did_you_mean(name, names)}",
        )
    )


def _excel(path: Path, sheet: str | None) -> list[RawSheet]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum
    except ModuleNotFoundError:
        raise LedgerError(
            Text(
                "读取 Excel 需要 python-calamine；请运行 pip install 'kinderguard[cli]'，或另存为 CSV",
                "reading Excel needs python-calamine: pip install 'kinderguard[cli]', or save the ledger as CSV",
            )
        ) from None
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            if sheet is not None and sheet not in book.sheet_names:
                raise _no_sheet(sheet, book.sheet_names)
            names = [sheet] if sheet is not None else book.sheet_names
            hidden = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
            return [
                RawSheet(n, list(enumerate(book.get_sheet_by_name(n).to_python(skip_empty_area=False), 1)), n in hidden)
                for n in names
            ]
    except (CalamineError, OSError, ValueError):
        # The reader's own words may quote the file; what to do is all that is needed.
        raise LedgerError(
            Text(
                f"{shown_file(path.name)} 不是可读的 Excel 文件（可能已损坏或加密）；请用 Excel 打开后另存为 .xlsx",
                f"{shown_file(path.name)} is not a readable Excel file (damaged or encrypted?); open it in Excel and save it as .xlsx",
            )
        ) from None


def _csv_rows(path: Path) -> list[tuple[int, list[Any]]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise LedgerError(
            Text(
                f"{shown_file(path.name)} 的编码既不是 UTF-8 也不是 GB18030；请另存为“CSV UTF-8”",
                f"{shown_file(path.name)} is neither UTF-8 nor GB18030; save it as 'CSV UTF-8'",
            )
        )
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    try:
        return list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1))
    except csv.Error:
        raise LedgerError(
            Text(
                f"{shown_file(path.name)} 的引号不成对；请用 Excel 打开后另存",
                f"{shown_file(path.name)} has unbalanced quotation marks; open it in Excel and save it again",
            )
        ) from None
