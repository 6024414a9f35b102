"""How long the first result for one child takes with 2,844 packs installed, beside one.

    python benchmarks/first_result.py [--runs 9]

Packs are real distributions in a folder on the path: metadata, entry point, module, parameter file. Each run is a new
Python process that imports the library, loads the book, assesses one child of a county with a pack, and reads the
results; they take turns. Ratios are of medians, with and without the start of Python itself. pydantic looks for plug-ins
of its own in every installed distribution; the same is measured with that switched off (PYDANTIC_DISABLE_PLUGINS).
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import invented

AIM = 1.2
MODULE = '''"""An invented county."""

from pathlib import Path

from kinderguard import rules as r
from kinderguard.packs import Pack, hookimpl
from kinderguard.rules import child, param


@hookimpl
def kinderguard_pack():
    grant = r.Policy(
        code="{code}.grant",
        title=r.Text(zh="本县补助", en="county grant"),
        eligible=child.is_in("cn.economic_hardship"),
        amount=param("{code}.grant"),
        every=r.MONTH,
        cites=[r.Cite("invented", trust="illustrative")],
    )
    return Pack(
        code="{code}",
        title=r.Text(zh="虚构县", en="invented county"),
        version="1.0",
        kinderguard=">=0.1",
        policies=[grant],
        parameters=[Path(__file__).with_name("parameters.toml")],
    )
'''
PARAMETERS = """["{code}.grant"]
kind = "money"
title = {{ zh = "补助", en = "grant" }}
values = [{{ value = "100.00", source = "invented", trust = "illustrative" }}]
"""
FIRST = """
import time
start = time.perf_counter()
import datetime as dt
import kinderguard
book = kinderguard.load()
case = kinderguard.Case.from_facts({{"child.birth_date": "2012-03-05", "division_code": "{code}"}})
result = book.assess(case, on=dt.date(2025, 9, 1))
assert "{code}.grant" in result.policies and result.categories
import json
print(json.dumps([time.perf_counter() - start, len(book.packs)]))
"""


def install(folder: Path, codes: Sequence[str]) -> None:
    for code in codes:
        module, metadata = folder / f"county_{code}", folder / f"county_{code}-1.0.dist-info"
        module.mkdir()
        metadata.mkdir()
        (module / "__init__.py").write_text(MODULE.format(code=code), "utf-8")
        (module / "parameters.toml").write_text(PARAMETERS.format(code=code), "utf-8")
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: county-{code}\nVersion: 1.0\n", "utf-8")
        (metadata / "entry_points.txt").write_text(f"[kinderguard]\n{code} = county_{code}\n", "utf-8")


def first(folder: Path, code: str, *, pydantic_looks: bool) -> tuple[float, float, int]:
    """Seconds until the first result, with the start of Python and without, and how many packs were found."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", FIRST.format(code=code)],
        env=os.environ
        | {"PYTHONPATH": str(folder)}
        | ({} if pydantic_looks else {"PYDANTIC_DISABLE_PLUGINS": "__all__"}),
        capture_output=True,
        text=True,
        check=True,
    )
    whole = time.perf_counter() - start
    inside, packs = json.loads(done.stdout)
    return whole, inside, packs


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Time to the first result.")
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args(arguments).runs
    codes = invented.county_codes()
    counts = (1, len(codes))
    found: dict[tuple[bool, int], list[tuple[float, float, int]]] = {(b, c): [] for b in (True, False) for c in counts}
    with tempfile.TemporaryDirectory() as name:
        folders = {count: Path(name, str(count)) for count in counts}
        for count, folder in folders.items():
            folder.mkdir()
            install(folder, codes[:count])
        for round_number in range(runs + 1):  # the first writes compiled modules and does not count
            for (looks, count), times in found.items():
                took = first(folders[count], codes[0], pydantic_looks=looks)
                if round_number:
                    times.append(took)
    print(
        f"The first result for one child; {os.cpu_count()} cores, Python {platform.python_version()}; {runs} runs in turn"
    )
    for looks in (True, False):
        title = "as it comes" if looks else "pydantic's own search for plug-ins switched off"
        print(f"  {title:<48}{'seconds':>9}{'with the start of Python':>27}")
        medians = []
        for count in counts:
            inside, whole = (statistics.median(t[k] for t in found[looks, count]) for k in (1, 0))
            medians.append((inside, whole))
            print(f"    {f'{count:,} packs of counties installed':<46}{inside:>9.3f}{whole:>27.3f}")
        one, every = medians
        print(f"    {f'ratio (aim {AIM})':<46}{every[0] / one[0]:>9.2f}{every[1] / one[1]:>27.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
