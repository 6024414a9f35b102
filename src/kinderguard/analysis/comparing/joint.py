"""The differences of several policies together: what one of them pays more because another pays less is not taken for both.

Conditions that decide most are taken as holding and as not holding, each beside each; of a child, only the ways are looked
at that its results leave open. Called by the comparison through ``Touched.joint``.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import product

import attrs

from kinderguard.analysis.between import Between, total
from kinderguard.analysis.comparing.pairs import Pair, as_between
from kinderguard.analysis.comparing.shaped import ARITHMETIC, Shape
from kinderguard.analysis.comparing.truths import ALWAYS, TooManyDecisionsError, Truth
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


@attrs.frozen
class Told:
    """Something that results tell of a child, which decides how far its amounts can differ.

    Args:
        after: by the second book, not the first.
        code: the category or policy.
        what: ``category`` (whether it holds), ``eligible`` (for the policy), or ``given`` (more than nothing of it).
    """

    after: bool
    code: str
    what: str


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
            *(_cover(getattr(self, name), getattr(other, name)) for name in ("year", "once", "own_year", "own_once")),
        )


class Joint:
    """The differences of several policies, taken together: for each way in which the conditions may come out, by themselves.

    Where a child's results tell how some conditions come out, only what goes with that is looked at.

    Args:
        pair: the two books.
        codes: the policies that may differ.
    """

    def __init__(self, pair: Pair, codes: tuple[str, ...]) -> None:
        self._pair, self._codes = pair, codes
        self._of_world: dict[tuple[bool, ...], Changes] = {}
        self._of_told: dict[tuple[bool | None, ...], Changes] = {}

    @cached_property
    def _atoms(self) -> tuple[Shape, ...]:
        """The atoms that decide most, those that results tell of first."""
        truths, counts = self._pair.a.shapes.truths, dict[Shape, int]()
        for book in (self._pair.a, self._pair.b):
            for code in self._codes:
                for condition in _conditions(book.policies[code].final):
                    for atom in truths.atoms(book.truth(condition)):
                        counts[atom] = counts.get(atom, 0) + 1
        told = {truths.sole(truth) for _, truth in self._tellable}
        return tuple(sorted(counts, key=lambda atom: (atom not in told, -counts[atom], atom))[:MOST_ATOMS])

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
        for told, truth in self._tellable:
            if truth > ALWAYS and truths.atoms(truth) <= atoms:
                found.setdefault(truth, told)
        return {told: truth for truth, told in found.items()}

    @property
    def told(self) -> tuple[Told, ...]:
        """What is to be told of a child."""
        return tuple(self._asked)

    @cached_property
    def _worlds(self) -> tuple[tuple[bool, ...], ...]:
        """The ways in which the atoms may come out together."""
        atoms, pair = self._atoms, self._pair
        # One that both books ask is one question; what is asked otherwise may follow from what the other asks.
        own = [a.atoms.keys() - b.atoms.keys() for a, b in ((pair.a, pair.b), (pair.b, pair.a))]
        follows = [
            (i, j)
            for forward, (mine, theirs) in ((True, own), (False, own[::-1]))
            for (i, x), (j, y) in product(enumerate(atoms), repeat=2)
            if x in mine and y in theirs and pair.atom_implies(x, y, forward=forward)
        ]
        every = product((True, False), repeat=len(atoms))
        return tuple(world for world in every if not any(world[i] and not world[j] for i, j in follows))

    def changes(self, told: Mapping[Told, bool | None]) -> Changes:
        """By how much amounts change for a child.

        Args:
            told: what its results say of each of ``told``; None, or left out: it is not known.
        """
        key = tuple(told.get(each) for each in self._asked)
        found = self._of_told.get(key)
        if found is None:
            asked = [(at, value) for at, value in enumerate(key) if value is not None]
            worlds = [w for w, says in self._says.items() if all(says[at] is value for at, value in asked)]
            found, *others = map(self._in, worlds or self._worlds)
            for other in others:
                found = found.or_(other)
            self._of_told[key] = found
        return found

    @cached_property
    def _says(self) -> Mapping[tuple[bool, ...], tuple[bool, ...]]:
        """What results would tell in each world: all that is asked hangs on its atoms alone."""
        truths = self._pair.a.shapes.truths
        found = {}
        for world in self._worlds:
            assumed = dict(zip(self._atoms, world, strict=True))
            found[world] = tuple(truths.given(truth, assumed) == ALWAYS for truth in self._asked.values())
        return found

    def _in(self, world: tuple[bool, ...]) -> Changes:
        """The changes in worlds in which the atoms come out in one way."""
        found = self._of_world.get(world)
        if found is None:
            pair = self._pair
            assuming = Pair(pair.a, pair.b, dict(zip(self._atoms, world, strict=True)), pair)
            policies = {
                code: as_between(assuming.difference(pair.a.policies[code].final, pair.b.policies[code].final))
                for code in self._codes
            }
            found = self._of_world[world] = self._summed(policies)
        return found

    def _summed(self, policies: Mapping[str, Between]) -> Changes:
        rules = self._pair.b.bound.plan.rules.policies
        a_year = {
            c: found.times(TIMES_A_YEAR[rules[c].every])
            for c, found in policies.items()
            if rules[c].every in TIMES_A_YEAR
        }
        once = {c: found for c, found in policies.items() if c not in a_year}
        own = [[x for c, x in part.items() if rules[c].per != "household"] for part in (a_year, once)]
        return Changes(policies, total(a_year.values()), total(once.values()), total(own[0]), total(own[1]))


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


__all__ = ["TIMES_A_YEAR", "Changes", "Joint", "Told"]
