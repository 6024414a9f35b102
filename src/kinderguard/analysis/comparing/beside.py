"""Two books beside each other at many places: what differs at each, laid out so that a table of children can look it up.

Places with the same rules and the same numbers share one answer. Called by the comparison; knows no child.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import polars as pl

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.differences import Changes, Joint, Told, Touched, touched
from kinderguard.engines.explain import Bound
from kinderguard.model.codes import Frequency
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.definitions import Policy

#: The sums of all policies that differ: of the child and its household, and of what it costs (without the household's).
JOINT = ("year", "once", "own_year", "own_once")


@attrs.frozen
class Standing:
    """What differs at places that are alike, and what each book has there.

    Args:
        touched: what differs.
        before, after: the codes of categories and policies in force, by each book.
    """

    touched: Touched
    before: frozenset[str]
    after: frozenset[str]


@attrs.frozen
class Paid:
    """How a policy is paid."""

    every: Frequency
    per: str
    cash: bool

    @classmethod
    def of(cls, policy: Policy) -> "Paid":
        """By a policy."""
        return cls(policy.every, policy.per, policy.amount is not None)


class Beside:
    """Two books beside each other.

    Args:
        base, reform: the two books.
        day: the day.
        places: the divisions that occur.
        division: whose rules, for all of them, where the caller said so.
    """

    def __init__(
        self, base: PolicyBook, reform: PolicyBook, day: dt.date, places: Iterable[str | None], division: str | None
    ) -> None:
        self.standings: list[Standing] = []
        self._number: dict[str | None, int] = {}
        self.paid_before: dict[str, Paid] = {}
        self.paid_after: dict[str, Paid] = {}
        made: dict[Any, int] = {}
        for place in places:
            a, b = (book.ready(division or place, day).basis.bound for book in (base, reform))
            key = id(a.plan), id(b.plan), _values(a), _values(b)
            if key not in made:
                made[key] = len(self.standings)
                self.standings.append(Standing(touched(a, b), _codes(a), _codes(b)))
                self.paid_before |= {code: Paid.of(p) for code, p in a.plan.rules.policies.items()}
                self.paid_after |= {code: Paid.of(p) for code, p in b.plan.rules.policies.items()}
            self._number[place] = made[key]

    @property
    def codes(self) -> list[str]:
        """Categories and policies that may come out otherwise at any place."""
        return sorted({code for s in self.standings for code in s.touched.codes})

    @property
    def money(self) -> list[str]:
        """Policies of money that may differ at any place."""
        return sorted({code for s in self.standings for code in s.touched.money})

    def of(self, place: str | None) -> Standing:
        """What differs at a place."""
        return self.standings[self._number[place]]

    def numbers(self, places: pl.Series) -> pl.Series:
        """For each of some rows, the number of what differs at its place."""
        if len(self.standings) == 1:
            return pl.repeat(0, len(places), dtype=pl.UInt32, eager=True)
        known = {place: number for place, number in self._number.items() if place is not None}
        found = places.replace_strict(known, default=self._number.get(None, 0), return_dtype=pl.UInt32)
        return found.fill_null(self._number.get(None, 0))

    def has(self, code: str, numbers: pl.Series, *, after: bool) -> pl.Series:
        """Whether a book has a rule at the place of each row."""
        there = [code in (s.after if after else s.before) for s in self.standings]
        return pl.Series(there, dtype=pl.Boolean).gather(numbers)

    def joined(self, code: str, numbers: pl.Series) -> pl.Series:
        """Whether a policy is among those whose differences are taken together, at the place of each row."""
        there = [code in s.touched.differences for s in self.standings]
        return pl.Series(there, dtype=pl.Boolean).gather(numbers)

    def changes(self, results: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
        """By how much policies can change for each of some children, by the rules and what its results tell (fen).

        Args:
            results: of both books, as ``a.<column>`` and ``b.<column>``.
            numbers: the number of what differs at the place of each.

        Returns:
            ``c:<code>:low`` … of each policy that may differ, ``j:<sum>:low`` … of those that differ together.
        """
        ways, numbers = self._ways(results, numbers)
        asked = list(dict.fromkeys(told for _, joint in ways for told in joint.told))
        told = [(each, state) for each in asked if (state := _state_of(each, results, self)) is not None]
        states = results.select(numbers.alias("number"), *(state.alias(f"{k}") for k, (_, state) in enumerate(told)))
        kinds = states.unique(maintain_order=True)
        rows: list[dict[str, int | None]] = []
        for number, *values in kinds.iter_rows():
            touched, joint = ways[number]
            found = joint.changes({each: value for (each, _), value in zip(told, values, strict=True)})
            row: dict[str, int | None] = {}
            for code in self.money:
                _put(row, f"c:{code}", _bound(found, code, code in touched.replaced))
            for name in JOINT:
                _put(row, f"j:{name}", getattr(found, name))
            rows.append(row)
        wanted = [f"c:{code}" for code in self.money] + [f"j:{name}" for name in JOINT]
        columns = {f"{name}:{end}": pl.Int64 for name in wanted for end in ("low", "high")}
        bounds = kinds.hstack(pl.DataFrame(rows, schema=columns))
        return states.join(bounds, on=states.columns, how="left", nulls_equal=True, maintain_order="left").select(
            list(columns)
        )

    def _ways(self, results: pl.DataFrame, numbers: pl.Series) -> tuple[list[tuple[Touched, Joint]], pl.Series]:
        """What differs at the place of each row, by what its results say of the categories that decide it; and for each
        row which of these it is.
        """
        decisive = [
            code for code in self._decisive if f"a.{code}" in results.columns and f"b.{code}" in results.columns
        ]
        alike = [
            pl.when(pl.col(f"a.{code}") == pl.col(f"b.{code}")).then(pl.col(f"a.{code}")).alias(code)
            for code in decisive
        ]
        states = results.select(numbers.alias("at"), *alike)
        kinds = states.unique(maintain_order=True).with_row_index("number")
        ways = []
        for _, at, *values in kinds.iter_rows():
            here = self.standings[at].touched
            ways.append((here, here.joint(dict(zip(decisive, values, strict=True)))))
        found = states.join(kinds, on=states.columns, how="left", nulls_equal=True, maintain_order="left")
        return ways, found["number"]

    @property
    def _decisive(self) -> list[str]:
        return sorted({code for s in self.standings for code in s.touched.decisive})


def _state_of(told: Told, results: pl.DataFrame, beside: Beside) -> pl.Expr | None:
    """What results tell of each child; None where they have no such column."""
    book, paid = ("b", beside.paid_after) if told.after else ("a", beside.paid_before)
    name = f"{book}.{told.code}"
    if told.what == "given":
        low, high = f"{name}.low_fen", f"{name}.high_fen"
        if low not in results.columns:
            return None
        return pl.when(pl.col(low) > 0).then(True).when(pl.col(high) <= 0).then(False)
    name = f"{book}.{column_of(told.code, paid)}" if told.what == "category" else f"{name}.eligible"
    return pl.col(name) if name in results.columns else None


def _put(row: dict[str, int | None], name: str, between: Between) -> None:
    row[f"{name}:low"], row[f"{name}:high"] = between.low_fen, between.high_fen


def _bound(found: Changes, code: str, replaced: bool) -> Between:
    return found.policies.get(code, Between(None, None) if replaced else Between(0, 0))


def _values(bound: Bound) -> tuple[Any, ...]:
    return bound.head[bound.plan.reserved :]


def _codes(bound: Bound) -> frozenset[str]:
    return frozenset({*bound.plan.categories, *bound.plan.policies})


def column_of(code: str, paid: Mapping[str, Paid]) -> str:
    """The column of a frame's results that says whether a category holds, a policy is open to the child, a service given."""
    if code not in paid:
        return code
    return f"{code}.eligible" if paid[code].cash else f"{code}.granted"


__all__ = ["JOINT", "Beside", "Paid", "Standing", "column_of"]
