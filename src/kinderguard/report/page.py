"""The page: one self-contained HTML file that a child director can read and print. No script, nothing fetched.

Children are told apart by sheet, row and the ledger's own number; names are printed only where the caller asks.
"""

import html
from collections.abc import Iterable, Iterator

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.explanation import Explanation
from kinderguard.engines.lines import Line
from kinderguard.model.text import Language, Text
from kinderguard.report.run import AssessedRow
from kinderguard.report.summary import Summary
from kinderguard.report.words import amount_text, category_names, policy_phrase, row_name
from kinderguard.rules.titles import fact_title

_STYLE = """
:root{color-scheme:light dark;--line:#d0d7de;--soft:#f6f8fa;--yes:#1a7f37;--no:#cf222e;--open:#9a6700}
@media(prefers-color-scheme:dark){:root{--line:#444c56;--soft:#22272e;--yes:#57ab5a;--no:#f47067;--open:#c69026}}
body{font:15px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
article{border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;margin:.75rem 0;break-inside:avoid}
.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;margin:.1rem .2rem .1rem 0;background:var(--soft)}
.open{color:var(--open)}.yes{color:var(--yes)}.no,.bad{color:var(--no)}.note{opacity:.75;font-size:.9em}
dl{margin:.4rem 0;display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{font-weight:600}dd{margin:0}
details{margin-left:1.1em}summary{cursor:pointer;margin-left:-1.1em}
@media print{body{max-width:none;padding:0}details:not([open])>*:not(summary){display:none}}
"""

_WORDS = {
    "title": Text("困境儿童评估结果", "Assessment of children in difficulty"),
    "due": Text("应享受", "Is due"),
    "may": Text("可能应享受", "May be due"),
    "ask": Text("需要了解", "To ask for"),
    "papers": Text("尚需材料", "Papers to bring"),
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
    heading = f"{_WORDS['title'].in_(lang)} · {html.escape(title)}"
    yield (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{heading}</title><style>{_STYLE}</style></head><body>'
    )
    yield f"<h1>{heading}</h1>{_summary(summary, lang)}"
    for assessed in rows:
        yield _article(assessed, lang, names)
    yield "</body></html>\n"


def _summary(s: Summary, lang: Language) -> str:
    counts = Text(
        f"已评估 {s.children} 名儿童，未能评估 {s.skipped} 行；{s.undetermined} 名儿童至少有一项结果待定。",
        f"{s.children} children assessed, {s.skipped} rows could not be; {s.undetermined} children have an open result.",
    )
    head = {"zh": ("类别", "是", "待定"), "en": ("category", "yes", "open")}[lang]
    rows = "".join(
        f'<tr><td>{_e(s.titles[code].in_(lang))}</td><td class="n">{sure}</td><td class="n">{open_}</td></tr>'
        for code, (sure, open_) in sorted(s.categories.items(), key=lambda c: -c[1][0])
        if sure or open_
    )
    table = f'<table><tr><th>{head[0]}</th><th class="n">{head[1]}</th><th class="n">{head[2]}</th></tr>{rows}</table>'
    phead = {
        "zh": ("政策", "符合", "待定", "应发合计（元）"),
        "en": ("policy", "eligible", "open", "due in all (yuan)"),
    }[lang]
    prows = "".join(
        f'<tr><td>{_e(p.title.in_(lang))}</td><td class="n">{p.eligible}</td><td class="n">{p.undetermined}</td>'
        f'<td class="n">{_e(amount_text(p.total.low, p.total.high, p.every).in_(lang)) if p.cash else ""}</td></tr>'
        for p in s.policies.values()
        if p.eligible or p.undetermined
    )
    ptable = f'<table><tr><th>{phead[0]}</th><th class="n">{phead[1]}</th><th class="n">{phead[2]}</th><th class="n">{phead[3]}</th></tr>{prows}</table>'
    return f"<p>{_e(counts.in_(lang))}</p>{table}<p></p>{ptable}<h2></h2>"


def _e(text: str) -> str:
    return html.escape(text)


def _article(assessed: AssessedRow, lang: Language, names: bool) -> str:
    row, result = assessed.row, assessed.assessment
    name = row_name(row, lang)
    if names and row.case is not None and row.case.child.name is not None:
        name = f"{row.case.child.name.reveal()} · {name}"
    problems = [(p.column, p.message) for p in row.problems]
    if result is None:
        assert row.error is not None
        body = f'<p class="bad">{_WORDS["skipped"].in_(lang)}{_e(row.error.message.in_(lang))}</p>'
        return f"<article><h3>{_e(name)}</h3>{body}{_problems(problems, lang)}</article>"
    problems += [(None, p.message) for p in result.problems]
    return f"<article><h3>{_e(name)}</h3>{_tags(result, lang)}{_facts(result, lang)}{_problems(problems, lang)}{_why(result, lang)}</article>"


def _tags(result: Assessment, lang: Language) -> str:
    sure, open_ = category_names(result, lang)
    tags = [f'<span class="tag">{_e(t)}</span>' for t in sure] + [
        f'<span class="tag open">{_e(t)}？</span>' for t in open_
    ]
    return f"<p>{''.join(tags) or _e(_WORDS['none'].in_(lang))}</p>"


def _facts(result: Assessment, lang: Language) -> str:
    due = [*result.due.cash, *result.due.services]
    titles = result.basis.titles
    parts = [
        ("due", [policy_phrase(p, lang) for p in due if p.eligible]),
        ("may", [policy_phrase(p, lang) for p in due if p.eligible is None]),
        ("ask", [fact_title(m.path, titles).in_(lang) for m in result.missing]),
        ("papers", [d.document.label.in_(lang) for d in result.documents]),
    ]
    rows = "".join(
        f"<dt>{_WORDS[key].in_(lang)}</dt><dd>{_e(('；' if lang == 'zh' else '; ').join(texts))}</dd>"
        for key, texts in parts
        if texts
    )
    return f"<dl>{rows}</dl>" if rows else ""


def _problems(problems: list[tuple[str | None, Text]], lang: Language) -> str:
    if not problems:
        return ""
    rows = "".join(
        f"<li>{_e(f'{column}：' if column else '')}{_e(message.in_(lang))}</li>" for column, message in problems
    )
    return f'<details><summary class="bad">{_WORDS["problems"].in_(lang)} ({len(problems)})</summary><ul>{rows}</ul></details>'


def _why(result: Assessment, lang: Language) -> str:
    """The reasons of what holds. What is open has its list of things to ask for; the rest is explained one by one
    (``kinderguard explain``), or the page of a county would be too large to open.
    """
    explanation = Explanation(result)
    lines = [explanation.line(c) for c, value in result.categories.items() if value]
    lines += [explanation.line(p.code) for p in result.policies.values() if p.eligible]
    if not lines:
        return ""
    inside = "".join(_line(line, lang) for line in lines)
    return f"<details><summary>{_WORDS['why'].in_(lang)}</summary>{inside}</details>"


def _line(line: Line, lang: Language) -> str:
    css = {"yes": "yes", "no": "no", "unknown": "open", "": ""}[line.mark]
    text = f'<span class="{css}">{_e(line.marked(lang))}</span>' if css else _e(line.marked(lang))
    if not line.below:
        return f"<div>{text}</div>"
    return f"<details><summary>{text}</summary>{''.join(_line(b, lang) for b in line.below)}</details>"
