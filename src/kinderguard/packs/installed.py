"""The entry points of installed packs, found fast.

The standard library's ``entry_points`` makes objects for every distribution of an environment before it looks for a
group; with a country's 2,844 packs that took longer than assessing a child. Here a folder's ``entry_points.txt`` are
read as bytes, and only those that name our group are parsed, by the standard library. What is not a plain folder of
``.dist-info`` (archives, ``.egg-info``, other finders) is left to it altogether.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import attrs


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
    met: set[str] = set()
    for entry in dict.fromkeys(sys.path):
        if os.path.isdir(entry or "."):
            yield from _in_folder(entry or ".", group, met)
        elif entry:
            yield from _of(metadata.distributions(path=[entry]), group, met)
    for finder in sys.meta_path:
        if getattr(finder, "__name__", "") != "PathFinder" and hasattr(finder, "find_distributions"):
            yield from _of(finder.find_distributions(), group, met)


def _in_folder(folder: str, group: str, met: set[str]) -> Iterator[Installed]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return  # not readable: nothing is imported from there either
    section = f"[{group}]".encode()
    for name in names:
        if name.endswith(".egg-info"):
            yield from _of([metadata.Distribution.at(Path(folder, name))], group, met)
        if not name.endswith(".dist-info") or _taken(name.split("-")[0], met):
            continue
        path = f"{folder}{os.sep}{name}"
        text = _read(f"{path}{os.sep}entry_points.txt")
        if section in text:
            yield from (Installed(p, path) for p in _points(text.decode("utf-8", "replace"), group))


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
    """The lines of our section as entry points."""
    here = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            here = line.strip("[] ")
        elif here == group and "=" in line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield metadata.EntryPoint(name.strip(), value.strip(), group)


def _of(distributions: Iterable[metadata.Distribution], group: str, met: set[str]) -> Iterator[Installed]:
    for distribution in distributions:
        points = [p for p in distribution.entry_points if p.group == group]
        if points and not _taken(distribution.name, met):
            yield from (Installed(p, distribution) for p in points)


def _taken(name: str, met: set[str]) -> bool:
    """Whether a distribution of this name was met before; case and separators do not count."""
    normal = name.lower().replace("-", "_").replace(".", "_")
    if normal in met:
        return True
    met.add(normal)
    return False
