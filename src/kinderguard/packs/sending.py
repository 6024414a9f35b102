"""A book on its way to another process, as ``multiprocessing`` and ``pickle`` send it.

Called by pickle alone. A book of installed packs is loaded again where it arrives, so that their code comes from there;
packs given as values travel themselves; a book read from JSON travels as JSON.
"""

import datetime as dt
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kinderguard.model.errors import CannotTravelError
from kinderguard.model.text import Text
from kinderguard.packs.changes import Change
from kinderguard.packs.pack import Pack

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

#: Name and entry point of each installed pack.
Installed = tuple[tuple[str, str], ...]


def reduced(book: "PolicyBook") -> tuple[Callable[..., "PolicyBook"], tuple[Any, ...]]:
    """How pickle makes the book again.

    Raises:
        CannotTravelError: a pack that was given as a value holds functions, or a change does.
    """
    installed = _installed(book)
    if not installed:
        return _read_again, (book.to_json(),)
    given = tuple(s.pack for s in book.registry.sources if not s.value and s.pack is not None)
    arguments = (installed, given, book.strict, book.day, book.division, book.changes)
    try:
        pickle.dumps(arguments[1:])
    except Exception:  # noqa: BLE001  pickle raises what it likes; which function it met says nothing to whoever sends a book
        raise CannotTravelError(
            Text(
                "这本规则书带有以值给出的规则包（load(packs=…)）或改动，其中有函数（如事实提供者），不能发送到另一个进程。"
                "请在每个进程中自行 kinderguard.load()，或把函数写成模块中的具名函数。",
                "This book has a pack given as a value (load(packs=...)) or a change with functions in it, such as a fact "
                "provider's, and cannot be sent to another process. Make the book there, with kinderguard.load(), or let "
                "the functions be named ones of a module.",
            )
        ) from None
    return _loaded_again, arguments


def _installed(book: "PolicyBook") -> Installed:
    return tuple(sorted((s.name, s.value) for s in book.registry.sources if s.value))


def _read_again(text: str) -> "PolicyBook":
    from kinderguard.packs.book import PolicyBook

    return PolicyBook.from_json(text)


def _loaded_again(
    installed: Installed,
    given: tuple[Pack, ...],
    strict: bool,
    day: dt.date | None,
    division: str | None,
    changes: tuple[Change, ...],
) -> "PolicyBook":
    from kinderguard.packs.book import PolicyBook, load

    book = load(packs=given)
    if _installed(book) != installed:
        raise CannotTravelError(
            Text(
                "这本规则书所用的规则包与此处安装的不同；请在两处安装相同的规则包，或发送 book.to_json()。",
                "The packs that are installed here are not those that the book was made of. Install the same ones in both "
                "places, or send book.to_json().",
            )
        )
    return PolicyBook(book.registry, day, division, strict, changes)
