"""One child by two books: what is said of it, where a standard is missing."""

import datetime as dt

import kinderguard
from kinderguard.analysis import synthesize
from kinderguard.analysis.comparing.opened import open_child
from kinderguard.analysis.people import People

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
