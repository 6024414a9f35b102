"""Which columns a frame may have: every fact a rule may ask for, by its path, with its kind; and the lists of records."""

from functools import cache
from typing import Any, get_args, get_origin

from kinderguard.engines.frame.columns import ListKinds
from kinderguard.rules import facts as handles
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.records import Records

#: Text that rules reach only through a question of its own (``help.is_for(policy)``).
_TEXT_FACTS = {"HelpFacts": ("policy",)}


@cache
def fact_kinds() -> ListKinds:
    """The facts of a case that are values, by path, and its lists."""
    fields: dict[str, Kind] = {}
    lists: dict[str, ListKinds] = {}
    for root, handle in handles.ROOTS.items():
        _collect(type(handle), f"{root}.", fields, lists)
    for path, records in handles.LISTS.items():
        lists[path] = _records(records.handle)
    return ListKinds(fields, lists)


def _records(handle: type[handles.Handle]) -> ListKinds:
    fields: dict[str, Kind] = {}
    lists: dict[str, ListKinds] = {}
    _collect(handle, "", fields, lists)
    for name in _TEXT_FACTS.get(handle.__name__, ()):
        fields[name] = Kind(Sort.CODE)
    return ListKinds(fields, lists)


def _collect(handle: type[handles.Handle], prefix: str, fields: dict[str, Kind], lists: dict[str, ListKinds]) -> None:
    for name, listed in handles.fact_types(handle).items():
        path = f"{prefix}{name}"
        if isinstance(listed, type) and issubclass(listed, handles.Handle):
            _collect(listed, f"{path}.", fields, lists)
        elif get_origin(listed) is Records:
            record: Any = get_args(listed)[0]
            lists[path] = _records(record)
        else:
            kind = handles.field_kind(handle.model, name)
            assert kind is not None, path
            fields[path] = kind
