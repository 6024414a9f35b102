"""Subsistence allowance 最低生活保障, dibao-marginal 低保边缘, rigid expenditure 刚性支出困难.

社会救助暂行办法 arts. 9 and 12, 民发〔2021〕57号. "Below the standard" excludes equality.
"""

from kinderguard.model.codes import AidStatus, Document, HealthStatus
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.terms import is_severe_for_dibao, unless_healthy
from kinderguard.rules import MONTH, Category, Policy, child, household, named, param, when

STANDARD = param("cn.dibao.monthly_standard")
_INCOME = household.monthly_income_per_head
_PROPERTY = household.property_within_limits

BELOW_STANDARD = named(
    "income_below_standard",
    _INCOME < STANDARD,
    zh="家庭月人均收入低于低保标准",
    en="income per head is below the dibao standard",
)
HOUSEHOLD_ON_DIBAO = named(
    "household_on_dibao",
    household.aid.has(AidStatus.DIBAO) | (BELOW_STANDARD & _PROPERTY & ~household.aid.has(AidStatus.TEKUN)),
    zh="家庭已享受低保，或收入和财产符合低保条件", en="the household is on dibao, or its income and property are within the limits",
)  # fmt: skip

_LINE = STANDARD * param.ratio("cn.dibao_marginal.multiple")
BELOW_MARGIN = named(
    "income_within_margin",
    when(param.flag("cn.dibao_marginal.includes_equality"), _INCOME <= _LINE).otherwise(_INCOME < _LINE),
    zh="家庭月人均收入符合低保边缘的倍数标准", en="income per head meets the multiple set for dibao-marginal households",
)  # fmt: skip
#: 未纳入低保: what only a household that is not on dibao can be.
_NOT_ON_DIBAO = ~household.aid.has(AidStatus.DIBAO)
HOUSEHOLD_IS_MARGINAL = named(
    "household_is_marginal",
    (household.aid.has(AidStatus.DIBAO_MARGINAL) & _NOT_ON_DIBAO)
    # Support as extremely poor is for those below the standard: no such household lies between it and the margin.
    | (BELOW_MARGIN & _PROPERTY & ~HOUSEHOLD_ON_DIBAO & ~household.aid.has(AidStatus.TEKUN)),
    zh="家庭为低保边缘家庭", en="the household is dibao-marginal",
)  # fmt: skip
#: Drawn already as one person. Only somebody in a marginal household can be, so nobody else is asked.
DRAWS_ALONE = child.individual_dibao & (child.individual_dibao.is_known() | HOUSEHOLD_IS_MARGINAL)
_SEVERELY_DISABLED = unless_healthy(is_severe_for_dibao(child.disability), HealthStatus.HEALTHY, HealthStatus.ILL)
_SERIOUSLY_ILL = unless_healthy(child.illness.serious, HealthStatus.HEALTHY, HealthStatus.DISABLED)
ONE_PERSON_DIBAO = named(
    "one_person_dibao",
    DRAWS_ALONE | (HOUSEHOLD_IS_MARGINAL & (_SEVERELY_DISABLED | _SERIOUSLY_ILL)),
    zh="单人保：本人已按单人户享受低保，或低保边缘家庭中的重残、重病人员",
    en="one-person dibao: drawn already, or in a marginal household and severely disabled or seriously ill",
)  # fmt: skip

DIBAO = Category(
    code="cn.dibao",
    title=Text("低保儿童", "Child on subsistence allowance (dibao)"),
    when=HOUSEHOLD_ON_DIBAO | ONE_PERSON_DIBAO,
    cites=(s.assistance_regulation("9"), s.DIBAO_RULES),
    note=Text(
        "未认定而收入、财产符合条件的也计入，应协助申请。单人保条件未核实原文。"
        "服刑、强制隔离戒毒、被宣告失踪的成员不计入家庭人口，残疾人两项补贴和事实无人抚养儿童补贴不计入收入（未核实）。",
        "A household that is not recognised but meets the conditions counts too: help it to apply. The conditions of "
        "one-person dibao are unverified. Members in prison, in compulsory detoxification or declared missing are not "
        "counted, nor are the two disability subsidies and the allowance for de facto unattended children as income "
        "(unverified).",
    ),
)
DIBAO_MARGINAL = Category(
    code="cn.dibao_marginal",
    title=Text("低保边缘家庭儿童", "Child of a dibao-marginal household"),
    when=HOUSEHOLD_IS_MARGINAL,
    cites=(s.DIBAO_RULES, s.MARGINAL_PRACTICE),
)
RIGID_EXPENDITURE = Category(
    code="cn.rigid_expenditure",
    title=Text("刚性支出困难家庭儿童", "Child of a rigid-expenditure household"),
    when=household.aid.has(AidStatus.RIGID_EXPENDITURE) & _NOT_ON_DIBAO,
    cites=(s.RIGID_OPINION,),
    note=Text(
        "以县认定为准：没有全国统一的支出比例。",
        "By the county's recognition: there is no national ratio of expenditure.",
    ),
)

DIBAO_BENEFIT = Policy(
    code="cn.dibao_benefit",
    title=Text("低保金", "Subsistence allowance (dibao)"),
    eligible=child.is_in(DIBAO),
    amount=when(HOUSEHOLD_ON_DIBAO, (STANDARD - _INCOME) * household.size).otherwise(STANDARD),
    every=MONTH,
    per="household",
    evidence=(Document.APPLICATION, Document.HUKOU_BOOK, Document.INCOME_PROOF),
    review=12,
    cites=(s.assistance_regulation("12"), s.DIBAO_RULES),
    note=Text(
        "按差额发放：（标准－人均收入）×人口。单人保按本人无收入计（未核实）。县可对未成年人增发。"
        "家庭情况稳定的每年复核，有劳动能力而收入不稳定的每半年复核（未核实）；此处按每年。",
        "Pays the difference: (standard − income a head) × members. One-person dibao is reckoned without income of one's "
        "own (unverified). Counties may add something for minors. Reviewed yearly where circumstances are stable, "
        "half-yearly where somebody can work and income is not (unverified); a year is stated here.",
    ),
)

CATEGORIES = (DIBAO, DIBAO_MARGINAL, RIGID_EXPENDITURE)
POLICIES = (DIBAO_BENEFIT,)
