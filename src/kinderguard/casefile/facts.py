"""A case as facts by path, and back: how a file stores what is known about a child.

Used by the store. Paths are those that ``Case.from_facts`` takes: parts by dotted path, lists whole under their own path,
packs' facts as ``330199.central_heating``. The file's own number (``ref``) is no fact. Knows nothing of times.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.record import Record, field_title
from kinderguard.model.text import Text, join, same

#: The facts that say which division is in charge, the decisive one first; see ``Case.division``.
PLACES = ("division_code", "child.registration.division", "child.residence.division")


def places_in(body: Mapping[str, Any]) -> set[str]:
    """The divisions that a body of facts states."""
    facts = body.get("facts") or {}
    return {str(facts[path]) for path in PLACES if facts.get(path) is not None}


def facts_of(case: Case) -> dict[str, Any]:
    """What is known in a case, as JSON values by path.

    >>> facts_of(Case.from_facts({"household.size": 3, "child.birth_date": "2012-03", "household.aid": []}))
    {'child.birth_date': '2012-03', 'household.size': 3, 'household.aid': []}
    """
    data = case.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    data.pop("ref", None)
    extra = data.pop("extra", {})
    found = dict(_flat(Case, data, ""))
    for space, facts in extra.items():
        found |= {f"{space}.{name}": value for name, value in facts.items() if value is not None}
    return found


def leaves_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by the paths under which a file keeps them: a part that was given whole by what is in it, and one that is unknown
    by all that may be in it.

    Raises:
        InvalidRecordError: a fact is given by itself and in a whole part as well.

    >>> leaves_of({"father.disability": {"kind": "none", "grade": None}, "household.size": 3})
    {'father.disability.kind': 'none', 'father.disability.grade': None, 'household.size': 3}
    >>> leaves_of({"father.disability": None})["father.disability.kind"] is None
    True
    """
    found: dict[str, Any] = {}
    for path, value in facts.items():
        inner = dict(_leaves(path, value))
        if found.keys() & inner.keys():
            Case.from_facts(facts)  # tells which two collide
        found |= inner
    return found


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    part = None if path[:1].isdigit() else _part_at(path)
    if path == "extra" and isinstance(value, Mapping):
        for space, facts in value.items():
            yield from ((f"{space}.{name}", each) for name, each in dict(facts).items())
    elif part is not None and (value is None or isinstance(value, Mapping)):
        for name, each in (dict.fromkeys(part.model_fields) if value is None else value).items():
            yield from _leaves(f"{path}.{name}", each)
    else:
        yield path, value


def _part_at(path: str) -> type[Record] | None:
    """The part of a case that a path names as a whole; None where it names a fact, or nothing."""
    model: type[Record] | None = Case
    for name in path.split("."):
        model = None if model is None else _parts(model).get(name)
    return model


def _flat(model: type[Record], data: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    parts = _parts(model)
    for name, value in data.items():
        if name in parts:
            yield from _flat(parts[name], value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


@cache
def _parts(model: type[Record]) -> dict[str, type[Record]]:
    return {
        name: type(field.default) for name, field in model.model_fields.items() if isinstance(field.default, Record)
    }


def case_of(ref: str, facts: Mapping[str, Any]) -> Case:
    """The case that facts give; null and what is not named are unknown.

    Raises:
        InvalidRecordError: a path that does not exist, a value that does not fit, or facts that contradict each other.
    """
    return Case.from_facts({"ref": ref, **{path: value for path, value in facts.items() if value is not None}})


def title_of(path: str) -> Text:
    """What a fact is called; a pack's own fact by its path, since its pack may no longer be there.

    >>> title_of("child.schooling.stage").en
    'child: schooling: school stage'
    """
    titles: list[Text] = []
    model: type[Record] | None = Case
    for name in () if path[:1].isdigit() else path.split("."):
        if model is None or name not in model.model_fields:
            return same(path)
        titles.append(field_title(model.model_fields[name]))
        model = _parts(model).get(name)
    return join(titles, "：", ": ") if titles else same(path)
