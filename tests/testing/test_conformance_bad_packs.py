"""Each check fails for a pack that goes against it, says where and why, and no other check fails with it."""

import importlib

import pytest

from kinderguard.testing.conformance import CHECKS, Status, check_pack
from testing.bad_packs import BAD, GOOD, write

#: What has to do with generated children, proofs and other processes takes long: run for its own bad packs only.
SLOW = {
    "deterministic", "json_round_trip", "engines_agree", "missing_facts_matter", "boundaries_covered", "import_side_effects",
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


def prover():
    """Whether rules can be proved here."""
    try:
        return hasattr(importlib.import_module("kinderguard.engines.prove"), "prove")
    except ImportError:
        return False


@pytest.mark.parametrize("bad", BAD, ids=lambda b: f"{b.check_id}: {b.what}")
def test_a_bad_pack_fails_its_own_check_alone(bad, tmp_path):
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


def test_every_check_has_a_bad_pack():
    # Gaps and cliffs are told and judge nothing; exclusions are kept by the engines themselves, whatever a pack says.
    assert {b.check_id for b in BAD} | {"gaps", "cliffs", "overlaps"} == set(CHECKS)
