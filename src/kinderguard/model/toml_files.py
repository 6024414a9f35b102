"""TOML that people write: read as it is saved by any editor, and told what is wrong with it in both languages.

Called by whatever reads such a file. Windows' Notepad puts a byte order mark first, which Python's reader refuses.
"""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

from kinderguard.model.text import Text, same

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|(?P<end>end of document))\)")
#: Characters of Chinese keyboards that TOML takes for none of its signs.
_FULL_WIDTH = re.compile("[，：；＝“”‘’【】［］｛｝＂＇．＃]")
_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'""")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
#: A date as people write it and TOML does not: 2026-1-1, 2026/01/01, 2026.1.1, 2026年1月1日.
_OTHER_DATE = re.compile(r"\b\d{4}(?:[-/.年])\d{1,2}(?:[-/.月])\d{1,2}(?:日|\b)")
#: What git leaves where two changes met.
MERGE_MARK = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
MERGED = Text(
    "合并未完成：有 git 的冲突标记（<<<<<<<、=======、>>>>>>>）；请选定其中一种写法，并删去标记",
    "a merge was not finished: git's marks of a conflict (<<<<<<<, =======, >>>>>>>) stand here; keep one of the two "
    "versions and take the marks out",
)
#: What Python's reader says, and what it comes from; first match first.
_MEANINGS: tuple[tuple[str, Text], ...] = (
    (r"Expected '=' after a key", Text("键后面应为等号", "an equals sign is missing after a key")),
    (r"Invalid initial character for a key part|Invalid statement", Text("这里应为键或表头", "a key or a table's header should stand here")),
    (r"Expected newline or end of document", Text("一项写完后应换行", "a line should end after its value")),
    (r"Unterminated string|Illegal character '\\n'|Expected '\"\"\"'", Text("文字没有结束的引号", "a text has no closing quotation mark")),
    (r"Unclosed array", Text("列表缺少逗号或右方括号", "a list lacks a comma or its closing bracket")),
    (r"Unclosed inline table", Text("{…} 缺少逗号或右花括号", "a {…} lacks a comma or its closing brace")),
    (r"Expected '\]", Text("表头缺少右方括号", "a table's header lacks its closing bracket")),
    (r"Invalid date", Text("没有这一天；日期写作 2025-09-01", "there is no such day; a date is written 2025-09-01")),
    (r"Cannot declare .* twice|Cannot overwrite|Cannot mutate|Duplicate inline table key", Text("同一个键或表写了两次", "a key or a table stands there twice")),
    (r"Unescaped|escape", Text("反斜杠须写作 \\\\，或改用单引号", "write a backslash as \\\\, or use single quotation marks")),
    (r"Invalid value", Text("值的写法不对：文字和金额加引号，日期、true 和 false 不加", "the value is not written as TOML wants it: quotation marks around texts and amounts, none around dates, true and false")),
)  # fmt: skip


def toml_text(path: Path) -> str:
    """The text of a TOML file, without the byte order mark that some editors write.

    Raises:
        OSError, UnicodeDecodeError: it cannot be read.
    """
    return path.read_text("utf-8-sig")


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says.

    Raises:
        OSError, UnicodeDecodeError, tomllib.TOMLDecodeError: it cannot be read; ``wrong_toml`` tells it.
    """
    return tomllib.loads(toml_text(path))


def wrong_toml(error: Exception, text: str = "") -> Text:
    """What Python's reader found, in both languages, with the line.

    Args:
        error: what it raised; of a file that is no UTF-8, that.
        text: of the file, where the reader came so far.
    """
    if isinstance(error, UnicodeDecodeError):
        return Text("文件不是 UTF-8 编码；请另存为 UTF-8", "the file is not UTF-8; save it as UTF-8")
    said = str(error)
    at = _PLACE.search(said)
    what = next((told for pattern, told in _MEANINGS if re.search(pattern, said)), None)
    if what is None:
        what = Text("写法不合 TOML 的规定", _PLACE.sub("", said))
    if at is None:
        return what
    if at["end"]:
        return what + Text("（在文件末尾）", " (at end of document)")
    lines = text.splitlines()
    line = lines[int(at["line"]) - 1] if int(at["line"]) <= len(lines) else ""
    merged = MERGED if MERGE_MARK.match(line) else None
    return (
        (merged or _no_day(line) or what)
        + _full_width(line)
        + Text(f"（第 {at['line']} 行第 {at['column']} 列）", f" (at line {at['line']}, column {at['column']})")
    )


def _no_day(line: str) -> Text | None:
    """What is said of a date that no calendar has or TOML cannot read: Python's reader stops behind its year.

    It may be somebody's own, and is not repeated.
    """
    for found in _DATE.finditer(_QUOTED.sub("", line)):
        try:
            dt.date.fromisoformat(found[0])
        except ValueError:
            return Text("没有这一天；日期写作 2025-09-01", "there is no such day; a date is written 2025-09-01")
    other = next((o for o in _OTHER_DATE.finditer(_QUOTED.sub("", line)) if not _DATE.fullmatch(o[0])), None)
    if other is not None:
        return Text(
            "日期的写法不对：写作 2025-09-01，年四位，月和日各两位，中间用短横，不加引号",
            "this is no way to write a date: write 2025-09-01, the year with four digits, month and day with two, hyphens "
            "between them, and no quotation marks",
        )
    return None


def _full_width(line: str) -> Text:
    """A Chinese sign on a line, outside of what is quoted, that should be an ASCII one."""
    found = _FULL_WIDTH.search(_QUOTED.sub("", line))
    if found is None:
        return same("")
    return Text(
        f"：有全角符号“{found[0]}”，请改为英文半角",
        f": the full-width {found[0]} means nothing here; write it in its ASCII form",
    )
