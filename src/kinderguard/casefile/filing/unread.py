"""The rows of lists that imports left so that nobody would miss their children or their news: rows that could not be read, rows that
do not say who the child is, rows whose file does not take them (another division is in charge of it), rows that contradict another
of the same child, and rows of children whose file is closed. Kept beside the files until a later edition of the list reads, or
somebody says that the row is settled; that of a closed file also until the file is open again.

Written by imports and by ``CaseStore.settle_row``, read by what is due. It says where a row stands and what is wrong with it,
never what it holds; it is sealed as the files are.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import sealing
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import check_user
from kinderguard.casefile.chain.texts import check_text
from kinderguard.casefile.correcting import check_reason
from kinderguard.casefile.errors import EntryRefusedError, StoreError
from kinderguard.casefile.filing.identity import UNIDENTIFIED
from kinderguard.model.case import Case
from kinderguard.model.codes import Code
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.survey.ledger import CellProblem, LedgerRow

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore


@attrs.frozen
class Edition:
    """One list as it was imported: what it is called, its day, and the division whose children it names, where that is known."""

    list: str
    as_of: dt.date
    covers: str | None = None
    #: Where the children live that it names.
    places: frozenset[str] = frozenset()

    def reads_again(self, row: "UnreadRow") -> bool:
        """Whether it is a newer edition of the list, of the place of a row that could not be read; or the same once more."""
        if row.list != self.list or self.as_of < row.as_of:
            return False
        if row.covers == self.covers and (self.covers is not None or row.division is None):
            return True
        place = row.division or row.covers
        if place is None:
            return False
        if self.covers is not None:
            return place.startswith(self.covers)
        return any(place.startswith(each) or each.startswith(place) for each in self.places)


class LeftRow(Code):
    """Why a row of a list is kept to be looked at 未存档的原因."""

    UNREAD = "unread", "未能读取", "was not read"
    UNIDENTIFIED = "unidentified", "不能确定是哪名儿童", "does not say who the child is"
    CLOSED = "closed", "档案已结案", "is of a child whose file is closed"
    REFUSED = "refused", "档案未予写入", "is not taken by the file of its child"
    CONTRADICTED = "contradicted", "与同一儿童的另一行不符", "contradicts another row of the same child"


@attrs.frozen
class UnreadRow:
    """A row of a list that an import left. Nothing that it holds is in it but the division of the child.

    Attributes:
        list, as_of, covers: of the edition that it stands in.
        sheet, row: where it stands.
        problem: what is wrong, with the mend.
        division: where the child lives, as far as that could be read.
        since: the day of the import that left it first; None where it is not kept yet.
        settled: who said on which day that it is settled, and why.
        left: why it is kept.
        file: the file of its child, where that is closed or does not take it.
    """

    list: str
    as_of: dt.date
    covers: str | None
    sheet: str
    row: int
    problem: Text
    division: str | None
    since: dt.date | None = None
    settled: tuple[str, str, str] | None = None
    left: LeftRow = LeftRow.UNREAD
    file: str | None = None

    def ref(self, vault: Vault) -> str:
        """The number by which it is settled: of a closed file, once for all editions of the list."""
        said = [self.list, str(self.as_of), self.covers, self.sheet, self.row]
        if self.left is LeftRow.CLOSED:
            said = [self.list, "closed", self.file]
        return vault.pseudonym("unread:" + json.dumps(said, ensure_ascii=False))

    @property
    def text(self) -> Text:
        """Where it stands, what is wrong, and what to do."""
        if self.left is not LeftRow.UNREAD:
            place = Text(
                f"名单 {self.list}（{self.as_of}）{self.sheet} 第 {self.row} 行",
                f"row {self.row} ({self.sheet}) of list {self.list} of {self.as_of}",
            )
            what = Text("未存档：", " was not filed: ")
            if self.left is LeftRow.REFUSED:
                what = Text(f"未写入档案 {self.file}：", f" was not written to file {self.file}: ")
            elif self.file is not None:
                what = Text(f"，档案 {self.file}：", f", file {self.file}: ")
            settle = Text(
                "；不必再办的，登记已处理（store.settle_row）", ", or record that it is settled (store.settle_row)"
            )
            problem = Text(self.problem.zh.removesuffix("。"), self.problem.en.removesuffix("."))
            return place + what + problem + settle
        return Text(
            f"名单 {self.list}（{self.as_of}）{self.sheet} 第 {self.row} 行未能读取，该行儿童可能没有存档：{self.problem.zh}；更正后再导入该名单，"
            "不必再读的，登记已处理（store.settle_row）",
            f"row {self.row} ({self.sheet}) of list {self.list} of {self.as_of} was not read, so its child may not be filed: "
            f"{self.problem.en}; mend it and import the list again, or record that it is settled (store.settle_row)",
        )


def unread_row(edition: Edition, row: LedgerRow, problem: CellProblem) -> UnreadRow:
    """A row that could not be read, as it is kept."""
    return UnreadRow(
        edition.list, edition.as_of, edition.covers, row.sheet, row.row, problem.message, row.said_division or edition.covers
    )  # fmt: skip


def unidentified_row(edition: Edition, place: tuple[str, int], case: Case) -> UnreadRow:
    """A row that does not say who the child is, as it is kept.

    Args:
        edition: of its list.
        place: its sheet and row.
        case: what it says.
    """
    division = _place(case) or edition.covers
    return UnreadRow(
        edition.list, edition.as_of, edition.covers, *place, UNIDENTIFIED, division, left=LeftRow.UNIDENTIFIED
    )  # fmt: skip


def closed_row(edition: Edition, place: tuple[str, int], case: Case, file: str, why: Text) -> UnreadRow:
    """A row of a child whose file is closed, as it is kept.

    Args:
        edition: of its list.
        place: its sheet and row.
        case: what it says.
        file: the closed file.
        why: what to do.
    """
    division = _place(case) or edition.covers
    return UnreadRow(edition.list, edition.as_of, edition.covers, *place, why, division, left=LeftRow.CLOSED, file=file)


def refused_row(edition: Edition, place: tuple[str, int], case: Case, file: str, why: Text) -> UnreadRow:
    """A row that the file of its child does not take, as it is kept.

    Args:
        edition: of its list.
        place: its sheet and row.
        case: what it says.
        file: the file.
        why: why not, and what to do.
    """
    return attrs.evolve(closed_row(edition, place, case, file, why), left=LeftRow.REFUSED)


def contradicted_row(edition: Edition, place: tuple[str, int], case: Case, why: Text) -> UnreadRow:
    """A row that contradicts another of the same child, as it is kept.

    Args:
        edition: of its list.
        place: its sheet and row.
        case: what it says.
        why: in what, and what to do.
    """
    return attrs.evolve(unidentified_row(edition, place, case), problem=why, left=LeftRow.CONTRADICTED)


def _place(case: Case) -> str | None:
    return case.division or case.child.registration.division


def keep_unread(store: "CaseStore", rows: Collection[UnreadRow], editions: Iterable[Edition]) -> None:
    """Keep the rows that an import left, and forget those of earlier editions of its lists.

    Args:
        store: the files.
        rows: the rows that the import left.
        editions: the lists that it read.
    """
    vault, read = store._vault, tuple(editions)
    with store._database.reading() as connection:
        before = {digest: row for digest, row in _kept(connection, vault) if row is not None}
    gone = [digest for digest, row in before.items() if any(edition.reads_again(row) for edition in read)]
    if not gone and not rows:
        return
    with store._writing() as writing, sealing.resealing(writing.connection, vault):
        new = {row.ref(vault): row for row in rows}
        for digest in {*gone, *new}:
            writing.connection.execute(sa.delete(t.unread).where(t.unread.c.digest == digest))
        for digest, row in new.items():
            was = before.get(digest)
            settled = was.settled if was is not None and was.problem == row.problem else None
            since = was.since if was is not None else writing.today
            _put(writing.connection, vault, digest, attrs.evolve(row, since=since, settled=settled))


def settle(store: "CaseStore", ref: str, *, reason: str, by: str) -> UnreadRow:
    """See ``CaseStore.settle_row``."""
    check_reason(reason)
    check_text(reason, "reason")
    check_user(by)
    with store._writing() as writing:
        writing.users.check(by)
        row = dict(_kept(writing.connection, writing.vault)).get(ref)
        if row is None:
            raise EntryRefusedError(
                Text(
                    "没有这样编号的未存档的行；未写入任何内容，请照 due 所写的编号登记。",
                    "There is no row of that number that was not filed; nothing was written. Give the number that due names.",
                )
            )
        if row.settled is not None:
            return row
        row = attrs.evolve(row, settled=(by, str(writing.today), reason.strip()))
        with sealing.resealing(writing.connection, writing.vault):
            writing.connection.execute(sa.delete(t.unread).where(t.unread.c.digest == ref))
            _put(writing.connection, writing.vault, ref, row)
    return row


def unread_in(
    store: "CaseStore", division: str | None = None
) -> tuple[tuple[tuple[str, UnreadRow], ...], tuple[Problem, ...]]:
    """The rows that were left and nobody settled, each with the number by which it is settled; and what cannot be read of them.

    Args:
        store: the files.
        division: only those of this division (a prefix); of which it is not known, all the same.
    """
    with store._database.reading() as connection:
        kept = list(_kept(connection, store._vault))
    wanted = division or ""
    left = [(digest, row) for digest, row in kept if row is not None and row.settled is None]
    there: set[str] = set()
    if division is not None and any(row.left is LeftRow.REFUSED for _, row in left):
        there = set(store.refs(division))  # news of a child is also for whoever is in charge of its file by now
    found = [(digest, row) for digest, row in left if row.file in there or _is_in(row.division, wanted)]
    if any(row.left is LeftRow.CLOSED for _, row in found):
        closed = set(store.refs(open=False, at=store.today()))
        found = [(digest, row) for digest, row in found if row.left is not LeftRow.CLOSED or row.file in closed]
    found.sort(key=lambda each: (each[1].list, each[1].as_of, each[1].sheet, each[1].row))
    return tuple(found), (_DAMAGED,) if any(row is None for _, row in kept) else ()


def _is_in(place: str | None, wanted: str) -> bool:
    """Whether a child of a place, as far as that is known, may live in a division."""
    return place is None or place.startswith(wanted) or wanted.startswith(place)


def drop_unreadable(connection: Connection, vault: Vault) -> None:
    """Forget what cannot be read any more, so that it is told no longer; it comes again with the next import of its lists."""
    for digest in [digest for digest, row in _kept(connection, vault) if row is None]:
        connection.execute(sa.delete(t.unread).where(t.unread.c.digest == digest))


# ---- as it stands in the table -----------------------------------------------------------------------------------


def _put(connection: Connection, vault: Vault, digest: str, row: UnreadRow) -> None:
    said: dict[str, Any] = {
        "list": row.list, "as_of": str(row.as_of), "covers": row.covers, "sheet": row.sheet, "row": row.row,
        "problem": row.problem.to_dict(), "division": row.division, "since": str(row.since), "settled": row.settled,
        "left": row.left.value, "file": row.file,
    }  # fmt: skip
    content = vault.seal(0, digest, json.dumps(said, ensure_ascii=False).encode())
    connection.execute(sa.insert(t.unread).values(digest=digest, content=content))


def _kept(connection: Connection, vault: Vault) -> Iterator[tuple[str, UnreadRow | None]]:
    """Each that is kept; None of one that cannot be read."""
    for digest, content in connection.execute(sa.select(t.unread.c.digest, t.unread.c.content)):
        try:
            said = json.loads(vault.open(0, digest, bytes(content)))
            settled = said["settled"]
            yield digest, UnreadRow(
                said["list"], dt.date.fromisoformat(said["as_of"]), said["covers"], said["sheet"], int(said["row"]),
                Text(**said["problem"]), said["division"], dt.date.fromisoformat(said["since"]),
                None if settled is None else (settled[0], settled[1], settled[2]),
                LeftRow.of(said.get("left", LeftRow.UNREAD)), said.get("file"),
            )  # fmt: skip
        except (StoreError, ValueError, LookupError, TypeError):
            yield digest, None


_DAMAGED = Problem(
    "file.unread",
    Text(
        "导入时未能读取的行中，有的登记已损坏、无法读取；请先清除（store.rebuild()），再重新导入各名单",
        "of the rows that imports could not read, some can no longer be told; have them dropped (store.rebuild()) and import the lists "
        "again",
    ),
    "",
)
