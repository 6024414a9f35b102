"""Results for others: the line contract for programs, the county's workbook, the page to print, the summary."""

from kinderguard.engines.assessment_line import AssessmentLine, assessment_line
from kinderguard.report.lines import LedgerLine, SkippedLine, ledger_line, read_line
from kinderguard.report.run import AssessedRow, assess_rows
from kinderguard.report.schemas import SCHEMAS, schema
from kinderguard.report.summary import Summary

__all__ = [
    "SCHEMAS", "AssessedRow", "AssessmentLine", "LedgerLine", "SkippedLine", "Summary", "assess_rows", "assessment_line",
    "ledger_line", "read_line", "schema",
]  # fmt: skip
