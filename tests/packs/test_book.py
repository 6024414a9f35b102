"""The policy book: immutable, pinned to day and place, changed for what-if questions, with a fingerprint."""

import datetime as dt
from fractions import Fraction

import polars as pl
import pytest

import kinderguard
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.packs import NoDayError
from kinderguard.rules import DefinitionError, child, param

DAY = dt.date(2025, 9, 1)
CASE = Case.from_facts(
    {"division_code": "370831", "child.birth_date": "2015-01-01", "household.monthly_income_per_head": "900"}
)


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


def gift(amount="50", code="cn.gift"):
    return r.Policy(
        code=code, title=Text("礼物", "Gift"), eligible=child.age < 18, amount=r.yuan(amount), every=r.MONTH
    )


def test_an_assessment_needs_a_day(book):
    with pytest.raises(NoDayError, match="on=date"):
        book.assess(CASE)
    assert book.on(DAY).assess(CASE).on == DAY
    assert book.on(DAY).assess(CASE, on=dt.date(2024, 1, 1)).on == dt.date(2024, 1, 1)
    assert book.day is None


def test_a_book_can_be_pinned_to_a_place(book):
    assert book.for_division("330199").assess(CASE, on=DAY).division == "330199"
    assert book.assess(CASE, on=DAY, division="330106").division == "330106"
    assert book.assess(CASE, on=DAY).division == "370831"
    assert "330199.winter_heating" in book.for_division("330199").rules.policies
    assert "330199.winter_heating" not in book.rules.policies


def test_a_place_unknown_leaves_the_national_rules_and_says_so(book):
    result = book.assess(Case.from_facts({"child.birth_date": "2015-01-01"}), on=DAY)
    assert (result.division, result.complete) == (None, False)
    assert "case.division_unknown" in [p.code for p in result.problems]


def test_parameters_everywhere_or_by_place_for_what_if(book):
    everywhere = book.with_parameters({"cn.dibao.monthly_standard": "1000", "cn.dibao_marginal.multiple": Fraction(2)})
    assert everywhere.rules.parameters["cn.dibao.monthly_standard"].at("370831", DAY).value == 100_000
    by_place = book.with_parameters({"cn.dibao.monthly_standard": {"cn": "800", "37": "1000"}})
    values = by_place.rules.parameters["cn.dibao.monthly_standard"]
    assert (values.at("370831", DAY).value, values.at("440103", DAY).value) == (100_000, 80_000)
    assert book.rules.parameters["cn.dibao.monthly_standard"].at("370831", DAY) is None


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"cn.dibao.monthly_standart": "1000"}, "cn.dibao.monthly_standard"),
        ({"cn.orphan.scattered_monthly": "599"}, "600"),
        ({"cn.dibao.monthly_standard": 600.5}, "float"),
        ({"cn.dibao.monthly_standard": "-1"}, "zero or more"),
        ({"cn.left_behind.reference_date": "2025"}, "date"),
    ],
)
def test_a_value_that_does_not_stand_is_refused_where_it_is_given(book, values, says):
    with pytest.raises(DefinitionError, match=says):
        book.with_parameters(values)


def test_policies_can_be_added_replaced_and_left_out(book):
    more = book.with_policies(gift())
    assert more.assess(CASE, on=DAY).policies["cn.gift"].amount == 50
    assert more.with_policies(gift("60")).assess(CASE, on=DAY).policies["cn.gift"].amount == 60
    assert "cn.gift" not in more.without("cn.gift").assess(CASE, on=DAY).policies
    assert "cn.gift" not in book.assess(CASE, on=DAY).policies
    with pytest.raises(DefinitionError, match=r"cn\.gift"):
        more.without("cn.gfit")


def test_a_rule_whose_code_begins_with_a_division_holds_there_alone(book):
    more = book.on(DAY).with_policies(gift(code="330782.gift"), gift("9", code="33.gift"))
    there = {
        place: [c for c in more.assess(CASE, division=place).policies if c.endswith("gift")]
        for place in ("330782", "330782001", "330106", "370831")
    }
    both = ["33.gift", "330782.gift"]
    assert there == {"330782": both, "330782001": both, "330106": ["33.gift"], "370831": []}
    assert not [c for c in more.rules.policies if c.endswith("gift")]
    again = kinderguard.PolicyBook.from_json(more.to_json())
    assert "330782.gift" in again.overlay("330782").rules.policies
    assert "330782.gift" not in again.overlay("330106").rules.policies
    assert more.fingerprint not in (book.fingerprint, book.with_policies(gift("9", code="33.gift")).fingerprint)
    assert "330782.gift" not in more.without("330782.gift").overlay("330782").rules.policies


def test_a_rule_of_one_place_that_does_not_fit_there_is_refused_where_it_is_given(book):
    odd = r.Policy("330782.odd", Text("补助", "Grant"), child.is_in("cn.orpan"), amount=r.yuan("1"), every=r.MONTH)
    with pytest.raises(DefinitionError, match=r"cn\.orpan"):
        book.with_policies(odd)


@pytest.mark.filterwarnings("ignore::kinderguard.packs.frames.MissingColumnsWarning")
def test_every_engine_has_a_rule_of_one_place_there_alone(book):
    more = book.on(DAY).with_policies(gift(code="330782.gift"))
    facts = [{"child.birth_date": "2015-01-01", "child.registration.division": p} for p in ("330782", "330106")]
    frame = pl.DataFrame(facts).with_columns(pl.col("child.birth_date").str.to_date())
    assert more.assess_frame(frame)["330782.gift.eligible"].to_list() == [True, None]
    narrower = more.with_policies(gift(code="330782.gift", amount="49"))
    assert len(more.prove_same(narrower, "330782").of("equivalent", outcome="refuted")) == 1
    assert not more.prove_same(narrower, "330106").of("equivalent", outcome="refuted")


def test_what_others_rest_on_cannot_be_left_out(book):
    with pytest.raises(DefinitionError, match=r"cn\.orphan"):
        book.without("cn.orphan")


def test_the_fingerprint_changes_with_every_rule_and_value_and_with_nothing_else(book):
    prints = {
        book.for_division("370831").fingerprint,
        book.for_division("370831").with_parameters({"cn.dibao.monthly_standard": "1000"}).fingerprint,
        book.for_division("370831").with_parameters({"cn.dibao.monthly_standard": "1000.01"}).fingerprint,
        book.for_division("370831").with_policies(gift()).fingerprint,
        book.for_division("330199").fingerprint,
    }
    assert len(prints) == 5
    assert kinderguard.load().for_division("370831").fingerprint == book.for_division("370831").fingerprint
    assert book.assess(CASE, on=DAY).fingerprint == book.for_division("370831").fingerprint


def test_a_pack_given_as_a_value_takes_part(book):
    own = kinderguard.Pack(
        code="370831",
        title=Text("泗水", "Sishui"),
        version="1",
        kinderguard=">=0.1",
        policies=[gift(code="370831.gift")],
    )
    result = kinderguard.load(packs=[own]).assess(CASE, on=DAY)
    assert result.policies["370831.gift"].amount == 50


def test_rules_apply_in_their_period(book):
    dated = r.Policy(
        code="cn.gift", title=Text("礼物", "Gift"), eligible=child.age < 18, amount=param("cn.dibao.monthly_standard"),
        effective=r.Period("2025-01-01", "2025-12-31"),
    )  # fmt: skip
    more = book.with_policies(dated)
    inside = [
        day
        for day in (dt.date(2024, 12, 31), dt.date(2025, 1, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 1))
        if "cn.gift" in more.assess(CASE, on=day).policies
    ]
    assert inside == [dt.date(2025, 1, 1), dt.date(2025, 12, 31)]


def test_a_repr_shows_how_a_book_is_pinned(book):
    assert "370831" in repr(book.for_division("370831").on(DAY))
    assert "2025-09-01" in repr(book.for_division("370831").on(DAY))


@pytest.mark.parametrize(("space", "shown"), [("330106", "330106"), ("330199002", "330199002"), ("张三", "…")])
def test_own_facts_under_another_place_than_the_childs_are_told(space, shown):
    given = {"child": {"registration": {"division": "330199001"}}, "extra": {space: {"central_heating": True}}}
    result = kinderguard.load().assess(Case.model_validate(given), on=dt.date(2025, 9, 1))
    (told,) = [p for p in result.problems if p.code == "fact.unknown"]
    assert told.where == f"extra.{shown}"
    assert "330199001" in told.message.zh
    assert "330199001" in told.message.en
    assert "张三" not in told.message.zh + told.message.en


@pytest.mark.parametrize("space", ["330199", "33"])
def test_own_facts_of_the_childs_place_and_of_those_around_it_are_in_place(space):
    given = {"child": {"registration": {"division": "330199001"}}, "extra": {space: {}}}
    result = kinderguard.load().assess(Case.model_validate(given), on=dt.date(2025, 9, 1))
    assert "fact.unknown" not in [p.code for p in result.problems]


def test_a_misspelt_own_fact_of_a_place_is_told_with_the_nearest():
    given = {"child.registration.division": "330199", "child.birth_date": "2015-06-01"}
    right, wrong = (
        kinderguard.load().assess(Case.from_facts({**given, path: True}), on=dt.date(2025, 9, 1))
        for path in ("330199.central_heating", "330199.central_heatng")
    )
    assert "fact.unknown" not in [p.code for p in right.problems]
    (told,) = [p for p in wrong.problems if p.code == "fact.unknown"]
    assert "330199.central_heating" in told.message.en
    assert "330199.central_heating" in told.message.zh


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("cn.dibao_benifit", "cn.dibao_benefit"),
        ("330199.winter_heatin", "330199.winter_heating"),
        ("低保金", "cn.dibao_benefit"),
        ("cn.dibao", "cn.dibao_benefit"),
        ("张三丰的补助", None),
    ],
)
def test_help_under_a_code_that_no_policy_has_is_told_with_the_nearest_and_stops_nothing(written, nearest):
    result = kinderguard.load().assess(with_help(written), on=dt.date(2025, 9, 1))
    (told,) = [p for p in result.problems if p.code == "fact.policy_unknown"]
    assert told.where == "help.1.policy"
    assert (nearest or "") in told.message.en
    assert (nearest or "") in told.message.zh
    assert "张三丰" not in told.message.zh + told.message.en
    assert result.complete


@pytest.mark.parametrize("written", ["cn.dibao_benefit", "330199.winter_heating", "330106.rice", None])
def test_help_under_a_policys_code_or_one_of_another_place_is_no_problem(written):
    problems = kinderguard.load().assess(with_help(written), on=dt.date(2025, 9, 1)).problems
    assert [p for p in problems if p.code == "fact.policy_unknown"] == []


def with_help(policy):
    helped = [{"policy": "cn.medical_aid", "ongoing": True}, {"policy": policy, "ongoing": True}]
    return Case.from_facts({"division_code": "330199", "child.birth_date": "2015-06-01", "help": helped})
