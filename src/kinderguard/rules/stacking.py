"""Stacking: how policies combine. ``cumulates`` (the default), ``excludes``, ``tops_up``, ``capped``.

A rule stands with the policy that it belongs to. It is worked out after every rule of the policies that it names,
so the order is found once, when the rules are put together, and a circle is an error.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

import attrs

from kinderguard.model.text import Text
from kinderguard.rules.errors import DefinitionError, ExpressionError
from kinderguard.rules.expression import BoolExpr, Expr, MoneyExpr, type_of

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
    """The policies of one ``group`` together pay no more than ``limit``; later codes give way to earlier ones."""

    group: str
    limit: MoneyExpr = attrs.field(eq=_node_of)
    reason: Text | None = None

    def amounts(self) -> tuple[MoneyExpr, ...]:
        """The amounts that the rule states itself."""
        return (self.limit,)


Stacking = Excludes | TopsUp | Capped


def cumulates() -> tuple[()]:
    """Paid beside everything else: the default, for those who wish to say so."""
    return ()


def excludes(
    other: "Policy | str", *, keep: str = "higher", when: BoolExpr | None = None, reason: Text | None = None
) -> Excludes:
    """This policy and ``other`` are exclusive.

    Args:
        other: the other policy or its code.
        keep: ``"higher"`` (this one where equal), ``"this"`` or ``"other"``.
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
    """This policy pays only the difference, never below zero.

    Args:
        counting: policies (or their codes) and amounts that count against it.
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
    """This policy belongs to a group that together pays no more than ``limit``."""
    if not isinstance(limit, MoneyExpr):
        raise ExpressionError(
            Text(
                "capped(group, limit) 的上限须为金额，如 r.yuan(500) 或 param(...)。",
                "capped(group, limit) needs money as its limit, such as r.yuan(500) or param(...).",
            )
        )
    return Capped(group, limit, reason)
