"""The floor of every plug-in that ships with the library, proved; what was proved is attacked with children near the lines."""

import datetime as dt
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kinderguard
from kinderguard import Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.engines.prove.floor import COUNTY, LAW, floor_questions
from kinderguard.engines.prove.proof import Outcome
from kinderguard.engines.prove.prover import Prover
from kinderguard.engines.prove.reach import apart_questions
from kinderguard.national import UNATTENDED_ALLOWANCE
from kinderguard.packs.loader import Registry, source_of
from kinderguard.packs.proofs import domain_of, national_floor, ruling_of
from kinderguard.rules import child, household
from kinderguard.rules.kinds import MONEY
from kinderguard.rules.parameters import Parameter
from kinderguard.testing import strategies
from national.conftest import STANDARDS

DAY = dt.date(2025, 9, 1)
PLACES = ["330199", "22", "33"]


@cache
def book():
    """Provinces set no standards; with invented ones an amount can be held against another."""
    province = {code: {"22": value, "33": value} for code, value in STANDARDS.items()}
    with_county = kinderguard.load().on(DAY)
    return with_county.with_parameters({code: {"22": v["22"]} for code, v in province.items()})


@cache
def asked(place):
    """The questions about a place with their answers."""
    county = ruling_of(book(), place, DAY)
    nations = {reading: national_floor(book(), county, reading) for reading in (COUNTY, LAW)}
    prover = Prover(domain_of([county.plan, nations[LAW].plan], place, DAY, 3), seconds=20)
    questions = [q for reading, nation in nations.items() for q in floor_questions(prover, county, nation, reading)]
    questions += apart_questions(prover, county)
    return [(question, prover.prove(question)) for question in questions]


@pytest.mark.parametrize("place", PLACES)
def test_no_plug_in_that_ships_with_the_library_is_below_the_national_floor(place):
    proofs = [proof for _, proof in asked(place)]
    assert {p.outcome for p in proofs if p.question not in ("floor.bounds",)} == {Outcome.PROVED}
    assert not any(p.fault or p.outcome in (Outcome.UNDECIDED, Outcome.NOT_TAKEN) for p in proofs)
    assert {"floor.eligible", "floor.amount", "floor.service", "floor.total", "floor.bounds", "apart"} == {
        p.question for p in proofs
    }


@pytest.mark.parametrize("place", PLACES)
def test_every_refutation_holds_on_the_reference_engine(place):
    """Once more, outside the prover: the counterexample itself, by the book."""
    for question, proof in asked(place):
        if proof.outcome is Outcome.REFUTED:
            results = [
                s.ruling.results_of(s.ruling.assess(proof.counterexample, proof.parameters)) for s in question.sides
            ]
            assert question.bad(tuple(results)) is True


ATTACKED = settings(
    max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
#: Rules with lines of every kind: ages, incomes, terms, grades, dates.
RULES = [
    "cn.orphan_allowance", "cn.unattended_allowance", "cn.dibao_benefit", "cn.dibao_marginal", "cn.disability_care_subsidy",
    "cn.disability_living_subsidy", "cn.orphan_study_grant", "cn.migrant",
]  # fmt: skip


def test_what_was_proved_holds_of_500_children_near_the_lines():
    """The standards of the three places are the same, and so are the lines."""
    proved = [question for place in PLACES for question, proof in asked(place) if proof.outcome is Outcome.PROVED]
    rulings = {id(s.ruling): s.ruling for q in proved for s in q.sides}
    children = []

    @ATTACKED
    @given(st.one_of([strategies.near(code, division="330199", book=book(), on=DAY) for code in RULES]))
    def attack(case):
        children.append(case)
        results = {key: ruling.results_of(ruling.assess(case)) for key, ruling in rulings.items()}
        for question in proved:
            assert question.bad(tuple(results[id(s.ruling)] for s in question.sides)) is False, question.proved.en

    attack()
    assert len(children) >= 500


def flat_or(amount, parameters=(), keep="higher"):
    """A county where an amount of its own takes the place of the nation's 100 yuan, as a rule where it is higher."""
    title = Text("某", "some")
    flat = r.Policy(
        "cn.flat", title, eligible=r.all_of(), amount=r.yuan("100"), every=r.MONTH, counties_may_narrow=keep == "this"
    )
    own = r.Policy(
        "33.own", title, eligible=r.all_of(), amount=amount, every=r.MONTH,
        stacking=[r.excludes("cn.flat", keep=keep)],
    )  # fmt: skip
    more = {"title": title, "version": "1", "kinderguard": ">=0.1"}
    packs = [Pack(code="cn", policies=[flat], **more), Pack(code="33", policies=[own], parameters=parameters, **more)]
    return PolicyBook(Registry([source_of(pack) for pack in packs], ()))


def test_a_total_that_can_come_to_nothing_is_below_the_floor():
    """Everything is known of a child without listed members, and a share for each of them still has no amount."""
    share = r.yuan("600").divided_by(household.members.count(), to="0.01", rounding=r.HALF_UP)
    number = Parameter("33.n", MONEY, title=Text("某标准", "some standard"))
    plain, with_number = flat_or(share), flat_or(share + r.param("33.n") - r.param("33.n"), [number])
    for total in plain.prove("33", on=DAY, questions=["floor"]).of("floor.total"):
        assert total.outcome is Outcome.REFUTED
        assert total.counterexample.household.members == (), "with the list unknown it would be no fault"
    for total in with_number.prove("33", on=DAY, questions=["floor"]).of("floor.total"):
        assert total.counterexample.household.members == ()
        assert dict(total.parameters) == {}


def test_a_total_that_is_below_the_floor_for_some_number_only_is_shown_with_the_number():
    number = Parameter("33.n", MONEY, title=Text("某标准", "some standard"))
    county = flat_or(r.param("33.n"), [number], keep="this")
    for total in county.prove("33", on=DAY, questions=["floor"]).of("floor.total"):
        assert total.outcome is Outcome.REFUTED
        assert list(total.parameters) == ["33.n"]
        assert total.rests_on_numbers
        assert not total.calls_for_action, "as check-pack says of it"
    report = county.prove("33", on=DAY, questions=["floor"])
    assert "2 rest on numbers not set here" in report.summary("en")
    assert report.groups().__next__()[0].name == "UNSET"


def test_a_total_below_the_floor_is_told_with_both_sums_and_the_policies_that_differ_each_explained_once():
    """60 yuan in the place of 100: what is lost stands first, and every explanation says whose it is."""
    report = flat_or(r.yuan("60"), keep="this").prove("33", on=DAY, questions=["floor"])
    total = report.of("floor.total")[0]
    assert total.differing == ("cn.flat", "33.own")
    assert [line.zh for line in total.compared] == [
        "每月合计：国家 100.00元，本地 60.00元",
        "“某” [cn.flat]：国家 100.00元，本地 0.00元（因“某”）",
        "“某” [33.own]：国家 没有此项，本地 60.00元",
    ]
    heads = [why.zh.splitlines()[0] for why in total.why]
    assert heads == ["【按本地标准计算的国家规定】", "【按本地规则】", "【按本地规则】"]
    assert report.summary("zh").startswith("国家标准：2 项不成立，有儿童少得。")
    assert "按按" not in report.text("zh")


def test_an_amount_that_is_less_for_whoever_a_widening_reaches_is_told_on_both_sides():
    """The solver's constants are put into words: 100 yuan, and 50 for a class that the county widened."""
    title = Text("某", "some")
    few = r.Category("cn.few", title, when=child.adopted)
    amount = r.when(child.is_in(few), r.yuan("50")).otherwise(r.yuan("100"))
    paid = r.Policy("cn.paid", title, eligible=r.all_of(), amount=amount, every=r.MONTH)
    wider = r.Check("33.wider", on="cn.few", reason=title, widens=child.residence.permit)
    more = {"title": title, "version": "1", "kinderguard": ">=0.1"}
    packs = [Pack(code="cn", categories=[few], policies=[paid], **more), Pack(code="33", checks=[wider], **more)]
    book = PolicyBook(Registry([source_of(pack) for pack in packs], ()))
    for less in book.prove("33", on=DAY, questions=["floor"]).of("floor.amount"):
        assert less.outcome is Outcome.REFUTED
        (said,) = less.compared
        assert said.en.startswith("‘some’ [cn.paid]: the nation ")
        assert "100.00 yuan, here 50.00 " in said.en


def test_a_question_that_breaks_off_is_a_fault_named_in_one_line_and_the_others_are_answered(monkeypatch):
    def broken(*_):
        raise TypeError("no such end")

    monkeypatch.setattr("kinderguard.engines.prove.beside.compared", broken)
    report = flat_or(r.yuan("60"), keep="this").prove("33", on=DAY, questions=["floor"])
    broke = report.of("floor.total", "due.month.child")[0]
    assert (broke.outcome, broke.fault) == (Outcome.UNDECIDED, True)
    (said,) = broke.why
    assert said.en.startswith("floor.total due.month.child broke off (TypeError: no such end, test_prove_floor.py:")
    assert "请报告" in said.zh
    assert report.of("floor.eligible", "cn.flat", "proved")


def test_a_kind_of_question_that_cannot_be_put_is_a_fault_and_the_other_kinds_are_asked(monkeypatch):
    def broken(*_):
        raise TypeError("no such step")

    monkeypatch.setattr("kinderguard.packs.proofs.floor_questions", broken)
    report = flat_or(r.yuan("60")).prove("33", on=DAY, questions=["floor", "reach"])
    (broke,) = report.of("floor")
    assert broke.fault
    assert report.of("can_apply", "33.own", "proved")
    assert "floor broke off" in report.text("en")


def test_a_good_pack_is_told_so_first():
    report = flat_or(r.yuan("60"), keep="higher").prove("33", on=DAY, questions=["floor"])
    assert report.summary("zh").startswith("国家标准：全部证明")


def test_the_nations_side_is_explained_with_the_numbers_that_it_is_held_with():
    """A standard that the place sets is not called unset on the nation's side."""
    book = kinderguard.load().with_parameters({"cn.dibao.monthly_standard": {"330199": "1150"}})
    county = ruling_of(book, "330199", DAY)
    for reading in (COUNTY, LAW):
        assert national_floor(book, county, reading).shown["cn.dibao.monthly_standard"].value == 115_000


def test_a_rule_that_takes_something_away_is_refuted_with_the_child_who_loses_it():
    """A province's version of the allowance that forgets children whose parents are both in prison."""
    narrowed = kinderguard.load().with_policies(
        r.Policy(
            UNATTENDED_ALLOWANCE.code, UNATTENDED_ALLOWANCE.title, eligible=UNATTENDED_ALLOWANCE.eligible & r.child.adopted,
            amount=UNATTENDED_ALLOWANCE.amount, every=r.MONTH, stacking=UNATTENDED_ALLOWANCE.stacking,
        )
    )  # fmt: skip
    county = ruling_of(narrowed, "330199", DAY)
    nation = national_floor(narrowed, county, COUNTY)
    prover = Prover(domain_of([county.plan, nation.plan], "330199", DAY, 3), seconds=20)
    questions = floor_questions(prover, county, nation, COUNTY)
    wanted = {
        ("floor.eligible", "cn.unattended_allowance"),
        ("floor.eligible", "cn.orphan_allowance"),
        ("floor.total", "due.month.child"),
    }
    asked_now = {(q.kind, q.subject): prover.prove(q) for q in questions if (q.kind, q.subject) in wanted}
    found = asked_now["floor.eligible", "cn.unattended_allowance"]
    assert found.outcome is Outcome.REFUTED
    by_nation = kinderguard.load().assess(found.counterexample, on=DAY, division="330199")
    by_county = narrowed.assess(found.counterexample, on=DAY, division="330199")
    assert by_nation.policies["cn.unattended_allowance"].eligible is True
    assert by_county.policies["cn.unattended_allowance"].eligible is not True
    assert asked_now["floor.total", "due.month.child"].outcome is Outcome.REFUTED
    assert asked_now["floor.eligible", "cn.orphan_allowance"].outcome is Outcome.PROVED
    assert len(found.facts()) <= 6, "as few facts as it takes"
