"""The table of keys, by which nothing is written twice, held against the entries, which say with what key they were written.

Used by ``verify`` and by ``store.rebuild``. What changed nothing left no entry, and what is kept at an erasure, or was written
by an earlier version, keeps no digest of its key: that a key of such is lost, or was added, cannot be seen.
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t

#: By digest of a key, the file and the number of the entry that says it was written with it.
Said = Mapping[str, tuple[str, int]]

_FOUND = sa.select(t.keys.c.digest, t.keys.c.ref, t.keys.c.number).where(
    t.keys.c.digest.in_(sa.bindparam("digests", expanding=True))
)
_ITS_ENTRY = sa.select(t.entries.c.number).where(t.entries.c.number == t.keys.c.number, t.entries.c.ref == t.keys.c.ref)
#: Keys of an entry that is not there, or is another file's.
_STRAY = t.keys.c.number.is_not(None) & ~_ITS_ENTRY.exists()
#: Entries with several keys; each has one.
_TWICE = (
    sa.select(t.keys.c.number)
    .where(t.keys.c.number.is_not(None))
    .group_by(t.keys.c.number)
    .having(sa.func.count() > 1)
    .scalar_subquery()
)


def differing(connection: Connection, said: Said) -> set[str]:
    """The files of which a key is not in the table as some of the entries say."""
    found = _rows(connection, said)
    return {ref for digest, (ref, number) in said.items() if found.get(digest) != (ref, number)}


def strays(connection: Connection) -> set[str]:
    """The files that have a key of an entry that is not there or not theirs, or several keys of one entry."""
    wrong = sa.select(t.keys.c.ref).distinct().where(_STRAY | t.keys.c.number.in_(_TWICE))
    return set(connection.execute(wrong).scalars())


def drop_strays(connection: Connection) -> None:
    """Take out of the table what ``strays`` finds; ``put_back`` adds again what the entries say."""
    connection.execute(sa.delete(t.keys).where(_STRAY | t.keys.c.number.in_(_TWICE)))


def put_back(connection: Connection, said: Said) -> None:
    """Make the table say of these keys what the entries say."""
    found = _rows(connection, said)
    wrong = {digest: place for digest, place in said.items() if found.get(digest) != place}
    for some in reading.chunks(sorted(wrong)):
        rows = [{"digest": digest, "ref": wrong[digest][0], "number": wrong[digest][1]} for digest in some]
        refs, numbers = ({row[name] for row in rows} for name in ("ref", "number"))
        of_these = t.keys.c.ref.in_(refs) & t.keys.c.number.in_(numbers)
        connection.execute(sa.delete(t.keys).where(t.keys.c.digest.in_(some) | of_these))
        connection.execute(sa.insert(t.keys), rows)


def _rows(connection: Connection, said: Said) -> dict[str, tuple[str, int | None]]:
    return dict(_each(connection, said))


def _each(connection: Connection, said: Said) -> Iterator[tuple[str, tuple[str, int | None]]]:
    for some in reading.chunks(sorted(said)):
        for digest, ref, number in connection.execute(_FOUND, {"digests": some}):
            yield digest, (ref, number)
