"""The table of household members: the children's rows and their parents' facts again, and the other adults."""

import attrs
import numpy as np
import polars as pl

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic.care import Adult, Care
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.parents import Parent
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.model.codes import DisabilityGrade, DisabilityKind, MemberRelation, Sex

#: Facts that a member has in common with a child or a parent.
_SAME = ("birth_date", "disability.kind", "disability.grade")


@attrs.frozen(eq=False)
class _Role:
    """Members of one role: the household of each, where it stands among its members, and its facts."""

    house: Ints
    rank: Ints
    facts: dict[str, c.Column]


def members_table(
    chance: Chance, shares: Shares, families: Families, care: Care, father: Parent, mother: Parent,
    facts: dict[str, c.Column], incomes: Ints, number: c.Column,
) -> pl.DataFrame:  # fmt: skip
    """One row a member, household by household: the children eldest first, the parents, the other adults.

    Args:
        facts: the columns of children (one cell a child) and of parents (``father.*``, one cell a household), with
            what is unknown forgotten already, so that both tables know the same.
        incomes: monthly fen of the eldest child, the father, the mother and the other adults in each household.
        number: the households' numbers.
    """
    # The only empty list there is, in the type that the parents' lists have.
    situations = facts["father.situations"]
    assert isinstance(situations, c.Lookup)
    none = situations.values.tail(1)
    roles = [_children(families, care, facts, incomes[0], none)]
    for k, (who, parent, sex) in enumerate((("father", father, Sex.MALE), ("mother", mother, Sex.FEMALE)), 1):
        roles.append(_parents(who, parent, sex, care, facts, incomes[k], rank=7 + k))
    for k, adult in enumerate(care.adults, 3):
        roles.append(_adults(chance, shares, adult, incomes[k], none, rank=7 + k))
    key = np.concatenate([role.house * 16 + role.rank for role in roles])
    order = np.argsort(key, kind="stable")
    joined = {name: c.stacked([role.facts[name] for role in roles]).at(order) for name in roles[0].facts}
    for name in ("counted", "monthly_income"):
        lost = chance.happens(f"unknown members.{name}", shares.unknown(f"members.{name}"), len(order))
        joined[name] = joined[name].forgetting(lost)
    columns = {"household.number": number.at(key[order] >> 4).series()}
    return pl.DataFrame(columns | {name: column.series() for name, column in joined.items()})


def _facts(
    relation: Ints | MemberRelation, size: int, same: dict[str, c.Column], sex: c.Column, counted: Flags | Ints,
    income: Ints, situations: c.Column,
) -> dict[str, c.Column]:  # fmt: skip
    places = np.full(size, c.place_of(relation)) if isinstance(relation, MemberRelation) else relation
    return {
        "relation": c.codes_of(MemberRelation, places),
        "birth_date": same["birth_date"],
        "sex": sex,
        "counted": c.yes_or_no(counted),
        "monthly_income": c.Numbers(income, money=True),
        "disability.kind": same["disability.kind"],
        "disability.grade": same["disability.grade"],
        "situations": situations,
    }


def _children(families: Families, care: Care, facts: dict[str, c.Column], income: Ints, none: pl.Series) -> _Role:
    """The children; the eldest is the child, the others its brothers and sisters."""
    house, n = families.house, len(families.house)
    eldest = np.ones(n, dtype=np.bool_)
    eldest[1:] = house[1:] != house[:-1]
    first = np.flatnonzero(eldest)
    rank = np.arange(n) - first[house]
    relation = np.where(eldest, c.place_of(MemberRelation.CHILD), c.place_of(MemberRelation.SIBLING))
    nominal = care.away_from_home[house]
    own = np.where(nominal, -1, np.where(eldest, income[house], 0))
    same = {name: facts[f"child.{name}"] for name in _SAME}
    counted = np.where(nominal, -1, 1)
    return _Role(
        house, rank,
        _facts(relation, n, same, facts["child.sex"], counted, own, c.Lookup(none, np.zeros(n))),
    )  # fmt: skip


def _parents(
    who: str, parent: Parent, sex: Sex, care: Care, facts: dict[str, c.Column], income: Ints, rank: int
) -> _Role:
    """The fathers or the mothers who belong to the household, counted or not."""
    house = np.flatnonzero(parent.in_household & ~care.away_from_home)
    own = {name: facts[f"{who}.{name}"].at(house) for name in (*_SAME, "situations")}
    relation = MemberRelation.FATHER if sex is Sex.MALE else MemberRelation.MOTHER
    sexes = c.codes_of(Sex, np.full(len(house), c.place_of(sex)))
    return _Role(
        house, np.full(len(house), rank),
        _facts(relation, len(house), own, sexes, parent.counted[house], income[house], own["situations"]),
    )  # fmt: skip


def _adults(chance: Chance, shares: Shares, adult: Adult, income: Ints, none: pl.Series, rank: int) -> _Role:
    """Grandparents and other kin at home, step-parents."""
    house = np.flatnonzero(adult.there)
    size = len(house)
    disabled = chance.happens(f"adult {rank} disabled", shares.share("parents.disability"), size)
    kinds, grades = shares.shares("disability.kind_of_adults"), shares.shares("disability.grade")
    kind = chance.pick(f"adult {rank} disability", kinds.over(DisabilityKind), size)
    grade = chance.pick(f"adult {rank} grade", grades.over(DisabilityGrade), size)
    same: dict[str, c.Column] = {
        "birth_date": c.Days(adult.born[house]),
        "disability.kind": c.codes_of(DisabilityKind, np.where(disabled, kind, c.place_of(DisabilityKind.NONE))),
        "disability.grade": c.codes_of(DisabilityGrade, np.where(disabled, grade, c.place_of(DisabilityGrade.NONE))),
    }
    sex = c.codes_of(Sex, adult.sex[house])
    counted = np.ones(size, dtype=np.bool_)
    return _Role(
        house, np.full(size, rank),
        _facts(adult.relation[house], size, same, sex, counted, income[house], c.Lookup(none, np.zeros(size))),
    )  # fmt: skip
