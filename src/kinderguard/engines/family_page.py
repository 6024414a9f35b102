"""One page that a civil-affairs worker hands to a family or reads to it: what the child gets and may get, what decides that,
the papers to bring, and why something that was asked for is not due. Made by ``Assessment.for_family``.

Plain words: no codes, no sources, no names of rules. Every amount is the assessment's own. The list of all policies, the
conditions and the law are for ``explain``.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

import attrs

from kinderguard.engines.family_questions import FamilyQuestion, question_of
from kinderguard.engines.opening import unset_of
from kinderguard.engines.papers import beside_the_ground
from kinderguard.engines.refusals import refusal_said
from kinderguard.engines.unborn import is_unborn
from kinderguard.model.codes import Document
from kinderguard.model.dates import PartialDate
from kinderguard.model.help import HelpReceived
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import Block, Content, Listing, Marked, Paragraph, Section, View
from kinderguard.rules.wording import date_in_words

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment, PolicyResult, StackingEffect
    from kinderguard.rules.definitions import OwnDocument

#: So many questions, and so many things that may be due, stand on one page; of more it is said how many there are.
_ASKED, _MAY = 6, 8
#: So many questions are named beside what hangs on them.
_NAMED = 4
#: So many papers stand in one line.
_LISTED = 8

_TITLE = Text("给家长的说明：孩子能得到什么帮助", "For the family: the help that the child can get")
_DUE = Text("按规定应得到的", "What is due")
_MAY_BE = Text("可能得到的", "What may be due")
_QUESTIONS = Text("先弄清这些（最要紧的在前）", "What decides it, the most important first")
_PAPERS = Text("要带的材料", "Papers to bring")
_NOT_DUE = Text("这次算下来不给的，和原因", "What is not due this time, and why")
_ABOUT = Text("请留意", "Please note")


def family_page(
    result: "Assessment", lang: Language | None = None, *, asked: Sequence[str] = (), personal: bool = False
) -> View:
    """The page.

    Args:
        result: the assessment.
        lang: its language; the one that is set, if left out.
        asked: the codes of policies that the family asked for.
        personal: whether the child's name stands above it.
    """
    name, ref = result.case.child.name, result.ref
    whose = [name.reveal()] if personal and name is not None else []
    whose += [ref] if ref else []
    return View(_TITLE + same("".join(f" · {w}" for w in whose)), _FamilyPage(result, asked).blocks(), lang)


@attrs.frozen
class _Asked:
    """A question of the page: its words, and the policies that hang on it."""

    question: FamilyQuestion
    policies: frozenset[str]


class _FamilyPage:
    def __init__(self, result: "Assessment", asked: Sequence[str]) -> None:
        self._result = result
        self._titles = result.basis.titles
        self._asked = asked
        #: By policy, what is recorded of it; of several records the one that still runs.
        self._help = {
            each.policy: each
            for each in sorted(result.case.help or (), key=lambda h: not _has_ended(h, result.on))
            if each.policy is not None and (each.since is None or each.since.earliest <= result.on)
        }

    def blocks(self) -> Iterator[Content]:
        """All of it."""
        yield self._head()
        if is_unborn(self._result.case, self._result.on):
            yield Paragraph(Text("孩子在这一天还没有出生，出生以后再计算。", "The child is not born yet on that day; ask again after the birth."))  # fmt: skip
        else:
            yield from self._caution()
            yield self._due()
            yield from self._may()
            yield from self._questions_block()
            yield from self._papers()
            yield from self._not_due()
        yield Section(_ABOUT, [Listing(self._notes())])

    # ---- the day and the place ---------------------------------------------------------------------------------

    def _head(self) -> Block:
        day, place = _day(self._result.on), self._place
        if place is None:
            return Paragraph(
                Text(f"按{day.zh}的情况和全国的规定计算。", f"Worked out for {day.en} by the nation's rules.")
            )
        return Paragraph(
            Text(f"按{day.zh}的情况和{place.zh}的规定计算。", f"Worked out for {day.en} by the rules of {place.en}.")
        )

    @cached_property
    def _place(self) -> Text | None:
        """The place in charge by its name: the county, or what is known around it; None where nothing is."""
        division = self._result.division or ""
        for digits in (6, 4, 2):
            name = place_name(division[:digits], self._titles)
            if len(division) >= digits and not name.zh.endswith(division[:digits]):
                return name
        return None

    def _caution(self) -> Iterator[Block]:
        """What keeps the page from being the whole of it."""
        if self._result.division is None:
            said = Text(
                "还不知道由哪个县（区）负责，只算了全国的规定；当地可能还有别的帮助。",
                "It is not known yet which county is in charge, so only the nation's rules were used; there may be other help there.",
            )
        elif not self._result.complete:
            said = Text(
                "有的规定这次没能用上，结果不完整：请工作人员先核对，再告诉家长。",
                "Some rules could not be used, so this is not complete: the office checks it before anybody is told.",
            )
        else:
            return
        yield Paragraph(Marked(said, "unknown"))

    # ---- what is due, and may be -------------------------------------------------------------------------------

    def _due(self) -> Block:
        due = [p for p in self._given if self._is_sure(p)]
        if not due:
            return Section(_DUE, [Paragraph(Text("现在还没有能够确定的。", "Nothing is certain yet."))])
        return Section(_DUE, [Listing(self._is_due(p) for p in due)])

    def _is_due(self, p: "PolicyResult") -> Text:
        text = p.title + Text("：", ": ") + _what(p)
        if p.code in self._result.undetermined:
            text += Text("；到底多少", "; how much: ") + self._hangs_on(p.code, is_due=True)
        return text + self._received(p.code)

    def _may(self) -> Iterator[Block]:
        listed, others = self._may_be[:_MAY], self._may_be[_MAY:]
        if not listed:
            return
        lines = [self._may_be_due(p) for p in listed]
        if others:
            named = join([p.title for p in others], "、", "; ")
            lines.append(Text(f"还可能有：{named.zh}", f"There may also be: {named.en}"))
        yield Section(_MAY_BE, [Listing(lines)])

    def _may_be_due(self, p: "PolicyResult") -> Text:
        eligible = self._but(p) + Text("；", "; ") if p.eligible else same("")
        hangs_on = self._hangs_on(p.code, is_due=bool(p.eligible))
        return p.title + Text("：", ": ") + eligible + _what(p) + Text("；", "; ") + hangs_on + self._received(p.code)

    def _is_sure(self, p: "PolicyResult") -> bool:
        """Whether something is due for certain: not where other help may leave nothing of it. A standard that nobody set
        leaves open how much, not whether.
        """
        if not p.eligible or p.service is not None:
            return bool(p.eligible and p.granted)
        return bool(p.low) or (p.high is None and bool(unset_of(self._result, p.code)) and not self._gives_way(p))

    def _gives_way(self, p: "PolicyResult") -> bool:
        """Whether help that is due or may be could take the place of a policy's."""
        return any(effect.changed or self._beside(effect) for effect in p.stacking)

    def _beside(self, effect: "StackingEffect") -> list[str]:
        """Which other help of a stacking rule is due or may be."""
        policies = self._result.policies
        return [c for c in effect.others if c in policies and policies[c].eligible is not False]

    def _but(self, p: "PolicyResult") -> Text:
        """By what a child that is eligible may still get nothing."""
        takes_away = [c for effect in p.stacking if effect.rule == "excludes" for c in self._beside(effect)]
        others = join([self._titles.get(c, same(c)) for c in dict.fromkeys(takes_away)], "、", " or ")
        if takes_away:
            return Text(f"符合条件，但不与{others.zh}同时给", f"eligible, but not given beside {others.en}")
        return Text("符合条件，但算下来也可能没有", "eligible, but it may come to nothing")

    @cached_property
    def _given(self) -> tuple["PolicyResult", ...]:
        due = self._result.due
        return due.cash + due.services

    @cached_property
    def _may_be(self) -> list["PolicyResult"]:
        """What may be due: what was asked for first, then what the child is eligible for, then what hangs on the most
        decisive question.
        """
        open_ = [p for p in self._given if not self._is_sure(p)]
        last = len(self._every_question)

        def rank(p: "PolicyResult") -> tuple[bool, bool, int]:
            return p.code not in self._asked, not p.eligible, next(iter(self._numbers(p.code)), last)

        return sorted(open_, key=rank)

    def _hangs_on(self, code: str, *, is_due: bool = False) -> Text:
        """What a result that is open hangs on: the numbers of the questions, else who says it.

        Args:
            code: of the policy.
            is_due: whether only the amount is open: then a standard that is lacking counts as much as any question.
        """
        numbers = [str(n + 1) for n in self._numbers(code) if n < _ASKED][:_NAMED]
        # That the county is not known is said above, and once.
        is_unset = self._result.division is not None and bool(unset_of(self._result, code))
        if numbers:
            text = Text(f"要看下面第{'、'.join(numbers)}项", f"see {_and(numbers)} below")
            return text + Text("，还要看当地的标准", ", and the local standard") if is_unset and is_due else text
        if next(self._numbers(code), None) is not None:
            return Text("要看其余各项", "see what is asked later")
        if any(code in fact.changes for fact in self._result.missing):
            return Text("由工作人员当面了解后再定", "the office finds out with you what decides it")
        if is_unset:
            return Text("要看当地的标准", "see the local standard")
        if self._result.division is None:
            return Text("要看由哪个县（区）负责", "it hangs on which county is in charge")
        return Text("由主管部门核定", "the office in charge decides")

    def _received(self, code: str) -> Text:
        """What is recorded of the same help: whether it is paid already, and since when."""
        given = self._help.get(code)
        if given is None:
            return same("")
        if _has_ended(given, self._result.on):
            return Text("（记录中已经停发）", " (recorded as ended)")
        since = same("") if given.since is None else _day(given.since)
        since = Text(f"自{since.zh}起", f" since {since.en}") if since else since
        paid = same("")
        if given.amount is not None:
            every = given.every.label if given.every is not None else same("")
            paid = Text(f"，{every.zh}{_yuan(given.amount)}元", f", {_yuan(given.amount)} yuan {every.en}".rstrip())
        return Text(f"（记录中{since.zh}已在领取{paid.zh}）", f" (recorded as received{since.en}{paid.en})")

    # ---- what decides it ---------------------------------------------------------------------------------------

    @cached_property
    def _every_question(self) -> list[_Asked]:
        """The questions for the family, the most decisive first; facts that are one question stand together."""
        shown = {p.code for p in self._given}
        found: dict[FamilyQuestion, set[str]] = {}
        own = {code: fact.kind for code, fact in self._result.basis.bound.plan.rules.facts.items()}
        for fact in self._result.missing:
            question = question_of(fact.path, self._titles, own)
            decides = shown.intersection(fact.changes)
            if question is not None and decides:
                found.setdefault(question, set()).update(decides)
        return [_Asked(question, frozenset(codes)) for question, codes in found.items()]

    def _numbers(self, code: str) -> Iterator[int]:
        return (n for n, each in enumerate(self._every_question) if code in each.policies)

    def _questions_block(self) -> Iterator[Block]:
        lines: list[Content] = []
        for each in self._every_question[:_ASKED]:
            text = each.question.text
            if each.question.paper is not None and each.question.paper in self._wanted:
                paper = each.question.paper.label
                text += Text(f"（请带{paper.zh}）", f" (bring the {paper.en})")
            lines.append(text)
        left = len(self._every_question) - _ASKED
        more = [
            Paragraph(Text(f"另有 {left} 项，弄清这些以后再问。", f"{left} more, to be asked when these are known."))
        ]
        if lines:
            yield Section(_QUESTIONS, [Listing(lines, numbered=True), *(more if left > 0 else [])])

    # ---- papers ------------------------------------------------------------------------------------------------

    @cached_property
    def _wanted(self) -> dict["Document | OwnDocument", frozenset[str]]:
        """The papers to bring, each with the policies that it is for: none for help that is received already, and of what is
        due only those that prove what it is due by.
        """
        received = {code for code, given in self._help.items() if not _has_ended(given, self._result.on)}
        given = {p.code: p for p in self._given if p.code not in received}
        beside = {c: beside_the_ground(self._result, c) for c, p in given.items() if p.eligible}
        found = {
            needed.document: frozenset(
                c for c in needed.policies if c in given and needed.document not in beside.get(c, ())
            )
            for needed in self._result.documents
        }
        return {paper: codes for paper, codes in found.items() if codes}

    def _papers(self) -> Iterator[Block]:
        """The papers for what is due, by what they are for; then those for what may be, in one line."""
        by_use, later = dict[tuple[str, ...], list[Text]](), list[Text]()
        for paper, codes in self._wanted.items():
            due = tuple(p.code for p in self._given if p.code in codes and p.eligible)
            if due:
                by_use.setdefault(due, []).append(paper.label)
            else:
                later.append(paper.label)
        lines = [join([self._titles[c] for c in use], "、", "; ") + Text("：", ": ") + _listed(papers) for use, papers in by_use.items()]  # fmt: skip
        if later:
            head = Text("查明可以得到后，可能还要：", "Once something else turns out to be due, perhaps also: ")
            lines.append(head + _listed(later))
        if lines:
            yield Section(_PAPERS, [Listing(lines)])

    # ---- what is not due, and what holds of all ---------------------------------------------------------------

    def _not_due(self) -> Iterator[Block]:
        """Why not: only of what the family asked for, and of help that is recorded."""
        given = {p.code for p in self._given}
        codes = [c for c in dict.fromkeys((*self._asked, *self._help)) if c not in given and c in self._titles]
        lines = [self._titles[c] + self._received(c) + Text("：", ": ") + refusal_said(self._result, c) for c in codes]
        if lines:
            yield Section(_NOT_DUE, [Listing(lines)])

    def _notes(self) -> Iterator[Text]:
        if not is_unborn(self._result.case, self._result.on):
            yield Text(
                "没有一项是因为缺少材料而不给的：还不清楚的，都按“可能得到”算。",
                "Nothing is refused because a paper is missing: what is not known yet counts as what may be due.",
            )
            if self._result.division is not None and any(unset_of(self._result, p.code) for p in self._given):
                yield Text(
                    "当地的有些标准这里还没有录入：给不给、给多少，请问工作人员。",
                    "Some local standards are not entered here: ask the office whether it is due, and how much.",
                )
        yield Text(
            "这是按规定和已经知道的情况算出来的，不是决定；给不给、给多少，以主管部门的决定为准。",
            "This is a calculation from what is known, not a decision: the department in charge decides.",
        )
        place = self._place
        if place is None or len(self._result.division or "") < 6 or self._is_wider(place):
            yield Text(
                "有不明白的，请问孩子所在县（区）的民政部门，或村（居）委会的儿童主任。",
                "Whom to ask: the civil affairs department of the child's county, or the village child director.",
            )
        else:
            yield Text(
                f"有不明白的，请问{place.zh}的民政部门，或村（居）委会的儿童主任。",
                f"Whom to ask: the civil affairs department of {place.en}, or the village child director.",
            )

    def _is_wider(self, place: Text) -> bool:
        """Whether a name is that of the province or city around the county, which has none here."""
        return place != place_name((self._result.division or "")[:6], self._titles)


def _listed(papers: Sequence[Text]) -> Text:
    """Papers one after the other, the first of many: some have a comma in their name."""
    more = Text("等", " and others") if len(papers) > _LISTED else same("")
    return join(list(papers[:_LISTED]), "；", "; ") + more


# ---- words -----------------------------------------------------------------------------------------------------


def _what(p: "PolicyResult") -> Text:
    """What a policy gives, or may give."""
    if p.service is not None:
        return p.service
    return _how_much(p)


def _how_much(p: "PolicyResult") -> Text:
    low, high = p.low, p.high
    if low == high and low is not None:
        amount = Text(f"{_yuan(low)}元", f"{_yuan(low)} yuan")
    elif not low:
        if high is None:
            return Text("数额还不知道", "the amount is not known yet")
        amount = Text(f"最多{_yuan(high)}元", f"up to {_yuan(high)} yuan")
    elif high is None:
        amount = Text(f"至少{_yuan(low)}元", f"at least {_yuan(low)} yuan")
    else:
        amount = Text(f"{_yuan(low)}至{_yuan(high)}元", f"{_yuan(low)} to {_yuan(high)} yuan")
    of = Text("全家", " for the whole household") if p.per == "household" else same("")
    return Text(f"{of.zh}{p.every.zh}{amount.zh}", f"{amount.en} {p.every.en}{of.en}")


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def _and(numbers: Sequence[str]) -> str:
    *first, last = numbers
    return f"{', '.join(first)} and {last}" if first else last


def _day(day: dt.date | PartialDate) -> Text:
    return date_in_words(day.year, day.month, day.day)


def _has_ended(given: HelpReceived, on: dt.date) -> bool:
    return given.ongoing is False or (given.until is not None and given.until.latest < on)


__all__ = ["family_page"]
