"""Hypothesis strategies for typed expressions over the whole language.

Every fact that a rule may ask about is drawn from the model's own handles, so that a new fact is generated as soon as it
exists. Shared steps arise as in real rules: a drawn expression is often used again.

>>> from hypothesis import given
>>> from kinderguard.testing import expressions
>>> @given(expressions.conditions())
... def test_a_condition_can_be_negated(condition):
...     assert (~condition).node != condition.node
"""

# What hypothesis draws has the type that the strategy says; a checker sees Any.
# mypy: disable-error-code="no-any-return"

import datetime as dt
from collections.abc import Callable, Sequence
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
from kinderguard.rules.records import Records

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


#: What a handle gives beyond the facts of the model.
_DERIVED: dict[type[f.Handle], tuple[Sort, str]] = {
    f.PersonFacts: (Sort.NUMBER, "age"), f.DisabilityFacts: (Sort.BOOL, "in_force"), f.ParentFacts: (Sort.BOOL, "exists"),
    f.SituationFacts: (Sort.NUMBER, "term"),
}  # fmt: skip


_NAMES: dict[type[f.Handle], dict[Sort, tuple[str, ...]]] = {}


def _names(handle: type[f.Handle]) -> dict[Sort, tuple[str, ...]]:
    """The facts of a handle by sort, those of its parts by dotted names; divisions, which no rule compares, left out."""
    if handle not in _NAMES:
        _NAMES[handle] = _found_names(handle)
    return _NAMES[handle]


def _found_names(handle: type[f.Handle]) -> dict[Sort, tuple[str, ...]]:
    found: dict[Sort, list[str]] = {sort: [] for sort in Sort}
    for base, (sort, name) in _DERIVED.items():
        if issubclass(handle, base):
            found[sort].append(name)
    for name, listed in f.fact_types(handle).items():
        if isinstance(listed, type) and issubclass(listed, f.Handle):
            for sort, inner in _names(listed).items():
                found[sort] += [f"{name}.{path}" for path in inner]
        elif not _is_records(listed):
            kind = f.field_kind(handle.model, name)
            if kind is not None and (kind.sort is not Sort.CODE or kind.codes is not None):
                found[kind.sort].append(name)
    return {sort: tuple(names) for sort, names in found.items()}


def _is_records(listed: Any) -> bool:
    return getattr(listed, "__origin__", None) is Records


def _lists(handle: type[f.Handle]) -> tuple[str, ...]:
    return tuple(name for name, listed in f.fact_types(handle).items() if _is_records(listed))


def _at(handle: Any, path: str) -> Any:
    for name in path.split("."):
        handle = getattr(handle, name)
    return handle


#: Every list of a case.
LISTS: tuple[Records[Any], ...] = (
    *f.LISTS.values(),
    *(_at(root, name) for root in f.ROOTS.values() for name in _lists(type(root))),
)
#: Every fact of a case by sort.
_ALL: dict[Sort, tuple[x.Expr, ...]] = {
    sort: tuple(_at(root, path) for root in f.ROOTS.values() for path in _names(type(root))[sort]) for sort in Sort
}
#: What rules ask most: a few facts, so that one expression often asks twice for the same.
_COMMON: dict[Sort, tuple[x.Expr, ...]] = {
    Sort.BOOL: (
        f.child.adopted, f.child.living_on_street, f.household.property_within_limits, f.father.supports_child,
        f.mother.can_act_as_guardian, f.child.lives_in_another_county, f.child.illness.serious,
        f.child.disability.in_force, f.father.exists, param.flag("cn.flag"), x.UNKNOWN,
    ),
    Sort.MONEY: (
        f.household.monthly_income_per_head, f.household.dibao_monthly, param("cn.standard"), param("cn.line"),
    ),
    Sort.NUMBER: (
        f.child.age, f.household.size, f.father.age, param.number("cn.months", "months"),
        f.child.residence.since.months_until(x.DAY), f.child.orphan_since.days_until(x.DAY),
    ),
    Sort.DATE: (
        f.child.birth_date, f.father.birth_date, f.child.residence.since, x.DAY, param.day("cn.day"),
        f.child.disability.valid_until,
    ),
    Sort.CODE: (
        f.child.sex, f.child.health, f.father.kind, f.child.disability.kind, f.child.schooling.stage,
        f.mother.disability.grade,
    ),
    Sort.CODES: (f.household.aid, f.child.state_guardianship, f.child.disability.components),
}  # fmt: skip
#: What only the county may ask.
_LOCAL: dict[Sort, tuple[x.Expr, ...]] = {
    Sort.BOOL: (FACTS[0].expr,), Sort.MONEY: (FACTS[1].expr, param(f"{COUNTY}.grant")), Sort.NUMBER: (FACTS[2].expr,),
    Sort.DATE: (FACTS[3].expr,), Sort.CODE: (FACTS[4].expr,), Sort.CODES: (),
}  # fmt: skip

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
#: The last ones lead out of the calendar.
_YEARS = st.integers(-20, 20) | st.sampled_from([-2020, 7980])


# ---- typed expressions ------------------------------------------------------------------------------------------


class Drawing:
    """One drawing of expressions: what was drawn before at the child's level may be drawn again.

    Args:
        draw: hypothesis's own.
        categories: the codes that conditions may ask for.
        local: whether the county's own facts and parameters may be asked for.
    """

    def __init__(self, draw: st.DrawFn, categories: tuple[str, ...] = (), *, local: bool = True) -> None:
        self.draw = draw
        self.categories = categories
        self.local = local
        self._before: dict[str, list[Any]] = {}

    def _any(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def _one_in(self, count: int) -> bool:
        """Seldom true; it shrinks to false."""
        return self.draw(st.integers(1, count)) == count

    def _again(self, what: str, scope: Scope, depth: int, make: Callable[[], Any]) -> Any:
        """Something drawn before, or something new, perhaps with a title."""
        before = self._before.setdefault(what, [])
        if before and not scope.records and self._one_in(4):
            return self._any(before)
        made = make()
        if depth and self._one_in(8):
            made = made.named("step", zh="一步", en="a step")
        if not scope.records and depth:
            before.append(made)
        return made

    def leaf(self, sort: Sort, scope: Scope) -> Any:
        """A fact or parameter. A record's own facts are what most rules about it ask."""
        own = _COMMON[sort] + (_LOCAL[sort] if self.local else ())
        if scope.records and not self._one_in(4):
            record = scope.records[0] if self._one_in(4) else scope.records[-1]
            names = _names(type(record))[sort]
            if names:
                return _at(record, self._any(names))
        return self._any(_ALL[sort] if self._one_in(3) else own)

    # ---- conditions ---------------------------------------------------------------------------------------------

    def condition(self, depth: int, scope: Scope) -> x.BoolExpr:
        """A condition that nests no deeper than ``depth``."""
        return self._again("condition", scope, depth, lambda: self._condition(depth, scope))

    def _condition(self, depth: int, scope: Scope) -> x.BoolExpr:
        if depth == 0:
            return self.leaf(Sort.BOOL, scope)
        less = depth - 1
        match self.draw(st.integers(0, 13)):
            case 0:
                return self.leaf(Sort.BOOL, scope)
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
                return self._compared(number, self.draw(SMALL | st.just(Fraction(7, 2))))
            case 6:
                return self._compared(self.date(less, scope), self.date(less, scope))
            case 7:
                return self._coded(scope)
            case 8:
                return self._listed_codes(less, scope)
            case 9:
                return x.known(self._anything(less, scope))
            case 10:
                return x.when(self.condition(less, scope), self.condition(less, scope)).otherwise(
                    self.condition(less, scope)
                )
            case 11 if self.categories:
                return f.child.is_in(self._any(self.categories))
            case 12:
                return self.condition(less, scope) == self.condition(less, scope)
            case _:
                return self._quantified(less, scope)

    def _anything(self, depth: int, scope: Scope) -> x.Expr:
        """An expression of any sort."""
        sort = self._any(list(Sort))
        by_depth: dict[Sort, Callable[[int, Scope], x.Expr]] = {
            Sort.BOOL: self.condition, Sort.MONEY: self.amount, Sort.DATE: self.date, Sort.NUMBER: self.number,
        }  # fmt: skip
        return by_depth[sort](depth, scope) if sort in by_depth else self.leaf(sort, scope)

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
        code = self.leaf(Sort.CODE, scope)
        chosen = self.draw(st.lists(st.sampled_from(list(code.kind.codes)), min_size=1, max_size=4))
        other = x.when(self.leaf(Sort.BOOL, scope), code).otherwise(chosen[0])
        return self._any(
            [code.is_in(*chosen), code == chosen[0], code != chosen[0], other == code, other.is_in(*chosen)]
        )

    def _listed_codes(self, depth: int, scope: Scope) -> x.BoolExpr:
        listed = self.leaf(Sort.CODES, scope)
        alike = [e for e in _ALL[Sort.CODES] if e.kind == listed.kind]
        if alike and self._one_in(3):
            listed = x.when(self.condition(depth, scope), listed).otherwise(self._any(alike))
        codes = self.draw(st.lists(st.sampled_from(list(listed.kind.codes)), min_size=1, max_size=3))
        return self._any([listed.has(*codes), listed.is_empty()])

    # ---- records ------------------------------------------------------------------------------------------------

    def records(self, scope: Scope) -> Records[Any]:
        """A list, perhaps only what holds on the day or falls within a window."""
        inner = [getattr(r, name) for r in scope.records for name in _lists(type(r))]
        listed = self._any(inner) if inner and not self._one_in(3) else self._any((f.household.members, *LISTS))
        if listed.handle._holds is not f.Handle._holds and self._one_in(4):
            listed = listed.current()
        if listed.handle._touches is not f.Handle._touches and self._one_in(4):
            unit = self._any(["months", "years", "days"])
            listed = listed.within(**{unit: self.draw(st.integers(1, 24))})
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

    def _filtered(self, depth: int, scope: Scope) -> Records[Any]:
        """Records, half the time only those for which a drawn condition holds."""
        listed = self.records(scope)
        return listed.where(self._inside(depth, scope, "condition")) if self.draw(st.booleans()) else listed

    def _quantified(self, depth: int, scope: Scope) -> x.BoolExpr:
        if len(scope.records) >= 2:
            return self.leaf(Sort.BOOL, scope)
        listed, body = self._filtered(min(depth, 1), scope), self._inside(min(depth, 2), scope, "condition")
        match self.draw(st.integers(0, 5)):
            case 0:
                return listed.any(body)
            case 1:
                return listed.all(body)
            case 2:
                return listed.any()
            case 3:
                return self._of_parents(min(depth, 1), scope)
            case 4 if self._one_in(2):
                policy = self._any(["cn.orphan_allowance", "cn.dibao_benefit", "cn.none_of_these"])
                return f.help_received.any(lambda h: h.is_for(policy))
            case _:
                return self._compared(listed.count(body), self.draw(st.integers(0, 3)))

    def _of_parents(self, depth: int, scope: Scope) -> x.BoolExpr:
        """A question about both parents."""
        name = self._any(_names(f.ParentFacts)[Sort.BOOL])
        kinds = self.draw(st.lists(st.sampled_from(c.SituationKind), min_size=1, max_size=3))
        other = self.condition(depth, scope)

        def asked(parent: f.ParentFacts) -> x.BoolExpr:
            return _at(parent, name) & other | parent.is_in_situation(*kinds)

        return self._any(
            [
                lambda: f.parents.all(asked),
                lambda: f.parents.any(asked),
                lambda: f.parents.count(asked) >= self.draw(st.integers(0, 2)),
                lambda: f.parents.count() == 2,
                lambda: f.parents.sum(lambda p: self.bare(p.age)) > self.draw(st.integers(0, 90)),
            ]
        )()

    # ---- amounts ------------------------------------------------------------------------------------------------

    def amount(self, depth: int, scope: Scope) -> x.MoneyExpr:
        """An amount of money."""
        return self._again("amount", scope, depth, lambda: self._amount(depth, scope))

    def _amount(self, depth: int, scope: Scope) -> x.MoneyExpr:
        if depth == 0:
            leaf = self.leaf(Sort.MONEY, scope)
            return self._any([leaf, x.MoneyExpr(n.Const(MONEY, self.draw(FEN)))])
        less = depth - 1
        match self.draw(st.integers(0, 9)):
            case 0:
                return self.leaf(Sort.MONEY, scope)
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
                return self._graded(less, scope)
            case 8:
                return self.amount(less, scope) * self.number(less, scope)
            case _:
                return self._over(less, scope, Sort.MONEY)

    def _graded(self, depth: int, scope: Scope) -> x.MoneyExpr:
        """Brackets by a number, an amount or a date."""
        beyond = self.amount(depth, scope)
        match self.draw(st.integers(0, 4)):
            case 3:
                by_amount = sorted(self.draw(st.sets(FEN, min_size=1, max_size=3)))
                bounds = [(x.MoneyExpr(n.Const(MONEY, b)), self.amount(0, scope)) for b in by_amount]
                return x.scale(self.amount(depth, scope), *bounds, beyond=beyond)
            case 4:
                by_day = sorted(self.draw(st.sets(st.sampled_from(DAYS), min_size=1, max_size=3)))
                days = [(x.DateExpr(n.Const(DATE, d)), self.amount(0, scope)) for d in by_day]
                return x.scale(self.date(depth, scope), *days, beyond=beyond)
            case _:
                by_number = sorted(self.draw(st.sets(SMALL, min_size=1, max_size=3)))
                steps: list[Any] = [(k, self.amount(0, scope)) for k in by_number]
                return x.scale(self.number(depth, scope), *steps, beyond=beyond)

    def _over(self, depth: int, scope: Scope, sort: Sort) -> Any:
        """The sum, least or greatest of a value over records."""
        if len(scope.records) >= 2:
            return self.leaf(sort, scope)
        listed = self._filtered(min(depth, 1), scope)
        what = {Sort.MONEY: "amount", Sort.NUMBER: "number", Sort.DATE: "date"}[sort]
        body = self._inside(min(depth, 1), scope, what)
        return self._any([listed.min, listed.max] if sort is Sort.DATE else [listed.sum, listed.min, listed.max])(body)

    # ---- numbers ------------------------------------------------------------------------------------------------

    def number(self, depth: int, scope: Scope) -> x.NumberExpr:
        """A number without a unit."""
        return self._again("number", scope, depth, lambda: self._number(depth, scope))

    def _number(self, depth: int, scope: Scope) -> x.NumberExpr:
        if depth == 0:
            return self.bare(self.leaf(Sort.NUMBER, scope))
        less = depth - 1
        match self.draw(st.integers(0, 8)):
            case 0:
                return self.bare(self.leaf(Sort.NUMBER, scope))
            case 1:
                return self.number(less, scope) + self._any([self.draw(_RATIOS), self.number(0, scope)])
            case 2:
                return self.number(less, scope) - self.number(less, scope)
            case 3:
                return self.number(less, scope) * self._any([self.draw(_RATIOS), self.number(0, scope)])
            case 4:
                return x.when(self.condition(less, scope), self.number(less, scope)).otherwise(self.draw(SMALL))
            case 5:
                return self._any([x.min_of, x.max_of])(self.number(less, scope), self.draw(SMALL))
            case 6:
                a, b = self.date(less, scope), self.date(less, scope)
                return self.bare(self._any([a.age_on, a.months_until, a.days_until])(b))
            case 7:
                return self.bare(self._over(less, scope, Sort.NUMBER))
            case _:
                return self.bare(self._counted(less, scope))

    def _counted(self, depth: int, scope: Scope) -> x.NumberExpr:
        if len(scope.records) >= 2:
            return self.leaf(Sort.NUMBER, scope)
        listed = self._filtered(min(depth, 1), scope)
        match self.draw(st.integers(0, 3)):
            case 0:
                return listed.count()
            case 1:
                down = self.draw(st.booleans())
                return f.household.members.rank(lambda m: m.birth_date, of=f.child.birth_date, descending=down)
            case _:
                return listed.count(self._inside(min(depth, 1), scope, "condition"))

    @staticmethod
    def bare(number: x.NumberExpr) -> x.NumberExpr:
        """The number as a plain one, so that all of them mix: units are tested with the language."""
        return x.NumberExpr(n.Times(NUMBER, number.node, n.Const(NUMBER, 1)))

    # ---- dates --------------------------------------------------------------------------------------------------

    def date(self, depth: int, scope: Scope) -> x.DateExpr:
        """A day."""
        return self._again("date", scope, depth, lambda: self._date(depth, scope))

    def _date(self, depth: int, scope: Scope) -> x.DateExpr:
        if depth == 0:
            leaf = self.leaf(Sort.DATE, scope)
            return self._any([leaf, x.DateExpr(n.Const(DATE, self._any(DAYS)))])
        less = depth - 1
        match self.draw(st.integers(0, 5)):
            case 0:
                return self.leaf(Sort.DATE, scope)
            case 1:
                return self.date(less, scope).plus(months=self.draw(st.integers(-40, 40)))
            case 2:
                return self.date(less, scope).plus(years=self.draw(_YEARS), days=self.draw(st.integers(-40, 40)))
            case 3:
                return x.when(self.condition(less, scope), self.date(less, scope)).otherwise(self.date(less, scope))
            case 4:
                return self._any([x.min_of, x.max_of])(self.date(less, scope), self.date(less, scope))
            case _:
                return self._over(less, scope, Sort.DATE)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> x.BoolExpr:
    """Conditions about a child."""
    return Drawing(draw).condition(depth, Scope())


@st.composite
def amounts(draw: st.DrawFn, depth: int = 3) -> x.MoneyExpr:
    """Amounts of money that depend on a child."""
    return Drawing(draw).amount(depth, Scope())


__all__ = ["COUNTY", "FACTS", "PLACES", "PROVINCE", "Drawing", "Scope", "amounts", "conditions"]
