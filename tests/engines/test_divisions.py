"""A division by zero says which divisor it was and what to do, with the amount and among the problems."""

import pytest

from engines.agreement import DAY, book_of
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.rules import child
from kinderguard.rules.ruleset import RuleSet

SHARE = r.yuan("600").divided_by(child.age, to="1", rounding=r.DOWN)
GUARDED = r.when(child.age > 0, SHARE).otherwise(r.yuan("600"))


def assessed(amount, birth):
    policy = r.Policy("cn.share", Text("分摊", "Share"), eligible=r.all_of(), amount=amount, every=r.MONTH)
    facts = {"division_code": "370831", "child.birth_date": birth}
    return book_of(RuleSet([], [policy])).assess(Case.from_facts(facts), on=DAY)


def test_the_divisor_and_the_mend_stand_below_the_amount_and_among_the_problems():
    result = assessed(SHARE, "2025-06-01")
    (problem,) = [p for p in result.problems if p.code == "rule.division_by_zero"]
    assert problem.message.en.startswith("‘Share’: the divisor ‘the child's age’ is zero")
    for lang, said in (("zh", "除数“儿童年龄”为零"), ("en", "the divisor ‘the child's age’ is zero")):
        assert said in result.explain("cn.share").text(lang)
        assert "otherwise(…)" in result.explain("cn.share").text(lang)


@pytest.mark.parametrize(("amount", "birth"), [(SHARE, "2021-06-01"), (SHARE, None), (GUARDED, "2025-06-01")])
def test_nothing_is_said_where_nothing_is_divided_by_zero(amount, birth):
    result = assessed(amount, birth)
    assert not [p for p in result.problems if p.code == "rule.division_by_zero"]
    assert "为零" not in result.explain("cn.share").text("zh")
