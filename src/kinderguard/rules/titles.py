"""Titles of facts by path, taken from the model: what wording, explanations and documentation call a fact."""

import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.record import Record, field_title
from kinderguard.model.text import Text, same

Titles = Mapping[str, Text]

#: Who a fact is about, as wording puts it before the fact.
_OWNERS = {
    "child": Text("儿童", "the child's"),
    "father": Text("父亲", "the father's"),
    "mother": Text("母亲", "the mother's"),
    "household": Text("家庭", "the household's"),
}
_DERIVED = {"child.lives_in_another_county": Text("现居住县与户籍县不同", "lives in a county other than that of registration")}


def _record_in(annotation: Any) -> type[Record] | None:
    """The model inside ``X``, ``X | None`` or ``tuple[X, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return annotation
    if typing.get_origin(annotation) in (tuple, typing.Union, types.UnionType, typing.Annotated):
        for inner in typing.get_args(annotation):
            found = _record_in(inner)
            if found:
                return found
    return None


@cache
def path_titles(path: str) -> tuple[Text, ...]:
    """The title of each part of a path from the case; what is not in the model keeps its name."""
    model: type[Record] | None = Case
    titles = []
    for part in path.split("."):
        name = part.split("[", 1)[0]
        field = model.model_fields.get(name) if model else None
        titles.append(field_title(field) if field else same(part))
        model = _record_in(field.annotation) if field else None
    return tuple(titles)


def fact_title(path: str, given: Titles | None = None) -> Text:
    """What a fact is called: ``father.disability.grade`` is 父亲残疾等级, the father's disability grade."""
    known = (given or {}).get(path) or _DERIVED.get(path)
    if known:
        return known
    first = path.split(".", 1)[0]
    titles = path_titles(path)
    if len(titles) == 1:
        return titles[0]
    owner = _OWNERS.get(first, titles[0])
    # The last part says what it is; a list in between is worth naming ("situations: since").
    middle = titles[1:-1] if len(titles) > 2 and path.split(".")[-2] in ("situations", "incomes", "harms", "risks") else ()
    zh = owner.zh + "".join(m.zh for m in middle) + titles[-1].zh
    en = " ".join([owner.en if first in _OWNERS else f"{owner.en}:", *(f"{m.en}:" for m in middle), titles[-1].en])
    return Text(zh, en)
