"""Two rows and how much speaks for their being of one child: the band, the weight, and the reasons, without values.

Made by ``link``; read by the survey, and by the person who decides.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self

import attrs

from kinderguard.model.errors import ToldError
from kinderguard.model.text import Text
from kinderguard.survey.keys import RowKey


class Band(StrEnum):
    """What is thought of two rows: one child, ask somebody, or two children."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


class LinkDecisionError(ToldError, ValueError):
    """Decisions about rows that cannot all be followed; ``text`` names the rows and what to do, in both languages."""


def in_order(left: RowKey, right: RowKey) -> tuple[RowKey, RowKey]:
    """Two rows, the smaller first."""
    return (left, right) if left <= right else (right, left)


@attrs.frozen(order=True)
class PairDecision:
    """What a person, or a rule that a person stated, says of two rows. The order of the two does not matter.

    >>> a, b = RowKey("education", "1", 4), RowKey("civil_affairs", "1", 9)
    >>> PairDecision(a, b, "same") == PairDecision(b, a, Band.SAME)
    True
    """

    left: RowKey
    right: RowKey
    verdict: Band = attrs.field(converter=Band)

    def __init__(self, left: RowKey, right: RowKey, verdict: Band | str) -> None:
        one, other = in_order(left, right)
        try:
            said = Band(verdict)
        except ValueError:
            said = Band.ASK
        if said is Band.ASK or one == other:
            raise LinkDecisionError(
                Text(
                    "决定须涉及两个不同的行，并写 'same'（同一儿童）或 'different'（不同儿童）",
                    "A decision is about two rows and says 'same' (one child) or 'different' (two children).",
                )
            )
        self.__attrs_init__(one, other, said)  # type: ignore[attr-defined]  # made by attrs, unseen by the checker

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {"left": attrs.asdict(self.left), "right": attrs.asdict(self.right), "verdict": self.verdict.value}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """From what ``to_data`` gave.

        Raises:
            LinkDecisionError: it says neither same nor different, or names one row twice.
        """
        return cls(RowKey(**data["left"]), RowKey(**data["right"]), data["verdict"])


@attrs.frozen
class Compared:
    """One comparison of a pair: what was compared, how far it agreed, and what that weighs in bits, against strangers and
    against brothers and sisters (None where siblings are not reckoned with).
    """

    comparison: str
    degree: str
    weight: float
    weight_among_siblings: float | None
    text: Text

    @property
    def weighed(self) -> Text:
        """The text with its weights."""
        one, other = self.weight, self.weight_among_siblings
        zh, en = (
            (f"{one:+.1f}",) * 2
            if other is None
            else (f"{one:+.1f}，兄弟姐妹间 {other:+.1f}", f"{one:+.1f}; {other:+.1f} among siblings")
        )
        return Text(f"{self.text.zh}（{zh}）", f"{self.text.en} ({en})")

    def __str__(self) -> str:
        return self.weighed.en


@attrs.frozen
class Pair:
    """Two rows, by key, the smaller first. ``weight`` is in bits: 3 is 8 to 1 for being one child.

    It is what is left against strangers and against brothers and sisters together, with what is thought beforehand (how
    rarely two of so many rows are of one child; more rarely still in one list), so it is less than the reasons' sum.

    ``notes`` say what kept a pair from its band by weight alone. ``apart``: no chain of other rows joins these two.
    """

    left: RowKey
    right: RowKey
    band: Band
    weight: float
    reasons: tuple[Compared, ...] = attrs.field(repr=False)
    notes: tuple[Text, ...] = attrs.field(default=(), repr=False)
    apart: bool = attrs.field(default=False, repr=False)

    @property
    def key(self) -> tuple[RowKey, RowKey]:
        """The two rows."""
        return self.left, self.right

    def decide(self, verdict: Band | str) -> PairDecision:
        """The decision that these two rows are ``same`` or ``different``."""
        return PairDecision(self.left, self.right, verdict)

    def explain(self) -> Text:
        """Band, weight and reasons, strongest first, line by line."""
        band = {
            Band.SAME: Text("同一儿童", "one child"),
            Band.ASK: Text("请人工判断", "for somebody to decide"),
            Band.DIFFERENT: Text("不同儿童", "two children"),
        }[self.band]
        head = Text(
            f"{self.left} 与 {self.right}：{band.zh}（权重 {self.weight:+.1f}）",
            f"{self.left} and {self.right}: {band.en} (weight {self.weight:+.1f})",
        )
        lines = [head, *self.notes]
        for reason in sorted(self.reasons, key=lambda r: -abs(r.weight)):
            lines.append(Text(f"  {reason.weighed.zh}", f"  {reason.weighed.en}"))
        return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))
