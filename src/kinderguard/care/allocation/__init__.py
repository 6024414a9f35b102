"""Allocation 资源分配: which offer is to serve which need, by stated aims and limits, with the reason of every decision.

``allocate`` needs ``pip install "kinderguard[care]"``; nothing of it is loaded before it is used.
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives. Loaded when first used, so that care stays light.
_PUBLIC = {
    "Allocation": "kinderguard.care.allocation.result",
    "AllocationError": "kinderguard.care.allocation.asking",
    "Decided": "kinderguard.care.allocation.result",
    "Decision": "kinderguard.care.allocation.result",
    "FindOut": "kinderguard.care.allocation.result",
    "Gain": "kinderguard.care.allocation.result",
    "LimitKind": "kinderguard.care.allocation.result",
    "Limits": "kinderguard.care.allocation.asking",
    "Objective": "kinderguard.care.allocation.asking",
    "PlaceShare": "kinderguard.care.allocation.result",
    "Price": "kinderguard.care.allocation.result",
    "SolverError": "kinderguard.care.allocation.asking",
    "TwiceError": "kinderguard.care.allocation.asking",
    "allocate": "kinderguard.care.allocation.allocating",
}

if TYPE_CHECKING:
    from kinderguard.care.allocation.allocating import allocate
    from kinderguard.care.allocation.asking import AllocationError, Limits, Objective, SolverError, TwiceError
    from kinderguard.care.allocation.result import (
        Allocation,
        Decided,
        Decision,
        FindOut,
        Gain,
        LimitKind,
        PlaceShare,
        Price,
    )

__all__ = [
    "Allocation", "AllocationError", "Decided", "Decision", "FindOut", "Gain", "LimitKind", "Limits", "Objective",
    "PlaceShare", "Price", "SolverError", "TwiceError", "allocate",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    from kinderguard.model.errors import MissingExtraError

    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_PUBLIC[name]), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "numpy":  # comes with highspy
            raise
        raise MissingExtraError("care", "highspy") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
