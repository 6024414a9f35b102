"""Children whose families move: rural left-behind children 农村留守儿童 and migrant children 流动儿童. Services, no cash.

国发〔2016〕13号; 加强流动儿童关爱保护行动方案 (2024).
"""

from kinderguard.model.codes import CareKind, RegistrationKind, SituationKind
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.terms import UNDER_16, is_dead, is_gone, is_severe
from kinderguard.rules import DAY, BoolExpr, Category, child, named, param, parents, when
from kinderguard.rules.facts import ParentFacts


def is_away(parent: ParentFacts) -> BoolExpr:
    """Away for work. Nobody asks whether a dead parent still is."""
    return named(
        "away",
        ~is_dead(parent) & parent.is_in_situation(SituationKind.AWAY_FOR_WORK),
        zh=f"{parent.who.zh}外出务工",
        en=f"{parent.who.en} is away for work",
    )


def has_no_capacity(parent: ParentFacts) -> BoolExpr:
    """无监护能力: as recorded; where it is not, serious illness or severe disability shows it. Nobody asks it of the dead."""
    shown = (is_severe(parent.disability) | parent.illness.serious) & ~parent.can_act_as_guardian.is_known()
    return named(
        "no_capacity",
        ~parent.can_act_as_guardian | shown | is_gone(parent),
        zh=f"{parent.who.zh}无监护能力",
        en=f"{parent.who.en} cannot act as guardian",
    )


_SURVEY_DAY = param.day("cn.left_behind.reference_date")
_AGE = child.birth_date.age_on(when(_SURVEY_DAY.is_known(), _SURVEY_DAY).otherwise(DAY))

LEFT_BEHIND = Category(
    code="cn.left_behind",
    title=Text("农村留守儿童", "Rural left-behind child"),
    when=named("under_16_on_reference_date", _AGE < 16, zh="在基准日未满16周岁", en="the child is under 16 on the reference date")
    & (child.registration.kind == RegistrationKind.RURAL)
    & named(
        "parents_away",
        # That nobody is at home is also true of a child without legal parents; one of them has to be away.
        parents.all(lambda p: is_away(p) | has_no_capacity(p)) & parents.any(is_away),
        zh="父母双方外出务工，或一方外出务工另一方无监护能力",
        en="both parents are away for work, or one is and the other cannot act as guardian",
    ),
    cites=(s.LEFT_BEHIND_OPINION, s.LEFT_BEHIND_SURVEY),
    note=Text(
        "年龄按基准日计算，未规定基准日的按评估日。没有全国统一的外出时长。已死亡或被宣告失踪的一方视为无监护能力。",
        "The age counts on the reference date, or on the day of the assessment where none is set. There is no national "
        "minimum of time away. A parent who is dead or declared missing is taken as unable to act as guardian.",
    ),
)  # fmt: skip

_FOLLOWS = named(
    "follows_guardian",
    child.care.kind.is_in(CareKind.PARENTAL, CareKind.KINSHIP, CareKind.ADOPTIVE),
    zh="随父母或其他监护人生活", en="the child lives with parents or another guardian",
)  # fmt: skip

MIGRANT = Category(
    code="cn.migrant",
    title=Text("流动儿童", "Migrant child"),
    when=UNDER_16
    & named("other_county", child.lives_in_another_county, zh="跨县居住", en="the child lives in another county than that of registration")
    & named(
        "long_enough",
        child.residence.since.months_until(DAY) >= param.number("cn.migrant.months", "months"),
        zh="居住6个月以上", en="the child has lived there for six months or more",
    )
    & _FOLLOWS,
    cites=(s.MIGRANT_ACTION,),
    note=Text("享受当地服务清单，无现金补贴。", "Gives a claim to the local list of services; no cash."),
)  # fmt: skip

CATEGORIES = (LEFT_BEHIND, MIGRANT)
POLICIES = ()
