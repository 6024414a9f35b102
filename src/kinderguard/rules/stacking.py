"""Stacking: how policies combine. ``cumulates`` (the default), ``excludes``, ``tops_up``, ``capped``.

A rule stands with the policy that it belongs to. The order in which a policy lists its rules means nothing: it tops up,
then it is capped, then it gives way to others, then others give way to what is left of it. What a rule looks at is
settled before it (see ``stacking_order``), and a circle is an error.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import attrs

from kinderguard.model.text import Text, same
from kinderguard.rules.errors import DefinitionError, ExpressionError
from kinderguard.rules.expression import BoolExpr, Expr, MoneyExpr, type_of
from kinderguard.rules.wording import wording

if TYPE_CHECKING:
    from kinderguard.rules.definitions import Policy

    Counted: TypeAlias = "Policy | str | MoneyExpr"


class Keep(StrEnum):
    """Which of two exclusive policies is paid."""

    HIGHER = "higher"
    THIS = "this"
    OTHER = "other"


def _code(policy: "Policy | str") -> str:
    code = getattr(policy, "code", policy)
    if not isinstance(code, str):
        given = type_of(policy)
        raise ExpressionError(
            Text(
                f"此处应为 Policy 或它的代码，如 'cn.orphan_allowance'，不能是{given.zh}。",
                f"A Policy or its code is needed here, such as 'cn.orphan_allowance', not {given.en}.",
            )
        )
    return code


def _node_of(expr: Expr | None) -> object:
    return None if expr is None else expr.node


def _nodes_of(counted: tuple["str | MoneyExpr", ...]) -> object:
    return tuple(c.node if isinstance(c, Expr) else c for c in counted)


@attrs.frozen
class Excludes:
    """This policy and ``other`` are not paid together; ``keep`` says which is."""

    other: str = attrs.field(converter=_code)
    keep: Keep = attrs.field(default=Keep.HIGHER, converter=Keep)
    when: BoolExpr | None = attrs.field(default=None, eq=_node_of)
    reason: Text | None = None

    def amounts(self) -> tuple[MoneyExpr, ...]:
        """The amounts that the rule states itself."""
        return ()


@attrs.frozen
class TopsUp:
    """补差: this policy pays the difference between its amount (or ``to``) and what ``counting`` already gives."""

    counting: "tuple[str | MoneyExpr, ...]" = attrs.field(eq=_nodes_of)
    to: MoneyExpr | None = attrs.field(default=None, eq=_node_of)
    reason: Text | None = None

    def amounts(self) -> tuple[MoneyExpr, ...]:
        """The amounts that the rule states itself."""
        return tuple(a for a in (self.to, *self.counting) if isinstance(a, Expr))


@attrs.frozen
class Capped:
    """The policies of one ``group`` together pay no more than ``limit``; later codes give way, and one that names another."""

    group: str
    limit: MoneyExpr = attrs.field(eq=_node_of)
    reason: Text | None = None

    def amounts(self) -> tuple[MoneyExpr, ...]:
        """The amounts that the rule states itself."""
        return (self.limit,)


Stacking = Excludes | TopsUp | Capped


def check_list(owner: str, rules: tuple[Stacking, ...]) -> None:
    """Refuse stacking rules of one policy that say a thing twice.

    Args:
        owner: the code of the policy.
        rules: its list.

    Raises:
        DefinitionError: naming what is said twice, and the mend.
    """
    top_ups = [rule for rule in rules if isinstance(rule, TopsUp)]
    if len(top_ups) > 1:
        raise DefinitionError(
            Text(
                "stacking 中有两个 tops_up；请合成一个，把要扣除的全部列入它的 counting。",
                "its stacking has two tops_up. Write one, and list all in one counting.",
            ),
            owner,
        )
    for rule in top_ups:
        _check_counted(owner, rule)
    groups = [rule.group for rule in rules if isinstance(rule, Capped)]
    for group in groups:
        if groups.count(group) > 1:
            raise DefinitionError(
                Text(
                    f"stacking 两次写了封顶组 {group!r}；请只写一次，上限取较低者写作 r.min_of(…)。",
                    f"its stacking names the cap group {group!r} twice. Name it once; the lower of two limits is "
                    "r.min_of(…).",
                ),
                owner,
            )
    excluded = [rule for rule in rules if isinstance(rule, Excludes)]
    for always in (rule for rule in excluded if rule.when is None):
        if sum(rule.other == always.other for rule in excluded) > 1:
            raise DefinitionError(
                Text(
                    f"stacking 不止一次排除 {always.other}，其中一次没有 when，总是适用；请只留一次，或每次都写明各自的 when。",
                    f"its stacking excludes {always.other} more than once, and once without `when`, which always applies. "
                    "Leave one, or give each a `when` of its own.",
                ),
                owner,
            )


def _check_counted(owner: str, rule: TopsUp) -> None:
    seen: set[object] = set()
    for counted in rule.counting:
        key = counted.node if isinstance(counted, Expr) else counted
        if key in seen:
            said = wording(counted.node) if isinstance(counted, Expr) else same(counted)
            raise DefinitionError(
                Text(
                    f"tops_up 的 counting 两次列入“{said.zh}”，会扣除两次；请只列一次。",
                    f"its tops_up lists ‘{said.en}’ twice in counting, and would take it off twice. List it once.",
                ),
                owner,
            )
        seen.add(key)


def cumulates() -> tuple[()]:
    """Paid beside everything else: the default, for those who wish to say so."""
    return ()


def excludes(
    other: "Policy | str", *, keep: str = "higher", when: BoolExpr | None = None, reason: Text | None = None
) -> Excludes:
    """This policy and ``other`` are exclusive.

    Args:
        other: the other policy or its code.
        keep: ``"higher"`` (this one where equal), ``"this"`` or ``"other"``. Where several policies exclude one and the
            same other by ``"higher"``, each is compared with what that one pays before any of them takes it away.
        when: the exclusion holds only under this condition.
        reason: why, for the explanation.
    """
    if keep not in list(Keep):
        raise DefinitionError(
            Text(
                f"keep 为 'higher'、'this' 或 'other'，不能是 {keep!r}。",
                f"keep is 'higher', 'this' or 'other', not {keep!r}.",
            )
        )
    if when is not None and not isinstance(when, BoolExpr):
        raise ExpressionError(
            Text(
                "excludes(when=...) 需要条件，如 `child.age < 16`。",
                "excludes(when=...) needs a condition such as `child.age < 16`.",
            )
        )
    return Excludes(other, Keep(keep), when, reason)


def tops_up(
    *, counting: "list[Counted] | tuple[Counted, ...]", to: MoneyExpr | None = None, reason: Text | None = None
) -> TopsUp:
    """This policy pays only the difference, never below zero. A policy has one top-up at most.

    Args:
        counting: policies (or their codes) and amounts that count against it, each once; of a policy, what it pays in the
            end, paid as often as this one and, as this one, for the child or for the household.
        to: up to this amount; the policy's own amount if left out.
        reason: why, for the explanation.
    """
    if not isinstance(counting, list | tuple):
        raise ExpressionError(
            Text(
                "tops_up(counting=[...]) 需要列表，列出政策、代码或金额。",
                "tops_up(counting=[...]) needs a list of policies, codes or amounts.",
            )
        )
    if to is not None and not isinstance(to, MoneyExpr):
        raise ExpressionError(
            Text(
                "tops_up(to=...) 需要金额，如 r.yuan(500) 或 param(...)。",
                "tops_up(to=...) needs money, such as r.yuan(500) or param(...).",
            )
        )
    for counted in counting:
        if isinstance(counted, Expr) and not isinstance(counted, MoneyExpr):
            kind = counted.kind.text
            raise ExpressionError(
                Text(
                    f"tops_up 只计政策和金额，不能计{kind.zh}；请列出政策、代码或金额。",
                    f"tops_up counts policies and money, not {kind.en}. List policies, codes or amounts.",
                )
            )
    if not counting:
        raise DefinitionError(
            Text(
                "tops_up(counting=[...]) 为空；请列出要扣除的政策、代码或金额。",
                "tops_up(counting=[...]) needs something to count: policies, codes or amounts.",
            )
        )
    return TopsUp(tuple(c if isinstance(c, Expr) else _code(c) for c in counting), to, reason)


def capped(group: str, limit: MoneyExpr, *, reason: Text | None = None) -> Capped:
    """This policy belongs to a group that together pays no more than ``limit``.

    Args:
        group: its name; all of it are policies of one pack, paid as often and per child or per household alike. Later codes
            give way to earlier ones, and one whose stacking names another of the group to that one.
        limit: the same in every policy of the group.
        reason: why, for the explanation.
    """
    if not isinstance(limit, MoneyExpr):
        raise ExpressionError(
            Text(
                "capped(group, limit) 的上限须为金额，如 r.yuan(500) 或 param(...)。",
                "capped(group, limit) needs money as its limit, such as r.yuan(500) or param(...).",
            )
        )
    return Capped(group, limit, reason)
