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
from kinderguard.model.text import Text
from kinderguard.packs.columns import LedgerColumn
from kinderguard.survey.cells import UnreadableError, is_unknown, past_date, plain, words
from kinderguard.survey.columns import READERS, Reader, reader_of
from kinderguard.survey.headers import KnownHeaders, SheetHeaders, find_headers
from kinderguard.survey.ledger import CellProblem, IgnoredRow, Ledger, LedgerRow, UnknownHeader
from kinderguard.survey.row import RowError, RowReader
from kinderguard.survey.sheets import LedgerError, RawSheet, open_sheets

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

_FOOT = re.compile(r"(合计|总计|共计|小计|总数|填表|填报|制表|审核|负责人|注[::]|说明[::]|备注[::])")
#: What stands in the place of a name where a row is a sum: the word, perhaps of a page or a place, perhaps with a bracket.
_TOTAL = re.compile(
    r"(?:本页|本村|本社区|全[县区市乡镇村])?(?:合计|总计|共计|小计|总数)(?:\([^)]*\))?[::]?\d*[人名]?\Z"
)
_DIVISIONS = ("户籍地行政区划代码", "现居住地行政区划代码", "身份证号")
_STEP = 200
_REF = re.compile(r"[\w./#-]{1,12}", re.ASCII)
_TELEPHONE = re.compile(r"\d{11}")
_SHORTEST_ID = 15


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
        raise LedgerError(
            Text(
                f"{shown_file(path.name)} 中找不到表头；表头行应含“儿童姓名”“身份证号”等列名",
                f"{shown_file(path.name)} has no header row; one row must hold headers such as 儿童姓名 and 身份证号",
            )
        )
    return reading.ledger(path.name)


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
            if any(not is_unknown(cell) for _, row in raw.rows for cell in row):
                text = Text(
                    "此工作表没有可识别的表头，未读取；请补上表头行",
                    "this sheet has no known headers and was not read; give it a row of headers",
                )
                self.problems.append(CellProblem("ledger.no_headers", raw.name, None, None, text))
            return
        self.headers[raw.name] = headers
        self._report_headers(raw.name, headers)
        readers = {p: (h, w, self._reader(h)) for p, (h, w) in headers.columns.items()}
        written = dict(headers.columns.values())
        for number, cells in raw.rows:
            self._tick(1)
            why = _not_a_child(number, cells, headers)
            if why is not None:
                self.ignored.append(IgnoredRow(raw.name, number, why))
                continue
            self.children += 1
            self.rows.append(self._row(raw.name, number, cells, readers, written))

    def _reader(self, header: str) -> Reader:
        fact = self.known.facts.get(header)
        return READERS[header] if fact is None else reader_of(fact)

    def _tick(self, rows: int) -> None:
        before, self.done = self.done, self.done + rows
        if self.done // _STEP != before // _STEP or self.done == self.total:
            self.tell(self.done, self.total)

    def _report_headers(self, sheet: str, headers: SheetHeaders) -> None:
        for header in headers.unknown.values():
            near = self.known.nearest(header)
            self.unknown.append(UnknownHeader(sheet, header, near))
            hint = Text(f"，是否为“{near}”？", f"; did you mean {near}?") if near else Text("", "")
            text = (
                Text(
                    "未识别的列，内容未读取；需要时请改正列名",
                    "nobody knows this column; it was not read. Where it matters, correct the header",
                )
                + hint
            )
            self.problems.append(CellProblem("ledger.header_unknown", sheet, headers.row, header, text))
        for header, _ in headers.columns.values():
            if header in self.known.clashes:
                clash = self.known.clashes[header]
                text = Text(
                    f"规则包的列名有冲突，请转告规则包作者：{clash.zh}",
                    f"a pack's column of this header clashes; tell the author of the pack: {clash.en}",
                )
                self.problems.append(CellProblem("ledger.header_clash", sheet, headers.row, header, text))
        for header in headers.repeated.values():
            text = Text(
                "此列出现两次，只读取第一列；请删去或改名另一列",
                "this column stands here twice; only the first was read. Take the other out, or rename it",
            )
            self.problems.append(CellProblem("ledger.header_repeated", sheet, headers.row, header, text))

    def _row(
        self,
        sheet: str,
        number: int,
        cells: list[Any],
        readers: Mapping[int, tuple[str, str, Reader]],
        written: Mapping[str, str],
    ) -> LedgerRow:
        facts: dict[str, Any] = {}
        problems: list[CellProblem] = []
        for position, (header, as_written, read) in readers.items():
            cell = cells[position] if position < len(cells) else None
            if is_unknown(cell):
                continue
            try:
                facts[header] = self._in_time(read(cell), read)
            except UnreadableError as error:
                problems.append(CellProblem(error.code, sheet, number, as_written, error.text))
        ref = _safe_ref(facts)
        case: Case | None = None
        wrong: CellProblem | None = None
        try:
            case, found = self.reader.case(facts)
            problems += [CellProblem(f.code, sheet, number, written.get(f.header or ""), f.text) for f in found]
        except RowError as error:
            wrong = CellProblem(error.code, sheet, number, written.get(error.header or ""), error.text)
        return LedgerRow(sheet, number, ref, case, wrong, tuple(problems))

    def _in_time(self, value: Any, read: Reader) -> Any:
        """What a cell says; refused where it has happened only after the day that the ledger tells of."""
        if self.as_of is not None and read is past_date and value.earliest > self.as_of:
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
                    f"同一身份证号还出现在{zh}；请核对后保留一行", f"the same ID stands in {en}; check and keep one"
                )
                written = dict(self.headers[row.sheet].columns.values())
                found[i] = CellProblem("ledger.duplicate", row.sheet, row.row, written.get("身份证号"), text)
        return found


def _not_a_child(number: int, cells: list[Any], headers: SheetHeaders) -> Text | None:
    """Why a row is no child's, or None where it is one."""
    if number <= headers.row:
        return Text("表头或其上的标题", "the header row, or a title above it")
    first = next((text for cell in cells if (text := plain(cell))), "")
    if not first:
        return Text("空行", "a blank row")
    names = {h: cells[p] for p, (h, _) in headers.columns.items() if p < len(cells)}
    if _FOOT.match(first) and all(is_unknown(names.get(h)) for h in ("身份证号", "出生日期")):
        return _A_TOTAL
    if any(_TOTAL.match(words(cell)) for cell in (first, names.get("儿童姓名"))) and not _holds_id(
        names.get("身份证号")
    ):
        return _A_TOTAL
    return None


_A_TOTAL = Text("合计行或表尾说明", "a total, or a note at the foot")


def _holds_id(cell: Any) -> bool:
    """Whether a cell is meant for a resident ID, right or wrong: a sum is shorter."""
    return len(words(cell)) >= _SHORTEST_ID


def _safe_ref(facts: dict[str, Any]) -> str | None:
    """The row's own number; not where somebody put an ID or a telephone number there."""
    ref = facts.get("序号")
    if ref is not None and (not _REF.fullmatch(ref) or _TELEPHONE.search(ref)):
        facts["序号"] = None
        return None
    return ref
