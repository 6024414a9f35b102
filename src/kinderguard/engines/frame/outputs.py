"""What the engine gives for each child: categories, policies, totals, open facts. Names of columns are made here only."""

from collections.abc import Container, Iterator, Mapping
from typing import TypeAlias

import attrs

from kinderguard.engines.frame import intervals as iv
from kinderguard.engines.frame.algebra import FrameAlgebra
from kinderguard.engines.frame.blame import Blame
from kinderguard.engines.frame.intervals import Interval
from kinderguard.engines.frame.vectors import Dtype, Graph, Vector
from kinderguard.engines.plan import Outline, Step
from kinderguard.engines.reasons import inner_conditions, named_conditions
from kinderguard.model.codes import Frequency
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import MONEY


@attrs.frozen
class End:
    """What a whole number or amount (fen) is at least, or at most; null where nothing is known of that."""

    node: n.Node
    high: bool


#: What is told beside the results: whether a condition holds, whether one amount (None: nothing) is below another, or an end.
Asked: TypeAlias = n.Node | tuple[n.Node | None, n.Node] | End


@attrs.frozen(eq=False)
class Money:
    """An amount: known, and its bounds (fen)."""

    amount: Vector
    low: Vector
    high: Vector


@attrs.frozen(eq=False)
class PolicyOutput:
    """A policy: whether eligible, and what it gives; ``granted`` for a service."""

    eligible: Vector
    money: Money | None
    granted: Vector | None


@attrs.define(eq=False)
class Outputs:
    """The results of one group of rules."""

    categories: dict[str, Vector]
    policies: dict[str, PolicyOutput]
    #: By frequency and ``child`` or ``household``.
    totals: dict[tuple[Frequency, str], Money]
    #: What may be undetermined, by name: the steps that facts are traced back from.
    roots: dict[str, Step]
    #: By fact path, whether it is unknown and leaves a result open.
    missing: dict[str, Vector] = attrs.field(factory=dict)
    #: Whether a rule that counts divided by zero.
    fault: Vector | None = None
    #: By ``rule:step``, whether the step fails and the rule with it; made where it is asked for.
    reasons: dict[str, Vector] = attrs.field(factory=dict)
    #: By name, what is asked beside the results, of what these rules have.
    told: dict[str, Vector] = attrs.field(factory=dict)

    def leave_results(self) -> None:
        """Give no results but what was asked beside them, for whoever has the results already."""
        self.categories, self.policies, self.totals = {}, {}, {}

    def vectors(self) -> list[Vector]:
        """All that is to be computed."""
        return list(dict.fromkeys(self._vectors()))

    def _vectors(self) -> Iterator[Vector]:
        yield from self.categories.values()
        for policy in self.policies.values():
            yield policy.eligible
            if policy.granted is not None:
                yield policy.granted
        for money in (*(p.money for p in self.policies.values()), *self.totals.values()):
            if money is not None:
                yield from (money.amount, money.low, money.high)
        yield from self.missing.values()
        yield from self.reasons.values()
        yield from self.told.values()
        if self.fault is not None:
            yield self.fault


def outputs_of(algebra: FrameAlgebra, outline: Outline) -> Outputs:
    """The vectors of every result of some rules."""
    g = algebra.g
    categories = {code: algebra.truth(step) for code, step in outline.categories.items()}
    roots = dict(outline.categories)
    policies = {}
    sums: dict[tuple[Frequency, str], list[Interval]] = {}
    for code, steps in sorted(outline.policies.items()):
        roots[f"{code}.eligible"], roots[f"{code}.final"] = steps.eligible, steps.final
        eligible = algebra.truth(steps.eligible)
        if steps.own is None:
            policies[code] = PolicyOutput(eligible, None, algebra.truth(steps.final))
            continue
        final = algebra.interval(steps.final)
        policies[code] = PolicyOutput(eligible, _money(g, final), None)
        policy = outline.rules.policies[code]
        sums.setdefault((policy.every, policy.per), []).append(_due(g, final))
    totals = {}
    for key, parts in sorted(sums.items(), key=lambda item: (item[0][0].value, item[0][1])):
        total = parts[0]
        for part in parts[1:]:
            total = iv.add(g, total, part)
        totals[key] = _money(g, total)
    return Outputs(categories, policies, totals, roots)


def told_of(algebra: FrameAlgebra, outline: Outline, asked: Mapping[str, Asked]) -> dict[str, Vector]:
    """What is asked beside the results, by name; what these rules do not compute is left out."""

    def amount(node: n.Node | None) -> Interval | None:
        step = None if node is None else outline.step_of(node)
        found = algebra.literal(MONEY, 0) if node is None else None if step is None else algebra.of(step)
        return found if isinstance(found, Interval) else None

    found: dict[str, Vector] = {}
    for name, asks in asked.items():
        if isinstance(asks, tuple):
            left, right = map(amount, asks)
            if left is not None and right is not None:
                found[name] = iv.less(algebra.g, left, right)
        elif isinstance(asks, End):
            bounds = amount(asks.node)
            if bounds is not None and bounds.denominator == 1:
                found[name] = bounds.high if asks.high else bounds.low
        elif (step := outline.step_of(asks)) is not None:
            found[name] = algebra.truth(step)
    return found


def unset_of(
    algebra: FrameAlgebra, outline: Outline, rules: Container[str], known: dict[tuple[Step, ...], dict[str, Vector]]
) -> dict[str, Vector]:
    """For each of some rules, the parameters without a value that leave its result open, as ``rule:parameter``.

    Args:
        algebra, outline: the rules.
        rules: those that are asked for.
        known: what was found for other places, whose rules may be the same; what is found is added.
    """
    roots: dict[str, tuple[Step, ...]] = {code: (step,) for code, step in outline.categories.items()}
    roots |= {code: (p.eligible, p.final) for code, p in outline.policies.items()}
    found: dict[str, Vector] = {}
    for code, steps in roots.items():
        if code in rules:
            if steps not in known:
                known[steps] = Blame(algebra).parameters({str(k): step for k, step in enumerate(steps)})
            found |= {f"{code}:{parameter}": vector for parameter, vector in known[steps].items()}
    return {name: vector for name, vector in found.items() if not vector.is_value(False)}


def parts_of(algebra: FrameAlgebra, outline: Outline, holds: bool) -> dict[str, Vector]:
    """For each rule, which of its conditions hold (or fail), through those that have no name; by code as reasons have it."""
    g = algebra.g
    categories = {step: code for code, step in outline.categories.items()}
    found: dict[str, Vector] = {}
    rules = [*outline.categories.items(), *((code, p.eligible) for code, p in outline.policies.items())]
    for code, root in rules:
        for name, parts in inner_conditions(code, root, categories).items():
            truths = [algebra.truth(part) for part in parts]
            found[f"{code}:{name}"] = g.any(*((g.is_true(t) if holds else g.is_false(t)) for t in truths))
    return {name: vector for name, vector in found.items() if not vector.is_value(False)}


def reasons_of(algebra: FrameAlgebra, outline: Outline) -> dict[str, Vector]:
    """For each rule that does not hold, which of its conditions fail, one level deep.

    A condition goes by the code of its step (``r.named``) or of the category that it asks for, which explanations show
    too; by its place (``#2``) where it has neither.
    """
    g = algebra.g
    categories = {step: code for code, step in outline.categories.items()}
    found: dict[str, Vector] = {}
    rules = [*outline.categories.items(), *((code, p.eligible) for code, p in outline.policies.items())]
    for code, root in rules:
        fails = g.is_false(algebra.truth(root))
        for name, parts in named_conditions(code, root, categories).items():
            found[f"{code}:{name}"] = g.all(fails, g.any(*(g.is_false(algebra.truth(part)) for part in parts)))
    return {name: vector for name, vector in found.items() if not vector.is_value(False)}


def _due(g: Graph, amount: Interval) -> Interval:
    """What an amount adds to a total: an unknown one at least nothing, and one that is at most nothing, nothing."""
    low = g.fill(amount.low, 0)
    if (low.low or 0) < 0:
        nothing = g.lit(0, Dtype.INT)
        low = g.choose(g.is_true(g.compare("eq", amount.high, nothing)), nothing, low)
    return Interval(low, amount.high, amount.denominator)


def _money(g: Graph, x: Interval) -> Money:
    x = _whole(g, x)
    if x.simple:
        return Money(x.low, x.low, x.low)
    same = g.compare("eq", x.low, x.high)
    return Money(g.choose(same, x.low, g.lit(None, Dtype.INT)), x.low, x.high)


def _whole(g: Graph, x: Interval) -> Interval:
    """Amounts are whole fen by construction: a denominator that is left divides out exactly."""
    return x if x.denominator == 1 else iv.rounded(g, x, 1, "down")
