"""``file``: case files in a store, a file for each kind of work on them. They register with ``showing.files``."""

from kinderguard.commands.casefile import (
    answering,
    explaining,
    finding,
    giving,
    importing,
    mending,
    moves,
    overpayments,
    recording,
    showing,  # first: the others register with it
    work,
)

__all__ = [
    "answering",
    "explaining",
    "finding",
    "giving",
    "importing",
    "mending",
    "moves",
    "overpayments",
    "recording",
    "showing",
    "work",
]
