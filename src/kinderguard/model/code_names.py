"""Codes as people write them: a code is named by its Chinese label, its English label or its value, and so are the choices.

Read where a person types a code (tables of offers, corrections on the command line); JSON and the API take values alone.
"""

import re
import types
import typing
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic.fields import FieldInfo

from kinderguard.model.codes import Code
from kinderguard.model.errors import nearest
from kinderguard.model.record import Record, models_within
from kinderguard.model.text import Text, join

C = TypeVar("C", bound=Code)


def code_named(codes: type[C], text: str) -> C | None:
    """The code that a text names, by its label in either language or its value; None where there is none.

    >>> from kinderguard.model.codes import SituationKind
    >>> code_named(SituationKind, "失联"), code_named(SituationKind, "contact lost"), code_named(SituationKind, "gone")
    (SituationKind.LOST_CONTACT, SituationKind.LOST_CONTACT, None)
    """
    wanted = _plain(text)
    return next((code for code in codes if wanted in {_plain(name) for name in (code.value, code.zh, code.en)}), None)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def choices(codes: type[Code]) -> Text:
    """Every code with its label: ``失联（lost_contact）、…``."""
    return join([Text(f"{code.zh}（{code.value}）", _with_value(code)) for code in codes])


def _with_value(code: Code) -> str:
    """The English label with the value behind it, unless it stands in the label already."""
    return code.en if code.en.endswith(f"({code.value})") else f"{code.en} ({code.value})"


def no_such_code(codes: type[Code], text: str) -> Text:
    """What is said of a text that names no code: the nearest one, and all there are."""
    names = {name: code for code in codes for name in (code.value, code.zh, code.en.casefold())}
    close = nearest(text.casefold(), names)
    meant = Text("", "")
    if close is not None:
        code = names[close]
        meant = Text(f"是否为“{code.zh}”（{code.value}）？", f"did you mean {_with_value(code)}? ")
    return Text("没有这个选项；", "there is no such choice; ") + meant + Text("可填：", "use one of ") + choices(codes)


def codes_in(annotation: Any) -> type[Code] | None:
    """The list of codes that a field takes its value or values from: ``X``, ``X | None``, ``tuple[X, ...] | None``."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, Code) else None
    if typing.get_origin(annotation) in (tuple, typing.Union, types.UnionType, typing.Annotated):
        return next((found for inner in typing.get_args(annotation) if (found := codes_in(inner)) is not None), None)
    return None


def is_list(annotation: Any) -> bool:
    """Whether a field holds a list: ``tuple[X, ...]``, ``tuple[X, ...] | None``."""
    if typing.get_origin(annotation) is tuple:
        return True
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return any(is_list(inner) for inner in typing.get_args(annotation))
    return False


def field_at(model: type[Record], path: Iterable[str]) -> FieldInfo | None:
    """The field that a path leads to from a record, through lists as if their numbers were not there; None where none is."""
    within: type[Record] | None = model
    field = None
    for name in path:
        if not name.isdigit():
            field = None if within is None else within.model_fields.get(name)
            within = None if field is None else _record_in(field.annotation)
    return field


def by_value(annotation: Any, value: Any) -> Any:
    """What a person wrote for a field, its codes by their values; what names no code stays, to be refused by the record."""
    if isinstance(value, list | tuple):
        return [by_value(annotation, each) for each in value]
    codes, within = codes_in(annotation), _record_in(annotation)
    if codes is not None and isinstance(value, str):
        code = code_named(codes, value)
        return value if code is None else code.value
    if within is not None and isinstance(value, Mapping):
        return by_values(within, value)
    return value


def by_values(model: type[Record], entry: Mapping[str, Any]) -> dict[str, Any]:
    """A record as a person wrote it, the codes in it by their values.

    >>> from kinderguard.model.people import Situation
    >>> by_values(Situation, {"kind": "失联", "since": "2024-05"})
    {'kind': 'lost_contact', 'since': '2024-05'}
    """
    fields = model.model_fields
    return {k: by_value(fields[k].annotation, value) if k in fields else value for k, value in entry.items()}


def _record_in(annotation: Any) -> type[Record] | None:
    return next(models_within(annotation), None)
