"""A decision table holds exactly where its condition does."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kinderguard
from kinderguard import Text
from kinderguard.rules import child, household, named
from kinderguard.rules import nodes as n
from kinderguard.rules.decision_table import MOST_WAYS, decision_tables

TITLE = Text("试", "try")
LEAVES = [
    child.living_on_street.node,
    child.adopted.node,
    household.property_within_limits.node,
    child.birth_parents_not_found.node,
]


def value(node, world):
    match node:
        case n.And(args=args):
            return all(value(a, world) for a in args)
        case n.Or(args=args):
            return any(value(a, world) for a in args)
        case n.Not(arg=arg):
            return not value(arg, world)
        case n.When(condition=c, then=t, otherwise=o):
            return value(t if value(c, world) else o, world)
        case n.Const(value=v):
            return v
    return world[node]


conditions = st.recursive(
    st.sampled_from(LEAVES) | st.sampled_from([n.Const(n.BOOL, True), n.Const(n.BOOL, False)]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda a: n.And(tuple(a))),
        st.lists(inner, min_size=1, max_size=3).map(lambda a: n.Or(tuple(a))),
        inner.map(n.Not),
        st.builds(lambda c, t, o: n.When(n.BOOL, c, t, o), inner, inner, inner),
    ),
    max_leaves=8,
)


@given(conditions)
def test_a_table_holds_where_its_condition_holds(condition):
    tables = decision_tables(TITLE, condition)
    worlds = [dict(zip(LEAVES, values, strict=True)) for values in product((True, False), repeat=len(LEAVES))]
    for table in tables:
        for world in worlds:
            held = any(
                all(wanted is None or world[c] is wanted for c, wanted in zip(table.conditions, way, strict=True))
                for way in table.ways
            )
            assert held is value(condition, world)
    if not tables:  # a condition of at most one question
        depends = {
            leaf for leaf in LEAVES for w in worlds if value(condition, w) != value(condition, w | {leaf: not w[leaf]})
        }
        assert len(depends) <= 1


def test_a_named_step_has_a_table_of_its_own():
    step = named("in_need", child.adopted | household.property_within_limits, zh="有需要", en="in need")
    top, inner = decision_tables(TITLE, (child.living_on_street & step).node)
    assert [h.en for h in top.headings()][1] == "in need"
    assert inner.title == Text("有需要", "in need")
    assert inner.ways == ((True, None), (None, True))


def test_too_many_ways_are_no_table():
    pairs = [
        (a | b).node for a, b in product([child.living_on_street, child.adopted], [household.property_within_limits])
    ]
    assert decision_tables(TITLE, n.And(tuple(pairs)))
    many = n.And(tuple(n.Or((n.Fact(n.BOOL, f"child.a{k}"), n.Fact(n.BOOL, f"child.b{k}"))) for k in range(8)))
    assert MOST_WAYS < 2**8
    assert decision_tables(TITLE, many) == ()


@pytest.mark.parametrize("code", ["cn.orphan", "cn.de_facto_unattended", "cn.dibao_marginal"])
def test_national_categories_have_readable_tables(code):
    category = kinderguard.load().rules.categories[code]
    tables = decision_tables(category.title, category.when.node)
    assert tables
    assert all(h.zh and h.en for t in tables for h in t.headings())
