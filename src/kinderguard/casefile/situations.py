"""What one statement of a parent's situations says of another: which is the same one, and whether it has ended.

Used where a file is filled from lists and where it is looked back. Statements are the JSON values that a file keeps. Nothing
is read or written here.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from kinderguard.model.codes import SituationKind
from kinderguard.model.dates import PartialDate

#: The facts that are situations of a parent.
SITUATIONS = ("father.situations", "mother.situations")

Situated = Mapping[str, Any]


def has_ended(situation: Situated, day: dt.date) -> bool:
    """Whether a statement says that its situation has ended by a day.

    >>> free = {"kind": "imprisoned", "until": "2025-06-20"}
    >>> has_ended(free, dt.date(2025, 6, 20)), has_ended(free, dt.date(2025, 6, 21))
    (False, True)
    """
    until, ongoing = situation.get("until"), situation.get("ongoing")
    return ongoing is False or (ongoing is None and until is not None and PartialDate.of(until).latest < day)


def is_dead(situation: Situated) -> bool:
    """Whether a statement says that the parent is dead."""
    return bool(situation.get("kind") == SituationKind.DEAD.value)


def takes_back(path: str, known: Any, value: Any, day: dt.date) -> bool:
    """Whether a value says that what was stated of a parent for good is none: that a dead parent is not dead, or that a situation
    which was stated to have ended by a day lasts all the same, from the same day on.

    >>> free, lasting = {"kind": "imprisoned", "until": "2025-07-20"}, {"kind": "imprisoned", "ongoing": True}
    >>> takes_back("father.situations", [free], [lasting], dt.date(2025, 9, 1))
    True
    >>> takes_back("father.situations", [free], [], dt.date(2025, 9, 1))
    False
    """
    if path not in SITUATIONS or not known or value is None:
        return False
    if any(map(is_dead, known)) and not any(map(is_dead, value)):
        return True
    ended = (each for each in known if has_ended(each, day))
    again = (same_one(each, value) for each in ended)
    return any(each is not None and not has_ended(each, day) for each in again)


def same_one(situation: Situated, among: Iterable[Situated]) -> Situated | None:
    """The statement of the same situation: of its kind, and from the same day on, as far as both say. None where there is none,
    or where several may be it.

    >>> same_one({"kind": "imprisoned", "since": "2024-01"}, [{"kind": "imprisoned", "since": "2024-01-10"}])
    {'kind': 'imprisoned', 'since': '2024-01-10'}
    >>> same_one({"kind": "imprisoned", "since": "2024-01"}, [{"kind": "imprisoned", "since": "2025-09-10"}])
    """
    found = [each for each in among if each.get("kind") == situation.get("kind") and _same_start(each, situation)]
    return found[0] if len(found) == 1 else None


def _same_start(one: Situated, other: Situated) -> bool:
    if one.get("since") is None or other.get("since") is None:
        return True
    a, b = PartialDate.of(one["since"]), PartialDate.of(other["since"])
    return max(a.earliest, b.earliest) <= min(a.latest, b.latest)
