"""The steps of two books beside each other: which are one and the same, whatever a child is, and what each can be at all.

``Shapes`` gives equal steps equal numbers; conditions on amounts that other conditions choose (those of stacking) are held in
one canonical form, so that "is the one amount higher" is the same question in two books as long as its answer is. Called by
``pairs``. Knows no child.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias

from kinderguard.analysis.comparing.truths import ALWAYS, NEVER, TooManyDecisionsError, Truth, Truths
from kinderguard.engines import ranges
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Plan, PolicySteps, Step
from kinderguard.engines.ranges import UNBOUNDED, Range, bounds
from kinderguard.engines.stacking import never_negative
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import MONEY, Sort

#: The number of a step's shape: two steps with one number have one value in every world.
Shape: TypeAlias = int
#: What makes amounts of amounts.
ARITHMETIC = (n.Add, n.Subtract, n.Times, n.Least, n.Greatest, n.Round)

#: An amount of nothing, of no plan.
_NOTHING = Step(n.Const(value=0, kind=MONEY), static=True)


class Shapes:
    """Numbers for steps, across books: equal numbers, equal values in every world."""

    def __init__(self) -> None:
        self._numbers: dict[Any, Shape] = {}
        self.truths = Truths()
        #: By two atoms of conditions, whether they exclude each other.
        self.excluded: dict[tuple[Shape, Shape], bool] = {}

    def number(self, key: Any) -> Shape:
        """The number of a key; a new one for a new key."""
        return self._numbers.setdefault(key, len(self._numbers))


class Shaped:
    """The steps of one book at one place, with their shapes and what is known of their values without any child.

    Args:
        bound: the book.
        shapes: those of both books.
        known: steps whose values are known of the children that are meant.
        completed: of children of whom no fact is unknown: where a fact holds, it is known to hold.
        giving_nothing: policies of money that are taken to give nothing, whatever they say.
    """

    def __init__(
        self,
        bound: Bound,
        shapes: Shapes,
        known: Mapping[Step, Any] = MappingProxyType({}),
        *,
        completed: bool = False,
        giving_nothing: tuple[str, ...] = (),
    ) -> None:
        self.bound, self.shapes, self.known, self.completed = (
            bound,
            shapes,
            _followed({**known, _NOTHING: 0}),
            completed,
        )
        self._giving_nothing = giving_nothing
        self._shape: dict[Step, Shape] = {}
        self._span: dict[Step, Any] = {}
        self._truth: dict[Step, Truth] = {}
        self._below: dict[tuple[Step, Step], Truth] = {}
        self._positive: dict[Step, Truth] = {}
        self._chooses: dict[Step, bool] = {}
        self._chosen_by: dict[Step, frozenset[Shape]] = {}
        self._on_amounts: dict[Step, bool] = {}
        self._unset: dict[Step, frozenset[str]] = {}
        #: What each atom of its conditions asks: a condition, or which of two amounts (None: nothing) is below the other.
        self.atoms: dict[Shape, Step | tuple[Step | None, Step]] = {}

    def knowing(self, known: Mapping[Step, Any]) -> "tuple[Shaped, frozenset[Step]]":
        """The same book where more is known of the children; and the steps that may come out otherwise by that.

        What has been found of all other steps is kept.
        """
        more = {**self.known, **known}
        found = Shaped(self.bound, self.shapes, more, completed=self.completed, giving_nothing=self._giving_nothing)
        touched = frozenset(_resting_on(self.bound.plan, found.known.keys() - self.known.keys()))
        for name in ("_shape", "_span", "_truth", "_positive", "_chooses", "_chosen_by", "_on_amounts"):
            mine = getattr(self, name)
            setattr(found, name, {step: value for step, value in mine.items() if step not in touched})
        found._below = {pair: value for pair, value in self._below.items() if touched.isdisjoint(pair)}
        found.atoms = dict(self.atoms)
        return found, touched

    @cached_property
    def policies(self) -> Mapping[str, PolicySteps]:
        """The steps of each policy in force."""
        nothing = PolicySteps(_NOTHING, _NOTHING, _NOTHING, ())
        return {**self.bound.plan.policies, **dict.fromkeys(self._giving_nothing, nothing)}

    def static(self, step: Step) -> Any:
        """The value of a step that needs no child."""
        return self.known[step] if step in self.known else self.bound.head[step.index]

    def is_static(self, step: Step) -> bool:
        """Whether the value of a step is the same of every child that is meant."""
        return step.static or step in self.known

    def shape(self, step: Step) -> Shape:
        """The shape of a step."""
        found = self._shape.get(step)
        if found is None:
            found = self._shape[step] = self._shape_of(step)
        return found

    def _shape_of(self, step: Step) -> Shape:
        if not self._asks_of_amounts(step):
            key = self._key(step)
            return key if isinstance(key, int) else self.shapes.number(key)
        truth = self.truth(step)
        if truth in (NEVER, ALWAYS):
            return self.shapes.number(("value", "bool", truth == ALWAYS))
        sole = self.shapes.truths.sole(truth)
        return self.shapes.number(("truth", truth)) if sole is None else sole

    def _key(self, step: Step) -> Any:
        """What makes a step what it is."""
        node = step.node
        if self.is_static(step):
            value = self.static(step)
            if value is not None and not isinstance(value, Range):
                return "value", type(value).__name__, value
        match node:
            case n.Param(code=code):
                # One that has no value is unknown, and the same in both books where both know as little of it.
                return "parameter", code, self.static(step)
            case n.Fact() | n.Collection() | n.Each():
                return node
            case n.And() | n.Or():
                parts = frozenset(self.shape(i) for i in self._telling(step))
                return next(iter(parts)) if len(parts) == 1 else (type(node).__name__, parts)
            case n.Aggregate(how=how):
                assert step.where is not None
                assert step.body is not None
                return how, node.kind, node.each, *(self.shape(s) for s in (*step.inputs, step.where, step.body))
        own = tuple(getattr(node, name) for name in ("value", "codes", "to", "rounding") if hasattr(node, name))
        return type(node).__name__, node.kind, own, *(self.shape(i) for i in step.inputs)

    def _telling(self, step: Step) -> Iterator[Step]:
        """The parts of an "and" or "or" that say something: not that what holds is known to hold."""
        for part in step.inputs:
            asks = self.completed and isinstance(step.node, n.And) and isinstance(part.node, n.Or)
            if not (asks and any(isinstance(i.node, n.Known) and i.inputs[0] in step.inputs for i in part.inputs)):
                yield part

    def unset(self, step: Step) -> frozenset[str]:
        """The parameters without a value that a step rests on."""
        found = self._unset.get(step)
        if found is None:
            if isinstance(step.node, n.Param):
                value = self.static(step)
                found = frozenset({step.node.code} if value is None or isinstance(value, Range) else ())
            elif self.is_static(step) and (value := self.static(step)) is not None and not isinstance(value, Range):
                found = frozenset()
            else:
                found = frozenset().union(*(self.unset(part) for part in self._bearing(step)))
            self._unset[step] = found
        return found

    def _bearing(self, step: Step) -> Iterator[Step]:
        """What a step rests on; whether something is given, not on how much."""
        if not self._asks_of_amounts(step):
            yield from (*step.inputs, *(s for s in (step.where, step.body) if s is not None))
            return
        for atom in self.shapes.truths.atoms(self.truth(step)):
            asks = self.atoms.get(atom)
            for part in asks if isinstance(asks, tuple) else (asks,):
                if part is step:
                    yield from step.inputs
                elif part is not None:
                    yield part

    # ---- conditions ---------------------------------------------------------------------------------------------

    def truth(self, step: Step) -> Truth:
        """A condition in canonical form; what does not ask of amounts that hang on conditions is one atom."""
        found = self._truth.get(step)
        if found is None:
            try:
                found = self._found_truth(step)
            except TooManyDecisionsError:
                found = self._atom(("opaque", self._key(step)), step)
            self._truth[step] = found
        return found

    def _found_truth(self, step: Step) -> Truth:
        truths, node = self.shapes.truths, step.node
        if self.is_static(step) and self.static(step) is not None:
            return ALWAYS if self.static(step) else NEVER
        if self._asks_of_amounts(step):
            match node:
                case n.Not():
                    return truths.negated(self.truth(step.inputs[0]))
                case n.And() | n.Or():
                    found = ALWAYS if isinstance(node, n.And) else NEVER
                    join = truths.both if isinstance(node, n.And) else truths.either
                    for each in self._telling(step):
                        found = join(found, self.truth(each))
                    return found
                case n.When():
                    return truths.chosen(*(self.truth(i) for i in step.inputs))
                case n.Less():
                    return self.below(*step.inputs)
                case n.AtMost():
                    return truths.negated(self.below(step.inputs[1], step.inputs[0]))
        return self._atom(None, step)

    def _atom(self, key: Any, asks: Step | tuple[Step | None, Step]) -> Truth:
        if key is None:
            assert isinstance(asks, Step)
            number = self.shape(asks)
        else:
            number = self.shapes.number(key)
        self.atoms.setdefault(number, asks)
        return self.shapes.truths.atom(number)

    def _asks_of_amounts(self, step: Step) -> bool:
        """Whether it is a condition on amounts that are chosen by other conditions, as those of stacking are."""
        found = self._on_amounts.get(step)
        if found is None:
            match step.node:
                case n.Less(left=left) | n.AtMost(left=left):
                    found = left.kind.sort is Sort.MONEY and any(
                        self._is_chosen(i) or self._is_zero(i) for i in step.inputs
                    )
                case n.And() | n.Or() | n.Not():
                    found = any(self._asks_of_amounts(i) for i in step.inputs)
                case n.When(kind=kind):
                    found = kind.sort is Sort.BOOL and any(self._asks_of_amounts(i) for i in step.inputs)
                case _:
                    found = False
            self._on_amounts[step] = found
        return found

    def _is_chosen(self, step: Step) -> bool:
        found = self._chooses.get(step)
        if found is None:
            found = isinstance(step.node, n.When) or (
                isinstance(step.node, ARITHMETIC) and any(self._is_chosen(i) for i in step.inputs)
            )
            self._chooses[step] = found
        return found

    def chosen_by(self, step: Step) -> frozenset[Shape]:
        """The atoms of the conditions that choose an amount."""
        found = self._chosen_by.get(step)
        if found is None:
            found = frozenset()
            if isinstance(step.node, n.When):
                condition, *parts = step.inputs
                found = self.shapes.truths.atoms(self.truth(condition)).union(*(self.chosen_by(i) for i in parts))
            elif isinstance(step.node, (*ARITHMETIC, n.Divide)):
                found = found.union(*(self.chosen_by(i) for i in step.inputs))
            self._chosen_by[step] = found
        return found

    def _is_zero(self, step: Step) -> bool:
        return self.is_static(step) and self.static(step) == 0 and not isinstance(self.static(step), Range | bool)

    def below(self, x: Step, y: Step) -> Truth:
        """Whether one amount is below another: by the conditions that choose them, as far as these decide it."""
        key = x, y
        found = self._below.get(key)
        if found is None:
            found = self._below[key] = self._found_below(x, y)
        return found

    def _found_below(self, x: Step, y: Step) -> Truth:
        truths = self.shapes.truths
        (low, high), (low2, high2) = bounds(self.span(x)), bounds(self.span(y))
        if high is not None and low2 is not None and high < low2:
            return ALWAYS
        if (low is not None and high2 is not None and low >= high2) or self.shape(x) == self.shape(y):
            return NEVER
        if self._is_zero(x):
            return self.positive(y)
        if isinstance(x.node, n.When):
            condition, *parts = x.inputs
            return truths.chosen(self.truth(condition), *(self.below(part, y) for part in parts))
        if isinstance(y.node, n.When):
            condition, *parts = y.inputs
            return truths.chosen(self.truth(condition), *(self.below(x, part) for part in parts))
        match x.node, y.node:
            case n.Greatest(), _:
                return self._every(self.below(part, y) for part in x.inputs)
            case _, n.Least():
                return self._every(self.below(x, part) for part in y.inputs)
            case n.Least(), _:
                return self._some(self.below(part, y) for part in x.inputs)
            case _, n.Greatest():
                return self._some(self.below(x, part) for part in y.inputs)
        return self._atom(("below", self.shape(x), self.shape(y)), (x, y))

    def positive(self, step: Step) -> Truth:
        """Whether an amount is above nothing: what is given to somebody does not hang on how much it is."""
        found = self._positive.get(step)
        if found is None:
            found = self._positive[step] = self._found_positive(step)
        return found

    def _found_positive(self, step: Step) -> Truth:
        low, high = bounds(self.span(step))
        if low is not None and low > 0:
            return ALWAYS
        if high is not None and high <= 0:
            return NEVER
        match step.node:
            case n.When():
                condition, *parts = step.inputs
                return self.shapes.truths.chosen(self.truth(condition), *(self.positive(part) for part in parts))
            case n.Greatest():
                return self._some(self.positive(part) for part in step.inputs)
            case n.Least():
                return self._every(self.positive(part) for part in step.inputs)
            case n.Subtract():
                return self.below(step.inputs[1], step.inputs[0])
            case n.Add() if all(self._never_below(part) for part in step.inputs):
                return self._some(self.positive(part) for part in step.inputs)
        return self._atom(("below", None, self.shape(step)), (None, step))

    def _never_below(self, step: Step) -> bool:
        low = bounds(self.span(step))[0]
        return low is not None and low >= 0

    def _every(self, parts: Iterator[Truth]) -> Truth:
        found = ALWAYS
        for part in parts:
            found = self.shapes.truths.both(found, part)
        return found

    def _some(self, parts: Iterator[Truth]) -> Truth:
        found = NEVER
        for part in parts:
            found = self.shapes.truths.either(found, part)
        return found

    # ---- what a value can be at all -----------------------------------------------------------------------------

    def span(self, step: Step) -> Any:
        """All that a number, amount or date can be, for any child: a point or a range."""
        found = self._span.get(step)
        if found is None:
            found = self._span[step] = self._found_span(step)
        return found

    def _found_span(self, step: Step) -> Any:
        if self.is_static(step):
            return self.static(step)
        node, inputs = step.node, step.inputs
        match node:
            case n.When():
                return ranges.hull(self.span(inputs[1]), self.span(inputs[2]))
            case n.Add():
                found: Any = 0
                for each in inputs:
                    found = ranges.add(found, self.span(each))
                return found
            case n.Subtract():
                return ranges.subtract(*(self.span(i) for i in inputs))
            case n.Times():
                return ranges.times(*(self.span(i) for i in inputs))
            case n.Least():
                return ranges.least([self.span(i) for i in inputs])
            case n.Greatest():
                return ranges.greatest([self.span(i) for i in inputs])
            case n.Round(to=to, rounding=rounding):
                return ranges.rounded(self.span(inputs[0]), to, rounding)
        return Range(0, None) if never_negative(node) else UNBOUNDED


def _resting_on(plan: Plan, known: Set[Step]) -> set[Step]:
    """Some steps, and all that rest on them."""
    found = set(known)

    def follow(steps: Iterable[Step]) -> None:
        for step in steps:
            follow(step.inner)
            parts = (*step.inputs, *step.inner, *(s for s in (step.where, step.body) if s is not None))
            if not found.isdisjoint(parts):
                found.add(step)

    follow(plan.dynamic)
    return found


def _followed(known: Mapping[Step, Any]) -> Mapping[Step, Any]:
    """What is known, and what follows for the parts: of an "and" that holds every part holds, of an "or" that fails none."""
    found, left = dict(known), list(known.items())
    while left:
        step, value = left.pop()
        match step.node:
            case n.Not():
                follow: tuple[tuple[Step, Any], ...] = ((step.inputs[0], not value),)
            case n.And() if value is True:
                follow = tuple((part, True) for part in step.inputs)
            case n.Or() if value is False:
                follow = tuple((part, False) for part in step.inputs)
            case _:
                follow = ()
        new = [(part, of) for part, of in follow if part not in found and not part.static]
        found |= dict(new)
        left += new
    return found


__all__ = ["ARITHMETIC", "Shape", "Shaped", "Shapes"]
