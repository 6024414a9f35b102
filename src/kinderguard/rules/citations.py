"""Where a rule or a value comes from, how far that can be trusted, and from when until when it applies."""

import datetime as dt
import re
from enum import StrEnum

import attrs

from kinderguard.model.errors import suggestion
from kinderguard.model.text import Text
from kinderguard.rules.errors import DefinitionError


class Trust(StrEnum):
    """How far a statement about the law was checked."""

    STATUTE = "statute"
    GOVERNMENT = "government"
    PRESS = "press"
    PRACTICE = "practice"
    UNVERIFIED = "unverified"
    ILLUSTRATIVE = "illustrative"

    @property
    def label(self) -> Text:
        """The meaning in both languages."""
        return _TRUST[self]


_TRUST = {
    Trust.STATUTE: Text("已核对法条", "the article was read"),
    Trust.GOVERNMENT: Text("已核对政府网页", "a government page that restates it was read"),
    Trust.PRESS: Text("据媒体转述", "press or a secondary site that quotes it was read"),
    Trust.PRACTICE: Text("据实务做法，非法条", "seen in forms or software in use; practice, not law"),
    Trust.UNVERIFIED: Text("未核实原文", "UNVERIFIED: not yet checked against the original"),
    Trust.ILLUSTRATIVE: Text("示例，非真实规定", "illustrative, no real rule"),
}


_LIKE_A_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _date(value: "str | dt.date | None") -> dt.date | None:
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except (TypeError, ValueError):
        given = repr(value) if isinstance(value, str) else type(value).__name__
        why = Text("没有这一天", "there is no such day") if _LIKE_A_DATE.fullmatch(str(value)) else Text(
            "不是日期", "it is no date"
        )  # fmt: skip
        raise DefinitionError(
            Text(f"{given}：{why.zh}。日期请写作 '2024-11-01'。", f"{given}: {why.en}. Write a date as '2024-11-01'.")
        ) from None


def _trust(value: "str | Trust") -> Trust:
    try:
        return Trust(value)
    except ValueError:
        near = suggestion(str(value), list(Trust))
        given = repr(value) if isinstance(value, str) else type(value).__name__
        raise DefinitionError(
            Text(
                f"依据的可信程度（trust）为 {'、'.join(Trust)} 之一，不能是 {given}。{near.zh}",
                f"The trust of a source is one of {', '.join(Trust)}, not {given}.{near.en}",
            )
        ) from None


_FIGURES = {figure: value for value, figure in enumerate("零一二三四五六七八九")}
_PLACES = {"十": 10, "百": 100}
_IN_CHARACTERS = re.compile(r"[零一二三四五六七八九十百]+")


def _in_figures(article: str) -> str:
    """The number of an article in figures, where it begins with one in Chinese characters: 第二十三条之一 is 23之一.

    >>> _in_figures("三"), _in_figures("二十三"), _in_figures("一百零二"), _in_figures("14")
    ('3', '23', '102', '14')
    """
    found = _IN_CHARACTERS.match(article)
    if found is None:
        return article
    number, figure = 0, 0
    for character in found[0]:
        if character in _PLACES:
            number += (figure or 1) * _PLACES[character]
            figure = 0
        else:
            figure = _FIGURES[character]
    return f"{number + figure}{article[found.end() :]}"


@attrs.frozen
class Cite:
    """A source: the document with its number, the article, and how far it was checked.

    Args:
        document: its name and number.
        article: the article, as the document numbers it.
        trust: see ``Trust``.
        source: where it was read (an address or a file).
        checked_on: when it was read.

    Raises:
        DefinitionError: a date or a trust that is none, with the right form.
    """

    document: str
    article: str | None = None
    trust: Trust = attrs.field(default=Trust.UNVERIFIED, converter=_trust)
    source: str | None = None
    checked_on: dt.date | None = attrs.field(default=None, converter=_date)

    @property
    def text(self) -> Text:
        """The citation as it is printed, with its trust."""
        zh = f"{self.document}{f'第{self.article}条' if self.article else ''}（{self.trust.label.zh}）"
        en = f"{self.document}{f', art. {_in_figures(self.article)}' if self.article else ''} ({self.trust.label.en})"
        return Text(zh, en)


@attrs.frozen
class Period:
    """From one day to another, both included; ``None`` is open."""

    start: dt.date | None = attrs.field(default=None, converter=_date)
    end: dt.date | None = attrs.field(default=None, converter=_date)

    def __attrs_post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise DefinitionError(
                Text(
                    f"期间的截止日期（{self.end}）早于起始日期（{self.start}）；请改正其中之一。",
                    f"The period ends ({self.end}) before it begins ({self.start}). Correct one of the two.",
                )
            )

    def __contains__(self, day: dt.date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return (self.end is None or other.start is None or other.start <= self.end) and (
            other.end is None or self.start is None or self.start <= other.end
        )

    @property
    def text(self) -> Text:
        """The period as it is printed."""
        if self.start is None and self.end is None:
            return Text("起止未注明", "dates not stated")
        start, end = self.start or "", self.end or ""
        zh = f"{start}至{end}" if start and end else f"{start}起" if start else f"至{end}止"
        return Text(zh, f"{start or '…'} – {end or '…'}")


ALWAYS = Period()
