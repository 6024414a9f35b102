"""The headers that a ledger may have, and how a sheet's header row is found."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from kinderguard.model.errors import nearest
from kinderguard.model.text import Text
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.ledger_headers import STANDARD, column_clashes, plain_header
from kinderguard.rules.definitions import DeclaredFact

#: How far down a header row is looked for, and how many known headers make one.
SEARCHED_ROWS, LEAST_HEADERS = 20, 2


@attrs.frozen
class KnownHeaders:
    """The standard headers together with those that packs add."""

    #: Plain spelling: standard header.
    spellings: Mapping[str, str]
    #: A pack's header: the fact it fills.
    facts: Mapping[str, DeclaredFact[Any]]
    #: A header that packs claim twice, or that is a standard one: what is wrong with it, and the mend.
    clashes: Mapping[str, Text] = attrs.field(factory=dict)

    @classmethod
    def of(cls, columns: Iterable[LedgerColumn] = ()) -> "KnownHeaders":
        """With the packs' columns. A standard spelling is never taken over by a pack."""
        spellings = {plain_header(s): header for header, also in STANDARD.items() for s in (header, *also)}
        facts: dict[str, DeclaredFact[Any]] = {}
        columns = tuple(columns)
        for column in columns:
            standard = spellings.get(plain_header(column.header))
            if column.fact is not None and standard is None:
                facts[column.header] = column.fact
            for s in (column.header, *column.also):
                spellings.setdefault(plain_header(s), standard or column.header)
        clashes = {spellings[plain_header(c.header)]: text for c, text in column_clashes(columns)}
        return cls(spellings, facts, clashes)

    def nearest(self, header: str) -> str | None:
        """The known header most like an unknown one."""
        found = nearest(plain_header(header), self.spellings)
        return None if found is None else self.spellings[found]


@attrs.frozen
class SheetHeaders:
    """A sheet's header row: its number, and what each column is, by its position."""

    row: int
    #: Position: (standard header, the header as the sheet writes it).
    columns: Mapping[int, tuple[str, str]]
    #: Position: the header as the sheet writes it, for headers that nobody knows.
    unknown: Mapping[int, str]
    #: Position: standard header, for those that stand there a second time.
    repeated: Mapping[int, str]


def find_headers(rows: list[tuple[int, list[Any]]], known: KnownHeaders) -> SheetHeaders | None:
    """The row among the first that has most known headers; None where no row has any to speak of."""
    best: tuple[int, int, list[Any]] | None = None
    for number, cells in rows[:SEARCHED_ROWS]:
        count = len({known.spellings[h] for h in map(plain_header, cells) if h in known.spellings})
        if count >= LEAST_HEADERS and (best is None or count > best[0]):
            best = (count, number, cells)
    if best is None:
        return None
    columns: dict[int, tuple[str, str]] = {}
    unknown: dict[int, str] = {}
    repeated: dict[int, str] = {}
    seen: set[str] = set()
    for position, cell in enumerate(best[2]):
        plain = plain_header(cell)
        if not plain:
            continue
        standard = known.spellings.get(plain)
        if standard is None:
            unknown[position] = str(cell).strip()
        elif standard in seen:
            repeated[position] = standard
        else:
            seen.add(standard)
            columns[position] = (standard, re.sub(r"\s*\n\s*", "", str(cell)).strip())
    return SheetHeaders(best[1], columns, unknown, repeated)
