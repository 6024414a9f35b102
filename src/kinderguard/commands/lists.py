"""Departments' lists as a command names them, and the decisions on them: what ``survey`` and ``file import`` share.

It reads; combining, asking and filing are theirs.
"""

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from kinderguard.commands.application import fail, progress, say
from kinderguard.commands.questions import answered, read_answers, undone
from kinderguard.commands.store import KEY
from kinderguard.model.dates import today_in_china
from kinderguard.model.echo import holds_number, shown_file
from kinderguard.model.text import Language, Text
from kinderguard.packs import PolicyBook
from kinderguard.survey import (
    CellProblem,
    Decision,
    Ledger,
    Source,
    SourceProfile,
    Survey,
    TrustOrder,
    combine,
    link,
    read_decisions,
    read_source,
    rows_of,
)
from kinderguard.survey.tables import Row

Linked = Annotated[
    bool,
    typer.Option(
        "--link", help="身份证号之外，再按姓名等推断同一名儿童 / find the same child by name, date and place too"
    ),
]
Decisions = Annotated[
    list[Path] | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="以往的决定（decisions.json）或填好的待决定表，可重复 / earlier decisions, or a sheet of questions filled in; "
        "may be given again",
    ),
]
Trust = Annotated[
    Path | None, typer.Option("--trust", metavar="FILE", help="信任顺序（TOML） / whose word counts, a TOML file")
]
#: An answer that could not be used: the sheet's name, its line, and why.
NotUsed = tuple[str, int, Text]

_SOURCE = re.compile(r"(?P<path>.+):(?P<kind>[^:=@]+)(?:=(?P<code>[^:=@]+))?(?:@(?P<day>[^:=@]+))?")


def is_list(text: str) -> bool:
    """Whether an argument is a list with its kind, and not just a file."""
    return _SOURCE.fullmatch(text) is not None and not Path(text).exists()


def combined(
    lists: Iterable[str],
    on: dt.date,
    book: PolicyBook,
    *,
    linked: bool,
    decisions: Sequence[Path],
    by: str | None,
    trust: Path | None,
    undo: Sequence[str] = (),
    covers: str | None = None,
) -> tuple[Survey, list[NotUsed]]:
    """The survey of some lists with the decisions and answers that were given, and the answers that could not be used.

    What is decided now is dated today. ``undo`` are the marks of decided questions that are to be open again; what is
    answered comes after it. ``covers`` is the division whose children the lists name, all of them, where that was said.

    Raises:
        LedgerError, ProfileError, TrustError, DecisionError, AnswerError: a file that was named cannot be used.
    """
    key, today = os.environ.get(KEY) or None, today_in_china()
    saved, sheets = _given(decisions)
    answers = {path: read_answers(path) for path in sheets}
    if by is None and (undo or any(answers.values())):
        fail(
            Text(
                "回答待决定的问题或撤回决定，须写明由谁决定：请加 --by 用户代码（如 330199.u1），不写姓名",
                "answers, and decisions taken back, need to say who decided: add --by with a user's code, as 330199.u1, no name",
            )
        )
    read = [_listed(text, on, book, covers) for text in lists]
    order = None if trust is None else TrustOrder.from_toml(trust)
    links = None
    if linked:
        with progress("查找同一儿童 / linking") as step:
            links = link(rows_of(read), progress=step)
    with progress("合并 / combining") as step:
        survey = combine(read, trust=order, links=links, decisions=saved, key=key, progress=step)
    for mark in undo:
        survey = undone(survey, mark, by=by, on=today)
    not_used: list[NotUsed] = []
    for path, given in answers.items():
        with progress("采用回答 / taking answers") as step:
            survey, left = answered(survey, given, by=by, on=today, name=path.name, progress=step)
        not_used += [(path.name, answer.line, why) for answer, why in left]
    return survey, not_used


def _listed(text: str, on: dt.date, book: PolicyBook, covers: str | None) -> Source:
    """One list, from ``PATH:KIND[=CODE][@DATE]``; without a date it tells how things stand on the day ``on``."""
    match = _SOURCE.fullmatch(text)
    if match is None:
        fail(
            Text(
                f"名单写作 文件:类型，如 学生.csv:education；这里是 {shown_file(text)!r}",
                f"a list is written PATH:KIND, as pupils.csv:education, not {shown_file(text)!r}",
            )
        )
    day = on
    if match["day"]:
        try:
            day = dt.date.fromisoformat(match["day"])
        except ValueError:
            shown = shown_file(text)
            fail(Text(f"{shown}：日期写作 2025-09-01", f"{shown}: write the day as 2025-09-01"))
    kind = match["kind"]
    if holds_number(match["code"] or ""):
        fail(
            Text(
                "名单的代码（=代码）会写入所有结果，不能含证件号或电话",
                "the code of a list (=CODE) stands in every result, so no ID number or telephone may be in it",
            )
        )
    profile = SourceProfile.from_toml(kind) if kind.lower().endswith(".toml") else kind
    with progress(f"读取 / reading {shown_file(Path(match['path']).name)}") as step:
        return read_source(
            match["path"], profile, as_of=day, book=book, code=match["code"], progress=step, covers=covers
        )


def _given(files: Iterable[Path]) -> tuple[list[Decision], list[Path]]:
    """Saved decisions, and the sheets of answers."""
    saved: list[Decision] = []
    sheets = []
    for path in files:
        if path.suffix.lower() == ".json":
            saved += read_decisions(path)
        else:
            sheets.append(path)
    return saved, sheets


# ---- what is said ------------------------------------------------------------------------------------------------


def tell(survey: Survey, not_used: Iterable[NotUsed], lang: Language, listed: Path | None = None) -> None:
    """What went wrong, on standard error: rows that were skipped, decisions that do not hold, answers not used, and what
    could not be read, or the file in which that is listed.
    """
    # Where no file lists them, they are said among the problems of their list below.
    for skipped in survey.skipped if listed is not None else ():
        say(f"{skipped.key} {skipped.problem.message.in_(lang)} [{skipped.problem.code}]")
    for aside in survey.set_aside:
        rows = " ".join(map(str, aside.decision.keys))
        say(Text(f"决定未能沿用（{rows}）：{aside.why.zh}", f"decision set aside ({rows}): {aside.why.en}").in_(lang))
    for name, line, why in not_used:
        say(Text(f"{name} 第 {line} 行：{why.zh}", f"{name}, line {line}: {why.en}").in_(lang))
    for source in survey.sources:
        tell_problems(source.ledger, source.code, lang, listed)


#: What a table of what could not be read is headed by.
PROBLEM_HEADS = (
    Text("名单", "List"), Text("工作表", "Sheet"), Text("行", "Row"), Text("列", "Column"), Text("代码", "Code"),
    Text("问题与更正", "Problem and mend"),
)  # fmt: skip


def problem_rows(sources: Iterable[Source], lang: Language) -> Iterator[Row]:
    """Everything in the lists that could not be read, cell by cell; never what a cell holds."""
    for source in sources:
        for problem in source.ledger.all_problems:
            yield source.code, problem.sheet, problem.row, problem.column, problem.code, problem.message.in_(lang)


def tell_problems(ledger: Ledger, name: str, lang: Language, listed: Path | None = None) -> bool:
    """Whether anything in a list could not be read; how much, on standard error, with the file that lists it. Where there
    is none, each problem is said.
    """
    problems = list(ledger.all_problems)
    if not problems:
        return False
    where = Text("", "") if listed is None else Text(f"，逐条见 {listed}", f"; {listed} lists them")
    count = len(problems)
    say((Text(f"{name}：{count} 处填写问题", f"{name}: {count} problem(s) in its cells") + where).in_(lang))
    for problem in problems if listed is None else ():
        place = _place(problem)
        say(
            Text(f"  {place.zh}：{problem.message.zh}", f"  {place.en}: {problem.message.en}").in_(lang)
            + f" [{problem.code}]"
        )
    return True


def _place(problem: CellProblem) -> Text:
    """The sheet, row and column of a problem, as far as it has them."""
    row = "" if problem.row is None else f" 第 {problem.row} 行", "" if problem.row is None else f", row {problem.row}"
    column = problem.column
    return Text(
        problem.sheet + row[0] + (f" {column}" if column else ""),
        problem.sheet + row[1] + (f", {column}" if column else ""),
    )


def has_problems(survey: Survey) -> bool:
    """Whether rows were skipped, decisions set aside, or cells could not be read."""
    return bool(survey.skipped or survey.set_aside or any(next(s.ledger.all_problems, None) for s in survey.sources))
