"""Where the children of ``file`` and ``care`` come from: a county's ledger, or the children that ``survey`` wrote.

A line of JSON is a case by the published schema (``kinderguard schema case``). Both are given as a ``Ledger``, so that
whatever reads ledgers reads both, and every line is accounted for.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kinderguard.commands.application import progress
from kinderguard.model.case import Case
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.patterns import UNSEEN
from kinderguard.model.progress import Progress
from kinderguard.model.text import Text, join
from kinderguard.packs import PolicyBook
from kinderguard.survey import CellProblem, Ledger, LedgerError, LedgerRow, read_ledger

JSON_LINES = {".jsonl", ".ndjson"}
#: What a sheet's name may hold and a child's number may not.
_UNSEEN = re.compile(f"[{UNSEEN}]")


def read_children(path: Path, book: PolicyBook, sheet: str | None = None, *, as_of: dt.date | None = None) -> Ledger:
    """The children of a ledger (Excel, CSV) or of JSON lines.

    Args:
        path: the file.
        book: with the packs whose columns a ledger may have.
        sheet: read this sheet only.
        as_of: the day on which a ledger tells how things stand; what it says to have happened later is unknown.

    Raises:
        LedgerError: the file as a whole cannot be used.
    """
    with progress("读取 / reading") as step:
        if path.suffix.lower() not in JSON_LINES:
            return read_ledger(path, book=book, sheet=sheet, as_of=as_of, progress=step)
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise LedgerError(
                Text(
                    f"读不到文件 {shown_file(path.name)}；请检查路径",
                    f"{shown_file(path.name)} cannot be read; check the path",
                )
            ) from None
        rows = tuple(_rows(path.stem, lines, step))
    return Ledger(
        source=path.name, rows=rows, problems=(), unknown_headers=(), ignored=(), headers={}, rows_in=len(rows)
    )


def _rows(name: str, lines: list[str], step: Progress) -> Iterator[LedgerRow]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                case = Case.model_validate_json(line)
            except InvalidRecordError as error:
                why = join(
                    [Text(f"{p.where}：{p.message.zh}", f"{p.where}: {p.message.en}") for p in error.problems[:3]]
                )
                problem = CellProblem("ledger.row", name, number, None, why)
                yield LedgerRow(name, number, None, None, problem, ())
            else:
                yield LedgerRow(name, number, case.ref, case, None, ())
        step(number, len(lines))


def numbered(ledger: Ledger) -> Iterator[Case]:
    """The children, each with a number of its own: that of the row where it has one that no other has, else its place."""
    count = Counter(row.ref for row in ledger.rows if row.case is not None)
    for row in ledger.rows:
        if row.case is not None:
            ref = row.ref if row.ref and count[row.ref] == 1 else f"{_UNSEEN.sub('', row.sheet)}/{row.row}"
            yield row.case.model_copy(update={"ref": ref})
