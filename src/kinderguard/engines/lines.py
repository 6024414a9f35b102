"""The lines of which explanations and cards of rules are made, before it is known how they are shown."""

import attrs

from kinderguard.model.text import Language, Text

#: How a line of the tree stands: for colours and signs.
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
