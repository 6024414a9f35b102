"""The differences of several policies together: what one of them pays more because another pays less is not taken for both.

Conditions that decide most are taken as holding and as not holding, each beside each; of a child, only the ways are looked
at that its results leave open. Called by the comparison through ``Touched.joint``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, product

import attrs

from kinderguard.analysis.between import Between, total
from kinderguard.analysis.comparing.forms import Forms
from kinderguard.analysis.comparing.pairs import Pair, as_between
from kinderguard.analysis.comparing.shaped import ARITHMETIC, Shape
from kinderguard.analysis.comparing.truths import ALWAYS, NEVER, TooManyDecisionsError, Truth
from kinderguard.engines.frame.outputs import Asked
from kinderguard.engines.plan import Step
from kinderguard.model.codes import Frequency
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort

#: How often an amount is paid within a year. What is paid once is told apart.
TIMES_A_YEAR: Mapping[Frequency, int] = {
    Frequency.MONTH: 12,
    Frequency.QUARTER: 4,
    Frequency.YEAR: 1,
    Frequency.SCHOOL_YEAR: 1,
}
#: So many atoms are taken as holding and as not holding, each beside each; the others are left open.
MOST_ATOMS = 6
#: So many atoms more are told of each child: where it may gain or lose, those that are known of it leave room for others.
MORE_ATOMS = 14
#: So many of them are then taken either way.
FINER_ATOMS = 8


def asked(asks: Step | tuple[Step | None, Step]) -> Asked:
    """What a condition, or which of two amounts is below the other, is in the rules of any place."""
    if isinstance(asks, Step):
        return asks.node
    left, right = asks
    return None if left is None else left.node, right.node


@attrs.frozen
class Told:
    """Something that results tell of a child, which decides how far its amounts can differ.

    Args:
        after: by the second book, not the first.
        code: the category or policy; nothing for a condition by itself.
        what: ``category`` (whether it holds), ``eligible`` (for the policy), ``given`` (more than nothing of it), or ``asks``.
        asks: a condition by itself, or two amounts (None: nothing) of which it is told whether one is below the other.
    """

    after: bool
    code: str
    what: str
    asks: Step | tuple[Step | None, Step] | None = None


#: The sums of a child's changes.
SUMS = ("year", "once", "own_year", "own_once")


@attrs.frozen
class Changes:
    """By how much amounts change (fen): of each policy each time it is paid, and of all together.

    Args:
        policies: by policy.
        year, once: of a child and its household, in a year, and of what is paid once.
        own_year, own_once: the same without what is paid to the household.
    """

    policies: Mapping[str, Between]
    year: Between
    once: Between
    own_year: Between
    own_once: Between

    def or_(self, other: "Changes") -> "Changes":
        """What covers both."""
        return Changes(
            {code: _cover(found, other.policies[code]) for code, found in self.policies.items()},
            *(_cover(getattr(self, name), getattr(other, name)) for name in SUMS),
        )

    def within(self, other: "Changes") -> "Changes":
        """What both leave: each of the two holds."""
        return Changes(
            {code: found.within(other.policies[code]) for code, found in self.policies.items()},
            *(getattr(self, name).within(getattr(other, name)) for name in SUMS),
        )

    @property
    def is_open(self) -> bool:
        """Whether the child may gain and lose."""
        return any(map(_is_open, (self.year + self.once, self.own_year + self.own_once)))


class Joint:
    """The differences of several policies, taken together: for each way in which the conditions may come out, by themselves.

    Where a child's results tell how some conditions come out, only what goes with that is looked at.

    Args:
        pair: the two books.
        codes: the policies that may differ.
        told: the conditions that are told by themselves; all that decide most, if left out.
    """

    def __init__(self, pair: Pair, codes: tuple[str, ...], told: Collection[Asked] | None = None) -> None:
        self._pair, self._codes, self._askable = pair, codes, told
        self._of_world: dict[tuple[tuple[Shape, bool], ...], Changes] = {}
        self._of_told: dict[tuple[object, ...], Changes] = {}

    @property
    def _atoms(self) -> tuple[Shape, ...]:
        """The atoms that decide most."""
        return self._every[:MOST_ATOMS]

    @cached_property
    def _every(self) -> tuple[Shape, ...]:
        """The atoms that decide most, those that results tell of first, and some more."""
        truths, counts = self._pair.a.shapes.truths, dict[Shape, int]()
        for book in (self._pair.a, self._pair.b):
            for code in self._codes:
                for condition in _conditions(book.policies[code].final):
                    for atom in truths.atoms(book.truth(condition)):
                        counts[atom] = counts.get(atom, 0) + 1
        told = {truths.sole(truth) for _, truth in self._tellable}
        return tuple(
            sorted(counts, key=lambda atom: (atom not in told, -counts[atom], atom))[: MOST_ATOMS + MORE_ATOMS]
        )

    @cached_property
    def _tellable(self) -> tuple[tuple[Told, Truth], ...]:
        """All that results tell, as conditions."""
        found: list[tuple[Told, Truth]] = []
        for after, book in enumerate((self._pair.a, self._pair.b)):
            plan = book.bound.plan
            for code, steps in plan.policies.items():
                if steps.own is not None:
                    found.append((Told(bool(after), code, "eligible"), book.truth(steps.eligible)))
                    found.append((Told(bool(after), code, "given"), _or_open(book.positive, steps.final)))
            found += [(Told(bool(after), code, "category"), book.truth(s)) for code, s in plan.categories.items()]
        return tuple(found)

    @cached_property
    def _asked(self) -> Mapping[Told, Truth]:
        if not self._codes:
            return {}
        truths, atoms = self._pair.a.shapes.truths, frozenset(self._atoms)
        found: dict[Truth, Told] = {}
        for told, truth in (*self._tellable, *self._conditions):
            if truth > ALWAYS and truths.atoms(truth) <= atoms:
                found.setdefault(truth, told)
        return {told: truth for truth, told in found.items()}

    @cached_property
    def _conditions(self) -> tuple[tuple[Told, Truth], ...]:
        """The atoms by themselves: what decides most may be known of a child whose results are open."""
        truths, found = self._pair.a.shapes.truths, list[tuple[Told, Truth]]()
        for atom in self._every:
            for after, book in enumerate((self._pair.a, self._pair.b)):
                asks = book.atoms.get(atom)
                if asks is not None and (self._askable is None or asked(asks) in self._askable):
                    found.append((Told(bool(after), "", "asks", asks), truths.atom(atom)))
                    break
        return tuple(found)

    @cached_property
    def _single(self) -> Mapping[Told, Shape]:
        """What tells of each atom by itself."""
        if not self._codes:
            return {}
        truths, found = self._pair.a.shapes.truths, dict[Shape, Told]()
        for told, truth in (*self._tellable, *self._conditions):
            if (atom := truths.sole(truth)) in self._every:
                found.setdefault(atom, told)
        return {told: atom for atom, told in found.items()}

    @property
    def asked(self) -> tuple[Told, ...]:
        """What is to be told of every child."""
        return tuple(self._asked)

    @property
    def finer(self) -> tuple[Told, ...]:
        """What is to be told besides of one that may gain and lose."""
        return tuple(told for told in self._single if told not in self._asked)

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """All of it."""
        return (*self.asked, *self.finer)

    def _worlds(self, atoms: Sequence[Shape], known: Mapping[Shape, bool]) -> Iterator[dict[Shape, bool]]:
        """The ways in which some atoms may come out together, beside what is known of others."""
        for values in product((True, False), repeat=len(atoms)):
            world = {**known, **dict(zip(atoms, values, strict=True))}
            if not any(world.get(x) is True and world.get(y) is value for x, y, value in self._ruled_out):
                yield world

    @cached_property
    def _ruled_out(self) -> tuple[tuple[Shape, Shape, bool], ...]:
        """What cannot be: that an atom holds while another, which follows from it, does not, or which it excludes, does."""
        atoms, pair = self._every, self._pair
        # One that both books ask is one question; what is asked otherwise may follow from what the other asks.
        own = [a.atoms.keys() - b.atoms.keys() for a, b in ((pair.a, pair.b), (pair.b, pair.a))]
        follows = [
            (x, y, False)
            for forward, (mine, theirs) in ((True, own), (False, own[::-1]))
            for x, y in product(atoms, repeat=2)
            if x in mine and y in theirs and pair.atom_implies(x, y, forward=forward)
        ]
        return (*follows, *((x, y, True) for x, y in combinations(atoms, 2) if pair.atoms_exclude(x, y)))

    def changes(self, told: Mapping[Told, bool | None]) -> Changes:
        """By how much amounts change for a child.

        Args:
            told: what its results say of each of ``told``; None, or left out: it is not known.
        """
        found = self._roughly(told)
        if not found.is_open:
            return found
        bearing = self._bearing(frozenset(code for code, change in found.policies.items() if _may_fall(change)))
        known = {
            atom: value
            for each, atom in self._single.items()
            if atom in bearing and (value := told.get(each)) is not None
        }
        left = sorted((atom for atom in self._every if atom not in known), key=lambda atom: atom not in bearing)
        return found.within(self._kept(told, known, left[:FINER_ATOMS]))

    def _bearing(self, falling: Collection[str]) -> frozenset[Shape]:
        """The atoms on which it hangs whether what may fall does, and by how much."""
        return frozenset[Shape]().union(
            *(book.chosen_by(book.policies[code].final) for book in (self._pair.a, self._pair.b) for code in falling)
        )

    def is_open(self, told: Mapping[Told, bool | None]) -> bool:
        """Whether a child may gain and lose, as far as is ``asked``: then what is ``finer`` may decide it."""
        return self._roughly(told).is_open

    def _roughly(self, told: Mapping[Told, bool | None]) -> Changes:
        return self._kept(told, {}, self._atoms)

    def _kept(self, told: Mapping[Told, bool | None], known: Mapping[Shape, bool], left: Sequence[Shape]) -> Changes:
        """What covers every world that what is told leaves, of some atoms known and others taken either way; found once."""
        key = tuple(told.get(each) for each in self._asked), tuple(known.items()), tuple(left)
        found = self._of_told.get(key)
        if found is None:
            worlds = list(self._worlds(left, known))
            found, *others = map(
                self._in, [w for w in worlds if self._agrees(w, told)] or worlds or self._worlds(left, {})
            )
            for other in others:
                found = found.or_(other)
            self._of_told[key] = found
        return found

    def _agrees(self, world: Mapping[Shape, bool], told: Mapping[Told, bool | None]) -> bool:
        """Whether results would tell in a world what they do."""
        truths = self._pair.a.shapes.truths
        says = {True: NEVER, False: ALWAYS}
        return not any(
            value is not None and truths.given(truth, world) == says[value]
            for each, truth in self._asked.items()
            for value in (told.get(each),)
        )

    def _in(self, world: Mapping[Shape, bool]) -> Changes:
        """The changes in worlds in which the atoms come out in one way."""
        key = tuple(sorted(world.items()))
        found = self._of_world.get(key)
        if found is None:
            pair = self._pair
            assuming = Pair(pair.a, pair.b, world, pair)
            policies = {
                code: as_between(assuming.difference(pair.a.policies[code].final, pair.b.policies[code].final))
                for code in self._codes
            }
            forms = Forms(assuming, policies), Forms(assuming, policies, shifted=True)
            found = self._of_world[key] = self._summed(policies, forms)
        return found

    def _summed(self, policies: Mapping[str, Between], forms: tuple[Forms, Forms]) -> Changes:
        rules = {**self._pair.a.bound.plan.rules.policies, **self._pair.b.bound.plan.rules.policies}
        a_year = {c: TIMES_A_YEAR[rules[c].every] for c in policies if rules[c].every in TIMES_A_YEAR}
        once = dict.fromkeys((c for c in policies if c not in a_year), 1)

        def own(part: Mapping[str, int]) -> dict[str, int]:
            return {c: times for c, times in part.items() if rules[c].per != "household"}

        def added(part: Mapping[str, int]) -> Between:
            found = total(policies[c].times(times) for c, times in part.items())
            if _may_cancel([policies[c] for c in part]):
                plain, shifted = forms
                found = found.within(plain.total(part))
                if _is_open(found):
                    found = found.within(shifted.total(part))
            return found

        found = [(part, added(part)) for part in (a_year, once)]
        return Changes(
            policies,
            *(all_ for _, all_ in found),
            *(all_ if own(part) == part else added(own(part)) for part, all_ in found),
        )


def _may_cancel(changes: Sequence[Between]) -> bool:
    """Whether one may fall while another rises."""
    falls = {k for k, change in enumerate(changes) if _may_fall(change)}
    rises = {k for k, change in enumerate(changes) if _may_fall(-change)}
    return bool(falls and rises and len(falls | rises) > 1)


def _may_fall(change: Between) -> bool:
    return change.low_fen is None or change.low_fen < 0


def _is_open(change: Between) -> bool:
    return _may_fall(change) and _may_fall(-change)


def _or_open(asked: Callable[[Step], Truth], step: Step) -> Truth:
    try:
        return asked(step)
    except TooManyDecisionsError:
        return ALWAYS


def _conditions(step: Step) -> Iterator[Step]:
    """The conditions that choose an amount."""
    left, seen = [step], {step}
    while left:
        here = left.pop()
        if isinstance(here.node, n.When):
            yield here.inputs[0]
        if isinstance(here.node, (n.When, *ARITHMETIC)):
            parts = here.inputs[1:] if isinstance(here.node, n.When) else here.inputs
            left += [part for part in parts if part not in seen and part.node.kind.sort is Sort.MONEY]
            seen |= set(parts)


def _cover(x: Between, y: Between) -> Between:
    low = None if x.low_fen is None or y.low_fen is None else min(x.low_fen, y.low_fen)
    high = None if x.high_fen is None or y.high_fen is None else max(x.high_fen, y.high_fen)
    return Between(low, high)


__all__ = ["TIMES_A_YEAR", "Changes", "Joint", "Told", "asked"]
