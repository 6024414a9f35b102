"""The birthdays of those whom a case names: who reaches an age, or may, on which day.

Used by what falls due and by whoever looks at one child month by month. It reads the case alone and needs no store.
"""

import datetime as dt
from collections.abc import Iterator

from kinderguard.model.case import Case
from kinderguard.model.dates import age_on
from kinderguard.model.people import Person
from kinderguard.model.text import Text

#: Who it is, in a sentence.
_SOMEBODY = {
    "child": Text("儿童", "the child"),
    "father": Text("父亲", "the father"),
    "mother": Text("母亲", "the mother"),
    "guardians": Text("监护人", "a guardian"),
    "household.members": Text("家庭成员", "a member of the household"),
}


def people_of(case: Case) -> Iterator[tuple[str, Person]]:
    """Everybody in a case, by the path of the part that holds them; the child first."""
    yield from (("child", case.child), ("father", case.father), ("mother", case.mother))
    yield from (("guardians", g) for g in case.guardians or ())
    yield from (("household.members", m) for m in case.household.members or ())


def birthdays(case: Case, today: dt.date, until: dt.date) -> dict[dt.date, tuple[Text, int]]:
    """The days after today on which somebody in the case reaches an age, or may: who, and which age. The child first."""
    found: dict[dt.date, tuple[Text, int]] = {}
    for path, person in people_of(case):
        born = person.birth_date
        for birth in () if born is None else dict.fromkeys((born.earliest, born.latest)):
            for year in range(today.year, until.year + 1):
                day = _birthday(birth, year)
                if today < day <= until and birth < day:
                    found.setdefault(day, (_SOMEBODY[path], age_on(birth, day)))
    return found


def _birthday(birth: dt.date, year: int) -> dt.date:
    """The day of a year on which an age is reached: 1 March where 29 February is not there."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)
