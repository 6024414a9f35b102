"""A book pinned to a place that meets a child of another: it is assessed by the book's rules all the same, and told.

The rules of its own place were not used, so that the result is not complete.
"""

from collections.abc import Mapping

from kinderguard.model.errors import Problem
from kinderguard.model.places import covers, place_and_code
from kinderguard.model.text import Text

#: The code of the problem.
ELSEWHERE = "case.division_elsewhere"


def lies_elsewhere(stated: str | None, pinned: str | None) -> bool:
    """Whether a division that a case states lies outside the place of a book; one that is less exact may lie within."""
    return stated is not None and pinned is not None and not (covers(pinned, stated) or covers(stated, pinned))


def of_elsewhere(pinned: str, titles: Mapping[str, Text]) -> Problem:
    """What is said of such a child.

    Args:
        pinned: the book's place.
        titles: the names of places, by code.
    """
    place = place_and_code(pinned, titles)
    return Problem(
        ELSEWHERE,
        Text(
            f"此儿童由别的地区负责，而这里用的是{place.zh}的规则；请改用未指定地区的规则集，或更正此儿童的行政区划代码",
            f"another division is in charge of this child, and the rules of {place.en} were used; assess it with a book that "
            "is not for one division, or correct the child's division",
        ),
        "child.registration.division",
    )
