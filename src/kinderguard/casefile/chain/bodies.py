"""What an entry must say so that it can be read later, checked before it is written: consents, services, plans, transfers,
closings, decisions on overpayments. Facts are checked as a case, by ``writing``.

Used by writing transactions. What is refused here would otherwise stop what is due, sharing and the allocation of services
much later, and without anybody knowing why.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from kinderguard.casefile.care.plans import CarePlan
from kinderguard.casefile.chain.entries import KEY_DIGEST, EntryKind, NewEntry
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.casefile.following.overpaid import OVERPAYMENT, OverpaymentOutcome
from kinderguard.casefile.moving.transfers import TransferMove, check_receiver
from kinderguard.model.codes import ClosingReason
from kinderguard.model.errors import FieldValueError, InvalidRecordError, Problem
from kinderguard.model.help import Consent
from kinderguard.model.money import as_yuan
from kinderguard.model.places import check_division
from kinderguard.model.text import Text, join, same
from kinderguard.packs.need_rules import Service

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
_CODE = re.compile(r"[A-Za-z0-9._]{1,120}\Z")


def check_body(new: NewEntry) -> None:
    """Refuse a body that could not be read later.

    Raises:
        EntryRefusedError: with each part that does not fit and what it should be; no value is repeated.
    """
    if not isinstance(new.body, Mapping):
        raise _refused(new, [Text("应为表（名称: 值）", "it is a mapping of names to values")])
    if KEY_DIGEST in new.body:
        raise _refused(new, [Text(f"“{KEY_DIGEST}”由档案库自用", f"'{KEY_DIGEST}' is the store's own")])
    check = _CHECKS.get(new.kind)
    found = [] if check is None else check(new)
    if found:
        raise _refused(new, found)


def read_consent(body: Mapping[str, Any], since: dt.date, until: dt.date | None) -> Consent:
    """The consent that an entry says; the days of the entry are its own where it says none.

    Raises:
        InvalidRecordError: it is no consent.
    """
    return Consent.model_validate({"since": since, "until": until} | dict(body))


def _refused(new: NewEntry, found: list[Text]) -> EntryRefusedError:
    what = join(found, "；", "; ")
    return EntryRefusedError(
        Text(
            f"档案 {new.ref} 的“{new.kind.zh}”记录内容不符合要求：{what.zh}。未写入任何内容，请改正后再写。",
            f"The body of an entry of kind '{new.kind.value}' for file {new.ref} does not fit: {what.en}. Nothing was written; "
            "mend it and write again.",
        )
    )


# ---- by kind -------------------------------------------------------------------------------------------------------


def _consent(new: NewEntry) -> list[Text]:
    try:
        consent = read_consent(new.body, new.valid_from, new.valid_until)
    except InvalidRecordError as error:
        return [_problem(p) for p in error.problems]
    found = []
    if consent.giver is None:
        found.append(Text("须有 giver（同意人：guardian 或 child）", "giver is needed (guardian or child)"))
    if consent.scope is None:
        found.append(Text("须有 scope（同意事项，如 share）", "scope is needed (what it allows, as share)"))
    if consent.until is not None and consent.since is not None and consent.until.latest < consent.since.earliest:
        found.append(Text("until 早于 since", "until lies before since"))
    return found


def _service(new: NewEntry) -> list[Text]:
    body = new.body
    found = _own_ref(new)
    for name in ("need", "organisation"):
        if not isinstance(body.get(name), str) or not body[name].strip():
            found.append(Text(f"须有文字 {name}", f"{name} is needed, as text"))
    if not isinstance(body.get("service"), str) or body["service"] not in set(Service):
        found.append(Text(f"service 应为 {'、'.join(Service)}", f"service is one of {', '.join(Service)}"))
    since, until = _day(body, "since", found, needed=True), _day(body, "until", found)
    if since is not None and until is not None and until < since:
        found.append(Text("until 早于 since", "until lies before since"))
    _place(body, "division", found)
    if not isinstance(body.get("offer"), str | None):
        found.append(Text("offer 应为文字", "offer is text"))
    known = ("ref", "need", "service", "organisation", "since", "until", "division", "offer")
    if not set(body) <= set(known):
        found.append(Text(f"只能有 {'、'.join(known)}", f"it has nothing but {', '.join(known)}"))
    return found


def _plan(new: NewEntry) -> list[Text]:
    found = _own_ref(new)
    try:
        CarePlan.model_validate(new.body)
    except InvalidRecordError as error:
        found += [_problem(p) for p in error.problems]
    return found


def _transfer(new: NewEntry) -> list[Text]:
    move = new.body.get("move")
    if move not in set(TransferMove):
        return [Text(f"move 应为 {'、'.join(TransferMove)}", f"move is one of {', '.join(TransferMove)}")]
    if move != TransferMove.PROPOSE:
        is_number = type(new.body.get("proposal")) is int
        return [] if is_number else [Text("须有 proposal（提出的条号）", "proposal is needed (the entry's number)")]
    found: list[Text] = []
    _place(new.body, "from", found, needed=True)
    try:
        check_receiver(new.body.get("to"))  # type: ignore[arg-type]  # what is no text is refused
    except EntryRefusedError:
        found.append(Text("to 应为 6、9 或 12 位行政区划代码", "to is a division code of 6, 9 or 12 digits"))
    return found


def _closing(new: NewEntry) -> list[Text]:
    found: list[Text] = []
    if "reason" in new.body and new.body["reason"] not in set(ClosingReason):
        found.append(Text(f"reason 应为 {'、'.join(ClosingReason)}", f"reason is one of {', '.join(ClosingReason)}"))
    _day(new.body, "happened_on", found)
    month = new.body.get("last_paid")
    if month is not None and not (isinstance(month, str) and _MONTH.match(month)):
        found.append(Text("last_paid 应写作 2026-03", "last_paid is written as 2026-03"))
    return found


def _decision(new: NewEntry) -> list[Text]:
    """Of a decision on an overpayment; any other says what its writer wants it to."""
    body = new.body
    if body.get("what") != OVERPAYMENT:
        return []
    found: list[Text] = []
    if not isinstance(body.get("policy"), str) or not _CODE.match(body["policy"]):
        found.append(Text("policy 应为补助项目的代码", "policy is the code of a policy"))
    months = body.get("months")
    if not isinstance(months, Mapping) or not months or not all(map(_is_month, months)):
        found.append(Text("months 应为“2026-03: 金额”", "months maps months, as 2026-03, to amounts"))
    elif not all(map(_is_amount, months.values())):
        found.append(Text("months 中的金额应写作文字，如 600.00", "the amounts in months are text, as 600.00"))
    most = body.get("most")
    if most is not None and not (isinstance(most, Mapping) and _are_amounts_of(most, months)):
        found.append(
            Text(
                "most 应为 months 中的月份，金额写作文字，如 600.00",
                "most maps months that stand in months to amounts as text, as 600.00",
            )
        )
    if body.get("outcome") not in set(OverpaymentOutcome):
        codes = "、".join(OverpaymentOutcome), ", ".join(OverpaymentOutcome)
        found.append(Text(f"outcome 应为 {codes[0]}", f"outcome is one of {codes[1]}"))
    if body.get("amount") is not None and not _is_amount(body["amount"]):
        found.append(Text("amount 应写作文字，如 600.00", "amount is text, as 600.00"))
    if not isinstance(body.get("reason"), str) or not body["reason"].strip():
        found.append(Text("须有文字 reason", "reason is needed, as text"))
    return found


def _are_amounts_of(most: Mapping[Any, Any], months: Any) -> bool:
    return isinstance(months, Mapping) and most.keys() <= months.keys() and all(map(_is_amount, most.values()))


def _is_month(value: Any) -> bool:
    return isinstance(value, str) and _MONTH.match(value) is not None


def _is_amount(value: Any) -> bool:
    try:
        return isinstance(value, str) and as_yuan(value) >= 0
    except FieldValueError:
        return False


_CHECKS: Mapping[EntryKind, Callable[[NewEntry], list[Text]]] = {
    EntryKind.CONSENT: _consent,
    EntryKind.SERVICE: _service,
    EntryKind.PLAN: _plan,
    EntryKind.TRANSFER: _transfer,
    EntryKind.CLOSING: _closing,
    EntryKind.DECISION: _decision,
}


def _problem(problem: Problem) -> Text:
    """What is wrong with one field, with where it stands: ``services.0.state`` is the state of the first service."""
    where = same(problem.where) if problem.where else Text("整条记录", "the whole record")
    return Text(f"{where.zh} ", f"{where.en}: ") + problem.message


# ---- parts ---------------------------------------------------------------------------------------------------------


def _own_ref(new: NewEntry) -> list[Text]:
    if new.body.get("ref") == new.ref:
        return []
    return [Text("ref 应为本档案的编号", "ref is the number of this very file")]


def _day(body: Mapping[str, Any], name: str, found: list[Text], *, needed: bool = False) -> dt.date | None:
    """A day of a body; what is wrong with it is added to what was found."""
    value = body.get(name)
    if value is None and not needed:
        return None
    try:
        return dt.date.fromisoformat(value)  # type: ignore[arg-type]  # what is no text raises TypeError
    except (TypeError, ValueError):
        found.append(Text(f"{name} 应写作 2025-09-01", f"{name} is written as 2025-09-01"))
        return None


def _place(body: Mapping[str, Any], name: str, found: list[Text], *, needed: bool = False) -> None:
    value = body.get(name)
    if value is None and not needed:
        return
    try:
        check_division(value)  # type: ignore[arg-type]  # what is no text raises AttributeError
    except (FieldValueError, AttributeError):
        found.append(Text(f"{name} 应为行政区划代码", f"{name} is a division code"))
