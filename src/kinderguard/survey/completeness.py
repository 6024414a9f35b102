"""What is missing: a work list by township and department, ordered by what each fact could change for the child.

Called on a survey. Only facts with which a result would differ are asked for; each goes to the department that answers
for it. No name stands in the list: a child is its number and its rows.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.missing import MissingFact
from kinderguard.model.codes import Department, Frequency
from kinderguard.model.places import place_name
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Language, Text
from kinderguard.model.view import View, display_language
from kinderguard.packs.source_profiles import SourceProfile
from kinderguard.rules.titles import fact_title
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.keys import RowKey
from kinderguard.survey.sources import built_in_profiles
from kinderguard.survey.surveyed import Survey
from kinderguard.survey.tables import ListByPlace, Row, place_beside_code

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

#: How many digits of a division make a township.
TOWNSHIP = 9
_PLACE = "child.registration.division"
_STEP = 50
_ZERO = Decimal("0.00")


@attrs.frozen
class WorkRow:
    """One fact to find out about one child.

    Attributes:
        township: the first nine digits of the division in charge, or as many as are known; None where it is unknown.
            Where only the county is known (by the resident ID), the township in it where the child lives.
        department: who answers for the fact; None where no kind of list does.
        ref: the child's number in the survey.
        rows: where the child stands in that department's lists; where it stands in none, where it does stand.
        path: the fact.
        title: what it is called.
        settles: how many open results (categories and policies of the child) it settles by itself, on average over the
            values that it may have. 0 where it settles none alone: it can still change one together with others.
        changes: the categories and policies that it can change.
        monthly: by how much what is paid each month may still differ (yuan); None where there is no bound.
        differs: whether the lists contradict each other, so that a person must decide, rather than say nothing.
    """

    township: str | None
    department: Department | None
    ref: str
    rows: tuple[RowKey, ...]
    path: str
    title: Text
    settles: float
    changes: tuple[str, ...]
    monthly: Decimal | None
    differs: bool

    @property
    def state(self) -> Text:
        """How it stands: what the lists say, and whether the fact settles anything alone."""
        said = _DIFFERS if self.differs else _BLANK
        if round(self.settles, _DIGITS) > 0:
            return said
        return said + (_WHOSE_RULES if self.path == _PLACE else _NOT_ALONE)


_HEADS = (
    Text("乡镇（街道）代码", "Township"), Text("地名", "Place"), Text("部门", "Department"), Text("儿童编号", "Child"),
    Text("名单行", "Rows"), Text("待了解", "To find out"), Text("事实", "Fact"), Text("情况", "State"),
    Text("平均可单独确定的结果数", "Results it settles alone, on average"), Text("每月可能相差（元）", "Monthly difference (yuan)"), Text("影响的结果", "Results changed"),
)  # fmt: skip
_BLANK = Text("没有名单填写", "no list says")
_DIFFERS = Text("名单不一致，待决定", "lists differ, to be decided")
_NOT_ALONE = Text("；单独不能确定结果，须与其他事实一起了解", "; settles nothing alone, only with others")
_WHOSE_RULES = Text("；由此才知道适用哪里的规则", "; whose rules apply depends on it")
_DIGITS = 2
_NOBODY = Text("未定", "nobody yet")


@attrs.frozen(repr=False)
class WorkList(ListByPlace[WorkRow]):
    """What is missing, by township and department; within them, what settles most comes first."""

    SHEET = Text("待了解", "To find out")

    #: How many children were looked at, and how many of them lack nothing that could change a result.
    children: int
    complete: int
    #: What categories and policies are called.
    titles: Mapping[str, Text] = attrs.field(repr=False)

    @property
    def counts(self) -> Mapping[tuple[str | None, Department | None], int]:
        """How many facts each department of each township has to find out."""
        return Counter((row.township, row.department) for row in self.rows)

    def table(self, lang: Language = "zh") -> tuple[list[str], list[Row]]:
        """Heads and rows as plain values; no name or number of a person is in them."""
        return [head.in_(lang) for head in _HEADS], [self._row(row, lang) for row in self.rows]

    def _row(self, row: WorkRow, lang: Language) -> Row:
        between = "、" if lang == "zh" else ", "
        names = [self.titles.get(code, Text(code, code)).in_(lang) for code in row.changes]
        return (
            row.township, place_beside_code(row.township).in_(lang) if row.township else None,
            (row.department.label if row.department else _NOBODY).in_(lang), row.ref, " ".join(map(str, row.rows)),
            row.title.in_(lang), row.path, row.state.in_(lang), round(row.settles, _DIGITS),
            None if row.monthly is None else str(row.monthly), between.join(names),
        )  # fmt: skip

    def summary(self, lang: Language | None = None) -> str:
        """How much each department of each township has to find out, line by line.

        Args:
            lang: ``"zh"`` or ``"en"``; that of ``display_language``, if left out.
        """
        lines = [
            Text(
                f"{self.children} 名儿童中 {self.complete} 名不缺影响结果的事实；待了解 {len(self.rows)} 项",
                f"of {self.children} children {self.complete} lack no fact that could change a result; {len(self.rows)} to find out",
            )
        ]
        for (township, department), count in self.counts.items():
            place = place_name(township) if township else Text("地点不详", "place unknown")
            who = department.label if department else _NOBODY
            lines.append(Text(f"{place.zh} {who.zh}：{count}", f"{place.en}, {who.en}: {count}"))
        return "\n".join(line.in_(lang or display_language()) for line in lines)

    def view(self, lang: Language | None = None) -> View:
        """How much each department of each township has to find out, then each fact, as a notebook shows it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.survey.shown import work_view

        return work_view(self, _NOBODY, lang)

    def _repr_html_(self) -> str:
        return self.view().html

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<WorkList on {self.on}: {len(self.rows)} facts of {self.children - self.complete} children>"


def missing_work(
    survey: Survey,
    book: "PolicyBook",
    *,
    on: dt.date | None = None,
    profiles: Iterable[SourceProfile] = (),
    progress: bool | Progress | None = None,
) -> WorkList:
    """What is to be found out, by township and department.

    Args:
        survey: the combined lists.
        book: the rules. Each child is assessed by those of its place.
        on: the day; may be left out of a book that is pinned.
        profiles: further kinds of list that say who answers for which fact, before the survey's own and the built-in
            ones.
        progress: a bar (True), nothing (False), or a function that is called with (children done, children in all); if left
            out, a bar where there is much to do. Finding what could change a result takes some thousandths
            of a second a child, and more where a list says very little.

    Raises:
        NoDayError: no day was given, and the book is not pinned.
    """
    day = book.day_of(on)
    owners = Owners.of(survey, profiles)
    found: list[WorkRow] = []
    titles: dict[str, Text] = {}
    complete = 0
    total = len(survey.children)
    with told(progress, 0, total, Text("已查儿童", "children looked at"), short=FEW) as tell:
        for number, child in enumerate(survey.children, 1):
            result = book.assess(child.case, on=day)
            rows = list(_rows(child, result, owners))
            complete += not rows
            found += rows
            titles |= {code: result.basis.titles[code] for row in rows for code in row.changes if code not in titles}
            if number % _STEP == 0 or number == total:
                tell(number, total)
    return WorkList(day, tuple(sorted(found, key=_order)), len(survey.children), complete, titles)


def _order(row: WorkRow) -> tuple[object, ...]:
    departments = list(Department)
    place = departments.index(row.department) if row.department else len(departments)
    unplaced = row.path == _PLACE and row.township is None
    return (
        row.township is None, row.township or "", place, not unplaced, -row.settles, -len(row.changes),
        -(row.monthly or _ZERO), row.path, row.ref,
    )  # fmt: skip


@attrs.define
class Owners:
    """Which department answers for a fact, by the kinds of list."""

    profiles: tuple[SourceProfile, ...]
    #: Who keeps each list of the survey.
    lists: Mapping[str, Department]
    #: What the lists' own facts are called.
    titles: Mapping[str, Text] = attrs.field(factory=dict)
    _found: dict[str, Department | None] = attrs.field(factory=dict)

    @classmethod
    def of(cls, survey: Survey, more: Iterable[SourceProfile] = ()) -> "Owners":
        """By what the caller says, else by the survey's lists, else by the built-in kinds."""
        return cls(
            (*more, *(s.profile for s in survey.sources), *built_in_profiles().values()),
            {s.code: s.profile.department for s in survey.sources},
            survey.titles,
        )

    def department(self, path: str) -> Department | None:
        """The department that answers for a fact most exactly; None where none does."""
        if path not in self._found:
            best = max(self.profiles, key=lambda p: p.owns(path), default=None)
            self._found[path] = best.department if best is not None and best.owns(path) else None
        return self._found[path]


def _rows(child: SurveyedChild, result: Assessment, owners: Owners) -> Iterator[WorkRow]:
    missing = list(result.missing)
    if result.division is None and not any(m.path == _PLACE for m in missing):
        # Whose rules apply depends on it, so it stands first, whatever the nation's rules leave open.
        missing.insert(0, MissingFact(_PLACE, 0.0, result.undetermined))
    undecided = {d.path for d in child.open}
    township = township_of(child, result)
    for fact in missing:
        department = owners.department(fact.path)
        yield WorkRow(
            township,
            department,
            child.ref,
            tuple(row for row in child.rows if owners.lists[row.source] is department) or child.rows,
            fact.path,
            fact_title(fact.path, {**owners.titles, **result.basis.titles}),
            fact.decides * len(result.undetermined),
            fact.changes,
            _monthly(result, fact.changes),
            fact.path in undecided,
        )


def township_of(child: SurveyedChild, result: Assessment) -> str | None:
    """Who is sent to ask about a child: the township in charge; of a county alone, the township in it where it lives."""
    division = result.division or child.case.division
    if division is None:
        return None
    here = child.case.child.residence.division
    if len(division) < TOWNSHIP and here is not None and len(here) >= TOWNSHIP and here.startswith(division):
        division = here
    return division[:TOWNSHIP]


def _monthly(result: Assessment, codes: Iterable[str]) -> Decimal | None:
    """How far apart the bounds of what these policies pay each month are (yuan)."""
    total = _ZERO
    for code in codes:
        policy = result.policies.get(code)
        if policy is None or not policy.is_cash or policy.every is not Frequency.MONTH:
            continue
        if policy.high is None or policy.low is None:
            return None
        total += policy.high - policy.low
    return total
