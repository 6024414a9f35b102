"""What is kept, besides the resident ID, to find the file of a child by: a keyed digest of each name with each birth date that
the file ever stated, one of each birth date alone, and one of each name alone.

Used when facts are written, by what is worked out from them (``derived``), and by ``namesakes``, which looks whether a child
that is to begin a file has one. A name and a birth date may stand in different entries, so the digests are of a whole file. Of
a digest nobody can tell whether two names, or two birth dates, are near each other: by the birth date alone those few files are
found whose names are then compared, and by the name alone those whose birth dates are.
"""

import datetime as dt
import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import attrs

from kinderguard.casefile.chain.encryption import Vault
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError
from kinderguard.model.resident_id import read_resident_id

_NAME, _BORN, _ID = "child.name", "child.birth_date", "child.resident_id"
#: How long a date is that says the day, and one that says the month.
_DAY, _MONTH = len("2012-03-05"), len("2012-03")


@attrs.frozen
class Person:
    """The names and the birth dates of a child as facts state them; a resident ID says a birth date as well."""

    names: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    born: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    #: Birth dates of which only the month is said.
    months: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    def __or__(self, other: "Person") -> "Person":
        return Person(self.names | other.names, self.born | other.born, self.months | other.months)

    def __bool__(self) -> bool:
        return bool(self.names or self.born or self.months)

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Each name with each birth date."""
        return frozenset((name, born) for name in self.names for born in self.born)

    def digests(self, vault: Vault) -> set[str]:
        """One for each name with each birth date; whoever has not the store's secret can try none out."""
        return {vault.id_digest("person:" + json.dumps(each, ensure_ascii=False)) for each in self.pairs}

    def birth_digests(self, vault: Vault) -> set[str]:
        """One for each birth date, and for each month where no more was said."""
        return _birth_digests(vault, self.born | self.months)

    def name_digests(self, vault: Vault) -> set[str]:
        """One for each name."""
        return {vault.id_digest(f"name:{each}") for each in self.names}

    def births_to_compare(self, vault: Vault) -> set[str]:
        """The digests under which stand the files of children born on the same day, or in the same month as far as is known."""
        return _birth_digests(vault, self.born | {born[:_MONTH] for born in self.born})

    def may_be_as_old_as(self, other: "Person") -> bool:
        """Whether both are born on one day or, where one of both says no day, in one month."""
        if self.born and other.born:
            return bool(self.born & other.born)
        return bool(self._months & other._months)

    def may_be_mistyped(self, other: "Person") -> bool:
        """Whether the birth date of one may be that of the other with one slip (``_slips_of``)."""
        return any(a in _slips_of(b) for a in self.born for b in other.born)

    def may_be_mistyped_twice(self, other: "Person") -> bool:
        """Whether the birth date of one may be that of the other with one slip or two, or lies as near as by two calendars."""
        # Between two days that are one slip apart no third may lie: the first digit of a month is 0 or 1.
        return self.may_be_mistyped(other) or any(
            not _slips_of(a).isdisjoint(_slips_of(b)) or abs(_day(a) - _day(b)) <= _TWO_CALENDARS
            for a in self.born
            for b in other.born
        )

    @property
    def slips(self) -> frozenset[str]:
        """The days of birth that are a slip away (``_slips_of``)."""
        return frozenset().union(*map(_slips_of, self.born))

    @property
    def _months(self) -> frozenset[str]:
        return self.months | {born[:_MONTH] for born in self.born}


#: No child's file says an earlier year of birth.
_FIRST_YEAR = 1990


#: So far apart are a day of the lunar calendar and that of the solar one that is written in the same way, and a little more.
_TWO_CALENDARS = dt.timedelta(days=60)


@lru_cache(maxsize=1 << 13)
def _slips_of(born: str) -> frozenset[str]:
    """The days of birth that one may have been written for: one digit another, two beside each other changed about, day and month
    turned, or the year, the month or the day off by one.

    >>> slips = {"2013-07-17", "2013-11-07", "2014-07-11", "2013-08-11", "2013-01-71", "2013-08-12"}
    >>> sorted(_slips_of("2013-07-11") & slips)
    ['2013-07-17', '2013-08-11', '2013-11-07', '2014-07-11']
    >>> "2014-12-21" in _slips_of("2014-12-12"), "2014-01-05" in _slips_of("2014-10-05"), "2014-09-30" in _slips_of("2014-10-01")
    (True, True, True)
    """
    digits = born.replace("-", "")
    year, month, day = digits[:4], digits[4:6], digits[6:]
    written = [f"{year}{day}{month}"]
    for place, digit in enumerate(digits):
        written += (f"{digits[:place]}{other}{digits[place + 1 :]}" for other in "0123456789" if other != digit)
        written.append(f"{digits[:place]}{digits[place + 1 : place + 2]}{digit}{digits[place + 2 :]}")
    months = 12 * int(year) + int(month) - 1
    written += (f"{m // 12:04}{m % 12 + 1:02}{day}" for m in (months - 12, months - 1, months + 1, months + 12))
    written += ((_day(born) + dt.timedelta(days=days)).strftime("%Y%m%d") for days in (-1, 1))
    dates = (f"{each[:4]}-{each[4:6]}-{each[6:]}" for each in written)
    return frozenset(each for each in dates if each != born and _may_be_born(each))


def _day(born: str) -> dt.date:
    return dt.date.fromisoformat(born)


def _may_be_born(written: str) -> bool:
    try:
        return _FIRST_YEAR <= dt.date.fromisoformat(written).year <= dt.date.today().year
    except ValueError:
        return False


def _birth_digests(vault: Vault, births: Iterable[str]) -> set[str]:
    return {birth_digest(vault, each) for each in births}


def birth_digest(vault: Vault, born: str) -> str:
    """Under what the files of a birth date stand; whoever has not the store's secret can try none out."""
    return vault.id_digest(f"born:{born}")


def person_in(facts: Mapping[str, Any] | None) -> Person:
    """What facts, as an entry or a case keeps them, say of who the child is."""
    facts = facts or {}
    return _person(facts.get(_NAME), facts.get(_BORN), facts.get(_ID))


def person_of(case: Case) -> Person:
    """What a case says of who the child is."""
    child = case.child
    return _person(
        None if child.name is None else child.name.reveal(),
        None if child.birth_date is None else str(child.birth_date),
        None if child.resident_id is None else child.resident_id.reveal(),
    )


def _person(name: object, born: object, number: object) -> Person:
    said = {born} if isinstance(born, str) else set()
    days, months = ({each for each in said if len(each) == length} for length in (_DAY, _MONTH))
    if isinstance(number, str) and (read := _born(number)) is not None:
        days.add(read)
    return Person(
        frozenset({_plain(name)} if isinstance(name, str) else ()), frozenset(days), frozenset(months)
    )  # fmt: skip


def _born(number: str) -> str | None:
    try:
        return read_resident_id(number).birth_date.isoformat()
    except FieldValueError:
        return None


def _plain(name: str) -> str:
    """A name without what typing adds: spaces, full width, the many forms of the dot."""
    return "".join(c for c in unicodedata.normalize("NFKC", name) if not c.isspace() and c not in "·•・.‧").casefold()
