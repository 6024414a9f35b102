"""What each edition of a list said of a file, also where nothing came to be written since the file said so already: by this an
older edition that comes late changes nothing of what newer ones said, and going back to an earlier content of the same day is
known from importing that once more.

Kept beside the entries by ``recording``, one small row for each list, day and file: which facts the edition confirmed, and no
value that the entries hold. A row that is lost or cannot be read is as if the edition had confirmed nothing.
"""

import datetime as dt
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.chain import reading
from kinderguard.casefile.chain import tables as t
from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.chain.entries import Entry, packed, unpacked
from kinderguard.casefile.errors import StoreError
from kinderguard.casefile.history import holdings, stated_on, values


@attrs.frozen
class Place:
    """A file, a list whatever its edition, and a day: of them one row is kept."""

    ref: str
    series: str
    day: dt.date

    def digest(self, vault: Vault) -> str:
        """By what the row is found."""
        return vault.key_digest(f"edition:{json.dumps([self.ref, self.series, str(self.day)])}")


@attrs.frozen
class Confirmed:
    """What an edition of a list said of a file as of a day, in so far as the file said it already.

    Attributes:
        place: the file, the list and the day.
        key: the digest of the key of what was filed last of them; None where it had no key.
        turn: how many times something was filed of them.
        row: where the child stood: list, sheet, row, the list's own day, the division that it covers.
        number: the last entry of the file before.
        same: the facts of which it said what the file said.
        all_but: whether ``same`` are those that it did not, of all that the file said of the day.
        less: the facts of which it said less, with what it said.
        unknown: the facts that were unknown already, and which it left so.
    """

    place: Place
    key: str | None
    turn: int
    row: tuple[str, str, int, str, str | None]
    number: int
    same: frozenset[str]
    all_but: bool
    less: Mapping[str, Any] = attrs.field(repr=False)
    unknown: frozenset[str]

    def of(self, paths: Collection[str], entries: Iterable[Entry]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """What it said of some facts, and which of them it left unknown.

        Args:
            paths: the facts.
            entries: those of the file that its facts follow from.
        """
        found: dict[str, Any] = {}
        wanted = {path for path in paths if (path in self.same) is not self.all_but}
        if wanted:
            then = stated_on(holdings(e for e in entries if e.number <= self.number), self.place.day)
            found = {path: value for path, value in values(then).items() if path in wanted}
        found |= {path: value for path, value in self.less.items() if path in paths}
        return found, tuple(sorted(self.unknown.intersection(paths)))


def confirmed(
    place: Place,
    *,
    key: str | None,
    turn: int,
    row: tuple[str, str, int, str, str | None],
    number: int,
    same: Collection[str],
    thought: Collection[str],
    less: Mapping[str, Any],
    unknown: Collection[str],
) -> Confirmed:
    """A ``Confirmed`` in its shorter form.

    Args:
        thought: all that the file said of the day.
        place, key, turn, row, number, same, less, unknown: as there.
    """
    but = [path for path in thought if path not in same and path not in less]
    # A list's row confirms nearly all of the file, or a department's part of it.
    all_but = len(but) < len(same)
    return Confirmed(
        place, key, turn, row, number, frozenset(but if all_but else same), all_but, less, frozenset(unknown)
    )


# ---- as they stand in the table ----------------------------------------------------------------------------------


def to_row(vault: Vault, said: Confirmed) -> dict[str, Any]:
    """One as it is kept; sealed as the files are."""
    digest = said.place.digest(vault)
    body = {
        "series": said.place.series, "key": said.key, "turn": said.turn, "row": said.row, "number": said.number,
        "same": sorted(said.same), "all_but": said.all_but, "less": said.less, "unknown": sorted(said.unknown),
    }  # fmt: skip
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "digest": digest,
        "ref": said.place.ref,
        "day": said.place.day,
        "content": vault.seal(0, digest, packed(text)),
    }


def at(connection: Connection, vault: Vault, places: Mapping[str, Place]) -> Iterator[tuple[str, Confirmed]]:
    """Those of some places, by digest."""
    for some in reading.chunks(sorted(places)):
        refs, days = ({getattr(places[each], name) for each in some} for name in ("ref", "day"))
        for row in connection.execute(_AT, {"refs": sorted(refs), "days": sorted(days), "digests": some}):
            found = _read(vault, row)
            if found is not None:
                yield row.digest, found


def newest(connection: Connection, refs: Iterable[str]) -> dict[str, dt.date]:
    """By file, the day of the newest of them."""
    found: dict[str, dt.date] = {}
    for some in reading.chunks(sorted(refs)):
        found |= {row[0]: row[1] for row in connection.execute(_NEWEST, {"refs": some})}
    return found


def after(connection: Connection, vault: Vault, ref: str, day: dt.date) -> Iterator[tuple[str, Confirmed]]:
    """Those of a file and a later day, by digest."""
    for row in connection.execute(_AFTER, {"ref": ref, "day": day}):
        found = _read(vault, row)
        if found is not None:
            yield row.digest, found


def damaged(connection: Connection, vault: Vault) -> set[tuple[str, str]]:
    """The digest and the file of each that cannot be read."""
    return {(row.digest, row.ref) for row in connection.execute(sa.select(t.editions)) if _read(vault, row) is None}


def drop_damaged(connection: Connection, vault: Vault) -> None:
    """Forget those that cannot be read."""
    for digest, _ in damaged(connection, vault):
        connection.execute(sa.delete(t.editions).where(t.editions.c.digest == digest))


#: Built once: that takes longer than running them.
_AT = sa.select(t.editions).where(
    t.editions.c.ref.in_(sa.bindparam("refs", expanding=True)),
    t.editions.c.day.in_(sa.bindparam("days", expanding=True)),
    t.editions.c.digest.in_(sa.bindparam("digests", expanding=True)),
)
_NEWEST = (
    sa.select(t.editions.c.ref, sa.func.max(t.editions.c.day))
    .where(t.editions.c.ref.in_(sa.bindparam("refs", expanding=True)))
    .group_by(t.editions.c.ref)
)
_AFTER = sa.select(t.editions).where(t.editions.c.ref == sa.bindparam("ref"), t.editions.c.day > sa.bindparam("day"))


def _read(vault: Vault, row: Any) -> Confirmed | None:
    try:
        said = unpacked(vault.open(0, row.digest, bytes(row.content)))
        place = Place(row.ref, said["series"], row.day)
        if place.digest(vault) != row.digest:
            return None
        listed, sheet, number, as_of, covers = said["row"]
        return Confirmed(
            place, said["key"], int(said["turn"]), (listed, sheet, number, as_of, covers), int(said["number"]),
            frozenset(said["same"]), bool(said["all_but"]), dict(said["less"]), frozenset(said["unknown"]),
        )  # fmt: skip
    except (StoreError, ValueError, LookupError, TypeError, AttributeError, zlib.error):
        return None
