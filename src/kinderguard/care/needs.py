"""Needs 需求: what a child needs on a day, from categories and facts, each with its reason and its urgency.

Callers give a case (or an assessment) and a policy book. The rules are values of the rule language and are evaluated by
the reference engine, beside the book's own rules and without changing the book. What is not known makes a need *to be
clarified*, with the facts that would decide it; it is never taken as "no". Nothing here gives or refuses anything.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from kinderguard.care.national_needs import NATIONAL_NEEDS
from kinderguard.casefile.care.needs import Need, NeedStatus
from kinderguard.engines.assessment import Assessment, Basis
from kinderguard.engines.explanation import Explanation
from kinderguard.engines.missing import Search
from kinderguard.model.case import Case
from kinderguard.model.dates import as_day
from kinderguard.model.errors import Problem, ToldError, suggestion
from kinderguard.model.places import check_division
from kinderguard.model.text import Text
from kinderguard.packs.book import NoDayError, PolicyBook
from kinderguard.packs.fact_providers import needed_providers, said_of
from kinderguard.packs.loader import PackState
from kinderguard.packs.need_rules import NeedRule
from kinderguard.packs.overlay import Overlay
from kinderguard.packs.place_problems import problems_of_case, problems_of_place
from kinderguard.rules.definitions import FactProvider
from kinderguard.rules.ruleset import RuleSet
from kinderguard.rules.titles import fact_title


class UnknownNeedError(ToldError, KeyError):
    """A need that no rule of the place defines; the nearest code is offered."""

    def __init__(self, code: str, known: Iterable[str]) -> None:
        self.code, self.known = code, tuple(known)
        near = suggestion(code, self.known) or Text(
            "请用 need_rules(book, division) 查看。", " See what there is with need_rules(book, division)."
        )
        super().__init__(Text(f"这里没有需求 {code!r}。", f"There is no need {code!r} here.") + near)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.known)


# ---- finding them -----------------------------------------------------------------------------------------------


def needs(
    book: PolicyBook,
    of: Case | Assessment,
    *,
    on: dt.date | None = None,
    division: str | None = None,
    rules: Iterable[NeedRule] = (),
) -> tuple[Need, ...]:
    """What one child needs on a day: what is present, then what is to be clarified, the most urgent first in each.

    Args:
        book: whose categories the rules stand on, with the need rules of the packs of the place.
        of: what is known of the child; an assessment gives its case, its day and its place.
        on: the day; the assessment's, else the book's own, if left out.
        division: whose rules; as for ``book.assess`` if left out.
        rules: further rules of needs, given as values.

    What was wrong on the way, such as a child of another place than the one that the book is pinned to, stands in
    ``assess_needs(…).problems``.

    Raises:
        NoDayError: no day was given.
        DefinitionError: a rule names something that the book does not have.
        PackError: the book is strict, and a pack of the place is broken.

    >>> import kinderguard, datetime
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2015-03-05", "household.aid": ["dibao"]})
    >>> found = needs(kinderguard.load(), case, on=datetime.date(2025, 9, 1))
    >>> [(each.code, each.urgency.value) for each in found if not each.to_clarify][0]
    ('cn.need.living', 'soon')
    """
    return assess_needs(book, of, on=on, division=division, rules=rules).needs


def assess_needs(
    book: PolicyBook,
    of: Case | Assessment,
    *,
    on: dt.date | None = None,
    division: str | None = None,
    rules: Iterable[NeedRule] = (),
) -> "NeedsAssessment":
    """As ``needs``, with the explanation of each need and what went wrong on the way: arguments and errors are the same."""
    on = None if on is None else as_day(on, "on")
    case, day, place = of, on or book.day, division or book.division
    if isinstance(of, Assessment):
        case, day, place = of.case, on or of.on, division or of.division
    assert isinstance(case, Case)
    if day is None:
        raise NoDayError(
            Text(
                "查找需求须指明日期：needs(book, case, on=date(2025, 9, 1))，或先用 book.on(day)。",
                "Needs are found for a day: needs(book, case, on=date(2025, 9, 1)), or book.on(day) first.",
            )
        )
    place = check_division(place) if place else case.division
    ready = _ready(book, place, day, tuple(rules))
    said, problems = said_of(case, ready.providers, ready.basis.titles)
    problems += problems_of_case(book, case, place)
    return NeedsAssessment(Assessment(case, ready.basis, said, problems), ready.rules)


class NeedsAssessment:
    """The needs of one child on a day, and why. Made by ``assess_needs``.

    Attributes:
        rules: every rule that was asked, by code.
    """

    def __init__(self, result: Assessment, rules: Mapping[str, NeedRule]) -> None:
        self._result = result
        self.rules = rules

    @property
    def needs(self) -> tuple[Need, ...]:
        """What is present, then what is to be clarified; the most urgent first in each."""
        return self.present + self.to_clarify

    @cached_property
    def present(self) -> tuple[Need, ...]:
        """What the child needs as far as is known, the most urgent first; found without asking what would decide the rest."""
        return self._found(True)

    @cached_property
    def to_clarify(self) -> tuple[Need, ...]:
        """What cannot be decided yet, the most urgent first, each with the facts that would decide it."""
        return self._found(None)

    @property
    def undecided(self) -> tuple[NeedRule, ...]:
        """The rules of what cannot be decided yet, the most urgent first; found without asking what would decide it."""
        rules = (rule for rule in self.rules.values() if self._result.categories[rule.code] is None)
        return tuple(sorted(rules, key=lambda rule: rule.urgency.rank))

    def _found(self, wanted: bool | None) -> tuple[Need, ...]:
        case, categories = self._result.case, self._result.categories
        found = []
        for rule in self.rules.values():
            holds = categories[rule.code]
            if holds is not wanted:
                continue
            facts = () if holds else self._open[rule.code]
            need = Need(
                ref=case.ref,
                code=rule.code,
                domain=rule.domain,
                title=rule.title,
                urgency=rule.urgency,
                status=NeedStatus.PRESENT if holds else NeedStatus.TO_CLARIFY,
                reason=rule.reason,
                facts=facts,
                fact_titles=tuple(fact_title(path, self._result.basis.titles) for path in facts),
                sources=tuple(cite.text for cite in rule.cites),
                ours=rule.ours,
                on=self._result.on,
                division=case.child.residence.division or case.division,
                services=rule.services,
                qualifications=rule.qualifications,
            )
            found.append(need)
        return tuple(sorted(found, key=lambda need: need.urgency.rank))

    @cached_property
    def _open(self) -> dict[str, tuple[str, ...]]:
        """By need that is not decided, what would decide it: facts, the most decisive first, and absent parameters."""
        result = self._result
        undecided = [code for code in self.rules if result.categories[code] is None]
        if not undecided:
            return {}
        together = self._search(undecided)
        found: dict[str, list[str]] = {code: [] for code in undecided}
        for missing in together.facts():
            for code in missing.changes:
                found[code].append(missing.path)
        # Where no witness was found among the tries, what the result rests on as it was computed is named instead.
        for code in (code for code in undecided if not found[code]):
            alone = self._search([code])
            found[code] = [*alone.open_facts, *alone.parameters]
        return {code: tuple(dict.fromkeys(paths)) for code, paths in found.items()}

    def _search(self, codes: Iterable[str]) -> Search:
        search = Search(self._result.basis.bound, self._result.trace, self._result.basis.dependents)
        search.places = {code: search.places[code] for code in codes}
        return search

    def explain(self, code: str) -> Explanation:
        """Why a child has a need, has it not, or why that is open: down to facts, categories and law.

        An explanation tells what is known of the child. It is for whoever keeps the file, not for whoever helps.

        Raises:
            UnknownNeedError: no such need here; with the nearest code.
        """
        if code not in self.rules:
            raise UnknownNeedError(code, self.rules)
        return self._result.explain(code)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with packs, providers, rules, parameters or the place."""
        return self._result.problems

    @property
    def complete(self) -> bool:
        """Whether every rule that applies could be used, as of an assessment."""
        return self._result.complete

    def __repr__(self) -> str:
        held = [self._result.categories[code] for code in self.rules]
        return f"<Needs on {self._result.on}: {held.count(True)} present, {held.count(None)} to be clarified>"


# ---- the rules, ready for a place and a day -------------------------------------------------------------------


def need_rules(book: PolicyBook, division: str | None = None) -> tuple[NeedRule, ...]:
    """The rules of needs for a place: the nation's, and those of the packs that speak for it.

    A book that was read from JSON has those of its packs as they were written, and those of the nation as they are here.

    Args:
        book: with the packs.
        division: the place; the book's own, else the nation, if left out.
    """
    place = check_division(division) if division else book.division
    book.overlay(place)  # a pack that does not fit is found here, and kept out
    chain = book.registry.chain(place)
    return (*NATIONAL_NEEDS, *(rule for source in chain if source.state is PackState.LOADED for rule in source.needs))


@attrs.frozen(eq=False)
class _Ready:
    """The rules of needs bound to a place and a day: what is left is the child."""

    rules: Mapping[str, NeedRule]
    basis: Basis
    providers: tuple[FactProvider, ...]


@attrs.define(eq=False)
class _OfBook:
    """What was made for one book, kept as long as the book: overlays with needs, and places and days bound."""

    overlays: dict[tuple[int, tuple[NeedRule, ...]], tuple[Overlay, Overlay]] = attrs.field(factory=dict)
    ready: dict[tuple[str | None, dt.date, tuple[NeedRule, ...]], _Ready] = attrs.field(factory=dict)


_made: "WeakKeyDictionary[PolicyBook, _OfBook]" = WeakKeyDictionary()


def _ready(book: PolicyBook, place: str | None, day: dt.date, more: tuple[NeedRule, ...]) -> _Ready:
    kept = _made.setdefault(book, _OfBook())
    found = kept.ready.get((place, day, more))
    if found is None:
        found = kept.ready[place, day, more] = _bound(kept, book, place, day, more)
    return found


def _bound(kept: _OfBook, book: PolicyBook, place: str | None, day: dt.date, more: tuple[NeedRule, ...]) -> _Ready:
    rules = (*need_rules(book, place), *more)
    overlay = _overlay(kept, book, place, rules)
    basis = overlay.basis(place, day, book.overlay(place).rules.fingerprint, problems_of_place(book, place))
    return _Ready(
        {rule.code: rule for rule in rules},
        basis,
        needed_providers(overlay.rules, overlay.in_force(day).facts_read),
    )


def overlay_with_needs(book: PolicyBook, place: str | None) -> Overlay:
    """The rules of a place with its needs beside them as categories, for whoever asks of many children at once."""
    return _overlay(_made.setdefault(book, _OfBook()), book, place, need_rules(book, place))


def _overlay(kept: _OfBook, book: PolicyBook, place: str | None, rules: tuple[NeedRule, ...]) -> Overlay:
    base = book.overlay(place)
    # The base stands in the value too, so that its id is not given to another while it is a key.
    key = (id(base), rules)
    if key not in kept.overlays:
        kept.overlays[key] = (base, _with_needs(base, rules))
    return kept.overlays[key][1]


def _with_needs(base: Overlay, rules: tuple[NeedRule, ...]) -> Overlay:
    """The categories of a place with the needs beside them. Policies are left out: no need rests on one."""
    known = base.rules
    both = RuleSet(
        [*known.categories.values(), *(rule.as_category() for rule in rules)],
        (),
        [check for check in known.checks.values() if check.on in known.categories],
        known.facts.values(),
        known.providers.values(),
        known.parameters,
        known.places,
    )
    return Overlay(both, base.packs, base.problems, (), base.parameters)


__all__ = ["NeedsAssessment", "UnknownNeedError", "assess_needs", "need_rules", "needs", "overlay_with_needs"]
