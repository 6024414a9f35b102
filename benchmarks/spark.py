"""How many children a second Spark's workers assess, by the size of partitions and the number of workers.

    python benchmarks/spark.py [--children 200000] [--runs 5]

Beside it, ``assess_frame`` in one process on the same rows. Each line is measured in a process of its own; times are
medians, after one run that is shown by itself: in it the workers start, read the book and compile it. Reading the
children is not counted (they are in Spark's memory already), results are computed and thrown away. Synthetic children.
"""

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

DAY = dt.date(2025, 9, 1)
PLACES = ("330106", "330199", "220104", "110105")
PARTITIONS = (1_000, 5_000, 20_000, 100_000)
WORKERS = (1, 2)

Figures = dict[str, float]


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def timed(work: Callable[[], object], runs: int) -> Figures:
    """The first run, and the median of the others (seconds)."""
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return {"first": times[0], "median": statistics.median(times[1:])}


# ---- what is measured, each in a process of its own -------------------------------------------------------------


def make(folder: Path, children: int) -> None:
    """Synthetic children and members as Parquet, codes as strings as Spark holds them."""
    import polars as pl

    from kinderguard.analysis import synthesize

    def plain(dtype: Any) -> Any:
        if isinstance(dtype, pl.List):
            return pl.List(plain(dtype.inner))
        if isinstance(dtype, pl.Struct):
            return pl.Struct({f.name: plain(f.dtype) for f in dtype.fields})
        return pl.String() if isinstance(dtype, pl.Enum) else dtype

    people = synthesize(children, seed=1, divisions=PLACES)
    for name, table in (("children", people.children), ("members", people.members)):
        columns = [pl.col(c).cast(plain(d)) for c, d in table.schema.items()]
        table.select(columns).write_parquet(folder / f"{name}.parquet")


def one_process(folder: Path, members: bool, runs: int) -> Figures:
    """``assess_frame`` on all rows at once."""
    import polars as pl

    import kinderguard

    book = kinderguard.load()
    children = pl.read_parquet(folder / "children.parquet")
    table = pl.read_parquet(folder / "members.parquet") if members else None
    return timed(lambda: book.assess_frame(children, members=table, on=DAY), runs)


def on_spark(folder: Path, workers: int, rows: int, members: bool, runs: int) -> Figures:
    """``assess_spark`` on partitions of so many rows."""
    from pyspark.sql import SparkSession

    import kinderguard
    from kinderguard.engines.spark import assess_spark

    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    count = len_of(folder)
    parts = max(1, -(-count // rows))
    session = (
        SparkSession.builder.master(f"local[{workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", str(parts))
        .config("spark.sql.adaptive.coalescePartitions.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    book = kinderguard.load()
    children = session.read.parquet(str(folder / "children.parquet")).repartition(parts).persist()
    table = session.read.parquet(str(folder / "members.parquet")).repartition(parts).persist() if members else None
    for given in (children, table):
        if given is not None:
            given.count()

    def work() -> None:
        results = assess_spark(children, book, on=DAY, members=table, divisions=PLACES)
        results.write.format("noop").mode("overwrite").save()

    found = timed(work, runs)
    session.stop()
    return found


def len_of(folder: Path) -> int:
    import pyarrow.parquet

    count: int = pyarrow.parquet.read_metadata(folder / "children.parquet").num_rows
    return count


# ---- measuring and printing -------------------------------------------------------------------------------------


def measure(folder: Path, runs: int, threads: int | None = None, **what: Any) -> Figures:
    """One measurement in a process of its own."""
    environment = dict(os.environ) | ({} if threads is None else {"POLARS_MAX_THREADS": str(threads)})
    command = [sys.executable, __file__, "--only", json.dumps(what), "--folder", str(folder), "--runs", str(runs)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, env=environment
    )
    if done.returncode:
        sys.exit(f"{what} failed with {done.returncode}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def line(what: str, figures: Figures, children: int) -> None:
    rate = children / figures["median"]
    print(f"  {what:<58}{rate:>12,.0f}{figures['median']:>9.2f}{figures['first']:>9.2f}", flush=True)


def compare(children: int, runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"Making {children:,} synthetic children ...", file=sys.stderr, flush=True)
        make(folder, children)
        print(f"{children:,} synthetic children of {len(PLACES)} counties, {cores()} cores, medians of {runs} runs")
        for members in (False, True):
            print(f"\n  {'with the members of the household' if members else 'children alone':<58}", end="")
            print(f"{'children/s':>12}{'seconds':>9}{'first':>9}")
            for threads in (1, cores()):
                figures = measure(folder, runs, threads, members=members)
                line(f"assess_frame, one process, {threads} thread(s)", figures, children)
            for workers in WORKERS:
                for rows in PARTITIONS if not members else PARTITIONS[2:3]:
                    figures = measure(folder, runs, workers=workers, rows=rows, members=members)
                    line(f"Spark, {workers} worker(s), {rows:,} rows a partition", figures, children)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if not given.only:
        compare(given.children, given.runs)
        return
    warnings.simplefilter("ignore")
    what = json.loads(given.only)
    run = on_spark if "workers" in what else one_process
    print(json.dumps(run(given.folder, runs=given.runs, **what)))


if __name__ == "__main__":
    main()
