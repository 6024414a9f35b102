"""Hypothesis strategies for whole books of rules: categories, policies with stacking, checks, parameters by place.

Every engine is compared with the reference engine on what is drawn here; a county's own rules can be tested beside
them.

>>> from hypothesis import given
>>> from kinderguard.testing import rule_sets
>>> @given(rule_sets.nations())
... def test_rules_have_one_form(rules):
...     assert rules.fingerprint == rules.fingerprint
"""

from fractions import Fraction
from typing import Any, Literal

from hypothesis import strategies as st

from kinderguard.model import codes as c
from kinderguard.model.text import Text
from kinderguard.rules import citations, definitions, stacking
from kinderguard.rules import expression as x
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import BOOL, DATE, MONEY, NUMBER, Kind
from kinderguard.rules.parameters import Parameter, ParameterValue, param
from kinderguard.rules.ruleset import RuleSet
from kinderguard.testing.expressions import COUNTY, DAYS, FACTS, FEN, MONTHS, PLACES, ROUNDINGS, STEPS, Drawing, Scope

_TITLE = Text("生成的规则", "generated")


@st.composite
def _parameters(draw: st.DrawFn) -> dict[str, Parameter]:
    """Parameters of every kind; some have no value, and values differ by place."""
    declared: list[tuple[str, Kind, st.SearchStrategy[Any]]] = [
        ("cn.standard", MONEY, FEN), ("cn.line", MONEY, FEN), ("cn.flag", BOOL, st.booleans()),
        ("cn.ratio", NUMBER, st.sampled_from([Fraction(3, 2), Fraction(1, 3), Fraction(7, 100), 2, 0])),
        ("cn.months", MONTHS, st.integers(0, 24)), ("cn.day", DATE, st.sampled_from(DAYS)), (f"{COUNTY}.grant", MONEY, FEN),
    ]  # fmt: skip
    found = {}
    for code, kind, values in declared:
        allowed = [p for p in PLACES if p.startswith(COUNTY)] if code.startswith(COUNTY) else list(PLACES)
        places: list[str] = draw(st.lists(st.sampled_from(allowed), unique=True, max_size=3))
        given = tuple(
            ParameterValue(place, citations.ALWAYS, draw(values), "generated", citations.Trust.ILLUSTRATIVE)
            for place in sorted(places)
        )
        floor = None
        if kind == MONEY and draw(st.integers(0, 3)) == 0:
            floor = ParameterValue("", citations.ALWAYS, 0, "generated", citations.Trust.ILLUSTRATIVE)
        found[code] = Parameter(code, kind, "", _TITLE, floor, given)
    return found


def _stacking(draw: st.DrawFn, drawing: Drawing, cash: list[str], earlier: tuple[str, ...]) -> list[stacking.Stacking]:
    """How a policy stands to another; an earlier pack's policy is never taken away."""
    scope, other = Scope(), draw(st.sampled_from(cash))
    match draw(st.integers(0, 3)):
        case 0:
            keeps: list[Literal["higher", "this", "other"]] = ["higher", "other"]
            keep = draw(st.sampled_from(keeps if other in earlier else [*keeps, "this"]))
            when = drawing.condition(1, scope) if draw(st.booleans()) else None
            return [stacking.excludes(other, keep=keep, when=when)]
        case 1:
            to = drawing.amount(1, scope) if draw(st.booleans()) else None
            if to is not None and not definitions.is_whole(to.node):
                to = to.rounded(to="1", rounding=n.Rounding.UP)
            counting: list[definitions.Policy | str | x.MoneyExpr] = [other, param("cn.line")]
            return [stacking.tops_up(counting=counting[: draw(st.integers(1, 2))], to=to)]
        case 2:
            return [stacking.excludes(other, keep="higher")]
        case _:
            return []


@st.composite
def _policies(
    draw: st.DrawFn, drawing: Drawing, pack: str, count: int, earlier: tuple[str, ...], depth: int
) -> list[definitions.Policy]:
    scope = Scope()
    made: list[definitions.Policy] = []
    for k in range(count):
        code = f"{pack}.p{k}"
        eligible = drawing.condition(depth, scope)
        if draw(st.integers(0, 4)) == 0:
            made.append(definitions.Policy(code, _TITLE, eligible=eligible, service=_TITLE, counties_may_narrow=True))
            continue
        amount = drawing.amount(depth, scope)
        if not definitions.is_whole(amount.node):
            amount = amount.rounded(to=draw(STEPS), rounding=draw(ROUNDINGS))
        cash = [p.code for p in made if p.amount is not None] + list(earlier)
        rules: list[stacking.Stacking] = []
        stacks: bool = draw(st.booleans())
        if cash and stacks:
            rules = _stacking(draw, drawing, cash, earlier)
        per: Literal["child", "household"] = draw(st.sampled_from(("child", "household")))
        if draw(st.integers(0, 3)) == 0:
            rules.append(stacking.capped(f"{pack}.group", x.MoneyExpr(n.Const(MONEY, draw(FEN)))))
        made.append(
            definitions.Policy(
                code, _TITLE, eligible=eligible, amount=amount, every=c.Frequency.MONTH,
                per=per, stacking=tuple(rules), counties_may_narrow=True,
            )
        )  # fmt: skip
    return made


@st.composite
def nations(draw: st.DrawFn, depth: int = 4) -> RuleSet:
    """The rules of a nation: categories, policies with stacking, checks, parameters of several places.

    Args:
        depth: how deeply expressions nest; real rules come to about ten with all their named steps.
    """
    categories: list[definitions.Category] = []
    drawing = Drawing(draw)
    for k in range(draw(st.integers(1, 3))):
        drawing.categories = tuple(category.code for category in categories)
        categories.append(definitions.Category(f"cn.c{k}", _TITLE, when=drawing.condition(depth, Scope())))
    drawing.categories = tuple(category.code for category in categories)
    policies = draw(_policies(drawing, "cn", draw(st.integers(1, 4)), (), depth))
    checks = draw(_checks(drawing, "cn", [p.code for p in policies], categories, depth))
    return RuleSet(categories, policies, checks, FACTS, (), draw(_parameters()))


@st.composite
def _checks(
    draw: st.DrawFn,
    drawing: Drawing,
    pack: str,
    targets: list[str],
    categories: list[definitions.Category],
    depth: int,
) -> list[definitions.Check]:
    made = []
    for k in range(draw(st.integers(0, 2))):
        code, kind = f"{pack}.k{k}", draw(st.sampled_from(["widens", "requires", "category"]))
        if kind == "category":
            on = draw(st.sampled_from(categories)).code
            # Drawn apart, so that a category never comes to ask for itself.
            made.append(definitions.Check(code, on, _TITLE, widens=Drawing(draw).condition(1, Scope())))
            continue
        on, condition = draw(st.sampled_from(targets)), drawing.condition(min(depth, 2), Scope())
        if kind == "widens":
            made.append(definitions.Check(code, on, _TITLE, widens=condition))
        else:
            made.append(definitions.Check(code, on, _TITLE, requires=condition))
    return made


@st.composite
def counties(draw: st.DrawFn, nation: RuleSet, depth: int = 3) -> RuleSet:
    """A county's rules on top of a nation's: policies, checks and a category of its own."""
    drawing = Drawing(draw, tuple(nation.categories))
    cash = tuple(code for code, p in nation.policies.items() if p.amount is not None)
    own = draw(_policies(drawing, COUNTY, draw(st.integers(1, 2)), cash, depth))
    category = definitions.Category(f"{COUNTY}.own", _TITLE, when=drawing.condition(depth, Scope()))
    checks = draw(_checks(drawing, COUNTY, [*nation.policies], list(nation.categories.values()), depth))
    return RuleSet(
        [*nation.categories.values(), category],
        [*nation.policies.values(), *own],
        [*nation.checks.values(), *checks],
        nation.facts.values(),
        (),
        nation.parameters,
    )


__all__ = ["counties", "nations"]
