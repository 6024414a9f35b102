"""What an allocation says: what becomes of every need and why, the places, the prices of limits. Made by ``allocate``.

A proposal for people to decide on: nothing is promised by it and nobody is told. It holds file numbers and codes of
organisations, never anybody's name.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.care.allocation import showing
from kinderguard.care.allocation.asking import Distances, Limits, Objective, needing_extra
from kinderguard.care.offers import Offer
from kinderguard.casefile.care.needs import Need
from kinderguard.model.codes import Code
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text
from kinderguard.model.view import View, display_language
from kinderguard.packs.need_rules import Service, Urgency

if TYPE_CHECKING:
    from kinderguard.care.allocation.stages import Aim


class Decided(Code):
    """What becomes of a need 分配结果."""

    SERVED = "served", "已安排", "served"
    HELD = "held", "预留（需求待核实）", "a place is held until the need is clarified"
    WAITING = "waiting", "候补", "waiting"
    FIND_OUT = "find_out", "须先查明", "something has to be found out first"
    NO_OFFER = "no_offer", "没有合适的供给", "no offer fits"
    TO_CLARIFY = "to_clarify", "需求待核实", "the need is to be clarified first"
    FOR_AUTHORITIES = "for_authorities", "由主管部门处理", "for the authorities"

    @property
    def only_unclear(self) -> bool:
        """Whether it becomes only of needs that are to be clarified, as its title says."""
        return self in (Decided.HELD, Decided.TO_CLARIFY)


@attrs.frozen
class FindOut:
    """An offer that may fit a need once something is found out, and what."""

    offer: str
    what: Text


@attrs.frozen
class Allotment:
    """What becomes of one need, and why.

    Args:
        need: the need.
        decided: what becomes of it.
        reason: why, in both languages. Of a need that is to be clarified it says so first, with what to find out.
        offer, organisation, service, km, familiar: by whom it is served; ``km`` is None where it is not known or nobody
            travels, ``familiar`` whether the child knows the organisation.
        in_line: for a need that waits: the fitting offer that is nearest.
        position: its position among those who wait for that offer, from 1. Should a place open elsewhere, or in another
            organisation, a different one of them may be served first: allocate again then.
        find_out: offers that may fit too once something is found out, at most three, the nearest first.
        obstacle: for a need that neither has a place nor waits for one and is for helpers: what stands in the way, without
            what is to be found out about the need itself.
    """

    need: Need
    decided: Decided
    reason: Text
    offer: str | None = None
    organisation: str | None = None
    service: Service | None = None
    km: float | None = None
    familiar: bool = False
    in_line: str | None = None
    position: int | None = None
    find_out: tuple[FindOut, ...] = ()
    obstacle: Text | None = None

    @property
    def placed(self) -> bool:
        """Whether it takes a place of an offer."""
        return self.offer is not None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values: file number and codes, texts in both languages; nothing else of the child."""
        return showing.entry(self)


@attrs.frozen
class PlaceShare:
    """How far the present needs of one place are served. ``place`` is None for children of whom no place is known."""

    place: str | None
    needs: int
    served: int
    remote: bool = False
    #: Whether a remote place reaches its floor; None for others.
    floor_reached: bool | None = None

    @property
    def share(self) -> Fraction:
        """What is served of the present needs that are for helpers."""
        return Fraction(self.served, self.needs)

    @property
    def name(self) -> Text:
        """The place's name."""
        return Text("地点不详", "place unknown") if self.place is None else place_name(self.place)


class LimitKind(Code):
    """Whose limit 限额."""

    OFFER = "offer", "供给的名额", "places of an offer"
    ORGANISATION = "organisation", "组织的总限额", "limit of an organisation"


@attrs.frozen
class Price:
    """What one more place in a limit would bring: one more need served, or nothing.

    None is served less for it, but for one case: in an offer of an organisation that is at its own limit, one more place
    may serve a more urgent need in the place of a less urgent one.

    Found by following who could move where (an augmenting chain in the network), and so exactly what allocating again
    with one more place gives. A solver's dual value is not used: where several limits bind together it may promise what
    one more place does not bring. Two more places need not bring twice as much.

    Args:
        kind, code: whose limit.
        limit, used: how many there are, and how many are taken.
        urgency: of the need that would be served; None where one more place would bring nothing.
        to_clarify: whether that need is still to be clarified.
        instead_of: the urgency of the need that would give way; None where none would.
        instead_to_clarify: whether that need is still to be clarified.

    An offer without any place (``limit`` 0) takes no part, so its price tells nothing: ``Allocation.what_if`` does.
    """

    kind: LimitKind
    code: str
    limit: int
    used: int
    urgency: Urgency | None = None
    to_clarify: bool = False
    instead_of: Urgency | None = None
    instead_to_clarify: bool = False

    @property
    def message(self) -> Text:
        """The price in words."""
        what = Text(f"{self.kind.zh}（{self.code}）{self.used}/{self.limit}：", f"{self.kind.en} ({self.code}), {self.used} of {self.limit}: ")  # fmt: skip
        if self.kind is LimitKind.OFFER and not self.limit:
            return what + Text("没有名额，未参与安排", "it has no places, and took no part")
        if self.urgency is None:
            return what + Text("再增一个不会多满足任何需求", "one more would serve no further need")
        served = _one_need(self.urgency, self.to_clarify)
        if self.instead_of is None:
            return what + Text(f"再增一个可多满足一项{served.zh}", f"one more would serve one more need, {served.en}")
        given = _one_need(self.instead_of, self.instead_to_clarify)
        return what + Text(
            f"再增一个可满足一项{served.zh}，以替代一项{given.zh}（该组织已达总限额）",
            f"one more would serve a need, {served.en}, in the place of one, {given.en} (the organisation is at its limit)",
        )


def _one_need(urgency: Urgency, to_clarify: bool) -> Text:
    unclear = Text("（待核实）", " and still to be clarified") if to_clarify else Text("", "")
    return Text(f"“{urgency.zh}”的需求{unclear.zh}", f"{urgency.en}{unclear.en}")


@attrs.frozen
class Gain:
    """What other limits would bring beside the allocation as it is, by urgency; found by allocating again.

    ``present`` and ``to_clarify`` count needs served more (or, with tighter limits, less).
    """

    present: Mapping[Urgency, int]
    to_clarify: Mapping[Urgency, int]

    @property
    def needs(self) -> int:
        """Needs served more, of all urgencies together."""
        return sum(self.present.values()) + sum(self.to_clarify.values())


@attrs.frozen
class Asked:
    """All that an allocation was made from."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    on: dt.date
    objective: Objective
    limits: Limits
    distances: Distances | None


@attrs.frozen
class Allocation:
    """Who is to serve which need, and what becomes of every need and why. Made by ``allocate``.

    Args:
        asked: what it was made from.
        allotments: one for every need, present ones before those to be clarified, the most urgent first.
        places: how far each place is served.
        prices: what one more place would bring, by offer and by organisation with a limit.
        aims: the aims as they were solved, each proved to be the best there is.
    """

    asked: Asked = attrs.field(repr=False)
    allotments: tuple[Allotment, ...] = attrs.field(repr=False)
    places: tuple[PlaceShare, ...]
    prices: tuple[Price, ...] = attrs.field(repr=False)
    aims: "tuple[Aim, ...]" = attrs.field(eq=False, repr=False)

    @cached_property
    def _by_key(self) -> dict[tuple[str | None, str], Allotment]:
        return {each.need.key: each for each in self.allotments}

    def allotment(self, ref: str | None, code: str) -> Allotment:
        """What becomes of one need, by the child's file number and the need's code.

        Raises:
            KeyError: there is no such need.
        """
        return self._by_key[ref, code]

    @property
    def placed(self) -> tuple[Allotment, ...]:
        """What is served or held."""
        return tuple(each for each in self.allotments if each.placed)

    def of(self, offer: str) -> tuple[Allotment, ...]:
        """What one offer serves or holds."""
        return tuple(each for each in self.allotments if each.offer == offer)

    def waiting_for(self, offer: str) -> tuple[Allotment, ...]:
        """Who waits for an offer as the nearest that fits, in line."""
        found = [each for each in self.allotments if each.in_line == offer]
        return tuple(sorted(found, key=lambda each: each.position or 0))

    def served(self, urgency: Urgency) -> tuple[int, int]:
        """How many present needs of an urgency are served, and how many there are for helpers."""
        return self._placed_of(urgency, to_clarify=False)

    def held(self, urgency: Urgency) -> tuple[int, int]:
        """For how many needs of an urgency that are to be clarified a place is held, and how many there are for helpers."""
        return self._placed_of(urgency, to_clarify=True)

    def _placed_of(self, urgency: Urgency, *, to_clarify: bool) -> tuple[int, int]:
        needs = ((each.placed, each.need) for each in self.allotments)
        here = [p for p, n in needs if n.urgency is urgency and n.to_clarify is to_clarify and n.for_helpers]
        return sum(here), len(here)

    @property
    def worst_place(self) -> PlaceShare | None:
        """The place that is served worst; None where there is no need."""
        return min(self.places, key=lambda place: place.share, default=None)

    @property
    def mean_km(self) -> float | None:
        """Kilometres on average, over what somebody travels for and whose distance is known; None where there is none."""
        known = [each.km for each in self.allotments if each.placed and each.km is not None]
        return sum(known) / len(known) if known else None

    # ---- for others -------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The document ``kinderguard.allocation/1`` as plain JSON values: what was asked, what becomes of every need, places, prices.

        It holds file numbers, divisions and codes, and texts in both languages; no name, no fact of a child, no place on a
        map. The same needs and offers give the same document.
        """
        return showing.document(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """The same as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def table(self, lang: Language = "zh") -> tuple[list[str], list[tuple[Any, ...]]]:
        """Heads and a row for every need as plain values, for a file or a data frame; no name of a person is in them."""
        return showing.table(self, lang)

    def summary(self, lang: Language | None = None) -> str:
        """What becomes of the needs, by urgency, by place and by offer; who waits; why others are not served. Line by line.

        Args:
            lang: ``"zh"`` or ``"en"``; that of ``display_language``, if left out.
        """
        return "\n".join(line.in_(lang or display_language()) for line in showing.summary(self))

    def view(self, lang: Language | None = None) -> View:
        """How far needs are served, by urgency and place, and every need with why, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.care.allocation.view import allocation_view

        return allocation_view(self, lang)

    def _repr_html_(self) -> str:
        return self.view().html

    def __str__(self) -> str:
        return self.summary()

    def what_if(
        self,
        *,
        places: Mapping[str, int] | None = None,
        organisations: Mapping[str, int] | None = None,
        reach: Mapping[str, float] | None = None,
        max_km: float | None = None,
    ) -> Gain:
        """What other limits would bring, found by allocating again (its first aim alone).

        Every number is a difference to what there is, not what there should be.

        Args:
            places: by offer, how many places more (or less, with a minus): ``{"tutors": 2}`` is two more, and minus its
                whole capacity is the offer gone.
            organisations: by organisation that has a limit, how many needs more.
            reach: by offer that has a reach, how many kilometres further it would go.
            max_km: how many kilometres more the common limit would allow.

        Raises:
            AllocationError: a code that is not there, or that has no such limit; or a limit that would be below zero.
            MissingExtraError, SolverError: as for ``allocate``.
        """
        with needing_extra():
            from kinderguard.care.allocation.prices import what_if

        return what_if(self.asked, places or {}, organisations or {}, reach or {}, max_km or 0)


def counts_by_urgency(by_level: Sequence[int]) -> Gain:
    """Numbers by level as numbers by urgency."""
    each = tuple(Urgency)
    return Gain(
        dict(zip(each, by_level[: len(each)], strict=True)), dict(zip(each, by_level[len(each) :], strict=True))
    )
