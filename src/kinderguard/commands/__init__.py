"""The commands, a file for each group of them. They register with ``application.app`` when they are imported."""

from kinderguard.commands import (
    care,
    casefile,
    conformance,
    headers,
    ledger,
    packs,
    proofs,
    rules,
    scaffold,
    survey,
    testing,
)
from kinderguard.commands.application import app


def run() -> None:
    """Run the command line."""
    app()


__all__ = [
    "app", "care", "casefile", "conformance", "headers", "ledger", "packs", "proofs", "rules", "run", "scaffold", "survey",
    "testing",
]  # fmt: skip
