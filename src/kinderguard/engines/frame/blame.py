"""Which unknown facts leave a result open: from each undetermined result down to the facts, for many children at once.

The same walk as ``engines/missing.py`` takes for one child: through a choice only along the branches that may be taken,
through a list only into the records that can still change it.
"""

from collections.abc import Container, Iterable, Mapping

from kinderguard.engines.frame.algebra import MOST_RECORDS, FrameAlgebra, Records
from kinderguard.engines.frame.vectors import Graph, Scope, Vector
from kinderguard.engines.missing import DERIVED
from kinderguard.engines.plan import Step
from kinderguard.rules import nodes as n

#: Stands among the open facts for parameters that have no value at the place.
UNSET = "#parameter"


class Blame:
    """Traces undetermined results of one algebra back to facts."""

    def __init__(self, algebra: FrameAlgebra) -> None:
        self.algebra = algebra
        self.g = algebra.g

    def joined(self, a: Mapping[str, Vector], b: Mapping[str, Vector]) -> dict[str, Vector]:
        """What either names."""
        return {path: self.g.any(*(m[path] for m in (a, b) if path in m)) for path in sorted({*a, *b})}

    def facts(self, roots: Mapping[str, Step], settled: Container[Step] = ()) -> dict[str, Vector]:
        """By fact path (of a record, without its number), whether it leaves one of the results open; ``UNSET`` for
        parameters without a value.

        Args:
            roots: the results, by name.
            settled: results that were asked before: what leaves them open is named already, and not asked again.
        """
        self._blamed: dict[Step, list[Vector]] = {}
        self._found: dict[str, list[Vector]] = {}
        self._unset: dict[str, list[Vector]] = {}
        order = _order(roots.values(), settled)
        self._scopes = _scopes(order, self.algebra)
        for root in roots.values():
            self._pass(root, self.g.true, self.g.top)
        for step in reversed(order):
            given = self._blamed.get(step)
            if given:
                self._visit(step, self.g.all(self.g.any(*given), self._unknown(step)))
        self._unset_found = {code: self.g.any(*vectors) for code, vectors in sorted(self._unset.items())}
        found = {path: self.g.any(*vectors) for path, vectors in sorted(self._found.items())}
        return {path: v for path, v in found.items() if not v.is_value(False)}

    def parameters(self, roots: Mapping[str, Step]) -> dict[str, Vector]:
        """By code of a parameter without a value, whether it leaves one of the results open."""
        self.facts(roots)
        return self._unset_found

    def _pass(self, step: Step, blamed: Vector, scope: Scope) -> None:
        """Ask about a step where a mark of ``scope`` is set."""
        if not blamed.is_value(False):
            seen = seen_from(self.g, blamed, scope, self._scopes.get(step, self.g.top))
            self._blamed.setdefault(step, []).append(seen)

    def _unknown(self, step: Step) -> Vector:
        return self.g.no(self.algebra.is_known(step))

    def _visit(self, step: Step, blamed: Vector) -> None:
        if blamed.is_value(False):
            return
        g, scope = self.g, self._scopes.get(step, self.g.top)
        match step.node:
            case n.Fact() | n.Collection():
                self._leaf(step, blamed, scope)
            case n.Param(code=code):
                mark = seen_from(g, blamed, scope, g.top)
                self._found.setdefault(UNSET, []).append(mark)
                self._unset.setdefault(code, []).append(mark)
            case n.When():
                condition, then, otherwise = step.inputs
                holds = self.algebra.truth(condition)
                self._pass(condition, blamed, scope)
                self._pass(then, g.all(blamed, g.no(g.is_false(holds))), scope)
                self._pass(otherwise, g.all(blamed, g.no(g.is_true(holds))), scope)
            case n.Aggregate():
                self._aggregate(step, blamed, scope)
            case n.Known():
                pass
            case _:
                for read in step.inputs:
                    self._pass(read, blamed, scope)

    def _leaf(self, step: Step, blamed: Vector, scope: Scope) -> None:
        node, g = step.node, self.g
        assert isinstance(node, n.Fact | n.Collection)
        blamed = seen_from(g, blamed, scope, g.top)
        if node.of is None and node.path in DERIVED:
            for source in DERIVED[node.path]:
                lacking = self.algebra.facts.lacks_division(g, source)
                self._found.setdefault(source, []).append(g.all(blamed, lacking))
            return
        path = node.path
        if node.of is not None:
            path = f"{self.algebra.scopes[step.inputs[0]].path.replace('/', '.')}.{path}"
        self._found.setdefault(path, []).append(blamed)

    def _aggregate(self, step: Step, blamed: Vector, scope: Scope) -> None:
        g, node = self.g, step.node
        assert isinstance(node, n.Aggregate)
        assert step.where is not None
        assert step.body is not None
        assert step.element is not None
        listed = self.algebra.of(step.inputs[0])
        assert isinstance(listed, Records)
        self._pass(step.inputs[0], blamed, scope)
        records = self.algebra.scopes[step.element]
        # The records may be the child's own while the question is asked of each of another list.
        inside = seen_from(g, g.all(blamed, listed.there), scope, records)
        where = g.no(g.is_false(self.algebra.truth(step.where)))
        if node.how in (n.How.ANY, n.How.COUNT):
            settled = g.is_false(self.algebra.truth(step.body))
        elif node.how is n.How.ALL:
            settled = g.is_true(self.algebra.truth(step.body))
        else:
            settled = g.false
        here = g.all(inside, where, g.no(settled))
        for part in (step.where, step.body):
            self._pass(part, here, records)


def seen_from(g: Graph, vector: Vector, scope: Scope, other: Scope) -> Vector:
    """A mark of one scope as another sees it: set for a row where it is set for any of its records, and for their records.

    A mark that is the same for all records is theirs all the same: where there is none, nothing is set.
    """
    around = other.chain()
    while scope not in around:
        assert scope.parent is not None
        vector, scope = g.fold("any", scope, vector, most=MOST_RECORDS), scope.parent
    return g.inside(vector, other)


def _scopes(order: Iterable[Step], algebra: FrameAlgebra) -> dict[Step, Scope]:
    """The scope of each step that stands inside an aggregate."""
    found: dict[Step, Scope] = {}
    for step in order:
        if step.element is not None and step.element in algebra.scopes:
            found.update(dict.fromkeys(step.inner, algebra.scopes[step.element]))
    return found


class Reach:
    """Which divisions by zero a result takes into account: of a choice, only what may be chosen."""

    def __init__(self, algebra: FrameAlgebra) -> None:
        self.algebra = algebra
        self.g = algebra.g
        #: By step, whether it or anything under it may divide by zero.
        self._divides: dict[Step, bool] = {}

    def _may_divide(self, roots: Iterable[Step]) -> list[Step]:
        """Those of the roots with a division under them that may be by zero."""
        for step in _order(roots, self._divides):
            self._divides[step] = step in self.algebra.faults or any(self._divides[r] for r in _reads(step))
        return [root for root in roots if self._divides[root]]

    def fault(self, roots: Iterable[Step], settled: Container[Step] = ()) -> Vector:
        """Whether a rule that counts divided by zero; what ``settled`` results rest on was asked before."""
        g, start = self.g, self._may_divide([root for root in roots if root not in settled])
        reached: dict[Step, list[Vector]] = {root: [g.true] for root in start}
        order, found = _order(start, settled), []
        inner = _scopes(order, self.algebra)
        for step in reversed(order):
            if step not in reached:
                continue
            # A mark of the child, also for what is computed for its records: of these everything counts.
            here = g.any(*reached[step])
            fault = self.algebra.faults.get(step)
            if fault is not None:
                scope = inner.get(step, g.top)
                found.append(seen_from(g, g.all(g.inside(here, scope), g.inside(fault, scope)), scope, g.top))
            holds = self.algebra.truth(step.inputs[0]) if isinstance(step.node, n.When) else None
            if holds is not None and step not in inner:
                condition, then, otherwise = step.inputs
                parts = [(condition, here), (then, g.all(here, g.no(g.is_false(holds))))]
                parts.append((otherwise, g.all(here, g.no(g.is_true(holds)))))
            else:
                parts = [(r, here) for r in _reads(step)]
            for read, when in parts:
                reached.setdefault(read, []).append(when)
        return g.any(*found)


def _reads(step: Step) -> list[Step]:
    """What a step is computed from; of an aggregate, what is asked of each record too."""
    reads = (*step.inputs, step.where, step.body)
    return [r for r in reads if r is not None and not isinstance(r.node, n.Each)]


def _order(roots: Iterable[Step], known: Container[Step] = ()) -> list[Step]:
    """Every step under the roots that is not known yet, each after what it reads."""
    order: list[Step] = []
    seen: set[Step] = set()
    stack = [(step, False) for step in roots]
    while stack:
        step, ready = stack.pop()
        if ready:
            order.append(step)
        elif step not in seen and step not in known and not isinstance(step.node, n.Each):
            seen.add(step)
            stack.append((step, True))
            stack += [(r, False) for r in _reads(step)]
    return order
