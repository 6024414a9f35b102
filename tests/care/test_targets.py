"""Targets of the year by place: what is not known leaves them open, neither reached nor missed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinderguard.care import CarePlan, FollowUp, Measure, Session, Station, Target, target_progress
from kinderguard.model import InvalidRecordError

COMMUNITIES = ["330199001001", "330199001002", "330199002001", "330199002002"]
MID = dt.date(2025, 6, 30)
END = dt.date(2026, 1, 1)


def one(measure, goal, on=MID, division="330199", **files):
    (found,) = target_progress([Target(year=2025, measure=measure, division=division, goal=goal)], on=on, **files)
    return found


def station(opened="2025-03-01", division="330199001001", **given):
    return Station(**{"code": "s1", "division": division, "opened_on": opened} | given)


def visits(*done, division="330199001001"):
    listed = [FollowUp(number=i, state="done", done_on=day) for i, day in enumerate(done)]
    return [CarePlan(ref="K1", made_on="2025-01-01", division=division, follow_ups=listed)]


@pytest.mark.parametrize(
    ("opened", "counted"),
    [("2024-12-31", (0, 0)), ("2025-01-01", (1, 1)), ("2025-06-30", (1, 1)), ("2025-07-01", (0, 0)), (None, (0, 1))],
)
def test_a_station_counts_in_the_year_in_which_it_opened_until_the_day(opened, counted):
    found = one("stations_opened", 1, stations=[station(opened)])
    assert (found.low, found.high) == counted


def test_a_target_that_what_is_not_known_decides_is_neither_reached_nor_missed():
    found = one("stations_opened", 1, on=END, stations=[station(None)])
    assert found.reached is None
    assert "有待核实" in found.message.zh
    assert "0 to 1 by 2026-01-01" in found.message.en


def test_what_is_not_known_does_not_matter_where_it_decides_nothing():
    assert one("stations_opened", 1, stations=[station(), station(None)]).reached is True
    assert one("stations_opened", 3, on=END, stations=[station(), station(None)]).reached is False


@pytest.mark.parametrize(("on", "says"), [(MID, "not reached yet"), (dt.date(2025, 12, 31), "not reached yet"), (END, "missed")])  # fmt: skip
def test_a_target_is_missed_only_when_the_year_is_over(on, says):
    assert says in one("sessions_held", 5, on=on, sessions=[]).message.en


def test_a_list_that_is_missing_is_not_an_empty_one():
    for measure in Measure:
        missing = one(measure, 1, on=END)
        assert (missing.low, missing.high, missing.reached) == (0, None, None)
    assert one("stations_opened", 1, on=END, stations=[]).reached is False
    assert one("sessions_held", 1, on=END, sessions=[]).reached is False
    assert one("visits_made", 1, on=END, plans=[]).reached is False


@pytest.mark.parametrize(
    ("held", "on", "counted"),
    [(True, "2025-05-01", (1, 1)), (False, "2025-05-01", (0, 0)), (None, "2025-05-01", (0, 1)), (True, None, (0, 1)), (False, None, (0, 0))],
)  # fmt: skip
def test_a_session_counts_where_it_is_known_to_have_been_held(held, on, counted):
    found = one("sessions_held", 1, sessions=[Session(division="330199", on=on, held=held)])
    assert (found.low, found.high) == counted


def test_visits_are_counted_from_follow_ups_that_are_done():
    found = one("visits_made", 2, plans=visits("2025-01-01", "2025-06-30", "2025-07-01", "2024-12-31", None))
    assert (found.low, found.high, found.reached) == (2, 3, True)
    calls = [CarePlan(ref="K1", made_on="2025-01-01", division="330199", follow_ups=[FollowUp(number=1, kind="call", state="done", done_on="2025-02-01"), FollowUp(number=2)])]  # fmt: skip
    assert one("visits_made", 1, plans=calls).high == 0


@pytest.mark.parametrize(
    ("division", "counted"),
    [("330199", (1, 1)), ("330199001", (1, 1)), ("3301", (0, 1)), (None, (0, 1)), ("330106", (0, 0))],
)
def test_what_lies_in_a_place_counts_and_what_may_lie_there_perhaps(division, counted):
    found = one("visits_made", 1, plans=visits("2025-02-01", division=division))
    assert (found.low, found.high) == counted


# ---- coverage ---------------------------------------------------------------------------------------------------------


def covered(*stations, sessions=(), goal=50, on=MID, communities=COMMUNITIES):
    return one("communities_covered", goal, on=on, stations=stations, sessions=sessions, communities=communities)


def test_a_community_is_covered_by_a_station_that_stands_or_a_session_of_the_year():
    found = covered(station("2019-01-01"), sessions=[Session(division=COMMUNITIES[3], on="2025-02-01", held=True)])
    assert (found.low, found.high, found.of, found.reached) == (2, 2, 4, True)
    assert "2/4" in found.message.zh


@pytest.mark.parametrize(("closed", "count"), [("2025-06-30", 1), ("2025-06-29", 0)])
def test_a_station_stands_on_its_last_day_and_not_after(closed, count):
    assert covered(station(closed_on=closed)).low == count


def test_a_station_of_a_whole_township_may_or_may_not_reach_its_communities():
    found = covered(station(division="330199001"))
    assert (found.low, found.high, found.reached) == (0, 2, None)


@pytest.mark.parametrize(("goal", "reached"), [(75, True), (76, False)])
def test_a_share_is_compared_exactly(goal, reached):
    three = [station(division=code) for code in COMMUNITIES[:3]]
    assert covered(*three, goal=goal).reached is reached


def test_a_third_does_not_reach_thirty_four_percent():
    found = covered(station(), goal=34, communities=COMMUNITIES[:3])
    assert found.reached is False
    assert covered(station(), goal=33, communities=COMMUNITIES[:3]).reached is True


def test_without_the_list_of_communities_or_of_sessions_coverage_is_open():
    assert covered(station(), communities=None).reached is None
    no_sessions = one("communities_covered", 50, stations=[station()], communities=COMMUNITIES)
    assert (no_sessions.low, no_sessions.high, no_sessions.reached) == (1, 4, None)
    assert "村社区总数不详" in covered(station(), communities=None).message.zh


def test_a_list_that_leaves_a_place_out_says_nothing_about_it():
    assert covered(station(), communities=["330106001001"], on=END).reached is None


# ---- laws -------------------------------------------------------------------------------------------------------------

days = st.none() | st.dates(dt.date(2024, 11, 1), dt.date(2026, 2, 1))
places = st.sampled_from([None, "3301", "330199", "330199001", *COMMUNITIES, "330106"])
stations = st.builds(Station, code=st.just("s"), division=places, opened_on=days)
sessions = st.builds(Session, division=places, on=days, held=st.none() | st.booleans())
targets = st.builds(
    Target,
    year=st.just(2025),
    measure=st.sampled_from([Measure.STATIONS_OPENED, Measure.SESSIONS_HELD, Measure.COMMUNITIES_COVERED]),
    division=st.sampled_from(["33", "330199", "330199001"]),
    goal=st.integers(0, 100),
)


@given(
    targets,
    st.lists(stations, max_size=5),
    st.lists(sessions, max_size=5),
    st.dates(dt.date(2024, 12, 1), END),
    st.data(),
)
def test_to_learn_a_place_or_a_day_keeps_within_the_bounds(target, given_stations, given_sessions, on, data):
    def learnt(each):
        changed = {}
        if each.division is None or each.division in ("3301", "330199", "330199001"):
            inside = [code for code in COMMUNITIES if code.startswith(each.division or "")]
            changed["division"] = data.draw(st.sampled_from(inside))
        return each.model_copy(update=changed) if changed else each

    files = {"stations": given_stations, "sessions": given_sessions, "communities": COMMUNITIES}
    (before,) = target_progress([target], on=on, **files)
    known = {"stations": [learnt(s) for s in given_stations], "sessions": [learnt(s) for s in given_sessions]}
    (after,) = target_progress([target], on=on, **files | known)
    assert before.low <= after.low <= after.high <= before.high
    assert before.reached in (None, after.reached)


@given(st.lists(stations, max_size=6), st.dates(dt.date(2024, 12, 1), END))
def test_a_county_has_at_least_what_its_townships_have(given_stations, on):
    wanted = [
        Target(year=2025, measure="stations_opened", division=d, goal=1) for d in ("330199", "330199001", "330199002")
    ]
    county, *townships = target_progress(wanted, on=on, stations=given_stations)
    assert county.low >= sum(each.low for each in townships)


@given(targets, stations, sessions)
def test_what_is_stored_reads_back_from_json_as_it_was(target, a_station, a_session):
    for each in (target, a_station, a_session):
        assert type(each).model_validate_json(each.to_json()) == each


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"goal": -1}, "negative"),
        ({"goal": 101}, "100 percent"),
        ({"year": 0}, "four digits"),
        ({"division": "x"}, "division"),
    ],
)
def test_a_target_that_cannot_be_is_refused(wrong, says):
    with pytest.raises(InvalidRecordError, match=says):
        Target(**{"year": 2025, "measure": "communities_covered", "division": "33", "goal": 50} | wrong)
    with pytest.raises(InvalidRecordError, match="before it opened"):
        station(closed_on="2025-02-28")
