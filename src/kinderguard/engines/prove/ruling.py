"""One rule set at a place on a day, for both engines: the solver's terms, and the reference engine's answer for a case.

Parameters that the place does not set are open: they may take any value from their floor, the same on both sides of a
comparison, as if the county had yet to decide.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, TypeAlias

import attrs

from kinderguard.engines.assessment import Assessment, Basis
from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Bound, Compiled, absent_parameter
from kinderguard.engines.plan import Plan, Step
from kinderguard.engines.prove import arithmetic as ar
from kinderguard.engines.prove import spans as sp
from kinderguard.engines.prove.algebra import KnownAnswers, Meaning, NotTaken, SolverAlgebra
from kinderguard.engines.prove.calendar import Calendar, key_of
from kinderguard.engines.prove.domains import MOST_MONEY, Domain
from kinderguard.engines.prove.facts import Facts, Stated, lifted
from kinderguard.engines.prove.logic import Bool, both, implied, less, pick, whole
from kinderguard.engines.prove.spans import Span, Truth, Value
from kinderguard.engines.prove.variables import DateVariable, NumberVariable, TruthVariable, Variable, amount
from kinderguard.engines.unborn import what_counts
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.text import Text
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.stacking import TopsUp

#: Values given to open parameters, as the reference engine takes them.
Opened: TypeAlias = Mapping[str, Any]


@attrs.frozen(eq=False, slots=False)
class Ruling:
    """Rules in force with their plan, and the parameter values of a place on a day.

    Args:
        compiled: the plan for the reference engine.
        day: the day.
        division: the place; None is the nation.
        values: by parameter of the plan its value, None where there is none.
        titles: of everything that has a code.
        fingerprint: of the rules.
    """

    compiled: Compiled
    day: dt.date
    division: str | None
    values: Mapping[str, Any]
    titles: Mapping[str, Text] = attrs.field(factory=dict)
    fingerprint: str = ""
    shown: Mapping[str, ParameterValue | None] = attrs.field(factory=dict)
    _bound: dict[Any, Bound] = attrs.field(factory=dict)

    @property
    def plan(self) -> Plan:
        """The compiled rules."""
        return self.compiled.plan

    @property
    def rules(self) -> RuleSet:
        """The rules in force."""
        return self.plan.rules

    def parameter(self, code: str) -> Parameter:
        """What was declared of a parameter."""
        return self.rules.parameters[code]

    @property
    def open(self) -> Iterator[str]:
        """The parameters without a value."""
        return (code for code in self.plan.parameters if self.values[code] is None)

    def floor(self, code: str) -> Any:
        """The floor of a parameter, or None."""
        floor = self.parameter(code).floor
        return floor.value if floor else None

    # ---- the reference engine -----------------------------------------------------------------------------------

    def assess(self, case: Case, opened: Opened | None = None, provided: Mapping[str, Any] | None = None) -> Assessment:
        """One case by the reference engine; no fact provider is asked, what one said before can be given."""
        given = {code: value for code, value in (opened or {}).items() if code in self.values}
        key = tuple(sorted(given.items()))
        bound = self._bound.get(key)
        if bound is None:
            bound = self._bound[key] = self.compiled.bind(self.day, self._engine_values(given))
        basis = Basis(
            bound=bound, dependents=self.dependents, division=self.division, parameters=self.shown,
            fingerprint=self.fingerprint, titles=self.titles, versions={},
        )  # fmt: skip
        return Assessment(case, basis, provided or {}, ())

    @cached_property
    def dependents(self) -> Dependents:
        """What depends on what."""
        return Dependents.of(self.plan)

    def _kind(self, code: str) -> Kind:
        """Of a parameter that rules read, the kind is declared."""
        kind = self.parameter(code).kind
        assert kind is not None
        return kind

    def _engine_values(self, given: Opened) -> dict[str, Any]:
        values = {}
        for code in self.plan.parameters:
            kind, value = self._kind(code), self.values[code]
            if value is None:
                value = given.get(code)
            values[code] = absent_parameter(kind, self.floor(code)) if value is None else value
        return values

    def results_of(self, assessment: Assessment) -> "Results":
        """What the reference engine says, in the solver's terms (all of them constants)."""
        trace = assessment.trace
        return Results(
            self.plan,
            cache(lambda step: lifted(trace[step.index], step.node.kind)),
            Stated(what_counts(assessment.case, assessment.on)),
        )

    # ---- the solver ---------------------------------------------------------------------------------------------

    def solved(
        self, facts: Facts, calendar: Calendar, opened: "OpenParameters", answers: KnownAnswers | None = None
    ) -> "Results":
        """What the rules say of every child that the facts allow."""
        parameters = {
            code: opened.value(self.parameter(code), self.floor(code))
            if self.values[code] is None
            else lifted(self.values[code], self._kind(code))
            for code in self.plan.parameters
        }
        algebra = SolverAlgebra(self.plan, key_of(self.day), parameters, facts, calendar, answers)
        return Results(self.plan, algebra.__getitem__, facts, algebra)


class OpenParameters:
    """The parameters that have no value: any value from their floor, or none, the same on every side."""

    def __init__(self, domain: Domain, calendar: Calendar) -> None:
        self.domain, self.calendar = domain, calendar
        self.variables: dict[str, Variable] = {}
        self._floors: list[Bool] = []

    def value(self, parameter: Parameter, floor: Any) -> Value | None:
        """What rules read; None for a ratio: the solver cannot multiply by just any fraction."""
        kind = parameter.kind
        assert kind is not None
        if kind.sort is Sort.NUMBER and not kind.unit:
            return None
        found = self.variables.get(parameter.code)
        if found is None:
            found = self.variables[parameter.code] = self._made(f"param {parameter.code}", kind.sort, floor)
        if isinstance(found, NumberVariable):
            least = floor or 0
            self._floors.append(less(whole(least - 1), found.number))
            low = found.value.low
            known = found.known
            return Span(pick(known, found.number, whole(least)) if least else low, found.number, True, known)
        return found.value

    def _made(self, name: str, sort: Sort, floor: Any) -> Variable:
        if sort is Sort.BOOL:
            return TruthVariable(name)
        if sort is Sort.DATE:
            return DateVariable(name, self.calendar, self.domain.first_year, self.domain.last_year, None)
        most = MOST_MONEY if sort is Sort.MONEY else self.domain.numbers
        # A floor beyond the limit would leave no value at all, and everything could be "proved" of none.
        return NumberVariable(name, 0, max(most, floor or 0), money=sort is Sort.MONEY)

    def constraints(self) -> Iterator[Bool]:
        """What holds of them: a date that is set is set to the day."""
        yield from self._floors
        for variable in self.variables.values():
            yield from variable.constraints
            if isinstance(variable, DateVariable):
                yield implied(variable.known, variable.to[0])

    def complete(self) -> Bool:
        """That every one has a value."""
        return both(*(v.known for v in self.variables.values()))

    def read(self, model: Any) -> dict[str, Any]:
        """The values in the solver's answer, as the reference engine takes them."""
        found = {}
        for code, variable in self.variables.items():
            raw = variable.read(model)
            if isinstance(variable, NumberVariable) and raw is not None:
                raw = amount(model, variable.number)
            if isinstance(variable, DateVariable) and raw is not None:
                raw = dt.date.fromisoformat(str(raw))
            if raw is not None:
                found[code] = raw
        return found


class UnsetParameters(OpenParameters):
    """The parameters that have no value, as the reference engine has them: nothing is known beyond their floor."""

    def value(self, parameter: Parameter, floor: Any) -> Value:
        """What rules read."""
        assert parameter.kind is not None
        return lifted(absent_parameter(parameter.kind, floor), parameter.kind)


class NotTakenResultError(Exception):
    """A result rests on a step that the solver cannot take."""

    def __init__(self, code: str, not_taken: NotTaken) -> None:
        self.code, self.not_taken = code, not_taken
        super().__init__(not_taken.why.en)


@attrs.frozen(eq=False)
class Results:
    """What one rule set says: of every child (terms), or of one (constants)."""

    plan: Plan
    get: Callable[[Step], Meaning]
    facts: Facts
    algebra: SolverAlgebra | None = None

    def _at(self, code: str, step: Step) -> Value:
        found = self.get(step)
        if isinstance(found, NotTaken):
            raise NotTakenResultError(code, found)
        return found

    def _truth(self, code: str, step: Step) -> Truth:
        found = self._at(code, step)
        assert isinstance(found, Truth)
        return found

    def applies(self, code: str) -> Truth:
        """Whether the child is in a category, or eligible for a policy."""
        if code not in self.plan.categories and code not in self.plan.policies:
            return Truth(False, True)  # a rule that is not there applies to nobody
        step = self.plan.categories.get(code) or self.plan.policies[code].eligible
        return self._truth(code, step)

    def own(self, code: str) -> Span:
        """What a policy gives by itself (fen)."""
        if code not in self.plan.policies:
            return sp.number(0)
        step = self.plan.policies[code].own
        assert step is not None
        found = self._at(code, step)
        assert isinstance(found, Span)
        return found

    def is_cash(self, code: str) -> bool:
        """Whether a policy gives money."""
        return self.plan.policies[code].own is not None

    def final(self, code: str) -> Span:
        """What a policy gives after stacking (fen)."""
        if code not in self.plan.policies:
            return sp.number(0)
        found = self._at(code, self.plan.policies[code].final)
        assert isinstance(found, Span)
        return found

    def given_way(self, code: str, other: str) -> Iterator[tuple[Span, Span]]:
        """What a policy gives (fen) before and after each stacking rule that holds it against another."""
        for stacked in self.plan.policies[code].stacking:
            if not isinstance(stacked.rule, TopsUp) and other in (stacked.owner, *stacked.others):
                before, after = (self._at(code, step) for step in (stacked.before, stacked.after))
                assert isinstance(before, Span)
                assert isinstance(after, Span)
                yield before, after

    def given(self, code: str) -> Truth:
        """Whether something is given after stacking: the service, or more than nothing."""
        if code not in self.plan.policies:
            return Truth(False, True)
        if not self.is_cash(code):
            return self._truth(code, self.plan.policies[code].final)
        return sp.less(sp.number(0), self.final(code))

    def cash(self, every: Frequency, per: str | None = None) -> list[str]:
        """The policies that pay so often."""
        policies = self.plan.rules.policies
        return [
            code
            for code in self.plan.policies
            if self.is_cash(code) and policies[code].every is every and per in (None, policies[code].per)
        ]

    def total(self, every: Frequency, per: str | None = None) -> Span:
        """The sum of what is paid so often, as an assessment adds it up (fen)."""
        result = sp.number(0)
        for code in self.cash(every, per):
            result = ar.add(result, self.final(code))
        return result
