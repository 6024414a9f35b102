"""Kills real processes while they write, again and again, and looks each time whether the store is whole.

    python tests/casefile/killing.py URL --kills 200 --seed 1 [--writers 3] [--key KEY]

Used by ``test_faults.py`` and ``benchmarks/faults.py``, each in a process of its own: it forks, which a process with
threads must not. Several writers write at once, each to its own file and to one that all share, three entries to a
transaction, and say what was acknowledged. One after another is killed (SIGKILL) after a random time. Then: the chain
must verify, everything acknowledged must be there, no transaction may be there in part and none twice. A new writer goes
on with the same keys where the killed one stood, not knowing whether its last write had got through.
"""

import argparse
import datetime as dt
import json
import os
import random
import signal
import sys
import time
from collections import Counter

from kinderguard.casefile import CaseStore, EntryKind, NewEntry
from kinderguard.casefile.chain import reading

DAY = dt.date(2025, 1, 1)
#: The longest that a writer lives (s): some ten transactions.
LONGEST = 0.06


def transaction(writer, n):
    """Three entries, recognised by their bodies; written once however often they are tried."""
    ref, by, mark = f"w{writer}", f"writer{writer}", {"w": writer, "n": n}
    return [
        NewEntry(ref, EntryKind.FACTS, {"facts": {"household.size": n % 90 + 1}, **mark}, DAY, by=by, key=f"{ref}:{n}:0"),
        NewEntry(ref, EntryKind.VISIT, mark, DAY, by=by, key=f"{ref}:{n}:1"),
        NewEntry("shared", EntryKind.VISIT, mark, DAY, by=by, key=f"{ref}:{n}:2"),
    ]  # fmt: skip


def write_until_killed(url, key, writer, first, said):
    """Write, and say what is begun and what is acknowledged; each word is one small write to a pipe, so never torn."""
    with CaseStore(url, key=key) as store:
        n = first
        while True:
            os.write(said, b"b%d\n" % n)
            store.append_many(transaction(writer, n))
            os.write(said, b"a%d\n" % n)
            n += 1


class Writer:
    """A process that writes, begun by a fork: a fresh interpreter would take longer to start than to be killed."""

    def __init__(self, url, key, number, first):
        self.number = number
        self.heard, said = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            try:
                os.close(self.heard)
                write_until_killed(url, key, number, first, said)
            finally:
                os._exit(3)  # only reached by an error, whose traceback is on stderr
        os.close(said)

    def kill(self):
        """End it, and give what it had begun and what was acknowledged. It must have been killed, not have ended."""
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"A writer ended by itself with {os.waitstatus_to_exitcode(status)}: see its error above.")
        with os.fdopen(self.heard) as heard:
            words = heard.read().split()
        begun = [int(word[1:]) for word in words if word[0] == "b"]
        return begun, [int(word[1:]) for word in words if word[0] == "a"]


def look(url, key, acknowledged, begun):
    """Whether the store is whole: the transactions that are there, by writer."""
    with CaseStore(url, key=key) as store:
        report = store.verify()
        assert report.ok, report.problems
        refs = ["shared", *(f"w{writer}" for writer in acknowledged)]
        with store._database.reading() as connection:  # one state of all files, while the others go on writing
            parts = Counter((e.body["w"], e.body["n"]) for e in reading.entries_of(connection, store._vault, refs))
    half = {which: count for which, count in parts.items() if count != 3}
    assert not half, f"written in part, or twice: {half}"
    for writer, numbers in acknowledged.items():
        lost = [n for n in numbers if (writer, n) not in parts]
        assert not lost, f"writer {writer} was told that {lost} are written, and they are not there"
    never = [which for which in parts if which[1] > begun[which[0]]]
    assert not never, f"nobody began {never}"
    return parts


def run(url, *, kills, seed, writers=3, key=None):
    """Kill so many processes; what was seen."""
    chance = random.Random(seed)
    acknowledged = {number: set() for number in range(writers)}
    begun = dict.fromkeys(range(writers), -1)
    CaseStore(url, key=key).close()
    start = time.monotonic()
    in_the_middle = got_through = done = 0
    alive = {}
    while done < kills:
        # Nobody may hold an open SQLite database across a fork, so the looking is over before the next writer begins.
        for number in range(writers):
            if number not in alive:
                alive[number] = Writer(url, key, number, max(acknowledged[number], default=-1) + 1)
        time.sleep(chance.random() * LONGEST)
        number = chance.randrange(writers)
        started, acked = alive.pop(number).kill()
        done += 1
        acknowledged[number].update(acked)
        begun[number] = max([begun[number], *started])
        others = {other: float("inf") for other in alive}
        there = look(url, key, acknowledged, begun | others)
        if len(started) > len(acked):
            in_the_middle += 1
            got_through += (number, started[-1]) in there
    for number, writer in sorted(alive.items()):
        started, acked = writer.kill()
        done += 1
        acknowledged[number].update(acked)
        begun[number] = max([begun[number], *started])
    there = look(url, key, acknowledged, begun)
    for number in range(writers):
        # Nothing was skipped either: the numbers of each writer follow each other.
        mine = sorted(n for writer, n in there if writer == number)
        assert mine == list(range(len(mine))), mine
    return {
        "kills": done,
        "survived": done,
        "in the middle of a write": in_the_middle,
        "of these, committed all the same": got_through,
        "transactions": len(there),
        "acknowledged": sum(map(len, acknowledged.values())),
        "seconds": round(time.monotonic() - start, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--key")
    given = parser.parse_args()
    seen = run(given.url, kills=given.kills, seed=given.seed, writers=given.writers, key=given.key)
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main()
