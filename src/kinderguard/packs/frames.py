"""The policy book on frames: whose rules apply to each row, and what a frame may hold.

``PolicyBook.assess_frame`` and its companions are written here, so that the book itself does not need Polars.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.engines.explain import absent_parameter
from kinderguard.model.errors import Problem
from kinderguard.packs.overlay import Overlay
from kinderguard.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook


@attrs.frozen(eq=False)
class PlaceRules:
    """The rules of one division on a day, as the frame engine asks for them."""

    division: str | None
    day: dt.date
    overlay: Overlay
    rules: RuleSet
    group: Hashable

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
        """What was wrong with the packs of the place."""
        return self.overlay.problems


def rules_of(book: "PolicyBook", division: str | None, day: dt.date) -> PlaceRules:
    """The rules of a division on a day; divisions with the same packs share a group."""
    overlay = book.overlay(division)
    in_force = overlay.in_force(day)
    return PlaceRules(division, day, overlay, in_force.rules, id(in_force))
