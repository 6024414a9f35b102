"""``assess``, ``explain`` and ``demo``: what is done with a ledger."""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import kinderguard
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    LedgerPath,
    OnDay,
    OnSheet,
    OptionalDay,
    OutPath,
    Strict,
    app,
    contained,
    fail,
    progress,
    say,
    write,
)
from kinderguard.commands.explaining import (
    ExplainedAs,
    Explaining,
    ExplanationFormat,
    ForReader,
    OfCode,
    Reader,
    WithNames,
)
from kinderguard.commands.packs_used import say_broken, say_packs
from kinderguard.commands.writable import told_unwritten
from kinderguard.engines.render import rich_tree
from kinderguard.model.text import Language, Text
from kinderguard.packs import PolicyBook
from kinderguard.report.lines import ledger_line
from kinderguard.report.page import page
from kinderguard.report.run import AssessedRow, assess_rows
from kinderguard.report.summary import Summary
from kinderguard.report.summary_text import print_summary
from kinderguard.survey import Ledger, LedgerError, LedgerRow, read_ledger

#: The day that the example ledger was made for.
EXAMPLE_DAY = dt.date(2025, 9, 1)


class Format(StrEnum):
    """What ``assess`` writes."""

    SUMMARY = "summary"
    JSONL = "jsonl"
    XLSX = "xlsx"
    HTML = "html"


@app.command()
def assess(
    ledger: LedgerPath,
    on: OnDay,
    form: Annotated[Format, typer.Option("--format", "-f", help="输出形式 / what to write")] = Format.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
    sheet: OnSheet = None,
    names: Annotated[
        bool, typer.Option("--names", help="网页中显示儿童姓名 / show the children's names on the HTML page")
    ] = False,
) -> None:
    """评估台账中的每名儿童。Assess every child of a ledger."""
    if form is Format.XLSX and out is None:
        raise typer.BadParameter("xlsx 须用 --out 指定文件 / xlsx needs --out PATH")
    if names and form is not Format.HTML:
        raise typer.BadParameter("--names 仅用于 --format html / --names goes with --format html")
    with contained():
        book = kinderguard.load(strict=strict)
        read = _read(ledger, book, sheet)
        rows = _assessed(read, book, on)
        summary = Summary()
        writers: dict[Format, Callable[[], None]] = {
            Format.SUMMARY: lambda: _write_summary(rows, summary, read, on, out, lang.value),
            Format.JSONL: lambda: write(_json_lines(rows, summary, lang.value), out),
            Format.XLSX: lambda: _write_workbook(ledger, rows, summary, read, out, lang.value),
            Format.HTML: lambda: _write_page(rows, summary, read, on, out, lang.value, names),
        }
        with told_unwritten(out):
            writers[form]()
        say_packs(book, (row.case.division for row in read.rows if row.case is not None), lang.value)
        told = set(book.registry.problems)
        say_broken((problem for _, problem in summary.rule_problems if problem not in told), lang.value)
        _tell_problems(read, summary, form, lang.value)
        raise typer.Exit(WITH_PROBLEMS if summary.has_problems or read.problems else DONE)


@app.command()
def explain(
    ledger: LedgerPath,
    row: Annotated[int, typer.Option("--row", min=1, metavar="N", help="Excel 行号 / the row, as Excel numbers it")],
    on: OptionalDay = None,
    sheet: OnSheet = None,
    code: OfCode = None,
    reader: ForReader = Reader.OFFICE,
    names: WithNames = False,
    form: ExplainedAs = ExplanationFormat.TEXT,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """说明一名儿童的结果及理由。Explain one child's result, down to facts, parameters and law."""
    how = Explaining(code, reader, names, form, out, lang.value)
    with contained():
        day = on or dt.date.today()
        book = kinderguard.load(strict=strict)
        read = _read(ledger, book, sheet)
        found = _row_of(read, row)
        if found.case is None:
            assert found.error is not None
            fail(found.error.message)
        result = book.assess(found.case, on=day)
        how.write(result, book)
        for problem in found.problems:
            say(f"{problem.column or ''} {problem.message.in_(lang.value)}".strip())
        raise typer.Exit(WITH_PROBLEMS if found.problems or result.problems else DONE)


@app.command()
def demo(lang: InLang = Lang.ZH) -> None:
    """用合成的示例台账演示。Run the main job on the example ledger (synthetic data)."""
    with contained():
        path = example_ledger()
        book = kinderguard.load()
        read = _read(path, book, None)
        summary = Summary()
        rows = _assessed(read, book, EXAMPLE_DAY)
        shown: AssessedRow | None = None
        for assessed in rows:
            summary.add(assessed)
            shown = shown or _worth_showing(assessed)
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
        print_summary(summary, read, EXAMPLE_DAY, lang.value, console)
        if shown is not None and shown.assessment is not None:
            why = Text(
                f"为什么：{shown.row.sheet}第{shown.row.row}行", f"Why: sheet {shown.row.sheet}, row {shown.row.row}"
            )
            console.print()
            console.print(why.in_(lang.value), style="bold")
            tree = shown.assessment.explain("cn.unattended_allowance").tree()
            console.print(rich_tree(tree, lang.value))
        here = _shown_path(path)
        nearby = f"kinderguard assess {here} --on {EXAMPLE_DAY} --format xlsx --out result.xlsx"
        console.print(f"\n{Text('接着试试', 'Try next').in_(lang.value)}:\n  {nearby}", soft_wrap=True)
        if shown is not None:
            again = f"kinderguard explain {here} --sheet {shown.row.sheet!r} --row {shown.row.row} --on {EXAMPLE_DAY}"
            console.print(f"  {again}", soft_wrap=True)


def _worth_showing(assessed: AssessedRow) -> AssessedRow | None:
    """A child who is due the allowance for the de facto unattended, topped up: a short explanation with much in it."""
    result = assessed.assessment
    policy = result.policies.get("cn.unattended_allowance") if result else None
    tops_up = policy and policy.eligible and policy.amount and any(e.changed for e in policy.stacking)
    return assessed if tops_up else None


def example_ledger() -> Path:
    """The example ledger: beside the package where it was installed, in ``examples/`` of a checkout."""
    package = Path(kinderguard.__file__).parent
    for path in (package / "examples" / "ledger.xlsx", package.parents[1] / "examples" / "ledger.xlsx"):
        if path.exists():
            return path
    raise LedgerError(Text("找不到示例台账", "the example ledger is not installed; find it in the project's examples/"))


def _shown_path(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


# ---- reading and assessing -----------------------------------------------------------------------------------


def _read(path: Path, book: PolicyBook, sheet: str | None) -> Ledger:
    with progress("读取台账 / reading") as step:
        return read_ledger(path, book=book, sheet=sheet, progress=step)


def _assessed(read: Ledger, book: PolicyBook, on: dt.date) -> Iterator[AssessedRow]:
    with progress("评估 / assessing") as step:
        yield from assess_rows(read, book, on=on, progress=step)


def _row_of(read: Ledger, number: int) -> LedgerRow:
    found = [r for r in read.rows if r.row == number]
    if not found:
        fail(
            Text(
                f"第{number}行没有儿童；请核对 Excel 行号",
                f"there is no child in row {number}; give the row as Excel numbers it",
            )
        )
    if len(found) > 1:
        sheets = "、".join(r.sheet for r in found)
        fail(
            Text(
                f"几个工作表都有第{number}行，请加 --sheet：{sheets}",
                f"several sheets have a row {number}; add --sheet: {sheets}",
            )
        )
    return found[0]


# ---- writing -------------------------------------------------------------------------------------------------


def _json_lines(rows: Iterator[AssessedRow], summary: Summary, lang: Language) -> Iterator[str]:
    for assessed in rows:
        summary.add(assessed)
        yield json.dumps(ledger_line(assessed, lang=lang), ensure_ascii=False) + "\n"


def _write_summary(
    rows: Iterator[AssessedRow], summary: Summary, read: Ledger, on: dt.date, out: Path | None, lang: Language
) -> None:
    for assessed in rows:
        summary.add(assessed)
    if out is None:
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
        print_summary(summary, read, on, lang, console)
        return
    with out.open("w", encoding="utf-8") as file:
        print_summary(summary, read, on, lang, Console(file=file, highlight=False, width=100))


def _write_page(
    rows: Iterator[AssessedRow],
    summary: Summary,
    read: Ledger,
    on: dt.date,
    out: Path | None,
    lang: Language,
    names: bool,
) -> None:
    kept = []
    for assessed in rows:
        summary.add(assessed)
        kept.append(assessed)
    write(page(kept, summary, title=f"{read.source} · {on}", lang=lang, names=names), out)


def _write_workbook(
    path: Path, rows: Iterator[AssessedRow], summary: Summary, read: Ledger, out: Path | None, lang: Language
) -> None:
    from kinderguard.report.workbook import write_workbook

    assert out is not None
    write_workbook(out, path, rows, summary, read, lang=lang)


def _tell_problems(read: Ledger, summary: Summary, form: Format, lang: Language) -> None:
    """A line on standard error where something was reported; the summary has shown it already."""
    if form is Format.SUMMARY or not (summary.has_problems or read.problems):
        return
    total = sum(summary.problems.values()) + len(summary.rule_problems) + len(read.problems)
    said = Text(
        f"已评估 {summary.children} 名儿童，跳过 {summary.skipped} 行，报告 {total} 个问题",
        f"{summary.children} children assessed, {summary.skipped} rows skipped, {total} problems reported",
    )
    say(said.in_(lang))
