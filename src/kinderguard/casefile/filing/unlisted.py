"""Open files of children whom a newer edition of a list no longer names: told, and nothing is closed.

Used by ``CaseStore.no_longer_listed`` and by whoever files a survey. A child may have left the list since it is no longer in
difficulty, moved away, or been forgotten; only a person can tell. It writes nothing, and no name is in what it gives.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from kinderguard.casefile.chain.entries import FACTUAL, Entry
from kinderguard.casefile.filing.claims import Past, dated_rows
from kinderguard.casefile.filing.identity import file_of, numbers_of
from kinderguard.casefile.filing.namesakes import Namesakes
from kinderguard.model.text import Text
from kinderguard.survey.building import SurveyedChild
from kinderguard.survey.combining import rows_of
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
    """

    ref: str
    source: str
    last: dt.date
    as_of: dt.date

    @property
    def text(self) -> Text:
        """One line: the file, the list and the days."""
        return Text(
            f"档案 {self.ref}：{self.source}（{self.as_of}）已不再列有该儿童，档案中最近一次取自该名单为 {self.last}",
            f"File {self.ref}: {self.source} of {self.as_of} no longer names the child; what the file last took from it is of {self.last}",
        )


def no_longer_listed(
    store: "CaseStore",
    survey: Survey,
    *,
    refs: Callable[[SurveyedChild], str | None] | None = None,
    division: str | None = None,
) -> tuple[NoLongerListed, ...]:
    """See ``CaseStore.no_longer_listed``."""
    days = {source.code: source.as_of for source in survey.sources}
    named = _named(store, survey, refs)
    found = []
    for ref, entries in store.entries_of(store.refs(division, open=True), kinds=FACTUAL):
        for code, last in sorted(_last_days(entries, days).items()):
            if last < days[code] and ref not in named[code]:
                found.append(NoLongerListed(ref, code, last, days[code]))
    return tuple(found)


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
                files.append(whose)
                if isinstance(whose, str) and whose not in namesakes.there:
                    files.append(tuple(each.ref for each in namesakes.near(case, whose)))
        named = {ref for each in files if each is not None for ref in ([each] if isinstance(each, str) else each)}
        for code in child.sources:
            found[code] |= named
    return found


def _last_days(entries: Iterable[Entry], codes: Mapping[str, dt.date]) -> dict[str, dt.date]:
    """By list, the newest day of the rows that a file is from."""
    found: dict[str, dt.date] = {}
    for entry in Past(entries).entries:
        for row, day in dated_rows(entry):
            if row["list"] in codes:
                found[row["list"]] = max(day, found.get(row["list"], day))
    return found
