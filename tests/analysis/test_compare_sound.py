"""Bounds of what a reform changes: whatever the unknown facts turn out to be, the change lies within them.

Rules are drawn over a few facts, so that a child can be drawn of whom everything that they ask is known: then both amounts
are known to the fen, and so is the change. The same child with facts taken away, at a place that has not set numbers that
both books have alike, has bounds, which must hold it.
"""

from collections import Counter
from fractions import Fraction

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.agreement import DAY, World, examples, without_circles
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.differences import touched
from kinderguard.analysis.comparing.opened import compared
from kinderguard.model.codes import DisabilityGrade, SchoolStage
from kinderguard.model.money import fen
from kinderguard.rules import child, household, param
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import ALWAYS, Trust
from kinderguard.rules.kinds import BOOL, MONEY, NUMBER
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.rules.ruleset import RuleSet
from kinderguard.testing import rule_sets
from kinderguard.testing import strategies as cases

TITLE = Text("生成的规则", "generated")
NUMBERS = {"cn.standard": MONEY, "cn.line": MONEY, "cn.grant": MONEY, "cn.ratio": NUMBER, "cn.flag": BOOL}
INCOME = household.monthly_income_per_head

LEAVES = st.one_of(
    st.sampled_from([child.adopted, child.living_on_street, child.schooling.boarding, param.flag("cn.flag")]),
    st.integers(3, 18).map(lambda k: child.age < k),
    st.integers(1, 6).map(lambda k: household.size >= k),
    st.sampled_from([param("cn.line"), param("cn.standard") * param.ratio("cn.ratio")]).map(
        lambda line: line >= INCOME
    ),
    st.sampled_from([param("cn.line"), param("cn.standard")]).map(lambda line: line > INCOME),
    st.sets(st.sampled_from(list(DisabilityGrade)), min_size=1).map(lambda c: child.disability.grade.is_in(*c)),
    st.sets(st.sampled_from(list(SchoolStage)), min_size=1).map(lambda c: child.schooling.stage.is_in(*c)),
    st.just(child.is_in("cn.c")),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] & p[1]), st.tuples(inner, inner).map(lambda p: p[0] | p[1]), inner.map(lambda c: ~c),
        inner.map(lambda c: r.named("step", c, zh="某步", en="a step")),
    ),
    max_leaves=3,
)  # fmt: skip
AMOUNTS = st.recursive(
    st.sampled_from([*(param(code) for code in ("cn.standard", "cn.grant", "cn.line")), INCOME, r.yuan("33.35")]),
    lambda inner: st.one_of(
        st.tuples(CONDITIONS, inner, inner).map(lambda p: r.when(p[0], p[1]).otherwise(p[2])),
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: r.max_of(p[0] - p[1], r.yuan("0"))),
        st.tuples(inner, inner).map(lambda p: r.min_of(*p)),
        st.tuples(inner, inner).map(lambda p: r.max_of(*p)),
        inner.map(lambda a: (a * param.ratio("cn.ratio")).rounded(to="1", rounding=r.HALF_UP)),
        inner.map(lambda a: a.divided_by(household.size, to="0.01", rounding=r.DOWN)),
    ),
    max_leaves=4,
)  # fmt: skip


def numbers(draw, of=None):
    """Values of every parameter; those of a reform differ in some."""
    found = {}
    for code, kind in NUMBERS.items():
        values = (
            st.booleans()
            if kind is BOOL
            else st.sampled_from([1, 2, Fraction(1, 3), Fraction(3, 2)])
            if kind is NUMBER
            else st.integers(0, 30).map(lambda k: k * 50_00)
        )
        keep = of is not None and draw(st.booleans())
        value = of[code].values[0].value if keep else draw(values)
        found[code] = Parameter(
            code, kind, "", TITLE, None, (ParameterValue("", ALWAYS, value, "generated", Trust.ILLUSTRATIVE),)
        )
    return found  # fmt: skip


def of_grades(grades):
    """Makes a condition ask for other grades of disability."""
    codes = tuple(sorted(grades))
    return lambda node: (
        attrs.evolve(node, codes=codes) if isinstance(node, n.IsIn) and "grade" in repr(node.arg) else None
    )


@st.composite
def reforms(draw):
    """Rules of a nation, and a reform of them: other numbers, and rules widened, narrowed, paid or stacked otherwise."""
    category = r.Category("cn.c", TITLE, draw(CONDITIONS.filter(lambda c: "InCategory" not in repr(c.node))))
    policies = {}
    for k in range(draw(st.integers(1, 3))):
        stacking = []
        if policies and draw(st.booleans()):
            other = draw(st.sampled_from(sorted(policies)))
            when = draw(st.none() | CONDITIONS)
            stacking.append(
                draw(
                    st.sampled_from(
                        [r.excludes(other, keep=keep, when=when) for keep in ("this", "other", "higher")]
                        + [r.tops_up(counting=[other])]
                    )
                )
            )
        if draw(st.integers(0, 3)) == 3:
            stacking.append(r.capped("cn.group", param("cn.standard")))
        policies[f"cn.p{k}"] = r.Policy(
            f"cn.p{k}", TITLE, eligible=draw(CONDITIONS), amount=draw(AMOUNTS), every=r.MONTH, stacking=stacking
        )
    parameters = numbers(draw)
    with without_circles():
        base = RuleSet([category], policies.values(), (), (), (), parameters)
    policies = dict(policies)
    for _ in range(draw(st.integers(0, 2))):
        code = draw(st.sampled_from([*policies, "cn.c"]))
        condition, amount = draw(CONDITIONS), draw(AMOUNTS)
        if code == "cn.c":
            if "InCategory" not in repr(condition.node):
                category = attrs.evolve(category, when=category.when | condition)
            continue
        policy = policies[code]
        match draw(st.sampled_from(["widen", "narrow", "codes", "more", "least", "other", "half"])):
            case "widen":
                policy = attrs.evolve(policy, eligible=policy.eligible | condition)
            case "narrow":
                policy = attrs.evolve(policy, eligible=policy.eligible & condition)
            case "codes":
                grades = draw(st.sets(st.sampled_from([g.value for g in DisabilityGrade]), min_size=1))
                policy = attrs.evolve(
                    policy, eligible=type(condition)(n.rewrite(policy.eligible.node, of_grades(grades)))
                )
            case "more":
                policy = attrs.evolve(policy, amount=policy.amount + amount)
            case "least":
                policy = attrs.evolve(policy, amount=r.max_of(policy.amount, amount))
            case "other":
                policy = attrs.evolve(policy, amount=amount)
            case "half":
                policy = attrs.evolve(policy, amount=(policy.amount / 2).rounded(to="1", rounding=r.UP))
        policies[code] = policy
    return base, RuleSet([category], policies.values(), (), (), (), numbers(draw, parameters))


CHILDREN = st.fixed_dictionaries(
    {
        "child.adopted": st.booleans(),
        "child.living_on_street": st.booleans(),
        "child.schooling": st.fixed_dictionaries({"boarding": st.booleans(), "stage": st.sampled_from([s.value for s in SchoolStage])}),
        "child.birth_date": st.integers(0, 20).map(lambda k: f"{DAY.year - k}-03-05"),
        "household.size": st.integers(1, 7),
        "household.monthly_income_per_head": st.integers(0, 30).map(lambda k: str(k * 50)),
        "child.disability.grade": st.sampled_from([g.value for g in DisabilityGrade]),
    }
)  # fmt: skip


@st.composite
def children(draw):
    """A child of whom everything that is asked is known, and the same child with facts taken away."""
    facts = draw(CHILDREN)
    gone = draw(st.sets(st.sampled_from(sorted(facts)), min_size=2))
    return Case.from_facts(facts), Case.from_facts({path: value for path, value in facts.items() if path not in gone})


def holds(bounds: Between, amount: int) -> bool:
    low, high = bounds.low_fen, bounds.high_fen
    return (low is None or low <= amount) and (high is None or amount <= high)


@st.composite
def reforms_and_blanks(draw):
    """A reform, and the same where some numbers that both books have alike are set by nobody."""
    rules = draw(reforms())
    alike = [code for code in NUMBERS if len({repr(each.parameters[code].values) for each in rules}) == 1]
    unset = draw(st.sets(st.sampled_from(alike))) if alike else set()
    return rules, [blanked(each, unset) for each in rules]


def blanked(rules, unset):
    numbers = {c: attrs.evolve(p, values=()) if c in unset else p for c, p in rules.parameters.items()}
    return RuleSet(rules.categories.values(), rules.policies.values(), (), (), (), numbers)


def tried(rules_and_blank, known, partly):
    """Hold one child against its bounds; what the example was good for."""
    rules, blank = rules_and_blank
    books = [World(each) for each in rules]
    before, after = (World(each).assess(partly) for each in blank)
    truth = [book.assess(known) for book in books]
    found = touched(before.basis.bound, after.basis.bound)
    whole = compared(0, before, after, found)
    changes = {change.code: change.change for change in whole.policies}
    good_for = Counter()
    for change in whole.policies:
        assert change.because, change
        for bounds, book in ((change.before, truth[0]), (change.after, truth[1])):
            assert holds(bounds, fen(book.policies[change.code].amount)), change
    yearly = 12 * sum(fen(truth[1].policies[c].amount) - fen(truth[0].policies[c].amount) for c in truth[0].policies)
    assert holds(whole.change_a_year, yearly), (whole.change_a_year, yearly)
    for sure in whole.surely_paid:
        book = truth[sure.book == "after"]
        assert 12 * sum(book.policies[code].amount for code in sure.codes) >= sure.at_least > 0, sure
        good_for["surely paid though open"] += 1
    good_for["a number not set"] += any(not p.values for p in blank[0].parameters.values())
    for code in truth[0].policies:
        a, b = (fen(t.policies[code].amount) for t in truth)
        bounds = changes.get(code, Between(0, 0))
        assert holds(bounds, b - a), (code, bounds, a, b)
        old, new = before.policies[code], after.policies[code]
        good_for["changes"] += a != b
        good_for["unknown"] += bounds.amount is None
        good_for["unknown and changes"] += bounds.amount is None and a != b
        naive = (
            Between(fen(new.low) - fen(old.high), fen(new.high) - fen(old.low))
            if None not in (old.high, new.high)
            else bounds
        )
        good_for["narrower"] += naive != bounds
        good_for["narrower and changes"] += naive != bounds and a != b
    return good_for  # fmt: skip


@examples(130)
@given(reforms_and_blanks(), children())
def test_a_change_lies_within_its_bounds_whatever_the_unknown_facts_are(rules, child_and_less):
    tried(rules, *child_and_less)


def test_the_children_drawn_are_good_for_something():
    """Much is unknown of many, changes are not nothing, and bounds are narrower than those of two results side by side."""
    seen = Counter()

    @settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(reforms_and_blanks(), children())
    def look(rules, child_and_less):
        seen.update(tried(rules, *child_and_less))

    look()
    assert min(seen[what] for what in ("changes", "unknown and changes", "narrower", "a number not set")) >= 5, seen


@examples(30)
@given(rule_sets.nations(depth=2), rule_sets.nations(depth=2), cases.cases())
def test_rules_that_are_not_touched_come_out_as_before(one, other, case):
    """Over the whole language: what is found alike in two books comes out alike, whatever is unknown."""
    mixed = RuleSet(
        one.categories.values(), one.policies.values(), one.checks.values(), one.facts.values(), (), other.parameters
    )
    before, after = (World(each).assess(case) for each in (one, mixed))
    found = touched(before.basis.bound, after.basis.bound)
    for code, value in before.categories.items():
        if code not in found.codes:
            assert after.categories[code] is value
    for code, policy in before.policies.items():
        if code not in found.codes:
            assert after.policies[code] == policy
