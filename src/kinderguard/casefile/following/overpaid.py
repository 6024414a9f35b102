"""What was decided of overpayments that somebody looked at: kept as decisions of the file, month by month.

Used by ``changes``, which tells such months no more, by what is due and by the commands. No rule says what is to become of
money that was paid too much: it is only recorded what somebody decided, and why. It asks for nothing back and stops nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.errors import EntryRefusedError, StoreError, UnreadableEntryError
from kinderguard.casefile.history import withdrawn
from kinderguard.casefile.moving.moves import stated
from kinderguard.model.codes import Code
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import as_yuan
from kinderguard.model.text import Text, join

if TYPE_CHECKING:
    from kinderguard.casefile.following.changes import Change
    from kinderguard.casefile.store import CaseStore
    from kinderguard.packs.book import PolicyBook

#: What a decision of this kind is called in its body.
OVERPAYMENT = "overpayment"


class OverpaymentOutcome(Code):
    """What was decided of money that was paid too much 多发处理结果. No rule lists these: they only say what somebody did."""

    RECOVERED = "recovered", "已追回", "recovered"
    RECOVERING = "recovering", "追回中", "being recovered"
    WAIVED = "waived", "不予追回", "waived"
    NOT_OVERPAID = "not_overpaid", "核实未多发", "found not to be overpaid"


class NothingOverpaidError(StoreError, LookupError):
    """Nothing of the policy, or of a month that was named, is told as overpaid, so there is nothing to decide."""


@attrs.frozen
class OverpaymentDecision:
    """What was decided of one policy's overpaid months.

    Attributes:
        entry: the number of the entry.
        on, by: the day, and the code of the user who recorded it.
        policy: the code of the policy.
        months: the months that were looked at, as ``2026-03``, each with how much was overpaid at least by what was known then,
            in yuan.
        most: the same months, each with how much was overpaid at most by what was known then; a month of which an older entry
            does not say so is not among them.
        outcome: what was decided.
        amount: how many yuan it is about, where somebody said so.
        reason: why.
    """

    entry: int
    on: dt.date
    by: str
    policy: str
    months: Mapping[str, Decimal]
    outcome: OverpaymentOutcome
    amount: Decimal | None
    reason: str = attrs.field(repr=False)
    most: Mapping[str, Decimal] = attrs.field(factory=dict)

    @property
    def low(self) -> Decimal:
        """How many yuan were overpaid at least in these months, by what was known then."""
        return sum(self.months.values(), Decimal(0))

    @property
    def high(self) -> Decimal | None:
        """How many yuan were overpaid at most in these months, by what was known then; None where the entry does not say so."""
        if not self.months.keys() <= self.most.keys():
            return None
        return sum((self.most[month] for month in self.months), Decimal(0))

    @property
    def text(self) -> Text:
        """The months, the outcome and the amount, in a line; not the reason."""
        span = _span(self.months)
        money = Text("", "") if self.amount is None else Text(f"，{self.amount}元", f", {self.amount} yuan")
        return Text(
            f"{self.policy} {span.zh}的多发：{self.outcome.zh}{money.zh}（{self.on}，第 {self.entry} 条）",
            f"{self.policy} overpaid {span.en}: {self.outcome.en}{money.en} ({self.on}, entry {self.entry})",
        )


def _span(months: Collection[str]) -> Text:
    listed = sorted(months)
    if len(listed) == 1:
        return Text(listed[0], f"in {listed[0]}")
    return Text(
        f"{listed[0]}至{listed[-1]}（{len(listed)}个月）", f"{listed[0]} to {listed[-1]} ({len(listed)} months)"
    )


def overpayment_decisions(entries: Iterable[Entry]) -> tuple[OverpaymentDecision, ...]:
    """What a file's entries say was decided of overpayments, in order; what was taken back or erased is left out.

    Raises:
        UnreadableEntryError: such an entry says too little.
    """
    entries = list(entries)
    kept = [e for e in entries if e.kind is EntryKind.DECISION and e.body.get("what") == OVERPAYMENT]
    gone = withdrawn(entries) if kept else frozenset()
    return tuple(_read(e) for e in kept if e.number not in gone)


def _read(entry: Entry) -> OverpaymentDecision:
    body = entry.body
    try:
        return OverpaymentDecision(
            entry.number, entry.valid_from, entry.by, body["policy"],
            {month: Decimal(low) for month, low in body["months"].items()}, OverpaymentOutcome.of(body["outcome"]),
            None if body.get("amount") is None else Decimal(body["amount"]), body["reason"],
            {month: Decimal(high) for month, high in (body.get("most") or {}).items()},
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
        raise UnreadableEntryError.of(entry.number, entry.ref, entry.kind.label) from None


@attrs.frozen
class StandingDecision:
    """What counts of overpaid months: the last decision on them, with those that it took the place of.

    Attributes:
        decision: the last decision, with those of its months that nobody has decided on since.
        is_part: whether later decisions took the place of it for others of its months, so that its amount is about more.
        earlier: the decisions before it on any of these months, in order.
    """

    decision: OverpaymentDecision
    is_part: bool
    earlier: tuple[OverpaymentDecision, ...]


def standing_decisions(decisions: Iterable[OverpaymentDecision]) -> tuple[StandingDecision, ...]:
    """What counts of each overpaid month, in the order of the decisions; one whose months were all decided anew is only history."""
    given = list(decisions)
    last = {(each.policy, month): each.entry for each in given for month in each.months}
    found = []
    for place, each in enumerate(given):
        months = {month: low for month, low in each.months.items() if last[each.policy, month] == each.entry}
        if months:
            before = (e for e in given[:place] if e.policy == each.policy and not months.keys().isdisjoint(e.months))
            is_part = len(months) < len(each.months)
            found.append(StandingDecision(attrs.evolve(each, months=months), is_part, tuple(before)))
    return tuple(found)


def looked_at(decisions: Iterable[OverpaymentDecision]) -> dict[str, dict[str, Decimal]]:
    """By policy and month, how much was overpaid at least when somebody decided last."""
    found: dict[str, dict[str, Decimal]] = {}
    for each in decisions:
        found.setdefault(each.policy, {}).update(each.months)
    return found


def settle_overpayment(
    store: "CaseStore",
    ref: str,
    policy: str,
    book: "PolicyBook",
    *,
    outcome: OverpaymentOutcome | str,
    reason: str,
    by: str,
    amount: Decimal | str | int | None = None,
    months: Collection[str] | None = None,
    on: dt.date | None = None,
    acting: str | None = None,
    override: str | None = None,
) -> Entry:
    """Record that somebody looked at what was overpaid, and what was decided.

    The months are told no more as overpaid, by ``changes`` or as due; a further month is told anew, and so is one of which
    more turns out to have been overpaid. Of months that were decided before, the last decision counts. The same decision
    again is not written twice.

    Args:
        store, ref: the file, open or closed.
        policy: the code of the policy that was overpaid.
        book: the rules by which it is told.
        outcome: what was decided.
        reason: why, without names or ID numbers.
        by: the code of the user, never a name.
        amount: how many yuan it is about, if that is to be kept; exact to the fen, and no more than was overpaid at most in these
            months by what is known.
        months: the months it is about, as ``2026-03``. If left out, all that are told as overpaid; where there are none, those
            of the last decision, whose outcome is another now.
        on: the day of the decision; today if left out. Months that begin before it are looked at.
        acting, override: as for ``store.append``.

    Raises:
        NothingOverpaidError: nothing is told as overpaid, or not in one of the months.
        NotAssessedError: no assessment was kept, so nothing can have been overpaid by one.
        EntryRefusedError: the outcome or the amount is none, the amount is more than was overpaid at most, or the reason gives
            away who somebody is.
        MoveRefusedError: no reason is given, or another division is in charge.
        UnknownFileError: there is no such file.
        ConflictError: somebody else wrote to the file meanwhile.
    """
    code, yuan = _outcome(outcome), _amount(amount)
    why = stated(reason, Text("多发处理", "a decision on an overpayment"))
    day, entries = store._day(on, "on"), store.entries(ref)
    before = [each for each in overpayment_decisions(entries) if each.policy == policy]
    told = [c for c in store.changes(ref, book, on=day) if c.overpaid is not None]
    chosen = _months(ref, policy, months, told, before)
    most = _most(chosen, policy, told, before)
    _check_no_more(ref, yuan, chosen, most)
    last = before[-1] if before else None
    if last is not None and (last.months, last.outcome, last.amount, last.reason) == (chosen, code, yuan, why):
        return store.entry(last.entry)
    body: dict[str, Any] = {
        "what": OVERPAYMENT, "policy": policy, "months": {month: str(low) for month, low in sorted(chosen.items())},
        "most": {month: str(high) for month, high in sorted(most.items())},
        "outcome": code.value, "amount": None if yuan is None else str(yuan), "reason": why,
    }  # fmt: skip
    return store.append(
        ref,
        EntryKind.DECISION,
        body,
        valid_from=day,
        by=by,
        expect=entries[-1].number,
        acting=acting,
        override=override,
    )


def _months(
    ref: str,
    policy: str,
    wanted: Collection[str] | None,
    told: Sequence["Change"],
    before: Sequence[OverpaymentDecision],
) -> dict[str, Decimal]:
    """The months that a decision is about, each with what was overpaid at least."""
    open_: dict[str, Decimal] = {}
    for change in told:
        if change.code == policy and change.overpaid is not None:
            open_ |= {month: low for month, low, _ in change.overpaid.by_month}
    if wanted is None:
        chosen = open_ or (dict(before[-1].months) if before else {})
    else:
        known = looked_at(before).get(policy, {}) | open_
        chosen = {month: known[month] for month in wanted if month in known}
        if len(chosen) < len(set(wanted)):
            chosen = {}
    if not chosen:
        raise _nothing(ref, policy, told, wanted is not None)
    return chosen


def _most(
    months: Iterable[str], policy: str, told: Iterable["Change"], before: Iterable[OverpaymentDecision]
) -> dict[str, Decimal]:
    """Of the months that a decision is about, how much was overpaid at most, where that is known."""
    known: dict[str, Decimal] = {}
    for each in before:
        known |= each.most
    for change in told:
        if change.code == policy and change.overpaid is not None:
            known |= {month: high for month, _, high in change.overpaid.by_month}
    return {month: known[month] for month in months if month in known}


def _check_no_more(ref: str, amount: Decimal | None, months: Collection[str], most: Mapping[str, Decimal]) -> None:
    """Refuse an amount that is more than was overpaid: one of the two is wrong."""
    if amount is None or len(most) < len(months) or amount <= sum(most.values(), Decimal(0)):
        return
    high, span = sum(most.values(), Decimal(0)), _span(months)
    raise EntryRefusedError(
        Text(
            f"档案 {ref}：登记的金额超过已知至多多发的 {high} 元（{span.zh}）；未写入任何内容。请改正金额，或先记录、更正使多发更多的事实；"
            "超出部分另有原因的，写入理由。",
            f"File {ref}: the amount is more than the {high} yuan that were overpaid at most ({span.en}); nothing was written. Mend the "
            "amount, or first record or correct the facts by which more was overpaid; where more was given back for another reason, say "
            "so in the reason.",
        )
    )


def _nothing(ref: str, policy: str, told: Sequence["Change"], named: bool) -> NothingOverpaidError:
    """No value that was given is repeated: it may be anything."""
    there = [change for change in told if change.overpaid is not None]
    mend = (
        join([Text(f"{c.code}（{_told(c).zh}）", f"{c.code} ({_told(c).en})") for c in there], "、", ", ")
        if there
        else Text("无", "none")
    )
    what = Text("所列月份中有", "some of the months given are") if named else Text("所写项目", "the policy given is")
    return NothingOverpaidError(
        Text(
            f"档案 {ref}：{what.zh}没有多发记录，无可登记；未写入任何内容。待处理的多发：{mend.zh}。请核对项目代码和月份（如 2026-03）。",
            f"File {ref}: {what.en} not told as overpaid, so there is nothing to decide; nothing was written. Overpaid and not "
            f"looked at yet: {mend.en}. Check the policy's code and the months (as 2026-03).",
        )
    )


def _told(change: "Change") -> Text:
    assert change.overpaid is not None
    return _span([month for month, _, _ in change.overpaid.by_month])


def _outcome(outcome: OverpaymentOutcome | str) -> OverpaymentOutcome:
    try:
        return OverpaymentOutcome.of(outcome)
    except ValueError:
        pass  # told below, without the text that was given
    raise EntryRefusedError(
        Text(
            f"处理结果（outcome）应为代码之一：{'、'.join(OverpaymentOutcome)}；未写入任何内容。",
            f"The outcome is one of the codes {', '.join(OverpaymentOutcome)}; nothing was written.",
        )
    )


def _amount(amount: Decimal | str | int | None) -> Decimal | None:
    if amount is None:
        return None
    try:
        yuan = as_yuan(amount)
        if yuan >= 0:
            return yuan
    except FieldValueError:
        pass  # told below, without the value that was given
    raise EntryRefusedError(
        Text(
            "金额（amount）应为不小于 0 的元数，最多两位小数，用 Decimal 或文字，不用浮点数；未写入任何内容。",
            "The amount is yuan from 0 on with at most two decimals, a Decimal or text and no float; nothing was written.",
        )
    )
