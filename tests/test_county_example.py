"""The walk through one county: its sources are the same for the same seed, and every command gives what the page shows."""

import csv
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from console_examples import commands_of, matches
from tutorial_steps import steps

for module in ("sqlalchemy", "cryptography", "splink", "highspy", "python_calamine", "xlsxwriter"):
    pytest.importorskip(module)

ROOT = Path(__file__).parents[1]
WALK = ROOT / "examples" / "county" / "README.md"
_VARIABLE = re.compile(r"(?:export )?([A-Z_]+)=")


@pytest.fixture(scope="module")
def maker() -> Any:
    spec = importlib.util.spec_from_file_location("examples_county_sources", WALK.with_name("make_sources.py"))
    module = importlib.util.module_from_spec(spec)
    path = list(sys.path)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = path


def test_the_same_seed_gives_the_same_files(maker: Any, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    assert maker.make_sources(one, count=40) == maker.make_sources(other, count=40)
    for file in one.iterdir():
        assert file.read_bytes() == (other / file.name).read_bytes(), file.name
    maker.make_sources(other, count=40, seed=7)
    assert (one / "education.csv").read_bytes() != (other / "education.csv").read_bytes()


def test_no_id_begins_with_a_division_that_exists(maker: Any, tmp_path: Path) -> None:
    maker.make_sources(tmp_path, count=40)
    with (tmp_path / "education.csv").open(encoding="utf-8-sig", newline="") as file:
        numbers = [row["身份证件号"] for row in csv.DictReader(file) if row["身份证件号"]]
    assert len(numbers) > 10
    assert all(re.fullmatch(r"\d{4}99\d{11}[\dX]", number) for number in numbers)


def test_whoever_follows_the_walk_gets_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KINDERGUARD_")}
    environment |= {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]), "COLUMNS": "100"}
    for step in steps(WALK):
        for command, expected in commands_of(step.text):
            found = run(command, tmp_path, environment)
            if expected.strip():
                assert matches(expected, found), f"line {step.line}: $ {command}\nexpected:\n{expected}\ngot:\n{found}"
    private = [tmp_path / "out" / "county" / "for_school.json", tmp_path / "out" / "county" / "survey" / "work.csv"]
    assert [oct(path.stat().st_mode & 0o777) for path in private] == ["0o600", "0o600"]


def run(command: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command prints. A variable that it sets is there for those that follow; exit code 1 is a result."""
    variable = _VARIABLE.match(command)
    shown = f'{command}; printf %s "${variable[1]}"' if variable else command
    ran = subprocess.run(
        ["bash", "-c", shown], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode in (0, 1), f"$ {command}\nexit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
    if variable:
        assert ran.stdout, command
        environment[variable[1]] = ran.stdout
        return ""
    return ran.stdout
