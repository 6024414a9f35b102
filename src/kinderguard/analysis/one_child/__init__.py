"""Questions about one child: what if a fact were another, how what is due moves with an income, how it goes month by month.

``asking`` turns facts of a case into others; ``answer`` is what all answers share, ``shown`` how a notebook shows them;
``moving`` tells by how much what is due changes between two results; ``marginal``, ``what_if`` and ``timeline`` are a question
each. All of them ask the reference engine, change nothing and tell no observer of a pack. Needs the extra ``[analysis]``, and
no store.
"""

from kinderguard.analysis.one_child.answer import Answer, Uncounted
from kinderguard.analysis.one_child.asking import NotANumberError
from kinderguard.analysis.one_child.marginal import Break, Marginal, MarginalPoint, PolicyMove, marginal
from kinderguard.analysis.one_child.timeline import EventKind, Timeline, TimelineEvent, TimelineMonth, timeline
from kinderguard.analysis.one_child.what_if import OpenChange, WhatIf, what_if

__all__ = [
    "Answer", "Break", "EventKind", "Marginal", "MarginalPoint", "NotANumberError", "OpenChange", "PolicyMove", "Timeline",
    "TimelineEvent", "TimelineMonth", "Uncounted", "WhatIf", "marginal", "timeline", "what_if",
]  # fmt: skip
