"""Products and quotients of two numbers of which neither is constant, kept linear: by the binary digits of one of them.

A household's size times an amount would be beyond what a solver answers reliably. Written as a sum over the digits of
the size, it is not: each digit is a condition, and each summand a constant multiple of the amount.
"""

from typing import Any

import attrs
import z3

from kinderguard.engines.prove.logic import (
    ONE,
    ZERO,
    Bool,
    Whole,
    at_most,
    both,
    floor_div,
    less,
    minus,
    pick,
    plus,
    scaled,
    size,
    total,
    whole,
)
from kinderguard.model.text import Text
from kinderguard.rules.nodes import Rounding

#: A number with more digits than this is not taken apart.
DIGITS = 24


class NotTakenError(Exception):
    """Something that the solver cannot take. It is caught where the step is known, and named there."""

    def __init__(self, why: Text, step: Any = None) -> None:
        self.why, self.step = why, step
        super().__init__(why.en)


PRODUCT = Text(
    "两个未知且范围很大的数相乘或相除",
    "the product or quotient of two amounts that are both unknown and of a wide range",
)


@attrs.define(eq=False)
class Scratch:
    """Numbers that had to be introduced, and what defines them. Each is determined by what it is made of."""

    constraints: list[Bool] = attrs.field(factory=list)
    #: By the terms' ids, with the terms themselves: an id is taken anew when its term is gone.
    _digits: dict[int, tuple[Any, list[Bool]]] = attrs.field(factory=dict)
    _products: dict[tuple[int, int], tuple[Any, Whole]] = attrs.field(factory=dict)
    _quotients: dict[tuple[Any, ...], tuple[Any, Whole]] = attrs.field(factory=dict)
    _count: int = 0
    #: Set apart from those of other questions that are asked together.
    name: str = ""

    def number(self, what: str, least: int | None, most: int | None) -> Whole:
        """A new number within bounds."""
        self._count += 1
        term = z3.Int(f"~{self.name}{what}{self._count}")
        self.constraints += [term >= end for end in (least,) if end is not None]
        self.constraints += [term <= end for end in (most,) if end is not None]
        return Whole(term, least, most)

    def digits(self, x: Whole) -> list[Bool]:
        """The binary digits of what ``x`` is above its least."""
        assert x.least is not None
        assert x.most is not None
        found = self._digits.get(x.term.get_id())
        if found is None:
            self._count += 1
            bits = [z3.Bool(f"~{self.name}bit{self._count}.{i}") for i in range((x.most - x.least).bit_length())]
            written = total([whole(x.least), *(pick(b, whole(1 << i), ZERO) for i, b in enumerate(bits))])
            self.constraints.append(x.term == written.term)
            found = self._digits[x.term.get_id()] = (x.term, bits)
        return found[1]

    def product(self, a: Whole, b: Whole) -> Whole:
        """a * b.

        Raises:
            NotTakenError: both are unknown and of a wide range.
        """
        if a.value is not None:
            return scaled(b, a.value)
        if b.value is not None:
            return scaled(a, b.value)
        if _width(a) < _width(b):
            a, b = b, a
        if _width(b) > DIGITS:
            raise NotTakenError(PRODUCT)
        key = (a.term.get_id(), b.term.get_id())
        found = self._products.get(key)
        if found is None:
            assert b.least is not None
            parts = [pick(bit, scaled(a, 1 << i), ZERO) for i, bit in enumerate(self.digits(b))]
            made = total([scaled(a, b.least), *parts])
            least, most = _corners(a, b)
            found = self._products[key] = ((a.term, b.term), attrs.evolve(made, least=least, most=most))
        return found[1]

    def rounded(self, x: Whole, by: int, rounding: Rounding) -> Whole:
        """x / by, rounded to a whole number; ``by`` is a positive constant."""
        if by == 1:
            return x
        sized = size(x)
        if rounding is Rounding.HALF_UP:
            steps = floor_div(plus(scaled(sized, 2), whole(by)), 2 * by)
        elif rounding is Rounding.UP:
            steps = floor_div(plus(sized, whole(by - 1)), by)
        else:
            steps = floor_div(sized, by)
        return _signed(x, steps)

    def quotient(self, x: Whole, y: Whole, factor: int, rounding: Rounding) -> Whole:
        """x / (y * factor), rounded to a whole number. Where ``y`` is not positive, nothing in particular.

        Raises:
            NotTakenError: both are unknown and of a wide range.
        """
        if y.value is not None:
            return self.rounded(x, y.value * factor, rounding) if y.value > 0 else ZERO
        if y.least is None or y.least < 1:
            y = attrs.evolve(pick(less(ZERO, y), y, ONE), least=1, most=None if y.most is None else max(1, y.most))
        sized, by = size(x), scaled(y, factor)
        if rounding is Rounding.HALF_UP:
            steps = self._floor(plus(scaled(sized, 2), by), y, 2 * factor)
        elif rounding is Rounding.UP:
            steps = self._floor(minus(plus(sized, by), ONE), y, factor)
        else:
            steps = self._floor(sized, y, factor)
        return _signed(x, steps)

    def _floor(self, x: Whole, y: Whole, factor: int) -> Whole:
        """x // (y * factor) for x of zero or more."""
        key = (x.value if x.value is not None else ("id", x.term.get_id()), y.term.get_id(), factor)
        found = self._quotients.get(key)
        if found is None:
            most = None if x.most is None else x.most // factor
            result = self.number("quotient", 0, most)
            rest = minus(x, scaled(self.product(result, y), factor))
            self.constraints.append(both(at_most(ZERO, rest), less(rest, scaled(y, factor))))
            found = self._quotients[key] = ((x.term, y.term), result)
        return found[1]


def _width(x: Whole) -> int:
    """How many binary digits a number has."""
    return 10**6 if x.least is None or x.most is None else (x.most - x.least).bit_length()


def _corners(a: Whole, b: Whole) -> tuple[int | None, int | None]:
    assert b.least is not None
    assert b.most is not None
    if a.least is not None and a.most is not None:
        corners = [x * y for x in (a.least, a.most) for y in (b.least, b.most)]
        return min(corners), max(corners)
    if b.least < 0:
        return None, None
    ends = b.least, b.most
    return (
        None if a.least is None else min(a.least * e for e in ends),
        None if a.most is None else max(a.most * e for e in ends),
    )


def _signed(x: Whole, steps: Whole) -> Whole:
    """``steps`` with the sign of ``x``."""
    if x.least is not None and x.least >= 0:
        return steps
    back = scaled(steps, -1)
    if x.most is not None and x.most <= 0:
        return back
    return pick(at_most(ZERO, x), steps, back)


__all__ = ["NotTakenError", "Scratch"]
