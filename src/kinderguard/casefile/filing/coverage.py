"""Whose children a list names: a township's, a county's, or nobody knows whose.

Used by imports, which keep it with the rows that facts are from, and by ``unlisted``, which compares an edition of a list with
those of the same division alone. Of a list of which nobody says it, only a township is taken from its rows, where all of them
state it: a county's code stands in the lists of each of its townships.
"""

from collections.abc import Iterable

from kinderguard.model.case import Case
from kinderguard.survey.sources import Source

_TOWNSHIP = 9


def covered_by(source: Source) -> str | None:
    """The division whose children a list names: as somebody said, else the township that all of its rows state."""
    return source.covers or township_of(source.ledger.cases)


def township_of(cases: Iterable[Case]) -> str | None:
    """The township that is in charge of all of these children; None where one states none, or they differ.

    >>> of = lambda *codes: township_of(Case.from_facts({"division_code": code}) for code in codes)
    >>> of("330199001", "330199001002"), of("330199001", "330199002"), of("330199"), of()
    ('330199001', None, None, None)
    """
    found = {(case.division or "")[:_TOWNSHIP] for case in cases}
    only = found.pop() if len(found) == 1 else ""
    return only if len(only) == _TOWNSHIP else None
