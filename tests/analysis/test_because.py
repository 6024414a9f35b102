"""Why an amount changes for one child: the conditions, numbers and stacking rules that came out otherwise."""

import datetime as dt

import polars as pl
import pytest

import kinderguard
from kinderguard import rules as r
from kinderguard.analysis.comparing.opened import open_child
from kinderguard.analysis.people import People

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load(packs=[]).on(DAY).for_division("330106")
STREET = r.named("street", r.child.living_on_street, zh="流浪", en="the child lives on the street")
FACTS = {"child.living_on_street": [True], "child.adopted": [False], "child.illness.hiv": [True]}
YOUNG = {"child.birth_date": [dt.date(2014, 3, 1)]}


def policy(code, amount, eligible=r.child.living_on_street, **more):
    titles = {"a": ("甲补助", "Help A"), "b": ("乙补助", "Help B")}
    money = amount if isinstance(amount, r.MoneyExpr) else r.yuan(amount)
    more = {"every": r.MONTH, "cites": [r.Cite("测试文件", article="一")]} | more
    return r.Policy(f"330106.{code}", r.Text(*titles[code]), eligible=eligible, amount=money, **more)


def opened(base, reform, **facts):
    """A child of whom nothing else is known, by two books."""
    people = People(pl.DataFrame({"ref": ["x"], **(facts or FACTS)}), None, "330106")
    return open_child(people, base, reform, "x", DAY)


def reasons(base, reform, code="330106.a", **facts):
    (why,) = (p.because for p in opened(base, reform, **facts).policies if p.code == code)
    return [each.en for each in why]


def test_another_way_to_reckon_is_told_with_the_condition_that_turned_and_the_number_with_both_values():
    """A child in a dibao-marginal household that rises into household dibao gets less than the one-person benefit was."""
    base = BOOK.with_parameters({"cn.dibao.monthly_standard": "1200"})
    reform = base.with_parameters({"cn.dibao.monthly_standard": "1300"})
    facts = {
        "child.birth_date": ["2014-03-01"], "child.individual_dibao": [True], "household.size": [3], "household.aid": [["dibao_marginal"]],
        "household.monthly_income_per_head": ["1250"], "household.property_within_limits": [True],
    }  # fmt: skip
    child = opened(base, reform, **facts)
    (row,) = (p for p in child.policies if p.code == "cn.dibao_benefit")
    assert (row.before.low, row.after.low) == (1200, 150)
    on_dibao = "‘the household is on dibao, or its income and property are within the limits’ now holds"
    reckoned = (
        "reckoned as ‘(the monthly dibao standard − the household's monthly income per head) × the household's size’, "
        "no longer as ‘the monthly dibao standard’"
    )
    assert [why.en for why in row.because] == [
        f"{on_dibao}, so it is {reckoned}",
        "‘income per head is below the dibao standard’ now holds",
        "‘monthly dibao standard’ changed from 1,200.00 yuan to 1,300.00 yuan",
    ]
    assert "    原因：“最低生活保障标准”由1,200.00元改为1,300.00元" in child.summary("zh").splitlines()
    assert f"    because {row.because[0].en}" in child.summary("en").splitlines()
    assert "‘income per head is below the dibao standard’ now holds" in child.view("en").text.partition("before")[2]
    assert "原因" in child.view("zh").html


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r.yuan("150"), r.yuan("300"), "reckoned as ‘300 yuan’, no longer as ‘150 yuan’"),
        (
            r.when(STREET, r.yuan("150")).otherwise(r.yuan("90")),
            r.when(~STREET, r.yuan("150")).otherwise(r.yuan("90")),
            "reckoned as ‘90 yuan’, no longer as ‘150 yuan’",
        ),
    ],
)
def test_an_amount_that_is_written_otherwise_says_what_it_was_and_what_it_is(old, new, said):
    assert said in reasons(BOOK.with_policies(policy("a", old)), BOOK.with_policies(policy("a", new)))


def test_a_condition_that_only_one_of_the_books_asks_is_told_as_that():
    wide, strict = (BOOK.with_policies(policy("a", 150, e)) for e in (STREET, STREET & r.child.adopted))
    assert reasons(wide, strict) == ["the reform asks ‘the child is adopted’ (it does not hold)"]
    assert reasons(strict, wide) == ["the reform no longer asks ‘the child is adopted’ (it does not hold)"]
    either = BOOK.with_policies(policy("a", 150, r.child.adopted | r.child.illness.hiv))
    only = BOOK.with_policies(policy("a", 150, r.child.adopted | ~STREET))
    (said,) = reasons(either, only)
    assert said == "the reform no longer asks ‘the child is infected with HIV’ (it holds)"


def test_of_requirements_those_alone_are_told_that_brought_it_about():
    """A lower age is asked; what else the rule asks is as before, and is not told."""
    below = [BOOK.with_policies(policy("a", 150, STREET & (r.child.age < age) & ~r.child.adopted)) for age in (18, 11)]
    assert reasons(*below, **FACTS, **YOUNG) == ["the reform asks ‘the child is under 11’ (it does not hold)"]


def test_an_exclusion_that_begins_is_told_with_what_begins_to_be_paid_beside_it():
    base = BOOK.with_policies(policy("a", 150), policy("b", 400, r.child.adopted, stacking=[r.excludes("330106.a")]))
    paid = BOOK.with_policies(policy("a", 150), policy("b", 400, stacking=[r.excludes("330106.a")]))
    assert reasons(base, paid) == [
        "not paid beside Help B, applies now",
        "‘Help B’ goes from 0.00 yuan a month to 400.00 yuan a month",
    ]
    assert reasons(paid, base)[0] == "not paid beside Help B, applies no more"


def test_an_exclusion_under_a_condition_tells_the_condition_that_turned():
    def book(when):
        rule = r.excludes("330106.b", keep="other", when=when)
        return BOOK.with_policies(policy("a", 150, stacking=[rule]), policy("b", 400))

    rules = book(r.child.illness.hiv & r.child.adopted), book(r.child.illness.hiv)
    assert reasons(*rules) == [
        "not paid beside Help B, applies now",
        "the reform no longer asks ‘the child is adopted’ (it does not hold)",
    ]


def test_a_top_up_tells_what_it_counts_and_a_cap_its_limit():
    def topped(other):
        return BOOK.with_policies(policy("a", 500, stacking=[r.tops_up(counting=["330106.b"])]), policy("b", other))

    assert reasons(topped(100), topped(180)) == ["‘Help B’ goes from 100.00 yuan a month to 180.00 yuan a month"]
    more = [
        BOOK.with_policies(policy("a", 500, stacking=[r.tops_up(counting=counted)]), policy("b", 100))
        for counted in (["330106.b"], ["330106.b", r.yuan(50)])
    ]
    assert reasons(*more) == ["‘50 yuan’ is counted as well"]
    none = BOOK.with_policies(policy("a", 500), policy("b", 100))
    assert reasons(none, topped(100)) == ["tops up, applies now"]

    def capped(limit):
        rule = r.capped("group", r.yuan(limit))
        return BOOK.with_policies(policy("a", 500, stacking=[rule]), policy("b", 100))

    assert reasons(capped(400), capped(300)) == ["reckoned as ‘300 yuan’, no longer as ‘400 yuan’"]


def test_of_a_child_newly_eligible_no_stacking_rule_is_told_that_takes_nothing():
    def book(asked):
        rule = r.excludes("330106.b", keep="other", when=r.child.adopted)
        return BOOK.with_policies(policy("a", 150, asked, stacking=[rule]), policy("b", 400, asked))

    adopted_or_not = book(r.child.adopted), book(STREET)
    assert reasons(*adopted_or_not) == [
        "the reform no longer asks ‘the child is adopted’ (it does not hold)",
        "the reform asks ‘the child lives on the street’ (it holds)",
    ]


def test_a_policy_that_is_new_gone_or_paid_otherwise_says_so():
    with_it, yearly = BOOK.with_policies(policy("a", 150)), BOOK.with_policies(policy("a", 150, every=r.YEAR))
    assert reasons(BOOK, with_it) == ["the policy is new by the reform"]
    assert reasons(with_it, BOOK) == ["the reform has no such policy"]
    rows = opened(with_it, yearly).policies
    assert {p.every.value: [why.en for why in p.because] for p in rows} == {
        "month": ["it is not paid in this way by the reform"],
        "year": ["it is paid in this way by the reform alone"],
    }


def test_where_what_is_unknown_hides_the_change_the_numbers_that_differ_are_told():
    """Of a child of whom nothing is known, every condition is open by both books."""
    reform = BOOK.with_parameters({"cn.dibao.monthly_standard": "1300"})
    base = BOOK.with_parameters({"cn.dibao.monthly_standard": "1200"})
    said = reasons(base, reform, "cn.disability_living_subsidy", **YOUNG)
    assert "‘monthly dibao standard’ changed from 1,200.00 yuan to 1,300.00 yuan" in said


def test_what_a_top_up_counts_as_well_and_a_number_of_the_branch_that_is_taken_are_told():
    also = {"a": ["330106.b"], "c": ["330106.b", "330106.c"]}
    c = r.Policy("330106.c", r.Text("丙补助", "Help C"), eligible=STREET, amount=r.yuan(70), every=r.MONTH, cites=[r.Cite("测试文件", article="一")])  # fmt: skip
    few, many = (
        BOOK.with_policies(policy("a", 500, stacking=[r.tops_up(counting=counted)]), policy("b", 100), c)
        for counted in also.values()
    )
    assert reasons(few, many) == ["‘Help C’ is counted as well"]
    assert reasons(many, few) == ["‘Help C’ is no longer counted"]

    def book(standard, asked):
        amount = r.when(asked, r.param("cn.dibao.monthly_standard") * r.ratio(1, 2)).otherwise(r.yuan(90))
        amount = amount.rounded(to="1", rounding=r.HALF_UP)
        return BOOK.with_policies(policy("a", amount)).with_parameters({"cn.dibao.monthly_standard": standard})

    said = reasons(book("1200", r.child.adopted), book("1300", r.child.illness.hiv))
    assert said[0].startswith("reckoned as ‘the monthly")
    assert "‘monthly dibao standard’ changed from 1,200.00 yuan to 1,300.00 yuan" in said
