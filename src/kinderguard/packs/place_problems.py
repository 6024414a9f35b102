"""What is wrong with the place by whose rules a book assesses, before anything of the child is looked at.

Asked for one child, for its needs and for tables, so that all of them tell alike.
"""

from typing import TYPE_CHECKING

from kinderguard.engines.inexact_place import county_unknown
from kinderguard.model.case import Case
from kinderguard.model.errors import Problem
from kinderguard.model.places import COUNTY, covers
from kinderguard.packs.pinned import lies_elsewhere, of_elsewhere

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook


def problems_of_place(book: "PolicyBook", place: str | None) -> tuple[Problem, ...]:
    """That a place is known only to the province or the city, while counties within it have rules or values of their own in
    the book, which are not used. No pack is loaded for it.
    """
    if place is None or len(place) >= COUNTY:
        return ()
    overlay = book.overlay(place)
    is_rough = (
        place in book.registry.wider
        or any(covers(place, each) and each != place for each in book._added_for)
        or overlay.has_values_within(place)
    )
    return (county_unknown(place, overlay.titles),) if is_rough else ()


def problems_of_case(book: "PolicyBook", case: Case, place: str | None) -> tuple[Problem, ...]:
    """That a book is pinned to a place, and the case is another's."""
    if book.division is None or place != book.division or not lies_elsewhere(case.division, book.division):
        return ()
    return (of_elsewhere(book.division, book.overlay(place).titles),)
