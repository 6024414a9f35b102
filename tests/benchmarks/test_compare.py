"""The reform by hand, which a benchmark measures beside ours, says what ours says, and no more."""

import importlib
import sys
from pathlib import Path

import pytest

import kinderguard
from kinderguard.analysis import compare, synthesize

FOLDER = str(Path(__file__).parents[2] / "benchmarks")


def taken_away():
    """The modules of these names, taken out of the interpreter: a folder of tests may be called like a benchmark."""
    own = ("handwritten", "compare", "national", "measuring")
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] in own}


@pytest.fixture(scope="module")
def benchmark():
    others = taken_away()
    sys.path.insert(0, FOLDER)
    yield importlib.import_module("compare")
    sys.path.remove(FOLDER)
    taken_away()
    sys.modules.update(others)


@pytest.fixture(scope="module")
def people():
    return synthesize(1500, seed=4, divisions=["110105"])


def test_every_number_by_hand_is_ours(benchmark, people):
    wrong, checked, _ = benchmark.differences(people.children, people.members)
    assert wrong == []
    assert checked > 80


def test_a_number_that_differs_is_found(benchmark, people, monkeypatch):
    monkeypatch.setitem(benchmark.reform.CONSTANTS, "MARGIN", 2800_00)
    wrong, _, _ = benchmark.differences(people.children, people.members)
    assert any(line.startswith("cn.dibao_marginal") for line in wrong)


def test_the_standing_numbers_are_back_when_the_reform_was_tried(benchmark, people):
    benchmark.reform.blanks_are_no(people.children)
    assert benchmark.kleene.MARGIN == 2175_00


def test_what_is_said_where_a_blank_is_a_no_lies_within_our_bounds(benchmark, people):
    book = kinderguard.load().on(benchmark.kleene.DAY)
    reform = book.with_parameters(benchmark.reform.PARAMETERS)
    ours = compare(book, reform, people, by=(), progress=False)["reform"]
    plain = benchmark.reform.blanks_are_no(people.children)["policies"].row(0, named=True)
    grant = next(p for p in ours.policies if p.code == "cn.high_school_grant")
    before, after = (plain[f"{side}.cn.high_school_grant.low"] for side in "ab")
    for bounds, amount in ((grant.before, before), (grant.after, after), (grant.change, after - before)):
        assert bounds.low_fen <= amount <= bounds.high_fen
