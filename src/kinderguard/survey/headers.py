"""The headers that a ledger may have, and how a sheet's header row is found, in one row or in two.

Called by ``read`` for each sheet. What may be somebody's name or number where a header should stand is never shown.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from kinderguard.model.echo import HIDDEN, holds_number, shown_file
from kinderguard.model.errors import nearest
from kinderguard.model.text import Text
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.ledger_headers import FACTS, column_clashes, plain_header, standard_spellings
from kinderguard.rules.definitions import DeclaredFact
from kinderguard.survey.cells import in_digits, plain
from kinderguard.survey.columns import takes_another_unit

#: How far down a header row is looked for, and how many known headers make one.
SEARCHED_ROWS, LEAST_HEADERS = 20, 2
#: Without one of these in its header row nobody in a sheet could be told.
IDENTITY = frozenset(("儿童姓名", "身份证号", "出生日期"))

Row = tuple[int, list[Any]]

_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\Z")
_LONG_NUMBER = re.compile(r"\d{8}|\d(\.\d+)?[eE]\+\d")
#: What a group of columns is about, where its name belongs before theirs.
_GROUP = re.compile(r"(?:(父亲|母亲|监护人|父|母)方?(?:基本)?|(家庭)(?:基本|经济)?)(?:情况|信息|资料|状况)?\Z")
_HOUSEHOLD = "家庭"
_BRACKET = re.compile(r"\(([^)]*)\)\**\Z")
_SOMEBODY_ELSE = re.compile(r"父亲?|母亲?|父母|监护人|家长")
_ANSWERS = frozenset("是否有无")
#: Headers that look like a surname with a given name.
_NO_NAMES = frozenset(("金额", "余额", "程度", "任务", "高龄"))


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
        spellings = standard_spellings()
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

    def named(self, cells: Iterable[Any]) -> set[str]:
        """The standard headers that a row names."""
        return {self.spellings[h] for h in map(plain_header, cells) if h in self.spellings}


@attrs.frozen
class SheetHeaders:
    """A sheet's header row: its number, and what each column is, by its position."""

    row: int
    #: Position: (standard header, the header as the sheet writes it).
    columns: Mapping[int, tuple[str, str]]
    #: Position: the header as the sheet writes it, for headers that nobody knows; what may be personal is not repeated.
    unknown: Mapping[int, str]
    #: Position: standard header, for those that stand there a second time.
    repeated: Mapping[int, str]
    #: Position: the header as the sheet writes it, where its bracket names another unit or person than the column takes.
    other_unit: Mapping[int, str] = attrs.field(factory=dict)
    #: Position: the header as the sheet writes it, where it stands over a column for yes and one for no.
    split: Mapping[int, str] = attrs.field(factory=dict)
    #: Positions of blank headers.
    blank: tuple[int, ...] = ()
    #: Whether cells of the header row look like a child's data.
    holds_data: bool = False
    #: The header rows as they stand, one or two.
    lines: tuple[tuple[Any, ...], ...] = attrs.field(default=(), repr=False)

    @property
    def width(self) -> int:
        """How many cells the header row has."""
        positions = (*self.columns, *self.unknown, *self.repeated, *self.other_unit, *self.split, *self.blank)
        return max(positions, default=-1) + 1

    def marks(self, known: KnownHeaders) -> frozenset[str]:
        """What a row must hold to be worth asking whether it ``repeats`` the headers: a name for who the child is."""
        spellings = {spelling for spelling, standard in known.spellings.items() if standard in IDENTITY}
        written = {cell for line in self.lines for cell in line if plain_header(cell) in spellings}
        return frozenset(spellings | written)

    def repeats(self, cells: Sequence[Any], known: KnownHeaders) -> bool | None:
        """Of a row below: whether it has the same headers once more (True) or others (False); None where it has none."""
        named = known.named(cells)
        if len(named) < LEAST_HEADERS or not named & IDENTITY or any(map(looks_like_data, cells)):
            return None
        return all(
            any(position < len(line) and plain_header(line[position]) == header for line in self.lines)
            for position, header in enumerate(map(plain_header, cells))
            if header in known.spellings
        )


def letter(position: int) -> str:
    """The letters that Excel gives a column.

    >>> letter(0), letter(27)
    ('A', 'AB')
    """
    text, rest = "", position + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        text = chr(ord("A") + digit) + text
    return text


def looks_like_data(cell: Any) -> bool:
    """Whether what stands in a cell is more likely somebody's data than a header."""
    if isinstance(cell, dt.date):
        return True
    text = plain(cell)
    return text in ("男", "女") or _DATE.match(in_digits(text)) is not None or _LONG_NUMBER.search(text) is not None


def find_headers(rows: list[Row], known: KnownHeaders) -> SheetHeaders | None:
    """The row among the first that has most known headers; None where no row has any to speak of."""
    best: tuple[int, int] | None = None
    for at, (_, cells) in enumerate(rows[:SEARCHED_ROWS]):
        named = known.named(cells)
        if len(named) < LEAST_HEADERS or (best is not None and len(named) <= best[0]):
            continue
        # 重病 and 流浪 stand in a child's row as well as in a row of headers.
        if named & IDENTITY or not any(map(looks_like_data, cells)):
            best = len(named), at
    if best is None:
        return None
    number, cells, whose, lines = _in_two_rows(rows, best[1], known)
    holds_data = any(map(looks_like_data, cells))
    columns: dict[int, tuple[str, str]] = {}
    unknown: dict[int, str] = {}
    repeated: dict[int, str] = {}
    other_unit: dict[int, str] = {}
    seen: set[str] = set()
    for position, cell in enumerate(cells):
        if not plain_header(cell):
            continue
        written = re.sub(r"\s*\n\s*", "", str(cell)).strip()
        standard, written = _meant(written, whose.get(position), known)
        if standard is None:
            private = holds_data or (_is_personal(written) and known.nearest(written) is None)
            unknown[position] = f"{HIDDEN} ({letter(position)})" if private else written
        elif _means_another(standard, written, known):
            other_unit[position] = standard if _is_personal(written) else written
        elif standard in seen:
            repeated[position] = standard
        else:
            seen.add(standard)
            columns[position] = (standard, standard if _is_personal(written) else written)
    blank = tuple(position for position, cell in enumerate(cells) if not plain_header(cell))
    below = next((row for row in rows if row[0] == number + 1), (number, []))
    split = {p: columns.pop(p)[1] for p in _over_yes_and_no(below[1], columns, blank)}
    if split:
        number, lines = below[0], (*lines, tuple(below[1]))
    return SheetHeaders(number, columns, unknown, repeated, other_unit, split, blank, holds_data, lines)


def _is_personal(written: str) -> bool:
    return holds_number(written) or (shown_file(written) != written and written not in _NO_NAMES)


def _meant(written: str, who: str | None, known: KnownHeaders) -> tuple[str | None, str]:
    """The standard header that is meant, and how to name it: 身份证号 below 父亲 is the father's, 人口 below 家庭 the household's.

    What is no person's may be the child's own: an address below 家庭 is where the child lives.
    """
    header = plain_header(written)
    standard = known.spellings.get(header)
    if who is None or header.startswith(who):
        return standard, written
    theirs = known.spellings.get(who + header)
    if theirs is not None:
        return theirs, who + written
    if who != _HOUSEHOLD and standard is not None and FACTS.get(standard, "").startswith("child."):
        return None, who + written
    return standard, written


def _means_another(standard: str, written: str, known: KnownHeaders) -> bool:
    """Whether the bracket behind a header says that something else stands below: ten thousands, another calendar, a parent."""
    found = _BRACKET.search(re.sub(r"\s+", "", unicodedata.normalize("NFKC", written)))
    if found is None:
        return False
    return _SOMEBODY_ELSE.fullmatch(found[1]) is not None or takes_another_unit(
        standard, known.facts.get(standard), found[1]
    )


def _in_two_rows(
    rows: list[Row], at: int, known: KnownHeaders
) -> tuple[int, list[Any], dict[int, str], tuple[tuple[Any, ...], ...]]:
    """The number of the header row, its cells, of whom columns are, and the one row or the two that this was read from."""
    number, cells = rows[at]
    if at + 1 < len(rows) and _stands_below(cells, rows[at + 1][1], known):
        upper, (number, lower) = cells, rows[at + 1]
    elif at > 0:
        upper, lower = rows[at - 1][1], cells
    else:
        return number, cells, {}, (tuple(cells),)
    # Of a cell merged over both rows the text stands in the upper one.
    both = [
        above if not plain_header(below) and plain_header(above) in known.spellings else below
        for above, below in _paired(upper, lower)
    ]
    return number, both, dict(_whose(upper, lower)), (tuple(upper), tuple(lower))


def _stands_below(upper: list[Any], lower: list[Any], known: KnownHeaders) -> bool:
    """Whether a row is the lower one of two header rows: nothing but headers, below groups of columns."""
    whose = dict(_whose(upper, lower))
    found = [(position, header) for position, cell in enumerate(lower) if (header := plain_header(cell))]
    return bool(found) and all(
        (header in known.spellings or whose.get(position, "") + header in known.spellings)
        and (position >= len(upper) or not plain_header(upper[position]) or position in whose)
        for position, header in found
    )


def _over_yes_and_no(below: list[Any], columns: Mapping[int, tuple[str, str]], blank: Sequence[int]) -> list[int]:
    """The columns whose header is merged over two, with 是 and 否 below it: a tick in one of them says what its column says."""
    said = [plain(cell) for cell in below]
    if any(said[p] for p, (header, _) in columns.items() if header in IDENTITY and p < len(said)):
        return []
    return [
        p for p in columns if p + 1 in blank and p + 1 < len(said) and said[p] in _ANSWERS and said[p + 1] in _ANSWERS
    ]


def _paired(upper: list[Any], lower: list[Any]) -> Iterator[tuple[Any, Any]]:
    for position in range(max(len(upper), len(lower))):
        yield (
            upper[position] if position < len(upper) else None,
            lower[position] if position < len(lower) else None,
        )


def _whose(upper: list[Any], lower: list[Any]) -> Iterator[tuple[int, str]]:
    """By position, the parent, guardian or household over whose columns it stands; a title above the whole sheet is nobody's."""
    filled = [position for position, cell in enumerate(upper) if plain_header(cell)]
    if not filled or filled == [0]:
        return
    who: str | None = None
    for position, (above, below) in enumerate(_paired(upper, lower)):
        if plain_header(above):
            match = _GROUP.match(plain_header(above))
            who = None if match is None else match[2] or match[1] + "亲" * (match[1] in ("父", "母"))
        if who is not None and plain_header(below):
            yield position, who
