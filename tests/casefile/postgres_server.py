"""A PostgreSQL server of one's own, from the system's binaries: private, in a temporary folder, gone afterwards.

Used by the tests, and by ``benchmarks/casefile.py``. It runs as an ordinary user (PostgreSQL refuses root), takes
connections through a socket in its own folder only, and never touches a server that is there already.
"""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

USERS = ("postgres", "nobody")


class NoPostgresError(Exception):
    """No server can be started here; the message says why."""


def binaries() -> Path:
    """The folder of ``initdb`` and ``pg_ctl``: on PATH, or where Debian puts them (the newest)."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    debian = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4].split(".")[0]))
    folders += [Path(p) for p in reversed(debian)]
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise NoPostgresError("PostgreSQL is not installed here (no initdb on PATH or in /usr/lib/postgresql/*/bin).")


class PostgresServer:
    """A running server; as a context manager it is stopped and its folder is removed.

    Args:
        durable: whether it waits for the disk as a real one does.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._bin = binaries()
        self._as: dict[str, Any] = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="kg-pg-"))
        try:
            if self._as:
                os.chown(self.folder, self._as["user"], self._as["group"])
            self._run("initdb", "-D", self.data, "-U", "kg", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
            settings = ["listen_addresses = ''", f"unix_socket_directories = '{self.folder}'", "max_connections = 60"]
            settings += [] if durable else ["fsync = off"]
            with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
                file.write("\n".join(settings) + "\n")
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _run(self, command: str, *arguments: object) -> None:
        # Output goes to a file: a server that is left running would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(self._bin / command), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=said,
                stderr=subprocess.STDOUT, cwd=self.folder, timeout=120, check=False, **self._as,
            )  # fmt: skip
            if done.returncode:
                said.seek(0)
                raise NoPostgresError(f"{command} ended with {done.returncode}: {said.read()[-500:]}")

    def start(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "-t", 60, "start")

    def crash(self) -> None:
        """Stop at once, as in a crash: nothing is written out, and the next start recovers."""
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def url(self, **options: str) -> str:
        """The URL of a new schema of its own: what one test leaves behind is nothing to another."""
        import psycopg

        schema = f"s{uuid.uuid4().hex}"
        with psycopg.connect(f"host={self.folder} user=kg dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
        given = {"host": str(self.folder), "options": f"-csearch_path={schema}"} | options
        return "postgresql+psycopg://kg@/postgres?" + "&".join(
            f"{name}={value.replace('=', '%3D')}" for name, value in given.items()
        )

    def close(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _unprivileged() -> dict[str, Any]:
    """How to run as an ordinary user: nothing special, unless this is root."""
    if os.geteuid() != 0:
        return {}
    for name in USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgresError(f"PostgreSQL does not run as root, and there is none of the users {', '.join(USERS)}.")
