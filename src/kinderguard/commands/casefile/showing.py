"""``file``: case files in a store: new-key, list, show (its entries in ``history``). The modules beside it have the rest.

Whatever is written says by whom. Names and numbers of people are shown or written only where that was asked for; giving
out a file is always written down in the file.
"""

import datetime as dt
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kinderguard.commands.application import (
    InLang,
    Lang,
    OutPath,
    app,
    contained,
    day,
    division_code,
    examples,
    fail,
)
from kinderguard.commands.casefile.history import as_json, claimed_cases, erased_by, erasure_text, lines_of_history
from kinderguard.commands.facts_in_words import lines_of, without_personal
from kinderguard.commands.store import InStore, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.commands.wording import in_commands
from kinderguard.model.case import Case
from kinderguard.model.dates import BEIJING, PartialDate
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, Entry

#: As a file lives: begun, read, written to, looked after, handed on, ended.
_ORDER = (
    "import", "list", "show", "find", "record", "correct", "answer", "visit", "consent", "assess", "explain", "due", "settle-row", "overpayment", "forecast",
    "export", "transfer", "close", "reopen", "erase", "verify", "new-key",
)  # fmt: skip


class _InOrder(TyperGroup):
    """The commands on case files, in the order of a file's life."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands as a file lives."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)


files = typer.Typer(
    name="file",
    cls=_InOrder,
    help="建档：个案档案的建立、查看、更正、评估、待办、转移、结案、提供、核验。"
    "Case files: import, show, correct, assess, due, transfer, close, export, verify.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(files)

Ref = Annotated[str, typer.Argument(metavar="REF", help="档案编号 / the file's number")]
InDivision = Annotated[
    str | None,
    typer.Option(
        "--division",
        "-d",
        parser=division_code,
        metavar="CODE",
        help="只要由此行政区划负责的，不论住在何处 / only those that this division is in charge of, wherever they live",
    ),
]
FactsFile = Annotated[
    Path | None,
    typer.Option(
        "--facts",
        metavar="FILE",
        help='同上，写在 JSON 文件中 {"路径": 值}；姓名等只能这样写 / the same in a JSON file {"path": value}; the only way for '
        "names and numbers of people",
    ),
]
Personal = Annotated[
    bool,
    typer.Option("--personal", help="显示姓名、证件号、电话、住址 / show names, ID numbers, telephones and addresses"),
]


def _moment(text: str) -> dt.datetime:
    """A moment; a day means its end, in Beijing time."""
    beijing = dt.timezone(dt.timedelta(hours=8))
    try:
        if len(text) == len("2025-09-01"):
            return dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max, beijing)
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("写作 2025-09-01 或 2025-09-01T08:00 / write 2025-09-01 or 2025-09-01T08:00") from None
    return found if found.tzinfo else found.replace(tzinfo=beijing)


@files.command(name="new-key")
def print_new_key() -> None:
    """生成一个新密钥，供环境变量 KINDERGUARD_KEY 使用。Print a new key, for the variable KINDERGUARD_KEY."""
    from kinderguard.casefile.chain.encryption import new_key

    typer.echo(new_key())


@files.command(
    name="list",
    epilog=examples(
        "kinderguard file list --store 档案.db --division 330199001",
        "kinderguard file list --store 档案.db --format jsonl",
    ),
)
def list_files(
    store: InStore = None,
    division: InDivision = None,
    closed: Annotated[bool, typer.Option("--closed", help="已结案的 / those that are closed")] = False,
    at: Annotated[
        dt.date | None,
        typer.Option(
            "--at", "--on", parser=day, metavar="DATE", help="在哪天；默认今天 / on which day; today if left out"
        ),
    ] = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
) -> None:
    """列出档案编号。List the numbers of the files."""
    check_out(form, out)
    with contained(), open_store(store, lang.value) as opened:
        refs, state = opened.refs(division, open=not closed, at=at), "closed" if closed else "open"
        write_list(
            form,
            out,
            summary=refs,
            lines=({"ref": ref, "state": state} for ref in refs),
            heads=(Text("档案编号", "File"), Text("状态", "State")),
            rows=(
                (ref, (Text("已结案", "closed") if closed else Text("在册", "open")).in_(lang.value)) for ref in refs
            ),
            lang=lang.value,
        )


class ShownAs(StrEnum):
    """What ``file show`` writes."""

    TEXT = "text"
    JSON = "json"


def _check_known(store: "CaseStore", ref: str, known: dt.datetime) -> None:
    """Tell a moment before the file's first entry from a file that is not there."""
    first = store.entries(ref)[0].known_at
    if known < first:
        when = f"{first.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        fail(
            Text(
                f"档案 {ref} 在所写的时间（--known）还没有任何记录；第一条记录写于 {when}",
                f"nothing was known of file {ref} at that time (--known): its first entry was written on {when}",
            )
        )


def _with_last_visit(case: Case, entries: list["Entry"], on: dt.date) -> Case:
    """The case with the newest visit up to a day: of the file's own, and of what lists tell, which may be older."""
    from kinderguard.casefile import EntryKind
    from kinderguard.casefile.history import withdrawn

    gone, told = withdrawn(entries), case.child.care.last_visit
    days = [e.valid_from for e in entries if e.kind is EntryKind.VISIT and e.number not in gone and e.valid_from <= on]
    newest = max(days, default=None)
    if newest is None or (told is not None and told.latest >= newest):
        return case
    care = case.child.care.model_copy(update={"last_visit": PartialDate.of(newest)})
    return case.model_copy(update={"child": case.child.model_copy(update={"care": care})})


def _tell_who_waits(store: "CaseStore", ref: str, form: "ShownAs", lang: Language) -> bool:
    """Tell what is known of a number under which no file was begun, since somebody has to say first who the child is."""
    from kinderguard.casefile import EntryKind, UnknownFileError
    from kinderguard.casefile.filing.perhaps import asked_of
    from kinderguard.casefile.filing.waiting import waiting_in

    try:
        store.entries(ref, kinds=[EntryKind.CLOSING])
    except UnknownFileError:
        pass
    else:
        return False
    told = [each.text for each in waiting_in(store)[0] if each.ref == ref]
    told += [each.text for each in asked_of(store, ref)]
    if not told:
        return False
    said = [in_commands(text).in_(lang) for text in told]
    if form is ShownAs.JSON:
        typer.echo(json.dumps({"ref": ref, "file": None, "waiting": said}, ensure_ascii=False, indent=2))
        return True
    head = Text(
        f"{ref} 尚无档案：名单中的一名儿童在等待认定身份，认定后以此号建档或归入已有档案",
        f"{ref} is no file yet: a child of the lists waits under this number until somebody has said who it is",
    )
    typer.echo(head.in_(lang))
    for each in said:
        typer.echo(Text("待核对：", "To be checked: ").in_(lang) + each)
    return True


# ---- showing -----------------------------------------------------------------------------------------------------


@files.command(
    name="show",
    epilog=examples(
        "kinderguard file show 编号 --store 档案.db --at 2025-09-01 --history",
    ),
)
def show_file(
    ref: Ref,
    store: InStore = None,
    at: Annotated[
        dt.date | None,
        typer.Option(
            "--at",
            "--on",
            parser=day,
            metavar="DATE",
            help="哪天的情况；默认今天 / how things stood on a day; today if left out",
        ),
    ] = None,
    known: Annotated[
        dt.datetime | None,
        typer.Option(
            "--known",
            parser=_moment,
            metavar="TIME",
            help="按当时所知；默认现在 / as it was known then; now if left out",
        ),
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="列出每条记录 / list every entry")] = False,
    personal: Personal = False,
    form: Annotated[ShownAs, typer.Option("--format", "-f", help="输出形式 / what to write")] = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """查看一份档案。Show one file, as it is or as it was thought to be."""
    with contained(), open_store(store, lang.value) as opened:
        from kinderguard.casefile.doubts import doubt_texts
        from kinderguard.casefile.history import declared_titles

        on = at or opened.today()
        if _tell_who_waits(opened, ref, form, lang.value):
            return
        if known is not None:
            _check_known(opened, ref, known)
        case = opened.case(ref, at=on, known=known)
        lines = tuple(line for line in opened.history(ref) if known is None or line.entry.known_at <= known)
        case = _with_last_visit(case, [line.entry for line in lines], on)
        erasure = erased_by(lines)
        # Of a moment in the past nobody asks what is to be settled now.
        doubts = [in_commands(doubt).in_(lang.value) for doubt in (() if known else doubt_texts(opened.doubts(ref)))]
        if form is ShownAs.JSON:
            from kinderguard.casefile.facts import facts_of

            facts = facts_of(case if personal else without_personal(case))
            entries = [as_json(line) for line in lines]
            shown = {"ref": ref, "at": on.isoformat(), "facts": facts} | ({"entries": entries} if history else {})
            shown |= {"doubts": doubts} if doubts else {}
            if erasure is not None:
                shown |= {"erased": as_json(erasure)}
            typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        if erasure is not None:
            typer.echo(erasure_text(ref, erasure).in_(lang.value))
        place = place_name(case.division) if case.division else Text("负责地区不详", "no division in charge")
        typer.echo((Text(f"档案 {ref}，{on}，", f"File {ref} on {on}, ") + place).in_(lang.value))
        titles = declared_titles([line.entry for line in lines])
        for line in columns_of(lines_of(case, lang.value, personal=personal, titles=titles)):
            typer.echo(line)
        for doubt in doubts:
            typer.echo(Text("待核对：", "To be checked: ").in_(lang.value) + doubt)
        for head, asked in () if known else claimed_cases(lines):
            typer.echo(head.in_(lang.value))
            for line in columns_of(lines_of(asked, lang.value, personal=personal, titles=titles), "    "):
                typer.echo(line)
        if history:
            typer.echo(Text("记录", "Entries").in_(lang.value))
            for text in lines_of_history(lines, lang.value):
                typer.echo(text)
