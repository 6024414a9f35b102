"""The line contract: one JSON object a ledger row, the same for every team that reads it.

``AssessmentLine`` for a row that was assessed, ``SkippedLine`` for one that could not be used. Its JSON Schema is
published (``kinderguard schema assessment-line``). No name, ID number, telephone number or address is in it.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field, TypeAdapter

from kinderguard.engines.assessment_line import (
    FORMAT,
    AssessmentLine,
    ProblemLine,
    WholeLine,
    assessment_line,
)
from kinderguard.model.record import refuse_names_given_twice
from kinderguard.model.refs import Ref
from kinderguard.model.text import Language
from kinderguard.report.run import AssessedRow
from kinderguard.survey.ledger import CellProblem


class SkippedLine(WholeLine):
    """A ledger row that could not be used."""

    sheet: str
    row: int = Field(ge=1, description="as Excel numbers it")
    ref: Ref | None = Field(repr=False)
    error: ProblemLine
    problems: list[ProblemLine] = Field(default=[])


LedgerLine = AssessmentLine | SkippedLine
LINE: TypeAdapter[LedgerLine] = TypeAdapter(LedgerLine)


def read_line(line: str | bytes | bytearray | Mapping[str, Any]) -> LedgerLine:
    """A line of ``kinderguard assess --format jsonl``: a child that was assessed, or a row that could not be used.

    Args:
        line: JSON text, or what was read from it.

    Raises:
        InvalidRecordError: what is no line, with every problem found and no value.

    >>> line = '{"sheet": "台账", "row": 3, "ref": null, "error": {"code": "ledger.id_conflict", "column": null, "message": "…"}}'
    >>> isinstance(read_line(line), SkippedLine)
    True
    """
    if isinstance(line, Mapping):
        read: Any = line
    else:
        refuse_names_given_twice(AssessmentLine, line)
        try:
            read = json.loads(line)
        except (ValueError, RecursionError):
            return AssessmentLine.model_validate_json(line)  # says where it is no JSON
    is_skipped = isinstance(read, Mapping) and "error" in read
    return (SkippedLine if is_skipped else AssessmentLine).model_validate(read)


def ledger_line(assessed: AssessedRow, *, lang: Language = "zh", missing: bool = True) -> dict[str, Any]:
    """A row as the plain values of the contract (``AssessmentLine`` or ``SkippedLine``).

    Args:
        assessed: the row, with its assessment where it could be used.
        lang: ``"zh"`` or ``"en"``, of the problems' messages.
        missing: as for ``assessment_line``.
    """
    row = assessed.row
    place = {"format": FORMAT, "sheet": row.sheet, "row": row.row, "ref": row.ref}
    cells = [_cell(p, lang) for p in row.problems]
    if assessed.assessment is None:
        assert row.error is not None
        return place | {"error": _cell(row.error, lang), "problems": cells}
    line = assessment_line(assessed.assessment, lang=lang, missing=missing)
    return place | line | {"problems": cells + line["problems"]}


def _cell(problem: CellProblem, lang: Language) -> dict[str, Any]:
    return {"code": problem.code, "column": problem.column, "message": problem.message.in_(lang)}
