"""Situations of parents: dated, with an end or without, now and then over or still to come, and partly known."""

import datetime as dt
from collections.abc import Iterator

import attrs
import numpy as np

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.chance import Chance, Ints
from kinderguard.analysis.synthetic.families import Families
from kinderguard.analysis.synthetic.shares import Shares, SituationSpec
from kinderguard.model.codes import SituationKind

#: Nothing is said to have happened after this day and after the day of the assessment: the model refuses a future.
LAST_EVENT = d.number(dt.date(2025, 12, 31))
#: What a parent does not come back from.
GONE = (SituationKind.DEAD, SituationKind.DECLARED_DEAD, SituationKind.DECLARED_MISSING)


@attrs.frozen(eq=False)
class _Drawn:
    """Situations of one kind: the household of each, and their dates. A term of -1 is none."""

    kind: str
    owner: Ints
    since: Ints
    until: Ints
    ongoing: Ints
    term: Ints


@attrs.frozen(eq=False)
class Situations:
    """One parent's situations in every household, and since when that parent is gone (``days.UNKNOWN``: is not)."""

    lists: c.Lookup
    gone_since: Ints


def draw_situations(chance: Chance, shares: Shares, families: Families, parent: Ints, who: str) -> Situations:
    """The situations of ``who`` (father or mother), whose state in each household is ``parent``."""
    drawn = [*_by_state(chance, shares, families, parent, who), _over(chance, shares, families, parent, who)]
    gone_since = np.full(len(families), d.UNKNOWN, dtype=np.int64)
    for some in drawn:
        if some.kind in GONE:
            gone_since[some.owner] = some.since
    recorded = families.of_states(parent, "is_recorded")
    return Situations(_lists(chance, shares, drawn, who, len(families)).forgetting(~recorded), gone_since)


def _by_state(chance: Chance, shares: Shares, families: Families, parent: Ints, who: str) -> Iterator[_Drawn]:
    for number, state in enumerate(families.states):
        if state.situations:
            owner = np.flatnonzero(parent == number)
            for spec in state.situations:
                label = f"{who} {state.name} {spec.kind}"
                yield _of_spec(chance, shares, spec, owner, families.youngest[owner], families.day, label)


def _of_spec(
    chance: Chance, shares: Shares, spec: SituationSpec, owner: Ints, youngest: Ints, day: int, label: str
) -> _Drawn:
    """It began after the birth of the youngest child, so many whole months ago and perhaps some days more."""
    count, today = len(owner), np.full(len(owner), day)
    low, high = spec.began
    lived = np.maximum(low, np.minimum(high, d.months_until(youngest, day) - 1)) if low >= 0 else np.full(count, high)
    began = chance.between(f"{label} began", np.full(count, low), lived)
    on_the_day = chance.happens(f"{label} on the day", shares.share("situations.on_the_day"), count)
    more = np.where(on_the_day, 0, chance.between(f"{label} days", 1, 27, count))
    since = d.add_months(today, -began) - more
    since = np.maximum(since, youngest) if low >= 0 else np.where(since > max(day, LAST_EVENT), day, since)
    if spec.left is None:
        nothing = np.full(count, -1)
        return _Drawn(spec.kind, owner, since, np.full(count, d.UNKNOWN), _still(since, day), nothing)
    term = began + chance.between(f"{label} left", *spec.left, count)
    until = d.add_months(since, term)
    ongoing = np.where(until < day, 0, _still(since, day))
    return _Drawn(spec.kind, owner, since, until, ongoing, term)


def _still(since: Ints, day: int) -> Ints:
    """Still holds, where it has begun; nobody says so of what is to come."""
    return np.where(since > day, -1, 1)


def _over(chance: Chance, shares: Shares, families: Families, parent: Ints, who: str) -> _Drawn:
    """Parents at home who were away for work earlier."""
    home = families.is_in(parent, "home")
    owner = np.flatnonzero(
        home & chance.happens(f"{who} was away", shares.share("situations.ended_before"), len(families))
    )
    low, high = shares.span("situations.ended_before", "months")
    ago = chance.between(f"{who} came back", low, high, len(owner))
    until = d.add_months(np.full(len(owner), families.day), -ago)
    since = d.add_months(until, -chance.between(f"{who} was away for", 1, high, len(owner)))
    nothing = np.full(len(owner), -1)
    return _Drawn(SituationKind.AWAY_FOR_WORK, owner, since, until, np.zeros(len(owner), dtype=np.int64), nothing)


def _lists(chance: Chance, shares: Shares, drawn: list[_Drawn], who: str, size: int) -> c.Lookup:
    owner = np.concatenate([some.owner for some in drawn])
    order = np.argsort(owner, kind="stable")
    kind = np.concatenate([np.full(len(some.owner), c.place_in(SituationKind, some.kind)) for some in drawn])

    def joined(name: str) -> Ints:
        return np.concatenate([getattr(some, name) for some in drawn])[order].astype(np.int64)

    def partly(name: str, column: c.Column) -> c.Column:
        lost = chance.happens(f"{who} situation {name}", shares.share("unknown.within_records"), len(order))
        return column.forgetting(lost)

    fields = {
        "kind": c.codes_of(SituationKind, kind[order]),
        "since": partly("since", c.Days(joined("since"))),
        "until": partly("until", c.Days(joined("until"))),
        "ongoing": partly("ongoing", c.yes_or_no(joined("ongoing"))),
        "term_months": partly("term", c.Numbers(joined("term"))),
    }
    return c.record_lists(owner[order], fields, size)
