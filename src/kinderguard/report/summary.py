"""The summary of a ledger: how many children are what, what is due in all, what is missing most, what went wrong."""

from collections import Counter
from decimal import Decimal

import attrs

from kinderguard.engines.assessment import Assessment, PolicyResult, Total
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import Problem
from kinderguard.model.text import Text
from kinderguard.report.run import AssessedRow

ZERO = Decimal("0.00")


@attrs.define
class PolicyCount:
    """One policy over a ledger: counts, and the sum of what is due (yuan). ``high`` is None without a bound."""

    title: Text
    every: Frequency
    cash: bool
    eligible: int = 0
    undetermined: int = 0
    low: Decimal = ZERO
    high: Decimal | None = ZERO

    @property
    def total(self) -> Total:
        """The sum, exact or within bounds."""
        return Total(self.low, self.high)


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
    _households: set[tuple[str, object]] = attrs.field(factory=set, repr=False)

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
        if not policy.is_cash or policy.eligible is False or self._counted(code, policy, result):
            return
        count.low += policy.low or ZERO
        count.high = None if count.high is None or policy.high is None else count.high + policy.high

    def _counted(self, code: str, policy: PolicyResult, result: Assessment) -> bool:
        """Whether the household's help was counted with a brother or sister."""
        number = result.case.household.number
        if policy.per == "child" or number is None:
            return False
        key = (code, number)
        if key in self._households:
            return True
        self._households.add(key)
        return False

    @property
    def has_problems(self) -> bool:
        """Whether anything was skipped, incomplete or reported."""
        return bool(self.skipped or self.incomplete or self.problems or self.rule_problems)
