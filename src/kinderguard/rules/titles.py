"""Titles of facts by path, taken from the model: what wording, explanations and documentation call a fact."""

import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic.fields import FieldInfo

from kinderguard.model.case import Case
from kinderguard.model.household import Member
from kinderguard.model.people import Child, Parent, Person
from kinderguard.model.record import Record, field_predicate, field_question, field_title
from kinderguard.model.text import Text, same

Titles = Mapping[str, Text]

_MEMBERS = "household.members."

#: Who a fact is about: as wording puts it before a title, and as the subject of a yes-or-no fact.
_OWNERS = {
    "child": Text("儿童", "the child's"),
    "father": Text("父亲", "the father's"),
    "mother": Text("母亲", "the mother's"),
    "household": Text("家庭", "the household's"),
}
SUBJECTS = {
    "child": Text("儿童", "the child"),
    "father": Text("父亲", "the father"),
    "mother": Text("母亲", "the mother"),
    "household": Text("家庭", "the household"),
}
_DERIVED_QUESTIONS = {
    "child.lives_in_another_county": Text(
        "现居住县与户籍县是否不同", "lives in a county other than that of registration"
    )
}
_DERIVED_PREDICATES = {
    ("child.lives_in_another_county", True): Text(
        "现居住县与户籍县不同", "lives in a county other than that of registration"
    ),
    ("child.lives_in_another_county", False): Text("现居住县即户籍县", "lives in the county of registration"),
}
#: Lists of a case that are not simply "the …'s …".
_LISTS = {
    "guardians": Text("监护人", "the guardians"),
    "former_parents": Text("收养前的父母", "the parents before the adoption"),
    "help": Text("已享受的救助", "the help received"),
    "evidence": Text("已查验的材料", "the papers seen"),
    "consents": Text("已取得的同意", "the consents given"),
    "household.members": Text("家庭成员", "the household's members"),
}
#: Where a list that belongs to a record stands in the model, when only its own name is known.
_LISTS_OF_RECORDS: dict[str, type[Record]] = {
    "situations": Parent,
    "incomes": Member,
    "harms": Child,
    "risks": Child,
}


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
def _titles(model: type[Record], path: str) -> tuple[Text, ...]:
    at: type[Record] | None = model
    titles = []
    for part in path.split("."):
        name = part.split("[", 1)[0]
        field = at.model_fields.get(name) if at else None
        titles.append(field_title(field) if field else same(part))
        at = _record_in(field.annotation) if field else None
    return tuple(titles)


def path_titles(path: str) -> tuple[Text, ...]:
    """The title of each part of a path from the case; what is not in the model keeps its name."""
    return _titles(Case, path)


def fact_title(path: str, given: Titles | None = None) -> Text:
    """What a fact is called: ``father.disability.grade`` is 父亲残疾等级, the father's disability grade.

    A yes-or-no fact is called by what it asks: ``child.adopted`` is 儿童是否被收养, whether the child is adopted.
    """
    known = (given or {}).get(path) or _LISTS.get(path)
    if known:
        return known
    if path[:1].isdigit():
        return same(path)  # a pack's own fact, and nobody gave its title
    asked = _question(path)
    if asked:
        return asked
    first = path.split(".", 1)[0]
    titles = path_titles(path)
    if len(titles) == 1:
        return titles[0]
    owner = _OWNERS.get(first) or _LISTS.get(first, titles[0])
    # The last part says what it is; a list in between is worth naming ("situations: since").
    middle = (
        titles[1:-1] if len(titles) > 2 and path.split(".")[-2] in ("situations", "incomes", "harms", "risks") else ()
    )
    last = titles[-1]
    if path.startswith(_MEMBERS):
        owner, first, middle = Text("家庭成员", "the household members'"), "members", ()
    if middle and middle[-1].zh.endswith(last.zh):
        last = Text("类别", "kind")  # a situation's situation, a harm's harm
    if first in ("father", "mother"):
        last = Text(last.zh.removeprefix("父母"), last.en)
    zh = owner.zh + "".join(m.zh for m in middle) + last.zh.removeprefix(owner.zh)
    # "the household's household incomes" says it twice.
    word = last.en.removeprefix(f"{first} ")
    named = owner.en if first in _OWNERS or first == "members" else f"{owner.en}:"
    en = " ".join([named, *(f"{m.en}:" for m in middle), word])
    return Text(zh, en)


def owner_title(path: str) -> Text:
    """Whose a fact is: 父亲, "the father's"; of records in a list, nobody is named."""
    return _OWNERS.get(path.split(".", 1)[0], Text("", "the"))


def list_title(path: str, given: Titles | None = None) -> Text:
    """What a list of a case is called: ``father.situations`` is 父亲状况, the father's situations."""
    return _LISTS.get(path) or fact_title(path, given)


def own_title(model: type[Record], path: str) -> Text:
    """What a fact is called within its record: ``disability.grade`` of a member is 残疾等级."""
    return _titles(model, path)[-1]


@cache
def record_of(path: str, within: type[Record] | None = None) -> type[Record]:
    """The model of the records of a list: from the case, or ``within`` another record."""
    at: type[Record] | None = within or (_LISTS_OF_RECORDS.get(path) or Case)
    for part in path.split("."):
        field = at.model_fields.get(part) if at else None
        at = _record_in(field.annotation) if field else None
    return at or Record


@cache
def _question(path: str) -> Text | None:
    """A yes-or-no fact of a case as a question: whether the child is adopted; of records, whether each is."""
    *parts, last = (part.split("[", 1)[0] for part in path.split("."))
    subject = SUBJECTS.get(parts[0]) if parts else None
    at: type[Record] | None = Case
    listed: list[str] = []  # the way to the innermost list, if there is one
    for k, part in enumerate(parts):
        field = at.model_fields.get(part) if at else None
        at = _record_in(field.annotation) if field else None
        if at and field and not isinstance(field.default, Record):
            listed = parts[: k + 1]
    said = whether(last, at) if at else None
    if said is None or not listed:
        return whether(path, Case, subject) if subject else None
    around, one = list_title(".".join(listed)), record_of(".".join(listed))
    who = "that person" if issubclass(one, Person) else "it"
    return Text(f"{around.zh}{said.zh}", f"{around.en}: whether {who} {said.en}")


def whether(path: str, model: type[Record] = Case, subject: Text | None = None) -> Text | None:
    """A yes-or-no fact as a question about its subject (儿童是否被收养, "whether the child is adopted").

    Without a subject, what follows one (是否被收养, "is adopted"); None where the model doesn't say.
    """
    said = _DERIVED_QUESTIONS.get(path)
    if said is None:
        field = _field(path, model)
        said = field_question(field) if field else None
    if said is None or subject is None:
        return said
    return Text(f"{subject.zh}{said.zh}", f"whether {subject.en} {said.en}")


def _field(path: str, model: type[Record]) -> FieldInfo | None:
    at: type[Record] | None = model
    *parts, last = path.split(".")
    for part in parts:
        field = at.model_fields.get(part) if at else None
        at = _record_in(field.annotation) if field else None
    return at.model_fields.get(last) if at else None


@cache
def predicate(path: str, value: bool, model: type[Record] = Case) -> Text | None:
    """What a yes-or-no fact says of its subject (被收养, "is adopted"), or None where the model doesn't say."""
    derived = _DERIVED_PREDICATES.get((path, value))
    if derived:
        return derived
    field = _field(path, model)
    return field_predicate(field, value) if field else None
