"""``file assess``, ``file due`` and ``file visit``: the work on files as the months go on.

Results are kept with what is needed to have them again; nothing personal is shown.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
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
    examples,
    fail,
    progress,
    say,
)
from kinderguard.commands.casefile.moves import InSpite, MaybeActing, Why, tell_doubts
from kinderguard.commands.casefile.showing import InDivision, Ref, files
from kinderguard.commands.store import ByUser, InStore, by_text, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.commands.wording import in_commands
from kinderguard.engines.assessment import ZERO
from kinderguard.model.errors import Problem
from kinderguard.model.text import Language, Text, join, same
from kinderguard.report.paid_once import Due, for_one_person, household_key, total_of

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, Change, DueList, Entry
    from kinderguard.engines.assessment import Assessment, PolicyResult
    from kinderguard.model.case import Case
    from kinderguard.packs import PolicyBook


@files.command(
    name="assess",
    epilog=examples(
        "kinderguard file assess --store 档案.db --on 2025-09-01 --by 330199.u1",
    ),
)
def assess_files(
    on: OnDay,
    by: ByUser,
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="REF", help="档案编号；不写则为全部未结案的 / files; all that are open if left out"),
    ] = None,
    store: InStore = None,
    division: InDivision = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    details: Annotated[
        bool,
        typer.Option(
            "--details",
            help="摘要中逐项列出每名儿童的变化及原因；不写则每人一行 / every change of each child in the summary, with what brought it"
            " about; one line a child if left out",
        ),
    ] = False,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """评估档案中的儿童并保存结果，列出与上次相比的变化。Assess filed children, keep the results, tell what has changed."""
    check_out(form, out)
    with contained():
        from kinderguard.casefile.following.paying import doubt_of_day

        book = kinderguard.load(strict=strict)
        text: Language = lang.value
        refused: list[Text] = []
        with open_store(store, text) as opened:
            chosen = tuple(refs or _open_files(opened, division, on))
            who = {"by": by, "acting": acting, "override": override}
            done = list(_assessed(opened, chosen, book, on, who, text, refused, lines=form is TableFormat.JSONL))
            early = doubt_of_day(on, opened.today())
        if refused and not done and len(chosen) == 1:
            fail(in_commands(refused[0]))
        write_list(
            form,
            out,
            summary=_assessed_summary(done, text, details=details),
            lines=(each.line for each in done),
            heads=_RESULT_HEADS,
            rows=(row for each in done for row in _result_rows(each, text)),
            lang=text,
        )
        problems = {(p.where, p.message.in_(text)) for each in done for p in each.problems}
        for where, message in sorted(problems):
            say(f"{where} {message}".strip())
        for each in refused:
            say(in_commands(each).in_(text))
        doubts = [(each.ref, doubt) for each in done for doubt in each.doubts]
        for ref, doubt in doubts:
            say((Text(f"档案 {ref}：", f"File {ref}: ") + in_commands(doubt)).in_(text))
        elsewhere = by_text((each.ref, each.elsewhere) for each in done if each.elsewhere is not None)
        for told in elsewhere:
            say(told.in_(text))
        if early is not None:
            say(in_commands(early).in_(text))
        looked_at = problems or doubts or elsewhere or refused or early is not None
        raise typer.Exit(WITH_PROBLEMS if looked_at else DONE)


def _open_files(store: "CaseStore", division: str | None, on: dt.date) -> tuple[str, ...]:
    """The open files of a division; where one cannot be read, so that nobody can tell its place, it is among them and is told."""
    from kinderguard.casefile import DamagedEntryError, UnreadableEntryError

    try:
        return store.refs(division, open=True, at=on)
    except (DamagedEntryError, UnreadableEntryError):
        found = []
        for ref in store.refs(open=True, at=on):
            try:
                if (store.case(ref, at=on).division or "").startswith(division or ""):
                    found.append(ref)
            except (DamagedEntryError, UnreadableEntryError):
                found.append(ref)
        return tuple(found)


_RESULT_HEADS = (
    Text("档案编号", "File"), Text("行政区划", "Division"), Text("类别", "Kind"), Text("代码", "Code"), Text("名称", "Title"),
    Text("结果", "Result"), Text("最低金额（元）", "At least (yuan)"), Text("最高金额（元）", "At most (yuan)"), Text("周期", "Every"),
    Text("按", "Per"), Text("与上次相比", "Since the last assessment"),
)  # fmt: skip
_CATEGORY, _MONEY, _SERVICE = Text("类别", "category"), Text("金额", "money"), Text("服务", "service")
_PER = {"child": Text("人", "child"), "household": Text("户", "household")}


def _result_rows(done: "_Outcome", lang: Language) -> Iterator[tuple[str | None, ...]]:
    """What a child is and is given, or may be; and every other code of which something has changed."""
    between = Text("；", "; ").in_(lang)
    changed: dict[str, list[str]] = {}
    for kind, code, said in done.changes:
        changed.setdefault(code, []).append((kind + Text("：", ": ") + said).in_(lang).rstrip("。."))
    shown: list[tuple[Text, str, bool | None, _Given | None]] = [
        (_CATEGORY, code, holds, None) for code, holds in done.categories.items()
    ]
    shown += [(_MONEY if g.every else _SERVICE, code, g.holds, g) for code, g in done.given.items()]
    for what, code, holds, given in shown:
        news = changed.pop(code, [])
        if holds is False and not news:
            continue
        low, high = (None, None) if given is None else (given.low, given.high)
        yield (
            done.ref, done.division, what.in_(lang), code, done.titles.get(code, same(code)).in_(lang), _said(holds).in_(lang),
            None if low is None else str(low), None if high is None else str(high),
            None if given is None or given.every is None else given.every.in_(lang),
            None if given is None or not given.every else _PER[given.per].in_(lang), between.join(news) or None,
        )  # fmt: skip
    for code, news in changed.items():
        title = done.titles.get(code, same(code)).in_(lang)
        yield done.ref, done.division, None, code, title, None, None, None, None, None, between.join(news)


def _said(holds: bool | None) -> Text:
    return {True: Text("是", "yes"), False: Text("否", "no"), None: Text("待定", "open")}[holds]


@attrs.frozen
class _Given:
    """What a policy comes to for one child; yuan, of money alone, which has a frequency."""

    holds: bool | None
    low: Decimal | None = None
    high: Decimal | None = None
    every: Text | None = None
    per: str = "child"
    #: What one household's files have in common, where the household's number is known: never the number itself.
    household: str | None = None
    #: Whether it is for this child alone although it is paid per household (one-person dibao); None where that is open.
    alone: bool | None = False
    #: Whether the file itself says that it is not drawn.
    not_drawn: bool = False


def _given(policy: "PolicyResult", result: "Assessment") -> _Given:
    from kinderguard.casefile.following.drawn import draws

    if not policy.is_cash:
        return _Given(policy.granted)
    holds = False if policy.high == 0 else True if policy.low else policy.eligible if policy.eligible is False else None
    number = result.case.household.number
    household = household_key(policy.per, result.division, None if number is None else number.reveal())
    alone = for_one_person(policy.code, result.case.child.individual_dibao, result.categories)
    drawn = draws(policy.code, result.case, result.on)
    return _Given(holds, policy.low, policy.high, policy.every.label, policy.per, household, alone, drawn is False)


@attrs.frozen
class _Outcome:
    """What is told of one assessment; the assessment itself is not held on to, since there may be many thousands."""

    ref: str
    division: str | None
    categories: Mapping[str, bool | None]
    titles: Mapping[str, Text]
    #: Whether the result was kept now, or before.
    new: bool
    #: Kind and code of each, and what is said of it.
    changes: tuple[tuple[Text, str, Text], ...]
    #: The same in one line; None where nothing has changed.
    changed: Text | None
    #: By policy, what is given.
    given: Mapping[str, _Given]
    doubts: tuple[Text, ...]
    #: What looks doubtful about whoever assessed.
    elsewhere: Text | None
    problems: tuple[Problem, ...]
    line: Mapping[str, Any]


def _assessed(
    store: "CaseStore",
    refs: tuple[str, ...],
    book: "PolicyBook",
    on: dt.date,
    who: Mapping[str, Any],
    lang: Language,
    refused: list[Text],
    *,
    lines: bool,
) -> Iterator[_Outcome]:
    """Each child's outcome. A result that rests on the same facts and rules as one of that day is not kept twice, and its
    changes are told again; what cannot be assessed is told and keeps none of the others.
    """
    from kinderguard.casefile import EntryKind, NewEntry, StoreBusyError, StoreError, StoreFullError, StoreUnusableError
    from kinderguard.casefile.chain.entries import FACTUAL
    from kinderguard.casefile.doubts import doubt_texts, hidden_facts
    from kinderguard.casefile.ending.closing import check_assessable
    from kinderguard.casefile.filing.holders import same_ids
    from kinderguard.casefile.filing.perhaps import perhaps_listed
    from kinderguard.casefile.history import declared_titles, withdrawn
    from kinderguard.casefile.moving.charge import doubt_of_user
    from kinderguard.engines.assessment_line import assessment_line

    today = store.today()
    same = same_ids(store, today)
    with progress("评估 / assessing") as step:
        for number, ref in enumerate(refs, 1):
            step(number, len(refs))
            try:
                entries = store.entries(ref)
                check_assessable(ref, entries, on)
                gone = withdrawn(entries)
                kept = [e for e in entries if e.kind is EntryKind.ASSESSMENT and e.number not in gone and not e.erased]
                seen = max((e.number for e in entries if e.kind in FACTUAL), default=0)
                result = book.assess(store.case(ref, at=on), on=on)
                same_as = (on, seen, result.fingerprint)
                new = all((e.valid_from, e.body["seen"], e.body["fingerprint"]) != same_as for e in kept)
                changes = store.changes(ref, book, on=on) if any(e.valid_from <= on for e in kept) else ()
                doubt = None
                if new:
                    result = store.assess(ref, book, on=on, **who)
                    written = NewEntry(ref, EntryKind.ASSESSMENT, {}, on, by=who["by"], acting=who["acting"])
                    doubt = doubt_of_user(written, entries, max(today, on), store._users)
            except (StoreBusyError, StoreFullError, StoreUnusableError):
                raise
            except StoreError as error:
                refused.append(error.text)
                continue
            # A fact that a list brought with its own title is no misspelt one, whatever a rule's is called.
            declared = declared_titles(entries)
            yield _Outcome(
                ref,
                result.division,
                dict(result.categories),
                dict(result.basis.titles) | {change.code: change.title for change in changes},
                new,
                tuple((change.kind.label, change.code, change.said) for change in changes),
                _in_one_line(changes) if changes else None,
                {code: _given(policy, result) for code, policy in result.policies.items()},
                (
                    *doubt_texts(
                        (*hidden_facts(entries), *([same[ref]] if ref in same else []), *perhaps_listed(store, entries))
                    ),
                    *_asked_of_parents(entries, result.case, on, today),
                ),
                doubt,
                tuple(p for p in result.problems if p.code != "fact.unknown" or p.where not in declared),
                {"ref": ref} | assessment_line(result, lang=lang) if lines else {},
            )


def _asked_of_parents(entries: "Sequence[Entry]", case: "Case", on: dt.date, today: dt.date) -> Iterator[Text]:
    """What is to be asked of the parents: whether a term that has run out goes on, and whose they are after an adoption."""
    from kinderguard.casefile.adoption import parents_before
    from kinderguard.casefile.history import holdings, withdrawn
    from kinderguard.casefile.releases import run_out

    gone, held = withdrawn(entries), holdings(entries)
    yield from run_out([e for e in entries if e.number not in gone and not e.erased], held, case, on, today)
    adopted = parents_before(held, on)
    if adopted is not None:
        yield adopted.text


#: So many changes are told in one line; money first.
_TOLD = 3
_ORDER = ("money", "service", "category")


def _in_one_line(changes: "Sequence[Change]") -> Text:
    """What has changed for a child, with what it comes to; of many changes the first, and how many more there are."""
    ordered = sorted(changes, key=lambda change: _ORDER.index(change.what))
    told, more = ordered[:_TOLD], len(ordered) - _TOLD
    line = join([change.brief for change in told], "；", "; ")
    return (
        line
        if more <= 0
        else line + Text(f"；另有 {more} 项变化", f"; {more} more {'change' if more == 1 else 'changes'}")
    )


def _assessed_summary(done: list[_Outcome], lang: Language, *, details: bool) -> Iterator[str]:
    new = sum(each.new for each in done)
    yield Text(
        f"评估 {len(done)} 份档案：新存 {new}，此前已存 {len(done) - new}",
        f"{len(done)} {'file' if len(done) == 1 else 'files'} assessed: {new} {'result' if new == 1 else 'results'} kept, "
        f"{len(done) - new} kept before",
    ).in_(lang)
    sure = Counter(code for each in done for code, value in each.categories.items() if value)
    unsure = Counter(code for each in done for code, value in each.categories.items() if value is None)
    titles = {code: each.titles[code] for each in done for code in each.categories}
    yes, open_ = Text("是", "yes").in_(lang), Text("待定", "open").in_(lang)
    yield from columns_of(
        (titles[code].in_(lang), f"{yes} {sure[code]}", f"{open_} {unsure[code]}")
        for code in sorted(sure.keys() | unsure.keys())
    )
    yield from columns_of(_sums(done, lang))
    changed = [(each.ref, text) for each in done for _, _, text in each.changes]
    if changed:
        yield Text(
            f"与上次（当日之前）评估相比的变化 {len(changed)} 项",
            f"{len(changed)} {'change' if len(changed) == 1 else 'changes'} since the last assessment before that day",
        ).in_(lang)
        if details:
            yield from (f"  {ref} {text.in_(lang)}" for ref, text in changed)
            return
        yield from (f"  {each.ref} {each.changed.in_(lang)}" for each in done if each.changed is not None)
        yield Text("逐项列出及原因：--details", "every change, with what brought it about: --details").in_(lang)


def _sums(done: list[_Outcome], lang: Language) -> Iterator[tuple[str, ...]]:
    """By policy that gives money: how many are eligible on the facts of their files, or may be, how much that is in all, and of
    how many the file itself says that it is not drawn: there somebody is to apply.
    """
    titles = {code: each.titles.get(code, same(code)) for each in done for code in each.given}
    for code in sorted(titles):
        given = [each.given[code] for each in done if code in each.given]
        money = [g for g in given if g.every is not None and g.holds is not False]
        if not money:
            continue
        first = money[0]
        sure = sum(g.holds is True for g in money)
        total = total_of(Due(g.low or ZERO, g.high, g.household, g.alone) for g in money).text
        per = Text("，按户", ", per household") if first.per == "household" else same("")
        not_drawn = sum(g.holds is True and g.not_drawn for g in money)
        assert first.every is not None
        yield (
            titles[code].in_(lang),
            Text(f"符合条件 {sure}，待定 {len(money) - sure}", f"eligible {sure}, open {len(money) - sure}").in_(lang),
            Text(f"合计 {total.zh}（{first.every.zh}{per.zh}）", f"{total.en} in all ({first.every.en}{per.en})").in_(
                lang
            ),
            Text(f"其中档案载明未享受 {not_drawn}", f"of those, by the file, not drawn {not_drawn}").in_(lang)
            if not_drawn
            else "",
        )


# ---- due, visits ------------------------------------------------------------------------------------------------


@files.command(
    name="due",
    epilog=examples(
        "kinderguard file due --store 档案.db --on 2025-09-01 --until 2025-09-30 --format xlsx --out 待办.xlsx",
    ),
)
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
                    "who": item.who.value, "overdue": item.overdue, "what": in_commands(item.what).in_(text), "codes": list(item.codes),
                }
                for item in items
            ),
            heads=_DUE_HEADS,
            rows=(
                (
                    item.day.isoformat(), item.division, item.ref, item.kind.label.in_(text), item.who.label.in_(text),
                    Text("已逾期", "overdue").in_(text) if item.overdue else None, in_commands(item.what).in_(text),
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
        yield in_commands(item.text).in_(lang)


@files.command(
    name="settle-row",
    epilog=examples("kinderguard file settle-row 行号 --reason 已补入下月名单 --by 330199.u1 --store 档案.db"),
)
def settle_row(
    row: Annotated[
        str,
        typer.Argument(
            metavar="ROW",
            help="行号，即 file due 列出名单中待核对的行时所写的编号 / the number by which file due names a row of a list to be looked at",
        ),
    ],
    by: ByUser,
    reason: Why,
    store: InStore = None,
    lang: InLang = Lang.ZH,
) -> None:
    """登记名单中待核对的行已处理，不再列入待办。Record that a row of a list to be looked at needs nothing more."""
    with contained(), open_store(store, lang.value) as opened:
        opened.settle_row(row, reason=reason, by=by)
        typer.echo(Text(f"已登记：行 {row} 已处理", f"Recorded: row {row} is settled").in_(lang.value))


@files.command(name="visit")
def record_visit(
    ref: Ref,
    on: Annotated[
        dt.date, typer.Option("--on", parser=day, metavar="DATE", help="走访日期 / the day of the visit, as 2025-09-01")
    ],
    by: ByUser,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一次走访。Record that a child was visited."""
    with contained(), open_store(store, lang.value) as opened:
        from kinderguard.casefile import EntryKind

        opened.entries(ref)  # a file that is not there is told, and not begun by a visit
        last = opened.head().number
        entry = opened.append(
            ref,
            EntryKind.VISIT,
            {},
            valid_from=on,
            by=by,
            key=f"visit:{ref}:{on}:{by}",
            acting=acting,
            override=override,
        )
        done = (
            Text(f"已记为第 {entry.number} 条", f"recorded as entry {entry.number}")
            if entry.number > last
            else Text(
                f"此前已记为第 {entry.number} 条，未重复写入",
                f"recorded before as entry {entry.number}; nothing was written",
            )
        )
        typer.echo(done.in_(lang.value))
        tell_doubts(entry, lang.value)
        raise typer.Exit(WITH_PROBLEMS if entry.doubts else DONE)
