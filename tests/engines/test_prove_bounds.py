"""The tightest bounds: what brute force finds, never wider than the engine's own, and facts that can change something."""

import datetime as dt
from itertools import product

import pytest
from hypothesis import given

import kinderguard
from engines.agreement import book_of, examples
from engines.solving import answered_differences
from engines.test_frame_traps import TITLE
from kinderguard import Case, Text
from kinderguard import rules as r
from kinderguard.engines.prove.bounds import confirmed
from kinderguard.engines.prove.completed import Completed
from kinderguard.model.codes import DisabilityGrade, DisabilityKind
from kinderguard.model.resident_id import check_digit
from kinderguard.packs.proofs import domain_of, ruling_of
from kinderguard.rules import child, father, household, parents
from kinderguard.rules.kinds import MONEY
from kinderguard.rules.parameters import Parameter
from kinderguard.rules.ruleset import RuleSet
from kinderguard.testing import strategies
from national.conftest import ORDINARY, STANDARDS

DAY = dt.date(2025, 9, 1)
INCOME = household.monthly_income_per_head


def book_with(amount, **more):
    return book_of(RuleSet([], [r.Policy("cn.p", TITLE, eligible=r.all_of(), amount=amount, every=r.MONTH, **more)]))


def test_bounds_that_are_wider_than_need_be_are_tightened():
    """Of a fact that stands twice, the engine takes each by itself: 100 + 50 was thought to be possible."""
    adopted = child.adopted
    amount = r.when(adopted, r.yuan("100")).otherwise(r.yuan("0")) + r.when(adopted, r.yuan("0")).otherwise(
        r.yuan("50")
    )
    book = book_with(amount)
    cheap = book.assess(Case(), on=DAY).policies["cn.p"]
    exact = book.exact_bounds(Case(), on=DAY).policies["cn.p"]
    assert (cheap.low, cheap.high) == (0, 150)
    assert (exact.low, exact.high, exact.exact) == (50, 100, True)


def test_what_is_known_stays_as_it_is():
    book = book_with(r.max_of(r.yuan("0"), r.yuan("1000") - INCOME))
    known = Case.from_facts({"household.monthly_income_per_head": "400"})
    assert book.exact_bounds(known, on=DAY).policies["cn.p"] == book.exact_bounds(known, on=DAY).policies["cn.p"]
    assert book.exact_bounds(known, on=DAY).totals["due.month.child"].low == 600
    unknown = book.exact_bounds(Case(), on=DAY).policies["cn.p"]
    assert (unknown.low, unknown.high) == (0, 1000)


def test_an_amount_without_an_upper_end_has_none():
    exact = book_with(household.dibao_monthly).exact_bounds(Case(), on=DAY).policies["cn.p"]
    assert exact.low == 0
    assert exact.high is not None, "the model itself has a largest amount"


def test_a_date_known_to_the_month_stays_within_it():
    amount = r.when(child.birth_date <= dt.date(2012, 3, 15), r.yuan("1")).otherwise(r.yuan("2"))
    book = book_with(amount)
    for month, ends in (("2012-03", (1, 2)), ("2012-02", (1, 1)), ("2012-04", (2, 2))):
        exact = book.exact_bounds(Case.from_facts({"child.birth_date": month}), on=DAY).policies["cn.p"]
        assert (exact.low, exact.high) == ends


BOOLS = (True, False)


@pytest.mark.parametrize("known", [{}, {"father.supports_child": True}, {"child.adopted": False}])
def test_exact_bounds_are_those_of_brute_force(known):
    paths = ["child.adopted", "father.supports_child", "mother.supports_child", "child.living_on_street"]
    some = parents.any(lambda p: p.supports_child)
    every = parents.all(lambda p: p.supports_child) & ~child.adopted
    amount = r.when(some, r.yuan("100")).otherwise(r.yuan("40")) + r.when(every, r.yuan("7")).otherwise(
        r.when(child.living_on_street | child.adopted, r.yuan("30")).otherwise(r.yuan("3"))
    )
    book = book_with(amount)
    exists = {"father.kind": "birth", "mother.kind": "birth"}
    open_paths = [p for p in paths if p not in known]
    found = [
        book.assess(Case.from_facts({**exists, **known, **dict(zip(open_paths, values, strict=True))}), on=DAY)
        .policies["cn.p"]
        .amount
        for values in product(BOOLS, repeat=len(open_paths))
    ]
    exact = book.exact_bounds(Case.from_facts({**exists, **known}), on=DAY).policies["cn.p"]
    assert (exact.low, exact.high) == (min(found), max(found))


RIGHT = kinderguard.load().with_parameters(STANDARDS).on(DAY)


@examples(5)
@given(strategies.cases())
def test_the_engines_bounds_hold_the_exact_ones_by_the_national_rules(case):
    result, exact = RIGHT.assess(case, division="370831"), RIGHT.exact_bounds(case, division="370831")
    for code, bounds in exact.policies.items():
        found = result.policies[code]
        assert found.low <= bounds.low
        assert found.high is None or (bounds.high is not None and bounds.high <= found.high)
        if found.amount is not None:
            assert (bounds.low, bounds.high) == (found.amount, found.amount)


def test_a_missing_fact_is_confirmed_to_change_something():
    unknown = ("child.adopted", "child.health", "household.monthly_income_per_head", "child.illness.serious")
    case = Case.from_facts({k: v for k, v in ORDINARY.items() if k not in unknown} | {"division_code": "370831"})
    asked = [m.path for m in RIGHT.assess(case).missing]
    assert set(asked) == {"child.health", "household.monthly_income_per_head", "child.illness.serious"}
    answers = RIGHT.confirm_missing(case)
    assert list(answers) == asked
    assert set(answers.values()) == {True}


def test_a_gap_beside_a_known_fact_of_one_record_is_only_filled_as_the_model_allows():
    """Of a kind of disability the grade is not "none", and nothing ends before it began."""
    graded = book_with(r.when(child.disability.grade == DisabilityGrade.NONE, r.yuan("1")).otherwise(r.yuan("2")))
    known = Case.from_facts({"child.disability.kind": "visual"})
    exact = graded.exact_bounds(known, on=DAY).policies["cn.p"]
    assert (exact.low, exact.high) == (2, 2)
    late = father.situations.any(lambda s: s.until >= dt.date(2020, 1, 1))
    ended = book_with(r.when(late, r.yuan("2")).otherwise(r.yuan("1")))
    since = Case.from_facts({"father.situations": [{"kind": "imprisoned", "since": "2021-01-01"}]})
    exact = ended.exact_bounds(since, on=DAY).policies["cn.p"]
    assert (exact.low, exact.high) == (2, 2)


def test_of_a_case_beyond_the_limits_nothing_is_confirmed():
    """A birth in some month of 1890 is before the first year of a proof: no value was left to take."""
    old = book_with(r.when((child.age >= 18) & child.adopted, r.yuan("1")).otherwise(r.yuan("2")))
    case = Case.from_facts({"child.birth_date": "1890"})
    assert set(old.confirm_missing(case, on=DAY).values()) == {None}
    assert set(old.confirm_missing(Case.from_facts({"child.birth_date": "1990"}), on=DAY).values()) == {True}
    exact = old.exact_bounds(case, on=DAY).policies["cn.p"]
    assert (exact.low, exact.high, exact.exact) == (1, 2, False)


def test_parameters_that_nobody_set_are_named_in_the_assumptions():
    parameters = {"cn.n": Parameter("cn.n", MONEY, title=Text("某标准", "some standard"))}
    paid = r.Policy("cn.p", TITLE, eligible=r.all_of(), amount=r.param("cn.n"), every=r.MONTH)
    exact = book_of(RuleSet([], [paid], parameters=parameters)).exact_bounds(Case(), on=DAY)
    assert "some standard" in exact.assumptions[-1].en
    assert "some standard" not in str(book_with(r.yuan("1")).exact_bounds(Case(), on=DAY).assumptions)


def test_what_is_known_within_one_list_is_not_asked_within_another():
    """The father's and the mother's situations are read by steps of the same numbers; only her end is not recorded."""
    lost = {"kind": "lost_contact", "since": "2023-06-16", "ongoing": True}
    facts = {
        "child.birth_date": "2011-11-02", "child.health": "healthy", "father.kind": "birth", "mother.kind": "birth",
        "father.situations": [{"kind": "dead", "since": "2020-01-10"}], "mother.situations": [lost],
        "mother.supports_child": False, "household.aid": ["tekun"], "division_code": "370831",
    }  # fmt: skip
    exact = RIGHT.exact_bounds(Case.from_facts(facts)).policies["cn.unattended_allowance"]
    assert (exact.low, exact.high, exact.exact) == (600, 1900, True)


@examples(60)
@given(strategies.cases())
def test_questions_whether_something_is_known_keep_each_its_own_answer(case):
    """Of a child to whom nothing was added, results with the answers kept are the results without."""
    assert answered_differences(ruling_of(RIGHT, "370831", DAY), case) == {}


def test_an_end_that_the_reference_engine_does_not_confirm_is_not_exact(monkeypatch):
    adopted = child.adopted
    amount = r.when(adopted, r.yuan("100")).otherwise(r.yuan("0")) + r.when(adopted, r.yuan("0")).otherwise(
        r.yuan("50")
    )
    book = book_with(amount)
    monkeypatch.setattr(Completed, "filled", lambda self, model, otherwise=None: self.stated.case)
    exact = book.exact_bounds(Case(), on=DAY).policies["cn.p"]
    assert (exact.low, exact.high, exact.exact) == (0, 150, False), "then they are the engine's own"
    assert book.confirm_missing(Case(), on=DAY) == {"child.adopted": None}


def test_a_birth_date_stated_to_the_month_is_the_day_that_the_resident_id_says():
    amount = r.when(child.birth_date <= dt.date(2012, 3, 15), r.yuan("1")).otherwise(r.yuan("2"))
    number = "11010520120320002"
    case = Case.from_facts({"child.birth_date": "2012-03", "child.resident_id": number + check_digit(number)})
    exact = book_with(amount).exact_bounds(case, on=DAY).policies["cn.p"]
    assert (exact.low, exact.high, exact.exact) == (2, 2, True)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("child.disability.kind", lambda d, s: (d.kind == DisabilityKind.NONE) & (d.grade == DisabilityGrade.FIRST)),
        ("father.situations.until", lambda d, s: (s.since > dt.date(2021, 1, 1)) & (s.until < dt.date(2020, 1, 1))),
    ],
)
def test_a_value_that_the_model_refuses_beside_another_gap_confirms_nothing(path, refused):
    """Neither a disability of no kind with a grade nor a situation that ended before it began."""

    def surely(condition):
        return condition.is_known() & condition

    never = father.situations.any(lambda s: surely(refused(child.disability, s)))
    book = book_with(r.when(never, r.yuan("1")).otherwise(r.yuan("2")))
    known = Case.from_facts({"father.situations": [{"kind": "imprisoned"}]})
    ruling = ruling_of(book, None, DAY)
    assert confirmed(ruling, known, {}, domain_of([ruling.plan], None, DAY, 3), 10.0, (path,)) == {path: False}
