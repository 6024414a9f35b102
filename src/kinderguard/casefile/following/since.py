"""Since when a filed child has come to the same: whoever looks back need not try every day.

Used by ``changes_of``. The days on which something can turn are those on which the file's facts change and those of the rules
themselves (``turning``); between them all days are alike. It never writes, and observers of packs are not told.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence

from kinderguard.casefile.facts import case_of
from kinderguard.casefile.following.turning import ONE_DAY, Calendar
from kinderguard.casefile.history import Holding, stated_on, turning_days, values
from kinderguard.packs.book import PolicyBook


class SameSince:
    """Since when a child has come to the same as on a day. Only what is asked about is worked out, and once.

    Args:
        book: the rules; its dated rules and values are taken as they stand on each day.
        ref: the file.
        held: what the file holds, as ``holdings`` gives it.
        start, until: the first and the last day of the period, both included.
    """

    def __init__(self, book: PolicyBook, ref: str, held: Sequence[Holding], *, start: dt.date, until: dt.date) -> None:
        self._book, self._ref, self._held = book, ref, held
        self._until = until
        #: The first days of the spans in which the facts stay.
        self._spans = [day for day in turning_days(held, start) if day <= until]
        self._found: dict[int, list[dt.date]] = {}

    def __call__(self, day: dt.date) -> dt.date:
        """The first of the days up to this one on all of which it comes to the same; outside the period, the day itself."""
        span = bisect_right(self._spans, day) - 1
        if span < 0 or day > self._until:
            return day
        if span not in self._found:
            self._found[span] = self._firsts(span)
        firsts = self._found[span]
        return firsts[bisect_right(firsts, day) - 1]

    def _firsts(self, span: int) -> list[dt.date]:
        """The days of a span on which the result is another than on the day before, and its first day."""
        first = self._spans[span]
        end = self._spans[span + 1] - ONE_DAY if span + 1 < len(self._spans) else self._until
        case = case_of(self._ref, values(stated_on(self._held, first)))
        return [stretch.start for stretch in Calendar(self._book, first, end).stretches(case)]
