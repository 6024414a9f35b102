"""Which files hold a resident ID, found by a keyed digest: a child has one file, whatever its number is.

Used when facts are written (somebody should look, where another file holds the same ID), by imports (the file that is there
is the one to use) and by whoever looks for a child's file. The table says where to look; whether a file still says so, it
says itself. No ID is ever in what is given.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile import reading
from kinderguard.casefile import tables as t
from kinderguard.casefile.encryption import Vault
from kinderguard.casefile.entries import FACTUAL, Entry
from kinderguard.casefile.history import holdings
from kinderguard.casefile.identity import of_id

RESIDENT_ID = "child.resident_id"


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


def files_with(connection: Connection, vault: Vault, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By resident ID, the files that hold it; the IDs that no file holds are left out."""
    by_digest = {vault.id_digest(number): number for number in numbers}
    near: dict[str, set[str]] = {}
    for some in reading.chunks(sorted(by_digest)):
        for digest, ref in connection.execute(_WITH_DIGEST, {"digests": some}):
            near.setdefault(by_digest[digest], set()).add(ref)
    # A file whose ref was made of the ID is the child's, and need not be read.
    unsure = sorted({ref for number, refs in near.items() for ref in refs if ref != vault.pseudonym(of_id(number))})
    entries: dict[str, list[Entry]] = {ref: [] for ref in unsure}
    for entry in reading.entries_of(connection, vault, unsure, kinds=FACTUAL):
        entries[entry.ref].append(entry)
    held = {ref: _numbers(found) for ref, found in entries.items()}
    found = {
        number: tuple(sorted(ref for ref in refs if number in held.get(ref, (number,))))
        for number, refs in near.items()
    }
    return {number: refs for number, refs in found.items() if refs}


def _numbers(entries: Iterable[Entry]) -> set[str]:
    """Every ID that a file says on any day, corrections reckoned in."""
    return {h.facts[RESIDENT_ID].value for h in holdings(entries) if RESIDENT_ID in h.facts}
