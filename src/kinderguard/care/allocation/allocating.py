"""Matching needs with offers 资源分配. Called by whoever plans the help of a county or a city; needs the extra ``[care]``.

It puts what is asked in order and gives back a proposal with its reasons. It promises nothing and writes nothing. What
computes is loaded when it is called, and not before.
"""

import datetime as dt
from collections.abc import Iterable

from kinderguard.care.allocation.asking import (
    AllocationError,
    Distances,
    Limits,
    Objective,
    TwiceError,
    check_distances,
    level_of,
    needing_extra,
)
from kinderguard.care.allocation.result import Allocation, Asked
from kinderguard.care.offers import Offer
from kinderguard.casefile.care.needs import Need
from kinderguard.model.dates import as_day
from kinderguard.model.errors import suggestion
from kinderguard.model.progress import FEW, Progress, bar_wanted, told
from kinderguard.model.text import Text


def allocate(
    needs: Iterable[Need],
    offers: Iterable[Offer],
    *,
    on: dt.date,
    objective: Objective | None = None,
    limits: Limits | None = None,
    distances: Distances | None = None,
    progress: bool | Progress | None = None,
) -> Allocation:
    """Who is to serve which need: the most urgent first, fair between places, near, by organisations that the child knows.

    Each need is served once at most. Only what ``fit`` says may be matched is; where something is not known, the allotment
    says what to find out first. The same needs and offers give the same allocation, in whatever order they come.

    Args:
        needs: of any number of children. Needs without services are for the authorities and are left to them.
        offers: what can be done. A capacity counts needs served at one time, whatever the days of the week.
        on: the day on which offers must stand.
        objective: what is best; see ``Objective``.
        limits: what is never exceeded; see ``Limits``.
        distances: kilometres known from elsewhere, by (file number of the child or code of its division, code of the offer);
            a child's own go before its division's, and both before the straight line on the map.
        progress: a bar (True), nothing (False), or a function that is called with (steps done, steps in all); if left out, a
            bar where there is much to do.

    Raises:
        AllocationError: a distance that is none, or a limit of an organisation that offers nothing.
        TwiceError: two needs of one child with one code, or two offers of one code.
        MissingExtraError: highspy is not installed.
        SolverError: the solver gave no proved answer in the time allowed.
    """
    check_distances(distances)
    asked = Asked(
        tuple(sorted(needs, key=_need_order)),
        tuple(sorted(offers, key=lambda offer: offer.code)),
        as_day(on, "on"),
        objective or Objective(),
        limits or Limits(),
        distances,
    )
    _each_once(asked)
    _known_organisations(asked)
    with needing_extra():
        from kinderguard.care.allocation.computing import STEPS, computed
    with told(bar_wanted(progress, len(asked.needs), FEW), 0, STEPS, Text("匹配", "allocating")) as tell:
        return computed(asked, tell)


def _need_order(need: Need) -> tuple[int, str, str, str]:
    """By level, file number and code; what the same child needs twice without a file number, by all that is known of it."""
    return level_of(need), need.ref or "", need.code, "" if need.ref else need.to_json()


def _known_organisations(asked: Asked) -> None:
    """A limit of nobody would be kept without a word: most often it is misspelt."""
    known = sorted({offer.organisation for offer in asked.offers})
    for code in asked.limits.per_organisation:
        if code not in known:
            raise AllocationError(
                Text(
                    f"设有限额的组织 {code!r} 没有任何供给；请改正编号，或去掉此限额。",
                    f"The organisation {code!r} has a limit and no offer: correct its code, or leave the limit out.",
                )
                + suggestion(code, known)
            )


def _each_once(asked: Asked) -> None:
    keys = set()
    for need in asked.needs:
        if need.ref is not None and need.key in keys:
            raise TwiceError.of("同一儿童的同一需求", "need of one child", f"{need.ref}, {need.code}")
        keys.add(need.key)
    for before, offer in zip(asked.offers, asked.offers[1:], strict=False):
        if before.code == offer.code:
            raise TwiceError.of("供给编号", "code of an offer", offer.code)
