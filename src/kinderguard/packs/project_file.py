"""What an author's ``pyproject.toml`` registers: the packs by their entry points, and what is wrong with them there.

Read by whatever looks at a folder that need not be installed; nothing is imported.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from kinderguard.model.text import Text
from kinderguard.model.toml_files import read_toml, toml_text, wrong_toml
from kinderguard.packs.failures import file_and_line
from kinderguard.packs.installed import is_near
from kinderguard.packs.loader import GROUP

NAME = "pyproject.toml"


@attrs.frozen
class Fault:
    """Why a project registers no pack, with the mend; and the line of ``pyproject.toml``, where one is to blame."""

    message: Text
    line: int | None = None

    @property
    def text(self) -> Text:
        """The message behind file and line."""
        place = file_and_line(NAME, self.line)
        return Text(f"{place}：", f"{place}: ") + self.message


@attrs.frozen
class ProjectFile:
    """A folder's ``pyproject.toml``.

    Args:
        folder: where it stands.
        about: its table ``project``.
        points: by entry point, the module that it names.
        fault: why nothing, or not all, can be used of it; None where all can.
    """

    folder: Path
    about: Mapping[str, Any]
    points: Mapping[str, str]
    fault: Fault | None = None

    @property
    def looks_like_a_pack(self) -> bool:
        """Whether its name, what it depends on or a group of entry points speak of us."""
        return looks_like_a_pack(str(self.about.get("name", "")), self.about.get("dependencies", ()), self.groups)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of entry points that it has."""
        return tuple(_table(self.about, "entry-points"))


def project_file(folder: Path) -> ProjectFile | None:
    """What ``pyproject.toml`` of a folder says; None where there is none."""
    file = folder / NAME
    try:
        data, text = read_toml(file), toml_text(file)
    except OSError:
        return None
    except ValueError as error:  # no UTF-8, or no TOML
        what = wrong_toml(error, file.read_text("utf-8-sig", errors="replace"))
        line = re.search(r"\(at line (\d+)", what.en)
        said = Text(f"不是有效的 TOML：{what.zh}", f"this is no valid TOML: {what.en}")
        return ProjectFile(folder, {}, {}, Fault(said, int(line[1]) if line else None))
    about = _table(data, "project")
    groups = _table(about, "entry-points")
    given = _table(groups, GROUP)
    points = {name: value for name, value in given.items() if isinstance(value, str)}
    unquoted = next(((name, value) for name, value in given.items() if name not in points), None)
    if unquoted is not None:
        return ProjectFile(folder, about, points, _not_quoted(*unquoted, text))
    return ProjectFile(folder, about, points, None if points else _nothing_registered(tuple(groups), text))


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name, {})
    return found if isinstance(found, Mapping) else {}


def near_group(groups: tuple[str, ...]) -> str | None:
    """The group of entry points that was meant to be ours; None where none is like it."""
    return next((group for group in groups if is_near(group, GROUP)), None)


def looks_like_a_pack(name: str, requires: Any, groups: tuple[str, ...]) -> bool:
    """Whether a distribution is meant to bring a pack, by its name, its dependencies or a group like ours."""
    if name.lower().replace("_", "-").startswith(f"{GROUP}-") or near_group(groups) is not None:
        return True
    return any(re.match(rf"{GROUP}(?![\w.-])", str(wanted).strip(), re.IGNORECASE) for wanted in requires)


def not_registered(groups: tuple[str, ...]) -> Text:
    """That a distribution has no entry point of ours, with the mend: the group's right name, or the table to write."""
    near = near_group(groups)
    if near is not None:
        return Text(
            f"没有注册规则包：入口点组名为 {near}，应为 [project.entry-points.{GROUP}]；改正后重新安装（pip install -e .）",
            f"it registers no pack: its group of entry points is {near}; write [project.entry-points.{GROUP}] and install "
            "it again (pip install -e .)",
        )
    return Text(
        f'没有注册规则包：请在 [project.entry-points.{GROUP}] 下写 "330106" = "模块名"（代码加引号），再安装（pip install -e .）',
        f'it registers no pack: under [project.entry-points.{GROUP}] write "330106" = "module", the code in quotation '
        "marks, and install it (pip install -e .)",
    )


def _nothing_registered(groups: tuple[str, ...], text: str) -> Fault:
    near = near_group(groups)
    heading = near and _line(text, rf"""\s*\[.*entry-points\.\s*["']?{re.escape(near)}""")
    return Fault(not_registered(groups), heading or None)


def _not_quoted(name: str, value: Any, text: str) -> Fault:
    """A code with a dot and no quotation marks: TOML takes it for a table in a table."""
    whole, inner = name, value
    while isinstance(inner, Mapping) and inner:
        part, inner = next(iter(inner.items()))
        whole = f"{whole}.{part}"
    parts = r"\s*\.\s*".join(map(re.escape, whole.split(".")))
    return Fault(
        Text(
            f'入口点名称含有点，须加引号：请写作 "{whole}" = {_quoted(inner)}',
            f'a name with a dot stands in quotation marks: quote the key, "{whole}" = {_quoted(inner)}',
        ),
        _line(text, rf"\s*{parts}\s*="),
    )


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else "…"


def _line(text: str, pattern: str) -> int | None:
    return next((number for number, line in enumerate(text.splitlines(), 1) if re.match(pattern, line)), None)
