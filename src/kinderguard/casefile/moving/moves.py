"""States and the moves allowed between them, as data, and the error of a move that is not allowed.

Used by transfers and closings. It knows neither the store nor what a move means.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

import attrs

from kinderguard.casefile.errors import EntryRefusedError
from kinderguard.model.codes import Code
from kinderguard.model.text import Text, join

S = TypeVar("S", bound=Code)
M = TypeVar("M", bound=Code)


class MoveRefusedError(EntryRefusedError):
    """A move that is not allowed in the state that the file is in. Nothing was written."""


@attrs.frozen
class Moves(Generic[S, M]):
    """Which move is allowed in which state, and the state it leads to.

    Attributes:
        what: what has these states, for messages: ``Text("转移", "transfer")``.
        table: by state, by allowed move, the state that follows.
    """

    what: Text
    table: Mapping[S, Mapping[M, S]]

    def after(self, state: S, move: M, ref: str) -> S:
        """The state after a move.

        Raises:
            MoveRefusedError: the move is not allowed in this state; the message names those that are.
        """
        allowed = self.table[state]
        if move not in allowed:
            raise MoveRefusedError(self._refusal(state, move, ref))
        return allowed[move]

    def _refusal(self, state: S, move: M, ref: str) -> Text:
        named = join([m.label for m in self.table[state]])
        mend = (
            Text(f"此时可以：{named.zh}。", f"What can be done now: {named.en}.")
            if named
            else Text("此状态下不能再作变动。", "Nothing more can be done in this state.")
        )
        return Text(
            f"档案 {ref} 的{self.what.zh}状态为“{state.zh}”，不能“{move.zh}”；未写入任何内容。{mend.zh}",
            f"The {self.what.en} of file {ref} is '{state.en}', so '{move.en}' is not possible; nothing was written. {mend.en}",
        )


def stated(reason: str | None, what: Text) -> str:
    """A reason in words, without blanks around it.

    Raises:
        MoveRefusedError: there is none. What was given is not repeated.
    """
    if not isinstance(reason, str) or not reason.strip():
        raise MoveRefusedError(
            Text(
                f"{what.zh}须写明理由（reason）；未写入任何内容。",
                f"For {what.en} a reason is needed; nothing was written.",
            )
        )
    return reason.strip()
