"""What fact providers are asked: which of them the rules need, and what each gets of a case.

Stands below the book and below frames, so that one child and many are asked about alike; it calls no provider.
"""

from collections.abc import Iterable
from typing import Any

from kinderguard.model.case import Case
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import FactProvider
from kinderguard.rules.ruleset import RuleSet


def needed_providers(rules: RuleSet, read: Iterable[str]) -> tuple[FactProvider, ...]:
    """The providers of the facts that are read, by rules or by one another; each after those whose facts it needs."""
    wanted = set(read)
    for code in reversed(rules.provider_order):
        if code in wanted:
            wanted.update(needs_of(rules.providers[code]))
    return tuple(rules.providers[code] for code in rules.provider_order if code in wanted)


def needs_of(provider: FactProvider) -> list[str]:
    """The paths of the facts that a provider gets."""
    return [e.node.path for e in provider.needs if isinstance(e.node, n.Fact)]


def value_at(case: Case, path: str) -> Any:
    """The value of a fact of a case as the model holds it; None where it is unknown."""
    if path[:1].isdigit():
        space, name = path.split(".", 1)
        return case.extra.get(space, {}).get(name)
    value: Any = case
    for part in path.split("."):
        value = getattr(value, part)
    return value
