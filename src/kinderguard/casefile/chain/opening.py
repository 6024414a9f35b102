"""Opening a store: its tables are made where they are not there, and its key is tried.

Used by ``CaseStore`` once, when it begins.
"""

import warnings

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import sealing
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.database import Database
from kinderguard.casefile.chain.derived import rebuild
from kinderguard.casefile.chain.encryption import Vault, new_vault, open_vault, wrapped
from kinderguard.casefile.chain.entries import FIRST
from kinderguard.casefile.chain.single import single_row
from kinderguard.casefile.errors import KeyRefusedError, NoStoreError, StoreUnusableError
from kinderguard.model.text import Text


class PlainStoreWarning(UserWarning):
    """A store on a disk was opened without a key, and nobody said that this is meant: what the files say stands there in
    clear.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(f"{text.zh}\n{text.en}")


def tell_plain() -> None:
    """Warn whoever opened a store that it is not encrypted."""
    text = Text(
        "这个档案库没有密钥：姓名、证件号等都以明文存放，谁能读到数据库就能读到它们。加密请用 CaseStore(…, key=new_key()) "
        "新建（密钥另行保管，事后不能再加）；确实不加密的，请写明 key=None。",
        "This store has no key: names, ID numbers and all else stand in it in clear, and whoever reads the database reads "
        "them. To encrypt one, make it with CaseStore(..., key=new_key()), and keep the key elsewhere: it cannot be added "
        "later. If it is meant to be plain, say key=None.",
    )
    warnings.warn(PlainStoreWarning(text), stacklevel=3)


def open_store(database: Database, key: str | bytes | None, *, make: bool = True) -> Vault:
    """The vault of the store in a database, made where there is none.

    Raises:
        NoStoreError: there is none, and none was to be made.
        KeyRefusedError: the key does not fit.
        StoreUnusableError: the store is of a format that this version does not know.
    """
    with database.reading() as connection:
        there = sa.inspect(connection).has_table(t.stores.name)
    if not there and not make:
        raise NoStoreError.here()
    if not there:
        _make(database, key)
    with database.reading() as connection:
        row = single_row(connection, t.stores)
        complete = all(sa.inspect(connection).has_table(table.name) for table in (t.ids, t.persons, t.births, t.names))
        is_sealed = sa.inspect(connection).has_table(t.seals.name)
        has_beside = all(sa.inspect(connection).has_table(table.name) for table in (t.waiting, t.unread, t.editions))
    if row.format != t.FORMAT:
        raise StoreUnusableError(
            Text(
                f"数据库的格式是 {row.format!r}，此版本只认 {t.FORMAT!r}；请升级 kinderguard。",
                f"The store has the format {row.format!r}, and this version knows {t.FORMAT!r}; upgrade kinderguard.",
            )
        )
    vault = open_vault(row.cipher, bytes(row.secret), key)
    if not complete:
        _complete(database, vault)
    elif not (is_sealed and has_beside):
        with database.writing() as connection:
            single_row(connection, t.head, lock=True)
            database.make(t.METADATA, connection)
            if not is_sealed:  # a store of an earlier version: what it holds is taken as it is
                sealing.seal(connection, vault)
    return vault


def change_key(connection: Connection, vault: Vault, new: str | bytes) -> None:
    """See ``CaseStore.change_key``."""
    if not vault.encrypted:
        raise KeyRefusedError(
            Text(
                "这个数据库未加密，没有密钥可换。",
                "This store is not encrypted, so it has no key to change.",
            )
        )
    connection.execute(sa.update(t.stores).values(secret=wrapped(vault.secret, new)))


def _complete(database: Database, vault: Vault) -> None:
    """A store of an earlier version has no digests of IDs, of names, or of birth dates yet: they are worked out from its entries, once."""
    with database.writing() as connection:
        database.make(t.METADATA, connection)
        rebuild(connection, vault, whatever=True)  # a damaged entry keeps nobody from opening, or from ``verify``


def _make(database: Database, key: str | bytes | None) -> None:
    """The tables with their two single rows; where two processes do it at once, the second finds them there."""
    vault, cipher, secret = new_vault(key)
    with database.writing() as connection:
        database.make(t.METADATA, connection)
        if connection.execute(sa.select(t.stores.c.id)).one_or_none() is None:
            connection.execute(sa.insert(t.stores).values(id=1, format=t.FORMAT, cipher=cipher, secret=secret))
            connection.execute(sa.insert(t.head).values(id=1, number=0, hash=FIRST, known_at=0))
            sealing.seal(connection, vault)
