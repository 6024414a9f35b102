"""``survey``: several departments' lists combined into one child each, with what is to be decided, found out, and absent.

What it writes goes to one folder. Names and numbers of people are written only where that was asked for, to files that
nobody but their owner may read. Nobody's decisions are ever overwritten unread.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import attrs
import typer

import kinderguard
from kinderguard.casefile.facts import title_of
from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    OnDay,
    Strict,
    app,
    contained,
    examples,
    fail,
    progress,
    say,
)
from kinderguard.commands.facts_in_words import said, without_personal
from kinderguard.commands.lists import (
    PROBLEM_HEADS,
    Decisions,
    Linked,
    Trust,
    combined,
    has_problems,
    problem_rows,
    tell,
)
from kinderguard.commands.questions import (
    DECIDED_HEADS,
    DECIDED_LIST,
    HEADS,
    SETTLED,
    asked,
    decided,
    read_answers,
    settled,
)
from kinderguard.commands.store import open_store
from kinderguard.commands.tabular import columns_of, only_owner, write_for_owner
from kinderguard.commands.writable import folder_to_write, told_unwritten
from kinderguard.model.case import Case
from kinderguard.model.echo import shown_file
from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import check_division
from kinderguard.model.text import Language, Text, join, same
from kinderguard.survey import (
    AbsenceList,
    FoundByPlace,
    LedgerError,
    RawSheet,
    Survey,
    WorkList,
    absent,
    found_by_place,
    missing_work,
    open_sheets,
    read_decisions,
)
from kinderguard.survey.facts import facts_of
from kinderguard.survey.tables import Row, place_beside_code, write_csv, write_workbook

DECISIONS = "decisions.json"
TO_DECIDE, CHILDREN, ROWS, WORK, ABSENT, COVERAGE = "to_decide", "children", "rows", "work", "absent", "coverage"
DIFFERENCES, PROBLEMS = "differences", "problems"


class SurveyFormat(StrEnum):
    """What the lists of a survey are written as."""

    JSONL = "jsonl"
    XLSX = "xlsx"


@app.command(
    name="survey",
    epilog=examples(
        "kinderguard survey 民政.xlsx:civil_affairs 学生.csv:education@2025-07-01 --on 2025-09-01 --link --out 摸排",
        "kinderguard survey 民政.xlsx:civil_affairs --on 2025-09-01 --out 摸排 --decisions 摸排/to_decide.csv --by 330199.u1",
    ),
)
def combine_lists(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH:KIND",
            help="名单及其类型，如 学生.csv:education；可写 =代码 区分两份同类名单、@日期 写明名单日期；类型也可以是 .toml 文件"
            " / a list and its kind, as pupils.csv:education; =CODE tells two of one kind apart, @DATE is the day of the list;"
            " the kind may be a .toml file",
        ),
    ],
    on: OnDay,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            callback=folder_to_write,
            help="结果文件夹；不写则只显示汇总 / a folder for the results",
        ),
    ] = None,
    form: Annotated[
        SurveyFormat,
        typer.Option("--format", "-f", help="jsonl（附 CSV 表）或 xlsx / JSON lines with CSV lists, or workbooks"),
    ] = SurveyFormat.JSONL,
    linked: Linked = False,
    decisions: Decisions = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="CODE", help="作出决定的用户代码，不写姓名 / who decided: a user's code, no name"),
    ] = None,
    undo: Annotated[
        list[str] | None,
        typer.Option(
            "--undo",
            metavar="QUESTION",
            help="撤回对此问题的决定（编号见 decided 表），可重复；须用 --by / take back the decision on a question, by its mark"
            " in the table decided; may be given again; needs --by",
        ),
    ] = None,
    trust: Trust = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="FILE",
            help="各地应有儿童数（两列：区划代码、人数） / children there should be: division, count",
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help="档案库：在 work、absent、rows 各表中加上儿童的档案编号 / a store of case files: the tables work, absent and rows have "
            "each child's file beside it",
        ),
    ] = None,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal", help="结果中写出姓名、证件号、电话、住址 / write names, ID numbers, telephones and addresses"
        ),
    ] = False,
    lang: InLang = Lang.ZH,
    strict: Strict = False,
) -> None:
    """摸排：合并各部门名单，每名儿童一份。Survey: combine departments' lists into one child each."""
    with contained():
        if out is not None:
            _keep_answers(out, decisions or [])
        book = kinderguard.load(strict=strict)
        expected = None if reference is None else _reference(reference)
        survey, not_used = combined(
            sources, on, book, linked=linked, decisions=decisions or [], by=by, trust=trust, undo=undo or ()
        )
        with progress("查找缺项 / what is missing") as step:
            work = missing_work(survey, book, on=on, progress=step)
        with progress("查找缺漏 / who is absent") as step:
            absences = absent(survey, book, on=on, progress=step)
        files = None if store is None else _files(store, survey, lang.value)
        found = _Found(survey, work, absences, None if expected is None else found_by_place(survey, expected), files)
        for line in _summary(found, lang.value):
            typer.echo(line)
        if out is not None:
            with told_unwritten(out):
                _write(found, out, form, lang.value, personal=personal)
        listed = None if out is None else out / f"{PROBLEMS}.{'csv' if form is SurveyFormat.JSONL else 'xlsx'}"
        tell(survey, not_used, lang.value, listed=listed)
        raise typer.Exit(WITH_PROBLEMS if has_problems(survey) or not_used else DONE)


@attrs.frozen
class _Found:
    """Everything a survey gives."""

    survey: Survey
    work: WorkList
    absences: AbsenceList
    by_place: FoundByPlace | None
    #: By child, its file; None where no store was named.
    files: Mapping[str, str] | None


def _files(store: str, survey: Survey, lang: Language) -> Mapping[str, str]:
    with open_store(store, lang) as opened:
        return opened.survey_files(survey)


# ---- what is given -----------------------------------------------------------------------------------------------


def _keep_answers(out: Path, given: Iterable[Path]) -> None:
    """Refuse to write over decisions or answers of an earlier run that were not given to this one."""
    known = {path.resolve() for path in given}
    for path in (out / DECISIONS, out / f"{TO_DECIDE}.csv", out / f"{TO_DECIDE}.xlsx"):
        if path.resolve() in known or not path.is_file():
            continue
        if read_decisions(path) if path.suffix == ".json" else read_answers(path):
            fail(
                Text(
                    f"{path} 中有决定，会被覆盖；请加 --decisions {path}，或换一个 --out 文件夹",
                    f"{path} holds decisions that would be written over: add --decisions {path}, or choose another --out",
                )
            )


def _reference(path: Path) -> dict[str, int]:
    """How many children each place should have: the first two columns of a file. A title and a line of heads may stand above.

    Raises:
        LedgerError: lines do not fit, all of them with the reason.
    """
    found: dict[str, int] = {}
    wrong: list[Text] = []
    for sheet in open_sheets(path):
        for line, division, count in _below_heads(sheet):
            why = _unfit(division, count, found)
            if why is None:
                found[division] = int(count)
            else:
                wrong.append(Text(f"第 {line} 行：{why.zh}", f"line {line}: {why.en}"))
    if not found and not wrong:
        wrong.append(Text("没有“区划代码、人数”两列", "there is no division with a count"))
    if wrong:
        raise LedgerError(same(f"{shown_file(path.name)} ") + join(wrong, "；", "; "))
    return found


def _below_heads(sheet: RawSheet) -> Iterator[tuple[int, str, str]]:
    """The first two cells of every line that is not blank, below a title and a line of heads where they are there."""
    padded = ((line, [*cells, None, None]) for line, cells in sheet.rows)
    rows = ((line, _plain(cells[0]), _plain(cells[1])) for line, cells in padded)
    filled = [row for row in rows if row[1] or row[2]]
    if filled and not filled[0][2] and not filled[0][1].isdigit():
        filled = filled[1:]
    if filled and not any(character.isdigit() for character in filled[0][1] + filled[0][2]):
        filled = filled[1:]
    yield from filled


def _plain(cell: object) -> str:
    return (
        str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str("" if cell is None else cell).strip()
    )


def _unfit(division: str, count: str, known: Mapping[str, int]) -> Text | None:
    """Why a line is no division with a count, or None where it is."""
    try:
        check_division(division)
    except FieldValueError as error:
        return error.text
    if not count.isdecimal():
        return Text("人数应为整数", "the count is a whole number")
    return Text("区划代码重复", "the division stands there twice") if division in known else None


# ---- what is said ------------------------------------------------------------------------------------------------


def _summary(found: _Found, lang: Language) -> Iterator[str]:
    """The counts, then what is to be found out and who is absent by department, then how far each place is covered."""
    yield from found.survey.summary(lang).splitlines()
    if found.survey.withdrawn:
        count = len(found.survey.withdrawn)
        yield Text(f"已撤回或改变的决定：{count}", f"decisions taken back or changed: {count}").in_(lang)
    yield ""
    yield found.work.summary(lang).splitlines()[0]
    nobody = Text("无部门负责", "no department")
    by_department = Counter(row.department for row in found.work)
    yield from columns_of(
        ((d.label if d else nobody).in_(lang), str(count)) for d, count in by_department.most_common()
    )
    count = len(found.absences)
    yield Text(f"应在而不在名单的 {count} 项", f"{count} absences from lists that should have the child").in_(lang)
    lists = Counter(row.department for row in found.absences)
    yield from columns_of((d.label.in_(lang), str(n)) for d, n in lists.most_common())
    if found.absences.without_list:
        names = [d.label.in_(lang) for d in found.absences.without_list]
        yield Text("  没有名单，无从比较：", "  no list, so nothing can be said: ").in_(lang) + Text("、", ", ").in_(
            lang
        ).join(names)
    if found.by_place is not None:
        yield Text("覆盖情况（摸排人数／应有人数）", "Coverage (found of expected)").in_(lang)
        yield from columns_of(
            (
                p.division,
                place_beside_code(p.division).in_(lang),
                f"{p.found}/{p.expected}",
                "" if p.share is None else f"{float(p.share):.0%}",
            )
            for p in found.by_place.places
        )
        for title, number in (
            (Text("其他地方", "elsewhere"), found.by_place.elsewhere),
            (Text("地点不详", "place unknown"), found.by_place.unplaced),
        ):
            if number:
                yield f"  {title.in_(lang)} {number}"


# ---- what is written ---------------------------------------------------------------------------------------------

_FILE = Text("档案编号", "File")
_CHILD, _SHEET, _ROW, _LIST = (
    Text("儿童编号", "Child"),
    Text("工作表", "Sheet"),
    Text("行", "Row"),
    Text("名单", "List"),
)


def _write(found: _Found, out: Path, form: SurveyFormat, lang: Language, *, personal: bool) -> None:
    """Every list of a survey, to a folder; what is personal only if asked for, and then for the owner's eyes alone."""
    out.mkdir(parents=True, exist_ok=True)
    survey = found.survey
    survey.save_decisions(out / DECISIONS)
    save = _csv if form is SurveyFormat.JSONL else _workbook
    cases = survey.cases if personal else [without_personal(case) for case in survey.cases]
    if form is SurveyFormat.JSONL:
        write_for_owner(out / f"{CHILDREN}.jsonl", (case.to_json() + "\n" for case in cases))
    else:
        _children_workbook(out, cases, survey.titles, lang, personal=personal)
    save(out, TO_DECIDE, [head.in_(lang) for head in HEADS], asked(survey, lang, personal=personal))
    save(out, DECIDED_LIST, [head.in_(lang) for head in DECIDED_HEADS], decided(survey, lang))
    save(out, DIFFERENCES, [head.in_(lang) for head in SETTLED], settled(survey, lang, personal=personal))
    save(out, PROBLEMS, [head.in_(lang) for head in PROBLEM_HEADS], problem_rows(survey.sources, lang))
    places = ((child.ref, row.source, row.sheet, row.row) for child in survey.children for row in child.rows)
    of_rows = [head.in_(lang) for head in (_CHILD, _LIST, _SHEET, _ROW)]
    children = (child.ref for child in survey.children for _ in child.rows)
    save(out, ROWS, *_with_files(of_rows, places, children, found, lang))
    save(out, WORK, *_with_files(*found.work.table(lang), (row.ref for row in found.work.rows), found, lang))
    save(out, ABSENT, *_with_files(*found.absences.table(lang), (row.ref for row in found.absences.rows), found, lang))
    if found.by_place is not None:
        heads = (
            Text("区划代码", "Division"),
            Text("地名", "Place"),
            Text("摸排人数", "Found"),
            Text("应有人数", "Expected"),
        )
        counts = (
            (p.division, place_beside_code(p.division).in_(lang), p.found, p.expected) for p in found.by_place.places
        )
        save(out, COVERAGE, [head.in_(lang) for head in heads], counts)
    text = same(str(out)) + Text(" 已写入", " was written")
    if personal:
        text += Text(
            f"；其中 {CHILDREN}、{TO_DECIDE}、{DIFFERENCES} 含个人信息，只有您能读取，用后请删除",
            f"; {CHILDREN}, {TO_DECIDE} and {DIFFERENCES} hold personal data that only you can read: delete them when they "
            "are used",
        )
    say(text.in_(lang))


def _with_files(
    heads: list[str], rows: Iterable[Row], children: Iterable[str | None], found: _Found, lang: Language
) -> tuple[list[str], Iterable[Row]]:
    """A table with each child's file as its last column, where a store was named."""
    if found.files is None:
        return heads, rows
    files = found.files
    return [*heads, _FILE.in_(lang)], (
        (*row, files.get(child or "")) for row, child in zip(rows, children, strict=True)
    )


def _children_workbook(
    out: Path, cases: Iterable[Case], titles: Mapping[str, Text], lang: Language, *, personal: bool
) -> None:
    """One line a child, one column a fact that is known of any."""
    known = [(case.ref, facts_of(case)) for case in cases]
    paths = list(dict.fromkeys(path for _, facts in known for path in facts))
    rows = (
        [ref, *(_cell(facts[path], path, lang, personal) if path in facts else None for path in paths)]
        for ref, facts in known
    )
    _workbook(
        out, CHILDREN, [_CHILD.in_(lang), *((titles.get(path) or title_of(path)).in_(lang) for path in paths)], rows
    )


def _cell(value: object, path: str, lang: Language, personal: bool) -> str:
    return said(value, lang, personal=personal, own=path[:1].isdigit())


def _csv(out: Path, name: str, heads: list[str], rows: Iterable[Row]) -> None:
    only_owner(out / f"{name}.csv")
    write_csv(out / f"{name}.csv", heads, rows)


def _workbook(out: Path, name: str, heads: list[str], rows: Iterable[Row]) -> None:
    only_owner(out / f"{name}.xlsx")
    write_workbook(out / f"{name}.xlsx", name, heads, rows)
