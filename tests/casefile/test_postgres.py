"""What is PostgreSQL's own: killed clients, a crashed server, a full disk as it tells it. Everything else is tested on both.

A private server is started from the system's binaries, as an ordinary user; where that cannot be, these tests are skipped
and say why.
"""

import datetime as dt

import pytest
import sqlalchemy as sa

from casefile.test_faults import KILLS, in_threads, killed
from kinderguard.casefile import CaseStore, StoreFullError, StoreUnusableError

DAY = dt.date(2025, 1, 1)
BY = "330106.user3"


def test_a_killed_client_loses_and_doubles_nothing(postgres):
    seen = killed(postgres.url(), 5, "--kills", -(-KILLS // 5))
    assert seen["survived"] == seen["kills"] >= KILLS // 5
    assert seen["in the middle of a write"] > seen["kills"] // 4
    assert seen["transactions"] >= seen["acknowledged"] > 0


def test_a_crashed_server_loses_nothing_that_was_acknowledged(postgres):
    with CaseStore(postgres.url()) as store:
        done = [store.append("a", "visit", {"n": n}, valid_from=DAY, by=BY) for n in range(20)]
        postgres.crash()
        with pytest.raises(StoreUnusableError, match="the same key") as told:
            store.append("a", "visit", {"n": 20}, valid_from=DAY, by=BY, key="20")
        assert "同一 key" in told.value.text.zh
        postgres.start()
        assert store.append("a", "visit", {"n": 20}, valid_from=DAY, by=BY, key="20").number == 21
        assert store.entries("a")[:20] == tuple(done)
        assert store.verify()


def test_a_server_that_is_not_there_is_told_without_its_password():
    url = "postgresql+psycopg://kg:very-secret@/postgres?host=/nowhere/at/all"
    with pytest.raises(StoreUnusableError, match="Check connection") as told:
        CaseStore(url)
    assert "very-secret" not in str(told.value) + repr(told.value)


def test_a_full_disk_is_told(postgres):
    """The server's own error code, raised where a row is written: a really full disk would take the whole server along."""
    with CaseStore(postgres.url()) as store:
        store.append("a", "visit", {}, valid_from=DAY, by=BY)
        with store._database.writing() as connection:
            connection.execute(
                sa.text(
                    "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"
                )
            )
            connection.execute(
                sa.text("CREATE TRIGGER t BEFORE INSERT ON kg_keys FOR EACH ROW EXECUTE FUNCTION full_disk()")
            )
        with pytest.raises(StoreFullError):
            store.append("a", "visit", {}, valid_from=DAY, by=BY, key="k")
        assert len(store.entries("a")) == 1
        assert store.verify()


def test_a_reader_sees_one_state_throughout(postgres):
    """While a long reading goes on, others write; it must not see half of it."""
    url = postgres.url()
    with CaseStore(url) as reader, CaseStore(url) as writer, reader._database.reading() as connection:
        count = sa.text("SELECT count(*) FROM kg_entries")
        assert connection.execute(count).scalar() == 0
        writer.append("a", "visit", {}, valid_from=DAY, by=BY)
        assert connection.execute(count).scalar() == 0


def test_a_server_with_other_defaults_makes_no_difference(postgres):
    """Stricter isolation would refuse a writer that only has to wait; lighter commits would lose what was acknowledged."""
    url = postgres.url() + "%20-cdefault_transaction_isolation%3Dserializable%20-csynchronous_commit%3Doff"
    with CaseStore(url) as store:
        with store._database.reading() as connection:
            assert connection.execute(sa.text("SHOW default_transaction_isolation")).scalar() == "serializable"
        with store._database.writing() as connection:
            assert connection.execute(sa.text("SHOW synchronous_commit")).scalar() == "on"
        in_threads(4, lambda n: [store.append("a", "visit", {}, valid_from=DAY, by=BY) for _ in range(5)])
        assert store.verify().entries == 20


def test_the_driver_may_be_left_to_the_default(postgres):
    with CaseStore(postgres.url().replace("postgresql+psycopg:", "postgresql:")) as store:
        assert store.append("a", "visit", {}, valid_from=DAY, by=BY).number == 1
