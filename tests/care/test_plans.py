"""Plans: which state may follow which, what is late by the calendar, and what the city's method gives each class."""

import datetime as dt
import json
import pickle
from contextlib import suppress
from itertools import pairwise, product

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kinderguard
from kinderguard import Case
from kinderguard.care import (
    CLASS_SERVICES,
    PLAN_MOVES,
    SERVICE_MOVES,
    CarePlan,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Goal,
    IllegalMoveError,
    MainClass,
    Move,
    Outcome,
    PartOfPlan,
    PlanError,
    PlannedService,
    PlanState,
    Service,
    ServiceState,
    differentiated_plan,
    needs,
    visit_months,
)
from kinderguard.care.plans import following_draft
from kinderguard.formats import schema
from kinderguard.model import InvalidRecordError, Text

DAY = dt.date(2025, 9, 1)
BOOK = kinderguard.load()
#: The shortest way from a draft to each state.
WAYS = {
    PlanState.DRAFT: (),
    PlanState.AGREED: ("agreed",),
    PlanState.RUNNING: ("agreed", "running"),
    PlanState.PAUSED: ("agreed", "running", "paused"),
    PlanState.COMPLETED: ("agreed", "running", "completed"),
    PlanState.ENDED_EARLY: ("agreed", "running", "ended_early"),
    PlanState.DROPPED: ("dropped",),
}


def plan(state=PlanState.DRAFT, **given):
    made = CarePlan(**{"ref": "K1", "made_on": DAY} | given)
    for each in WAYS[PlanState(state)]:
        made = made.moved(each, on=DAY, by="u1", outcome="met" if each == "completed" else None)
    return made


def service(number=1, **given):
    return PlannedService(**{"number": number, "need": "cn.need.company", "service": Service.COMPANY} | given)


def test_a_promise_cannot_be_due_before_its_first_day():
    with pytest.raises(InvalidRecordError, match=r"\(by, 2025-08-31\) lies before its first day \(since, 2025-09-01\)"):
        plan(services=[service()]).service_moved(
            1, "promised", organisation="o1", since=DAY, by=DAY - dt.timedelta(days=1)
        )
    on_the_day = plan(services=[service()]).service_moved(1, "promised", organisation="o1", since=DAY, by=DAY)
    assert on_the_day.services[0].by == DAY


def test_a_plan_in_every_state_is_written_as_its_schema_says():
    validator = jsonschema.Draft202012Validator(schema("plan"), format_checker=jsonschema.FormatChecker())
    steps = {
        "needs": needs(BOOK, Case.from_facts({"child.birth_date": "2015-03-05", "child.registration.division": "330199",
                                              "child.living_on_street": True}), on=DAY),
        "goals": [Goal(number=1, title=Text("甲", "a"), by=DAY)],
        "services": [service(organisation="o1", state="delivered", delivered_on=DAY, outcome="met", satisfied=True)],
        "follow_ups": [FollowUp(number=1, planned_on=DAY, note="某事")],
    }  # fmt: skip
    for state in PlanState:
        validator.validate(json.loads(plan(state, **steps).to_json()))


# ---- states ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), list(product(PlanState, PlanState)), ids=str)
def test_a_plan_moves_where_the_table_allows_and_nowhere_else(before, after):
    start = plan(before)
    if after in PLAN_MOVES[before]:
        moved = start.moved(after, on=DAY, by="u1", outcome="met")
        assert (moved.state, moved.moves[-1].before, moved.moves[-1].after) == (after, before, after)
        assert start.state is before
    else:
        with pytest.raises(IllegalMoveError) as refused:
            start.moved(after, on=DAY, by="u1", outcome="met")
        assert refused.value.allowed == PLAN_MOVES[before]
        for allowed in PLAN_MOVES[before]:
            assert allowed.zh in refused.value.text.zh
            assert allowed.en in refused.value.text.en
        assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


@pytest.mark.parametrize(("before", "after"), list(product(ServiceState, ServiceState)), ids=str)
def test_a_service_moves_where_the_table_allows_and_nowhere_else(before, after):
    start = plan(services=[service(state=before, organisation="a")])
    if after in SERVICE_MOVES[before]:
        assert start.service_moved(1, after, organisation="a").services[0].state is after
    else:
        with pytest.raises(IllegalMoveError, match="Service 1 cannot go from"):
            start.service_moved(1, after)


def test_what_is_learnt_of_a_service_later_is_noted_with_the_state_it_has():
    given = plan(services=[service(organisation="a", state="delivered", delivered_on=DAY)])
    noted = given.service_moved(1, "delivered", satisfied=False).services[0]
    assert (noted.state.value, noted.delivered_on, noted.satisfied) == ("delivered", DAY, False)
    kept = plan(services=[service(offer="o1")]).service_moved(1, "planned", by=DAY).services[0]
    assert (kept.offer, kept.by) == ("o1", DAY)


def test_every_state_can_be_reached_and_every_state_says_what_follows():
    assert set(PLAN_MOVES) == set(PlanState)
    assert set(SERVICE_MOVES) == set(ServiceState)
    assert {after for moves in PLAN_MOVES.values() for after in moves} == set(PlanState)
    assert {after for moves in SERVICE_MOVES.values() for after in moves} == set(ServiceState)


def test_an_illegal_move_names_the_allowed_ones_in_both_languages():
    with pytest.raises(IllegalMoveError) as refused:
        plan("running").moved("agreed", on=DAY, by="u1")
    assert refused.value.text.zh == "方案不能由“执行中”转为“已商定”。此时只能转为：暂停、已完成、提前终止。"
    assert str(refused.value) == (
        "The plan cannot go from ‘running’ to ‘agreed’. From here it may become: paused, completed, ended early."
    )


def test_a_plan_is_completed_only_with_every_service_settled_and_an_outcome():
    running = plan("running", services=[service(), service(2, state="promised", organisation="a")])
    with pytest.raises(PlanError, match=r"Service\(s\) 1, 2 are still open"):
        running.moved("completed", on=DAY, by="u1", outcome="met")
    settled = running.service_moved(1, "cancelled").service_moved(2, "delivered", delivered_on=DAY)
    with pytest.raises(PlanError, match="with its outcome"):
        settled.moved("completed", on=DAY, by="u1")
    assert settled.moved("completed", on=DAY, by="u1", outcome="partly").outcome is Outcome.PARTLY


def test_a_move_cannot_lie_before_the_last_one():
    agreed = plan().moved("agreed", on=dt.date(2025, 9, 3), by="u1")
    with pytest.raises(PlanError, match="2025-09-03"):
        agreed.moved("running", on=dt.date(2025, 9, 2), by="u1")
    with pytest.raises(PlanError, match="2025-09-01"):
        plan().moved("agreed", on=dt.date(2025, 8, 31), by="u1")


def test_a_promise_names_its_organisation_and_loses_it_when_it_is_taken_back():
    with pytest.raises(InvalidRecordError, match="names its organisation"):
        plan(services=[service()]).service_moved(1, "promised")
    promised = plan(services=[service()]).service_moved(1, "promised", organisation="a", offer="o1")
    back = promised.service_moved(1, "planned").services[0]
    assert (back.organisation, back.offer) == (None, None)


def test_a_service_or_follow_up_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(PlanError, match="no service 3; there are: 1, 2"):
        plan(services=[service(), service(2)]).service_moved(3, "cancelled")
    with pytest.raises(PlanError, match="no follow-up 1; there are: –"):
        plan().followed_up(1, on=DAY, by="u1")


def test_a_follow_up_is_done_once():
    done = plan(follow_ups=[FollowUp(number=1, planned_on=DAY)]).followed_up(1, on=DAY, by="u1", note="隐备注文字")
    with pytest.raises(PlanError, match="done already"):
        done.followed_up(1, on=DAY, by="u1")
    assert "隐备注文字" not in repr(done)
    assert done.follow_ups[0].note.reveal() == "隐备注文字"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"state": "running"}, "does not follow"),
        ({"moves": [Move(before="draft", after="running", on=DAY, by="u")], "state": "running"}, "not allowed"),
        ({"moves": [Move(before="agreed", after="running", on=DAY, by="u")], "state": "running"}, "does not follow"),
        ({"moves": [Move(before="draft", after="agreed", on="2025-08-31", by="u")], "state": "agreed"}, "out of order"),
        ({"services": [service(), service()]}, "used twice"),
    ],
)
def test_a_stored_plan_whose_history_cannot_be_is_refused(wrong, says):
    with pytest.raises(InvalidRecordError, match=says):
        CarePlan(ref="K1", made_on=DAY, **wrong)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"since": "2025-09-02", "until": "2025-09-01"}, "before the beginning"),
        ({"delivered_on": "2025-09-02"}, "only a delivered service"),
        ({"state": "delivered"}, "names its organisation"),
    ],
)
def test_a_service_that_contradicts_itself_is_refused(wrong, says):
    with pytest.raises(InvalidRecordError, match=says):
        service(**wrong)


def test_a_follow_up_that_is_to_come_has_no_day_on_which_it_was_done():
    with pytest.raises(InvalidRecordError, match="only a follow-up that is done"):
        FollowUp(number=1, done_on=DAY)


# ---- late -----------------------------------------------------------------------------------------------------------

WAITING = {
    "services": [service(by="2025-09-10"), service(2, by="2025-09-05", state="promised", organisation="a"), service(3)],
    "follow_ups": [FollowUp(number=1, planned_on="2025-09-08")],
    "goals": [Goal(number=1, title=Text("甲", "a"), by="2025-09-09"), Goal(number=2, title=Text("乙", "b"), reached=True, by="2025-09-02")],
}  # fmt: skip


def test_what_is_late_is_listed_with_the_longest_overdue_first():
    late = plan("running", **WAITING).overdue(dt.date(2025, 9, 10))
    assert [(each.part, each.number, each.days) for each in late] == [
        ("service", 2, 5), ("follow_up", 1, 2), ("goal", 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("today", "days"), [("2025-09-05", []), ("2025-09-06", [1])])
def test_what_is_due_today_is_not_late_yet(today, days):
    late = plan("agreed", services=[service(by="2025-09-05")]).overdue(dt.date.fromisoformat(today))
    assert [each.days for each in late] == days


@pytest.mark.parametrize("state", [s for s in PlanState if s not in ("agreed", "running", "completed")])
def test_of_a_plan_that_is_not_under_way_nothing_is_late(state):
    assert plan(state, **WAITING).overdue(dt.date(2026, 1, 1)) == ()


def test_what_has_no_day_is_never_late_and_is_listed_as_undated():
    running = plan("running", **WAITING)
    assert running.undated() == (("service", 3),)
    assert ("service", 3) not in {(each.part, each.number) for each in running.overdue(dt.date.max)}


def test_what_is_done_is_not_late():
    running = plan("running", **WAITING)
    done = running.service_moved(2, "delivered", delivered_on=DAY).followed_up(1, on=None, by="u1")
    assert [(each.part, each.number) for each in done.overdue(dt.date(2025, 9, 10))] == [("goal", 1)]
    assert done.goal_settled(1, reached=True).overdue(dt.date(2025, 9, 10)) == ()
    assert len(done.goal_settled(1, reached=False).overdue(dt.date(2025, 9, 10))) == 1


def test_a_child_is_never_visited_until_a_visit_is_done_and_a_call_is_none():
    planned = plan(follow_ups=[FollowUp(number=1, kind="call"), FollowUp(number=2), FollowUp(number=3, kind="school")])
    called = planned.followed_up(1, on=DAY, by="u1").followed_up(3, on=DAY, by="u1")
    assert (planned.never_visited, called.never_visited) == (True, True)
    assert called.followed_up(2, on=None, by="u1").never_visited is False


def test_visits_come_back_to_the_last_day_of_the_month_after_a_shorter_one():
    planned = plan().with_follow_ups(1, start=dt.date(2023, 12, 31), until=dt.date(2024, 4, 30))
    days = [str(each.planned_on) for each in planned.follow_ups]
    assert days == ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]


def test_visits_are_added_after_those_that_are_there_and_the_interval_is_a_month_at_least():
    twice = plan(follow_ups=[FollowUp(number=7)]).with_follow_ups(3, start=DAY, until=dt.date(2025, 12, 1))
    assert [each.number for each in twice.follow_ups] == [7, 8, 9]
    with pytest.raises(PlanError, match="one month or more"):
        plan().with_follow_ups(0, start=DAY, until=DAY)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 12), st.integers(0, 900))
def test_no_visit_lies_outside_its_period_and_none_is_left_out(start, months, length):
    until = start + dt.timedelta(days=length)
    days = [f.planned_on for f in plan().with_follow_ups(months, start=start, until=until).follow_ups]
    assert days[0] == start
    assert days == sorted(set(days))
    assert all(start <= day <= until for day in days)
    months_apart = {(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(days)}
    assert months_apart <= {months}
    assert kinderguard.model.dates.add_months(start, months * len(days)) > until


# ---- kept -----------------------------------------------------------------------------------------------------------

moves = st.lists(st.sampled_from(PlanState), max_size=8)


@given(moves, st.lists(st.sampled_from(ServiceState), max_size=4))
def test_whatever_was_done_to_a_plan_it_reads_back_from_json_as_it_was(states, service_states):
    current = plan(services=[service(by=DAY)], follow_ups=[FollowUp(number=1, planned_on=DAY)])
    for to in states:
        with suppress(IllegalMoveError, PlanError):
            current = current.moved(to, on=DAY, by="u1", reason="隐备注文字", outcome="met")
    for to in service_states:
        with suppress(IllegalMoveError):
            current = current.service_moved(1, to, organisation="a")
    assert CarePlan.model_validate_json(current.to_json()) == current
    assert current.state is ([PlanState.DRAFT] + [move.after for move in current.moves])[-1]
    assert "隐备注文字" not in repr(current)


# ---- by main class --------------------------------------------------------------------------------------------------


def planned_for(facts, **given):
    case = Case.from_facts({"ref": "K1", "child.birth_date": "2015-03-05", "division_code": "330199"} | facts)
    assessment = BOOK.assess(case, on=DAY)
    return differentiated_plan(needs(BOOK, assessment), assessment, **given)


@pytest.mark.parametrize(
    ("facts", "main_class"),
    [
        ({"household.aid": ["dibao"]}, MainClass.ECONOMIC_HARDSHIP),
        ({"child.care.quality": "absent"}, MainClass.GUARDIANSHIP_DEFICIT),
        (
            {
                "child.illness.serious": True,
                "child.disability.kind": "visual",
                "child.disability.grade": "1",
                "child.schooling.stage": "primary",
            },
            MainClass.SPECIAL_DIFFICULTY,
        ),
    ],
)
def test_each_main_class_gets_what_the_citys_method_gives_it(facts, main_class):
    draft = planned_for(facts)
    assert main_class in draft.classes
    assert set(CLASS_SERVICES[main_class]) <= {each.service for each in draft.services}
    assert draft.state is PlanState.DRAFT
    assert {each.state for each in draft.services} == {ServiceState.PLANNED}


def test_a_class_that_is_not_decided_is_said_to_be_open_and_gets_nothing_yet():
    draft = planned_for({"household.aid": ["dibao"]})
    assert MainClass.GUARDIANSHIP_DEFICIT in draft.classes_open
    assert Service.GUARDIAN_VISIT not in {each.service for each in draft.services}
    titles = {goal.title.zh for goal in draft.goals}
    assert "核实：走访监护人" in titles


def test_what_is_for_the_authorities_is_a_goal_and_no_service():
    draft = planned_for({"child.harms": [{"level": "suspected", "reported": False}]})
    assert "交主管部门：立即报告" in {goal.title.zh for goal in draft.goals}
    assert "cn.need.report" not in {each.need for each in draft.services}
    assert {goal.need for goal in draft.goals} == {need.code for need in draft.needs}


def test_no_interval_of_visits_is_made_up_where_the_county_has_set_none():
    draft = planned_for({"household.aid": ["dibao"]})
    assert draft.follow_ups == ()
    assert "cn.visit.interval_months" in draft.notes[0].zh
    assert visit_months(BOOK, None, DAY) is None


def test_visits_follow_the_interval_that_the_county_has_set():
    book = BOOK.with_parameters({"cn.visit.interval_months": {"330199": 3}})
    months = visit_months(book, "330199", DAY)
    assert (months, visit_months(book, "330106", DAY)) == (3, None)
    draft = planned_for({"household.aid": ["dibao"]}, visit_months=months)
    assert [str(f.planned_on) for f in draft.follow_ups] == ["2025-12-01", "2026-03-01", "2026-06-01", "2026-09-01"]
    assert {f.kind for f in draft.follow_ups} == {FollowUpKind.VISIT}
    assert draft.notes == ()


def test_a_plan_is_for_one_child_who_has_a_number():
    case = Case.from_facts({"child.birth_date": "2015-03-05", "household.aid": ["dibao"]})
    nameless = BOOK.assess(case, on=DAY)
    with pytest.raises(PlanError, match="no ref"):
        differentiated_plan(needs(BOOK, nameless), nameless)
    other = BOOK.assess(case.model_copy(update={"ref": "K2"}), on=DAY)
    first = BOOK.assess(case.model_copy(update={"ref": "K1"}), on=DAY)
    with pytest.raises(PlanError, match="another child's"):
        differentiated_plan(needs(BOOK, other), first)


def test_every_state_and_kind_has_a_title_in_both_languages():
    for codes in (PlanState, ServiceState, FollowUpKind, FollowUpState, PartOfPlan, Outcome, MainClass):
        for code in codes:
            assert code.zh
            assert code.en
            assert code.zh != code.en


# ---- a draft after a draft ---------------------------------------------------------------------------------------


def _service(number, need, **more):
    return PlannedService(number=number, need=need, service=Service.COMPANY, **more)


def test_a_following_draft_keeps_what_somebody_promised_or_settled_and_the_numbers():
    promised = {"state": "promised", "organisation": "volunteers"}
    title = Text("满足：陪伴", "Meet: company")
    before = CarePlan(
        ref="1",
        made_on=DAY,
        goals=[Goal(number=1, title=title, need="gone", reached=True), Goal(number=2, title=title, need="left")],
        services=[_service(1, "gone"), _service(2, "gone", **promised), _service(3, "same")],
    )
    before = before.moved("agreed", on=DAY, by="u1").moved("draft", on=DAY, by="u1")
    draft = CarePlan(
        ref="1",
        made_on=dt.date(2025, 10, 1),
        goals=[Goal(number=1, title=title, need="new")],
        services=[_service(1, "new"), _service(2, "same")],
    )
    plan = following_draft(before, draft)
    assert [(s.number, s.need, s.state.value) for s in plan.services] == [
        (2, "gone", "promised"), (3, "same", "planned"), (4, "new", "planned"),
    ]  # fmt: skip
    assert [(g.number, g.need, g.reached) for g in plan.goals] == [(1, "gone", True), (3, "new", None)]
    assert (plan.moves, plan.made_on) == (before.moves, DAY)
    assert following_draft(plan, draft) == plan
    assert CarePlan.model_validate_json(plan.to_json()) == plan


def test_of_a_plan_that_was_not_adopted_only_what_took_place_stays():
    visits = [FollowUp(number=1, planned_on=DAY), FollowUp(number=2, planned_on=DAY)]
    before = CarePlan(ref="1", made_on=DAY, services=[_service(1, "same")], follow_ups=visits)
    before = before.followed_up(2, on=DAY, by="u1").moved("dropped", on=DAY, by="u1")
    plan = following_draft(before, CarePlan(ref="1", made_on=DAY, follow_ups=[FollowUp(number=1, planned_on=DAY)]))
    assert (plan.state, plan.services, plan.moves) == (PlanState.DRAFT, (), ())
    assert [(f.number, f.state.value) for f in plan.follow_ups] == [(2, "done"), (3, "planned")]
