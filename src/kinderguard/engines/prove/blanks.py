"""A child who is refused for a blank: while a fact is not known the rules say "no", or less for sure, and once it is known
they say "yes", or more.

Three-valued rules cannot do that by themselves; only a rule that asks whether something is known can. The rules are held
against a mended version in which those questions are unknown, and not false, while the fact is: what stays "no" there is
refused for another reason.
"""

import attrs

from kinderguard.engines.prove.facts import Otherwise, Stated
from kinderguard.engines.prove.logic import Bool, at_most, both, either, less, negated
from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.engines.prove.prover import Prover, Question
from kinderguard.engines.prove.ruling import Results, Ruling
from kinderguard.engines.prove.spans import Span, alike
from kinderguard.engines.prove.witness import Witness, blanked
from kinderguard.model.case import Case
from kinderguard.model.text import Text


def refused_by_blank(prover: Prover, ruling: Ruling, mended: Ruling, code: str, path: str, *, stacked: bool) -> Proof:
    """Whether any child is refused by a policy or category while a fact is blank, and not once it is known.

    Args:
        prover: asks.
        ruling: the rules.
        mended: the same without the questions whether something is known.
        code: the policy or category.
        path: the fact; of records, without their places.
        stacked: whether what is left after stacking is asked about, and not what the policy gives by itself.

    Returns:
        Where it is refuted, ``counterexample`` is the child with the blank, ``after`` the same with the fact.
    """
    blank = Otherwise(prover.facts, path, Stated(Case()))

    def without_it(witness: Witness) -> Case:
        return blanked(witness.case(), path)

    sides = (
        prover.side(ruling, blank, without_it),
        prover.side(mended, blank, without_it),
        prover.side(ruling),
    )

    def refused(results: tuple[Results, ...]) -> Bool:
        return _refused(code, results, stacked=stacked)

    asked = Text(f"{code} 不因“{path}”空缺而拒绝任何儿童", f"{code} refuses no child for a blank {path}")
    found = prover.prove(Question("blank", code, sides, refused, asked, asked))
    if found.outcome is not Outcome.REFUTED or found.counterexample is None:
        return found
    return attrs.evolve(found, counterexample=blanked(found.counterexample, path), after=found.counterexample)


def _refused(code: str, results: tuple[Results, ...], *, stacked: bool) -> Bool:
    before, mended, after = results
    refused = both(before.applies(code).no, after.applies(code).yes, negated(mended.applies(code).no))
    if code not in before.plan.policies or not before.is_cash(code):
        return refused
    less_sure, otherwise, more = alike([_amount(r, code, stacked=stacked) for r in results])
    return either(
        refused,
        both(
            less_sure.has_high, more.has_low, less(less_sure.high, more.low),
            either(negated(otherwise.has_high), at_most(more.low, otherwise.high)),
        ),
    )  # fmt: skip


def _amount(results: Results, code: str, *, stacked: bool) -> Span:
    return results.final(code) if stacked else results.own(code)
