"""Which files there are: by the division in charge, open or closed; and those of one child, by its resident ID.

Used by ``CaseStore.refs`` and ``find``. The table of places says where to look; where a file is, it says itself.
"""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile import history
from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import FACTUAL, Entry, EntryKind, NewEntry, check_user
from kinderguard.casefile.chain.texts import check_text
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.correcting import check_reason
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.casefile.facts import PLACES
from kinderguard.casefile.filing.holders import files_with
from kinderguard.casefile.filing.identity import read_id
from kinderguard.model.places import check_division
from kinderguard.model.text import Text

_STATES = (EntryKind.CLOSING, EntryKind.REOPENING)


def refs(
    connection: Connection, vault: Vault, division: str | None, is_open: bool | None, at: dt.date
) -> tuple[str, ...]:
    """See ``CaseStore.refs``."""
    query = sa.select(t.files.c.ref).where(t.files.c.erased.is_(None))
    found = set(connection.execute(query).scalars())
    if division is not None:
        found &= _in_charge(connection, vault, check_division(division), at)
    if is_open is not None:
        closed = _closed(connection, vault, at)
        found = found - closed if is_open else found & closed
    return tuple(sorted(found))


def find(writing: Writing, resident_id: str, *, by: str, reason: str) -> tuple[str, ...]:
    """See ``CaseStore.find``."""
    check_reason(reason)
    check_user(by)
    writing.users.check(by)
    number = read_id(resident_id)
    if number is None:
        raise EntryRefusedError(
            Text(
                "这不是有效的身份证号，未查找；请核对号码。",
                "That is no valid resident ID, so nothing was looked for; check the number.",
            )
        )
    check_text(reason, "reason")
    found = files_with(writing.connection, writing.vault, [number]).get(number, ())
    for ref in found:
        body = {"reason": reason.strip(), "by": "resident_id"}
        writing.write(NewEntry(ref, EntryKind.SEARCH, body, writing.today, by=by))
    return found


def _in_charge(connection: Connection, vault: Vault, division: str, at: dt.date) -> set[str]:
    """The files that a division is in charge of on a day: read one by one, since a file's place may have changed."""
    near = t.places.c.division.startswith(division, autoescape=True)
    candidates = sorted(set(connection.execute(sa.select(t.places.c.ref).where(near)).scalars()))
    by_ref: dict[str, list[Entry]] = {ref: [] for ref in candidates}
    for entry in reading.entries_of(connection, vault, candidates, kinds=FACTUAL):
        by_ref[entry.ref].append(entry)
    return {ref for ref, entries in by_ref.items() if (_division(entries, at) or "").startswith(division)}


def _division(entries: Iterable[Entry], at: dt.date) -> str | None:
    facts = history.values(history.stated_on(history.holdings(entries), at))
    return next((facts[path] for path in PLACES if path in facts), None)


def _closed(connection: Connection, vault: Vault, at: dt.date) -> set[str]:
    """The files whose last closing or reopening up to a day is a closing; those taken back do not count."""
    e, c = t.entries, t.entries.alias()
    states = e.c.kind.in_([k.value for k in _STATES])
    query = sa.select(e.c.number, e.c.ref, e.c.kind).where(states, e.c.valid_from <= at)
    rows = connection.execute(query.order_by(e.c.valid_from, e.c.number)).all()
    corrected = sa.select(e.c.ref).distinct().where(states, sa.exists().where(c.c.corrects == e.c.number))
    gone: set[int] = set()
    for ref in connection.execute(corrected).scalars():
        kinds = (*_STATES, EntryKind.CORRECTION)
        gone |= history.withdrawn(reading.entries_of(connection, vault, [ref], kinds=kinds))
    last = {ref: kind for number, ref, kind in rows if number not in gone}
    return {ref for ref, kind in last.items() if kind == EntryKind.CLOSING.value}
