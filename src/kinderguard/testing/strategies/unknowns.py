"""Cases with some facts taken away: what nobody asked, or nobody knows."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st

from kinderguard.model.case import Case

#: Where a fact stands: names of parts, and places in lists.
_Place: TypeAlias = tuple[str | int, ...]


def unknown_facts(case: Case, *, at_least: int = 0) -> st.SearchStrategy[Case]:
    """The case with some of its facts made unknown: none of them, some, or all.

    Args:
        case: what is known.
        at_least: so many facts are taken away (all, where it has fewer).

    >>> from hypothesis import given
    >>> from kinderguard import Case
    >>> from kinderguard.testing import strategies
    >>> known = Case.from_facts({"child.birth_date": "2014-05-09", "household.size": 3})
    >>> @given(strategies.unknown_facts(known))
    ... def test_nothing_else_is_known_then(case):
    ...     assert case.child.birth_date in (None, known.child.birth_date)
    >>> test_nothing_else_is_known_then()
    """
    places = sorted(_known(case.model_dump(), ()), key=str)
    if not places:
        return st.just(case)
    least = min(at_least, len(places))
    return st.sets(st.sampled_from(places), min_size=least, max_size=len(places)).map(lambda gone: _without(case, gone))


def _known(value: Any, place: _Place) -> Iterator[_Place]:
    """The facts that are known: single values, and lists as a whole and by what their records say."""
    own = place[:1] == ("extra",)  # a pack's own fact is one value, whatever is in it
    if isinstance(value, Mapping) and not (own and len(place) == 3):
        for name, inner in value.items():
            yield from _known(inner, (*place, name))
    elif value is not None and place:
        yield place
        if isinstance(value, list | tuple) and not own:
            for k, inner in enumerate(value):
                if isinstance(inner, Mapping):
                    yield from _known(inner, (*place, k))


def _without(case: Case, gone: set[_Place]) -> Case:
    data = case.model_dump()
    # Lists last: what stands in one can only be taken away while it is there.
    for place in sorted(gone, key=len, reverse=True):
        at: Any = data
        for name in place[:-1]:
            at = at[name]
        at[place[-1]] = None
        if place[-1] in ("birth_date", "sex") and "resident_id" in at:
            at["resident_id"] = None  # it says both
    return Case.model_validate(data)
