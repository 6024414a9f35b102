"""Facts of a file that came from the row of a list which is another child's, as somebody said since: a merge of two rows that was
undone, or an answer that was changed. The facts stay, since nobody but a person can tell what holds without them, and are asked
about (``doubts``) until somebody has recorded or corrected them.

Written where it is said that two are two: by ``perhaps.answer`` and by the import of a survey. Nothing is asked of what a row of
the file's own child says as well.

Bodies, of facts: ``{"facts": {}, "anothers": {path: number of the entry}, "file": ref of the other child}``.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.filing.claims import Past, dated_rows, series_of
from kinderguard.casefile.history import holdings, withdrawn

#: Whether the row of an entry, of a day, is the other child's.
IsTheirs = Callable[[Entry, Mapping[str, Any], dt.date], bool]


def tell(writing: Writing, ref: str, other: str, is_theirs: IsTheirs, *, day: dt.date, by: str) -> Entry | None:
    """Keep which facts of a file are from rows of another child, once; None where there are none, or nothing is written to it.

    Args:
        writing: the transaction.
        ref: the file.
        other: the file of the other child.
        is_theirs: which rows are.
        day: as of when that was said.
        by: the code of the user.
    """
    if not writing.last(ref) or writing.was_erased(ref) or writing.is_closed(ref, day):
        return None
    found = dict(sorted(_from_theirs(writing, ref, is_theirs).items()))
    if not found:
        return None
    key = f"anothers:{ref}:{other}:{json.dumps(found)}"
    if writing.was_written(key):
        return None
    body = {"facts": {}, "anothers": found, "file": other}
    # Whoever is in charge of the file is asked there: so it is written whoever imports.
    return writing.write(NewEntry(ref, EntryKind.FACTS, body, day, by=by, key=key), canonical=True, checked=True)


def _from_theirs(writing: Writing, ref: str, is_theirs: IsTheirs) -> dict[str, int]:
    """The facts that count, that only such rows say and that nobody has confirmed since, each with its entry."""
    entries = writing.factual(ref)
    held, past, own, found = holdings(entries), Past(entries), set[str](), dict[str, int]()
    for entry in past.entries:
        theirs, others, said = set[str](), set[str](), entry.body.get("facts") or {}
        for row, as_of in dated_rows(entry):
            (theirs if is_theirs(entry, row, as_of) else others).update(row.get("facts") or ())
            if not is_theirs(entry, row, as_of):
                own.add(series_of(row))
        found |= {path: entry.number for path in theirs - others if said.get(path) is not None}
    counting = {(path, stated.entry): (each, stated.value) for each in held for path, stated in each.facts.items()}
    found = {
        path: number
        for path, number in found.items()
        if (now := counting.get((path, number))) and not past.is_answered(path, held, now[0].valid_from, number)
    }
    for each in writing.editions_after(ref, dt.date.min) if found else ():
        said, _ = each.of(found, entries) if each.place.series in own else ({}, ())
        found = {path: n for path, n in found.items() if path not in said or said[path] != counting[path, n][1]}
    return found


def told_of(entries: list[Entry], other: str) -> Iterator[Entry]:
    """The entries that say so of another child, and were not taken back."""
    gone = withdrawn(entries)
    for entry in entries:
        if entry.body.get("anothers") and entry.body.get("file") == other and entry.number not in gone:
            yield entry
