"""``file import``: the children of a ledger, or of several departments' lists combined, into their files.

Nothing is read past: a department's list whose headers a ledger does not know is refused with the way to file it. Nothing
personal is shown.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import kinderguard
from kinderguard.commands.application import (
    DONE,
    NOTHING_DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OnSheet,
    OutPath,
    Strict,
    contained,
    day,
    division_code,
    examples,
    fail,
    progress,
    say,
)
from kinderguard.commands.casefile.moves import MaybeActing
from kinderguard.commands.casefile.showing import files
from kinderguard.commands.casefile.unlisted import find_unlisted, tell_unlisted
from kinderguard.commands.children import JSON_LINES, read_children
from kinderguard.commands.lists import Decisions, Linked, Trust, combined, has_problems, is_list, tell, tell_problems
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.commands.wording import in_commands
from kinderguard.commands.writable import file_to_write
from kinderguard.model.case import Case
from kinderguard.model.text import Language, Text, join
from kinderguard.packs import PolicyBook
from kinderguard.packs.ledger_headers import plain_header
from kinderguard.rules.titles import fact_title
from kinderguard.survey import (
    Ledger,
    LedgerError,
    Source,
    SourceProfile,
    Survey,
    built_in_profiles,
    combine,
    open_sheets,
)
from kinderguard.survey.headers import SEARCHED_ROWS, KnownHeaders

if TYPE_CHECKING:
    from kinderguard.casefile import FiledChild, FiledSurvey, Imported
    from kinderguard.casefile.filing.importing import RowPlace
    from kinderguard.survey.surveyed import SkippedRow


@files.command(
    name="import",
    epilog=examples(
        "kinderguard file import 台账.xlsx --at 2025-09-01 --by 330199.u1 --store 档案.db",
        "kinderguard file import 民政.xlsx:civil_affairs 学生.csv:education@2025-07-01 --link --at 2025-09-01 --by 330199.u1",
    ),
)
def import_children(
    lists: Annotated[
        list[str],
        typer.Argument(
            metavar="LEDGER|PATH:KIND",
            help="台账（Excel、CSV），或摸排写出的 children.jsonl；或如 kinderguard survey 那样写的一份或多份名单，合并后存档"
            " / a ledger, or the children.jsonl of a survey; or one or more lists with their kinds as for kinderguard survey,"
            " which are combined and filed",
        ),
    ],
    at: Annotated[
        dt.date,
        typer.Option(
            "--at",
            "--on",
            parser=day,
            metavar="DATE",
            help="情况自哪天起属实；名单可用 @日期 另写 / the first day on which it is true; a list may have its own with @DATE",
        ),
    ],
    by: ByUser,
    store: InStore = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="台账或 children.jsonl 情况的来源，默认文件名；每期写同一名称，即可列出名单不再列有的儿童"
            " / where the facts of a ledger or of children.jsonl are from; the file's name if left out. With the same name for every"
            " edition, whom it no longer names can be told",
        ),
    ] = None,
    sheet: OnSheet = None,
    linked: Linked = False,
    decisions: Decisions = None,
    trust: Trust = None,
    two_ids: Annotated[
        bool,
        typer.Option(
            "--two-ids",
            help="有效身份证号不同、尚未决定是否为同一名儿童的，以及可能就是未结案档案的儿童的，也各自存档"
            " / file children with two valid IDs, of whom nobody has decided whether they are one, and those who may be the child of an"
            " open file, all the same",
        ),
    ] = False,
    gone: Annotated[
        Path | None,
        typer.Option(
            "--no-longer-listed",
            metavar="FILE",
            callback=file_to_write,
            help="把名单不再列有的未结案儿童写入此表（CSV） / write the open files whose children a list no longer names to this table (CSV)",
        ),
    ] = None,
    covers: Annotated[
        str | None,
        typer.Option(
            "--division",
            "-d",
            parser=division_code,
            metavar="CODE",
            help="名单列有此行政区划的全部儿童；不写而每行都属同一乡镇的，即为该乡镇。据此列出名单不再列有的儿童"
            " / the lists name all children of this division; if left out, of the township that all rows state, if they do. By it is told"
            " whom they no longer name",
        ),
    ] = None,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial",
            help="名单不全（只是一部分儿童），不列出不再列有的儿童 / the lists are not whole, so nobody is told to be on them no longer",
        ),
    ] = False,
    acting: MaybeActing = None,
    override: Annotated[
        str | None,
        typer.Option(
            "--override",
            metavar="REASON",
            help="不归本地负责的档案仍须写入的理由，记入每份此类档案 / why files of which another division is in charge are written to all the "
            "same; kept in each of them",
        ),
    ] = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """把台账或多部门名单中的每名儿童存入档案。File every child of a ledger or of several lists; again doubles nothing."""
    check_out(form, out)
    with contained():
        if partial and gone is not None:
            fail(
                Text(
                    "--partial 表示名单不全，不能同时用 --no-longer-listed；请去掉其一",
                    "--partial says that the lists are not whole, so --no-longer-listed does not go with it; leave one out",
                )
            )
        if all(is_list(text) for text in lists):
            if source is not None or sheet is not None:
                fail(
                    Text(
                        "--source、--sheet 只用于单份台账；名单各有代码，写作 文件:类型=代码",
                        "--source and --sheet are for a ledger; a list has a code, written PATH:KIND=CODE",
                    )
                )
            book = kinderguard.load(strict=strict)
            survey, not_used = combined(
                lists, at, book, linked=linked, decisions=decisions or [], by=by, trust=trust, covers=covers
            )
            with open_store(store, lang.value, make=True) as opened, progress("存档 / filing") as step:
                filed = opened.import_survey(
                    survey, by=by, two_ids=two_ids, progress=step, acting=acting, override=override
                )
                unlisted = (
                    None if partial else find_unlisted(opened, survey, gone, lang.value, declared=covers is not None)
                )
            _write_filed(filed, survey.titles, form, out, lang.value)
            left = unlisted is not None and tell_unlisted(unlisted, gone, lang.value)
            tell(survey, not_used, lang.value)
            raise typer.Exit(_survey_code(filed, survey, bool(not_used or left)))
        ledger = _only(lists)
        no_name = gone is not None and source is None
        if linked or decisions or trust is not None or no_name or form is not TableFormat.SUMMARY:
            how = _with_kinds(ledger)
            fail(
                Text(
                    "--link、--decisions、--trust、--format 用于写明类型的名单，--no-longer-listed 也可用于以 --source 命名的台账；",
                    "--link, --decisions, --trust and --format are for lists with their kinds, --no-longer-listed also for a ledger that "
                    "is named with --source: ",
                )
                + how
            )
        read = _ledger(ledger, kinderguard.load(strict=strict), sheet, at)
        with open_store(store, lang.value, make=True) as opened, progress("存档 / filing") as step:
            done = opened.import_ledger(
                read, at=at, by=by, source=source, two_ids=two_ids, progress=step, acting=acting, override=override,
                covers=covers,
            )  # fmt: skip
            today, still_open = opened.today(), len(opened.refs())
            unlisted = None
            if source is not None and not partial:
                survey = combine([Source(built_in_profiles()[_LEDGER], at, read, source, covers)])
                unlisted = find_unlisted(opened, survey, gone, lang.value, declared=covers is not None)
        asked = [place for place in done.held_back if not place.is_answered]
        write_list(form, out, summary=_imported(done, lang.value), lines=(), heads=(), rows=(), lang=lang.value)
        for told in _rows_to_look_at((*done.not_filed, *done.without_id, *asked, *done.closed)):
            say(told.in_(lang.value))
        if at > today:
            say(
                Text(
                    f"注意：--at（{at}）晚于今天（{today}），所存情况到那天才生效；如系笔误，请收回后重新导入",
                    f"Note: --at ({at}) lies after today ({today}), so what was filed holds only from then on; if that is a slip, "
                    "take it back and import again",
                ).in_(lang.value)
            )
        left = unlisted is not None and tell_unlisted(unlisted, gone, lang.value)
        if source is None and not partial and still_open > _named(done):
            head = Text(
                "这样导入不能列出名单不再列有的儿童；要列出，",
                "Whom a list no longer names cannot be told in this way; to be told, ",
            )
            say((head + _with_kinds(ledger)).in_(lang.value))
        if ledger.suffix.lower() in JSON_LINES and not any(_is_identified(case) for case in read.cases):
            say(_WITHOUT_PERSONAL.in_(lang.value))
        wrong = tell_problems(read, read.source, lang.value)
        if done.rows and len(done.not_filed) == done.rows:
            raise typer.Exit(NOTHING_DONE)
        raise typer.Exit(WITH_PROBLEMS if done.not_filed or asked or done.closed or wrong or left else DONE)


def _only(given: Sequence[str]) -> Path:
    """The one ledger; several files each need their kind."""
    if len(given) == 1:
        return Path(given[0])
    plain = next(text for text in given if not is_list(text))
    fail(
        Text(
            f"多份名单须各写明类型，如 {plain}:education；单份台账只写文件",
            f"of several lists each is written with its kind, as {plain}:education; a ledger alone is just its file",
        )
    )


def _named(done: "Imported") -> int:
    """How many open files the rows of a ledger went into, each its own."""
    left = {(place.sheet, place.row) for place in done.not_filed}
    closed = sum((place.sheet, place.row) not in left for place in done.closed)
    return done.written + done.unchanged + done.before - closed


def _with_kinds(ledger: Path) -> Text:
    """How to file a ledger, or the lists of a survey, as lists: the children that ``survey`` wrote do not say which list names
    them.
    """
    if ledger.suffix.lower() in JSON_LINES:
        return Text(
            f"请直接存档名单（kinderguard file import 名单:类型…），或每期以 --source 写同一名称，{ledger.name} 没有写明儿童来自哪份名单",
            "file the lists themselves (kinderguard file import PATH:KIND...), or name it with --source, the same for every edition; "
            f"{ledger.name} does not say which list names a child",
        )
    return Text(
        f"请写明类型，如 {ledger.name}:civil_affairs，或每期以 --source 写同一名称",
        f"write its kind, as {ledger.name}:civil_affairs, or name it with --source, the same for every edition",
    )


# ---- a ledger ------------------------------------------------------------------------------------------------------


def _ledger(path: Path, book: PolicyBook, sheet: str | None, at: dt.date) -> Ledger:
    """The ledger, unless the file is a department's list that a ledger's reader would only half understand.

    Raises:
        LedgerError: the file cannot be used.
    """
    try:
        read = read_children(path, book, sheet, as_of=at)
    except LedgerError:
        profile = None if path.suffix.lower() in JSON_LINES else _kind_of(_cells(path), set())
        if profile is not None:
            fail(_other_kind(path, profile))
        raise
    known = {standard for headers in read.headers.values() for standard, _ in headers.columns.values()}
    profile = _kind_of({each.header for each in read.unknown_headers}, known)
    if profile is not None:
        fail(_other_kind(path, profile))
    return read


#: The kind of list that a ledger is.
_LEDGER = "civil_affairs"
#: Without these nobody can tell who a row is about, or where.
_DECISIVE = ("儿童姓名", "身份证号", "户籍地行政区划代码")


def _kind_of(unknown: Iterable[str], known: set[str]) -> SourceProfile | None:
    """The built-in kind of list in whose spelling a decisive column stands that the ledger's reader does not know."""
    plain = {plain_header(header) for header in unknown}
    found: dict[str, set[str]] = {}
    for code, profile in built_in_profiles().items():
        found[code] = {
            s for written, s in profile.spellings.items() if plain_header(written) in plain and s not in known
        }
    best = max(found, key=lambda code: (len(found[code]), code == _LEDGER))
    return built_in_profiles()[best] if best != _LEDGER and found[best].intersection(_DECISIVE) else None


def _cells(path: Path) -> set[str]:
    """What stands in the first lines of a file in which no headers were found; nothing where it cannot be read."""
    try:
        sheets = open_sheets(path)
    except LedgerError:
        return set()
    spellings = KnownHeaders.of().spellings
    texts = (str(c) for s in sheets for _, cells in s.rows[:SEARCHED_ROWS] for c in cells if c is not None)
    return {text for text in texts if plain_header(text) not in spellings}


def _other_kind(path: Path, profile: SourceProfile) -> Text:
    listed = f"{path}:{profile.code}"
    return Text(
        f"{path.name} 像是{profile.title.zh}，不是民政台账，未存入任何内容；请用 kinderguard file import {listed} 存档，"
        f"或先用 kinderguard survey {listed} 与其他名单合并",
        f"{path.name} looks like {profile.title.en} and not like civil affairs' ledger, so nothing was filed; file it with "
        f"kinderguard file import {listed}, or combine it with the other lists first, with kinderguard survey {listed}",
    )


#: Said of children that ``survey`` wrote without what tells them apart.
_WITHOUT_PERSONAL = Text(
    "此文件没有姓名和身份证号，不能归入档案；请用 kinderguard file import 名单:类型… 直接存档，"
    "或用 kinderguard survey … --out … --personal 重新写出后再导入",
    "this file has no names and no ID numbers, so it cannot be told whose files these are; file the lists themselves with "
    "kinderguard file import PATH:KIND..., or write it again with kinderguard survey ... --out ... --personal and import it",
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
        yield Text(
            f"{sheet} 第 {listed} 行（共 {len(rows)} 行）：", f"{sheet}, {many} {listed} ({len(rows)} in all): "
        ) + in_commands(why)


def _imported(done: "Imported", lang: Language) -> Iterator[str]:
    yield done.summary(lang)
    if done.without_id:
        yield _without_id(len(done.without_id), Text("行", "")).in_(lang)


def _without_id(count: int, counted: Text) -> Text:
    return Text(
        f"其中 {count} {counted.zh}没有身份证号，请核对",
        " ".join(f"of them {count} {counted.en} without a resident ID, to be checked".split()),
    )


# ---- several lists -------------------------------------------------------------------------------------------------

_HEADS = (
    Text("儿童编号", "Child"), Text("档案编号", "File"), Text("结果", "Result"), Text("存入事实数", "Facts filed"),
    Text("待决定的事实", "Facts to decide"), Text("名单所报未采用的事实", "Facts said by lists and not taken"), Text("可能所属的档案", "Perhaps of file"), Text("原因", "Reason"),
)  # fmt: skip


def _write_filed(
    filed: "FiledSurvey", titles: Mapping[str, Text], form: TableFormat, out: Path | None, lang: Language
) -> None:
    """What was filed: the counts, or each child."""
    write_list(
        form,
        out,
        summary=_filed_summary(filed, titles, lang),
        lines=(
            {
                "child": each.child, "ref": each.ref, "filing": each.filing.value, "entries": list(each.entries),
                "facts": list(each.facts), "open": list(each.open), "without_id": each.without_id,
                "two_ids": each.two_ids, "held_back": list(each.held_back),
                "answered": list(each.answered), "overruled": list(each.overruled),
                "perhaps": list(each.perhaps), "closed": each.closed,
                "why": None if each.why is None else in_commands(each.why).in_(lang),
                "rows": [str(row) for row in each.rows],
            }
            for each in filed
        ),
        heads=_HEADS,
        rows=(
            (
                each.child, each.ref, each.filing.label.in_(lang), len(each.facts),
                _titles(each.open, titles, lang), _titles(each.held_back, titles, lang),
                ", ".join(each.perhaps) or None, _reason(each, lang),
            )
            for each in filed
        ),
        lang=lang,
    )  # fmt: skip
    for told in (*_children_to_look_at(filed), *_rows_not_read(filed.skipped)):
        say(told.in_(lang))


def _rows_not_read(skipped: Sequence["SkippedRow"]) -> Iterator[Text]:
    """One line for each reason on a sheet of a list, with the rows."""
    found: dict[tuple[str, str, Text], list[int]] = {}
    for each in skipped:
        found.setdefault((each.key.source, each.key.sheet, each.problem.message), []).append(each.key.row)
    for (source, sheet, why), rows in found.items():
        listed = ", ".join(map(str, rows[:_SHOWN_ROWS])) + (" …" if len(rows) > _SHOWN_ROWS else "")
        many = "row" if len(rows) == 1 else "rows"
        yield Text(
            f"未能读取，已列入待办：{source}/{sheet} 第 {listed} 行（共 {len(rows)} 行）：",
            f"not read, and told as due: {source}/{sheet}, {many} {listed} ({len(rows)} in all): ",
        ) + in_commands(why)


def _reason(filed: "FiledChild", lang: Language) -> str | None:
    """Why a child was not filed, or what of its file is to be looked at."""
    why = filed.why if filed.why is not None or not filed.closed else _CLOSED
    return None if why is None else in_commands(why).in_(lang)


def _titles(paths: Sequence[str], titles: Mapping[str, Text], lang: Language) -> str | None:
    return join([fact_title(path, titles) for path in paths]).in_(lang) if paths else None


def _filed_summary(filed: "FiledSurvey", titles: Mapping[str, Text], lang: Language) -> Iterator[str]:
    yield filed.summary(lang)
    count = sum(each.without_id for each in filed)
    if count:
        yield _without_id(count, Text("名", "")).in_(lang)
    for counts, said in (
        (Counter(path for each in filed for path in each.open), _OPEN),
        (Counter(path for each in filed for path in each.asked), _HELD_BACK),
        (Counter(path for each in filed for path in each.answered), _ANSWERED),
        (Counter(path for each in filed for path in each.overruled), _OVERRULED),
    ):
        if counts:
            yield said.in_(lang)
            yield from _counted(counts, titles, lang)


_OPEN = Text(
    "名单不一致而尚未决定的事实，在档案中为未知（用 kinderguard survey … --out 写出的 to_decide 表决定后再导入）",
    "Facts about which lists differ and nobody has decided are unknown in the files (decide them in the sheet to_decide "
    "of kinderguard survey ... --out, then import again)",
)
_HELD_BACK = Text(
    "名单所报与由人记载的不符、地点在另一县或把已报的终止、死亡改回的事实，未采用，档案不变（见 kinderguard file due、file show 的“待核对”；"
    "以 kinderguard file record 记录属实的值）",
    "Facts in which lists contradict what somebody recorded, name a place in another county, or take back a stated end or "
    "death are not taken, and the files stay as they are (asked about by kinderguard file due and file show; record the value "
    "that is right with kinderguard file record)",
)
_ANSWERED = Text(
    "名单仍报此前已由人答复的事实，以由人记载的为准，无须再核对",
    "Facts of which lists go on saying what somebody has answered before: what was recorded counts, and nothing is asked",
)
_OVERRULED = Text(
    "按信任顺序取了较旧名单的值、而较新名单另有所报的事实（影响金额的列入 kinderguard file due；较新的属实的，以 kinderguard file record "
    "记录；顺序不妥的，改信任顺序 --trust）",
    "Facts of which the order of trust took an older list's word against a newer one's (kinderguard file due asks about them "
    "where money changes; if the newer one is right, record it with kinderguard file record; another order: --trust)",
)


def _counted(counts: Mapping[str, int], titles: Mapping[str, Text], lang: Language) -> Iterator[str]:
    """How many children each fact concerns."""
    return columns_of((fact_title(path, titles).in_(lang), str(number)) for path, number in sorted(counts.items()))


def _children_to_look_at(filed: "FiledSurvey") -> Iterator[Text]:
    """One line for each reason, with the rows of the children concerned; of what was not taken, with their files."""
    found: dict[Text, list[str]] = {}
    for each in filed:
        if each.why is not None:
            found.setdefault(in_commands(each.why), []).append("+".join(map(str, each.rows)))
        if each.closed:
            found.setdefault(_CLOSED, []).append(str(each.ref))
        if each.asked:
            found.setdefault(_NOT_TAKEN, []).append(str(each.ref))
    for why, rows in found.items():
        listed = ", ".join(rows[:_SHOWN_ROWS]) + (" …" if len(rows) > _SHOWN_ROWS else "")
        many = "child" if len(rows) == 1 else "children"
        yield Text(f"{listed}（共 {len(rows)} 名）：", f"{listed} ({len(rows)} {many}): ") + why


_CLOSED = Text(
    "档案已结案，名单仍列有该儿童；请核对是否已经回来，回来的重新建档（kinderguard file reopen 编号），再导入",
    "the file is closed and lists still name the child; find out whether it has come back, and if so open the file again "
    "(kinderguard file reopen REF) and import again",
)
_NOT_TAKEN = Text(
    "名单所报与由人记载的不符、地点在另一县或把已报的终止、死亡改回，未采用，待核对（见 kinderguard file show 编号；以 kinderguard file record 记录属实的值）",
    "lists contradict what somebody recorded, name a place in another county, or take back a stated end or death: not taken, "
    "to be checked (see kinderguard file show REF, and record the value that is right with kinderguard file record)",
)


def _survey_code(filed: "FiledSurvey", survey: Survey, not_used: bool) -> int:
    left = filed.counts["not_filed"]
    if len(filed) == left and left:
        return NOTHING_DONE
    doubtful = left or not_used or any(each.open or each.asked or each.closed or each.why is not None for each in filed)
    return WITH_PROBLEMS if doubtful or has_problems(survey) else DONE
