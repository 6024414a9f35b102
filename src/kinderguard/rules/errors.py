"""One exception per misuse of the rule language. Each is raised at the line that misuses, and says the right form."""

from kinderguard.model.errors import KinderguardError


class RuleError(KinderguardError):
    """The base of every error about a rule."""


class ExpressionError(RuleError, TypeError):
    """Two things that cannot be combined: the message names both kinds and the mend."""


class TruthError(ExpressionError):
    """An expression was used where Python needs True or False at once (``and``, ``or``, ``not``, ``if``, ``a < b < c``)."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"{what} is a rule, not a value: it is true or false only for a child. Python asked for its truth here. "
            "Write `a & b` for `a and b`, `a | b` for `a or b`, `~a` for `not a`, "
            "`r.when(c, a).otherwise(b)` for `a if c else b`, "
            "`x.between(a, b)` or `(a < x) & (x < b)` for `a < x < b`, `x.is_in(A, B)` for `x in (A, B)`."
        )

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.what,)


class UnknownFactError(RuleError, AttributeError):
    """A fact that the model does not have; the nearest name is offered."""


class FloatError(ExpressionError):
    """A float where exact money or an exact ratio is needed."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"A float cannot be used as {what}: it is not exact. "
            "Write Decimal('0.3') or r.yuan('272.40') for money, r.ratio(30, 100) or Fraction(30, 100) for a share."
        )

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.what,)


class RoundingError(RuleError):
    """An amount that may fall between two fen, and no rounding stated."""


class DefinitionError(RuleError, ValueError):
    """A rule, parameter or pack that is not well formed; the message names it and the mend."""


class CircleError(DefinitionError):
    """Rules that need one another in a circle; ``members`` names them in order."""

    def __init__(self, what: str, members: tuple[str, ...]) -> None:
        self.what = what
        self.members = members
        super().__init__(
            f"{what} go in a circle: {' -> '.join((*members, members[0]))}. Take one of these references out."
        )

    def __reduce__(self) -> tuple[type, tuple[str, tuple[str, ...]]]:
        return type(self), (self.what, self.members)
