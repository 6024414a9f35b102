"""Departments' lists as a command names them, and the decisions on them: what ``survey`` and ``file import`` share.

It reads; combining, asking and filing are theirs.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from kinderguard.commands.application import fail, progress, say
from kinderguard.commands.questions import answered, read_answers
from kinderguard.commands.store import given_key
from kinderguard.model.text import Language, Text
from kinderguard.packs import PolicyBook
from kinderguard.survey import (
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
) -> tuple[Survey, list[NotUsed]]:
    """The survey of some lists with the decisions and answers that were given, and the answers that could not be used.

    Raises:
        LedgerError, ProfileError, TrustError, DecisionError, AnswerError: a file that was named cannot be used.
    """
    key = _survey_key()
    saved, sheets = _given(decisions)
    read = [_listed(text, on, book) for text in lists]
    order = None if trust is None else TrustOrder.from_toml(trust)
    links = None
    if linked:
        with progress("查找同一儿童 / linking") as step:
            links = link(rows_of(read), progress=step)
    with progress("合并 / combining") as step:
        survey = combine(read, trust=order, links=links, decisions=saved, key=key, progress=step)
    not_used: list[NotUsed] = []
    for path in sheets:
        with progress("采用回答 / taking answers") as step:
            survey, left = answered(survey, read_answers(path), by=by, name=path.name, progress=step)
        not_used += [(path.name, answer.line, why) for answer, why in left]
    return survey, not_used


def _listed(text: str, on: dt.date, book: PolicyBook) -> Source:
    """One list, from ``PATH:KIND[=CODE][@DATE]``; without a date it tells how things stand on the day ``on``."""
    match = _SOURCE.fullmatch(text)
    if match is None:
        fail(
            Text(
                f"名单写作 文件:类型，如 学生.csv:education；这里是 {text!r}",
                f"a list is written PATH:KIND, as pupils.csv:education, not {text!r}",
            )
        )
    day = on
    if match["day"]:
        try:
            day = dt.date.fromisoformat(match["day"])
        except ValueError:
            fail(Text(f"{text}：日期写作 2025-09-01", f"{text}: write the day as 2025-09-01"))
    kind = match["kind"]
    profile = SourceProfile.from_toml(kind) if kind.lower().endswith(".toml") else kind
    with progress(f"读取 / reading {Path(match['path']).name}") as step:
        return read_source(match["path"], profile, as_of=day, book=book, code=match["code"], progress=step)


def _survey_key() -> bytes | None:
    """What marks rows and children, so that decisions hold for the next edition of a list; from the office's key."""
    key = given_key()
    return None if key is None else hmac.new(key, b"kinderguard.survey/1", hashlib.sha256).digest()


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


def tell(survey: Survey, not_used: Iterable[NotUsed], lang: Language) -> None:
    """What went wrong, on standard error: rows that were skipped, decisions that do not hold, answers not used."""
    for skipped in survey.skipped:
        say(f"{skipped.key} {skipped.problem.message.in_(lang)} [{skipped.problem.code}]")
    for aside in survey.set_aside:
        rows = " ".join(map(str, aside.decision.keys))
        say(Text(f"决定未能沿用（{rows}）：{aside.why.zh}", f"decision set aside ({rows}): {aside.why.en}").in_(lang))
    for name, line, why in not_used:
        say(Text(f"{name} 第 {line} 行：{why.zh}", f"{name}, line {line}: {why.en}").in_(lang))
    for source in survey.sources:
        tell_problems(source.ledger, source.code, lang)


def tell_problems(ledger: Ledger, name: str, lang: Language) -> bool:
    """Whether anything in a list could not be read; how much, and where it is listed, is said on standard error."""
    count = sum(1 for _ in ledger.all_problems)
    if count:
        text = Text(
            f"{name}：{count} 处填写问题，用 kinderguard assess 可逐条查看",
            f"{name}: {count} problem(s) in its cells; kinderguard assess lists them",
        )
        say(text.in_(lang))
    return bool(count)


def has_problems(survey: Survey) -> bool:
    """Whether rows were skipped, decisions set aside, or cells could not be read."""
    return bool(survey.skipped or survey.set_aside or any(next(s.ledger.all_problems, None) for s in survey.sources))
