"""``growth``: how files, children in each category, what is due and help grew, period by period, from the store of case files.

Everything is told as it was true on the last day of each period, by what is known now. It reads the store and writes nothing;
a file that was not assessed by then counts as such and is never left out.
"""

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import attrs

from kinderguard.analysis.between import NOTHING, Between, money_table
from kinderguard.analysis.people import wanted
from kinderguard.model.errors import ToldError
from kinderguard.model.help import HelpReceived
from kinderguard.model.money import fen
from kinderguard.model.places import check_division
from kinderguard.model.text import Language, Text, same
from kinderguard.packs.frames.parquet import told
from kinderguard.report.paid_once import Due, for_one_person, household_key, total_of

if TYPE_CHECKING:
    import polars as pl

    from kinderguard.analysis.plots import Plot
    from kinderguard.casefile.chain.entries import Entry
    from kinderguard.casefile.store import CaseStore
    from kinderguard.model.view import Content, View
    from kinderguard.packs.book import PolicyBook
    from kinderguard.packs.frames.parquet import Progress

#: How many months a period has.
PERIODS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}


class PeriodError(ToldError, ValueError):
    """No such period, or one that ends before it begins."""


@attrs.frozen
class GrowthPoint:
    """How things stood on one day, the last of a period.

    Args:
        day: the day.
        open_files: files that were open.
        opened, closed: files that were begun, and closed, within the period.
        assessed: open files with an assessment kept by then.
        not_assessed: open files without one.
        categories: by category, how many children are in it by their assessments, and of how many that is not known: those
            without an assessment are among them.
        policies: by policy, for how many of them it is open (or given), and of how many that is not known, as for categories.
        due_a_month: what is due to them in a month by those assessments (yuan); a household's help counts once. Without a bound
            above as long as a file was never assessed.
        receiving: by policy, in how many open files the list of help received has a record of it that runs on the day, and
            in how many it is not known whether one does (the list is there; ``help_unknown`` counts those without one).
        help_unknown: open files in which it is not known what help is received.
        help_unnamed: open files in which help is received, or may be, and its policy is not known; for each policy that is
            not surely received it is open in them.
        visits, services: entries of these kinds within the period.
    """

    day: dt.date
    open_files: int
    opened: int
    closed: int
    assessed: int
    not_assessed: int
    categories: Mapping[str, tuple[int, int]]
    policies: Mapping[str, tuple[int, int]]
    due_a_month: Between
    receiving: Mapping[str, tuple[int, int]]
    help_unknown: int
    help_unnamed: int
    visits: int
    services: int

    @property
    def due_text(self) -> Text:
        """What is due in a month, in words; that none was assessed, where none was."""
        if self.not_assessed and not self.assessed:
            return Text("未评估，不详", "none assessed, not known")
        return self.due_a_month.text


@attrs.frozen(eq=False, repr=False)
class Growth:
    """A time series from the store of case files. Made by ``growth``.

    Attributes:
        every: ``month``, ``quarter`` or ``year``.
        division: of which files; None for all.
        points: one for each period, in order.
        titles: of categories and policies by code.
    """

    every: str
    division: str | None
    points: tuple[GrowthPoint, ...]
    titles: Mapping[str, Text]

    def title(self, code: str) -> Text:
        """What a category or policy is called; its code where no book was given that has it."""
        return self.titles.get(code, same(code))

    def rows(self) -> list[dict[str, Any]]:
        """A row for each period and number: ``day``, ``what``, ``code`` (of a category or policy), ``value``, ``open``.

        ``value`` is a count and ``open`` how many are not known beside it; of ``due_a_month`` there are ``low`` and ``high``
        instead, the bounds in yuan as text. Plain values, for a dataframe.
        """
        found: list[dict[str, Any]] = []
        for p in self.points:

            def row(
                what: str,
                value: int | None,
                code: str | None = None,
                open_: int | None = 0,
                due: Between | None = None,
                day: dt.date = p.day,
            ) -> None:
                found.append(
                    {
                        "day": day.isoformat(),
                        "what": what,
                        "code": code,
                        "value": value,
                        "open": open_,
                        **(due.plain() if due is not None else {"low": None, "high": None}),
                    }
                )

            for name in _COUNTS:
                row(name, getattr(p, name))
            row("due_a_month", None, open_=None, due=p.due_a_month)
            for what, held in (("category", p.categories), ("policy", p.policies)):
                for code, (sure, open_) in held.items():
                    row(what, sure, code, open_)
            for code, (sure, open_) in p.receiving.items():
                row("receiving", sure, code, open_ + p.help_unknown)
        return found

    def to_polars(self) -> "pl.DataFrame":
        """``rows`` as a table: counts are whole numbers, money exact decimals of two places (yuan); null is no bound."""
        return money_table(self.rows(), ("low", "high"))

    def summary(self, lang: Language | None = None) -> str:
        """The first and the last period beside each other, in words."""
        from kinderguard.model.view import display_language

        if not self.points:
            return ""
        first, last = self.points[0], self.points[-1]
        lines = [
            Text(f"{first.day} → {last.day}", f"{first.day} → {last.day}"),
            Text(
                f"  在册档案：{first.open_files:,} → {last.open_files:,}",
                f"  open files: {first.open_files:,} → {last.open_files:,}",
            ),
            Text(
                f"  已评估：{first.assessed:,} → {last.assessed:,}（未评估 {first.not_assessed:,} → {last.not_assessed:,}）",
                f"  assessed: {first.assessed:,} → {last.assessed:,} (not: {first.not_assessed:,} → {last.not_assessed:,})",
            ),
            Text(
                f"  每月应发：{first.due_text.zh} → {last.due_text.zh}",
                f"  due a month: {first.due_text.en} → {last.due_text.en}",
            ),
        ]
        for code in dict.fromkeys([*first.receiving, *last.receiving]):
            title, a, b = self.title(code), first.receiving.get(code, (0, 0))[0], last.receiving.get(code, (0, 0))[0]
            lines.append(Text(f"  已享受{title.zh}：{a:,} → {b:,}", f"  receiving {title.en}: {a:,} → {b:,}"))
        chosen = lang or display_language()
        return "\n".join(line.in_(chosen) for line in lines)

    def view(self, lang: Language | None = None) -> "View":
        """The series as a notebook shows it."""
        from kinderguard.model.view import Column, Table, View

        heads = [Column(title, number=True) for title in _COUNTS.values()]
        rows = [(p.day, *(getattr(p, name) for name in _COUNTS), p.due_text) for p in self.points]
        due = Column(Text("每月应发", "due a month"), number=True)
        blocks = [Table([Text("截至", "as of"), *heads, due], rows)]
        codes = list(dict.fromkeys(code for p in self.points for code in p.categories))
        days = [Column(same(p.day.isoformat()), number=True) for p in self.points]
        held: list[tuple[Content, ...]] = [
            (self.title(code), *(_counted(p.categories.get(code, (0, p.not_assessed))) for p in self.points))
            for code in codes
        ]
        if held:
            blocks.append(Table([Text("类别（人数）", "category (children)"), *days], held))
        codes = list(dict.fromkeys(code for p in self.points for code in p.receiving))
        received: list[tuple[Content, ...]] = [
            (self.title(code), *(_counted(p.receiving.get(code, (0, 0))) for p in self.points)) for code in codes
        ]
        if received:
            blocks.append(Table([Text("已享受（人数）", "receiving (children)"), *days], received))
        return View(Text("档案与救助的变化", "Files and help over time"), blocks, lang)

    def plot(self, lang: Language | None = None, **options: Any) -> "Plot":
        """The series as a picture; options as for ``analysis.plots.growth``."""
        from kinderguard.analysis import plots

        return plots.growth(self, lang, **options)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        return f"<Growth by {self.every}: {len(self.points)} points>"

    def __str__(self) -> str:
        return self.summary()


def _counted(found: tuple[int, int]) -> "Content":
    """How many for sure, and of how many it is not known."""
    from kinderguard.model.view import Marked

    sure, open_ = found
    if not open_:
        return sure
    return Marked(Text(f"{sure:,}（另有 {open_:,} 不详）", f"{sure:,} ({open_:,} more not known)"), "unknown")


#: The counts of a point that are one number, with their titles.
_COUNTS: Mapping[str, Text] = {
    "open_files": Text("在册档案", "open files"),
    "opened": Text("新建", "opened"),
    "closed": Text("结案", "closed"),
    "assessed": Text("已评估", "assessed"),
    "not_assessed": Text("未评估", "not assessed"),
    "help_unknown": Text("享受情况不详", "help not known"),
    "help_unnamed": Text("享受何种救助不详", "help of an unknown policy"),
    "visits": Text("走访", "visits"),
    "services": Text("服务", "services"),
}


def growth(
    store: "CaseStore",
    start: dt.date,
    until: dt.date | None = None,
    *,
    every: Literal["month", "quarter", "year"] = "month",
    division: str | None = None,
    book: "PolicyBook | None" = None,
    progress: "bool | Progress | None" = None,
) -> Growth:
    """How files and help grew from period to period.

    Args:
        store: the case files.
        start, until: days within the first and the last period; the last is that of today if left out.
        every: how long a period is. Months, quarters and years are those of the calendar.
        division: only files that this division (a prefix) was in charge of on the day in question.
        book: for the titles of categories and policies; those of the division's packs.
        progress: as for ``compare``.

    Returns:
        A point for each period: as things stood on its last day, or on ``until`` in the last. Results are those of the last
        assessment of each file that was kept by then; nothing is assessed anew.

    Raises:
        PeriodError: no such period, or an end before the start.
        DamagedEntryError: an entry is not what was written.
    """
    days = list(_days(start, until or store.today(), every))
    place = check_division(division) if division else None
    points = [_Point(first, last) for first, last in days]
    refs = store.refs(open=None)
    with told(wanted(progress, len(refs)), 0, len(refs)) as tell:
        for number, (_, entries) in enumerate(store.entries_of(refs), 1):
            _count(entries, points, place)
            if number % 500 == 0 or number == len(refs):
                tell(number, len(refs))
    titles: Mapping[str, Text] = book.overlay(place).titles if book is not None else {}
    return Growth(every, place, tuple(point.finished() for point in points), titles)


def _days(start: dt.date, end: dt.date, every: str) -> Iterator[tuple[dt.date, dt.date]]:
    """The first and the last day of each period; the last one ends on ``end``."""
    if every not in PERIODS or end < start:
        raise PeriodError(
            Text(
                f"every 为 {'、'.join(PERIODS)} 之一，且 end 不早于 start。",
                f"every is one of {', '.join(PERIODS)}, and the end is not before the start.",
            )
        )
    months = PERIODS[every]
    month = start.year * 12 + (start.month - 1) // months * months
    while (first := dt.date(month // 12, month % 12 + 1, 1)) <= end:
        month += months
        before = month - 1
        last = dt.date(before // 12, before % 12 + 1, calendar.monthrange(before // 12, before % 12 + 1)[1])
        yield first, min(last, end)


@attrs.define(eq=False)
class _Point:
    """One period while files come in."""

    first: dt.date
    day: dt.date
    counts: Counter[str] = attrs.field(factory=Counter)
    categories: dict[str, list[int]] = attrs.field(factory=dict)
    policies: dict[str, list[int]] = attrs.field(factory=dict)
    #: By policy that is paid monthly, what is due to each child.
    due: dict[str, list[Due]] = attrs.field(factory=dict)
    receiving: dict[str, list[int]] = attrs.field(factory=dict)
    #: By policy, of the files with help of an unknown policy, those counted under it.
    unnamed: Counter[str] = attrs.field(factory=Counter)

    def within(self, day: dt.date) -> bool:
        """Whether a day lies in the period."""
        return self.first <= day <= self.day

    def finished(self) -> GrowthPoint:
        """What was counted."""
        received = sorted(self.receiving.items())
        return GrowthPoint(
            day=self.day,
            categories=self._with_unassessed(self.categories),
            policies=self._with_unassessed(self.policies),
            due_a_month=self._due_a_month(),
            receiving={code: (sure, open_ + self._unnamed_beside(code)) for code, (sure, open_) in received},
            **{name: self.counts[name] for name in _COUNTS},
        )

    def _with_unassessed(self, counts: Mapping[str, list[int]]) -> dict[str, tuple[int, int]]:
        unassessed = self.counts["not_assessed"]
        return {code: (sure, open_ + unassessed) for code, (sure, open_) in sorted(counts.items())}

    def _due_a_month(self) -> Between:
        found = Between(0, None) if self.counts["not_assessed"] else NOTHING
        for dues in self.due.values():
            total = total_of(dues)
            found += Between(fen(total.low), None if total.high is None else fen(total.high))
        return found

    def _unnamed_beside(self, code: str) -> int:
        """Files with help of an unknown policy in which nothing is said of this one."""
        return self.counts["help_unnamed"] - self.unnamed[code]


def _count(entries: "Sequence[Entry]", points: Iterable[_Point], place: str | None) -> None:
    """One file, at every point."""
    from kinderguard.casefile import history
    from kinderguard.casefile.chain.entries import FACTUAL, EntryKind
    from kinderguard.casefile.facts import PLACES, case_of

    gone = history.withdrawn(entries)
    kept = sorted((e for e in entries if e.number not in gone), key=lambda e: (e.valid_from, e.number))
    held = history.holdings([e for e in entries if e.kind in FACTUAL])
    begun = min((e.valid_from for e in kept if e.kind is EntryKind.FACTS), default=None)
    if begun is None:
        return
    for point in points:
        if point.day < begun:
            continue
        facts = history.values(history.stated_on(held, point.day))
        here = next((str(facts[path]) for path in PLACES if facts.get(path) is not None), "")
        if place is not None and not here.startswith(place):
            continue
        until = [e for e in kept if e.valid_from <= point.day]
        states = [e for e in until if e.kind in (EntryKind.CLOSING, EntryKind.REOPENING)]
        is_closed = bool(states) and states[-1].kind is EntryKind.CLOSING
        recent = [e for e in until if point.within(e.valid_from)]
        point.counts["opened"] += point.within(begun)
        point.counts["closed"] += is_closed and states[-1] in recent
        point.counts["visits"] += sum(e.kind is EntryKind.VISIT for e in recent)
        point.counts["services"] += sum(e.kind is EntryKind.SERVICE for e in recent)
        if is_closed:
            continue
        point.counts["open_files"] += 1
        received = case_of("file", {"help": facts["help"]}).help if facts.get("help") is not None else None
        _count_help(point, received)
        assessments = [e for e in until if e.kind is EntryKind.ASSESSMENT and not e.erased]
        if assessments:
            _count_results(point, assessments[-1].body["line"], facts, here)
        point.counts["assessed" if assessments else "not_assessed"] += 1


def _count_help(point: _Point, received: tuple[HelpReceived, ...] | None) -> None:
    if received is None:
        point.counts["help_unknown"] += 1
        return
    found: dict[str, bool | None] = {}
    is_unnamed = any(each.policy is None and runs(each, point.day) is not False for each in received)
    point.counts["help_unnamed"] += is_unnamed
    for each in received:
        if each.policy is not None:
            now, before = runs(each, point.day), found.get(each.policy, False)
            found[each.policy] = True if True in (now, before) else None if None in (now, before) else False
    for code, value in found.items():
        if value is not False:
            _add(point.receiving, code, value)
            point.unnamed[code] += is_unnamed


def runs(received: HelpReceived, day: dt.date) -> bool | None:
    """Whether help runs on a day, as the rules have it; None where that is not known."""
    if received.since is not None and received.since.earliest > day:
        return False
    if received.until is not None and received.until.earliest >= day:
        return True
    if received.until is not None and received.until.latest < day:
        return False
    return received.ongoing


def _count_results(point: _Point, line: Mapping[str, Any], facts: Mapping[str, Any], place: str) -> None:
    for code, value in line["categories"].items():
        _add(point.categories, code, value)
    for code, policy in line["policies"].items():
        _add(point.policies, code, policy["eligible"])
        if policy["low"] is None or policy["every"] != "month":
            continue
        high = None if policy["high"] is None else Decimal(policy["high"])
        if high != 0:
            household = household_key(policy["per"], place, facts.get("household.number"))
            alone = for_one_person(code, facts.get("child.individual_dibao"), line["categories"])
            point.due.setdefault(code, []).append(Due(Decimal(policy["low"]), high, household, alone))


def _add(counts: dict[str, list[int]], code: str, value: bool | None) -> None:
    found = counts.setdefault(code, [0, 0])
    found[0] += value is True
    found[1] += value is None


__all__ = ["Growth", "GrowthPoint", "PeriodError", "growth", "runs"]
