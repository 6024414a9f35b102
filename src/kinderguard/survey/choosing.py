"""One fact of one child: what each list says of it, which value is taken, and by which rule.

Called by ``building`` for each fact. A blank takes no part; values that differ only in exactness are no disagreement;
what no rule can tell apart stays open, and then only what the lists agree on is taken. No value is written into a text.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from kinderguard.model.dates import PartialDate
from kinderguard.model.text import Text, join, same
from kinderguard.rules.titles import fact_title
from kinderguard.survey.facts import shown
from kinderguard.survey.keys import RowKey
from kinderguard.survey.sources import Source
from kinderguard.survey.trust import ChosenBy, Prefer, TrustRule
from kinderguard.survey.values import APART, agreed, joined, union


@attrs.frozen
class Sourced:
    """What one row says of a fact: the value, the list, the row, the day of the list, and whether it was taken.

    ``chosen`` is true where the child's case has this value, or a finer one that does not contradict it.
    """

    value: Any = attrs.field(repr=False)
    source: str
    row: RowKey
    as_of: dt.date
    chosen: bool
    path: str = attrs.field(repr=False, default="")

    def __repr__(self) -> str:
        taken = "chosen" if self.chosen else "not chosen"
        return f"<Sourced {shown(self.path, self.value)} from {self.row} as of {self.as_of}, {taken}>"


@attrs.frozen
class Disagreement:
    """Rows of one child that contradict each other about a fact, and by which rule a value was taken, if any.

    Attributes:
        ref: the child's.
        path: the fact.
        values: what each row says.
        reason: by which rule; None where a person must decide.
        contradicts: facts that this one cannot stand beside (a disability's kind and grade), where that is the matter.
        departments: who keeps each list, by its code.
    """

    ref: str
    path: str
    values: tuple[Sourced, ...] = attrs.field(repr=False)
    reason: ChosenBy | None
    contradicts: tuple[str, ...] = ()
    departments: Mapping[str, Text] = attrs.field(factory=dict, repr=False, eq=False)
    #: What packs' and lists' own facts are called.
    titles: Mapping[str, Text] = attrs.field(factory=dict, repr=False, eq=False)

    @property
    def title(self) -> Text:
        """What the fact is called."""
        return fact_title(self.path, self.titles)

    @property
    def is_open(self) -> bool:
        """Whether a person must decide."""
        return self.reason is None

    @property
    def rows(self) -> tuple[RowKey, ...]:
        """The rows that say something."""
        return tuple(v.row for v in self.values)

    @property
    def overruled(self) -> tuple[Sourced, ...]:
        """What newer lists say, where the order of trust took an older list's word."""
        if self.reason is not ChosenBy.ORDER:
            return ()
        newest = max((v.as_of for v in self.values if v.chosen), default=dt.date.max)
        return tuple(v for v in self.values if not v.chosen and v.as_of > newest)

    @property
    def text(self) -> Text:
        """What the matter is, in both languages, without any value."""
        title = self.title
        if self.contradicts:
            others = join([fact_title(path, self.titles) for path in self.contradicts])
            head = title + Text(
                f"与{others.zh}不能同时成立，按未知处理", f" cannot stand beside {others.en}; taken as unknown"
            )
            if self.reason is None:
                return head + Text("；请核对后改正名单", "; check both and mend a list")
            return head + Text(f"（{self.reason.zh}）", f" ({self.reason.en})")
        head = title + self._differing
        if self.reason is None:
            return head + Text("，请决定以哪一行为准", "; decide which row counts")
        if self.reason is ChosenBy.ALL:
            return head + Text(f"；{self.reason.zh}", f"; {self.reason.en}")
        names = (self._who(v) if self._lists > 1 else same(str(v.row)) for v in self.values if v.chosen)
        taken = join(list(dict.fromkeys(names)))
        return head + Text(f"；取{taken.zh}的值（{self.reason.zh}）", f"; taken from {taken.en} ({self.reason.en})")

    @property
    def _lists(self) -> int:
        return len({v.source for v in self.values})

    @property
    def _differing(self) -> Text:
        """Who contradicts whom: lists, or the rows of one list."""
        who, rows = join(list(dict.fromkeys(self._who(v) for v in self.values))), len(self.values)
        if self._lists > 1:
            return Text(f"：{who.zh}不一致", f": {who.en} differ")
        return Text(f"：{who.zh}同一名单的 {rows} 行不一致", f": {rows} rows of one list ({who.en}) differ")

    def _who(self, said: Sourced) -> Text:
        return self.departments.get(said.source, same(said.source))


@attrs.frozen
class Said:
    """What a row says of a fact, before anything is chosen."""

    key: RowKey
    source: Source
    value: Any


@attrs.frozen
class Taken:
    """A person's decision on a fact: the row whose value counts, and the rows that were seen when it was decided."""

    row: RowKey
    seen: frozenset[RowKey]


@attrs.frozen
class Choice:
    """What was chosen for a fact. ``value`` is None where nothing can be taken."""

    value: Any
    said: tuple[Said, ...]
    chosen: tuple[bool, ...]
    disagrees: bool = False
    reason: ChosenBy | None = None
    #: Whether a person's decision could not be followed, since a row says otherwise that was not seen then.
    reopened: bool = False


@attrs.define
class _Camp:
    """Rows that do not contradict each other, and what they say together."""

    value: Any
    said: list[tuple[tuple[int, ...], Said]]


def choose(
    path: str,
    said: Sequence[Said],
    rule: TrustRule,
    *,
    fits_id: Callable[[Any], bool] | None = None,
    taken: Taken | None = None,
) -> Choice:
    """Choose a value.

    Args:
        path: the fact.
        said: what the rows say; at least one, no blanks.
        rule: whose word counts.
        fits_id: of a birth date or a sex, whether it agrees with the resident ID that the child has.
        taken: what a person decided.
    """
    first = said[0].value
    if all(s.value == first for s in said[1:]):  # by far the most: nothing to weigh
        return Choice(first, tuple(said), (True,) * len(said))
    newest = max(s.source.as_of for s in said)
    weighed = sorted(
        (((int(fits_id is not None and not fits_id(s.value)), *rule.worth(s.source, newest)), s) for s in said),
        key=lambda w: (w[0], w[1].key),
    )
    camps = _camps(path, weighed)
    ordered = tuple(s for _, s in weighed)
    if len(camps) == 1:
        return Choice(camps[0].value, ordered, (True,) * len(ordered))
    reopened = False
    if taken is not None:
        decided = _decided(path, camps, taken)
        if decided is not None:
            return _choice(path, decided.value, ordered, ChosenBy.DECISION)
        reopened = True
    if rule.prefer is Prefer.ALL and all(isinstance(s.value, tuple) for s in ordered):
        value = union((worth, s.value) for worth, s in weighed)
        if value is APART:
            return Choice(None, ordered, (False,) * len(ordered), True, None, reopened)
        return Choice(value, ordered, (True,) * len(ordered), True, ChosenBy.ALL, reopened)
    if rule.prefer is Prefer.LATEST and all(isinstance(s.value, PartialDate) for s in ordered):
        latest = max((camp.value for camp in camps), key=lambda date: (date.earliest, date.latest))
        return attrs.evolve(_choice(path, latest, ordered, ChosenBy.LATEST), reopened=reopened)
    reason = _reason(path, camps, rule)
    if reason is not None:
        return attrs.evolve(_choice(path, camps[0].value, ordered, reason), reopened=reopened)
    common = agreed(path, (camp.value for camp in camps))
    return Choice(common, ordered, (False,) * len(ordered), True, None, reopened)


def _choice(path: str, value: Any, said: tuple[Said, ...], reason: ChosenBy) -> Choice:
    return Choice(value, said, tuple(joined(path, value, s.value) is not APART for s in said), True, reason)


def _camps(path: str, weighed: Sequence[tuple[tuple[int, ...], Said]]) -> list[_Camp]:
    """The rows in camps; the most trusted row begins the first, and each further one joins the first that it fits."""
    camps: list[_Camp] = []
    for worth, said in weighed:
        for camp in camps:
            both = joined(path, camp.value, said.value)
            if both is not APART:
                camp.value = both
                camp.said.append((worth, said))
                break
        else:
            camps.append(_Camp(said.value, [(worth, said)]))
    return camps


def _decided(path: str, camps: Sequence[_Camp], taken: Taken) -> _Camp | None:
    """The camp that a person chose; None where the row says nothing now, or is contradicted by a row not seen then."""
    chosen = next((c for c in camps if any(s.key == taken.row for _, s in c.said)), None)
    if chosen is None:
        return None
    against = {
        s.key for c in camps if c is not chosen for _, s in c.said if joined(path, chosen.value, s.value) is APART
    }
    return chosen if against <= taken.seen else None


def _reason(path: str, camps: Sequence[_Camp], rule: TrustRule) -> ChosenBy | None:
    """By which rule the first camp goes before all others; None where one of them weighs as much."""
    found: ChosenBy | None = None
    for other in camps[1:]:
        mine, theirs = _against(path, camps[0], other), _against(path, other, camps[0])
        if mine[0] != theirs[0]:
            reason: ChosenBy | None = ChosenBy.RESIDENT_ID
        else:
            reason = rule.reason(mine[1:], theirs[1:])
        if reason is None or mine > theirs:
            return None
        found = found or reason
    return found


def _against(path: str, camp: _Camp, other: _Camp) -> tuple[int, ...]:
    """The best that a camp has against another: rows that fit both say nothing about which is right."""
    return min(
        (worth for worth, s in camp.said if joined(path, other.value, s.value) is APART),
        default=camp.said[0][0],
    )
