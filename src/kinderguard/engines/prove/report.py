"""The answers of one run: a text for the terminal, a page for the file, what was assumed with them."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from enum import Enum

import attrs

from kinderguard.engines.prove.proof import Outcome, Proof
from kinderguard.model.text import Language, Text, join, same
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

#: The kinds of question in the order in which a report shows them, the place's own numbers first.
_ORDER = (
    ("floor", "county"), ("floor", "law"), ("equivalent", ""), ("can_apply", ""), ("can_pay", ""), ("can_be_refused", ""),
    ("apart", ""), ("overlap", ""), ("gap", ""), ("cliff", ""), ("paper", ""),
)  # fmt: skip


class Group(Enum):
    """Answers that a report shows together, the most urgent first."""

    REFUTED = Text("不成立", "Refuted")
    UNSET = Text(
        "只在本地未设定的标准取某些数时不成立（设定后请再求证）",
        "Refuted only for numbers that are not set here (ask again once they are)",
    )
    TOLD = Text(
        "不成立，供了解（可能正是法律的本意，或只涉及事实未知时显示的范围）",
        "Refuted, to be weighed (it may be what the law means, or is only about bounds that are shown)",
    )
    OPEN = Text("未能判定", "Not decided")
    PROVED = Text("已证明", "Proved")

    @classmethod
    def of(cls, proof: Proof) -> "Group":
        """The group of an answer."""
        if proof.outcome is Outcome.PROVED:
            return cls.PROVED
        if proof.outcome is not Outcome.REFUTED:
            return cls.OPEN
        if proof.calls_for_action:
            return cls.REFUTED
        return cls.UNSET if proof.rests_on_numbers else cls.TOLD


#: What a summary calls the answers of a group.
_COUNTED = {
    Group.REFUTED: Text("不成立", "refuted"),
    Group.UNSET: Text("取决于未设定的标准", "resting on numbers not set"),
    Group.TOLD: Text("供了解", "to be weighed"),
    Group.OPEN: Text("未能判定", "not decided"),
    Group.PROVED: Text("已证明", "proved"),
}


class Whose(Enum):
    """Whose rule an answer is about, the place's own first: what the nation's law brings along is no pack's fault."""

    OWN = Text("本地规则", "this place's own rules")
    ALL = Text("各项规则的合计", "totals of all rules")
    ABOVE = Text("上级规则", "rules from above")


_CODE = re.compile(r"(?:cn|\d{2,12})(?:\.[a-z0-9_]+)+")
_WORDS = {
    "title": Text("规则求证", "Proofs about the rules"),
    "assumed": Text("求证的前提", "What the proofs assume"),
    "child": Text("反例（虚构的儿童，已由参考引擎证实）", "Counterexample (a made-up child, confirmed by the reference engine)"),
}  # fmt: skip
_COLUMNS = (Text("答案", "answer"), Text("规则", "rule"), Column(Text("秒", "seconds"), number=True))
_MARKS = {
    Group.REFUTED: "no",
    Group.UNSET: "unknown",
    Group.TOLD: "unknown",
    Group.OPEN: "unknown",
    Group.PROVED: "yes",
}


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
        changed: rules of the nation or province that the place's packs have a check on.
    """

    place: Text
    division: str | None
    day: dt.date
    fingerprint: str
    proofs: tuple[Proof, ...] = attrs.field(repr=False)
    assumptions: tuple[Text, ...] = attrs.field(repr=False)
    changed: frozenset[str] = attrs.field(default=frozenset(), repr=False)

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
        counts = Counter(Group.of(p) for p in self.proofs)
        there = [(_COUNTED[group], counts[group]) for group in Group if counts[group]]
        listed = join([Text(f"{what.zh} {n} 项", f"{n} {what.en}") for what, n in there], "，", ", ")
        return self._floor + Text("。", ". ") + listed if self._floor.zh else listed

    @property
    def _floor(self) -> Text:
        """Whether anybody gets less than the nation gives, the first thing to know; empty where it was not asked."""
        asked = [p for p in self.of("floor") if p.question != "floor.bounds"]
        if not asked:
            return same("")
        groups = Counter(Group.of(p) for p in asked)
        if groups[Group.REFUTED]:
            n = groups[Group.REFUTED]
            return Text(f"国家标准：{n} 项不成立，有儿童少得", f"The national floor: {n} refuted, a child gets less")
        if groups[Group.OPEN]:
            n = groups[Group.OPEN]
            return Text(
                f"国家标准：{n} 项未能判定，其余未发现少得",
                f"The national floor: {n} not decided, nobody found who gets less",
            )
        if groups[Group.UNSET]:
            n = groups[Group.UNSET]
            return Text(
                f"国家标准：{n} 项取决于本地未设定的标准，其余全部证明",
                f"The national floor: {n} rest on numbers not set here, all else proved",
            )
        return Text("国家标准：全部证明", "The national floor: all proved")

    def whose(self, proof: Proof) -> Whose:
        """Whose rule an answer is about: the place's own (or one that it changes), one from above, or all together."""
        if proof.question.startswith("floor") and (proof.calls_for_action or Group.of(proof) is Group.UNSET):
            return Whose.OWN  # less than the nation gives: only what the place says can have taken it away
        codes = set() if proof.subject.startswith("due.") else set(_CODE.findall(proof.subject))
        if not codes:
            return Whose.ALL
        own = f"{self.division or 'cn'}."
        return Whose.OWN if codes & self.changed or any(c.startswith(own) for c in codes) else Whose.ABOVE

    def by_whose(self, group: Group) -> Text | None:
        """Of a group, how many answers are about whose rules; None for the nation, whose rules are all its own."""
        counts = Counter(self.whose(p) for p in self.proofs if Group.of(p) is group)
        if self.division is None or not counts:
            return None
        there = [w for w in Whose if counts[w]]
        return Text(
            "，".join(f"{w.value.zh} {counts[w]} 项" for w in there),
            ", ".join(f"{counts[w]} of {w.value.en}" for w in there),
        )

    def _head(self, lang: Language) -> str:
        return f"{_WORDS['title'].in_(lang)} · {self.place.in_(lang)} · {self.day.isoformat()}"

    def groups(self) -> Iterator[tuple[Group, tuple[Proof, ...]]]:
        """The answers as they are shown: refuted first, then not decided, then proved; within each the place's own rules
        first, then by question.
        """
        whose = list(Whose)
        ordered = sorted(self.proofs, key=lambda p: (whose.index(self.whose(p)), _order(p)))
        for group in Group:
            proofs = tuple(p for p in ordered if Group.of(p) is group)
            if proofs:
                yield group, proofs

    def once_known(self, proof: Proof) -> Proof | None:
        """Of bounds that are lower while facts are unknown, the answer about the same total once they are known."""
        if proof.question != "floor.bounds" or proof.outcome is Outcome.PROVED:
            return None
        return next((p for p in self.of("floor.total", proof.subject) if p.reading == proof.reading), None)

    def text(self, lang: Language = "zh") -> str:
        """For a terminal: every answer, counterexamples and assumptions included."""
        lines = [self._head(lang), self.summary(lang)]
        for group, proofs in self.groups():
            lines += ["", f"{group.value.in_(lang)} ({len(proofs)})"]
            if of := self.by_whose(group):
                lines.append(of.in_(lang))
            for proof in proofs:
                lines.append(proof.text(lang))
                if known := self.once_known(proof):
                    lines.append(f"    {known.summary(lang)}")
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
            Section(
                Marked(group.value + same(f" ({len(proofs)})"), _MARKS[group]),
                [
                    *([Paragraph(of)] if (of := self.by_whose(group)) else []),
                    Table(_COLUMNS, [self._row(p) for p in proofs], most=1000),
                ],
                folded=group is Group.PROVED,
            )
            for group, proofs in self.groups()
        ]
        assumed = Section(_WORDS["assumed"], [Listing(self.assumptions)])
        return View(Text(self._head("zh"), self._head("en")), [Paragraph(self._counted), *sections, assumed], lang)

    def _row(self, proof: Proof) -> tuple[Content, ...]:
        said: list[Content] = [proof.statement]
        if proof.counterexample is not None:
            why = [Verbatim(join(list(proof.why), "\n\n", "\n\n"))] if proof.why else []
            folded = Group.of(proof) is not Group.REFUTED
            said.append(Section(_WORDS["child"], [Listing((*proof.facts(), *proof.compared)), *why], folded=folded))
        else:
            said += proof.why
        if known := self.once_known(proof):
            said.append(Marked(known.outcome.label + Text("：", ": ") + known.statement, _mark(known)))
        return Together(said), Code(proof.subject), f"{proof.seconds:.2f}"

    def to_html(self, lang: Language = "zh") -> str:
        """A page that stands alone."""
        return self.view(lang).page

    def _repr_html_(self) -> str:
        return self.view().html


def _order(proof: Proof) -> int:
    """Where an answer stands among those of its group."""
    kind = proof.question.partition(".")[0]
    return _ORDER.index((kind, proof.reading))


def _mark(proof: Proof) -> str:
    return _MARKS[Group.of(proof)]
