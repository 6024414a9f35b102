"""``file``: case files in a store: new-key, import, list, show. ``casefile_work`` and ``casefile_giving`` have the rest.

Whatever is written says by whom. Names and numbers of people are shown or written only where that was asked for; giving
out a file is always written down in the file.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import kinderguard
from kinderguard.commands.application import (
    DONE,
    NOTHING_DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OnSheet,
    Strict,
    app,
    contained,
    day,
    progress,
    say,
)
from kinderguard.commands.children import JSON_LINES, read_children
from kinderguard.commands.facts_in_words import lines_of, without_personal
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.tabular import columns_of
from kinderguard.model.case import Case
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join

if TYPE_CHECKING:
    from kinderguard.casefile import HistoryLine, Imported
    from kinderguard.casefile.importing import RowPlace

files = typer.Typer(
    name="file",
    help="建档：个案档案的建立、查看、评估、待办、提供、核验。Case files: import, show, assess, due, export, verify.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(files)

Ref = Annotated[str, typer.Argument(metavar="REF", help="档案编号 / the file's number")]
InDivision = Annotated[
    str | None,
    typer.Option("--division", "-d", metavar="CODE", help="只要此行政区划的 / only those of this division"),
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


# ---- filing ------------------------------------------------------------------------------------------------------


@files.command(name="new-key")
def print_new_key() -> None:
    """生成一个新密钥，供环境变量 KINDERGUARD_KEY 使用。Print a new key, for the variable KINDERGUARD_KEY."""
    from kinderguard.casefile.encryption import new_key

    typer.echo(new_key())


@files.command(name="import")
def import_children(
    ledger: Annotated[
        Path,
        typer.Argument(
            metavar="LEDGER",
            help="台账（Excel、CSV），或摸排写出的 children.jsonl / a ledger, or the children.jsonl of a survey",
        ),
    ],
    at: Annotated[
        dt.date,
        typer.Option("--at", parser=day, metavar="DATE", help="情况自哪天起属实 / the first day on which it is true"),
    ],
    by: ByUser,
    store: InStore = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="NAME", help="情况来源，默认文件名 / where it is from; the file's name if left out"
        ),
    ] = None,
    sheet: OnSheet = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """把台账中的每名儿童存入档案。File every child of a ledger; doing it again doubles nothing."""
    with contained():
        read = read_children(ledger, kinderguard.load(strict=strict), sheet)
        with open_store(store, lang.value, make=True) as opened, progress("存档 / filing") as step:
            done = opened.import_ledger(read, at=at, by=by, source=source, progress=step)
        for line in _imported(done, lang.value):
            typer.echo(line)
        for told in _rows_to_look_at((*done.not_filed, *done.without_id)):
            say(told.in_(lang.value))
        if ledger.suffix.lower() in JSON_LINES and not any(_is_identified(case) for case in read.cases):
            say(_WITHOUT_PERSONAL.in_(lang.value))
        if done.rows and len(done.not_filed) == done.rows:
            raise typer.Exit(NOTHING_DONE)
        raise typer.Exit(WITH_PROBLEMS if done.not_filed or any(True for _ in read.all_problems) else DONE)


#: Said of children that ``survey`` wrote without what tells them apart.
_WITHOUT_PERSONAL = Text(
    "此文件没有姓名和身份证号，不能归入档案；请用 kinderguard survey … --out … --personal 重新写出后再导入",
    "this file has no names and no ID numbers, so it cannot be told whose files these are; "
    "write it again with kinderguard survey ... --out ... --personal, then import it",
)


def _is_identified(case: Case) -> bool:
    return case.child.name is not None or case.child.resident_id is not None


#: How many rows with one reason are listed.
_SHOWN_ROWS = 20


def _rows_to_look_at(places: Iterable["RowPlace"]) -> Iterator[Text]:
    """One line for each reason on a sheet, with the rows."""
    found: dict[tuple[str, Text], list[int]] = {}
    for place in places:
        found.setdefault((place.sheet, place.why), []).append(place.row)
    for (sheet, why), rows in found.items():
        listed = ", ".join(map(str, rows[:_SHOWN_ROWS])) + (" …" if len(rows) > _SHOWN_ROWS else "")
        many = "row" if len(rows) == 1 else "rows"
        yield (
            Text(f"{sheet} 第 {listed} 行（共 {len(rows)} 行）：", f"{sheet}, {many} {listed} ({len(rows)} in all): ")
            + why
        )


def _imported(done: "Imported", lang: Language) -> Iterator[str]:
    yield Text(
        f"{done.rows} 行 = 已写入 {done.written} + 无变化 {done.unchanged} + 以前已导入 {done.before} + 未存档 {len(done.not_filed)}",
        f"{done.rows} rows = {done.written} written + {done.unchanged} unchanged + {done.before} imported before + "
        f"{len(done.not_filed)} not filed",
    ).in_(lang)
    if done.without_id:
        count = len(done.without_id)
        yield Text(f"其中 {count} 行没有身份证号，请核对", f"of them {count} without a resident ID, to be checked").in_(
            lang
        )


@files.command(name="list")
def list_files(
    store: InStore = None,
    division: InDivision = None,
    closed: Annotated[bool, typer.Option("--closed", help="已结案的 / those that are closed")] = False,
    at: Annotated[
        dt.date | None,
        typer.Option("--at", parser=day, metavar="DATE", help="在哪天；默认今天 / on which day; today if left out"),
    ] = None,
    lang: InLang = Lang.ZH,
) -> None:
    """列出档案编号。List the numbers of the files."""
    with contained(), open_store(store, lang.value) as opened:
        for ref in opened.refs(division, open=not closed, at=at):
            typer.echo(ref)


class ShownAs(StrEnum):
    """What ``file show`` writes."""

    TEXT = "text"
    JSON = "json"


# ---- showing -----------------------------------------------------------------------------------------------------


@files.command(name="show")
def show_file(
    ref: Ref,
    store: InStore = None,
    at: Annotated[
        dt.date | None,
        typer.Option(
            "--at",
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
        on = at or opened.today()
        case = opened.case(ref, at=on, known=known)
        lines = opened.history(ref) if history else ()
        lines = tuple(line for line in lines if known is None or line.entry.known_at <= known)
        if form is ShownAs.JSON:
            from kinderguard.casefile.facts import facts_of

            facts = facts_of(case if personal else without_personal(case))
            entries = [_entry(line) for line in lines]
            shown = {"ref": ref, "at": on.isoformat(), "facts": facts} | ({"entries": entries} if history else {})
            typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        place = place_name(case.division) if case.division else Text("负责地区不详", "no division in charge")
        typer.echo((Text(f"档案 {ref}，{on}，", f"File {ref} on {on}, ") + place).in_(lang.value))
        for line in columns_of(lines_of(case, lang.value, personal=personal)):
            typer.echo(line)
        if history:
            typer.echo(Text("记录", "Entries").in_(lang.value))
            for line in columns_of(_entry_line(line, lang.value) for line in lines):
                typer.echo(line)


def _entry(line: "HistoryLine") -> dict[str, Any]:
    entry = line.entry
    return {
        "number": entry.number,
        "kind": entry.kind.value,
        "known_at": entry.known_at.isoformat(),
        "valid_from": entry.valid_from.isoformat(),
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
        "by": entry.by,
        "erased": entry.erased,
        "changed": [change.path for change in line.changes],
    }


#: How many changed facts an entry names; the rest are counted.
_NAMED = 6


def _entry_line(line: "HistoryLine", lang: Language) -> tuple[str, ...]:
    entry = line.entry
    titles = [change.title for change in line.changes]
    more = len(titles) - _NAMED
    what = join(titles[:_NAMED])
    if more > 0:
        what += Text(f" 等 {len(titles)} 项", f" and {more} more")
    until = f"…{entry.valid_until}" if entry.valid_until else ""
    known = entry.known_at.strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{entry.number}",
        known,
        entry.kind.label.in_(lang),
        f"{entry.valid_from}{until}",
        entry.by,
        what.in_(lang),
    )
