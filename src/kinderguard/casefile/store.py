"""The store of case files 建档: an append-only history with two times, on SQLite or PostgreSQL.

Used by surveys (to file children), by care, and by teams that keep files. It only ever adds: a correction keeps what was
thought before, and an erasure takes contents away but leaves the chain. Rules and results are not its business, it keeps
them.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy.engine import URL, Connection

from kinderguard.casefile import history
from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain.database import Database
from kinderguard.casefile.chain.entries import (
    FACTUAL,
    RESERVED,
    Entry,
    EntryKind,
    NewEntry,
    kind_named,
    microseconds,
)
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.doubts import hidden_facts
from kinderguard.casefile.errors import EntryRefusedError, ErasedError, UnknownEntryError, UnknownFileError
from kinderguard.casefile.facts import case_of
from kinderguard.casefile.filework import FileWork
from kinderguard.casefile.filing.holders import SameId, files_with, same_ids
from kinderguard.casefile.filing.identity import of_id, read_id
from kinderguard.casefile.filing.recording import Recording
from kinderguard.casefile.history import FactChange, HistoryLine
from kinderguard.casefile.moving.users import Users
from kinderguard.model.case import Case
from kinderguard.model.dates import BEIJING, as_day
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.chain.verifying import Head, VerifyReport
    from kinderguard.casefile.doubts import HiddenFact
    from kinderguard.casefile.filing.importing import Imported
    from kinderguard.casefile.filing.perhaps import PerhapsListed
    from kinderguard.casefile.filing.surveying import FiledSurvey
    from kinderguard.casefile.filing.unlisted import NoLongerListed
    from kinderguard.casefile.moving.users import GivenUsers
    from kinderguard.engines.assessment import Assessment
    from kinderguard.model.progress import Progress
    from kinderguard.packs.book import PolicyBook
    from kinderguard.survey.building import SurveyedChild
    from kinderguard.survey.ledger import Ledger, LedgerRow
    from kinderguard.survey.surveyed import Survey


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class CaseStore(FileWork):
    """Case files with their history. Threads may share a store; a forked process opens its own.

    Args:
        url: an SQLAlchemy URL of SQLite or PostgreSQL; the tables are made where they are not there.
        key: encrypts what the files say; see ``casefile.new_key``. Without it whoever reads the database reads them, names
            included, and a ``PlainStoreWarning`` says so, unless ``key=None`` says that this is meant or nothing is
            written to a disk.
        clock: what time it is (with its time zone); the machine's clock if left out.
        wait: seconds to wait for other writers.
        make: whether a store is made where there is none.
        users: who its users are, as the team that holds it says: by a user's code its division (as ``{"li": "330106"}``), ``"*"``
            for one who may act for any, ``""`` for one of no division; or a function that gives that and raises ``LookupError`` of
            whom it does not know. Then whoever is not among them, or of no division, writes nothing, with no override, and what
            another acts for (``acting``) is held against its division. Left out, a user belongs to the division that its code
            begins with, and what any other user acts for is believed, unless it took another side in the file's transfers. It is
            asked for every entry, and kept nowhere.

    Raises:
        NoStoreError: there is none, and none was to be made.
        StoreUnusableError: not such a URL, a database that cannot be used, or one of a later version.
        KeyRefusedError: the key does not fit.
        UsersError: a code of ``users`` is no user's, or a division is none.
        MissingExtraError: SQLAlchemy, cryptography or psycopg is not installed.

    >>> import datetime as dt
    >>> from kinderguard import Case
    >>> store = CaseStore("sqlite://")  # in memory; a file takes a key: CaseStore("sqlite:///files.db", key=key)
    >>> case = Case.from_facts({"ref": "330106-7", "household.size": 3})
    >>> entry = store.record(case, at=dt.date(2025, 3, 1), by="330106.user3")
    >>> entry.number, entry.kind, store.case("330106-7").household.size
    (1, EntryKind.FACTS, 3)
    >>> store.close()
    """

    def __init__(
        self,
        url: str | URL = "sqlite:///kinderguard.db",
        *,
        key: str | bytes | EllipsisType | None = ...,
        clock: Callable[[], dt.datetime] | None = None,
        wait: float = 30.0,
        make: bool = True,
        users: "GivenUsers | None" = None,
    ) -> None:
        from kinderguard.casefile.chain.opening import open_store, tell_plain

        self._clock, self._users = clock or _now, Users.of(users)
        self._database = Database(url, wait=wait, make=make)
        try:
            self._vault = open_store(self._database, None if isinstance(key, EllipsisType) else key, make=make)
        except BaseException:
            self._database.close()
            raise
        if key is ... and not self._database.in_memory:
            tell_plain()

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<CaseStore on {self._database.url.get_backend_name()}>"

    # ---- times and names ----------------------------------------------------------------------------------------

    def today(self) -> dt.date:
        """The day by the store's clock, in Beijing time."""
        return self._clock().astimezone(BEIJING).date()

    def _day(self, value: dt.date | None, name: str) -> dt.date:
        """A day that was given for an argument; today, if none was.

        Raises:
            NotADayError: it is no day.
        """
        return self.today() if value is None else as_day(value, name)

    def pseudonym(self, text: str) -> str:
        """A stable ref for ``text`` in this store that does not give it away; see ``encryption``.

        Of a resident ID it is the very ref that an import gives the child's file, unless another file held the ID before:
        ``find`` knows that one too.
        """
        number = read_id(text)
        return self._vault.pseudonym(text if number is None else of_id(number))

    def find(self, resident_id: str, *, by: str, reason: str) -> tuple[str, ...]:
        """The files of the child with a resident ID, open or closed; more than one is to be looked at.

        The search is kept as an entry in each file that it found, with who searched and why, and without the ID.

        Args:
            resident_id: the ID; it is kept nowhere and stands in no message.
            by: the code of the user, never a name.
            reason: why, without names or ID numbers.

        Raises:
            EntryRefusedError: that is no resident ID, or no reason is given.
        """
        from kinderguard.casefile.filing.finding import find

        with self._writing() as writing:
            return find(writing, resident_id, by=by, reason=reason)

    # ---- writing ------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Writing]:
        with self._database.writing() as connection:
            writing = Writing(connection, self._vault, self._clock, self._users)
            yield writing
            writing.flush()

    def _files_with(self, numbers: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """By resident ID, the files that hold it, closed ones only where none is open; for imports, which write nothing of whom
        they looked for.
        """
        if not numbers:
            return {}
        with self._database.reading() as connection:
            return files_with(connection, self._vault, numbers, open_on=self.today())

    def append(
        self,
        ref: str,
        kind: EntryKind | str,
        body: Mapping[str, Any],
        *,
        valid_from: dt.date,
        valid_until: dt.date | None = None,
        by: str,
        key: str | None = None,
        expect: int | None = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> Entry:
        """Add one entry.

        Args:
            ref: the file; the first entry begins it.
            kind: what it says. Corrections, assessments and erasures have methods of their own.
            body: JSON values. Of facts: ``{"facts": {path: value}}``, null for what has become unknown.
            valid_from, valid_until: the first and the last day on which it is true; no end if left out.
            by: the code of the user, never a name.
            key: makes it idempotent: written once, however often it is tried; then the entry of then is given.
            expect: the number of the last entry of the file that the caller has seen (0: no file yet).
            acting: the division that acts; it must be the one in charge, one within it, or one above it. Left out, that of
                ``by`` where the file was handed over (``330106.user3``). A user of another division cannot act for it.
            override: why it is written all the same, where another division is in charge or the file was erased; kept in an
                entry of its own (a decision), without names or ID numbers. Where nothing stands against it, it is not used.

        Returns:
            The entry. Its ``doubts`` say what looks wrong: a day to come, a user from elsewhere, an entry written before
            that goes on saying otherwise from a later day on, another file with the same resident ID.

        Raises:
            ConflictError: the file has an entry that the caller has not seen.
            EntryRefusedError: something does not fit; of facts, also ``InvalidRecordError`` and ``ContradictionError``. A
                visit of a day to come; a reason or note with an ID number, a telephone or a name out of the file.
            MoveRefusedError: the file is closed, and this is written of open ones only; or another division is in charge.
            ErasedError: the file was erased.
            StoreBusyError, StoreFullError, StoreUnusableError: nothing was written, as each says.
        """
        new = NewEntry(
            ref, kind_named(kind), body, valid_from, valid_until, by=by, key=key, expect=expect, acting=acting,
            override=override,
        )  # fmt: skip
        (entry,) = self.append_many([new])
        return entry

    def append_many(self, entries: Iterable[NewEntry]) -> tuple[Entry, ...]:
        """Add many entries in one transaction: all, or none. Much faster than one by one.

        Raises:
            as ``append``.
        """
        new = tuple(entries)
        for each in new:
            if each.kind in RESERVED:
                raise EntryRefusedError(
                    Text(
                        f"“{each.kind.zh}”不能直接写入；请用 store.correct、store.assess 或 store.erase。",
                        f"An entry of kind '{each.kind.value}' is not appended; use store.correct, store.assess or store.erase.",
                    )
                )
        if not new:
            return ()
        with self._writing() as writing:
            factual = [each.ref for each in new if each.kind in FACTUAL]
            refs = [each.ref for each in new]
            writing.prefetch(refs, (each.key for each in new), facts=factual, states=refs)
            return tuple(writing.write(each) for each in new)

    def record(
        self,
        case: Case,
        *,
        at: dt.date,
        by: str,
        source: str | None = None,
        key: str | None = None,
        unknown: Collection[str] = (),
        acting: str | None = None,
        override: str | None = None,
    ) -> Entry | None:
        """File what is known of a child from a day on: the facts that differ from what is thought true on that day.

        What the case does not know changes nothing: a blank never overrides a value.

        Args:
            case: with its ``ref``.
            at: the first day on which its facts are true.
            by: the code of the user, never a name.
            source: where the facts are from (a code or a file's name).
            key: makes it idempotent: a second call with the same key does nothing and gives what the first gave.
            unknown: paths of facts that are no longer known from this day on.
            acting, override: as for ``append``.

        Returns:
            The entry, or None where nothing differs and a person has said all of it alike; what settles a question of ``doubts``, and
            what only lists have said, is written also where it says what the file says, which confirms it, and no list changes it
            from then on. An entry of a later day that was written before goes on to count from that day; where it
            says otherwise, ``entry.doubts`` says so, and ``doubts`` until it is settled.

        Raises:
            as ``append``.
        """
        one = Recording(
            case, at, by=by, source=source, key=key, unknown=tuple(unknown), acting=acting, override=override
        )
        (entry,) = self.record_many([one])
        return entry

    def record_many(self, recordings: Iterable[Recording]) -> tuple[Entry | None, ...]:
        """``record`` for many, in one transaction: all, or none."""
        given = tuple(recordings)
        if not given:
            return ()
        with self._writing() as writing:
            refs = [each.ref for each in given]
            writing.prefetch(refs, (each.key for each in given), facts=refs)
            return tuple(each.write(writing) for each in given)

    def import_ledger(
        self,
        ledger: "Ledger",
        *,
        at: dt.date,
        by: str,
        source: str | None = None,
        refs: "Callable[[LedgerRow], str | None] | None" = None,
        two_ids: bool = False,
        progress: "bool | Progress | None" = None,
        acting: str | None = None,
        override: str | None = None,
        covers: str | None = None,
    ) -> "Imported":
        """File every child of a ledger; what was filed before, or by somebody else at the same time, is not doubled.

        Args:
            ledger: as ``survey.read_ledger`` gives it.
            at: the first day on which its facts are true.
            by: the code of the user, never a name.
            source: where the facts are from; the ledger's file name if left out.
            refs: whose file a row belongs to (None: not to be filed). If left out: a pseudonym of the resident ID or,
                where there is none, of name, birth date, sex and division of registration.
            two_ids: whether a row that may be the child of an open file, by name and birth date, the same or nearly so, begins a
                file of its own, and so does each of two rows of two valid IDs that agree in all else that tells who the child is
                (left out, both wait). Left out, it is not filed (``Imported.perhaps``) and asked about (``answer``), unless it has an ID,
                the file has none and all else agrees: then it goes there. Whose ID a file of another name holds, and who may be the
                child of a closed file, waits and is asked about in any case.
            progress: a bar (True), nothing (False), or a function that is called with (rows done, rows in all); if left
                out, a bar where there is much to do.
            acting, override: as for ``append``, of every row; a reason is kept in each file of which another division is in
                charge. An erased file is not begun again by it.
            covers: the division (a prefix) whose children the ledger names, all of them; if left out, the township that all of its
                rows state, where they state one. For ``no_longer_listed``, which knows the ledger by its ``source``.

        Returns:
            What became of every row. An import that was interrupted is simply started again. What a row says against what
            a person has recorded, of a place in another county, or to take back a stated end or death, is not taken
            (``Imported.held_back``) and asked about (``doubts``).

        Raises:
            StoreBusyError, StoreFullError, StoreUnusableError: what was filed before stays filed.
        """
        from kinderguard.casefile.filing.importing import import_ledger

        return import_ledger(
            self,
            ledger,
            at=at,
            by=by,
            source=source,
            refs=refs,
            two_ids=two_ids,
            progress=progress,
            acting=acting,
            override=override,
            covers=covers,
        )

    def import_survey(
        self,
        survey: "Survey",
        *,
        by: str,
        refs: "Callable[[SurveyedChild], str | None] | None" = None,
        two_ids: bool = False,
        progress: "bool | Progress | None" = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> "FiledSurvey":
        """File every child of a survey: each fact as of the day of the lists that say it, with the rows it is from.

        Nothing is chosen here. What the lists differ about and nobody has decided is filed as far as they agree; the rest is
        unknown from the day of the newest of these lists on, also where the file held a value. A child of whom it is not
        decided who it is (two resident IDs; no ID and perhaps one child with another row; an ID, and perhaps one child with
        another that has another valid ID) is not filed, and told.

        Args:
            survey: as ``survey.combine`` gives it, with the decisions that were made.
            by: the code of the user, never a name.
            refs: whose file a child belongs to (None: not to be filed). If left out, the file that ``import_ledger`` would
                find: by resident ID or, where there is none, by name, birth date, sex and division of registration.
            two_ids: whether two children with two valid IDs of whom nobody has decided whether they are one (each an ``OpenPair``
                of the survey) are filed all the same, each in the file of its ID; and whether a child that may be that of an open
                file, by name and birth date, the same or nearly so, begins a file of its own. Left out, it waits
                (``FiledChild.perhaps``) and is asked about (``answer``), unless it has an ID, the file has none and all else agrees:
                then it goes there. Whose ID a file of another name holds, and who may be the child of a closed file, waits and is
                asked about in any case.
            progress: a bar (True), nothing (False), or a function that is called with (children done, children in all); if left
                out, a bar where there is much to do.
            acting, override: as for ``import_ledger``.

        Returns:
            What was filed of each child. Filing one survey again doubles nothing, and undoes nothing learnt since. What a list
            says against what a person has recorded, of a place in another county, or to take back a stated end or death, is not
            taken (``FiledChild.held_back``) and asked about (``doubts``).

        Raises:
            StoreBusyError, StoreFullError, StoreUnusableError: what was filed before stays filed.
        """
        from kinderguard.casefile.filing.surveying import import_survey

        return import_survey(
            self, survey, by=by, refs=refs, two_ids=two_ids, progress=progress, acting=acting, override=override
        )

    def survey_files(self, survey: "Survey") -> Mapping[str, str]:
        """The files that the children of a survey have, by the child's ref in the survey; those without a file are left out.

        So a list of work or of absences can be taken to the files. Nothing is written.

        Args:
            survey: as ``survey.combine`` gives it. A child is found as ``import_survey`` would find it.
        """
        from kinderguard.casefile.filing.surveying import survey_files

        return survey_files(self, survey)

    def no_longer_listed(
        self,
        survey: "Survey",
        *,
        refs: "Callable[[SurveyedChild], str | None] | None" = None,
        division: str | None = None,
    ) -> "tuple[NoLongerListed, ...]":
        """The open files that hold facts from a list of this survey, and whose child its edition here, which is newer, no longer
        names. They are only told: a file is closed by a person, with a reason.

        A list is taken to be whole. Where it is known which division it covers (``Source.covers``, else the township that all of
        its rows state), it is held only against what files last took from that division's lists; of rows of which that is
        not known, against the files that the division is in charge of. Where it is not known of a list (``covers`` is None in what
        is given), it is held against all that was taken from lists of that code, other townships' included. A list that names
        nobody says nothing of anybody, and a row that could not be read names nobody. It reads what every open file says, a few hundred files at a time: the time grows
        with the number of their entries, the memory only with what is found and with the survey.

        Args:
            survey: as ``survey.combine`` gives it.
            refs: whose file a child belongs to, where ``import_survey`` was told so.
            division: only files that this division (a prefix) is in charge of.
        """
        from kinderguard.casefile.filing.unlisted import no_longer_listed

        return no_longer_listed(self, survey, refs=refs, division=division)

    def answer(
        self, ref: str, other: str, *, same: bool, by: str, acting: str | None = None, override: str | None = None
    ) -> Entry:
        """Say whether a child that an import holds back is the child of a file (``PerhapsListed``): the next import of the list
        files it here, where the name, the birth date, the sex and the ID stay as the file has them, or begins a file of its own
        (without the ID, where this file holds it), and nothing more is asked. A closed file stays closed.

        Args:
            ref: the file.
            other: the number that the question names: of the file that the child would begin.
            same: whether they are one child.
            by: the code of the user, never a name.
            acting, override: as for ``append``.

        Returns:
            The entry, a decision. A later answer takes the place of an earlier one. Where an earlier one was that they are one child,
            and the list was filed since, its ``doubts`` say what of the file is the other child's.

        Raises:
            UnknownFileError: there is no such file.
            EntryRefusedError: nothing of the kind was asked in it.
            as ``append``.
        """
        from kinderguard.casefile.filing.perhaps import answer

        return answer(self, ref, other, same=same, by=by, acting=acting, override=override)

    def correct(
        self,
        ref: str,
        entry_number: int,
        facts: Mapping[str, Any] | None,
        *,
        withdrawn: Collection[str] = (),
        reason: str,
        by: str,
        acting: str | None = None,
        override: str | None = None,
        key: str | None = None,
        expect: int | None = None,
    ) -> Entry:
        """Correct an entry: from now on it is thought to say something else. What was thought before stays.

        Args:
            ref: the file.
            entry_number: the entry; a correction can be corrected too.
            facts: what it ought to have said, of the facts that were wrong (the others stay); None takes the whole entry
                back, as if it had never been written.
            withdrawn: paths of facts that it ought not to have said anything about.
            reason: why, without names or ID numbers.
            by: the code of the user, never a name.
            acting, override, key, expect: as for ``append``.

        Raises:
            UnknownEntryError: the file has no such entry.
            MoveRefusedError: the file is closed. A closing that was a mistake can be taken back all the same.
            ErasedError: the entry's content was erased.
            as ``append``.
        """
        from kinderguard.casefile.correcting import correct

        with self._writing() as writing:
            return correct(
                writing,
                ref,
                entry_number,
                facts,
                withdrawn,
                reason=reason,
                by=by,
                acting=acting,
                override=override,
                key=key,
                expect=expect,
            )

    def erase(self, ref: str, *, reason: str, by: str, acting: str | None = None, override: str | None = None) -> Entry:
        """Delete what a file says, for good. Its entries stay as empty shells, so the chain still holds.

        What was shared with whom, and earlier erasures, stay readable. The ref stays too: where it was made by
        ``pseudonym`` in a store without a key, whoever has the database can still find out that a child had a file.
        Backups and copies of the database are the caller's to erase, and so are PostgreSQL's own write-ahead logs.

        Args:
            ref: the file.
            reason: why, without names or ID numbers.
            by: the code of the user, never a name. One of a division that the file never spoke of is refused.
            acting: as for ``append``.
            override: why another division than the one in charge erases it; it stays readable in the entry.

        Raises:
            UnknownFileError: there is no such file.
            MoveRefusedError: another division is in charge of it.

        Warns:
            ErasureResidueWarning: it is erased, but somebody was reading, so a copy is in the database's journal for now.
        """
        from kinderguard.casefile.ending.erasing import erase, tell_residue

        with self._writing() as writing:
            entry = erase(writing, ref, self.today(), reason=reason, by=by, acting=acting, override=override)
        tell_residue(self._database)
        return entry

    # ---- assessments --------------------------------------------------------------------------------------------

    def assess(
        self,
        ref: str,
        book: "PolicyBook",
        *,
        on: dt.date,
        by: str,
        key: str | None = None,
        acting: str | None = None,
        override: str | None = None,
    ) -> "Assessment":
        """Assess a filed child, and keep the result with everything needed to have it again.

        Args:
            ref: the file.
            book: the rules.
            on: the day; the file is taken as of that day, and as known now. One that lies more than 31 days ahead only looks
                ahead: nothing is taken to be paid by it once an earlier day is assessed after it.
            by: the code of the user, never a name.
            key: as for ``append``: the assessment is kept once.
            acting, override: as for ``append``.

        Raises:
            UnknownFileError: there is no such file.
            ErasedError: the file was erased.
            MoveRefusedError: the file is closed on that day (days before the closing can be looked back to), or another
                division is in charge of it.
            NotReproducibleError: the result could not be had again, so it was not kept.
        """
        from kinderguard.casefile.following import assessing

        on, entries = as_day(on, "on"), self.entries(ref, kinds=FACTUAL)
        case = case_of(ref, history.values(history.stated_on(history.holdings(entries), on)))
        if override is None and entries and all(each.erased for each in entries):
            raise ErasedError.of_file(ref)  # before a pack's provider is asked about nobody
        result = book.assess(case, on=on)
        with self._database.reading() as connection:
            kept = assessing.kept_book(connection, result.fingerprint)
        text = None if kept else assessing.portable_book(book, result)
        seen = max((e.number for e in entries), default=0)
        with self._writing() as writing:
            digest = assessing.keep_book(writing, result.fingerprint, text)
            body = assessing.body_of(result, seen, digest)
            new = NewEntry(
                ref, EntryKind.ASSESSMENT, body, on, by=by, key=key, acting=acting, override=override
            )  # fmt: skip
            entry = writing.write(new)
        # With a key that was used already, the assessment of then is the one that counts.
        return result if entry.body == body else self.reproduce(entry.number)

    def reproduce(self, entry_number: int) -> "Assessment":
        """An assessment computed again, from the facts as they were known then and the rules as they were kept.

        Raises:
            UnknownEntryError: there is no assessment of that number.
            ErasedError: its content, or a fact it rests on, was erased.
            NotReproducibleError: the rules are not those of then, or the result is not the same to the fen.
        """
        from kinderguard.casefile.following import assessing

        with self._database.reading() as connection:
            entry = reading.entry_at(connection, self._vault, entry_number)
            if entry is None or entry.kind is not EntryKind.ASSESSMENT:
                raise UnknownEntryError.of(entry_number)
            seen = entry.body.get("seen", 0)
            facts = reading.entries_of(connection, self._vault, [entry.ref], kinds=FACTUAL, until=seen)
            on = entry.valid_from
            case = case_of(entry.ref, history.values(history.stated_on(history.holdings(facts), on)))
            return assessing.reproduced(connection, entry, case)

    # ---- the audit trail and the key ----------------------------------------------------------------------------

    def verify(self, remembered: "Head | None" = None) -> "VerifyReport":
        """Read the whole chain, and find every changed, missing, added or reordered entry, every book of rules that
        assessments rest on and that is not as it was, and every file of which the tables beside the entries (where it may be
        found, whether it was erased, the keys with which its entries were written) do not say what its entries say; and whether
        what imports left to be looked at, which no entry says, was changed. Besides,
        what is no damage and yet to be looked at: open files with one resident ID.

        A key of what changed nothing left no entry: that such a key is lost, or was added, cannot be seen.

        Args:
            remembered: what ``head`` gave once, kept elsewhere: finds out whether the history was rewritten since.
        """
        from kinderguard.casefile.chain.verifying import verify

        with self._database.reading() as connection:
            return verify(connection, self._vault, remembered, self.today())

    def rebuild(self) -> int:
        """Make anew, from the entries, the tables by which files are found, and put back the keys of entries; how many files there
        are.

        Entries stay as they are. ``verify`` says where this is needed.

        Raises:
            DamagedEntryError: an entry is not what was written: nothing was changed, restore a backup.
        """
        from kinderguard.casefile.chain.derived import rebuild

        with self._database.writing() as connection:
            return rebuild(connection, self._vault)

    def head(self) -> "Head":
        """The last entry's number and hash: kept elsewhere, it proves later that nothing before it was changed."""
        from kinderguard.casefile.chain.verifying import head

        with self._database.reading() as connection:
            return head(connection)

    def change_key(self, new: str | bytes) -> None:
        """Replace the key of an encrypted store. Entries stay as they are; the old key opens nothing any more.

        Copies of the database made before still open with the old key.

        Raises:
            KeyRefusedError: the store is not encrypted, or ``new`` is no key.
        """
        from kinderguard.casefile.chain.opening import change_key

        with self._database.writing() as connection:
            change_key(connection, self._vault, new)

    # ---- reading ------------------------------------------------------------------------------------------------

    def entries(
        self, ref: str, *, kinds: Collection[EntryKind | str] | None = None, known: dt.datetime | None = None
    ) -> tuple[Entry, ...]:
        """The entries of a file in order.

        Args:
            ref: the file.
            kinds: only these.
            known: only what was known at this moment.

        Raises:
            UnknownFileError: there is no such file (or there was none at that moment).
            DamagedEntryError: an entry is not what was written.
        """
        chosen = None if kinds is None else [kind_named(k) for k in kinds]
        with self._database.reading() as connection:
            return self._entries(connection, ref, chosen, known)

    def _entries(
        self, connection: Connection, ref: str, kinds: Collection[EntryKind] | None, known: dt.datetime | None
    ) -> tuple[Entry, ...]:
        moment = None if known is None else microseconds(known)
        found = reading.entries_of(connection, self._vault, [ref], kinds=kinds, known=moment)
        if not found and not reading.is_file(connection, ref, moment):
            raise UnknownFileError.of(ref)
        return tuple(found)

    def entries_of(
        self,
        refs: Iterable[str],
        *,
        kinds: Collection[EntryKind | str] | None = None,
        known: dt.datetime | None = None,
    ) -> Iterator[tuple[str, tuple[Entry, ...]]]:
        """The entries of many files, file by file in the order given: far fewer questions to the database than one by one.

        Args:
            refs: the files; one that has no such entry has an empty tuple.
            kinds, known: as for ``entries``.
        """
        chosen = None if kinds is None else [kind_named(k) for k in kinds]
        moment = None if known is None else microseconds(known)
        for some in reading.chunks(dict.fromkeys(refs)):
            found: dict[str, list[Entry]] = {ref: [] for ref in some}
            with self._database.reading() as connection:
                for entry in reading.entries_of(connection, self._vault, some, kinds=chosen, known=moment):
                    found[entry.ref].append(entry)
            for ref, entries in found.items():
                yield ref, tuple(entries)

    def cases(
        self, refs: Iterable[str], *, at: dt.date | None = None, known: dt.datetime | None = None
    ) -> Iterator[Case]:
        """Many files as cases, in the order given; ``case`` says what each argument means.

        Raises:
            UnknownFileError: there is no such file.
        """
        day = self._day(at, "at")
        for ref, entries in self.entries_of(refs, kinds=FACTUAL, known=known):
            if entries:
                yield case_of(ref, history.values(history.stated_on(history.holdings(entries), day)))
            else:
                yield self.case(ref, at=day, known=known)

    def entry(self, number: int) -> Entry:
        """One entry by its number.

        Raises:
            UnknownEntryError: there is none.
        """
        with self._database.reading() as connection:
            found = reading.entry_at(connection, self._vault, number)
        if found is None:
            raise UnknownEntryError.of(number)
        return found

    def case(self, ref: str, *, at: dt.date | None = None, known: dt.datetime | None = None) -> Case:
        """A file as a case: what is true on a day, as was known at a moment.

        Args:
            ref: the file.
            at: the day; today if left out.
            known: the moment (with its time zone); now if left out.

        Raises:
            UnknownFileError: there is no such file.
        """
        held = history.holdings(self.entries(ref, kinds=FACTUAL, known=known))
        return case_of(ref, history.values(history.stated_on(held, self._day(at, "at"))))

    def history(self, ref: str) -> tuple[HistoryLine, ...]:
        """Every entry of a file, with the facts it changed on the first day on which it is true.

        Raises:
            UnknownFileError: there is no such file.
        """
        return history.lines(self.entries(ref))

    def doubts(self, ref: str) -> "tuple[HiddenFact | SameId | PerhapsListed, ...]":
        """What somebody should look at, as long as nobody has settled it: what was learnt late and an entry written before hides
        from a later day on; what a list says against what a person has recorded, and is not taken for that reason; other open files
        that hold the same resident ID; facts from the row of a list that is another child's, as somebody said since
        (``HiddenFact.anothers``); and a child of a list who may be this file's.

        The first two, and facts from another child's row, are settled by recording the fact anew, with the one value or the other,
        as of the day in question (what a list says: or as of a later day), and by correcting the entry that counts, also to the
        value that it has; what a list says also by a newer row of it that agrees with the file. The third is settled by closing
        all but one, or by correcting the ID where it is wrong; the last by ``answer``, or by a file of that child's own.

        Raises:
            UnknownFileError: there is no such file.
        """
        from kinderguard.casefile.filing.perhaps import perhaps_listed

        entries = self.entries(ref, kinds=FACTUAL | {EntryKind.DECISION})
        hidden = hidden_facts([entry for entry in entries if entry.kind in FACTUAL])
        return (*hidden, *same_ids(self, self.today(), ref).values(), *perhaps_listed(self, entries))

    def diff(
        self,
        ref: str,
        before: tuple[dt.date | None, dt.datetime | None],
        after: tuple[dt.date | None, dt.datetime | None] = (None, None),
    ) -> tuple[FactChange, ...]:
        """The facts that differ between two states of a file.

        Args:
            ref: the file.
            before, after: each (day, moment known), as ``case`` takes them; None is today, or now.

        Raises:
            UnknownFileError: there is no such file.
        """
        entries = self.entries(ref, kinds=FACTUAL)
        states = [
            history.stated_on(history.holdings(history.known_by(entries, known)), self._day(at, "at"))
            for at, known in (before, after)
        ]
        return history.changes_between(*states)

    def refs(
        self,
        division: str | None = None,
        *,
        open: bool | None = True,  # noqa: A002
        at: dt.date | None = None,
    ) -> tuple[str, ...]:
        """The refs of files, in order; erased ones are left out.

        Args:
            division: only files that this division (a prefix) is in charge of on the day.
            open: only those that are open (True), or closed (False), on the day; both with None.
            at: the day; today if left out.
        """
        from kinderguard.casefile.filing.finding import refs

        with self._database.reading() as connection:
            return refs(connection, self._vault, division, open, self._day(at, "at"))
