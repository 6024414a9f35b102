"""Corrections: what an entry ought to have said, or that it ought never to have been written. Both readings are kept.

Used by ``CaseStore.correct``. A correction is an entry of its own; what was thought before it stays as it was.
"""

from collections.abc import Collection, Mapping
from typing import Any

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain.entries import KEPT_AT_ERASURE, Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.errors import EntryRefusedError, ErasedError, UnknownEntryError
from kinderguard.model.text import Text


def correct(
    writing: Writing,
    ref: str,
    number: int,
    facts: Mapping[str, Any] | None,
    withdrawn: Collection[str],
    *,
    reason: str,
    by: str,
    acting: str | None,
    override: str | None,
    key: str | None,
    expect: int | None,
) -> Entry:
    """See ``CaseStore.correct``."""
    target = reading.entry_at(writing.connection, writing.vault, number)
    if target is None or target.ref != ref:
        raise UnknownEntryError.of(number)
    if target.erased:
        raise ErasedError.of(number)
    _check(writing, target, facts, withdrawn, reason)
    body = {
        "facts": dict(facts or {}),
        "withdrawn": True if facts is None else sorted(withdrawn),
        "reason": reason.strip(),
    }
    new = NewEntry(
        ref, EntryKind.CORRECTION, body, target.valid_from, target.valid_until, by=by, key=key, expect=expect,
        corrects=number, acting=acting, override=override,
    )  # fmt: skip
    return writing.write(new)


def _check(
    writing: Writing, target: Entry, facts: Mapping[str, Any] | None, withdrawn: Collection[str], reason: str
) -> None:
    check_reason(reason)
    if target.kind in KEPT_AT_ERASURE:
        raise EntryRefusedError(
            Text(
                f"“{target.kind.zh}”记录属审计痕迹，不可更正。",
                f"An entry of kind '{target.kind.value}' is part of the audit trail and cannot be corrected.",
            )
        )
    if facts is None:
        if withdrawn:
            raise EntryRefusedError(
                Text(
                    "facts=None 已收回整条记录，不必再列 withdrawn。",
                    "facts=None takes the whole entry back; leave withdrawn out.",
                )
            )
        return
    if not facts and not withdrawn:
        raise EntryRefusedError(
            Text(
                "没有要更正的内容：请给出 facts、withdrawn，或以 facts=None 收回整条记录。",
                "There is nothing to correct: give facts or withdrawn, or facts=None to take the whole entry back.",
            )
        )
    if _root(writing, target).kind is not EntryKind.FACTS:
        raise EntryRefusedError(
            Text(
                f"“{target.kind.zh}”记录只能整条收回：请用 facts=None，再写入正确的记录。",
                f"An entry of kind '{target.kind.value}' can only be taken back whole: use facts=None, "
                "then write the right one.",
            )
        )


def _root(writing: Writing, entry: Entry) -> Entry:
    """What a correction corrects in the end; another entry is its own root."""
    while entry.kind is EntryKind.CORRECTION:
        assert entry.corrects is not None
        found = reading.entry_at(writing.connection, writing.vault, entry.corrects)
        if found is None:
            raise UnknownEntryError.of(entry.corrects)
        entry = found
    return entry


def check_reason(reason: str) -> None:
    """Refuse an empty reason.

    Raises:
        EntryRefusedError: with what a reason is for.
    """
    if not isinstance(reason, str) or not reason.strip():
        raise EntryRefusedError(
            Text(
                "请写明理由（reason）；不要写姓名或证件号。",
                "Say why (reason); leave names and ID numbers out of it.",
            )
        )
