"""What a file says now of days that are past: a fact may state a day that lies before the one from which it counts.

Used where it is told what was overpaid. A list of September that gives a father's release as of 20 June counts from the
list's day, but July and August are known now to have been months without him in prison. So of a parent's situations their
stated ends, and where one ended what began since with a day of its own, of a death its day, and a birth date that is another
now are taken back to the days that they speak of; nothing else is, and the file itself stays as it is. A closing that names
a release, the end of detoxification or a parent who was found does so as well, until the file is opened again.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from kinderguard.casefile.ending.closing import ClosedSpan
from kinderguard.casefile.facts import case_of, title_of
from kinderguard.casefile.history import Holding, Stated, stated_on, turning_days, values
from kinderguard.casefile.situations import SITUATIONS, has_ended, is_dead, same_one
from kinderguard.model.codes import ClosingReason, SituationKind
from kinderguard.model.dates import PartialDate
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.text import Text

_ONE_DAY = dt.timedelta(days=1)
#: What an ID says together: of one that was corrected, nothing of the old one is left.
_BORN = ("child.birth_date", "child.resident_id", "child.sex")
#: By the reason of a closing, the situations of a parent that it ends.
_ENDED = {
    ClosingReason.PARENT_RELEASED: (SituationKind.IMPRISONED, SituationKind.OTHER_RESTRICTION),
    ClosingReason.DETOX_COMPLETED: (SituationKind.COMPULSORY_DETOX,),
    ClosingReason.PARENT_FOUND: (SituationKind.LOST_CONTACT, SituationKind.DECLARED_MISSING),
}


@attrs.frozen
class Late:
    """What is known otherwise now of some days.

    Attributes:
        held: what holds on them.
        since: since when that is so, also where the file knows nothing else of that day; None where no day is stated.
        why: how it came to be known.
    """

    held: Holding
    since: dt.date | None
    why: Text


@attrs.frozen
class Hindsight:
    """What a file holds, with what it says now of past days.

    Attributes:
        held: as ``holdings`` gives it, with what is known otherwise now.
        late: what is known otherwise.
    """

    held: list[Holding]
    late: tuple[Late, ...] = ()

    def because(self, days: Sequence[dt.date]) -> tuple[Text, ...]:
        """How what holds on some days came to be known late."""
        return tuple(dict.fromkeys(each.why for each in self.late if any(map(each.held.covers, days))))

    def since(self, day: dt.date) -> dt.date:
        """Since when what is known late of a day is so: a day that may lie before all that the file knows; else the day."""
        days = [each.since for each in self.late if each.since is not None and each.held.covers(day)]
        return min([day, *days])


def readings(held: list[Holding], closed: Sequence[ClosedSpan]) -> tuple[Hindsight, ...]:
    """What is known now of past days; of a closing that may be of the one parent or of the other, one reading for each.

    Args:
        held: what ``holdings`` gives.
        closed: the closings of the file. What one says counts until the file was opened again.
    """
    if not held:
        return (Hindsight(held),)
    late = [each for path in SITUATIONS for each in _situations(held, path)]
    found = [_with(held, [*late, *_births(held)])]
    for span in closed:
        if span.closing.happened_on is not None and span.closing.reason in _ENDED:
            found = [each for before in found for each in _with_closing(before, span)]
    return tuple(found)


def _with_closing(before: Hindsight, span: ClosedSpan) -> Iterator[Hindsight]:
    """A reading with what a closing says, for each parent of whom it may speak."""
    said = [ended for path in SITUATIONS if (ended := list(_closed(before.held, path, span)))]
    yield from (_with(before.held, ended, before.late) for ended in said)
    if not said:
        yield before


def _with(held: list[Holding], late: Sequence[Late], before: Sequence[Late] = ()) -> Hindsight:
    """Put what is known late before what was said of the same days; what makes no case there is left out."""
    fitting = [each for each in late if _fits(held, each.held)]
    # Of one day, the sort leaves in place what was written before, so that what is known late goes before it.
    everything = sorted([*held, *(each.held for each in fitting)], key=lambda each: each.valid_from)
    return Hindsight(everything if fitting else held, (*before, *fitting))


def _fits(held: list[Holding], late: Holding) -> bool:
    try:
        case_of("hindsight", values(stated_on(held, late.valid_from) | dict(late.facts)))
    except InvalidRecordError:
        return False
    return True


def _spans(held: list[Holding], more: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date | None]]:
    """The spans in which what holds stays, cut at further days."""
    start = held[0].valid_from
    firsts = sorted({*turning_days(held, start), *(day for day in more if day > start)})
    for place, first in enumerate(firsts):
        yield first, firsts[place + 1] - _ONE_DAY if place + 1 < len(firsts) else None


# ---- what the facts say --------------------------------------------------------------------------------------------


def _situations(held: list[Holding], path: str) -> Iterator[Late]:
    """The days on which a parent's situations were others than was said of them, by what was said later."""
    told = [each for each in held if path in each.facts and each.facts[path].value is not None]
    if not told or told[0] is told[-1]:
        return
    turns = [day for each in told for situation in each.facts[path].value for day in _turns(situation)]
    for first, last in _spans(held, turns):
        stated = stated_on(held, first).get(path)
        after = [each for each in told if each.valid_from > first]
        if not after:
            return
        found, by, since = _as_known_now(None if stated is None else stated.value, path, after, first)
        if by is not None:
            said = {path: Stated(found, by.facts[path].entry, by.facts[path].first)}
            yield Late(Holding(by.number, first, last, said), since, _stated_late(path, by))


def _turns(situation: Mapping[str, Any]) -> Iterator[dt.date]:
    if situation.get("until") is not None:
        yield _next(PartialDate.of(situation["until"]).latest)
    if situation.get("since") is not None:
        since = PartialDate.of(situation["since"])
        yield from (since.earliest, since.latest)


def _next(day: dt.date) -> dt.date:
    return day if day == dt.date.max else day + _ONE_DAY


def _as_known_now(
    value: Sequence[Mapping[str, Any]] | None, path: str, after: Sequence[Holding], day: dt.date
) -> tuple[list[Mapping[str, Any]], Holding | None, dt.date | None]:
    """The situations of a parent on a day by what was said later, the entry that says otherwise, and since when that is so;
    None where none does.
    """
    found: list[Mapping[str, Any]] = []
    by, since = None, None
    for situation in value or ():
        said = ((each, same_one(situation, each.facts[path].value)) for each in reversed(after))
        # The last that was said of it counts: an end that was taken back later is none.
        holding, last = next(((each, one) for each, one in said if one is not None), (None, None))
        until = last.get("until") if last is not None and has_ended(last, day) else None
        ends = until is not None and not has_ended(situation, day)
        found.append(_ending(situation, str(until)) if ends else situation)
        by, since = (holding, _next(PartialDate.of(until).latest)) if ends else (by, since)
    newest = after[-1]
    dead = next((each for each in newest.facts[path].value if is_dead(each)), None)
    if dead is not None and not any(map(is_dead, found)) and _was_so(dead, day):
        return [*found, dead], newest, PartialDate.of(dead["since"]).latest
    # Whoever states an end may state what began since, with its own day: both are known of the days between. What was said before
    # the last word on the end was said anew by it.
    return found if by is None else [*found, *_begun(found, path, after[after.index(by) :], day)], by, since


def _begun(
    known: Sequence[Mapping[str, Any]], path: str, after: Sequence[Holding], day: dt.date
) -> Iterator[Mapping[str, Any]]:
    """The other situations of a parent that had begun by a day, and lasted on it, by the last that was said later of each."""
    seen = list(known)
    for holding in reversed(after):
        said = holding.facts[path].value
        for each in said:
            if not any(same_one(each, [other]) for other in seen) and _lasted(each, day):
                yield each if each.get("until") is None else _ending(each, str(each["until"]))
        seen += said


def _lasted(situation: Mapping[str, Any], day: dt.date) -> bool:
    """Whether a situation has a first day of its own and may have lasted on a day; a death is no such situation."""
    since, until = situation.get("since"), situation.get("until")
    if since is None or is_dead(situation) or PartialDate.of(since).earliest > day:
        return False
    return situation.get("ongoing") is not False if until is None else PartialDate.of(until).latest >= day


def _was_so(situation: Mapping[str, Any], day: dt.date) -> bool:
    return situation.get("since") is not None and PartialDate.of(situation["since"]).latest <= day


def _ending(situation: Mapping[str, Any], until: str) -> Mapping[str, Any]:
    return {name: value for name, value in situation.items() if name != "ongoing"} | {"until": until}


def _births(held: list[Holding]) -> Iterator[Late]:
    """The days on which another birth date was thought to be the child's than now."""
    path = _BORN[0]
    told = [each for each in held if path in each.facts and each.facts[path].value is not None]
    if not told or all(each.facts[path].value == told[-1].facts[path].value for each in told):
        return
    now = {each: stated for each, stated in stated_on(held, held[-1].valid_from).items() if each in _BORN}
    if path not in now or now[path].value is None:
        return
    for first, last in _spans(held, ()):
        stated = stated_on(held, first)
        if path in stated and stated[path].value not in (None, now[path].value):
            yield Late(Holding(told[-1].number, first, last, now), None, _stated_late(path, told[-1]))


# ---- what a closing says -------------------------------------------------------------------------------------------


def _closed(held: list[Holding], path: str, span: ClosedSpan) -> Iterator[Late]:
    """The days on which a parent's situation had ended by what a closing says, until the file was opened again."""
    closing, until = span.closing, span.reopened_on
    assert closing.happened_on is not None
    start, kinds = _next(closing.happened_on), {kind.value for kind in _ENDED[closing.reason]}
    for first, last in _spans(held, [start] if until is None else [start, until]):
        stated = stated_on(held, first).get(path)
        if first < start or (until is not None and first >= until) or stated is None or stated.value is None:
            continue
        if stated.entry > closing.entry:
            continue  # what was said once the file was open again counts
        found = [
            _ending(each, closing.happened_on.isoformat())
            if each.get("kind") in kinds and not has_ended(each, first) and _began(each, closing.happened_on)
            else each
            for each in stated.value
        ]
        if found != list(stated.value):
            said = {path: Stated(found, closing.entry, closing.entry)}
            yield Late(Holding(closing.entry, first, last, said), start, _STATED_BY_CLOSING)


def _began(situation: Mapping[str, Any], day: dt.date) -> bool:
    return situation.get("since") is None or PartialDate.of(situation["since"]).earliest <= day


def _stated_late(path: str, by: Holding) -> Text:
    title, number = title_of(path), by.facts[path].entry
    return Text(
        f"{title.zh}：第 {number} 条自 {by.valid_from} 起计，但所写的日期更早，此前各月据以重新计算",
        f"{title.en}: entry {number} counts from {by.valid_from} on, but it states an earlier day, by which the months before are "
        "reckoned anew",
    )


_STATED_BY_CLOSING = Text(
    "结案登记的退出原因及其日期早于所付月份",
    "the file was closed for a reason whose day lies before months that were paid",
)
