"""What every answer about one child shares: words, a table, and what a notebook shows. Called by ``what_if``, ``marginal`` and
``timeline``; it works nothing out.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from kinderguard.analysis.between import money_table
from kinderguard.model.errors import MissingExtraError
from kinderguard.model.text import Language, Text
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
