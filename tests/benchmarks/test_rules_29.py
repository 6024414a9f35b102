"""The 29 benchmark rules say what the benchmark's table says: compared with the table in plain Python."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard import Assessment, Case, PolicyBook

Row = dict[str, Any]
STANDARDS = range(600, 1100)


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


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Children as the benchmark's population has them, often at the very line of a rule."""
    standard = draw(st.sampled_from(STANDARDS))
    at_a_line = st.sampled_from([standard * k // 10 + more for k in range(10, 18) for more in (0, 1)])
    grade = st.integers(1, 6) | st.integers(1, 39)
    row: Row = {
        "age": draw(st.integers(0, 19)),
        "rural": draw(st.booleans()),
        "income": draw(at_a_line | st.integers(0, 2999)),
        "standard": standard,
        "grade": draw(grade),
        "kind": draw(st.integers(0, 3)),
        "ill": draw(st.booleans()),
    }
    for who in ("father", "mother"):
        row[f"{who}_status"] = draw(st.integers(0, 8))
        row[f"{who}_grade"], row[f"{who}_kind"] = draw(grade), draw(st.integers(0, 3))
        row[f"{who}_ill"] = draw(st.booleans())
    return row


def as_the_table_says(c: Row) -> Row:
    """The table of the benchmark, line by line."""
    age, income, standard, grade, kind = c["age"], c["income"], c["standard"], c["grade"], c["kind"]
    t: Row = {}
    for who in ("father", "mother"):
        t[f"{who}_gone"] = c[f"{who}_status"] in (1, 2)
        t[f"{who}_unable"] = (
            3 <= c[f"{who}_status"] <= 7
            or c[f"{who}_ill"]
            or c[f"{who}_grade"] <= 2
            or (c[f"{who}_grade"] <= 4 and c[f"{who}_kind"] in (0, 1))
        )
    father_away, mother_away = c["father_status"] == 8, c["mother_status"] == 8
    t["orphan"] = age < 18 and t["father_gone"] and t["mother_gone"]
    t["unattended"] = (
        age < 18
        and not t["orphan"]
        and (t["father_gone"] or t["father_unable"])
        and (t["mother_gone"] or t["mother_unable"])
    )
    t["left_behind"] = (
        age < 16
        and c["rural"]
        and (
            (father_away and mother_away)
            or (father_away and t["mother_unable"])
            or (mother_away and t["father_unable"])
        )
    )
    t["dibao"] = income <= standard
    t["marginal"] = standard < income and 2 * income <= 3 * standard
    t["disabled"] = grade <= 4
    t["severe"] = grade <= 2 or (grade <= 3 and kind in (0, 1))
    t["economic"] = age < 18 and (t["dibao"] or t["marginal"])
    t["guardianship"] = t["orphan"] or t["unattended"] or t["left_behind"]
    t["special"] = age < 18 and (t["disabled"] or c["ill"])
    t["difficult"] = t["economic"] or t["guardianship"] or t["special"]
    t["orphan_amount"] = 1500 if t["orphan"] else 0
    t["unattended_amount"] = 1500 - (standard - income if t["dibao"] else 0) if t["unattended"] else 0
    t["living_subsidy"] = 90 if age < 18 and t["disabled"] and t["dibao"] else 0
    t["care_subsidy"] = 100 if age < 18 and t["severe"] else 0
    t["stipend"] = 1250 if 6 <= age <= 14 and (t["dibao"] or t["marginal"] or t["disabled"]) else 0
    t["total"] = t["orphan_amount"] + t["unattended_amount"] + t["living_subsidy"] + t["care_subsidy"] + t["stipend"]
    for i in range(8):
        t[f"county_{i}"] = t["difficult"] and age < 10 + i and 10 * income <= standard * (10 + i)
    return t


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
