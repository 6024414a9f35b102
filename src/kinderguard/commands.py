"""The commands. Results go to standard output (or ``--out``), everything else to standard error.

Exit code 0: done; 1: done, with rows skipped or problems reported; 2: nothing could be done.
"""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import kinderguard
from kinderguard.engines.explanation import Explanation
from kinderguard.engines.render import html_fragment, plain_text, rich_tree
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Language, Text
from kinderguard.packs import PackState, PolicyBook
from kinderguard.report.lines import ledger_line
from kinderguard.report.page import page
from kinderguard.report.rule_card import rule_card, rule_titles
from kinderguard.report.run import AssessedRow, assess_rows
from kinderguard.report.schemas import SCHEMAS, schema
from kinderguard.report.summary import Summary
from kinderguard.report.summary_text import print_summary
from kinderguard.survey import Ledger, LedgerError, LedgerRow, read_ledger

app = typer.Typer(
    name="kinderguard",
    help="困境儿童：读取台账，评估每名儿童，说明理由。Children in difficulty: read a ledger, assess every child, say why.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_error = Console(stderr=True, highlight=False, soft_wrap=True)

DONE, WITH_PROBLEMS, NOTHING_DONE = 0, 1, 2

#: The day that the example ledger was made for.
EXAMPLE_DAY = dt.date(2025, 9, 1)


class Format(StrEnum):
    """What ``assess`` writes."""

    SUMMARY = "summary"
    JSONL = "jsonl"
    XLSX = "xlsx"
    HTML = "html"


class Lang(StrEnum):
    """The language of results."""

    ZH = "zh"
    EN = "en"


class ExplanationFormat(StrEnum):
    """What ``explain`` writes."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("日期写作 2025-09-01 / write the day as 2025-09-01") from None


LedgerPath = Annotated[
    Path, typer.Argument(metavar="LEDGER", help="台账文件（Excel 或 CSV） / the ledger, Excel or CSV")
]
OnDay = Annotated[dt.date, typer.Option("--on", parser=_day, metavar="DATE", help="评估日期 / the day, as 2025-09-01")]
OptionalDay = Annotated[
    dt.date | None,
    typer.Option("--on", parser=_day, metavar="DATE", help="评估日期，默认今天 / the day; today if left out"),
]
OutPath = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="PATH", help="输出文件 / where to write the result")
]
InLang = Annotated[Lang, typer.Option("--lang", help="结果语言 / language of the result")]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="规则包有问题即停止 / stop where a rule pack is broken, instead of reporting it"),
]
OnSheet = Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="只读此工作表 / read this sheet only")]


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
    with _contained():
        book = kinderguard.load(strict=strict)
        read = _read(ledger, book, sheet)
        rows = _assessed(read, book, on)
        summary = Summary()
        writers: dict[Format, Callable[[], None]] = {
            Format.SUMMARY: lambda: _write_summary(rows, summary, read, on, out, lang.value),
            Format.JSONL: lambda: _write(_json_lines(rows, summary, lang.value), out),
            Format.XLSX: lambda: _write_workbook(ledger, rows, summary, read, out, lang.value),
            Format.HTML: lambda: _write_page(rows, summary, read, on, out, lang.value, names),
        }
        writers[form]()
        _tell_problems(read, summary, form, lang.value)
        raise typer.Exit(WITH_PROBLEMS if summary.has_problems or read.problems else DONE)


@app.command()
def explain(
    ledger: LedgerPath,
    row: Annotated[int, typer.Option("--row", min=1, metavar="N", help="Excel 行号 / the row, as Excel numbers it")],
    on: OptionalDay = None,
    sheet: OnSheet = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="只说明此类别或政策 / only this category or policy")
    ] = None,
    form: Annotated[ExplanationFormat, typer.Option("--format", "-f", help="输出形式 / what to write")] = (
        ExplanationFormat.TEXT
    ),
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """说明一名儿童的结果及理由。Explain one child's result, down to facts, parameters and law."""
    with _contained():
        day = on or dt.date.today()
        book = kinderguard.load(strict=strict)
        read = _read(ledger, book, sheet)
        found = _row_of(read, row)
        if found.case is None:
            assert found.error is not None
            _fail(found.error.message)
        result = book.assess(found.case, on=day)
        explanation = result.explain(code)
        if form is ExplanationFormat.JSON:
            _write(iter([json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2), "\n"]), out)
        elif form is ExplanationFormat.HTML:
            _write(iter([_html_page(explanation, lang.value)]), out)
        elif out is None and sys.stdout.isatty():
            Console(highlight=False).print(rich_tree(explanation.tree(), lang.value))
        else:
            _write(iter([explanation.text(lang.value), "\n"]), out)
        for problem in found.problems:
            _say(f"{problem.column or ''} {problem.message.in_(lang.value)}".strip())
        raise typer.Exit(WITH_PROBLEMS if found.problems or result.problems else DONE)


@app.command()
def rules(
    code: Annotated[
        str | None, typer.Argument(help="类别、政策或参数的代码 / a category, policy, check or parameter")
    ] = None,
    division: Annotated[
        str | None,
        typer.Option("--division", "-d", metavar="CODE", help="行政区划代码 / the place whose rules are meant"),
    ] = None,
    on: OptionalDay = None,
    lang: InLang = Lang.ZH,
) -> None:
    """列出规则，或打印一条规则的全文。List the rules, or print one in full with values and sources."""
    with _contained():
        book = kinderguard.load()
        if code is not None and division is None and code[:1].isdigit():
            division = code.split(".", 1)[0]
        if division is not None:
            book = book.for_division(division)
        if code is not None:
            card = rule_card(book.rules, code, division=division, on=on)
            typer.echo(plain_text(card, lang.value))
            return
        titles = rule_titles(book.rules)
        for title, codes in (
            (Text("类别", "Categories"), sorted(book.rules.categories)),
            (Text("政策", "Policies"), sorted(book.rules.policies)),
        ):
            typer.echo(f"{title.in_(lang.value)} ({len(codes)})")
            for key in codes:
                typer.echo(f"  {key:<40} {titles[key].in_(lang.value)}")
        checks = book.rules.checks.values()
        if checks:
            typer.echo(f"{Text('地方规定', 'Checks').in_(lang.value)} ({len(checks)})")
            for check in sorted(checks, key=lambda c: c.code):
                typer.echo(f"  {check.code:<40} → {check.on}")


@app.command()
def packs(lang: InLang = Lang.ZH) -> None:
    """列出已安装的规则包及其问题。List the installed rule packs and what is wrong with them."""
    with _contained():
        book = kinderguard.load()
        problems = book.check()
        for source in book.packs:
            if source.state is PackState.LOADED and source.pack is not None:
                pack = source.pack
                what = f"{pack.title.in_(lang.value)} {pack.version}"
            else:
                what = Text("已停用", "quarantined").in_(lang.value)
            typer.echo(f"{source.name:<16} {what}  ({source.distribution})")
        for problem in problems:
            _say(f"{problem.where}: {problem.message.in_(lang.value)} [{problem.code}]")
        raise typer.Exit(WITH_PROBLEMS if problems else DONE)


@app.command(name="schema")
def print_schema(
    name: Annotated[str | None, typer.Argument(help=" | ".join(SCHEMAS))] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="全部写入文件夹 / write all of them to a folder"),
    ] = None,
) -> None:
    """打印数据格式的 JSON Schema。Print a JSON Schema."""
    with _contained():
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for each in [name] if name else list(SCHEMAS):
                (out / f"{each}.json").write_text(_schema_text(each), "utf-8")
            return
        if name is None:
            typer.echo("\n".join(SCHEMAS))
            return
        typer.echo(_schema_text(name), nl=False)


def _schema_text(name: str) -> str:
    if name not in SCHEMAS:
        _fail(Text(f"可用的名称：{'、'.join(SCHEMAS)}", f"there is no such schema; the names are {', '.join(SCHEMAS)}"))
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


@app.command()
def demo(lang: InLang = Lang.ZH) -> None:
    """用合成的示例台账演示。Run the main job on the example ledger (synthetic data)."""
    with _contained():
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
    with _progress("读取台账 / reading") as step:
        return read_ledger(path, book=book, sheet=sheet, progress=step)


def _assessed(read: Ledger, book: PolicyBook, on: dt.date) -> Iterator[AssessedRow]:
    with _progress("评估 / assessing") as step:
        yield from assess_rows(read, book, on=on, progress=step)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while it is a terminal; nothing otherwise."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_error, transient=True, disable=not _error.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _row_of(read: Ledger, number: int) -> LedgerRow:
    found = [r for r in read.rows if r.row == number]
    if not found:
        _fail(
            Text(
                f"第{number}行没有儿童；请核对 Excel 行号",
                f"there is no child in row {number}; give the row as Excel numbers it",
            )
        )
    if len(found) > 1:
        sheets = "、".join(r.sheet for r in found)
        _fail(
            Text(
                f"几个工作表都有第{number}行，请加 --sheet：{sheets}",
                f"several sheets have a row {number}; add --sheet: {sheets}",
            )
        )
    return found[0]


# ---- writing -------------------------------------------------------------------------------------------------


def _write(pieces: Iterator[str], out: Path | None) -> None:
    """Write text piece by piece, to a file or to standard output, as UTF-8."""
    if out is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)


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
    _write(page(kept, summary, title=f"{read.source} · {on}", lang=lang, names=names), out)


def _write_workbook(
    path: Path, rows: Iterator[AssessedRow], summary: Summary, read: Ledger, out: Path | None, lang: Language
) -> None:
    from kinderguard.report.workbook import write_workbook

    assert out is not None
    write_workbook(out, path, rows, summary, read, lang=lang)


def _html_page(explanation: Explanation, lang: Language) -> str:
    title = Text("评估说明", "Explanation").in_(lang)
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head><body>{html_fragment(explanation.tree(), lang)}</body></html>\n"
    )


# ---- telling -------------------------------------------------------------------------------------------------


def _say(text: str) -> None:
    _error.print(text, markup=False)


def _tell_problems(read: Ledger, summary: Summary, form: Format, lang: Language) -> None:
    """A line on standard error where something was reported; the summary has shown it already."""
    if form is Format.SUMMARY or not (summary.has_problems or read.problems):
        return
    total = sum(summary.problems.values()) + len(summary.rule_problems) + len(read.problems)
    said = Text(
        f"已评估 {summary.children} 名儿童，跳过 {summary.skipped} 行，报告 {total} 个问题",
        f"{summary.children} children assessed, {summary.skipped} rows skipped, {total} problems reported",
    )
    _say(said.in_(lang))


def _fail(message: Text) -> NoReturn:
    raise LedgerError(message)


@contextmanager
def _contained() -> Iterator[None]:
    """Our own errors end with exit code 2 and their message; anything else is a defect and shows where it is."""
    try:
        yield
    except KinderguardError as error:
        text: Any = getattr(error, "text", None)
        _say(f"{text.zh}\n{text.en}" if isinstance(text, Text) else str(error))
        raise typer.Exit(NOTHING_DONE) from None
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough (``| head``)
        raise typer.Exit(DONE) from None


def run() -> None:
    """Run the command line."""
    app()
