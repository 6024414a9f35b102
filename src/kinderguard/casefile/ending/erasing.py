"""Erasure: what a file says is deleted for good, while its entries stay in the chain as empty shells.

Used by ``CaseStore.erase``, and by whoever decides what may be kept. It decides nothing itself. What was shared with whom,
and earlier erasures, stay readable: they hold no facts, and somebody must be able to answer for them.
"""

import datetime as dt
import warnings
from typing import Any

import attrs
import sqlalchemy as sa

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.database import Database
from kinderguard.casefile.chain.entries import KEPT_AT_ERASURE, Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.texts import check_text, names_in
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.correcting import check_reason
from kinderguard.casefile.errors import DamagedEntryError, StoreError, UnknownFileError
from kinderguard.casefile.filing.waiting import forget
from kinderguard.casefile.moving.charge import Standing
from kinderguard.model.text import Text


class ErasureResidueWarning(UserWarning):
    """What was erased is still in the database's journal, because somebody else was using it at that moment."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def tell_residue(database: Database) -> None:
    """Clean up after an erasure that is done, and say so where that could not be."""
    try:
        clean = database.forget_deleted(t.bodies.name)
    except StoreError:
        clean = False
    if not clean:
        text = Text(
            "内容已删除，但数据库日志中暂留副本（有其他程序正在使用）；关闭所有使用该库的程序，或下次删除时会清除。",
            "The content is erased, but a copy is in the database's journal for now, since others are using it. It goes when "
            "every program that uses the database is closed, or with the next erasure.",
        )
        warnings.warn(ErasureResidueWarning(text), stacklevel=3)


def _names(writing: Writing, ref: str) -> frozenset[str]:
    """The names that the file states; none where it is damaged, which is no reason to keep it."""
    try:
        return names_in(writing.factual(ref))
    except DamagedEntryError:
        return frozenset()


def _standing(writing: Writing, new: NewEntry) -> Standing:
    """Who erases it; of a damaged file nobody can say who is in charge, and that is no reason to keep it."""
    try:
        return writing.check_charge(new)
    except DamagedEntryError:
        return Standing()


def erase(
    writing: Writing, ref: str, day: dt.date, *, reason: str, by: str, acting: str | None, override: str | None
) -> Entry:
    """See ``CaseStore.erase``."""
    check_reason(reason)
    if not writing.last(ref):
        raise UnknownFileError.of(ref)
    body: dict[str, Any] = {"reason": reason.strip()}
    new = NewEntry(ref, EntryKind.ERASURE, body, day, by=by, acting=acting, override=override)
    who = _standing(writing, new)
    # Before the names go: the reason is what stays.
    names = _names(writing, ref)
    check_text(reason, "reason", names)
    if who.refused is not None:
        assert override is not None
        check_text(override, "override", names)
        # What else is written of it would go with the rest: so the erasure itself says why it was done all the same.
        body |= {"override": {"reason": override.strip()}, "in_charge": who.in_charge, "acting": who.acting}
    run = writing.connection.execute
    kept = [kind.value for kind in KEPT_AT_ERASURE]
    of_file = sa.select(t.entries.c.number).where(t.entries.c.ref == ref, t.entries.c.kind.not_in(kept))
    numbers = list(run(of_file.order_by(t.entries.c.number)).scalars())
    for some in reading.chunks(numbers):
        run(sa.delete(t.bodies).where(t.bodies.c.number.in_(some)))
    # A key's digest is made from what was written, and places, the ID and the name are facts: they go as well.
    run(sa.delete(t.keys).where(t.keys.c.ref == ref))
    run(sa.delete(t.editions).where(t.editions.c.ref == ref))
    run(sa.delete(t.places).where(t.places.c.ref == ref))
    run(sa.delete(t.ids).where(t.ids.c.ref == ref))
    run(sa.delete(t.persons).where(t.persons.c.ref == ref))
    run(sa.delete(t.births).where(t.births.c.ref == ref))
    run(sa.delete(t.names).where(t.names.c.ref == ref))
    forget(writing, ref)
    entry = writing.write(attrs.evolve(new, body=body | {"entries": len(numbers)}), checked=True)
    run(sa.update(t.files).where(t.files.c.ref == ref).values(erased=entry.number))
    return entry
