"""What the author of a pack has yet to fill in: the places that the template marked, file by file.

``new-pack`` counts them and the conformance suite lists them, so that both say the same. Nothing is imported of a pack.
"""

from collections.abc import Iterator
from pathlib import Path

import attrs

#: The template's own mark, and what an author may write instead.
MARKS = ("待填", "TO FILL IN")
MARK = MARKS[0]


@attrs.frozen
class Mark:
    """A line that the developer must fill in."""

    file: str
    line: int
    text: str


def is_marked(text: str) -> bool:
    """Whether something is to be filled in here; a line that explains the mark (“待填”) asks for nothing."""
    return any(mark in text.replace(f"“{mark}”", "") for mark in MARKS)


def marks_in(project: Path, package: Path) -> tuple[Mark, ...]:
    """What is still marked in a pack: its package, its cases, its README and ``pyproject.toml``.

    Args:
        project: the folder of ``pyproject.toml``.
        package: the folder (or the one file) of the module.
    """
    return tuple(
        Mark(path.relative_to(project).as_posix(), number, line.strip())
        for path in _files(project, package)
        for number, line in enumerate(_lines(path), 1)
        if is_marked(line)
    )


def _files(project: Path, package: Path) -> list[Path]:
    found = {project / "README.md", project / "pyproject.toml", *(project / "cases").glob("*.toml")}
    if package.is_dir():
        found |= {p for ending in ("*.py", "*.toml") for p in package.rglob(ending)}
    else:
        found |= {package, *package.parent.glob("*.toml")}
    return sorted(path for path in found if path.is_file() and path.is_relative_to(project))


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return  # whoever reads the file for what it says tells that it cannot be read
