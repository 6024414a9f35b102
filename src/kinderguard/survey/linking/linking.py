"""Linking: rows of many lists in, pairs in three bands out.

A valid resident ID decides first; everything else is weighed. Called by the survey. It changes no row and joins none by
itself: ``Links.groups`` joins, and decisions override it.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.errors import MissingExtraError, ToldError
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.judging import ADULTS, GUARDIAN, NAME, Judge, Judged, components
from kinderguard.survey.linking.links import Links
from kinderguard.survey.linking.names import known_by, spelling
from kinderguard.survey.linking.pairs import Band, Compared, Pair
from kinderguard.survey.linking.preparing import prepare
from kinderguard.survey.linking.scoring import IDENTITY, Scored, Scorer
from kinderguard.survey.linking.settings import LinkSettings

#: Rows that hang together in a larger number are not all looked at two by two.
LARGEST = 120
_STEP = 500
#: After the rows are prepared: weighed, looked at once more where they hang together, judged.
_STAGES = 3
_STEPS_DONE = Text("匹配", "linking")


class RepeatedRowError(ToldError, ValueError):
    """Two rows with one key: nothing that is said of a row could be told apart."""


def link(
    rows: Sequence[tuple[RowKey, Case]],
    *,
    settings: LinkSettings | None = None,
    progress: bool | Progress | None = None,
) -> Links:
    """Find the rows that are of one child.

    Args:
        rows: every usable row of every list, with its key. Their order does not matter.
        settings: weights and bounds; the stated ones for children's ledgers in China if left out.
        progress: a bar (True), nothing (False), or a function that is called with (steps done, steps in all); if left out, a
            bar where there is much to do.

    Returns:
        The pairs found alike with their bands, weights (in bits) and reasons, from which groups follow. The same rows
        and settings give the same pairs.

    Raises:
        MissingExtraError: the extra ``[link]`` is not installed.
        LinkMemoryError: the rows do not fit into memory to be compared.
        RepeatedRowError: two rows have one key.

    >>> from kinderguard.survey.linking import RowKey, link
    >>> row = {"child.name": "王小明", "child.birth_date": "2015-03-05", "father.name": "王建国"}
    >>> links = link([(RowKey("education", "1", 2), Case.from_facts(row)), (RowKey("health", "1", 7), Case.from_facts(row))])
    >>> links.pairs[0].band.value, len(links.groups())
    ('same', 1)
    """
    chosen = settings or LinkSettings()
    with told(progress, 0, len(rows) + _STAGES, _STEPS_DONE, short=FEW) as tell:
        keys, columns = columns_of(rows, chosen, tell)
        return link_columns(keys, columns, settings=chosen, progress=tell)


def columns_of(
    rows: Sequence[tuple[RowKey, Case]], settings: LinkSettings, tell: Progress | None = None
) -> tuple[list[RowKey], dict[str, list[Any]]]:
    """The keys in order and, in the same order, the prepared columns that the settings read.

    Raises:
        MissingExtraError: pypinyin is not installed.
    """
    ordered = sorted(rows, key=lambda row: row[0])
    columns: dict[str, list[Any]] = {name: [] for name in dict.fromkeys((*settings.columns, IDENTITY, NAME))}
    for number, (_, case) in enumerate(ordered):
        try:
            prepared = prepare(case)
        except ModuleNotFoundError as error:
            raise MissingExtraError("link", error.name or "pypinyin") from None
        for name, values in columns.items():
            values.append(prepared[name])
        if tell is not None and number % _STEP == 0:
            tell(number, len(ordered) + _STAGES)
    return [key for key, _ in ordered], columns


def link_columns(
    keys: Sequence[RowKey],
    columns: Mapping[str, Sequence[Any]],
    *,
    settings: LinkSettings,
    progress: bool | Progress | None = None,
) -> Links:
    """The same for columns that were prepared otherwise, for settings of one's own (other records, other comparisons).

    Args:
        keys: the rows, each once.
        columns: what the settings read (``settings.columns``), a value a row in the order of ``keys``: text, or a list
            of texts where the kind of comparison takes lists; None is unknown. A column ``resident_id`` holds valid
            IDs: two that are equal decide, unless a column ``name`` differs, which is asked about; two that differ are never
            joined.
        settings: the comparisons.
        progress: as for ``link``.
    """
    if len(set(keys)) < len(keys):
        raise RepeatedRowError(
            Text(
                "有两行的来源、工作表和行号完全相同；同一类来源的两份表请用不同的 code",
                "Two rows have one source, sheet and row: give two lists of one kind different codes.",
            )
        )
    order = sorted(range(len(keys)), key=lambda place: keys[place])
    rows = tuple(keys[place] for place in order)
    sorted_columns = {name: [values[place] for place in order] for name, values in columns.items()}
    numbers: dict[str, int] = {}
    identities = {
        row: numbers.setdefault(number, len(numbers))
        for row, number in enumerate(sorted_columns.get(IDENTITY, ()))
        if number is not None
    }
    sources = [key.source for key in rows]
    names = known_by(
        (row, number, sorted_columns[NAME][row]) for row, number in identities.items() if NAME in sorted_columns
    )
    spelt = [None if name is None else spelling(name) for name in sorted_columns.get(NAME, ())]
    adults = sorted_columns.get(ADULTS, ()) if any(each.code == GUARDIAN for each in settings.comparisons) else ()
    judge = Judge(settings, identities, sources, names, spelt, adults, sorted_columns.get("born", ()))
    with told(progress, 0, len(rows) + _STAGES, _STEPS_DONE, short=FEW) as tell:
        done = _Steps(len(rows), tell)
        with Scorer(settings, sorted_columns, sources) as scorer:
            judged = {pair.two: pair for pair in map(judge.judged, scorer.scored(least=settings.bands.shown))}
            done.step()
            unseen = _unseen(judged, identities)
            judged |= {pair.two: pair for pair in map(judge.judged, scorer.scored_pairs(unseen))}
            done.step()
        judge.ask_about_rivals(judged.values())
        words = _Words(settings)
        pairs = tuple(
            Pair(
                rows[pair.scored.left], rows[pair.scored.right], pair.band, pair.scored.weight,
                words.reasons(pair.scored), pair.notes, judge.is_apart(pair),
            )
            for _, pair in sorted(judged.items())
        )  # fmt: skip
        done.step()
    return Links(rows, pairs, settings, {rows[row]: number for row, number in identities.items()})


def _unseen(judged: Mapping[tuple[int, int], Judged], identities: Mapping[int, int]) -> list[tuple[int, int]]:
    """The pairs of rows that hang together but were not looked at: what is at the ends of a chain may contradict.

    Two rows that both have an ID need no look: their IDs decide.
    """
    same = (two for two, pair in judged.items() if pair.band is Band.SAME)
    return [
        two
        for rows in components(same)
        if len(rows) <= LARGEST
        for two in combinations(rows, 2)
        if two not in judged and not (two[0] in identities and two[1] in identities)
    ]


class _Steps:
    """Tells how far it is once all rows are prepared."""

    def __init__(self, rows: int, tell: Progress) -> None:
        self._done, self._total, self._tell = rows, rows + _STAGES, tell

    def step(self) -> None:
        self._done += 1
        self._tell(self._done, self._total)


class _Words:
    """Reasons in words; one that was given before is given again, so that many pairs share it."""

    def __init__(self, settings: LinkSettings) -> None:
        self._settings = settings
        self._made: dict[tuple[str, int, float], Compared] = {}

    def reasons(self, scored: Scored) -> tuple[Compared, ...]:
        return tuple(
            self._reason(place, degree, weight)
            for place, (degree, weight) in enumerate(zip(scored.degrees, scored.weights, strict=True))
            if degree is not None
        )

    def _reason(self, place: int, degree: int, weight: float) -> Compared:
        comparison = self._settings.comparisons[place]
        key = (comparison.code, degree, weight)
        if key not in self._made:
            held = comparison.degrees[degree]
            siblings = round(held.weight_among_siblings, 3) if self._settings.prior.siblings > 0 else None
            self._made[key] = Compared(comparison.code, held.code, weight, siblings, held.text)
        return self._made[key]
