"""Views as HTML: blocks into elements that screen readers understand. Everything that is text is escaped here, once."""

import datetime as dt
import html
import re
from decimal import Decimal

from kinderguard.model.lines import MARKS, Line
from kinderguard.model.text import Language, Text
from kinderguard.model.view import (
    Code,
    Column,
    Content,
    Fields,
    Listing,
    Marked,
    Paragraph,
    Picture,
    Section,
    Table,
    Tags,
    Together,
    Tree,
    Verbatim,
    View,
)
from kinderguard.model.view_style import STYLE

UNKNOWN = Text("未知", "unknown")
ANSWERS = {True: Text("是", "yes"), False: Text("否", "no")}
#: A code at the end of a line, as explanations write it.
_CODE_AT_END = re.compile(r" \[([^\[\]\s]+)\]\Z")
#: Chinese within English (names of documents): read out and printed as Chinese.
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff](?:[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef0-9]*)")

#: A day, a month or a period, which is not broken at the end of a line.
_DAYS = re.compile(r"(?:\d{4}-\d\d-\d\d|…) – (?:\d{4}-\d\d-\d\d|…)|\d{4}-\d\d-\d\d|(?<![\w-])\d{4}-\d\d(?![\w-])")


def more(table: Table) -> Text | None:
    """How many rows of a table are not shown."""
    left = len(table.rows) - table.most
    return Text(f"另有 {left:,} 行未显示", f"{left:,} more rows are not shown") if left > 0 else None


def plain(content: Text | str | int | Decimal | dt.date, lang: Language) -> str:
    """A simple content as it is written: numbers with their thousands parted."""
    if isinstance(content, Text):
        return content.in_(lang)
    if isinstance(content, bool):
        return ANSWERS[content].in_(lang)
    return f"{content:,}" if isinstance(content, int | Decimal) else str(content)


def fragment(view: View) -> str:
    """The view with its style, for any page."""
    return f"<style>{STYLE}</style>{root(view)}"


def page(view: View) -> str:
    """The view as a page of its own."""
    title = html.escape(plain(view.title, view.lang))
    return (
        f'<!doctype html>\n<html lang="{tag_of(view.lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f"<style>:root{{color-scheme:light dark}}body{{margin:1rem auto;padding:0 1rem;max-width:66rem}}{STYLE}</style>"
        f"</head><body>{root(view)}</body></html>\n"
    )


def tag_of(lang: Language) -> str:
    """The language as HTML names it."""
    return "zh-CN" if lang == "zh" else "en"


def root(view: View) -> str:
    """The view's element, without the style."""
    writer = Writer(view.lang)
    title = writer.say(plain(view.title, view.lang))
    return (
        f'<div class="kg-view" lang="{tag_of(view.lang)}">'
        f'<div class="kg-title" role="heading" aria-level="3">{title}</div>{writer.all(view.blocks)}</div>'
    )


class Writer:
    """Writes blocks in one language."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def say(self, text: str) -> str:
        """Text, escaped; a code at its end in the type of codes, and Chinese within English marked as Chinese."""
        found = _CODE_AT_END.search(text)
        if found:
            return f"{self.say(text[: found.start()])} <code>{html.escape(found[1])}</code>"
        escaped = _DAYS.sub(r'<span class="kg-day">\g<0></span>', html.escape(text))
        return escaped if self.lang == "zh" else _CHINESE.sub(r'<span lang="zh-CN">\g<0></span>', escaped)

    def marked(self, text: str, mark: str) -> str:
        """A text with its sign and colour."""
        if not mark:
            return self.say(text)
        sign = MARKS.get(mark, "")
        return f'<span class="kg-{mark}">{f"{sign} " if sign else ""}{self.say(text)}</span>'

    def all(self, contents: tuple[Content, ...]) -> str:
        """Blocks one below the other; what is no block is a paragraph."""
        return "".join(self.write(c if isinstance(c, _BLOCKS) else Paragraph(c)) for c in contents)

    def write(self, content: Content) -> str:
        """Any content."""
        match content:
            case None:
                return self.marked(UNKNOWN.in_(self.lang), "unknown")
            case Marked(text=text, mark=mark):
                return self.marked(plain(text, self.lang), mark)
            case Code(text=text):
                return f"<code>{html.escape(text)}</code>"
            case Paragraph(text=inner):
                return f"<p>{self.write(inner)}</p>"
            case Verbatim(text=text):
                return f"<pre>{self.say(plain(text, self.lang))}</pre>"
            case Tags(texts=texts):
                return f"<p>{' '.join(self.tag(t) for t in texts)}</p>"
            case Listing(items=items, numbered=numbered):
                tag = "ol" if numbered else "ul"
                return f"<{tag}>{''.join(f'<li>{self.write(i)}</li>' for i in items)}</{tag}>"
            case Fields(pairs=pairs):
                return f"<dl>{''.join(f'<dt>{self.write(a)}</dt><dd>{self.write(b)}</dd>' for a, b in pairs)}</dl>"
            case Tree(lines=lines, opened=opened):
                return "".join(self.line(line, opened) for line in lines)
            case Picture(svg=svg, said=said):
                label = html.escape(said.in_(self.lang), quote=True)
                return f'<div role="img" aria-label="{label}">{svg(self.lang)}</div>'
            case Section():
                return self.section(content)
            case Together(blocks=blocks):
                return self.all(blocks)
            case Table():
                return self.table(content)
            case _:
                return self.say(plain(content, self.lang))

    def tag(self, content: Content) -> str:
        """One tag."""
        return f'<span class="kg-tag">{self.write(content)}</span>'

    def section(self, section: Section) -> str:
        """Blocks under a heading, folding or not."""
        title, inside = self.write(section.title), self.all(section.blocks)
        if section.folded is None:
            return f'<div class="kg-head" role="heading" aria-level="4">{title}</div>{inside}'
        is_open = "" if section.folded else " open"
        return f'<details class="kg-part"{is_open}><summary>{title}</summary>{inside}</details>'

    def line(self, line: Line, opened: int) -> str:
        """A line of a tree with those below it."""
        text = self.marked(line.text.in_(self.lang), line.mark)
        if not line.below:
            return f'<div class="kg-leaf">{text}</div>'
        inside = "".join(self.line(child, opened - 1) for child in line.below)
        return f"<details{' open' if opened > 0 else ''}><summary>{text}</summary>{inside}</details>"

    def table(self, table: Table) -> str:
        """A table that scrolls by itself where it is too wide."""
        head = "".join(f'<th scope="col"{_class(c)}>{self.say(c.title.in_(self.lang))}</th>' for c in table.columns)
        body = "".join(f"<tr>{self.row(table.columns, row)}</tr>" for row in table.rows[: table.most])
        left = more(table)
        title = f"<caption>{self.say(table.title.in_(self.lang))}</caption>" if table.title else ""
        below = f'<p class="kg-quiet">{left.in_(self.lang)}</p>' if left else ""
        label = html.escape((table.title or Text("表格", "table")).in_(self.lang), quote=True)
        return (
            f'<div class="kg-scroll" tabindex="0" role="region" aria-label="{label}"><table>{title}'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{below}"
        )

    def row(self, columns: tuple[Column, ...], cells: tuple[Content, ...]) -> str:
        """The cells of a row, the first of which names it."""
        first, *others = (self.cell(column, cell) for column, cell in zip(columns, cells, strict=True))
        return "".join([f'<th scope="row"{first}</th>', *(f"<td{other}</td>" for other in others)])

    def cell(self, column: Column, content: Content) -> str:
        """The rest of a cell's element: its class, if any, and what stands in it."""
        inner = content.text if isinstance(content, Marked) else content
        is_long = isinstance(inner, _BLOCKS) or (
            isinstance(inner, Text | str) and len(plain(inner, self.lang)) > _LONG and not column.number
        )
        return f"{_class(column, is_long)}>{self.write(content)}"


_BLOCKS = (Table, Fields, Tree, Tags, Listing, Paragraph, Verbatim, Picture, Section, Together)


#: A cell with more letters keeps some width: Chinese can be broken after every one of them.
_LONG = 10


def _class(column: Column, is_long: bool = False) -> str:
    if column.number:
        return ' class="kg-number"'
    return ' class="kg-long"' if is_long else ""
