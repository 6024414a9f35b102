"""Reading a ledger: sheet by sheet, row by row. Good rows are used, bad cells become unknown, nothing is lost."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.dates import as_day
from kinderguard.model.echo import shown_file
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.resident_id import read_resident_id
from kinderguard.model.text import Text
from kinderguard.packs.columns import LedgerColumn
from kinderguard.survey.cells import UnreadableError, date, end_date, is_unknown, past_date, plain, resident_id
from kinderguard.survey.columns import READERS, Reader, reader_of
from kinderguard.survey.header_problems import of_blank_headers, of_headers, unknown_headers, without_headers
from kinderguard.survey.headers import (
    LEAST_HEADERS,
    SEARCHED_ROWS,
    KnownHeaders,
    SheetHeaders,
    find_headers,
)
from kinderguard.survey.ledger import CellProblem, IgnoredRow, Ledger, LedgerRow, UnknownHeader
from kinderguard.survey.other_rows import HEADERS_AGAIN, not_a_child
from kinderguard.survey.row import RowError, RowReader
from kinderguard.survey.sheets import LedgerError, RawSheet, open_sheets

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

_DIVISIONS = ("户籍地行政区划代码", "现居住地行政区划代码", "身份证号")
_STEP = 200
_REF = re.compile(r"[\w./#-]{1,12}", re.ASCII)
_TELEPHONE = re.compile(r"\d{11}")
_DATES = (date, past_date, end_date)
_OCTOBER = re.compile(r"\d{4}\.1\Z", re.ASCII)


def read_ledger(
    path: str | Path,
    *,
    book: "PolicyBook | None" = None,
    columns: Sequence[LedgerColumn] = (),
    policy_titles: Mapping[str, str] | None = None,
    sheet: str | None = None,
    as_of: dt.date | None = None,
    progress: bool | Progress | None = None,
) -> Ledger:
    """Read a ledger (台账), Excel or CSV, as counties keep it.

    Args:
        path: the file.
        book: gives the columns that the packs of the places in the ledger add, and the titles of their policies.
            Without it, help received is known by policy codes only.
        columns: further columns.
        policy_titles: further titles as they stand in 已享受救助, with the policies' codes.
        sheet: read this sheet only.
        as_of: the day on which the ledger tells how things stand. A date of something that has happened (a visit, a birth)
            and lies after it cannot be: it becomes unknown and is reported. Without it, the day of today is held against them.
        progress: a bar (True), nothing (False), or a function that is called with (rows done, rows in all); if left out, a
            bar where there is much to do.

    Returns:
        Every row, as a case or with the reason why not; every problem with sheet, row, column and mend.

    Raises:
        LedgerError: the file as a whole cannot be used.

    >>> from kinderguard.survey import read_ledger
    >>> ledger = read_ledger("examples/ledger.xlsx")
    >>> ledger.rows_in == len(ledger.cases) + len(ledger.skipped)
    True
    """
    path = Path(path)
    as_of = None if as_of is None else as_day(as_of, "as_of")
    sheets = open_sheets(path, sheet)
    titles = dict(policy_titles or {})
    if book is not None:
        places = _divisions(sheets)
        columns = (*columns, *book.ledger_columns(places))
        titles = book.policy_titles(places) | titles
    known = KnownHeaders.of(columns)
    total = sum(len(s.rows) for s in sheets)
    with told(progress, 0, total, Text("已读取行", "rows read"), short=FEW) as tell:
        reading = _Reading(known, RowReader(titles, known.facts), total, tell, as_of)
        for raw in sheets:
            reading.sheet(raw)
    if not reading.headers:
        other = _separated_by(sheets, known)
        raise LedgerError(
            Text(
                f"{shown_file(path.name)} 中找不到表头；表头行应含“儿童姓名”“身份证号”等列名",
                f"{shown_file(path.name)} has no header row; one row must hold headers such as 儿童姓名 and 身份证号",
            )
            + (
                Text(
                    f"。列似乎以“{other}”分隔，请改用英文逗号",
                    f". Its columns seem to be separated by {other}: use commas (,)",
                )
                if other
                else Text("", "")
            )
        )
    return reading.ledger(path.name)


def _separated_by(sheets: Iterable[RawSheet], known: KnownHeaders) -> str | None:
    """Of a file without headers, the sign between its columns where it is no comma."""
    texts = [cell for raw in sheets for _, cells in raw.rows[:SEARCHED_ROWS] for cell in cells if isinstance(cell, str)]
    for sign in ("，", "、", "；", ";", "|", "\t"):
        if any(len(known.named(text.split(sign))) >= LEAST_HEADERS for text in texts):
            return "Tab" if sign == "\t" else sign
    return None


def _divisions(sheets: Iterable[RawSheet]) -> set[str]:
    """The counties that the rows name, so that just their packs are loaded."""
    known, found = KnownHeaders.of(), set()
    for raw in sheets:
        headers = find_headers(raw.rows, known)
        positions = [p for p, (h, _) in headers.columns.items() if h in _DIVISIONS] if headers else []
        for _, row in raw.rows:
            for position in positions:
                code = plain(row[position])[:6] if position < len(row) else ""
                if code.isascii() and code.isdigit() and len(code) == 6:
                    found.add(code)
    return found


@attrs.define
class _Reading:
    """What has been read so far."""

    known: KnownHeaders
    reader: RowReader
    total: int
    tell: Progress
    as_of: dt.date | None
    rows: list[LedgerRow] = attrs.field(factory=list)
    problems: list[CellProblem] = attrs.field(factory=list)
    unknown: list[UnknownHeader] = attrs.field(factory=list)
    ignored: list[IgnoredRow] = attrs.field(factory=list)
    headers: dict[str, SheetHeaders] = attrs.field(factory=dict)
    children: int = 0
    done: int = 0

    def sheet(self, raw: RawSheet) -> None:
        """Read one sheet; one without headers is reported, unless it is empty."""
        headers = find_headers(raw.rows, self.known)
        if headers is None:
            self._tick(len(raw.rows))
            self.problems += without_headers(raw)
            return
        self.headers[raw.name] = headers
        self.unknown += unknown_headers(raw.name, headers, self.known)
        self.problems += of_headers(raw, headers, self.known)
        readers = {p: (h, w, self._reader(h)) for p, (h, w) in headers.columns.items()}
        written = dict(headers.columns.values())
        marks = headers.marks(self.known)
        other_table: int | None = None
        for number, cells in raw.rows:
            self._tick(1)
            again = None
            if number > headers.row and not marks.isdisjoint(cells):
                again = headers.repeats(cells, self.known)
            if again is not None:
                other_table = None if again else number
            try:
                why = HEADERS_AGAIN if again is not None else not_a_child(number, cells, headers)
                if why is not None:
                    self.ignored.append(IgnoredRow(raw.name, number, why))
                    continue
                _refuse_below_others(other_table)
                row = self._row(raw, number, cells, readers, written)
            except RowError as error:
                wrong = CellProblem(error.code, raw.name, number, None, error.text)
                row = LedgerRow(raw.name, number, None, None, wrong, ())
            self.children += 1
            self.rows.append(row)
        used = {row.row for row in self.rows if row.sheet == raw.name and row.case is not None}
        self.problems += of_blank_headers(raw, headers, used)

    def _reader(self, header: str) -> Reader:
        fact = self.known.facts.get(header)
        return READERS[header] if fact is None else reader_of(fact)

    def _tick(self, rows: int) -> None:
        before, self.done = self.done, self.done + rows
        if self.done // _STEP != before // _STEP or self.done == self.total:
            self.tell(self.done, self.total)

    def _row(
        self,
        raw: RawSheet,
        number: int,
        cells: list[Any],
        readers: Mapping[int, tuple[str, str, Reader]],
        written: Mapping[str, str],
    ) -> LedgerRow:
        sheet, facts = raw.name, dict[str, Any]()
        problems: list[CellProblem] = []
        for position, (header, as_written, read) in readers.items():
            cell = cells[position] if position < len(cells) else None
            if is_unknown(cell):
                continue
            if raw.only_text and read in _DATES and _OCTOBER.match(plain(cell)):
                # Written by Excel, which drops the zero of 2012.10: to be read as the number that it was.
                cell = float(plain(cell))
            try:
                facts[header] = self._in_time(read(cell), read)
            except UnreadableError as error:
                problems.append(CellProblem(error.code, sheet, number, as_written, error.text))
        ref = _safe_ref(facts)
        case: Case | None = None
        wrong: CellProblem | None = None
        notes: tuple[CellProblem, ...] = ()
        try:
            case, found = self.reader.case(facts)
            placed = [(f, CellProblem(f.code, sheet, number, written.get(f.header or ""), f.text)) for f in found]
            problems += [problem for f, problem in placed if not f.is_note]
            notes = tuple(note for f, note in placed if f.is_note)
        except RowError as error:
            wrong = CellProblem(error.code, sheet, number, written.get(error.header or ""), error.text)
        row = LedgerRow(sheet, number, ref, case, wrong, tuple(problems), notes=notes)
        if case is not None:
            return row
        place = facts.get("现居住地行政区划代码") or facts.get("户籍地行政区划代码")
        return attrs.evolve(
            row, said_name=facts.get("儿童姓名"), said_id=facts.get("身份证号"), said_division=place
        )  # fmt: skip

    def _in_time(self, value: Any, read: Reader) -> Any:
        """What a cell says; refused where it has happened only after the day that the ledger tells of."""
        if self.as_of is None or value is None:
            return value
        if read is resident_id and read_resident_id(value).birth_date > self.as_of:
            raise UnreadableError(
                "ledger.date_after_list",
                f"身份证号中的出生日期晚于名单的日期（{self.as_of}），不可能已经出生；请按证件核对，或核对名单的日期",
                f"the birth date in the ID lies after the day of the list ({self.as_of}), so nobody can have it yet; check it against "
                "the card, or the day that was given for the list",
            )
        if read is past_date and value.earliest > self.as_of:
            raise UnreadableError(
                "ledger.date_after_list",
                f"日期晚于名单的日期（{self.as_of}），不可能已经发生；请核对年份，或核对名单的日期",
                f"the date lies after the day of the list ({self.as_of}), so it cannot have happened; check the year, or the day "
                "that was given for the list",
            )
        return value

    def ledger(self, source: str) -> Ledger:
        """What was read, with children that occur twice reported."""
        again = self._duplicates()
        rows = [
            attrs.evolve(row, problems=(*row.problems, again[i])) if i in again else row
            for i, row in enumerate(self.rows)
        ]
        return Ledger(
            source, tuple(rows), tuple(self.problems), tuple(self.unknown), tuple(self.ignored), self.headers,
            self.children, {fact.code: fact.title for fact in self.known.facts.values()},
        )  # fmt: skip

    def _duplicates(self) -> dict[int, CellProblem]:
        """By position, the problem of each row whose child stands in another row too."""
        by_id: dict[Any, list[int]] = defaultdict(list)
        for i, row in enumerate(self.rows):
            if row.case is not None and row.case.child.resident_id is not None:
                by_id[row.case.child.resident_id].append(i)
        found: dict[int, CellProblem] = {}
        for positions in by_id.values():
            for i in positions if len(positions) > 1 else ():
                row = self.rows[i]
                others = [self.rows[j] for j in positions if j != i]
                zh = "、".join(f"{o.sheet}第{o.row}行" for o in others)
                en = ", ".join(f"{o.sheet} row {o.row}" for o in others)
                text = Text(
                    f"同一身份证号还出现在{zh}；请按证件核对：如为同一名儿童，保留一行；如为双胞胎等两名儿童，更正填错的身份证号",
                    f"the same ID stands in {en}; check it against the cards: if it is one child, keep one row; if they are two, "
                    "such as twins, correct the wrong number",
                )
                written = dict(self.headers[row.sheet].columns.values())
                found[i] = CellProblem("ledger.duplicate", row.sheet, row.row, written.get("身份证号"), text)
        return found


def _refuse_below_others(row: int | None) -> None:
    """Refuse a row below a second row of headers, which is not that of its sheet."""
    if row is not None:
        raise RowError(
            "ledger.second_headers", None,
            Text(f"第 {row} 行起是列名不同的另一张表，未读取；请将它放到单独的工作表",
                 f"from row {row} on there is another table with other columns, which was not read; put it on a sheet of its own"),
        )  # fmt: skip


def _safe_ref(facts: dict[str, Any]) -> str | None:
    """The row's own number; not where somebody put an ID or a telephone number there."""
    ref = facts.get("序号")
    if ref is not None and (not _REF.fullmatch(ref) or _TELEPHONE.search(ref)):
        facts["序号"] = None
        return None
    return ref
