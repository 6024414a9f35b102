"""The conformance suite: named checks that every pack must pass, for a notebook, for pytest and for the command line.

``check_pack`` gives a report, ``parametrize_with_checks`` makes each check a test; both go through ``checks``. It ships
in the wheel and needs nothing of this repository. The checks stand by theme in ``metadata``, ``rules``, ``parameters``,
``hooks``, ``listing``, ``importing``, ``engines``,
``callbacks``, ``blanks``, ``cases`` and ``proofs``; what each protects stands in ``docs/conformance.md``.
"""

# isort: off
# The order of these imports is the order of the checks: what is cheap and fundamental comes first.
from kinderguard.testing.conformance import metadata as metadata
from kinderguard.testing.conformance import importing as importing
from kinderguard.testing.conformance import rules as rules
from kinderguard.testing.conformance import hooks as hooks
from kinderguard.testing.conformance import listing as listing
from kinderguard.testing.conformance import parameters as parameters
from kinderguard.testing.conformance import top_ups as top_ups
from kinderguard.testing.conformance import engines as engines
from kinderguard.testing.conformance import callbacks as callbacks
from kinderguard.testing.conformance import blanks as blanks
from kinderguard.testing.conformance import cases as cases
from kinderguard.testing.conformance import proofs as proofs

# isort: on
from kinderguard.testing.conformance.registry import CHECKS, PackCheck, UnknownCheckError
from kinderguard.testing.conformance.results import CheckResult, Finding, Note, Report, Status
from kinderguard.testing.conformance.running import (
    PackCheckFailed,
    UnreasonedError,
    check_pack,
    checks,
    parametrize_with_checks,
)
from kinderguard.testing.conformance.targets import ConformanceError

__all__ = [
    "CHECKS", "CheckResult", "ConformanceError", "Finding", "Note", "PackCheck", "PackCheckFailed", "Report", "Status",
    "UnknownCheckError", "UnreasonedError", "check_pack", "checks", "parametrize_with_checks",
]  # fmt: skip
