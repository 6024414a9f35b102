"""Orphans 孤儿 and their basic living allowance 孤儿基本生活费. 国办发〔2010〕54号, 民发〔2010〕161号."""

from kinderguard.model.codes import CareKind, Document, Scheme
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.health import HIV_AFFECTED
from kinderguard.national.terms import (
    ADULT_IN_SCHOOL,
    IN_INSTITUTION,
    INSTITUTION,
    RECOGNISED_BEFORE_18,
    SCATTERED,
    UNDER_18,
    WITHOUT_PARENTS,
)
from kinderguard.rules import MONTH, Category, Policy, child, excludes, named, param, when

ORPHAN = Category(
    code="cn.orphan",
    title=Text("孤儿", "Orphan"),
    when=UNDER_18 & WITHOUT_PARENTS,
    cites=(s.ORPHAN_OPINION, s.DECLARED_MISSING_IN_GUANGDONG, s.civil_code("1111")),
    note=Text(
        "父母指法律上的父母：被收养后以养父母为准。宣告失踪与死亡同等对待，据广东省认定材料清单。",
        "Parents are the legal parents: after an adoption, the adoptive ones. That declared missing counts like death "
        "is taken from Guangdong's list of papers.",
    ),
)

_CONTINUES = named(
    "orphan_continues_in_school",
    param.flag("cn.orphan.continues_in_school") & ADULT_IN_SCHOOL & WITHOUT_PARENTS & RECOGNISED_BEFORE_18,
    zh="本地规定年满18周岁在校孤儿继续保障", en="the county goes on paying orphans in school after 18",
)  # fmt: skip
_HIV_MINOR = named(
    "hiv_minor",
    UNDER_18 & child.is_in(HIV_AFFECTED),
    zh="为感染艾滋病病毒的未成年人",
    en="the child is a minor infected with HIV",
)
_INSTITUTION_STANDARD = IN_INSTITUTION | ((child.care.kind == CareKind.FOSTER) & param.flag("cn.foster_care.standard"))

_CHOICE = Text(
    "孤儿保障与特困供养只可选一，由儿童一方选择（未核实）",
    "only one of the two may be had: the child's side chooses (unverified)",
)

ORPHAN_ALLOWANCE = Policy(
    code="cn.orphan_allowance",
    title=Text("孤儿基本生活费", "Basic living allowance for orphans"),
    eligible=child.is_in(ORPHAN) | _CONTINUES | _HIV_MINOR,
    amount=when(_INSTITUTION_STANDARD, INSTITUTION).otherwise(SCATTERED),
    every=MONTH,
    evidence=(
        Document.APPLICATION, Document.BIRTH_CERTIFICATE, Document.DEATH_PROOF, Document.COURT_DECLARATION,
        Document.NOT_FOUND_PROOF, Document.HUKOU_BOOK, Document.GUARDIAN_PROOF, Document.CARE_AGREEMENT,
        Document.BANK_CARD,
    ),
    stacking=(
        # The choice comes first: a child who chose tekun keeps what tops that up.
        excludes("cn.tekun_support", keep="this", when=child.chosen_scheme == Scheme.CHILD, reason=_CHOICE),
        excludes("cn.tekun_support", keep="other", when=child.chosen_scheme == Scheme.TEKUN, reason=_CHOICE),
        excludes("cn.unattended_allowance", keep="this", reason=Text("两项补贴只发一项", "only one of the two allowances is paid")),
        excludes("cn.disability_living_subsidy", keep="this", reason=Text("孤儿不重复享受困难残疾人生活补贴（未核实）", "not beside the living subsidy (unverified)")),
    ),
    cites=(s.ORPHAN_ALLOWANCE_NOTICE, s.HIV_NOTICE, s.assistance_regulation("15")),
    note=Text(
        "孤儿与特困供养由儿童一方二选一（未核实），未选择前两项金额均待定。家庭寄养适用哪一标准由县定。"
        "乡镇（街道）核实、县级民政部门审批各不超过10个工作日（据泗水县转述）。自确认次月起发放（实务做法）。",
        "The child's side chooses between this and support as extremely poor (unverified); until it has, both amounts are "
        "open. Which standard holds in foster care is the county's to set. The township verifies and the county decides "
        "within 10 working days each (as Sishui county restates it). Paid from the month after confirmation (practice).",
    ),
)  # fmt: skip

CATEGORIES = (ORPHAN,)
POLICIES = (ORPHAN_ALLOWANCE,)
