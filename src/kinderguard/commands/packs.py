"""``packs``: what is installed, and what is wrong with it."""

import typer

import kinderguard
from kinderguard.commands.application import DONE, WITH_PROBLEMS, InLang, Lang, app, contained, say
from kinderguard.model.text import Text
from kinderguard.packs import PackState


@app.command()
def packs(lang: InLang = Lang.ZH) -> None:
    """列出已安装的规则包及其问题。List the installed rule packs and what is wrong with them."""
    with contained():
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
