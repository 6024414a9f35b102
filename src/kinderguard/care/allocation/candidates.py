"""Which offer may be matched with which need: exactly what ``fit`` says, without asking it for every pair. Called by ``allocate``.

``fit`` looks at a few things of a need only: services, qualifications, languages, days of the week, how its division lies
to the areas of the offers, and the distance. So it is asked once for each such kind of need and each offer: within reach, beyond it, and
at an unknown distance; which of the three a pair is, is found for all pairs at once. A test holds the two together.
"""

import datetime as dt
from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from kinderguard.care.allocation.asking import Distances, Limits
from kinderguard.care.offers import Fit, Offer, fit
from kinderguard.casefile.care.needs import Need
from kinderguard.model.places import covers
from kinderguard.packs.need_rules import Service

Numbers = npt.NDArray[np.int64]
Kilometres = npt.NDArray[np.float64]

#: Relative width of the band around a reach in which a distance is computed again as ``Place.km_to`` does.
_CLOSE = 1e-6
_WITHIN, _BEYOND, _UNKNOWN = 0, 1, 2
#: A distance of each kind, as ``fit`` takes it.
_EXAMPLE = (0.0, float("inf"), None)
_NOT, _FITS, _OPEN = 0, 1, 2
_VERDICT = {True: _FITS, None: _OPEN, False: _NOT}
_SERVICES = tuple(Service)


@attrs.frozen(eq=False)
class Pairs:
    """Pairs of a need and an offer, by their numbers, ordered by both; ``km`` is "not a number" where it is not known."""

    need: Numbers
    offer: Numbers
    km: Kilometres
    service: Numbers

    def __len__(self) -> int:
        return len(self.need)

    def of(self, need: int) -> slice:
        """Where the pairs of one need stand."""
        return slice(int(np.searchsorted(self.need, need)), int(np.searchsorted(self.need, need, side="right")))

    def where(self, wanted: npt.NDArray[np.bool_]) -> "Pairs":
        """Some of the pairs."""
        return Pairs(self.need[wanted], self.offer[wanted], self.km[wanted], self.service[wanted])

    def service_of(self, pair: int) -> Service:
        """What the offer would do for the need."""
        return _SERVICES[int(self.service[pair])]


@attrs.frozen
class _Kind:
    """All that ``fit`` looks at in a need, but for the distance."""

    services: tuple[Service, ...]
    qualifications: tuple[object, ...]
    languages: tuple[object, ...] | None
    weekdays: tuple[object, ...] | None
    place_known: bool
    areas: tuple[bool | None, ...]


@attrs.frozen(eq=False)
class _Judged:
    need: Numbers
    offer: Numbers
    km: Kilometres
    service: Numbers
    verdict: npt.NDArray[np.int8]


@attrs.define(eq=False)
class Candidates:
    """The pairs that fit, and those of which something has to be found out first.

    Args:
        needs, offers: in their order; the pairs speak of their places in it.
        limits: ``max_km`` shortens the reach of every offer.
        distances: kilometres known from elsewhere; a child's own go before its division's, and both before the map.
    """

    needs: Sequence[Need]
    offers: Sequence[Offer]
    on: dt.date
    limits: Limits
    distances: Distances | None = None

    @cached_property
    def limited(self) -> tuple[Offer, ...]:
        """The offers as they stand under the limits."""
        most = self.limits.max_km
        if most is None:
            return tuple(self.offers)
        return tuple(
            offer
            if offer.reach_km is not None and offer.reach_km <= most
            else offer.model_copy(update={"reach_km": most})
            for offer in self.offers
        )

    @cached_property
    def _both(self) -> tuple[Pairs, Pairs]:
        judged = [part for numbers in self._kinds.values() for part in self._judged(numbers)]
        return _ordered(judged, _FITS), _ordered(judged, _OPEN)

    @property
    def fits(self) -> Pairs:
        """What may be matched."""
        return self._both[0]

    @property
    def open(self) -> Pairs:
        """What may be matched once something is found out."""
        return self._both[1]

    def fit(self, need: int, offer: int) -> Fit:
        """One pair, as ``fit`` tells it."""
        km = self.km(need, [offer])[0]
        return fit(self.limited[offer], self._at(need, km), on=self.on, km=None if np.isnan(km) else float(km))

    def _at(self, need: int, km: float) -> Need:
        """The need; without its place where the distance is not known, as nothing else could be measured."""
        return self.needs[need].model_copy(update={"place": None}) if np.isnan(km) else self.needs[need]

    # ---- distances ----------------------------------------------------------------------------------------------

    def km(self, need: int, offers: Sequence[int]) -> Kilometres:
        """How far offers are from one need."""
        found: Kilometres = self._km([need], offers)[0]
        return found

    def _km(self, needs: Sequence[int], offers: Sequence[int]) -> Kilometres:
        here, there = self._where_needs[list(needs)], self._where_offers[list(offers)]
        found: Kilometres = np.hypot(
            here[:, None, 0] - there[None, :, 0],
            here[:, None, 1] - there[None, :, 1],
        )
        self._settle(found, needs, offers)
        if self._known:
            at = {offer: column for column, offer in enumerate(offers)}
            for row, number in enumerate(needs):
                need = self.needs[number]
                for key in (need.division, need.ref):  # the child's own goes last, and so before the division's
                    for offer, km in self._known.get(key, {}).items():
                        if offer in at:
                            found[row, at[offer]] = km
        return found

    def _settle(self, found: Kilometres, needs: Sequence[int], offers: Sequence[int]) -> None:
        """At the very edge of a reach the last digit decides: there the distance is computed as ``fit`` would."""
        reach = self._reach[list(offers)]
        with np.errstate(invalid="ignore"):
            edge = np.abs(found - reach) <= _CLOSE * (1 + reach)
        for row, column in zip(*np.nonzero(edge), strict=True):
            here, there = self.needs[needs[row]].place, self.offers[offers[column]].place
            if here is not None and there is not None:
                found[row, column] = there.km_to(here)

    @cached_property
    def _known(self) -> dict[str | None, dict[int, float]]:
        numbers = {offer.code: number for number, offer in enumerate(self.offers)}
        known: dict[str | None, dict[int, float]] = {}
        for (key, code), km in (self.distances or {}).items():
            if code in numbers:
                known.setdefault(key, {})[numbers[code]] = km
        return known

    @cached_property
    def _where_needs(self) -> Kilometres:
        return _points(self.needs)

    @cached_property
    def _where_offers(self) -> Kilometres:
        return _points(self.offers)

    @cached_property
    def _reach(self) -> Kilometres:
        """By offer; without end where it has no limit."""
        return np.array([np.inf if o.reach_km is None else o.reach_km for o in self.limited], float)

    # ---- kinds of needs -----------------------------------------------------------------------------------------

    def kind(self, need: int) -> Hashable:
        """Needs of one kind fit the same offers, wherever in reach of them."""
        return self._kind_of[need]

    @cached_property
    def _kind_of(self) -> tuple[_Kind, ...]:
        areas = sorted({area for offer in self.offers for area in offer.area})
        divisions = {need.division for need in self.needs}
        lie = {division: tuple(_lies(area, division) for area in areas) for division in divisions}
        known: dict[_Kind, _Kind] = {}
        found = []
        for need in self.needs:
            kind = _Kind(
                services=need.services,
                qualifications=need.qualifications,
                languages=need.languages,
                weekdays=need.weekdays,
                place_known=need.division is not None,
                areas=lie[need.division],
            )
            found.append(known.setdefault(kind, kind))
        return tuple(found)

    @cached_property
    def _kinds(self) -> dict[_Kind, list[int]]:
        kinds: dict[_Kind, list[int]] = {}
        for number, kind in enumerate(self._kind_of):
            kinds.setdefault(kind, []).append(number)
        return kinds

    def _judged(self, numbers: list[int]) -> Iterator[_Judged]:
        """Every pair of the needs of one kind with an offer that does what they need, with its verdict."""
        one = self.needs[numbers[0]].model_copy(update={"place": None})
        offers = [n for n, offer in enumerate(self.limited) if any(s in offer.services for s in one.services)]
        if not offers:
            return
        verdicts = np.full((3, len(offers)), _NOT, np.int8)
        services = np.zeros((3, len(offers)), np.int64)
        km = self._km(numbers, offers)
        state = np.where(np.isnan(km), _UNKNOWN, np.where(km <= self._reach[offers], _WITHIN, _BEYOND))
        for column, number in enumerate(offers):
            for each in np.unique(state[:, column]).tolist():
                found = fit(self.limited[number], one, on=self.on, km=_EXAMPLE[each])
                verdicts[each, column] = _VERDICT[found.verdict]
                services[each, column] = _SERVICES.index(found.service) if found.service else 0
        columns = np.arange(len(offers))
        told = verdicts[state, columns]
        row, column_of = np.nonzero(told != _NOT)
        yield _Judged(
            np.asarray(numbers, np.int64)[row],
            np.asarray(offers, np.int64)[column_of],
            km[row, column_of],
            services[state[row, column_of], column_of],
            told[row, column_of],
        )


def _ordered(judged: list[_Judged], verdict: int) -> Pairs:
    """The pairs with one verdict, by need and offer."""
    if not judged:
        none = np.zeros(0, np.int64)
        return Pairs(none, none, np.zeros(0), none)
    wanted = np.concatenate([part.verdict for part in judged]) == verdict
    need, offer, service = (
        np.concatenate([getattr(part, name) for part in judged])[wanted] for name in ("need", "offer", "service")
    )
    km = np.concatenate([part.km for part in judged])[wanted]
    order = np.lexsort((offer, need))
    return Pairs(need[order], offer[order], km[order], service[order])


def _points(of: Sequence[Need] | Sequence[Offer]) -> Kilometres:
    nowhere = (np.nan, np.nan)
    points = [(each.place.x_km, each.place.y_km) if each.place else nowhere for each in of]
    return np.array(points, float).reshape(len(points), 2)


def _lies(area: str, division: str | None) -> bool | None:
    """Whether a division lies in an area; None where it is not known precisely enough."""
    if division is None:
        return None
    if covers(area, division):
        return True
    return None if covers(division, area) else False
