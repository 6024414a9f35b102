"""The search for missing facts computes again only what a changed value reaches; it finds what computing all again finds."""

import random

import pytest

import kinderguard
from kinderguard.analysis import plant
from kinderguard.engines.blame import is_unknown
from kinderguard.engines.missing import COMPLETIONS, MissingFact, Search, _completing
from kinderguard.engines.worlds import Reach, World, steps_in
from survey.lists import DAY


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


class Plainly:
    """The same search, every step that depends on a fact computed again for each value of it."""

    def __init__(self, result):
        self.search = Search(result.basis.bound, result.trace, result.basis.dependents)
        self.places = {code: self.search.places[code] for code in self.search.undetermined}
        leaves = self.search._leaves[0]
        self.items = [i for (path, _, where), step in leaves.items() for i in self.search._items(path, step, where)]
        self.cones = {i.step.index: result.basis.dependents.cone(i.step.index) for i in self.items}

    def outcomes(self, v):
        return {code: [v[i] for i in places] for code, places in self.places.items()}

    def with_values(self, item, v):
        place = item.step.index
        for value in item.tries:
            yield self.outcomes(self.search.bound.rerun(v, {place: item.put(v[place], value)}, self.cones[place]))

    def alone(self, item):
        base, settled, changed = self.outcomes(self.search.trace), 0, set()
        for now in self.with_values(item, self.search.trace):
            others = {code for code in now if now[code] != base[code]}
            settled += sum(not any(map(is_unknown, now[code])) for code in others)
            changed |= others
        return settled / (len(self.places) * max(1, len(item.tries))), changed

    def beside(self, item, completions):
        for v in completions:
            base = self.outcomes(v)
            for now in self.with_values(item, v):
                if now != base:
                    return {code for code in now if now[code] != base[code]}
        return set()

    def completions(self):
        for number in range(COMPLETIONS):
            chance, chosen = random.Random(number), {}
            for item in (i for i in self.items if i.tries):
                place = item.step.index
                value = _completing(item, number, chance)
                chosen[place] = item.put(chosen.get(place, self.search.trace[place]), value)
            affected = tuple(sorted({i for place in chosen for i in self.cones[place]}))
            yield self.search.bound.rerun(self.search.trace, chosen, affected)

    def facts(self):
        completions = list(self.completions())
        found = {}
        for item in self.items:
            share, changed = self.alone(item)
            if not changed:
                share, changed = 0.0, self.beside(item, completions)
            if changed:
                before = found.get(item.path, (0.0, set()))
                found[item.path] = (max(before[0], share), before[1] | changed)
        return {MissingFact(path, share, tuple(sorted(changed))) for path, (share, changed) in found.items()}


@pytest.mark.parametrize("noise", ["low", "high"])
def test_what_is_missing_is_what_computing_everything_again_finds(book, noise):
    rows = plant(6, seed=11, noise=noise).cases()
    for result in (book.assess(case, on=DAY) for _, case in rows[::2]):
        assert result.undetermined
        assert set(result.missing) == Plainly(result).facts()


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"child.birth_date": "2014-05-20", "child.registration.division": "330199", "father.situations": [{"kind": "imprisoned"}]},
        {"child.birth_date": "2009", "household.members": [{"relation": "grandparent"}, {"disability": {"kind": "mental"}}]},
    ],
    ids=["nothing", "a county's child", "members"],
)  # fmt: skip
def test_what_is_missing_where_little_is_known_is_what_computing_everything_again_finds(book, facts):
    result = book.assess(kinderguard.Case.from_facts(facts), on=DAY)
    assert len(result.missing) > 10
    assert set(result.missing) == Plainly(result).facts()


def test_of_a_whole_trace_only_what_a_value_reaches_becomes_another(book):
    (_, case), *_ = plant(1, seed=1, noise="low").cases()
    result = book.assess(case, on=DAY)
    bound, dependents = result.basis.bound, result.basis.dependents
    (place,) = (s.index for s in bound.plan.dynamic if getattr(s.node, "path", "") == "household.aid")
    world = World(bound, Reach.of(dependents), result.trace, {}, wanted=-1)
    for value in ((), None, ()):
        others = list(steps_in(world.with_value(place, value, {})))
        again = bound.rerun(result.trace, {place: value}, dependents.cone(place))
        assert world.tried == again
        assert others == [i for i, (a, b) in enumerate(zip(again, result.trace, strict=True)) if a != b and i > 2]


def test_where_facts_are_filled_in_what_follows_is_computed_when_it_is_asked_for(book):
    result = book.assess(kinderguard.Case.from_facts({"child.birth_date": "2015-06-01"}), on=DAY)
    bound, dependents = result.basis.bound, result.basis.dependents
    (place,) = (s.index for s in bound.plan.dynamic if getattr(s.node, "path", "") == "household.aid")
    world = World(bound, Reach.of(dependents), result.trace, {place: ()}, wanted=-1)
    again = bound.rerun(result.trace, {place: ()}, dependents.cone(place))
    assert any(a != b for a, b in zip(again, result.trace, strict=True))
    assert [world.value(i) for i in range(len(again))] == again


def test_the_search_keeps_no_trace_once_it_has_answered(book):
    result = book.assess(kinderguard.Case.from_facts({"child.birth_date": "2015-06-01"}), on=DAY)
    assert result.missing
    kept = [value for value in vars(result._search).values() if isinstance(value, list)]
    assert not [value for value in kept if value is not result.trace]
