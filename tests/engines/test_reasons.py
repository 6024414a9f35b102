"""Why not, and how far off: the fewest failed conditions and the distance to the line."""

import datetime as dt
import re
import warnings
from itertools import combinations, product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case, Pack, Text
from kinderguard import rules as r
from kinderguard.analysis import synthesize
from kinderguard.engines.reasons import UnknownReasonError
from kinderguard.rules import child, household

DAY = dt.date(2025, 9, 1)
TITLE = Text("某", "some")


def book_of(when, amount=None):
    """A nation with one category and one policy."""
    category = r.Category("cn.in", TITLE, when=when)
    policy = r.Policy("cn.gift", TITLE, eligible=child.is_in(category), amount=amount or r.yuan("5"), every=r.MONTH)
    pack = Pack(code="cn", title=TITLE, version="1", kinderguard=">=0.1", categories=[category], policies=[policy])
    return kinderguard.load(packs=[pack])


POOR = household.monthly_income_per_head < r.yuan("1000")


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        ({"household.monthly_income_per_head": "1043"}, "43元", "43 yuan above"),
        ({"household.monthly_income_per_head": "1000"}, "恰好", "exactly on the line"),
        ({"household.monthly_income_per_head": "1000.50"}, "0.50元", "0.50 yuan above"),
    ],
)
def test_a_refusal_says_how_far_from_the_line_it_is(facts, zh, en):
    result = book_of(POOR).assess(Case.from_facts(facts), on=DAY)
    assert zh in result.explain("cn.in").text("zh")
    assert en in result.explain("cn.in").text("en")


def test_an_age_says_by_how_many_years():
    text = book_of(child.age < 16).assess(Case.from_facts({"child.birth_date": "2007-01-01"}), on=DAY).explain("cn.in")
    assert "2 years above" in text.text("en")
    assert "儿童未满16周岁：超出2岁" in text.text("zh")


FLAGS = ("child.adopted", "child.living_on_street", "child.individual_dibao", "child.own_labour_income")
FACTS = (child.adopted, child.living_on_street, child.individual_dibao, child.own_labour_income)


@st.composite
def conditions(draw, depth=3):
    """Conditions over four flags, with the same as a plain function."""
    if depth == 0 or (draw(st.booleans()) and depth < 3):
        i = draw(st.integers(0, 3))
        return FACTS[i], lambda v: v[i]
    kind = draw(st.sampled_from(["and", "or", "not"]))
    a, fa = draw(conditions(depth=depth - 1))
    if kind == "not":
        return ~a, lambda v: None if fa(v) is None else not fa(v)
    b, fb = draw(conditions(depth=depth - 1))
    if kind == "and":
        return a & b, lambda v: False if False in (fa(v), fb(v)) else None if None in (fa(v), fb(v)) else True
    return a | b, lambda v: True if True in (fa(v), fb(v)) else None if None in (fa(v), fb(v)) else False


VALUES = st.tuples(*[st.sampled_from([True, False, None])] * 4)


def assess(condition, values):
    facts = {k: v for k, v in zip(FLAGS, values, strict=True) if v is not None}
    return book_of(condition).assess(Case.from_facts(facts), on=DAY)


@settings(max_examples=80, deadline=None)
@given(rule=conditions(), values=VALUES)
def test_the_engine_says_what_strong_kleene_logic_says(rule, values):
    condition, plain = rule
    result = assess(condition, values)
    assert result.categories["cn.in"] is plain(values)
    gift = result.policies["cn.gift"]
    low, high = {True: (5, 5), False: (0, 0), None: (0, 5)}[plain(values)]
    assert (gift.low, gift.high) == (low, high)


@settings(max_examples=80, deadline=None)
@given(rule=conditions(), values=VALUES)
def test_what_can_change_the_result_is_asked_for_and_nothing_else(rule, values):
    """Brute force. Asked must be what flips the result in some completion; nothing may be that never changes it."""
    condition, plain = rule
    asked = {m.path for m in assess(condition, values).missing}
    flips, changes = set(), set()
    if plain(values) is None:
        for i in (i for i, v in enumerate(values) if v is None):
            for others in product([True, False, None], repeat=4):
                given_ = [v if v is not None else o for v, o in zip(values, others, strict=True)]
                found = {v: plain([v if j == i else x for j, x in enumerate(given_)]) for v in (True, False, None)}
                if len(set(found.values())) > 1:
                    changes.add(FLAGS[i])
                if None not in [x for j, x in enumerate(given_) if j != i] and found[True] != found[False]:
                    flips.add(FLAGS[i])
    assert flips <= asked <= changes


def completions(values):
    open_ = [i for i, v in enumerate(values) if v is None]
    for bits in range(2 ** len(open_)):
        full = list(values)
        for k, i in enumerate(open_):
            full[i] = bool(bits >> k & 1)
        yield tuple(full)


@settings(max_examples=60, deadline=None)
@given(rule=conditions(), values=VALUES)
def test_what_is_decided_stays_so_whatever_is_found_out(rule, values):
    condition, _ = rule
    decided = assess(condition, values).categories["cn.in"]
    for full in completions(values):
        assert decided in (None, assess(condition, full).categories["cn.in"])


def test_a_refusal_names_the_fewest_failed_conditions():
    rule = (child.adopted & child.living_on_street) | child.individual_dibao
    result = assess(rule, (False, True, False, None))
    outcome = result.explain("cn.in").to_dict()["categories"]["cn.in"]
    steps = {s["id"]: s for s in result.explain("cn.in").to_dict()["steps"]}
    assert {steps[i]["path"] for i in outcome["because"]} == {"child.adopted", "child.individual_dibao"}
    sizes = [len(c) for n in range(1, 3) for c in combinations(range(4), n)]
    assert min(sizes) == len(outcome["needed"]) == 1


# ---- the codes of reasons -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book():
    return kinderguard.load().on(DAY)


def test_the_code_of_a_named_step_a_category_and_a_place_among_conditions_can_be_looked_up(book):
    named = book.reason("cn.dibao:household_on_dibao")
    assert named.title == Text("家庭已享受低保，或收入和财产符合低保条件", named.title.en)
    assert (named.rule, named.rule_title) == ("cn.dibao", book.rules.categories["cn.dibao"].title)
    assert "家庭救助类型包括低保" in named.wording.zh
    assert named.cites == book.rules.categories["cn.dibao"].cites
    asked = book.reason("cn.orphan_allowance:cn.orphan")
    assert asked.title == book.rules.categories["cn.orphan"].title
    assert asked.cites == book.rules.categories["cn.orphan"].cites
    unnamed = book.reason("cn.orphan:#2")
    assert unnamed.title == unnamed.wording
    assert "both parents are dead" in unnamed.wording.en
    assert str(named).startswith("cn.dibao:household_on_dibao: ")


def test_a_code_that_names_no_condition_is_told_with_the_nearest(book):
    with pytest.raises(UnknownReasonError, match=r"'cn\.orphn'.*'cn\.orphan'"):
        book.reason("cn.orphn:#2")
    with pytest.raises(UnknownReasonError, match=r"'under_18'.*cn\.orphan:#2"):
        book.reason("cn.orphan:undr_18")
    with pytest.raises(UnknownReasonError, match=r"cn\.orphan:under_18"):
        book.reason("cn.orphan")


@pytest.fixture(scope="module")
def refused_rows(book):
    """Children of several places with the reasons of the frame."""
    people = synthesize(120, seed=3, divisions=["330199", "220102"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = book.assess_frame(people.children, members=people.members, reasons=True)
    return people, found["reasons"].to_list()


def test_every_code_that_a_frame_gives_can_be_looked_up_at_the_place_of_its_row(book, refused_rows):
    people, reasons = refused_rows
    places = people.children["division_code"].to_list()
    codes = {(place, code) for place, row in zip(places, reasons, strict=True) for code in row}
    assert len(codes) > 100
    for place, code in codes:
        found = book.reason(code, division=place)
        assert (found.code, bool(found.title.zh), bool(found.wording.en)) == (code, True, True)
    local = {code for _, code in codes if not code.startswith("cn.") or (":cn." not in code and ":2" in code)}
    for code in local:
        assert book.reason(code).title, "the code itself says whose rule it is"


def test_an_explanation_shows_the_codes_that_the_frame_gives_where_it_is_asked_to(book, refused_rows):
    people, reasons = refused_rows
    shown = 0
    for row in range(0, 120, 8):
        assessment = book.explain_row(people.children, row, members=people.members)
        for code in [c for c, holds in assessment.categories.items() if holds is False]:
            text = assessment.explain(code).text("en", codes=True)
            because = text.split("The least that would have to change")[0]
            told = set(re.findall(rf"\[({re.escape(code)}:[^\]]+)\]", because))
            assert told, text
            assert told <= set(reasons[row])
            shown += len(told)
            assert f"[{code}:" not in assessment.explain(code).text("en")
    assert shown > 100


@pytest.mark.parametrize("division", ["330106", "110101"])
def test_a_place_that_checks_the_same_as_the_nation_goes_by_its_own_name_there_alone(division):
    def check(code):
        return r.Check(code, "cn.gift", TITLE, requires=child.adopted)

    gift = r.Policy("cn.gift", TITLE, eligible=child.living_on_street, amount=r.yuan("5"), every=r.MONTH, counties_may_narrow=True)  # fmt: skip
    of = {"title": TITLE, "version": "1", "kinderguard": ">=0.1"}
    packs = [Pack(code="cn", policies=[gift], checks=[check("cn.check")], **of), Pack(code="33", checks=[check("33.check")], **of)]  # fmt: skip
    book = kinderguard.load(packs=packs).on(DAY)
    row = {"division_code": division, "child.adopted": False, "child.living_on_street": True}
    found = book.assess_frame(pl.DataFrame([row]), reasons=True)["reasons"][0].to_list()
    shown = book.explain_row(pl.DataFrame([row]), 0).explain("cn.gift").text("en", codes=True)
    wanted = ["cn.gift:33.check", "cn.gift:cn.check"] if division == "330106" else ["cn.gift:cn.check"]
    assert sorted(found) == wanted
    assert all(code in wanted for code in re.findall(r"\[(cn\.gift:[^\]]+)\]", shown))
