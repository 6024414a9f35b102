"""What a household's help costs: it is paid once for its children, whichever of them is listed first.

Of dibao that a child draws as one person, each is paid for itself; which of the two it is, the rules say by the names of two
conditions. Children whose household has others here, and may get something, are kept until all have come: a household
may be read in several parts. Whether a household is on dibao is one question, the same for all of its children. Called by the
comparison.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import attrs
import polars as pl

from kinderguard.analysis.comparing.beside import Asking, Beside, Paid
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR
from kinderguard.analysis.comparing.narrowing import RESTS, THEIRS
from kinderguard.analysis.comparing.rows import KIND, OWN_SUMS, alike, sum_of
from kinderguard.analysis.people import People, Piece
from kinderguard.analysis.unset import steps_under
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Plan, Step
from kinderguard.national.dibao import DIBAO_BENEFIT, HOUSEHOLD_ON_DIBAO, ONE_PERSON_DIBAO
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.expression import BoolExpr

#: Of policies that are paid to households: what says that the household has it, and that a child draws it as one person.
_DRAWN: Mapping[str, tuple[BoolExpr, BoolExpr]] = {DIBAO_BENEFIT.code: (HOUSEHOLD_ON_DIBAO, ONE_PERSON_DIBAO)}
_ENDS = ("low", "high")
_NAMES = ("year", "once")
_NUMBER = "#household"


class Households:
    """Of one book, which policies are paid to households, and whether a child draws one by itself.

    Args:
        book: the book.
        day: the day.
        people: the children.
        asking: what its results are asked to tell besides; more is added.
    """

    def __init__(self, book: PolicyBook, day: dt.date, people: People, asking: Asking) -> None:
        self.codes: set[str] = set()
        #: Policies of which some place does not say that all children of a household get the same.
        self._unlike: set[str] = set()
        self._columns: dict[str, dict[tuple[str, str], list[str | None]]] = {}
        #: By policy and place, how much one who draws it alone gets at most (fen), where that is one number there.
        self._most: dict[str, dict[str | None, int]] = {}
        #: By policy and place, where it is worked out that the household has it.
        self.had: dict[tuple[str, str | None], Step] = {}
        for place in people.divisions:
            bound = book.ready(people.division or place, day).basis.bound
            plan = bound.plan
            for code, policy in plan.rules.policies.items():
                if policy.per != "household" or policy.amount is None:
                    continue
                self.codes.add(code)
                asked = _conditions(plan, code)
                if asked is None or not _is_theirs(plan.policies[code].final, asked):
                    self._unlike.add(code)
                if asked is not None:
                    self.had[code, place] = asked[0]
                    if (most := _most_alone(bound, code, asked[0])) is not None:
                        self._most.setdefault(code, {})[place] = most
                    for step in asked:
                        asking.name(step)
                    theirs = self._columns.setdefault(code, {})
                    theirs.setdefault((asking.column(asked[0]), asking.column(asked[1])), []).append(place)

    def is_alike(self, code: str) -> bool:
        """Whether all children of a household get the same of a policy, but for those who draw it as one person."""
        return code not in self._unlike

    def most_alone(self, code: str, places: pl.Series) -> pl.Series:
        """How much each of some children gets at most who draws a policy alone (fen); null: it is not known."""
        of_place = self._most.get(code, {})
        known = {place: most for place, most in of_place.items() if place is not None}
        found = places.replace_strict(known, default=None, return_dtype=pl.Int64)
        return found.fill_null(of_place[None]) if None in of_place and not known else found

    def alone(self, code: str, places: pl.Series, results: pl.DataFrame) -> pl.Series:
        """Whether each of some children would draw a policy by itself; null: it is not known."""
        found = pl.repeat(False, len(results), dtype=pl.Boolean, eager=True)
        by = self._columns.get(code, {})
        for (of_household, of_one), where in by.items():
            asked = [
                pl.col(name) if name in results.columns else pl.lit(None, pl.Boolean) for name in (of_household, of_one)
            ]
            here = results.select((~asked[0] & asked[1]).alias("alone"))["alone"]
            here = here.new_from_index(0, len(results)) if len(here) != len(results) else here
            if len(by) == 1 and len(where) == places.n_unique():
                return here
            there = places.is_in(pl.Series(where, dtype=pl.String).implode(), nulls_equal=True)
            found = here.zip_with(there, found)
        return found


def _conditions(plan: Plan, code: str) -> tuple[Step, Step] | None:
    """Where it is worked out that a household has a policy, and that a child draws it as one person."""
    own = plan.policies[code].own
    if code not in _DRAWN or own is None:
        return None
    names = [each.node.code for each in _DRAWN[code] if isinstance(each.node, n.Named)]
    found = {name.code: step for step in steps_under([own]) for name in step.names if name.code in names}
    return (found[names[0]], found[names[1]]) if len(found) == len(names) else None


def _most_alone(bound: Bound, code: str, of_household: Step) -> int | None:
    """How much one gets at most who draws a policy alone (fen): the other amount, where the household does not have it."""
    own = bound.plan.policies[code].own
    assert own is not None
    others = {
        step.inputs[2]
        for step in steps_under([own])
        if isinstance(step.node, n.When) and step.inputs[0] is of_household and step.inputs[2].static
    }
    values = [bound.head[step.index] for step in others]
    return values[0] if len(values) == 1 and isinstance(values[0], int) else None


def _is_theirs(final: Step, conditions: Sequence[Step]) -> bool:
    """Whether an amount rests on facts of the household alone, but for some conditions."""
    left, seen = [final], {*conditions}
    while left:
        step = left.pop()
        if step not in seen:
            seen.add(step)
            if isinstance(step.node, n.Fact | n.Collection) and not step.node.path.startswith("household."):
                return False
            left += [s for s in (*step.inputs, step.where, step.body) if s is not None]
    return True


@attrs.frozen
class _Amounts:
    """What some children get of a policy that is paid to households, as columns: bounds, and whether they draw it alone.

    Args:
        low, high: what is due (fen, null: no bound above).
        alone: whether it is drawn by the child itself.
        among: of whom it is asked.
    """

    low: pl.Expr
    high: pl.Expr
    alone: pl.Expr
    among: pl.Expr

    def _of(self, whom: pl.Expr, amount: pl.Expr) -> pl.Expr:
        return pl.when(self.among & whom).then(amount).otherwise(0)

    @property
    def _sure(self) -> pl.Expr:
        return self.alone.fill_null(False)

    @property
    def total_low(self) -> pl.Expr:
        """What is due to a household at least: what is paid to it once, and what each draws by itself."""
        return self._of(self._sure, self.low).sum() + self._of(~self._sure, self.low).max()

    @property
    def total_high(self) -> pl.Expr:
        """What is due to a household at most: of whom it is not known, all draw it alone, or the household has it."""
        once = pl.max_horizontal(
            self._of(~self._sure, self.high).max(), self._of(self.alone.is_null(), self.high).sum()
        )
        endless = (self.among & self.high.is_null()).any()
        return pl.when(~endless).then(self._of(self._sure, self.high).sum() + once)

    @property
    def payees(self) -> pl.Expr:
        """To how many it is paid, or may be."""
        may = self.among & (self.high != 0).fill_null(True)
        at_once = pl.max_horizontal((may & ~self._sure).any().cast(pl.Int64), (may & self.alone.is_null()).sum())
        return (may & self._sure).sum() + at_once


class Totals:
    """What is due of policies that a book pays to households: those of several children are kept until all have come."""

    def __init__(self, households: Households) -> None:
        self._households = households
        self._kept: dict[str, list[pl.DataFrame]] = {}

    def add(self, code: str, piece: Piece, results: pl.DataFrame, amounts: pl.DataFrame) -> pl.Series:
        """Keep those of some children who share what they may get; who they are.

        Args:
            code: the policy.
            piece, results: the children.
            amounts: ``low`` and ``high`` of each.
        """
        kept = piece.shared & (amounts["high"] != 0).fill_null(True)
        if kept.any():
            alone = self._households.alone(code, piece.places, results)
            frame = amounts.with_columns(alone.alias("alone"), piece.households.alias(_NUMBER))
            self._kept.setdefault(code, []).append(frame.filter(kept))
        return kept

    def found(self) -> Iterator[tuple[str, int, int | None, int]]:
        """By policy: what is due to all households that were kept, at least and at most, and to how many."""
        every = _Amounts(pl.col("low"), pl.col("high"), pl.col("alone"), pl.lit(True))
        for code, parts in self._kept.items():
            each = (
                pl.concat(parts)
                .group_by(_NUMBER)
                .agg(low=every.total_low, high=every.total_high, payees=every.payees.cast(pl.Int64))
            )
            high = None if each["high"].null_count() else int(each["high"].sum())
            yield code, int(each["low"].sum()), high, int(each["payees"].sum())
        self._kept.clear()


@attrs.frozen
class _Part:
    """What changes of a policy that is paid to households: how it does, or what goes or comes where it is paid otherwise.

    Args:
        code: the policy.
        books: of which books it is paid so: ``ab``, ``a`` or ``b``.
        paid: how it is paid.
    """

    code: str
    books: str
    paid: Paid

    @property
    def factor(self) -> int:
        """How often it is paid in a year; 1 for what is paid once."""
        return TIMES_A_YEAR.get(self.paid.every, 1)

    def given(self, book: str, end: str) -> pl.Expr:
        """What a book gives; nothing where it is another way of paying."""
        return pl.col(f"{book}:{self.code}:{end}") * self.factor if book in self.books else pl.lit(0, pl.Int64)

    def each(self, end: str) -> pl.Expr:
        """By how much it changes for a child."""
        if self.books == "ab":
            return pl.col(f"each:{self.code}:{end}")
        if self.books == "b":
            return self.given("b", end)
        return -self.given("a", "high" if end == "low" else "low")

    @property
    def is_due(self) -> pl.Expr:
        """Whether anything may be due to a child by either book."""
        due = [pl.col(f"{book}:{self.code}:high") != 0 for book in self.books]
        return pl.any_horizontal(each.fill_null(True) for each in due)

    def alone(self, book: str) -> pl.Expr:
        """Whether a child draws it alone by a book; of one that gives nothing, it is no question."""
        if book not in self.books:
            return pl.lit(False)
        nothing = (pl.col(f"{book}:{self.code}:high") == 0).fill_null(False)
        return pl.when(~nothing).then(pl.col(f"{book}:{self.code}:alone")).otherwise(False)

    @property
    def is_its_own(self) -> pl.Expr:
        """Whether a child draws it alone by whichever book gives it anything."""
        drawn = [self.alone(book).fill_null(False) for book in self.books]
        nothing = [(pl.col(f"{book}:{self.code}:high") == 0).fill_null(False) for book in self.books]
        return pl.any_horizontal(drawn) & pl.all_horizontal(x | y for x, y in zip(drawn, nothing, strict=True))


class PaidOnce:
    """What changes cost: columns for some children, and what is kept of the others until all have come.

    Args:
        beside: what differs.
        before, after: what each book pays to households.
    """

    def __init__(self, beside: Beside, before: Households, after: Households) -> None:
        self._books = {"a": before, "b": after}
        self._parts = list(_parts(beside))
        self._steady = {part.code for part in self._parts if _is_steady(part.code, beside, before, after)}
        self._kept: list[pl.DataFrame] = []

    def costs(
        self, piece: Piece, results: Mapping[str, pl.DataFrame], found: pl.DataFrame, dimensions: pl.DataFrame
    ) -> pl.DataFrame:
        """The changes of some children, with what they cost (``cost_year_low`` …): nothing of those who are kept.

        Args:
            piece: the children.
            results: of both books, ``a`` and ``b``.
            found: what changes for them, as ``narrowing`` gives it.
            dimensions: a column for each dimension.
        """
        if not self._parts:
            return found.with_columns(pl.col(f"{x}_{y}").alias(f"cost_{x}_{y}") for x in _NAMES for y in _ENDS)
        found = found.with_columns(pl.any_horizontal(part.is_due for part in self._parts).alias("#due"))
        kept = piece.shared & found["#due"]
        if kept.any():
            self._keep(kept, piece, results, found, dimensions)
        own = [
            # Nothing is paid to the household: each of the two sums holds.
            pl.when("#due").then(pl.col(f"{x}_{end}")).otherwise(narrower(f"{x}_{end}", f"own_{x}_{end}"))
            for x in _NAMES
            for end, narrower in (("low", pl.max_horizontal), ("high", pl.min_horizontal))
        ]
        names = [f"cost_{x}_{y}" for x in _NAMES for y in _ENDS]
        found = found.with_columns(expr.alias(name) for expr, name in zip(own, names, strict=True)).drop("#due")
        names += [f"policy:{c}:{x}:{y}" for c in {p.code for p in self._parts} for x in _NAMES for y in _ENDS]
        rests = [pl.when(~kept).then(RESTS).alias(RESTS)] if RESTS in found.columns else []
        return found.with_columns(
            *rests, *(pl.when(~kept).then(pl.col(name)).otherwise(0).alias(name) for name in names)
        )

    def _keep(
        self,
        kept: pl.Series,
        piece: Piece,
        results: Mapping[str, pl.DataFrame],
        found: pl.DataFrame,
        dimensions: pl.DataFrame,
    ) -> None:
        names = [f"{x}_{y}" for x in OWN_SUMS for y in _ENDS]
        names += [name for name in found.columns if name.startswith(("a:", "b:", "child:")) or name == RESTS]
        names += [f"each:{part.code}:{y}" for part in self._parts if part.books == "ab" for y in _ENDS]
        alone = [
            self._books[book].alone(part.code, piece.places, results[book]).alias(f"{book}:{part.code}:alone")
            for part in self._parts
            for book in part.books
        ]
        alone += [
            self._books[book].most_alone(part.code, piece.places).alias(f"{book}:{part.code}:most")
            for part in self._parts
            for book in part.books
        ]
        frame = found.select(names).with_columns(
            *alone,
            piece.households.alias(_NUMBER),
            piece.numbers.alias("#row"),
            *(series.alias(f"#by:{series.name}") for series in dimensions.get_columns()),
        )
        self._kept.append(frame.filter(kept))

    def kept(self) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """What those who were kept cost, of all households, and their dimensions; None where nobody was."""
        if not self._kept:
            return None
        frame = pl.concat(self._kept, how="diagonal")
        self._kept.clear()
        shares: dict[tuple[str, str], list[pl.Expr]] = {}
        by_policy: dict[str, list[pl.Expr]] = {}
        for k, part in enumerate(self._parts):
            frame = self._shared(frame, part, f"{k}")
            for end in _ENDS:
                share = pl.col(f"share:{k}:{end}")
                shares.setdefault((sum_of(part.paid), end), []).append(share)
                by_policy.setdefault(f"{part.code}:{sum_of(part.paid)}:{end}", []).append(share)
        whole = pl.all_horizontal(pl.col(f"whole:{k}") for k in range(len(self._parts)))
        costs = {}
        for name in _NAMES:
            for end, narrower in (("low", pl.max_horizontal), ("high", pl.min_horizontal)):
                cost = pl.sum_horizontal(pl.col(f"own_{name}_{end}"), *shares.get((name, end), ()), ignore_nulls=False)
                together = pl.when(whole).then(pl.col(f"{name}_{end}"))
                costs[f"cost_{name}_{end}"] = narrower(cost, together)
        policies = {
            f"policy:{name}": pl.sum_horizontal(pl.col(f"child:{name}"), *by_policy.get(name, ()), ignore_nulls=False)
            for name in (f"{c}:{x}:{y}" for c in {p.code for p in self._parts} for x in _NAMES for y in _ENDS)
        }
        nothing = {f"{x}_{y}": pl.lit(0, pl.Int64) for x in _NAMES for y in _ENDS}
        # With whom a household's share lies says nothing: what it costs rests on what is not known of any of them.
        rests = [pl.col(RESTS), pl.col(RESTS).unique().drop_nulls().sort().implode().over(_NUMBER).alias(THEIRS)]
        columns = frame.select(
            *(rests if RESTS in frame.columns else []), kind=pl.lit(None, KIND), **costs, **policies, **nothing
        )
        dimensions = frame.select(pl.col("^#by:.*$").name.map(lambda name: name.removeprefix("#by:")))
        return columns, dimensions

    def _shared(self, frame: pl.DataFrame, part: _Part, name: str) -> pl.DataFrame:
        """With each child's share in what a policy's change costs, and whether that is all that it changes by itself.

        A share lies with the child who draws it alone; of the others of a household, with the first, or with one of whom
        more is known. How much it is in all does not hang on with whom.
        """
        frame = frame.with_columns(due=part.is_due, own=part.is_its_own)
        among = pl.col("due") & ~pl.col("own")
        frame = frame.with_columns(
            among=among,
            may=among & pl.any_horizontal(part.alone(book).fill_null(True) for book in part.books),
        )
        ends = {
            book: _Amounts(part.given(book, "low"), part.given(book, "high"), part.alone(book), pl.col("among"))
            for book in part.books
        }
        zero = pl.lit(0, pl.Int64)
        before, after = (
            (ends[book].total_low, ends[book].total_high) if book in ends else (zero, zero) for book in "ab"
        )
        theirs = pl.col("among")
        # Of one household that has it, all get the same; where only one may draw it alone, the others then get nothing.
        many = pl.col("may").sum() > 1
        low, high = (pl.when(theirs).then(part.each(end)) for end in _ENDS)
        no_low, no_high = ((theirs & part.each(end).is_null()).any() for end in _ENDS)
        # Where several may, each who draws it alone by both books counts.
        falls = pl.when("may").then(part.each("low").clip(upper_bound=0)).sum()
        rises = pl.when("may").then(part.each("high").clip(lower_bound=0)).sum()
        least, most = pl.min_horizontal(low.min(), falls), pl.max_horizontal(high.max(), rises)
        if part.code not in self._steady:
            # The household may have it by one book alone: then the others draw as much as one does by the other.
            others = {book: _others_draw(part, book) for book in part.books}
            least = low.min().clip(upper_bound=0) - others["a"] if "a" in others else least
            most = high.max().clip(lower_bound=0) + others["b"] if "b" in others else most
            least, most = _least(least, falls), -_least(-most, -rises)
        least = pl.when(~no_low).then(pl.when(many).then(least).otherwise(low.min()))
        most = pl.when(~no_high).then(pl.when(many).then(most).otherwise(high.max()))
        frame = frame.with_columns(
            change_low=pl.max_horizontal(after[0] - before[1], least).over(_NUMBER),
            change_high=pl.min_horizontal(after[1] - before[0], most).over(_NUMBER),
            sole=(theirs.sum() == 1).over(_NUMBER),
            few=(~many).over(_NUMBER),
        )
        is_alike = all(self._books[book].is_alike(part.code) for book in part.books)
        joint = pl.col("sole") | (pl.col("few") & pl.lit(is_alike))
        # Where sums taken together tell more of one, it is that one's, so that the order of rows changes nothing.
        more = [
            pl.when(joint).then(pl.col(f"{x}_{y}") - pl.col(f"own_{x}_{y}")) * (1 if y == "high" else -1)
            for x in _NAMES
            for y in _ENDS
        ]
        order = [pl.col(_NUMBER), ~theirs, ~(pl.col("may") & joint), *more, pl.col("#row")]
        frame = frame.sort(order, nulls_last=True)
        first = pl.col(_NUMBER).is_first_distinct() & theirs
        return frame.with_columns(
            *(
                pl.when("own").then(part.each(y)).when(first).then(pl.col(f"change_{y}")).otherwise(0)
                .alias(f"share:{name}:{y}")
                for y in _ENDS
            ),
            (~pl.col("due") | pl.col("own") | (first & joint)).alias(f"whole:{name}"),
        )  # fmt: skip


def _others_draw(part: _Part, book: str) -> pl.Expr:
    """What those who may draw a policy alone by a book would draw, but for one; null: it is not known."""
    each = pl.when("may").then(pl.col(f"{book}:{part.code}:most")) * part.factor
    unknown = (pl.col("may") & pl.col(f"{book}:{part.code}:most").is_null()).any()
    return pl.when(~unknown).then(each.sum() - each.min().fill_null(0))


def _least(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    """The lower of two; null where one is."""
    return pl.when(x.is_not_null() & y.is_not_null()).then(pl.min_horizontal(x, y))


def _is_steady(code: str, beside: Beside, before: Households, after: Households) -> bool:
    """Whether a household has a policy by the one book where it has it by the other, at every place."""
    places = {place for of in (before.had, after.had) for c, place in of if c == code}
    had = [(place, before.had.get((code, place)), after.had.get((code, place))) for place in places]
    return all(x is not None and y is not None and beside.of(place).touched.is_same(x, y) for place, x, y in had)


def _parts(beside: Beside) -> Iterator[_Part]:
    for code in beside.to_households:
        old, new = beside.paid_before.get(code), beside.paid_after.get(code)
        paid = new or old
        if alike(old, new) and paid is not None:
            yield _Part(code, "ab", paid)
            continue
        for book, how in (("a", old), ("b", new)):
            if how is not None and how.cash and how.per == "household":
                yield _Part(code, book, how)


__all__ = ["Households", "PaidOnce", "Totals"]
