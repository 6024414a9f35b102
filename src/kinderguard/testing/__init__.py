"""For authors of packs and engines: what it takes to test rules.

``check_pack`` and ``parametrize_with_checks`` run the conformance suite, ``read_policy_cases`` reads ``cases/*.toml``,
``strategies`` makes cases and their parts for property tests, ``expressions`` makes rules. The latter two need hypothesis,
which comes with ``pip install kinderguard[kit]``.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kinderguard.testing.conformance import CheckResult, Finding, Report, check_pack, parametrize_with_checks
    from kinderguard.testing.policy_cases import CaseOutcome, PolicyCase, read_policy_cases

#: Loaded when first used: every pytest run of an environment imports this package, for the plug-in beside it.
_PUBLIC = {
    "CaseOutcome": "kinderguard.testing.policy_cases",
    "CheckResult": "kinderguard.testing.conformance",
    "Finding": "kinderguard.testing.conformance",
    "PolicyCase": "kinderguard.testing.policy_cases",
    "Report": "kinderguard.testing.conformance",
    "check_pack": "kinderguard.testing.conformance",
    "parametrize_with_checks": "kinderguard.testing.conformance",
    "read_policy_cases": "kinderguard.testing.policy_cases",
}

if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is misspelt

    def __getattr__(name: str) -> Any:
        if name not in _PUBLIC:
            raise AttributeError(f"module 'kinderguard.testing' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])


__all__ = [
    "CaseOutcome", "CheckResult", "Finding", "PolicyCase", "Report", "check_pack", "parametrize_with_checks",
    "read_policy_cases",
]  # fmt: skip
