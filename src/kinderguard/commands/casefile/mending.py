"""``file correct`` and ``file erase``: saying that an entry was wrong, and deleting for good what a file says.

A correction keeps what was thought before. Personal facts are taken from a file alone, since what stands on a command line
stays in shells' histories; an erasure is done only where it was confirmed.
"""

import json
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from pydantic.fields import FieldInfo

from kinderguard.commands.application import DONE, WITH_PROBLEMS, InLang, Lang, contained, examples, fail, say
from kinderguard.commands.casefile.moves import AsText, InSpite, MaybeActing, Why, tell_doubts, write_done
from kinderguard.commands.casefile.showing import FactsFile, Ref, ShownAs, files
from kinderguard.commands.store import ByUser, InStore, open_store
from kinderguard.model.case import Case
from kinderguard.model.code_names import by_value, code_named, codes_in, field_at, is_list, no_such_code
from kinderguard.model.codes import Code
from kinderguard.model.echo import shown_file
from kinderguard.model.record import field_unit
from kinderguard.model.text import Text, same


@files.command(
    name="correct",
    epilog=examples(
        "kinderguard file correct 编号 3 --fact household.size=4 --reason 登记有误 --by 330199.u1 --store 档案.db",
    ),
)
def correct_entry(
    ref: Ref,
    number: Annotated[
        int,
        typer.Argument(
            metavar="NUMBER", help="条号，见 file show --history / the entry's number, as file show --history has it"
        ),
    ],
    by: ByUser,
    reason: Why,
    fact: Annotated[
        list[str] | None,
        typer.Option(
            "--fact",
            metavar="PATH=VALUE",
            help="本应写的事实，可重复；列表等写作 JSON，null 为未知 / what it ought to have said, may be given again; lists as JSON, "
            "null for unknown",
        ),
    ] = None,
    facts: FactsFile = None,
    withdraw: Annotated[
        list[str] | None,
        typer.Option(
            "--withdraw",
            metavar="PATH",
            help="本不应写的事实，可重复 / a fact that it ought to have said nothing about; may be given again",
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="收回整条记录，如同从未写入 / take the whole entry back, as if it had never been"),
    ] = False,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """更正一条记录；此前所知仍保留。Correct an entry; what was thought before it is kept."""
    with contained():
        given = read_facts(fact or (), facts)
        if whole and given:
            fail(
                Text("--whole 收回整条记录，不能同时写事实", "--whole takes the whole entry back; leave the facts out")
            )
        with open_store(store, lang.value) as opened:
            entry = opened.correct(
                ref, number, None if whole else given, withdrawn=withdraw or (), reason=reason, by=by, acting=acting,
                override=override,
            )  # fmt: skip
        done = Text("已收回", "taken back") if whole else Text("已更正", "corrected")
        what = Text(f"档案 {ref} 第 {number} 条{done.zh}", f"Entry {number} of file {ref} is {done.en}")
        write_done(
            form, lang.value, what, ref=ref, entry=entry.number, kind=entry.kind.value, corrects=number,
            facts=sorted(given), withdrawn=True if whole else sorted(withdraw or ()),
        )  # fmt: skip
        tell_doubts(entry, lang.value)
        raise typer.Exit(WITH_PROBLEMS if entry.doubts else DONE)


def read_facts(given: Iterable[str], path: Path | None, *, as_written: str = "--fact PATH=VALUE") -> dict[str, Any]:
    """The facts of the command line and of the file; no value is repeated in what is told.

    Args:
        given: each as ``PATH=VALUE``.
        path: the JSON file.
        as_written: how one is written on this command's line.
    """
    found = from_file(path) if path is not None else {}
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not _PATH.fullmatch(name) or _LONG_NUMBER.search(name):
            fail(
                Text(
                    f"事实写作 {as_written.replace('PATH=VALUE', '路径=值')}，如 household.size=4",
                    f"a fact is written {as_written}, as household.size=4",
                )
            )
        if name in found:
            fail(Text(f"{name} 写了两次", f"{name} is given twice"))
        if _may_be_personal(name):
            fail(
                Text(
                    f"{name} 可能含个人信息，命令行会留在历史记录中；请写入 JSON 文件，用 --facts 给出",
                    f"{name} may hold personal data, and a command line stays in the shell's history: write it to a JSON file and "
                    "give that with --facts",
                )
            )
        found[name] = _value(name, value.strip())
    if "ref" in found:
        fail(
            Text(
                "档案编号（ref）不是事实，不能改写；请在命令中写明档案编号，去掉 ref",
                "the file's own number (ref) is no fact: name the file in the command, and leave ref out",
            )
        )
    return {name: _with_codes(name, value) for name, value in found.items()}


#: What a path may look like; whatever else stands in its place may be personal, and is not repeated.
_PATH = re.compile(r"[A-Za-z0-9_.]+")
_LONG_NUMBER = re.compile(r"\d{11}")


def _with_codes(name: str, value: Any) -> Any:
    """A value with its codes as a case holds them, whether their labels or their values were written."""
    field = field_at(Case, name.split("."))
    if field is None:
        return value
    codes = codes_in(field.annotation)
    if is_list(field.annotation) and isinstance(value, str):
        value = _items(name, value, codes)
    coded = by_value(field.annotation, value)
    for each in coded if isinstance(coded, list) else [coded]:
        if codes is not None and isinstance(each, str) and code_named(codes, each) is None:
            fail(same(name) + Text("：", ": ") + no_such_code(codes, each))
    return coded


def _items(name: str, text: str, codes: type[Code] | None) -> list[str]:
    """The items of a list that was written as text: codes with 、 or , between; 无 is the empty list."""
    if codes is None:
        fail(
            Text(
                f'{name} 是列表，写作 JSON，如 {name}=[{{"…": …}}]，或写入文件用 --facts 给出',
                f'{name} is a list: write it as JSON, as {name}=[{{"…": …}}], or in a file given with --facts',
            )
        )
    if text in ("无", "none"):
        return []
    return [text] if code_named(codes, text) is not None else [p.strip() for p in _BETWEEN.split(text) if p.strip()]


#: What stands between the items of a list that is written as text.
_BETWEEN = re.compile(r"[、，,;；]+")


def _may_be_personal(path: str) -> bool:
    """Whether a fact is personal text, or may hold some: a list of people, or a pack's own fact."""
    from kinderguard.casefile.giving.sharing import personal_paths

    return path[:1].isdigit() or path == "extra" or any(p == path or p.startswith(f"{path}.") for p in personal_paths())


def _value(name: str, text: str) -> Any:
    """A value as a case takes it: JSON where it looks so, 是 and 否 for a fact that is one or the other, else the text itself, from which numbers and dates are read."""
    if text[:1] not in ("[", "{", '"') and text not in ("null", "true", "false"):
        field = field_at(Case, name.split("."))
        if text in _FLAGS and field is not None and _is_flag(field):
            return _FLAGS[text]
        counted = field is not None and field_unit(field) is not None and text.isascii() and text.isdigit()
        return int(text) if counted and len(text) <= 9 else text
    try:
        return json.loads(text)
    except ValueError:
        pass  # told below, without the value
    fail(Text(f"{name} 的值不是正确的 JSON", f"the value of {name} is not valid JSON"))


#: How 是 and 否 are written beside true and false.
_FLAGS = {"是": True, "否": False, "不详": None, "未知": None}


def _is_flag(field: FieldInfo) -> bool:
    return field.annotation is bool or bool in get_args(field.annotation)


def from_file(path: Path) -> dict[str, Any]:
    """The facts of a JSON file; nothing in it is repeated in what is told."""
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        fail(
            Text(
                f'{shown_file(path.name)} 应是可读的 JSON 文件：{{"路径": 值}}',
                f'{shown_file(path.name)} should be a JSON file that can be read: {{"path": value}}',
            )
        )
    return found


@files.command(name="erase")
def erase_file(
    ref: Ref,
    by: ByUser,
    reason: Why,
    sure: Annotated[
        bool, typer.Option("--yes", help="确认删除，不可恢复 / really erase it; it cannot be undone")
    ] = False,
    acting: MaybeActing = None,
    override: InSpite = None,
    store: InStore = None,
    form: AsText = ShownAs.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """永久删除一份档案的内容；谁曾得到什么仍可查。Erase what a file says, for good; who was given what stays."""
    with contained(), open_store(store, lang.value) as opened:
        count = len(opened.entries(ref))
        if not sure:
            fail(
                Text(
                    f"档案 {ref} 有 {count} 条记录，删除后不可恢复；未删除任何内容。确认删除请加 --yes",
                    f"File {ref} has {count} {'entry' if count == 1 else 'entries'}, and an erasure cannot be undone; nothing was "
                    "erased. Add --yes to erase it",
                )
            )
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            entry = opened.erase(ref, reason=reason, by=by, acting=acting, override=override)
        erased = entry.body["entries"]
        many = "entry" if erased == 1 else "entries"
        what = Text(f"档案 {ref} 的 {erased} 条记录内容已删除", f"What {erased} {many} of file {ref} said is erased")
        write_done(
            form, lang.value, what, ref=ref, entry=entry.number, kind=entry.kind.value, on=entry.valid_from, erased=erased
        )  # fmt: skip
        for each in told:
            text = getattr(each.message, "text", None)
            say(text.in_(lang.value) if isinstance(text, Text) else str(each.message))
        raise typer.Exit(WITH_PROBLEMS if told else DONE)
