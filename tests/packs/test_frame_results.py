"""What frames give beside plain columns: lists of local results, reasons that point into explanations, the plan."""

import datetime as dt
import sys
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import kinderguard
from kinderguard.analysis import synthesize
from kinderguard.engines.frame.columns import FrameColumnError
from kinderguard.engines.frame.results import TooManyLocalColumnsError

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import invented

pytestmark = pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
DAY = dt.date(2025, 9, 1)
COUNTIES = invented.county_codes()[:30]
PLACES = [*COUNTIES, "330199", "330106", "220102", "110105"]


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    folder = tmp_path_factory.mktemp("counties")
    return kinderguard.load(packs=[invented.county_pack(code, folder) for code in COUNTIES]).on(DAY)


@pytest.fixture(scope="module")
def people():
    return synthesize(2000, seed=3, divisions=PLACES)


def test_local_results_are_the_same_in_columns_and_in_lists(country, people):
    columns = country.assess_frame(people.children)
    lists = country.assess_frame(people.children, local="lists")
    for wide, row in zip(columns.iter_rows(named=True), lists.iter_rows(named=True), strict=True):
        told = {f"{r['code']}.{name}": value for r in row["local.policies"] for name, value in r.items()}
        told |= {r["code"]: r["holds"] for r in row["local.categories"]}
        assert {name: told.get(name) if name not in row else row[name] for name in wide} == wide


def test_each_child_has_its_own_places_results_alone(country, people):
    lists = country.assess_frame(people.children, local="lists")
    policies = pl.Series([[r["code"] for r in row] for row in lists["local.policies"]])
    for place, codes in zip(people.children["division_code"], policies, strict=True):
        assert all(place.startswith(code.split(".")[0]) for code in codes)
        assert (f"{place}.grant" in codes) is (place in COUNTIES)


def test_rows_give_the_same_whatever_rows_stand_around_them(country, people):
    shuffled = people.children.sample(fraction=1, shuffle=True, seed=5)
    whole = country.assess_frame(shuffled, local="lists").sort("ref")
    assert_frame_equal(whole, country.assess_frame(people.children, local="lists").sort("ref"))


def test_too_many_local_columns_are_refused_with_the_mend(tmp_path):
    codes = invented.county_codes()[:260]
    book = kinderguard.load(packs=[invented.county_pack(code, tmp_path) for code in codes]).on(DAY)
    children = synthesize(2000, seed=3, divisions=codes).children
    with pytest.raises(TooManyLocalColumnsError, match='local="lists"'):
        book.assess_frame(children)
    assert book.assess_frame(children, local="lists").height == 2000


def test_every_rule_that_does_not_hold_has_a_reason_and_no_other_has(country, people):
    found = country.assess_frame(people.children, reasons=True)
    rules = [name.removesuffix(".eligible") for name in found.columns if name.endswith(".eligible")]
    held = {code: f"{code}.eligible" for code in rules}
    held |= {name: name for name, dtype in found.schema.items() if dtype == pl.Boolean and name.count(".") == 1}
    assert len(held) > 40
    reasons = [{r.split(":")[0] for r in row} for row in found["reasons"]]
    for code, column in held.items():
        fails = [value is False for value in found[column]]
        assert [code in row for row in reasons] == fails, code


def test_a_reason_is_found_in_the_explanation_of_its_row(country, people):
    found = country.assess_frame(people.children, reasons=True)
    checked = 0
    for row in range(40):
        assessment = country.explain_row(people.children, row)
        steps = {step.get("code") for step in assessment.explain().to_dict()["steps"]}
        for reason in found["reasons"][row]:
            _, code = reason.split(":")
            if code.startswith("#"):
                continue
            checked += 1
            if "." in code:
                assert assessment.categories[code] is False, reason
            else:
                assert code in steps, reason
    assert checked > 100


def test_the_plan_is_shown_for_the_curious(country):
    text = country.plan().show()
    assert "Param cn.dibao.monthly_standard" in text
    assert "Fact child.birth_date" in text
    assert len(country.plan(division=COUNTIES[0]).steps) > len(country.plan().steps)


def test_a_kept_run_knows_nothing_of_the_tables_before(country, people):
    """The compiled rules are kept for tables of one kind; whose records they were and what was wrong is forgotten."""
    several, few = people.children.head(300), people.children.tail(40)
    first = country.assess_frame(several, members=people.members)
    wrong = several.with_columns(pl.lit(-1).alias("household.size"))
    with pytest.raises(FrameColumnError):
        country.assess_frame(wrong, members=people.members)
    assert_frame_equal(country.assess_frame(several, members=people.members), first)
    alone = kinderguard.PolicyBook(country.registry).on(DAY)
    assert_frame_equal(
        country.assess_frame(few, members=people.members.head(5)),
        alone.assess_frame(few, members=people.members.head(5)),
    )
