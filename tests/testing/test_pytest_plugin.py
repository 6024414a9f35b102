"""The pytest plug-in: cases are tests with readable names and failures, and where there are none it does nothing."""

import json
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

CASES = """\
on = 2025-09-01
[facts]
"child.birth_date" = "2014-05-09"
[[case]]
title = "低保家庭"
facts = { "household.aid" = ["dibao"] }
expect = { "cn.dibao" = true }
[[case]]
title = "无救助"
variants = [
  { title = "未填", expect = { "cn.dibao" = "unknown" } },
  { title = "填错", expect = { "cn.rigid_expenditure" = true } },
]
"""


@pytest.fixture
def project(pytester):
    pytester.mkdir("cases")
    (pytester.path / "cases" / "aid.toml").write_text(CASES, "utf-8")
    return pytester


def test_each_case_and_variant_is_a_test_named_by_its_titles(project):
    result = project.runpytest("--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == [
        "cases/aid.toml::低保家庭", "cases/aid.toml::无救助 · 未填", "cases/aid.toml::无救助 · 填错",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "lines"), [("zh", ["*预期：是*", "*实际：待定*"]), ("en", ["*expected: yes*", "*got: undetermined*"])]
)
def test_a_failure_is_the_text_of_the_case_and_no_traceback(project, lang, lines):
    result = project.runpytest("--kinderguard-lang", lang)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(lines)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")


def test_cases_are_chosen_by_title_and_by_file(project):
    project.runpytest("-k", "未填").assert_outcomes(passed=1, deselected=2)
    project.runpytest("cases/aid.toml").assert_outcomes(passed=2, failed=1)


def test_a_broken_file_is_told_without_a_traceback(project):
    (project.path / "cases" / "broken.toml").write_text(
        '[[case]]\ntitel = "a"\nexpect = { "cn.dibao" = true }\n', "utf-8"
    )
    result = project.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*broken.toml:1: case 1: titel：没有这一项，是否想写 'title'？"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("other/aid.toml", CASES),
        ("cases/settings.toml", "[tool]\nname = 1\n"),
        ("cases/fruit.toml", '[[case]]\ninput = "apple"\nexpect = "pear"\n'),
        ("cases/aid.json", "{}"),
    ],
)
def test_other_files_are_let_be(pytester, file, text):
    path = pytester.path / file
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    assert pytester.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_it_goes_with_xdist_and_can_be_switched_off(project):
    result = project.runpytest_subprocess("-n", "1", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*实际：待定*"])
    assert project.runpytest_subprocess("-p", "no:kinderguard").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_run_without_cases_loads_nothing_of_the_library(tmp_path):
    (tmp_path / "test_mine.py").write_text("def test_mine(): pass\n")
    code = (
        "import os, sys, json, pytest\n"
        "os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'  # what others' plug-ins load is theirs\n"
        f"assert pytest.main(['-q', '-p', 'no:cacheprovider', '-p', 'kinderguard.testing.pytest_plugin', {str(tmp_path)!r}]) == 0\n"
        "print(json.dumps(sorted(m for m in sys.modules if m.split('.')[0] in ('kinderguard', 'pydantic', 'attrs'))))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = json.loads(found.stdout.splitlines()[-1])
    assert loaded == ["kinderguard", "kinderguard.testing", "kinderguard.testing.pytest_plugin"]
