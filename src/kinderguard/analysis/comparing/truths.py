"""Conditions over a few atoms in one canonical form: two that always come out alike are one and the same number.

A condition is a decision diagram (an atom, what follows where it holds, what follows where it does not), its atoms in one
order, its parts shared: "the one amount is below the other" and "the child is not eligible for the one and is for the
other" become the same where they mean the same. Called while two books are laid beside each other; knows neither rules
nor children.
"""

from collections.abc import Mapping
from typing import TypeAlias

#: A condition in canonical form: ``NEVER``, ``ALWAYS``, or the number of a decision.
Truth: TypeAlias = int
NEVER, ALWAYS = 0, 1
#: A condition of more decisions than this is taken as an atom of its own.
MOST = 150


class TooManyDecisionsError(Exception):
    """A condition has more decisions than are worth following; whoever asked takes it as an atom."""


class Truths:
    """Conditions of both books."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, Truth, Truth], Truth] = {}
        self._nodes: list[tuple[int, Truth, Truth]] = [(-1, NEVER, NEVER), (-1, ALWAYS, ALWAYS)]
        self._chosen: dict[tuple[Truth, Truth, Truth], Truth] = {}
        self._atoms: dict[Truth, frozenset[int]] = {NEVER: frozenset(), ALWAYS: frozenset()}

    def atom(self, number: int) -> Truth:
        """The condition that an atom holds."""
        return self._node(number, ALWAYS, NEVER)

    def sole(self, truth: Truth) -> int | None:
        """The atom, where the condition is one and no more."""
        atom, yes, no = self._nodes[truth]
        return atom if (yes, no) == (ALWAYS, NEVER) else None

    def negated(self, truth: Truth) -> Truth:
        """Not."""
        return self.chosen(truth, NEVER, ALWAYS)

    def both(self, x: Truth, y: Truth) -> Truth:
        """And."""
        return self.chosen(x, y, NEVER)

    def either(self, x: Truth, y: Truth) -> Truth:
        """Or."""
        return self.chosen(x, ALWAYS, y)

    def chosen(self, condition: Truth, yes: Truth, no: Truth) -> Truth:
        """``yes`` where the condition holds, else ``no``.

        Raises:
            TooManyDecisionsError: more decisions than are worth following.
        """
        found = self._choose(condition, yes, no)
        self._measure(found)
        return found

    def _choose(self, condition: Truth, yes: Truth, no: Truth) -> Truth:
        if condition == ALWAYS or yes == no:
            return yes
        if condition == NEVER:
            return no
        if (yes, no) == (ALWAYS, NEVER):
            return condition
        key = condition, yes, no
        found = self._chosen.get(key)
        if found is None:
            first = min(self._nodes[t][0] for t in key if t > ALWAYS)
            high, low = ([self._with(t, first, value) for t in key] for value in (True, False))
            found = self._chosen[key] = self._node(first, self._choose(*high), self._choose(*low))
        return found

    def _with(self, truth: Truth, atom: int, holds: bool) -> Truth:
        """A condition with its first atom set, if that is this one."""
        first, yes, no = self._nodes[truth]
        return truth if first != atom else yes if holds else no

    def _node(self, atom: int, yes: Truth, no: Truth) -> Truth:
        if yes == no:
            return yes
        key = atom, yes, no
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._nodes)
            self._nodes.append(key)
        return found

    def _measure(self, truth: Truth) -> None:
        seen, left = {truth}, [truth]
        while left:
            _, yes, no = self._nodes[left.pop()]
            left += [t for t in (yes, no) if t > ALWAYS and t not in seen]
            seen |= {yes, no}
            if len(seen) > MOST:
                raise TooManyDecisionsError

    def atoms(self, truth: Truth) -> frozenset[int]:
        """The atoms that a condition hangs on."""
        found = self._atoms.get(truth)
        if found is None:
            atom, yes, no = self._nodes[truth]
            found = self._atoms[truth] = frozenset({atom}) | self.atoms(yes) | self.atoms(no)
        return found

    def given(self, truth: Truth, assumed: Mapping[int, bool]) -> Truth:
        """What is left of a condition where some atoms are known."""
        if truth <= ALWAYS:
            return truth
        atom, yes, no = self._nodes[truth]
        value = assumed.get(atom)
        if value is not None:
            return self.given(yes if value else no, assumed)
        if assumed.keys().isdisjoint(self.atoms(truth)):
            return truth
        return self._choose(self._node(atom, ALWAYS, NEVER), self.given(yes, assumed), self.given(no, assumed))


__all__ = ["ALWAYS", "NEVER", "TooManyDecisionsError", "Truth", "Truths"]
