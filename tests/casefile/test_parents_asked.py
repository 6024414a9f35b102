"""What is asked of parents: whether a term that has run out goes on, and whose they are once the child was adopted."""

import pytest

from casefile.children import ALLOWANCE, BY, child, day, rules
from kinderguard import Case
from kinderguard.casefile.adoption import parents_before
from kinderguard.casefile.history import holdings
from kinderguard.casefile.releases import run_out
from told import stray

BOTH_DEAD = {
    "father__situations": [{"kind": "dead", "since": "2019-02-02"}],
    "mother__situations": [{"kind": "dead", "since": "2020-01-01"}],
}
NINE_MONTHS = {"kind": "imprisoned", "since": "2025-01-10", "term_months": 9, "ongoing": True}
FATHER = "father.situations"


def state(store, on, **facts):
    said = {path.replace("__", "."): value for path, value in facts.items()}
    return store.record(Case.from_facts({"ref": "a", **said}), at=day(on), by=BY)


def asked(store, on="2025-09-01"):
    """What is told as due to be looked at."""
    return [item.text.en for item in store.due(rules(), today=day(on)).of("doubt")]


# ---- adopted ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def orphan(file_store):
    file_store.record(child(**BOTH_DEAD), at=day("2025-07-01"), by=BY)
    return file_store


@pytest.mark.parametrize("facts", [{"child__adopted": True}, {"child__care__kind": "adoptive"}])
def test_whose_parents_are_meant_is_asked_once_a_child_is_adopted(orphan, facts):
    entry = state(orphan, "2025-08-15", **facts)
    assert any("养父母" in doubt.zh and not stray(doubt) for doubt in entry.doubts)
    (told,) = asked(orphan)
    assert "father: situations, mother: situations: the child is adopted (entry 2)" in told
    assert orphan.case("a", at=day("2025-09-01")).father.situations[0].kind == "dead", "nothing is decided by it"


def test_it_is_asked_no_more_once_something_is_said_of_the_parents_since(orphan):
    state(orphan, "2025-08-15", child__adopted=True)
    state(orphan, "2025-08-15", father__situations=[])
    (told,) = asked(orphan)
    assert "father: situations" not in told
    orphan.correct("a", 1, {"mother.situations": BOTH_DEAD["mother__situations"]}, reason="looked at", by=BY)
    assert asked(orphan) == []


def test_saying_again_that_a_child_is_adopted_asks_nothing_again(orphan):
    state(orphan, "2025-08-15", child__adopted=True)
    state(orphan, "2025-08-15", father__situations=[], mother__situations=[])
    orphan.append("a", "facts", {"facts": {"child.adopted": True}}, valid_from=day("2025-08-20"), by=BY)
    assert asked(orphan) == []


@pytest.mark.parametrize(
    "facts",
    [
        {**BOTH_DEAD, "child__adopted": False, "child__care__kind": "adoptive"},
        {**BOTH_DEAD, "child__adopted": True},
        {"child__adopted": True, "father__situations": [], "mother__situations": []},
    ],
    ids=["not adopted", "said together", "nothing said of them"],
)
def test_of_others_nothing_is_asked(file_store, facts):
    file_store.record(child(**facts), at=day("2025-07-01"), by=BY)
    assert parents_before(holdings(file_store.entries("a")), day("2025-09-01")) is None


# ---- a term that has run out --------------------------------------------------------------------------------------------


@pytest.fixture
def confined(file_store, clock):
    file_store.record(child(father__situations=[NINE_MONTHS]), at=day("2025-07-01"), by=BY)
    clock.move(days=68)  # 8 November
    return file_store


def ran_out(store, on="2025-11-08"):
    entries = store.entries("a", kinds=["facts", "correction"])
    return run_out(entries, holdings(entries), store.case("a", at=day(on)), day(on), store.today())


def test_a_term_that_has_run_out_is_asked_about_and_the_amount_stays(confined):
    (told,) = ran_out(confined)
    assert "ran out on 2025-10-09 and nobody has recorded since" in told.en
    assert not stray(told)
    amount = rules().assess(confined.case("a", at=day("2025-11-08")), on=day("2025-11-08")).policies[ALLOWANCE].amount
    assert amount == 1780
    assert ran_out(confined, "2025-10-09") == (), "on its last day it goes on"


@pytest.mark.parametrize(
    "said",
    [
        {**NINE_MONTHS, "term_months": 18},
        {**NINE_MONTHS, "until": "2025-10-09", "ongoing": False},
        {key: value for key, value in NINE_MONTHS.items() if key != "ongoing"} | {"until": "2025-10-09"},
    ],
    ids=["a longer term", "ended", "with its last day"],
)
def test_what_is_recorded_afterwards_settles_it(confined, said):
    state(confined, "2025-10-10", father__situations=[said])
    assert ran_out(confined) == ()


def test_correcting_the_entry_to_its_value_confirms_that_it_goes_on(confined):
    confined.correct("a", 1, {FATHER: [NINE_MONTHS]}, reason="asked the prison", by=BY)
    assert ran_out(confined) == ()
    assert confined.due(rules(), today=day("2025-11-08")).of("release") == ()


def test_what_was_stated_to_go_on_after_its_term_is_believed(file_store, clock):
    clock.move(days=68)
    file_store.record(child(father__situations=[NINE_MONTHS]), at=day("2025-11-01"), by=BY)
    assert ran_out(file_store) == ()
