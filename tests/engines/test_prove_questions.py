"""Every kind of question has every kind of answer, and says what it is about."""

import datetime as dt
import subprocess
import sys

import pytest

import kinderguard
from engines.agreement import book_of
from engines.test_frame_traps import TITLE
from kinderguard import Case, Pack, PolicyBook, Text
from kinderguard import rules as r
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.floor import floor_questions
from kinderguard.engines.prove.proof import Outcome
from kinderguard.engines.prove.prover import Prover
from kinderguard.engines.prove.reach import reach_questions, stacked_apart
from kinderguard.model.codes import AidStatus, Sex
from kinderguard.packs.loader import Registry, source_of
from kinderguard.packs.proofs import ruling_of
from kinderguard.rules import child, father, help_received, household
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import expression
from kinderguard.rules.kinds import MONEY, NUMBER, Kind, Sort
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.rules.ruleset import RuleSet

DAY = dt.date(2025, 9, 1)
INCOME = household.monthly_income_per_head
EVERYBODY = r.all_of()


def category(code, when):
    return r.Category(f"cn.{code}", TITLE, when=when)


def policy(code, amount, *, eligible=EVERYBODY, **more):
    return r.Policy(f"cn.{code}", TITLE, eligible=eligible, amount=amount, every=r.MONTH, **more)


def report(*definitions, questions=(), **more):
    categories = [d for d in definitions if isinstance(d, r.Category)]
    policies = [d for d in definitions if isinstance(d, r.Policy)]
    return book_of(RuleSet(categories, policies)).prove(on=DAY, questions=questions, **more)


def test_a_rule_that_can_never_apply_and_one_that_always_does():
    never = category("never", (child.age < 16) & (child.age >= 18))
    always = category("always", (child.age < 18) | (child.age >= 18) | ~child.birth_date.is_known())
    some = category("some", child.age < 16)
    found = report(never, always, some, questions=["reach"])
    assert [p.subject for p in found.of("can_apply", outcome="refuted")] == ["cn.never"]
    assert [p.subject for p in found.of("can_be_refused", outcome="refuted")] == ["cn.always"]
    (proof,) = found.of("can_apply", "cn.some")
    assert proof.example is not None
    assert book_of(RuleSet([some], [])).assess(proof.example, on=DAY).categories["cn.some"] is True


def test_an_amount_that_is_never_above_zero_is_told_and_one_that_may_be_has_an_example():
    nothing = policy("nothing", r.min_of(INCOME, 0))
    contrary = policy("contrary", r.min_of(INCOME - 100, r.yuan(50) - INCOME))
    some = policy("some", r.yuan(100) - INCOME)
    found = report(nothing, contrary, some, policy("plain", r.yuan("5")), questions=["reach"]).of("can_pay")
    assert {p.subject: str(p.outcome) for p in found} == {
        "cn.nothing": "refuted", "cn.contrary": "refuted", "cn.some": "proved",
    }  # fmt: skip


def test_of_some_rules_alone_whom_they_reach_and_what_a_paper_costs_is_asked():
    one, other = (
        policy("one", r.yuan("5"), eligible=child.age < 6),
        policy("other", r.yuan("5"), eligible=child.age < 9),
    )
    found = report(one, other, questions=["reach", "papers"], about=["cn.other"])
    assert {p.subject for p in found.proofs} == {"cn.other"}
    assert {p.question for p in found.proofs} == {"can_apply", "can_be_refused", "paper"}


def test_a_rule_out_of_effect_is_not_asked_about():
    over = r.Category("cn.over", TITLE, when=child.adopted, effective=r.Period(None, "2020-01-01"))
    assert report(over, questions=["reach"]).proofs == ()


def test_two_that_overlap_and_two_that_do_not():
    young, old, boys = (category(c, w) for c, w in (("young", child.age < 6), ("old", child.age >= 6), ("boys", child.sex == Sex.MALE)))  # fmt: skip
    found = report(young, old, boys, never_both=[("cn.young", "cn.old"), ("cn.young", "cn.boys")])
    assert [p.outcome for p in found.of("overlap")] == [Outcome.PROVED, Outcome.REFUTED]
    assert found.proofs[1].counterexample.child.sex is Sex.MALE


def test_a_gap_between_categories_is_shown_by_the_child_who_falls_into_it():
    young, old = category("young", child.age < 6), category("old", child.age > 6)
    found = report(young, old, gaps=[(["cn.young", "cn.old"], child.age < 18), (["cn.young", "cn.old"], child.age > 7)])
    assert [p.outcome for p in found.of("gap")] == [Outcome.REFUTED, Outcome.PROVED]
    born = found.proofs[0].counterexample.child.birth_date
    assert dt.date(2018, 9, 2) <= born.earliest
    assert born.latest <= dt.date(2019, 9, 1)


def test_a_condition_that_is_asked_with_may_name_what_no_rule_names():
    helped = help_received.any(lambda h: h.is_for("cn.some_other"))
    found = report(category("young", child.age < 6), gaps=[(["cn.young"], helped)])
    (proof,) = found.of("gap", outcome="refuted")
    assert proof.counterexample.help[0].policy == "cn.some_other"


def test_policies_that_exclude_each_other_are_proved_apart():
    one = policy("one", r.yuan("100"), eligible=child.adopted)
    other = policy("other", r.yuan("50"), eligible=child.living_on_street, stacking=[r.excludes("cn.one")])
    found = report(one, other, questions=["apart"])
    assert [p.outcome for p in found.of("apart")] == [Outcome.PROVED]


def test_no_top_up_undoes_an_exclusion_wherever_it_is_listed():
    one = policy("one", r.yuan("100"))
    up = r.tops_up(to=r.yuan("20"), counting=[r.yuan("5")])
    other = policy("other", r.yuan("50"), stacking=[r.excludes("cn.one", keep="other"), up])
    (found,) = report(one, other, questions=["apart"]).of("apart")
    assert found.outcome is Outcome.PROVED


def test_a_cliff_is_found_with_its_size_and_a_slope_is_none():
    poor = r.yuan("1000") > INCOME
    (cliff,) = report(policy("all_or_nothing", r.yuan("300"), eligible=poor), questions=["cliffs"]).of("cliff")
    assert cliff.outcome is Outcome.REFUTED
    assert cliff.size == 299  # 300 yuan for a household of one that gains one
    assert cliff.size_is_exact
    before, after = (c.household.monthly_income_per_head for c in (cliff.counterexample, cliff.after))
    assert before < 1000 <= after == before + 1
    sloping = policy("difference", r.max_of(r.yuan("0"), r.yuan("1000") - INCOME), eligible=poor)
    (slope,) = report(sloping, questions=["cliffs"]).of("cliff")
    assert slope.outcome is Outcome.PROVED


def test_a_cliff_by_the_income_of_one_member():
    poor = household.members.sum(lambda m: m.monthly_income) < r.yuan("2000")
    (cliff,) = report(policy("p", r.yuan("300"), eligible=poor), questions=["cliffs"]).of("cliff")
    assert (cliff.subject, cliff.size) == ("household.members[0].monthly_income", 299)


def test_a_paper_that_makes_a_result_worse_is_named():
    """Whoever says nothing of the father is paid; whoever brings the paper that he supports the child is not."""
    silent = policy("silent", r.yuan("100"), eligible=~(father.supports_child.is_known() & father.supports_child))
    honest = policy("honest", r.yuan("100"), eligible=~father.supports_child)
    found = report(silent, honest, questions=["papers"])
    assert [p.outcome for p in found.of("paper")] == [Outcome.REFUTED, Outcome.PROVED]
    (proof,) = found.of("paper", "cn.silent")
    assert proof.counterexample == Case()
    assert proof.after == Case.from_facts({"father.supports_child": True})
    assert "then: whether the father supports or brings up the child: yes" in [f.en for f in proof.facts()]


def test_a_product_of_two_amounts_is_named_with_its_rule_and_step_and_the_others_go_on():
    days = [n.Times(NUMBER, p.birth_date.days_until(r.DAY).node, n.Const(NUMBER, 1)) for p in (child, father)]
    odd = category("odd", expression(n.Times(MONEY, INCOME.node, n.Times(NUMBER, *days))) > r.yuan("2"))
    plain = category("plain", child.age < 16)
    found = report(odd, plain, questions=["reach"])
    for proof in found.of("can_apply", "cn.odd"):
        assert proof.outcome is Outcome.NOT_TAKEN
        assert "cn.odd" in proof.why[0].en
        assert "×" in proof.why[0].en
    assert found.of("can_apply", "cn.plain")[0].outcome is Outcome.PROVED
    assert not found.ok


def test_time_that_runs_out_is_said_to_have_run_out():
    found = kinderguard.load().prove("330199", on=DAY, questions=["cliffs"], seconds=0.001)
    assert {p.outcome for p in found} == {Outcome.UNDECIDED}
    assert "not decided within 0.001 seconds" in found.text("en")


def test_a_report_prints_answers_counterexamples_and_assumptions_in_both_languages():
    found = report(category("old", child.age >= 18), questions=["reach"], never_both=[("cn.old", "cn.old")])
    english, chinese, page = found.text("en"), found.text("zh"), found.to_html("zh")
    assert "✗ refuted" in english
    assert "the child's birth date" in english
    assert "at most 3 household members" in english
    assert "不成立" in chinese
    assert "求证的前提" in chinese
    assert page.startswith("<!doctype html>")
    assert "prefers-color-scheme:dark" in page
    assert "http" not in page.split("</style>")[1].split("<h2>")[0]
    assert found._repr_html_().split("</style>")[1] in page
    assert "proved" in found.summary("en")
    assert isinstance(found.proofs[0].statement, Text)


def test_progress_is_told():
    told = []
    report(
        category("young", child.age < 6),
        questions=["reach"],
        progress=lambda done, proof: told.append((done, proof.question)),
    )
    assert told == [(1, "can_apply"), (2, "can_be_refused")]


def test_lists_of_aid_are_taken_code_by_code():
    both = household.aid.has(AidStatus.DIBAO) & household.aid.has(AidStatus.TEKUN)
    (proof,) = report(category("both", both), questions=["reach"]).of("can_apply")
    assert set(proof.example.household.aid) == {AidStatus.DIBAO, AidStatus.TEKUN}


def test_without_the_solver_the_extra_is_named():
    code = (
        "import sys; sys.modules['z3'] = None\n"
        "import datetime, kinderguard\n"
        "try:\n    kinderguard.load().prove(on=datetime.date(2025, 9, 1))\n"
        "except kinderguard.model.errors.MissingExtraError as error:\n    print(error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "kinderguard[prove]" in said.stdout, said.stderr


@pytest.mark.parametrize("limit", [1, 3])
def test_quantifiers_are_proved_up_to_the_stated_household(limit):
    many = category("many", household.members.count() >= 3)
    (proof,) = report(many, questions=["reach"], household=limit).of("can_apply")
    assert (proof.outcome is Outcome.PROVED) is (limit == 3)
    assert f"at most {limit} household members" in " ".join(a.en for a in proof.assumptions)


def test_two_divisions_of_one_county_can_differ():
    moved = (child.registration.division != child.residence.division) & ~child.lives_in_another_county
    (proof,) = report(category("moved", moved), questions=["reach"]).of("can_apply")
    assert proof.outcome is Outcome.PROVED


def test_an_exclusion_with_a_condition_claims_no_more_than_the_condition():
    one = policy("one", r.yuan("100"))
    other = policy("other", r.yuan("50"), stacking=[r.excludes("cn.one", when=child.adopted)])
    (proof,) = report(one, other, questions=["apart"]).of("apart")
    assert "where the rule says so" in proof.statement.en
    assert "在规定的条件下" in proof.statement.zh


def ruled_by(kind, *rules, floor=None):
    """A book of rules with one parameter that nobody set."""
    least = None if floor is None else ParameterValue("cn", r.Period(None, None), floor, "某", r.Trust.GOVERNMENT)
    parameters = {"cn.n": Parameter("cn.n", kind, title=TITLE, floor=least)}
    categories = [x for x in rules if isinstance(x, r.Category)]
    return book_of(RuleSet(categories, [x for x in rules if isinstance(x, r.Policy)], parameters=parameters))


def test_nothing_is_proved_of_a_ratio_that_nobody_set():
    """Of a ratio nothing was known on either side, so that half of it looked the same as all of it."""

    def share(of):
        amount = (r.yuan(of) * r.param.ratio("cn.n")).rounded(to="0.01", rounding=r.Rounding.HALF_UP)
        return policy("p", amount)

    book = ruled_by(NUMBER, share("1000"), category("poor", r.yuan("1000") * r.param.ratio("cn.n") > INCOME))
    less = book.with_policies(share("500"))
    (same,) = book.prove_same(less, on=DAY).of("equivalent", "cn.p")
    assert same.outcome is Outcome.NOT_TAKEN
    assert "ratio" in same.why[0].en
    floors = less.prove(on=DAY, questions=["floor"])
    assert {p.outcome for p in floors if p.question != "floor.eligible"} == {Outcome.NOT_TAKEN}
    reached = book.prove(on=DAY, questions=["reach"])
    assert {p.outcome for p in reached if p.subject == "cn.poor"} == {Outcome.NOT_TAKEN}


def test_a_floor_beyond_the_limit_of_plain_numbers_leaves_values_to_take():
    old = father.birth_date.days_until(r.DAY) < r.param.number("cn.n", unit="days")
    found = ruled_by(Kind(Sort.NUMBER, "days"), category("old", old), floor=20_000).prove(on=DAY, questions=["reach"])
    assert {p.outcome for p in found} == {Outcome.PROVED}


def test_one_member_of_a_large_household_stands_for_all():
    poor = household.members.sum(lambda m: m.monthly_income) < r.yuan("2000")
    found = report(policy("p", r.yuan("300"), eligible=poor), questions=["cliffs"], household=5)
    assert [p.subject for p in found] == ["household.members[0].monthly_income"]


def test_a_cliff_by_an_income_that_a_pack_declared():
    income = r.DeclaredFact.money("33.monthly_income", zh="某收入", en="some income")
    paid = r.Policy("33.p", TITLE, eligible=income.expr < r.yuan("2000"), amount=r.yuan("300"), every=r.MONTH)
    more = {"title": TITLE, "version": "1", "kinderguard": ">=0.1"}
    packs = [Pack(code="cn", **more), Pack(code="33", facts=[income], policies=[paid], **more)]
    book = PolicyBook(Registry([source_of(pack) for pack in packs], ()))
    (cliff,) = book.prove("33", on=DAY, questions=["cliffs"])
    assert (cliff.outcome, cliff.size, cliff.fault) == (Outcome.REFUTED, 299, False)


def test_every_exclusion_of_a_pair_is_asked_about():
    """The second condition alone can never hold, and hid the first."""
    one, never = policy("one", r.yuan("100")), child.adopted & ~child.adopted
    rules = [r.excludes("cn.one", keep="other", when=when) for when in (child.adopted, never)]
    book = book_of(RuleSet([], [one, policy("other", r.yuan("50"), stacking=rules)]))
    (asked,) = stacked_apart(ruling_of(book, None, DAY)).values()
    assert {child.adopted.node, never.node} <= {*n.walk(asked.node)}


def test_of_limits_that_nobody_is_within_nothing_is_proved():
    """Nothing has happened before the first year of all dates, so that no birth date can be known."""
    rules = book_of(RuleSet([category("young", child.age < 16)], [policy("p", r.yuan("1"), eligible=child.age < 16)]))
    ruling = ruling_of(rules, None, DAY)
    nobody = Prover(Domain(DAY, today=dt.date(1800, 1, 1)))
    proofs = [nobody.prove(q) for q in floor_questions(nobody, ruling, ruling, "county") if q.complete]
    empty = Prover(Domain(DAY, first_year=2000, last_year=1999))
    proofs += [empty.prove(q) for q in reach_questions(empty, ruling)]
    assert len(proofs) > 1
    assert {(p.outcome, p.fault) for p in proofs} == {(Outcome.UNDECIDED, True)}
    assert "a fault of the library" in proofs[0].why[0].en


def test_an_income_is_not_raised_beyond_what_the_model_takes():
    most = r.yuan("999999999999.99")
    (cliff,) = report(policy("p", r.yuan("300"), eligible=most >= INCOME), questions=["cliffs"]).of("cliff")
    assert (cliff.outcome, cliff.fault) == (Outcome.PROVED, False)
    near = r.yuan("999999999999.50")
    (cliff,) = report(policy("p", r.yuan("300"), eligible=near >= INCOME), questions=["cliffs"]).of("cliff")
    assert (cliff.outcome, cliff.size, cliff.fault) == (Outcome.REFUTED, 299, False)
