"""Extremely poor persons 特困人员. 社会救助暂行办法 arts. 14 and 15, 民发〔2021〕43号."""

from kinderguard.model.codes import AidStatus, Document, Scheme
from kinderguard.model.text import Text
from kinderguard.national import sources as s
from kinderguard.national.orphan import ORPHAN
from kinderguard.national.unattended import DE_FACTO_UNATTENDED
from kinderguard.rules import MONTH, Category, Policy, child, excludes, household, named, param

_RECOGNISED = household.aid.has(AidStatus.TEKUN)
_CHOSE_THE_OTHER = named(
    "chose_child_scheme",
    (child.is_in(ORPHAN) | child.is_in(DE_FACTO_UNATTENDED)) & (child.chosen_scheme == Scheme.CHILD),
    zh="已选择孤儿或事实无人抚养儿童保障", en="the child's side has chosen the scheme for orphans or de facto unattended children",
)  # fmt: skip

TEKUN = Category(
    code="cn.tekun",
    title=Text("特困供养儿童", "Extremely poor child (tekun)"),
    when=_RECOGNISED & ~_CHOSE_THE_OTHER,
    cites=(s.assistance_regulation("14"), s.TEKUN_RULES),
    note=Text(
        "以县认定为准：义务人有无履行能力（收入、财产）不在个案记录之内。未满16周岁、无劳动能力、无生活来源且义务人无履行能力的，应协助申请。"
        "选择孤儿或事实无人抚养儿童保障的，不再认定特困（未核实）。",
        "By the county's recognition: a case does not record whether those obliged to support can do so. Help a child "
        "under 16 without capacity to work, income or anybody able to support it to apply. Whoever chooses the scheme for "
        "orphans or de facto unattended children is not recognised (unverified).",
    ),
)
TEKUN_SUPPORT = Policy(
    code="cn.tekun_support",
    title=Text("特困人员供养", "Support for extremely poor persons"),
    eligible=child.is_in(TEKUN),
    amount=param("cn.tekun.monthly_standard"),
    every=MONTH,
    evidence=(Document.APPLICATION, Document.HUKOU_BOOK, Document.INCOME_PROOF),
    stacking=tuple(
        excludes(
            policy,
            keep="this",  # whatever either pays: who is recognised as extremely poor draws neither
            reason=Text(
                "特困人员不享受残疾人两项补贴（未核实）",
                "extremely poor persons do not draw the two subsidies (unverified)",
            ),
        )
        for policy in ("cn.disability_living_subsidy", "cn.disability_care_subsidy")
    ),
    cites=(s.assistance_regulation("14"), s.TEKUN_RULES),
    note=Text(
        "基本生活标准由省、市规定；另有照料护理费（未核实）。"
        "可延续至18周岁；年满18周岁后，在义务教育、普通高中、中等职业学校就读期间可继续供养（未核实）。",
        "The province or city sets the standard; a care fee comes on top (unverified). It may go on until 18, and from 18 "
        "on while in compulsory schooling, general senior high or secondary vocational school (unverified).",
    ),
)

CATEGORIES = (TEKUN,)
POLICIES = (TEKUN_SUPPORT,)
