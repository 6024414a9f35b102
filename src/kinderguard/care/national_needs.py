"""The needs that every place has 全国通用的需求, as rules: one by one, ordered by domain. Evaluated by ``care.needs``.

What a source says is cited. That a category makes a need, how urgent it is and what meets it is this library's own
default wherever ``ours`` says so; how urgent a need is, always. No source gives how often somebody is visited: that is a
county's parameter and no part of a need.
"""

from kinderguard.model.codes import RiskKind, SchoolStage, SituationKind
from kinderguard.model.text import Text
from kinderguard.national import (
    CHILD_IN_DIFFICULTY,
    DE_FACTO_UNATTENDED,
    DISABLED,
    DUTY_TO_REPORT,
    ECONOMIC_HARDSHIP,
    GUARDIANSHIP_DEFICIT,
    HARMED,
    HIV_AFFECTED,
    LEFT_BEHIND,
    LEFT_UNATTENDED,
    MIGRANT,
    ORPHAN,
    SERIOUSLY_ILL,
    SPECIAL_DIFFICULTY,
    STATE_GUARDIANSHIP,
    STREET_CHILD,
    UNFIT_CAREGIVER,
)
from kinderguard.national import sources as s
from kinderguard.national.terms import UNDER_18, is_at
from kinderguard.packs.need_rules import NeedDomain, NeedRule, Qualification, Service, Urgency
from kinderguard.rules import BoolExpr, Trust, child, named, parents

#: Guidance without thresholds; the original was not read.
_MENTAL_HEALTH = s.cite("民政部等五部门关于困境儿童心理健康的文件（民发〔2023〕61号）", None, Trust.UNVERIFIED)


def _open_risk(kind: RiskKind) -> BoolExpr:
    """A risk of a kind that is not recorded as resolved."""
    return named(
        f"open_risk_{kind.value}",
        child.risks.any(lambda r: (r.kind == kind) & ~(r.resolved.is_known() & r.resolved)),
        zh=f"有尚未化解的“{kind.zh}”风险",
        en=f"there is a risk ({kind.en}) that is not recorded as resolved",
    )


# ---- living 基本生活 ---------------------------------------------------------------------------------------------

LIVING = NeedRule(
    code="cn.need.living",
    domain=NeedDomain.LIVING,
    title=Text("申请基本生活救助", "Aid for daily living"),
    when=UNDER_18 & (child.is_in(ECONOMIC_HARDSHIP) | child.is_in(ORPHAN) | child.is_in(DE_FACTO_UNATTENDED)),
    urgency=Urgency.SOON,
    reason=Text(
        "家庭贫困或无人抚养导致生活困难", "poverty, or having nobody who brings the child up, makes living hard"
    ),
    services=(Service.AID_APPLICATION,),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION, s.minors_law("91")),
)
SUPPLIES = NeedRule(
    code="cn.need.supplies",
    domain=NeedDomain.LIVING,
    title=Text("物资帮扶", "Supplies"),
    when=child.is_in(ECONOMIC_HARDSHIP),
    urgency=Urgency.PLANNED,
    reason=Text("属经济困难型，按三步法给予物资帮扶", "economic hardship: the city's method gives supplies beside aid"),
    services=(Service.SUPPLIES,),
    ours=True,
)
MIGRANT_SERVICES = NeedRule(
    code="cn.need.migrant_services",
    domain=NeedDomain.LIVING,
    title=Text("流动儿童服务清单", "The local list of services for migrant children"),
    when=child.is_in(MIGRANT),
    urgency=Urgency.PLANNED,
    reason=Text("流动儿童享受当地服务清单", "a migrant child has a claim to the local list of services"),
    cites=(s.MIGRANT_ACTION,),
)

# ---- schooling 就学 ----------------------------------------------------------------------------------------------

BACK_TO_SCHOOL = NeedRule(
    code="cn.need.back_to_school",
    domain=NeedDomain.SCHOOLING,
    title=Text("返校就读", "A way back to school"),
    when=UNDER_18 & (is_at(SchoolStage.DROPPED_OUT) | _open_risk(RiskKind.DROPPING_OUT)),
    urgency=Urgency.SOON,
    reason=Text("已经辍学，或有失学辍学风险", "the child dropped out of school, or may"),
    services=(Service.SCHOOLING_SUPPORT,),
    cites=(s.minors_law("91"),),
    ours=True,
)
SCHOOLING_WITH_DISABILITY = NeedRule(
    code="cn.need.schooling_with_disability",
    domain=NeedDomain.SCHOOLING,
    title=Text("残疾儿童入学", "Schooling for a disabled child who cannot attend"),
    when=UNDER_18 & child.is_in(DISABLED) & is_at(SchoolStage.NOT_IN_SCHOOL, SchoolStage.DROPPED_OUT),
    urgency=Urgency.SOON,
    reason=Text("残疾儿童不能入学的，给予教育救助", "education aid reaches disabled children who cannot attend school"),
    services=(Service.SCHOOLING_SUPPORT,),
    cites=(s.assistance_regulation("33"),),
)
_AT_SCHOOL = named(
    "at_school",
    is_at(SchoolStage.PRIMARY, SchoolStage.JUNIOR_MIDDLE, SchoolStage.SENIOR_HIGH, SchoolStage.SECONDARY_VOCATIONAL),
    zh="在小学、初中、普通高中或中职就读",
    en="is in primary, junior middle, senior high or secondary vocational school",
)
SCHOOLING_SUPPORT = NeedRule(
    code="cn.need.schooling_support",
    domain=NeedDomain.SCHOOLING,
    title=Text("助学与学业辅导", "Support at school"),
    when=UNDER_18 & _AT_SCHOOL & (child.is_in(ECONOMIC_HARDSHIP) | child.is_in(SPECIAL_DIFFICULTY)),
    urgency=Urgency.PLANNED,
    reason=Text(
        "家庭贫困导致就学困难；属特殊困难型的，按三步法助学",
        "poverty makes schooling hard; special difficulty: the city's method gives support at school",
    ),
    services=(Service.SCHOOLING_SUPPORT,),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION,),
    ours=True,
)

# ---- health and rehabilitation 医疗康复 ------------------------------------------------------------------------------

# One rule for every illness: the need goes to helpers, and which illness it is does not.
MEDICAL_SUPPORT = NeedRule(
    code="cn.need.medical_support",
    domain=NeedDomain.HEALTH_AND_REHABILITATION,
    title=Text("就医帮扶", "Medical support"),
    when=UNDER_18 & (child.is_in(SERIOUSLY_ILL) | child.is_in(HIV_AFFECTED)),
    urgency=Urgency.SOON,
    reason=Text("患病需要医疗保障", "illness calls for medical care"),
    services=(Service.MEDICAL_SUPPORT,),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION, s.minors_law("91")),
)
REHABILITATION = NeedRule(
    code="cn.need.rehabilitation",
    domain=NeedDomain.HEALTH_AND_REHABILITATION,
    title=Text("康复", "Rehabilitation"),
    when=UNDER_18 & child.is_in(DISABLED),
    urgency=Urgency.SOON,
    reason=Text(
        "自身残疾导致康复、照料、护理和社会融入困难",
        "own disability makes rehabilitation, care and social development hard",
    ),
    services=(Service.REHABILITATION,),
    qualifications=(Qualification.REHABILITATION_THERAPIST, Qualification.PHYSICIAN),
    cites=(s.CHILD_IN_DIFFICULTY_OPINION, s.REHABILITATION_OPINION, s.minors_law("91")),
)

# ---- psychological 心理 --------------------------------------------------------------------------------------------

AFTER_HARM = NeedRule(
    code="cn.need.psychological_after_harm",
    domain=NeedDomain.PSYCHOLOGICAL,
    title=Text("受侵害后的心理疏导", "Psychological support after harm"),
    when=child.is_in(HARMED),
    urgency=Urgency.IMMEDIATE,
    reason=Text("遭受或疑似遭受侵害", "harm is confirmed or suspected"),
    services=(Service.PSYCHOLOGICAL_SUPPORT,),
    qualifications=(Qualification.PSYCHOLOGIST,),
    cites=(_MENTAL_HEALTH,),
    ours=True,
)
SELF_HARM = NeedRule(
    code="cn.need.self_harm",
    domain=NeedDomain.PSYCHOLOGICAL,
    title=Text("自伤风险的心理干预", "Psychological help where there is a risk of self-harm"),
    when=UNDER_18 & _open_risk(RiskKind.SELF_HARM),
    urgency=Urgency.IMMEDIATE,
    reason=Text("记录了自伤倾向", "a risk of self-harm is recorded"),
    services=(Service.PSYCHOLOGICAL_SUPPORT,),
    qualifications=(Qualification.PSYCHOLOGIST,),
    cites=(_MENTAL_HEALTH,),
    ours=True,
)
PSYCHOLOGICAL_CARE = NeedRule(
    code="cn.need.psychological_care",
    domain=NeedDomain.PSYCHOLOGICAL,
    title=Text("日常心理关爱", "Psychological care"),
    when=UNDER_18 & (child.is_in(GUARDIANSHIP_DEFICIT) | child.is_in(LEFT_BEHIND)),
    urgency=Urgency.PLANNED,
    reason=Text("父母不在身边或监护缺失", "parents are away, or guardianship is missing"),
    services=(Service.PSYCHOLOGICAL_SUPPORT,),
    qualifications=(Qualification.PSYCHOLOGIST, Qualification.SOCIAL_WORKER),
    cites=(_MENTAL_HEALTH,),
    ours=True,
)

# ---- guardianship and company 监护与陪伴 ------------------------------------------------------------------------------

LOOKED_AFTER = NeedRule(
    code="cn.need.looked_after",
    domain=NeedDomain.GUARDIANSHIP_AND_COMPANY,
    title=Text("有人照护", "Somebody who looks after the child"),
    when=child.is_in(LEFT_UNATTENDED),
    urgency=Urgency.IMMEDIATE,
    reason=Text(
        "未满8周岁或需特别照顾的不得无人看护，未满16周岁的不得脱离监护单独生活",
        "a child under 8, or who needs special care, may not be left unattended, and one under 16 may not live alone",
    ),
    services=(Service.TEMPORARY_CARE,),
    cites=(s.minors_law("21"),),
)
FIT_CAREGIVER = NeedRule(
    code="cn.need.fit_caregiver",
    domain=NeedDomain.GUARDIANSHIP_AND_COMPANY,
    title=Text("更换受托照护人", "Another caregiver"),
    when=child.is_in(UNFIT_CAREGIVER),
    urgency=Urgency.IMMEDIATE,
    reason=Text(
        "受托人有法律禁止的情形，应另行委托有照护能力的人",
        "the caregiver is one whom the law does not allow; a capable adult has to be entrusted",
    ),
    cites=(s.minors_law("22"),),
)
STATE_GUARDIAN = NeedRule(
    code="cn.need.state_guardianship",
    domain=NeedDomain.GUARDIANSHIP_AND_COMPANY,
    title=Text("民政部门监护", "Guardianship by civil affairs"),
    when=child.is_in(STATE_GUARDIANSHIP),
    urgency=Urgency.IMMEDIATE,
    reason=Text("有民政部门临时或长期监护的法定事由", "there is a legal ground for civil affairs to take guardianship"),
    cites=(s.minors_law("92"), s.minors_law("93"), s.minors_law("94")),
)
GUARDIAN_VISITS = NeedRule(
    code="cn.need.guardian_visits",
    domain=NeedDomain.GUARDIANSHIP_AND_COMPANY,
    title=Text("走访监护人", "Visits to the guardian"),
    when=UNDER_18 & (child.is_in(GUARDIANSHIP_DEFICIT) | child.is_in(LEFT_BEHIND)),
    urgency=Urgency.SOON,
    reason=Text(
        "监护缺失或父母外出；村（居）委会须有专人负责",
        "guardianship is missing, or parents are away; the committee has a person for it",
    ),
    services=(Service.GUARDIAN_VISIT,),
    cites=(s.minors_law("43"),),
    ours=True,
)
COMPANY = NeedRule(
    code="cn.need.company",
    domain=NeedDomain.GUARDIANSHIP_AND_COMPANY,
    title=Text("志愿陪伴", "Volunteers' company"),
    when=UNDER_18 & (child.is_in(GUARDIANSHIP_DEFICIT) | child.is_in(LEFT_BEHIND)),
    urgency=Urgency.PLANNED,
    reason=Text("监护缺失或父母外出，缺少陪伴", "guardianship is missing, or parents are away: company is lacking"),
    services=(Service.COMPANY,),
    ours=True,
)

# ---- safety 安全 ---------------------------------------------------------------------------------------------------

REPORT = NeedRule(
    code="cn.need.report",
    domain=NeedDomain.SAFETY,
    title=Text("立即报告", "A report at once"),
    when=child.is_in(DUTY_TO_REPORT),
    urgency=Urgency.IMMEDIATE,
    reason=Text(
        "有尚无报告记录的侵害或疑似侵害，须立即向公安、民政、教育等部门报告",
        "harm, or suspicion of it, is not recorded as reported; the police, civil affairs or education must be told at once",
    ),
    cites=(s.minors_law("11"), s.minors_law("117"), s.MANDATORY_REPORTING),
)
OFF_THE_STREET = NeedRule(
    code="cn.need.off_the_street",
    domain=NeedDomain.SAFETY,
    title=Text("流浪儿童安置", "A place for a child on the street"),
    when=child.is_in(STREET_CHILD),
    urgency=Urgency.IMMEDIATE,
    reason=Text("流浪的，由民政部门临时监护", "civil affairs takes temporary guardianship of a child on the street"),
    cites=(s.minors_law("92"), s.minors_law("93")),
)
SAFE_HOME = NeedRule(
    code="cn.need.safe_home",
    domain=NeedDomain.SAFETY,
    title=Text("上门查看居住安全", "A look at the safety of the home"),
    when=UNDER_18 & _open_risk(RiskKind.UNSAFE_HOME),
    urgency=Urgency.SOON,
    reason=Text("记录了居住安全风险", "a risk about the safety of the home is recorded"),
    services=(Service.GUARDIAN_VISIT,),
    cites=(s.minors_law("91"),),
    ours=True,
)

# ---- legal 法律 ----------------------------------------------------------------------------------------------------

_REVOKED = named(
    "guardianship_revoked",
    parents.any(lambda p: p.is_in_situation(SituationKind.GUARDIANSHIP_REVOKED)),
    zh="父或母被撤销监护资格",
    en="a parent's guardianship was revoked",
)
LEGAL_HELP = NeedRule(
    code="cn.need.legal_help",
    domain=NeedDomain.LEGAL,
    title=Text("法律服务", "Legal help"),
    when=child.is_in(HARMED) | (UNDER_18 & _REVOKED),
    urgency=Urgency.SOON,
    reason=Text(
        "遭受或疑似遭受侵害，或父母被撤销监护资格（仍须支付抚养费）",
        "harm is confirmed or suspected, or a parent's guardianship was revoked (support is still owed)",
    ),
    services=(Service.LEGAL_HELP,),
    qualifications=(Qualification.LAWYER,),
    cites=(s.minors_law("108"),),
    ours=True,
)

# ---- family education 家庭教育 -----------------------------------------------------------------------------------------

FAMILY_GUIDANCE = NeedRule(
    code="cn.need.family_guidance",
    domain=NeedDomain.FAMILY_EDUCATION,
    title=Text("家庭教育指导", "Family-education guidance"),
    when=child.is_in(LEFT_BEHIND) | child.is_in(CHILD_IN_DIFFICULTY),
    urgency=Urgency.PLANNED,
    reason=Text(
        "为留守、困境未成年人家庭建档并提供家庭教育指导",
        "a file is kept on families of left-behind children and children in difficulty, and guidance is given",
    ),
    services=(Service.FAMILY_GUIDANCE, Service.ONLINE_COURSE),
    cites=(s.FAMILY_EDUCATION_LAW,),
)

NATIONAL_NEEDS: tuple[NeedRule, ...] = (
    LIVING, SUPPLIES, MIGRANT_SERVICES, BACK_TO_SCHOOL, SCHOOLING_WITH_DISABILITY, SCHOOLING_SUPPORT, MEDICAL_SUPPORT,
    REHABILITATION, AFTER_HARM, SELF_HARM, PSYCHOLOGICAL_CARE, LOOKED_AFTER, FIT_CAREGIVER, STATE_GUARDIAN,
    GUARDIAN_VISITS, COMPANY, REPORT, OFF_THE_STREET, SAFE_HOME, LEGAL_HELP, FAMILY_GUIDANCE,
)  # fmt: skip
