"""What a pack defines: categories, policies, checks, its own facts, and providers of facts.

All are frozen values. They say what the rule is; how it is computed stands with the engines.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import attrs

from kinderguard.model.codes import Code, Document, Frequency
from kinderguard.model.text import Language, Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import ALWAYS, Cite, Period
from kinderguard.rules.errors import DefinitionError, ExpressionError, RoundingError
from kinderguard.rules.expression import (
    ANSWERED,
    BoolExpr,
    CodeExpr,
    DateExpr,
    Expr,
    MoneyExpr,
    NumberExpr,
    is_answered,
    name_of,
    type_of,
)
from kinderguard.rules.facts import extra_fact
from kinderguard.rules.kinds import BOOL, CODE_LISTS, DATE, MONEY, Kind, Sort
from kinderguard.rules.signs import is_below_zero
from kinderguard.rules.stacking import Capped, Excludes, Stacking, TopsUp, check_list

if TYPE_CHECKING:
    from kinderguard.model.view import View
    from kinderguard.rules.ruleset import RuleSet

_CODE = re.compile(r"(cn|\d{2,12})\.[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\Z")
X = TypeVar("X", bound=Expr)


def _node_of(expr: Expr | None) -> object:
    return None if expr is None else expr.node


def _nodes_of(exprs: tuple[Expr, ...]) -> object:
    return tuple(e.node for e in exprs)


def _valid_code(_: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, str) or not _CODE.match(value):
        raise DefinitionError(
            Text(
                f"代码 {value!r} 格式不对：应为规则包的行政区划代码（或 cn）、一个点和小写英文单词，"
                "如 '330106.winter_heating'。",
                f"The code {value!r} is not well formed: the pack's division (or cn), a dot, then lower-case words, "
                "as in '330106.winter_heating'.",
            )
        )


def _bool(owner: Any, attribute: Any, value: Any) -> None:
    if is_answered(value):
        needed = Text(f"{attribute.name} 需要条件。", f"{attribute.name} needs a condition. ")
        raise ExpressionError(needed + ANSWERED, owner.code)
    if not isinstance(value, BoolExpr):
        name = name_of(value)
        raise ExpressionError(
            Text(
                f"{attribute.name} 需要条件，如 `child.age < 16`，不能是{name.zh}。",
                f"{attribute.name} needs a condition such as `child.age < 16`, not {name.en}.",
            ),
            owner.code,
        )


def _text(owner: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, Text):
        raise DefinitionError(
            Text(
                f"{attribute.name} 须有中英文两种，写作 r.Text(zh='…', en='…')。",
                f"{attribute.name} is r.Text(zh='…', en='…'), in both languages.",
            ),
            owner.code,
        )


def _period(owner: Any, attribute: Any, value: Any) -> None:
    if not isinstance(value, Period):
        raise DefinitionError(
            Text(
                f"{attribute.name} 写作 r.Period('2024-11-01', None)。",
                f"{attribute.name} is r.Period('2024-11-01', None).",
            ),
            owner.code,
        )


def _cites(owner: Any, attribute: Any, value: tuple[Any, ...]) -> None:
    for cite in value:
        if not isinstance(cite, Cite):
            raise DefinitionError(
                Text(
                    f"{attribute.name} 须逐项写作 r.Cite('文件名称和文号', article='3')。",
                    f"{attribute.name} lists r.Cite('document', article='3').",
                ),
                owner.code,
            )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _codes_of(value: Any) -> Any:
    """The codes of categories that are given as values or by their codes."""
    return tuple(each.code if isinstance(each, Category) else each for each in _tuple(value))


def _other_categories(owner: "Category", attribute: Any, value: tuple[Any, ...]) -> None:
    for code in value:
        _valid_code(owner, attribute, code)
    if owner.code in value:
        raise DefinitionError(
            Text(
                f"{attribute.name} 列出了该类别本身；请列出别的类别。",
                f"{attribute.name} names the category itself; name others.",
            ),
            owner.code,
        )
    if len(set(value)) < len(value):
        raise DefinitionError(
            Text(
                f"{attribute.name} 重复列出了同一类别；请去掉重复的。",
                f"{attribute.name} names a category twice. Take one out.",
            ),
            owner.code,
        )


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
        parts: categories (or their codes) between which it leaves no gap: every child of it is in at least one of them.
        apart_from: categories (or their codes) that it excludes: no child is in it and in one of them.

    ``parts`` and ``apart_from`` change no result. They say what the rules are meant to be; ``book.prove`` holds them
    against every possible child.

    Raises:
        DefinitionError, ExpressionError: a part is missing or of the wrong kind.
    """

    code: str = attrs.field(validator=_valid_code)
    title: Text = attrs.field(validator=_text)
    when: BoolExpr = attrs.field(validator=_bool, eq=_node_of)
    kind: CategoryKind = attrs.field(default=CategoryKind.TYPE, converter=CategoryKind)
    cites: tuple[Cite, ...] = attrs.field(default=(), converter=_tuple, validator=_cites)
    effective: Period = attrs.field(default=ALWAYS, validator=_period)
    note: Text | None = None
    duty: bool = False
    parts: tuple[str, ...] = attrs.field(default=(), converter=_codes_of, validator=_other_categories)
    apart_from: tuple[str, ...] = attrs.field(default=(), converter=_codes_of, validator=_other_categories)

    def view(self, lang: Language | None = None, *, rules: "RuleSet | None" = None) -> "View":
        """What it says, as a notebook shows it: wording, each way in which it holds, boundaries, values and law.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            rules: the rules that it stands in (``book.rules``): the titles and values of what it reads are theirs.
        """
        from kinderguard.rules.rule_view import rule_view

        return rule_view(self, lang, rules=rules)

    def _repr_html_(self) -> str:
        return self.view().html


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
        evidence: papers to be brought. One that proves something of the child or a parent, such as a death, is asked for
            where that is so or may be; where the condition reads nothing that it proves, or somebody else's, of everybody.
        review: whole months after which eligibility is looked at again, or None where not stated.
        stacking: how it combines with other policies; in which order they are listed means nothing.
        counties_may_narrow: whether a county's check may add a condition.
        cites: the sources.
        effective: when it applies.
        note: what a reader should know; printed with the explanation.

    Raises:
        DefinitionError, ExpressionError: a part is missing or of the wrong kind, or a constant amount below zero.
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
            raise DefinitionError(
                Text(
                    "政策须写明 amount（金额）或 service（服务），且只写其一。",
                    "a policy has either an amount or a service. Write one of the two.",
                ),
                self.code,
            )
        if self.amount is not None:
            if not isinstance(self.amount, MoneyExpr):
                name = name_of(self.amount)
                raise ExpressionError(
                    Text(
                        f"amount 须为金额，如 param('…') 或 r.yuan('600')，不能是{name.zh}。",
                        f"the amount is money, such as param('…') or r.yuan('600'), not {name.en}.",
                    ),
                    self.code,
                )
            require_whole_fen(self.code, self.amount)
            _refuse_below_zero(self.code, self.amount)
        if not isinstance(self.every, Frequency):
            given = same(repr(self.every)) if isinstance(self.every, str) else type_of(self.every)
            raise DefinitionError(
                Text(
                    f"every 为 r.ONCE、r.MONTH、r.QUARTER、r.SCHOOL_YEAR 或 r.YEAR，不能是 {given.zh.strip()}。",
                    f"every is r.ONCE, r.MONTH, r.QUARTER, r.SCHOOL_YEAR or r.YEAR, not {given.en}.",
                ),
                self.code,
            )
        if self.per not in ("child", "household"):
            raise DefinitionError(Text("per 为 'child' 或 'household'。", "per is 'child' or 'household'."), self.code)
        for paper in self.evidence:
            if not isinstance(paper, Document | OwnDocument):
                raise DefinitionError(
                    Text(
                        "evidence 须列出 r.Document 的代码或 r.OwnDocument，如 r.Document.HUKOU_BOOK。",
                        "evidence lists r.Document codes such as r.Document.HUKOU_BOOK, or r.OwnDocument values.",
                    ),
                    self.code,
                )
        for rule in self.stacking:
            if not isinstance(rule, Excludes | TopsUp | Capped):
                raise DefinitionError(
                    Text(
                        "stacking 须列出 r.excludes(…)、r.tops_up(…) 或 r.capped(…)。",
                        "stacking lists r.excludes(…), r.tops_up(…) or r.capped(…).",
                    ),
                    self.code,
                )
            if isinstance(rule, TopsUp | Capped) and self.amount is None:
                raise DefinitionError(
                    Text(
                        "只有写明金额的政策才能补差或封顶；请写明 amount，或去掉该 stacking。",
                        "only a policy with an amount can top up or be capped. State its amount, or leave this stacking "
                        "out.",
                    ),
                    self.code,
                )
            for amount in rule.amounts():
                require_whole_fen(self.code, amount)
                _refuse_below_zero(self.code, amount)
        check_list(self.code, self.stacking)

    def view(self, lang: Language | None = None, *, rules: "RuleSet | None" = None) -> "View":
        """What it says, as a notebook shows it: wording, each way in which it holds, boundaries, values and law.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            rules: the rules that it stands in (``book.rules``): the titles and values of what it reads are theirs.
        """
        from kinderguard.rules.rule_view import rule_view

        return rule_view(self, lang, rules=rules)

    def _repr_html_(self) -> str:
        return self.view().html


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
            raise DefinitionError(
                Text(
                    "地方规定须在 widens、requires、at_least 中写且只写一项。",
                    "a check has exactly one of widens, requires, at_least.",
                ),
                self.code,
            )
        if not isinstance(given[0], MoneyExpr if self.at_least is not None else BoolExpr):
            if is_answered(given[0]):
                needed = Text("widens 和 requires 须为条件。", "widens and requires are conditions. ")
                raise ExpressionError(needed + ANSWERED, self.code)
            raise ExpressionError(
                Text(
                    "widens 和 requires 须为条件，如 `child.age < 16`；at_least 须为金额，如 r.yuan('600')。",
                    "widens and requires are conditions such as `child.age < 16`, at_least is money such as "
                    "r.yuan('600').",
                ),
                self.code,
            )
        if self.at_least is not None:
            require_whole_fen(self.code, self.at_least)
            _refuse_below_zero(self.code, self.at_least)

    def view(self, lang: Language | None = None, *, rules: "RuleSet | None" = None) -> "View":
        """What it says, as a notebook shows it: wording, each way in which it holds, boundaries, values and law.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            rules: the rules that it stands in (``book.rules``): the titles and values of what it reads are theirs.
        """
        from kinderguard.rules.rule_view import rule_view

        return rule_view(self, lang, rules=rules)

    def _repr_html_(self) -> str:
        return self.view().html


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
        return extra_fact(self.code, self.kind)  # type: ignore[return-value]  # the kind says which expression

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
                Text(
                    f"已有另一个名为 {codes.__name__} 的代码表；请给这一个另起名称。",
                    f"there is another code list named {codes.__name__}; give this one its own name.",
                ),
                code,
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
                raise DefinitionError(
                    Text(
                        "事实提供者的 needs 须为单项事实，如 child.birth_date。",
                        "a provider's needs are plain facts such as child.birth_date.",
                    ),
                    self.fact.code,
                )
        if not callable(self.one) or not (self.many is None or callable(self.many)):
            raise DefinitionError(
                Text(
                    "事实提供者的 `one` 和 `many` 须为函数。",
                    "a provider's `one` and `many` are functions.",
                ),
                self.fact.code,
            )

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
            Text(
                "金额可能带有不足一分的零头。请写明如何取整，如 `(x * r.ratio(30, 100)).rounded(to='1', rounding=r.HALF_UP)`。",
                "the amount may fall between two fen. State the rounding, as in "
                "`(x * r.ratio(30, 100)).rounded(to='1', rounding=r.HALF_UP)`.",
            ),
            code,
        )


def _refuse_below_zero(code: str, amount: MoneyExpr) -> None:
    """Refuse a constant below zero: it would be paid as nothing, and nobody would notice."""
    if is_below_zero(amount.node):
        raise DefinitionError(
            Text(
                "金额不能为负：低于零的金额一分也不发。请写大于零的金额，如 r.yuan('280')；要从别的金额中扣除的，写作减法，"
                "如 `param('…') - r.yuan('280')`。",
                "an amount cannot be below zero: nothing would be paid. Write one above zero, such as r.yuan('280'); "
                "what is taken off another amount is subtracted, as in `param('…') - r.yuan('280')`.",
            ),
            code,
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
