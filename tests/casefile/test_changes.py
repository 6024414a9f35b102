"""Changes between two results: what begins, ends, rises, falls, must be reviewed, and what was overpaid since when."""

import datetime as dt
import re
from decimal import Decimal

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kinderguard
from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard.casefile.following.changes import (
    ChangeKind,
    NotAssessedError,
    UnreadableResultError,
    changes,
    changes_of,
    overpayments,
)
from kinderguard.engines.assessment_line import AssessmentLine, assessment_line
from kinderguard.model import Text
from kinderguard.packs.pack import Pack
from kinderguard.testing import strategies
from told import stray

DAY = day("2025-09-01")


@pytest.fixture(scope="module")
def book():
    return rules()


def kinds(found, code=ALLOWANCE):
    return [c.kind for c in found if c.code == code]


def one(found, code=ALLOWANCE):
    (change,) = [c for c in found if c.code == code]
    return change


def assessed(book, on=DAY, **facts):
    return book.assess(child(**facts), on=on)


# ---- what it is ---------------------------------------------------------------------------------------------------


def test_nothing_changed_is_no_change(book):
    assert changes(assessed(book), assessed(book)) == ()


def test_an_allowance_ends_when_the_father_is_free_and_another_begins_when_he_is_not(book):
    free = assessed(book, father__situations=[])
    assert kinds(changes(assessed(book), free)) == [ChangeKind.ENDS]
    assert kinds(changes(free, assessed(book))) == [ChangeKind.BEGINS]
    change = one(changes(assessed(book), free))
    assert (change.before.low, change.after.high) == (Decimal("1780.00"), Decimal("0.00"))


def test_an_amount_rises_and_falls_with_the_standard(book):
    more = rules("1900")
    assert kinds(changes(assessed(book), assessed(more))) == [ChangeKind.RISES]
    assert kinds(changes(assessed(more), assessed(book))) == [ChangeKind.FALLS]
    why = one(changes(assessed(book), assessed(more))).because
    assert any("1,780.00元改为1,900.00元" in t.zh and "1,780.00 yuan to 1,900.00 yuan" in t.en for t in why)


def test_what_became_open_must_be_reviewed_and_is_never_a_fall_or_an_end(book):
    change = one(changes(assessed(book), assessed(book, father__situations=None)))
    assert change.kind is ChangeKind.MUST_BE_REVIEWED
    assert "0.00至1,780.00元" in change.text.zh


def test_an_amount_that_is_known_again_is_settled_and_surely_more_is_a_rise(book):
    open_ = assessed(
        book, household__aid=["dibao"], household__dibao_monthly=None, household__monthly_income_per_head=None
    )
    assert open_.policies[ALLOWANCE].amount is None
    assert kinds(changes(open_, assessed(book))) == [ChangeKind.SETTLED]
    assert kinds(changes(open_, assessed(rules("2500")))) == [ChangeKind.RISES]
    assert kinds(changes(assessed(book), open_)) == [ChangeKind.MUST_BE_REVIEWED]


def test_what_was_open_and_is_open_is_no_change(book):
    open_ = assessed(book, father__situations=None)
    assert kinds(changes(open_, open_)) == []


def test_what_surely_begins_begins_even_where_its_amount_is_open(book):
    no_standard = kinderguard.load()
    free = no_standard.assess(child(father__situations=[]), on=DAY)
    assert kinds(changes(free, no_standard.assess(child(), on=DAY))) == [ChangeKind.BEGINS]


def test_services_begin_and_end(book):
    free = assessed(book, father__situations=[])
    assert kinds(changes(assessed(book), free), "cn.medical_aid") == [ChangeKind.ENDS]
    change = one(changes(free, assessed(book)), "cn.medical_aid")
    assert (change.kind, change.what) == (ChangeKind.BEGINS, "service")
    assert change.said.zh.startswith("开始提供医疗救助")


def test_categories_change_with_their_titles(book):
    change = one(changes(assessed(book), assessed(book, father__situations=[])), "cn.de_facto_unattended")
    assert (change.kind, change.what, change.title.en) == (ChangeKind.ENDS, "category", "De facto unattended child")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.cases(), strategies.cases())
def test_a_fall_or_an_end_is_said_only_of_what_is_certain(book, before, after):
    old, new = (book.assess(case, on=DAY) for case in (before, after))
    for change in changes(old, new):
        if change.kind in (ChangeKind.FALLS, ChangeKind.ENDS):
            assert not change.after.is_open
            if change.what == "money":
                assert change.after.high < change.before.low
        if change.kind in (ChangeKind.RISES, ChangeKind.BEGINS) and change.what == "money":
            assert change.before.high < change.after.low
        if change.kind is ChangeKind.MUST_BE_REVIEWED:
            assert change.after.is_open
            assert not change.before.is_open
        assert not stray(change.text, "dibao", "tekun"), change.text


# ---- a line, a rule that is gone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [{}, {"father__situations": []}, {"father__situations": None}])
def test_a_stored_line_tells_the_same_as_the_assessment_it_was_made_of(book, facts):
    old, new = assessed(book, **facts), assessed(book, father__situations=[])
    line = assessment_line(old)
    full = AssessmentLine.model_validate({"sheet": "s", "row": 2, "ref": "a"} | line)
    told = [(c.kind, c.code, c.before, c.after) for c in changes(old, new)]
    assert told == [(c.kind, c.code, c.before, c.after) for c in changes(line, new)]
    assert told == [(c.kind, c.code, c.before, c.after) for c in changes(full, new)]


@pytest.mark.parametrize("wrong", [{}, {"categories": {}}, 3, {"categories": {}, "policies": {"cn.x": {}}}])
def test_what_is_no_result_is_refused_with_the_mend(book, wrong):
    with pytest.raises(UnreadableResultError) as told:
        changes(wrong, assessed(book))
    assert "assessment-line" in told.value.text.zh
    assert not stray(told.value.text)


def test_a_rule_that_is_gone_ends_but_one_that_could_not_be_used_must_be_reviewed(book):
    without = book.without(ALLOWANCE, "cn.orphan_allowance")
    assert kinds(changes(assessed(book), assessed(without))) == [ChangeKind.ENDS]
    assert one(changes(assessed(book), assessed(without))).because == (
        Text("此规则已不再适用", "this rule no longer applies"),
        Text("规则或标准有修订", "rules or values were revised"),
    )
    incomplete = assessment_line(assessed(without)) | {"complete": False}
    assert kinds(changes(incomplete, assessed(book))) == [ChangeKind.SETTLED]


def test_a_policy_of_a_quarantined_pack_must_be_reviewed():
    from kinderguard import rules as r

    gives = r.Policy("330106.gift", r.Text("慰问金", "Gift"), r.child.age < 18, amount=r.yuan("100"), every=r.MONTH)
    broken = attrs.evolve(gives, eligible=r.child.is_in("cn.nobody"))
    good, bad = (Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[p]) for p in (gives, broken))
    before, after = (kinderguard.load(packs=[pack]).assess(child(), on=DAY) for pack in (good, bad))
    assert "330106.gift" in before.policies
    assert "330106.gift" not in after.policies
    change = one(changes(before, after), "330106.gift")
    assert change.kind is ChangeKind.MUST_BE_REVIEWED
    assert change.because[0] == Text("有规则包不可用", "a pack of rules could not be used")


def test_a_rule_of_a_child_s_own_place_must_be_reviewed_where_another_place_s_rules_were_used():
    from kinderguard import rules as r

    gives = r.Policy("330106.gift", r.Text("慰问金", "Gift"), r.child.age < 18, amount=r.yuan("100"), every=r.MONTH)
    book = kinderguard.load(packs=[Pack("330106", Text("西湖区", "Xihu"), "1.0", ">=0.1", policies=[gives])])
    case = child(child__registration={"division": "330106"})
    before, after = (each.assess(case, on=DAY) for each in (book, book.for_division("220102")))
    change = one(changes(before, after), "330106.gift")
    assert change.kind is ChangeKind.MUST_BE_REVIEWED
    assert change.because[0] == Text("未用主管地区的规则", "the rules of the division in charge were not used")


# ---- why ------------------------------------------------------------------------------------------------------------


def test_a_change_names_the_fact_that_changed_and_the_condition_that_turned(book):
    free = assessed(book, father__situations=[], child__ethnic_group="汉族")
    because = one(changes(assessed(book), free)).because
    assert because[0] == Text("“父亲：状况”有变更", "‘father: situations’ changed")
    assert any("服刑在押" in t.zh and "不再成立" in t.zh for t in because)
    assert not any("民族" in t.zh for t in because), "a fact that no rule of it reads is no reason"


def test_a_birthday_is_told_by_the_condition_that_turned(book):
    case = child(child__living_on_street=True)
    old, new = (book.assess(case, on=on) for on in (day("2030-03-04"), day("2030-03-05")))
    assert one(changes(old, new), "cn.street_child").because == (
        Text("“未满18周岁”不再成立", "‘the child is under 18’ does not hold any more"),
    )


def test_with_a_stored_line_the_facts_that_changed_are_given(book):
    line, free = assessment_line(assessed(book)), assessed(book, father__situations=[])
    change = one(changes(line, free, facts=["father.situations", "child.note"]))
    assert change.because == (Text("“父亲：状况”有变更", "‘father: situations’ changed"),)


def test_a_change_explains_itself_and_shows_no_fact_in_its_repr(book):
    named = child(father__situations=[], child__name="某某某")
    change = one(changes(assessed(book), book.assess(named, on=DAY)))
    assert "cn.unattended_allowance" in str(change.explain())
    assert "某某某" not in repr(change) + str(change.explain()) + str(change.text)


# ---- overpaid -------------------------------------------------------------------------------------------------------


def released(on, book):
    """What was due on a day by a child whose father was released on ``on``."""
    return lambda when: book.assess(child(**({"father__situations": []} if when >= on else {})), on=when)


def test_overpaid_since_the_day_it_was_true_in_whole_months_by_the_calendar(book):
    paid = assessed(book, on=day("2025-01-31"))
    truth = released(day("2025-03-15"), book)
    (change,) = changes(paid, truth(day("2025-09-10")), true_on=truth)[-1:]
    told = change.overpaid
    assert change.kind is ChangeKind.OVERPAID
    assert told.since == day("2025-03-15")
    # March is kept: the allowance was due on its first day. April to September are six months.
    assert (told.first, told.last, told.months) == ("2025-04", "2025-09", 6)
    assert told.amount == Decimal("10680.00")
    assert "多发" in change.text.zh
    assert "6 months" in change.text.en


@pytest.mark.parametrize(
    ("ended", "first", "months"),
    [
        ("2025-03-01", "2025-03", 4),
        ("2025-03-02", "2025-04", 3),
        ("2025-02-28", "2025-03", 4),
        ("2025-06-01", "2025-06", 1),
    ],
)
def test_the_first_of_a_month_decides_it(book, ended, first, months):
    truth = released(day(ended), book)
    (change,) = overpayments([assessed(book, on=day("2025-01-10"))], truth, through=day("2025-06-30"))
    assert (change.overpaid.first, change.overpaid.months) == (first, months)


def test_nothing_was_overpaid_where_it_ended_this_month(book):
    truth = released(day("2025-06-02"), book)
    assert overpayments([assessed(book, on=day("2025-01-10"))], truth, through=day("2025-06-30")) == ()


def test_what_was_due_is_not_known_exactly_so_neither_is_what_was_overpaid(book):
    def truth(when):
        return book.assess(
            child(
                household__aid=["dibao"],
                household__dibao_monthly="900",
                household__size=None,
                household__monthly_income_per_head=None,
            ),
            on=when,
        )

    assert truth(DAY).policies[ALLOWANCE].amount is None
    found = overpayments([assessed(rules("5000"), on=day("2025-01-11"))], truth, through=day("2025-03-31"))
    (change,) = found
    assert change.overpaid.amount is None
    due = truth(DAY).policies[ALLOWANCE]
    assert change.overpaid.low == 2 * (Decimal("5000.00") - due.high)
    assert change.overpaid.high == 2 * (Decimal("5000.00") - due.low)


def test_what_may_have_been_due_is_not_called_overpaid(book):
    def truth(when):
        return book.assess(child(father__situations=None), on=when)

    assert overpayments([assessed(book, on=day("2025-01-11"))], truth, through=day("2025-06-30")) == ()


def test_each_month_is_reckoned_by_the_result_that_was_in_force(book):
    less = rules("1000")
    truth = released(day("2025-03-01"), book)
    paid = [assessed(book, on=day("2025-01-11")), assessed(less, on=day("2025-05-01"))]
    (change,) = overpayments(paid, truth, through=day("2025-06-30"))
    assert change.overpaid.amount == 2 * Decimal("1780.00") + 2 * Decimal("1000.00")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dates(day("2025-01-11"), day("2026-03-01")), st.dates(day("2025-02-01"), day("2026-03-01")))
def test_the_months_are_those_whose_first_day_lies_after_both(book, ended, through):
    truth = released(ended, book)
    start = day("2025-02-01")
    found = overpayments([assessed(book, on=start)], truth, through=through)
    firsts = [d for k in range(500) if (d := start + dt.timedelta(days=k)).day == 1 and ended <= d <= through]
    assert sum(c.overpaid.months for c in found) == len(firsts)
    assert sum(c.overpaid.amount for c in found) == 1780 * len(firsts)


# ---- by the files' two times ----------------------------------------------------------------------------------------


def test_what_became_known_late_is_overpaid_since_it_was_true(store, clock, book):
    store.record(child(), at=day("2025-01-10"), by=BY)
    store.assess("a", book, on=day("2025-02-01"), by=BY)
    clock.move(days=60)
    store.append("a", "facts", {"facts": {"father.situations": []}}, valid_from=day("2025-04-20"), by=BY)
    found = changes_of(store, "a", book, on=day("2025-10-31"))
    assert kinds(found) == [ChangeKind.ENDS, ChangeKind.OVERPAID]
    assert one([c for c in found if c.kind is ChangeKind.ENDS]).because == (
        Text("“父亲：状况”有变更", "‘father: situations’ changed"),
    )
    told = found[-1].overpaid
    assert (told.since, told.first, told.months) == (day("2025-04-20"), "2025-05", 6)
    assert told.amount == Decimal("10680.00")


LEARNT = {"facts": {"father.situations": []}}


def release_of_june_is_learnt(store, clock, book, *assessed_on):
    """Assessed on some days; then it is learnt that the father is free since 21 June."""
    store.record(child(), at=day("2025-01-10"), by=BY)
    for on in assessed_on:
        store.assess("a", book, on=day(on), by=BY)
    clock.move(days=60)
    store.append("a", "facts", LEARNT, valid_from=day("2025-06-21"), by=BY)


def overpaid(store, book, on):
    return next((c.overpaid for c in changes_of(store, "a", book, on=day(on)) if c.overpaid), None)


def test_with_an_assessment_every_month_all_months_since_the_change_are_overpaid(store, clock, book):
    release_of_june_is_learnt(store, clock, book, "2025-06-05", "2025-07-05", "2025-08-05")
    told = overpaid(store, book, "2025-09-05")
    assert (told.since, told.first, told.last, told.amount) == (
        day("2025-06-21"), "2025-07", "2025-09", Decimal("5340.00"),
    )  # fmt: skip
    assert told.uncounted == 0


def test_months_before_the_first_assessment_are_not_counted_and_that_is_said(store, clock, book):
    release_of_june_is_learnt(store, clock, book, "2025-07-05", "2025-08-05")
    (change,) = [c for c in changes_of(store, "a", book, on=day("2025-09-05")) if c.overpaid]
    told = change.overpaid
    assert (told.since, told.first, told.months, told.uncounted) == (day("2025-06-21"), "2025-08", 2, 1)
    assert "首次评估之前的1个月未计入" in change.text.zh
    assert "1 month before the first assessment is not counted" in change.text.en


def test_a_month_that_begins_on_the_day_of_the_new_result_is_given_by_it(store, clock, book):
    release_of_june_is_learnt(store, clock, book, "2025-07-01", "2025-08-01")
    told = overpaid(store, book, "2025-09-01")
    assert (told.first, told.last, told.amount) == ("2025-07", "2025-08", Decimal("3560.00"))


def test_years_are_looked_back_over_without_assessing_every_day(file_store, clock, book, monkeypatch):
    file_store.record(child(father__situations=[]), at=day("2020-03-01"), by=BY)
    file_store.record(child(), at=day("2025-08-01"), by=BY)
    file_store.assess("a", book, on=day("2025-09-01"), by=BY)
    clock.move(days=60)
    file_store.append("a", "facts", LEARNT, valid_from=day("2025-08-01"), by=BY)
    asked, assess = [], type(book).assess

    def counted(self, case, *, on):
        asked.append(on)
        return assess(self, case, on=on)

    monkeypatch.setattr(type(book), "assess", counted)
    assert overpaid(file_store, book, "2025-12-01").since == day("2020-03-01")
    assert len(asked) < 20


def test_asked_again_on_the_day_the_same_changes_are_told(store, clock, book):
    release_of_june_is_learnt(store, clock, book, "2025-07-01", "2025-08-01")
    first = changes_of(store, "a", book, on=day("2025-09-01"))
    store.assess("a", book, on=day("2025-09-01"), by=BY)
    assert [c.text for c in changes_of(store, "a", book, on=day("2025-09-01"))] == [c.text for c in first]
    assert kinds(changes_of(store, "a", book, on=day("2025-10-01"))) == [ChangeKind.OVERPAID]


def test_where_every_assessment_is_of_the_day_the_first_of_them_is_compared_with(file_store, book):
    file_store.record(child(), at=day("2025-01-10"), by=BY)
    file_store.assess("a", book, on=DAY, by=BY)
    assert changes_of(file_store, "a", book, on=DAY) == ()
    file_store.append("a", "facts", LEARNT, valid_from=DAY, by=BY)
    file_store.assess("a", book, on=DAY, by=BY)
    assert kinds(changes_of(file_store, "a", book, on=DAY)) == [ChangeKind.ENDS]


def test_an_assessment_that_looks_back_hides_no_overpayment(store, clock, book):
    release_of_june_is_learnt(store, clock, book, "2025-06-05", "2025-07-05", "2025-08-05")
    store.assess("a", book, on=day("2025-07-01"), by=BY)
    told = overpaid(store, book, "2025-09-05")
    assert (told.first, told.months) == ("2025-07", 3)


def test_a_lower_standard_of_before_is_no_day_on_which_less_was_due(book):
    less, more = rules("1500"), book

    def truth(when):
        free = {"father__situations": []} if when >= day("2025-03-15") else {}
        return (more if when >= day("2025-03-01") else less).assess(child(**free), on=when)

    paid = [less.assess(child(), on=day("2025-01-11")), more.assess(child(), on=day("2025-03-01"))]
    for known_from in (None, day("2024-01-01")):
        (change,) = overpayments(paid, truth, through=day("2025-05-31"), known_from=known_from)
        assert (change.overpaid.since, change.overpaid.months) == (day("2025-03-15"), 2)
    (change,) = overpayments(paid[1:], truth, through=day("2025-05-31"), known_from=day("2024-01-01"))
    assert change.overpaid.since == day("2025-03-15")


def test_nothing_is_overpaid_after_the_last_month_paid(file_store, clock, book):
    from kinderguard.casefile.ending.closing import close_file

    file_store.record(child(), at=day("2025-01-10"), by=BY)
    file_store.assess("a", book, on=day("2025-02-01"), by=BY)
    file_store.append("a", "facts", {"facts": {"father.situations": []}}, valid_from=day("2025-04-20"), by=BY)
    close_file(
        file_store,
        "a",
        reason="parent_released",
        happened_on=day("2025-04-20"),
        last_paid="2025-06",
        on=day("2025-08-01"),
        by=BY,
    )
    told = changes_of(file_store, "a", book, on=day("2025-10-31"))[-1].overpaid
    assert (told.first, told.last, told.months) == ("2025-05", "2025-06", 2)


def test_a_file_that_was_never_assessed_says_so(file_store, book):
    file_store.record(child(), at=day("2025-01-10"), by=BY)
    with pytest.raises(NotAssessedError) as told:
        changes_of(file_store, "a", book)
    assert re.search("store.assess", told.value.text.zh)
    assert not stray(told.value.text)


def test_an_assessment_that_was_taken_back_is_not_compared_with(file_store, book):
    file_store.record(child(), at=day("2025-01-10"), by=BY)
    file_store.assess("a", book, on=day("2025-02-01"), by=BY)
    wrong = file_store.entries("a", kinds=["assessment"])[0]
    file_store.correct("a", wrong.number, None, reason="wrong day", by=BY)
    with pytest.raises(NotAssessedError):
        changes_of(file_store, "a", book)


def test_a_line_without_facts_claims_no_cause_that_it_cannot_know():
    book, on = rules(), day("2025-09-01")
    case = child(child__registration__division="330106", child__residence__division="330106")
    before = assessment_line(book.assess(case, on=on))
    moved = child(child__registration__division="330106", child__residence__division="330199")
    after = book.assess(moved, on=on)
    (migrant,) = (each for each in changes(before, after) if each.code == "cn.migrant")
    assert "not known" in migrant.text.en
    assert "time" not in migrant.text.en
    known = changes(before, after, facts=["child.residence.division"])
    (migrant,) = (each for each in known if each.code == "cn.migrant")
    assert "residence" in migrant.text.en
    bare = {name: before[name] for name in ("on", "categories", "policies")}
    assert not any("in charge" in each.text.en for each in changes(bare, after))


def test_a_move_alone_is_told_as_the_cause_and_not_the_time():
    book, on = rules(), day("2025-09-01")
    before, after = (
        book.assess(child(division_code=None, child__registration__division=place), on=on)
        for place in ("330106", "330199")
    )
    found = changes(before, after)
    assert found
    assert not any("passing of time" in each.text.en for each in found)
    assert any("another division is in charge" in each.text.en for each in found)


# ---- what the file says is not drawn -----------------------------------------------------------------------------


DIBAO = "cn.dibao_benefit"
_LISTED = [{"policy": DIBAO, "since": "2025-01", "ongoing": True}]


@pytest.mark.parametrize(
    ("then", "now", "overpaid"),
    [
        ({"household__aid": []}, {}, False),  # it met the conditions, and nobody says that it drew anything
        ({"household__aid": ["dibao"]}, {"household.aid": []}, True),  # drawn by what was known then
        ({"household__aid": []}, {"household.aid": ["dibao"]}, True),  # drawn by what is known now
        ({"household__aid": [], "help": _LISTED}, {}, True),
        ({"household__aid": [], "child__individual_dibao": True}, {}, True),
    ],
)
def test_nothing_is_overpaid_of_dibao_that_the_file_says_is_not_drawn(file_store, clock, book, then, now, overpaid):
    clock.now = dt.datetime(2025, 7, 1, 2, tzinfo=dt.UTC)
    first = file_store.record(child(household__monthly_income_per_head="300", **then), at=day("2025-07-01"), by=BY)
    file_store.assess("a", book, on=day("2025-07-01"), by=BY)
    clock.now = dt.datetime(2025, 9, 1, 2, tzinfo=dt.UTC)
    known = {"household.monthly_income_per_head": "5000"} | now
    if then.get("child__individual_dibao"):
        known["child.individual_dibao"] = False
    file_store.correct("a", first.number, known, reason="核实", by=BY)
    found = kinds(changes_of(file_store, "a", book, on=DAY), DIBAO)
    assert ChangeKind.ENDS in found
    assert (ChangeKind.OVERPAID in found) is overpaid
