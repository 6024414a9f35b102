"""Rules read aloud: as an official text in Chinese, plainly in English."""

import datetime as dt
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from kinderguard import rules as r
from kinderguard.model import (
    AidStatus,
    CareKind,
    DisabilityGrade,
    HarmLevel,
    HealthStatus,
    IncomeKind,
    PartialDate,
    SchoolStage,
    SituationKind,
    StateGuardianshipGround,
    Text,
)
from kinderguard.model.case import Case
from kinderguard.model.record import Record
from kinderguard.rules import child, evidence, father, guardians, help_received, household, mother, param, parents
from kinderguard.rules.kinds import BOOL, CODE_LISTS, DATE, MONEY, NUMBER, PERSONS, YEARS, Kind, Sort
from kinderguard.rules.titles import fact_title
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
    (child.birth_date.age_on(child.orphan_since) < 18, "儿童在孤儿身份认定日期的年龄小于18周岁", "the child's age on the date of recognition as an orphan is under 18 years"),
    (income <= standard, "家庭月人均收入不高于低保标准", "the household's monthly income per head is at most the dibao standard"),
    (income < 600, "家庭月人均收入低于600元", "the household's monthly income per head is below 600 yuan"),
    (
        income <= standard * param.ratio("cn.dibao_marginal.multiple"),
        "家庭月人均收入不高于低保标准×低保边缘倍数",
        "the household's monthly income per head is at most the dibao standard × the marginal multiple",
    ),
    (
        (child.age < 16) & child.adopted | ~child.living_on_street,
        "（儿童未满16周岁，且儿童被收养），或儿童未处于流浪状态",
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
        "for at least one of the guardians, that person's grounds of unfitness are not none",
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
        "the number of whole months from the child's date of moving in to the day of assessment is at least 6 months",
    ),
    (param.flag("cn.equality_counts"), "“等于时计入”为是", "‘equality counts’ is yes"),
    (~household.has("330199.central_heating"), "“集中供暖”为否", "‘central heating’ is no"),
    (child.lives_in_another_county, "儿童现居住县与户籍县不同", "the child lives in a county other than that of registration"),
    (~r.known(income), "家庭月人均收入未知", "the household's monthly income per head is not known"),
    (r.known(child.adopted), "已知儿童是否被收养", "it is known whether the child is adopted"),
    (r.known(father.situations.any()), "已知有无父亲状况", "it is known whether there is at least one of the father's situations"),
    (child.adopted == child.living_on_street, "（儿童被收养）与（儿童处于流浪状态）一致", "(the child is adopted) exactly when (the child lives on the street)"),
    (father.disability.kind == mother.disability.kind, "父亲残疾类别为母亲残疾类别", "the father's disability kind is the mother's disability kind"),
    (~child.health.is_in(HealthStatus.HEALTHY, HealthStatus.ILL), "儿童身体状况不属于健康、患病中的任何一项", "the child's physical condition is neither healthy nor ill"),
    (
        ~household.aid.has(AidStatus.DIBAO, AidStatus.TEKUN, AidStatus.DIBAO_MARGINAL),
        "家庭救助类型不包括低保、特困、低保边缘中的任何一项",
        "the household's aid status includes none of subsistence allowance (dibao), extremely poor (tekun) or dibao-marginal",
    ),
    (child.state_guardianship.has(StateGuardianshipGround.GUARDIAN_DEAD), "儿童国家监护事由包括监护人死亡且无其他人可担任（长期）", "the child's grounds of state guardianship include guardian dead and nobody else (long-term)"),
    (r.known(household.property_within_limits), "已知家庭财产是否符合规定", "it is known whether the household has property within the limits"),
    (r.known(poor), "已知“收入不高于标准”是否成立", "it is known whether income is within the standard"),
    (
        child.birth_date.age_on(r.when(r.known(param.day("cn.reference_date")), param.day("cn.reference_date")).otherwise(r.DAY)) < 16,
        "儿童在基准日（未设定的，为评估当日）的年龄小于16周岁",
        "the child's age on the reference date (where not set, the day of assessment) is under 16 years",
    ),
    (r.when(r.known(income), income < 600).otherwise(True), "家庭月人均收入低于600元（或未知）", "the household's monthly income per head is below 600 yuan (or not known)"),
    (
        r.when(r.known(child.care.alone_overnight), child.care.alone_overnight).otherwise(child.care.kind == CareKind.INDEPENDENT),
        "儿童脱离监护单独居住（未知的，以“儿童养育方式为独自生活”为准）",
        "the child lives alone without supervision (where not known: the child's care arrangement is independent living)",
    ),
    (r.when(r.known(income), income < standard).otherwise(True), "若家庭月人均收入已知，则家庭月人均收入低于低保标准；否则成立", "if the household's monthly income per head is known, then the household's monthly income per head is below the dibao standard; otherwise yes"),
    (
        r.when(child.adopted, r.when(child.age < 6, r.yuan("1")).otherwise(r.yuan("2"))).otherwise(r.yuan("3")),
        "若儿童被收养，则（若儿童未满6周岁，则1元；否则2元）；否则3元",
        "if the child is adopted, then (if the child is under 6, then 1 yuan; otherwise 2 yuan); otherwise 3 yuan",
    ),
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


def test_a_step_whose_title_could_be_read_as_two_conditions_is_set_apart() -> None:
    left = child.adopted.named("left", zh="无人照料，或独自居住", en="nobody cares, or the child lives alone")
    apart = (
        "儿童未满16周岁，且“无人照料，或独自居住”",
        "the child is under 16 and ‘nobody cares, or the child lives alone’",
    )
    assert wording(((child.age < 16) & left).node) == Text(*apart)
    severe = child.adopted.named("severe", zh="重度残疾（一、二级，或三级精神）", en="severe (grade 1–2, or 3 mental)")
    assert wording(((child.age < 16) & severe).node).en == "the child is under 16 and severe (grade 1–2, or 3 mental)"
    both = child.adopted.named("both", zh="父母均已死亡或失踪", en="both are dead or missing")
    assert wording((both | severe).node).en == "both are dead or missing or severe (grade 1–2, or 3 mental)"
    assert wording((both & severe).node).en == "‘both are dead or missing’ and severe (grade 1–2, or 3 mental)"
    assert wording((both & severe).node).zh == "父母均已死亡或失踪，且重度残疾（一、二级，或三级精神）"


def test_a_step_about_a_disability_says_whose_it_is() -> None:
    titles = [title_of_step(person.disability.in_force.node) for person in (father, mother)]
    assert titles == [
        Text("父亲残疾证未过期", "the father's disability certificate has not expired"),
        Text("母亲残疾证未过期", "the mother's disability certificate has not expired"),
    ]


def test_a_parameter_stands_with_an_article_in_english() -> None:
    titles = {"cn.limit": Text("上限", "income limit"), "cn.other": Text("限额", "the other limit")}
    assert wording(param("cn.limit").node, titles) == Text("上限", "the income limit")
    assert wording(param("cn.other").node, titles) == Text("限额", "the other limit")


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("child.illness.hiv", "儿童是否感染艾滋病病毒", "whether the child is infected with HIV"),
        ("mother.supports_child", "母亲是否履行抚养义务", "whether the mother supports or brings up the child"),
        ("household.property_within_limits", "家庭财产是否符合规定", "whether the household has property within the limits"),
        ("child.lives_in_another_county", "儿童现居住县与户籍县是否不同", "whether the child lives in a county other than that of registration"),
        ("father.situations.ongoing", "父亲状况是否仍在持续", "the father's situations: whether it still holds"),
        ("guardians.entrusted", "监护人是否受父母委托照护", "the guardians: whether that person is entrusted by the parents"),
        ("guardians.illness.serious", "监护人是否患有重病", "the guardians: whether that person is seriously ill as recognised by the county"),
        ("guardians[0].capable", "监护人是否有照护能力", "the guardians: whether that person is able to care"),
        ("household.members.counted", "家庭成员是否计入共同生活成员", "the household's members: whether that person is counted as living together"),
        ("father.disability.valid_until", "父亲残疾证到期日", "the father's disability certificate expiry date"),
        ("330199.central_heating", "330199.central_heating", "330199.central_heating"),
    ],
)  # fmt: skip
def test_a_yes_or_no_fact_is_called_by_what_it_asks(path: str, zh: str, en: str) -> None:
    assert fact_title(path) == Text(zh, en)


def test_every_yes_or_no_fact_of_a_case_can_be_asked_for() -> None:
    yes_or_no = [path for path, kind in facts_within(Case) if kind is bool]
    assert "father.illness.serious" in yes_or_no
    assert "household.members.situations.ongoing" in yes_or_no
    for path in yes_or_no:
        assert "是否" in fact_title(path).zh, path
        assert "whether" in fact_title(path).en, path


def facts_within(model: type[Record], before: str = "") -> Iterator[tuple[str, object]]:
    """Each field of a model and of those inside it, by path, with what it holds."""
    for name, field in model.model_fields.items():
        held = [part for part in (field.annotation, *flattened(field.annotation)) if isinstance(part, type)]
        inner = [part for part in held if issubclass(part, Record)]
        yield f"{before}{name}", bool if bool in held else None
        for part in inner:
            yield from facts_within(part, f"{before}{name}.")


def flattened(annotation: object) -> Iterator[object]:
    """What stands within an annotation, at any depth."""
    for part in typing.get_args(annotation):
        yield part
        yield from flattened(part)


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
