"""The lines of which explanations, cards of rules and views are made, before it is known how they are shown."""

import attrs

from kinderguard.model.text import Language, Text

#: How a line stands: for colours and signs.
MARKS = {"yes": "✓", "no": "✗", "unknown": "?", "": ""}


@attrs.frozen
class Line:
    """One line of an explanation with the lines below it. ``mark`` is ``yes``, ``no``, ``unknown`` or nothing."""

    text: Text
    mark: str = ""
    below: "tuple[Line, ...]" = ()

    def marked(self, lang: Language) -> str:
        """The text with its sign before it."""
        sign = MARKS[self.mark]
        return f"{sign} {self.text.in_(lang)}" if sign else self.text.in_(lang)


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
