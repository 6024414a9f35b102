"""The days on which the result of one case can change while its facts stay: exact, for the rules of any pack.

Used by ``forecast`` and ``due``. No list of ages or of six-month limits stands here: the rules themselves say when they
turn. Most conditions can turn only one way as time goes on (an age grows, a certificate runs out), so where such a
condition is the same on two days it is the same on every day between them. Stretches in which every condition is the
same are found by halving. It never asks anybody and never writes.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from kinderguard.engines.assessment import Assessment, Basis
from kinderguard.engines.blame import inner_values
from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.plan import Plan, Step
from kinderguard.model.case import Case
from kinderguard.model.dates import as_day
from kinderguard.model.places import prefixes
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import Category, Check, Policy

ONE_DAY = dt.timedelta(days=1)

#: How a step moves as the day goes on: not at all, only upwards (no, open, yes; or a number that grows), only
#: downwards, or some other way.
_STILL, _UP, _DOWN, _ANY = 0, 1, -1, 2


@attrs.frozen
class Stretch:
    """Days, both included, on each of which a case comes to the same.

    Attributes:
        start, end: the first and the last day.
        result: the result on the first day.
        ending: that on the last: it comes to the same, though conditions that matter to nothing may have turned.
    """

    start: dt.date
    end: dt.date
    result: Assessment = attrs.field(eq=False, repr=False)
    ending: Assessment = attrs.field(eq=False, repr=False)


class Calendar:
    """The results of cases on the days of a period, by one book; what does not depend on the case is kept.

    Args:
        book: the rules; its dated rules and values are taken as they stand on each day.
        start, until: the first and the last day, both included.

    Raises:
        ValueError: the period ends before it begins.

    >>> import datetime as dt, kinderguard
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2010-02-03", "child.illness.hiv": True})
    >>> days = Calendar(kinderguard.load(), dt.date(2027, 12, 1), dt.date(2028, 12, 1))
    >>> [stretch.start.isoformat() for stretch in days.stretches(case) if stretch.result.on == stretch.start]
    ['2027-12-01', '2028-02-03']
    """

    def __init__(self, book: PolicyBook, start: dt.date, until: dt.date) -> None:
        start, until = as_day(start, "start"), as_day(until, "until")
        if until < start:
            raise ValueError(f"The period ends ({until}) before it begins ({start}).")
        self.book, self.start, self.until = book, start, until
        self._firsts: dict[str | None, tuple[dt.date, ...]] = {}
        self._bases: dict[tuple[str | None, dt.date], Basis] = {}

    def at(self, case: Case, day: dt.date) -> Assessment:
        """The result of a case on a day of the period. Observers of packs are not told: it is only a question."""
        place = self._place(case)
        return self._asked(case, place, max(first for first in self._starts(case, place) if first <= day))(day)

    def stretches(self, case: Case) -> Iterator[Stretch]:
        """The period in stretches of one result each, in order; two that follow each other differ."""
        last: Stretch | None = None
        for piece in self._pieces(case):
            if last is not None and outcomes(last.result) == outcomes(piece.result):
                last = attrs.evolve(last, end=piece.end, ending=piece.ending)
                continue
            if last is not None:
                yield last
            last = piece
        assert last is not None
        yield last

    def _pieces(self, case: Case) -> Iterator[Stretch]:
        place = self._place(case)
        starts = self._starts(case, place)
        for number, first in enumerate(starts):
            end = starts[number + 1] - ONE_DAY if number + 1 < len(starts) else self.until
            on = self._asked(case, place, first)
            begins = on(first)
            yield from _halved(on, _turns(begins.basis.bound.plan), begins, on(end))

    # ---- days with the same rules and values -----------------------------------------------------------------

    def _place(self, case: Case) -> str | None:
        return self.book.division or case.division

    def _starts(self, case: Case, place: str | None) -> tuple[dt.date, ...]:
        """The first days of the spans in which the same rules and facts count: before the birth none of the facts do."""
        starts, born = self._segments(place), case.child.birth_date
        if born is None or not self.start < born.earliest <= self.until:
            return starts
        return tuple(sorted({*starts, born.earliest}))

    def _segments(self, place: str | None) -> tuple[dt.date, ...]:
        """The first days of the spans in which the same rules and values are in force at a place."""
        found = self._firsts.get(place)
        if found is None:
            rules = self.book.overlay(place).rules
            chain = ("", *prefixes(place)) if place else ("",)
            dated: list[Category | Policy | Check] = [
                *rules.categories.values(), *rules.policies.values(), *rules.checks.values()
            ]  # fmt: skip
            periods = [rule.effective for rule in dated]
            periods += [v.period for p in rules.parameters.values() for v in p.values if v.place in chain]
            days = {p.start for p in periods if p.start} | {p.end + ONE_DAY for p in periods if p.end}
            later = sorted(day for day in days if self.start < day <= self.until)
            found = self._firsts[place] = (self.start, *later)
        return found

    def _asked(self, case: Case, place: str | None, first: dt.date) -> Callable[[dt.date], Assessment]:
        """What gives the result on a day of the span that begins on ``first``; providers are asked once for all days."""
        ready = self.book.ready(place, first)
        provided, problems = ready.provide(case)
        return lambda day: Assessment(case, self._basis(place, ready.basis, day), provided, problems)

    def _basis(self, place: str | None, first: Basis, day: dt.date) -> Basis:
        """The rules and values of a span, bound to one of its days."""
        found = self._bases.get((place, day))
        if found is None:
            bound = first.bound
            values = {s.node.code: bound.head[s.index] for s in bound.plan.static if isinstance(s.node, n.Param)}
            found = attrs.evolve(first, bound=bound.compiled.bind(day, values))
            self._bases[place, day] = found
        return found


def _halved(
    on: Callable[[dt.date], Assessment], turns: "_Turns", first: Assessment, last: Assessment
) -> Iterator[Stretch]:
    if first.on == last.on or turns.steady(first.trace, last.trace):
        yield Stretch(first.on, last.on, first, last)
        return
    middle = first.on + (last.on - first.on) // 2
    yield from _halved(on, turns, first, on(middle))
    yield from _halved(on, turns, on(middle + ONE_DAY), last)


def outcomes(result: Assessment) -> tuple[Any, ...]:
    """What every category and policy comes to: two results with equal outcomes say the same."""
    plan, trace = result.basis.bound.plan, result.trace
    categories = tuple((code, trace[step.index]) for code, step in sorted(plan.categories.items()))
    policies = tuple((code, trace[p.eligible.index], trace[p.final.index]) for code, p in sorted(plan.policies.items()))
    return categories + policies


_KNOWN_TURNS: "WeakKeyDictionary[Plan, _Turns]" = WeakKeyDictionary()


def _turns(plan: Plan) -> "_Turns":
    found = _KNOWN_TURNS.get(plan)
    if found is None:
        found = _KNOWN_TURNS[plan] = _Turns(plan)
    return found


class _Turns:
    """How each step of a plan moves as the day goes on."""

    def __init__(self, plan: Plan) -> None:
        self._way: dict[int, int] = {}
        for step in plan.steps:
            self._learn(step)
        roots = {s.index: s for s in plan.roots() if self._way[id(s)] != _STILL}
        self._roots = tuple(roots.values())
        self._algebra = ReferenceAlgebra()

    def steady(self, first: list[Any], last: list[Any]) -> bool:
        """Whether every result is the same on all days from that of the first trace to that of the last."""
        memo: dict[int, bool] = {}
        return all(self._same(step, first, last, memo) for step in self._roots)

    # ---- which way a step can go -----------------------------------------------------------------------------

    def _learn(self, step: Step) -> None:
        if step.element is not None:
            self._way[id(step.element)] = _STILL
        for inner in step.inner:
            self._learn(inner)
        self._way[id(step)] = self._way_of(step)

    def _way_of(self, step: Step) -> int:
        node = step.node
        if isinstance(node, n.Day):
            return _UP
        ways = [self._way[id(i)] for i in step.inputs]
        if isinstance(node, n.Aggregate):
            return self._aggregate(node, step)
        if all(way == _STILL for way in ways):
            return _STILL
        match node:
            case n.And() | n.Or() | n.Add() | n.Least() | n.Greatest() | n.Round() | n.Later():
                return _joined(*ways)
            case n.Not():
                return _turned(ways[0])
            case n.Less() | n.AtMost() | n.Years() | n.Months() | n.Days():
                # Each grows with its right side and falls as its left side grows.
                return _joined(_turned(ways[0]), ways[1])
            case n.Subtract():
                return _joined(ways[0], _turned(ways[1]))
            case n.When() if ways[0] == _STILL:
                return _joined(ways[1], ways[2])
            case _:
                return _ANY

    def _aggregate(self, node: n.Aggregate, step: Step) -> int:
        assert step.where is not None
        assert step.body is not None
        source, where, body = (self._way[id(s)] for s in (step.inputs[0], step.where, step.body))
        if source != _STILL:
            return _ANY
        match node.how:
            case n.How.ANY | n.How.COUNT:
                return _joined(where, body)
            case n.How.ALL:
                return _joined(_turned(where), body)
            case _:
                return body if where == _STILL else _ANY

    # ---- whether it went -------------------------------------------------------------------------------------

    def _same(self, step: Step, first: list[Any], last: list[Any], memo: dict[int, bool]) -> bool:
        way = self._way[id(step)]
        if way == _STILL:
            return True
        if way != _ANY:
            return bool(first[step.index] == last[step.index])
        found = memo.get(id(step))
        if found is None:
            found = memo[id(step)] = self._same_parts(step, first, last, memo)
        return found

    def _same_parts(self, step: Step, first: list[Any], last: list[Any], memo: dict[int, bool]) -> bool:
        node = step.node
        if isinstance(node, n.Aggregate):
            return self._same_records(step, first, last)
        if isinstance(node, n.And | n.Or):
            settling = isinstance(node, n.Or)  # one "yes" settles an or, one "no" an and
            if any(first[i.index] is settling and self._same(i, first, last, memo) for i in step.inputs):
                return True
        if isinstance(node, n.When) and self._same(step.inputs[0], first, last, memo):
            condition, then, otherwise = step.inputs
            taken = {True: (then,), False: (otherwise,)}.get(first[condition.index], (then, otherwise))
            return all(self._same(i, first, last, memo) for i in taken)
        return all(self._same(i, first, last, memo) for i in step.inputs)

    def _same_records(self, step: Step, first: list[Any], last: list[Any]) -> bool:
        assert step.where is not None
        assert step.body is not None
        if not self._same(step.inputs[0], first, last, {}):
            return False
        inner = zip(inner_values(self._algebra, step, first), inner_values(self._algebra, step, last), strict=True)
        for before, after in inner:
            memo: dict[int, bool] = {}  # what is known of one record says nothing of the next
            if not all(self._same(s, before, after, memo) for s in (step.where, step.body)):
                return False
        return True


def _turned(way: int) -> int:
    return {_UP: _DOWN, _DOWN: _UP}.get(way, way)


def _joined(*ways: int) -> int:
    """How something moves that moves with each of several."""
    moving = {way for way in ways if way != _STILL}
    return moving.pop() if len(moving) == 1 else _ANY if moving else _STILL
