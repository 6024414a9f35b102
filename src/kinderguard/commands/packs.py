"""``packs``: what is installed, and what is wrong with it; ``packs doctor``: all there is to know about each."""

import warnings
from typing import Annotated

import typer

import kinderguard
from kinderguard.commands.application import DONE, WITH_PROBLEMS, InLang, Lang, app, contained, say
from kinderguard.model.text import Text
from kinderguard.packs import PackState, PackWarning

group = typer.Typer(rich_markup_mode=None, invoke_without_command=True)
app.add_typer(group, name="packs")


@group.callback()
def packs(context: typer.Context, lang: InLang = Lang.ZH) -> None:
    """列出已安装的规则包及其问题。List the installed rule packs and what is wrong with them."""
    if context.invoked_subcommand is not None:
        context.obj = lang
        return
    with contained():
        warnings.simplefilter("ignore", PackWarning)  # each is a problem below
        book = kinderguard.load()
        problems = book.check()
        for source in book.packs:
            if source.state is PackState.LOADED and source.pack is not None:
                pack = source.pack
                what = f"{pack.title.in_(lang.value)} {pack.version}"
            else:
                what = Text("已停用", "quarantined").in_(lang.value)
            typer.echo(f"{source.name:<16} {what}  ({source.distribution})")
        for problem in problems:
            say(f"{problem.where}: {problem.message.in_(lang.value)} [{problem.code}]")
        raise typer.Exit(WITH_PROBLEMS if problems else DONE)


@group.command()
def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="供其他程序读取 / for other programs")] = False,
    lang: Annotated[Lang | None, typer.Option("--lang", help="结果语言 / language of the result")] = None,
) -> None:
    """检查每个规则包：来源、范围、新增、冲突与问题。Look at every pack: origin, scope, what it adds, conflicts, problems."""
    from kinderguard.scaffold.doctor import diagnose

    with contained():
        found = diagnose()
        # `packs --lang en doctor` and `packs doctor --lang en` mean the same.
        chosen: Lang = lang or context.obj or Lang.ZH
        typer.echo(found.to_json() if as_json else found.text(chosen.value))
        raise typer.Exit(DONE if found.ok else WITH_PROBLEMS)
