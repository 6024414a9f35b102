"""Which unknown facts would change a result, the most decisive first.

A fact is asked for only where a witness is found: some value of it (perhaps beside some values of the other unknown
facts) with which an outcome differs from what it is with another value. So nobody is sent for a paper that cannot
matter. Candidates come from walking down from undetermined outcomes; witnesses from computing again.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import attrs

from kinderguard.engines.blame import Blame, is_unknown
from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Bound, ReferenceAlgebra
from kinderguard.engines.plan import CASE, Step
from kinderguard.engines.tries import compared_with, fact_tries, list_tries, record_tries, with_value
from kinderguard.engines.worlds import Reach, Sort, World, set_of, sorts_of, steps_in
from kinderguard.model.case import Case
from kinderguard.model.text import Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.titles import fact_title

#: How many random completions of the other unknown facts are tried for one that decides nothing alone.
COMPLETIONS = 24
#: A fact that is derived from others is asked for through them.
DERIVED = {"child.lives_in_another_county": ("child.registration.division", "child.residence.division")}


@attrs.frozen
class MissingFact:
    """A fact to ask for.

    Attributes:
        path: of the fact.
        decides: the share of undetermined outcomes that it settles by itself, over its possible values (0 to 1).
        changes: the codes of the categories and policies whose outcome it can change.
        title: what the fact is called; its path, where nobody says.
    """

    path: str
    decides: float
    changes: tuple[str, ...]
    title: Text = attrs.field(eq=False, default=attrs.Factory(lambda fact: _title(fact.path), takes_self=True))


def _title(path: str) -> Text:
    return same(path) if path[:1].isdigit() else fact_title(path)  # a pack's own fact: whoever has the pack names it


@attrs.frozen(eq=False, slots=False)
class _Item:
    """One unknown: where it stands in the trace (``where`` in a list), and values to try, each with its sort. ``put`` makes the
    value of the step from a try.
    """

    path: str
    step: Step
    where: tuple[Any, ...]
    tries: tuple[Any, ...]
    sorts: Sequence[Sort]
    put: Callable[[Any, Any], Any]

    @cached_property
    def follows(self) -> dict[int, Mapping[int, Any]]:
        """By identity of a value to try, what follows from it alone."""
        return {id(value): sort.follows for value, sort in zip(self.tries, self.sorts, strict=True)}


class Search:
    """The search for one assessment."""

    def __init__(self, bound: Bound, trace: list[Any], dependents: Dependents) -> None:
        self.bound = bound
        self.trace = trace
        self.dependents = dependents
        self.places: dict[str, list[int]] = {code: [s.index] for code, s in bound.plan.categories.items()}
        for code, p in bound.plan.policies.items():
            self.places[code] = [p.eligible.index, p.final.index]
        self._algebra = ReferenceAlgebra()

    @cached_property
    def undetermined(self) -> tuple[str, ...]:
        """The outcomes that are not determined."""
        return tuple(c for c, at in self.places.items() if any(is_unknown(self.trace[i]) for i in at))

    @cached_property
    def _leaves(self) -> tuple[dict[tuple[str, int, tuple[Any, ...]], Step], list[str]]:
        walk = Blame(self._algebra)
        for code in self.undetermined:
            for step in self._outcome_steps(code):
                walk.visit(step, self.trace, ())
        return walk.facts, walk.parameters

    def _outcome_steps(self, code: str) -> Iterable[Step]:
        plan = self.bound.plan
        if code in plan.categories:
            return (plan.categories[code],)
        return (plan.policies[code].eligible, plan.policies[code].final)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Parameters without a value that leave an outcome undetermined."""
        return tuple(dict.fromkeys(self._leaves[1]))

    @property
    def open_facts(self) -> tuple[str, ...]:
        """The unknown facts that an undetermined outcome rests on, as it was computed; of records, without number."""
        found = set()
        for path, _, where in self._leaves[0]:
            found |= set(self._asked(path)) if not where else {path}
        return tuple(sorted(found))

    def facts(self) -> tuple[MissingFact, ...]:
        """The facts to ask for, most decisive first."""
        items = [item for (path, _, where), step in self._leaves[0].items() for item in self._items(path, step, where)]
        found: dict[str, tuple[float, set[str]]] = {}
        silent = []
        known = self._world({})
        for item in items:
            share, changed = self._alone(item, known)
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (max(before[0], share), before[1] | changed)
            else:
                silent.append(item)
        completed: list[World] = []  # each is made once and serves every fact in question
        for item in silent:
            changed = self._beside(item, self._completions(items, completed))
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (before[0], before[1] | changed)
        for asked_once in ("_outcome_of", "_outcomes", "_wanted"):  # whoever keeps many results keeps none of these
            self.__dict__.pop(asked_once, None)
        ordered = sorted(found.items(), key=lambda f: (-f[1][0], -len(f[1][1]), f[0]))
        return tuple(MissingFact(path, share, tuple(sorted(changed))) for path, (share, changed) in ordered)

    def _alone(self, item: _Item, known: World) -> tuple[float, set[str]]:
        """How much a fact settles by itself, and which outcomes it changes."""
        settled, changed = 0, set()
        for others, alike in self._tried(known, item):
            for code in self._codes(others):
                changed.add(code)
                settled += alike * (not any(is_unknown(known.tried[i]) for i in self.places[code]))
        return settled / (len(self.undetermined) * max(1, len(item.tries))), changed

    def _beside(self, item: _Item, completions: Iterable[World]) -> set[str]:
        """The outcomes that a fact changes beside some values of the other unknown facts."""
        index = item.step.index
        for completed in completions:
            if not item.where and completed.is_beside_the_point(index, self.trace, self._outcomes):
                continue
            for others, _ in self._tried(completed, item):
                if others & self._outcomes and (codes := self._codes(others)):
                    return codes
        return set()

    @staticmethod
    def _tried(world: World, item: _Item) -> Iterator[tuple[int, int]]:
        """For each value of an unknown fact that the rules tell apart from those before, the steps (a set) that are others
        with it, and how many of the values they take for the same.
        """
        index = item.step.index
        before = world.value(index)
        for sort in dict.fromkeys(item.sorts):
            yield world.with_value(index, item.put(before, sort.value), sort.follows), sort.alike

    def _completions(self, items: list[_Item], completed: list[World]) -> Iterator[World]:
        """The child with every unknown fact filled in, in several ways; ``completed`` has those that were made before."""
        for number in range(COMPLETIONS):
            if number == len(completed):
                chance = random.Random(number)  # the same answer every time
                # The same step may hold several unknowns (two fields of one record): put them one after another.
                chosen: dict[int, Any] = {}
                for item in items:
                    if item.tries:
                        place = item.step.index
                        value = _completing(item, number, chance)
                        chosen[place] = item.put(chosen.get(place, self.trace[place]), value)
                        if not item.where:
                            chosen.update(item.follows[id(value)])
                completed.append(self._world(chosen))
            yield completed[number]

    def _world(self, chosen: Mapping[int, Any]) -> World:
        return World(self.bound, self._reach, self.trace, chosen, self._wanted)

    def _codes(self, steps: int) -> set[str]:
        """The undetermined outcomes that some of these steps (a set) hold."""
        return {code for i in steps_in(steps & self._outcomes) for code in self._outcome_of[i]}

    @cached_property
    def _outcome_of(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for code in self.undetermined:
            for i in self.places[code]:
                found.setdefault(i, []).append(code)
        return found

    @cached_property
    def _outcomes(self) -> int:
        return set_of(self._outcome_of)

    @cached_property
    def _reach(self) -> Reach:
        return Reach.of(self.dependents)

    @cached_property
    def _wanted(self) -> int:
        """The steps (a set) that an undetermined outcome rests on; nothing else need be computed again."""
        found = 0
        for index in self._outcome_of:
            found |= self._reach.below[index]
        return found

    def _cone(self, index: int) -> tuple[int, ...]:
        """The steps that depend on one, of those that an undetermined outcome rests on; in order."""
        return tuple(i for i in self.dependents.cone(index) if self._wanted >> i & 1)

    # ---- what to try ----------------------------------------------------------------------------------------

    def _items(self, path: str, step: Step, where: tuple[Any, ...]) -> Iterator[_Item]:
        if where:
            tries = tuple(record_tries(step, where, self.bound.day))
            sorts = [Sort(value, {}, 1) for value in tries]  # what a record's fact does rests on the whole list
            yield _Item(path, step, where, tries, sorts, lambda records, value: with_value(records, where, value))
        elif isinstance(step.node, n.Collection):
            tries = list_tries(path, self.bound.day)
            yield _Item(path, step, (), tries, self._sorts(step, tries), lambda _, value: value)
        else:
            known, compared = self.trace[step.index], partial(compared_with, self.dependents, self.trace, step)
            tries = tuple(fact_tries(step.node.kind, known, compared, self.bound.day))
            sorts = self._sorts(step, tries)
            for asked in self._asked(path):
                yield _Item(asked, step, (), tries, sorts, lambda _, value: value)

    def _sorts(self, step: Step, tries: tuple[Any, ...]) -> list[Sort]:
        return sorts_of(self.bound, self._reach, self.trace, step.index, tries, self._wanted)

    def _asked(self, path: str) -> Iterator[str]:
        """The paths to ask for: a derived fact is asked for through those it comes from."""
        case: Case = self.trace[CASE]
        for source in DERIVED.get(path, (path,)):
            if source == path:
                yield path
                continue
            value: Any = case
            for part in source.split("."):
                value = getattr(value, part)
            if value is None or len(value) < 6:
                yield source


def _completing(item: _Item, number: int, chance: random.Random) -> Any:
    """A value for the completion of that number: all quiet, all loud, then ever more by chance.

    Quiet is "no" and "none": beside it a single "yes" shows what it decides.
    """
    if number == 1:
        return next((t for t in item.tries if t is True), item.tries[-1])
    if number == 0 or chance.random() < 0.3:
        return next((t for t in item.tries if t is False or t == ()), item.tries[0])
    return chance.choice(item.tries)


__all__ = ["DERIVED", "MissingFact", "Search"]
