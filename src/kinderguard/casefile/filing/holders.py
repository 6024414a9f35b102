"""Which files hold a resident ID, found by a keyed digest: a child has one file, whatever its number is.

Used when facts are written, by ``store.doubts``, what is due and ``verify`` (somebody should look, where several open files
hold one ID), by imports (the file that is there is the one to use) and by whoever looks for a child's file. The table says
where to look; whether a file still says so, it says itself. No ID is ever in what is given.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import FACTUAL, Entry, EntryKind
from kinderguard.casefile.ending.closing import FileState, file_state
from kinderguard.casefile.errors import DamagedEntryError, UnreadableEntryError
from kinderguard.casefile.filing.identity import of_id
from kinderguard.casefile.history import holdings
from kinderguard.model.dates import BEIJING
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

RESIDENT_ID = "child.resident_id"
#: What says which IDs a file holds, and whether it is open.
_READ = FACTUAL | {EntryKind.CLOSING, EntryKind.REOPENING}


@attrs.frozen
class SameId:
    """Open files that hold the same resident ID, as one of them sees it. The ID is not in it.

    Attributes:
        ref: the file.
        others: the other open files that hold an ID of it.
        since: the day on which that came about, by when it was written.
    """

    ref: str
    others: tuple[str, ...]
    since: dt.date

    @property
    def text(self) -> Text:
        """Which files, and what to do."""
        return self.finding().message

    def finding(self) -> Problem:
        """It as ``verify`` tells it."""
        return same_id_problem(self.ref, self.others)


def same_id_problem(ref: str, others: Collection[str]) -> Problem:
    """That other open files hold the same ID as a file, and what to do."""
    zh, en = "、".join(others), ", ".join(others)
    return Problem(
        "file.same_id",
        Text(
            f"同一身份证号还在档案 {zh} 中；同一儿童只应有一份档案，请核对，只留一份，其余结案（store.close_file）；证件号有误的，请更正",
            f"file {en} holds the same resident ID; a child has one file: look at them and close all but one (store.close_file), or "
            "correct the ID where it is wrong",
        ),
        ref,
    )


def id_in(body: Mapping[str, Any]) -> str | None:
    """The resident ID that a body of facts states for the child."""
    number = (body.get("facts") or {}).get(RESIDENT_ID)
    return number if isinstance(number, str) else None


def other_files(connection: Connection, vault: Vault, number: str, own: str) -> tuple[str, ...]:
    """The files besides one that hold a resident ID."""
    digest = {"digests": [vault.id_digest(number)]}
    if all(ref == own for _, ref in connection.execute(_WITH_DIGEST, digest)):
        return ()  # as a rule: so nothing has to be read
    return tuple(ref for ref in files_with(connection, vault, [number]).get(number, ()) if ref != own)


#: Built once: that takes longer than running it.
_WITH_DIGEST = sa.select(t.ids.c.digest, t.ids.c.ref).where(t.ids.c.digest.in_(sa.bindparam("digests", expanding=True)))


def files_with(
    connection: Connection, vault: Vault, numbers: Collection[str], *, open_on: dt.date | None = None
) -> dict[str, tuple[str, ...]]:
    """By resident ID, the files that hold it; the IDs that no file holds are left out.

    Args:
        connection, vault: of the store.
        numbers: the IDs.
        open_on: where several files hold an ID and some are open on this day, those that are closed are left out.
    """
    by_digest = {vault.id_digest(number): number for number in numbers}
    near: dict[str, set[str]] = {}
    for some in reading.chunks(sorted(by_digest)):
        for digest, ref in connection.execute(_WITH_DIGEST, {"digests": some}):
            near.setdefault(by_digest[digest], set()).add(ref)
    # A file whose ref was made of the ID is the child's, and need not be read; unless there are others.
    sure = {
        number: vault.pseudonym(of_id(number)) for number, refs in near.items() if open_on is None or len(refs) == 1
    }
    unsure = sorted({ref for number, refs in near.items() for ref in refs if ref != sure.get(number)})
    entries: dict[str, list[Entry]] = {ref: [] for ref in unsure}
    for entry in reading.entries_of(connection, vault, unsure, kinds=FACTUAL if open_on is None else _READ):
        entries[entry.ref].append(entry)
    held = {ref: _numbers(found) for ref, found in entries.items()}
    found = {
        number: tuple(sorted(ref for ref in refs if number in held.get(ref, (number,))))
        for number, refs in near.items()
    }
    if open_on is not None:
        closed = {ref for ref, some in entries.items() if file_state(some, open_on) is FileState.CLOSED}
        found = {number: tuple(ref for ref in refs if ref not in closed) or refs for number, refs in found.items()}
    return {number: refs for number, refs in found.items() if refs}


def _numbers(entries: Iterable[Entry]) -> set[str]:
    """Every ID that a file says on any day, corrections reckoned in."""
    return {h.facts[RESIDENT_ID].value for h in holdings(entries) if RESIDENT_ID in h.facts}


# ---- open files with one ID ------------------------------------------------------------------------------------------


def same_ids(store: "CaseStore", on: dt.date, ref: str | None = None) -> dict[str, SameId]:
    """By file, the other open files that hold the same resident ID; files without such are left out.

    Args:
        store: the files, taken as they are known now.
        on: the day on which they are open.
        ref: this file alone; all, if left out: then only the files that share a digest are read.
    """
    with store._database.reading() as connection:
        return same_ids_in(connection, store._vault, on, ref)


def same_ids_in(connection: Connection, vault: Vault, on: dt.date, ref: str | None = None) -> dict[str, SameId]:
    """See ``same_ids``."""
    near: dict[str, list[str]] = {}
    rows = connection.execute(_SHARED) if ref is None else connection.execute(_SHARED_WITH, {"ref": ref})
    for digest, each in rows:
        near.setdefault(each, []).append(digest)
    holders: dict[str, dict[str, dt.date]] = {}
    for each, digests in near.items():
        for digest, day in _held(connection, vault, each, digests, on).items():
            holders.setdefault(digest, {})[each] = day
    found: dict[str, SameId] = {}
    for days in holders.values():
        for each in days if ref is None else days.keys() & {ref}:
            others = days.keys() - {each}
            if others:
                now = SameId(each, tuple(sorted(others)), max(days[each], min(days[other] for other in others)))
                found[each] = _joined(found[each], now) if each in found else now
    return found


def _joined(one: SameId, other: SameId) -> SameId:
    """A file with two IDs, each of which others hold."""
    return SameId(one.ref, tuple(sorted({*one.others, *other.others})), min(one.since, other.since))


def _held(connection: Connection, vault: Vault, ref: str, digests: Collection[str], on: dt.date) -> dict[str, dt.date]:
    """By digest, the day on which a file came to hold an ID that it still holds on some day; none where it is closed. Of a file
    that cannot be read nobody knows that it does not.
    """
    try:
        entries = reading.entries_of(connection, vault, [ref], kinds=_READ)
        if file_state(entries, on) is FileState.CLOSED:
            return {}
        said = [s for h in holdings(entries) if (s := h.facts.get(RESIDENT_ID)) is not None and s.value is not None]
    except (DamagedEntryError, UnreadableEntryError):
        return dict.fromkeys(digests, on)
    written = {entry.number: entry.known_at.astimezone(BEIJING).date() for entry in entries}
    found: dict[str, dt.date] = {}
    for each in said:
        digest = vault.id_digest(each.value)
        if digest in digests:
            found[digest] = min(written[each.first], found.get(digest, dt.date.max))
    return found


_OTHER, _OWN = t.ids.alias(), t.ids.alias()
#: The digests that several files share, with the files.
_SHARED = (
    sa.select(t.ids.c.digest, t.ids.c.ref)
    .where(sa.exists().where(_OTHER.c.digest == t.ids.c.digest, _OTHER.c.ref != t.ids.c.ref))
    .order_by(t.ids.c.digest, t.ids.c.ref)
)
_SHARED_WITH = _SHARED.where(t.ids.c.digest.in_(sa.select(_OWN.c.digest).where(_OWN.c.ref == sa.bindparam("ref"))))
