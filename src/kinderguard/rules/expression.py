"""What a rule author writes: typed expressions with operators, each holding one node.

An expression is a value without an answer: it becomes true, false, unknown or an amount only for a child.
Whatever would need the answer at once (``and``, ``if``, ``a < b < c``) raises where it stands.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypeVar, overload

from kinderguard.model.codes import Code
from kinderguard.model.errors import FieldValueError, suggestion
from kinderguard.model.money import as_yuan, fen
from kinderguard.model.text import Language, Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.errors import DefinitionError, ExpressionError, FloatError, TruthError
from kinderguard.rules.kinds import BOOL, DATE, MONEY, NUMBER, Kind, Sort, exact

if TYPE_CHECKING:
    from kinderguard.model.view import View
    from kinderguard.rules.ruleset import RuleSet

_MONEY = Text("金额", "money")
#: Decimal numbers of more digits before or after the point are not repeated in an error.
_PLACES = 12
E = TypeVar("E", bound=Code)
X = TypeVar("X", bound="Expr")


class Expr:
    """The base of all expressions: a node and the operators that its kind allows."""

    __slots__ = ("node",)
    sort: ClassVar[Sort | None] = None
    node: n.Node

    def __init__(self, node: n.Node) -> None:
        self.node = node

    @property
    def kind(self) -> Kind:
        """The kind of value it gives."""
        return self.node.kind

    def same_as(self, other: "Expr") -> bool:
        """Whether both are written the same, part by part (``==`` makes a condition instead)."""
        return self.node == other.node

    def is_known(self) -> "BoolExpr":
        """Whether the value is known; see ``r.known``."""
        return BoolExpr(n.Known(self.node))

    def named(self, code: str, *, zh: str, en: str) -> Self:
        """This step with a title; see ``r.named``."""
        return named(code, self, zh=zh, en=en)

    def view(self, lang: Language | None = None, *, rules: "RuleSet | None" = None) -> "View":
        """What it says and what it reads, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
            rules: the rules whose codes it reads (``book.rules``), for their titles and values.
        """
        from kinderguard.rules.rule_view import expression_view

        return expression_view(self, lang, rules=rules)

    def _repr_html_(self) -> str:
        return self.view().html

    def __bool__(self) -> NoReturn:
        raise TruthError.of(name_of(self))

    def __iter__(self) -> NoReturn:
        name = name_of(self)
        raise ExpressionError(
            Text(
                f"{name.zh}不是列表：请对记录逐一提问，如 `parents.all(lambda p: ...)`。",
                f"{name.en} is no list: quantify over records, as in `parents.all(lambda p: ...)`.",
            )
        )

    def __contains__(self, item: object) -> NoReturn:
        name = name_of(self)
        raise ExpressionError(
            Text(
                f"`in` 立即要答案。请对{name.zh}写 `.is_in(...)` 或 `.has(...)`。",
                f"`in` needs an answer at once. Write `.is_in(...)` or `.has(...)` on {name.en}.",
            )
        )

    def __repr__(self) -> str:
        from kinderguard.rules.wording import wording

        return f"<{type(self).__name__} {wording(self.node).en}>"

    __hash__ = None  # type: ignore[assignment]  # == makes a condition, so an expression cannot be a key

    if not TYPE_CHECKING:
        # A type checker already sees that these do not exist; at run time they say what to write instead.
        def _refuse(self, other: object) -> NoReturn:
            one, two = name_of(self), name_of(other)
            raise ExpressionError(
                Text(
                    f"{one.zh}与{two.zh}不能这样组合：`&` 和 `|` 连接条件，`+ - *` 连接金额。"
                    "请先作比较，如 `(child.age < 16) & child.adopted`。",
                    f"{one.en} and {two.en} cannot be combined this way: `&` and `|` join conditions, "
                    "`+ - *` join amounts. Compare first, as in `(child.age < 16) & child.adopted`.",
                )
            )

        __and__ = __or__ = __rand__ = __ror__ = __xor__ = __rxor__ = _refuse
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
        __truediv__ = __rtruediv__ = __floordiv__ = __mod__ = __pow__ = _refuse
        __lt__ = __le__ = __gt__ = __ge__ = _refuse

        def _refuse_call(self, *args: object, **kwargs: object) -> NoReturn:
            name = name_of(self)
            raise ExpressionError(
                Text(
                    f"{name.zh}不是函数，后面不写括号：如 `child.age < 16`，不是 `child.age() < 16`。",
                    f"{name.en} is no function and takes no brackets: write `child.age < 16`, not `child.age() < 16`.",
                )
            )

        __call__ = _refuse_call

        def __invert__(self) -> NoReturn:
            name, kind = name_of(self), self.kind.text
            raise ExpressionError(
                Text(
                    f"`~` 用来否定条件，而{name.zh}不是条件；请先作比较，如 `~(child.age < 16)`。",
                    f"`~` turns a condition round, and {name.en} is {kind.en}. Compare first, as in `~(child.age < 16)`.",
                )
            )


def name_of(value: object) -> Text:
    """What errors call something that was given to the language: an expression by its wording, else only its type."""
    if isinstance(value, Expr):
        from kinderguard.rules.wording import wording

        said, kind = wording(value.node), value.kind.text
        return Text(f"‹{said.zh}›（{kind.zh}）", f"‹{said.en}› ({kind.en})")
    if isinstance(value, _When):
        return Text(
            "未写完的 r.when(condition, value)（请加上 `.otherwise(other_value)`）",
            "an unfinished r.when(condition, value): add `.otherwise(other_value)`",
        )
    return type_of(value)


def type_of(value: object) -> Text:
    """The type of something that should have been something else; never the value itself."""
    kind = type(value).__name__
    if _is_declared(value):
        code = getattr(value, "code", "")
        return Text(
            f"声明的事实 {code} 本身（规则中写 名称.expr）", f"the declared fact {code} itself (rules read NAME.expr)"
        )
    return Text(f" {kind} 类型的值", f"a {kind}")


def _is_declared(value: object) -> bool:
    """Whether a value is a fact that a pack declares, whose ``.expr`` was forgotten."""
    return type(value).__name__ == "DeclaredFact" and hasattr(value, "expr")


class BoolExpr(Expr):
    """A condition: true, false or unknown for a child."""

    __slots__ = ()
    sort = Sort.BOOL

    def __and__(self, other: "BoolExpr") -> "BoolExpr":
        return BoolExpr(n.And(_flat(n.And, self.node, _condition(other))))

    def __or__(self, other: "BoolExpr") -> "BoolExpr":
        return BoolExpr(n.Or(_flat(n.Or, self.node, _condition(other))))

    if not TYPE_CHECKING:

        def __rand__(self, other: object) -> NoReturn:
            _condition(other)  # what is no expression is no condition

        __ror__ = __rand__

    def __invert__(self) -> "BoolExpr":
        return BoolExpr(self.node.arg if isinstance(self.node, n.Not) else n.Not(self.node))

    # A condition, where every other object answers True or False; so it is with all expressions below, and so none of
    # them can be hashed.
    def __eq__(self, other: "BoolExpr | bool") -> "BoolExpr":  # type: ignore[override]
        if isinstance(other, bool):
            return self if other else ~self
        return BoolExpr(n.Equal(BOOL, self.node, _condition(other)))

    def __ne__(self, other: "BoolExpr | bool") -> "BoolExpr":  # type: ignore[override]
        return ~(self == other)

    __hash__ = None


def _flat(kind: type[n.And] | type[n.Or], *args: n.Node) -> tuple[n.Node, ...]:
    """``(a & b) & c`` as one row of three: explanations read better and plans are shorter."""
    found: list[n.Node] = []
    for arg in args:
        found.extend(arg.args if isinstance(arg, kind) else (arg,))
    return tuple(found)


#: What is said where Python has answered, once and for every child, what a rule asks of each: the condition is lost.
ANSWERED = Text(
    "这里得到的是 Python 的 True 或 False：`is`、`is not`、`not` 立即作答，与儿童无关。比较请用 `==` 或 `.is_in(...)`；"
    "是否有记录写 `.is_known()`；恒成立写 `r.all_of()`，恒不成立写 `r.any_of()`。",
    "What stands here is Python's own True or False: `is`, `is not` and `not` answer at once, whoever the child is. Compare "
    "with `==` or `.is_in(...)`; ask `.is_known()` whether something is recorded; write `r.all_of()` for what always holds "
    "and `r.any_of()` for what never does.",
)


def is_answered(value: object) -> bool:
    """Whether a value is Python's own answer in place of a condition; ``~`` makes a number of such an answer."""
    return isinstance(value, bool) or (type(value) is int and value in (~True, ~False))


def _condition(value: Any) -> n.Node:
    if isinstance(value, BoolExpr):
        return value.node
    if is_answered(value):
        raise ExpressionError(Text("此处应为条件。", "A condition is needed here. ") + ANSWERED)
    name = name_of(value)
    if _is_declared(value):
        raise ExpressionError(
            Text(
                f"此处应为条件，不能是{name.zh}。请写它的表达式：名称后加 .expr。",
                f"A condition is needed here, not {name.en}. Write its expression: .expr behind its name.",
            )
        )
    raise ExpressionError(
        Text(
            f"此处应为条件，不能是{name.zh}。请先作比较，并给比较加上括号，如 `(child.age < 16) & child.adopted`。",
            f"A condition is needed here, not {name.en}. Compare it first, and put the comparison in brackets, "
            "as in `(child.age < 16) & child.adopted`.",
        )
    )


class _Ordered(Expr):
    """What money, numbers and dates share: order."""

    __slots__ = ()

    def _other(self, other: Any) -> n.Node:
        raise NotImplementedError

    def _lt(self, other: Any) -> BoolExpr:
        return BoolExpr(n.Less(BOOL, self.node, self._other(other)))

    def _le(self, other: Any) -> BoolExpr:
        return BoolExpr(n.AtMost(BOOL, self.node, self._other(other)))

    def _gt(self, other: Any) -> BoolExpr:
        return BoolExpr(n.Less(BOOL, self._other(other), self.node))

    def _ge(self, other: Any) -> BoolExpr:
        return BoolExpr(n.AtMost(BOOL, self._other(other), self.node))

    def _eq(self, other: Any) -> BoolExpr:
        return BoolExpr(n.Equal(BOOL, self.node, self._other(other)))


class NumberExpr(_Ordered):
    """A number of something: years, months, persons; or a plain number or ratio. Units do not mix."""

    __slots__ = ()
    sort = Sort.NUMBER

    def _other(self, other: Any) -> n.Node:
        node = _number(other)
        if isinstance(node, n.Const) and node.kind == NUMBER:
            return n.Const(self.kind, node.value)
        if node.kind != self.kind and NUMBER not in (node.kind, self.kind):
            one, two = name_of(self), name_of(NumberExpr(node))
            raise ExpressionError(
                Text(
                    f"{one.zh}与{two.zh}单位不同，不能相加或比较；请改用单位相同的事实或参数。",
                    f"{one.en} and {two.en} have different units and cannot be added or compared. "
                    "Use facts or parameters of one unit.",
                )
            )
        return node

    def __lt__(self, other: "NumberExpr | int | Fraction") -> BoolExpr:
        return self._lt(other)

    def __le__(self, other: "NumberExpr | int | Fraction") -> BoolExpr:
        return self._le(other)

    def __gt__(self, other: "NumberExpr | int | Fraction") -> BoolExpr:
        return self._gt(other)

    def __ge__(self, other: "NumberExpr | int | Fraction") -> BoolExpr:
        return self._ge(other)

    def __eq__(self, other: "NumberExpr | int | Fraction") -> BoolExpr:  # type: ignore[override]
        return self._eq(other)

    def __ne__(self, other: "NumberExpr | int | Fraction") -> BoolExpr:  # type: ignore[override]
        return ~self._eq(other)

    __hash__ = None  # type: ignore[assignment]

    def between(self, low: "NumberExpr | int", high: "NumberExpr | int") -> BoolExpr:
        """From ``low`` to ``high``, both included (以上、以下 include the number: 民法典 art. 1259)."""
        return (self >= low) & (self <= high)

    def __add__(self, other: "NumberExpr | int | Fraction") -> "NumberExpr":
        return NumberExpr(n.Add(self._unit_with(other), (self.node, self._other(other))))

    __radd__ = __add__

    def __sub__(self, other: "NumberExpr | int | Fraction") -> "NumberExpr":
        return NumberExpr(n.Subtract(self._unit_with(other), self.node, self._other(other)))

    def __rsub__(self, other: int | Fraction) -> "NumberExpr":
        return NumberExpr(n.Subtract(self.kind, self._other(other), self.node))

    def _unit_with(self, other: Any) -> Kind:
        return other.kind if isinstance(other, NumberExpr) and self.kind == NUMBER else self.kind

    @overload
    def __mul__(self, other: "NumberExpr | int | Fraction") -> "NumberExpr": ...
    @overload
    def __mul__(self, other: "MoneyExpr") -> "MoneyExpr": ...
    def __mul__(self, other: "NumberExpr | int | Fraction | MoneyExpr") -> "NumberExpr | MoneyExpr":
        if isinstance(other, MoneyExpr):
            return other * self
        node = _number(other)
        if NUMBER not in (self.kind, node.kind):
            one, two = name_of(self), name_of(other)
            raise ExpressionError(
                Text(
                    f"{one.zh}乘以{two.zh}没有已知的单位；其中之一应为不带单位的数，如 2 或 r.ratio(30, 100)。",
                    f"{one.en} times {two.en} has no unit we know. One of them has to be a plain number, such as 2 or "
                    "r.ratio(30, 100).",
                )
            )
        return NumberExpr(n.Times(self.kind if node.kind == NUMBER else node.kind, self.node, node))

    __rmul__ = __mul__

    def __truediv__(self, other: int | Fraction) -> "NumberExpr":
        return NumberExpr(n.Times(self.kind, self.node, _reciprocal(other, self)))


class MoneyExpr(_Ordered):
    """An amount of money. Constants are yuan as ``Decimal`` or ``int``; inside it is whole fen."""

    __slots__ = ()
    sort = Sort.MONEY

    def _other(self, other: Any) -> n.Node:
        return _money(other, self)

    def __lt__(self, other: "MoneyExpr | Decimal | int") -> BoolExpr:
        return self._lt(other)

    def __le__(self, other: "MoneyExpr | Decimal | int") -> BoolExpr:
        return self._le(other)

    def __gt__(self, other: "MoneyExpr | Decimal | int") -> BoolExpr:
        return self._gt(other)

    def __ge__(self, other: "MoneyExpr | Decimal | int") -> BoolExpr:
        return self._ge(other)

    def __eq__(self, other: "MoneyExpr | Decimal | int") -> BoolExpr:  # type: ignore[override]
        return self._eq(other)

    def __ne__(self, other: "MoneyExpr | Decimal | int") -> BoolExpr:  # type: ignore[override]
        return ~self._eq(other)

    __hash__ = None  # type: ignore[assignment]

    def between(self, low: "MoneyExpr | Decimal | int", high: "MoneyExpr | Decimal | int") -> BoolExpr:
        """From ``low`` to ``high``, both included."""
        return (self >= low) & (self <= high)

    def __add__(self, other: "MoneyExpr | Decimal | int") -> "MoneyExpr":
        return MoneyExpr(n.Add(MONEY, (self.node, self._other(other))))

    __radd__ = __add__

    def __sub__(self, other: "MoneyExpr | Decimal | int") -> "MoneyExpr":
        return MoneyExpr(n.Subtract(MONEY, self.node, self._other(other)))

    def __rsub__(self, other: Decimal | int) -> "MoneyExpr":
        return MoneyExpr(n.Subtract(MONEY, self._other(other), self.node))

    def __mul__(self, other: "NumberExpr | int | Fraction") -> "MoneyExpr":
        if isinstance(other, MoneyExpr):
            one, two = name_of(self), name_of(other)
            ratio = next((e.node.code for e in (other, self) if isinstance(e.node, n.Param)), None)
            read = same("") if ratio is None else Text(
                f"若 {ratio} 是比例，请写 param.ratio({ratio!r})。", f" Where {ratio} is a ratio, write param.ratio({ratio!r})."
            )  # fmt: skip
            raise ExpressionError(
                Text(
                    f"{one.zh}乘以{two.zh}：金额乘以金额没有意义；请乘以数，如 2 或 r.ratio(30, 100)。{read.zh}",
                    f"{one.en} times {two.en}: money times money has no meaning. Multiply by a number, such as 2 or "
                    f"r.ratio(30, 100).{read.en}",
                )
            )
        return MoneyExpr(n.Times(MONEY, self.node, _number(other)))

    __rmul__ = __mul__

    def __truediv__(self, other: int | Fraction) -> "MoneyExpr":
        """Exact division by a number; the result may fall between two fen until it is ``rounded``."""
        return MoneyExpr(n.Times(MONEY, self.node, _reciprocal(other, self)))

    def divided_by(self, other: "NumberExpr", *, to: str | Decimal, rounding: n.Rounding) -> "MoneyExpr":
        """Division by a number that depends on the child, rounded to a multiple of ``to`` yuan.

        Args:
            other: the divisor; zero is an error of the rule, reported with the assessment.
            to: the step in yuan, such as ``"0.01"`` or ``"1"``.
            rounding: ``r.HALF_UP``, ``r.UP`` or ``r.DOWN``.
        """
        divisor = _number(other)
        if isinstance(divisor, n.Const) and divisor.value == 0:
            raise _by_zero(self)
        return MoneyExpr(n.Divide(MONEY, self.node, divisor, _step(to), _rounding(rounding)))

    def rounded(self, *, to: str | Decimal, rounding: n.Rounding) -> "MoneyExpr":
        """Rounded to a multiple of ``to`` yuan (``"1"``, ``"0.1"``, ``"0.01"``)."""
        return MoneyExpr(n.Round(MONEY, self.node, _step(to), _rounding(rounding)))


class DateExpr(_Ordered):
    """A date, perhaps known only to the month or year."""

    __slots__ = ()
    sort = Sort.DATE

    def _other(self, other: Any) -> n.Node:
        if isinstance(other, DateExpr):
            return other.node
        if isinstance(other, dt.date) and not isinstance(other, dt.datetime):
            return n.Const(DATE, other)
        name = name_of(other)
        raise ExpressionError(
            Text(
                f"此处应为日期，不能是{name.zh}：请写作 datetime.date(2025, 9, 1)。",
                f"A date is needed here, not {name.en}: write datetime.date(2025, 9, 1).",
            )
        )

    def __lt__(self, other: "DateExpr | dt.date") -> BoolExpr:
        return self._lt(other)

    def __le__(self, other: "DateExpr | dt.date") -> BoolExpr:
        return self._le(other)

    def __gt__(self, other: "DateExpr | dt.date") -> BoolExpr:
        return self._gt(other)

    def __ge__(self, other: "DateExpr | dt.date") -> BoolExpr:
        return self._ge(other)

    def __eq__(self, other: "DateExpr | dt.date") -> BoolExpr:  # type: ignore[override]
        return self._eq(other)

    def __ne__(self, other: "DateExpr | dt.date") -> BoolExpr:  # type: ignore[override]
        return ~self._eq(other)

    __hash__ = None  # type: ignore[assignment]

    def between(self, first: "DateExpr | dt.date", last: "DateExpr | dt.date") -> BoolExpr:
        """From ``first`` to ``last``, both included."""
        return (self >= first) & (self <= last)

    def age_on(self, day: "DateExpr | dt.date") -> NumberExpr:
        """Whole years from this date to ``day``: an age."""
        return NumberExpr(n.Years(self.node, self._other(day)))

    def months_until(self, day: "DateExpr | dt.date") -> NumberExpr:
        """Whole months from this date to ``day``."""
        return NumberExpr(n.Months(self.node, self._other(day)))

    def days_until(self, day: "DateExpr | dt.date") -> NumberExpr:
        """Days from this date to ``day``."""
        return NumberExpr(n.Days(self.node, self._other(day)))

    def plus(self, *, years: int = 0, months: int = 0, days: int = 0) -> "DateExpr":
        """The date so much later (earlier if negative)."""
        for amount in (years, months, days):
            if not isinstance(amount, int) or isinstance(amount, bool):
                name = name_of(amount)
                raise ExpressionError(
                    Text(
                        f"日期只能按整年、整月或整日推移，不能用{name.zh}；请写整数，如 `.plus(months=6)`。",
                        f"A date is moved by whole years, months or days, not by {name.en}. "
                        "Write a whole number, as in `.plus(months=6)`.",
                    )
                )
        moved: n.Node = self.node
        if years or months:
            moved = n.Later(moved, n.Const(Kind(Sort.NUMBER, "months"), years * 12 + months))
        if days:
            moved = n.Later(moved, n.Const(Kind(Sort.NUMBER, "days"), days))
        return DateExpr(moved)


class _Coded(Expr, Generic[E]):
    """What one code and several codes share: the list they come from."""

    __slots__ = ()

    def _codes(self, wanted: tuple[E, ...], verb: str) -> tuple[str, ...]:
        listed, name = self._list(), name_of(self)
        if not wanted:
            raise ExpressionError(
                Text(
                    f"{name.zh}的 .{verb} 至少要有一个 {listed.__name__} 代码，如 {next(iter(listed))!r}。",
                    f"{name.en}.{verb} needs at least one code of {listed.__name__}, such as {next(iter(listed))!r}.",
                )
            )
        for code in wanted:
            if not isinstance(code, listed):
                bare = type(code).__name__
                what = same(repr(code)) if isinstance(code, Code) else Text(f"单纯的 {bare}", f"a bare {bare}")
                near = suggestion(str(code), [m.value for m in listed]) if isinstance(code, str) else same("")
                raise ExpressionError(
                    Text(
                        f"{name.zh}不能同 {what.zh} 比较：请用 {listed.__name__} 的代码，"
                        f"如 {next(iter(listed))!r}。{near.zh}",
                        f"{name.en} cannot be compared with {what.en}: use a code of {listed.__name__}, "
                        f"such as {next(iter(listed))!r}.{near.en}",
                    )
                )
        return tuple(dict.fromkeys(code.value for code in wanted))

    def _list(self) -> type[Code]:
        listed = self.kind.codes
        if listed is None:
            name = name_of(self)
            raise ExpressionError(
                Text(
                    f"{name.zh}没有可供比较的代码表。某地的规则应写入当地自己的规则包；事实提供者可以原样使用它。",
                    f"{name.en} has no list of codes to compare with. Rules of one place belong in the place's own "
                    "pack; a fact provider may need it as it is.",
                )
            )
        return listed


class CodeExpr(_Coded[E]):
    """One code out of a list."""

    __slots__ = ()
    sort = Sort.CODE

    def is_in(self, *codes: E) -> BoolExpr:
        """Whether the code is one of ``codes``."""
        return BoolExpr(n.IsIn(self.node, self._codes(codes, "is_in")))

    def __eq__(self, other: "E | CodeExpr[E]") -> BoolExpr:  # type: ignore[override]
        if isinstance(other, CodeExpr):
            if other.kind != self.kind:
                one, two = name_of(self), name_of(other)
                raise ExpressionError(
                    Text(
                        f"{one.zh}与{two.zh}的代码表不同；请比较同一代码表的事实，或逐个代码写 `.is_in(...)`。",
                        f"{one.en} and {two.en} come from different lists of codes. Compare facts of one list, or name "
                        "the codes with `.is_in(...)`.",
                    )
                )
            return BoolExpr(n.Equal(BOOL, self.node, other.node))
        return BoolExpr(n.IsIn(self.node, self._codes((other,), "==")))

    def __ne__(self, other: "E | CodeExpr[E]") -> BoolExpr:  # type: ignore[override]
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]


class CodesExpr(_Coded[E]):
    """Several codes out of a list; an empty list says that there is none."""

    __slots__ = ()
    sort = Sort.CODES

    def has(self, *codes: E) -> BoolExpr:
        """Whether any of ``codes`` is among them."""
        return BoolExpr(n.HasAny(self.node, self._codes(codes, "has")))

    def is_empty(self) -> BoolExpr:
        """Whether there is none."""
        return BoolExpr(n.Not(n.HasAny(self.node, tuple(c.value for c in self._list()))))


EXPRESSIONS: dict[Sort, type[Expr]] = {
    Sort.BOOL: BoolExpr,
    Sort.NUMBER: NumberExpr,
    Sort.MONEY: MoneyExpr,
    Sort.DATE: DateExpr,
    Sort.CODE: CodeExpr,
    Sort.CODES: CodesExpr,
}


def expression(node: n.Node) -> Expr:
    """The expression of a node, with the operators of its kind."""
    return EXPRESSIONS[node.kind.sort](node)


def _number(value: Any) -> n.Node:
    if isinstance(value, NumberExpr):
        return value.node
    if isinstance(value, float):
        raise FloatError.of(Text("规则中的数", "a number in a rule"))
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return n.Const(NUMBER, exact(Fraction(value)))
    name = name_of(value)
    written = _as_number(value)
    mend = Text("请写整数，比例写作 r.ratio(30, 100)。", "Write a whole number, or r.ratio(30, 100) for a share.")
    if written is not None:
        mend = Text(f"请写作 {written}。", f"Write {written}.")
    elif _is_declared(value):
        mend = Text("请写 名称.expr，如 DISTANCE.expr >= 5。", "Write NAME.expr, as in DISTANCE.expr >= 5.")
    raise ExpressionError(Text(f"此处应为数，不能是{name.zh}。", f"A number is needed here, not {name.en}. ") + mend)


def _as_number(value: object) -> str | None:
    """How the language writes a decimal number that somebody gave; None for what is none, or an outlandish one."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return None
    places = -int(value.normalize().as_tuple().exponent)
    if abs(places) > _PLACES or value.adjusted() > _PLACES:
        return None
    if places <= 0:
        return f"{value:.0f}"
    scale = max(places, 2)
    return f"r.ratio({value.scaleb(scale):.0f}, {10**scale})"


def _money(value: Any, beside: Expr) -> n.Node:
    if isinstance(value, MoneyExpr):
        return value.node
    if isinstance(value, float):
        raise FloatError.of(_MONEY)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return yuan(value).node
    one, two = name_of(beside), name_of(value)
    if isinstance(value, NumberExpr):
        raise ExpressionError(
            Text(
                f"{one.zh}与{two.zh}不能相加或比较：一个是金额，另一个不是；请用金额，如 r.yuan(600)。",
                f"{one.en} and {two.en} cannot be added or compared: one is money, the other is not. "
                "Use money, such as r.yuan(600).",
            )
        )
    raise ExpressionError(
        Text(
            f"此处应为金额，不能是{two.zh}：请写作 Decimal('600.00') 或 r.yuan(600)。",
            f"Money is needed here, not {two.en}: write Decimal('600.00') or r.yuan(600).",
        )
    )


def _reciprocal(value: Any, beside: Expr) -> n.Node:
    if isinstance(value, NumberExpr):
        raise RoundingNeededError.of(name_of(beside))
    node = _number(value)
    assert isinstance(node, n.Const)
    assert isinstance(node.value, int | Fraction)
    if node.value == 0:
        raise _by_zero(beside)
    return n.Const(NUMBER, exact(1 / Fraction(node.value)))


def _by_zero(dividend: Expr) -> DefinitionError:
    name = name_of(dividend)
    return DefinitionError(
        Text(
            f"{name.zh}除以了零；请改用不为零的除数。",
            f"{name.en} is divided by zero. Give another divisor.",
        )
    )


class RoundingNeededError(ExpressionError):
    """A division by something that depends on the child, with no rounding stated."""

    @classmethod
    def of(cls, what: Text) -> Self:
        """The error of the amount that is divided."""
        return cls(
            Text(
                f"{what.zh}除以了因人而异的数：请写明如何取整，"
                "如 `.divided_by(household.size, to='0.01', rounding=r.HALF_UP)`。",
                f"{what.en} is divided by a number that depends on the child: state the rounding, "
                "as in `.divided_by(household.size, to='0.01', rounding=r.HALF_UP)`.",
            )
        )


def _step(to: str | Decimal) -> int:
    if isinstance(to, float):
        raise FloatError.of(Text("取整单位", "a rounding step"))
    try:
        step = fen(as_yuan(to))
    except FieldValueError as error:
        raise ExpressionError(
            Text(
                f"取整单位：{error.text.zh}；请写作 '1'、'0.1' 或 '0.01'。",
                f"The rounding step: {error.text.en}. Write '1', '0.1' or '0.01'.",
            )
        ) from None
    if step <= 0:
        raise ExpressionError(
            Text(
                "取整单位须大于零元；请写作 '1'、'0.1' 或 '0.01'。",
                "The rounding step must be more than zero yuan. Write '1', '0.1' or '0.01'.",
            )
        )
    return step


def _rounding(rounding: n.Rounding) -> n.Rounding:
    if not isinstance(rounding, n.Rounding):
        name = name_of(rounding)
        raise ExpressionError(
            Text(
                f"取整方式为 r.HALF_UP、r.UP 或 r.DOWN，不能是{name.zh}。",
                f"The rounding is r.HALF_UP, r.UP or r.DOWN, not {name.en}.",
            )
        )
    return rounding


# ---- the functions of the language -------------------------------------------------------------------------


def yuan(amount: Decimal | int | str) -> MoneyExpr:
    """A constant amount in yuan, exact to the fen.

    >>> yuan("272.40").node.value
    27240
    """
    if isinstance(amount, float):
        raise FloatError.of(_MONEY)
    try:
        return MoneyExpr(n.Const(MONEY, fen(as_yuan(amount))))
    except FieldValueError as error:
        raise ExpressionError(
            Text(
                f"常数金额：{error.text.zh}；请写作 r.yuan('272.40')。",
                f"A constant amount: {error.text.en}. Write r.yuan('272.40').",
            )
        ) from None


def ratio(numerator: int, denominator: int = 1) -> Fraction:
    """An exact share or multiple: ``ratio(30, 100)``, ``ratio(3, 2)``."""
    for part in (numerator, denominator):
        if isinstance(part, float):
            raise FloatError.of(Text("比例", "a ratio"))
    if denominator == 0:
        raise DefinitionError(
            Text(
                "比例的分母不能为零；请写作 r.ratio(30, 100)。",
                "A ratio's denominator cannot be zero: write r.ratio(30, 100).",
            )
        )
    return Fraction(numerator, denominator)


#: The day on which the assessment is made.
DAY = DateExpr(n.Day())

#: A condition of which nothing can be known.
UNKNOWN = BoolExpr(n.Const(BOOL, None))


def known(value: Expr) -> BoolExpr:
    """Whether a value is known exactly. Never unknown itself; use it sparingly, since a paper may change the answer."""
    return value.is_known()


def named(code: str, value: X, *, zh: str, en: str) -> X:
    """``value`` as a step with a code and a title, which explanations and documentation use."""
    if not isinstance(value, Expr):
        name = name_of(value)
        raise ExpressionError(
            Text(
                f"r.named({code!r}, ...) 需要表达式，如 `child.age < 16`，不能是{name.zh}。",
                f"r.named({code!r}, ...) needs an expression such as `child.age < 16`, not {name.en}.",
            )
        )
    return type(value)(n.Named(value.kind, code, Text(zh, en), value.node))


class _When(Generic[X]):
    """The first half of ``r.when(c, a).otherwise(b)``."""

    def __init__(self, condition: n.Node, then: X) -> None:
        self._condition = condition
        self._then = then

    def otherwise(self, value: X | Decimal | int) -> X:
        """The value where the condition does not hold."""
        other = like(value, self._then)
        return type(self._then)(n.When(_joined(self._then.kind, other.kind), self._condition, self._then.node, other))

    if not TYPE_CHECKING:

        def _refuse(self, *_: object) -> NoReturn:
            raise ExpressionError(
                Text(
                    "r.when(condition, value) 没有写完：请加上 `.otherwise(other_value)`。",
                    "r.when(condition, value) is not finished: add `.otherwise(other_value)`.",
                )
            )

        __bool__ = __invert__ = __and__ = __rand__ = __or__ = __ror__ = _refuse
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _refuse
        __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse
        __hash__ = None


def when(condition: BoolExpr, then: X) -> _When[X]:
    """``r.when(condition, a).otherwise(b)``: a where the condition holds, else b.

    Where the condition is unknown the result is known only as far as a and b agree.
    """
    if not isinstance(then, Expr):
        name = name_of(then)
        raise ExpressionError(
            Text(
                f"r.when 需要供选择的表达式，不能是{name.zh}：金额请写作 r.yuan(...)。",
                f"r.when needs an expression to choose, not {name.en}: write r.yuan(...) for money.",
            )
        )
    return _When(_condition(condition), then)


def _joined(a: Kind, b: Kind) -> Kind:
    return b if a == NUMBER and b.sort is Sort.NUMBER else a


def like(value: Any, model: Expr) -> n.Node:
    """The node of ``value`` read as the same kind as ``model``."""
    if isinstance(model, _Ordered):
        return model._other(value)
    if isinstance(model, BoolExpr):
        return n.Const(BOOL, value) if isinstance(value, bool) else _condition(value)
    if isinstance(value, Expr) and value.kind == model.kind:
        return value.node
    if isinstance(model, CodeExpr) and isinstance(value, Code):
        return n.Const(model.kind, model._codes((value,), "otherwise")[0])
    one, two = name_of(value), name_of(model)
    raise ExpressionError(
        Text(
            f"{one.zh}与{two.zh}并列：两者须为同一种值；请改写其中之一。",
            f"{one.en} stands beside {two.en}: both must be of one kind. Change one of them.",
        )
    )


def min_of(first: X, *others: X | Decimal | int) -> X:
    """The least of several values of one kind."""
    return type(first)(n.Least(*_several("min_of", first, others)))


def max_of(first: X, *others: X | Decimal | int) -> X:
    """The greatest of several values of one kind."""
    return type(first)(n.Greatest(*_several("max_of", first, others)))


def _several(what: str, first: Any, others: tuple[Any, ...]) -> tuple[Kind, tuple[n.Node, ...]]:
    if not isinstance(first, _Ordered):
        name = name_of(first)
        raise ExpressionError(
            Text(
                f"r.{what} 的第一个值应为规则中的金额、数或日期，不能是{name.zh}；金额请写作 r.yuan(...)。",
                f"r.{what} begins with an amount, a number or a date of the rule, not {name.en}: "
                "write r.yuan(...) for money.",
            )
        )
    parts = (first.node, *(like(o, first) for o in others))
    kind = first.kind
    for part in parts:
        kind = _joined(kind, part.kind)
    return kind, parts


def all_of(*conditions: BoolExpr) -> BoolExpr:
    """All conditions hold; of none, true."""
    return BoolExpr(n.And(_flat(n.And, *(_condition(c) for c in conditions))))


def any_of(*conditions: BoolExpr) -> BoolExpr:
    """At least one condition holds; of none, false."""
    return BoolExpr(n.Or(_flat(n.Or, *(_condition(c) for c in conditions))))


def scale(value: X, *steps: "tuple[X | Decimal | int, Expr]", beyond: "Expr") -> Any:
    """Brackets: the result of the first step whose upper bound ``value`` does not exceed, else ``beyond``.

    >>> from kinderguard.rules import child, scale, yuan
    >>> grant = scale(child.age, (5, yuan(300)), (11, yuan(200)), beyond=yuan(100))
    """
    if not isinstance(value, _Ordered):
        name = name_of(value)
        raise ExpressionError(
            Text(
                f"r.scale 须按数、金额或日期分档，如 child.age，不能按{name.zh}。",
                f"r.scale needs a number, money or a date to grade by, such as child.age, not {name.en}.",
            )
        )
    if not isinstance(beyond, Expr):
        name = name_of(beyond)
        raise ExpressionError(
            Text(
                f"r.scale 的 beyond 须为表达式，不能是{name.zh}：请写作 r.yuan(...)。",
                f"r.scale needs an expression for what lies beyond, not {name.en}: write r.yuan(...).",
            )
        )
    bounds = [n.AtMost(BOOL, value.node, value._other(upto)) for upto, _ in steps]
    constants = [b.right.value for b in bounds if isinstance(b.right, n.Const)]
    if len(constants) == len(bounds) and any(a >= b for a, b in pairwise(constants)):  # type: ignore[operator]  # of one kind
        raise DefinitionError(
            Text(
                "r.scale 各档的上限须逐档递增；请按从低到高的顺序书写。",
                "The bounds of r.scale must rise from step to step: write them from low to high.",
            )
        )
    result = beyond
    for bound, (_, outcome) in reversed(list(zip(bounds, steps, strict=True))):
        result = when(BoolExpr(bound), outcome).otherwise(result)
    return result
