"""Faults: killed processes, a full disk, a locked database, many writers at once. Nothing is lost, nothing doubled.

The kill tests end at least 200 real processes in every run. More: ``KINDERGUARD_KILLS=400 pytest tests/casefile/test_faults.py``,
or ``python benchmarks/faults.py``, which also shows what was seen.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kinderguard import Case
from kinderguard.casefile import (
    CaseStore,
    ConflictError,
    EntryKind,
    NewEntry,
    StoreBusyError,
    StoreFullError,
    StoreUnusableError,
    new_key,
)

DAY = dt.date(2025, 1, 1)
BY = "330106.user3"
KILLING = Path(__file__).with_name("killing.py")
KILLS = int(os.environ.get("KINDERGUARD_KILLS", "200"))


def killed(url, seed, *more):
    """What ``killing.py`` saw; it is a process of its own, since it forks."""
    command = [sys.executable, str(KILLING), url, "--seed", str(seed), *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# Several databases, so that each stays small: the whole chain is verified after every single kill.
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_killed_process_loses_and_doubles_nothing(tmp_path, seed):
    key = [f"--key={new_key()}"] if seed == 4 else []  # a key may begin with a hyphen
    seen = killed(f"sqlite:///{tmp_path}/cases.db", seed, "--kills", -(-KILLS // 4), *key)
    assert seen["survived"] == seen["kills"] >= KILLS // 4
    assert seen["in the middle of a write"] > seen["kills"] // 4  # else the kills came at harmless moments
    assert seen["transactions"] >= seen["acknowledged"] > 0


# ---- many writers ---------------------------------------------------------------------------------------------------


def in_threads(count, work):
    """Run ``work(n)`` in so many threads, begun together; whatever one raises is raised here."""
    errors, start = [], threading.Barrier(count)

    def run(n):
        try:
            start.wait()
            work(n)
        except Exception as error:  # noqa: BLE001  it is raised again below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.parametrize("shared", [True, False], ids=["one store for all threads", "a store each"])
def test_many_writers_on_one_child_leave_no_gap(store_url, shared):
    with CaseStore(store_url) as one:

        def write(n):
            store = one if shared else CaseStore(store_url)
            for k in range(10):
                store.append("a", "visit", {"n": n, "k": k}, valid_from=DAY, by=BY)
            if not shared:
                store.close()

        in_threads(6, write)
        entries = one.entries("a")
        assert [e.number for e in entries] == list(range(1, 61))
        assert sorted((e.body["n"], e.body["k"]) for e in entries) == [(n, k) for n in range(6) for k in range(10)]
        assert one.verify()


def test_writers_who_look_before_they_write_never_overwrite_each_other(store_url):
    """Each adds one to the size it has seen: with ``expect``, no addition is lost."""
    with CaseStore(store_url) as store:
        store.append("a", "facts", {"facts": {"household.size": 1}}, valid_from=DAY, by=BY)
        refused = []

        def add(n):
            done = 0
            while done < 5:
                seen = store.entries("a")
                size = seen[-1].body["facts"]["household.size"] + 1
                body = {"facts": {"household.size": size}}
                try:
                    store.append("a", "facts", body, valid_from=DAY, by=BY, expect=seen[-1].number)
                    done += 1
                except ConflictError:
                    refused.append(n)

        in_threads(4, add)
        assert store.case("a").household.size == 21
        assert len(store.entries("a")) == 21
        assert refused  # else nobody was ever in another's way, and this says nothing


def test_the_same_key_from_many_writers_writes_once(store_url):
    with CaseStore(store_url) as store:
        seen = []
        in_threads(6, lambda n: seen.append(store.append("a", "visit", {}, valid_from=DAY, by=BY, key="k").number))
        assert seen == [1] * 6
        assert store.head().number == 1


def test_a_new_database_can_be_opened_by_many_at_once(store_url):
    def begin(n):
        with CaseStore(store_url) as store:
            store.append(f"r{n}", "visit", {}, valid_from=DAY, by=BY)

    in_threads(6, begin)
    with CaseStore(store_url) as store:
        assert store.verify().entries == 6
        names = {store.pseudonym("x")}
    with CaseStore(store_url) as store:
        assert {store.pseudonym("x")} == names  # they agreed on one secret


# ---- a locked database ------------------------------------------------------------------------------------------------


def test_a_database_locked_for_too_long_is_told_with_the_mend(store_url):
    with CaseStore(store_url) as holder, CaseStore(store_url, wait=0.2) as store:
        store.append("a", "visit", {}, valid_from=DAY, by=BY)
        with holder._writing():
            start = time.monotonic()
            with pytest.raises(StoreBusyError, match=r"locked for 0\.2 seconds; nothing was written") as told:
                store.append("a", "visit", {}, valid_from=DAY, by=BY)
            assert 0.15 < time.monotonic() - start < 10
            assert "锁定" in told.value.text.zh
            assert "wait=" in told.value.text.en
            assert len(store.entries("a")) == 1  # reading goes on meanwhile
        assert store.append("a", "visit", {}, valid_from=DAY, by=BY).number == 2
        assert store.verify()


def test_a_writer_waits_for_its_turn(store_url):
    with CaseStore(store_url) as holder, CaseStore(store_url, wait=30) as store:
        released = threading.Event()
        with holder._writing():
            thread = threading.Thread(
                target=lambda: (store.append("a", "visit", {}, valid_from=DAY, by=BY), released.set())
            )
            thread.start()
            assert not released.wait(0.3)
        thread.join()
        assert released.is_set()
        assert store.head().number == 1


# ---- a full disk --------------------------------------------------------------------------------------------------------


def fill(store):
    """Write until there is no room; what was acknowledged."""
    done = []

    def write_on():
        for n in range(10_000):
            batch = [NewEntry("a", EntryKind.VISIT, {"n": n, "x": "x" * 2000}, DAY, by=BY) for _ in range(3)]
            done.extend(store.append_many(batch))

    with pytest.raises(StoreFullError) as told:
        write_on()
    assert "磁盘空间" in told.value.text.zh
    assert "Make room" in told.value.text.en
    return done


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path):
    url = f"sqlite:///{tmp_path}/cases.db"
    with CaseStore(url) as store:
        with store._database.reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 60")
        done = fill(store)
        assert len(done) > 3
        assert store.entries("a") == tuple(done)
        assert store.verify()
    with CaseStore(url) as store:  # with room again, it simply goes on
        assert store.append("a", "visit", {}, valid_from=DAY, by=BY).number == len(done) + 1
        assert store.verify()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount here: a really full disk cannot be had")
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_really_full_disk_is_told_and_leaves_nothing_half_written(small_disk):
    url = f"sqlite:///{small_disk}/cases.db"
    with CaseStore(url) as store:
        store.append("a", "visit", {}, valid_from=DAY, by=BY)
        filler = small_disk / "filler"
        filler.write_bytes(b"x" * 500_000)
        done = fill(store)
        assert [e.number for e in store.entries("a")] == list(range(1, len(done) + 2))
        assert store.verify()
        filler.unlink()
        store.append("a", "visit", {}, valid_from=DAY, by=BY)
        assert store.verify().entries == len(done) + 2


# ---- other trouble ------------------------------------------------------------------------------------------------------


def test_a_database_that_may_only_be_read_is_told(tmp_path):
    path = tmp_path / "cases.db"
    with CaseStore(f"sqlite:///{path}") as store:
        store.append("a", "visit", {}, valid_from=DAY, by=BY)
    with CaseStore(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert len(store.entries("a")) == 1
        with pytest.raises(StoreUnusableError, match="SQLITE_READONLY"):
            store.append("a", "visit", {}, valid_from=DAY, by=BY)


def test_what_fails_in_the_middle_of_many_leaves_nothing(store_url, monkeypatch):
    """An error of whatever kind, after some of the entries were made."""
    from kinderguard.casefile.chain.writing import Writing

    was, count = Writing.write, []

    def fails_at_the_third(self, new):
        count.append(new)
        if len(count) == 3:
            raise KeyboardInterrupt
        return was(self, new)

    with CaseStore(store_url) as store:
        monkeypatch.setattr(Writing, "write", fails_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            store.append_many(NewEntry("a", EntryKind.VISIT, {}, DAY, by=BY, key=f"{n}") for n in range(5))
        monkeypatch.setattr(Writing, "write", was)
        assert store.head().number == 0
        assert store.append("a", "visit", {}, valid_from=DAY, by=BY, key="0").number == 1
        assert store.verify()


def test_a_recording_that_is_tried_again_after_a_failure_is_written_once(store_url):
    case = Case.from_facts({"ref": "a", "household.size": 3})
    with CaseStore(store_url) as holder, CaseStore(store_url, wait=0.1) as store:
        with holder._writing(), pytest.raises(StoreBusyError):
            store.record(case, at=DAY, by=BY, key="k")
        assert store.record(case, at=DAY, by=BY, key="k") == store.record(case, at=DAY, by=BY, key="k")
        assert store.head().number == 1
