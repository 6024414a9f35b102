"""Where installed packs meet: one code in two packs, one parameter at one place in one period, one division, one rule."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

import attrs

from kinderguard.model.places import place_name
from kinderguard.model.text import Text
from kinderguard.packs import Pack, PackState
from kinderguard.packs.mends import MENDS
from kinderguard.rules.definitions import Check
from kinderguard.rules.parameters import Parameter, ParameterValue
from kinderguard.scaffold.diagnosis import Finding, PackReport, Place
from kinderguard.scaffold.whereabouts import Whereabouts


@attrs.frozen
class Held:
    """A pack as its hook gave it, whatever became of it since, with its parameters as far as they could be read."""

    pack: Pack
    parameters: tuple[Parameter, ...]
    where: Whereabouts


def conflicts(held: Mapping[str, Held], reports: Iterable[PackReport]) -> Iterator[Finding]:
    """Every conflict, those that keep a pack out first."""
    yield from _codes_twice(held)
    yield from _values_twice(held)
    yield from _same_division(reports)
    yield from _same_target(held)


def _finding(code: str, packs: Sequence[str], message: Text, place: Place, *, serious: bool = True) -> Finding:
    return Finding(code, tuple(packs), message, MENDS[code], place, serious)


def _codes_twice(held: Mapping[str, Held]) -> Iterator[Finding]:
    """Possible only where one pack's code begins with another's: ``330106`` and ``330106.education``."""
    owners: dict[str, list[str]] = {}
    for name, one in held.items():
        p = one.pack
        own = [v for v in one.parameters if v.kind is not None]
        coded: tuple[Any, ...] = (*p.categories, *p.policies, *p.checks, *p.facts, *own)
        codes = [value.code for value in coded]
        for code in dict.fromkeys(codes):
            owners.setdefault(code, []).append(name)
    for code, names in sorted(owners.items()):
        if len(names) > 1:
            places = [held[name].where.rule(code) for name in names]
            yield _finding(
                "pack.code_twice",
                names,
                Text(
                    f"{code} 在几个规则包中都有定义：{_both(names, places, '、')}",
                    f"{code} is defined by several packs: {_both(names, places, ', ')}",
                ),
                places[-1],
            )


def _values_twice(held: Mapping[str, Held]) -> Iterator[Finding]:
    given: dict[tuple[str, str], list[tuple[str, ParameterValue]]] = {}
    for name, one in held.items():
        for parameter in one.parameters:
            for value in parameter.values:
                given.setdefault((parameter.code, value.place), []).append((name, value))
    for (code, division), values in sorted(given.items()):
        for (a, one_value), (b, other) in combinations(values, 2):
            if a == b or not one_value.period.overlaps(other.period):
                continue
            places = [held[a].where.parameter(code), held[b].where.parameter(code)]
            yield _finding(
                "pack.parameter_twice",
                (a, b),
                Text(
                    f"{code} 在 {place_name(division).zh} 同一时期有两个值：{_both((a, b), places, '、')}",
                    f"{code} has two values for {place_name(division).en} in one period: {_both((a, b), places, ', ')}",
                ),
                places[1],
            )


def _both(names: Sequence[str], places: Sequence[Place], comma: str) -> str:
    return comma.join(f"{name} ({place})" if place.file else name for name, place in zip(names, places, strict=True))


def _same_division(reports: Iterable[PackReport]) -> Iterator[Finding]:
    by_division: dict[str, list[PackReport]] = {}
    for report in reports:
        if report.state is not PackState.WAITING:
            by_division.setdefault(report.name.split(".", 1)[0], []).append(report)
    for division, several in sorted(by_division.items()):
        names = [r.name for r in several]
        if len(several) > 1:
            yield _finding(
                "pack.same_division",
                names,
                Text(
                    f"几个规则包都管 {division}：{'、'.join(names)}",
                    f"several packs speak for {division}: {', '.join(names)}",
                ),
                Place(several[-1].file),
                serious=False,
            )


def _same_target(held: Mapping[str, Held]) -> Iterator[Finding]:
    """Checks of two packs on one rule, where there is a child that both speak for.

    Each is compared with those of the places around it alone: a country has thousands of packs.
    """
    made: dict[tuple[str, str], list[tuple[str, Held, Check]]] = {}
    for name, one in held.items():
        for check in one.pack.checks:
            made.setdefault((check.on, one.pack.jurisdiction), []).append((name, one, check))
    for (on, division), checks in made.items():
        around = [entry for end in range(len(division)) for entry in made.get((on, division[:end]), ())]
        for (a, _, first), (b, other, second) in (*product(around, checks), *combinations(checks, 2)):
            if a != b:
                yield _finding(
                    "pack.same_target",
                    (a, b),
                    Text(
                        f"{first.code} 和 {second.code} 都改动 {on}", f"{first.code} and {second.code} both change {on}"
                    ),
                    other.where.rule(second.code),
                    serious=False,
                )
