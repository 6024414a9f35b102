"""Allocation 资源分配: which offer is to serve which need, by stated aims and limits, with what becomes of every need and why.

``allocate`` needs ``pip install "kinderguard[care]"``; nothing of that is loaded before it is called.
"""

from kinderguard.care.allocation.allocating import allocate
from kinderguard.care.allocation.asking import AllocationError, Limits, Objective, SolverError, TwiceError
from kinderguard.care.allocation.result import (
    Allocation,
    Allotment,
    Decided,
    FindOut,
    Gain,
    LimitKind,
    PlaceShare,
    Price,
)

__all__ = [
    "Allocation", "AllocationError", "Allotment", "Decided", "FindOut", "Gain", "LimitKind", "Limits", "Objective",
    "PlaceShare", "Price", "SolverError", "TwiceError", "allocate",
]  # fmt: skip
