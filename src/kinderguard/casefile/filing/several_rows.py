"""Several rows of one ledger that are one child's: what they contradict each other in is taken from none of them.

Used by the import of a ledger, which files the first of them. A survey combines them and knows what they differ about.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import attrs

from kinderguard.casefile.chain.encryption import Vault
from kinderguard.casefile.facts import facts_of, title_of
from kinderguard.casefile.filing.identity import file_of
from kinderguard.model.text import Text, join
from kinderguard.survey.facts import facts_of as values_of
from kinderguard.survey.ledger import LedgerRow
from kinderguard.survey.row import RowError, refuse_later
from kinderguard.survey.values import APART, joined


@attrs.frozen
class SeveralRows:
    """By sheet and row, the other rows of the same child."""

    _others: Mapping[tuple[str, int], Sequence[LedgerRow]] = attrs.field(repr=False)

    @classmethod
    def of(cls, vault: Vault, rows: Iterable[LedgerRow], at: dt.date) -> "SeveralRows":
        """Of the rows that have one ID or, without it, one name, birth date, sex and division.

        Args:
            vault: of the store.
            rows: those that are filed by these.
            at: the day: a row that tells of what came after it is not filed, and contradicts nothing.
        """
        by_child: dict[str, list[LedgerRow]] = {}
        for row in rows:
            ref = None if row.case is None else file_of(vault, row.case, {})
            if isinstance(ref, str):
                by_child.setdefault(ref, []).append(row)
        several = [[row for row in some if _is_read(row, at)] for some in by_child.values() if len(some) > 1]
        return cls({(row.sheet, row.row): [r for r in some if r is not row] for some in several for row in some})

    def others(self, row: LedgerRow) -> Sequence[LedgerRow]:
        """The other rows of its child."""
        return self._others.get((row.sheet, row.row), ())

    def disputed(self, row: LedgerRow) -> dict[str, tuple[Any, ...]]:
        """What it and the others of its child contradict each other in, with what they say."""
        cases = [each.case for each in (row, *self.others(row)) if each.case is not None]
        if len(cases) < 2:
            return {}
        first, *rest = map(values_of, cases)
        paths = {p for said in rest for p in said if p in first and joined(p, first[p], said[p]) is APART}
        kept = [facts_of(case) for case in cases]
        return {
            path: tuple(sorted((said[path] for said in kept if path in said), key=json.dumps)) for path in sorted(paths)
        }


def _is_read(row: LedgerRow, at: dt.date) -> bool:
    try:
        if row.case is not None:
            refuse_later(row.case, at)
    except RowError:
        return False
    return True


def same_child(first: LedgerRow, paths: Collection[str]) -> Text:
    """Why a row is not filed whose child has another, which is.

    Args:
        first: the other.
        paths: the facts that both were not believed in.
    """
    if not paths:
        return Text(
            f"与 {first.sheet} 第 {first.row} 行是同一儿童（或身份信息相同）；只导入了前一行，请核对",
            f"the same child (or the same identity) as {first.sheet} row {first.row}, which was filed; check both",
        )
    titles = join([title_of(path) for path in paths])
    return Text(
        f"与 {first.sheet} 第 {first.row} 行是同一儿童（或身份信息相同），而所报不符，以下各项均未采用、作为不详：{titles.zh}；其余只导入了前一行，"
        "请核对，只留属实的一行，再导入",
        f"the same child (or the same identity) as {first.sheet} row {first.row}, and they contradict each other, so that this is taken from "
        f"neither and unknown: {titles.en}; of the rest the former was filed. Check both, keep the row that is right, and import again",
    )
