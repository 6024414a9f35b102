"""Care is light until something is allocated, and the core does without it."""

import json
import subprocess
import sys


def modules_after(code):
    shown = f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(found.stdout.splitlines()[-1]))


def test_care_loads_no_extra():
    loaded = {name.split(".")[0] for name in modules_after("import kinderguard.care")}
    assert not loaded & {"highspy", "numpy", "polars", "sqlalchemy", "splink", "duckdb", "rich", "typer", "z3"}


def test_an_assessment_loads_nothing_of_care():
    code = "import kinderguard, datetime; kinderguard.load().assess(kinderguard.Case(), on=datetime.date(2025, 9, 1))"
    assert not {name for name in modules_after(code) if name.startswith("kinderguard.care")}
