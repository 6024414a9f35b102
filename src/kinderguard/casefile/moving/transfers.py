"""Transfers of a case file from one division to another: proposed, then accepted, refused or withdrawn.

Used by the store. The sending division stays in charge until the other accepts; then the division in charge is a fact of
the file from that day on, written in one transaction with the acceptance. Nothing in the file is moved or rewritten.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.errors import UnreadableEntryError
from kinderguard.casefile.history import withdrawn
from kinderguard.casefile.moving.moves import MoveRefusedError, Moves, stated
from kinderguard.model.codes import Code
from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import check_division, covers
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore


class TransferState(Code):
    """How a transfer stands 转移状态."""

    NONE = "none", "无", "none"
    PROPOSED = "proposed", "待接收", "proposed"
    ACCEPTED = "accepted", "已接收", "accepted"
    REFUSED = "refused", "已拒收", "refused"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class TransferMove(Code):
    """What can be done with a transfer 转移操作."""

    PROPOSE = "propose", "提出转移", "propose"
    ACCEPT = "accept", "接收", "accept"
    REFUSE = "refuse", "拒收", "refuse"
    WITHDRAW = "withdraw", "撤回", "withdraw"


class Side(Code):
    """Which of the two divisions 转移双方."""

    SENDER = "sender", "转出地", "the sending division"
    RECEIVER = "receiver", "转入地", "the receiving division"


_AGAIN = {TransferMove.PROPOSE: TransferState.PROPOSED}
MOVES = Moves(
    Text("转移", "transfer"),
    {
        TransferState.NONE: _AGAIN,
        TransferState.PROPOSED: {
            TransferMove.ACCEPT: TransferState.ACCEPTED,
            TransferMove.REFUSE: TransferState.REFUSED,
            TransferMove.WITHDRAW: TransferState.WITHDRAWN,
        },
        TransferState.ACCEPTED: _AGAIN,
        TransferState.REFUSED: _AGAIN,
        TransferState.WITHDRAWN: _AGAIN,
    },
)
#: Whose move it is.
WHOSE = {
    TransferMove.PROPOSE: Side.SENDER,
    TransferMove.WITHDRAW: Side.SENDER,
    TransferMove.ACCEPT: Side.RECEIVER,
    TransferMove.REFUSE: Side.RECEIVER,
}


@attrs.frozen
class Transfer:
    """One transfer of a file.

    Attributes:
        proposal: the number of the entry that proposed it.
        sender, receiver: the two divisions.
        proposed_on: the day of the proposal.
        state: how it stands.
        decided_on: the day on which it was accepted, refused or withdrawn.
    """

    proposal: int
    sender: str
    receiver: str
    proposed_on: dt.date
    state: TransferState = TransferState.PROPOSED
    decided_on: dt.date | None = None


def transfers(entries: Iterable[Entry]) -> tuple[Transfer, ...]:
    """The transfers of a file in order, those in entries that were taken back left out.

    Raises:
        UnreadableEntryError: an entry of a transfer does not say what it must.
    """
    entries = list(entries)
    gone = withdrawn(entries)
    found: dict[int, Transfer] = {}
    for entry in entries:
        if entry.kind is not EntryKind.TRANSFER or entry.number in gone or entry.erased:
            continue
        try:
            _follow(found, entry)
        except (KeyError, TypeError, ValueError):
            raise UnreadableEntryError.of(entry.number, entry.ref, entry.kind.label) from None
    return tuple(found.values())


def _follow(found: dict[int, Transfer], entry: Entry) -> None:
    """What one entry makes of the transfers before it."""
    move = TransferMove.of(entry.body["move"])
    if move is TransferMove.PROPOSE:
        found[entry.number] = Transfer(entry.number, entry.body["from"], entry.body["to"], entry.valid_from)
    elif entry.body["proposal"] in found:
        before = found[entry.body["proposal"]]
        state = MOVES.table[before.state].get(move, before.state)
        found[before.proposal] = attrs.evolve(before, state=state, decided_on=entry.valid_from)


def open_transfer(entries: Iterable[Entry]) -> Transfer | None:
    """The transfer that waits for an answer; None where none does."""
    waiting = [t for t in transfers(entries) if t.state is TransferState.PROPOSED]
    return waiting[-1] if waiting else None


def side_taken(entries: Iterable[Entry], user: str) -> str | None:
    """The division that a user acted for in a file's transfers, the last time; None where the user had no part in them."""
    entries = list(entries)
    pairs, gone = {each.proposal: each for each in transfers(entries)}, withdrawn(entries)
    found: str | None = None
    for entry in entries:
        if entry.kind is EntryKind.TRANSFER and entry.by == user and entry.number not in gone and not entry.erased:
            move = TransferMove.of(entry.body["move"])
            pair = pairs.get(entry.number if move is TransferMove.PROPOSE else entry.body["proposal"])
            if pair is not None:
                own = pair.sender if WHOSE[move] is Side.SENDER else pair.receiver
                found = entry.body.get("acting") or own
    return found


def propose_transfer(
    store: "CaseStore",
    ref: str,
    to: str,
    *,
    by: str,
    reason: str | None = None,
    on: dt.date | None = None,
    acting: str | None = None,
    override: str | None = None,
) -> Entry:
    """Propose that another division takes the file over. The present one stays in charge until that accepts.

    Args:
        store, ref: the file.
        to: the division that is to receive it: a county, township or village (6, 9 or 12 digits).
        by: the code of the user, never a name.
        reason: why, in words.
        on: the day; today if left out.
        acting, override: as for ``store.append``.

    Raises:
        MoveRefusedError: another transfer of the file is open, the file is closed, nobody is in charge of it yet, or
            the file lies in the division already, or that is no division code of 6, 9 or 12 digits.
        UnknownFileError: there is no such file.
        ConflictError: somebody else wrote to the file meanwhile.
    """
    from kinderguard.casefile.ending.closing import FileState, file_state

    day, receiver = store._day(on, "on"), check_receiver(to)
    entries = store.entries(ref)
    MOVES.after(_state(entries), TransferMove.PROPOSE, ref)
    if file_state(entries) is FileState.CLOSED:
        raise MoveRefusedError(
            Text(
                f"档案 {ref} 已结案，不能转移；未写入任何内容。请先重新建档（store.reopen_file）。",
                f"File {ref} is closed and cannot be transferred; nothing was written. Open it again first (store.reopen_file).",
            )
        )
    sender = store.case(ref, at=day).division
    if sender is None:
        raise MoveRefusedError(
            Text(
                f"档案 {ref} 未记录主管地区，无从转出；请先记录户籍地或主管行政区划代码。",
                f"File {ref} does not say which division is in charge; record the division of registration first.",
            )
        )
    if covers(receiver, sender):
        raise MoveRefusedError(
            Text(
                f"档案 {ref} 由 {sender} 负责，已在 {receiver} 之内，无须转移。",
                f"Division {sender} is in charge of file {ref}, which lies in {receiver} already; there is nothing to transfer.",
            )
        )
    body = _body(TransferMove.PROPOSE, reason) | {"from": sender, "to": receiver}
    return _append(store, entries, body, day, by=by, acting=acting, override=override)


def accept_transfer(
    store: "CaseStore", ref: str, *, acting: str, by: str, on: dt.date | None = None, override: str | None = None
) -> tuple[Entry, Entry]:
    """Accept the open transfer: from this day on the receiving division is in charge.

    Args:
        store, ref: the file.
        acting: the division that accepts; it must be the receiving one, one within it, or one above it. It is kept.
        by: the code of the user, never a name; one that begins with another division is refused, and so is, whatever
            ``acting`` and ``override`` say, the one who proposed the transfer.
        on: the first day on which the receiving division is in charge; today if left out.
        override: why that user does it all the same; kept in an entry of its own.

    Returns:
        The acceptance, and the fact that the division in charge is another one, written together: the receiving one, or,
        where one within it acts, that one.

    Raises:
        MoveRefusedError: no transfer is open, the day lies before the proposal, or another division acts, or a user of
            another one.
        UnknownFileError, ConflictError: as for a proposal.
    """
    day, entries = store._day(on, "on"), store.entries(ref)
    pending = _decided(entries, TransferMove.ACCEPT, ref, acting, day)
    body = _body(TransferMove.ACCEPT, None) | {"proposal": pending.proposal}
    own = acting_division(acting)
    in_charge = check_receiver(own if covers(pending.receiver, own) else pending.receiver)
    accepted = NewEntry(
        ref, EntryKind.TRANSFER, body, day, by=by, expect=entries[-1].number, acting=acting, override=override
    )
    fact = NewEntry(ref, EntryKind.FACTS, {"facts": {"division_code": in_charge}}, day, by=by)
    with store._writing() as writing:
        # Whoever accepts is in charge by the second of the two.
        return writing.write(accepted), writing.write(fact, checked=True)


def refuse_transfer(
    store: "CaseStore",
    ref: str,
    *,
    acting: str,
    reason: str,
    by: str,
    on: dt.date | None = None,
    override: str | None = None,
) -> Entry:
    """Refuse the open transfer, with a reason; the sending division stays in charge.

    Args and Raises: as ``accept_transfer``; a reason is needed.
    """
    return _ended(store, ref, TransferMove.REFUSE, acting, stated(reason, Text("拒收", "a refusal")), by, on, override)


def withdraw_transfer(
    store: "CaseStore",
    ref: str,
    *,
    acting: str,
    by: str,
    reason: str | None = None,
    on: dt.date | None = None,
    override: str | None = None,
) -> Entry:
    """Withdraw the open transfer; the sending division, which alone may, stays in charge.

    Args and Raises: as ``accept_transfer``.
    """
    return _ended(store, ref, TransferMove.WITHDRAW, acting, reason, by, on, override)


def _ended(
    store: "CaseStore",
    ref: str,
    move: TransferMove,
    acting: str,
    reason: str | None,
    by: str,
    on: dt.date | None,
    override: str | None,
) -> Entry:
    day, entries = store._day(on, "on"), store.entries(ref)
    pending = _decided(entries, move, ref, acting, day)
    body = _body(move, reason) | {"proposal": pending.proposal}
    return _append(store, entries, body, day, by=by, acting=acting, override=override)


def _append(
    store: "CaseStore", entries: tuple[Entry, ...], body: Mapping[str, Any], day: dt.date, *,
    by: str, acting: str | None, override: str | None,
) -> Entry:  # fmt: skip
    """Write a move, if nobody has written to the file since its entries were read."""
    last = entries[-1]
    return store.append(
        last.ref, EntryKind.TRANSFER, body, valid_from=day, by=by, expect=last.number, acting=acting, override=override
    )


def _state(entries: tuple[Entry, ...]) -> TransferState:
    found = transfers(entries)
    return found[-1].state if found else TransferState.NONE


def _decided(entries: tuple[Entry, ...], move: TransferMove, ref: str, acting: str, day: dt.date) -> Transfer:
    """The open transfer, if this division may make this move on this day."""
    MOVES.after(_state(entries), move, ref)
    pending, division = open_transfer(entries), acting_division(acting)
    assert pending is not None
    side = WHOSE[move]
    due = pending.receiver if side is Side.RECEIVER else pending.sender
    if not (covers(due, division) or covers(division, due)):
        raise MoveRefusedError(
            Text(
                f"“{move.zh}”应由{side.zh}（{due}）办理，{division} 不能办理；未写入任何内容。",
                f"'{move.en}' is for {side.en} ({due}), not for {division}; nothing was written.",
            )
        )
    if day < pending.proposed_on:
        raise MoveRefusedError(
            Text(
                f"日期早于提出转移的日期（{pending.proposed_on}）；未写入任何内容，请改正日期。",
                f"The day lies before that of the proposal ({pending.proposed_on}); nothing was written, mend the day.",
            )
        )
    return pending


def _body(move: TransferMove, reason: str | None) -> dict[str, Any]:
    return {"move": move.value} | ({"reason": reason.strip()} if reason and reason.strip() else {})


#: The lengths of the codes of a county, a township and a village: what can be in charge of a file.
IN_CHARGE = (6, 9, 12)


def check_receiver(code: str) -> str:
    """``code`` itself where such a division can be in charge of a file: a county, a township or a village.

    Raises:
        MoveRefusedError: it has another length, or begins with no province.
    """
    digits = acting_division(code)
    if len(digits) not in IN_CHARGE:
        raise MoveRefusedError(
            Text(
                f"负责档案的行政区划代码应为 6 位（县）、9 位（乡镇）或 12 位（村），不是 {len(digits)} 位；未写入任何内容，请写全。",
                "The division in charge of a file has 6 digits (a county), 9 (a township) or 12 (a village), not "
                f"{len(digits)}; nothing was written, give the whole code.",
            )
        )
    return digits


def acting_division(code: str) -> str:
    """``code`` itself where it is a division's.

    Raises:
        MoveRefusedError: it is none.
    """
    refused: Text
    try:
        return check_division(code)
    except FieldValueError as error:
        refused = error.text
    except AttributeError:
        refused = Text("行政区划代码应为文字", "a division code is text")
    raise MoveRefusedError(refused + Text("；未写入任何内容，请改正代码。", "; nothing was written, mend the code."))
