"""What will change for one child if nothing but time goes on: birthdays, ends of situations, terms that are reached, rules
and values that come into force.

Used by the store and by whoever plans ahead. It changes no fact and writes nothing; a forecast is by the facts as they
are known and by the rules as they stand today, so it says nothing of laws to come. Whether a situation goes on after the term
that was stated of it is unknown (see ``foreseen``).
"""

import datetime as dt
from itertools import pairwise

from kinderguard.casefile.following.changes import Change, changes
from kinderguard.casefile.following.foreseen import stretches
from kinderguard.model.case import Case
from kinderguard.packs.book import PolicyBook


def forecast(book: PolicyBook, case: Case, *, start: dt.date, until: dt.date) -> tuple[Change, ...]:
    """The changes of one child after ``start`` up to and including ``until``, in order of their days.

    Args:
        book: the rules, dated ones as they stand on each day.
        case: what is known.
        start: the day whose result the first change is against.
        until: the last day.

    Returns:
        Changes as ``changes`` gives them; ``change.on`` is the first day on which it is so.

    Raises:
        NotADayError: one of the two is no day: a text, say.
        ValueError: ``until`` lies before ``start``.

    >>> import kinderguard
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2008-02-29", "child.living_on_street": True})
    >>> coming = forecast(kinderguard.load(), case, start=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    >>> [(c.on.isoformat(), c.kind.value) for c in coming if c.code == "cn.street_child"]
    [('2026-03-01', 'ends')]
    """
    found = pairwise(stretches(book, case, start, until))
    return tuple(change for before, after in found for change in changes(before.ending, after.result, facts=()))
