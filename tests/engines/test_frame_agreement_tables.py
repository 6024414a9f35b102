"""One meaning for every kind of table, and for records in tables of their own: all give the reference engine's answer."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import (
    DAY,
    EXTRA,
    LISTS,
    books,
    children,
    differences,
    examples,
    not_beyond_reckoning,
    taken_apart,
    without_empty,
)
from engines.frame_kinds import KINDS, back
from kinderguard.engines.frame.rows import frame_of


def assessed(book, table, **options):
    """The results as a Polars frame."""
    with not_beyond_reckoning():
        return back(book.assess_frame(table, **options))


def check(book, cases, found):
    """Every row against the reference engine."""
    for case, row in zip(cases, found.to_dicts(), strict=True):
        assert differences(book.assess(case, on=DAY), row) == {}


@pytest.mark.parametrize("kind", KINDS)
@examples(25)
@given(books(2), children(3))
def test_every_kind_of_table_gives_the_same_answers(kind, book, cases):
    found = assessed(book, KINDS[kind](frame_of(cases, extra=EXTRA)))
    check(book, cases, found)


# ---- records in tables of their own ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["polars", "text", "pandas", "pyarrow", "duckdb"])
@examples(30)
@given(books(2), children(4), st.sets(st.sampled_from(LISTS), min_size=1, max_size=4))
def test_records_in_tables_of_their_own_give_the_same_answers(kind, book, cases, paths):
    cases = [without_empty(case, paths) for case in cases]
    numbers = [f"n{k}" for k in range(len(cases))]
    frame = frame_of(cases, extra=EXTRA).with_columns(
        pl.Series("ref", numbers), pl.Series("household.number", numbers, dtype=pl.String)
    )
    children, tables = taken_apart(frame, sorted(paths))
    found = assessed(book, KINDS[kind](children), members={path: KINDS[kind](t) for path, t in tables.items()})
    check(book, cases, found)


@examples(40)
@given(books(2), children(4))
def test_members_alone_are_given_as_one_table(book, cases):
    cases = [without_empty(case, ["household.members"]) for case in cases]
    frame = frame_of(cases, extra=EXTRA).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("household.number"))
    children, tables = taken_apart(frame, ["household.members"])
    check(book, cases, assessed(book, children, members=tables["household.members"]))


@examples(40)
@given(books(2), children(4), st.sampled_from([None, "330199", "330106", "220102"]))
def test_one_division_for_all_rows_and_one_row_by_itself(book, cases, division):
    frame = frame_of(cases, extra=EXTRA)
    rows = assessed(book, frame, division=division).to_dicts()
    for k, (case, row) in enumerate(zip(cases, rows, strict=True)):
        expected = book.assess(case, division=division)
        assert differences(expected, row) == {}
        alone = book.explain_row(frame, k, division=division)
        assert (alone.categories, alone.policies) == (expected.categories, expected.policies)
        assert alone.open_facts == expected.open_facts
