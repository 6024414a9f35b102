"""Dicts and lists that nobody writes to: what a result or a line gives, and packs' own facts in a case. They are read,
compared, copied, pickled and written as JSON as any dict or list.
"""

from typing import Any, NoReturn, SupportsIndex, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text

K = TypeVar("K")
V = TypeVar("V")


class ReadOnlyError(ToldError, TypeError):
    """A result, a line or a case was written to; the message says how to get a copy of one's own."""


def _a_result(self: Any, *_: Any, **__: Any) -> NoReturn:
    """Refuse a change.

    Raises:
        ReadOnlyError: always.
    """
    raise ReadOnlyError(
        Text(
            "评估结果不可修改；请先复制：dict(result.categories)、list(line.missing)。",
            "A result cannot be changed: make a copy first, dict(result.categories) or list(line.missing).",
        )
    )


def _a_case(self: Any, *_: Any, **__: Any) -> NoReturn:
    """Refuse a change.

    Raises:
        ReadOnlyError: always.
    """
    raise ReadOnlyError(
        Text(
            '个案不可修改；请用 case.model_copy(update={"extra": …})。',
            'A case cannot be changed: use case.model_copy(update={"extra": ...}).',
        )
    )


class ReadOnlyDict(dict[K, V]):
    """A dict that refuses to be changed.

    >>> found = ReadOnlyDict({"cn.orphan": True})
    >>> found == {"cn.orphan": True}, dict(found) | {"mine": False}
    (True, {'cn.orphan': True, 'mine': False})
    """

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _a_result
    clear = pop = popitem = setdefault = update = _a_result

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __copy__(self) -> "ReadOnlyDict[K, V]":
        return self


class ReadOnlyList(list[V]):
    """A list that refuses to be changed."""

    __slots__ = ()

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _a_result
    append = clear = extend = insert = pop = remove = reverse = sort = _a_result

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (list(self),)

    def __copy__(self) -> "ReadOnlyList[V]":
        return self


class OwnFacts(ReadOnlyDict[str, Any]):
    """Packs' own facts in a case, and each object in them."""

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _a_case
    clear = pop = popitem = setdefault = update = _a_case

    def __deepcopy__(self, memo: Any) -> "OwnFacts":
        return self  # all that is in it is as fixed

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.dict_schema()  # how the default of a field is written in a schema


class OwnList(ReadOnlyList[Any]):
    """A list in a pack's own fact."""

    __slots__ = ()

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _a_case
    append = clear = extend = insert = pop = remove = reverse = sort = _a_case

    def __deepcopy__(self, memo: Any) -> "OwnList":
        return self


def own(value: Any) -> Any:
    """What JSON can hold, as nobody can change it."""
    if isinstance(value, dict):
        return OwnFacts((name, own(inner)) for name, inner in value.items())
    return OwnList(map(own, value)) if isinstance(value, list) else value


__all__ = ["OwnFacts", "OwnList", "ReadOnlyDict", "ReadOnlyError", "ReadOnlyList", "own"]
