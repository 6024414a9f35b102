"""What if: one child with other facts or by other rules, beside the child as it is."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.analysis.one_child.answer import Answer
from kinderguard.analysis.one_child.asking import Asker, shown, title_of_fact, with_facts
from kinderguard.casefile.following.changes import Change, changes
from kinderguard.engines.assessment import Assessment, Total
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.text import Language, Text, join
from kinderguard.packs.book import PolicyBook

if TYPE_CHECKING:
    from kinderguard.model.view import View


@attrs.frozen
class WhatIf(Answer):
    """One child before and after: two assessments and what changes between them.

    Attributes:
        facts: the paths of the facts that were changed.
        before, after: the results. ``print(it.after.explain("cn.dibao"))`` says why.
        changes: what begins, ends, rises, falls, is settled or becomes open, each with what brought it about.
    """

    facts: tuple[str, ...]
    before: Assessment = attrs.field(repr=False)
    after: Assessment = attrs.field(repr=False)
    changes: tuple[Change, ...] = attrs.field(repr=False)

    def total(self, every: Frequency | str = Frequency.MONTH) -> tuple[Total, Total]:
        """What is due to child and household in all, before and after (yuan), as ``Assessment.in_all`` has it.

        Raises:
            ValueError: no such frequency.
        """
        how_often = Frequency.of(every)
        return self.before.in_all(how_often), self.after.in_all(how_often)

    def rows(self) -> list[dict[str, Any]]:
        """The changes as rows for a table. Money is text in yuan; ``None``: not known, or no bound."""
        return [
            {
                "code": c.code, "title_zh": c.title.zh, "title_en": c.title.en, "what": c.what, "change": c.kind.value,
                "holds_before": c.before.holds, "holds_after": c.after.holds,
                "low_before": shown(c.before.low), "high_before": shown(c.before.high),
                "low_after": shown(c.after.low), "high_after": shown(c.after.high),
                "every": c.after.every.value if c.after.every is not None else None,
            }
            for c in self.changes
        ]  # fmt: skip

    @property
    def _money(self) -> tuple[str, ...]:
        return "low_before", "high_before", "low_after", "high_after"

    @property
    def _said(self) -> Text:
        """Facts by their titles, and the changes, in both languages."""
        named = [title_of_fact(self.after, path) for path in self.facts]
        head = Text("规则改变", "other rules") if not named else join(named, "、", ", ") + Text("改变", " changed")
        if not self.changes:
            return head + Text("：结果不变。", ": nothing changes.")
        return head + Text("：\n", ":\n") + join([c.said for c in self.changes], "\n", "\n")

    def view(self, lang: Language | None = None) -> "View":
        """What a notebook shows; ``lang`` is that of ``display_language``, if left out."""
        from kinderguard.analysis.one_child.shown import what_if_view

        return what_if_view(self, lang)


def what_if(
    book: PolicyBook,
    case: Case,
    facts: Mapping[str, Any] | None = None,
    *,
    reform: PolicyBook | None = None,
    on: dt.date | None = None,
    division: str | None = None,
) -> WhatIf:
    """One child with other facts, by other rules, or both, beside the child as it is.

    Args:
        book: the rules.
        case: the child as it is.
        facts: other facts by path; ``None`` makes one unknown.
        reform: other rules, such as ``book.with_parameters(…)``, for the child with the other facts.
        on: the day; the book's own if left out.
        division: whose rules; the book's own place, else the case's.

    Raises:
        InvalidRecordError: a path that does not exist (with the nearest), or a value that does not fit.
        NoDayError: no day was given.

    >>> import datetime as dt, kinderguard
    >>> book = kinderguard.load().on(dt.date(2025, 9, 1))
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2012-03-05"})
    >>> [c.kind.value for c in what_if(book, case, {"child.birth_date": "2001-03-05"}).changes if c.code == "cn.orphan"]
    ['settled']
    """
    given = dict(facts or {})
    before = Asker.of(book, case, on, division)(case)
    other = with_facts(case, given) if given else case
    after = Asker.of(reform or book, other, before.on, division)(other)
    return WhatIf(tuple(given), before, after, changes(before, after, facts=list(given)))
