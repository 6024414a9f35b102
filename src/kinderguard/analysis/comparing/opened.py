"""One child behind a number: its two assessments, and what a reform changes for it, policy by policy, by the reference engine.

Called by ``Comparison.open``. Uses the same bounds of a difference as the tables do.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import attrs

from kinderguard.analysis.between import NOTHING, Between, total
from kinderguard.analysis.comparing.because import because
from kinderguard.analysis.comparing.differences import TIMES_A_YEAR, Told, Touched, touched
from kinderguard.analysis.comparing.surely import SurelyPaid, surely_paid
from kinderguard.analysis.comparing.worlds import SUMS, Bounds, Part
from kinderguard.analysis.people import People
from kinderguard.engines.assessment import Assessment, PolicyResult
from kinderguard.engines.opening import unset_of, unset_text
from kinderguard.engines.unborn import is_unborn, not_yet_born
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
        before, after: what is due; nothing where the book does not have the policy, or pays it otherwise. Each by its own
            assessment and by the other with the change, whichever is narrower; what is due before by all reforms of the
            comparison, so that it is the same beside each of them.
        change: by how much it changes, whatever the unknown facts are.
        because: why: conditions, parameters and stacking rules that came out otherwise, of those that the amount rests on.
    """

    code: str
    title: Text
    every: Frequency
    per: str
    before: Between
    after: Between
    change: Between
    because: tuple[Text, ...] = ()


@attrs.frozen
class RuleChange:
    """A category or policy that comes out otherwise for one child: True, False, or None where it is not known.

    Where a book does not have it, the child is not in it, or has nothing by it: False, which is no doubt. A policy of which
    something is due for sure, by its change, is one that the child is eligible for.
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

    Of a child who is not born yet on the day nothing changes: nobody is paid by either book, and no rule comes out otherwise.
    """

    row: int
    before: Assessment
    after: Assessment
    policies: tuple[PolicyChange, ...]
    rules: tuple[RuleChange, ...]
    _bounds: Bounds

    @property
    def change_a_year(self) -> Between:
        """By how much what is due to the child and its household changes in a year.

        It may be narrower than the changes of the policies together: where one pays less because another pays more.
        """
        return self._summed(lambda every: every in TIMES_A_YEAR).within(self._bounds.year)

    @property
    def change_once(self) -> Between:
        """The same of what is paid once."""
        return self._summed(lambda every: every not in TIMES_A_YEAR).within(self._bounds.once)

    @property
    def surely_paid(self) -> tuple[SurelyPaid, ...]:
        """Money that is due for sure by what the two books show together, where an assessment leaves open whether any is.

        So ``after.policies[…].eligible`` may be None of each of two schemes though one of them pays. Empty where assessments and
        changes say the same.
        """
        return tuple(surely_paid(self))

    @property
    def not_born(self) -> Text | None:
        """That the child is not born yet on the day, in words; None of one who is, or may be."""
        return not_yet_born(self.before.on).message if is_unborn(self.before.case, self.before.on) else None

    def _summed(self, is_wanted: Callable[[Frequency], bool]) -> Between:
        return total(p.change.times(TIMES_A_YEAR.get(p.every, 1)) for p in self.policies if is_wanted(p.every))

    def summary(self, lang: Language | None = None) -> str:
        """What differs, in words; no facts of the child.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        from kinderguard.model.view import display_language

        return "\n".join(text.in_(lang or display_language()) for text in self._said())

    def _said(self) -> Iterator[Text]:
        if (not_born := self.not_born) is not None:
            yield Text(f"第 {self.row} 行：", f"Row {self.row}: ") + not_born
            return
        a_year = self.change_a_year.text
        yield Text(f"第 {self.row} 行：每年变动 {a_year.zh}", f"Row {self.row}: a change of {a_year.en} a year")
        if not self.change_once.is_zero:
            once = self.change_once.text
            yield Text(f"  一次性变动 {once.zh}", f"  once, a change of {once.en}")
        for sure in self.surely_paid:
            yield Text("  ", "  ") + sure.said
        for p in self.policies:
            yield Text(
                f"  {p.title.zh}（{p.every.zh}）：{p.before.text.zh} → {p.after.text.zh}，变动 {p.change.text.zh}",
                f"  {p.title.en} ({p.every.en}): {p.before.text.en} → {p.after.text.en}, a change of {p.change.text.en}",
            )
            yield from (Text("    原因：", "    because ") + why for why in p.because)
        if unset := unset_in(self):
            yield Text("  ", "  ") + unset
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


def unset_in(found: ChildCompared) -> Text | None:
    """Which standards, set by nobody, leave the change of a policy without a bound on some side; None where none does."""
    open_ = [p.code for p in found.policies if p.change.low_fen is None or p.change.high_fen is None]
    unset = [
        code
        for result in (found.before, found.after)
        for policy in open_
        if policy in result.policies
        for code in unset_of(result, policy)
    ]
    return unset_text(found.before, dict.fromkeys(unset), codes=True)


def _truth(value: bool | None) -> Text:
    if value is None:
        return Text("待定", "not known")
    return Text("是", "yes") if value else Text("否", "no")


def open_child(
    people: People,
    base: PolicyBook,
    reform: PolicyBook,
    child: int | str,
    day: dt.date,
    others: Iterable[PolicyBook] = (),
) -> ChildCompared:
    """See ``Comparison.open``.

    Args:
        people: all children.
        base, reform: the two books.
        child: the number of its row, or its ``ref``.
        day: the day.
        others: the other reforms of the comparison: what is due before is bounded by them too.
    """
    row = people.row_of(child)
    one, tables = people.opened(row)

    def assessed(book: PolicyBook) -> Assessment:
        return book.explain_row(one, 0, members=tables, on=day, division=people.division, strict=False)

    before, after = assessed(base), assessed(reform)
    known: dict[_Paid, Between] = {}
    for result in () if is_unborn(before.case, day) else map(assessed, others):
        found = touched(before.basis.bound, result.basis.bound)
        for each in _pairs(before, result, found, changes_of(before, result, found)):
            if each.part.before is not None:
                known[each.paid] = each.before.within(known.get(each.paid, each.before))
    return compared(row, before, after, touched(before.basis.bound, after.basis.bound), known)


def compared(
    row: int,
    before: Assessment,
    after: Assessment,
    found: Touched,
    known: "Mapping[_Paid, Between]" = MappingProxyType({}),
) -> ChildCompared:
    """Two assessments of one child beside each other.

    Args:
        row: its number in the population.
        before, after: the two assessments.
        found: what differs between their books.
        known: what is due before as far as other reforms show.
    """
    if is_unborn(before.case, before.on):
        return ChildCompared(row, before, after, (), (), _NOTHING)
    bounds = changes_of(before, after, found)
    pairs = [each for each in _pairs(before, after, found, bounds) if not each.change.is_zero]
    # Which rules come out otherwise is told as the tables tell it: by these two books.
    rules = tuple(_rule_changes(before, after, found, [each.told({}) for each in pairs]))
    policies = tuple(
        attrs.evolve(each.told(known), because=because(before, after, each.part.code, each.part.every))
        for each in pairs
    )
    return ChildCompared(row, before, after, policies, rules, bounds)


def changes_of(before: Assessment, after: Assessment, found: Touched) -> Bounds:
    """By how much amounts change for the child of two assessments, by the rules and what these tell of it."""
    leaves = found.worlds.outline.leaves
    bounds = found.worlds.bounds({e.number: (after if e.after else before).trace[e.step.index] for e in leaves})
    values = {each: (before.trace[each.before.index], after.trace[each.after.index]) for each in found.decisive}
    joint = found.joint({each: x for each, (x, y) in values.items() if x is y})
    together = joint.changes({told: _told_by(told, after if told.after else before) for told in joint.told})
    # Each of the two holds: what all ways leave of the child, and what is seen of all policies at once.
    parts = tuple(
        change.within(together.policies[part.code]) if part.code in together.policies else change
        for part, change in zip(found.worlds.parts, bounds.parts, strict=True)
    )
    sums = {}
    for name in SUMS:
        others = total(
            change.times(TIMES_A_YEAR.get(part.every, 1))
            for part, change in zip(found.worlds.parts, bounds.parts, strict=True)
            if part.code in found.replaced
            and name.endswith(part.sum)
            and not (name.startswith("own") and part.per == "household")
        )
        sums[name] = getattr(bounds, name).within(getattr(together, name) + others)
    return attrs.evolve(bounds, parts=parts, **sums)


def _told_by(told: Told, result: Assessment) -> bool | None:
    """What an assessment tells; None where it is not known."""
    if isinstance(told.asks, tuple):
        left, right = (0 if step is None else result.trace[step.index] for step in told.asks)
        known: bool | None = None if left is None or right is None else left < right
        return known
    if told.asks is not None:
        holds: bool | None = result.trace[told.asks.index]
        return holds
    if told.what == "category":
        return result.categories[told.code]
    policy = result.policies[told.code]
    if told.what == "eligible":
        return policy.eligible
    if policy.low is not None and policy.low > 0:
        return True
    return False if policy.high is not None and policy.high <= 0 else None


#: What changes for a child who is not born yet.
_NOTHING = Bounds((), NOTHING, NOTHING, NOTHING, NOTHING)
#: A policy and how often it is paid.
_Paid: TypeAlias = tuple[str, Frequency]


@attrs.frozen(eq=False)
class _Pair:
    """What is due to one child by a policy in two books; nothing where a book does not pay it so."""

    part: Part
    title: Text
    before: Between
    after: Between
    change: Between

    @property
    def paid(self) -> _Paid:
        """The policy and how often it is paid."""
        return self.part.code, self.part.every

    def told(self, known: "Mapping[_Paid, Between]") -> PolicyChange:
        """What is said of it, where so much is known of what is due before."""
        part, before = self.part, self.before
        if part.before is not None:
            before = before.within(known.get(self.paid, before))
        after = self.after.within(before + self.change)
        return PolicyChange(part.code, self.title, part.every, part.per, before, after, self.change)


def _pairs(before: Assessment, after: Assessment, found: Touched, bounds: Bounds) -> Iterator[_Pair]:
    """What is due by the policies of money that may change."""
    for part, change in zip(found.worlds.parts, bounds.parts, strict=True):
        old = before.policies.get(part.code) if part.before is not None else None
        new = after.policies.get(part.code) if part.after is not None else None
        paid = new or old
        assert paid is not None
        a, b = _due(old), _due(new)
        within = (b - a).within(change)
        # Of the child that has the one, the other is not further off than the change.
        yield _Pair(part, paid.title, a.within(b - within), b.within(a + within), within)


def _due(policy: PolicyResult | None) -> Between:
    """What is due; of an amount of which nothing is known at least nothing, as totals have it."""
    if policy is None or not policy.is_cash:
        return NOTHING
    return Between(0 if policy.low is None else fen(policy.low), None if policy.high is None else fen(policy.high))


def _rule_changes(
    before: Assessment, after: Assessment, found: Touched, policies: Iterable[PolicyChange]
) -> Iterator[RuleChange]:
    titles = {**after.basis.titles, **before.basis.titles}
    paid = [{p.code for p in policies if (due(p).low_fen or 0) > 0} for due in (_BEFORE, _AFTER)]
    for code in sorted(found.codes):
        old, new = (code in sure or _holds(result, code) for sure, result in zip(paid, (before, after), strict=True))
        if old is not new:
            yield RuleChange(code, titles.get(code, Text(code, code)), old, new)


_BEFORE, _AFTER = attrgetter("before"), attrgetter("after")


def _holds(result: Assessment, code: str) -> bool | None:
    policy = result.policies.get(code)
    if policy is not None:
        return policy.eligible if policy.is_cash else policy.granted
    return result.categories.get(code, False)


__all__ = ["ChildCompared", "PolicyChange", "RuleChange", "changes_of", "compared", "open_child"]
