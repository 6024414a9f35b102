"""A child of a list, and a file that may be its: one child would have two files, and be paid twice, as soon as a list leaves
its resident ID out, or mends it, or writes its name or its birth date otherwise; and two would have one, where one of twins is
listed with the other's ID.

Used by imports, and by whatever finds the files of a survey's children. For a child that is to begin a file it finds those of
the same name and birth date; of nearly the same name; of the same name with a birth date that is near; in one township, of a name
and a birth date that are both near; and of quite another name where all else is the same, since a child may be renamed. For one whose
ID a file holds it looks whether the file is of that name. Closed files are looked at as open ones: a child who died is not to be
paid again. Where it is sure that they are one (the file is open and has no ID yet, and all else that tells who a child is
agrees), or a person has said so, the child goes there; else it waits, and a person says. It writes nothing.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import FACTUAL, Entry, EntryKind
from kinderguard.casefile.ending.closing import Closing, closing_of
from kinderguard.casefile.errors import DamagedEntryError, UnreadableEntryError
from kinderguard.casefile.facts import facts_of, places_in
from kinderguard.casefile.filing.holders import RESIDENT_ID
from kinderguard.casefile.filing.identity import (
    BY_NAME,
    are_near_numbers,
    near_numbers,
    numbers_of,
    of_number_and_name,
    one_name,
)
from kinderguard.casefile.filing.near_names import are_near, are_one_name
from kinderguard.casefile.filing.perhaps import Likeness, answers_in, closed_text, known_as, likeness_text
from kinderguard.casefile.filing.persons import Person, birth_digest, person_in, person_of
from kinderguard.casefile.filing.waiting import place_of
from kinderguard.casefile.history import holdings
from kinderguard.model.case import Case
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore

_READ = FACTUAL | {EntryKind.CLOSING, EntryKind.REOPENING, EntryKind.DECISION}
_NAME, _BORN, _SEX = "child.name", "child.birth_date", "child.sex"
#: What a person's paths begin with who looks after a child.
_PARENTS = ("father", "mother")
_ADDRESSES = ("child.registration.address", "child.residence.address")
#: An address says a house where it says a number.
_HOUSE = re.compile(r"\d")
#: How long the code of a county is, that of a township, and that of a village.
_COUNTY, _TOWNSHIP, _VILLAGE = 6, 9, 12
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
    """A file, and what it ever said of who its child is."""

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
    #: Digests of the names with the birth dates under which a person said that lists name its child.
    known_as: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    #: Names and numbers of those who look after the child.
    guardians: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    #: Those, and where the child lives or is registered, to the house.
    kin: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    #: The closing that it stands in; None where it is open.
    closing: Closing | None = None
    readable: bool = True

    def is_named_by(self, lists: Iterable[Named]) -> bool:
        """Whether one of some lists names its child."""
        return any(self.numbers & each.numbers or self.person.pairs & each.pairs for each in lists)


@attrs.frozen
class Waiting:
    """That a child is not filed, since files may be its, or since it stands with the ID of another.

    Attributes:
        refs: the files.
        other: the file that it would begin.
        likeness: by what it may be that of the files.
        unreadable: those of them that cannot be read.
        closed: those of them that are closed, with the closing.
        also: where the files hold its ID, those whose child it may be by name and birth date.
        persons: digests of its name with its birth date.
        place: where it lives, or else is registered.
    """

    refs: tuple[str, ...]
    other: str
    likeness: Likeness = Likeness.SAME_NAME
    unreadable: frozenset[str] = frozenset()
    closed: Mapping[str, Closing] = attrs.field(factory=dict)
    also: tuple[str, ...] = ()
    persons: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    place: str | None = None

    @property
    def readable(self) -> tuple[str, ...]:
        """The files in which it can be asked."""
        return tuple(ref for ref in self.refs if ref not in self.unreadable)

    @property
    def why(self) -> Text:
        """Which files, and what to do."""
        told = likeness_text(self.likeness, self.refs, self.other, self.also)
        for ref, closing in self.closed.items():
            told += Text("；", "; ") + closed_text(ref, closing)
        return told


@attrs.define
class Namesakes:
    """The files that may be those of children who are to begin one, or who stand with the ID of another; ``look`` reads them for
    some children at once, and forgets those of the children before.

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
    #: By file, the facts of who its child is that a list says otherwise: there they stay as they are.
    left_out: dict[str, frozenset[str]] = attrs.field(factory=dict)
    #: The files that are begun without the ID that the list says, since it is another's.
    without_number: set[str] = attrs.field(factory=set)
    #: By digest of a name and a birth date, the files: those of the store, and those that these children begin.
    _near: dict[str, dict[str, Namesake]] = attrs.field(factory=dict)
    #: The same by birth date, or month of birth where no more was said.
    _born: dict[str, dict[str, Namesake]] = attrs.field(factory=dict, repr=False)
    #: The same by name.
    _named: dict[str, dict[str, Namesake]] = attrs.field(factory=dict, repr=False)
    #: The files that say otherwise than a child with their ID, or cannot be read.
    _unlike: set[str] = attrs.field(factory=set)
    #: The files that hold an ID with which children of perhaps another name stand in the lists.
    _holders: dict[str, Namesake] = attrs.field(factory=dict)

    def look(self, store: "CaseStore", whose: Iterable[tuple[Case, str | tuple[str, ...] | None]]) -> None:
        """Read at once what is needed of some children.

        Args:
            store: the files.
            whose: each child, and its file as ``identity.file_of`` gives it.
        """
        # What was filed of the children before stands in the store by now.
        for each in (
            self.there,
            self.left_out,
            self.without_number,
            self._near,
            self._born,
            self._named,
            self._holders,
            self._unlike,
        ):
            each.clear()
        wanted = [(case, ref) for case, ref in whose if isinstance(ref, str)]
        if not wanted:
            return
        today = store.today()
        with store._database.reading() as connection:
            self._look_which_are_there(connection, (ref for _, ref in wanted))
            there = [(case, ref) for case, ref in wanted if ref in self.there]
            self._unlike |= (unlike := _of_perhaps_another_name(connection, self.vault, there))
            found = _files_of(connection, self.vault, (), unlike, today) if unlike else ()
            self._holders |= {each.ref: each for each in found if each.readable}
            apart = [(each, other) for case, ref in there for each, other, _ in self._stands_with_another_id(case, ref)]
            self._look_which_are_there(connection, (other for _, other in apart))
            new = [case for case, ref in (*wanted, *apart) if ref not in self.there]
            digests = {digest for case in new for digest in digests_of(self.vault, case)}
            others = _of_one_birth(connection, self.vault, new) | _of_one_name(connection, self.vault, new)
            others |= _of_near_birth(connection, self.vault, new)
            for namesake in _files_of(connection, self.vault, digests, others, today):
                self._put(namesake)

    def _look_which_are_there(self, connection: Connection, refs: Iterable[str]) -> None:
        for some in reading.chunks(sorted(set(refs))):
            there = sa.select(t.files.c.ref).where(t.files.c.ref.in_(some))
            self.there |= set(connection.execute(there).scalars())

    def file(self, case: Case, ref: str, *, separately: bool = False, lists: Collection[str] = ()) -> str | Waiting:
        """The file of a child that ``look`` was asked for: its own, that of its namesake where this is sure or was answered, or
        why it waits.

        Args:
            case: the child.
            ref: the file that it has by its ID or, without one, by what else tells who it is.
            separately: whether it begins that also where it may be the child of another that is open. Who stands with another's
                ID, or may be the child of a closed file, waits all the same.
            lists: the codes of the lists that name it.
        """
        for named, other, is_held in self._stands_with_another_id(case, ref):
            holder = self._holders[ref]
            same = self._answered(holder, other, case)
            if same:
                self._leave_out(ref, {_NAME})
                return ref
            if same is None and is_held and other not in self.there:
                also = [each for each in self._may_be(named, other, lists) if each.ref != ref]
                if not any(each.answers.get(other) for each in also):
                    open_ = tuple(each.ref for each in also if other not in each.answers)
                    return attrs.evolve(self._waiting([holder], other, Likeness.SAME_ID, case), also=open_)
            found = self._file(named, other, separately=separately, lists=lists)
            if is_held and isinstance(found, str):
                self._leave_out(found, {RESIDENT_ID})
                self.without_number |= {found} & {other}
            return found
        return self._file(case, ref, separately=separately, lists=lists)

    def tells_apart(self, case: Case, ref: str) -> bool:
        """Whether it can be told whose row one is that stands in a list with the ID of another name: a file of that ID says its
        name, and the row has it, or the row is asked about there, or was answered to be another child's.

        Args:
            case: the row.
            ref: the file of the ID.
        """
        if ref not in self.there or case.child.name is None:
            return False
        holder = self._holders.get(ref)
        if holder is None:
            return ref not in self._unlike
        if not holder.person.names:
            return False
        return not any(self._answered(holder, other, case) for _, other, _ in self._stands_with_another_id(case, ref))

    def _answered(self, holder: Namesake, other: str, case: Case) -> bool | None:
        """What a person said of a child that stands with the ID of a file and another name: whether it is the file's child; also
        before the file had that ID.
        """
        said = holder.answers.get(other)
        return True if said is None and holder.known_as & digests_of(self.vault, case) else said

    def _file(self, case: Case, ref: str, *, separately: bool, lists: Collection[str]) -> str | Waiting:
        """See ``file``, of a child that has its ID alone."""
        if ref in self.there:
            return ref
        facts = facts_of(case)
        number = facts.get(RESIDENT_ID)
        near, alike = self.near(case, ref), self.alike(case, ref, lists=lists)
        slips, both = self.mistyped(case, ref, lists=lists), self.near_in_both(case, ref, lists=lists)
        renamed = self.renamed(case, ref, lists=lists)
        told = [each for each in (*near, *alike, *slips, *both, *renamed) if each.answers.get(ref)]
        if told:
            one = min(told, key=lambda each: (each.closing is not None, each.ref))
            if one not in near:
                self._leave_out(one.ref, _said_otherwise(case, one))
            return one.ref
        if number is not None and len(near) == 1 and _is_sure(near[0], facts):
            self._put(attrs.evolve(near[0], numbers=frozenset({number})))
            return near[0].ref
        same = [each for each in near if number is None or not each.numbers & self.numbers]
        for files, likeness in (
            (same, Likeness.SAME_NAME), (alike, Likeness.NEAR_NAME), (slips, Likeness.NEAR_BIRTH), (both, Likeness.NEAR_BOTH),
            (renamed, Likeness.OTHER_NAME),
        ):  # fmt: skip
            unanswered = (each for each in files if ref not in each.answers)
            perhaps = [each for each in unanswered if each.closing is not None or not separately]
            if perhaps:
                return self._waiting(perhaps, ref, likeness, case)
        self.there.add(ref)
        said = {path: frozenset({facts[path]}) for path in _SURE if path in facts}
        self._put(
            Namesake(
                ref, frozenset(digests_of(self.vault, case)), frozenset({number} if number is not None else ()), said,
                person_of(case), _places_of(case), guardians=frozenset(_guardians_in(facts)), kin=_kin_in(facts),
            )
        )  # fmt: skip
        return ref

    def possible(self, case: Case, ref: str, *, lists: Collection[str] = ()) -> tuple[str, ...]:
        """Every file that may be that of a child, its own among them."""
        for named, other, is_held in self._stands_with_another_id(case, ref):
            answered = self._answered(self._holders[ref], other, case)
            if answered:
                return (ref,)
            own = (ref,) if answered is None and is_held else ()
            return (*own, *self.possible(named, other, lists=lists))
        if ref in self.there:
            return (ref,)
        return (ref, *(each.ref for each in self._may_be(case, ref, lists)))

    def _may_be(self, case: Case, ref: str, lists: Collection[str]) -> tuple[Namesake, ...]:
        """Every file besides one that may be that of a child by name and birth date."""
        close = (self.alike, self.mistyped, self.near_in_both, self.renamed)
        return (*self.near(case, ref), *(each for files in close for each in files(case, ref, lists=lists)))

    def named_as_before(self, case: Case) -> Case:
        """A child, with its file; without what a list says otherwise of who it is than that file, as a person said."""
        left = self.left_out.get(str(case.ref))
        if not left:
            return case
        fields = {path.rpartition(".")[2]: None for path in left}
        return case.model_copy(update={"child": case.child.model_copy(update=fields)})

    def near(self, case: Case, ref: str) -> list[Namesake]:
        """The files besides one whose child has the name and the birth date of a child."""
        digests = digests_of(self.vault, case)
        found = {each.ref: each for digest in digests for each in self._near.get(digest, {}).values()}
        return [found[each] for each in sorted(found) if each != ref]

    def alike(self, case: Case, ref: str, *, lists: Collection[str] = ()) -> list[Namesake]:
        """The files besides one whose child was born on the day of a child, or in its month as far as is known, and whose name is
        nearly the same: of the same division or one within or above it, where one of the two has no ID and they are not known
        to be of two sexes; else only where more speaks for one child (``_is_strong``). Where one of some lists names both, they are
        two children.

        Args:
            case: the child.
            ref: the file that it would begin.
            lists: the codes of the lists that name it.
        """
        person, named = person_of(case), self._lists_of(lists)
        places, guardians = _places_of(case), set(_guardians_in(facts_of(case)))
        births = person.born | {born[:_MONTH] for born in person.born}
        found = {each.ref: each for born in births for each in self._born.get(born, {}).values()}
        return [
            each
            for each in (found[ref] for ref in sorted(found.keys() - {ref}))
            if person.may_be_as_old_as(each.person)
            and not person.pairs & each.person.pairs
            and any(are_near(one, other) for one in person.names for other in each.person.names)
            and self._may_be_by_number(case, each)
            and (
                (_are_near(places, each.places) and _is_of_one_sex(case, each) and not _have_numbers(case, each))
                or _is_strong(case, each, places, guardians)
            )
            and (not each.is_named_by(named) or _is_listed_twice(case, each, guardians))
        ]

    def mistyped(self, case: Case, ref: str, *, lists: Collection[str] = ()) -> list[Namesake]:
        """The files besides one whose child has just the name of a child, and a birth date that is a slip away, in the same
        division or one within or above it; where both have a parent, guardian or house in common, also one that is two slips away
        there, or one slip in another township of the county. Those of two sexes, and of two IDs that are not a slip away, are two
        children.
        """
        person, named, places = person_of(case), self._lists_of(lists), _places_of(case)
        found = {each.ref: each for name in person.names for each in self._named.get(name, {}).values()}
        others = found.keys() - {ref}
        kin = _kin_in(facts_of(case)) if others else frozenset()
        return [
            each
            for each in (found[ref] for ref in sorted(others))
            if not person.born & each.person.born
            and _may_be_born_as(person, each, places, kin)
            and _is_of_one_sex(case, each)
            and self._may_be_by_number(case, each)
            and not each.is_named_by(named)
        ]

    def near_in_both(self, case: Case, ref: str, *, lists: Collection[str] = ()) -> list[Namesake]:
        """The files besides one whose child has nearly the name of a child and a birth date that is a slip away, where one of the
        two has no ID, both are, as far as is known, of one sex, and of one township; where they are of two villages in it, a parent,
        guardian or house that both have besides. Where one of some lists names both, they are two children.
        """
        person, named, places = person_of(case), self._lists_of(lists), _places_of(case)
        births = person.slips if person.names else ()
        found = {each.ref: each for born in births for each in self._born.get(born, {}).values()}
        others = found.keys() - {ref}
        kin = _kin_in(facts_of(case)) if others else frozenset()
        return [
            each
            for each in (found[ref] for ref in sorted(others))
            if not (person.names & each.person.names or person.born & each.person.born)
            and any(are_near(one, other) for one in person.names for other in each.person.names)
            and not _have_numbers(case, each)
            and _is_of_one_sex(case, each)
            and _are_of_one(_TOWNSHIP, places, each.places)
            and (not _are_of_two_villages(places, each.places) or not each.kin.isdisjoint(kin))
            and not each.is_named_by(named)
        ]

    def renamed(self, case: Case, ref: str, *, lists: Collection[str] = ()) -> list[Namesake]:
        """The files besides one whose child has another name than a child, and all else the same: the day of birth, the sex, the
        township and both parents, where one of the two has no ID. Where one of some lists names both, they are two children, such as
        twins.
        """
        person, named, places = person_of(case), self._lists_of(lists), _places_of(case)
        parents = _parents_of(case)
        births = person.born if person.names and len(parents) == len(_PARENTS) else ()
        found = {each.ref: each for born in births for each in self._born.get(born, {}).values()}
        return [
            each
            for each in (found[ref] for ref in sorted(found.keys() - {ref}))
            if person.born & each.person.born
            and each.person.names
            and not any(x == y or are_near(x, y) for x in person.names for y in each.person.names)
            and parents <= each.guardians
            and not _have_numbers(case, each)
            and case.child.sex is not None
            and case.child.sex.value in each.said.get(_SEX, ())
            and _are_of_one(_TOWNSHIP, places, each.places)
            and not each.is_named_by(named)
        ]

    def _lists_of(self, lists: Collection[str]) -> list[Named]:
        return [self.lists[each] for each in lists if each in self.lists]

    def _may_be_by_number(self, case: Case, namesake: Namesake) -> bool:
        """Whether the IDs let two be one child: one has none, or they are a slip away and the lists do not name both."""
        if not _have_numbers(case, namesake):
            return True
        number = _number_of(case) or ""
        return not namesake.numbers & self.numbers and any(are_near_numbers(number, n) for n in namesake.numbers)

    def _stands_with_another_id(self, case: Case, ref: str) -> Iterator[tuple[Case, str, bool]]:
        """Where the file of a child's ID is of another name: the child without that ID, the file that it would begin, and
        whether the other file holds the ID still; else nothing.
        """
        holder, number = self._holders.get(ref), _number_of(case)
        if holder is None or number is None or case.child.name is None or not holder.person.names:
            return
        name = case.child.name.reveal()
        if one_name(name) in set(map(one_name, holder.person.names)):
            return
        is_held = number in holder.numbers
        named = (
            case.model_copy(update={"child": case.child.model_copy(update={"resident_id": None})}) if is_held else case
        )
        yield named, self.vault.pseudonym(of_number_and_name(number, name)), is_held

    def _waiting(self, files: Sequence[Namesake], other: str, likeness: Likeness, case: Case) -> Waiting:
        closed = {each.ref: each.closing for each in files if each.closing is not None}
        unreadable = frozenset(each.ref for each in files if not each.readable)
        persons, place = frozenset(digests_of(self.vault, case)), place_of(case)
        return Waiting(
            tuple(each.ref for each in files), other, likeness, unreadable, closed, persons=persons, place=place
        )

    def _leave_out(self, ref: str, paths: Collection[str]) -> None:
        self.left_out[ref] = self.left_out.get(ref, frozenset()) | frozenset(paths)

    def _put(self, namesake: Namesake) -> None:
        for digest in namesake.digests:
            self._near.setdefault(digest, {})[namesake.ref] = namesake
        for born in namesake.person.born | namesake.person.months:
            self._born.setdefault(born, {})[namesake.ref] = namesake
        for name in namesake.person.names:
            self._named.setdefault(name, {})[namesake.ref] = namesake


def digests_of(vault: Vault, case: Case) -> set[str]:
    """The digests of the name of a child with its birth date; none where either is not known."""
    return person_of(case).digests(vault)


def may_be_taken_for_one(one: Case, other: Case) -> bool:
    """Whether two children of one birth date, or of two that are a slip away, have the same name, or nearly so; or two of one name
    birth dates that are two slips away; or two of one birth date the same parents.
    """
    a, b = person_of(one), person_of(other)
    if a.born & b.born and len(_parents_of(one) & _parents_of(other)) == len(_PARENTS):
        return True
    if a.born & b.born or a.may_be_mistyped(b):
        return any(x == y or are_near(x, y) for x in a.names for y in b.names)
    return bool(a.names & b.names) and a.may_be_mistyped_twice(b)


# ---- what speaks for one child ---------------------------------------------------------------------------------------


def _number_of(case: Case) -> str | None:
    return None if case.child.resident_id is None else case.child.resident_id.reveal()


def _have_numbers(case: Case, namesake: Namesake) -> bool:
    return case.child.resident_id is not None and bool(namesake.numbers)


def _is_of_one_sex(case: Case, namesake: Namesake) -> bool:
    """Whether both are, as far as is known."""
    sex = case.child.sex
    return sex is None or sex.value in namesake.said.get(_SEX, (sex.value,))


def _is_strong(case: Case, namesake: Namesake, places: Collection[str], guardians: Collection[str]) -> bool:
    """Whether so much speaks for two of nearly one name being one child that it outweighs another township, sex or ID: the same
    day of birth and county, and somebody who looks after both, or the same village, or IDs that are a slip away.
    """
    if not (person_of(case).born & namesake.person.born and _are_of_one(_COUNTY, places, namesake.places)):
        return False
    return (
        _have_numbers(case, namesake)
        or _are_of_one(_VILLAGE, places, namesake.places)
        or bool(namesake.guardians & set(guardians))
    )


def _is_listed_twice(case: Case, namesake: Namesake, guardians: Collection[str]) -> bool:
    """Whether one list may name one child twice: the two have a parent or guardian in common, and names that sound the same."""
    said = person_of(case).names
    return bool(namesake.guardians & set(guardians)) and any(
        are_one_name(one, other) for one in said for other in namesake.person.names
    )


def _parents_of(case: Case) -> frozenset[str]:
    """The names of the parents that are named."""
    return frozenset(each.name.reveal() for each in (case.father, case.mother) if each.name is not None)


def _are_of_one(length: int, some: Collection[str], others: Collection[str]) -> bool:
    """Whether two are of one county, township or village, by how long its code is."""
    return bool({a[:length] for a in some if len(a) >= length} & {b[:length] for b in others if len(b) >= length})


def _are_of_two_villages(some: Collection[str], others: Collection[str]) -> bool:
    """Whether both say a village, and none that is the same."""
    here, there = ({each[:_VILLAGE] for each in places if len(each) >= _VILLAGE} for places in (some, others))
    return bool(here and there and not here & there)


def _guardians_in(facts: Mapping[str, Any]) -> Iterator[str]:
    """The names and the numbers of those who look after a child."""
    people = [facts.get("guardians") or ()]
    people.append([{what: facts.get(f"{who}.{what}") for what in ("name", "resident_id")} for who in _PARENTS])
    for each in (person for some in people for person in some):
        yield from (str(each[what]) for what in ("name", "resident_id") if each.get(what))


def _kin_in(facts: Mapping[str, Any]) -> frozenset[str]:
    """Those who look after a child, and its addresses that say a house."""
    said = (facts.get(path) for path in _ADDRESSES)
    houses = ("".join(str(each).split()) for each in said if each)
    return frozenset((*_guardians_in(facts), *(each for each in houses if _HOUSE.search(each))))


def _may_be_born_as(person: Person, namesake: Namesake, places: Collection[str], kin: Collection[str]) -> bool:
    """Whether two of one name, and of two birth dates, may be one child by birth date, place and who or what they have in common."""
    are_near = _are_near(places, namesake.places)
    if not are_near and not _are_of_one(_COUNTY, places, namesake.places):
        return False
    have_in_common = not namesake.kin.isdisjoint(kin)
    if are_near and have_in_common:
        return person.may_be_mistyped_twice(namesake.person)
    return (are_near or have_in_common) and person.may_be_mistyped(namesake.person)


def _said_otherwise(case: Case, namesake: Namesake) -> set[str]:
    """What a list says of who a child is, otherwise than the file that it is of, as a person said."""
    found, born = {_NAME}, person_of(case).born
    if namesake.person.born and not born & namesake.person.born:
        found |= {_BORN, RESIDENT_ID}
    if not _is_of_one_sex(case, namesake):
        found |= {_SEX, RESIDENT_ID}
    if _have_numbers(case, namesake):
        found.add(RESIDENT_ID)
    return found


def _places_of(case: Case) -> frozenset[str]:
    said = (case.division_code, case.child.registration.division, case.child.residence.division)
    return frozenset(each for each in said if each is not None)


def _are_near(some: Collection[str], others: Collection[str]) -> bool:
    """Whether a division is one of others, or lies within or above one; also where none is known."""
    return not some or not others or any(a.startswith(b) or b.startswith(a) for a in some for b in others)


def _is_sure(namesake: Namesake, facts: Mapping[str, Any]) -> bool:
    """Whether an open file is surely of a child with an ID: it never said one, and always just what the child's facts say."""
    agreeing = (path in facts and namesake.said.get(path) == frozenset({facts[path]}) for path in _SURE)
    return namesake.closing is None and not namesake.numbers and all(agreeing)


# ---- where to look ---------------------------------------------------------------------------------------------------


_WITH_DIGEST = sa.select(t.persons.c.ref, t.persons.c.digest).where(
    t.persons.c.digest.in_(sa.bindparam("digests", expanding=True))
)
#: Files by birth date, with the IDs that they ever stated.
_OF_BIRTH = (
    sa.select(t.births.c.ref, t.births.c.digest, t.ids.c.digest.label("number"))
    .outerjoin(t.ids, t.ids.c.ref == t.births.c.ref)
    .where(t.births.c.digest.in_(sa.bindparam("digests", expanding=True)))
)
_NAMES_OF = sa.select(t.persons.c.ref, t.persons.c.digest).where(
    t.persons.c.ref.in_(sa.bindparam("refs", expanding=True))
)
_OF_NAME = sa.select(t.names.c.ref, t.names.c.digest).where(
    t.names.c.digest.in_(sa.bindparam("digests", expanding=True))
)
_PLACES = sa.select(t.places.c.ref, t.places.c.division).where(t.places.c.ref.in_(sa.bindparam("refs", expanding=True)))


def _by_digest(cases: Iterable[Case], digests: Callable[[Person], Iterable[str]]) -> dict[str, list[Case]]:
    """Children by what they are looked for with."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        for digest in digests(person_of(case)):
            found.setdefault(digest, []).append(case)
    return found


def _of_one_birth(connection: Connection, vault: Vault, cases: Iterable[Case]) -> set[str]:
    """The files whose child may be one of some children by birth date and county, and by ID: one of the two has none, or they are
    a slip away. So few have to be read.
    """
    by_digest = _by_digest(cases, lambda person: person.births_to_compare(vault) if person.names else ())
    near_of = _NearNumbers(vault)
    wanted: dict[str, list[Case]] = {}
    for some in reading.chunks(sorted(by_digest)):
        for ref, digest, number in connection.execute(_OF_BIRTH, {"digests": some}):
            for case in by_digest[digest]:
                own = _number_of(case)
                if number is None or own is None or number in near_of[own]:
                    wanted.setdefault(ref, []).append(case)
    return _near_by_place(connection, wanted)


def _of_one_name(connection: Connection, vault: Vault, cases: Iterable[Case]) -> set[str]:
    """The files whose child may be one of some children by name and county."""
    by_digest = _by_digest(cases, lambda person: person.name_digests(vault) if person.born else ())
    wanted: dict[str, list[Case]] = {}
    for some in reading.chunks(sorted(by_digest)):
        for ref, digest in connection.execute(_OF_NAME, {"digests": some}):
            wanted.setdefault(ref, []).extend(by_digest[digest])
    return _near_by_place(connection, wanted)


def _of_near_birth(connection: Connection, vault: Vault, cases: Iterable[Case]) -> set[str]:
    """The files whose child may be one of some children by a birth date that is a slip away and township, where one of the two has
    no ID.
    """
    digests = _BirthDigests(vault)
    settled = (case for case in cases if case.child.name is not None and _has_township(case))
    by_digest = _by_digest(settled, lambda person: map(digests.__getitem__, person.slips))
    wanted: dict[str, list[Case]] = {}
    for some in reading.chunks(sorted(by_digest)):
        for ref, digest, number in connection.execute(_OF_BIRTH, {"digests": some}):
            for case in by_digest[digest]:
                if number is None or case.child.resident_id is None:
                    wanted.setdefault(ref, []).append(case)
    places = _places_in(connection, wanted)
    return {
        ref
        for ref, asked in wanted.items()
        if any(_are_of_one(_TOWNSHIP, _places_of(each), places[ref]) for each in asked)
    }


def _has_township(case: Case) -> bool:
    return any(len(each) >= _TOWNSHIP for each in _places_of(case))


class _BirthDigests(dict[str, str]):
    """By birth date, its digest; made once, since many dates are a slip away from many."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self._vault = vault

    def __missing__(self, born: str) -> str:
        self[born] = birth_digest(self._vault, born)
        return self[born]


def _near_by_place(connection: Connection, wanted: Mapping[str, Sequence[Case]]) -> set[str]:
    """Of some files, those of the division or the county of the children for whom they are looked at."""
    places = _places_in(connection, wanted)
    return {ref for ref, asked in wanted.items() if any(_may_be_near(_places_of(each), places[ref]) for each in asked)}


def _places_in(connection: Connection, refs: Collection[str]) -> dict[str, set[str]]:
    """By file, the divisions that it ever stated."""
    places: dict[str, set[str]] = {ref: set() for ref in refs}
    for some in reading.chunks(sorted(refs)):
        for ref, division in connection.execute(_PLACES, {"refs": some}):
            places[ref].add(division)
    return places


class _NearNumbers(dict[str, frozenset[str]]):
    """By ID, the digests of those that are a slip away; made where they are asked for."""

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self._vault = vault

    def __missing__(self, number: str) -> frozenset[str]:
        self[number] = frozenset(self._vault.id_digest(each) for each in near_numbers(number))
        return self[number]


def _may_be_near(some: Collection[str], others: Collection[str]) -> bool:
    return _are_near(some, others) or _are_of_one(_COUNTY, some, others)


def _of_perhaps_another_name(connection: Connection, vault: Vault, whose: Iterable[tuple[Case, str]]) -> set[str]:
    """Of children whose ID a file holds, the files that say other names or birth dates than the child has: those have to be
    read, and are few.
    """
    mine = [
        (ref, digests_of(vault, case))
        for case, ref in whose
        if case.child.name is not None and case.child.resident_id is not None
    ]
    said: dict[str, set[str]] = {ref: set() for ref, _ in mine}
    for some in reading.chunks(sorted(said)):
        for ref, digest in connection.execute(_NAMES_OF, {"refs": some}):
            said[ref].add(digest)
    return {ref for ref, digests in mine if not said[ref] or said[ref] - digests}


def _files_of(
    connection: Connection, vault: Vault, digests: Collection[str], others: Collection[str], today: dt.date
) -> Iterator[Namesake]:
    """The files that say these names with these birth dates, and some others, corrections reckoned in. Of a file that cannot be
    read nobody knows that it does not say a name.
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
        yield _namesake(ref, entries, vault, today)


def _read(connection: Connection, vault: Vault, refs: Sequence[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {ref: [] for ref in refs}
    for entry in reading.entries_of(connection, vault, refs, kinds=_READ):
        found[entry.ref].append(entry)
    return found


def _namesake(ref: str, entries: Sequence[Entry], vault: Vault, today: dt.date) -> Namesake:
    person, said, places, guardians = Person(), dict[str, set[str]](), set[str](), set[str]()
    kin: frozenset[str] = frozenset()
    for holding in holdings(entries):
        facts = {path: stated.value for path, stated in holding.facts.items() if stated.value is not None}
        person |= person_in(facts)
        places |= places_in({"facts": facts})
        guardians.update(_guardians_in(facts))
        kin |= _kin_in(facts)
        for path in (RESIDENT_ID, *_SURE):
            if path in facts:
                said.setdefault(path, set()).add(facts[path])
    numbers = frozenset(said.pop(RESIDENT_ID, ()))
    return Namesake(
        ref, frozenset(person.digests(vault)), numbers, {path: frozenset(each) for path, each in said.items()}, person,
        frozenset(places), answers_in(entries), known_as(entries), frozenset(guardians), kin, closing_of(entries, today),
    )  # fmt: skip
