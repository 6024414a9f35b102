"""The entry points of installed packs, found fast.

The standard library's ``entry_points`` makes objects for every distribution of an environment before it looks for a
group; with a country's 2,844 packs that took longer than assessing a child. Here a folder's ``entry_points.txt`` are
read as bytes, and only those that name our group, or one that is spelt nearly so, are parsed. What is not a plain folder
of ``.dist-info`` (archives, ``.egg-info``, other finders) is left to the standard library altogether.
"""

import difflib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import attrs

_HEADING = re.compile(rb"^[ \t]*\[[ \t]*([^\]\n]*?)[ \t]*\]", re.MULTILINE)


@attrs.frozen
class Installed:
    """An entry point and the folder (or the distribution) that brings it."""

    point: metadata.EntryPoint
    _by: str | metadata.Distribution

    @property
    def distribution(self) -> str:
        """Name and version of the distribution."""
        found = metadata.Distribution.at(self._by) if isinstance(self._by, str) else self._by
        return f"{found.name} {found.version}"


def installed(group: str) -> Iterator[Installed]:
    """The entry points of a group; of a distribution that is found twice, the first counts, as for an import."""
    return (one for one in installed_or_nearly(group) if one.point.group == group)


def installed_or_nearly(group: str) -> Iterator[Installed]:
    """The same, and those of distributions that have none in the group, but in one whose name is spelt nearly so."""
    met: set[str] = set()
    for entry in dict.fromkeys(sys.path):
        if os.path.isdir(entry or "."):
            yield from _in_folder(entry or ".", group, met)
        elif entry:
            yield from _of(metadata.distributions(path=[entry]), group, met)
    for finder in sys.meta_path:
        if getattr(finder, "__name__", "") != "PathFinder" and hasattr(finder, "find_distributions"):
            yield from _of(finder.find_distributions(), group, met)


@lru_cache(maxsize=1024)
def is_near(group: str, wanted: str) -> bool:
    """Whether a group of entry points has another name than the one that is wanted, and was meant to be it."""
    plain = group.lower().replace("_", "-")
    return group != wanted and bool(
        difflib.get_close_matches(wanted, [plain, plain.partition(".")[0]], n=1, cutoff=0.8)
    )


def _meant(groups: Iterable[str], wanted: str) -> str | None:
    """Which of a distribution's groups counts: ours, else one like it."""
    there = list(dict.fromkeys(groups))
    return wanted if wanted in there else next((g for g in there if is_near(g, wanted)), None)


def _in_folder(folder: str, group: str, met: set[str]) -> Iterator[Installed]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return  # not readable: nothing is imported from there either
    for name in names:
        if name.endswith(".egg-info"):
            yield from _of([metadata.Distribution.at(Path(folder, name))], group, met)
        if not name.endswith(".dist-info") or _taken(name.split("-")[0], met):
            continue
        path = f"{folder}{os.sep}{name}"
        text = _read(f"{path}{os.sep}entry_points.txt")
        meant = _meant((found.decode("utf-8", "replace") for found in _HEADING.findall(text)), group)
        if meant is not None:
            yield from (Installed(p, path) for p in _points(text.decode("utf-8", "replace"), meant))


def _read(path: str) -> bytes:
    """A small file; nothing where it is not there. Without the layers of ``open``, which take longer than reading."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""  # the distribution has no entry points
    try:
        found = read = os.read(descriptor, 1 << 16)
        while read:
            read = os.read(descriptor, 1 << 16)
            found += read
        return found
    finally:
        os.close(descriptor)


def _points(text: str, group: str) -> Iterator[metadata.EntryPoint]:
    """The lines of a section as entry points."""
    here = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            here = line.strip("[] ")
        elif here == group and "=" in line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield metadata.EntryPoint(name.strip(), value.strip(), group)


def _of(distributions: Iterable[metadata.Distribution], group: str, met: set[str]) -> Iterator[Installed]:
    for distribution in distributions:
        meant = _meant((p.group for p in distribution.entry_points), group)
        points = [p for p in distribution.entry_points if p.group == meant]
        if points and not _taken(distribution.name, met):
            yield from (Installed(p, distribution) for p in points)


def _taken(name: str, met: set[str]) -> bool:
    """Whether a distribution of this name was met before; case and separators do not count."""
    normal = name.lower().replace("-", "_").replace(".", "_")
    if normal in met:
        return True
    met.add(normal)
    return False
