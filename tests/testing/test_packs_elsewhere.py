"""A folder whose pack is installed from elsewhere with other rules: whoever tests the folder is told, and no case passes."""

import importlib
import shutil
import sys

import pytest
from typer.testing import CliRunner

from kinderguard.commands import app
from kinderguard.scaffold.doctor import diagnose
from testing.bad_packs import GOOD, INIT, write

pytest_plugins = ["pytester"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The good pack in a folder, and a copy of it as pip puts a wheel into site-packages."""
    folder = write(GOOD, tmp_path / "folder")
    site = tmp_path / "site"
    shutil.copytree(folder / "src", site)
    info = site / "kinderguard_good-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kinderguard-good\nVersion: 0.1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[kinderguard]\n450199 = kg_good_pack\n", "utf-8")
    sys.modules.pop("kg_good_pack", None)
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()
    yield folder
    sys.modules.pop("kg_good_pack", None)


def edit(folder):
    (folder / INIT).write_text(GOOD[INIT].replace("child.age < 16", "child.age < 15").lstrip("\n"), "utf-8")


def found(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return [f for f in diagnose().findings if f.code == "pack.elsewhere"]


@pytest.mark.parametrize(("lang", "said"), [("zh", "您的改动没有生效"), ("en", "your edits do not count")])
def test_cases_fail_where_other_rules_are_installed_than_the_folder_has(folder, lang, said):
    edit(folder)
    result = CliRunner().invoke(app, ["test", str(folder), "--lang", lang])
    assert result.exit_code == 1
    assert said in result.stdout
    assert f'pip install -e "{folder}"' in result.stdout
    assert "  ✓" not in result.stdout


def test_cases_run_where_what_is_installed_is_the_same(folder):
    assert CliRunner().invoke(app, ["test", str(folder)]).exit_code == 0


def test_no_case_passes_where_the_project_file_cannot_be_read(folder):
    project = folder / "pyproject.toml"
    project.write_bytes(project.read_text("utf-8").replace("good", "某县").encode("gb18030"))
    result = CliRunner().invoke(app, ["test", str(folder)])
    assert result.exit_code == 1
    assert "另存为 UTF-8" in result.stdout
    assert "  ✓" not in result.stdout


def test_the_doctor_fails_on_other_rules_and_tells_of_the_same_ones(folder, monkeypatch):
    (same,) = found(folder, monkeypatch)
    assert not same.serious
    edit(folder)
    (other,) = found(folder, monkeypatch)
    assert other.serious
    assert other.place.file == str(folder / INIT)
    assert "__init__.py" in other.message.en


def test_the_checks_of_the_folders_tests_fail_too(pytester, folder):
    tests = folder / "tests"
    tests.mkdir()
    (tests / "test_pack.py").write_text(
        "from kinderguard.testing import parametrize_with_checks\n"
        "@parametrize_with_checks('450199', only=['titles'])\n"
        "def test_conformance(check): check()\n"
    )
    pytester.inline_run(str(tests), "--import-mode=importlib").assertoutcome(passed=1)
    edit(folder)
    result = pytester.runpytest(str(tests), "--import-mode=importlib")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*your edits do not count*"])
