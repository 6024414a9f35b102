"""Every coded value a fact can have, with its Chinese and English title.

A code's value is what JSON, ledgers and other systems exchange; it never changes. "There is none" is a code or
an empty list of its own: ``None`` always means *unknown*.
"""

from enum import StrEnum
from typing import Any, Self

from kinderguard.model.errors import RepeatedCodeError
from kinderguard.model.text import Text


class Code(StrEnum):
    """The base of all coded values: ``value`` for machines, ``label`` for people."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        """Make one code from its value and its two titles."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Each value once: of two members with one value the second would only be another name of the first."""
        super().__init_subclass__(**kwargs)
        for name, member in cls.__members__.items():
            if name != member.name:
                raise RepeatedCodeError(cls.__name__, member.name, name, member.value)

    @classmethod
    def of(cls, value: str) -> Self:
        """The code of a value (a code itself, or as JSON has it).

        Raises:
            ValueError: there is none.
        """
        return cls(value)  # type: ignore[call-arg]  # a lookup, not a new code

    @property
    def label(self) -> Text:
        """The title in both languages."""
        return Text(self.zh, self.en)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


class Sex(Code):
    """Sex 性别."""

    MALE = "male", "男", "male"
    FEMALE = "female", "女", "female"


class RegistrationKind(Code):
    """Kind of household registration 户籍性质."""

    RURAL = "rural", "农业（农村）", "rural"
    URBAN = "urban", "非农业（城镇）", "urban"


class HealthStatus(Code):
    """Physical condition as the ledger states it 身体状况."""

    HEALTHY = "healthy", "健康", "healthy"
    DISABLED = "disabled", "残疾", "disabled"
    ILL = "ill", "患病", "ill"
    DISABLED_AND_ILL = "disabled_and_ill", "残疾且患病", "disabled and ill"


class DisabilityKind(Code):
    """Kind of disability on the certificate 残疾类别."""

    NONE = "none", "无", "none"
    VISUAL = "visual", "视力", "visual"
    HEARING = "hearing", "听力", "hearing"
    SPEECH = "speech", "言语", "speech"
    PHYSICAL = "physical", "肢体", "physical"
    INTELLECTUAL = "intellectual", "智力", "intellectual"
    MENTAL = "mental", "精神", "mental"
    MULTIPLE = "multiple", "多重", "multiple"


class DisabilityGrade(Code):
    """Grade on the disability certificate 残疾等级; grade 1 is the most severe."""

    NONE = "none", "无", "none"
    FIRST = "1", "一级", "grade 1"
    SECOND = "2", "二级", "grade 2"
    THIRD = "3", "三级", "grade 3"
    FOURTH = "4", "四级", "grade 4"


class SchoolStage(Code):
    """Stage of schooling 就学情况."""

    NOT_YET = "not_yet", "未入园", "not yet in kindergarten"
    KINDERGARTEN = "kindergarten", "幼儿园", "kindergarten"
    PRIMARY = "primary", "小学", "primary school"
    JUNIOR_MIDDLE = "junior_middle", "初中", "junior middle school"
    SENIOR_HIGH = "senior_high", "普通高中", "general senior high school"
    SECONDARY_VOCATIONAL = "secondary_vocational", "中职", "secondary vocational school"
    HIGHER_VOCATIONAL = "higher_vocational", "高职", "higher vocational college"
    UNDERGRADUATE = "undergraduate", "本科", "undergraduate"
    MASTER = "master", "硕士", "master's programme"
    DROPPED_OUT = "dropped_out", "辍学", "dropped out"
    NOT_IN_SCHOOL = "not_in_school", "不在学", "not in school"


class CareKind(Code):
    """Care arrangement 养育方式."""

    PARENTAL = "parental", "父母抚养", "parental care"
    KINSHIP = "kinship", "亲属抚养", "kinship care"
    FOSTER = "foster", "家庭寄养", "foster care"
    RESIDENTIAL = "residential", "机构养育", "residential care"
    SCATTERED = "scattered", "社会散居", "living in the community"
    ADOPTIVE = "adoptive", "收养", "adoptive care"
    INDEPENDENT = "independent", "独自生活", "independent living"
    CHILD_HEADED = "child_headed", "儿童当家", "child-headed household"


class ParentKind(Code):
    """How somebody is the child's legal parent 法律上的父母."""

    BIRTH = "birth", "生父母", "by birth"
    ADOPTIVE = "adoptive", "养父母", "by adoption"
    NONE = "none", "无（如单身收养）", "none (as in a single adoption)"


class SituationKind(Code):
    """A legal situation of a parent 父母状况. A parent in none of them has an empty list."""

    DEAD = "dead", "死亡", "dead"
    DECLARED_DEAD = "declared_dead", "宣告死亡", "declared dead by a court"
    DECLARED_MISSING = "declared_missing", "宣告失踪", "declared missing by a court"
    LOST_CONTACT = "lost_contact", "失联", "contact lost"
    IMPRISONED = "imprisoned", "服刑在押", "serving a sentence in custody"
    COMPULSORY_DETOX = "compulsory_detox", "强制隔离戒毒", "in compulsory detoxification"
    OTHER_RESTRICTION = "other_restriction", "被执行其他限制人身自由的措施", "under another restriction of liberty"
    GUARDIANSHIP_REVOKED = "guardianship_revoked", "被撤销监护资格", "guardianship revoked by a court"
    DEPORTED = "deported", "被遣送（驱逐）出境", "deported"
    AWAY_FOR_WORK = "away_for_work", "外出务工", "away for work"


class GuardianRelation(Code):
    """What the guardian or caregiver is to the child 与儿童关系."""

    PARENT = "parent", "父母", "parent"
    PATERNAL_GRANDPARENT = "paternal_grandparent", "祖父母", "paternal grandparent"
    MATERNAL_GRANDPARENT = "maternal_grandparent", "外祖父母", "maternal grandparent"
    SIBLING = "sibling", "兄姐", "elder brother or sister"
    OTHER_RELATIVE = "other_relative", "其他亲属", "other relative"
    NON_RELATIVE = "non_relative", "非亲属", "not a relative"
    COMMITTEE = "committee", "村（居）委会", "village or residents' committee"
    CIVIL_AFFAIRS = "civil_affairs", "民政部门", "civil affairs department"
    INSTITUTION = "institution", "儿童福利机构", "child welfare institution"


class GuardianshipQuality(Code):
    """Guardianship as assessed on a visit 监护情况评估."""

    GOOD = "good", "较好", "good"
    FAIR = "fair", "一般", "fair"
    POOR = "poor", "差", "poor"
    ABSENT = "absent", "无人监护", "absent (nobody looks after the child)"


class UnfitGround(Code):
    """Why somebody may not be entrusted with a child 受托人不宜情形 (未成年人保护法 art. 22)."""

    SEXUAL_ASSAULT = "sexual_assault", "曾实施性侵害", "past sexual assault"
    ABUSE = "abuse", "曾实施虐待", "past abuse"
    ABANDONMENT = "abandonment", "曾实施遗弃", "past abandonment"
    TRAFFICKING = "trafficking", "曾实施拐卖", "past trafficking"
    VIOLENCE = "violence", "曾实施暴力伤害", "past violence"
    DRUGS = "drugs", "吸毒", "drug habit"
    ALCOHOL = "alcohol", "酗酒", "alcohol habit"
    GAMBLING = "gambling", "赌博", "gambling habit"
    DUTY_REFUSED = "duty_refused", "曾拒不履行或怠于履行监护职责", "past refusal or neglect of guardianship"
    OTHER = "other", "其他不适宜情形", "otherwise unfit"


class StateGuardianshipGround(Code):
    """Grounds on which the state takes guardianship 国家监护事由 (未成年人保护法 arts. 92 and 94)."""

    IDENTITY_UNKNOWN = (
        "identity_unknown",
        "流浪乞讨或身份不明，暂时查找不到监护人",
        "on the street or of unknown identity",
    )
    GUARDIAN_MISSING = (
        "guardian_missing",
        "监护人下落不明且无其他人可担任监护人",
        "guardian missing and nobody else can act",
    )
    GUARDIAN_UNABLE = (
        "guardian_unable",
        "监护人因自身客观原因或灾害等不能履职",
        "guardian unable for own reasons or a disaster",
    )
    GUARDIAN_REFUSES = (
        "guardian_refuses",
        "监护人拒绝或怠于履职，导致无人照料",
        "guardian refuses or neglects, child unattended",
    )
    INSTIGATES_OFFENCES = "instigates_offences", "监护人教唆、利用其违法犯罪", "guardian instigates offences"
    SERIOUS_DANGER = "serious_danger", "受监护人严重伤害或面临人身安全威胁", "serious harm or danger from the guardian"
    PARENTS_NOT_FOUND = "parents_not_found", "查找不到父母或其他监护人（长期）", "parents cannot be found (long-term)"
    GUARDIAN_DEAD = "guardian_dead", "监护人死亡且无其他人可担任（长期）", "guardian dead and nobody else (long-term)"
    CAPACITY_LOST = (
        "capacity_lost",
        "监护人丧失监护能力且无其他人可担任（长期）",
        "guardian lost capacity and nobody else (long-term)",
    )
    COURT_APPOINTED = "court_appointed", "法院指定民政部门担任（长期）", "court appoints civil affairs (long-term)"


class HarmLevel(Code):
    """How sure a harm is 遭受侵害情形. Both levels raise the duty to report."""

    SUSPECTED = "suspected", "疑似", "suspected"
    CONFIRMED = "confirmed", "确认", "confirmed"


class HarmKind(Code):
    """What a child suffered 侵害类型."""

    VIOLENCE = "violence", "暴力", "violence"
    SEXUAL_ASSAULT = "sexual_assault", "性侵害", "sexual assault"
    ABUSE = "abuse", "虐待", "abuse"
    NEGLECT = "neglect", "忽视", "neglect"
    ABANDONMENT = "abandonment", "遗弃", "abandonment"
    TRAFFICKING = "trafficking", "拐卖", "trafficking"
    OTHER = "other", "其他", "other"


class RiskKind(Code):
    """A risk that somebody should look at 风险 (a matter for people, never a score)."""

    SELF_HARM = "self_harm", "自伤倾向", "self-harm"
    DROPPING_OUT = "dropping_out", "失学辍学", "dropping out of school"
    UNSAFE_HOME = "unsafe_home", "居住安全", "unsafe home"
    UNATTENDED = "unattended", "无人看护", "unattended"
    OTHER = "other", "其他", "other"


class AidStatus(Code):
    """Aid for which a household is recognised 家庭救助类型. A household with none has an empty list."""

    DIBAO = "dibao", "低保", "subsistence allowance (dibao)"
    TEKUN = "tekun", "特困", "extremely poor (tekun)"
    DIBAO_MARGINAL = "dibao_marginal", "低保边缘", "dibao-marginal"
    RIGID_EXPENDITURE = "rigid_expenditure", "刚性支出困难", "rigid expenditure"
    FORMERLY_POOR = "formerly_poor", "脱贫户", "lifted out of poverty"


class MemberRelation(Code):
    """What a household member is to the child 与儿童关系."""

    CHILD = "child", "本人", "the child"
    FATHER = "father", "父亲", "father"
    MOTHER = "mother", "母亲", "mother"
    STEP_PARENT = "step_parent", "继父母", "step-parent"
    SIBLING = "sibling", "兄弟姐妹", "sibling"
    GRANDPARENT = "grandparent", "（外）祖父母", "grandparent"
    OTHER_RELATIVE = "other_relative", "其他亲属", "other relative"
    OTHER = "other", "其他", "other"


class IncomeKind(Code):
    """Kind of income 收入类型."""

    WAGES = "wages", "工资性收入", "wages"
    BUSINESS = "business", "经营净收入", "business"
    PROPERTY = "property", "财产净收入", "property"
    TRANSFER = "transfer", "转移净收入", "transfers"
    SUPPORT = "support", "赡（抚、扶）养费", "support from relatives"
    BENEFIT = "benefit", "救助补贴", "benefits"


class Frequency(Code):
    """How often something is paid 发放周期."""

    ONCE = "once", "一次性", "once"
    MONTH = "month", "每月", "a month"
    QUARTER = "quarter", "每季", "a quarter"
    SCHOOL_YEAR = "school_year", "每学年", "a school year"
    YEAR = "year", "每年", "a year"


class PaymentCode(Code):
    """National payment code 资金发放类型."""

    SCATTERED_ORPHAN = "201", "社会散居孤儿", "orphan in the community"
    INSTITUTION_ORPHAN = "202", "福利机构养育孤弃儿童", "orphan or abandoned child in an institution"
    INSTITUTION_CARED = "199", "福利机构代养困境儿童", "child in difficulty cared for in an institution"
    PRIVATE_INSTITUTION = "203", "民间机构养育孤弃儿童", "orphan or abandoned child in a private institution"
    HIV_INFECTED = "300", "艾滋病病毒感染儿童", "child infected with HIV"
    UNATTENDED_SCATTERED = "120", "社会散居事实无人抚养儿童", "de facto unattended child in the community"
    UNATTENDED_INSTITUTION = "121", "集中供养事实无人抚养儿童", "de facto unattended child in an institution"
    ORPHAN_STUDY = "205", "孤儿助学工程", "orphan study grant"
    OTHER = "999", "其他", "other"


class Scheme(Code):
    """The scheme that the child's side chose where only one may be had 选择的保障."""

    CHILD = "child", "孤儿或事实无人抚养儿童保障", "orphan or de facto unattended child"
    TEKUN = "tekun", "特困人员供养", "extremely poor person (tekun)"


class Document(Code):
    """A paper that proves a fact 证明材料."""

    APPLICATION = "application", "申请表", "application form"
    HUKOU_BOOK = "hukou_book", "户口簿", "household registration book"
    ID_CARD = "id_card", "身份证", "identity card"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明", "birth certificate"
    MARRIAGE_CERTIFICATE = "marriage_certificate", "结婚证", "marriage certificate"
    DEATH_PROOF = "death_proof", "死亡证明", "proof of death"
    COURT_DECLARATION = "court_declaration", "宣告失踪（死亡）判决书", "court declaration of missing or death"
    NOT_FOUND_PROOF = (
        "not_found_proof",
        "公安机关查找不到生父母的证明",
        "police proof that the birth parents cannot be found",
    )
    JUDGMENT = "judgment", "判决书、裁定书或执行通知", "judgment, ruling or enforcement notice"
    DETOX_NOTICE = "detox_notice", "强制隔离戒毒决定书", "decision on compulsory detoxification"
    LOST_CONTACT_PROOF = "lost_contact_proof", "失联查找材料", "material on the search for a parent out of contact"
    DEPORTATION_PROOF = "deportation_proof", "出境证明", "proof of deportation"
    DISABILITY_CARD = "disability_card", "残疾人证", "disability certificate"
    MEDICAL_PROOF = "medical_proof", "医疗诊断证明", "medical certificate"
    GUARDIAN_PROOF = "guardian_proof", "监护人资格证明", "proof of guardianship"
    CARE_AGREEMENT = "care_agreement", "养育协议", "care agreement"
    ENTRUSTMENT = "entrustment", "委托照护协议", "agreement entrusting care"
    SCHOOL_CERTIFICATE = "school_certificate", "在学证明", "school certificate"
    INCOME_PROOF = "income_proof", "家庭经济状况核对报告", "report on the household's means"
    BANK_CARD = "bank_card", "银行卡", "bank card"
    RESIDENCE_PERMIT = "residence_permit", "居住证", "residence permit"
    PHOTO = "photo", "照片", "photograph"


class ConsentScope(Code):
    """What a consent allows 同意事项."""

    COLLECT = "collect", "收集", "to collect"
    USE = "use", "使用", "to use"
    SHARE = "share", "共享", "to share"
    PUBLISH = "publish", "公开", "to publish"


class ConsentGiver(Code):
    """Who gave a consent 同意人."""

    CHILD = "child", "儿童本人", "the child"
    GUARDIAN = "guardian", "监护人", "the guardian"


class Department(Code):
    """A department that keeps a list of children 部门."""

    CIVIL_AFFAIRS = "civil_affairs", "民政", "civil affairs"
    EDUCATION = "education", "教育", "education"
    PUBLIC_SECURITY = "public_security", "公安", "public security"
    DISABLED_FEDERATION = "disabled_federation", "残联", "disabled persons' federation"
    WOMENS_FEDERATION = "womens_federation", "妇联", "women's federation"
    HEALTH = "health", "卫健", "health"
    OTHER = "other", "其他部门", "another department"


class ClosingReason(Code):
    """Why a case file is closed 退出原因: as the forms for leaving a scheme list it, and as the schemes end."""

    PARENT_RELEASED = "parent_released", "父（母）刑满释放", "a parent was released from prison"
    DETOX_COMPLETED = "detox_completed", "父（母）戒毒成功", "a parent completed detoxification"
    PARENT_FOUND = "parent_found", "找回父（母）", "a parent was found"
    DEATH = "death", "儿童死亡", "the child died"
    ADOPTED = "adopted", "被收养", "the child was adopted"
    REACHED_18 = "reached_18", "年满18周岁", "the child reached 18"
    CERTIFICATE_EXPIRED = "certificate_expired", "残疾证到期", "a disability certificate expired"
    OTHER = "other", "其他", "another reason"
