"""Checks and stacking, written out as ordinary nodes, so that no engine has to know them.

From a rule set comes, for each category and policy, the condition and the amount as they stand after every county's
checks, and after every stacking rule. A policy tops up, is capped, and gives way to others; then others give way to what is
left of it (see ``rules.stacking_order``). What each rule took away stays visible: the amount before it and the amount
after it are both there.
"""

from fractions import Fraction
from typing import TypeGuard

import attrs

from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import Check, Policy, is_whole
from kinderguard.rules.expression import Expr
from kinderguard.rules.kinds import BOOL, MONEY, Sort
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.stacking import Capped, Excludes, Keep, Stacking, TopsUp
from kinderguard.rules.stacking_order import Order, Settled, Stage

ZERO = n.Const(MONEY, 0)
TRUE = n.Const(BOOL, True)


@attrs.frozen
class Stacked:
    """One stacking rule at work on one policy: ``before`` becomes ``after``. Nodes are amounts or conditions."""

    owner: str
    rule: Stacking
    others: tuple[str, ...]
    before: n.Node
    after: n.Node
    #: What a top-up counts, in the order of its rule; what those of a cap group are paid that go before.
    counted: tuple[n.Node, ...] = ()
    #: What the whole group of a cap may be paid.
    limit: n.Node | None = None


@attrs.frozen
class PolicyNodes:
    """A policy written out: who is eligible, what it gives by itself, what remains after stacking."""

    eligible: n.Node
    #: Money before stacking; None for a service.
    own: n.Node | None
    #: Money after stacking, or for a service whether it is given.
    final: n.Node
    stacking: tuple[Stacked, ...]


def conjunction(*args: n.Node) -> n.Node:
    """All of ``args``; one alone is itself."""
    return args[0] if len(args) == 1 else n.And(args)


def disjunction(*args: n.Node) -> n.Node:
    """Any of ``args``; one alone is itself."""
    return args[0] if len(args) == 1 else n.Or(args)


def _step(check: Check, expr: Expr) -> n.Node:
    return n.Named(expr.kind, check.code, check.reason, expr.node)


def category_nodes(rules: RuleSet) -> dict[str, n.Node]:
    """The condition of each category with every check on it, in an order in which each can be computed."""
    return {code: _checked(rules.categories[code].when.node, _checks(rules, code)) for code in rules.category_order}


def _checked(condition: n.Node, checks: list[Check]) -> n.Node:
    """A condition as checks widen it, then with all that they require."""
    widened = disjunction(condition, *(_step(c, c.widens) for c in checks if c.widens is not None))
    return conjunction(widened, *(_step(c, c.requires) for c in checks if c.requires is not None))


def _checks(rules: RuleSet, on: str) -> list[Check]:
    return [c for _, c in sorted(rules.checks.items()) if c.on == on]


def never_negative(node: n.Node) -> bool:
    """Whether an amount or number can be seen from its form not to fall below zero, whatever is unknown.

    Of the least or greatest of nobody, and of a division by zero, nothing is known at all: whoever needs an amount
    that is not negative puts zero under them (see ``_not_below_zero``).
    """
    match node:
        case n.Const(value=value):
            return _is_number(value) and value >= 0
        case n.Fact() | n.Param():
            return True  # the model and the parameter files refuse negative numbers
        case n.Add() | n.Times() | n.Least() | n.Round() | n.Named():
            return all(never_negative(part) for part in node.parts())
        case n.Greatest(args=args):
            return any(never_negative(a) for a in args)
        case n.When(then=then, otherwise=otherwise):
            return never_negative(then) and never_negative(otherwise)
        case n.Aggregate(how=how, body=body):
            return how is n.How.COUNT or (how is n.How.SUM and never_negative(body))
        case n.Divide(left=left, right=n.Const(value=divisor)):
            return never_negative(left) and _is_number(divisor) and divisor > 0
        case _:
            return False


def _is_number(value: n.Value) -> TypeGuard[int | Fraction]:
    return isinstance(value, int | Fraction)


def _own(rules: RuleSet, policy: Policy) -> tuple[n.Node, n.Node | None]:
    checks = _checks(rules, policy.code)
    eligible = _checked(policy.eligible.node, checks)
    if policy.amount is None:
        return eligible, None
    raised = [_step(c, c.at_least) for c in checks if c.at_least is not None]
    amount = n.Greatest(MONEY, (policy.amount.node, *raised)) if raised else policy.amount.node
    assert is_whole(amount)
    return eligible, n.When(MONEY, eligible, _not_below_zero(amount), ZERO)


def policy_nodes(rules: RuleSet) -> dict[str, PolicyNodes]:
    """Every policy written out."""
    writing = _Writing(rules)
    for settled in writing.order.stages:
        writing.settle(settled)
    return {code: writing.written(code) for code in rules.stacking_order}


class _Writing:
    """Policies as they are written out, stage by stage."""

    def __init__(self, rules: RuleSet) -> None:
        self.order = Order.of(rules.policies)
        self._policies = rules.policies
        self._own = {code: _own(rules, policy) for code, policy in rules.policies.items()}
        #: A service is its condition.
        self._now = {code: eligible if amount is None else amount for code, (eligible, amount) in self._own.items()}
        self._at: dict[Settled, n.Node] = {}
        self._shown: dict[str, list[Stacked]] = {code: [] for code in rules.policies}
        #: What remains of a policy apart from one of its comparisons, which is held against the other side of that one.
        self._compared: dict[tuple[str, Excludes], n.Node] = {}

    def written(self, code: str) -> PolicyNodes:
        eligible, amount = self._own[code]
        return PolicyNodes(eligible, amount, self._now[code], tuple(self._shown[code]))

    def settle(self, settled: Settled) -> None:
        code = settled.code
        match settled.stage:
            case Stage.OWN:
                self._top_up(code)
                self._cap(code)
                self._give_way(code)
            case Stage.CONTENDED:
                self._taken_away(code, self.order.takers[code])
            case Stage.FINAL:
                self._taken_away(code, self.order.contenders[code])
        self._at[settled] = self._now[code]

    def _change(
        self,
        code: str,
        after: n.Node,
        rule: Stacking,
        others: tuple[str, ...],
        *,
        owner: str = "",
        counted: tuple[n.Node, ...] = (),
    ) -> None:
        limit = rule.limit.node if isinstance(rule, Capped) else None
        self._shown[code].append(Stacked(owner or code, rule, others, self._now[code], after, counted, limit))
        self._now[code] = after

    def _seen(self, by: str, of: str) -> n.Node:
        idle = self.order.idle(by, of)
        if not idle:
            return self._at[self.order.seen(by, of)]
        seen = self._at[Settled(of, Stage.OWN)]
        for rules in (self.order.takers[of], self.order.contenders[of]):
            before = seen
            for taker, rule in rules:
                if (taker, rule) not in idle:
                    seen = _nothing_where(self._wins(taker, rule, before), seen)
        return seen

    def _top_up(self, code: str) -> None:
        for rule in self._policies[code].stacking:
            if isinstance(rule, TopsUp):
                counted = tuple(self._seen(code, c) if isinstance(c, str) else c.node for c in rule.counting)
                names = tuple(c for c in rule.counting if isinstance(c, str))
                eligible = self._own[code][0]
                gives = self._now[code] if rule.to is None else n.When(MONEY, eligible, rule.to.node, ZERO)
                self._change(code, _difference(gives, counted), rule, names, counted=counted)

    def _cap(self, code: str) -> None:
        for rule in self._policies[code].stacking:
            if isinstance(rule, Capped):
                earlier = tuple(self.order.earlier(code, rule.group))
                counted = tuple(self._seen(code, c) for c in earlier)
                left = n.Least(MONEY, (self._now[code], _difference(rule.limit.node, counted)))
                self._change(code, left, rule, earlier, counted=counted)

    def _give_way(self, code: str) -> None:
        """All falls are asked of the same amount, so that none of them hides another."""
        before = self._now[code]
        falls: list[tuple[Excludes, n.Node]] = []
        for rule in self._policies[code].stacking:
            if isinstance(rule, Excludes) and rule.keep is not Keep.THIS:
                other = self._seen(code, rule.other)
                loses = _given(other) if rule.keep is Keep.OTHER else n.Less(BOOL, before, other)
                falls.append((rule, _where(rule, loses)))
        for rule, condition in falls:
            self._change(code, _nothing_where(condition, self._now[code]), rule, (rule.other,))
        for rule, _ in falls:
            left = before
            for other_rule, condition in falls:
                left = left if other_rule is rule else _nothing_where(condition, left)
            self._compared[code, rule] = left

    def _taken_away(self, code: str, by: list[tuple[str, Excludes]]) -> None:
        """All takers are held against the same amount: in which order they are asked makes no difference."""
        before = self._now[code]
        for taker, rule in by:
            wins = self._wins(taker, rule, before)
            self._change(code, _nothing_where(wins, self._now[code]), rule, (taker,), owner=taker)

    def _wins(self, taker: str, rule: Excludes, before: n.Node) -> n.Node:
        """Where a policy that comes to ``before`` is taken away."""
        if rule.keep is Keep.THIS:
            return _where(rule, _given(self._at[Settled(taker, Stage.OWN)]))
        return _where(rule, n.AtMost(BOOL, before, self._compared[taker, rule]))


def _where(rule: Excludes, condition: n.Node) -> n.Node:
    return condition if rule.when is None else conjunction(rule.when.node, condition)


def _not_below_zero(amount: n.Node) -> n.Node:
    return amount if never_negative(amount) else n.Greatest(MONEY, (ZERO, amount))


def _difference(whole: n.Node, parts: tuple[n.Node, ...]) -> n.Node:
    """``whole`` less ``parts``, never below zero. A part below zero counts as nothing: it would add to the whole."""
    if not parts:
        return _not_below_zero(whole)
    parts = tuple(_not_below_zero(part) for part in parts)
    counted = parts[0] if len(parts) == 1 else n.Add(MONEY, parts)
    return n.Greatest(MONEY, (ZERO, n.Subtract(MONEY, whole, counted)))


def _given(node: n.Node) -> n.Node:
    """Whether something is given at all: more than nothing, or the service itself."""
    return n.Less(BOOL, ZERO, node) if node.kind.sort is Sort.MONEY else node


def _nothing_where(condition: n.Node, node: n.Node) -> n.Node:
    if node.kind.sort is Sort.MONEY:
        return n.When(MONEY, condition, ZERO, node)
    return n.And((node, n.Not(condition)))


__all__ = ["Capped", "PolicyNodes", "Stacked", "category_nodes", "conjunction", "disjunction", "policy_nodes"]
