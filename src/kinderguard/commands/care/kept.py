"""The plans and promised services that case files hold, as the commands of ``care`` read them.

Read alone: nothing is written or decided here. What was taken back or erased is not there.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from kinderguard.care import CarePlan, Delivery, PlannedService, ServiceGiven, ServiceState, deliveries_of, services_of
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.record import Record

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, Entry

_R = TypeVar("_R", bound=Record)


@attrs.frozen
class Promised:
    """A service that was promised, and the code of the offer whose place it takes; None where that is not known.
    ``entry`` is the number of the entry that promises it, where that is an allocation's.
    """

    service: ServiceGiven
    offer: str | None
    entry: int | None = None


def _read(model: type[_R], entry: "Entry", body: Mapping[str, Any]) -> _R:
    """What an entry says, as a record; where it is none, the file and the entry are named."""
    from kinderguard.casefile import UnreadableEntryError

    try:
        return model.model_validate(body)
    except InvalidRecordError:
        raise UnreadableEntryError.of(entry.number, entry.ref, entry.kind.label) from None


@attrs.frozen
class Cared:
    """What one file holds of care.

    Attributes:
        ref: the file.
        plan: its last plan; None where there is none.
        entry: the number of the plan's entry; 0 where there is none.
        allocated: the services that an allocation promised.
        earlier: the plans that were replaced by another plan, each as it stood last, with the number of its entry.
    """

    ref: str
    plan: CarePlan | None
    entry: int
    allocated: tuple[Promised, ...]
    earlier: tuple[tuple[int, CarePlan], ...] = ()

    @property
    def plans(self) -> tuple[tuple[int, CarePlan], ...]:
        """Every plan of the file, with the number of its entry."""
        return self.earlier if self.plan is None else (*self.earlier, (self.entry, self.plan))

    def is_taken_up(self, promised: Promised) -> bool:
        """Whether a plan that was written after an allocation says what became of its promise."""
        return any(
            (promised.entry or 0) < entry and s.state is not ServiceState.PLANNED and _key(s) == _key(promised.service)
            for entry, plan in self.plans
            for s in plan.services
        )


def kept_of(store: "CaseStore", refs: Iterable[str]) -> Iterator[Cared]:
    """What some files hold of care, in the order given; what was taken back or erased is not there."""
    from kinderguard.casefile import EntryKind
    from kinderguard.casefile.history import withdrawn

    kinds = [EntryKind.PLAN, EntryKind.SERVICE, EntryKind.CORRECTION]
    for ref, entries in store.entries_of(refs, kinds=kinds):
        gone = withdrawn(entries)
        there = [e for e in entries if e.number not in gone and not e.erased]
        plans = [e for e in there if e.kind is EntryKind.PLAN]
        last = plans[-1] if plans else None
        yield Cared(
            ref,
            None if last is None else _read(CarePlan, last, last.body),
            0 if last is None else last.number,
            tuple(_allocated(e) for e in there if e.kind is EntryKind.SERVICE),
            tuple(_replaced(plans)),
        )


def _replaced(plans: "list[Entry]") -> Iterator[tuple[int, CarePlan]]:
    """The plans after which another began: one that does not go on from what was decided of them. What the next one carries on
    as it stood is its own. Of a plan's many entries only these are read as plans: the others say the same, or less.
    """
    for entry, following in pairwise(plans):
        moves = list(entry.body.get("moves") or ())
        if moves and list(following.body.get("moves") or ())[: len(moves)] != moves:
            plan, after = _read(CarePlan, entry, entry.body), _read(CarePlan, following, following.body)
            services = tuple(each for each in plan.services if each not in after.services)
            yield entry.number, plan.model_copy(update={"services": services})


def _allocated(entry: "Entry") -> Promised:
    body = dict(entry.body)
    offer = body.pop("offer", None)
    return Promised(_read(ServiceGiven, entry, body), offer, entry.number)


def kept_services(store: "CaseStore", refs: Iterable[str]) -> tuple[list[Promised], int]:
    """The services that some files hold: those of each file's last plan, and those that were promised by an allocation. Of
    one that was taken up in a plan afterwards, the plan says what became of it.

    Returns:
        The services, and how many promises have no first day.
    """
    found: list[Promised] = []
    count = 0
    for kept in kept_of(store, refs):
        plans = [] if kept.plan is None else [kept.plan]
        of_plan, undated = services_of(plans)
        passed_over = {each.number for each in undated}
        taken_up = {
            (s.need, s.organisation): s.offer
            for plan in plans
            for s in plan.services
            if s.state is not ServiceState.PLANNED and s.number not in passed_over
        }
        before = attrs.evolve(kept, plan=None)  # of its plans, those that were replaced
        found += [
            each
            for each in kept.allocated
            if not (_key(each.service) in taken_up and (each.entry or 0) < kept.entry) and not before.is_taken_up(each)
        ]
        found += [Promised(each, taken_up.get(_key(each))) for each in of_plan]
        count += len(undated)
    return found, count


def _key(service: ServiceGiven | PlannedService) -> tuple[str, str | None]:
    return service.need, service.organisation


def kept_deliveries(store: "CaseStore", division: str | None, on: dt.date) -> list[Delivery]:
    """What was promised in the files and what became of it, closed files too: the services of each file's plans, those that
    another plan has replaced since among them, and those that an allocation promised and no plan has taken up since. Of such
    a one nobody has said by when it must have come, nor what became of it.
    """
    found: list[Delivery] = []
    for kept in kept_of(store, store.refs(division, open=None, at=on)):
        found += deliveries_of(plan for _, plan in kept.plans)
        found += [
            Delivery(organisation=each.service.organisation, service=each.service.service)
            for each in kept.allocated
            if not kept.is_taken_up(each)
        ]
    return found


def kept_plans(store: "CaseStore", division: str | None, on: dt.date) -> list[CarePlan]:
    """The last plan of each file, closed ones too: what was promised in them was promised."""
    kept = kept_of(store, store.refs(division, open=None, at=on))
    return [each.plan for each in kept if each.plan is not None]
