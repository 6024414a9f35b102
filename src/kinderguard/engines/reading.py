"""How the reference engine reads a case: the model's values as the engine's (fen, dates, codes, ranges).

What is unknown becomes None for conditions and codes, and the whole domain for amounts, numbers and dates.
"""

import datetime as dt
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from kinderguard.engines.ranges import UNBOUNDED, Range, between
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import FieldValueError, shown_path, suggestion
from kinderguard.model.money import as_yuan, fen
from kinderguard.model.text import Text, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort

#: Numbers and amounts in a case are never negative.
NOT_NEGATIVE = Range(0, None)
#: No number reaches beyond this, of records, months or anything else: what does is a mistake of typing.
MOST_NUMBER = 10**9


def unknown(kind: Kind) -> Any:
    """The value of a fact of which nothing is known."""
    if kind.sort is Sort.DATE:
        return UNBOUNDED
    return NOT_NEGATIVE if kind.is_ordered else None


def date_value(date: PartialDate | None) -> Any:
    """A date as a day, or as the days that it may be."""
    if date is None:
        return UNBOUNDED
    return date.earliest if date.day is not None else between(date.earliest, date.latest)


def engine_value(raw: Any, kind: Kind) -> Any:
    """A value of the model as the engine's."""
    if raw is None:
        return unknown(kind)
    if kind.sort is Sort.MONEY:
        return fen(raw)
    if kind.sort is Sort.DATE:
        return date_value(raw)
    return raw


def fact_reader(node: n.Fact, place: int) -> Callable[[list[Any]], Any]:
    """What reads a fact of the model from the case (or record) that stands at ``place`` of the list of values."""
    get, kind = attrgetter(node.path), node.kind
    if kind.sort is Sort.MONEY:
        return lambda v: NOT_NEGATIVE if (raw := get(v[place])) is None else fen(raw)
    if kind.sort is Sort.DATE:
        return lambda v: date_value(get(v[place]))
    if kind.sort is Sort.NUMBER:
        return lambda v: NOT_NEGATIVE if (raw := get(v[place])) is None else raw
    return lambda v: get(v[place])


def extra_value(raw: Any, kind: Kind) -> Any:
    """A pack's own fact, as JSON or a provider gives it, as the engine's value.

    Raises:
        FieldValueError: where it does not fit the kind that the pack declared.
    """
    if raw is None:
        return unknown(kind)
    match kind.sort:
        case Sort.BOOL if isinstance(raw, bool):
            return raw
        case Sort.MONEY:
            amount = fen(as_yuan(raw))
            if amount >= 0:
                return amount
        case Sort.NUMBER if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= MOST_NUMBER:
            return raw
        case Sort.DATE if isinstance(raw, str | dt.date | PartialDate):
            return date_value(PartialDate.of(raw))
        case Sort.CODE if isinstance(raw, str) and (kind.codes is None or raw in {c.value for c in kind.codes}):
            return raw
    if kind.sort is Sort.CODE and kind.codes is not None:
        raise _no_code(raw, [code.value for code in kind.codes])
    raise FieldValueError(f"值不合声明的类型（{kind.text.zh}）", f"the value is not {kind}, as the fact was declared")


def _no_code(raw: Any, codes: list[str]) -> FieldValueError:
    """The error of a code that the list of a pack does not have. What was given is shown where it can be no person's."""
    shown = shown_path([raw], codes) if isinstance(raw, str) else "…"
    near = suggestion(raw, codes) if shown != "…" else same("")
    given = Text("所填的值", "what is given") if shown == "…" else same(repr(raw))
    return FieldValueError(
        f"{given.zh}不在代码表中，可用：{'、'.join(codes)}{near.zh and '；' + near.zh}",
        f"{given.en} is none of its codes: {', '.join(codes)}{near.en and '.' + near.en}",
    )
