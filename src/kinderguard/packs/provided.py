"""Facts that a pack's code finds elsewhere, for the rows of a frame: all at once where it can, else one by one."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from kinderguard.engines.frame.rows import case_of, polars_type
from kinderguard.engines.reading import extra_value
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import FactProvider
from kinderguard.rules.kinds import Sort


def provide(table: pl.DataFrame, here: pl.Series, provider: FactProvider) -> tuple[pl.DataFrame, pl.Series]:
    """``table`` with the fact filled in where it was unknown, and the rows in which the provider failed.

    Args:
        table: the children.
        here: the rows for which the provider speaks.
        provider: the provider. A row whose column states the fact keeps it.
    """
    code, kind = provider.code, provider.fact.kind
    stated = _stated(table, provider)
    asked = (here & stated.is_null()).arg_true()
    failed = pl.repeat(False, len(table), dtype=pl.Boolean, eager=True)
    if not len(asked):
        return table.with_columns(stated.alias(code)), failed
    needs = [e.node.path for e in provider.needs if isinstance(e.node, n.Fact)]
    columns = [c for c in table.columns if c in needs]
    questions = (
        [_question(row, needs) for row in table[columns][asked].iter_rows(named=True)]
        if columns
        else [dict.fromkeys(needs)] * len(asked)
    )
    answers, wrong = _answers(provider, questions)
    said: list[Any] = []
    for k, answer in enumerate(answers):
        value = None if answer is None or wrong[k] else _fitting(answer, kind)
        wrong[k] = wrong[k] or (answer is not None and value is None)
        said.append(str(value) if value is not None and kind.sort is Sort.DATE else value)
    dtype = polars_type(kind)
    column = stated.cast(dtype).scatter(asked, pl.Series(said, dtype=dtype))
    return table.with_columns(column.alias(code)), failed.scatter(asked, pl.Series(wrong, dtype=pl.Boolean))


def _stated(table: pl.DataFrame, provider: FactProvider) -> pl.Series:
    """What the table itself states; dates as text, which is how a provider's are held."""
    kind = provider.fact.kind
    if provider.code not in table.columns:
        return pl.repeat(None, len(table), dtype=polars_type(kind), eager=True)
    stated = table[provider.code]
    if kind.sort is Sort.DATE and stated.dtype.is_temporal():
        return stated.cast(pl.String).str.replace(r" 00:00:00(\.0+)?$", "")
    return stated


def _question(row: Mapping[str, Any], needs: list[str]) -> dict[str, Any]:
    from kinderguard.packs.book import value_at

    case = case_of(row, extra=[p for p in row if p[:1].isdigit()])
    return {path: value_at(case, path) for path in needs}


def _answers(provider: FactProvider, questions: list[dict[str, Any]]) -> tuple[list[Any], list[bool]]:
    if provider.many is not None:
        try:
            answers = list(provider.many(questions))
        except Exception:  # noqa: BLE001  a provider may raise anything; its rows are marked as failed
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
        except Exception:  # noqa: BLE001  as above
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


def _fitting(answer: Any, kind: Any) -> Any:
    """The answer as a column holds it, None where it does not fit its kind."""
    from kinderguard.model.errors import FieldValueError
    from kinderguard.model.money import as_yuan

    try:
        extra_value(answer, kind)
    except FieldValueError:
        return None
    return as_yuan(answer) if kind.sort is Sort.MONEY else answer
