"""Counts of how rules come out, by each dimension: for every rule so many children in each state. Made part by part.

Called by ``coverage`` and ``needs``. A rule that a place does not have is in no state there.
"""

from collections.abc import Mapping, Sequence

import attrs
import polars as pl

from kinderguard.analysis.dimensions import By, Key, parted

#: How a condition comes out, as the engines have it.
NO, YES, OPEN = 0, 1, 2
#: By table, by the values of its dimensions, by rule: how many children are in each state.
States = Mapping[str, Mapping[Key, Mapping[str, tuple[int, ...]]]]


def truth(column: pl.Expr) -> pl.Expr:
    """A condition as a state."""
    return pl.when(column.is_null()).then(OPEN).when(column).then(YES).otherwise(NO).cast(pl.UInt8)


@attrs.frozen(eq=False)
class StateCounts:
    """Adds up.

    Args:
        by: the tables.
        states: how many states there are, counted from 0.
    """

    by: Sequence[By]
    states: int
    _parts: dict[By | None, list[pl.DataFrame]] = attrs.field(factory=dict)

    def add(self, states: pl.DataFrame, dimensions: pl.DataFrame) -> None:
        """Count some children.

        Args:
            states: a column for each rule; null where the place has no such rule.
            dimensions: a column for each dimension, row for row.
        """
        measures = [pl.len().cast(pl.Int64).alias("#children")]
        measures += [
            (pl.col(code) == state).sum().cast(pl.Int64).alias(f"{state}:{code}")
            for code in states.columns
            for state in range(self.states)
        ]
        self._parts.setdefault(None, []).append(states.select(measures))
        for by in self.by:
            names = [f"by:{name}" for name in by.names]
            keyed = states.hstack([dimensions[name].alias(f"by:{name}") for name in by.names])
            self._parts.setdefault(by, []).append(keyed.group_by(names).agg(measures))

    @property
    def children(self) -> int:
        """How many children were counted."""
        return sum(int(part["#children"].sum()) for part in self._parts.get(None, ()))

    def all(self) -> Mapping[str, tuple[int, ...]]:
        """By rule, of all children."""
        parts = self._parts.get(None, ())
        return self._row(pl.concat(parts, how="diagonal").sum().row(0, named=True)) if parts else {}

    def tables(self) -> tuple[States, Mapping[str, Mapping[Key, int]]]:
        """By table and the values of its dimensions: the counts of each rule, and how many children there are."""
        counts: dict[str, dict[Key, Mapping[str, tuple[int, ...]]]] = {}
        children: dict[str, dict[Key, int]] = {}
        for by in self.by:
            names = [f"by:{name}" for name in by.names]
            parts = self._parts.get(by, ())
            added = parted(pl.concat(parts, how="diagonal"), by) if parts else pl.DataFrame()
            rows = {tuple(row[name] for name in names): row for row in added.iter_rows(named=True)}
            counts[by.name] = {key: self._row(row) for key, row in rows.items()}
            children[by.name] = {key: row["#children"] for key, row in rows.items()}
        return counts, children

    def _row(self, row: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        codes = dict.fromkeys(name.split(":", 1)[1] for name in row if name[:1].isdigit() and ":" in name)
        return {code: tuple(row[f"{state}:{code}"] or 0 for state in range(self.states)) for code in codes}


__all__ = ["NO", "OPEN", "YES", "StateCounts", "States", "truth"]
