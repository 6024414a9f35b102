"""``care plan``: a draft plan for each child, and what became of the drafts in their files. ``steps`` has what follows.

A draft takes the place of an earlier draft, and keeps what was done and what is due of it; never of a plan that was agreed:
that one only a person ends. A plan that was not adopted stands until the child's needs change.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

import kinderguard
from kinderguard.care import (
    CarePlan,
    Need,
    PlanState,
    Urgency,
    assess_needs,
    differentiated_plan,
    visit_months,
)
from kinderguard.care.plans import following_draft
from kinderguard.commands.application import InLang, Lang, OnDay, OutPath, Strict, contained, examples, progress
from kinderguard.commands.care.kept import kept_of
from kinderguard.commands.care.needs import LIVES_IN, AsCare, CareFormat, care, check_saved, said, told, whose
from kinderguard.commands.casefile.moves import InSpite, MaybeActing
from kinderguard.commands.casefile.showing import InDivision
from kinderguard.commands.store import InStore, keep_each, open_store
from kinderguard.commands.tabular import check_out, columns_of, write_list
from kinderguard.model.case import Case
from kinderguard.model.errors import Problem
from kinderguard.model.places import COUNTY, place_name
from kinderguard.model.text import Language, Text, join, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore
    from kinderguard.packs import PolicyBook


@care.command(
    name="plan",
    epilog=examples(
        "kinderguard care plan --store 档案.db --on 2025-09-01 --save --by 330199.u1",
    ),
)
def plan_care(
    on: OnDay,
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="REF", help="档案编号；不写则为全部未结案的 / files; all that are open if left out"),
    ] = None,
    more_refs: Annotated[
        list[str] | None,
        typer.Option("--ref", metavar="REF", help="同上，可重复，与 care needs 一致 / the same, as care needs has it"),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    save: Annotated[bool, typer.Option("--save", help="把方案草稿存入档案 / keep the drafts in the files")] = False,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="CODE", help="随 --save：经办人的用户代码 / with --save: the user's code"),
    ] = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    form: AsCare = CareFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """按三类差异化帮扶拟定方案草稿。Draft a plan for each child by its main classes."""
    check_out(form.as_table, out)
    check_saved(save, by)
    refs = [*(refs or ()), *(more_refs or ())]
    with contained():
        book = kinderguard.load(strict=strict)
        with open_store(store, lang.value) as opened:
            chosen = refs or opened.refs(division, open=True, at=on)
            cases: list[Case] = []
            plans: list[CarePlan] = []
            problems: list[Problem] = []
            with progress("拟定方案 / planning") as step:
                for number, ref in enumerate(chosen, 1):
                    cases.append(opened.case(ref, at=on))
                    plan, some = _plan(cases[-1], book, on)
                    plans.append(plan)
                    problems += some
                    step(number, len(chosen))
            saved = _keep(opened, plans, on, (str(by), acting, override)) if save else None
        text: Language = lang.value
        meant = whose(cases, None if refs else division, text)
        write_list(
            form.as_table,
            out,
            summary=_plans_text(plans, text)
            if form is CareFormat.TEXT
            else _plans_summary(plans, meant, text, whole=bool(refs), saved=saved),
            lines=(plan.model_dump(mode="json", exclude_none=True) for plan in plans),
            heads=_PLAN_HEADS,
            rows=(row for plan in plans for row in _plan_rows(plan, text)),
            lang=text,
        )
        raise typer.Exit(max(said((*saved.refused, *saved.doubts) if saved else (), text), told(problems, text)))


def _plan(case: Case, book: "PolicyBook", on: dt.date) -> tuple[CarePlan, tuple[Problem, ...]]:
    found, result = assess_needs(book, case, on=on), book.assess(case, on=on)
    return differentiated_plan(found.needs, result, visit_months=visit_months(book, case.division, on)), found.problems


@attrs.frozen
class _Saved:
    """What became of the drafts: how many are new, how many stand in their files already, how many have no goal; the plans
    under way that no draft takes the place of, those not adopted whose needs are the same; why some were refused, and what
    looks doubtful.
    """

    new: int
    same: int
    empty: int
    under_way: tuple[CarePlan, ...]
    not_adopted: tuple[CarePlan, ...]
    refused: tuple[Text, ...]
    doubts: tuple[Text, ...]


def _keep(
    store: "CaseStore", plans: Iterable[CarePlan], on: dt.date, who: tuple[str, str | None, str | None]
) -> _Saved:
    """Keep each draft as an entry of its file; the same draft is kept once, and none in place of a plan under way, or of one
    that was not adopted for the same needs.
    """
    from kinderguard.casefile import EntryKind, NewEntry

    by, acting, override = who
    drafts = {plan.ref: plan for plan in plans}
    some = {ref: plan for ref, plan in drafts.items() if plan.goals}
    new: list[NewEntry] = []
    under_way: list[CarePlan] = []
    not_adopted: list[CarePlan] = []
    for kept in kept_of(store, some):
        plan, before = some[kept.ref], kept.plan
        if before is not None and before.state in _UNDER_WAY:
            under_way.append(before)
            continue
        if before is not None and before.state is PlanState.DROPPED and _asked(before) == _asked(plan):
            not_adopted.append(before)
            continue
        if before is not None:
            plan = following_draft(before, plan)
        if before != plan:
            key = f"plan:{plan.ref}:{kept.entry}:{plan.to_json()}"
            new.append(
                NewEntry(
                    plan.ref, EntryKind.PLAN, body_of_plan(plan), on, by=by, key=key, acting=acting, override=override
                )
            )
    done = keep_each(store, new)
    same_ = len(some) - len(new) - len(under_way) - len(not_adopted)
    return _Saved(
        done.new, same_ + done.before, len(drafts) - len(some), tuple(under_way), tuple(not_adopted), done.refused,
        done.doubts,
    )  # fmt: skip


def _asked(plan: CarePlan) -> set[tuple[str, str]]:
    """The needs that a plan was made for, and whether each is one or is to be clarified."""
    return {(need.code, need.status.value) for need in plan.needs}


#: Agreed with the family, or begun: only a person ends it.
_UNDER_WAY = (PlanState.AGREED, PlanState.RUNNING, PlanState.PAUSED)


def body_of_plan(plan: CarePlan) -> dict[str, Any]:
    """A plan as the body of an entry."""
    return plan.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def _saved_text(saved: _Saved, lang: Language) -> Iterator[str]:
    """What became of the drafts, and of each that was not kept, why."""
    parts = [Text(f"新存入档案 {saved.new} 份", f"{saved.new} kept in the files now")]
    for count, zh, en in (
        (saved.same, "此前已存、内容相同", "kept before and the same"),
        (len(saved.under_way), "已有商定或执行中的方案，未存", "not kept, a plan is agreed or running"),
        (len(saved.not_adopted), "方案未采用、需求未变，未存", "not kept, a plan for the same needs was dropped"),
        (saved.empty, "没有目标，不存", "not kept, without a goal"),
        (len(saved.refused), "未能存入（原因见下）", "refused, as told below"),
    ):
        if count:
            parts.append(Text(f"{zh} {count} 份", f"{count} {en}"))
    yield join(parts, "；", "; ").in_(lang)
    for plan in (*saved.under_way, *saved.not_adopted):
        yield "  " + Text(
            f"{plan.ref} 的方案{plan.state.zh}；查看：kinderguard care show {plan.ref}",
            f"{plan.ref}: its plan is {plan.state.en}; see kinderguard care show {plan.ref}",
        ).in_(lang)


_PLAN_HEADS = (
    Text("档案编号", "File"), LIVES_IN, Text("类别", "Classes"), Text("项目", "Part"),
    Text("内容", "What"), Text("日期", "Day"), Text("需求代码", "Need"),
)  # fmt: skip


def _plan_rows(plan: CarePlan, lang: Language) -> Iterator[tuple[Any, ...]]:
    """Its goals, services and visits, one below the other."""
    classes = join([c.label for c in plan.classes]).in_(lang)
    for goal in plan.goals:
        yield plan.ref, plan.division, classes, Text("目标", "goal").in_(lang), goal.title.in_(lang), None, goal.need
    for each in plan.services:
        yield (
            plan.ref,
            plan.division,
            classes,
            Text("服务", "service").in_(lang),
            each.service.label.in_(lang),
            None,
            each.need,
        )
    for visit in plan.follow_ups:
        day = visit.planned_on.isoformat() if visit.planned_on else None
        yield (
            plan.ref,
            plan.division,
            classes,
            Text("随访", "follow-up").in_(lang),
            visit.kind.label.in_(lang),
            day,
            None,
        )


_UNPLACED = Text("居住地不详", "place not known")


def _plans_summary(
    plans: list[CarePlan], meant: Iterable[str], lang: Language, *, whole: bool, saved: _Saved | None
) -> Iterator[str]:
    services = Counter(each.service for plan in plans for each in plan.services)
    yield Text(
        f"{len(plans)} 份方案草稿，其中 {sum(bool(plan.services) for plan in plans)} 份有服务，共 {services.total()} 项服务",
        f"{len(plans)} draft plans, {sum(bool(plan.services) for plan in plans)} of them with services, {services.total()} in all",
    ).in_(lang)
    yield from meant
    yield from columns_of((service.label.in_(lang), str(count)) for service, count in services.most_common())
    yield from _goals_summary([need for plan in plans for need in plan.needs], lang)
    if saved is not None:
        yield from _saved_text(saved, lang)
    noted: dict[Text, Counter[str]] = {}
    for plan in plans:
        for note in plan.notes:
            noted.setdefault(note, Counter())[(plan.division or "")[:COUNTY]] += 1
    for note, counties in noted.items():
        yield note.in_(lang)
        yield from columns_of(
            (_UNPLACED.in_(lang) if not county else f"{place_name(county).in_(lang)} ({county})", str(count))
            for county, count in sorted(counties.items())
        )
    if whole:
        for plan in plans:
            yield f"{plan.ref} {join([c.label for c in plan.classes]).in_(lang)}".rstrip()
            rows = ((part, what, when or "") for _, _, _, part, what, when, _ in _plan_rows(plan, lang))
            yield from columns_of(rows)


def _goals_summary(needs: list[Need], lang: Language) -> Iterator[str]:
    """How many goals are met by no service: to find something out, or for the authorities; the urgent ones apart."""
    clarify = [need for need in needs if need.to_clarify]
    authorities = [need for need in needs if not need.to_clarify and not need.for_helpers]
    for title, some in (
        (Text("待核实的目标", "Goals to find something out"), clarify),
        (Text("交主管部门的目标", "Goals for the authorities"), authorities),
    ):
        if some:
            now = sum(need.urgency is Urgency.IMMEDIATE for need in some)
            urgent = Text(f"，其中立即 {now}", f", {now} of them at once") if now else Text("", "")
            yield (title + Text(f" {len(some)}", f": {len(some)}") + urgent).in_(lang)


def _plans_text(plans: Iterable[CarePlan], lang: Language) -> Iterator[str]:
    """Each plan as somebody reads it: for whom, what for, by what, when the child is looked after, and what to note."""
    for plan in plans:
        place = "" if plan.division is None else f" {place_name(plan.division).in_(lang)}"
        yield Text(f"儿童 {plan.ref}", f"Child {plan.ref}").in_(lang) + place
        made = Text(f"方案{plan.state.zh}，{plan.made_on}", f"plan: {plan.state.en}, {plan.made_on}")
        yield f"  {made.in_(lang)}"
        if plan.classes:
            yield "  " + (Text("类别：", "classes: ") + join([c.label for c in plan.classes])).in_(lang)
        if plan.classes_open:
            yield "  " + (
                Text("待核实的类别：", "classes to be clarified: ") + join([c.label for c in plan.classes_open])
            ).in_(lang)
        titles = {need.code: need.title for need in plan.needs}
        parts = (
            (Text("目标", "goals"), [goal.title for goal in plan.goals]),
            (Text("服务", "services"), [
                each.service.label + Text("（", " (") + titles.get(each.need, same(each.need)) + Text("）", ")")
                for each in plan.services
            ]),
            (Text("随访", "follow-ups"), [
                visit.kind.label + (same(f" {visit.planned_on}") if visit.planned_on else Text("（未定日期）", " (no day yet)"))
                for visit in plan.follow_ups
            ]),
            (Text("说明", "notes"), list(plan.notes)),
        )  # fmt: skip
        for title, lines in parts:
            if lines:
                yield f"  {title.in_(lang)}"
                yield from (f"    {line.in_(lang)}" for line in lines)
