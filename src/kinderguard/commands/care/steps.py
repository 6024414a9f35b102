"""``care show``, ``move``, ``service``, ``follow-up`` and ``goal``: the plans that files hold, and what becomes of them.

Each step reads the file's last plan and keeps the plan that follows as an entry; nobody else's entry is overwritten. A step
that was taken already writes nothing. What somebody noted for the file is never shown.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kinderguard.care import CarePlan, FollowUp, FollowUpKind, Late, Outcome, PlannedService, PlanState, ServiceState
from kinderguard.commands.application import InLang, Lang, OnDay, OutPath, contained, day, examples, fail
from kinderguard.commands.care.kept import Cared, Promised, kept_of
from kinderguard.commands.care.needs import LIVES_IN, care
from kinderguard.commands.care.plans import body_of_plan
from kinderguard.commands.casefile.moves import AsText, InSpite, MaybeActing, MaybeWhy, OnOrToday, write_entry
from kinderguard.commands.casefile.showing import InDivision, Ref, ShownAs
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.model.codes import Code
from kinderguard.model.text import Language, Text, join, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, Entry

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help="方案中的序号（care show 列出） / its number in the plan")
]


def _codes(codes: type[Code]) -> str:
    return "、".join(f"{each.value} {each.label.zh}" for each in codes)


# ---- showing -----------------------------------------------------------------------------------------------------


@care.command(
    name="show",
    epilog=examples(
        "kinderguard care show 编号 --store 档案.db --on 2025-10-01",
        "kinderguard care show --late --store 档案.db --on 2025-10-01 --format xlsx --out 逾期.xlsx",
    ),
)
def show_plans(
    on: OnDay,
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="REF", help="档案编号；不写则为全部未结案的 / files; all that are open if left out"),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    late: Annotated[bool, typer.Option("--late", help="只看有逾期事项的 / only those with something late")] = False,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
) -> None:
    """查看已存的方案：状态、各项的序号和进展、逾期事项。The plans that are kept: state, numbered parts, what is late."""
    check_out(form, out)
    with contained(), open_store(store, lang.value) as opened:
        for ref in refs or ():
            opened.entries(ref)  # a file that is not there is told
        chosen = refs or opened.refs(division, open=True, at=on)
        kept = [each.plan for each in kept_of(opened, chosen)]
        plans = [_shown(plan) for plan in kept if plan is not None and (not late or _late(plan, on))]
        text: Language = lang.value
        write_list(
            form,
            out,
            summary=_shown_summary(plans, len(chosen), on, text, whole=bool(refs), late=late),
            lines=(plan.model_dump(mode="json", exclude_none=True) for plan in plans),
            heads=_PART_HEADS,
            rows=(
                (plan.ref, plan.division, plan.state.label.in_(text), *row)
                for plan in plans
                for row in _parts(plan, on, text)
            ),
            lang=text,
        )


_PART_HEADS = (
    Text("档案编号", "File"), LIVES_IN, Text("方案状态", "State of the plan"), Text("项目", "Part"),
    Text("序号", "Number"), Text("内容", "What"), Text("进展", "State"), Text("组织编号", "Organisation"), Text("期限", "Due"),
    Text("逾期天数", "Days late"),
)  # fmt: skip


def _late(plan: CarePlan, on: dt.date) -> tuple[Late, ...]:
    """What is late in a plan, also in a draft that is still to be agreed."""
    return plan.overdue(on) or plan.late_in_draft(on)


def _shown(plan: CarePlan) -> CarePlan:
    """The plan without what somebody noted for the file."""
    return plan.model_copy(
        update={
            "moves": tuple(each.model_copy(update={"reason": None}) for each in plan.moves),
            "follow_ups": tuple(each.model_copy(update={"note": None}) for each in plan.follow_ups),
        }
    )


def _shown_summary(
    plans: list[CarePlan], files: int, on: dt.date, lang: Language, *, whole: bool, late: bool
) -> Iterator[str]:
    what = Text("有逾期事项的方案", "plans with something late") if late else Text("已存方案", "plans kept")
    many = "1 file" if files == 1 else f"{files} files"
    yield Text(f"{files} 份档案，{what.zh} {len(plans)} 份", f"{many}; {what.en}: {len(plans)}").in_(lang)
    states = Counter(plan.state for plan in plans)
    yield from columns_of((state.label.in_(lang), str(states[state])) for state in PlanState if states[state])
    for plan in plans:
        overdue = len(_late(plan, on))
        if not whole and not overdue:
            continue
        since = plan.moves[-1].on if plan.moves else plan.made_on
        said = Text(f"{plan.ref} {plan.state.zh}（{since}）", f"{plan.ref} {plan.state.en} ({since})")
        yield (said + (Text(f"，逾期 {overdue} 项", f", {overdue} late") if overdue else same(""))).in_(lang)
        rows = _parts(plan, on, lang)
        yield from columns_of(_line(row, lang) for row in rows if whole or row[-1])


def _line(row: tuple[Any, ...], lang: Language) -> tuple[str, ...]:
    part, number, what, state, organisation, due, days = row
    by = Text(f"期限 {due}", f"by {due}").in_(lang) if due else ""
    late = Text(f"逾期 {days} 天", f"{days} days late").in_(lang) if days else ""
    return part, str(number), what, state, organisation or "", by, late


def _parts(plan: CarePlan, on: dt.date, lang: Language) -> Iterator[tuple[Any, ...]]:
    """Its goals, services and follow-ups: part, number, what, state, organisation, due, days late."""
    late = {(each.part.value, each.number): each.days for each in _late(plan, on)}

    def row(part: str, label: Text, number: int, what: Text, state: Text, who: str | None, due: dt.date | None) -> Any:
        by = None if due is None else due.isoformat()
        return label.in_(lang), number, what.in_(lang), state.in_(lang), who, by, late.get((part, number))

    for goal in plan.goals:
        reached = {True: Text("已达到", "reached"), False: Text("未达到", "not reached"), None: Text("待定", "open")}
        yield row("goal", Text("目标", "goal"), goal.number, goal.title, reached[goal.reached], None, goal.by)
    for each in plan.services:
        state = _state_of(each)
        yield row(
            "service", Text("服务", "service"), each.number, each.service.label, state, each.organisation, each.by
        )
    for visit in plan.follow_ups:
        done = Text(f"（{visit.done_on}）", f" ({visit.done_on})") if visit.done_on else same("")
        yield row(
            "follow_up", Text("随访", "follow-up"), visit.number, visit.kind.label, visit.state.label + done, None,
            visit.planned_on,
        )  # fmt: skip


def _state_of(service: PlannedService) -> Text:
    more = [same(str(day)) for day in (service.delivered_on,) if day]
    more += [service.outcome.label] if service.outcome else []
    if service.satisfied is not None:
        more.append(
            Text("家庭满意", "family satisfied") if service.satisfied else Text("家庭不满意", "family not satisfied")
        )
    return service.state.label + (Text("（", " (") + join(more, "，", ", ") + Text("）", ")") if more else same(""))


# ---- steps -------------------------------------------------------------------------------------------------------


def _plan_of(store: "CaseStore", ref: str) -> tuple[Cared, CarePlan, int]:
    """What the file holds of care, its plan, and the number of its last entry."""
    last = store.entries(ref)[-1].number
    (kept,) = kept_of(store, [ref])
    if kept.plan is None:
        fail(
            Text(
                f"档案 {ref} 没有方案；请先用 kinderguard care plan {ref} --save 拟定",
                f"file {ref} has no plan; draft one first with kinderguard care plan {ref} --save",
            )
        )
    return kept, kept.plan, last


def _keep(
    store: "CaseStore",
    plan: CarePlan,
    on: dt.date,
    last: int,
    who: tuple[str, str | None, str | None],
    visited: bool = False,
) -> "Entry":
    """Keep the plan that follows; with it the visit that was made, so that none is due."""
    from kinderguard.casefile import EntryKind, NewEntry

    by, acting, override = who
    new = [
        NewEntry(plan.ref, EntryKind.PLAN, body_of_plan(plan), on, by=by, expect=last, acting=acting, override=override)
    ]
    if visited:
        key = f"visit:{plan.ref}:{on}:{by}"
        new.append(NewEntry(plan.ref, EntryKind.VISIT, {}, on, by=by, key=key, acting=acting, override=override))
    return store.append_many(new)[0]


def _nothing_new(form: ShownAs, lang: Language, ref: str, what: Text) -> None:
    if form is ShownAs.JSON:
        typer.echo(json.dumps({"ref": ref, "entry": None, "kind": "plan"}))
        return
    typer.echo(
        (
            Text(f"档案 {ref}：", f"File {ref}: ") + what + Text("，已是如此，未写入", " already; nothing was written")
        ).in_(lang)
    )


@care.command(
    name="move",
    epilog=examples(
        "kinderguard care move 编号 agreed --on 2025-09-05 --by 330199.u1 --store 档案.db",
        "kinderguard care move 编号 completed --outcome met --on 2026-03-31 --by 330199.u1 --store 档案.db",
    ),
)
def move_plan(
    ref: Ref,
    state: Annotated[
        PlanState, typer.Argument(metavar="STATE", help=f"转为：{_codes(PlanState)} / the state that it comes to")
    ],
    by: ByUser,
    on: OnOrToday = None,
    outcome: Annotated[
        Outcome | None,
        typer.Option("--outcome", metavar="CODE", help=f"成效，完成时必填：{_codes(Outcome)} / what came of it"),
    ] = None,
    reason: MaybeWhy = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """变更方案状态：商定、执行、暂停、完成、终止。Move a plan: agreed, running, paused, completed, ended early, dropped."""
    with contained(), open_store(store, lang.value) as opened:
        _, plan, last = _plan_of(opened, ref)
        if plan.state is state and outcome in (None, plan.outcome):
            _nothing_new(form, lang.value, ref, Text(f"方案{state.zh}", f"the plan is {state.en}"))
            return
        when = on or opened.today()
        moved = plan.moved(state, on=when, by=by, reason=reason, outcome=outcome)
        entry = _keep(opened, moved, when, last, (by, acting, override))
        what = Text(
            f"档案 {ref} 的方案由“{plan.state.zh}”转为“{state.zh}”",
            f"The plan of file {ref} goes from ‘{plan.state.en}’ to ‘{state.en}’",
        )
        write_entry(form, lang.value, what, ref, entry, state=state.value)


@care.command(
    name="service",
    epilog=examples(
        "kinderguard care service 编号 2 promised --organisation 330199.volunteers --since 2025-09-10 --due 2025-09-30"
        " --by 330199.u1 --store 档案.db",
        "kinderguard care service 编号 2 delivered --delivered-on 2025-09-20 --outcome met --by 330199.u1 --store 档案.db",
    ),
)
def move_service(
    ref: Ref,
    number: Number,
    state: Annotated[
        ServiceState, typer.Argument(metavar="STATE", help=f"转为：{_codes(ServiceState)} / the state that it comes to")
    ],
    by: ByUser,
    organisation: Annotated[
        str | None,
        typer.Option(
            "--organisation",
            metavar="CODE",
            help="组织编号；不写则取 care allocate --save 已承诺的"
            " / the organisation; the one that care allocate --save promised if left out",
        ),
    ] = None,
    since: Annotated[
        dt.date | None, typer.Option("--since", parser=day, metavar="DATE", help="起始日期 / the first day")
    ] = None,
    until: Annotated[
        dt.date | None, typer.Option("--until", parser=day, metavar="DATE", help="截止日期 / the last day")
    ] = None,
    due: Annotated[
        dt.date | None, typer.Option("--due", parser=day, metavar="DATE", help="期限 / by when it must have come")
    ] = None,
    delivered_on: Annotated[
        dt.date | None,
        typer.Option("--delivered-on", parser=day, metavar="DATE", help="提供日期 / the day it was delivered"),
    ] = None,
    outcome: Annotated[
        Outcome | None, typer.Option("--outcome", metavar="CODE", help=f"成效：{_codes(Outcome)} / what came of it")
    ] = None,
    satisfied: Annotated[
        bool | None,
        typer.Option(
            "--satisfied/--not-satisfied", help="家庭是否满意；不写则不详 / the family; not known if left out"
        ),
    ] = None,
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一项服务的进展：承诺、提供、未提供、取消。What becomes of a service: promised, delivered, not delivered, cancelled."""
    with contained(), open_store(store, lang.value) as opened:
        kept, plan, last = _plan_of(opened, ref)
        given = {
            "organisation": organisation, "since": since, "until": until, "by": due, "delivered_on": delivered_on,
            "outcome": outcome, "satisfied": satisfied,
        }  # fmt: skip
        known = {name: value for name, value in given.items() if value is not None}
        before = next((each for each in plan.services if each.number == number), None)
        if before is not None and state is ServiceState.PROMISED and not (organisation or before.organisation):
            known = _allocated(kept.allocated, before) | known
        if before is not None and state in _PROMISES and not (known.get("organisation") or before.organisation):
            fail(
                Text(
                    f"服务{number}由谁提供未写明；请用 --organisation 写明组织编号",
                    f"nobody says who gives service {number}: name the organisation with --organisation",
                )
            )
        if before is not None and before.state is state and all(getattr(before, n) == v for n, v in known.items()):
            _nothing_new(form, lang.value, ref, Text(f"服务{number}{state.zh}", f"service {number} is {state.en}"))
            return
        moved = plan.service_moved(number, state, **known)
        entry = _keep(opened, moved, on or opened.today(), last, (by, acting, override))
        (after,) = (each for each in moved.services if each.number == number)
        what = Text(
            f"档案 {ref} 方案的服务{number}（{after.service.zh}）：{_state_of(after).zh}",
            f"Service {number} of the plan of file {ref} ({after.service.en}): {_state_of(after).en}",
        )
        if after.organisation:
            what += Text(f"，{after.organisation}", f", {after.organisation}")
        write_entry(
            form, lang.value, what, ref, entry, service=number, state=state.value, organisation=after.organisation
        )


#: What somebody gives, or was to give.
_PROMISES = (ServiceState.PROMISED, ServiceState.DELIVERED, ServiceState.NOT_DELIVERED)


def _allocated(promised: Iterable[Promised], service: PlannedService) -> dict[str, Any]:
    """What an allocation promised for a service of a plan: by whom, from which offer and when; nothing unless it is one."""
    found = [p for p in promised if (p.service.need, p.service.service) == (service.need, service.service)]
    if len({p.service.organisation for p in found}) != 1:
        return {}
    last = found[-1]
    known = {
        "organisation": last.service.organisation, "offer": last.offer, "since": last.service.since,
        "until": last.service.until,
    }  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


@care.command(
    name="follow-up",
    epilog=examples(
        "kinderguard care follow-up 编号 1 --on 2025-10-01 --by 330199.u1 --store 档案.db",
        "kinderguard care follow-up 编号 --kind call --on 2025-10-08 --by 330199.u1 --store 档案.db",
    ),
)
def follow_up(
    ref: Ref,
    by: ByUser,
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="NUMBER",
            help="计划中的随访的序号；不写则为计划外的一次 / its number in the plan; one that was not planned if left out",
        ),
    ] = None,
    on: Annotated[
        dt.date | None,
        typer.Option("--on", parser=day, metavar="DATE", help="随访日期 / the day it took place, as 2025-09-01"),
    ] = None,
    day_unknown: Annotated[bool, typer.Option("--day-unknown", help="日期不详 / nobody knows the day")] = False,
    kind: Annotated[
        FollowUpKind,
        typer.Option("--kind", metavar="CODE", help=f"计划外的：{_codes(FollowUpKind)} / of one that was not planned"),
    ] = FollowUpKind.VISIT,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一次随访；上门走访同时记入档案。Record a follow-up that took place; a visit is recorded in the file as well."""
    if (on is None) is not day_unknown:
        raise typer.BadParameter("请用 --on 写明日期，或用 --day-unknown / give the day with --on, or --day-unknown")
    with contained(), open_store(store, lang.value) as opened:
        _, plan, last = _plan_of(opened, ref)
        today = opened.today()
        if on is not None and on > today:
            fail(
                Text(
                    f"随访日期（{on}）晚于今天（{today}）",
                    f"the day of the follow-up ({on}) lies after today ({today})",
                )
            )
        there = _recorded(plan, number, on, by, kind)
        if there is not None:
            _nothing_new(
                form, lang.value, ref, Text(f"随访{there.number}已记录", f"follow-up {there.number} is recorded")
            )
            return
        if number is None:
            number = 1 + max((each.number for each in plan.follow_ups), default=0)
            added = FollowUp(number=number, kind=kind)
            plan = plan.model_copy(update={"follow_ups": (*plan.follow_ups, added)})
        done = plan.followed_up(number, on=on, by=by)
        (after,) = (each for each in done.follow_ups if each.number == number)
        visited = after.kind is FollowUpKind.VISIT and on is not None
        entry = _keep(opened, done, on or today, last, (by, acting, override), visited)
        when = Text(f"（{on}）", f" on {on}") if on else Text("（日期不详）", " (the day is not known)")
        what = Text(
            f"档案 {ref} 的随访{number}（{after.kind.zh}）已进行",
            f"Follow-up {number} of file {ref} ({after.kind.en}) is done",
        )
        write_entry(form, lang.value, what + when, ref, entry, follow_up=number, day=on)


def _recorded(plan: CarePlan, number: int | None, on: dt.date | None, by: str, kind: FollowUpKind) -> FollowUp | None:
    """The follow-up that says this already; None where there is none, and of one that was not planned and has no day."""
    if number is None and on is None:
        return None
    for each in plan.follow_ups:
        is_it = each.number == number if number is not None else (each.planned_on is None and each.kind is kind)
        if is_it and each.state.value == "done" and (each.done_on, each.by) == (on, by):
            return each
    return None


@care.command(
    name="goal",
    epilog=examples(
        "kinderguard care goal 编号 1 --reached --by 330199.u1 --store 档案.db",
    ),
)
def settle_goal(
    ref: Ref,
    number: Number,
    by: ByUser,
    reached: Annotated[bool, typer.Option("--reached/--not-reached", help="是否达到 / whether it is reached")],
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一个目标是否达到。Whether a goal of a plan is reached."""
    with contained(), open_store(store, lang.value) as opened:
        _, plan, last = _plan_of(opened, ref)
        settled = plan.goal_settled(number, reached=reached)
        state = Text("已达到", "is reached") if reached else Text("未达到", "is not reached")
        if settled == plan:
            _nothing_new(form, lang.value, ref, Text(f"目标{number}{state.zh}", f"goal {number} {state.en}"))
            return
        entry = _keep(opened, settled, on or opened.today(), last, (by, acting, override))
        what = Text(f"档案 {ref} 的目标{number}{state.zh}", f"Goal {number} of file {ref} {state.en}")
        write_entry(form, lang.value, what, ref, entry, goal=number, reached=reached)
