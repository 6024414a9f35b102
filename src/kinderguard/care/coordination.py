"""Coordination 统筹 before anything is promised: who is served twice for the same need, and whom nobody reaches.

Callers bring what is promised or given (``ServiceGiven``, from plans or from lists of organisations) and the needs. Every
need is found in exactly one place: served, unserved, to be clarified, or for the authorities. Nothing is decided here.
"""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

import attrs
from pydantic import model_validator

from kinderguard.casefile.care.fields import CodeName, Day, FileNumber
from kinderguard.casefile.care.needs import Need
from kinderguard.casefile.care.plans import CarePlan, PlanState, ServiceState
from kinderguard.model.dates import as_day
from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import DivisionCode, place_name, place_of
from kinderguard.model.record import Record, fact
from kinderguard.model.text import Text
from kinderguard.packs.need_rules import Service


class ServiceGiven(Record):
    """A service that an organisation promised or gives to one child for one need 服务安排.

    It runs from ``since`` to ``until``, both days included; without ``until`` it runs on.
    """

    ref: FileNumber = fact("序号", "the file's own number", default=..., note="Never a name or an ID number.")
    need: str = fact("需求代码", "code of the need", default=...)
    service: Service = fact("服务", "service", default=...)
    organisation: CodeName = fact("组织编号", "code of the organisation", default=..., note="Never a person's name.")
    since: Day = fact("起始日期", "first day", default=...)
    until: Day | None = fact("截止日期", "last day", note="Left out: it runs on.")
    division: DivisionCode | None = fact("所在行政区划代码", "division where the child lives")

    @model_validator(mode="after")
    def _consistent(self) -> "ServiceGiven":
        if self.until and self.until < self.since:
            raise FieldValueError(
                "截止日期（until）早于起始日期（since）", "the last day (until) lies before the first (since)"
            )
        return self

    def on(self, day: dt.date) -> bool:
        """Whether it runs on a day."""
        day = as_day(day, "day")
        return self.since <= day and (self.until is None or day <= self.until)


@attrs.frozen
class UndatedService:
    """A promised service of a plan that cannot be compared, since its first day is not known: file number and number."""

    ref: str
    number: int


def services_of(plans: Iterable[CarePlan]) -> tuple[tuple[ServiceGiven, ...], tuple[UndatedService, ...]]:
    """What plans promise or gave, as services to compare; and what they promise without saying from when.

    What was delivered runs to the day of delivery where it has no other end. A plan that was dropped or ended early
    promises nothing any more.
    """
    found: list[ServiceGiven] = []
    undated: list[UndatedService] = []
    for plan in plans:
        over = plan.state in (PlanState.DROPPED, PlanState.ENDED_EARLY)
        counted = (ServiceState.DELIVERED,) if over else (ServiceState.PROMISED, ServiceState.DELIVERED)
        for each in plan.services:
            if each.state not in counted or each.organisation is None:
                continue
            since = min((day for day in (each.since, each.delivered_on) if day), default=None)
            if since is None:
                undated.append(UndatedService(plan.ref, each.number))
                continue
            until = each.until or each.delivered_on
            found.append(
                ServiceGiven(
                    ref=plan.ref,
                    need=each.need,
                    service=each.service,
                    organisation=each.organisation,
                    since=since,
                    until=until,
                    division=plan.division,
                )
            )
    return tuple(found), tuple(undated)


@attrs.frozen
class Overlap:
    """One need of one child, served by two organisations on the same days, ``since`` … ``until`` included."""

    first: ServiceGiven
    second: ServiceGiven
    since: dt.date
    until: dt.date | None

    @property
    def days(self) -> int | None:
        """How many days; None where both run on."""
        return None if self.until is None else (self.until - self.since).days + 1

    @property
    def message(self) -> Text:
        """What to look at, in both languages; the need is told by its code."""
        return self.told()

    def told(self, title: Text | None = None) -> Text:
        """What to look at, in both languages.

        Args:
            title: what the need is called, as ``need_rules`` has it; told by its code alone if left out.
        """
        code = self.first.need
        need = Text(code, code) if title is None else Text(f"{title.zh}，{code}", f"{title.en}, {code}")
        until = Text("起", " on") if self.until is None else Text(f"至{self.until}", f" to {self.until}")
        a, b = self.first, self.second
        return Text(
            f"儿童{a.ref}的同一需求（{need.zh}）自{self.since}{until.zh}由{a.organisation}和{b.organisation}重复服务；"
            "请两家商定由谁负责",
            f"one need of child {a.ref} ({need.en}) is served twice, by {a.organisation} and {b.organisation}, from "
            f"{self.since}{until.en}; let the two settle who does it",
        )


def overlaps(services: Iterable[ServiceGiven]) -> tuple[Overlap, ...]:
    """Where the same need of one child is served by different organisations on the same days.

    Periods include both their ends: one that ends on the day on which another begins shares that day. The order of the
    services makes no difference. Two services of one organisation are no overlap.
    """
    ordered = sorted(services, key=_order)
    found = []
    for _, group in groupby(ordered, key=lambda each: (each.ref, each.need)):
        running: list[ServiceGiven] = []
        for later in group:
            running = [each for each in running if each.until is None or each.until >= later.since]
            found += [_overlap(each, later) for each in running if each.organisation != later.organisation]
            running.append(later)
    return tuple(found)


def _order(each: ServiceGiven) -> tuple[str, str, dt.date, str, dt.date, str]:
    return each.ref, each.need, each.since, each.organisation, each.until or dt.date.max, each.service.value


def _overlap(first: ServiceGiven, second: ServiceGiven) -> Overlap:
    ends = [each.until for each in (first, second) if each.until is not None]
    return Overlap(first, second, max(first.since, second.since), min(ends, default=None))


@attrs.frozen
class PlaceReach:
    """How far the needs of one place are reached. Needs to be clarified and those for the authorities are counted apart.

    ``place`` is a division code, at most as long as was asked for; None for children of whom no place is known.
    """

    place: str | None
    served: int
    unserved: int
    to_clarify: int
    for_authorities: int

    @property
    def reached(self) -> bool | None:
        """Whether anybody serves a need there; None where no need is there that helpers could meet."""
        return None if self.served + self.unserved == 0 else self.served > 0

    @property
    def name(self) -> Text:
        """The place's name."""
        return Text("地点不详", "place unknown") if self.place is None else place_name(self.place)


@attrs.frozen
class Unserved:
    """Which needs nobody serves on a day, and which are left aside. Each need stands in exactly one of the four."""

    on: dt.date
    served: tuple[Need, ...]
    unserved: tuple[Need, ...]
    to_clarify: tuple[Need, ...]
    for_authorities: tuple[Need, ...]
    places: tuple[PlaceReach, ...]

    @property
    def children(self) -> tuple[str | None, ...]:
        """The file numbers of children none of whose needs is served, though helpers could."""
        served = {need.ref for need in self.served if need.ref is not None}
        waiting = dict.fromkeys(need.ref for need in self.unserved)
        return tuple(ref for ref in waiting if ref not in served)

    @property
    def places_not_reached(self) -> tuple[PlaceReach, ...]:
        """The places where somebody needs something and nobody is served."""
        return tuple(each for each in self.places if each.reached is False)


def unserved(
    needs: Iterable[Need], services: Iterable[ServiceGiven], *, on: dt.date, place_digits: int = 9
) -> Unserved:
    """Which needs nobody serves on a day, by child and by place.

    Args:
        needs: of any number of children. A need without a file number cannot be found in the services: it is unserved.
        services: what is promised or given.
        on: the day.
        place_digits: how many digits of the division make a place: 6 a county, 9 a township or subdistrict, 12 a village
            or residents' committee. A child whose division is known less precisely stands under what is known.

    Raises:
        ValueError: ``place_digits`` is no level of divisions.
    """
    if place_digits not in (2, 4, 6, 9, 12):
        raise ValueError(f"A place is 2, 4, 6, 9 or 12 digits of the division, not {place_digits!r}.")
    on = as_day(on, "on")
    running = {(each.ref, each.need) for each in services if each.on(on)}
    sorted_out: dict[str, list[Need]] = {"served": [], "unserved": [], "to_clarify": [], "for_authorities": []}
    counted: dict[str | None, dict[str, int]] = {}
    for need in needs:
        where = _where(need, running)
        sorted_out[where].append(need)
        counts = counted.setdefault(place_of(need.division, place_digits), dict.fromkeys(sorted_out, 0))
        counts[where] += 1
    places = (PlaceReach(place, **counts) for place, counts in counted.items())
    return Unserved(
        on,
        **{name: tuple(found) for name, found in sorted_out.items()},
        places=tuple(sorted(places, key=lambda each: (each.place is None, each.place or ""))),
    )


def _where(need: Need, running: set[tuple[str, str]]) -> str:
    if need.ref is not None and (need.ref, need.code) in running:
        return "served"
    if need.to_clarify:
        return "to_clarify"
    return "unserved" if need.for_helpers else "for_authorities"
