"""What the rules alone say of a difference: the smallest pairs of rules that show each way of reasoning, and its limits."""

from fractions import Fraction

import pytest

from engines.agreement import World
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.differences import touched
from kinderguard.model.codes import DisabilityGrade, SchoolStage
from kinderguard.national.terms import is_at
from kinderguard.rules import child, household, param
from kinderguard.rules.citations import ALWAYS, Trust
from kinderguard.rules.kinds import MONEY
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.rules.ruleset import RuleSet

T = Text("某", "some")
INCOME = household.monthly_income_per_head
GRADE = child.disability.grade
ONE, TWO, THREE = (DisabilityGrade(k) for k in "123")
Y100, Y30 = r.yuan("100"), r.yuan("30")


def rules(eligible=None, amount=Y100, *, category=None, other=None, stacking=(), **numbers):
    """One policy, with a category and another policy beside it; ``line=100`` is a parameter in yuan, None has no value."""
    parameters = {}
    for name, value in numbers.items():
        values = () if value is None else (ParameterValue("", ALWAYS, value * 100, "x", Trust.ILLUSTRATIVE),)
        parameters[f"cn.{name}"] = Parameter(f"cn.{name}", MONEY, "", T, None, values)
    policies = [
        r.Policy(
            "cn.p",
            T,
            eligible=child.adopted if eligible is None else eligible,
            amount=amount,
            every=r.MONTH,
            stacking=stacking,
        )
    ]
    if other is not None:
        policies.insert(0, r.Policy("cn.o", T, eligible=child.living_on_street, amount=other, every=r.MONTH))
    return RuleSet([r.Category("cn.c", T, child.adopted if category is None else category)], policies, (), (), (), parameters)  # fmt: skip


def difference(before, after, code="cn.p"):
    """By how much a policy can differ for any child, in yuan; None: it is not touched."""
    bounds = [World(each).assess(Case()).basis.bound for each in (before, after)]
    found = touched(*bounds).differences.get(code)
    return None if found is None else (yuan(found.low_fen), yuan(found.high_fen))


def yuan(amount):
    return None if amount is None else amount / 100


def less(a, b):
    """``a - b`` and never below nothing."""
    return r.max_of(a - b, r.yuan("0"))


PAIRS = {
    "the same rule": (rules(), rules(), None),
    "another amount under one condition": (rules(amount=Y30), rules(), (0, 70)),
    "another number under one condition": (rules(amount=param("cn.x"), x=600), rules(amount=param("cn.x"), x=700), (0, 100)),
    "a number that has no value on either side": (rules(amount=param("cn.x"), x=None), rules(amount=param("cn.x"), x=None), None),
    "a number that has a value on one side": (rules(amount=param("cn.x"), x=None), rules(amount=param("cn.x"), x=700), (None, 700)),
    "a wider condition": (rules(), rules(child.adopted | child.living_on_street), (0, 100)),
    "a narrower condition": (rules(), rules(child.adopted & child.living_on_street), (-100, 0)),
    "another condition": (rules(), rules(child.living_on_street), (-100, 100)),
    "a wider category": (
        rules(child.is_in("cn.c")), rules(child.is_in("cn.c"), category=child.adopted | child.living_on_street), (0, 100),
    ),
    "more codes": (rules(GRADE.is_in(ONE, TWO)), rules(GRADE.is_in(ONE, TWO, THREE)), (0, 100)),
    "other codes": (rules(GRADE.is_in(ONE, TWO)), rules(GRADE.is_in(TWO, THREE)), (-100, 100)),
    "a higher line": (rules(param("cn.x") >= INCOME, x=100), rules(param("cn.x") >= INCOME, x=200), (0, 100)),
    "a lower line, turned round": (rules(~(param("cn.x") >= INCOME), x=200), rules(~(param("cn.x") >= INCOME), x=100), (0, 100)),
    "a line that is not known, times more": (
        rules(param("cn.x") * Fraction(3, 2) > INCOME, x=None), rules(param("cn.x") * 2 > INCOME, x=None), (0, 100),
    ),
    "at most instead of less than": (rules(INCOME < Y30), rules(INCOME <= Y30), (0, 100)),
    "less than instead of at most": (rules(INCOME <= Y30), rules(INCOME < Y30), (-100, 0)),
    "a summand more": (rules(amount=Y30 + INCOME), rules(amount=Y30 + INCOME + Y100), (0, 100)),
    "an income taken off a higher standard": (
        rules(amount=less(param("cn.x"), INCOME), x=600), rules(amount=less(param("cn.x"), INCOME), x=700), (0, 100),
    ),
    "a share of an income, rounded to 10 yuan": (
        rules(amount=(INCOME * Fraction(1, 3) + Y30).rounded(to="10", rounding=r.DOWN)),
        rules(amount=(INCOME * Fraction(1, 3) + Y30 + r.yuan("5")).rounded(to="10", rounding=r.DOWN)), (0, 10),
    ),
    "another policy is paid more, beside which this one is not": (
        rules(other=Y30, stacking=[r.excludes("cn.o", keep="other")]), rules(other=Y100, stacking=[r.excludes("cn.o", keep="other")]),
        None,
    ),
    "another policy whose amount may be nothing": (
        rules(other=INCOME, stacking=[r.excludes("cn.o", keep="other")]),
        rules(other=INCOME + Y30, stacking=[r.excludes("cn.o", keep="other")]), (-100, 0),
    ),
    "a top-up of another policy that is paid more": (
        rules(other=Y30, stacking=[r.tops_up(counting=["cn.o"])]), rules(other=r.yuan("50"), stacking=[r.tops_up(counting=["cn.o"])]),
        (-20, 0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_a_difference_is_bounded_over_all_children_by_the_rules_alone(pair):
    before, after, expected = PAIRS[pair]
    assert difference(before, after) == expected


def together(before, after, told=None):
    """What two rule sets change for a child of whom something is told: of each policy and in a month, in yuan."""
    joint = touched(*(World(each).assess(Case()).basis.bound for each in (before, after))).joint()
    known = {t: told[t.code, t.what] for t in joint.told if told and (t.code, t.what) in told}
    found = joint.changes(known)
    changes = {code: (yuan(x.low_fen), yuan(x.high_fen)) for code, x in found.policies.items()}
    year = yuan(found.year.low_fen), yuan(found.year.high_fen)
    return changes, tuple(end if end is None else end / 12 for end in year)


@pytest.mark.parametrize(("eligible", "change"), [(True, (70, 70)), (False, (0, 0)), (None, (0, 70))])
def test_where_eligibility_is_known_the_difference_is_narrower(eligible, change):
    changes, _ = together(rules(amount=Y30), rules(), {("cn.p", "eligible"): eligible, ("cn.p", "given"): eligible})
    assert changes == {"cn.p": change}


def exclusive(amount, keep="higher"):
    """Two policies of which only one is paid; the other's amount is a number of the place."""
    return rules(amount=r.yuan("1200"), other=r.yuan(amount), stacking=[r.excludes("cn.o", keep=keep)])


def test_a_higher_amount_beside_a_much_higher_one_takes_neither_away():
    """Which of the two is higher is one question in both books, and no answer is a matter of the lesser amount."""
    changes, month = together(exclusive("100"), exclusive("200"))
    assert (changes, month) == ({"cn.o": (0, 100)}, (0, 100))


def test_what_one_policy_pays_more_because_another_pays_less_is_not_taken_for_both_at_once():
    changes, month = together(exclusive("1000"), exclusive("1300"))
    assert changes == {"cn.o": (0, 1300), "cn.p": (-1200, 0)}
    assert month == (0, 300)


def test_a_top_up_falls_by_what_the_other_rises():
    before, after = (rules(other=r.yuan(x), stacking=[r.tops_up(counting=["cn.o"])]) for x in ("30", "80"))
    changes, month = together(before, after)
    assert changes == {"cn.o": (0, 50), "cn.p": (-50, 0)}
    assert month == (0, 50)


def conditional(*policies, **numbers):
    """Policies of money by code: for whom, how much, and how they stack; ``line=100`` is a parameter in yuan, None has no value."""
    made = [r.Policy(code, T, eligible=e, amount=a, every=r.MONTH, stacking=s) for code, e, a, s in policies]
    return RuleSet([r.Category("cn.c", T, child.adopted)], made, (), (), (), rules(**numbers).parameters)


def test_a_subsidy_that_nobody_set_and_that_is_taken_off_another_is_no_loss():
    """However much it is, it comes to the child once and is taken off once."""
    before, after = (
        conditional(
            ("cn.o", eligible, param("cn.x"), ()),
            ("cn.p", child.schooling.boarding, param("cn.y"), [r.tops_up(counting=["cn.o"])]),
            x=None, y=None,
        )
        for eligible in (child.adopted, child.adopted | child.living_on_street)
    )  # fmt: skip
    changes, month = together(before, after)
    assert changes["cn.o"] == (0, None)
    assert changes["cn.p"] == (None, 0)
    assert month == (0, None)


def test_an_unknown_income_that_two_amounts_count_is_one_income():
    """A household's help rises by what its income falls short of the line; what that counts against falls by no more."""
    before, after = (
        conditional(
            ("cn.o", child.adopted, less(param("cn.x"), INCOME), ()),
            ("cn.p", child.adopted, less(param("cn.z"), INCOME), [r.tops_up(counting=["cn.o"])]),
            x=x, z=900,
        )
        for x in (300, 500)
    )  # fmt: skip
    _, month = together(before, after)
    assert month == (0, 200)


def test_grants_of_two_stages_of_school_are_never_had_at_once():
    stage = child.schooling.stage
    before, after = (
        conditional(
            ("cn.o", (stage == SchoolStage.JUNIOR_MIDDLE) & poor, Y30, ()),
            ("cn.p", (stage == SchoolStage.SENIOR_HIGH) & poor, Y100, ()),
        )
        for poor in (child.adopted, child.adopted | child.living_on_street)
    )
    changes, month = together(before, after)
    assert changes == {"cn.o": (0, 30), "cn.p": (0, 100)}
    assert month == (0, 100)


def test_a_stage_that_is_asked_of_the_age_where_it_is_not_known_is_still_one_stage():
    before, after = (
        conditional(
            ("cn.o", is_at(SchoolStage.PRIMARY, SchoolStage.JUNIOR_MIDDLE) & poor, Y30, ()),
            ("cn.p", is_at(SchoolStage.SENIOR_HIGH) & poor, Y100, ()),
        )
        for poor in (child.adopted, child.adopted | child.living_on_street)
    )
    assert together(before, after)[1] == (0, 100)


def test_of_two_that_exclude_each_other_and_are_both_taken_away_one_is_lost():
    stage = child.schooling.stage
    both = conditional(
        ("cn.o", stage == SchoolStage.JUNIOR_MIDDLE, Y30, ()), ("cn.p", stage == SchoolStage.SENIOR_HIGH, Y100, ())
    )
    changes, month = together(both, conditional())
    assert changes == {"cn.o": (-30, 0), "cn.p": (-100, 0)}
    assert month == (-100, 0)
    assert together(conditional(), both)[1] == (0, 100)


def test_where_a_policy_is_taken_away_what_it_kept_out_comes_in_its_place():
    allowance = ("cn.o", child.adopted, r.yuan("80"), ())
    kept_out = ("cn.p", child.adopted, Y100, [r.excludes("cn.o", keep="other")])
    alone = ("cn.p", child.adopted, Y100, ())
    assert together(conditional(allowance, kept_out), conditional(alone))[1] == (0, 20)


def test_a_subsidy_that_nobody_set_is_no_loss_where_what_it_is_taken_off_rises_at_once():
    """Two rises together show no loser that neither has by itself; nor do two falls show a gainer."""
    before, after = (
        conditional(
            ("cn.o", eligible, param("cn.x"), ()),
            ("cn.p", child.schooling.boarding, param("cn.y"), [r.tops_up(counting=["cn.o"])]),
            x=None, y=y,
        )
        for eligible, y in ((child.adopted, 1500), (child.adopted | child.living_on_street, 2100))
    )  # fmt: skip
    changes, month = together(before, after)
    assert changes == {"cn.o": (0, None), "cn.p": (-1500, 600)}
    assert month == (0, None)
    assert together(after, before)[1] == (None, 0)


def test_where_a_step_is_known_to_come_out_alike_what_hangs_on_it_alone_does_not_differ():
    def one(line):
        alone = r.named("alone", (param("cn.x") >= INCOME) & child.living_on_street, zh="单人", en="alone")
        return conditional(("cn.p", child.adopted | alone, Y100, ()), x=line)

    found = touched(*(World(one(line)).assess(Case()).basis.bound for line in (100, 200)))
    assert found.joint().changes({}).year.high_fen == 12 * 100_00
    (alone,) = [each for each in found.decisive if each.before.names[0].code == "alone"]
    assert found.joint({alone: False}).changes({}).year == Between(0, 0)


def test_only_numbers_that_can_bear_on_a_difference_are_named_as_not_set():
    """Of a choice between two amounts, the one that both books have alike bears on nothing; nor does how much is given."""
    before, after = (
        conditional(
            ("cn.o", child.living_on_street, param("cn.far"), ()),
            ("cn.p", child.adopted, r.when(child.schooling.boarding, param("cn.x")).otherwise(param("cn.y")), [r.excludes("cn.o", keep="this")]),
            x=None, y=y, far=None,
        )
        for y in (100, 200)
    )  # fmt: skip
    found = touched(*(World(each).assess(Case()).basis.bound for each in (before, after)))
    assert found.unset == {}
    lower, higher = (
        conditional(("cn.p", param("cn.line") > INCOME, param("cn.x"), ()), line=line, x=None) for line in (100, 200)
    )
    found = touched(*(World(each).assess(Case()).basis.bound for each in (lower, higher)))
    assert found.unset == {"cn.p": {"cn.x"}}
    assert found.unset_of_reach == {}
