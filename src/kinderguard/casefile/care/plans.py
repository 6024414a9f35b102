"""Care plans 关爱帮扶方案: what is to be done for one child, by whom, by when, what came of it, and what is late.

Made by ``care.differentiated_plan`` or by hand and kept in the case file, which refuses a plan that could not be read
later. A plan is a frozen record: every step gives a new one. Which state may follow which is data (``PLAN_MOVES``,
``SERVICE_MOVES``); a move that is not there is refused with those that are.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import model_validator

from kinderguard.casefile.care.fields import BothTexts, CodeName, Day
from kinderguard.casefile.care.needs import Need
from kinderguard.model.codes import Code
from kinderguard.model.dates import add_months, as_day
from kinderguard.model.errors import FieldValueError, ToldError, suggestion
from kinderguard.model.personal import Personal
from kinderguard.model.places import DivisionCode
from kinderguard.model.record import Record, fact
from kinderguard.model.text import Text, join
from kinderguard.packs.need_rules import Service

S = TypeVar("S", bound=Code)


class PlanState(Code):
    """Where a plan stands 方案状态."""

    DRAFT = "draft", "草拟", "draft"
    AGREED = "agreed", "已商定", "agreed"
    RUNNING = "running", "执行中", "running"
    PAUSED = "paused", "暂停", "paused"
    COMPLETED = "completed", "已完成", "completed"
    ENDED_EARLY = "ended_early", "提前终止", "ended early"
    DROPPED = "dropped", "未采用", "dropped"


class ServiceState(Code):
    """Where one service of a plan stands 服务状态."""

    PLANNED = "planned", "计划", "planned"
    PROMISED = "promised", "已承诺", "promised"
    DELIVERED = "delivered", "已提供", "delivered"
    NOT_DELIVERED = "not_delivered", "未提供", "not delivered"
    CANCELLED = "cancelled", "已取消", "cancelled"


class FollowUpKind(Code):
    """A way to look after a plan 随访方式."""

    VISIT = "visit", "上门走访", "visit"
    CALL = "call", "电话联系", "call"
    SCHOOL = "school", "到校了解", "talk at the school"
    MEETING = "meeting", "个案会议", "case meeting"


class FollowUpState(Code):
    """Whether a follow-up took place 随访状态."""

    PLANNED = "planned", "待进行", "to come"
    DONE = "done", "已进行", "done"
    CANCELLED = "cancelled", "已取消", "cancelled"


class PartOfPlan(Code):
    """What in a plan can be late 方案事项."""

    SERVICE = "service", "服务", "service"
    FOLLOW_UP = "follow_up", "随访", "follow-up"
    GOAL = "goal", "目标", "goal"


class Outcome(Code):
    """What came of a service or a plan 成效."""

    MET = "met", "需求已满足", "the need is met"
    PARTLY = "partly", "部分改善", "partly"
    UNCHANGED = "unchanged", "无变化", "unchanged"
    WORSE = "worse", "恶化", "worse"


class MainClass(Code):
    """A main class of children in difficulty 三大类别; ``value`` is the category's code."""

    ECONOMIC_HARDSHIP = "cn.economic_hardship", "经济困难型", "economic hardship"
    GUARDIANSHIP_DEFICIT = "cn.guardianship_deficit", "监护缺失型", "guardianship deficit"
    SPECIAL_DIFFICULTY = "cn.special_difficulty", "特殊困难型", "special difficulty"


#: From each state, those that may follow.
PLAN_MOVES: Mapping[PlanState, tuple[PlanState, ...]] = {
    PlanState.DRAFT: (PlanState.AGREED, PlanState.DROPPED),
    PlanState.AGREED: (PlanState.RUNNING, PlanState.DRAFT, PlanState.DROPPED),
    PlanState.RUNNING: (PlanState.PAUSED, PlanState.COMPLETED, PlanState.ENDED_EARLY),
    PlanState.PAUSED: (PlanState.RUNNING, PlanState.ENDED_EARLY),
    PlanState.COMPLETED: (),
    PlanState.ENDED_EARLY: (),
    PlanState.DROPPED: (),
}
SERVICE_MOVES: Mapping[ServiceState, tuple[ServiceState, ...]] = {
    ServiceState.PLANNED: (ServiceState.PROMISED, ServiceState.CANCELLED),
    ServiceState.PROMISED: (
        ServiceState.DELIVERED,
        ServiceState.NOT_DELIVERED,
        ServiceState.PLANNED,
        ServiceState.CANCELLED,
    ),
    ServiceState.DELIVERED: (),
    ServiceState.NOT_DELIVERED: (),
    ServiceState.CANCELLED: (),
}
#: Where somebody is waiting for something: only there can anything be late.
UNDER_WAY = (PlanState.AGREED, PlanState.RUNNING)


class IllegalMoveError(ToldError, ValueError):
    """A move between states that is not allowed; ``allowed`` and the message name those that are."""

    def __init__(self, what: Text, before: Code, after: Code, allowed: Iterable[Code]) -> None:
        self.what, self.before, self.after, self.allowed = what, before, after, tuple(allowed)
        names = join([each.label for each in self.allowed])
        may = (
            Text(f"此时只能转为：{names.zh}。", f"From here it may become: {names.en}.")
            if self.allowed
            else Text("这是最终状态，不能再变；请另立新方案。", "That is its last state: make a new plan.")
        )
        super().__init__(
            Text(
                f"{what.zh}不能由“{before.zh}”转为“{after.zh}”。{may.zh}",
                f"{what.en} cannot go from ‘{before.en}’ to ‘{after.en}’. {may.en}",
            )
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.before, self.after, self.allowed)


class PlanError(ToldError, ValueError):
    """A step that a plan does not allow as it stands; the message says what to do first."""


def _check_move(what: Text, moves: Mapping[S, tuple[S, ...]], before: S, after: S) -> None:
    if after not in moves[before]:
        raise IllegalMoveError(what, before, after, moves[before])


def _state(codes: type[S], given: S | str) -> S:
    """A state by its code.

    Raises:
        PlanError: there is none; those there are and the nearest are named.
    """
    try:
        return codes.of(given)
    except ValueError:
        pass  # told below
    known = tuple(each.value for each in codes)
    near = suggestion(str(given), known)
    raise PlanError(
        Text(f"没有这种状态；可用：{'、'.join(known)}。", f"There is no such state; there are {', '.join(known)}.")
        + near
    )


class Move(Record):
    """A change of a plan's state 状态变更."""

    before: PlanState = fact("原状态", "before", default=...)
    after: PlanState = fact("新状态", "after", default=...)
    on: Day = fact("日期", "day", default=...)
    by: CodeName = fact("经办人编号", "code of whoever decided", default=..., note="Never a name.")
    reason: Personal | None = fact("原因", "reason")


class Goal(Record):
    """What a plan is to reach 目标."""

    number: int = fact("序号", "number", default=...)
    title: BothTexts = fact("目标", "goal", default=...)
    need: str | None = fact("需求代码", "code of the need")
    by: Day | None = fact("期限", "by when")
    reached: bool | None = fact("已达到", "reached", yes=("已达到", "is reached"), no=("未达到", "is not reached"))


class PlannedService(Record):
    """One service of a plan 服务项目. It runs ``since`` … ``until``, both days included; ``by`` is when it must have come."""

    number: int = fact("序号", "number", default=...)
    need: str = fact("需求代码", "code of the need", default=...)
    service: Service = fact("服务", "service", default=...)
    organisation: CodeName | None = fact("组织编号", "code of the organisation")
    offer: str | None = fact("供给编号", "code of the offer")
    since: Day | None = fact("起始日期", "first day")
    until: Day | None = fact("截止日期", "last day")
    by: Day | None = fact("期限", "by when")
    state: ServiceState = fact("状态", "state", default=ServiceState.PLANNED)
    delivered_on: Day | None = fact("提供日期", "day it was delivered")
    outcome: Outcome | None = fact("成效", "outcome")
    satisfied: bool | None = fact(
        "家庭满意",
        "the family is satisfied",
        yes=("家庭满意", "the family is satisfied"),
        no=("家庭不满意", "it is not"),
    )

    @model_validator(mode="after")
    def _consistent(self) -> "PlannedService":
        if self.since and self.until and self.until < self.since:
            raise FieldValueError("截止日期早于起始日期", "the end lies before the beginning")
        if self.since and self.by and self.by < self.since:
            raise FieldValueError(
                f"期限（by，{self.by}）早于起始日期（since，{self.since}）；请改正其中之一",
                f"the day by which it must have come (by, {self.by}) lies before its first day (since, {self.since}); mend one",
            )
        if (
            self.state is not ServiceState.PLANNED
            and self.state is not ServiceState.CANCELLED
            and not self.organisation
        ):
            raise FieldValueError("已承诺的服务须写明组织编号", "a promised service names its organisation")
        if self.delivered_on and self.state is not ServiceState.DELIVERED:
            raise FieldValueError("未提供的服务不能有提供日期", "only a delivered service has a day of delivery")
        return self


class FollowUp(Record):
    """A look at how the child is doing 随访."""

    number: int = fact("序号", "number", default=...)
    kind: FollowUpKind = fact("随访方式", "kind", default=FollowUpKind.VISIT)
    planned_on: Day | None = fact("计划日期", "planned for")
    state: FollowUpState = fact("状态", "state", default=FollowUpState.PLANNED)
    done_on: Day | None = fact(
        "完成日期", "day it took place", note="Left out of one that is done: the day is not known."
    )
    by: CodeName | None = fact("经办人编号", "code of whoever did it", note="Never a name.")
    note: Personal | None = fact("备注", "note")

    @model_validator(mode="after")
    def _consistent(self) -> "FollowUp":
        if self.done_on and self.state is not FollowUpState.DONE:
            raise FieldValueError("未进行的随访不能有完成日期", "only a follow-up that is done has a day")
        return self


class Late(Record):
    """Something of a plan whose day has passed 逾期事项. ``days`` is 1 on the day after it was due."""

    part: PartOfPlan = fact("事项种类", "part of the plan", default=...)
    number: int = fact("序号", "number in the plan", default=...)
    title: BothTexts = fact("事项", "what it is", default=...)
    due: Day = fact("期限", "due", default=...)
    days: int = fact("逾期天数", "days late", unit="days", default=...)


_PLAN = Text("方案", "The plan")


class CarePlan(Record):
    """The plan for one child 关爱帮扶方案.

    >>> import datetime as dt
    >>> plan = CarePlan(ref="1", made_on=dt.date(2025, 9, 1)).moved("agreed", on=dt.date(2025, 9, 2), by="u1")
    >>> plan.state, plan.never_visited
    (PlanState.AGREED, True)
    """

    ref: str = fact("序号", "the file's own number", default=..., note="Never a name or an ID number.")
    division: DivisionCode | None = fact("所在行政区划代码", "division where the child lives")
    made_on: Day = fact("制定日期", "day it was made", default=...)
    state: PlanState = fact("状态", "state", default=PlanState.DRAFT)
    classes: tuple[MainClass, ...] = fact("类别", "main classes of the child", default=())
    classes_open: tuple[MainClass, ...] = fact("待核实的类别", "main classes that are not decided yet", default=())
    needs: tuple[Need, ...] = fact("需求", "needs that it was made for", default=())
    goals: tuple[Goal, ...] = fact("目标", "goals", default=())
    services: tuple[PlannedService, ...] = fact("服务", "services", default=())
    follow_ups: tuple[FollowUp, ...] = fact("随访", "follow-ups", default=())
    outcome: Outcome | None = fact("成效", "outcome")
    moves: tuple[Move, ...] = fact("状态变更", "changes of state", default=())
    notes: tuple[BothTexts, ...] = fact("说明", "notes for whoever reads it", default=())

    @model_validator(mode="after")
    def _consistent(self) -> "CarePlan":
        for listed in (self.goals, self.services, self.follow_ups):
            numbers = [each.number for each in listed]
            if len(set(numbers)) < len(numbers):
                raise FieldValueError("同一序号出现两次", "a number is used twice")
        states = [PlanState.DRAFT, *(move.after for move in self.moves)]
        if states[-1] is not self.state or any(m.before is not s for m, s in zip(self.moves, states, strict=False)):
            raise FieldValueError("状态与状态变更记录不符", "the state does not follow from the changes of state")
        if any(move.after not in PLAN_MOVES[move.before] for move in self.moves):
            raise FieldValueError("状态变更记录中有不允许的变更", "a change of state is not allowed")
        days = [self.made_on, *(move.on for move in self.moves)]
        if days != sorted(days):
            raise FieldValueError("状态变更日期先后颠倒", "the days of the changes are out of order")
        return self

    # ---- steps -----------------------------------------------------------------------------------------------

    def moved(
        self,
        to: PlanState | str,
        *,
        on: dt.date,
        by: str,
        reason: str | None = None,
        outcome: Outcome | str | None = None,
    ) -> "CarePlan":
        """The plan in another state.

        Args:
            to: the state; see ``PLAN_MOVES``.
            on: the day; not before the last change.
            by: the code of whoever decided, not a name.
            reason: why, for the file; never shown by itself.
            outcome: what came of the plan; needed to complete it.

        Raises:
            IllegalMoveError: the state may not follow; the allowed ones are named.
            PlanError: the day lies before the last change, or something has to be settled first.
        """
        on, after = as_day(on, "on"), _state(PlanState, to)
        _check_move(_PLAN, PLAN_MOVES, self.state, after)
        last = self.moves[-1].on if self.moves else self.made_on
        if on < last:
            raise PlanError(
                Text(
                    f"变更日期{on}早于上一次变更（{last}）；请更正日期。",
                    f"The change on {on} lies before the last one ({last}): correct the day.",
                )
            )
        if after is PlanState.COMPLETED:
            self._check_complete(outcome)
        return self.model_copy(
            update={
                "state": after,
                "moves": (*self.moves, Move(before=self.state, after=after, on=on, by=by, reason=reason)),
                "outcome": self.outcome if outcome is None else _state(Outcome, outcome),
            }
        )

    def _check_complete(self, outcome: Outcome | str | None) -> None:
        waiting = [each.number for each in self.services if SERVICE_MOVES[each.state]]
        if waiting:
            numbers = "、".join(map(str, waiting)), ", ".join(map(str, waiting))
            raise PlanError(
                Text(
                    f"服务{numbers[0]}尚未结束；请先记录为已提供、未提供或已取消，再完成方案。",
                    f"Service(s) {numbers[1]} are still open: record each as delivered, not delivered or cancelled first.",
                )
            )
        if outcome is None and self.outcome is None:
            raise PlanError(
                Text("完成方案须写明成效（outcome）。", "A plan is completed with its outcome: moved(…, outcome=…).")
            )

    def service_moved(self, number: int, to: ServiceState | str, **changed: Any) -> "CarePlan":
        """The plan with one service in another state; or with more that is known of it, where it is in that state already.

        Args:
            number: which service.
            to: its state; see ``SERVICE_MOVES``.
            changed: what else is known now: ``organisation``, ``offer``, ``by``, ``since``, ``until``, ``delivered_on``,
                ``outcome``, ``satisfied``.

        Raises:
            IllegalMoveError: the state may not follow; the allowed ones are named.
            PlanError: there is no such service.
            InvalidRecordError: a promise without an organisation, or another contradiction.
        """
        after = _state(ServiceState, to)
        found = self._numbered("services", number, PartOfPlan.SERVICE.label)
        if found.state is not after or not changed:
            _check_move(Text(f"服务{number}", f"Service {number}"), SERVICE_MOVES, found.state, after)
        if after is ServiceState.PLANNED and found.state is not after:
            changed = {"organisation": None, "offer": None} | changed  # the promise was taken back
        return self._with("services", found, found.model_copy(update={**changed, "state": after}))

    def followed_up(self, number: int, *, on: dt.date | None, by: str, note: str | None = None) -> "CarePlan":
        """The plan with a follow-up done.

        Args:
            number: which follow-up.
            on: the day it took place; None where nobody knows.
            by: the code of whoever did it.
            note: for the file; never shown by itself.

        Raises:
            PlanError: there is no such follow-up, or it is not to come any more.
        """
        on = None if on is None else as_day(on, "on")
        found = self._numbered("follow_ups", number, PartOfPlan.FOLLOW_UP.label)
        if found.state is not FollowUpState.PLANNED:
            raise PlanError(
                Text(
                    f"随访{number}{found.state.zh}，不能再次登记；请新增一次随访。",
                    f"Follow-up {number} is {found.state.en} already: add another one.",
                )
            )
        done = found.model_copy(update={"state": FollowUpState.DONE, "done_on": on, "by": by, "note": note})
        return self._with("follow_ups", found, done)

    def goal_settled(self, number: int, *, reached: bool) -> "CarePlan":
        """The plan with what is known of a goal.

        Args:
            number: which goal.
            reached: whether it is reached.

        Raises:
            PlanError: there is no such goal.
        """
        found = self._numbered("goals", number, PartOfPlan.GOAL.label)
        return self._with("goals", found, found.model_copy(update={"reached": reached}))

    def with_follow_ups(
        self, every_months: int, *, start: dt.date, until: dt.date, kind: FollowUpKind = FollowUpKind.VISIT
    ) -> "CarePlan":
        """The plan with follow-ups every so many months from ``start`` to ``until``, both days included.

        Each is counted from ``start``, so that a visit on the 31st comes back to the 31st after a shorter month.

        Raises:
            PlanError: the interval is not a month or more.
        """
        start, until = as_day(start, "start"), as_day(until, "until")
        if every_months < 1:
            raise PlanError(Text("间隔至少为1个月。", "The interval is one month or more."))
        days: list[dt.date] = []
        while (day := add_months(start, every_months * len(days))) <= until:
            days.append(day)
        first = 1 + max((each.number for each in self.follow_ups), default=0)
        added = (FollowUp(number=first + i, kind=kind, planned_on=day) for i, day in enumerate(days))
        return self.model_copy(update={"follow_ups": (*self.follow_ups, *added)})

    def _numbered(self, name: str, number: int, what: Text) -> Any:
        for each in getattr(self, name):
            if each.number == number:
                return each
        there = ", ".join(str(each.number) for each in getattr(self, name)) or "–"
        raise PlanError(
            Text(
                f"方案中没有{what.zh}{number}；现有：{there}。",
                f"The plan has no {what.en} {number}; there are: {there}.",
            )
        )

    def _with(self, name: str, before: Record, after: Record) -> "CarePlan":
        return self.model_copy(update={name: tuple(after if each is before else each for each in getattr(self, name))})

    # ---- what is late ----------------------------------------------------------------------------------------

    def overdue(self, today: dt.date) -> tuple[Late, ...]:
        """What should have happened before today and is not recorded as done; the longest overdue first.

        What is due today is not late yet. Of a plan that is not agreed (``late_in_draft``), is paused or is over, nothing is late.
        What has no day is not late either: ``undated`` lists it.
        """
        today = as_day(today, "today")
        return self._late(today) if self.state in UNDER_WAY else ()

    def late_in_draft(self, today: dt.date) -> tuple[Late, ...]:
        """Of a draft that nobody has agreed yet, what should have happened before today: it is late all the same, and agreeing it
        is what is to be done. The longest overdue first; nothing of a plan in another state.
        """
        today = as_day(today, "today")
        return self._late(today) if self.state is PlanState.DRAFT else ()

    def _late(self, today: dt.date) -> tuple[Late, ...]:
        late = [
            Late(part=part, number=number, title=title, due=due, days=(today - due).days)
            for part, number, title, due in self.waiting()
            if due is not None and due < today
        ]
        return tuple(sorted(late, key=lambda each: (-each.days, each.part, each.number)))

    def undated(self) -> tuple[tuple[PartOfPlan, int], ...]:
        """What is waited for without a day, so that nobody can say whether it is late: part and number."""
        return tuple((part, number) for part, number, _, due in self.waiting() if due is None)

    def waiting(self) -> Iterable[tuple[PartOfPlan, int, Text, dt.date | None]]:
        """What is still to come, whatever the plan's state: part, number, what it is, and its day where it has one."""
        for service in self.services:
            if SERVICE_MOVES[service.state]:
                yield PartOfPlan.SERVICE, service.number, service.service.label, service.by
        for each in self.follow_ups:
            if each.state is FollowUpState.PLANNED:
                yield PartOfPlan.FOLLOW_UP, each.number, each.kind.label, each.planned_on
        for goal in self.goals:
            if goal.reached is not True:
                yield PartOfPlan.GOAL, goal.number, goal.title, goal.by

    @property
    def never_visited(self) -> bool:
        """Whether no visit is recorded as done. Calls and talks at the school are no visits."""
        return not any(f.kind is FollowUpKind.VISIT and f.state is FollowUpState.DONE for f in self.follow_ups)
