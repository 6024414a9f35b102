"""The 29 benchmark rules in kinderguard's rule language, and the benchmark's children as cases.

The rules say exactly what the peers' scripts compute, simplified on purpose: a benchmark, not the law. They are one
pack named ``cn``, which takes the place of the national one, so that these rules are measured and nothing else.
``explain.py`` runs them; this module knows no other engine.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import kinderguard
from kinderguard import rules as r
from kinderguard.model.codes import DisabilityGrade, DisabilityKind, RegistrationKind, SituationKind
from kinderguard.model.household import Household
from kinderguard.model.people import Disability, Illness, Registration, Situation
from kinderguard.rules import child, father, household, mother, param
from kinderguard.rules.facts import DisabilityFacts, ParentFacts

DAY = dt.date(2025, 9, 1)

# ---- the rules -------------------------------------------------------------------------------------------------

S, D, G = SituationKind, DisabilityKind, DisabilityGrade
UP_TO_2 = (G.FIRST, G.SECOND)
UP_TO_3 = (*UP_TO_2, G.THIRD)
UP_TO_4 = (*UP_TO_3, G.FOURTH)
COUNTIES = range(8)


def category(name: str, when: r.BoolExpr, zh: str, en: str) -> r.Category:
    return r.Category(f"cn.{name}", r.Text(zh, en), when)


def policy(name: str, eligible: r.BoolExpr, amount: r.MoneyExpr, zh: str, en: str) -> r.Policy:
    return r.Policy(f"cn.{name}", r.Text(zh, en), eligible, amount, every=r.MONTH)


def gone(parent: ParentFacts) -> r.BoolExpr:
    return parent.is_in_situation(S.DEAD, S.DECLARED_MISSING)


def of_the_mind(disability: DisabilityFacts) -> r.BoolExpr:
    return disability.kind.is_in(D.MENTAL, D.INTELLECTUAL)


def unable(parent: ParentFacts) -> r.BoolExpr:
    disability = parent.disability
    return (
        parent.is_in_situation(S.IMPRISONED, S.COMPULSORY_DETOX, S.LOST_CONTACT, S.GUARDIANSHIP_REVOKED, S.DEPORTED)
        | parent.illness.serious
        | disability.grade.is_in(*UP_TO_2)
        | (disability.grade.is_in(*UP_TO_4) & of_the_mind(disability))
    )


standard = param("cn.standard")
orphan_standard = param("cn.orphan_standard")
income = household.monthly_income_per_head
minor = child.age < 18
father_away, mother_away = (p.is_in_situation(S.AWAY_FOR_WORK) for p in (father, mother))

father_gone = category("father_gone", gone(father), "父亲死亡或失踪", "father dead or missing")
mother_gone = category("mother_gone", gone(mother), "母亲死亡或失踪", "mother dead or missing")
father_unable = category("father_unable", unable(father), "父亲无力抚养", "father unable")
mother_unable = category("mother_unable", unable(mother), "母亲无力抚养", "mother unable")
orphan = category("orphan", minor & child.is_in(father_gone) & child.is_in(mother_gone), "孤儿", "orphan")
unattended = category(
    "unattended",
    minor
    & ~child.is_in(orphan)
    & (child.is_in(father_gone) | child.is_in(father_unable))
    & (child.is_in(mother_gone) | child.is_in(mother_unable)),
    "事实无人抚养",
    "de facto unattended",
)
left_behind = category(
    "left_behind",
    (child.age < 16)
    & (child.registration.kind == RegistrationKind.RURAL)
    & (
        (father_away & mother_away)
        | (father_away & child.is_in(mother_unable))
        | (mother_away & child.is_in(father_unable))
    ),
    "留守",
    "left behind",
)
dibao = category("dibao", income <= standard, "低保", "dibao")
marginal = category(
    "marginal", (income > standard) & (income <= standard * r.ratio(3, 2)), "低保边缘", "dibao-marginal"
)
disabled = category("disabled", child.disability.grade.is_in(*UP_TO_4), "残疾", "disabled")
severe = category(
    "severe",
    child.disability.grade.is_in(*UP_TO_2) | (child.disability.grade.is_in(*UP_TO_3) & of_the_mind(child.disability)),
    "重度残疾",
    "severely disabled",
)
economic = category(
    "economic", minor & (child.is_in(dibao) | child.is_in(marginal)), "家庭经济困难", "economic hardship"
)
guardianship = category(
    "guardianship",
    child.is_in(orphan) | child.is_in(unattended) | child.is_in(left_behind),
    "监护缺失",
    "lacking guardianship",
)
special = category("special", minor & (child.is_in(disabled) | child.illness.serious), "自身困难", "own difficulty")
difficult = category(
    "difficult", child.is_in(economic) | child.is_in(guardianship) | child.is_in(special), "困境儿童", "in difficulty"
)
counties = tuple(
    category(
        f"county_{i}",
        child.is_in(difficult) & (child.age < 10 + i) & (income <= standard * r.ratio(10 + i, 10)),
        f"地方规则 {i}",
        f"county rule {i}",
    )
    for i in COUNTIES
)

nothing = r.yuan(0)
orphan_amount = policy("orphan_amount", child.is_in(orphan), orphan_standard, "孤儿基本生活费", "orphan allowance")
unattended_amount = policy(
    "unattended_amount",
    child.is_in(unattended),
    r.max_of(nothing, orphan_standard - r.when(child.is_in(dibao), standard - income).otherwise(0)),
    "事实无人抚养儿童补贴",
    "unattended allowance",
)
living_subsidy = policy(
    "living_subsidy",
    minor & child.is_in(disabled) & child.is_in(dibao),
    r.yuan(90),
    "困难残疾人生活补贴",
    "living subsidy",
)
care_subsidy = policy("care_subsidy", minor & child.is_in(severe), r.yuan(100), "重度残疾人护理补贴", "care subsidy")
stipend = policy(
    "stipend",
    (child.age >= 6) & (child.age < 15) & (child.is_in(dibao) | child.is_in(marginal) | child.is_in(disabled)),
    param("cn.stipend_amount"),
    "助学金",
    "stipend",
)


def given(one: r.Policy) -> r.MoneyExpr:
    assert one.amount is not None
    return r.when(one.eligible, one.amount).otherwise(0)


total = policy(
    "total",
    r.all_of(),  # everybody has a total, if only of nothing
    given(orphan_amount) + given(unattended_amount) + given(living_subsidy) + given(care_subsidy) + given(stipend),
    "合计",
    "total",
)

CATEGORIES = (
    father_gone, mother_gone, father_unable, mother_unable, orphan, unattended, left_behind, dibao, marginal, disabled,
    severe, economic, guardianship, special, difficult, *counties,
)  # fmt: skip
POLICIES = (orphan_amount, unattended_amount, living_subsidy, care_subsidy, stipend, total)
PACK = kinderguard.Pack(
    code="cn",
    title=r.Text("29条基准规则", "the 29 benchmark rules"),
    version=kinderguard.__version__,
    kinderguard=f"=={kinderguard.__version__}",
    categories=CATEGORIES,
    policies=POLICIES,
    parameters=Path(__file__).with_name("rules_29.toml"),
)


def rules_book(children: Iterable[Mapping[str, Any]]) -> kinderguard.PolicyBook:
    """The 29 rules alone, with the dibao standard of every place where one of ``children`` lives."""
    places = {place_of(one): str(one["standard"]) for one in children}
    return kinderguard.load(packs=[PACK]).with_parameters({"cn.standard": places}).on(DAY)


# ---- the children ----------------------------------------------------------------------------------------------

SITUATIONS = (
    None, S.DEAD, S.DECLARED_MISSING, S.IMPRISONED, S.COMPULSORY_DETOX, S.LOST_CONTACT, S.GUARDIANSHIP_REVOKED,
    S.DEPORTED, S.AWAY_FOR_WORK,
)  # fmt: skip
#: The peers' fourth kind is "none", which they combine with any grade. No certificate says that; to the rules it is
#: as good as another kind that is not of the mind.
KINDS = (D.MENTAL, D.INTELLECTUAL, D.PHYSICAL, D.VISUAL)


def place_of(row: Mapping[str, Any]) -> str:
    """The invented county whose dibao standard is the row's. Standards of 600 to 1,099 give codes nobody has."""
    return f"11{row['standard']:04d}"


def disability(grade: int, kind: int) -> Disability:
    return (
        Disability(grade=UP_TO_4[grade - 1], kind=KINDS[kind]) if grade <= 4 else Disability(grade=G.NONE, kind=D.NONE)
    )


def parent(row: Mapping[str, Any], who: str) -> kinderguard.Parent:
    kind = SITUATIONS[row[f"{who}_status"]]
    return kinderguard.Parent(
        situations=() if kind is None else (Situation(kind=kind, since=dt.date(2024, 1, 15), ongoing=True),),
        disability=disability(row[f"{who}_grade"], row[f"{who}_kind"]),
        illness=Illness(serious=row[f"{who}_ill"]),
    )


def case_of(row: Mapping[str, Any]) -> kinderguard.Case:
    """A child of the peers' population (integer codes, whole yuan a month) as a case of which everything is known."""
    return kinderguard.Case(
        child=kinderguard.Child(
            birth_date=dt.date(DAY.year - row["age"], 3, 1),
            registration=Registration(
                division=place_of(row), kind=RegistrationKind.RURAL if row["rural"] else RegistrationKind.URBAN
            ),
            disability=disability(row["grade"], row["kind"]),
            illness=Illness(serious=row["ill"]),
        ),
        father=parent(row, "father"),
        mother=parent(row, "mother"),
        household=Household(monthly_income_per_head=row["income"]),
    )


def children(n: int, seed: int = 29) -> list[dict[str, Any]]:
    """Children like the peers' (the same distributions, another generator), for a run without the peers."""
    rng = Random(seed)
    weights = (60, 5, 2, 3, 2, 5, 1, 1, 21)

    def one() -> dict[str, Any]:
        row: dict[str, Any] = {
            "age": rng.randrange(20), "rural": rng.random() < 0.6, "income": rng.randrange(3000),
            "standard": rng.randrange(600, 1100), "grade": rng.randrange(1, 40), "kind": rng.randrange(4),
            "ill": rng.random() < 0.05, "orphan_standard": 1500, "stipend_amount": 1250,
        }  # fmt: skip
        for who in ("father", "mother"):
            row[f"{who}_status"] = rng.choices(range(9), weights)[0]
            row[f"{who}_grade"], row[f"{who}_kind"] = rng.randrange(1, 40), rng.randrange(4)
            row[f"{who}_ill"] = rng.random() < 0.03
        return row

    return [one() for _ in range(n)]


# ---- the results -----------------------------------------------------------------------------------------------


def results_of(assessment: kinderguard.Assessment) -> dict[str, Any]:
    """All 29 results by the peers' names: true, false or None, and yuan a month."""
    results: dict[str, Any] = {code.removeprefix("cn."): value for code, value in assessment.categories.items()}
    for code, result in assessment.policies.items():
        results[code.removeprefix("cn.")] = result.amount
    return results


def check_sums(results: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many children each condition holds for, and how many yuan each amount comes to."""
    sums: dict[str, int] = {}
    for result in results:
        for name, value in result.items():
            sums[name] = sums.get(name, 0) + int(value)
    return sums
