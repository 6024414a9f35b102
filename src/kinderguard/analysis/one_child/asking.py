"""One child with other facts, assessed without telling any observer. Called by ``what_if``, ``marginal`` and ``timeline``."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from kinderguard.casefile.facts import facts_of
from kinderguard.engines.assessment import Assessment
from kinderguard.model.case import Case
from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.facts import field_kind
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.titles import fact_title, record_of


class NotANumberError(ToldError, ValueError):
    """A fact that is no number, so that nothing can be drawn over it."""

    @classmethod
    def of(cls, path: str) -> "NotANumberError":
        """The error for one fact."""
        return cls(
            Text(
                f"{path} 不是金额或数字，不能作为横轴；请改用如 household.monthly_income_per_head 的事实。",
                f"{path} is neither money nor a number, so nothing can be drawn over it; take a fact such as "
                "household.monthly_income_per_head.",
            )
        )


def with_facts(case: Case, facts: Mapping[str, Any]) -> Case:
    """The case with other facts by path; None makes a fact unknown.

    Raises:
        InvalidRecordError: a path that does not exist, a value that does not fit, or facts that contradict each other.
    """
    Case.from_facts(facts)  # names what is misspelt, also where a fact is made unknown
    gone = tuple(f"{path}." for path in facts)
    known = {path: value for path, value in facts_of(case).items() if not path.startswith(gone)} | dict(facts)
    return Case.from_facts({"ref": case.ref, **{path: value for path, value in known.items() if value is not None}})


@attrs.frozen
class Asker:
    """A place on a day: what a case comes to there."""

    book: PolicyBook
    day: dt.date
    place: str | None

    @classmethod
    def of(cls, book: PolicyBook, case: Case, on: dt.date | None, division: str | None) -> "Asker":
        """The place of a case: as stated, else the book's own, else the case's.

        Raises:
            NoDayError: neither the caller nor the book names a day.
        """
        return cls(book, book.day_of(on), division or book.division or case.division)

    def __call__(self, case: Case) -> Assessment:
        """What a case comes to; observers of packs are not told."""
        ready = self.book.ready(self.place, self.day)
        provided, problems = ready.provide(case)
        return Assessment(case, ready.basis, provided, problems)


def number_kind(book: PolicyBook, path: str, place: str | None) -> Kind:
    """The kind of a fact that is money or a number.

    Raises:
        NotANumberError: it is neither.
    """
    if path[:1].isdigit():
        declared = book.overlay(place).rules.facts.get(path)
        kind = declared.kind if declared is not None else None
    else:
        *before, name = path.split(".")
        model = record_of(".".join(before)) if before else Case
        kind = field_kind(model, name) if name in model.model_fields else None
    if kind is None or kind.sort not in (Sort.MONEY, Sort.NUMBER):
        raise NotANumberError.of(path)
    return kind


def title_of_fact(assessment: Assessment, path: str) -> Text:
    """What a fact is called, packs' own facts included."""
    return fact_title(path, assessment.basis.titles)


def shown(amount: Decimal | None) -> str | None:
    """An amount for JSON and for tables: text, exact."""
    return None if amount is None else f"{amount:.2f}"
