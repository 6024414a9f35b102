"""The summary of a ledger: how many children are what, what is due in all, what is missing most, what went wrong."""

from collections import Counter

import attrs

from kinderguard.engines.assessment import ZERO, Assessment, PolicyResult, Total
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.report.paid_once import Due, for_one_person, household_key, total_of
from kinderguard.report.run import AssessedRow


@attrs.define
class PolicyCount:
    """One policy over a ledger: counts, and what is due of it to each child."""

    title: Text
    every: Frequency
    cash: bool
    eligible: int = 0
    undetermined: int = 0
    _own: Total = attrs.field(factory=lambda: Total(ZERO, ZERO))
    _shared: list[Due] = attrs.field(factory=list, repr=False)

    @property
    def total(self) -> Total:
        """The sum (yuan), exact or within bounds; without a bound its ``high`` is None."""
        return self._own + total_of(self._shared)

    def add(self, due: Due) -> None:
        """Count what one child is due."""
        if due.household is None:
            self._own += Total(due.low, due.high)
        else:
            self._shared.append(due)


@attrs.define
class Summary:
    """Grows row by row (``add``). Help per household counts once for each household number.

    A row without a household number is taken as a household of its own.
    """

    children: int = 0
    skipped: int = 0
    incomplete: int = 0
    #: By category code: (is, undetermined).
    categories: dict[str, tuple[int, int]] = attrs.field(factory=dict)
    titles: dict[str, Text] = attrs.field(factory=dict)
    policies: dict[str, PolicyCount] = attrs.field(factory=dict)
    missing: Counter[str] = attrs.field(factory=Counter)
    #: What was wrong with rows and cells, by code.
    problems: Counter[str] = attrs.field(factory=Counter)
    #: What was wrong with packs, rules and parameters, by place: how many children it touches.
    rule_problems: Counter[tuple[str, Problem]] = attrs.field(factory=Counter)
    #: Children of whom at least one result is open.
    undetermined: int = 0

    def add(self, assessed: AssessedRow) -> None:
        """Count one row."""
        row, result = assessed.row, assessed.assessment
        self.problems.update(p.code for p in row.problems)
        if result is None:
            self.skipped += 1
            if row.error is not None:
                self.problems[row.error.code] += 1
            return
        self.children += 1
        self.incomplete += not result.complete
        self.undetermined += bool(result.undetermined)
        place = (result.division or "")[:6]
        self.rule_problems.update((place, p) for p in result.problems)
        self.missing.update(m.path for m in result.missing)
        self.titles.update(result.basis.titles)
        for code, value in result.categories.items():
            sure, open_ = self.categories.get(code, (0, 0))
            self.categories[code] = (sure + (value is True), open_ + (value is None))
        for code, policy in result.policies.items():
            self._add_policy(code, policy, result)

    def _add_policy(self, code: str, policy: PolicyResult, result: Assessment) -> None:
        count = self.policies.setdefault(code, PolicyCount(policy.title, policy.every, policy.is_cash))
        count.eligible += policy.eligible is True
        count.undetermined += policy.eligible is None
        if policy.is_cash and policy.high != ZERO:
            number = result.case.household.number
            household = household_key(policy.per, result.division, None if number is None else number.reveal())
            alone = for_one_person(code, result.case.child.individual_dibao, result.categories)
            count.add(Due(policy.low or ZERO, policy.high, household, alone))

    @property
    def has_problems(self) -> bool:
        """Whether anything was skipped, incomplete or reported."""
        return bool(self.skipped or self.incomplete or self.problems or self.rule_problems)
