"""``new-pack`` and ``update-pack``: a distribution of one's own, and the newest template for it."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from kinderguard.commands.application import DONE, WITH_PROBLEMS, InLang, Lang, app, contained, say
from kinderguard.commands.writable import folder_to_write, told_unwritten
from kinderguard.model.text import Text
from kinderguard.packs.installed import installed
from kinderguard.packs.loader import GROUP
from kinderguard.scaffold import new_pack, update_pack
from kinderguard.scaffold.new_pack import NewPack


@app.command(name="new-pack")
def write_new_pack(
    code: Annotated[
        str,
        typer.Argument(
            metavar="DIVISION",
            help="行政区划代码，如 330106；同一区划有几个规则包时加后缀 / the division; with a suffix where it has several packs",
        ),
    ],
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="地名 / the place's name in Chinese")
    ] = None,
    title_en: Annotated[
        str | None, typer.Option("--title-en", metavar="TEXT", help="英文地名 / the place's name in English")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            callback=folder_to_write,
            help="写入的文件夹，须不存在或为空 / a folder that is not there yet",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="分发包名称，如 kinderguard-xihu / name of the distribution"),
    ] = None,
    lang: InLang = Lang.ZH,
) -> None:
    """生成一个地方规则包，安装后即可通过自身的测试。Write a county's pack that passes its own tests at once."""
    with contained():
        with told_unwritten(out or Path()):
            made = new_pack(code, title=title, title_en=title_en, name=name, out=out)
        typer.echo(_told(made).in_(lang.value))
        typer.echo(_next(made).in_(lang.value))
        for one in installed(GROUP):
            if one.point.name == code and one.distribution.split()[0] != made.answers.name:
                say(_taken(code, one.distribution).in_(lang.value))


def _told(made: NewPack) -> Text:
    files = "\n".join(f"  {file}" for file in made.files)
    places = len(made.marks)
    return Text(
        f"已写入 {made.folder}（{made.answers.title_zh}，{made.answers.code}）：\n{files}\n其中 {places} 处标有“待填”",
        f"Written to {made.folder} ({made.answers.title_en}, {made.answers.code}):\n{files}\n"
        f"{places} places are marked 待填 (to be filled in)",
    )


def _taken(code: str, distribution: str) -> Text:
    return Text(
        f"注意：已安装的 {distribution} 也用代码 {code}，两者不能同时安装；请卸载其一，或改用 {code}.education 这样的代码",
        f"Note: {distribution}, which is installed, has the code {code} too, and the two cannot be installed together. "
        f"Uninstall one, or take a code such as {code}.education",
    )


def _next(made: NewPack) -> Text:
    steps = f'  cd {shlex.quote(str(made.folder))}\n  pip install -e ".[test]"\n  pytest\n  kinderguard packs doctor'
    return Text(f"接下来：\n{steps}", f"Next:\n{steps}")


@app.command(name="update-pack")
def bring_pack_up_to_date(
    folder: Annotated[Path, typer.Argument(metavar="PATH", help="规则包的文件夹 / the pack's folder")] = Path(),
    lang: InLang = Lang.ZH,
) -> None:
    """按新版模板更新规则包，保留您的改动。Bring a pack up to the newest template; your own edits are kept."""
    with contained():
        done = update_pack(folder)
        if not done.changed:
            typer.echo(
                Text(
                    f"已是最新（模板第 {done.after} 版）", f"up to date already (version {done.after} of the template)"
                ).in_(lang.value)
            )
            raise typer.Exit(DONE)
        typer.echo(
            Text(
                f"模板第 {done.before} 版 → 第 {done.after} 版，改动了 {len(done.changed)} 个文件（尚未提交，git diff 可查看）：",
                f"template {done.before} → {done.after}; {len(done.changed)} file(s) changed (not committed; see git diff):",
            ).in_(lang.value)
        )
        for file in done.changed:
            typer.echo(f"  {file}")
        for file in done.conflicts:
            say(
                Text(
                    f"{file}：模板和您改了同一处，两种写法都保留在 <<<<<<< 与 >>>>>>> 之间，请选定后提交",
                    f"{file}: the template and you changed the same lines; both stand between <<<<<<< and >>>>>>>. "
                    "Choose, then commit",
                ).in_(lang.value)
            )
        raise typer.Exit(WITH_PROBLEMS if done.conflicts else DONE)
