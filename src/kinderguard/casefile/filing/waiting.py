"""The children that imports did not file and no file can be asked about, since somebody has to say first who they are: two
resident IDs, or one between two children. Kept beside the files, so that what is due tells them until they are filed.

Written by imports alone, and read by what is due. Where a row may be the child of a file, that is asked in the file itself
(``perhaps``). It says in which row a child stands and never who it is; it is sealed as the files are. What is lost of it comes
again with the next import of the list.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import sealing
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.errors import StoreError
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.filing.identity import file_of
from kinderguard.casefile.filing.persons import person_in
from kinderguard.model.case import Case
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text, join, same

if TYPE_CHECKING:
    from kinderguard.casefile.chain.writing import Writing
    from kinderguard.casefile.store import CaseStore

Rows = tuple[tuple[str, str, int], ...]


@attrs.frozen
class WaitingChild:
    """A child that an import left unfiled until somebody has said who it is. No name is in it.

    Attributes:
        ref: the number that its file would have.
        persons: digests of its name with its birth date.
        rows: where it stands: list, sheet and row.
        division: where it lives, as far as that is known.
        why: why it waits, and what to do.
        by_name: whether it is told apart by its name, since its ID is another's too.
        since: the day of the import that left it first; None where it is not kept yet.
    """

    ref: str
    persons: frozenset[str] = attrs.field(repr=False)
    rows: Rows
    division: str | None
    why: Text
    by_name: bool = False
    since: dt.date | None = None

    @property
    def lists(self) -> set[str]:
        """The lists that it stands in."""
        return {row[0] for row in self.rows}

    @property
    def text(self) -> Text:
        """Its rows, and why it waits."""
        where = join([same(f"{name}/{sheet}/{row}") for name, sheet, row in self.rows], "、", ", ")
        return Text(
            f"名单中一名儿童（{where.zh}）尚未建档：{self.why.zh}",
            f"a child of the lists ({where.en}) has no file yet: {self.why.en}",
        )

    @property
    def beside_a_file(self) -> Text:
        """The same, where a file of its number is there, so that whose the number is remains to be said."""
        where = join([same(f"{name}/{sheet}/{row}") for name, sheet, row in self.rows], "、", ", ")
        named = Text(
            f"名单中一名儿童（{where.zh}）未存档，其身份证号已有档案 {self.ref}：",
            f"a child of the lists ({where.en}) is not filed, and file {self.ref} with its ID is there: ",
        )
        return named + (_WHOSE_NUMBER if self.by_name else self.why)


def waiting_child(
    vault: Vault, case: Case, rows: Iterable[tuple[str, str, int]], why: Text, *, by_name: bool = False
) -> WaitingChild:
    """A child as it is kept.

    Args:
        vault: of the store.
        case: the child.
        rows: where it stands: list, sheet and row.
        why: why it waits, and what to do.
        by_name: whether its ID is another's too.
    """
    stands = tuple(rows)
    own = file_of(vault, case, {})
    ref = own if isinstance(own, str) else vault.pseudonym("row:" + json.dumps(stands, ensure_ascii=False))
    return WaitingChild(ref, _persons(vault, case), stands, place_of(case), why, by_name)


def place_of(case: Case) -> str | None:
    """Where a child lives, or else is registered, as far as that is known."""
    return case.division or case.child.registration.division


def _persons(vault: Vault, case: Case) -> frozenset[str]:
    return frozenset(person_in(facts_of(case)).digests(vault))


def keep_waiting(
    store: "CaseStore", waiting: Collection[WaitingChild], *, lists: Mapping[str, str | None], filed: Iterable[Case]
) -> None:
    """Keep who waits after an import, and forget who was filed by it, or stands in its lists no more.

    Args:
        store: the files.
        waiting: the children that the import left.
        lists: the lists that it read, each with the division whose children it names; None where nobody says: then a child may
            still wait of whose place it names nobody.
        filed: the children that it filed, or found filed.
    """
    vault = store._vault
    with store._database.reading() as connection:
        before = {digest: each for digest, each in _kept(connection, vault) if each is not None}
    if not before and not waiting:
        return
    known: set[tuple[object, frozenset[str]]] = set()
    persons: set[str] = set()
    places = {each.division for each in waiting if each.division is not None}
    for case in filed if before else ():
        whose, place = (file_of(vault, case, {}), _persons(vault, case)), place_of(case)
        known.add(whose)
        persons |= whose[1]
        places |= set() if place is None else {place}
    gone = [
        digest
        for digest, each in before.items()
        if was_looked_for(each.division, each.lists, lists, places)
        or (each.ref, each.persons) in known
        or (each.by_name and each.persons & persons)
    ]
    new = {_digest(vault, each): each for each in waiting}
    with store._writing() as writing, sealing.resealing(writing.connection, vault):
        run = writing.connection.execute
        for digest in {*gone, *new}:
            run(sa.delete(t.waiting).where(t.waiting.c.digest == digest))
        for digest, each in new.items():
            since = before[digest].since if digest in before else None
            content = vault.seal(0, digest, _written(attrs.evolve(each, since=since or writing.today)))
            run(sa.insert(t.waiting).values(digest=digest, content=content))


def was_looked_for(
    division: str | None, named: Iterable[str], lists: Mapping[str, str | None], places: Collection[str]
) -> bool:
    """Whether newer editions of all the lists that a child stood in were read that are of its place, so that it stands there
    again or does not.

    Args:
        division: where the child lives.
        named: the lists that it stood in.
        lists: the lists that were read, each with the division whose children it names; None where nobody says.
        places: where the children live that these lists name.
    """
    place = division or ""
    is_named = any(place.startswith(each) or each.startswith(place) for each in places)
    for name in named:
        if name not in lists:
            return False
        covers = lists[name]
        if not (is_named if covers is None else place.startswith(covers)):
            return False
    return True


def waiting_in(store: "CaseStore", division: str | None = None) -> tuple[tuple[WaitingChild, ...], tuple[Problem, ...]]:
    """The children that wait, and what cannot be read of them.

    Args:
        store: the files.
        division: only those of this division (a prefix); of whom it is not known, all the same.
    """
    with store._database.reading() as connection:
        kept = [each for _, each in _kept(connection, store._vault)]
    wanted = division or ""
    found = (each for each in kept if each is not None)
    chosen = (each for each in found if each.division is None or each.division.startswith(wanted))
    return tuple(sorted(chosen, key=lambda each: each.rows)), (_DAMAGED,) if None in kept else ()


def drop_unreadable(connection: Connection, vault: Vault) -> None:
    """Forget what cannot be read any more, so that it is told no longer; it comes again with the next import of its lists."""
    for digest in [digest for digest, each in _kept(connection, vault) if each is None]:
        connection.execute(sa.delete(t.waiting).where(t.waiting.c.digest == digest))


def forget(writing: "Writing", ref: str) -> None:
    """Forget who would begin a file, where that is erased; and what cannot be read, since it may be just that."""
    kept = list(_kept(writing.connection, writing.vault))
    gone = [digest for digest, each in kept if each is None or each.ref == ref]
    with sealing.resealing(writing.connection, writing.vault) if gone else nullcontext():
        for digest in gone:
            writing.connection.execute(sa.delete(t.waiting).where(t.waiting.c.digest == digest))


# ---- as it stands in the table -----------------------------------------------------------------------------------


def _digest(vault: Vault, child: WaitingChild) -> str:
    return vault.key_digest("waiting:" + json.dumps([child.ref, sorted(child.persons)]))


def _written(child: WaitingChild) -> bytes:
    said: dict[str, Any] = {
        "ref": child.ref, "persons": sorted(child.persons), "rows": child.rows, "division": child.division,
        "why": child.why.to_dict(), "by_name": child.by_name, "since": str(child.since),
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def _kept(connection: Connection, vault: Vault) -> Iterator[tuple[str, WaitingChild | None]]:
    """Each that is kept; None of one that cannot be read."""
    for digest, content in connection.execute(sa.select(t.waiting.c.digest, t.waiting.c.content)):
        try:
            said = json.loads(vault.open(0, digest, bytes(content)))
            yield digest, WaitingChild(
                said["ref"], frozenset(said["persons"]), tuple((a, b, int(c)) for a, b, c in said["rows"]),
                said["division"], Text(**said["why"]), said["by_name"], dt.date.fromisoformat(said["since"]),
            )  # fmt: skip
        except (StoreError, ValueError, KeyError, TypeError):
            yield digest, None


_WHOSE_NUMBER = Text(
    "名单中另有姓名用此号码，号码是谁的待核对，本行等待，档案未改动；请按证件核对，如为同一名儿童，改正姓名并保留一行；如为双胞胎等两名"
    "儿童，更正填错的身份证号，再导入",
    "the lists have this ID with another name too, so whose it is has to be said first; this row waits and the file stays as it is. Look "
    "at the papers: if it is one child, mend the name and keep one row; if they are two, such as twins, correct the wrong number; then "
    "import again",
)
_DAMAGED = Problem(
    "file.waiting",
    Text(
        "导入时待认定身份的儿童中，有的登记已损坏、无法读取；请先清除（store.rebuild()），再重新导入各名单",
        "of the children that imports left until somebody says who they are, some can no longer be read; have them dropped "
        "(store.rebuild()) and import the lists again",
    ),
    "",
)
