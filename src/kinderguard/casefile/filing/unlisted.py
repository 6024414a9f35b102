"""Open files of children whom a newer edition of a list no longer names: told, and nothing is closed.

Used by ``CaseStore.no_longer_listed`` and by whoever files a survey. A child may have left the list since it is no longer in
difficulty, moved away, or been forgotten; only a person can tell. It writes nothing, and no name is in what it gives.
"""

import datetime as dt
from collections.abc import Callable, Container, Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from kinderguard.casefile.chain.entries import FACTUAL, Entry
from kinderguard.casefile.facts import PLACES
from kinderguard.casefile.filing.claims import Past, dated_rows
from kinderguard.casefile.filing.coverage import covered_by
from kinderguard.casefile.filing.identity import file_of, numbers_of
from kinderguard.casefile.filing.namesakes import Namesakes
from kinderguard.casefile.history import holdings, stated_on, values
from kinderguard.model.text import Text
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.combining import rows_of
from kinderguard.survey.ledger import LedgerRow
from kinderguard.survey.linking.characters import simplified
from kinderguard.survey.linking.names import plain_name
from kinderguard.survey.surveyed import Survey

if TYPE_CHECKING:
    from kinderguard.casefile.store import CaseStore


@attrs.frozen
class NoLongerListed:
    """An open file of a child whom a newer edition of a list no longer names.

    Attributes:
        ref: the file.
        source: the code of the list.
        last: the day of the newest row of that list that the file is from. Where the list said nothing new since, it may have
            named the child later as well.
        as_of: the day of the edition that does not name the child.
        covers: the division whose children that edition names; None where that is not known, so that it may be another
            township's list.
        unread: how many rows of that edition were not read, and by nobody's ID or name are the row of a child that has a file: the
            child may be in one of them.
    """

    ref: str
    source: str
    last: dt.date
    as_of: dt.date
    covers: str | None = None
    unread: int = 0

    @property
    def text(self) -> Text:
        """One line: the file, the list and the days; and how many rows were not read, in which the child may be."""
        maybe = Text(
            f"；该名单有 {self.unread} 行未能读取，可能就在其中",
            f"; {self.unread} of its {'row was' if self.unread == 1 else 'rows were'} not read, where the child may be",
        )
        return self._told + (maybe if self.unread else Text("", ""))

    @property
    def _told(self) -> Text:
        return Text(
            f"档案 {self.ref}：{self.source}（{self.as_of}）已不再列有该儿童，档案中最近一次取自该名单为 {self.last}（此后各期无新情况的，不留记录）",
            f"File {self.ref}: {self.source} of {self.as_of} no longer names the child; what the file last took from it is of {self.last}, and "
            "an edition since that said nothing new left no trace",
        )


def no_longer_listed(
    store: "CaseStore",
    survey: Survey,
    *,
    refs: Callable[[SurveyedChild], str | None] | None = None,
    division: str | None = None,
) -> tuple[NoLongerListed, ...]:
    """See ``CaseStore.no_longer_listed``."""
    named = _named(store, survey, refs)
    naming = {code for child in survey.children for code in child.sources}
    editions = {s.code: _Edition(s.code, s.as_of, covered_by(s)) for s in survey.sources if s.code in naming}
    today, found = store.today(), []
    unread = {s.code: _Unread(s.ledger.skipped) for s in survey.sources}
    for ref, entries in store.entries_of(store.refs(division, open=True), kinds=FACTUAL):
        past = Past(entries).entries
        for code, (last, covers) in sorted(_last_rows(past, editions).items()):
            edition = editions[code]
            if last >= edition.as_of or ref in named[code] or unread[code].names(past):
                continue
            if edition.is_of(covers, past, today):
                found.append(NoLongerListed(ref, code, last, edition.as_of, edition.covers))
    return tuple(attrs.evolve(each, unread=unread[each.source].left) for each in found)


class _Unread:
    """The rows of a list that were not read: whose they are, as far as an ID or a name in them says it."""

    def __init__(self, rows: Iterable[LedgerRow]) -> None:
        self._rows = tuple(rows)
        self._by: dict[str, set[int]] = {}
        for place, row in enumerate(self._rows):
            for said in (row.said_id, None if row.said_name is None else _one_name(row.said_name)):
                if said:
                    self._by.setdefault(said, set()).add(place)
        self._known: set[int] = set()

    def names(self, entries: Iterable[Entry]) -> bool:
        """Whether one of them may be the row of a file's child."""
        if not self._by:
            return False
        found: set[int] = set()
        for entry in entries:
            facts = entry.body.get("facts") or {}
            number, name = facts.get("child.resident_id"), facts.get("child.name")
            for said in (number, _one_name(name) if isinstance(name, str) else None):
                found |= self._by.get(said, set()) if isinstance(said, str) else set()
        self._known |= found
        return bool(found)

    @property
    def left(self) -> int:
        """How many of them no file's child was found to be in."""
        return len(self._rows) - len(self._known)


def _one_name(name: str) -> str:
    return simplified(plain_name(name)).replace("·", "")


@attrs.frozen
class _Edition:
    """One list of the survey, and the division that it covers, where that is known."""

    code: str
    as_of: dt.date
    covers: str | None

    def is_of(self, covers: str | None, entries: Iterable[Entry], today: dt.date) -> bool:
        """Whether it would name the child again that an earlier edition named.

        Args:
            covers: what that covered; None where it is not known.
            entries: of the file, which say who is in charge where one edition covers more than the other.
            today: the day of that.
        """
        if self.covers is None or (covers is not None and covers.startswith(self.covers)):
            return True
        if covers is not None and not self.covers.startswith(covers):
            return False
        facts = values(stated_on(holdings(entries), today))
        place = next((str(facts[path]) for path in PLACES if path in facts), "")
        return place.startswith(self.covers)


def _named(
    store: "CaseStore", survey: Survey, refs: Callable[[SurveyedChild], str | None] | None
) -> Mapping[str, set[str]]:
    """By list, the files of the children that it names. Where it is not decided who a child is, or in which of several files it
    is, all count that it may be: nobody is said to have gone who may be there.
    """
    cases = dict(rows_of(survey.sources))
    all_cases = [*cases.values(), *(child.case for child in survey.children)]
    held, namesakes = store._files_with(numbers_of(all_cases)), Namesakes(store._vault)
    if refs is None:
        namesakes.look(store, ((case, file_of(store._vault, case, held)) for case in all_cases))
    found: dict[str, set[str]] = {source.code: set() for source in survey.sources}
    for child in survey.children:
        files: list[str | tuple[str, ...] | None]
        if refs is not None:
            files = [refs(child)]
        else:
            unsure = () if child.case.child.resident_id is not None else (cases[row] for row in child.rows)
            files = []
            for case in (child.case, *unsure):
                whose = file_of(store._vault, case, held)
                files.append(namesakes.possible(case, whose) if isinstance(whose, str) else whose)
        named = {ref for each in files if each is not None for ref in ([each] if isinstance(each, str) else each)}
        for code in child.sources:
            found[code] |= named
    return found


def _last_rows(entries: Iterable[Entry], codes: Container[str]) -> dict[str, tuple[dt.date, str | None]]:
    """By list, the newest day of the rows that a file is from, and the division that the list of that day covered."""
    found: dict[str, tuple[dt.date, str | None]] = {}
    for entry in entries:
        for row, day in dated_rows(entry):
            code, covers = row["list"], row.get("covers")
            if code in codes and (code not in found or found[code][0] <= day):
                found[code] = day, covers if isinstance(covers, str) else None
    return found
