"""Each check fails for a pack that goes against it, says where and why, and no other check fails with it."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from kinderguard.testing.conformance import CHECKS, Status, check_pack
from testing.bad_packs import BAD, GOOD, write

#: What has to do with generated children, proofs and other processes takes long: run for its own bad packs only.
SLOW = {
    "deterministic", "json_round_trip", "engines_agree", "missing_facts_matter", "boundaries_covered", "import_side_effects",
    "hooks_deterministic",
}  # fmt: skip
PROOFS = {"never_applies", "always_applies", "overlaps", "gaps", "cliffs", "worse_with_paper"}
QUICK = [check_id for check_id in CHECKS if check_id not in SLOW | PROOFS]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write(GOOD, tmp_path_factory.mktemp("good"))


def test_the_good_pack_passes_every_check_but_the_proofs(good):
    report = check_pack(good, only=[c for c in CHECKS if c not in PROOFS | {"floor"}])
    assert report.ok, report.text("en")
    assert {r.status for r in report.results} == {Status.PASSED}


@pytest.fixture
def author(tmp_path_factory, monkeypatch):
    """The folder in which an author runs the suite; what a pack writes to where it is imported must not be left here."""
    folder = tmp_path_factory.mktemp("author")
    monkeypatch.chdir(folder)
    return folder


def prover():
    """Whether rules can be proved here."""
    try:
        return hasattr(importlib.import_module("kinderguard.engines.prove"), "prove")
    except ImportError:
        return False


@pytest.mark.parametrize("bad", BAD, ids=lambda b: f"{b.check_id}: {b.what}")
def test_a_bad_pack_fails_its_own_check_alone(bad, tmp_path, author):
    if bad.check_id in PROOFS and not prover():
        pytest.skip("z3 is not installed")
    folder = write(bad.files(), tmp_path)
    only = [bad.check_id] if bad.alone else list(dict.fromkeys([*QUICK, bad.check_id]))
    if not bad.alone and bad.check_id != "floor":
        only = [c for c in only if c != "floor"]
    report = check_pack(folder, only=only, examples=24)
    assert [r.check_id for r in report.failed] == [bad.check_id], report.text("en")
    finding = report[bad.check_id].findings[0]
    assert bad.says in finding.message.en + finding.message.zh
    assert finding.message.zh
    assert finding.mend.zh
    assert finding.mend.en
    if bad.line:
        assert finding.line is not None, finding
        lines = (folder / finding.file).read_text("utf-8").splitlines()
        assert bad.line in lines[finding.line - 1], finding
    assert list(author.iterdir()) == []


def test_a_check_leaves_nothing_in_the_authors_folder(tmp_path):
    """As an author runs it, in a process of its own: neither what the pack writes nor what drawing children keeps."""
    (bad,) = [b for b in BAD if b.what == "writes a file"]
    folder = write(bad.files(), tmp_path)
    command = ["check-pack", ".", "--only", "import_side_effects", "--only", "json_round_trip"]
    ran = subprocess.run(
        [sys.executable, "-B", "-m", "kinderguard", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, ran.stderr
    assert "left_behind.txt" in ran.stdout
    left = {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}
    assert left == set(bad.files())


def test_every_check_has_a_bad_pack():
    # Cliffs are told and judge nothing.
    assert {b.check_id for b in BAD} | {"cliffs"} == set(CHECKS)
