"""Views as plain text: for terminals, logs of one's own and tests. The same blocks as the HTML, in the same order."""

from kinderguard.model.lines import MARKS, plain_text
from kinderguard.model.text import Language
from kinderguard.model.view import (
    Code,
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
from kinderguard.model.view_html import UNKNOWN, more, plain


def text(view: View) -> str:
    """The whole view; a blank line between its blocks."""
    return "\n\n".join([plain(view.title, view.lang), *(_write(b, view.lang) for b in view.blocks)])


def _write(content: Content, lang: Language) -> str:
    """Any content."""
    match content:
        case None:
            return UNKNOWN.in_(lang)
        case Marked(text=said, mark=mark):
            return f"{MARKS.get(mark, '')} {plain(said, lang)}".strip()
        case Code(text=code):
            return code
        case Paragraph(text=inner):
            return _write(inner, lang)
        case Verbatim(text=said):
            return plain(said, lang)
        case Tags(texts=texts):
            return ("、" if lang == "zh" else ", ").join(_write(t, lang) for t in texts)
        case Listing(items=items, numbered=numbered):
            dot = "．" if lang == "zh" else ". "
            heads = (f"{number}{dot}" if numbered else "- " for number in range(1, len(items) + 1))
            return "\n".join(f"{head}{_write(item, lang)}" for head, item in zip(heads, items, strict=True))
        case Fields(pairs=pairs):
            colon = "：" if lang == "zh" else ": "
            return "\n".join(f"{_write(label, lang)}{colon}{_write(said, lang)}" for label, said in pairs)
        case Tree(lines=lines):
            return "\n".join(plain_text(line, lang) for line in lines)
        case Picture(said=said):
            return said.in_(lang)
        case Section(title=title, blocks=blocks):
            return "\n".join([_write(title, lang), *(_write(b, lang) for b in blocks)])
        case Together(blocks=blocks):
            return "\n".join(_write(b, lang) for b in blocks)
        case Table():
            return "\n".join(_table(content, lang))
        case _:
            return plain(content, lang)


def _table(table: Table, lang: Language) -> list[str]:
    rows = [[_write(cell, lang).replace("\n", " ") for cell in row] for row in table.rows[: table.most]]
    lines = [" | ".join(row) for row in ([c.title.in_(lang) for c in table.columns], *rows)]
    left = more(table)
    return [*([table.title.in_(lang)] if table.title else []), *lines, *([left.in_(lang)] if left else [])]
