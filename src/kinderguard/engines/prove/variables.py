"""Facts of which nothing is fixed: for each one the conditions and numbers that stand for all that it can be.

Each variable says what a rule reads (its value), what the model asks of it (its constraints), and what the solver's
answer means as a value of a case.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, TypeAlias

import attrs
import z3

from kinderguard.engines.prove import logic as w
from kinderguard.engines.prove.calendar import Calendar, key_of, last_day
from kinderguard.engines.prove.logic import Bool, Whole, both, either, equals, implied, negated, pick, whole
from kinderguard.engines.prove.spans import Choice, Several, Span, Truth, Value
from kinderguard.model.dates import PartialDate
from kinderguard.model.money import as_yuan, fen, yuan

#: A model of the solver.
Model: TypeAlias = Any


def holds(model: Model, condition: Bool) -> bool:
    """Whether a condition is true in the solver's answer."""
    return condition if isinstance(condition, bool) else z3.is_true(model.eval(condition, model_completion=True))


def amount(model: Model, number: Whole) -> int:
    """A number in the solver's answer."""
    if number.value is not None:
        return number.value
    found: int = model.eval(number.term, model_completion=True).as_long()
    return found


class Variable(ABC):
    """One fact. ``known`` says whether it is known exactly."""

    value: Value
    known: Bool
    constraints: list[Bool]

    @abstractmethod
    def read(self, model: Model) -> Any:
        """What a case holds of it in the solver's answer; None where it is unknown."""

    @abstractmethod
    def holding(self, raw: Any) -> Bool:
        """The condition that it is what a case holds."""

    @abstractmethod
    def refined(self, name: str) -> "Variable":
        """The same fact, of which somebody knows at least as much."""


class TruthVariable(Variable):
    """Yes or no."""

    def __init__(self, name: str, below: "TruthVariable | None" = None) -> None:
        yes, no = z3.Bool(f"{name}:yes"), z3.Bool(f"{name}:no")
        self.value: Truth = Truth(yes, no)
        self.known = either(yes, no)
        self.constraints = [negated(both(yes, no))]
        if below is not None:
            self.constraints += [implied(yes, below.value.yes), implied(no, below.value.no)]

    def read(self, model: Model) -> bool | None:
        """True, false or None."""
        return True if holds(model, self.value.yes) else False if holds(model, self.value.no) else None

    def holding(self, raw: Any) -> Bool:
        """As the case has it."""
        return both(w.alike(self.value.yes, raw is True), w.alike(self.value.no, raw is False))

    def refined(self, name: str) -> "TruthVariable":
        """Known where this one is."""
        return TruthVariable(name, self)


class ChoiceVariable(Variable):
    """One of some codes. ``other`` stands for every code that is not listed."""

    def __init__(self, name: str, codes: Iterable[str], other: str | None, below: "ChoiceVariable | None" = None):
        self.held = {code: z3.Bool(f"{name}={code}") for code in codes}
        self.other = other
        self.value: Choice = Choice(self.held)
        self.known = self.value.known
        self.constraints = [z3.AtMost(*self.held.values(), 1)] if len(self.held) > 1 else []
        if below is not None:
            self.constraints += [implied(self.held[c], condition) for c, condition in below.held.items()]

    def read(self, model: Model) -> str | None:
        """The code."""
        return next((code for code, condition in self.held.items() if holds(model, condition)), None)

    def holding(self, raw: Any) -> Bool:
        """As the case has it."""
        code = raw if raw is None or raw in self.held else self.other
        return both(*(condition if known == code else negated(condition) for known, condition in self.held.items()))

    def refined(self, name: str) -> "ChoiceVariable":
        """Known where this one is."""
        return ChoiceVariable(name, self.held, self.other, self)


class SeveralVariable(Variable):
    """A list of codes."""

    def __init__(self, name: str, codes: Iterable[str], below: "SeveralVariable | None" = None) -> None:
        self.known = z3.Bool(f"{name}?")
        # What is in the list, and what is in it as somebody knows it, are the same.
        self.held: dict[str, Bool] = (
            below.held if below is not None else {code: z3.Bool(f"{name}∋{code}") for code in codes}
        )
        self.value: Several = Several(self.known, self.held)
        self.constraints = [] if below is None else [implied(self.known, below.known)]

    def read(self, model: Model) -> list[str] | None:
        """The codes."""
        if not holds(model, self.known):
            return None
        return [code for code, condition in self.held.items() if holds(model, condition)]

    def holding(self, raw: Any) -> Bool:
        """As the case has it."""
        if raw is None:
            return negated(self.known)
        return both(self.known, *(c if code in raw else negated(c) for code, c in self.held.items()))

    def refined(self, name: str) -> "SeveralVariable":
        """Known where this one is."""
        return SeveralVariable(name, (), self)


class NumberVariable(Variable):
    """A whole number, or an amount in fen; of an unknown one it is known that it is not negative."""

    def __init__(self, name: str, least: int, most: int | None, *, money: bool, below: "NumberVariable | None" = None):
        self.known = z3.Bool(f"{name}?")
        self.number: Whole = below.number if below is not None else Whole(z3.Int(name), least, most)
        self.money, self.least = money, least
        self.value: Span = Span(pick(self.known, self.number, whole(0)), self.number, True, self.known)
        if below is not None:
            self.constraints = [implied(self.known, below.known)]
        else:
            self.constraints = [self.number.term >= least] + ([] if most is None else [self.number.term <= most])

    def read(self, model: Model) -> str | int | None:
        """The number, or yuan as text."""
        if not holds(model, self.known):
            return None
        found = amount(model, self.number)
        return str(yuan(found)) if self.money else found

    def holding(self, raw: Any) -> Bool:
        """As the case has it."""
        if raw is None:  # the number behind it is nobody's; one is as good as another
            return both(negated(self.known), equals(self.number, whole(self.least)))
        return both(self.known, equals(self.number, whole(fen(as_yuan(raw)) if self.money else raw)))

    def refined(self, name: str) -> "NumberVariable":
        """Known where this one is."""
        return NumberVariable(name, self.least, self.number.most, money=self.money, below=self)


class DateVariable(Variable):
    """A date known to the day, the month or the year, or not at all."""

    def __init__(
        self,
        name: str,
        calendar: Calendar,
        first: int,
        last: int,
        past: int | None,
        below: "DateVariable | None" = None,
    ):
        self.calendar, self.first, self.last, self.past = calendar, first, last, past
        self.to = [z3.Bool(f"{name}?{part}") for part in ("year", "month", "day")]
        by_year, by_month, by_day = self.to
        self.known = by_day
        self.parts: list[Whole]
        self.key: Whole
        self.constraints = [implied(by_year, by_month), implied(by_month, by_day)]
        if below is not None:
            self.parts, self.key = below.parts, below.key
            self.constraints += [implied(now, before) for now, before in zip(self.to, below.to, strict=True)]
        else:
            bounds = ((first, last), (1, 12), (1, 31))
            terms = [z3.Int(f"{name}.{part}") for part in "ymd"]
            self.parts = [Whole(t, *b) for t, b in zip(terms, bounds, strict=True)]
            self.constraints += [both(t >= b[0], t <= b[1]) for t, b in zip(terms, bounds, strict=True)]
            year, month, day = self.parts
            self.constraints.append(w.at_most(day, last_day(year, month)))
            self.key = calendar.made(year, month, day)
        year, month, day = self.parts
        low = calendar.made(year, pick(by_month, month, whole(1)), pick(by_day, day, whole(1)))
        last_of_month = pick(by_month, last_day(year, month), whole(31))
        high = calendar.made(year, pick(by_month, month, whole(12)), pick(by_day, day, last_of_month))
        # Both ends get names of their own, so that a comparison with a constant is a bound and nothing more.
        ends = [calendar.renamed(f"{name}.{end}", key) for end, key in (("from", low), ("to", high))]
        self.constraints += [equals(end, key) for end, key in zip(ends, (low, high), strict=True)]
        self.constraints.append(implied(equals(ends[0], ends[1]), by_day))
        self.value: Span = Span(ends[0], ends[1], by_year, by_year)
        if past is not None:
            self.constraints.append(implied(w.at_most(ends[0], whole(past)), by_year))

    def read(self, model: Model) -> str | None:
        """The date as text."""
        parts = [amount(model, x) for known, x in zip(self.to, self.parts, strict=True) if holds(model, known)]
        return "-".join(f"{x:0{4 if i == 0 else 2}d}" for i, x in enumerate(parts)) or None

    def holding(self, raw: Any) -> Bool:
        """As the case has it."""
        date = None if raw is None else PartialDate.of(raw)
        told = (None, None, None) if date is None else (date.year, date.month, date.day)
        rest = (self.first, 1, 1)  # what is not told is nobody's; one day is as good as another
        return both(
            *(
                both(negated(known), equals(x, whole(other))) if part is None else both(known, equals(x, whole(part)))
                for known, x, part, other in zip(self.to, self.parts, told, rest, strict=True)
            )
        )

    def within(self, date: PartialDate) -> Bool:
        """That it is a day that a partly known date allows, and known as well as that at least."""
        return both(
            w.at_most(whole(key_of(date.earliest)), self.key), w.at_most(self.key, whole(key_of(date.latest))),
            *(known for known, part in zip(self.to, (date.year, date.month, date.day), strict=True) if part is not None),
        )  # fmt: skip

    def refined(self, name: str) -> "DateVariable":
        """Known where this one is, to the same day, month or year."""
        return DateVariable(name, self.calendar, self.first, self.last, self.past, self)


@attrs.define(eq=False)
class ListVariable:
    """A list of records: whether it is known, and which of the places in it are taken, the first ones first."""

    known: Bool
    taken: tuple[Bool, ...]
    constraints: list[Bool]

    @classmethod
    def of(cls, name: str, count: int, below: "ListVariable | None" = None) -> "ListVariable":
        """A list with that many places."""
        known = z3.Bool(f"{name}[]?")
        if below is not None:
            return cls(known, below.taken, [implied(known, below.known)])
        taken = tuple(z3.Bool(f"{name}[{i}]") for i in range(count))
        return cls(known, taken, [implied(taken[i], taken[i + 1]) for i in range(count - 1)])
