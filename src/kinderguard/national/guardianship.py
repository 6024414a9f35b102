"""Care that is missing or unfit: 未成年人保护法 arts. 21, 22, 92 and 94; children on the street 流浪儿童."""

from kinderguard.model.codes import CareKind, GuardianRelation, GuardianshipQuality
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.terms import UNDER_16, UNDER_18
from kinderguard.rules import BoolExpr, Category, child, guardians, named, when
from kinderguard.rules.facts import GuardianFacts

_NOT_ENTRUSTED = (
    GuardianRelation.PARENT, GuardianRelation.COMMITTEE, GuardianRelation.CIVIL_AFFAIRS, GuardianRelation.INSTITUTION,
)  # fmt: skip


def is_entrusted(guardian: GuardianFacts) -> BoolExpr:
    """Entrusted by the parents: as recorded; a parent, a committee or an institution is not."""
    return guardian.entrusted & (guardian.entrusted.is_known() | ~guardian.relation.is_in(*_NOT_ENTRUSTED))


def is_no_capable_adult(guardian: GuardianFacts) -> BoolExpr:
    """Recorded as unable to care, or as under 18; what is not recorded is not asked for."""
    unable = ~guardian.capable & guardian.capable.is_known()
    minor = (guardian.age < 18) & (guardian.age < 18).is_known()
    return named(
        "no_capable_adult", unable | minor, zh="无照护能力或未成年", en="that person is unable to care, or a minor"
    )


_UNFIT = guardians.any(lambda g: is_entrusted(g) & (~g.unfit_grounds.is_empty() | is_no_capable_adult(g)))
UNFIT_CAREGIVER = Category(
    code="cn.unfit_caregiver",
    title=Text("受托人不宜的儿童", "Child entrusted to an unfit caregiver"),
    when=UNDER_18
    & named(
        "unfit_caregiver",
        _UNFIT & (_UNFIT.is_known() | ~child.care.kind.is_in(CareKind.PARENTAL, CareKind.ADOPTIVE, CareKind.RESIDENTIAL)),
        zh="受托人有法律禁止的情形，或者不是有照护能力的成年人",
        en="the child is entrusted to somebody whom the law does not allow, or who is no capable adult",
    ),
    cites=(s.minors_law("22"),),
    note=Text(
        "须委托有照护能力的成年人：记为无照护能力或未成年的，不宜受托；未记录的不追问。"
        "由父母、养父母或机构照料而未记录受托人的，视为没有委托。",
        "A capable adult is to be entrusted: somebody recorded as unable to care, or as a minor, is unfit; where neither is "
        "recorded, nobody is asked. Where parents or an institution care for the child and no caregiver is recorded, "
        "nobody was entrusted.",
    ),
)  # fmt: skip

_ALONE = named(
    "lives_alone",
    when(child.care.alone_overnight.is_known(), child.care.alone_overnight).otherwise(
        child.care.kind.is_in(CareKind.INDEPENDENT, CareKind.CHILD_HEADED)
    ),
    zh="脱离监护单独生活", en="the child lives alone without supervision",
)  # fmt: skip
_NOBODY = named(
    "nobody_looks_after",
    child.care.quality == GuardianshipQuality.ABSENT,
    zh="无人监护",
    en="nobody looks after the child",
)
_NEEDS_CARE = named(
    "needs_special_care", (child.age < 8) | child.disability.needs_long_term_care,
    zh="未满8周岁或需要特别照顾", en="the child is under 8 or needs special care",
)  # fmt: skip

LEFT_UNATTENDED = Category(
    code="cn.left_unattended",
    title=Text("无人看护儿童", "Child left unattended"),
    when=UNDER_18 & (_NEEDS_CARE | UNDER_16) & (_ALONE | _NOBODY),
    cites=(s.minors_law("21"),),
    note=Text(
        "未满8周岁或需特别照顾的不得无人看护；未满16周岁的不得脱离监护单独生活。",
        "A child under 8, or who needs special care, may not be left unattended; one under 16 may not live alone unsupervised.",
    ),
)

_GROUNDS = ~child.state_guardianship.is_empty()
STATE_GUARDIANSHIP = Category(
    code="cn.state_guardianship",
    title=Text("应由国家监护的儿童", "Child for state guardianship"),
    when=UNDER_18
    & named(
        "state_guardianship",
        _GROUNDS
        & (_GROUNDS.is_known() | ~child.care.quality.is_in(GuardianshipQuality.GOOD, GuardianshipQuality.FAIR)),
        zh="有民政部门临时或长期监护的法定事由", en="there is a legal ground for civil affairs to take guardianship",
    ),
    cites=(s.minors_law("92"), s.minors_law("94")),
    note=Text(
        "未记录事由而监护评估为较好或一般的，视为没有。",
        "Where no ground is recorded, guardianship assessed as good or fair says that there is none.",
    ),
)  # fmt: skip

STREET_CHILD = Category(
    code="cn.street_child",
    title=Text("流浪儿童", "Street child"),
    when=UNDER_18 & child.living_on_street,
    cites=(s.minors_law("92"), s.EARLIER_MINISTRY_LIST),
)

CATEGORIES = (UNFIT_CAREGIVER, LEFT_UNATTENDED, STATE_GUARDIANSHIP, STREET_CHILD)
POLICIES = ()
