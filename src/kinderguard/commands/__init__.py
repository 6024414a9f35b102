"""The commands, a file for each group of them. They register with ``application.app`` when they are imported."""

from kinderguard.commands import (
    care,
    care_allocation,
    care_plans,
    care_reports,
    care_steps,
    casefile,
    casefile_finding,
    casefile_giving,
    casefile_import,
    casefile_mending,
    casefile_moves,
    casefile_recording,
    casefile_work,
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
    "app", "care", "care_allocation", "care_plans", "care_reports", "care_steps", "casefile", "casefile_finding", "casefile_giving", "casefile_import", "casefile_mending",
    "casefile_moves", "casefile_recording", "casefile_work", "conformance", "headers", "ledger", "packs",
    "proofs", "rules", "run", "scaffold", "survey", "testing",
]  # fmt: skip
