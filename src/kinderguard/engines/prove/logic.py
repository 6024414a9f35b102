"""Conditions and whole numbers for the solver: Python values as long as nothing unknown is in them, z3 terms after that.

Everything is folded as soon as it can be, with the least and the most that a number can be, so that a question that
the form of the rules answers never reaches the solver.
"""

from typing import Any, TypeAlias

import attrs
import z3

#: ``bool``, or a z3 condition.
Bool: TypeAlias = Any
#: ``int``, or a z3 whole number.
Term: TypeAlias = Any


# ---- conditions -----------------------------------------------------------------------------------------------------


def both(*args: Bool) -> Bool:
    """All of them."""
    kept = _kept(args, neutral=True)
    return kept if isinstance(kept, bool) else kept[0] if len(kept) == 1 else z3.And(kept)


def either(*args: Bool) -> Bool:
    """Any of them."""
    kept = _kept(args, neutral=False)
    return kept if isinstance(kept, bool) else kept[0] if len(kept) == 1 else z3.Or(kept)


def _kept(args: tuple[Bool, ...], *, neutral: bool) -> bool | list[Bool]:
    found: dict[int, Bool] = {}
    for arg in args:
        if isinstance(arg, bool):
            if arg is not neutral:
                return arg
            continue
        found[arg.get_id()] = arg
    for arg in found.values():
        if z3.is_not(arg) and arg.arg(0).get_id() in found:
            return not neutral
    return list(found.values()) or neutral


def negated(arg: Bool) -> Bool:
    """The contrary."""
    if isinstance(arg, bool):
        return not arg
    return arg.arg(0) if z3.is_not(arg) else z3.Not(arg)


def implied(condition: Bool, by: Bool) -> Bool:
    """``by`` implies ``condition``."""
    return either(negated(by), condition)


def alike(a: Bool, b: Bool) -> Bool:
    """Both or neither."""
    if isinstance(a, bool):
        return b if a else negated(b)
    if isinstance(b, bool):
        return a if b else negated(a)
    return True if a.eq(b) else a == b


# ---- whole numbers --------------------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class Whole:
    """A whole number, with what it is at least and at most (None: not known)."""

    term: Term
    least: int | None
    most: int | None
    #: Of a floor quotient: (what was divided, by what), so that it can be compared without dividing.
    floor_of: "tuple[Whole, int] | None" = None

    @property
    def value(self) -> int | None:
        """The number itself where it is a constant."""
        return self.term if isinstance(self.term, int) else None


def whole(value: int) -> Whole:
    """A constant."""
    return Whole(value, value, value)


ZERO, ONE = whole(0), whole(1)


def is_same(a: Whole, b: Whole) -> bool:
    """Whether two numbers are the same by their form."""
    if a.term is b.term:
        return True
    if a.value is not None or b.value is not None:
        return a.value is not None and a.value == b.value
    return bool(a.term.eq(b.term))


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def plus(a: Whole, b: Whole) -> Whole:
    """a + b."""
    if a.value == 0:
        return b
    if b.value == 0:
        return a
    return Whole(a.term + b.term, _sum(a.least, b.least), _sum(a.most, b.most))


def total(values: list[Whole]) -> Whole:
    """The sum."""
    result = ZERO
    for value in values:
        result = plus(result, value)
    return result


def scaled(a: Whole, factor: int) -> Whole:
    """A multiple by a constant."""
    if factor == 0:
        return ZERO
    if factor == 1:
        return a
    ends = [None if e is None else e * factor for e in (a.least, a.most)]
    if factor < 0:
        ends.reverse()
    return Whole(a.term * factor, ends[0], ends[1])


def minus(a: Whole, b: Whole) -> Whole:
    """a - b."""
    if is_same(a, b):
        return ZERO
    return plus(a, scaled(b, -1))


def pick(condition: Bool, a: Whole, b: Whole) -> Whole:
    """a where the condition holds, else b."""
    if isinstance(condition, bool):
        return a if condition else b
    if is_same(a, b):
        return a
    least = None if a.least is None or b.least is None else min(a.least, b.least)
    most = None if a.most is None or b.most is None else max(a.most, b.most)
    if z3.is_not(condition):
        condition, a, b = condition.arg(0), b, a
    return Whole(z3.If(condition, _int(a.term), _int(b.term)), least, most)


def _int(term: Term) -> Term:
    return z3.IntVal(term) if isinstance(term, int) else term


def as_number(condition: Bool) -> Whole:
    """1 where the condition holds, else 0."""
    return pick(condition, ONE, ZERO)


def less(a: Whole, b: Whole) -> Bool:
    """a < b."""
    if a.most is not None and b.least is not None and a.most < b.least:
        return True
    if a.least is not None and b.most is not None and a.least >= b.most:
        return False
    if is_same(a, b):
        return False
    if a.floor_of is not None and b.value is not None:
        over, by = a.floor_of
        return less(over, whole(b.value * by))
    if b.floor_of is not None and a.value is not None:
        over, by = b.floor_of
        return at_most(whole((a.value + 1) * by), over)
    return a.term < b.term


def at_most(a: Whole, b: Whole) -> Bool:
    """a <= b."""
    return negated(less(b, a))


def equals(a: Whole, b: Whole) -> Bool:
    """a == b."""
    if is_same(a, b):
        return True
    if a.floor_of is not None or b.floor_of is not None:
        return both(at_most(a, b), at_most(b, a))
    apart = (a.most is not None and b.least is not None and a.most < b.least) or (
        b.most is not None and a.least is not None and b.most < a.least
    )
    return False if apart else a.term == b.term


def smaller(a: Whole, b: Whole) -> Whole:
    """The less of two."""
    return _one_of(a, b, at_most(a, b), min)


def larger(a: Whole, b: Whole) -> Whole:
    """The greater of two."""
    return _one_of(a, b, at_most(b, a), max)


def _one_of(a: Whole, b: Whole, first: Bool, end: Any) -> Whole:
    if isinstance(first, bool):
        return a if first else b
    found = pick(first, a, b)
    # One bound is enough on the side where the other cannot matter.
    least, most = _end(end, a.least, b.least, lower=True), _end(end, a.most, b.most, lower=False)
    return attrs.evolve(found, least=least, most=most)


def _end(end: Any, a: int | None, b: int | None, *, lower: bool) -> int | None:
    if a is not None and b is not None:
        return int(end(a, b))
    # The less of two is at most either of them; the greater is at least either of them.
    return (a if b is None else b) if lower is (end is max) else None


def size(a: Whole) -> Whole:
    """The number without its sign."""
    if a.least is not None and a.least >= 0:
        return a
    if a.most is not None and a.most <= 0:
        return scaled(a, -1)
    found = pick(at_most(ZERO, a), a, scaled(a, -1))
    return attrs.evolve(
        found, least=0, most=None if a.least is None or a.most is None else max(abs(a.least), abs(a.most))
    )


def floor_div(a: Whole, by: int) -> Whole:
    """a // by, towards the lesser number; ``by`` is positive."""
    if by == 1:
        return a
    if a.value is not None:
        return whole(a.value // by)
    least, most = (None if e is None else e // by for e in (a.least, a.most))
    if least is not None and least == most:
        return whole(least)
    return Whole(a.term / by, least, most, (a, by))


def remainder(a: Whole, by: int) -> Whole:
    """a modulo a positive constant: from 0."""
    if a.value is not None:
        return whole(a.value % by)
    return Whole(a.term % by, 0, by - 1)
