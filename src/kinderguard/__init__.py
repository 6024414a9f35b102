"""Children in difficulty (困境儿童): a rule is written once, as a value, and explained, computed and printed from it.

>>> import kinderguard
>>> from datetime import date
>>> book = kinderguard.load()
>>> case = kinderguard.Case.from_facts({"child.birth_date": "2012-03-05", "household.aid": ["dibao"]})
>>> book.assess(case, on=date(2025, 9, 1)).categories["cn.economic_hardship"]
True
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: The public names and where each lives. Loaded when first used, so that ``import kinderguard`` is light.
_PUBLIC = {
    "ArgumentError": "kinderguard.model.errors",
    "Assessment": "kinderguard.engines.assessment",
    "CannotTravelError": "kinderguard.model.errors",
    "Case": "kinderguard.model",
    "Child": "kinderguard.model",
    "DocumentNeeded": "kinderguard.engines.assessment",
    "Due": "kinderguard.engines.assessment",
    "Explanation": "kinderguard.engines.explanation",
    "FieldValueError": "kinderguard.model.errors",
    "FrameColumnError": "kinderguard.engines.frame.columns",
    "Household": "kinderguard.model",
    "InvalidRecordError": "kinderguard.model",
    "KinderguardError": "kinderguard.model",
    "MissingColumnsWarning": "kinderguard.packs.frames",
    "MissingExtraError": "kinderguard.model.errors",
    "MissingFact": "kinderguard.engines.missing",
    "MisspeltColumnsWarning": "kinderguard.packs.frames",
    "NoDayError": "kinderguard.packs",
    "NotADayError": "kinderguard.model.errors",
    "OrphanedRecordsWarning": "kinderguard.packs.frames",
    "Pack": "kinderguard.packs",
    "PackError": "kinderguard.packs",
    "Parent": "kinderguard.model",
    "PolicyBook": "kinderguard.packs",
    "PolicyResult": "kinderguard.engines.assessment",
    "Problem": "kinderguard.model",
    "RepeatedRefsWarning": "kinderguard.packs.frames",
    "Text": "kinderguard.model",
    "Total": "kinderguard.engines.assessment",
    "UnknownCodeError": "kinderguard.engines.assessment",
    "UnknownHelpWarning": "kinderguard.packs.frames",
    "display_language": "kinderguard.model.view",
    "hookimpl": "kinderguard.packs",
    "load": "kinderguard.packs",
}

if TYPE_CHECKING:
    from kinderguard.engines.assessment import (
        Assessment,
        DocumentNeeded,
        Due,
        PolicyResult,
        Total,
        UnknownCodeError,
    )
    from kinderguard.engines.explanation import Explanation
    from kinderguard.engines.frame.columns import FrameColumnError
    from kinderguard.engines.missing import MissingFact
    from kinderguard.model import Case, Child, Household, InvalidRecordError, KinderguardError, Parent, Problem, Text
    from kinderguard.model.errors import (
        ArgumentError,
        CannotTravelError,
        FieldValueError,
        MissingExtraError,
        NotADayError,
    )
    from kinderguard.model.view import display_language
    from kinderguard.packs import NoDayError, Pack, PackError, PolicyBook, hookimpl, load
    from kinderguard.packs.frames import (
        MissingColumnsWarning,
        MisspeltColumnsWarning,
        OrphanedRecordsWarning,
        RepeatedRefsWarning,
        UnknownHelpWarning,
    )

if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is misspelt

    def __getattr__(name: str) -> Any:
        if name not in _PUBLIC:
            raise AttributeError(f"module 'kinderguard' has no attribute {name!r}")
        from importlib import import_module

        try:
            return getattr(import_module(_PUBLIC[name]), name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.split(".")[0] == "kinderguard":
                raise
            from kinderguard.model.errors import MissingExtraError

            raise MissingExtraError("frames", error.name) from None


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])


__all__ = [
    "ArgumentError", "Assessment", "CannotTravelError", "Case", "Child", "DocumentNeeded", "Due", "Explanation",
    "FieldValueError", "FrameColumnError", "Household", "InvalidRecordError", "KinderguardError",
    "MissingColumnsWarning", "MissingExtraError", "MissingFact", "MisspeltColumnsWarning", "NoDayError",
    "NotADayError", "OrphanedRecordsWarning", "Pack", "PackError", "Parent", "PolicyBook", "PolicyResult",
    "Problem", "RepeatedRefsWarning", "Text", "Total", "UnknownCodeError", "UnknownHelpWarning", "__version__",
    "display_language", "hookimpl", "load",
]  # fmt: skip
