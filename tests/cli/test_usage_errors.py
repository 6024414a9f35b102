"""A command that is written wrongly is told in both languages, whoever says what is wrong: typer or we."""

import re

import pytest

from kinderguard.commands.usage import in_both

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DAY = ("--on", "2025-09-01")


@pytest.mark.parametrize(
    ("asked", "zh", "en"),
    [
        (("care", "needs"), "缺少选项 '--on'", "Missing option '--on'"),
        (("file", "show"), "缺少参数 'REF'", "Missing argument 'REF'"),
        (("file", "lst"), "没有命令 'lst'；是否想写 'list'？", "Did you mean 'list'?"),
        (("filee",), "没有命令 'filee'；是否想写 'file'？", "No such command 'filee'"),
        (("file", "list", "--divison=33"), "没有选项 --divison；是否想写 --division", "No such option"),
        (("--bogus",), "没有选项 --bogus", "No such option"),
        (("file", "list", "a"), "多余的参数：a", "unexpected extra argument"),
        (("file", "list", "--division"), "选项 '--division' 须带值", "requires an argument"),
        (
            ("care", "needs", *DAY, "--format", "word"),
            "'word' 不是可用的值；可用：'summary'",
            "is not one of 'summary'",
        ),
        (("care", "needs", "--on", "soon"), "'--on' 的值无效：日期写作 2025-09-01", "write the day as 2025-09-01"),
        (("file", "correct", "a", "one", "--by", "u"), "'NUMBER' 的值无效：应为整数", "valid integer"),
        (("care", "allocate", "--offers", "x", *DAY, "--max-km=-1"), "应不小于 0", "greater than or equal to 0"),
        (("care", "needs", *DAY, "--format", "csv"), "csv 须用 --out 指定文件", "csv needs --out PATH"),
        (("rules", "--division", "330"), "12（村）位数字，不是 3 位", "not 3; give the whole code"),
        (("rules", "--division", "990106"), "的前两位不是省级代码", "the first two digits are no province"),
    ],
)
def test_what_is_wrong_with_a_command_is_said_in_both_languages(kinderguard, asked, zh, en):
    result = kinderguard(*asked)
    assert result.exit_code == 2
    *_, chinese, english = result.stderr.splitlines()
    assert chinese.startswith("错误：")
    assert zh in chinese
    assert english.startswith("Error: ")
    assert en in english
    assert not CHINESE.search(english)


def test_words_of_typer_that_nobody_knows_stay_as_they_are():
    assert in_both("Something new went wrong.").zh == "Something new went wrong."
    assert in_both("Invalid value for '--x': Something new.").zh == "'--x' 的值无效：Something new."


def test_help_is_no_error(kinderguard):
    for asked in (("file",), ("file", "--help"), ()):
        assert "错误" not in kinderguard(*asked).output
