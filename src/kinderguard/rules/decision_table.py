"""Decision tables: each way in which a condition can hold, read off its nodes.

The columns are the conditions that it is made of: plain ones, categories and named steps. A named step that is itself
made of several has a table of its own, so that each table stays short enough to be read.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import TypeAlias

import attrs

from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import BOOL
from kinderguard.rules.titles import Titles
from kinderguard.rules.wording import wording

#: Conditions and how each must turn out: one way in which the whole holds.
Way: TypeAlias = frozenset[tuple[n.Node, bool]]

#: A table with more ways than this is no help to a reader.
MOST_WAYS = 40


@attrs.frozen
class DecisionTable:
    """The ways in which a condition holds.

    Args:
        title: what holds.
        conditions: the columns.
        ways: the rows; for each condition whether it must hold (True), must not (False), or does not matter (None).
    """

    title: Text
    conditions: tuple[n.Node, ...]
    ways: tuple[tuple[bool | None, ...], ...]

    def headings(self, titles: Titles | None = None) -> tuple[Text, ...]:
        """The conditions in words."""
        return tuple(wording(c, titles) for c in self.conditions)


def decision_tables(title: Text, condition: n.Node) -> tuple[DecisionTable, ...]:
    """The table of a condition and those of the named steps in it, each once.

    A condition that is one plain question needs no table, and one with more than ``MOST_WAYS`` ways has none.
    """
    found: dict[n.Node, DecisionTable] = {}
    waiting: list[tuple[Text, n.Node]] = [(title, condition)]
    while waiting:
        named, node = waiting.pop(0)
        if node in found:
            continue
        found[node] = table = _table(named, node)
        waiting += [(c.title, c.arg) for c in table.conditions if isinstance(c, n.Named)]
    return tuple(t for t in found.values() if len(t.conditions) > 1 and t.ways)


def _table(title: Text, node: n.Node) -> DecisionTable:
    body = node.arg if isinstance(node, n.Named) else node
    asked = tuple(dict.fromkeys(_conditions(body)))
    try:
        ways = _ways(body, True)
    except _TooManyError:
        return DecisionTable(title, asked, ())
    conditions = tuple(c for c in asked if any((c, v) in way for way in ways for v in (True, False)))
    return DecisionTable(title, conditions, tuple(tuple(dict(way).get(c) for c in conditions) for way in ways))


class _TooManyError(Exception):
    """The ways are too many to be read."""


def _conditions(node: n.Node) -> Iterator[n.Node]:
    """The questions that a condition is made of, in reading order."""
    match node:
        case n.And(args=args) | n.Or(args=args):
            for arg in args:
                yield from _conditions(arg)
        case n.Not(arg=arg):
            yield from _conditions(arg)
        case n.When():
            for part in node.parts():
                yield from _conditions(part)
        case n.Const():
            return
        case _:
            yield node


def _ways(node: n.Node, wanted: bool) -> tuple[Way, ...]:
    """The shortest ways in which a condition turns out as wanted, where everything is known."""
    match node:
        case n.Const(value=value):
            return (frozenset(),) if value is wanted else ()
        case n.Not(arg=arg):
            return _ways(arg, not wanted)
        case n.And(args=args):
            return _all(args, wanted) if wanted else _any(args, wanted)
        case n.Or(args=args):
            return _any(args, wanted) if wanted else _all(args, wanted)
        case n.When(condition=condition, then=then, otherwise=otherwise) if node.kind == BOOL:
            chosen = (
                *_joined(_ways(condition, True), _ways(then, wanted)),
                *_joined(_ways(condition, False), _ways(otherwise, wanted)),
            )
            return _shortest(chosen)
        case _:
            return (frozenset({(node, wanted)}),)


def _any(args: tuple[n.Node, ...], wanted: bool) -> tuple[Way, ...]:
    return _shortest(way for arg in args for way in _ways(arg, wanted))


def _all(args: tuple[n.Node, ...], wanted: bool) -> tuple[Way, ...]:
    ways: tuple[Way, ...] = (frozenset(),)
    for arg in args:
        ways = _shortest(_joined(ways, _ways(arg, wanted)))
    return ways


def _joined(some: Iterable[Way], others: Iterable[Way]) -> Iterator[Way]:
    """Both at once; what would need a condition to hold and not to hold is no way."""
    for a, b in product(some, tuple(others)):
        if not any((condition, not value) in b for condition, value in a):
            yield a | b


def _shortest(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Without those that ask for more than another one does."""
    distinct = tuple(dict.fromkeys(ways))
    kept = tuple(w for w in distinct if not any(other < w for other in distinct))
    if len(kept) > MOST_WAYS:
        raise _TooManyError
    return kept
