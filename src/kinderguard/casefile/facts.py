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
