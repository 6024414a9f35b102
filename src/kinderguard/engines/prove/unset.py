"""Whether a floor fails only for numbers that nobody has set, or of some child whatever these numbers are.

A counterexample that mentions such a number says little: the solver took the first child it found, and another one may
lose on set numbers alone. So it is asked for a child who loses with the numbers unknown and with every value of them:
children are looked for who lose under all values tried so far, and of each, values under which it does not lose.
"""

import time
from collections.abc import Mapping
from typing import Any

import attrs

from kinderguard.engines.prove.asking import Answer, Found, ask
from kinderguard.engines.prove.calendar import Calendar
from kinderguard.engines.prove.domains import Domain
from kinderguard.engines.prove.facts import Facts, Stated, lifted
from kinderguard.engines.prove.logic import Bool, negated
from kinderguard.engines.prove.proof import BOUNDS, Outcome, Proof
from kinderguard.engines.prove.prover import Prover, Question, results_of
from kinderguard.engines.prove.ruling import NotTakenResultError, OpenParameters, UnsetParameters
from kinderguard.engines.prove.scratch import Scratch
from kinderguard.engines.prove.spans import Value
from kinderguard.engines.prove.witness import Witness
from kinderguard.model.errors import KinderguardError
from kinderguard.model.text import Text
from kinderguard.rules.parameters import Parameter


def with_set_numbers(prover: Prover, question: Question, proof: Proof) -> Proof:
    """The answer to a floor whose counterexample needs a number that is not set: whether any child does without.

    Where one does, the answer is that child's. Where none does, the floor rests on these numbers. Where that is not decided
    in time, the answer says so, and stays a refuted one.
    """
    if proof.outcome is not Outcome.REFUTED or not proof.parameters or proof.question == BOUNDS:
        return proof
    began = time.perf_counter()
    search = _Search(prover, question, began + prover.seconds)
    try:
        answer = search.run()
    except (NotTakenResultError, KinderguardError):  # a step is not taken, or no such child can be
        answer = Answer.GAVE_UP
    if answer is Answer.FOUND:
        shown = prover.shown(question, Witness(search.data), search.holds)
        proof = attrs.evolve(shown, reading=proof.reading, assumptions=proof.assumptions, seconds=proof.seconds)
    elif answer is Answer.NONE:
        proof = attrs.evolve(proof, rests_on_numbers=True)
    else:
        proof = attrs.evolve(proof, statement=proof.statement + _UNDECIDED)
    return attrs.evolve(proof, seconds=proof.seconds + time.perf_counter() - began)


_UNDECIDED = Text(
    "；是否只因本地未设定的标准才不成立，未能在时限内判定",
    "; whether it fails only for numbers that are not set here was not decided in time",
)


class _Given(UnsetParameters):
    """Open parameters with these values; without one, nothing is known beyond the floor."""

    def __init__(self, domain: Domain, calendar: Calendar, values: Mapping[str, Any]) -> None:
        super().__init__(domain, calendar)
        self._values = values

    def value(self, parameter: Parameter, floor: Any) -> Value:
        """What rules read."""
        given = self._values.get(parameter.code)
        if given is None:
            return super().value(parameter, floor)
        assert parameter.kind is not None
        return lifted(given, parameter.kind)


class _Search:
    """For a child who loses whatever the numbers are."""

    def __init__(self, prover: Prover, question: Question, until: float) -> None:
        self.prover, self.question, self.until = prover, question, until
        #: The values tried: none known at first, then each under which a child that was found did not lose.
        self.tried: list[Mapping[str, Any]] = []
        #: The child found last, as data of a case.
        self.data: dict[str, Any] = {}
        self._loses: list[Bool] = []

    def run(self) -> Answer:
        """``FOUND``: there is such a child; ``NONE``: there is none."""
        values: Mapping[str, Any] | None = {}
        while values is not None:
            self._also(values)
            found = self._ask(True, self._limits())
            if found.answer is not Answer.FOUND:
                return found.answer
            self.data = self.prover.facts.read(found.model)
            answer, values = self._excused()
            if answer is Answer.GAVE_UP:
                return answer
        return Answer.FOUND

    def holds(self, witness: Witness) -> bool:
        """Whether a child loses under all values tried, by the reference engine."""
        tried = (attrs.evolve(witness, opened=values) for values in self.tried)
        return all(self.question.bad(results_of(self.question, each)) is True for each in tried)

    def _also(self, values: Mapping[str, Any]) -> None:
        """The child has to lose under these values too."""
        calendar = Calendar(Scratch(name=f"given {len(self.tried)} "))
        bad = self._bad(self.prover.facts, calendar, _Given(self.prover.domain, calendar, values))
        self.tried.append(values)
        self._loses += [bad, *calendar.scratch.constraints]

    def _bad(self, facts: Facts, calendar: Calendar, opened: OpenParameters) -> Bool:
        sides = self.question.sides
        return self.question.bad(tuple(side.ruling.solved(facts, calendar, opened) for side in sides))

    def _limits(self) -> list[Bool]:
        whole = [self.prover.facts.complete()] if self.question.complete else []
        return [*self.prover.constraints(), *self.question.within, *whole, *self._loses]

    def _excused(self) -> tuple[Answer, Mapping[str, Any] | None]:
        """Values under which the child found last does not lose; None where there are none."""
        calendar = Calendar(Scratch(name="excused "))
        opened = OpenParameters(self.prover.domain, calendar)
        bad = self._bad(Stated(Witness(self.data).case()), calendar, opened)
        limits = [*opened.constraints(), opened.complete(), *calendar.scratch.constraints]
        found = self._ask(negated(bad), limits)
        return found.answer, opened.read(found.model) if found.answer is Answer.FOUND else None

    def _ask(self, condition: Bool, limits: list[Bool]) -> Found:
        return ask(condition, limits, max(self.until - time.perf_counter(), 0.001))
