"""An overlay: the nation's, the province's and the county's packs put together for one place.

Each pack is added to those above it and the whole is checked; one that does not fit is quarantined by name, and the
rest stands.
"""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from kinderguard.engines.assessment import Basis
from kinderguard.engines.dependents import Dependents
from kinderguard.engines.explain import Compiled, absent_parameter
from kinderguard.engines.missing import DERIVED
from kinderguard.engines.plan import Plan, compile_plan
from kinderguard.model.errors import Problem, closed
from kinderguard.model.places import covers
from kinderguard.model.text import Text
from kinderguard.model.toml_files import toml_text
from kinderguard.packs.changes import Change, WithPolicies
from kinderguard.packs.failures import file_and_line
from kinderguard.packs.loader import PackSource, PackState
from kinderguard.packs.pack import Pack
from kinderguard.packs.toml_lines import line_told
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import Category, Check, DeclaredFact, FactProvider, Policy
from kinderguard.rules.errors import RuleError
from kinderguard.rules.kinds import Kind
from kinderguard.rules.parameters import Parameter, ParameterValue, merge, misfit, read_parameters
from kinderguard.rules.reading import fits
from kinderguard.rules.ruleset import RuleSet, facts_read


@attrs.frozen
class Parts:
    """What packs define, before it is checked as a whole."""

    categories: tuple[Category, ...] = ()
    policies: tuple[Policy, ...] = ()
    checks: tuple[Check, ...] = ()
    facts: tuple[DeclaredFact[Any], ...] = ()
    providers: tuple[FactProvider, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    places: Mapping[str, Text] = attrs.field(factory=dict)

    def plus(self, pack: Pack) -> "Parts":
        """With one more pack.

        Raises:
            DefinitionError: a parameter file that cannot be used, or a value outside the pack's jurisdiction or of
                another kind.
        """
        kinds: dict[str, Kind] = {p.code: p.kind for p in self.parameters if p.kind is not None}
        own: list[Parameter] = []
        for given in pack.parameters:
            if isinstance(given, Parameter):
                own.append(given)
                continue
            own += read_parameters(
                given, jurisdiction=pack.jurisdiction, kinds=kinds | {p.code: p.kind for p in own if p.kind}
            )
        kinds |= {p.code: p.kind for p in own if p.kind}
        for parameter in own:
            _check_place(pack, parameter)
            _check_kind(parameter, kinds.get(parameter.code))
        return Parts(
            self.categories + pack.categories,
            self.policies + pack.policies,
            self.checks + pack.checks,
            self.facts + pack.facts,
            self.providers + pack.providers,
            self.parameters + tuple(own),
            # Of several packs of a place, the one that is called by its code alone names it.
            {**self.places, **({pack.code: _as_place(pack.title)} if pack.code == pack.jurisdiction else {})},
        )

    def rules(self) -> RuleSet:
        """All of it, checked."""
        parameters = merge(self.parameters)
        return RuleSet(
            self.categories, self.policies, self.checks, self.facts, self.providers, parameters, dict(self.places)
        )


def _check_place(pack: Pack, parameter: Parameter) -> None:
    if parameter.kind is not None and not parameter.code.startswith(pack.code + "."):
        raise RuleError(
            Text(
                f"此处声明了 {parameter.code}，但规则包自己的参数须以 {pack.code + '.'!r} 开头。"
                "要给别处的参数取值，请删去 kind 和 title。",
                f"{parameter.code} is declared here, but a pack's own parameters begin with {pack.code + '.'!r}. "
                "To set a value of somebody else's parameter, leave kind and title out.",
            ),
            parameter.file,
        )
    for value in parameter.values:
        if not covers(pack.jurisdiction, value.place):
            raise RuleError(
                Text(
                    f"{parameter.code} 给 {value.place or 'cn'} 取值，不在本规则包的管辖范围 {pack.jurisdiction} 内；"
                    f"请把 place 改为 {pack.jurisdiction} 或其下级地区，或删去该值。",
                    f"{parameter.code} has a value for {value.place or 'cn'}, outside the jurisdiction "
                    f"{pack.jurisdiction}. Write {pack.jurisdiction} or a place within it, or take the value out.",
                ),
                parameter.file,
            )


def _as_place(title: Text) -> Text:
    """A pack's title as the name of its place, which stands within sentences."""
    return Text(title.zh, f"t{title.en[1:]}" if title.en.startswith("The ") else title.en)


def _check_kind(parameter: Parameter, kind: Kind | None) -> None:
    """Refuse values that were not read from a file and do not fit; a code that nobody declares is told when merged."""
    for value in (*parameter.values, *([parameter.floor] if parameter.floor else [])):
        if kind is not None and not fits(value.value, kind):
            raise misfit(
                value.value, kind, f"{parameter.file}: {parameter.code} @ {value.place or 'cn'}".removeprefix(": ")
            )


@attrs.frozen(eq=False, slots=False)
class Overlay:
    """The rules of one chain of packs, and what was wrong with any of them."""

    rules: RuleSet
    packs: tuple[Pack, ...]
    problems: tuple[Problem, ...]
    observers: tuple[Callable[[Any], None], ...]
    #: By pack, the parameters that it gives, as values.
    parameters: Mapping[str, tuple[Parameter, ...]]
    _plans: dict[tuple[bool, ...], "InForce"] = attrs.field(factory=dict)

    @cached_property
    def titles(self) -> Mapping[str, Text]:
        """The titles of everything that has a code, the places among them that packs speak for."""
        r = self.rules
        titled: Iterable[Any] = [*r.categories.values(), *r.policies.values(), *r.facts.values()]
        titles = r.places | {value.code: value.title for value in titled}
        return titles | {code: p.title for code, p in r.parameters.items() if p.title is not None}

    @cached_property
    def policies(self) -> Mapping[str, Text]:
        """The titles of all policies, those not in force among them."""
        return {code: policy.title for code, policy in self.rules.policies.items()}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """By fact or list, the rules that read it."""
        return readers(self.rules)

    @property
    def versions(self) -> dict[str, str]:
        """The version of each pack by its code."""
        return {pack.code: pack.version for pack in self.packs}

    def has_values_within(self, place: str) -> bool:
        """Whether a parameter has a value for a place that is smaller and lies within one."""
        values = (value for parameter in self.rules.parameters.values() for value in parameter.values)
        return any(covers(place, value.place) and value.place != place for value in values)

    def basis(self, place: str | None, day: dt.date, fingerprint: str, of_place: tuple[Problem, ...] = ()) -> Basis:
        """What an assessment rests on at a place (None: not known) on a day.

        Args:
            fingerprint: of the rules that the result is to be known by.
            of_place: what is wrong with the place itself.
        """
        in_force = self.in_force(day)
        given = in_force.values(place, day)
        return Basis(
            bound=in_force.compiled.bind(day, in_force.engine_values(given)),
            dependents=in_force.dependents,
            division=place,
            parameters=given,
            fingerprint=fingerprint,
            titles=self.titles,
            versions=self.versions,
            problems=self.problems,
            of_place=of_place,
            policies=self.policies,
        )

    def in_force(self, day: dt.date) -> "InForce":
        """The rules of a day, compiled; days with the same rules share them."""
        r = self.rules
        dated: Iterable[Category | Policy | Check] = (*r.categories.values(), *r.policies.values(), *r.checks.values())
        key = tuple(day in d.effective for d in dated)
        found = self._plans.get(key)
        if found is None:
            found = self._plans[key] = InForce(r.in_force(day))
        return found


def readers(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """By fact or list, the rules that read it; derived facts by what they come from."""
    found: dict[str, dict[str, None]] = {}
    for owner, expr in rules.expressions():
        for path in facts_read(expr):
            for source in DERIVED.get(path, (path,)):
                found.setdefault(source, {})[owner] = None
    for provider in rules.providers.values():
        for need in provider.needs:
            for path in facts_read(need):
                found.setdefault(path, {})[provider.code] = None
    return {path: tuple(owners) for path, owners in found.items()}


@attrs.frozen(eq=False, slots=False)
class InForce:
    """The rules in force, with their plan."""

    rules: RuleSet

    @cached_property
    def plan(self) -> Plan:
        """The plan."""
        return compile_plan(self.rules)

    @cached_property
    def compiled(self) -> Compiled:
        """The plan for the reference engine."""
        return Compiled.of(self.plan)

    @cached_property
    def dependents(self) -> Dependents:
        """What depends on what."""
        return Dependents.of(self.plan)

    def values(self, division: str | None, day: dt.date) -> dict[str, ParameterValue | None]:
        """The value in force of each parameter that the plan reads."""
        return {code: self.rules.parameters[code].at(division, day) for code in self.plan.parameters}

    def engine_values(self, given: Mapping[str, ParameterValue | None]) -> dict[str, Any]:
        """The same as the reference engine takes them."""
        found = {}
        for code, value in given.items():
            parameter = self.rules.parameters[code]
            assert parameter.kind is not None
            floor = parameter.floor.value if parameter.floor else None
            found[code] = absent_parameter(parameter.kind, floor) if value is None else value.value
        return found

    @cached_property
    def facts_read(self) -> frozenset[str]:
        """The facts that the plan reads."""
        return frozenset(step.node.path for step in self.plan.dynamic if isinstance(step.node, n.Fact))


@attrs.frozen(eq=False)
class Stack:
    """A chain of packs put together, before any change: what further packs are added to."""

    parts: Parts
    rules: RuleSet
    packs: tuple[Pack, ...]
    #: By pack, the parameters of its files.
    given: Mapping[str, tuple[Parameter, ...]]

    def plus(self, source: PackSource) -> "Stack":
        """With one more pack; without it, where it does not fit: then it is quarantined and named."""
        if source.state is not PackState.LOADED or source.pack is None:
            return self
        try:
            parts = self.parts.plus(source.pack)
            rules = parts.rules()
            for need in source.needs:
                rules.require_defined(need.code, need.when)
        except RuleError as error:
            source.quarantine([_misfit(source, error)])
            return self
        own = parts.parameters[len(self.parts.parameters) :]
        return Stack(parts, rules, (*self.packs, source.pack), {**self.given, source.pack.code: own})


#: Chains by the names of their packs: a country's counties share the nation and their province.
Stacks = dict[tuple[str, ...], Stack]


def build_overlay(
    chain: tuple[PackSource, ...], changes: tuple[Change, ...], stacks: Stacks, place: str | None
) -> Overlay:
    """Put a chain of packs together, the nation's first. A pack that does not fit is quarantined and named.

    Args:
        chain: the packs of the place.
        changes: what is changed then; a rule that is added in its own place alone.
        stacks: chains that were put together before.
        place: the place; None for the nation.
    """
    stack = Stack(Parts(), RuleSet([], []), (), {})
    for length, source in enumerate(chain, 1):
        names = tuple(s.name for s in chain[:length])
        found = stacks.get(names)
        if found is None:
            found = stacks[names] = stack.plus(source)
        stack = found
    rules = stack.rules
    for change in changes:
        rules = (change.at(place) if isinstance(change, WithPolicies) else change)(rules)
    problems = tuple(p for s in chain for p in s.problems)
    observers = tuple(o for s in chain if s.state is PackState.LOADED for o in s.observers)
    return Overlay(rules, stack.packs, problems, observers, stack.given)


def _misfit(source: PackSource, error: RuleError) -> Problem:
    at = _line_of(source, error)
    return Problem(
        "pack.rules_invalid",
        Text(
            f"规则不成立{f'（{at}）' if at else ''}：{closed(error.text.zh, '。')}修改前此规则包不生效",
            f"its rules do not stand{f' ({at})' if at else ''}: {closed(error.text.en, '.')} "
            "Until that is mended the pack is not used",
        ),
        source.where,
    )


def _line_of(source: PackSource, error: RuleError) -> str:
    """``parameters.toml:12`` of an error about what a file of the pack says; empty where it is about none."""
    paths = [] if source.pack is None else [p for p in source.pack.parameters if isinstance(p, Path)]
    texts = {}
    for path in paths:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            texts[path.name] = toml_text(path)
    file, line = line_told(texts, error.text.en) or ("", None)
    return file_and_line(file, line) if line is not None else ""
