"""Parameters: the numbers of the law, dated and placed, each with its source. They live in TOML beside a pack.

``param("cn.orphan.scattered_monthly")`` takes the value of the most specific division that covers the child, in
force on the day. A value that is not there is unknown, and the assessment says which one was missing.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.errors import FieldValueError, suggestion
from kinderguard.model.money import LIMIT, as_yuan, fen, yuan
from kinderguard.model.places import check_division, prefixes
from kinderguard.model.text import Language, Text, same
from kinderguard.model.toml_files import read_toml, wrong_toml
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import Period, Trust
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.expression import BoolExpr, DateExpr, MoneyExpr, NumberExpr
from kinderguard.rules.kinds import BOOL, DATE, MONEY, NUMBER, Kind, Sort, as_ratio, exact
from kinderguard.rules.units import YUAN, counted_in, one_unit
from kinderguard.rules.wording import quantity

if TYPE_CHECKING:
    from kinderguard.model.view import View

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
            Text(
                f"参数的代码以所属规则包的代码开头，如 'cn.orphan.scattered_monthly'，不能是 {code!r}。",
                f"A parameter's code begins with its pack's code, as in 'cn.orphan.scattered_monthly', not {code!r}.",
            )
        )
    return code


param = _Param()


#: No value (in fen, where it is money), and neither part of a ratio, reaches this.
MOST = LIMIT * 100


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

    def __attrs_post_init__(self) -> None:
        value = self.value
        if isinstance(value, int | Fraction) and not (-MOST < value.numerator < MOST and value.denominator < MOST):
            raise DefinitionError(
                Text(
                    "参数的值超出合理范围；请核对位数。",
                    "a parameter's value is beyond any plausible one: check its digits.",
                )
            )

    @property
    def sourced(self) -> Text:
        """The source as it is printed, with its trust."""
        source = _ASSUMED if self.source == ASSUMED else same(self.source)
        return Text(f"{source.zh}（{self.trust.label.zh}）", f"{source.en} ({self.trust.label.en})")


#: The source of a value that somebody gave to see what it would do.
ASSUMED = "what-if"
_ASSUMED = Text("测算时假设的数值", "a what-if value")


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
        if self.kind is not None:
            _refuse_unit(self.code, self.kind, self.unit, self.file)

    def at(self, division: str | None, day: dt.date) -> ParameterValue | None:
        """The value of the most specific place that covers ``division`` on ``day``, or None."""
        chain = ("", *prefixes(division)) if division else ("",)
        best: ParameterValue | None = None
        for value in self.values:
            if value.place in chain and day in value.period and (best is None or len(value.place) > len(best.place)):
                best = value
        return best

    def view(self, lang: Language | None = None) -> "View":
        """Its values over time, place by place, with their sources, as a notebook shows them.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.rules.rule_view import parameter_view

        return parameter_view(self, lang)

    def _repr_html_(self) -> str:
        return self.view().html


def _refuse_unit(code: str, kind: Kind, unit: str, file: str) -> None:
    """A unit that is not what the values are counted in: nothing is ever converted."""
    where = f"{file}, {code}" if file else code
    if kind == MONEY and unit not in YUAN:
        raise DefinitionError(
            Text(
                f'金额一律以元计，不换算：不能写 unit = {unit!r}。请把值换算成元，写 unit = "yuan"（按期发放的，写 '
                '"元/月"、"元/季"、"元/学年"或"元/年"），或删去 unit；不是金额的，改正 kind。',
                f"money is in yuan and nothing is converted: it cannot have unit = {unit!r}. State the value in yuan, with "
                'unit = "yuan" ("yuan/month", "yuan/quarter", "yuan/school year" or "yuan/year" where it is for so long) '
                "or without a unit; if it is no money, correct its kind.",
            ),
            where,
        )
    if kind.sort is Sort.NUMBER and kind.unit and unit and one_unit(unit) != kind.unit:
        raise DefinitionError(
            Text(
                f"kind = {kind.unit!r} 已说明单位，不能另写 unit = {unit!r}；请删去 unit，或改正 kind。",
                f"kind = {kind.unit!r} says what it is counted in, and unit = {unit!r} something else. Take the unit out, or "
                "correct the kind.",
            ),
            where,
        )


def show(value: Any, kind: Kind, unit: str = "") -> Text:
    """A parameter's value as people read it."""
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if kind.sort is Sort.MONEY:
        return Text(f"{yuan(value):,}", f"{yuan(value):,} ") + counted_in(kind, unit)
    if isinstance(value, dt.date):
        return Text(value.isoformat(), value.isoformat())
    return quantity(value, kind if kind.unit else Kind(kind.sort, one_unit(unit)))


def parameter_value(raw: Any, kind: Kind, where: str) -> bool | int | Fraction | dt.date:
    """A value as it is written in TOML (or given in Python, exact) as the rule language keeps it; money as fen.

    Raises:
        DefinitionError: naming ``where``, for what does not fit the kind.
    """
    if isinstance(raw, float):
        raise DefinitionError(
            Text(
                '浮点数不精确。金额请写作文字（"600.00"），比例写作 "3/2"。',
                'a float is not exact. Write money as text ("600.00") and ratios as "3/2".',
            ),
            where,
        )
    try:
        if kind == BOOL and isinstance(raw, bool):
            return raw
        if kind.sort is Sort.MONEY and isinstance(raw, str | int | Decimal) and not isinstance(raw, bool):
            amount = fen(as_yuan(raw))
            if amount >= 0:
                return amount
        elif kind.sort is Sort.NUMBER and isinstance(raw, str | int | Fraction) and not isinstance(raw, bool):
            number = exact(as_ratio(raw) if isinstance(raw, str) else Fraction(raw))
            plausible = 0 <= number.numerator < MOST and number.denominator < MOST
            if plausible and (not kind.unit or isinstance(number, int)):
                return number
        elif kind.sort is Sort.DATE and isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
            return raw
    except ValueError:  # a FieldValueError is one
        pass  # told below, with the place
    given = shown_value(raw)
    if kind == NUMBER and isinstance(raw, str) and _PERCENT.fullmatch(raw.strip()):
        raise DefinitionError(
            Text(
                f'{given}：百分数写作分数，如 30% 写作 "30/100"。',
                f'{given}: a percentage is written as a fraction: 30 % is "30/100".',
            ),
            where,
        )
    raise DefinitionError(
        Text(
            f"{given} 不是{_fitting(kind).zh}。"
            '金额写作文字（"600.00"），比例写作 "3/2"，开关写作 true 或 false，日期写作 2025-07-01。',
            f"{given} is not {_fitting(kind).en}. "
            'Money is text ("600.00"), a ratio "3/2", a flag true or false, a date 2025-07-01.',
        ),
        where,
    )


_PERCENT = re.compile(r"[0-9.]+ ?[%％]")
#: So much of a wrong value is repeated.
_SHOWN = 60


def shown_value(value: Any) -> str:
    """A wrong value as an error repeats it: the beginning of a long one, the kind of one that nobody can write down."""
    try:
        text = repr(value)
    except ValueError:  # a whole number of thousands of digits
        text = type(value).__name__
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _fitting(kind: Kind) -> Text:
    """What a value of a kind has to be."""
    amount = kind.sort in (Sort.MONEY, Sort.NUMBER)
    return Text(("不小于零的" if amount else "") + kind.text.zh, kind.text.en + (" of zero or more" if amount else ""))


def misfit(value: Any, kind: Kind, where: str) -> DefinitionError:
    """The error of a value that was not read from a file and does not fit its parameter's kind."""
    return DefinitionError(
        Text(
            f"{shown_value(value)} 不是{_fitting(kind).zh}；请改正这个值。",
            f"{shown_value(value)} is not {_fitting(kind).en}. Correct this value.",
        ),
        where,
    )


_VALUE_KEYS = {"place", "from", "until", "value", "source", "trust", "checked_on", "note"}


def _parameter_value(data: Any, kind: Kind, place: str, where: str) -> ParameterValue:
    if not isinstance(data, dict):
        raise DefinitionError(
            Text("值须为表，写明 value、source 和 trust。", "a value is a table with value, source and trust."),
            where,
        )
    for key in data:
        if key not in _VALUE_KEYS:
            raise DefinitionError(_no_key(key, _VALUE_KEYS), where)
    for key in ("value", "source", "trust"):
        if key not in data:
            raise DefinitionError(
                Text(f"每个值都须写明 {key}；请补上。", f"every value states its {key}. Add it."), where
            )
    if data["trust"] not in list(Trust):
        raise DefinitionError(
            Text(
                f"trust 为 {'、'.join(Trust)} 之一，不能是 {shown_value(data['trust'])}。",
                f"trust is one of {', '.join(Trust)}, not {shown_value(data['trust'])}.",
            ),
            where,
        )
    for key in ("source", "note"):
        if not isinstance(data.get(key, ""), str):
            raise DefinitionError(_is_text(key), where)
    checked_on = data.get("checked_on")
    if checked_on is not None and type(checked_on) is not dt.date:
        raise DefinitionError(
            Text("checked_on 须为日期，如 2025-07-01。", "checked_on is a date, such as 2025-07-01."), where
        )
    try:
        period = Period(data.get("from"), data.get("until"))
    except DefinitionError as error:
        raise DefinitionError(error.text, where) from None
    return ParameterValue(
        place=_place(data.get("place", place), where),
        period=period,
        value=parameter_value(data["value"], kind, where),
        source=data["source"],
        trust=Trust(data["trust"]),
        checked_on=checked_on,
        note=data.get("note"),
    )


def _no_key(key: str, known: Iterable[str]) -> Text:
    listed, near = sorted(known), suggestion(key, known)
    return Text(
        f"没有键 {key!r}。{near.zh}可用的键：{'、'.join(listed)}。",
        f"there is no key {key!r}.{near.en} Use {', '.join(listed)}.",
    )


def _is_text(key: str) -> Text:
    return Text(f'{key} 须为文字，如 {key} = "…"。', f'{key} is text, as in {key} = "…".')


def _place(at: Any, where: str) -> str:
    if at in ("", "cn"):
        return ""
    try:
        if isinstance(at, str):
            return check_division(at)
    except FieldValueError:
        pass  # told below
    raise DefinitionError(
        Text(
            f"place 为 'cn' 或加引号的行政区划代码，如 \"330106\"，不能是 {at!r}。",
            f"place is 'cn' or a division code in quotation marks, such as \"330106\", not {at!r}.",
        ),
        where,
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
        data = read_toml(path)
    except FileNotFoundError:
        near = suggestion(path.name, [file.name for file in path.parent.glob("*.toml")])
        raise DefinitionError(
            Text("没有这个文件；请改正 Pack(parameters=…) 中的名称，或补上文件。", "there is no such file. Correct its name in Pack(parameters=…), or add the file.")
            + near,
            path.name,
        ) from None  # fmt: skip
    except OSError as error:
        raise DefinitionError(
            Text(
                f"文件无法读取（{type(error).__name__}）；请检查文件及其权限。",
                f"the file cannot be read ({type(error).__name__}). Look at the file and who may read it.",
            ),
            path.name,
        ) from None
    except ValueError as error:  # no UTF-8, or no TOML
        what = wrong_toml(error, path.read_text("utf-8-sig", errors="replace"))
        raise DefinitionError(
            Text(
                f"无法读作 TOML 文件：{what.zh}。请改正该处，并以 UTF-8 保存。",
                f"it cannot be read as TOML: {what.en}. Correct that place, and save the file as UTF-8.",
            ),
            path.name,
        ) from None
    return tuple(_parameter(code, body, path.name, jurisdiction, kinds or {}) for code, body in data.items())


def readable_parameters(
    path: Path, *, jurisdiction: str, kinds: Mapping[str, Kind] | None = None
) -> tuple[Parameter, ...]:
    """Those parameters of a TOML file that can be read, where ``read_parameters`` raises for the others.

    For whoever tells all that is wrong with a pack: one wrong value is no reason to miss the parameters beside it.

    Args:
        path, jurisdiction, kinds: as for ``read_parameters``.
    """
    try:
        data = read_toml(path)
    except (OSError, ValueError):
        return ()
    found = []
    for code, body in data.items():
        with contextlib.suppress(DefinitionError):
            found.append(_parameter(code, body, path.name, jurisdiction, kinds or {}))
    return tuple(found)


_PARAMETER_KEYS = ("kind", "unit", "title", "floor", "values")


def _parameter(code: str, body: Any, file: str, jurisdiction: str, kinds: Mapping[str, Kind]) -> Parameter:
    where = f"{file}, {code}"
    if not isinstance(body, dict):
        raise DefinitionError(
            Text(
                f'参数须为表；请写作加引号的 ["{code}"]。',
                f'a parameter is a table; write ["{code}"] with quotation marks.',
            ),
            where,
        )
    if "." not in code and (whole := _unquoted(code, body)) is not None:
        raise DefinitionError(
            Text(f'代码须加引号：请写作 ["{whole}"]。', f'a code stands in quotation marks; write ["{whole}"].'), where
        )
    for key in body:
        if key not in _PARAMETER_KEYS:
            raise DefinitionError(_no_key(key, _PARAMETER_KEYS), where)
    declares, title = "kind" in body, body.get("title")
    if declares and (not isinstance(body["kind"], str) or body["kind"] not in PARAMETER_KINDS):
        raise DefinitionError(
            Text(
                f"没有种类 {body['kind']!r}；可用：{'、'.join(PARAMETER_KINDS)}。",
                f"there is no kind {body['kind']!r}; use one of {', '.join(PARAMETER_KINDS)}.",
            ),
            where,
        )
    if not declares and code not in kinds:
        near = suggestion(code, kinds)
        raise DefinitionError(
            Text(
                f"没有规则包声明这个参数。{near.zh}如要在此声明，请写明它的 kind 和 title。",
                f"this parameter is not declared by any pack.{near.en} State its kind and title to declare it here.",
            ),
            where,
        )
    if not declares and "floor" in body:
        raise DefinitionError(
            Text(
                "只有声明参数的规则包才能设定最低标准；请删去 floor。",
                "only the pack that declares a parameter sets its floor. Take the floor out.",
            ),
            where,
        )
    own = next((key for key in ("title", "unit") if key in body), None)
    if not declares and own is not None:
        raise DefinitionError(
            Text(
                f"{code} 由别的规则包声明，{own} 由它写明；请删去 {own}。",
                f"another pack declares {code} and says its {own}. Take {own!r} out.",
            ),
            where,
        )
    if title is not None and not (isinstance(title, dict) and all(isinstance(title.get(k), str) for k in ("zh", "en"))):
        raise DefinitionError(
            Text(
                '名称须有中英文两种：title = { zh = "…", en = "…" }。',
                'a title is in both languages: title = { zh = "…", en = "…" }.',
            ),
            where,
        )
    if not isinstance(body.get("unit", ""), str):
        raise DefinitionError(_is_text("unit"), where)
    listed = body.get("values", [])
    if not isinstance(listed, list):
        raise DefinitionError(
            Text(
                f'values 须为若干表，每个写在 [["{code}".values]] 之下。',
                f'values are tables, each under [["{code}".values]].',
            ),
            where,
        )
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


def _unquoted(code: str, body: Mapping[str, Any]) -> str | None:
    """The code that was meant, where TOML took its words for tables within each other; None where it is none."""
    for key, inner in body.items():
        if isinstance(inner, dict) and key not in _PARAMETER_KEYS:
            return _unquoted(f"{code}.{key}", inner) or f"{code}.{key}"
    return None


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
                Text(
                    f"{merged[parameter.code].file} 和 {parameter.file} 都声明了这个参数；请改掉其中一个代码。",
                    f"it is declared in {merged[parameter.code].file} and in {parameter.file}. "
                    "Give one of the two another code.",
                ),
                parameter.code,
            )
        else:
            merged[parameter.code] = parameter
    for parameter in loose:
        if parameter.code not in merged:
            near = suggestion(parameter.code, merged)
            raise DefinitionError(
                Text(
                    f"没有规则包声明 {parameter.code}。{near.zh}请改正代码，或写明 kind 和 title 加以声明。",
                    f"no pack declares {parameter.code}.{near.en} Correct the code, or declare it with kind and title.",
                ),
                parameter.file,
            )
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
            at, one, two = a.place or "cn", a.period.text, b.period.text
            raise DefinitionError(
                Text(
                    f"{code} 在 {at!r} 的同一期间有两个值（{one.zh} 和 {two.zh}）。请用 `until` 结束前一个。",
                    f"{code} has two values at place {at!r} in one period ({one.en} and {two.en}). "
                    "End the first with `until`.",
                ),
                file if file == other else f"{file}, {other}",
            )


def _refuse_below_floor(parameter: Parameter, given: Iterable[tuple[ParameterValue, str]]) -> None:
    floor, kind = parameter.floor, parameter.kind or NUMBER
    if floor is None:
        return
    for value, file in given:
        if value.period.overlaps(floor.period) and value.value < floor.value:  # type: ignore[operator]  # both of its kind
            at, given_, least = value.place or "cn", show(value.value, kind), show(floor.value, kind)
            raise DefinitionError(
                Text(
                    f"{parameter.code} 在 {at} 为 {given_.zh}，低于国家最低标准 {least.zh}。"
                    f"地方可以提高，不能降低；请写 {least.zh}或更高。",
                    f"{parameter.code} at {at} is {given_.en}, below the national floor of {least.en}. "
                    f"A county may raise it, not lower it: write {least.en} or more.",
                ),
                file,
            )
