"""The nodes of an expression: small frozen values with a kind, compared by structure.

What a node *means* stands with each engine (``engines/``); how it is *written* stands in ``expression.py``.
A new operation is a class here and a method in each engine's algebra.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from kinderguard.model.text import Text
from kinderguard.rules.kinds import BOOL, DATE, DAYS, MONTHS, YEARS, Kind

Value: TypeAlias = bool | int | Fraction | dt.date | str | None


class Rounding(StrEnum):
    """How an amount that falls between two steps is rounded."""

    HALF_UP = "half_up"  # 四舍五入: half away from zero
    UP = "up"  # away from zero
    DOWN = "down"  # towards zero


@attrs.frozen(cache_hash=True)
class Node:
    """The base of all nodes."""

    kind: Kind

    def parts(self) -> tuple["Node", ...]:
        """The nodes that this one is made of, in reading order."""
        return ()


@attrs.frozen(cache_hash=True)
class Const(Node):
    """A constant; ``None`` is the constant *unknown*. Money is fen."""

    value: Value


@attrs.frozen(cache_hash=True)
class Day(Node):
    """The day of the assessment."""

    kind: Kind = DATE


@attrs.frozen(cache_hash=True)
class Each(Node):
    """One record of a collection, inside an aggregate. ``level`` is 0 innermost and grows outwards."""

    collection: str
    level: int
    kind: Kind = BOOL


@attrs.frozen(cache_hash=True)
class Fact(Node):
    """A fact by its path: from the case (``of`` is None) or from one record."""

    path: str
    of: Each | None = None

    def parts(self) -> tuple[Node, ...]:
        """The record it is read from."""
        return (self.of,) if self.of else ()


@attrs.frozen(cache_hash=True)
class Param(Node):
    """A dated, placed parameter by its code."""

    code: str


@attrs.frozen(cache_hash=True)
class InCategory(Node):
    """Whether the child is in a category."""

    code: str
    kind: Kind = BOOL


@attrs.frozen(cache_hash=True)
class And(Node):
    """All of the conditions (strong Kleene)."""

    args: tuple[Node, ...]
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The conditions."""
        return self.args


@attrs.frozen(cache_hash=True)
class Or(Node):
    """Any of the conditions (strong Kleene)."""

    args: tuple[Node, ...]
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The conditions."""
        return self.args


@attrs.frozen(cache_hash=True)
class Not(Node):
    """The contrary; unknown stays unknown."""

    arg: Node
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The condition."""
        return (self.arg,)


@attrs.frozen(cache_hash=True)
class _Pair(Node):
    left: Node
    right: Node

    def parts(self) -> tuple[Node, ...]:
        """Left and right."""
        return (self.left, self.right)


@attrs.frozen(cache_hash=True)
class Less(_Pair):
    """left < right."""


@attrs.frozen(cache_hash=True)
class AtMost(_Pair):
    """left <= right."""


@attrs.frozen(cache_hash=True)
class Equal(_Pair):
    """left == right."""


@attrs.frozen(cache_hash=True)
class IsIn(Node):
    """Whether a code is one of ``codes``."""

    arg: Node
    codes: tuple[str, ...]
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The code."""
        return (self.arg,)


@attrs.frozen(cache_hash=True)
class HasAny(Node):
    """Whether a list of codes holds any of ``codes``."""

    arg: Node
    codes: tuple[str, ...]
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The list of codes."""
        return (self.arg,)


@attrs.frozen(cache_hash=True)
class Add(Node):
    """The sum."""

    args: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        """The summands."""
        return self.args


@attrs.frozen(cache_hash=True)
class Subtract(_Pair):
    """left - right."""


@attrs.frozen(cache_hash=True)
class Times(_Pair):
    """left * right, exact."""


@attrs.frozen(cache_hash=True)
class Divide(_Pair):
    """left / right, rounded to a multiple of ``to``. A zero divisor is an error of the rule."""

    to: int
    rounding: Rounding


@attrs.frozen(cache_hash=True)
class Round(Node):
    """``arg`` rounded to a multiple of ``to`` (fen for money)."""

    arg: Node
    to: int
    rounding: Rounding

    def parts(self) -> tuple[Node, ...]:
        """What is rounded."""
        return (self.arg,)


@attrs.frozen(cache_hash=True)
class Least(Node):
    """The least of several."""

    args: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        """The values."""
        return self.args


@attrs.frozen(cache_hash=True)
class Greatest(Node):
    """The greatest of several."""

    args: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        """The values."""
        return self.args


@attrs.frozen(cache_hash=True)
class When(Node):
    """``then`` where the condition holds, else ``otherwise``; both merged where it is unknown."""

    condition: Node
    then: Node
    otherwise: Node

    def parts(self) -> tuple[Node, ...]:
        """Condition and both outcomes."""
        return (self.condition, self.then, self.otherwise)


@attrs.frozen(cache_hash=True)
class Known(Node):
    """Whether a value is known exactly. Never unknown itself."""

    arg: Node
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The value."""
        return (self.arg,)


@attrs.frozen(cache_hash=True)
class Years(_Pair):
    """Whole years from left to right (an age)."""

    kind: Kind = attrs.field(default=YEARS, kw_only=True)


@attrs.frozen(cache_hash=True)
class Months(_Pair):
    """Whole months from left to right."""

    kind: Kind = attrs.field(default=MONTHS, kw_only=True)


@attrs.frozen(cache_hash=True)
class Days(_Pair):
    """Days from left to right."""

    kind: Kind = attrs.field(default=DAYS, kw_only=True)


@attrs.frozen(cache_hash=True)
class Later(_Pair):
    """A date moved by a number of months or days (the unit of ``right``)."""

    kind: Kind = attrs.field(default=DATE, kw_only=True)


class How(StrEnum):
    """What an aggregate makes of a collection."""

    ANY = "any"
    ALL = "all"
    COUNT = "count"
    SUM = "sum"
    LEAST = "least"
    GREATEST = "greatest"


@attrs.frozen(cache_hash=True)
class Collection(Node):
    """A list of records by its path: from the case, or from one record of an outer collection."""

    path: str
    of: Each | None = None
    kind: Kind = BOOL

    def parts(self) -> tuple[Node, ...]:
        """The record it is read from."""
        return (self.of,) if self.of else ()


@attrs.frozen(cache_hash=True)
class Aggregate(Node):
    """Any, all, count, sum, least or greatest of ``body`` over the records for which ``where`` holds."""

    how: How
    source: Collection
    each: Each
    where: Node
    body: Node

    def parts(self) -> tuple[Node, ...]:
        """Collection, filter and body."""
        return (self.source, self.where, self.body)


@attrs.frozen(cache_hash=True)
class Named(Node):
    """A step with a title: explanations and documentation speak in these. It changes no value."""

    code: str
    title: Text
    arg: Node

    def parts(self) -> tuple[Node, ...]:
        """What is named."""
        return (self.arg,)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and every node in it, each once, parts before wholes."""
    seen: set[Node] = set()
    # (node, parts done?): a stack rather than recursion, so that a long rule is no trouble.
    stack = [(node, False)]
    while stack:
        current, done = stack.pop()
        if done:
            yield current
        elif current not in seen:
            seen.add(current)
            stack.append((current, True))
            stack.extend((part, False) for part in reversed(current.parts()))


def rewrite(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """``node`` with every node that ``change`` answers replaced by its answer."""
    memo: dict[Node, Node] = {}

    def visit(current: Node) -> Node:
        if current not in memo:
            replaced = change(current)
            memo[current] = _rebuilt(current, visit) if replaced is None else replaced
        return memo[current]

    return visit(node)


def _rebuilt(node: Node, visit: Callable[[Node], Node]) -> Node:
    changes: dict[str, Any] = {}
    for field in attrs.fields(type(node)):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            new: object = visit(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            new = tuple(visit(v) for v in value)
        else:
            continue
        if new != value:
            changes[field.name] = new
    return attrs.evolve(node, **changes) if changes else node
