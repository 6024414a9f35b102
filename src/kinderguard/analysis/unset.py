"""Numbers that a place has not set: which, where, and how many children have an open result that rests on one.

A county that has not set its dibao standard leaves every amount that counts by it open, whatever is known of a child. From the
rules alone comes what can bear on a result; of a child only that is named on which its own open result rests as it was
computed: not what a condition that fails leaves aside. Called by ``coverage``, part by part. Shows no child.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

import attrs
import polars as pl

from kinderguard.analysis.people import People, Piece, job_of, so_many
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range
from kinderguard.model.places import place_name
from kinderguard.model.text import Text, join
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.frames.job import FrameJob
from kinderguard.rules import nodes as n

#: So many places are named in words; the others are counted.
NAMED = 5


@attrs.frozen
class UnsetValue:
    """A number that is not set at some places.

    Args:
        code, title: of the parameter.
        places: the divisions without a value of it, of those in which the children are; None among them is a division that
            is not known.
        children: for how many children there a result, or what a reform changes, is open and rests on it.
    """

    code: str
    title: Text
    places: tuple[str | None, ...]
    children: int
    #: What packs call their places, by code.
    names: Mapping[str, Text] = attrs.field(factory=dict, eq=False, repr=False)

    @property
    def said(self) -> Text:
        """In words: what, where, and for how many."""
        names = self.names
        named = [Text("地区不详", "places unknown") if p is None else place_name(p, names) for p in self.places[:NAMED]]
        where, more = join(named, "、", "; "), len(self.places) - len(named)
        if more:
            where += Text(f"等 {len(self.places):,} 地", f" and {more:,} more")
        return Text(
            f"未设定“{self.title.zh}”（{self.code}）：{where.zh}；关系到儿童 {self.children:,} 人",
            f"not set: ‘{self.title.en}’ ({self.code}) in {where.en}; bears on {so_many(self.children)}",
        )


class Unset:
    """Counts while parts come in.

    Args:
        book: the rules, which may lack a number.
        day: the day.
        people: the children.
    """

    def __init__(self, book: PolicyBook, day: dt.date, people: People) -> None:
        self._book, self._day, self._people = book, day, people
        self._jobs: dict[int, FrameJob] = {}
        self._titles: dict[str, Text] = {}
        self._names: dict[str, Text] = {}
        #: By parameter, by the rules that read it, the places that have not set it.
        self._places: dict[str, dict[frozenset[str], list[str | None]]] = {}
        self._children: Counter[str] = Counter()
        self._where: dict[str, dict[str | None, None]] = {}
        readers: dict[tuple[int, ...], Mapping[str, frozenset[str]]] = {}
        for place in people.divisions:
            bound = book.ready(people.division or place, day).basis.bound
            codes = _unset(bound)
            key = (id(bound.plan), *(hash(code) for code in codes))
            if key not in readers:
                readers[key] = _readers(bound, codes)
            if codes:
                overlay = book.overlay(people.division or place)
                titles = overlay.titles
                self._names |= overlay.rules.places
                self._titles |= {code: titles[code] for code in codes if code in titles}
            for code, read_by in readers[key].items():
                self._places.setdefault(code, {}).setdefault(read_by, []).append(place)

    def add(self, open_: pl.DataFrame, piece: Piece, places: pl.Series) -> None:
        """Count some children.

        Args:
            open_: a column for each rule: whether its result is open.
            piece: the children.
            places: the places of the set of jobs that they belong to.
        """
        bearing = self._bearing(open_, piece.places)
        if not bearing:
            return
        some = pl.DataFrame([mask.alias(code) for code, mask in bearing.items()]).select(pl.any_horizontal(pl.all()))
        rests = self._rests(piece, some.to_series().arg_true(), places)
        for code, mask in bearing.items():
            at = rests.filter(pl.col("parameter") == code)["at"]
            where = piece.places.gather(at.filter(mask.gather(at)))
            if len(where):
                self._children[code] += len(where)
                self._where.setdefault(code, {}).update(dict.fromkeys(where.unique(maintain_order=True)))

    def _bearing(self, open_: pl.DataFrame, places: pl.Series) -> dict[str, pl.Series]:
        """By parameter, whether a rule that reads it is open for each child, at a place that has not set it."""
        bearing: dict[str, pl.Series] = {}
        for code, groups in self._places.items():
            for rules, where in groups.items():
                names = [rule for rule in sorted(rules) if rule in open_.columns]
                if not names:
                    continue
                here = places.is_in(pl.Series(where, dtype=pl.String).implode(), nulls_equal=True)
                found = open_.select(pl.any_horizontal(names).alias("open")).to_series().fill_null(False) & here
                if found.any():
                    bearing[code] = bearing[code] | found if code in bearing else found
        return bearing

    def _rests(self, piece: Piece, at: pl.Series, places: pl.Series) -> pl.DataFrame:
        """The parameters on which the open results of some children rest, by the number of the row."""
        named = self._job(piece.jobs, places).assess(piece.rows[at], piece.tables)["reasons"].cast(pl.List(pl.String))
        found = pl.DataFrame([at.alias("at"), named.alias("parameter")]).explode("parameter").drop_nulls()
        return found.with_columns(pl.col("parameter").str.split(":").list.last()).unique(maintain_order=True)

    def _job(self, number: int, places: pl.Series) -> FrameJob:
        found = self._jobs.get(number)
        if found is None:
            rules = frozenset(rule for groups in self._places.values() for read_by in groups for rule in read_by)
            people = self._people
            make = job_of(self._book, self._day, people, reasons="unset", of=rules)
            found = self._jobs[number] = make(places)
        return found

    def found(self) -> tuple[UnsetValue, ...]:
        """The numbers that leave a result open, those of most children first."""
        values = (
            UnsetValue(code, self._titles.get(code, Text(code, code)), tuple(sorted(self._where[code], key=lambda p: p or "~")), count, self._names)
            for code, count in self._children.items()
        )  # fmt: skip
        return tuple(sorted(values, key=lambda value: (-value.children, value.code)))


def _unset(bound: Bound) -> tuple[str, ...]:
    return tuple(sorted({
        step.node.code for step in bound.plan.static
        if isinstance(step.node, n.Param) and ((value := bound.head[step.index]) is None or isinstance(value, Range))
    }))  # fmt: skip


def _readers(bound: Bound, codes: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """By parameter, the categories and policies that rest on it."""
    plan, wanted = bound.plan, set(codes)
    roots: dict[str, list[Step]] = {code: [step] for code, step in plan.categories.items()}
    roots |= {code: [p.eligible, p.final] for code, p in plan.policies.items()}
    found: dict[str, set[str]] = {}
    for rule, steps in roots.items():
        for code in _read(steps) & wanted:
            found.setdefault(code, set()).add(rule)
    return {code: frozenset(rules) for code, rules in found.items()}


def _read(steps: Iterable[Step]) -> set[str]:
    return {step.node.code for step in steps_under(steps) if isinstance(step.node, n.Param)}


def steps_under(steps: Iterable[Step]) -> set[Step]:
    """Steps and all that they rest on."""
    left, seen = list(steps), set[Step]()
    while left:
        step = left.pop()
        if step not in seen:
            seen.add(step)
            left += [s for s in (*step.inputs, step.where, step.body) if s is not None]
    return seen


__all__ = ["Unset", "UnsetValue", "steps_under"]
