"""Families: how many children a household has, when they were born, and what their parents are in."""

import datetime as dt
from calendar import isleap
from typing import Any

import attrs
import numpy as np

from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.chance import Chance, Ints
from kinderguard.analysis.synthetic.shares import Family, Shares, State
from kinderguard.model.dates import add_months

#: Nobody in these data reaches this age.
AGE_LIMIT = 21


@attrs.frozen(eq=False)
class Families:
    """Households and their children; every child's household is ``house``, and siblings follow one another.

    ``family``, ``father`` and ``mother`` are places in the parameter file's families and states, one a household.
    """

    day: int
    kinds: tuple[Family, ...]
    states: tuple[State, ...]
    family: Ints
    father: Ints
    mother: Ints
    children: Ints
    house: Ints
    born: Ints
    eldest: Ints
    youngest: Ints

    def __len__(self) -> int:
        return len(self.family)

    def of_states(self, parent: Ints, name: str) -> Any:
        """A fact of each household's state of a parent (``father`` or ``mother``)."""
        return np.array([getattr(state, name) for state in self.states])[parent]

    def is_in(self, parent: Ints, *names: str) -> Any:
        """Whether a parent is in one of the states."""
        return np.array([state.name in names for state in self.states])[parent]


def draw_families(chance: Chance, shares: Shares, n: int, day: dt.date) -> Families:
    """Enough households for ``n`` children; the last has fewer if they would be too many."""
    kinds, states = shares.families(), shares.states()
    family = chance.pick("family", [kind.share for kind in kinds], n)
    children = _children(chance, shares, family, kinds, n)
    count = len(children)
    family = family[:count]
    father, mother = _parents(chance, kinds, states, family)
    least = np.array([state.least_age for state in states])
    house = np.repeat(np.arange(count), children)
    born = _births(chance, shares, d.number(day), children, np.maximum(least[father], least[mother]))
    last = np.cumsum(children) - 1
    return Families(
        day=d.number(day), kinds=kinds, states=states, family=family, father=father, mother=mother, children=children,
        house=house, born=born, eldest=born[last - children + 1], youngest=born[last],
    )  # fmt: skip


def _children(chance: Chance, shares: Shares, family: Ints, kinds: tuple[Family, ...], n: int) -> Ints:
    only = np.array([kind.only_child for kind in kinds])[family]
    table = shares.shares("households.children")
    numbers = np.array([int(value) for value in table.values])
    drawn = np.where(only, 1, numbers[chance.pick("children", table.shares, n)])
    total = np.cumsum(drawn)
    count = int(np.searchsorted(total, n)) + 1 if n else 0
    kept = drawn[:count]
    if n:
        kept[-1] -= total[count - 1] - n
    return kept


def _parents(chance: Chance, kinds: tuple[Family, ...], states: tuple[State, ...], family: Ints) -> tuple[Ints, Ints]:
    place = {state.name: k for k, state in enumerate(states)}
    father = np.array([place[kind.father] for kind in kinds])[family]
    mother = np.array([place[kind.mother] for kind in kinds])[family]
    either = np.array([kind.either for kind in kinds])[family]
    swapped = either & (chance.below("either", 2, len(family)) == 1)
    return np.where(swapped, mother, father), np.where(swapped, father, mother)


def _births(chance: Chance, shares: Shares, day: int, children: Ints, least_age: Ints) -> Ints:
    """Every child's birth day, the eldest of a household first."""
    n = int(children.sum())
    low, high = shares.span("households.birth_gap", "days")
    gap = chance.between("birth gap", low, high, n)
    gap = np.where(chance.happens("twins", shares.share("households.twins"), n), 0, gap)
    last = np.cumsum(children) - 1
    gap[last] = 0
    # Days between a child and the youngest of the household: the gaps from here to the household's last child.
    through = np.cumsum(gap)
    before_youngest = np.repeat(through[last], children) - through + gap
    youngest = _youngest(chance, shares, day, least_age)
    whole = before_youngest[last - children + 1]
    youngest = _under_the_limit(chance, day, youngest, whole, least_age)
    born = np.repeat(youngest, children) - before_youngest
    return _special_birthdays(chance, shares, day, born, last, children == 1, least_age)


def _youngest(chance: Chance, shares: Shares, day: int, least_age: Ints) -> Ints:
    """Birth days by the table of ages; where a child must be older, the years wrap round above the least."""
    table = shares.shares("ages")
    ages = np.array([int(value) for value in table.values])
    years = ages[chance.pick("age", table.shares, len(least_age))]
    years = np.where(years < least_age, least_age + years % (18 - least_age), years)
    # Born after the day on which a child a year older was born, up to the day on which one just turns so old.
    latest, too_early = (d.add_months(np.full(len(years), day), -12 * (years + k)) for k in (0, 1))
    return latest - chance.below("days after the birthday", latest - too_early)


def _under_the_limit(chance: Chance, day: int, youngest: Ints, whole: Ints, least_age: Ints) -> Ints:
    """Where the eldest, ``whole`` days older, would be beyond the age limit, all are younger by up to some years more."""
    earliest = int(d.add_months(np.array([day]), -12 * AGE_LIMIT)[0]) + 1 + whole
    latest = np.maximum(day - 366 * least_age, earliest)
    spread = chance.below("younger", np.minimum(latest - earliest + 1, 5 * 365))
    return np.where(youngest < earliest, earliest + spread, youngest)


def _special_birthdays(
    chance: Chance, shares: Shares, day: int, born: Ints, last: Ints, only: Any, least_age: Ints
) -> Ints:
    """Some only children are born on 29 February, or turn an age that a rule names on the day or beside it."""
    count = len(last)
    table = shares.table("birthdays.on_an_edge")
    years = np.array(table["years"])[chance.below("edge of age", len(table["years"]), count)]
    days_off = table["days_off"]
    shift = np.array([int(k) for k in days_off])[chance.pick("days off the edge", list(days_off.values()), count)]
    edge = np.minimum(d.add_months(np.full(count, day), -12 * years) + shift, day)
    # A day after the birthday the child is a year younger than ``years``.
    old_enough = (years > least_age) | ((years == 0) & (least_age == 0))
    at_edge = only & old_enough & chance.happens("on an edge", shares.share("birthdays.on_an_edge"), count)
    leap_days = _leap_days(day)
    leap = leap_days[chance.below("leap day", len(leap_days), count)]
    old_enough = d.ages(leap, day) >= least_age
    on_leap = only & old_enough & chance.happens("on a leap day", shares.share("birthdays.leap_day"), count)
    born = born.copy()
    born[last] = np.where(on_leap, leap, np.where(at_edge, edge, born[last]))
    return born


def _leap_days(day: int) -> Ints:
    """Every 29 February of a child that is under the age limit on the day."""
    today = d.day(day)
    leap = [dt.date(y, 2, 29) for y in range(today.year - AGE_LIMIT, today.year + 1) if isleap(y)]
    return np.array([d.number(x) for x in leap if add_months(today, -12 * AGE_LIMIT) < x <= today], dtype=np.int64)
