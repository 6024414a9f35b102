"""What is worked out from the entries and kept beside them, to find files quickly: the last entry and the erasure of each
file, the divisions that it ever stated, and digests of the resident IDs, of names with birth dates, of birth dates and of names; and the
keys with which entries were written, which ``keys`` compares. Compared, and made anew.

Used by ``verify``, which finds what differs, and by ``store.rebuild``. Entries are never touched here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import keys, reading, sealing
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import FACTUAL, KEPT_AT_ERASURE, EntryKind
from kinderguard.casefile.chain.single import single_row
from kinderguard.casefile.errors import DamagedEntryError
from kinderguard.casefile.facts import places_in
from kinderguard.casefile.filing import editions, unread
from kinderguard.casefile.filing.holders import id_in
from kinderguard.casefile.filing.persons import Person, person_in
from kinderguard.casefile.filing.waiting import drop_unreadable
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text

_STEP = 5_000


@attrs.define
class Derived:
    """What follows from the entries that were seen so far, in the order of their numbers."""

    #: By file, its last entry, and the erasure that it stands in.
    last: dict[str, int] = attrs.field(factory=dict)
    erased: dict[str, int] = attrs.field(factory=dict)
    #: By file, what it stated; nothing of before an erasure.
    places: dict[str, set[str]] = attrs.field(factory=dict)
    ids: dict[str, set[str]] = attrs.field(factory=dict)
    persons: dict[str, Person] = attrs.field(factory=dict, repr=False)
    #: The files of which an entry cannot be read, so that nobody knows what it stated.
    unread: set[str] = attrs.field(factory=set)
    #: The files whose keys are otherwise in their table.
    keys: set[str] = attrs.field(factory=set)

    def see(self, number: int, ref: str, kind: str) -> None:
        """Follow one entry."""
        self.last[ref] = number
        if kind == EntryKind.ERASURE.value:
            self.erased[ref] = number
            self.places.pop(ref, None)
            self.ids.pop(ref, None)
            self.persons.pop(ref, None)
            self.unread.discard(ref)
        elif kind not in _KEPT:
            self.erased.pop(ref, None)

    def see_facts(self, ref: str, body: Mapping[str, Any], vault: Vault) -> None:
        """What the body of an entry of facts or of a correction states."""
        places, number = places_in(body), id_in(body)
        if places:
            self.places.setdefault(ref, set()).update(places)
        if number is not None:
            self.ids.setdefault(ref, set()).add(vault.id_digest(number))
        person = person_in(body.get("facts"))
        if person:
            self.persons[ref] = self.persons.get(ref, Person()) | person


_KEPT = frozenset(kind.value for kind in KEPT_AT_ERASURE)
#: What may be read to work something out: what an erasure takes away.
ERASABLE_KINDS = frozenset(kind.value for kind in EntryKind) - _KEPT
FACTUAL_KINDS = frozenset(kind.value for kind in FACTUAL)


def faults(connection: Connection, vault: Vault, derived: Derived) -> Iterator[Problem]:
    """The files of which the tables say something else than their entries."""
    files = {row.ref: row for row in connection.execute(sa.select(t.files))}
    places = _by_ref(connection.execute(sa.select(t.places.c.ref, t.places.c.division)))
    ids = _by_ref(connection.execute(sa.select(t.ids.c.ref, t.ids.c.digest)))
    persons = _by_ref(connection.execute(sa.select(t.persons.c.ref, t.persons.c.digest)))
    births = _by_ref(connection.execute(sa.select(t.births.c.ref, t.births.c.digest)))
    names = _by_ref(connection.execute(sa.select(t.names.c.ref, t.names.c.digest)))
    wrong_keys = derived.keys | keys.strays(connection)
    unreadable = {ref for _, ref in editions.damaged(connection, vault)}
    for ref in sorted({*files, *derived.last, *places, *ids, *persons, *births, *names, *wrong_keys, *unreadable}):
        row = files.get(ref)
        if ref in wrong_keys:
            yield _problem("chain.keys", ref, _KEYS)
        if ref in unreadable:
            yield _problem("chain.editions", ref, _EDITIONS)
        if (None if row is None else row.last) != derived.last.get(ref):
            yield _problem("chain.file", ref, _LAST)
        elif row is not None and row.erased != derived.erased.get(ref):
            yield _problem("chain.erased", ref, _ERASED)
        if ref in derived.unread:
            continue
        if places.get(ref, set()) != derived.places.get(ref, set()):
            yield _problem("chain.places", ref, _PLACES)
        if ids.get(ref, set()) != derived.ids.get(ref, set()):
            yield _problem("chain.ids", ref, _IDS)
        person = derived.persons.get(ref, Person())
        found = (each.get(ref, set()) for each in (persons, births, names))
        if (*found,) != (person.digests(vault), person.birth_digests(vault), person.name_digests(vault)):
            yield _problem("chain.persons", ref, _PERSONS)


def _by_ref(rows: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for ref, value in rows:
        found.setdefault(ref, set()).add(value)
    return found


def rebuild(connection: Connection, vault: Vault, *, whatever: bool = False) -> int:
    """Make the tables anew from the entries; how many files there are. Writers wait meanwhile.

    Args:
        connection, vault: of the store, in a writing transaction.
        whatever: whether an entry that is not what was written is left out; ``verify`` will tell of it.

    Raises:
        DamagedEntryError: an entry is not what was written, so nothing can be worked out from it.
    """
    single_row(connection, t.head, lock=True)
    keys.drop_strays(connection)
    drop_unreadable(connection, vault)
    unread.drop_unreadable(connection, vault)
    editions.drop_damaged(connection, vault)
    sealing.seal(connection, vault)
    derived, number = Derived(), 0
    while rows := reading.after(connection, number, _STEP):
        said: dict[str, tuple[str, int]] = {}
        for row in rows:
            number = row.number
            if not isinstance(row.ref, str):  # nobody knows whose it is
                if not whatever:
                    raise DamagedEntryError.of(number)
                continue
            derived.see(row.number, row.ref, row.kind)
            if row.kind not in ERASABLE_KINDS or row.content is None:
                continue
            try:
                entry, key = reading.entry_and_key(row, vault)
            except DamagedEntryError:
                if row.kind in FACTUAL_KINDS and not whatever:
                    raise
                continue
            if entry.kind in FACTUAL:
                derived.see_facts(row.ref, entry.body, vault)
            if key is not None:
                said[key] = row.ref, row.number
        keys.put_back(connection, said)
    for table in (t.files, t.places, t.ids, t.persons, t.births, t.names):
        connection.execute(sa.delete(table))
    _put(connection, t.files, ({"ref": r, "last": n, "erased": derived.erased.get(r)} for r, n in derived.last.items()))
    _put(connection, t.places, ({"ref": r, "division": each} for r, some in derived.places.items() for each in some))
    _put(connection, t.ids, ({"ref": r, "digest": each} for r, some in derived.ids.items() for each in some))
    digests = ((ref, each) for ref, person in derived.persons.items() for each in person.digests(vault))
    _put(connection, t.persons, ({"ref": ref, "digest": each} for ref, each in digests))
    digests = ((ref, each) for ref, person in derived.persons.items() for each in person.birth_digests(vault))
    _put(connection, t.births, ({"ref": ref, "digest": each} for ref, each in digests))
    digests = ((ref, each) for ref, person in derived.persons.items() for each in person.name_digests(vault))
    _put(connection, t.names, ({"ref": ref, "digest": each} for ref, each in digests))
    return len(derived.last)


def _put(connection: Connection, table: sa.Table, rows: Iterable[dict[str, object]]) -> None:
    for some in reading.chunks(rows):
        connection.execute(sa.insert(table), some)


_LAST = Text("档案的末条记录与登记不符", "the file's last entry is not the one that is registered")
_ERASED = Text(
    "登记的删除状态与记录不符，档案可能未列出或误列",
    "the register says otherwise than the entries whether the file was erased, so it may not be listed, or be listed wrongly",
)
_PLACES = Text(
    "登记的行政区划与记录不符，按地区查找可能漏掉此档案",
    "the register of divisions is not what the entries say, so the file may be missed where its division's are listed",
)
_IDS = Text(
    "登记的证件号摘要与记录不符，按证件号查找可能漏掉此档案",
    "the register of ID digests is not what the entries say, so the file may be missed where it is looked for by its ID",
)
_PERSONS = Text(
    "登记的姓名、出生日期摘要与记录不符，导入时可能为已有档案的儿童另建档案",
    "the register of digests of names and birth dates is not what the entries say, so an import may begin a second file for a "
    "child that has one",
)
_KEYS = Text(
    "登记的导入标识（key）与记录不符，写过的内容可能重复写入，或被误认为已写入",
    "the register of keys is not what the entries say, so what was written may be written again, or be taken for written",
)
_EDITIONS = Text(
    "各版名单曾确认哪些事实的登记被改动，迟到的旧名单可能盖过较新名单所报",
    "the register of what editions of lists confirmed was changed, so an older list that comes late may override what newer ones said",
)
_MEND = Text(
    "；请查明何人改动了数据库，再由记录重建：store.rebuild()",
    "; find out who changed the database, then make it anew from the entries: store.rebuild()",
)


def _problem(code: str, ref: str, what: Text) -> Problem:
    return Problem(code, what + _MEND, ref)
