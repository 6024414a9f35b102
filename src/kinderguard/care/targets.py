"""Targets of the year 年度目标 against what the files show, by place: stations, sessions, communities covered, visits.

Callers bring the targets and what is on file: plans, stations, sessions, the list of communities. What is not known (a day,
a place, a whole list) leaves a result between two bounds: a target is then neither reached nor missed, and the message
says so. The numbers to be reached are the county's; none is given here.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

import attrs
from pydantic import model_validator

from kinderguard.casefile.care.fields import Day
from kinderguard.casefile.care.plans import CarePlan, FollowUpKind, FollowUpState
from kinderguard.model.codes import Code
from kinderguard.model.dates import as_day
from kinderguard.model.errors import FieldValueError
from kinderguard.model.places import DivisionCode, check_division, covers, place_name
from kinderguard.model.record import Record, fact
from kinderguard.model.text import Text, same


class Measure(Code):
    """What a target counts 指标."""

    STATIONS_OPENED = "stations_opened", "新建服务站点（个）", "stations opened"
    SESSIONS_HELD = "sessions_held", "开展活动（场）", "sessions held"
    COMMUNITIES_COVERED = "communities_covered", "村（社区）覆盖率（%）", "share of communities covered (%)"
    VISITS_MADE = "visits_made", "上门走访（次）", "visits made"


class Target(Record):
    """What a place is to reach in a calendar year 年度目标. ``goal`` is a number, or whole percent for a share."""

    year: int = fact("年度", "year", default=...)
    measure: Measure = fact("指标", "measure", default=...)
    division: DivisionCode = fact("行政区划代码", "division", default=...)
    goal: int = fact("目标值", "goal", default=...)

    @model_validator(mode="after")
    def _consistent(self) -> "Target":
        if not 1 <= self.year <= 9999:
            raise FieldValueError("年度应为四位数", "a year has four digits")
        if self.goal < 0 or (self.measure is Measure.COMMUNITIES_COVERED and self.goal > 100):
            raise FieldValueError(
                "目标值不能为负，百分比不超过100", "a goal is not negative, and a share at most 100 percent"
            )
        return self


class Station(Record):
    """A place where help is given, such as one for family-education guidance 服务站点."""

    code: str = fact("站点编号", "code", default=...)
    division: DivisionCode | None = fact("行政区划代码", "division")
    opened_on: Day | None = fact("启用日期", "first day", note="Left out: it stands, and since when is not known.")
    closed_on: Day | None = fact("停用日期", "last day", note="Left out: it still stands.")

    @model_validator(mode="after")
    def _consistent(self) -> "Station":
        if self.opened_on and self.closed_on and self.closed_on < self.opened_on:
            raise FieldValueError("停用日期早于启用日期", "it closed before it opened")
        return self


class Session(Record):
    """An event such as a course or an afternoon for families 活动."""

    division: DivisionCode | None = fact("行政区划代码", "division")
    on: Day | None = fact("日期", "day")
    held: bool | None = fact("已举办", "was held", yes=("已举办", "was held"), no=("未举办", "was not held"))


@attrs.frozen
class TargetProgress:
    """How far a place is with a target on a day.

    ``low`` is what is sure, ``high`` what is possible; ``high`` is None where a whole list is missing. For a share both count
    communities out of ``of``; ``of`` is None where their list is missing or has none of the place, and for what is no share.
    """

    target: Target
    on: dt.date
    low: int
    high: int | None
    of: int | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached on the day; None where what is not known decides it."""
        if self._meets(self.low):
            return True
        return None if self.high is None or self._meets(self.high) else False

    def _meets(self, count: int) -> bool:
        if self.target.measure is not Measure.COMMUNITIES_COVERED:
            return count >= self.target.goal
        return self.of is not None and count * 100 >= self.target.goal * self.of

    @property
    def year_over(self) -> bool:
        """Whether the year is over: what is not reached then was missed."""
        return self.on > dt.date(self.target.year, 12, 31)

    @property
    def message(self) -> Text:
        """Where the place stands, in both languages."""
        place, measure = place_name(self.target.division), self.target.measure
        verdict = {
            True: Text("已达到", "reached"),
            False: Text("未达到", "missed") if self.year_over else Text("尚未达到", "not reached yet"),
            None: Text("有待核实，尚不能判断", "not known yet: something has to be found out"),
        }[self.reached]
        so_far = self._so_far()
        return Text(
            f"{place.zh}{self.target.year}年{measure.zh}：截至{self.on}为{so_far.zh}，目标{self.target.goal}，{verdict.zh}",
            f"{place.en}, {self.target.year}, {measure.en}: {so_far.en} by {self.on}, goal {self.target.goal}: {verdict.en}",
        )

    def _so_far(self) -> Text:
        out_of = Text("", "")
        if self.target.measure is Measure.COMMUNITIES_COVERED:
            out_of = Text("（村社区总数不详）", " (of an unknown number)") if self.of is None else same(f"/{self.of}")
        if self.high is None:
            return Text(f"至少{self.low}", f"at least {self.low}") + out_of
        if self.low == self.high:
            return same(str(self.low)) + out_of
        return Text(f"{self.low}至{self.high}", f"{self.low} to {self.high}") + out_of


def target_progress(
    targets: Iterable[Target],
    *,
    on: dt.date,
    plans: Collection[CarePlan] | None = None,
    stations: Collection[Station] | None = None,
    sessions: Collection[Session] | None = None,
    communities: Collection[str] | None = None,
) -> tuple[TargetProgress, ...]:
    """How far each place is with each target on a day, by what the files show until then.

    A community counts as covered where a station stands on the day or a session was held in the year: this library's reading,
    not law. A station of a whole township may or may not reach each community of it: that is not known.

    Args:
        targets: of any places and years.
        on: the day; what lies after it does not count.
        plans: visits are counted from their follow-ups that are done.
        stations, sessions: what is on file. A list that is left out is not known; an empty one says that there is none.
        communities: the codes of all villages and residents' committees (12 digits), the reference for the share.

    Raises:
        FieldValueError: a community's code is no division.
        NotADayError: ``on`` is no day: a text, say.
    """
    files = _Files(
        as_day(on, "on"),
        None if plans is None else tuple(plans),
        None if stations is None else tuple(stations),
        None if sessions is None else tuple(sessions),
        None if communities is None else tuple(sorted({check_division(code) for code in communities})),
    )
    return tuple(files.progress(target) for target in targets)


#: Whether something counts: surely, perhaps, or not.
_Counts = bool | None


@attrs.frozen
class _Files:
    on: dt.date
    plans: tuple[CarePlan, ...] | None
    stations: tuple[Station, ...] | None
    sessions: tuple[Session, ...] | None
    communities: tuple[str, ...] | None

    def progress(self, target: Target) -> TargetProgress:
        match target.measure:
            case Measure.STATIONS_OPENED:
                found = None if self.stations is None else self._opened(target, self.stations)
            case Measure.SESSIONS_HELD:
                found = None if self.sessions is None else self._held(target, self.sessions)
            case Measure.VISITS_MADE:
                found = None if self.plans is None else self._visits(target, self.plans)
            case Measure.COMMUNITIES_COVERED:
                return self._coverage(target)
        if found is None:
            return TargetProgress(target, self.on, 0, None)
        counted = list(found)
        return TargetProgress(target, self.on, counted.count(True), len(counted) - counted.count(False))

    def _opened(self, target: Target, stations: tuple[Station, ...]) -> Iterator[_Counts]:
        for each in stations:
            yield _both(_in_place(target.division, each.division), self._in_year(target.year, each.opened_on))

    def _held(self, target: Target, sessions: tuple[Session, ...]) -> Iterator[_Counts]:
        for each in sessions:
            yield _both(_in_place(target.division, each.division), self._took_place(target.year, each))

    def _visits(self, target: Target, plans: tuple[CarePlan, ...]) -> Iterator[_Counts]:
        for plan in plans:
            here = _in_place(target.division, plan.division)
            for each in plan.follow_ups:
                if each.kind is FollowUpKind.VISIT and each.state is FollowUpState.DONE:
                    yield _both(here, self._in_year(target.year, each.done_on))

    def _coverage(self, target: Target) -> TargetProgress:
        here = [code for code in self.communities or () if covers(target.division, code)]
        if not here:  # no list, or one that leaves this place out: how many there are is not known
            return TargetProgress(target, self.on, 0, None)
        found = [self._covered(target, code) for code in here]
        # A list that is missing may cover any community that the other does not.
        missing = self.stations is None or self.sessions is None
        possible = len(here) if missing else len(found) - found.count(False)
        return TargetProgress(target, self.on, found.count(True), possible, len(here))

    def _covered(self, target: Target, community: str) -> _Counts:
        ways = [
            *(_both(_in_place(community, each.division), self._stands(each)) for each in self.stations or ()),
            *(
                _both(_in_place(community, each.division), self._took_place(target.year, each))
                for each in self.sessions or ()
            ),
        ]
        return True if True in ways else None if None in ways else False

    def _in_year(self, year: int, day: dt.date | None) -> _Counts:
        if self.on < dt.date(year, 1, 1):
            return False
        return None if day is None else day.year == year and day <= self.on

    def _took_place(self, year: int, session: Session) -> _Counts:
        return _both(session.held, self._in_year(year, session.on))

    def _stands(self, station: Station) -> _Counts:
        opened = station.opened_on is None or station.opened_on <= self.on
        return opened and (station.closed_on is None or self.on <= station.closed_on)


def _both(first: _Counts, second: _Counts) -> _Counts:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _in_place(place: str, division: str | None) -> _Counts:
    """Whether something of a division lies in a place; perhaps, where the division is not known precisely enough."""
    if division is None:
        return None
    if covers(place, division):
        return True
    return None if covers(division, place) else False
