"""Reforms beside a book: ``compare`` over many children, and any one child behind a number.

``differences`` finds from the rules alone what a reform can change, ``beside`` lays it out by place, ``rows`` applies it to
children, ``narrowing`` looks closer at those of whom it is open by how much (``outlined``, ``residues``, ``wholes``,
``worlds``), ``counting`` adds up, ``fallen`` says why children fall out, ``lacking`` which numbers not set bear on it,
``compare`` drives; ``result`` is what comes out, ``opened`` one child of it, ``shown`` how a notebook shows it.
"""

from kinderguard.analysis.comparing.compare import NarrowError, NoReformError, ReformPinError, compare
from kinderguard.analysis.comparing.counting import Effect
from kinderguard.analysis.comparing.opened import ChildCompared, PolicyChange, RuleChange
from kinderguard.analysis.comparing.result import (
    Boundless,
    Comparison,
    PolicyCost,
    Reach,
    ReformEffect,
    UnknownReformError,
    Why,
    Width,
)

__all__ = [
    "Boundless", "ChildCompared", "Comparison", "Effect", "NarrowError", "NoReformError", "PolicyChange", "PolicyCost",
    "Reach", "ReformEffect", "ReformPinError", "RuleChange", "UnknownReformError", "Why", "Width", "compare",
]  # fmt: skip
