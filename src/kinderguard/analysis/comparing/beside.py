"""Two books beside each other at many places: what differs at each, laid out so that a table of children can look it up.

Places with the same rules and the same numbers share one answer. Called by the comparison; knows no child.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import polars as pl

from kinderguard.analysis.comparing.differences import Difference, Touched, touched
from kinderguard.engines.explain import Bound
from kinderguard.model.codes import Frequency
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.definitions import Policy

#: What is known of a child's eligibility before and after, in the order in which constants are kept; first, nothing.
KNOWN = (None, (True, True), (True, False), (False, True), (False, False))


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

    def constants(self, code: str) -> tuple[pl.Series, pl.Series]:
        """Bounds of a policy's difference by standing and by what is known of eligibility, one after the other (fen)."""
        lows: list[int | None] = []
        highs: list[int | None] = []
        for standing in self.standings:
            found = standing.touched.differences.get(code)
            for known in KNOWN:
                bound = _bound(found, known, code in standing.touched.replaced)
                lows.append(bound[0])
                highs.append(bound[1])
        return pl.Series(lows, dtype=pl.Int64), pl.Series(highs, dtype=pl.Int64)


def _bound(found: Difference | None, known: tuple[bool, bool] | None, replaced: bool) -> tuple[int | None, int | None]:
    if found is None:
        return (None, None) if replaced else (0, 0)
    between = found.always if known is None else found.known[known]
    return between.low_fen, between.high_fen


def _values(bound: Bound) -> tuple[Any, ...]:
    return bound.head[bound.plan.reserved :]


def _codes(bound: Bound) -> frozenset[str]:
    return frozenset({*bound.plan.categories, *bound.plan.policies})


def column_of(code: str, paid: Mapping[str, Paid]) -> str:
    """The column of a frame's results that says whether a category holds, a policy is open to the child, a service given."""
    if code not in paid:
        return code
    return f"{code}.eligible" if paid[code].cash else f"{code}.granted"


__all__ = ["KNOWN", "Beside", "Paid", "Standing", "column_of"]
