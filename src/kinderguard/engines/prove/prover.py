"""Asks one question after another about rule sets over the same facts, confirms and shrinks what is found.

A question is a condition on results that must not hold of any child. It is written once: over the solver's terms it is
what the solver looks for, over the reference engine's answer for a case it is true or false.
"""

import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.prove import beside
from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.asking import Answer, ask
from kinderguard.engines.prove.calendar import Calendar
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.facts import Facts
from kinderguard.engines.prove.free import Free
from kinderguard.engines.prove.logic import Bool, both
from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.engines.prove.ruling import NotTakenResultError, OpenParameters, Results, Ruling
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.engines.prove.spans import Span
from kinderguard.engines.prove.witness import Witness, smallest
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Text, same
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.rules.parameters import show
from kinderguard.rules.wording import wording

_NOBODY = same("")


@attrs.frozen(eq=False)
class Side:
    """A rule set, and what the child is like when it is asked: ``of`` makes that child of a witness."""

    ruling: Ruling
    results: Results
    of: Callable[[Witness], Case] = Witness.case


@attrs.frozen(eq=False)
class Question:
    """What must not be true of any child, and how the answers are worded.

    Args:
        kind, subject: see ``Proof``.
        sides: the rule sets that it compares.
        bad: the condition on their results.
        proved, refuted: the answers.
        complete: whether it is asked of children of whom everything is known.
        exists: whether it asks for a child at all: then to find one is the proof.
        within: more that holds of the children in question.
        shown: codes that are explained beside a counterexample, by side.
        reading: see ``Proof``.
    """

    kind: str
    subject: str
    sides: tuple[Side, ...]
    bad: Callable[[tuple[Results, ...]], Bool]
    proved: Text
    refuted: Text
    complete: bool = False
    exists: bool = False
    within: tuple[Bool, ...] = ()
    shown: tuple[tuple[int, str], ...] = ()
    reading: str = ""
    #: Of a floor, the rules that it is held against, in words; and how often and to whom the total is paid that it is about.
    against: Text = _NOBODY
    total: tuple[Frequency, str] | None = None
    #: Of ``complete`` children: the two amounts of which the second must not be less. A counterexample then keeps what
    #: they wait for, or the blank, not the rule, would be what is bad; unless the second is less whatever is not known.
    compared: Callable[[tuple[Results, ...]], tuple[Span, Span]] | None = None
    #: Makes a witness of the solver's answer; the facts that all sides share, if left out.
    witness: Callable[[Any], Witness] | None = None


class Prover:
    """The facts that all questions speak of, and the time for each.

    Args:
        domain: the limits.
        seconds: the most for one question.
    """

    def __init__(self, domain: Domain, seconds: float = 10.0) -> None:
        self.domain, self.seconds = domain, seconds
        self.calendar = Calendar(Scratch())
        self.facts = Free(domain, self.calendar)
        self.opened = OpenParameters(domain, self.calendar)
        self.more: list[Free] = []
        self._possible: dict[tuple[int, bool], Answer] = {}
        self._solved: dict[tuple[int, int], tuple[Any, Results]] = {}
        self.assumptions = tuple(domain.assumptions())

    def solved(self, ruling: Ruling, facts: Facts | None = None) -> Results:
        """What rules say over the facts (made once)."""
        facts = facts or self.facts
        key = (id(ruling), id(facts))
        if key not in self._solved:
            self._solved[key] = ((ruling, facts), ruling.solved(facts, self.calendar, self.opened))
        return self._solved[key][1]

    def side(self, ruling: Ruling, facts: Facts | None = None, of: Callable[[Witness], Case] = Witness.case) -> Side:
        """A rule set as a side of a question."""
        return Side(ruling, self.solved(ruling, facts), of)

    def constraints(self) -> Iterator[Bool]:
        """What holds of all facts in use."""
        yield from self.facts.constraints()
        for free in self.more:
            yield from free.constraints()
        yield from self.opened.constraints()
        yield from self.calendar.scratch.constraints

    def complete(self) -> Bool:
        """That everything is known, parameters included."""
        return both(self.facts.complete(), self.opened.complete())

    def anybody(self, *, complete: bool) -> Answer:
        """Whether there is a child within the limits at all: of nobody, everything is true.

        It is asked again only after something was added to what holds of all facts.
        """
        limits = list(self.constraints())
        key = len(limits), complete
        if key not in self._possible:
            whole = [self.complete()] if complete else []
            self._possible[key] = ask(True, [*limits, *whole], self.seconds).answer
        return self._possible[key]

    # ---- asking -------------------------------------------------------------------------------------------------

    def prove(self, question: Question) -> Proof:
        """The answer to one question. One that breaks off is answered as a fault, so that the others still are."""
        began = time.perf_counter()
        try:
            proof = self._proof(question)
        except Exception as error:  # noqa: BLE001  whatever it is, it is a fault of the library and told as one
            proof = broken_off(question.kind, question.subject, question.proved, error)
        return attrs.evolve(
            proof, reading=question.reading, seconds=time.perf_counter() - began, assumptions=self.assumptions
        )

    def _proof(self, q: Question) -> Proof:
        try:
            bad = q.bad(tuple(side.results for side in q.sides))
        except NotTakenResultError as error:
            return not_taken(q.kind, q.subject, q.proved, error)
        whole = (self.complete(),) if q.complete else ()
        found = ask(bad, [*self.constraints(), *q.within, *whole], self.seconds)
        if found.answer is Answer.GAVE_UP:
            return undecided(q.kind, q.subject, q.proved, self.seconds)
        if found.answer is Answer.NONE:
            if (anybody := self.anybody(complete=q.complete)) is not Answer.FOUND:
                return _of_nobody(q) if anybody is Answer.NONE else undecided(q.kind, q.subject, q.proved, self.seconds)
            outcome = Outcome.REFUTED if q.exists else Outcome.PROVED
            return Proof(q.kind, q.subject, outcome, q.refuted if q.exists else q.proved)
        return self.shown(q, q.witness(found.model) if q.witness else self.witness(found.model))

    def witness(self, model: Any) -> Witness:
        """The child in the solver's answer."""
        return Witness(self.facts.read(model), self.opened.read(model))

    def shown(self, q: Question, found: Witness, also: Callable[[Witness], bool] | None = None) -> Proof:
        """A counterexample (or an example), confirmed and made small; ``also`` has to hold of it as well."""

        def confirms(witness: Witness) -> bool:
            return q.bad(results_of(q, witness)) is True and (also is None or also(witness))

        try:
            confirmed = confirms(found)
        except KinderguardError:
            confirmed = False
        if not confirmed:
            return _unconfirmed(q)
        small = smallest(found, confirms if q.compared is None else _still_known(q, q.compared, found, confirms))
        case = small.case()
        if q.exists:
            return Proof(
                q.kind, q.subject, Outcome.PROVED, q.proved, example=case, parameters=dict(small.opened),
                declared=_declared(q),
            )  # fmt: skip
        assessed = list(_assessed(q, small))
        after = q.sides[-1].of(small)
        differ = beside.differing(q, assessed) if q.reading else ()
        why = (
            beside.explained(q, assessed, differ)
            if q.reading
            else (_explained(assessed[i], code) for i, code in q.shown)
        )
        return Proof(
            q.kind, q.subject, Outcome.REFUTED, q.refuted, counterexample=case, after=None if after == case else after,
            parameters=dict(small.opened), parameter_lines=tuple(_parameters(q, small)), why=tuple(why),
            compared=tuple(beside.compared(q, assessed, differ)) if q.reading else (), differing=differ,
            declared=_declared(q),
        )  # fmt: skip


def _assessed(q: Question, witness: Witness) -> Iterator[Assessment]:
    return (side.ruling.assess(side.of(witness), witness.opened) for side in q.sides)


def _declared(q: Question) -> dict[str, DeclaredFact[Any]]:
    """The packs' own facts that any side knows."""
    return {code: fact for side in q.sides for code, fact in side.ruling.rules.facts.items()}


def results_of(q: Question, witness: Witness) -> tuple[Results, ...]:
    """What the reference engine says of a witness, side by side."""
    return tuple(s.ruling.results_of(a) for s, a in zip(q.sides, _assessed(q, witness), strict=True))


def _still_known(
    q: Question,
    compared: Callable[[tuple[Results, ...]], tuple[Span, Span]],
    full: Witness,
    confirms: Callable[[Witness], bool],
) -> Callable[[Witness], bool]:
    """What confirms a child as long as nothing that was taken away from the full one matters to the two amounts."""
    waited_for = _open_facts(q, full)

    def known(small: Witness) -> bool:
        if not confirms(small):
            return False
        now = compared(results_of(q, small))
        if sp.less(now[1], now[0]).yes is True:
            return True
        with_numbers = compared(results_of(q, attrs.evolve(small, opened={**full.opened, **small.opened})))
        if any(sp.differ(a, b) is True for a, b in zip(now, with_numbers, strict=True)):
            return False
        return _open_facts(q, small) <= waited_for

    return known


def _open_facts(q: Question, witness: Witness) -> set[str]:
    """The facts that a result waits for."""
    return {path for assessment in _assessed(q, witness) for path in assessment.open_facts}


def _parameters(q: Question, witness: Witness) -> Iterator[Text]:
    """The values of open parameters in words."""
    for code, value in witness.opened.items():
        ruling = next((s.ruling for s in q.sides if code in s.ruling.values), None)
        if ruling is not None and (kind := ruling.parameter(code).kind) is not None:
            title, said = ruling.titles.get(code, Text(code, code)), show(value, kind)
            yield Text(f"参数“{title.zh}”：{said.zh}", f"parameter ‘{title.en}’: {said.en}")


def _explained(assessment: Assessment, code: str) -> Text:
    explanation = assessment.explain(code)
    return Text(explanation.text("zh"), explanation.text("en"))


def not_taken(kind: str, subject: str, asked: Text, error: NotTakenResultError) -> Proof:
    """A question that rests on a step that the solver cannot take."""
    step, why = error.not_taken.step, error.not_taken.why
    words = wording(step.node)
    return Proof(
        kind, subject, Outcome.NOT_TAKEN, asked,
        why=(Text(f"{error.code} 的这一步无法求证（{why.zh}）：{words.zh}", f"{error.code}: the solver cannot take this step ({why.en}): {words.en}"),),
    )  # fmt: skip


def undecided(kind: str, subject: str, asked: Text, seconds: float) -> Proof:
    """A question for which time ran out."""
    why = Text(f"{seconds:g}秒内未能判定", f"not decided within {seconds:g} seconds")
    return Proof(kind, subject, Outcome.UNDECIDED, asked, why=(why,))


def broken_off(kind: str, subject: str, asked: Text, error: Exception) -> Proof:
    """A question whose proof broke off: it is named in one line, with where."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    about, where = f"{kind} {subject}".rstrip(), f"{Path(frame.filename).name}:{frame.lineno}"
    why = Text(
        f"{about} 求证中断（{type(error).__name__}: {error}，{where}）：这是本库的错误，请报告",
        f"{about} broke off ({type(error).__name__}: {error}, {where}): a fault of the library, please report it",
    )
    return Proof(kind, subject, Outcome.UNDECIDED, asked, why=(why,), fault=True)


def _unconfirmed(q: Question) -> Proof:
    why = Text(
        "求解器给出的反例未被参考引擎证实：这是本库的错误，请报告",
        "the reference engine does not confirm the solver's counterexample: a fault of the library, please report it",
    )
    return Proof(q.kind, q.subject, Outcome.UNDECIDED, q.proved, why=(why,), fault=True)


def _of_nobody(q: Question) -> Proof:
    why = Text(
        "求证的前提互相矛盾，没有任何儿童符合：这是本库的错误，请报告",
        "the limits of the proof contradict one another, so that no child is within them: a fault of the library, "
        "please report it",
    )
    return Proof(q.kind, q.subject, Outcome.UNDECIDED, q.proved, why=(why,), fault=True)
