"""Strategies: near a rule's lines both sides come up, unknown facts only take away, bad cells are what the reader finds."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.model import Case
from kinderguard.rules.boundaries import boundaries
from kinderguard.survey import read_ledger
from kinderguard.testing import strategies
from kinderguard.testing.comparing import compared

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load()


def drawn(strategy, count=150):
    found = []

    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


@pytest.mark.parametrize(
    "code",
    ["330199.winter_heating", "cn.dibao", "cn.migrant", "cn.orphan", "330199.care_without_assessment"],
)
def test_near_a_rule_every_comparison_is_met_on_its_line_and_on_both_sides(code):
    rules = BOOK.overlay("330199").rules
    rule = {**rules.categories, **rules.policies, **rules.checks}[code]
    lines = boundaries(rule)
    strategy = strategies.near(rule, division="330199", on=DAY, book=BOOK)
    results = []
    for count in (10, 40):  # few are enough most times
        results += [BOOK.assess(case, on=DAY) for case in drawn(strategy, count * len(lines))]
        if not not_met(lines, results):
            break
    assert not_met(lines, results) == []


def not_met(lines, results):
    """The comparisons that no result stands on the line of, or that come out one way only beside it."""
    found = []
    for line in lines:
        at = [c for result in results for c in compared(result, line) if c.is_beside]
        if not any(c.is_on_the_line for c in at) or {c.holds for c in at} != {True, False}:
            found.append(line)
    return found


def test_cases_near_a_countys_rule_belong_to_the_county():
    assert {c.division for c in drawn(strategies.near("330199.winter_heating", book=BOOK), 20)} == {"330199"}


def test_29_february_comes_up_where_it_is_near():
    day = dt.date(2026, 3, 1)
    strategy = strategies.children_near("cn.child_in_difficulty", on=day, book=BOOK)
    for count in (30, 150):  # few are enough most times
        births = [c.birth_date for c in drawn(strategy, count)]
        if dt.date(2008, 2, 29) in {b.earliest for b in births if b is not None and b.is_exact}:
            return
    pytest.fail("no child was born on 29 February")


def test_a_misspelt_rule_is_told():
    with pytest.raises(UnknownCodeError, match=r"Did you mean 'cn.dibao'"):
        strategies.near("cn.dibo", book=BOOK)


@given(st.data())
@settings(max_examples=60)
def test_unknown_facts_only_take_away(data):
    case = data.draw(strategies.cases())
    less = data.draw(strategies.unknown_facts(case))
    assert_less(less.model_dump(), case.model_dump())


def assert_less(less, more):
    if less is None:
        return
    if isinstance(more, dict):
        assert set(less) == set(more)
        for name, value in more.items():
            assert_less(less[name], value)
    elif isinstance(more, tuple):
        assert len(less) == len(more)
        for a, b in zip(less, more, strict=True):
            assert_less(a, b)
    else:
        assert less == more


def test_unknown_facts_reach_everything_and_take_what_is_asked_for():
    case = Case.from_facts(
        {
            "child.birth_date": "2014-05-09",
            "household.size": 3,
            "household.members": [{"sex": "female"}],
            "330199.heating": True,
        }
    )
    nothing = drawn(strategies.unknown_facts(case, at_least=5), 5)
    assert {c.household.members for c in nothing} == {None}
    some = {
        (c.child.birth_date is None, c.household.size is None, c.extra["330199"]["heating"] is None)
        for c in drawn(strategies.unknown_facts(case))
    }
    assert len(some) == 8
    assert drawn(strategies.unknown_facts(Case()), 1) == [Case()]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@given(ledger=strategies.ledgers())
@settings(max_examples=60, deadline=None)
def test_a_ledgers_bad_cells_are_found_and_no_others(tmp_path_factory, suffix, ledger):
    read = read_ledger(ledger.write(tmp_path_factory.mktemp("drawn") / f"ledger{suffix}"), book=BOOK)
    assert read.rows_in == ledger.children
    found = {(p.row, p.code) for p in read.all_problems if p.row is not None}
    assert found == {(b.row, b.code) for b in ledger.bad}


def test_bad_cells_come_up_and_can_be_left_out():
    assert {len(x.bad) for x in drawn(strategies.ledgers(bad_cells=2))} == {0, 1, 2}
    assert {x.bad for x in drawn(strategies.ledgers(bad_cells=0), 10)} == {()}
