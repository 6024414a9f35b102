"""What falls due: each kind on its day, with its lead, and what is not set is said not to be set."""

import datetime as dt
import time

import pytest

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard.care import CarePlan
from kinderguard.casefile import Recording
from kinderguard.casefile.ending.closing import close_file
from kinderguard.casefile.following.due import LEADS, DueKind, Duty, Lead, LeadError, due
from kinderguard.casefile.moving.transfers import accept_transfer, propose_transfer
from kinderguard.commands.wording import in_commands
from kinderguard.survey import read_ledger
from told import stray

TODAY = day("2025-09-01")
VISITS = "cn.visit.interval_months"


@pytest.fixture(scope="module")
def book():
    return rules()


def filed(store, **facts):
    store.record(child(**facts), at=day("2025-01-15"), by=BY)
    return store


def days(found, kind):
    return [item.day for item in found.of(kind)]


# ---- reviews --------------------------------------------------------------------------------------------------------

ON_DIBAO = {"household__aid": ["dibao"], "household__dibao_monthly": "900"}


def test_a_review_is_due_so_many_months_after_the_last_assessment(file_store, book):
    filed(file_store, **ON_DIBAO)
    file_store.assess("a", book, on=day("2024-09-20"), by=BY)
    found = due(file_store, book, today=TODAY)
    (item,) = found.of("review")
    assert (item.day, item.codes, item.who) == (day("2025-09-20"), ("cn.dibao_benefit",), Duty.TOWNSHIP)
    assert not item.overdue


def test_a_review_that_is_far_off_is_not_told_yet_but_with_a_longer_lead_it_is(file_store, book):
    filed(file_store, **ON_DIBAO)
    file_store.assess("a", book, on=day("2024-10-02"), by=BY)
    assert days(due(file_store, book, today=TODAY), "review") == []
    assert days(due(file_store, book, today=TODAY, lead={"review": Lead(months=1, days=1)}), "review") == [
        day("2025-10-02")
    ]


def test_a_policy_that_is_not_given_or_has_no_interval_is_not_reviewed(file_store, book):
    filed(file_store)
    assert days(due(file_store, book, today=TODAY), "review") == []


def test_a_child_that_was_never_assessed_is_told_so(file_store, book):
    (item,) = due(filed(file_store, **ON_DIBAO), book, today=TODAY).of("review")
    assert item.day == TODAY
    assert "尚无已存评估" in item.what.zh


# ---- visits ---------------------------------------------------------------------------------------------------------


def test_where_no_county_says_how_often_to_visit_nothing_is_guessed_and_that_is_said(file_store, book):
    filed(file_store, child__care__last_visit="2020-01-01")
    file_store.record(child(ref="b"), at=day("2025-01-15"), by=BY)
    found = due(file_store, book, today=TODAY)
    assert days(found, "visit") == []
    (problem,) = found.problems
    assert problem.code == "parameter.missing"
    assert (VISITS in problem.message.en, "2 files" in problem.message.en) == (True, True)
    assert not stray(problem.message)


def test_a_visit_is_due_by_the_countys_interval_from_the_last_visit(file_store):
    book = rules(**{VISITS: {"330106": 3}})
    filed(file_store, child__care__last_visit="2025-05-31")
    found = due(file_store, book, today=TODAY)
    assert days(found, "visit") == [day("2025-08-31")]
    assert found[0].overdue
    assert not found.problems
    file_store.append("a", "visit", {}, valid_from=day("2025-08-30"), by=BY)
    assert days(due(file_store, book, today=TODAY), "visit") == []


def test_a_visit_made_today_counts(file_store):
    book = rules(**{VISITS: {"330106": 1}})
    filed(file_store)
    file_store.append("a", "visit", {}, valid_from=TODAY, by=BY)
    assert days(due(file_store, book, today=TODAY, lead={"visit": Lead(months=2)}), "visit") == [day("2025-10-01")]


def test_a_visit_known_to_the_month_counts_from_its_first_day(file_store):
    book = rules(**{VISITS: {"330106": 3}})
    assert days(due(filed(file_store, child__care__last_visit="2025-06"), book, today=TODAY), "visit") == [
        day("2025-09-01")
    ]


def test_a_child_that_nobody_visited_is_visited_now(file_store):
    book = rules(**{VISITS: {"330106": 3}})
    (item,) = due(filed(file_store), book, today=TODAY).of("visit")
    assert (item.day, item.who) == (TODAY, Duty.CHILD_DIRECTOR)


# ---- care plans -----------------------------------------------------------------------------------------------------

SERVICE = {"number": 1, "need": "cn.need.company", "service": "company", "organisation": "o1", "state": "promised"}
VISIT = {"number": 1, "kind": "visit", "planned_on": "2025-08-20"}


def planned(store, *states, **parts):
    """A plan in the file of the child, moved on from a draft."""
    plan = CarePlan.model_validate({"ref": "a", "made_on": "2025-08-01", **parts})
    for state in states:
        plan = plan.moved(state, on=day("2025-08-02"), by=BY)
    store.append("a", "plan", plan.model_dump(mode="json", exclude_none=True), valid_from=day("2025-08-02"), by=BY)
    return plan


def test_what_is_late_in_a_care_plan_is_due_with_the_command_that_records_it(file_store, book):
    goal = {"number": 2, "title": {"zh": "复学", "en": "back at school"}, "by": "2025-09-08"}
    planned(filed(file_store), "agreed", goals=[goal], services=[SERVICE | {"by": "2025-08-31"}], follow_ups=[VISIT])
    found = due(file_store, book, today=TODAY).of("care")
    assert [(item.day.isoformat(), item.overdue) for item in found] == [
        ("2025-08-20", True), ("2025-08-31", True), ("2025-09-08", False),
    ]  # fmt: skip
    visit, service, goal = (item.what.en for item in found)
    assert ("never visited" in visit, "plan.followed_up" in visit) == (True, True)
    assert ("plan.service_moved" in service, "plan.goal_settled" in goal) == (True, True)
    assert {item.who for item in found} == {Duty.CHILD_DIRECTOR}
    assert not any(stray(item.text) for item in found)
    assert "kinderguard care follow-up" in in_commands(found[0].what).zh
    ahead = due(file_store, book, today=TODAY, lead={"care": Lead()})
    assert len(ahead.of("care")) == 2


def test_what_is_late_in_a_draft_is_to_be_agreed(file_store, book):
    plan = planned(filed(file_store), follow_ups=[VISIT])
    (item,) = due(file_store, book, today=TODAY).of("care")
    assert (item.day, item.overdue, "agree the plan" in item.what.en) == (day("2025-08-20"), True, True)
    assert (plan.overdue(TODAY), [each.due for each in plan.late_in_draft(TODAY)]) == ((), [item.day])
    assert due(file_store, book, today=day("2025-08-20")).of("care") == ()


def test_a_plan_that_is_over_has_nothing_late(file_store, book):
    plan = planned(filed(file_store), follow_ups=[VISIT])
    for state in ("agreed", "running", "ended_early"):
        plan = plan.moved(state, on=day("2025-08-03"), by=BY)
    file_store.append("a", "plan", plan.model_dump(mode="json"), valid_from=day("2025-08-03"), by=BY)
    assert due(file_store, book, today=TODAY).of("care") == ()


def test_a_child_with_a_plan_and_no_visit_at_all_is_told(file_store, book):
    planned(filed(file_store), "agreed", "running")
    (item,) = due(file_store, book, today=TODAY).of("care")
    assert (item.day, "never visited" in item.what.en) == (day("2025-08-02"), True)
    file_store.append("a", "visit", {}, valid_from=day("2025-08-30"), by=BY)
    assert due(file_store, book, today=TODAY).of("care") == ()


# ---- what runs out --------------------------------------------------------------------------------------------------


def test_certificates_and_papers_are_told_before_they_run_out(file_store, book):
    filed(
        file_store,
        child__disability={"kind": "physical", "grade": "1", "valid_until": "2025-11-30"},
        father__disability={"kind": "physical", "grade": "1", "valid_until": "2025-12-02"},
        evidence=[{"document": "school_certificate", "valid_until": "2025-09-30"}],
    )
    assert days(due(file_store, book, today=TODAY), "certificate") == [day("2025-09-30"), day("2025-11-30")]
    assert len(due(file_store, book, today=TODAY, lead={"certificate": Lead(days=10)}).of("certificate")) == 0


def test_a_paper_that_was_brought_anew_does_not_run_out(file_store, book):
    filed(
        file_store,
        evidence=[
            {"document": "school_certificate", "valid_until": "2025-09-30"},
            {"document": "school_certificate", "valid_until": "2026-09-30"},
            {"document": "medical_proof", "valid_until": "2025-09-30"},
            {"document": "medical_proof"},
        ],
    )
    assert days(due(file_store, book, today=TODAY), "certificate") == []


def test_a_certificate_that_ran_out_is_overdue(file_store, book):
    filed(file_store, child__disability={"kind": "physical", "grade": "1", "valid_until": "2025-08"})
    (item,) = due(file_store, book, today=TODAY).of("certificate")
    assert (item.day, item.overdue) == (day("2025-08-01"), True)


def test_a_parent_to_be_released_is_told_with_what_it_changes(file_store, book):
    filed(
        file_store,
        father__situations=[{"kind": "imprisoned", "since": "2025-01-10", "until": "2025-11-20", "ongoing": True}],
    )
    found = due(file_store, book, today=TODAY)
    (item,) = found.of("release")
    assert (item.day, item.who) == (day("2025-11-20"), Duty.CHILD_DIRECTOR)
    assert ALLOWANCE in item.codes
    assert {c.on for c in item.changes} == {day("2025-11-21")}
    assert not found.of("turn"), "what the release changes is told once, with it"


def test_a_release_is_worked_out_from_a_term_and_says_so(file_store, book):
    filed(file_store, father__situations=[{"kind": "compulsory_detox", "since": "2025-03-01", "term_months": 8}])
    (item,) = due(file_store, book, today=TODAY).of("release")
    assert item.day == day("2025-10-31")
    assert ("按期限推算" in item.what.zh, "by its term" in item.what.en) == (True, True)


def test_a_parent_who_is_free_again_or_whose_end_is_unknown_is_not_told(file_store, book):
    filed(
        file_store,
        father__situations=[
            {"kind": "imprisoned", "since": "2025-01-10", "until": "2025-08-20", "ongoing": False},
            {"kind": "imprisoned", "since": "2025-08-21", "ongoing": True},
            {"kind": "away_for_work", "since": "2025-08-21", "until": "2025-10-21"},
        ],
    )
    assert days(due(file_store, book, today=TODAY), "release") == []


PRISON = {"kind": "imprisoned", "since": "2024-10-20"}


def state(store, on, *situations):
    """Say what is known of the father as of a day, whether it differs from before or not."""
    body = {"facts": {"father.situations": list(situations)}}
    return store.append("a", "facts", body, valid_from=day(on), by=BY)


def released(store, book, on=TODAY):
    return [(item.day, item.overdue) for item in due(store, book, today=on).of("release")]


def test_a_release_whose_day_has_come_is_overdue_until_somebody_records_it(file_store, book):
    planned = PRISON | {"until": "2025-08-20"}
    filed(file_store, father__situations=[planned])
    assert released(file_store, book) == [(day("2025-08-20"), True)]
    (late,) = due(file_store, book, today=TODAY).of("release")
    assert "此日已过，尚未记录结果" in late.what.zh
    assert "nothing is recorded" in late.what.en
    (ahead,) = due(file_store, book, today=day("2025-08-20")).of("release")
    assert "释放后须复核" in ahead.what.zh
    state(file_store, "2025-08-21", planned)  # the same last day, told as of the day after
    assert released(file_store, book) == []
    assert released(file_store, book, on=day("2025-08-20")) == [(day("2025-08-20"), False)]


def test_a_last_day_that_lay_behind_when_it_was_recorded_is_a_release_that_happened(file_store, book):
    file_store.record(child(father__situations=[PRISON | {"until": "2025-08-20"}]), at=TODAY, by=BY)
    assert released(file_store, book) == []


def test_a_month_that_was_not_over_when_it_was_recorded_may_still_be_to_come(file_store, book):
    filed(file_store, father__situations=[PRISON | {"until": "2025-08"}])
    state(file_store, "2025-08-15", PRISON | {"until": "2025-08"})
    assert released(file_store, book) == [(day("2025-08-01"), True)]
    state(file_store, "2025-09-01", PRISON | {"until": "2025-08"})
    assert released(file_store, book) == []


def test_a_release_that_is_recorded_as_ended_is_not_overdue(file_store, book):
    filed(file_store, father__situations=[PRISON | {"until": "2025-08-20"}])
    state(file_store, "2025-09-01", PRISON | {"until": "2025-08-25", "ongoing": False})
    assert released(file_store, book) == []


def test_a_correction_counts_as_of_the_day_on_which_it_was_written(file_store, book):
    filed(file_store, father__situations=[PRISON | {"until": "2025-11-20"}])
    assert released(file_store, book) == [(day("2025-11-20"), False)]
    said = {"father.situations": [PRISON | {"until": "2025-08-25"}]}
    file_store.correct("a", 1, said, reason="released early", by=BY)  # on 1 September, by the store's clock
    assert released(file_store, book) == []


def test_still_in_prison_after_the_last_day_is_told_since_one_of_the_two_is_wrong(file_store, book):
    filed(file_store, father__situations=[PRISON | {"until": "2025-08-20"}])
    state(file_store, "2025-09-01", PRISON | {"until": "2025-08-20", "ongoing": True})
    assert released(file_store, book) == [(day("2025-08-20"), True)]


def test_a_term_that_is_over_is_told_until_the_situation_was_looked_at_again(file_store, book):
    sentence = PRISON | {"term_months": 10, "ongoing": True}
    filed(file_store, father__situations=[sentence])
    assert released(file_store, book) == [(day("2025-08-19"), True)]
    state(file_store, "2025-08-25", sentence)
    assert released(file_store, book) == []


def test_a_term_that_was_over_when_it_was_first_recorded_is_told_for_nobody_has_looked_since(file_store, book):
    file_store.record(child(father__situations=[PRISON | {"term_months": 10, "ongoing": True}]), at=TODAY, by=BY)
    assert released(file_store, book) == [(day("2025-08-19"), True)]


def test_what_began_after_the_last_day_shows_that_the_parent_came_free_and_the_dead_are_not_released(file_store, book):
    prison = PRISON | {"until": "2025-08-20"}
    filed(file_store, father__situations=[prison, {"kind": "away_for_work", "since": "2025-08-10"}])
    assert released(file_store, book) == [(day("2025-08-20"), True)]
    filed(file_store, father__situations=[prison, {"kind": "away_for_work", "since": "2025-08-25"}])
    assert released(file_store, book) == []
    dead = {"kind": "dead", "since": "2025-03-01"}
    filed(file_store, father__situations=[PRISON | {"until": "2025-11-20"}, dead])
    assert released(file_store, book) == []


def test_consents_that_end_are_told_unless_withdrawn_or_given_anew(file_store, book):
    share = {"giver": "guardian", "scope": "share", "since": "2025-01-01"}
    filed(
        file_store,
        consents=[
            share | {"until": "2025-09-20"},
            {
                "giver": "guardian",
                "scope": "use",
                "since": "2025-01-01",
                "until": "2025-09-10",
                "withdrawn_on": "2025-02-01",
            },
            {"giver": "child", "scope": "use", "since": "2025-01-01", "until": "2025-09-10"},
            {"giver": "child", "scope": "use", "since": "2025-08-01", "until": "2026-09-10"},
        ],
    )
    assert days(due(file_store, book, today=TODAY), "consent") == [day("2025-09-20")]
    file_store.append("a", "consent", share, valid_from=day("2025-08-01"), valid_until=day("2026-08-01"), by=BY)
    assert days(due(file_store, book, today=TODAY), "consent") == []


def test_a_transfer_nobody_answered_is_told_after_its_time(file_store, book):
    filed(file_store)
    propose_transfer(file_store, "a", "330199", by=BY, on=day("2025-08-02"))
    assert days(due(file_store, book, today=day("2025-08-31")), "transfer") == []
    (item,) = due(file_store, book, today=TODAY).of("transfer")
    assert (item.day, item.who, item.division) == (TODAY, Duty.RECEIVER, "330106")
    accept_transfer(file_store, "a", acting="330199", by="330199.u", on=TODAY)
    assert days(due(file_store, book, today=TODAY), "transfer") == []


# ---- birthdays and other days ---------------------------------------------------------------------------------------


def test_a_birthday_is_told_only_where_the_day_before_differs(file_store, book):
    filed(file_store, child__birth_date="2007-10-15", child__living_on_street=True)
    file_store.record(child(ref="b", child__birth_date="2012-10-15"), at=day("2025-01-15"), by=BY)
    (item,) = due(file_store, book, today=TODAY).of("birthday")
    assert (item.ref, item.day) == ("a", day("2025-10-15"))
    before, after = (
        book.assess(file_store.case("a", at=TODAY), on=on) for on in (day("2025-10-14"), day("2025-10-15"))
    )
    differs = {c for c, v in before.categories.items() if after.categories[c] != v}
    assert differs
    assert differs <= set(item.codes)
    assert item.what.zh.startswith("儿童满18周岁")


def test_the_money_a_birthday_ends_is_named_first(file_store, book):
    filed(file_store, child__birth_date="2007-10-15")
    (item,) = due(file_store, book, today=TODAY).of("birthday")
    assert "基本生活补贴停止" in item.what.zh.split("。")[0]


def test_the_29th_of_february_is_kept_on_1_march(file_store, book):
    filed(file_store, child__birth_date="2008-02-29")
    assert days(due(file_store, book, today=day("2026-02-27")), "birthday") == [day("2026-03-01")]


def test_today_and_the_last_day_of_the_lead_are_told_apart(file_store, book):
    filed(file_store, child__birth_date="2007-12-01")
    assert days(due(file_store, book, today=TODAY), "birthday") == [day("2025-12-01")]
    assert days(due(file_store, book, today=day("2025-08-31")), "birthday") == []
    assert days(due(file_store, book, today=day("2025-12-01")), "birthday") == []  # today is no coming change


def test_a_birthday_on_the_last_day_of_its_lead_is_a_birthday(file_store, book):
    filed(file_store, child__birth_date="2008-09-01")
    found = due(file_store, book, today=TODAY, lead={"birthday": Lead(months=12), "turn": Lead(months=12)})
    assert (days(found, "birthday"), days(found, "turn")) == ([day("2026-09-01")], [])


def test_six_months_out_of_contact_are_told_as_a_day_that_changes_something(file_store, book):
    filed(file_store, father__situations=[{"kind": "lost_contact", "since": "2025-05-10", "ongoing": True}])
    (item,) = due(file_store, book, today=TODAY).of("turn")
    assert item.day == day("2025-11-10")
    assert ALLOWANCE in item.codes


# ---- the list -------------------------------------------------------------------------------------------------------


def test_closed_files_and_other_divisions_are_left_out(file_store, book):
    filed(file_store, **ON_DIBAO)
    file_store.record(child(ref="b", division_code="330199", **ON_DIBAO), at=day("2025-01-15"), by=BY)
    assert {i.ref for i in due(file_store, book, today=TODAY, division="330199")} == {"b"}
    close_file(file_store, "b", reason="adopted", last_paid=None, by=BY, on=TODAY)
    assert {i.ref for i in due(file_store, book, today=TODAY)} == {"a"}


def test_items_are_in_order_of_their_days_in_both_languages_and_name_nobody(file_store, book):
    filed(
        file_store,
        child__name="某某某",
        child__birth_date="2007-10-15",
        father__name="某某甲",
        father__situations=[{"kind": "imprisoned", "since": "2025-01-10", "until": "2025-11-20", "ongoing": True}],
        **ON_DIBAO,
    )
    found = due(file_store, rules(**{VISITS: {"330106": 1}}), today=TODAY)
    assert [i.day for i in found] == sorted(i.day for i in found)
    assert {DueKind.REVIEW, DueKind.VISIT, DueKind.RELEASE, DueKind.BIRTHDAY} <= {i.kind for i in found}
    for item in found:
        assert "某" not in repr(item) + str(item.text) + repr(found)
        assert not stray(item.text, "dibao"), item.text
        assert item.lead == LEADS[item.kind]


@pytest.mark.parametrize("wrong", [{"holiday": Lead(days=1)}, {"visit": 7}, {"visit": Lead(days=-1)}])
def test_a_lead_that_is_none_is_refused(file_store, book, wrong):
    with pytest.raises(LeadError) as told:
        due(file_store, book, today=TODAY, lead=wrong)
    assert not stray(told.value.text)


def test_it_writes_nothing(file_store, book):
    filed(file_store, **ON_DIBAO)
    head = file_store.head()
    due(file_store, book, today=TODAY)
    assert file_store.head() == head


def test_a_thousand_files_take_seconds(file_store, book):
    cases = read_ledger("examples/ledger.xlsx", book=book).cases
    file_store.record_many(
        Recording(case.model_copy(update={"ref": f"{k}-{n}"}), TODAY, by=BY)
        for k in range(2)
        for n, case in enumerate(cases)
    )
    began = time.process_time()
    found = due(file_store, book, today=TODAY)
    spent = time.process_time() - began
    assert len(found) > 500
    assert spent < 30, "ten thousand are to take minutes at most"


def test_a_file_of_which_nothing_was_true_yet_belongs_to_no_division_and_that_is_said(file_store, book):
    filed(file_store)
    found = due(file_store, book, today=dt.date(2024, 2, 29))
    assert not found.of("birthday")
    assert [p.message.zh.startswith("负责地区不详的档案没有设定") for p in found.problems] == [True]
