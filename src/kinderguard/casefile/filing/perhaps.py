"""That a child of a list may be that of a file, or stands there with its ID, and what a person answered: kept in the file
itself, so that it is asked until somebody has said so, and not again.

Written by imports where a child waits (``namesakes``); read by ``store.doubts``, by what is due and by the next import. A
question names the file that the child would begin, never the child. A closed file is asked as well. Where a later edition of the
lists settles who the child is, the question ends with an entry of its own, so that it can be asked again.

Bodies, of decisions: ``{"what": "perhaps_listed", "file": ref, "lists": [code, …], "name": a Likeness, "also": [ref, …],
"persons": [digest, …], "place": division}`` as of the lists' day; ``{"what": "same_child" or "another_child", "file": ref}``;
and ``{"what": "listed_otherwise", "file": ref, "lists": [code, …]}``.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.ending.closing import Closing, closing_of
from kinderguard.casefile.errors import DamagedEntryError, EntryRefusedError, UnreadableEntryError
from kinderguard.casefile.filing.anothers import tell, told_of
from kinderguard.casefile.filing.waiting import was_looked_for
from kinderguard.casefile.history import withdrawn
from kinderguard.model.codes import Code
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.filing.namesakes import Waiting
    from kinderguard.casefile.store import CaseStore

_ASKED, _SAME, _ANOTHER, _SETTLED = "perhaps_listed", "same_child", "another_child", "listed_otherwise"


#: What says whether a file is closed.
_STATES = (EntryKind.CLOSING, EntryKind.REOPENING, EntryKind.CORRECTION)
#: What asks and answers, and takes that back.
_DECIDED = (EntryKind.DECISION, EntryKind.CORRECTION)


class Likeness(Code):
    """By what a child of a list may be that of a file 相似之处."""

    SAME_NAME = "same", "姓名、出生日期相同", "the same name and birth date"
    NEAR_NAME = (
        "near",
        "出生日期相同、姓名相近（一字之差、字序不同或同音）",
        "the same birth date and a name that is nearly the same (one character, their order, or the same sound)",
    )
    NEAR_BIRTH = (
        "birth",
        "姓名相同、出生日期相近（一位或相邻数字写错、月日颠倒、年月日差一；监护人或住址相同的，两处写错或相差六十日以内）",
        "the same name and a birth date that is near (one digit another or two changed about, day and month turned, the year, month or "
        "day off by one; with the same parent, guardian or address, two such slips or sixty days)",
    )
    NEAR_BOTH = (
        "both",
        "姓名和出生日期都相近（各有一处写错），且在同一乡镇（分属两村的，监护人或住址相同）",
        "a name and a birth date that are both nearly the same, a slip in each, in one township (where they are of two villages, with the "
        "same parent, guardian or address)",
    )
    OTHER_NAME = (
        "other",
        "姓名不同，而出生日期、性别、乡镇和父母姓名都相同（可能改了名）",
        "another name, and the same birth date, sex, township and both parents (the child may have been renamed)",
    )
    SAME_ID = "id", "身份证号相同、姓名不同", "the same resident ID and another name"


@attrs.frozen
class PerhapsListed:
    """Lists name a child who may be that of a file, or who stands there with its ID and another name, and is not filed until
    somebody has said so. No name is in it.

    Attributes:
        ref: the file.
        entry: the number of the entry that asks.
        other: the file that the child would begin, if it is another.
        since: the day of the lists.
        lists: their codes.
        likeness: by what the child may be that of the file.
        closing: the closing that the file stands in; None where it is open.
        also: of a child with this file's ID, the other files whose child it may be by name and birth date, such as the twin's.
    """

    ref: str
    entry: int
    other: str
    since: dt.date
    lists: tuple[str, ...]
    likeness: Likeness
    closing: Closing | None = None
    also: tuple[str, ...] = ()
    #: Digests of the child's names with its birth dates, and where it lives, as the lists had them; None where neither was kept.
    _persons: frozenset[str] | None = attrs.field(default=None, repr=False)
    _place: str | None = attrs.field(default=None, repr=False)

    @property
    def near(self) -> bool:
        """Whether the name is written otherwise than in the file, though nearly so."""
        return self.likeness in (Likeness.NEAR_NAME, Likeness.NEAR_BOTH)

    @property
    def text(self) -> Text:
        """What is asked, and how it is answered."""
        named, like = ("、".join(self.lists), ", ".join(self.lists)), self.likeness
        answer = _answer((self.ref,), self.other)
        asked = Text(
            f"{self.since} 的名单（{named[0]}）有一名儿童，与本档案{like.zh}，",
            f"the list of {self.since} ({named[1]}) has a child with {like.en} as in this file, who ",
        )
        if like is Likeness.SAME_ID:
            asked += _PERHAPS_TWO
        else:
            asked += Text("可能就是本档案的儿童，未存档", "may be the child of this file and is not filed")
        asked += Text("。请按证件核对，", ". Look at the papers and ") + answer
        if self.also:
            asked += _also(self.also, self.other)
        return asked if self.closing is None else asked + Text("。", ". ") + closed_text(self.ref, self.closing)


_PERHAPS_TWO = Text(
    "可能是另一名儿童（如双胞胎）错用了号码，也可能是同一名儿童姓名写错，未存档，本档案未改动",
    "may be another child, such as a twin, listed with a wrong number, or the child of this file under a misspelt name, and is not "
    "filed; this file stays as it is",
)


def _also(refs: Sequence[str], other: str) -> Text:
    """Whose child one that stands with another's ID may be besides, and that one answer settles both."""
    zh = "、".join(f'档案 {ref} 的（store.answer("{ref}", "{other}", same=True)）' for ref in refs)
    en = " or ".join(f'file {ref} (store.answer("{ref}", "{other}", same=True))' for ref in refs)
    return Text(
        f"。按姓名和出生日期，也可能是另一份档案的儿童；如是，只需回答是哪一份：{zh}",
        f". By name and birth date it may also be the child of another file: if it is, it is enough to say of which, {en}",
    )


def _answer(refs: Sequence[str], other: str) -> Text:
    zh = "、".join(f'store.answer("{ref}", "{other}", …)' for ref in refs)
    en = ", ".join(f'store.answer("{ref}", "{other}", ...)' for ref in refs)
    return Text(
        f"回答与 {other} 是否为同一名儿童：{zh}，答后再导入名单",
        f"say whether it is one child with {other}: {en}, then import the list again",
    )


def likeness_text(likeness: Likeness, refs: Sequence[str], other: str, also: Sequence[str] = ()) -> Text:
    """Why a child of a list is not filed, and what to do."""
    zh, en = "、".join(refs), ", ".join(refs)
    answer = _answer(refs, other)
    if likeness is Likeness.SAME_ID:
        told = Text(
            f"与档案 {zh} 身份证号相同、姓名不同：{_PERHAPS_TWO.zh}；请按证件核对，{answer.zh}。另一名儿童另建档案，不写入该号码，待名单改正；"
            "同一名儿童存入该档案，姓名仍以档案为准，名单属实的另行记入（store.record(…)）",
            f"the same resident ID as file {en}, and another name: it {_PERHAPS_TWO.en}; look at the papers, and {answer.en}. Another child "
            "begins a file of its own without this number, until the list has the right one; the same child goes into that file, whose name "
            "stays (where the list is right, record it with store.record(...))",
        )
        return told + _also(also, other) if also else told
    told = Text(
        f"与档案 {zh} {likeness.zh}，可能是同一名儿童，未存档，以免一人两份档案；请按证件核对，{answer.zh}；",
        f"the child may be that of file {en}, by {likeness.en}, and is not filed, lest it have two files; look at the papers, and "
        f"{answer.en}; ",
    )
    if likeness is Likeness.SAME_NAME:
        return told + Text(
            "也可在名单中补上或改正身份证号；名单的号码无误、而档案没有或有误的，先记入该档案（store.record(…)），再导入；"
            "确为另一名儿童的，也可用 two_ids=True 另建档案",
            "or give or mend the resident ID in the list or, where that of the list is right, record it in the file (store.record(...)), and "
            "import again; if it is another child, two_ids=True begins a file of its own as well",
        )
    return told + Text(
        "也可在名单中改正姓名或出生日期、补上身份证号，再导入",
        "or mend the name or the birth date or give the resident ID in the list, and import again",
    )


def closed_text(ref: str, closing: Closing) -> Text:
    """That a file which may be a child's is closed, and what an answer does then."""
    return Text(
        f"档案 {ref} 已于 {closing.on} 结案（{closing.reason.zh}）：同一名儿童的，仍为结案，不再写入；仍应保障的，重新建档（store.reopen_file）后再导入",
        f"file {ref} was closed on {closing.on} ({closing.reason.en}): if it is that child, the file stays closed and nothing is written to "
        "it; if the child is to be cared for still, open it again (store.reopen_file) and import again",
    )


def answers_in(entries: Iterable[Entry]) -> dict[str, bool]:
    """What was answered in a file: by the file that a child would begin, whether it is the child of this one. The last counts."""
    entries = list(entries)
    decided = [e for e in entries if e.kind is EntryKind.DECISION and e.body.get("what") in (_SAME, _ANOTHER)]
    gone = withdrawn(entries) if decided else frozenset()
    return {str(e.body.get("file")): e.body["what"] == _SAME for e in decided if e.number not in gone}


def known_as(entries: Iterable[Entry]) -> frozenset[str]:
    """Digests of the names with the birth dates of the children of lists that were answered to be the child of a file."""
    entries = list(entries)
    same = {other for other, is_same in answers_in(entries).items() if is_same}
    asked = (found for entry in entries if (found := _question(entry)) is not None and found.other in same)
    return frozenset().union(*(each._persons or () for each in asked))


def perhaps_listed(store: "CaseStore", entries: Sequence[Entry]) -> tuple[PerhapsListed, ...]:
    """What is asked in a file and nobody has answered, nor settled by giving that child a file of its own or by mending a list.

    Args:
        store: the files.
        entries: of one file, its decisions and corrections at least.
    """
    asked = _unanswered(entries)
    if not asked:
        return ()
    there = _there(store, asked)
    open_ = [each for other, each in asked.items() if other not in there and not _is_anothers(store, each)]
    closing = closing_of(store.entries(open_[0].ref, kinds=_STATES), store.today()) if open_ else None
    return tuple(attrs.evolve(each, closing=closing) for each in open_)


def _unanswered(entries: Sequence[Entry]) -> dict[str, PerhapsListed]:
    """What is asked in a file and neither answered there nor settled by a list, by the file that the child would begin."""
    questions = [(entry, _question(entry)) for entry in entries]
    if not any(found for _, found in questions):
        return {}
    asked: dict[str, PerhapsListed] = {}
    answered, gone = answers_in(entries), withdrawn(entries)
    for entry, found in questions:
        if entry.number in gone:
            continue
        if found is not None:
            asked[found.other] = found
        elif entry.kind is EntryKind.DECISION and entry.body.get("what") == _SETTLED:
            asked.pop(str(entry.body.get("file")), None)
    return {other: each for other, each in asked.items() if other not in answered}


def _there(store: "CaseStore", refs: Iterable[str]) -> set[str]:
    """Those of some files that are there."""
    found: set[str] = set()
    with store._database.reading() as connection:
        for some in reading.chunks(sorted(refs)):
            found |= set(connection.execute(sa.select(t.files.c.ref).where(t.files.c.ref.in_(some))).scalars())
    return found


def _is_anothers(store: "CaseStore", question: PerhapsListed) -> bool:
    """Whether the child was answered to be that of another file that the question names."""
    if not question.also:
        return False
    return any(answers_in(entries).get(question.other) for entries in _readable(store, question.also))


def asked_in(store: "CaseStore", refs: Collection[str]) -> tuple[PerhapsListed, ...]:
    """What is asked in some files; only those that hold a decision are read."""
    wanted = sorted(_with_decisions(store) & set(refs))
    return tuple(each for entries in _decided(store, wanted) for each in perhaps_listed(store, entries))


def _with_decisions(store: "CaseStore") -> set[str]:
    with store._database.reading() as connection:
        decided = sa.select(t.entries.c.ref).where(t.entries.c.kind == EntryKind.DECISION.value).distinct()
        return set(connection.execute(decided).scalars())


def _decided(store: "CaseStore", refs: Sequence[str]) -> list[list[Entry]]:
    """The decisions of some files, and what takes them back, file by file."""
    by_ref: dict[str, list[Entry]] = {ref: [] for ref in refs}
    with store._database.reading() as connection:
        for entry in reading.entries_of(connection, store._vault, refs, kinds=_DECIDED):
            by_ref[entry.ref].append(entry)
    return list(by_ref.values())


def _readable(store: "CaseStore", refs: Sequence[str]) -> list[list[Entry]]:
    """The same; without the files that cannot be read."""
    try:
        return _decided(store, refs)
    except (DamagedEntryError, UnreadableEntryError):
        found = []
        for ref in refs:
            with suppress(DamagedEntryError, UnreadableEntryError):
                found += _decided(store, [ref])
        return found


def asked_of(store: "CaseStore", other: str) -> tuple[PerhapsListed, ...]:
    """What is asked in any file of the child that would begin a file of this number."""
    return tuple(each for each in asked_in(store, store.refs(open=None)) if each.other == other)


def _question(entry: Entry) -> PerhapsListed | None:
    """What an entry asks; what a caller wrote there in another form is passed over."""
    body = entry.body
    if entry.kind is not EntryKind.DECISION or body.get("what") != _ASKED:
        return None
    other, lists, like = body.get("file"), body.get("lists"), body.get("name")
    if not isinstance(other, str) or not isinstance(lists, list) or like not in set(Likeness):
        return None
    persons, place = body.get("persons"), body.get("place")
    return PerhapsListed(
        entry.ref, entry.number, other, entry.valid_from, tuple(map(str, lists)), Likeness.of(str(like)),
        also=tuple(map(str, body.get("also") or ())),
        persons=frozenset(map(str, persons)) if isinstance(persons, list) else None,
        place=place if isinstance(place, str) else None,
    )  # fmt: skip


def ask(writing: Writing, waiting: "Waiting", *, lists: Iterable[str], as_of: dt.date, by: str) -> None:
    """Keep the question in each of the files whose child somebody may be, once; again, where a list had settled it.

    Whoever is in charge of a file is asked there: so it is written whoever imports.
    """
    body = {
        "what": _ASKED, "file": waiting.other, "lists": sorted(lists), "name": waiting.likeness.value,
        "persons": sorted(waiting.persons), "place": waiting.place,
    }  # fmt: skip
    if waiting.also:
        body["also"] = list(waiting.also)
    for ref in waiting.readable:
        key = _key("perhaps", ref, waiting.other, _times_settled(writing, ref, waiting.other))
        if not writing.was_written(key):
            writing.write(NewEntry(ref, EntryKind.DECISION, body, as_of, by=by, key=key), checked=True)


def _key(what: str, ref: str, other: str, times: int) -> str:
    """With what a question, or that a list settled it, is written once each time."""
    return f"{what}:{ref}:{other}" + (f":{times}" if times else "")


def _times_settled(writing: Writing, ref: str, other: str) -> int:
    """How often a question was asked that a later edition of the lists settled."""
    times = 0
    while all(writing.was_written(_key(what, ref, other, times)) for what in ("perhaps", "settled")):
        times += 1
    return times


@attrs.frozen
class Listing:
    """What an import read of some lists, by which questions that earlier editions raised are settled.

    Attributes:
        lists: the lists by code, each with the day as of which it tells, and the division whose children it names; None where
            nobody says.
        places: where its children live, as far as that is known.
        filed: by file, the digests of the names with the birth dates of the children that went there.
        asked: who is still asked about, under which number.
    """

    lists: Mapping[str, tuple[dt.date, str | None]]
    places: Collection[str]
    filed: Mapping[str, frozenset[str]] = attrs.field(repr=False)
    asked: Sequence["Waiting"] = ()

    def settles(self, question: PerhapsListed) -> bool:
        """Whether later editions of all its lists, of the child's place, say who the child is: it was filed, or is asked about
        otherwise; or, where its name or birth date was near, they name the file's own child and nobody near it any more.
        """
        persons = question._persons
        if persons is None or any((question.ref in each.refs and question.other == each.other) for each in self.asked):
            return False
        if any(code not in self.lists or self.lists[code][0] < question.since for code in question.lists):
            return False
        covered = {code: self.lists[code][1] for code in question.lists}
        if not was_looked_for(question._place, question.lists, covered, self.places):
            return False
        if any(persons & each for each in (*self.filed.values(), *(each.persons for each in self.asked))):
            return True
        return question.likeness in _NEAR and question.ref in self.filed


#: By what somebody is asked about whom no list names beside the file's own child.
_NEAR = (Likeness.NEAR_NAME, Likeness.NEAR_BIRTH, Likeness.NEAR_BOTH, Likeness.OTHER_NAME)


def settle(store: "CaseStore", listing: Listing, *, by: str) -> None:
    """End the questions that a later edition of the lists has settled. Each ends with an entry, in the file that asks."""
    decided = _readable(store, sorted(_with_decisions(store)))
    gone = [each for entries in decided for each in _unanswered(entries).values() if listing.settles(each)]
    there = _there(store, {each.other for each in gone})
    gone = [each for each in gone if each.other not in there]
    if not gone:
        return
    with store._writing() as writing:
        for each in gone:
            times = _times_settled(writing, each.ref, each.other)
            day = max(listing.lists[code][0] for code in each.lists)
            body = {"what": _SETTLED, "file": each.other, "lists": list(each.lists)}
            key = _key("settled", each.ref, each.other, times)
            writing.write(NewEntry(each.ref, EntryKind.DECISION, body, day, by=by, key=key), checked=True)


def answer(
    store: "CaseStore", ref: str, other: str, *, same: bool, by: str, acting: str | None, override: str | None
) -> Entry:
    """See ``CaseStore.answer``."""
    entries = store.entries(ref, kinds=[EntryKind.DECISION])
    asked = [found for each in entries if (found := _question(each)) is not None and found.other == other]
    if not asked:
        asked = [each for each in asked_of(store, other) if ref in each.also]
    if not asked:
        raise EntryRefusedError(
            Text(
                f"档案 {ref} 中没有这个问题；未写入任何内容。请照 due 或 doubts 所写的编号回答。",
                f"Nothing of this kind is asked in file {ref}; nothing was written. Answer with the number that due or doubts names.",
            )
        )
    before = [e for e in entries if e.body.get("what") in (_SAME, _ANOTHER) and e.body.get("file") == other]
    body = {"what": _SAME if same else _ANOTHER, "file": other}
    with store._writing() as writing:
        new = NewEntry(ref, EntryKind.DECISION, body, writing.today, by=by, acting=acting, override=override)
        entry = writing.write(new)
        told = _changed(writing, entry, same, before, asked, by=by)
    return entry if told is None else attrs.evolve(entry, doubts=(*entry.doubts, *told.doubts))


def _changed(
    writing: Writing, entry: Entry, same: bool, before: Sequence[Entry], asked: Collection[PerhapsListed], *, by: str
) -> Entry | None:
    """What follows where it was answered otherwise before: what was filed of the other child meanwhile is asked about, or no longer.
    The entry that asks, if there is one.

    Args:
        writing: the transaction.
        entry: the answer.
        same: whether it says that they are one.
        before: the answers before.
        asked: the questions.
        by: the code of the user.
    """
    ref, other = entry.ref, str(entry.body["file"])
    if same:
        told = [] if writing.is_closed(ref, writing.today) else list(told_of(writing.factual(ref), other))
        for each in told:
            body = {"facts": {}, "withdrawn": True, "reason": _ONE_AFTER_ALL}
            new = NewEntry(ref, EntryKind.CORRECTION, body, each.valid_from, by=by, corrects=each.number)
            writing.write(new, checked=True)
        return None
    last = before[-1] if before else None
    if last is None or last.body["what"] != _SAME:
        return None
    lists = {code for each in asked if each.other == other for code in each.lists}
    since = last.number
    return tell(
        writing, ref, other, lambda e, row, _: e.number > since and row["list"] in lists, day=writing.today, by=by
    )


#: Why it is asked no longer.
_ONE_AFTER_ALL = "答复已改：是同一名儿童 / answered anew: one child after all"
