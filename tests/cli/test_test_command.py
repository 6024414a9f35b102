"""``kinderguard test``: policy cases without pytest, with honest exit codes."""

import pytest

PASSES = """\
title = "低保"
on = 2025-09-01
[[case]]
title = "已享受"
facts = { "household.aid" = ["dibao"] }
expect = { "cn.dibao" = true }
"""
FAILS = PASSES.replace('"cn.dibao" = true', '"cn.tekun" = true').replace("已享受", "误填")


@pytest.fixture
def cases(tmp_path):
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "passes.toml").write_text(PASSES, "utf-8")
    return folder


def test_all_passed_is_0_and_every_case_is_listed(kinderguard, cases):
    result = kinderguard("test", cases)
    assert result.exit_code == 0, result.output
    assert [line.strip() for line in result.stdout.splitlines()[1:]] == ["✓ 已享受", "1 个用例：1 个通过，0 个未通过"]
    assert result.stdout.splitlines()[0].endswith("passes.toml  低保")


@pytest.mark.parametrize(
    ("lang", "word", "total"), [("zh", "预期：是", "2 个用例"), ("en", "expected: yes", "2 cases: 1 passed, 1 failed")]
)
def test_a_failure_is_1_and_told_in_full(kinderguard, cases, lang, word, total):
    (cases / "fails.toml").write_text(FAILS, "utf-8")
    result = kinderguard("test", cases.parent, "--lang", lang)
    assert result.exit_code == 1
    assert word in result.stdout
    assert total in result.stdout


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_running(kinderguard, cases):
    (cases / "broken.toml").write_text("[[case]]\n", "utf-8")
    result = kinderguard("test", cases)
    assert result.exit_code == 1
    assert "broken.toml:1" in result.stderr
    assert "✓ 已享受" in result.stdout
    assert kinderguard("test", cases / "broken.toml").exit_code == 2


def test_a_file_among_the_cases_that_is_not_read_is_named(kinderguard, cases):
    for name in ("more.toml.txt", "README.md", ".hidden.txt", "passes.toml.bak"):
        (cases / name).write_text(PASSES, "utf-8")
    for given in (cases, cases.parent):
        result = kinderguard("test", given, "--lang", "en")
        assert result.exit_code == 0
        assert [line for line in result.stderr.splitlines() if "is not read" in line] == [
            "more.toml.txt is not read: a file of cases is named ….toml; rename it (Windows may hide an ending such as .txt)"
        ]


@pytest.mark.parametrize(
    ("expect", "said"),
    [('"cn.dibao" = "maybe"', '"maybe"'), ('"due.month" = "1,000"', '"1,000"'), ('"cn.orphan_allowance.every" = "monthly"', '"monthly"')],
)  # fmt: skip
def test_a_value_that_cannot_be_expected_is_quoted(kinderguard, cases, expect, said):
    (cases / "passes.toml").write_text(PASSES.replace('"cn.dibao" = true', expect), "utf-8")
    assert said in kinderguard("test", cases).stderr


def test_toml_has_no_null_and_nobody_is_told_to_write_it(kinderguard, cases):
    (cases / "passes.toml").write_text(
        PASSES.replace('"household.aid" = ["dibao"]', '"child.adopted" = "maybe"'), "utf-8"
    )
    told = kinderguard("test", cases).stderr
    assert "true 或 false" in told
    assert "null" not in told.partition("facts.")[2]


def test_nothing_to_run_is_2_and_says_what_to_give(kinderguard, cases, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    result = kinderguard("test", empty)
    assert result.exit_code == 2
    assert "cases" in result.stderr
    result = kinderguard("test", cases, "--code", "cn.orphan", "--lang", "en")
    assert result.exit_code == 2
    assert "no case expects anything of cn.orphan" in result.stderr


def test_cases_of_one_rule_are_chosen_by_its_code(kinderguard, cases):
    (cases / "fails.toml").write_text(FAILS, "utf-8")
    result = kinderguard("test", cases, "--code", "cn.dibao")
    assert result.exit_code == 0
    assert "1 个用例" in result.stdout
