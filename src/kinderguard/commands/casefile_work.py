"""``file assess``, ``file due`` and ``file visit``: the work on files as the months go on.

Results are kept with what is needed to have them again; nothing personal is shown.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

import kinderguard
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OnDay,
    OutPath,
    Strict,
    contained,
    day,
    fail,
    progress,
    say,
)
from kinderguard.commands.casefile import InDivision, Ref, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.commands.wording import in_commands
from kinderguard.model.errors import Problem
from kinderguard.model.text import Language, Text

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, DueList
    from kinderguard.packs import PolicyBook


@files.command(name="assess")
def assess_files(
    on: OnDay,
    by: ByUser,
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="REF...", help="档案编号；不写则为全部未结案的 / files; all that are open if left out"),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """评估档案中的儿童并保存结果，列出与上次相比的变化。Assess filed children, keep the results, tell what has changed."""
    check_out(form, out)
    with contained():
        book = kinderguard.load(strict=strict)
        text: Language = lang.value
        with open_store(store, text) as opened:
            chosen = tuple(refs or opened.refs(division, open=True, at=on))
            done = list(_assessed(opened, chosen, book, on, by, text, lines=form is TableFormat.JSONL))
        write_list(
            form,
            out,
            summary=_assessed_summary(done, text),
            lines=(each.line for each in done),
            heads=_CHANGE_HEADS,
            rows=(
                (each.ref, each.division, kind.in_(text), code, said.in_(text))
                for each in done
                for kind, code, said in each.changes
            ),
            lang=text,
        )
        problems = {(p.where, p.message.in_(text)) for each in done for p in each.problems}
        for where, message in sorted(problems):
            say(f"{where} {message}".strip())
        raise typer.Exit(WITH_PROBLEMS if problems else DONE)


_CHANGE_HEADS = (
    Text("档案编号", "File"), Text("行政区划", "Division"), Text("变化", "Change"), Text("代码", "Code"), Text("说明", "Text"),
)  # fmt: skip


@attrs.frozen
class _Outcome:
    """What is told of one assessment; the assessment itself is not held on to, since there may be many thousands."""

    ref: str
    division: str | None
    categories: Mapping[str, bool | None]
    titles: Mapping[str, Text]
    #: Whether the result was kept now, or before.
    new: bool
    #: Kind, code and text of each.
    changes: tuple[tuple[Text, str, Text], ...]
    problems: tuple[Problem, ...]
    line: Mapping[str, Any]


def _assessed(
    store: "CaseStore",
    refs: tuple[str, ...],
    book: "PolicyBook",
    on: dt.date,
    by: str,
    lang: Language,
    *,
    lines: bool,
) -> Iterator[_Outcome]:
    """Each child's outcome. A result that rests on the same facts and rules as one of that day is not kept twice."""
    from kinderguard.casefile import EntryKind
    from kinderguard.casefile.entries import FACTUAL
    from kinderguard.casefile.history import withdrawn
    from kinderguard.engines.assessment_line import assessment_line

    with progress("评估 / assessing") as step:
        for number, ref in enumerate(refs, 1):
            entries = store.entries(ref)
            gone = withdrawn(entries)
            kept = [e for e in entries if e.kind is EntryKind.ASSESSMENT and e.number not in gone and not e.erased]
            seen = max((e.number for e in entries if e.kind in FACTUAL), default=0)
            result = book.assess(store.case(ref, at=on), on=on)
            same_as = (on, seen, result.fingerprint)
            new = all((e.valid_from, e.body["seen"], e.body["fingerprint"]) != same_as for e in kept)
            changes = store.changes(ref, book, on=on) if new and any(e.valid_from <= on for e in kept) else ()
            if new:
                result = store.assess(ref, book, on=on, by=by)
            yield _Outcome(
                ref,
                result.division,
                dict(result.categories),
                result.basis.titles,
                new,
                tuple((change.kind.label, change.code, change.text) for change in changes),
                tuple(result.problems),
                {"ref": ref} | assessment_line(result, lang=lang) if lines else {},
            )
            step(number, len(refs))


def _assessed_summary(done: list[_Outcome], lang: Language) -> Iterator[str]:
    new = sum(each.new for each in done)
    yield Text(
        f"评估 {len(done)} 份档案：新存 {new}，此前已存 {len(done) - new}",
        f"{len(done)} files assessed: {new} results kept, {len(done) - new} kept before",
    ).in_(lang)
    sure = Counter(code for each in done for code, value in each.categories.items() if value)
    unsure = Counter(code for each in done for code, value in each.categories.items() if value is None)
    titles = {code: each.titles[code] for each in done for code in each.categories}
    yes, open_ = Text("是", "yes").in_(lang), Text("待定", "open").in_(lang)
    yield from columns_of(
        (titles[code].in_(lang), f"{yes} {sure[code]}", f"{open_} {unsure[code]}")
        for code in sorted(sure.keys() | unsure.keys())
    )
    changed = [(each.ref, text) for each in done for _, _, text in each.changes]
    if changed:
        yield Text(f"与上次相比的变化 {len(changed)} 项", f"{len(changed)} changes since the last assessment").in_(lang)
        yield from (f"  {ref} {text.in_(lang)}" for ref, text in changed)


# ---- due, visits ------------------------------------------------------------------------------------------------


@files.command(name="due")
def what_is_due(
    on: OnDay,
    store: InStore = None,
    division: InDivision = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="KIND", help="只要此类：visit、review …… / only this kind: visit, review, …"),
    ] = None,
    until: Annotated[
        dt.date | None,
        typer.Option(
            "--until",
            parser=day,
            metavar="DATE",
            help="到哪天为止；不写则按各类事项的提前期 / up to which day; by each kind's own lead if left out",
        ),
    ] = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """列出近期到期和逾期的事项：走访、复核、证件、生日等。What falls due: visits, reviews, certificates, birthdays."""
    check_out(form, out)
    with contained():
        from kinderguard.casefile import DueKind, Lead

        lead: dict[DueKind | str, Lead] | None = None
        if until is not None:
            if until < on:
                fail(Text("--until 不能早于 --on", "--until is not before --on"))
            # How long a transfer may wait for an answer is another thing than how far ahead one looks.
            lead = {k: Lead(days=(until - on).days) for k in DueKind if k is not DueKind.TRANSFER}
        if kind is not None and kind not in set(DueKind):
            fail(
                Text(
                    f"没有这类事项；可用：{'、'.join(DueKind)}",
                    f"there is no such kind; there are {', '.join(DueKind)}",
                )
            )
        book = kinderguard.load(strict=strict)
        with open_store(store, lang.value) as opened, progress("查找待办 / what is due"):
            found = opened.due(book, today=on, division=division, lead=lead)
        items = [item for item in found if kind is None or item.kind == kind]
        text: Language = lang.value
        write_list(
            form,
            out,
            summary=_due_summary(found, items, text),
            lines=(
                {
                    "day": item.day.isoformat(), "ref": item.ref, "division": item.division, "kind": item.kind.value,
                    "who": item.who.value, "overdue": item.overdue, "what": item.what.in_(text), "codes": list(item.codes),
                }
                for item in items
            ),
            heads=_DUE_HEADS,
            rows=(
                (
                    item.day.isoformat(), item.division, item.ref, item.kind.label.in_(text), item.who.label.in_(text),
                    Text("已逾期", "overdue").in_(text) if item.overdue else None, item.what.in_(text),
                )
                for item in items
            ),
            lang=text,
        )  # fmt: skip
        for problem in found.problems:
            say(in_commands(problem.message).in_(text))
        raise typer.Exit(WITH_PROBLEMS if found.problems else DONE)


_DUE_HEADS = (
    Text("日期", "Day"), Text("行政区划", "Division"), Text("档案编号", "File"), Text("事项", "Kind"), Text("责任人", "Who"),
    Text("是否逾期", "Overdue"), Text("内容", "What"),
)  # fmt: skip


def _due_summary(found: "DueList", items: list[Any], lang: Language) -> Iterator[str]:
    late = sum(item.overdue for item in items)
    yield Text(f"待办 {len(items)} 项，其中已逾期 {late} 项", f"{len(items)} items due, {late} of them overdue").in_(
        lang
    )
    overdue = Text("逾期", "overdue").in_(lang)
    kinds = dict.fromkeys(item.kind for item in items)
    yield from columns_of(
        (
            k.label.in_(lang),
            str(sum(i.kind is k for i in items)),
            f"{overdue} {sum(i.kind is k and i.overdue for i in items)}",
        )
        for k in sorted(kinds)
    )
    for item in items:
        yield item.text.in_(lang)


@files.command(name="visit")
def record_visit(
    ref: Ref,
    on: OnDay,
    by: ByUser,
    store: InStore = None,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一次走访。Record that a child was visited."""
    with contained(), open_store(store, lang.value) as opened:
        from kinderguard.casefile import EntryKind

        opened.history(ref)  # a file that is not there is told, and not begun by a visit
        entry = opened.append(ref, EntryKind.VISIT, {}, valid_from=on, by=by, key=f"visit:{ref}:{on}:{by}")
        typer.echo(Text(f"已记为第 {entry.number} 条", f"recorded as entry {entry.number}").in_(lang.value))
