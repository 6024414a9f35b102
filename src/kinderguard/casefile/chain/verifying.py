"""Checking the audit chain: a changed, missing, added or reordered entry is found and named by its number.

Used by ``CaseStore.verify``. Everything is read and nothing written. Somebody who can write to the database can also make
a whole new chain: keep ``store.head()`` elsewhere from time to time, and give it to ``verify`` later.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import keys, reading, sealing
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.derived import ERASABLE_KINDS, FACTUAL_KINDS, Derived, faults
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import (
    FIRST,
    KEY_DIGEST,
    EntryKind,
    body_digest,
    text_digest,
    unpacked,
)
from kinderguard.casefile.chain.single import single_row
from kinderguard.casefile.errors import DamagedEntryError
from kinderguard.casefile.filing.holders import same_ids_in
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text

_STEP = 5_000


@attrs.frozen
class Head:
    """The last entry of a store: who keeps it elsewhere can find out later whether anything before it was changed."""

    number: int
    hash: str


@attrs.frozen
class VerifyReport:
    """What ``CaseStore.verify`` found.

    Attributes:
        entries: how many there are.
        files: how many files they belong to.
        erased: how many entries' contents were erased.
        head: the last entry.
        problems: what is wrong, each at an entry's number or a file's ref.
        findings: what is no damage and yet to be looked at: open files that hold one resident ID, each at a file's ref.
    """

    entries: int
    files: int
    erased: int
    head: Head
    problems: tuple[Problem, ...]
    findings: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def __bool__(self) -> bool:
        return self.ok


@attrs.define
class _Walk:
    """What has been seen of the chain so far."""

    vault: Vault
    number: int = 0
    hash: str = FIRST
    known_at: int = -1
    entries: int = 0
    erased: int = 0
    #: What the entries say of each file.
    derived: Derived = attrs.field(factory=Derived)
    erasures: dict[str, int] = attrs.field(factory=dict)
    #: The entries whose bodies are not there: number, file, kind.
    hollow: list[tuple[int, str, str]] = attrs.field(factory=list)
    #: By fingerprint, the digest of the rules as assessments say it, and the first assessment that does.
    books: dict[tuple[str, str], int] = attrs.field(factory=dict)
    #: By digest of a key, whose entry of this step says it was written with it.
    said: dict[str, tuple[str, int]] = attrs.field(factory=dict)


def head(connection: Connection) -> Head:
    """See ``CaseStore.head``."""
    row = single_row(connection, t.head)
    return Head(row.number, row.hash)


def verify(connection: Connection, vault: Vault, remembered: Head | None, today: dt.date) -> VerifyReport:
    """See ``CaseStore.verify``."""
    walk = _Walk(vault)
    problems: list[Problem] = []
    seen: Any = 0
    while rows := reading.after(connection, seen, _STEP):
        seen = rows[-1].number
        for row in rows:
            wrong = _columns(row)
            if wrong:
                problems.append(_unreadable(row, wrong))
            if "number" not in wrong:
                problems += _step(walk, row, wrong, remembered)
        walk.derived.keys |= keys.differing(connection, walk.said)
        walk.said.clear()
    problems += _hollow(walk)
    problems += _ends(connection, walk, remembered)
    problems += faults(connection, vault, walk.derived)
    problems += () if sealing.is_sealed(connection, vault) else (_UNSEALED,)
    problems += _books(connection, walk)
    return VerifyReport(
        walk.entries, len(walk.derived.last), walk.erased, Head(walk.number, walk.hash), tuple(problems),
        tuple(_findings(connection, vault, today)),
    )  # fmt: skip


def _findings(connection: Connection, vault: Vault, today: dt.date) -> Iterator[Problem]:
    """The open files that hold one resident ID, each group once."""
    told: set[frozenset[str]] = set()
    for ref, same in sorted(same_ids_in(connection, vault, today).items()):
        group = frozenset((ref, *same.others))
        if group not in told:
            told.add(group)
            yield same.finding()


#: By column of an entry, what it holds; None where a blank is allowed as well.
_HOLDS: Mapping[str, tuple[type, ...]] = {
    "number": (int,), "ref": (str,), "kind": (str,), "valid_from": (dt.date,), "valid_until": (dt.date, type(None)),
    "known_at": (int,), "written_by": (str,), "corrects": (int, type(None)), "body_digest": (str,), "previous": (str,),
    "hash": (str,),
}  # fmt: skip


def _columns(row: Any) -> tuple[str, ...]:
    """The columns of an entry that hold what none of their kind can hold, as a thirteenth month."""
    return tuple(
        name
        for name, kinds in _HOLDS.items()
        if not isinstance(value := getattr(row, name), kinds) or isinstance(value, t.NoDay)
    )


def _unreadable(row: Any, columns: tuple[str, ...]) -> Problem:
    named = ", ".join(columns)
    number = row.number if "number" not in columns else "?"
    ref = row.ref if "ref" not in columns else "?"
    return _problem(
        "chain.unreadable", number, f"档案 {ref} 的这条记录无法读取：列 {named} 中不是此列应有的内容",
        f"this entry of file {ref} cannot be read: its column {named} holds what does not belong there",
    )  # fmt: skip


def _step(walk: _Walk, row: Any, wrong: tuple[str, ...], remembered: Head | None) -> Iterator[Problem]:
    """What is wrong with one entry, some of whose columns may hold what cannot be read, which was told."""
    number, ref, kind, _, _, known_at, _, _, digest, previous, own_hash, salt, content = row
    ref = "?" if "ref" in wrong else ref
    if number != walk.number + 1:
        missing = f"{walk.number + 1}" if number == walk.number + 2 else f"{walk.number + 1}–{number - 1}"
        yield _problem("chain.missing", number, f"缺少记录 {missing}", f"entry {missing} is missing")
    elif previous != walk.hash:
        yield _problem(
            "chain.broken", number, "与前一条记录不相接（前一条被改动或替换）",
            "it does not follow from the entry before, which was changed or replaced",
        )  # fmt: skip
    if not wrong and own_hash != reading.hash_of(row):
        yield _problem("chain.changed", number, "记录被改动", "the entry was changed")
    if "known_at" in wrong:
        known_at = walk.known_at
    elif known_at <= walk.known_at:
        yield _problem("chain.reordered", number, "时间早于前一条记录", "its time lies before that of the entry before")
    if content is None:
        walk.hollow.append((number, ref, kind))
        walk.derived.unread.add(ref)
    elif wrong:
        walk.derived.unread.add(ref)
    elif body_digest(bytes(salt), bytes(content)) != digest:
        walk.derived.unread.add(ref)
        yield _problem("chain.body_changed", number, "内容被改动", "its content was changed")
    elif kind in ERASABLE_KINDS:
        yield from _opened(walk, row)
    if remembered is not None and number == remembered.number and own_hash != remembered.hash:
        yield _problem(
            "chain.rewritten", number, "与另行保存的校验值不符：历史被整体改写",
            "it differs from the head that was kept elsewhere: the history was rewritten",
        )  # fmt: skip
    walk.number, walk.hash, walk.known_at, walk.entries = number, own_hash, known_at, walk.entries + 1
    if "ref" not in wrong:
        walk.derived.see(number, ref, kind)
    if kind == EntryKind.ERASURE.value:
        walk.erasures[ref] = number


def _opened(walk: _Walk, row: Any) -> Iterator[Problem]:
    """What follows from what an entry says: the key that it was written with, the rules that an assessment rests on, and where
    a file may be found.
    """
    try:
        body = unpacked(walk.vault.open(row.number, row.ref, bytes(row.content)))
        key = body.get(KEY_DIGEST)
        if key is not None:
            walk.said[key] = row.ref, row.number
        if row.kind == EntryKind.ASSESSMENT.value:
            walk.books.setdefault((body["fingerprint"], body["book"]), row.number)
        elif row.kind in FACTUAL_KINDS:
            walk.derived.see_facts(row.ref, body, walk.vault)
    except (DamagedEntryError, ValueError, LookupError, TypeError, AttributeError):
        # Its digest fits: so the digest was changed with it.
        walk.derived.unread.add(row.ref)
        yield _problem("chain.body_changed", row.number, "内容被改动", "its content was changed")


def _hollow(walk: _Walk) -> Iterator[Problem]:
    """Bodies that are not there although nothing erased them."""
    for number, ref, kind in walk.hollow:
        if number < walk.erasures.get(ref, 0) and kind in ERASABLE_KINDS:
            walk.erased += 1
        else:
            yield _problem(
                "chain.body_missing", number, "内容缺失，且没有删除记录",
                "its content is missing, and no erasure says why",
            )  # fmt: skip


def _ends(connection: Connection, walk: _Walk, remembered: Head | None) -> Iterator[Problem]:
    head = single_row(connection, t.head)
    if (head.number, head.hash) != (walk.number, walk.hash):
        yield _problem(
            "chain.head", head.number, f"末端应为第 {head.number} 条，实为第 {walk.number} 条：末尾的记录被删除或追加",
            f"the last entry should be {head.number} and is {walk.number}: entries at the end were taken away or added",
        )  # fmt: skip
    elif head.known_at != max(walk.known_at, 0):
        yield _problem(
            "chain.head", head.number, "登记的最近写入时间与末条记录不符，此后的记录会写上错误的时间",
            "the time of the last writing that is registered is not that of the last entry, so later entries would be given a wrong time",
        )  # fmt: skip
    if remembered is not None and remembered.number > walk.number:
        yield _problem(
            "chain.truncated", remembered.number, "另行保存的末端之后的记录已不存在",
            "the entry that was kept elsewhere as the last is no longer there",
        )  # fmt: skip
    orphans = sa.select(t.bodies.c.number).where(~sa.exists().where(t.entries.c.number == t.bodies.c.number))
    for number in connection.execute(orphans.order_by(t.bodies.c.number)).scalars():
        yield _problem("chain.stray_body", number, "有内容而无记录", "there is a content without its entry")


def _books(connection: Connection, walk: _Walk) -> Iterator[Problem]:
    """Rules that assessments rest on and that are not there, or are not as they were kept; and rules whose digest beside them,
    which later assessments would be kept with, is not that of their text.
    """
    found, differing = {}, []
    for row in connection.execute(sa.select(t.books)):
        found[row.fingerprint] = text_digest(bytes(row.content))
        if found[row.fingerprint] != row.digest:
            differing.append(row.fingerprint)
    told = set()
    for (fingerprint, digest), number in walk.books.items():
        if found.get(fingerprint) != digest:
            told.add(fingerprint)
            yield _problem(
                "chain.book", number, "评估所依据的规则缺失或被改动，无法再现",
                "the rules that the assessment rests on are missing or were changed, so it cannot be had again",
            )  # fmt: skip
    resting = {fingerprint: number for (fingerprint, _), number in reversed(walk.books.items())}
    for fingerprint in differing:
        if fingerprint not in told:
            rests = resting.get(fingerprint)
            yield Problem(
                "chain.book",
                Text("一份规则与其摘要不符：两者之一被改动", "rules and their digest differ: one of both was changed")
                + _MEND,
                f"kg_books {str(fingerprint)[:16]}" if rests is None else f"#{rests}",
            )


#: Nothing that was changed is put right by another change: what was kept elsewhere says what stood there.
_MEND = Text(
    "；请停止写入，与备份核对，从完好的备份恢复", "; stop writing, compare with the backups, and restore a sound one"
)


#: What stands beside the entries, and no entry says.
_UNSEALED = Problem(
    "chain.waiting",
    Text(
        "导入时待认定身份的儿童、未能读取的行的登记被改动，可能有儿童不再列入待办；请查明何人改动了数据库，与备份核对，重新导入各名单，"
        "再确认现有登记：store.rebuild()",
        "the register of children that imports left until somebody says who they are, and of rows that could not be read, was changed, so "
        "that a child may be due no longer; find out who changed the database, compare with the backups, import the lists again, then "
        "take what is there as it is: store.rebuild()",
    ),
    "",
)


def _problem(code: str, number: int | str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en) + _MEND, f"#{number}")
