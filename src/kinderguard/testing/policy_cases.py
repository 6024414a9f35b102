"""Policy cases: what an author expects of the rules for one child, written as TOML in a folder ``cases``.

What a case does not state is unknown. ``pytest_plugin`` collects the files, ``kinderguard test`` runs them without
pytest; both show ``CaseOutcome.text``. How a file is written stands in ``docs/cases.md``.

>>> import datetime as dt
>>> import kinderguard
>>> case = PolicyCase(
...     "低保家庭的孩子", dt.date(2025, 9, 1), "330199",
...     facts={"child.birth_date": "2014-05-09", "household.aid": ["dibao"]},
...     expect={"cn.dibao": True, "330199.winter_heating.eligible": True},
... )
>>> outcome = case.run(kinderguard.load())
>>> outcome.passed, [d.what for d in outcome.differences]
(False, ['330199.winter_heating.eligible'])
"""

from kinderguard.testing.case_files import case_files, read_policy_cases
from kinderguard.testing.case_outcomes import CaseOutcome, PolicyCase, PolicyCaseError
from kinderguard.testing.expectations import Difference

__all__ = ["CaseOutcome", "Difference", "PolicyCase", "PolicyCaseError", "case_files", "read_policy_cases"]
