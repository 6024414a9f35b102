"""Counts and sums of what a reform does, by each dimension: made part by part, then added up.

A sum over children of whom one has no bound has none itself: the null is counted beside the sum, never passed over.
"""

from collections.abc import Iterable, Mapping, Sequence

import attrs
import polars as pl

from kinderguard.analysis.between import Between, between
from kinderguard.analysis.comparing.rows import KINDS, SUMS
from kinderguard.analysis.dimensions import By, Key, parted


@attrs.frozen
class Effect:
    """What a reform does to some children.

    Args:
        children: how many there are.
        gains, loses, same: who gains, loses or is left as before, whatever the unknown facts are.
        may_gain: who gains or is left as before, as the unknown facts may be; ``may_lose`` alike.
        open: who may gain or lose.
        cost_a_year: by how much what is due in a year changes (below zero: it saves), a household's help counted once.
        cost_once: the same of what is paid once.
        gained: what those who gain for sure gain in the first year, their households' help counted for each of them. Both
            bounds are of these children alone: what others gain who only may is in neither.
        lost: what those who lose for sure lose in the first year (at or above zero), of these alone likewise.
    """

    children: int
    gains: int
    may_gain: int
    same: int
    may_lose: int
    loses: int
    open: int
    cost_a_year: Between
    cost_once: Between
    gained: Between
    lost: Between

    @property
    def winners(self) -> tuple[int, int]:
        """How many gain, at least and at most."""
        return self.gains, self.gains + self.may_gain + self.open

    @property
    def losers(self) -> tuple[int, int]:
        """How many lose, at least and at most."""
        return self.loses, self.loses + self.may_lose + self.open

    def plain(self) -> dict[str, int | str | None]:
        """As one row of plain values; money in yuan as text."""
        found: dict[str, int | str | None] = {"children": self.children}
        found |= {kind: getattr(self, kind) for kind in KINDS}
        for name in ("cost_a_year", "cost_once", "gained", "lost"):
            found |= {f"{name}_{end}": value for end, value in getattr(self, name).plain().items()}
        return found


_ENDS = ("low", "high")
#: The columns of money in ``Effect.plain``.
MONEY = tuple(f"{name}_{end}" for name in ("cost_a_year", "cost_once", "gained", "lost") for end in _ENDS)


def _measures() -> list[pl.Expr]:
    # Where there is no kind, it is a household's cost alone that is counted: the children were counted before.
    found = [pl.col("kind").is_not_null().sum().cast(pl.Int64).alias("children")]
    found += [(pl.col("kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in KINDS]
    for name in ("cost_year", "cost_once"):
        for end in _ENDS:
            found += _sum_of(pl.col(f"{name}_{end}"), f"{name}_{end}")
    for name, kind in (("gained", "gains"), ("lost", "loses")):
        for end in _ENDS:
            theirs = (pl.col(f"year_{end}") + pl.col(f"once_{end}")).filter(pl.col("kind") == kind)
            found += _sum_of(theirs, f"{name}_{end}")
    return found


def _sum_of(column: pl.Expr, name: str) -> list[pl.Expr]:
    """The sum, and how many have no bound."""
    return [column.sum().cast(pl.Int64).alias(name), column.null_count().cast(pl.Int64).alias(f"{name}?")]


_NEEDED = ("kind", *(f"{name}_{end}" for name in SUMS for end in _ENDS))


class Counting:
    """Adds up what parts of the children say.

    Args:
        by: the tables.
    """

    def __init__(self, by: Sequence[By]) -> None:
        self._by = by
        self._parts: dict[By | None, list[pl.DataFrame]] = {None: [], **{each: [] for each in by}}

    def add(self, changes: pl.DataFrame, dimensions: pl.DataFrame) -> None:
        """Count some children.

        Args:
            changes: as ``paid_once`` gives them.
            dimensions: a column for each dimension, row for row.
        """
        frame = changes.select(_NEEDED)
        measures = _measures()
        self._parts[None].append(frame.select(measures))
        for by in self._by:
            keyed = frame.hstack([dimensions[name].alias(f"by:{name}") for name in by.names])
            self._parts[by].append(keyed.group_by([f"by:{name}" for name in by.names]).agg(measures))

    @property
    def all(self) -> Effect:
        """Of all children."""
        return _effect(pl.concat(self._parts[None]).sum().row(0, named=True))

    def tables(self) -> dict[str, dict[Key, Effect]]:
        """By table and the values of its dimensions."""
        found: dict[str, dict[Key, Effect]] = {}
        for by in self._by:
            keys = [f"by:{name}" for name in by.names]
            added = parted(pl.concat(self._parts[by]), by)
            found[by.name] = {tuple(row[key] for key in keys): _effect(row) for row in added.iter_rows(named=True)}
        return found


def _effect(row: Mapping[str, int]) -> Effect:
    def bounds(name: str) -> Between:
        return between(*(None if row[f"{name}_{end}?"] else row[f"{name}_{end}"] for end in _ENDS))

    return Effect(
        children=row["children"],
        **{kind: row[kind] for kind in KINDS},
        cost_a_year=bounds("cost_year"),
        cost_once=bounds("cost_once"),
        gained=bounds("gained"),
        lost=-bounds("lost"),
    )


class Sums:
    """Adds up named columns of money, with their columns without a bound."""

    def __init__(self) -> None:
        self._sum: dict[str, int] = {}
        self._open: dict[str, int] = {}

    def add(self, frame: pl.DataFrame, names: Iterable[str]) -> None:
        """Add columns of a frame."""
        names = list(names)
        if not names:
            return
        sums = frame.select(pl.col(names).sum()).row(0, named=True)
        nulls = frame.select(pl.col(names).null_count()).row(0, named=True)
        for name in names:
            self._sum[name] = self._sum.get(name, 0) + (sums[name] or 0)
            self._open[name] = self._open.get(name, 0) + nulls[name]

    def between(self, name: str) -> Between:
        """The sum of ``<name>:low`` and ``<name>:high``; nothing where there are no such columns."""
        return between(*(None if self._open.get(f"{name}:{e}") else self._sum.get(f"{name}:{e}", 0) for e in _ENDS))


__all__ = ["MONEY", "Counting", "Effect", "Sums"]
