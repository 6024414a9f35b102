"""A child that is to begin a file, and an open file whose child has the same name and birth date: one child would have two files,
and be paid twice, as soon as a list leaves its resident ID out, or mends it.

Used by imports, and by whatever finds the files of a survey's children. Where it is sure that they are one (the file has no ID
yet, and all else that tells who a child is agrees) the child goes there; else it waits, and a person says. It writes nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import FACTUAL, Entry, EntryKind
from kinderguard.casefile.ending.closing import FileState, file_state
from kinderguard.casefile.errors import DamagedEntryError, UnreadableEntryError
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.filing.holders import RESIDENT_ID
from kinderguard.casefile.filing.identity import BY_NAME
from kinderguard.casefile.filing.persons import Person, person_in
from kinderguard.casefile.history import holdings
from kinderguard.model.case import Case
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

_READ = FACTUAL | {EntryKind.CLOSING, EntryKind.REOPENING}
#: What must agree besides the name and the birth date, for a file without an ID to be surely the child's.
_SURE = [path for path in BY_NAME if path not in ("child.name", "child.birth_date")]


@attrs.frozen
class Namesake:
    """An open file, and what it ever said of who its child is."""

    ref: str
    digests: frozenset[str]
    numbers: frozenset[str] = attrs.field(repr=False)
    #: By path of ``_SURE``, the values.
    said: Mapping[str, frozenset[str]] = attrs.field(repr=False)


@attrs.frozen
class Waiting:
    """That a child is not filed, since open files may be its."""

    refs: tuple[str, ...]

    @property
    def why(self) -> Text:
        """Which files, and what to do."""
        zh, en = "、".join(self.refs), ", ".join(self.refs)
        return Text(
            f"姓名、出生日期与档案 {zh} 的儿童相同，可能是同一名儿童，未存档，以免一人两份档案；请在名单中补上或改正身份证号；"
            "名单的号码无误、而档案没有或有误的，先记入该档案（store.record(…)），再导入；确为另一名儿童的，用 two_ids=True 另建档案",
            f"the child may be that of file {en}, by name and birth date, and is not filed, lest it have two files; give or mend the "
            "resident ID in the list or, where that of the list is right, record it in the file (store.record(...)), and import again; if it is another child, "
            "two_ids=True begins a file of its own",
        )


@attrs.define
class Namesakes:
    """The open files that may be those of children who are to begin one; ``look`` reads them for some children at once, and
    forgets those of the children before.

    Attributes:
        vault: of the store.
        numbers: the resident IDs in the lists that are filed: two children whom lists name with two IDs are two, and it is for
            the survey to ask whether they are.
    """

    vault: Vault
    numbers: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    #: The files there are, of those that children would begin.
    there: set[str] = attrs.field(factory=set)
    #: By digest of a name and a birth date, the files: those of the store, and those that these children begin.
    _near: dict[str, dict[str, Namesake]] = attrs.field(factory=dict)

    def look(self, store: "CaseStore", whose: Iterable[tuple[Case, str | tuple[str, ...] | None]]) -> None:
        """Read at once what is needed of some children.

        Args:
            store: the files.
            whose: each child, and its file as ``identity.file_of`` gives it.
        """
        # What was filed of the children before stands in the store by now.
        self.there.clear()
        self._near.clear()
        wanted = [(case, ref) for case, ref in whose if isinstance(ref, str)]
        if not wanted:
            return
        with store._database.reading() as connection:
            for some in reading.chunks(sorted({ref for _, ref in wanted})):
                there = sa.select(t.files.c.ref).where(t.files.c.ref.in_(some))
                self.there |= set(connection.execute(there).scalars())
            new = (digests_of(self.vault, case) for case, ref in wanted if ref not in self.there)
            digests = {digest for each in new for digest in each}
            for found in _with(connection, self.vault, digests, store.today()):
                self._put(found)

    def file(self, case: Case, ref: str, *, separately: bool = False) -> str | Waiting:
        """The file of a child that ``look`` was asked for: its own, that of its namesake where this is sure, or why it waits.

        Args:
            case: the child.
            ref: the file that it has by its ID or, without one, by what else tells who it is.
            separately: whether it begins that also where it may be the child of another.
        """
        if ref in self.there:
            return ref
        near = self.near(case, ref)
        facts = facts_of(case)
        number = facts.get(RESIDENT_ID)
        if number is not None and len(near) == 1 and _is_sure(near[0], facts):
            self._put(attrs.evolve(near[0], numbers=frozenset({number})))
            return near[0].ref
        perhaps = [each for each in near if number is None or not each.numbers & self.numbers]
        if perhaps and not separately:
            return Waiting(tuple(each.ref for each in perhaps))
        self.there.add(ref)
        said = {path: frozenset({facts[path]}) for path in _SURE if path in facts}
        digests = frozenset(digests_of(self.vault, case))
        self._put(Namesake(ref, digests, frozenset({number} if number is not None else ()), said))
        return ref

    def near(self, case: Case, ref: str) -> list[Namesake]:
        """The open files besides one whose child has the name and the birth date of a child."""
        digests = digests_of(self.vault, case)
        found = {each.ref: each for digest in digests for each in self._near.get(digest, {}).values()}
        return [found[each] for each in sorted(found) if each != ref]

    def _put(self, namesake: Namesake) -> None:
        for digest in namesake.digests:
            self._near.setdefault(digest, {})[namesake.ref] = namesake


def digests_of(vault: Vault, case: Case) -> set[str]:
    """The digests of the name of a child with its birth date; none where either is not known."""
    return person_in(facts_of(case)).digests(vault)


def _is_sure(namesake: Namesake, facts: Mapping[str, Any]) -> bool:
    """Whether a file is surely of a child with an ID: it never said one, and always just what the child's facts say."""
    agreeing = (path in facts and namesake.said.get(path) == frozenset({facts[path]}) for path in _SURE)
    return not namesake.numbers and all(agreeing)


_WITH_DIGEST = sa.select(t.persons.c.ref, t.persons.c.digest).where(
    t.persons.c.digest.in_(sa.bindparam("digests", expanding=True))
)


def _with(connection: Connection, vault: Vault, digests: Collection[str], today: dt.date) -> Iterable[Namesake]:
    """The open files that say these names with these birth dates, corrections reckoned in. Of a file that cannot be read nobody
    knows that it does not.
    """
    near: dict[str, set[str]] = {}
    for some in reading.chunks(sorted(digests)):
        for ref, digest in connection.execute(_WITH_DIGEST, {"digests": some}):
            near.setdefault(ref, set()).add(digest)
    try:
        read = _read(connection, vault, sorted(near))
    except (DamagedEntryError, UnreadableEntryError):
        read = {}
        for ref, found in sorted(near.items()):
            try:
                read |= _read(connection, vault, [ref])
            except (DamagedEntryError, UnreadableEntryError):
                yield Namesake(ref, frozenset(found), frozenset(), {})
    for ref, entries in read.items():
        if file_state(entries, today) is not FileState.CLOSED:
            yield _namesake(ref, entries, vault)


def _read(connection: Connection, vault: Vault, refs: Sequence[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {ref: [] for ref in refs}
    for entry in reading.entries_of(connection, vault, refs, kinds=_READ):
        found[entry.ref].append(entry)
    return found


def _namesake(ref: str, entries: Sequence[Entry], vault: Vault) -> Namesake:
    person, said = Person(), dict[str, set[str]]()
    for holding in holdings(entries):
        facts = {path: stated.value for path, stated in holding.facts.items() if stated.value is not None}
        person |= person_in(facts)
        for path in (RESIDENT_ID, *_SURE):
            if path in facts:
                said.setdefault(path, set()).add(facts[path])
    numbers = frozenset(said.pop(RESIDENT_ID, ()))
    return Namesake(
        ref, frozenset(person.digests(vault)), numbers, {path: frozenset(each) for path, each in said.items()}
    )
