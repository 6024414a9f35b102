"""One row of a frame as a case, for whoever opens it: a cell that cannot be read is unknown and named, as for the whole
frame. Called by ``explain_row``; no value of a cell is repeated.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import polars as pl

from kinderguard.engines.frame.columns import (
    DIVISION_COLUMNS,
    Fault,
    FrameColumnError,
    ListKinds,
    fault_problem,
    layout_of_lists,
    read_columns,
)
from kinderguard.engines.frame.inputs import RecordTable, alike
from kinderguard.engines.frame.rows import case_of
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.model.case import Case
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.rules.kinds import Kind, Sort

#: Instead of a pack's own fact that cannot be read: it fits no kind, so that the engine says so and asks no provider.
NOT_VALID: list[Any] = []


@attrs.frozen
class ReadRow:
    """The case of a row, and what of it could not be read."""

    case: Case
    problems: tuple[Problem, ...]


def read_row(
    row: pl.DataFrame,
    number: int,
    tables: Iterable[RecordTable],
    extra: Mapping[str, Kind],
    is_read: Callable[[str], bool],
    *,
    strict: bool,
) -> ReadRow:
    """The case of a row.

    Args:
        row: the row, a frame of one.
        number: its number in the caller's frame, for messages.
        tables: records in tables of their own.
        extra: the facts that packs declare, by code.
        is_read: whether a rule reads a column; what no rule reads is of no account, as for the whole frame.
        strict: whether a cell that cannot be read is an error.

    Raises:
        FrameColumnError: strict, and a cell cannot be read; or a column of a type that no fact of its kind can have.
        InvalidRecordError: the row contradicts itself, so that it makes no case.
    """
    kinds = fact_kinds()
    layout_of_lists(row.schema, kinds.lists)  # refuses what holds no records
    fields = {**dict.fromkeys(DIVISION_COLUMNS, Kind(Sort.CODE)), **kinds.fields, **extra}
    reading = _Reading(is_read)
    (facts,) = reading.records(row, ListKinds(fields, kinds.lists), "")
    for given in tables:
        key, theirs = alike(row[given.key], given.frame[given.key])
        mine = given.frame.filter((theirs == key[0]).fill_null(False)).drop(given.key)
        facts[given.path] = reading.records(mine, kinds.lists[given.path], f"{given.path}.") or None
    if reading.wrong:
        raise FrameColumnError(tuple(reading.wrong))
    problems = [fault_problem(fault, kind, number) for fault, kind in reading.faults.values()]
    if strict and problems:
        refused = FrameColumnError(tuple(problems))
        refused.add_note(_OPEN_ANYWAY)
        raise refused
    # Digits of a division may stand as a number, here as in the engine.
    facts |= {name: str(facts[name]) for name in DIVISION_COLUMNS if facts.get(name) is not None}
    own = reading.faults.keys() & extra.keys()
    case = case_of({**facts, **dict.fromkeys(own, NOT_VALID)}, extra=extra)
    return ReadRow(case, tuple(_taken_as_unknown(p) for p in problems if p.where not in own))


#: Stands below the error where a row is refused.
_OPEN_ANYWAY = (
    "strict=False 时，无法读取的单元格按未知处理，该行可以打开。 "
    "With strict=False a cell that cannot be read is unknown, and the row can be opened."
)


class _Reading:
    """Reads records, and collects what cannot be read."""

    def __init__(self, is_read: Callable[[str], bool]) -> None:
        self._is_read = is_read
        self.faults: dict[str, tuple[Fault, Kind]] = {}
        self.wrong: list[Problem] = []

    def records(self, frame: pl.DataFrame, kinds: ListKinds, at: str) -> list[dict[str, Any]]:
        """The records of a frame; a cell that cannot be read is None."""
        rows = frame.to_dicts()
        for name, kind in kinds.fields.items():
            if name in frame.columns:
                for blank in self._unread(frame, name, kind, at):
                    rows[blank][name] = None
        for name, nested in kinds.lists.items():
            if name not in frame.columns or frame.schema[name] == pl.Null:
                continue
            for number, listed in enumerate(frame[name]):
                if listed is not None and isinstance(listed.dtype, pl.Struct) and len(listed):
                    rows[number][name] = self.records(listed.struct.unnest(), nested, f"{at}{name}.")
        return rows

    def _unread(self, frame: pl.DataFrame, name: str, kind: Kind, at: str) -> Iterable[int]:
        """The records whose cell cannot be read."""
        column, asked = f"{at}{name}", self._is_read(f"{at}{name}")
        try:
            _, faults = read_columns(frame.select(name), {name: kind}, at)
        except FrameColumnError as error:
            if asked:
                self.wrong += [p for p in error.problems if p not in self.wrong]
            return range(len(frame))
        for fault in faults:
            if asked:
                before = self.faults.get(column)
                values = fault.values if before is None else tuple(dict.fromkeys((*before[0].values, *fault.values)))
                # Whichever record it is in, it is the child's row that is opened.
                self.faults[column] = attrs.evolve(fault, rows=pl.Series([True]), values=values), kind
        return [int(k) for fault in faults for k in fault.rows.arg_true()]


def _taken_as_unknown(problem: Problem) -> Problem:
    zh, en = problem.message.zh, problem.message.en
    return Problem(
        "fact.not_valid", Text(f"按未知处理：{zh}", f"taken as unknown: {en[0].lower()}{en[1:]}"), problem.where
    )
