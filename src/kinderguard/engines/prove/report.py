"""The answers of one run: a text for the terminal, a page for the file, what was assumed with them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import attrs

from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.model.text import Language, Text, join
from kinderguard.model.view import (
    Code,
    Column,
    Content,
    Listing,
    Marked,
    Paragraph,
    Section,
    Table,
    Together,
    Verbatim,
    View,
    display_language,
)

#: The questions in the order and under the titles in which a report shows them.
_SECTIONS: tuple[tuple[str, str, Text], ...] = (
    ("floor", "county", Text("不低于国家规定（按本地标准）", "Not below the national rules (with the place's own numbers)")),
    ("floor", "law", Text("不低于国家标准和最低标准", "Not below the nation's own numbers and floors")),
    ("equivalent", "", Text("两套规则是否相同", "Whether two rule sets say the same")),
    ("can_apply", "", Text("可以适用", "Rules that can apply")),
    ("can_be_refused", "", Text("并非人人适用", "Rules that do not apply to everybody")),
    ("apart", "", Text("互斥的政策", "Policies that exclude each other")),
    ("overlap", "", Text("不应重叠的规则", "Rules that should not overlap")),
    ("gap", "", Text("类别是否有遗漏", "Gaps between categories")),
    ("cliff", "", Text("多一元收入是否得不偿失", "Cliffs: a yuan more of income")),
    ("paper", "", Text("多提供一项事实是否变差", "A fact more makes nothing worse")),
)  # fmt: skip
_WORDS = {
    "title": Text("规则求证", "Proofs about the rules"),
    "assumed": Text("求证的前提", "What the proofs assume"),
    "child": Text("反例（虚构的儿童，已由参考引擎证实）", "Counterexample (a made-up child, confirmed by the reference engine)"),
}  # fmt: skip
_COLUMNS = (
    Text("问题与答案", "question and answer"),
    Text("结果", "outcome"),
    Column(Text("秒", "seconds"), number=True),
)
_MARKS = {Outcome.PROVED: "yes", Outcome.REFUTED: "no"}


@attrs.frozen
class ProofReport:
    """All answers about the rules of one place on a day.

    Attributes:
        place: its name.
        division: its code; None is the nation.
        day: the day.
        fingerprint: the hash of the rules and parameter values.
        proofs: the answers.
        assumptions: what they assume.
    """

    place: Text
    division: str | None
    day: dt.date
    fingerprint: str
    proofs: tuple[Proof, ...] = attrs.field(repr=False)
    assumptions: tuple[Text, ...] = attrs.field(repr=False)

    def __iter__(self) -> Iterator[Proof]:
        return iter(self.proofs)

    def of(self, question: str, subject: str | None = None, outcome: str | None = None) -> tuple[Proof, ...]:
        """The answers to a kind of question (``floor`` is every ``floor.…``), perhaps of one subject or outcome."""
        return tuple(
            p
            for p in self.proofs
            if (p.question == question or p.question.startswith(question + "."))
            and subject in (None, p.subject)
            and outcome in (None, p.outcome.value)
        )

    @property
    def ok(self) -> bool:
        """Whether everything was proved."""
        return all(p.outcome is Outcome.PROVED for p in self.proofs)

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return sum(p.seconds for p in self.proofs)

    def summary(self, lang: Language | None = None) -> str:
        """The number of answers of each kind; ``lang`` is that of ``display_language``, if left out."""
        return self._counted.in_(lang or display_language())

    @property
    def _counted(self) -> Text:
        counts = Counter(p.outcome for p in self.proofs)
        there = [o for o in Outcome if counts[o]]
        return Text(
            "，".join(f"{o.label.zh} {counts[o]} 项" for o in there),
            ", ".join(f"{counts[o]} {o.label.en}" for o in there),
        )

    def _head(self, lang: Language) -> str:
        return f"{_WORDS['title'].in_(lang)} · {self.place.in_(lang)} · {self.day.isoformat()}"

    def _sections(self) -> Iterator[tuple[Text, tuple[Proof, ...]]]:
        for kind, reading, title in _SECTIONS:
            proofs = tuple(p for p in self.of(kind) if p.reading == reading)
            if proofs:
                yield title, proofs

    def text(self, lang: Language = "zh") -> str:
        """For a terminal: every answer, counterexamples and assumptions included."""
        lines = [self._head(lang), self.summary(lang)]
        for title, proofs in self._sections():
            lines += ["", title.in_(lang), *(p.text(lang) for p in proofs)]
        lines += ["", _WORDS["assumed"].in_(lang), *(f"- {a.in_(lang)}" for a in self.assumptions)]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.summary()

    def view(self, lang: Language | None = None) -> View:
        """Every answer, with what a counterexample is made of, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        sections = [
            Section(title, [Table(_COLUMNS, map(_row, proofs), most=1000)]) for title, proofs in self._sections()
        ]
        assumed = Section(_WORDS["assumed"], [Listing(self.assumptions)])
        return View(Text(self._head("zh"), self._head("en")), [Paragraph(self._counted), *sections, assumed], lang)

    def to_html(self, lang: Language = "zh") -> str:
        """A page that stands alone."""
        return self.view(lang).page

    def _repr_html_(self) -> str:
        return self.view().html


def _row(proof: Proof) -> tuple[Content, ...]:
    said: list[Content] = [proof.statement, Code(proof.subject)]
    if proof.counterexample is not None:
        why = [Verbatim(join(list(proof.why), "\n\n", "\n\n"))] if proof.why else []
        said.append(Section(_WORDS["child"], [Listing(proof.facts()), *why], folded=True))
    else:
        said += proof.why
    outcome = Marked(proof.outcome.label, _MARKS.get(proof.outcome, "unknown"))
    return Together(said), outcome, f"{proof.seconds:.2f}"
