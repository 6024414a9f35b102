"""One child by two books: what is said of it, where a standard is missing."""

import datetime as dt

import polars as pl
import pytest

import kinderguard
from kinderguard import rules as r
from kinderguard.analysis import compare, synthesize
from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.opened import open_child
from kinderguard.analysis.people import People
from kinderguard.model.codes import AidStatus
from kinderguard.packs.frames import MissingColumnsWarning

DAY = dt.date(2025, 9, 1)


def test_a_child_whose_change_nothing_bounds_names_the_standard_and_the_place():
    base = kinderguard.load().on(DAY)
    people = People(synthesize(12, seed=3, divisions=["330106"]), None, None)
    reform = base.with_parameters({"cn.orphan.scattered_monthly": "2300"})
    opened = open_child(people, base, reform, 8, DAY)
    assert opened.policies[0].change.low is None
    standard = "not set in Xihu District, Hangzhou: monthly standard for orphans in the community [cn.orphan.scattered_monthly]"
    assert opened.summary("en").count(standard) == 1
    assert standard in opened.view("en").text
    assert "西湖区未设定的标准：散居孤儿基本生活费标准" in opened.summary("zh")


def meals(code, amount, eligible, title=("午餐补助", "Meals")):
    return r.Policy(
        code, r.Text(*title), eligible=eligible, amount=r.yuan(amount), every=r.MONTH, cites=[r.Cite("测试文件", article="一")]
    )  # fmt: skip


def opened_alone(base, reform, **facts):
    """A child of whom nothing else is known, by two books."""
    people = People(pl.DataFrame({"ref": ["a"], **facts}), None, "330106")
    return open_child(people, base, reform, "a", DAY)


def test_what_one_of_two_schemes_surely_pays_is_said_before_the_explanation_that_calls_both_undetermined():
    base = kinderguard.load(packs=[]).on(DAY).for_division("330106")
    dibao = r.household.aid.has(AidStatus.DIBAO)
    both = base.with_policies(meals("330106.meal", 150, dibao), meals("330106.bus", 120, ~dibao, ("交通补助", "Bus")))
    opened = opened_alone(base, both)
    assert {opened.after.policies[code].eligible for code in ("330106.meal", "330106.bus")} == {None}
    (sure,) = opened.surely_paid
    assert (sure.book, sure.codes, sure.at_least, sure.once) == ("after", ("330106.bus", "330106.meal"), 1440, False)
    assert (
        "没有任何一种情形分文不发：每年至少应发 1,440.00 元；究竟是哪一项，尚不能定（交通补助、午餐补助）"
        in opened.summary("zh")
    )
    said = (
        "no case in which nothing is paid: at least 1,440.00 yuan a year is due; which of these schemes it is, is open"
    )
    assert said in opened.summary("en").splitlines()[1]
    shown = opened.view("en").text
    assert shown.index(said) < shown.index("change a year") < shown.index("Meals: undetermined")
    assert [each.book for each in opened_alone(both, base).surely_paid] == ["before"]


def test_a_scheme_that_pays_either_way_is_named_alone_and_one_that_is_known_to_pay_is_not_named():
    base = kinderguard.load(packs=[]).on(DAY).for_division("330106")
    dibao = r.household.aid.has(AidStatus.DIBAO)
    either = base.with_policies(meals("330106.meal", 150, dibao | ~dibao))
    (sure,) = opened_alone(base, either).surely_paid
    assert (sure.codes, sure.at_least) == (("330106.meal",), 1800)
    assert "at least 1,800.00 yuan a year is due by Meals" in sure.said.en
    street = base.with_policies(meals("330106.meal", 150, r.child.living_on_street))
    known = opened_alone(base, street, **{"child.living_on_street": [True]})
    assert known.change_a_year == Between(180_000, 180_000)
    assert known.surely_paid == ()


def test_what_is_due_before_is_one_amount_for_all_reforms():
    """Of a household of unknown size only what takes the benefit away shows how much it is at most; that holds for all."""
    base = kinderguard.load(packs=[]).on(DAY).for_division("330106")
    base = base.with_parameters({"cn.dibao.monthly_standard": "1000"})
    reforms = {
        "more": base.with_parameters({"cn.dibao.monthly_standard": "1100"}),
        "away": base.without("cn.dibao_benefit"),
        "other": base.with_policies(meals("330106.meal", 150, r.household.aid.has(AidStatus.DIBAO))),
    }
    rows = pl.DataFrame(
        {
            "ref": ["a"], "child.birth_date": ["2014-03-01"], "child.schooling.stage": ["primary"],
            "child.schooling.boarding": [False], "child.disability.kind": ["none"], "child.disability.grade": ["none"],
            "child.individual_dibao": [False], "household.monthly_income_per_head": ["500"],
            "household.property_within_limits": [True], "household.aid": [["dibao"]],
        }
    )  # fmt: skip
    with pytest.warns(MissingColumnsWarning):
        found = compare(base, reforms, rows, by="place", progress=False)
    costs = {name: next(p for p in e.policies if p.code == "cn.dibao_benefit") for name, e in found.reforms.items()}
    assert {cost.before for cost in costs.values()} == {Between(600_000, 60_000_000)}
    assert costs["other"].after == Between(600_000, 60_000_000)  # it changes nothing there
    assert (costs["more"].change, costs["more"].after) == (Between(120_000, 12_000_000), Between(720_000, 72_000_000))
    assert "6,000.00 to 600,000.00 yuan → 7,200.00 to 720,000.00 yuan" in found.summary("en")
    assert "6,000.00 to 600,000.00 | 7,200.00 to 720,000.00" in found.view("en").text
    opened = {name: {p.code: p for p in found.open("a", name).policies} for name in ("more", "away")}
    assert {policies["cn.dibao_benefit"].before for policies in opened.values()} == {Between(50_000, 5_000_000)}
    assert opened["more"]["cn.dibao_benefit"].after == Between(60_000, 6_000_000)


def test_what_is_due_by_the_reform_is_what_was_due_and_the_change():
    """Whatever the aid is, one of the two alternatives holds; no bound of the result by itself says so."""
    base = kinderguard.load(packs=[]).on(DAY).for_division("330106")
    aid = r.household.aid
    grant = r.Policy(
        "330106.meal", r.Text("午餐补助", "Meals"), eligible=aid.has(AidStatus.DIBAO) | ~aid.has(AidStatus.DIBAO),
        amount=r.yuan(150), every=r.MONTH, cites=[r.Cite("测试文件", article="一")],
    )  # fmt: skip
    with pytest.warns(MissingColumnsWarning):
        found = compare(base, base.with_policies(grant), pl.DataFrame({"ref": ["a"]}), by="place", progress=False)
    opened = found.open("a")
    (change,) = opened.policies
    assert opened.after.policies["330106.meal"].eligible is None
    assert (change.after, change.change) == (Between(15000, 15000), Between(15000, 15000))
    assert [(rule.before, rule.after) for rule in opened.rules] == [(False, True)]
    assert found["reform"].reach("330106.meal").newly_reached == found["reform"].all.gains == 1
    (cost,) = (policy for policy in found["reform"].policies if policy.code == "330106.meal")
    assert cost.after == cost.change == Between(180000, 180000)
