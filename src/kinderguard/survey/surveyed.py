"""The survey: one child each out of all lists, with every fact's source, and everything that a person must decide.

Made by ``combine``. A survey is never changed: deciding and undoing give a new one, in which only the children that are
touched were built again. Nothing in it shows a name or a number by itself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.echo import shown_code
from kinderguard.model.errors import ToldError
from kinderguard.model.text import Language, Text
from kinderguard.model.view import View, display_language
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.choosing import Disagreement
from kinderguard.survey.decisions import (
    DecidedRow,
    Decision,
    DecisionError,
    DecisionKind,
    Register,
    SetAside,
    Withdrawal,
    check_by,
    matters,
    save_decisions,
)
from kinderguard.survey.grouping import Joined
from kinderguard.survey.keys import RowKey
from kinderguard.survey.ledger import CellProblem
from kinderguard.survey.one_number import why_one
from kinderguard.survey.sources import Source, titles_of
from kinderguard.survey.trust import TrustOrder
from kinderguard.survey.two_numbers import Two, between_children, why

if TYPE_CHECKING:
    from kinderguard.survey.linking.links import Links


class SurveyError(ToldError, ValueError):
    """Lists that cannot be combined, or a question about a survey that has no answer; the message says what to do."""


@attrs.frozen
class SkippedRow:
    """A row that belongs to no child of the survey, and why."""

    key: RowKey
    problem: CellProblem

    def __str__(self) -> str:
        return f"{self.key}: {self.problem.message.en} [{self.problem.code}]"


@attrs.frozen
class OpenPair:
    """Two rows of which a person must say whether they are one child."""

    rows: tuple[RowKey, RowKey]
    #: In bits, as the linking weighs them; None where the question is about the IDs, which the linking never weighs: two
    #: valid ones beside the same name and birth date or parents, or one beside different names.
    weight: float | None
    #: What speaks for it and against it, without values.
    text: Text = attrs.field(repr=False)
    #: Whether the two have one and the same valid ID, and different names: two children with one number, or one child.
    one_id: bool = False

    @property
    def two_ids(self) -> bool:
        """Whether two valid IDs alone speak against their being one child."""
        return self.weight is None and not self.one_id


@attrs.frozen
class HeldBackPair:
    """Two rows that could be one child but stay two, unasked, since other rows of theirs speak against it."""

    rows: tuple[RowKey, RowKey]
    #: In bits, as the linking weighs them.
    weight: float
    #: What kept them from being joined, and what speaks for it and against it, without values.
    text: Text = attrs.field(repr=False)


Question = Disagreement | OpenPair | HeldBackPair
AnswerValue = bool | str | RowKey


def row_answered(question: Disagreement, answer: AnswerValue) -> RowKey:
    """The row that an answer to a question about a fact names: itself, or the only one of a list.

    Raises:
        SurveyError: it names none of the question's; the message says which may be named.
    """
    if isinstance(answer, str):
        rows = [row for row in question.rows if row.source == answer]
        if len(rows) != 1:
            shown = ", ".join(map(str, question.rows))
            raise SurveyError(
                Text(
                    f"{_how_many(len(rows), shown_code(answer)).zh}；请用行回答：{shown}",
                    f"{_how_many(len(rows), shown_code(answer)).en}; answer with a row: {shown}.",
                )
            )
        answer = rows[0]
    if not isinstance(answer, RowKey):
        raise SurveyError(
            Text("请用名单代码或 RowKey 回答以哪一行为准", "Say which row counts: a list's code, or a RowKey.")
        )
    return answer


def _how_many(rows: int, source: str) -> Text:
    if rows == 0:
        return Text(f"名单 {source!r} 没有填写此事实", f"The list {source!r} says nothing of the fact")
    return Text(
        f"名单 {source!r} 有 {rows} 行填写了此事实",
        f"The list {source!r} has {rows} rows that say something of the fact",
    )


class _Standing(Code):
    """Where a child or a row stands, as the summary counts it."""

    LISTS = "lists", "名单", "lists"
    ROWS = "rows", "行数", "rows"
    USED = "used", "其中采用", "of them used"
    SKIPPED = "skipped", "其中跳过", "of them skipped"
    CHILDREN = "children", "儿童", "children"
    SEVERAL = "several", "出现在多个名单的儿童", "children in more than one list"
    REPEATED = "repeated", "在同一名单中重复的儿童", "children repeated within a list"
    DIFFERENT = "different", "不一致的事实", "facts about which lists differ"
    DECIDED = "decided", "按规则或由人取值", "decided by a rule or a person"
    TO_DECIDE = "to_decide", "待决定", "to decide"
    PAIRS = "pairs", "其中是否同一名儿童", "of them whether two rows are one child"
    HELD_BACK = (
        "held_back",
        "因同一儿童的其他行而未合并、未询问的行对",
        "pairs of rows kept apart, unasked, by other rows",
    )
    SET_ASIDE = "set_aside", "未能沿用的决定", "earlier decisions that do not hold"


@attrs.frozen(eq=False, repr=False, slots=False)
class Survey:
    """Every child of the combined lists once. ``print(survey)`` gives the counts; ``to_decide`` what is open.

    Attributes:
        sources: the lists, as they were given.
        children: one each, in the order of the lists' rows.
        skipped: rows that belong to no child, each with the reason.
        trust: whose word counts.
        links: what the linking found, or None where rows were joined by resident ID alone.
        decisions: what persons decided, those that hold and those set aside.
        set_aside: the decisions that do not hold for these lists, and why.
        withdrawn: the decisions that were taken back or changed, by whom and when; they are kept and take no part.

    Raises:
        RuntimeError: a row is in two children, or in none. That is a defect of this library.
    """

    sources: tuple[Source, ...]
    children: tuple[SurveyedChild, ...]
    skipped: tuple[SkippedRow, ...]
    trust: TrustOrder
    links: "Links | None"
    decisions: tuple[Decision, ...]
    set_aside: tuple[SetAside, ...]
    _joined: Joined
    _register: Register
    _again: "Callable[[Survey, tuple[Decision, ...]], Survey]"
    withdrawn: tuple[Decision, ...] = ()

    def __attrs_post_init__(self) -> None:
        rows = [row for child in self.children for row in child.rows] + [s.key for s in self.skipped]
        read = sum(source.ledger.rows_in for source in self.sources)
        if len(rows) != read or len(set(rows)) != read:
            raise RuntimeError(
                f"{read} rows were read, but {len(rows)} came out ({len(set(rows))} different): please report this defect."
            )

    # ---- what is in it ------------------------------------------------------------------------------------------

    @cached_property
    def by_row(self) -> Mapping[RowKey, SurveyedChild]:
        """The child of each row."""
        return {row: child for child in self.children for row in child.rows}

    def child(self, ref: str) -> SurveyedChild:
        """The child with that number.

        Raises:
            SurveyError: there is none.
        """
        found = self._by_ref.get(ref)
        if found is None:
            raise SurveyError(
                Text("没有这个编号的儿童；请用 children 中的 ref", "There is no child with that ref; use one of `children`.")
            )  # fmt: skip
        return found

    @cached_property
    def _by_ref(self) -> dict[str, SurveyedChild]:
        return {child.ref: child for child in self.children}

    @property
    def cases(self) -> tuple[Case, ...]:
        """The children's cases, ready to be assessed."""
        return tuple(child.case for child in self.children)

    @cached_property
    def titles(self) -> Mapping[str, Text]:
        """What the packs' and the lists' own facts are called, by their code."""
        return titles_of(self.sources)

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Every fact about which rows of a child contradict each other, decided or open."""
        return tuple(d for child in self.children for d in child.disagreements)

    @cached_property
    def to_decide(self) -> tuple[Question, ...]:
        """What a person must decide: whether two rows are one child, then which value counts."""
        return (*self._open_pairs, *(d for d in self.disagreements if d.is_open))

    @cached_property
    def _open_pairs(self) -> tuple[OpenPair, ...]:
        linked = self._joined.linked
        pairs = () if linked is None else linked.open
        found = tuple(
            OpenPair(p.key, p.weight, p.explain()) for p in pairs if self._children_of(p.key) not in self._of_one_id
        )
        return (*found, *self._one_number, *self._two_numbers)

    @cached_property
    def _two_numbers(self) -> tuple[OpenPair, ...]:
        """Children whose rows agree in all but the resident ID, unless a person told them apart."""
        found = self._untold(self._register.alike_but_for_id)
        return tuple(OpenPair(two, None, why(two, self._register.cases.__getitem__)) for two in found)

    @cached_property
    def _one_number(self) -> tuple[OpenPair, ...]:
        """Children who have one resident ID and different names, unless a person told them apart."""
        found = self._untold(self._register.one_number)
        return tuple(OpenPair(two, None, why_one(two, self._register.cases.__getitem__), one_id=True) for two in found)

    @cached_property
    def _of_one_id(self) -> frozenset[frozenset[str]]:
        """Each two children of whom that is asked, or was."""
        return frozenset(map(self._children_of, self._register.one_number))

    def _untold(self, pairs: Iterable[Two]) -> Iterator[Two]:
        """Of pairs of rows, the first between each two children whom nobody told apart."""
        told = {self._children_of(rows) for decision, rows in self._joined.pairs
                if decision.kind is DecisionKind.DIFFERENT}  # fmt: skip
        found = between_children(tuple(pairs), lambda row: self.by_row[row].ref)
        return (two for two in found if self._children_of(two) not in told)

    def _children_of(self, rows: Iterable[RowKey]) -> frozenset[str]:
        return frozenset(self.by_row[row].ref for row in rows)

    @cached_property
    def held_back(self) -> tuple[HeldBackPair, ...]:
        """Pairs of rows that the linking found alike and that stay two children, unasked: most often since a list has
        another row for one of the two, and two rows of one list are held to be two children. The ``text`` says why.

        Nobody needs to decide them. Where one is one child all the same, ``same`` or ``decide`` says so.
        """
        linked = self._joined.linked
        pairs = () if linked is None else linked.held_back
        return tuple(
            HeldBackPair(p.key, p.weight, p.explain()) for p in pairs if self._children_of(p.key) not in self._of_one_id
        )

    @cached_property
    def decided(self) -> tuple[tuple[Decision, Question], ...]:
        """The decisions that hold, each with the question that it answers: what ``decide`` takes to decide otherwise.

        A decision on a fact of which all rows say the same by now answers none, and is left out.
        """
        aside = {each.decision for each in self.set_aside}
        held = (decision for decision in self.decisions if decision not in aside)
        return tuple((each, question) for each in held if (question := self._question_of(each)) is not None)

    def rows_of(self, decision: Decision) -> tuple[RowKey, ...]:
        """Where the rows of one of ``decisions`` are in these lists; of a value, the first is the one that counts.

        Raises:
            SurveyError: they are not found again.
        """
        rows = self._register.find(decision)
        if isinstance(rows, Text):
            raise SurveyError(rows)
        return rows

    def _question_of(self, decision: Decision) -> Question | None:
        rows = self.rows_of(decision)
        if decision.path is not None:
            differ = self.by_row[rows[0]].disagreements
            return next((each for each in differ if each.path == decision.path), None)
        one, other = rows
        numbers = {self._register.cases[row].child.resident_id for row in rows}
        names = {self._register.names_of_one_id.get(row) for row in rows}
        one_id = len(numbers) == 1 and len(names) == 2
        weight = None if one_id or (len(numbers) == 2 and None not in numbers) else 0.0
        return OpenPair((one, other), weight, decision.kind.label, one_id)

    # ---- deciding -----------------------------------------------------------------------------------------------

    def same(self, one: RowKey, other: RowKey, *, by: str | None = None, on: dt.date | None = None) -> "Survey":
        """The survey in which two rows are one child.

        Args:
            one, other: the rows.
            by: who decided, as a user's code, never a name.
            on: the day.

        Raises:
            SurveyError: there is no such row.
            DecisionError: ``by`` is no user's code, or the rows are one row.
        """
        return self._with(self._pair(DecisionKind.SAME, one, other, by, on))

    def different(self, one: RowKey, other: RowKey, *, by: str | None = None, on: dt.date | None = None) -> "Survey":
        """The survey in which two rows are different children, whatever else would join them. As ``same``."""
        return self._with(self._pair(DecisionKind.DIFFERENT, one, other, by, on))

    def _pair(self, kind: DecisionKind, one: RowKey, other: RowKey, by: str | None, on: dt.date | None) -> Decision:
        self._known(one)
        self._known(other)
        if one == other:
            raise DecisionError(Text("应给出两个不同的行", "Name two different rows."))
        rows = (self._register.row(one), self._register.row(other))
        return Decision(kind, rows, None, check_by(by), on)

    def take(self, path: str, row: RowKey, *, by: str | None = None, on: dt.date | None = None) -> "Survey":
        """The survey in which a row's value of a fact counts for its child.

        Args:
            path: the fact.
            row: the row whose value counts.
            by: who decided, as a user's code, never a name.
            on: the day.

        Raises:
            SurveyError: there is no such row, or it says nothing of the fact: a blank never counts.
            DecisionError: ``by`` is no user's code.
        """
        return self._with(self._value(path, row, by, on))

    def _value(self, path: str, row: RowKey, by: str | None, on: dt.date | None) -> Decision:
        self._known(row)
        said = [s.row for s in self.by_row[row].facts.get(path, ())]
        if row not in said:
            rows = "、".join(map(str, said)) or "—"
            raise SurveyError(
                Text(
                    f"{row} 没有填写 {path}；填写了的行：{rows}",
                    f"{row} says nothing of {path}; these rows do: {', '.join(map(str, said)) or 'none'}.",
                )
            )
        others = sorted(r for r in said if r != row)
        marks: tuple[DecidedRow, ...] = tuple(self._register.row(r, path) for r in (row, *others))
        return Decision(DecisionKind.VALUE, marks, path, check_by(by), on)

    def decide(
        self, question: Question, answer: AnswerValue, *, by: str | None = None, on: dt.date | None = None
    ) -> "Survey":
        """The survey with an answer to one of ``to_decide`` (or ``held_back``).

        Args:
            question: of ``to_decide``.
            answer: for two rows, whether they are one child; for a fact, the row whose value counts, or the code of its
                list where only one row of that list says something.
            by: who decided, as a user's code, never a name.
            on: the day.

        Raises:
            SurveyError: the answer does not fit the question; the message says what does.
            DecisionError: ``by`` is no user's code.
        """
        return self._with(self._answered(question, answer, by, on))

    def decide_all(
        self, answers: Iterable[tuple[Question, AnswerValue]], *, by: str | None = None, on: dt.date | None = None
    ) -> "Survey":
        """The survey with many answers, as if ``decide`` were called with each, but made at once: whether rows are one
        child first, then facts, otherwise in the order given.

        Args:
            answers: questions of ``to_decide``, each with its answer as for ``decide``.
            by: who decided, as a user's code, never a name.
            on: the day.

        Raises:
            SurveyError: an answer does not fit its question; the message says what does.
            DecisionError: ``by`` is no user's code.
            LinkDecisionError: answers about rows that cannot all be followed.
        """
        given = tuple(answers)
        pairs = [(q, a) for q, a in given if not isinstance(q, Disagreement)]
        facts = [(q, a) for q, a in given if isinstance(q, Disagreement)]
        survey = self._with(*(self._answered(q, a, by, on) for q, a in pairs))
        return survey._with(*(survey._answered(q, a, by, on) for q, a in facts))

    def _answered(self, question: Question, answer: AnswerValue, by: str | None, on: dt.date | None) -> Decision:
        if isinstance(question, Disagreement):
            return self._value(question.path, row_answered(question, answer), by, on)
        if not isinstance(answer, bool):
            raise SurveyError(
                Text("两行是否同一名儿童，应答 True 或 False", "Whether two rows are one child is True or False.")
            )
        return self._pair(DecisionKind.SAME if answer else DecisionKind.DIFFERENT, *question.rows, by, on)

    def undo(self, decision: Decision, *, by: str | None = None, on: dt.date | None = None) -> "Survey":
        """The survey without one of its decisions, which is kept as history in ``withdrawn``.

        Args:
            decision: one of ``decisions``.
            by: who takes it back, as a user's code, never a name.
            on: the day.

        Raises:
            SurveyError: it is none of this survey's.
            DecisionError: ``by`` is no user's code.
        """
        if decision not in self.decisions:
            raise SurveyError(
                Text("此决定不在本次摸排中；请用 decisions 中的决定", "This survey has no such decision; use one of `decisions`.")
            )  # fmt: skip
        gone = attrs.evolve(decision, withdrawn=Withdrawal(check_by(by), on))
        return self._again(self, (*self.withdrawn, gone, *(d for d in self.decisions if d != decision)))

    def save_decisions(self, path: str | Path) -> None:
        """Write the decisions to a JSON file, for ``read_decisions`` next time, with those that were taken back or changed.

        No name or value is in it.
        """
        save_decisions((*self.withdrawn, *self.decisions), path)

    def _with(self, *decisions: Decision) -> "Survey":
        """The survey with further decisions; of several on one matter the latest holds, and the others are history."""
        if not decisions:
            return self
        kept: dict[int, Decision] = {}
        on_matter: defaultdict[object, set[int]] = defaultdict(set)
        history = list(self.withdrawn)
        for number, decision in enumerate((*self.decisions, *decisions)):
            kept[number] = decision
            rows = self._register.find(decision)
            if isinstance(rows, Text):
                continue  # its rows are not here; it is kept for lists in which they are
            for matter in matters(decision, rows):
                if number >= len(self.decisions):
                    for earlier in on_matter.pop(matter, ()):
                        if earlier in kept:
                            gone = Withdrawal(decision.by, decision.on)
                            history.append(attrs.evolve(kept.pop(earlier), withdrawn=gone))
                on_matter[matter].add(number)
        return self._again(self, (*history, *kept.values()))

    def _known(self, row: RowKey) -> None:
        if row not in self.by_row:
            raise SurveyError(Text(f"没有行 {row}，或该行已跳过", f"There is no row {row}, or it was skipped."))

    # ---- shown --------------------------------------------------------------------------------------------------

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many lists, rows, children, disagreements and questions there are."""
        read, skipped = sum(s.ledger.rows_in for s in self.sources), len(self.skipped)
        pairs, differ = len(self._open_pairs), len(self.disagreements)
        opened = sum(d.is_open for d in self.disagreements)
        numbers = (
            len(self.sources), read, read - skipped, skipped, len(self.children),
            sum(len(c.sources) > 1 for c in self.children), sum(bool(c.repeated) for c in self.children),
            differ, differ - opened, opened + pairs, pairs, len(self.held_back), len(self.set_aside),
        )  # fmt: skip
        return {name.value: number for name, number in zip(_Standing, numbers, strict=True)}

    def summary(self, lang: Language | None = None) -> str:
        """The lists with their rows, then the counts, line by line; ``lang`` is that of ``display_language``, if left out."""
        return "\n".join(line.in_(lang or display_language()) for line in self._lines())

    def _lines(self) -> Iterator[Text]:
        for source in self.sources:
            read, used = source.ledger.rows_in, len(source.ledger.cases)
            yield Text(
                f"{source.profile.title.zh}（{source.code}，{source.as_of}）：{read} 行 = 采用 {used} + 跳过 {read - used}",
                f"{source.profile.title.en} ({source.code}, {source.as_of}): {read} rows = {used} used + {read - used} skipped",
            )
        for name, number in self.counts.items():
            title = _Standing.of(name).label
            yield title + Text(f"：{number:,}", f": {number:,}")

    def view(self, lang: Language | None = None) -> View:
        """The lists, the counts and what a person must decide, as a notebook shows it; no name and no value.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.survey.shown import survey_view

        counts = [(_Standing.of(name).label, number) for name, number in self.counts.items()]
        return survey_view(self, counts, lang)

    def _repr_html_(self) -> str:
        return self.view().html

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<Survey of {len(self.sources)} lists: {len(self.children)} children, {len(self.to_decide)} to decide>"
