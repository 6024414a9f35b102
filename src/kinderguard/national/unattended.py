"""De facto unattended children 事实无人抚养儿童 and their allowance. 民发〔2019〕62号, 民发〔2020〕125号.

Both parents in L, or one in D and the other in L: D is death or being declared missing; L are the eight conditions
below, each as its rule defines it. Both in D is an orphan.
"""

from kinderguard.model.codes import AidStatus, Document, SituationKind
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.dibao import DRAWS_ALONE
from kinderguard.national.terms import (
    ADULT_IN_SCHOOL,
    SCATTERED,
    UNDER_18,
    is_gone,
    is_severe,
)
from kinderguard.rules import (
    DOWN,
    MONTH,
    BoolExpr,
    Category,
    Policy,
    any_of,
    child,
    household,
    named,
    param,
    parents,
    tops_up,
    when,
    yuan,
)
from kinderguard.rules.facts import ParentFacts

_TERM = param.number("cn.unattended.term_months", "months")
_SILENCE = param.number("cn.unattended.lost_contact_months", "months")


def is_confined(parent: ParentFacts) -> BoolExpr:
    """In prison, in compulsory detoxification, or under another restriction of liberty, for a term of six months or more."""
    kinds = (SituationKind.IMPRISONED, SituationKind.COMPULSORY_DETOX, SituationKind.OTHER_RESTRICTION)
    confined = parent.situations.current().any(lambda x: x.kind.is_in(*kinds) & (x.term >= _TERM))
    return named(
        "confined", confined,
        zh=f"{parent.who.zh}服刑在押、强制隔离戒毒或被执行其他限制人身自由的措施，期限6个月以上",
        en=f"{parent.who.en} is in prison, detoxification or otherwise confined for a term of six months or more",
    )  # fmt: skip


def is_out_of_contact(parent: ParentFacts) -> BoolExpr:
    """失联: contact lost for six months or more, and no support given. Both limbs are needed."""
    silent = parent.situations.current().any(
        lambda x: (x.kind == SituationKind.LOST_CONTACT) & (x.months_so_far >= _SILENCE)
    )
    return named(
        "out_of_contact", silent & ~parent.supports_child,
        zh=f"{parent.who.zh}失联且未履行抚养义务6个月以上", en=f"{parent.who.en} has been out of contact and given no support for six months or more",
    )  # fmt: skip


def is_deported(parent: ParentFacts) -> BoolExpr:
    """Deported and not supporting. Only a foreigner can be deported, so nothing need be recorded of nationality."""
    foreign = when(parent.foreign.is_known(), parent.foreign).otherwise(True)
    deported = parent.is_in_situation(SituationKind.DEPORTED) & foreign & ~parent.supports_child
    return named(
        "deported",
        deported,
        zh=f"{parent.who.zh}被遣送（驱逐）出境且未履行抚养义务",
        en=f"{parent.who.en} is deported and gives no support",
    )


def _grounds(parent: ParentFacts) -> BoolExpr:
    """Any of the eight conditions."""
    revoked = parent.is_in_situation(SituationKind.GUARDIANSHIP_REVOKED)
    return any_of(
        is_severe(parent.disability), parent.illness.serious, is_confined(parent), is_out_of_contact(parent), revoked,
        is_deported(parent),
    )  # fmt: skip


def is_unable(parent: ParentFacts) -> BoolExpr:
    """Set L: alive and in one of the eight conditions."""
    return named(
        "unable",
        ~is_gone(parent) & _grounds(parent),
        zh=f"{parent.who.zh}符合无力履行抚养义务的八种情形之一",
        en=f"{parent.who.en} is in one of the eight conditions",
    )


def is_gone_or_unable(parent: ParentFacts) -> BoolExpr:
    """In D or in L. Where one of the eight conditions is known, it does not matter whether the parent is alive."""
    return named(
        "gone_or_unable", is_gone(parent) | _grounds(parent),
        zh=f"{parent.who.zh}死亡、被宣告失踪或符合八种情形之一", en=f"{parent.who.en} is dead, declared missing or in one of the eight conditions",
    )  # fmt: skip


NOBODY_CAN_RAISE = named(
    "nobody_can_raise", parents.all(is_gone_or_unable) & parents.any(is_unable),
    zh="父母双方均不能抚养，且至少一方属八种情形之一",
    en="neither parent can bring up the child, at least one of them by one of the eight conditions",
)  # fmt: skip

DE_FACTO_UNATTENDED = Category(
    code="cn.de_facto_unattended",
    title=Text("事实无人抚养儿童", "De facto unattended child"),
    when=UNDER_18 & NOBODY_CAN_RAISE,
    cites=(s.UNATTENDED_OPINION, s.UNATTENDED_NOTICE, s.UNATTENDED_SEVERE_DISABILITY),
    note=Text(
        "重病的范围由县定；残疾证过期不计。祖父母有无抚养能力不影响认定。"
        "62号自2020年1月1日起施行（未核实），撤销监护资格、遣送出境两种情形由2020年底的125号增加；本规则对更早的日期也照此评估。",
        "Which illnesses are serious is the county's to set; an expired disability certificate does not count. Whether "
        "grandparents could bring up the child does not matter. No. 62 is in force from 1 January 2020 (unverified); "
        "revoked guardianship and deportation were added by No. 125 at the end of 2020. Earlier days are assessed alike.",
    ),
)

_ON_DIBAO = household.aid.has(AidStatus.DIBAO)
_PER_HEAD = household.dibao_monthly.divided_by(household.size, to="0.01", rounding=DOWN)
#: What the child draws of the household's dibao: a head's share (rounded down to the fen), or its own as one person.
DIBAO_SHARE = named(
    "dibao_share",
    when(_ON_DIBAO, _PER_HEAD).otherwise(when(DRAWS_ALONE, household.dibao_monthly).otherwise(yuan(0))),
    zh="已享受的人均低保金", en="dibao drawn for the child",
)  # fmt: skip

_CONTINUES = named(
    "unattended_continues_in_school",
    param.flag("cn.unattended.continues_in_school") & ADULT_IN_SCHOOL & NOBODY_CAN_RAISE,
    zh="本地规定年满18周岁在校学生继续保障", en="the county goes on paying pupils after 18",
)  # fmt: skip

UNATTENDED_ALLOWANCE = Policy(
    code="cn.unattended_allowance",
    title=Text("事实无人抚养儿童基本生活补贴", "Allowance for de facto unattended children"),
    eligible=child.is_in(DE_FACTO_UNATTENDED) | _CONTINUES,
    amount=SCATTERED,
    every=MONTH,
    evidence=(
        Document.APPLICATION, Document.HUKOU_BOOK, Document.DISABILITY_CARD, Document.MEDICAL_PROOF, Document.JUDGMENT,
        Document.DETOX_NOTICE, Document.LOST_CONTACT_PROOF, Document.DEATH_PROOF, Document.COURT_DECLARATION,
        Document.DEPORTATION_PROOF,
    ),
    stacking=(
        tops_up(
            counting=(DIBAO_SHARE, "cn.tekun_support", "cn.disability_living_subsidy"),
            reason=Text(
                "已享受低保、特困或困难残疾人生活补贴的，补足差额（未核实）",
                "less dibao, tekun support and the living subsidy (unverified)",
            ),
        ),
    ),
    cites=(s.UNATTENDED_AMOUNT, s.UNATTENDED_STACKING),
    note=Text(
        "国家规定“与当地孤儿保障标准相衔接”（未核实），各地按散居孤儿标准发放。已领人均低保金向下取整到分，"
        "低保金或家庭人口未记录的，金额待定。"
        "乡镇（街道）查验、县级民政部门确认各不超过15个工作日，自确认次月起发放（未核实）。",
        "The national wording ties it to the orphan standard (unverified); counties pay the standard for orphans in the "
        "community. The head's share of dibao is rounded down to the fen; where the dibao drawn or the number of heads is not "
        "recorded, the amount is open. The township checks and the county confirms within 15 working days each; paid from "
        "the month after confirmation (unverified).",
    ),
)  # fmt: skip

CATEGORIES = (DE_FACTO_UNATTENDED,)
POLICIES = (UNATTENDED_ALLOWANCE,)
