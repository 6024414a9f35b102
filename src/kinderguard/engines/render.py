"""Explanations in a terminal: a tree in colours. No wording of rules is made here.

Rich parts a line at its spaces only, so that of a Chinese sentence after a sign the sign would stay behind alone. Here a line
is parted as Chinese is written: between any two characters, but for what must not begin or end a line.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from kinderguard.model.lines import Line
from kinderguard.model.text import Language

if TYPE_CHECKING:
    from rich.text import Text as RichText
    from rich.tree import Tree

_COLOURS = {"yes": "green", "no": "red", "unknown": "yellow", "": ""}
_OPENING, _CLOSING = r"“‘（《〈〔【「『\[(", r"”’）》〉〕】」』，。；：、？！…·\])"
_WIDE = r"⺀-鿿豈-﫿０-ｚ"
#: What stays together on a line: a Chinese character or a run of others, with the brackets and signs about it.
_PIECE = re.compile(rf"(?:[✓✗?] )?[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_CLOSING}]+)?[{_CLOSING}]*\s*")


def rich_tree(line: Line, lang: Language) -> "Tree":
    """The tree for ``rich.print``."""
    from rich.tree import Tree

    folding = _folding()

    def add(to: Tree, lines: tuple[Line, ...]) -> None:
        for child in lines:
            add(to.add(folding(child.marked(lang), style=_COLOURS[child.mark])), child.below)

    tree = Tree(folding(line.marked(lang), style="bold"))
    add(tree, line.below)
    return tree


def breaks(text: str, width: int) -> list[int]:
    """Where a line is parted so that each part is no wider than a terminal; what is one piece and wider is cut.

    Args:
        text: the line.
        width: in cells, of which a Chinese character takes two.
    """
    from rich.cells import cell_len

    found: list[int] = []
    used = 0
    for piece in _PIECE.finditer(text):
        start, shown = piece.start(), piece[0].rstrip()
        if used and used + cell_len(shown) > width:
            found.append(start)
            used = 0
        for at, character in enumerate(shown, start):
            if used and used + cell_len(character) > width:  # one piece, wider than a line
                found.append(at)
                used = 0
            used += cell_len(character)
        used += len(piece[0]) - len(shown)
    return found


@cache
def _folding() -> "type[RichText]":
    """A text that parts its lines so; made when rich is first needed."""
    from rich.containers import Lines
    from rich.text import Text as RichText

    class Folding(RichText):
        def wrap(self, console: object, width: int, **_: object) -> Lines:
            """The lines of the text; nothing is cut off."""
            lines = self.divide(breaks(self.plain, width))
            for line in lines:
                line.rstrip_end(width)
            return lines

    return Folding


__all__ = ["breaks", "rich_tree"]
