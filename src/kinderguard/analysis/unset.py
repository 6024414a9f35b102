"""Numbers that a place has not set: which, where, and how many children have an open result that rests on one.

A county that has not set its dibao standard leaves every amount that counts by it open, whatever is known of a child. Called by
``coverage``, part by part. Knows the rules of each place; shows no child.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attrs
import polars as pl

from kinderguard.analysis.people import People
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range
from kinderguard.model.places import place_name
from kinderguard.model.text import Text, join
from kinderguard.packs.book import PolicyBook
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
            f"not set: ‘{self.title.en}’ ({self.code}) in {where.en}; bears on {self.children:,} children",
        )


class Unset:
    """Counts while parts come in.

    Args:
        books: the rules, of which any may lack a number.
        day: the day.
        people: the children.
    """

    def __init__(self, books: Sequence[PolicyBook], day: dt.date, people: People) -> None:
        self._titles: dict[str, Text] = {}
        self._names: dict[str, Text] = {}
        #: By parameter, by the rules that read it, the places that have not set it.
        self._places: dict[str, dict[frozenset[str], list[str | None]]] = {}
        self._children: Counter[str] = Counter()
        self._where: dict[str, dict[str | None, None]] = {}
        readers: dict[tuple[int, ...], Mapping[str, frozenset[str]]] = {}
        for place in people.divisions:
            lacking: dict[str, set[str]] = {}
            for book in books:
                bound = book.ready(people.division or place, day).basis.bound
                codes = _unset(bound)
                key = (id(bound.plan), *(hash(code) for code in codes))
                if key not in readers:
                    readers[key] = _readers(bound, codes)
                for code, rules in readers[key].items():
                    lacking.setdefault(code, set()).update(rules)
                if codes:
                    overlay = book.overlay(people.division or place)
                    titles = overlay.titles
                    self._names |= overlay.rules.places
                    self._titles |= {code: titles[code] for code in codes if code in titles}
            for code, read_by in lacking.items():
                self._places.setdefault(code, {}).setdefault(frozenset(read_by), []).append(place)

    def add(self, open_: pl.DataFrame, places: pl.Series) -> None:
        """Count some children.

        Args:
            open_: a column for each rule: whether its result is open.
            places: the division in charge of each child.
        """
        for code, groups in self._places.items():
            for rules, where in groups.items():
                names = [rule for rule in sorted(rules) if rule in open_.columns]
                if not names:
                    continue
                here = places.is_in(pl.Series(where, dtype=pl.String).implode(), nulls_equal=True)
                found = open_.select(pl.any_horizontal(names).alias("open")).to_series().fill_null(False) & here
                if found.any():
                    self._children[code] += int(found.sum())
                    self._where.setdefault(code, {}).update(
                        dict.fromkeys(places.filter(found).unique(maintain_order=True))
                    )

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
