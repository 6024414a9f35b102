"""Which rows are one child: by a valid resident ID, by a person's decisions, or by what the linking found.

Called by ``combine``, and again for each decision, when only the rows that it can reach are grouped again. Rows that a
person told apart never meet in one child, by whatever else they are joined. Of names it asks only whether one ID stands with
different ones; to weigh them is the linking's task.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from kinderguard.model.case import Case
from kinderguard.model.text import Text
from kinderguard.survey.decisions import Decision, DecisionKind, Located, SetAside
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.grouping import reached

if TYPE_CHECKING:
    from kinderguard.survey.linking.links import Grouped as LinksGrouped
    from kinderguard.survey.linking.links import Links


@attrs.frozen(eq=False)
class Joined:
    """Which rows are one child, and by which decisions on pairs. It holds until one of those comes or goes."""

    pairs: tuple[Located, ...]
    #: Each child's number and its rows, in the order of the lists' rows.
    children: tuple[tuple[str, tuple[RowKey, ...]], ...]
    #: The decisions that could not be followed.
    clashing: tuple[SetAside, ...] = ()
    #: What the linking leaves open and holds back; None without one.
    linked: "LinksGrouped | None" = None

    def rows_of(self, decision: Decision) -> tuple[RowKey, ...]:
        """The rows of a decision on a pair, as they are named now."""
        return next(rows for each, rows in self.pairs if each == decision)


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


@attrs.frozen(eq=False)
class Grouped:
    """What a grouping gives: the groups of the rows that were ``touched`` (None: of all), and what could not be followed."""

    groups: tuple[frozenset[RowKey], ...]
    touched: frozenset[RowKey] | None
    clashing: tuple[SetAside, ...] = ()
    linked: "LinksGrouped | None" = None


class ById:
    """Rows joined by decisions first, then by a valid resident ID, unless that stands with different names.

    Args:
        cases: the rows.
        names: of the rows whose ID stands with different names, the name.
    """

    def __init__(self, cases: Mapping[RowKey, Case], names: Mapping[RowKey, str]) -> None:
        self._cases = cases
        by_id: dict[object, list[RowKey]] = defaultdict(list)
        for key in sorted(cases):
            number = cases[key].child.resident_id
            if number is not None:
                by_id[number, names.get(key)].append(key)
        self._twins = {key: keys for keys in by_id.values() for key in keys}

    def grouped(self, decided: Sequence[Located], before: Joined | None = None) -> Grouped:
        """The groups, and the decisions that could not be followed; after a change of decisions only those of the rows that
        these reach over decisions and equal IDs.
        """
        if before is None:
            groups, clashing = self._groups(self._cases, decided)
            return Grouped(groups, None, clashing)
        bound = [rows for _, rows in {*before.pairs, *decided}]
        changed = _changed(before.pairs, decided)
        rows = reached(changed, lambda row: self._twins.get(row, ()), bound)
        groups, clashing = self._groups(
            [row for row in self._cases if row in rows], [each for each in decided if each[1][0] in rows]
        )
        place = {d: number for number, (d, _) in enumerate(decided)}
        left = (
            each for each in before.clashing if each.decision in place and before.rows_of(each.decision)[0] not in rows
        )
        return Grouped(groups, rows, tuple(sorted((*left, *clashing), key=lambda each: place[each.decision])))

    def _groups(
        self, rows: Iterable[RowKey], decided: Iterable[Located]
    ) -> tuple[tuple[frozenset[RowKey], ...], tuple[SetAside, ...]]:
        here = dict.fromkeys(rows)
        decided = tuple(decided)
        groups = _Groups(here, [(rows[0], rows[1]) for d, rows in decided if d.kind is DecisionKind.DIFFERENT])
        clashing = [
            SetAside(d, _CLASH)
            for d, rows in decided
            if d.kind is DecisionKind.SAME and not groups.join(rows[0], rows[1])
        ]
        for keys in {id(keys): keys for row in here if (keys := self._twins.get(row)) is not None}.values():
            for at, key in enumerate(keys[1:], 1):
                for earlier in keys[:at]:
                    if groups.join(earlier, key):
                        break
        return tuple(groups.all()), tuple(clashing)


_CLASH = Text(
    "与另一个“不是同一名儿童”的决定冲突；请撤销其中之一",
    "it clashes with a decision that rows are different children; undo one of the two",
)


class ByLinks:
    """Rows as the linking groups them, a person's decisions followed; a row that it does not name stands alone."""

    def __init__(self, cases: Mapping[RowKey, Case], links: "Links") -> None:
        self._cases, self._links = cases, links
        self._named = frozenset(links.rows)

    def grouped(self, decided: Sequence[Located], before: Joined | None = None) -> Grouped:
        """The groups; after a change of decisions only those of the rows that these reach."""
        from kinderguard.survey.linking.pairs import PairDecision

        decisions = [PairDecision(rows[0], rows[1], d.kind.value) for d, rows in decided]
        if before is None or before.linked is None:
            linked = self._links.grouped(decisions)
            alone = (frozenset((key,)) for key in sorted(self._cases.keys() - self._named))
            return Grouped((*self._usable(linked.groups), *alone), None, (), linked)
        linked = before.linked.again(decisions)
        touched = linked.touched or frozenset()
        return Grouped(tuple(self._usable(linked.groups_of(sorted(touched)))), touched, (), linked)

    def _usable(self, groups: Iterable[frozenset[RowKey]]) -> Iterator[frozenset[RowKey]]:
        """Without the rows that could not be used as a case: they are nobody's."""
        for group in groups:
            here = group & self._cases.keys()
            if here:
                yield frozenset(here)


def _changed(before: Sequence[Located], now: Sequence[Located]) -> Iterator[RowKey]:
    """The rows of the decisions that came or went; of all, where those that stayed are in another order."""
    old, new = set(before), set(now)
    stayed = [each for each in before if each in new] == [each for each in now if each in old]
    for _, rows in old ^ new if stayed else old | new:
        yield from rows
