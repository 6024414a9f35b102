"""The national rules over a million children: ours, beside the same rules written by hand in Polars.

    python benchmarks/national.py [--children 1000000] [--runs 5]

By hand twice: with unknowns and bounds as we have them (``handwritten/kleene.py``), and as such rules are usually
written, where a blank is a no (``handwritten/plain.py``). First every column of ours is compared with the former. Then
all three run in turn, after a round that does not count; each one's peak memory is that of a process of its own. Ends
with an error where a column differs.
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
from handwritten import kleene, plain
from measuring import Times, in_own_process, in_turn, peak_mb
from polars.testing import assert_frame_equal

import kinderguard
from kinderguard.analysis import synthesize

DIVISION = "110105"
#: How many rows are compared.
COMPARED = 100_000
#: We are to take no more than this many times as long as the same by hand.
AIM = 1.15

Tables = tuple[pl.DataFrame, pl.DataFrame]
Work = Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def ours(*, missing: bool = False, problems: bool = False, money: str = "fen") -> Work:
    """``assess_frame`` as the comparison needs it: no lists of what is missing, no problems, whole fen."""
    book = kinderguard.load().on(kleene.DAY)

    def assess(children: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
        found: pl.DataFrame = book.assess_frame(
            children, members=members, missing=missing, problems=problems, money=money
        )
        return found

    return assess


#: What is measured in turn, by name: what it is, and what makes it.
COMPARISON: dict[str, tuple[str, Callable[[], Work]]] = {
    "ours": ("kinderguard", ours),
    "kleene": ("by hand, unknowns and bounds as ours", lambda: kleene.assess),
    "plain": ("by hand, a blank is a no, no bounds", lambda: plain.assess),
}
#: The same of ours with more in the results.
MORE: dict[str, tuple[str, Callable[[], Work]]] = {
    "ours again": ("kinderguard, as above", ours),
    "yuan": ("kinderguard, money in yuan", lambda: ours(money="yuan")),
    "full": (
        "kinderguard, also missing facts and problems, in yuan",
        lambda: ours(missing=True, problems=True, money="yuan"),
    ),
}


# ---- the children ----------------------------------------------------------------------------------------------


def make(children: int, folder: Path) -> dict[str, Any]:
    """Make up the children and keep both tables."""
    people = synthesize(children, seed=1, divisions=[DIVISION], as_of=kleene.DAY)
    people.children.write_ipc(folder / "children.arrow", compression="uncompressed")
    people.members.write_ipc(folder / "members.arrow", compression="uncompressed")
    return {"rows": people.children.height, "members": people.members.height}


def tables(folder: Path) -> Tables:
    children, members = (pl.read_ipc(folder / f"{name}.arrow") for name in ("children", "members"))
    return children, members


def compare(children: pl.DataFrame, members: pl.DataFrame) -> int:
    """How many columns of ours are compared with those by hand.

    Raises:
        AssertionError: a column is not the same.
    """
    found = ours()(children, members)
    assert_frame_equal(kleene.assess(children, members), found, check_column_order=False)
    return found.width


# ---- what runs in a process of its own -------------------------------------------------------------------------


def alone(what: str, folder: Path, children: int) -> dict[str, Any]:
    if what == "make":
        return make(children, folder)
    held = tables(folder)
    if what == "compared":
        sample = held[0].sample(min(COMPARED, held[0].height), seed=1)
        members = held[1].join(sample, on="household.number", how="semi")
        return {"columns": compare(sample, members), "rows": sample.height}
    width = 0
    if what != "nothing":
        width = {**COMPARISON, **MORE}[what][1]()(*held).width
    return {"peak_mb": peak_mb(), "columns": width}


# ---- measuring and printing ------------------------------------------------------------------------------------


def line(title: str, children: int, times: Times, times_ours: Times, peak: dict[str, Any]) -> None:
    ratio = times_ours.median / times.median
    print(
        f"  {title:<56}{times.median:>8.3f}{times.least:>8.3f}{times.median_processor:>11.3f}"
        f"{children / times.median:>14,.0f}{peak['columns']:>9}{peak['peak_mb']:>9,.0f}{ratio:>8.2f}",
        flush=True,
    )


def measure(children: int, runs: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def separately(what: str) -> dict[str, Any]:
            print(f"Measuring: {what} ...", file=sys.stderr, flush=True)
            return in_own_process(__file__, "--only", what, "--folder", folder, "--children", children)

        made = separately("make")
        compared = separately("compared")
        # Before the tables are in this process: its memory would count for those that it starts.
        peaks = {what: separately(what) for what in ("nothing", *COMPARISON, *MORE)}
        # In one piece each, as a table is that was made in memory.
        held = tuple(table.rechunk() for table in tables(folder))
    print(
        f"{made['rows']:,} synthetic children of {DIVISION} ({held[0].width} columns) and {made['members']:,} household "
        f"members, {kleene.DAY}\n{os.cpu_count()} cores, Python {platform.python_version()}, Polars {pl.__version__}; "
        f"{runs} rounds in turn\nAll {compared['columns']} columns are the same by hand and by the library "
        f"({compared['rows']:,} rows compared)"
    )
    print(
        f"  {'':<56}{'seconds':>8}{'least':>8}{'all cores':>11}{'children/s':>14}{'columns':>9}{'peak MB':>9}{'ours ×':>8}"
    )
    found: dict[str, Times] = {}
    for group in (COMPARISON, MORE):
        works = {name: make_work() for name, (_, make_work) in group.items()}
        times = in_turn({n: lambda work=work: work(*held) for n, work in works.items()}, runs)
        found |= times
        first = next(iter(times.values()))
        for what, (title, _) in group.items():
            line(title, children, times[what], first, peaks[what])
    print(f"  {'(the tables alone)':<97}{'':>9}{peaks['nothing']['peak_mb']:>9,.0f}")
    ratio = found["ours"].median / found["kleene"].median
    print(f"Ours takes {ratio:.2f} times as long as the same by hand; the aim is {AIM}.")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="The national rules for many children, beside the same by hand.")
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
