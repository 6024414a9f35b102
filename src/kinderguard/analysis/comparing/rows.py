"""What a reform does to each of some children, as columns: changes with their bounds, and how each rule comes out.

Bounds of a difference: with both books' own bounds, ``low after - high before`` to ``high after - low before`` is sound
for each policy; what the rules say of the difference (``differences``) is sound as well, of each policy and of all
together, and the narrower of the two is taken. Policies that do not differ add nothing, whatever is unknown. Called by the
comparison, part by part, which narrows what is still open (``narrowing``).
"""

from collections.abc import Callable

import attrs
import polars as pl

from kinderguard.analysis.comparing.beside import Beside, Paid, column_of
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR
from kinderguard.analysis.people import Piece
from kinderguard.model.codes import Frequency

#: How a child fares: for sure (``gains``, ``loses``, ``same``), or as far as is known.
KINDS = ("gains", "may_gain", "same", "may_lose", "loses", "open")
KIND = pl.Enum(KINDS)
#: How a rule comes out: 0 no, 1 yes, 2 not known, 3 the book has no such rule.
NO, YES, OPEN, ABSENT = range(4)
#: The money columns: of the child and its household, and of what it costs (the household's once).
SUMS = ("year", "once", "cost_year", "cost_once")
#: Those of a child by itself: with what its household gets, and without.
OWN_SUMS = ("year", "once", "own_year", "own_once")
_ENDS = ("low", "high")


@attrs.frozen
class Change:
    """What one policy adds to the changes: each time it is paid, times ``factor`` a year, or once."""

    low: pl.Expr
    high: pl.Expr
    paid: Paid

    @property
    def factor(self) -> int:
        """How often it is paid in a year; 1 for what is paid once."""
        return TIMES_A_YEAR.get(self.paid.every, 1)

    @property
    def is_own(self) -> bool:
        """Whether it is paid to the child, not to its household."""
        return self.paid.per != "household"

    @property
    def sum(self) -> str:
        """Of a year, or once."""
        return sum_of(self.paid)


def sum_of(paid: Paid) -> str:
    """The sum that a policy counts in: of a year, or once."""
    return "once" if paid.every is Frequency.ONCE else "year"


def alike(old: Paid | None, new: Paid | None) -> bool:
    """Whether both books pay a policy alike, one that does not have it giving nothing."""
    return old is None or new is None or (old.cash and new.cash and old == new)


def changed(
    piece: Piece,
    before: pl.DataFrame,
    after: pl.DataFrame,
    beside: Beside,
    tell: Callable[[float], None] = lambda share: None,
) -> pl.DataFrame:
    """Columns for some children: ``kind``; ``year_low`` … ``own_once_high`` (fen, null: no bound); ``state:<code>`` of
    every rule that may come out otherwise (4 × before + after); ``policy:<code>:year:low`` … of each policy that may differ,
    ``each:<code>:low`` … the same of both sums together, and ``open:<code>``, whether it is not known by how much.
    A household's help is counted for each of its children in all of these; for what it costs (``paid_once``) there are
    ``a:<code>:low`` … ``b:<code>:high``, what each book gives each time, and ``child:<code>:year:low`` …, what is paid to the
    child itself, of each policy that a book pays to households.

    Args:
        piece: the children.
        before, after: the results of both books, in fen.
        beside: what differs.
        tell: called with the share that is done, 0 to 1.
    """
    numbers = beside.numbers(piece.places)
    columns = {f"a.{name}": before[name] for name in before.columns if name != "ref"}
    columns |= {f"b.{name}": after[name] for name in after.columns if name != "ref"}
    frame = pl.DataFrame([series.alias(name) for name, series in columns.items()])
    frame = frame.with_columns(number=numbers).hstack(beside.changes(frame, numbers, tell))
    per_policy: dict[str, list[Change]] = {code: [] for code in beside.money}
    for code in beside.money:
        frame, found = _of_policy(frame, code, beside, numbers)
        per_policy[code] += found
    frame = frame.with_columns(beside.joined(code, numbers).alias(f"joined:{code}") for code in beside.money)
    sums = _sums(per_policy)
    policies = {
        f"policy:{code}:{name}:{end}": _added([c for c in found if c.sum == name], end)
        for code, found in per_policy.items()
        for name in ("year", "once")
        for end in _ENDS
    }
    each = {f"each:{c}:{end}": _added(x, end) for c, x in per_policy.items() for end in _ENDS}
    given = {f"{b}:{c}:{end}": pl.col(f"{b}:{c}:{end}") for c in beside.to_households for b in "ab" for end in _ENDS}
    theirs = {
        f"child:{code}:{name}:{end}": _added([c for c in per_policy[code] if c.sum == name and c.is_own], end)
        for code in beside.to_households
        for name in ("year", "once")
        for end in _ENDS
    }
    open_ = {f"open:{code}": _is_open(found) for code, found in per_policy.items()}
    states = {f"state:{code}": _state(code, beside, numbers, frame) for code in beside.codes}
    result = frame.select(**sums, **policies, **each, **given, **theirs, **open_, **states)
    low, high = pl.col("year_low") + pl.col("once_low"), pl.col("year_high") + pl.col("once_high")
    return result.with_columns(kind_of(low, high).alias("kind"))


def settled(found: pl.DataFrame) -> pl.DataFrame:
    """The same, with a rule as holding that pays something for sure: of whom it pays nothing by the one book, and whose change
    says that something is due by the other. ``each:<code>`` is left out.
    """
    nothing = (NO, ABSENT)
    states = []
    for name in found.columns:
        code = name.removeprefix("state:")
        if name.startswith("state:") and f"each:{code}:low" in found.columns:
            state, low, high = pl.col(name), pl.col(f"each:{code}:low"), pl.col(f"each:{code}:high")
            comes = state.is_in([x * 4 + OPEN for x in nothing]) & (low > 0).fill_null(False)
            goes = state.is_in([OPEN * 4 + x for x in nothing]) & (high < 0).fill_null(False)
            now = pl.when(comes).then(state // 4 * 4 + YES).when(goes).then(YES * 4 + state % 4).otherwise(state)
            states.append(now.cast(pl.UInt8).alias(name))
    return found.with_columns(states).drop(name for name in found.columns if name.startswith("each:"))


def _is_open(changes: list[Change]) -> pl.Expr:
    """Whether it is not known by how much a policy changes."""
    # Beside a column, so that there is a value for every row.
    return pl.any_horizontal(
        pl.col("number").is_null(), *((change.low == change.high).fill_null(False).not_() for change in changes)
    )


def _of_policy(frame: pl.DataFrame, code: str, beside: Beside, numbers: pl.Series) -> tuple[pl.DataFrame, list[Change]]:
    """A policy's difference: of one kind where both books pay it alike, else what goes and what comes."""
    old, new = beside.paid_before.get(code), beside.paid_after.get(code)
    for book, after in (("a", False), ("b", True)):
        frame = _filled(frame, book, code, beside, numbers, after=after)
    a_low, a_high, b_low, b_high = (pl.col(f"{book}:{code}:{end}") for book in "ab" for end in ("low", "high"))
    if alike(old, new):
        # The narrower of two sound bounds; a null is no bound, and no bound is passed over.
        low = pl.max_horizontal(b_low - a_high, pl.col(f"c:{code}:low"))
        high = pl.min_horizontal(b_high - a_low, pl.col(f"c:{code}:high"))
        paid = new or old
        assert paid is not None
        return frame, [Change(low, high, paid)]
    assert old is not None
    assert new is not None
    found = [Change(-a_high, -a_low, old)] if old.cash else []
    return frame, found + ([Change(b_low, b_high, new)] if new.cash else [])


def _filled(
    frame: pl.DataFrame, book: str, code: str, beside: Beside, numbers: pl.Series, *, after: bool
) -> pl.DataFrame:
    """A policy's results in one book with nothing where the book does not have it."""
    has, zero = pl.lit(beside.has(code, numbers, after=after)), pl.lit(0, pl.Int64)
    low, high, eligible = (f"{book}.{code}.{name}" for name in ("low_fen", "high_fen", "eligible"))
    if low not in frame.columns:
        own = {"low": zero, "high": zero, "eligible": pl.lit(False)}
    else:
        own = {
            # An amount of which nothing is known is at least nothing, as totals have it.
            "low": pl.when(has).then(pl.col(low).cast(pl.Int64).fill_null(0)).otherwise(zero),
            "high": pl.when(has).then(pl.col(high).cast(pl.Int64)).otherwise(zero),
            "eligible": pl.when(has).then(pl.col(eligible)).otherwise(pl.lit(False)),
        }
    return frame.with_columns(**{f"{book}:{code}:{name}": expr for name, expr in own.items()})


def _sums(per_policy: dict[str, list[Change]]) -> dict[str, pl.Expr]:
    """Sums of all policies: policy by policy, or of those that differ together and the others, whichever is narrower."""
    found = {}
    for prefix in ("", "own_"):
        for name in ("year", "once"):
            for end, narrower in (("low", pl.max_horizontal), ("high", pl.min_horizontal)):
                apart = {
                    c: _added([x for x in listed if x.sum == name and (x.is_own or not prefix)], end)
                    for c, listed in per_policy.items()
                }
                others = [pl.when(f"joined:{code}").then(0).otherwise(part) for code, part in apart.items()]
                together = pl.col(f"j:{prefix}{name}:{end}")
                found[f"{prefix}{name}_{end}"] = narrower(_plus(list(apart.values())), _plus([together, *others]))
    return found


def _plus(parts: list[pl.Expr]) -> pl.Expr:
    found = pl.lit(0, pl.Int64)
    for part in parts:
        found = found + part
    # Beside a column, so that there is a value for every row.
    return pl.when(pl.col("number").is_not_null()).then(found)


def _added(changes: list[Change], end: str) -> pl.Expr:
    return _plus([(change.low if end == "low" else change.high) * change.factor for change in changes])


def kind_of(low: pl.Expr, high: pl.Expr) -> pl.Expr:
    """How a child fares, by the bounds of its change in the first year."""
    at_least, at_most = (low >= 0).fill_null(False), (high <= 0).fill_null(False)
    found = (
        pl.when((low > 0).fill_null(False)).then(pl.lit("gains"))
        .when((high < 0).fill_null(False)).then(pl.lit("loses"))
        .when(at_least & at_most).then(pl.lit("same"))
        .when(at_least).then(pl.lit("may_gain"))
        .when(at_most).then(pl.lit("may_lose"))
        .otherwise(pl.lit("open"))
    )  # fmt: skip
    return found.cast(KIND)


def _state(code: str, beside: Beside, numbers: pl.Series, frame: pl.DataFrame) -> pl.Expr:
    sides = []
    for book, paid, after in (("a", beside.paid_before, False), ("b", beside.paid_after, True)):
        name = f"{book}.{column_of(code, paid)}"
        has = pl.lit(beside.has(code, numbers, after=after))
        value = pl.col(name) if name in frame.columns else pl.lit(None, pl.Boolean)
        state = pl.when(~has).then(ABSENT).when(value.is_null()).then(OPEN).when(value).then(YES).otherwise(NO)
        sides.append(state.cast(pl.UInt8))
    return (sides[0] * 4 + sides[1]).cast(pl.UInt8)


__all__ = [
    "ABSENT", "KIND", "KINDS", "NO", "OPEN", "OWN_SUMS", "SUMS", "YES", "alike", "changed", "kind_of", "settled", "sum_of",
]  # fmt: skip
