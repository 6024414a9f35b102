"""What ``peers.py`` compares gives what the benchmark's table gives: the rules by hand, and our own on frames."""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from benchmarks.table_29 import Row, as_the_table_says

pl = pytest.importorskip("polars")
pytest.importorskip("numpy")
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def loaded(path: str, name: str) -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    yield from loaded("rules_29.py", "benchmarks_frames_of_29")


@pytest.fixture(scope="module")
def by_hand() -> Iterator[Any]:
    yield from loaded("handwritten/rules_29.py", "benchmarks_by_hand_29")


@pytest.fixture(scope="module")
def peers() -> Iterator[Any]:
    """The script itself, with those beside it."""
    before = set(sys.modules)
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("peers")
    sys.path.remove(str(BENCHMARKS))
    for name in set(sys.modules) - before:
        if str(BENCHMARKS) in str(getattr(sys.modules[name], "__file__", "")) or name == "handwritten":
            del sys.modules[name]


def at_a_line(row: Row, rng: Random) -> Row:
    """A child like this one at the line of some rule: an income, a grade, an age, and any status of the parents."""
    tenths = rng.randrange(10, 18)
    grades = {f"{who}grade": rng.randrange(1, 7) for who in ("", "father_", "mother_")}
    statuses = {f"{who}_status": rng.randrange(9) for who in ("father", "mother")}
    return (
        row
        | grades
        | statuses
        | {"income": row["standard"] * tenths // 10 + rng.randrange(2), "age": rng.randrange(5, 19)}
    )


@pytest.fixture(scope="module")
def children(bench: Any) -> list[Row]:
    plain, rng = bench.children(600), Random(29)
    return plain[:300] + [at_a_line(row, rng) for row in plain[300:]]


@pytest.fixture(scope="module")
def population(children: list[Row]) -> "pl.DataFrame":
    return pl.DataFrame(children)


@pytest.fixture(scope="module")
def expected(children: list[Row]) -> list[Row]:
    return [as_the_table_says(child) for child in children]


def rows_of(found: "pl.DataFrame", expected: list[Row]) -> list[Row]:
    """The rows with their columns in the table's order; every column of the table and no other."""
    assert set(found.columns) == expected[0].keys()
    return found.select(expected[0].keys()).to_dicts()


def test_the_children_meet_every_rule(expected: list[Row]) -> None:
    assert [name for name in expected[0] if not any(row[name] for row in expected)] == []


def test_numpy_by_hand_gives_what_the_table_gives(
    by_hand: Any, population: "pl.DataFrame", expected: list[Row]
) -> None:
    found = by_hand.with_numpy({name: population[name].to_numpy() for name in population.columns})
    assert rows_of(pl.DataFrame(found), expected) == expected


def test_polars_by_hand_gives_what_the_table_gives(
    by_hand: Any, population: "pl.DataFrame", expected: list[Row]
) -> None:
    assert rows_of(by_hand.with_polars(population), expected) == expected


MONEY = pytest.mark.parametrize("money", ["yuan", "fen"])


@MONEY
def test_plain_columns_give_what_the_table_gives(
    bench: Any, population: "pl.DataFrame", expected: list[Row], money: str
) -> None:
    found = bench.plain_book().assess_frame(bench.plain_frame(population), money=money)
    assert rows_of(bench.results_frame(found), expected) == expected


@MONEY
def test_columns_of_the_law_give_what_the_table_gives(
    bench: Any, children: list[Row], population: "pl.DataFrame", expected: list[Row], money: str
) -> None:
    found = bench.rules_book(children).assess_frame(bench.law_frame(population), money=money)
    assert rows_of(bench.results_frame(found), expected) == expected


def test_a_row_of_the_laws_columns_is_the_case_that_is_explained(
    bench: Any, children: list[Row], population: "pl.DataFrame"
) -> None:
    book, frame = bench.rules_book(children), bench.law_frame(population)
    for number, child in enumerate(children[:100]):
        of_row, of_case = book.explain_row(frame, number), book.assess(bench.case_of(child))
        assert bench.results_of(of_row) == bench.results_of(of_case)


def test_nothing_is_asked_for_where_everything_is_known(
    bench: Any, children: list[Row], population: "pl.DataFrame"
) -> None:
    plain = bench.plain_book().assess_frame(bench.plain_frame(population))
    law = bench.rules_book(children).assess_frame(bench.law_frame(population))
    for found in (plain, law):
        assert found["missing"].list.len().sum() == 0
        assert found["complete"].all()


def test_without_the_peers_it_measures_ours_and_says_what_is_missing(
    peers: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KINDERGUARD_PEERS", raising=False)
    assert peers.main(["--children", "40"]) == 0
    said = capsys.readouterr().out
    assert "openfisca-core not compared: no folder of the peers was named" in said
    assert "the check sums of all 29 rules agree" in said


def test_check_sums_that_differ_end_it_with_1(peers: Any, capsys: pytest.CaptureFixture[str]) -> None:
    engines = [peers.Engine(name, dict, dict) for name in ("ours", "theirs")]
    assert peers.compare(engines, {"ours": {"orphan": 3}, "theirs": {"orphan": 4}}, None) == 1
    assert "CHECK SUMS DIFFER  orphan: theirs 4, kinderguard 3" in capsys.readouterr().out
