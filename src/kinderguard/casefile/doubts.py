"""What in a file looks as if one entry hides what was learnt later: something learnt now of an earlier day, while an entry
that was written before says otherwise from a later day on.

Used when an entry is written, by ``store.doubts`` and by what is due. The later day's entry counts, as it always does; it
may be right (there was a change between), or it was wrong all along and money goes on being paid by it. Nobody but a
person can tell, so it is asked until somebody has said so: by correcting that entry, or by correcting it to what it says
already, which confirms it. What a list told of its own day hides nothing: an older list that is filed later is history.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

import attrs

from kinderguard.casefile.entries import Entry
from kinderguard.casefile.facts import title_of
from kinderguard.casefile.history import Holding, Stated, holdings
from kinderguard.model.text import Text, join


@attrs.frozen
class HiddenFact:
    """Something learnt late that an entry written before hides from a day on. No value is in it.

    Attributes:
        path, title: the fact.
        entry: the number of the entry that learnt it.
        since: from when on that says it is true.
        hidden_by: the number of the entry written before that says otherwise.
        hidden_from: from when on that one counts.
    """

    path: str
    title: Text
    entry: int
    since: dt.date
    hidden_by: int
    hidden_from: dt.date


def hidden_facts(entries: Iterable[Entry]) -> tuple[HiddenFact, ...]:
    """What the entries of a file hide and nobody has settled, in the order of the days from which it is hidden."""
    entries = list(entries)
    return tuple(_hidden(holdings(entries), _from_lists(entries)))


def doubt_texts(hidden: Iterable[HiddenFact]) -> tuple[Text, ...]:
    """One text for each entry that hides something, with the facts and the ways to settle it."""
    by_entry: dict[tuple[int, dt.date, dt.date], list[Text]] = {}
    for each in hidden:
        by_entry.setdefault((each.hidden_by, each.hidden_from, each.since), []).append(each.title)
    return tuple(_text(*key, titles) for key, titles in by_entry.items())


def _text(number: int, day: dt.date, since: dt.date, titles: list[Text]) -> Text:
    what = join(titles)
    return Text(
        f"{what.zh}：后来得知自 {since} 起的情况，但此前写入的第 {number} 条自 {day} 起另有所载，自该日起仍以第 {number} 条为准。"
        f"第 {number} 条有误的，请用 store.correct(…) 更正；确属当日又有变化的，请用 store.correct(…) 以原值更正，即为确认",
        f"{what.en}: learnt of {since} on, but entry {number}, written before, says otherwise from {day} on and counts from then "
        f"on. If entry {number} is wrong, mend it with store.correct(...); if things did change on that day, confirm it with "
        "store.correct(...) and the value that it has",
    )


def _from_lists(entries: Iterable[Entry]) -> Mapping[int, frozenset[str]]:
    """By entry, the facts that are from the row of a list, which tells how things stood on its own day."""
    return {
        entry.number: frozenset(path for row in rows for path in row.get("facts") or ())
        for entry in entries
        if (rows := entry.body.get("sources"))
    }


def _hidden(held: list[Holding], from_lists: Mapping[int, frozenset[str]]) -> Iterator[HiddenFact]:
    said: dict[str, list[tuple[Holding, Stated]]] = {}
    for position, holding in enumerate(held):
        for path, now in holding.facts.items():
            earlier = said.setdefault(path, [])
            # Most files are written in the order of their days: then nothing is looked at here.
            if any(now.entry < before.first for _, before in earlier) and not _replaced(held, position, path):
                yield from _against(path, holding, now, earlier, from_lists)
            earlier.append((holding, now))


def _replaced(held: list[Holding], position: int, path: str) -> bool:
    """Whether a later entry of the same day says the same fact anew."""
    day = held[position].valid_from
    following = (h for h in held[position + 1 :] if h.valid_from == day)
    return any(path in h.facts for h in following)


def _against(
    path: str,
    holding: Holding,
    now: Stated,
    earlier: list[tuple[Holding, Stated]],
    from_lists: Mapping[int, frozenset[str]],
) -> Iterator[HiddenFact]:
    """What would hold on the first day of an entry without it, where that was learnt after it and differs."""
    covering = [(h, s) for h, s in earlier if h.covers(holding.valid_from)]
    if not covering:
        return
    before, told = covering[-1]
    if before.valid_from == holding.valid_from or told.first <= now.entry or told.value == now.value:
        return
    if path in from_lists.get(told.first, ()):
        return
    yield HiddenFact(path, title_of(path), told.first, before.valid_from, holding.number, holding.valid_from)
