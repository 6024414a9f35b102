"""Which unknown facts would change a result, the most decisive first.

A fact is asked for only where a witness is found: some value of it (perhaps beside some values of the other unknown
facts) with which an outcome differs from what it is with another value. So nobody is sent for a paper that cannot
matter. Candidates come from walking down from undetermined outcomes; witnesses from computing again.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import attrs

from kinderguard.engines.blame import Blame, is_unknown
from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Bound, ReferenceAlgebra
from kinderguard.engines.plan import CASE, Step
from kinderguard.engines.tries import fact_tries, list_tries, record_tries, with_value
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


@attrs.frozen(eq=False)
class _Item:
    """One unknown: where it stands in the trace, and values to try. ``put`` makes the value of the step from a try."""

    path: str
    step: Step
    tries: tuple[Any, ...]
    put: Callable[[Any, Any], Any]


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
        self._cones: dict[int, tuple[int, ...]] = {}
        self._completed: list[list[Any]] = []

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
        for item in items:
            share, changed = self._alone(item)
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (max(before[0], share), before[1] | changed)
            else:
                silent.append(item)
        for item in silent:
            changed = self._beside(item, items)
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (before[0], before[1] | changed)
        ordered = sorted(found.items(), key=lambda f: (-f[1][0], -len(f[1][1]), f[0]))
        return tuple(MissingFact(path, share, tuple(sorted(changed))) for path, (share, changed) in ordered)

    def _alone(self, item: _Item) -> tuple[float, set[str]]:
        """How much a fact settles by itself, and which outcomes it changes."""
        settled, changed = 0, set()
        for v, others in self._tried(self.trace, item):
            for code in self._codes(others):
                changed.add(code)
                settled += not any(is_unknown(v[i]) for i in self.places[code])
        return settled / (len(self.undetermined) * max(1, len(item.tries))), changed

    def _tried(self, v: list[Any], item: _Item) -> Iterator[tuple[list[Any], list[int]]]:
        """For each value of an unknown fact, the trace with it, and the steps that are others with it."""
        index = item.step.index
        for value in item.tries:
            yield self._spread(v, {index: item.put(v[index], value)})

    def _spread(self, v: list[Any], chosen: Mapping[int, Any]) -> tuple[list[Any], list[int]]:
        return self.bound.spread(v, chosen, self.dependents.readers, self._wanted_steps)

    def _codes(self, others: Iterable[int]) -> set[str]:
        """The undetermined outcomes that some of these steps hold."""
        of = self._outcome_of
        return {code for i in others if i in of for code in of[i]}

    @cached_property
    def _outcome_of(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for code in self.undetermined:
            for i in self.places[code]:
                found.setdefault(i, []).append(code)
        return found

    @cached_property
    def _wanted(self) -> frozenset[int]:
        """The steps that an undetermined outcome rests on; nothing else need be computed again."""
        seen = {i for code in self.undetermined for i in self.places[code]}
        waiting = list(seen)
        while waiting:
            for read in self.dependents.reads.get(waiting.pop(), ()):
                if read not in seen:
                    seen.add(read)
                    waiting.append(read)
        return frozenset(seen)

    @cached_property
    def _wanted_steps(self) -> bytearray:
        found = bytearray(len(self.trace))
        for index in self._wanted:
            found[index] = 1
        return found

    def _cone(self, index: int) -> tuple[int, ...]:
        found = self._cones.get(index)
        if found is None:
            found = self._cones[index] = tuple(i for i in self.dependents.cone(index) if i in self._wanted)
        return found

    def _completions(self, items: list[_Item]) -> Iterator[list[Any]]:
        """Traces in which every unknown fact has some value; each is made once and serves every fact in question."""
        for number in range(COMPLETIONS):
            if number == len(self._completed):
                chance = random.Random(number)  # the same answer every time
                # The same step may hold several unknowns (two fields of one record): put them one after another.
                chosen: dict[int, Any] = {}
                for item in items:
                    if item.tries:
                        place = item.step.index
                        value = _completing(item, number, chance)
                        chosen[place] = item.put(chosen.get(place, self.trace[place]), value)
                self._completed.append(self._spread(self.trace, chosen)[0])
            yield self._completed[number]

    def _beside(self, item: _Item, items: list[_Item]) -> set[str]:
        """The outcomes that a fact changes beside some values of the other unknown facts."""
        for completed in self._completions(items):
            for _, others in self._tried(completed, item):
                if codes := self._codes(others):
                    return codes
        return set()

    # ---- what to try ----------------------------------------------------------------------------------------

    def _items(self, path: str, step: Step, where: tuple[Any, ...]) -> Iterator[_Item]:
        if where:
            tries = tuple(record_tries(step, where, self.bound.day))
            yield _Item(path, step, tries, lambda records, value: with_value(records, where, value))
        elif isinstance(step.node, n.Collection):
            yield _Item(path, step, list_tries(path, self.bound.day), lambda _, value: value)
        else:
            known, compared = self.trace[step.index], partial(self._thresholds, step)
            tries = tuple(fact_tries(step.node.kind, known, compared, self.bound.day))
            for asked in self._asked(path):
                yield _Item(asked, step, tries, lambda _, value: value)

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

    def _thresholds(self, step: Step) -> set[tuple[Any, str]]:
        """What the fact, or a length of time from it, is compared with: (value, unit)."""
        found = set()
        near = {step.index, *(i for i in self.dependents.cone(step.index))}
        for index, comparison in self.dependents.comparisons.items():
            if index in near:
                for side, other in (comparison.inputs, comparison.inputs[::-1]):
                    value = self.trace[other.index]
                    if side.index in near and not is_unknown(value):
                        found.add((value, side.node.kind.unit or side.node.kind.sort.value))
        return found


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
