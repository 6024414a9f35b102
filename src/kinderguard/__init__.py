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
    "Assessment": "kinderguard.engines.assessment",
    "Case": "kinderguard.model",
    "Child": "kinderguard.model",
    "Household": "kinderguard.model",
    "InvalidRecordError": "kinderguard.model",
    "KinderguardError": "kinderguard.model",
    "Pack": "kinderguard.packs",
    "PackError": "kinderguard.packs",
    "Parent": "kinderguard.model",
    "PolicyBook": "kinderguard.packs",
    "Problem": "kinderguard.model",
    "Text": "kinderguard.model",
    "display_language": "kinderguard.model.view",
    "hookimpl": "kinderguard.packs",
    "load": "kinderguard.packs",
}

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment
    from kinderguard.model import Case, Child, Household, InvalidRecordError, KinderguardError, Parent, Problem, Text
    from kinderguard.model.view import display_language
    from kinderguard.packs import Pack, PackError, PolicyBook, hookimpl, load


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kinderguard' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])


__all__ = [
    "Assessment", "Case", "Child", "Household", "InvalidRecordError", "KinderguardError", "Pack", "PackError", "Parent",
    "PolicyBook", "Problem", "Text", "__version__", "display_language", "hookimpl", "load",
]  # fmt: skip
