"""Drafts of care plans: ``differentiated_plan``, from a child's needs and main classes, as the city's method has it.

A plan itself, with its states and moves, stands in ``casefile.care.plans``: a file keeps it. Nothing is promised here, and
no visit's interval is guessed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from kinderguard.casefile.care.needs import Need
from kinderguard.casefile.care.plans import CarePlan, Goal, MainClass, PlanError, PlannedService
from kinderguard.engines.assessment import Assessment
from kinderguard.model.dates import add_months, as_day
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.packs.need_rules import Service

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


def _chosen(need: Need, given: set[Service]) -> Service:
    return next((service for service in need.services if service in given), need.services[0])


def _goal(need: Need) -> Text:
    if need.to_clarify:
        return Text(f"核实：{need.title.zh}", f"Find out: {need.title.en}")
    if not need.for_helpers:
        return Text(f"交主管部门：{need.title.zh}", f"For the authorities: {need.title.en}")
    return Text(f"满足：{need.title.zh}", f"Meet: {need.title.en}")
