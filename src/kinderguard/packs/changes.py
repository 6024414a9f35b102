"""Changes that an analyst makes to a book: ``with_parameters``, ``with_policies``, ``without``.

Each is a frozen value that turns the rules of any place into others, so that a changed book can be written as JSON.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import attrs

from kinderguard.model.errors import did_you_mean
from kinderguard.rules.citations import ALWAYS, Trust
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.errors import DefinitionError
from kinderguard.rules.parameters import Parameter, ParameterValue, merge, parameter_value
from kinderguard.rules.ruleset import RuleSet, policies_without

#: What ``with_parameters`` takes: a value everywhere, or values by place.
Given: TypeAlias = str | int | Decimal | Fraction | bool | dt.date


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {code: dict(given) if isinstance(given, Mapping) else given for code, given in values.items()}


@attrs.frozen
class WithParameters:
    """Other values of parameters: by code, a value for everywhere or ``{place: value}``, in the order given."""

    values: Mapping[str, Given | Mapping[str, Given]] = attrs.field(converter=_copied)

    def __call__(self, rules: RuleSet) -> RuleSet:
        """The rules with these values. Codes of packs that are not there are left alone."""
        parameters = dict(rules.parameters)
        for code, given in self.values.items():
            declared = parameters.get(code)
            if declared is None or declared.kind is None:
                _known(code, parameters, "parameter")
                continue
            parameters[code] = _with_value(declared, given)
        return RuleSet(
            rules.categories.values(),
            rules.policies.values(),
            rules.checks.values(),
            rules.facts.values(),
            rules.providers.values(),
            merge(parameters.values()),
        )


@attrs.frozen
class WithPolicies:
    """Policies, categories or checks added, or put in the place of those with their codes."""

    definitions: tuple[Policy | Category | Check, ...]

    def __call__(self, rules: RuleSet) -> RuleSet:
        """The rules with these definitions."""
        categories, policies, checks = dict(rules.categories), dict(rules.policies), dict(rules.checks)
        for definition in self.definitions:
            if isinstance(definition, Category):
                categories[definition.code] = definition
            elif isinstance(definition, Policy):
                policies[definition.code] = definition
            elif isinstance(definition, Check):
                checks[definition.code] = definition
            else:
                raise DefinitionError(
                    f"with_policies takes policies, categories and checks, not a {type(definition).__name__}."
                )
        return RuleSet(
            categories.values(),
            policies.values(),
            checks.values(),
            rules.facts.values(),
            rules.providers.values(),
            rules.parameters,
        )


@attrs.frozen
class Without:
    """Some policies, categories or checks left out."""

    codes: frozenset[str]

    def __call__(self, rules: RuleSet) -> RuleSet:
        """The rules without them. Codes of packs that are not there are left alone."""
        for code in self.codes:
            _known(code, [*rules.policies, *rules.categories, *rules.checks], "policy, category or check")
        return RuleSet(
            [c for c in rules.categories.values() if c.code not in self.codes],
            policies_without(rules.policies, self.codes),
            [c for c in rules.checks.values() if c.code not in self.codes and c.on not in self.codes],
            rules.facts.values(),
            rules.providers.values(),
            rules.parameters,
        )


Change: TypeAlias = WithParameters | WithPolicies | Without


def _known(code: str, known: Iterable[str], what: str) -> None:
    """Refuse a code that its own pack, which is here, does not have; a pack that is not here is another place's."""
    codes = set(known)
    if code not in codes and any(c.split(".")[0] == code.split(".")[0] for c in codes):
        raise DefinitionError(f"There is no {what} {code!r}.{did_you_mean(code, codes)}")


def _with_value(declared: Parameter, given: Given | Mapping[str, Given]) -> Parameter:
    assert declared.kind is not None
    by_place = given if isinstance(given, Mapping) else {"": given}
    kept = declared.values
    for place, raw in by_place.items():
        at = "" if place == "cn" else place
        value = parameter_value(raw, declared.kind, f"{declared.code} at {place or 'cn'}")
        kept = tuple(v for v in kept if not v.place.startswith(at))
        kept += (ParameterValue(at, ALWAYS, value, "what-if", Trust.ILLUSTRATIVE),)
    return attrs.evolve(declared, values=kept)
