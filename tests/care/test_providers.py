"""Providers: shares with their numbers and their uncertainty; few cases are not ranked; unknown is not bad."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard.care import (
    MINIMUM_CASES,
    CarePlan,
    Delivery,
    Outcome,
    PlannedService,
    Service,
    ServiceState,
    Share,
    deliveries_of,
    ranked,
    score,
)
from kinderguard.care.providers import TooSmallMinimumError

UNTIL = dt.date(2025, 9, 30)


def promise(**given):
    return Delivery(**{"organisation": "a", "service": Service.COMPANY} | given)


def delivered(on="2025-09-10", by="2025-09-15", **given):
    return promise(state="delivered", delivered_on=on, by=by, **given)


def of(*promises):
    (found,) = score(promises, until=UNTIL)
    return found


def counts(share):
    return share.count, share.of, share.unknown


# ---- shares ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "of_all", "low", "high"),
    [
        # As published for the score interval without continuity correction: Newcombe 1998, table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(count, of_all, low, high):
    share = Share(count, of_all)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_of_no_case_nothing_is_said():
    share = Share(0, 0, unknown=3)
    assert (share.value, share.low, share.high) == (None, 0.0, 1.0)
    assert (share.text.zh, share.text.en) == ("尚无个案，另有3例不详", "no case yet, 3 more not known")


def test_a_share_is_printed_with_its_interval_and_its_number():
    assert Share(8, 10).text.en == "80% (49%–94%; 10 cases)"
    assert Share(8, 10, 2).text.zh == "80%（49%–94%；10例），另有2例不详"


@pytest.mark.parametrize("wrong", [(2, 1, 0), (-1, 1, 0), (0, 0, -1)])
def test_a_share_cannot_count_more_than_all(wrong):
    with pytest.raises(ValueError, match="counts some of all"):
        Share(*wrong)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_the_interval_holds_the_share_and_narrows_as_cases_come_in(count, of_all):
    count = min(count, of_all)
    share, more = Share(count, of_all), Share(count * 4, of_all * 4)
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert more.high - more.low < share.high - share.low
    mirrored = Share(of_all - count, of_all)
    assert mirrored.low == pytest.approx(1 - share.high)
    assert mirrored.high == pytest.approx(1 - share.low)


# ---- what counts ----------------------------------------------------------------------------------------------------


def test_a_promise_whose_day_has_not_passed_counts_in_no_share():
    found = of(promise(by="2025-09-30"), promise())
    assert (found.promised, found.waiting, found.cases) == (2, 2, 0)
    assert counts(found.on_time) == (0, 0, 0)


def test_a_promise_whose_day_has_passed_counts_against_delivery_and_time():
    found = of(promise(by="2025-09-29"), delivered())
    assert (counts(found.delivered), counts(found.on_time)) == ((1, 2, 0), (1, 2, 0))


@pytest.mark.parametrize(("on", "in_time"), [("2025-09-15", 1), ("2025-09-16", 0)])
def test_delivery_on_the_day_itself_is_on_time(on, in_time):
    assert counts(of(delivered(on)).on_time) == (in_time, 1, 0)


def test_a_day_that_nobody_recorded_is_unknown_and_neither_late_nor_on_time():
    found = of(delivered(on=None), delivered(by=None), promise(state="not_delivered"))
    assert counts(found.on_time) == (0, 0, 3)
    assert counts(found.delivered) == (2, 3, 0)


def test_outcomes_and_feedback_are_shares_of_what_is_recorded():
    found = of(
        delivered(outcome="met", satisfied=True),
        delivered(outcome="partly", satisfied=False),
        delivered(outcome="worse"),
        delivered(),
        promise(state="not_delivered"),
    )
    assert counts(found.better) == (2, 3, 1)
    assert counts(found.satisfied) == (1, 2, 2)


def test_a_delivery_after_the_day_is_not_counted_as_delivered_yet():
    found = of(delivered(on="2025-10-01", by="2025-09-15"), delivered(on="2025-10-01", by="2025-10-15"))
    assert (counts(found.delivered), found.waiting) == ((0, 1, 0), 1)


def test_what_was_planned_or_cancelled_was_never_promised():
    assert score([promise(state="planned"), promise(state="cancelled")], until=UNTIL) == ()


def test_plans_give_their_promises_and_nothing_about_the_child():
    services = [
        PlannedService(number=1, need="n", service=Service.COMPANY, organisation="a", state="delivered", by="2025-09-15", delivered_on="2025-09-10", outcome="met", satisfied=True),
        PlannedService(number=2, need="n", service=Service.COMPANY),
        PlannedService(number=3, need="n", service=Service.COMPANY, organisation="a", state="cancelled"),
    ]  # fmt: skip
    (found,) = deliveries_of([CarePlan(ref="K1", made_on="2025-09-01", services=services)])
    assert found == delivered(outcome="met", satisfied=True)
    assert "K1" not in repr(found)


days = st.none() | st.dates(dt.date(2025, 9, 1), dt.date(2025, 10, 31))
deliveries = st.builds(
    Delivery,
    organisation=st.sampled_from("ab"),
    service=st.just(Service.COMPANY),
    state=st.sampled_from(ServiceState),
    by=days,
    delivered_on=days,
    outcome=st.none() | st.sampled_from(Outcome),
    satisfied=st.none() | st.booleans(),
)


@given(st.lists(deliveries, max_size=12))
def test_every_promise_is_delivered_failed_or_waited_for_and_its_parts_add_up(promises):
    counted = [p for p in promises if p.state not in (ServiceState.PLANNED, ServiceState.CANCELLED)]
    found = score(promises, until=UNTIL)
    assert sum(each.promised for each in found) == len(counted)
    for each in found:
        assert each.waiting + each.delivered.of == each.promised
        assert each.on_time.of + each.on_time.unknown == each.delivered.of
        for share in (each.better, each.satisfied):
            assert share.of + share.unknown == each.delivered.count
    assert found == score(reversed(promises), until=UNTIL)


@given(deliveries)
def test_a_delivery_reads_back_from_json_as_it_was(each):
    assert Delivery.model_validate_json(each.to_json()) == each


# ---- ranking ----------------------------------------------------------------------------------------------------------


def scores(**numbers):
    promises = []
    for name, (good, bad) in numbers.items():
        promises += [delivered(organisation=name)] * good + [promise(organisation=name, state="not_delivered")] * bad
    return score(promises, until=UNTIL)


def test_an_organisation_with_few_cases_is_shown_and_not_ranked_and_it_says_so():
    found = ranked(scores(many=(9, 3), few=(3, 0)))
    assert [(each.score.organisation, each.rank) for each in found] == [("many", 1), ("few", None)]
    assert found[1].said.zh == f"到期个案3例，不足{MINIMUM_CASES}例，不参加排名"
    assert "fewer than 10: not ranked" in found[1].said.en


@pytest.mark.parametrize(("minimum", "rank"), [(12, 1), (13, None)])
def test_the_minimum_itself_is_enough(minimum, rank):
    (found,) = ranked(scores(a=(9, 3)), minimum=minimum)
    assert found.rank == rank


def test_the_same_share_of_more_cases_ranks_higher_and_equals_share_a_place():
    found = ranked(scores(b=(40, 10), a=(40, 10), c=(8, 2), d=(10, 40)))
    assert [(each.score.organisation, each.rank) for each in found] == [("a", 1), ("b", 1), ("c", 3), ("d", 4)]


def test_nobody_can_be_ranked_without_a_case():
    with pytest.raises(TooSmallMinimumError, match="1 case or more"):
        ranked([], minimum=0)
