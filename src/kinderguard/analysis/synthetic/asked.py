"""What the caller asks for, checked before anything is drawn: the number, the seed, the day, the divisions."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from kinderguard.analysis.synthetic.shares import shares
from kinderguard.model.errors import FieldValueError, ToldError
from kinderguard.model.places import check_division
from kinderguard.model.text import Text

#: The first day of an assessment for which nobody, grandparents included, is born before 1900.
FIRST_DAY = dt.date(2000, 1, 1)


class SynthesisError(ToldError, ValueError):
    """Children that cannot be made as asked; ``text`` says what was wrong and what to write, in both languages."""


@attrs.frozen
class Places:
    """The divisions of a population, and the weight of each."""

    codes: tuple[str, ...]
    weights: tuple[Fraction, ...]


def whole_number(name: str, value: Any, most: int | None = None) -> int:
    """``value`` itself, where it is a whole number from 0, to ``most`` at most.

    Raises:
        SynthesisError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        what = f"{value}" if isinstance(value, int) else f"a {type(value).__name__}"
        raise SynthesisError(
            Text(f"{name} 应为不小于 0 的整数，例如 {name}=1000", f"{name} is a whole number from 0, not {what}.")
        )
    if most is not None and value > most:
        raise SynthesisError(
            Text(f"{name} 应为 0 至 {most} 的整数", f"{name} is a whole number from 0 to {most}, not {value}.")
        )
    return value


def assessment_day(value: Any) -> dt.date:
    """``value`` itself, where it is a day that has come and is not before ``FIRST_DAY``.

    Raises:
        SynthesisError: it is not.
    """
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date) or not FIRST_DAY <= value <= dt.date.today():
        raise SynthesisError(
            Text(
                f"as_of 应为 {FIRST_DAY} 至今天的日期，例如 date(2025, 9, 1)",
                f"as_of is a date from {FIRST_DAY} to today, such as date(2025, 9, 1): facts of days that have not come "
                "are refused by Case.",
            )
        )
    return value


def places(divisions: Iterable[str] | Mapping[str, Any] | None) -> Places:
    """The divisions asked for, or those of the parameter file.

    Raises:
        SynthesisError: no division, one that is no county's code, or a weight that is none.
    """
    if divisions is None:
        default = shares().shares("divisions")
        return Places(default.values, tuple(map(Fraction, default.shares)))
    if isinstance(divisions, str) or not isinstance(divisions, Iterable):
        raise SynthesisError(
            Text(
                "divisions 应为代码列表或“代码→权重”的映射，例如 ['330106']",
                "divisions is a list of codes or a mapping from code to weight, as in ['330106'] or {'330106': 2}.",
            )
        )
    weights = dict(divisions) if isinstance(divisions, Mapping) else dict.fromkeys(divisions, 1)
    found = {_county(code): _weight(code, weight) for code, weight in weights.items()}
    if not found or not sum(found.values()):
        raise SynthesisError(
            Text("至少要有一个权重大于 0 的行政区划", "At least one division with a weight above 0 is needed.")
        )
    return Places(tuple(found), tuple(found.values()))


def _county(code: Any) -> str:
    try:
        if not isinstance(code, str):
            raise FieldValueError("应为文字", "it must be text")
        digits = check_division(code)
        if len(digits) != 6:
            raise FieldValueError("应为 6 位县级代码", "a county's code has 6 digits")
    except FieldValueError as error:
        raise SynthesisError(
            Text(f"行政区划 {code!r}：{error.text.zh}", f"The division {code!r} cannot be used: {error.text.en}.")
        ) from None
    return digits


def _weight(code: str, weight: Any) -> Fraction:
    right = isinstance(weight, int | float | Decimal | Fraction) and not isinstance(weight, bool)
    if not right or not math.isfinite(weight) or weight < 0:
        raise SynthesisError(
            Text(
                f"行政区划 {code} 的权重应为不小于 0 的数",
                f"The weight of division {code} is a number from 0, such as 2 or 0.25.",
            )
        )
    return Fraction(weight)
