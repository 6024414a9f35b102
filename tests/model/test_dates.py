"""Ages, months and dates known only in part, on the days that go wrong."""

import datetime as dt
import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kinderguard.model import Child, InvalidRecordError, PartialDate, Situation
from kinderguard.model.dates import add_months, age_on, months_between, today_in_china
from kinderguard.model.errors import FieldValueError
from kinderguard.testing import strategies

DAY = dt.timedelta(1)
days = st.dates(dt.date(1940, 1, 1), dt.date(2100, 12, 31))
lengths = st.integers(-600, 600)


@pytest.mark.parametrize(
    ("day", "age"),
    [("2018-03-04", 5), ("2018-03-05", 6), ("2018-03-06", 6), ("2012-03-05", 0), ("2012-03-04", -1), ("2013-03-04", 0)],
)
def test_an_age_is_reached_on_the_birthday_itself(day: str, age: int) -> None:
    assert age_on(dt.date(2012, 3, 5), dt.date.fromisoformat(day)) == age


@pytest.mark.parametrize(
    ("day", "age"), [("2026-02-27", 17), ("2026-02-28", 17), ("2026-03-01", 18), ("2028-02-28", 19), ("2028-02-29", 20)]
)
def test_somebody_born_on_29_february_is_older_on_1_march_of_a_common_year(day: str, age: int) -> None:
    assert age_on(dt.date(2008, 2, 29), dt.date.fromisoformat(day)) == age


@given(days, days)
def test_an_age_never_falls_and_rises_by_at_most_one_a_day(birth: dt.date, day: dt.date) -> None:
    assert age_on(birth, day) <= age_on(birth, day + DAY) <= age_on(birth, day) + 1


@given(days, st.integers(0, 100))
def test_an_age_is_reached_after_as_many_years(birth: dt.date, age: int) -> None:
    assume(birth.year + age <= 2200)
    birthday = add_months(birth, 12 * age)
    if (birth.month, birth.day) == (2, 29) and birthday.day == 28:
        birthday += DAY
    assert (age_on(birth, birthday), age_on(birth, birthday - DAY)) == (age, age - 1)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2025-08-31", "2026-02-28", 6), ("2025-08-31", "2026-02-27", 5), ("2025-08-31", "2025-09-30", 1),
        ("2024-01-31", "2024-02-29", 1), ("2024-01-31", "2024-02-28", 0), ("2024-02-29", "2025-02-28", 12),
        ("2025-09-01", "2025-09-30", 0), ("2025-09-01", "2025-10-01", 1), ("2025-09-01", "2025-09-01", 0),
        ("2026-02-28", "2025-08-31", -6),
    ],
)  # fmt: skip
def test_a_month_is_complete_on_the_same_day_or_the_last_of_a_shorter_month(start: str, end: str, months: int) -> None:
    assert months_between(dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == months


@given(days, lengths)
def test_as_many_months_lie_between_as_were_added(day: dt.date, months: int) -> None:
    assert months_between(day, add_months(day, months)) == months or months < 0
    if months >= 0:
        assert months_between(day, add_months(day, months) - DAY) < max(months, 1)


@given(days, days)
def test_months_counted_back_are_the_negative(a: dt.date, b: dt.date) -> None:
    assert months_between(a, b) == -months_between(b, a)


@given(days, days)
def test_months_between_are_the_most_that_fit(a: dt.date, b: dt.date) -> None:
    assume(a <= b)
    months = months_between(a, b)
    assert add_months(a, months) <= b < add_months(a, months + 1)


@given(days, lengths, lengths)
def test_adding_months_keeps_order_and_the_month_asked_for(day: dt.date, few: int, more: int) -> None:
    few, more = sorted((few, more))
    assert add_months(day, few) <= add_months(day, more)
    later = add_months(day, more)
    assert (later.year - day.year) * 12 + later.month - day.month == more
    assert later.day == day.day or (later + DAY).day == 1


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2012-03-05", "2012-03-05", "2012-03-05"), ("2012-02", "2012-02-01", "2012-02-29"),
        ("2013-02", "2013-02-01", "2013-02-28"), ("2012-12", "2012-12-01", "2012-12-31"),
        ("2012", "2012-01-01", "2012-12-31"),
    ],
)  # fmt: skip
def test_a_date_known_in_part_covers_all_it_may_be(text: str, earliest: str, latest: str) -> None:
    date = PartialDate.of(text)
    assert (str(date.earliest), str(date.latest), str(date)) == (earliest, latest, text)
    assert date.is_exact == (len(text) == 10)


@pytest.mark.parametrize(
    "wrong",
    [
        "2013-02-29", "2012-13", "2012-00", "2012-03-00", "2012-03-32", "12-03-05", "2012/03/05", "2012-3-5", "0000-01-01",
        "2012-03-05T00:00:00", "2012年3月", "", " 2012", "2012\n", 2012, 20120305, 2012.5, None, True, [], b"2012",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused_and_not_repeated(wrong: object) -> None:
    with pytest.raises(FieldValueError) as caught:
        PartialDate.of(wrong)
    assert not wrong or str(wrong) not in str(caught.value).replace("2012-03-05, 2012-03 or 2012", "")


def test_a_day_without_its_month_is_refused() -> None:
    with pytest.raises(FieldValueError, match="needs its month"):
        PartialDate(2012, None, 5)


@given(strategies.partial_dates(), strategies.partial_dates())
def test_dates_in_part_are_values(a: PartialDate, b: PartialDate) -> None:
    assert PartialDate.of(str(a)) == a == pickle.loads(pickle.dumps(a))
    assert (a == b) == (hash(a) == hash(b) and str(a) == str(b))
    assert (a < b) + (a == b) + (a > b) == 1
    assert a.earliest <= a.latest


def test_a_date_in_part_cannot_be_changed_or_compared_with_anything_else() -> None:
    with pytest.raises(AttributeError):
        PartialDate(2012).year = 2013
    with pytest.raises(TypeError):
        _ = PartialDate(2012) < dt.date(2012, 1, 1)


def test_a_date_or_a_moment_becomes_a_day() -> None:
    assert PartialDate.of(dt.datetime(2012, 3, 5, 7)) == PartialDate.of(dt.date(2012, 3, 5)) == PartialDate(2012, 3, 5)


def test_what_has_happened_cannot_lie_in_the_future() -> None:
    today = today_in_china()
    assert Child(birth_date=today).birth_date == PartialDate.of(today)
    for future in (today + DAY, f"{today.year + 1}-01", str(today.year + 1)):
        with pytest.raises(InvalidRecordError, match="future"):
            Child(birth_date=future)


def test_a_year_or_month_that_has_begun_is_not_future() -> None:
    today = today_in_china()
    assert Child(birth_date=f"{today:%Y-%m}").birth_date == PartialDate(today.year, today.month)
    assert Child(birth_date=str(today.year)).birth_date == PartialDate(today.year)


def test_today_is_the_day_in_beijing_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return dt.datetime(2025, 8, 31, 17, tzinfo=dt.UTC).astimezone(tz)  # one o'clock of the next day in Beijing

    monkeypatch.setattr("kinderguard.model.dates.dt.datetime", Clock)
    assert today_in_china() == dt.date(2025, 9, 1)


def test_an_end_may_lie_in_the_future() -> None:
    assert Situation(until="2999-01-01").until == PartialDate(2999, 1, 1)
