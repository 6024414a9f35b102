"""People: the child, the parents, the guardians, and what is known about each.

Read by the rule language field by field; `None` is unknown everywhere.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import field_validator, model_validator

from kinderguard.model.codes import (
    CareKind,
    DisabilityGrade,
    DisabilityKind,
    GuardianRelation,
    GuardianshipQuality,
    HarmKind,
    HarmLevel,
    HealthStatus,
    ParentKind,
    RegistrationKind,
    RiskKind,
    Scheme,
    SchoolStage,
    Sex,
    SituationKind,
    StateGuardianshipGround,
    UnfitGround,
)
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import Yuan
from kinderguard.model.patterns import BLANK
from kinderguard.model.personal import Personal
from kinderguard.model.places import DivisionCode
from kinderguard.model.record import PastDate, Record, Whole, Words, fact
from kinderguard.model.resident_id import read_resident_id

#: As a schema can say it; blanks around it are taken off.
_RESIDENT_ID = f"^[{BLANK}]*[0-9]{{17}}[0-9Xx][{BLANK}]*$"
#: No term is longer: what is, is a mistake of typing.
MOST_MONTHS = 10**9


class Disability(Record):
    """Disability as the certificate states it 残疾."""

    kind: DisabilityKind | None = fact("残疾类别", "disability kind")
    components: tuple[DisabilityKind, ...] | None = fact("多重残疾所含类别", "multiple disability")
    grade: DisabilityGrade | None = fact("残疾等级", "disability grade")
    valid_until: PartialDate | None = fact("残疾证到期日", "disability certificate expiry date")
    autism: bool | None = fact(
        "孤独症",
        "diagnosed autism",
        yes=("患有孤独症", "is diagnosed with autism"),
        no=("未患孤独症", "is not diagnosed with autism"),
    )
    needs_long_term_care: bool | None = fact(
        "需要长期照护",
        "needs long-term care",
        yes=("需要长期照护", "needs long-term care"),
        no=("不需要长期照护", "does not need long-term care"),
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Disability":
        if (self.kind, self.grade).count("none") == 1 and None not in (self.kind, self.grade):
            raise FieldValueError(
                "残疾类别与等级矛盾：一项为“无”，另一项不是",
                "disability kind and grade contradict: only one of them is 'none'",
            )
        return self


class Illness(Record):
    """Illness 患病."""

    serious: bool | None = fact(
        "重病",
        "serious illness recognised by the county",
        yes=("患有重病", "is seriously ill as recognised by the county"),
        no=("未患重病", "is not seriously ill as recognised by the county"),
    )
    name: Personal | None = fact("病种", "name of the illness")
    hiv: bool | None = fact(
        "感染艾滋病病毒",
        "infected with HIV",
        yes=("感染艾滋病病毒", "is infected with HIV"),
        no=("未感染艾滋病病毒", "is not infected with HIV"),
    )


class Registration(Record):
    """Household registration 户籍."""

    division: DivisionCode | None = fact("户籍地行政区划代码", "division of household registration")
    kind: RegistrationKind | None = fact("户籍性质", "kind of household registration")
    address: Personal | None = fact("户籍地址", "registered address")


class Residence(Record):
    """Where somebody lives 现居住地."""

    division: DivisionCode | None = fact("现居住地行政区划代码", "division of residence")
    since: PastDate | None = fact("居住起始日期", "date of moving in")
    permit: bool | None = fact(
        "持居住证",
        "holds a residence permit",
        yes=("持有居住证", "holds a residence permit"),
        no=("未持有居住证", "does not hold a residence permit"),
    )
    address: Personal | None = fact("现居住地", "address")


class Schooling(Record):
    """Schooling 就学."""

    stage: SchoolStage | None = fact("就学情况", "school stage")
    boarding: bool | None = fact(
        "是否寄宿", "boarding at school", yes=("寄宿", "boards at school"), no=("不寄宿", "does not board at school")
    )
    full_time: bool | None = fact(
        "全日制", "full-time", yes=("全日制就读", "studies full-time"), no=("非全日制就读", "does not study full-time")
    )
    continuous_since_18: bool | None = fact(
        "年满18周岁后连续就读",
        "continuously enrolled since the 18th birthday",
        yes=("年满18周岁后连续就读", "has been enrolled continuously since the 18th birthday"),
        no=("年满18周岁后未连续就读", "has not been enrolled continuously since the 18th birthday"),
        whether="年满18周岁后是否连续就读",
    )


class Care(Record):
    """Who cares for the child, and how well 照护."""

    kind: CareKind | None = fact("养育方式", "care arrangement")
    quality: GuardianshipQuality | None = fact("监护情况评估", "guardianship as assessed")
    last_visit: PastDate | None = fact("最近走访日期", "last visit")
    alone_overnight: bool | None = fact(
        "脱离监护单独居住",
        "lives alone without supervision",
        yes=("脱离监护单独居住", "lives alone without supervision"),
        no=("未脱离监护单独居住", "does not live alone without supervision"),
    )


class Situation(Record):
    """One legal situation of a parent, from when until when 父母状况.

    It holds on ``until`` itself. Where no end is known, ``ongoing`` says whether it still holds.
    """

    kind: SituationKind | None = fact("状况", "situation")
    since: PastDate | None = fact("起始日期", "first day")
    until: PartialDate | None = fact("截止日期", "last day")
    ongoing: bool | None = fact(
        "仍在持续", "still holds", yes=("仍在持续", "still holds"), no=("已经终止", "no longer holds")
    )
    term_months: Whole | None = fact(
        "期限（月）", "stated term", unit="months", schema={"minimum": 0, "maximum": MOST_MONTHS}
    )

    @model_validator(mode="after")
    def _consistent(self) -> "Situation":
        if self.since and self.until and self.until.latest < self.since.earliest:
            raise FieldValueError("截止日期早于起始日期", "the end lies before the beginning")
        return self

    @field_validator("term_months")
    @classmethod
    def _not_negative(cls, months: int | None) -> int | None:
        if months is not None and months < 0:
            raise FieldValueError("期限不能为负", "a term cannot be negative")
        if months is not None and months > MOST_MONTHS:
            raise FieldValueError("期限过长；请核对", "a term is beyond any plausible one; check it")
        return months


class Person(Record):
    """Anybody in a case. A resident ID fills in the birth date and the sex where those are unknown."""

    name: Personal | None = fact("姓名", "name")
    resident_id: Personal | None = fact("身份证号", "resident ID", schema={"pattern": _RESIDENT_ID})
    telephone: Personal | None = fact("电话", "telephone")
    sex: Sex | None = fact("性别", "sex")
    birth_date: PastDate | None = fact("出生日期", "birth date")
    disability: Disability = fact("残疾", "disability", default=Disability())
    illness: Illness = fact("患病", "illness", default=Illness())

    @field_validator("resident_id")
    @classmethod
    def _valid_id(cls, number: Personal | None) -> Personal | None:
        """Refuse a wrong ID; write a small x as X, so that one person's numbers are equal."""
        if number is None:
            return None
        read_resident_id(number.reveal())
        return Personal(number.reveal().upper())

    @model_validator(mode="before")
    @classmethod
    def _from_resident_id(cls, data: Any) -> Any:
        """Fill in what the ID says of an unknown birth date and sex."""
        number = data.get("resident_id") if isinstance(data, Mapping) else None
        try:
            said = read_resident_id(number.reveal() if isinstance(number, Personal) else str(number))
        except FieldValueError:
            return data  # no ID, or a wrong one, which the field itself refuses
        filled = {"birth_date": said.birth_date, "sex": said.sex}
        return {**data, **{name: value for name, value in filled.items() if data.get(name) is None}}

    @model_validator(mode="after")
    def _agrees_with_id(self) -> Self:
        if self.resident_id is not None:
            said = read_resident_id(self.resident_id.reveal())
            born = self.birth_date
            if born and not born.earliest <= said.birth_date <= born.latest:
                raise FieldValueError("身份证号与出生日期矛盾", "the resident ID contradicts the birth date")
            if self.sex is not said.sex:
                raise FieldValueError("身份证号与性别矛盾", "the resident ID contradicts the sex")
        return self


class Harm(Record):
    """A harm suffered or suspected 遭受侵害. An empty list says that none was found."""

    level: HarmLevel | None = fact("确认程度", "degree of certainty")
    kind: HarmKind | None = fact("侵害类型", "kind of harm")
    on: PastDate | None = fact("发现日期", "date found")
    reported: bool | None = fact(
        "已报告",
        "reported to the authorities",
        yes=("已经报告", "is reported to the authorities"),
        no=("尚未报告", "is not reported to the authorities"),
    )


class Risk(Record):
    """A risk that somebody should look at 风险. For people to act on; never a score."""

    kind: RiskKind | None = fact("风险类型", "kind of risk")
    on: PastDate | None = fact("发现日期", "date found")
    resolved: bool | None = fact(
        "已化解", "resolved", yes=("已经化解", "is resolved"), no=("尚未化解", "is not resolved")
    )


class Child(Person):
    """The child whose case it is 儿童."""

    ethnic_group: Words | None = fact("民族", "ethnic group")
    health: HealthStatus | None = fact("身体状况", "physical condition")
    registration: Registration = fact("户籍", "household registration", default=Registration())
    residence: Residence = fact("居住", "residence", default=Residence())
    schooling: Schooling = fact("就学", "schooling", default=Schooling())
    care: Care = fact("照护", "care", default=Care())
    adopted: bool | None = fact(
        "是否被收养", "adopted", yes=("被收养", "is adopted"), no=("未被收养", "is not adopted")
    )
    birth_parents_not_found: bool | None = fact(
        "查找不到生父母",
        "birth parents cannot be found",
        yes=("查找不到生父母", "has birth parents who cannot be found"),
        no=("能查找到生父母", "has birth parents who can be found"),
    )
    orphan_since: PastDate | None = fact("孤儿身份认定日期", "date of recognition as an orphan")
    own_labour_income: bool | None = fact(
        "以自己的劳动收入为主要生活来源",
        "lives mainly on own labour income",
        yes=("以自己的劳动收入为主要生活来源", "lives mainly on own labour income"),
        no=("不以自己的劳动收入为主要生活来源", "does not live mainly on own labour income"),
    )
    individual_dibao: bool | None = fact(
        "单人保",
        "one-person dibao",
        yes=("按单人户享受低保", "is on dibao as a one-person household"),
        no=("未按单人户享受低保", "is not on dibao as a one-person household"),
    )
    living_on_street: bool | None = fact(
        "流浪",
        "living on the street",
        yes=("处于流浪状态", "lives on the street"),
        no=("未处于流浪状态", "does not live on the street"),
    )
    chosen_scheme: Scheme | None = fact("选择的保障", "chosen scheme")
    state_guardianship: tuple[StateGuardianshipGround, ...] | None = fact(
        "国家监护事由", "grounds of state guardianship"
    )
    harms: tuple[Harm, ...] | None = fact("遭受侵害情形", "harms suffered or suspected")
    risks: tuple[Risk, ...] | None = fact("风险", "risks")
    child_director: Personal | None = fact("儿童主任", "village child director")
    note: Personal | None = fact("备注", "note")

    @property
    def lives_in_another_county(self) -> bool | None:
        """Whether the county of residence differs from that of registration; unknown where either is."""
        home, here = self.registration.division, self.residence.division
        if home is None or here is None or min(len(home), len(here)) < 6:
            return None
        return home[:6] != here[:6]


class Parent(Person):
    """A legal parent 父母: a birth parent, or the adoptive parent who replaced one (民法典 art. 1111)."""

    kind: ParentKind | None = fact("父母类别", "legal parentage")
    situations: tuple[Situation, ...] | None = fact("状况", "situations")
    supports_child: bool | None = fact(
        "是否履行抚养义务",
        "supports or brings up the child",
        yes=("履行抚养义务", "supports or brings up the child"),
        no=("不履行抚养义务", "does not support or bring up the child"),
    )
    can_act_as_guardian: bool | None = fact(
        "监护能力",
        "able to act as guardian",
        yes=("有监护能力", "is able to act as guardian"),
        no=("无监护能力", "is not able to act as guardian"),
    )
    foreign: bool | None = fact(
        "外国籍或无国籍",
        "foreign or stateless",
        yes=("为外国籍或无国籍", "is foreign or stateless"),
        no=("为中国籍", "is a Chinese national"),
    )


class Guardian(Person):
    """Somebody who looks after the child in fact or in law 监护人、受托人."""

    relation: GuardianRelation | None = fact("与儿童关系", "relation to the child")
    entrusted: bool | None = fact(
        "受父母委托照护",
        "entrusted by the parents",
        yes=("受父母委托照护", "is entrusted by the parents"),
        no=("未受父母委托照护", "is not entrusted by the parents"),
    )
    capable: bool | None = fact(
        "有照护能力", "able to care", yes=("有照护能力", "is able to care"), no=("无照护能力", "is not able to care")
    )
    unfit_grounds: tuple[UnfitGround, ...] | None = fact("不宜情形", "grounds of unfitness")
    monthly_income: Yuan | None = fact("月收入", "monthly income")
