"""One assessment as one JSON object: the same for every team that reads it, and what a case file keeps.

``AssessmentLine`` is its contract; with what cannot be used of a ledger it makes the line contract (``report.lines``).
No name, ID number, telephone number or address is in it.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from kinderguard.engines.assessment import Assessment, PolicyResult
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import FieldValueError
from kinderguard.model.patterns import NO_LINE_FEED, written
from kinderguard.model.places import DivisionCode
from kinderguard.model.read_only import ReadOnlyDict, ReadOnlyList
from kinderguard.model.record import WHOLE, Flag, Quiet
from kinderguard.model.refs import Ref
from kinderguard.model.text import Language, Text

_AMOUNT = r"^[0-9]+\.[0-9]{2}$"
#: As documents have it.
Money = Annotated[
    str, Field(pattern=_AMOUNT, description="yuan, exact to the fen, as text", json_schema_extra=NO_LINE_FEED)
]


def _yuan(value: Any) -> Any:
    text = f"{value:f}" if isinstance(value, Decimal) else value
    if not isinstance(text, str) or not re.fullmatch(_AMOUNT.strip("^$"), text):
        raise FieldValueError('应为金额（元），写作 "600.00"', 'must be an amount in yuan as text, as in "600.00"')
    return Decimal(text)


#: Text in JSON, ``Decimal`` in Python.
Yuan = Annotated[
    Decimal,
    BeforeValidator(_yuan),
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str, when_used="json"),
    WithJsonSchema(written(_AMOUNT, description="yuan, exact to the fen, as text")),
]


def _a_day(text: str) -> str:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        raise FieldValueError("日历上没有这一天", "there is no such day in the calendar") from None
    return text


Day = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a date, ISO 8601", json_schema_extra=NO_LINE_FEED),
    AfterValidator(_a_day),
]


#: The format of a line, whether its row was assessed or could not be used.
FORMAT: Final = "kinderguard.assessment-line/1"


def _this_format(value: Any) -> Any:
    if value != FORMAT:
        raise FieldValueError(
            f"不是这种格式的行：应为 {FORMAT}；格式见 kinderguard schema assessment-line",
            f"is no line of this format, which is {FORMAT}; see kinderguard schema assessment-line",
        )
    return value


#: A line of another format is another thing, and is not guessed at.
ThisFormat = Annotated[Literal["kinderguard.assessment-line/1"], BeforeValidator(_this_format)]


class ContractLine(Quiet):
    """A part of a line. What is read may have keys that a later version added; they are left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class StackingLine(ContractLine):
    """What a stacking rule changed. ``before`` and ``after`` are (low, high) yuan, or whether a service is given."""

    rule: Literal["excludes", "tops_up", "capped"]
    owner: str = Field(description="the policy that the rule stands with")
    others: Annotated[list[str], AfterValidator(ReadOnlyList)]
    before: Annotated[list[Yuan | None], AfterValidator(ReadOnlyList)] | Flag | None
    after: Annotated[list[Yuan | None], AfterValidator(ReadOnlyList)] | Flag | None


class PolicyLine(ContractLine):
    """One policy for one child. Amounts are after stacking."""

    eligible: Flag | None = Field(description="null: undetermined")
    amount: Yuan | None = Field(description="null: not known exactly, or a service")
    low: Yuan | None
    high: Yuan | None = Field(description="null: no upper bound, or a service")
    every: Frequency
    per: Literal["child", "household"]
    stacking: Annotated[list[StackingLine], AfterValidator(ReadOnlyList)]

    @model_validator(mode="after")
    def _in_order(self) -> "PolicyLine":
        given = [each for each in (self.low, self.amount, self.high) if each is not None]
        if given != sorted(given):
            raise FieldValueError(
                "下限、金额、上限的次序不对", "the lower bound, the amount and the upper bound are out of order"
            )
        return self


class ProblemLine(ContractLine):
    """A problem with a cell, the row, a pack or a rule."""

    code: str
    column: str | None = Field(description="the ledger's header, where a cell is meant")
    message: str


class WholeLine(ContractLine):
    """A line, whatever it says of its row."""

    format: ThisFormat = FORMAT

    def to_json(self, *, indent: int | None = None) -> str:
        """The keys that were given, as JSON, on one line unless ``indent`` is given; it reads back without loss."""
        return self.model_dump_json(exclude_unset=True, indent=indent)


class AssessmentLine(WholeLine):
    """A child that was assessed: a ledger row with its place, or a case from elsewhere without one.

    ``AssessmentLine.model_validate_json(text)`` reads one; what is no line is an ``InvalidRecordError``, without its values.
    Amounts are ``Decimal`` yuan, and text in JSON. ``kinderguard.report.read_line`` also reads rows that could not be used.
    """

    sheet: str | None = Field(default=None, description="null: not from a ledger")
    row: Annotated[int, Field(ge=1, le=10**9), WHOLE] | None = Field(
        default=None, description="as Excel numbers it; null: not from a ledger"
    )
    ref: Ref | None = Field(
        default=None, repr=False, description="the row's or the file's own number; never a name or an ID number"
    )
    division: DivisionCode | None
    on: Day
    fingerprint: str = Field(description="SHA-256 of every rule and parameter value used")
    complete: Flag = Field(description="false: a pack, provider, rule or the place was not available")
    categories: Annotated[dict[str, Flag | None], AfterValidator(ReadOnlyDict)]
    policies: Annotated[dict[str, PolicyLine], AfterValidator(ReadOnlyDict)]
    missing: Annotated[list[str], AfterValidator(ReadOnlyList)] | None = Field(
        description="paths of facts to ask for, most decisive first; null: not looked for, which is not that none is missing"
    )
    documents: Annotated[list[str], AfterValidator(ReadOnlyList)] = Field(description="codes of papers to bring")
    problems: Annotated[list[ProblemLine], AfterValidator(ReadOnlyList)]


def assessment_line(result: Assessment, *, lang: Language = "zh", missing: bool = True) -> dict[str, Any]:
    """An assessment as the plain values of the contract (``AssessmentLine``), without the child's number and the place in
    a ledger, which whoever writes the line adds: ``{"ref": case.ref} | assessment_line(result)``.

    Args:
        result: to be written.
        lang: ``"zh"`` or ``"en"``, of the problems' messages.
        missing: whether to look for what is missing, which takes many times as long as all the rest. Without it
            ``missing`` is null, never an empty list: nobody can take it for "nothing is missing".

    Raises:
        ArgumentError: there is no text in that language.
    """
    Text("", "").in_(lang)  # also where no problem is told in it
    return {
        "format": FORMAT,
        "division": result.division,
        "on": result.on.isoformat(),
        "fingerprint": result.fingerprint,
        "complete": result.complete,
        "categories": dict(sorted(result.categories.items())),
        "policies": {code: _policy(p) for code, p in result.policies.items()},
        "missing": [m.path for m in result.missing] if missing else None,
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
