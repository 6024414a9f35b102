"""What categories say of each other is held against every possible child: their parts, and those that they exclude."""

import datetime as dt

import pytest

from engines.agreement import book_of
from engines.test_frame_traps import TITLE
from kinderguard import Pack, PolicyBook
from kinderguard import rules as r
from kinderguard.engines.prove.proof import Outcome
from kinderguard.model import Code, Text
from kinderguard.packs.loader import Registry, source_of
from kinderguard.rules import child
from kinderguard.rules.ruleset import RuleSet

pytest.importorskip("z3")
DAY = dt.date(2025, 9, 1)


def category(code, when, **more):
    return r.Category(f"cn.{code}", TITLE, when=when, **more)


YOUNG, OLD = category("young", child.age < 6), category("old", child.age >= 6)
LATER = category("later", child.age > 6)


def proofs(*categories, questions=("apart", "gaps"), kind):
    book = book_of(RuleSet(categories, []))
    return book, book.prove(on=DAY, questions=questions).of(kind)


def test_parts_that_leave_no_gap_are_proved_to():
    _, (proof,) = proofs(YOUNG, OLD, category("minor", child.age < 18, parts=[YOUNG, OLD]), kind="gap")
    assert proof.outcome is Outcome.PROVED
    assert proof.subject == "cn.minor cn.young cn.old"


def test_a_gap_is_shown_by_a_child_in_the_whole_and_in_no_part():
    book, (proof,) = proofs(YOUNG, LATER, category("minor", child.age < 18, parts=[YOUNG, LATER]), kind="gap")
    assert proof.outcome is Outcome.REFUTED
    found = book.assess(proof.counterexample, on=DAY).categories
    assert (found["cn.minor"], found["cn.young"], found["cn.later"]) == (True, False, False)
    assert "is in none of" in proof.statement.en
    assert "不属于以下任何一类" in proof.statement.zh


def test_categories_that_are_apart_are_proved_to_be_once_however_often_it_is_said():
    apart = (
        category("young", child.age < 6, apart_from="cn.old"),
        category("old", child.age >= 6, apart_from="cn.young"),
    )
    _, (proof,) = proofs(*apart, kind="overlap")
    assert (proof.outcome, proof.subject) == (Outcome.PROVED, "cn.young cn.old")


def test_an_overlap_is_shown_by_a_child_in_both():
    book, (proof,) = proofs(YOUNG, category("infant", child.age < 1, apart_from=[YOUNG]), kind="overlap")
    assert proof.outcome is Outcome.REFUTED
    found = book.assess(proof.counterexample, on=DAY).categories
    assert (found["cn.infant"], found["cn.young"]) == (True, True)


def test_nothing_is_asked_of_a_category_out_of_effect_nor_where_it_is_not_asked_for():
    over = category("minor", child.age < 18, parts=[YOUNG], apart_from=[OLD], effective=r.Period(None, "2020-01-01"))
    for kind in ("gap", "overlap"):
        assert proofs(YOUNG, OLD, over, kind=kind)[1] == ()
    saying = category("minor", child.age < 18, parts=[YOUNG], apart_from=[OLD])
    assert proofs(YOUNG, OLD, saying, questions=["apart"], kind="gap")[1] == ()
    assert proofs(YOUNG, OLD, saying, questions=["gaps"], kind="overlap")[1] == ()


def test_a_part_that_a_county_narrows_by_its_own_rules_leaves_a_gap_there():
    """What the nation says of its categories is held against what a county makes of them."""
    more = {"title": TITLE, "version": "1", "kinderguard": ">=0.1"}
    wider = r.Check("33.wider", on="cn.minor", reason=TITLE, widens=child.age < 19)
    nation = Pack(
        code="cn", categories=[YOUNG, category("old", child.age.between(6, 17)), category("minor", child.age < 18, parts=["cn.young", "cn.old"])], **more
    )  # fmt: skip
    book = PolicyBook(Registry([source_of(nation), source_of(Pack(code="33", checks=[wider], **more))], ()))
    answers = {place: book.prove(place, on=DAY, questions=["gaps"]).of("gap")[0].outcome for place in (None, "33")}
    assert answers == {None: Outcome.PROVED, "33": Outcome.REFUTED}


class Fuel(Code):
    """What a household heats with."""

    COAL = "coal", "煤", "coal"
    GAS = "gas", "燃气", "gas"


def test_a_packs_own_facts_are_told_by_their_title_and_path():
    shuttle = r.DeclaredFact.yes_no("33.school_shuttle", zh="乘坐校车", en="takes the school bus")
    fuel = r.DeclaredFact.choice("33.fuel", Fuel, zh="取暖燃料", en="heating fuel")
    cost = r.DeclaredFact.money("33.cost", zh="取暖费", en="heating cost")
    rule = r.Category("33.p", TITLE, when=shuttle.expr & (fuel.expr == Fuel.GAS) & (cost.expr >= r.yuan("1234.50")))
    more = {"title": TITLE, "version": "1", "kinderguard": ">=0.1"}
    packs = [Pack(code="cn", **more), Pack(code="33", facts=[shuttle, fuel, cost], categories=[rule], **more)]
    book = PolicyBook(Registry([source_of(pack) for pack in packs], ()))
    (proof,) = book.prove("33", on=DAY, questions=["reach"]).of("can_apply")
    told = proof.facts()
    assert Text("乘坐校车 [33.school_shuttle]：是", "takes the school bus [33.school_shuttle]: yes") in told
    assert Text("取暖燃料 [33.fuel]：燃气", "heating fuel [33.fuel]: gas") in told
    assert any("heating cost [33.cost]: " in t.en and t.en.endswith(" yuan") for t in told)
