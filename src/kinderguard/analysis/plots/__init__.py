"""Plots 图表: each takes a value of the library and gives a picture in Chinese or English, for a notebook or a file.

``picture`` is what all of them give, with the fonts; ``one_child``, ``of_rules``, ``populations`` and ``costs`` draw. Needs the extra
``[analysis]``, which is loaded when a plot is first asked for.
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives.
_PUBLIC = {
    "NoChineseFontError": "kinderguard.analysis.plots.picture",
    "NothingToDrawError": "kinderguard.analysis.plots.nothing",
    "Plot": "kinderguard.analysis.plots.picture",
    "cost": "kinderguard.analysis.plots.costs",
    "coverage": "kinderguard.analysis.plots.populations",
    "decision_tree": "kinderguard.analysis.plots.of_rules",
    "fonts_from": "kinderguard.analysis.plots.picture",
    "growth": "kinderguard.analysis.plots.populations",
    "income": "kinderguard.analysis.plots.one_child",
    "parameter": "kinderguard.analysis.plots.of_rules",
    "timeline": "kinderguard.analysis.plots.one_child",
    "winners": "kinderguard.analysis.plots.populations",
}

if TYPE_CHECKING:
    from kinderguard.analysis.plots.costs import cost
    from kinderguard.analysis.plots.nothing import NothingToDrawError
    from kinderguard.analysis.plots.of_rules import decision_tree, parameter
    from kinderguard.analysis.plots.one_child import income, timeline
    from kinderguard.analysis.plots.picture import NoChineseFontError, Plot, fonts_from
    from kinderguard.analysis.plots.populations import coverage, growth, winners

__all__ = [
    "NoChineseFontError", "NothingToDrawError", "Plot", "cost", "coverage", "decision_tree", "fonts_from", "growth", "income", "parameter",
    "timeline", "winners",
]  # fmt: skip

if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is misspelt

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        from kinderguard.model.errors import MissingExtraError

        if name not in _PUBLIC:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return getattr(import_module(_PUBLIC[name]), name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "altair":
                raise
            raise MissingExtraError("analysis", "altair") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
