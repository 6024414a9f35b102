"""Whether a parent's release lies behind us by what the file says, or is still to be looked after.

Used by ``due`` and by whoever assesses. A last day that has come is not yet a release that somebody knows of: only what was
recorded for a later day says so. Nothing is read or written here.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.facts import title_of
from kinderguard.casefile.history import Holding, stated_on
from kinderguard.model.case import Case
from kinderguard.model.codes import SituationKind
from kinderguard.model.dates import BEIJING, add_months
from kinderguard.model.people import Situation
from kinderguard.model.text import Text

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
        # A correction to the same value confirms what was said before: it was stated twice.
        for number in dict.fromkeys((stated.first, stated.entry)):
            entry, day = by_number.get(number), holding.valid_from
            if entry is not None and entry.kind is EntryKind.CORRECTION:
                day = max(day, entry.known_at.astimezone(BEIJING).date())
            if entry is not None:
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


def run_out(
    entries: Sequence[Entry], held: Sequence[Holding], case: Case, day: dt.date, today: dt.date
) -> tuple[Text, ...]:
    """What is to be asked of confinements that are taken to go on although their term has run out by a day.

    Args:
        entries: of the file, without those that were taken back.
        held: what ``holdings`` gives of them.
        case: the case on the day.
        day: the day that is assessed.
        today: what is known up to this day counts.
    """
    found = []
    for name in ("father", "mother"):
        path = f"{name}.situations"
        situations = getattr(case, name).situations or ()
        for situation in situations:
            end, by_term = last_day(situation)
            if situation.kind not in CONFINED or end is None or end >= day or not (by_term and situation.ongoing):
                continue
            stated = stated_days(entries, held, path, max(day, today))
            if not is_past(situation, situations, stated) and all(said <= end for said in stated):
                found.append(_run_out(title_of(name), situation, end, stated_on(held, day)[path].entry))
    return tuple(found)


def _run_out(who: Text, situation: Situation, end: dt.date, entry: int) -> Text:
    assert situation.kind is not None
    return Text(
        f"{who.zh}“{situation.kind.zh}”的期限至 {end} 已满，此后无人记载是否仍在继续，评估仍按在继续计算。请核实：已终止的，请用 store.record(…) "
        f"记录其截止日期；仍在继续的，请用 store.record(…) 记录新的期限，或用 store.correct(…) 将第 {entry} 条更正为其原值，即为确认",
        f"{who.en}: the term of ‘{situation.kind.en}’ ran out on {end} and nobody has recorded since whether it goes on; it is assessed as if "
        f"it did. Find out: if it has ended, record its last day with store.record(...); if it goes on, record the new term with "
        f"store.record(...), or correct entry {entry} to the value that it has with store.correct(...), which confirms it",
    )
