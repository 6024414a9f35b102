"""What lists say against what somebody has recorded, and is no news: kept as claims beside the facts.

Used by ``recording``, which decides whether what a row says is a fact or a claim, and by ``doubts``, which asks about the
claims. A department often sends next month what it sent last month, perhaps with a date or a term more: what the file was told
before a person replaced it, and what only completes that, is no news; nor is a list that is no newer than the person's word, or
one by which a situation goes on that the person says has ended. Nothing is read or written here.

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
from kinderguard.model.dates import BEIJING, PartialDate

#: How the paths of parents' situations end.
_SITUATIONS = ".situations"


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

    def is_no_news(self, path: str, value: Any, stated: Stated | None, day: dt.date, as_of: dt.date) -> bool:
        """Whether what a list says of a fact gives way to what a person says of it.

        Args:
            path: the fact.
            value: what the list says.
            stated: what counts on the day.
            day: the day.
            as_of: the day on which the list tells how things stand.
        """
        word = self.persons_word(path, stated, day)
        if word is None:
            return False
        said = None if stated is None else stated.value
        if is_within(path, value, said) or self.was_told(path, value, before=word):
            return True
        if is_within(path, said, value):
            return False  # it says more of what the person says
        if self._completes(path, value, said, before=word):
            return True
        spoken = self._spoken_on(word)
        return contradicts(path, said, value) and (as_of <= spoken or goes_on(path, value, said, spoken))

    def _completes(self, path: str, value: Any, said: Any, before: int) -> bool:
        """Whether a value says all of one that was told before and replaced, and more."""
        told = self._told(path, before)
        return any(is_within(path, each, value) and not is_within(path, each, said) for each in told)

    def _spoken_on(self, number: int) -> dt.date:
        """As of which day a person spoke; who corrects knew what had happened by the day of writing it."""
        entry = self._by_number[number]
        if entry.kind is not EntryKind.CORRECTION:
            return entry.valid_from
        return max(entry.valid_from, entry.known_at.astimezone(BEIJING).date())

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


def contradicts(path: str, said: Any, value: Any) -> bool:
    """Whether a value cannot stand beside what a person says. Situations of other kinds can: of them the person said nothing.

    >>> contradicts("father.situations", [{"kind": "imprisoned", "ongoing": False}], [{"kind": "lost_contact"}])
    False
    """
    if path.endswith(_SITUATIONS) and said and value:
        return bool({each.get("kind") for each in said} & {each.get("kind") for each in value})
    return True


def goes_on(path: str, value: Any, said: Any, spoken: dt.date) -> bool:
    """Whether by a value a situation goes on that a person says has ended, and did not begin anew after that.

    >>> free = [{"kind": "imprisoned", "until": "2025-06-20", "ongoing": False}]
    >>> day = dt.date(2025, 7, 1)
    >>> goes_on("father.situations", [{"kind": "imprisoned", "since": "2024-03", "until": "2027"}], free, day)
    True
    >>> goes_on("father.situations", [{"kind": "imprisoned", "since": "2025-08-20"}], free, day)
    False
    """
    if not path.endswith(_SITUATIONS):
        return False
    for ended in said or ():
        if ended.get("ongoing") is False or (ended.get("until") and ended.get("ongoing") is None):
            end = PartialDate.of(ended["until"]).latest if ended.get("until") else spoken
            if any(each.get("kind") == ended.get("kind") and _lasts_over(each, end) for each in value or ()):
                return True
    return False


def _lasts_over(situation: Mapping[str, Any], end: dt.date) -> bool:
    """Whether a situation that did not begin after a day goes on after it."""
    since, until = (
        None if situation.get(name) is None else PartialDate.of(situation[name]) for name in ("since", "until")
    )
    if since is not None and since.earliest > end:
        return False
    if situation.get("ongoing") is None:
        return until is None or until.latest > end
    return bool(situation["ongoing"])


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
