"""Since when less was due: found by the days on which something can turn, as if every day had been tried."""

import datetime as dt
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.children import UNATTENDED, child, day, rules
from kinderguard import rules as r
from kinderguard.casefile.facts import case_of, facts_of
from kinderguard.casefile.following.changes import overpayments
from kinderguard.casefile.following.since import SameSince
from kinderguard.casefile.history import Holding, Stated, stated_on, values

FIRST, LAST = day("2024-10-01"), day("2025-03-20")
DAYS = st.dates(FIRST, LAST)
IMPRISONED = UNATTENDED["father.situations"]
#: What files come to say of a child, and unsay.
NEWS = st.sampled_from(
    [
        {"father.situations": []},
        {"father.situations": IMPRISONED},
        {"father.situations": [{"kind": "imprisoned", "since": "2024-10-20", "term_months": 3, "ongoing": None}]},
        {"father.situations": None},
        {"division_code": "330199"},
        {"household.aid": ["dibao"], "household.dibao_monthly": "400"},
        {"child.birth_date": "2007-01-15"},
        {"mother.situations": [{"kind": "lost_contact", "since": "2024-06-20", "ongoing": True}]},
    ]
)


@pytest.fixture(scope="module")
def book():
    """With a gift that is given for some of the days alone."""
    gift = r.Policy(
        "330106.gift", r.Text("慰问金", "Gift"), r.child.age < 18, amount=r.yuan("100"), every=r.MONTH,
        effective=r.Period("2024-11-15", "2025-02-10"),
    )  # fmt: skip
    return rules().with_policies(gift)


def held_of(news):
    """Holdings as a file has them: the child of the tests from the first day on, then the news in the order of their days."""
    base = facts_of(child(division_code="330106"))
    said = [(FIRST, None, base), *((start, None if end < start else end, facts) for start, end, facts in news)]
    made = [
        Holding(number, start, end, {path: Stated(value, number, number) for path, value in facts.items()})
        for number, (start, end, facts) in enumerate(said, 1)
    ]
    return sorted(made, key=lambda h: (h.valid_from, h.number))


def truth_of(book, held):
    return cache(lambda when: book.assess(case_of("a", values(stated_on(held, when))), on=when))


@settings(max_examples=60, deadline=None)
@given(
    news=st.lists(st.tuples(DAYS, DAYS, NEWS), max_size=4),
    paid=st.lists(DAYS, min_size=1, max_size=3, unique=True).map(sorted),
)
def test_it_is_found_as_if_every_day_had_been_tried(book, news, paid):
    held = held_of(news)
    truth, was_paid = truth_of(book, held), [book.assess(child(), on=each) for each in paid]
    asked = {"through": LAST, "known_from": FIRST}
    alike = SameSince(book, "a", held, start=FIRST, until=LAST)
    assert overpayments(was_paid, truth, **asked, same_since=alike) == overpayments(was_paid, truth, **asked)


@settings(max_examples=40, deadline=None)
@given(news=st.lists(st.tuples(DAYS, DAYS, NEWS), max_size=3), asked=DAYS)
def test_on_all_days_back_to_it_the_same_is_due(book, news, asked):
    held = held_of(news)
    truth, first = truth_of(book, held), SameSince(book, "a", held, start=FIRST, until=LAST)(asked)
    assert FIRST <= first <= asked

    def due(when):
        found = truth(when)
        return found.categories, {code: (p.eligible, p.low, p.high) for code, p in found.policies.items()}

    assert all(due(first + dt.timedelta(days=k)) == due(asked) for k in range((asked - first).days))
