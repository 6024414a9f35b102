"""Fact providers in frames: asked for the same rows, with the same facts, as for one child; contained when they fail."""

import datetime as dt
import sys
import warnings
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.agreement import COUNTY, DAY, EXTRA, differences, examples, not_beyond_reckoning
from kinderguard import Case, Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.engines.frame.rows import frame_of
from kinderguard.engines.reading import extra_value
from kinderguard.model.errors import FieldValueError
from kinderguard.packs.loader import Registry, source_of
from kinderguard.rules import child, household
from kinderguard.testing import expressions, strategies

TITLE = Text("某", "some")
HEATING, RENT, ROOMS, MOVED, SCHOOL = expressions.FACTS

#: What asks for every own fact of the county.
WHEN = {
    "heating": HEATING.expr, "rent": RENT.expr > 100, "rooms": ROOMS.expr >= 3, "moved": MOVED.expr <= r.DAY,
    "school": SCHOOL.expr == next(iter(SCHOOL.kind.codes)),
}  # fmt: skip


def book_of(*providers, effective=None):
    """A county whose categories ask for its own facts, with providers of some."""
    nation = Pack(code="cn", title=TITLE, version="1", kinderguard=">=0.1")
    when = {} if effective is None else {"effective": effective}
    categories = [r.Category(f"{COUNTY}.{name}", TITLE, when=w, **when) for name, w in WHEN.items()]
    county = Pack(
        code=COUNTY, title=TITLE, version="1", kinderguard=">=0.1", categories=categories, facts=expressions.FACTS,
        providers=providers,
    )  # fmt: skip
    return PolicyBook(Registry([source_of(nation), source_of(county)], ()), day=DAY)


def agree(book, cases):
    """The rows of the frame engine, which are of one opinion with the reference engine; problems included."""
    with not_beyond_reckoning():
        rows = book.assess_frame(frame_of(cases, extra=EXTRA)).to_dicts()
    for case, row in zip(cases, rows, strict=True):
        assessment = book.assess(case)
        assert differences(assessment, row) == {}
        codes = {p.code for p in assessment.problems}
        for code in ("provider.failed", "fact.not_valid"):
            assert (code in row["problems"]) is (code in codes), code
    return rows


def fitting(case):
    """The case with only such facts of the county as fit their kinds: a frame of cases has left out the others."""
    own = case.extra.get(COUNTY, {})
    kept = {name: v for name, v in own.items() if _fits(v, EXTRA.get(f"{COUNTY}.{name}"))}
    return case.model_copy(update={"extra": {**case.extra, COUNTY: kept}})


def _fits(value, kind):
    if kind is None:
        return False
    try:
        extra_value(value, kind)
    except FieldValueError:
        return False
    return True


def case(division="330199", extra=None, **facts):
    own = {f"{COUNTY}.{name}": value for name, value in (extra or {}).items()}
    return Case.from_facts({"division_code": division, **own, **{k.replace("__", "."): v for k, v in facts.items()}})


# ---- generated ------------------------------------------------------------------------------------------------------

#: Answers of every sort: right for one fact or another, or for none.
ANSWERS = (
    st.none() | st.booleans() | st.integers(-1, 9) | st.sampled_from([
        "12.50", Decimal("250"), "2020-03", "2020-03-05", dt.date(2024, 2, 29), dt.datetime(2021, 1, 1), "primary",
        2.5, 10**9, [], "no such thing",
    ])
)  # fmt: skip


def table_provider(fact, answers, fails, batch):
    """A provider that answers by the child's size of household, and sometimes fails."""

    def one(facts):
        size = facts["household.size"]
        if size in fails:
            raise LookupError("the registry is down")
        return answers[(size or 0) % len(answers)]

    return r.FactProvider(fact, [household.size], one, (lambda rows: [one(f) for f in rows]) if batch and not fails else None)  # fmt: skip


@examples(60)
@given(
    st.lists(strategies.cases().map(fitting), min_size=1, max_size=4),
    st.lists(st.sampled_from(expressions.FACTS), unique=True, min_size=1, max_size=3),
    st.lists(ANSWERS, min_size=1, max_size=5),
    st.sets(st.integers(1, 12) | st.none(), max_size=3),
    st.booleans(),
)
def test_providers_answers_are_taken_as_for_one_child(cases, facts, answers, fails, batch):
    agree(book_of(*(table_provider(fact, answers, fails, batch) for fact in facts)), cases)


# ---- by name --------------------------------------------------------------------------------------------------------


def registry(**more):
    """A provider that knows heating by the town, and notes what it was asked."""
    asked = []

    def many(rows):
        asked.extend(rows)
        return [facts["child.residence.division"] == "330199001" for facts in rows]

    provider = r.FactProvider(HEATING, [child.residence.division], lambda facts: many([facts])[0], many)
    return provider, asked


def test_what_a_row_states_goes_before_and_elsewhere_nobody_is_asked():
    provider, asked = registry()
    cases = [
        case(extra={"heating": False}, child__residence__division="330199001"),
        case(child__residence__division="330199001"),
        case(child__residence__division="330199002"),
        case("330106", child__residence__division="330199001"),
        case(),
    ]
    rows = book_of(provider).assess_frame(frame_of(cases, extra=EXTRA))
    assert rows[f"{COUNTY}.heating"].to_list() == [False, True, False, None, False]
    assert asked == [{"child.residence.division": d} for d in ("330199001", "330199002", None)]
    agree(book_of(provider), cases)


def test_a_batch_that_fails_or_is_too_short_leaves_its_rows_unknown_and_says_so():
    for many in (lambda rows: 1 / 0, lambda rows: sys.exit(1), lambda rows: [True], lambda rows: None):
        provider = r.FactProvider(HEATING, [child.birth_date], lambda facts: True, many)
        found = book_of(provider).assess_frame(frame_of([case(), case(), case("330106")], extra=EXTRA))
        assert found[f"{COUNTY}.heating"].to_list() == [None, None, None]
        assert found["problems"].to_list() == [["provider.failed"], ["provider.failed"], []]
        assert found["complete"].to_list() == [False, False, True]


def test_one_child_that_fails_does_not_touch_the_others():
    def one(facts):
        if facts["household.size"] == 2:
            raise KeyError("张三")
        if facts["household.size"] == 4:
            sys.exit("张三")
        return True

    provider = r.FactProvider(HEATING, [household.size], one)
    rows = agree(book_of(provider), [case(household__size=k) for k in (1, 2, 3, 4)])
    assert [row[f"{COUNTY}.heating"] for row in rows] == [True, None, True, None]
    assert [row["problems"] for row in rows] == [[], ["provider.failed"], [], ["provider.failed"]]


def test_a_provider_that_raises_and_one_with_an_unfit_answer_fail_alike_row_by_row():
    def one(facts):
        return {1: "many", 2: 3}[facts["household.size"]]

    rows = agree(book_of(r.FactProvider(ROOMS, [household.size], one)), [case(household__size=k) for k in (1, 2, 3)])
    assert [row["problems"] for row in rows] == [["provider.failed"], [], ["provider.failed"]]
    assert [row["complete"] for row in rows] == [False, True, False]


def test_the_callers_table_is_left_alone():
    provider, _ = registry()
    frame = frame_of([case(extra={"heating": False}), case()], extra=EXTRA)
    before = frame.clone()
    book_of(provider).assess_frame(frame)
    assert frame.equals(before)


def test_an_answer_of_another_kind_is_unknown_and_a_failure_of_the_provider():
    provider = r.FactProvider(ROOMS, [household.size], lambda facts: "many")
    (row,) = agree(book_of(provider), [case()])
    assert (row[f"{COUNTY}.rooms"], row["problems"], row["complete"]) == (None, ["provider.failed"], False)


def test_a_number_beyond_any_plausible_one_is_not_valid_in_frames():
    """As in a column: what is so large is a mistake, and sums over records stay within 64 bits."""
    provider = r.FactProvider(ROOMS, [household.size], lambda facts: 10**12)
    row = book_of(provider).assess_frame(frame_of([case()], extra=EXTRA)).row(0, named=True)
    assert (row[f"{COUNTY}.rooms"], row["problems"]) == (None, ["provider.failed"])


@pytest.mark.parametrize("stated", [[None, None], ["2020-01-01", None]])
@pytest.mark.parametrize("kind", [pl.String, pl.Date])
def test_a_provided_date_stands_beside_stated_ones_of_any_type(stated, kind):
    provider = r.FactProvider(MOVED, [household.size], lambda facts: dt.date(2030, 1, 1))
    frame = pl.DataFrame({"division_code": ["330199"] * 2, MOVED.code: pl.Series(stated, dtype=pl.String)})
    frame = frame.with_columns(pl.col(MOVED.code).str.to_date() if kind == pl.Date else pl.col(MOVED.code))
    found = _quietly(book_of(provider), frame)[f"{COUNTY}.moved"].to_list()
    assert found == [stated[0] is not None, False]


def test_one_providers_fact_is_what_another_needs():
    far = r.FactProvider(ROOMS, [HEATING.expr], lambda facts: 5 if facts[HEATING.code] else 1)
    near = r.FactProvider(HEATING, [household.size], lambda facts: facts["household.size"] == 3)
    for order in ((far, near), (near, far)):
        rows = agree(book_of(*order), [case(household__size=3), case(household__size=4)])
        assert [row[f"{COUNTY}.rooms"] for row in rows] == [True, False]


def test_a_provider_of_facts_that_no_rule_in_force_reads_is_not_asked():
    def one(facts):
        raise LookupError

    provider = r.FactProvider(HEATING, [household.size], one)
    (row,) = agree(book_of(provider, effective=r.Period("2030-01-01", None)), [case()])
    assert (row["problems"], row["complete"]) == ([], True)


def test_a_cell_that_cannot_be_read_is_unknown_to_the_provider():
    asked = []
    provider = r.FactProvider(HEATING, [child.birth_date, household.size], asked.append)
    frame = pl.DataFrame({"division_code": ["330199"], "child.birth_date": ["2012-13"], "household.size": [4]})
    _quietly(book_of(provider), frame, strict=False)
    assert asked == [{"child.birth_date": None, "household.size": 4}]


def test_providers_are_asked_in_lazy_frames_too():
    provider, _ = registry()
    frame = pl.DataFrame(
        {"ref": ["a", "b"], "division_code": "330199", "child.residence.division": ["330199001", None]}
    )
    found = _quietly(book_of(provider), frame.lazy()).collect()
    assert found[f"{COUNTY}.heating"].to_list() == [True, False]


def _quietly(book, frame, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return book.assess_frame(frame, **options)
