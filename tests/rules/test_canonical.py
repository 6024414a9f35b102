"""Rules as values: canonical JSON that round-trips, structural comparison, what is read in reading order."""

import json

import pytest

import kinderguard
from kinderguard import rules as r
from kinderguard.model import DisabilityKind, SituationKind
from kinderguard.rules import (
    DAY,
    RuleError,
    child,
    facts_read,
    father,
    guardians,
    help_received,
    household,
    known,
    named,
    node_from_json,
    node_to_json,
    param,
    parameters_read,
    parents,
)
from kinderguard.rules.nodes import walk

INCOME = household.monthly_income_per_head
STANDARD = param("cn.dibao.monthly_standard")

#: At least one expression of every operation.
EXPRESSIONS = {
    "and, or, not": (child.age < 16) & ((INCOME < STANDARD) | ~father.supports_child),
    "equal": (child.age == 7) | (r.yuan("600") != INCOME),
    "codes": child.disability.kind.is_in(DisabilityKind.MENTAL) & household.aid.is_empty(),
    "sums": (STANDARD - INCOME) * household.size + r.yuan("1.50"),
    "shares and rounding": (STANDARD * r.ratio(3, 2)).rounded(to="1", rounding=r.HALF_UP),
    "division": INCOME.divided_by(household.size, to="0.01", rounding=r.DOWN),
    "least and greatest": r.max_of(r.min_of(INCOME, STANDARD), r.yuan("0")),
    "when": r.when(child.age < 6, r.yuan("1")).otherwise(r.yuan("2")),
    "known": known(child.birth_date) & ~known(INCOME),
    "named": named("poor", INCOME < STANDARD, zh="贫困", en="is poor"),
    "dates": child.birth_date.plus(years=18, days=1) <= DAY,
    "spans": (child.birth_date.months_until(DAY) > 5) & (child.residence.since.days_until(DAY) > 30),
    "between": child.age.between(6, 14),
    "parameters": param.flag("cn.a.b") & (child.age < param.number("cn.a.c", "years")) & (child.birth_date < param.day("cn.a.d")),
    "parents": parents.all(lambda p: p.is_in_situation(SituationKind.DEAD)) | (parents.count(lambda p: p.foreign) > 1),
    "records": guardians.any(lambda g: g.capable) & (household.members.count(lambda m: m.age > 60) > 0),
    "windows": household.incomes.within(months=12).sum(lambda i: i.amount) < r.yuan("12000"),
    "lists within lists": household.members.any(lambda m: m.incomes.within(months=6).any(lambda i: i.amount > r.yuan("5"))),
    "rank": household.members.rank(by=lambda m: m.birth_date, of=child.birth_date) <= 2,
    "help": help_received.current().any(lambda h: h.is_for("cn.dibao_benefit") & (h.amount > 100)),
    "scale": r.scale(child.age, (6, r.yuan("1")), (16, r.yuan("2")), beyond=r.yuan("0")),
    "own facts": household.has("330199.central_heating"),
    "categories": child.is_in("cn.orphan"),
    "least and most of records": household.members.min(lambda m: m.age) < household.members.max(lambda m: m.age),
}  # fmt: skip


@pytest.mark.parametrize("what", EXPRESSIONS)
def test_canonical_json_round_trips(what):
    node = EXPRESSIONS[what].node
    text = json.dumps(node_to_json(node), ensure_ascii=False)
    again = node_from_json(json.loads(text))
    assert again == node
    assert hash(again) == hash(node)
    assert node_to_json(again) == node_to_json(node)


def test_every_rule_of_every_installed_pack_round_trips():
    count = 0
    for place in (None, "220102", "330199"):
        book = kinderguard.load()
        for _, expr in (book.for_division(place) if place else book).rules.expressions():
            assert node_from_json(json.loads(json.dumps(node_to_json(expr.node)))) == expr.node
            count += 1
    assert count > 100


def test_every_operation_is_among_the_expressions():
    from kinderguard.rules import nodes as n

    used = {type(m) for e in EXPRESSIONS.values() for m in walk(e.node)}
    every = {
        c for c in vars(n).values() if isinstance(c, type) and issubclass(c, n.Node) and not c.__name__.startswith("_")
    } - {n.Node}
    assert {c.__name__ for c in every - used} == set()


def test_what_says_the_same_is_the_same():
    assert (child.age < 16).same_as(child.age < 16)
    assert not (child.age < 16).same_as(child.age <= 16)
    assert guardians.any(lambda g: g.capable).same_as(guardians.any(lambda x: x.capable))
    assert (INCOME < STANDARD).same_as(household.monthly_income_per_head < param("cn.dibao.monthly_standard"))


@pytest.mark.parametrize(
    "broken", [{}, {"op": "nothing"}, [], "and", None, {"op": "and"}, {"op": "fact", "kind": "what", "path": "x"}]
)
def test_json_that_is_no_rule_is_refused(broken):
    with pytest.raises(RuleError):
        node_from_json(broken)


def test_conditions_that_differ_are_not_alike():
    a, b = father.supports_child, child.adopted
    assert (a != b).same_as(~(a == b))
    assert (a != True).same_as(~a)  # noqa: E712
    assert (a != False).same_as(a)  # noqa: E712


def test_facts_and_parameters_are_named_in_reading_order():
    rule = (INCOME < STANDARD) & (child.age < param.number("cn.x.age", "years")) & (r.yuan("1") < INCOME)
    assert facts_read(rule) == ("household.monthly_income_per_head", "child.birth_date")
    assert parameters_read(rule) == ("cn.dibao.monthly_standard", "cn.x.age")


def test_facts_of_records_are_named_with_their_list():
    found = facts_read(EXPRESSIONS["lists within lists"])
    assert set(found) >= {"household.members", "household.members.incomes", "household.members.incomes.amount"}
    assert set(facts_read(EXPRESSIONS["windows"])) >= {
        "household.incomes",
        "household.incomes.amount",
        "household.incomes.on",
    }
