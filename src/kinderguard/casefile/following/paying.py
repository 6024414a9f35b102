"""By which assessments a child was paid, from which day on each of them, and when a closed file was paid nothing.

Used by ``changes``, which holds what was paid against what was due, and where an assessment is written. What was paid is not
written in a file: it is taken from the assessments that were kept and the days on which they were written, and from what
closings say was paid last. Nothing is read or written here.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import attrs

from kinderguard.casefile.chain.entries import Entry
from kinderguard.casefile.ending.closing import ClosedSpan
from kinderguard.model.dates import BEIJING, add_months
from kinderguard.model.text import Text

#: How long before its day an assessment may be written and be the run of its month. This library's convention, not law.
AHEAD = dt.timedelta(days=31)


@attrs.frozen
class InForce:
    """What was paid by from a day on: an assessment; or nothing was paid, where there is none.

    Attributes:
        since: the day.
        assessment: the assessment.
        again: the later ones of the same day, written within the month: where one gives more, that was paid in the end.
    """

    since: dt.date
    assessment: Entry | None
    again: tuple[Entry, ...] = ()


def in_force(kept: Sequence[Entry], unpaid: Sequence[tuple[dt.date, dt.date | None]]) -> tuple[InForce, ...]:
    """What was paid by, in the order of the days from which it counts; each counts until the next one does.

    A month is paid by the last assessment of its first day or before that was written by then; or, where its own run was done only
    within the month, by the first one of that day. What is written afterwards of a day that was assessed before looks back: it
    paid nothing of that month (but for what it gives more, within the month), and counts for the months that begin once it is
    written. A run that was a mistake and by which nothing was paid is to be taken back, as any entry.

    Args:
        kept: the assessments, at least one.
        unpaid: the spans in which nothing was paid, as ``unpaid_spans`` gives them.
    """
    runs = list(_runs(kept))
    if not runs:
        return ()
    days = {since for since, _ in runs} | {day for span in unpaid for day in span if day is not None}
    found: list[InForce] = []
    for day in sorted(day for day in days if day >= runs[0][0]):
        stopped = any(start <= day and (end is None or day < end) for start, end in unpaid)
        entry = None if stopped else next(entry for since, entry in reversed(runs) if since <= day)
        if not found or found[-1].assessment is not entry:
            found.append(InForce(day, entry, () if entry is None else tuple(_again(entry, kept))))
    return tuple(found)


def _again(run: Entry, kept: Sequence[Entry]) -> Iterator[Entry]:
    following = add_months(_first_from(run.valid_from), 1)
    for entry in sorted(kept, key=lambda each: each.number):
        is_same_day = entry.valid_from == run.valid_from and entry.number > run.number
        if is_same_day and (_written(entry) < following or _written(entry) == _written(run)):
            yield entry


def unpaid_spans(spans: Iterable[ClosedSpan]) -> Iterator[tuple[dt.date, dt.date | None]]:
    """From which day up to which one (not included; None: for good) a closed file was paid nothing.

    That is from the month after the last month paid on, until the file is open again. Where the closing says that nothing was
    paid, it is so since the file was opened again before, if it was.
    """
    opened = dt.date.min
    for span in spans:
        last = span.closing.last_paid
        yield opened if last is None else add_months(dt.date.fromisoformat(f"{last}-01"), 1), span.reopened_on
        opened = span.reopened_on or dt.date.max


def doubt_of_day(day: dt.date, written: dt.date) -> Text | None:
    """What is doubtful about an assessment that is written long before its day; None where it is not.

    >>> doubt_of_day(dt.date(2026, 1, 1), dt.date(2025, 12, 1))
    >>> print(doubt_of_day(dt.date(2026, 1, 2), dt.date(2025, 12, 1)).en)  # doctest: +ELLIPSIS
    The day assessed (2026-01-02) lies more than 31 days after today (2025-12-01), ...
    """
    if not _is_far(day, written):
        return None
    return Text(
        f"评估日期（{day}）晚于今天（{written}）{AHEAD.days} 天以上，只算预看：此后又按更早的日期评估的，发放不以它为准。如系笔误，请按正确的"
        "日期再评估；只想预看的，请用 store.forecast(…)，它不写入任何内容",
        f"The day assessed ({day}) lies more than {AHEAD.days} days after today ({written}), so it only looks ahead: once an earlier day is "
        "assessed after it, nothing is taken to be paid by it. If the day is a slip, assess the right one; to look ahead, use "
        "store.forecast(...), which writes nothing",
    )


def _is_far(day: dt.date, written: dt.date) -> bool:
    return day - written > AHEAD


def without_looks_ahead(kept: Sequence[Entry]) -> list[Entry]:
    """The assessments without those that were written far before their day, where an earlier day was assessed after them."""
    return [each for each in kept if not (_is_early(each) and any(_replaces(other, each) for other in kept))]


def _is_early(entry: Entry) -> bool:
    return _is_far(entry.valid_from, _written(entry))


def _replaces(other: Entry, early: Entry) -> bool:
    return other.number > early.number and other.valid_from < early.valid_from and _written(other) <= early.valid_from


def _written(entry: Entry) -> dt.date:
    return entry.known_at.astimezone(BEIJING).date()


def _runs(kept: Sequence[Entry]) -> Iterator[tuple[dt.date, Entry]]:
    """The assessments by which was paid, with the day from which each counts, in the order of these days."""
    found: list[tuple[dt.date, Entry]] = []
    for entry in sorted(without_looks_ahead(kept), key=lambda each: each.number):
        # One that is written after one of a later day, which has come, only looks back.
        written = _written(entry)
        if not any(entry.valid_from < other.valid_from <= written for _, other in found):
            found.append((_counts_from(entry, [other for _, other in found]), entry))
    newest = dt.date.min
    for since, entry in sorted(found, key=lambda each: (each[0], each[1].valid_from, each[1].number)):
        if entry.valid_from >= newest:
            newest = entry.valid_from
            yield since, entry


def _counts_from(entry: Entry, before: Sequence[Entry]) -> dt.date:
    """The day from which an assessment counts: its own where it was made in time, or was the first of its month; else the
    first day of the next month that begins once it is written.
    """
    day, written = entry.valid_from, _written(entry)
    month = _first_from(day)
    others = [other for other in before if other.valid_from <= month]
    if written <= month or not others:
        return day
    # The month's own run, done within it; or history that is filed in one go, of months of which nothing was filed before.
    is_first = not any(other.valid_from == day for other in others)
    is_run = is_first and (written < add_months(month, 1) or written == min(map(_written, others)))
    return day if is_run else _first_from(written)


def _first_from(day: dt.date) -> dt.date:
    """The first day of a month that is this day or follows it."""
    return day if day.day == 1 else add_months(day.replace(day=1), 1)
