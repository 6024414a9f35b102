"""Closer bounds for the children of whom it is open how much changes: what is known of each is asked of the tables once more.

Of a child whose change is known, nothing is asked. The others are told apart by what their facts say at the edge of what
differs between the books; children alike in that are of one kind and looked into once (``worlds``), so many kinds at most,
and those first of whom it is not said whether they gain or lose. Called by the comparison, part by part.
"""

import datetime as dt
import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import attrs
import polars as pl

from kinderguard.analysis.between import Between, total
from kinderguard.analysis.comparing.beside import Beside
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR
from kinderguard.analysis.comparing.outlined import Leaf
from kinderguard.analysis.comparing.rows import OWN_SUMS, kind_of
from kinderguard.analysis.comparing.worlds import Bounds, Worlds
from kinderguard.analysis.people import People, Piece, job_of
from kinderguard.engines import ranges
from kinderguard.engines.frame.outputs import Asked, End
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.job import FrameJob
from kinderguard.rules import nodes as n

#: So many things are told of each child, at most; what is not told is taken as not known.
MOST_TOLD = 500
#: So many kinds of children are looked into, if nothing else is said.
NARROW = 5_000
#: Of kinds of whom it is said already whether they gain or lose, one for so many.
OTHERS = 10
_ENDS = ("low", "high")
#: The column that says on which of several sets of things not known a child's change rests.
RESTS = "#rests"
#: The column that has those of all children of a household that is looked at as one.
THEIRS = "#theirs"
#: What books give by themselves, and what is paid to the child itself: nothing here tells more of it.
_AS_GIVEN = ("a:", "b:", "child:")
#: Which come first: of whom it is not said whether they gain or lose, or by how much at most although their place has set
#: all numbers that bear on it (where it has not, there is mostly no bound to be found); who only may; the others.
_NO_BOUND = pl.any_horizontal(pl.col(f"{x}_{y}").is_null() for x in ("year", "once") for y in _ENDS)
_RANK = (
    pl.when((pl.col("kind") == "open") | (_NO_BOUND & pl.col("#set")))
    .then(0)
    .when(pl.col("kind").is_in(["may_gain", "may_lose"]))
    .then(1)
    .otherwise(2)
)
#: Of whom it is not said whether they gain or lose, or how much.
_UNSAID = pl.col("rank") < 2
#: How far the bounds of the first year are apart (fen); 1 where there are none.
_WIDTH = (pl.sum_horizontal(pl.col(f"{x}_high") - pl.col(f"{x}_low") for x in ("year", "once"))).fill_null(0) + 1
#: The share of it all that goes by until more is known of the children.
ASKED = 0.2
#: More is asked of so many children for each kind that may be looked into: some are alike.
_TOLD_FOR_ONE = 4


@attrs.define
class _Purse:
    """How many kinds may still be looked into as parts come in: of all, the share of the children that came.

    Args:
        most: of all children.
        count: how many children there are.
    """

    most: int
    count: int
    came: int = 0
    spent: int = 0

    def come(self, children: int) -> None:
        """So many children more."""
        self.came += children

    @property
    def left(self) -> int:
        """How many now."""
        return -(-self.most * min(self.came, self.count) // max(self.count, 1)) - self.spent


class Narrowing:
    """Narrows the changes of some children after the others.

    Args:
        base, reform: the two books.
        day: the day.
        people: the children.
        places: the places of each set of jobs.
        beside: what differs at each place.
        most: how many kinds of children of whom it is not said whether they gain or lose, or without a bound, are looked
            into; of the others, a tenth as many. None: all.
    """

    def __init__(
        self,
        base: PolicyBook,
        reform: PolicyBook,
        day: dt.date,
        people: People,
        places: Sequence[pl.Series],
        beside: Beside,
        most: int | None,
    ) -> None:
        self._books = (base, reform)
        self._day, self._people, self._places, self._beside = day, people, places, beside
        self._asked: tuple[dict[Asked, str], dict[Asked, str]] = ({}, {})
        for standing in beside.standings:
            for leaf in standing.touched.worlds.outline.leaves:
                for asks in _asks(leaf):
                    names = self._asked[leaf.after]
                    if len(names) < MOST_TOLD:
                        names.setdefault(asks, f"{len(names)}")
        self._jobs: dict[tuple[int, bool], FrameJob] = {}
        self._purses: tuple[_Purse, _Purse] | None = None
        if most is not None:
            self._purses = _Purse(most, people.count), _Purse(most // OTHERS, people.count)
        #: Of how many children bounds are open that were not looked into.
        self.not_narrowed = 0
        #: By the path of a fact or the code of a number, of how many children it leaves a change without a bound.
        self.endless: Counter[str] = Counter()
        #: By what is not known and leaves a change open: of how many children looked into, how far the ends of their cost a year
        #: are apart (fen), and of how many of them there is no end.
        self.widths: dict[str, tuple[int, int, int]] = {}
        #: The numbers that are not set among these; the others are facts.
        self.numbers: set[str] = set()
        self._rests: dict[frozenset[str], int] = {}

    def narrowed(
        self, piece: Piece, found: pl.DataFrame, tell: Callable[[float], None] = lambda share: None
    ) -> pl.DataFrame:
        """The changes of some children, with closer bounds where they are open.

        Args:
            piece: the children.
            found: what changes for them, as ``rows.changed`` has it.
            tell: called with the share that is done, 0 to 1.
        """
        for purse in self._purses or ():
            purse.come(len(found))
        lows = [name for name in found.columns if name.endswith(("_low", ":low")) and not name.startswith(_AS_GIVEN)]
        pairs = [(low, f"{low.removesuffix('low')}high") for low in lows]
        if not pairs:
            return found
        # Of what has no bound, nothing says that both are one.
        is_open = pl.any_horizontal((pl.col(x) == pl.col(y)).fill_null(False).not_() for x, y in pairs)
        is_set = pl.Series([not s.touched.unset for s in self._beside.standings], dtype=pl.Boolean)
        number = self._beside.numbers(piece.places)
        open_ = found.with_columns(is_set.gather(number).alias("#set"), number.alias("#number"))
        open_ = open_.select(
            "#number", pl.int_range(pl.len(), dtype=pl.UInt32).alias("#at"), rank=_RANK, width=_WIDTH, open=is_open
        )
        open_ = open_.filter("open").drop("open")
        there = [number for number, s in enumerate(self._beside.standings) if s.touched.worlds.parts]
        open_ = open_.filter(pl.col("#number").is_in(there))
        if open_.is_empty():
            return found
        closer = self._bounds(piece, open_, tell)
        if closer is None:
            return found
        frame = found.with_row_index("#at").join(closer, on="#at", how="left", maintain_order="left")
        exprs = []
        for low, high in pairs:
            for column, narrower in ((low, pl.max_horizontal), (high, pl.min_horizontal)):
                theirs = f"#{column}"
                if theirs not in closer.columns:
                    continue
                exprs.append(narrower(pl.col(column), pl.col(theirs)).alias(column))
        exprs += [
            (pl.col(name) & pl.col(f"#{name}").fill_null(True)).alias(name)
            for name in found.columns
            if f"#{name}" in closer.columns and name.startswith("open:")
        ]
        frame = frame.with_columns(exprs)
        ends = (pl.col(f"year_{end}") + pl.col(f"once_{end}") for end in _ENDS)
        return frame.with_columns(kind_of(*ends).alias("kind")).select(*found.columns, RESTS)

    def add_widths(self, costs: pl.DataFrame) -> None:
        """How far the ends of their cost are apart, by what it rests on: of children who were looked into.

        Args:
            costs: what they cost a year, and the number of what it rests on, as ``narrowed`` gives it; of children who were
                kept, those of all of their household besides (``PaidOnce.kept``).
        """
        theirs = [THEIRS] if THEIRS in costs.columns else [pl.concat_list(RESTS).alias(THEIRS)]
        looked_into = costs.with_columns(theirs).filter(pl.col(THEIRS).list.drop_nulls().list.len() > 0)
        apart = pl.col("cost_year_high") - pl.col("cost_year_low")
        counts = looked_into.group_by(RESTS, THEIRS, maintain_order=True).agg(
            pl.len().alias("children"), apart.sum().alias("fen"), apart.null_count().alias("endless")
        )
        sets = list(self._rests)
        for own, numbers, some, *more in counts.iter_rows():
            mine = frozenset() if own is None else sets[own]
            for code in frozenset().union(*(sets[number] for number in numbers)):
                found = zip(self.widths.get(code, (0, 0, 0)), (some if code in mine else 0, *more), strict=True)
                children, fen, endless = map(sum, found)
                self.widths[code] = children, fen, endless

    # ---- what is told of them ---------------------------------------------------------------------------------------

    def _bounds(self, piece: Piece, open_: pl.DataFrame, tell: Callable[[float], None]) -> pl.DataFrame | None:
        """Bounds of the children at some rows, as columns beside ``#at``; None where nothing differs in money.

        Args:
            piece: the children.
            open_: the rows of whom it is open how much changes, each with its ``#number``, ``rank`` and ``width``.
            tell: as for ``narrowed``.
        """
        wanted = self._worth_telling(open_)
        self.not_narrowed += len(open_) - len(wanted)
        if wanted.is_empty():
            return None
        rows = piece.rows[wanted["#at"]]
        told = [wanted]
        for after in (False, True):
            if self._asked[after]:
                found = self._job(piece.jobs, after).assess(rows, piece.tables)
                names = self._asked[after].values()
                told.append(found.select(pl.col(f"told:{name}").alias(f"{after}:{name}") for name in names))
            tell(ASKED if after else ASKED / 2)
        frame = pl.concat(told, how="horizontal")
        kinds: list[tuple[Worlds, pl.DataFrame]] = []
        for (number,), theirs in frame.partition_by("#number", as_dict=True, maintain_order=True).items():
            kinds.append((worlds := self._beside.standings[int(number)].touched.worlds, self._of_kinds(worlds, theirs)))
        chosen = self._chosen([theirs for _, theirs in kinds])
        looked_into = [(worlds, theirs.filter(mask)) for (worlds, theirs), mask in zip(kinds, chosen, strict=True)]
        of_all = sum(theirs["#kind"].n_unique() for _, theirs in looked_into)
        done = count(1)

        def one_more() -> None:
            tell(ASKED + (1 - ASKED) * next(done) / of_all)

        with _uncollected():
            parts = [self._of_place(worlds, theirs, one_more) for worlds, theirs in looked_into if len(theirs)]
        self.not_narrowed += sum(int((~mask).sum()) for mask in chosen)
        return pl.concat(parts, how="diagonal") if parts else None

    def _worth_telling(self, open_: pl.DataFrame) -> pl.DataFrame:
        """Those of whom it is worth while to know more: not many more than are looked into, those first that come first."""
        if self._purses is None:
            return open_
        first, others = (_TOLD_FOR_ONE * max(0, purse.left) for purse in self._purses)
        ordered = open_.sort(["rank", -pl.col("width"), "#at"])
        most = pl.when(_UNSAID).then(first).otherwise(others)
        return ordered.filter(pl.int_range(pl.len()).over(_UNSAID) < most).sort("#at")

    def _of_kinds(self, worlds: Worlds, theirs: pl.DataFrame) -> pl.DataFrame:
        """Children with the number of the kind that each is of: alike in all that is told of them."""
        there = set(theirs.columns)
        names = list(
            dict.fromkeys(name for listed in self._columns(worlds).values() for name in listed if name in there)
        )
        if not names:
            return theirs.with_columns(pl.lit(0, pl.UInt32).alias("#kind"))
        kinds = theirs.select(names).unique(maintain_order=True).with_row_index("#kind")
        return theirs.join(kinds, on=names, how="left", nulls_equal=True, maintain_order="left")

    def _chosen(self, kinds: Sequence[pl.DataFrame]) -> list[pl.Series]:
        """Of the children of each place, those whose kinds are looked into."""
        if self._purses is None:
            return [pl.repeat(True, len(theirs), eager=True) for theirs in kinds]
        listed = pl.concat(
            theirs.group_by("#kind", maintain_order=True)
            .agg(pl.col("rank").min(), pl.col("width").sum(), pl.col("#at").min())
            .with_columns(pl.lit(place, pl.UInt32).alias("place"))
            for place, theirs in enumerate(kinds)
        ).sort(["rank", -pl.col("width"), "#at"])
        taken = []
        for purse, theirs in zip(self._purses, (listed.filter(_UNSAID), listed.filter(~_UNSAID)), strict=True):
            taken.append(theirs.head(max(0, purse.left)))
            purse.spent += len(taken[-1])
        chosen = pl.concat(taken)
        return [
            theirs["#kind"].is_in(chosen.filter(place=place)["#kind"].implode()) for place, theirs in enumerate(kinds)
        ]

    def _of_place(self, worlds: Worlds, theirs: pl.DataFrame, one_more: Callable[[], None]) -> pl.DataFrame:
        columns = self._columns(worlds)
        there = set(theirs.columns)
        names = list(dict.fromkeys(name for listed in columns.values() for name in listed if name in there))
        kinds = theirs.unique("#kind", keep="first", maintain_order=True).select("#kind", *names)
        sizes = dict(theirs["#kind"].value_counts().iter_rows())
        leaves = {leaf.number: (leaf, columns[leaf]) for leaf in columns}
        places = {name: place for place, name in enumerate(names)}
        found = []
        for kind, *row in kinds.iter_rows():
            bounds = worlds.bounds(_Answers(leaves, places, row))
            for unknown in bounds.endless:
                if (name := _named(worlds, unknown)) is not None:
                    self.endless[name] += sizes[kind]
            found.append(_columns_of(worlds, bounds) | {RESTS: self._resting(worlds, bounds)})
            one_more()
        types = {name: pl.Boolean() if isinstance(value, bool) else pl.Int64() for name, value in found[0].items()}
        table = pl.DataFrame(found, schema=types).with_columns(kinds["#kind"])
        return theirs.select("#at", "#kind").join(table, on="#kind", how="left", maintain_order="left").drop("#kind")

    def _resting(self, worlds: Worlds, bounds: Bounds) -> int | None:
        """The number of what the open change of a kind rests on; None where nothing is open, or nothing with a name."""
        outline = worlds.outline
        named = {unknown: code for unknown in bounds.rests_on if (code := outline.code_of(unknown)) is not None}
        self.numbers |= {code for unknown, code in named.items() if isinstance(outline.asks.get(unknown), n.Param)}
        return self._rests.setdefault(frozenset(named.values()), len(self._rests)) if named else None

    def _columns(self, worlds: Worlds) -> Mapping[Leaf, list[str]]:
        """For each leaf, the columns that tell of it."""
        return {
            leaf: [f"{leaf.after}:{self._asked[leaf.after].get(asks, '')}" for asks in _asks(leaf)]
            for leaf in worlds.outline.leaves
        }

    def _job(self, number: int, after: bool) -> FrameJob:
        found = self._jobs.get((number, after))
        if found is None:
            people = self._people
            asked = tuple((name, asks) for asks, name in self._asked[after].items())
            # With a word for reasons, of no rule: nothing but what is asked.
            make = job_of(self._books[after], self._day, people, reasons="unset", asked=asked)
            found = self._jobs[number, after] = make(self._places[number])
        return found


@contextmanager
def _uncollected() -> Iterator[None]:
    """With no search for garbage: what is made here is kept, and looking through it again and again takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _named(worlds: Worlds, unknown: Any) -> str | None:
    """The path of a fact or the code of a number; None of what is worked out from others."""
    node = worlds.outline.asks.get(unknown)
    return node.path if isinstance(node, n.Fact) else node.code if isinstance(node, n.Param) else None


def _asks(leaf: Leaf) -> list[Asked]:
    """What tells of a leaf; nothing of one that is the same for every child."""
    if leaf.step.static:
        return []
    node = leaf.step.node
    return [End(node, high=False), End(node, high=True)] if leaf.is_number else [node]


class _Answers(Mapping[int, Any]):
    """What is known of the leaves of an outline, of one kind of child: read where it is asked.

    Args:
        leaves: by number, each leaf and the columns that tell of it.
        places: where each column stands.
        row: the values.
    """

    def __init__(
        self, leaves: Mapping[int, tuple[Leaf, Sequence[str]]], places: Mapping[str, int], row: Sequence[Any]
    ) -> None:
        self._leaves, self._places, self._row = leaves, places, row

    def __getitem__(self, number: int) -> Any:
        leaf, columns = self._leaves[number]
        if not columns:
            return leaf.known
        values = [None if (at := self._places.get(name)) is None else self._row[at] for name in columns]
        return ranges.between(*values) if leaf.is_number else values[0]

    def __iter__(self) -> Iterator[int]:
        return iter(self._leaves)

    def __len__(self) -> int:
        return len(self._leaves)


def _columns_of(worlds: Worlds, bounds: Bounds) -> dict[str, Any]:
    """Bounds as the columns of a row: as ``rows.changed`` has them, behind a ``#``."""
    found: dict[str, Any] = {}
    for name in OWN_SUMS:
        _put(found, f"#{name}_", getattr(bounds, name))
    by_sum: dict[str, list[Between]] = {}
    for part, change in zip(worlds.parts, bounds.parts, strict=True):
        in_a_year, name = change.times(TIMES_A_YEAR.get(part.every, 1)), f"policy:{part.code}:{part.sum}:"
        by_sum.setdefault(f"#{name}", []).append(in_a_year)
        by_sum.setdefault(f"#each:{part.code}:", []).append(in_a_year)
        name = f"#open:{part.code}"
        found[name] = found.get(name, False) or change.low_fen is None or change.low_fen != change.high_fen
    for name, changes in by_sum.items():
        _put(found, name, total(changes))
    return found


def _put(row: dict[str, Any], name: str, between: Between) -> None:
    row[f"{name}low"], row[f"{name}high"] = between.low_fen, between.high_fen


__all__ = ["NARROW", "RESTS", "THEIRS", "Narrowing"]
