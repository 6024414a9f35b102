"""A changed book says what it changes: numbers by place, rules added, replaced and left out, in both languages."""

import datetime as dt

import attrs
import pytest

import kinderguard
from kinderguard import Text
from kinderguard import rules as r
from kinderguard.national.orphan import ORPHAN_ALLOWANCE
from kinderguard.packs.describing import described

BOOK = kinderguard.load().on(dt.date(2025, 9, 1))
SCATTERED = "cn.orphan.scattered_monthly"
GRANT = r.Policy(
    code="cn.test_grant", title=Text("试点补助", "Pilot grant"), eligible=r.child.age < 6, amount=r.yuan("100"), every=r.MONTH,
    cites=r.Cite("试点"),
)  # fmt: skip


def test_a_book_as_it_was_loaded_changes_nothing():
    assert BOOK.describe("zh") == "未作任何改动"
    assert BOOK.describe("en") == "nothing is changed"


def test_a_national_value_is_told_with_the_floor_it_stands_on_and_what_counties_set_that_it_replaces():
    said = BOOK.with_parameters({SCATTERED: "700"}).describe
    assert said("zh").startswith("全国“散居孤儿基本生活费标准”由 600元/月（国家下限，未定值） 改为 700元/月；也取代 ")
    assert "嘉祥县 1,987元/月" in said("zh")
    assert "700 yuan a month instead of 600 yuan a month (the national floor" in said("en")


def test_a_value_that_replaces_what_counties_set_says_how_to_change_the_nations_alone():
    said = BOOK.with_parameters({SCATTERED: "2000"}).describe
    kept = {"cn": "2000", "330199": "1900", "370829": "1987"}
    example = str(kept).replace("'", '"')
    assert said("en").endswith(f" (to change the nation's alone, give what places set beside it: {example})")
    assert said("zh").endswith(f"（只改全国的值：把各地自定的值一并写明，{example}）")
    alone = BOOK.with_parameters({SCATTERED: kept})
    assert alone.describe("en").splitlines() == [
        "‘monthly standard for orphans in the community’ in the nation: 2,000 yuan a month instead of 600 yuan a month "
        "(the national floor; no value is set)"
    ]
    assert alone.overlay("370829").rules.parameters[SCATTERED].values[-1].value == 198_700


def test_each_place_is_told_with_its_own_old_value_and_a_narrower_one_beside_is_not_replaced():
    reform = BOOK.with_parameters({SCATTERED: {"370829": "2100", "37": "1500"}})
    lines = reform.describe("en").splitlines()
    assert lines == [
        "‘monthly standard for orphans in the community’ in Jiaxiang County: 2,100 yuan a month instead of 1,987 yuan a month",
        "‘monthly standard for orphans in the community’ in Shandong: 1,500 yuan a month instead of 600 yuan a month "
        "(the national floor; no value is set)",
    ]


def test_changes_on_changes_are_told_against_those_before():
    once = BOOK.with_parameters({"cn.high_school_grant.yearly": "2500"})
    twice = once.with_parameters({"cn.high_school_grant.yearly": "2600"})
    assert twice.describe("zh").splitlines()[1] == "全国“普通高中国家助学金平均标准”由 2,500元/年 改为 2,600元/年"
    (line,) = described(twice, once)
    assert line.zh == "全国“普通高中国家助学金平均标准”由 2,500元/年 改为 2,600元/年"


def test_the_value_told_is_that_in_force_on_the_day():
    before = kinderguard.load().on(dt.date(2024, 9, 1)).with_parameters({"cn.high_school_grant.yearly": "2600"})
    assert "由 2,000元/年 改为" in before.describe("zh")


def test_flags_ratios_and_numbers_read_as_people_say_them():
    reform = BOOK.with_parameters(
        {"cn.dibao_marginal.multiple": 2, "cn.rehabilitation.means_tested": False, "cn.rehabilitation.until_age": 18}
    )
    assert [line.split(": ")[1] for line in reform.describe("en").splitlines()] == [
        "2 instead of 1.5", "no instead of yes", "18 years instead of 7 years",
    ]  # fmt: skip


def test_a_new_policy_is_told_with_its_condition_and_amount():
    said = BOOK.with_policies(GRANT).describe
    assert said("zh").startswith("新增政策“试点补助”（cn.test_grant）：条件“")
    assert "金额 100元" in said("zh")
    assert said("en").startswith("a new policy, ‘Pilot grant’ (cn.test_grant): condition ‘")


def test_a_replaced_policy_is_told_by_what_differs_alone():
    wider = attrs.evolve(ORPHAN_ALLOWANCE, eligible=ORPHAN_ALLOWANCE.eligible | (r.child.age < 1), every=r.YEAR)
    said = BOOK.with_policies(wider).describe("en")
    assert said.startswith("replaced: policy ‘Basic living allowance for orphans’ (cn.orphan_allowance): condition: ")
    assert "how often: a year instead of a month" in said
    assert "amount" not in said
    same = BOOK.with_policies(ORPHAN_ALLOWANCE).describe("zh")
    assert same == "改写政策“孤儿基本生活费”（cn.orphan_allowance），内容不变"


def test_how_policies_combine_is_told_with_its_limit_its_conditions_and_what_is_counted():
    grant = r.Policy("cn.x_grant", Text("补助", "grant"), r.child.age < 16, amount=r.yuan("600"), every=r.MONTH)

    def told(old, new, lang="en"):
        before, after = (BOOK.with_policies(attrs.evolve(grant, stacking=(each,))) for each in (old, new))
        return after.describe(lang, since=before)

    caps = [r.capped("g", r.yuan(n)) for n in ("500", "400")]
    assert "no more than 400 yuan together in the group g instead of no more than 500 yuan" in told(*caps)
    assert "“g”组合计不超过500元改为“g”组合计不超过400元" in told(*caps, "zh")
    some, more = (
        r.tops_up(counting=codes) for codes in (["cn.tekun_support"], ["cn.tekun_support", "cn.unattended_allowance"])
    )
    assert "(counting Support for extremely poor persons, Allowance for de facto unattended children)" in told(
        some, more
    )
    young = r.excludes("cn.tekun_support", keep="other", when=r.child.age < 3)
    assert "only if the child is under 3" in told(r.excludes("cn.tekun_support", keep="other"), young)
    assert "仅当儿童未满3周岁" in told(r.excludes("cn.tekun_support", keep="other"), young, "zh")


def test_a_new_policy_says_to_whom_it_is_paid_and_names_new_categories_by_their_titles():
    young = r.Category("cn.x_young", Text("幼儿", "a young child"), r.child.age < 3)
    heat = r.Policy(
        "cn.x_heat",
        Text("取暖补助", "heating grant"),
        r.child.is_in(young),
        amount=r.yuan("600"),
        every=r.YEAR,
        per="household",
    )
    book = BOOK.with_policies(young, heat)
    assert "paid per household" in book.describe("en")
    assert "发放对象 每户" in book.describe("zh")
    (told,) = [line for line in book.describe("en").splitlines() if "heating" in line]
    assert "a young child" in told
    assert "cn.x_young" not in told
    assert "paid: per child instead of per household" in book.with_policies(attrs.evolve(heat, per="child")).describe(
        "en", since=book
    )


def test_a_rule_of_one_place_is_told_with_the_place():
    local = attrs.evolve(GRANT, code="330106.test_grant")
    added = BOOK.with_policies(local)
    assert added.describe("zh").startswith("新增政策“试点补助”（330106.test_grant，仅限杭州市西湖区）：")
    assert added.describe("en").startswith(
        "a new policy, ‘Pilot grant’ (330106.test_grant, in Xihu District, Hangzhou alone): "
    )
    raised = added.with_policies(attrs.evolve(local, amount=r.yuan("120"))).without("330106.test_grant")
    assert [line.split(" (")[1].split(")")[0] for line in raised.describe("en").splitlines()] == [
        "330106.test_grant, in Xihu District, Hangzhou alone"
    ] * 3


def test_a_reform_can_be_told_against_its_base_alone():
    base = BOOK.with_parameters({SCATTERED: {"330106": "1800"}})
    reform = base.with_policies(GRANT)
    assert len(reform.describe("en").splitlines()) == 2
    assert reform.describe("en", since=base).startswith("a new policy, ‘Pilot grant’")
    assert reform.describe("zh", since=reform) == "未作任何改动"


def test_what_is_left_out_is_named():
    reform = BOOK.with_policies(GRANT).without("cn.test_grant", "cn.boarder_stipend")
    assert reform.describe("zh").splitlines()[1:] == [
        "取消政策“义务教育家庭经济困难学生生活补助”（cn.boarder_stipend）", "取消政策“试点补助”（cn.test_grant）",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_book_read_from_json_says_the_same(lang):
    reform = BOOK.with_parameters({SCATTERED: {"330106": "2000"}}).with_policies(GRANT).without("cn.boarder_stipend")
    again = kinderguard.PolicyBook.from_json(reform.to_json())
    assert again.describe(lang) == reform.describe(lang)


def test_a_value_of_a_countys_own_parameter_is_told_at_its_county():
    heating = next(code for code in BOOK.overlay("330199").rules.parameters if code.startswith("330199."))
    said = BOOK.with_parameters({heating: "3"}).describe("zh")
    assert said.startswith("示例县（虚构）“")


def test_a_title_of_two_lines_in_one_language_stays_with_its_own_change():
    broken = attrs.evolve(GRANT, title=Text("试点\n补助", "Pilot grant"))
    reform = BOOK.with_policies(broken).without("cn.boarder_stipend")
    new, without = described(reform)
    assert (new.zh.startswith("新增政策“试点\n补助”"), new.en.startswith("a new policy, ‘Pilot grant’")) == (True, True)
    assert without.en.startswith("the policy ‘")
    assert reform.describe("zh") == f"{new.zh}\n{without.zh}"
    for lang in ("zh", "en"):
        shown = reform.view(lang).text
        assert all(line.in_(lang).splitlines()[-1] in shown for line in (new, without))


def test_a_value_put_in_the_place_of_the_same_one_is_not_told():
    reform = BOOK.with_parameters({SCATTERED: {"370829": "1987", "37": "1500"}})
    assert [line.split(" in ")[2].split(":")[0] for line in reform.describe("en").splitlines()] == ["Shandong"]
    assert BOOK.with_parameters({"cn.dibao_marginal.multiple": "1.5"}).describe("en") == "nothing is changed"


def test_a_book_is_told_against_any_other_by_what_comes_out_otherwise():
    own = BOOK.with_parameters({SCATTERED: {"37": "1500"}})
    wider = own.with_parameters({"cn.dibao_marginal.multiple": "2"})
    assert [line.en for line in described(own, wider)] == [
        "‘multiple of the dibao standard for dibao-marginal households’ in the nation: 1.5 instead of 2"
    ]
    granted = own.with_policies(GRANT)
    left, added, removed = (
        [line.en.split(":")[0] for line in described(*books)]
        for books in ((wider, own.without("cn.boarder_stipend")), (granted, wider), (wider, granted))
    )
    multiple = "‘multiple of the dibao standard for dibao-marginal households’ in the nation"
    assert left == [multiple, "a new policy, ‘Stipend in compulsory schooling’ (cn.boarder_stipend)"]
    assert added == [multiple, "a new policy, ‘Pilot grant’ (cn.test_grant)"]
    assert removed == [multiple, "the policy ‘Pilot grant’ (cn.test_grant) is left out"]


def test_a_value_for_the_nation_that_is_taken_back_is_told_with_the_counties_it_had_replaced():
    everywhere = BOOK.with_parameters({SCATTERED: "2000"})
    said = "\n".join(
        line.en for line in described(BOOK.with_parameters({"cn.dibao_marginal.multiple": "2"}), everywhere)
    )
    assert "in Jiaxiang County: 1,987 yuan a month instead of 2,000 yuan a month" in said
