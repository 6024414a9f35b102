"""The same family in Jilin and elsewhere."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Case

DAY = dt.date(2025, 9, 1)
DEAD = {"kind": "dead", "since": "2020-01-01"}
WELL = {"disability.kind": "none", "disability.grade": "none", "illness.serious": False, "supports_child": False}


def now(kind, **more):
    return {"kind": kind, "since": "2024-01-01", "ongoing": True} | more


PRISON, REVOKED, DEPORTED = now("imprisoned", term_months=60), now("guardianship_revoked"), now("deported")
DETOX, CONFINED = now("compulsory_detox", term_months=24), now("other_restriction", term_months=6)
LOST, MISSING = now("lost_contact"), now("declared_missing")


def child(father, mother, division="220102", **more):
    facts = {"child.birth_date": "2014-05-09", "child.registration.division": division, "child.illness.hiv": False}
    facts |= {"child.birth_parents_not_found": False, "child.adopted": False}
    for parent, situations in (("father", father), ("mother", mother)):
        facts |= {f"{parent}.{k}": v for k, v in WELL.items()} | {f"{parent}.situations": situations}
    return Case.from_facts(facts | more)


@pytest.fixture(scope="module")
def book():
    return kinderguard.load(strict=True).with_parameters({"cn.orphan.scattered_monthly": "1300"})


@pytest.mark.parametrize("one", [PRISON, REVOKED, DEPORTED, DETOX, CONFINED])
@pytest.mark.parametrize("other", [PRISON, REVOKED, DEPORTED, DETOX, CONFINED, DEAD, MISSING])
def test_the_five_conditions_count_twice_or_beside_death_or_being_missing(book, one, other):
    for father, mother in ((one, other), (other, one)):
        result = book.assess(child([father], [mother], **{"child.care.kind": "kinship"}), on=DAY)
        assert result.categories["22.treated_as_orphan"] is True
        assert result.policies["cn.orphan_allowance"].eligible is True
        assert (
            result.policies["cn.orphan_allowance"].low == 1300 or result.policies["cn.orphan_allowance"].amount is None
        )


@pytest.mark.parametrize(("father", "mother"), [([LOST], [LOST]), ([LOST], [DEAD]), ([PRISON], [LOST]), ([PRISON], [])])
def test_lost_contact_stays_with_the_de_facto_unattended(book, father, mother):
    assert book.assess(child(father, mother), on=DAY).categories["22.treated_as_orphan"] is False


def test_both_dead_is_an_orphan_and_not_treated_as_one(book):
    result = book.assess(child([DEAD], [DEAD]), on=DAY)
    assert (result.categories["cn.orphan"], result.categories["22.treated_as_orphan"]) == (True, False)


def test_an_infected_child_is_on_the_list(book):
    infected = child([], [], **{"child.illness.hiv": True})
    assert book.assess(infected, on=DAY).categories["22.treated_as_orphan"] is True


def test_a_term_that_was_not_recorded_leaves_it_open(book):
    result = book.assess(child([now("imprisoned")], [DEAD]), on=DAY)
    assert result.categories["22.treated_as_orphan"] is None


def test_such_a_child_is_not_paid_twice_nor_less_than_elsewhere(book):
    family = {
        "child.care.kind": "kinship", "household.aid": [], "child.individual_dibao": False,
        "child.disability.kind": "none", "child.disability.grade": "none", "household.monthly_income_per_head": "9000",
        "household.property_within_limits": True, "child.illness.serious": False,
    }  # fmt: skip
    rich = book.with_parameters({"cn.dibao.monthly_standard": "800", "cn.tekun.monthly_standard": "1000",
                                 "cn.disability.living_subsidy_monthly": "90"})  # fmt: skip
    here = rich.assess(child([PRISON], [DEAD], **family), on=DAY)
    there = rich.assess(child([PRISON], [DEAD], "370831", **family), on=DAY)
    assert here.policies["cn.orphan_allowance"].amount == 1300
    assert here.policies["cn.unattended_allowance"].amount == 0
    assert there.policies["cn.unattended_allowance"].amount == 1300
    assert here.due.monthly.amount == there.due.monthly.amount == 1300
    assert "22.treated_as_orphan" not in there.categories


@pytest.mark.parametrize(("lang", "reason"), [("zh", "参照孤儿标准"), ("en", "like orphans")])
def test_the_explanation_says_why(book, lang, reason):
    result = book.assess(child([PRISON], [DEAD]), on=DAY)
    assert reason in result.explain("cn.orphan_allowance").text(lang)
    assert "吉林省参照孤儿" in result.explain("22.treated_as_orphan").text(lang)


def test_a_child_who_chose_tekun_is_not_paid_less_than_elsewhere(book):
    rich = book.with_parameters(
        {
            "cn.dibao.monthly_standard": "800",
            "cn.tekun.monthly_standard": "1000",
            "cn.disability.living_subsidy_monthly": "90",
        }
    )
    tekun = {
        "child.care.kind": "kinship", "household.aid": ["tekun"], "child.chosen_scheme": "tekun",
        "child.individual_dibao": False, "child.disability.kind": "none", "child.disability.grade": "none",
        "child.disability.needs_long_term_care": False, "household.monthly_income_per_head": "9000",
        "household.property_within_limits": True, "child.illness.serious": False, "child.schooling.stage": "primary",
    }  # fmt: skip
    for division in ("220102", "370831"):
        result = rich.assess(child([PRISON], [DEAD], division, **tekun), on=DAY)
        paid = [
            result.policies[f"cn.{c}"].amount for c in ("orphan_allowance", "unattended_allowance", "tekun_support")
        ]
        assert sum(paid) == 1300, division


def test_the_list_is_cited_where_it_widens_the_allowance(book):
    text = book.assess(child([PRISON], [DEAD]), on=DAY).explain("cn.orphan_allowance").text("zh")
    assert "吉林省参照孤儿保障对象名单" in text
