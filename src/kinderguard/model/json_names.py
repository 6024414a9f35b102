"""JSON in which an object has a name more than once: a reader would silently keep the last value, so it is refused. And
JSON text behind a byte order mark, of which a parser only says that no value begins there.

Used by whatever reads a record or a line from JSON. What is no JSON at all is left to whoever parses it, who says where.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from kinderguard.model.errors import Problem
from kinderguard.model.text import Text


def paths_given_twice(text: str | bytes | bytearray) -> list[tuple[str | int, ...]]:
    """Where a name stands again in its object; empty where none does, and where the text is no JSON."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or (len(pairs) > 1 and len({name for name, _ in pairs}) < len(pairs))

    try:
        json.loads(text, object_pairs_hook=look)
    except (ValueError, RecursionError, TypeError):
        return []
    # Paths are worked out only where there are any.
    return [*dict.fromkeys(_twice(json.loads(text, object_pairs_hook=_Pairs), ()))] if found else []


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written."""


def _twice(value: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    seen = set()
    is_object = isinstance(value, _Pairs)
    for name, inner in value if is_object else enumerate(value) if isinstance(value, list) else ():
        if is_object and name in seen:
            yield (*at, name)
        seen.add(name)
        yield from _twice(inner, (*at, name))


def given_twice(where: str) -> Problem:
    """What is said of one of them."""
    return Problem(
        "record.given_twice",
        Text(
            "同一个名称出现多次，不知以哪个为准；请只保留一个",
            "stands more than once, so which one holds is not known; give it once",
        ),
        where,
    )


def byte_order_mark(text: str | bytes | bytearray) -> Problem | None:
    """What is said of a text that begins with a byte order mark, as some editors write it; None where it does not."""
    if isinstance(text, str):
        marked = text.startswith("\ufeff")
    else:
        marked = isinstance(text, bytes | bytearray) and text.startswith(codecs.BOM_UTF8)
    if not marked:
        return None
    return Problem(
        "record.json_invalid",
        Text(
            '文字以字节顺序标记（BOM，U+FEFF）开头，JSON 不允许；请去掉：以 encoding="utf-8-sig" 读取文件，或另存为不带 BOM 的 UTF-8',
            "begins with a byte order mark (BOM, U+FEFF), which JSON does not allow; take it out: read the file with "
            'encoding="utf-8-sig", or save it as UTF-8 without BOM',
        ),
    )
