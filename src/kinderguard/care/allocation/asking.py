"""What an allocation is asked for: the objective, the limits, and what can be wrong with them.

Read by ``allocate`` and everything behind it. Plain values; nothing here needs the extra ``[care]``. Every default is this
library's own and no law.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Self

import attrs

from kinderguard.casefile.care.needs import Need
from kinderguard.model.errors import FieldValueError, MissingExtraError, ToldError
from kinderguard.model.places import check_division
from kinderguard.model.text import Text
from kinderguard.packs.need_rules import Urgency

#: Kilometres by (file number of the child or division code, code of the offer).
Distances = Mapping[tuple[str, str], float]

#: Travel is compared in whole steps of this many metres, so that it is computed without rounding.
STEP_METRES = 100

#: Present needs come in three levels by urgency, needs to be clarified in three more behind them.
LEVELS = 2 * len(Urgency)


def level_of(need: Need) -> int:
    """0 for an immediate present need … 5 for a planned one that is still to be clarified."""
    return need.urgency.rank + (len(Urgency) if need.to_clarify else 0)


class AllocationError(ToldError, ValueError):
    """An allocation that cannot be made as it was asked for; the message says what to change."""


class TwiceError(AllocationError):
    """Two needs of one child with one code, or two offers of one code."""

    @classmethod
    def of(cls, zh: str, en: str, where: str) -> Self:
        """The error for what stands twice."""
        return cls(Text(f"{zh}重复：{where}；请只保留一个。", f"This {en} is there twice: {where}; keep one of them."))


class SolverError(ToldError, RuntimeError):
    """The solver gave no answer that could be checked: it ran out of time, or its answer is not exact."""


@contextmanager
def needing_extra() -> Iterator[None]:
    """Around an import of what computes: says which extra to install where it is not.

    Raises:
        MissingExtraError: numpy, which comes with highspy, is not there.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "numpy":
            raise
        raise MissingExtraError("care", "highspy") from None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _length(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0


def _copied(limits: Mapping[str, int]) -> Mapping[str, int]:
    return dict(limits)


def _divisions(codes: Iterable[str]) -> frozenset[str]:
    given = (codes,) if isinstance(codes, str) else codes
    try:
        return frozenset(check_division(code) for code in given)
    except FieldValueError as error:
        raise AllocationError(Text("偏远地区：", "remote places: ") + error.text) from None


@attrs.frozen
class Objective:
    """What is best, one aim after the other; a later one never takes anything from an earlier one.

    1. As many needs as possible, the most urgent first: no number of planned ones outweighs a single one that is
       immediate. Needs still to be clarified come after all that are present.
    2. Fairness between places: the worst-served place is served as well as possible, then the next worst, and so on;
       before that, places named as remote are brought to their floor. A place's share is what is served of the present
       needs that are for helpers, met by anybody or by nobody.
    3. The least travel, where an organisation that the child knows counts as ``familiar_km`` nearer.
    4. What is still equal goes to the need that was found on the earlier day, then to the smaller file number.

    Args:
        place_digits: how many digits of the division make a place: 6 a county, 9 a township, 12 a village.
        remote: divisions that are remote. A place in one of them is remote too.
        remote_floor: the share of their needs that remote places reach before others are raised, from 0 to 1.
        familiar_km: how many kilometres further an organisation may be if the child knows it.
        hold_for_unclear: whether what is left is held for needs still to be clarified.

    Raises:
        AllocationError: a value that cannot be; the message says which can.
    """

    place_digits: int = 9
    remote: frozenset[str] = attrs.field(default=frozenset(), converter=_divisions)
    remote_floor: Fraction = attrs.field(default=Fraction(1, 2), converter=Fraction)
    familiar_km: int = 10
    hold_for_unclear: bool = True

    def __attrs_post_init__(self) -> None:
        if self.place_digits not in (2, 4, 6, 9, 12):
            raise AllocationError(
                Text("place_digits 应为 2、4、6、9 或 12。", "place_digits is one of 2, 4, 6, 9 and 12.")
            )
        if not 0 <= self.remote_floor <= 1:
            raise AllocationError(Text("remote_floor 应在 0 至 1 之间。", "remote_floor is from 0 to 1."))
        if not _whole(self.familiar_km) or self.familiar_km < 0:
            raise AllocationError(
                Text("familiar_km 应为不小于 0 的整数。", "familiar_km is a whole number, at least 0.")
            )

    def is_remote(self, place: str | None) -> bool:
        """Whether a place lies in one that is named as remote."""
        return place is not None and any(place.startswith(code) for code in self.remote)


@attrs.frozen
class Limits:
    """What is never exceeded, beside the limits of each offer itself (capacity, area, days, reach, bars).

    Args:
        max_km: how far whoever meets the child may have to go; it says nothing of what is sent or online. With it, a
            distance that is not known has to be found out first.
        per_organisation: how many needs an organisation may serve in all its offers, by its code.
        seconds: how long the solver may take for each of the four aims; without end if left out.

    Raises:
        AllocationError: a value that cannot be.
    """

    max_km: float | None = None
    per_organisation: Mapping[str, int] = attrs.field(factory=dict, converter=_copied)
    seconds: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.max_km is not None and not _length(self.max_km):
            raise AllocationError(
                Text("max_km 应为不小于 0 的公里数。", "max_km is a number of kilometres, at least 0.")
            )
        if not all(_whole(most) and most >= 0 for most in self.per_organisation.values()):
            raise AllocationError(
                Text(
                    "per_organisation 的上限应为不小于 0 的整数。", "per_organisation holds whole numbers, at least 0."
                )
            )
        if self.seconds is not None and (not _length(self.seconds) or self.seconds == 0):
            raise AllocationError(Text("seconds 应大于 0。", "seconds is more than 0."))


def check_distances(distances: Distances | None) -> None:
    """Nothing, where every distance of a table is one.

    Raises:
        AllocationError: a distance is negative or no number.
    """
    for _, offer in (key for key, km in (distances or {}).items() if not _length(km)):
        raise AllocationError(
            Text(
                f"距离表中到供给 {offer} 的距离应为不小于 0 的公里数；不知道的请不要填。",
                f"A distance to offer {offer} is no number of kilometres from 0 on; leave out what is not known.",
            )
        )
