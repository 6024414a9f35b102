"""Checks and stacking, written out as ordinary nodes, so that no engine has to know them.

From a rule set comes, for each category and policy, the condition and the amount as they stand after every county's
checks, and after every stacking rule in its fixed order. What each rule took away stays visible: the amount before
it and the amount after it are both there.
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
    #: What a top-up counts, in the order of its rule.
    counted: tuple[n.Node, ...] = ()


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
    """Every policy written out, in the order in which stacking is resolved."""
    own = {code: _own(rules, rules.policies[code]) for code in rules.stacking_order}
    current: dict[str, n.Node] = {
        code: eligible if amount is None else amount for code, (eligible, amount) in own.items()
    }
    shown: dict[str, list[Stacked]] = {code: [] for code in own}

    def change(
        code: str, after: n.Node, owner: str, rule: Stacking, others: tuple[str, ...], counted: tuple[n.Node, ...] = ()
    ) -> None:
        shown[code].append(Stacked(owner, rule, others, current[code], after, counted))
        current[code] = after

    groups: dict[str, list[str]] = {}
    for code in rules.stacking_order:
        for rule in rules.policies[code].stacking:
            if isinstance(rule, Excludes):
                this, other = _exclusion(rule, current[code], current[rule.other])
                if this is not None:
                    change(code, this, code, rule, (rule.other,))
                if other is not None:
                    change(rule.other, other, code, rule, (code,))
            elif isinstance(rule, TopsUp):
                counted = tuple(current[c] if isinstance(c, str) else c.node for c in rule.counting)
                names = tuple(c for c in rule.counting if isinstance(c, str))
                gives = current[code] if rule.to is None else n.When(MONEY, own[code][0], rule.to.node, ZERO)
                change(code, _difference(gives, counted), code, rule, names, counted)
            else:
                earlier = groups.setdefault(rule.group, [])
                left = _difference(rule.limit.node, tuple(current[c] for c in earlier))
                change(code, n.Least(MONEY, (current[code], left)), code, rule, tuple(earlier))
                earlier.append(code)
    return {
        code: PolicyNodes(eligible, amount, current[code], tuple(shown[code]))
        for code, (eligible, amount) in own.items()
    }


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


def _exclusion(rule: Excludes, this: n.Node, other: n.Node) -> tuple[n.Node | None, n.Node | None]:
    """Both policies after the rule; None for the one that it leaves alone."""
    holds = () if rule.when is None else (rule.when.node,)
    if rule.keep is Keep.THIS:
        return None, _nothing_where(conjunction(*holds, _given(this)), other)
    if rule.keep is Keep.OTHER:
        return _nothing_where(conjunction(*holds, _given(other)), this), None
    other_higher = n.Less(BOOL, this, other)
    return (
        _nothing_where(conjunction(*holds, other_higher), this),
        _nothing_where(conjunction(*holds, n.AtMost(BOOL, other, this)), other),
    )


__all__ = ["Capped", "PolicyNodes", "Stacked", "category_nodes", "conjunction", "disjunction", "policy_nodes"]
