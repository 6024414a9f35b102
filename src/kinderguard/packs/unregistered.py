"""Installed distributions that look like a pack and register none: a misspelt or forgotten group of entry points.

Called by the doctor: the loader cannot miss what nothing names. Nothing is imported.
"""

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs

from kinderguard.model.text import Text
from kinderguard.packs.loader import GROUP
from kinderguard.packs.project_file import looks_like_a_pack, near_group, not_registered, project_file

_HOOK = "def kinderguard_pack("


@attrs.frozen
class Unregistered:
    """A distribution that looks like a pack.

    Args:
        name: of the distribution.
        message: why it counts for nothing, with the mend.
        file, line: its ``pyproject.toml``, where it is installed from a folder; else its list of entry points.
        sure: whether it is a pack beyond doubt: its group is misspelt, or its code has the hook.
    """

    name: str
    message: Text
    file: str
    line: int | None
    sure: bool


def unregistered() -> Iterator[Unregistered]:
    """Each such distribution, by name."""
    found: dict[str, metadata.Distribution] = {}
    for distribution in metadata.distributions():
        found.setdefault(_plain(distribution.metadata["Name"] or ""), distribution)
    for name, distribution in sorted(found.items()):
        groups = tuple(dict.fromkeys(point.group for point in distribution.entry_points))
        if name == GROUP or GROUP in groups or not looks_like_a_pack(name, distribution.requires or (), groups):
            continue
        yield from _told(distribution, groups)


def _told(distribution: metadata.Distribution, groups: tuple[str, ...]) -> Iterator[Unregistered]:
    name = distribution.metadata["Name"]
    folder = _folder(distribution)
    project = None if folder is None else project_file(folder)
    if project is not None and folder is not None:
        if project.fault is None and project.points:  # written since, and not installed again
            message = Text(
                "pyproject.toml 已写明入口点，但安装时还没有；请重新安装（pip install -e .）",
                "pyproject.toml has an entry point that it had not when it was installed; install it again "
                "(pip install -e .)",
            )
            yield Unregistered(name, message, str(folder / "pyproject.toml"), None, sure=True)
            return
        line = project.fault.line if project.fault else None
        message = project.fault.message if project.fault else not_registered(groups)
        sure = near_group(project.groups) is not None or line is not None or _has_hook(_sources(folder))
        yield Unregistered(name, message, str(folder / "pyproject.toml"), line, sure)
        return
    files = [Path(str(distribution.locate_file(f))) for f in distribution.files or () if str(f).endswith(".py")]
    at = next((f for f in distribution.files or () if f.name == "entry_points.txt"), None)
    place = "" if at is None else str(distribution.locate_file(at))
    sure = near_group(groups) is not None or _has_hook(files)
    yield Unregistered(name, not_registered(groups), place, None, sure)


def _folder(distribution: metadata.Distribution) -> Path | None:
    """The folder that a distribution is installed from, where it is (``pip install -e``)."""
    try:
        url = json.loads(distribution.read_text("direct_url.json") or "{}").get("url", "")
    except ValueError:
        return None
    folder = Path(unquote(urlsplit(url).path)) if str(url).startswith("file:") else None
    return folder if folder is not None and (folder / "pyproject.toml").is_file() else None


def _sources(folder: Path) -> list[Path]:
    root = folder / "src" if (folder / "src").is_dir() else folder
    return [*root.glob("*.py"), *root.glob("*/__init__.py")]


def _has_hook(files: list[Path]) -> bool:
    """Whether one of the files has the hook that makes a pack."""
    for file in files:
        try:
            if _HOOK in file.read_text("utf-8"):
                return True
        except (OSError, UnicodeDecodeError):
            continue
    return False


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
