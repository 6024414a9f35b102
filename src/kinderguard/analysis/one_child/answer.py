"""What every answer about one child shares: words, a table, and what a notebook shows. Called by ``what_if``, ``marginal`` and
``timeline``; it works nothing out.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.analysis.between import money_table
from kinderguard.engines.assessment import Assessment
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Language, Text, join
from kinderguard.model.view import View, display_language

if TYPE_CHECKING:
    import polars as pl


class Answer(ABC):
    """An answer about one child. ``print(it)`` says it in words; a notebook shows it."""

    __slots__ = ()

    @property
    @abstractmethod
    def _said(self) -> Text:
        """The answer in words, in both languages."""

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """The answer as rows for a table: plain values, money as text in yuan."""

    @property
    @abstractmethod
    def _money(self) -> "Collection[str]":
        """The columns of ``rows`` that are money."""

    @abstractmethod
    def view(self, lang: Language | None = None) -> View:
        """What a notebook shows; ``lang`` is that of ``display_language``, if left out."""

    def summary(self, lang: Language | None = None) -> str:
        """The answer in words; ``lang`` is that of ``display_language``, if left out."""
        return self._said.in_(lang or display_language())

    def to_polars(self) -> "pl.DataFrame":
        """``rows`` as a table: money is exact, decimals of two places (yuan).

        Raises:
            MissingExtraError: the extra ``[frames]`` is not installed.
        """
        try:
            return money_table(self.rows(), self._money)
        except ModuleNotFoundError:
            raise MissingExtraError("frames", "polars") from None

    def _repr_html_(self) -> str:
        return self.view().html

    def __str__(self) -> str:
        return self.summary()


@attrs.frozen
class Uncounted:
    """A policy of money that is paid otherwise than what an answer adds up, and so is not in its amounts.

    Attributes:
        code, title: of the policy.
        every: how often it is paid.
    """

    code: str
    title: Text
    every: Frequency

    @property
    def text(self) -> Text:
        """Its title, and how often it is paid."""
        return self.title + Text(f"（{self.every.zh}）", f" ({self.every.en})")


def uncounted(results: Iterable[Assessment], every: Frequency, *, only_changing: bool) -> Iterator[Uncounted]:
    """The policies that are paid otherwise than ``every`` and change from one result to another.

    Args:
        results: of one child.
        every: what is counted.
        only_changing: not those that surely give something, and always the same.
    """
    found: dict[str, Uncounted] = {}
    amounts: dict[str, set[tuple[Any, Any]]] = {}
    for number, result in enumerate(results):
        due = {p.code: p for p in result.due.cash if p.every is not None and p.every is not every}
        for code in amounts.keys() - due.keys():
            amounts[code].add(_NOTHING)
        for code, p in due.items():
            found.setdefault(code, Uncounted(code, p.title, p.every or every))
            amounts.setdefault(code, {_NOTHING} if number else set()).add((p.low or 0, p.high))
    for code, each in found.items():
        given = amounts[code]
        if len(given) > 1 or (not only_changing and any(low > 0 for low, _ in given)):
            yield each


_NOTHING = (0, 0)


def not_counted(policies: Sequence[Uncounted], every: Frequency) -> list[Text]:
    """What an answer says of policies that it does not count; nothing where there is none.

    Args:
        policies: those policies.
        every: what it counts.
    """
    if not policies:
        return []
    names = join([each.text for each in policies], "、", ", ")
    return [Text(f"只计{every.zh}发放的，未计入：{names.zh}", f"Only help paid {every.en} is counted, not: {names.en}")]
