"""``synthesize``: everything drawn in order, what is unknown forgotten, and the tables built."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl

from kinderguard.analysis.synthetic import asked
from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.care import Care, draw_care
from kinderguard.analysis.synthetic.chance import Chance, Ints
from kinderguard.analysis.synthetic.families import Families, draw_families
from kinderguard.analysis.synthetic.health import draw_health
from kinderguard.analysis.synthetic.identity import names, numbered, resident_ids
from kinderguard.analysis.synthetic.living import Living, draw_living
from kinderguard.analysis.synthetic.means import draw_means
from kinderguard.analysis.synthetic.members import members_table
from kinderguard.analysis.synthetic.parents import draw_parent
from kinderguard.analysis.synthetic.population import Population
from kinderguard.analysis.synthetic.protection import draw_protection
from kinderguard.analysis.synthetic.schooling import draw_schooling
from kinderguard.analysis.synthetic.shares import Shares, shares
from kinderguard.model.codes import CareKind, GuardianshipQuality, Sex

AS_OF = dt.date(2025, 9, 1)


def synthesize(
    n: int,
    seed: int = 0,
    *,
    divisions: Iterable[str] | Mapping[str, int | float | Decimal | Fraction] | None = None,
    as_of: dt.date = AS_OF,
    ids: bool = False,
    partial_dates: bool = False,
    townships: int = 0,
) -> Population:
    """Make up ``n`` SYNTHETIC children with their parents and households: nobody in the tables exists.

    The same arguments give the same tables on every machine. A population of another ``n`` is another population, not
    a longer one.

    Args:
        n: how many children.
        seed: any whole number from 0; each gives another population.
        divisions: where they live: six-digit division codes, alike, or a mapping from code to weight; those that the
            example packs speak of if left out.
        as_of: the day of assessment that the facts are made for: children are 0 to 20 years old on it, incomes lie
            around the dibao line, terms end before and after it. Not in the future, not before 2000.
        ids: whether to add ``child.name`` and ``child.resident_id``, valid in form and in divisions that do not exist.
        partial_dates: whether dates outside of records are text, a few of them known only to the month or year
            (``2012-03``), rather than dates.
        townships: into how many townships (at most 999) each county falls: ``division_code`` then has nine digits, the
            last three made up (001 …), where with 0 it has the county's six. Nothing else changes. Where a child's
            residence is in a township, that is the one.

    Raises:
        SynthesisError: ``n``, ``seed``, ``as_of`` or a division that cannot be used.
        KinderguardError: Polars or numpy is not installed.

    >>> people = synthesize(1000, seed=7, divisions={"330106": 3, "220104": 1})
    >>> people.children.height, people.children["division_code"].n_unique()
    (1000, 2)
    >>> people.children["child.birth_date"].dtype, people.children["child.sex"].dtype
    (Date, Enum(categories=['male', 'female']))
    >>> with_ids = synthesize(2, ids=True)
    >>> with_ids.children["child.name"].to_list()
    ['合成0000001', '合成0000002']
    """
    asked.whole_number("n", n)
    asked.whole_number("seed", seed)
    asked.whole_number("townships", townships, most=999)
    places = asked.places(divisions)
    chance, given = Chance(seed), shares()
    families = draw_families(chance, given, n, asked.assessment_day(as_of))
    father, mother = (draw_parent(chance, given, families, who, families.day) for who in ("father", "mother"))
    care = draw_care(chance, given, families, father, mother)
    living = draw_living(chance, given, families, care, places)
    health = draw_health(chance, given, families.day, n)
    means = draw_means(chance, given, families, care, father, mother, living, health)
    sex = _sexes(chance, given, n)
    age = d.ages(families.born, families.day)

    of_children: dict[str, c.Column] = {
        "child.birth_date": c.Days(families.born),
        "child.sex": c.codes_of(Sex, sex),
        **health.facts,
        **living.facts,
        **draw_schooling(chance, given, age, health.severe),
        **_visits(chance, given, families, care),
        **means.of_children,
        **draw_protection(chance, given, families, care, father, mother),
    }
    of_households: dict[str, c.Column] = {
        **{f"father.{name}": column for name, column in father.facts.items()},
        **{f"mother.{name}": column for name, column in mother.facts.items()},
        "guardians": care.guardians,
        **means.of_households,
    }
    of_children = _forgotten(chance, given, of_children, partial_dates)
    of_households = _forgotten(chance, given, of_households, partial_dates)

    number = c.Texts(numbered("H", len(families)))
    keys: dict[str, c.Column] = {
        "ref": c.Texts(numbered("S", n)),
        "division_code": living.division.at(families.house),
        "household.number": number.at(families.house),
    }
    if ids:
        keys |= _identities(chance, given, families, living, sex, of_children)
    children = keys | of_children | {name: column.at(families.house) for name, column in of_households.items()}
    table = pl.DataFrame({name: children[name].series() for name in _order(children)})
    if townships:
        town = chance.below("township", townships, len(families))[families.house]
        table = table.with_columns(_township(living.residence_of(families.house), pl.Series(town + 1)))
    members = members_table(
        chance, given, families, care, father, mother, of_children | of_households, means.incomes, number
    )
    return Population(children=table, members=members, as_of=as_of, seed=seed)


def _township(residence: pl.Series, drawn: pl.Series) -> pl.Expr:
    """Nine digits for the division of each child: the township where it lives, else one that was drawn."""
    county, lives = pl.col("division_code"), pl.lit(residence)
    known = (lives.str.len_chars() >= 9) & lives.str.starts_with(county)
    found = county + pl.lit(drawn).cast(pl.String).str.zfill(3)
    return pl.when(known).then(lives.str.slice(0, 9)).otherwise(found).alias("division_code")


def _sexes(chance: Chance, given: Shares, n: int) -> Ints:
    return chance.pick("sex", given.shares("sex").over(Sex), n)


def _visits(chance: Chance, given: Shares, families: Families, care: Care) -> dict[str, c.Column]:
    """What a visit finds: the arrangement, its quality, the day, whether the child is alone at night."""
    house, n = families.house, len(families.house)
    alone = care.is_kind(CareKind.INDEPENDENT, CareKind.CHILD_HEADED)
    group = np.where(alone, 2, np.where(care.by_parents, 0, 1))
    qualities = [given.shares(f"quality.of_{who}").over(GuardianshipQuality) for who in ("parents", "others", "nobody")]
    quality = chance.pick_by("quality", group[house], qualities)
    ago = chance.between("visited", *given.span("visits.interval", "days"), n)
    by_themselves, others = (
        chance.happens(f"alone overnight {who}", given.share(f"alone_overnight.{who}"), n)
        for who in ("by_themselves", "others")
    )
    return {
        "child.care.kind": c.codes_of(CareKind, care.kind).at(house),
        "child.care.quality": c.codes_of(GuardianshipQuality, quality),
        "child.care.last_visit": c.Days(np.maximum(families.day - ago, families.born)),
        "child.care.alone_overnight": c.yes_or_no(np.where(alone[house], by_themselves, others)),
    }


def _forgotten(
    chance: Chance, given: Shares, facts: Mapping[str, c.Column], partial_dates: bool
) -> dict[str, c.Column]:
    """The facts with the stated share of each unknown, and of whole parts; where asked for, dates known only in part.

    A part lies among the facts of children or among those of households, never in both.
    """
    rows = len(next(iter(facts.values())))
    blank = {
        part: chance.happens(f"unknown part {part.name}", part.share, rows)
        for part in given.blank_parts()
        if any(map(part.has, facts))
    }
    known = {}
    for name, column in facts.items():
        lost = chance.happens(f"unknown {name}", given.unknown(name), len(column))
        for part, rows_of_part in blank.items():
            if part.has(name):
                lost |= rows_of_part
        left = column.forgetting(lost)
        if partial_dates and isinstance(left, c.Days):
            parts = given.shares("unknown.parts_of_dates")
            left = c.Days(left.days, chance.pick(f"parts of {name}", parts.over(("day", "month", "year")), len(left)))
        known[name] = left
    return known


def _identities(
    chance: Chance, given: Shares, families: Families, living: Living, sex: Ints, facts: Mapping[str, c.Column]
) -> dict[str, c.Column]:
    born, told = facts["child.birth_date"], facts["child.sex"]
    assert isinstance(born, c.Days)
    assert isinstance(told, c.Lookup)
    known = (born.days != d.UNKNOWN) & (told.places >= 0)
    provinces = np.array([int(code[:2]) for code in living.registered.values], dtype=np.int64)
    province = provinces[living.registered.places][families.house]
    numbers = resident_ids(families.born, sex, province, known)
    lost = chance.happens("unknown child.resident_id", given.unknown("child.resident_id"), len(sex))
    return {"child.name": names(len(sex)), "child.resident_id": numbers.forgetting(lost)}


#: The order of the columns: keys, the child, the parents, the guardians, the household.
_PARTS = ("ref", "division_code", "household.number", "child.", "father.", "mother.", "guardians", "household.")


def _order(columns: Iterable[str]) -> list[str]:
    names_of = list(columns)
    found = {name: None for part in _PARTS for name in names_of if name == part or name.startswith(part)}
    assert len(found) == len(names_of)
    return list(found)
