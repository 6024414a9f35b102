"""Conditions that can be taken as one: what they are joined of is asked nowhere else, so only whether the whole holds matters.

Whether both parents are dead, missing or in prison is a dozen questions; where nothing else hangs on any of them, it is one.
Called by ``worlds`` before it looks into the ways in which conditions may come out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kinderguard.analysis.comparing.residues import SEVERAL, Condition, Domain, Residues, Sum, Unknown

#: Above everything.
_ROOT = object()


def wholes(residues: Residues, amounts: Iterable[Sum]) -> Mapping[Condition, tuple[Condition, ...]]:
    """By condition that is joined of others, what it may be taken as joined of: of what is asked there alone, one condition.

    Args:
        residues: what makes them.
        amounts: what hangs on the conditions.
    """
    above = _Above(residues, amounts)
    found: dict[Condition, tuple[Condition, ...]] = _ranked(residues, above)
    for node in above.order:
        if not isinstance(node, Condition) or node.what not in ("and", "or"):
            continue
        own = _own_parts(above, node)
        if len(own) > 1 or any(part.what in ("and", "or") for part in own):
            # One that stands for others is named by them: it is the same wherever the same stand together.
            name = "whole", node.what, tuple(part.number for part in own)
            residues.stands_for[name] = frozenset[Any]().union(*(part.rests_on for part in own))
            found[node] = (residues.asked(name), *(part for part in node.parts if part not in own))
    return found


def _ranked(residues: Residues, above: "_Above") -> dict[Condition, tuple[Condition, ...]]:
    """Comparisons of a number of which nothing but comparisons is asked: only which of them it meets matters, not the numbers.

    So children of different incomes that nobody is paid by are alike.
    """
    asked: dict[Unknown, list[Condition]] = {}
    barred: set[Unknown] = set()
    for node in above.order:
        if isinstance(node, Condition) and node.what == "within":
            asked.setdefault(node.parts[0], []).append(node)
        elif isinstance(node, Unknown | Condition):
            barred.update(each for part in node.parts if isinstance(part, Sum) for each in _unknowns(part))
    found: dict[Condition, tuple[Condition, ...]] = {}
    for unknown, conditions in asked.items():
        if unknown.what != "itself" or unknown in barred or unknown in above.roots:
            continue
        ends = sorted({node.parts[1:3] for node in conditions})
        if isinstance(unknown.name, tuple) and unknown.name[0] == "ranked":
            continue
        name = "ranked", unknown.name
        residues.stands_for[name] = unknown.rests_on
        ranked = residues.unknown(name, Domain(0, len(ends), whole=True))
        for node in conditions:
            place = residues.number(ends.index(node.parts[1:3]) + 1)
            found[node] = (residues.above(residues.plus(ranked, place, -1), strict=False),)
    return found


def _own_parts(above: "_Above", node: Condition) -> dict[Condition, None]:
    """The parts of a condition of which nothing is asked outside them."""
    inside = {part for part in node.parts if all(above.is_under(name, node) for name in _names(part))}
    outside = set[Any]().union(*(_names(part) for part in node.parts if part not in inside))
    while shared := {part for part in inside if not outside.isdisjoint(_names(part))}:
        inside -= shared
        outside |= set[Any]().union(*map(_names, shared))
    return dict.fromkeys(part for part in node.parts if part in inside)


def _names(x: Condition) -> frozenset[Any]:
    return x.rests_on - {SEVERAL}


class _Above:
    """What stands above what: of each unknown, the conditions that all ways to it go through."""

    def __init__(self, residues: Residues, amounts: Iterable[Sum]) -> None:
        self.roots = roots = dict.fromkeys(each for amount in amounts for each in _unknowns(amount))
        below: dict[Any, Sequence[Any]] = {_ROOT: list(roots)}
        order: list[Any] = []
        waiting: list[tuple[Any, Iterator[Any]]] = [(_ROOT, iter(below[_ROOT]))]
        while waiting:
            node, left = waiting[-1]
            for each in left:
                if each not in below:
                    inner = residues.below.get(each)
                    if inner is None:
                        inner = residues.below[each] = tuple(_under(each))
                    below[each] = inner
                    waiting.append((each, iter(below[each])))
                    break
            else:
                order.append(node)
                waiting.pop()
        order.reverse()
        self.order = order[1:]
        #: The nearest that all ways to a node go through, and how far that is from the root.
        self._next: dict[Any, Any] = {_ROOT: None}
        self._depth: dict[Any, int] = {_ROOT: 0}
        parents: dict[Any, list[Any]] = {}
        for node in order:
            if node is not _ROOT:
                nearest, *others = parents[node]
                for other in others:
                    nearest = self._common(nearest, other)
                self._next[node], self._depth[node] = nearest, self._depth[nearest] + 1
            for each in below[node]:
                parents.setdefault(each, []).append(node)

    def _common(self, x: Any, y: Any) -> Any:
        while x is not y:
            if self._depth[x] < self._depth[y]:
                x, y = y, x
            x = self._next[x]
        return x

    def is_under(self, name: Any, node: Any) -> bool:
        """Whether all ways to an unknown go through a condition."""
        at: Any = _Name(name)
        depth = self._depth[node]
        while self._depth[at] > depth:
            at = self._next[at]
        return at is node


class _Name:
    """An unknown as something that stands below what asks of it: no condition, whatever it is named."""

    def __init__(self, name: Any) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Name) and self.name == other.name

    def __hash__(self) -> int:
        return hash((_Name, self.name))


def _under(node: Any) -> Iterator[Any]:
    if isinstance(node, _Name):
        return
    if isinstance(node, Condition) and node.what in ("asked", "among"):
        yield _Name(node.parts[0])
    if isinstance(node, Unknown) and node.what != "chosen":
        yield _Name(node.name)
    for part in node.parts:
        if isinstance(part, Sum):
            yield from _unknowns(part)
        elif isinstance(part, Condition | Unknown):
            yield part


def _unknowns(amount: Sum) -> Iterator[Unknown]:
    for listed, _ in amount.terms:
        yield from listed


__all__ = ["wholes"]
