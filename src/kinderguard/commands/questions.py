"""The questions of a survey as a sheet that an office fills in, and the answers taken back.

Written and read by ``kinderguard survey``. A question is known again by its rows and by a short check sum of what they
say, so an answer never holds for rows that have changed since: those are asked again. Names and numbers stand in the
sheet only where that was asked for.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from kinderguard.commands.facts_in_words import said
from kinderguard.model.case import Case
from kinderguard.model.echo import shown_code, shown_file
from kinderguard.model.errors import ToldError
from kinderguard.model.progress import Progress
from kinderguard.model.text import Language, Text, join, same
from kinderguard.rules.titles import fact_title
from kinderguard.survey import (
    Decision,
    DecisionKind,
    Disagreement,
    HeldBackPair,
    OpenPair,
    RowKey,
    Survey,
    SurveyError,
    open_sheets,
    rows_of,
)
from kinderguard.survey.surveyed import Question, row_answered
from kinderguard.survey.tables import Row

HEADS = (
    Text("问题", "Question"), Text("回答", "Answer"), Text("可填", "What may be answered"), Text("儿童编号", "Child"),
    Text("事实", "Fact"), Text("名单行", "Rows"), Text("名单所写", "What the lists say"), Text("说明", "Note"),
)  # fmt: skip
_SAME = {"是", "同", "相同", "same", "yes", "y", "true"}
_DIFFERENT = {"否", "不同", "不是", "different", "no", "n", "false"}
#: What a person compares when asked whether two rows are one child.
_COMPARED = (
    "child.name", "child.resident_id", "child.sex", "child.birth_date", "father.name", "mother.name",
    "child.registration.division", "child.registration.address",
)  # fmt: skip


class AnswerError(ToldError, ValueError):
    """A sheet of answers that cannot be used; the message names the line and what may be answered."""


@attrs.frozen
class Answer:
    """What somebody filled in for one question."""

    question: str
    rows: str
    answer: str
    #: The line of the sheet.
    line: int


# ---- asking ------------------------------------------------------------------------------------------------------


def asked(survey: Survey, lang: Language, *, personal: bool) -> Iterator[Row]:
    """A row of the sheet for each open question, in the order in which they are to be answered; then one for each pair
    of rows that was held back, which may be answered but need not be.
    """
    cases = dict(rows_of(survey.sources))
    for question in _every(survey):
        rows = _text(question.rows)
        if not isinstance(question, Disagreement):
            both = _side_by_side(survey, question, lang, personal)
            may = (
                _HELD_BACK
                if isinstance(question, HeldBackPair)
                else _TWO_CHILDREN
                if _has_two_numbers(survey, question)
                else _OPEN
            )
            yield mark_of(cases, question), "", may.in_(lang), "", "", rows, both, question.text.in_(lang)
        else:
            may = Text("以哪一行为准：", "which row counts: ") + _choices(question.rows)
            yield (
                mark_of(cases, question), "", may.in_(lang), question.ref, question.title.in_(lang), rows,
                _values(question, lang, personal), question.text.in_(lang),
            )  # fmt: skip


def _every(survey: Survey) -> tuple[Question, ...]:
    """Everything that an answer may be given to."""
    return (*survey.to_decide, *survey.held_back)


_OPEN = Text("是（同一名儿童）／否（不是）", "yes (one child) / no")
_TWO_CHILDREN = Text(
    "否（不是同一名儿童）；如为同一名儿童，请更正名单中的身份证号",
    "no (they are two children); if they are one child, correct the ID in its list",
)
_HELD_BACK = Text(
    "不必回答，按两名儿童处理；如确为同一名儿童，请填“是”",
    "need not be answered: they are held to be two children; if they are one child, yes",
)
_IS, _BETWEEN = Text("：", ": "), Text("；", "; ")


def _text(rows: Iterable[RowKey]) -> str:
    return " ".join(map(str, rows))


def _choices(rows: Sequence[RowKey]) -> Text:
    """A list's code, where it has one row here; else the row."""
    names = [row.source for row in rows]
    choices = [same(row.source if names.count(row.source) == 1 else str(row)) for row in rows]
    return join(choices, " 或 ", " or ")


def _side_by_side(survey: Survey, pair: OpenPair | HeldBackPair, lang: Language, personal: bool) -> str:
    """What two rows say of who the child is. Without leave to show personal text that is only sex and birth date."""
    parts = []
    for row in pair.rows:
        facts = survey.by_row[row].facts
        values = [
            said(each.value, lang, personal=personal)
            for path in _COMPARED
            for each in facts.get(path, ())
            if each.row == row and (personal or path in ("child.sex", "child.birth_date"))
        ]
        parts.append(f"{row}{_IS.in_(lang)}{' '.join(values) or '—'}")
    return _BETWEEN.in_(lang).join(parts)


def mark_of(cases: Mapping[RowKey, Case], question: Question) -> str:
    """A short name of a question that is another one as soon as its rows say something else.

    It begins with a letter, so that no spreadsheet takes it for a number. Eight digits notice a change and are too little
    to guess from what a row says.
    """
    content = hashlib.sha256(question.path.encode() if isinstance(question, Disagreement) else b"pair")
    for row in question.rows:
        content.update(f"\0{row}\0{cases[row].to_json()}".encode())
    return "q" + content.hexdigest()[:8]


#: What the table of settled differences is headed by.
SETTLED = (
    Text("儿童编号", "Child"), Text("事实", "Fact"), Text("名单行", "Rows"), Text("名单所写", "What the lists say"),
    Text("采用的行", "Rows taken"), Text("依据", "By which rule"),
)  # fmt: skip


def settled(survey: Survey, lang: Language, *, personal: bool) -> Iterator[Row]:
    """A row for each fact about which lists differ and a rule, or a person, decided. Nobody need do anything."""
    for differs in survey.disagreements:
        if differs.reason is not None:
            yield (
                differs.ref, differs.title.in_(lang), _text(differs.rows), _values(differs, lang, personal),
                _text(v.row for v in differs.values if v.chosen), _rule(differs).in_(lang),
            )  # fmt: skip


def _rule(differs: Disagreement) -> Text:
    """By which rule, and which newer rows say otherwise, where that is the order of trust."""
    assert differs.reason is not None
    if not differs.overruled:
        return differs.reason.label
    rows = _text(v.row for v in differs.overruled)
    return differs.reason.label + Text(f"；较新的名单另有所报：{rows}", f"; a newer list says otherwise: {rows}")


def _values(differs: Disagreement, lang: Language, personal: bool) -> str:
    """What each row says of a fact."""
    own = differs.path[:1].isdigit()
    values = (f"{v.row}{_IS.in_(lang)}{said(v.value, lang, personal=personal, own=own)}" for v in differs.values)
    return _BETWEEN.in_(lang).join(values)


#: What the table of decisions is called, and headed by.
DECIDED_LIST = "decided"
DECIDED_HEADS = (
    Text("问题", "Question"), Text("决定", "Decided"), Text("事实", "Fact"), Text("名单行", "Rows"), Text("由谁", "By"),
    Text("日期", "Day"), Text("状态", "State"),
)  # fmt: skip


def decided(survey: Survey, lang: Language) -> Iterator[Row]:
    """A row for each decision: those that hold, with the mark to undo them by and their rows as they are now; those set
    aside; those taken back or changed. Of a value, the row that counts comes first.
    """
    cases = dict(rows_of(survey.sources))
    marks = {id(decision): mark_of(cases, question) for decision, question in survey.decided}
    aside = {each.decision: each.why for each in survey.set_aside}
    for each in (*survey.decisions, *survey.withdrawn):
        rows, state = each.keys, Text("有效", "holds")
        if each.withdrawn is not None:
            state = Text("已撤回或改变", "taken back or changed")
            state += same("".join(f" {part}" for part in (each.withdrawn.on, each.withdrawn.by) if part))
        elif each in aside:
            state = Text("未能沿用：", "set aside: ") + aside[each]
        else:
            rows = survey.rows_of(each)
        fact = "" if each.path is None else fact_title(each.path, survey.titles).in_(lang)
        yield (
            marks.get(id(each), ""), each.kind.label.in_(lang), fact, _text(rows), each.by or "",
            "" if each.on is None else each.on.isoformat(), state.in_(lang),
        )  # fmt: skip


# ---- taking answers back -----------------------------------------------------------------------------------------


def read_answers(path: Path) -> tuple[Answer, ...]:
    """The answers that stand in a sheet; lines without one are left out.

    Raises:
        LedgerError: the file cannot be read.
        AnswerError: it is no such sheet.
    """
    found: list[Answer] = []
    for sheet in open_sheets(path):
        columns: list[int] | None = None
        for line, cells in sheet.rows:
            texts = ["" if cell is None else str(cell).strip() for cell in cells]
            if columns is None:
                columns = _columns(texts)
            else:
                question, answer, rows = (texts[c] if c < len(texts) else "" for c in columns)
                if answer:
                    found.append(Answer(question, rows, answer, line))
        if columns is None:
            raise AnswerError(
                Text(
                    f"{shown_file(path.name)} 不是待决定表：第一行应有“{HEADS[0].zh}”“{HEADS[1].zh}”“{HEADS[5].zh}”三列",
                    f"{shown_file(path.name)} is no sheet of questions: its first line has the columns {HEADS[0].en}, {HEADS[1].en} "
                    f"and {HEADS[5].en}",
                )
            )
    return tuple(found)


def _columns(texts: Sequence[str]) -> list[int] | None:
    for lang in ("zh", "en"):
        wanted = [HEADS[n].zh if lang == "zh" else HEADS[n].en for n in (0, 1, 5)]
        if set(wanted) <= set(texts):
            return [texts.index(head) for head in wanted]
    return None


def answered(
    survey: Survey, answers: Iterable[Answer], *, by: str | None, on: dt.date, name: str, progress: Progress
) -> tuple[Survey, tuple[tuple[Answer, Text], ...]]:
    """The survey with the answers, and those that could not be used, each with the reason.

    Whether rows are one child comes first. Where that puts another row beside those that somebody chose between, nobody
    has seen the whole, and the question is asked again. Another answer to a question that is decided is a change of mind:
    the earlier decision is kept as history. The same answer again changes nothing.

    Args:
        survey: with its decisions.
        answers: what was filled in.
        by: who decided, as a user's code.
        on: the day on which it was decided.
        name: the sheet's, for messages.
        progress: told how many answers were taken, of how many.

    Raises:
        AnswerError: an answer is none that the question allows; the line is named.
    """
    cases = dict(rows_of(survey.sources))
    given = {(a.question, a.rows): a for a in answers}
    left = dict(given)
    refused: list[tuple[Answer, Text]] = []
    for about_facts in (False, True):
        known = {
            (mark_of(cases, question), _text(question.rows)): (question, decision)
            for question, decision in (
                *((each, None) for each in _every(survey)),
                *((question, decision) for decision, question in survey.decided),
            )
            if isinstance(question, Disagreement) is about_facts
        }
        found: list[tuple[Question, bool | RowKey]] = []
        for key, answer in given.items():
            if key not in left or key not in known:
                continue
            question, decision = known[key]
            meant = _meant(question, answer, name)
            if meant is True and _has_two_numbers(survey, question):
                refused.append((answer, _TWO_NUMBERS))
            elif decision is None or meant != _said_by(decision, survey):
                found.append((question, meant))
            del left[key]
        survey = survey.decide_all(found, by=by, on=on)
        if found:
            progress(len(given) - len(left), len(given))
    return survey, (*refused, *((answer, _NOT_OPEN) for answer in left.values()))


def _said_by(decision: Decision, survey: Survey) -> bool | RowKey:
    """The answer that a decision was."""
    if decision.path is None:
        return decision.kind is DecisionKind.SAME
    return survey.rows_of(decision)[0]


def undone(survey: Survey, mark: str, *, by: str | None, on: dt.date) -> Survey:
    """The survey without the decision on the question of that mark, which is kept as history.

    Raises:
        AnswerError: no decision that holds is so marked.
    """
    cases = dict(rows_of(survey.sources))
    for decision, question in survey.decided:
        if mark_of(cases, question) == mark:
            return survey.undo(decision, by=by, on=on)
    raise AnswerError(
        Text(
            f"没有已决定的问题 {shown_code(mark)}；已决定的问题及其编号见结果中的 {DECIDED_LIST} 表",
            f"no question {shown_code(mark)} is decided; the table {DECIDED_LIST} in the results lists those that are",
        )
    )


def _has_two_numbers(survey: Survey, question: Question) -> bool:
    """Whether the linking would refuse to make one child of two rows, since each has a valid resident ID of its own."""
    return isinstance(question, OpenPair) and question.two_ids and survey.links is not None


_TWO_NUMBERS = Text(
    "两个有效身份证号不同，不能合并；请先在名单中更正写错的身份证号",
    "two different valid resident IDs are never joined: correct the wrong number in its list first",
)

_NOT_OPEN = Text(
    "此问题已不在待决定之列：名单、分组已有变化；如仍列出请重新回答",
    "the question is not open any more, since the rows or who they are one child with have changed; where it is asked "
    "again, answer again",
)


def _meant(question: Question, answer: Answer, name: str) -> bool | RowKey:
    """The answer as the survey takes it."""
    text = answer.answer.lower()
    if not isinstance(question, Disagreement):
        if text not in _SAME | _DIFFERENT:
            raise _refused(name, answer, Text("请填“是”或“否”", "answer yes or no"))
        return text in _SAME
    try:
        return row_answered(question, next((row for row in question.rows if str(row).lower() == text), answer.answer))
    except SurveyError as error:
        raise _refused(name, answer, error.text) from None


def _refused(name: str, answer: Answer, why: Text) -> AnswerError:
    where = Text(f"{name} 第 {answer.line} 行：", f"{name}, line {answer.line}: ")
    return AnswerError(join([where, why], "", ""))
