"""Which rows are one child: by a valid resident ID, by a person's decisions, or by what the linking found.

Called by ``combine``. Rows that a person told apart never meet in one child, by whatever else they are joined. It
compares no names: that is the linking's task.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from kinderguard.model.case import Case
from kinderguard.model.text import Text
from kinderguard.survey.decisions import DecisionKind, Located, SetAside
from kinderguard.survey.keys import RowKey

if TYPE_CHECKING:
    from kinderguard.survey.linking.links import Grouped, Links


@attrs.frozen(eq=False)
class Joined:
    """Which rows are one child, and by which decisions on pairs. It holds until one of those comes or goes."""

    pairs: tuple[Located, ...]
    #: Each child's number and its rows, in the order of the lists' rows.
    children: tuple[tuple[str, tuple[RowKey, ...]], ...]
    #: The decisions that could not be followed.
    clashing: tuple[SetAside, ...] = ()
    #: What the linking leaves open and holds back; None without one.
    linked: "Grouped | None" = None


class _Groups:
    """Rows in groups, with pairs that may not meet."""

    def __init__(self, keys: Iterable[RowKey], apart: Iterable[tuple[RowKey, RowKey]]) -> None:
        self._group = {key: {key} for key in keys}
        self._apart: dict[RowKey, set[RowKey]] = defaultdict(set)
        for one, other in apart:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def join(self, one: RowKey, other: RowKey) -> bool:
        """Put two groups together, unless rows would meet that may not."""
        a, b = self._group[one], self._group[other]
        if a is b:
            return True
        small, large = (a, b) if len(a) < len(b) else (b, a)
        if any(not self._apart[key].isdisjoint(large) for key in small if key in self._apart):
            return False
        large |= small
        for key in small:
            self._group[key] = large
        return True

    def all(self) -> Iterator[frozenset[RowKey]]:
        seen: set[int] = set()
        for group in self._group.values():
            if id(group) not in seen:
                seen.add(id(group))
                yield frozenset(group)


def groups_by_id(
    cases: Mapping[RowKey, Case], decided: Sequence[Located]
) -> tuple[list[frozenset[RowKey]], list[SetAside]]:
    """Rows joined by decisions first, then by a valid resident ID; and the decisions that could not be followed."""
    apart = [(rows[0], rows[1]) for d, rows in decided if d.kind is DecisionKind.DIFFERENT]
    groups = _Groups(cases, apart)
    set_aside = [
        SetAside(d, _CLASH) for d, rows in decided if d.kind is DecisionKind.SAME and not groups.join(rows[0], rows[1])
    ]
    by_id: dict[object, list[RowKey]] = defaultdict(list)
    for key in sorted(cases):
        number = cases[key].child.resident_id
        if number is not None:
            by_id[number].append(key)
    for keys in by_id.values():
        for at, key in enumerate(keys[1:], 1):
            for earlier in keys[:at]:
                if groups.join(earlier, key):
                    break
    return list(groups.all()), set_aside


_CLASH = Text(
    "与另一个“不是同一名儿童”的决定冲突；请撤销其中之一",
    "it clashes with a decision that rows are different children; undo one of the two",
)


def groups_by_links(cases: Mapping[RowKey, Case], linked: "Grouped") -> list[frozenset[RowKey]]:
    """Rows as the linking groups them, a person's decisions followed; a row that it does not name stands alone."""
    found = []
    left = set(cases)
    for group in linked.groups:
        here = frozenset(group) & left  # a row that could not be used as a case is nobody's
        if here:
            found.append(here)
            left -= here
    return [*found, *(frozenset((key,)) for key in sorted(left))]


def grouped_links(links: "Links", decided: Iterable[Located]) -> "Grouped":
    """What the linking makes of a person's decisions on pairs of rows."""
    from kinderguard.survey.linking.pairs import PairDecision

    return links.grouped([PairDecision(rows[0], rows[1], d.kind.value) for d, rows in decided])
