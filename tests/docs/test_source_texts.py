"""What a problem says is read off the source as it is written there, in whatever form."""

import textwrap

import pytest

pytest.importorskip("sphinx")

from kinderguard.docs.problems import reported


def said(tmp_path, source: str) -> list[tuple[str, str, str]]:
    (tmp_path / "module.py").write_text(textwrap.dedent(source), "utf-8")
    return [(p.code, p.message.zh, p.message.en) for p in reported(tmp_path)]


def test_what_is_filled_in_is_left_open(tmp_path):
    found = said(
        tmp_path,
        """
        def look(row):
            return Problem("ledger.row", Text(f"第 {row.number} 行：" + row.why, f"row {row.number}: " + row.why))
    """,
    )
    assert found == [("ledger.row", "第 … 行：…", "row …: …")]


def test_a_constant_of_the_module_is_read(tmp_path):
    found = said(
        tmp_path,
        """
        CODE, END = "rule.broken", Text("；请修改", "; mend it")

        def look():
            return Problem(CODE, Text("规则有误", "the rule is wrong") + END, "here")
    """,
    )
    assert found == [("rule.broken", "规则有误；请修改", "the rule is wrong; mend it")]


def test_a_name_that_is_used_again_says_what_was_last_put_into_it(tmp_path):
    found = said(
        tmp_path,
        """
        def look():
            text = Text("甲", "first")
            yield Problem("case.one", text)
            text = Text("乙", "second")
            yield Problem("case.two", text)
    """,
    )
    assert found == [("case.one", "甲", "first"), ("case.two", "乙", "second")]


def test_each_of_two_alternatives_is_told(tmp_path):
    found = said(
        tmp_path,
        """
        def look(yes):
            text = Text("是", "yes") if yes else Text("否", "no")
            return Problem("pack.a" if yes else "pack.b", text)
    """,
    )
    assert [each[0] for each in found] == ["pack.a", "pack.a", "pack.b", "pack.b"]
    assert {each[1:] for each in found} == {("是", "yes"), ("否", "no")}


def test_a_function_that_makes_the_problem_is_looked_through(tmp_path):
    found = said(
        tmp_path,
        """
        MEND = Text("；请恢复", "; restore it")

        def make(code, where, zh, en):
            return Problem(code, Text(zh, en) + MEND, where)

        def look(n):
            yield make("chain.missing", n, f"缺少记录 {n}", f"entry {n} is missing")
    """,
    )
    assert found == [("chain.missing", "缺少记录 …；请恢复", "entry … is missing; restore it")]


def test_a_function_with_one_code_of_its_own_is_looked_through(tmp_path):
    found = said(
        tmp_path,
        """
        def refuse(zh, en):
            return Error((Problem("frame.records", Text(zh, en)),))

        def look():
            raise refuse("没有表", "there is no table")
    """,
    )
    assert found == [("frame.records", "没有表", "there is no table")]


def test_what_has_no_code_in_the_source_is_not_made_up(tmp_path):
    assert (
        said(
            tmp_path,
            """
        def look(error):
            return Problem(error.code, Text("甲", "one"))
    """,
        )
        == []
    )
