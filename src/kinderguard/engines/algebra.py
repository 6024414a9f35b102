"""What an engine is: one meaning for each operation. The walk over the plan is shared; a meaning that is lacking
shows when the engine is made, not when a child is assessed.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from kinderguard.engines.plan import Step
from kinderguard.rules import nodes as n

M = TypeVar("M")


class Algebra(ABC, Generic[M]):
    """The meaning of every operation in one world. Each method gets a step whose inputs have meanings already."""

    _methods: ClassVar[dict[type[n.Node], str]] = {
        n.Const: "constant", n.Day: "day", n.Fact: "fact", n.Param: "parameter", n.Collection: "collection",
        n.And: "conjunction", n.Or: "disjunction", n.Not: "negation",
        n.Less: "less", n.AtMost: "at_most", n.Equal: "equal", n.IsIn: "is_in", n.HasAny: "has_any",
        n.Add: "add", n.Subtract: "subtract", n.Times: "times", n.Divide: "divide", n.Round: "rounded",
        n.Least: "least", n.Greatest: "greatest", n.When: "choice", n.Known: "known",
        n.Years: "years", n.Months: "months", n.Days: "days", n.Later: "later", n.Aggregate: "aggregate",
    }  # fmt: skip

    def meaning(self, step: Step) -> M:
        """What the step means here."""
        method = getattr(self, self._methods[type(step.node)])
        meant: M = method(step.node, step)
        return meant

    @abstractmethod
    def constant(self, node: n.Const, step: Step) -> M:
        """A constant, or *unknown*."""

    @abstractmethod
    def day(self, node: n.Day, step: Step) -> M:
        """The day of the assessment."""

    @abstractmethod
    def fact(self, node: n.Fact, step: Step) -> M:
        """A fact of the case, or of the record in the input."""

    @abstractmethod
    def parameter(self, node: n.Param, step: Step) -> M:
        """A parameter at the child's place on the day."""

    @abstractmethod
    def collection(self, node: n.Collection, step: Step) -> M:
        """A list of records, or unknown."""

    @abstractmethod
    def conjunction(self, node: n.And, step: Step) -> M:
        """Kleene's and; of nothing, true."""

    @abstractmethod
    def disjunction(self, node: n.Or, step: Step) -> M:
        """Kleene's or; of nothing, false."""

    @abstractmethod
    def negation(self, node: n.Not, step: Step) -> M:
        """Kleene's not."""

    @abstractmethod
    def less(self, node: n.Less, step: Step) -> M:
        """left < right; unknown where the bounds do not decide."""

    @abstractmethod
    def at_most(self, node: n.AtMost, step: Step) -> M:
        """left <= right; unknown where the bounds do not decide."""

    @abstractmethod
    def equal(self, node: n.Equal, step: Step) -> M:
        """left == right, of any kind."""

    @abstractmethod
    def is_in(self, node: n.IsIn, step: Step) -> M:
        """A code is one of some."""

    @abstractmethod
    def has_any(self, node: n.HasAny, step: Step) -> M:
        """A list of codes holds one of some."""

    @abstractmethod
    def add(self, node: n.Add, step: Step) -> M:
        """The sum."""

    @abstractmethod
    def subtract(self, node: n.Subtract, step: Step) -> M:
        """The difference."""

    @abstractmethod
    def times(self, node: n.Times, step: Step) -> M:
        """The exact product."""

    @abstractmethod
    def divide(self, node: n.Divide, step: Step) -> M:
        """The rounded quotient; by zero a fault, and unknown."""

    @abstractmethod
    def rounded(self, node: n.Round, step: Step) -> M:
        """Rounded to a multiple."""

    @abstractmethod
    def least(self, node: n.Least, step: Step) -> M:
        """The least."""

    @abstractmethod
    def greatest(self, node: n.Greatest, step: Step) -> M:
        """The greatest."""

    @abstractmethod
    def choice(self, node: n.When, step: Step) -> M:
        """One of two; merged where the condition is unknown."""

    @abstractmethod
    def known(self, node: n.Known, step: Step) -> M:
        """Whether a value is known exactly."""

    @abstractmethod
    def years(self, node: n.Years, step: Step) -> M:
        """Whole years between two dates."""

    @abstractmethod
    def months(self, node: n.Months, step: Step) -> M:
        """Whole months between two dates."""

    @abstractmethod
    def days(self, node: n.Days, step: Step) -> M:
        """Days between two dates."""

    @abstractmethod
    def later(self, node: n.Later, step: Step) -> M:
        """A date moved by months or days."""

    @abstractmethod
    def aggregate(self, node: n.Aggregate, step: Step) -> M:
        """Any, all, count, sum, least or greatest over records."""
