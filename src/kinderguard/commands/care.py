"""``care needs`` and ``care plan``: what children need, and a draft plan for each. ``care_allocation`` has the rest.

Children come from a store of case files or from a ledger. No name, number or address is in anything written here: needs
and plans go to those who help, and hold the file's number alone.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import kinderguard
from kinderguard.care import (
    CarePlan,
    Need,
    Urgency,
    assess_needs,
    differentiated_plan,
    visit_months,
)
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OnDay,
    OutPath,
    Strict,
    app,
    contained,
    examples,
    fail,
    progress,
    say,
)
from kinderguard.commands.casefile import InDivision
from kinderguard.commands.children import numbered, read_children
from kinderguard.commands.store import InStore, keep_each, open_store
from kinderguard.commands.tabular import TableFormat, check_out, columns_of, write_list
from kinderguard.model.case import Case
from kinderguard.model.echo import shown_code
from kinderguard.model.errors import Problem
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore
    from kinderguard.packs import PolicyBook

care = typer.Typer(
    name="care",
    help="关爱：需求、方案、资源匹配、重复服务、组织评价、年度目标。"
    "Care: needs, plans, whom help reaches, what is done twice, who kept promises, targets of the year.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(care)

FromLedger = Annotated[
    Path | None,
    typer.Argument(
        metavar="LEDGER",
        help="台账或 children.jsonl；不写则取自档案库（--store） / a ledger or children.jsonl; from the store if left out",
    ),
]
SavedBy = Annotated[
    str | None, typer.Option("--by", metavar="CODE", help="随 --save：经办人的用户代码 / with --save: the user's code")
]


class CareFormat(StrEnum):
    """What needs and plans are written as: as lists, or as a text about each child."""

    SUMMARY = "summary"
    TEXT = "text"
    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def as_table(self) -> TableFormat:
        """The list's form; a text is written where a summary would be."""
        return TableFormat.SUMMARY if self is CareFormat.TEXT else TableFormat(self.value)


AsCare = Annotated[
    CareFormat,
    typer.Option("--format", "-f", help="输出形式；text 为逐名儿童的文字 / what to write; text tells of each child"),
]


def check_saved(save: bool, by: str | None) -> None:
    """Who saves says who.

    Raises:
        typer.BadParameter: nobody is named.
    """
    if save and not by:
        raise typer.BadParameter("--save 须用 --by 写明经办人代码 / --save needs --by CODE")


# ---- needs -------------------------------------------------------------------------------------------------------


@care.command(
    name="needs",
    epilog=examples(
        "kinderguard care needs 台账.xlsx --on 2025-09-01",
        "kinderguard care needs --store 档案.db --on 2025-09-01 --division 330199 --to-clarify --format csv --out 需求.csv",
    ),
)
def find_needs(
    on: OnDay,
    ledger: FromLedger = None,
    refs: Annotated[
        list[str] | None,
        typer.Option("--ref", metavar="REF", help="只看此编号的儿童，可重复 / this child alone; may be given again"),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    to_clarify: Annotated[
        bool,
        typer.Option(
            "--to-clarify",
            help="也列出待核实的需求及须了解的事实 / also needs to be clarified, with the facts to find out",
        ),
    ] = False,
    form: AsCare = CareFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """列出每名儿童的需求、理由和紧迫程度。What each child needs, why, and how urgently."""
    check_out(form.as_table, out)
    with contained():
        book = kinderguard.load(strict=strict)
        cases = children_of(ledger, store, division, on, book, lang.value, refs or ())
        found = list(needs_of(cases, book, on, to_clarify=to_clarify))
        needs = [need for some, _ in found for need in some]
        text: Language = lang.value
        each_child = ((case.ref, some) for case, (some, _) in zip(cases, found, strict=True))
        write_list(
            form.as_table,
            out,
            summary=_needs_text(each_child, text) if form is CareFormat.TEXT else _needs_summary(len(cases), needs, text),
            lines=(need.model_dump(mode="json", exclude_none=True) for need in needs),
            heads=_NEED_HEADS,
            rows=(
                (
                    need.ref, need.division, need.urgency.label.in_(text), need.domain.label.in_(text), need.title.in_(text),
                    need.status.label.in_(text), need.reason.in_(text),
                    join([s.label for s in need.services], "或", " or ").in_(text), join(list(need.asks)).in_(text),
                    " ".join(need.facts), need.code,
                )
                for need in needs
            ),
            lang=text,
        )  # fmt: skip
        raise typer.Exit(told((p for _, problems in found for p in problems), text))


_NEED_HEADS = (
    Text("档案编号", "File"), Text("行政区划", "Division"), Text("紧迫程度", "Urgency"), Text("领域", "Domain"),
    Text("需求", "Need"), Text("状态", "Status"), Text("理由", "Reason"), Text("服务", "Services"),
    Text("待了解", "To find out"), Text("事实", "Fact"), Text("代码", "Code"),
)  # fmt: skip
_Found = tuple[tuple[Need, ...], tuple[Problem, ...]]


def needs_of(cases: list[Case], book: "PolicyBook", on: dt.date, *, to_clarify: bool) -> Iterator[_Found]:
    """Of each child its needs, and what was wrong with packs or parameters."""
    with progress("查找需求 / finding needs") as step:
        for number, case in enumerate(cases, 1):
            found = assess_needs(book, case, on=on)
            yield found.needs if to_clarify else found.present, found.problems
            step(number, len(cases))


def _needs_summary(children: int, needs: list[Need], lang: Language) -> Iterator[str]:
    present = [need for need in needs if not need.to_clarify]
    with_needs = len({need.ref for need in present})
    yield Text(
        f"{children} 名儿童中 {with_needs} 名有需求，共 {len(present)} 项",
        f"{with_needs} of {children} children have needs, {len(present)} in all",
    ).in_(lang)
    authorities = Text("（交主管部门）", " (for the authorities)")
    for urgency in Urgency:
        codes = Counter(need.code for need in present if need.urgency is urgency)
        if codes:
            yield f"{urgency.label.in_(lang)} {codes.total()}"
            titles = {n.code: n.title if n.for_helpers else n.title + authorities for n in present}
            yield from columns_of((titles[code].in_(lang), str(count), code) for code, count in codes.most_common())
    clarify = Counter(need.code for need in needs if need.to_clarify)
    if clarify:
        yield Text(f"待核实 {clarify.total()}", f"To be clarified {clarify.total()}").in_(lang)
        titles = {n.code: n.title for n in needs}
        yield from columns_of((titles[code].in_(lang), str(count), code) for code, count in clarify.most_common())


def _needs_text(children: Iterable[tuple[str | None, tuple[Need, ...]]], lang: Language) -> Iterator[str]:
    """Of each child what it needs, why, what meets it, and what is to be found out."""
    for ref, needs in children:
        head = Text("，没有发现需求", ", no need found") if not needs else Text("", "")
        yield (Text(f"儿童 {ref or '—'}", f"Child {ref or '-'}") + head).in_(lang)
        for need in needs:
            yield from _need_text(need, lang)


def _need_text(need: Need, lang: Language) -> Iterator[str]:
    state = need.status.label + Text("，", ", ") if need.to_clarify else Text("", "")
    yield (Text("  ", "  ") + need.title + Text("（", " (") + state + need.urgency.label + Text("）", ")")).in_(lang)
    parts = [(Text("理由：", "why: "), need.reason)]
    if need.to_clarify:
        parts.append((Text("待了解：", "to find out: "), join(list(need.asks))))
    met = (
        join([s.label for s in need.services], "或", " or ")
        if need.for_helpers
        else Text("交主管部门", "the authorities")
    )
    parts.append((Text("服务：", "by: "), met))
    if need.sources or need.ours:
        ours = [Text("本库默认，非法律规定", "a default of this library, not law")] if need.ours else []
        parts.append((Text("依据：", "rests on: "), join([*need.sources, *ours], "；", "; ")))
    for title, said in parts:
        yield f"    {(title + said).in_(lang)}"


# ---- plans -------------------------------------------------------------------------------------------------------


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
            plans: list[CarePlan] = []
            problems: list[Problem] = []
            with progress("拟定方案 / planning") as step:
                for number, ref in enumerate(chosen, 1):
                    plan, some = _plan(opened.case(ref, at=on), book, on)
                    plans.append(plan)
                    problems += some
                    step(number, len(chosen))
            refused = _keep(opened, plans, str(by)) if save else ()
        text: Language = lang.value
        whole = bool(refs)
        write_list(
            form.as_table,
            out,
            summary=_plans_text(plans, text)
            if form is CareFormat.TEXT
            else _plans_summary(plans, text, whole=whole, saved=save, refused=len(refused)),
            lines=(plan.model_dump(mode="json", exclude_none=True) for plan in plans),
            heads=_PLAN_HEADS,
            rows=(row for plan in plans for row in _plan_rows(plan, text)),
            lang=text,
        )
        raise typer.Exit(max(said(refused, text), told(problems, text)))


def _plan(case: Case, book: "PolicyBook", on: dt.date) -> tuple[CarePlan, tuple[Problem, ...]]:
    found, result = assess_needs(book, case, on=on), book.assess(case, on=on)
    return differentiated_plan(found.needs, result, visit_months=visit_months(book, case.division, on)), found.problems


def _keep(store: "CaseStore", plans: Iterable[CarePlan], by: str) -> tuple[Text, ...]:
    """Keep each plan as an entry of its file; the same draft of one day is kept once. Why some were refused."""
    from kinderguard.casefile import EntryKind, NewEntry

    return keep_each(
        store,
        (NewEntry(
            plan.ref, EntryKind.PLAN, plan.model_dump(mode="json", exclude_none=True, exclude_defaults=True), plan.made_on,
            by=by, key=f"plan:{plan.ref}:{plan.made_on}:{plan.to_json()}",
        )
        for plan in plans
        if plan.goals),
    )  # fmt: skip


_PLAN_HEADS = (
    Text("档案编号", "File"), Text("行政区划", "Division"), Text("类别", "Classes"), Text("项目", "Part"),
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


def _plans_summary(
    plans: list[CarePlan], lang: Language, *, whole: bool, saved: bool, refused: int = 0
) -> Iterator[str]:
    services = Counter(each.service for plan in plans for each in plan.services)
    yield Text(
        f"{len(plans)} 份方案草稿，其中 {sum(bool(plan.services) for plan in plans)} 份有服务，共 {services.total()} 项服务",
        f"{len(plans)} draft plans, {sum(bool(plan.services) for plan in plans)} of them with services, {services.total()} in all",
    ).in_(lang)
    yield from columns_of((service.label.in_(lang), str(count)) for service, count in services.most_common())
    yield from _goals_summary([need for plan in plans for need in plan.needs], lang)
    if saved:
        kept = sum(bool(plan.goals) for plan in plans) - refused
        yield Text(f"已存入档案 {kept} 份（没有目标的不存）", f"{kept} kept in the files (none without a goal)").in_(
            lang
        )
    for note in dict.fromkeys(note for plan in plans for note in plan.notes):
        yield note.in_(lang)
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


# ---- shared ------------------------------------------------------------------------------------------------------


def children_of(
    ledger: Path | None,
    store: str | None,
    division: str | None,
    on: dt.date,
    book: "PolicyBook",
    lang: Language,
    refs: Collection[str] = (),
) -> list[Case]:
    """The children of a ledger, or of the open files of a store; only those of ``refs``, where any are named."""
    if ledger is None:
        with open_store(store, lang) as opened:
            return [opened.case(ref, at=on) for ref in refs or opened.refs(division, open=True, at=on)]
    read = read_children(ledger, book)
    for row in read.skipped:
        assert row.error is not None
        where = Text(f"{row.sheet} 第 {row.row} 行：", f"{row.sheet}, row {row.row}: ")
        say((where + row.error.message).in_(lang))
    cases = list(numbered(read))
    lost = [ref for ref in refs if ref not in {case.ref for case in cases}]
    if lost:
        shown = [shown_code(ref) for ref in lost]
        fail(Text(f"台账中没有编号 {'、'.join(shown)} 的儿童", f"the ledger has no child numbered {', '.join(shown)}"))
    return [case for case in within(cases, division) if not refs or case.ref in refs]


def within(cases: Iterable[Case], division: str | None) -> list[Case]:
    """The children of a division."""
    return [case for case in cases if division is None or (case.division or "").startswith(division)]


def said(lines: Iterable[Text], lang: Language) -> int:
    """Each line on standard error; and the exit code."""
    lines = list(lines)
    for line in lines:
        say(line.in_(lang))
    return WITH_PROBLEMS if lines else DONE


def told(problems: Iterable[Problem], lang: Language) -> int:
    """Each problem once, on standard error; and the exit code."""
    told = dict.fromkeys((p.where, p.message.in_(lang)) for p in problems)
    for where, message in told:
        say(f"{where} {message}".strip())
    return WITH_PROBLEMS if told else DONE
