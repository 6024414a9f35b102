"""Children who are not born yet on the day, among those that are counted: before birth nobody is paid, and nothing is asked.

They are set apart before any book is asked, in no count of who gains, is missed or is undetermined; how many they are is told
beside the counts. Called by ``compare``, ``coverage`` and ``needs``, part by part. Shows no child.
"""

import datetime as dt

import attrs

from kinderguard.analysis.people import Piece
from kinderguard.engines.frame.unborn import unborn_rows
from kinderguard.model.text import Text


@attrs.define
class UnbornCount:
    """Counts them while parts come in.

    Args:
        day: the day.
        children: how many there were so far.
    """

    day: dt.date
    children: int = 0

    def apart(self, piece: Piece) -> Piece:
        """The children of a part who are born, or may be; the others are counted."""
        unborn = unborn_rows(piece.rows, self.day)
        if unborn is None:
            return piece
        self.children += int(unborn.sum())
        return attrs.evolve(
            piece,
            rows=piece.rows.filter(~unborn),
            numbers=piece.numbers.filter(~unborn),
            places=piece.places.filter(~unborn),
            shared=piece.shared.filter(~unborn),
        )


def unborn_said(children: int) -> list[Text]:
    """How many are not born yet on the day, in words; nothing where there are none."""
    if not children:
        return []
    more = "1 more child is" if children == 1 else f"{children:,} more children are"
    return [
        Text(
            f"另有 {children:,} 名儿童当日尚未出生，不作评估，也不计在内",
            f"{more} not born yet on the day, and neither assessed nor counted here",
        )
    ]


__all__ = ["UnbornCount", "unborn_said"]
