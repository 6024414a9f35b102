"""Where children live: division, registration, migration; and the dibao line of each household's division."""

from fractions import Fraction

import attrs
import numpy as np
import polars as pl

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.asked import Places
from kinderguard.analysis.synthetic.care import Care
from kinderguard.analysis.synthetic.chance import Chance, Flags, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.shares import Shares
from kinderguard.model.codes import CareKind, RegistrationKind

#: The county that does not exist: only there are towns and villages made up.
FICTITIOUS = "330199"
_TOWNS, _VILLAGES = 4, 5
_RURAL, _URBAN = (c.place_of(kind) for kind in (RegistrationKind.RURAL, RegistrationKind.URBAN))


@attrs.frozen(eq=False)
class Living:
    """Columns by path, one cell a child; and of each household its division, its line (fen) and whether it is rural."""

    facts: dict[str, c.Column]
    division: c.Lookup
    registered: c.Lookup
    line: Ints
    rural: Flags
    _residence: c.Lookup

    def residence_of(self, house: Ints) -> pl.Series:
        """Where each child lives, whether or not that is known."""
        return self._residence.at(house).series()


def draw_living(chance: Chance, shares: Shares, families: Families, care: Care, places: Places) -> Living:
    """Places for every household and child."""
    count = len(families)
    origins = tuple(shares.table("migrants.origins")["divisions"])
    codes = (*places.codes, *(code for code in origins if code not in places.codes))
    here = chance.pick("division", places.weights, count)
    away = families.is_in(families.father, "away") | families.is_in(families.mother, "away")
    migrant = care.is_kind(CareKind.PARENTAL) & ~away & chance.happens("migrant", shares.share("migrants"), count)
    home = np.where(migrant, _origins(chance, here, len(places.codes), len(codes)), here)
    rural = chance.happens("rural", shares.share("rural"), count)
    values, below = _with_villages(codes), _below(chance, shares, len(codes), count)
    fictitious = np.array([code == FICTITIOUS for code in codes])
    residence, registration = (np.where(fictitious[place] & (below > 0), below, place) for place in (here, home))
    permit = migrant & chance.happens("permit", shares.share("migrants.permit"), count)
    house = families.house
    moved = _moved(chance, shares, families.day, count)[house]
    since = np.where(migrant[house], np.maximum(moved, families.born), families.born)
    facts: dict[str, c.Column] = {
        "child.registration.kind": c.codes_of(RegistrationKind, np.where(rural, _RURAL, _URBAN)).at(house),
        "child.registration.division": c.texts(values, registration).at(house),
        "child.residence.division": c.texts(values, residence).at(house),
        "child.residence.since": c.Days(since),
        "child.residence.permit": c.yes_or_no(permit).at(house),
    }
    lines = np.array([_line(shares, code) for code in codes], dtype=np.int64)
    return Living(facts, c.texts(codes, here), c.texts(codes, home), lines[here], rural, c.texts(values, residence))


def _line(shares: Shares, division: str) -> int:
    """The dibao line of a division in fen."""
    stated = shares.table("dibao_line")
    return int(Fraction(stated.get(division, stated["other"])["yuan"]) * 100)


def _origins(chance: Chance, here: Ints, asked: int, known: int) -> Ints:
    """Another division of the population, or of those kept for migrants where it has one alone."""
    among = asked if asked > 1 else known
    return (here + 1 + chance.below("origin", among - 1, len(here))) % among


def _moved(chance: Chance, shares: Shares, day: int, count: int) -> Ints:
    """The day of moving in, often just at the six months that make a migrant child."""
    months = chance.between("moved", *shares.span("migrants", "months"), count)
    days = chance.below("moved on", 28, count)
    edge = chance.happens("moved six months ago", shares.share("migrants.at_six_months"), count)
    off = chance.between("moved beside six months", -1, 1, count)
    return d.add_months(np.full(count, day), -np.where(edge, 6, months)) - np.where(edge, off, days)


def _with_villages(codes: tuple[str, ...]) -> list[str]:
    """All codes, then those of the fictitious county's towns, then those of its villages."""
    towns = [f"{FICTITIOUS}{town:03d}" for town in range(1, _TOWNS + 1)]
    return [*codes, *towns, *(f"{town}{200 + village}" for town in towns for village in range(1, _VILLAGES + 1))]


def _below(chance: Chance, shares: Shares, codes: int, count: int) -> Ints:
    """The place in ``_with_villages`` of a town or a village for each household; 0 where only the county is known."""
    table = shares.shares("townships")
    level = np.array([int(value) for value in table.values])[chance.pick("level", table.shares, count)]
    town, village = chance.below("town", _TOWNS, count), chance.below("village", _VILLAGES, count)
    return np.where(level == 6, 0, codes + np.where(level == 9, town, _TOWNS + town * _VILLAGES + village))
