"""One child behind a number: its two assessments, and what a reform changes for it, policy by policy, by the reference engine.

Called by ``Comparison.open``. Uses the same bounds of a difference as the tables do.
"""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from kinderguard.analysis.between import NOTHING, Between, total
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR, Touched, touched
from kinderguard.analysis.people import People
from kinderguard.engines.assessment import Assessment, PolicyResult
from kinderguard.model.codes import Frequency
from kinderguard.model.money import fen
from kinderguard.model.text import Language, Text
from kinderguard.packs.book import PolicyBook

if TYPE_CHECKING:
    from kinderguard.model.view import View


@attrs.frozen
class PolicyChange:
    """What a reform changes in one policy of money for one child (yuan, each time it is paid).

    Args:
        code, title: of the policy.
        every, per: how often it is paid, and to whom.
        before, after: what is due; nothing where the book does not have the policy, or pays it otherwise.
        change: by how much it changes, whatever the unknown facts are.
    """

    code: str
    title: Text
    every: Frequency
    per: str
    before: Between
    after: Between
    change: Between


@attrs.frozen
class RuleChange:
    """A category or policy that comes out otherwise for one child: True, False, or None where it is not known.

    Where a book does not have it, the child is not in it, or has nothing by it: False, which is no doubt.
    """

    code: str
    title: Text
    before: bool | None
    after: bool | None


@attrs.frozen(eq=False, repr=False)
class ChildCompared:
    """One child by two books. ``print(it.after.explain("cn.dibao"))`` says why.

    Attributes:
        row: its number in the population.
        before, after: by the book as it is, and by the reform.
        policies: the policies of money that the reform may change for it.
        rules: the categories and policies that come out otherwise.
    """

    row: int
    before: Assessment
    after: Assessment
    policies: tuple[PolicyChange, ...]
    rules: tuple[RuleChange, ...]

    @property
    def change_a_year(self) -> Between:
        """By how much what is due to the child and its household changes in a year."""
        return total(p.change.times(TIMES_A_YEAR[p.every]) for p in self.policies if p.every in TIMES_A_YEAR)

    @property
    def change_once(self) -> Between:
        """The same of what is paid once."""
        return total(p.change for p in self.policies if p.every is Frequency.ONCE)

    def summary(self, lang: Language | None = None) -> str:
        """What differs, in words; no facts of the child.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.model.view import display_language

        return "\n".join(text.in_(lang or display_language()) for text in self._said())

    def _said(self) -> Iterator[Text]:
        a_year = self.change_a_year.text
        yield Text(f"第 {self.row} 行：每年变动 {a_year.zh}", f"Row {self.row}: a change of {a_year.en} a year")
        if not self.change_once.is_zero:
            once = self.change_once.text
            yield Text(f"  一次性变动 {once.zh}", f"  once, a change of {once.en}")
        for p in self.policies:
            yield Text(
                f"  {p.title.zh}（{p.every.zh}）：{p.before.text.zh} → {p.after.text.zh}，变动 {p.change.text.zh}",
                f"  {p.title.en} ({p.every.en}): {p.before.text.en} → {p.after.text.en}, a change of {p.change.text.en}",
            )
        for r in self.rules:
            before, after = _truth(r.before), _truth(r.after)
            yield Text(f"  {r.title.zh}：{before.zh} → {after.zh}", f"  {r.title.en}: {before.en} → {after.en}")

    def view(self, lang: Language | None = None) -> "View":
        """The child as a notebook shows it: what differs, then both explanations, folded."""
        from kinderguard.analysis.comparing.shown import child_view

        return child_view(self, lang)

    def _repr_html_(self) -> str:
        return self.view().html

    def __repr__(self) -> str:
        return f"<Child of row {self.row}: {len(self.policies)} policies and {len(self.rules)} rules differ>"

    def __str__(self) -> str:
        return self.summary()


def _truth(value: bool | None) -> Text:
    if value is None:
        return Text("待定", "not known")
    return Text("是", "yes") if value else Text("否", "no")


def open_child(people: People, base: PolicyBook, reform: PolicyBook, child: int | str, day: dt.date) -> ChildCompared:
    """See ``Comparison.open``."""
    row = people.row_of(child)
    one, tables = people.opened(row)
    before, after = (
        book.explain_row(one, 0, members=tables, on=day, division=people.division, strict=False)
        for book in (base, reform)
    )
    found = touched(before.basis.bound, after.basis.bound)
    return ChildCompared(
        row, before, after, tuple(policy_changes(before, after, found)), tuple(_rule_changes(before, after, found))
    )


def policy_changes(before: Assessment, after: Assessment, found: Touched) -> Iterator[PolicyChange]:
    """What may change in policies of money; policies that cannot differ, or do not for this child, are left out."""
    for code in sorted(found.money):
        old, new = before.policies.get(code), after.policies.get(code)
        a, b = _due(old), _due(new)
        difference = found.differences.get(code)
        if difference is not None:
            assert old is not None
            assert new is not None
            change = (b - a).within(difference.for_child(old.eligible, new.eligible))
            parts = [(new, a, b, change)]
        elif old is not None and new is not None and (old.every, old.per) == (new.every, new.per):
            parts = [(new, a, b, b - a)]
        else:
            parts = [
                (p, x, y, y - x) for p, x, y in ((old, a, NOTHING), (new, NOTHING, b)) if p is not None and p.is_cash
            ]
        for policy, x, y, change in parts:
            if not change.is_zero:
                yield PolicyChange(code, policy.title, policy.every, policy.per, x, y, change)


def _due(policy: PolicyResult | None) -> Between:
    """What is due; of an amount of which nothing is known at least nothing, as totals have it."""
    if policy is None or not policy.is_cash:
        return NOTHING
    return Between(0 if policy.low is None else fen(policy.low), None if policy.high is None else fen(policy.high))


def _rule_changes(before: Assessment, after: Assessment, found: Touched) -> Iterator[RuleChange]:
    titles = {**after.basis.titles, **before.basis.titles}
    for code in sorted(found.codes):
        old, new = _holds(before, code), _holds(after, code)
        if old is not new:
            yield RuleChange(code, titles.get(code, Text(code, code)), old, new)


def _holds(result: Assessment, code: str) -> bool | None:
    policy = result.policies.get(code)
    if policy is not None:
        return policy.eligible if policy.is_cash else policy.granted
    return result.categories.get(code, False)


__all__ = ["ChildCompared", "PolicyChange", "RuleChange", "open_child", "policy_changes"]
