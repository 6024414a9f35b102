"""What was learnt late and an entry written before hides is told when it is written, and until somebody settles it."""

import pytest

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard import Case
from kinderguard.casefile import FactSource, Recording
from told import stray

RELEASED = [{"kind": "imprisoned", "since": "2025-01-10", "until": "2025-06-20", "ongoing": False}]
JUNE, SEPT = day("2025-06-21"), day("2025-09-01")


def learnt(store, **more):
    return store.record(Case.from_facts({"ref": "a", "father.situations": RELEASED}), at=JUNE, by=BY, **more)


@pytest.fixture
def hidden(file_store):
    """A survey of September filed a child whose father is in prison; that he was released in June is learnt later."""
    file_store.record(child(), at=SEPT, by=BY)
    entry = learnt(file_store)
    return file_store, entry


def test_a_release_that_the_first_survey_hides_is_doubted_when_it_is_recorded(hidden):
    store, entry = hidden
    (doubt,) = entry.doubts
    assert not stray(doubt)
    assert "entry 1" in doubt.en
    assert "2025-09-01" in doubt.en
    (found,) = store.doubts("a")
    assert (found.path, found.entry, found.hidden_by, found.hidden_from) == ("father.situations", 2, 1, SEPT)
    assert "imprisoned" not in repr(found)


def test_it_falls_due_until_it_is_settled(hidden):
    store, _ = hidden
    (item,) = store.due(rules(), today=day("2025-10-01")).of("doubt")
    assert item.overdue
    assert "entry 1" in item.text.en
    store.correct("a", 1, {"father.situations": RELEASED}, reason="he was free already", by=BY)
    assert store.doubts("a") == ()
    assert not store.due(rules(), today=day("2025-10-01")).of("doubt")
    assert not rules().assess(store.case("a", at=SEPT), on=SEPT).policies[ALLOWANCE].eligible


def test_correcting_the_later_entry_to_what_it_says_confirms_it(hidden):
    store, _ = hidden
    said = store.entry(1).body["facts"]["father.situations"]
    confirmed = store.correct("a", 1, {"father.situations": said}, reason="sent back on that day", by=BY)
    assert (confirmed.doubts, store.doubts("a")) == ((), ())
    assert store.case("a", at=SEPT).father.situations[0].ongoing


def test_recording_the_fact_anew_as_of_the_later_day_settles_it(hidden):
    store, _ = hidden
    store.record(Case.from_facts({"ref": "a", "father.situations": RELEASED}), at=SEPT, by=BY)
    assert store.doubts("a") == ()


def test_a_later_day_recorded_afterwards_settles_nothing_of_the_days_between(hidden):
    store, _ = hidden
    store.record(Case.from_facts({"ref": "a", "father.situations": []}), at=day("2025-10-01"), by=BY)
    assert [each.hidden_by for each in store.doubts("a")] == [1]


def test_what_agrees_or_ends_before_or_came_in_order_is_not_doubted(file_store):
    file_store.record(child(), at=JUNE, by=BY)
    assert file_store.record(child(household__size=4), at=SEPT, by=BY).doubts == ()
    facts = {"facts": {"household.size": 5}}
    until = day("2025-08-31")
    assert file_store.append("a", "facts", facts, valid_from=day("2025-07-01"), valid_until=until, by=BY).doubts == ()
    assert file_store.doubts("a") == ()


def test_an_older_list_that_is_filed_later_is_history_and_no_doubt(file_store):
    file_store.record(child(), at=SEPT, by=BY)
    row = FactSource("prisons", "Sheet1", 2, JUNE, ("father.situations",))
    case = Case.from_facts({"ref": "a", "father.situations": RELEASED})
    (entry,) = file_store.record_many([Recording(case, JUNE, by=BY, sources=(row,))])
    assert (entry.doubts, file_store.doubts("a")) == ((), ())
