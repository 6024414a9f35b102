"""Entries as they stand in the tables: selected, opened, and checked against their digest.

Used by the store and by writing transactions, each with its own connection. It never writes.
"""

import hmac
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import (
    KEY_DIGEST,
    Entry,
    EntryKind,
    body_digest,
    entry_hash,
    kind_named,
    moment,
    unpacked,
)
from kinderguard.casefile.errors import DamagedEntryError, EntryRefusedError

#: So many values fit into one ``IN`` of any database.
CHUNK = 500

_WITH_BODY = sa.select(t.entries, t.bodies.c.salt, t.bodies.c.content).outerjoin(
    t.bodies, t.bodies.c.number == t.entries.c.number
)


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists that fit into one statement."""
    given = list(values)
    for start in range(0, len(given), CHUNK):
        yield given[start : start + CHUNK]


def entry_of(row: Any, vault: Vault) -> Entry:
    """An entry from its row.

    Raises:
        DamagedEntryError: its content, its days or its author are not what was written.
    """
    return entry_and_key(row, vault)[0]


def entry_and_key(row: Any, vault: Vault) -> tuple[Entry, str | None]:
    """An entry from its row, and the digest of the key that it was written with, where it keeps one.

    Raises:
        DamagedEntryError: as ``entry_of``.
    """
    number, ref, kind, since, until, known_at, by, corrects, digest, previous, own_hash, salt, content = row
    if hash_of(row) != own_hash:
        raise DamagedEntryError.of(number)
    body: dict[str, Any] = {}
    key: str | None = None
    if content is not None:
        content = bytes(content)
        if not hmac.compare_digest(body_digest(bytes(salt), content), digest):
            raise DamagedEntryError.of(number)
        body = unpacked(vault.open(number, ref, content))
        key = body.pop(KEY_DIGEST, None)
    entry = Entry(
        number, ref, kind_of(kind, number), since, until, moment(known_at), by, body, corrects, content is None, digest,
        previous, own_hash,
    )  # fmt: skip
    return entry, key


def hash_of(row: Any) -> str | None:
    """What an entry is chained by, from what stands in its row; None where a column holds what none can hold."""
    number, ref, kind, since, until, known_at, by, corrects, digest, previous, *_ = row
    try:
        return entry_hash(number, ref, kind, since, until, known_at, by, corrects, digest, previous)
    except (AttributeError, TypeError, ValueError):
        return None


def kind_of(value: str, number: int) -> EntryKind:
    """The kind that a row names.

    Raises:
        DamagedEntryError: there is no such kind.
    """
    try:
        return kind_named(value)
    except EntryRefusedError:
        raise DamagedEntryError.of(number) from None


def entries_of(
    connection: Connection,
    vault: Vault,
    refs: Sequence[str],
    *,
    kinds: Collection[EntryKind] | None = None,
    known: int | None = None,
    until: int | None = None,
) -> list[Entry]:
    """The entries of some files, in the order of their numbers within each chunk of refs.

    Args:
        kinds: only these.
        known: only what was known at this moment (microseconds).
        until: only up to this number.
    """
    given: dict[str, Any] = {} if known is None else {"known": known}
    given |= {} if until is None else {"until": until}
    chosen = None if kinds is None else tuple(sorted(k.value for k in kinds))
    query = _of_files(len(refs) == 1, chosen, known is not None, until is not None)
    found: list[Entry] = []
    for some in chunks(refs):
        rows = connection.execute(query, given | {"ref": some[0] if len(refs) == 1 else some})
        found += [entry_of(row, vault) for row in rows]
    return found


@lru_cache(maxsize=64)
def _of_files(one: bool, kinds: tuple[str, ...] | None, known: bool, until: bool) -> sa.Select[Any]:
    """The statement, built once for each form: that takes longer than running it."""
    column = t.entries.c
    of_file = column.ref == sa.bindparam("ref") if one else column.ref.in_(sa.bindparam("ref", expanding=True))
    query = _WITH_BODY.where(of_file).order_by(column.number)
    if kinds is not None:
        query = query.where(column.kind.in_(kinds))
    if known:
        query = query.where(column.known_at <= sa.bindparam("known"))
    if until:
        query = query.where(column.number <= sa.bindparam("until"))
    return query


def is_file(connection: Connection, ref: str, known: int | None = None) -> bool:
    """Whether there is a file of that ref, or was at a moment (microseconds)."""
    query = sa.select(t.entries.c.number).where(t.entries.c.ref == ref).limit(1)
    if known is not None:
        query = query.where(t.entries.c.known_at <= known)
    return connection.execute(query).first() is not None


def entry_at(connection: Connection, vault: Vault, number: int) -> Entry | None:
    """The entry of a number, or None where there is none."""
    row = connection.execute(_WITH_BODY.where(t.entries.c.number == number)).one_or_none()
    return None if row is None else entry_of(row, vault)


def after(connection: Connection, number: int, limit: int) -> Sequence[Any]:
    """The rows that follow a number, with their bodies, unopened."""
    query = _WITH_BODY.where(t.entries.c.number > number).order_by(t.entries.c.number).limit(limit)
    return connection.execute(query).all()
