"""A floor that fails only for numbers that nobody has set says in which order of these it is proved."""

import datetime as dt

import pytest

from engines.test_frame_traps import TITLE
from kinderguard import Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.engines.prove.proof import Outcome
from kinderguard.packs.loader import Registry, source_of
from kinderguard.rules import child, param
from kinderguard.rules.kinds import MONEY
from kinderguard.rules.parameters import Parameter, ParameterValue

pytest.importorskip("z3")
DAY = dt.date(2025, 9, 1)
MORE = {"title": TITLE, "version": "1", "kinderguard": ">=0.1"}
TITLES = {"cn.big": Text("大额", "the big one"), "cn.small": Text("小额", "the small one")}


def totals(*values):
    """The totals of a county that widens a policy which stands in another one's stead, with these numbers set."""

    def paid(code, eligible, **more):
        return r.Policy(f"cn.{code}_grant", TITLE, eligible=eligible, amount=param(f"cn.{code}"), every=r.MONTH, **more)

    small = paid("small", child.living_on_street)
    big = paid("big", child.adopted, stacking=[r.excludes("cn.small_grant", keep="this")])
    parameters = [Parameter(code, MONEY, title=title) for code, title in TITLES.items()]
    wider = r.Check("33.wider", on=big, reason=TITLE, widens=child.living_on_street)
    local = [
        Parameter(code, values=(ParameterValue("33", r.Period(None, None), fen, "某", r.Trust.GOVERNMENT),))
        for code, fen in values
    ]
    packs = [Pack(code="cn", policies=[small, big], parameters=parameters, **MORE), Pack(code="33", checks=[wider], parameters=local, **MORE)]  # fmt: skip
    book = PolicyBook(Registry([source_of(pack) for pack in packs], ()))
    return [p for p in book.prove("33", on=DAY, questions=["floor"]).of("floor.total") if p.reading == "county"]


def test_the_order_is_told_and_the_answer_stays_refuted():
    (proof,) = totals()
    assert proof.outcome is Outcome.REFUTED
    assert proof.provided == Text(
        "只要“小额”不高于“大额”，即已证明成立", "it is proved wherever ‘the small one’ is at most ‘the big one’"
    )
    assert proof.statement.en.endswith(f"; {proof.provided.en}")
    assert proof.statement.zh.endswith(f"；{proof.provided.zh}")


def test_numbers_in_that_order_are_proved_and_those_against_it_refuted_without_a_condition():
    (proof,) = totals(("cn.small", 50_00), ("cn.big", 50_00))
    assert proof.outcome is Outcome.PROVED
    (proof,) = totals(("cn.small", 50_01), ("cn.big", 50_00))
    assert (proof.outcome, proof.provided) == (Outcome.REFUTED, None)


def test_of_one_number_alone_there_is_no_order():
    """Against a number that is set the open one has no order that a title could name."""
    (proof,) = totals(("cn.small", 50_01))
    assert (proof.outcome, proof.provided) == (Outcome.REFUTED, None)
