"""Who may write to a file: the division in charge of it, one within it, or one above it.

Used by writing transactions, once for every entry. A division is named by whoever writes (``acting``) or by what the user's
code begins with (``330106.user3``); many a county's users have codes that say nothing of a place. So a file that was handed
over asks for one, while of a file that never was, a user from elsewhere only looks doubtful: a child may live where it is
not registered. What another division proposes, erases or has written out whole is refused either way: the first would let
it take the file to itself, and the others cannot be undone.

Nobody is authenticated here: ``acting`` is what somebody says. It is held against the division of the user, as the
team says (``users``) or the user's code, and, where neither names one, against the side that the user took in the
file's transfers; of a user without any of these, or whom the team lets act for any division, it is believed. Whoever
acts for a division above its own reaches no further than its own by it, and who proposed a transfer never answers it
for the receiver.
"""

import datetime as dt
from collections.abc import Collection, Iterable

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.facts import case_of, places_in
from kinderguard.casefile.history import holdings, stated_on, values
from kinderguard.casefile.moving.transfers import (
    WHOSE,
    Side,
    TransferMove,
    TransferState,
    acting_division,
    open_transfer,
    side_taken,
    transfers,
)
from kinderguard.casefile.moving.users import Users
from kinderguard.model.places import covers
from kinderguard.model.text import Text

#: What cannot be undone. Of what is shared, only a whole file is held against the places that the file spoke of.
_NOT_UNDONE = frozenset({EntryKind.ERASURE, EntryKind.SHARE})
_NOBODY_SAYS = Users()


@attrs.frozen
class Standing:
    """Whether an entry may be written by whoever writes it.

    Attributes:
        refused: why not.
        final: whether no reason lets it be written all the same.
        doubt: why it looks wrong, though it may be right.
        in_charge: the division in charge, where that was looked at.
        acting: the division that acts, where one is named.
    """

    refused: Text | None = None
    final: bool = False
    doubt: Text | None = None
    in_charge: str | None = None
    acting: str | None = None


def standing(
    new: NewEntry, entries: Iterable[Entry], places: Collection[str], today: dt.date, users: Users = _NOBODY_SAYS
) -> Standing:
    """Whether whoever writes an entry is in charge of the file.

    Args:
        new: the entry.
        entries: those of the file that its facts and its transfers follow from.
        places: every division that the file ever stated.
        today: the day that decides who is in charge.
        users: of the store.

    Raises:
        MoveRefusedError: ``acting`` is no division code, or the team does not know the user or gives it no division.
        UsersError: what it says of the user is no division.
    """
    entries, user = list(entries), users.division(new.by)
    acting = None if new.acting is None else acting_division(new.acting)
    is_transfer = new.kind is EntryKind.TRANSFER
    is_answer = is_transfer and new.body.get("move") != TransferMove.PROPOSE.value
    if is_answer and (refused := _of_proposer(new, entries)) is not None:
        return refused
    if acting and user and not _is_related(acting, user):
        return Standing(_not_of(new.by, acting), acting=acting)
    is_bound = acting and user is None and not users.may_be_anywhere(new.by)
    side = side_taken(entries, new.by) if is_bound else None
    if acting and side and not _is_related(acting, side):
        return Standing(_of_other_side(new.by, side, acting), acting=acting)
    own = user or side
    place = own if own and (acting is None or covers(acting, own)) else acting
    if is_answer:
        return _of_answer(new, entries, place)
    moved = any(each.state is TransferState.ACCEPTED for each in transfers(entries))
    # Whoever is to receive a file does not propose that itself.
    if moved or acting or (is_transfer and user):
        in_charge = case_of(new.ref, values(stated_on(holdings(entries), today))).division
        if in_charge is None or (place and _is_related(in_charge, place)):
            return Standing(in_charge=in_charge, acting=place)
        return Standing(_not_in_charge(new, in_charge, place), in_charge=in_charge, acting=place)
    if user and places and not any(_is_related(user, each) for each in places):
        told = _from_elsewhere(new, sorted(places), user)
        if new.kind in _NOT_UNDONE:
            return Standing(told, acting=user)
        return Standing(doubt=told, acting=user)
    return Standing(acting=place)


def doubt_of_user(new: NewEntry, entries: Iterable[Entry], today: dt.date, users: Users = _NOBODY_SAYS) -> Text | None:
    """Why whoever writes an entry looks wrong, though it may be right; None where nothing does.

    Args:
        new: the entry.
        entries: all of the file.
        today: the day that decides who is in charge.
        users: of the store.
    """
    entries = list(entries)
    return standing(new, entries, {place for each in entries for place in places_in(each.body)}, today, users).doubt


def _is_related(one: str, other: str) -> bool:
    return covers(one, other) or covers(other, one)


def _of_proposer(new: NewEntry, entries: list[Entry]) -> Standing | None:
    """An answer for the receiver by the one who proposed the transfer: the two sides would be one."""
    pending, move = open_transfer(entries), TransferMove.of(new.body["move"])
    if pending is None or WHOSE[move] is Side.SENDER:
        return None
    if not any(each.number == pending.proposal and each.by == new.by for each in entries):
        return None
    return Standing(_own_proposal(new.by, move, pending.receiver), final=True, in_charge=pending.sender)


def _of_answer(new: NewEntry, entries: list[Entry], place: str | None) -> Standing:
    """An answer to a transfer: the receiving division's, or, of a withdrawal, the sending one's."""
    pending, move = open_transfer(entries), TransferMove.of(new.body["move"])
    if pending is None:
        return Standing(acting=place)
    side = WHOSE[move]
    due = pending.receiver if side is Side.RECEIVER else pending.sender
    if place is None:
        return Standing(_no_place(move, side, due), in_charge=pending.sender)
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


def _of_other_side(by: str, side: str, acting: str) -> Text:
    return Text(
        f"用户 {by} 在此档案的转移中代 {side} 办理，不能又代 {acting} 办理（acting）；未写入任何内容，请由 {acting} 的用户办理，或写明 override 的理由。",
        f"User {by} acted for {side} in the transfers of this file, and cannot act for {acting} now (acting); nothing was written. Let "
        f"a user of {acting} do it, or say why with override.",
    )


def _own_proposal(by: str, move: TransferMove, due: str) -> Text:
    return Text(
        f"用户 {by} 提出了此次转移，不能又代转入地“{move.zh}”；未写入任何内容，请由 {due} 的其他用户办理，或由转出地撤回。",
        f"User {by} proposed this transfer, and cannot answer it for the receiving division ('{move.en}'); nothing was written. Let "
        f"another user, of {due}, do it, or let the sending division withdraw it.",
    )


def _no_place(move: TransferMove, side: Side, due: str) -> Text:
    return Text(
        f"“{move.zh}”应由{side.zh}（{due}）办理；未写入任何内容，请写明办理的行政区划（acting）。",
        f"'{move.en}' is for {side.en} ({due}); nothing was written. Say which division acts (acting).",
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
