"""Explanations in a terminal: a tree in colours. No wording of rules is made here."""

from typing import TYPE_CHECKING

from kinderguard.model.lines import Line
from kinderguard.model.text import Language

if TYPE_CHECKING:
    from rich.tree import Tree

_COLOURS = {"yes": "green", "no": "red", "unknown": "yellow", "": ""}


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
