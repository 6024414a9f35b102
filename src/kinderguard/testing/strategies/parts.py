"""Cases and their parts: everything the model accepts, with unknowns anywhere.

Read off the model's own fields, so that a new field is generated as soon as it exists.
"""

import datetime as dt
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from kinderguard.model.case import Case
from kinderguard.model.codes import Code, DisabilityGrade, DisabilityKind, SchoolStage
from kinderguard.model.dates import PartialDate
from kinderguard.model.help import HelpReceived
from kinderguard.model.household import Household, Member
from kinderguard.model.people import Child, Disability, Guardian, Parent, Person, Situation
from kinderguard.model.personal import Personal
from kinderguard.model.places import PROVINCES
from kinderguard.model.record import Record
from kinderguard.model.resident_id import check_digit, read_resident_id

R = TypeVar("R", bound=Record)

FIRST_DAY = dt.date(1930, 1, 1)
#: No generated event lies after this day, so that none is in the future of any machine.
LAST_DAY = dt.date(2025, 12, 31)


def partial_dates(first: dt.date = FIRST_DAY, last: dt.date = LAST_DAY) -> st.SearchStrategy[PartialDate]:
    """Dates known to the day, the month or the year; month ends and leap days often.

    Args:
        first, last: the earliest and the latest day that the date can stand for begins within these.
    """
    days = st.dates(first, last) | st.sampled_from([d for d in _AWKWARD_DAYS if first <= d <= last] or [first])
    return st.builds(_to_precision, days, st.sampled_from(["day", "day", "day", "month", "year"]))


_AWKWARD_DAYS = [
    dt.date(2008, 2, 29), dt.date(2012, 2, 29), dt.date(2020, 2, 29), dt.date(2009, 2, 28), dt.date(2010, 3, 1),
    dt.date(2009, 8, 31), dt.date(2009, 9, 1), dt.date(2007, 9, 1), dt.date(2007, 8, 31), dt.date(2024, 12, 31),
    dt.date(2025, 1, 31), dt.date(2025, 2, 28), dt.date(2025, 8, 31), dt.date(2025, 9, 1), dt.date(2025, 9, 2),
]  # fmt: skip


def _to_precision(day: dt.date, precision: str) -> PartialDate:
    if precision == "day":
        return PartialDate.of(day)
    return PartialDate(day.year, day.month) if precision == "month" else PartialDate(day.year)


def amounts(largest: int = 20_000) -> st.SearchStrategy[Decimal]:
    """Yuan from nothing to ``largest``, to the fen; round amounts and the edges of a standard often."""
    fen = st.integers(0, largest * 100) | st.sampled_from([0, 1, 59999, 60000, 60001, 100000, 137600])
    return fen.map(lambda f: Decimal(f) / 100)


def divisions() -> st.SearchStrategy[str]:
    """Division codes of every level, from a few provinces, so that cases often share one."""
    return st.sampled_from(
        ["33", "3301", "330106", "330199", "330199004", "330106003", "330106003021", "2201", "220102", "71"]
    )


def personal() -> st.SearchStrategy[Personal]:
    """Invented personal text."""
    return st.text("甲乙丙丁戊己庚辛·abc0123", min_size=1, max_size=12).map(Personal)


@st.composite
def resident_ids(draw: st.DrawFn, first: dt.date = FIRST_DAY, last: dt.date = LAST_DAY) -> str:
    """Resident IDs that are valid in form; divisions end in 99, so that they are nobody's."""
    province, order = draw(st.sampled_from(sorted(PROVINCES))), draw(st.integers(0, 999))
    digits = f"{province}0199{draw(st.dates(first, last)):%Y%m%d}{order:03}"
    return digits + check_digit(digits)


def records(model: type[R], *, unknown: bool = True) -> st.SearchStrategy[R]:
    """Any record of ``model`` that the model accepts.

    Args:
        model: ``Child``, ``Situation``, ``Case`` …
        unknown: whether facts may be unknown. With False every fact is known, perhaps only to the month.
    """
    return _records(model, unknown)


@cache
def _records(model: type[Any], unknown: bool) -> st.SearchStrategy[Any]:
    fields = {name: _field(model, name, unknown) for name in model.model_fields}
    settle = next((s for base, s in _SETTLED.items() if issubclass(model, base)), None)
    facts = st.fixed_dictionaries(fields)
    if issubclass(model, Person):
        number = resident_ids() | st.none() if unknown else resident_ids()
        return st.builds(lambda f, i: model(**_of_id(f, i)), facts, number)
    return facts.map(lambda f: model(**(settle(f) if settle else f)))


def _field(model: type[Record], name: str, unknown: bool) -> st.SearchStrategy[Any]:
    field = model.model_fields[name]
    made = _SPECIAL.get((model, name)) or _SPECIAL.get((Record, name))
    value = made() if made else _of_type(field.annotation, field.metadata, unknown)
    if unknown and isinstance(field.default, Record):  # a part of which nothing at all is known
        return st.just(field.default) | value | value
    return st.none() | value if unknown and field.default is None else value


def _of_type(annotation: Any, metadata: list[Any], unknown: bool) -> st.SearchStrategy[Any]:
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        known = [a for a in inner if a is not types.NoneType]
        return _of_type(known[0], metadata, unknown)
    if origin is typing.Annotated:
        return _of_type(inner[0], metadata, unknown)
    if origin is tuple:
        return st.lists(_of_type(inner[0], [], unknown), max_size=2).map(tuple)
    if issubclass(annotation, Record):
        return _records(annotation, unknown)
    if issubclass(annotation, Code):
        return st.sampled_from(list(annotation))
    simple: dict[type, Callable[[], st.SearchStrategy[Any]]] = {
        bool: st.booleans, int: lambda: st.integers(0, 100), Decimal: amounts, PartialDate: partial_dates,
        Personal: personal, str: lambda: st.text("abcdefg.123", min_size=1, max_size=12),
    }  # fmt: skip
    return simple[annotation]()


def _extra() -> st.SearchStrategy[dict[str, dict[str, Any]]]:
    """Packs' own facts: JSON values under a division; those of ``expressions.FACTS`` mostly as they were declared."""
    leaf = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=5)
    values = st.recursive(leaf, lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(max_size=3), v, max_size=2))
    facts = st.dictionaries(st.sampled_from(["central_heating", "distance_km", "moved_in"]), values, max_size=2)
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "heating": st.booleans(), "rent": amounts().map(str), "rooms": st.integers(0, 9),
        "moved": partial_dates().map(str), "school": st.sampled_from([s.value for s in SchoolStage]),
    }  # fmt: skip
    declared = st.fixed_dictionaries({}, optional={name: value | leaf for name, value in fitting.items()})
    others = st.dictionaries(st.sampled_from(["330199", "330106"]), facts, max_size=2)
    return st.builds(lambda o, d: {**o, "330199": {**o.get("330199", {}), **d}} if d else o, others, declared)


#: Fields whose type does not say all: by model, or for every model under ``Record``.
_SPECIAL: dict[tuple[type[Record], str], Callable[[], st.SearchStrategy[Any]]] = {
    (Record, "division"): divisions,
    (Record, "resident_id"): st.none,
    (Case, "division_code"): divisions,
    (Case, "extra"): _extra,
    (Household, "size"): lambda: st.integers(1, 12),
    (HelpReceived, "policy"): lambda: st.sampled_from(
        ["cn.orphan_allowance", "cn.dibao_benefit", "330199.winter_heating"]
    ),
}


def _in_order(facts: dict[str, Any]) -> dict[str, Any]:
    since, until = facts["since"], facts["until"]
    if since and until and until.latest < since.earliest:
        return facts | {"since": until, "until": since}
    return facts


def _agreeing(facts: dict[str, Any]) -> dict[str, Any]:
    kind, grade = facts["kind"], facts["grade"]
    if kind is DisabilityKind.NONE and grade is not None:
        return facts | {"grade": DisabilityGrade.NONE}
    if grade is DisabilityGrade.NONE and kind is not None:
        return facts | {"kind": DisabilityKind.NONE}
    return facts


#: What makes drawn facts agree with one another where the model asks for it.
_SETTLED: dict[type[Record], Callable[[dict[str, Any]], dict[str, Any]]] = {
    Situation: _in_order,
    HelpReceived: _in_order,
    Disability: _agreeing,
}


def _of_id(facts: dict[str, Any], number: str | None) -> dict[str, Any]:
    if number is None:
        return facts
    said = read_resident_id(number)
    born: PartialDate | None = facts["birth_date"]
    if born is not None:
        precision = "day" if born.day else "month" if born.month else "year"
        born = _to_precision(said.birth_date, precision)
    sex = facts["sex"] and said.sex
    return facts | {"resident_id": Personal(number), "birth_date": born, "sex": sex}


def children(*, unknown: bool = True) -> st.SearchStrategy[Child]:
    """Children 儿童."""
    return records(Child, unknown=unknown)


def parents(*, unknown: bool = True) -> st.SearchStrategy[Parent]:
    """Legal parents 父母."""
    return records(Parent, unknown=unknown)


def guardians(*, unknown: bool = True) -> st.SearchStrategy[Guardian]:
    """Guardians and caregivers 监护人、受托人."""
    return records(Guardian, unknown=unknown)


def members(*, unknown: bool = True) -> st.SearchStrategy[Member]:
    """Household members 家庭成员."""
    return records(Member, unknown=unknown)


def households(*, unknown: bool = True) -> st.SearchStrategy[Household]:
    """Households 家庭."""
    return records(Household, unknown=unknown)


def cases(*, unknown: bool = True) -> st.SearchStrategy[Case]:
    """Whole cases 个案."""
    return records(Case, unknown=unknown)
