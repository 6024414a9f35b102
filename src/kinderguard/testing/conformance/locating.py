"""Where something stands in the author's files: the line of a code in Python, of a key in TOML, of a text in either, and
of what a problem of the loader speaks of. Called by the conformance suite and the doctor; it imports nothing of a pack.
"""

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import attrs

from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.model.toml_files import toml_text
from kinderguard.packs.toml_lines import CODE, TOML_FILE, header_of, line_told

#: What is called to define something; elsewhere a code as the first argument only refers to it.
_DEFINERS = {
    "Policy", "Category", "Check", "OwnDocument", "DeclaredFact", "yes_no", "money", "number", "day", "choice", "Pack",
    "NeedRule", "SourceProfile",
}  # fmt: skip
#: File and line; the line is None where only the file is known.
Place = tuple[str, int | None]
NOWHERE: Place = ("", None)

_FILE_AND_LINE = re.compile(r"([\w.-]+\.(?:py|toml)):(\d+)")
_HOOK = re.compile(r"\bkinderguard_\w+")
#: Where what a problem is about is written, for those that name neither a file with its line nor a code.
_KEYWORDS = {
    "pack.version_unfit": r"^\s*kinderguard\s*=",
    "pack.version_range_invalid": r"^\s*kinderguard\s*=",
    "pack.code_differs": r"^\s*code\s*=",
    "pack.not_a_pack": r"\bdef kinderguard_pack\b",
}


@attrs.frozen(eq=False, slots=False)
class SourceFile:
    """A file of the author's, read once."""

    path: Path
    #: As findings show it.
    shown: str

    @cached_property
    def text(self) -> str:
        """The text; empty where it cannot be read."""
        try:
            return toml_text(self.path) if self.path.suffix == ".toml" else self.path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; empty where it is no valid Python."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @cached_property
    def strings(self) -> dict[str, int]:
        """By text, the line of the first string constant that says it."""
        found: dict[str, int] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.setdefault(node.value, node.lineno)
        return found

    @cached_property
    def defined(self) -> dict[str, int]:
        """By code, the line of the call that defines it: ``Policy(code="330199.heating", …)``."""
        found: dict[str, int] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                given = [k.value for k in node.keywords if k.arg == "code"]
                if not given and called(node.func) in _DEFINERS:
                    given = node.args[:1]
                for value in given:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found.setdefault(value.value, value.lineno)
        return found

    def calls(self, name: str) -> Iterator[ast.Call]:
        """The calls of what has this name."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.Call) and called(node.func) == name)


def literal_code(call: ast.Call) -> str | None:
    """The code that a call gives as plain text; None where it is put together or taken from elsewhere."""
    value = next((k.value for k in call.keywords if k.arg == "code"), call.args[0] if call.args else None)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def called(node: ast.expr) -> str:
    """The name of what is called, without where it is from; empty where it has none."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@attrs.frozen(eq=False, slots=False)
class Sources:
    """The files of a pack: its package's Python and TOML, and the project's own ``pyproject.toml``."""

    package: Path | None
    project: Path | None

    @cached_property
    def python(self) -> tuple[SourceFile, ...]:
        """The Python files of the package, or the one file of the module."""
        return tuple(self._files(".py"))

    @cached_property
    def toml(self) -> tuple[SourceFile, ...]:
        """The TOML files of the package."""
        return tuple(self._files(".toml"))

    def _files(self, suffix: str) -> Iterator[SourceFile]:
        if self.package is None:
            return
        if self.package.is_file():
            paths = [self.package] if suffix == ".py" else sorted(self.package.parent.glob(f"*{suffix}"))
        else:
            paths = sorted(p for p in self.package.rglob(f"*{suffix}") if "__pycache__" not in p.parts)
        yield from (SourceFile(path, self.shown(path)) for path in paths)

    def shown(self, path: Path) -> str:
        """A path as findings show it: from the project's folder, or from the package's parent."""
        for base in (self.project, self.package.parent if self.package else None):
            if base is not None and path.is_relative_to(base):
                return path.relative_to(base).as_posix()
        return path.name

    def unlisted_file(self, code: str) -> Text | None:
        """That a parameter which nobody declares stands in a file of the pack's that ``Pack`` does not list; None else."""
        file = next((f.path.name for f in self.toml if header_of(f.text.splitlines(), code)), None)
        if file is None:
            return None
        return Text(
            f"{file} 写有它，但 Pack 没有列出该文件：parameters=[Path(__file__).with_name('{file}')]",
            f"{file} has it, but the Pack does not list the file: parameters=[Path(__file__).with_name('{file}')]",
        )

    def code(self, code: str) -> Place:
        """Where a rule, a fact or a paper is defined; else where its code is written first."""
        for file in self.python:
            if code in file.defined:
                return file.shown, file.defined[code]
        return self.string(code)

    def string(self, text: str) -> Place:
        """Where a text is written as a string of Python, or stands in TOML."""
        for file in self.python:
            if text in file.strings:
                return file.shown, file.strings[text]
        for file in self.python:
            for said, line in file.strings.items():
                if text and text in said:
                    return file.shown, line
        return self.in_toml(text)

    def function(self, name: str) -> Place:
        """Where a function of the package is defined."""
        for file in self.python:
            for node in ast.walk(file.tree):
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    return file.shown, node.lineno
        return NOWHERE

    def everywhere(self, text: str) -> tuple[Place, ...]:
        """Every place of the Python files where a text is written as a string by itself; else where it stands at all."""
        found = [
            (file.shown, node.lineno)
            for file in self.python
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Constant) and node.value == text
        ]
        return tuple(found) or (self.string(text),)

    def in_toml(self, text: str, file: str = "") -> Place:
        """The first line of a TOML file that holds a text."""
        for source in self.toml:
            if file and source.path.name != file:
                continue
            for number, line in enumerate(source.text.splitlines(), 1):
                if text and text in line:
                    return source.shown, number
        return NOWHERE

    def parameter(self, code: str, file: str = "", holding: str = "") -> Place:
        """The line of a parameter's table, or within it the first line that holds a text."""
        header = re.compile(rf"""\s*\[+\s*["']{re.escape(code)}["']""")
        for source in self.toml:
            if file and source.path.name != file:
                continue
            lines = source.text.splitlines()
            for number, line in enumerate(lines, 1):
                if header.match(line):
                    return source.shown, _within(lines, number, holding)
        return self.code(code)

    # ---- problems of the loader ------------------------------------------------------------------------------

    def problem(self, problem: Problem, name: str) -> Place:
        """The place that a problem is about, as near as its English message tells; nowhere, where it tells nothing.

        Args:
            problem: of the loader.
            name: the pack's entry point.
        """
        said = problem.message.en
        found = _FILE_AND_LINE.search(said)
        if found:
            return self._shown_of(found[1]), int(found[2])
        if problem.code in ("pack.name_invalid", "pack.name_taken") or "(pyproject.toml " in said:
            return self.pyproject(name)
        for pattern in _patterns(problem):
            for file in self.python:
                for number, line in enumerate(file.text.splitlines(), 1):
                    if re.search(pattern, line):
                        return file.shown, number
        return self._in_named_toml(said) or self._of_code_in(said)

    def _shown_of(self, name: str) -> str:
        """A file by its name alone: problems leave folders out."""
        return next((f.shown for f in (*self.python, *self.toml) if f.path.name == name), name)

    def _in_named_toml(self, said: str) -> Place | None:
        """The line of the TOML file that a message names: as Python's reader counts it, or that of the value."""
        names = TOML_FILE.findall(said)
        if names and all(source.path.name != names[0] for source in self.toml):
            # A file is asked for that is not there; what stands behind it is the nearest that is.
            place = self.string(names[0])
            if place[0]:
                return place
        at = line_told({source.path.name: source.text for source in self.toml}, said)
        return None if at is None else (self._shown_of(at[0]), at[1])

    def _of_code_in(self, said: str) -> Place:
        """The first code of a message that the author's files define, else the first that they mention."""
        codes = CODE.findall(said)
        for code in codes:
            for file in self.python:
                if code in file.defined:
                    return file.shown, file.defined[code]
            for source in self.toml:
                header = header_of(source.text.splitlines(), code)
                if header is not None:
                    return source.shown, header
        return next((place for code in codes if (place := self.string(code))[0]), NOWHERE)

    def pyproject(self, key: str) -> Place:
        """The line of a key of ``pyproject.toml``."""
        if self.project is None:
            return NOWHERE
        file = SourceFile(self.project / "pyproject.toml", "pyproject.toml")
        for number, line in enumerate(file.text.splitlines(), 1):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line) or line.strip() == f"[{key}]":
                return file.shown, number
        return file.shown, None


def _patterns(problem: Problem) -> Iterator[str]:
    """What the line looks like that a problem is about, for those that are found by that."""
    if problem.code in ("pack.hook_invalid", "pack.hook_result_invalid"):
        yield from (rf"\bdef {name}\b" for name in _HOOK.findall(problem.message.en))
    if problem.code in _KEYWORDS:
        yield _KEYWORDS[problem.code]


def _within(lines: list[str], header: int, holding: str) -> int:
    """The line in a table that holds a text; the table's own where none does."""
    for number in range(header, len(lines)):
        if number > header and lines[number].lstrip().startswith('["'):
            break
        if holding and holding in lines[number]:
            return number + 1
    return header
