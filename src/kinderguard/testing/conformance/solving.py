"""The solver for checks that ask it a question of their own, and can do without it."""

import importlib
from typing import Any

from kinderguard.model.errors import MissingExtraError
from kinderguard.testing.conformance.subject import Subject

#: Seconds for one question.
PATIENCE = 10.0


def solver_of(subject: Subject) -> Any:
    """What asks single questions about the pack's place, every parameter with a value; None where z3 is not installed."""
    return subject.once("the solver", lambda: _made(subject))


def _made(subject: Subject) -> Any:
    try:
        # By name, since the engine is an extra.
        asking = importlib.import_module("kinderguard.packs.proofs").Asking
    except (ImportError, MissingExtraError):
        return None
    return asking(subject.full_book, subject.place, subject.day, PATIENCE)
