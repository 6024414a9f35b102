"""A day is a ``datetime.date`` wherever the public names of surveys, files and care ask for one: a text is refused."""

import datetime as dt

import pytest

import kinderguard
from casefile.children import BY, child, rules
from kinderguard.care import allocate, assess_needs, needs, score, target_progress, unserved
from kinderguard.casefile.care.plans import CarePlan, PlanError
from kinderguard.model.errors import NotADayError
from kinderguard.survey import read_ledger, read_source
from told import stray

ON = dt.date(2025, 9, 1)
PLAN = CarePlan(ref="a", made_on=ON)
ASKED = {
    "read_source": lambda day, s: read_source("examples/ledger.xlsx", "civil_affairs", as_of=day),
    "read_ledger": lambda day, s: read_ledger("examples/ledger.xlsx", as_of=day),
    "needs": lambda day, s: needs(kinderguard.load(), child(), on=day),
    "assess_needs": lambda day, s: assess_needs(kinderguard.load(), child(), on=day),
    "allocate": lambda day, s: allocate([], [], on=day),
    "score": lambda day, s: score([], until=day),
    "unserved": lambda day, s: unserved([], [], on=day),
    "target_progress": lambda day, s: target_progress([], on=day),
    "moved": lambda day, s: PLAN.moved("agreed", on=day, by="u1"),
    "overdue": lambda day, s: PLAN.overdue(day),
    "with_follow_ups": lambda day, s: PLAN.with_follow_ups(3, start=day, until=ON),
    "record": lambda day, s: s.record(child(), at=day, by=BY),
    "case": lambda day, s: s.case("a", at=day),
    "refs": lambda day, s: s.refs(at=day),
    "assess": lambda day, s: s.assess("a", rules(), on=day, by=BY),
    "changes": lambda day, s: s.changes("a", rules(), on=day),
    "forecast": lambda day, s: s.forecast("a", rules(), until=day),
    "due": lambda day, s: s.due(rules(), today=day),
    "close_file": lambda day, s: s.close_file("a", reason="adopted", last_paid=None, by=BY, on=day),
    "propose_transfer": lambda day, s: s.propose_transfer("a", "330199", by=BY, on=day),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_text_is_no_day(file_store, name):
    file_store.record(child(), at=ON, by=BY)
    with pytest.raises(NotADayError) as told:
        ASKED[name]("2025-09-01", file_store)
    assert not stray(told.value.text)
    assert "fromisoformat" in told.value.text.en


@pytest.mark.parametrize(
    "step", [lambda: PLAN.moved("agred", on=ON, by="u1"), lambda: PLAN.service_moved(1, "delivred"),
             lambda: PLAN.moved(7, on=ON, by="u1")],
)  # fmt: skip
def test_a_state_that_there_is_not_is_told_with_those_there_are(step):
    with pytest.raises(PlanError) as told:
        step()
    assert not stray(told.value.text)
    assert "agreed" in told.value.text.en or "delivered" in told.value.text.en
