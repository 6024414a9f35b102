"""What linking found: pairs in three bands, and the groups that follow from them and from what was decided.

Given by ``link``; read by the survey. It holds row keys, weights and reasons, and no name or number of anybody.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import attrs

from kinderguard.model.text import Language, Text
from kinderguard.model.view import View
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.grouping import Grouping, Two, grouped, regrouped
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
    _of_row: Mapping[RowKey, list[Pair]] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_found", {pair.key: pair for pair in self.pairs})
        of_row: dict[RowKey, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            of_row[pair.left].append(pair)
            of_row[pair.right].append(pair)
        object.__setattr__(self, "_of_row", dict(of_row))

    def __str__(self) -> str:
        counts = {band: sum(pair.band is band for pair in self.pairs) for band in Band}
        return f"{len(self.rows)} rows; " + ", ".join(f"{count} {band.value}" for band, count in counts.items())

    def __repr__(self) -> str:
        return f"Links({self})"

    def view(self, lang: Language | None = None) -> View:
        """The pairs that need somebody, with what speaks for them and against, as a notebook shows it; no name, no value.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.survey.shown import links_view

        return links_view(self, lang)

    def _repr_html_(self) -> str:
        return self.view().html

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
        every = self._every(decisions)
        return grouped(self.identities, self._found, every, self.settings.prior.once_a_list)

    def _every(self, decisions: Iterable[PairDecision]) -> tuple[PairDecision, ...]:
        """All decisions, where their rows are here."""
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
        return every


@attrs.frozen(eq=False, slots=False)
class Grouped:
    """What follows from links and decisions: ``groups``, ``open`` and ``held_back``, as ``Links`` describes them.

    Attributes:
        links: what was found of the rows.
        touched: the rows that were grouped again for these decisions (``again``); None where all were.
    """

    links: Links = attrs.field(repr=False)
    _grouping: Grouping = attrs.field(repr=False)
    touched: frozenset[RowKey] | None = attrs.field(default=None, repr=False)
    #: By "open" and "held_back", the pairs of the rows that were not grouped again, where they were asked for before.
    _kept: Mapping[str, tuple[Pair, ...]] = attrs.field(factory=dict, repr=False)

    def again(self, decisions: Iterable[PairDecision]) -> "Grouped":
        """The same as ``links.grouped(decisions)``, made from this: only the rows that a decision which came or went can
        reach are grouped again.

        Raises:
            LinkDecisionError: as for ``Links.groups``.
        """
        grouping, rows = regrouped(self._grouping, self.links._every(decisions), self.links._of_row)
        kept: dict[str, tuple[Pair, ...]] = {
            name: tuple(pair for pair in vars(self)[name] if pair.left not in rows)
            for name in ("open", "held_back")
            if name in vars(self)
        }
        return Grouped(self.links, grouping, rows, kept)

    @cached_property
    def groups(self) -> tuple[frozenset[RowKey], ...]:
        """Every row in exactly one group."""
        return self.groups_of(self.links.rows)

    def groups_of(self, rows: Iterable[RowKey]) -> tuple[frozenset[RowKey], ...]:
        """The groups of some rows, in the order of these."""
        found = {id(group): group for group in map(self._grouping.of, rows)}
        return tuple(map(frozenset, found.values()))

    @cached_property
    def open(self) -> tuple[Pair, ...]:
        """The pairs that still need somebody."""
        return self._noted("open", self._grouping.is_open)

    @cached_property
    def held_back(self) -> tuple[Pair, ...]:
        """The pairs that other rows keep from being joined or asked about."""
        return self._noted("held_back", self._grouping.held_back)

    def _noted(self, name: str, wanted: Callable[[Pair], bool]) -> tuple[Pair, ...]:
        """The pairs that are wanted, the likeliest first and alone between two groups, with why they were not joined."""
        kept = self._kept.get(name)
        pairs: Iterable[Pair] = self.links.pairs
        if kept is not None and self.touched is not None:
            of_row, touched = self.links._of_row, self.touched
            pairs = [p for row in touched for p in of_row.get(row, ()) if p.left == row and p.right in touched]
        between: dict[frozenset[RowKey], Pair] = {}
        for pair in sorted(filter(wanted, pairs), key=_likeliest):
            between.setdefault(frozenset(min(self._grouping.of(row)) for row in pair.key), pair)
        found = (attrs.evolve(pair, notes=(*pair.notes, *self._grouping.against(pair))) for pair in between.values())
        return tuple(sorted((*(kept or ()), *found), key=_likeliest))


def _likeliest(pair: Pair) -> tuple[float, Two]:
    return -pair.weight, pair.key
