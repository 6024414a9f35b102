"""What lists say against what somebody has recorded: kept as claims beside the facts.

Used by ``recording``, which decides whether what a row says is a fact or a claim, and by ``doubts``, which asks about the
claims. What a person recorded only a person changes: a list that says otherwise is held and asked about, however new it is
and whatever other lists said in between, since money may begin or stop by it. So is a list that takes back what was stated for
good, whoever stated it: an end, or a death. A list that says only less of the person's word
asks nothing; one that says more of it, without having said so before, adds to it. Nothing is read or written here.

Bodies: ``{"facts": {…}, "claims": {path: value}, "sources": [{"list": …, "facts": [path, …], "claims": [path, …]}]}``. A claim
may say what the file says: then its list has come round to that.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.facts import PLACES
from kinderguard.casefile.history import Holding, stated_on, withdrawn
from kinderguard.casefile.situations import SITUATIONS, has_ended, takes_back
from kinderguard.model.case import Case

#: How many editions it takes to say otherwise and to go back.
_THERE_AND_BACK = 3


@attrs.frozen
class Word:
    """The last that a list said of a fact, by the days of its rows."""

    value: Any = attrs.field(repr=False)
    list: str
    series: str
    as_of: dt.date
    entry: int
    is_claim: bool


@attrs.frozen
class PersonsWord:
    """What a person said of a fact: the number of the entry, and the value; None says that it is unknown."""

    entry: int
    value: Any = attrs.field(repr=False)


@attrs.frozen
class OpenClaim:
    """A claim that nobody has answered.

    Attributes:
        path, value: the fact, and what the list says of it.
        entry: the number of the entry that keeps the claim.
        day: from when on the list says so.
        list: the code of the list.
        against: the number of the entry that goes on counting.
        by_person: whether a person said what goes on counting.
        moves: whether nobody did, but by the list the file would lie in another county.
        takes_back: whether nobody did, but the list takes back an end or a death.
    """

    path: str
    value: Any = attrs.field(repr=False)
    entry: int
    day: dt.date
    list: str
    against: int
    by_person: bool
    moves: bool = False
    takes_back: bool = False


@attrs.frozen
class Returned:
    """A fact by which a list has gone back to what it said before, after an edition between said otherwise. It counts.

    Attributes:
        path: the fact.
        entry, list, as_of: the entry that says so now, the list, and its day.
        between, between_as_of: the entry that said otherwise, and the day of that edition.
        value: what that one said.
    """

    path: str
    entry: int
    list: str
    as_of: dt.date
    between: int
    between_as_of: dt.date
    value: Any = attrs.field(repr=False)


def series_of(row: Mapping[str, Any]) -> str:
    """What month after month is one list: its code, unless that changes with every edition."""
    return str(row.get("series") or row["list"])


def dated_rows(entry: Entry) -> Iterator[tuple[Mapping[str, Any], dt.date]]:
    """The rows of lists that an entry is from, each with its day; what a caller wrote there in another form is passed over."""
    for row in entry.body.get("sources") or ():
        if isinstance(row, Mapping) and isinstance(row.get("list"), str):
            try:
                yield row, dt.date.fromisoformat(row["as_of"])
            except (KeyError, TypeError, ValueError):
                continue


class Past:
    """What a file was told so far, in which order, and whether by a list or by a person."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        corrected = any(entry.kind is EntryKind.CORRECTION for entry in entries)
        gone = withdrawn(entries) if corrected else frozenset()
        #: What was taken back whole is as if it had never been written.
        self.entries = [e for e in entries if e.number not in gone and not e.erased]

    @cached_property
    def _by_number(self) -> Mapping[int, Entry]:
        return {entry.number: entry for entry in self.entries}

    @cached_property
    def has_claims(self) -> bool:
        """Whether any claim is kept."""
        return any(entry.body.get("claims") for entry in self.entries)

    def persons_word(self, path: str, held: Iterable[Holding], day: dt.date) -> PersonsWord | None:
        """The last that a person said of a fact as of a day, whatever lists said since, or that what was said of it is wrong;
        None where nobody did.

        Args:
            path: the fact.
            held: what ``holdings`` gives of the same entries.
            day: the day.
        """
        word: PersonsWord | None = None
        last = 0
        for holding in held:
            stated = holding.facts.get(path)
            if stated is None or not holding.covers(day):
                continue
            last = stated.entry
            if self.is_persons(stated.entry, path):
                word = PersonsWord(stated.entry, stated.value)
        refuted = max((number for number, entry in self._refusals(path) if _covers(entry, day)), default=0)
        return PersonsWord(refuted, None) if refuted > last else word

    def is_persons(self, number: int, path: str) -> bool:
        """Whether a person said what an entry says of a fact, not a list."""
        entry = self._by_number.get(number)
        if entry is None or entry.kind is EntryKind.CORRECTION:
            return True
        rows = [row for row, _ in dated_rows(entry)]
        if rows and entry.body["facts"].get(path) is None:
            return False  # what lists dispute; an earlier version named no rows of it
        return not any(path in (row.get("facts") or ()) for row in rows)

    def _refusals(self, path: str) -> Iterator[tuple[int, Entry]]:
        """The corrections by which an entry ought not to have said anything of a fact."""
        for entry in self.entries:
            gone = entry.body.get("withdrawn")
            if entry.kind is EntryKind.CORRECTION and isinstance(gone, list) and path in gone:
                yield entry.number, entry

    def gives_way(self, path: str, value: Any, word: PersonsWord | None, day: dt.date) -> bool:
        """Whether what a list says of a fact gives way to what a person says of it: unless it only adds to that, and was never
        told before.

        Args:
            path: the fact.
            value: what the list says.
            word: what the person says.
            day: the day.
        """
        if word is None:
            return False
        return self.was_told(path, value, before=word.entry) or not is_within(path, word.value, value)

    def was_told(self, path: str, value: Any, before: int) -> bool:
        """Whether an entry before a number stated a value, or one that says all of it and more, or a list claimed that."""
        return any(is_within(path, value, each) for each in self._told(path, before))

    def _told(self, path: str, before: int) -> Iterator[Any]:
        for entry in self.entries:
            kept = [entry.body.get("claims"), entry.body.get("facts") if entry.number < before else None]
            yield from (facts[path] for facts in kept if facts and path in facts)

    # ---- what each list said last -------------------------------------------------------------------------------

    @cached_property
    def last_words(self) -> Mapping[tuple[str, str], Word]:
        """By fact and list, the last that the list said and the file kept, as a fact or as a claim."""
        found: dict[tuple[str, str], Word] = {}
        for entry in self.entries:
            for row, as_of in dated_rows(entry):
                for kept in ("facts", "claims"):
                    said = entry.body.get(kept) or {}
                    for path in row.get(kept) or ():
                        word = Word(said.get(path), row["list"], series_of(row), as_of, entry.number, kept == "claims")
                        last = found.get((path, series_of(row)))
                        if word.value is not None and (last is None or last.as_of <= as_of):
                            found[path, series_of(row)] = word
        return found

    def is_known(self, path: str, series: str, value: Any, as_of: dt.date) -> bool:
        """Whether it need not be kept again that a list claims a value: it is what the list claimed last, or less, or an edition
        that is no newer than what the file holds of the list.
        """
        last = self.last_words.get((path, series))
        if last is None:
            return False
        return last.as_of > as_of or ((last.is_claim or last.as_of >= as_of) and is_within(path, value, last.value))

    def comes_round(self, path: str, series: str, value: Any, as_of: dt.date) -> bool:
        """Whether a list that claimed otherwise last says now what the file says."""
        if not self.has_claims:
            return False
        last = self.last_words.get((path, series))
        return last is not None and last.is_claim and last.as_of <= as_of and last.value != value

    def returned(self, held: list[Holding], day: dt.date) -> Iterator[Returned]:
        """The facts of a day by which a list went back to what an earlier edition of it said, and of which nobody has spoken.

        Args:
            held: what ``holdings`` gives of the same entries.
            day: the day.
        """
        stated = stated_on(held, day)
        for (path, _), words in self._stated_by_lists.items():
            now = stated.get(path)
            if len(words) < _THERE_AND_BACK or now is None or now.value is None or path in PLACES:
                continue
            *before, last = words
            if last.entry != now.entry or self.persons_word(path, held, day) is not None:
                continue
            between = before[-1]
            if between.value != last.value and any(each.value == last.value for each in before[:-1]):
                yield Returned(path, last.entry, last.list, last.as_of, between.entry, between.as_of, between.value)

    @cached_property
    def _stated_by_lists(self) -> Mapping[tuple[str, str], list[Word]]:
        """By fact and list, what its editions said and the file took, in the order of their days."""
        found: dict[tuple[str, str], list[Word]] = {}
        for entry in self.entries:
            said = entry.body.get("facts") or {}
            for row, as_of in dated_rows(entry):
                for path in row.get("facts") or ():
                    if said.get(path) is not None:
                        word = Word(said[path], row["list"], series_of(row), as_of, entry.number, is_claim=False)
                        found.setdefault((path, word.series), []).append(word)
        return {key: sorted(words, key=lambda each: (each.as_of, each.entry)) for key, words in found.items()}

    # ---- what is to be asked ------------------------------------------------------------------------------------

    def open_claims(self, held: list[Holding]) -> Iterator[OpenClaim]:
        """The claims that differ from what is thought on their day and that nobody has answered since.

        Args:
            held: what ``holdings`` gives of the same entries.
        """
        if not self.has_claims:
            return
        for (path, _), word in sorted(self.last_words.items(), key=lambda item: (item[1].entry, item[0])):
            if not word.is_claim:
                continue
            day = self._by_number[word.entry].valid_from
            stated = stated_on(held, day).get(path)
            said = self.persons_word(path, held, day)
            if stated is not None and says_no_more(path, word.value, stated.value, day):
                continue
            if said is not None and says_no_more(path, word.value, said.value, day):
                continue
            if self.is_answered(path, held, day, word.entry) or self._was_answered(path, held, word):
                continue
            against = said.entry if said is not None else word.entry if stated is None else stated.entry
            moves = said is None and path in PLACES
            back = said is None and stated is not None and takes_back(path, stated.value, word.value, day)
            yield OpenClaim(path, word.value, word.entry, day, word.list, against, said is not None, moves, back)

    def anothers(self, held: list[Holding]) -> Iterator[tuple[str, Entry, int]]:
        """The facts that are from a row of another child, as somebody said since, and of which nobody has spoken after that; each
        with the entry that says so, and the number of the one that states it.

        Args:
            held: what ``holdings`` gives of the same entries.
        """
        for entry in self.entries:
            told = entry.body.get("anothers")
            for path, number in told.items() if isinstance(told, Mapping) else ():
                stated = next((h for h in held if path in h.facts and h.facts[path].entry == number), None)
                if stated is not None and not self.is_answered(path, held, stated.valid_from, entry.number):
                    yield path, entry, number

    def taken_with(self, claim: OpenClaim, held: list[Holding]) -> Iterator[str]:
        """The facts of the same matter that the row of a claim says as well, and that were taken from it and count still.

        Args:
            claim: what a list says against what a person recorded.
            held: what ``holdings`` gives of the same entries.
        """
        entry, matter = self._by_number[claim.entry], claim.path.rpartition(".")[0]
        if matter == "child":
            return
        stated = stated_on(held, claim.day)
        for row, _ in dated_rows(entry):
            for path in row.get("facts") or () if row["list"] == claim.list else ():
                if path.rpartition(".")[0] == matter and path in stated and stated[path].entry == claim.entry:
                    yield path

    def _was_answered(self, path: str, held: list[Holding], word: Word) -> bool:
        """Whether a person has answered the same claim of another list before this one made it."""
        for entry in self.entries:
            if entry.number >= word.entry:
                return False
            claimed = (entry.body.get("claims") or {}).get(path)
            if claimed is None or not is_within(path, word.value, claimed):
                continue
            if any(series_of(row) == word.series for row, _ in dated_rows(entry)):
                continue  # it had come round to the file meanwhile
            if self.is_answered(path, held, entry.valid_from, entry.number, before=word.entry):
                return True
        return False

    def is_answered(
        self, path: str, held: list[Holding], day: dt.date, claim: int, *, before: int | None = None
    ) -> bool:
        """Whether a person has spoken of the fact after a claim (and before an entry), of its day or of a later one."""
        for holding in held:
            stated = holding.facts.get(path)
            if stated is None or not _between(claim, stated.entry, before) or not self.is_persons(stated.entry, path):
                continue
            if holding.valid_from >= day or holding.covers(day):
                return True
        return any(_between(claim, number, before) and _covers(entry, day) for number, entry in self._refusals(path))


def _between(first: int, number: int, last: int | None) -> bool:
    return first < number and (last is None or number < last)


def _covers(entry: Entry, day: dt.date) -> bool:
    return entry.valid_from <= day and (entry.valid_until is None or day <= entry.valid_until)


def says_no_more(path: str, value: Any, said: Any, day: dt.date) -> bool:
    """Whether a value changes nothing of what is said: it is within it, but for situations that have ended by a day, which a
    list need not go on naming.

    >>> free = [{"kind": "imprisoned", "until": "2025-06-20", "ongoing": False}]
    >>> says_no_more("father.situations", [], free, dt.date(2025, 7, 1))
    True
    >>> says_no_more("father.situations", [{"kind": "lost_contact"}], free, dt.date(2025, 7, 1))
    False
    """
    if is_within(path, value, said):
        return True
    if path not in SITUATIONS or value is None or not said:
        return False
    return is_within(path, value, [each for each in said if not has_ended(each, day)])


def is_within(path: str, value: Any, known: Any) -> bool:
    """Whether a value says nothing that what is known does not say: the same, or only less of it. So of a month beside a day
    in it, a county beside its township, and a situation without its date or term beside one with them; and a guardian of whom
    is not said who it is (a telephone alone) takes nobody's place.

    >>> is_within("child.birth_date", "2012-03", "2012-03-05"), is_within("household.size", 3, 4)
    (True, False)
    >>> since = {"kind": "imprisoned", "since": "2025-01-10"}
    >>> is_within("father.situations", [{"kind": "imprisoned"}], [since])
    True
    >>> is_within("father.situations", [since], [{"kind": "imprisoned"}])
    False
    """
    # A store that files no list does not load what reads lists.
    from kinderguard.survey.facts import facts_of
    from kinderguard.survey.values import joined

    if known is None or value is None:
        return False
    if value == known or (path == "guardians" and known and not any(map(_says_who, value))):
        return True
    one, other = (facts_of(Case.from_facts({path: each}))[path] for each in (known, value))
    return bool(joined(path, one, other) == one)


def _says_who(guardian: Mapping[str, Any]) -> bool:
    return any(guardian.get(name) is not None for name in ("name", "resident_id", "relation"))
