"""Populations and questions: children made up for tests, and what an analyst asks of children, one or a country of them.

Everything that ``synthesize`` gives is SYNTHETIC: nobody in it exists, and nothing can be concluded from it about the
children of any place. Tables, plots and what is published need the extra ``[analysis]``, which is loaded when a name is
first used.

>>> from kinderguard.analysis import synthesize
>>> synthesize(1000, seed=1)
Population(synthetic: 1000 children of ... households on 2025-09-01, seed 1)
"""

from typing import TYPE_CHECKING, Any

#: The public names and where each lives.
_PUBLIC = {
    "Answer": "kinderguard.analysis.one_child",
    "Between": "kinderguard.analysis.between",
    "Boundless": "kinderguard.analysis.comparing",
    "Break": "kinderguard.analysis.one_child",
    "ChildCompared": "kinderguard.analysis.comparing",
    "ChildNotFoundError": "kinderguard.analysis.people",
    "Comparison": "kinderguard.analysis.comparing",
    "Cover": "kinderguard.analysis.coverage_result",
    "Coverage": "kinderguard.analysis.coverage_result",
    "Effect": "kinderguard.analysis.comparing",
    "Elsewhere": "kinderguard.analysis.elsewhere",
    "EventKind": "kinderguard.analysis.one_child",
    "Growth": "kinderguard.analysis.growing",
    "GrowthPoint": "kinderguard.analysis.growing",
    "Interval": "kinderguard.analysis.publishing",
    "Linked": "kinderguard.analysis.publishing",
    "Marginal": "kinderguard.analysis.one_child",
    "MarginalPoint": "kinderguard.analysis.one_child",
    "MissingCount": "kinderguard.analysis.coverage_result",
    "NarrowError": "kinderguard.analysis.comparing",
    "NeedCount": "kinderguard.analysis.needing",
    "NeedsTable": "kinderguard.analysis.needing",
    "NoReformError": "kinderguard.analysis.comparing",
    "NotANumberError": "kinderguard.analysis.one_child",
    "OpenChange": "kinderguard.analysis.one_child",
    "PaperCount": "kinderguard.analysis.coverage_result",
    "PeriodError": "kinderguard.analysis.growing",
    "Planted": "kinderguard.analysis.planted",
    "PolicyChange": "kinderguard.analysis.comparing",
    "PolicyCost": "kinderguard.analysis.comparing",
    "PolicyMove": "kinderguard.analysis.one_child",
    "Population": "kinderguard.analysis.synthetic",
    "ProtectionError": "kinderguard.analysis.publishing",
    "Published": "kinderguard.analysis.publishing",
    "PublishingError": "kinderguard.analysis.publishing",
    "Reach": "kinderguard.analysis.comparing",
    "Recorded": "kinderguard.analysis.comparing",
    "ReformEffect": "kinderguard.analysis.comparing",
    "ReformPinError": "kinderguard.analysis.comparing",
    "RuleChange": "kinderguard.analysis.comparing",
    "SurelyPaid": "kinderguard.analysis.comparing",
    "Timeline": "kinderguard.analysis.one_child",
    "TimelineEvent": "kinderguard.analysis.one_child",
    "TimelineMonth": "kinderguard.analysis.one_child",
    "Uncounted": "kinderguard.analysis.one_child",
    "UnknownDimensionError": "kinderguard.analysis.dimensions",
    "UnknownReformError": "kinderguard.analysis.comparing",
    "UnsetValue": "kinderguard.analysis.unset",
    "WhatIf": "kinderguard.analysis.one_child",
    "Why": "kinderguard.analysis.comparing",
    "Width": "kinderguard.analysis.comparing",
    "compare": "kinderguard.analysis.comparing",
    "coverage": "kinderguard.analysis.covering",
    "growth": "kinderguard.analysis.growing",
    "marginal": "kinderguard.analysis.one_child",
    "needs": "kinderguard.analysis.needing",
    "plant": "kinderguard.analysis.planted",
    "publishable": "kinderguard.analysis.publishing",
    "synthesize": "kinderguard.analysis.synthetic",
    "timeline": "kinderguard.analysis.one_child",
    "what_if": "kinderguard.analysis.one_child",
}

if TYPE_CHECKING:
    from kinderguard.analysis import plots as plots
    from kinderguard.analysis.between import Between
    from kinderguard.analysis.comparing import (
        Boundless,
        ChildCompared,
        Comparison,
        Effect,
        NarrowError,
        NoReformError,
        PolicyChange,
        PolicyCost,
        Reach,
        Recorded,
        ReformEffect,
        ReformPinError,
        RuleChange,
        SurelyPaid,
        UnknownReformError,
        Why,
        Width,
    )
    from kinderguard.analysis.comparing.compare import compare
    from kinderguard.analysis.coverage_result import Cover, Coverage, MissingCount, PaperCount
    from kinderguard.analysis.covering import coverage
    from kinderguard.analysis.dimensions import UnknownDimensionError
    from kinderguard.analysis.elsewhere import Elsewhere
    from kinderguard.analysis.growing import Growth, GrowthPoint, PeriodError, growth
    from kinderguard.analysis.needing import NeedCount, NeedsTable, needs
    from kinderguard.analysis.one_child import (
        Answer,
        Break,
        EventKind,
        Marginal,
        MarginalPoint,
        NotANumberError,
        OpenChange,
        PolicyMove,
        Timeline,
        TimelineEvent,
        TimelineMonth,
        Uncounted,
        WhatIf,
    )
    from kinderguard.analysis.one_child.marginal import marginal
    from kinderguard.analysis.one_child.timeline import timeline
    from kinderguard.analysis.one_child.what_if import what_if
    from kinderguard.analysis.people import ChildNotFoundError
    from kinderguard.analysis.planted import Planted, plant
    from kinderguard.analysis.publishing import (
        Interval,
        Linked,
        ProtectionError,
        Published,
        PublishingError,
        publishable,
    )
    from kinderguard.analysis.synthetic import Population, synthesize
    from kinderguard.analysis.unset import UnsetValue

if not TYPE_CHECKING:  # to a type checker, a name that is not imported above is misspelt

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name == "plots":
            return import_module("kinderguard.analysis.plots")
        if name not in _PUBLIC:
            raise AttributeError(f"module 'kinderguard.analysis' has no attribute {name!r}")
        try:
            return getattr(import_module(_PUBLIC[name]), name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.split(".")[0] == "kinderguard":
                raise
            from kinderguard.model.errors import MissingExtraError

            raise MissingExtraError("analysis", error.name) from None


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])


__all__ = [
    "Answer", "Between", "Boundless", "Break", "ChildCompared", "ChildNotFoundError", "Comparison", "Cover", "Coverage",
    "Effect", "Elsewhere", "EventKind", "Growth", "GrowthPoint", "Interval", "Linked", "Marginal", "MarginalPoint", "MissingCount",
    "NarrowError", "NeedCount", "NeedsTable", "NoReformError", "NotANumberError", "OpenChange", "PaperCount", "PeriodError",
    "Planted", "PolicyChange", "PolicyCost", "PolicyMove", "Population", "ProtectionError", "Published", "PublishingError",
    "Reach", "Recorded", "ReformEffect", "ReformPinError", "RuleChange", "SurelyPaid", "Timeline", "TimelineEvent", "TimelineMonth",
    "Uncounted", "UnknownDimensionError", "UnknownReformError", "UnsetValue", "WhatIf", "Why", "Width", "compare", "coverage", "growth",
    "marginal", "needs", "plant", "publishable", "synthesize", "timeline", "what_if",
]  # fmt: skip
