"""What an extra is for works where that extra alone is installed: nothing of another extra is loaded on the way."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="an interpreter a case would take too long")

FRAMES = {"polars", "narwhals", "numpy", "pyarrow"}
CLI = {"typer", "rich", "click", "python_calamine", "xlsxwriter"}
STORE = {"sqlalchemy", "cryptography"}
PLOTS = {"altair", "narwhals", "vl_convert"}
PROVE = {"z3"}
#: Of every extra, the modules that its packages bring; what splink brings stands with it.
BROUGHT = {
    "frames": FRAMES,
    "cli": CLI,
    "prove": PROVE,
    "spark": {*FRAMES, "pyspark"},
    "link": {"splink", "duckdb", "pypinyin", "numpy", "pandas", "altair"},
    "store": STORE,
    "postgres": {*STORE, "psycopg"},
    "care": {"highspy", "numpy"},
    "plots": PLOTS,
    "analysis": {*FRAMES, *PLOTS, "highspy"},
    "kit": {*CLI, *FRAMES, *PROVE, "copier", "hypothesis", "pytest"},
    "docs": {"sphinx"},
}
#: By extra, what whoever installs it begins with. A star stands for every public name.
ENTRY = {
    "": ["kinderguard:*", "kinderguard.model:*", "kinderguard.rules:*", "kinderguard.report:*", "kinderguard.packs:*"],
    "cli": ["kinderguard.commands:run", "kinderguard.survey:read_ledger"],
    "frames": ["kinderguard.packs.frames:*", "kinderguard.analysis:synthesize"],
    "prove": ["kinderguard.packs.proofs:*"],
    "spark": ["kinderguard.engines.spark:*"],
    "link": ["kinderguard.survey:*"],
    "store": ["kinderguard.casefile:*", "kinderguard.survey:*"],
    "care": ["kinderguard.care:*"],
    "analysis": ["kinderguard.analysis:*", "kinderguard.analysis:plots"],
    "kit": ["kinderguard.testing:*", "kinderguard.testing.strategies:*", "kinderguard.scaffold.new_pack:*"],
    "docs": ["kinderguard.docs:setup"],
}
#: One interpreter for all. What needs no extra is loaded first, then each extra in a process of its own, forked from there.
ASK = """
import os, sys, json, importlib
entry, blocked = json.load(sys.stdin)

class Blocker:
    def __init__(self, names): self.names = frozenset(names)
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

def ask(extra):
    for place in entry[extra]:
        module, _, name = place.partition(":")
        try:
            found = importlib.import_module(module)
            for each in getattr(found, "__all__", ()) if name == "*" else [name]:
                try:
                    getattr(found, each)
                except ImportError as error:
                    if extra or "kinderguard[frames]" not in str(error):  # the warnings of tables stand at the top
                        raise
        except Exception as error:
            yield f"{place}: {error}"

answers = {}
for extra in entry:
    sys.meta_path.insert(0, Blocker(blocked[extra]))
    if not extra:
        print("", json.dumps([*ask(extra)]), sep="=", flush=True)
    else:
        answers[extra], write = os.pipe()
        if not os.fork():
            os.write(write, json.dumps([*ask(extra)])[:4000].encode())
            os._exit(0)
        os.close(write)
    del sys.meta_path[0]
for extra, read in answers.items():
    print(extra, os.read(read, 4000).decode(), sep="=")
"""


def test_each_extra_works_without_the_others():
    every = set().union(*BROUGHT.values())
    blocked = {extra: sorted(every - BROUGHT.get(extra, set())) for extra in ENTRY}
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        check=False,
        input=json.dumps([ENTRY, blocked]),
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = dict(line.split("=", 1) for line in asked.stdout.splitlines())
    assert said == dict.fromkeys(ENTRY, "[]"), asked.stderr
