"""The options of a store of case files: where it is, the key that opens it, and who its users are.

The key is read from the environment alone, so that it stands in no shell history and in no list of processes; so is the table
of users, which the team sets once and no command can leave out by mistake.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from kinderguard.commands.application import fail, say
from kinderguard.commands.wording import in_commands
from kinderguard.model.text import Language, Text, same

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore, NewEntry

STORE, KEY, USERS = "KINDERGUARD_STORE", "KINDERGUARD_KEY", "KINDERGUARD_USERS"

InStore = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar=STORE,
        metavar="URL",
        help="档案库：SQLite 文件，或 postgresql:// 地址；密钥只从环境变量 KINDERGUARD_KEY 读取，用户名册从 KINDERGUARD_USERS 所指的文件读取"
        " / the store: an SQLite file, or a postgresql:// address; its key is read from the variable KINDERGUARD_KEY alone, who its"
        " users are from the file that KINDERGUARD_USERS names",
    ),
]
ByUser = Annotated[
    str,
    typer.Option("--by", metavar="CODE", help="经办人的用户代码，不写姓名 / who does it: a user's code, never a name"),
]


def given_key() -> bytes | None:
    """The key in the environment; None where there is none.

    Raises:
        KeyRefusedError: it is no key. It is not repeated.
    """
    text = os.environ.get(KEY)
    if not text:
        return None
    from kinderguard.casefile.chain.encryption import read_key

    return read_key(text)


def given_users() -> dict[str, str] | None:
    """The users in the table that the environment names; None where it names none.

    Raises:
        UsersError: it cannot be read, or does not fit.
    """
    path = os.environ.get(USERS)
    if not path:
        return None
    from kinderguard.casefile.moving.users import read_users

    return read_users(path)


@contextmanager
def open_store(url: str | None, lang: Language, *, make: bool = False) -> Iterator["CaseStore"]:
    """The store, ready to use, and closed at the end. What goes wrong with it is told in the words of the command line.

    Args:
        url: as ``--store`` gives it.
        lang: of what is said.
        make: whether a store that is not there yet is made. Reading from one by mistake would show an empty store.

    Raises:
        StoreError: it cannot be opened, or something goes wrong while it is used.
    """
    if not url:
        fail(
            Text(
                f"请用 --store 指定档案库（如 --store 档案.db），或设置环境变量 {STORE}",
                f"name the store with --store (as --store files.db), or set the variable {STORE}",
            )
        )
    from kinderguard.casefile import StoreError

    try:
        with _opened(url, lang, make) as store:
            yield store
    except StoreError as error:
        raise StoreError(in_commands(error.text)) from None


@attrs.frozen
class Kept:
    """What became of entries that were to be kept: how many were written, how many were there already, and why some were
    refused, in the words of the command line.
    """

    new: int
    before: int
    refused: tuple[Text, ...]
    #: What looks doubtful about those that were written, in the words of the command line.
    doubts: tuple[Text, ...] = ()


def keep_each(store: "CaseStore", entries: Iterable["NewEntry"]) -> Kept:
    """Keep entries of many files. One refusal, as of a file that another division is in charge of now, keeps none of the
    others out.
    """
    from kinderguard.casefile import ErasedError, MoveRefusedError

    wanted, last = tuple(entries), store.head().number
    refused: list[Text] = []
    try:
        written = list(store.append_many(wanted))
    except (MoveRefusedError, ErasedError):
        written = []
        for each in wanted:
            try:
                written += store.append_many((each,))
            except (MoveRefusedError, ErasedError) as error:
                refused.append(Text(f"档案 {each.ref}：", f"File {each.ref}: ") + in_commands(error.text))
    new = sum(entry.number > last for entry in written)
    doubts = by_text((entry.ref, doubt) for entry in written for doubt in entry.doubts)
    return Kept(new, len(written) - new, tuple(refused), doubts)


def by_text(doubts: Iterable[tuple[str, Text]]) -> tuple[Text, ...]:
    """Doubts about files, each once, with how many files it is about and which."""
    about: dict[Text, dict[str, Text]] = {}
    for ref, doubt in doubts:
        # What differs between two files' doubts of one kind is the file alone.
        about.setdefault(Text(*(t.replace(ref, "…") for t in (doubt.zh, doubt.en))), {})[ref] = doubt
    found = []
    for doubt, of in about.items():
        if len(of) == 1:
            found += [Text("注意：", "Note: ") + in_commands(own) for own in of.values()]
        else:
            who = Text(f"注意：{len(of)} 份档案（{'、'.join(of)}）：", f"Note: {len(of)} files ({', '.join(of)}): ")
            found.append(who + in_commands(doubt))
    return tuple(found)


def kept_text(kept: Kept, what: Text) -> Text:
    """What became of what was to be kept, in a line: ``what`` is what it is, with its measure word."""
    before = (
        Text(f"，此前已存 {kept.before} {what.zh}", f"; {kept.before} were kept before") if kept.before else same("")
    )
    refused = (
        Text(f"，未存 {len(kept.refused)} {what.zh}", f"; {len(kept.refused)} were refused")
        if kept.refused
        else same("")
    )
    return Text(f"新存入档案 {kept.new} {what.zh}", f"{kept.new} {what.en} kept now") + before + refused


def _opened(url: str, lang: Language, make: bool) -> "CaseStore":
    from kinderguard.casefile import CaseStore, NoStoreError

    key, users, address = given_key(), given_users(), url if "://" in url else f"sqlite:///{url}"
    try:
        return CaseStore(address, key=key, users=users, make=False)
    except NoStoreError:
        if not make:
            fail(_no_store(url))
    store = CaseStore(address, key=key, users=users)
    if key is None:
        say(
            Text(
                f"注意：新档案库未加密。如需加密，先运行 export {KEY}=$(kinderguard file new-key) 再建库；密钥须另行保管",
                f"Note: the new store is not encrypted. To encrypt one, first run export {KEY}=$(kinderguard file new-key); "
                "keep the key elsewhere",
            ).in_(lang)
        )
    return store


def _no_store(url: str) -> Text:
    """What to do where there is no store. Of an address only its kind is repeated, since it may hold a password."""
    if "://" in url and not url.startswith("sqlite"):
        return Text(
            "此数据库中没有档案库；请核对地址，或先用 kinderguard file import 建立",
            "there is no store in this database; check the address, or make it with kinderguard file import",
        )
    path = url.partition(":///")[2] or url if "://" in url else url
    return Text(
        f"没有档案库 {path}；请核对路径，或先用 kinderguard file import 建立",
        f"there is no store {path}; check the path, or make it with kinderguard file import",
    )
