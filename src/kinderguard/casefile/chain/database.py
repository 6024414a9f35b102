"""The connection to SQLite or PostgreSQL: transactions, who waits for whom, and what their errors mean.

Used by the store alone. A writing transaction is alone from its first moment (``BEGIN IMMEDIATE``, or the lock on the head
row), so that numbers and hashes follow each other without a gap; a reading one sees one state. No statement and no
parameter is ever in an error or a log.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from kinderguard.casefile.errors import NoStoreError, StoreBusyError, StoreError, StoreFullError, StoreUnusableError
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Text

#: The last part of the name of SQLAlchemy's logger for our engines.
_LOG = "kinderguard.casefile"
_WRITING = "kinderguard_writing"
#: Any number will do as long as all agree: PostgreSQL's advisory lock for making the tables.
_MAKING = 7_263_501_947_212


class Database:
    """One database. Threads may share it; each transaction has a connection of its own.

    Args:
        url: an SQLAlchemy URL of SQLite or PostgreSQL.
        wait: seconds to wait for another writer.
        make: whether a file of SQLite is made where there is none.

    Raises:
        NoStoreError: there is no such file, and it was not to be made.
        StoreUnusableError: not such a URL, or the database cannot be reached.
    """

    def __init__(self, url: str | URL, *, wait: float, make: bool = True) -> None:
        self.wait = wait
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise _unusable_url() from None
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if not self.is_sqlite and self.url.get_backend_name() != "postgresql":
            raise _unusable_url()
        in_memory = self.in_memory = self.is_sqlite and self.url.database in (None, "", ":memory:")
        # One connection is all that a database in memory has, so its transactions take turns.
        self._turn: Any = threading.RLock() if in_memory else nullcontext()
        if self.is_sqlite and not in_memory:
            _make_private_file(self.url, make)
        self._engine = self._connected(in_memory)

    def _connected(self, in_memory: bool) -> Engine:
        options: dict[str, Any] = {"hide_parameters": True, "logging_name": _LOG}
        logging.getLogger(f"sqlalchemy.engine.Engine.{_LOG}").addFilter(_shows_no_rows)
        if in_memory:
            options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        elif self.is_sqlite:
            options |= {"connect_args": {"timeout": self.wait}, "pool_timeout": self.wait}
        else:
            options |= {"pool_pre_ping": True, "pool_timeout": self.wait}
        try:
            engine = sa.create_engine(self.url, **options)
        except NoSuchModuleError:
            raise _unusable_url() from None
        except ModuleNotFoundError as error:
            raise MissingExtraError("postgres", error.name or "psycopg") from None
        if self.is_sqlite:
            sa.event.listen(engine, "connect", self._prepare_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _prepare_sqlite(self, connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, in ``_begin_sqlite``
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(self.wait * 1000)}")
        # Changing to WAL does not wait for others by itself; once changed, the file stays so.
        until = time.monotonic() + self.wait
        while True:
            try:
                cursor.execute("PRAGMA journal_mode = WAL")
                break
            except Exception as error:
                if _name(error) not in _BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)
        cursor.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
        cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        cursor.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state throughout."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._turn, self._told(), self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write, committed at the end, undone on any error."""
        # A server may be set to stricter isolation by default, which would refuse a writer instead of letting it wait.
        options = {_WRITING: True} | ({} if self.is_sqlite else {"isolation_level": "READ COMMITTED"})
        with self._turn, self._told(), self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(_PREPARED, {"wait": str(max(1, int(self.wait * 1000)))})
                yield connection

    def make(self, metadata: sa.MetaData, connection: Connection) -> None:
        """Make the tables that are not there, within a writing transaction; two processes may try at once."""
        if not self.is_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MAKING})"))
        metadata.create_all(connection)

    def forget_deleted(self, table: str) -> bool:
        """Leave nothing of deleted rows behind in the journal (SQLite), or as dead rows (PostgreSQL): whether it could."""
        with self._turn, self._told(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            if self.is_sqlite:
                busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
                return not busy
            connection.exec_driver_sql(f"VACUUM {table}")
            return True

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns the database's errors into ours, which show no statement and no value."""
        try:
            yield
        except PoolTimeoutError:
            raise StoreBusyError.after(self.wait) from None
        except DBAPIError as error:
            error.statement = error.params = None  # whoever inspects the chain finds nothing there either
            raise self._meaning(error.orig) from None
        except SQLAlchemyError as error:
            raise _unusable(type(error).__name__) from None

    def _meaning(self, error: Any) -> StoreError:
        name = _name(error)
        if name in _BUSY:
            return StoreBusyError.after(self.wait)
        if name in _FULL:
            return StoreFullError.now()
        return _unusable(name)


#: How long to wait for a lock; and what was acknowledged is on the disk, even where a server is set to take it lightly.
_PREPARED = sa.text(
    "SELECT set_config('lock_timeout', :wait, true), set_config('synchronous_commit', CASE WHEN "
    "current_setting('synchronous_commit') = 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)"
)
_BUSY = {"SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_TIMEOUT", "SQLITE_LOCKED", "55P03"}
_FULL = {"SQLITE_FULL", "53100"}


def _name(error: Any) -> str:
    """What SQLite or PostgreSQL call an error; its kind where they do not say."""
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or type(error).__name__)


def _shows_no_rows(record: logging.LogRecord) -> bool:
    """Keeps SQLAlchemy from logging the rows it reads, which it does where its loggers are set to DEBUG."""
    return record.levelno > logging.DEBUG


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _make_private_file(url: URL, make: bool) -> None:
    """A new file that only its owner can read: it holds children's data. SQLite gives its journals the same rights."""
    assert url.database is not None
    if url.database.startswith("file:"):
        return  # a URI says by itself how it is to be opened
    if not make and not os.path.exists(url.database):
        raise NoStoreError.here()
    try:
        os.close(os.open(url.database, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreUnusableError(
            Text(
                f"无法打开或新建数据库文件（{type(error).__name__}）；请检查文件夹是否存在、是否有读写权限。",
                f"The database file cannot be opened or made ({type(error).__name__}); "
                "check that its folder exists and may be written to.",
            )
        ) from None


def _unusable_url() -> StoreUnusableError:
    return StoreUnusableError(
        Text(
            "数据库地址应为 SQLite 或 PostgreSQL，例如 sqlite:///kinderguard.db 或 postgresql+psycopg://用户@主机/库名。",
            "A store's URL is one of SQLite or PostgreSQL: sqlite:///kinderguard.db or postgresql+psycopg://user@host/name.",
        )
    )


def _unusable(name: str) -> StoreUnusableError:
    return StoreUnusableError(
        Text(
            f"数据库无法使用（{name}）。若正在写入，不能确定是否已写入：请用同一 key 重试，不会重复写入；"
            "请检查连接、权限和磁盘，必要时从备份恢复。",
            f"The database cannot be used ({name}). If something was being written, it is not certain whether it was: try "
            "again with the same key, which never writes twice. Check connection, rights and disk; restore a backup if need be.",
        )
    )
