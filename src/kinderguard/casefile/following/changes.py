"""What a new assessment changes against the last one: what begins, ends, rises, falls, must be looked at again, and what
was paid too much since when.

Used by the store, by ``forecast`` and by ``due``. It compares results and never decides anything: a change is a reason for
somebody to act. What is open is never called a fall or an end. Texts name facts by their titles, never by what they hold.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from weakref import WeakKeyDictionary

import attrs
from pydantic import BaseModel

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.errors import StoreError
from kinderguard.casefile.facts import PLACES, case_of, facts_of, title_of
from kinderguard.casefile.following.hindsight import Hindsight, readings
from kinderguard.casefile.following.overpaid import looked_at as months_looked_at
from kinderguard.casefile.following.overpaid import overpayment_decisions
from kinderguard.casefile.following.paying import InForce, in_force, unpaid_spans, without_looks_ahead
from kinderguard.casefile.following.since import SameSince
from kinderguard.casefile.following.turning import ONE_DAY
from kinderguard.casefile.history import Holding, changes_between, holdings, known_by, stated_on, values, withdrawn
from kinderguard.engines.assessment import ZERO, Assessment, PolicyResult
from kinderguard.engines.missing import DERIVED
from kinderguard.engines.otherwise import revised, turned
from kinderguard.engines.plan import Plan, Step
from kinderguard.model.case import Case
from kinderguard.model.codes import ClosingReason, Code, Frequency
from kinderguard.model.dates import as_day
from kinderguard.model.errors import ToldError
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Text, join, same
from kinderguard.packs.pinned import ELSEWHERE
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort
from kinderguard.rules.wording import wording

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore
    from kinderguard.engines.assessment_line import AssessmentLine
    from kinderguard.packs.book import PolicyBook

#: A result to compare with: an assessment, or the line of one as it is stored.
Result: TypeAlias = "Assessment | AssessmentLine | Mapping[str, Any]"


class ChangeKind(Code):
    """What a change is 变化."""

    BEGINS = "begins", "开始", "begins"
    ENDS = "ends", "停止", "ends"
    RISES = "rises", "提高", "rises"
    FALLS = "falls", "降低", "falls"
    MUST_BE_REVIEWED = "must_be_reviewed", "须复核", "must be reviewed"
    SETTLED = "settled", "已确定", "is settled"
    OVERPAID = "overpaid", "多发", "was overpaid"


class UnreadableResultError(ToldError, ValueError):
    """What was given as the last result is no assessment and no line of one."""


class NotAssessedError(StoreError, LookupError):
    """No assessment of the file was kept, so there is nothing to compare with."""

    @classmethod
    def of(cls, ref: str) -> "NotAssessedError":
        """The error for one file."""
        return cls(
            Text(
                f"档案 {ref} 没有可供比较的已存评估；请先用 store.assess(…) 评估并存档。",
                f"No assessment of file {ref} is kept to compare with; assess it first with store.assess(...).",
            )
        )


@attrs.frozen
class Overpaid:
    """What was paid too much, by whole months.

    Attributes:
        since: the day from which it was true that less was due, by the facts as they are known now.
        first, last: the first and the last month paid too much, as ``2026-03``.
        months: how many months that is by the calendar.
        low, high: how much in yuan, at least and at most; they differ where what was due is not known exactly.
        uncounted: how many months begin after ``since`` and before the first assessment that was kept. Nobody knows what
            was paid in them, so they are not among the others.
        by_month: each month with how much in yuan, at least and at most.
    """

    since: dt.date
    first: str
    last: str
    months: int
    low: Decimal
    high: Decimal
    uncounted: int = 0
    by_month: tuple[tuple[str, Decimal, Decimal], ...] = ()

    @property
    def amount(self) -> Decimal | None:
        """How much in yuan, where it is known exactly."""
        return self.low if self.low == self.high else None


@attrs.frozen
class Standing:
    """What a category or policy comes to in one result. ``holds`` is None where it is open."""

    holds: bool | None
    #: Of money, yuan; ``high`` is None where there is no bound. Both are None for what is no money.
    low: Decimal | None = None
    high: Decimal | None = None
    every: Frequency | None = None

    @property
    def is_money(self) -> bool:
        """Whether it is an amount."""
        return self.low is not None

    @property
    def is_open(self) -> bool:
        """Whether it is not determined."""
        return self.low != self.high if self.is_money else self.holds is None

    @property
    def gives(self) -> bool | None:
        """Whether something is given: surely, surely not, or open (None)."""
        if not self.is_money:
            return self.holds
        assert self.low is not None
        return True if self.low > ZERO else False if self.high == ZERO else None


@attrs.frozen
class Change:
    """One change of one category or policy.

    Attributes:
        kind: what it is.
        code, title: of the category or policy.
        what: ``"category"``, ``"money"`` or ``"service"``.
        on: the day of the new result; of ``overpayments`` alone, that of the last month looked at.
        before, after: what it came to.
        because: what brought it about: facts that changed, conditions that turned, values or rules that were changed.
        overpaid: of an overpayment, since when and how much.
    """

    kind: ChangeKind
    code: str
    title: Text
    what: Literal["category", "money", "service"]
    on: dt.date
    before: Standing
    after: Standing
    because: tuple[Text, ...] = ()
    overpaid: Overpaid | None = None
    result: Assessment | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def text(self) -> Text:
        """The change with its day, in a sentence in both languages."""
        return Text(f"{self.on}：", f"{self.on}: ") + self.said

    @property
    def brief(self) -> Text:
        """The change with what it comes to, without its day and what brought it about, and without a full stop."""
        return _sentence(self)

    @property
    def said(self) -> Text:
        """The change in a sentence without its day, in both languages."""
        why = join(list(self.because), "；", "; ")
        tail = Text(f"（{why.zh}）", f" ({why.en})") if why else same("")
        return self.brief + tail + Text("。", ".")

    def explain(self, code: str | None = None) -> Any:
        """The whole explanation of the new result; of this category or policy, if no other is named."""
        return None if self.result is None else self.result.explain(code or self.code)


def changes(
    last: Result,
    new: Assessment,
    *,
    facts: Sequence[str] | None = None,
    paid: Sequence[Result] | None = None,
    true_on: Callable[[dt.date], Assessment] | None = None,
    stopped: Text | None = None,
) -> tuple[Change, ...]:
    """What a new assessment changes against the last one.

    Args:
        last: the last result: an assessment, or its line as it was stored.
        new: the new one.
        facts: the paths of the facts that changed between the two; found by itself where ``last`` is an assessment.
        true_on: what was due on a day by the facts as they are known now. With it, what was overpaid is told as well.
        paid: the results by which was paid, in the order of their days; only ``last``, if left out.
        stopped: where nothing was paid for some time since the last result, why: money that is given begins again.

    Returns:
        For each category and policy that changed: what begins, ends, rises, falls, must be reviewed (it has become open)
        or is settled (it was open); then what was overpaid, see ``overpayments``. A month that begins on the day of the
        new result is not among what was overpaid: it is given by the new result.

    Raises:
        UnreadableResultError: ``last`` is no result.

    >>> import datetime as dt, kinderguard
    >>> book = kinderguard.load()
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2010-02-03", "child.living_on_street": True})
    >>> before, after = (book.assess(case, on=dt.date(2028, 2, day)) for day in (2, 3))
    >>> [c.kind.value for c in changes(before, after) if c.code == "cn.street_child"]
    ['ends']
    """
    before, after = _standings(last), _standings(new)
    old_complete, new_complete = _is_complete(last), _lazily_complete(new)
    reasons = _Reasons(last, new, facts, before.keys())
    found: list[Change] = []
    for code in sorted(before.keys() | after.keys()):
        old, now = before.get(code), after.get(code)
        # What a pack that could not be used says nothing of is open; what no rule names any more is not given.
        old = old or _absent(now, known=old_complete)
        now = now or _absent(old, known=new_complete())
        kind = _kind(old, now)
        why: tuple[Text, ...] = ()
        if stopped is not None and old.is_money:
            why = (stopped, *(reasons.of(code) if kind is not None else ()))
            old = Standing(False, ZERO, ZERO, old.every)
            kind = _kind(old, now)
        if kind is not None:
            found.append(_change(kind, code, new, old, now, why or reasons.of(code)))
    if true_on is not None:
        told = overpayments([last] if paid is None else paid, true_on, through=new.on - ONE_DAY)
        found += [attrs.evolve(each, on=new.on) for each in told]
    return tuple(found)


def changes_of(
    store: "CaseStore", ref: str, book: "PolicyBook", *, on: dt.date | None = None, last: int | None = None
) -> tuple[Change, ...]:
    """What has changed for a filed child against the last assessment that was kept; nothing is written.

    What was assessed in time is taken as what was paid (``in_force``), but for the months after the last month paid in which the
    file was closed. What was overpaid is told by both times of the
    file, and by the days that facts state themselves (``hindsight``): since when it was true, although it became known later.
    Months that somebody has looked at (``settle_overpayment``) are told no more, unless more of them was overpaid than was known then. Asked again on the same day, the answer is the
    same, whether or not the new result was kept in between.

    Args:
        store, ref: the file.
        book: the rules.
        on: the day of the new result; today if left out.
        last: the number of the assessment to compare with. If left out, the last one before the day; where there is none,
            the first one of that day.

    Raises:
        NotAssessedError: no assessment was kept yet, or there is none of that number.
        UnknownFileError: there is no such file.
    """
    day, entries = store._day(on, "on"), store.entries(ref)
    kept = _kept_until(day, entries)
    if last is not None:
        place = next((k for k, e in enumerate(kept) if e.number == last), -1)
        kept = kept[: place + 1]
    if not kept:
        raise NotAssessedError.of(ref)
    usual = without_looks_ahead(kept)
    base = kept[-1] if last is not None else next((e for e in reversed(usual) if e.valid_from < day), usual[0])
    held = holdings(entries)

    before = stated_on(holdings(known_by(entries, base.known_at)), base.valid_from)
    facts = [c.path for c in changes_between(before, stated_on(held, day))]
    new = book.assess(case_of(ref, values(stated_on(held, day))), on=day)
    stopped = _stopped(entries, base.valid_from, day)
    found = tuple(_named(changes(base.body["line"], new, facts=facts, stopped=stopped), store, base))
    told = _overpaid_by(kept, ref, entries, held, book, day)
    return (*found, *(attrs.evolve(each, on=day) for each in told))


def open_overpayments(ref: str, entries: Sequence[Entry], book: "PolicyBook", day: dt.date) -> tuple[Change, ...]:
    """What ``changes_of`` tells as overpaid and nobody has looked at yet; nothing where no assessment was kept.

    Args:
        ref, entries: the file.
        book: the rules.
        day: months that begin before it are reckoned.
    """
    kept = _kept_until(day, entries)
    return _overpaid_by(kept, ref, entries, holdings(entries), book, day) if kept else ()


def _kept_until(day: dt.date, entries: Sequence[Entry]) -> list[Entry]:
    """The assessments kept up to a day, in the order of their days."""
    gone = withdrawn(entries)
    kept = [e for e in entries if e.kind is EntryKind.ASSESSMENT and e.number not in gone and not e.erased]
    return sorted((e for e in kept if e.valid_from <= day), key=lambda e: (e.valid_from, e.number))


def _overpaid_by(
    kept: Sequence[Entry],
    ref: str,
    entries: Sequence[Entry],
    held: list[Holding],
    book: "PolicyBook",
    day: dt.date,
) -> tuple[Change, ...]:
    """What was overpaid by the assessments kept, but for the months in which the file was closed and paid nothing."""
    from kinderguard.casefile.ending.closing import closed_spans

    closed = closed_spans(entries, day)
    closing = closed[-1].closing if closed and closed[-1].reopened_on is None else None
    through, died_on = day - ONE_DAY, None
    if closing is not None:
        if closing.last_paid is not None:
            through = min(day, dt.date.fromisoformat(closing.last_paid + "-01"))
        died_on = closing.happened_on if closing.reason is ClosingReason.DEATH else None
    payers, known_from = in_force(kept, list(unpaid_spans(closed))), held[0].valid_from if held else None
    if not payers:
        return ()

    def known_then(position: int) -> Case | None:
        entry = payers[position].assessment
        if entry is None:
            return None
        said = stated_on(holdings(known_by(entries, entry.known_at)), entry.valid_from)
        return case_of(ref, values(said))

    first, looked_at = payers[0].since, months_looked_at(overpayment_decisions(entries))
    start = first if known_from is None else min(first, known_from)
    if through < start:
        return ()

    def told(seen: Hindsight) -> tuple[Change, ...]:
        found = overpayments(
            [_paid(p) for p in payers], _true_on(ref, seen.held, book),
            counts_from=[p.since for p in payers], through=through, known_from=known_from, known_then=known_then,
            same_since=SameSince(book, ref, seen.held, start=start, until=through), looked_at=looked_at, died_on=died_on,
        )  # fmt: skip
        return tuple(_with_hindsight(each, seen, start, counted=first) for each in found)

    # Where a closing may be of the one parent or of the other, what is least is sure.
    return min(
        map(told, readings(held, closed)), key=lambda found: sum((c.overpaid.low for c in found if c.overpaid), ZERO)
    )


def _paid(by: InForce) -> Mapping[str, Any] | None:
    """The line of what was paid by, with what was given more when its day was assessed again within the month."""
    if by.assessment is None:
        return None
    line: Mapping[str, Any] = by.assessment.body["line"]
    for entry in by.again:
        said = line["policies"]
        more = {code: p for code, p in entry.body["line"]["policies"].items() if _gives_more(p, said.get(code))}
        line = {**line, "policies": {**said, **more}} if more else line
    return line


def _gives_more(policy: Mapping[str, Any], before: Mapping[str, Any] | None) -> bool:
    new, old = _of_line(policy), None if before is None else _of_line(before)
    if not _is_paid_monthly(new):
        return False
    return old is None or not _is_paid_monthly(old) or (new.low or ZERO) > (old.low or ZERO)


def _stopped(entries: Sequence[Entry], last: dt.date, day: dt.date) -> Text | None:
    """Why nothing was paid for some time between the last result and a day on which the file is open again; None where it was."""
    from kinderguard.casefile.ending.closing import closed_spans

    closed = closed_spans(entries, day)
    for span, (start, end) in zip(closed, unpaid_spans(closed), strict=True):
        if end is not None and last < end and next(_firsts(max(start, last.replace(day=1)), end), None) is not None:
            on = span.closing.on
            return Text(
                f"档案于 {on} 结案、{end} 重新建档，其间未发放",
                f"the file was closed on {on} and opened again on {end}, and nothing was paid meanwhile",
            )
    return None


def _true_on(ref: str, held: Sequence[Holding], book: "PolicyBook") -> Callable[[dt.date], Assessment]:
    """What was due on a day by what a file holds; each case is made once."""
    cases: dict[tuple[int, ...], Case] = {}

    def true_on(when: dt.date) -> Assessment:
        said = tuple(place for place, each in enumerate(held) if each.covers(when))
        if said not in cases:
            cases[said] = case_of(ref, values(stated_on(held, when)))
        return book.assess(cases[said], on=when)

    return true_on


def _with_hindsight(change: Change, seen: Hindsight, start: dt.date, *, counted: dt.date) -> Change:
    """An overpayment with how it came to be known late; since when it is so, also where that lies before all that is known."""
    told = change.overpaid
    assert told is not None
    days = [dt.date.fromisoformat(f"{month}-01") for month, _, _ in told.by_month]
    if told.since == start and seen.since(start) < start:
        since = seen.since(start)
        before = sum(1 for _ in _firsts(since, counted)) - sum(1 for _ in _firsts(start, counted))
        told = attrs.evolve(told, since=since, uncounted=told.uncounted + before)
    return attrs.evolve(change, overpaid=told, because=(*change.because, *seen.because(days)))


def _named(found: Iterable[Change], store: "CaseStore", last: Entry) -> Iterator[Change]:
    """Changes, of a rule that is no longer at hand with the title that the rules of the last result have."""
    from kinderguard.casefile.following.assessing import kept_titles

    titles: Mapping[str, Text] | None = None
    for change in found:
        if change.title == same(change.code):
            if titles is None:
                with store._database.reading() as connection:
                    titles = kept_titles(connection, last.body)
            yield attrs.evolve(change, title=titles.get(change.code, change.title))
        else:
            yield change


def overpayments(
    paid: Sequence["Result | None"],
    true_on: Callable[[dt.date], Assessment],
    *,
    through: dt.date,
    counts_from: Sequence[dt.date] | None = None,
    known_from: dt.date | None = None,
    known_then: Callable[[int], Case | None] | None = None,
    same_since: Callable[[dt.date], dt.date] | None = None,
    looked_at: Mapping[str, Mapping[str, Decimal]] | None = None,
    died_on: dt.date | None = None,
) -> tuple[Change, ...]:
    """What was paid too much each month, by what is known now to have been true.

    A month is reckoned by its first day: what was due on it may be kept for that month. That is this library's
    convention (the sources give a last month paid, and no day). Only what is paid monthly is reckoned, and only where the
    amount paid was known exactly. Months before the first result stay out: nobody knows what was paid in them.

    Args:
        paid: the results by which was paid, in the order of their days; None where nothing was. Each counts from the first month
            that begins on or after its day, until the next one counts.
        counts_from: the day from which each counts, where that is not its own.
        true_on: what was due on a day by the facts as they are known now.
        through: months that begin up to this day are reckoned.
        known_from: the first day of which anything is known. From there on is looked since when less was due; from the
            first result on, if left out.
        known_then: by the position of a result in ``paid``, the case as it was known to it; found by itself where a result is
            an assessment. Of what a household has to be recognised for (dibao, support as extremely poor), nothing is told where
            neither what was known then nor what is known now says that it was drawn, and what is known now says that it was not.
        same_since: gives, for a day, the first of the days up to it on all of which ``true_on`` comes to the same. Every day is
            tried, if left out.
        looked_at: by policy, the months that somebody has looked at (as ``2026-03``), each with how many yuan were known to be
            overpaid at least. They are left out, unless it is more by now.
        died_on: the day on which the child died, where it did. Of months that begin after it nothing is due that is paid per
            child; what is paid per household goes by the rules as before.

    Raises:
        UnreadableResultError: something in ``paid`` is no result.
    """
    through = as_day(through, "through")
    days = counts_from or [dt.date.max if each is None else _day(each) for each in paid]
    in_order = sorted(range(len(paid)), key=lambda k: days[k])
    said_by: list[Mapping[str, Standing]] = [{} if each is None else _standings(each) for each in paid]
    results = [(days[k], said_by[k]) for k in in_order]
    months: dict[str, list[tuple[dt.date, Decimal, Decimal]]] = {}
    since: dict[str, dt.date] = {}
    settled = looked_at or {}
    newest: dt.date | None = None
    for position, (day, said) in enumerate(results):
        end = results[position + 1][0] if position + 1 < len(results) else through + ONE_DAY
        payments = {code: s for code, s in said.items() if _is_paid_monthly(s)}
        for first in _firsts(day, end):
            if first > through:
                break
            newest = first
            if not payments:
                continue
            truth = true_on(first)
            due = _standings(truth)
            for code, given in payments.items():
                ended = died_on is not None and first > died_on and _is_per_child(truth, code)
                low, high = _too_much(given, _NOTHING if ended else due.get(code))
                if low <= settled.get(code, {}).get(f"{first:%Y-%m}", ZERO):
                    continue
                if not _never_drawn(code, paid, in_order[position], known_then, truth):
                    months.setdefault(code, []).append((first, low, high))
                    if code not in since:
                        by_rules = not ended or _too_much(given, due.get(code))[0] > ZERO
                        since[code] = (
                            _since(code, results, true_on, known_from, first, same_since)
                            if by_rules or died_on is None
                            else died_on + ONE_DAY
                        )
    if newest is None or not months:
        return ()
    last = true_on(newest)
    # What was said of months that nobody counted was seen with the months that were looked at.
    uncounted = {code: 0 if code in settled else sum(1 for _ in _firsts(since[code], results[0][0])) for code in months}
    return tuple(
        _overpaid(
            code, months[code], since[code], uncounted[code], last,
            died=died_on is not None and newest > died_on and _is_per_child(last, code),
        )
        for code in sorted(months)
    )  # fmt: skip


#: What is due for a month that begins after the child's death.
_NOTHING = Standing(False, ZERO, ZERO)
_DIED = Text("结案登记的退出原因为儿童死亡", "the file was closed because the child died")


def _is_per_child(result: Assessment, code: str) -> bool:
    policy = result.policies.get(code)
    return policy is not None and policy.per == "child"


def _never_drawn(
    code: str,
    paid: Sequence["Result | None"],
    position: int,
    known_then: Callable[[int], Case | None] | None,
    truth: Assessment,
) -> bool:
    """Whether the file says that a policy was not drawn, and did not say otherwise to the result by which it would be paid."""
    from kinderguard.casefile.following.drawn import draws

    if draws(code, truth.case, truth.on) is not False:
        return False
    result = paid[position]
    assert result is not None  # something was paid by it
    then = result.case if isinstance(result, Assessment) else None if known_then is None else known_then(position)
    return then is not None and draws(code, then, _day(result)) is not True


def _overpaid(
    code: str,
    months: list[tuple[dt.date, Decimal, Decimal]],
    since: dt.date,
    uncounted: int,
    truth: Assessment,
    *,
    died: bool,
) -> Change:
    low, high = sum((m[1] for m in months), ZERO), sum((m[2] for m in months), ZERO)
    first, last = months[0][0], months[-1][0]
    each = tuple((f"{month:%Y-%m}", least, most) for month, least, most in months)
    told = Overpaid(since, f"{first:%Y-%m}", f"{last:%Y-%m}", len(months), low, high, uncounted, each)
    now = _NOTHING if died else _standings(truth).get(code, _NOTHING)
    why = (_DIED,) if died else ()
    return attrs.evolve(
        _change(ChangeKind.OVERPAID, code, truth, Standing(True, now.high or ZERO, now.high), now, why), overpaid=told
    )


def _is_paid_monthly(standing: Standing) -> bool:
    return standing.every is Frequency.MONTH and not standing.is_open and standing.gives is True


def _too_much(given: Standing, due: Standing | None) -> tuple[Decimal, Decimal]:
    """How much more was given than was due: surely, and at most."""
    assert given.low is not None
    if due is None or not due.is_money:
        return ZERO, ZERO  # no rule says what was due: nothing is claimed
    assert due.low is not None
    sure = ZERO if due.high is None else max(ZERO, given.low - due.high)
    return sure, max(ZERO, given.low - due.low)


def _since(
    code: str,
    results: Sequence[tuple[dt.date, Mapping[str, Standing]]],
    true_on: Callable[[dt.date], Assessment],
    known_from: dt.date | None,
    overpaid: dt.date,
    same_since: Callable[[dt.date], dt.date] | None,
) -> dt.date:
    """The first day since when it was true without a break that less was due than is given, back from an overpaid month.

    A day is held against what was given on it, so that a lower standard of an earlier year is no overpayment. Before the
    first result nobody knows what was given: as little as on the day of that result was due.
    """
    start = results[0][0]
    earliest = start if known_from is None else min(start, known_from)

    def due(day: dt.date) -> Standing | None:
        return _standings(true_on(day)).get(code)

    at_start = due(start) if earliest < start else None
    day, given = overpaid, _given_on(code, results, overpaid)
    while day > earliest:
        before = day - ONE_DAY
        given = _given_on(code, results, before) or given
        assert given is not None  # of a month that was overpaid
        was_due = due(before)
        if _too_much(given, was_due)[0] <= ZERO or (before < start and not _no_more(was_due, at_start)):
            break
        # All days are alike back to where something else was given or due.
        alike = before if same_since is None else same_since(before)
        day = max(earliest, alike, max((since for since, _ in results if since <= before), default=earliest))
    return day


def _given_on(code: str, results: Sequence[tuple[dt.date, Mapping[str, Standing]]], day: dt.date) -> Standing | None:
    """What the result in force on a day gives each month; None where there is none, or it gives nothing that is known."""
    said = next((said for since, said in reversed(results) if since <= day), {})
    given = said.get(code)
    return given if given is not None and _is_paid_monthly(given) else None


def _no_more(one: Standing | None, other: Standing | None) -> bool:
    """Whether at most as much was due."""
    highs = [None if s is None else s.high for s in (one, other)]
    return highs[0] is not None and highs[1] is not None and highs[0] <= highs[1]


def _firsts(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    """The first days of months from ``start`` on, before ``end``."""
    day = start.replace(day=1)
    while day < end:
        if day >= start:
            yield day
        day = (day + dt.timedelta(days=32)).replace(day=1)


# ---- what a result says ----------------------------------------------------------------------------------------


def _standings(result: Result) -> dict[str, Standing]:
    """What each category and policy comes to, by code."""
    if isinstance(result, Assessment):
        found = {code: Standing(value) for code, value in result.categories.items()}
        return found | {code: _of_policy(p) for code, p in result.policies.items()}
    line = _line(result)
    try:
        found = {code: Standing(value) for code, value in line["categories"].items()}
        return found | {code: _of_line(p) for code, p in line["policies"].items()}
    except (KeyError, TypeError, AttributeError, ArithmeticError, ValueError):
        raise _unreadable() from None


def _line(result: Any) -> Mapping[str, Any]:
    if isinstance(result, BaseModel):
        return result.model_dump()
    if isinstance(result, Mapping):
        return result
    raise _unreadable()


def _unreadable() -> UnreadableResultError:
    return UnreadableResultError(
        Text(
            "“上次结果”应为 book.assess(…) 的结果，或其 assessment-line（含 on、categories、policies）。",
            "The last result is what book.assess(...) gives, or its assessment-line with on, categories and policies.",
        )
    )


def _day(result: Result) -> dt.date:
    if isinstance(result, Assessment):
        return result.on
    try:
        return dt.date.fromisoformat(_line(result)["on"])
    except (KeyError, TypeError, ValueError):
        raise _unreadable() from None


def _is_complete(result: Result) -> bool:
    return result.complete if isinstance(result, Assessment) else bool(_line(result).get("complete", True))


def _lazily_complete(result: Assessment) -> Callable[[], bool]:
    """Whether every rule could be used: worked out only where it is asked, and once."""
    known: list[bool] = []

    def asked() -> bool:
        if not known:
            known.append(result.complete)
        return known[0]

    return asked


def _of_policy(p: PolicyResult) -> Standing:
    if p.is_cash:
        return Standing(p.eligible, p.low, p.high, p.every)
    return Standing(p.granted)


def _of_line(p: Mapping[str, Any]) -> Standing:
    if p["low"] is not None:
        high = None if p["high"] is None else Decimal(p["high"])
        return Standing(p["eligible"], Decimal(p["low"]), high, Frequency.of(p["every"]))
    # A service: given where eligible, unless a stacking rule said otherwise.
    stacked = [s["after"] for s in p["stacking"] if not isinstance(s["after"], list | tuple)]
    return Standing(stacked[-1] if stacked else p["eligible"])


def _absent(other: Standing | None, *, known: bool) -> Standing:
    """What a result without the rule says of it: nothing is given; or nothing at all, where rules were not available."""
    assert other is not None
    if not other.is_money:
        return Standing(False if known else None)
    return Standing(False, ZERO, ZERO, other.every) if known else Standing(None, ZERO, None, other.every)


# ---- which change it is ----------------------------------------------------------------------------------------


def _kind(old: Standing, new: Standing) -> ChangeKind | None:
    if new.gives and old.gives is False:
        return ChangeKind.BEGINS  # surely, whether or not it is known how much
    if new.is_open:
        if old.gives is None and new.gives is not None:
            return ChangeKind.SETTLED
        return ChangeKind.MUST_BE_REVIEWED if not old.is_open else None
    if new.gives is False and old.gives:
        return ChangeKind.ENDS
    if new.is_money and old.is_money:
        assert new.low is not None
        assert old.low is not None
        if old.high is not None and new.low > old.high:
            return ChangeKind.RISES
        if new.low < old.low:  # what is due now is exact here
            return ChangeKind.FALLS
    return ChangeKind.SETTLED if old.is_open else None


def _change(
    kind: ChangeKind, code: str, new: Assessment, old: Standing, now: Standing, because: tuple[Text, ...]
) -> Change:
    what: Literal["category", "money", "service"] = (
        "money" if old.is_money or now.is_money else "category" if _is_category(code, new) else "service"
    )
    title = new.basis.titles.get(code, same(code))
    return Change(kind, code, title, what, new.on, old, now, because, result=new)


def _is_category(code: str, result: Assessment) -> bool:
    rules = result.basis.bound.plan.rules
    return code in rules.categories or code not in rules.policies


# ---- in words --------------------------------------------------------------------------------------------------


def amount_text(standing: Standing) -> Text:
    """An amount as people read it, bounds included: 1,780.00元（每月）."""
    return bounds_text(standing.low, standing.high, standing.every)


def _sentence(c: Change) -> Text:
    """What changes, without the day and without a full stop."""
    if c.overpaid is not None:
        return _overpaid_sentence(c.title, c.overpaid)
    if c.what == "money":
        return _money_sentence(c)
    zh, en = c.title.zh, c.title.en
    now = "now" if c.after.holds else "no longer"
    yes_no = "yes" if c.after.holds else "no"
    if c.what == "category":
        return {
            ChangeKind.MUST_BE_REVIEWED: Text(f"须复核是否属于“{zh}”", f"{en}: it must be reviewed whether this holds"),
            ChangeKind.SETTLED: Text(
                f"已确定{'属于' if c.after.holds else '不属于'}“{zh}”", f"{en}: it is settled, {yes_no}"
            ),
        }.get(c.kind, Text(f"{'属于' if c.after.holds else '不再属于'}“{zh}”", f"{en}: {now} the case"))
    return {
        ChangeKind.MUST_BE_REVIEWED: Text(f"须复核是否提供{zh}", f"{en}: it must be reviewed whether this is given"),
        ChangeKind.SETTLED: Text(
            f"已确定{'提供' if c.after.holds else '不提供'}{zh}", f"{en}: it is settled, {yes_no}"
        ),
    }.get(c.kind, Text(f"{'开始提供' if c.after.holds else '不再提供'}{zh}", f"{en}: {now} given"))


def _money_sentence(c: Change) -> Text:
    zh, en = c.title.zh, c.title.en
    before, after = amount_text(c.before), amount_text(c.after)
    return {
        ChangeKind.BEGINS: Text(f"{zh}开始，{after.zh}", f"{en} begins, {after.en}"),
        ChangeKind.ENDS: Text(f"{zh}停止，此前{before.zh}", f"{en} ends, it was {before.en}"),
        ChangeKind.RISES: Text(f"{zh}由{before.zh}提高到{after.zh}", f"{en} rises from {before.en} to {after.en}"),
        ChangeKind.FALLS: Text(f"{zh}由{before.zh}降低到{after.zh}", f"{en} falls from {before.en} to {after.en}"),
        ChangeKind.MUST_BE_REVIEWED: Text(
            f"{zh}须复核，现为待定，{after.zh}，此前{before.zh}",
            f"{en} must be reviewed: it is open now ({after.en}), it was {before.en}",
        ),
        ChangeKind.SETTLED: Text(f"{zh}已确定，{after.zh}", f"{en} is settled, {after.en}")
        if c.after.gives is not False
        else Text(f"已确定不发放{zh}", f"{en}: it is settled, nothing is due"),
    }[c.kind]


def _overpaid_sentence(title: Text, o: Overpaid) -> Text:
    money, stretches = bounds_text(o.low, o.high), _stretches([month for month, _, _ in o.by_month])
    before = (
        Text(
            f"；首次评估之前的{o.uncounted}个月未计入，因不知是否发放",
            f"; {_months(o.uncounted)} before the first assessment {'is' if o.uncounted == 1 else 'are'} not counted, since "
            "nobody knows what was paid",
        )
        if o.uncounted
        else same("")
    )
    span = (
        Text(f"{o.first}一个月", f"{_months(o.months)}, {o.first}")
        if o.first == o.last
        else Text(f"{stretches.zh}共{o.months}个月", f"{_months(o.months)}, {stretches.en}")
    )
    return Text(
        f"{title.zh}{span.zh}多发，合计{money.zh}（自{o.since}起已不应如数发放{before.zh}）",
        f"{title.en} was overpaid for {span.en}, {money.en} in all (less was due from {o.since} on{before.en})",
    )


def _stretches(months: Sequence[str]) -> Text:
    """Months, those that follow each other from the first to the last of them."""
    found: list[list[str]] = []
    for month in months:
        day = dt.date.fromisoformat(f"{month}-01")
        if found and found[-1][-1] == f"{day - ONE_DAY:%Y-%m}":
            found[-1].append(month)
        else:
            found.append([month])
    one = [
        same(some[0]) if len(some) == 1 else Text(f"自{some[0]}至{some[-1]}", f"{some[0]} to {some[-1]}")
        for some in found
    ]
    return join(one, "、", ", ")


def _months(count: int) -> str:
    return f"{count} month{'' if count == 1 else 's'}"


# ---- why -------------------------------------------------------------------------------------------------------

_READ: "WeakKeyDictionary[Plan, dict[str, tuple[Step, ...]]]" = WeakKeyDictionary()


def _rests_on(plan: Plan, code: str) -> tuple[Step, ...]:
    """Every step that a category or policy rests on, those inside lists included."""
    kept = _READ.setdefault(plan, {})
    if code not in kept:
        roots = _roots(plan, code)
        seen: dict[int, Step] = {}
        while roots:
            step = roots.pop()
            if id(step) not in seen:
                seen[id(step)] = step
                roots += [*step.inputs, *step.inner, *(s for s in (step.where, step.body) if s is not None)]
        kept[code] = tuple(seen.values())
    return kept[code]


def _roots(plan: Plan, code: str) -> list[Step]:
    if code in plan.categories:
        return [plan.categories[code]]
    p = plan.policies.get(code)
    return [p.eligible, p.final] if p else []


def _deciding(roots: Iterable[Step], trace: Sequence[Any]) -> set[int]:
    """The places of the steps that bring a result about: of alternatives those that hold, of requirements those that fail."""
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        step = waiting.pop()
        if step.index not in found:
            found.add(step.index)
            if not isinstance(step.node, n.Aggregate):
                waiting += _decided_by(step, trace)
    return found


def _decided_by(step: Step, trace: Sequence[Any]) -> Iterable[Step]:
    value = trace[step.index]
    every = False if isinstance(step.node, n.Or) else True if isinstance(step.node, n.And) else value
    return step.inputs if value is every else [s for s in step.inputs if trace[s.index] is value]


def _facts_read(steps: Sequence[Step]) -> frozenset[str]:
    paths = (s.node.path for s in steps if isinstance(s.node, n.Fact | n.Collection) and s.node.of is None)
    return frozenset(source for path in paths for source in DERIVED.get(path, (path,)))


class _Reasons:
    """What brought a new result about, rule by rule."""

    def __init__(self, last: Result, new: Assessment, facts: Sequence[str] | None, codes: Collection[str]) -> None:
        self.last, self.new, self.old_codes = last, new, codes
        self.plan = new.basis.bound.plan
        #: Whether it is known which facts changed: a line alone does not say.
        self.facts_known = isinstance(last, Assessment) or facts is not None
        self.facts = frozenset(facts or ())
        if facts is None and isinstance(last, Assessment) and last.case is not new.case:
            a, b = facts_of(last.case), facts_of(new.case)
            self.facts = frozenset(path for path in a.keys() | b.keys() if a.get(path) != b.get(path))
        self.same_plan = isinstance(last, Assessment) and last.basis.bound.plan is self.plan

    def of(self, code: str) -> tuple[Text, ...]:
        """The reasons for one category or policy; never empty."""
        steps = _rests_on(self.plan, code)
        found = [*self._facts(steps), *self._turned(code, steps), *self._values(steps), *self._rules(code)]
        return tuple(found or self._otherwise())

    def _otherwise(self) -> Iterator[Text]:
        """What else may have brought it about, where no fact, condition, value or rule did that is seen."""
        moved = sorted(self.facts.intersection(PLACES))
        if moved:
            yield from self._changed(moved)
        elif not self.facts_known:
            yield Text(
                "上次结果未附当时的情况，变化原因不详",
                "the last result does not say by which facts, so why is not known",
            )
        else:
            yield Text("随时间推移", "by the passing of time")

    def _facts(self, steps: Sequence[Step]) -> Iterator[Text]:
        yield from self._changed(sorted(self.facts & _facts_read(steps)))

    def _changed(self, paths: Iterable[str]) -> Iterator[Text]:
        for path in paths:
            title = title_of(path)
            title = self.new.basis.titles.get(path, title)
            yield Text(f"“{title.zh}”有变更", f"‘{title.en}’ changed")

    def _turned(self, code: str, steps: Sequence[Step]) -> Iterator[Text]:
        """The smallest conditions that came out otherwise, of those that the new result rests on."""
        if not self.same_plan:
            return
        assert isinstance(self.last, Assessment)
        old, new = self.last.trace, self.new.trace
        outer = {s.index for s in self.plan.steps}
        own = {id(s) for s in self.plan.steps}
        otherwise = {
            s.index: s
            for s in steps
            if id(s) in own
            and s.index in outer
            and s.node.kind.sort is Sort.BOOL
            and not isinstance(s.node, n.Collection)
            if old[s.index] is not new[s.index]
        }
        # That a mother is lost makes it so; that she is, by the same word, neither dead nor abroad does not.
        deciding = _deciding(_roots(self.plan, code), new)
        otherwise = {index: step for index, step in otherwise.items() if index in deciding} or otherwise
        for index in sorted(otherwise):
            step = otherwise[index]
            if isinstance(step.node, n.Fact) or any(i.index in otherwise for i in _beneath(step)):
                continue  # a fact is told as a fact; a larger condition by what turned within it
            title = step.names[0].title if step.names else wording(step.node, self.new.basis.titles)
            yield turned(title, old[index], new[index])

    def _values(self, steps: Sequence[Step]) -> Iterator[Text]:
        if not isinstance(self.last, Assessment):
            return
        codes = sorted({s.node.code for s in steps if isinstance(s.node, n.Param)})
        for code in codes:
            if (said := revised(code, self.last.basis, self.new.basis)) is not None:
                yield said

    def _rules(self, code: str) -> Iterator[Text]:
        now = code in self.plan.categories or code in self.plan.policies
        if code not in self.old_codes:
            yield Text("此规则自当日起适用", "this rule applies now")
        elif not now and any(problem.code == ELSEWHERE for problem in self.new.problems):
            yield Text("未用主管地区的规则", "the rules of the division in charge were not used")
        elif not now and not self.new.complete:
            yield Text("有规则包不可用", "a pack of rules could not be used")
        elif not now:
            yield Text("此规则已不再适用", "this rule no longer applies")
        division = self.last.division if isinstance(self.last, Assessment) else _line(self.last).get("division")
        told = isinstance(self.last, Assessment) or "division" in _line(self.last)
        if told and division != self.new.division:
            yield Text("主管地区有变更", "another division is in charge")
        print_ = self.last.fingerprint if isinstance(self.last, Assessment) else _line(self.last).get("fingerprint")
        if print_ is not None and print_ != self.new.fingerprint and division == self.new.division:
            yield Text("规则或标准有修订", "rules or values were revised")


def _beneath(step: Step) -> Iterator[Step]:
    """The conditions that a condition is made of, whatever stands between."""
    waiting = [*step.inputs] if not isinstance(step.node, n.Aggregate) else []
    seen: set[int] = set()
    while waiting:
        s = waiting.pop()
        if id(s) in seen:
            continue
        seen.add(id(s))
        yield s
        if not isinstance(s.node, n.Aggregate):
            waiting += s.inputs
