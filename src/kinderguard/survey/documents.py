"""The JSON that decisions on a survey are kept as, for its published schema: ``kinderguard.decisions/1``.

Read by ``kinderguard.formats`` alone. ``decisions`` writes and reads it; tests hold the two together.
"""

from typing import Literal

from pydantic import Field

from kinderguard.engines.assessment_line import ContractLine, Day
from kinderguard.survey.decisions import FORMAT, DecisionKind


class DecidedRowEntry(ContractLine):
    """A row that a decision is about; no name, number or value of it."""

    source: str
    sheet: str
    row: int = Field(ge=1)
    edition: str
    mark: str | None = Field(default=None, description="left out: decided without a key")
    said: str | None = Field(default=None, description="left out: decided without a key, or about no fact")


class WithdrawalEntry(ContractLine):
    """That a decision was taken back or changed."""

    by: str | None = Field(default=None, description="a user's code, never a name")
    on: Day | None = None


class DecisionEntry(ContractLine):
    """One decision. Of a value, the first row is the one that counts."""

    kind: DecisionKind
    path: str | None = Field(default=None, description="of a value alone")
    by: str | None = Field(default=None, description="a user's code, never a name")
    on: Day | None = None
    withdrawn: WithdrawalEntry | None = Field(default=None, description="left out: it was not taken back or changed")
    rows: list[DecidedRowEntry] = Field(min_length=1)


class DecisionsDocument(ContractLine):
    """``kinderguard.decisions/1``: what persons decided about rows of lists, for next time."""

    format: Literal["kinderguard.decisions/1"]
    decisions: list[DecisionEntry]


assert FORMAT == "kinderguard.decisions/1"  # a new format gets a document of its own
