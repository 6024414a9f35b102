"""Whom a list no longer names, as ``file import`` tells it; nothing is closed by a list.

Told is what is known to be so: the list covers a division that somebody stated, or a township that all of its rows state and
of whose children it names at least half again. Otherwise it may be another township's list, or a part of one, and only how
many files it may be about is said, with what to do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from kinderguard.commands.application import say
from kinderguard.commands.wording import in_commands
from kinderguard.model.echo import shown_file
from kinderguard.model.text import Language, Text
from kinderguard.survey import Survey
from kinderguard.survey.tables import write_csv

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, NoLongerListed

#: How many files are named.
_SHOWN = 20
_HEADS = (
    Text("档案编号", "File"), Text("名单", "List"), Text("名单日期", "List as of"), Text("档案中取自该名单的最近日期", "Last taken from it"),
)  # fmt: skip


@attrs.frozen
class Unlisted:
    """By list, the open files of the children that it no longer names.

    Attributes:
        known: where it is known what the list covers.
        doubtful: where the list may be another township's, or not whole.
        nobody: the lists that name no child at all.
        nameless: by list, how many of its children cannot be told: no ID, and not both a name and a birth date.
    """

    known: Mapping[str, Sequence["NoLongerListed"]]
    doubtful: Mapping[str, Sequence["NoLongerListed"]]
    nobody: Sequence[str]
    nameless: Mapping[str, int]


def find_unlisted(
    store: "CaseStore", survey: Survey, path: Path | None, lang: Language, *, declared: bool
) -> Unlisted | None:
    """Whom the lists of a survey no longer name, written to a table where one was asked for; None where a file that cannot be
    read keeps it from being told, which is said.

    Args:
        store: the files.
        survey: the lists.
        path: of the table.
        lang: of what is said.
        declared: whether somebody stated which division the lists cover.
    """
    from kinderguard.casefile import DamagedEntryError
    from kinderguard.casefile.filing.identity import file_of

    try:
        found = store.no_longer_listed(survey)
    except DamagedEntryError as error:
        head = Text("不能列出名单不再列有的儿童：", "Which children lists no longer name cannot be told: ")
        say((head + in_commands(error.text)).in_(lang))
        return None
    by_list: dict[str, list[NoLongerListed]] = {}
    for each in found:
        by_list.setdefault(each.source, []).append(each)
    names = {s.code: sum(s.code in child.sources for child in survey.children) for s in survey.sources}
    known = {
        code: gone
        for code, gone in by_list.items()
        if declared or (gone[0].covers is not None and len(gone) <= names[code])
    }
    if path is not None:
        rows = [
            (each.ref, each.source, each.as_of.isoformat(), each.last.isoformat())
            for gone in known.values()
            for each in gone
        ]
        write_csv(path, [head.in_(lang) for head in _HEADS], rows)
    return Unlisted(
        known,
        {code: gone for code, gone in by_list.items() if code not in known},
        [code for code, count in names.items() if not count],
        Counter(
            code for child in survey.children for code in child.sources if file_of(store._vault, child.case, {}) is None
        ),
    )


def tell_unlisted(found: Unlisted, path: Path | None, lang: Language) -> bool:
    """Say it, with a line for each list; whether there is anything to be looked at."""
    for gone in found.known.values():
        say(_told(gone, found.nameless[gone[0].source], path).in_(lang))
    for gone in found.doubtful.values():
        say(_doubted(gone).in_(lang))
    for code in found.nobody:
        say(
            Text(
                f"{code} 没有列出能读出的儿童，不能据此列出不再列有的儿童",
                f"{code} names no child that could be read, so nobody is said to be on it no longer",
            ).in_(lang)
        )
    return bool(found.known or found.doubtful)


def _told(gone: Sequence["NoLongerListed"], nameless: int, path: Path | None) -> Text:
    code, as_of, refs = gone[0].source, gone[0].as_of, [each.ref for each in gone]
    listed = ", ".join(refs[:_SHOWN]) + (" …" if len(refs) > _SHOWN else "")
    many = "file" if len(refs) == 1 else "files"
    where = (
        Text("全部写入表格请加 --no-longer-listed 文件", "for a table of all of them add --no-longer-listed FILE")
        if path is None
        else Text(f"全部见 {shown_file(path.name)}", f"all of them are in {shown_file(path.name)}")
    )
    unread = gone[0].unread
    maybe = (
        Text(
            f"（名单中有 {nameless} 名不能确定身份，可能就在其中）",
            f" (of {nameless} of its children it cannot be told who they are; they may be among them)",
        )
        if nameless
        else Text("", "")
    )
    if unread:
        maybe += Text(
            f"（名单中有 {unread} 行未能读取，可能就在其中）",
            f" ({unread} of its {'row was' if unread == 1 else 'rows were'} not read; they may be among them)",
        )
    return Text(
        f"{code}（{as_of}）不再列有 {len(refs)} 份未结案档案的儿童，均未结案，请核对：{listed}{maybe.zh}；"
        f"各档案见 kinderguard file show 编号 --history；{where.zh}",
        f"{code} of {as_of} no longer names the children of {len(refs)} open {many}; none was closed, look at them: {listed}{maybe.en}; "
        f"kinderguard file show REF --history shows each; {where.en}",
    )


def _doubted(gone: Sequence["NoLongerListed"]) -> Text:
    code, as_of, covers, count = gone[0].source, gone[0].as_of, gone[0].covers, len(gone)
    many = "file" if count == 1 else "files"
    why = (
        Text("未写明此名单覆盖哪个行政区划", "it is not said which division this list covers")
        if covers is None
        else Text(
            f"此名单只列有 {covers} 少数儿童，可能不全",
            f"this list names only few children of {covers}, and may not be whole",
        )
    )
    example = covers or "330199001"
    return Text(
        f"{code}（{as_of}）没有列出 {count} 份未结案档案的儿童，{why.zh}，因此未逐一列出；名单完整的，请加 --division 写明（如 --division {example}）"
        "再导入一次；只是一部分的，加 --partial",
        f"{code} of {as_of} does not name the children of {count} open {many}, but {why.en}, so they are not listed; if it is whole, import it "
        f"again with its division (as --division {example}); if it is a part, with --partial",
    )
