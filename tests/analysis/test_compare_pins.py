"""A comparison holds the children, the day and the place fixed: reforms of another day or place, and children of elsewhere."""

import datetime as dt

import pytest

import kinderguard
from analysis.comparing import base, people
from kinderguard.analysis import compare, coverage
from kinderguard.analysis.comparing import ReformPinError
from kinderguard.model.errors import ToldError

COUNTY, OTHER = "330199", "220102"
EARLIER = dt.date(2019, 1, 1)
RAISED = {"cn.orphan.scattered_monthly": "2300"}


def refused(*args, **kwargs):
    with pytest.raises(ReformPinError) as caught:
        compare(*args, progress=False, **kwargs)
    assert isinstance(caught.value, ToldError)
    return caught.value.text


def few():
    return people(12)


def by_hand(of=COUNTY):
    """How many of the children lie outside a place, by their own column."""
    return sum(place[:6] != of for place in few().children["division_code"].cast(str).to_list())


def test_a_reform_of_another_day_is_refused_with_both_days_and_where_to_ask_about_two():
    text = refused(base(), base().on(EARLIER), few())
    for said in (text.zh, text.en):
        for word in (
            "2019-01-01",
            "2025-09-01",
            "on=date(2025, 9, 1)",
            "reform.on(base.day)",
            "timeline",
            "assess_frame",
        ):
            assert word in said
    assert "The reform" in text.en
    assert "改革方案" in text.zh


@pytest.mark.parametrize(
    ("own", "reforms", "mend"),
    [
        (None, COUNTY, f"division={COUNTY!r}"),
        (COUNTY, OTHER, f"reform.for_division({COUNTY!r})"),
        (COUNTY, None, f"reform.for_division({COUNTY!r})"),
    ],
)
def test_a_reform_of_another_place_is_refused_with_both_places(own, reforms, mend):
    books = [base() if place is None else base().for_division(place) for place in (own, reforms)]
    text = refused(*books, few())
    for said in (text.zh, text.en):
        assert all(place in said for place in (own, reforms) if place)
        assert mend in said


def test_every_reform_that_is_pinned_otherwise_is_named_at_once():
    text = refused(base(), {"same": base(), "old": base().on(EARLIER), "county": base().for_division(COUNTY)}, few())
    for said in (text.zh, text.en):
        assert "old" in said
        assert "county" in said
        assert "same" not in said


def test_a_day_and_a_place_that_are_given_are_meant_for_both_books():
    day = dt.date(2025, 9, 1)
    other = base().with_parameters(RAISED).on(EARLIER).for_division(OTHER)
    effect = compare(base(), other, few(), on=day, division=COUNTY, progress=False)["reform"]
    alike = compare(base(), base().with_parameters(RAISED), few(), division=COUNTY, progress=False)["reform"]
    assert effect.all == alike.all
    refused(base(), other, few(), on=day)
    refused(base(), other, few(), division=COUNTY)


def test_a_reform_without_a_day_takes_the_base_s():
    effect = compare(base(), kinderguard.load().with_parameters(RAISED), few(), progress=False)["reform"]
    assert effect.all.children == 12


def test_books_of_one_place_say_of_how_many_children_the_place_is_another():
    book = base().for_division(COUNTY)
    found = compare(book, {"a": book.with_parameters(RAISED), "b": book}, few(), progress=False)
    named = compare(base(), base().with_parameters(RAISED), few(), division=COUNTY, progress=False)["reform"]
    assert 0 < by_hand() < 12
    for effect in (found["a"], found["b"]):
        assert effect.elsewhere.children == by_hand()
        assert (effect.elsewhere.place, effect.notes[0]) == (COUNTY, effect.elsewhere.said)
    assert found["a"].all == named.all  # nothing but the note changes
    for lang, place in (("zh", "示例县"), ("en", "the example county")):
        assert found["a"].elsewhere.said.in_(lang) in found.summary(lang)
        assert str(by_hand()) in found["a"].elsewhere.said.in_(lang)
        assert place in found["a"].elsewhere.said.in_(lang)
    problems = book.assess_frame(few().children, members=few().members)["problems"]
    assert problems.list.contains("case.division_elsewhere").sum() == by_hand()


def test_nothing_is_said_where_each_child_has_its_own_place_or_a_place_was_named():
    reform = base().with_parameters(RAISED)
    for division in (None, COUNTY):
        effect = compare(base(), reform, few(), division=division, progress=False)["reform"]
        assert effect.elsewhere is None
        assert coverage(base(), few(), division=division, progress=False).elsewhere is None


def test_a_coverage_by_a_book_of_one_place_says_so_too():
    found = coverage(base().for_division(COUNTY), few(), progress=False)
    assert found.elsewhere.children == by_hand()
    for lang in ("zh", "en"):
        assert found.elsewhere.said.in_(lang) in found.summary(lang)
    assert str(by_hand()) in found.view("en").text
    assert found.elsewhere.said.en in found.view("en").text


def test_a_child_of_elsewhere_that_is_opened_is_incomplete_by_both_books():
    book = base().for_division(COUNTY)
    found = compare(book, book.with_parameters(RAISED), few(), progress=False)
    places = few().children["division_code"].cast(str).to_list()
    child = found.open(next(k for k, place in enumerate(places) if place[:6] != COUNTY))
    assert (child.before.complete, child.after.complete) == (False, False)
