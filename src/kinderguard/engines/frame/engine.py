"""The frame engine: the rules of a day, for the children of any number of places, in one program.

What all places share is computed once for all rows; what a province or a county adds is computed for its own rows, on
top of it. A place costs something when it is first met, never by the row.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import attrs
import polars as pl

from kinderguard.engines.frame.algebra import FrameAlgebra, Meaning
from kinderguard.engines.frame.blame import Blame, Reach
from kinderguard.engines.frame.columns import Layout
from kinderguard.engines.frame.outputs import Asked, Outputs, outputs_of, parts_of, reasons_of, told_of, unset_of
from kinderguard.engines.frame.program import Program, RecordTables, _literal, column_name
from kinderguard.engines.frame.statics import Places, StaticSteps, by_zero_key
from kinderguard.engines.frame.vectors import Graph, Vector
from kinderguard.engines.plan import Outline, Step, outline
from kinderguard.model.errors import Problem
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import BOOL
from kinderguard.rules.ruleset import RuleSet

#: The column that says of each row which place it has.
PLACE = "#place"
#: The row of the caller's frame.
SOURCE_ROW = "#source_row"
#: How many rows are computed at a time, at most: what is done once a batch takes a tenth of the time for half as many.
BATCH = 524_288


class RulesOfPlace(Protocol):
    """What the engine asks of the rules of one division."""

    @property
    def group(self) -> Hashable:
        """Divisions with one value here have the same rules (but perhaps other parameter values)."""

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""

    def parameters(self, codes: Iterable[str]) -> Mapping[str, Any]:
        """The values of parameters here, as the reference engine takes them."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the packs of the place."""


@attrs.define(eq=False)
class Group:
    """Rules that one or more places share."""

    number: int
    outline: Outline
    statics: StaticSteps
    places: list[int] = attrs.field(factory=list)
    outputs: Outputs | None = None
    program: Program | None = None
    #: The columns of the shared rows that its own results need.
    reads: frozenset[str] = frozenset()


class FrameEngine:
    """Assesses frames of children on a day. Made by the policy book; grows as places are met.

    Args:
        day: the day.
        rules_of: the rules of a division (None: where it is not known).
        layout: which facts the frames have columns for.
        missing: whether to find the unknown facts that leave a result open.
        reasons: whether to find the conditions by which a rule does not hold; or, of every rule, those that ``hold`` or
            ``fail``; or the parameters without a value that leave some rules open, ``unset`` with ``of``.
        of: the rules whose parameters without a value are found.
        asked: conditions that are told beside the results, by name.
    """

    def __init__(
        self,
        day: dt.date,
        rules_of: Callable[[str | None], RulesOfPlace],
        layout: Layout,
        *,
        missing: bool = True,
        reasons: bool | str = False,
        of: frozenset[str] = frozenset(),
        asked: Iterable[tuple[str, Asked]] = (),
    ) -> None:
        self.day = day
        self.layout = layout
        self.missing = missing
        self.reasons = reasons
        self._of, self._asked = of, dict(asked)
        self._rules_of = rules_of
        self.places: dict[str | None, int] = {}
        self.rules: list[RulesOfPlace] = []
        self._group_of_place: list[int] = []
        self.groups: dict[Hashable, Group] = {}
        self._values = Places()
        #: Whether the programs are those of the places met so far.
        self.compiled = False
        # The nation's rules stand first: every other place's extend them. Its values wait for a row of no known place.
        self.base = self._place(None)
        self._values.idle.add(self.places[None])

    # ---- places -------------------------------------------------------------------------------------------------

    def _place(self, division: str | None) -> Group:
        """The group of a division; made when it is first met."""
        rules = self._rules_of(division)
        group = self.groups.get(rules.group)
        if group is None:
            base = next(iter(self.groups.values()), None)
            made = outline(rules.rules, base.outline if base else None)
            group = Group(len(self.groups), made, StaticSteps(made, base.statics if base else None))
            self.groups[rules.group] = group
        place = len(self.rules)
        self._values.add(place, group.statics.values(self.day, rules.parameters(group.statics.parameters)))
        group.places.append(place)
        self.places[division] = place
        self.rules.append(rules)
        self._group_of_place.append(group.number)
        self.compiled = False
        return group

    def add(self, divisions: Iterable[str | None]) -> None:
        """Meet the places of some divisions."""
        for division in divisions:
            if division not in self.places:
                self._place(division)
            elif self.places[division] in self._values.idle:
                self._values.idle.discard(self.places[division])
                self.compiled = False

    # ---- compiling ----------------------------------------------------------------------------------------------

    def compile(self) -> None:
        """Make the programs, if a place was met since they were made."""
        if self.compiled:
            return
        self.graph = Graph()
        self._values.columns = {}
        self.algebra = FrameAlgebra(self.graph, self.layout, self._static)
        groups = list(self.groups.values())
        self._owners = {step: group for group in reversed(groups) for step in group.outline.static}
        self.algebra.faults |= self._static_faults()
        reach = Reach(self.algebra)
        unset: dict[tuple[Step, ...], dict[str, Vector]] = {}
        for group in groups:
            group.outputs = outputs_of(self.algebra, group.outline)
            group.outputs.fault = self._fault(group.outputs, reach)
            group.outputs.told = told_of(self.algebra, group.outline, self._asked)
            if self.reasons == "unset":
                group.outputs.reasons = unset_of(self.algebra, group.outline, self._of, unset)
            elif isinstance(self.reasons, str):
                group.outputs.reasons = parts_of(self.algebra, group.outline, self.reasons == "hold")
            elif self.reasons:
                group.outputs.reasons = reasons_of(self.algebra, group.outline)
            if isinstance(self.reasons, str):
                group.outputs.leave_results()
        self._blame(groups)
        self._alone = self._only_group()
        shared = self._alone or self.base
        assert shared.outputs is not None
        given = {v for v in _cone(shared.outputs.vectors()) if v.scope.parent is None}
        own = [g for g in groups if self._alone is None and g is not self.base]
        for group in own:
            assert group.outputs is not None
            group.program = Program([v for v in group.outputs.vectors() if v not in given], given)
        wanted = {v for g in own if g.program for v in g.program.reads}
        for group in own:
            assert group.outputs is not None
            kept = {v for v in group.outputs.vectors() if v in given}
            wanted |= kept
            assert group.program is not None
            group.reads = frozenset({PLACE, SOURCE_ROW, *group.program.sources, *_columns_of(kept)})
        self.program = Program([*shared.outputs.vectors(), *sorted(wanted, key=lambda v: v.index)])
        shared.program = self.program
        shared.reads = frozenset({PLACE, SOURCE_ROW, *_columns_of(shared.outputs.vectors())})
        #: What is kept of the shared rows: its results, and what each group's own program reads.
        self._kept = sorted({name for group in (shared, *own) for name in group.reads})
        self._tables: dict[tuple[str, ...], pl.DataFrame] = {}
        self.compiled = True

    def _only_group(self) -> Group | None:
        """The group of all rows, if there is but one: then nothing need be computed apart for others to share."""
        numbers = {self._group_of_place[place] for place in self.places.values() if place not in self._values.idle}
        return list(self.groups.values())[numbers.pop()] if len(numbers) == 1 else None

    def _static(self, step: Step) -> Meaning:
        key = self._owners[step].statics.keys[step]
        return self._values.meaning(self.graph, key, step.node.kind, self.layout.code)

    def _static_faults(self) -> dict[Step, Vector]:
        """The divisions that need no child and are by zero at some place."""
        found = {}
        for step, group in self._owners.items():
            if isinstance(step.node, n.Divide):
                key = by_zero_key(group.statics.keys[step])
                fault = self._values.meaning(self.graph, key, BOOL, self.layout.code)
                assert isinstance(fault, Vector)
                if not fault.is_value(False):
                    found[step] = fault
        return found

    def _fault(self, outputs: Outputs, reach: Reach) -> Vector:
        """Whether a rule that counts divided by zero; of what the shared rules give, as found there."""
        base = self.base.outputs
        if base is None or base is outputs or base.fault is None:
            return reach.fault(outputs.roots.values())
        if any(outputs.roots.get(name) is not root for name, root in base.roots.items()):
            return reach.fault(outputs.roots.values())
        own = (root for name, root in outputs.roots.items() if name not in base.roots)
        return self.graph.any(base.fault, reach.fault(own, set(base.roots.values())))

    def _blame(self, groups: Sequence[Group]) -> None:
        if not self.missing:
            return
        assert self.base.outputs is not None
        blame = Blame(self.algebra)
        base = self.base.outputs
        own = [g.outputs for g in groups if g is not self.base and g.outputs is not None]
        base.missing = blame.facts(base.roots)
        for outputs in own:
            more = {name: root for name, root in outputs.roots.items() if base.roots.get(name) is not root}
            changed = {name for name in base.roots if outputs.roots.get(name) is not base.roots[name]}
            kept = {name: root for name, root in base.roots.items() if name not in changed} if changed else base.roots
            shared = base.missing if not changed else blame.facts(kept)
            outputs.missing = blame.joined(shared, blame.facts(more, set(kept.values())))

    @property
    def opens_lists(self) -> bool:
        """Whether the records of any list are looked into."""
        return any(group.program is not None and group.program.opens_lists for group in self.groups.values())

    def groups_of(self, places: pl.Series) -> pl.Series:
        """The group of each place."""
        return pl.Series(self._group_of_place, dtype=pl.UInt32).gather(places)

    # ---- running ------------------------------------------------------------------------------------------------

    def place_columns(self, frame: pl.DataFrame, program: Program) -> pl.DataFrame:
        """``frame`` with what its rows take from their places."""
        names = program.place_columns
        if not names:
            return frame
        if names not in self._tables:
            self._tables[names] = self._values.table(list(names), len(self.rules), self.layout.code)
        table, place = self._tables[names], frame[PLACE]
        return frame.with_columns(table[name].gather(place) for name in names)

    def run(self, frame: pl.DataFrame, tables: RecordTables, reads: Sequence[pl.Expr] = ()) -> "Computed":
        """What a batch of rows gives.

        Args:
            frame: facts as the engine holds them, with ``#place``.
            tables: what finds records.
            reads: what makes facts as the engine holds them of those that it does not hold so yet.
        """
        self.compile()
        rows = self.program.run(self.place_columns(frame, self.program), tables, self._kept, reads)
        if self._alone is not None:
            return Computed(rows, [Part(self._alone, rows, None)])
        groups = self.groups_of(frame[PLACE])
        by_number = {g.number: g for g in self.groups.values()}
        parts = []
        for number, where in _stretches(groups):
            group = by_number[number]
            part = rows if where is None else _taken(rows, group, where)
            assert group.program is not None
            # A result may be no more than what a row takes from its place: nothing to compute, but a column all the same.
            if group is not self.base and (group.program.instructions or group.program.place_columns):
                part = group.program.run(self.place_columns(part, group.program), tables)
            parts.append(Part(group, part, where))
        return Computed(rows, parts)

    @staticmethod
    def expr(vector: Vector) -> pl.Expr:
        """A computed vector as an expression over the rows that ``run`` gave."""
        return _literal(vector) if vector.is_constant else pl.col(column_name(vector))


#: Some rows of a batch: from one to another, or by their numbers; None for all of them.
Where: TypeAlias = tuple[int, int] | pl.Series | None


@attrs.frozen(eq=False)
class Part:
    """The rows of one group in a batch, computed."""

    group: Group
    rows: pl.DataFrame
    where: Where


@attrs.frozen(eq=False)
class Computed:
    """A batch: what all rows share, and each group's own."""

    rows: pl.DataFrame
    parts: list[Part]


def _stretches(groups: pl.Series) -> list[tuple[int, Where]]:
    """The groups of a batch with their rows: slices where the rows stand in order."""
    if not len(groups):
        return []
    runs = groups.rle().struct.unnest()
    if len(runs) == 1:
        return [(runs["value"][0], None)]
    if runs["value"].n_unique() == len(runs):
        starts = (runs["len"].cum_sum() - runs["len"]).to_list()
        return [(g, (s, n)) for g, s, n in zip(runs["value"].to_list(), starts, runs["len"].to_list(), strict=True)]
    rows = pl.DataFrame([groups.alias("group"), pl.int_range(len(groups), dtype=pl.UInt32, eager=True).alias("row")])
    found = rows.group_by("group", maintain_order=True).agg("row")
    return list(zip(found["group"].to_list(), found["row"], strict=True))


def _taken(rows: pl.DataFrame, group: Group, where: Where) -> pl.DataFrame:
    """A group's rows; of rows out of order only the columns that the group reads, since taking them costs."""
    if isinstance(where, tuple):
        return rows.slice(*where)
    assert isinstance(where, pl.Series)
    return rows.select(c for c in rows.columns if c in group.reads)[where]


def _columns_of(vectors: Iterable[Vector]) -> Iterable[str]:
    return (column_name(v) for v in vectors if not v.is_constant)


def _cone(roots: Iterable[Vector]) -> Iterable[Vector]:
    seen: dict[Vector, None] = dict.fromkeys(roots)
    waiting = list(seen)
    while waiting:
        vector = waiting.pop()
        reads = [*vector.args, *([vector.payload[1].source] if vector.op == "fold" else [])]
        for read in reads:
            if read not in seen:
                seen[read] = None
                waiting.append(read)
    return seen
