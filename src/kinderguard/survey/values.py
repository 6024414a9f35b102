"""Whether two departments say the same of a fact, and what they say together.

The same is meant where one is only less exact: a month beside a day in it, a county beside a township in it, a list in
another order, a record with a field less. Called by the survey for the values of one fact of one child. It never
prefers one department to another: that is the order of trust.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.help import Consent, Evidence, HelpReceived
from kinderguard.model.household import Income, Member
from kinderguard.model.people import Guardian, Harm, Parent, Risk, Situation
from kinderguard.model.personal import Personal
from kinderguard.model.places import prefixes
from kinderguard.model.record import Record
from kinderguard.survey.facts import is_division


class _Apart:
    """What ``joined`` gives for values that contradict each other."""

    def __repr__(self) -> str:
        return "APART"


APART = _Apart()

#: By what a record in a list is told from the others; one of these must be the same for two to be one.
_TOLD_BY: dict[type[Record], tuple[str, ...]] = {
    Situation: ("kind",),
    Guardian: ("resident_id", "name", "relation"),
    Member: ("resident_id", "name", "relation"),
    Parent: ("resident_id", "name"),
    # A harm that is told otherwise in anything is another harm: none may be lost.
    Harm: ("kind", "level", "on", "reported"),
    Risk: ("kind", "on", "resolved"),
    Income: ("kind", "on"),
    HelpReceived: ("policy", "payment"),
    Evidence: ("document", "paper"),
    Consent: ("giver", "scope"),
}


def joined(path: str, one: Any, other: Any) -> Any:
    """What two values of a fact say together: the finer one, or a record with what both know; ``APART`` where they differ.

    >>> joined("child.birth_date", PartialDate(2012, 3), PartialDate(2012, 3, 5))
    PartialDate('2012-03-05')
    >>> joined("child.residence.division", "330106", "330106003")
    '330106003'
    >>> joined("household.size", 3, 4)
    APART
    """
    if one is other:
        return one
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return _date(one, other)
    if isinstance(one, Personal) and isinstance(other, Personal):
        return one if _same_text(one.reveal(), other.reveal()) else APART
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _list(path, one, other)
    if isinstance(one, Record) and isinstance(other, Record):
        return _record(path, one, other)
    if type(one) is str and type(other) is str:
        if is_division(path):
            return max(one, other, key=len) if one.startswith(other) or other.startswith(one) else APART
        return one if _same_text(one.removesuffix("族"), other.removesuffix("族")) else APART
    return one if type(one) is type(other) and one == other else APART


def agreed(path: str, values: Iterable[Any]) -> Any:
    """The part that differing values agree on: the month or year of dates, the county of divisions; None for nothing."""
    return reduce(lambda a, b: _common(path, a, b), values)


def _common(path: str, one: Any, other: Any) -> Any:
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        if one == other or one.year != other.year:
            return one if one == other else None
        month = one.month if one.month == other.month else None
        return PartialDate(one.year, month)
    if type(one) is str and type(other) is str and is_division(path):
        both = [a for a, b in zip(prefixes(one), prefixes(other), strict=False) if a == b]
        return both[-1] if both else None
    return None


def _date(one: PartialDate, other: PartialDate) -> Any:
    finer, coarser = sorted((one, other), key=lambda d: (d.latest - d.earliest, str(d)))
    return finer if coarser.earliest <= finer.earliest and finer.latest <= coarser.latest else APART


def _same_text(one: str, other: str) -> bool:
    return one == other or _bare(one) == _bare(other)


def _bare(text: str) -> str:
    """A text without what typing adds: spaces, full width, the many forms of the dot in a name."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and c not in "·•・.‧")


def _list(path: str, one: Sequence[Any], other: Sequence[Any]) -> Any:
    """Lists as sets: each item of one must be an item of the other, perhaps less exact, and no item may fit two."""
    first, second = (list(dict.fromkeys(items)) for items in (one, other))
    if len(first) != len(second):
        return APART
    if set(first) == set(second):
        return one
    both = [[_one_record(path, item, across) for across in second] for item in first]
    fitting = [[at for at, value in enumerate(row) if value is not APART] for row in both]
    # Each must fit one, and no two the same one: else nobody can tell which belongs to which.
    if any(len(row) != 1 for row in fitting) or len({row[0] for row in fitting}) != len(second):
        return APART
    return tuple(values[row[0]] for values, row in zip(both, fitting, strict=True))


def _one_record(path: str, one: Any, other: Any) -> Any:
    """Two records that are about the same thing, put together."""
    if one == other:
        return one
    return _record(path, one, other) if _same_thing(one, other) else APART


def _same_thing(one: Any, other: Any) -> bool:
    """Whether two records are told to be of one thing: something tells so, and nothing tells otherwise."""
    if not isinstance(one, Record) or type(one) is not type(other):
        return bool(one == other)
    told = _TOLD_BY.get(type(one), tuple(type(one).model_fields))
    pairs = [(getattr(one, name), getattr(other, name)) for name in told]
    known = [joined("", a, b) is not APART for a, b in pairs if a is not None and b is not None]
    return bool(known) and all(known)


def _record(path: str, one: Record, other: Record) -> Any:
    values: dict[str, Any] = {}
    for name in type(one).model_fields:
        a, b = getattr(one, name), getattr(other, name)
        both = b if a is None else a if b is None else joined(f"{path}.{name}", a, b)
        if both is APART:
            return APART
        values[name] = both
    try:
        return type(one)(**values)
    except InvalidRecordError:  # each is right by itself, but they cannot both be
        return APART


def union(weighed: Iterable[tuple[Any, Sequence[Any]]]) -> Any:
    """Everything that any of the lists holds, each thing once, in its finest form.

    Args:
        weighed: the lists with what each weighs, the most trusted first. Where two contradict each other about one
            thing, the more trusted one's word is kept.

    Returns:
        The list; ``APART`` where two that weigh the same contradict each other about one thing.
    """
    found: list[tuple[Any, Any]] = []
    for worth, items in weighed:
        for item in items:
            at = next((n for n, (_, known) in enumerate(found) if _same_thing(known, item)), None)
            if at is None:
                found.append((worth, item))
                continue
            known_worth, known = found[at]
            both = _one_record("", known, item)
            if both is not APART:
                found[at] = (known_worth, both)
            elif known_worth == worth:
                return APART
    return tuple(item for _, item in found)
