"""An amount within bounds, for analysts: whole fen inside, Decimal yuan outside. ``None`` is no bound on that side.

Used by every analysis that adds up money while facts are unknown. Sums keep their bounds; nothing is left out of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.model.money import bounds_text, yuan
from kinderguard.model.text import Text

if TYPE_CHECKING:
    import polars as pl


@attrs.frozen
class Between:
    """An amount (yuan), or a change of one, that lies between two bounds, both possible as far as was computed.

    Args:
        low_fen, high_fen: the bounds in whole fen; None where nothing bounds it on that side.

    >>> Between(60000, 72000).low, Between(60000, 72000).amount, Between(60000, 60000).amount
    (Decimal('600.00'), None, Decimal('600.00'))
    """

    low_fen: int | None
    high_fen: int | None

    @property
    def low(self) -> Decimal | None:
        """The lower bound in yuan; None: there is none."""
        return None if self.low_fen is None else yuan(self.low_fen)

    @property
    def high(self) -> Decimal | None:
        """The upper bound in yuan; None: there is none."""
        return None if self.high_fen is None else yuan(self.high_fen)

    @property
    def amount(self) -> Decimal | None:
        """The amount in yuan where it is known; None else."""
        return self.low if self.low_fen == self.high_fen else None

    @property
    def is_zero(self) -> bool:
        """Whether it is nothing for sure."""
        return self.low_fen == 0 == self.high_fen

    def __add__(self, other: "Between") -> "Between":
        low = None if self.low_fen is None or other.low_fen is None else self.low_fen + other.low_fen
        high = None if self.high_fen is None or other.high_fen is None else self.high_fen + other.high_fen
        return Between(low, high)

    def __neg__(self) -> "Between":
        low, high = self.low_fen, self.high_fen
        return Between(None if high is None else -high, None if low is None else -low)

    def __sub__(self, other: "Between") -> "Between":
        return self + -other

    def times(self, factor: int) -> "Between":
        """So many times as much (a positive whole number)."""
        low, high = self.low_fen, self.high_fen
        return Between(None if low is None else low * factor, None if high is None else high * factor)

    def within(self, other: "Between") -> "Between":
        """What both bounds leave: each of the two holds."""
        lows = [x for x in (self.low_fen, other.low_fen) if x is not None]
        highs = [x for x in (self.high_fen, other.high_fen) if x is not None]
        return Between(max(lows) if lows else None, min(highs) if highs else None)

    def plain(self) -> dict[str, str | None]:
        """``low`` and ``high`` in yuan as text, for JSON."""
        return {
            "low": None if self.low is None else str(self.low),
            "high": None if self.high is None else str(self.high),
        }

    @property
    def text(self) -> Text:
        """As people read it, in yuan."""
        return bounds_text(self.low, self.high)

    @property
    def figures(self) -> Text:
        """The same without "yuan", for a column whose head says it."""
        return bounds_text(self.low, self.high, unit=False)

    def __str__(self) -> str:
        """In the language that is set (``display_language``)."""
        from kinderguard.model.view import display_language

        return self.text.in_(display_language())


NOTHING = Between(0, 0)


def total(parts: Iterable[Between]) -> Between:
    """The sum; nothing of nobody."""
    found = NOTHING
    for part in parts:
        found += part
    return found


def between(low: Any, high: Any) -> Between:
    """Bounds as tables hold them."""
    return Between(None if low is None else int(low), None if high is None else int(high))


def money_table(rows: Sequence[Mapping[str, Any]], money: Collection[str]) -> "pl.DataFrame":
    """Rows as a table: their columns of money (yuan, as text in the rows) as exact decimals of two places."""
    import polars as pl

    table = pl.DataFrame(rows, infer_schema_length=None)
    return table.with_columns(pl.col(name).cast(pl.Decimal(38, 2)) for name in table.columns if name in money)


__all__ = ["NOTHING", "Between", "between", "money_table", "total"]
