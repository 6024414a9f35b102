"""A child that is to begin a file, and an open file that may be its: one child would have two files, and be paid twice, as soon
as a list leaves its resident ID out, or mends it, or writes its name otherwise.

Used by imports, and by whatever finds the files of a survey's children. It finds files of the same name and birth date, and,
where one of the two says no ID, those of the same birth date and division whose name is nearly the same. Where it is sure that
they are one (the file has no ID yet, and all else that tells who a child is agrees), or a person has said so, the child goes
there; else it waits, and a person says. It writes nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from kinderguard.casefile.facts import facts_of, places_in
from kinderguard.casefile.filing.holders import RESIDENT_ID
from kinderguard.casefile.filing.identity import BY_NAME, numbers_of
from kinderguard.casefile.filing.near_names import are_near
from kinderguard.casefile.filing.perhaps import answers_in
from kinderguard.casefile.filing.persons import Person, person_in, person_of
from kinderguard.casefile.history import holdings
from kinderguard.model.case import Case
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

_READ = FACTUAL | {EntryKind.CLOSING, EntryKind.REOPENING, EntryKind.DECISION}
_SEX = "child.sex"
#: How much of a date says the month.
_MONTH = len("2012-03")
#: What must agree besides the name and the birth date, for a file without an ID to be surely the child's.
_SURE = [path for path in BY_NAME if path not in ("child.name", "child.birth_date")]


@attrs.frozen
class Named:
    """Whom one list names: two children of one list are two."""

    numbers: frozenset[str] = attrs.field(repr=False)
    pairs: frozenset[tuple[str, str]] = attrs.field(repr=False)

    @classmethod
    def by(cls, cases: Iterable[Case]) -> "Named":
        """Of the children of a list."""
        cases = list(cases)
        return cls(frozenset(numbers_of(cases)), frozenset(pair for case in cases for pair in person_of(case).pairs))


@attrs.frozen
class Namesake:
    """An open file, and what it ever said of who its child is."""

    ref: str
    digests: frozenset[str]
    numbers: frozenset[str] = attrs.field(repr=False)
    #: By path of ``_SURE``, the values.
    said: Mapping[str, frozenset[str]] = attrs.field(repr=False)
    person: Person = attrs.field(factory=Person)
    #: The divisions that it ever stated.
    places: frozenset[str] = frozenset()
    #: By the file that a child would begin, whether a person said that it is this file's child.
    answers: Mapping[str, bool] = attrs.field(factory=dict)
    readable: bool = True

    def is_named_by(self, lists: Iterable[Named]) -> bool:
        """Whether one of some lists names its child."""
        return any(self.numbers & each.numbers or self.person.pairs & each.pairs for each in lists)


@attrs.frozen
class Waiting:
    """That a child is not filed, since open files may be its.

    Attributes:
        refs: the files.
        other: the file that it would begin.
        near: whether the name is written otherwise than in them.
        unreadable: those of them that cannot be read.
    """

    refs: tuple[str, ...]
    other: str
    near: bool = False
    unreadable: frozenset[str] = frozenset()

    @property
    def readable(self) -> tuple[str, ...]:
        """The files in which it can be asked."""
        return tuple(ref for ref in self.refs if ref not in self.unreadable)

    @property
    def why(self) -> Text:
        """Which files, and what to do."""
        zh, en = "、".join(self.refs), ", ".join(self.refs)
        if self.near:
            return Text(
                f"出生日期与档案 {zh} 的儿童相同，姓名相近（一字之差、字序不同或同音），可能是同一名儿童，未存档，以免一人两份档案；"
                f"请按证件核对，在档案中回答与 {self.other} 是否为同一名儿童（store.answer(…)），或在名单中改正姓名、补上身份证号，再导入",
                f"the child may be that of file {en}, by birth date and a name that is nearly the same (one character, their order, or the same sound), "
                "and is not filed, lest it have two files; look at the papers, and say in the file whether it is one child with "
                f"{self.other} (store.answer(...)), or mend the name or give the resident ID in the list, and import again",
            )
        return Text(
            f"姓名、出生日期与档案 {zh} 的儿童相同，可能是同一名儿童，未存档，以免一人两份档案；请在名单中补上或改正身份证号；"
            "名单的号码无误、而档案没有或有误的，先记入该档案（store.record(…)），再导入；名单改不了的，在档案中回答与 "
            f"{self.other} 是否为同一名儿童（store.answer(…)）；确为另一名儿童的，也可用 two_ids=True 另建档案",
            f"the child may be that of file {en}, by name and birth date, and is not filed, lest it have two files; give or mend the "
            "resident ID in the list or, where that of the list is right, record it in the file (store.record(...)), and import again; where the "
            f"list cannot be mended, say in the file whether it is one child with {self.other} (store.answer(...)); if it is another child, "
            "two_ids=True begins a file of its own as well",
        )


@attrs.define
class Namesakes:
    """The open files that may be those of children who are to begin one; ``look`` reads them for some children at once, and
    forgets those of the children before.

    Attributes:
        vault: of the store.
        numbers: the resident IDs in the lists that are filed: two children whom lists name with two IDs are two, and it is for
            the survey to ask whether they are.
        lists: by code, whom each of these lists names.
    """

    vault: Vault
    numbers: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    lists: Mapping[str, Named] = attrs.field(factory=dict, repr=False)
    #: The files there are, of those that children would begin.
    there: set[str] = attrs.field(factory=set)
    #: The files whose child's name a list writes otherwise, as a person said: there it stays as it is.
    renamed: set[str] = attrs.field(factory=set)
    #: By digest of a name and a birth date, the files: those of the store, and those that these children begin.
    _near: dict[str, dict[str, Namesake]] = attrs.field(factory=dict)
    #: The same by birth date, or month of birth where no more was said.
    _born: dict[str, dict[str, Namesake]] = attrs.field(factory=dict, repr=False)

    def look(self, store: "CaseStore", whose: Iterable[tuple[Case, str | tuple[str, ...] | None]]) -> None:
        """Read at once what is needed of some children.

        Args:
            store: the files.
            whose: each child, and its file as ``identity.file_of`` gives it.
        """
        # What was filed of the children before stands in the store by now.
        self.there.clear()
        self.renamed.clear()
        self._near.clear()
        self._born.clear()
        wanted = [(case, ref) for case, ref in whose if isinstance(ref, str)]
        if not wanted:
            return
        with store._database.reading() as connection:
            for some in reading.chunks(sorted({ref for _, ref in wanted})):
                there = sa.select(t.files.c.ref).where(t.files.c.ref.in_(some))
                self.there |= set(connection.execute(there).scalars())
            new = [case for case, ref in wanted if ref not in self.there]
            digests = {digest for case in new for digest in digests_of(self.vault, case)}
            for found in _open_of(
                connection, self.vault, digests, _of_one_birth(connection, self.vault, new), store.today()
            ):
                self._put(found)

    def file(self, case: Case, ref: str, *, separately: bool = False, lists: Collection[str] = ()) -> str | Waiting:
        """The file of a child that ``look`` was asked for: its own, that of its namesake where this is sure or was answered, or
        why it waits.

        Args:
            case: the child.
            ref: the file that it has by its ID or, without one, by what else tells who it is.
            separately: whether it begins that also where it may be the child of another.
            lists: the codes of the lists that name it.
        """
        if ref in self.there:
            return ref
        facts = facts_of(case)
        number = facts.get(RESIDENT_ID)
        near, alike = self.near(case, ref), self.alike(case, ref, lists=lists)
        told = [each for each in (*near, *alike) if each.answers.get(ref)]
        if len(told) == 1:
            if told[0] not in near:
                self.renamed.add(told[0].ref)
            return told[0].ref
        if number is not None and len(near) == 1 and _is_sure(near[0], facts):
            self._put(attrs.evolve(near[0], numbers=frozenset({number})))
            return near[0].ref
        same = [each for each in near if number is None or not each.numbers & self.numbers]
        perhaps = _unanswered(same, ref) or _unanswered(alike, ref)
        if perhaps and not separately:
            unreadable = frozenset(each.ref for each in perhaps if not each.readable)
            return Waiting(tuple(each.ref for each in perhaps), ref, perhaps[0] not in near, unreadable)
        self.there.add(ref)
        said = {path: frozenset({facts[path]}) for path in _SURE if path in facts}
        numbers = frozenset({number} if number is not None else ())
        digests = frozenset(digests_of(self.vault, case))
        self._put(Namesake(ref, digests, numbers, said, person_of(case), frozenset(places_in({"facts": facts}))))
        return ref

    def named_as_before(self, case: Case) -> Case:
        """A child, with its file; without its name where a person said that it is that file's, whose child is written otherwise."""
        if case.ref not in self.renamed:
            return case
        return case.model_copy(update={"child": case.child.model_copy(update={"name": None})})

    def near(self, case: Case, ref: str) -> list[Namesake]:
        """The open files besides one whose child has the name and the birth date of a child."""
        digests = digests_of(self.vault, case)
        found = {each.ref: each for digest in digests for each in self._near.get(digest, {}).values()}
        return [found[each] for each in sorted(found) if each != ref]

    def alike(self, case: Case, ref: str, *, lists: Collection[str] = ()) -> list[Namesake]:
        """The open files besides one whose child was born on the day of a child, or in its month as far as is known, in the same
        division or one within or above it, and whose name is nearly the same. Where both have an ID, or are known to be of two
        sexes, or one of some lists names both, they are two children.

        Args:
            case: the child.
            ref: the file that it would begin.
            lists: the codes of the lists that name it.
        """
        person, number = person_of(case), case.child.resident_id
        sex, places = case.child.sex, _places_of(case)
        named = [self.lists[each] for each in lists if each in self.lists]
        births = person.born | {born[:_MONTH] for born in person.born}
        found = {each.ref: each for born in births for each in self._born.get(born, {}).values()}
        return [
            each
            for each in (found[ref] for ref in sorted(found.keys() - {ref}))
            if not (number is not None and each.numbers)
            and (sex is None or sex.value in each.said.get(_SEX, (sex.value,)))
            and person.may_be_as_old_as(each.person)
            and not person.pairs & each.person.pairs
            and _are_near(places, each.places)
            and any(are_near(one, other) for one in person.names for other in each.person.names)
            and not each.is_named_by(named)
        ]

    def _put(self, namesake: Namesake) -> None:
        for digest in namesake.digests:
            self._near.setdefault(digest, {})[namesake.ref] = namesake
        for born in namesake.person.born | namesake.person.months:
            self._born.setdefault(born, {})[namesake.ref] = namesake


def digests_of(vault: Vault, case: Case) -> set[str]:
    """The digests of the name of a child with its birth date; none where either is not known."""
    return person_of(case).digests(vault)


def may_be_taken_for_one(one: Case, other: Case) -> bool:
    """Whether two children of one birth date have the same name, or nearly so."""
    a, b = person_of(one), person_of(other)
    if not a.born & b.born:
        return False
    return any(x == y or are_near(x, y) for x in a.names for y in b.names)


def _unanswered(files: Iterable[Namesake], ref: str) -> list[Namesake]:
    """Those of which nobody has said whether their child is the one that would begin a file."""
    return [each for each in files if ref not in each.answers]


def _places_of(case: Case) -> frozenset[str]:
    said = (case.division_code, case.child.registration.division, case.child.residence.division)
    return frozenset(each for each in said if each is not None)


def _are_near(some: Collection[str], others: Collection[str]) -> bool:
    """Whether a division is one of others, or lies within or above one; also where none is known."""
    return not some or not others or any(a.startswith(b) or b.startswith(a) for a in some for b in others)


def _is_sure(namesake: Namesake, facts: Mapping[str, Any]) -> bool:
    """Whether a file is surely of a child with an ID: it never said one, and always just what the child's facts say."""
    agreeing = (path in facts and namesake.said.get(path) == frozenset({facts[path]}) for path in _SURE)
    return not namesake.numbers and all(agreeing)


_WITH_DIGEST = sa.select(t.persons.c.ref, t.persons.c.digest).where(
    t.persons.c.digest.in_(sa.bindparam("digests", expanding=True))
)
_OF_BIRTH = sa.select(t.births.c.ref, t.births.c.digest).where(
    t.births.c.digest.in_(sa.bindparam("digests", expanding=True))
)
#: The same, without the files that ever stated an ID.
_OF_BIRTH_WITHOUT_ID = _OF_BIRTH.where(~sa.exists().where(t.ids.c.ref == t.births.c.ref))
_PLACES = sa.select(t.places.c.ref, t.places.c.division).where(t.places.c.ref.in_(sa.bindparam("refs", expanding=True)))


def _of_one_birth(connection: Connection, vault: Vault, cases: Iterable[Case]) -> set[str]:
    """The files whose child may be one of some children by birth date, division, and where one of the two has no ID: few enough
    to be read.
    """
    by_digest: dict[Any, dict[str, list[frozenset[str]]]] = {
        _OF_BIRTH: {},
        _OF_BIRTH_WITHOUT_ID: {},
    }
    for case in cases:
        person = person_of(case)
        if person.names:
            query = _OF_BIRTH if case.child.resident_id is None else _OF_BIRTH_WITHOUT_ID
            for digest in person.births_to_compare(vault):
                by_digest[query].setdefault(digest, []).append(_places_of(case))
    wanted: dict[str, list[frozenset[str]]] = {}
    for query, digests in by_digest.items():
        for some in reading.chunks(sorted(digests)):
            for ref, digest in connection.execute(query, {"digests": some}):
                wanted.setdefault(ref, []).extend(digests[digest])
    places: dict[str, set[str]] = {ref: set() for ref in wanted}
    for some in reading.chunks(sorted(wanted)):
        for ref, division in connection.execute(_PLACES, {"refs": some}):
            places[ref].add(division)
    return {ref for ref, asked in wanted.items() if any(_are_near(each, places[ref]) for each in asked)}


def _open_of(
    connection: Connection, vault: Vault, digests: Collection[str], others: Collection[str], today: dt.date
) -> Iterator[Namesake]:
    """The open files that say these names with these birth dates, and some others, corrections reckoned in. Of a file that cannot
    be read nobody knows that it does not say a name.
    """
    near: dict[str, set[str]] = {ref: set() for ref in others}
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
                yield Namesake(ref, frozenset(found), frozenset(), {}, readable=False)
    for ref, entries in read.items():
        if file_state(entries, today) is not FileState.CLOSED:
            yield _namesake(ref, entries, vault)


def _read(connection: Connection, vault: Vault, refs: Sequence[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {ref: [] for ref in refs}
    for entry in reading.entries_of(connection, vault, refs, kinds=_READ):
        found[entry.ref].append(entry)
    return found


def _namesake(ref: str, entries: Sequence[Entry], vault: Vault) -> Namesake:
    person, said, places = Person(), dict[str, set[str]](), set[str]()
    for holding in holdings(entries):
        facts = {path: stated.value for path, stated in holding.facts.items() if stated.value is not None}
        person |= person_in(facts)
        places |= places_in({"facts": facts})
        for path in (RESIDENT_ID, *_SURE):
            if path in facts:
                said.setdefault(path, set()).add(facts[path])
    numbers = frozenset(said.pop(RESIDENT_ID, ()))
    return Namesake(
        ref, frozenset(person.digests(vault)), numbers, {path: frozenset(each) for path, each in said.items()}, person,
        frozenset(places), answers_in(entries),
    )  # fmt: skip
