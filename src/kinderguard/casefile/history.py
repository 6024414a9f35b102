"""What was true and what was thought, from the entries of one file: the two times, without any database.

Used by the store for ``case``, ``history``, ``diff`` and to check what is about to be written. A fact holds from
``valid_from`` on until a fact of the same path with a later ``valid_from`` (or, of the same day, written later), and no
longer than to ``valid_until``. A correction changes what its entry says from the correction's own ``known_at`` on; what was
thought before stays.

Bodies: of facts ``{"facts": {path: value or null}, "source": …}``; of a correction ``{"facts": {path: value or null},
"withdrawn": [path, …] or true, "reason": …}``, where true takes the whole entry back.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from kinderguard.casefile.chain.entries import FACTUAL, Entry, EntryKind
from kinderguard.casefile.facts import title_of
from kinderguard.model.text import Text


@attrs.frozen
class FactChange:
    """A fact that differs between two states of a file. Values are personal and not shown; None is unknown."""

    path: str
    title: Text
    before: Any = attrs.field(repr=False)
    after: Any = attrs.field(repr=False)
    #: The numbers of the entries that say so; None where no entry does.
    before_entry: int | None
    after_entry: int | None


@attrs.frozen
class HistoryLine:
    """One entry of a file, what it changed on the first day on which it is true, and what it confirmed: said as the file
    said it already.
    """

    entry: Entry
    changes: tuple[FactChange, ...]
    confirmed: tuple[FactChange, ...] = ()


@attrs.frozen
class Stated:
    """A value that an entry states for a path; None says that it became unknown."""

    value: Any = attrs.field(repr=False)
    entry: int
    #: The entry that first said just this value in its place; another than ``entry`` where that only confirmed it.
    first: int


@attrs.frozen
class Holding:
    """What one entry of facts says after all corrections known: ``None`` as a value makes a fact unknown."""

    number: int
    valid_from: dt.date
    valid_until: dt.date | None
    facts: Mapping[str, Stated] = attrs.field(repr=False)

    def covers(self, day: dt.date) -> bool:
        """Whether it is true on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def known_by(entries: Iterable[Entry], known: dt.datetime | None) -> list[Entry]:
    """The entries that were there at a moment; all of them, if none is given."""
    return [e for e in entries if known is None or e.known_at <= known]


def withdrawn(entries: Iterable[Entry]) -> frozenset[int]:
    """The numbers of the entries that corrections take back whole: they are as if they had never been written."""
    entries = list(entries)
    by_target = _corrections(entries)
    return frozenset(e.number for e in entries if _effect(e, by_target) is None)


def holdings(entries: Iterable[Entry]) -> list[Holding]:
    """What the entries of facts say, each as corrected, in the order in which a later one goes before an earlier one."""
    entries = list(entries)
    by_target = _corrections(entries)
    found = []
    for entry in entries:
        if entry.kind is EntryKind.FACTS:
            facts = _effect(entry, by_target)
            if facts:
                found.append(Holding(entry.number, entry.valid_from, entry.valid_until, facts))
    return sorted(found, key=lambda h: (h.valid_from, h.number))


def _corrections(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.kind is EntryKind.CORRECTION and entry.corrects is not None:
            found.setdefault(entry.corrects, []).append(entry)
    return found


def _effect(entry: Entry, by_target: Mapping[int, Sequence[Entry]]) -> dict[str, Stated] | None:
    """The facts of an entry after its corrections, which may be corrected themselves; None where it was taken back."""
    facts: dict[str, Stated] | None = {
        path: Stated(value, entry.number, entry.number) for path, value in (entry.body.get("facts") or {}).items()
    }
    for correction in by_target.get(entry.number, ()):
        said = _effect(correction, by_target)
        if said is None:
            continue  # the correction was itself taken back
        gone = correction.body.get("withdrawn")
        if gone is True and not correction.erased:
            facts = None
            continue
        before = facts or {}
        facts = before | {path: _said_again(before.get(path), each) for path, each in said.items()}
        for path in gone or ():
            facts.pop(path, None)
    return facts


def _said_again(before: Stated | None, now: Stated) -> Stated:
    """What a correction says of a path; where it only confirms what stood there, since when that is said."""
    return now if before is None or before.value != now.value else attrs.evolve(now, first=before.first)


def stated_on(held: Iterable[Holding], day: dt.date) -> dict[str, Stated]:
    """What is stated for each path on a day. ``held`` is in the order that ``holdings`` gives."""
    found: dict[str, Stated] = {}
    for holding in held:
        if holding.covers(day):
            found |= holding.facts
    return found


def values(stated: Mapping[str, Stated]) -> dict[str, Any]:
    """The known values by path."""
    return {path: s.value for path, s in stated.items() if s.value is not None}


def turning_days(held: Iterable[Holding], since: dt.date) -> list[dt.date]:
    """``since``, and the later days on which what holds may change: where something begins, or has ended."""
    days = {since}
    for holding in held:
        days.add(holding.valid_from)
        if holding.valid_until is not None and holding.valid_until < dt.date.max:
            days.add(holding.valid_until + dt.timedelta(days=1))
    return sorted(day for day in days if day >= since)


def changes_between(before: Mapping[str, Stated], after: Mapping[str, Stated]) -> tuple[FactChange, ...]:
    """The facts that differ, by path."""
    found = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        was, now = old.value if old else None, new.value if new else None
        if was != now:
            found.append(
                FactChange(path, title_of(path), was, now, old.entry if old else None, new.entry if new else None)
            )
    return tuple(found)


def _confirmed(number: int, before: Mapping[str, Stated], after: Mapping[str, Stated]) -> tuple[FactChange, ...]:
    """The facts that an entry says as they were said before it, by path."""
    found = []
    for path, now in sorted(after.items()):
        old = before.get(path)
        if now.entry == number and old is not None and old.value == now.value:
            found.append(FactChange(path, title_of(path), old.value, now.value, old.entry, number))
    return tuple(found)


def declared_titles(entries: Iterable[Entry]) -> dict[str, Text]:
    """What a list's or a pack's own facts were called when they were filed, by their path."""
    found: dict[str, Text] = {}
    for entry in entries:
        for path, title in (entry.body.get("titles") or {}).items():
            found[path] = Text(title["zh"], title["en"])
    return found


def lines(entries: Sequence[Entry]) -> tuple[HistoryLine, ...]:
    """Each entry of a file, in order, with what it changed and confirmed."""
    found = []
    factual: list[Entry] = []
    before: list[Holding] = []
    for entry in entries:
        changes: tuple[FactChange, ...] = ()
        confirmed: tuple[FactChange, ...] = ()
        if entry.kind in FACTUAL:
            factual.append(entry)
            after = holdings(factual)
            states = stated_on(before, entry.valid_from), stated_on(after, entry.valid_from)
            changes, confirmed = changes_between(*states), _confirmed(entry.number, *states)
            before = after
        found.append(HistoryLine(entry, changes, confirmed))
    return tuple(found)
