"""Children of another place than the one that a book is pinned to: how many there are among those that are counted.

They are assessed by the book's rules all the same, as in frames, which note ``case.division_elsewhere`` of each of them.
Called by ``compare`` and ``coverage``, part by part. Shows no child.
"""

from collections.abc import Mapping

import attrs
import polars as pl

from kinderguard.analysis.people import so_many
from kinderguard.model.places import place_and_code
from kinderguard.model.text import Text
from kinderguard.packs.frames.job import FrameJob
from kinderguard.packs.pinned import ELSEWHERE


@attrs.frozen
class Elsewhere:
    """Children of whom another division is in charge than the one that the book is pinned to.

    Args:
        place: the book's place, whose rules were used of all children.
        title: its name with the code.
        children: how many children are of elsewhere.
    """

    place: str
    title: Text
    children: int

    @property
    def said(self) -> Text:
        """In words."""
        return Text(
            f"{self.children:,} 名儿童由别的地区负责，而这里一律用{self.title.zh}的规则（{ELSEWHERE}）；"
            "要按各自地区，请改用未指定地区的规则集",
            f"another division is in charge of {so_many(self.children)}, and the rules of {self.title.en} were used of all "
            f"({ELSEWHERE}); for those of each child's own place, use a book that is not for one division",
        )


class ElsewhereCount:
    """Counts them while parts come in.

    Args:
        place: the place whose rules are used of all children; None where each has its own.
    """

    def __init__(self, place: str | None) -> None:
        self._place = place
        self._children = 0

    def add(self, job: FrameJob, rows: pl.DataFrame) -> None:
        """Count some children, as the job of the book notes them."""
        self._children += sum(int(mark.sum()) for mark in job.elsewhere(rows).values())

    def found(self, titles: Mapping[str, Text]) -> Elsewhere | None:
        """How many there are; None where there are none.

        Args:
            titles: the names of places, by code.
        """
        if self._place is None or not self._children:
            return None
        return Elsewhere(self._place, place_and_code(self._place, titles), self._children)


__all__ = ["Elsewhere", "ElsewhereCount"]
