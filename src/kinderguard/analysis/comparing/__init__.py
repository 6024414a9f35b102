"""Reforms beside a book: ``compare`` over many children, and any one child behind a number.

``differences`` finds from the rules alone what a reform can change, ``beside`` lays it out by place, ``rows`` applies it to
children, ``narrowing`` looks closer at those of whom it is open by how much (``outlined``, ``residues``, ``wholes``,
``worlds``), ``counting`` adds up (``paid_once``: what households are paid), ``fallen`` says why children fall out, ``lacking`` which numbers not set bear on it,
``recorded`` which recorded facts stand for what a changed policy pays,
``compare`` drives; ``result`` is what comes out, ``opened`` one child of it (``surely``: what it is paid though its
assessment calls it open), ``shown`` how a notebook shows it.
"""

from kinderguard.analysis.comparing.compare import NarrowError, NoReformError, ReformPinError, compare
from kinderguard.analysis.comparing.counting import Effect
from kinderguard.analysis.comparing.opened import ChildCompared, PolicyChange, RuleChange
from kinderguard.analysis.comparing.result import (
    Boundless,
    Comparison,
    PolicyCost,
    Reach,
    Recorded,
    ReformEffect,
    UnknownReformError,
    Why,
    Width,
)
from kinderguard.analysis.comparing.surely import SurelyPaid

__all__ = [
    "Boundless", "ChildCompared", "Comparison", "Effect", "NarrowError", "NoReformError", "PolicyChange", "PolicyCost",
    "Reach", "Recorded", "ReformEffect", "ReformPinError", "RuleChange", "SurelyPaid", "UnknownReformError", "Why", "Width",
    "compare",
]  # fmt: skip
