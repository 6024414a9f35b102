"""Weights learnt from many rows, to take the place of the stated ones.

Called by somebody who has large ledgers, before ``link``. Small ones teach nothing and are refused: what is learnt from
a few rows swings with each of them. It gives settings and changes none.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.case import Case
from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey
from kinderguard.survey.linking.linking import columns_of
from kinderguard.survey.linking.scoring import IDENTITY, Rule, Scorer, silence
from kinderguard.survey.linking.settings import Comparison, Degree, LinkSettings, LinkSettingsError

if TYPE_CHECKING:
    from splink.internals.linker import Linker

#: Fewer rows than this teach nothing.
LEAST_ROWS = 10_000
#: Fewer pairs of rows with one valid ID than this do not tell how often one child's rows differ.
LEAST_PAIRS = 2_000
#: Pairs drawn to learn how often strangers agree.
DRAWN = 2_000_000.0
#: Columns that an ID fills in by itself: two rows with one ID do not tell how often these differ without it.
_FROM_ID = frozenset({"born", "sex"})
_SEED = 1


def train(rows: Sequence[tuple[RowKey, Case]], *, settings: LinkSettings | None = None) -> LinkSettings:
    """Settings with weights learnt from these rows.

    How often one child's rows agree is counted in the pairs of rows with one valid resident ID; how often strangers
    agree, in pairs drawn by a fixed seed. A degree that was not met keeps its stated share, and so does everything that
    is said of brothers and sisters beside what a family has in common. Birth date and sex keep how often one child's
    rows agree: an ID fills them in by itself.

    Args:
        rows: at least 10,000 rows, with at least 2,000 pairs of rows that have one ID.
        settings: where to start from.

    Raises:
        LinkSettingsError: the rows are too few.
        MissingExtraError: the extra ``[link]`` is not installed.
    """
    chosen = settings or LinkSettings()
    _enough(len(rows), LEAST_ROWS, "行", "rows")
    keys, columns = columns_of(rows, chosen)
    counts: dict[str, int] = {}
    for number in columns[IDENTITY]:
        if number is not None:
            counts[number] = counts.get(number, 0) + 1
    _enough(sum(n * (n - 1) // 2 for n in counts.values()), LEAST_PAIRS, "对同号的行", "pairs of rows with one ID")
    with silence(), Scorer(chosen, columns, [key.source for key in keys]) as scorer:
        linker = scorer.linker([Rule.equal([IDENTITY])])
        linker.training.estimate_u_using_random_sampling(max_pairs=DRAWN, seed=_SEED, min_count_per_level=None)
        linker.training.estimate_m_from_label_column(IDENTITY)
        return learnt(linker, chosen)


def learnt(linker: "Linker", settings: LinkSettings) -> LinkSettings:
    """The settings with what splink's model has learnt; what it did not meet stays as stated."""
    found = {one["output_column_name"]: one for one in linker.misc.save_model_to_json()["comparisons"]}
    comparisons = tuple(
        one if one.code == IDENTITY else _taught(one, found[one.code]["comparison_levels"])
        for one in settings.comparisons
    )
    return attrs.evolve(settings, comparisons=comparisons)


def _taught(comparison: Comparison, levels: Sequence[dict[str, Any]]) -> Comparison:
    by_name = {level["label_for_charts"]: level for level in levels}
    from_id = not _FROM_ID.isdisjoint(comparison.columns)
    return attrs.evolve(
        comparison,
        degrees=tuple(_taught_degree(degree, by_name[degree.code], from_id) for degree in comparison.degrees),
    )


def _taught_degree(degree: Degree, level: dict[str, Any], from_id: bool) -> Degree:
    m, u = (_share(level.get(f"{letter}_probability")) for letter in "mu")
    m = degree.m if from_id else m
    if m is None or u is None:
        return degree
    # What a family has in common stays so: it says nothing among siblings.
    return attrs.evolve(degree, m=m, u=u, s=m if degree.s == degree.m else degree.s)


def _share(value: Any) -> float | None:
    """A learnt share; None where splink says, in words or by a stand-in, that it met none."""
    return float(value) if isinstance(value, int | float) and 1e-9 < value <= 1 else None


def _enough(found: int, least: int, zh: str, en: str) -> None:
    if found < least:
        raise LinkSettingsError(
            Text(
                f"学习权重至少需要 {least:,} {zh}，这里只有 {found:,}；请直接使用已给定的权重",
                f"Weights are learnt from at least {least:,} {en}; here are {found:,}: use the stated weights.",
            )
        )
