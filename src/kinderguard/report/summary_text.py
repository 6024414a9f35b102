"""The summary on paper and in a terminal: tables of what the children are, what is due, what to ask for, what is wrong."""

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from kinderguard.engines.opening import amount_said
from kinderguard.model.text import Language, Text, same
from kinderguard.report.summary import Summary
from kinderguard.rules.titles import fact_title
from kinderguard.survey.ledger import CellProblem, Ledger

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

#: How many missing facts and problems are listed; the rest are counted.
LISTED = 8


def print_summary(s: Summary, read: Ledger, on: dt.date, lang: Language, console: "Console") -> None:
    """Print a filled summary.

    Args:
        s: filled with every row.
        read: the ledger it came from.
        on: the day of the assessment.
        lang: ``zh`` or ``en``.
        console: where to.
    """
    head = Text(f"困境儿童评估：{read.source}，{on}", f"Children in difficulty: {read.source}, {on}")
    counts = Text(
        f"台账 {s.children + s.skipped} 行 = 已评估 {s.children} 名儿童 + 跳过 {s.skipped} 行；"
        f"{s.undetermined} 名儿童有待定结果",
        f"{s.children + s.skipped} ledger rows = {s.children} children assessed + {s.skipped} rows skipped; "
        f"{s.undetermined} children have open results",
    )
    console.print(head.in_(lang), style="bold", markup=False)
    console.print(counts.in_(lang), markup=False)
    console.print(_categories(s, lang))
    console.print(_policies(s, lang))
    _missing(s, lang, console)
    _rule_problems(s, lang, console)
    _problems(s, read, lang, console)
    _notes(read, lang, console)


def _table(*columns: tuple[Text, bool], lang: Language) -> "Table":
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, pad_edge=False)
    for title, is_number in columns:
        table.add_column(title.in_(lang), justify="right" if is_number else "left")
    return table


def _categories(s: Summary, lang: Language) -> "Table":
    table = _table(
        (Text("类别", "Category"), False), (Text("是", "yes"), True), (Text("待定", "open"), True), lang=lang
    )
    for code, (sure, open_) in sorted(s.categories.items(), key=lambda c: -c[1][0]):
        if sure or open_:
            table.add_row(s.titles[code].in_(lang), str(sure), str(open_))
    return table


def _policies(s: Summary, lang: Language) -> "Table":
    total = Text("合计应发（元）", "due in all (yuan)")
    table = _table(
        (Text("政策", "Policy"), False), (Text("符合", "eligible"), True), (Text("待定", "open"), True), (total, False),
        lang=lang,
    )  # fmt: skip
    for p in s.policies.values():
        if p.eligible or p.undetermined:
            due = amount_said(p.total.low, p.total.high, p.every).in_(lang) if p.cash else ""
            table.add_row(p.title.in_(lang), str(p.eligible), str(p.undetermined), due)
    return table


def _missing(s: Summary, lang: Language, console: "Console") -> None:
    if not s.missing:
        return
    head = Text("最需要补充的信息（可改变结果的儿童数）", "What to ask for first (children whose result it can change)")
    console.print(head.in_(lang), style="bold", markup=False)
    for path, count in s.missing.most_common(LISTED):
        console.print(f"  {count:>5}  {fact_title(path, s.titles).in_(lang)}", markup=False)


def _rule_problems(s: Summary, lang: Language, console: "Console") -> None:
    if not s.rule_problems:
        return
    head = Text("规则与参数的问题（涉及的儿童数）", "Problems with rules and parameters (children whom each touches)")
    console.print()
    console.print(head.in_(lang), style="bold", markup=False)
    for (_, problem), count in s.rule_problems.most_common(LISTED):
        console.print(f"  {count:>5}  {problem.told.in_(lang)}", markup=False, soft_wrap=True)
    rest = len(s.rule_problems) - LISTED
    if rest > 0:
        console.print(f"         {Text(f'另有 {rest} 项', f'and {rest} more').in_(lang)}", markup=False)


def _problems(s: Summary, read: Ledger, lang: Language, console: "Console") -> None:
    cells: list[CellProblem] = [*read.problems]
    for row in read.rows:
        cells += [*row.problems, *([row.error] if row.error is not None else [])]
    if not cells:
        return
    counted = Counter(s.problems) + Counter(p.code for p in read.problems)
    head = Text(f"台账中的问题 {counted.total()} 项", f"{counted.total()} problems in the ledger")
    console.print()
    console.print(head.in_(lang), style="bold", markup=False)
    for code, count in counted.most_common():
        first = next((p for p in cells if p.code == code), None)
        where = "" if first is None else f"  {_example(first, lang)}"
        console.print(f"  {count:>5}  {code}{where}", markup=False, soft_wrap=True)


def _notes(read: Ledger, lang: Language, console: "Console") -> None:
    """What was taken from another cell of its row: once for all rows, and no problem."""
    counted = Counter(note.message for note in read.notes)
    if not counted:
        return
    head = Text(f"台账的说明 {counted.total()} 项", f"{counted.total()} notes on the ledger")
    console.print()
    console.print(head.in_(lang), style="bold", markup=False)
    for message, count in counted.items():
        console.print(f"  {count:>5}  {message.in_(lang)}", markup=False, soft_wrap=True)


def _example(p: CellProblem, lang: Language) -> str:
    """One finding with its place, as an example of its kind."""
    place = "" if p.row is None else Text(f"第{p.row}行 ", f"row {p.row} ").in_(lang)
    column = "" if not p.column else (same(p.column) + Text("：", ": ")).in_(lang)
    return f"{p.sheet} {place}{column}{p.message.in_(lang)}"
