"""The plan: everything that applies on a day as one list of steps in dependency order, each distinct step once.

An engine is an algebra over it (``algebra.py``). A plan knows no place, no day and no child: parameters and the day
are bound when it is run. Steps that need no child stand first, so that an engine computes them once a place.
"""

from collections.abc import Iterator

import attrs

from kinderguard.engines.stacking import Stacked, category_nodes, policy_nodes
from kinderguard.rules import nodes as n
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.stacking import Stacking


@attrs.define(eq=False, slots=True)
class Step:
    """One operation of the plan.

    ``index`` is its place in the list of values. An aggregate has an ``element`` (the record, which takes the
    aggregate's own place while its ``inner`` steps run on the places after it), a ``where`` and a ``body``.
    """

    node: n.Node
    inputs: "tuple[Step, ...]" = ()
    names: list[n.Named] = attrs.field(factory=list)
    static: bool = False
    index: int = -1
    element: "Step | None" = None
    inner: "list[Step]" = attrs.field(factory=list)
    where: "Step | None" = None
    body: "Step | None" = None

    def __repr__(self) -> str:
        return f"<Step {self.index} {type(self.node).__name__} of {[i.index for i in self.inputs]}>"


@attrs.frozen
class StackedSteps:
    """A stacking rule at work: the steps of the amount (or grant) before and after it."""

    owner: str
    rule: Stacking
    others: tuple[str, ...]
    before: Step
    after: Step
    counted: tuple[Step, ...] = ()
    limit: Step | None = None


@attrs.frozen
class PolicySteps:
    """Where a policy's results stand in the plan. ``own`` is None for a service."""

    eligible: Step
    own: Step | None
    final: Step
    stacking: tuple[StackedSteps, ...]


@attrs.frozen(eq=False)
class Plan:
    """The compiled steps. ``static`` ones stand before ``dynamic`` ones and need no child."""

    rules: RuleSet
    #: Places before the first step, for what an engine brings along (the case, what providers said, faults).
    reserved: int
    static: tuple[Step, ...]
    dynamic: tuple[Step, ...]
    categories: dict[str, Step]
    policies: dict[str, PolicySteps]
    parameters: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps of the outermost level, in order."""
        return self.static + self.dynamic

    def roots(self) -> "Iterator[Step]":
        """The steps of all results."""
        yield from self.categories.values()
        for p in self.policies.values():
            yield from (p.eligible, p.final)

    def show(self) -> str:
        """The plan for the curious: one line a step."""
        lines: list[str] = []

        def line(step: Step, depth: int) -> None:
            reads = ", ".join(str(i.index) for i in step.inputs)
            named = f"  # {step.names[0].title.en}" if step.names else ""
            what = (
                getattr(step.node, "path", None) or getattr(step.node, "code", None) or getattr(step.node, "value", "")
            )
            lines.append(f"{step.index:5d} {'  ' * depth}{type(step.node).__name__} {what} ({reads}){named}")
            for inner in step.inner:
                line(inner, depth + 1)

        for step in self.steps:
            line(step, 0)
        return "\n".join(lines)


#: Places at the head of the list of values: the case, what fact providers said, the faults met.
CASE, PROVIDED, FAULTS, RESERVED = 0, 1, 2, 3


@attrs.frozen(eq=False)
class Outline:
    """The steps of a rule set, not numbered yet. One that extends another shares the other's steps."""

    rules: RuleSet
    #: The outline whose steps it shares, if it could.
    base: "Outline | None"
    #: The steps that are its own, each after what it reads.
    steps: tuple[Step, ...]
    categories: dict[str, Step]
    policies: dict[str, PolicySteps]
    #: The condition of each category as written out.
    conditions: dict[str, n.Node]
    _memo: dict[n.Node, Step]

    @property
    def static(self) -> tuple[Step, ...]:
        """Its own steps that need no child."""
        return tuple(s for s in self.steps if s.static)

    def step_of(self, node: n.Node) -> Step | None:
        """The step that computes a node, of those that do not stand inside an aggregate; None where there is none."""
        return self._memo.get(node)


def outline(rules: RuleSet, base: Outline | None = None) -> Outline:
    """The steps of the rules in force.

    Args:
        rules: see ``RuleSet.in_force``.
        base: rules that these ones extend: what is the same is not made again.
    """
    conditions = category_nodes(rules)
    builder = _Builder()
    if base is not None and any(conditions.get(code) != node for code, node in base.conditions.items()):
        base = None  # a category that was widened means something else wherever it is asked for
    if base is not None:
        builder.top.memo.update(base._memo)
        builder.categories.update(base.categories)
    categories: dict[str, Step] = {}
    for code, node in conditions.items():
        categories[code] = builder.categories[code] = builder.step(node)
    policies = {}
    for code, p in policy_nodes(rules).items():
        policies[code] = PolicySteps(
            builder.step(p.eligible),
            None if p.own is None else builder.step(p.own),
            builder.step(p.final),
            tuple(builder.stacked(s) for s in p.stacking),
        )
    return Outline(rules, base, tuple(builder.top.steps), categories, policies, conditions, builder.top.memo)


def compile_plan(rules: RuleSet) -> Plan:
    """The plan of the rules in force (see ``RuleSet.in_force``)."""
    made = outline(rules)
    static = [s for s in made.steps if s.static]
    dynamic = [s for s in made.steps if not s.static]
    _number([*static, *dynamic], RESERVED)
    codes = tuple(s.node.code for s in static if isinstance(s.node, n.Param))
    return Plan(rules, RESERVED, tuple(static), tuple(dynamic), made.categories, made.policies, codes)


def _number(steps: list[Step], first: int) -> None:
    for index, step in enumerate(steps, first):
        step.index = index
        if step.element is not None:
            step.element.index = index
            _number(step.inner, index + 1)


@attrs.define(eq=False)
class _Scope:
    """The outermost level, or the inside of an aggregate: its steps, each distinct one once."""

    each: n.Each | None
    outer: "_Scope | None"
    steps: list[Step] = attrs.field(factory=list)
    memo: dict[n.Node, Step] = attrs.field(factory=dict)

    def chain(self) -> "Iterator[_Scope]":
        scope: _Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


class _Builder:
    def __init__(self) -> None:
        self.top = _Scope(None, None)
        self.categories: dict[str, Step] = {}
        self._free: dict[n.Node, frozenset[n.Each]] = {}

    def stacked(self, s: Stacked) -> StackedSteps:
        counted = tuple(self.step(c) for c in s.counted)
        limit = None if s.limit is None else self.step(s.limit)
        return StackedSteps(s.owner, s.rule, s.others, self.step(s.before), self.step(s.after), counted, limit)

    def step(self, node: n.Node, scope: _Scope | None = None) -> Step:
        """The step of a node, made once; a name is a label on it, a category is the category's own step."""
        scope = scope or self.top
        while scope.outer is not None and scope.each not in self.free(node):
            scope = scope.outer
        found = scope.memo.get(node)
        if found is None:
            found = self._made(node, scope)
            scope.memo[node] = found
        return found

    def _made(self, node: n.Node, scope: _Scope) -> Step:
        if isinstance(node, n.Named):
            step = self.step(node.arg, scope)
            if all(known.title != node.title for known in step.names):
                step.names.append(node)
            return step
        if isinstance(node, n.InCategory):
            return self.categories[node.code]
        if isinstance(node, n.Each):
            raise LookupError("A record was used outside its list; this is a fault of the rule language.")
        step = self._aggregate(node, scope) if isinstance(node, n.Aggregate) else self._plain(node, scope)
        scope.steps.append(step)
        return step

    def _plain(self, node: n.Node, scope: _Scope) -> Step:
        inputs = tuple(self.step(part, scope) for part in node.parts())
        needs_child = isinstance(node, n.Fact | n.Collection) or not all(i.static for i in inputs)
        return Step(node, inputs, static=not needs_child)

    def _aggregate(self, node: n.Aggregate, scope: _Scope) -> Step:
        source = self.step(node.source, scope)
        # What does not ask about the record is computed once, outside.
        for part in (node.where, node.body):
            self._hoist(part, frozenset({node.each}), scope)
        inside = _Scope(node.each, scope)
        element = Step(node.each)
        inside.memo[node.each] = element
        where, body = self.step(node.where, inside), self.step(node.body, inside)
        return Step(node, (source,), element=element, inner=inside.steps, where=where, body=body)

    def _hoist(self, node: n.Node, bound: frozenset[n.Each], scope: _Scope) -> None:
        if not self.free(node) & bound:
            self.step(node, scope)
            return
        if isinstance(node, n.Aggregate):
            bound |= {node.each}
        for part in node.parts():
            if not isinstance(part, n.Each):
                self._hoist(part, bound, scope)

    def free(self, node: n.Node) -> frozenset[n.Each]:
        """The records that a node asks about and does not bind itself."""
        found = self._free.get(node)
        if found is None:
            if isinstance(node, n.Each):
                found = frozenset({node})
            else:
                found = frozenset().union(*(self.free(p) for p in node.parts()))
                if isinstance(node, n.Aggregate):
                    found -= {node.each}
            self._free[node] = found
        return found
