"""The tables of a store of case files, the same on SQLite and PostgreSQL.

Used by the store. ``entries`` and ``bodies`` are only ever added to (an erasure deletes bodies, never entries); ``head`` and
``stores`` are one row each; ``files``, ``places``, ``ids``, ``persons``, ``births`` and ``names`` are worked out from the rest
(``derived``), and ``keys`` and ``editions`` can be forgotten; all are written in the same transaction. ``waiting`` is what imports left for
somebody to answer, ``unread`` the rows that they could not read; both come again with the next import, and ``seals`` holds them
(``sealing``).
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

#: The layout of the tables; a store says which it has.
FORMAT = "kinderguard.casefile/1"

METADATA = MetaData()


class only_bytes(GenericFunction[bytes]):  # noqa: N801 - SQLAlchemy names the function after the class
    """A value where it is bytes; where SQLite holds something else in its place, no bytes at all.

    In SQLite a column's type binds nobody: a value may have become text, which cannot even be fetched where it is no UTF-8.
    """

    type = LargeBinary()
    inherit_cache = True


@compiles(only_bytes)
def _as_it_is(element: only_bytes, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses.clauses[0], **options))


@compiles(only_bytes, "sqlite")
def _on_sqlite(element: only_bytes, compiler: Any, **options: Any) -> str:
    value = compiler.process(element.clauses.clauses[0], **options)
    return f"CASE typeof({value}) WHEN 'blob' THEN {value} WHEN 'null' THEN NULL ELSE X'' END"


class Bytes(TypeDecorator[bytes]):
    """Bytes that are read as what they are: a value of another kind is damage, and reads as no bytes at all."""

    impl = LargeBinary
    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        """What is read in place of the column."""
        return only_bytes(column)


class NoDay(dt.date):
    """What is read in place of a day that is none: no entry was ever chained with it, so whoever checks the entry finds out."""

    def isoformat(self) -> str:
        """What no day is written as."""
        return "?"

    __str__ = isoformat


class Day(TypeDecorator[dt.date]):
    """A day. In SQLite a column's type binds nobody: what is no day there is damage, and reads as ``NoDay``."""

    impl = Date
    cache_ok = True

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:
        """How what stands in the table becomes a day."""
        read = cast("Callable[[Any], Any] | None", super().result_processor(dialect, coltype))
        if read is None:
            return None

        def day_or_none(value: Any) -> Any:
            try:
                return read(value)
            except (TypeError, ValueError):
                return NoDay(1, 1, 1)

        return day_or_none


stores = Table(
    "kg_store",
    METADATA,
    Column("id", BigInteger, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("format", String(40), nullable=False),
    Column("cipher", String(40), nullable=False),
    Column("secret", Bytes, nullable=False),
)

#: The last entry of all. Writers take turns on this row.
head = Table(
    "kg_head",
    METADATA,
    Column("id", BigInteger, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("known_at", BigInteger, nullable=False),
)

entries = Table(
    "kg_entries",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("ref", String(120), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("valid_from", Day, nullable=False),
    Column("valid_until", Day),
    Column("known_at", BigInteger, nullable=False),
    Column("written_by", String(64), nullable=False),
    Column("corrects", BigInteger),
    Column("body_digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("kg_entries_of_ref", "ref", "number"),
    Index("kg_entries_of_kind", "kind", "number"),
)

bodies = Table(
    "kg_bodies",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("salt", Bytes, nullable=False),
    Column("content", Bytes, nullable=False),
)

#: The rules of an assessment as canonical JSON (compressed), once for each fingerprint.
books = Table(
    "kg_books",
    METADATA,
    Column("fingerprint", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("content", Bytes, nullable=False),
)

#: By file, its last entry, and the erasure that it stands in; none where it was begun again since.
files = Table(
    "kg_files",
    METADATA,
    Column("ref", String(120), primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("erased", BigInteger),
)

#: Every division that a file ever stated: where to look, not where it is.
places = Table(
    "kg_places",
    METADATA,
    Column("ref", String(120), primary_key=True),
    Column("division", String(12), primary_key=True),
    Index("kg_places_of_division", "division"),
)


def _by_digest(name: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("digest", String(64), primary_key=True),
        Column("ref", String(120), primary_key=True),
        Index(f"{name}_of_ref", "ref"),
    )


#: By a keyed digest of every resident ID that a file ever stated for the child: where to look.
ids = _by_digest("kg_ids")

#: By a keyed digest of each name with each birth date that a file ever stated for the child: where to look.
persons = _by_digest("kg_persons")

#: By a keyed digest of every birth date, or month of birth, that a file ever stated for the child: where names are compared.
births = _by_digest("kg_births")

#: By a keyed digest of every name that a file ever stated for the child: where birth dates are compared.
names = _by_digest("kg_names")

#: The children that imports did not file, since somebody has to say first who they are; sealed as bodies are.
waiting = Table(
    "kg_waiting",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("content", Bytes, nullable=False),
)

#: The rows that imports could not read, until a later edition of their lists reads; sealed as bodies are.
unread = Table(
    "kg_unread",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("content", Bytes, nullable=False),
)

#: A keyed digest of all of ``waiting`` and ``unread``: one row.
seals = Table(
    "kg_seal",
    METADATA,
    Column("id", BigInteger, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
)

#: Digests of idempotency keys, and the entry each led to (None: there was nothing to write).
keys = Table(
    "kg_keys",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("ref", String(120), nullable=False),
    Column("number", BigInteger),
    Index("kg_keys_of_ref", "ref"),
)

#: By list, day and file, what an edition of the list said that the file said already; sealed as bodies are.
editions = Table(
    "kg_editions",
    METADATA,
    Column("ref", String(120), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("content", Bytes, nullable=False),
)
