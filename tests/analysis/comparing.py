"""What the analysis tests share: children, books, and what a plain loop over the reference engine counts."""

import datetime as dt
from collections import defaultdict
from functools import cache

import kinderguard
from kinderguard.analysis import synthesize
from kinderguard.model import Case
from kinderguard.model.money import fen

DAY = dt.date(2025, 9, 1)
PLACES = ["330199", "330106", "220102"]
COUNT = 120
A_YEAR = {"month": 12, "quarter": 4, "year": 1, "school_year": 1, "once": 1}
CLASSES = ("cn.economic_hardship", "cn.guardianship_deficit", "cn.special_difficulty")


@cache
def people(count=COUNT, seed=11):
    return synthesize(count, seed=seed, divisions=PLACES)


@cache
def base():
    return kinderguard.load().on(DAY)


@cache
def reforms():
    book = base()
    return {
        "higher": book.with_parameters({"cn.orphan.scattered_monthly": "2300", "cn.dibao_marginal.multiple": "2"}),
        "less": book.without("cn.boarder_stipend").with_parameters({"cn.high_school_grant.yearly": "2000"}),
    }


def nested(facts):
    """Facts by path as the model takes them; what is unknown is left out."""
    found = {}
    for path, value in facts.items():
        if value is not None:
            *parts, last = path.split(".")
            place = found
            for part in parts:
                place = place.setdefault(part, {})
            many = isinstance(value, list)
            place[last] = [nested(v) if isinstance(v, dict) else v for v in value] if many else value
    return found


def cases(people):
    """Every child as a case, with the members of its household."""
    members = defaultdict(list)
    for member in people.members.rows(named=True):
        members[member.pop("household.number")].append(nested(member))
    made = []
    for row in people.children.rows(named=True):
        facts = nested(row)
        facts.setdefault("household", {})["members"] = members[row["household.number"]]
        made.append(Case.model_validate(facts))
    return made


@cache
def assessed(name=None, count=COUNT):
    """Every child by the reference engine, by the base or a reform."""
    book = base() if name is None else reforms()[name]
    return [book.assess(case) for case in cases(people(count))]


def age_band(result):
    born = result.case.child.birth_date
    if born is None:
        return "unknown"
    born = born.earliest
    age = DAY.year - born.year - ((DAY.month, DAY.day) < (born.month, born.day))
    return next(
        b
        for b, last in (("0-2", 2), ("3-5", 5), ("6-11", 11), ("12-14", 14), ("15-17", 17), ("18+", 99))
        if age <= last
    )


def classes(result):
    held = [result.categories[code] for code in CLASSES]
    sure = [code for code, value in zip(CLASSES, held, strict=True) if value]
    return sure or (["unknown"] if None in held else ["none"])


def keys(result):
    sex = result.case.child.sex
    place = [(result.division or "unknown")[:6]]
    return {
        "place": place, "class": classes(result), "age": [age_band(result)], "sex": [sex.value if sex else "unknown"],
    }  # fmt: skip


def first_of_household(count=COUNT):
    """A household's help counts with the first of its children in the table."""
    seen, found = set(), []
    for number in people(count).children["household.number"]:
        found.append(number is None or number not in seen)
        seen.add(number)
    return found


def amounts(policy):
    """Low and high in fen, a year or once."""
    times = A_YEAR[policy.every.value]
    high = None if policy.high is None else fen(policy.high) * times
    return fen(policy.low) * times, high


def added(bounds):
    bounds = list(bounds)
    lows, highs = [b[0] for b in bounds], [b[1] for b in bounds]
    return (None if None in lows else sum(lows)), (None if None in highs else sum(highs))
