"""A row as what it is compared by: keys of names, dates as far as known, divisions by level, pieces of addresses.

Called by ``link`` once for each row, before anything is compared. What a row does not say stays out; nothing is
guessed. The prepared columns identify people: they live in memory only and are never shown.
"""

import re
from collections.abc import Iterable
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.model.people import Person
from kinderguard.model.personal import Personal
from kinderguard.survey.linking.names import NameKeys, name_keys, plain_name

#: What an address begins with and most rows of a ledger share: province, city, county.
_WIDER = re.compile(
    r"^(?:[^省区]{2,8}?(?:省|自治区))?"
    r"(?:[^市盟县区旗镇乡村]{1,8}?(?:市|自治州|州(?![市镇乡村])|盟))?"
    r"(?:[^县区旗市镇乡村]{1,8}?(?:县|(?<![社小园])区|旗|市))?"
)
_NOT_ADDRESS = re.compile(r"[\s,，、.。·\-—()（）#]+")
_LISTS = frozenset(
    [*(f"{who}_{part}" for who in ("name", "father", "mother") for part in ("tones", "sounds", "turned", "open", "shorter")),
     "guardian", "guardian_tones", "guardian_kin", "phones", "address",
     "division_village", "division_township", "division_county"]
)  # fmt: skip


def is_list(column: str) -> bool:
    """Whether a prepared column holds lists of texts; otherwise it holds texts."""
    return column in _LISTS


def prepare(case: Case) -> dict[str, Any]:
    """The columns of one row. What is unknown is None.

    Raises:
        ModuleNotFoundError: pypinyin is not installed.
    """
    child = case.child
    name = _keys(child.name)
    row: dict[str, Any] = {
        "resident_id": _text(child.resident_id),
        "sex": None if child.sex is None else child.sex.value,
        **_named("name", name),
        "name_sound": None if name is None else name.sound,
        "name_characters": None if name is None else name.characters,
        "surname_sound": None if name is None else name.sound.split(" ")[0],
        "given_sound": None if name is None else name.sound.partition(" ")[2] or None,
        **_born(child.birth_date),
        **_parent("father", case.father),
        **_parent("mother", case.mother),
        **_guardians(case),
        **_phones(case),
        **_places(case),
    }
    return row


def _text(value: Personal | None) -> str | None:
    return None if value is None else value.reveal()


def _keys(name: Personal | None) -> NameKeys | None:
    return None if name is None else name_keys(name.reveal())


def _list(values: Iterable[str]) -> list[str] | None:
    """The values once each, or None where there are none: an empty list would say that there is nothing in common."""
    return list(dict.fromkeys(values)) or None


def _named(column: str, keys: NameKeys | None) -> dict[str, Any]:
    return {
        column: None if keys is None else keys.plain,
        **{
            f"{column}_{part}": None if keys is None else _list(getattr(keys, part))
            for part in ("tones", "sounds", "turned", "open", "shorter")
        },
    }


def _born(day: PartialDate | None) -> dict[str, Any]:
    month = None if day is None or day.month is None else f"{day.year:04d}{day.month:02d}"
    exact = None if day is None or day.day is None else f"{month}{day.day:02d}"
    turned = None
    if exact is not None and int(exact[6:]) <= 12 and exact[4:6] != exact[6:]:
        turned = exact[:4] + exact[6:] + exact[4:6]
    return {
        "born": exact,
        "born_month": month,
        "born_year": None if day is None else f"{day.year:04d}",
        "born_turned": turned,
        "born_digits": None if exact is None else "".join(sorted(exact)),
    }


def _parent(who: str, parent: Person) -> dict[str, Any]:
    return {**_named(who, _keys(parent.name)), f"{who}_id": _text(parent.resident_id)}


def _guardians(case: Case) -> dict[str, Any]:
    """Guardians by name, without those whom the row knows as parents: a father would speak twice.

    ``guardian_kin`` are all adults that the row names.
    """
    parents = [plain_name(p.name.reveal()) for p in (case.father, case.mother) if p.name is not None]
    names = [key for g in case.guardians or () if (key := _keys(g.name)) is not None]
    others = [key for key in names if key.plain not in parents]
    return {
        "guardian": _list(key.plain for key in others),
        "guardian_tones": _list(toned for key in others for toned in key.tones),
        "guardian_kin": _list([*(key.plain for key in names), *parents]),
    }


def _phones(case: Case) -> dict[str, Any]:
    people: list[Person] = [case.father, case.mother, *(case.guardians or ())]
    numbers = (re.sub(r"\D", "", p.telephone.reveal()).removeprefix("86") for p in people if p.telephone is not None)
    return {"phones": _list(number for number in numbers if len(number) >= 7)}


def _places(case: Case) -> dict[str, Any]:
    home, here = case.child.registration, case.child.residence
    codes = [code for code in (home.division, here.division) if code is not None]
    addresses = [_pieces(a.reveal()) for a in (home.address, here.address) if a is not None]
    return {
        "division_village": _list(code for code in codes if len(code) == 12),
        "division_township": _list(code[:9] for code in codes if len(code) >= 9),
        "division_county": _list(code[:6] for code in codes if len(code) >= 6),
        "address": _list(piece for pieces in addresses for piece in pieces),
    }


def _pieces(address: str) -> list[str]:
    """The pairs of neighbouring characters of an address, without province, city and county."""
    text = _NOT_ADDRESS.sub("", address)
    text = _WIDER.sub("", text) or text
    return [text[i : i + 2] for i in range(len(text) - 1)] or [text]
