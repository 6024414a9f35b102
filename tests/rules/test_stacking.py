"""Stacking rules that contradict one another are refused where they are written, or where rules are put together."""

import pytest

from kinderguard import Text
from kinderguard import rules as r
from kinderguard.rules import DefinitionError, child, household
from kinderguard.rules.ruleset import RuleSet

TITLE = Text("某政策", "some policy")
SHARE = household.dibao_monthly.divided_by(household.size, to="0.01", rounding=r.DOWN)


def policy(code, *stacking, **more):
    given = {"eligible": r.all_of(), "amount": r.yuan("100"), "every": r.MONTH} | more
    return r.Policy(f"33.{code}", TITLE, stacking=stacking, **given)


def cap(limit="5", group="g"):
    return r.capped(group, r.yuan(limit))


ONE = policy("one")
ALONE = {
    "two top-ups": (
        [r.tops_up(counting=["33.one"]), r.tops_up(counting=[r.yuan("1")])], "list all in one counting", "全部列入",
    ),
    "a policy counted twice": ([r.tops_up(counting=["33.one", ONE])], "twice in counting", "两次列入“33.one”"),
    "an amount counted twice": ([r.tops_up(counting=[SHARE, SHARE])], "twice in counting", "只列一次"),
    "two limits of one group": ([cap("5"), cap("6")], "r.min_of", "只写一次"),
    "one policy excluded twice": (
        [r.excludes("33.one"), r.excludes("33.one", keep="other", when=child.adopted)], "without `when`", "没有 when",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ALONE)
def test_a_list_that_says_a_thing_twice_is_refused_with_the_mend(what):
    stacking, en, zh = ALONE[what]
    with pytest.raises(DefinitionError) as error:
        policy("two", *stacking)
    assert error.value.text.en.startswith("33.two: ")
    assert en in error.value.text.en
    assert zh in error.value.text.zh


def test_one_policy_may_be_excluded_under_several_conditions():
    choices = [r.excludes("33.one", keep="this", when=child.adopted), r.excludes("33.one", when=~child.adopted)]
    assert RuleSet([], [ONE, policy("two", *choices)])


HOUSE = {"per": "household"}
TOGETHER = {
    "a cap over a month and a year": (
        [policy("one", cap()), policy("two", cap(), every=r.YEAR)], "Give both the same `every`", "改用相同的 every",
    ),
    "a cap over child and household": (
        [policy("one", cap(), **HOUSE), policy("two", cap())], "Give both the same `per`", "改用相同的 per",
    ),
    "a group with two limits": ([policy("one", cap()), policy("two", cap("6"))], "Write one limit", "请写同一上限"),
    "a child held against a household": (
        [policy("one", **HOUSE), policy("two", r.excludes("33.one"))], 'use keep="other"', '用 keep="other"',
    ),
    "a household counted for a child": (
        [policy("one", **HOUSE), policy("two", r.tops_up(counting=["33.one"]))], "count a share of it", "分摊到每人",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOGETHER)
def test_amounts_that_cannot_be_held_together_are_refused_with_the_mend(what):
    policies, en, zh = TOGETHER[what]
    with pytest.raises(DefinitionError) as error:
        RuleSet([], policies)
    assert error.value.text.en.startswith("33.two: ")
    assert en in error.value.text.en
    assert zh in error.value.text.zh


@pytest.mark.parametrize("keep", ["this", "other"])
def test_whether_something_is_paid_at_all_may_be_asked_of_a_household(keep):
    assert RuleSet([], [policy("one", **HOUSE), policy("two", r.excludes("33.one", keep=keep))])


def test_one_limit_may_be_a_parameter_written_twice():
    from kinderguard.rules.kinds import MONEY
    from kinderguard.rules.parameters import Parameter

    members = [policy(code, r.capped("g", r.param("33.most"))) for code in ("one", "two")]
    assert RuleSet([], members, parameters={"33.most": Parameter("33.most", MONEY, title=TITLE)})
