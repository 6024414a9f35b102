"""Rules read aloud: as an official text in Chinese, plainly in English."""

import datetime as dt
from typing import Any

import pytest

from kinderguard import rules as r
from kinderguard.model import (
    AidStatus,
    DisabilityGrade,
    HarmLevel,
    IncomeKind,
    PartialDate,
    SchoolStage,
    SituationKind,
    Text,
)
from kinderguard.rules import child, evidence, father, guardians, help_received, household, mother, param, parents
from kinderguard.rules.kinds import BOOL, CODE_LISTS, DATE, MONEY, NUMBER, PERSONS, YEARS, Kind, Sort
from kinderguard.rules.wording import quantity, title_of_step, wording

TITLES = {
    "cn.orphan": Text("孤儿", "orphan"),
    "cn.orphan_allowance": Text("孤儿基本生活费", "orphan allowance"),
    "cn.dibao.monthly_standard": Text("低保标准", "the dibao standard"),
    "cn.dibao_marginal.multiple": Text("低保边缘倍数", "the marginal multiple"),
    "cn.equality_counts": Text("等于时计入", "equality counts"),
    "cn.reference_date": Text("基准日", "the reference date"),
    "330199.central_heating": Text("集中供暖", "central heating"),
}
income = household.monthly_income_per_head
standard = param("cn.dibao.monthly_standard")
poor = (income <= standard).named("poor", zh="收入不高于标准", en="income is within the standard")

GOLDEN: list[tuple[Any, str, str]] = [
    (child.age < 16, "儿童未满16周岁", "the child is under 16"),
    (child.age >= 16, "儿童年满16周岁", "the child is at least 16"),
    (child.age <= 15, "儿童年龄不超过15周岁", "the child is at most 15"),
    (child.age > 18, "儿童年龄超过18周岁", "the child is over 18"),
    (child.age == 6, "儿童为6周岁", "the child is 6"),
    (
        child.birth_date.age_on(param.day("cn.reference_date")) < 16,
        "儿童在基准日的年龄小于16周岁",
        "the child's age on the reference date is under 16 years",
    ),
    (income <= standard, "家庭月人均收入不高于低保标准", "the household's monthly income per head is at most the dibao standard"),
    (income < 600, "家庭月人均收入低于600元", "the household's monthly income per head is below 600 yuan"),
    (
        income <= standard * param.ratio("cn.dibao_marginal.multiple"),
        "家庭月人均收入不高于低保标准×低保边缘倍数",
        "the household's monthly income per head is at most the dibao standard × the marginal multiple",
    ),
    (
        (child.age < 16) & child.adopted | ~child.living_on_street,
        "（儿童未满16周岁，且儿童被收养），或儿童未流浪",
        "(the child is under 16 and the child is adopted) or the child does not live on the street",
    ),
    (
        ~((child.age < 16) & child.adopted),
        "（儿童未满16周岁，且儿童被收养）不成立",
        "not (the child is under 16 and the child is adopted)",
    ),
    (child.is_in("cn.orphan"), "儿童属于“孤儿”", "the child is in ‘orphan’"),
    (~child.is_in("cn.orphan"), "儿童不属于“孤儿”", "the child is not in ‘orphan’"),
    (
        child.schooling.stage.is_in(SchoolStage.PRIMARY, SchoolStage.JUNIOR_MIDDLE, SchoolStage.SENIOR_HIGH),
        "儿童就学情况为小学、初中或普通高中",
        "the child's school stage is primary school, junior middle school or general senior high school",
    ),
    (
        ~household.aid.has(AidStatus.TEKUN),
        "家庭救助类型不包括特困",
        "the household's aid status does not include extremely poor (tekun)",
    ),
    (household.aid.is_empty(), "家庭救助类型为无", "the household's aid status is none"),
    (
        father.is_in_situation(SituationKind.DEAD, SituationKind.DECLARED_DEAD),
        "父亲状况（限当日仍有效的）中至少有一项符合“其状况为死亡或宣告死亡”",
        "for at least one of the father's situations (only where it holds on the day), "
        "its situation is dead or declared dead by a court",
    ),
    (
        parents.all(lambda p: ~p.supports_child),
        "（法律上没有父亲，或父亲不履行抚养义务），且（法律上没有母亲，或母亲不履行抚养义务）",
        "(there is no legal father or the father does not support or bring up the child) and "
        "(there is no legal mother or the mother does not support or bring up the child)",
    ),
    (
        father.situations.where(lambda s: s.kind == SituationKind.IMPRISONED).any(lambda s: s.term >= 6),
        "父亲状况（限其状况为服刑在押的）中至少有一项符合“期限不少于6个月”",
        "for at least one of the father's situations (only where its situation is serving a sentence in custody), "
        "its term is at least 6 months",
    ),
    (
        household.members.where(lambda m: m.counted).count() > 3,
        "家庭成员（限其计入共同生活成员的）的人数超过3人",
        "the number of the household's members (only where that person is counted as living together) "
        "is more than 3 persons",
    ),
    (
        household.members.count(lambda m: m.illness.serious | (m.disability.grade == DisabilityGrade.FIRST)),
        "家庭成员中符合“其患有重病，或其残疾等级为一级”的人数",
        "the number of the household's members for which that person is seriously ill as recognised by the county "
        "or that person's disability grade is grade 1",
    ),
    (
        household.members.all(lambda m: m.age >= 60),
        "家庭成员中每一人均符合“其年满60周岁”",
        "for every one of the household's members, that person is at least 60",
    ),
    (~child.harms.any(), "不存在儿童遭受侵害情形", "there is none of the child's harms suffered or suspected"),
    (
        child.harms.any(lambda h: (h.level == HarmLevel.SUSPECTED) & ~h.reported),
        "儿童遭受侵害情形中至少有一项符合“其确认程度为疑似，且其尚未报告”",
        "for at least one of the child's harms suffered or suspected, its degree of certainty is suspected "
        "and it is not reported to the authorities",
    ),
    (
        household.incomes.within(months=12).sum(lambda i: i.amount) / 12,
        "（家庭收入记录（限在最近12个月内的）的金额合计）÷12",
        "(the total amount of the household's incomes (only where it falls within the last 12 months)) ÷ 12",
    ),
    (
        household.members.sum(lambda m: m.incomes.within(years=1).sum(lambda i: i.amount)),
        "家庭成员的“其收入记录（限在最近1年内的）的金额合计”合计",
        "the total, over the household's members, of the total amount of that person's incomes "
        "(only where it falls within the last 1 year)",
    ),
    (
        household.members.any(lambda m: m.incomes.any(lambda i: (i.amount > m.monthly_income) & m.counted)),
        "家庭成员中至少有一人符合“其收入记录中至少有一项符合‘该家庭成员的月收入低于其金额，且该家庭成员计入共同生活成员’”",
        "for at least one of the household's members, for at least one of that person's incomes, the monthly income of "
        "that one of the household's members is below its amount and that one of the household's members is counted "
        "as living together",
    ),
    (household.members.max(lambda m: m.birth_date), "家庭成员中最晚的出生日期", "the latest birth date among the household's members"),
    (
        household.members.rank(lambda m: m.birth_date, of=child.birth_date) <= 2,
        "（家庭成员中符合“其出生日期早于儿童出生日期”的人数）＋1人不超过2人",
        "(the number of the household's members for which that person's birth date is before the child's birth date) "
        "+ 1 person is at most 2 persons",
    ),
    (
        help_received.current().any(lambda h: h.is_for("cn.orphan_allowance")),
        "已享受的救助（限当日仍有效的）中至少有一项符合“其政策代码为孤儿基本生活费”",
        "for at least one of the help received (only where it holds on the day), its policy code is orphan allowance",
    ),
    (evidence.current().count(), "已查验的材料（限当日仍有效的）的项数", "the number of the papers seen (only where it holds on the day)"),
    (
        guardians.any(lambda g: ~g.unfit_grounds.is_empty()),
        "监护人中至少有一人符合“其不宜情形不为无”",
        "for at least one of the guardians, that person's grounds of unfitness is not none",
    ),
    (r.when(child.age < 3, r.yuan(300)).otherwise(200), "若儿童未满3周岁，则300元；否则200元", "if the child is under 3, then 300 yuan; otherwise 200 yuan"),
    (
        r.scale(child.age, (5, r.yuan(300)), (11, r.yuan("272.40")), beyond=r.yuan(1500)),
        "若儿童年龄不超过5周岁，则300元；否则，若儿童年龄不超过11周岁，则272.40元；否则1,500元",
        "if the child is at most 5, then 300 yuan; otherwise, if the child is at most 11, then 272.40 yuan; "
        "otherwise 1,500 yuan",
    ),
    (
        (income * r.ratio(30, 100)).rounded(to="1", rounding=r.HALF_UP),
        "家庭月人均收入×30%（四舍五入至1元）",
        "the household's monthly income per head × 30% (rounded half up to 1 yuan)",
    ),
    (
        standard.divided_by(household.size, to="0.01", rounding=r.UP),
        "低保标准÷家庭人口（不足0.01元的按0.01元计）",
        "the dibao standard ÷ the household's size (rounded up to 0.01 yuan)",
    ),
    ((standard / 3).rounded(to="10", rounding=r.DOWN), "低保标准÷3（不足10元的舍去）", "the dibao standard ÷ 3 (rounded down to 10 yuan)"),
    (
        (standard * r.ratio(3, 2) - income) * household.size,
        "（低保标准×1.5－家庭月人均收入）×家庭人口",
        "(the dibao standard × 1.5 − the household's monthly income per head) × the household's size",
    ),
    (
        r.max_of(standard - income, 0),
        "（低保标准－家庭月人均收入）与0元中的较大者",
        "the greater of (the dibao standard − the household's monthly income per head) and 0 yuan",
    ),
    (
        child.orphan_since <= dt.date(2025, 9, 1),
        "儿童孤儿身份认定日期不晚于2025年9月1日",
        "the child's date of recognition as an orphan is not after 1 September 2025",
    ),
    (
        child.birth_date > r.DAY.plus(years=-18),
        "儿童出生日期晚于评估当日前18年",
        "the child's birth date is after 18 years before the day of assessment",
    ),
    (
        child.residence.since.months_until(r.DAY) >= 6,
        "儿童居住起始日期至评估当日的整月数不少于6个月",
        "the whole months from the child's date of moving in to the day of assessment is at least 6 months",
    ),
    (param.flag("cn.equality_counts"), "“等于时计入”为是", "‘equality counts’ is yes"),
    (~household.has("330199.central_heating"), "“集中供暖”为否", "‘central heating’ is no"),
    (child.lives_in_another_county, "儿童现居住县与户籍县不同", "the child lives in a county other than that of registration"),
    (~r.known(income), "家庭月人均收入未知", "the household's monthly income per head is not known"),
    (r.known(child.adopted), "儿童是否被收养已知", "it is known whether the child is adopted"),
    (child.adopted == child.living_on_street, "（儿童被收养）与（儿童流浪）一致", "(the child is adopted) exactly when (the child lives on the street)"),
    (father.disability.kind == mother.disability.kind, "父亲残疾类别为母亲残疾类别", "the father's disability kind is the mother's disability kind"),
    (poor & (child.age < 16), "收入不高于标准，且儿童未满16周岁", "income is within the standard and the child is under 16"),
    (~poor, "“收入不高于标准”不成立", "not ‘income is within the standard’"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "zh", "en"), GOLDEN, ids=[g[2][:60] for g in GOLDEN])
def test_a_rule_reads_well(rule: Any, zh: str, en: str) -> None:
    assert wording(rule.node, TITLES) == Text(zh, en)


def test_a_named_step_is_written_out_on_request() -> None:
    assert wording(poor.node, TITLES, expand=True) == Text(
        "收入不高于标准（家庭月人均收入不高于低保标准）",
        "income is within the standard (the household's monthly income per head is at most the dibao standard)",
    )


def test_a_step_is_called_by_its_title() -> None:
    assert title_of_step(poor.node) == Text("收入不高于标准", "income is within the standard")
    assert title_of_step((child.age < 16).node) == Text("儿童未满16周岁", "the child is under 16")


def test_what_has_no_title_keeps_its_code() -> None:
    assert wording(param("cn.orphan.scattered_monthly").node) == Text(*["cn.orphan.scattered_monthly"] * 2)


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (None, MONEY, "未知", "unknown"),
        (True, BOOL, "是", "yes"),
        (60000, MONEY, "600元", "600 yuan"),
        (123456789, MONEY, "1,234,567.89元", "1,234,567.89 yuan"),
        (1, PERSONS, "1人", "1 person"),
        (16, YEARS, "16周岁", "16 years"),
        (2, NUMBER, "2", "2"),
        (r.ratio(3, 2), NUMBER, "1.5", "1.5"),
        (r.ratio(2, 37), NUMBER, "2/37", "2/37"),
        (dt.date(2025, 9, 1), DATE, "2025年9月1日", "1 September 2025"),
        (PartialDate(2012, 3), DATE, "2012年3月", "March 2012"),
        (PartialDate(2012), DATE, "2012年", "2012"),
        ("dibao", Kind(Sort.CODE, codes=AidStatus), "低保", "subsistence allowance (dibao)"),
        (("tekun", "dibao"), Kind(Sort.CODES, codes=AidStatus), "低保、特困", "subsistence allowance (dibao), extremely poor (tekun)"),
        ((), Kind(Sort.CODES, codes=AidStatus), "无", "none"),
    ],
)  # fmt: skip
def test_a_value_reads_as_people_write_it(value: Any, kind: Kind, zh: str, en: str) -> None:
    assert quantity(value, kind) == Text(zh, en)


def test_an_amount_between_two_fen_is_written_exactly() -> None:
    assert quantity(r.ratio(100, 3), MONEY) == Text("1/3元", "1/3 yuan")


def test_every_code_has_both_titles() -> None:
    for codes in CODE_LISTS.values():
        for code in codes:
            assert quantity(code.value, Kind(Sort.CODE, codes=codes)) == code.label
            assert code.zh
            assert code.en


def test_an_expression_shows_its_wording_and_no_more() -> None:
    assert repr(child.age < 16) == "<BoolExpr the child is under 16>"
    assert repr(household.incomes.sum(lambda i: i.amount)) == "<MoneyExpr the total amount of the household's incomes>"
    assert "IncomeKind" not in repr(household.incomes.any(lambda i: i.kind == next(iter(IncomeKind))))
