"""Which closed files may be erased on a day, and erasing them.

Used by the store. The facts that this library rests on name no time for which a file must be kept, so none is built in:
the county gives it, as an argument or as a parameter of its own pack. An erasure takes contents away and leaves the chain.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.casefile.chain.entries import Entry
from kinderguard.casefile.ending.closing import closing_of
from kinderguard.casefile.errors import StoreError
from kinderguard.casefile.moving.moves import MoveRefusedError
from kinderguard.casefile.moving.transfers import open_transfer
from kinderguard.model.codes import ClosingReason
from kinderguard.model.dates import add_months, as_day
from kinderguard.model.errors import suggestion
from kinderguard.model.text import Text
from kinderguard.rules.kinds import MONTHS

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore
    from kinderguard.packs.book import PolicyBook


class RetentionNotSetError(StoreError, ValueError):
    """No time is given for which files are kept, so nothing may be erased."""


@attrs.frozen
class Retention:
    """For how long a file is kept after it was closed, in whole months.

    Args:
        months: for every reason of closing, unless ``by_reason`` says otherwise; None where only that says it.
        by_reason: for some reasons.
        hold: refs that are kept whatever the time (a court case, an audit).

    Raises:
        RetentionNotSetError: no time at all, or one that is no whole number of months.
    """

    months: int | None = None
    by_reason: Mapping[ClosingReason, int] = attrs.field(factory=dict)
    hold: frozenset[str] = attrs.field(default=frozenset(), converter=frozenset)

    def __attrs_post_init__(self) -> None:
        times: list[Any] = [*([] if self.months is None else [self.months]), *self.by_reason.values()]
        if not times or any(type(t) is not int or t < 0 for t in times):
            raise RetentionNotSetError(
                Text(
                    "保存期限须由本地给出，为不小于 0 的整月数：Retention(months=…)；未查到全国统一的期限，本库不设默认值。",
                    "How long files are kept is for the county to say, in whole months: Retention(months=...). No national time "
                    "was found, and none is built in.",
                )
            )

    @classmethod
    def from_parameter(cls, book: "PolicyBook", code: str, division: str, day: dt.date) -> "Retention":
        """By a parameter of a county's pack, of the kind ``months``.

        Raises:
            RetentionNotSetError: there is no such parameter, it is not in months, or it has no value there on that day.
        """
        day = as_day(day, "day")
        known = book.overlay(division).rules.parameters
        parameter = known.get(code)
        value = None if parameter is None else parameter.at(division, day)
        if parameter is None or parameter.kind != MONTHS or value is None:
            near = suggestion(code, known) if parameter is None else Text("", "")
            raise RetentionNotSetError(
                Text(
                    f"{division} 在 {day} 没有以月为单位的参数 {code} 的值；请在本地规则包的参数文件中填写。{near.zh}",
                    f"{division} has no value of a parameter {code} in months on {day}; set it in the parameter file of the "
                    f"local pack.{near.en}",
                )
            )
        assert isinstance(value.value, int)
        return cls(months=value.value)

    def until(self, reason: ClosingReason, closed: dt.date) -> dt.date | None:
        """The first day on which a file that was closed may be erased; None where no time is given for its reason."""
        months = self.by_reason.get(reason, self.months)
        return None if months is None else add_months(as_day(closed, "closed"), months)


@attrs.frozen
class Erasable:
    """A closed file that may be erased.

    Attributes:
        ref: the file.
        closed_on: the day of leaving.
        reason: why it was closed.
        since: the first day on which it may be erased.
    """

    ref: str
    closed_on: dt.date
    reason: ClosingReason
    since: dt.date


def erasable(
    store: "CaseStore", keep: Retention, *, today: dt.date | None = None, division: str | None = None
) -> tuple[Erasable, ...]:
    """The closed files whose time is over, those on hold left out.

    Args:
        store: the files.
        keep: for how long they are kept.
        today: the day; the store's, if left out.
        division: only the files of this division (a prefix).
    """
    day = store._day(today, "today")
    candidates = store.refs(division, open=False, at=day)
    found = (_erasable(ref, store.entries(ref), keep, day) for ref in candidates if ref not in keep.hold)
    return tuple(e for e in found if e is not None)


def _erasable(ref: str, entries: Iterable[Entry], keep: Retention, day: dt.date) -> Erasable | None:
    entries = list(entries)
    # A reopening that is already written, for a later day, keeps the file.
    closing = closing_of(entries)
    if closing is None or closing.on > day or open_transfer(entries) is not None:
        return None
    since = keep.until(closing.reason, closing.on)
    return Erasable(ref, closing.on, closing.reason, since) if since is not None and since <= day else None


def erase_expired(
    store: "CaseStore", keep: Retention, *, by: str, today: dt.date | None = None, division: str | None = None
) -> tuple[Erasable, ...]:
    """Erase the closed files whose time is over, and say which. The chain of entries stays valid.

    A file of which another division is in charge than that of ``by`` is left to that one, and is not among those erased.

    Args:
        store, keep, today, division: as for ``erasable``.
        by: the code of the user, never a name.
    """
    erased = []
    for each in erasable(store, keep, today=today, division=division):
        try:
            store.erase(each.ref, reason=f"retention: closed {each.closed_on}, kept until {each.since}", by=by)
        except MoveRefusedError:
            continue
        erased.append(each)
    return tuple(erased)
