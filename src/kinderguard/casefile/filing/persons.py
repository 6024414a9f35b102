"""What is kept, besides the resident ID, to find the file of a child by: a keyed digest of each name with each birth date that
the file ever stated, and one of each birth date alone.

Used when facts are written, by what is worked out from them (``derived``), and by ``namesakes``, which looks whether a child
that is to begin a file has one. A name and a birth date may stand in different entries, so the digests are of a whole file. Of
a digest nobody can tell whether two names are near each other: by the birth date alone those few files are found whose names
are then compared.
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

    def births_to_compare(self, vault: Vault) -> set[str]:
        """The digests under which stand the files of children born on the same day, or in the same month as far as is known."""
        return _birth_digests(vault, self.born | {born[:_MONTH] for born in self.born})

    def may_be_as_old_as(self, other: "Person") -> bool:
        """Whether both are born on one day or, where one of both says no day, in one month."""
        if self.born and other.born:
            return bool(self.born & other.born)
        return bool(self._months & other._months)

    def with_births_mistyped(self) -> "Person":
        """The same names with each birth date that one of these may be a slip for: one digit another, or day and month turned."""
        return Person(self.names, frozenset(each for born in self.born for each in _slips_of(born)) - self.born)

    @property
    def _months(self) -> frozenset[str]:
        return self.months | {born[:_MONTH] for born in self.born}


#: No child's file says an earlier year of birth.
_FIRST_YEAR = 1990


@lru_cache(maxsize=1 << 13)
def _slips_of(born: str) -> tuple[str, ...]:
    """The days of birth that one may have been written for: one digit another, or day and month turned.

    >>> [each for each in _slips_of("2013-07-11") if each in ("2013-07-17", "2013-11-07", "2014-07-11", "2013-08-12")]
    ['2013-07-17', '2013-11-07', '2014-07-11']
    """
    year, month, day = born[:4], born[5:7], born[8:]
    written = [f"{year}-{day}-{month}"]
    for place, digit in enumerate(born):
        if digit.isdigit():
            written += (f"{born[:place]}{other}{born[place + 1 :]}" for other in "0123456789" if other != digit)
    return tuple(sorted({each for each in written if each != born and _may_be_born(each)}))


def _may_be_born(written: str) -> bool:
    try:
        return _FIRST_YEAR <= dt.date.fromisoformat(written).year <= dt.date.today().year
    except ValueError:
        return False


def _birth_digests(vault: Vault, births: Iterable[str]) -> set[str]:
    return {vault.id_digest(f"born:{each}") for each in births}


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
