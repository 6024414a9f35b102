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
