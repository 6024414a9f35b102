"""Between what an amount lies by its form alone: no fact, no money and no parameter is below zero.

For what can be refused where a rule is written, and for what a proof need not be asked. Never closer than is sure.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from kinderguard.rules import nodes as n

#: Lowest and highest; None where nothing bounds it on that side.
Ends: TypeAlias = tuple[int | Fraction | None, int | Fraction | None]
_ANYTHING: Ends = (None, None)
_COUNTED: Ends = (0, None)


def ends(node: n.Node, parameters: Mapping[str, Any] | None = None) -> Ends:
    """Between what a node's amount or number lies.

    Args:
        node: money (fen) or a number.
        parameters: the values of parameters where they are known.
    """
    match node:
        case n.Const(value=value) if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return value, value
        case n.Param(code=code):
            value = (parameters or {}).get(code)
            return _COUNTED if not isinstance(value, int | Fraction) else (value, value)
        case n.Fact():
            return _COUNTED
        case n.Named(arg=arg):
            return ends(arg, parameters)
        case n.Round(arg=arg):
            return _signs(ends(arg, parameters))
        case n.Add(args=args):
            lows, highs = zip(*(ends(arg, parameters) for arg in args), strict=True)
            return _sum(lows), _sum(highs)
        case n.Subtract(left=left, right=right):
            (low, high), (least, most) = ends(left, parameters), ends(right, parameters)
            return (None if low is None or most is None else low - most), (
                None if high is None or least is None else high - least
            )
        case n.Times(left=left, right=right):
            return _times(ends(left, parameters), ends(right, parameters))
        case n.When(then=then, otherwise=otherwise):
            return _either([ends(then, parameters), ends(otherwise, parameters)])
        case n.Least(args=args):
            lows, highs = zip(*(ends(arg, parameters) for arg in args), strict=True)
            known = [high for high in highs if high is not None]
            return (None if None in lows else min(lows)), (min(known) if known else None)
        case n.Greatest(args=args):
            lows, highs = zip(*(ends(arg, parameters) for arg in args), strict=True)
            known = [low for low in lows if low is not None]
            return (max(known) if known else None), (None if None in highs else max(highs))
        case _:
            return _ANYTHING


def is_below_zero(node: n.Node) -> bool:
    """Whether an amount is a constant below zero, or one of the constants that it chooses between is.

    What is computed is left to proof: the difference of two constants may well be meant as no more than nothing.
    """
    match node:
        case n.Named(arg=arg):
            return is_below_zero(arg)
        case n.When(then=then, otherwise=otherwise):
            return is_below_zero(then) or is_below_zero(otherwise)
        case n.Const(value=value):
            return isinstance(value, int | Fraction) and value < 0
        case _:
            return False


def _sum(given: tuple[int | Fraction | None, ...]) -> int | Fraction | None:
    total: int | Fraction = 0
    for each in given:
        if each is None:
            return None
        total += each
    return total


def _times(a: Ends, b: Ends) -> Ends:
    """Exact where both are bounded; else only where neither is below zero, or one of the two is a constant."""
    (low, high), (least, most) = a, b
    if low is not None and high is not None and least is not None and most is not None:
        products = [x * y for x in (low, high) for y in (least, most)]
        return min(products), max(products)
    if low is not None and low >= 0 and least is not None and least >= 0:
        return low * least, None
    # What is not above zero, times what is not below it: an amount below zero times a number of persons.
    if high is not None and high <= 0 and least is not None and least >= 0:
        return None, high * least
    if most is not None and most <= 0 and low is not None and low >= 0:
        return None, most * low
    return _ANYTHING


def _either(given: list[Ends]) -> Ends:
    lows, highs = [low for low, _ in given], [high for _, high in given]
    low = None if None in lows else min(each for each in lows if each is not None)
    return low, None if None in highs else max(each for each in highs if each is not None)


def _signs(given: Ends) -> Ends:
    """What rounding leaves of it: the sign, since an amount may be rounded to nothing."""
    low, high = given
    return (None if low is None else 0 if low >= 0 else None), (None if high is None or high > 0 else 0)
