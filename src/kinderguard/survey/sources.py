"""A department's list as a source of the survey: its ledger, what kind of list it is, and as of which day it holds.

Called first of all: ``read_source`` for each department, then ``combine``. It never joins rows and never chooses
between departments.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from operator import is_
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from kinderguard.model.dates import as_day
from kinderguard.model.echo import shown_code
from kinderguard.model.errors import suggestion
from kinderguard.model.places import check_division
from kinderguard.model.progress import Progress
from kinderguard.model.text import Text
from kinderguard.packs.columns import LedgerColumn
from kinderguard.packs.ledger_headers import STANDARD, plain_header
from kinderguard.packs.source_profiles import ProfileError, SourceProfile
from kinderguard.survey.facts import fact_paths
from kinderguard.survey.keys import RowKey
from kinderguard.survey.ledger import CellProblem, Ledger, LedgerRow
from kinderguard.survey.read import read_ledger
from kinderguard.survey.row import RowError, refuse_later

if TYPE_CHECKING:
    from kinderguard.packs.book import PolicyBook

_STANDARD_SPELLINGS = {plain_header(s): header for header, also in STANDARD.items() for s in (header, *also)}


@attrs.frozen(eq=False)
class Source:
    """One list: what kind it is, as of which day, and its rows.

    Args:
        profile: what kind of list.
        as_of: the day on which the list tells how things stand.
        ledger: its rows, as ``read_ledger`` gave them. One that tells of what happened after ``as_of`` is skipped, with that
            reason.
        code: what rows and decisions call it; the profile's own code if left out. Two lists of one kind need two codes.
        covers: the division (a prefix) whose children it names, all of them; None where nobody says. Lists of several townships
            may so have one code, filed one after the other.

    Raises:
        FieldValueError: ``covers`` is no division code.
    """

    profile: SourceProfile
    as_of: dt.date
    ledger: Ledger = attrs.field(repr=False)
    code: str = ""
    covers: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.covers is not None:
            object.__setattr__(self, "covers", check_division(self.covers))
        object.__setattr__(self, "as_of", as_day(self.as_of, "as_of"))
        object.__setattr__(self, "ledger", _known_on(self.ledger, self.as_of))
        if not self.code:
            object.__setattr__(self, "code", self.profile.code)

    def key(self, sheet: str, row: int) -> RowKey:
        """How a row of this list is named in the survey."""
        return RowKey(self.code, sheet, row)

    def __str__(self) -> str:
        return (
            f"{self.code} ({self.as_of}): {self.ledger.rows_in} = {len(self.ledger.cases)} + {len(self.ledger.skipped)}"
        )


def _known_on(ledger: Ledger, day: dt.date) -> Ledger:
    """The ledger, its rows skipped that tell of a later day: it may have been read for another day, or for none."""
    rows = tuple(_row_on(row, day) for row in ledger.rows)
    return ledger if all(map(is_, rows, ledger.rows)) else attrs.evolve(ledger, rows=rows)


def _row_on(row: LedgerRow, day: dt.date) -> LedgerRow:
    try:
        if row.case is not None:
            refuse_later(row.case, day)
    except RowError as error:
        return left_out(row, error)
    return row


def left_out(row: LedgerRow, error: RowError) -> LedgerRow:
    """A row that was read and cannot be used all the same."""
    child, place = (None, None) if row.case is None else (row.case.child, row.case.division)
    number, name = (None, None) if child is None else (child.resident_id, child.name)
    return attrs.evolve(
        row,
        case=None,
        error=CellProblem(error.code, row.sheet, row.row, None, error.text),
        said_name=None if name is None else name.reveal(),
        said_id=None if number is None else number.reveal(),
        said_division=place,
    )


def titles_of(sources: Iterable[Source]) -> dict[str, Text]:
    """What the packs' and the lists' own facts are called, by their code."""
    return {code: title for source in sources for code, title in source.ledger.titles.items()}


@cache
def built_in_profiles() -> dict[str, SourceProfile]:
    """The built-in kinds of list by code: civil affairs, education, police, both federations.

    >>> sorted(built_in_profiles())
    ['civil_affairs', 'disabled_federation', 'education', 'public_security', 'womens_federation']
    """
    folder = resources.files("kinderguard.survey") / "profiles"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            with resources.as_file(file) as path:
                profile = SourceProfile.from_toml(path)
            found[profile.code] = profile
    return found


def find_profile(code: str, book: "PolicyBook | None" = None) -> SourceProfile:
    """The kind of list of that code: a built-in one, or one that a pack of ``book`` gives.

    Args:
        code: ``civil_affairs``; a pack's begins with its division, as in ``330199.street_office``.
        book: whose packs are asked; only that of the division is loaded.

    Raises:
        ProfileError: there is none; with the nearest code, or what is missing.
    """
    found = dict(built_in_profiles())
    division = code.partition(".")[0] if "." in code else ""
    if division and book is not None:
        found |= {profile.code: profile for profile in book.source_profiles([division])}
    if code in found:
        return found[code]
    close, shown = suggestion(code, found), shown_code(code)
    asked = (
        Text(
            "；规则包的来源类型须给出 book=kinderguard.load()", "; a pack's kind of list needs book=kinderguard.load()"
        )
        if division and book is None
        else Text("", "")
    )
    raise ProfileError(
        Text(
            f"没有来源类型 {shown!r}{asked.zh}；可用：{'、'.join(found)}，或 SourceProfile.from_toml(…)。{close.zh}",
            f"There is no kind of list {shown!r}{asked.en}; there are {', '.join(found)}, or use "
            f"SourceProfile.from_toml(...).{close.en}",
        )
    )


def read_source(
    path: str | Path,
    profile: SourceProfile | str,
    *,
    as_of: dt.date,
    book: "PolicyBook | None" = None,
    code: str | None = None,
    columns: Sequence[LedgerColumn] = (),
    sheet: str | None = None,
    progress: bool | Progress | None = None,
    covers: str | None = None,
) -> Source:
    """Read one department's list.

    Args:
        path: the file, Excel or CSV.
        profile: what kind of list it is: a profile, or the code of one (``"civil_affairs"``, ``"education"``,
            ``"public_security"``, ``"disabled_federation"``, ``"womens_federation"``, or a pack's).
        as_of: the day on which the list tells how things stand. What it says to have happened after that day is unknown.
        book: gives the packs' columns, policy titles and kinds of list.
        code: what to call this list, where two of one kind are combined (``"education.north"``).
        columns: further columns, as for ``read_ledger``.
        sheet: read this sheet only.
        progress: as for ``read_ledger``.
        covers: as for ``Source``.

    Raises:
        ProfileError: there is no such kind of list, or one of its spellings means another standard header already.
        LedgerError: the file as a whole cannot be used.
        NotADayError: ``as_of`` is no day: a text, say.
        FieldValueError: ``covers`` is no division code.
    """
    chosen = find_profile(profile, book) if isinstance(profile, str) else profile
    refuse_taken_spellings(chosen)
    _refuse_unknown_answers(chosen)
    day = as_day(as_of, "as_of")
    ledger = read_ledger(
        path, book=book, columns=(*columns, *chosen.ledger_columns), sheet=sheet, as_of=day, progress=progress
    )  # fmt: skip
    return Source(chosen, day, ledger, code or chosen.code, covers)


def refuse_taken_spellings(profile: SourceProfile) -> None:
    """Refuse a spelling of no header, and one that the standard reads otherwise: it would be read so without a word.

    Raises:
        ProfileError: which spelling, and what it means already or the nearest header.
    """
    for written, standard in profile.spellings.items():
        if standard not in STANDARD and not any(standard == column.header for column in profile.columns):
            close = suggestion(standard, STANDARD)
            raise ProfileError(
                Text(
                    f"{profile.code}：没有标准列名 {standard!r}。{close.zh}",
                    f"{profile.code}: there is no standard header {standard!r}.{close.en}",
                )
            )
        taken = _STANDARD_SPELLINGS.get(plain_header(written))
        if taken is not None and taken != standard:
            raise ProfileError(
                Text(
                    f"{profile.code}：列名“{written}”通常指“{taken}”，不能改为“{standard}”；请改名单中的列名",
                    f"{profile.code}: the header {written} means {taken} everywhere, so it cannot stand for {standard}; "
                    "rename it in the list",
                )
            )


def _refuse_unknown_answers(profile: SourceProfile) -> None:
    for path in sorted(profile.answers):
        if not path[:1].isdigit() and path not in fact_paths():
            close = suggestion(path, fact_paths())
            raise ProfileError(
                Text(
                    f"{profile.code}：answers 中没有事实 {path!r}。{close.zh}",
                    f"{profile.code}: answers names {path!r}, and there is no such fact.{close.en}",
                )
            )
