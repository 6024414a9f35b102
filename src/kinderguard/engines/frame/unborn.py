"""Children who are not born yet on the day, among many rows: see ``engines/unborn.py``, which says what it means."""

import datetime as dt

import polars as pl

from kinderguard.engines.frame.columns import DIVISION_COLUMNS, FROM, read_columns
from kinderguard.engines.unborn import BIRTH_DATE
from kinderguard.rules.kinds import DATE


def unborn_rows(children: pl.DataFrame, day: dt.date) -> pl.Series | None:
    """In which rows the child is surely not born yet; None where in none."""
    if BIRTH_DATE not in children.columns or not _may_be_later(children[BIRTH_DATE], day):
        return None
    read, _ = read_columns(children.select(BIRTH_DATE), {BIRTH_DATE: DATE})
    first = read[BIRTH_DATE if BIRTH_DATE in read.columns else BIRTH_DATE + FROM]
    unborn = (first > day).fill_null(False)
    return unborn if unborn.any() else None


def _may_be_later(births: pl.Series, day: dt.date) -> bool:
    """Whether any is after the day, at a glance: dates written year first stand in their order."""
    if births.dtype == pl.String:
        return bool((births > day.isoformat()).any())
    if births.dtype == pl.Date:
        return bool((births > day).any())
    return isinstance(births.dtype, pl.Datetime)  # what else there is, whoever reads the column refuses


def without_unborn(children: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """The children with nothing but the places of those who are not born yet."""
    unborn = unborn_rows(children, day)
    return children if unborn is None else nothing_of(children, unborn)


def nothing_of(children: pl.DataFrame, unborn: pl.Series) -> pl.DataFrame:
    """The children with nothing but the places in some rows."""
    blanked = [name for name in children.columns if name not in DIVISION_COLUMNS]
    return children.with_columns(pl.when(~unborn).then(pl.col(name)).alias(name) for name in blanked)
