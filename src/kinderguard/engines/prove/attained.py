"""Whether the reference engine gives a child, its gaps filled in, the amount that the solver says it can have.

Questions whether something is known are answered as before anything was filled in: they ask about the record, not about
the child. Called for every end of the tightest bounds, so that none is called exact which nobody attains.
"""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.explain import Bound, Meaning, ReferenceAlgebra
from kinderguard.engines.plan import Step
from kinderguard.engines.prove.algebra import KnownAnswers
from kinderguard.engines.prove.facts import Stated, lifted
from kinderguard.engines.prove.ruling import Results
from kinderguard.model.case import Case
from kinderguard.rules import nodes as n


class _AsAnswered(ReferenceAlgebra):
    """The reference engine, with the answers of ``known`` as they were."""

    def __init__(self, answers: KnownAnswers) -> None:
        self._answers, self._places = answers, list[int]()

    def known(self, node: n.Known, step: Step) -> Meaning:
        """The answer given before; in a record that is new, whether the value is exact."""
        by_value = super().known(node, step)

        def answered(v: list[Any]) -> Any:
            before = self._answers.get((step, tuple(self._places)))
            return by_value(v) if before is None else before

        return answered

    def _records(self, step: Step) -> Callable[[list[Any], Any], list[tuple[Any, Any]]]:
        one = super()._records(step)

        def computed(v: list[Any], listed: Any) -> list[tuple[Any, Any]]:
            found = []
            for place, record in enumerate(listed):
                self._places.append(place)
                try:
                    found += one(v, (record,))
                finally:
                    self._places.pop()
            return found

        return computed


class Reference:
    """The reference engine for one child's completions.

    Args:
        now: the child as it is.
        answers: what ``known`` answered of it.
        provided: what fact providers said of it.
    """

    def __init__(self, now: Assessment, answers: KnownAnswers, provided: Mapping[str, Any]) -> None:
        bound, algebra = now.basis.bound, _AsAnswered(answers)
        meanings = zip(bound.plan.dynamic, bound.compiled.dynamic, strict=True)
        dynamic = tuple(
            algebra.meaning(step) if isinstance(step.node, n.Known | n.Aggregate) else meaning
            for step, meaning in meanings
        )
        self._bound: Bound = attrs.evolve(bound, compiled=attrs.evolve(bound.compiled, dynamic=dynamic))
        self._provided = provided

    def results(self, case: Case) -> Results:
        """What the rules say of a completion."""
        trace = self._bound.run(case, self._provided)
        return Results(
            self._bound.plan, lambda step: lifted(trace[step.index], step.node.kind), Stated(case, self._provided)
        )
