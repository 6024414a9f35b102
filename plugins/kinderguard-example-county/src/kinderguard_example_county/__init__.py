"""An example county 示例县 (330199), which does not exist: every rule and number here is invented, to show how it is done.

It has a fact of its own, a provider that finds it, two policies, a check on a national policy, a paper, a ledger column,
and values of national parameters.
"""

from collections.abc import Sequence
from pathlib import Path

from kinderguard import Pack, Text, hookimpl
from kinderguard import rules as r
from kinderguard.model import DisabilityGrade
from kinderguard.national import CARE_SUBSIDY, DIBAO, ECONOMIC_HARDSHIP
from kinderguard.packs import LedgerColumn
from kinderguard.rules import child, household, param
from kinderguard_example_county.heating_registry import has_central_heating

DECREE = r.Cite("示例县困境儿童保障办法（虚构）", article="三", trust=r.Trust.ILLUSTRATIVE, checked_on="2026-11-23")

CENTRAL_HEATING = r.DeclaredFact.yes_no("330199.central_heating", zh="集中供暖", en="has central heating")
HEATING_BILL = r.OwnDocument("330199.heating_bill", Text("取暖费票据", "heating bill"))

#: What a case says itself goes before what the registry says.
HEATING_PROVIDER = r.FactProvider(
    fact=CENTRAL_HEATING,
    needs=[child.residence.division],
    one=lambda facts: has_central_heating(facts["child.residence.division"]),
    many=lambda rows: [has_central_heating(facts["child.residence.division"]) for facts in rows],
)

WINTER_HEATING = r.Policy(
    code="330199.winter_heating",
    title=Text("困境儿童冬季取暖补助", "Winter heating grant"),
    eligible=child.is_in(ECONOMIC_HARDSHIP) & (child.age < 16) & ~household.has("330199.central_heating"),
    amount=param("330199.winter_heating.grant"),
    every=r.YEAR,
    evidence=[r.Document.HUKOU_BOOK, HEATING_BILL],
    cites=[DECREE],
    effective=r.Period("2024-11-01", None),
)

#: 30% of the difference between the scattered-orphan standard and the dibao standard, rounded half up to the yuan.
DIBAO_SUPPLEMENT = r.Policy(
    code="330199.dibao_supplement",
    title=Text("低保家庭儿童补助", "Supplement for children on dibao"),
    eligible=child.is_in(DIBAO) & (child.age < 18),
    amount=(
        (param("cn.orphan.scattered_monthly") - param("cn.dibao.monthly_standard"))
        * param.ratio("330199.dibao_supplement.share")
    ).rounded(to="1", rounding=r.HALF_UP),
    every=r.MONTH,
    evidence=[r.Document.HUKOU_BOOK],
    stacking=[
        r.excludes(other, keep="other", reason=Text("已按孤儿标准保障", "raised to the orphan standard already"))
        for other in ("cn.orphan_allowance", "cn.unattended_allowance")
    ],
    cites=[DECREE],
)

CARE_WIDENED = r.Check(
    code="330199.care_without_assessment",
    on=CARE_SUBSIDY,
    reason=Text("本县对一、二级残疾儿童免于照护评估", "the county waives the assessment of care for grades 1 and 2"),
    widens=(child.age < 18)
    & child.disability.in_force
    & child.disability.grade.is_in(DisabilityGrade.FIRST, DisabilityGrade.SECOND),
    cites=[DECREE],
)

PACK = Pack(
    code="330199",
    title=Text("示例县（虚构）", "The example county (fictitious)"),
    version="0.1.0",
    kinderguard=">=0.1,<0.2",
    policies=[WINTER_HEATING, DIBAO_SUPPLEMENT],
    checks=[CARE_WIDENED],
    facts=[CENTRAL_HEATING],
    providers=[HEATING_PROVIDER],
    parameters=[Path(__file__).with_name("parameters.toml")],
)


@hookimpl
def kinderguard_pack() -> Pack:
    """Give the county's pack."""
    return PACK


@hookimpl
def kinderguard_ledger_columns() -> Sequence[LedgerColumn]:
    """The ledger's column for central heating."""
    return [LedgerColumn("集中供暖", fact=CENTRAL_HEATING, also=["是否集中供暖"])]


@hookimpl
def kinderguard_documents() -> Sequence[r.OwnDocument]:
    """The paper that the heating grant asks for."""
    return [HEATING_BILL]
