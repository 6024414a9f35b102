"""What policies come to together: every amount that can come about lies within, and no more than need be is said."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import World, examples, without_circles
from engines.test_frame_traps import TITLE
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.model.codes import HealthStatus
from kinderguard.rules import child, household
from kinderguard.rules.ruleset import RuleSet

INCOME = "household.monthly_income_per_head"
#: What may be unknown, with the values that rules can tell apart.
VALUES = {
    "child.adopted": (True, False),
    "child.living_on_street": (True, False),
    "child.health": tuple(HealthStatus),
    INCOME: ("0", "500", "500.01", "700", "1000.01"),
}
HEALTH = [child.health == status for status in HealthStatus]
ATOMS = [
    child.adopted, child.living_on_street, *HEALTH, child.health.is_in(HealthStatus.ILL, HealthStatus.DISABLED),
    household.monthly_income_per_head <= r.yuan(500), household.monthly_income_per_head < r.yuan(1000),
]  # fmt: skip
LEFT = r.max_of(r.yuan(0), r.yuan(700) - household.monthly_income_per_head)


def paid(code, eligible, amount, *stacking):
    return r.Policy(code, TITLE, eligible=eligible, amount=r.yuan(amount), every=r.MONTH, stacking=stacking)


def ends(total):
    return total.low, total.high


def test_of_two_that_exclude_each_other_not_both():
    """Nor of two conditions that cannot both hold, though neither policy knows of the other."""
    ill, disabled = paid("cn.ill", HEALTH[2], 600), paid("cn.disabled", HEALTH[1], 900)
    assert (HEALTH[2].node.codes, HEALTH[1].node.codes) == (("ill",), ("disabled",))
    result = World(RuleSet([], [ill, disabled])).assess(Case())
    assert ends(result.due.total()) == (0, 1500)
    assert ends(result.in_all()) == (0, 900)
    either = paid("cn.b", child.living_on_street, 900, r.excludes("cn.a", keep="this", reason=TITLE))
    result = World(RuleSet([], [paid("cn.a", child.adopted, 600), either])).assess(Case())
    assert ends(result.in_all()) == (0, 900)


def test_one_that_makes_up_for_another_is_at_least_due_where_the_other_is_not():
    grant, top = (
        paid("cn.grant", child.adopted, 400),
        paid("cn.top", r.all_of(), 600, r.tops_up(counting=("cn.grant",), reason=TITLE)),
    )
    result = World(RuleSet([], [grant, top])).assess(Case())
    assert ends(result.due.total()) == (200, 1000)
    assert ends(result.in_all()) == (600, 600)


def test_a_code_is_one_of_those_that_are_left():
    """Whatever it is, one of the policies is due, and one alone."""
    policies = [paid(f"cn.p{number}", condition, 100) for number, condition in enumerate(HEALTH)]
    assert ends(World(RuleSet([], policies)).assess(Case()).in_all()) == (100, 100)


def test_numbers_that_cannot_both_be_are_left_out():
    poor = paid("cn.poor", household.monthly_income_per_head < r.yuan(500), 600)
    better_off = paid("cn.better_off", household.monthly_income_per_head >= r.yuan(500), 100)
    assert ends(World(RuleSet([], [poor, better_off])).assess(Case()).in_all()) == (100, 600)


def test_of_one_policy_that_is_open_its_own_bounds_stand():
    result = World(
        RuleSet([], [paid("cn.a", child.adopted & ~child.adopted, 600), paid("cn.b", r.all_of(), 50)])
    ).assess(Case())
    assert result.policies["cn.a"].high == 600
    assert result.in_all() == result.due.total()
    assert World(RuleSet([], [])).assess(Case()).in_all().amount == 0


def test_two_amounts_that_each_are_below_the_other_are_not_followed_for_ever():
    low, high = household.monthly_income_per_head, household.dibao_monthly
    result = World(RuleSet([], [paid("cn.a", (low < high) & (high < low), 600), paid("cn.b", low < high, 50)])).assess(
        Case()
    )
    assert result.in_all().high <= 650


@st.composite
def conditions(draw, depth=2):
    """A condition of a few facts."""
    if depth == 0 or draw(st.booleans()):
        atom = draw(st.sampled_from(ATOMS))
        return atom if draw(st.booleans()) else ~atom
    parts = draw(st.lists(conditions(depth - 1), min_size=2, max_size=3))
    return draw(st.sampled_from((r.all_of, r.any_of)))(*parts)


@st.composite
def amounts(draw):
    """An amount, perhaps one that a condition chooses, or what an income leaves."""
    fixed = st.sampled_from((100, 300, 700)).map(r.yuan)
    if draw(st.booleans()):
        return draw(fixed)
    return r.when(draw(conditions(1)), draw(fixed)).otherwise(draw(st.one_of(fixed, st.just(LEFT))))


@st.composite
def stacked(draw, code, earlier):
    """How a policy stands beside earlier ones."""
    rules, others = [], draw(st.lists(st.sampled_from(earlier), unique=True, max_size=2)) if earlier else []
    for other in others:
        how = draw(st.sampled_from(("this", "other", "higher", *([] if rules else ["tops_up"]))))
        if how == "tops_up":
            rules.append(r.tops_up(counting=(other,), reason=TITLE))
        else:
            rules.append(r.excludes(other, keep=how, reason=TITLE))
    return tuple(rules)


@st.composite
def rule_sets(draw):
    """Some policies that are paid each month and stand beside each other."""
    codes = [f"cn.p{number}" for number in range(draw(st.integers(2, 4)))]
    policies = [
        r.Policy(
            code, TITLE, eligible=draw(conditions()), amount=draw(amounts()), every=r.MONTH,
            stacking=draw(stacked(code, codes[:number])),
        )
        for number, code in enumerate(codes)
    ]  # fmt: skip
    with without_circles():
        return RuleSet([], policies)


def of(facts):
    return Case.from_facts({path: value for path, value in facts.items() if value is not None})


@examples(25)
@given(rule_sets(), st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True), st.data())
def test_what_can_come_about_lies_within(rules, unknown, data):
    """Each bound holds of every way in which the unknown facts may turn out."""
    world = World(rules)
    known = {path: data.draw(st.sampled_from(VALUES[path])) for path in sorted(VALUES.keys() - set(unknown))}
    open_ = world.assess(of(known))
    found, summed = open_.in_all(), open_.due.total()
    turned = product(*(VALUES[path] for path in unknown))
    amounts = [world.assess(of(known | dict(zip(unknown, values, strict=True)))).in_all().amount for values in turned]
    assert None not in amounts
    assert summed.low <= found.low <= min(amounts)
    assert max(amounts) <= found.high <= summed.high
