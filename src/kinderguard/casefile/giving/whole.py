"""Writing out a whole file, with everything personal in it: only for the division in charge, and written down first.

Used by ``kinderguard file export --whole``. Like an erasure it cannot be undone, so a user of a division that the file never
spoke of is refused too; an override says why it is done all the same, and stays after an erasure.
"""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kinderguard.casefile.chain.entries import FACTUAL, Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.texts import check_text, names_in
from kinderguard.casefile.correcting import check_reason
from kinderguard.casefile.errors import ConflictError
from kinderguard.casefile.facts import case_of, facts_of, places_in
from kinderguard.casefile.giving.sharing import Refusal, SharingRefusedError
from kinderguard.casefile.history import holdings, stated_on, values
from kinderguard.casefile.moving.charge import standing
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

#: How often it is tried again where somebody else wrote to the file meanwhile.
_ATTEMPTS = 5
_WHOLE = "whole_file"


def whole_file(
    store: "CaseStore",
    ref: str,
    *,
    reason: str,
    by: str,
    on: dt.date,
    acting: str | None = None,
    override: str | None = None,
) -> tuple[Entry, Mapping[str, Any]]:
    """Every fact of a file on a day, and the entry that says that it was written out, to whom and why.

    Args:
        store, ref: the file.
        reason: what it is for, without names or ID numbers.
        by: the code of the user, never a name.
        on: the day.
        acting, override: as for ``store.append``.

    Raises:
        SharingRefusedError: another division is in charge. The attempt is written down, without any fact.
        UnknownFileError: there is no such file.
        EntryRefusedError: no reason is given, or a text gives away who somebody is.
        ConflictError: others kept writing to the file; nothing was given.
    """
    check_reason(reason)
    for attempt in range(_ATTEMPTS):
        entries = store.entries(ref)
        names = names_in(entries)
        for name, text in (("reason", reason), ("override", override)):
            if text is not None:
                check_text(text, name, names)
        case = case_of(ref, values(stated_on(holdings(entries), on)))
        facts = facts_of(case)
        places = {place for each in entries if each.kind in FACTUAL for place in places_in(each.body)}
        asked = NewEntry(ref, EntryKind.SHARE, {}, on, by=by, acting=acting)
        who = standing(asked, entries, places, max(on, store.today()), store._users)
        why = (override or "").strip()
        refused = who.refused is not None and not why
        body: dict[str, Any] = {
            "recipient": {"role": _WHOLE, "organisation": by}, "purpose": _WHOLE, "basis": _WHOLE,
            "outcome": "refused" if refused else "given",
            "refused_because": [Refusal.NOT_IN_CHARGE.value] if refused else [],
            "fields": [] if refused else sorted(facts), "reason": reason.strip(), "consent": None,
            "override": {"reason": why, "fields": []} if who.refused is not None and why else None,
            "in_charge": who.in_charge, "acting": who.acting,
        }  # fmt: skip
        try:
            entry = store.append(ref, EntryKind.SHARE, body, valid_from=on, by=by, expect=entries[-1].number)
            break
        except ConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    if refused:
        in_charge = who.in_charge or case.division or "、".join(sorted(places))
        raise _refused(ref, in_charge, asked, entry.number)
    return entry, facts


def _refused(ref: str, in_charge: str, asked: NewEntry, entry: int) -> SharingRefusedError:
    mend = (
        Text("，或写明办理的行政区划（acting）", ", or say which division acts (acting)")
        if asked.acting is None
        else Text(
            f"；{asked.by} 不能代 {asked.acting} 办理（acting）", f"; {asked.by} cannot act for {asked.acting} (acting)"
        )
    )
    return SharingRefusedError(
        Text(
            f"档案 {ref} 由 {in_charge} 负责，未写出任何内容；此次申请已记为第 {entry} 条。请由 {in_charge} 的用户办理{mend.zh}；"
            "确须由他地办理的，写明 override 的理由。",
            f"Division {in_charge} is in charge of file {ref}, so nothing of it was written out; the attempt is entry {entry}. Let a "
            f"user of {in_charge} do it{mend.en}; where another must do it all the same, say why with override.",
        ),
        (Refusal.NOT_IN_CHARGE,),
        entry,
    )
