"""Two books' amounts as one outline: what is asked of a child, and how amounts follow from that, for any child.

What both books ask alike is asked once. Of a child of whom some of it is known, ``Outline.left`` makes what is left of each
amount (``residues``). Called by ``worlds``. Knows no child by itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import attrs

from kinderguard.analysis.comparing.residues import Condition, Domain, Residues, Sum
from kinderguard.engines import ranges
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Step
from kinderguard.engines.ranges import Range
from kinderguard.engines.stacking import never_negative
from kinderguard.rules import nodes as n
from kinderguard.rules.facts import ROOTS
from kinderguard.rules.kinds import Sort


@attrs.frozen(eq=False)
class Leaf:
    """Something that is asked of a child: a condition, or a number or amount at the edge of an outline.

    Args:
        number: of the unknown.
        after: of the second book, not the first.
        step: the step of that book that tells of it.
        is_number: whether it is a number or amount, not a condition.
        known: what is known of it of every child.
    """

    number: int
    after: bool
    step: Step
    is_number: bool
    known: Any

    @property
    def domain(self) -> Domain:
        """What it can be at all."""
        node = self.step.node
        whole = isinstance(node, n.Fact | n.Years | n.Months | n.Days) or (
            isinstance(node, n.Aggregate) and node.how is n.How.COUNT
        )
        least, most = limits(node.path) if isinstance(node, n.Fact) else (None, None)
        return Domain(0 if never_negative(node) and least is None else least, most, whole=whole)


@attrs.frozen(eq=False)
class _Made:
    """How a value follows from others.

    Args:
        what: the operation.
        of: the places of what it is made of.
        own: what else belongs to the operation.
        leaf: what tells of it, where something does.
    """

    what: str
    of: tuple[int, ...] = ()
    own: tuple[Any, ...] = ()
    leaf: Leaf | None = None


class Outline:
    """Amounts of two books at one place.

    Args:
        base, reform: the two books.
        amounts: steps of the first and the second book; None: nothing.
    """

    def __init__(self, base: Bound, reform: Bound, amounts: Iterable[tuple[Step | None, Step | None]]) -> None:
        self._books = (base, reform)
        self._numbers: dict[Any, int] = {}
        self._place: tuple[dict[Step, int], dict[Step, int]] = ({}, {})
        self._shape: tuple[dict[Step, int], dict[Step, int]] = ({}, {})
        self._at: dict[Any, int] = {}
        self._on_known: dict[Step, bool] = {}
        self._made: list[_Made] = []
        #: What is asked of a child, by the number of it: a condition or number by itself, and what has codes.
        self.asks: dict[int, n.Node] = {}
        self._codes: dict[Any, str | None] = {}
        self.amounts = [
            (None if x is None else self._placed(0, x), None if y is None else self._placed(1, y)) for x, y in amounts
        ]
        self._of_code: dict[int, list[_Made]] = {}
        for made in self._made:
            if made.what in ("IsIn", "HasAny"):
                self._of_code.setdefault(made.own[0], []).append(made)
        self.leaves = tuple({made.leaf.number: made.leaf for made in self._made if made.leaf is not None}.values())

    # ---- laying out -------------------------------------------------------------------------------------------------

    def _number(self, key: Any) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _value(self, after: int, step: Step) -> Any:
        """The value of a step that needs no child; None where it is not known."""
        value = self._books[after].head[step.index] if step.static else None
        return None if isinstance(value, Range) else value

    def _shaped(self, after: int, step: Step) -> int:
        """The number of what a step is: of two books, equal numbers have equal values."""
        found = self._shape[after].get(step)
        if found is None:
            found = self._shape[after][step] = self._number(self._key(after, step))
        return found

    def _key(self, after: int, step: Step) -> Any:
        node = step.node
        value = self._value(after, step)
        if value is not None:
            return "value", type(value).__name__, value
        match node:
            case n.Param(code=code):
                return "parameter", code, self._books[after].head[step.index]
            case n.Fact() | n.Collection() | n.Each():
                return node
        own = tuple(
            getattr(node, name) for name in ("value", "codes", "to", "rounding", "how", "each") if hasattr(node, name)
        )
        parts = (*step.inputs, *(s for s in (step.where, step.body) if s is not None))
        return type(node).__name__, node.kind, own, *(self._shaped(after, part) for part in parts)

    def _placed(self, after: int, step: Step) -> int:
        found = self._place[after].get(step)
        if found is None:
            made = self._laid_out(after, step)
            key = made.what, made.of, made.own, made.leaf and made.leaf.number
            found = self._at.get(key)
            if found is None:
                found = self._at[key] = len(self._made)
                self._made.append(made)
            self._place[after][step] = found
        return found

    def _laid_out(self, after: int, step: Step) -> _Made:
        value = self._value(after, step)
        node, sort = step.node, step.node.kind.sort
        if value is not None and sort in (Sort.BOOL, Sort.NUMBER, Sort.MONEY):
            return _Made("value", own=(type(value) is bool, value))

        def of(*steps: Step) -> tuple[int, ...]:
            return tuple(self._placed(after, each) for each in steps)

        is_number = sort in (Sort.NUMBER, Sort.MONEY)
        # What hangs on whether something is known may come out otherwise when it is: of that, its parts are asked.
        leaf = self._leaf(after, step) if sort is Sort.BOOL and not self._asks_known(step) else None
        numbers = all(part.node.kind.sort in (Sort.NUMBER, Sort.MONEY) for part in step.inputs)
        match node:
            case n.And():
                return _Made("and", of(*(part for part in step.inputs if not _asks_of_known(step, part))), leaf=leaf)
            case n.Or():
                return _Made("or", of(*step.inputs), leaf=leaf)
            case n.Not():
                return _Made("not", of(*step.inputs), leaf=leaf)
            case n.When() if is_number or sort is Sort.BOOL:
                return _Made("when", of(*step.inputs), (is_number,), leaf)
            case n.Less() | n.AtMost() | n.Equal() if numbers:
                return _Made(type(node).__name__, of(*step.inputs), leaf=leaf)
            case n.Add() | n.Subtract() | n.Times() | n.Least() | n.Greatest():
                return _Made(type(node).__name__, of(*step.inputs))
            case n.Round(to=to, rounding=rounding) | n.Divide(to=to, rounding=rounding):
                return _Made(type(node).__name__, of(*step.inputs), (to, rounding))
            case n.IsIn(codes=codes) | n.HasAny(codes=codes):
                every = step.inputs[0].node.kind.codes
                listed = None if every is None else frozenset(str(code) for code in every)
                own = (about := self._shaped(after, step.inputs[0]), frozenset(map(str, codes)), listed)
                self.asks[about] = step.inputs[0].node
                return _Made(type(node).__name__, own=own, leaf=leaf)
        return _Made("asked", leaf=leaf or self._leaf(after, step, is_number=is_number))

    def _leaf(self, after: int, step: Step, *, is_number: bool = False) -> Leaf:
        known = self._books[after].head[step.index] if step.static else None
        number = self._shaped(after, step)
        self.asks[number] = step.node
        return Leaf(number, bool(after), step, is_number, known)

    def _asks_known(self, step: Step) -> bool:
        """Whether a condition hangs on whether something is known, and on that alone; of records, it is taken as it is today."""
        found = self._on_known.get(step)
        if found is None:
            parts = step.inputs
            if isinstance(step.node, n.And):
                parts = tuple(part for part in parts if not _asks_of_known(step, part))
            found = self._on_known[step] = isinstance(step.node, n.Known) or any(map(self._asks_known, parts))
        return found

    def code_of(self, unknown: Any) -> str | None:
        """The path of the fact or list, or the code of the number, that an unknown is asked of; None of what is worked out from
        several.

        Args:
            unknown: the number of a leaf, or one and a code of it (see ``residues``).
        """
        if unknown not in self._codes:
            number = unknown[0] if isinstance(unknown, tuple) else unknown
            node = self.asks.get(number) if isinstance(number, int) else None
            self._codes[unknown] = None if node is None else _code_of(node)
        return self._codes[unknown]

    # ---- of a child -------------------------------------------------------------------------------------------------

    def left(self, residues: Residues, told: Mapping[int, Any]) -> list[tuple[Sum, Sum]]:
        """What is left of each pair of amounts for a child; of two that are seen to be one and the same, nothing.

        Args:
            residues: what makes them.
            told: by the number of a leaf, what is known of it: True, False, or a point or range; None: nothing.
        """
        child = _Child(residues, told, self._made, self._of_code)
        found = []
        for before, after in self.amounts:
            if before is not None and after is not None and child.is_same(before, after):
                found.append((residues.nothing, residues.nothing))
                continue
            x, y = (residues.nothing if at is None else child.value(at) for at in (before, after))
            found.append((x, y))
        return found


class _Child:
    """One child's residues."""

    def __init__(
        self, residues: Residues, told: Mapping[int, Any], made: list[_Made], asking: Mapping[int, Sequence[_Made]]
    ) -> None:
        self._r, self._told, self._made, self._asking = residues, told, made, asking
        self._values: dict[int, Any] = {}
        self._left: dict[int, frozenset[str] | None] = {}
        self._has: dict[tuple[int, str], bool] = {}
        self._seen: set[int] = set()

    def _look_up(self, of: int) -> None:
        """What the questions about a code that are answered leave of it."""
        if of in self._seen:
            return
        self._seen.add(of)
        for made in self._asking[of]:
            about, codes, every = made.own
            answer = self._of(made.leaf)
            if made.what == "HasAny":
                if answer is False or (answer is True and len(codes) == 1):
                    self._has |= {(about, code): answer for code in codes}
                continue
            left = self._left.get(about, every)
            if answer is True:
                left = codes if left is None else left & codes
            elif answer is False and left is not None:
                left = left - codes
            self._left[about] = left

    def _of(self, leaf: Leaf | None) -> Any:
        if leaf is None:
            return None
        told = self._told.get(leaf.number, leaf.known)
        # What is not known today may become known.
        return None if told is False and isinstance(leaf.step.node, n.Known) else told

    def value(self, at: int) -> Any:
        """A condition or a sum."""
        found = self._values.get(at)
        if found is None:
            found = self._values[at] = self._found(self._made[at])
        return found

    def is_same(self, x: int, y: int) -> bool:
        """Whether two amounts are seen to be one and the same, by the conditions that choose them alone."""
        if x == y:
            return True
        mine, theirs = self._made[x], self._made[y]
        if (mine.what, mine.own, len(mine.of)) != (theirs.what, theirs.own, len(theirs.of)) or mine.what in _BY_ITSELF:
            return False
        if mine.what != "when":
            return all(map(self.is_same, mine.of, theirs.of))
        condition = self.value(mine.of[0])
        if condition is not self.value(theirs.of[0]):
            return False
        r = self._r
        return (condition is r.false or self.is_same(mine.of[1], theirs.of[1])) and (
            condition is r.true or self.is_same(mine.of[2], theirs.of[2])
        )

    def _found(self, made: _Made) -> Any:
        r = self._r
        if made.what == "value":
            is_bool, value = made.own
            return r.truth(value) if is_bool else r.number(value)
        told = self._of(made.leaf)
        if told is True or told is False:
            return r.truth(told)
        if made.what in ("and", "or"):
            settles = made.what == "or"
            parts: list[Condition] = []
            for at in made.of:
                part = self.value(at)
                if part is r.truth(settles):
                    return part
                parts.append(part)
            return r.some(parts) if settles else r.every(parts)
        if made.what == "when":
            condition = self.value(made.of[0])
            if condition is r.true or condition is r.false:
                return self.value(made.of[1 if condition is r.true else 2])
            x, y = self.value(made.of[1]), self.value(made.of[2])
            if made.own[0]:
                return r.chosen(condition, x, y)
            return r.some((r.every((condition, x)), r.every((r.negated(condition), y))))
        if made.what in ("IsIn", "HasAny"):
            return self._of_code(made)
        if made.what == "asked":
            assert made.leaf is not None
            return self._asked(made.leaf, told)
        return _OPERATIONS[made.what](r, *(self.value(at) for at in made.of), *made.own)

    def _asked(self, leaf: Leaf, told: Any) -> Any:
        if not leaf.is_number:
            return self._r.asked(leaf.number)
        low, high = ranges.bounds(told) if told is not None else (None, None)
        domain = leaf.domain
        if low is not None:
            domain = domain.at_least(low, strict=False)
        if high is not None:
            domain = domain.at_most(high, strict=False)
        return self._r.unknown(leaf.number, domain)

    def _of_code(self, made: _Made) -> Condition:
        r = self._r
        about, codes, _ = made.own
        self._look_up(about)
        if made.what == "HasAny":
            return r.some(
                r.asked((about, code)) if (value := self._has.get((about, code))) is None else r.truth(value)
                for code in sorted(codes)
            )
        left = self._left.get(about)
        assert made.leaf is not None
        return r.asked(made.leaf.number) if left is None else r.among(about, left, codes)


def _code_of(node: n.Node) -> str | None:
    if isinstance(node, n.Param):
        return node.code
    paths = {part.path for part in n.walk(node) if isinstance(part, n.Fact | n.Collection) and part.of is None}
    return paths.pop() if len(paths) == 1 else None


@cache
def limits(path: str) -> tuple[Any, Any]:
    """The least and the most that the model lets a number be; None: no limit."""
    root, *parts = path.split(".")
    at: Any = ROOTS.get(root)
    for part in parts[:-1]:
        at = getattr(at, part, None)
    model = getattr(at, "model", None)
    field = None if model is None else model.model_fields.get(parts[-1])
    said = None if field is None else field.json_schema_extra
    return (said.get("minimum"), said.get("maximum")) if isinstance(said, dict) else (None, None)


def _asks_of_known(step: Step, part: Step) -> bool:
    """Whether a part of an "and" says no more than that another, which holds, is known to hold."""
    return isinstance(part.node, n.Or) and any(
        isinstance(i.node, n.Known) and i.inputs[0] in step.inputs for i in part.inputs
    )


def _sum(r: Residues, *parts: Sum) -> Sum:
    first, *rest = parts
    for each in rest:
        first = r.plus(first, each)
    return first


def _equal(r: Residues, x: Sum, y: Sum) -> Condition:
    apart = r.plus(y, x, -1)
    return r.every((r.above(apart, strict=False), r.negated(r.above(apart, strict=True))))


#: What is asked of a child as it is: two of them at different places are not seen to be the same.
_BY_ITSELF = frozenset({"value", "asked", "IsIn", "HasAny"})

_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "not": lambda r, x: r.negated(x),
    "Less": lambda r, x, y: r.above(r.plus(y, x, -1), strict=True),
    "AtMost": lambda r, x, y: r.above(r.plus(y, x, -1), strict=False),
    "Equal": _equal,
    "Add": _sum,
    "Subtract": lambda r, x, y: r.plus(x, y, -1),
    "Times": lambda r, x, y: r.times(x, y),
    "Least": lambda r, *parts: r.least(parts),
    "Greatest": lambda r, *parts: r.greatest(parts),
    "Round": lambda r, x, to, rounding: r.rounded(x, to, rounding),
    "Divide": lambda r, x, y, to, rounding: r.divided(x, y, to, rounding),
}


__all__ = ["Leaf", "Outline"]
