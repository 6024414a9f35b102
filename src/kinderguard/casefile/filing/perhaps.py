"""That a child of a list may be that of a file, or stands there with its ID, and what a person answered: kept in the file
itself, so that it is asked until somebody has said so, and not again.

Written by imports where a child waits (``namesakes``); read by ``store.doubts``, by what is due and by the next import. A
question names the file that the child would begin, never the child. A closed file is asked as well.

Bodies, of decisions: ``{"what": "perhaps_listed", "file": ref, "lists": [code, …], "name": a Likeness}`` as of the lists'
day, and ``{"what": "same_child" or "another_child", "file": ref}``.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.ending.closing import Closing, closing_of
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.casefile.history import withdrawn
from kinderguard.model.codes import Code
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.filing.namesakes import Waiting
    from kinderguard.casefile.store import CaseStore

_ASKED, _SAME, _ANOTHER = "perhaps_listed", "same_child", "another_child"


#: What says whether a file is closed.
_STATES = (EntryKind.CLOSING, EntryKind.REOPENING, EntryKind.CORRECTION)


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
    """

    ref: str
    entry: int
    other: str
    since: dt.date
    lists: tuple[str, ...]
    likeness: Likeness
    closing: Closing | None = None

    @property
    def near(self) -> bool:
        """Whether the name is written otherwise than in the file, though nearly so."""
        return self.likeness is Likeness.NEAR_NAME

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
        return asked if self.closing is None else asked + Text("。", ". ") + closed_text(self.ref, self.closing)


_PERHAPS_TWO = Text(
    "可能是另一名儿童（如双胞胎）错用了号码，也可能是同一名儿童姓名写错，未存档，本档案未改动",
    "may be another child, such as a twin, listed with a wrong number, or the child of this file under a misspelt name, and is not "
    "filed; this file stays as it is",
)


def _answer(refs: Sequence[str], other: str) -> Text:
    zh = "、".join(f'store.answer("{ref}", "{other}", …)' for ref in refs)
    en = ", ".join(f'store.answer("{ref}", "{other}", ...)' for ref in refs)
    return Text(
        f"回答与 {other} 是否为同一名儿童：{zh}，答后再导入名单",
        f"say whether it is one child with {other}: {en}, then import the list again",
    )


def likeness_text(likeness: Likeness, refs: Sequence[str], other: str) -> Text:
    """Why a child of a list is not filed, and what to do."""
    zh, en = "、".join(refs), ", ".join(refs)
    answer = _answer(refs, other)
    if likeness is Likeness.SAME_ID:
        return Text(
            f"与档案 {zh} 身份证号相同、姓名不同：{_PERHAPS_TWO.zh}；请按证件核对，{answer.zh}。另一名儿童另建档案，不写入该号码，待名单改正；"
            "同一名儿童存入该档案，姓名仍以档案为准，名单属实的另行记入（store.record(…)）",
            f"the same resident ID as file {en}, and another name: it {_PERHAPS_TWO.en}; look at the papers, and {answer.en}. Another child "
            "begins a file of its own without this number, until the list has the right one; the same child goes into that file, whose name "
            "stays (where the list is right, record it with store.record(...))",
        )
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


def perhaps_listed(store: "CaseStore", entries: Sequence[Entry]) -> tuple[PerhapsListed, ...]:
    """What is asked in a file and nobody has answered, nor settled by giving that child a file of its own.

    Args:
        store: the files.
        entries: of one file, its decisions and corrections at least.
    """
    asked: dict[str, PerhapsListed] = {}
    for entry in entries:
        found = _question(entry)
        if found is not None:
            asked[found.other] = found
    if not asked:
        return ()
    answered, gone = answers_in(entries), withdrawn(entries)
    asked = {other: each for other, each in asked.items() if other not in answered and each.entry not in gone}
    if not asked:
        return ()
    with store._database.reading() as connection:
        there = set(connection.execute(sa.select(t.files.c.ref).where(t.files.c.ref.in_(sorted(asked)))).scalars())
    open_ = [each for other, each in asked.items() if other not in there]
    closing = closing_of(store.entries(open_[0].ref, kinds=_STATES), store.today()) if open_ else None
    return tuple(attrs.evolve(each, closing=closing) for each in open_)


def asked_in(store: "CaseStore", refs: Collection[str]) -> tuple[PerhapsListed, ...]:
    """What is asked in some files; only those that hold a decision are read."""
    with store._database.reading() as connection:
        decided = sa.select(t.entries.c.ref).where(t.entries.c.kind == EntryKind.DECISION.value).distinct()
        wanted = sorted(set(connection.execute(decided).scalars()) & set(refs))
        by_ref: dict[str, list[Entry]] = {ref: [] for ref in wanted}
        kinds = (EntryKind.DECISION, EntryKind.CORRECTION)
        for entry in reading.entries_of(connection, store._vault, wanted, kinds=kinds):
            by_ref[entry.ref].append(entry)
    return tuple(each for entries in by_ref.values() for each in perhaps_listed(store, entries))


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
    return PerhapsListed(
        entry.ref, entry.number, other, entry.valid_from, tuple(map(str, lists)), Likeness.of(str(like))
    )


def ask(writing: Writing, waiting: "Waiting", *, lists: Iterable[str], as_of: dt.date, by: str) -> None:
    """Keep the question in each of the files whose child somebody may be, once.

    Whoever is in charge of a file is asked there: so it is written whoever imports.
    """
    body = {"what": _ASKED, "file": waiting.other, "lists": sorted(lists), "name": waiting.likeness.value}
    for ref in waiting.readable:
        new = NewEntry(ref, EntryKind.DECISION, body, as_of, by=by, key=f"perhaps:{ref}:{waiting.other}")
        if not writing.was_written(new.key):
            writing.write(new, checked=True)


def answer(
    store: "CaseStore", ref: str, other: str, *, same: bool, by: str, acting: str | None, override: str | None
) -> Entry:
    """See ``CaseStore.answer``."""
    entries = store.entries(ref, kinds=[EntryKind.DECISION])
    if not any(found.other == other for each in entries if (found := _question(each)) is not None):
        raise EntryRefusedError(
            Text(
                f"档案 {ref} 中没有这个问题；未写入任何内容。请照 due 或 doubts 所写的编号回答。",
                f"Nothing of this kind is asked in file {ref}; nothing was written. Answer with the number that due or doubts names.",
            )
        )
    body = {"what": _SAME if same else _ANOTHER, "file": other}
    return store.append(
        ref, EntryKind.DECISION, body, valid_from=store.today(), by=by, acting=acting, override=override
    )
