"""What linking found: pairs in three bands, and the groups that follow from them and from what was decided.

Given by ``link``; read by the survey. It holds row keys, weights and reasons, and no name or number of anybody.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import attrs

from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.grouping import Grouping, Two, grouped
from kinderguard.survey.linking.pairs import Band, LinkDecisionError, Pair, PairDecision, in_order
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
        return self.grouped(decisions).groups

    def open(self, decisions: Iterable[PairDecision] = ()) -> tuple[Pair, ...]:
        """The pairs that still need somebody, the likeliest first; of the pairs between two groups, the likeliest alone,
        since its answer answers them all.

        A pair to be asked about drops out where what was joined settles it: twin and twin of two lists, say, once each
        has found its own row (see ``held_back``). One that was found the same is asked about where other rows kept it
        from being joined, and its ``notes`` say so.
        """
        return self.grouped(decisions).open

    def held_back(self, decisions: Iterable[PairDecision] = ()) -> tuple[Pair, ...]:
        """The pairs that could be of one child but are neither joined nor asked about, since a list has another row for
        one of the two children, or another of their rows contradicts; the likeliest first, one between two groups.

        Their ``notes`` say why, and name those rows. Deciding that such two are one child joins them all the same.
        """
        return self.grouped(decisions).held_back

    def grouped(self, decisions: Iterable[PairDecision] = ()) -> "Grouped":
        """Groups, questions and what was held back together, for one and the same decisions.

        Raises:
            LinkDecisionError: as for ``groups``.
        """
        return Grouped(self, self._grouping(decisions))

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


@attrs.frozen(eq=False, slots=False)
class Grouped:
    """What follows from links and decisions: ``groups``, ``open`` and ``held_back``, as ``Links`` describes them."""

    links: Links = attrs.field(repr=False)
    _grouping: Grouping = attrs.field(repr=False)

    @cached_property
    def groups(self) -> tuple[frozenset[RowKey], ...]:
        """Every row in exactly one group."""
        of = self._grouping.of
        return tuple(frozenset(of(row)) for row in self.links.rows if row == min(of(row)))

    @cached_property
    def open(self) -> tuple[Pair, ...]:
        """The pairs that still need somebody."""
        return self._noted(self._grouping.is_open)

    @cached_property
    def held_back(self) -> tuple[Pair, ...]:
        """The pairs that other rows keep from being joined or asked about."""
        return self._noted(self._grouping.held_back)

    def _noted(self, wanted: Callable[[Pair], bool]) -> tuple[Pair, ...]:
        """The pairs that are wanted, the likeliest first and alone between two groups, with why they were not joined."""
        between: dict[frozenset[RowKey], Pair] = {}
        for pair in sorted(filter(wanted, self.links.pairs), key=lambda pair: (-pair.weight, pair.key)):
            between.setdefault(frozenset(min(self._grouping.of(row)) for row in pair.key), pair)
        return tuple(
            attrs.evolve(pair, notes=(*pair.notes, *self._grouping.against(pair))) for pair in between.values()
        )
