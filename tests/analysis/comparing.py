"""What the analysis tests share: children, books, and what a plain loop over the reference engine counts."""

import datetime as dt
from collections import defaultdict
from functools import cache

import kinderguard
from kinderguard import rules as r
from kinderguard.analysis import synthesize
from kinderguard.model import Case
from kinderguard.model.money import fen
from kinderguard.national.dibao import HOUSEHOLD_ON_DIBAO, ONE_PERSON_DIBAO

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


#: Asked of each child besides: whether its household is on dibao, and whether the child could draw it as one person.
ON_DIBAO, ONE_PERSON = "cn.test_on_dibao", "cn.test_one_person"


@cache
def assessed(name=None, count=COUNT):
    """Every child by the reference engine, by the base or a reform."""
    book = base() if name is None else reforms()[name]
    for code, condition in ((ON_DIBAO, HOUSEHOLD_ON_DIBAO), (ONE_PERSON, ONE_PERSON_DIBAO)):
        asked = r.Policy(
            code=code, title=r.Text("问", "asked"), eligible=condition, service=r.Text("问", "asked"),
            cites=[r.Cite("an invented document", trust="illustrative")],
        )  # fmt: skip
        book = book.with_policies(asked)
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


def household_totals(results, code):
    """By household, what is due of a policy at least and at most (fen), and who draws it alone, by the reference engine.

    It is paid once for the household, and for each who draws it as one person; where it is not known, the one or the other.
    """
    members = defaultdict(list)
    for number, result in zip(people(len(results)).children["household.number"], results, strict=True):
        members[number].append(result)
    return {
        number: total_of([(amounts(x.policies[code]), draws_alone(x)) for x in them])
        for number, them in members.items()
    }


def draws_alone(result):
    """Whether a child draws dibao as one person, where it draws any."""
    on, one = (result.policies[code].eligible for code in (ON_DIBAO, ONE_PERSON))
    if on is True or one is False:
        return False
    return True if on is False and one is True else None


def total_of(children):
    """At least and at most, of amounts and whether each is drawn alone."""
    sure = [a for a, alone in children if alone is True]
    others = [(a, alone) for a, alone in children if alone is not True]
    low = sum(a[0] for a in sure) + max((a[0] for a, _ in others), default=0)
    if any(a[1] is None for a, _ in children):
        return low, None
    once = max((a[1] for a, _ in others), default=0)
    return low, sum(a[1] for a in sure) + max(once, sum(a[1] for a, alone in others if alone is None))


def amounts(policy):
    """Low and high in fen, a year or once."""
    times = A_YEAR[policy.every.value]
    high = None if policy.high is None else fen(policy.high) * times
    return fen(policy.low) * times, high


def added(bounds):
    bounds = list(bounds)
    lows, highs = [b[0] for b in bounds], [b[1] for b in bounds]
    return (None if None in lows else sum(lows)), (None if None in highs else sum(highs))
