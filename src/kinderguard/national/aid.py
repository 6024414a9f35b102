"""Medical aid 医疗救助, temporary relief 临时救助, the orphans' medical plan 明天计划, family guidance 家庭教育指导.

Services whose kind and amount the county sets.
"""

from kinderguard.model.codes import Document
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.dibao import DIBAO
from kinderguard.national.disability import DISABLED
from kinderguard.national.health import SERIOUSLY_ILL
from kinderguard.national.main_classes import CHILD_IN_DIFFICULTY, IN_HARDSHIP_AT_ANY_AGE
from kinderguard.national.moving import LEFT_BEHIND
from kinderguard.national.orphan import ORPHAN
from kinderguard.national.tekun import TEKUN
from kinderguard.national.terms import IN_SCHOOL, RECOGNISED_BEFORE_18, UNDER_18, WITHOUT_PARENTS, is_gone
from kinderguard.national.unattended import DE_FACTO_UNATTENDED
from kinderguard.rules import DAY, UNKNOWN, BoolExpr, Policy, child, named, parents
from kinderguard.rules.facts import ParentFacts

MEDICAL_AID = Policy(
    code="cn.medical_aid",
    title=Text("医疗救助", "Medical aid"),
    eligible=child.is_in(DIBAO) | child.is_in(TEKUN) | child.is_in(ORPHAN) | child.is_in(DE_FACTO_UNATTENDED),
    service=Text(
        "资助参保，补助自负费用，标准由县定", "insurance premium and residual cost; the county sets the standard"
    ),
    evidence=(Document.MEDICAL_PROOF,),
    cites=(s.assistance_regulation("28"), s.assistance_regulation("29")),
    note=Text(
        "孤儿、事实无人抚养儿童参照享受（未核实）；县可扩大范围。",
        "Orphans and de facto unattended children are treated alike (unverified); counties may widen it.",
    ),
)


def _is_ill_at_home(parent: ParentFacts) -> BoolExpr:
    """Seriously ill; nobody asks it of the dead, or of those declared missing."""
    return named(
        "ill_at_home", ~is_gone(parent) & parent.illness.serious,
        zh=f"{parent.who.zh}未死亡、未被宣告失踪且患有重病",
        en=f"{parent.who.en} is seriously ill, and neither dead nor declared missing",
    )  # fmt: skip


_ILLNESS_AT_HOME = named(
    "illness_at_home", child.is_in(SERIOUSLY_ILL) | parents.any(_is_ill_at_home),
    zh="儿童或父母患重病", en="the child or a parent is seriously ill",
)  # fmt: skip
#: Sudden serious illness (art. 47) has no test of means; what is given to whom is the county's to set (art. 49).
_RELIEF_NEED = named(
    "relief_need", IN_HARDSHIP_AT_ANY_AGE | UNKNOWN,
    zh="家庭属经济困难型；其他家庭由县核定（个案未记录）",
    en="the family is in economic hardship; for other families the county decides (not recorded in a case)",
)  # fmt: skip
TEMPORARY_RELIEF = Policy(
    code="cn.temporary_relief",
    title=Text("临时救助", "Temporary relief"),
    eligible=_ILLNESS_AT_HOME & _RELIEF_NEED,
    service=Text("一次性救助，项目和标准由县定", "one-off help; the county sets items and amounts"),
    per="household",
    evidence=(Document.APPLICATION, Document.MEDICAL_PROOF, Document.INCOME_PROOF),
    cites=(s.assistance_regulation("47"), s.assistance_regulation("48"), s.assistance_regulation("49")),
    note=Text(
        "突发重大疾病不以经济困难为条件：家庭不属经济困难型的，由县核定，本规则不作否定。"
        "火灾、交通事故、支出骤增等突发情形不在个案记录之内，遇到时应另行申请；紧急情形简化程序。",
        "Sudden serious illness has no test of means: where the family is not in economic hardship the county decides, "
        "and nothing here refuses it. A fire, an accident or a sudden expense is not in the record: apply where one "
        "happens. Urgent cases go a short way.",
    ),
)

_ADOPTED_DISABLED_ORPHAN = named(
    "adopted_disabled_orphan",
    UNDER_18 & child.adopted & child.is_in(DISABLED) & (child.birth_parents_not_found | (child.orphan_since <= DAY)),
    zh="为被收养的残疾孤儿", en="the child is a disabled orphan who was adopted",
)  # fmt: skip
_ADULT_ORPHAN_IN_SCHOOL = named(
    "adult_orphan_in_school",
    (child.age >= 18) & IN_SCHOOL & WITHOUT_PARENTS & RECOGNISED_BEFORE_18,
    zh="为年满18周岁仍在校的孤儿", en="the child is an orphan of 18 or over who is still in school",
)  # fmt: skip
MEDICAL_REHABILITATION_FOR_ORPHANS = Policy(
    code="cn.medical_rehabilitation_for_orphans",
    title=Text("孤儿医疗康复明天计划", "Medical and rehabilitation plan for orphans"),
    eligible=child.is_in(ORPHAN) | _ADOPTED_DISABLED_ORPHAN | _ADULT_ORPHAN_IN_SCHOOL,
    service=Text("医疗、康复费用资助", "medical and rehabilitation costs"),
    evidence=(Document.APPLICATION, Document.MEDICAL_PROOF),
    cites=(s.TOMORROW_PLAN,),
    note=Text(
        "“0—18岁”按未满18周岁理解，被收养的残疾孤儿也是如此。",
        "'0–18' is read as before the 18th birthday, of adopted disabled orphans too.",
    ),
)

FAMILY_GUIDANCE = Policy(
    code="cn.family_guidance",
    title=Text("家庭教育指导", "Family guidance"),
    eligible=child.is_in(LEFT_BEHIND) | child.is_in(CHILD_IN_DIFFICULTY),
    service=Text("县、乡建立信息档案，提供家庭教育指导服务", "a file is kept on the family, and guidance is given"),
    per="household",
    cites=(s.FAMILY_EDUCATION_LAW,),
)

CATEGORIES = ()
POLICIES = (MEDICAL_AID, TEMPORARY_RELIEF, MEDICAL_REHABILITATION_FOR_ORPHANS, FAMILY_GUIDANCE)
