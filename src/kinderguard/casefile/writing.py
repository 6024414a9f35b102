"""One writing transaction: entries get their number, time, digest and hash, and are put into the tables together.

Used by the store. Whoever makes a ``Writing`` holds the head row until the transaction ends, so nobody else can take a
number in between; what is refused here undoes the whole transaction.
"""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterable
from typing import Any, cast

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from kinderguard.casefile import reading
from kinderguard.casefile import tables as t
from kinderguard.casefile.bodies import check_body
from kinderguard.casefile.closing import FileState, file_state
from kinderguard.casefile.encryption import Vault
from kinderguard.casefile.entries import (
    FACTUAL,
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
from kinderguard.casefile.errors import ConflictError, ContradictionError, EntryRefusedError
from kinderguard.casefile.facts import PLACES, case_of, facts_of
from kinderguard.casefile.history import Holding, holdings, stated_on, turning_days, values
from kinderguard.casefile.moves import MoveRefusedError
from kinderguard.casefile.texts import check_text, names_in, texts_in
from kinderguard.model.case import Case
from kinderguard.model.dates import BEIJING
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.text import Text

#: What is written of a child while the file is open. Whatever else there is can be written of a closed one as well.
OF_OPEN_FILES = frozenset({EntryKind.FACTS, EntryKind.CORRECTION, EntryKind.VISIT, EntryKind.PLAN, EntryKind.SERVICE})
#: What says whether a file is open.
_STATES = (EntryKind.CLOSING, EntryKind.REOPENING)
#: What may well begin later than today.
_AHEAD = frozenset({EntryKind.PLAN, EntryKind.SERVICE})


class Writing:
    """A writing transaction at work. ``write`` what is to be written, then ``flush`` once."""

    def __init__(self, connection: Connection, vault: Vault, clock: Callable[[], dt.datetime]) -> None:
        self.connection, self.vault = connection, vault
        row = connection.execute(sa.select(t.head).with_for_update()).one()
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
        self._places: dict[tuple[str, str], None] = {}
        self._known_keys: dict[str, int | None] = {}
        self._asked: set[str] = set()
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
                if erased == last:
                    self._erased.add(ref)
        for ref in wanted:
            self._last.setdefault(ref, 0)
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
        for entry in reading.entries_of(self.connection, self.vault, there, kinds=_STATES):
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
        states = self._states[ref]
        if not states:
            return False  # no closing was ever written: so no correction of one has to be read
        return file_state([*self.factual(ref), *states], max(day, self.today)) is FileState.CLOSED

    @property
    def today(self) -> dt.date:
        """The day of this transaction, in Beijing; never before that of the last entry, where a clock was set back."""
        return moment(max(self._now, self._known_at)).astimezone(BEIJING).date()

    def was_erased(self, ref: str) -> bool:
        """Whether a file was erased, and nothing was written to it since."""
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

    # ---- what is added ------------------------------------------------------------------------------------------

    def write(self, new: NewEntry, *, canonical: bool = False) -> Entry:
        """Chain an entry to those before. One whose key was used already gives the entry of then.

        Args:
            new: the entry.
            canonical: whether its facts are from a case, so that each has the one form in which it is kept.

        Raises:
            ConflictError: the file has another last entry than expected.
            EntryRefusedError: the body, or a fact in it, does not fit.
        """
        if new.key is not None and self.was_written(new.key):
            return self._of_then(new, self.written(new.key))
        if new.expect is not None and new.expect != self.last(new.ref):
            raise ConflictError.of(new.ref, new.expect, self.last(new.ref))
        check_body(new)
        self._check_open(new)
        self._check_texts(new)
        doubts = self._doubts(new)
        if new.kind in FACTUAL and not canonical:
            new = attrs.evolve(new, body=_canonical(new))
        entry, salt, content = self._chained(new)
        if new.kind in FACTUAL:
            self._check_facts(entry)
            self._factual[new.ref].append(entry)
            self._note_places(entry)
        self._number, self._hash, self._known_at = entry.number, entry.hash, microseconds(entry.known_at)
        self._entries.append(_row(entry))
        self._bodies.append({"number": entry.number, "salt": salt, "content": content})
        if new.key is not None:
            self.remember(new.key, new.ref, entry.number)
        self._last[new.ref] = entry.number
        self._touched.add(new.ref)
        self._erased.discard(new.ref)
        if new.kind in _STATES:
            self.prefetch([new.ref], states=[new.ref])
            self._states[new.ref].append(entry)
        self._made[entry.number] = entry
        return attrs.evolve(entry, doubts=doubts) if doubts else entry

    # ---- what is refused ----------------------------------------------------------------------------------------

    def _check_open(self, new: NewEntry) -> None:
        """Refuse to go on with a closed file. A closing itself, or an opening, can be taken back."""
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

    def _corrects_state(self, new: NewEntry) -> bool:
        states = {entry.number for entry in self._states[new.ref]}
        by_number = {entry.number: entry for entry in self.factual(new.ref)}
        target = new.corrects
        while target is not None and target not in states:
            correction = by_number.get(target)
            target = None if correction is None else correction.corrects
        return target is not None

    def _check_texts(self, new: NewEntry) -> None:
        """Refuse a free text that gives away who somebody is. Facts are a case, and hold what they must."""
        if new.kind in (EntryKind.FACTS, EntryKind.ASSESSMENT):
            return
        texts = list(texts_in(new.body))
        names = names_in(self.factual(new.ref)) if texts and self.last(new.ref) else frozenset()
        for name, text in texts:
            check_text(text, name, names)

    def _doubts(self, new: NewEntry) -> tuple[Text, ...]:
        """What looks wrong and may yet be right: an entry of a day to come. A visit of such a day cannot be."""
        if new.valid_from <= self.today or new.kind in _AHEAD:
            return ()
        if new.kind is EntryKind.VISIT:
            raise EntryRefusedError(
                Text(
                    f"走访日期（{new.valid_from}）晚于今天（{self.today}）；未写入任何内容，请改正日期。",
                    f"The visit's day ({new.valid_from}) lies after today ({self.today}); nothing was written, mend the day.",
                )
            )
        return (
            Text(
                f"日期（{new.valid_from}）晚于今天（{self.today}），到那天才生效；如系笔误，请收回后重写",
                f"its day ({new.valid_from}) lies after today ({self.today}), so it holds only from then on; if that is a slip, "
                "take it back and write it again",
            ),
        )

    def _chained(self, new: NewEntry) -> tuple[Entry, bytes, bytes]:
        number = self._number + 1
        known_at = max(self._now, self._known_at + 1)
        text = body_text(new.body)
        salt, content = secrets.token_bytes(16), self.vault.seal(number, new.ref, packed(text))
        digest = body_digest(salt, content)
        own_hash = entry_hash(
            number, new.ref, new.kind, new.valid_from, new.valid_until, known_at, new.by, new.corrects, digest,
            self._hash,
        )  # fmt: skip
        entry = Entry(
            number, new.ref, new.kind, new.valid_from, new.valid_until, moment(known_at), new.by, json.loads(text),
            new.corrects, False, digest, self._hash, own_hash,
        )  # fmt: skip
        return entry, salt, content

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
        facts = entry.body["facts"]
        for path in PLACES:
            if facts.get(path) is not None:
                self._places[entry.ref, facts[path]] = None

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
        if self._places:
            rows = [{"ref": ref, "division": division} for ref, division in self._places]
            run(self._insert(t.places).on_conflict_do_nothing(), rows)
        if self._keys:
            run(sa.insert(t.keys), list(self._keys.values()))

    def _insert(self, table: sa.Table) -> Any:
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        return cast(Any, dialect).insert(table)


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
