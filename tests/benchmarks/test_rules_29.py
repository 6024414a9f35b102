"""The 29 benchmark rules say what the benchmark's table says: compared with the table in plain Python."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from benchmarks.table_29 import STANDARDS, Row, as_the_table_says, rows
from kinderguard import Assessment, Case, PolicyBook


@pytest.fixture(scope="module")
def bench() -> Iterator[Any]:
    path = Path(__file__).parents[2] / "benchmarks" / "rules_29.py"
    spec = importlib.util.spec_from_file_location("benchmarks_rules_29", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def book(bench: Any) -> PolicyBook:
    return bench.rules_book({"standard": standard} for standard in STANDARDS)


@given(row=rows())
def test_the_rules_give_what_the_table_gives(bench: Any, book: PolicyBook, row: Row) -> None:
    results = bench.results_of(book.assess(bench.case_of(row)))
    assert results == as_the_table_says(row)
    assert len(results) == 29


@given(row=rows())
def test_a_child_of_whom_everything_is_known_has_no_undetermined_result(bench: Any, book: PolicyBook, row: Row) -> None:
    assert book.assess(bench.case_of(row)).undetermined == ()


def test_check_sums_count_children_and_add_yuan(bench: Any, book: PolicyBook) -> None:
    children = bench.children(50)
    found = bench.check_sums(bench.results_of(book.assess(bench.case_of(row))) for row in children)
    expected = [as_the_table_says(row) for row in children]
    assert found == {name: sum(one[name] for one in expected) for name in expected[0]}


PLAIN: Row = {
    "age": 9, "rural": True, "income": 1800, "standard": 1000, "grade": 9, "kind": 2, "ill": False,
    "father_status": 0, "father_grade": 9, "father_kind": 2, "father_ill": False,
    "mother_status": 1, "mother_grade": 9, "mother_kind": 2, "mother_ill": False,
}  # fmt: skip


def without_father_status(case: Case) -> Case:
    return case.model_copy(update={"father": case.father.model_copy(update={"situations": None})})


@pytest.fixture
def half_known(bench: Any, book: PolicyBook) -> Assessment:
    """A child whose mother is dead, and of whose father's status nothing is known."""
    return book.assess(without_father_status(bench.case_of(PLAIN)))


def test_an_unknown_father_status_leaves_the_results_unknown_and_not_false(half_known: Assessment) -> None:
    held = {
        code: half_known.categories[f"cn.{code}"] for code in ("father_gone", "father_unable", "orphan", "unattended")
    }
    assert held == dict.fromkeys(held)


def test_an_unknown_father_status_leaves_the_amount_within_bounds(half_known: Assessment) -> None:
    allowance = half_known.policies["cn.orphan_amount"]
    assert (allowance.eligible, allowance.amount, allowance.low, allowance.high) == (None, None, 0, 1500)


def test_an_unknown_father_status_is_asked_for(half_known: Assessment) -> None:
    assert half_known.missing[0].path.startswith("father.situations")


def test_what_does_not_rest_on_the_father_is_decided_without_him(bench: Any, book: PolicyBook) -> None:
    row = PLAIN | {"mother_status": 0}
    result = book.assess(without_father_status(bench.case_of(row)))
    assert result.categories["cn.orphan"] is False
    assert result.categories["cn.unattended"] is False


def test_the_measured_pack_stands_alone(bench: Any, book: PolicyBook) -> None:
    plan = book.assess(bench.case_of(PLAIN)).basis.bound.plan
    assert len(plan.categories) + len(plan.policies) == 29
