"""The national rules by hand, which a benchmark measures beside ours: with unknowns they say what the library says."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import kinderguard

pl = pytest.importorskip("polars")
pytest.importorskip("numpy")

from polars.testing import assert_frame_equal  # noqa: E402

from kinderguard.analysis import Population, synthesize  # noqa: E402

ROWS = 4000


@pytest.fixture(scope="module")
def by_hand() -> Iterator[dict[str, Any]]:
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    yield {name: importlib.import_module(f"handwritten.{name}") for name in ("kleene", "plain")}
    sys.path.remove(folder)
    for name in [n for n in sys.modules if n.split(".")[0] == "handwritten"]:
        del sys.modules[name]


@pytest.fixture(scope="module", params=[1, 2])
def people(request: pytest.FixtureRequest) -> Population:
    people = synthesize(ROWS, seed=request.param, divisions=["110105"])
    # Where one of health, kind and grade is on record a blank is seldom open; of some children none of them is.
    blank = pl.int_range(pl.len()) % 100 == 0
    health = [
        pl.when(~blank).then(path) for path in ("child.health", "child.disability.kind", "child.disability.grade")
    ]
    return attrs.evolve(people, children=people.children.with_columns(health))


@pytest.fixture(scope="module")
def with_unknowns(by_hand: dict[str, Any], people: Population) -> Any:
    return by_hand["kleene"].assess(people.children, people.members)


@pytest.fixture(scope="module")
def without(by_hand: dict[str, Any], people: Population) -> Any:
    return by_hand["plain"].assess(people.children, people.members)


def test_every_column_is_the_same_by_hand_and_by_the_library(
    by_hand: dict[str, Any], people: Population, with_unknowns: Any
) -> None:
    ours = kinderguard.load().assess_frame(
        people.children, members=people.members, on=by_hand["kleene"].DAY, missing=False, problems=False, money="fen"
    )
    assert_frame_equal(with_unknowns, ours, check_column_order=False)


def test_the_children_compared_are_in_every_category_not_in_it_and_unknown(
    by_hand: dict[str, Any], with_unknowns: Any
) -> None:
    for code in by_hand["kleene"].CATEGORIES:
        assert set(with_unknowns[f"cn.{code}"].unique()) == {True, False, None}, code


def test_where_everything_is_known_the_usual_way_says_the_same(with_unknowns: Any, without: Any) -> None:
    known = with_unknowns.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    assert known.sum() > ROWS / 4
    assert_frame_equal(without.filter(known), with_unknowns.filter(known).select(without.columns))


def test_the_usual_way_decides_what_is_unknown(with_unknowns: Any, without: Any) -> None:
    assert not sum(without.null_count().row(0))
    assert with_unknowns["cn.de_facto_unattended"].null_count()
    assert with_unknowns["due.month.amount_fen"].null_count()
