"""A floor rests on numbers that nobody has set only where nobody loses whatever they are, not where a child mentions one."""

import datetime as dt

import attrs
import pytest

from engines.test_frame_traps import TITLE
from kinderguard import Pack, PolicyBook
from kinderguard import rules as r
from kinderguard.engines.prove.floor import COUNTY, floor_questions
from kinderguard.engines.prove.proof import Outcome
from kinderguard.engines.prove.prover import Prover
from kinderguard.packs.loader import Registry, source_of
from kinderguard.packs.proofs import domain_of, national_floor, ruling_of
from kinderguard.rules import child, param
from kinderguard.rules.kinds import MONEY
from kinderguard.rules.parameters import Parameter

unset = pytest.importorskip("kinderguard.engines.prove.unset")
DAY = dt.date(2025, 9, 1)
N, M = param("cn.n"), param("cn.m")
MORE = {"title": TITLE, "version": "1", "kinderguard": ">=0.1"}


def book(nation, county):
    """A county that pays its own amount in the stead of the nation's; neither ``cn.n`` nor ``cn.m`` is set."""
    given = {"eligible": r.all_of(), "every": r.MONTH}
    flat = r.Policy("cn.flat", TITLE, amount=nation, counties_may_narrow=True, **given)
    own = r.Policy("33.own", TITLE, amount=county, stacking=[r.excludes(flat, keep="this")], **given)
    numbers = [Parameter(code, MONEY, title=TITLE) for code in ("cn.n", "cn.m")]
    packs = [Pack(code="cn", policies=[flat], parameters=numbers, **MORE), Pack(code="33", policies=[own], **MORE)]
    return PolicyBook(Registry([source_of(pack) for pack in packs], ()))


def total(nation, county):
    report = book(nation, county).prove("33", on=DAY, questions=["floor"])
    return next(p for p in report.of("floor.total") if p.reading == COUNTY)


def asked(nation, county):
    """A prover and the question about the total."""
    here = ruling_of(book(nation, county), "33", DAY)
    above = national_floor(book(nation, county), here, COUNTY)
    prover = Prover(domain_of([here.plan, above.plan], "33", DAY, 3), seconds=10)
    return prover, next(q for q in floor_questions(prover, here, above, COUNTY) if q.kind == "floor.total")


@pytest.mark.parametrize(
    ("nation", "county"),
    [(r.yuan("100") + N, r.yuan("60") + N), (r.min_of(N, M) + r.yuan("100"), r.min_of(N, M) + r.yuan("60"))],
    ids=["with a number on both sides", "with two numbers"],
)
def test_a_child_who_loses_whatever_the_numbers_are_is_a_plain_refutation(nation, county):
    proof = total(nation, county)
    assert (proof.outcome, proof.rests_on_numbers, dict(proof.parameters)) == (Outcome.REFUTED, False, {})
    assert proof.calls_for_action
    assert proof.provided is None


@pytest.mark.parametrize(("nation", "county"), [(r.yuan("100"), N), (N, M), (N, r.yuan("100"))])
def test_a_floor_that_every_child_keeps_for_some_numbers_rests_on_them(nation, county):
    proof = total(nation, county)
    assert (proof.outcome, proof.rests_on_numbers, proof.calls_for_action) == (Outcome.REFUTED, True, False)
    assert proof.parameters


def test_a_counterexample_that_happens_to_mention_a_number_gives_way_to_one_that_needs_none():
    """Whoever is adopted loses where the number is high, anybody else 40 yuan."""
    prover, question = asked(r.when(child.adopted, N).otherwise(r.yuan("100")), r.yuan("60"))
    found = attrs.evolve(prover.prove(question), parameters={"cn.n": 1_000_00})
    proof = unset.with_set_numbers(prover, question, found)
    assert (proof.rests_on_numbers, dict(proof.parameters), proof.reading) == (False, {}, COUNTY)
    assert proof.counterexample.child.adopted is False
    assert "100.00" in proof.compared[0].en
    assert "60.00" in proof.compared[0].en


def test_what_cannot_be_decided_in_time_is_said_and_passes_nobody(monkeypatch):
    prover, question = asked(N, r.yuan("60"))
    found = prover.prove(question)
    assert found.parameters
    monkeypatch.setattr(unset, "ask", lambda *_: unset.Found(unset.Answer.GAVE_UP))
    proof = unset.with_set_numbers(prover, question, found)
    assert (proof.outcome, proof.rests_on_numbers, proof.calls_for_action) == (Outcome.REFUTED, False, True)
    assert proof.statement.en.endswith("was not decided in time")
