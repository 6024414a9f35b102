"""Explanations on paper: plain text, a rich tree for terminals, folding HTML. No wording of rules is made here."""

import html
from typing import TYPE_CHECKING

from kinderguard.engines.lines import Line
from kinderguard.model.text import Language

if TYPE_CHECKING:
    from rich.tree import Tree

_COLOURS = {"yes": "green", "no": "red", "unknown": "yellow", "": ""}


def plain_text(line: Line, lang: Language) -> str:
    """The tree with box-drawing branches."""
    rows = [line.marked(lang)]

    def add(lines: tuple[Line, ...], indent: str) -> None:
        for i, child in enumerate(lines):
            last = i == len(lines) - 1
            rows.append(f"{indent}{'└─ ' if last else '├─ '}{child.marked(lang)}")
            add(child.below, indent + ("   " if last else "│  "))

    add(line.below, "")
    return "\n".join(rows)


def rich_tree(line: Line, lang: Language) -> "Tree":
    """The tree for ``rich.print``."""
    from rich.text import Text as RichText
    from rich.tree import Tree

    def add(to: Tree, lines: tuple[Line, ...]) -> None:
        for child in lines:
            add(to.add(RichText(child.marked(lang), style=_COLOURS[child.mark])), child.below)

    tree = Tree(RichText(line.marked(lang), style="bold"))
    add(tree, line.below)
    return tree


#: Quiet colours that hold in light and dark notebooks; everything is within the element.
_STYLE = (
    "<style>.kg-why{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:inherit}"
    ".kg-why details{margin-left:1.1em}.kg-why summary{cursor:pointer;margin-left:-1.1em}"
    ".kg-why .kg-leaf{margin-left:1.1em}.kg-why .kg-yes{color:#1a7f37}.kg-why .kg-no{color:#c93c37}"
    ".kg-why .kg-unknown{color:#9a6700}</style>"
)


def html_fragment(line: Line, lang: Language) -> str:
    """The tree as nested ``<details>``: the first two levels open."""
    return f'{_STYLE}<div class="kg-why" lang="{"zh-CN" if lang == "zh" else "en"}">{_html(line, lang, 0)}</div>'


def _html(line: Line, lang: Language, depth: int) -> str:
    text = html.escape(line.marked(lang))
    label = f'<span class="kg-{line.mark}">{text}</span>' if line.mark else text
    if not line.below:
        return f'<div class="kg-leaf">{label}</div>'
    inside = "".join(_html(child, lang, depth + 1) for child in line.below)
    return f"<details{' open' if depth < 2 else ''}><summary>{label}</summary>{inside}</details>"
