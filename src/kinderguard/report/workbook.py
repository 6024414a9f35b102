"""The county's workbook given back: every cell where it was, results beside it, a sheet of problems, one of totals.

Cells are written as text, number or date, never as a formula: a ledger cannot smuggle one into the results.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.opening import amount_said
from kinderguard.engines.papers import papers_apart
from kinderguard.model.errors import MissingExtraError, ToldError
from kinderguard.model.text import Language, Text
from kinderguard.report.run import AssessedRow
from kinderguard.report.summary import Summary
from kinderguard.report.words import category_names, policy_phrase
from kinderguard.rules.titles import fact_title
from kinderguard.survey.ledger import CellProblem, Ledger
from kinderguard.survey.sheets import open_sheets

#: The result columns, in their order.
COLUMNS = {
    "is": Text("评估：类别", "Result: is"),
    "may": Text("评估：待定类别", "Result: may be"),
    "due": Text("评估：应享受", "Result: is due"),
    "open": Text("评估：可能应享受", "Result: may be due"),
    "monthly": Text("评估：每月合计（元）", "Result: monthly total (yuan)"),
    "ask": Text("评估：待了解", "Result: to ask for"),
    "papers": Text("评估：待补材料", "Result: papers to bring"),
    "papers_open": Text("评估：可能还需材料", "Result: papers for what may be due"),
    "problems": Text("评估：问题", "Result: problems"),
}
_PROBLEMS, _TOTALS = Text("评估问题", "Problems"), Text("评估汇总", "Totals")
#: Excel shows a number with more digits than this wrongly, so it goes in as text.
_EXACT_DIGITS = 15


def write_workbook(
    out: Path, source: Path, rows: Iterable[AssessedRow], summary: Summary, read: Ledger, *, lang: Language = "zh"
) -> None:
    """Write the workbook, and fill ``summary`` on the way.

    Args:
        out: the .xlsx file to write; must not be the ledger itself.
        source: the ledger.
        rows: its assessed rows.
        summary: an empty summary.
        read: the ledger as it was read.
        lang: ``zh`` or ``en``.

    Raises:
        ToldError: ``out`` is the ledger itself.
        MissingExtraError: XlsxWriter is not installed.
    """
    if out.resolve() == source.resolve():
        raise ToldError(
            Text(
                "结果会覆盖台账本身；请用 --out 另取文件名。",
                "The result would overwrite the ledger; give --out another name.",
            )
        )
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise MissingExtraError("cli", "xlsxwriter") from None
    results: dict[tuple[str, int], AssessedRow] = {}
    for assessed in rows:
        summary.add(assessed)
        results[assessed.row.sheet, assessed.row.row] = assessed
    book = xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        writer = _Writer(book, lang)
        taken: set[str] = set()
        for sheet in open_sheets(source):
            taken.add(sheet.name)
            headers = read.headers.get(sheet.name)
            writer.ledger_sheet(sheet.name, sheet.rows, headers.row if headers else None, results)
        writer.problems(_free(_PROBLEMS.in_(lang), taken), read, results.values())
        writer.totals(_free(_TOTALS.in_(lang), taken), summary)
    finally:
        book.close()


def _free(name: str, taken: set[str]) -> str:
    """A sheet name that is not taken."""
    while name.lower() in {t.lower() for t in taken}:
        name += "_"
    taken.add(name)
    return name


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, lang: Language) -> None:
        self.book, self.lang = book, lang
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.bad = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FCE4D6"})
        self.money = book.add_format({"num_format": "#,##0.00", "valign": "top"})

    def ledger_sheet(
        self,
        name: str,
        rows: Iterable[tuple[int, list[Any]]],
        header_row: int | None,
        results: dict[tuple[str, int], AssessedRow],
    ) -> None:
        """One of the ledger's own sheets."""
        rows = list(rows)
        sheet = self.book.add_worksheet(name)
        width = max((len(cells) for _, cells in rows), default=0)
        for number, cells in rows:
            for column, value in enumerate(cells):
                self.cell(sheet, number - 1, column, value)
        if header_row is None:
            return
        for i, title in enumerate(COLUMNS.values()):
            sheet.write_string(header_row - 1, width + i, title.in_(self.lang), self.head)
        sheet.set_column(width, width + len(COLUMNS) - 1, 24)
        sheet.freeze_panes(header_row, 0)
        for number, _ in rows:
            assessed = results.get((name, number))
            if assessed is not None:
                self.result(sheet, number - 1, width, assessed)

    def cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        """One cell as it was."""
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value)
        elif isinstance(value, dt.datetime | dt.date):
            sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, int) and len(str(abs(value))) > _EXACT_DIGITS:
            sheet.write_string(row, column, str(value))
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, str(value))

    def result(self, sheet: Any, row: int, first: int, assessed: AssessedRow) -> None:
        """The result columns of one child."""
        texts = dict(_texts(assessed, self.lang))
        for i, key in enumerate(COLUMNS):
            text = texts.get(key)
            if text:
                sheet.write_string(row, first + i, text, self.bad if key == "problems" else self.wrap)
        result = assessed.assessment
        if result is not None and result.in_all().amount is not None:
            column = first + list(COLUMNS).index("monthly")
            sheet.write_number(row, column, result.in_all().amount, self.money)

    def table(self, sheet: Any, top: int, heads: Iterable[Text], rows: Iterable[Iterable[Any]]) -> int:
        """A table; gives the row below it."""
        for column, title in enumerate(heads):
            sheet.write_string(top, column, title.in_(self.lang), self.head)
        for row in rows:
            top += 1
            for column, value in enumerate(row):
                self.cell(sheet, top, column, value)
        return top + 2

    def problems(self, name: str, read: Ledger, rows: Iterable[AssessedRow]) -> None:
        """Everything that was found wrong, one line each."""
        sheet = self.book.add_worksheet(name)
        heads = (
            Text("工作表", "Sheet"), Text("行", "Row"), Text("列", "Column"), Text("代码", "Code"), Text("说明", "What to do"),
        )  # fmt: skip
        self.table(sheet, 0, heads, self.problem_rows(read, rows))
        sheet.set_column(0, 3, 18)
        sheet.set_column(4, 4, 90)
        sheet.freeze_panes(1, 0)

    def problem_rows(self, read: Ledger, rows: Iterable[AssessedRow]) -> Iterator[tuple[Any, ...]]:
        def cell(p: CellProblem) -> tuple[Any, ...]:
            return (p.sheet, p.row, p.column, p.code, p.message.in_(self.lang))

        yield from map(cell, read.problems)
        for assessed in rows:
            row = assessed.row
            if row.error is not None:
                yield cell(row.error)
            yield from map(cell, row.problems)
            if assessed.assessment is not None:
                for p in assessed.assessment.problems:
                    yield (row.sheet, row.row, None, p.code, p.told.in_(self.lang))

    def totals(self, name: str, s: Summary) -> None:
        """The summary."""
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 4, 18)
        below = self.table(
            sheet, 0, (Text("台账", "Ledger"), Text("数量", "Count")),
            [
                (Text("已评估儿童", "children assessed").in_(self.lang), s.children),
                (Text("跳过的行", "rows skipped").in_(self.lang), s.skipped),
                (Text("有待定结果的儿童", "children with open results").in_(self.lang), s.undetermined),
                (Text("评估不完整", "incomplete assessments").in_(self.lang), s.incomplete),
            ],
        )  # fmt: skip
        below = self.table(
            sheet, below, (Text("类别", "Category"), Text("是", "yes"), Text("待定", "open")),
            [(s.titles[c].in_(self.lang), sure, open_) for c, (sure, open_) in s.categories.items()],
        )  # fmt: skip
        below = self.table(
            sheet, below, (Text("政策", "Policy"), Text("符合", "eligible"), Text("待定", "open"), Text("应发合计（元）", "due in all (yuan)")),
            [
                (p.title.in_(self.lang), p.eligible, p.undetermined,
                 amount_said(p.total.low, p.total.high, p.every).in_(self.lang) if p.cash else "")
                for p in s.policies.values()
            ],
        )  # fmt: skip
        self.table(
            sheet, below, (Text("待了解", "To ask for"), Text("儿童数", "Children")),
            [(fact_title(path, s.titles).in_(self.lang), count) for path, count in s.missing.most_common()],
        )  # fmt: skip


def _texts(assessed: AssessedRow, lang: Language) -> Iterator[tuple[str, str]]:
    """The texts of the result columns by key."""
    between = "；" if lang == "zh" else "; "
    result = assessed.assessment
    messages = [*([assessed.row.error] if assessed.row.error else []), *assessed.row.problems]
    found = defaultdict(list)
    colon = Text("：", ": ").in_(lang)
    found["problems"] = [f"{p.column + colon if p.column else ''}{p.message.in_(lang)}" for p in messages]
    if result is not None:
        found["is"], found["may"] = category_names(result, lang)
        due = [*result.due.cash, *result.due.services]
        found["due"] = [policy_phrase(p, lang) for p in due if p.eligible]
        found["open"] = [policy_phrase(p, lang) for p in due if p.eligible is None]
        found["monthly"] = [_monthly(result, lang)]
        found["ask"] = [fact_title(m.path, result.basis.titles).in_(lang) for m in result.missing]
        for key, papers in zip(("papers", "papers_open"), papers_apart(result), strict=True):
            found[key] = [d.document.label.in_(lang) for d in papers]
        found["problems"] += [p.told.in_(lang) for p in result.problems]
    yield from ((key, between.join(texts)) for key, texts in found.items())


def _monthly(result: Assessment, lang: Language) -> str:
    total = result.in_all()
    return amount_said(total.low, total.high, unit=False).in_(lang)
