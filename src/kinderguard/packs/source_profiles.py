"""What a department's list looks like: its headers, its own columns, and the facts that the department answers for.

Given as a value by packs (``kinderguard_source_profiles``) or read from TOML; used by ``survey.read_source``. It never
reads a list itself, and it says nothing about whose word counts: that is the survey's ``TrustOrder``.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from kinderguard.model.codes import Department
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import nearest, suggestion
from kinderguard.model.text import Text
from kinderguard.model.toml_files import read_toml, wrong_toml
from kinderguard.packs.columns import LedgerColumn
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.errors import DefinitionError

_CODE = re.compile(r"(\d{2,12}\.)?[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")
_FIELDS = ("code", "title", "department", "spellings", "columns", "answers")
_COLUMN_FIELDS = ("header", "also", "fact", "kind", "title", "unit")
_KINDS = ("yes_no", "money", "number", "date")


class ProfileError(DefinitionError):
    """A source profile that is not well formed; the message names the file, the entry and the mend."""


def _frozen_texts(value: Any) -> Mapping[str, str]:
    return MappingProxyType(dict(value))


def _paths(value: Any) -> frozenset[str]:
    return frozenset((value,) if isinstance(value, str) else value)


def _columns(value: Any) -> tuple[LedgerColumn, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


@attrs.frozen
class SourceProfile:
    """One department's kind of list.

    Args:
        code: what the list is called (``civil_affairs``); a pack's begins with the pack's division
            (``330199.street_office``).
        title: in both languages.
        department: who keeps it.
        spellings: headers as this department writes them, with the standard header that each means.
        columns: columns of its own, as for ``read_ledger``.
        answers: the facts that this department is asked for, by path; the path of a part or of a list
            (``child.disability``) stands for everything in it. This is an office's arrangement, not law.

    Raises:
        ProfileError: something is missing or is of another kind; the message says what to write.

    >>> from kinderguard.model import Text
    >>> from kinderguard.model.codes import Department
    >>> SourceProfile("school", Text("学校名单", "school list"), Department.EDUCATION, answers="child.schooling").answers
    frozenset({'child.schooling'})
    """

    code: str
    title: Text
    department: Department
    spellings: Mapping[str, str] = attrs.field(factory=dict, converter=_frozen_texts, hash=False)
    columns: tuple[LedgerColumn, ...] = attrs.field(default=(), converter=_columns)
    answers: frozenset[str] = attrs.field(default=frozenset(), converter=_paths)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.code, str) or not _CODE.match(self.code):
            raise _wrong(
                "来源的代码应为小写字母、数字和下划线，如 civil_affairs 或 330199.street_office",
                "a source's code is lower-case letters, digits and underscores, as in civil_affairs or 330199.street_office",
            )
        if not isinstance(self.title, Text):
            raise _wrong(
                f"{self.code}：title 应为 Text(zh='…', en='…')",
                f"{self.code}: title is Text(zh='…', en='…'), in both languages",
            )
        if not isinstance(self.department, Department):
            raise _wrong(
                f"{self.code}：department 应为 Department 中的部门，可用：{'、'.join(Department)}",
                f"{self.code}: department is one of {', '.join(Department)}",
            )
        for column in self.columns:
            if not isinstance(column, LedgerColumn):
                raise _wrong(
                    f"{self.code}：columns 中应为 LedgerColumn",
                    f"{self.code}: columns holds LedgerColumn values, not a {type(column).__name__}",
                )

    @property
    def ledger_columns(self) -> tuple[LedgerColumn, ...]:
        """Its own columns and spellings, as ``read_ledger`` takes them."""
        also: dict[str, list[str]] = {}
        for written, standard in self.spellings.items():
            also.setdefault(standard, []).append(written)
        return (*self.columns, *(LedgerColumn(standard, also=written) for standard, written in also.items()))

    def owns(self, path: str) -> int:
        """How exactly this department answers for a fact: the length of the path by which it does; 0 for not at all."""
        return max((len(owned) for owned in self.answers if within(path, owned)), default=0)

    @classmethod
    def from_toml(cls, path: str | Path) -> "SourceProfile":
        """The profile in a TOML file.

        Raises:
            ProfileError: there is no such file, it is no TOML, or an entry does not fit; with file, entry and mend.
        """
        path = Path(path)
        try:
            data = read_toml(path)
        except OSError:
            raise _wrong(
                f"读不到文件 {shown_file(path.name)}；请检查路径",
                f"{shown_file(path.name)} cannot be read; check the path",
            ) from None
        except ValueError as error:  # no UTF-8, or no TOML
            what = wrong_toml(error, path.read_text("utf-8-sig", errors="replace"))
            raise _wrong(
                f"{shown_file(path.name)} 不是 UTF-8 的 TOML 文件：{what.zh}",
                f"{shown_file(path.name)} is no TOML in UTF-8: {what.en}",
            ) from None
        return _from_table(path.name, data)


def within(path: str, owner: str) -> bool:
    """Whether a fact is the one at ``owner``, or lies in the part or list there."""
    return path == owner or path.startswith(owner + ".")


def _wrong(zh: str, en: str) -> ProfileError:
    return ProfileError(Text(zh, en))


def _from_table(file: str, data: Mapping[str, Any]) -> SourceProfile:
    _known(file, data, _FIELDS)
    for name in ("code", "title", "department"):
        if name not in data:
            raise _wrong(f"{file}：缺少 {name}", f"{file}: {name} is missing")
    if data["department"] not in set(Department):
        close = suggestion(str(data["department"]), [d.value for d in Department])
        raise _wrong(
            f"{file}：没有部门 {data['department']!r}，可用：{'、'.join(Department)}。{close.zh}",
            f"{file}: there is no department {data['department']!r}; use one of {', '.join(Department)}.{close.en}",
        )
    spellings = data.get("spellings", {})
    if not isinstance(spellings, Mapping) or not all(isinstance(v, str) for v in spellings.values()):
        raise _wrong(
            f'{file}：[spellings] 每行写作 "实际列名" = "标准列名"',
            f'{file}: each line of [spellings] is "header as written" = "standard header"',
        )
    answers = data.get("answers", [])
    if not isinstance(answers, list) or not all(isinstance(a, str) for a in answers):
        raise _wrong(
            f'{file}：answers 应为事实路径的列表，如 ["child.schooling"]',
            f'{file}: answers is a list of fact paths, such as ["child.schooling"]',
        )
    try:
        return SourceProfile(
            code=data["code"],
            title=_text(file, "title", data["title"]),
            department=Department.of(data["department"]),
            spellings=spellings,
            columns=[_column(file, column) for column in _tables(file, data.get("columns", []))],
            answers=answers,
        )
    except ProfileError as error:
        if error.text.en.startswith(file):
            raise
        raise _wrong(f"{file}：{error.text.zh}", f"{file}: {error.text.en}") from None


def _known(where: str, table: Mapping[str, Any], names: Iterable[str]) -> None:
    names = tuple(names)
    for name in table:
        if name not in names:
            close = nearest(name, names)
            raise _wrong(
                f"{where}：没有字段 {name!r}；可用：{'、'.join(names)}"
                + (f"（是否想写 {close!r}？）" if close else ""),
                f"{where}: there is no field {name!r}; use {', '.join(names)}"
                + (f" (did you mean {close!r}?)" if close else ""),
            )


def _text(file: str, name: str, value: Any) -> Text:
    if not isinstance(value, Mapping) or not isinstance(value.get("zh"), str) or not isinstance(value.get("en"), str):
        raise _wrong(
            f'{file}：{name} 写作 {{ zh = "…", en = "…" }}', f'{file}: {name} is written {{ zh = "…", en = "…" }}'
        )
    return Text(value["zh"], value["en"])


def _tables(file: str, value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
        raise _wrong(f"{file}：自有列写作 [[columns]]", f"{file}: a column of its own is written as [[columns]]")
    return value


def _column(file: str, table: Mapping[str, Any]) -> LedgerColumn:
    """One ``[[columns]]``: a spelling of a standard header, or a column that fills a pack's fact."""
    where = f"{file} [[columns]]"
    _known(where, table, _COLUMN_FIELDS)
    fact = None
    if "fact" in table:
        title, kind = _text(where, "title", table.get("title")), table.get("kind")
        if kind not in _KINDS:
            raise _wrong(f"{where}：kind 应为 {'、'.join(_KINDS)} 之一", f"{where}: kind is one of {', '.join(_KINDS)}")
        more = {"unit": str(table["unit"])} if "unit" in table and kind == "number" else {}
        make = getattr(DeclaredFact, "day" if kind == "date" else kind)
        try:
            fact = make(table["fact"], zh=title.zh, en=title.en, **more)
        except DefinitionError as error:
            raise _wrong(f"{where}：{error.text.zh}", f"{where}: {error.text.en}") from None
    try:
        return LedgerColumn(table.get("header", ""), fact=fact, also=table.get("also", ()))
    except DefinitionError as error:
        raise _wrong(f"{where}：{error.text.zh}", f"{where}: {error.text.en}") from None
