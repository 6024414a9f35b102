"""Records: lists of related people and of dated events, that rules filter, count and sum.

Membership is three-valued like everything else: a record of which it is unknown whether it passes a filter makes
a count known only within bounds.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import attrs

from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.errors import DefinitionError, ExpressionError
from kinderguard.rules.expression import (
    DAY,
    BoolExpr,
    DateExpr,
    Expr,
    MoneyExpr,
    NumberExpr,
    _condition,
    named,
    type_of,
    when,
)
from kinderguard.rules.kinds import BOOL, NUMBER, PERSONS, Kind

if TYPE_CHECKING:
    from kinderguard.rules.facts import Handle

H = TypeVar("H", bound="Handle")
X = TypeVar("X", NumberExpr, MoneyExpr, DateExpr)

TRUE = n.Const(BOOL, True)


@attrs.frozen(eq=False, repr=False)
class Records(Generic[H]):
    """A list of records of one kind, perhaps filtered. ``None`` in the model makes every question unknown."""

    source: n.Collection
    handle: "type[H]"
    #: From a record's handle to the condition under which it belongs; None where all do.
    filters: tuple[Callable[[H], BoolExpr], ...] = ()

    def where(self, condition: Callable[[H], BoolExpr]) -> "Records[H]":
        """Only the records for which ``condition`` holds."""
        _condition(
            condition(self.handle(each=n.Each(self.source.path, -1)))
        )  # a misuse fails here, where it is written
        return attrs.evolve(self, filters=(*self.filters, condition))

    def within(self, *, years: int = 0, months: int = 0, days: int = 0) -> "Records[H]":
        """Only the records that touch the window that ends on the day of the assessment.

        ``within(months=12)`` on 1 September 2025 is from 2 September 2024 to 1 September 2025. A record with a
        beginning and an end touches the window if any day of it lies in the window.
        """
        if years < 0 or months < 0 or days < 0 or not (years or months or days):
            raise DefinitionError(
                Text(
                    "期间的长度须大于零，如 `.within(months=12)`。",
                    "The window needs a positive length, as in `.within(months=12)`.",
                )
            )
        start = DAY.plus(years=-years, months=-months, days=-days)
        zh = "".join(f"{k}{unit}" for k, unit in ((years, "年"), (months, "个月"), (days, "天")) if k)
        en = ", ".join(f"{k} {unit[: -1 if k == 1 else None]}" for k, unit in _spans(years, months, days) if k)
        return self.where(
            lambda record: named(
                "within", record._touches(start), zh=f"在最近{zh}内", en=f"it falls within the last {en}"
            )
        )

    def current(self) -> "Records[H]":
        """Only the records that hold on the day of the assessment."""
        return self.where(lambda record: record._holds())

    def any(self, condition: Callable[[H], BoolExpr] | None = None) -> BoolExpr:
        """Whether at least one record meets ``condition`` (or exists)."""
        return BoolExpr(self._aggregate(n.How.ANY, condition or (lambda _: BoolExpr(TRUE)), BOOL))

    def all(self, condition: Callable[[H], BoolExpr]) -> BoolExpr:
        """Whether every record meets ``condition``; of an empty list, true."""
        return BoolExpr(self._aggregate(n.How.ALL, condition, BOOL))

    def count(self, condition: Callable[[H], BoolExpr] | None = None) -> NumberExpr:
        """How many records meet ``condition`` (or exist). The unit is persons for people, else none."""
        unit = PERSONS if self.handle._is_person() else NUMBER
        return NumberExpr(self._aggregate(n.How.COUNT, condition or (lambda _: BoolExpr(TRUE)), unit))

    def sum(self, value: Callable[[H], X]) -> X:
        """The sum of a value over the records; of an empty list, zero."""
        return self._measured(n.How.SUM, value)

    def min(self, value: Callable[[H], X]) -> X:
        """The least value over the records; of an empty list, unknown."""
        return self._measured(n.How.LEAST, value)

    def max(self, value: Callable[[H], X]) -> X:
        """The greatest value over the records; of an empty list, unknown."""
        return self._measured(n.How.GREATEST, value)

    def rank(self, by: Callable[[H], X], of: X, *, descending: bool = False) -> NumberExpr:
        """The place of ``of`` among the records, 1 first: ``siblings.rank(lambda s: s.birth_date, of=child.birth_date)``.

        By birth date the eldest is first. Equal values share a place.
        """
        before = (lambda record: by(record) > of) if descending else (lambda record: by(record) < of)
        place: NumberExpr = self.count(before) + 1
        return place

    if not TYPE_CHECKING:

        def _refuse(self, *_: object) -> NoReturn:
            raise ExpressionError(
                Text(
                    f"{self.source.path} 的记录要等到有具体儿童时才是列表："
                    "请写 `.any(lambda x: ...)`、`.all(...)`、`.count(...)` 或 `.sum(...)`。",
                    f"The records of {self.source.path} are no list until there is a child: "
                    "write `.any(lambda x: ...)`, `.all(...)`, `.count(...)` or `.sum(...)`.",
                )
            )

        __bool__ = __iter__ = __len__ = __contains__ = __getitem__ = _refuse

    def _measured(self, how: n.How, value: Callable[[H], X]) -> X:
        sample = value(self.handle(each=n.Each(self.source.path, -1)))
        if not isinstance(sample, NumberExpr | MoneyExpr | DateExpr) or (
            how is n.How.SUM and isinstance(sample, DateExpr)
        ):
            raise ExpressionError(
                Text(
                    f"对 {self.source.path} 用 `.{how.value}` 时，每条记录须给出金额或数，如 `lambda m: m.monthly_income`。",
                    f"`.{how.value}` over {self.source.path} needs money or a number for each record, "
                    "as in `lambda m: m.monthly_income`.",
                )
            )
        return type(sample)(self._aggregate(how, value, sample.kind))

    def _aggregate(self, how: n.How, body: Callable[[H], Any], kind: Kind) -> n.Aggregate:
        # The body is built around a placeholder; then the variable gets the level above every one inside it, so
        # that the same question is the same node wherever it is asked.
        placeholder = n.Each(self.source.path, _fresh())
        record = self.handle(each=placeholder)
        inner = body(record)
        inner_node = _condition(inner) if kind == BOOL or how is n.How.COUNT else _expr(inner, how).node
        conditions = [_condition(f(record)) for f in self.filters]
        where = TRUE if not conditions else conditions[0] if len(conditions) == 1 else n.And(tuple(conditions))
        levels = [a.each.level for part in (where, inner_node) for a in n.walk(part) if isinstance(a, n.Aggregate)]
        each = n.Each(self.source.path, max(levels, default=-1) + 1)

        def settle(node: n.Node) -> n.Node | None:
            return each if node == placeholder else None

        return n.Aggregate(kind, how, self.source, each, n.rewrite(where, settle), n.rewrite(inner_node, settle))


def _expr(value: Any, how: n.How) -> Expr:
    if not isinstance(value, Expr):
        given = type_of(value)
        raise ExpressionError(
            Text(
                f"`.{how.value}` 须为每条记录给出表达式，如 `lambda m: m.monthly_income`，不能是{given.zh}。",
                f"`.{how.value}` needs an expression for each record, as in `lambda m: m.monthly_income`, not {given.en}.",
            )
        )
    return value


def _spans(years: int, months: int, days: int) -> tuple[tuple[int, str], ...]:
    return (years, "years"), (months, "months"), (days, "days")


_placeholders = 0


def _fresh() -> int:
    """A level that no settled variable has."""
    global _placeholders
    _placeholders -= 1
    return _placeholders - 1


def period_holds(since: DateExpr, until: DateExpr, ongoing: BoolExpr) -> BoolExpr:
    """Whether a period covers the day: begun (where the beginning is known) and not ended.

    An end that decides, does, even one known only to the month; without one the record's own word counts.
    """
    begun = unless_open(since <= DAY, BoolExpr(TRUE))
    not_ended = unless_open(until >= DAY, ongoing)
    return named("holds", begun & not_ended, zh="当日仍有效", en="it holds on the day")


def unless_open(condition: BoolExpr, otherwise: BoolExpr) -> BoolExpr:
    """``condition`` where what is recorded decides it (a date known to the month may), else ``otherwise``."""
    return when(condition.is_known(), condition).otherwise(otherwise)


def period_touches(since: DateExpr, until: DateExpr, ongoing: BoolExpr, start: DateExpr) -> BoolExpr:
    """Whether a period has a day after ``start`` and not after the day of the assessment.

    ``Records.within`` gives this step its title, since it knows the length of the window.
    """
    not_ended = unless_open(until > start, ongoing | (since > start))
    return (since <= DAY) & not_ended
