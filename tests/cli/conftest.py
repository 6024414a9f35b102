"""A small synthetic ledger, and the command line run in a process of its own or in this one."""

import importlib.util
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kinderguard.commands import app

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def ledger(tmp_path_factory) -> Path:
    """Eighty synthetic children with the mess of real forms."""
    spec = importlib.util.spec_from_file_location("make_ledger_for_cli", ROOT / "examples" / "make_ledger.py")
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    path = tmp_path_factory.mktemp("ledger") / "台账.xlsx"
    module.make_ledger(path, children=80, seed=7)
    return path


@pytest.fixture
def kinderguard():
    """Runs a command in this process: exit code, standard output, standard error."""

    def run(*args: object):
        return CliRunner().invoke(app, [str(a) for a in args])

    return run
