"""Populations: children made up for examples, tests and benchmarks.

Everything that ``synthesize`` gives is SYNTHETIC: nobody in it exists, and nothing can be concluded from it about the
children of any place. Needs the extra ``[frames]``, which is loaded when a name is first used.

>>> from kinderguard.analysis import synthesize
>>> synthesize(1000, seed=1)
Population(synthetic: 1000 children of ... households on 2025-09-01, seed 1)
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives.
_PUBLIC = {
    "Planted": "kinderguard.analysis.planted",
    "Population": "kinderguard.analysis.synthetic",
    "plant": "kinderguard.analysis.planted",
    "synthesize": "kinderguard.analysis.synthetic",
}

if TYPE_CHECKING:
    from kinderguard.analysis.planted import Planted, plant
    from kinderguard.analysis.synthetic import Population, synthesize


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kinderguard.analysis' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])


__all__ = ["Planted", "Population", "plant", "synthesize"]
