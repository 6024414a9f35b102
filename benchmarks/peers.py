"""How long a million children take under 29 rules: our frames beside openfisca-core, and beside NumPy and Polars by hand.

    python benchmarks/peers.py --peers DIR [--children 1000000] [--runs 5] [--cache DIR]

``DIR`` (or the variable ``KINDERGUARD_PEERS``) holds the peers' scripts ``population_29.py`` and ``openfisca_29.py``;
without them we make children like theirs and openfisca-core is left out. It gets a virtual environment of its own
under ``--cache``, filled once with pip. Needs Polars and NumPy. Times are medians; the engines of this process take
turns, and openfisca-core runs in a process of its own. Ends with 1 where the check sums of the engines differ.

Each engine reads the columns that suit it, made before the clock starts: NumPy and Polars by hand and openfisca-core
the population as it is; we the same columns under the names of a county's facts, or columns as a ledger has them.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import rules_29
from explain import MissingError, differences, environment, line, output, say, tell
from handwritten import rules_29 as by_hand
from measuring import Times

import kinderguard

SCRIPTS = ("population_29.py", "openfisca_29.py")
#: Children are made so many at a time where the peers' script is not there.
PORTION = 50_000

#: Runs of an engine before the one that counts, in each of its turns.
WARMING = 2

Sums = Mapping[str, Any]
#: What is given beside the results is left out: the peers have neither.
RESULTS_ALONE = {"missing": False, "problems": False, "money": "fen"}


@dataclass(frozen=True)
class Engine:
    """Something that computes the 29 rules in this process, and how its check sums are taken."""

    name: str
    work: Callable[[], Any]
    sums: Callable[[Any], Sums]


# ---- the engines of this process -------------------------------------------------------------------------------------


def frame_sums(found: pl.DataFrame) -> Sums:
    return {name: plain_number(column.sum()) for name, column in zip(found.columns, found.get_columns(), strict=True)}


def plain_number(value: Any) -> int | float:
    """A sum as the peers write it; one that is not whole shows."""
    exact = Decimal(value)
    return int(exact) if exact == int(exact) else float(exact)


def our_sums(found: pl.DataFrame) -> Sums:
    return frame_sums(rules_29.results_frame(found))


def engines_of(population: pl.DataFrame) -> list[Engine]:
    """Ours, the one that is compared first; then what is written by hand."""
    arrays = {name: population[name].to_numpy() for name in population.columns}
    plain, law = rules_29.plain_frame(population), rules_29.law_frame(population)
    standards = population["standard"].unique()
    plain_book = rules_29.plain_book()
    law_book = rules_29.rules_book({"standard": standard} for standard in standards)

    def ours(name: str, book: kinderguard.PolicyBook, frame: pl.DataFrame, **options: Any) -> Engine:
        return Engine(f"kinderguard, {name}", lambda: book.assess_frame(frame, **options), our_sums)

    return [
        ours("the peers' columns: results alone", plain_book, plain, **RESULTS_ALONE),
        ours("the peers' columns: all output", plain_book, plain),
        ours(f"lists and {len(standards)} places: results alone", law_book, law, **RESULTS_ALONE),
        ours(f"lists and {len(standards)} places: all output", law_book, law),
        Engine("Polars by hand", lambda: by_hand.with_polars(population), frame_sums),
        Engine(
            "NumPy by hand",
            lambda: by_hand.with_numpy(arrays),
            lambda found: {name: plain_number(column.sum().item()) for name, column in found.items()},
        ),
    ]


def first_calls(engines: Sequence[Engine]) -> tuple[dict[str, Sums], float]:
    """The check sums of each, and how long our first call took (ms)."""
    start = time.perf_counter()
    found = engines[0].work()
    first = (time.perf_counter() - start) * 1e3
    sums = {engines[0].name: engines[0].sums(found)}
    return sums | {engine.name: engine.sums(engine.work()) for engine in engines[1:]}, first


def taking_turns(engines: Sequence[Engine], runs: int) -> dict[str, Times]:
    """Times of each engine in turn, round after round.

    Each timed run follows some of the same engine that do not count, as openfisca-core's runs follow each other:
    after another engine's work its memory has to be fetched anew, which takes as long as the work of the fastest.
    """
    times = {engine.name: Times([], []) for engine in engines}
    for turn in range(runs):
        tell(f"Round {turn + 1} of {runs} ...")
        for engine in engines:
            for _ in range(WARMING):
                engine.work()
            start, processor = time.perf_counter(), time.process_time()
            engine.work()
            times[engine.name].seconds.append(time.perf_counter() - start)
            times[engine.name].processor.append(time.process_time() - processor)
    return times


# ---- openfisca-core --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Openfisca:
    """What the peer's script gave, before and after our own runs: the lesser times of the two."""

    build_ms: float
    calculate_ms: float
    sums: Sums
    versions: str


#: Printed by the peer's own Python.
VERSIONS = "from importlib.metadata import version as v; print('OpenFisca-Core', v('openfisca-core') + ', with NumPy', v('numpy'))"


def openfisca_once(python: Path, peers: Path, npz: Path) -> dict[str, Any]:
    tell("Running openfisca-core ...")
    found: dict[str, Any] = json.loads(output(python, peers / "openfisca_29.py", npz))
    return found


def of_both(before: Mapping[str, Any], after: Mapping[str, Any], versions: str) -> Openfisca:
    least = {key: min(before[key], after[key]) * 1e3 for key in ("build_s", "calculate_s")}
    return Openfisca(least["build_s"], least["calculate_s"], before["sums"], versions)


# ---- the children ----------------------------------------------------------------------------------------------------


def peers_folder(given: Path | None) -> Path:
    if given is None:
        raise MissingError("no folder of the peers was named; use --peers DIR, or set KINDERGUARD_PEERS")
    absent = [name for name in SCRIPTS if not (given / name).is_file()]
    if absent:
        raise MissingError(f"the peers' folder has no {', '.join(absent)}")
    return given.resolve()


def population_of(npz: Path) -> pl.DataFrame:
    with np.load(npz) as columns:
        return pl.DataFrame({name: columns[name] for name in columns.files})


def own_population(n: int) -> pl.DataFrame:
    """Children of the same columns and shares, made by another generator."""
    tell(f"Making {n:,} children ...")
    portions = [
        pl.DataFrame(rules_29.children(min(PORTION, n - start), seed=29 + start)) for start in range(0, n, PORTION)
    ]
    return pl.concat(portions, rechunk=True)


# ---- the report ------------------------------------------------------------------------------------------------------


def where(peer: Openfisca | None) -> list[str]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = [
        f"kinderguard {kinderguard.__version__}", f"Python {platform.python_version()}", f"Polars {pl.__version__}",
        f"NumPy {np.__version__}", *([peer.versions] if peer else []),
    ]  # fmt: skip
    return [
        f"{platform.system()} {platform.machine()}, {cores} cores, {pl.thread_pool_size()} threads of Polars",
        "; ".join(versions),
    ]


def show(times: Mapping[str, Times], peer: Openfisca | None, n: int) -> None:
    ours = next(iter(times.values())).median * 1e3

    def row(name: str, ms: float, processor: str = "") -> None:
        line(name, ms, processor, f"{ms / n * 1e6:,.0f}", f"{ms / ours:.1f}")

    say(f"  {'':<58}{'ms':>10}{'ms of CPU':>12}{'ns a child':>12}{'x the first':>12}")
    for name, found in times.items():
        row(name, found.median * 1e3, f"{found.median_processor * 1e3:,.1f}")
    if peer is None:
        return
    row("openfisca-core: calculated", peer.calculate_ms)
    row("openfisca-core: simulation built and calculated", peer.build_ms + peer.calculate_ms)
    for aim, what, ms in (
        (5, "calculated", peer.calculate_ms),
        (10, "built and calculated", peer.build_ms + peer.calculate_ms),
    ):
        met = "met" if ms >= aim * ours else "not met"
        say(f"  aim: openfisca-core, {what}, takes at least {aim} times as long: {ms / ours:.1f} times, {met}")


def compare(engines: Sequence[Engine], sums: Mapping[str, Sums], peer: Openfisca | None) -> int:
    ours = sums[engines[0].name]
    others = {engine.name: sums[engine.name] for engine in engines[1:]}
    if peer is not None:
        others["openfisca-core"] = peer.sums
    found = [difference for name, theirs in others.items() for difference in differences(name, theirs, ours)]
    for difference in found:
        say(f"  CHECK SUMS DIFFER  {difference}")
    if not found:
        say(f"  the check sums of all {len(ours)} rules agree")
    return 1 if found else 0


def measure(peers: Path | None, cache: Path, n: int, runs: int) -> int:
    """Measure everybody that is there on the same children, and compare the check sums."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    lacking, peer = "", None
    with tempfile.TemporaryDirectory() as folder:
        npz = Path(folder, "population.npz")
        try:
            scripts = peers_folder(peers)
            python = environment(cache, "openfisca")
            output(Path(sys.executable), scripts / "population_29.py", str(n), npz)
            before = openfisca_once(python, scripts, npz)
            population = population_of(npz)
        except MissingError as why:
            lacking, population = str(why), own_population(n)
        engines = engines_of(population)
        sums, first = first_calls(engines)
        times = taking_turns(engines, runs)
        if not lacking:
            peer = of_both(before, openfisca_once(python, scripts, npz), output(python, "-c", VERSIONS).strip())
    say(f"The 29 rules, {len(population):,} children at once: medians of {runs} runs, the frames made before")
    for text in where(peer):
        say(f"  {text}")
    show(times, peer, len(population))
    say(f"  the first line's first call, with its rules put together: {first:,.0f} ms; load at the start: {load}")
    if lacking:
        say(f"  children of our own making; openfisca-core not compared: {lacking}")
    return compare(engines, sums, peer)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    named = os.environ.get("KINDERGUARD_PEERS")
    parser = argparse.ArgumentParser(description="Milliseconds for many children, beside other engines.")
    parser.add_argument("--peers", type=Path, default=Path(named) if named else None, help="the peers' scripts")
    parser.add_argument("--children", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5, help="at least 5")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir(), "kinderguard-benchmarks"),
        help="where the engines' environments are kept",
    )
    asked = parser.parse_args(arguments)
    if asked.children < 1 or asked.runs < 5:
        parser.error("--children is at least 1, --runs at least 5")
    return measure(asked.peers, asked.cache.resolve(), asked.children, asked.runs)


if __name__ == "__main__":
    sys.exit(main())
