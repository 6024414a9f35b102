"""Where an installed pack's files are, and on which line something stands in them."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from kinderguard.model.errors import Problem
from kinderguard.scaffold.diagnosis import Place
from kinderguard.testing.conformance.locating import Sources

_FILE_AND_LINE = re.compile(r"([\w.-]+\.(?:py|toml)):(\d+)")
_CODE = re.compile(r"\b(?:cn|\d{2,12})(?:\.[a-z][a-z0-9_]*)+")
_HOOK = re.compile(r"\bkinderguard_\w+")
#: Where what a problem is about is written, for those that name no code.
_KEYWORDS = {
    "pack.version_unfit": r"^\s*kinderguard\s*=",
    "pack.version_range_invalid": r"^\s*kinderguard\s*=",
    "pack.code_differs": r"^\s*code\s*=",
    "pack.not_a_pack": r"\bdef kinderguard_pack\b",
}


@attrs.frozen
class Whereabouts:
    """The files of one pack."""

    name: str
    package: Path | None
    sources: Sources

    @classmethod
    def of(cls, name: str, value: str) -> "Whereabouts":
        """The files of the pack that an entry point names as ``module`` or ``module:attribute``; nothing is imported."""
        package = _package_of(value.partition(":")[0]) if value else None
        return cls(name, package, Sources(package, _project_of(package)))

    def rule(self, code: str) -> Place:
        """Where a code is defined."""
        return self._absolute(self.sources.code(code))

    def parameter(self, code: str, holding: str = "") -> Place:
        """Where a parameter stands, or the line in it that holds a text."""
        return self._absolute(self.sources.parameter(code, holding=holding))

    def problem(self, problem: Problem) -> Place:
        """The place that a problem of the loader is about, as near as its message tells."""
        text = problem.message.en
        found = _FILE_AND_LINE.search(text)
        if found:
            return Place(str(self._named(found[1]) or found[1]), int(found[2]))
        if problem.code in ("pack.name_invalid", "pack.name_taken") or "(pyproject.toml " in text:
            return self._absolute(self.sources.pyproject(self.name))
        for pattern in self._patterns(problem):
            for file in self.sources.python:
                for number, line in enumerate(file.text.splitlines(), 1):
                    if re.search(pattern, line):
                        return Place(str(file.path), number)
        for code in _CODE.findall(text):
            for place in (self.sources.code(code), self.sources.parameter(code)):
                if place[1] is not None:
                    return self._absolute(place)
        return Place(str(self._entry or ""))

    def _patterns(self, problem: Problem) -> Iterator[str]:
        if problem.code in _KEYWORDS:
            yield _KEYWORDS[problem.code]
        if problem.code in ("pack.hook_invalid", "pack.hook_result_invalid"):
            yield from (rf"\bdef {name}\b" for name in _HOOK.findall(problem.message.en))

    @property
    def _entry(self) -> Path | None:
        if self.package is None:
            return None
        return self.package / "__init__.py" if self.package.is_dir() else self.package

    def _named(self, name: str) -> Path | None:
        """A file of the pack by its name; problems leave folders out."""
        if self.package is None or self.package.is_file():
            return self.package if self.package is not None and self.package.name == name else None
        return next(iter(sorted(self.package.rglob(name))), None)

    def _absolute(self, found: tuple[str, int | None]) -> Place:
        shown, line = found
        for base in (self.sources.project, self.package.parent if self.package else None):
            if shown and base is not None and (base / shown).is_file():
                return Place(str(base / shown), line)
        return Place(shown, line)


def _package_of(module: str) -> Path | None:
    """The folder of a package, or the file of a module."""
    try:
        spec = importlib.util.find_spec(module)
    except Exception:  # noqa: BLE001  a parent package is imported on the way and may raise anything
        return None
    if spec is None or not spec.origin:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def _project_of(package: Path | None) -> Path | None:
    """The folder of ``pyproject.toml``, where the pack is installed from its source (``src/package``)."""
    if package is None:
        return None
    near = list(package.parents)[:2]
    return next((folder for folder in near if (folder / "pyproject.toml").is_file()), None)
