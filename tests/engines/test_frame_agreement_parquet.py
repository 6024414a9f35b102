"""One meaning in files: generated books, part by part, with records in files of their own."""

import tempfile
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.agreement import (
    DAY,
    books,
    children,
    differences,
    keyed,
    lists_asked_for,
    not_beyond_reckoning,
    taken_apart,
    without_empty,
)


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(2), children(8), st.booleans(), st.integers(3, 20))
def test_files_give_the_reference_engines_answers_whatever_the_parts(book, cases, apart, part):
    paths = lists_asked_for(book) if apart else []
    cases = [without_empty(case, paths) for case in cases]
    rows, tables = taken_apart(keyed(cases, times=6), paths)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for k, half in enumerate((rows.head(len(rows) // 2), rows.tail(-(len(rows) // 2)))):
            half.write_parquet(folder / f"children-{k}.parquet")
        for path, records in tables.items():
            records.write_parquet(folder / f"{path}.parquet")
        with not_beyond_reckoning():
            run = book.assess_parquet(
                folder / "children-*.parquet", folder / "results", members={p: folder / f"{p}.parquet" for p in tables},
                on=DAY, part=part, reasons=True, local="columns", progress=False,
            )  # fmt: skip
        found = run.scan().collect()
    assert found["ref"].to_list() == rows["ref"].to_list()
    expected = cycle([book.assess(case, on=DAY) for case in cases])
    for row, assessment in zip(found.to_dicts(), expected, strict=False):
        assert differences(assessment, row) == {}
