"""A keyed digest of what imports left to be looked at (``waiting``, ``unread``): no entry says it, so this holds it.

Whatever changes these tables does so within ``resealing``; ``verify`` compares. Where they were changed by anybody else, the digest
is left as it is, so that it goes on being told until ``store.rebuild``. Whoever put back both the tables and the digest of
an earlier day, and nothing else, would not be found out; nor, in a store without a key, whoever made the digest anew.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault

_HELD = (t.waiting, t.unread)


def is_sealed(connection: Connection, vault: Vault) -> bool:
    """Whether the tables hold what they held when they were sealed last."""
    return connection.execute(sa.select(t.seals.c.digest)).scalar() == _digest(connection, vault)


def seal(connection: Connection, vault: Vault) -> None:
    """Seal what the tables hold now, whatever it is."""
    connection.execute(sa.delete(t.seals))
    connection.execute(sa.insert(t.seals).values(id=1, digest=_digest(connection, vault)))


@contextmanager
def resealing(connection: Connection, vault: Vault) -> Iterator[None]:
    """Around a change of these tables, in a writing transaction: they are sealed anew, unless somebody else changed them before."""
    intact = is_sealed(connection, vault)
    yield
    if intact:
        seal(connection, vault)


def _digest(connection: Connection, vault: Vault) -> str:
    held = []
    for table in _HELD:
        rows = connection.execute(sa.select(table.c.digest, table.c.content))
        held.append(sorted((digest, hashlib.sha256(bytes(content)).hexdigest()) for digest, content in rows))
    return vault.key_digest("seal:" + json.dumps(held))
