"""Any two rule sets over the same facts: whether they say the same of every child, or one never gives less.

What a county's floor is for the nation's rules, this is for a new version of a rule: the difference is found, however
rare the child of whom it shows.
"""

from collections.abc import Iterator
from functools import partial

from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.logic import Bool, alike, either, negated
from kinderguard.engines.prove.prover import Prover, Question
from kinderguard.engines.prove.ruling import Results, Ruling
from kinderguard.engines.prove.spans import Truth
from kinderguard.model.text import Text


def _differ(a: Truth, b: Truth) -> Bool:
    return either(negated(alike(a.yes, b.yes)), negated(alike(a.no, b.no)))


def differ(a: Results, b: Results, code: str) -> Bool:
    """Whether two results have a category or policy otherwise."""
    found = _differ(a.applies(code), b.applies(code))
    if code not in a.plan.policies or code not in b.plan.policies:
        return found
    if a.is_cash(code) and b.is_cash(code):
        return either(found, sp.differ(a.final(code), b.final(code)))
    return either(found, _differ(a.given(code), b.given(code)))


def _differ_on(code: str, results: tuple[Results, ...]) -> Bool:
    return differ(results[0], results[1], code)


def equivalence_questions(prover: Prover, one: Ruling, other: Ruling) -> Iterator[Question]:
    """For each category and policy of either: both rule sets say the same of every child, unknown facts included."""
    sides = (prover.side(one), prover.side(other))
    titles: dict[str, Text] = {}
    for rules in (other.rules, one.rules):
        titles |= {c.code: c.title for c in rules.categories.values()}
        titles |= {p.code: p.title for p in rules.policies.values()}
    for code, title in titles.items():
        there = [i for i, r in enumerate((one, other)) if code in r.plan.policies or code in r.plan.categories]
        yield Question(
            "equivalent", code, sides, partial(_differ_on, code),
            Text(f"两套规则对“{title.zh}”的结果相同", f"both say the same of ‘{title.en}’"),
            Text(f"两套规则对“{title.zh}”的结果不同", f"they differ on ‘{title.en}’"),
            shown=tuple((i, code) for i in there),
        )  # fmt: skip
