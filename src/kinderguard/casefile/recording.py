"""What is known of a child, to be filed from a day on: only what differs from what is thought true is written.

Used by ``CaseStore.record`` and by imports. A blank never overrides a value.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from kinderguard.casefile.entries import Entry, EntryKind, NewEntry, check_ref, check_user
from kinderguard.casefile.facts import facts_of
from kinderguard.casefile.history import holdings, stated_on, values
from kinderguard.casefile.texts import check_text
from kinderguard.casefile.writing import Writing
from kinderguard.model.case import Case
from kinderguard.model.dates import as_day
from kinderguard.model.text import Text


@attrs.frozen
class FactSource:
    """One row of a list, and the facts that are known from it.

    Attributes:
        list: the list's code.
        sheet: the sheet's name.
        row: the row, as Excel numbers it.
        as_of: the day on which the list tells how things stand.
        facts: the paths of the facts.
    """

    list: str
    sheet: str
    row: int
    as_of: dt.date
    facts: tuple[str, ...]


@attrs.frozen
class Recording:
    """One case to be recorded; ``CaseStore.record`` says what each argument means.

    Attributes:
        sources: rows of lists that the facts are from; kept with the facts that are written.
        titles: what the lists' or packs' own facts are called, by path; kept with those that are written.
    """

    case: Case = attrs.field(repr=False)
    at: dt.date
    by: str = attrs.field(kw_only=True)
    source: str | None = attrs.field(default=None, kw_only=True)
    key: str | None = attrs.field(default=None, kw_only=True, repr=False)
    unknown: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    sources: tuple[FactSource, ...] = attrs.field(default=(), kw_only=True)
    titles: Mapping[str, Text] = attrs.field(factory=dict, kw_only=True)
    acting: str | None = attrs.field(default=None, kw_only=True)
    override: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_ref(self.case.ref)
        check_user(self.by)
        as_day(self.at, "at")
        if self.source is not None:
            check_text(self.source, "source")

    @property
    def ref(self) -> str:
        """The file."""
        assert self.case.ref is not None
        return self.case.ref

    def write(self, writing: Writing) -> Entry | None:
        """Write what differs; None where nothing does. The key is kept either way.

        Raises:
            as ``Writing.write``; ``InvalidRecordError`` for a path of ``unknown`` that does not exist.
        """
        if self.key is not None and writing.was_written(self.key):
            return writing.written(self.key)
        facts = self._differing(writing)
        if not facts:
            if self.key is not None:
                writing.remember(self.key, self.ref, None)
            return None
        body: dict[str, Any] = {"facts": facts}
        rows = [row for each in self.sources if (row := _row(each, facts)) is not None]
        source = self.source or ",".join(dict.fromkeys(row["list"] for row in rows))
        titles = {path: title.to_dict() for path, title in self.titles.items() if path in facts}
        body |= {"titles": titles} if titles else {}
        body |= ({"source": source} if source else {}) | ({"sources": rows} if rows else {})
        new = NewEntry(
            self.ref,
            EntryKind.FACTS,
            body,
            self.at,
            by=self.by,
            key=self.key,
            acting=self.acting,
            override=self.override,
        )
        return writing.write(new, canonical=True)

    def _differing(self, writing: Writing) -> dict[str, Any]:
        thought = values(stated_on(holdings(writing.factual(self.ref)), self.at))
        said = facts_of(self.case)
        Case.from_facts(dict.fromkeys(self.unknown))  # else a misspelt path would silently change nothing
        found = {path: value for path, value in said.items() if thought.get(path) != value}
        return found | {path: None for path in self.unknown if path in thought and path not in said}


def _row(source: FactSource, written: Mapping[str, Any]) -> dict[str, Any] | None:
    """A source as an entry keeps it, with those of its facts that are written; None where none is."""
    facts = [path for path in source.facts if path in written]
    if not facts:
        return None
    return {
        "list": source.list, "sheet": source.sheet, "row": source.row, "as_of": source.as_of.isoformat(), "facts": facts,
    }  # fmt: skip
