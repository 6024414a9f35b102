"""What a reform can change, found from the rules alone: which policies and categories differ, and by how much at most.

Two books at one place are laid beside each other step by step (``shaped``). A policy whose amount is the same expression of
the same facts with the same numbers differs by nothing for every child, whatever is unknown. Of one that differs, the
difference is bounded over all children (``pairs``): 600 yuan against 700 under one condition is a difference of 0 or 100, and
not of -600 to 700. Several are bounded together (``joint``), and closer
where it is known of a child how a category comes out. Called by the comparison once for each pair of places' rules.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.joint import TIMES_A_YEAR, Changes, Joint, Told
from kinderguard.analysis.comparing.pairs import Pair, as_between
from kinderguard.analysis.comparing.shaped import Shaped, Shapes
from kinderguard.analysis.unset import steps_under
from kinderguard.engines.explain import Bound

#: How categories come out by both books alike; one that is not known, or comes out otherwise, is left out or None.
Alike: TypeAlias = Mapping[str, bool | None]


@attrs.frozen(eq=False)
class Touched:
    """What differs between two books at one place.

    Args:
        differences: by policy of money whose amount may differ, paid as often and to the same by both books: by how much
            it can differ for any child (fen, each time it is paid); where only one book has it, or pays it otherwise, it is
            among ``replaced``.
        replaced: policies of money that only one book has, or that are paid otherwise.
        codes: categories and policies that may come out otherwise.
        decisive: the categories that may come out otherwise and that those amounts ask of.
    """

    differences: Mapping[str, Between]
    replaced: frozenset[str]
    codes: frozenset[str]
    decisive: tuple[str, ...]
    _pair: Pair
    _joints: dict[tuple[bool | None, ...], Joint] = attrs.field(factory=dict)

    @property
    def money(self) -> frozenset[str]:
        """The policies of money that may differ."""
        return self.replaced | self.differences.keys()

    def joint(self, alike: Alike = MappingProxyType({})) -> Joint:
        """The differences of all policies together, of the children of whom some categories are known.

        Args:
            alike: how ``decisive`` categories come out by both books.
        """
        values = tuple(alike.get(code) for code in self.decisive)
        found = self._joints.get(values)
        if found is None:
            found = self._joints[values] = self._joint(dict(zip(self.decisive, values, strict=True)))
        return found

    def _joint(self, alike: Alike) -> Joint:
        known = {code: value for code, value in alike.items() if value is not None}
        pair = self._completed.knowing(known) if known else self._completed
        return Joint(pair, tuple(code for code in self.differences if _differs(pair, code)))

    @cached_property
    def _completed(self) -> Pair:
        """The two books of children of whom no fact is unknown."""
        shapes = Shapes()
        a, b = (Shaped(book.bound, shapes, completed=True) for book in (self._pair.a, self._pair.b))
        found = Pair(a, b, {})
        Joint(found, tuple(self.differences)).changes({})  # what follows of it is kept for whom more is known
        return found


def touched(base: Bound, reform: Bound) -> Touched:
    """What differs between two books, both at one place on one day."""
    shapes = Shapes()
    a, b = Shaped(base, shapes), Shaped(reform, shapes)
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
    replaced: set[str] = {
        code
        for code in codes
        for plan in (base.plan, reform.plan)
        if code in plan.policies and plan.policies[code].own is not None
    }
    for code, before in a.policies.items():
        after = b.policies.get(code)
        if after is None:
            continue
        same_final = not _differs(pair, code)
        if not same_final or a.shape(before.eligible) != b.shape(after.eligible):
            codes.add(code)
        if _paid(base, code) != _paid(reform, code):
            codes.add(code)
            replaced |= {code} if before.own is not None or after.own is not None else set()
        elif before.own is not None and not same_final:
            differences[code] = as_between(pair.difference(before.final, after.final))
    decisive = _decisive(pair, codes, differences)
    return Touched(differences, frozenset(replaced), frozenset(codes), decisive, pair)


def _differs(pair: Pair, code: str) -> bool:
    """Whether what a policy gives may differ."""
    return pair.a.shape(pair.a.policies[code].final) != pair.b.shape(pair.b.policies[code].final)


def _decisive(pair: Pair, codes: Collection[str], money: Iterable[str]) -> tuple[str, ...]:
    """The categories of both books that may come out otherwise, of those that some amounts ask of."""
    money, found = tuple(money), set[str]()
    plans = pair.a.bound.plan, pair.b.bound.plan
    common = [code for code in codes if all(code in plan.categories for plan in plans)]
    for plan in plans:
        asked = steps_under(plan.policies[code].final for code in money)
        found |= {code for code in common if plan.categories[code] in asked}
    return tuple(sorted(found))


def _paid(bound: Bound, code: str) -> tuple[object, ...]:
    policy = bound.plan.rules.policies[code]
    return policy.every, policy.per, policy.amount is None


__all__ = ["TIMES_A_YEAR", "Alike", "Changes", "Joint", "Told", "Touched", "touched"]
