"""A result that gets worse when a family brings a paper: the same child with one fact more, and less is certain.

Three-valued rules cannot do that by themselves; only a rule that asks whether something is known can. So nothing else
is asked of.
"""

import copy
from collections.abc import Container, Iterator
from typing import Any

from kinderguard.engines.plan import Step
from kinderguard.engines.prove.floor import lost
from kinderguard.engines.prove.free import Free
from kinderguard.engines.prove.logic import Bool, both, either, less
from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.engines.prove.prover import Prover, Question, Side
from kinderguard.engines.prove.ruling import Results, Ruling
from kinderguard.engines.prove.witness import Data, Witness, leaves, set_at
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n


def paper_proofs(prover: Prover, ruling: Ruling, codes: Container[str] | None = None) -> Iterator[Proof]:
    """For each policy (of these codes), whether a fact more can cost the child what was certain."""
    asking = _asking_for_known(ruling)
    later: Free | None = None
    for code, policy in ruling.rules.policies.items():
        if code not in ruling.plan.policies or (codes is not None and code not in codes):
            continue
        title = policy.title
        proved = Text(f"“{title.zh}”不会因多提供一项事实而变差", f"no fact more makes ‘{title.en}’ worse")
        if code not in asking:
            yield Proof("paper", code, Outcome.PROVED, proved, assumptions=prover.assumptions)
            continue
        if later is None:
            later = Free(prover.domain, prover.calendar, "later ", prover.facts)
            prover.more.append(later)
        yield prover.prove(_question(prover, ruling, code, later, proved, title))


def _question(prover: Prover, ruling: Ruling, code: str, later: Free, proved: Text, title: Text) -> Question:
    sides = (prover.side(ruling), prover.side(ruling, later, Witness.with_paper))

    def worse(results: tuple[Results, ...]) -> Bool:
        return _worse(code, results)

    refuted = Text(
        f"多提供一项事实，“{title.zh}”反而变差",
        f"‘{title.en}’ gets worse when one more fact is known",
    )

    def witness(model: Any) -> Witness:
        before, after = prover.facts.read(model), later.read(model)
        return _one_step(before, after, prover.opened.read(model), sides, worse)

    return Question("paper", code, sides, worse, proved, refuted, shown=((0, code), (1, code)), witness=witness)


def _worse(code: str, results: tuple[Results, ...]) -> Bool:
    before, after = results
    eligible = lost(before.applies(code), after.applies(code))
    if not before.is_cash(code):
        return either(eligible, lost(before.given(code), after.given(code)))
    a, b = before.final(code), after.final(code)
    return either(eligible, both(a.has_low, b.has_low, less(b.low, a.low)))


def _one_step(before: Data, after: Data, opened: dict[str, Any], sides: tuple[Side, ...], worse: Any) -> Witness:
    """Of all that the second state knows more, the one fact at which the result gets worse."""
    data = copy.deepcopy(before)
    known = dict(leaves(before))
    for path, value in leaves(after):
        if (path in known and (known[path] == value or isinstance(value, list))) or not _parent_is_there(data, path):
            continue
        step = Witness(copy.deepcopy(data), opened, (path, copy.deepcopy(value)))
        try:
            results = [s.ruling.results_of(s.ruling.assess(s.of(step), opened)) for s in sides]
            if worse(tuple(results)) is True:
                return step
        except KinderguardError:
            continue
        set_at(data, path, copy.deepcopy(value))
        known = dict(leaves(data))
    return Witness(before, opened)


def _parent_is_there(data: Any, path: tuple[Any, ...]) -> bool:
    """Whether the record that a fact belongs to is in the data; parts that are no records are made."""
    for name in path[:-1]:
        if isinstance(name, int):
            if not isinstance(data, list) or name >= len(data):
                return False
        elif name not in data:
            return not any(isinstance(part, int) for part in path)
        data = data[name]
    return True


def _asking_for_known(ruling: Ruling) -> set[str]:
    """The policies that rest on a question whether something is known."""
    found: dict[Step, bool] = {}

    def rests(step: Step) -> bool:
        if step not in found:
            found[step] = False
            below = (*step.inputs, *step.inner, *(s for s in (step.where, step.body) if s is not None))
            found[step] = isinstance(step.node, n.Known) or any(rests(s) for s in below)
        return found[step]

    return {code for code, p in ruling.plan.policies.items() if rests(p.eligible) or rests(p.final)}
