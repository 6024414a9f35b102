"""SYNTHETIC children: no child, no parent and no household made here exists.

``synthesize`` draws households, then what their parents are in, then all that follows from it: care, means, health,
school, harm. The shares stand in ``synthetic.toml``, each with its basis; they are chosen to try out rules and say
nothing about any place. Everything is drawn from whole random numbers and reckoned in whole numbers, so that the same
seed gives the same tables on every machine.
"""

from kinderguard.model.errors import MissingExtraError

try:
    import numpy as _numpy  # noqa: F401 - asked for here, so that one error names what to install
    import polars as _polars  # noqa: F401
except ModuleNotFoundError as _error:
    if _error.name not in ("numpy", "polars"):
        raise
    raise MissingExtraError("frames", _error.name) from None

from kinderguard.analysis.synthetic.making import synthesize
from kinderguard.analysis.synthetic.population import Population

__all__ = ["Population", "synthesize"]
