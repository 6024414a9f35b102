"""Disabled children 残疾儿童: the two subsidies 残疾人两项补贴 and rehabilitation 康复救助. 国发〔2015〕52号, 国发〔2018〕20号."""

from kinderguard.model.codes import AidStatus, DisabilityGrade, DisabilityKind, Document, HealthStatus
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.dibao import DIBAO, DIBAO_MARGINAL, RIGID_EXPENDITURE
from kinderguard.national.orphan import ORPHAN
from kinderguard.national.tekun import TEKUN
from kinderguard.national.terms import GRADES, IN_INSTITUTION, KINDS, is_recorded, is_severe, unless_healthy
from kinderguard.rules import MONTH, Category, Period, Policy, child, household, named, param

_ON_CARD = named(
    "on_card", is_recorded(child.disability) & (child.disability.kind.is_in(*KINDS) | child.disability.grade.is_in(*GRADES))
    & child.disability.in_force,
    zh="儿童持有效残疾证", en="the child holds a disability certificate in force",
)  # fmt: skip

DISABLED = Category(
    code="cn.disabled",
    title=Text("残疾儿童", "Disabled child"),
    when=unless_healthy(_ON_CARD, HealthStatus.HEALTHY, HealthStatus.ILL),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION,),
)
SEVERELY_DISABLED = Category(
    code="cn.severely_disabled",
    title=Text("重度残疾儿童", "Severely disabled child"),
    when=unless_healthy(is_severe(child.disability), HealthStatus.HEALTHY, HealthStatus.ILL),
    cites=(s.UNATTENDED_SEVERE_DISABILITY,),
    note=Text(
        "口径与事实无人抚养儿童一致；低保、护理补贴另有各自口径。",
        "As the rule on de facto unattended children has it; dibao and the care subsidy have definitions of their own.",
    ),
)

_SUBSIDIES_SINCE = Text(
    "自2016年1月1日起施行（未核实），本规则对更早的日期也照此评估。",
    "In force from 1 January 2016 (unverified); earlier days are assessed alike.",
)

LIVING_SUBSIDY = Policy(
    code="cn.disability_living_subsidy",
    title=Text("困难残疾人生活补贴", "Living subsidy for disabled persons in hardship"),
    eligible=child.is_in(DISABLED)
    & (child.is_in(DIBAO) | (param.flag("cn.disability.living_includes_marginal") & child.is_in(DIBAO_MARGINAL))),
    amount=param("cn.disability.living_subsidy_monthly"),
    every=MONTH,
    evidence=(Document.APPLICATION, Document.DISABILITY_CARD, Document.BANK_CARD),
    cites=(s.TWO_SUBSIDIES,),
    note=_SUBSIDIES_SINCE,
)

_FIRST_TWO = child.disability.grade.is_in(DisabilityGrade.FIRST, DisabilityGrade.SECOND)
_THIRD_MENTAL = (child.disability.grade == DisabilityGrade.THIRD) & child.disability.any_kind(
    DisabilityKind.MENTAL, DisabilityKind.INTELLECTUAL
)
_SEVERE_FOR_CARE = named(
    "severe_for_care",
    is_recorded(child.disability)
    & child.disability.in_force
    & (_FIRST_TWO | (param.flag("cn.disability.care_includes_grade_3_mental") & _THIRD_MENTAL)),
    zh="儿童残疾为一、二级（或本地扩大到三级精神、智力残疾）",
    en="the child's disability is of grade 1–2 (or, where the county widens it, 3 mental or intellectual)",
)  # fmt: skip

CARE_SUBSIDY = Policy(
    code="cn.disability_care_subsidy",
    title=Text("重度残疾人护理补贴", "Care subsidy for severely disabled persons"),
    eligible=unless_healthy(_SEVERE_FOR_CARE, HealthStatus.HEALTHY, HealthStatus.ILL)
    & child.disability.needs_long_term_care,
    amount=param("cn.disability.care_subsidy_monthly"),
    every=MONTH,
    evidence=(Document.APPLICATION, Document.DISABILITY_CARD, Document.BANK_CARD),
    cites=(s.TWO_SUBSIDIES,),
    note=Text(
        "与孤儿保障可以同时享受（未核实）。与事实无人抚养儿童补贴能否同时享受，依据不足（存疑），本规则不作限制。"
        "与同类的养老、服务、工伤护理待遇不重复享受（未核实），个案未记录。",
        "Paid beside the allowance for orphans (unverified). Whether it is beside the allowance for de facto unattended "
        "children is doubtful; nothing here forbids it. Not beside similar care benefits for the elderly, for services or "
        "for injuries at work (unverified), which a case does not record. ",
    )
    + _SUBSIDIES_SINCE,
)

_TREATED = named(
    "kind_treated",
    child.disability.any_kind(
        DisabilityKind.VISUAL, DisabilityKind.HEARING, DisabilityKind.SPEECH, DisabilityKind.PHYSICAL,
        DisabilityKind.INTELLECTUAL,
    )
    | child.disability.autism,
    zh="儿童有视力、听力、言语、肢体、智力残疾或孤独症", en="the child has a visual, hearing, speech, physical or intellectual disability, or autism",
)  # fmt: skip
_IN_NEED = named(
    "in_need",
    child.is_in(DIBAO) | child.is_in(TEKUN) | child.is_in(ORPHAN) | child.is_in(DIBAO_MARGINAL)
    | child.is_in(RIGID_EXPENDITURE) | household.aid.has(AidStatus.FORMERLY_POOR) | IN_INSTITUTION,
    zh="属低保、建档立卡（脱贫户）、特困、孤儿、福利机构养育或其他困难家庭",
    en="the child is on dibao, of a household on file as poor, extremely poor, an orphan, in an institution or otherwise poor",
)  # fmt: skip

REHABILITATION = Policy(
    code="cn.rehabilitation",
    title=Text("残疾儿童康复救助", "Rehabilitation for disabled children"),
    eligible=(child.age < param.number("cn.rehabilitation.until_age", "years"))
    & unless_healthy(_TREATED, HealthStatus.HEALTHY, HealthStatus.ILL)
    & (_IN_NEED | ~param.flag("cn.rehabilitation.means_tested")),
    service=Text("手术、辅助器具和康复训练，标准由县定", "surgery, aids and training; the county sets the standard"),
    evidence=(Document.APPLICATION, Document.DISABILITY_CARD, Document.MEDICAL_PROOF),
    cites=(s.REHABILITATION_OPINION,),
    effective=Period("2018-10-01", None),
    note=Text(
        "“0—6岁”按未满7周岁理解，各地可放宽年龄、取消经济条件。",
        "'0–6' is read as before the 7th birthday; counties may widen the age and drop the means test.",
    ),
)

CATEGORIES = (DISABLED, SEVERELY_DISABLED)
POLICIES = (LIVING_SUBSIDY, CARE_SUBSIDY, REHABILITATION)
