"""Names and resident IDs for those who want them: plainly synthetic, valid in form, and nobody's.

A number begins with ``xx0190`` to ``xx0199``: division codes that GB/T 2260 never gave to a place.
"""

import numpy as np
import polars as pl

from kinderguard.analysis.synthetic import columns as c
from kinderguard.analysis.synthetic import days as d
from kinderguard.analysis.synthetic.asked import SynthesisError
from kinderguard.analysis.synthetic.chance import Flags, Ints
from kinderguard.model.codes import Sex
from kinderguard.model.resident_id import _CHECK, _WEIGHTS
from kinderguard.model.text import Text

#: How many people of one sex a division has on one day, and how many such divisions a province has.
_A_DAY, _DIVISIONS = 500, 10


def names(n: int) -> c.Column:
    """``合成0000001`` and so on."""
    return c.Texts(numbered("合成", n))


def numbered(prefix: str, n: int) -> pl.Series:
    """A prefix and a running number of at least seven digits, from 1."""
    return pl.select(pl.lit(prefix) + pl.int_range(1, n + 1).cast(pl.String).str.zfill(7)).to_series()


def resident_ids(born: Ints, sex: Ints, province: Ints, known: Flags) -> c.Column:
    """Resident IDs that agree with birth day and sex; unknown where either is.

    Args:
        born: birth days.
        sex: places in ``Sex``.
        province: the first two digits, as a number.
        known: whether birth day and sex stand in the table; where one does not, an ID would give it away.

    Raises:
        SynthesisError: more children of one province were born on a day than there are numbers.
    """
    order = _order_of_the_day(born, sex, province)
    if order.max(initial=0) >= _A_DAY * _DIVISIONS:
        raise SynthesisError(
            Text(
                "同省同日出生的儿童过多，证件号不够用；请减少 n，或增加不同省份的 divisions，或不用 ids",
                "More children of one province were born on one day than there are resident IDs: lower n, spread "
                "divisions over more provinces, or leave ids out.",
            )
        )
    male = sex == c.place_of(Sex.MALE)
    division = province * 10000 + 199 - order // _A_DAY
    # Seventeen digits are one whole number, whose first is not 0.
    first17 = division * 10**11 + _eight_digits(born) * 1000 + 2 * (order % _A_DAY) + np.where(male, 1, 0)
    last = pl.Series(list(_CHECK)).gather(pl.Series(_check(first17), dtype=pl.UInt32))
    return c.Texts(pl.Series(first17).cast(pl.String) + last).forgetting(~known)


def _order_of_the_day(born: Ints, sex: Ints, province: Ints) -> Ints:
    """Which child of its province, birth day and sex each is, from 0."""
    key = (province * 2 + sex) * 1_000_000 + born
    sorted_rows = np.argsort(key, kind="stable")
    ranked = key[sorted_rows]
    first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(key) else np.zeros(0, np.int64)
    group = np.repeat(first, np.diff(np.append(first, len(key))))
    order = np.empty_like(key)
    order[sorted_rows] = np.arange(len(key)) - group
    return order


def _eight_digits(born: Ints) -> Ints:
    """Each day as a number such as 20120305."""
    month, day = d.calendar(born)
    return (1970 + month // 12) * 10000 + (1 + month % 12) * 100 + day


def _check(first17: Ints) -> Ints:
    """The place of each check digit in the model's list of them."""
    total = np.zeros(len(first17), dtype=np.int64)
    for place, weight in enumerate(_WEIGHTS):
        total += weight * (first17 // 10 ** (16 - place) % 10)
    return total % 11
