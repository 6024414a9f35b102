"""``file record``, ``file consent`` and ``file forecast``: what is learnt of a filed child, what was consented to, and what is
coming.

Personal facts are taken from a file alone, since what stands on a command line stays in shells' histories.
"""

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

import kinderguard
from kinderguard.commands.application import InLang, Lang, Strict, contained, day, examples, fail
from kinderguard.commands.casefile.mending import read_facts
from kinderguard.commands.casefile.moves import AsText, InSpite, MaybeActing, OnOrToday, write_entry
from kinderguard.commands.casefile.showing import FactsFile, Ref, ShownAs, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.model.text import Language, Text, join

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, Change, Entry

FromDay = Annotated[
    dt.date | None,
    typer.Option(
        "--at",
        "--on",
        parser=day,
        metavar="DATE",
        help="自哪天起属实；默认今天 / from which day it is true; today if left out",
    ),
]


@files.command(
    name="record",
    epilog=examples(
        "kinderguard file record 编号 household.size=4 --at 2025-09-01 --by 330199.u1 --store 档案.db",
    ),
)
def record_facts(
    ref: Ref,
    by: ByUser,
    fact: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH=VALUE",
            help="事实，可写多个；列表等写作 JSON / facts, as many as there are; lists as JSON",
        ),
    ] = None,
    facts: FactsFile = None,
    unknown: Annotated[
        list[str] | None,
        typer.Option(
            "--unknown",
            metavar="PATH",
            help="自该日起不再清楚的事实，可重复 / a fact no longer known; may be given again",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="CODE", help="信息来源 / where it is from: a code or a file's name"),
    ] = None,
    at: FromDay = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """记录新情况：自某天起属实，此前的仍保留。Record what is true of a filed child from a day on; what was before is kept."""
    with contained():
        from kinderguard.casefile.facts import leaves_of

        given = read_facts(fact or (), facts, as_written="PATH=VALUE")
        blank = sorted(path for path, value in given.items() if value is None)
        lost = sorted(leaves_of(dict.fromkeys([*blank, *(unknown or ())])))
        if not given and not lost:
            fail(
                Text(
                    "没有要记录的事实：请写 路径=值，或用 --facts、--unknown",
                    "there is nothing to record: give PATH=VALUE, --facts or --unknown",
                )
            )
        case = kinderguard.Case.from_facts({"ref": ref} | {path: v for path, v in given.items() if v is not None})
        with open_store(store, lang.value) as opened:
            opened.entries(ref)  # a file that is not there is told, and not begun by a slip in its number
            on = at or opened.today()
            entry = opened.record(case, at=on, by=by, source=source, unknown=lost, acting=acting, override=override)
            confirmed = () if entry is None else _confirmed_by(opened, entry)
        if entry is None:
            _nothing_new(form, lang.value, ref, on, is_known=not lost)
            return
        written = sorted(entry.body["facts"])
        what = Text(
            f"档案 {ref} 自 {on} 起的 {len(written)} 项事实已记录",
            f"{len(written)} {'fact' if len(written) == 1 else 'facts'} of file {ref} recorded from {on} on",
        )
        if confirmed:
            count = len(confirmed)
            what += Text(
                f"（其中 {count} 项与档案原载相同，予以确认，此后名单不能更改）",
                f" ({count} as the file said already, and confirmed: no list changes {'it' if count == 1 else 'them'} from now on)",
            )
        write_entry(form, lang.value, what, ref, entry, facts=written, confirmed=list(confirmed))


def _confirmed_by(store: "CaseStore", entry: "Entry") -> tuple[str, ...]:
    """The facts that an entry says as the file said them already."""
    line = next(line for line in reversed(store.history(entry.ref)) if line.entry.number == entry.number)
    return tuple(fact.path for fact in line.confirmed)


def _nothing_new(form: ShownAs, lang: Language, ref: str, on: dt.date, *, is_known: bool) -> None:
    """That nothing was written; of facts that are known, that a person has said them before."""
    if form is ShownAs.JSON:
        typer.echo(json.dumps({"ref": ref, "entry": None, "kind": "facts", "on": on.isoformat(), "facts": []}))
        return
    told = (
        Text(
            f"档案 {ref} 在 {on} 已由人如此记载，未再写入",
            f"somebody has recorded so already of file {ref} on {on}; nothing was written",
        )
        if is_known
        else Text(f"档案 {ref} 在 {on} 已是如此，未写入", f"file {ref} says so on {on} already; nothing was written")
    )
    typer.echo(told.in_(lang))


# ---- consents ----------------------------------------------------------------------------------------------------

consents = typer.Typer(
    name="consent",
    help="同意：给予、撤回。Consents to handle the child's data: give, withdraw.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
files.add_typer(consents)

Giver = Annotated[
    str,
    typer.Option(
        "--giver", metavar="CODE", help="同意人：guardian 监护人、child 儿童本人 / by whom: guardian or child"
    ),
]
Scope = Annotated[
    str,
    typer.Option(
        "--scope",
        metavar="CODE",
        help="事项：collect 收集、use 使用、share 共享、publish 公开 / for what: collect, use, share or publish",
    ),
]


@consents.command(name="give")
def give_consent(
    ref: Ref,
    by: ByUser,
    giver: Giver,
    scope: Scope,
    on: OnOrToday = None,
    until: Annotated[
        dt.date | None,
        typer.Option(
            "--until", parser=day, metavar="DATE", help="最后一天；不写则无期限 / the last day; without end if left out"
        ),
    ] = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一项同意。Record that the guardian or the child consented."""
    said = Text("同意已记录", "The consent is recorded")
    _write_consent(
        said, ref, by, {"giver": giver, "scope": scope}, on, until, store, form, lang.value, (acting, override)
    )


@consents.command(name="withdraw")
def withdraw_consent(
    ref: Ref,
    by: ByUser,
    giver: Giver,
    scope: Annotated[
        str | None,
        typer.Option(
            "--scope",
            metavar="CODE",
            help="事项：collect 收集、use 使用、share 共享、publish 公开；不写则只列出现有的同意 / for what: collect, use, share or "
            "publish; if left out, the consents that stand are named and nothing is written",
        ),
    ] = None,
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """记录一项同意的撤回：该同意人此前的同意自此无效。Record a withdrawal: what its giver consented to until then ends."""
    if scope is None:
        _name_standing(ref, on, store, lang.value)
    assert scope is not None
    said = Text("撤回已记录", "The withdrawal is recorded")
    _write_consent(
        said,
        ref,
        by,
        {"giver": giver, "scope": scope},
        on,
        None,
        store,
        form,
        lang.value,
        (acting, override),
        withdrawn=True,
    )


def _name_standing(ref: str, on: dt.date | None, store: str | None, lang: Language) -> None:
    """Refuse a withdrawal that does not say of what, and name what there is to be withdrawn."""
    with contained(), open_store(store, lang) as opened:
        from kinderguard.casefile.giving.sharing import standing_scopes

        when = on or opened.today()
        standing = standing_scopes(opened.case(ref, at=when), opened.entries(ref), when)
        each = [
            Text(f"--giver {giver} --scope {scope}（{scope.zh}）", f"--giver {giver} --scope {scope}")
            for giver, scope in standing
        ]
        there = join(each, "、", ", ") if each else Text("无", "none")
        fail(
            Text(
                f"请用 --scope 写明撤回哪一项同意；未写入任何内容。档案 {ref} 现有的同意：{there.zh}",
                f"say with --scope which consent is withdrawn; nothing was written. Consents that stand in file {ref}: {there.en}",
            )
        )


def _write_consent(
    said: Text,
    ref: str,
    by: str,
    body: dict[str, str],
    on: dt.date | None,
    until: dt.date | None,
    store: str | None,
    form: ShownAs,
    lang: Language,
    acting: tuple[str | None, str | None],
    *,
    withdrawn: bool = False,
) -> None:
    with contained(), open_store(store, lang) as opened:
        from kinderguard.casefile import EntryKind

        opened.entries(ref)  # a file that is not there is told, and not begun by a consent
        when = on or opened.today()
        body |= {"withdrawn_on": when.isoformat()} if withdrawn else {}
        place, override = acting
        entry = opened.append(
            ref, EntryKind.CONSENT, body, valid_from=when, valid_until=until, by=by, acting=place, override=override
        )
        what = Text(f"档案 {ref}：{said.zh}", f"{said.en} in file {ref}")
        write_entry(
            form, lang, what, ref, entry, until=until, withdrawn=withdrawn, giver=body["giver"], scope=body["scope"]
        )


# ---- what is coming ----------------------------------------------------------------------------------------------


@files.command(name="forecast")
def forecast_file(
    ref: Ref,
    until: Annotated[dt.date, typer.Option("--until", parser=day, metavar="DATE", help="到哪天为止 / up to which day")],
    start: Annotated[
        dt.date | None,
        typer.Option(
            "--from", parser=day, metavar="DATE", help="从哪天起；默认今天 / from which day; today if left out"
        ),
    ] = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """预测：情况不变，只随时间推移，何时会有变化。What will change for a child if nothing but time goes on."""
    with contained():
        book = kinderguard.load(strict=strict)
        with open_store(store, lang.value) as opened:
            begin = start or opened.today()
            if until < begin:
                fail(Text(f"--until 不能早于 --from（{begin}）", f"--until does not lie before --from ({begin})"))
            coming = opened.forecast(ref, book, start=begin, until=until)
        if form is ShownAs.JSON:
            shown = {"ref": ref, "from": begin.isoformat(), "until": until.isoformat()}
            lines = [_change(each, lang.value) for each in coming]
            typer.echo(json.dumps(shown | {"changes": lines}, ensure_ascii=False, indent=2))
            return
        count = len(coming)
        typer.echo(
            Text(
                f"档案 {ref}，{begin} 至 {until}：{count} 项变化（情况和规则不变）",
                f"File {ref}, {begin} to {until}: {count} {'change' if count == 1 else 'changes'}, if facts and rules stay",
            ).in_(lang.value)
        )
        for each in coming:
            typer.echo(each.text.in_(lang.value))


def _change(change: "Change", lang: Language) -> dict[str, Any]:
    return {
        "on": change.on.isoformat(), "kind": change.kind.value, "code": change.code, "title": change.title.in_(lang),
        "what": change.what, "text": change.said.in_(lang),
    }  # fmt: skip
