"""That a list names a child who may be that of a file, and what a person answered: kept in the file itself, so that it is asked
until somebody has said so, and not again.

Written by imports where a child waits (``namesakes``); read by ``store.doubts``, by what is due and by the next import. A
question names the file that the child would begin, never the child.

Bodies, of decisions: ``{"what": "perhaps_listed", "file": ref, "lists": [code, …], "name": "same" or "near"}`` as of the lists'
day, and ``{"what": "same_child" or "another_child", "file": ref}``.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs
import sqlalchemy as sa

from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.entries import Entry, EntryKind, NewEntry
from kinderguard.casefile.chain.writing import Writing
from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.casefile.history import withdrawn
from kinderguard.model.text import Text

if TYPE_CHECKING:
    from kinderguard.casefile.filing.namesakes import Waiting
    from kinderguard.casefile.store import CaseStore

_ASKED, _SAME, _ANOTHER = "perhaps_listed", "same_child", "another_child"


@attrs.frozen
class PerhapsListed:
    """Lists name a child who may be that of a file and is not filed until somebody has said so. No name is in it.

    Attributes:
        ref: the file.
        entry: the number of the entry that asks.
        other: the file that the child would begin, if it is another.
        since: the day of the lists.
        lists: their codes.
        near: whether the name is written otherwise; the same, if not.
    """

    ref: str
    entry: int
    other: str
    since: dt.date
    lists: tuple[str, ...]
    near: bool

    @property
    def text(self) -> Text:
        """What is asked, and how it is answered."""
        named = "、".join(self.lists), ", ".join(self.lists)
        name = _NEAR if self.near else _SAME_NAME
        return Text(
            f"{self.since} 的名单（{named[0]}）有一名儿童，出生日期与本档案相同、{name.zh}，可能就是本档案的儿童，未存档。请按证件核对，"
            f"并回答与 {self.other} 是否为同一名儿童：store.answer(…)，答后再导入名单",
            f"the list of {self.since} ({named[1]}) has a child of this birth date and {name.en}, who may be the child of this file and "
            f"is not filed. Look at the papers and say whether it is one child with {self.other}: store.answer(...), then import the "
            "list again",
        )


_NEAR = Text(
    "姓名相近（一字之差、字序不同或同音）",
    "a name that is nearly the same (one character, their order, or the same sound)",
)
_SAME_NAME = Text("姓名相同", "the same name")


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
    with store._database.reading() as connection:
        there = set(connection.execute(sa.select(t.files.c.ref).where(t.files.c.ref.in_(sorted(asked)))).scalars())
    return tuple(each for other, each in asked.items() if other not in there)


def _question(entry: Entry) -> PerhapsListed | None:
    """What an entry asks; what a caller wrote there in another form is passed over."""
    body = entry.body
    if entry.kind is not EntryKind.DECISION or body.get("what") != _ASKED:
        return None
    other, lists = body.get("file"), body.get("lists")
    if not isinstance(other, str) or not isinstance(lists, list):
        return None
    return PerhapsListed(
        entry.ref, entry.number, other, entry.valid_from, tuple(map(str, lists)), body.get("name") == "near"
    )


def ask(writing: Writing, waiting: "Waiting", *, lists: Iterable[str], as_of: dt.date, by: str) -> None:
    """Keep the question in each of the files whose child somebody may be, once.

    Whoever is in charge of a file is asked there: so it is written whoever imports.
    """
    body = {
        "what": _ASKED, "file": waiting.other, "lists": sorted(lists), "name": "near" if waiting.near else "same",
    }  # fmt: skip
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
