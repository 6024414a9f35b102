"""The rules of one division on a day, as the frame engine and what is said about frames ask for them."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import attrs

from kinderguard.engines.explain import absent_parameter
from kinderguard.model.errors import Problem
from kinderguard.packs.fact_providers import needed_providers
from kinderguard.packs.overlay import Overlay
from kinderguard.rules.definitions import Category, Check, FactProvider, Policy
from kinderguard.rules.ruleset import RuleSet


@attrs.frozen(eq=False)
class PlaceRules:
    """The rules of one division on a day, as the frame engine asks for them."""

    division: str | None
    day: dt.date
    overlay: Overlay
    rules: RuleSet
    group: Hashable
    #: What is wrong with the place itself: that its county is not known, say.
    of_place: tuple[Problem, ...] = ()

    def parameters(self, codes: Iterable[str]) -> Mapping[str, Any]:
        """The values of parameters here, as the reference engine takes them; what has none is known by its floor."""
        found = {}
        for code in codes:
            parameter = self.rules.parameters[code]
            value = parameter.at(self.division, self.day)
            assert parameter.kind is not None
            floor = parameter.floor.value if parameter.floor else None
            found[code] = absent_parameter(parameter.kind, floor) if value is None else value.value
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the packs of the place, and with the place."""
        return (*self.overlay.problems, *self.of_place)

    @property
    def providers(self) -> tuple[FactProvider, ...]:
        """The providers of the facts that rules in force read, each after those whose facts it needs."""
        rules = self.rules
        dated: dict[str, Category | Policy | Check] = {**rules.categories, **rules.policies, **rules.checks}
        in_force = {code for code, rule in dated.items() if self.day in rule.effective}
        read = {path for path, owners in self.overlay.readers.items() if not in_force.isdisjoint(owners)}
        return needed_providers(rules, read)
