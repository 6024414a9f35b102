"""Case files at one million entries: writes a second and readings of a history a second, on SQLite and PostgreSQL.

    python benchmarks/casefile.py [--entries 1000000] [--database sqlite|postgres|both] [--encrypted] [--folder DIR]

The files are invented: ten entries a child (what is known at first, changes of it, visits). The store is filled through
``append_many``, a thousand entries to a transaction, chained like all others. Then, with the store full: single writes,
each its own transaction that is on the disk before it counts, by one writer and by four at once; readings of random files;
the check of the whole chain. PostgreSQL is a private server of the system's binaries with its usual settings, in the same
folder. ``fsync`` says how often a second this disk alone can be sure: no single writer can be faster.
"""

import argparse
import datetime as dt
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kinderguard import Case
from kinderguard.casefile import CaseStore, EntryKind, NewEntry, new_key

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/casefile"))
from postgres_server import NoPostgresError, PostgresServer

BATCH = 1_000
EACH = 10
FIRST = dt.date(2023, 1, 1)
BY = "330106.user3"
SCHOOLS = ("kindergarten", "primary", "junior", "senior")


def history(child: int, chance: random.Random) -> Iterator[NewEntry]:
    """The ten entries of one invented child."""
    ref = f"c{child:07d}"
    division = f"33{chance.randrange(1, 12):02d}{chance.randrange(1, 20):02d}{chance.randrange(1, 10):03d}"
    facts = {
        "child.name": f"虚构{child}", "child.sex": chance.choice(["male", "female"]),
        "child.birth_date": f"20{chance.randrange(8, 22):02d}-{chance.randrange(1, 13):02d}-15",
        "child.registration.division": division, "child.schooling.boarding": chance.random() < 0.3,
        "household.size": chance.randrange(2, 7), "household.monthly_income_per_head": f"{chance.randrange(2000)}.50",
        "household.aid": chance.choice([[], ["dibao"], ["tekun"]]), "child.adopted": False,
        "father.situations": [{"kind": "imprisoned", "since": "2020-05-01", "ongoing": True}],
    }  # fmt: skip
    yield NewEntry(ref, EntryKind.FACTS, {"facts": facts, "source": "ledger"}, FIRST, by=BY)
    day = FIRST
    for n in range(1, EACH):
        day += dt.timedelta(days=chance.randrange(20, 120))
        if n % 3:
            yield NewEntry(ref, EntryKind.VISIT, {"seen": True, "minutes": chance.randrange(10, 90)}, day, by=BY)
        else:
            changed = {"household.size": chance.randrange(2, 7), "child.schooling.boarding": n > 4}
            yield NewEntry(ref, EntryKind.FACTS, {"facts": changed}, day, by=BY)


def fill(store: CaseStore, children: int) -> float:
    """Entries a second while filling."""
    chance, waiting, start = random.Random(1), [], time.perf_counter()
    for child in range(children):
        waiting += history(child, chance)
        if len(waiting) >= BATCH:
            store.append_many(waiting)
            waiting = []
    store.append_many(waiting)
    return children * EACH / (time.perf_counter() - start)


def rate(work: Callable[[int], object], seconds: float, workers: int = 1) -> float:
    """How often a second ``work`` is done, by so many threads, each with its own numbers."""
    counts, until = [0] * workers, time.perf_counter() + seconds

    def run(worker: int) -> None:
        while time.perf_counter() < until:
            work(worker * 10_000_000 + counts[worker])
            counts[worker] += 1

    start = time.perf_counter()
    threads = [threading.Thread(target=run, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def fsyncs(folder: str, seconds: float = 2.0) -> float:
    """How often a second a small write to this disk can be made sure."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:

        def sure(_: int) -> None:
            os.pwrite(file.fileno(), b"x" * 4096, 0)
            os.fsync(file.fileno())

        return rate(sure, seconds)


def measure(name: str, url: str, entries: int, seconds: float, key: str | None) -> None:
    children = entries // EACH
    chance = random.Random(2)
    refs = [f"c{chance.randrange(children):07d}" for _ in range(100_000)]

    def ref(n: int) -> str:
        return refs[n % len(refs)]

    def show(what: str, figure: float, unit: str) -> None:
        print(f"  {what:<62}{figure:>12,.0f}  {unit}", flush=True)

    with CaseStore(url, key=key) as store:
        print(f"{name}{', encrypted' if key else ''}", flush=True)
        show("filled, 1,000 entries to a transaction", fill(store, children), "entries/s")
        print(f"  with {store.head().number:,} entries of {children:,} children:")
        day, then = dt.date(2024, 6, 1), dt.date(2025, 6, 1)

        def visit(n: int) -> None:
            store.append(ref(n), "visit", {"seen": True}, valid_from=then, by=BY, key=f"v{n}")

        def record(n: int) -> None:
            case = Case.from_facts({"ref": ref(n), "household.size": n % 90 + 1, "child.adopted": False})
            store.record(case, at=then, by=BY, key=f"r{n}")

        for workers in (1, 4):
            by = f"by {workers} writer{'s' if workers > 1 else ''}"
            show(f"append: one visit, on the disk, {by}", rate(visit, seconds, workers), "writes/s")
            show(f"record: what differs of a case, on the disk, {by}", rate(record, seconds, workers), "writes/s")
        knew = store.entries(ref(0))[4].known_at
        show("entries: all of one file", rate(lambda n: store.entries(ref(n)), seconds), "reads/s")
        show("case: as it is on a day", rate(lambda n: store.case(ref(n), at=day), seconds), "reads/s")
        show(
            "case: as it was thought to be at an earlier moment",
            rate(lambda n: store.case(ref(0), at=day, known=knew), seconds), "reads/s",
        )  # fmt: skip
        show("history: every entry with what it changed", rate(lambda n: store.history(ref(n)), seconds), "reads/s")
        start = time.perf_counter()
        found = len(store.refs("330106"))
        show(f"refs: the {found:,} files of one county", (time.perf_counter() - start) * 1000, "ms")
        start = time.perf_counter()
        report = store.verify()
        took = time.perf_counter() - start
        if not report.ok:
            raise SystemExit(f"The chain does not verify: {report.problems[:3]}")
        show(f"verify: the whole chain, {took:.1f} s", report.entries / took, "entries/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--encrypted", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each rate is measured")
    parser.add_argument("--folder", help="a folder on the disk to be measured; the system's temporary one if left out")
    given = parser.parse_args()
    key = new_key() if given.encrypted else None
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        print(f"fsync: {fsyncs(folder):,.0f} a second", flush=True)
        if given.database != "postgres":
            path = Path(folder) / "cases.db"
            measure("SQLite", f"sqlite:///{path}", given.entries, given.seconds, key)
            print(f"  {sum(p.stat().st_size for p in Path(folder).glob('cases.db*')) / 1e6:,.0f} MB", flush=True)
        if given.database != "sqlite":
            tempfile.tempdir = given.folder or tempfile.gettempdir()
            try:
                with PostgresServer(durable=True) as server:
                    measure("PostgreSQL", server.url(), given.entries, given.seconds, key)
            except NoPostgresError as error:
                print(f"PostgreSQL was not measured: {error}")


if __name__ == "__main__":
    main()
