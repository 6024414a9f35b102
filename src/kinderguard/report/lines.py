"""The line contract: one JSON object a ledger row, the same for every team that reads it.

``AssessmentLine`` for a row that was assessed, ``SkippedLine`` for one that could not be used. Its JSON Schema is
published (``kinderguard schema assessment-line``). No name, ID number, telephone number or address is in it.
"""

from typing import Any, Literal

from pydantic import Field, TypeAdapter

from kinderguard.engines.assessment_line import FORMAT, AssessmentLine, ContractLine, ProblemLine, assessment_line
from kinderguard.model.text import Language
from kinderguard.report.run import AssessedRow
from kinderguard.survey.ledger import CellProblem


class SkippedLine(ContractLine):
    """A ledger row that could not be used."""

    format: Literal["kinderguard.assessment-line/1"] = FORMAT
    sheet: str
    row: int = Field(ge=1, description="as Excel numbers it")
    ref: str | None
    error: ProblemLine
    problems: list[ProblemLine] = Field(default=[])


LedgerLine = AssessmentLine | SkippedLine
LINE: TypeAdapter[LedgerLine] = TypeAdapter(LedgerLine)


def ledger_line(assessed: AssessedRow, *, lang: Language = "zh") -> dict[str, Any]:
    """A row as the plain values of the contract (``AssessmentLine`` or ``SkippedLine``)."""
    row = assessed.row
    place = {"format": FORMAT, "sheet": row.sheet, "row": row.row, "ref": row.ref}
    cells = [_cell(p, lang) for p in row.problems]
    if assessed.assessment is None:
        assert row.error is not None
        return place | {"error": _cell(row.error, lang), "problems": cells}
    line = assessment_line(assessed.assessment, lang=lang)
    return place | line | {"problems": cells + line["problems"]}


def _cell(problem: CellProblem, lang: Language) -> dict[str, Any]:
    return {"code": problem.code, "column": problem.column, "message": problem.message.in_(lang)}
