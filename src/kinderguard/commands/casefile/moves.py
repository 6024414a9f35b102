"""``file close``, ``file reopen`` and ``file transfer``: what becomes of a file as a whole.

Each writes one entry by somebody, on a day, and says its number. A move out of turn is refused with those that are allowed.
"""

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated

import typer

from kinderguard.commands.application import WITH_PROBLEMS, InLang, Lang, contained, day, examples, say
from kinderguard.commands.casefile.showing import Ref, ShownAs, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.wording import in_commands
from kinderguard.model.codes import ClosingReason
from kinderguard.model.places import COUNTY, place_name
from kinderguard.model.text import Language, Text

if TYPE_CHECKING:
    from kinderguard.casefile import Entry

AsText = Annotated[ShownAs, typer.Option("--format", "-f", help="输出形式 / what to write")]
OnOrToday = Annotated[
    dt.date | None,
    typer.Option("--on", parser=day, metavar="DATE", help="日期；默认今天 / the day; today if left out"),
]
Why = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="理由，不写姓名或证件号 / why, without names or ID numbers"),
]
MaybeWhy = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="理由，不写姓名或证件号 / why, without names or ID numbers"),
]
Acting = Annotated[
    str,
    typer.Option("--acting", metavar="CODE", help="办理的行政区划代码 / the division that acts"),
]
MaybeActing = Annotated[
    str | None,
    typer.Option(
        "--acting",
        metavar="CODE",
        help="办理的行政区划代码；不写则按用户代码的开头 / the division that acts; that of the user's code if left out",
    ),
]
InSpite = Annotated[
    str | None,
    typer.Option(
        "--override",
        metavar="REASON",
        help="不归本地负责（或档案已删除）仍须办理的理由，记入档案 / why it is done although another division is in charge, or the file "
        "was erased; kept in the file",
    ),
]

transfers = typer.Typer(
    name="transfer",
    help="转移：提出、接收、拒收、撤回。Transfer a file: propose, accept, refuse, withdraw.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
files.add_typer(transfers)


def write_done(form: ShownAs, lang: Language, what: Text, **said: object) -> None:
    """What was done: a line that ends with the entry's number, or the same as JSON."""
    if form is ShownAs.JSON:
        typer.echo(json.dumps(said, ensure_ascii=False, default=str))
        return
    recorded = Text(f"；已记为第 {said['entry']} 条", f"; recorded as entry {said['entry']}")
    typer.echo((what + recorded).in_(lang))


def tell_doubts(entry: "Entry", lang: Language) -> None:
    """What looked wrong about an entry that was written, on standard error."""
    for doubt in entry.doubts:
        say((Text(f"注意：第 {entry.number} 条：", f"Note: entry {entry.number}: ") + in_commands(doubt)).in_(lang))


def write_entry(form: ShownAs, lang: Language, what: Text, ref: str, entry: "Entry", **more: object) -> None:
    """What was done with one entry: ``write_done``, and what looks doubtful about it, which ends with exit code 1."""
    doubts = {"doubts": [in_commands(doubt).in_(lang) for doubt in entry.doubts]} if entry.doubts else {}
    write_done(
        form, lang, what, ref=ref, entry=entry.number, kind=entry.kind.value, on=entry.valid_from, **more, **doubts
    )  # fmt: skip
    tell_doubts(entry, lang)
    if entry.doubts:
        raise typer.Exit(WITH_PROBLEMS)


# ---- closing -----------------------------------------------------------------------------------------------------

NEVER = "none"


@files.command(
    name="close",
    epilog=examples(
        "kinderguard file close 编号 --reason adopted --last-paid 2025-08 --by 330199.u1 --store 档案.db",
    ),
)
def close_file(
    ref: Ref,
    by: ByUser,
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="CODE",
            help=f"退出原因的代码 / why, a code: {', '.join(code.value for code in ClosingReason)}",
        ),
    ],
    last_paid: Annotated[
        str,
        typer.Option(
            "--last-paid",
            metavar="MONTH",
            help=f"末领年月，如 2026-03；从未发放的写 {NEVER} / the last month paid, as 2026-03; {NEVER} where nothing was paid",
        ),
    ],
    happened_on: Annotated[
        dt.date | None,
        typer.Option(
            "--happened-on",
            parser=day,
            metavar="DATE",
            help="释放、戒毒成功、找回父母或死亡的日期 / the day of release, of the end of detoxification, of finding, of death",
        ),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="原因为 other 时的说明 / with other: what it is")
    ] = None,
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """结案。Close a file, with a coded reason and the last month paid; nothing in it is lost."""
    with contained(), open_store(store, lang.value) as opened:
        paid = None if last_paid.strip().lower() == NEVER else last_paid
        entry = opened.close_file(
            ref, reason=reason, last_paid=paid, by=by, on=on, happened_on=happened_on, note=note, acting=acting,
            override=override,
        )  # fmt: skip
        why = ClosingReason.of(reason)
        what = Text(
            f"档案 {ref} 已于 {entry.valid_from} 结案（{why.zh}）",
            f"File {ref} is closed on {entry.valid_from} ({why.en})",
        )
        write_entry(form, lang.value, what, ref, entry, reason=why.value, last_paid=paid, happened_on=happened_on)


@files.command(name="reopen")
def reopen_file(
    ref: Ref,
    by: ByUser,
    reason: Why,
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """重新建档。Open a closed file again; everything in it is still there."""
    with contained(), open_store(store, lang.value) as opened:
        entry = opened.reopen_file(ref, reason=reason, by=by, on=on, acting=acting, override=override)
        what = Text(
            f"档案 {ref} 自 {entry.valid_from} 起重新在册", f"File {ref} is open again from {entry.valid_from} on"
        )
        write_entry(form, lang.value, what, ref, entry)


# ---- transfers ---------------------------------------------------------------------------------------------------


def _of_the_county(receiver: str, *, will: bool = False) -> Text:
    """Who sees a file that goes to a county and to none of its townships; nothing of one that goes to a township."""
    if len(receiver) != COUNTY:
        return Text("", "")
    when = (
        Text("接收后档案归县级", "Once accepted, the file is the county's")
        if will
        else Text("档案归县级", "The file is the county's")
    )
    return Text(
        f"。{when.zh}，只列在县级（-d {receiver}）的名册和待办中，不列在任何乡镇的；应由乡镇负责的，请把档案再转往该乡镇（9 位代码）",
        f". {when.en}: it stands in the lists and among what is due of the county (-d {receiver}), and of none of its townships; if a "
        "township is to be in charge, transfer it on to that (a code of 9 digits)",
    )


@transfers.command(
    name="propose",
    epilog=examples(
        "kinderguard file transfer propose 编号 --to 330106 --reason 随母亲迁居 --by 330199.u1 --store 档案.db"
    ),
)
def propose(
    ref: Ref,
    by: ByUser,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="CODE",
            help="转入地的行政区划代码，6、9 或 12 位 / the receiving division, of 6, 9 or 12 digits",
        ),
    ],
    reason: MaybeWhy = None,
    on: OnOrToday = None,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """提出转移：对方接收前仍由转出地负责。Propose a transfer; until the other accepts, the sender is in charge."""
    with contained(), open_store(store, lang.value) as opened:
        entry = opened.propose_transfer(ref, to, by=by, reason=reason, on=on, acting=acting, override=override)
        sender, receiver = entry.body["from"], entry.body["to"]
        place = place_name(receiver)
        what = Text(
            f"已提出将档案 {ref} 由 {sender} 转往{place.zh}（{receiver}），待对方接收",
            f"A transfer of file {ref} from {sender} to {place.en} ({receiver}) is proposed and waits for an answer",
        )
        what += _of_the_county(receiver, will=True)
        write_entry(form, lang.value, what, ref, entry, move="propose", sender=sender, receiver=receiver)


@transfers.command(name="accept")
def accept(
    ref: Ref,
    by: ByUser,
    acting: Acting,
    on: OnOrToday = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """接收：自此由转入地负责。Accept the open transfer: from this day on the receiving division is in charge."""
    with contained(), open_store(store, lang.value) as opened:
        entry, fact = opened.accept_transfer(ref, acting=acting, by=by, on=on, override=override)
        receiver = fact.body["facts"]["division_code"]
        place = place_name(receiver)
        what = Text(
            f"档案 {ref} 自 {entry.valid_from} 起由{place.zh}（{receiver}）负责",
            f"From {entry.valid_from} on {place.en} ({receiver}) is in charge of file {ref}",
        )
        what += _of_the_county(receiver)
        write_entry(form, lang.value, what, ref, entry, move="accept", division=receiver)


@transfers.command(name="refuse")
def refuse(
    ref: Ref,
    by: ByUser,
    acting: Acting,
    reason: Why,
    on: OnOrToday = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """拒收：仍由转出地负责。Refuse the open transfer, with a reason; the sending division stays in charge."""
    with contained(), open_store(store, lang.value) as opened:
        entry = opened.refuse_transfer(ref, acting=acting, reason=reason, by=by, on=on, override=override)
        what = Text(
            f"档案 {ref} 的转移已拒收，仍由转出地负责",
            f"The transfer of file {ref} is refused; the sender stays in charge",
        )
        write_entry(form, lang.value, what, ref, entry, move="refuse")


@transfers.command(name="withdraw")
def withdraw(
    ref: Ref,
    by: ByUser,
    acting: Acting,
    reason: MaybeWhy = None,
    on: OnOrToday = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """撤回：只有转出地可以。Withdraw the open transfer, which only the sending division may."""
    with contained(), open_store(store, lang.value) as opened:
        entry = opened.withdraw_transfer(ref, acting=acting, by=by, reason=reason, on=on, override=override)
        what = Text(
            f"档案 {ref} 的转移已撤回，仍由转出地负责",
            f"The transfer of file {ref} is withdrawn; the sender stays in charge",
        )
        write_entry(form, lang.value, what, ref, entry, move="withdraw")
