"""From several departments' lists to one child each: ``combine``.

Rows are grouped (by resident ID, by the linking, by decisions), each group becomes one child, and the sum is checked:
every row of every list is in exactly one child, or listed as skipped. Nothing is chosen without a rule that is named.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import attrs

from kinderguard.model.case import Case
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Text
from kinderguard.survey.building import Rules, SurveyedChild, build, ref_of
from kinderguard.survey.choosing import Taken
from kinderguard.survey.decisions import (
    Decision,
    DecisionKind,
    Located,
    Register,
    SetAside,
    matters,
    office_key,
)
from kinderguard.survey.grouping import ById, ByLinks, Joined
from kinderguard.survey.keys import RowKey
from kinderguard.survey.sources import Source, titles_of
from kinderguard.survey.surveyed import SkippedRow, Survey, SurveyError
from kinderguard.survey.trust import TrustOrder

if TYPE_CHECKING:
    from kinderguard.survey.linking.links import Links

_STEP = 200


def combine(
    sources: Iterable[Source],
    *,
    trust: TrustOrder | None = None,
    links: "Links | None" = None,
    decisions: Iterable[Decision] = (),
    key: str | bytes | None = None,
    progress: bool | Progress | None = None,
) -> Survey:
    """One child each out of several lists, with every fact's source kept.

    Args:
        sources: the lists, as ``read_source`` gave them.
        trust: whose word counts, by fact; ``TrustOrder.default()`` if left out.
        links: what ``survey.link(survey.rows_of(sources))`` found. Without it rows are one child only where they have
            the same valid resident ID and no other name, and a row without one stands alone.
        decisions: what persons decided before (``read_decisions``). Those whose rows are not found again are set aside
            and listed in ``Survey.set_aside``.
        key: the text that ``kinderguard.casefile.new_key()`` gives, which the office keeps and gives each time; the command
            line takes the same text from ``KINDERGUARD_KEY`` and gives the same numbers. With it decisions hold for the next
            edition of a list too, and a child with a resident ID keeps its ``ref`` from survey to survey. Bytes, 16 or
            more, are used as they are.
        progress: a bar (True), nothing (False), or a function that is called with (children done, children in all); if left
            out, a bar where there is much to do.

    Raises:
        SurveyError: no list was given, or two lists have one code.
        DecisionError: the key is none.
        LinkDecisionError: decisions on ``links`` that cannot all be followed.

    >>> import datetime as dt
    >>> from kinderguard import survey
    >>> ledger = survey.read_source("examples/ledger.xlsx", "civil_affairs", as_of=dt.date(2025, 9, 1))
    >>> result = survey.combine([ledger])
    >>> result.counts["rows"] == ledger.ledger.rows_in, result.to_decide
    (True, ())
    """
    sources = tuple(sources)
    _check(sources)
    cases = dict(rows_of(sources))
    marking = office_key(key)
    register = Register(sources, cases, marking)
    work = _Work(sources, trust or TrustOrder.default(), links, register, marking)
    return work.survey(tuple(decisions), None, progress)


def rows_of(sources: Iterable[Source]) -> tuple[tuple[RowKey, Case], ...]:
    """Every usable row of the lists with its key, as ``survey.link`` takes them."""
    return tuple(
        (source.key(row.sheet, row.row), row.case)
        for source in sources
        for row in source.ledger.rows
        if row.case is not None
    )


def _check(sources: Sequence[Source]) -> None:
    if not sources:
        raise SurveyError(Text("没有给出名单", "There are no lists: give what read_source returned."))
    twice = sorted(code for code, count in Counter(source.code for source in sources).items() if count > 1)
    if twice:
        raise SurveyError(
            Text(
                f"有两份名单的代码都是 {'、'.join(twice)}；请在 read_source 中用 code= 区分",
                f"Two lists have the code {', '.join(twice)}; tell them apart with code= in read_source.",
            )
        )


@attrs.frozen(eq=False)
class _Work:
    """What a survey is made from; kept, so that a decision makes a new one quickly."""

    sources: tuple[Source, ...]
    trust: TrustOrder
    links: "Links | None"
    register: Register
    key: bytes | None = attrs.field(repr=False)
    grouping: ById | ByLinks = attrs.field(init=False, repr=False)
    #: Where each row stands in the lists.
    order: Mapping[RowKey, int] = attrs.field(init=False, repr=False)
    #: By rows of a child, the numbers that they and its only ID give it.
    _numbers: dict[tuple[RowKey, ...], tuple[str, str | None]] = attrs.field(init=False, factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        cases = self.register.cases
        grouping = ById(cases, self.register.names_of_one_id) if self.links is None else ByLinks(cases, self.links)
        object.__setattr__(self, "grouping", grouping)
        object.__setattr__(self, "order", {row: number for number, row in enumerate(cases)})

    def survey(
        self, decisions: tuple[Decision, ...], before: Survey | None = None, progress: bool | Progress | None = False
    ) -> Survey:
        """The survey with these decisions; those that were withdrawn take no part. Of an earlier survey, whatever no decision
        has touched since is used again.
        """
        withdrawn = tuple(d for d in decisions if d.withdrawn is not None)
        decisions = tuple(d for d in decisions if d.withdrawn is None)
        located, set_aside = self._located(decisions)
        pairs = tuple((d, rows) for d, rows in located if d.kind is not DecisionKind.VALUE)
        earlier = None if before is None else before._joined
        joined = earlier if earlier is not None and earlier.pairs == pairs else self._joined(pairs, earlier)
        with told(progress, 0, len(joined.children), Text("已合并儿童", "children combined"), short=FEW) as tell:
            children, reopened = self._children(joined, _taken(located), before, tell)
        set_aside += joined.clashing
        set_aside += [SetAside(d, _REOPENED) for d, rows in located if (rows[0], d.path) in reopened]
        return Survey(
            self.sources, children, self._skipped(), self.trust, self.links, decisions, tuple(set_aside), joined,
            self.register, partial(_again, self), withdrawn,
        )  # fmt: skip

    def _joined(self, pairs: tuple[Located, ...], before: Joined | None) -> Joined:
        """Which rows are one child each. Of an earlier answer, whatever no decision can reach that came or went stands."""
        found = self.grouping.grouped(pairs, before)
        groups = [tuple(sorted(group, key=self.order.__getitem__)) for group in found.groups]
        if before is not None and found.touched is not None:
            groups += [rows for _, rows in before.children if rows[0] not in found.touched]
        groups.sort(key=lambda rows: self.order[rows[0]])
        return Joined(pairs, tuple(zip(self._refs(groups), groups, strict=True)), found.clashing, found.linked)

    def _located(self, decisions: Iterable[Decision]) -> tuple[list[Located], list[SetAside]]:
        """The decisions whose rows are here; of two on one matter, the later."""
        found: dict[int, Located] = {}
        latest: dict[object, int] = {}
        set_aside = []
        for number, decision in enumerate(decisions):
            rows = self.register.find(decision)
            if isinstance(rows, Text):
                set_aside.append(SetAside(decision, rows))
                continue
            about = matters(decision, rows)
            for earlier in {latest[matter] for matter in about if matter in latest} & found.keys():
                set_aside.append(SetAside(found.pop(earlier)[0], _REPLACED))
            latest |= dict.fromkeys(about, number)
            found[number] = (decision, rows)
        return list(found.values()), set_aside

    def _children(
        self,
        joined: Joined,
        taken: Mapping[RowKey, Mapping[str, Taken]],
        before: Survey | None,
        tell: Progress,
    ) -> tuple[tuple[SurveyedChild, ...], set[tuple[RowKey, str | None]]]:
        rules, departments, titles = Rules(self.trust), _departments(self.sources), titles_of(self.sources)
        made = {} if before is None else before._by_ref
        children: list[SurveyedChild] = []
        reopened: set[tuple[RowKey, str | None]] = set()
        for number, (ref, rows) in enumerate(joined.children, 1):
            decided = {path: t for row in rows if row in taken for path, t in taken[row].items()}
            child = made.get(ref)
            if child is None or child.rows != rows or child.decided != decided:
                child = build(
                    ref, rows, self.register.cases, self.register.sources, rules, decided, departments, titles
                )
            children.append(child)
            reopened |= {(decided[path].row, path) for path in child.reopened}
            if number % _STEP == 0 or number == len(joined.children):
                tell(number, len(joined.children))
        return tuple(children), reopened

    def _refs(self, groups: Sequence[tuple[RowKey, ...]]) -> list[str]:
        """The children's numbers: from their rows or, with a key, from a keyed mark of the only ID that they have."""
        for rows in groups:
            if rows not in self._numbers:
                self._numbers[rows] = ref_of(rows), self._mark(rows)
        numbers = [self._numbers[rows] for rows in groups]
        count = Counter(mark for _, mark in numbers)
        return [mark if mark is not None and count[mark] == 1 else ref for ref, mark in numbers]

    def _mark(self, rows: Iterable[RowKey]) -> str | None:
        if self.key is None:
            return None
        numbers = {case.child.resident_id for row in rows if (case := self.register.cases[row]).child.resident_id}
        if len(numbers) != 1:
            return None
        (number,) = numbers
        assert number is not None
        return "k" + hmac.new(self.key, f"child\0{number.reveal()}".encode(), hashlib.sha256).hexdigest()[:16]

    def _skipped(self) -> tuple[SkippedRow, ...]:
        return tuple(
            SkippedRow(source.key(row.sheet, row.row), row.error)
            for source in self.sources
            for row in source.ledger.skipped
            if row.error is not None
        )


def _again(work: _Work, survey: Survey, decisions: tuple[Decision, ...]) -> Survey:
    return work.survey(decisions, survey)


def _taken(located: Iterable[Located]) -> dict[RowKey, dict[str, Taken]]:
    """By row, the facts of which a person decided that its value counts."""
    found: dict[RowKey, dict[str, Taken]] = {}
    for decision, rows in located:
        if decision.kind is DecisionKind.VALUE and decision.path is not None:
            found.setdefault(rows[0], {})[decision.path] = Taken(rows[0], frozenset(rows))
    return found


def _departments(sources: Sequence[Source]) -> dict[str, Text]:
    """How texts name a list: by its department, and with its code where a department has several."""
    count = Counter(source.profile.department for source in sources)
    return {
        source.code: source.profile.department.label
        if count[source.profile.department] == 1
        else source.profile.department.label + Text(f"（{source.code}）", f" ({source.code})")
        for source in sources
    }


_REPLACED = Text("之后对同一事项另有决定", "a later decision on the same matter replaces it")
_REOPENED = Text(
    "另有决定时未见过的行与之不一致，请重新决定", "a row that was not seen then says otherwise; decide again"
)
