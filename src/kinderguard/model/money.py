"""Money: ``Decimal`` yuan outside, whole fen inside; never a float."""

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from kinderguard.model.codes import Frequency
from kinderguard.model.errors import FieldValueError
from kinderguard.model.patterns import written
from kinderguard.model.text import Text, same

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: Precise enough for every amount, whatever the caller's own decimal context is.
_EXACT = Context(prec=32)
#: No amount in yuan reaches this: what does is a mistake of typing.
LIMIT = 10**12
#: An amount as text: digits, and a point with digits after it; no exponent, no plus, no blanks, no digits of other scripts.
_WRITTEN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
#: And one that a case states.
_STATED = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
#: What stands where an upper bound would, if there is none.
NO_BOUND = Text("无上限", "no bound")


def as_yuan(value: Any) -> Decimal:
    """``value`` (Decimal, int or decimal text) as exact yuan.

    Raises:
        FieldValueError: for a float, for a fraction of a fen, for what is no amount (true, ``"1e3"``) or is beyond any.
    """
    if isinstance(value, bool):
        raise FieldValueError(
            '金额不能是 true 或 false；请写作文字，如 "600.00"',
            "money cannot be true or false; write the amount as text such as '600.00'",
        )
    if isinstance(value, float):
        raise FieldValueError(
            "金额不能用浮点数；请用 Decimal 或文字", "money cannot be a float; use Decimal or text such as '600.00'"
        )
    if isinstance(value, str) and not _WRITTEN.fullmatch(value):
        raise FieldValueError(*_NO_AMOUNT)
    try:
        amount = Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        raise FieldValueError(*_NO_AMOUNT) from None
    if not amount.is_finite():
        raise FieldValueError(*_NO_AMOUNT)
    # Compared as they stand: ``abs`` would compute, and an amount of a million digits cannot be computed with.
    if not -LIMIT < amount < LIMIT:
        raise FieldValueError("金额过大", "money is beyond any plausible amount")
    exact = amount.quantize(CENT, context=_EXACT)
    if amount != exact:
        raise FieldValueError("金额最多两位小数（分）", "money has at most two decimals (fen)")
    return exact if exact else ZERO  # and not -0.00


_NO_AMOUNT = ("金额应为数字，写作 600 或 600.00", "money must be a number, written as '600' or '600.00'")


def _not_negative(value: Any, info: ValidationInfo) -> Any:
    if value is None:
        return None
    if info.mode == "json" and not isinstance(value, str | bool):
        raise FieldValueError(
            'JSON 中的金额应加引号写作文字，如 "600.00"', 'in JSON money is text in quotation marks, such as "600.00"'
        )
    amount = as_yuan(value)
    if amount < 0 or (isinstance(value, str) and value.startswith("-")):
        raise FieldValueError("金额不能为负", "money cannot be negative")
    if isinstance(value, str) and not _STATED.fullmatch(value):
        raise FieldValueError(
            "金额写得过长：整数最多 12 位，小数最多两位", "money is written with at most 12 digits and two decimals"
        )
    return amount


Yuan = Annotated[
    Decimal,
    BeforeValidator(_not_negative),
    PlainSerializer(lambda v: f"{v:.2f}", return_type=str, when_used="json-unless-none"),
    WithJsonSchema(written(r"^[0-9]{1,12}(\.[0-9]{1,2})?$", **{"x-unit": "yuan"})),
]
"""Yuan, exact to the fen, not negative. JSON carries it as text (``"600.00"``)."""


def fen(amount: Decimal) -> int:
    """Yuan as whole fen.

    >>> fen(Decimal("600.50"))
    60050
    """
    return int(amount * 100)


def yuan(amount: int | Fraction) -> Decimal:
    """Whole fen as yuan.

    >>> yuan(60050)
    Decimal('600.50')
    """
    if isinstance(amount, int):
        return Decimal(amount).scaleb(-2)
    if amount != int(amount):
        raise ValueError("An amount must be whole fen before it leaves the engine: state the rounding in the rule.")
    return Decimal(int(amount)).scaleb(-2)


def bounds_text(
    low: Decimal | None, high: Decimal | None, every: Frequency | None = None, *, unit: bool = True
) -> Text:
    """An amount, or the bounds that it lies within, as people read it.

    Args:
        low, high: the bounds in yuan, the same where the amount is known; None where nothing bounds it on that side.
        every: how often it is paid, said after it.
        unit: whether the text says that it is yuan; not where a table's head does.

    >>> bounds_text(Decimal("600.00"), Decimal("720.00"), Frequency.MONTH).en
    '600.00 to 720.00 yuan a month'
    >>> bounds_text(Decimal("600.00"), None).zh
    '至少600.00元'
    """
    if low is None and high is None:
        return Text("不定（无界）", "open (nothing bounds it)")
    if low == high:
        text = same(f"{low:,}")
    elif high is None:
        text = Text(f"至少{low:,}", f"at least {low:,}")
    elif low is None:
        text = Text(f"至多{high:,}", f"at most {high:,}")
    else:
        text = Text(f"{low:,}至{high:,}", f"{low:,} to {high:,}")
    if unit:
        text += Text("元", " yuan")
    return text if every is None else text + Text(f"（{every.zh}）", f" {every.en}")
