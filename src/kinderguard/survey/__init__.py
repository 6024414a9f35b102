"""摸排: reading ledgers as counties keep them, and saying what is wrong with them and how to mend it."""

from kinderguard.survey.ledger import CellProblem, IgnoredRow, Ledger, LedgerRow, UnknownHeader
from kinderguard.survey.read import read_ledger
from kinderguard.survey.sheets import LedgerError, RawSheet, open_sheets

__all__ = [
    "CellProblem", "IgnoredRow", "Ledger", "LedgerError", "LedgerRow", "RawSheet", "UnknownHeader", "open_sheets",
    "read_ledger",
]  # fmt: skip
