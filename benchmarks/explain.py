"""How long one child takes with every step kept: the national rules, and 29 rules beside two other engines.

    python benchmarks/explain.py --peers DIR [--children 5000] [--cache DIR]

``DIR`` (or the variable ``KINDERGUARD_PEERS``) holds the peers' scripts: ``population_29.py``, ``zen_29.py`` and
``openfisca_29.py``. Each engine gets a virtual environment of its own under ``--cache``, filled once with pip. All
times are medians of five, taken in this one run. Ends with 1 where the check sums of the engines differ.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import rules_29

import kinderguard
from kinderguard.packs.book import NoPacksError

EXAMPLES = Path(__file__).parents[1] / "examples"
RUNS = 5
#: The peers' script for this engine takes no more.
MOST = 5000
ENGINES = {"zen": ("zen-engine", "numpy"), "openfisca": ("openfisca-core",)}
SCRIPTS = ("population_29.py", "zen_29.py", "openfisca_29.py")

Rows = list[dict[str, Any]]
Sums = Mapping[str, int]


class MissingError(Exception):
    """Something that a comparison needs is not there."""


def say(text: str = "") -> None:
    print(text, flush=True)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def median_us(work: Callable[[], object], children: int) -> float:
    """Microseconds a child, the median of the runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) / children * 1e6


def line(what: str, figure: float, *more: str) -> None:
    say(f"  {what:<58}{figure:>10,.1f}" + "".join(f"{m:>12}" for m in more))


# ---- the national rules ----------------------------------------------------------------------------------------


def example_cases() -> tuple[str, list[kinderguard.Case]]:
    """The children of the example ledger; where Excel cannot be read, those of the example cases."""
    try:
        from kinderguard.survey import read_ledger

        return "examples/ledger.xlsx", list(read_ledger(EXAMPLES / "ledger.xlsx").cases)
    except ImportError:
        paths = sorted((EXAMPLES / "cases").glob("*.json"))
        return "examples/cases", [kinderguard.Case.model_validate_json(p.read_text("utf-8")) for p in paths]


def all_results(assessment: kinderguard.Assessment) -> tuple[object, object]:
    return assessment.categories, assessment.policies


def national() -> None:
    source, cases = example_cases()
    book = kinderguard.load().on(rules_29.DAY)
    say(f"The rules in force, over the {len(cases)} children of {source} (microseconds a child)")
    try:
        plan = book.assess(cases[0]).basis.bound.plan
    except NoPacksError as error:
        say(f"  not measured: {error}")
        return
    line("assessed, every step kept", median_us(lambda: [book.assess(c) for c in cases], len(cases)))
    line(
        "the same, and every category and policy read",
        median_us(lambda: [all_results(book.assess(c)) for c in cases], len(cases)),
    )
    say(
        f"  {len(plan.categories)} categories and {len(plan.policies)} policies for the first child: "
        f"{len(plan.dynamic)} steps a child, {len(plan.static)} once a place"
    )


# ---- the 29 rules: ours ------------------------------------------------------------------------------------------


def ours(rows: Rows) -> tuple[dict[str, float], Sums]:
    """Microseconds a child, and the check sums."""
    making = median_us(lambda: [rules_29.case_of(row) for row in rows], len(rows))
    cases = [rules_29.case_of(row) for row in rows]
    book = rules_29.rules_book(rows)
    start = time.perf_counter()
    for case in cases:
        book.assess(case)
    first = (time.perf_counter() - start) / len(cases) * 1e6
    kept = median_us(lambda: [book.assess(case) for case in cases], len(cases))
    read = median_us(lambda: [all_results(book.assess(case)) for case in cases], len(cases))
    sums = rules_29.check_sums(rules_29.results_of(book.assess(case)) for case in cases)
    return {"making": making, "first": first, "kept": kept, "read": read}, sums


def show_ours(times: Mapping[str, float], rows: Rows) -> None:
    places = len({rules_29.place_of(row) for row in rows})
    line("kinderguard: assessed, every step kept", times["kept"])
    line("kinderguard: the same, and all 29 results read", times["read"])
    line(f"kinderguard: the first pass, with {places} places made ready", times["first"])
    line("(before that, making the case out of plain values)", times["making"])


# ---- the 29 rules: the peers -------------------------------------------------------------------------------------


def peers_folder(given: Path | None) -> Path:
    if given is None:
        raise MissingError("no folder of the peers was named; use --peers DIR, or set KINDERGUARD_PEERS")
    absent = [name for name in SCRIPTS if not (given / name).is_file()]
    if absent:
        raise MissingError(f"the peers' folder has no {', '.join(absent)}")
    return given.resolve()


def environment(cache: Path, name: str) -> Path:
    """The Python of an engine's own environment, made where it is not there."""
    folder = cache / name
    ready = folder / "ready"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not ready.exists():
        tell(f"Making an environment for {ENGINES[name][0]} (once) ...")
        venv.create(folder, with_pip=True, clear=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *ENGINES[name]],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise MissingError(f"{ENGINES[name][0]} could not be installed: {done.stderr.strip()[-300:]}")
        ready.touch()
    return python


def output(*command: str | Path) -> str:
    """What a command prints.

    Raises:
        MissingError: it failed.
    """
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MissingError(f"{Path(str(command[1])).name} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


#: NumPy's file as JSON rows, so that NumPy is needed in the peers' environments alone.
AS_ROWS = (
    "import json, sys, numpy; columns = {k: v.tolist() for k, v in numpy.load(sys.argv[1]).items()}; "
    "print(json.dumps([dict(zip(columns, row)) for row in zip(*columns.values())]))"
)


def population(python: Path, peers: Path, n: int, path: Path) -> Rows:
    output(python, peers / "population_29.py", str(n), path)
    rows: Rows = json.loads(output(python, "-c", AS_ROWS, path))
    return rows


def differences(engine: str, theirs: Sums, our: Sums) -> list[str]:
    return [
        f"{name}: {engine} {theirs.get(name)}, kinderguard {our.get(name)}"
        for name in sorted({*theirs, *our})
        if theirs.get(name) != our.get(name)
    ]


def side_by_side(peers: Path, cache: Path, n: int) -> int:
    """Measure everybody on the same children, and compare the check sums."""
    pythons = {name: environment(cache, name) for name in ENGINES}
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder, "many.npz"), Path(folder, "one.npz")
        rows = population(pythons["zen"], peers, n, many)
        single = population(pythons["zen"], peers, 1, one)
        times, sums = ours(rows)
        _, sums_of_one = ours(single)
        tell("Running the peers ...")
        zen = json.loads(output(pythons["zen"], peers / "zen_29.py", many))
        vector = json.loads(output(pythons["openfisca"], peers / "openfisca_29.py", many))
        person = json.loads(output(pythons["openfisca"], peers / "openfisca_29.py", one))
    say(f"The 29 rules, {len(rows):,} children, one at a time (microseconds a child)")
    show_ours(times, rows)

    def peer(what: str, figure: float) -> None:
        line(what, figure, f"{figure / times['kept']:.1f} x", f"{figure / times['read']:.1f} x")

    say(f"  {'':<68}{'as many times as ours':>24}")
    say(f"  {'':<68}{'kept':>12}{'and read':>12}")
    peer("zen-engine, with its trace", zen["us_a_child_with_trace"])
    peer("zen-engine, without", zen["us_a_child"])
    peer("openfisca-core, one person: calculated", person["calculate_s"] * 1e6)
    peer("openfisca-core, one person: built and calculated", (person["build_s"] + person["calculate_s"]) * 1e6)
    found = [
        *differences("zen-engine", zen["sums"], sums),
        *differences("openfisca-core", vector["sums"], sums),
        *differences("openfisca-core, one person", person["sums"], sums_of_one),
    ]
    for difference in found:
        say(f"  CHECK SUMS DIFFER  {difference}")
    if not found:
        say(f"  the check sums of all {len(sums)} rules agree (over {len(rows):,} children, and for the one person)")
    return 1 if found else 0


def alone(n: int, why: MissingError) -> int:
    rows = rules_29.children(n)
    say(f"The 29 rules, {len(rows):,} children of our own making, one at a time (microseconds a child)")
    times, _ = ours(rows)
    show_ours(times, rows)
    say(f"  not compared: {why}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    named = os.environ.get("KINDERGUARD_PEERS")
    parser = argparse.ArgumentParser(description="Microseconds a child, beside two other engines.")
    parser.add_argument("--peers", type=Path, default=Path(named) if named else None, help="the peers' scripts")
    parser.add_argument("--children", type=int, default=MOST, help=f"at most {MOST}")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir(), "kinderguard-benchmarks"),
        help="where the engines' environments are kept",
    )
    asked = parser.parse_args(arguments)
    if not 1 <= asked.children <= MOST:
        parser.error(f"--children is from 1 to {MOST}, which is what the peers' scripts take")
    national()
    say()
    try:
        return side_by_side(peers_folder(asked.peers), asked.cache.resolve(), asked.children)
    except MissingError as why:
        return alone(asked.children, why)


if __name__ == "__main__":
    sys.exit(main())
