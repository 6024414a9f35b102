"""What leaves a result undetermined: the unknown facts, and the parameters without a value, that it rests on as it was
computed. Whether they could change it is for ``missing`` to find.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range
from kinderguard.rules import nodes as n


def is_unknown(value: Any) -> bool:
    """Whether a value of the trace is not known exactly."""
    return value is None or value.__class__ is Range


def inner_values(algebra: ReferenceAlgebra, step: Step, v: list[Any]) -> Iterator[list[Any]]:
    """For each record of an aggregate, the values as they stood while its inner steps ran."""
    meanings = [algebra.meaning(s) for s in step.inner]
    for record in v[step.inputs[0].index] or ():
        w = [*v[: step.index], record]
        for meaning in meanings:
            w.append(meaning(w))
        yield w


class Blame:
    """Walks down from an undetermined step to the unknown facts and parameters that leave it so.

    Args:
        algebra: what computes the inner steps of aggregates.
        told: steps of the outermost level that are not walked into.
    """

    def __init__(self, algebra: ReferenceAlgebra, told: Iterable[Step] = ()) -> None:
        self.facts: dict[tuple[str, int, tuple[Any, ...]], Step] = {}
        self.parameters: list[str] = []
        self._algebra = algebra
        self._seen: set[tuple[int, tuple[Any, ...]]] = {(id(step), ()) for step in told}

    def visit(self, step: Step, v: list[Any], records: "tuple[tuple[Step, Step, int], ...]") -> None:
        """``records`` says in which record of which aggregate we are: (element, aggregate, index), outermost first."""
        key = (id(step), tuple(i for _, _, i in records) if self._is_inner(step, records) else ())
        if key in self._seen or not is_unknown(v[step.index]):
            return
        self._seen.add(key)
        match step.node:
            case n.Fact() | n.Collection():
                self._leaf(step, records)
            case n.Param(code=code):
                self.parameters.append(code)
            case n.When():
                condition, then, otherwise = step.inputs
                holds = v[condition.index]
                if holds is None:
                    self.visit(condition, v, records)
                if holds is not False:
                    self.visit(then, v, records)
                if holds is not True:
                    self.visit(otherwise, v, records)
            case n.Aggregate():
                self._aggregate(step, v, records)
            case _:
                for read in step.inputs:
                    self.visit(read, v, records)

    def _is_inner(self, step: Step, records: "tuple[tuple[Step, Step, int], ...]") -> bool:
        return any(step in aggregate.inner for _, aggregate, _ in records)

    def _leaf(self, step: Step, records: "tuple[tuple[Step, Step, int], ...]") -> None:
        node = step.node
        assert isinstance(node, n.Fact | n.Collection)
        if node.of is None:
            self.facts.setdefault((node.path, step.index, ()), step)
            return
        # From the record outwards to the list in the case.
        where: tuple[Any, ...] = tuple(node.path.split("."))
        element = step.inputs[0]
        path = node.path
        for known, aggregate, index in reversed(records):
            if known is element:
                source = aggregate.inputs[0]
                assert isinstance(source.node, n.Collection)
                path = f"{source.node.path}.{path}"
                if source.node.of is None:
                    self.facts.setdefault((path, source.index, (index, *where)), source)
                    return
                where = (*source.node.path.split("."), index, *where)
                element = source.inputs[0]

    def _aggregate(self, step: Step, v: list[Any], records: "tuple[tuple[Step, Step, int], ...]") -> None:
        source = step.inputs[0]
        assert step.element is not None
        assert step.where is not None
        assert step.body is not None
        listed = v[source.index]
        if listed is None:
            self.visit(source, v, records)
            return
        for index, inner in enumerate(inner_values(self._algebra, step, v)):
            here = (*records, (step.element, step, index))
            where, body = inner[step.where.index], inner[step.body.index]
            if where is not False and body is not _settled(step.node):
                self.visit(step.where, inner, here)
                self.visit(step.body, inner, here)


def _settled(node: n.Node) -> Any:
    """The body with which a record cannot change the aggregate, whether or not it belongs."""
    assert isinstance(node, n.Aggregate)
    return {n.How.ANY: False, n.How.COUNT: False, n.How.ALL: True}.get(node.how, ...)
