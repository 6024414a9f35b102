"""Each check fails for a pack that goes against it, says where and why, and no other check fails with it."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kinderguard.testing.conformance import CHECKS, ConformanceError, Status, check_pack
from testing.bad_packs import BAD, CASES, GOOD, INIT, PARAMETERS, PROJECT, write

#: What has to do with generated children, proofs and other processes takes long: run for its own bad packs only.
SLOW = {
    "deterministic", "json_round_trip", "engines_agree", "missing_facts_matter", "boundaries_covered", "import_side_effects",
    "hooks_deterministic", "callbacks_run",
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
    # Cliffs, and raises that are none, are told and judge nothing.
    assert {b.check_id for b in BAD} | {"cliffs", "raises_act"} == set(CHECKS)


def test_a_mended_part_of_a_pack_is_read_again_in_the_same_process(tmp_path):
    """The package itself failed to import, its part did not: the part must not stay as it was."""
    part = "src/kg_good_pack/part.py"
    broken = GOOD | {part: "WORD = 1\n", INIT: "from kg_good_pack.part import MORE\n" + GOOD[INIT]}
    assert not check_pack(write(broken, tmp_path), only="loads").ok
    mended = write(broken | {part: "WORD = MORE = 1\n"}, tmp_path)
    assert check_pack(mended, only="loads").ok


def test_a_raise_that_is_no_higher_is_told_and_fails_nothing(tmp_path):
    raised = 'checks=[r.Check(code="450199.higher", on="cn.unattended_allowance", reason=Text("提高", "raised"), at_least=r.yuan("{}"), cites=[DECREE], effective=r.Period("2024-11-01", None))],\n    parameters='
    for amount, told in (("500", True), ("1500", True), ("1501", False)):
        files = GOOD | {INIT: GOOD[INIT].replace("parameters=", raised.replace("{}", amount), 1)}
        report = check_pack(write(files, tmp_path / amount), only="raises_act")
        assert report.ok
        assert [
            "it does nothing now, and children are still paid 1,500.00 yuan" in note.message.en
            for note in report["raises_act"].notes
        ] == [True] * told


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [('"ratio"', "30", True), ('"ratio"', '"3/2"', False), ('"number"\nunit = "km"', "30", False)],
)
def test_a_ratio_that_looks_like_per_cent_is_told_and_fails_nothing(tmp_path, kind, value, told):
    more = (
        f'["450199.share"]\ntitle = {{ zh = "比例", en = "share" }}\nkind = {kind}\n'
        f'values = [{{ from = 2024-11-01, value = {value}, source = "某县办法", trust = "illustrative" }}]\n\n'
    )
    report = check_pack(write(GOOD | {PARAMETERS: more + GOOD[PARAMETERS]}, tmp_path), only="parameter_sources")
    assert report.ok
    said = [note.message.en for note in report["parameter_sources"].notes]
    assert said == ['a value of 450199.share is 30, that is 30 times; if 30 per cent is meant, write "30/100"'] * told


def test_files_saved_with_a_byte_order_mark_are_read(tmp_path):
    """`metadata` tells it of pyproject.toml alone, which pip could not read."""
    folder = write(GOOD, tmp_path)
    for name in (PARAMETERS, PROJECT, CASES):
        (folder / name).write_text(GOOD[name].lstrip("\n"), "utf-8-sig")
    assert check_pack(folder, only=["loads", "parameter_sources", "policy_cases"]).ok


def test_an_entry_point_with_a_dot_and_no_quotation_marks_is_named_with_its_line(tmp_path):
    project = GOOD[PROJECT].replace("450199 =", "450199.school =")
    folder = write(GOOD | {PROJECT: project}, tmp_path)
    with pytest.raises(ConformanceError) as refused:
        check_pack(folder)
    assert "pyproject.toml:11: a name with a dot" in str(refused.value)
    assert 'quote the key, "450199.school" = "kg_good_pack"' in str(refused.value)


@pytest.mark.parametrize("group", ["kinderguards", "Kinderguard", "kinder_guard", "kinderguard.packs"])
def test_a_misspelt_group_of_entry_points_is_named(tmp_path, group):
    table = f'[project.entry-points."{group}"]'
    folder = write(GOOD | {PROJECT: GOOD[PROJECT].replace("[project.entry-points.kinderguard]", table)}, tmp_path)
    with pytest.raises(
        ConformanceError,
        match=re.escape(f"pyproject.toml:10: it registers no pack: its group of entry points is {group}"),
    ):
        check_pack(folder)


def test_a_parameter_file_that_the_pack_does_not_list_is_named(tmp_path):
    listed = '    parameters=[Path(__file__).with_name("parameters.toml")],\n'
    assert listed in GOOD[INIT]
    folder = write(GOOD | {INIT: GOOD[INIT].replace(listed, "")}, tmp_path)
    (finding,) = check_pack(folder, only="facts_exist")["facts_exist"].findings
    assert "parameters.toml has it, but the Pack does not list the file" in finding.mend.en
