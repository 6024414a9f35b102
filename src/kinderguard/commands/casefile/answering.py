"""``file answer``: whether a child of a list, whom an import holds back, is the child of a file.

It writes one decision; the next import of the list goes by it. Nothing personal is shown.
"""

from typing import Annotated

import typer

from kinderguard.commands.application import InLang, Lang, contained, examples
from kinderguard.commands.casefile.moves import AsText, InSpite, MaybeActing, write_entry
from kinderguard.commands.casefile.showing import Ref, ShownAs, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.wording import in_commands
from kinderguard.model.text import Text


@files.command(
    name="answer",
    epilog=examples("kinderguard file answer 编号 待核对所写的编号 --same --by 330199.u1 --store 档案.db"),
)
def answer_question(
    ref: Ref,
    other: Annotated[
        str,
        typer.Argument(
            metavar="OTHER",
            help="问题所写的编号，即另建档案时的编号（见 file due、file show） / the number that the question names, of the file that the"
            " child would begin (see file due, file show)",
        ),
    ],
    by: ByUser,
    same: Annotated[
        bool,
        typer.Option("--same/--another", help="是同一名儿童／是另一名儿童 / it is one child, or another"),
    ],
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """回答名单中的儿童是否就是本档案的儿童。Say whether a child of a list is the child of a file; then import the list again."""
    with contained(), open_store(store, lang.value) as opened:
        from kinderguard.casefile.ending.closing import closing_of
        from kinderguard.casefile.filing.perhaps import closed_text

        entry = opened.answer(ref, other, same=same, by=by, acting=acting, override=override)
        what = (
            Text(f"已记下：{other} 与档案 {ref} 是同一名儿童", f"Recorded that {other} is one child with file {ref}")
            if same
            else Text(
                f"已记下：{other} 与档案 {ref} 不是同一名儿童",
                f"Recorded that {other} is another child than file {ref}",
            )
        )
        closing = closing_of(opened.entries(ref), opened.today()) if same else None
        what += Text("；请再导入名单", "; import the list again")
        if closing is not None:
            what += Text("；", "; ") + in_commands(closed_text(ref, closing))
        write_entry(form, lang.value, what, ref, entry, other=other, same=same)
