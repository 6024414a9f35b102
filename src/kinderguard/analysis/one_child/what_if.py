"""What if: one child with other facts or by other rules, beside the child as it is."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.analysis.between import Between, total
from kinderguard.analysis.one_child.answer import Answer
from kinderguard.analysis.one_child.asking import Asker, shown, title_of_fact, with_facts
from kinderguard.analysis.one_child.moving import ByFacts, Leg, by_rules, due_by
from kinderguard.casefile.following.changes import Change, changes
from kinderguard.engines.assessment import Assessment, Total
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.money import bounds_text, fen
from kinderguard.model.text import Language, Text, join, same
from kinderguard.packs.book import PolicyBook

if TYPE_CHECKING:
    from kinderguard.model.view import View


@attrs.frozen
class OpenChange:
    """A policy of money that is open before and after, and does not come to the same (yuan, each time it is paid).

    Attributes:
        code, title: of the policy.
        every: how often it is paid afterwards.
        before, after: what is due on either side, at least and at most; no wider than the other side and the change leave.
        change: by how much it changes, whatever the unknown facts are.
    """

    code: str
    title: Text
    every: Frequency
    before: Between
    after: Between
    change: Between

    @property
    def said(self) -> Text:
        """The change in a sentence, in both languages."""
        told = _becomes(self.before, self.after, self.change, self.every)
        return self.title + Text("前后均待定：", " is open before and after: ") + told


def _becomes(before: Between, after: Between, change: Between, every: Frequency) -> Text:
    old, new = (bounds_text(each.low, each.high, every) for each in (before, after))
    what = Text(f"由{old.zh}变为{new.zh}", f"{old.en} becomes {new.en}")
    what = Text(f"仍为{old.zh}", f"still {old.en}") if before == after else what
    by = change.text
    if change.low is None and change.high is None:
        return what + Text("，变动多少未知。", "; by how much it changes is unknown.")
    return what + Text(f"，变动{by.zh}。", f", a change of {by.en}.")


def _between(due: Total) -> Between:
    return Between(fen(due.low), None if due.high is None else fen(due.high))


def _narrowed(before: Between, after: Between, change: Between) -> tuple[Between, Between]:
    """Either side as far as the other and the change leave it."""
    return before.within(after - change), after.within(before + change)


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
    _legs: tuple[Leg, ...] = attrs.field(default=(), repr=False, eq=False)

    @cached_property
    def still_open(self) -> tuple[OpenChange, ...]:
        """The policies of money that are open before and after and do not, or may not, come to the same."""
        return tuple(self._found_open())

    def _found_open(self) -> Iterator[OpenChange]:
        told = {change.code for change in self.changes}
        for code, new in self.after.policies.items():
            old = self.before.policies.get(code)
            if code in told or old is None or not (old.is_cash and new.is_cash) or new.every is None:
                continue
            before, after = _between(due_by(old)), _between(due_by(new))
            if before.amount is not None and after.amount is not None:
                continue
            change = self._within(before, after, (leg.of_policy(code) for leg in self._legs))
            if before != after or not change.is_zero:
                yield OpenChange(code, new.title, new.every, *_narrowed(before, after, change), change)

    def change(self, every: Frequency | str = Frequency.MONTH) -> Between:
        """By how much what is due in all changes (yuan), whatever the unknown facts are: these are the same on both sides.

        It may be narrower than the difference of the bounds of ``total``.

        Raises:
            ValueError: no such frequency.
        """
        how_often = Frequency.of(every)
        before, after = map(_between, self.total(how_often))
        return self._within(before, after, (leg.in_all(how_often) for leg in self._legs))

    def _within(self, before: Between, after: Between, parts: Iterable[Between]) -> Between:
        """By how much something changes: as both sides show, and as each part of the way does."""
        return (after - before).within(total(parts)) if self._legs else after - before

    def total(self, every: Frequency | str = Frequency.MONTH) -> tuple[Total, Total]:
        """What is due to child and household in all, before and after (yuan), as ``Assessment.in_all`` has it.

        Raises:
            ValueError: no such frequency.
        """
        how_often = Frequency.of(every)
        return self.before.in_all(how_often), self.after.in_all(how_often)

    def rows(self) -> list[dict[str, Any]]:
        """The changes as rows for a table. Money is text in yuan; ``None``: not known, or no bound.

        What is open before and after has ``"open"`` as its ``change``, and by how much it changes.
        """
        changed = [
            {
                "code": c.code, "title_zh": c.title.zh, "title_en": c.title.en, "what": c.what, "change": c.kind.value,
                "holds_before": c.before.holds, "holds_after": c.after.holds,
                "low_before": shown(c.before.low), "high_before": shown(c.before.high),
                "low_after": shown(c.after.low), "high_after": shown(c.after.high),
                "every": c.after.every.value if c.after.every is not None else None,
                "low_change": None, "high_change": None,
            }
            for c in self.changes
        ]  # fmt: skip
        return changed + [
            {
                "code": c.code, "title_zh": c.title.zh, "title_en": c.title.en, "what": "money", "change": "open",
                "holds_before": None, "holds_after": None,
                "low_before": shown(c.before.low), "high_before": shown(c.before.high),
                "low_after": shown(c.after.low), "high_after": shown(c.after.high),
                "every": c.every.value,
                "low_change": shown(c.change.low), "high_change": shown(c.change.high),
            }
            for c in self.still_open
        ]  # fmt: skip

    @property
    def _money(self) -> tuple[str, ...]:
        return "low_before", "high_before", "low_after", "high_after", "low_change", "high_change"

    @property
    def _said(self) -> Text:
        """Facts by their titles, and the changes, in both languages."""
        named = [title_of_fact(self.after, path) for path in self.facts]
        head = Text("规则改变", "other rules") if not named else join(named, "、", ", ") + Text("改变", " changed")
        if self._told:
            return head + Text("：\n", ":\n") + join(self._told, "\n", "\n")
        if not self._perhaps:
            return head + Text("：结果不变。", ": nothing changes.")
        open_ = join(self._perhaps, "、", ", ")
        return head + Text(
            f"：已确定的结果不变；前后均待定、或有不同的：{open_.zh}。",
            f": nothing changes that is known; open before and after, and perhaps otherwise: {open_.en}.",
        )

    @cached_property
    def _told(self) -> list[Text]:
        """Every change, and of what is open how much changes in all."""
        return [c.said for c in self.changes] + [c.said for c in self.still_open] + list(self._told_in_all())

    def _told_in_all(self) -> Iterator[Text]:
        for every in Frequency:
            if any(each.every is every for each in self.still_open):
                yield Text("合计：", "In all: ") + _becomes(*self._due(every), self.change(every), every)

    def _due(self, every: Frequency) -> tuple[Between, Between]:
        """What is due in all on either side, as far as the other leaves it."""
        before, after = map(_between, self.total(every))
        return _narrowed(before, after, self.change(every))

    @property
    def _perhaps(self) -> list[Text]:
        """The categories and services that are open before and after, and may come out otherwise."""
        old, new = self.before, self.after
        open_ = [code for code, holds in new.categories.items() if holds is None is old.categories.get(code, True)]
        open_ += [
            code
            for code, p in new.policies.items()
            if not p.is_cash and p.granted is None and code in old.policies and old.policies[code].granted is None
        ]
        titles = new.basis.titles
        return [titles.get(c, same(c)) for c in open_ if any(leg.may_turn(c) for leg in self._legs)]

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
    between = Asker.of(book, other, before.on, division)(other) if given else before
    after = between if reform is None else Asker.of(reform, other, before.on, division)(other)
    legs: list[Leg] = ([ByFacts(before, between)] if given or reform is None else []) + (
        [by_rules(between, after)] if reform is not None else []
    )
    return WhatIf(tuple(given), before, after, changes(before, after, facts=list(given)), tuple(legs))
