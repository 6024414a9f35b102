"""By which assessments a child was paid: a run done again, one for a day to come, and the months in which a file was closed."""

import datetime as dt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard.casefile.chain.entries import Entry, EntryKind
from kinderguard.casefile.following.paying import in_force
from told import stray

IN_PRISON = {"kind": "imprisoned", "since": "2025-01-10", "term_months": 36, "ongoing": True}
FREE = {key: value for key, value in IN_PRISON.items() if key != "ongoing"} | {"until": "2025-09-20"}


@pytest.fixture(scope="module")
def book():
    return rules()


# ---- which assessment -------------------------------------------------------------------------------------------------


def kept(number, on, written):
    """An assessment of a day, written at noon of another in Beijing."""
    at = dt.datetime.combine(written, dt.time(4), dt.UTC) + dt.timedelta(microseconds=number)
    return Entry(number, "a", EntryKind.ASSESSMENT, on, None, at, BY, {}, None, False, "", "", "")


def paid_by(assessed, month):
    """Which of some assessments, each (day, written), a month was paid by, counted from 1; None where by none."""
    entries = [kept(number, on, written) for number, (on, written) in enumerate(assessed, 1)]
    found = [each for each in in_force(entries, []) if each.since <= day(month)]
    return found[-1].assessment.number if found and found[-1].assessment else None


def days(*assessed):
    return [(day(f"2025-{on}"), day(f"2025-{written}")) for on, written in assessed]


BOTH_MONTHS = ("09-01", "09-01"), ("10-01", "10-01")


@pytest.mark.parametrize(
    ("assessed", "months"),
    [
        pytest.param([*BOTH_MONTHS], {"2025-09-01": 1, "2025-10-01": 2, "2025-12-01": 2}, id="every month"),
        pytest.param([*BOTH_MONTHS, ("10-01", "10-20")], {"2025-10-01": 2, "2025-11-01": 3}, id="done again later"),
        pytest.param([*BOTH_MONTHS, ("10-01", "10-01")], {"2025-10-01": 3}, id="done again on the day"),
        pytest.param([("09-01", "09-01"), ("10-01", "10-20")], {"2025-10-01": 2}, id="the month's run done late"),
        pytest.param([("09-01", "09-01"), ("10-01", "11-02")], {"2025-10-01": 1, "2025-12-01": 2}, id="after the month"),
        pytest.param([("09-01", "09-01"), ("10-01", "09-25"), ("10-01", "09-30")], {"2025-10-01": 3}, id="prepared"),
        pytest.param([("09-01", "09-01"), ("10-01", "09-25"), ("09-28", "09-28")], {"2025-10-01": 2}, id="looked between"),
        pytest.param([("07-05", "10-01"), ("08-05", "10-01")], {"2025-08-01": 1, "2025-09-01": 2}, id="filed late"),
        pytest.param([("07-05", "10-01"), ("08-05", "10-01"), ("08-05", "10-01")], {"2025-09-01": 2, "2025-10-01": 3}, id="again"),
        pytest.param([("07-05", "10-01"), ("08-05", "10-01"), ("07-10", "10-01")], {"2025-08-01": 1}, id="looks back"),
        pytest.param([("10-01", "10-08"), ("10-01", "10-20")], {"2025-10-01": 1, "2025-11-01": 2}, id="a late first run"),
        pytest.param([("09-01", "09-01"), ("12-01", "09-05"), ("10-01", "10-01")], {"2025-12-01": 3}, id="a look ahead"),
        pytest.param([("09-01", "09-01"), ("12-01", "09-05")], {"2025-11-01": 1, "2025-12-01": 2}, id="nothing between"),
    ],
)  # fmt: skip
def test_a_month_is_paid_by_the_last_assessment_that_stood_when_its_run_was_done(assessed, months):
    assert {month: paid_by(days(*assessed), month) for month in months} == months


DAYS = st.dates(dt.date(2025, 3, 1), dt.date(2025, 9, 30))


@settings(max_examples=60)
@given(st.lists(st.tuples(DAYS, st.integers(-20, 70)), min_size=1, max_size=5), st.integers(0, 4), st.integers(0, 200))
def test_a_day_assessed_anew_changes_nothing_of_months_that_began_before(assessed, which, later):
    """The law: a rerun, written after all others, leaves what was paid by in the months until then."""
    runs = sorted(((on, on + dt.timedelta(days=after)) for on, after in assessed), key=lambda run: run[1])
    again = runs[which % len(runs)][0]
    written = runs[-1][1] + dt.timedelta(days=later)
    assume(written >= again)
    for month in (f"2025-{number:02}-01" for number in range(3, 13)):
        if day(month) < written:
            assert paid_by([*runs, (again, written)], month) == paid_by(runs, month)


# ---- in a store -------------------------------------------------------------------------------------------------------


def on(clock, text):
    clock.now = dt.datetime.combine(day(text), dt.time(2), dt.UTC)


def run(store, book, clock, *months):
    for month in months:
        on(clock, month)
        store.assess("a", book, on=day(month), by=BY)


def told(store, book, on):
    """The months that are told as overpaid on a day."""
    found = [c.overpaid for c in store.changes("a", book, on=day(on)) if c.overpaid and c.code == ALLOWANCE]
    return [month for each in found for month, _, _ in each.by_month]


@pytest.fixture
def filed(file_store, clock):
    on(clock, "2025-07-01")
    file_store.record(child(father__situations=[IN_PRISON]), at=day("2025-07-01"), by=BY)
    return file_store


def test_a_run_that_is_done_again_hides_no_overpayment(filed, book, clock):
    run(filed, book, clock, "2025-09-01", "2025-10-01")
    on(clock, "2025-10-20")
    filed.append("a", "facts", {"facts": {"father.situations": [FREE]}}, valid_from=day("2025-09-21"), by=BY)
    assert told(filed, book, "2025-10-20") == ["2025-10"]
    filed.assess("a", book, on=day("2025-10-01"), by=BY)
    assert told(filed, book, "2025-10-20") == ["2025-10"]
    assert told(filed, book, "2025-12-20") == ["2025-10"], "from November on it is paid by the run that was done again"


def test_what_a_run_that_is_done_again_gives_more_was_paid(file_store, book, clock):
    """The first run leaves it open, since nothing is known of the father; the second, a few days later, gives the money."""
    on(clock, "2025-09-01")
    file_store.record(child(father__situations=None), at=day("2025-09-01"), by=BY)
    run(file_store, book, clock, "2025-09-01", "2025-10-01")
    on(clock, "2025-10-06")
    file_store.append("a", "facts", {"facts": {"father.situations": [IN_PRISON]}}, valid_from=day("2025-09-01"), by=BY)
    file_store.assess("a", book, on=day("2025-10-01"), by=BY)
    on(clock, "2025-11-05")
    file_store.append("a", "facts", {"facts": {"father.situations": [FREE]}}, valid_from=day("2025-09-21"), by=BY)
    assert told(file_store, book, "2025-11-10") == ["2025-10", "2025-11"]


def test_an_assessment_of_a_day_to_come_spoils_no_month_and_is_doubted(filed, book, clock):
    run(filed, book, clock, "2025-09-01", "2025-10-01")
    on(clock, "2025-10-05")
    filed.assess("a", book, on=day("2026-01-01"), by=BY)
    on(clock, "2025-10-20")
    free = [{**FREE, "until": "2025-10-19"}]
    filed.append("a", "facts", {"facts": {"father.situations": free}}, valid_from=day("2025-10-20"), by=BY)
    run(filed, book, clock, "2025-11-01", "2025-12-01")
    assert told(filed, book, "2026-02-02") == []
    assert [c for c in filed.changes("a", book, on=day("2026-02-02")) if c.what == "money"] == []


# ---- closed for a time ------------------------------------------------------------------------------------------------


@pytest.fixture
def reopened(filed, book, clock):
    """Paid in July and August; closed in September, open again in October, paid again in November."""
    run(filed, book, clock, "2025-07-01", "2025-08-01", "2025-09-01")
    on(clock, "2025-09-20")
    filed.close_file("a", reason="other", note="left", last_paid="2025-08", by=BY)
    on(clock, "2025-10-12")
    filed.reopen_file("a", reason="back", by=BY)
    return filed


def test_what_a_file_was_not_paid_while_it_was_closed_was_not_overpaid(reopened, book, clock):
    run(reopened, book, clock, "2025-11-01")
    on(clock, "2025-11-05")
    free = [{**FREE, "until": "2025-07-05"}]
    reopened.append("a", "facts", {"facts": {"father.situations": free}}, valid_from=day("2025-07-06"), by=BY)
    assert told(reopened, book, "2025-11-07") == ["2025-08", "2025-11"]
    (change,) = [c for c in reopened.changes("a", book, on=day("2025-11-07")) if c.overpaid]
    assert ("2025-08、2025-11共2个月" in change.text.zh, "2 months, 2025-08, 2025-11," in change.text.en) == (
        True,
        True,
    )


def test_money_that_is_paid_again_after_a_closing_begins_again(reopened, book, clock):
    run(reopened, book, clock, "2025-11-01")
    (change,) = [c for c in reopened.changes("a", book, on=day("2025-11-01")) if c.what == "money"]
    assert (change.kind.value, change.code) == ("begins", ALLOWANCE)
    assert "2025-09-20" in change.text.zh
    assert not stray(change.text)
    assert [c for c in reopened.changes("a", book, on=day("2025-12-01")) if c.what == "money"] == []


def test_money_that_was_paid_on_does_not_begin_again(filed, book, clock):
    run(filed, book, clock, "2025-09-01")
    on(clock, "2025-09-10")
    filed.close_file("a", reason="other", note="left", last_paid="2025-09", by=BY)
    on(clock, "2025-09-25")
    filed.reopen_file("a", reason="back", by=BY)
    assert [c for c in filed.changes("a", book, on=day("2025-10-01")) if c.what == "money"] == []


def test_what_a_closing_said_of_months_before_stands_when_the_file_is_open_again(filed, book, clock):
    run(filed, book, clock, "2025-07-01")
    on(clock, "2025-09-20")
    filed.close_file("a", reason="parent_released", happened_on=day("2025-07-20"), last_paid="2025-09", by=BY)
    assert told(filed, book, "2025-09-21") == ["2025-08", "2025-09"]
    on(clock, "2025-10-12")
    filed.reopen_file("a", reason="in prison once more", by=BY)
    assert told(filed, book, "2025-10-13") == ["2025-08", "2025-09"]
    assert told(filed, book, "2025-12-02") == ["2025-08", "2025-09"], "from then on the facts of the file count"
    (closing,) = filed.entries("a", kinds=["closing"])
    filed.correct("a", closing.number, None, reason="it was another man", by=BY)
    assert told(filed, book, "2025-10-13") == []


def test_nothing_was_paid_until_a_closing_that_says_so(filed, book, clock):
    run(filed, book, clock, "2025-07-01", "2025-08-01")
    on(clock, "2025-08-20")
    filed.close_file("a", reason="other", note="left", last_paid=None, by=BY)
    on(clock, "2025-08-25")
    filed.reopen_file("a", reason="back", by=BY)
    run(filed, book, clock, "2025-09-01")
    free = [{**FREE, "until": "2025-07-05"}]
    filed.append("a", "facts", {"facts": {"father.situations": free}}, valid_from=day("2025-07-06"), by=BY)
    assert told(filed, book, "2025-09-02") == ["2025-09"]


def test_a_child_whose_file_is_open_again_is_not_dead(filed, book, clock):
    run(filed, book, clock, "2025-07-01")
    on(clock, "2025-09-20")
    filed.close_file("a", reason="death", happened_on=day("2025-07-20"), last_paid="2025-09", by=BY)
    assert told(filed, book, "2025-09-21") == ["2025-08", "2025-09"]
    filed.reopen_file("a", reason="another child", by=BY)
    assert told(filed, book, "2025-09-21") == []
