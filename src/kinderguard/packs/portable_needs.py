"""What packs say about needs, as plain JSON values and back. Called by ``portable`` where a book is written and read.

A need rule is a value, so that it travels whole; it stands beside the pack and takes no part in its fingerprint.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from kinderguard.packs.need_rules import NeedDomain, NeedRule, Qualification, Service, Urgency
from kinderguard.packs.shapes import as_code, as_text, check_keys
from kinderguard.rules.canonical import plain
from kinderguard.rules.citations import Cite
from kinderguard.rules.errors import DefinitionError, RuleError
from kinderguard.rules.reading import Reading, as_flag, as_list, as_string

_KEYS = tuple(field.name for field in attrs.fields(NeedRule))


def needs_to_plain(rules: Iterable[NeedRule]) -> list[dict[str, Any]]:
    """Every rule with all its parts, those that are empty included."""
    return [{name: plain(getattr(rule, name)) for name in _KEYS} for rule in rules]


def needs_from_plain(data: Any, where: str, reading: Reading) -> tuple[NeedRule, ...]:
    """The rules that ``needs_to_plain`` wrote.

    Args:
        data: a list.
        where: how errors name its place.
        reading: reads expressions, with the code lists of the book.

    Raises:
        DefinitionError: something that no author of a rule could have written, with what and where.
    """
    return tuple(_need(each, f"{where}[{k}]", reading) for k, each in enumerate(as_list(data, where)))


def _need(data: Any, where: str, reading: Reading) -> NeedRule:
    check_keys(data, _KEYS, where)
    when: Any = reading.expression(data["when"], f"{where}, when")  # that it is a condition is asked below
    values: dict[str, Any] = {
        "code": as_string(data["code"], f"{where}, code"),
        "domain": as_code(NeedDomain, data["domain"], f"{where}, domain"),
        "title": as_text(data["title"], f"{where}, title"),
        "urgency": as_code(Urgency, data["urgency"], f"{where}, urgency"),
        "reason": as_text(data["reason"], f"{where}, reason"),
        "services": _codes(Service, data["services"], f"{where}, services"),
        "qualifications": _codes(Qualification, data["qualifications"], f"{where}, qualifications"),
        "cites": reading.several(data["cites"], Cite, f"{where}, cites"),
        "ours": as_flag(data["ours"], f"{where}, ours"),
    }
    try:
        return NeedRule(when=when, **values)
    except RuleError as error:
        raise DefinitionError(error.text, where) from None


def _codes(codes: Any, data: Any, where: str) -> tuple[Any, ...]:
    return tuple(as_code(codes, each, f"{where}[{k}]") for k, each in enumerate(as_list(data, where)))
