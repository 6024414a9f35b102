"""Hypothesis strategies: cases and their parts, children near the lines of a rule, unknown facts, ledgers with bad cells.

Names, numbers and addresses are invented; resident IDs are valid in form and belong to a division that does not exist.

>>> from hypothesis import given
>>> from kinderguard.testing import strategies
>>> @given(strategies.cases())
... def test_a_case_reads_back_as_it_was(case):
...     assert type(case).model_validate_json(case.to_json()) == case
"""

from kinderguard.testing.strategies.ledgers import BadCell, DrawnLedger, ledgers
from kinderguard.testing.strategies.lines import children_near, near
from kinderguard.testing.strategies.parts import (
    FIRST_DAY,
    LAST_DAY,
    amounts,
    cases,
    children,
    divisions,
    guardians,
    households,
    members,
    parents,
    partial_dates,
    personal,
    records,
    resident_ids,
)
from kinderguard.testing.strategies.unknowns import unknown_facts

__all__ = [
    "FIRST_DAY", "LAST_DAY", "BadCell", "DrawnLedger", "amounts", "cases", "children", "children_near", "divisions",
    "guardians", "households", "ledgers", "members", "near", "parents", "partial_dates", "personal", "records",
    "resident_ids", "unknown_facts",
]  # fmt: skip
