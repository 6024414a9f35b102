"""What a reform can change, found from the rules alone: which policies and categories differ, and by how much at most.

Two books at one place are laid beside each other step by step (``shaped``). A policy whose amount is the same expression of
the same facts with the same numbers differs by nothing for every child, whatever is unknown. Of one that differs, the
difference is bounded over all children (``pairs``): 600 yuan against 700 under one condition is a difference of 0 or 100, and
not of -600 to 700. Several are bounded together (``joint``), and closer
where it is known of a child how a category comes out. Called by the comparison once for each pair of places' rules.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.joint import TIMES_A_YEAR, Changes, Joint, Told, asked
from kinderguard.analysis.comparing.pairs import Pair, as_between
from kinderguard.analysis.comparing.shaped import Shaped, Shapes
from kinderguard.analysis.comparing.worlds import Worlds
from kinderguard.analysis.unset import steps_under
from kinderguard.engines.explain import Bound
from kinderguard.engines.frame.outputs import Asked
from kinderguard.engines.plan import Step
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

#: How conditions come out by both books alike; one that is not known, or comes out otherwise, is left out or None.
Alike: TypeAlias = "Mapping[Decisive, bool | None]"


@attrs.frozen
class Decisive:
    """A category or named condition of both books that may come out otherwise, and that amounts ask of: its step in each."""

    before: Step
    after: Step


@attrs.frozen(eq=False)
class Touched:
    """What differs between two books at one place.

    Args:
        differences: by policy of money whose amount may differ, paid as often and to the same by both books: by how much
            it can differ for any child (fen, each time it is paid), one that a book does not have giving nothing there; where
            it is paid otherwise, it is among ``replaced``.
        replaced: policies that are paid otherwise, one of the two in money.
        codes: categories and policies that may come out otherwise.
        decisive: what may come out otherwise and those amounts ask of: categories, and conditions with a name.
        unset: by policy of money that may differ, the parameters without a value that can bear on by how much.
        unset_of_reach: by rule of which whether it holds may come out otherwise, those that can bear on that.
    """

    differences: Mapping[str, Between]
    replaced: frozenset[str]
    codes: frozenset[str]
    decisive: tuple[Decisive, ...]
    unset: Mapping[str, frozenset[str]]
    unset_of_reach: Mapping[str, frozenset[str]]
    _pair: Pair
    _joints: dict[tuple[tuple[Decisive, bool], ...], Joint] = attrs.field(factory=dict)
    _pairs: dict[tuple[tuple[Decisive, bool], ...], Pair] = attrs.field(factory=dict)

    @property
    def money(self) -> frozenset[str]:
        """The policies of money that may differ."""
        return self.replaced | self.differences.keys()

    def is_same(self, before: Step, after: Step) -> bool:
        """Whether a condition of the one book and one of the other come out alike for every child."""
        return self._pair.a.shape(before) == self._pair.b.shape(after)

    @cached_property
    def worlds(self) -> Worlds:
        """By how much amounts differ for a child, by what is known of it."""
        return Worlds(self._pair.a.bound, self._pair.b.bound, self.differences.keys(), self.replaced)

    def joint(self, alike: Alike = MappingProxyType({})) -> Joint:
        """The differences of all policies together, of the children of whom some categories are known.

        Args:
            alike: how what is ``decisive`` comes out by both books.
        """
        known: tuple[tuple[Decisive, bool], ...] = ()
        pair = self._completed
        for each in self.decisive:
            value = alike.get(each)
            # What is the same in both books by what is known already decides nothing more.
            if value is None or pair.a.shape(each.before) == pair.b.shape(each.after):
                continue
            known = (*known, (each, value))
            if known not in self._pairs:
                self._pairs[known] = pair.knowing([(each.before, each.after, value)])
            pair = self._pairs[known]
        if known not in self._joints:
            codes = tuple(code for code in self.differences if _differs(pair, code))
            self._joints[known] = Joint(pair, codes, self._asked if known else None)
        return self._joints[known]

    @cached_property
    def _asked(self) -> frozenset[Asked]:
        """The conditions that are told of each child by themselves, whatever is known of it."""
        return frozenset(asked(told.asks) for told in self.joint().told if told.asks is not None)

    @cached_property
    def _completed(self) -> Pair:
        """The two books of children of whom no fact is unknown."""
        shapes = Shapes()
        plans = self._pair.a.bound, self._pair.b.bound
        a, b = (
            Shaped(own, shapes, completed=True, giving_nothing=_only_in(other, own))
            for own, other in (plans, plans[::-1])
        )
        found = Pair(a, b, {})
        for code in self.differences:
            found.difference(*_finals(found, code))  # what follows of it is kept for whom more is known
        return found


def touched(base: Bound, reform: Bound) -> Touched:
    """What differs between two books, both at one place on one day."""
    shapes = Shapes()
    a = Shaped(base, shapes, giving_nothing=_only_in(reform, base))
    b = Shaped(reform, shapes, giving_nothing=_only_in(base, reform))
    codes: set[str] = set()
    for own, others in ((base.plan, reform.plan), (reform.plan, base.plan)):
        codes |= own.categories.keys() - others.categories.keys()
        codes |= own.policies.keys() - others.policies.keys()
    for code, step in base.plan.categories.items():
        other = reform.plan.categories.get(code)
        if other is not None and a.shape(step) != b.shape(other):
            codes.add(code)
    pair = Pair(a, b, {})
    differences: dict[str, Between] = {}
    replaced: set[str] = set()
    for code, before in a.policies.items():
        after = b.policies.get(code)
        if after is None:
            continue
        same_final = not _differs(pair, code)
        if not same_final or a.shape(before.eligible) != b.shape(after.eligible):
            codes.add(code)
        if code not in base.plan.policies or code not in reform.plan.policies:
            differences[code] = as_between(pair.difference(before.final, after.final))
        elif _paid(base, code) != _paid(reform, code):
            codes.add(code)
            replaced |= {code} if before.own is not None or after.own is not None else set()
        elif before.own is not None and not same_final:
            differences[code] = as_between(pair.difference(before.final, after.final))
    decisive = _decisive(pair, differences)
    money = sorted({*differences, *replaced})
    unset = {code: found for code in money if (found := _unset(pair, code, money=True))}
    of_reach = {code: found for code in sorted(codes) if (found := _unset(pair, code, money=False))}
    return Touched(differences, frozenset(replaced), frozenset(codes), decisive, unset, of_reach, pair)


def _only_in(bound: Bound, other: Bound) -> tuple[str, ...]:
    """The policies of money that a book has and another has not."""
    there = other.plan.policies
    return tuple(code for code, steps in bound.plan.policies.items() if steps.own is not None and code not in there)


def _differs(pair: Pair, code: str) -> bool:
    """Whether what a policy gives may differ."""
    return pair.a.shape(pair.a.policies[code].final) != pair.b.shape(pair.b.policies[code].final)


def _decisive(pair: Pair, money: Iterable[str]) -> tuple[Decisive, ...]:
    """What both books ask alike and may come out otherwise, of what some amounts ask of."""
    of_node: dict[n.Node, Step] = {step.node: step for step in pair.b.bound.plan.dynamic}
    plans = pair.a.bound.plan, pair.b.bound.plan
    counterparts = {
        step: plans[1].categories[code] for code, step in plans[0].categories.items() if code in plans[1].categories
    }
    asked = steps_under(step for code in money for step in _finals(pair, code))
    found = []
    for step in plans[0].dynamic:
        other = counterparts.get(step) or (of_node.get(step.node) if step.names else None)
        if other is None or step.node.kind.sort is not Sort.BOOL or pair.a.shape(step) == pair.b.shape(other):
            continue
        if step in asked or other in asked:
            found.append(Decisive(step, other))
    return tuple(found)


def _finals(pair: Pair, code: str) -> tuple[Step, Step]:
    return pair.a.policies[code].final, pair.b.policies[code].final


def _unset(pair: Pair, code: str, *, money: bool) -> frozenset[str]:
    """The parameters without a value that can bear on how what a policy gives differs, or whether a rule holds."""
    steps = [_root(book, code, money=money) for book in (pair.a, pair.b)]
    before, after = steps
    if before is not None and after is not None:
        return pair.unset(before, after)
    return frozenset().union(*(book.unset(s) for book, s in zip((pair.a, pair.b), steps, strict=True) if s is not None))


def _root(book: Shaped, code: str, *, money: bool) -> Step | None:
    policy = book.policies.get(code)
    if policy is None:
        return book.bound.plan.categories.get(code)
    return policy.final if money or policy.own is None else policy.eligible


def _paid(bound: Bound, code: str) -> tuple[object, ...]:
    policy = bound.plan.rules.policies[code]
    return policy.every, policy.per, policy.amount is None


__all__ = ["TIMES_A_YEAR", "Alike", "Changes", "Decisive", "Joint", "Told", "Touched", "touched"]
