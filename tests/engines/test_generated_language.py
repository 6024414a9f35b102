"""What is generated is the whole language: a sample of rule sets and cases together holds everything there is.

A new kind of node, stacking, check, fact or list that the strategies never draw would be compared with nothing.
"""

from functools import wraps

import pytest
from hypothesis import HealthCheck, find, settings

from engines.agreement import children, sample, shown, worlds
from kinderguard.engines.algebra import Algebra
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import is_whole
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.parameters import PARAMETER_KINDS
from kinderguard.rules.stacking import Capped, Excludes, Keep, TopsUp
from kinderguard.testing import expressions, strategies

#: Rule sets and conditions drawn at a time, and how often more are drawn where something was lacking.
ROUND, ROUNDS = 120, 12
#: What no rule set holds by itself: the base class, and the private class that pairs share.
ABSTRACT = {n.Node, n._Pair}


class Sample:
    """Rule sets of generated worlds, and every node of their rules and of conditions drawn by themselves."""

    def __init__(self):
        self.rounds, self.rules, self.nodes = 0, [], set()

    def grow(self):
        """Draw more."""
        rules = [r for world in sample(worlds(), ROUND, self.rounds) for r in world.levels.values()]
        drawn = [expr for r in rules for _, expr in r.expressions()]
        drawn += sample(expressions.conditions(4), 4 * ROUND, self.rounds)
        self.rules += rules
        self.nodes.update(node for expr in drawn for node in n.walk(expr.node))
        self.rounds += 1


@pytest.fixture(scope="module")
def generated():
    """A sample that all tests share."""
    return Sample()


def in_a_sample(test):
    """Run a test on a sample that grows until the test passes, or has become so large that it should have."""

    @wraps(test)
    def grown(generated):
        while True:
            try:
                if generated.rounds:
                    test(generated)
                    return
            except AssertionError:
                if generated.rounds >= ROUNDS:
                    raise
            generated.grow()

    return grown


def node_classes(base=n.Node):
    """The classes of nodes that there are: not what attrs makes one with slots of, which may live on without a name."""
    own = {base} - ABSTRACT if getattr(n, base.__name__, None) is base else set()
    return own.union(*(node_classes(sub) for sub in base.__subclasses__()))


@in_a_sample
def test_every_kind_of_node_is_generated(generated):
    nodes = generated.nodes
    assert {type(node) for node in nodes} == node_classes()
    assert set(Algebra._methods) < node_classes()


@in_a_sample
def test_every_aggregate_is_generated_over_every_list(generated):
    nodes = generated.nodes
    aggregates = [node for node in nodes if isinstance(node, n.Aggregate)]
    assert {a.how for a in aggregates} == set(n.How)
    kinds = {(a.how, a.kind.sort) for a in aggregates}
    assert {(n.How.SUM, Sort.MONEY), (n.How.SUM, Sort.NUMBER)} <= kinds
    assert {
        (how, sort) for how in (n.How.LEAST, n.How.GREATEST) for sort in (Sort.MONEY, Sort.NUMBER, Sort.DATE)
    } <= kinds
    filtered = {a.how for a in aggregates if a.where != n.Const(Kind(Sort.BOOL), True)}
    assert filtered == set(n.How)
    top = {a.source.path for a in aggregates if a.source.of is None}
    assert top == set(fact_kinds().lists)
    nested = {a.source.path for a in aggregates if a.source.of is not None}
    assert nested == {name for listed in fact_kinds().lists.values() for name in listed.lists}
    outer_inside = [a for a in aggregates for m in n.walk(a.body) if isinstance(m, n.Aggregate) and m.source.of is None]
    assert outer_inside, "a list of the case asked about inside another one"


@in_a_sample
def test_every_way_of_joining_is_generated_for_every_sort(generated):
    nodes = generated.nodes

    def sorts(cls, part):
        return {part(node).sort for node in nodes if isinstance(node, cls)}

    ordered = {Sort.NUMBER, Sort.MONEY, Sort.DATE}
    assert sorts(n.Less, lambda m: m.left.kind) == sorts(n.AtMost, lambda m: m.left.kind) == ordered
    assert sorts(n.Equal, lambda m: m.left.kind) == ordered | {Sort.BOOL, Sort.CODE}
    assert sorts(n.When, lambda m: m.kind) == set(Sort)
    assert sorts(n.Known, lambda m: m.arg.kind) == set(Sort)
    assert sorts(n.Least, lambda m: m.kind) == sorts(n.Greatest, lambda m: m.kind) == ordered
    assert sorts(n.Add, lambda m: m.kind) == sorts(n.Subtract, lambda m: m.kind) == {Sort.NUMBER, Sort.MONEY}
    assert sorts(n.Times, lambda m: m.kind) == {Sort.NUMBER, Sort.MONEY}
    assert sorts(n.Named, lambda m: m.kind) >= ordered | {Sort.BOOL}
    assert {m.right.kind.unit for m in nodes if isinstance(m, n.Later)} == {"months", "days"}
    for cls in (n.Round, n.Divide):
        assert {m.rounding for m in nodes if isinstance(m, cls)} == set(n.Rounding)
    assert any(not is_whole(m) for m in nodes if m.kind.sort is Sort.NUMBER), "ratios"
    assert n.Const(Kind(Sort.BOOL), None) in nodes, "the constant unknown"


@in_a_sample
def test_every_fact_is_asked_for_and_every_parameter(generated):
    nodes = generated.nodes
    paths = {node.path for node in nodes if isinstance(node, n.Fact) and node.of is None}
    own = {fact.code for fact in expressions.FACTS}
    # What has no list of codes (a division) is no rule's to compare.
    comparable = {path for path, kind in fact_kinds().fields.items() if kind.sort is not Sort.CODE or kind.codes}
    assert own | {"child.lives_in_another_county"} <= paths
    assert comparable <= paths, sorted(comparable - paths)
    for listed, kinds in fact_kinds().lists.items():
        asked = {node.path for node in nodes if isinstance(node, n.Fact) and node.of and node.of.collection == listed}
        assert len(asked & set(kinds.fields)) >= 2, listed
    kinds = {node.kind for node in nodes if isinstance(node, n.Param)}
    assert {k.sort for k in kinds} == {k.sort for k in PARAMETER_KINDS.values()}


@in_a_sample
def test_every_kind_of_stacking_and_check_is_generated(generated):
    rules = generated.rules
    stacked = [(p, rule) for r in rules for p in r.policies.values() for rule in p.stacking]
    excludes = [(p, rule) for p, rule in stacked if isinstance(rule, Excludes)]
    assert {type(rule) for _, rule in stacked} == {Excludes, TopsUp, Capped}
    assert {rule.keep for _, rule in excludes} == set(Keep)
    assert {rule.when is None for _, rule in excludes} == {True, False}
    assert {p.amount is None for p, _ in excludes} == {True, False}, "money and services exclude"
    tops_up = [rule for _, rule in stacked if isinstance(rule, TopsUp)]
    assert {rule.to is None for rule in tops_up} == {True, False}
    assert {isinstance(c, str) for rule in tops_up for c in rule.counting} == {True, False}
    across = [rule for p, rule in excludes if rule.other.split(".")[0] != p.code.split(".")[0]]
    assert {rule.keep for rule in across} == set(Keep), "a county's policy against the nation's"
    policies = [p for r in rules for p in r.policies.values()]
    assert {p.per for p in policies} == {"child", "household"}
    assert len({p.every for p in policies}) >= 3
    checks = [c for r in rules for c in r.checks.values()]
    for name in ("widens", "requires", "at_least"):
        assert any(getattr(check, name) is not None for check in checks), name
    assert any(check.on in r.categories for r in rules for check in r.checks.values()), "a category widened"
    assert any(not p.effective.overlaps(type(p.effective)("2025-09-01", "2025-09-01")) for p in policies)


@in_a_sample
def test_parameters_differ_by_place_and_day_and_some_have_no_value(generated):
    rules = generated.rules
    parameters = [p for r in rules for p in r.parameters.values()]
    assert {v.place for p in parameters for v in p.values} == set(expressions.PLACES)
    assert {p.floor is None for p in parameters} == {True, False}
    assert {bool(p.values) for p in parameters} == {True, False}
    assert {v.period.start is None for p in parameters for v in p.values} == {True, False}


def test_every_list_and_every_fact_of_a_case_is_unknown_here_and_known_there():
    drawn = [case for cases in sample(children(), 80) for case in cases]
    for path in fact_kinds().lists:
        lists = [_at(case, path) for case in drawn]
        assert {None if x is None else len(x) > 0 for x in lists} == {None, True, False}, path
    for path in fact_kinds().fields:
        assert {_at(case, path) is None for case in drawn} == {True, False}, path
    own = {code: [case.extra.get(expressions.COUNTY, {}).get(code.split(".")[1]) for case in drawn] for code in
           (f.code for f in expressions.FACTS)}  # fmt: skip
    assert all(any(v is not None for v in values) for values in own.values())
    dates = [case.child.birth_date for case in drawn if case.child.birth_date]
    assert {d.is_exact for d in dates} == {True, False}


def _at(record, path):
    for part in path.split("."):
        record = getattr(record, part)
    return record


# ---- shrinking ------------------------------------------------------------------------------------------------------

SHRINK = settings(
    max_examples=2000, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("cls", [n.Divide, n.Aggregate, n.Years, n.When, n.Round], ids=lambda c: c.__name__)
def test_a_counterexample_shrinks_to_a_small_rule(cls):
    smallest = find(
        expressions.conditions(), lambda c: any(isinstance(m, cls) for m in n.walk(c.node)), settings=SHRINK
    )
    assert len(list(n.walk(smallest.node))) <= 15, smallest


def test_a_counterexample_shrinks_to_a_small_child():
    def earns(case):
        return any(m.monthly_income is not None for m in case.household.members or ())

    # Hypothesis also draws constants of the modules that are loaded, so the smallest differs a little from run to run.
    smallest = find(strategies.cases(), earns, settings=SHRINK)
    told = smallest.model_dump(exclude_none=True, exclude_defaults=True)
    assert set(told) == {"household"}, told
    assert len(list(_leaves(told))) <= 3, told


def _leaves(told):
    if isinstance(told, dict | list | tuple):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _leaves(part)
    else:
        yield told


def test_a_counterexample_is_shown_in_words():
    world = sample(worlds(2), 1)[0]
    assert shown(world.levels[""]) in repr(world)
    assert "object at" not in repr(world)
