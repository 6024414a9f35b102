"""What in a file looks as if one entry hides what was learnt later: something learnt now of an earlier day, while an entry
that was written before says otherwise from a later day on; or something that a list says against what a person has recorded,
or of a place in another county than the file's; or a list that takes back an end or a death that was stated before;
or what a newer list says where the order of trust took an older one's word; or facts from a row that is another child's.

Used when an entry is written, by ``store.doubts`` and by what is due. The entry that hides it counts; it may be right (there
was a change between; the list was not brought up to date), or it was wrong all along and money goes on being paid by it.
Nobody but a person can tell, so it is asked until somebody has said so: by recording the fact anew as of that day, or by
correcting the entry, also to what it says already. What a list told of its own day hides nothing: an older list that is filed
later is history. A list that comes round to what the file says is asked about no more.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from kinderguard.casefile.chain.entries import Entry
from kinderguard.casefile.facts import title_of
from kinderguard.casefile.filing.claims import OpenClaim, Past
from kinderguard.casefile.filing.holders import SameId
from kinderguard.casefile.history import Holding, Stated, holdings
from kinderguard.model.text import Text, join

if TYPE_CHECKING:
    from kinderguard.casefile.filing.perhaps import PerhapsListed


@attrs.frozen
class HiddenFact:
    """Something learnt late that an entry written before hides from a day on. No value is in it.

    Attributes:
        path, title: the fact.
        entry: the number of the entry that learnt it.
        since: from when on that says it is true.
        hidden_by: the number of the entry written before that says otherwise.
        hidden_from: from when on that one counts.
        lists: where rows of lists say otherwise than a person has recorded and are not taken for it, the codes of the lists; the
            value is kept in ``entry.body["claims"]``.
        moves: whether nobody recorded it, but by the lists the file would lie in another county.
        takes_back: whether nobody recorded it, but the lists take back what was stated for good: an end, or a death.
        overruled: whether nobody recorded it, but the order of trust took an older list's word against these; ``due`` asks about it
            where money changes by it.
        recorded_by, recorded_for: where lists say otherwise than a person has recorded, the code of that user, and the day as of
            which it was recorded.
        anothers: where the fact is from the row of a list which is another child's, as somebody said since (a merge that was undone,
            an answer that was changed), the file of that child; ``entry`` says so, and ``hidden_by`` states the fact.
        taken: of the same matter, such as the father, what these lists say and nobody has recorded: it was taken and counts.
    """

    path: str
    title: Text
    entry: int
    since: dt.date
    hidden_by: int
    hidden_from: dt.date
    lists: tuple[str, ...] = ()
    moves: bool = False
    recorded_by: str | None = None
    recorded_for: dt.date | None = None
    taken: tuple[Text, ...] = ()
    takes_back: bool = False
    overruled: bool = False
    anothers: str | None = None

    def is_answered_as_of(self, day: dt.date) -> bool:
        """Whether recording the fact anew as of a day, with either value, settles it."""
        return day >= self.since if self.lists or self.anothers else day == self.hidden_from


def hidden_facts(entries: Iterable[Entry]) -> tuple[HiddenFact, ...]:
    """What the entries of a file hide and nobody has settled, in the order of the days from which it is hidden."""
    entries = list(entries)
    return questions(entries, holdings(entries))


def questions(entries: Iterable[Entry], held: list[Holding]) -> tuple[HiddenFact, ...]:
    """``hidden_facts``, where what the entries say is worked out already."""
    entries = list(entries)
    found = [*_hidden(held, _from_lists(entries)), *_claimed(entries, held), *_anothers(entries, held)]
    return tuple(sorted(found, key=lambda each: each.hidden_from))


def doubt_texts(doubts: "Iterable[HiddenFact | SameId | PerhapsListed]") -> tuple[Text, ...]:
    """One text for each entry that hides something, with the facts and the ways to settle it; of other files with the ID; and of
    children of lists who may be the file's.
    """
    by_entry: dict[tuple[int, dt.date, dt.date, tuple[str, ...], bool, bool, str | None], list[HiddenFact]] = {}
    others = []
    for each in doubts:
        if not isinstance(each, HiddenFact):
            others.append(each.text)
        else:
            key = (each.hidden_by, each.hidden_from, each.since, each.lists, each.moves, each.takes_back, each.anothers)
            by_entry.setdefault(key, []).append(each)
    return (*map(_text, by_entry.values()), *others)


def _text(together: Sequence[HiddenFact]) -> Text:
    """What is asked of facts that one entry hides, or that lists say against one entry."""
    first = together[0]
    number, day, since, lists, moves = first.hidden_by, first.hidden_from, first.since, first.lists, first.moves
    what = join([each.title for each in together])
    if first.anothers is not None:
        return Text(
            f"{what.zh}：第 {number} 条自 {since} 起的所载取自名单的一行，该行后来认定属于另一名儿童（档案 {first.anothers}）；答复之前不作改动，仍以第 "
            f"{number} 条为准。本档案的儿童不是这样的，请用 store.correct(…) 更正第 {number} 条或收回其中这些事实；确也如此的，请用 "
            f"store.record(…) 自 {since} 或以后某日起将现值再记一次，即为确认",
            f"{what.en}: what entry {number} says from {since} on is from the row of a list which is another child's (file "
            f"{first.anothers}), as was said since; until this is answered it stays as it is, and entry {number} counts. If it does not "
            f"hold of the child of this file, mend entry {number} or take these facts of it back, with store.correct(...); if it "
            f"does, record the present value once more, as of {since} or later, with store.record(...), which confirms it",
        )
    if lists:
        told = (
            Text(f"{since} 的名单（{lists[0]}）", f"the list of {since} ({lists[0]}) says")
            if len(lists) == 1
            else Text(f"截至 {since} 的名单（{'、'.join(lists)}）", f"lists up to {since} ({', '.join(lists)}) say")
        )
        if moves:
            return Text(
                f"{what.zh}：{told.zh}所报在另一县，名单不能使档案转移，因此未采用。确已迁移的，请办理转移"
                f"（store.propose_transfer(…)），再用 store.record(…) 自 {since} 起记录；仍在原地的，请用 store.record(…) 自 {since} "
                "或以后某日起将现值再记一次（原无此项的记为不详），即为确认",
                f"{what.en}: {told.en} that it is in another county. A list moves no file, so it is not taken. If the child has moved, "
                f"hand the file over (store.propose_transfer(...)) and record the place as of {since} with store.record(...); if not, "
                f"record the present value once more (or as unknown, where there is none), as of {since} or later, which confirms it",
            )
        who = Text("", "")
        if first.recorded_by is not None:
            who = Text(
                f"（{first.recorded_by}，自 {first.recorded_for} 起）",
                f" ({first.recorded_by}, as of {first.recorded_for})",
            )
        taken = join(list(dict.fromkeys(title for each in together for title in each.taken)))
        if taken.zh:
            taken = Text(
                f"名单所报、此前无人记载的有关事实已被采用：{taken.zh}；名单过时的，也请一并用 store.record(…) 改正。",
                f"What the list says of the same matter and nobody had recorded was taken: {taken.en}; if the list is out of date, record "
                "that anew as well, with store.record(...). ",
            )
        if first.overruled:
            return Text(
                f"{what.zh}：{told.zh}所报与第 {number} 条的不符，该条是较旧名单的值，按信任顺序采用。{taken.zh}较新的名单属实的，请用 "
                f"store.record(…) 自 {since} 起记录其值；不属实的，请用 store.record(…) 自 {since} 或以后某日起将现值再记一次，即为确认",
                f"{what.en}: {told.en} otherwise than entry {number}, the word of an older list, which was taken by the order of trust. "
                f"{taken.en}If the newer list is right, record its value as of {since} with store.record(...); if not, record the present "
                f"value once more, as of {since} or later, with store.record(...), which confirms it",
            )
        if first.takes_back:
            return Text(
                f"{what.zh}：{told.zh}把第 {number} 条已报的终止或死亡改回。名单所知可能更旧，因此未采用，答复之前不作改动，仍以第 {number} 条"
                f"为准。{taken.zh}名单属实的，请用 store.record(…) 自 {since} 起记录名单的值；不属实的，请用 store.record(…) 自 {since} 或"
                "以后某日起将现值再记一次，即为确认",
                f"{what.en}: {told.en} that the end or the death stated in entry {number} is none. The list may be older in what it "
                f"knows, so it is not taken; until this is answered it stays as it is, and entry {number} counts. {taken.en}If the list is "
                f"right, record its value as of {since} with store.record(...); if not, record the present value once more, as of "
                f"{since} or later, with store.record(...), which confirms it",
            )
        return Text(
            f"{what.zh}：{told.zh}所报与第 {number} 条由人记载{who.zh}的不符。由人记载的只由人更改，因此未采用，答复之前不作改动，仍以第 {number} 条"
            f"为准。{taken.zh}名单属实的，请用 store.record(…) 自 {since} 起记录名单的值；不属实的，请用 store.record(…) 自 {since} 或以后"
            "某日起将现值再记一次，即为确认",
            f"{what.en}: {told.en} otherwise than somebody recorded in entry {number}{who.en}. What a person recorded only a person "
            f"changes, so it is not taken; until this is answered it stays as it is, and entry {number} counts. {taken.en}If the list is "
            f"right, record its value as of {since} with store.record(...); if not, record the present value once more, as of {since} or "
            "later, with store.record(...), which confirms it",
        )
    return Text(
        f"{what.zh}：后来得知自 {since} 起的情况，但此前写入的第 {number} 条自 {day} 起另有所载，自该日起仍以第 {number} 条为准。"
        f"第 {number} 条有误的，请用 store.correct(…) 更正；确属当日又有变化的，请用 store.record(…) 自 {day} 起将原值再记一次，即为确认",
        f"{what.en}: learnt of {since} on, but entry {number}, written before, says otherwise from {day} on and counts from then "
        f"on. If entry {number} is wrong, mend it with store.correct(...); if things did change on that day, record that value once "
        f"more, as of {day}, with store.record(...), which confirms it",
    )


def _from_lists(entries: Iterable[Entry]) -> Mapping[int, frozenset[str]]:
    """By entry, the facts that are from the row of a list, which tells how things stood on its own day."""
    return {
        entry.number: frozenset(path for row in rows for path in row.get("facts") or ())
        for entry in entries
        if (rows := entry.body.get("sources"))
    }


def _claimed(entries: Iterable[Entry], held: list[Holding]) -> Iterator[HiddenFact]:
    """What lists claim, one question for each value, whatever number of lists say it."""
    entries = list(entries)
    past, by_number = Past(entries), {entry.number: entry for entry in entries}
    together: list[list[OpenClaim]] = []
    for each in past.open_claims(held):
        same = (t for t in together if (t[0].path, t[0].against, t[0].value) == (each.path, each.against, each.value))
        found = next(same, None)
        if found is None:
            together.append([each])
        else:
            found.append(each)
    for claims in together:
        first, since = claims[0], max(claim.day for claim in claims)
        lists, moves = tuple(dict.fromkeys(claim.list for claim in claims)), first.moves
        against = by_number.get(first.against) if first.by_person else None
        taken = () if moves else dict.fromkeys(path for claim in claims for path in past.taken_with(claim, held))
        yield HiddenFact(
            first.path, title_of(first.path), first.entry, since, first.against, since, lists, moves,
            None if against is None else against.by, None if against is None else against.valid_from,
            tuple(title_of(path) for path in taken), takes_back=first.takes_back,
            overruled=not (moves or first.by_person or first.takes_back),
        )  # fmt: skip


def _anothers(entries: Iterable[Entry], held: list[Holding]) -> Iterator[HiddenFact]:
    """The facts from rows that are another child's."""
    entries = list(entries)
    if not any(entry.body.get("anothers") for entry in entries):
        return
    days = {entry.number: entry.valid_from for entry in entries}
    for path, entry, number in Past(entries).anothers(held):
        day, other = days[number], str(entry.body.get("file"))
        yield HiddenFact(path, title_of(path), entry.number, day, number, day, anothers=other)


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
