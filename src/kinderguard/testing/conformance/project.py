"""What a distribution says of itself: in its ``pyproject.toml``, or, where it is installed from a wheel, its metadata."""

import importlib.metadata

import attrs

from kinderguard.packs.project_file import project_file
from kinderguard.testing.conformance.targets import Target


@attrs.frozen
class Distribution:
    """Name, version and dependencies of a distribution; the version is None where it is worked out at build time."""

    name: str
    version: str | None
    requires: tuple[str, ...]


def distribution_of(target: Target) -> Distribution | None:
    """The distribution that brings a pack; None for a pack that was given as a value."""
    if target.project is not None:
        project = project_file(target.project)
        about = {} if project is None else project.about
        if about.get("name"):
            return Distribution(about["name"], about.get("version"), tuple(about.get("dependencies", ())))
    name = target.distribution.partition(" ")[0]
    try:
        found = importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    return Distribution(found.name, found.version, tuple(found.requires or ()))
