"""``check-pack``: the conformance suite for a pack, installed or in a folder."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from kinderguard.commands.application import DONE, WITH_PROBLEMS, InLang, Lang, app, contained, day, progress
from kinderguard.testing.conformance import Report
from kinderguard.testing.conformance.registry import PackCheck, checks_named
from kinderguard.testing.conformance.running import report_on
from kinderguard.testing.conformance.subject import Subject
from kinderguard.testing.conformance.targets import targets


@app.command(name="check-pack")
def check_packs(
    pack: Annotated[
        str | None,
        typer.Argument(
            metavar="PATH|NAME",
            help="规则包的文件夹，或入口点、发行包的名称 / a pack's folder, or the name of its entry point or distribution",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="ID", help="只做此项检查，可重复 / only this check; may be given again"),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="列出全部检查 / list the checks")] = False,
    examples: Annotated[
        int, typer.Option("--examples", min=1, help="生成的儿童数 / how many children are generated")
    ] = 60,
    cases: Annotated[
        Path | None,
        typer.Option("--cases", metavar="PATH", help="另外的用例文件或文件夹 / further policy cases, a file or folder"),
    ] = None,
    on: Annotated[
        list[dt.date] | None,
        typer.Option(
            "--on",
            parser=day,
            metavar="DATE",
            help="检查的日期，可重复；默认取规则已开始的日期，求证另问规则变化的日期 / the day, may be given again; if left out, "
            "one on which the rules have begun, and for proofs those on which they change",
        ),
    ] = None,
    lang: InLang = Lang.ZH,
) -> None:
    """检查规则包是否合格。Check that a pack conforms; what is wrong comes with file, line and mend."""
    with contained():
        chosen = checks_named(tuple(only) if only else None)
        if listed:
            for check in chosen:
                typer.echo(f"{check.check_id:<22} {check.title.in_(lang.value)}")
            return
        given = Path() if pack is None else Path(pack) if "/" in pack or "\\" in pack or pack == "." else pack
        reports = [
            _report(Subject(target, examples=examples, cases=cases, on=tuple(on or ())), chosen)
            for target in targets(given)
        ]
        for report in reports:
            typer.echo(report.text(lang.value))
        raise typer.Exit(DONE if all(report.ok for report in reports) else WITH_PROBLEMS)


def _report(subject: Subject, chosen: tuple[PackCheck, ...]) -> Report:
    with progress(subject.name) as step:

        def told(done: int, total: int, check: PackCheck | None) -> None:
            step(done, total)

        return report_on(subject, chosen, progress=told)
