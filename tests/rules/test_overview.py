"""What a place gives, for those who answer for it: read off its rules and values, in both languages."""

import datetime as dt

import pytest

import kinderguard
from kinderguard import Text
from kinderguard import rules as r
from kinderguard.model.lines import plain_text
from kinderguard.rules.overview import overview

DAY = dt.date(2026, 1, 1)


@pytest.fixture(scope="module")
def told():
    book = kinderguard.load().for_division("330199")
    title = book.overlay("330199").packs[-1].title

    def run(lang, on=DAY):
        return plain_text(overview(book.rules, "330199", title, on=on), lang)

    return run


def test_it_says_what_to_whom_how_much_since_when_and_on_what_ground(told):
    zh, en = told("zh"), told("en")
    for said in (
        "困境儿童冬季取暖补助",
        "对象：",
        "未满16周岁",
        "金额（每年，按人）",
        "600.00元",
        "2024-11-01起",
        "依据：示例县困境儿童保障办法",
    ):
        assert said in zh
    for said in (
        "Winter heating grant",
        "To whom: ",
        "How much (a year, per child)",
        "600.00 yuan",
        "On the ground of: ",
    ):
        assert said in en


def test_what_it_widens_and_the_standards_it_sets_stand_apart_and_nothing_of_other_places(told):
    zh = told("zh")
    assert "对上级政策的放宽和提高 (1)" in zh
    assert "最低生活保障标准 [cn.dibao.monthly_standard]" in zh
    assert "北京" not in zh
    assert "孤儿基本生活费 [" not in zh


def test_on_a_day_before_a_rule_begins_it_is_left_out(told):
    assert "困境儿童冬季取暖补助 [" not in told("zh", dt.date(2024, 1, 1))
    assert "困境儿童冬季取暖补助 [" in told("zh", None)


def test_what_narrows_is_not_called_wider_and_the_papers_are_listed():
    help_ = r.Policy(
        "4501.gift", Text("礼", "Gift"), r.child.age < 16, amount=r.yuan(5), counties_may_narrow=True,
        evidence=[r.Document.HUKOU_BOOK],
    )  # fmt: skip
    check = r.Check("4501.short", on="4501.gift", reason=Text("某", "some"), requires=r.child.age < 10)
    pack = kinderguard.Pack("4501", Text("某地", "Somewhere"), "1", ">=0.1", policies=[help_], checks=[check])
    book = kinderguard.load(packs=[pack]).for_division("4501")
    en = plain_text(overview(book.rules, "4501", pack.title), "en")
    assert "Further conditions that it sets (narrower) (1)" in en
    assert "Wider" not in en
    assert f"Papers: {r.Document.HUKOU_BOOK.label.en}" in en
