"""A reform compared over a million children: ours, beside the same reform by hand in Polars.

    python benchmarks/compare.py [--children 1000000] [--runs 5]

By hand twice (``handwritten/reform.py``): with unknowns and bounds, and as such comparisons are usually written, where a
blank is a no. First the results are held against each other: what policies cost before and after, whom rules reach and who
falls out are the same to the child and the fen; bounds of the change are ours or wider by hand. Then all run in turn, after
a round that does not count, beside two plain assessments by the library; each one's peak memory is that of a process of
its own. Ends with an error where a number differs.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from handwritten import kleene, reform
from measuring import Times, in_own_process, in_turn, peak_mb

import kinderguard
from kinderguard.analysis import Comparison, compare
from national import make, tables

Work = Callable[[pl.DataFrame, pl.DataFrame], Any]


def ours() -> Work:
    """The comparison by the library, with everything that it gives."""
    base = kinderguard.load().on(kleene.DAY)
    other = base.with_parameters(reform.PARAMETERS)
    return lambda children, members: compare(base, other, children, members=members, progress=False)


def assessments() -> Work:
    """The two assessments alone, by the library."""
    base = kinderguard.load().on(kleene.DAY)
    books = base, base.with_parameters(reform.PARAMETERS)

    def assess(children: pl.DataFrame, members: pl.DataFrame) -> list[int]:
        options: dict[str, Any] = {"missing": False, "problems": False, "money": "fen"}
        return [book.assess_frame(children, members=members, **options).height for book in books]

    return assess


#: What is measured in turn, by name: what it is, and what makes it.
WORKS: dict[str, tuple[str, Callable[[], Work]]] = {
    "ours": ("kinderguard: compare", ours),
    "assessments": ("kinderguard: the two assessments alone", assessments),
    "kleene": ("by hand, unknowns and bounds", lambda: reform.with_unknowns),
    "plain": ("by hand, a blank is a no, no bounds", lambda: reform.blanks_are_no),
}


# ---- held against each other -----------------------------------------------------------------------------------


def differences(children: pl.DataFrame, members: pl.DataFrame) -> tuple[list[str], int, str]:
    """What differs between ours and the comparison by hand, how many numbers were held against each other, and how much
    narrower our bounds are.
    """
    found: Comparison = ours()(children, members)
    effect = found["reform"]
    by_hand = reform.with_unknowns(children, members)
    wrong: list[str] = []
    checked = narrower = 0

    def same(what: str, mine: Any, theirs: Any) -> None:
        nonlocal checked
        checked += 1
        if mine != theirs:
            wrong.append(f"{what}: {mine} and by hand {theirs}")

    costs = by_hand["policies"].row(0, named=True)
    for policy in effect.policies:
        for side, bounds in (("a", policy.before), ("b", policy.after)):
            for end, mine in (("low", bounds.low_fen), ("high", bounds.high_fen)):
                name = f"{side}.{policy.code}.{end}"
                if name in costs:
                    theirs = None if costs[f"{name}?"] else costs[name]
                    # Ours may lie within: before and after are bounded by each other too.
                    within = mine is not None and (
                        theirs is None or (mine >= theirs if end == "low" else mine <= theirs)
                    )
                    narrower += within and mine != theirs
                    same(name, mine, mine if within else theirs)
    moves = by_hand["moves"].row(0, named=True)
    for rule in reform.RULES:
        reach = effect.reach(rule.removesuffix(".eligible"))
        mine = (reach.newly_reached, reach.fallen_out) if reach else (0, 0)
        same(rule, mine, (moves[rule]["reached"], moves[rule]["lost"]))
    for name in ("place", "age", "sex", "class"):
        theirs = {row[name]: row for row in by_hand[name].iter_rows(named=True)}
        cells = {key[0]: cell for key, cell in effect.tables[name].items()}
        same(f"values of {name}", sorted(cells), sorted(theirs))
        for value, cell in cells.items():
            same(f"children of {value}", cell.children, theirs[value]["children"])
            if (
                cell.gains < theirs[value]["gains"]
                or cell.loses < theirs[value]["loses"]
                or cell.same < theirs[value]["same"]
            ):
                wrong.append(f"{value}: of fewer children something is said for sure than by hand")
    every = by_hand["all"].row(0, named=True)
    open_ = f"{every['open']:,} by hand, {effect.all.open:,} ours; {narrower} ends of costs nearer"
    return wrong, checked, open_


# ---- what runs in a process of its own -------------------------------------------------------------------------


def alone(what: str, folder: Path, children: int) -> dict[str, Any]:
    if what == "make":
        return make(children, folder)
    held = tables(folder)
    if what == "compared":
        wrong, checked, open_ = differences(*held)
        return {"wrong": wrong, "checked": checked, "open": open_}
    if what != "nothing":
        kept = WORKS[what][1]()(*held)
        del kept
    return {"peak_mb": peak_mb()}


# ---- measuring and printing ------------------------------------------------------------------------------------


def measure(children: int, runs: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def separately(what: str) -> dict[str, Any]:
            print(f"Measuring: {what} ...", file=sys.stderr, flush=True)
            return in_own_process(__file__, "--only", what, "--folder", folder, "--children", children)

        made = separately("make")
        compared = separately("compared")
        # Before the tables are in this process: its memory would count for those that it starts.
        peaks = {what: separately(what) for what in ("nothing", *WORKS)}
        held = tuple(table.rechunk() for table in tables(folder))
    print(
        f"{made['rows']:,} synthetic children and {made['members']:,} household members, {kleene.DAY}\n"
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Polars {pl.__version__}; {runs} rounds in turn\n"
        f"{compared['checked']} numbers held against those by hand, {len(compared['wrong'])} differ; children of whom it "
        f"is not said whether they gain or lose: {compared['open']}"
    )
    for line in compared["wrong"][:20]:
        print(f"  DIFFERS  {line}")
    print(f"  {'':<48}{'seconds':>8}{'least':>8}{'all cores':>11}{'children/s':>14}{'peak MB':>9}{'ours ×':>8}")
    works = {name: make_work() for name, (_, make_work) in WORKS.items()}
    times: dict[str, Times] = in_turn({n: lambda work=work: work(*held) for n, work in works.items()}, runs)
    for what, (title, _) in WORKS.items():
        t = times[what]
        print(
            f"  {title:<48}{t.median:>8.3f}{t.least:>8.3f}{t.median_processor:>11.3f}{children / t.median:>14,.0f}"
            f"{peaks[what]['peak_mb']:>9,.0f}{times['ours'].median / t.median:>8.2f}"
        )
    print(f"  {'(the tables alone)':<89}{peaks['nothing']['peak_mb']:>9,.0f}")
    return 1 if compared["wrong"] else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="A reform compared over many children, beside the same by hand.")
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5, help="rounds; medians are printed")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.only:
        print(json.dumps(alone(asked.only, asked.folder, asked.children)))
        return 0
    return measure(asked.children, asked.runs)


if __name__ == "__main__":
    sys.exit(main())
