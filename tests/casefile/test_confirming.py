"""A person's record of what only lists said becomes that person's word, which no list changes; said again, it is not written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.children import ALLOWANCE, BY, child, day, rules
from casefile.test_claims import AUG, FATHER, JULY, NOV, OCT, SEPT, SIZE, listed, recorded, size
from kinderguard import Case
from kinderguard.casefile import CaseStore, FactSource, Recording
from kinderguard.casefile.doubts import doubt_texts
from kinderguard.casefile.facts import facts_of

IN_PRISON = [{"kind": "imprisoned", "since": "2025-01-10", "term_months": 24, "ongoing": True}]


def confirmed(store):
    """By entry, the facts that it confirms."""
    return {line.entry.number: [c.path for c in line.confirmed] for line in store.history("a") if line.confirmed}


def test_money_does_not_begin_again_by_a_list_where_somebody_confirmed_what_the_newer_list_said(file_store):
    row = FactSource("civil_affairs", "表", 2, SEPT, tuple(facts_of(child())))
    file_store.record_many([Recording(child(), SEPT, by=BY, sources=(row,))])
    listed(file_store, OCT, father__situations=[], father__supports_child=True)
    entry = recorded(file_store, OCT, father__situations=[], father__supports_child=True)
    assert entry.body == {"facts": {FATHER: [], "father.supports_child": True}}
    assert listed(file_store, NOV, father__situations=IN_PRISON, father__supports_child=False).body["facts"] == {}
    assert not rules().assess(file_store.case("a", at=NOV), on=NOV).policies[ALLOWANCE].eligible
    assert {asked.path for asked in file_store.doubts("a")} == {FATHER, "father.supports_child"}
    assert len(file_store.due(rules(), today=NOV).of("doubt")) > 0


def test_what_a_person_said_alike_is_not_written_again_and_a_key_writes_once(file_store):
    listed(file_store, JULY, household__size=3)
    case = Case.from_facts({"ref": "a", SIZE: 3})
    first = file_store.record(case, at=AUG, by=BY, key="k")
    head = file_store.head()
    assert file_store.record(case, at=AUG, by=BY, key="k") == first
    assert file_store.record(case, at=SEPT, by=BY) is None
    assert file_store.record_many([Recording(case, NOV, by="330106.other")]) == (None,)
    assert file_store.head() == head, "a program that files its cases every month adds nothing"


def test_of_a_record_all_that_lists_alone_said_becomes_the_persons_word_and_nothing_else(file_store):
    listed(file_store, JULY, household__size=3, child__schooling__stage="primary")
    recorded(file_store, AUG, household__aid=[])
    entry = recorded(file_store, SEPT, household__size=4, child__schooling__stage="primary", household__aid=[])
    assert entry.body["facts"] == {SIZE: 4, "child.schooling.stage": "primary"}
    assert listed(file_store, OCT, child__schooling__stage="kindergarten").body["facts"] == {}


def test_a_confirmation_shows_as_one_in_the_history_and_is_no_difference(file_store):
    listed(file_store, JULY, household__size=3)
    entry = recorded(file_store, AUG, household__size=3)
    line = file_store.history("a")[-1]
    assert (line.changes, confirmed(file_store)) == ((), {entry.number: [SIZE]})
    (fact,) = line.confirmed
    assert (fact.before, fact.after, fact.before_entry, fact.after_entry) == (3, 3, 1, 2)
    assert file_store.diff("a", before=(JULY, None), after=(OCT, None)) == ()
    assert file_store.doubts("a") == ()


def test_a_correction_to_the_value_that_the_entry_has_shows_as_a_confirmation(file_store):
    listed(file_store, JULY, household__size=3)
    entry = file_store.correct("a", 1, {SIZE: 3}, reason="looked at", by=BY)
    assert confirmed(file_store) == {entry.number: [SIZE]}
    assert recorded(file_store, JULY, household__size=3) is None, "a correction is a person's word"
    listed(file_store, AUG, household__size=4)
    assert size(file_store) == 3


def test_a_person_whose_word_ended_says_it_anew_against_what_a_list_says(file_store):
    listed(file_store, JULY, household__size=3)
    file_store.append("a", "facts", {"facts": {SIZE: 3}}, valid_from=AUG, valid_until=day("2025-08-31"), by=BY)
    assert recorded(file_store, day("2025-08-15"), household__size=3) is None
    assert recorded(file_store, SEPT, household__size=3) is not None


def test_unknown_is_a_persons_word_where_only_lists_that_differ_made_it_so(file_store):
    row = FactSource("civil_affairs", "表", 2, AUG, (SIZE,), disputes={SIZE: 4})
    nothing = Case.from_facts({"ref": "a"})
    listed(file_store, JULY, household__size=3)
    disputed = Recording(nothing, AUG, by=BY, unknown=(SIZE,), sources=(row,), disputed={SIZE: (4, 5)})
    assert file_store.record_many([disputed])[0].body["facts"] == {SIZE: None}
    assert file_store.record_many([disputed]) == (None,), "lists confirm nothing, however often they come"
    assert file_store.record(nothing, at=SEPT, by=BY, unknown=[SIZE]).body["facts"] == {SIZE: None}
    assert file_store.record(nothing, at=SEPT, by=BY, unknown=[SIZE]) is None
    assert listed(file_store, OCT, household__size=3).body["facts"] == {}
    assert file_store.record(nothing, at=OCT, by=BY, unknown=["household.aid"]) is None, "nobody ever said it"


def test_lists_confirm_nothing_however_often_they_say_it(file_store):
    listed(file_store, JULY, household__size=3)
    head = file_store.head()
    assert listed(file_store, AUG, household__size=3) is None
    assert listed(file_store, SEPT, household__size=3, code="b") is None
    assert file_store.head() == head


def test_what_is_confirmed_of_an_earlier_day_than_a_newer_list_is_asked_about(file_store):
    listed(file_store, JULY, household__size=3)
    listed(file_store, SEPT, household__size=4)
    entry = recorded(file_store, AUG, household__size=3)
    (asked,) = file_store.doubts("a")
    assert (asked.path, asked.entry, asked.hidden_from, len(entry.doubts)) == (SIZE, entry.number, SEPT, 1)
    recorded(file_store, SEPT, household__size=4)
    assert (file_store.doubts("a"), size(file_store)) == ((), 4)


MONTHS = [day(f"2025-{month:02}-01") for month in range(1, 13)]
VALUES = {
    SIZE: [3, 4, 5],
    "household.aid": [[], ["dibao"], ["tekun"]],
    FATHER: [[], IN_PRISON, [{"kind": "lost_contact", "since": "2025-02-01"}]],
    "father.supports_child": [True, False],
}


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_what_a_person_confirmed_no_stale_list_changes(data):
    path = data.draw(st.sampled_from(list(VALUES)))
    lists = data.draw(st.lists(st.sampled_from(VALUES[path]), min_size=1, max_size=4))
    stale = data.draw(st.lists(st.tuples(st.sampled_from(lists), st.sampled_from("ab")), min_size=1, max_size=4))
    name = path.replace(".", "__")
    with CaseStore("sqlite://") as store:
        for at, value in zip(MONTHS, lists, strict=False):
            listed(store, at, **{name: value})
        said = facts_of(store.case("a", at=MONTHS[4]))[path]
        assert recorded(store, MONTHS[4], **{name: said}) is not None
        for at, (value, code) in zip(MONTHS[5:], stale, strict=False):
            listed(store, at, code=code, **{name: value})
            assert facts_of(store.case("a", at=at))[path] == said
        newest = {code: value for value, code in stale}
        assert bool(store.doubts("a")) == any(value != said for value in newest.values())


def test_an_import_says_what_was_answered_before_and_asks_for_nothing_then(file_store):
    from casefile.test_store_surveys import combine, row, source

    def imported(people, month):
        return file_store.import_survey(
            combine([source("civil_affairs", row(household__size=people), as_of=MONTHS[month])]), by=BY
        )

    (filed,) = imported(3, 6)
    file_store.correct(filed.ref, 1, {SIZE: 4}, reason="miscounted", by=BY)
    asked = imported(3, 7)
    assert (asked[0].held_back, asked[0].answered) == ((SIZE,), ())
    file_store.record(Case.from_facts({"ref": filed.ref, SIZE: 4}), at=MONTHS[7], by=BY)
    again = imported(3, 8)
    assert (again[0].held_back, again[0].answered, file_store.doubts(filed.ref)) == ((SIZE,), (SIZE,), ())
    assert "to be checked" not in again.summary("en")
    assert "待核对" not in again.summary("zh") + again[0].text.zh
    assert again.summary("en").endswith(
        "; of 1 child lists go on saying what somebody has answered before: what was recorded counts"
    )
    other = imported(6, 9)
    assert (other[0].answered, "to be checked" in other.summary("en")) == ((), True)


@pytest.mark.parametrize("people", [3, 4])
def test_a_ledger_says_of_which_rows_everything_was_answered_before(file_store, tmp_path, people):
    from kinderguard.survey import read_ledger

    def imported(size, month):
        path = tmp_path / f"{month}.csv"
        path.write_text(f"序号,儿童姓名,身份证号,家庭人口\n1,陈小雨,11010519491231002X,{size}\n", "utf-8")
        return file_store.import_ledger(read_ledger(path), at=MONTHS[month], by=BY)

    imported(3, 6)
    (ref,) = file_store.refs()
    file_store.correct(ref, 1, {SIZE: 4}, reason="miscounted", by=BY)
    assert imported(3, 7).held_back[0].answered == ()
    file_store.record(Case.from_facts({"ref": ref, SIZE: people}), at=MONTHS[7], by=BY)
    again = imported(7 - people, 8)
    (place,) = again.held_back
    expected = (SIZE,) if people == 4 else ()
    assert (place.facts, place.answered) == ((SIZE,), expected)
    assert ("to be checked" not in again.summary("en")) == bool(expected)


def test_a_question_says_who_recorded_the_fact_and_what_else_of_the_matter_the_list_changed(file_store):
    free = [{"kind": "imprisoned", "since": "2025-01-10", "until": "2025-06-20", "ongoing": False}]
    listed(file_store, SEPT, father__situations=free, father__supports_child=True)
    recorded(file_store, SEPT, father__supports_child=True)
    again = [{**IN_PRISON[0], "since": "2025-10-10"}]
    listed(file_store, NOV, father__situations=again, father__supports_child=False, household__size=4)
    assert facts_of(file_store.case("a", at=NOV))[FATHER] == again, "nobody recorded it, so the newest list counts"
    (asked,) = file_store.doubts("a")
    assert (asked.recorded_by, asked.recorded_for, len(asked.taken)) == (BY, SEPT, 1)
    (text,) = doubt_texts([asked])
    for words in (
        f"entry 2 ({BY}, as of {SEPT})",
        "until this is answered it stays as it is",
        "was taken: father: situations;",
    ):
        assert words in text.en
    for words in (f"第 2 条由人记载（{BY}，自 {SEPT} 起）", "答复之前不作改动", "已被采用：父亲"):
        assert words in text.zh
    recorded(file_store, NOV, father__situations=free)
    (asked,) = file_store.doubts("a")
    assert asked.taken == (), "somebody has recorded that as well"
