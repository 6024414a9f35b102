"""Nobody is paid less than nothing: every amount has a low end, of zero or more, by both engines alike."""

import pytest
from hypothesis import given

from engines.agreement import DAY, book_of, children, differences, examples, worlds
from engines.test_frame_traps import TITLE
from kinderguard import Case
from kinderguard import rules as r
from kinderguard.engines.frame.rows import frame_of
from kinderguard.engines.stacking import never_negative
from kinderguard.rules import child, household
from kinderguard.rules.ruleset import RuleSet

STEP = {"to": "1", "rounding": r.DOWN}
LEAST, MOST = (how(lambda i: i.amount) for how in (household.incomes.min, household.incomes.max))
SHARE = r.yuan("600").divided_by(household.size, **STEP)
#: Below zero where the household is small; by a divisor that may be zero.
SIGNED_SHARE = r.yuan("600").divided_by(household.size - 3, **STEP)
SHORT = r.yuan("50") - household.monthly_income_per_head


def policy(amount, *stacking, code="cn.p", **more):
    return r.Policy(code, TITLE, **{"eligible": r.all_of(), "every": r.MONTH} | more, amount=amount, stacking=stacking)


def bounds(facts, *policies, checks=()):
    """What the last of the policies gives (yuan), by both engines."""
    book = book_of(RuleSet([], policies, checks))
    case = Case.from_facts({"division_code": "370831", **facts})
    assessment = book.assess(case, on=DAY)
    (row,) = book.assess_frame(frame_of([case]), on=DAY).to_dicts()
    assert differences(assessment, row) == {}
    found = assessment.policies[policies[-1].code]
    return tuple(None if end is None else str(end) for end in (found.low, found.high))


FROM_NOTHING = ("0.00", None)


@pytest.mark.parametrize("facts", [{}, {"household.incomes": []}, {"household.incomes": [{}]}])
def test_the_least_or_greatest_of_nobody_is_at_least_nothing(facts):
    assert bounds(facts, policy(LEAST)) == bounds(facts, policy(MOST)) == FROM_NOTHING


def test_the_sum_of_what_is_the_least_of_nobody_is_at_least_nothing():
    amount = household.members.sum(lambda m: m.incomes.min(lambda i: i.amount))
    assert bounds({"household.members": [{"incomes": []}]}, policy(amount)) == FROM_NOTHING


def test_a_share_by_what_may_be_zero_is_at_least_nothing():
    assert bounds({}, policy(SHARE)) == FROM_NOTHING
    assert bounds({"household.size": 3}, policy(SIGNED_SHARE)) == FROM_NOTHING
    assert bounds({"household.size": 2}, policy(SIGNED_SHARE)) == ("0.00", "0.00")


def test_an_amount_that_a_check_raises_and_one_for_whom_it_is_unknown_are_at_least_nothing():
    assert bounds({}, policy(LEAST, eligible=child.adopted)) == FROM_NOTHING
    raised = r.Check("cn.raised", on="cn.p", reason=TITLE, at_least=SHARE)
    assert bounds({"household.incomes": []}, policy(LEAST), checks=[raised]) == FROM_NOTHING


@pytest.mark.parametrize(
    ("limit", "facts", "paid"),
    [
        (SHORT, {"household.monthly_income_per_head": "80"}, ("0.00", "0.00")),  # it was -30 yuan
        (SHORT, {}, ("0.00", "50.00")),
        (SIGNED_SHARE, {"household.size": 2}, ("0.00", "0.00")),  # it was -600 yuan
        (SIGNED_SHARE, {"household.size": 3}, ("0.00", "100.00")),
        (LEAST, {"household.incomes": []}, ("0.00", "100.00")),
    ],
)
def test_a_limit_below_zero_or_unknown_leaves_nothing_and_takes_nothing(limit, facts, paid):
    assert bounds(facts, policy(r.yuan("100"), r.capped("group", limit))) == paid


def test_the_higher_of_two_that_are_unknown_is_at_least_nothing():
    other = policy(SIGNED_SHARE, code="cn.other")
    assert bounds({"household.size": 3}, other, policy(LEAST, r.excludes(other))) == FROM_NOTHING


@pytest.mark.parametrize("counted", [LEAST, SHARE])
def test_what_is_topped_up_is_at_most_the_whole_where_nothing_is_known_of_what_counts(counted):
    """Of the least of nobody nothing is known; but what counts against an amount never adds to it."""
    facts = {"household.incomes": []}
    assert bounds(facts, policy(r.yuan("100"), r.tops_up(counting=[counted]))) == ("0.00", "100.00")


@pytest.mark.parametrize(
    ("amount", "seen"),
    [
        (household.dibao_monthly * r.ratio(1, 2), True),
        (household.dibao_monthly.divided_by(r.ratio(3, 2), **STEP), True),
        (r.max_of(SHORT, r.yuan("0")), True),
        (household.incomes.sum(lambda i: i.amount), True),
        (household.dibao_monthly * -1, False),
        (household.dibao_monthly.divided_by(r.ratio(-3, 2), **STEP), False),
        (SHARE + r.yuan("1"), False),
        (LEAST, False),
    ],
)
def test_only_what_can_fall_below_zero_or_be_wholly_unknown_is_held_at_zero(amount, seen):
    assert never_negative(amount.node) is seen


@examples(60)
@given(worlds(), children())
def test_every_amount_of_generated_rules_has_a_low_end_of_zero_or_more(world, cases):
    for case, row in zip(cases, world.frame(cases).to_dicts(), strict=True):
        for code, found in world.assess(case).policies.items():
            if found.is_cash:
                assert found.low is not None
                assert found.low >= 0
                assert row[f"{code}.low"] == found.low
