"""What is left of amounts and conditions where some facts are known: sums and products of what is not known, and conditions on it.

Two residues that are the same are one object, so that what two books have in common of an unknown income, or of a condition
that nobody knows, is seen to be the same and cancels. Made by ``outlined``, looked into by ``worlds``. Knows neither rules
nor children.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod
from typing import Any, TypeAlias

import attrs

from kinderguard.engines import ranges
from kinderguard.engines.ranges import Range
from kinderguard.rules.nodes import Rounding

#: What stands for the comparisons of more than one unknown among the unknowns that a residue rests on.
SEVERAL = "several"
#: So many unknowns of a sum are set to their ends, each beside each.
MOST_CORNERS = 6


@attrs.frozen
class Domain:
    """What an unknown number may be; an end may be excluded, and None is no end."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    #: Whether it is a whole number: below 3 is at most 2.
    whole: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)))

    def at_least(self, value: Any, *, strict: bool) -> "Domain":
        """What is left at or above a value; above it, if strict."""
        if self.whole:
            value, strict = (floor(value) + 1 if strict else ceil(value)), False
        if self.low is not None and (value < self.low or (value == self.low and (self.low_open or not strict))):
            return self
        return attrs.evolve(self, low=value, low_open=strict)

    def at_most(self, value: Any, *, strict: bool) -> "Domain":
        """What is left at or below a value; below it, if strict."""
        if self.whole:
            value, strict = (ceil(value) - 1 if strict else floor(value)), False
        if self.high is not None and (value > self.high or (value == self.high and (self.high_open or not strict))):
            return self
        return attrs.evolve(self, high=value, high_open=strict)


#: What stands for an unknown: two that are equal are one and the same.
Name: TypeAlias = Hashable


@attrs.frozen(eq=False, slots=True)
class Condition:
    """A condition of which it is not known whether it holds; ``TRUE`` and ``FALSE`` are those of which it is."""

    what: str
    parts: tuple[Any, ...]
    #: The unknowns that it rests on.
    rests_on: frozenset[Any]
    number: int


@attrs.frozen(eq=False, slots=True)
class Unknown:
    """A number that is not known: by itself, chosen by a condition, rounded, or a quotient."""

    what: str
    parts: tuple[Any, ...]
    rests_on: frozenset[Any]
    number: int
    #: Its bounds: a point or a range.
    span: Any

    @property
    def name(self) -> Any:
        """What it is, whatever is known of it. One that a condition chooses has no name."""
        return self.parts[-2]

    @property
    def domain(self) -> Domain:
        """What it may be."""
        domain: Domain = self.parts[-1]
        return domain


@attrs.frozen(eq=False, slots=True)
class Sum:
    """A sum of products of unknowns, each so many times; of no unknown at all: a number."""

    terms: tuple[tuple[tuple[Unknown, ...], Any], ...]
    rests_on: frozenset[Any]
    number: int

    @property
    def constant(self) -> Any:
        """The number, where it is known; else None."""
        if not self.terms:
            return 0
        return self.terms[0][1] if len(self.terms) == 1 and not self.terms[0][0] else None


#: What is assumed of an unknown: its number and what it may be; of a comparison of several: the sum that is above nothing
#: (True: not nothing either).
Assumption: TypeAlias = tuple[Any, Any]


class Residues:
    """Makes residues, each once."""

    def __init__(self) -> None:
        self._made: dict[Any, Any] = {}
        self._spans: dict[Sum, Any] = {}
        self._alone: dict[Unknown, Sum] = {}
        #: What stands right below a residue, as ``wholes`` finds it: found once.
        self.below: dict[Any, tuple[Any, ...]] = {}
        #: Of an unknown that ``wholes`` put in the place of others: these.
        self.stands_for: dict[Any, frozenset[Any]] = {}
        self.true = self._condition("constant", (True,), frozenset())
        self.false = self._condition("constant", (False,), frozenset())
        self.nothing = self.sum_of({})

    def told_apart(self, rests_on: Iterable[Any]) -> frozenset[Any]:
        """Unknowns, with those that stand for others taken as these."""
        found: set[Any] = set()
        waiting = list(rests_on)
        while waiting:
            name = waiting.pop()
            if (others := self.stands_for.get(name)) is None:
                found.add(name)
            else:
                waiting += others
        return frozenset(found)

    # ---- conditions -------------------------------------------------------------------------------------------------

    def _condition(self, what: str, parts: tuple[Any, ...], rests_on: frozenset[Any]) -> Condition:
        key = "condition", what, parts
        found: Condition | None = self._made.get(key)
        if found is None:
            found = self._made[key] = Condition(what, parts, rests_on, len(self._made))
        assert found is not None
        return found

    def truth(self, value: bool) -> Condition:
        """One that is known."""
        return self.true if value else self.false

    def asked(self, unknown: Name) -> Condition:
        """A condition by itself."""
        return self._condition("asked", (unknown,), frozenset({unknown}))

    def among(self, unknown: Name, left: frozenset[str], codes: frozenset[str]) -> Condition:
        """Whether a code, which is one of those that are ``left``, is one of some."""
        codes &= left
        if not codes or codes == left:
            return self.truth(bool(codes))
        return self._condition("among", (unknown, left, codes), frozenset({unknown}))

    def negated(self, x: Condition) -> Condition:
        """Not."""
        if x.what == "constant":
            return self.truth(not x.parts[0])
        if x.what == "not":
            inner: Condition = x.parts[0]
            return inner
        return self._condition("not", (x,), x.rests_on)

    def every(self, parts: Iterable[Condition]) -> Condition:
        """And."""
        return self._joined("and", parts, self.false, self.true)

    def some(self, parts: Iterable[Condition]) -> Condition:
        """Or."""
        return self._joined("or", parts, self.true, self.false)

    def _joined(self, what: str, parts: Iterable[Condition], settled: Condition, empty: Condition) -> Condition:
        found: dict[Condition, None] = {}
        for part in parts:
            found |= dict.fromkeys(part.parts if part.what == what else (part,))
        found.pop(empty, None)
        if settled in found or any(each.what == "not" and each.parts[0] in found for each in found):
            return settled
        if len(found) < 2:
            return next(iter(found), empty)
        ordered = tuple(sorted(found, key=lambda each: each.number))
        return self._condition(what, ordered, frozenset().union(*(each.rests_on for each in ordered)))

    def above(self, x: Sum, *, strict: bool) -> Condition:
        """Whether a sum is above nothing; or nothing at least, if not strict."""
        low, high = ranges.bounds(self.span(x))
        if low is not None and (low > 0 or (low == 0 and not strict)):
            return self.true
        if high is not None and (high < 0 or (high == 0 and strict)):
            return self.false
        common = next((each for each in x.terms[0][0] if all(each in listed for listed, _ in x.terms)), None)
        if (
            common is not None
            and len(x.terms) > 1
            and (least := ranges.bounds(common.span)[0]) is not None
            and least > 0
        ):
            # So many times as much of something is above nothing where that is.
            return self.above(self.sum_of({_less(listed, common): f for listed, f in x.terms}), strict=strict)
        single = _linear(x)
        if single is not None:
            unknown, factor, constant = single
            threshold = Fraction(-constant) / factor
            domain = unknown.domain
            rising = factor > 0
            left = (domain.at_least if rising else domain.at_most)(threshold, strict=strict)
            gone = (domain.at_most if rising else domain.at_least)(threshold, strict=not strict)
            if gone.is_empty or left.is_empty:
                return self.truth(gone.is_empty)
            # "At least 3" and "not below 3", however they are asked, are one condition.
            on, off = (left, gone) if rising else (gone, left)
            found = self._condition("within", (unknown, on.low, on.low_open, on, off), unknown.rests_on)
            return found if rising else self.negated(found)
        scale = abs(x.terms[-1][1])
        scaled = self.times(x, self.number(Fraction(1) / scale)) if scale != 1 else x
        if scaled.terms[-1][1] < 0:
            return self.negated(self._compared(self.times(scaled, self.number(-1)), strict=not strict))
        return self._compared(scaled, strict=strict)

    def _compared(self, x: Sum, *, strict: bool) -> Condition:
        return self._condition("above", (x, strict), x.rests_on | {SEVERAL})

    # ---- numbers ----------------------------------------------------------------------------------------------------

    def number(self, value: Any) -> Sum:
        """One that is known."""
        return self.sum_of({(): value})

    def sum_of(self, terms: Mapping[tuple[Unknown, ...], Any]) -> Sum:
        """A sum by its terms."""
        kept = [(unknowns, _exact(factor)) for unknowns, factor in terms.items() if factor]
        if len(kept) > 1:
            kept.sort(key=lambda term: [each.number for each in term[0]])
        key = tuple(kept)
        found = self._made.get(key)
        if found is None:
            rests_on = frozenset[Any]().union(*(each.rests_on for unknowns, _ in kept for each in unknowns))
            found = self._made[key] = Sum(key, rests_on, len(self._made))
        assert isinstance(found, Sum)
        return found

    def alone(self, unknown: Unknown) -> Sum:
        """One unknown as a sum."""
        found = self._alone.get(unknown)
        if found is None:
            found = self._alone[unknown] = self.sum_of({(unknown,): 1})
        return found

    def _unknown(self, what: str, parts: tuple[Any, ...], rests_on: frozenset[Any], span: Any) -> Sum:
        if not isinstance(span, Range):
            return self.number(span)
        key = "unknown", what, parts
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Unknown(what, parts, rests_on, len(self._made), span)
        return self.alone(found)

    def unknown(self, unknown: Name, domain: Domain) -> Sum:
        """A number by itself."""
        span = ranges.between(domain.low, domain.high)
        return self._unknown("itself", (unknown, domain), frozenset({unknown}), span)

    def chosen(self, condition: Condition, x: Sum, y: Sum) -> Sum:
        """One of two."""
        if x is y or condition is self.true:
            return x
        if condition is self.false:
            return y
        if condition.what == "not":
            return self.chosen(condition.parts[0], y, x)
        span = ranges.hull(self.span(x), self.span(y))
        rests_on = condition.rests_on | x.rests_on | y.rests_on
        if not isinstance(span, Range):
            return x
        return self._unknown("chosen", (condition, x, y), rests_on, span)

    def plus(self, x: Sum, y: Sum, times: Any = 1) -> Sum:
        """The sum, of the other so many times."""
        if not y.terms:
            return x
        if not x.terms and times == 1:
            return y
        terms = dict(x.terms)
        for unknowns, factor in y.terms:
            terms[unknowns] = terms.get(unknowns, 0) + factor * times
        return self.sum_of(terms)

    def times(self, x: Sum, y: Sum) -> Sum:
        """The product."""
        terms: dict[tuple[Unknown, ...], Any] = {}
        for (mine, factor), (theirs, other) in product(x.terms, y.terms):
            unknowns = tuple(sorted((*mine, *theirs), key=lambda each: each.number))
            terms[unknowns] = terms.get(unknowns, 0) + factor * other
        return self.sum_of(terms)

    def greatest(self, parts: Iterable[Sum]) -> Sum:
        """The greatest: of two, the one that is not below the other."""
        first, *rest = parts
        for each in rest:
            first = self.chosen(self.above(self.plus(each, first, -1), strict=False), each, first)
        return first

    def least(self, parts: Iterable[Sum]) -> Sum:
        """The least."""
        first, *rest = parts
        for each in rest:
            first = self.chosen(self.above(self.plus(first, each, -1), strict=False), each, first)
        return first

    def rounded(self, x: Sum, to: int, rounding: Rounding, within: Domain | None = None) -> Sum:
        """Rounded to a multiple; within what more is known of it."""
        span = ranges.rounded(self.span(x), to, rounding)
        return self._derived("rounded", (x, to, rounding), x.rests_on, span, within)

    def divided(self, x: Sum, y: Sum, to: int, rounding: Rounding, within: Domain | None = None) -> Sum:
        """The rounded quotient; by a sum that may be nothing: nothing is known."""
        divisor = y.constant
        if divisor is not None and divisor > 0:
            return self.rounded(self.times(x, self.number(Fraction(1) / divisor)), to, rounding, within)
        (low, high), least = ranges.bounds(self.span(y)), ranges.bounds(self.span(x))[0]
        if (low is not None and low > 0) or (high is not None and high < 0):
            span = ranges.divide(self.span(x), self.span(y), to, rounding)
        else:
            # Of a division by nothing nothing is said; of two numbers that are not below nothing the quotient is not either.
            span = Range(0, None) if None not in (low, least) and low >= 0 and least >= 0 else ranges.UNBOUNDED
        return self._derived("divided", (x, y, to, rounding), x.rests_on | y.rests_on, span, within)

    def _derived(
        self, what: str, parts: tuple[Any, ...], rests_on: frozenset[Any], span: Any, within: Domain | None
    ) -> Sum:
        """A number that follows from others, and of which more may be known: it is whole."""
        low, high = ranges.bounds(span)
        domain = within or Domain(whole=True)
        domain = domain if low is None else domain.at_least(low, strict=False)
        domain = domain if high is None else domain.at_most(high, strict=False)
        if domain.is_empty:  # what is assumed cannot be: anything may be taken from that
            domain = Domain(low, high, whole=True)
        name = what, *(part.number if isinstance(part, Sum) else part for part in parts)
        span = ranges.between(domain.low, domain.high)
        return self._unknown(what, (*parts, name, domain), rests_on | {name}, span)

    # ---- bounds -----------------------------------------------------------------------------------------------------

    def span(self, x: Sum) -> Any:
        """All that a sum can be: a point or a range."""
        found = self._spans.get(x)
        if found is None:
            found = self._spans[x] = self._found_span(x)
        return found

    def _found_span(self, x: Sum) -> Any:
        constant = x.constant
        if constant is not None:
            return constant
        unknowns = {each for unknowns, _ in x.terms for each in unknowns}
        if len(unknowns) == 1 and len(x.terms) <= 2 and _linear_in_any(x):
            return _added(x.terms)
        finite = all(None not in ranges.bounds(each.span) for each in unknowns)
        plain = all(len(set(listed)) == len(listed) for listed, _ in x.terms)
        has_products = any(len(listed) > 1 for listed, _ in x.terms)
        found = self._rounded_apart(x)
        if has_products and finite and plain and len(unknowns) <= MOST_CORNERS:
            # Of a sum in which no unknown is multiplied by itself the ends are at the corners.
            found = _both(found, _at_corners(x, unknowns))
        elif has_products:
            for each in unknowns:
                if sum(each in listed for listed, _ in x.terms) > 1 and plain:
                    found = _both(found, self._taken_out(x, each))
        return _both(found, self._by_choices(x)) if isinstance(found, Range) else found

    def _taken_out(self, x: Sum, unknown: Unknown) -> Any:
        """With an unknown put before the bracket."""
        inside = {tuple(u for u in listed if u is not unknown): f for listed, f in x.terms if unknown in listed}
        outside = {listed: f for listed, f in x.terms if unknown not in listed}
        inner = ranges.times(unknown.span, self.span(self.sum_of(inside)))
        return ranges.add(inner, self.span(self.sum_of(outside))) if outside else inner

    def _by_choices(self, x: Sum) -> Any:
        """Where one condition chooses several of the unknowns: as it holds, and as it does not."""
        by: dict[Condition, int] = {}
        for listed, _ in x.terms:
            if len(listed) == 1 and listed[0].what == "chosen":
                by[listed[0].parts[0]] = by.get(listed[0].parts[0], 0) + 1
        shared = [condition for condition, count in by.items() if count > 1]
        if not shared:
            return ranges.UNBOUNDED
        condition = min(shared, key=lambda each: (-by[each], each.number))
        ends = []
        for end in (1, 2):
            found = self.nothing
            for listed, factor in x.terms:
                is_chosen = len(listed) == 1 and listed[0].what == "chosen" and listed[0].parts[0] is condition
                found = self.plus(found, listed[0].parts[end] if is_chosen else self.sum_of({listed: 1}), factor)
            ends.append(self.span(found))
        return ranges.hull(*ends)

    def _rounded_apart(self, x: Sum) -> Any:
        """Term by term; of two that are rounded alike, one taken from the other, by how far apart they are before."""
        terms, found = list(x.terms), 0
        rounded = [t for t in terms if len(t[0]) == 1 and t[0][0].what == "rounded"]
        for mine in rounded:
            other = next((t for t in rounded if t in terms and mine in terms and _turned(mine, t)), None)
            if other is None or mine[1] < 0:
                continue
            u, (v, to, *_) = mine[0][0], other[0][0].parts
            apart = self.span(self.plus(u.parts[0], v, -1))
            lows = ranges.bounds(self.span(u.parts[0]))[0], ranges.bounds(self.span(v))[0]
            around_zero = 0 if all(low is not None and low >= 0 for low in lows) else to
            low, high = ranges.bounds(apart)
            between = ranges.between(
                None if low is None else floor(Fraction(low) / to) * to - around_zero,
                None if high is None else ceil(Fraction(high) / to) * to + around_zero,
            )
            apart = _both(between, ranges.subtract(u.span, other[0][0].span))
            found = ranges.add(found, ranges.times(apart, mine[1]))
            terms = [t for t in terms if t is not mine and t is not other]
        return ranges.add(found, _added(terms)) if terms else found

    # ---- with more known --------------------------------------------------------------------------------------------

    def given(self, assumed: Assumption) -> "Given":
        """What is left where something is assumed."""
        return Given(self, assumed)


class Given:
    """Residues where one thing more is assumed.

    Args:
        residues: what makes them.
        assumed: the unknown, and what it may be; or the sum that is above nothing.
    """

    def __init__(self, residues: Residues, assumed: Assumption) -> None:
        self._r = residues
        self._about, self._value = assumed
        self._found: dict[Any, Any] = {}

    def _concerns(self, rests_on: frozenset[Any]) -> bool:
        return (SEVERAL if isinstance(self._about, Sum) else self._about) in rests_on

    def condition(self, x: Condition) -> Condition:
        """What is left of a condition."""
        if not self._concerns(x.rests_on):
            return x
        found = self._found.get(x)
        if found is None:
            found = self._found[x] = self._condition_of(x)
        return found

    def _condition_of(self, x: Condition) -> Condition:
        r = self._r
        match x.what:
            case "asked":
                return r.truth(self._value)
            case "among":
                return r.among(x.parts[0], self._value, x.parts[2])
            case "not":
                return r.negated(self.condition(x.parts[0]))
            case "and":
                return r.every(map(self.condition, x.parts))
            case "or":
                return r.some(map(self.condition, x.parts))
            case "within":
                unknown, low, is_open, *_ = x.parts
                return r.above(r.plus(self._unknown_of(unknown), r.number(low), -1), strict=is_open)
        of, strict = x.parts
        if isinstance(self._about, Sum):
            follows = self._follows(of, strict)
            return r.truth(follows) if follows is not None else r.above(self.sum(of), strict=strict)
        return r.above(self.sum(of), strict=strict)

    def _follows(self, x: Sum, strict: bool) -> bool | None:
        """Whether a sum is above nothing, by the one that is."""
        r, strictly = self._r, self._value
        low = ranges.bounds(r.span(r.plus(x, self._about, -1)))[0]
        if low is not None and (low > 0 or (low == 0 and (strictly or not strict))):
            return True
        low = ranges.bounds(r.span(r.plus(r.plus(r.nothing, x, -1), self._about, -1)))[0]
        if low is not None and (low > 0 or (low == 0 and (strictly or strict))):
            return False
        return None

    def sum(self, x: Sum) -> Sum:
        """What is left of a sum."""
        if not self._concerns(x.rests_on):
            return x
        found = self._found.get(x)
        if found is None:
            r = self._r
            terms: dict[tuple[Unknown, ...], Any] = {}
            for unknowns, factor in x.terms:
                part = None
                for each in unknowns:
                    left = self._unknown_of(each)
                    part = left if part is None else r.times(part, left)
                for listed, times in (((), 1),) if part is None else part.terms:
                    terms[listed] = terms.get(listed, 0) + times * factor
            found = self._found[x] = r.sum_of(terms)
        return found

    def _unknown_of(self, x: Unknown) -> Sum:
        r = self._r
        if not self._concerns(x.rests_on):
            return r.alone(x)
        found = self._found.get(x)
        if found is None:
            match x.what:
                case "itself":
                    found = r.unknown(x.name, self._value)
                case "chosen":
                    condition = self.condition(x.parts[0])
                    if condition is r.true or condition is r.false:
                        found = self.sum(x.parts[1 if condition is r.true else 2])
                    else:
                        found = r.chosen(condition, self.sum(x.parts[1]), self.sum(x.parts[2]))
                case _:
                    within = self._value if x.name == self._about else x.domain
                    found = self._derived_of(x, within)
            self._found[x] = found
        return found

    def _derived_of(self, x: Unknown, within: Domain) -> Sum:
        r = self._r
        if x.what == "rounded":
            of, to, rounding, *_ = x.parts
            return r.rounded(self.sum(of), to, rounding, within)
        of, by, to, rounding, *_ = x.parts
        return r.divided(self.sum(of), self.sum(by), to, rounding, within)


class Replaced(Given):
    """Residues where some conditions are taken as conditions by themselves.

    Args:
        residues: what makes them.
        instead: by condition, what stands for it, or for some of what it is joined of.
    """

    def __init__(self, residues: Residues, instead: Mapping[Condition, tuple[Condition, ...]]) -> None:
        super().__init__(residues, (None, None))
        self._instead = instead
        self._names = frozenset[Any]().union(*(each.rests_on for each in instead))

    def _concerns(self, rests_on: frozenset[Any]) -> bool:
        return not self._names.isdisjoint(rests_on)

    def _condition_of(self, x: Condition) -> Condition:
        r = self._r
        parts = self._instead.get(x, x.parts)
        match x.what:
            case "within" if parts is not x.parts:
                ranked: Condition = parts[0]
                return ranked
            case "and":
                return r.every(map(self.condition, parts))
            case "or":
                return r.some(map(self.condition, parts))
            case "not":
                return r.negated(self.condition(x.parts[0]))
            case "above":
                return r.above(self.sum(x.parts[0]), strict=x.parts[1])
        return x

    def _unknown_of(self, x: Unknown) -> Sum:
        return self._r.alone(x) if x.what == "itself" else super()._unknown_of(x)


def ways(residues: Residues, condition: Condition) -> Iterator[Assumption]:
    """The two ways in which a condition that is not joined of others may come out, each as what is assumed."""
    match condition.what:
        case "asked":
            yield from ((condition.parts[0], value) for value in (True, False))
        case "among":
            unknown, left, codes = condition.parts
            yield from ((unknown, some) for some in (codes, left - codes))
        case "within":
            yield from ((condition.parts[0].name, domain) for domain in condition.parts[-2:])
        case _:
            of, strict = condition.parts
            yield of, strict
            yield residues.plus(residues.nothing, of, -1), not strict


def atoms(condition: Condition) -> Iterator[Condition]:
    """The conditions that one is joined of."""
    left = [condition]
    while left:
        here = left.pop()
        if here.what in ("and", "or", "not"):
            left += here.parts
        elif here.what != "constant":
            yield here


def _linear(x: Sum) -> tuple[Unknown, Any, Any] | None:
    """A sum as so many times one unknown by itself, and a number; None where it is another."""
    if not _linear_in_any(x):
        return None
    ((unknown,), factor) = x.terms[-1]
    return (unknown, factor, x.terms[0][1] if len(x.terms) == 2 else 0) if unknown.what != "chosen" else None


def _linear_in_any(x: Sum) -> bool:
    last = x.terms[-1][0]
    return len(last) == 1 and (len(x.terms) == 1 or (len(x.terms) == 2 and not x.terms[0][0]))


def _less(listed: tuple[Unknown, ...], one: Unknown) -> tuple[Unknown, ...]:
    """Some unknowns without one of them."""
    at = listed.index(one)
    return (*listed[:at], *listed[at + 1 :])


def _turned(mine: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    """Whether two terms are rounded alike, the one as often taken away as the other is added."""
    return bool(mine[1] == -other[1] and mine[0][0].parts[1:3] == other[0][0].parts[1:3])


def _added(terms: Iterable[tuple[tuple[Unknown, ...], Any]]) -> Any:
    found: Any = 0
    for listed, factor in terms:
        part: Any = factor
        for each in listed:
            part = ranges.times(part, each.span)
        found = ranges.add(found, part)
    return found


def _at_corners(x: Sum, unknowns: Iterable[Unknown]) -> Any:
    listed = list(unknowns)
    values = []
    for ends in product(*(ranges.bounds(each.span) for each in listed)):
        at = dict(zip(listed, ends, strict=True))
        values.append(sum(factor * prod(at[each] for each in some) for some, factor in x.terms))
    return ranges.between(min(values), max(values))


def _both(x: Any, y: Any) -> Any:
    """What lies within both; each of the two holds."""
    (low, high), (low2, high2) = ranges.bounds(x), ranges.bounds(y)
    lows, highs = [v for v in (low, low2) if v is not None], [v for v in (high, high2) if v is not None]
    low, high = max(lows) if lows else None, min(highs) if highs else None
    if low is not None and high is not None and low > high:
        return x  # of what cannot be, either will do
    return ranges.between(low, high)


def _exact(value: Any) -> Any:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


__all__ = [
    "SEVERAL", "Assumption", "Condition", "Domain", "Given", "Replaced", "Residues", "Sum", "Unknown", "atoms", "ways",
]  # fmt: skip
