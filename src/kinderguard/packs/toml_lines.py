"""On which line of a TOML file the parameter or value stands that a message speaks of: Python's reader keeps no lines.

Called by the loader, and by what looks at an author's files; it reads the text alone.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

TOML_FILE = re.compile(r"[\w.-]+\.toml")
CODE = re.compile(r"\b(?:cn|\d{2,12})(?:\.[a-z][a-z0-9_]*)+")
_LINE_OF_TOML = re.compile(r"\(at line (\d+), column \d+\)")
#: What a message says of one value: its number in the list, or what it is (of money, in yuan).
_COUNTED = re.compile(r", value (\d+)\b")
_IS = re.compile(r"\bis ([\d,]+(?:\.\d+)?(?:/\d+)?)(?: yuan)?\b")
#: Of two values of one period, when the first begins: that is the one to be ended.
_FIRST = re.compile(r"two values at place '\w*' in one period \((\d{4}-\d{2}-\d{2}) ")
_WRITTEN = re.compile(r"""\bvalue\s*=\s*["']?([\d.,/]+)""")


def line_told(files: Mapping[str, str], said: str) -> tuple[str, int | None] | None:
    """The file that a message names, and the line of what it speaks of; the line is None where it cannot be told.

    Args:
        files: by name, the text of each TOML file.
        said: the message, in English.
    """
    named = [name for name in TOML_FILE.findall(said) if name in files]
    for name in named:
        lines = files[name].splitlines()
        if at := _LINE_OF_TOML.search(said):
            return name, int(at[1])
        for code in CODE.findall(said):
            header = header_of(lines, code)
            if header is not None:
                return name, _entry(lines, header, said)
        unquoted = next((n for n, line in enumerate(lines, 1) if re.match(r"\s*\[+\s*(?:cn|\d{2,12})\.", line)), None)
        if "quotation marks" in said and unquoted is not None:
            return name, unquoted
        return name, len(lines) if "at end of document" in said else None
    return None


def header_of(lines: list[str], code: str) -> int | None:
    """The line of a parameter's table, counted from 1."""
    header = re.compile(rf"""\s*\[+\s*["']{re.escape(code)}["']""")
    return next((number for number, line in enumerate(lines, 1) if header.match(line)), None)


def _entry(lines: list[str], header: int, said: str) -> int:
    """The line of a parameter's table that a message is about: of the value that it tells of, and of the word it quotes."""
    code = re.escape(re.split(r"""["']""", lines[header - 1])[1])
    end = header
    while end < len(lines) and (not lines[end].lstrip().startswith("[") or re.match(rf"""\s*\[+\s*["']{code}["']""", lines[end])):  # fmt: skip
        end += 1
    begin, end = _value_told(lines, header, end, said) or (header, end)
    for quoted, place in re.findall(r"'([^']+)'|\bfor (\d{2,12})\b", said):
        for number in range(begin, end + 1):
            if (quoted or place) in lines[number - 1] and number != header:
                return number
    return begin


def _value_told(lines: list[str], header: int, end: int, said: str) -> tuple[int, int] | None:
    """The lines of the value that a message counts, whose amount it says, or whose beginning; None where it does none."""
    # Each value is a table: {…} in a list, or one under [["…".values]].
    starts = [n for n in range(header, end + 1) for _ in range(_tables_begun(lines[n - 1], n == header))]
    spans = [(n, next((later - 1 for later in starts if later > n), end)) for n in starts]
    if counted := _COUNTED.search(said):
        return spans[int(counted[1]) - 1] if int(counted[1]) <= len(spans) else None
    if told := _IS.search(said):
        return next((s for s in spans if _says(lines, s, told[1])), None)
    if told := _FIRST.search(said):
        return next(
            (s for s in spans if any(re.search(rf"from\s*=\s*{told[1]}", line) for line in _of(lines, s))), None
        )
    return None


def _says(lines: list[str], span: tuple[int, int], amount: str) -> bool:
    """Whether a value is written as this amount, however many places it has."""
    written = [w for line in _of(lines, span) for w in _WRITTEN.findall(line)]
    return any(_number(w) == _number(amount) is not None for w in written)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None


def _of(lines: list[str], span: tuple[int, int]) -> list[str]:
    return lines[span[0] - 1 : span[1]]


def _tables_begun(line: str, is_header: bool) -> int:
    """How many values begin on a line of a parameter's table; its title and floor are tables too, and none of them."""
    if line.lstrip().startswith("[["):
        return 1
    if is_header or re.match(r"\s*(title|floor)\s*=", line):
        return 0
    return line.count("{")
