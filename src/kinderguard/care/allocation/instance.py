"""One allocation as numbers: needs and offers in their order, levels, places, costs. Read by every stage, by prices and texts.

The order depends on nothing but the needs and offers themselves, so that the order in which they are given makes no
difference. Nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.care.allocation.asking import LEVELS, STEP_METRES, Objective, level_of
from kinderguard.care.allocation.candidates import Candidates, Numbers, Pairs
from kinderguard.care.offers import Offer
from kinderguard.casefile.care.needs import Need
from kinderguard.model.places import place_of
from kinderguard.packs.need_rules import Service


@attrs.define(eq=False)
class Instance:
    """The needs and offers of one allocation, in their order, with the pairs that may be matched."""

    needs: Sequence[Need]
    offers: Sequence[Offer]
    objective: Objective
    candidates: Candidates

    @cached_property
    def levels(self) -> Numbers:
        """By need."""
        return np.array([level_of(need) for need in self.needs], np.int64)

    @cached_property
    def takes_part(self) -> npt.NDArray[np.bool_]:
        """By need, whether it may be served: those to be clarified only where something is held for them."""
        hold = self.objective.hold_for_unclear
        return np.array([need.for_helpers and (hold or not need.to_clarify) for need in self.needs], bool)

    @cached_property
    def pairs(self) -> Pairs:
        """What may be matched, of the needs that take part."""
        return self.candidates.fits.where(self.takes_part[self.candidates.fits.need])

    @cached_property
    def capacities(self) -> Numbers:
        """By offer."""
        return np.array([offer.capacity for offer in self.offers], np.int64)

    # ---- organisations ------------------------------------------------------------------------------------------

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        """Those that have offers here and a limit of their own."""
        return tuple(sorted({o.organisation for o in self.offers} & set(self.candidates.limits.per_organisation)))

    @cached_property
    def organisation_limits(self) -> Numbers:
        """By organisation."""
        return np.array([self.candidates.limits.per_organisation[code] for code in self.organisations], np.int64)

    @cached_property
    def organisation_of(self) -> Numbers:
        """By offer; −1 where the organisation has no limit."""
        number = {code: n for n, code in enumerate(self.organisations)}
        return np.array([number.get(offer.organisation, -1) for offer in self.offers], np.int64)

    # ---- places -------------------------------------------------------------------------------------------------

    @cached_property
    def _counted(self) -> Mapping[str | None, list[int]]:
        found: dict[str | None, list[int]] = {}
        for number, need in enumerate(self.needs):
            if need.for_helpers and not need.to_clarify:
                found.setdefault(place_of(need.division, self.objective.place_digits), []).append(number)
        return {place: found[place] for place in sorted(found, key=lambda p: (p is None, p or ""))}

    @property
    def places(self) -> tuple[str | None, ...]:
        """Every place with a present need for helpers, whether or not anybody can meet it; None: not known where."""
        return tuple(self._counted)

    @cached_property
    def place_sizes(self) -> Numbers:
        """By place, how many present needs for helpers."""
        return np.array([len(numbers) for numbers in self._counted.values()], np.int64)

    @cached_property
    def place_of(self) -> Numbers:
        """By need; −1 for one that no share counts."""
        found = np.full(len(self.needs), -1, np.int64)
        for place, numbers in enumerate(self._counted.values()):
            found[numbers] = place
        return found

    @cached_property
    def remote(self) -> npt.NDArray[np.bool_]:
        """By place."""
        return np.array([self.objective.is_remote(place) for place in self.places], bool)

    # ---- what is worth what -------------------------------------------------------------------------------------

    @cached_property
    def familiar(self) -> npt.NDArray[np.bool_]:
        """Of each pair, whether the child knows the organisation."""
        names = [offer.organisation for offer in self.offers]
        found = np.zeros(len(self.pairs), bool)
        for number, need in enumerate(self.needs):
            if need.familiar:
                here = self.pairs.of(number)
                found[here] = [names[offer] in need.familiar for offer in self.pairs.offer[here]]
        return found

    @cached_property
    def travels(self) -> npt.NDArray[np.bool_]:
        """Of each pair, whether somebody has to go there; not for what is sent or online."""
        return np.array([service.in_contact for service in Service], bool)[self.pairs.service]

    @cached_property
    def costs(self) -> Numbers:
        """Of each pair, in steps of 100 m: travel, less what it is worth that the child knows the organisation.

        A distance that nobody knows counts as the longest that is known.
        """
        km = self.pairs.km
        known = ~np.isnan(km) & self.travels
        longest = km[known].max() if known.any() else 0.0
        steps = np.rint(np.where(known, km, longest) * (1000 / STEP_METRES)).astype(np.int64)
        worth = self.objective.familiar_km * 1000 // STEP_METRES
        return np.where(self.travels, steps, 0) - worth * self.familiar.astype(np.int64)

    def standing(self, chosen: Numbers) -> "Standing":
        """How good a matching is, by its pairs."""
        needs = self.pairs.need[chosen]
        served = np.bincount(self.place_of[needs][self.place_of[needs] >= 0], minlength=len(self.places))
        shares = [Fraction(int(s), int(n)) for s, n in zip(served, self.place_sizes, strict=True)]
        floor = self.objective.remote_floor
        return Standing(
            by_level=tuple(np.bincount(self.levels[needs], minlength=LEVELS).tolist()),
            remote=tuple(sorted(min(s, floor) for s, far in zip(shares, self.remote, strict=True) if far)),
            shares=tuple(sorted(shares)),
            saved=-int(self.costs[chosen].sum()),
        )


@attrs.frozen(order=True)
class Standing:
    """How good a matching is: compared part by part in this order, as the objective has it. More is better in each.

    ``by_level``: served needs, present ones by urgency, then those to be clarified by urgency. ``remote``: the shares of
    remote places up to their floor, the worst first. ``shares``: of all places, the worst first. ``saved``: less travel, in
    steps of 100 m, an organisation that the child knows counted as nearer.
    """

    by_level: tuple[int, ...]
    remote: tuple[Fraction, ...]
    shares: tuple[Fraction, ...]
    saved: int
