"""How long a county's ledger takes: a ledger of 20,000 rows read and assessed, beside the bare reading of its cells.

    python benchmarks/ledger.py [--children 20000] [--runs 3]

Each measurement runs in a process of its own, so that its peak memory is its own. Imports are not counted in the
times; they are in the memory.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

MAKER = Path(__file__).parents[1] / "examples" / "make_ledger.py"
DAY = "2025-09-01"

Figures = dict[str, Any]


# ---- what is measured, each in a process of its own ------------------------------------------------------------


def cells_only(path: Path) -> Figures:
    """python-calamine alone: every cell of every sheet as a Python value."""
    import python_calamine

    start = time.perf_counter()
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    rows = sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    return {"read": time.perf_counter() - start, "rows": rows}


def _prepared() -> tuple[Any, Any]:
    """The book, and the reader that knows its columns; no book where the national rules cannot be used."""
    import kinderguard
    from kinderguard.packs.book import NoPacksError
    from kinderguard.survey import read_ledger

    book = kinderguard.load()
    try:
        book.overlay(None)
    except NoPacksError:
        return None, read_ledger
    return book, lambda path: read_ledger(path, book=book, progress=False)


def read_only(path: Path) -> Figures:
    """``read_ledger``: every row as a case, every problem named."""
    _, read = _prepared()
    start = time.perf_counter()
    ledger = read(path)
    seconds = time.perf_counter() - start
    return {"read": seconds, "rows": ledger.rows_in, "cases": len(ledger.cases), "skipped": len(ledger.skipped)}


def _assessed(path: Path, use: Callable[[Any], object]) -> Figures:
    from datetime import date

    from kinderguard.report import assess_rows

    book, read = _prepared()
    if book is None:
        return {"absent": "the national rules are not installed"}
    start = time.perf_counter()
    ledger = read(path)
    done = time.perf_counter()
    for row in assess_rows(ledger, book, on=date.fromisoformat(DAY), progress=False):
        use(row)
    return {"read": done - start, "assess": time.perf_counter() - done, "cases": len(ledger.cases)}


def read_and_assessed(path: Path) -> Figures:
    """``read_ledger``, then every row assessed with its trace, one after the other."""
    return _assessed(path, lambda row: None)


def read_assessed_and_written(path: Path) -> Figures:
    """The same, and each row as a JSON line: results, bounds, what is missing, papers, problems."""
    from kinderguard.report import ledger_line

    return _assessed(path, lambda row: json.dumps(ledger_line(row), ensure_ascii=False))


MEASURED: dict[str, Callable[[Path], Figures]] = {
    "cells": cells_only,
    "read": read_only,
    "assess": read_and_assessed,
    "lines": read_assessed_and_written,
}


def peak_mb() -> float:
    """The most memory this process has held (MB)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


# ---- measuring and printing ------------------------------------------------------------------------------------


def measure(what: str, path: Path, runs: int) -> Figures:
    """The medians of several processes."""
    found: list[Figures] = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, __file__, "--only", what, str(path)], stdout=subprocess.PIPE, text=True, check=True
        )
        found.append(json.loads(done.stdout))
        if "absent" in found[0]:
            return found[0]
    return {key: statistics.median(one[key] for one in found) for key in found[0]}


def line(what: str, figures: Figures, bare: float) -> None:
    if "absent" in figures:
        print(f"  {what:<44}not measured: {figures['absent']}", flush=True)
        return
    seconds = figures["read"] + figures.get("assess", 0)
    speed = f"{figures['cases'] / seconds:>14,.0f}" if "cases" in figures else f"{'':>14}"
    print(f"  {what:<44}{seconds:>9.2f}{seconds / bare:>10.1f}{speed}{figures['peak_mb']:>10.0f}", flush=True)


def compare(children: int, runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.xlsx")
        print(f"Making a ledger of {children:,} synthetic children ...", file=sys.stderr, flush=True)
        subprocess.run(
            [sys.executable, MAKER, path, "--children", str(children)], stdout=subprocess.DEVNULL, check=True
        )
        cells, read = measure("cells", path, runs), measure("read", path, runs)
        size = path.stat().st_size / (1 << 20)
        print(
            f"A ledger of {read['rows']:,.0f} rows ({size:.1f} MB): {read['cases']:,.0f} children, "
            f"{read['skipped']:,.0f} rows skipped with their reason"
        )
        print(f"  {'':<44}{'seconds':>9}{'multiple':>10}{'children/s':>14}{'peak MB':>10}")
        line("its cells alone (python-calamine)", cells, cells["read"])
        line("read into cases", read, cells["read"])
        assessed = measure("assess", path, runs)
        line("read and assessed, every step kept", assessed, cells["read"])
        line("read, assessed, written as JSON lines", measure("lines", path, runs), cells["read"])
        if "assess" in assessed:
            print(
                f"  of the third line, reading took {assessed['read']:.2f} s and assessing {assessed['assess']:.2f} s "
                f"({assessed['assess'] / assessed['cases'] * 1e6:,.0f} microseconds a child)"
            )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="A large ledger read and assessed: time and memory.")
    parser.add_argument("path", nargs="?", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--children", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3, help="processes a measurement; medians are printed")
    parser.add_argument("--only", choices=list(MEASURED), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.only:
        figures = MEASURED[asked.only](asked.path)
        print(json.dumps(figures if "absent" in figures else figures | {"peak_mb": peak_mb()}))
    else:
        compare(asked.children, asked.runs)


if __name__ == "__main__":
    main()
