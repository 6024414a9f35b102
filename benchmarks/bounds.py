"""How often the reference engine's bounds are wider than the tightest ones, over undetermined synthetic children.

    python benchmarks/bounds.py [--children 10000] [--division 330199] [--seed 1]

Takes synthetic children of one county, keeps those of whom an amount is undetermined, and asks the solver for the
tightest bounds of each policy and total (needs the extra ``[prove]``). About a third of a second a child.
"""

import argparse
import datetime as dt
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import kinderguard
from kinderguard.analysis import synthesize
from kinderguard.engines.frame.rows import case_of

DAY = dt.date(2025, 9, 1)


def undetermined(book: Any, division: str, seed: int) -> Iterator[Any]:
    """Cases of synthetic children with an amount that is not known exactly."""
    while True:
        people = synthesize(2_000, seed=seed, divisions=[division], as_of=DAY)
        for row in people.children.iter_rows(named=True):
            case = case_of(row)
            if any(p.is_cash and p.amount is None for p in book.assess(case).policies.values()):
                yield case
        seed += 1


def wider(book: Any, case: Any) -> tuple[list[str], list[str], list[str], float]:
    """The policies and the totals whose shown bounds are wider than need be, of totals also those of the policies' bounds
    added up; the seconds that the solver took.
    """
    shown = book.assess(case)
    start = time.perf_counter()
    exact = book.exact_bounds(case)
    seconds = time.perf_counter() - start
    policies = [c for c, b in exact.policies.items() if b.exact and (b.low, b.high) != _ends(shown.policies[c])]
    totals, added_up = [], []
    for name, bounds in exact.totals.items():
        _, every, per = name.split(".")
        for found, wide in ((shown.in_all(every, per), totals), (shown.due.total(every, per), added_up)):
            if bounds.exact and (bounds.low, bounds.high) != (found.low, found.high):
                wide.append(name)
    return policies, totals, added_up, seconds


def _ends(policy: Any) -> tuple[Any, Any]:
    return (policy.low, policy.high) if policy.amount is None else (policy.amount, policy.amount)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Shown bounds beside the tightest ones.")
    parser.add_argument("--children", type=int, default=10_000)
    parser.add_argument("--division", default="330199")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="stop after so long and say how many children were asked about")
    asked = parser.parse_args(arguments)
    book = kinderguard.load().on(DAY).for_division(asked.division)
    policies: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    together: Counter[tuple[str, ...]] = Counter()
    times, with_policy, with_total, with_sum = [], 0, 0, 0
    started = time.perf_counter()
    for number, case in enumerate(undetermined(book, asked.division, asked.seed)):
        if number == asked.children or (asked.minutes and time.perf_counter() - started > 60 * asked.minutes):
            break
        own, due, added_up, seconds = wider(book, case)
        times.append(seconds)
        with_policy, with_total, with_sum = with_policy + bool(own), with_total + bool(due), with_sum + bool(added_up)
        policies.update(own)
        totals.update(due)
        together[tuple(own)] += bool(own)
        if number % 100 == 99:
            print(f"{number + 1} children ...", file=sys.stderr, flush=True)
    print(f"{len(times):,} undetermined children of {asked.division} on {DAY}, {statistics.mean(times):.2f} s each")
    print(f"  a policy's bounds are wider than need be: {with_policy:,}; a total's: {with_total:,}")
    print(f"  (of totals, were the policies' bounds only added up: {with_sum:,})")
    for name, count in (policies + totals).most_common():
        print(f"  {count:>7,}  {name}")
    for codes, count in together.most_common(5):
        print(f"  {count:>7,}  together: {', '.join(codes)}" if codes else "", end="\n" if codes else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
