"""Stores for tests: on SQLite always, on PostgreSQL where a server can be started from the system's binaries."""

import datetime as dt
from pathlib import Path

import pytest

from casefile.postgres_server import NoPostgresError, PostgresServer
from kinderguard.casefile import CaseStore


def pytest_collection_modifyitems(items):
    """Most tests here read what stands in a store, and so have it in clear."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore::kinderguard.casefile.PlainStoreWarning"))


@pytest.fixture(scope="session")
def postgres():
    """A private PostgreSQL server; skips with the reason where there cannot be one."""
    try:
        server = PostgresServer()
    except NoPostgresError as error:
        pytest.skip(f"no PostgreSQL for this test: {error}")
    with server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request, tmp_path):
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/cases.db"
    return request.getfixturevalue("postgres").url()


class Clock:
    """A clock that stands until it is moved; the store still gives each entry a later time than the one before."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def clock():
    return Clock(dt.datetime(2025, 9, 1, 2, tzinfo=dt.UTC))


@pytest.fixture
def store(store_url, clock):
    """An empty store on each database, its clock at 10 o'clock of 1 September 2025 in Beijing."""
    with CaseStore(store_url, clock=clock) as made:
        yield made


@pytest.fixture
def file_store(tmp_path, clock):
    """An empty store on SQLite, for what does not depend on the database."""
    with CaseStore(f"sqlite:///{tmp_path}/cases.db", clock=clock) as made:
        yield made
