"""Rich views: what a notebook shows of a value, described once as blocks in both languages, written as HTML or as text.

Every floor makes its views of these blocks. A view runs no script, fetches nothing and looks right in light and in dark; its
style stays inside it. Whatever is given as text is escaped. What is personal is not known here: who makes a view leaves it
out unless the caller asked for it.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import attrs

from kinderguard.model.lines import Line
from kinderguard.model.text import Language, Text

__all__ = [
    "Code", "Column", "Fields", "Listing", "Marked", "Paragraph", "Picture", "Section", "Table", "Tags", "Together",
    "Tree", "Verbatim", "View", "display_language",
]  # fmt: skip

_shown: Language = "zh"


def display_language(lang: Language | None = None) -> Language:
    """The language in which a notebook shows values by themselves; Chinese unless it was set.

    Args:
        lang: the language from now on, ``"zh"`` or ``"en"``; nothing changes where it is left out.

    Returns:
        The language that is set.

    Raises:
        ValueError: there is no text in that language.

    >>> display_language()
    'zh'
    """
    global _shown
    if lang is not None:
        Text("", "").in_(lang)  # refuses any other
        _shown = lang
    return _shown


@attrs.frozen
class Marked:
    """A text with a mark: ``yes``, ``no`` or ``unknown`` (a sign and a colour), ``quiet``, or ``name``: one that somebody
    gave, which keeps its letters where an English title would begin with a capital.
    """

    text: "Text | str"
    mark: str = ""


@attrs.frozen
class Code:
    """A code of the library or a place in a file, in the type of machines."""

    text: str


def _tuple(values: Iterable["Content"]) -> tuple["Content", ...]:
    return tuple(values)


def _rows(rows: Iterable[Iterable["Content"]]) -> tuple[tuple["Content", ...], ...]:
    return tuple(tuple(row) for row in rows)


def _lines(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(lines)


@attrs.frozen
class Column:
    """A column of a table. Numbers stand to the right."""

    title: Text
    number: bool = False


def _columns(columns: Iterable["Column | Text"]) -> tuple[Column, ...]:
    return tuple(c if isinstance(c, Column) else Column(c) for c in columns)


@attrs.frozen
class Table:
    """A table. The first cell of a row names it.

    Args:
        columns: their titles; ``Column(title, number=True)`` for numbers.
        rows: the cells.
        title: what stands above it.
        most: so many rows are shown; how many more there are is said below.
    """

    columns: tuple[Column, ...] = attrs.field(converter=_columns)
    rows: tuple[tuple["Content", ...], ...] = attrs.field(converter=_rows)
    title: Text | None = None
    most: int = 60


@attrs.frozen
class Fields:
    """Labels, each with what it says."""

    pairs: tuple[tuple["Content", ...], ...] = attrs.field(converter=_rows)


@attrs.frozen
class Tree:
    """Lines that fold. Those of the first ``opened`` levels are open."""

    lines: tuple[Line, ...] = attrs.field(converter=_lines)
    opened: int = 1


@attrs.frozen
class Tags:
    """Short texts one beside the other."""

    texts: tuple["Content", ...] = attrs.field(converter=_tuple)


@attrs.frozen
class Listing:
    """A list with bullets, or with numbers from 1."""

    items: tuple["Content", ...] = attrs.field(converter=_tuple)
    numbered: bool = False


@attrs.frozen
class Paragraph:
    """A paragraph."""

    text: "Content"


@attrs.frozen
class Verbatim:
    """Text that is shown letter by letter, line by line."""

    text: "Text | str"


@attrs.frozen
class Picture:
    """A drawing as SVG in the page's own colours (``currentColor``).

    Args:
        svg: gives the ``<svg>`` element in a language. It is not escaped: whoever draws it escapes what it writes.
        said: what it shows, in words, for those who cannot see it.
    """

    svg: Callable[[Language], str]
    said: Text


@attrs.frozen
class Section:
    """Blocks under a heading.

    Args:
        title: the heading.
        blocks: what stands below.
        folded: whether it begins closed (True) or open (False); None for one that does not fold.
    """

    title: "Text | Marked"
    blocks: tuple["Content", ...] = attrs.field(converter=_tuple)
    folded: bool | None = None


@attrs.frozen
class Together:
    """Blocks one below the other, where one is asked for: in a cell."""

    blocks: tuple["Content", ...] = attrs.field(converter=_tuple)


Block: TypeAlias = Table | Fields | Tree | Tags | Listing | Paragraph | Verbatim | Picture | Section | Together
#: What stands in a cell, a field or a paragraph. None is *unknown*; a number is written with its thousands parted.
Content: TypeAlias = Text | str | bool | int | Decimal | dt.date | Marked | Code | Block | None


def _language(lang: Language | None) -> Language:
    return display_language() if lang is None else lang


@attrs.frozen(repr=False)
class View:
    """What is shown of a value. A notebook shows it by itself; ``print(view)`` gives text.

    Args:
        title: what it is a view of.
        blocks: what is shown.
        lang: its language; the one that is set by ``display_language``, if left out.

    >>> view = View(Text("救助", "Help"), [Table([Text("政策", "policy"), Text("人数", "children")], [("A & B", 1200)])], "en")
    >>> print(view)
    Help
    <BLANKLINE>
    policy | children
    A & B | 1,200
    >>> "A &amp; B" in view.html
    True
    """

    title: Text | str
    blocks: tuple[Content, ...] = attrs.field(converter=_tuple)
    lang: Language = attrs.field(default=None, converter=_language)

    @property
    def html(self) -> str:
        """The view as a fragment that can stand on any page, its style with it."""
        from kinderguard.model.view_html import fragment

        return fragment(self)

    @property
    def page(self) -> str:
        """The view as a whole page of its own."""
        from kinderguard.model.view_html import page

        return page(self)

    @property
    def text(self) -> str:
        """The view as plain text."""
        from kinderguard.model.view_text import text

        return text(self)

    def save(self, path: "str | os.PathLike[str]") -> Path:
        """Write the view as a whole page that needs nothing else: no script, no font, no network.

        Args:
            path: where to; a file that is there is replaced.

        Returns:
            The file.
        """
        file = Path(path)
        file.write_text(self.page, "utf-8")
        return file

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<View in {self.lang}>"
