"""One answer: proved, refuted with a counterexample, not decided in time, or not taken by the solver."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any

import attrs

from kinderguard.engines.prove.witness import described
from kinderguard.model.case import Case
from kinderguard.model.text import Language, Text, same
from kinderguard.model.view import display_language
from kinderguard.rules.definitions import DeclaredFact


class Outcome(StrEnum):
    """How a question was answered."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    NOT_TAKEN = "not_taken"

    @property
    def label(self) -> Text:
        """In both languages."""
        return _LABELS[self]


_LABELS = {
    Outcome.PROVED: Text("已证明", "proved"),
    Outcome.REFUTED: Text("不成立", "refuted"),
    Outcome.UNDECIDED: Text("未能判定", "not decided"),
    Outcome.NOT_TAKEN: Text("无法求证", "not taken"),
}


#: The question about the bounds that are shown while facts are unknown.
BOUNDS = "floor.bounds"
#: Questions whose answer is worth knowing and judges nothing: the law itself has cliffs and reads some blanks by a default,
#: and bounds are about what is shown.
_TOLD = ("cliff", "paper", BOUNDS)


@attrs.frozen
class Proof:
    """The answer to one question about one rule, or about a total.

    Attributes:
        question: what kind of question: ``floor.eligible``, ``can_apply``, ``cliff`` …
        subject: the code of the rule (or two of them, or ``due.month.child``).
        outcome: how it was answered.
        statement: the answer in words.
        counterexample: a smallest child of whom it is not so, confirmed by the reference engine.
        after: of a question about two states of one child, the second (one yuan more, a paper brought).
        example: where the question is whether there is such a child at all: one.
        parameters: values that open parameters have in the counterexample (as the engines hold them: fen).
        compared: of a floor that is refuted, what the nation's rules give the child and what this place's do: the totals,
            then each policy in which they differ.
        differing: the codes of these policies.
        why: the explanations of the reference engine, of a floor those of these policies; or the step that was not taken.
        size: of a cliff, the most that a yuan costs beyond itself (yuan).
        size_is_exact: whether it was shown that it cannot be more.
        rests_on_numbers: whether a floor is refuted only for values of parameters that the place has not set: it was asked
            again, and there is nobody who has less whatever these are. ``check_pack`` and ``kinderguard prove`` tell it, and
            ask again once they are set.
        provided: of a refuted total that rests on amounts which are not set, the order of these under which it is proved;
            the statement says it too.
        reading: against which national numbers a floor was held: ``county`` or ``law``; empty elsewhere.
        seconds: how long it took.
    """

    question: str
    subject: str
    outcome: Outcome
    statement: Text
    counterexample: Case | None = None
    after: Case | None = None
    example: Case | None = None
    parameters: Mapping[str, Any] = attrs.field(factory=dict)
    #: The same in words.
    parameter_lines: tuple[Text, ...] = attrs.field(default=(), repr=False)
    compared: tuple[Text, ...] = ()
    differing: tuple[str, ...] = ()
    why: tuple[Text, ...] = ()
    size: Decimal | None = None
    size_is_exact: bool = True
    rests_on_numbers: bool = False
    provided: Text | None = None
    reading: str = ""
    seconds: float = 0.0
    assumptions: tuple[Text, ...] = attrs.field(default=(), repr=False)
    #: The packs' own facts, so that those of a child are told by their titles.
    declared: Mapping[str, DeclaredFact[Any]] = attrs.field(factory=dict, repr=False, eq=False)
    #: Whether the solver's counterexample was not confirmed, or no child at all is within the limits: a fault of the
    #: library, never of the rules.
    fault: bool = False

    @property
    def calls_for_action(self) -> bool:
        """Whether somebody has to do something about it. A cliff, a fact that makes a result worse, bounds that are
        lower while facts are unknown and what rests on numbers that are not set are told for people to weigh; whether a rule
        is at fault they don't say.
        """
        if self.outcome is Outcome.PROVED or self.question.startswith(_TOLD) or self.rests_on_numbers:
            return self.fault
        return True

    def facts(self) -> tuple[Text, ...]:
        """The facts of the counterexample (or of the example) in words, and the parameters that it needs."""
        shown = self.counterexample or self.example
        if shown is None:
            return ()
        before = described(shown, self.declared)
        after = () if self.after is None else described(self.after, self.declared)
        more = [fact for fact in after if fact not in before]
        added = tuple(Text(f"再加：{fact.zh}", f"then: {fact.en}") for fact in more)
        return (*before, *self.parameter_lines, *added)

    def summary(self, lang: Language | None = None) -> str:
        """The answer in one line, without its counterexample; ``lang`` is that of ``display_language``, if left out."""
        mark = {"proved": "✓", "refuted": "✗"}.get(self.outcome, "?")
        return f"{mark} " + (self.outcome.label + same(" · ") + self.statement).in_(lang or display_language())

    def text(self, lang: Language = "zh") -> str:
        """The answer with its counterexample, for a terminal."""
        lines = [self.summary(lang)]
        lines += [f"    {fact.in_(lang)}" for fact in self.facts()] if self.counterexample is not None else []
        lines += [f"    {said.in_(lang)}" for said in self.compared]
        lines += [f"    {line}" for text in self.why for line in text.in_(lang).splitlines()]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()
