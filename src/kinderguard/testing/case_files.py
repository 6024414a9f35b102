"""Reading files of policy cases: everything that is wrong in a file is found at once, with its line and the mend."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError, InvalidRecordError, Problem, nearest
from kinderguard.model.places import check_division
from kinderguard.model.text import Text, same
from kinderguard.model.toml_files import toml_text, wrong_toml
from kinderguard.testing.case_outcomes import PolicyCase, PolicyCaseError
from kinderguard.testing.expectations import UNKNOWN, Expectation, read_expectation
from kinderguard.testing.fact_paths import flat, no_such_fact

#: By the code of a problem, what is said of it in TOML, which has no null.
_IN_TOML = dict.fromkeys(
    ("record.bool_type", "record.bool_parsing"),
    Text(
        "应为 true 或 false，不加引号；不知道的不写",
        "must be true or false, without quotation marks; leave out what is not known",
    ),
)
#: A title in one language, or ``{ zh = "…", en = "…" }``.
_TITLE = (str, dict)
#: Files beside cases that nobody takes for any.
_NO_CASES = (".md", ".rst", ".bak", ".orig", ".rej", ".py", ".pyc")
_SHARED = {"title": _TITLE, "on": dt.date, "division": str, "facts": dict}
_FILE = {**_SHARED, "case": list}
_CASE = {**_SHARED, "expect": dict, "variants": list, "note": str}
_VARIANT = {**_SHARED, "expect": dict, "note": str}
_TYPES: dict[Any, Text] = {
    _TITLE: Text('文字，或 { zh = "…", en = "…" }', 'text, or { zh = "…", en = "…" }'),
    str: Text("文字", "text"), dt.date: Text("日期，如 2025-09-01（不加引号）", "a date such as 2025-09-01, without quotes"),
    dict: Text("表", "a table"), list: Text("列表", "a list"),
}  # fmt: skip
_CASE_LINE = re.compile(r"\s*\[\[\s*case\s*\]\]")


def read_policy_cases(path: str | Path) -> tuple[PolicyCase, ...]:
    """The cases of a file, each variant as one; or of every file of a folder, and of folders ``cases`` in it.

    Raises:
        PolicyCaseError: with every problem found, its file, line and mend.
    """
    path = Path(path)
    found, problems = [], []
    for file in case_files(path):
        reading = _Reading(file)
        found += reading.cases()
        problems += reading.problems
    if problems:
        raise PolicyCaseError(problems)
    return tuple(found)


def case_files(path: Path) -> tuple[Path, ...]:
    """The files of cases at a path: itself, those of a folder ``cases``, or of the folders ``cases`` below it."""
    if path.is_file() or path.suffix == ".toml":
        return (path,)
    if path.name == "cases":
        return tuple(sorted(path.glob("*.toml")))
    hidden = (f for f in path.rglob("cases/*.toml") if not any(p.startswith(".") for p in f.relative_to(path).parts))
    return tuple(sorted(hidden))


def unread_files(path: Path) -> tuple[Path, ...]:
    """The files of the folders ``cases`` at a path that are not read, since their names don't end in ``.toml``.

    Hidden files, notes and copies that editors keep are none of them.
    """
    if path.is_file():
        return ()
    inside = path.glob("*") if path.name == "cases" else path.rglob("cases/*")
    return tuple(
        sorted(
            file
            for file in inside
            if file.suffix not in (".toml", *_NO_CASES)
            and not file.name.endswith("~")
            and not any(part.startswith((".", "__")) for part in file.relative_to(path).parts)
            and file.is_file()
        )
    )


def _title(given: Any) -> Text | None:
    """A title in one language or both; None where there is none, or only part of one."""
    if isinstance(given, str):
        return same(given) if given.strip() else None
    if isinstance(given, dict) and not _half_titled("title", given):
        return Text(given["zh"], given["en"])
    return None


def _half_titled(key: str, value: Any) -> bool:
    """Whether a title is a table that is not both languages and nothing else."""
    if key != "title" or not isinstance(value, dict):
        return False
    return set(value) != {"zh", "en"} or not all(isinstance(said, str) and said.strip() for said in value.values())


def _at(name: Text, key: str) -> Text:
    """Where something of a case stands: its title, and the key."""
    return name + same(f": {key}")


class _Reading:
    """One file as it is read; what is wrong is collected in ``problems``, and the rest read on."""

    def __init__(self, file: Path) -> None:
        self.file = file.absolute()
        self.problems: list[Problem] = []
        self._text = ""
        self._lines: list[int] = []

    def cases(self) -> list[PolicyCase]:
        data = self._data()
        if data is None:
            return []
        self._lines = [k for k, line in enumerate(self._text.splitlines(), 1) if _CASE_LINE.match(line)]
        if not self._checked(data, _FILE, 1, same("")):
            return []
        if not data.get("case"):
            self._say(1, "", Text("文件中没有 [[case]]", "there is no [[case]] in the file"))
        found = [case for k, given in enumerate(data.get("case", ())) for case in self._case(data, given, k)]
        self._refuse_twins(found)
        return found

    def _data(self) -> dict[str, Any] | None:
        try:
            self._text = toml_text(self.file)
            return tomllib.loads(self._text)
        except OSError:
            self._say(0, "", Text("文件无法读取", "the file cannot be read"))
        except UnicodeDecodeError:
            self._say(0, "", Text("文件不是 UTF-8 编码；请另存为 UTF-8", "the file is not UTF-8; save it as UTF-8"))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            said = Text("不是有效的 TOML：", "this is no valid TOML: ") + wrong_toml(error, self._text)
            self._say(int(line[1]) if line else 1, "", said)
        return None

    def _case(self, defaults: dict[str, Any], given: Any, place: int) -> Iterator[PolicyCase]:
        line = self._lines[place] if place < len(self._lines) else 1
        name = same(f"case {place + 1}")
        if not isinstance(given, dict):
            self._say(line, name, Text("应写作 [[case]] 表", "must be a table, [[case]]"))
            return
        title = _title(given.get("title"))
        name = title if title is not None else name
        if not self._checked(given, _CASE, line, name):
            return
        if title is None:
            self._say(line, name, Text("缺少 title", "it has no title"))
            return
        if "variants" not in given:
            yield from self._one([defaults, given], line, title, same(""), defaults)
            return
        for k, variant in enumerate(given["variants"], 1):
            if not isinstance(variant, dict) or not self._checked(variant, _VARIANT, line, name + same(f" · {k}")):
                if not isinstance(variant, dict):
                    self._say(line, name, Text("variants 列出表 {…}", "variants lists tables {…}"))
                continue
            called = _title(variant.get("title")) or same(f"{k}")
            yield from self._one([defaults, given, variant], self._line_of(called.zh, line), title, called, defaults)

    def _one(
        self, layers: list[dict[str, Any]], line: int, title: Text, variant: Text, file: dict[str, Any]
    ) -> Iterator[PolicyCase]:
        """What the file, the case and the variant say together; the later go before the earlier."""
        name = title + same(" · ") + variant if variant.zh else title
        facts: dict[str, Any] = {}
        expect: dict[str, Any] = {}
        for layer in layers:
            facts |= flat(layer.get("facts", {}))
            expect |= flat(layer.get("expect", {}))
        facts = {path: value for path, value in facts.items() if value != UNKNOWN}
        day = next((layer["on"] for layer in reversed(layers) if "on" in layer), None)
        division = next((layer["division"] for layer in reversed(layers) if "division" in layer), None)
        before = len(self.problems)
        if day is None:
            self._say(line, name, Text("缺少日期：on = 2025-09-01", "it has no day: on = 2025-09-01"))
        if not expect:
            self._say(line, name, Text("expect 为空，没有可核对的结果", "its expect is empty: nothing is compared"))
        if division is not None:
            shared = not any("division" in layer for layer in layers[1:])
            at, where = (self._shared_line("division"), "division") if shared else (line, _at(name, "division"))
            self._tried(at, where, lambda: check_division(division))
        for key, value in expect.items():
            self._tried(line, _at(name, f"expect.{key}"), lambda k=key, v=value: self._expectation(k, v, line, name))
        shared_facts = set(flat(file.get("facts", {}))).difference(*(flat(la.get("facts", {})) for la in layers[1:]))
        self._check_facts(facts, shared_facts, line, name)
        if len(self.problems) == before and day is not None:
            group = _title(file.get("title")) or same("")
            yield PolicyCase(title, day, division, facts, expect, str(self.file), line, variant, group)

    def _expectation(self, key: str, value: Any, line: int, name: Text) -> Expectation:
        expectation = read_expectation(key, value)
        if expectation.aspect.startswith("missing"):
            for path in expectation.wanted:
                wrong = no_such_fact(path, in_records=True)
                if wrong is not None:
                    self._say(line, _at(name, f"expect.{key}"), wrong)
        return expectation

    def _check_facts(self, facts: dict[str, Any], shared: set[str], line: int, name: Text) -> None:
        """Tell what is wrong with facts: those that the file states for all its cases, where they stand and only once."""

        def tell(path: str, message: Text) -> None:
            given = next((p for p in shared if path == p or path.startswith(f"{p}.")), None)
            if given is None:
                self._say(line, _at(name, f"facts.{path}"), message)
            else:
                self._say(self._shared_line(given), f"facts.{path}", message)

        wrong = {path: text for path in facts if (text := no_such_fact(path)) is not None}
        for path, text in wrong.items():
            tell(path, text)
        try:
            Case.from_facts({path: value for path, value in facts.items() if path not in wrong})
        except InvalidRecordError as error:
            for p in error.problems:
                tell(p.where, _IN_TOML.get(p.code, p.message))

    def _tried(self, line: int, where: str | Text, read: Any) -> None:
        try:
            read()
        except FieldValueError as error:
            self._say(line, where, error.text)

    def _checked(self, table: dict[str, Any], allowed: Mapping[str, Any], line: int, name: Text) -> bool:
        """Whether a table has only keys that exist, each of the right type."""
        before = len(self.problems)
        for key, value in table.items():
            where = _at(name, key) if name else same(key)
            if key not in allowed:
                near = nearest(key, allowed)
                known = "、".join(allowed)
                hint = Text(f"，是否想写 {near!r}？", f"; did you mean {near!r}?") if near else Text(
                    f"；可用：{known}", f"; there are {known.replace('、', ', ')}")  # fmt: skip
                self._say(line, where, Text("没有这一项", "there is no such key") + hint)
            elif not isinstance(value, allowed[key]) or isinstance(value, dt.datetime) or _half_titled(key, value):
                wanted = _TYPES[allowed[key]]
                self._say(line, where, Text(f"应为{wanted.zh}", f"must be {wanted.en}"))
        return len(self.problems) == before

    def _refuse_twins(self, found: list[PolicyCase]) -> None:
        seen: dict[str, int] = {}
        for case in found:
            if case.name in seen:
                self._say(case.line, case.full_title, Text(
                    f"标题与第{seen[case.name]}行的重复；请改写", f"has the title of the one in line {seen[case.name]}; give it its own"))  # fmt: skip
            seen[case.name] = case.line

    def _line_of(self, variant: str, after: int) -> int:
        """The line of a variant: the first after its case that has its title."""
        lines = self._text.splitlines()
        ends = [k for k in self._lines if k > after]
        span = range(after, ends[0] - 1 if ends else len(lines))
        return next((k + 1 for k in span if f'"{variant}"' in lines[k] or f"'{variant}'" in lines[k]), after)

    def _shared_line(self, key: str) -> int:
        """The line before the first case on which a key is given: by its whole path, or by the last part of it."""
        above = self._text.splitlines()[: self._lines[0] - 1 if self._lines else None]
        for name in (key, key.rpartition(".")[2]):
            given = re.compile(rf"""(^|[\s{{,."']){re.escape(name)}["']?\s*=""")
            for number, line in enumerate(above, 1):
                if given.search(line) and not line.lstrip().startswith("#"):
                    return number
        return 1

    def _say(self, line: int, where: str | Text, message: Text) -> None:
        here = Path.cwd()
        shown = self.file.relative_to(here) if self.file.is_relative_to(here) else self.file
        place = f"{shown}:{line}" if line else f"{shown}"
        at = same(where) if isinstance(where, str) else where
        if at.zh == at.en:
            problem = Problem("case.file", message, f"{place}: {at.zh}" if at else place)
        else:  # each language calls the case by its own title
            problem = Problem("case.file", at + Text("：", ": ") + message, place)
        if problem not in self.problems:
            self.problems.append(problem)
