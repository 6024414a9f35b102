"""The days on which the proofs are asked about a pack: the usual one, and those on which its own rules read otherwise.

A rule that has ended is asked about on its last day, and a place without a rule from the day on which it has. Where a rule
compares the day of the assessment itself, so that it is paid in one month only, the year before and the year after are
gone through day by day, and the first day of each stretch is asked about on which it reads as on no other. Other numbers
can only bring somebody below the floor, so that nothing else is asked about them. Days on which the pack's rules read alike
are asked about once; a pack whose rules and values all hold on the usual day is asked about on that alone.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.engines.plan import Plan, Step
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort
from kinderguard.rules.ruleset import parameters_read

if TYPE_CHECKING:
    from kinderguard.testing.conformance.subject import Subject

#: A floor takes seconds a day: so many days are asked about, those nearest to the usual one.
MOST_DAYS = 8
#: How far before and after the usual day it is looked for days on which a rule reads the day otherwise, or on which a value
#: held that has ended.
HORIZON = dt.timedelta(days=365)
_ONE = dt.timedelta(days=1)
_COMPARISONS = (n.Less, n.AtMost, n.Equal)


@attrs.frozen
class Days:
    """The days that are asked about.

    Attributes:
        asked: the days, the usual one first.
        more: further days on which the rules read otherwise, the nearest first. They are asked about only where that costs
            little.
        of_values: days on which no more than other values hold: only the floor is asked about.
        more_of_values: further ones that are not asked about.
    """

    asked: tuple[dt.date, ...]
    more: tuple[dt.date, ...] = ()
    of_values: tuple[dt.date, ...] = ()
    more_of_values: tuple[dt.date, ...] = ()


@attrs.frozen
class _Reading:
    """How the pack's own rules read on a day: which hold, which values, and what they make of the day itself."""

    rules: frozenset[str]
    values: frozenset[tuple[str, int]]
    conditions: frozenset[tuple[Any, Any]]


def days_of(subject: "Subject") -> Days:
    """The day that checks take, and the days on which the pack's own rules read otherwise."""
    usual = subject.day
    if subject.overlay is None:
        return Days((usual,))
    calendar = _Calendar(subject)
    found = {usual: calendar.reading(usual)}
    of_values: list[dt.date] = []
    for days, new in ((calendar.of_rules(), _rules_are_new), (calendar.of_values(), _values_are_new)):
        for day in sorted(days, key=lambda d: (abs(d - usual), d)):
            reading = calendar.reading(day)
            if (reading.rules or not subject.rules) and new(reading, list(found.values()), day > usual):
                found[day] = reading
                if new is _values_are_new:
                    of_values.append(day)
    _, *of_rules = (day for day in found if day not in of_values)
    asked = (usual, *sorted(of_rules[: MOST_DAYS - 1]))
    left = MOST_DAYS - len(asked)
    return Days(asked, tuple(of_rules[MOST_DAYS - 1 :]), tuple(of_values[:left]), tuple(of_values[left:]))


def _rules_are_new(reading: _Reading, known: list[_Reading], ahead: bool) -> bool:
    """Whether nobody asked yet: ahead, of rules that hold without others which have ended; of what was, only of a rule that
    has ended, or where the day itself counts: before a rule began it took nothing away.
    """
    if all(not reading.conditions <= other.conditions for other in known):
        return True
    if ahead:
        return all(reading.rules != other.rules for other in known)
    return not reading.rules <= frozenset().union(*(other.rules for other in known))


def _values_are_new(reading: _Reading, known: list[_Reading], ahead: bool) -> bool:
    """Whether values hold that nobody asked of yet, or ahead some hold without others which have ended."""
    if ahead:
        return all(reading.values != other.values for other in known)
    return not reading.values <= frozenset().union(*(other.values for other in known))


class _Calendar:
    """What the pack's own rules make of each day."""

    def __init__(self, subject: "Subject") -> None:
        assert subject.overlay is not None
        self.subject, self.overlay = subject, subject.overlay
        # The nation's own numbers are held against nobody's.
        self._values = [
            ((parameter.code, i), value.period)
            for parameter in (() if subject.place is None else subject.parameters)
            for i, value in enumerate(parameter.values)
        ]
        self._own = frozenset(self._reading_the_day())
        self._steps: dict[Plan, list[tuple[Any, tuple[Step, ...]]]] = {}

    def of_rules(self) -> Iterator[dt.date]:
        """Days on which other rules may hold, or read the day otherwise."""
        for rule in self.subject.rules:
            yield from self._ended(rule.effective.end)
        if self._own:
            yield from self._stretches()

    def of_values(self) -> Iterator[dt.date]:
        """Days on which other values hold."""
        for _, period in self._values:
            if period.end is not None and period.end >= self.subject.day - HORIZON:
                yield from self._ended(period.end)

    def _ended(self, end: dt.date | None) -> Iterator[dt.date]:
        """Of what has an end: its last day where that is over, else the day after."""
        if end is not None and end < dt.date.max:
            yield end if end < self.subject.day else end + _ONE

    def reading(self, day: dt.date) -> _Reading:
        """How the pack's own rules read on a day."""
        return _Reading(
            frozenset(rule.code for rule in self.subject.rules if day in rule.effective),
            frozenset(value for value, period in self._values if day in period),
            frozenset(self._conditions(day)),
        )

    def _stretches(self) -> Iterator[dt.date]:
        """The first day of each stretch on which all that reads the day reads alike."""
        usual = self.subject.day
        named = {d for node in self._own for constant in _dates(node) for d in (constant, constant + _ONE)}
        window = {usual - HORIZON + i * _ONE for i in range(2 * HORIZON.days + 1)}
        before = None
        for day in sorted(window | named):
            now = frozenset(self._conditions(day))
            if now != before:
                yield day
            before = now

    def _reading_the_day(self) -> Iterator[n.Node]:
        """The conditions that read the day in the pack's own rules, and in those that read a parameter which it sets."""
        own = {rule.code for rule in self.subject.rules}
        given = {parameter.code for parameter in self.subject.parameters}
        for code, expr in self.overlay.rules.expressions():
            if code in own or given & set(parameters_read(expr)):
                reading: set[n.Node] = set()
                for node in n.walk(expr.node):
                    if isinstance(node, n.Day) or any(part in reading for part in node.parts()):
                        reading.add(node)
                        if node.kind.sort is Sort.BOOL:
                            yield node

    def _conditions(self, day: dt.date) -> Iterator[tuple[Any, Any]]:
        """What the conditions that need no child come to on a day."""
        if not self._own:
            return
        in_force = self.overlay.in_force(day)
        steps = self._steps.get(in_force.plan)
        if steps is None:
            steps = self._steps[in_force.plan] = list(_turning(in_force.plan, self._own))
        if steps:
            place = self.subject.place
            bound = in_force.compiled.bind(day, in_force.engine_values(in_force.values(place, day)))
            for key, parts in steps:
                yield key, _together(key[0], [bound.head[part.index] for part in parts])


def _dates(node: n.Node) -> Iterator[dt.date]:
    """The dates with which a comparison holds the day itself."""
    if isinstance(node, _COMPARISONS):
        parts = [_bare(part) for part in node.parts()]
        if any(isinstance(part, n.Day) for part in parts):
            held = (part.value for part in parts if isinstance(part, n.Const))
            yield from (day for day in held if isinstance(day, dt.date) and day < dt.date.max)


def _bare(node: n.Node) -> n.Node:
    return _bare(node.arg) if isinstance(node, n.Named) else node


def _turning(plan: Plan, own: frozenset[n.Node]) -> Iterator[tuple[Any, tuple[Step, ...]]]:
    """The conditions of a plan that need no child and rest on the pack's own about the day, where other steps read them:
    those that one step reads as all or any of them go together.
    """
    found: dict[Step, bool] = {}

    def turns(step: Step) -> bool:
        if step not in found:
            found[step] = step.static and (step.node in own or any(turns(part) for part in step.inputs))
        return found[step]

    def condition(step: Step) -> bool:
        return step.node.kind.sort is Sort.BOOL and turns(step)

    for step in plan.roots():
        if condition(step):
            yield (None, step.node), (step,)
    for step in _every(plan.steps):
        if not condition(step):
            read = [s for s in (*step.inputs, step.where, step.body) if s is not None and condition(s)]
            kind = type(step.node) if isinstance(step.node, n.And | n.Or) else None
            groups = [tuple(read)] if kind else [(part,) for part in read]
            yield from (((kind, *(part.node for part in group)), group) for group in groups if group)


def _every(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _every(step.inner)


def _together(kind: type[n.Node] | None, values: list[Any]) -> Any:
    """What all (or any) of some conditions come to."""
    if kind is None:
        return values[0]
    decided = kind is n.Or
    return decided if decided in values else None if None in values else not decided
