"""The 29 benchmark rules in kinderguard's rule language, and the benchmark's children as cases.

The rules say exactly what the peers' scripts compute, simplified on purpose: a benchmark, not the law. They are one
pack named ``cn``, which takes the place of the national one, so that these rules are measured and nothing else. A
second pack asks the same of plain columns, as the peers do. ``explain.py`` and ``peers.py`` run them; this module
knows no other engine, and only frames need Polars.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import attrs

import kinderguard
from kinderguard import rules as r
from kinderguard.model.codes import Code, DisabilityGrade, DisabilityKind, RegistrationKind, SituationKind
from kinderguard.model.household import Household
from kinderguard.model.people import Disability, Illness, Registration, Situation
from kinderguard.rules import child, father, household, mother, param
from kinderguard.rules.facts import DisabilityFacts, ParentFacts

if TYPE_CHECKING:
    import polars as pl

DAY = dt.date(2025, 9, 1)

# ---- the rules -------------------------------------------------------------------------------------------------

S, D, G = SituationKind, DisabilityKind, DisabilityGrade
UP_TO_2 = (G.FIRST, G.SECOND)
UP_TO_3 = (*UP_TO_2, G.THIRD)
UP_TO_4 = (*UP_TO_3, G.FOURTH)
COUNTIES = range(8)


@dataclass(frozen=True)
class AboutParent:
    """What the rules ask about a parent."""

    gone: r.BoolExpr
    unable: r.BoolExpr
    away: r.BoolExpr


@dataclass(frozen=True)
class Inputs:
    """What the rules ask about, as expressions: the facts of the law, or plain columns."""

    age: r.NumberExpr
    rural: r.BoolExpr
    ill: r.BoolExpr
    disabled: r.BoolExpr
    severe: r.BoolExpr
    income: r.MoneyExpr
    standard: r.MoneyExpr
    orphan_standard: r.MoneyExpr
    stipend: r.MoneyExpr
    father: AboutParent
    mother: AboutParent


def definitions(pack: str, about: Inputs) -> tuple[list[r.Category], list[r.Policy]]:
    """The 29 rules, with codes of ``pack``."""
    categories: list[r.Category] = []
    policies: list[r.Policy] = []

    def category(name: str, when: r.BoolExpr, zh: str, en: str) -> r.BoolExpr:
        categories.append(r.Category(f"{pack}.{name}", r.Text(zh, en), when))
        return child.is_in(categories[-1])

    def policy(name: str, eligible: r.BoolExpr, amount: r.MoneyExpr, zh: str, en: str) -> r.MoneyExpr:
        policies.append(r.Policy(f"{pack}.{name}", r.Text(zh, en), eligible, amount, every=r.MONTH))
        return r.when(eligible, amount).otherwise(0)

    income, standard, father, mother = about.income, about.standard, about.father, about.mother
    minor = about.age < 18

    father_gone = category("father_gone", father.gone, "父亲死亡或失踪", "father dead or missing")
    mother_gone = category("mother_gone", mother.gone, "母亲死亡或失踪", "mother dead or missing")
    father_unable = category("father_unable", father.unable, "父亲无力抚养", "father unable")
    mother_unable = category("mother_unable", mother.unable, "母亲无力抚养", "mother unable")
    orphan = category("orphan", minor & father_gone & mother_gone, "孤儿", "orphan")
    unattended = category(
        "unattended",
        minor & ~orphan & (father_gone | father_unable) & (mother_gone | mother_unable),
        "事实无人抚养",
        "de facto unattended",
    )
    left_behind = category(
        "left_behind",
        (about.age < 16)
        & about.rural
        & ((father.away & mother.away) | (father.away & mother_unable) | (mother.away & father_unable)),
        "留守",
        "left behind",
    )
    dibao = category("dibao", income <= standard, "低保", "dibao")
    marginal = category(
        "marginal", (income > standard) & (income <= standard * r.ratio(3, 2)), "低保边缘", "dibao-marginal"
    )
    disabled = category("disabled", about.disabled, "残疾", "disabled")
    severe = category("severe", about.severe, "重度残疾", "severely disabled")
    economic = category("economic", minor & (dibao | marginal), "家庭经济困难", "economic hardship")
    guardianship = category("guardianship", orphan | unattended | left_behind, "监护缺失", "lacking guardianship")
    special = category("special", minor & (disabled | about.ill), "自身困难", "own difficulty")
    difficult = category("difficult", economic | guardianship | special, "困境儿童", "in difficulty")
    for i in COUNTIES:
        category(
            f"county_{i}",
            difficult & (about.age < 10 + i) & (income <= standard * r.ratio(10 + i, 10)),
            f"地方规则 {i}",
            f"county rule {i}",
        )

    total = policy("orphan_amount", orphan, about.orphan_standard, "孤儿基本生活费", "orphan allowance")
    total += policy(
        "unattended_amount",
        unattended,
        r.max_of(r.yuan(0), about.orphan_standard - r.when(dibao, standard - income).otherwise(0)),
        "事实无人抚养儿童补贴",
        "unattended allowance",
    )
    total += policy("living_subsidy", minor & disabled & dibao, r.yuan(90), "困难残疾人生活补贴", "living subsidy")
    total += policy("care_subsidy", minor & severe, r.yuan(100), "重度残疾人护理补贴", "care subsidy")
    total += policy(
        "stipend",
        (about.age >= 6) & (about.age < 15) & (dibao | marginal | disabled),
        about.stipend,
        "助学金",
        "stipend",
    )
    policy("total", r.all_of(), total, "合计", "total")  # everybody has a total, if only of nothing
    return categories, policies


def pack_of(
    code: str, about: Inputs, *, facts: Sequence[r.DeclaredFact[Any]] = (), parameters: Sequence[Path] = ()
) -> kinderguard.Pack:
    """The rules as the pack ``code``."""
    categories, policies = definitions(code, about)
    return kinderguard.Pack(
        code=code,
        title=r.Text("29条基准规则", "the 29 benchmark rules"),
        version=kinderguard.__version__,
        kinderguard=f"=={kinderguard.__version__}",
        categories=categories,
        policies=policies,
        facts=list(facts),
        parameters=list(parameters),
    )


# ---- over the facts of the law -----------------------------------------------------------------------------------


def of_the_mind(disability: DisabilityFacts) -> r.BoolExpr:
    return disability.kind.is_in(D.MENTAL, D.INTELLECTUAL)


def parent_of_law(parent: ParentFacts) -> AboutParent:
    disability = parent.disability
    return AboutParent(
        gone=parent.is_in_situation(S.DEAD, S.DECLARED_MISSING),
        unable=parent.is_in_situation(
            S.IMPRISONED, S.COMPULSORY_DETOX, S.LOST_CONTACT, S.GUARDIANSHIP_REVOKED, S.DEPORTED
        )
        | parent.illness.serious
        | disability.grade.is_in(*UP_TO_2)
        | (disability.grade.is_in(*UP_TO_4) & of_the_mind(disability)),
        away=parent.is_in_situation(S.AWAY_FOR_WORK),
    )


PACK = pack_of(
    "cn",
    Inputs(
        age=child.age,
        rural=child.registration.kind == RegistrationKind.RURAL,
        ill=child.illness.serious,
        disabled=child.disability.grade.is_in(*UP_TO_4),
        severe=child.disability.grade.is_in(*UP_TO_2)
        | (child.disability.grade.is_in(*UP_TO_3) & of_the_mind(child.disability)),
        income=household.monthly_income_per_head,
        standard=param("cn.standard"),
        orphan_standard=param("cn.orphan_standard"),
        stipend=param("cn.stipend_amount"),
        father=parent_of_law(father),
        mother=parent_of_law(mother),
    ),
    parameters=[Path(__file__).with_name("rules_29.toml")],
)


def rules_book(children: Iterable[Mapping[str, Any]]) -> kinderguard.PolicyBook:
    """The 29 rules alone, with the dibao standard of every place where one of ``children`` lives."""
    places = {place_of(one): str(one["standard"]) for one in children}
    return kinderguard.load(packs=[PACK]).with_parameters({"cn.standard": places}).on(DAY)


#: The results by the peers' names: conditions, and amounts in yuan a month.
CATEGORIES = tuple(c.code.removeprefix("cn.") for c in PACK.categories)
POLICIES = tuple(p.code.removeprefix("cn.") for p in PACK.policies)


# ---- over plain columns ------------------------------------------------------------------------------------------

#: An invented county, whose facts are the columns of the population.
COUNTY = "119929"
#: The population's columns as facts of the county: integer codes are numbers, as they are to the peers.
CONDITIONS = ("rural", "ill", "father_ill", "mother_ill")
AMOUNTS = ("income", "standard", "orphan_standard", "stipend_amount")
NUMBERS = (
    "age", "grade", "kind", "father_status", "father_grade", "father_kind", "mother_status", "mother_grade",
    "mother_kind",
)  # fmt: skip
FACTS = {
    name: make(f"{COUNTY}.{name}", zh=name, en=name)
    for names, make in (
        (CONDITIONS, r.DeclaredFact.yes_no),
        (AMOUNTS, r.DeclaredFact.money),
        (NUMBERS, r.DeclaredFact.number),
    )
    for name in names
}


def plain(name: str) -> Any:
    return FACTS[name].expr


def parent_of_columns(who: str) -> AboutParent:
    status, grade, kind = (plain(f"{who}_{what}") for what in ("status", "grade", "kind"))
    return AboutParent(
        gone=status.between(1, 2),
        unable=status.between(3, 7) | plain(f"{who}_ill") | (grade <= 2) | ((grade <= 4) & (kind <= 1)),
        away=status == 8,
    )


PLAIN_PACK = pack_of(
    COUNTY,
    Inputs(
        age=plain("age"),
        rural=plain("rural"),
        ill=plain("ill"),
        disabled=plain("grade") <= 4,
        severe=(plain("grade") <= 2) | ((plain("grade") <= 3) & (plain("kind") <= 1)),
        income=plain("income"),
        standard=plain("standard"),
        orphan_standard=plain("orphan_standard"),
        stipend=plain("stipend_amount"),
        father=parent_of_columns("father"),
        mother=parent_of_columns("mother"),
    ),
    facts=list(FACTS.values()),
)
#: A nation without rules, so that the county's are measured and nothing else.
NO_NATION = attrs.evolve(PACK, categories=(), policies=(), parameters=())


def plain_book() -> kinderguard.PolicyBook:
    """The 29 rules over plain columns."""
    return kinderguard.load(packs=[NO_NATION, PLAIN_PACK]).for_division(COUNTY).on(DAY)


# ---- the children ----------------------------------------------------------------------------------------------

SITUATIONS = (
    None, S.DEAD, S.DECLARED_MISSING, S.IMPRISONED, S.COMPULSORY_DETOX, S.LOST_CONTACT, S.GUARDIANSHIP_REVOKED,
    S.DEPORTED, S.AWAY_FOR_WORK,
)  # fmt: skip
#: When a parent's situation began; it goes on.
SINCE = dt.date(2024, 1, 15)
#: The peers' fourth kind is "none", which they combine with any grade. No certificate says that; to the rules it is
#: as good as another kind that is not of the mind.
KINDS = (D.MENTAL, D.INTELLECTUAL, D.PHYSICAL, D.VISUAL)


def place(standard: int) -> str:
    """The invented county with this dibao standard. Standards of 600 to 1,099 give codes nobody has."""
    return f"11{standard:04d}"


def place_of(row: Mapping[str, Any]) -> str:
    return place(row["standard"])


def birth_date(age: int) -> dt.date:
    return dt.date(DAY.year - age, 3, 1)


def registration_kind(rural: bool) -> RegistrationKind:
    return RegistrationKind.RURAL if rural else RegistrationKind.URBAN


def situations(status: int) -> tuple[Situation, ...]:
    kind = SITUATIONS[status]
    return () if kind is None else (Situation(kind=kind, since=SINCE, ongoing=True),)


def disability(grade: int, kind: int) -> Disability:
    return (
        Disability(grade=UP_TO_4[grade - 1], kind=KINDS[kind]) if grade <= 4 else Disability(grade=G.NONE, kind=D.NONE)
    )


def parent(row: Mapping[str, Any], who: str) -> kinderguard.Parent:
    return kinderguard.Parent(
        situations=situations(row[f"{who}_status"]),
        disability=disability(row[f"{who}_grade"], row[f"{who}_kind"]),
        illness=Illness(serious=row[f"{who}_ill"]),
    )


def case_of(row: Mapping[str, Any]) -> kinderguard.Case:
    """A child of the peers' population (integer codes, whole yuan a month) as a case of which everything is known."""
    return kinderguard.Case(
        child=kinderguard.Child(
            birth_date=birth_date(row["age"]),
            registration=Registration(division=place_of(row), kind=registration_kind(row["rural"])),
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


# ---- the children as frames --------------------------------------------------------------------------------------


def plain_frame(population: "pl.DataFrame") -> "pl.DataFrame":
    """The population with the county's names; nothing else changes."""
    return population.rename({name: fact.code for name, fact in FACTS.items()})


def law_frame(population: "pl.DataFrame") -> "pl.DataFrame":
    """The population as ``case_of`` has it, in columns; a parent's situations are a list of records."""
    import polars as pl

    def enum(codes: type[Code]) -> "pl.DataType":
        return pl.Enum([c.value for c in codes])

    def taken(values: Iterable[Any], dtype: "pl.DataType", which: "pl.Series") -> "pl.Series":
        """For each row one of ``values``, by its place."""
        return pl.Series(list(values), dtype=dtype).gather(which)

    def health(who: str, of: str = "") -> dict[str, "pl.Series"]:
        certificates = [disability(grade, kind) for grade in range(1, 6) for kind in range(4)]
        which = (population[f"{of}grade"].clip(1, 5) - 1) * 4 + population[f"{of}kind"]
        return {
            f"{who}.disability.grade": taken((c.grade for c in certificates), enum(G), which),
            f"{who}.disability.kind": taken((c.kind for c in certificates), enum(D), which),
            f"{who}.illness.serious": population[f"{of}ill"],
        }

    record = pl.Struct({"kind": enum(S), "since": pl.Date(), "until": pl.Date(), "ongoing": pl.Boolean()})
    listed = [
        [{"kind": s.kind, "since": SINCE, "until": None, "ongoing": s.ongoing} for s in situations(status)]
        for status in range(len(SITUATIONS))
    ]
    age, standard = population["age"], population["standard"]
    return pl.DataFrame(
        {
            "division_code": taken(map(place, range(standard.max() + 1)), pl.String(), standard),
            "child.birth_date": taken(map(birth_date, range(age.max() + 1)), pl.Date(), age),
            "child.registration.kind": taken(
                map(registration_kind, (False, True)), enum(RegistrationKind), population["rural"].cast(pl.UInt8)
            ),
            "household.monthly_income_per_head": population["income"],
            **health("child"),
            **health("father", "father_"),
            **health("mother", "mother_"),
            **{
                f"{who}.situations": taken(listed, pl.List(record), population[f"{who}_status"])
                for who in ("father", "mother")
            },
        }
    )


def results_frame(found: "pl.DataFrame") -> "pl.DataFrame":
    """The 29 results of ``assess_frame`` by the peers' names, out of the columns that it gives."""
    pack = next(name for name in found.columns if name.endswith(".father_gone")).split(".")[0]
    names = {f"{pack}.{name}": name for name in CATEGORIES}
    names |= {f"{pack}.{name}.{end}": name for name in POLICIES for end in ("amount", "amount_fen")}
    return found.select(
        (found[column] / 100 if column.endswith("_fen") else found[column]).alias(name)
        for column, name in names.items()
        if column in found.columns
    )


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
