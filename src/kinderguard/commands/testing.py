"""``test``: policy cases, run without pytest."""

from pathlib import Path
from typing import Annotated

import typer

import kinderguard
from kinderguard.commands.application import (
    DONE,
    NOTHING_DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    app,
    contained,
    progress,
    say,
)
from kinderguard.model.echo import shown_file
from kinderguard.model.text import Language, Text
from kinderguard.testing.case_files import unread_files
from kinderguard.testing.case_outcomes import facts_not_there
from kinderguard.testing.policy_cases import CaseOutcome, PolicyCase, PolicyCaseError, case_files, read_policy_cases


@app.command(name="test")
def run_tests(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...",
            help="用例文件，或含有 cases 文件夹的文件夹 / files of cases, or folders that have a folder cases",
        ),
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(
            "--code",
            metavar="CODE",
            help="只运行涉及此类别或政策的用例 / only cases that expect something of this rule",
        ),
    ] = None,
    lang: InLang = Lang.ZH,
) -> None:
    """运行政策用例，不需要 pytest。Run policy cases; pytest is not needed."""
    with contained():
        cases, unread = _read(paths or [Path()], lang.value)
        for file in dict.fromkeys(file for path in paths or [Path()] for file in unread_files(path)):
            say(_other_file(file).in_(lang.value))
        chosen = [c for c in cases if code is None or _concerns(c, code)]
        if not chosen:
            if not unread:
                say(_nothing(code).in_(lang.value))
            raise typer.Exit(NOTHING_DONE)
        book = kinderguard.load()
        outcomes = []
        with progress("运行用例 / running cases") as step:
            for done, case in enumerate(chosen, 1):
                outcomes.append(case.run(book))
                step(done, len(chosen))
        _print(outcomes, unread, lang.value)
        raise typer.Exit(WITH_PROBLEMS if unread or not all(o.passed for o in outcomes) else DONE)


def _read(paths: list[Path], lang: Language) -> tuple[list[PolicyCase], int]:
    """The cases, and how many files could not be read; of those, all that is wrong is told."""
    cases: list[PolicyCase] = []
    unread = 0
    for file in dict.fromkeys(file for path in paths for file in case_files(path)):
        try:
            cases += read_policy_cases(file)
        except PolicyCaseError as error:
            unread += 1
            say(error.text.in_(lang))
    return cases, unread


def _concerns(case: PolicyCase, code: str) -> bool:
    return any(key == code or key.startswith(f"{code}.") for key in case.expect)


def _other_file(file: Path) -> Text:
    """What is said of a file among the cases that is not read."""
    name = shown_file(file.name)
    return Text(
        f"未读取 {name}：用例文件名以 .toml 结尾；请改名（Windows 可能隐藏了 .txt 等扩展名）",
        f"{name} is not read: a file of cases is named ….toml; rename it (Windows may hide an ending such as .txt)",
    )


def _nothing(code: str | None) -> Text:
    if code is not None:
        return Text(f"没有用例涉及 {code}", f"no case expects anything of {code}")
    return Text(
        "没有找到用例：请给出 cases 文件夹中的 .toml 文件，或其上级文件夹",
        "there are no cases here: give .toml files of a folder named cases, or a folder above it",
    )


def _print(outcomes: list[CaseOutcome], unread: int, lang: Language) -> None:
    """What keeps packs out; the table, file by file; then each failure in full, a fact nobody declares once; then the sum."""
    file, said_of = "", set()
    for problem in dict.fromkeys(p for o in outcomes for p in o.kept_out):
        typer.echo(f"✗ {problem.where}: {problem.message.in_(lang)}\n")
    for outcome in outcomes:
        case = outcome.case
        if case.file != file:
            file = case.file
            typer.echo(f"{case.where.rpartition(':')[0]}  {case.group.in_(lang)}".rstrip())
        reasons = [p.message.in_(lang) for p in outcome.problems if outcome.kept_out and p not in said_of]
        said_of |= set(outcome.problems)  # once, and not with each of a broken pack's cases
        reason = "".join(f" — {each}" for each in reasons)
        typer.echo(f"  {'✓' if outcome.passed else '✗'} {case.full_title.in_(lang)}{reason}")
    not_run = sum(bool(o.kept_out) for o in outcomes)
    failed = [o for o in outcomes if not o.passed and not o.kept_out]
    unknown, others = facts_not_there(failed)
    for fact in unknown:
        typer.echo(f"\n✗ facts.{fact.path}: {fact.text.in_(lang)}")
        typer.echo("\n".join(f"  {case.where}  {case.full_title.in_(lang)}" for case in fact.cases))
    for outcome in others:
        typer.echo("")
        typer.echo(outcome.text(lang))
    total, passed = len(outcomes), len(outcomes) - len(failed) - not_run
    said = Text(
        f"{total} 个用例：{passed} 个通过，{len(failed)} 个未通过",
        f"{total} cases: {passed} passed, {len(failed)} failed",
    )
    if not_run:
        said += Text(f"，{not_run} 个未运行", f", {not_run} not run")
    if unread:
        files = "1 file could not be read" if unread == 1 else f"{unread} files could not be read"
        said += Text(f"；另有 {unread} 个用例文件无法读取，已在标准错误中说明", f"; {files}, as standard error says")
    typer.echo(("\n" if failed or not_run else "") + said.in_(lang))
