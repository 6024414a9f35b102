"""Rules seeded with known mistakes: each is refuted against the right ones, with a child of whom both books differ."""

import datetime as dt

import attrs
import pytest

import kinderguard
from kinderguard.engines.prove.compare import equivalence_questions
from kinderguard.engines.prove.proof import Outcome
from kinderguard.engines.prove.prover import Prover
from kinderguard.packs.proofs import domain_of, ruling_of
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import expression
from national.conftest import STANDARDS

DAY = dt.date(2025, 9, 1)
RIGHT = kinderguard.load().with_parameters(STANDARDS)


def rule(code):
    """A rule of the nation."""
    return RIGHT.rules.categories.get(code) or RIGHT.rules.policies[code]


def rewritten(code, part, change):
    """The rule with nodes of one part changed."""
    right = rule(code)
    node = n.rewrite(getattr(right, part).node, change)
    assert node != getattr(right, part).node, "the mistake must be there"
    return attrs.evolve(right, **{part: expression(node)})


def at_most_for_less(node):
    return n.AtMost(node.kind, node.left, node.right) if isinstance(node, n.Less) else None


def less_for_at_most(node):
    return n.Less(node.kind, node.left, node.right) if isinstance(node, n.AtMost) else None


def without_code(dropped):
    def change(node):
        if isinstance(node, n.IsIn | n.HasAny) and dropped in node.codes and len(node.codes) > 1:
            return attrs.evolve(node, codes=tuple(c for c in node.codes if c != dropped))
        return None

    return change


def parameter_for(right, wrong):
    return lambda node: attrs.evolve(node, code=wrong) if isinstance(node, n.Param) and node.code == right else None


def constant_for(right, wrong):
    def change(node):
        return attrs.evolve(node, value=wrong) if isinstance(node, n.Const) and node.value == right else None

    return change


def any_for_all(node):
    return n.Or(node.args) if isinstance(node, n.And) else None


def without_not(node):
    return node.arg if isinstance(node, n.Not) and not isinstance(node.arg, n.Known) else None


def least_for_greatest(node):
    return n.Least(node.kind, node.args) if isinstance(node, n.Greatest) else None


def without_stacking(code, keep=lambda _: False):
    right = rule(code)
    return attrs.evolve(right, stacking=tuple(s for s in right.stacking if keep(s)))


MISTAKES = {
    "a child of 18 counts as under 18": lambda: rewritten("cn.orphan", "when", at_most_for_less),
    "equal to the line counts as below it": lambda: rewritten("cn.dibao_marginal", "when", at_most_for_less),
    "six months exactly do not count": lambda: rewritten("cn.migrant", "when", less_for_at_most),
    "a situation is dropped": lambda: rewritten("cn.de_facto_unattended", "when", without_code("compulsory_detox")),
    "a school stage is dropped": lambda: rewritten("cn.education_aid", "eligible", without_code("senior_high")),
    "16 for 18": lambda: rewritten("cn.orphan", "when", constant_for(18, 16)),
    "one parent for both": lambda: rewritten("cn.left_behind", "when", any_for_all),
    "a forgotten not": lambda: rewritten("cn.orphan_study_grant", "eligible", without_not),
    "a swapped parameter": lambda: rewritten(
        "cn.orphan_allowance", "amount", parameter_for("cn.orphan.institution_monthly", "cn.orphan.scattered_monthly")
    ),
    "the other subsidy's amount": lambda: rewritten(
        "cn.disability_care_subsidy", "amount",
        parameter_for("cn.disability.care_subsidy_monthly", "cn.disability.living_subsidy_monthly"),
    ),
    "a forgotten top-up": lambda: without_stacking("cn.unattended_allowance"),
    "a forgotten exclusion": lambda: without_stacking(
        "cn.orphan_allowance", keep=lambda s: s.other != "cn.disability_living_subsidy"
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_seeded_mistake_is_refuted(mistake):
    wrong = MISTAKES[mistake]()
    book = RIGHT.with_policies(wrong)
    one, other = ruling_of(RIGHT, None, DAY), ruling_of(book, None, DAY)
    prover = Prover(domain_of([one.plan, other.plan], None, DAY, 3), seconds=20)
    codes = {wrong.code, "cn.disability_living_subsidy"} if mistake == "a forgotten exclusion" else {wrong.code}
    proofs = [prover.prove(q) for q in equivalence_questions(prover, one, other) if q.subject in codes]
    refuted = [p for p in proofs if p.outcome is Outcome.REFUTED]
    assert refuted
    for proof in refuted:
        right, now = (b.assess(proof.counterexample, on=DAY) for b in (RIGHT, book))
        if proof.subject in right.categories:
            assert right.categories[proof.subject] != now.categories[proof.subject]
        else:
            a, b = right.policies[proof.subject], now.policies[proof.subject]
            assert (a.eligible, a.low, a.high, a.granted) != (b.eligible, b.low, b.high, b.granted)


def test_the_right_rules_are_the_same_as_themselves_written_otherwise():
    """A double negation changes nothing, and is proved to change nothing."""
    right = rule("cn.orphan")
    twice = attrs.evolve(right, when=expression(n.Not(n.Not(right.when.node))))
    report = RIGHT.prove_same(RIGHT.with_policies(twice), on=DAY)
    assert report.ok
