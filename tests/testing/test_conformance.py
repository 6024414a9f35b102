"""The conformance suite's front ends: reports, expected failures, pytest, the command line, what can be given."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard.commands import app
from kinderguard.model.errors import Problem
from kinderguard.testing import check_pack, parametrize_with_checks
from kinderguard.testing.conformance import CHECKS, ConformanceError, Status, UnknownCheckError, UnreasonedError
from kinderguard.testing.conformance.catalogue import markdown
from kinderguard.testing.conformance.causes import owner_of
from kinderguard.testing.conformance.children import shown
from testing.bad_packs import CASES, GOOD, INIT, write

pytest_plugins = ["pytester"]
DOCS = Path(__file__).parents[2] / "docs"
CHEAP = ("loads", "metadata", "version_range", "placeholders", "titles", "titles_differ", "citations", "effective_dates", "evidence",
         "facts_exist", "jurisdiction", "wording", "need_titles", "need_codes", "need_facts", "need_services", "need_wording",
         "need_round_trip", "profile_titles", "profile_codes", "profile_facts", "profile_headers", "parameter_sources",
         "parameter_dates", "parameter_gaps", "exact_money")  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write(GOOD, tmp_path_factory.mktemp("good"))


@pytest.fixture
def untitled(tmp_path):
    """The good pack with a title in one language."""
    return write(GOOD | {INIT: GOOD[INIT].replace('"Heating grant"', '"取暖补助"')}, tmp_path)


# ---- documented, and the same for everybody


def test_every_check_is_documented_as_the_registry_has_it():
    page = (DOCS / "conformance.md").read_text("utf-8")
    assert markdown() in page, "write kinderguard.testing.conformance.catalogue.markdown() into docs/conformance.md"


def test_the_checks_that_were_promised_are_there():
    promised = {
        "metadata", "version_range", "import_side_effects", "titles", "citations", "effective_dates", "evidence",
        "parameter_sources", "parameter_dates", "parameter_gaps", "facts_exist", "jurisdiction", "exact_money",
        "deterministic", "json_round_trip", "engines_agree", "missing_facts_matter", "boundaries_covered", "policy_cases",
        "wording", "placeholders", "floor", "never_applies", "always_applies", "overlaps", "gaps", "cliffs",
        "worse_with_paper", "need_titles", "need_codes", "need_facts", "need_services", "need_wording", "need_round_trip",
        "profile_titles", "profile_codes", "profile_facts", "profile_headers", "hooks_deterministic",
    }  # fmt: skip
    assert promised <= set(CHECKS)


@pytest.mark.parametrize("name", ["cn", "22", "33", "330199"])
def test_installed_packs_pass_what_is_cheap(name):
    report = check_pack(name, only=CHEAP)
    assert report.ok, report.text("en")
    assert {r.status for r in report.results} == {Status.PASSED}


# ---- the report


def test_a_report_says_where_and_how_in_both_languages(untitled):
    report = check_pack(untitled, only=["titles", "citations"])
    assert not report.ok
    assert [r.check_id for r in report.failed] == ["titles"]
    line = next(k for k, said in enumerate((untitled / INIT).read_text("utf-8").splitlines(), 1) if '"450199.grant"' in said)  # fmt: skip
    assert report.text("en").splitlines()[0].endswith(" · 2025-09-01"), "the day of the checks"
    assert f"{INIT}:{line}: the title of 450199.grant has no English" in report.text("en")
    assert f"{INIT}:{line}: 450199.grant 的名称没有英文" in report.text("zh")
    html = report._repr_html_()
    assert f"<code>{INIT}:{line}</code>" in html
    assert "<script" not in html
    assert report["citations"].ok
    assert report.seconds > 0


def test_proposed_cases_can_be_pasted_and_then_pass(tmp_path):
    bare = write({name: text for name, text in GOOD.items() if name != CASES}, tmp_path)
    lacking = check_pack(bare, only="boundaries_covered")
    (finding,) = lacking["boundaries_covered"].findings
    write({CASES: finding.paste}, bare)
    report = check_pack(bare, only=["boundaries_covered", "policy_cases"])
    assert report.ok, report.text("en")


def test_what_rests_on_a_pack_that_does_not_load_is_skipped_with_the_check_to_look_at(tmp_path):
    folder = write(GOOD | {INIT: GOOD[INIT].replace("child.age <", "child.agee <")}, tmp_path)
    report = check_pack(folder, only=["facts_exist", "titles", "engines_agree"])
    assert [r.status for r in report.results] == [Status.SKIPPED, Status.FAILED, Status.SKIPPED]
    assert "facts_exist" in report["titles"].reason.en


def test_checks_that_could_not_be_made_are_no_good_report_of_a_pack_that_is_kept_out(tmp_path):
    folder = write(GOOD | {INIT: GOOD[INIT].replace("child.age <", "child.agee <")}, tmp_path)
    report = check_pack(folder, only="engines_agree")
    assert not report.ok
    assert [(r.check_id, r.status) for r in report.results] == [
        ("engines_agree", Status.SKIPPED),
        ("loads", Status.FAILED),
    ]


def test_a_folder_is_read_again_after_it_was_mended(tmp_path):
    folder = write(GOOD | {INIT: GOOD[INIT].replace('"Heating grant"', '"取暖补助"')}, tmp_path)
    assert not check_pack(folder, only="titles").ok
    write({INIT: GOOD[INIT]}, folder)
    assert check_pack(folder, only="titles").ok


# ---- what is still to be filled in


def marked(folder, version):
    """The good pack of this version, with a mark in a title, in its README and in a comment."""
    files = {name: text.replace('version="0.1.0"', f'version="{version}"') for name, text in GOOD.items()}
    files[INIT] = files[INIT].replace('"取暖补助"', '"待填：名称"').replace("DECREE =", "# 待填：文号\nDECREE =", 1)
    return write(files | {"README.md": "待填：由谁维护\n搜索“待填”\n"}, folder)


@pytest.mark.parametrize("version", ["0.1.0.dev0", "0.1.0rc1"])
def test_a_version_that_is_not_final_may_hold_marks_and_each_is_listed(tmp_path, version):
    folder = marked(tmp_path, version)
    report = check_pack(folder, only="placeholders")
    assert report.ok
    assert report["placeholders"].status is Status.PASSED
    lines = (folder / INIT).read_text("utf-8").splitlines()
    comment, title = (next(k for k, line in enumerate(lines, 1) if what in line) for what in ("文号", "名称"))
    assert [note.message.zh for note in report["placeholders"].notes] == [
        "README.md:1: 待填写：待填：由谁维护",
        f"{INIT}:{comment}: 待填写：# 待填：文号",
        f"{INIT}:{title}: 待填写：{lines[title - 1].strip()}",
    ]
    assert f"    · {INIT}:{title}: to be filled in: " in report.text("en")


@pytest.mark.parametrize("version", ["0.1.0", "1.0.post1", "first"])
def test_a_final_version_may_hold_none(tmp_path, version):
    report = check_pack(marked(tmp_path, version), only="placeholders")
    assert not report.ok
    assert [f.file for f in report["placeholders"].findings] == ["README.md", INIT, INIT]


def test_a_readme_that_no_build_can_read_is_told_with_its_line(tmp_path):
    folder = write(GOOD, tmp_path)
    (folder / "README.md").write_bytes("# pack\n某县\n".encode("gb18030"))
    report = check_pack(folder, only=["metadata", "placeholders"])
    for check_id in ("metadata", "placeholders"):
        (finding,) = report[check_id].findings
        assert (finding.file, finding.line) == ("README.md", 2)
        assert "GB18030" in finding.message.en
    (folder / "README.md").unlink()
    project = folder / "pyproject.toml"
    project.write_bytes(b"\xef\xbb\xbf" + project.read_bytes())
    (finding,) = check_pack(folder, only="metadata")["metadata"].findings
    assert "byte order mark" in finding.message.en


def test_a_marked_text_that_no_line_holds_is_told_too(tmp_path):
    folder = write(GOOD | {INIT: GOOD[INIT].replace('"取暖补助"', '"待" + "填：名称"')}, tmp_path)
    (finding,) = check_pack(folder, only="placeholders")["placeholders"].findings
    assert "待填：名称" in finding.message.zh


# ---- expected failures


def test_an_expected_failure_is_told_with_its_reason_and_does_not_fail(untitled):
    report = check_pack(untitled, only="titles", expected_failures={"titles": "the translation follows"})
    assert report.ok
    assert report["titles"].status is Status.EXPECTED
    assert "the translation follows" in report.text("en")


def test_an_expected_failure_that_passes_is_an_error(good):
    report = check_pack(good, only="titles", expected_failures={"titles": "the translation follows"})
    assert not report.ok
    assert "but it passes" in report["titles"].findings[0].message.en


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_an_expected_failure_needs_a_reason(good, reason):
    with pytest.raises(UnreasonedError, match="reason"):
        check_pack(good, only="titles", expected_failures={"titles": reason})
    with pytest.raises(UnreasonedError):
        parametrize_with_checks("33", expected_failures={"titles": reason})


def test_a_check_that_does_not_exist_is_refused_with_the_nearest(good):
    with pytest.raises(UnknownCheckError, match="titles"):
        check_pack(good, only="titels")
    with pytest.raises(UnknownCheckError):
        parametrize_with_checks(good, expected_failures={"titels": "because"})


# ---- what can be given


def test_a_pack_is_found_as_a_value_a_module_a_name_and_a_distribution():
    import kinderguard_zhejiang

    for given in (kinderguard_zhejiang.PACK, kinderguard_zhejiang, "33", "kinderguard-zhejiang"):
        report = check_pack(given, only=["titles", "metadata"])
        assert (report.name, report.ok) == ("33", True)


def test_a_pack_made_in_a_notebook_is_checked_without_files():
    pack = Pack(code="450177", title=Text("某地", "Somewhere"), version="1.0", kinderguard=">=0.1,<0.2")
    report = check_pack(pack, only=[*CHEAP, "import_side_effects"])
    assert report.ok, report.text("en")
    assert report["import_side_effects"].status is Status.SKIPPED


def test_looking_for_a_packs_module_asks_no_other_module_for_anything(monkeypatch):
    other = ModuleType("kg_other")
    other.__file__, other.asked = "kg_other.py", []
    other.__getattr__ = other.asked.append
    monkeypatch.setitem(sys.modules, "kg_other", other)
    pack = Pack(code="450177", title=Text("某地", "Somewhere"), version="1.0", kinderguard=">=0.1,<0.2")
    assert check_pack(pack, only="titles").ok
    assert "kinderguard_pack" not in other.asked


@pytest.mark.parametrize("given", ["990000", "no-such-distribution", Path("no-such-folder"), 7])
def test_what_is_no_pack_is_refused_in_both_languages(given):
    with pytest.raises(ConformanceError) as caught:
        check_pack(given)
    assert caught.value.text.zh
    assert caught.value.text.en


def test_a_problem_that_no_check_is_nearer_to_belongs_to_loads():
    assert owner_of(Problem("pack.import_failed", Text("", "ZeroDivisionError: division by zero"))) == "loads"


# ---- pytest and the command line


@parametrize_with_checks("33", only=["titles", "citations"])
def test_checks_are_tests(check):
    check()


def test_pytest_shows_ids_and_takes_expected_failures_strictly(pytester, untitled):
    pytester.makepyfile(
        f"""
        from pathlib import Path
        from kinderguard.testing import parametrize_with_checks
        pack = Path({str(untitled)!r})

        @parametrize_with_checks(pack, only=["titles", "citations"], expected_failures={{"titles": "later"}})
        def test_known(check):
            check()

        @parametrize_with_checks(pack, only=["titles", "citations"], expected_failures={{"citations": "later"}})
        def test_unknown(check):
            check()
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rA")
    result.assert_outcomes(xfailed=1, passed=1, failed=2)
    result.stdout.fnmatch_lines(["*has no English*"])
    result.stdout.fnmatch_lines(["*XPASS(strict)*"])


def test_the_command_says_what_to_mend_and_ends_with_one(untitled, good):
    run = CliRunner()
    result = run.invoke(app, ["check-pack", str(untitled), "--only", "titles", "--lang", "en"])
    assert result.exit_code == 1
    assert "has no English" in result.output
    assert run.invoke(app, ["check-pack", str(good), "--only", "titles"]).exit_code == 0
    dated = run.invoke(app, ["check-pack", str(good), "--only", "titles", "--on", "2026-02-01", "--on", "2025-01-01"])
    assert dated.exit_code == 0
    assert " · 2026-02-01\n" in dated.output
    assert run.invoke(app, ["check-pack", str(good), "--on", "1 May"]).exit_code == 2


def test_the_command_ends_with_two_where_there_is_nothing_to_check(tmp_path):
    run = CliRunner()
    assert run.invoke(app, ["check-pack", str(tmp_path)]).exit_code == 2
    assert run.invoke(app, ["check-pack", "33", "--only", "titels"]).exit_code == 2
    listed = run.invoke(app, ["check-pack", "--list", "--lang", "en"])
    assert [line.split()[0] for line in listed.output.splitlines()] == list(CHECKS)


def test_the_package_of_the_pytest_plugin_stays_light():
    code = "import sys, kinderguard.testing; print('pydantic' in sys.modules, 'hypothesis' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "False"]
    assert kinderguard.testing.check_pack is check_pack


def test_a_case_in_a_report_has_no_name_and_no_number():
    """A finding prints one of the author's own cases where that is what shows the fault."""
    facts = {"child.name": "某某", "child.resident_id": "11010519491231002X", "household.members": [{"name": "某人", "relation": "mother"}]}  # fmt: skip
    said = shown(Case.from_facts(facts))
    assert "1949-12-31" in said
    assert "mother" in said
    assert not {"某某", "某人", "11010519491231002X", "name", "resident_id"} & set(re.findall(r'[^"]+', said))
