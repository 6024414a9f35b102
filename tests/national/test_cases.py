"""The national policy cases notice every comparison that is turned wrong at its line: ``<=`` for ``<``, or ``<`` for ``<=``."""

from pathlib import Path

import attrs
import pytest

import kinderguard
from kinderguard import national
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import boundaries, parts_of, unnamed
from kinderguard.testing.policy_cases import read_policy_cases

CASES = read_policy_cases(Path(national.__file__).with_name("cases"))
RULES = {rule.code: rule for rule in (*national.PACK.categories, *national.PACK.policies)}
BOUNDARIES = [boundary for rule in RULES.values() for boundary in boundaries(rule)]
WRONG = {n.Less: n.AtMost, n.AtMost: n.Less}

_MARGIN = "the household's monthly income per head is at most cn.dibao.monthly_standard × cn.dibao_marginal.multiple"
_WITH_EQUALITY = "compared only where a place counts equality as marginal: no place in the nation's file does"
#: The comparisons that no policy case can tell from their contrary at the line, and why.
NO_DIFFERENCE = {
    ("cn.child_in_difficulty", "the child is under 18"): "each of the three classes is under 18 by itself",
    ("cn.guardianship_deficit", "the child is under 18"): "each type in it is under 18 by itself",
    ("cn.left_unattended", "the child is under 8"): "whom nobody looks after is left unattended up to 16 as well",
    ("cn.dibao", _MARGIN): _WITH_EQUALITY,
    ("cn.dibao_marginal", _MARGIN): _WITH_EQUALITY,
    ("cn.unattended_allowance", _MARGIN): _WITH_EQUALITY,
}


def turned(expr, comparison):
    """The expression with a comparison the wrong way at its line."""
    found = unnamed(comparison)

    def change(node):
        is_it = type(node) in WRONG and unnamed(node) == found
        return WRONG[type(node)](node.kind, node.left, node.right) if is_it else None

    return type(expr)(n.rewrite(expr.node, change))


def mistaken(rule, boundary):
    """The rule with one comparison turned, in the part of the rule in which it stands."""
    expr = dict(parts_of(rule))[boundary.part]
    wrong = turned(expr, boundary.comparison)
    if not boundary.part.startswith("stacking"):
        return attrs.evolve(rule, **{boundary.part: wrong})
    return attrs.evolve(rule, stacking=[with_part(stacked, expr, wrong) for stacked in rule.stacking])


def with_part(stacked, old, new):
    """A stacking rule with another expression in the place of one of its own."""
    parts = {field.name: getattr(stacked, field.name) for field in attrs.fields(type(stacked))}
    changed = {
        name: tuple(new if each is old else each for each in part) if isinstance(part, tuple) else new
        for name, part in parts.items()
        if part is old or (isinstance(part, tuple) and any(each is old for each in part))
    }
    return attrs.evolve(stacked, **changed)


@pytest.fixture(scope="module")
def book():
    return kinderguard.load()


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=lambda b: b.id)
def test_a_comparison_turned_wrong_fails_a_case(book, boundary):
    rule = RULES[boundary.owner]
    wrong = mistaken(rule, boundary)
    assert wrong != rule
    changed = book.with_policies(wrong)
    # Cases about the rule itself come first: one of them mostly notices.
    about = sorted(CASES, key=lambda case: not any(key.startswith(rule.code) for key in case.expect))
    noticed = any(not case.run(changed).passed for case in about)
    assert noticed is ((boundary.owner, boundary.text("en")) not in NO_DIFFERENCE), str(boundary)


def test_what_cannot_be_told_is_still_in_the_rules():
    assert NO_DIFFERENCE.keys() <= {(b.owner, b.text("en")) for b in BOUNDARIES}
