"""One writing transaction: entries get their number, time, digest and hash, and are put into the tables together.

Used by the store. Whoever makes a ``Writing`` holds the head row until the transaction ends, so nobody else can take a
number in between; what is refused here undoes the whole transaction.
"""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterable
from functools import cache, partial, reduce
from operator import or_
from typing import Any, cast

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from kinderguard.casefile.adoption import parents_before
from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.bodies import check_body
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import (
    FACTUAL,
    KEPT_AT_ERASURE,
    KEY_DIGEST,
    Entry,
    EntryKind,
    NewEntry,
    body_digest,
    body_text,
    entry_hash,
    microseconds,
    moment,
    packed,
)
from kinderguard.casefile.chain.single import single_row
from kinderguard.casefile.chain.texts import (
    CODES,
    OTHER_CHILD,
    check_text,
    children_in,
    holds_latin,
    may_be_twins,
    names_in,
    names_said,
    perhaps_names,
    refused_text,
    texts_in,
)
from kinderguard.casefile.doubts import doubt_texts, hidden_facts
from kinderguard.casefile.ending.closing import FileState, check_assessable, file_state
from kinderguard.casefile.errors import (
    ConflictError,
    ContradictionError,
    DamagedEntryError,
    EntryRefusedError,
    ErasedError,
)
from kinderguard.casefile.facts import case_of, facts_of, leaves_of, places_in
from kinderguard.casefile.filing import editions
from kinderguard.casefile.filing.editions import Confirmed, Place
from kinderguard.casefile.filing.holders import id_in, other_files, same_id_problem
from kinderguard.casefile.filing.known_places import doubt_of_place
from kinderguard.casefile.filing.persons import Person, person_in
from kinderguard.casefile.following.paying import doubt_of_day
from kinderguard.casefile.history import Holding, holdings, stated_on, turning_days, values
from kinderguard.casefile.moving.charge import Standing, standing
from kinderguard.casefile.moving.moves import MoveRefusedError, stated
from kinderguard.casefile.moving.users import Users
from kinderguard.model.case import Case
from kinderguard.model.dates import BEIJING
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.text import Text

#: What is written of a child while the file is open. Whatever else there is can be written of a closed one as well.
OF_OPEN_FILES = frozenset({EntryKind.FACTS, EntryKind.CORRECTION, EntryKind.VISIT, EntryKind.PLAN, EntryKind.SERVICE})
#: What says whether a file is open.
_STATES = (EntryKind.CLOSING, EntryKind.REOPENING)
#: What says that, and who is in charge.
_MOVES = (*_STATES, EntryKind.TRANSFER)
#: What may be written by whoever looks for a file or asks for what is in it; ``sharing`` says itself who may.
_BY_ANYBODY = frozenset({EntryKind.SHARE, EntryKind.SEARCH})
#: What may well begin later than today.
_AHEAD = frozenset({EntryKind.PLAN, EntryKind.SERVICE})
#: What an override is called where its reason is asked for.
_ALL_THE_SAME = Text("仍予办理", "doing it all the same")


class Writing:
    """A writing transaction at work. ``write`` what is to be written, then ``flush`` once."""

    def __init__(self, connection: Connection, vault: Vault, clock: Callable[[], dt.datetime], users: Users) -> None:
        self.connection, self.vault, self.users = connection, vault, users
        row = single_row(connection, t.head, lock=True)
        self._number, self._hash, self._known_at = row.number, row.hash, row.known_at
        # Later than every entry before, also where a clock was set back: what was known when stays in order.
        self._now = microseconds(clock())
        self._entries: list[dict[str, Any]] = []
        self._bodies: list[dict[str, Any]] = []
        self._keys: dict[str, dict[str, Any]] = {}
        self._last: dict[str, int] = {}
        self._erased: set[str] = set()
        self._touched: set[str] = set()
        self._factual: dict[str, list[Entry]] = {}
        self._states: dict[str, list[Entry]] = {}
        self._begun_again: set[str] = set()
        self._places: dict[tuple[str, str], None] = {}
        #: By digest of a resident ID, the files that state it now.
        self._ids: dict[str, set[str]] = {}
        #: By file, digests of the child's names with its birth dates, and of the birth dates.
        self._persons: dict[str, set[str]] = {}
        self._births: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        #: By file, every division that it ever stated.
        self._stated_places: dict[str, set[str]] = {}
        self._known_keys: dict[str, int | None] = {}
        self._asked: set[str] = set()
        #: By digest, what editions of lists confirmed, as kept before (None: nothing) and as to be kept.
        self._editions: dict[str, Confirmed | None] = {}
        self._new_editions: dict[str, Confirmed] = {}
        #: By file, the day of the newest edition that was kept before.
        self._newest_editions: dict[str, dt.date] = {}
        self._made: dict[int, Entry] = {}

    # ---- what is there ------------------------------------------------------------------------------------------

    def prefetch(
        self,
        refs: Iterable[str],
        keys: Iterable[str | None] = (),
        *,
        facts: Iterable[str] = (),
        states: Iterable[str] = (),
    ) -> None:
        """Read at once what many entries will need: their files' last numbers, their keys, the facts of some files, and of
        these and of some others whether they are open.
        """
        wanted = {ref for ref in refs if ref not in self._last}
        for some in reading.chunks(sorted(wanted)):
            query = sa.select(t.files.c.ref, t.files.c.last, t.files.c.erased).where(t.files.c.ref.in_(some))
            for ref, last, erased in self.connection.execute(query):
                self._last[ref] = last
                if erased is not None:
                    self._erased.add(ref)
        for ref in wanted:
            self._last.setdefault(ref, 0)
            self._stated_places[ref] = set()
        for some in reading.chunks(sorted(ref for ref in wanted if self._last[ref])):
            places = sa.select(t.places.c.ref, t.places.c.division).where(t.places.c.ref.in_(some))
            for ref, division in self.connection.execute(places):
                self._stated_places[ref].add(division)
        digests = {self.vault.key_digest(key) for key in keys if key is not None} - self._asked
        for some in reading.chunks(sorted(digests)):
            query = sa.select(t.keys.c.digest, t.keys.c.number).where(t.keys.c.digest.in_(some))
            for row in self.connection.execute(query):
                self._known_keys[row.digest] = row.number
        self._asked |= digests
        facts = tuple(facts)
        unasked = [ref for ref in dict.fromkeys((*facts, *states)) if ref not in self._states]
        for ref in unasked:
            self._states[ref] = []
        there = [ref for ref in unasked if self._last.get(ref, 1)]
        for entry in reading.entries_of(self.connection, self.vault, there, kinds=_MOVES):
            self._states[entry.ref].append(entry)
        missing = [ref for ref in dict.fromkeys(facts) if ref not in self._factual]
        for ref in missing:
            self._factual[ref] = []
        there = [ref for ref in missing if self._last.get(ref, 1)]
        for entry in reading.entries_of(self.connection, self.vault, there, kinds=FACTUAL):
            self._factual[entry.ref].append(entry)

    def last(self, ref: str) -> int:
        """The number of the last entry of a file; 0 where there is no file."""
        if ref not in self._last:
            self.prefetch([ref])
        return self._last[ref]

    def is_closed(self, ref: str, day: dt.date) -> bool:
        """Whether a file is closed on a day, or today where that is later."""
        self.prefetch([ref], states=[ref])
        if not any(entry.kind in _STATES for entry in self._states[ref]):
            return False  # no closing was ever written: so no correction of one has to be read
        return file_state([*self.factual(ref), *self._states[ref]], max(day, self.today)) is FileState.CLOSED

    @property
    def today(self) -> dt.date:
        """The day of this transaction, in Beijing; never before that of the last entry, where a clock was set back."""
        return moment(max(self._now, self._known_at)).astimezone(BEIJING).date()

    def was_erased(self, ref: str) -> bool:
        """Whether a file was erased, and not begun again since."""
        return bool(self.last(ref)) and ref in self._erased

    def factual(self, ref: str) -> list[Entry]:
        """The entries of a file that its facts follow from."""
        if ref not in self._factual:
            self.prefetch([ref], facts=[ref])
        return self._factual[ref]

    def was_written(self, key: str | None) -> bool:
        """Whether something was written with this key, or was found to need no writing."""
        if key is None:
            return False
        digest = self.vault.key_digest(key)
        if digest not in self._asked:
            self.prefetch((), [key])
        return digest in self._known_keys or digest in self._keys

    def written(self, key: str) -> Entry | None:
        """What was written with a key that ``was_written``; None where there was nothing to write."""
        digest = self.vault.key_digest(key)
        number = self._keys[digest]["number"] if digest in self._keys else self._known_keys[digest]
        if number is None:
            return None
        return self._made.get(number) or reading.entry_at(self.connection, self.vault, number)

    # ---- what editions of lists confirmed -------------------------------------------------------------------------

    def prefetch_editions(self, places: Iterable[Place]) -> None:
        """Read at once what was filed last of some lists, days and files, and whether there are newer editions."""
        there = [place for place in places if self.last(place.ref)]
        by_digest = {place.digest(self.vault): place for place in there}
        wanted = {digest: place for digest, place in by_digest.items() if digest not in self._editions}
        refs = {place.ref for place in there} - self._newest_editions.keys()
        self._newest_editions |= dict.fromkeys(refs, dt.date.min)
        self._newest_editions |= editions.newest(self.connection, refs)
        self._editions |= dict.fromkeys(wanted)
        self._editions |= editions.at(self.connection, self.vault, wanted)

    def edition(self, place: Place) -> Confirmed | None:
        """What was filed last of a list, a day and a file."""
        digest = place.digest(self.vault)
        if digest not in self._editions:
            self.prefetch_editions([place])
        return self._editions.get(digest)

    def editions_after(self, ref: str, day: dt.date) -> list[Confirmed]:
        """What editions of a later day confirmed of a file, in the order of their days."""
        is_newest = ref in self._newest_editions and self._newest_editions[ref] <= day
        found = {} if is_newest else dict(editions.after(self.connection, self.vault, ref, day))
        new = self._new_editions.items()
        found |= {digest: each for digest, each in new if each.place.ref == ref and each.place.day > day}
        return sorted(found.values(), key=lambda each: (each.place.day, each.turn, each.place.series))

    def keep_edition(self, said: Confirmed) -> None:
        """Keep what an edition confirmed, in place of what was kept of the same list, day and file."""
        digest = said.place.digest(self.vault)
        self._editions[digest] = self._new_editions[digest] = said

    # ---- what is added ------------------------------------------------------------------------------------------

    def write(self, new: NewEntry, *, canonical: bool = False, checked: bool = False) -> Entry:
        """Chain an entry to those before. One whose key was used already gives the entry of then.

        Args:
            new: the entry.
            canonical: whether its facts are from a case, so that each has the one form in which it is kept.
            checked: whether it is known already that whoever writes it may.

        Raises:
            ConflictError: the file has another last entry than expected.
            EntryRefusedError: the body, or a fact in it, does not fit.
            MoveRefusedError: the file is closed, somebody else is in charge of it, or the team does not know the user.
            ErasedError: the file was erased.
        """
        self.users.check(new.by)
        if new.key is not None and self.was_written(new.key):
            return self._of_then(new, self.written(new.key))
        if new.expect is not None and new.expect != self.last(new.ref):
            raise ConflictError.of(new.ref, new.expect, self.last(new.ref))
        check_body(new)
        overridden = self._check_erased(new)
        self._check_open(new)
        self._check_texts(new)
        who = Standing() if checked else self.check_charge(new)
        if new.kind is EntryKind.TRANSFER and new.acting is not None:
            # Nobody is authenticated here: what somebody said stays, and later moves are held against it.
            new = attrs.evolve(new, body={**new.body, "acting": new.acting})
        doubts = [*self._doubts(new), *(() if who.doubt is None else (who.doubt,))]
        if new.kind in FACTUAL and not canonical:
            new = attrs.evolve(new, body=_canonical(new))
        entry, salt, content = self._chained(new)
        if new.kind in FACTUAL:
            self._check_facts(entry)
            self._factual[new.ref].append(entry)
            self._note_places(entry)
            self._note_ids(entry)
            self._note_persons(entry)
            doubts += self._doubts_of_facts(entry)
        self._number, self._hash, self._known_at = entry.number, entry.hash, microseconds(entry.known_at)
        self._entries.append(_row(entry))
        self._bodies.append({"number": entry.number, "salt": salt, "content": content})
        if new.key is not None:
            self.remember(new.key, new.ref, entry.number)
        self._last[new.ref] = entry.number
        self._touched.add(new.ref)
        if new.ref in self._erased and new.kind not in KEPT_AT_ERASURE:
            self._erased.discard(new.ref)
            self._begun_again.add(new.ref)
        if new.kind in _MOVES:
            self.prefetch([new.ref], states=[new.ref])
            self._states[new.ref].append(entry)
        self._made[entry.number] = entry
        if overridden or who.refused is not None:
            self._keep_override(new, entry, who)
        return attrs.evolve(entry, doubts=tuple(doubts)) if doubts else entry

    # ---- what is refused ----------------------------------------------------------------------------------------

    def _check_open(self, new: NewEntry) -> None:
        """Refuse to go on with a closed file. A closing itself, or an opening, can be taken back; what it said of a day before
        the closing can be assessed.
        """
        if new.kind is EntryKind.ASSESSMENT:
            self.prefetch([new.ref], states=[new.ref])
            if self._states[new.ref]:
                check_assessable(new.ref, [*self.factual(new.ref), *self._states[new.ref]], new.valid_from)
            return
        if new.kind not in OF_OPEN_FILES or not self.is_closed(new.ref, new.valid_from):
            return
        if new.kind is EntryKind.CORRECTION and self._corrects_state(new):
            return
        raise MoveRefusedError(
            Text(
                f"档案 {new.ref} 已结案，不能再写“{new.kind.zh}”；未写入任何内容。请先重新建档（store.reopen_file）；"
                "结案有误的，用 store.correct(…) 收回结案那一条。",
                f"File {new.ref} is closed, so no {new.kind.en} is written to it; nothing was written. Open it again first "
                "(store.reopen_file), or, where the closing was a mistake, take its entry back with store.correct(...).",
            )
        )

    def _check_erased(self, new: NewEntry) -> bool:
        """Refuse to go on with an erased file; whether it is begun again all the same, since somebody said why."""
        if new.kind in KEPT_AT_ERASURE or not self.was_erased(new.ref):
            return False
        if new.override is None:
            raise ErasedError.of_file(new.ref)
        return True

    def check_charge(self, new: NewEntry) -> Standing:
        """Refuse what another division than the one in charge writes, unless it says why it does so all the same.

        Raises:
            MoveRefusedError: with the division in charge.
        """
        if new.kind in _BY_ANYBODY:
            return Standing()
        self.prefetch([new.ref], states=[new.ref])
        places = self._stated_places[new.ref]
        if new.kind is EntryKind.FACTS:
            places = places | places_in(new.body)
        moves = [each for each in self._states[new.ref] if each.kind is EntryKind.TRANSFER]
        asked = moves or new.acting is not None or new.kind is EntryKind.TRANSFER
        entries = [*self.factual(new.ref), *moves] if asked and self.last(new.ref) else []
        found = standing(new, entries, places, max(self.today, new.valid_from), self.users)
        if found.refused is None:
            return found
        if new.override is None or found.final:
            raise MoveRefusedError(found.refused)
        stated(new.override, _ALL_THE_SAME)
        return found

    def _keep_override(self, new: NewEntry, entry: Entry, who: Standing) -> None:
        """An entry of its own says that somebody wrote what was refused, and why."""
        reason = stated(new.override, _ALL_THE_SAME)
        body = {
            "what": "override", "of": entry.number, "because": "erased" if who.refused is None else "not_in_charge",
            "in_charge": who.in_charge, "acting": who.acting, "reason": reason,
        }  # fmt: skip
        self.write(NewEntry(new.ref, EntryKind.DECISION, body, new.valid_from, by=new.by), checked=True)

    def _corrects_state(self, new: NewEntry) -> bool:
        states = {entry.number for entry in self._states[new.ref] if entry.kind in _STATES}
        by_number = {entry.number: entry for entry in self.factual(new.ref)}
        target = new.corrects
        while target is not None and target not in states:
            correction = by_number.get(target)
            target = None if correction is None else correction.corrects
        return target is not None

    def _check_texts(self, new: NewEntry) -> None:
        """Refuse a free text that gives away who somebody is. Facts are a case, and hold what they must. The reason for an
        override is held against it also where none is needed: whoever wrote it believes that it is kept.
        """
        if new.override is not None:
            why = stated(new.override, _ALL_THE_SAME)
            check_text(why, "override", names_in(self.factual(new.ref)) if self.last(new.ref) else frozenset())
        if new.kind is EntryKind.FACTS:
            self._check_source(new)
        if new.kind in (EntryKind.FACTS, EntryKind.ASSESSMENT):
            return
        texts = list(dict.fromkeys(texts_in(new.body)))
        names = names_in(self.factual(new.ref)) if texts and self.last(new.ref) else frozenset()
        born_alike = cache(partial(self._born_alike, new.ref))
        for name, text in texts:
            try:
                check_text(text, name, names)
                self._check_other_children(new.ref, name, text, born_alike)
            except EntryRefusedError:
                # A plan goes on with what was noted in it before: a name that was learnt since does not stop it.
                if new.kind is not EntryKind.PLAN or text not in self._noted_in_plans(new.ref):
                    raise

    def _check_source(self, new: NewEntry) -> None:
        """Refuse what the facts are said to be from where it names somebody. What lists are called, their imports check."""
        source = new.body.get("source")
        if isinstance(source, str) and not new.body.get("sources"):
            check_text(source, "source", names_in([*(self.factual(new.ref) if self.last(new.ref) else ()), new]))

    def _check_other_children(
        self, ref: str, name: str, text: str, born_alike: Callable[[], tuple[frozenset[str], frozenset[str]]]
    ) -> None:
        """Refuse a text with the name of another child of the store that was born on the same day, as a twin is: by name and birth
        date alone can files be found. Of a child that may be a twin, the given name alone says who it is.
        """
        perhaps = perhaps_names(text)
        is_latin = name not in CODES and holds_latin(text)
        if not (perhaps or is_latin) or not self.last(ref):
            return
        digests = Person(frozenset(perhaps), self._born(ref)).digests(self.vault)
        for some in reading.chunks(sorted(digests)):
            if self.connection.execute(sa.select(t.persons.c.ref).where(t.persons.c.digest.in_(some)).limit(1)).first():
                raise refused_text(name, OTHER_CHILD)
        twins, others = born_alike()
        if names_said(text, twins) or (is_latin and names_said(text, others, given_alone=False)):
            raise refused_text(name, OTHER_CHILD)

    def _born(self, ref: str) -> frozenset[str]:
        return frozenset(day for each in self.factual(ref) for day in person_in(each.body.get("facts")).born)

    def _born_alike(self, ref: str) -> tuple[frozenset[str], frozenset[str]]:
        """The names of the other children who were born on the same day: of those who may be twins, and of the rest."""
        digests = sorted(Person(born=self._born(ref)).birth_digests(self.vault))
        query = sa.select(t.births.c.ref).where(t.births.c.digest.in_(digests), t.births.c.ref != ref)
        found: tuple[set[str], set[str]] = (set(), set())
        for other in set(self.connection.execute(query).scalars()) if digests else ():
            try:
                theirs = reading.entries_of(self.connection, self.vault, [other], kinds=FACTUAL)
            except DamagedEntryError:
                continue  # ``verify`` tells it; nobody's file waits for another's
            found[0 if may_be_twins(self.factual(ref), theirs) else 1].update(children_in(theirs))
        return frozenset(found[0]), frozenset(found[1])

    def _noted_in_plans(self, ref: str) -> set[str]:
        plans = reading.entries_of(self.connection, self.vault, [ref], kinds=(EntryKind.PLAN,))
        return {text for entry in plans for _, text in texts_in(entry.body)}

    def _doubts(self, new: NewEntry) -> tuple[Text, ...]:
        """What looks wrong and may yet be right: a day to come, a place nobody knows. A visit of a day to come cannot be."""
        receiver = new.body.get("to") if new.kind is EntryKind.TRANSFER else None
        unknown = tuple(self._doubts_of_places(new.ref, [] if receiver is None else [receiver]))
        if new.kind is EntryKind.ASSESSMENT:
            early = doubt_of_day(new.valid_from, self.today)
            return unknown if early is None else (*unknown, early)
        if new.valid_from <= self.today or new.kind in _AHEAD:
            return unknown
        if new.kind is EntryKind.VISIT:
            raise EntryRefusedError(
                Text(
                    f"走访日期（{new.valid_from}）晚于今天（{self.today}）；未写入任何内容，请改正日期。",
                    f"The visit's day ({new.valid_from}) lies after today ({self.today}); nothing was written, mend the day.",
                )
            )
        return (
            *unknown,
            Text(
                f"日期（{new.valid_from}）晚于今天（{self.today}），到那天才生效；如系笔误，请收回后重写",
                f"its day ({new.valid_from}) lies after today ({self.today}), so it holds only from then on; if that is a slip, "
                "take it back and write it again",
            ),
        )

    def _doubts_of_facts(self, entry: Entry) -> list[Text]:
        """What looks wrong about facts beside what the store holds already. Of a list's row nothing is said: what was filed
        of several lists is compared before they are filed.
        """
        if entry.body.get("sources"):
            return []
        entries = self.factual(entry.ref)
        hidden = hidden_facts(entries) if len(entries) > 1 else ()
        found = list(doubt_texts(each for each in hidden if each.entry == entry.number))
        found += self._doubts_of_places(entry.ref, sorted(places_in(entry.body)))
        adopted = parents_before(holdings(entries), entry.valid_from) if len(entries) > 1 else None
        found += [adopted.text] if adopted is not None and adopted.entry == entry.number else []
        number = id_in(entry.body)
        if number is not None:
            pending = self._ids[self.vault.id_digest(number)]
            others = sorted({*other_files(self.connection, self.vault, number, entry.ref), *pending} - {entry.ref})
            closed = [other for other in others if self.is_closed(other, self.today)]
            opened = [other for other in others if other not in closed]
            found += [same_id_problem(entry.ref, opened).message] if opened else []
            found += [_closed_with_id(closed)] if closed else []
        return found

    def _doubts_of_places(self, ref: str, places: Iterable[str]) -> list[Text]:
        found = (doubt_of_place(self.connection, ref, place) for place in places)
        return list(dict.fromkeys(text for text in found if text is not None))

    def _chained(self, new: NewEntry) -> tuple[Entry, bytes, bytes]:
        number = self._number + 1
        known_at = max(self._now, self._known_at + 1)
        text = body_text({**new.body, **self._key_of(new)})
        salt, content = secrets.token_bytes(16), self.vault.seal(number, new.ref, packed(text))
        digest, body = body_digest(salt, content), json.loads(text)
        body.pop(KEY_DIGEST, None)
        own_hash = entry_hash(
            number, new.ref, new.kind, new.valid_from, new.valid_until, known_at, new.by, new.corrects, digest,
            self._hash,
        )  # fmt: skip
        entry = Entry(
            number, new.ref, new.kind, new.valid_from, new.valid_until, moment(known_at), new.by, body,
            new.corrects, False, digest, self._hash, own_hash,
        )  # fmt: skip
        return entry, salt, content

    def _key_of(self, new: NewEntry) -> dict[str, str]:
        """What the body keeps of the key. What an erasure leaves readable keeps nothing, since a key may be made of facts."""
        if new.key is None or new.kind in KEPT_AT_ERASURE:
            return {}
        return {KEY_DIGEST: self.vault.key_digest(new.key)}

    @staticmethod
    def _of_then(new: NewEntry, entry: Entry | None) -> Entry:
        """The entry that was written with the same key, which must have been for the same purpose."""
        if entry is None or (entry.ref, entry.kind) != (new.ref, new.kind):
            raise EntryRefusedError(
                Text(
                    "这个 key 已用于另一条记录（另一份档案或另一类别）；每条记录须用各自的 key。",
                    "This key was used for another entry, of another file or kind; every entry has a key of its own.",
                )
            )
        return entry

    def remember(self, key: str, ref: str, number: int | None) -> None:
        """Keep a key, with the number of the entry it led to."""
        digest = self.vault.key_digest(key)
        self._keys[digest] = {"digest": digest, "ref": ref, "number": number}

    def _check_facts(self, entry: Entry) -> None:
        """Refuse facts that contradict the rest of the file on any day they may touch."""
        others = self.factual(entry.ref)
        if not others:
            return  # they do not contradict themselves: they were a case already
        held = holdings([*others, entry])
        for day in self._days(held, entry):
            try:
                case_of(entry.ref, values(stated_on(held, day)))
            except InvalidRecordError as error:
                raise _contradiction(entry, day, error) from None

    @staticmethod
    def _days(held: list[Holding], entry: Entry) -> list[dt.date]:
        days = turning_days(held, entry.valid_from)
        if entry.valid_until is not None:
            days = [day for day in days if day <= entry.valid_until]
        return days

    def _note_places(self, entry: Entry) -> None:
        """Keep where the file may be found: every division that was ever stated, whether it still holds or not."""
        for division in places_in(entry.body):
            self._places[entry.ref, division] = None
            self._stated_places.setdefault(entry.ref, set()).add(division)

    def _note_ids(self, entry: Entry) -> None:
        """Keep by whose number the file is found: every one that was ever stated, whether it still holds or not."""
        number = id_in(entry.body)
        if number is not None:
            self._ids.setdefault(self.vault.id_digest(number), set()).add(entry.ref)

    def _note_persons(self, entry: Entry) -> None:
        """Keep by whose name and birth date the file is found: every pair of those that were ever stated."""
        if person_in(entry.body.get("facts")):
            said = (person_in(each.body.get("facts")) for each in self.factual(entry.ref))
            person = reduce(or_, said)
            self._persons[entry.ref] = person.digests(self.vault)
            self._births[entry.ref] = person.birth_digests(self.vault)
            self._names[entry.ref] = person.name_digests(self.vault)

    # ---- the end ------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Put everything into the tables; the transaction's commit makes it true."""
        run = self.connection.execute
        if self._entries:
            run(sa.insert(t.entries), self._entries)
            run(sa.insert(t.bodies), self._bodies)
            run(sa.update(t.head).values(number=self._number, hash=self._hash, known_at=self._known_at))
            rows = [{"ref": ref, "last": self._last[ref]} for ref in sorted(self._touched)]
            files = self._insert(t.files)
            run(files.on_conflict_do_update(index_elements=["ref"], set_={"last": files.excluded.last}), rows)
        if self._begun_again:
            begun = sorted(self._begun_again)
            for some in reading.chunks(begun):
                run(sa.update(t.files).where(t.files.c.ref.in_(some)).values(erased=None))
        if self._ids:
            rows = [{"digest": digest, "ref": ref} for digest, refs in self._ids.items() for ref in refs]
            run(self._insert(t.ids).on_conflict_do_nothing(), rows)
        for table, found in ((t.persons, self._persons), (t.births, self._births), (t.names, self._names)):
            rows = [{"digest": digest, "ref": ref} for ref, digests in found.items() for digest in digests]
            if rows:
                run(self._insert(table).on_conflict_do_nothing(), rows)
        if self._places:
            rows = [{"ref": ref, "division": division} for ref, division in self._places]
            run(self._insert(t.places).on_conflict_do_nothing(), rows)
        if self._keys:
            run(sa.insert(t.keys), list(self._keys.values()))
        if self._new_editions:
            kept = self._insert(t.editions)
            kept = kept.on_conflict_do_update(
                index_elements=["ref", "day", "digest"], set_={"content": kept.excluded.content}
            )
            run(kept, [editions.to_row(self.vault, each) for each in self._new_editions.values()])

    def _insert(self, table: sa.Table) -> Any:
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        return cast(Any, dialect).insert(table)


def _closed_with_id(closed: list[str]) -> Text:
    named = "、".join(closed), ", ".join(closed)
    return Text(
        f"已结案的档案 {named[0]} 有同一身份证号；若为同一儿童，请不要另建档案，重新建档即可（store.reopen_file）",
        f"the closed file {named[1]} holds the same resident ID; if it is the same child's, open that again (store.reopen_file) "
        "in place of a second file",
    )


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "ref": entry.ref,
        "kind": entry.kind.value,
        "valid_from": entry.valid_from,
        "valid_until": entry.valid_until,
        "known_at": microseconds(entry.known_at),
        "written_by": entry.by,
        "corrects": entry.corrects,
        "body_digest": entry.body_digest,
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _canonical(new: NewEntry) -> dict[str, Any]:
    """A body whose facts have the form in which a case gives them: else 3 and "3" would seem to differ.

    Raises:
        EntryRefusedError: there are no facts.
        InvalidRecordError: a path that does not exist (with the nearest), or a value that does not fit.
    """
    facts = new.body.get("facts")
    if not isinstance(facts, dict):
        raise EntryRefusedError(
            Text(
                '“情况”类记录的内容应为 {"facts": {路径: 值}}。',
                'The body of an entry of facts is {"facts": {path: value}}.',
            )
        )
    if not new.body.keys().isdisjoint(("claims", "anothers")):
        raise EntryRefusedError(
            Text(
                "claims 和 anothers 只在名单存档时写入；未写入任何内容，请只写 facts。",
                "Claims, and whose facts are another child's, are written by filing lists alone; nothing was written, write facts.",
            )
        )
    if "ref" in facts:
        raise EntryRefusedError(
            Text(
                "档案编号（ref）不是事实，不能改写；未写入任何内容。",
                "The file's own number (ref) is no fact and cannot be rewritten; nothing was written.",
            )
        )
    facts = leaves_of(facts)
    unknown = {path: None for path, value in facts.items() if value is None}
    if unknown:
        Case.from_facts(unknown)  # no case says what is unknown, so these paths are checked by themselves
    said = facts_of(case_of(new.ref, facts))
    return {**new.body, "facts": unknown | {path: said[path] for path in facts if path not in unknown}}


def _contradiction(entry: Entry, day: dt.date, error: InvalidRecordError) -> ContradictionError:
    reasons_zh = "；".join(f"{p.where}：{p.message.zh}" for p in error.problems)
    reasons_en = "; ".join(f"{p.where}: {p.message.en}" for p in error.problems)
    return ContradictionError(
        Text(
            f"档案 {entry.ref} 自 {day} 起将自相矛盾：{reasons_zh}。未写入任何内容；"
            "请同时写入相关的事实，或先用 store.correct(…) 更正有误的记录。",
            f"File {entry.ref} would contradict itself from {day} on: {reasons_en}. Nothing was written; write the facts "
            "that belong together at once, or correct the entry that is wrong with store.correct(...) first.",
        )
    )
