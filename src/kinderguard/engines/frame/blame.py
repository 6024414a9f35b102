"""Which unknown facts leave a result open: from each undetermined result down to the facts, for many children at once.

The same walk as ``engines/missing.py`` takes for one child: through a choice only along the branches that may be taken,
through a list only into the records that can still change it.
"""

from collections.abc import Iterable, Mapping

from kinderguard.engines.frame.algebra import MOST_RECORDS, FrameAlgebra, Records
from kinderguard.engines.frame.vectors import Scope, Vector
from kinderguard.engines.missing import DERIVED
from kinderguard.engines.plan import Step
from kinderguard.rules import nodes as n


class Blame:
    """Traces undetermined results of one algebra back to facts."""

    def __init__(self, algebra: FrameAlgebra) -> None:
        self.algebra = algebra
        self.g = algebra.g

    def joined(self, a: Mapping[str, Vector], b: Mapping[str, Vector]) -> dict[str, Vector]:
        """What either names."""
        return {path: self.g.any(*(m[path] for m in (a, b) if path in m)) for path in sorted({*a, *b})}

    def facts(self, roots: Mapping[str, Step]) -> dict[str, Vector]:
        """By fact path (of a record, without its number), whether it leaves one of the results open."""
        self._blamed: dict[Step, list[Vector]] = {}
        self._found: dict[str, list[Vector]] = {}
        order = _order(roots.values())
        for root in roots.values():
            self._pass(root, self.g.true)
        for step in reversed(order):
            given = self._blamed.get(step)
            if given and not step.static:
                self._visit(step, self.g.all(self.g.any(*given), self._unknown(step)))
        found = {path: self.g.any(*vectors) for path, vectors in sorted(self._found.items())}
        return {path: v for path, v in found.items() if not v.is_value(False)}

    def _pass(self, step: Step, blamed: Vector) -> None:
        if not blamed.is_value(False):
            self._blamed.setdefault(step, []).append(blamed)

    def _unknown(self, step: Step) -> Vector:
        return self.g.no(self.algebra.is_known(step))

    def _visit(self, step: Step, blamed: Vector) -> None:
        if blamed.is_value(False):
            return
        g = self.g
        match step.node:
            case n.Fact() | n.Collection():
                self._leaf(step, blamed)
            case n.When():
                condition, then, otherwise = step.inputs
                holds = self.algebra.truth(condition)
                self._pass(condition, blamed)
                self._pass(then, g.all(blamed, g.no(g.is_false(holds))))
                self._pass(otherwise, g.all(blamed, g.no(g.is_true(holds))))
            case n.Aggregate():
                self._aggregate(step, blamed)
            case n.Known():
                pass
            case _:
                for read in step.inputs:
                    self._pass(read, blamed)

    def _leaf(self, step: Step, blamed: Vector) -> None:
        node = step.node
        assert isinstance(node, n.Fact | n.Collection)
        path, scope = node.path, self.g.top
        for source in DERIVED.get(path, ()) if node.of is None else ():
            self._found.setdefault(source, []).append(
                self.g.all(blamed, self.algebra.facts.lacks_division(self.g, source))
            )
        if node.of is None and path in DERIVED:
            return
        if node.of is not None:
            scope = self.algebra.scopes[step.inputs[0]]
            path = f"{scope.path.replace('/', '.')}.{path}"
        self._found.setdefault(path, []).append(self._up(blamed, scope))

    def _up(self, blamed: Vector, scope: Scope) -> Vector:
        """Whether it holds for any record of the child."""
        blamed = self.g._inside(blamed, scope)
        while blamed.scope.parent is not None:
            blamed = self.g.fold("any", blamed.scope, blamed, most=MOST_RECORDS)
        return blamed

    def _aggregate(self, step: Step, blamed: Vector) -> None:
        g, node = self.g, step.node
        assert isinstance(node, n.Aggregate)
        assert step.where is not None
        assert step.body is not None
        listed = self.algebra.of(step.inputs[0])
        assert isinstance(listed, Records)
        self._pass(step.inputs[0], blamed)
        records = self.algebra.scopes[step.element] if step.element else g.top
        inside = g._inside(g.all(blamed, listed.there), records)
        where = g.no(g.is_false(self.algebra.truth(step.where)))
        if node.how in (n.How.ANY, n.How.COUNT):
            settled = g.is_false(self.algebra.truth(step.body))
        elif node.how is n.How.ALL:
            settled = g.is_true(self.algebra.truth(step.body))
        else:
            settled = g.false
        here = g.all(inside, where, g.no(settled))
        for part in (step.where, step.body):
            self._pass(part, self._seen_from(part, here, records))

    def _seen_from(self, part: Step, here: Vector, records: Scope) -> Vector:
        """Blame of a record as the part's own scope sees it: a part that asks nothing of the record stands outside."""
        here = self.g._inside(here, records)
        scope = self._scope(part)
        while here.scope.depth > scope.depth and here.scope.parent is not None:
            here = self.g.fold("any", here.scope, here, most=MOST_RECORDS)
        return here

    def _scope(self, step: Step) -> Scope:
        """The scope of a step: of a condition that turned out constant, the widest."""
        return self.algebra._scope_of(self.algebra.of(step))


class Reach:
    """Which divisions by zero a result takes into account: of a choice, only what may be chosen."""

    def __init__(self, algebra: FrameAlgebra) -> None:
        self.algebra = algebra
        self.g = algebra.g

    def fault(self, roots: Iterable[Step]) -> Vector:
        """Whether a rule that counts divided by zero."""
        g, start = self.g, list(roots)
        reached: dict[Step, list[Vector]] = {root: [g.true] for root in start}
        found = []
        for step in reversed(_order(start)):
            if step.static or step not in reached:
                continue
            here = g.any(*reached[step])
            fault = self.algebra.faults.get(step)
            if fault is not None:
                found.append(self._up(g.all(self._up(here, fault.scope), fault)))
            holds = self.algebra.truth(step.inputs[0]) if isinstance(step.node, n.When) else None
            if holds is not None and holds.scope.parent is None and here.scope.parent is None:
                condition, then, otherwise = step.inputs
                parts = [(condition, here), (then, g.all(here, g.no(g.is_false(holds))))]
                parts.append((otherwise, g.all(here, g.no(g.is_true(holds)))))
            else:
                reads = (*step.inputs, step.where, step.body)
                parts = [(r, here) for r in reads if r is not None and not isinstance(r.node, n.Each)]
            for read, when in parts:
                reached.setdefault(read, []).append(when)
        return g.any(*found)

    def _up(self, x: Vector, scope: Scope | None = None) -> Vector:
        """Whether it holds for any record of the child; or as the records of a scope see it."""
        if scope is not None:
            return self.g._inside(x, scope)
        while x.scope.parent is not None:
            x = self.g.fold("any", x.scope, x, most=MOST_RECORDS)
        return x


def _order(roots: Iterable[Step]) -> list[Step]:
    """Every step under the roots, each after what it reads."""
    order: list[Step] = []
    seen: set[Step] = set()
    stack = [(step, False) for step in roots]
    while stack:
        step, ready = stack.pop()
        if ready:
            order.append(step)
        elif step not in seen and not isinstance(step.node, n.Each):
            seen.add(step)
            stack.append((step, True))
            reads = (*step.inputs, *(s for s in (step.where, step.body) if s is not None))
            stack += [(r, False) for r in reads]
    return order
