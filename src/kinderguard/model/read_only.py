"""A dict that nobody writes to: what a result gives. It is read, compared, copied, pickled and written as JSON as any dict."""

from typing import Any, NoReturn, TypeVar

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text

K = TypeVar("K")
V = TypeVar("V")


class ReadOnlyError(ToldError, TypeError):
    """A result was written to; the message says how to get a dict of one's own."""


class ReadOnlyDict(dict[K, V]):
    """A dict that refuses to be changed.

    >>> found = ReadOnlyDict({"cn.orphan": True})
    >>> found == {"cn.orphan": True}, dict(found) | {"mine": False}
    (True, {'cn.orphan': True, 'mine': False})
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse a change.

        Raises:
            ReadOnlyError: always.
        """
        raise ReadOnlyError(
            Text(
                "评估结果不可修改；请先复制：dict(result.categories)。",
                "A result cannot be changed: make a copy first, dict(result.categories).",
            )
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __copy__(self) -> "ReadOnlyDict[K, V]":
        return self


__all__ = ["ReadOnlyDict", "ReadOnlyError"]
