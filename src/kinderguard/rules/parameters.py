"""Parameters: the numbers of the law, dated and placed, each with its source. They live in TOML beside a pack.

``param("cn.orphan.scattered_monthly")`` takes the value of the most specific division that covers the child, in
force on the day. A value that is not there is unknown, and the assessment says which one was missing.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

from kinderguard.model.errors import FieldValueError, did_you_mean
from kinderguard.model.money import as_yuan, fen, yuan
from kinderguard.model.places import check_division, prefixes
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import Period, Trust
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import BoolExpr, DateExpr, MoneyExpr, NumberExpr
from kinderguard.rules.kinds import BOOL, DATE, MONEY, NUMBER, Kind, Sort, exact

#: The kinds a parameter can have, by the word used in TOML.
PARAMETER_KINDS: dict[str, Kind] = {
    "money": MONEY,
    "ratio": NUMBER,
    "flag": BOOL,
    "date": DATE,
    "months": Kind(Sort.NUMBER, "months"),
    "years": Kind(Sort.NUMBER, "years"),
    "persons": Kind(Sort.NUMBER, "persons"),
    "number": NUMBER,
}


class _Param:
    """``param(code)`` is money; ``param.ratio``, ``.flag``, ``.day``, ``.number`` give the other kinds."""

    def __call__(self, code: str) -> MoneyExpr:
        """A parameter that is an amount of money (yuan)."""
        return MoneyExpr(n.Param(MONEY, _checked(code)))

    def ratio(self, code: str) -> NumberExpr:
        """A parameter that is an exact share or multiple, such as 3/2."""
        return NumberExpr(n.Param(NUMBER, _checked(code)))

    def number(self, code: str, unit: str = "") -> NumberExpr:
        """A parameter that is a number of ``unit`` (``"months"``, ``"years"``, ``"persons"``, or none)."""
        return NumberExpr(n.Param(Kind(Sort.NUMBER, unit), _checked(code)))

    def flag(self, code: str) -> BoolExpr:
        """A parameter that is a switch."""
        return BoolExpr(n.Param(BOOL, _checked(code)))

    def day(self, code: str) -> DateExpr:
        """A parameter that is a date."""
        return DateExpr(n.Param(DATE, _checked(code)))


def _checked(code: str) -> str:
    if not isinstance(code, str) or "." not in code:
        raise DefinitionError(
            f"A parameter's code begins with its pack's code, as in 'cn.orphan.scattered_monthly', not {code!r}."
        )
    return code


param = _Param()


@attrs.frozen
class ParameterValue:
    """One value at one place in one period. ``value`` is fen, a whole number or ratio, a flag or a date."""

    place: str
    period: Period
    value: bool | int | Fraction | dt.date
    source: str
    trust: Trust
    checked_on: dt.date | None = None
    note: str | None = None


@attrs.frozen
class Parameter:
    """A parameter: what it is, its floor if the nation sets one, and its values.

    A pack that only sets values for somebody else's parameter leaves ``title`` and ``kind`` out.
    """

    code: str
    kind: Kind | None = None
    unit: str = ""
    title: Text | None = None
    floor: ParameterValue | None = None
    values: tuple[ParameterValue, ...] = ()
    file: str = attrs.field(default="", eq=False, metadata={"code_only": True})

    def __attrs_post_init__(self) -> None:
        _refuse_overlaps(self.code, [(value, self.file) for value in self.values])

    def at(self, division: str | None, day: dt.date) -> ParameterValue | None:
        """The value of the most specific place that covers ``division`` on ``day``, or None."""
        chain = ("", *prefixes(division)) if division else ("",)
        best: ParameterValue | None = None
        for value in self.values:
            if value.place in chain and day in value.period and (best is None or len(value.place) > len(best.place)):
                best = value
        return best


def show(value: Any, kind: Kind, unit: str = "") -> Text:
    """A parameter's value as people read it."""
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if kind.sort is Sort.MONEY:
        return Text(f"{yuan(value):,}元", f"{yuan(value):,} yuan")
    if isinstance(value, dt.date):
        return Text(value.isoformat(), value.isoformat())
    words = {"months": "个月", "years": "周岁", "persons": "人"}
    return Text(f"{value}{words.get(kind.unit, '')}", f"{value} {kind.unit}".rstrip())


def parameter_value(raw: Any, kind: Kind, where: str) -> bool | int | Fraction | dt.date:
    """A value as it is written in TOML (or given in Python, exact) as the rule language keeps it; money as fen.

    Raises:
        DefinitionError: naming ``where``, for what does not fit the kind.
    """
    if isinstance(raw, float):
        raise DefinitionError(f'{where}: a float is not exact. Write money as text ("600.00") and ratios as "3/2".')
    try:
        if kind == BOOL and isinstance(raw, bool):
            return raw
        if kind.sort is Sort.MONEY and isinstance(raw, str | int | Decimal) and not isinstance(raw, bool):
            amount = fen(as_yuan(raw))
            if amount >= 0:
                return amount
        elif kind.sort is Sort.NUMBER and isinstance(raw, str | int | Fraction) and not isinstance(raw, bool):
            number = exact(Fraction(raw))
            if number >= 0 and (not kind.unit or isinstance(number, int)):
                return number
        elif kind.sort is Sort.DATE and isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
            return raw
    except (FieldValueError, ValueError, ZeroDivisionError):
        pass  # told below, with the place
    raise DefinitionError(
        f'{where}: {raw!r} is not {kind} of zero or more. Money is text ("600.00"), a ratio "3/2", a flag true or false, a date 2025-07-01.'
    )


_VALUE_KEYS = {"place", "from", "until", "value", "source", "trust", "checked_on", "note"}


def _parameter_value(data: Any, kind: Kind, place: str, where: str) -> ParameterValue:
    if not isinstance(data, dict):
        raise DefinitionError(f"{where}: a value is a table with value, source and trust.")
    for key in data:
        if key not in _VALUE_KEYS:
            raise DefinitionError(f"{where}: there is no key {key!r}.{did_you_mean(key, _VALUE_KEYS)}")
    for key in ("value", "source", "trust"):
        if key not in data:
            raise DefinitionError(f"{where}: every value states its {key}.")
    if data["trust"] not in list(Trust):
        raise DefinitionError(f"{where}: trust is one of {', '.join(Trust)}.")
    for key in ("source", "note"):
        if not isinstance(data.get(key, ""), str):
            raise DefinitionError(f"{where}: {key} is text.")
    checked_on = data.get("checked_on")
    if checked_on is not None and type(checked_on) is not dt.date:
        raise DefinitionError(f"{where}: checked_on is a date, such as 2025-07-01.")
    try:
        period = Period(data.get("from"), data.get("until"))
    except DefinitionError as error:
        raise DefinitionError(f"{where}: {error}") from None
    return ParameterValue(
        place=_place(data.get("place", place), where),
        period=period,
        value=parameter_value(data["value"], kind, where),
        source=data["source"],
        trust=Trust(data["trust"]),
        checked_on=checked_on,
        note=data.get("note"),
    )


def _place(at: Any, where: str) -> str:
    if at in ("", "cn"):
        return ""
    try:
        if isinstance(at, str):
            return check_division(at)
    except FieldValueError:
        pass  # told below
    raise DefinitionError(
        f"{where}: place is 'cn' or a division code in quotation marks, such as \"330106\", not {at!r}."
    )


def read_parameters(path: Path, *, jurisdiction: str, kinds: Mapping[str, Kind] | None = None) -> tuple[Parameter, ...]:
    """The parameters of one TOML file.

    Args:
        path: the file.
        jurisdiction: the division prefix of the pack ("" for the nation): the place of values that name none.
        kinds: kinds of parameters that other packs declare, for a file that only sets values of theirs.

    Raises:
        DefinitionError: with the file, the parameter and the mend.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DefinitionError(f"{path.name} cannot be read as TOML: {error}") from None
    return tuple(_parameter(code, body, path.name, jurisdiction, kinds or {}) for code, body in data.items())


_PARAMETER_KEYS = ("kind", "unit", "title", "floor", "values")


def _parameter(code: str, body: Any, file: str, jurisdiction: str, kinds: Mapping[str, Kind]) -> Parameter:
    where = f"{file}, {code}"
    if not isinstance(body, dict):
        raise DefinitionError(f'{where}: a parameter is a table; write ["{code}"] with quotation marks.')
    for key in body:
        if key not in _PARAMETER_KEYS:
            raise DefinitionError(f"{where}: there is no key {key!r}; use {', '.join(_PARAMETER_KEYS)}.")
    declares, title = "kind" in body, body.get("title")
    if declares and (not isinstance(body["kind"], str) or body["kind"] not in PARAMETER_KINDS):
        raise DefinitionError(f"{where}: there is no kind {body['kind']!r}; use one of {', '.join(PARAMETER_KINDS)}.")
    if not declares and code not in kinds:
        raise DefinitionError(
            f"{where}: this parameter is not declared by any pack.{did_you_mean(code, kinds)} "
            "State its kind and title to declare it here."
        )
    if not declares and "floor" in body:
        raise DefinitionError(f"{where}: only the pack that declares a parameter sets its floor.")
    if title is not None and not (isinstance(title, dict) and all(isinstance(title.get(k), str) for k in ("zh", "en"))):
        raise DefinitionError(f'{where}: a title is in both languages: title = {{ zh = "…", en = "…" }}.')
    if not isinstance(body.get("unit", ""), str):
        raise DefinitionError(f"{where}: unit is text.")
    listed = body.get("values", [])
    if not isinstance(listed, list):
        raise DefinitionError(f'{where}: values are tables, each under [["{code}".values]].')
    kind = PARAMETER_KINDS[body["kind"]] if declares else kinds[code]
    floor = body.get("floor")
    return Parameter(
        code=code,
        kind=kind if declares else None,
        unit=body.get("unit", ""),
        title=Text(title["zh"], title["en"]) if title else None,
        floor=None if floor is None else _parameter_value(floor, kind, jurisdiction, f"{where}, floor"),
        values=tuple(_parameter_value(v, kind, jurisdiction, f"{where}, value {i}") for i, v in enumerate(listed, 1)),
        file=file,
    )


def merge(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """One parameter a code: the declaration with everybody's values.

    Raises:
        DefinitionError: two declarations, a value nobody declared, two values at one place in one period, or a
            value below the floor.
    """
    merged: dict[str, Parameter] = {}
    loose: list[Parameter] = []
    for parameter in parameters:
        if parameter.kind is None:
            loose.append(parameter)
        elif parameter.code in merged:
            raise DefinitionError(
                f"{parameter.code} is declared in {merged[parameter.code].file} and in {parameter.file}."
            )
        else:
            merged[parameter.code] = parameter
    for parameter in loose:
        if parameter.code not in merged:
            near = did_you_mean(parameter.code, merged)
            raise DefinitionError(f"{parameter.file}: no pack declares {parameter.code}.{near}")
    given: dict[str, list[tuple[ParameterValue, str]]] = {}
    for parameter in (*merged.values(), *loose):
        given.setdefault(parameter.code, []).extend((value, parameter.file) for value in parameter.values)
    for code, parameter in merged.items():
        _refuse_overlaps(code, given[code])
        _refuse_below_floor(parameter, given[code])
        # In a fixed order, so that the order in which packs are loaded leaves no trace in the fingerprint.
        merged[code] = attrs.evolve(parameter, values=tuple(v for v, _ in sorted(given[code], key=_place_and_start)))
    return merged


def _place_and_start(given: tuple[ParameterValue, str]) -> tuple[str, dt.date]:
    return given[0].place, given[0].period.start or dt.date.min


def _refuse_overlaps(code: str, given: Iterable[tuple[ParameterValue, str]]) -> None:
    """Two values at one place in one period; sorted first, since the nation has thousands of counties."""
    for (a, file), (b, other) in pairwise(sorted(given, key=_place_and_start)):
        if a.place == b.place and a.period.overlaps(b.period):
            files = file if file == other else f"{file} and {other}"
            raise DefinitionError(
                f"{files}: {code} has two values at place {a.place or 'cn'!r} in one period "
                f"({a.period.text.en} and {b.period.text.en}). End the first with `until`."
            )


def _refuse_below_floor(parameter: Parameter, given: Iterable[tuple[ParameterValue, str]]) -> None:
    floor, kind = parameter.floor, parameter.kind or NUMBER
    if floor is None:
        return
    for value, file in given:
        if value.period.overlaps(floor.period) and value.value < floor.value:  # type: ignore[operator]
            raise DefinitionError(
                f"{file}: {parameter.code} at {value.place or 'cn'} is {show(value.value, kind).en}, below the national "
                f"floor of {show(floor.value, kind).en}. A county may raise it, not lower it."
            )
