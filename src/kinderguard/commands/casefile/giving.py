"""``file export`` and ``file verify``: giving out what may be given, and checking that the history is whole.

Every giving out is written down in the file before anything is written elsewhere.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kinderguard.commands.application import (
    DONE,
    WITH_PROBLEMS,
    InLang,
    Lang,
    contained,
    day,
    examples,
    fail,
    say,
)
from kinderguard.commands.casefile.moves import MaybeActing
from kinderguard.commands.casefile.showing import Ref, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.commands.wording import in_commands
from kinderguard.commands.writable import OwnersFile, file_to_write
from kinderguard.model.text import Text, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, SharingRules


@files.command(
    name="export",
    epilog=examples(
        "kinderguard file export 编号 --role education --organisation 示例小学 --purpose schooling --basis statutory_duty --by 330199.u1 --out 提供.json",
    ),
)
def export_file(
    ref: Ref,
    by: ByUser,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            callback=file_to_write,
            help="写入的文件（JSON） / where to write it, as JSON",
        ),
    ],
    store: InStore = None,
    role: Annotated[
        str | None, typer.Option("--role", metavar="ROLE", help="接收方角色，如 education / the recipient's role")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option("--organisation", metavar="NAME", help="接收单位 / the recipient organisation")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="PURPOSE", help="目的，如 schooling / for what, as schooling")
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option(
            "--basis",
            metavar="BASIS",
            help="依据：consent、statutory_duty、mandatory_report / the ground: consent, statutory_duty or mandatory_report",
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="FILE", help="本地共享规则（TOML） / a county's own sharing rules, TOML"),
    ] = None,
    override: Annotated[
        str | None,
        typer.Option(
            "--override",
            metavar="REASON",
            help="规则或同意不允许、或不归本地负责时仍提供的理由 / why it is given although rules, consent or the division in charge do "
            "not allow it",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field", metavar="PATH", help="随 --override 另外提供的事实 / a further fact to give, with --override"
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="写出整份档案，含全部个人信息 / write the whole file with all personal data"),
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="随 --whole 写明用途 / with --whole: what it is for")
    ] = None,
    on: Annotated[
        dt.date | None,
        typer.Option("--on", parser=day, metavar="DATE", help="哪天的情况；默认今天 / the day; today if left out"),
    ] = None,
    acting: MaybeActing = None,
    lang: InLang = Lang.ZH,
) -> None:
    """按角色和目的提供档案（最小必要），或写出整份档案。Give out what a role and purpose allow, or the whole file."""
    with contained(), open_store(store, lang.value) as opened, OwnersFile.opened(out) as file:
        when = on or opened.today()
        if whole:
            document, given, withheld, number = _whole(opened, ref, reason, by, when, acting, override)
        else:
            asked = {"--role": role, "--organisation": organisation, "--purpose": purpose, "--basis": basis}
            lacking = [name for name, value in asked.items() if not value]
            if lacking:
                fail(
                    Text(
                        f"请写明 {'、'.join(lacking)}；整份档案用 --whole --reason",
                        f"give {', '.join(lacking)}; for the whole file use --whole --reason",
                    )
                )
            from kinderguard.casefile import Override, Recipient, SharingRules

            chosen = SharingRules.default() if rules is None else SharingRules.from_toml(rules)
            if override is None:
                _check_fields(field or (), chosen, str(role), str(purpose))
            # mypy cannot tell what the converter ``tuple`` takes.
            forced = None if override is None else Override(override, tuple(field or ()))  # type: ignore[arg-type]
            shared = opened.share(
                ref,
                recipient=Recipient(str(role), str(organisation)),
                purpose=str(purpose),
                basis=str(basis),
                by=by,
                override=forced,
                on=when,
                rules=chosen,
                acting=acting,
            )
            document, given, withheld, number = (
                shared.to_dict(),
                list(shared.facts),
                list(shared.withheld),
                shared.entry,
            )
        file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n", recorded=_recorded(number))
        text = Text(
            f"已提供 {len(given)} 项事实，未提供 {len(withheld)} 项；已记为第 {number} 条。{out} 含个人信息，只有您能读取",
            f"{len(given)} facts given, {len(withheld)} withheld; recorded as entry {number}. {out} holds personal data, for "
            "you alone to read",
        )
        typer.echo(text.in_(lang.value))
        doubt = None if whole else _doubt_of_user(opened, ref, by, acting)
        if doubt is not None:
            say(doubt.in_(lang.value))
            raise typer.Exit(WITH_PROBLEMS)


def _recorded(number: int) -> Text:
    return Text(
        f"；提供已记为第 {number} 条，该条仍在，但接收方未得到完整内容",
        f"; the giving out stays recorded as entry {number}, but the recipient was not given all of it",
    )


def _doubt_of_user(store: "CaseStore", ref: str, by: str, acting: str | None) -> Text | None:
    """What looks wrong where a user of a division that the file never spoke of gives something out of it."""
    from kinderguard.casefile import EntryKind, NewEntry
    from kinderguard.casefile.moving.charge import doubt_of_user

    today = store.today()
    given = NewEntry(ref, EntryKind.DECISION, {}, today, by=by, acting=acting)
    if doubt_of_user(given, store.entries(ref), today, store._users) is None:
        return None
    return Text(
        f"注意：档案 {ref} 从未涉及用户 {by} 所属的行政区划；请核对是否拿错了档案。已提供的记在档案中，不能收回",
        f"Note: file {ref} never spoke of the division that user {by} belongs to; see whether it is the wrong file. What was "
        "given stays recorded in the file and cannot be taken back",
    )


def _check_fields(fields: Iterable[str], rules: "SharingRules", role: str, purpose: str) -> None:
    """Refuse a further fact that the role is not given anyway: without an override it would silently be left out."""
    lacking = [each for each in fields if not rules.allows(role, purpose, each)]
    if lacking:
        fail(
            Text(
                f"{'、'.join(lacking)} 不在该角色和目的可得的范围内；未提供任何内容。请去掉 --field，或用 --override 写明理由",
                f"{', '.join(lacking)} is nothing that this role is given for this purpose; nothing was given. Leave --field out, or "
                "say why with --override",
            )
        )


def _whole(
    store: "CaseStore", ref: str, reason: str | None, by: str, on: dt.date, acting: str | None, override: str | None
) -> tuple[dict[str, Any], list[str], list[str], int]:
    """The whole file, and the entry that says that it was written out."""
    from kinderguard.casefile.giving.whole import whole_file

    if not (reason or "").strip():
        fail(Text("写出整份档案须用 --reason 写明用途", "to write the whole file, say what it is for with --reason"))
    entry, facts = whole_file(store, ref, reason=str(reason), by=by, on=on, acting=acting, override=override)
    shown = {"ref": ref, "on": on.isoformat(), "entry": entry.number, "facts": dict(facts)}
    return shown, list(facts), [], entry.number


#: The last entry as ``verify`` prints it.
_HEAD = re.compile(r"\s*[0-9]{1,18}:[0-9a-fA-F]{64}\s*\Z")


@files.command(name="verify")
def verify_store(
    store: InStore = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="NUMBER:HASH",
            help="以前记下的末条，可查出其后是否改写过 / the last entry as noted before: finds out whether history was rewritten",
        ),
    ] = None,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="由记录重建查找用的各表，再核验；记录本身不变 / make the tables by which files are found anew from the entries, then "
            "check; the entries stay as they are",
        ),
    ] = False,
    lang: InLang = Lang.ZH,
) -> None:
    """核验记录链：改动、缺失、调换的记录都会指出。Check the chain: changed, missing or reordered entries are named."""
    with contained(), open_store(store, lang.value) as opened:
        from kinderguard.casefile import Head

        remembered = None
        if head is not None:
            number, _, mark = head.strip().partition(":")
            if not _HEAD.match(head):
                fail(
                    Text(
                        "--head 写作 条号:摘要，摘要为 64 位十六进制数字，与 verify 所示一致；所写的不完整，未作核验",
                        "--head is written NUMBER:HASH with a hash of 64 hex digits, as verify prints it; what was given is not "
                        "whole, and nothing was checked",
                    )
                )
            remembered = Head(int(number), mark.lower())
        if rebuild:
            count = opened.rebuild()
            typer.echo(
                Text(f"已由记录重建 {count} 份档案的查找表", f"tables made anew for {count} files").in_(lang.value)
            )
        report = opened.verify(remembered)
        typer.echo(
            Text(
                f"{report.entries} 条记录，{report.files} 份档案，已删除内容 {report.erased} 条："
                + ("完好" if report.ok else f"{len(report.problems)} 处不符"),
                f"{report.entries} entries of {report.files} files, {report.erased} erased: "
                + ("all in order" if report.ok else f"{len(report.problems)} faults"),
            ).in_(lang.value)
        )
        mark = f"{report.head.number}:{report.head.hash}"
        typer.echo((Text("末条（请另行记下）：", "Last entry (note it elsewhere): ") + same(mark)).in_(lang.value))
        for problem in report.problems:
            typer.echo(f"  {problem.where} {in_commands(problem.message).in_(lang.value)}")
        if report.findings:
            typer.echo(Text("并非损坏，但须核对：", "No damage, but to be looked at:").in_(lang.value))
        for finding in report.findings:
            typer.echo(f"  {finding.where} {in_commands(finding.message).in_(lang.value)}")
        raise typer.Exit(WITH_PROBLEMS if report.problems or report.findings else DONE)
