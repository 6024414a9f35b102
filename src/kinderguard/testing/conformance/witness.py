"""Whether an unknown fact can change one outcome: two of its values with different results are looked for.

Stricter than the search for missing facts, which counts it as a change where an open result is settled at all: of
``x | ~x`` every value of ``x`` settles the result, always to the same.
"""

import random
from collections.abc import Iterator, Set
from typing import Any

from kinderguard.engines.assessment import Assessment
from kinderguard.engines.blame import is_unknown
from kinderguard.engines.missing import _completing
from kinderguard.rules import nodes as n


def weighed(result: Assessment, code: str, paths: Set[str], tries: int) -> Iterator[tuple[str, bool]]:
    """Facts that are asked for, each with whether it mattered; those that were neither seen to are left out.

    Args:
        result: an assessment.
        code: a category or policy that is undetermined in it.
        paths: the facts in question.
        tries: so many values of the other unknown facts are tried beside those of the one in question.

    Yields:
        A fact with True where two of its values lead to two results, beside some values of the other unknown facts. With
        False where that was never so, and yet there are values of the others beside which not knowing it leaves the
        result open: whoever is asked for it is asked in vain.
    """
    search = result._search
    places = search.places[code]
    leaves, _ = search._leaves
    items = [i for (fact, _, where), step in leaves.items() for i in search._items(fact, step, where) if i.tries]
    # Lists and what is in them are left out: there are too many to try, so that nothing follows where none was found.
    single = {item.path for item in items if isinstance(item.step.node, n.Fact)}
    items = [item for item in items if set(search._cone(item.step.index)) & set(places) or item.step.index in places]
    traces: list[list[Any]] = [search.trace]

    def completed(number: int) -> list[Any]:
        while len(traces) <= number:
            chance = random.Random(len(traces))  # the same answer every time
            chosen: dict[int, Any] = {}
            for item in items:
                place = item.step.index
                value = _completing(item, len(traces) - 1, chance)
                chosen[place] = item.put(chosen.get(place, search.trace[place]), value)
            affected = sorted(set().union(*(search._cone(i) for i in chosen))) if chosen else []
            traces.append(search.bound.rerun(search.trace, chosen, tuple(affected)))
        return traces[number]

    for path in sorted({item.path for item in items} & single & paths):
        mine = [item for item in items if item.path == path]
        asked = False
        for number in range(tries):
            trace = completed(number)
            matters, open_without = _tried(search, trace, mine, places)
            asked = asked or open_without
            if matters:
                yield path, True
                break
        else:
            if asked:
                yield path, False


def _tried(search: Any, trace: list[Any], items: list[Any], places: list[int]) -> tuple[bool, bool]:
    """Whether values of a fact lead to two results here; and whether it alone leaves the result open."""
    asked = False
    for item in items:
        place = item.step.index
        cone = search._cone(place)
        without = search.bound.rerun(trace, {place: search.trace[place]}, cone)
        is_open = any(is_unknown(without[i]) for i in places)
        results = []
        for value in item.tries:
            now = search.bound.rerun(trace, {place: item.put(trace[place], value)}, cone)
            outcome = tuple(now[i] for i in places)
            results.append(outcome)
            if outcome != results[0]:
                return True, True
        asked = asked or (is_open and not any(is_unknown(x) for outcome in results for x in outcome))
    return False, asked
