"""Whether a parent's release lies behind us by what the file says, or is still to be looked after.

Used by ``due``. A last day that has come is not yet a release that somebody knows of: only what was recorded for a later
day says so. Nothing is read or written here.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.history import Holding
from kinderguard.model.codes import SituationKind
from kinderguard.model.dates import BEIJING, add_months
from kinderguard.model.people import Situation

CONFINED = (SituationKind.IMPRISONED, SituationKind.COMPULSORY_DETOX, SituationKind.OTHER_RESTRICTION)
_ONE_DAY = dt.timedelta(days=1)


def last_day(situation: Situation) -> tuple[dt.date | None, bool]:
    """The first day that may be the last of a situation, and whether it is worked out from its term."""
    if situation.until is not None:
        return situation.until.earliest, False
    if situation.since is not None and situation.term_months is not None:
        return add_months(situation.since.earliest, situation.term_months) - _ONE_DAY, True
    return None, False


def stated_days(entries: Iterable[Entry], held: Iterable[Holding], path: str, today: dt.date) -> tuple[dt.date, ...]:
    """The days as of which a file states a fact, up to today, the last one at the end.

    Facts are as of the first day on which they are true. A correction is as of the day on which it was written, since
    whoever wrote it knew what had happened by then.
    """
    by_number = {entry.number: entry for entry in entries}
    found = []
    for holding in held:
        stated = holding.facts.get(path)
        if stated is None or holding.valid_from > today or stated.entry not in by_number:
            continue
        entry, day = by_number[stated.entry], holding.valid_from
        if entry.kind is EntryKind.CORRECTION:
            day = max(day, entry.known_at.astimezone(BEIJING).date())
        found.append(day)
    return tuple(found)


def is_past(situation: Situation, all_of_parent: Sequence[Situation], stated: Sequence[dt.date]) -> bool:
    """Whether nobody need be told of a release any more.

    That is so where the file says that the situation has ended; where its last day was recorded as of a later day; where
    another situation of the parent began after it; and where the parent is dead. A term is only our reckoning, so it is
    past when the situation was recorded before and once again after its end: somebody has looked since.

    Args:
        situation: a confinement of the parent.
        all_of_parent: every situation that the file knows of the parent.
        stated: what ``stated_days`` gives of them.
    """
    if situation.ongoing is False or any(s.kind is SituationKind.DEAD for s in all_of_parent):
        return True
    day, by_term = last_day(situation)
    if day is None or not stated:
        return False
    end = day if situation.until is None else situation.until.latest
    if any(s is not situation and s.since is not None and s.since.earliest > end for s in all_of_parent):
        return True
    if by_term:
        return min(stated) <= end < max(stated)
    # "Still in prison", said after the last day, is no release: one of the two is wrong.
    return situation.ongoing is not True and stated[-1] > end
