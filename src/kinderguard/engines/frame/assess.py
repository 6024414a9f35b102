"""Assessing a frame of children: the way of the rows, from the caller's table and back.

Called by ``PolicyBook.assess_frame``; knows no packs, only the rules of a place.
"""

import datetime as dt
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import polars as pl

from kinderguard.engines.frame.columns import DIVISION_COLUMNS, FrameColumnError, as_divisions, distinct
from kinderguard.engines.frame.engine import BATCH, PLACE, SOURCE_ROW, FrameEngine, RulesOfPlace
from kinderguard.engines.frame.inputs import Reader, RecordTable, layout_of
from kinderguard.engines.frame.results import NOT_VALID, Options, ResultWriter, total_name
from kinderguard.engines.frame.unborn import nothing_of, unborn_rows
from kinderguard.engines.unborn import NOT_YET_BORN
from kinderguard.rules.kinds import Kind

#: How many rows are computed at a time where no list is opened: the streamed chain cuts them itself.
WHOLE = 4_000_000
#: From so many groups of rules on, rows are put in the order of their groups, so that each group's stand together.
MANY = 16
#: How many batches are under way at a time, so that one reads its lists, on one core, while another is computed.
BESIDE = min(2, pl.thread_pool_size())
#: Fewer rows are not worth a batch of their own.
LEAST = 65_536

Part = TypeVar("Part")
Done = TypeVar("Done")


def _beside(work: Callable[[Part], Done], parts: Sequence[Part]) -> Iterator[Done]:
    """The work on each part, in order, some of the next under way meanwhile."""
    if len(parts) == 1 or BESIDE == 1:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(BESIDE) as pool:
        begun = deque[Future[Done]]()
        try:
            for part in parts:
                begun.append(pool.submit(work, part))
                if len(begun) > BESIDE:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()


def divisions_of(children: pl.DataFrame, division: str | None) -> pl.Series:
    """The division in charge of each row; ``division`` for all, if given. What is no division code is unknown."""
    found = pl.repeat(division, len(children), dtype=pl.String, eager=True)
    for column in DIVISION_COLUMNS:
        if column in children.columns and found.null_count():
            stated = as_divisions(children[column])
            found = stated if found.null_count() == len(found) else found.zip_with(found.is_not_null(), stated)
    return found


def _noted_of(noted: Mapping[str, pl.Series], unborn: pl.Series) -> dict[str, pl.Series]:
    """What was noted of the rows; of the facts of a child who is not born yet nobody is asked."""
    asked = ("fact.", "provider.")
    return {code: mark & ~unborn if code.startswith(asked) else mark for code, mark in noted.items()} | {
        NOT_YET_BORN: unborn
    }


class FrameRun:
    """One run over frames of one schema: made once, used for frame after frame.

    Args:
        day: the day.
        rules_of: the rules of a division (None: where it is not known).
        schema: the columns of the children.
        tables: records in tables of their own; ``take`` gives other rows of the same columns.
        extra: the facts that packs declare, by code.
        division: whose rules, for all rows.
        options: what to give, and how.
        full: columns without an empty cell in any frame of the run (``without_unborn``); rules are simpler where nothing
            can be unknown.
    """

    def __init__(
        self,
        day: dt.date,
        rules_of: Callable[[str | None], RulesOfPlace],
        schema: Mapping[str, pl.DataType],
        *,
        tables: Sequence[RecordTable] = (),
        extra: Mapping[str, Kind],
        division: str | None,
        options: Options,
        full: Container[str] = (),
    ) -> None:
        self.options = options
        # A cell that cannot be read becomes unknown, unless it stops the run.
        self.layout = layout_of(schema, tables, extra, full if options.strict else ())
        self.engine = FrameEngine(
            day, rules_of, self.layout, missing=options.missing, reasons=options.reasons, of=options.of, asked=options.asked
        )  # fmt: skip
        self.reader = Reader(self.layout, tables, extra)
        self._division = division
        self._writer: ResultWriter | None = None

    def take(self, tables: Sequence[RecordTable]) -> None:
        """Find records in these tables from now on."""
        self.reader.take(tables)

    def start(self, tables: Sequence[RecordTable]) -> None:
        """Begin anew with these tables: what could not be read before is forgotten."""
        self.take(tables)
        self.reader.faults.clear()

    def meet(self, divisions: pl.Series) -> None:
        """Meet the places of some rows, before the rows themselves are there."""
        self.engine.add(sorted(d for d in distinct(divisions).to_list() if d is not None))
        self.engine.add([None] if divisions.null_count() else [])
        if self._writer is None or not self.engine.compiled:
            self.engine.compile()
            self.reader.need(self.engine.graph)
            self._writer = ResultWriter(self.engine, self.options)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns of the results with their types, for the places met so far."""
        self.meet(pl.Series([], dtype=pl.String))
        assert self._writer is not None
        return dict(self._writer.schema)

    def batches(self, children: pl.DataFrame, noted: Mapping[str, pl.Series] | None = None) -> Iterator[pl.DataFrame]:
        """The results, batch by batch, in the order of the groups of rules; ``#source_row`` says of which row.

        Args:
            children: the rows.
            noted: by problem, whether it was met in each row before.
        """
        unborn = unborn_rows(children, self.engine.day)
        if unborn is not None:
            children = nothing_of(children, unborn)
            noted = _noted_of(noted or {}, unborn)
        place = self._places(children)
        assert self._writer is not None
        rows = pl.int_range(len(children), dtype=pl.UInt32, eager=True)
        read = children.select(self.reader.columns(children.columns))
        ordered = pl.DataFrame([place.alias(PLACE), rows.alias(SOURCE_ROW), *read.get_columns()])
        if len(self.engine.groups) > MANY:
            groups = self.engine.groups_of(place)
            if groups.n_unique() > MANY and not groups.is_sorted():
                ordered = ordered[groups.arg_sort()]
        met = {code: rows.filter(mark) for code, mark in (noted or {}).items()}
        size = self._size(len(ordered))
        parts = [ordered.slice(start, size) for start in range(0, max(len(ordered), 1), size)]
        for number, (reader, results) in enumerate(_beside(lambda part: self._part(part, met), parts)):
            self.reader.faults += reader.faults
            if self.options.strict and self.reader.faults:
                self._refuse(ordered.slice((number + 1) * size))
            yield results

    def _size(self, rows: int) -> int:
        """How many of so many rows are computed at a time; a size that the caller chose holds in any case."""
        if self.options.batch != BATCH:
            return self.options.batch
        if not self.engine.opens_lists:
            return WHOLE
        # Alike, so that none is computed alone at the end.
        parts = max(1, -(-rows // BATCH), min(BESIDE, rows // LEAST))
        return max(1, -(-rows // parts))

    def _part(self, part: pl.DataFrame, met: Mapping[str, pl.Series]) -> tuple[Reader, pl.DataFrame]:
        """The results of a batch, and its reader, which knows what could not be read."""
        assert self._writer is not None
        reader = self.reader.apart()
        batch, reads = reader.batch(part)
        computed = self.engine.run(batch, reader, reads)
        unread = reader.unread_rows()
        if unread is not None:
            unread = pl.concat([unread, *([met[NOT_VALID]] if NOT_VALID in met else [])])
        return reader, self._writer.write(computed, met if unread is None else {**met, NOT_VALID: unread})

    def _places(self, children: pl.DataFrame) -> pl.Series:
        """The place of each row, by its number in the engine."""
        stated = self._division is None and any(c in children.columns for c in DIVISION_COLUMNS)
        if not stated or not len(children):
            self.meet(pl.Series([self._division], dtype=pl.String))
            return pl.repeat(self.engine.places[self._division], len(children), dtype=pl.UInt32, eager=True)
        divisions = divisions_of(children, None)
        met = distinct(divisions)
        self.meet(met)
        if len(met) == 1:
            return pl.repeat(self.engine.places[met[0]], len(children), dtype=pl.UInt32, eager=True)
        names = [name for name in self.engine.places if name is not None]
        numbers = pl.Series([self.engine.places[name] for name in names], dtype=pl.UInt32)
        found = numbers.gather(divisions.cast(pl.Enum(names)).to_physical())
        return found.fill_null(self.engine.places[None]) if found.null_count() else found

    def _refuse(self, rest: pl.DataFrame) -> None:
        """Say what cannot be read, in the children's columns of the rows to come too."""
        for start in range(0, len(rest), self.options.batch):
            self.reader.batch(rest.slice(start, self.options.batch))
        problems = tuple(self.reader.problems())
        self.reader.faults.clear()  # the run may be used for other rows
        raise FrameColumnError(problems)

    def assess(self, children: pl.DataFrame, noted: Mapping[str, pl.Series] | None = None) -> pl.DataFrame:
        """The results in the order of the rows."""
        found = pl.concat(list(self.batches(children, noted)), how="vertical")
        if len(self.engine.groups) > MANY and not found[SOURCE_ROW].is_sorted():
            found = found.sort(SOURCE_ROW)
        found.drop_in_place(SOURCE_ROW)
        return found


__all__ = ["DIVISION_COLUMNS", "FrameRun", "Options", "divisions_of", "total_name"]
