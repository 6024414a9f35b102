"""What fact providers are asked: which of them the rules need, what each gets of a case, and what it says of one.

Stands below the book, below frames and below needs, so that one child and many are asked about alike.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kinderguard.model.case import Case
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.packs.failures import place_in_pack
from kinderguard.rules import nodes as n
from kinderguard.rules.definitions import FactProvider
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.titles import fact_title


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


def said_of(
    case: Case, providers: Iterable[FactProvider], titles: Mapping[str, Text]
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """What providers say of a case, by the code of the fact, and which of them failed.

    Args:
        case: what is known; what it states itself goes before.
        providers: as ``needed_providers`` gives them.
        titles: the titles of packs' facts, for the problems.
    """
    said: dict[str, Any] = {}
    problems = []
    for provider in providers:
        space, name = provider.code.split(".", 1)
        if case.extra.get(space, {}).get(name) is not None:
            continue
        try:
            said[provider.code] = provider.one(
                {path: said[path] if path in said else value_at(case, path) for path in needs_of(provider)}
            )
        except Exception as error:  # noqa: BLE001  a provider may raise anything; it is named and contained
            problems.append(_failed(provider, titles, error))
    return said, tuple(problems)


def _failed(provider: FactProvider, titles: Mapping[str, Text], error: Exception) -> Problem:
    name = fact_title(provider.code, titles)
    place = place_in_pack(error, getattr(provider.one, "__module__", None) or "")
    return Problem(
        "provider.failed",
        # The error's own text may hold what the provider was given, so only its kind and place are shown.
        Text(
            f"未能取得“{name.zh}”（{type(error).__name__}{place and f'，{place}'}），按未知处理；请修改该处，或直接填写此项",
            f"‘{name.en}’ could not be fetched ({type(error).__name__}{place and f', {place}'}); taken as unknown. Mend that "
            "place, or state the fact itself",
        ),
        provider.code,
    )
