"""Coordination: nobody served twice unseen, nobody left out unseen."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard.care import (
    CarePlan,
    Need,
    NeedDomain,
    NeedStatus,
    PlannedService,
    Service,
    ServiceGiven,
    UndatedService,
    Urgency,
    overlaps,
    services_of,
    unserved,
)
from kinderguard.model import InvalidRecordError, Text

DAY = dt.date(2025, 9, 1)


def served(organisation="a", since="2025-09-01", until="2025-09-30", **given):
    base = {"ref": "K1", "need": "cn.need.company", "service": Service.COMPANY}
    return ServiceGiven(**base | {"organisation": organisation, "since": since, "until": until} | given)


def a_need(ref="K1", code="cn.need.company", **given):
    base = {
        "ref": ref, "code": code, "domain": NeedDomain.SAFETY, "title": Text("甲", "a"), "urgency": Urgency.SOON,
        "reason": Text("乙", "b"), "on": DAY, "services": [Service.COMPANY], "division": "330199001002",
    }  # fmt: skip
    return Need(**base | given)


# ---- twice ---------------------------------------------------------------------------------------------------------


def test_one_need_served_by_two_organisations_at_a_time_is_found_with_the_days_they_share():
    (found,) = overlaps([served("a"), served("b", "2025-09-10", "2025-10-05")])
    assert (found.since, found.until, found.days) == (dt.date(2025, 9, 10), dt.date(2025, 9, 30), 21)
    assert "K1" in found.message.zh
    assert "a and b" in found.message.en


@pytest.mark.parametrize(("begins", "shared"), [("2025-09-30", 1), ("2025-10-01", 0)])
def test_the_last_day_of_a_period_belongs_to_it(begins, shared):
    found = overlaps([served("a"), served("b", begins, "2025-12-31")])
    assert sum(each.days for each in found) == shared


def test_the_end_of_february_is_where_the_calendar_has_it():
    leap = [served("a", "2024-02-01", "2024-02-29"), served("b", "2024-02-29", "2024-03-31")]
    assert overlaps(leap)[0].days == 1


def test_a_service_that_runs_on_overlaps_with_whatever_comes_later():
    (found,) = overlaps([served("a", until=None), served("b", "2031-01-01", None)])
    assert (found.since, found.until, found.days) == (dt.date(2031, 1, 1), None, None)
    assert "2031-01-01起" in found.message.zh


@pytest.mark.parametrize(
    "other", [{"ref": "K2"}, {"need": "cn.need.living"}, {"organisation": "a"}], ids=lambda o: next(iter(o))
)
def test_another_child_another_need_or_the_same_organisation_is_no_overlap(other):
    assert overlaps([served("a"), served(**{"organisation": "b"} | other)]) == ()


def test_another_service_for_the_same_need_is_an_overlap():
    assert len(overlaps([served("a"), served("b", service=Service.PSYCHOLOGICAL_SUPPORT)])) == 1


days = st.dates(dt.date(2024, 2, 20), dt.date(2024, 3, 10))


@st.composite
def services(draw):
    since = draw(days)
    until = draw(st.none() | days.map(lambda day: max(day, since)))
    return ServiceGiven(
        ref=draw(st.sampled_from(["K1", "K2"])),
        need=draw(st.sampled_from(["n1", "n2"])),
        service=draw(st.sampled_from([Service.COMPANY, Service.SUPPLIES])),
        organisation=draw(st.sampled_from("abc")),
        since=since,
        until=until,
    )


def pairs(found):
    return sorted(sorted((each.first.to_json(), each.second.to_json())) for each in found)


@given(st.lists(services(), max_size=8))
def test_overlaps_are_symmetric_and_exactly_the_pairs_that_share_a_day(given_services):
    found = overlaps(given_services)
    assert pairs(found) == pairs(overlaps(reversed(given_services)))
    expected = [
        sorted((a.to_json(), b.to_json()))
        for i, a in enumerate(given_services)
        for b in given_services[i + 1 :]
        if (a.ref, a.need) == (b.ref, b.need)
        and a.organisation != b.organisation
        and any(a.on(day) and b.on(day) for day in (a.since, b.since))
    ]
    assert pairs(found) == sorted(expected)
    for each in found:
        assert each.first.on(each.since)
        assert each.second.on(each.since)
        if each.until is not None:
            after = each.until + dt.timedelta(days=1)
            assert each.first.on(each.until)
            assert each.second.on(each.until)
            assert not (each.first.on(after) and each.second.on(after))


# ---- nobody ----------------------------------------------------------------------------------------------------------


def test_a_need_that_nobody_serves_on_the_day_is_listed_with_its_child_and_its_place():
    found = unserved([a_need(), a_need("K2", division="330199002001")], [served("a")], on=DAY)
    assert [need.ref for need in found.unserved] == ["K2"]
    assert found.children == ("K2",)
    assert [(p.place, p.served, p.unserved) for p in found.places] == [("330199001", 1, 0), ("330199002", 0, 1)]
    assert [p.place for p in found.places_not_reached] == ["330199002"]


@pytest.mark.parametrize(("on", "is_served"), [("2025-08-31", False), ("2025-09-01", True), ("2025-09-30", True), ("2025-10-01", False)])  # fmt: skip
def test_a_service_reaches_from_its_first_day_to_its_last(on, is_served):
    found = unserved([a_need()], [served("a")], on=dt.date.fromisoformat(on))
    assert bool(found.served) is is_served


def test_a_child_with_one_need_served_is_reached_though_another_need_is_listed():
    found = unserved([a_need(), a_need(code="cn.need.living")], [served("a")], on=DAY)
    assert [need.code for need in found.unserved] == ["cn.need.living"]
    assert found.children == ()


def test_what_is_to_be_clarified_or_for_the_authorities_is_counted_apart_and_never_as_reached():
    needs = [a_need(status=NeedStatus.TO_CLARIFY), a_need("K2", services=[])]
    found = unserved(needs, [], on=DAY)
    assert (len(found.to_clarify), len(found.for_authorities), found.unserved) == (1, 1, ())
    assert found.places[0].reached is None
    assert found.places_not_reached == ()


def test_a_place_is_as_fine_as_asked_for_or_as_fine_as_it_is_known():
    needs = [a_need(), a_need("K2", division="3301"), a_need("K3", division=None)]
    names = {by: [p.place for p in unserved(needs, [], on=DAY, place_digits=by).places] for by in (6, 12)}
    assert names == {6: ["3301", "330199", None], 12: ["3301", "330199001002", None]}
    assert str(unserved(needs, [], on=DAY).places[-1].name) == "地点不详 (place unknown)"
    with pytest.raises(ValueError, match="9 or 12"):
        unserved(needs, [], on=DAY, place_digits=7)


refs = st.none() | st.sampled_from(["K1", "K2", "K3"])
some_needs = st.builds(
    a_need,
    refs,
    st.sampled_from(["n1", "n2"]),
    division=st.sampled_from([None, "33", "330199001", "330199001002", "330106"]),
    status=st.sampled_from(NeedStatus),
    services=st.sampled_from([[], [Service.COMPANY]]),
)


@given(st.lists(some_needs, max_size=12), st.lists(services(), max_size=8), days, st.sampled_from([2, 4, 6, 9, 12]))
def test_every_need_is_served_or_listed_and_counted_once(needs, given_services, on, by):
    found = unserved(needs, given_services, on=on, place_digits=by)
    listed = (*found.served, *found.unserved, *found.to_clarify, *found.for_authorities)
    assert sorted(map(id, listed)) == sorted(map(id, needs))
    assert sum(p.served + p.unserved + p.to_clarify + p.for_authorities for p in found.places) == len(needs)
    assert len({p.place for p in found.places}) == len(found.places)
    for need in needs:
        runs = any((s.ref, s.need) == (need.ref, need.code) and s.on(on) for s in given_services)
        assert (need in found.served) is runs or need.ref is None
    waiting = {need.ref for need in found.unserved}
    assert set(found.children) <= waiting


# ---- out of plans -------------------------------------------------------------------------------------------------


def planned(**given):
    base = {
        "number": 1,
        "need": "cn.need.company",
        "service": Service.COMPANY,
        "organisation": "a",
        "state": "promised",
    }
    return PlannedService(**base | given)


def plan_with(*listed, **given):
    return CarePlan(ref="K1", made_on="2025-08-01", services=listed, **given)


@pytest.mark.parametrize(
    ("service", "period"),
    [
        ({"since": "2025-09-01", "until": "2025-09-30"}, ("2025-09-01", "2025-09-30")),
        ({"since": "2025-09-01"}, ("2025-09-01", None)),
        ({"state": "delivered", "delivered_on": "2025-09-05"}, ("2025-09-05", "2025-09-05")),
        ({"state": "delivered", "since": "2025-09-01", "delivered_on": "2025-09-05"}, ("2025-09-01", "2025-09-05")),
    ],
)
def test_a_promise_of_a_plan_counts_from_its_first_day_to_its_last(service, period):
    (found,), undated = services_of([plan_with(planned(**service), division="330199")])
    assert (str(found.since), found.until and str(found.until)) == period
    assert (found.ref, found.organisation, found.division, undated) == ("K1", "a", "330199", ())


def test_a_promise_without_a_day_is_listed_and_not_dropped():
    assert services_of([plan_with(planned())]) == ((), (UndatedService("K1", 1),))


def test_what_nobody_promised_or_what_was_taken_back_is_no_service():
    listed = [
        planned(number=i, state=s, since="2025-09-01") for i, s in enumerate(["planned", "cancelled", "not_delivered"])
    ]
    assert services_of([plan_with(*listed)]) == ((), ())
    dropped = plan_with(planned(since="2025-09-01")).moved("dropped", on=DAY, by="u1")
    assert services_of([dropped]) == ((), ())


def test_a_service_reads_back_from_json_and_one_that_ends_before_it_begins_is_refused():
    for each in (served(), served(until=None)):
        assert ServiceGiven.model_validate_json(each.to_json()) == each
    with pytest.raises(InvalidRecordError, match="before the first"):
        served(since="2025-10-01")
