"""Closing a case file with a coded reason and the last month paid, and opening it again.

Used by the store. A file is open from its first entry on. Closing takes nothing away: the file can be opened again, and
until then nothing is recorded or corrected in it but a closing that was a mistake; when a closed file may be erased stands
in ``retention``.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.errors import UnreadableEntryError
from kinderguard.casefile.facts import case_of
from kinderguard.casefile.history import holdings, stated_on, values, withdrawn
from kinderguard.casefile.moving.moves import MoveRefusedError, Moves, stated
from kinderguard.casefile.moving.transfers import open_transfer
from kinderguard.model.codes import ClosingReason, Code
from kinderguard.model.dates import PartialDate, age_on, as_day
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore


class FileState(Code):
    """Whether a file is open 档案状态."""

    OPEN = "open", "在册", "open"
    CLOSED = "closed", "已结案", "closed"


class FileMove(Code):
    """What changes whether a file is open 结案与重新建档."""

    CLOSE = "close", "结案", "close"
    REOPEN = "reopen", "重新建档", "reopen"


MOVES = Moves(
    Text("结案", "closing"),
    {
        FileState.OPEN: {FileMove.CLOSE: FileState.CLOSED},
        FileState.CLOSED: {FileMove.REOPEN: FileState.OPEN},
    },
)

#: The reasons whose day the forms ask for: 刑满释放日期, 戒毒成功日期, 找回父母日期, 死亡日期.
DATED = frozenset(
    {
        ClosingReason.PARENT_RELEASED,
        ClosingReason.DETOX_COMPLETED,
        ClosingReason.PARENT_FOUND,
        ClosingReason.DEATH,
    }
)
#: "其他" is a free text of so many characters at most, as the forms have it.
NOTE_LIMIT = 50
#: The age that the reason ``reached_18`` speaks of.
ADULT = 18

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")


@attrs.frozen
class Closing:
    """The closing that a file stands in.

    Attributes:
        entry: the number of its entry.
        on: the day of leaving 退出日期.
        reason: why.
        happened_on: the day of what the reason names, where it has one.
        last_paid: the last month paid 末领年月, as ``2026-03``; None where nothing was paid.
    """

    entry: int
    on: dt.date
    reason: ClosingReason
    happened_on: dt.date | None
    last_paid: str | None


@attrs.frozen
class ClosedSpan:
    """A closing, and the day on which the file was opened again after it; None where it was not."""

    closing: Closing
    reopened_on: dt.date | None


def file_state(entries: Iterable[Entry], on: dt.date | None = None) -> FileState:
    """Whether a file is open on a day (by all that is written, if no day is given)."""
    return FileState.OPEN if closing_of(entries, on) is None else FileState.CLOSED


def closing_of(entries: Iterable[Entry], on: dt.date | None = None) -> Closing | None:
    """The closing that a file stands in on a day; None where it is open. Of an erased file only the day is left."""
    last = _last_move(list(entries), on)
    return None if last is None or last.kind is EntryKind.REOPENING else _read(last)


def closed_spans(entries: Iterable[Entry], on: dt.date | None = None) -> tuple[ClosedSpan, ...]:
    """Every closing of a file up to a day, in order, with the day on which the file was opened again, if it was by then."""
    found: list[ClosedSpan] = []
    for move in _moves(list(entries), on):
        if move.kind is EntryKind.CLOSING:
            found.append(ClosedSpan(_read(move), None))
        elif found and found[-1].reopened_on is None:
            found[-1] = attrs.evolve(found[-1], reopened_on=move.valid_from)
    return tuple(found)


def _read(entry: Entry) -> Closing:
    body = entry.body
    happened = body.get("happened_on")
    try:
        return Closing(
            entry.number,
            entry.valid_from,
            ClosingReason.of(body.get("reason", "other")),
            None if happened is None else dt.date.fromisoformat(happened),
            body.get("last_paid"),
        )
    except (TypeError, ValueError):
        raise UnreadableEntryError.of(entry.number, entry.ref, entry.kind.label) from None


def check_assessable(ref: str, entries: Iterable[Entry], on: dt.date) -> None:
    """Refuse to assess a child for a day on which its file is closed: nothing is paid by a closed file. Days before the
    closing can be looked back to.

    Args:
        ref: the file.
        entries: those of the file that say whether it is open, with what corrects them.
        on: the day of the assessment.

    Raises:
        MoveRefusedError: with the day of the closing, and how the file is opened again.
    """
    closing = closing_of(entries, on)
    if closing is None:
        return
    raise MoveRefusedError(
        Text(
            f"档案 {ref} 已于 {closing.on} 结案，不能再按 {on} 的情况评估；未写入任何内容。仍应保障的，请先重新建档（store.reopen_file）；"
            "结案有误的，请用 store.correct(…) 收回结案那一条；回看结案前的，请写结案前的日期。",
            f"File {ref} was closed on {closing.on}, so it is not assessed for {on}; nothing was written. Where the child is to be "
            "cared for still, open it again first (store.reopen_file); where the closing was a mistake, take its entry back with "
            "store.correct(...); to look back, give a day before the closing.",
        )
    )


def _last_move(entries: list[Entry], on: dt.date | None) -> Entry | None:
    """The last closing or reopening up to a day."""
    moves = _moves(entries, on)
    return moves[-1] if moves else None


def _moves(entries: list[Entry], on: dt.date | None) -> list[Entry]:
    """The closings and reopenings up to a day, in the order in which the store finds open files."""
    gone = withdrawn(entries)
    moves = [
        e
        for e in entries
        if e.kind in (EntryKind.CLOSING, EntryKind.REOPENING)
        and e.number not in gone
        and (on is None or e.valid_from <= on)
    ]
    return sorted(moves, key=lambda e: (e.valid_from, e.number))


def close_file(
    store: "CaseStore",
    ref: str,
    *,
    reason: ClosingReason | str,
    last_paid: str | None,
    by: str,
    on: dt.date | None = None,
    happened_on: dt.date | None = None,
    note: str | None = None,
    acting: str | None = None,
    override: str | None = None,
) -> Entry:
    """Close a file.

    Args:
        store, ref: the file.
        reason: why, from the coded list.
        last_paid: the last month for which was paid 末领年月, as ``2026-03``; None where nothing was paid.
        by: the code of the user, never a name.
        on: the day of leaving 退出日期; today if left out.
        happened_on: the day of release, of the end of detoxification, on which the parent was found, or of death.
        note: for ``other``, what it is, in at most 50 characters.
        acting, override: as for ``store.append``.

    Raises:
        MoveRefusedError: the file is closed already, a transfer of it is open, or another division is in charge.
        EntryRefusedError: the month, the day or the note is missing or does not fit; something lies before the child's
            birth; or the child has not reached 18 where that is the reason.
        UnknownFileError: there is no such file.
        ConflictError: somebody else wrote to the file meanwhile.
    """
    code = _reason(reason)
    day = store._day(on, "on")
    happened_on = None if happened_on is None else as_day(happened_on, "happened_on")
    entries = store.entries(ref)
    _check_order(entries, day, FileMove.CLOSE, ref)
    pending = open_transfer(entries)
    if pending is not None:
        raise MoveRefusedError(
            Text(
                f"档案 {ref} 有待接收的转移（第 {pending.proposal} 条），不能结案；未写入任何内容。请先撤回转移，或等对方处理。",
                f"File {ref} has an open transfer (entry {pending.proposal}) and cannot be closed; nothing was written. "
                "Withdraw the transfer first, or wait for the answer.",
            )
        )
    case = case_of(ref, values(stated_on(holdings(entries), day)))
    _check_birth(code, case.child.birth_date, day, happened_on, last_paid)
    body = {
        "reason": code.value,
        "last_paid": _month(last_paid, day),
        "happened_on": _happened(code, happened_on, day),
        "note": _note(code, note),
    }
    return store.append(
        ref,
        EntryKind.CLOSING,
        {k: v for k, v in body.items() if v is not None or k == "last_paid"},
        valid_from=day,
        by=by,
        expect=entries[-1].number,
        acting=acting,
        override=override,
    )


def reopen_file(
    store: "CaseStore",
    ref: str,
    *,
    reason: str,
    by: str,
    on: dt.date | None = None,
    acting: str | None = None,
    override: str | None = None,
) -> Entry:
    """Open a closed file again; everything in it is still there.

    Args:
        store, ref: the file.
        reason: why, in words.
        by: the code of the user, never a name.
        on: the first day on which it is open again; today if left out.
        acting, override: as for ``store.append``.

    Raises:
        MoveRefusedError: the file is open, or another division is in charge.
        EntryRefusedError: no reason is given, or the day lies before that of the closing.
        UnknownFileError: there is no such file.
        ConflictError: somebody else wrote to the file meanwhile.
    """
    day = store._day(on, "on")
    entries = store.entries(ref)
    _check_order(entries, day, FileMove.REOPEN, ref)
    return store.append(
        ref,
        EntryKind.REOPENING,
        {"reason": stated(reason, Text("重新建档", "opening a file again"))},
        valid_from=day,
        by=by,
        expect=entries[-1].number,
        acting=acting,
        override=override,
    )


def _check_order(entries: tuple[Entry, ...], day: dt.date, move: FileMove, ref: str) -> None:
    """Refuse a move that the state does not allow, or a day before the last move."""
    MOVES.after(file_state(entries), move, ref)
    last = _last_move(list(entries), None)
    if last is not None and day < last.valid_from:
        raise MoveRefusedError(
            Text(
                f"日期早于档案 {ref} 上一次“{last.kind.zh}”的日期（{last.valid_from}）；未写入任何内容，请改正日期。",
                f"The day lies before the last {last.kind.en} of file {ref} ({last.valid_from}); nothing was written, mend the day.",
            )
        )


def _reason(reason: ClosingReason | str) -> ClosingReason:
    try:
        return ClosingReason.of(reason)
    except ValueError:
        pass  # told below, without the text that was given
    raise MoveRefusedError(
        Text(
            f"退出原因应为代码之一：{'、'.join(ClosingReason)}。",
            f"A reason for closing is one of the codes {', '.join(ClosingReason)}.",
        )
    )


def _check_birth(
    reason: ClosingReason, born: PartialDate | None, day: dt.date, happened_on: dt.date | None, last_paid: str | None
) -> None:
    """Refuse what cannot be with the child's birth date; where that is not known well enough, nothing is refused."""
    if born is None:
        return
    if reason is ClosingReason.REACHED_18 and age_on(born.earliest, day) < ADULT:
        raise MoveRefusedError(
            Text(
                f"儿童在 {day} 未满 18 周岁，不能以“{reason.zh}”结案；未写入任何内容，请改正原因、日期，或更正出生日期。",
                f"The child is not 18 on {day}, so '{reason.en}' cannot be the reason; nothing was written. Mend the reason or "
                "the day, or correct the birth date.",
            )
        )
    if happened_on is not None and happened_on < born.earliest:
        raise MoveRefusedError(
            Text(
                f"所填原因发生的日期（{happened_on}）早于儿童出生；未写入任何内容，请改正日期，或更正出生日期。",
                f"What the reason names happened on {happened_on}, before the child was born; nothing was written. Mend the day, "
                "or correct the birth date.",
            )
        )
    if isinstance(last_paid, str) and _MONTH.match(last_paid) and last_paid < f"{born.earliest:%Y-%m}":
        raise MoveRefusedError(
            Text(
                f"末领年月（{last_paid}）早于儿童出生；未写入任何内容，请改正月份，或更正出生日期。",
                f"The last month paid ({last_paid}) lies before the child's birth; nothing was written. Mend the month, or "
                "correct the birth date.",
            )
        )


def _month(month: str | None, day: dt.date) -> str | None:
    if month is None:
        return None
    if not isinstance(month, str) or not _MONTH.match(month):
        raise MoveRefusedError(
            Text(
                "末领年月应写作 2026-03；从未发放的，写 None。",
                "The last month paid is written as 2026-03, or None where nothing was paid.",
            )
        )
    if month > f"{day:%Y-%m}":
        raise MoveRefusedError(
            Text(
                f"末领年月晚于退出日期（{day}）；请改正其中之一。",
                f"The last month paid lies after the day of leaving ({day}); mend one of them.",
            )
        )
    return month


def _happened(reason: ClosingReason, happened_on: dt.date | None, day: dt.date) -> str | None:
    if happened_on is None:
        if reason in DATED:
            raise MoveRefusedError(
                Text(
                    f"退出原因为“{reason.zh}”时，须写明其日期（happened_on）。",
                    f"With the reason '{reason.en}' its day is needed (happened_on).",
                )
            )
        return None
    if happened_on > day:
        raise MoveRefusedError(
            Text(
                f"所填原因发生的日期（{happened_on}）晚于退出日期（{day}）；请改正其中之一。",
                f"What the reason names happened on {happened_on}, after the day of leaving ({day}); mend one of them.",
            )
        )
    return happened_on.isoformat()


def _note(reason: ClosingReason, note: str | None) -> str | None:
    text = (note or "").strip()
    if reason is ClosingReason.OTHER and not text:
        raise MoveRefusedError(
            Text("退出原因为“其他”时，须用 note 说明。", "With the reason 'other' a note says what it is (note).")
        )
    if len(text) > NOTE_LIMIT:
        raise MoveRefusedError(
            Text(f"说明（note）最多 {NOTE_LIMIT} 个字。", f"A note has at most {NOTE_LIMIT} characters.")
        )
    return text or None
