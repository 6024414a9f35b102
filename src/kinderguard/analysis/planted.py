"""Lists of several departments with planted mistakes, and the truth beside them: what linking is measured by.

Called by tests and benchmarks. Everything it gives is SYNTHETIC: nobody in it exists, and nothing can be concluded from
it about the lists of any place. Which mistakes are made, and how often, stands in ``planted.toml``.
"""

import csv
import datetime as dt
import io
import random
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from kinderguard.analysis.synthetic.asked import SynthesisError, whole_number
from kinderguard.model.case import Case
from kinderguard.model.errors import suggestion
from kinderguard.model.resident_id import check_digit
from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey
from kinderguard.survey.read import read_ledger

#: The day of the lists: ages are reckoned to it.
AS_OF = dt.date(2025, 9, 1)
#: Divisions xx0190 to xx0199 were never given to a place: a number that begins with one is nobody's.
_ID_DIVISIONS = ("330190", "330191", "330192", "330193", "330194", "330195")
_DAYS_OF_CHILDHOOD = 365

Row = Mapping[str, str]


@attrs.frozen
class PlantedChild:
    """One child of the truth: a number, its family, and whether another child of the family was born with it."""

    number: int
    family: int
    twin: bool


@attrs.frozen(eq=False)
class PlantedList:
    """One department's list: its headers and rows, as text, as they would stand in a file (the header in row 1)."""

    code: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...] = attrs.field(repr=False)

    def key(self, place: int) -> RowKey:
        """How the survey names the row at a place in ``rows``."""
        return RowKey(self.code, self.code, place + 2)

    def to_csv(self) -> str:
        """The list as the text of a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.headers)
        writer.writerows([row.get(header, "") for header in self.headers] for row in self.rows)
        return text.getvalue()

    def write(self, folder: str | Path) -> Path:
        """Write the list to ``<code>.csv`` in a folder, and give its path."""
        path = Path(folder, f"{self.code}.csv")
        path.write_text(self.to_csv(), "utf-8")
        return path


@attrs.frozen(eq=False)
class Planted:
    """The lists by department, and the truth: by row, the number of the child whose row it is."""

    noise: str
    seed: int
    sources: Mapping[str, PlantedList] = attrs.field(repr=False)
    truth: Mapping[RowKey, int] = attrs.field(repr=False)
    children: tuple[PlantedChild, ...] = attrs.field(repr=False)

    def __str__(self) -> str:
        return (
            f"Planted(synthetic: {len(self.children)} children in {len(self.truth)} rows of {len(self.sources)} lists, "
            f"noise {self.noise}, seed {self.seed})"
        )

    __repr__ = __str__

    def cases(self) -> tuple[tuple[RowKey, Case], ...]:
        """Every row as the ledger reader reads it, with its key; rows that it refuses are left out."""
        found: list[tuple[RowKey, Case]] = []
        with tempfile.TemporaryDirectory() as folder:
            for one in self.sources.values():
                ledger = read_ledger(one.write(folder), progress=False)
                found += [(RowKey(one.code, r.sheet, r.row), r.case) for r in ledger.rows if r.case is not None]
        return tuple(found)


def plant(n: int, *, seed: int = 0, noise: str = "low") -> Planted:
    """Lists of five departments about ``n`` synthetic children, with duplicates, mistakes, twins and missing IDs.

    Args:
        n: how many children.
        seed: the same seed gives the same lists, everywhere.
        noise: ``"low"``, ``"medium"`` or ``"high"``.

    Raises:
        SynthesisError: ``n`` or ``seed`` is no whole number from 0, or there is no such noise.

    >>> plant(100, seed=1)
    Planted(synthetic: 100 children in ... rows of 5 lists, noise low, seed 1)
    """
    levels = _planted()["noise"]
    if noise not in levels:
        close = suggestion(str(noise), levels)
        raise SynthesisError(
            Text(f"noise 应为 {'、'.join(levels)} 之一。{close.zh}", f"noise is one of {', '.join(levels)}.{close.en}")
        )
    return _Planting(whole_number("n", n), whole_number("seed", seed), noise).planted()


@cache
def _planted() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("kinderguard.analysis") / "planted.toml").read_text("utf-8"))


class _Dice:
    """Chance. Only ``random()`` is used, which Python keeps the same in every version."""

    def __init__(self, seed: int, label: str) -> None:
        self._random = random.Random(f"{seed} {label}")

    def happens(self, share: float) -> bool:
        return self._random.random() < share

    def below(self, bound: int) -> int:
        return int(self._random.random() * bound)

    def of(self, choices: Sequence[str]) -> str:
        return choices[self.below(len(choices))]

    def pick(self, shares: Sequence[float]) -> int:
        drawn, end = self._random.random(), 0.0
        for place, share in enumerate(shares):
            end += share
            if drawn < end:
                return place
        return len(shares) - 1


@attrs.frozen
class _Person:
    """Somebody as they truly are."""

    number: int
    family: int
    twin: bool
    surname: str
    given: str
    male: bool
    born: dt.date
    resident_id: str
    father: str
    father_id: str
    mother: str
    mother_id: str
    guardian: str
    phone: str
    township: int
    village: int
    house: int

    @property
    def name(self) -> str:
        return self.surname + self.given


class _Planting:
    """Families first, then rows, list by list."""

    def __init__(self, n: int, seed: int, noise: str) -> None:
        self.n, self.seed, self.noise = n, seed, noise
        tables = _planted()
        self.places, self.families, self.names = tables["places"], tables["families"], tables["names"]
        self.lists, self.rates = tables["lists"], tables["noise"][noise]
        self.groups: list[str] = self.names["alike"]
        self.alike = {c: group.replace(c, "") for group in self.groups for c in group if len(group) > 1}
        self.look_alike = {c: pair.replace(c, "") for pair in self.names["look_alike"] for c in pair}
        self.surnames = [*self.names["surnames"].removesuffix("欧阳"), "欧阳"]
        # People are drawn apart from mistakes, so that all levels of noise are about the same people.
        self.dice = _Dice(seed, "people")
        self._issued: dict[str, int] = defaultdict(int)
        self._people: list[_Person] = []

    def planted(self) -> Planted:
        while len(self._people) < self.n:
            self._family()
        people = self._people[: self.n]
        truth: dict[RowKey, int] = {}
        sources = {}
        self.dice = _Dice(self.seed, "lists")
        standing: dict[str, list[_Person]] = {code: [] for code in self.lists}
        for person in people:
            chosen = [code for code, table in self.lists.items() if self.dice.happens(table["share"])]
            for code in chosen or ["civil_affairs"]:
                standing[code].append(person)
        siblings = defaultdict(list)
        for person in people:
            siblings[person.family].append(person)
        for code, some in standing.items():
            self.dice = _Dice(self.seed, f"{self.noise} {code}")
            listed = [(p, row) for p in some for row in self._rows(p, siblings[p.family], self.lists[code]["columns"])]
            listed = self._shuffled(listed)
            one = PlantedList(code, tuple(self.lists[code]["columns"]), tuple(row for _, row in listed))
            sources[code] = one
            truth |= {one.key(place): person.number for place, (person, _) in enumerate(listed)}
        children = tuple(PlantedChild(p.number, p.family, p.twin) for p in people)
        return Planted(self.noise, self.seed, sources, truth, children)

    def _shuffled(self, some: list[Any]) -> list[Any]:
        keys = [self.dice.below(1 << 40) for _ in some]
        return [some[place] for place in sorted(range(len(some)), key=lambda place: (keys[place], place))]

    # ---- people ----------------------------------------------------------------------------------------------

    def _family(self) -> None:
        dice, settings = self.dice, self.families
        family = self._people[-1].family + 1 if self._people else 1
        township, village = dice.below(self.places["townships"]), dice.below(self.places["villages"])
        great = (township * 31 + village * 7) % 60
        surname = (
            self.surnames[great + dice.below(2)] if dice.happens(settings["great_surnames"]) else dice.of(self.surnames)
        )
        birth_of_mother = AS_OF - dt.timedelta(days=365 * (26 + dice.below(18)) + dice.below(365))
        parents = {
            "father": surname + self._given(dice), "mother": dice.of(self.surnames) + self._given(dice),
            "father_id": self._id(birth_of_mother - dt.timedelta(days=dice.below(2000)), True),
            "mother_id": self._id(birth_of_mother, False),
            "guardian": surname + self._given(dice) if dice.happens(0.4) else "",
            "phone": "1" + str(3 + dice.below(7)) + "".join(str(dice.below(10)) for _ in range(9)),
        }  # fmt: skip
        count = 1 + dice.pick(settings["children"])
        first, last = settings["ages"]
        born = AS_OF - dt.timedelta(days=365 * first + 1 + dice.below(_DAYS_OF_CHILDHOOD * (last - first)))
        given: list[str] = []
        house = 1 + dice.below(180)
        for _ in range(count):
            twin = bool(given) and dice.happens(settings["twins"])
            if given and not twin:
                born = born - dt.timedelta(days=330 + dice.below(1500))
            given.append(self._sibling_name(given, twin))
            if twin:
                self._people[-1] = attrs.evolve(self._people[-1], twin=True)
            male = dice.happens(0.53)
            self._people.append(
                _Person(
                    number=len(self._people) + 1, family=family, twin=twin, surname=surname, given=given[-1], male=male,
                    born=born, resident_id=self._id(born, male), township=township, village=village,
                    house=house, **parents,
                )
            )  # fmt: skip

    def _given(self, dice: _Dice) -> str:
        length = 1 if dice.happens(self.families["two_character_names"]) else 2
        return "".join(dice.of(dice.of(self.groups)) for _ in range(length))

    def _sibling_name(self, given: list[str], twin: bool) -> str:
        """A name unlike those of the others, often with a character in common; now and then one that sounds alike."""
        dice = self.dice
        for _ in range(50):
            name = self._given(dice)
            before = given[-1] if given else ""
            if len(before) == 2 and len(name) == 2:
                if twin and dice.happens(self.families["twins_sound_alike"]) and before[1] in self.alike:
                    name = before[0] + dice.of(self.alike[before[1]])
                elif dice.happens(self.families["one_character_in_common"]):
                    name = before[0] + name[1] if dice.happens(0.7) else name[0] + before[1]
            if name not in given:
                return name
        raise AssertionError("no other name was drawn in fifty tries")

    def _id(self, born: dt.date, male: bool) -> str:
        """The next number of the day: valid in form, and nobody's."""
        day = f"{born:%Y%m%d}"
        key = day + ("m" if male else "f")
        order = self._issued[key]
        self._issued[key] += 1
        division = _ID_DIVISIONS[order // 500]
        first17 = f"{division}{day}{order % 500 * 2 + male:03d}"
        return first17 + check_digit(first17)

    # ---- rows ------------------------------------------------------------------------------------------------

    def _rows(self, person: _Person, siblings: Sequence[_Person], columns: Sequence[str]) -> list[Row]:
        """The row of a person, now and then two."""
        count = 2 if self.dice.happens(self.rates["twice"]) else 1
        return [self._row(person, siblings, columns) for _ in range(count)]

    def _row(self, person: _Person, siblings: Sequence[_Person], columns: Sequence[str]) -> Row:
        dice, rate = self.dice, self.rates
        number, valid = self._written_id(person, siblings)
        township, village = person.township, person.village
        if dice.happens(rate["place_other"]):
            township, village = dice.below(self.places["townships"]), dice.below(self.places["villages"])
        division = self._division(township, village)
        address = self._address(township, village, person.house)
        kin = person.guardian or person.father
        guardian = self._written_parent(
            (person.mother if kin == person.father else person.father) if dice.happens(rate["guardian_other"]) else kin
        )
        phone = "" if dice.happens(rate["phone_missing"]) else person.phone
        if phone and dice.happens(rate["phone_other"]):
            phone = "1" + str(3 + dice.below(7)) + "".join(str(dice.below(10)) for _ in range(9))
        parents = {
            who: "" if dice.happens(rate["parent_missing"]) else self._written_parent(name)
            for who, name in (("父亲", person.father), ("母亲", person.mother))
        }
        ids = {
            "父亲": "" if dice.happens(rate["id_missing"]) else person.father_id,
            "母亲": "" if dice.happens(rate["id_missing"]) else person.mother_id,
        }
        row = {
            "儿童姓名": self._written_name(person),
            "身份证号": number,
            "性别": self._written_sex(person.male, valid),
            "出生日期": self._written_date(person.born, valid),
            "户籍地行政区划代码": division, "现居住地行政区划代码": division,
            "户籍地址": address, "现居住地": address,
            "父亲姓名": parents["父亲"], "母亲姓名": parents["母亲"],
            "父亲身份证号": ids["父亲"] if parents["父亲"] == person.father else "",
            "母亲身份证号": ids["母亲"] if parents["母亲"] == person.mother else "",
            "监护人姓名": guardian, "监护人电话": phone, "父亲联系电话": phone,
        }  # fmt: skip
        if valid and number != person.resident_id:
            row |= {"出生日期": "", "性别": ""}  # a sibling's number brings the sibling's date and sex
        return {header: row[header] for header in columns}

    def _written_id(self, person: _Person, siblings: Sequence[_Person]) -> tuple[str, bool]:
        """The ID as the list has it, and whether it is a valid one."""
        dice, rate = self.dice, self.rates
        if dice.happens(rate["id_missing"]):
            return "", False
        if dice.happens(rate["id_digit"]):
            place = 6 + dice.below(11)
            digit = (int(person.resident_id[place]) + 1 + dice.below(9)) % 10
            return person.resident_id[:place] + str(digit) + person.resident_id[place + 1 :], False
        others = [s for s in siblings if s.number != person.number]
        if others and dice.happens(rate["id_siblings"]):
            return others[dice.below(len(others))].resident_id, True
        return person.resident_id, True

    def _written_name(self, person: _Person) -> str:
        dice, rate = self.dice, self.rates
        given = person.given
        kind = dice.pick([rate[f"name_{one}"] for one in ("alike", "turned", "character", "other", "missing")] + [1.0])
        if kind == 0:
            places = [i for i, c in enumerate(given) if c in self.alike]
            if places:
                place = places[dice.below(len(places))]
                given = given[:place] + dice.of(self.alike[given[place]]) + given[place + 1 :]
        elif kind == 1:
            return given + person.surname
        elif kind == 2:
            place = dice.below(len(given))
            other = self.look_alike.get(given[place]) or dice.of(dice.of(self.groups))
            given = given[:place] + other + given[place + 1 :]
        elif kind == 3:
            given = dice.of(dice.of(self.groups)) * 2  # what the child is called at home
        elif kind == 4:
            return ""
        return person.surname + given

    def _written_parent(self, name: str) -> str:
        dice, rate = self.dice, self.rates
        kind = dice.pick([rate["parent_alike"], rate["parent_other"], 1.0])
        places = [i for i, c in enumerate(name) if i and c in self.alike]
        if kind == 0 and places:
            place = places[dice.below(len(places))]
            return name[:place] + dice.of(self.alike[name[place]]) + name[place + 1 :]
        if kind == 1:
            return dice.of(self.surnames) + self._given(dice)
        return name

    def _written_sex(self, male: bool, valid: bool) -> str:
        if not valid and self.dice.happens(self.rates["sex_missing"]):
            return ""
        if not valid and self.dice.happens(self.rates["sex_wrong"]):
            male = not male
        return "男" if male else "女"

    def _written_date(self, born: dt.date, valid: bool) -> str:
        dice, rate = self.dice, self.rates
        if valid:
            return born.isoformat()
        kind = dice.pick([rate[f"date_{one}"] for one in ("turned", "digit", "to_month", "missing")] + [1.0])
        if kind == 0 and born.day <= 12:
            born = dt.date(born.year, born.day, born.month)
        elif kind == 1:
            born = self._digit_off(born)
        elif kind == 2:
            return f"{born:%Y-%m}"
        elif kind == 3:
            return ""
        return born.isoformat() if born <= AS_OF else ""

    def _digit_off(self, born: dt.date) -> dt.date:
        """Another day that exists and is written with one other digit, or the day itself where none was found."""
        text = f"{born:%Y%m%d}"
        for _ in range(50):
            place, digit = 3 + self.dice.below(5), str(self.dice.below(10))
            other = text[:place] + digit + text[place + 1 :]
            try:
                found = dt.date(int(other[:4]), int(other[4:6]), int(other[6:]))
            except ValueError:
                continue
            if found != born and found <= AS_OF:
                return found
        return born

    def _division(self, township: int, village: int) -> str:
        county = self.places["county"]
        return (
            county if self.dice.happens(self.rates["place_to_county"]) else f"{county}{township + 100}{village + 200}"
        )

    def _address(self, township: int, village: int, house: int) -> str:
        places, dice = self.places, self.dice
        town, hamlet = places["township_names"][township], places["village_names"][village]
        start = dice.of(["", places["county_name"], "浙江省杭州市" + places["county_name"]])
        end = dice.of([f"{house}号", f"{house}号", f"第{house % 9 + 1}组{house}号", ""])
        return f"{start}{town}河镇{hamlet}头村{end}"
