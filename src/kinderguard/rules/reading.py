"""Definitions read back from plain JSON: the mirror of ``canonical.plain``, for texts that may be broken or tampered with.

Called by the policy book when it is read from JSON. Whatever a rule's author could not have written is refused, with
what and where; nothing is guessed, and no code is run that the text brings with it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

import attrs

from kinderguard.model.codes import Code, Document, Frequency
from kinderguard.model.errors import suggestion
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.canonical import kind_from_json, node_from_json, node_to_json
from kinderguard.rules.citations import Cite, Period, Trust
from kinderguard.rules.definitions import (
    Category,
    CategoryKind,
    Check,
    DeclaredFact,
    FactProvider,
    OwnDocument,
    Policy,
)
from kinderguard.rules.errors import DefinitionError, RuleError
from kinderguard.rules.expression import Expr, expression, type_of
from kinderguard.rules.facts import LISTS, ROOTS, Handle, HelpFacts, fact_types
from kinderguard.rules.kinds import BOOL, CODE_LISTS, DATE, Kind, Sort
from kinderguard.rules.parameters import Parameter, ParameterValue, misfit
from kinderguard.rules.records import Records
from kinderguard.rules.stacking import Capped, Excludes, Keep, TopsUp

T = TypeVar("T")
C = TypeVar("C", bound=StrEnum)
#: The functions of a provider: ``one``, and ``many`` where there is one.
Functions: TypeAlias = tuple[Callable[..., Any], Callable[..., Any] | None]


def _no_functions(code: str) -> Functions:
    raise DefinitionError(
        Text(
            f"{code} 的事实提供者是程序，JSON 中没有；请安装声明它的规则包。",
            f"The provider of {code} is code, which JSON does not hold. Install the pack that declares it.",
        )
    )


@attrs.frozen(eq=False)
class Reading:
    """Reads definitions, all with the same code lists.

    Args:
        lists: the code lists by name.
        functions: gives the functions of a fact's provider, which JSON does not hold.
    """

    lists: Mapping[str, type[Code]] = CODE_LISTS
    functions: Callable[[str], Functions] = _no_functions
    #: The nodes read so far: rules share them, as they did before they were written.
    _shared: dict[n.Node, n.Node] = attrs.field(factory=dict)

    def read(self, data: Any, cls: type[T], where: str) -> T:
        """One definition.

        Args:
            data: what ``canonical.plain`` gave.
            cls: what it must be.
            where: how errors name its place.

        Raises:
            DefinitionError: something else, an unknown or a missing field, or a value that cannot stand there.
        """
        found = self._any_of(data, (cls,), where)
        assert isinstance(found, cls)
        return found

    def several(self, data: Any, cls: type[T], where: str) -> tuple[T, ...]:
        """A list of definitions of one class."""
        return tuple(self.read(each, cls, f"{where}[{k}]") for k, each in enumerate(as_list(data, where)))

    def _any_of(self, data: Any, classes: tuple[type, ...], where: str) -> Any:
        names = {cls.__name__.lower(): cls for cls in classes}
        given = data.get("is") if isinstance(data, dict) else None
        if not isinstance(given, str) or given not in names:
            shown = same(repr(given)) if isinstance(given, str) else type_of(data)
            near = suggestion(given, names) if isinstance(given, str) else same("")
            raise needed(join([same(n) for n in names], "或", " or "), shown, where, near)
        cls = names[given]
        where = f"{where} {data['code']}" if isinstance(data.get("code"), str) else where
        return _made(cls, self._fields(data, cls, where), where)

    def _fields(self, data: dict[str, Any], cls: type, where: str) -> dict[str, Any]:
        fields = _FIELDS[cls]
        for name in data:
            if name != "is" and name not in fields:
                raise no_field(name, fields, where)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            if name in data:
                values[name] = field.read(self, data[name], f"{where}, {name}")
            elif field.absent is _NEEDED:
                raise field_missing(name, where)
            else:
                values[name] = field.absent
        if cls is FactProvider:
            values["one"], values["many"] = self.functions(values["fact"].code)
        return values

    def expression(self, data: Any, where: str) -> Expr:
        """One expression.

        Raises:
            DefinitionError: it is none, or reads a fact that does not exist.
        """
        try:
            node = node_from_json(data, lists=self.lists, shared=self._shared)
            refuse_unwritable(node)
            if node_to_json(node) != data:
                raise DefinitionError(
                    Text(
                        "表达式不是规范写法；请用 node_to_json 重新写出。",
                        "the expression is not in its canonical form. Write it with node_to_json.",
                    )
                )
            return expression(node)
        except RecursionError:
            raise DefinitionError(
                Text(
                    "表达式嵌套过深；请用 r.named 分步。",
                    "the expression is nested too deeply. Part it into named steps.",
                ),
                where,
            ) from None
        except RuleError as error:
            raise DefinitionError(error.text, where) from None


def _made(cls: type, values: dict[str, Any], where: str) -> Any:
    try:
        made = cls(**values)
    except RuleError as error:
        raise DefinitionError(error.text, where) from None
    if isinstance(made, Parameter) and made.kind is not None:
        for value in (*made.values, *([made.floor] if made.floor else [])):
            if not fits(value.value, made.kind):
                raise misfit(value.value, made.kind, f"{where} @ {value.place or 'cn'}")
    return made


# ---- fields -----------------------------------------------------------------------------------------------------

_NEEDED: Any = object()


@attrs.frozen(eq=False)
class _Field:
    """How a field is read, and what it is where ``plain`` left it out because it was empty."""

    read: Callable[[Reading, Any, str], Any]
    absent: Any = _NEEDED


A_LIST, A_TEXT, A_FLAG = Text("列表", "a list"), Text("文字", "text"), Text("true 或 false", "true or false")


def needed(what: Text, given: Text, where: str, near: Text = Text("", "")) -> DefinitionError:  # noqa: B008  it is frozen
    """The error of a value that should have been something else."""
    return DefinitionError(
        Text(f"此处应为{what.zh}，不能是{given.zh}。", f"{what.en} is needed here, not {given.en}.") + near, where
    )


def no_field(name: str, known: Iterable[str], where: str) -> DefinitionError:
    """The error of a field that there is not."""
    return DefinitionError(
        Text(f"没有字段 {name!r}。", f"there is no field {name!r}.") + suggestion(name, known), where
    )


def field_missing(name: str, where: str) -> DefinitionError:
    """The error of a field that is left out."""
    return DefinitionError(Text(f"缺少字段 {name!r}。", f"the field {name!r} is missing."), where)


def no_date(where: str) -> DefinitionError:
    """The error of a text that is no date."""
    return DefinitionError(Text("此处应为日期，如 2025-09-01。", "a date such as 2025-09-01 is needed here."), where)


def as_list(data: Any, where: str) -> list[Any]:
    """A list, or a ``DefinitionError``."""
    if not isinstance(data, list):
        raise needed(A_LIST, type_of(data), where)
    return data


def as_string(data: Any, where: str) -> str:
    """A text, or a ``DefinitionError``."""
    if not isinstance(data, str):
        raise needed(A_TEXT, type_of(data), where)
    return data


def as_flag(data: Any, where: str) -> bool:
    """True or false, or a ``DefinitionError``."""
    if not isinstance(data, bool):
        raise needed(A_FLAG, type_of(data), where)
    return data


def _text(_: Reading, data: Any, where: str) -> str:
    return as_string(data, where)


def _flag(_: Reading, data: Any, where: str) -> bool:
    return as_flag(data, where)


def _whole(_: Reading, data: Any, where: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise needed(Text("整数", "a whole number"), type_of(data), where)
    return data


def _titled(_: Reading, data: Any, where: str) -> Text:
    if not isinstance(data, dict) or data.keys() != {"zh", "en"} or not all(isinstance(v, str) for v in data.values()):
        raise DefinitionError(
            Text("此处应为中英文两种文字，即 zh 和 en。", "a text in both languages is needed here, zh and en."), where
        )
    return Text(data["zh"], data["en"])


def _day(reading: Reading, data: Any, where: str) -> dt.date:
    text = _text(reading, data, where)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise no_date(where)
    return day


def _kind(reading: Reading, data: Any, where: str) -> Kind:
    text = _text(reading, data, where)
    try:
        kind = kind_from_json(text, reading.lists)
    except (KeyError, ValueError):
        kind = None
    if kind is None or kind.to_json() != text or (kind.unit and kind.sort is not Sort.NUMBER):
        raise DefinitionError(Text(f"没有名为 {text!r} 的值类型。", f"there is no kind of value {text!r}."), where)
    return kind


def _value(_: Reading, data: Any, where: str) -> bool | int | Fraction | dt.date:
    """A parameter's value: its form says what it is, since one that only sets values does not say its kind."""
    if isinstance(data, int):
        return data
    if isinstance(data, str):
        try:
            if "/" not in data:
                return dt.date.fromisoformat(data)
            ratio = Fraction(data)
            if ratio.denominator != 1:
                return ratio
        except (ValueError, ZeroDivisionError):
            pass  # told below
    raise DefinitionError(
        Text(
            "此处应为整数、比例（如 3/2）、true、false 或日期。",
            "a whole number, a ratio such as 3/2, true, false or a date is needed here.",
        ),
        where,
    )


def _code(codes: type[C]) -> Callable[[Reading, Any, str], C]:
    def read(reading: Reading, data: Any, where: str) -> C:
        text = _text(reading, data, where)
        try:
            return codes(text)
        except ValueError:
            known = [str(code) for code in codes]
            near = suggestion(text, known)
            raise DefinitionError(
                Text(
                    f"没有 {text!r}。{near.zh}可用：{'、'.join(known)}。",
                    f"there is no {text!r}.{near.en} Use one of {', '.join(known)}.",
                ),
                where,
            ) from None

    return read


def _one(*classes: type) -> Callable[[Reading, Any, str], Any]:
    return lambda reading, data, where: reading._any_of(data, classes, where)


def _many(read: Callable[[Reading, Any, str], Any]) -> Callable[[Reading, Any, str], tuple[Any, ...]]:
    return lambda reading, data, where: tuple(
        read(reading, each, f"{where}[{k}]") for k, each in enumerate(as_list(data, where))
    )


def _document(reading: Reading, data: Any, where: str) -> Any:
    return _code(Document)(reading, data, where) if isinstance(data, str) else _one(OwnDocument)(reading, data, where)


def _expression(reading: Reading, data: Any, where: str) -> Expr:
    return reading.expression(data, where)


def _counted(reading: Reading, data: Any, where: str) -> Any:
    return data if isinstance(data, str) else reading.expression(data, where)


_CODE, _TITLE = _Field(_text), _Field(_titled)
_NOTE, _WHEN = _Field(_titled, None), _Field(_expression, None)
_CITES = _Field(_many(_one(Cite)), ())
_CODES = _Field(_many(_text), ())
_PERIOD = _Field(_one(Period))

#: The fields of every class, each with how it is read. What ``plain`` always writes is needed.
_FIELDS: dict[type, dict[str, _Field]] = {
    Period: {"start": _Field(_day, None), "end": _Field(_day, None)},
    Cite: {
        "document": _Field(_text, ""), "article": _Field(_text, None), "trust": _Field(_code(Trust)),
        "source": _Field(_text, None), "checked_on": _Field(_day, None),
    },
    Category: {
        "code": _CODE, "title": _TITLE, "when": _Field(_expression), "kind": _Field(_code(CategoryKind)), "cites": _CITES,
        "effective": _PERIOD, "note": _NOTE, "duty": _Field(_flag), "parts": _CODES, "apart_from": _CODES,
    },
    OwnDocument: {"code": _CODE, "title": _TITLE},
    Policy: {
        "code": _CODE, "title": _TITLE, "eligible": _Field(_expression), "amount": _WHEN, "service": _NOTE,
        "every": _Field(_code(Frequency)), "per": _Field(_text), "evidence": _Field(_many(_document), ()),
        "review": _Field(_whole, None), "stacking": _Field(_many(_one(Excludes, TopsUp, Capped)), ()),
        "counties_may_narrow": _Field(_flag), "cites": _CITES, "effective": _PERIOD, "note": _NOTE,
    },
    Check: {
        "code": _CODE, "on": _Field(_text), "reason": _TITLE, "widens": _WHEN, "requires": _WHEN, "at_least": _WHEN,
        "cites": _CITES, "effective": _PERIOD,
    },
    DeclaredFact: {"code": _CODE, "title": _TITLE, "kind": _Field(_kind)},
    FactProvider: {"fact": _Field(_one(DeclaredFact)), "needs": _Field(_many(_expression), ())},
    Excludes: {"other": _Field(_text), "keep": _Field(_code(Keep)), "when": _WHEN, "reason": _NOTE},
    TopsUp: {"counting": _Field(_many(_counted), ()), "to": _WHEN, "reason": _NOTE},
    Capped: {"group": _Field(_text, ""), "limit": _Field(_expression), "reason": _NOTE},
    Parameter: {
        "code": _CODE, "kind": _Field(_kind, None), "unit": _Field(_text, ""), "title": _NOTE,
        "floor": _Field(_one(ParameterValue), None), "values": _Field(_many(_one(ParameterValue)), ()),
        "file": _Field(_text, ""),
    },
    ParameterValue: {
        "place": _Field(_text, ""), "period": _PERIOD, "value": _Field(_value), "source": _Field(_text, ""),
        "trust": _Field(_code(Trust)), "checked_on": _Field(_day, None), "note": _Field(_text, None),
    },
}  # fmt: skip


# ---- values and expressions as an author could have written them ------------------------------------------------------


def fits(value: object, kind: Kind) -> bool:
    """Whether a parameter of a kind can have a value: nothing below zero, money as whole fen, units as whole numbers."""
    match kind.sort:
        case Sort.BOOL:
            return isinstance(value, bool)
        case Sort.DATE:
            return isinstance(value, dt.date)
        case Sort.MONEY:
            return type(value) is int and value >= 0
        case Sort.NUMBER:
            return (type(value) is int or (type(value) is Fraction and not kind.unit)) and value >= 0
        case _:
            return False


#: The record that a variable stands for, by the variable.
_Around: TypeAlias = Mapping[n.Each, type[Handle]]


def refuse_unwritable(root: n.Node) -> None:
    """Refuse an expression that the rule language would not have let anybody write.

    Raises:
        DefinitionError: an operation on kinds that it does not take.
        RuleError: a fact or a list that does not exist.
    """
    stack: list[tuple[n.Node, _Around]] = [(root, {})]
    seen: set[tuple[n.Node, tuple[n.Each, ...]]] = set()
    while stack:
        node, around = stack.pop()
        if (node, tuple(around)) in seen:
            continue
        seen.add((node, tuple(around)))
        if not _takes_its_parts(node):
            name = type(node).__name__
            raise DefinitionError(Text(f"{name} 与所给的部分不相配。", f"{name} does not go with what it is given."))
        if isinstance(node, n.Aggregate):
            inner = {**around, node.each: _handle_of(node.source, around)}
            if node.each.collection != node.source.path:
                one, other = node.each.collection, node.source.path
                raise DefinitionError(
                    Text(f"{one!r} 的记录不是 {other!r} 的记录。", f"A record of {one!r} is no record of {other!r}.")
                )
            stack += [(node.body, inner), (node.where, inner)]
            continue
        if isinstance(node, n.Fact | n.Collection):
            _there(node, around)
        elif not isinstance(node, n.Each):
            stack += [(part, around) for part in node.parts()]


def _handle_of(source: n.Node, around: _Around) -> type[Handle]:
    found = _there(source, around) if isinstance(source, n.Collection) else None
    if not isinstance(found, Records):
        raise DefinitionError(
            Text("只有列表中的记录才能计数或求和。", "Only the records of a list can be counted or summed.")
        )
    return found.handle


def _there(node: n.Fact | n.Collection, around: _Around) -> "Expr | Records[Any] | None":
    """The fact or the list as its handle gives it; None for a pack's own, which the rule set knows."""
    first, *rest = node.path.split(".") if isinstance(node.path, str) else ("",)
    if node.of is None:
        if first[:1].isdigit() and rest and isinstance(node, n.Fact):
            return None
        found: Any = LISTS.get(node.path) if isinstance(node, n.Collection) and not rest else ROOTS.get(first)
    elif node.of in around:
        handle, rest = around[node.of], [first, *rest]
        if isinstance(node, n.Fact) and handle is HelpFacts and rest == ["policy"] and node.kind == Kind(Sort.CODE):
            return None
        found = handle(each=node.of)
    else:
        raise DefinitionError(
            Text(f"{node.path!r} 所问的记录不存在。", f"{node.path!r} is asked of a record that is not there.")
        )
    for name in rest:
        if not isinstance(found, Handle) or (name not in fact_types(type(found)) and name.startswith("_")):
            break
        found = getattr(found, name)
    same = found.source == node if isinstance(found, Records) else isinstance(found, Expr) and found.node == node
    if not same:
        raise DefinitionError(
            Text(f"没有这种类型的事实 {node.path!r}。", f"There is no fact {node.path!r} of this kind.")
        )
    assert isinstance(found, Expr | Records)
    return found


def _takes_its_parts(node: n.Node) -> bool:
    """Whether an operation takes parts of such kinds, and gives such a kind."""
    sort = node.kind.sort
    match node:
        case n.Const(value=value):
            return value is None or _is_constant(value, node.kind)
        case n.And(args=args) | n.Or(args=args):
            return node.kind == BOOL and _nodes(args) and all(a.kind == BOOL for a in args)
        case n.Not(arg=arg):
            return node.kind == BOOL and arg.kind == BOOL
        case n.Known():
            return node.kind == BOOL
        case n.Equal(left=left, right=right):
            return node.kind == BOOL and left.kind.sort is right.kind.sort
        case n.Less(left=left, right=right) | n.AtMost(left=left, right=right):
            return node.kind == BOOL and left.kind.is_ordered and left.kind.sort is right.kind.sort
        case n.IsIn(arg=arg, codes=codes):
            return node.kind == BOOL and arg.kind.sort is Sort.CODE and _listed(codes, arg.kind)
        case n.HasAny(arg=arg, codes=codes):
            return node.kind == BOOL and arg.kind.sort is Sort.CODES and _listed(codes, arg.kind)
        case n.Add(args=args) | n.Least(args=args) | n.Greatest(args=args):
            return node.kind.is_ordered and _nodes(args) and bool(args) and all(a.kind.sort is sort for a in args)
        case n.Subtract(left=left, right=right):
            return sort in (Sort.NUMBER, Sort.MONEY) and left.kind.sort is sort and right.kind.sort is sort
        case n.Times(left=left, right=right):
            return sorted((left.kind.sort, right.kind.sort)) == sorted((sort, Sort.NUMBER))
        case n.Divide(left=left, right=right, to=to):
            amounts = left.kind.sort is sort and right.kind.sort in (Sort.NUMBER, Sort.MONEY)
            return sort in (Sort.NUMBER, Sort.MONEY) and amounts and _is_step(to)
        case n.Round(arg=arg, to=to):
            return sort in (Sort.NUMBER, Sort.MONEY) and arg.kind.sort is sort and _is_step(to)
        case n.When(condition=condition, then=then, otherwise=otherwise):
            return condition.kind == BOOL and then.kind.sort is sort and otherwise.kind.sort is sort
        case n.Years(left=left, right=right) | n.Months(left=left, right=right) | n.Days(left=left, right=right):
            return sort is Sort.NUMBER and left.kind == DATE and right.kind == DATE
        case n.Later(left=left, right=right):
            return node.kind == DATE and left.kind == DATE and right.kind.sort is Sort.NUMBER
        case n.Aggregate(how=how, where=where, body=body):
            asks = how in (n.How.ANY, n.How.ALL, n.How.COUNT)
            gives = sort is (Sort.NUMBER if how is n.How.COUNT else body.kind.sort)
            ordered = (
                body.kind == BOOL if asks else body.kind.is_ordered and not (how is n.How.SUM and sort is Sort.DATE)
            )
            return where.kind == BOOL and gives and ordered
        case n.Named(arg=arg, code=code):
            return arg.kind == node.kind and isinstance(code, str)
        case n.Param(code=code) | n.InCategory(code=code):
            return isinstance(code, str) and (isinstance(node, n.Param) or node.kind == BOOL)
        case _:
            return True


def _nodes(args: object) -> bool:
    return isinstance(args, tuple) and all(isinstance(a, n.Node) for a in args)


def _is_step(to: object) -> bool:
    return type(to) is int and to > 0


def _listed(codes: object, kind: Kind) -> bool:
    """Whether codes are texts out of the list, where there is one."""
    known = None if kind.codes is None else {c.value for c in kind.codes}
    return isinstance(codes, tuple) and all(isinstance(c, str) and (known is None or c in known) for c in codes)


def _is_constant(value: object, kind: Kind) -> bool:
    if kind.sort in (Sort.NUMBER, Sort.MONEY):
        return type(value) in (int, Fraction)
    if kind.sort is Sort.CODE:
        return isinstance(value, str) and _listed((value,), kind)
    return isinstance(value, bool if kind.sort is Sort.BOOL else dt.date) and kind.sort is not Sort.CODES
