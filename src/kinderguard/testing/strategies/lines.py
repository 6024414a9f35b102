"""Children near the lines of a rule: exactly on each comparison's line, a unit off it, and a little further."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from kinderguard.engines.assessment import UnknownCodeError
from kinderguard.model.case import Case
from kinderguard.model.errors import InvalidRecordError
from kinderguard.model.people import Child
from kinderguard.packs.book import PolicyBook, load
from kinderguard.rules.boundaries import Rule, boundaries
from kinderguard.rules.kinds import Sort
from kinderguard.testing.solving import Facts, Knob, Line, Solver, split_at_lists
from kinderguard.testing.strategies.parts import cases

#: The day where neither the call nor the book says one.
DAY = dt.date(2025, 9, 1)


def near(
    rule: Rule | str, *, division: str | None = None, on: dt.date | None = None, book: PolicyBook | None = None
) -> st.SearchStrategy[Case]:
    """Cases near the lines of a rule: for one of its comparisons the facts lie on the line or just beside it.

    Ages by birth dates at the birthday (29 February too, where one is near), amounts a fen off the standard of the place,
    times, sums and counts alike. All else is drawn, or unknown.

    Args:
        rule: a category, policy or check, or its code.
        division: whose standards; the book's own place, or where the rule is from, if left out. The cases belong there.
        on: the day that is meant; the book's own, or 1 September 2025, if left out. Assess on the same day.
        book: the rules; those of all installed packs, if left out.

    Raises:
        UnknownCodeError: no such rule there.

    >>> from datetime import date
    >>> from hypothesis import given, settings
    >>> import kinderguard
    >>> from kinderguard.testing import strategies
    >>> book, day = kinderguard.load(), date(2025, 9, 1)
    >>> @settings(max_examples=20, database=None)
    ... @given(strategies.near("330199.winter_heating", book=book, on=day))
    ... def test_nobody_of_16_is_paid(case):
    ...     born = case.child.birth_date
    ...     if born is not None and born.latest <= date(2009, 9, 1):
    ...         assert book.assess(case, on=day).policies["330199.winter_heating"].eligible is False
    >>> test_nobody_of_16_is_paid()
    """
    book = load() if book is None else book
    code = rule if isinstance(rule, str) else rule.code
    place = division or book.division or (code.split(".")[0] if code[:1].isdigit() else None)
    day = on or book.day or DAY
    if isinstance(rule, str):
        rules = book.overlay(place).rules
        known: Mapping[str, Rule] = {**rules.categories, **rules.policies, **rules.checks}
        if rule not in known:
            raise UnknownCodeError(rule, known)
        rule = known[rule]
    found = (Solver(b, book, day, place).line({}) for b in boundaries(rule) if b.asks_the_child)
    around = [st.sampled_from(_around(line, day)) for line in found if line is not None]
    beside: st.SearchStrategy[Facts] = st.one_of(around) if around else st.just({})
    placed: Facts = {"division_code": place} if place else {}
    return st.builds(lambda case, facts: _with(case, {**facts, **placed}), cases() | st.just(Case()), beside)


def children_near(
    rule: Rule | str, *, division: str | None = None, on: dt.date | None = None, book: PolicyBook | None = None
) -> st.SearchStrategy[Child]:
    """The children of ``near``: for rules that ask of the child alone."""
    return near(rule, division=division, on=on, book=book).map(lambda case: case.child)


def _around(line: Line, day: dt.date) -> list[Facts]:
    """The facts on either side of a line, and those a little further off; each only where they make a case."""
    # The line itself twice, so that it comes up as often as all that is further off.
    found = [facts for facts in (line.holds, line.fails, line.beyond) if facts is not None] * 2
    if line.knob is not None:
        turns = {turn + off for turn in line.turns for off in (-2, -1, 1, 2)} - set(line.turns)
        leap = line.knob.kind.sort is Sort.DATE and line.knob.path.endswith("birth_date")
        turns |= {t for turn in line.turns for t in _leap_days(turn)} if leap else set()
        found += [line.knob.set(line.holds, turn) for turn in sorted(turns) if _fits(line.knob, turn, day)]
    return [facts for facts in found if _is_case(facts)]


def _leap_days(turn: int) -> list[int]:
    """29 February where it is within a year of a birth date."""
    year = dt.date.fromordinal(turn).year
    leap = [y for y in (year - 1, year, year + 1) if y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)]
    return [dt.date(y, 2, 29).toordinal() for y in leap]


def _fits(knob: Knob, turn: int, day: dt.date) -> bool:
    low, high = knob.bounds(day)
    return low <= turn <= high


def _is_case(facts: Facts) -> bool:
    try:
        Case.from_facts(facts)
    except InvalidRecordError:
        return False
    return True


def _with(case: Case, facts: Facts) -> Case:
    """A case with some facts as given; the list of a record that is given holds that record first."""
    data = case.model_dump()
    for path, value in facts.items():
        at: Any = data
        *parents, last = ["extra", *path.split(".", 1)] if path[:1].isdigit() else path.split(".")
        for name in parents:
            at = at.setdefault(name, {})
        is_one = isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping)
        drawn = (at.get(last) or [])[:1] if is_one and len(split_at_lists(path)) == 1 else []
        at[last] = [*value, *drawn] if drawn else value
        if last == "birth_date":
            at["resident_id"] = None  # it would say another day
    try:
        return Case.model_validate(data)
    except InvalidRecordError:  # drawn facts that contradict the given ones
        assume(False)
        raise
