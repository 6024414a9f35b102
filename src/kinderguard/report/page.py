"""The page: one self-contained HTML file that a child director can read and print. No script, nothing fetched.

Children are told apart by sheet, row and the ledger's own number; names are printed only where the caller asks.
"""

import html
from collections.abc import Iterable, Iterator

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.explanation import Explanation
from kinderguard.engines.opening import amount_said, unset_said
from kinderguard.engines.papers import papers_of
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import Block, Column, Fields, Listing, Marked, Paragraph, Section, Table, Tags, Tree
from kinderguard.model.view_html import Writer, tag_of
from kinderguard.model.view_style import STYLE
from kinderguard.report.run import AssessedRow
from kinderguard.report.summary import Summary
from kinderguard.report.words import category_names, policy_phrase, row_name
from kinderguard.rules.titles import fact_title

_PAGE = ":root{color-scheme:light dark}body{max-width:60rem;margin:0 auto;padding:1rem}"

_WORDS = {
    "title": Text("困境儿童评估结果", "Assessment of children in difficulty"),
    "due": Text("应享受", "Is due"),
    "may": Text("可能应享受", "May be due"),
    "ask": Text("需要了解", "To ask for"),
    "unset": Text("未设定的标准", "Standards not set"),
    "problems": Text("问题", "Problems"),
    "why": Text("为什么", "Why"),
    "skipped": Text("未能评估：", "Could not be assessed: "),
    "none": Text("没有符合的类别", "in no category"),
}


def page(
    rows: Iterable[AssessedRow], summary: Summary, *, title: str, lang: Language = "zh", names: bool = False
) -> Iterator[str]:
    """The page in pieces. ``summary`` must have been filled with the same rows.

    Args:
        rows: the assessed ledger.
        summary: its summary.
        title: what stands above (a file's name, a county, a day).
        lang: ``zh`` or ``en``.
        names: print the children's names.
    """
    writer = Writer(lang)
    heading = f"{_WORDS['title'].in_(lang)} · {title}"
    yield (
        f'<!doctype html>\n<html lang="{tag_of(lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(heading)}</title>'
        f"<style>{_PAGE}{STYLE}</style></head>"
    )
    yield f'<body><main class="kg-view" lang="{tag_of(lang)}"><h1 class="kg-title">{writer.say(heading)}</h1>'
    yield writer.all(tuple(_summary(summary)))
    for assessed in rows:
        name = writer.say(_name(assessed, lang, names))
        yield f'<article><h2 class="kg-head">{name}</h2>{writer.all(tuple(_article(assessed, lang)))}</article>'
    yield "</main></body></html>\n"


def _summary(s: Summary) -> Iterator[Block]:
    yield Paragraph(
        Text(
            f"已评估 {s.children} 名儿童，未能评估 {s.skipped} 行；{s.undetermined} 名儿童至少有一项结果待定。",
            f"{s.children} children assessed, {s.skipped} rows could not be; {s.undetermined} children have an open result.",
        )
    )
    columns = (
        Text("类别", "category"),
        Column(Text("是", "yes"), number=True),
        Column(Text("待定", "open"), number=True),
    )
    most = sorted(s.categories.items(), key=lambda c: -c[1][0])
    counted = [(s.titles[code], sure, open_) for code, (sure, open_) in most if sure or open_]
    yield Table(columns, counted, most=len(counted))
    due = [
        (p.title, p.eligible, p.undetermined, amount_said(p.total.low, p.total.high, p.every) if p.cash else "")
        for p in s.policies.values()
        if p.eligible or p.undetermined
    ]
    heads = (
        Text("政策", "policy"),
        Column(Text("符合", "eligible"), number=True),
        Column(Text("待定", "open"), number=True),
        Column(Text("应发合计（元）", "due in all (yuan)"), number=True),
    )
    yield Table(heads, due, most=len(due))


def _name(assessed: AssessedRow, lang: Language, names: bool) -> str:
    row = assessed.row
    name = row.case.child.name if names and row.case is not None else None
    return row_name(row, lang) if name is None else f"{name.reveal()} · {row_name(row, lang)}"


def _article(assessed: AssessedRow, lang: Language) -> Iterator[Block]:
    row, result = assessed.row, assessed.assessment
    problems = [(p.column, p.message) for p in row.problems]
    if result is None:
        assert row.error is not None
        yield Paragraph(Marked(_WORDS["skipped"] + row.error.message, "no"))
        yield from _problems(problems)
        return
    yield _tags(result, lang)
    yield from _facts(result, lang)
    yield from _problems([*problems, *((None, p.told) for p in result.problems)])
    yield from _why(result)


def _tags(result: Assessment, lang: Language) -> Block:
    sure, open_ = category_names(result, lang)
    tags = Tags((*sure, *(Marked(title, "unknown") for title in open_)))
    return tags if tags.texts else Paragraph(_WORDS["none"])


def _facts(result: Assessment, lang: Language) -> Iterator[Block]:
    due = [*result.due.cash, *result.due.services]
    titles = result.basis.titles
    parts = [
        ("due", [policy_phrase(p, lang) for p in due if p.eligible]),
        ("may", [policy_phrase(p, lang) for p in due if p.eligible is None]),
        ("ask", [fact_title(m.path, titles).in_(lang) for m in result.missing]),
        ("unset", [f"{p.title.in_(lang)} — {said.in_(lang)}" for p in due if (said := unset_said(result, p.code))]),
    ]
    between = "；" if lang == "zh" else "; "
    told = [(_WORDS[key], between.join(texts)) for key, texts in parts if texts]
    told += [(title, between.join(d.document.label.in_(lang) for d in papers)) for title, papers in papers_of(result)]
    if told:
        yield Fields(told)


def _problems(problems: list[tuple[str | None, Text]]) -> Iterator[Block]:
    if problems:
        title = Marked(_WORDS["problems"] + same(f" ({len(problems)})"), "no")
        told = [same(column) + Text("：", ": ") + message if column else message for column, message in problems]
        yield Section(title, [Listing(told)], folded=True)


def _why(result: Assessment) -> Iterator[Block]:
    """The reasons of what holds. What is open has its list of things to ask for; the rest is explained one by one
    (``kinderguard explain``), or the page of a county would be too large to open.
    """
    explanation = Explanation(result)
    lines = [explanation.line(c) for c, value in result.categories.items() if value]
    lines += [explanation.line(p.code) for p in result.policies.values() if p.eligible]
    if lines:
        yield Section(_WORDS["why"], [Tree(lines, opened=0)], folded=True)
