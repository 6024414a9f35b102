"""One assessment as one JSON object: the same for every team that reads it, and what a case file keeps.

``AssessmentLine`` is its contract; with what cannot be used of a ledger it makes the line contract (``report.lines``).
No name, ID number, telephone number or address is in it.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from kinderguard.engines.assessment import Assessment, PolicyResult
from kinderguard.model.codes import Frequency
from kinderguard.model.record import Quiet
from kinderguard.model.text import Language

Money = Annotated[str, Field(pattern=r"^\d+\.\d{2}$", description="yuan, exact to the fen, as text")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="a date, ISO 8601")]


#: The format of a line, whether its row was assessed or could not be used.
FORMAT: Final = "kinderguard.assessment-line/1"


class ContractLine(Quiet):
    """A part of a line. What is read may have keys that a later version added; they are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class StackingLine(ContractLine):
    """What a stacking rule changed. ``before`` and ``after`` are (low, high) yuan, or whether a service is given."""

    rule: Literal["excludes", "tops_up", "capped"]
    owner: str = Field(description="the policy that the rule stands with")
    others: list[str]
    before: list[Money | None] | bool | None
    after: list[Money | None] | bool | None


class PolicyLine(ContractLine):
    """One policy for one child. Amounts are after stacking."""

    eligible: bool | None = Field(description="null: undetermined")
    amount: Money | None = Field(description="null: not known exactly, or a service")
    low: Money | None
    high: Money | None = Field(description="null: no upper bound, or a service")
    every: Frequency
    per: Literal["child", "household"]
    stacking: list[StackingLine]


class ProblemLine(ContractLine):
    """A problem with a cell, the row, a pack or a rule."""

    code: str
    column: str | None = Field(description="the ledger's header, where a cell is meant")
    message: str


class AssessmentLine(ContractLine):
    """A child that was assessed: a ledger row with its place, or a case from elsewhere without one.

    ``AssessmentLine.model_validate_json(text)`` reads one; what is no line is an ``InvalidRecordError``, without its values.
    """

    format: Literal["kinderguard.assessment-line/1"] = FORMAT
    sheet: str | None = Field(default=None, description="null: not from a ledger")
    row: int | None = Field(default=None, ge=1, description="as Excel numbers it; null: not from a ledger")
    ref: str | None = Field(
        default=None, description="the row's or the file's own number; never a name or an ID number"
    )
    division: str | None
    on: Day
    fingerprint: str = Field(description="SHA-256 of every rule and parameter value used")
    complete: bool = Field(description="false: a pack, provider, rule or the place was not available")
    categories: dict[str, bool | None]
    policies: dict[str, PolicyLine]
    missing: list[str] = Field(description="paths of facts to ask for, most decisive first")
    documents: list[str] = Field(description="codes of papers to bring")
    problems: list[ProblemLine]


def assessment_line(result: Assessment, *, lang: Language = "zh") -> dict[str, Any]:
    """An assessment as the plain values of the contract (``AssessmentLine``), without the child's number and the place in
    a ledger, which whoever writes the line adds: ``{"ref": case.ref} | assessment_line(result)``.
    """
    return {
        "format": FORMAT,
        "division": result.division,
        "on": result.on.isoformat(),
        "fingerprint": result.fingerprint,
        "complete": result.complete,
        "categories": dict(sorted(result.categories.items())),
        "policies": {code: _policy(p) for code, p in result.policies.items()},
        "missing": [m.path for m in result.missing],
        "documents": [d.document.value for d in result.documents],
        "problems": [{"code": p.code, "column": None, "message": p.message.in_(lang)} for p in result.problems],
    }


def _policy(p: PolicyResult) -> dict[str, Any]:
    return {
        "eligible": p.eligible,
        "amount": _money(p.amount),
        "low": _money(p.low),
        "high": _money(p.high),
        "every": p.every.value,
        "per": p.per,
        "stacking": [
            {
                "rule": e.rule,
                "owner": e.owner,
                "others": list(e.others),
                "before": _effect(e.before),
                "after": _effect(e.after),
            }
            for e in p.stacking
            if e.changed
        ],
    }


def _effect(value: Any) -> Any:
    return [_money(x) for x in value] if isinstance(value, tuple) else value


def _money(amount: Any) -> str | None:
    return None if amount is None else f"{amount:.2f}"
