"""What lists say again although somebody has recorded otherwise since: kept as claims beside the facts.

Used by ``recording``, which decides whether what a row says is a fact or a claim, and by ``doubts``, which asks about the
claims. A department often sends next month what it sent last month; a value that the file was told before, and that a person
has replaced since, is no news. Nothing is read or written here.

Bodies: ``{"facts": {…}, "claims": {path: value}, "sources": [{"list": …, "facts": [path, …], "claims": [path, …]}]}``. A claim
may say what the file says: then its list has come round to that.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.history import Holding, Stated, stated_on, withdrawn
from kinderguard.model.case import Case


@attrs.frozen
class Word:
    """The last that a list said of a fact, by the days of its rows."""

    value: Any = attrs.field(repr=False)
    list: str
    as_of: dt.date
    entry: int
    is_claim: bool


@attrs.frozen
class OpenClaim:
    """A claim that nobody has answered.

    Attributes:
        path, value: the fact, and what the list says of it.
        entry: the number of the entry that keeps the claim.
        day: from when on the list says so.
        list: the code of the list.
        against: the number of the entry that goes on counting.
    """

    path: str
    value: Any = attrs.field(repr=False)
    entry: int
    day: dt.date
    list: str
    against: int


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

    def persons_word(self, path: str, stated: Stated | None, day: dt.date) -> int | None:
        """The number of the entry by which a person says what is thought of a fact on a day, or that what was said of it is
        wrong; None where a list says it, or nobody.

        Args:
            path: the fact.
            stated: what counts on the day.
            day: the day.
        """
        last = 0 if stated is None else stated.entry
        refuted = max((number for number, entry in self._refusals(path) if _covers(entry, day)), default=0)
        if refuted > last:
            return refuted
        return last if last and self._is_persons(last, path) else None

    def _is_persons(self, number: int, path: str) -> bool:
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

    def was_told(self, path: str, value: Any, before: int) -> bool:
        """Whether an entry before a number stated a value, or one that says all of it and more."""
        return any(
            entry.number < before
            and path in (facts := entry.body.get("facts") or {})
            and is_within(path, value, facts[path])
            for entry in self.entries
        )

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
                        word = Word(said.get(path), row["list"], as_of, entry.number, kept == "claims")
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
            if stated is not None and stated.value == word.value:
                continue
            if self._is_answered(path, held, day, word.entry):
                continue
            against = self.persons_word(path, stated, day) or (word.entry if stated is None else stated.entry)
            yield OpenClaim(path, word.value, word.entry, day, word.list, against)

    def _is_answered(self, path: str, held: list[Holding], day: dt.date, claim: int) -> bool:
        """Whether a person has spoken of the fact after a claim, of its day or of a later one."""
        for holding in held:
            stated = holding.facts.get(path)
            if stated is None or stated.entry <= claim or not self._is_persons(stated.entry, path):
                continue
            if holding.valid_from >= day or holding.covers(day):
                return True
        return any(number > claim and _covers(entry, day) for number, entry in self._refusals(path))


def _covers(entry: Entry, day: dt.date) -> bool:
    return entry.valid_from <= day and (entry.valid_until is None or day <= entry.valid_until)


def is_within(path: str, value: Any, known: Any) -> bool:
    """Whether a value says nothing that what is known does not say: the same, or only less of it. So of a month beside a day
    in it, a county beside its township, and a situation without its date or term beside one with them.

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
    if value == known:
        return True
    one, other = (facts_of(Case.from_facts({path: each}))[path] for each in (known, value))
    return bool(joined(path, one, other) == one)
