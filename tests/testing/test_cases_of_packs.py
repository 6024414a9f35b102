"""The packs' own policy cases reach the lines of their rules on both sides. The cases themselves are run as tests by the plug-in."""

from importlib import import_module
from pathlib import Path

import attrs
import pytest

import kinderguard
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import boundaries
from kinderguard.testing.coverage import covered
from kinderguard.testing.policy_cases import read_policy_cases

ROOT = Path(__file__).parents[2]
NATIONAL = ROOT / "src/kinderguard/national/cases"


def lacking(pack, folder):
    book = kinderguard.load()
    rules = (*pack.categories, *pack.policies, *pack.checks)
    titles = book.overlay(pack.jurisdiction or None).titles
    coverage = covered([b for rule in rules for b in boundaries(rule)], read_policy_cases(folder), book)
    found = {}
    for boundary in coverage.missing:
        found.setdefault(boundary.owner, set()).add(boundary.text("en", titles))
    return found


@pytest.mark.parametrize("name", ["example-county", "zhejiang", "jilin"])
def test_every_line_of_a_plug_ins_rules_is_covered(name):
    pack = import_module(f"kinderguard_{name.replace('-', '_')}").PACK
    folder = ROOT / "plugins" / f"kinderguard-{name}" / "cases"
    assert read_policy_cases(folder)
    assert lacking(pack, folder) == {}


def test_every_line_of_the_nations_rules_is_covered():
    from kinderguard.national import PACK

    assert lacking(PACK, NATIONAL) == {}


def test_the_nations_cases_are_shipped_with_it():
    import kinderguard.national

    assert Path(kinderguard.national.__file__).with_name("cases") == NATIONAL
    assert len(read_policy_cases(NATIONAL)) > 40


def mistaken(rule, boundary):
    """The rule with one comparison the wrong way at its line: ``<=`` for ``<``, or ``<`` for ``<=``."""
    expr = getattr(rule, boundary.part)
    wrong = {n.Less: n.AtMost, n.AtMost: n.Less}[type(boundary.comparison)]
    node = boundary.comparison
    changed = n.rewrite(expr.node, lambda part: wrong(part.kind, node.left, node.right) if part == node else None)
    return attrs.evolve(rule, **{boundary.part: type(expr)(changed)})


@pytest.mark.parametrize("name", ["example-county", "jilin"])
def test_a_comparison_turned_wrong_in_a_plug_in_fails_a_case(name):
    pack = import_module(f"kinderguard_{name.replace('-', '_')}").PACK
    cases = read_policy_cases(ROOT / "plugins" / f"kinderguard-{name}" / "cases")
    book = kinderguard.load().for_division(pack.jurisdiction)
    for rule in (*pack.categories, *pack.policies, *pack.checks):
        for boundary in boundaries(rule):
            changed = book.with_policies(mistaken(rule, boundary))
            failed = [c.name for c in cases if not c.run(changed).passed]
            assert failed, boundary


def test_the_nations_cases_have_their_titles_in_both_languages():
    titles = {
        text for case in read_policy_cases(NATIONAL) for text in (case.group, case.title, case.variant) if text.zh
    }
    assert {t.en for t in titles if not t.en.isascii()} == set()
    assert {t.zh for t in titles if t.zh.isascii()} == set()
