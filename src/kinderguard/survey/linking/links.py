"""What linking found: pairs in three bands, and the groups that follow from them and from what was decided.

Given by ``link``; read by the survey. It holds row keys, weights and reasons, and no name or number of anybody.
"""

from collections.abc import Iterable, Mapping

import attrs

from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.grouping import Grouping, Two, grouped, in_order
from kinderguard.survey.linking.pairs import Band, LinkDecisionError, Pair, PairDecision
from kinderguard.survey.linking.settings import LinkSettings


@attrs.frozen(eq=False)
class Links:
    """The pairs of rows that were found alike, and how they group.

    ``pairs`` are in order of their rows. Pairs that were looked at and lie far below the bounds are not kept.
    """

    rows: tuple[RowKey, ...] = attrs.field(repr=False)
    pairs: tuple[Pair, ...] = attrs.field(repr=False)
    settings: LinkSettings = attrs.field(repr=False)
    #: By row with a valid resident ID, a number that stands for the ID within this linkage.
    identities: Mapping[RowKey, int] = attrs.field(repr=False)
    decisions: tuple[PairDecision, ...] = attrs.field(default=(), repr=False)
    _found: Mapping[Two, Pair] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_found", {pair.key: pair for pair in self.pairs})

    def __str__(self) -> str:
        counts = {band: sum(pair.band is band for pair in self.pairs) for band in Band}
        return f"{len(self.rows)} rows; " + ", ".join(f"{count} {band.value}" for band, count in counts.items())

    def __repr__(self) -> str:
        return f"Links({self})"

    def pair(self, left: RowKey, right: RowKey) -> Pair | None:
        """What was found of two rows, in whichever order; None where they were not found alike at all."""
        return self._found.get(in_order(left, right))

    def groups(self, decisions: Iterable[PairDecision] = ()) -> tuple[frozenset[RowKey], ...]:
        """Every row in exactly one group, one group a child, in order of their first rows.

        Args:
            decisions: further decisions; they override the bands.

        Raises:
            LinkDecisionError: decisions contradict each other, join different valid IDs, or name rows that are not here.
        """
        grouping = self._grouping(decisions)
        return tuple(frozenset(grouping.of(row)) for row in self.rows if row == min(grouping.of(row)))

    def open(self, decisions: Iterable[PairDecision] = ()) -> tuple[Pair, ...]:
        """The pairs that still need somebody, the likeliest first; of the pairs between two groups, the likeliest alone,
        since its answer answers them all.

        A pair to be asked about drops out where what was joined settles it: twin and twin of two lists, say, once each
        has found its own row. One that was found the same is asked about where other rows kept it from being joined.
        """
        grouping = self._grouping(decisions)
        found = sorted(
            (pair for pair in self.pairs if grouping.is_open(pair)), key=lambda pair: (-pair.weight, pair.key)
        )
        between: dict[frozenset[RowKey], Pair] = {}
        for pair in found:
            between.setdefault(frozenset(min(grouping.of(row)) for row in pair.key), pair)
        return tuple(between.values())

    def decided(self, *decisions: PairDecision) -> "Links":
        """The same with these decisions; a later one about two rows takes the place of an earlier one."""
        kept = {(one.left, one.right): one for one in (*self.decisions, *decisions)}
        return attrs.evolve(self, decisions=tuple(kept.values()))

    def undo(self, pair: Pair | PairDecision) -> "Links":
        """The same with two rows apart that were joined (a pair), or without a decision."""
        if isinstance(pair, Pair):
            return self.decided(pair.decide(Band.DIFFERENT))
        return attrs.evolve(self, decisions=tuple(one for one in self.decisions if one != pair))

    def _grouping(self, decisions: Iterable[PairDecision]) -> Grouping:
        every = (*self.decisions, *decisions)
        known = set(self.rows)
        for row in (row for decision in every for row in (decision.left, decision.right)):
            if row not in known:
                raise LinkDecisionError(
                    Text(
                        f"决定中的行 {row} 不在这些来源中；请核对来源代码、工作表和行号，或撤销此决定",
                        f"A decision names the row {row}, which is in none of these lists: check source, sheet and row, "
                        "or take the decision back.",
                    )
                )
        return grouped(self.identities, self._found, every, self.settings.prior.once_a_list)
