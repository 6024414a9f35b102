"""What of the facts of a case still counts on days to come: a stated term that has run out leaves open whether it goes on.

Used by ``forecast`` and by the timeline of one child. That a sentence goes on was stated while its term ran; after the last day
that the term gives, nobody has said so. It is unknown then, neither a release nor a stay. Nothing is read or written here.
"""

import datetime as dt
from collections.abc import Iterator

from kinderguard.casefile.following.turning import ONE_DAY, Calendar, Stretch, outcomes
from kinderguard.casefile.releases import last_day
from kinderguard.model.case import Case
from kinderguard.model.people import Situation
from kinderguard.packs.book import PolicyBook

_PARENTS = ("father", "mother")


def stretches(book: PolicyBook, case: Case, start: dt.date, until: dt.date) -> Iterator[Stretch]:
    """A period in stretches of one result each, in order, by the facts as far as they count on each day.

    Args:
        book: the rules, dated ones as they stand on each day.
        case: what is known on the first day.
        start, until: the first and the last day, both included.

    Raises:
        NotADayError: one of the two is no day: a text, say.
        ValueError: ``until`` lies before ``start``.
    """
    Calendar(book, start, until)  # refuses what is no period
    firsts = sorted({start, *(end + ONE_DAY for end in _ends_of_terms(case) if start <= end < until)})
    last: Stretch | None = None
    for first, following in zip(firsts, [*firsts[1:], until + ONE_DAY], strict=True):
        for piece in Calendar(book, first, following - ONE_DAY).stretches(foreseen(case, start, first)):
            if last is None or outcomes(last.result) != outcomes(piece.result):
                if last is not None:
                    yield last
                last = piece
            else:
                last = Stretch(last.start, piece.end, last.result, piece.ending)
    assert last is not None
    yield last


def foreseen(case: Case, known: dt.date, day: dt.date) -> Case:
    """A case as far as it counts on a later day.

    Args:
        case: what is known.
        known: the day as of which it is known. What is said then to go on, after its term, goes on.
        day: the later day.

    >>> import kinderguard
    >>> prison = {"kind": "imprisoned", "since": "2024-02-10", "term_months": 24, "ongoing": True}
    >>> case = kinderguard.Case.from_facts({"father.situations": [prison]})
    >>> for day in (dt.date(2026, 2, 9), dt.date(2026, 2, 10)):
    ...     foreseen(case, dt.date(2025, 9, 1), day).father.situations[0].ongoing
    True
    """
    changed = {}
    for name in _PARENTS:
        parent = getattr(case, name)
        said = parent.situations or ()
        on_the_day = tuple(_on(each, known, day) for each in said)
        if on_the_day != tuple(said):
            changed[name] = parent.model_copy(update={"situations": on_the_day})
    return case.model_copy(update=changed) if changed else case


def _on(situation: Situation, known: dt.date, day: dt.date) -> Situation:
    end = _end_of_term(situation)
    if end is None or not known <= end < day:
        return situation
    return situation.model_copy(update={"ongoing": None})


def _ends_of_terms(case: Case) -> Iterator[dt.date]:
    for name in _PARENTS:
        for situation in getattr(case, name).situations or ():
            end = _end_of_term(situation)
            if end is not None:
                yield end


def _end_of_term(situation: Situation) -> dt.date | None:
    """The first day that may be the last of a term, of a situation that is said to go on."""
    end, by_term = last_day(situation)
    return end if by_term and situation.ongoing else None


__all__ = ["foreseen", "stretches"]
