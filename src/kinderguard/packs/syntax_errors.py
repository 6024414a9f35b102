"""What Python's parser found in a pack's file, told with the mend in both languages. Called by ``failures``."""

import re
from pathlib import Path

from kinderguard.model.text import Text, same
from kinderguard.model.toml_files import MERGE_MARK, MERGED

#: What the parser says, and what it comes from; first match first.
_MEANINGS: tuple[tuple[str, Text], ...] = (
    (
        r"invalid (?:non-printable )?character '?(?P<what>.*?)'? ?\((?P<point>U\+\w+)\)",
        Text(
            "有 Python 不认识的字符 {what}（{point}），多为中文标点：引号、逗号、括号和冒号须用英文半角",
            "the character {what} ({point}) means nothing to Python: write quotation marks, commas, brackets and colons in "
            "their ASCII form",
        ),
    ),
    (
        r"can't decode byte",
        Text(
            "文件不是 UTF-8 编码；请在编辑器中以 UTF-8 保存",
            "the file is not UTF-8; save it as UTF-8 in the editor",
        ),
    ),
    (
        r"null bytes",
        Text(
            "文件中有空字节，可能存成了 UTF-16；请以 UTF-8 保存",
            "the file has null bytes, as one that was saved as UTF-16; save it as UTF-8",
        ),
    ),
    (
        r"'(?P<what>.)' was never closed",
        Text(
            "从这一行开始的 {what} 没有配对的右括号；请补上",
            "the {what} that begins on this line is never closed; put the closing bracket where it ends",
        ),
    ),
    (
        r"unmatched '(?P<what>.)'|closing parenthesis '(?P<other>.)' does not match",
        Text(
            "括号不配对：{what} 前面没有与它相配的左括号；请核对这一行及其上文",
            "the brackets do not match: {what} closes none that is open; look at this line and those above it",
        ),
    ),
    (
        r"forgot a comma",
        Text(
            "多半少了逗号；请在这一行或上一行的末尾补上",
            "a comma is probably missing; put it at the end of this line or of the one above",
        ),
    ),
    (
        r"unterminated .*string",
        Text("文字没有结束的引号；请补上", "a text has no closing quotation mark; put it in"),
    ),
    (
        r"unexpected indent|unindent does not match|expected an indented block|inconsistent use of tabs",
        Text(
            "缩进不对；请让同一段的各行对齐，每层四个空格，不用制表符",
            "the indentation is wrong; align the lines of a block, four spaces a level and no tabs",
        ),
    ),
    (
        r"keyword argument repeated: (?P<what>\w+)",
        Text("参数 {what} 写了两次；请删去一处", "{what} is given twice; take one out"),
    ),
    (
        r"positional argument follows keyword",
        Text(
            "写了名称的参数之后，其余参数也须写名称（名称=值）",
            "after an argument with its name, the others need theirs as well: write name=value",
        ),
    ),
    (
        r"leading zeros",
        Text(
            "数字不能以 0 开头；代码请加引号，如 '0420'",
            "a number cannot begin with 0; write a code in quotation marks, as '0420'",
        ),
    ),
    (
        r"instead of '='",
        Text("比较请写 ==，不是 =", "write == to compare, not ="),
    ),
)  # fmt: skip


def syntax_told(error: SyntaxError) -> Text:
    """What the parser's error means; its own words stand behind, and alone where they are not known here."""
    said = error.msg or "invalid syntax"
    if (marked := _merge_mark(error)) is not None:
        return MERGED + Text(f"（第 {marked} 行）", f" (line {marked})")
    for pattern, meaning in _MEANINGS:
        found = re.search(pattern, said)
        if found:
            given = {name: value for name, value in found.groupdict().items() if value}
            given.setdefault("what", given.get("other", ""))
            return Text(meaning.zh.format(**given), meaning.en.format(**given)) + Text(
                f"（Python 原文：{said}）", f" (Python says: {said})"
            )
    return same(said) + Text(
        "；请核对这一行和上一行的括号、逗号、引号和冒号",
        "; look at the brackets, commas, quotation marks and colons of this line and the one above",
    )


def _merge_mark(error: SyntaxError) -> int | None:
    """The line of the first mark of an unfinished merge; the parser may stop before it. A text may begin with the middle one."""
    if MERGE_MARK.match(error.text or ""):
        return error.lineno
    try:
        lines = Path(error.filename or "").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return next((n for n, line in enumerate(lines, 1) if line.startswith("<<<<<<< ")), None)
