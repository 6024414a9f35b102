"""From pairs to groups of rows, one group a child: what may be joined, and what never may.

Called by ``Links.groups``. Rows are joined pair by pair, the surest first, and only where nothing in the two groups
speaks against it, so that a chain of good pairs can never join what a direct look keeps apart. Never does it join
two different valid resident IDs. What is decided later groups only the rows again that it can reach.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import TypeVar

import attrs

from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.judging import RIVAL
from kinderguard.survey.linking.pairs import Band, LinkDecisionError, Pair, PairDecision, in_order

Two = tuple[RowKey, RowKey]
_V = TypeVar("_V")


@attrs.define
class Grouping:
    """Rows being joined.

    Args:
        identities: by row with a valid resident ID, a number that stands for the ID.
        pairs: the pairs that were looked at.
        decisions: what was decided; it overrides the bands.
        once_a_list: whether a child is taken to stand once in a list, so that two rows of one list are joined only where
            they themselves were found to be one child.

    Raises:
        LinkDecisionError: decisions contradict each other, or join rows with different valid IDs.
    """

    identities: Mapping[RowKey, int] = attrs.field(repr=False)
    pairs: Mapping[Two, Pair] = attrs.field(repr=False)
    decisions: Sequence[PairDecision]
    once_a_list: bool = True
    #: By row, the first of the rows among which a person overruled whatever contradicts.
    overruled: Mapping[RowKey, RowKey] = attrs.field(factory=dict, repr=False)
    _decided: dict[Two, Band] = attrs.field(init=False, factory=dict, repr=False)
    _group: dict[RowKey, set[RowKey]] = attrs.field(init=False, factory=dict, repr=False)
    _apart: dict[RowKey, set[RowKey]] = attrs.field(init=False, factory=lambda: defaultdict(set), repr=False)

    def __attrs_post_init__(self) -> None:
        for decision in sorted(self.decisions):
            two = (decision.left, decision.right)
            if self._decided.setdefault(two, decision.verdict) is not decision.verdict:
                raise _contradiction(*two)
        found = (two for two, pair in self.pairs.items() if pair.apart and not self._is_overruled(*two))
        for left, right in (*found, *(two for two, verdict in self._decided.items() if verdict is Band.DIFFERENT)):
            self._apart[left].add(right)
            self._apart[right].add(left)
        self._follow_decisions()

    def _band(self, left: RowKey, right: RowKey) -> Band | None:
        two = in_order(left, right)
        if two in self._decided:
            return self._decided[two]
        return self.pairs[two].band if two in self.pairs else None

    def _is_overruled(self, left: RowKey, right: RowKey) -> bool:
        """Whether what was found of two rows no longer counts, since somebody decided about them or their groups."""
        first = self.overruled.get(left)
        return in_order(left, right) in self._decided or (first is not None and first == self.overruled.get(right))

    def _follow_decisions(self) -> None:
        for (left, right), verdict in sorted(self._decided.items()):
            if verdict is Band.SAME:
                if self._other_ids(self.of(left), self.of(right)):
                    raise LinkDecisionError(
                        Text(
                            f"决定把 {left} 与 {right} 认作同一儿童，但这样会合并两个不同的有效身份证号；请先在来源表中更正身份证号，或撤销此决定",
                            f"The decision that {left} and {right} are one child would join two different valid resident "
                            "IDs: correct the wrong ID in its list first, or take the decision back.",
                        )
                    )
                self._join(left, right)
        for (left, right), verdict in sorted(self._decided.items()):
            if verdict is Band.DIFFERENT and right in self.of(left):
                raise _contradiction(left, right)

    def of(self, row: RowKey) -> set[RowKey]:
        """The group of a row."""
        return self._group.setdefault(row, {row})

    def _join(self, left: RowKey, right: RowKey) -> None:
        large, small = sorted((self.of(left), self.of(right)), key=len, reverse=True)
        if large is not small:
            large |= small
            for row in small:
                self._group[row] = large

    def _other_ids(self, left: Iterable[RowKey], right: Iterable[RowKey]) -> bool:
        ids = {self.identities[row] for row in (*left, *right) if row in self.identities}
        return len(ids) > 1

    def with_part(self, part: "Grouping", rows: frozenset[RowKey], decisions: Sequence[PairDecision]) -> "Grouping":
        """The same, but for some rows as another grouping of just those rows has them."""
        made: Grouping = copy(self)
        made.decisions = decisions

        def merged(mine: Mapping[RowKey, _V], its: Mapping[RowKey, _V]) -> dict[RowKey, _V]:
            return {row: value for row, value in mine.items() if row not in rows} | dict(its)

        made.overruled = merged(self.overruled, part.overruled)
        made._group = merged(self._group, part._group)
        made._apart = defaultdict(set, merged(self._apart, part._apart))
        made._decided = {two: said for two, said in self._decided.items() if two[0] not in rows} | part._decided
        return made

    def barred(self, left: RowKey, right: RowKey) -> bool:
        """Whether the groups of two rows are not to be joined without a person: by their IDs, by a pair of theirs that
        contradicts or was decided to be different, or by two rows of one list that were not found to be one child.
        """
        one, other = self.of(left), self.of(right)
        if one is other:
            return False
        if self._other_ids(one, other):
            return True
        if any(not self._apart[row].isdisjoint(other) for row in one if row in self._apart):
            return True
        return any(self._band(*two) is not Band.SAME for two in self._of_one_list(one, other))

    def settled(self, left: RowKey, right: RowKey) -> bool:
        """Whether what is known of the other rows of two groups leaves nothing to ask a person about these two."""
        one, other = self.of(left), self.of(right)
        if one is other or self._other_ids(one, other):
            return True
        apart = ((row, against) for row in one if row in self._apart for against in self._apart[row] & other)
        if any(self._band(*two) is Band.DIFFERENT for two in apart):
            return True
        likely = (Band.SAME, Band.ASK)
        return any(self._band(*two) not in likely for two in self._of_one_list(one, other))

    def join_pairs(self) -> None:
        """Join what may be joined, the surest pair first; the same ID comes before everything else, and then what belongs to rows
        that a person decided about. A pair that would settle a surer question of one of its rows is not joined, and is asked about
        with it.
        """
        same = [pair for two, pair in self.pairs.items() if self._band(*two) is Band.SAME]
        asked = self._asked_by_row()
        for pair in sorted(same, key=lambda p: (not self._one_id(p), not self._is_overruled(*p.key), -p.weight, p.key)):
            if self.barred(*pair.key):
                continue
            if self._settles_a_surer(pair, asked):
                for row in pair.key:
                    asked[row].append(pair)
            else:
                self._join(*pair.key)

    def _asked_by_row(self) -> dict[RowKey, list[Pair]]:
        """By row, the pairs that a person is to be asked about by their weight, the surest first."""
        found = defaultdict(list)
        for two, pair in self.pairs.items():
            if self._band(*two) is Band.ASK and not self._one_id(pair):
                for row in two:
                    found[row].append(pair)
        for pairs in found.values():
            pairs.sort(key=lambda p: -p.weight)
        return found

    def _settles_a_surer(self, pair: Pair, asked: Mapping[RowKey, Sequence[Pair]]) -> bool:
        """Whether two rows, joined, would leave no room for a pair at least as sure that a person is to be asked about: the
        rows of one fit, and those of the other cannot be the same child. What a person said of their groups comes before that.
        """
        if self._one_id(pair) or self._is_overruled(*pair.key):
            return False
        for here, there in (pair.key, pair.key[::-1]):
            for row in self.of(here):
                for question in asked.get(row, ()):
                    if question.weight < pair.weight:
                        break
                    third = question.left if question.right == row else question.right
                    if self.barred(there, third) and not self.barred(here, third):
                        return True
        return False

    def _one_id(self, pair: Pair) -> bool:
        left, right = (self.identities.get(row) for row in pair.key)
        return left is not None and left == right

    def is_open(self, pair: Pair) -> bool:
        """Whether a pair still needs somebody: to be asked about, or found the same and yet not joined because other
        rows contradict; not decided, and not settled by what was joined.
        """
        two = pair.key
        return two not in self._decided and pair.band is not Band.DIFFERENT and not self.settled(*two)

    def held_back(self, pair: Pair) -> bool:
        """Whether a pair that could be of one child is neither joined nor asked about, because of what other rows of the
        two children say. Two different IDs are no such matter, and neither is a person's word: they decide.
        """
        two = pair.key
        if two in self._decided or pair.band is Band.DIFFERENT or not self.settled(*two):
            return False
        one, other = self.of(pair.left), self.of(pair.right)
        if one is other or self._other_ids(one, other):
            return False
        return not any(
            in_order(row, twin) in self._decided for row in one for twin in self._apart.get(row, set()) & other
        )

    def against(self, pair: Pair) -> tuple[Text, ...]:
        """Why two rows were not joined, as far as it lies with other rows: two of one list would become one child, or
        two that contradict each other would.
        """
        one, other = self.of(pair.left), self.of(pair.right)
        if one is other:
            return ()
        found = []
        of_one_list = [two for two in self._of_one_list(one, other) if self._band(*two) is not Band.SAME]
        if of_one_list:
            found.append(_one_list(*min(in_order(*two) for two in of_one_list)))
        apart = {in_order(row, twin) for row in one if row in self._apart for twin in self._apart[row] & other}
        apart.discard(pair.key)  # what the two say themselves stands among the reasons
        if apart:
            found.append(_apart(*min(apart)))
        if not found and self._band(*pair.key) is Band.SAME and RIVAL not in pair.notes:
            found.append(RIVAL)
        return tuple(found)

    def _of_one_list(self, one: Iterable[RowKey], other: Iterable[RowKey]) -> Iterator[Two]:
        """The pairs of rows of two groups that stand in one list, where that speaks against joining them."""
        if not self.once_a_list:
            return
        lists = defaultdict(list)
        for row in one:
            lists[row.source].append(row)
        for twin in other:
            for row in lists.get(twin.source, ()):
                if in_order(row, twin) in self._decided or not self._is_overruled(row, twin):
                    yield row, twin


def grouped(
    identities: Mapping[RowKey, int],
    pairs: Mapping[Two, Pair],
    decisions: Sequence[PairDecision],
    once_a_list: bool = True,
) -> Grouping:
    """Rows joined as far as may be. What a person says of two rows is said of all that belongs to them without doubt:
    it overrules what contradicts between the groups that the two would be in by themselves.

    Raises:
        LinkDecisionError: decisions contradict each other, or join rows with different valid IDs.
    """
    overruled: dict[RowKey, RowKey] = {}
    same = [decision for decision in decisions if decision.verdict is Band.SAME]
    if same:
        alone = Grouping(identities, pairs, [one for one in decisions if one.verdict is Band.DIFFERENT], once_a_list)
        alone.join_pairs()
        together: dict[RowKey, set[RowKey]] = {}
        for decision in same:
            rows = set[RowKey]()
            for row in (decision.left, decision.right):
                rows |= together.get(row) or alone.of(row)
            for row in rows:
                together[row] = rows
        first = {id(rows): min(rows) for rows in {id(each): each for each in together.values()}.values()}
        overruled = {row: first[id(rows)] for row, rows in together.items()}
    grouping = Grouping(identities, pairs, decisions, once_a_list, overruled)
    grouping.join_pairs()
    return grouping


def reached(
    rows: Iterable[RowKey], near: Callable[[RowKey], Iterable[RowKey]], bound: Iterable[Sequence[RowKey]]
) -> frozenset[RowKey]:
    """The rows that can be reached from these, over what is near a row and from row to row of what is bound together."""
    bonds: dict[RowKey, list[RowKey]] = defaultdict(list)
    for together in bound:
        for row in together:
            bonds[row] += together
    found = set(rows)
    to_visit = list(found)
    while to_visit:
        row = to_visit.pop()
        further = {*near(row), *bonds.get(row, ())} - found
        found |= further
        to_visit += further
    return frozenset(found)


def regrouped(
    before: Grouping, decisions: Sequence[PairDecision], pairs_of: Mapping[RowKey, Sequence[Pair]]
) -> tuple[Grouping, frozenset[RowKey]]:
    """The grouping with other decisions, and the rows that were grouped again for it: those that decisions which came or
    went reach over pairs that may be of one child, and over what is decided. Groups never go beyond such rows, and neither
    does any question about a pair that may be of one child, so the rest stands.

    Args:
        before: the grouping with the earlier decisions.
        decisions: all that hold now.
        pairs_of: by row, its pairs.

    Raises:
        LinkDecisionError: as for ``grouped``.
    """

    def near(row: RowKey) -> Iterator[RowKey]:
        for pair in pairs_of.get(row, ()):
            if pair.band is not Band.DIFFERENT:
                yield pair.right if pair.left == row else pair.left

    changed = {*before.decisions} ^ {*decisions}
    bound = [(one.left, one.right) for one in {*before.decisions, *decisions}]
    rows = reached([row for one in changed for row in (one.left, one.right)], near, bound)
    pairs = {p.key: p for row in rows for p in pairs_of.get(row, ()) if p.left in rows and p.right in rows}
    again = grouped(before.identities, pairs, [one for one in decisions if one.left in rows], before.once_a_list)
    return before.with_part(again, rows, decisions), rows


def _contradiction(left: RowKey, right: RowKey) -> LinkDecisionError:
    return LinkDecisionError(
        Text(
            f"关于 {left} 与 {right} 的决定互相矛盾：既认作同一儿童又认作不同儿童；请撤销其中之一",
            f"Decisions about {left} and {right} contradict each other: one child, and two. Take one of them back.",
        )
    )


def _one_list(left: RowKey, right: RowKey) -> Text:
    return Text(
        f"如认作同一儿童，则同一名单的两行 {left} 与 {right} 也成为同一儿童；同一名单的两行按两名儿童处理，因此未合并",
        f"joined, they would make one child of {left} and {right}, two rows of one list; two rows of one list are held to "
        "be two children, so they were not joined",
    )


def _apart(left: RowKey, right: RowKey) -> Text:
    return Text(
        f"如认作同一儿童，则互相矛盾的 {left} 与 {right} 也成为同一儿童，因此未合并",
        f"joined, they would make one child of {left} and {right}, which contradict each other, so they were not joined",
    )
