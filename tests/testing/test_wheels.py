"""Every pack of this repository conforms as it is installed: from built wheels, away from the sources, without exceptions.

The environment has no z3, so that the checks by proof skip by themselves: of all packs they take minutes, and are made where
the packs' own tests run. With z3 beside the environment the floor is proved of every plug-in's wheel, and all of them of
the smallest pack's.
"""

import json
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from kinderguard.testing.conformance.proofs import QUESTIONS
from pack_environment import make_environment, run

ROOT = Path(__file__).parents[2]
PLUGINS = sorted((ROOT / "plugins").iterdir())
#: Each pack with its cases: a wheel of a plug-in leaves them behind, the nation's travel in the library.
PACKS = {"330199": "kinderguard-example-county", "33": "kinderguard-zhejiang", "22": "kinderguard-jilin", "cn": ""}

#: What is proved of each plug-in's wheel.
PROVED = {"33": tuple(QUESTIONS), "22": ("floor",), "330199": ("floor",)}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A fresh environment with the wheels of kinderguard and of every plug-in, and what runs a command in it."""
    folder = tmp_path_factory.mktemp("county")
    environment = make_environment(folder, with_ours=False, without=("z3",))

    def command(text):
        return run(text, folder, environment)

    projects = " ".join(f"'{path}'" for path in (ROOT, *PLUGINS))
    built = command(f"pip wheel -w dist {projects}")
    assert built.returncode == 0, built.stderr
    installed = command("pip install dist/*.whl")
    assert installed.returncode == 0, installed.stderr
    return command


def test_nothing_of_the_sources_is_seen(county):
    said = county(
        "python -c \"import importlib as i, json; print(json.dumps([i.import_module('kinderguard' + n).__file__ "
        "for n in ('', '_example_county', '_zhejiang', '_jilin')]))\""
    )
    assert said.returncode == 0, said.stderr
    files = json.loads(said.stdout)
    assert len(files) == len(PLUGINS) + 1
    assert not [file for file in files if Path(file).is_relative_to(ROOT) or "site-packages" not in file]


@pytest.mark.proofs
@pytest.mark.parametrize("name", PROVED)
def test_the_checks_by_proof_pass_from_the_wheel(county, tmp_path, name):
    spec = find_spec("z3")
    if spec is None:
        pytest.skip("z3 is not installed")
    (tmp_path / "z3").symlink_to(Path(spec.origin).parent)
    only = " ".join(f"--only {check_id}" for check_id in PROVED[name])
    checked = county(f"PYTHONPATH='{tmp_path}' kinderguard check-pack {name} --lang en {only}")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert {line.split()[1] for line in checked.stdout.splitlines() if line.startswith("✓ ")} == set(PROVED[name])


def test_the_floor_of_every_plug_in_is_proved_from_its_wheel():
    registered = [tomllib.loads((p / "pyproject.toml").read_text("utf-8")) for p in PLUGINS]
    names = {name for project in registered for name in project["project"]["entry-points"]["kinderguard"]}
    assert names == set(PROVED)
    assert all("floor" in checks for checks in PROVED.values())


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_conforms_from_its_wheel(county, name):
    cases = ROOT / "plugins" / PACKS[name] / "cases" if PACKS[name] else None
    checked = county(f"kinderguard check-pack {name} --lang en" + (f" --cases '{cases}'" if cases else ""))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert {line.split()[1] for line in checked.stdout.splitlines() if line.startswith("- ")} == set(QUESTIONS)
    assert "✓ policy_cases" in checked.stdout
