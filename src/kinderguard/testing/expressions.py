"""Hypothesis strategies for typed expressions over the whole language.

Shared steps arise as in real rules: a drawn expression is often used again.

>>> from hypothesis import given
>>> from kinderguard.testing import expressions
>>> @given(expressions.conditions())
... def test_a_condition_can_be_negated(condition):
...     assert (~condition).node != condition.node
"""

# What hypothesis draws has the type that the strategy says; a checker sees Any.
# mypy: disable-error-code="no-any-return"

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import strategies as st

from kinderguard.model import codes as c
from kinderguard.model.text import Text
from kinderguard.rules import definitions
from kinderguard.rules import expression as x
from kinderguard.rules import facts as f
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import DATE, MONEY, NUMBER, Kind, Sort
from kinderguard.rules.parameters import param

#: The county whose facts, parameters and rules are generated, and its province.
COUNTY, PROVINCE = "330199", "33"
#: The places whose parameter values may differ.
PLACES = ("", PROVINCE, COUNTY, "330106")

MONTHS = Kind(Sort.NUMBER, "months")
_TITLE = Text("生成的规则", "generated")

#: A pack's own facts, one of each kind.
FACTS: tuple[definitions.DeclaredFact[Any], ...] = (
    definitions.DeclaredFact.yes_no(f"{COUNTY}.heating", zh="集中供暖", en="central heating"),
    definitions.DeclaredFact.money(f"{COUNTY}.rent", zh="房租", en="rent"),
    definitions.DeclaredFact.number(f"{COUNTY}.rooms", zh="房间数", en="rooms"),
    definitions.DeclaredFact.day(f"{COUNTY}.moved", zh="迁入日期", en="day of moving"),
    definitions.DeclaredFact.choice(f"{COUNTY}.school", c.SchoolStage, zh="学段", en="stage"),
)


@attrs.frozen
class Scope:
    """What an expression may speak of: the child, and the records around it, innermost last."""

    records: tuple[Any, ...] = ()


# ---- leaves -----------------------------------------------------------------------------------------------------


def _of(records: tuple[Any, ...], kinds: dict[type, tuple[str, ...]]) -> list[Any]:
    return [
        getattr(record, name)
        for record in records
        for kind, names in kinds.items()
        if isinstance(record, kind)
        for name in names
    ]


def _conditions(scope: Scope) -> list[x.BoolExpr]:
    own = _of(
        scope.records,
        {
            f.SituationFacts: ("ongoing",),
            f.MemberFacts: ("counted",),
            f.HelpFacts: ("ongoing",),
            f.HarmFacts: ("reported",),
        },
    )
    return [
        f.child.adopted, f.child.living_on_street, f.household.property_within_limits, f.father.supports_child,
        f.mother.can_act_as_guardian, f.child.lives_in_another_county, f.child.illness.serious, FACTS[0].expr,
        param.flag("cn.flag"), x.UNKNOWN, *own,
    ]  # fmt: skip


def _amounts(scope: Scope) -> list[x.MoneyExpr]:
    own = _of(scope.records, {f.MemberFacts: ("monthly_income",), f.HelpFacts: ("amount",), f.IncomeFacts: ("amount",)})
    return [
        f.household.monthly_income_per_head, f.household.dibao_monthly, FACTS[1].expr, param("cn.standard"),
        param("cn.line"), param(f"{COUNTY}.grant"), *own,
    ]  # fmt: skip


def _numbers(scope: Scope) -> list[x.NumberExpr]:
    own = _of(scope.records, {f.SituationFacts: ("term_months",), f.MemberFacts: ("age",)})
    return [
        f.child.age, f.household.size, f.father.age, FACTS[2].expr, param.number("cn.months", "months"),
        f.child.residence.since.months_until(x.DAY), f.child.orphan_since.days_until(x.DAY), *own,
    ]  # fmt: skip


def _dates(scope: Scope) -> list[x.DateExpr]:
    own = _of(
        scope.records,
        {
            f.SituationFacts: ("since", "until"),
            f.MemberFacts: ("birth_date",),
            f.HelpFacts: ("since", "until"),
            f.IncomeFacts: ("on",),
        },
    )
    return [
        f.child.birth_date, f.father.birth_date, f.child.residence.since, x.DAY, FACTS[3].expr, param.day("cn.day"),
        f.child.disability.valid_until, *own,
    ]  # fmt: skip


def _codes(scope: Scope) -> list[x.CodeExpr[Any]]:
    own = _of(
        scope.records,
        {
            f.SituationFacts: ("kind",),
            f.MemberFacts: ("relation",),
            f.HelpFacts: ("every", "payment"),
            f.IncomeFacts: ("kind",),
        },
    )
    return [
        f.child.sex, f.child.health, f.father.kind, f.child.disability.kind, f.child.schooling.stage, FACTS[4].expr,
        f.mother.disability.grade, *own,
    ]  # fmt: skip


#: Days around which calendars go wrong.
DAYS = [
    dt.date(2025, 9, 1), dt.date(2007, 9, 1), dt.date(2024, 2, 29), dt.date(2023, 2, 28), dt.date(1969, 12, 31),
    dt.date(1970, 1, 1), dt.date(1948, 2, 29), dt.date(2025, 8, 31), dt.date(2030, 1, 31),
]  # fmt: skip
FEN = st.sampled_from([0, 1, 100, 59_999, 60_000, 60_001, 137_600, 1_000_000]) | st.integers(0, 2_000_000)
_RATIOS = st.sampled_from(
    [Fraction(3, 2), Fraction(30, 100), Fraction(2, 37), Fraction(1, 3), Fraction(-1, 2), Fraction(0), Fraction(2)]
)
SMALL = st.integers(0, 20)
ROUNDINGS = st.sampled_from(n.Rounding)
STEPS = st.sampled_from(["0.01", "0.1", "1", "10"])


# ---- typed expressions ------------------------------------------------------------------------------------------


class Drawing:
    """One drawing of expressions: what was drawn before at the child's level may be drawn again."""

    def __init__(self, draw: st.DrawFn, categories: tuple[str, ...] = (), *, local: bool = True) -> None:
        self.draw = draw
        self.categories = categories
        self.local = local
        self._before: dict[str, list[Any]] = {}

    def _any(self, options: list[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def _again(self, what: str, scope: Scope, depth: int, make: Callable[[], Any]) -> Any:
        """Something drawn before, or something new."""
        before = self._before.setdefault(what, [])
        if before and not scope.records and self.draw(st.integers(0, 3)) == 0:
            return self._any(before)
        made = make()
        if not scope.records and depth:
            before.append(made)
        return made

    def _leaf(self, leaves: list[Any]) -> Any:
        own = [e for e in leaves if self.local or COUNTY not in _codes_in(e)]
        # A record's own facts stand last and are what most rules about it ask.
        return self._any(own[::-1])

    def condition(self, depth: int, scope: Scope) -> x.BoolExpr:
        """A condition that nests no deeper than ``depth``."""
        return self._again("condition", scope, depth, lambda: self._condition(depth, scope))

    def _condition(self, depth: int, scope: Scope) -> x.BoolExpr:
        if depth == 0:
            return self._leaf(_conditions(scope))
        less = depth - 1
        match self.draw(st.integers(0, 13)):
            case 0:
                return self._leaf(_conditions(scope))
            case 1:
                return self.condition(less, scope) & self.condition(less, scope)
            case 2:
                return self.condition(less, scope) | self.condition(less, scope)
            case 3:
                return ~self.condition(less, scope)
            case 4:
                return self._compared(self.amount(less, scope), self.amount(less, scope))
            case 5:
                number = self.number(less, scope)
                return self._compared(number, self.draw(SMALL))
            case 6:
                return self._compared(self.date(less, scope), self.date(less, scope))
            case 7:
                return self._coded(scope)
            case 8:
                listed = self._any([f.household.aid, f.child.state_guardianship, f.child.disability.components])
                codes = list(listed.kind.codes)
                return self._any(
                    [
                        listed.has(*self.draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3))),
                        listed.is_empty(),
                    ]
                )
            case 9:
                return x.known(
                    self._any([self.amount(less, scope), self.condition(less, scope), self.date(less, scope)])
                )
            case 10:
                return x.when(self.condition(less, scope), self.condition(less, scope)).otherwise(
                    self.condition(less, scope)
                )
            case 11 if self.categories:
                return f.child.is_in(self._any(list(self.categories)))
            case 12:
                return self.condition(less, scope) == self.condition(less, scope)
            case _:
                return self._quantified(less, scope)

    def _compared(self, a: Any, b: Any) -> x.BoolExpr:
        return self._any(
            [
                lambda: a < b,
                lambda: a <= b,
                lambda: a > b,
                lambda: a >= b,
                lambda: a == b,
                lambda: a != b,
                lambda: a.between(b, b),
            ]
        )()

    def _coded(self, scope: Scope) -> x.BoolExpr:
        code = self._leaf(_codes(scope))
        listed = list(code.kind.codes)
        chosen = self.draw(st.lists(st.sampled_from(listed), min_size=1, max_size=4))
        other = x.when(self._leaf(_conditions(scope)), code).otherwise(chosen[0])
        return self._any(
            [code.is_in(*chosen), code == chosen[0], code != chosen[0], other == code, other.is_in(*chosen)]
        )

    def _records(self, scope: Scope) -> Any:
        inner: list[Any] = [r.situations for r in scope.records if isinstance(r, f.MemberFacts)]
        inner += [r.incomes for r in scope.records if isinstance(r, f.MemberFacts)]
        listed = self._any([f.father.situations, f.household.members, f.help_received, f.household.incomes, *inner])
        if self.draw(st.integers(0, 3)) == 0 and listed.handle in (f.SituationFacts, f.HelpFacts):
            listed = listed.current()
        if self.draw(st.integers(0, 3)) == 0 and listed.handle in (f.SituationFacts, f.HelpFacts, f.IncomeFacts):
            listed = listed.within(months=self.draw(st.integers(1, 24)))
        return listed

    def _inside(self, depth: int, scope: Scope, what: str) -> Callable[[Any], Any]:
        """One drawing for each list, whenever the language asks for it again."""
        made: list[Any] = []
        names: list[Any] = []

        def build(record: Any) -> Any:
            # The language calls this with placeholders; what was drawn for the first is rewritten for the others.
            if not made:
                names.append(record._each)
                made.append(getattr(self, what)(depth, attrs.evolve(scope, records=(*scope.records, record))))
            first, each = names[0], record._each
            node = n.rewrite(made[0].node, lambda node: each if node == first else None)
            return x.expression(node)

        return build

    def _quantified(self, depth: int, scope: Scope) -> x.BoolExpr:
        if len(scope.records) >= 2:
            return self._leaf(_conditions(scope))
        listed, body = self._records(scope), self._inside(min(depth, 2), scope, "condition")
        if self.draw(st.booleans()):
            listed = listed.where(self._inside(min(depth, 1), scope, "condition"))
        match self.draw(st.integers(0, 4)):
            case 0:
                return listed.any(body)
            case 1:
                return listed.all(body)
            case 2:
                return listed.any()
            case 3:
                inner = self._inside(min(depth, 1), attrs.evolve(scope), "condition")
                return self._any([f.parents.all, f.parents.any])(
                    lambda p: p.supports_child & p.is_in_situation(c.SituationKind.DEAD) | p.foreign
                ) & listed.any(inner)
            case _:
                return self._compared(listed.count(body), self.draw(st.integers(0, 3)))

    def amount(self, depth: int, scope: Scope) -> x.MoneyExpr:
        """An amount of money."""
        return self._again("amount", scope, depth, lambda: self._amount(depth, scope))

    def _amount(self, depth: int, scope: Scope) -> x.MoneyExpr:
        if depth == 0:
            return self._any([self._leaf(_amounts(scope)), x.MoneyExpr(n.Const(MONEY, self.draw(FEN)))])
        less = depth - 1
        match self.draw(st.integers(0, 9)):
            case 0:
                return self._leaf(_amounts(scope))
            case 1:
                return self.amount(less, scope) + self.amount(less, scope)
            case 2:
                return self.amount(less, scope) - self.amount(less, scope)
            case 3:
                times = self._any([self.draw(_RATIOS), param.ratio("cn.ratio")])
                return (self.amount(less, scope) * times).rounded(to=self.draw(STEPS), rounding=self.draw(ROUNDINGS))
            case 4:
                by = self._any([self.number(less, scope), f.household.size + 0])
                return self.amount(less, scope).divided_by(by, to=self.draw(STEPS), rounding=self.draw(ROUNDINGS))
            case 5:
                return x.when(self.condition(less, scope), self.amount(less, scope)).otherwise(self.amount(less, scope))
            case 6:
                return self._any([x.min_of, x.max_of])(
                    self.amount(less, scope), self.amount(less, scope), self.amount(less, scope)
                )
            case 7:
                steps = [(k, self.amount(0, scope)) for k in sorted(self.draw(st.sets(SMALL, min_size=1, max_size=3)))]
                return x.scale(self.number(less, scope), *steps, beyond=self.amount(less, scope))
            case 8:
                return self.amount(less, scope) * self.number(less, scope)
            case _:
                if len(scope.records) >= 2:
                    return self._leaf(_amounts(scope))
                listed, body = self._records(scope), self._inside(min(less, 1), scope, "amount")
                if self.draw(st.booleans()):
                    listed = listed.where(self._inside(min(less, 1), scope, "condition"))
                return self._any([listed.sum, listed.min, listed.max])(body)

    def number(self, depth: int, scope: Scope) -> x.NumberExpr:
        """A number without a unit."""
        return self._again("number", scope, depth, lambda: self._number(depth, scope))

    def _number(self, depth: int, scope: Scope) -> x.NumberExpr:
        if depth == 0:
            return self._bare(self._leaf(_numbers(scope)))
        less = depth - 1
        match self.draw(st.integers(0, 7)):
            case 0:
                return self._bare(self._leaf(_numbers(scope)))
            case 1:
                return self.number(less, scope) + self._any([self.draw(_RATIOS), self.number(0, scope)])
            case 2:
                return self.number(less, scope) - self.number(less, scope)
            case 3:
                return self.number(less, scope) * self._any([self.draw(_RATIOS), self.number(0, scope)])
            case 4:
                return x.when(self.condition(less, scope), self.number(less, scope)).otherwise(self.draw(SMALL))
            case 5:
                return x.max_of(self.number(less, scope), self.draw(SMALL))
            case 6:
                a, b = self.date(less, scope), self.date(less, scope)
                return self._bare(self._any([a.age_on, a.months_until, a.days_until])(b))
            case _:
                if len(scope.records) >= 2:
                    return self._bare(self._leaf(_numbers(scope)))
                listed = self._records(scope)
                counted = listed.count(self._inside(min(less, 1), scope, "condition"))
                if listed.handle is f.MemberFacts and self.draw(st.booleans()):
                    counted = listed.rank(
                        lambda m: m.birth_date, of=f.child.birth_date, descending=self.draw(st.booleans())
                    )
                return self._bare(counted)

    @staticmethod
    def _bare(number: x.NumberExpr) -> x.NumberExpr:
        """The number as a plain one, so that all of them mix: units are tested with the language."""
        return x.NumberExpr(n.Times(NUMBER, number.node, n.Const(NUMBER, 1)))

    def date(self, depth: int, scope: Scope) -> x.DateExpr:
        """A day."""
        if depth == 0:
            return self._any([self._leaf(_dates(scope)), x.DateExpr(n.Const(DATE, self._any(DAYS)))])
        less = depth - 1
        match self.draw(st.integers(0, 5)):
            case 0:
                return self._leaf(_dates(scope))
            case 1:
                return self.date(less, scope).plus(months=self.draw(st.integers(-40, 40)))
            case 2:
                return self.date(less, scope).plus(
                    years=self.draw(st.integers(-20, 20)), days=self.draw(st.integers(-40, 40))
                )
            case 3:
                return x.when(self.condition(less, scope), self.date(less, scope)).otherwise(self.date(less, scope))
            case 4:
                return self._any([x.min_of, x.max_of])(self.date(less, scope), self.date(less, scope))
            case _:
                if scope.records:
                    return self._leaf(_dates(scope))
                listed = f.household.members
                return self._any([listed.min, listed.max])(lambda m: m.birth_date)


def _codes_in(expr: x.Expr) -> str:
    return " ".join(str(getattr(m, "code", "") or getattr(m, "path", "")) for m in n.walk(expr.node))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> x.BoolExpr:
    """Conditions about a child."""
    return Drawing(draw).condition(depth, Scope())


@st.composite
def amounts(draw: st.DrawFn, depth: int = 3) -> x.MoneyExpr:
    """Amounts of money that depend on a child."""
    return Drawing(draw).amount(depth, Scope())


__all__ = ["COUNTY", "FACTS", "PLACES", "PROVINCE", "Drawing", "Scope", "amounts", "conditions"]
