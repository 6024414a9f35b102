"""What falls due in the files: reviews, visits, certificates that run out, birthdays and other days that change a result,
parents to be released, consents that end, transfers nobody has answered, parts of care plans, overpayments nobody has looked
at, entries that hide what was learnt later, files with one resident ID.

Used by the store and by whoever plans the coming weeks. It writes nothing, and no name is in what it gives. Whatever no
rule or county has set (how often to visit) is said not to be set, never guessed.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.casefile.adoption import parents_before
from kinderguard.casefile.care.plans import UNDER_WAY, CarePlan, FollowUpKind, PartOfPlan, PlanState
from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.doubts import HiddenFact, doubt_texts, hidden_facts
from kinderguard.casefile.ending.closing import closing_of
from kinderguard.casefile.errors import DamagedEntryError, UnreadableEntryError
from kinderguard.casefile.facts import case_of, title_of
from kinderguard.casefile.filing.claims import Past
from kinderguard.casefile.filing.holders import SameId, same_ids
from kinderguard.casefile.filing.perhaps import PerhapsListed, asked_in, perhaps_listed
from kinderguard.casefile.filing.unread import UnreadRow, unread_in
from kinderguard.casefile.filing.waiting import WaitingChild, waiting_in
from kinderguard.casefile.following.birthdays import birthdays, people_of
from kinderguard.casefile.following.changes import Change, changes, open_overpayments
from kinderguard.casefile.following.turning import ONE_DAY, Calendar, Stretch
from kinderguard.casefile.giving.sharing import written_consents
from kinderguard.casefile.history import holdings, stated_on, values, withdrawn
from kinderguard.casefile.moving.transfers import open_transfer
from kinderguard.casefile.releases import CONFINED, is_past, last_day, stated_days
from kinderguard.engines.assessment import Assessment
from kinderguard.model.case import Case
from kinderguard.model.codes import Code, ConsentScope
from kinderguard.model.dates import BEIJING, PartialDate, add_months
from kinderguard.model.errors import InvalidRecordError, Problem, ToldError
from kinderguard.model.help import Consent
from kinderguard.model.people import Situation
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import View

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore
    from kinderguard.packs.book import PolicyBook

#: How often the child director visits: the county's to set, in whole months.
VISIT_INTERVAL = "cn.visit.interval_months"


class DueKind(Code):
    """What falls due 待办事项."""

    REVIEW = "review", "复核", "review"
    VISIT = "visit", "走访", "visit"
    CERTIFICATE = "certificate", "证件材料到期", "certificate that runs out"
    BIRTHDAY = "birthday", "生日引起变化", "birthday that changes something"
    TURN = "turn", "期限届满等引起变化", "day that changes something"
    RELEASE = "release", "父母即将释放", "parent to be released"
    CONSENT = "consent", "同意到期", "consent that ends"
    TRANSFER = "transfer", "转移待答复", "transfer without an answer"
    DOUBT = "doubt", "待核对", "something to be checked"
    CARE = "care", "关爱方案事项", "part of a care plan"
    OVERPAID = "overpaid", "多发待处理", "overpayment to be looked at"
    WAITING = "waiting", "待认定身份", "child without a file until it is said who it is"
    UNREAD = "unread", "名单中待核对的行", "row of a list to be looked at"


class Duty(Code):
    """Who should act 责任人."""

    CHILD_DIRECTOR = "child_director", "儿童主任", "the village child director"
    TOWNSHIP = "township", "乡镇（街道）", "the township or subdistrict"
    COUNTY = "county", "县级民政部门", "the county's civil affairs department"
    RECEIVER = "receiver", "转入地", "the receiving division"


#: Our reading of who acts, by the three-tier duty of the State Council's opinion; a county may read it otherwise.
WHO = {
    DueKind.REVIEW: Duty.TOWNSHIP,
    DueKind.VISIT: Duty.CHILD_DIRECTOR,
    DueKind.CERTIFICATE: Duty.CHILD_DIRECTOR,
    DueKind.BIRTHDAY: Duty.TOWNSHIP,
    DueKind.TURN: Duty.TOWNSHIP,
    DueKind.RELEASE: Duty.CHILD_DIRECTOR,
    DueKind.CONSENT: Duty.CHILD_DIRECTOR,
    DueKind.TRANSFER: Duty.RECEIVER,
    DueKind.DOUBT: Duty.TOWNSHIP,
    DueKind.CARE: Duty.CHILD_DIRECTOR,
    DueKind.OVERPAID: Duty.COUNTY,
    DueKind.WAITING: Duty.TOWNSHIP,
    DueKind.UNREAD: Duty.TOWNSHIP,
}


@attrs.frozen
class Lead:
    """How long before its day something is told. Of a transfer: how long it may wait for an answer."""

    months: int = 0
    days: int = 0

    def after(self, day: dt.date) -> dt.date:
        """The day that lies so much later."""
        return add_months(day, self.months) + dt.timedelta(days=self.days)


#: This library's defaults, not law.
LEADS: Mapping[DueKind, Lead] = {
    DueKind.REVIEW: Lead(months=1),
    DueKind.VISIT: Lead(days=7),
    DueKind.CERTIFICATE: Lead(months=3),
    DueKind.BIRTHDAY: Lead(months=3),
    DueKind.TURN: Lead(months=3),
    DueKind.RELEASE: Lead(months=3),
    DueKind.CONSENT: Lead(months=1),
    DueKind.TRANSFER: Lead(days=30),
    DueKind.DOUBT: Lead(),
    DueKind.CARE: Lead(days=7),
    DueKind.OVERPAID: Lead(),
    DueKind.WAITING: Lead(),
    DueKind.UNREAD: Lead(),
}


class LeadError(ToldError, ValueError):
    """A lead for something that does not fall due, or one that is no length of time."""


#: What is told of no file yet, and what its number is then.
_WHAT_REF_IS = {
    DueKind.UNREAD: Text("行号", "row"),
    DueKind.WAITING: Text("尚无档案，待建档号", "no file yet, mark"),
}


@attrs.frozen
class DueItem:
    """Something that falls due for one child.

    Attributes:
        day: the day it is due; before today it is overdue.
        ref, division: the file, and the division in charge; of a child that has no file yet, since it waits until somebody has
            said who it is, the number that its file would have, and where it lives; of a row that was not read, the number by
            which it is settled (``store.settle_row``).
        kind: what it is.
        who: who should act.
        what: what to do, in both languages; no name is in it.
        lead: how long before its day it is told.
        codes: the categories and policies concerned.
        changes: what the day changes, where it changes a result.
    """

    day: dt.date
    ref: str
    division: str | None
    kind: DueKind
    who: Duty
    what: Text
    lead: Lead
    codes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = attrs.field(default=(), repr=False)
    overdue: bool = False

    @property
    def text(self) -> Text:
        """Day, what to do and who, in a line."""
        late = Text("（已逾期）", " (overdue)") if self.overdue else same("")
        of = _WHAT_REF_IS.get(self.kind, Text("档案", "file"))
        return Text(
            f"{self.day}{late.zh} {of.zh} {self.ref} {self.kind.zh}：{self.what.zh}〔{self.who.zh}〕",
            f"{self.day}{late.en} {of.en} {self.ref}, {self.kind.en}: {self.what.en} [{self.who.en}]",
        )


@attrs.frozen
class DueList(Sequence[DueItem]):
    """What falls due, in order of days; and what could not be said, since something is not set."""

    items: tuple[DueItem, ...]
    problems: tuple[Problem, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def of(self, kind: DueKind | str) -> tuple[DueItem, ...]:
        """Only those of a kind."""
        wanted = DueKind.of(kind)
        return tuple(item for item in self.items if item.kind is wanted)

    def view(self, lang: Language | None = None) -> View:
        """What falls due by kind and who should act, then day by day, as a notebook shows it; no name is in it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.casefile.following.due_view import due_view

        return due_view(self, lang)

    def _repr_html_(self) -> str:
        return self.view().html


def due(
    store: "CaseStore",
    book: "PolicyBook",
    *,
    today: dt.date | None = None,
    lead: Mapping[DueKind | str, Lead] | None = None,
    division: str | None = None,
) -> DueList:
    """What falls due in the open files up to each kind's lead from today, and what is overdue.

    Args:
        store: the files, taken as they are known now.
        book: the rules: each policy says after how many months it is reviewed.
        today: the day; today in Beijing, if left out.
        lead: by kind, how long before its day something is told, where that is not to be the default (``LEADS``).
        division: only files of this division (a prefix).

    Returns:
        The items in order of their days, and the problems: files that cannot be read (the others are listed all the same),
        and places that have not set how often to visit.

    Raises:
        LeadError: a kind that there is not, or a lead that is none.
    """
    today = store._day(today, "today")
    leads = _leads(lead)
    horizon = max(leads[kind].after(today) for kind in (DueKind.BIRTHDAY, DueKind.TURN, DueKind.RELEASE))
    horizon = max(horizon, leads[DueKind.CERTIFICATE].after(today) + ONE_DAY)
    calendar = Calendar(book, today, horizon)
    found: list[DueItem] = []
    unset: dict[str | None, int] = {}
    unreadable: list[Problem] = []
    same = same_ids(store, today)
    for ref in _open_files(store, division, today):
        try:
            entries = store.entries(ref)
            if closing_of(entries, today) is not None:
                continue  # closed since the files were listed
            desk = _Desk(ref, entries, today, book, calendar, leads, same.get(ref), perhaps_listed(store, entries))
            if division is not None and not (desk.case.division or "").startswith(division):
                continue  # the files of a division could not be told apart without reading them all
            found += tuple(desk.items())
        except (DamagedEntryError, UnreadableEntryError, InvalidRecordError) as error:
            unreadable.append(_unreadable(ref, error.text))
            continue
        if desk.unset:
            unset[desk.division] = unset.get(desk.division, 0) + 1
    found += _asked_of_closed(store, division, today, leads[DueKind.DOUBT])
    waiting, damaged = waiting_in(store, division)
    there = frozenset(store.refs(open=None)) if waiting else frozenset()
    found += (_waiting(child, today, leads[DueKind.WAITING], has_file=child.ref in there) for child in waiting)
    unreadable += damaged
    rows, damaged = unread_in(store, division)
    found += (_unread(ref, row, today, leads[DueKind.UNREAD]) for ref, row in rows)
    unreadable += damaged
    found.sort(key=lambda item: (item.day, item.ref, item.kind, item.what.en))
    not_set = (_not_set(place, count) for place, count in sorted(unset.items(), key=str))
    return DueList(tuple(found), (*unreadable, *not_set))


def _asked_of_closed(store: "CaseStore", division: str | None, today: dt.date, lead: Lead) -> Iterator[DueItem]:
    """Who may be the child of a closed file: nothing else falls due in one. One that cannot be read keeps none of the others."""
    asked: list[PerhapsListed] = []
    try:
        refs = store.refs(division, open=False, at=today)
        asked += asked_in(store, refs)
    except (DamagedEntryError, UnreadableEntryError):
        for ref in store.refs(open=False, at=today):
            with suppress(DamagedEntryError, UnreadableEntryError):
                asked += asked_in(store, [ref])
    kind = DueKind.DOUBT
    for each in asked:
        (entry,) = (e for e in store.entries(each.ref, kinds=[EntryKind.DECISION]) if e.number == each.entry)
        day = min(entry.known_at.astimezone(BEIJING).date(), today)
        place = division
        with suppress(DamagedEntryError, UnreadableEntryError, InvalidRecordError):
            place = store.case(each.ref, at=today).division
        if division is None or (place or "").startswith(division):
            yield DueItem(day, each.ref, place, kind, WHO[kind], each.text, lead, overdue=day < today)


def _waiting(child: WaitingChild, today: dt.date, lead: Lead, *, has_file: bool) -> DueItem:
    """A child that is not filed: due since the import that left it; in the file of its ID, where that is there."""
    what = child.beside_a_file if has_file else child.text
    day = min(child.since or today, today)
    kind = DueKind.DOUBT if has_file else DueKind.WAITING
    return DueItem(day, child.ref, child.division, kind, WHO[kind], what, lead, overdue=day < today)


def _unread(ref: str, row: UnreadRow, today: dt.date, lead: Lead) -> DueItem:
    """A row that was not read: due since the import that left it."""
    day, kind = min(row.since or today, today), DueKind.UNREAD
    return DueItem(day, ref, row.division, kind, WHO[kind], row.text, lead, overdue=day < today)


def _open_files(store: "CaseStore", division: str | None, today: dt.date) -> tuple[str, ...]:
    """The open files of a division; all open ones, where one of its files cannot be read and so may be anywhere."""
    try:
        return store.refs(division, open=True, at=today)
    except DamagedEntryError:
        return store.refs(open=True, at=today)


def _unreadable(ref: str, why: Text) -> Problem:
    return Problem(
        "file.unreadable",
        Text(
            f"档案 {ref} 无法读取，其待办未列出，请先处理：",
            f"file {ref} cannot be read and nothing of it is listed; mend it first: ",
        )
        + why,
        ref,
    )


def _every(months: int) -> Text:
    return Text("每月", "every month") if months == 1 else Text(f"每{months}个月", f"every {months} months")


def _leads(given: Mapping[DueKind | str, Lead] | None) -> dict[DueKind, Lead]:
    found = dict(LEADS)
    for name, lead in (given or {}).items():
        if name not in set(DueKind) or not isinstance(lead, Lead) or lead.months < 0 or lead.days < 0:
            raise LeadError(
                Text(
                    f"lead 应为“种类: Lead(months=…, days=…)”，不能为负；种类有 {'、'.join(DueKind)}。",
                    f"A lead maps a kind ({', '.join(DueKind)}) to Lead(months=..., days=...), neither below zero.",
                )
            )
        found[DueKind.of(name)] = lead
    return found


def _not_set(place: str | None, count: int) -> Problem:
    where = place_name(place) if place else Text("负责地区不详的档案", "files without a division in charge")
    return Problem(
        "parameter.missing",
        Text(
            f"{where.zh}没有设定儿童主任走访间隔（{VISIT_INTERVAL}），{count} 份档案不能推算走访日期；请在本地规则包的参数文件中填写",
            f"{where.en}: how often the child director visits is not set ({VISIT_INTERVAL}), so for {count} "
            f"file{'' if count == 1 else 's'} no visit can be said to be due; set it in the parameter file of the local pack",
        ),
        VISIT_INTERVAL,
    )


class _Desk:
    """One file on a day, and what falls due in it."""

    def __init__(
        self,
        ref: str,
        entries: tuple[Entry, ...],
        today: dt.date,
        book: "PolicyBook",
        calendar: Calendar,
        leads: Mapping[DueKind, Lead],
        same: SameId | None,
        perhaps: tuple[PerhapsListed, ...],
    ) -> None:
        self.ref, self.today, self.book, self.calendar, self.leads = ref, today, book, calendar, leads
        gone = withdrawn(entries)
        self.everything = entries
        self.entries = [e for e in entries if e.number not in gone and not e.erased]
        self.held = holdings(entries)
        self.hidden, self.same, self.perhaps = hidden_facts(entries), same, perhaps
        self.case: Case = case_of(ref, values(stated_on(self.held, today)))
        self.division = book.division or self.case.division
        self.unset = False

    def items(self) -> Iterator[DueItem]:
        """Everything that falls due, in no order."""
        stretches = list(self.calendar.stretches(self.case))
        yield from self._reviews(stretches[0].result)
        yield from self._visit()
        ends = [*self._certificates(), *self._releases()]
        turns = _turns(stretches)
        for item in ends:
            after = turns.pop(item.day + ONE_DAY, ())
            yield attrs.evolve(item, changes=after, codes=item.codes or _codes(after))
        yield from self._turning(turns)
        yield from self._consents()
        yield from self._transfer()
        yield from self._care()
        yield from self._overpaid()
        yield from self._doubts()

    def _item(
        self, kind: DueKind, day: dt.date, what: Text, codes: tuple[str, ...] = (), changed: tuple[Change, ...] = ()
    ) -> DueItem:
        overdue = day < self.today
        return DueItem(day, self.ref, self.division, kind, WHO[kind], what, self.leads[kind], codes, changed, overdue)

    def _is_near(self, kind: DueKind, day: dt.date) -> bool:
        return day <= self.leads[kind].after(self.today)

    # ---- reviews and visits ------------------------------------------------------------------------------------

    def _reviews(self, result: Assessment) -> Iterator[DueItem]:
        plan, trace = result.basis.bound.plan, result.trace
        kept = [e.valid_from for e in self.entries if e.kind is EntryKind.ASSESSMENT and e.valid_from <= self.today]
        last = max(kept, default=None)
        for code, steps in sorted(plan.policies.items()):
            policy = plan.rules.policies[code]
            if policy.review is None or trace[steps.eligible.index] is False:
                continue
            day = self.today if last is None else add_months(last, policy.review)
            if not self._is_near(DueKind.REVIEW, day):
                continue
            title = policy.title
            what = (
                Text(f"{title.zh}：尚无已存评估，应评估", f"{title.en}: no assessment is kept yet, assess the child")
                if last is None
                else Text(
                    f"{title.zh}{_every(policy.review).zh}复核一次，上次评估为 {last}",
                    f"{title.en} is reviewed {_every(policy.review).en}; it was last assessed on {last}",
                )
            )
            yield self._item(DueKind.REVIEW, day, what, (code,))

    def _visit(self) -> Iterator[DueItem]:
        parameter = self.book.overlay(self.division).rules.parameters.get(VISIT_INTERVAL)
        value = parameter.at(self.division, self.today) if parameter is not None else None
        if value is None:
            self.unset = True
            return
        interval = int(value.value)  # type: ignore[arg-type]  # a number of months, by the kind of the parameter
        seen = [e.valid_from for e in self.entries if e.kind is EntryKind.VISIT and e.valid_from <= self.today]
        if self.case.child.care.last_visit is not None:
            # Known to the month only, the visit may have been on its first day.
            seen.append(self.case.child.care.last_visit.earliest)
        last = max(seen, default=None)
        day = self.today if last is None else add_months(last, interval)
        if self._is_near(DueKind.VISIT, day):
            what = (
                Text("没有走访记录，应走访", "no visit is on record; visit the child")
                if last is None
                else Text(
                    f"{_every(interval).zh}走访一次，上次为 {last}",
                    f"a visit {_every(interval).en}; the last was on {last}",
                )
            )
            yield self._item(DueKind.VISIT, day, what)

    # ---- what runs out -----------------------------------------------------------------------------------------

    def _certificates(self) -> Iterator[DueItem]:
        for path, person in people_of(self.case):
            until = person.disability.valid_until
            if until is not None and self._is_near(DueKind.CERTIFICATE, until.earliest):
                whose = title_of(path)
                yield self._item(
                    DueKind.CERTIFICATE,
                    until.earliest,
                    Text(
                        f"{whose.zh}的残疾证有效期至 {until}，请协助换证",
                        f"the disability certificate ({whose.en}) is valid until {until}; help to renew it",
                    ),
                )
        papers: dict[tuple[Text, str], list[PartialDate | None]] = {}
        for e in self.case.evidence or ():
            label = e.document.label if e.document is not None else same(e.paper or "")
            if label:
                papers.setdefault((label, e.paper or ""), []).append(e.valid_until)
        for (label, _), ends in papers.items():
            known = [end for end in ends if end is not None]
            if len(known) < len(ends):
                continue  # one of them is in force without an end
            latest = max(known, key=lambda end: end.earliest)
            if self._is_near(DueKind.CERTIFICATE, latest.earliest):
                yield self._item(
                    DueKind.CERTIFICATE,
                    latest.earliest,
                    Text(
                        f"材料“{label.zh}”有效期至 {latest}，请重新提供",
                        f"the paper ‘{label.en}’ is valid until {latest}; bring a new one",
                    ),
                )

    def _releases(self) -> Iterator[DueItem]:
        for path, situations in (
            ("father", self.case.father.situations),
            ("mother", self.case.mother.situations),
        ):
            days: tuple[dt.date, ...] | None = None
            for situation in situations or ():
                if situation.kind not in CONFINED:
                    continue
                if days is None:
                    days = stated_days(self.entries, self.held, f"{path}.situations", self.today)
                if not is_past(situation, situations or (), days):
                    yield from self._release(title_of(path), situation)

    def _release(self, who: Text, situation: Situation) -> Iterator[DueItem]:
        assert situation.kind is not None
        end, by_term = last_day(situation)
        if end is None or not self._is_near(DueKind.RELEASE, end):
            return
        shown = situation.until if situation.until is not None else end
        source = (
            Text("按期限推算，请核实", "by its term, to be confirmed") if by_term else Text("据记录", "by the record")
        )
        act = (
            Text(
                "此日已过，尚未记录结果；请核实是否已释放，并复核",
                "that day has passed and nothing is recorded: find out, and review",
            )
            if end < self.today
            else Text("释放后须复核，并做好监护衔接", "review the case then and prepare guardianship")
        )
        yield self._item(
            DueKind.RELEASE,
            end,
            Text(
                f"{who.zh}“{situation.kind.zh}”至 {shown}（{source.zh}），{act.zh}",
                f"{who.en}, {situation.kind.en} until {shown} ({source.en}): {act.en}",
            ),
        )

    def _consents(self) -> Iterator[DueItem]:
        groups: dict[tuple[Any, Any], list[Consent]] = {}
        for consent in (*(self.case.consents or ()), *written_consents(self.entries)):
            if consent.withdrawn_on is None and consent.scope is not None:
                groups.setdefault((consent.giver, consent.scope), []).append(consent)
        for (_, scope), consents in groups.items():
            ends = [c.until for c in consents]
            known = [end for end in ends if end is not None]
            if len(known) < len(ends):
                continue  # one of them has no end
            latest = max(known, key=lambda end: end.earliest)
            if self._is_near(DueKind.CONSENT, latest.earliest):
                assert isinstance(scope, ConsentScope)
                yield self._item(
                    DueKind.CONSENT,
                    latest.earliest,
                    Text(
                        f"“{scope.zh}”个人信息的同意至 {latest} 止，如需继续请重新取得",
                        f"the consent {scope.en} personal data ends on {latest}; ask again if it is still needed",
                    ),
                )

    def _transfer(self) -> Iterator[DueItem]:
        waiting = open_transfer(self.entries)
        if waiting is None:
            return
        day = self.leads[DueKind.TRANSFER].after(waiting.proposed_on)
        if day <= self.today:
            yield self._item(
                DueKind.TRANSFER,
                day,
                Text(
                    f"{waiting.sender} 于 {waiting.proposed_on} 提出转往 {waiting.receiver}，尚无答复；"
                    "在接收之前仍由转出地负责",
                    f"{waiting.sender} proposed on {waiting.proposed_on} to transfer it to {waiting.receiver}, without an answer "
                    "so far; until it is accepted the sending division is in charge",
                ),
            )

    def _care(self) -> Iterator[DueItem]:
        """What of the care plan under way waits for its day or has passed it, and that nobody has visited the child yet."""
        last = next((e for e in reversed(self.entries) if e.kind is EntryKind.PLAN), None)
        if last is None:
            return
        plan = CarePlan.model_validate(last.body)
        if plan.state is PlanState.DRAFT:
            for late in plan.late_in_draft(self.today):
                what = Text(
                    f"方案草案（待商定）中的{late.part.zh}{late.number}“{late.title.zh}”期限 {late.due} 已过；请商定方案或改期",
                    f"{late.part.en} {late.number}, {late.title.en}, of a draft that is still to be agreed was due by {late.due}: agree the "
                    "plan, or give it another day",
                )
                yield self._item(DueKind.CARE, late.due, what)
        if plan.state not in UNDER_WAY:
            return
        never = plan.never_visited and not self._visits_since(plan.made_on)
        visits_planned = False
        for part, number, title, day in plan.waiting():
            is_visit = part is PartOfPlan.FOLLOW_UP and title == FollowUpKind.VISIT.label
            visits_planned |= is_visit and day is not None
            if day is None or not self._is_near(DueKind.CARE, day):
                continue
            what = Text(
                f"{part.zh}{number}“{title.zh}”期限为 {day}，尚未登记完成",
                f"{part.en} {number}, {title.en}, is due by {day} and not recorded as done",
            )
            if is_visit and never:
                what += Text("，且从未走访", "; the child was never visited under this plan")
            yield self._item(DueKind.CARE, day, what + _MENDED_BY[part])
        if never and not visits_planned:
            day = next((move.on for move in plan.moves if move.after in UNDER_WAY), plan.made_on)
            what = Text(
                "方案已商定，尚未走访，也没有定下日期的走访",
                "the plan is agreed, the child was never visited under it and no visit has a day",
            )
            yield self._item(DueKind.CARE, min(day, self.today), what + _MENDED_BY[PartOfPlan.FOLLOW_UP])

    def _visits_since(self, day: dt.date) -> bool:
        last = self.case.child.care.last_visit
        if last is not None and last.earliest >= day:
            return True
        return any(e.kind is EntryKind.VISIT and day <= e.valid_from <= self.today for e in self.entries)

    def _overpaid(self) -> Iterator[DueItem]:
        """What was overpaid and nobody has looked at: due since the first day of the first such month."""
        for change in open_overpayments(self.ref, self.everything, self.book, self.today):
            assert change.overpaid is not None
            first = dt.date.fromisoformat(f"{change.overpaid.first}-01")
            told = change.said + Text(
                "请核对，并登记处理结果（store.settle_overpayment）",
                " Look at it and record what was decided (store.settle_overpayment)",
            )
            yield self._item(DueKind.OVERPAID, first, told, (change.code,), (change,))

    def _doubts(self) -> Iterator[DueItem]:
        """What was learnt late and goes on being hidden, other files with the ID, who may be its child, and whose parents are meant after
        an adoption: due since it was written.
        """
        written = {e.number: e.known_at.astimezone(BEIJING).date() for e in self.entries}
        by_entry: dict[int, list[HiddenFact]] = {}
        for each in self._asked():
            by_entry.setdefault(each.entry, []).append(each)
        for day, text in self._returned():
            yield self._item(DueKind.DOUBT, min(day, self.today), text)
        for number, hidden in by_entry.items():
            day = min(written[number], self.today)
            for text in doubt_texts(hidden):
                yield self._item(DueKind.DOUBT, day, text)
        if self.same is not None:
            yield self._item(DueKind.DOUBT, min(self.same.since, self.today), self.same.text)
        for asked in self.perhaps:
            yield self._item(DueKind.DOUBT, min(written[asked.entry], self.today), asked.text)
        adopted = parents_before(self.held, self.today)
        if adopted is not None:
            yield self._item(DueKind.DOUBT, min(written[adopted.entry], self.today), adopted.text)

    def _asked(self) -> list[HiddenFact]:
        """What is hidden, but of what the order of trust settled against a newer list only that by which money changes."""
        asked = [each for each in self.hidden if not each.overruled]
        by_number = {entry.number: entry for entry in self.entries}
        newer = {e.path: by_number[e.entry].body["claims"][e.path] for e in self.hidden if e.overruled}
        paths = self._changing_money(newer)
        return [each for each in self.hidden if each in asked or (each.overruled and each.path in paths)]

    def _returned(self) -> Iterator[tuple[dt.date, Text]]:
        """Where a list went back to what it said before, so that money begins or stops: what was taken may be stale."""
        found = {each.path: each for each in Past(self.entries).returned(self.held, self.today)}
        for path in sorted(self._changing_money({path: each.value for path, each in found.items()})):
            each, title = found[path], title_of(path)
            yield (
                each.as_of,
                Text(
                    f"{title.zh}：{each.as_of} 的名单（{each.list}）又报回更早的值，而 {each.between_as_of} 的同一名单另有所报（第 {each.between} 条），金额因此"
                    f"不同。名单所报已采用（第 {each.entry} 条）；名单过时的，请用 store.record(…) 自 {each.as_of} 起记录第 {each.between} 条的值；属实的，请将现值"
                    "再记一次，即为确认",
                    f"{title.en}: the list of {each.as_of} ({each.list}) went back to what it said before, while that of {each.between_as_of} "
                    f"said otherwise (entry {each.between}), and another amount is due by it. It was taken (entry {each.entry}). If the list is "
                    f"out of date, record the value of entry {each.between} as of {each.as_of} with store.record(...); if it is right, record "
                    "the present value once more, which confirms it",
                ),
            )

    def _changing_money(self, said: Mapping[str, Any]) -> frozenset[str]:
        """Of facts that may be otherwise, those by which another amount would be due today, by themselves or together."""
        if not said:
            return frozenset()
        alone = frozenset(path for path, value in said.items() if self._changes_money({path: value}))
        return alone or (frozenset(said) if self._changes_money(said) else frozenset())

    def _changes_money(self, said: Mapping[str, Any]) -> bool:
        """Whether another amount would be due today with some facts otherwise."""
        try:
            other = case_of(self.ref, values(stated_on(self.held, self.today)) | dict(said))
        except InvalidRecordError:
            return True  # what they say cannot stand beside the rest: somebody should look
        found = changes(self.book.assess(self.case, on=self.today), self.book.assess(other, on=self.today))
        return any(each.what == "money" for each in found)

    # ---- days that change a result -------------------------------------------------------------------------------

    def _turning(self, turns: Mapping[dt.date, tuple[Change, ...]]) -> Iterator[DueItem]:
        reached = birthdays(self.case, self.today, self.calendar.until)
        for day, changed in turns.items():
            kind = DueKind.BIRTHDAY if day in reached else DueKind.TURN
            if not self._is_near(kind, day):
                continue
            # Money first, then what the child is.
            order = sorted(changed, key=lambda c: ("money", "service", "category").index(c.what))
            told = [c.said for c in order[:3]]
            more = len(changed) - len(told)
            what = join(told, "", " ")
            if day in reached:
                who, age = reached[day]
                what = Text(f"{who.zh}满{age}周岁：", f"{who.en} reaches {age}: ") + what
            if more:
                what += Text(f"另有 {more} 项变化。", f" And {more} more.")
            yield self._item(kind, day, what, _codes(changed), changed)


def _turns(stretches: Sequence[Stretch]) -> dict[dt.date, tuple[Change, ...]]:
    """The days on which the result differs from that of the day before, with what changes."""
    found = {}
    for before, after in pairwise(stretches):
        changed = changes(before.ending, after.result)
        if changed:
            found[after.start] = changed
    return found


def _codes(changed: Sequence[Change]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.code for c in changed))


#: By part of a plan, how it is recorded.
_MENDED_BY = {
    PartOfPlan.GOAL: Text(
        "；请登记是否达到（plan.goal_settled）", "; record whether it is reached (plan.goal_settled)"
    ),
    PartOfPlan.SERVICE: Text("；请登记进展（plan.service_moved）", "; record what became of it (plan.service_moved)"),
    PartOfPlan.FOLLOW_UP: Text(
        "；请随访后登记（plan.followed_up）", "; look after the child and record it (plan.followed_up)"
    ),
}
