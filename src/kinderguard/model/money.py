"""Money: ``Decimal`` yuan outside, whole fen inside; never a float."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from kinderguard.model.codes import Frequency
from kinderguard.model.errors import FieldValueError
from kinderguard.model.text import Text, same

CENT = Decimal("0.01")
#: No amount in yuan reaches this: what does is a mistake of typing.
LIMIT = 10**12
#: What stands where an upper bound would, if there is none.
NO_BOUND = Text("无上限", "no bound")


def as_yuan(value: Any) -> Decimal:
    """``value`` (Decimal, int or decimal text) as exact yuan.

    Raises:
        FieldValueError: for a float, for a fraction of a fen, or for what is no number.
    """
    if isinstance(value, bool | float):
        raise FieldValueError(
            "金额不能用浮点数；请用 Decimal 或文字", "money cannot be a float; use Decimal or text such as '600.00'"
        )
    try:
        amount = Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        raise FieldValueError("金额应为数字", "money must be a number") from None
    if not amount.is_finite():
        raise FieldValueError("金额应为数字", "money must be a number")
    if abs(amount) >= LIMIT:
        raise FieldValueError("金额过大", "money is beyond any plausible amount")
    if amount != amount.quantize(CENT):
        raise FieldValueError("金额最多两位小数（分）", "money has at most two decimals (fen)")
    return amount.quantize(CENT) + 0  # adding zero turns -0.00 into 0.00


def _not_negative(value: Any) -> Any:
    if value is None:
        return None
    amount = as_yuan(value)
    if amount < 0:
        raise FieldValueError("金额不能为负", "money cannot be negative")
    return amount


Yuan = Annotated[
    Decimal,
    BeforeValidator(_not_negative),
    PlainSerializer(lambda v: f"{v:.2f}", return_type=str, when_used="json-unless-none"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,12}(\.\d{1,2})?$", "x-unit": "yuan"}),
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
