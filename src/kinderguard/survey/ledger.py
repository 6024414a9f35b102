"""A ledger as it was read: every row as a case or with the reason why not, and every problem with its place and mend."""

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from kinderguard.model.case import Case
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Column, Fields, Marked, Section, Table, View
from kinderguard.survey.headers import SheetHeaders
from kinderguard.survey.other_rows import HEADERS_AGAIN, TOTAL


@attrs.frozen
class CellProblem:
    """Something wrong in the ledger: a stable ``code``, its place, and how to mend it. Never a personal value.

    ``row`` is as Excel numbers it; ``column`` is the header as the sheet writes it, None where the row is meant.
    """

    code: str
    sheet: str
    row: int | None
    column: str | None
    message: Text

    def __str__(self) -> str:
        place = [self.sheet, f"row {self.row}" if self.row else "", self.column or ""]
        return f"{', '.join(p for p in place if p)}: {self.message.en} [{self.code}]"


@attrs.frozen
class LedgerRow:
    """One child's row. ``case`` is None where it could not be used; then ``error`` says why."""

    sheet: str
    row: int
    #: The row's own number (序号).
    ref: str | None
    case: Case | None = attrs.field(repr=False)
    error: CellProblem | None
    #: What could not be read; those facts are unknown in the case.
    problems: tuple[CellProblem, ...]
    #: Of a row that could not be used, what it says of who its child is and where it lives, as far as that could be read.
    said_name: str | None = attrs.field(default=None, repr=False)
    said_id: str | None = attrs.field(default=None, repr=False)
    said_division: str | None = attrs.field(default=None, repr=False)
    #: What another cell of the row says more exactly and was taken from there; nothing need be mended.
    notes: tuple[CellProblem, ...] = attrs.field(default=(), repr=False)


@attrs.frozen
class IgnoredRow:
    """A row that is no child: a title, the header itself, a total, a blank line."""

    sheet: str
    row: int
    why: Text


@attrs.frozen
class UnknownHeader:
    """A header that nobody knows, with the nearest known one."""

    sheet: str
    header: str
    nearest: str | None


@attrs.frozen
class Ledger:
    """A ledger. ``rows_in`` was counted while reading; it must be what came out.

    Raises:
        RuntimeError: a row was lost. That is a defect of this library.
    """

    #: The file's name, without its folder.
    source: str
    rows: tuple[LedgerRow, ...] = attrs.field(repr=False)
    #: Of the file and its sheets; those of a row are with the row.
    problems: tuple[CellProblem, ...] = attrs.field(repr=False)
    unknown_headers: tuple[UnknownHeader, ...]
    ignored: tuple[IgnoredRow, ...] = attrs.field(repr=False)
    #: By sheet, what its columns are.
    headers: Mapping[str, SheetHeaders] = attrs.field(repr=False)
    rows_in: int
    #: What the packs' and the list's own facts are called, by their code.
    titles: Mapping[str, Text] = attrs.field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        out = len(self.cases) + len(self.skipped)
        if self.rows_in != out:
            raise RuntimeError(f"{self.rows_in} rows were read, but {out} came out: please report this defect.")

    @property
    def cases(self) -> tuple[Case, ...]:
        """The children."""
        return tuple(row.case for row in self.rows if row.case is not None)

    @property
    def skipped(self) -> tuple[LedgerRow, ...]:
        """The rows that could not be used."""
        return tuple(row for row in self.rows if row.case is None)

    @property
    def all_problems(self) -> Iterator[CellProblem]:
        """Every problem, of the file first, then row by row."""
        yield from self.problems
        for row in self.rows:
            if row.error is not None:
                yield row.error
            yield from row.problems

    @property
    def notes(self) -> Iterator[CellProblem]:
        """What was taken from another cell that says it more exactly, row by row; these are no problems."""
        for row in self.rows:
            yield from row.notes

    def view(self, lang: Language | None = None) -> View:
        """What was read and what is wrong where, as a notebook shows it; nobody's name, number or address.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        counts = Fields(
            [
                (Text("读取行数", "rows read"), self.rows_in),
                (Text("可用儿童", "children"), len(self.cases)),
                (Text("未能使用的行", "rows that could not be used"), len(self.skipped)),
                (Text("其他行（标题、合计、空行）", "other rows (titles, totals, blank)"), len(self.ignored)),
            ]
        )
        columns = (
            Text("问题", "problem"), Text("工作表", "sheet"), Column(Text("行", "row"), number=True), Text("列", "column"),
        )  # fmt: skip
        unused = {id(row.error) for row in self.skipped}
        rows = [
            (
                Marked(p.message + same(f" [{p.code}]"), "no" if id(p) in unused else ""),
                p.sheet,
                "" if p.row is None else str(p.row),
                p.column or "",
            )
            for p in self.all_problems
        ]
        problems = (
            [Section(Text(f"问题（{len(rows)}）", f"Problems ({len(rows)})"), [Table(columns, rows)])] if rows else []
        )
        notes = Counter((n.message, n.sheet, n.column or "") for n in self.notes)
        noted = (
            [Section(Text(f"说明（{notes.total()}）", f"Notes ({notes.total()})"),
                     [Table((Text("说明", "note"), columns[1], columns[3], Column(Text("行数", "rows"), number=True)),
                            [(message, sheet, column, str(n)) for (message, sheet, column), n in notes.items()])])]
            if notes else []
        )  # fmt: skip
        places = [(i.sheet, str(i.row), i.why) for i in self.ignored if i.why in (TOTAL, HEADERS_AGAIN)]
        left_out = (
            [Section(Text(f"不是儿童的行（{len(places)}）", f"Rows that are no child's ({len(places)})"),
                     [Table((columns[1], columns[2], Text("原因", "why")), places)])] if places else []
        )  # fmt: skip
        return View(Text("台账 ", "Ledger ") + same(self.source), [counts, *problems, *noted, *left_out], lang)

    def _repr_html_(self) -> str:
        return self.view().html
