"""What a pack defines: categories, policies, checks, its own facts, and providers of facts.

All are frozen values. They say what the rule is; how it is computed stands with the engines.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any, Generic, Literal, TypeVar

import attrs

from kinderguard.model.codes import Code, Document, Frequency
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import ALWAYS, Cite, Period
from kinderguard.rules.errors import DefinitionError, ExpressionError, RoundingError
from kinderguard.rules.expression import BoolExpr, CodeExpr, DateExpr, Expr, MoneyExpr, NumberExpr, _name
from kinderguard.rules.facts import extra_fact
from kinderguard.rules.kinds import BOOL, CODE_LISTS, DATE, MONEY, Kind, Sort
from kinderguard.rules.stacking import Capped, Excludes, Stacking, TopsUp

_CODE = re.compile(r"(cn|\d{2,12})\.[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")
X = TypeVar("X", bound=Expr)


def _node_of(expr: Expr | None) -> object:
    return None if expr is None else expr.node


def _nodes_of(exprs: tuple[Expr, ...]) -> object:
    return tuple(e.node for e in exprs)


def _valid_code(_: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str) or not _CODE.match(value):
        raise DefinitionError(
            f"The code {value!r} is not well formed: the pack's division (or cn), a dot, then lower-case words, "
            "as in '330106.winter_heating'."
        )


def _bool(owner: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, BoolExpr):
        raise ExpressionError(
            f"{owner.code}: {attribute.name} needs a condition such as `child.age < 16`, not {_name(value)}."
        )


def _text(owner: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, Text):
        raise DefinitionError(f"{owner.code}: {attribute.name} is r.Text(zh='…', en='…'), in both languages.")


def _period(owner: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, Period):
        raise DefinitionError(f"{owner.code}: {attribute.name} is r.Period('2024-11-01', None).")


def _cites(owner: Any, attribute: Any, value: tuple[Any, ...]) -> None:
    for cite in value:
        if not isinstance(cite, Cite):
            raise DefinitionError(f"{owner.code}: {attribute.name} lists r.Cite('document', article='3').")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


class CategoryKind(StrEnum):
    """A main class, or a type within it."""

    MAIN = "main"
    TYPE = "type"


@attrs.frozen
class Category:
    """A main class of children in difficulty, or a type within it: true, false or unknown for a child on a day.

    Args:
        code: ``cn.orphan``; begins with the code of the pack.
        title: in both languages.
        when: the condition.
        kind: main class or type.
        cites: the sources.
        effective: when the rule applies.
        note: what a reader should know; printed with the explanation.
        duty: whether belonging calls for people to act at once (never a score).
    """

    code: str = attrs.field(validator=_valid_code)
    title: Text = attrs.field(validator=_text)
    when: BoolExpr = attrs.field(validator=_bool, eq=_node_of)
    kind: CategoryKind = attrs.field(default=CategoryKind.TYPE, converter=CategoryKind)
    cites: tuple[Cite, ...] = attrs.field(default=(), converter=_tuple, validator=_cites)
    effective: Period = attrs.field(default=ALWAYS, validator=_period)
    note: Text | None = None
    duty: bool = False


@attrs.frozen
class OwnDocument:
    """A paper of a pack's own that its policies ask for, beyond ``r.Document``.

    A case says that it was seen with ``Evidence(paper="330199.heating_bill", …)``.
    """

    code: str = attrs.field(validator=_valid_code)
    title: Text = attrs.field(validator=_text)

    @property
    def value(self) -> str:
        """Its code: what JSON holds."""
        return self.code

    @property
    def label(self) -> Text:
        """Its title in both languages."""
        return self.title


Per = Literal["child", "household"]


@attrs.frozen
class Policy:
    """Help that is due: money, or a service.

    Args:
        code: ``cn.orphan_allowance``; begins with the code of the pack.
        title: in both languages.
        eligible: the condition.
        amount: money each ``every``; or ``service``: what is given instead of money.
        every: how often the amount is paid.
        per: for each ``"child"``, or once for the ``"household"``.
        evidence: papers to be brought.
        review: whole months after which eligibility is looked at again, or None where not stated.
        stacking: how it combines with other policies.
        counties_may_narrow: whether a county's check may add a condition.
        cites: the sources.
        effective: when it applies.
        note: what a reader should know; printed with the explanation.

    Raises:
        DefinitionError, ExpressionError: a part is missing or of the wrong kind.
        RoundingError: the amount may fall between two fen.
    """

    code: str = attrs.field(validator=_valid_code)
    title: Text = attrs.field(validator=_text)
    eligible: BoolExpr = attrs.field(validator=_bool, eq=_node_of)
    amount: MoneyExpr | None = attrs.field(default=None, eq=_node_of)
    service: Text | None = None
    every: Frequency = Frequency.ONCE
    per: Per = "child"
    evidence: tuple[Document | OwnDocument, ...] = attrs.field(default=(), converter=_tuple)
    review: int | None = None
    stacking: tuple[Stacking, ...] = attrs.field(default=(), converter=_tuple)
    counties_may_narrow: bool = False
    cites: tuple[Cite, ...] = attrs.field(default=(), converter=_tuple, validator=_cites)
    effective: Period = attrs.field(default=ALWAYS, validator=_period)
    note: Text | None = None

    def __attrs_post_init__(self) -> None:
        if (self.amount is None) == (self.service is None):
            raise DefinitionError(f"{self.code}: a policy has either an amount or a service.")
        if self.amount is not None:
            if not isinstance(self.amount, MoneyExpr):
                raise ExpressionError(
                    f"{self.code}: the amount is money, such as param('…') or r.yuan('600'), not {_name(self.amount)}."
                )
            require_whole_fen(self.code, self.amount)
        if not isinstance(self.every, Frequency):
            raise DefinitionError(f"{self.code}: every is r.ONCE, r.MONTH, r.QUARTER, r.SCHOOL_YEAR or r.YEAR.")
        if self.per not in ("child", "household"):
            raise DefinitionError(f"{self.code}: per is 'child' or 'household'.")
        for paper in self.evidence:
            if not isinstance(paper, Document | OwnDocument):
                raise DefinitionError(f"{self.code}: evidence lists r.Document codes, or r.OwnDocument values.")
        for rule in self.stacking:
            if not isinstance(rule, Excludes | TopsUp | Capped):
                raise DefinitionError(f"{self.code}: stacking lists r.excludes(…), r.tops_up(…) or r.capped(…).")
            if isinstance(rule, TopsUp | Capped) and self.amount is None:
                raise DefinitionError(f"{self.code}: only a policy with an amount can top up or be capped.")
            for amount in rule.amounts():
                require_whole_fen(self.code, amount)


def _code_of(rule: "Policy | Category | str") -> str:
    return rule if isinstance(rule, str) else rule.code


@attrs.frozen
class Check:
    """A county's added condition on, widening of, or raise of somebody's policy or category, with its reason.

    Args:
        code: begins with the code of the county's pack.
        on: the policy or category (or its code).
        reason: why, in both languages; printed with the explanation.
        widens: also eligible (or in the category) where this holds.
        requires: only eligible (or in the category) where this holds, after every widening. For somebody else's
            policy only where that policy says that counties may; never for somebody else's category.
        at_least: the amount is at least this.
        cites, effective: as for a policy.
    """

    code: str = attrs.field(validator=_valid_code)
    on: str = attrs.field(converter=_code_of, validator=_valid_code)
    reason: Text = attrs.field(validator=_text)
    widens: BoolExpr | None = attrs.field(default=None, eq=_node_of)
    requires: BoolExpr | None = attrs.field(default=None, eq=_node_of)
    at_least: MoneyExpr | None = attrs.field(default=None, eq=_node_of)
    cites: tuple[Cite, ...] = attrs.field(default=(), converter=_tuple, validator=_cites)
    effective: Period = attrs.field(default=ALWAYS, validator=_period)

    def __attrs_post_init__(self) -> None:
        given = [p for p in (self.widens, self.requires, self.at_least) if p is not None]
        if len(given) != 1:
            raise DefinitionError(f"{self.code}: a check has exactly one of widens, requires, at_least.")
        if not isinstance(given[0], MoneyExpr if self.at_least is not None else BoolExpr):
            raise ExpressionError(f"{self.code}: widens and requires are conditions, at_least is money.")
        if self.at_least is not None:
            require_whole_fen(self.code, self.at_least)


@attrs.frozen
class DeclaredFact(Generic[X]):
    """A fact of a pack's own, kept in ``case.extra`` under the pack's division.

    ``expr`` is the fact as rules use it.
    """

    code: str = attrs.field(validator=_valid_code)
    title: Text = attrs.field(validator=_text)
    kind: Kind = BOOL

    @property
    def expr(self) -> X:
        """The fact as an expression."""
        return extra_fact(self.code, self.kind)  # type: ignore[return-value]

    @staticmethod
    def yes_no(code: str, *, zh: str, en: str) -> "DeclaredFact[BoolExpr]":
        """A fact that is true or false."""
        return DeclaredFact(code, Text(zh, en), BOOL)

    @staticmethod
    def money(code: str, *, zh: str, en: str) -> "DeclaredFact[MoneyExpr]":
        """An amount in yuan, not negative."""
        return DeclaredFact(code, Text(zh, en), MONEY)

    @staticmethod
    def number(code: str, *, zh: str, en: str, unit: str = "") -> "DeclaredFact[NumberExpr]":
        """A whole number of ``unit``, not negative."""
        return DeclaredFact(code, Text(zh, en), Kind(Sort.NUMBER, unit))

    @staticmethod
    def day(code: str, *, zh: str, en: str) -> "DeclaredFact[DateExpr]":
        """A date, perhaps known only to the month."""
        return DeclaredFact(code, Text(zh, en), DATE)

    @staticmethod
    def choice(code: str, codes: type[Code], *, zh: str, en: str) -> "DeclaredFact[CodeExpr[Any]]":
        """One code out of a list of the pack's own."""
        if CODE_LISTS.setdefault(codes.__name__, codes) is not codes:
            raise DefinitionError(
                f"{code}: there is another code list named {codes.__name__}; give this one its own name."
            )
        return DeclaredFact(code, Text(zh, en), Kind(Sort.CODE, codes=codes))


@attrs.frozen
class FactProvider:
    """Code that finds a fact elsewhere (another registry, a distance service). It is not a rule.

    What a case states itself always goes before what a provider says. A provider that fails leaves the fact
    unknown, and the assessment says so.

    Args:
        fact: the declared fact that it gives.
        needs: facts it reads, as expressions.
        one: for one child: gets ``{path: value}`` of ``needs`` and returns the fact's value, or None for unknown.
        many: for many children at once: gets a list of such mappings and returns as many values.
    """

    fact: DeclaredFact[Any]
    needs: tuple[Expr, ...] = attrs.field(converter=_tuple, eq=_nodes_of)
    one: Callable[[Mapping[str, Any]], Any] = attrs.field(eq=False, metadata={"code_only": True})
    many: Callable[[Sequence[Mapping[str, Any]]], Sequence[Any]] | None = attrs.field(
        default=None, eq=False, metadata={"code_only": True}
    )

    def __attrs_post_init__(self) -> None:
        for expr in self.needs:
            if not isinstance(expr, Expr) or not isinstance(expr.node, n.Fact) or expr.node.of is not None:
                raise DefinitionError(f"{self.fact.code}: a provider's needs are plain facts such as child.birth_date.")
        if not callable(self.one) or not (self.many is None or callable(self.many)):
            raise DefinitionError(f"{self.fact.code}: a provider's `one` and `many` are functions.")

    @property
    def code(self) -> str:
        """The code of the fact that it gives."""
        return self.fact.code


def require_whole_fen(code: str, amount: MoneyExpr) -> None:
    """Refuse an amount that may fall between two fen.

    Raises:
        RoundingError: with the mend.
    """
    if not is_whole(amount.node):
        raise RoundingError(
            f"{code}: the amount may fall between two fen. State the rounding, as in "
            "`(x * r.ratio(30, 100)).rounded(to='1', rounding=r.HALF_UP)`."
        )


def is_whole(node: n.Node) -> bool:
    """Whether a node always gives a whole number (of fen, for money)."""
    match node:
        case n.Const(value=value):
            return not isinstance(value, Fraction) or value.denominator == 1
        case n.Param(kind=kind):
            return kind.sort is not Sort.NUMBER or bool(kind.unit)
        case n.Divide() | n.Round():
            return True
        case n.Named(arg=arg):
            return is_whole(arg)
        case n.When(then=then, otherwise=otherwise):
            return is_whole(then) and is_whole(otherwise)
        case n.Aggregate(body=body):
            return node.how is n.How.COUNT or is_whole(body)
        case _:
            return all(is_whole(part) for part in node.parts())
