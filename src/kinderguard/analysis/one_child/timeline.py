"""One child month by month: what is due, and what happens on the way: birthdays, ends of papers and situations, the law's
own changes, and what each of them does to the result.

By the facts as they are known and the rules as they stand: it foresees no change of facts and no law to come. Whether a
situation goes on after the term that was stated of it is unknown.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.analysis.one_child.answer import Answer, Uncounted, not_counted, uncounted
from kinderguard.analysis.one_child.asking import shown
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.following.birthdays import birthdays
from kinderguard.casefile.following.changes import Change, changes
from kinderguard.casefile.following.foreseen import stretches
from kinderguard.casefile.following.turning import ONE_DAY, Stretch
from kinderguard.casefile.releases import last_day
from kinderguard.engines.assessment import ZERO, Assessment, Total
from kinderguard.engines.unborn import is_unborn
from kinderguard.model.case import Case
from kinderguard.model.codes import Code, Frequency
from kinderguard.model.dates import PartialDate, add_months
from kinderguard.model.money import bounds_text
from kinderguard.model.places import place_name, prefixes
from kinderguard.model.text import Language, Text, join, same
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.parameters import show
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.titles import fact_title

if TYPE_CHECKING:
    from kinderguard.analysis.plots.picture import Plot
    from kinderguard.model.view import View

#: The fields that hold the last day of something, wherever they stand in a case.
_LAST_DAYS = ("valid_until", "until")
#: So many reasons of one change are told, and no second one that makes them longer than so many letters.
_REASONS, _LONG = 2, 240


class EventKind(Code):
    """What happens on a day 事件."""

    RESULT = "result", "结果变化", "the result changes"
    BIRTHDAY = "birthday", "生日", "birthday"
    EXPIRY = "expiry", "到期", "something ends"
    LAW = "law", "规定变化", "rules or values change"


@attrs.frozen
class TimelineEvent:
    """Something that happens on a day.

    Attributes:
        day: the day; of what is known to the month or year, the first day on which it may be.
        kind: what it is.
        text: in words, without any name.
        codes: the categories, policies or parameters concerned.
        changes: for a result that changes: what changes.
    """

    day: dt.date
    kind: EventKind
    text: Text
    codes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = attrs.field(default=(), repr=False)


@attrs.frozen
class TimelineMonth:
    """One month: what is due as the result stands on ``day``, the first of the month (of the first month: the start).

    ``due`` is what is paid each month in all, ``policies`` each by its code (yuan). ``due`` takes the
    policies together (see ``Assessment.in_all``): it may be less than their upper bounds added up.
    """

    day: dt.date
    due: Total
    policies: Mapping[str, Total] = attrs.field(repr=False)
    categories: tuple[str, ...] = attrs.field(repr=False)
    events: tuple[TimelineEvent, ...] = ()

    @property
    def month(self) -> str:
        """As ``2026-03``."""
        return f"{self.day:%Y-%m}"


@attrs.frozen
class Timeline(Answer):
    """One child from month to month. ``print(it)`` tells it in words.

    Attributes:
        start, end: the first and the last day, both included.
        months: one after the other.
        titles: the titles of the policies that occur.
        uncounted: the policies that are not paid each month, and give something or change within the time: what
            they come to on a day is ``on(day).in_all("year")``.
    """

    start: dt.date
    end: dt.date
    months: tuple[TimelineMonth, ...] = attrs.field(repr=False)
    titles: Mapping[str, Text] = attrs.field(repr=False)
    stretches: tuple[Stretch, ...] = attrs.field(repr=False, eq=False)
    uncounted: tuple[Uncounted, ...] = ()

    @property
    def events(self) -> tuple[TimelineEvent, ...]:
        """All events in the order of their days."""
        return tuple(event for month in self.months for event in month.events)

    @property
    def total(self) -> Total:
        """What is paid each month, added up over the months (yuan); ``high`` is None where nothing bounds it."""
        return sum((month.due for month in self.months), Total(ZERO, ZERO))

    def on(self, day: dt.date) -> Assessment:
        """The result on a day: that of the first day of the stretch in which nothing changes.

        Raises:
            ValueError: the day lies outside.
        """
        if not self.start <= day <= self.end:
            raise ValueError(f"{day} lies outside {self.start} to {self.end}.")
        return _stretch(self.stretches, day).result

    def rows(self) -> list[dict[str, Any]]:
        """The months as rows for a table. Money is text in yuan; ``high`` is None where nothing bounds it."""
        return [
            {"month": m.month, "low": shown(m.due.low), "high": shown(m.due.high)}
            | {f"{code}.{end}": shown(getattr(t, end)) for code, t in m.policies.items() for end in ("low", "high")}
            | {"events_zh": "；".join(e.text.zh for e in m.events), "events_en": "; ".join(e.text.en for e in m.events)}
            for m in self.months
        ]

    @property
    def _money(self) -> tuple[str, ...]:
        amounts = ["", *(f"{code}." for m in self.months for code in m.policies)]
        return tuple(f"{of}{end}" for of in amounts for end in ("low", "high"))

    @property
    def _said(self) -> Text:
        """Months with the same amounts together, and what happens, in both languages."""
        lines: list[Text] = []
        last: Total | None = None
        for month in self.months:
            if month.due != last or month.events:
                lines.append(same(f"{month.month}  ") + bounds_text(month.due.low, month.due.high, Frequency.MONTH))
                lines += [same(f"    {event.day} ") + event.text for event in month.events]
            last = month.due
        return join([*lines, *self._not_counted], "\n", "\n")

    @property
    def _not_counted(self) -> list[Text]:
        """What is to be said of policies that are paid otherwise; nothing where there is none."""
        return not_counted(self.uncounted, Frequency.MONTH)

    def plot(self, lang: Language | None = None, *, dark: bool = False) -> "Plot":
        """The picture of it; see ``analysis.plots.timeline``.

        Raises:
            MissingExtraError: the extra ``[analysis]`` is not installed.
        """
        from kinderguard.analysis import plots

        return plots.timeline(self, lang, dark=dark)

    def view(self, lang: Language | None = None) -> "View":
        """What a notebook shows; ``lang`` is that of ``display_language``, if left out."""
        from kinderguard.analysis.one_child.shown import timeline_view

        return timeline_view(self, lang)


def timeline(book: PolicyBook, case: Case, *, start: dt.date, until: dt.date, division: str | None = None) -> Timeline:
    """One child month by month, with birthdays, ends of papers and situations, changes of the rules, and what they do.

    Args:
        book: the rules, dated ones as they stand on each day.
        case: what is known of the child.
        start, until: the first and the last day, both included.
        division: whose rules; the book's own place, else the case's.

    Raises:
        ValueError: ``until`` lies before ``start``.

    >>> import datetime as dt, kinderguard
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2008-02-29", "child.living_on_street": True})
    >>> year = timeline(kinderguard.load(), case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    >>> [str(e.day) for e in year.events if e.kind is EventKind.BIRTHDAY]
    ['2026-03-01']
    """
    end = until
    book = book.for_division(division) if division else book
    found = tuple(stretches(book, case, start, end))
    events = sorted(_events(book, case, found, start, end), key=_order)
    months = []
    for first in _months(start, end):
        result = _stretch(found, first).result
        born = not is_unborn(case, first)  # before birth nobody is paid, whatever is open
        paid = [p for p in result.due.cash if p.every is Frequency.MONTH] if born else []
        months.append(
            TimelineMonth(
                day=first,
                due=result.in_all(Frequency.MONTH) if born else Total(ZERO, ZERO),
                policies={p.code: Total(p.low or ZERO, p.high) for p in paid},
                categories=tuple(code for code, holds in result.categories.items() if holds),
                events=tuple(e for e in events if (e.day.year, e.day.month) == (first.year, first.month)),
            )
        )
    titles = {p.code: p.title for s in found for p in s.result.due.cash if p.every is Frequency.MONTH}
    results = [s.result for s in found if not is_unborn(case, s.start)]
    others = tuple(uncounted(results, Frequency.MONTH, only_changing=False))
    return Timeline(start, end, tuple(months), titles, found, others)


def _months(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    day = start
    while day <= end:
        yield day
        day = add_months(day.replace(day=1), 1)


def _stretch(stretches: tuple[Stretch, ...], day: dt.date) -> Stretch:
    return stretches[bisect_right([s.start for s in stretches], day) - 1]


# ---- what happens ----------------------------------------------------------------------------------------------


def _events(
    book: PolicyBook, case: Case, stretches: tuple[Stretch, ...], start: dt.date, end: dt.date
) -> Iterator[TimelineEvent]:
    yield from _birthdays(case, start, end)
    yield from _ends(case, start, end)
    yield from _law(book, case, start, end)
    for before, after in pairwise(stretches):
        for change in changes(before.ending, after.result, facts=()):
            yield TimelineEvent(after.start, EventKind.RESULT, _brief(change), (change.code,), (change,))


def _order(event: TimelineEvent) -> tuple[dt.date, bool, bool]:
    """What brings a change about stands before it; of the changes of one day, those of money stand first."""
    is_result = event.kind is EventKind.RESULT
    return event.day, is_result, is_result and all(change.what != "money" for change in event.changes)


def _brief(change: Change) -> Text:
    """The change, with no more of what brought it about than a reader takes in; ``changes`` of the event has all of it."""
    told: list[Text] = []
    for why in change.because[:_REASONS]:
        if told and sum(len(each.en) for each in (*told, why)) > _LONG:
            break
        told.append(why)
    left = len(change.because) - len(told)
    more = [Text(f"另有{left}项", f"{left} more")] if left else []
    why = join([*told, *more], "；", "; ")
    return change.brief + (Text(f"（{why.zh}）", f" ({why.en})") if told else same("")) + Text("。", ".")


def _birthdays(case: Case, start: dt.date, end: dt.date) -> Iterator[TimelineEvent]:
    """Of somebody of whose birth only the month or year is known, the first day and the last on which it may be."""
    born = {"儿童": case.child.birth_date, "父亲": case.father.birth_date, "母亲": case.mother.birth_date}
    for day, (who, age) in birthdays(case, start - ONE_DAY, end).items():
        said = Text(f"{who.zh}满{age}周岁", f"{who.en} turns {age}")
        birth = born.get(who.zh)
        if birth is not None and birth.earliest != birth.latest:
            is_first = (day.month, day.day) == (birth.earliest.month, birth.earliest.day)
            said += Text("（最早）", " (at the earliest)") if is_first else Text("（最晚）", " (at the latest)")
        yield TimelineEvent(day, EventKind.BIRTHDAY, said)


def _ends(case: Case, start: dt.date, end: dt.date) -> Iterator[TimelineEvent]:
    """The last days that the case itself names: of papers, situations, consents, help."""
    for path, value in facts_of(case).items():
        yield from _ends_in(path, value, start, end)
    for parent in ("father", "mother"):
        for situation in getattr(case, parent).situations or ():
            last, by_term = last_day(situation)
            if by_term and last is not None and situation.kind is not None and start <= last <= end:
                who, kind = fact_title(parent), situation.kind.label
                what = Text(f"{who.zh}“{kind.zh}”期限届满（推算）", f"{who.en}, {kind.en}: the term ends (worked out)")
                yield TimelineEvent(last, EventKind.EXPIRY, what, (f"{parent}.situations",))


def _ends_in(path: str, value: Any, start: dt.date, end: dt.date) -> Iterator[TimelineEvent]:
    if isinstance(value, list):
        for each in value:
            for name, inner in each.items() if isinstance(each, dict) else ():
                yield from _ends_in(f"{path}.{name}", inner, start, end)
    elif isinstance(value, dict) and not path[:1].isdigit():
        for name, inner in value.items():
            yield from _ends_in(f"{path}.{name}", inner, start, end)
    elif path.rpartition(".")[2] in _LAST_DAYS and isinstance(value, str):
        last = PartialDate.of(value)
        if start <= last.earliest <= end:
            title = fact_title(path)
            yield TimelineEvent(
                last.earliest, EventKind.EXPIRY, Text(f"{title.zh}：{value}", f"{title.en}: {value}"), (path,)
            )


def _law(book: PolicyBook, case: Case, start: dt.date, end: dt.date) -> Iterator[TimelineEvent]:
    """Rules and values of the place that come into force, or end."""
    place = book.division or case.division
    rules = book.overlay(place).rules
    titles = book.overlay(place).titles
    dated: list[Category | Policy | Check] = [
        *rules.categories.values(),
        *rules.policies.values(),
        *rules.checks.values(),
    ]
    for rule in dated:
        title = titles.get(rule.code, same(rule.code))
        if (first := rule.effective.start) is not None and start < first <= end:
            yield TimelineEvent(first, EventKind.LAW, Text(f"{title.zh}开始施行", f"{title.en} comes into force"), (rule.code,))  # fmt: skip
        if (last := rule.effective.end) is not None and start <= last < end:
            yield TimelineEvent(last + ONE_DAY, EventKind.LAW, Text(f"{title.zh}不再施行", f"{title.en} is no longer in force"), (rule.code,))  # fmt: skip
    yield from _values(rules, place, start, end)


def _values(rules: RuleSet, place: str | None, start: dt.date, end: dt.date) -> Iterator[TimelineEvent]:
    chain = ("", *prefixes(place)) if place else ("",)
    for code, parameter in rules.parameters.items():
        if parameter.kind is None:
            continue
        title = parameter.title or same(code)
        for value in parameter.values:
            first = value.period.start
            if value.place not in chain or first is None or not start < first <= end:
                continue
            if parameter.at(place, first) is not value:  # a narrower place's own value stands
                continue
            shown_as, where = show(value.value, parameter.kind, parameter.unit), place_name(value.place, rules.places)
            yield TimelineEvent(
                first,
                EventKind.LAW,
                Text(f"{title.zh}（{where.zh}）为{shown_as.zh}", f"{title.en} ({where.en}) is {shown_as.en}"),
                (code,),
            )
