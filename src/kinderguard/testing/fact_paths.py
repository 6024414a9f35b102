"""Fact paths as policy cases write them: which there are, tables inside tables as dotted paths, the value at one."""

import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.errors import nearest
from kinderguard.model.record import Record
from kinderguard.model.text import Text


@cache
def known_paths(*, in_records: bool = False) -> frozenset[str]:
    """Every path that ``Case.from_facts`` takes, packs' own facts aside; a list by its own path.

    Args:
        in_records: also the facts of the records of lists (``father.situations.since``), which can be asked for.
    """
    return frozenset(_paths(Case, "", in_records))


def _paths(model: type[Record], before: str, in_records: bool) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = f"{before}{name}"
        if isinstance(field.default, Record):
            yield from _paths(type(field.default), f"{path}.", in_records)
        elif path != "extra":
            yield path
            listed = record_in(field.annotation) if in_records else None
            if listed is not None:
                yield from _paths(listed, f"{path}.", in_records)


def record_in(annotation: Any) -> type[Record] | None:
    """The model of the records of a list, by the annotation of its field."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, Record) else None
    return next((found for inner in typing.get_args(annotation) if (found := record_in(inner)) is not None), None)


def flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with dotted paths for the tables in it: TOML reads ``child.adopted = true`` as a table in a table.

    Records in a list are left as they are.
    """
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": v for inner, v in flat(value).items()}
        else:
            found[name] = value
    return found


def no_such_fact(path: str, declared: Mapping[str, Any] | None = None, *, in_records: bool = False) -> Text | None:
    """What is wrong with a path, with the nearest that exists; None where it is right.

    Args:
        path: as it was written.
        declared: the facts that packs declare at the place; None where that is not known yet, and they are let pass.
        in_records: whether facts of records are meant too.
    """
    own, known = path[:1].isdigit(), known_paths(in_records=in_records)
    if path in known or (own and (declared is None or path in declared)):
        return None
    person, _, name = path.rpartition(".")
    if name == "age" and f"{person}.birth_date" in known:
        return Text(
            f"没有事实 {path!r}：年龄由出生日期得出，请写 {person}.birth_date",
            f"there is no fact {path!r}: an age follows from the birth date; write {person}.birth_date",
        )
    near = nearest(path, declared or () if own else known)
    if near:
        return Text(f"没有事实 {path!r}，是否想写 {near!r}？", f"there is no fact {path!r}; did you mean {near!r}?")
    if own:
        return Text(
            f"没有规则包声明事实 {path!r}；请在规则包的 facts 中声明",
            f"no pack declares the fact {path!r}; declare it in the facts of the pack",
        )
    return Text(
        f"没有事实 {path!r}；路径如 child.birth_date、household.size",
        f"there is no fact {path!r}; paths are such as child.birth_date and household.size",
    )


def value_at(case: Case, path: str) -> Any:
    """The value of a fact of a case; None where it is unknown, or inside a list."""
    if path[:1].isdigit():
        space, _, name = path.partition(".")
        return case.extra.get(space, {}).get(name)
    value: Any = case
    for part in path.split("."):
        value = getattr(value, part, None)
    return value
