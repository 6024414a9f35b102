"""Where the frame engine takes a shorter way, it gives what the longer one gives."""

import datetime as dt
from itertools import product

import polars as pl
import pytest
from polars.testing import assert_series_equal

from kinderguard.engines.frame.columns import distinct, read_columns
from kinderguard.engines.frame.inputs import list_kinds
from kinderguard.engines.frame.program import Program, _in_two_counties, column_name
from kinderguard.engines.frame.schema import fact_kinds
from kinderguard.engines.frame.spans import LOOKED_UP, SPANS, span_expr
from kinderguard.engines.frame.vectors import Dtype, Graph

#: In the table of dates and beyond it, on the last days of months, and unknown.
DATES = [
    dt.date(2024, 2, 29), dt.date(2025, 2, 28), dt.date(2025, 8, 31), dt.date(2025, 9, 1), *LOOKED_UP, dt.date(1899, 12, 31),
    dt.date(2101, 1, 1), dt.date.min, dt.date.max, None,
]  # fmt: skip


@pytest.mark.parametrize("unit", ["years", "months"])
@pytest.mark.parametrize("dates", [DATES[:6], DATES], ids=["looked up", "taken apart"])
def test_spans_are_those_of_single_dates(unit, dates):
    pairs = [(a, b) for a in dates for b in dates]
    frame = pl.DataFrame(pairs, schema={"start": pl.Date, "end": pl.Date}, orient="row")
    found = frame.lazy().select(span_expr(unit, pl.col("start"), pl.col("end"))).collect(engine="streaming").to_series()
    assert found.to_list() == [None if a is None or b is None else SPANS[unit](a, b) for a, b in pairs]


@pytest.mark.parametrize(
    ("home", "here", "apart"),
    [
        ("330106", "330106", False),
        ("330106", "330106001", False),
        ("330106001", "330106002003", False),
        ("330106001", "330105001", True),
        ("3301", "3301", None),
        ("3301", "330106", None),
        (None, "330106", None),
    ],
)
def test_divisions_lie_in_two_counties_where_their_first_six_digits_differ(home, here, apart):
    columns = [pl.Series([text], dtype=pl.String) for text in (home, here)]
    assert _in_two_counties(columns).to_list() == [apart]


@pytest.mark.parametrize("values", [[], [None], ["b", "b", "a", "b"], [None, "a", "a", None], ["a", None, "b"]])
def test_each_value_is_found_once(values):
    cells = pl.Series("of", values, dtype=pl.String)
    assert_series_equal(distinct(cells).sort(), cells.unique().sort())


def test_a_code_that_is_given_twice_is_held_once():
    kind = list_kinds("guardians").fields["unfit_grounds"]
    frame = pl.DataFrame({"unfit_grounds": [["abuse", "abuse"], ["abuse"], ["abuse", "drugs", "abuse"], [], None]})
    read, faults = read_columns(frame, {"unfit_grounds": kind})
    twice, once, both, none, unknown = read["unfit_grounds"]
    assert not faults
    assert twice == once
    assert both.bit_count() == 2
    assert (none, unknown) == (0, None)


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Decimal(38, 2)])
@pytest.mark.parametrize("wrong", [-1, None])
def test_a_number_below_zero_is_a_fault_in_a_column_of_any_width(dtype, wrong):
    kind = fact_kinds().fields["household.monthly_income_per_head"]
    frame = pl.DataFrame({"income": pl.Series([5, None, wrong], dtype=dtype)})
    read, faults = read_columns(frame, {"income": kind})
    assert read["income"].to_list() == [500, None, None]
    assert [f.rows.to_list() for f in faults] == ([[False, False, True]] if wrong else [])


def test_an_amount_too_great_for_64_bits_is_a_fault():
    kind = fact_kinds().fields["household.monthly_income_per_head"]
    frame = pl.DataFrame({"income": pl.Series(["1.50", "9" * 30]).str.to_decimal(scale=2)})
    read, faults = read_columns(frame, {"income": kind})
    assert read["income"].to_list() == [150, None]
    assert [f.rows.to_list() for f in faults] == [[False, True]]


VALUES = {"least": min, "greatest": max, "least_there": min, "greatest_there": max}


@pytest.mark.parametrize("a", [None, 3, 7])
@pytest.mark.parametrize("b", [None, 5])
@pytest.mark.parametrize("operation", VALUES)
def test_the_lesser_and_the_greater_of_two(operation, a, b):
    """Unknown where either is, or (``there``) the one that is known; a column, a column without blanks, or a constant."""
    known = [value for value in (a, b) if value is not None]
    whole = known if "there" in operation or len(known) == 2 else []
    expected = VALUES[operation](whole) if whole else None
    assert set(_extremes(operation, a, b)) == {expected}


def _extremes(operation, a, b):
    """The result for each way in which two values may be held, in both orders."""
    g = Graph()
    for first, second in ((a, b), (b, a)):
        for left, right in product(_held(g, "left", first), _held(g, "right", second)):
            result = getattr(g, operation)(left, right)
            if result.is_constant:
                yield result.value
            else:
                frame = pl.DataFrame({"left": [first], "right": [second]}, schema={"left": pl.Int64, "right": pl.Int64})
                yield Program([result]).run(frame, None)[column_name(result)].item()


def _held(g, name, value):
    def column(nullable):
        return g.make("source", (), Dtype.INT, nullable=nullable, payload=(name,), low=0, high=9, scope=g.top)

    return [column(True), g.lit(value, Dtype.INT), *([] if value is None else [column(False)])]
