"""What each row of a child says, fact by fact, with what was taken of it.

Made by ``building`` for each child. Only facts that rows contradict each other about are kept; the rest, by far the
most, are read from the rows again when somebody looks: a county's survey would otherwise hold millions of small objects.
"""

from collections.abc import Iterator, Mapping, Sequence

from kinderguard.model.case import Case
from kinderguard.survey.choosing import Choice, Said, Sourced
from kinderguard.survey.facts import facts_of
from kinderguard.survey.keys import RowKey
from kinderguard.survey.sources import Source


def said_by(
    rows: Sequence[RowKey], cases: Mapping[RowKey, Case], sources: Mapping[str, Source]
) -> dict[str, list[Said]]:
    """By path, what each row says; a row that says nothing of a fact is not there."""
    found: dict[str, list[Said]] = {}
    for key in rows:
        source = sources[key.source]
        for path, value in facts_of(cases[key]).items():
            found.setdefault(path, []).append(Said(key, source, value))
    return found


def sourced(path: str, choice: Choice) -> tuple[Sourced, ...]:
    """What the rows say of a fact, with what was taken, the most trusted first."""
    return tuple(
        Sourced(s.value, s.key.source, s.key, s.source.as_of, chosen, path)
        for s, chosen in zip(choice.said, choice.chosen, strict=True)
    )


class FactsSaid(Mapping[str, tuple[Sourced, ...]]):
    """By path, what each row says of a fact, and whether that was taken."""

    __slots__ = ("_cases", "_contested", "_read", "_rows", "_sources")

    def __init__(
        self,
        rows: Sequence[RowKey],
        cases: Mapping[RowKey, Case],
        sources: Mapping[str, Source],
        contested: Mapping[str, Choice],
    ) -> None:
        self._rows, self._cases, self._sources, self._contested = rows, cases, sources, contested
        self._read: dict[str, list[Said]] | None = None

    @property
    def _said(self) -> dict[str, list[Said]]:
        if self._read is None:
            self._read = said_by(self._rows, self._cases, self._sources)
        return self._read

    def __getitem__(self, path: str) -> tuple[Sourced, ...]:
        choice = self._contested.get(path)
        if choice is None:
            # Nobody contradicts anybody, so what each says was taken, perhaps in a finer form.
            said = tuple(self._said[path])
            choice = Choice(None, said, (True,) * len(said))
        return sourced(path, choice)

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def __repr__(self) -> str:
        return f"<{len(self)} facts: {', '.join(self)}>"
