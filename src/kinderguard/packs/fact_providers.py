"""What fact providers are asked: which of them the rules need, what each gets of a case, and what it says of one.

Stands below the book, below frames and below needs, so that one child and many are asked about alike.
"""

import inspect
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kinderguard.engines.reading import extra_value
from kinderguard.model.case import Case
from kinderguard.model.errors import FieldValueError, Problem, closed
from kinderguard.model.text import Text
from kinderguard.packs.failures import file_and_line, place_in_pack
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
            answer = provider.one(
                {path: said[path] if path in said else value_at(case, path) for path in needs_of(provider)}
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001  a provider may raise anything; it is named and contained
            problems.append(_failed(provider, titles, error))
            continue
        try:
            extra_value(answer, provider.fact.kind)
        except FieldValueError as error:
            problems.append(_unfit(provider, titles, error))
            continue
        said[provider.code] = answer
    return said, tuple(problems)


def _unfit(provider: FactProvider, titles: Mapping[str, Text], error: FieldValueError) -> Problem:
    name, place = fact_title(provider.code, titles), _place_of(provider.one)
    return Problem(
        "provider.failed",
        Text(
            f"提供者{place and f'（{place}）'}给出的“{name.zh}”不能用，按未知处理：{error.text.zh}；请修改该处，不知道的应返回 None",
            f"what the provider{place and f' ({place})'} gives for ‘{name.en}’ cannot be used; taken as unknown: "
            f"{closed(error.text.en, '.')} Mend that place; it returns None for what it does not know",
        ),
        provider.code,
    )


def _place_of(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return "" if code is None else file_and_line(Path(code.co_filename).name, code.co_firstlineno)


def _failed(provider: FactProvider, titles: Mapping[str, Text], error: BaseException) -> Problem:
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
