"""Chance: whole random numbers by label, the same on every machine and with every version of numpy.

Only the raw integers of PCG64 are used, which numpy keeps stable, and whole-number arithmetic. Each label has a stream
of its own, so that a column that is added leaves all others as they were.
"""

import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Every draw lies below this.
SPAN = 1 << 32


def threshold(share: Decimal) -> int:
    """The number below which a draw falls with ``share`` (0 to 1)."""
    return int(share * SPAN)


def thresholds(weights: Sequence[Decimal | Fraction]) -> Ints:
    """Where each of several weights ends, the last at ``SPAN``: reckoned exactly, whatever the weights add up to."""
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact)
    ends = [int(sum(exact[: k + 1], Fraction(0)) * SPAN / total) for k in range(len(exact))]
    return np.array(ends, dtype=np.int64)


class Chance:
    """Draws for one seed. Every label is used once: two draws with one label would be equal.

    Args:
        seed: any whole number from 0.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._used: set[int] = set()

    def draw(self, label: str, size: int) -> Ints:
        """``size`` whole numbers from 0 to 2**32 - 1."""
        mark = zlib.crc32(label.encode())
        assert mark not in self._used, f"the label {label}, or one with the same mark, was drawn already"
        self._used.add(mark)
        # A fixed number of words of the seed, then the label: no seed and label read as another pair.
        words = [(self._seed >> shift) & 0xFFFFFFFF for shift in range(0, max(64, self._seed.bit_length()), 32)]
        raw = np.random.PCG64([*words, len(words), mark]).random_raw(size)
        return (raw >> np.uint64(32)).astype(np.int64)

    def below(self, label: str, bound: int | Ints, size: int | None = None) -> Ints:
        """Whole numbers from 0 to ``bound`` - 1 (0 where ``bound`` is 0); one a bound, or ``size`` of them."""
        count = len(bound) if isinstance(bound, np.ndarray) else size or 0
        return (self.draw(label, count) * bound) >> 32

    def between(self, label: str, low: int | Ints, high: int | Ints, size: int | None = None) -> Ints:
        """Whole numbers from ``low`` to ``high``, both included."""
        if size is None:
            size = len(low) if isinstance(low, np.ndarray) else len(high) if isinstance(high, np.ndarray) else 0
        return low + ((self.draw(label, size) * (high - low + 1)) >> 32)

    def happens(self, label: str, share: Decimal, size: int) -> Flags:
        """True with ``share``."""
        return self.draw(label, size) < threshold(share)

    def pick(self, label: str, weights: Sequence[Decimal | Fraction], size: int) -> Ints:
        """Places in ``weights``, each by its weight."""
        return np.searchsorted(thresholds(weights)[:-1], self.draw(label, size), side="right")

    def pick_by(self, label: str, group: Ints, tables: Sequence[Sequence[Decimal]]) -> Ints:
        """The places in the table of each row's ``group``; all tables are of one length."""
        ends = np.stack([thresholds(table) for table in tables])
        drawn = self.draw(label, len(group))
        place = np.zeros(len(group), dtype=np.int64)
        for k in range(ends.shape[1] - 1):
            place += drawn >= ends[group, k]
        return place

    def happens_by(self, label: str, group: Ints, shares: Mapping[int, Decimal]) -> Flags:
        """True with the share of each row's ``group``; never for a group that is not named."""
        limit = np.zeros(int(max(group.max(initial=0), max(shares, default=0))) + 1, dtype=np.int64)
        for key, share in shares.items():
            limit[key] = threshold(share)
        return self.draw(label, len(group)) < limit[group]
