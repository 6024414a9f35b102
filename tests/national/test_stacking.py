"""Benefits that exclude or top up one another: never below zero, rounding stated, nothing dropped without a word."""

import datetime as dt
from decimal import Decimal

import pytest

from kinderguard.model.codes import Frequency
from tests_national import situation

DAY = dt.date(2025, 9, 1)
DEAD = [{"kind": "dead", "since": "2015-01-01"}]
ORPHAN = {"father.situations": DEAD, "mother.situations": DEAD}
UNATTENDED = {"father.situations": DEAD, "mother.situations": [situation("imprisoned", term_months=60)]}
DISABLED = {
    "child.disability.kind": "physical", "child.disability.grade": "2", "child.health": "disabled",
    "child.disability.needs_long_term_care": True,
}  # fmt: skip


def dibao(drawn, size=3, income="400"):
    return {
        "household.aid": ["dibao"], "household.size": size, "household.dibao_monthly": drawn,
        "household.monthly_income_per_head": income,
    }  # fmt: skip


def amounts(result):
    return {p.code.removeprefix("cn."): p.amount for p in result.policies.values() if p.is_cash and p.amount}


@pytest.mark.parametrize(
    ("care", "amount"),
    [("scattered", "1900.00"), ("kinship", "1900.00"), ("residential", "2600.00"), ("foster", "2600.00")],
)
def test_the_orphans_standard_follows_the_care(assess, care, amount):
    assert assess(ORPHAN | {"child.care.kind": care}).policies["cn.orphan_allowance"].amount == Decimal(amount)


def test_which_standard_holds_in_foster_care_is_the_countys(assess, book):
    lower = book.with_parameters({"cn.foster_care.standard": False})
    result = assess(ORPHAN | {"child.care.kind": "foster"}, using=lower)
    assert result.policies["cn.orphan_allowance"].amount == Decimal("1900.00")


def test_where_no_standard_is_set_the_floor_bounds_the_allowance(assess):
    import kinderguard

    allowance = assess(ORPHAN | {"child.care.kind": "kinship"}, using=kinderguard.load()).policies[
        "cn.orphan_allowance"
    ]
    assert (allowance.amount, allowance.low, allowance.high) == (None, Decimal("600.00"), None)
    institution = assess(ORPHAN | {"child.care.kind": "residential"}, using=kinderguard.load())
    assert institution.policies["cn.orphan_allowance"].low == Decimal("1000.00")


def test_a_county_cannot_go_below_the_floor(book):
    from kinderguard.rules import DefinitionError

    with pytest.raises(DefinitionError, match="600"):
        book.with_parameters({"cn.orphan.scattered_monthly": "599.99"})


@pytest.mark.parametrize(
    ("drawn", "size", "amount"),
    [
        ("1800", 3, "1300.00"),
        ("1000", 3, "1566.67"),  # a head's 333.333… is rounded down to 333.33, in the child's favour
        ("5700", 3, "0.00"),
        ("9000", 3, "0.00"),
        ("0", 3, "1900.00"),
    ],
)
def test_the_unattended_allowance_tops_up_a_heads_share_of_dibao(assess, drawn, size, amount):
    result = assess(UNATTENDED | dibao(drawn, size))
    policy = result.policies["cn.unattended_allowance"]
    assert policy.amount == Decimal(amount)
    effect = next(e for e in policy.stacking if e.rule == "tops_up")
    assert effect.before == (Decimal("1900.00"), Decimal("1900.00"))


def test_what_is_drawn_and_not_recorded_is_asked_for_and_not_reckoned(assess):
    """Neither the amount nor the number of heads follows from the standard and the income."""
    for blank in ("household.dibao_monthly", "household.size"):
        result = assess(UNATTENDED | dibao("1800", income="400") | {blank: None})
        allowance = result.policies["cn.unattended_allowance"]
        assert (allowance.eligible, allowance.low, allowance.high) == (True, 0, Decimal("1900.00"))
        assert blank in [missing.path for missing in result.missing]


def test_one_person_dibao_counts_whole(assess):
    alone = {"child.individual_dibao": True, "household.aid": [], "household.dibao_monthly": "700"}
    assert assess(UNATTENDED | alone).policies["cn.unattended_allowance"].amount == Decimal("1200.00")


def test_the_unattended_allowance_counts_the_living_subsidy_but_not_the_care_subsidy(assess):
    found = amounts(assess(UNATTENDED | DISABLED | dibao("1800")))
    assert found["disability_living_subsidy"] == Decimal("100.00")
    assert found["unattended_allowance"] == Decimal("1200.00")  # 1,900 − 600 − 100
    assert found["disability_care_subsidy"] == Decimal("120.00")


def test_an_orphan_draws_the_care_subsidy_but_not_the_living_subsidy(assess):
    result = assess(ORPHAN | DISABLED | dibao("1800"))
    found = amounts(result)
    assert found["orphan_allowance"] == Decimal("1900.00")
    assert found["disability_care_subsidy"] == Decimal("120.00")
    living = result.policies["cn.disability_living_subsidy"]
    assert (living.eligible, living.amount) == (True, Decimal("0.00"))
    assert [e.owner for e in living.stacking if e.changed] == ["cn.orphan_allowance"]


def test_an_extremely_poor_child_draws_neither_subsidy(assess):
    found = amounts(assess(DISABLED | {"household.aid": ["tekun", "dibao"]}))
    assert found["tekun_support"] == Decimal("1300.00")
    assert "disability_living_subsidy" not in found
    assert "disability_care_subsidy" not in found


def test_an_extremely_poor_child_draws_neither_subsidy_where_they_are_the_higher(assess, book):
    generous = book.with_parameters(
        {"cn.disability.living_subsidy_monthly": "2000", "cn.disability.care_subsidy_monthly": "2500"}
    )
    found = amounts(assess(DISABLED | {"household.aid": ["tekun", "dibao"]}, using=generous))
    assert found["tekun_support"] == Decimal("1300.00")
    assert not {"disability_living_subsidy", "disability_care_subsidy"} & set(found)


@pytest.mark.parametrize(
    ("choice", "orphan", "tekun"),
    [("child", "1900.00", "0.00"), ("tekun", "0.00", "1300.00"), (None, None, None)],
)
def test_an_orphan_chooses_between_the_two_schemes(assess, choice, orphan, tekun):
    result = assess(ORPHAN | {"child.chosen_scheme": choice, "household.aid": ["tekun"]})
    for code, expected in (("cn.orphan_allowance", orphan), ("cn.tekun_support", tekun)):
        assert result.policies[code].amount == (None if expected is None else Decimal(expected))
    if choice is None:
        assert "child.chosen_scheme" in [m.path for m in result.missing]


def test_the_unattended_allowance_tops_up_support_as_extremely_poor(assess):
    found = amounts(assess(UNATTENDED | {"household.aid": ["tekun"], "child.chosen_scheme": "tekun"}))
    assert (found["tekun_support"], found["unattended_allowance"]) == (Decimal("1300.00"), Decimal("600.00"))


def test_an_infected_unattended_child_is_not_paid_twice(assess):
    found = amounts(assess(UNATTENDED | {"child.illness.hiv": True, "child.health": "ill"}))
    assert found["orphan_allowance"] == Decimal("1900.00")
    assert "unattended_allowance" not in found


def test_dibao_that_is_still_drawn_above_the_standard_raises_nothing(assess):
    above = {"household.aid": ["dibao"], "household.dibao_monthly": None, "household.monthly_income_per_head": "1600"}
    assert assess(UNATTENDED | above).policies["cn.unattended_allowance"].high == Decimal("1900.00")
    none = assess(above).policies["cn.unattended_allowance"]
    assert (none.eligible, none.low, none.high) == (False, 0, 0)


def test_no_amount_is_paid_to_anybody_who_is_not_eligible(book):
    pytest.importorskip("polars")
    from kinderguard.analysis import synthesize

    results = book.assess_frame(synthesize(20_000, seed=1, divisions=["370831"]).children, on=DAY, missing=False)
    cash = [name.removesuffix(".high") for name in results.columns if name.endswith(".high")]
    cash = [code for code in cash if f"{code}.eligible" in results.columns]
    assert len(cash) > 5
    for code in cash:
        refused = results.filter(~results[f"{code}.eligible"])
        assert len(refused), code
        assert set(refused[f"{code}.high"]) == {0}, code
        assert set(refused[f"{code}.low"]) == {0}, code


def test_a_countys_top_up_cannot_count_less_than_nothing(book):
    """Were the difference added, the child would get more than the whole."""
    from kinderguard import Case
    from kinderguard import rules as r
    from kinderguard.rules import household

    rise = r.Policy(
        code="cn.rise",
        title=r.Text(zh="补差", en="top-up"),
        eligible=household.size > 0,
        amount=r.yuan("500"),
        every=r.MONTH,
        stacking=[r.tops_up(counting=[r.yuan("1000") - household.monthly_income_per_head])],
        cites=[r.Cite("invented", trust="illustrative")],
    )
    facts = {"household.size": 3, "household.monthly_income_per_head": "1800"}
    assert book.with_policies(rise).on(DAY).assess(Case.from_facts(facts)).policies["cn.rise"].amount == 500


def test_a_total_is_asked_for_by_frequency_or_by_its_code(assess):
    due = assess(ORPHAN | {"child.birth_date": "2014-05-09"}).due
    assert due.total("month").low > 0
    assert due.total("month") == due.total(Frequency.MONTH)
    with pytest.raises(ValueError, match="monthly"):
        due.total("monthly")
    with pytest.raises(ValueError, match="per is 'child'"):
        due.total("month", "family")
