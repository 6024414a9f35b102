"""Whether the pack of a folder is used from that folder: after a wheel was installed, its author's edits count for nothing.

Files are compared, nothing is imported. Where the same entry point leads to another place, whoever tests the folder
would test what is installed there.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from kinderguard.model.text import Text
from kinderguard.packs.loader import PackSource
from kinderguard.packs.package_files import package_of
from kinderguard.packs.project_file import ProjectFile


@attrs.frozen
class Elsewhere:
    """A pack of a folder that is installed from another place.

    Args:
        name: its entry point.
        distribution: who brings what is installed.
        used: the package (or the one file) that is used.
        written: the one in the folder.
        differing: files of the two that are not the same, as they stand in the package; empty where all are.
        folder: of ``pyproject.toml``.
    """

    name: str
    distribution: str
    used: Path
    written: Path
    differing: tuple[str, ...]
    folder: Path

    @property
    def message(self) -> Text:
        """What is used instead of what, with the mend."""
        used, here = self.used, self.written.relative_to(self.folder).as_posix()
        mend = f'pip install -e "{self.folder}"'
        if not self.differing:
            return Text(
                f"规则包 {self.name} 用的是 {used}，不是本文件夹的 {here}；两者目前相同，但以后的改动不会生效。请重新安装：{mend}",
                f"the pack {self.name} is used from {used}, not from {here} of this folder; the two are the same today, "
                f"but edits here will not count. Install it again: {mend}",
            )
        more = len(self.differing) - 3
        zh, en = "、".join(self.differing[:3]), ", ".join(self.differing[:3])
        zh, en = (f"{zh} 等 {more + 3} 个文件", f"{en} and {more} more") if more > 0 else (zh, en)
        return Text(
            f"规则包 {self.name} 用的是安装在 {used} 的 {self.distribution}，与本文件夹的 {here} 不同（{zh}）：您的改动没有生效。"
            f"请重新安装：{mend}",
            f"the pack {self.name} is {self.distribution}, installed in {used}, and differs from {here} of this folder "
            f"({en}): your edits do not count. Install it again: {mend}",
        )


def elsewhere(project: ProjectFile, sources: Iterable[PackSource]) -> Iterator[Elsewhere]:
    """The packs of a project that are installed, and not from it; one that is not installed at all is none of them.

    Args:
        project: the author's.
        sources: the packs of a book.
    """
    root = project.folder / "src" if (project.folder / "src").is_dir() else project.folder
    there = {source.name: source for source in sources if source.name in project.points and source.module}
    for name, value in project.points.items():
        written = _package(root, value)
        one = there.get(name)
        if one is None or written is None:
            continue  # kept somewhere that only the build knows
        used = package_of(one.module)
        if used is not None and used.resolve() != written.resolve():
            differing = tuple(sorted(_differing(written, used)))
            yield Elsewhere(name, one.distribution, used, written, differing, project.folder)


def _package(root: Path, value: str) -> Path | None:
    place = root.joinpath(*value.partition(":")[0].strip().split("."))
    file = place.with_name(f"{place.name}.py")
    return place if (place / "__init__.py").is_file() else file if file.is_file() else None


def _differing(written: Path, used: Path) -> set[str]:
    """Files of rules and parameters of two packages that are not the same, or only in one of them."""
    if written.is_file() or used.is_file():
        alike = written.is_file() and used.is_file() and written.read_bytes() == used.read_bytes()
        return set() if alike else {written.name}
    here, there = _files(written), _files(used)
    return {name for name in here.keys() | there.keys() if _bytes(here.get(name)) != _bytes(there.get(name))}


def _files(package: Path) -> dict[str, Path]:
    found = (file for pattern in ("*.py", "*.toml") for file in package.rglob(pattern))
    # Cases may be left out of a wheel on purpose.
    return {p.as_posix(): package / p for p in (f.relative_to(package) for f in found) if p.parts[0] != "cases"}


def _bytes(file: Path | None) -> bytes | None:
    try:
        return None if file is None else file.read_bytes()
    except OSError:
        return None
