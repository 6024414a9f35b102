"""Who may write to a file: the division in charge of it, one within it, or one above it.

Used by writing transactions, once for every entry. A division is named by whoever writes (``acting``) or by what the user's
code begins with (``330106.user3``); many a county's users have codes that say nothing of a place. So a file that was handed
over asks for one, while of a file that never was, a user from elsewhere only looks doubtful: a child may live where it is
not registered. An erasure by another division is refused either way, since it cannot be undone.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable

import attrs

from kinderguard.casefile.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.facts import case_of
from kinderguard.casefile.history import holdings, stated_on, values
from kinderguard.casefile.transfers import (
    WHOSE,
    Side,
    TransferMove,
    TransferState,
    acting_division,
    open_transfer,
    transfers,
)
from kinderguard.model.places import PROVINCES, covers
from kinderguard.model.text import Text

_OF_USER = re.compile(r"(\d{12}|\d{9}|\d{6})(?!\d)")


@attrs.frozen
class Standing:
    """Whether an entry may be written by whoever writes it.

    Attributes:
        refused: why not.
        doubt: why it looks wrong, though it may be right.
        in_charge: the division in charge, where that was looked at.
        acting: the division that acts, where one is named.
    """

    refused: Text | None = None
    doubt: Text | None = None
    in_charge: str | None = None
    acting: str | None = None


def division_of(user: str) -> str | None:
    """The division that a user's code begins with; None where it begins with none.

    >>> division_of("330106.user3"), division_of("user3")
    ('330106', None)
    """
    found = _OF_USER.match(user)
    return found.group(1) if found and found.group(1)[:2] in PROVINCES else None


def standing(new: NewEntry, entries: Iterable[Entry], places: Collection[str], today: dt.date) -> Standing:
    """Whether whoever writes an entry is in charge of the file.

    Args:
        new: the entry.
        entries: those of the file that its facts and its transfers follow from.
        places: every division that the file ever stated.
        today: the day that decides who is in charge.

    Raises:
        MoveRefusedError: ``acting`` is no division code.
    """
    entries, user = list(entries), division_of(new.by)
    acting = None if new.acting is None else acting_division(new.acting)
    place = acting or user
    if acting and user and not _is_related(acting, user):
        return Standing(_not_of(new.by, acting), acting=acting)
    if new.kind is EntryKind.TRANSFER and new.body.get("move") != TransferMove.PROPOSE.value:
        return _of_answer(new, entries, place)
    moved = any(each.state is TransferState.ACCEPTED for each in transfers(entries))
    if moved or acting:
        in_charge = case_of(new.ref, values(stated_on(holdings(entries), today))).division
        if in_charge is None or (place and _is_related(in_charge, place)):
            return Standing(in_charge=in_charge, acting=place)
        return Standing(_not_in_charge(new, in_charge, place), in_charge=in_charge, acting=place)
    if user and places and not any(_is_related(user, each) for each in places):
        told = _from_elsewhere(new, sorted(places), user)
        is_final = new.kind is EntryKind.ERASURE
        return Standing(told if is_final else None, None if is_final else told, acting=user)
    return Standing(acting=place)


def _is_related(one: str, other: str) -> bool:
    return covers(one, other) or covers(other, one)


def _of_answer(new: NewEntry, entries: list[Entry], place: str | None) -> Standing:
    """An answer to a transfer: the receiving division's, or, of a withdrawal, the sending one's."""
    pending, move = open_transfer(entries), TransferMove.of(new.body["move"])
    if pending is None or place is None:
        return Standing(acting=place)
    side = WHOSE[move]
    due = pending.receiver if side is Side.RECEIVER else pending.sender
    if _is_related(due, place):
        return Standing(in_charge=pending.sender, acting=place)
    return Standing(
        Text(
            f"“{move.zh}”应由{side.zh}（{due}）办理，{place} 不能办理；未写入任何内容，请由 {due} 办理（acting）。",
            f"'{move.en}' is for {side.en} ({due}), not for {place}; nothing was written. Let {due} do it (acting).",
        ),
        in_charge=pending.sender,
        acting=place,
    )


def _not_of(by: str, acting: str) -> Text:
    return Text(
        f"用户 {by} 不属于所写的办理地区 {acting}（acting），不能代其办理；未写入任何内容，请由 {acting} 的用户办理，或写明 override 的理由。",
        f"User {by} does not belong to {acting}, the division that was given (acting), and cannot act for it; nothing was written. Let a user of {acting} do it, or say "
        "why with override.",
    )


def _not_in_charge(new: NewEntry, in_charge: str, place: str | None) -> Text:
    if place is None:
        return Text(
            f"档案 {new.ref} 已转移，由 {in_charge} 负责；写入“{new.kind.zh}”须写明办理的行政区划（acting）。未写入任何内容。",
            f"File {new.ref} was handed over, and {in_charge} is in charge; say which division acts (acting) to write "
            f"{new.kind.en}. Nothing was written.",
        )
    return Text(
        f"档案 {new.ref} 由 {in_charge} 负责，{place} 不能写入“{new.kind.zh}”；未写入任何内容，请由 {in_charge} 办理（acting），"
        "或写明 override 的理由。",
        f"Division {in_charge} is in charge of file {new.ref}, so {place} cannot write {new.kind.en} to it; nothing was written. "
        f"Let {in_charge} do it (acting), or say why with override.",
    )


def _from_elsewhere(new: NewEntry, places: list[str], user: str) -> Text:
    zh, en = "、".join(places[:3]), ", ".join(places[:3])
    if new.kind is EntryKind.ERASURE:
        return Text(
            f"档案 {new.ref} 属 {zh}，{user} 的用户不能删除；未删除任何内容，请由当地办理，或写明 override 的理由。",
            f"File {new.ref} belongs to {en}, so a user of {user} cannot erase it; nothing was erased. Let that place do it, or say "
            "why with override.",
        )
    return Text(
        f"经办人属 {user}，而档案 {new.ref} 只涉及 {zh}；如写错了档案，请收回后写入正确的档案",
        f"its user belongs to {user}, and file {new.ref} speaks of {en} alone; if this is the wrong file, take it back and write "
        "it to the right one",
    )
