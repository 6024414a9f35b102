"""The options of a store of case files: where it is, and the key that opens it.

The key is read from the environment alone, so that it stands in no shell history and in no list of processes.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kinderguard.commands.application import fail, say
from kinderguard.model.text import Language, Text

if TYPE_CHECKING:
    from kinderguard.casefile import CaseStore

STORE, KEY = "KINDERGUARD_STORE", "KINDERGUARD_KEY"

InStore = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar=STORE,
        metavar="URL",
        help="档案库：SQLite 文件，或 postgresql:// 地址；密钥只从环境变量 KINDERGUARD_KEY 读取"
        " / the store: an SQLite file, or a postgresql:// address; its key is read from the variable KINDERGUARD_KEY alone",
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
    from kinderguard.casefile.encryption import read_key

    return read_key(text)


def open_store(url: str | None, lang: Language, *, make: bool = False) -> "CaseStore":
    """The store, ready to use.

    Args:
        url: as ``--store`` gives it.
        lang: of what is said.
        make: whether a store that is not there yet is made. Reading from one by mistake would show an empty store.

    Raises:
        StoreError: it cannot be opened.
    """
    if not url:
        fail(
            Text(
                f"请用 --store 指定档案库（如 --store 档案.db），或设置环境变量 {STORE}",
                f"name the store with --store (as --store files.db), or set the variable {STORE}",
            )
        )
    key = given_key()
    path = _sqlite_file(url)
    new = path is not None and not path.exists()
    if new and not make:
        fail(
            Text(
                f"没有档案库 {path}；请核对路径，或先用 kinderguard file import 建立",
                f"there is no store {path}; check the path, or make it with kinderguard file import",
            )
        )
    from kinderguard.casefile import CaseStore

    store = CaseStore(url if "://" in url else f"sqlite:///{url}", key=key)
    if new and key is None:
        say(
            Text(
                f"注意：新档案库未加密。如需加密，先运行 export {KEY}=$(kinderguard file new-key) 再建库；密钥须另行保管",
                f"Note: the new store is not encrypted. To encrypt one, first run export {KEY}=$(kinderguard file new-key); "
                "keep the key elsewhere",
            ).in_(lang)
        )
    return store


def _sqlite_file(url: str) -> Path | None:
    """The file of an SQLite store; None for another database, or one in memory."""
    if "://" not in url:
        return Path(url)
    scheme, _, rest = url.partition(":///")
    return Path(rest.partition("?")[0]) if scheme.startswith("sqlite") and rest and rest != ":memory:" else None
