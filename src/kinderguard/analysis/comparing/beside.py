"""Two books beside each other at many places: what differs at each, laid out so that a table of children can look it up.

Places with the same rules and the same numbers share one answer. Called by the comparison; knows no child.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import polars as pl

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.differences import Alike, Changes, Decisive, Joint, Told, Touched, touched
from kinderguard.analysis.comparing.joint import asked
from kinderguard.engines.explain import Bound
from kinderguard.engines.frame.outputs import Asked
from kinderguard.engines.plan import Step
from kinderguard.model.codes import Frequency
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.definitions import Policy

#: So many conditions are told of each child besides its results, at most.
MOST_ASKED = 150
#: The share of finding bounds that goes by until it is known of whom more is asked.
FIRST_LOOK = 0.2
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
        asking: of each book, what its results are asked to tell besides; more is added.
    """

    def __init__(
        self,
        base: PolicyBook,
        reform: PolicyBook,
        day: dt.date,
        places: Iterable[str | None],
        division: str | None,
        asking: "tuple[Asking, Asking]",
    ) -> None:
        self._asking = asking
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
                self._ask(self.standings[-1].touched)
                self.paid_before |= {code: Paid.of(p) for code, p in a.plan.rules.policies.items()}
                self.paid_after |= {code: Paid.of(p) for code, p in b.plan.rules.policies.items()}
            self._number[place] = made[key]

    def _ask(self, found: Touched) -> None:
        for each in found.decisive:
            self._asking[False].name(each.before)
            self._asking[True].name(each.after)
        for told in found.joint().told:
            if told.asks is not None:
                self._asking[told.after].name(told.asks)

    @property
    def codes(self) -> list[str]:
        """Categories and policies that may come out otherwise at any place."""
        return sorted({code for s in self.standings for code in s.touched.codes})

    @property
    def money(self) -> list[str]:
        """Policies of money that may differ at any place."""
        return sorted({code for s in self.standings for code in s.touched.money})

    @property
    def to_households(self) -> list[str]:
        """Of these, what a book pays to households."""
        both = (self.paid_before, self.paid_after)
        return [c for c in self.money if any(c in of and of[c].cash and of[c].per == "household" for of in both)]

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

    def changes(
        self, results: pl.DataFrame, numbers: pl.Series, tell: Callable[[float], None] = lambda share: None
    ) -> pl.DataFrame:
        """By how much policies can change for each of some children, by the rules and what its results tell (fen).

        Args:
            results: of both books, as ``a.<column>`` and ``b.<column>``.
            numbers: the number of what differs at the place of each.
            tell: called with the share that is done, 0 to 1.

        Returns:
            ``c:<code>:low`` … of each policy that may differ, ``j:<sum>:low`` … of those that differ together.
        """
        ways, numbers = self._ways(results, numbers)
        first = self._states(results, numbers, [joint.asked for _, joint in ways])
        kinds = first.unique(maintain_order=True)
        is_open = []
        for number, (_, joint, told) in enumerate(self._told(kinds, ways), 1):
            is_open.append(joint.is_open(told))
            tell(FIRST_LOOK * number / len(kinds))
        open_ = _looked_up(first, kinds, {"open": pl.Series(is_open, dtype=pl.Boolean)})["open"]
        # What else is told decides only where the child may gain and lose: more is not looked at of the others.
        more = self._states(results, numbers, [joint.finer for _, joint in ways], open_)
        states = first.hstack(more.select(name for name in more.columns if name not in first.columns))
        kinds = states.unique(maintain_order=True)
        rows: list[dict[str, int | None]] = []
        for number, (here, joint, told) in enumerate(self._told(kinds, ways), 1):
            found = joint.changes(told)
            row: dict[str, int | None] = {}
            for code in self.money:
                _put(row, f"c:{code}", _bound(found, code, code in here.replaced))
            for name in JOINT:
                _put(row, f"j:{name}", getattr(found, name))
            rows.append(row)
            tell(FIRST_LOOK + (1 - FIRST_LOOK) * number / len(kinds))
        wanted = [f"c:{code}" for code in self.money] + [f"j:{name}" for name in JOINT]
        columns = {f"{name}:{end}": pl.Int64 for name in wanted for end in ("low", "high")}
        return _looked_up(states, kinds, pl.DataFrame(rows, schema=columns).to_dict())

    def _states(
        self, results: pl.DataFrame, numbers: pl.Series, asked: Sequence[Sequence[Told]], where: pl.Series | None = None
    ) -> pl.DataFrame:
        """What is told of each child, of what is asked by its number: a column for each thing that results can tell.

        Args:
            results, numbers: of each child.
            asked: by number.
            where: of whom it is asked at all.
        """
        by: dict[str, list[int]] = {}
        exprs: dict[str, pl.Expr] = {}
        for number, every in enumerate(asked):
            for told in every:
                name, expr = self._state_of(told, results)
                if expr is not None:
                    exprs[name] = expr
                    by.setdefault(name, []).append(number)
        at = pl.lit(numbers)
        columns = []
        for name, expr in exprs.items():
            wanted = [] if len(by[name]) == len(asked) else [at.is_in(by[name])]
            wanted += [] if where is None else [pl.lit(where)]
            columns.append((pl.when(*wanted).then(expr) if wanted else expr).alias(name))
        return results.select(numbers.alias("number"), *columns)

    def _told(
        self, kinds: pl.DataFrame, ways: "Sequence[tuple[Touched, Joint]]"
    ) -> "Iterator[tuple[Touched, Joint, dict[Told, bool | None]]]":
        """For each row of what is told: what differs, and what is told of it."""
        names = {id(joint): {told: self._state_name(told) for told in joint.told} for _, joint in ways}
        for row in kinds.iter_rows(named=True):
            here, joint = ways[row["number"]]
            yield here, joint, {told: row.get(name) for told, name in names[id(joint)].items()}

    def _ways(self, results: pl.DataFrame, numbers: pl.Series) -> "tuple[list[tuple[Touched, Joint]], pl.Series]":
        """What differs at the place of each row, by what its results say of the conditions that decide it; and for each
        row which of these it is.
        """
        columns: dict[tuple[str, str], None] = {}
        of_place: list[dict[Decisive, tuple[str, str]]] = []
        for standing in self.standings:
            decisive = {each: self._columns_of(each) for each in standing.touched.decisive}
            of_place.append({each: pair for each, pair in decisive.items() if all(c in results.columns for c in pair)})
            columns |= dict.fromkeys(of_place[-1].values())
        alike = [pl.when(pl.col(x) == pl.col(y)).then(pl.col(x)).alias(f"{k}") for k, (x, y) in enumerate(columns)]
        states = results.select(numbers.alias("at"), *alike)
        kinds = states.unique(maintain_order=True)
        ways: dict[tuple[int, int], tuple[int, Touched, Joint]] = {}
        found = []
        for at, *values in kinds.iter_rows():
            here, value = self.standings[at].touched, dict(zip(columns, values, strict=True))
            known: Alike = {each: value[pair] for each, pair in of_place[at].items()}
            joint = here.joint(known)
            found.append(ways.setdefault((id(here), id(joint)), (len(ways), here, joint))[0])
        number = _looked_up(states, kinds, {"number": pl.Series(found, dtype=pl.UInt32)})["number"]
        return [(here, joint) for _, here, joint in ways.values()], number

    def _columns_of(self, each: Decisive) -> tuple[str, str]:
        before, after = self._asking
        return f"a.{before.column(each.before)}", f"b.{after.column(each.after)}"

    def _state_name(self, told: Told) -> str:
        book, paid = ("b", self.paid_after) if told.after else ("a", self.paid_before)
        if told.asks is not None:
            return f"{book}.{self._asking[told.after].column(told.asks)}"
        ends = {
            "category": column_of(told.code, paid),
            "eligible": f"{told.code}.eligible",
            "given": f"{told.code}.given",
        }
        return f"{book}.{ends[told.what]}"

    def _state_of(self, told: Told, results: pl.DataFrame) -> tuple[str, pl.Expr | None]:
        """What results tell of each child, and its name; None where they have no such column."""
        name = self._state_name(told)
        if told.what != "given":
            return name, pl.col(name) if name in results.columns else None
        low, high = (f"{name.removesuffix('given')}{end}_fen" for end in ("low", "high"))
        if low not in results.columns:
            return name, None
        return name, pl.when(pl.col(low) > 0).then(True).when(pl.col(high) <= 0).then(False)


def _looked_up(rows: pl.DataFrame, kinds: pl.DataFrame, of_kind: Mapping[str, pl.Series]) -> pl.DataFrame:
    """For each row what its kind has."""
    table = kinds.with_columns(series.alias(f"={name}") for name, series in of_kind.items())
    found = rows.join(table, on=rows.columns, how="left", nulls_equal=True, maintain_order="left")
    return found.select(pl.col(f"={name}").alias(name) for name in of_kind)


class Asking:
    """What the results of a book are asked to tell besides: conditions of its rules, by a name for each."""

    def __init__(self) -> None:
        self._names: dict[Asked, str] = {}

    def name(self, asks: Step | tuple[Step | None, Step]) -> None:
        """Ask for one, unless so many are asked for already that the table would become too wide."""
        if len(self._names) < MOST_ASKED:
            self._names.setdefault(asked(asks), f"{len(self._names)}")

    def column(self, asks: Step | tuple[Step | None, Step]) -> str:
        """The column that tells of it; one that is not there, where it was not asked for."""
        return f"told:{self._names.get(asked(asks), '')}"

    @property
    def all(self) -> tuple[tuple[str, Asked], ...]:
        """All that is asked for, by name."""
        return tuple((name, asks) for asks, name in self._names.items())


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


__all__ = ["JOINT", "Asking", "Beside", "Paid", "Standing", "column_of"]
