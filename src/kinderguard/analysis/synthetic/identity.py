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
from kinderguard.model.resident_id import check_digit
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
    year, month, day = _calendar(born)
    male = sex == c.place_of(Sex.MALE)
    division = province * 10000 + 199 - order // _A_DAY
    number = 2 * (order % _A_DAY) + np.where(male, 1, 0)
    digits = np.concatenate([_digits(x, k) for x, k in ((division, 6), (year, 4), (month, 2), (day, 2), (number, 3))])
    text = np.concatenate([digits + ord("0"), _check(digits)[None]]).astype(np.uint8)
    whole = np.ascontiguousarray(text.T).tobytes().decode("ascii")
    cells = pl.Series([whole[k : k + 18] for k in range(0, len(whole), 18)], dtype=pl.String)
    return c.Texts(cells).forgetting(~known)


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


def _calendar(born: Ints) -> tuple[Ints, Ints, Ints]:
    first = d.add_months(born, 0).astype("datetime64[D]")
    months = first.astype("datetime64[M]")
    month = months.astype(np.int64)
    return 1970 + month // 12, 1 + month % 12, 1 + (first - months.astype("datetime64[D]")).astype(np.int64)


def _digits(numbers: Ints, width: int) -> Ints:
    return np.stack([numbers // 10**k % 10 for k in range(width - 1, -1, -1)])


def _check(digits: Ints) -> Ints:
    """The character of each check digit, by the model's own function: only the sum of the digits' weights counts."""
    weights = [_weight(place) for place in range(17)]
    total = sum(weight * row for weight, row in zip(weights, digits, strict=True)) % 11
    by_total = {sum(w * int(x) for w, x in zip(weights, text, strict=True)) % 11: check_digit(text) for text in _SAMPLES}
    return np.array([ord(by_total[k]) for k in range(11)])[total]
