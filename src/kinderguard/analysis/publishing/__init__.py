"""Tables safe to publish 可公布的表: small numbers hidden together with enough others that nothing gives them away.

``publishable`` needs ``pip install "kinderguard[analysis]"``; nothing of it is loaded before it is used.
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives.
_PUBLIC = {
    "Interval": "kinderguard.analysis.publishing.attack",
    "Linked": "kinderguard.analysis.publishing.asking",
    "ProtectionError": "kinderguard.analysis.publishing.asking",
    "Published": "kinderguard.analysis.publishing.published",
    "PublishingError": "kinderguard.analysis.publishing.asking",
    "publishable": "kinderguard.analysis.publishing.publishing",
}

if TYPE_CHECKING:
    from kinderguard.analysis.publishing.asking import Linked, ProtectionError, PublishingError
    from kinderguard.analysis.publishing.attack import Interval
    from kinderguard.analysis.publishing.published import Published
    from kinderguard.analysis.publishing.publishing import publishable

__all__ = ["Interval", "Linked", "ProtectionError", "Published", "PublishingError", "publishable"]

if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is misspelt

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        from kinderguard.model.errors import MissingExtraError

        if name not in _PUBLIC:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return getattr(import_module(_PUBLIC[name]), name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "numpy":
                raise
            raise MissingExtraError("analysis", "numpy") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
