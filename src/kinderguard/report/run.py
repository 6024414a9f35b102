"""Assess a ledger row by row. Nothing is lost: every row that was read comes out, assessed or with its error."""

import datetime as dt
from collections.abc import Iterator

import attrs

from kinderguard.engines.assessment import Assessment
from kinderguard.model.progress import FEW, Progress, told
from kinderguard.packs.book import PolicyBook
from kinderguard.survey.ledger import Ledger, LedgerRow


@attrs.frozen(eq=False)
class AssessedRow:
    """A row of the ledger and its result; None where the row could not be used."""

    row: LedgerRow
    assessment: Assessment | None


def assess_rows(
    ledger: Ledger, book: PolicyBook, *, on: dt.date, progress: bool | Progress | None = None
) -> Iterator[AssessedRow]:
    """Each row of a ledger with its assessment, in the ledger's order, one at a time.

    Args:
        ledger: as ``read_ledger`` gives it.
        book: the rules.
        on: the day.
        progress: a bar (True), nothing (False), or a function that is called with (rows done, rows in all); if left out, a
            bar where there is much to do.

    Raises:
        PackError: the book is strict, and a pack of some row's place is broken.
    """
    total = len(ledger.rows)
    with told(progress, 0, total, short=FEW) as tell:
        for done, row in enumerate(ledger.rows, 1):
            yield AssessedRow(row, None if row.case is None else book.assess(row.case, on=on))
            tell(done, total)
