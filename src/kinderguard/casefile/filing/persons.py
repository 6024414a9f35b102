"""What is kept, besides the resident ID, to find the file of a child by: a keyed digest of each name with each birth date that
the file ever stated.

Used when facts are written, by what is worked out from them (``derived``), and by ``namesakes``, which looks whether a child
that is to begin a file has one. A name and a birth date may stand in different entries, so the digests are of a whole file.
"""

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

import attrs

from kinderguard.casefile.chain.encryption import Vault
from kinderguard.model.errors import FieldValueError
from kinderguard.model.resident_id import read_resident_id

_NAME, _BORN, _ID = "child.name", "child.birth_date", "child.resident_id"
#: How long a date is that says the day.
_DAY = len("2012-03-05")


@attrs.frozen
class Person:
    """The names and the birth dates of a child as facts state them; a resident ID says a birth date as well."""

    names: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    born: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    def __or__(self, other: "Person") -> "Person":
        return Person(self.names | other.names, self.born | other.born)

    def __bool__(self) -> bool:
        return bool(self.names or self.born)

    def digests(self, vault: Vault) -> set[str]:
        """One for each name with each birth date; whoever has not the store's secret can try none out."""
        both = ([name, born] for name in self.names for born in self.born)
        return {vault.id_digest("person:" + json.dumps(each, ensure_ascii=False)) for each in both}


def person_in(facts: Mapping[str, Any] | None) -> Person:
    """What facts, as an entry or a case keeps them, say of who the child is."""
    facts = facts or {}
    name, born, number = facts.get(_NAME), facts.get(_BORN), facts.get(_ID)
    days = {born} if isinstance(born, str) and len(born) == _DAY else set()
    if isinstance(number, str) and (read := _born(number)) is not None:
        days.add(read)
    return Person(frozenset({_plain(name)} if isinstance(name, str) else ()), frozenset(days))


def _born(number: str) -> str | None:
    try:
        return read_resident_id(number).birth_date.isoformat()
    except FieldValueError:
        return None


def _plain(name: str) -> str:
    """A name without what typing adds: spaces, full width, the many forms of the dot."""
    return "".join(c for c in unicodedata.normalize("NFKC", name) if not c.isspace() and c not in "·•・.‧").casefold()
