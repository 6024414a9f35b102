"""`import kinderguard` is light: a team that only imports the model pays for nothing else."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "altair", "cryptography", "duckdb", "highspy", "hypothesis", "narwhals", "numpy", "pandas", "polars", "psycopg",
    "pyarrow", "pypinyin", "pyspark", "python_calamine", "rich", "sphinx", "splink", "sqlalchemy", "typer", "xlsxwriter",
    "z3",
}  # fmt: skip


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded."""
    shown = f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True, timeout=60)
    return set(json.loads(found.stdout.splitlines()[-1]))


def test_importing_loads_neither_heavy_libraries_nor_our_own_floors():
    loaded = modules_after("import kinderguard")
    assert not {m.split(".")[0] for m in loaded} & HEAVY
    assert not {m for m in loaded if m.startswith("kinderguard.")}


@pytest.mark.parametrize("code", ["from kinderguard import Case", "import kinderguard; kinderguard.load()"])
def test_using_the_core_loads_no_extra(code):
    assert not {m.split(".")[0] for m in modules_after(code)} & HEAVY


def test_every_public_name_is_there():
    import kinderguard

    for name in kinderguard.__all__:
        assert getattr(kinderguard, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Chid'"):
        kinderguard.Chid  # noqa: B018
