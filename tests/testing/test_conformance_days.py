"""On which days the proofs are asked about a pack: those on which its own rules read otherwise."""

import datetime as dt

import pytest

from kinderguard import Pack, Text
from kinderguard import rules as r
from kinderguard.national import ORPHAN, ORPHAN_ALLOWANCE
from kinderguard.rules import child, household
from kinderguard.rules.kinds import MONEY
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.testing import check_pack
from kinderguard.testing.conformance.days import MOST_DAYS, days_of
from kinderguard.testing.conformance.subject import USUAL_DAY, Subject
from kinderguard.testing.conformance.targets import target_of

T = Text("某", "some")
CITES = [r.Cite("某县办法（虚构）", article="三", trust="illustrative", checked_on="2025-09-01")]


def day(text):
    return dt.date.fromisoformat(text)


def season(start, end):
    return r.DAY.between(day(start), day(end))


def policy(code="grant", eligible=child.age < 18, amount=r.yuan("100"), start="2025-01-01", end=None, **more):  # noqa: B008
    return r.Policy(
        f"450199.{code}", T, eligible=eligible, amount=amount, every=r.MONTH, cites=CITES, effective=r.Period(start, end),
        **more,
    )  # fmt: skip


def pack(*policies, parameters=()):
    return Pack(code="450199", title=T, version="0.1.0", kinderguard=">=0.1", policies=policies, parameters=parameters)


def days(*policies, parameters=()):
    return days_of(Subject(target_of(pack(*policies, parameters=parameters))))


def asked(*policies):
    found = days(*policies)
    assert (found.more, found.of_values) == ((), ())
    return [str(each) for each in found.asked]


USUAL = str(USUAL_DAY)


@pytest.mark.parametrize(
    "held",
    [child.age < 6, child.birth_date.plus(years=3) <= r.DAY, household.members.any(lambda m: m.birth_date.age_on(r.DAY) < 3)],
)  # fmt: skip
def test_rules_that_all_hold_and_ask_for_the_day_only_beside_a_child_are_asked_about_on_one_day(held):
    assert asked(policy(eligible=held)) == [USUAL]


def test_a_rule_that_has_ended_is_asked_about_on_its_last_day_and_its_place_without_it_afterwards():
    assert asked(policy(), policy("before", start="2023-01-01", end="2024-12-31")) == [USUAL, "2024-12-31"]
    assert asked(policy(), policy("passing", end="2026-06-30")) == [USUAL, "2026-07-01"]
    assert asked(policy("alone", end="2026-06-30")) == [USUAL], "of a pack without any rule there is nothing to ask"


def test_a_value_that_has_ended_is_asked_about_for_a_year_by_the_floor_alone():
    def value(start, end):
        return ParameterValue("450199", r.Period(start, end), 100_00, "某", r.Trust.ILLUSTRATIVE)

    values = (value("2020-01-01", "2021-12-31"), value("2022-01-01", "2025-06-30"), value("2025-07-01", None))
    found = days(policy(amount=r.param("450199.n")), parameters=[Parameter("450199.n", MONEY, title=T, values=values)])
    assert (found.asked, found.of_values) == ((USUAL_DAY,), (day("2025-06-30"),))


@pytest.mark.parametrize(
    "seasonal",
    [
        policy(eligible=(child.age < 18) & season("2025-02-01", "2025-02-28")),
        policy(
            eligible=(child.age < 18)
            & r.DAY.between(day("2025-02-01"), day("2999-01-01"))
            & ~r.DAY.between(day("2025-03-01"), day("2999-01-01"))
        ),
        policy(eligible=season("2025-02-01", "2025-02-28")),
        policy(amount=r.when(season("2025-02-01", "2025-02-28"), r.yuan("1")).otherwise(r.yuan("2"))),
        policy(
            eligible=child.is_in(ORPHAN),
            stacking=[r.excludes(ORPHAN_ALLOWANCE, keep="higher", when=season("2025-02-01", "2025-02-28"))],
        ),
    ],
    ids=["eligible", "two seasons", "everybody", "amount", "stacking"],
)
def test_a_rule_that_holds_in_one_season_is_asked_about_on_its_first_day(seasonal):
    assert asked(seasonal) == [USUAL, "2025-02-01"]


def test_seasons_in_which_the_rules_read_alike_are_asked_about_once():
    twice = season("2025-02-01", "2025-02-28") | season("2026-02-01", "2026-02-28")
    assert asked(policy(eligible=(child.age < 18) & twice)) == [USUAL, "2026-02-01"]


def test_a_date_that_a_rule_names_is_asked_about_however_far_it_is():
    assert asked(policy(eligible=(child.age < 18) & r.DAY.between(day("2030-03-01"), day("2999-01-01")))) == [
        USUAL,
        "2030-03-01",
    ]


def test_before_a_rule_began_its_season_is_not_asked_about():
    assert asked(policy(eligible=season("2024-10-01", "2024-10-31"), start="2025-01-01")) == [USUAL]


def test_there_are_so_many_days_and_no_more():
    monthly = [
        policy(f"m{month}", eligible=(child.age < 18) & season(f"2026-{month:02}-01", f"2026-{month:02}-05"))
        for month in range(1, 9)
    ]
    found = days(*monthly)
    assert len(found.asked) == MOST_DAYS
    assert found.more == (day("2026-08-01"),)


def test_days_that_are_given_are_the_days():
    given = (day("2025-03-01"), day("2025-02-01"), day("2025-03-01"))
    subject = Subject(target_of(pack(policy(end="2026-06-30"))), on=given)
    assert (subject.day, subject.days.asked) == (given[0], given[:2])


def test_a_grant_that_is_paid_in_one_month_can_apply():
    pytest.importorskip("z3")
    september = policy(eligible=(child.age < 18) & season("2026-09-01", "2026-09-30"), start="2026-01-01")
    report = check_pack(pack(september), only="never_applies")
    assert report.ok, report.text("en")
    assert [note.message.en for note in report["never_applies"].notes] == ["asked for 2026-01-01, 2026-09-01"]
