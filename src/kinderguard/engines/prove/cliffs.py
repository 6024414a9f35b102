"""Cliffs: one yuan more of income costs a family more than one yuan of what is due each month.

Two children who differ in one income, by one yuan, are compared. An income per head that rises by a yuan brings the
household as many yuan as it has members.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

import attrs

from kinderguard.engines.prove import arithmetic as ar
from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.asking import furthest
from kinderguard.engines.prove.domains import MOST_MONEY
from kinderguard.engines.prove.facts import Moved, owner_of, parts_of, plain
from kinderguard.engines.prove.logic import Bool, Whole, at_most, both, less, minus, plus, scaled, whole
from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.engines.prove.prover import Prover, Question
from kinderguard.engines.prove.ruling import Results, Ruling
from kinderguard.engines.prove.spans import Span
from kinderguard.engines.prove.variables import NumberVariable
from kinderguard.engines.prove.witness import Witness, leaves, set_at
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.household import Income
from kinderguard.model.money import yuan
from kinderguard.model.text import Text
from kinderguard.rules.kinds import MONEY, PERSONS
from kinderguard.rules.titles import fact_title

PER_HEAD = "household.monthly_income_per_head"
YUAN = 100  # fen
_PLACE = re.compile(r"\[(\d+)\]")


def incomes_read(prover: Prover, ruling: Ruling) -> Iterator[str]:
    """The incomes that the rules ask for; of a list, that of its first record."""
    prover.solved(ruling)
    for path, variable in list(prover.facts.variables.items()):
        if isinstance(variable, NumberVariable) and variable.money and set(_PLACE.findall(path)) <= {"0"}:
            name = plain(path).rpartition(".")[2]
            if name in ("monthly_income_per_head", "monthly_income") or _is_income(path, name):
                yield path


def _is_income(path: str, name: str) -> bool:
    return name == "amount" and not path[:1].isdigit() and issubclass(owner_of(plain(path)), Income)


def cliff(prover: Prover, ruling: Ruling, path: str) -> Proof:
    """Whether one yuan more of an income ever costs more than a yuan, and the most that it costs."""
    before = prover.side(ruling)
    raised = prover.solved(ruling, Moved(prover.facts, path, YUAN))
    sides = (before, attrs.evolve(before, results=raised, of=lambda w: _richer(w, path)))
    name = fact_title(plain(path), ruling.titles)
    proved = Text(
        f"“{name.zh}”多一元，每月所得不会减少超过一元",
        f"one yuan more of ‘{name.en}’ never costs more than a yuan a month",
    )
    refuted = Text(
        f"“{name.zh}”多一元，每月应发的减少超过所增收入", f"one yuan more of ‘{name.en}’ can cost more than it brings"
    )

    def bad(results: tuple[Results, ...]) -> Bool:
        loss, certain = _lost(results, path)
        return both(certain, less(whole(0), loss))

    raised_to = raised.facts.value(path, MONEY)
    assert isinstance(raised_to, Span)
    # An income that the model takes, with the yuan more.
    within = (at_most(raised_to.high, whole(MOST_MONEY)),)
    question = Question("cliff", path, sides, bad, proved, refuted, complete=True, within=within)
    proof = prover.prove(question)
    if proof.outcome is not Outcome.REFUTED or any(ruling.parameter(c).kind == MONEY for c in ruling.open):
        return proof  # with amounts that are not set yet, a loss can be as large as they
    return _with_size(prover, question, proof)


def _lost(results: tuple[Results, ...], path: str) -> tuple[Whole, Bool]:
    """What is lost beyond what the yuan brings (fen), and whether that is certain."""
    first, second = (ar.add(r.total(Frequency.MONTH, "child"), r.total(Frequency.MONTH, "household")) for r in results)
    income = results[0].facts.value(path, MONEY) if _there(results[0], path) else sp.NOT_NEGATIVE
    size = results[0].facts.value("household.size", PERSONS) if path == PER_HEAD else sp.number(1)
    assert isinstance(income, Span)
    assert isinstance(size, Span)
    certain = both(first.has_low, second.has_high, income.known, size.known)
    return minus(first.low, plus(second.high, scaled(size.high, YUAN))), certain


def _there(results: Results, path: str) -> bool:
    """Whether the record that the income belongs to is in a case (in the solver's terms it always has its place)."""
    if results.algebra is not None:
        return True
    listed, bracket, _ = path.partition("[0]")
    return not bracket or results.facts.listed(listed).taken != ()


def _with_size(prover: Prover, question: Question, proof: Proof) -> Proof:
    results = tuple(side.results for side in question.sides)
    loss, certain = _lost(results, question.subject)
    limits = [*prover.constraints(), *question.within, prover.complete()]
    far = furthest(loss, both(certain, less(whole(0), loss)), limits, prover.seconds, up=True)
    if far.value is None:
        return proof
    most = far.value

    def as_bad(results: tuple[Results, ...]) -> Bool:
        loss, certain = _lost(results, question.subject)
        return both(certain, at_most(whole(most), loss))

    amount = Decimal(yuan(most))
    refuted = question.refuted + Text(f"，最多 {amount:,} 元", f", by up to {amount:,} yuan")
    largest = prover.shown(attrs.evolve(question, bad=as_bad, refuted=refuted), prover.witness(far.model))
    return attrs.evolve(
        largest, size=amount, size_is_exact=far.exact, seconds=proof.seconds, assumptions=proof.assumptions
    )


def _richer(witness: Witness, path: str) -> Case:
    """The child with a yuan more of an income that is known."""
    parts = ("extra", *path.split(".", 1)) if path[:1].isdigit() else tuple(parts_of(path))
    data = witness.case().model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    for at, value in list(leaves(data)):
        if at == parts:
            set_at(data, at, str(Decimal(value) + 1))
    return Case.model_validate(data)
