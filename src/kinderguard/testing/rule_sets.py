"""Hypothesis strategies for whole books of rules: categories, policies with stacking, checks, parameters by place and day.

Every engine is compared with the reference engine on what is drawn here; a county's own rules can be tested beside
them.

>>> from hypothesis import given
>>> from kinderguard.testing import rule_sets
>>> @given(rule_sets.nations())
... def test_rules_have_one_form(rules):
...     assert rules.fingerprint == rules.fingerprint
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs
from hypothesis import strategies as st

from kinderguard.model import codes as c
from kinderguard.model.text import Text
from kinderguard.rules import citations, definitions, stacking
from kinderguard.rules import expression as x
from kinderguard.rules import nodes as n
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.kinds import BOOL, DATE, MONEY, NUMBER, Kind
from kinderguard.rules.parameters import Parameter, ParameterValue, param
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.signs import is_below_zero
from kinderguard.rules.stacking_order import Order
from kinderguard.testing.expressions import COUNTY, DAYS, FACTS, FEN, MONTHS, PLACES, ROUNDINGS, STEPS, Drawing, Scope

_TITLE = Text("生成的规则", "generated")
#: The day around which rules and values begin and end.
TURN = dt.date(2025, 9, 1)
#: Nearly always: most rules are in force.
_PERIODS = st.sampled_from(
    [
        *[citations.ALWAYS] * 5, citations.Period(TURN, None), citations.Period(None, TURN),
        citations.Period(TURN + dt.timedelta(1), None), citations.Period(None, TURN - dt.timedelta(1)),
    ]
)  # fmt: skip
_EVERY = st.sampled_from([c.Frequency.MONTH, c.Frequency.MONTH, c.Frequency.ONCE, c.Frequency.YEAR])


@st.composite
def _parameters(draw: st.DrawFn) -> dict[str, Parameter]:
    """Parameters of every kind; some have no value, and values differ by place and by day."""
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
            ParameterValue(place, draw(_PERIODS), draw(values), "generated", citations.Trust.ILLUSTRATIVE)
            for place in sorted(places)
        )
        floor = None
        if kind == MONEY and draw(st.integers(0, 3)) == 3:
            floor = ParameterValue("", citations.ALWAYS, 0, "generated", citations.Trust.ILLUSTRATIVE)
        found[code] = Parameter(code, kind, "", _TITLE, floor, given)
    return found


def _whole(amount: x.MoneyExpr, draw: st.DrawFn) -> x.MoneyExpr:
    if definitions.is_whole(amount.node):
        return amount
    return amount.rounded(to=draw(STEPS), rounding=draw(ROUNDINGS))


def _stacking(
    draw: st.DrawFn,
    drawing: Drawing,
    every: c.Frequency | None,
    per: str,
    others: Mapping[str, definitions.Policy],
) -> stacking.Stacking | None:
    """How a policy (a service, where it is never paid) stands to another one."""
    comparable = [p.code for p in others.values() if p.amount is not None and (p.every, p.per) == (every, per)]
    match draw(st.integers(0, 3)):
        case 0:
            return None
        case 1 if comparable:
            to = _whole(drawing.amount(1, Scope()), draw) if draw(st.booleans()) else None
            own = _whole(drawing.amount(1, Scope()), draw)
            line = param("cn.line")
            could: list[definitions.Policy | str | x.MoneyExpr] = [draw(st.sampled_from(comparable)), line]
            could += [] if own.same_as(line) else [own]
            which = draw(st.lists(st.integers(0, len(could) - 1), min_size=1, max_size=2, unique=True))
            return stacking.tops_up(counting=[could[k] for k in which], to=to)
        case 2 if comparable:
            return stacking.excludes(draw(st.sampled_from(comparable)), keep="higher", when=_perhaps(draw, drawing))
        case _:
            keep: Literal["this", "other"] = draw(st.sampled_from(("other", "this")))
            other = draw(st.sampled_from(sorted(others)))
            return stacking.excludes(other, keep=keep, when=_perhaps(draw, drawing))


def _allowed(
    policy: definitions.Policy, rules: Sequence[stacking.Stacking], others: Mapping[str, definitions.Policy]
) -> definitions.Policy:
    """The policy with those of the stacking rules that may stand together, and beside the others."""
    for rule in rules:
        try:
            more = attrs.evolve(policy, stacking=(*policy.stacking, rule))
            Order.of({**others, more.code: more})
        except DefinitionError:
            continue
        policy = more
    return policy


def _perhaps(draw: st.DrawFn, drawing: Drawing) -> x.BoolExpr | None:
    return drawing.condition(1, Scope()) if draw(st.booleans()) else None


@st.composite
def _policies(
    draw: st.DrawFn,
    drawing: Drawing,
    pack: str,
    count: int,
    earlier: Mapping[str, definitions.Policy],
    depth: int,
) -> list[definitions.Policy]:
    scope = Scope()
    made: list[definitions.Policy] = []
    limits: dict[str, x.MoneyExpr] = {}
    for k in range(count):
        code = f"{pack}.p{k}"
        eligible = drawing.condition(depth, scope)
        others = {**earlier, **{p.code: p for p in made}}
        service = draw(st.integers(0, 4)) == 4
        every = draw(_EVERY)
        per: Literal["child", "household"] = draw(st.sampled_from(("child", "child", "household")))
        rules: list[stacking.Stacking] = []
        for _ in range(draw(st.integers(0, 2)) if others else 0):
            rule = _stacking(draw, drawing, None if service else every, per, others)
            rules += [] if rule is None else [rule]
        effective = draw(_PERIODS)
        if service:
            policy = definitions.Policy(
                code, _TITLE, eligible=eligible, service=_TITLE, per=per, counties_may_narrow=True, effective=effective
            )
            made.append(_allowed(policy, rules, others))
            continue
        group = f"{pack}.{every.value}.{per}"
        # Of a group that there is already, every second one is a member.
        if draw(st.integers(0, 1 if group in limits else 3)) == 0:
            if group not in limits:
                limits[group] = draw(st.sampled_from([x.MoneyExpr(n.Const(MONEY, draw(FEN))), param("cn.standard")]))
            rules.append(stacking.capped(group, limits[group]))
        amount = _whole(drawing.amount(depth, scope), draw)
        if is_below_zero(amount.node):  # refused where a policy is defined
            amount = x.MoneyExpr(n.Greatest(MONEY, (n.Const(MONEY, 0), amount.node)))
        policy = definitions.Policy(
            code, _TITLE, eligible=eligible, amount=amount, every=every, per=per, counties_may_narrow=True,
            effective=effective,
        )  # fmt: skip
        made.append(_allowed(policy, rules, others))
    return made


@st.composite
def _checks(
    draw: st.DrawFn,
    drawing: Drawing,
    pack: str,
    targets: Sequence[definitions.Policy],
    categories: Sequence[definitions.Category],
    depth: int,
) -> list[definitions.Check]:
    made = []
    for k in range(draw(st.integers(0, 2))):
        code, effective = f"{pack}.k{k}", draw(_PERIODS)
        kind = draw(st.sampled_from(["widens", "requires", "category", "at_least"]))
        if kind == "category":
            on = draw(st.sampled_from(categories)).code
            # Drawn apart, so that a category never comes to ask for itself.
            widens = Drawing(draw, local=drawing.local).condition(1, Scope())
            made.append(definitions.Check(code, on, _TITLE, widens=widens, effective=effective))
            continue
        policy = draw(st.sampled_from(targets))
        if kind == "at_least" and policy.amount is not None:
            least = _whole(drawing.amount(min(depth, 2), Scope()), draw)
            made.append(definitions.Check(code, policy.code, _TITLE, at_least=least, effective=effective))
            continue
        condition = drawing.condition(min(depth, 2), Scope())
        if kind == "requires":
            made.append(definitions.Check(code, policy.code, _TITLE, requires=condition, effective=effective))
        else:
            made.append(definitions.Check(code, policy.code, _TITLE, widens=condition, effective=effective))
    return made


@st.composite
def nations(draw: st.DrawFn, depth: int = 4, *, local: bool = True) -> RuleSet:
    """The rules of a nation: categories, policies with stacking, checks, parameters of several places.

    Args:
        depth: how deeply expressions nest; real rules come to about ten with all their named steps.
        local: whether they may ask for the county's own facts and parameters, as no real nation's may.
    """
    categories: list[definitions.Category] = []
    drawing = Drawing(draw, local=local)
    for k in range(draw(st.integers(1, 3))):
        drawing.categories = tuple(category.code for category in categories)
        when = drawing.condition(depth, Scope())
        categories.append(definitions.Category(f"cn.c{k}", _TITLE, when=when, effective=draw(_PERIODS)))
    drawing.categories = tuple(category.code for category in categories)
    policies = draw(_policies(drawing, "cn", draw(st.integers(1, 4)), {}, depth))
    checks = draw(_checks(drawing, "cn", policies, categories, depth))
    return RuleSet(categories, policies, checks, FACTS, (), draw(_parameters()))


@st.composite
def counties(draw: st.DrawFn, nation: RuleSet, depth: int = 3, *, place: str = COUNTY) -> RuleSet:
    """A county's rules on top of those above it: policies, checks and a category of its own.

    Args:
        nation: the nation's rules, or a province's on top of them.
        depth: how deeply expressions nest.
        place: the division; a province's rules are drawn alike.
    """
    drawing = Drawing(draw, tuple(nation.categories), local=place == COUNTY)
    own = draw(_policies(drawing, place, draw(st.integers(1, 2)), nation.policies, depth))
    category = definitions.Category(f"{place}.own", _TITLE, when=drawing.condition(depth, Scope()))
    targets = list(nation.policies.values())
    checks = draw(_checks(drawing, place, targets, list(nation.categories.values()), depth))
    return RuleSet(
        [*nation.categories.values(), category],
        [*nation.policies.values(), *own],
        [*nation.checks.values(), *checks],
        nation.facts.values(),
        (),
        nation.parameters,
    )


__all__ = ["counties", "nations"]
