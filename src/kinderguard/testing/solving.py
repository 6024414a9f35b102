"""Facts that bring a comparison to its line: exactly there, and one unit beyond.

One fact is turned like a knob while the engine says how far apart the two sides are, so ages, months, multiples, sums and
counts need no case of their own here. Where nothing can be turned, drawn values are tried.
"""

import datetime as dt
import random
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.household import Household
from kinderguard.model.record import Record
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import Boundary
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.ruleset import full_path
from kinderguard.testing.comparing import Distance, compared, size
from kinderguard.testing.fact_paths import record_in

Facts = dict[str, Any]
#: How many drawn values of the other facts are tried.
TRIES = 40
_FEN = 100_000_000
_MANY = 1_200


@attrs.frozen
class Knob:
    """A fact that can be turned: by its path, through lists too (their first record). ``counts`` turns a list's length."""

    path: str
    kind: Kind
    counts: bool = False

    def bounds(self, day: dt.date) -> tuple[int, int]:
        """The least and the greatest turn."""
        if self.counts:
            return 0, 12
        if self.kind.sort is Sort.MONEY:
            return 0, _FEN
        if self.kind.sort is Sort.DATE:
            return dt.date(1905, 1, 1).toordinal(), day.toordinal() + 40 * 366
        return 0, _MANY

    def set(self, facts: Mapping[str, Any], turn: int) -> Facts:
        """The facts with this one turned."""
        if self.counts:
            template = (facts.get(self.path) or [{}])[0]
            return {**facts, self.path: [template] * turn}
        return put(facts, self.path, written(turn, self.kind))


def written(value: int, kind: Kind) -> Any:
    """A whole number of fen, a day's ordinal or a number as a fact is written."""
    if kind.sort is Sort.MONEY:
        return f"{Decimal(value).scaleb(-2):.2f}"
    return dt.date.fromordinal(value).isoformat() if kind.sort is Sort.DATE else value


@cache
def split_at_lists(path: str) -> tuple[str, ...]:
    """``household.members.incomes.amount`` as ``household.members``, ``incomes``, ``amount``."""
    if path[:1].isdigit():
        return (path,)
    parts: list[list[str]] = [[]]
    at: type[Record] | None = Case
    for name in path.split("."):
        parts[-1].append(name)
        field = at.model_fields.get(name) if at else None
        at = record_in(field.annotation) if field else None
        if at is not None and field is not None and not isinstance(field.default, Record):
            parts.append([])
    return tuple(".".join(part) for part in parts if part)


def put(facts: Mapping[str, Any], path: str, value: Any) -> Facts:
    """Facts with one set; inside a list, in its first record, which is made where there is none."""
    first, *rest = split_at_lists(path)
    if not rest:
        return {**facts, path: value}
    records = list(facts.get(first) or [{}]) or [{}]
    records[0] = _put_in(records[0], rest, value)
    return {**facts, first: records}


def is_given(facts: Mapping[str, Any], path: str) -> bool:
    """Whether a fact is set; inside a list, in its first record."""
    first, *rest = split_at_lists(path)
    at: Any = facts.get(first)
    if not rest or at is None:
        return at is not None
    for part in rest:
        at = at[0] if isinstance(at, list) and at else {}
        for name in part.split("."):
            at = at.get(name) if isinstance(at, Mapping) else None
    return at is not None


def _put_in(record: Mapping[str, Any], parts: list[str], value: Any) -> Facts:
    name, *rest = parts
    if rest:
        inner = list(record.get(name) or [{}])
        return {**record, name: [_put_in(inner[0], rest, value), *inner[1:]]}
    first, _, tail = name.partition(".")
    return {**record, first: _put_in(record.get(first) or {}, [tail], value) if tail else value}


@attrs.frozen
class Line:
    """Facts just beside a line: where the comparison holds, where it does not, and which of them is on it."""

    holds: Facts
    fails: Facts
    knob: Knob | None
    #: For an equality, the facts on the other side of it.
    beyond: Facts | None = None
    #: How the knob stands where the comparison holds, and where it fails.
    turns: tuple[int, ...] = ()


@attrs.frozen(eq=False)
class Solver:
    """Looks for the line of one boundary at a place on a day."""

    boundary: Boundary
    book: PolicyBook
    day: dt.date
    division: str | None

    def line(self, base: Mapping[str, Any]) -> Line | None:
        """Facts beside the line, with ``base`` as it is elsewhere; None where none were found."""
        turned, others = self._knobs()
        for facts in self._completions(base, [*turned, *others]):
            for knob in turned:
                found = self._turned(knob, facts)
                if found is not None:
                    return found
        return self._drawn(base, [*turned, *others])

    def apart(self, facts: Mapping[str, Any]) -> Distance | None:
        """Left less right; None where a side is not known, or the facts make no case."""
        try:
            result = self.book.assess(Case.from_facts(facts), on=self.day, division=self.division)
        except InvalidRecordError:
            return None
        return next((c.apart for c in compared(result, self.boundary)), None)

    def _side(self, apart: Distance) -> bool:
        """Which side of the step in truth: for an equality, the step up to it."""
        return apart <= 0 if isinstance(self.boundary.comparison, n.AtMost) else apart < 0

    # ---- turning one fact

    def _turned(self, knob: Knob, facts: Facts) -> Line | None:
        """Bisect between two turns on different sides."""
        low, high = knob.bounds(self.day)
        near = self.day.toordinal() if knob.kind.sort is Sort.DATE and not knob.counts else 0
        turns = {low + (high - low) * k // 24 for k in range(25)} | {
            t for t in (near, near + 1, near + 2) if low <= t <= high
        }
        probes = [(t, a) for t in sorted(turns) if (a := self.apart(knob.set(facts, t))) is not None]
        step = next(((a, b) for a, b in pairwise(probes) if self._side(a[1]) is not self._side(b[1])), None)
        if step is None:
            return None
        (a, _), (b, _) = step
        found = self._bisected(knob, facts, a, b, self._side)
        if found is None:
            return None
        a, b = found
        if not isinstance(self.boundary.comparison, n.Equal):
            turn_of = {self._side(self._known(knob, facts, t)): t for t in (a, b)}
            holds, fails = turn_of[True], turn_of[False]
            return Line(knob.set(facts, holds), knob.set(facts, fails), knob, turns=(holds, fails))
        # An equality has an edge on either side: this one, and the one where it is passed.
        line, below = (b, a) if self._known(knob, facts, a) < 0 else (a, b)
        if self._known(knob, facts, line) != 0:
            return None
        above = next((t for t in self._onward(line, below, knob) if (self.apart(knob.set(facts, t)) or 0) > 0), None)
        beyond = None if above is None else knob.set(facts, above)
        return Line(knob.set(facts, line), knob.set(facts, below), knob, beyond, (line, below))

    def _onward(self, line: int, below: int, knob: Knob) -> Iterator[int]:
        """Turns away from ``below``: by one, then further, as an age takes a year to pass."""
        low, high = knob.bounds(self.day)
        for far in (1, 28, 30, 31, 365, 366, 367):
            turn = line + far if line > below else line - far
            if low <= turn <= high:
                yield turn

    def _bisected(
        self, knob: Knob, facts: Facts, a: int, b: int, side: Callable[[Distance], bool]
    ) -> tuple[int, int] | None:
        """Two turns beside one another on different sides."""
        start = side(self._known(knob, facts, a))
        while b - a > 1:
            middle = (a + b) // 2
            apart = self.apart(knob.set(facts, middle))
            if apart is None:
                return None
            if side(apart) is start:
                a = middle
            else:
                b = middle
        return a, b

    def _known(self, knob: Knob, facts: Facts, turn: int) -> Distance:
        apart = self.apart(knob.set(facts, turn))
        assert apart is not None
        return apart

    # ---- which facts

    def _knobs(self) -> tuple[list[Knob], list[Knob]]:
        """The facts that the comparison reads: those that can be turned, and the others."""
        turned: dict[Knob, None] = {}
        others: dict[Knob, None] = {}
        around = {e: path for path in self.boundary.within for e in _each_of(self.boundary.comparison, path)}
        waiting: list[tuple[n.Node, dict[n.Each, str]]] = [(self.boundary.comparison, around)]
        while waiting:
            node, records = waiting.pop(0)
            if isinstance(node, n.Fact):
                knob = Knob(full_path(node, records), node.kind)
                (turned if node.kind.is_ordered else others)[knob] = None
            elif isinstance(node, n.Aggregate):
                source = full_path(node.source, records)
                if node.how is n.How.COUNT:
                    turned[Knob(source, node.kind, counts=True)] = None
                waiting += [(node.body, records | {node.each: source}), (node.where, records | {node.each: source})]
            elif not isinstance(node, n.Each | n.Collection):
                waiting += [(part, records) for part in node.parts()]
        return list(turned), list(others)

    @property
    def paths(self) -> tuple[str, ...]:
        """The facts that the comparison itself reads."""
        turned, others = self._knobs()
        return tuple(knob.path for knob in (*turned, *others))

    def _completions(self, base: Mapping[str, Any], knobs: list[Knob]) -> Iterator[Facts]:
        """The base as it is, then with values for what the comparison reads beside the knob, drawn from a fixed seed."""
        yield dict(base)
        plain = [k for k in knobs if not k.counts]
        chance = random.Random(self.boundary.id)
        for _ in range(TRIES if plain else 0):
            yield self._filled(base, plain, chance)

    def _filled(self, base: Mapping[str, Any], knobs: list[Knob], chance: random.Random) -> Facts:
        facts = dict(base)
        for knob in knobs:
            value = chance.choice(values_to_try(knob.path, knob.kind, self.day))
            if not is_given(base, knob.path):
                facts = put(facts, knob.path, value)
        return facts

    def _drawn(self, base: Mapping[str, Any], knobs: list[Knob]) -> Line | None:
        """Nothing can be turned (a count of parents): draw until both sides of the line have come up."""
        chance = random.Random(self.boundary.id)
        sides: dict[bool, tuple[Distance, Facts]] = {}
        for _ in range(TRIES * 5):
            facts = self._filled(base, [k for k in knobs if not k.counts], chance)
            apart = self.apart(facts)
            if apart is None or size(apart) > 1:
                continue
            holds = apart == 0 if isinstance(self.boundary.comparison, n.Equal) else self._side(apart)
            if holds not in sides or size(apart) < size(sides[holds][0]):
                sides[holds] = apart, facts
        on_line = [apart for apart, _ in sides.values() if size(apart) < 1]
        return Line(sides[True][1], sides[False][1], None) if len(sides) == 2 and on_line else None


def _each_of(comparison: n.Node, path: str) -> Iterator[n.Each]:
    """The variables of a comparison that go through the list at a path."""
    for node in n.walk(comparison):
        if isinstance(node, n.Each) and (path == node.collection or path.endswith(f".{node.collection}")):
            yield node


def values_to_try(path: str, kind: Kind | None, day: dt.date) -> list[Any]:
    """A few values of a fact, as facts are written: every code, both answers, dates and amounts of several sizes."""
    sort = kind.sort if kind else None
    codes = [c.value for c in (kind.codes or ())] if kind else []
    back = [(day - dt.timedelta(days=d)).isoformat() for d in (1, 200, 400, 3_000, 6_000, 14_000)]
    ahead = [(day + dt.timedelta(days=300)).isoformat()] if path.endswith(("until", "valid_until")) else []
    by_sort: dict[Sort | None, list[Any]] = {
        Sort.BOOL: [True, False], Sort.NUMBER: [1, 2, 3, 6, 12], Sort.MONEY: ["0.00", "300.00", "1500.00", "100000.00"],
        Sort.DATE: back + ahead, Sort.CODE: codes, Sort.CODES: [[], *([c] for c in codes)], None: [[], *_records_to_try(path, day)],
    }  # fmt: skip
    return by_sort[sort] or [None]


def _records_to_try(path: str, day: dt.date) -> Iterator[list[Facts]]:
    """Lists of one record, one for each code that it can have, with dates and flags that make it hold on the day."""
    model: type[Record] | None = Case
    for name in path.split("."):
        field = model.model_fields.get(name) if model else None
        model = record_in(field.annotation) if field else None
    if model is None or issubclass(model, Household):
        return
    from kinderguard.rules.facts import field_kind

    kinds = {name: field_kind(model, name) for name in model.model_fields}
    since = (day - dt.timedelta(days=800)).isoformat()
    fixed: dict[str, Any] = {"since": since, "on": since, "ongoing": True, "term_months": 24, "seen_on": since}
    shared = {name: value for name, value in fixed.items() if name in model.model_fields}
    coded = next(((name, kind) for name, kind in kinds.items() if kind and kind.codes), None)
    for code in coded[1].codes if coded and coded[1].codes else ():
        name = coded[0] if coded else ""
        yield [{**shared, name: [code.value] if typing.cast(Kind, kinds[name]).sort is Sort.CODES else code.value}]
