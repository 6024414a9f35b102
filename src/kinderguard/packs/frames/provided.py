"""Facts that a pack's code finds elsewhere, for the rows of a frame: all at once where it can, else one by one.

What a provider gets and what is made of its answer is as for one child (``PolicyBook.assess``).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from kinderguard.engines.frame.rows import case_of, polars_type
from kinderguard.engines.reading import extra_value
from kinderguard.model.case import Case
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import FieldValueError, InvalidRecordError
from kinderguard.model.money import as_yuan
from kinderguard.packs.fact_providers import needs_of, value_at
from kinderguard.rules.definitions import FactProvider
from kinderguard.rules.kinds import Kind, Sort

#: What may be wrong with a row: its provider failed, by an error or by what does not fit the fact's kind.
FAILED = "provider.failed"


def provide(table: pl.DataFrame, here: pl.Series, provider: FactProvider) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """``table`` with the fact filled in where it was unknown; and by what was wrong, the rows in which it was.

    Args:
        table: the children.
        here: the rows for which the provider speaks.
        provider: the provider. A row whose column states the fact keeps it.
    """
    code, kind = provider.code, provider.fact.kind
    stated = _stated(table, code, kind)
    if stated is None:
        return table, {}  # a column of no type that the fact can have: whoever reads it says so
    table = table.with_columns(stated.alias(code))
    asked = (here & stated.is_null()).arg_true()
    if not len(asked):
        return table, {}
    answers, failed = _answers(provider, _questions(table, asked, provider))
    said: list[Any] = []
    for number, answer in enumerate(answers):
        value = None if answer is None or failed[number] else _fitting(answer, kind)
        said.append(str(value) if value is not None and stated.dtype == pl.String else value)
        failed[number] = failed[number] or (answer is not None and value is None)
    column = stated.scatter(asked, pl.Series(said, dtype=stated.dtype))
    return table.with_columns(column), {FAILED: _marked(asked, failed, len(table))} if any(failed) else {}


def _marked(asked: pl.Series, rows: list[bool], height: int) -> pl.Series:
    """A mark for every row, from those for the rows that were asked about."""
    return pl.repeat(False, height, dtype=pl.Boolean, eager=True).scatter(asked, pl.Series(rows, dtype=pl.Boolean))


def _stated(table: pl.DataFrame, code: str, kind: Kind) -> pl.Series | None:
    """What the table itself states, in a type that an answer fits beside; None where it has no such type."""
    if code not in table.columns or table[code].dtype == pl.Null:
        return pl.repeat(None, len(table), dtype=polars_type(kind), eager=True).alias(code)
    stated, dtype = table[code], table[code].dtype
    text = isinstance(dtype, pl.String | pl.Categorical | pl.Enum)
    match kind.sort:
        case Sort.BOOL:
            return stated if dtype == pl.Boolean else None
        case Sort.CODE:
            return stated.cast(pl.String) if text else None
        case Sort.DATE if dtype == pl.Date:
            return stated.cast(pl.String)
        case Sort.DATE if isinstance(dtype, pl.Datetime):
            return stated.cast(pl.String).str.replace(r" 00:00:00(\.0+)?$", "")
        case Sort.DATE:
            return stated if dtype == pl.String else None
        case Sort.MONEY if dtype.is_integer():
            return stated.cast(pl.Decimal(38, 2))
        case Sort.MONEY:
            return stated if dtype == pl.String or (isinstance(dtype, pl.Decimal) and dtype.scale >= 2) else None
        case _:
            return stated.cast(pl.Int128) if dtype.is_integer() else stated if dtype.is_float() else None


def _questions(table: pl.DataFrame, asked: pl.Series, provider: FactProvider) -> list[dict[str, Any]]:
    """What the provider gets for each row that is asked about."""
    needs = needs_of(provider)
    columns = [c for c in table.columns if c in needs]
    if not columns:
        return [dict.fromkeys(needs) for _ in asked]
    return [_question(row, needs) for row in table[columns][asked].iter_rows(named=True)]


def _question(row: Mapping[str, Any], needs: list[str]) -> dict[str, Any]:
    case = _readable(row)
    return {path: value_at(case, path) for path in needs}


def _readable(row: Mapping[str, Any]) -> Case:
    """The case of the facts that can be read; what cannot is unknown here, and whoever reads the column says so."""
    extra = [path for path in row if path[:1].isdigit()]
    try:
        return case_of(row, extra=extra)
    except InvalidRecordError:
        return case_of({path: value for path, value in row.items() if _reads(path, value)}, extra=extra)


def _reads(path: str, value: Any) -> bool:
    try:
        case_of({path: value}, extra=[path] if path[:1].isdigit() else ())
    except InvalidRecordError:
        return False
    return True


def _answers(provider: FactProvider, questions: list[dict[str, Any]]) -> tuple[list[Any], list[bool]]:
    if provider.many is not None:
        try:
            answers = list(provider.many(questions))
        except (Exception, SystemExit):  # noqa: BLE001  a provider may raise anything; its rows are marked as failed
            return [None] * len(questions), [True] * len(questions)
        if len(answers) != len(questions):
            return [None] * len(questions), [True] * len(questions)
        return answers, [False] * len(questions)
    found: list[Any] = []
    wrong: list[bool] = []
    for question in _shown(questions, provider.code):
        try:
            found.append(provider.one(question))
            wrong.append(False)
        except (Exception, SystemExit):  # noqa: BLE001  as above
            found.append(None)
            wrong.append(True)
    return found, wrong


def _shown(questions: list[dict[str, Any]], code: str) -> Iterable[dict[str, Any]]:
    """One by one with a progress bar, where there is a terminal and many to ask."""
    if len(questions) < 1000:
        return questions
    try:
        from rich.progress import track
    except ImportError:
        return questions
    return track(questions, description=code, transient=True)


def _fitting(answer: Any, kind: Kind) -> Any:
    """The answer as a column holds it, None where it does not fit its kind."""
    try:
        extra_value(answer, kind)
    except FieldValueError:
        return None
    match kind.sort:
        case Sort.MONEY:
            return as_yuan(answer)
        case Sort.DATE:
            return str(PartialDate.of(answer))
        case Sort.CODE:
            return str(answer)
        case Sort.NUMBER:
            return answer
        case _:
            return answer
