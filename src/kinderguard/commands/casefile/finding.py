"""``file find``: the file of a child whose resident ID is known.

The ID comes from a file or is asked for without being shown: what stands on a command line stays in shells' histories. It is
in no message and nothing keeps it; that somebody searched, and why, is kept in each file that was found.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from kinderguard.commands.application import (
    DONE,
    NOTHING_DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    contained,
    examples,
    fail,
    say,
)
from kinderguard.commands.casefile.mending import from_file
from kinderguard.commands.casefile.moves import AsText, Why
from kinderguard.commands.casefile.showing import ShownAs, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.model.text import Text

RESIDENT_ID = "child.resident_id"


@files.command(
    name="find",
    epilog=examples(
        "kinderguard file find --facts 身份.json --reason 学校来电核实 --by 330199.u1 --store 档案.db",
    ),
)
def find_files(
    by: ByUser,
    reason: Why,
    facts: Annotated[
        Path | None,
        typer.Option(
            "--facts",
            metavar="FILE",
            help=f'JSON 文件，内有身份证号 / a JSON file with the ID: {{"{RESIDENT_ID}": "…"}}',
        ),
    ] = None,
    ask: Annotated[
        bool,
        typer.Option("--id", help="询问身份证号，输入时不显示 / ask for the ID; what is typed is not shown"),
    ] = False,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """按身份证号查找档案；查找人和理由记入所找到的档案。Find a child's file by the resident ID; the search is kept in it."""
    with contained():
        if (facts is None) != ask:
            fail(
                Text(
                    "请用 --facts 文件.json 给出身份证号，或用 --id 由本命令询问（两者取一）",
                    "give the ID in a file with --facts, or have it asked for with --id, one of the two",
                )
            )
        if facts is None:
            number = typer.prompt(Text("身份证号", "Resident ID").in_(lang.value), hide_input=True, err=True)
        else:
            number = from_file(facts).get(RESIDENT_ID)
        if not isinstance(number, str):
            fail(Text(f"文件中没有 {RESIDENT_ID}", f"there is no {RESIDENT_ID} in the file"))
        with open_store(store, lang.value) as opened:
            found = opened.find(number, by=by, reason=reason)
            open_files = set(opened.refs()) if found else set()
            states = {ref: ref in open_files for ref in found}
        if form is ShownAs.JSON:
            typer.echo(json.dumps({"files": [{"ref": ref, "open": is_open} for ref, is_open in states.items()]}))
        else:
            for ref, is_open in states.items():
                typer.echo(ref + ("" if is_open else Text("（已结案）", " (closed)").in_(lang.value)))
        if not found:
            say(Text("没有该身份证号的档案", "no file holds this resident ID").in_(lang.value))
            raise typer.Exit(NOTHING_DONE)
        if len(found) > 1:
            say(
                Text(
                    "同一儿童有多份档案，请核对，将多余的结案",
                    "one child has several files: look at them and close those that are too many",
                ).in_(lang.value)
            )
        raise typer.Exit(WITH_PROBLEMS if len(found) > 1 else DONE)
