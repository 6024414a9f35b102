"""A country from Parquet: every county with numbers and a policy of its own; growth by rows and by packs.

    python benchmarks/country.py [--children 42000000] [--runs 5] [--kept runs.jsonl] [--cache DIR] [--plot docs/growth.svg]

Makes the children once, a million a file and in the order of their counties, under ``--cache`` (about 80 MB a file).
Each run is a process of its own with its own peak memory: packs are put together, the rules compiled, all rows read,
assessed (missing facts and problems included) and written. The run with 2,844 packs and the run with a single one take
turns. ``--plot`` draws the growth on logarithmic axes (needs the extra ``[plots]``). All of it takes the better part of an
hour: with ``--kept`` each run is written down as it ends, and a measurement that was stopped goes on where it was.
"""

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import invented
import polars as pl
from measuring import in_own_process, peak_mb

import kinderguard
from kinderguard.analysis import synthesize

DAY = dt.date(2025, 9, 1)
FILE = 1_000_000
#: Aims: against the run with one pack; and for memory.
MOST_TIMES, MOST_MB = 1.5, 4096
ROWS = (10_000, 100_000, 1_000_000, 10_000_000)
PACKS = (1, 10, 100, 1000)

Figures = dict[str, Any]


def say(text: str = "") -> None:
    print(text, flush=True)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


# ---- the children ----------------------------------------------------------------------------------------------


def file_of(folder: Path, number: int, files: int) -> Path:
    return folder / f"children-{number:03d}-of-{files:03d}.parquet"


def make(folder: Path, number: int, files: int, rows: int) -> Figures:
    """One file of children: those of its own counties, in the order of the codes."""
    codes = invented.county_codes()
    own = codes[number * len(codes) // files : (number + 1) * len(codes) // files]
    people = synthesize(rows, seed=number, divisions=own, as_of=DAY)
    children = people.children.with_columns(
        pl.format("{}-{}", pl.lit(f"F{number:03d}"), pl.col(name)).alias(name) for name in ("ref", "household.number")
    )
    path = file_of(folder, number, files)
    children.sort("division_code", maintain_order=True).write_parquet(path.with_suffix(".tmp"))
    os.replace(path.with_suffix(".tmp"), path)
    return {"rows": rows}


def files_of(cache: Path, children: int) -> list[Path]:
    """The files of so many children, made where they are not there. Few children are spread over few counties' files."""
    files = max(children // FILE, 1)
    rows = min(children, FILE)
    folder = cache / f"{files}x{rows}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        if not file_of(folder, number, files).exists():
            tell(f"Making children, file {number + 1} of {files} ...")
            in_own_process(__file__, "--only", "make", "--folder", folder, "--file", number, files, "--rows", rows)
    return [file_of(folder, number, files) for number in range(files)]


# ---- one run -----------------------------------------------------------------------------------------------------


def run(files: list[Path], packs: int) -> Figures:
    """Assess the files with so many counties' packs; each of the others' children is assessed by the nation's."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = [invented.county_pack(code, folder) for code in _spread(invented.county_codes(), packs)]
        start, processor = time.perf_counter(), time.process_time()
        book = kinderguard.load(packs=given).on(DAY)
        done = book.assess_parquet(files, folder / "out", progress=False)
        seconds, used = time.perf_counter() - start, time.process_time() - processor
        results = done.scan()
        own = results.select(pl.col("local.policies").list.len().sum()).collect().item()
        due = results.select(pl.col("due.month.low").sum()).collect().item()
    times = {"seconds": seconds, "processor": used}
    return {"rows": done.rows, **times, "peak_mb": peak_mb(), "own": own, "due": str(due)}


def _spread(codes: list[str], count: int) -> list[str]:
    return [codes[k * len(codes) // count] for k in range(count)]


def median(runs: list[Figures]) -> Figures:
    seconds = [r["seconds"] for r in runs]
    medians = {name: statistics.median(r[name] for r in runs) for name in ("seconds", "processor")}
    return runs[0] | medians | {"peak_mb": max(r["peak_mb"] for r in runs), "all": seconds}


class Runs:
    """What was measured so far, in a file of JSON lines where one is given."""

    def __init__(self, kept: Path | None) -> None:
        self._kept = kept
        lines = kept.read_text().splitlines() if kept and kept.exists() else []
        self._done = [json.loads(line) for line in lines]

    def of(self, rows: int, packs: int) -> list[Figures]:
        return [r for r in self._done if (r["rows"], r["packs"]) == (rows, packs)]

    def add(self, files: list[Path], packs: int) -> None:
        paths = [p for f in files for p in ("--input", f)]
        figures = in_own_process(__file__, "--only", "run", "--packs", packs, *paths) | {"packs": packs}
        self._done.append(figures)
        if self._kept:
            with self._kept.open("a") as file:
                file.write(json.dumps(figures) + "\n")


def measured(files: list[Path], rows: int, works: Sequence[int], runs: int, done: Runs) -> dict[int, Figures]:
    """Runs with so many packs each, in turn, as far as they are not done."""
    for round_number in range(runs):
        for packs in works:
            if len(done.of(rows, packs)) <= round_number:
                tell(f"Round {round_number + 1} of {runs}: {len(files)} files, {packs:,} packs ...")
                done.add(files, packs)
    return {packs: median(done.of(rows, packs)[:runs]) for packs in works}


# ---- printing ----------------------------------------------------------------------------------------------------


def line(what: str, figures: Figures) -> None:
    times = " ".join(f"{s:,.1f}" for s in figures["all"])
    say(
        f"  {what:<44}{figures['rows']:>12,}{figures['seconds']:>10,.1f}{figures['processor']:>11,.1f}"
        f"{figures['rows'] / figures['seconds']:>12,.0f}{figures['peak_mb']:>9,.0f}   ({times})"
    )


def head(title: str) -> None:
    say(
        f"\n{title}\n  {'':<44}{'children':>12}{'seconds':>10}{'processor':>11}{'children/s':>12}{'peak MB':>9}   (each run)"
    )


def measure(children: int, runs: int, done: Runs, cache: Path, plot: Path | None) -> int:
    everyone = invented.COUNTIES
    say(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, Polars {pl.__version__}; "
        f"medians of {runs} runs in turn"
    )
    by_rows: dict[int, Figures] = {}
    head("Growth by rows: all 2,844 packs")
    for rows in (*(r for r in ROWS if r < children), children):
        files = files_of(cache, rows)
        works = (everyone, 1) if rows == children else (everyone,)
        found = measured(files, rows, works, runs, done)
        by_rows[rows] = found[everyone]
        line(f"{rows:,} children, {everyone:,} packs", found[everyone])
    line(f"{children:,} children, 1 pack", found[1])
    ratio, processor = (found[everyone][name] / found[1][name] for name in ("seconds", "processor"))
    peak = found[everyone]["peak_mb"]
    say(
        f"  {everyone:,} packs take {ratio:.2f} times as long as one (aim {MOST_TIMES}), {processor:.2f} times its processor"
        f" time; peak {peak:,.0f} MB (aim {MOST_MB:,})"
    )
    assert found[everyone]["own"] == children, "every child has its county's own policy"
    head("Growth by packs: a million children of all counties")
    files = files_of(cache, min(FILE, children))
    by_packs = measured(files, min(FILE, children), (*PACKS, everyone), runs, done)
    for packs, figures in by_packs.items():
        line(f"{packs:,} packs", figures)
    if plot is not None:
        from growth_plot import draw

        draw(by_rows, by_packs, plot)
        say(f"\nDrawn: {plot}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="A country in one run.")
    parser.add_argument("--children", type=int, default=42 * FILE)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--kept", type=Path, help="a file for each run's figures; runs that are in it are not done again"
    )
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "kinderguard-country"))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--clean", action="store_true", help="delete the children afterwards")
    for hidden, kind in (("--only", str), ("--folder", Path), ("--rows", int), ("--packs", int)):
        parser.add_argument(hidden, type=kind, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--input", type=Path, action="append", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.only == "make":
        print(json.dumps(make(asked.folder, *asked.file, asked.rows)))
        return 0
    if asked.only == "run":
        print(json.dumps(run(asked.input, asked.packs)))
        return 0
    try:
        return measure(asked.children, asked.runs, Runs(asked.kept), asked.cache, asked.plot)
    finally:
        if asked.clean:
            shutil.rmtree(asked.cache, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
