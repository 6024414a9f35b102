"""Checks of parameters: source and unit, dates, gaps; and that no amount goes through a float."""

import ast
import datetime as dt
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from kinderguard.model.text import Text
from kinderguard.packs.valueless import valueless
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import NUMBER
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.testing.conformance.locating import SourceFile, called
from kinderguard.testing.conformance.registry import Found, Needs, check
from kinderguard.testing.conformance.results import Finding, Note
from kinderguard.testing.conformance.rules import wrong_reading
from kinderguard.testing.conformance.subject import Subject

_ONE_DAY = dt.timedelta(days=1)
#: From here on a ratio looks like a number of per cent.
_MANY_TIMES = 10


@check(
    "parameter_sources",
    title=Text("每个参数都有来源和单位", "every parameter has its source and unit"),
    protects=Text(
        "没有来源的数字，无法复核；没有单位的数字，会被当作别的单位使用。",
        "A number without a source cannot be checked; one without a unit is taken for another.",
    ),
    mend=Text(
        'values = [{ value = "600.00", source = "文件名称和文号", trust = "government", … }]；kind 用 months、years、persons，或写明 unit',
        'values = [{ value = "600.00", source = "document with its number", trust = "government", … }]; kind is months, '
        "years or persons, or give a unit",
    ),
)
def parameter_sources(subject: Subject) -> Found:
    """A source for each value and floor, and a unit where the kind does not say it."""
    for parameter in subject.parameters:
        for value in _values(parameter):
            if (wrong := wrong_reading(subject, value.trust, value.checked_on)) is not None:
                yield Finding(
                    Text(
                        f"{parameter.code} 的一个值（{value.source}）",
                        f"a value of {parameter.code} ({value.source}): ",
                    )
                    + wrong[0],
                    wrong[1],
                    **subject.at_parameter(parameter, value.source),
                )
            if not value.source.strip():
                yield Finding(
                    Text(f"{parameter.code} 的一个值没有来源", f"a value of {parameter.code} has no source"),
                    Text("填写 source（文件名称和文号）", "give its source: the document with its number"),
                    **subject.at_parameter(parameter, "source"),
                )
        # A ratio needs no unit; a plain number does.
        if parameter.kind == NUMBER and not parameter.unit and _declared_as_number(subject, parameter):
            yield Finding(
                Text(f"{parameter.code} 是数，但没有单位", f"{parameter.code} is a number without a unit"),
                Text(
                    '写明 unit，如 unit = "次"；比例用 kind = "ratio"，月数、年数、人数用 kind = "months"、"years"、"persons"',
                    'give unit = "visits"; a share is of kind = "ratio", and months, years or persons are of kind = "months", '
                    '"years" or "persons"',
                ),
                **subject.at_parameter(parameter, "kind"),
            )  # fmt: skip
        yield from _large_ratios(subject, parameter)


def _large_ratios(subject: Subject, parameter: Parameter) -> Iterator[Note]:
    """Ratios that somebody may have meant as so many per cent: some standards are many times another, so none is a fault."""
    whole = parameter if subject.overlay is None else subject.overlay.rules.parameters[parameter.code]
    if whole.kind != NUMBER or whole.unit or _declared_as_number(subject, parameter):
        return
    for value in _values(parameter):
        times = value.value
        if isinstance(times, int) and times >= _MANY_TIMES:
            yield Note(
                Text(
                    f'{parameter.code} 的一个值是 {times}，即{times}倍；若指百分之{times}，请写作 "{times}/100"',
                    f'a value of {parameter.code} is {times}, that is {times} times; if {times} per cent is meant, write "{times}/100"',
                )
            )  # fmt: skip


def _values(parameter: Parameter) -> Iterator[ParameterValue]:
    yield from parameter.values
    if parameter.floor is not None:
        yield parameter.floor


def _declared_as_number(subject: Subject, parameter: Parameter) -> bool:
    """Whether the file says ``kind = "number"``: once read, a ratio is the same kind."""
    for file in subject.sources.toml:
        body = _toml(file).get(parameter.code)
        if isinstance(body, dict) and "kind" in body:
            return bool(body["kind"] == "number")
    return False


def _toml(file: SourceFile) -> dict[str, Any]:
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError:
        return {}


@check(
    "parameter_dates",
    title=Text("每个参数值都有日期", "every value of a parameter has a date"),
    protects=Text(
        "没有日期的标准，无人知道是否仍然有效。",
        "Nobody knows whether a standard without a date still holds.",
    ),
    mend=Text(
        "填写 from（起始日期）；来源没有写明的，填写 checked_on（查阅日期）",
        "give from, the first day; where the source does not state it, checked_on, the day on which it was read",
    ),
)
def parameter_dates(subject: Subject) -> Found:
    """From when it holds; or, where the source does not say, when the source was read."""
    for parameter in subject.parameters:
        for value in _values(parameter):
            if value.period.start is None and value.checked_on is None:
                place = value.place or "cn"
                yield Finding(
                    Text(f"{parameter.code}（{place}）的值没有日期", f"a value of {parameter.code} at {place} has no date"),
                    Text("填写 from = 2025-07-01，或 checked_on = 2025-09-01", "give from = 2025-07-01, or checked_on = 2025-09-01"),
                    **subject.at_parameter(parameter, value.source),
                )  # fmt: skip


@check(
    "parameter_gaps",
    title=Text("参数在时间上没有空缺和重叠", "parameters have no gap and no overlap in time"),
    protects=Text(
        "没有值或空缺的日子里，金额变成未知；重叠的日子里，不知道用哪个值。",
        "Without a value, or in a gap, the amount is unknown; in an overlap nobody knows which value holds.",
    ),
    mend=Text(
        "使前一个值的 until 是后一个值 from 的前一天",
        "let the until of one value be the day before the from of the next",
    ),
)
def parameter_gaps(subject: Subject) -> Found:
    """One value after another at each place, and from the first day of each rule that reads it; and a value at all."""
    for parameter in subject.parameters:
        by_place: dict[str, list[ParameterValue]] = {}
        for value in parameter.values:
            by_place.setdefault(value.place, []).append(value)
        for place, values in by_place.items():
            for a, b in pairwise(sorted(values, key=lambda v: v.period.start or dt.date.min)):
                if a.period.end and b.period.start and b.period.start > a.period.end + _ONE_DAY:
                    first, last = a.period.end + _ONE_DAY, b.period.start - _ONE_DAY
                    yield Finding(
                        Text(f"{parameter.code}（{place or 'cn'}）在 {first} 至 {last} 之间没有值", f"{parameter.code} at {place or 'cn'} has no value from {first} to {last}"),
                        Text("补上这段时间的值，或修改前后的日期", "give the value of these days, or mend the dates beside them"),
                        **subject.at_parameter(parameter, b.source),
                    )  # fmt: skip
    yield from _late_beginnings(subject)
    assert subject.pack is not None
    for one in valueless(subject.pack, subject.parameters):
        if one.sure:
            yield Finding(one.message, one.mend, **subject.at_parameter(one.parameter))
        else:
            yield Note(one.message)


def _late_beginnings(subject: Subject) -> Iterator[Finding]:
    """Own parameters that begin after a rule that reads them, or end before it does."""
    from kinderguard.rules.boundaries import parts_of

    own = {p.code: p for p in subject.parameters if p.kind is not None}
    here = subject.place or ""
    for rule in subject.rules:
        read = {m.code for _, e in parts_of(rule) for m in n.walk(e.node) if isinstance(m, n.Param)}
        for code in sorted(read & own.keys()):
            periods = [v.period for v in own[code].values if v.place == here]
            starts, ends = [p.start for p in periods], [p.end for p in periods]
            begins, stops = rule.effective.start, rule.effective.end
            if not periods:
                continue  # told as one that has no value
            first = None if None in starts else min(s for s in starts if s)
            last = None if None in ends else max(e for e in ends if e)
            if begins and first and first > begins:
                yield _uncovered(subject, own[code], rule.code, f"{begins}", f"{first - _ONE_DAY}")
            if last and (stops is None or last < stops):
                yield _uncovered(subject, own[code], rule.code, f"{last + _ONE_DAY}", f"{stops or '…'}")


def _uncovered(subject: Subject, parameter: Parameter, rule: str, first: str, last: str) -> Finding:
    return Finding(
        Text(f"{rule} 用到 {parameter.code}，但它在 {first} 至 {last} 没有值", f"{rule} reads {parameter.code}, which has no value from {first} to {last}"),
        Text("补上这段时间的值，或修改规则的生效日期", "give the value of these days, or mend the dates of the rule"),
        **subject.at_parameter(parameter),
    )  # fmt: skip


# ---- exact money ------------------------------------------------------------------------------------------------

#: Calls that turn a float into something exact-looking, wherever they stand.
_EXACT_MAKERS = {"yuan", "ratio", "Fraction", "Decimal", "fen", "as_yuan"}


@check(
    "exact_money",
    title=Text("金额和比例不经过浮点数", "no amount and no ratio goes through a float"),
    protects=Text(
        "浮点数不精确：0.1+0.2 不等于 0.3，差额会落到家庭头上。",
        "Floats are not exact: 0.1 + 0.2 is not 0.3, and the family is short by the difference.",
    ),
    mend=Text(
        '金额写作文本 r.yuan(\'272.40\')，比例写作 r.ratio(30, 100) 或 Fraction(1, 3)，TOML 中写 "600.00" 和 "3/2"',
        'write money as text, r.yuan("272.40"); shares as r.ratio(30, 100) or Fraction(1, 3); in TOML "600.00" and "3/2"',
    ),
    needs=Needs.NOTHING,
)
def exact_money(subject: Subject) -> Found:
    """Float literals and true division where rules are written, and floats in TOML."""
    for file in subject.sources.python:
        for line, shown in sorted(_inexact(file.tree)):
            yield Finding(
                Text(f"使用了浮点数：{shown}", f"a float is used: {shown}"),
                Text("写成文本、r.ratio 或 Fraction", "write text, r.ratio or Fraction instead"),
                file.shown,
                line,
            )
    for file in subject.sources.toml:
        for code, body in _toml(file).items():
            for number in _floats(body):
                place = subject.sources.parameter(code, file.path.name, str(number))
                yield Finding(
                    Text(f"{code} 使用了浮点数 {number}", f"{code} has the float {number}"),
                    Text('金额写作 "600.00"，比例写作 "3/2"', 'write money as "600.00", a ratio as "3/2"'),
                    *place,
                )


def _inexact(tree: ast.AST) -> set[tuple[int, str]]:
    """Lines where a float is made or used in rules: at the outermost level, and in calls that make amounts anywhere."""
    found: set[tuple[int, str]] = set()
    for node, inside in _with_depth(tree, False):
        if isinstance(node, ast.Call) and (not inside or called(node.func) in _EXACT_MAKERS):
            given = [*node.args, *(k.value for k in node.keywords)]
            found |= {(a.lineno, ast.unparse(a)) for a in given if _is_float(a)}
        elif isinstance(node, ast.BinOp) and not inside:
            found |= {(a.lineno, ast.unparse(node)) for a in (node.left, node.right) if _is_float(a)}
    return found


def _with_depth(node: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it stands in the body of a function: there a provider may reckon distances."""
    yield node, inside
    deeper = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for child in ast.iter_child_nodes(node):
        yield from _with_depth(child, deeper)


def _is_float(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=float()):
            return True
        case ast.UnaryOp(operand=operand):
            return _is_float(operand)
        case ast.Call(func=ast.Name(id="float")):
            return True
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _is_whole(left) and _is_whole(right)
        case ast.BinOp(left=left, right=right):
            return _is_float(left) or _is_float(right)
    return False


def _is_whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _floats(each)
    elif isinstance(value, list):
        for each in value:
            yield from _floats(each)
