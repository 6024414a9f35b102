"""Help with schooling 教育资助: the boarders' stipend, the high-school grant, the orphans' study grant, education aid."""

from kinderguard.model.codes import AidStatus, Document, SchoolStage
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.dibao import DIBAO
from kinderguard.national.disability import DISABLED
from kinderguard.national.main_classes import IN_HARDSHIP_AT_ANY_AGE
from kinderguard.national.tekun import TEKUN
from kinderguard.national.terms import RECOGNISED_BEFORE_18, UNDER_18, WITHOUT_PARENTS, is_at
from kinderguard.rules import (
    DOWN,
    SCHOOL_YEAR,
    YEAR,
    Policy,
    child,
    household,
    named,
    param,
    when,
)

_STAGE = child.schooling.stage
_PRIMARY = _STAGE == SchoolStage.PRIMARY
_COMPULSORY = named(
    "compulsory_stage", is_at(SchoolStage.PRIMARY, SchoolStage.JUNIOR_MIDDLE),
    zh="义务教育阶段在校", en="the child is in compulsory schooling",
)  # fmt: skip
_FOUR_KINDS = named(
    "four_kinds",
    child.is_in(DIBAO) | child.is_in(TEKUN) | child.is_in(DISABLED) | household.aid.has(AidStatus.FORMERLY_POOR),
    zh="属脱贫户、低保、特困或残疾学生", en="the child is on dibao, extremely poor, disabled, or of a household lifted out of poverty",
)  # fmt: skip
_STIPEND = when(_PRIMARY, param("cn.boarder_stipend.primary_yearly")).otherwise(
    param("cn.boarder_stipend.junior_yearly")
)

BOARDER_STIPEND = Policy(
    code="cn.boarder_stipend",
    title=Text("义务教育家庭经济困难学生生活补助", "Stipend in compulsory schooling"),
    eligible=_COMPULSORY & (_FOUR_KINDS | (child.schooling.boarding & IN_HARDSHIP_AT_ANY_AGE)),
    amount=when(child.schooling.boarding, _STIPEND).otherwise((_STIPEND / 2).rounded(to="0.01", rounding=DOWN)),
    every=YEAR,
    evidence=(Document.APPLICATION, Document.SCHOOL_CERTIFICATE),
    cites=(s.BOARDER_STIPEND,),
    note=Text(
        "非寄宿的四类学生减半（未核实）。现行标准的起始日期未核实。",
        "Day pupils of the four kinds receive half (unverified). From when the present amounts hold is unverified.",
    ),
)
HIGH_SCHOOL_GRANT = Policy(
    code="cn.high_school_grant",
    title=Text("普通高中国家助学金", "State grant for senior high school"),
    eligible=is_at(SchoolStage.SENIOR_HIGH) & IN_HARDSHIP_AT_ANY_AGE,
    amount=param("cn.high_school_grant.yearly"),
    every=YEAR,
    evidence=(Document.APPLICATION, Document.SCHOOL_CERTIFICATE),
    cites=(s.HIGH_SCHOOL_GRANT,),
    note=Text(
        "金额为全国平均资助标准，约两成学生享受，由学校分档评定。",
        "The amount is the national average; about a fifth of pupils receive it, graded by the school.",
    ),
)

_STUDY_STAGES = (
    SchoolStage.SENIOR_HIGH, SchoolStage.SECONDARY_VOCATIONAL, SchoolStage.HIGHER_VOCATIONAL, SchoolStage.UNDERGRADUATE,
    SchoolStage.MASTER,
)  # fmt: skip
_NOT_ADOPTED = named(
    "not_adopted",
    ~child.adopted | child.is_in(DISABLED),
    zh="未被收养（残疾孤儿除外）",
    en="the child is not adopted, or is disabled",
)
_WAS_ORPHAN = WITHOUT_PARENTS | (child.adopted & child.is_in(DISABLED))

ORPHAN_STUDY_GRANT = Policy(
    code="cn.orphan_study_grant",
    title=Text("福彩圆梦·孤儿助学", "Study grant for orphans"),
    eligible=(child.age >= 18)
    & _WAS_ORPHAN
    & RECOGNISED_BEFORE_18
    & _NOT_ADOPTED
    & child.schooling.continuous_since_18
    & _STAGE.is_in(*_STUDY_STAGES)
    & child.schooling.full_time,
    amount=param("cn.orphan_study_grant.yearly"),
    every=SCHOOL_YEAR,
    evidence=(Document.APPLICATION, Document.SCHOOL_CERTIFICATE, Document.ID_CARD),
    cites=(s.ORPHAN_STUDY_2019, s.ORPHAN_STUDY_2025),
    note=Text(
        "按2025年4月修订（媒体转述）：须18周岁前认定、连续就读；中断即止。本规则对更早的日期也照此评估。未见不得与基本生活费同时享受的规定（存疑）。",
        "As revised in April 2025 (press): recognised before 18, enrolled without a break; earlier days are assessed alike. "
        "No rule against the living allowance beside it was seen (doubtful).",
    ),
)

_UPPER = is_at(
    SchoolStage.SENIOR_HIGH, SchoolStage.SECONDARY_VOCATIONAL, SchoolStage.HIGHER_VOCATIONAL, SchoolStage.UNDERGRADUATE,
    SchoolStage.MASTER,
)  # fmt: skip
_CANNOT_ATTEND = named(
    "cannot_attend", UNDER_18 & child.is_in(DISABLED) & is_at(SchoolStage.NOT_IN_SCHOOL, SchoolStage.DROPPED_OUT),
    zh="为不能入学接受义务教育的残疾儿童", en="the child is disabled and not at school",
)  # fmt: skip

EDUCATION_AID = Policy(
    code="cn.education_aid",
    title=Text("教育救助", "Education aid"),
    eligible=((child.is_in(DIBAO) | child.is_in(TEKUN)) & (_COMPULSORY | _UPPER)) | _CANNOT_ATTEND,
    service=Text("减免费用、发放助学金等，由县定", "fees waived, grants and the like; the county decides"),
    evidence=(Document.APPLICATION, Document.SCHOOL_CERTIFICATE),
    cites=(s.assistance_regulation("33"),),
    note=Text("高中及以上阶段根据实际情况给予。", "From senior high school on it is given by circumstances."),
)

CATEGORIES = ()
POLICIES = (BOARDER_STIPEND, HIGH_SCHOOL_GRANT, ORPHAN_STUDY_GRANT, EDUCATION_AID)
