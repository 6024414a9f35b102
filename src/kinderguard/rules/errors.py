"""One exception per misuse of the rule language. Each is raised at the line that misuses, and says the right form."""

import re
from typing import Any, Self

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text


class RuleError(ToldError):
    """The base of every error about a rule: what is wrong and the mend, as ``text`` in both languages.

    Args:
        text: what is wrong, and what to write instead.
        where: the rule's code, or the file and the parameter; it is put before the text.
    """

    def __init__(self, text: Text, where: str = "") -> None:
        super().__init__(Text(f"{_in_chinese(where)}：{text.zh}", f"{where}: {text.en}") if where else text)


def _in_chinese(where: str) -> str:
    """A place as a Chinese text names it: which of a parameter's values is meant, or its floor."""
    return re.sub(r", value (\d+)", r"，第 \1 个值", where).replace(", floor", "，国家最低标准（floor）")


class ExpressionError(RuleError, TypeError):
    """Two things that cannot be combined: the message names both kinds and the mend."""


class TruthError(ExpressionError):
    """An expression was used where Python needs True or False at once (``and``, ``or``, ``not``, ``if``, ``a < b < c``)."""

    @classmethod
    def of(cls, what: Text) -> Self:
        """The error of the expression that is named."""
        return cls(
            Text(
                f"{what.zh}是规则，不是值：只有针对某一名儿童时才有真假，而这里 Python 立即要它的真假。"
                "`a and b` 请写作 `a & b`，`a or b` 写作 `a | b`，`not a` 写作 `~a`，"
                "`a if c else b` 写作 `r.when(c, a).otherwise(b)`，"
                "`a < x < b` 写作 `x.between(a, b)` 或 `(a < x) & (x < b)`，`x in (A, B)` 写作 `x.is_in(A, B)`。",
                f"{what.en} is a rule, not a value: it is true or false only for a child. Python asked for its truth "
                "here. Write `a & b` for `a and b`, `a | b` for `a or b`, `~a` for `not a`, "
                "`r.when(c, a).otherwise(b)` for `a if c else b`, "
                "`x.between(a, b)` or `(a < x) & (x < b)` for `a < x < b`, `x.is_in(A, B)` for `x in (A, B)`.",
            )
        )


class UnknownFactError(RuleError, AttributeError):
    """A fact that the model does not have; the nearest name is offered."""


class FloatError(ExpressionError):
    """A float where exact money or an exact ratio is needed."""

    @classmethod
    def of(cls, what: Text) -> Self:
        """The error of a float that was given as what is named."""
        return cls(
            Text(
                f"浮点数不精确，不能用作{what.zh}。"
                "金额请写作 Decimal('0.3') 或 r.yuan('272.40')，比例写作 r.ratio(30, 100) 或 Fraction(30, 100)。",
                f"A float cannot be used as {what.en}: it is not exact. "
                "Write Decimal('0.3') or r.yuan('272.40') for money, r.ratio(30, 100) or Fraction(30, 100) for a share.",
            )
        )


class RoundingError(RuleError):
    """An amount that may fall between two fen, and no rounding stated."""


class DefinitionError(RuleError, ValueError):
    """A rule, parameter or pack that is not well formed; the message names it and the mend."""


class CircleError(DefinitionError):
    """Rules that need one another in a circle; ``members`` names them in order.

    Args:
        what: which rules.
        members: their codes, each of which needs the next.
        told: what ties them together, and the mend, where that is more than one naming the other.
    """

    def __init__(self, what: Text, members: tuple[str, ...], told: Text | None = None) -> None:
        self.what = what
        self.members = members
        self._told = told
        circle = " -> ".join((*members, members[0]))
        mend = told or Text("请去掉其中一处引用。", "Take one of these references out.")
        super().__init__(
            Text(
                f"{what.zh}互相引用，成了循环：{circle}。{mend.zh}",
                f"{what.en} go in a circle: {circle}. {mend.en}",
            )
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.members, self._told)
