"""Drafts of care plans: ``differentiated_plan``, from a child's needs and main classes, as the city's method has it; and
``following_draft``, which goes on from an earlier one.

A plan itself, with its states and moves, stands in ``casefile.care.plans``: a file keeps it. Nothing is promised here, and
no visit's interval is guessed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from kinderguard.casefile.care.needs import Need
from kinderguard.casefile.care.plans import (
    CarePlan,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Goal,
    MainClass,
    PlanError,
    PlannedService,
    PlanState,
    ServiceState,
)
from kinderguard.engines.assessment import Assessment
from kinderguard.model.dates import add_months, as_day
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.need_rules import Service

P = TypeVar("P", Goal, PlannedService, FollowUp)

#: What the city's method gives each class: 物资和资金帮扶; 走访监护人和志愿陪伴; 医疗、康复、助学. Practice, not law.
CLASS_SERVICES: Mapping[MainClass, tuple[Service, ...]] = {
    MainClass.ECONOMIC_HARDSHIP: (Service.SUPPLIES, Service.AID_APPLICATION),
    MainClass.GUARDIANSHIP_DEFICIT: (Service.GUARDIAN_VISIT, Service.COMPANY),
    MainClass.SPECIAL_DIFFICULTY: (Service.MEDICAL_SUPPORT, Service.REHABILITATION, Service.SCHOOLING_SUPPORT),
}

NO_INTERVAL = Text(
    "县（区）未设定走访间隔（参数 cn.visit.interval_months），未安排走访日期；国家规定中没有走访频次。",
    "The county has set no interval of visits (parameter cn.visit.interval_months), so no days are planned; no national "
    "rule states how often.",
)


def visit_months(book: PolicyBook, division: str | None, on: dt.date) -> int | None:
    """The interval of visits that a place has set, in months; None where it has set none.

    Args:
        book: with the packs.
        division: the place; None for the nation, which sets none.
        on: the day.
    """
    value = book.overlay(division).rules.parameters["cn.visit.interval_months"].at(division, as_day(on, "on"))
    if value is None:
        return None
    assert isinstance(value.value, int)  # a parameter in months holds whole ones
    return value.value


def differentiated_plan(
    needs: Iterable[Need],
    assessment: Assessment,
    *,
    visit_months: int | None = None,
    until: dt.date | None = None,
) -> CarePlan:
    """A draft for one child by main class, as the city's method has it: practice, not law.

    Economic hardship: supplies and aid. Guardianship deficit: visits to the guardian and volunteers' company. Special
    difficulty: medical, rehabilitation and schooling support. Each need that is present gets one service: the first of its
    services that the method gives the child's classes, else the first that meets it. A need that is to be clarified gets
    no service; it is a goal to find out. A need for the authorities is a goal.

    Args:
        needs: as ``needs`` gives them, for the child of the assessment.
        assessment: what the child is; a class that is undetermined stands in ``classes_open``.
        visit_months: the county's interval of visits; where it is None no visits are planned, and the plan says so.
        until: the last day on which a visit may be planned; a year after the assessment if left out.

    Raises:
        PlanError: the case has no number, or a need is another child's.
    """
    ref = assessment.ref
    if ref is None:
        raise PlanError(Text("个案没有序号（ref），无法建立方案。", "The case has no ref: a plan needs one."))
    wanted = tuple(needs)
    if any(need.ref != ref for need in wanted):
        raise PlanError(
            Text("需求属于另一名儿童；请逐名儿童制定方案。", "A need is another child's: make one plan for each child.")
        )
    classes = tuple(c for c in MainClass if assessment.categories.get(c.value) is True)
    given = {service for each in classes for service in CLASS_SERVICES[each]}
    served = [need for need in wanted if need.for_helpers and not need.to_clarify]
    plan = CarePlan(
        ref=ref,
        division=assessment.case.child.residence.division or assessment.case.division,
        made_on=assessment.on,
        classes=classes,
        classes_open=tuple(c for c in MainClass if assessment.categories.get(c.value, False) is None),
        needs=wanted,
        goals=tuple(Goal(number=i, title=_goal(need), need=need.code) for i, need in enumerate(wanted, 1)),
        services=tuple(
            PlannedService(number=i, need=need.code, service=_chosen(need, given)) for i, need in enumerate(served, 1)
        ),
        notes=() if visit_months is not None else (NO_INTERVAL,),
    )
    if visit_months is None:
        return plan
    first = add_months(assessment.on, visit_months)
    return plan.with_follow_ups(visit_months, start=first, until=until or add_months(assessment.on, 12))


def following_draft(before: CarePlan, draft: CarePlan) -> CarePlan:
    """A new draft in place of an earlier plan, with what was done of it and, of an earlier draft, what is due.

    Goals, services and visits of the earlier draft that the new one has as well keep their numbers and what is known of them;
    what somebody promised, settled, carried out or cancelled stays also where the need is gone, and so does a follow-up that
    is due or has no day. What was only planned and is no longer wanted goes. Of a plan that is over or was not adopted, the
    follow-ups that took place stay, and nothing else.

    Args:
        before: the plan that the file holds; not one that is agreed, running or paused.
        draft: the new draft for the same child.

    >>> import datetime as dt
    >>> from kinderguard.care import FollowUp
    >>> plan = CarePlan(ref="1", made_on=dt.date(2025, 9, 1), follow_ups=[FollowUp(number=1, planned_on=dt.date(2025, 10, 1))])
    >>> plan = plan.followed_up(1, on=dt.date(2025, 10, 2), by="u1")
    >>> following_draft(plan, CarePlan(ref="1", made_on=dt.date(2025, 11, 1))).never_visited
    False
    """
    if before.state is not PlanState.DRAFT:
        done = [each for each in before.follow_ups if each.state is FollowUpState.DONE]
        return draft.model_copy(update={"follow_ups": _together(done, draft.follow_ups, before.follow_ups)})
    wanted = {(goal.need, goal.title) for goal in draft.goals if goal.need}
    goals = [
        goal
        for goal in before.goals
        if goal.need is None or goal.reached is not None or (goal.need, goal.title) in wanted
    ]
    new_goals = [goal for goal in draft.goals if (goal.need, goal.title) not in {(g.need, g.title) for g in goals}]
    served = {(each.need, each.service) for each in draft.services}
    services = [
        each
        for each in before.services
        if each.state is not ServiceState.PLANNED or (each.need, each.service) in served
    ]
    known = {(each.need, each.service) for each in services}
    new_services = [each for each in draft.services if (each.need, each.service) not in known]
    visits = {(each.kind, each.planned_on) for each in draft.follow_ups}
    follow_ups = [
        each
        for each in before.follow_ups
        if each.state is not FollowUpState.PLANNED
        or each.planned_on is None
        or each.planned_on <= draft.made_on
        or each.kind is not FollowUpKind.VISIT
        or (each.kind, each.planned_on) in visits
    ]
    there = {(each.kind, each.planned_on) for each in follow_ups}
    new_visits = [each for each in draft.follow_ups if (each.kind, each.planned_on) not in there]
    return draft.model_copy(
        update={
            "goals": _together(goals, new_goals, before.goals),
            "services": _together(services, new_services, before.services),
            "follow_ups": _together(follow_ups, new_visits, before.follow_ups),
            "moves": before.moves,
            # What was decided of a plan was not decided before it was made.
            "made_on": before.made_on if before.moves else draft.made_on,
        }
    )


def _together(kept: Sequence[P], new: Sequence[P], before: Sequence[P]) -> tuple[P, ...]:
    """What is kept with its numbers, then what is new with numbers that nothing had before."""
    if not before:
        return tuple(new)
    first = 1 + max(each.number for each in before)
    renumbered: list[P] = [each.model_copy(update={"number": number}) for number, each in enumerate(new, first)]
    return tuple(chain(kept, renumbered))


def _chosen(need: Need, given: set[Service]) -> Service:
    return next((service for service in need.services if service in given), need.services[0])


def _goal(need: Need) -> Text:
    if need.to_clarify:
        return Text(f"核实：{need.title.zh}", f"Find out: {need.title.en}")
    if not need.for_helpers:
        return Text(f"交主管部门：{need.title.zh}", f"For the authorities: {need.title.en}")
    return Text(f"满足：{need.title.zh}", f"Meet: {need.title.en}")
