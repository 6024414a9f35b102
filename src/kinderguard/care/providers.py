"""Providers 服务组织评价: what each promised, delivered, delivered on time, what came of it and what families say.

Callers bring deliveries (from plans, or records of their own) and a day. Every share stands with the number of cases
behind it and with its uncertainty (the Wilson interval); what is not known is counted beside the share, never as a "no".
An organisation with few cases is shown and not ranked. A score is a reason to talk, not a verdict on anybody.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from math import sqrt

import attrs

from kinderguard.casefile.care.fields import CodeName, Day
from kinderguard.casefile.care.plans import CarePlan, Outcome, ServiceState
from kinderguard.model.dates import as_day
from kinderguard.model.errors import ToldError
from kinderguard.model.record import Record, fact
from kinderguard.model.text import Text, same
from kinderguard.packs.need_rules import Service

#: Below this many cases nobody is ranked: this library's default, not law.
MINIMUM_CASES = 10
#: The normal quantile of an interval that covers 95 of 100.
Z_95 = 1.959963984540054


class TooSmallMinimumError(ToldError, ValueError):
    """A minimum of cases with which anybody would be ranked."""


class Delivery(Record):
    """One promise of an organisation and what became of it 履约记录."""

    organisation: CodeName = fact("组织编号", "code of the organisation", default=..., note="Never a person's name.")
    service: Service = fact("服务", "service", default=...)
    state: ServiceState = fact("状态", "state", default=ServiceState.PROMISED)
    by: Day | None = fact("期限", "by when")
    delivered_on: Day | None = fact("提供日期", "day it was delivered")
    outcome: Outcome | None = fact("成效", "outcome")
    satisfied: bool | None = fact(
        "家庭满意",
        "the family is satisfied",
        yes=("家庭满意", "the family is satisfied"),
        no=("家庭不满意", "it is not"),
    )


def deliveries_of(plans: Iterable[CarePlan]) -> tuple[Delivery, ...]:
    """What plans record of promises. A service that nobody promised yet is nobody's delivery."""
    return tuple(
        Delivery(
            organisation=each.organisation,
            service=each.service,
            state=each.state,
            by=each.by,
            delivered_on=each.delivered_on,
            outcome=each.outcome,
            satisfied=each.satisfied,
        )
        for plan in plans
        for each in plan.services
        if each.organisation is not None and each.state not in (ServiceState.PLANNED, ServiceState.CANCELLED)
    )


@attrs.frozen
class Share:
    """How many of how many, with the Wilson interval of the share (95 %), and of how many more it is not known.

    ``value``, ``low`` and ``high`` are shares from 0 to 1; without a case ``value`` is None and the interval is everything.

    >>> share = Share(8, 10)
    >>> share.value, round(share.low, 3), round(share.high, 3)
    (0.8, 0.49, 0.943)
    """

    count: int
    of: int
    unknown: int = 0

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.count <= self.of or self.unknown < 0:
            raise ValueError(f"A share counts some of all: {self.count} of {self.of}, {self.unknown} unknown.")

    @property
    def value(self) -> float | None:
        """The share; None where there is no case."""
        return self.count / self.of if self.of else None

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self._interval[0]

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self._interval[1]

    @property
    def _interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        n, p, square = self.of, self.count / self.of, Z_95 * Z_95
        middle = (p + square / (2 * n)) / (1 + square / n)
        half = Z_95 / (1 + square / n) * sqrt(p * (1 - p) / n + square / (4 * n * n))
        # The ends are exact where all or none count; rounding must not move them beyond the share itself.
        low = 0.0 if self.count == 0 else min(max(0.0, middle - half), p)
        high = 1.0 if self.count == n else max(min(1.0, middle + half), p)
        return low, high

    @property
    def text(self) -> Text:
        """As it is printed: the share, the interval, the number of cases, and how many are not known."""
        if self.value is None:
            shown = Text("尚无个案", "no case yet")
        else:
            interval = f"{self.low:.0%}–{self.high:.0%}"
            shown = Text(
                f"{self.value:.0%}（{interval}；{self.of}例）", f"{self.value:.0%} ({interval}; {self.of} cases)"
            )
        more = Text(f"，另有{self.unknown}例不详", f", {self.unknown} more not known") if self.unknown else same("")
        return shown + more


@attrs.frozen
class ProviderScore:
    """What one organisation did until a day.

    ``promised`` counts all promises, ``waiting`` those whose day has not passed (or that have none) and that are neither
    delivered nor failed: they count in no share.
    """

    organisation: str
    until: dt.date
    promised: int
    waiting: int
    delivered: Share
    on_time: Share
    better: Share
    satisfied: Share

    @property
    def cases(self) -> int:
        """The number of promises that came due: what the ranking rests on."""
        return self.delivered.of


def score(deliveries: Iterable[Delivery], *, until: dt.date) -> tuple[ProviderScore, ...]:
    """What each organisation promised and did until a day (included), by organisation; in order of their codes.

    * delivered: of the promises that came due (delivered, recorded as not delivered, or past their day).
    * on time: of those whose day to come is known; delivered on that day or before. One delivered on a day that nobody
      recorded is unknown; one not delivered is not on time.
    * better: of what was delivered, where the outcome is recorded: met or partly.
    * satisfied: of what was delivered, where the family was asked.

    Args:
        deliveries: promises and what became of them. What was planned or cancelled is no promise.
        until: the day; a delivery recorded after it is not counted as delivered yet.
    """
    until = as_day(until, "until")
    by_organisation: dict[str, list[Delivery]] = {}
    for each in deliveries:
        if each.state not in (ServiceState.PLANNED, ServiceState.CANCELLED):
            by_organisation.setdefault(each.organisation, []).append(each)
    return tuple(_score(name, by_organisation[name], until) for name in sorted(by_organisation))


def _score(organisation: str, promises: Sequence[Delivery], until: dt.date) -> ProviderScore:
    done = [each for each in promises if _is_delivered(each, until)]
    failed = [each for each in promises if not _is_delivered(each, until) and _is_due(each, until)]
    dated = [each for each in done if each.by is not None]
    in_time = [each for each in dated if each.delivered_on is not None and each.by and each.delivered_on <= each.by]
    known = [each for each in dated if each.delivered_on is not None]
    judged = [each for each in done if each.outcome is not None]
    asked = [each for each in done if each.satisfied is not None]
    late = [each for each in failed if each.by is not None]
    return ProviderScore(
        organisation,
        until,
        promised=len(promises),
        waiting=len(promises) - len(done) - len(failed),
        delivered=Share(len(done), len(done) + len(failed)),
        on_time=Share(
            len(in_time),
            len(known) + len(late),
            (len(done) - len(known)) + (len(failed) - len(late)),
        ),
        better=Share(
            sum(each.outcome in (Outcome.MET, Outcome.PARTLY) for each in judged), len(judged), len(done) - len(judged)
        ),
        satisfied=Share(sum(each.satisfied is True for each in asked), len(asked), len(done) - len(asked)),
    )


def _is_delivered(each: Delivery, until: dt.date) -> bool:
    return each.state is ServiceState.DELIVERED and (each.delivered_on is None or each.delivered_on <= until)


def _is_due(each: Delivery, until: dt.date) -> bool:
    return each.state is ServiceState.NOT_DELIVERED or (each.by is not None and each.by < until)


@attrs.frozen
class Ranked:
    """An organisation's place by what it delivered, or why it has none."""

    score: ProviderScore
    #: 1 is the best; organisations that cannot be told apart share a place. None: not ranked.
    rank: int | None
    said: Text


def ranked(scores: Iterable[ProviderScore], *, minimum: int = MINIMUM_CASES) -> tuple[Ranked, ...]:
    """Organisations by the lower end of the interval of what they delivered: few cases earn no high place by luck.

    Those with fewer than ``minimum`` promises that came due stand last, in order of their codes, without a place.

    Args:
        scores: as ``score`` gives them.
        minimum: the fewest cases with which an organisation is ranked.

    Raises:
        TooSmallMinimumError: the minimum is below 1.
    """
    if minimum < 1:
        raise TooSmallMinimumError(
            Text(f"最少个案数须为1以上，不能是{minimum}。", f"The minimum is 1 case or more, not {minimum}.")
        )
    given = list(scores)
    enough = sorted((s for s in given if s.cases >= minimum), key=lambda s: (-s.delivered.low, s.organisation))
    few = sorted((s for s in given if s.cases < minimum), key=lambda s: s.organisation)
    lows = [s.delivered.low for s in enough]
    return (
        *(Ranked(s, 1 + lows.index(s.delivered.low), Text("按履约率区间下限排名", "by the lower end of its share")) for s in enough),
        *(Ranked(s, None, _too_few(s, minimum)) for s in few),
    )  # fmt: skip


def _too_few(one: ProviderScore, minimum: int) -> Text:
    return Text(
        f"到期个案{one.cases}例，不足{minimum}例，不参加排名",
        f"{one.cases} cases came due, fewer than {minimum}: not ranked",
    )
