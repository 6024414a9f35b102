"""Where an installed pack's files are, and on which line something stands in them."""

from pathlib import Path

import attrs

from kinderguard.model.errors import Problem
from kinderguard.packs.package_files import package_of
from kinderguard.scaffold.diagnosis import Place
from kinderguard.testing.conformance.locating import Sources


@attrs.frozen
class Whereabouts:
    """The files of one pack."""

    name: str
    package: Path | None
    sources: Sources
    #: The module that its entry point names.
    module: str = ""

    @classmethod
    def of(cls, name: str, value: str) -> "Whereabouts":
        """The files of the pack that an entry point names as ``module`` or ``module:attribute``; nothing is imported."""
        module = value.partition(":")[0]
        package = package_of(module) if module else None
        return cls(name, package, Sources(package, _project_of(package)), module)

    def rule(self, code: str) -> Place:
        """Where a code is defined."""
        return self._absolute(self.sources.code(code))

    def parameter(self, code: str, holding: str = "") -> Place:
        """Where a parameter stands, or the line in it that holds a text."""
        return self._absolute(self.sources.parameter(code, holding=holding))

    def text(self, text: str) -> Place:
        """Where a text is written."""
        return self._absolute(self.sources.string(text))

    def problem(self, problem: Problem) -> Place:
        """The place that a problem of the loader is about, as near as its message tells."""
        found = self.sources.problem(problem, self.name)
        return self._absolute(found) if found[0] else Place(str(self._entry or ""))

    @property
    def _entry(self) -> Path | None:
        if self.package is None:
            return None
        return self.package / "__init__.py" if self.package.is_dir() else self.package

    def _absolute(self, found: tuple[str, int | None]) -> Place:
        shown, line = found
        for base in (self.sources.project, self.package.parent if self.package else None):
            if shown and base is not None and (base / shown).is_file():
                return Place(str(base / shown), line)
        return Place(shown, line)


def _project_of(package: Path | None) -> Path | None:
    """The folder of ``pyproject.toml``, where the pack is installed from its source (``src/package``)."""
    if package is None:
        return None
    near = list(package.parents)[:2]
    return next((folder for folder in near if (folder / "pyproject.toml").is_file()), None)
