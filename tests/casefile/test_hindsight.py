"""A fact that states a day before the one from which it counts: what was overpaid since that day is told all the same."""

from decimal import Decimal

import pytest

from casefile.children import ALLOWANCE, BY, child, day, rules
from told import stray

IN_PRISON = {"kind": "imprisoned", "since": "2025-01-10", "term_months": 24}
FREE = [{**IN_PRISON, "until": "2025-06-20"}]
DEAD = {"kind": "dead", "since": "2020-01-01"}


@pytest.fixture(scope="module")
def book():
    return rules()


@pytest.fixture
def paid(file_store, book, clock):
    """A child whose allowance was paid in July and August."""

    def begin(**facts):
        file_store.record(child(**facts), at=day("2025-07-01"), by=BY)
        for on in ("2025-07-01", "2025-08-01"):
            file_store.assess("a", book, on=day(on), by=BY)
        clock.move(days=90)
        return file_store

    return begin


def state(store, on, **facts):
    said = {path.replace("__", "."): value for path, value in facts.items()}
    return store.append("a", "facts", {"facts": said}, valid_from=day(on), by=BY)


def overpaid(store, book, on="2025-09-01"):
    return [c for c in store.changes("a", book, on=day(on)) if c.overpaid and c.code == ALLOWANCE]


def test_a_release_told_late_with_its_day_is_overpaid_since_that_day(paid, book):
    store = paid()
    state(store, "2025-09-01", father__situations=FREE)
    (change,) = overpaid(store, book)
    assert (change.overpaid.first, change.overpaid.last, change.overpaid.amount) == (
        "2025-07", "2025-08", Decimal("3560.00"),
    )  # fmt: skip
    assert change.overpaid.since == day("2025-06-21")
    assert "第 4 条自 2025-09-01 起计" in change.said.zh
    assert not stray(change.said)
    (item,) = store.due(book, today=day("2025-09-01")).of("overpaid")
    assert "3,560.00 yuan in all (less was due from 2025-06-21 on)" in item.text.en


def test_months_between_the_day_and_the_first_assessment_are_not_counted_and_that_is_said(paid, book):
    store = paid()
    state(store, "2025-09-01", father__situations=[{**IN_PRISON, "until": "2025-05-20"}])
    (change,) = overpaid(store, book)
    assert (change.overpaid.months, change.overpaid.since, change.overpaid.uncounted) == (2, day("2025-05-21"), 1)


@pytest.mark.parametrize(("until", "months"), [("2025-07-01", ["2025-08"]), ("2025-08", []), ("2025-09-01", [])])
def test_only_months_that_begin_after_the_end_are_overpaid(paid, book, until, months):
    store = paid()
    state(store, "2025-09-01", father__situations=[{**IN_PRISON, "until": until}])
    assert [month for each in overpaid(store, book) for month, _, _ in each.overpaid.by_month] == months


def test_an_end_that_was_taken_back_later_says_nothing_of_the_months_before(paid, book):
    store = paid()
    state(store, "2025-08-20", father__situations=FREE)
    assert overpaid(store, book)
    state(store, "2025-08-25", father__situations=[{**IN_PRISON, "ongoing": True}])
    assert not overpaid(store, book)


def test_the_end_of_another_sentence_ends_not_this_one(paid, book):
    store = paid()
    state(store, "2025-09-01", father__situations=[{**IN_PRISON, "since": "2024-01-10", "until": "2024-06-20"}])
    assert not overpaid(store, book)


def test_what_was_said_in_between_hides_no_end(paid, book):
    store = paid()
    state(store, "2025-07-15", father__situations=[{**IN_PRISON, "term_months": 36, "ongoing": True}])
    state(store, "2025-09-01", father__situations=FREE)
    (change,) = overpaid(store, book)
    assert change.overpaid.months == 2


def test_a_death_told_late_ends_what_the_dead_parent_was_paid_for(paid, book):
    store = paid()
    dead = {"kind": "dead", "since": "2025-06-20"}
    state(store, "2025-09-01", father__situations=[dead])
    (change,) = overpaid(store, book)
    assert (change.overpaid.months, change.overpaid.since) == (2, day("2025-06-20"))


def test_a_birth_date_that_is_another_now_was_it_always(paid, book):
    store = paid(child__birth_date="2007-10-05")
    state(store, "2025-09-01", child__birth_date="2007-07-20")
    (change,) = overpaid(store, book)
    assert (change.overpaid.first, change.overpaid.months) == ("2025-08", 1)


@pytest.mark.parametrize("mother", [[DEAD], [IN_PRISON | {"ongoing": True}]], ids=["one parent", "either parent"])
def test_a_closing_that_names_a_release_tells_the_months_since(paid, book, mother):
    well = {"kind": "none", "grade": "none"}
    store = paid(
        mother__situations=mother, mother__supports_child=False, mother__disability=well, mother__illness__serious=False
    )
    store.close_file(
        "a", reason="parent_released", happened_on=day("2025-06-20"), last_paid="2025-08", by=BY, on=day("2025-09-02")
    )
    (change,) = overpaid(store, book, "2025-09-03")
    assert (change.overpaid.months, change.overpaid.since) == (2, day("2025-06-21"))
    assert any("结案" in text.zh for text in change.because)


def test_a_closing_for_what_was_never_said_of_a_parent_claims_nothing(paid, book):
    store = paid()
    store.close_file(
        "a", reason="detox_completed", happened_on=day("2025-06-20"), last_paid="2025-08", by=BY, on=day("2025-09-02")
    )
    assert not overpaid(store, book, "2025-09-03")


ENDED = {**IN_PRISON, "until": "2025-07-05", "ongoing": False}


@pytest.mark.parametrize(
    ("begun", "months"),
    [
        ({"kind": "compulsory_detox", "since": "2025-07-06", "term_months": 24, "ongoing": True}, []),
        ({"kind": "imprisoned", "since": "2025-07-20", "term_months": 12, "ongoing": True}, []),
        ({"kind": "guardianship_revoked", "since": "2025-07-10", "ongoing": True}, []),
        ({"kind": "compulsory_detox", "since": "2025-08-10", "term_months": 24, "ongoing": True}, ["2025-08"]),
        (
            {
                "kind": "compulsory_detox",
                "since": "2025-07-06",
                "until": "2025-08-20",
                "term_months": 24,
                "ongoing": False,
            },
            ["2025-09"],
        ),
        ({"kind": "compulsory_detox", "term_months": 24, "ongoing": True}, ["2025-08", "2025-09"]),
    ],
    ids=["detoxification", "another sentence", "guardianship", "later", "ended since", "without a day"],
)
def test_what_began_after_the_stated_end_counts_from_its_own_day(paid, book, begun, months):
    store = paid()
    state(store, "2025-09-15", father__situations=[ENDED, begun])
    assert [month for each in overpaid(store, book, "2025-09-20") for month, _, _ in each.overpaid.by_month] == months


def test_what_began_since_and_was_taken_back_is_no_reason_for_the_money(paid, book):
    store = paid()
    detox = {"kind": "compulsory_detox", "since": "2025-07-06", "term_months": 24, "ongoing": True}
    state(store, "2025-09-15", father__situations=[ENDED, detox])
    state(store, "2025-09-16", father__situations=[ENDED, {**detox, "until": "2025-07-07", "ongoing": False}])
    (change,) = overpaid(store, book, "2025-09-20")
    assert [month for month, _, _ in change.overpaid.by_month] == ["2025-08", "2025-09"]


def test_what_is_told_late_comes_to_what_the_same_facts_give_on_their_days(paid, book):
    """A month is told as overpaid just where the facts that are known now, each on its own day, give less."""
    store, days = paid(), [day(f"2025-{number}-01") for number in ("07", "08", "09")]
    for begun in ("2025-07-06", "2025-08-01", "2025-08-02"):
        facts = [ENDED, {"kind": "imprisoned", "since": begun, "term_months": 12, "ongoing": True}]
        state(store, "2025-09-15", father__situations=facts)
        found = [month for each in overpaid(store, book, "2025-09-20") for month, _, _ in each.overpaid.by_month]
        by_day = (book.assess(child(father__situations=facts), on=on).policies[ALLOWANCE].amount for on in days)
        assert found == [f"{on:%Y-%m}" for on, amount in zip(days, by_day, strict=True) if not amount]
