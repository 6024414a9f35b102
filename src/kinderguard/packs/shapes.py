"""Plain JSON values held to the shape that they must have. Called where a book is read from a text that may be broken.

Each gives the value as what it is, or raises with what is needed and where; nothing is guessed.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from kinderguard.model.codes import Code
from kinderguard.model.errors import suggestion
from kinderguard.model.text import Text
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import type_of
from kinderguard.rules.reading import as_string, field_missing, needed, no_date, no_field

AN_OBJECT = Text("对象", "an object")

C = TypeVar("C", bound=Code)


def check_keys(data: Any, keys: Iterable[str], where: str) -> None:
    """Nothing, where it is an object with exactly these keys.

    Raises:
        DefinitionError: it is none, or a key is too many or missing.
    """
    if not isinstance(data, dict):
        raise needed(AN_OBJECT, type_of(data), where)
    keys = tuple(keys)
    for name in data:
        if name not in keys:
            raise no_field(name, keys, where)
    for name in keys:
        if name not in data:
            raise field_missing(name, where)


def as_date(data: Any, where: str) -> dt.date:
    """A day, or a ``DefinitionError``."""
    try:
        return dt.date.fromisoformat(as_string(data, where))
    except ValueError:
        raise no_date(where) from None


def as_text(data: Any, where: str) -> Text:
    """A text in both languages, or a ``DefinitionError``."""
    check_keys(data, ("zh", "en"), where)
    return Text(as_string(data["zh"], where), as_string(data["en"], where))


def as_code(codes: type[C], data: Any, where: str) -> C:
    """One of some codes, or a ``DefinitionError`` with the nearest."""
    text = as_string(data, where)
    try:
        return codes.of(text)
    except ValueError:
        known = [code.value for code in codes]
        near = suggestion(text, known)
        raise DefinitionError(
            Text(
                f"没有 {text!r}。{near.zh}可用：{'、'.join(known)}。",
                f"there is no {text!r}.{near.en} Use one of {', '.join(known)}.",
            ),
            where,
        ) from None
