"""How what is due to one child moves as one number moves: the line, its breaks, and the cliffs among them.

The line is drawn through a grid and through both sides of every break. A break is where a condition turns: it is found
to the fen by halving wherever the conditions on the two ends of a piece differ. What lies within one step of the grid and
turns there and back again through no condition of its own (a rounding, the smaller of two amounts) is drawn as finely as
a thirty-second of a step, not to the fen.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.one_child.answer import Answer, Uncounted, not_counted, uncounted
from kinderguard.analysis.one_child.asking import Asker, number_kind, shown, title_of_fact, with_facts
from kinderguard.analysis.one_child.moving import beside, by_forms, change_of, due_by, paid
from kinderguard.engines.assessment import Assessment, Total
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Plan, Step
from kinderguard.model.case import Case
from kinderguard.model.codes import Frequency
from kinderguard.model.errors import FieldValueError
from kinderguard.model.money import as_yuan, bounds_text, fen, yuan
from kinderguard.model.text import Language, Text, join
from kinderguard.packs.book import PolicyBook
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.wording import title_of_step, wording

if TYPE_CHECKING:
    from kinderguard.analysis.plots.picture import Plot
    from kinderguard.model.view import View

#: Into how many pieces a line is cut where no step is given, and how much finer a bent piece is drawn.
_PIECES, _FINER = 60, 32
#: Of this income, a yuan more brings the household as many yuan as it has members.
_PER_HEAD = "household.monthly_income_per_head"
#: What a rounding to the yuan may move a line: so little is neither a bend nor a jump.
_ROUNDING = Decimal(1)


@attrs.frozen
class MarginalPoint:
    """One point of the line. ``total`` and ``policies`` (by code) are yuan, at least and at most.

    ``total`` takes the policies together (see ``Assessment.in_all``): it may be less than their upper bounds added up.
    """

    value: Decimal
    total: Total
    policies: Mapping[str, Total] = attrs.field(repr=False)


@attrs.frozen
class PolicyMove:
    """What one policy comes to on the two sides of a break (yuan)."""

    code: str
    title: Text
    before: Total
    after: Total


@attrs.frozen
class Break:
    """Where a condition turns, so that what is due jumps (by more than a yuan), or becomes open or known.

    Attributes:
        below, above: the last value before and the first one after: a fen, or one, apart.
        before, after: what is due in all on the two sides (yuan).
        policies: those that differ, or may.
        because: the conditions that turned, in words.
        lost_low, lost_high: what is lost in all, at least and at most (yuan, less than zero for a gain), with what only
            moves along with the number; they differ where other facts are unknown, and are None where nothing bounds them.
        brings: what the step from ``below`` to ``above`` brings the household (of an income per head: once a member).
    """

    below: Decimal
    above: Decimal
    before: Total
    after: Total
    policies: tuple[PolicyMove, ...]
    because: tuple[Text, ...]
    lost_low: Decimal | None
    lost_high: Decimal | None
    brings: Decimal

    @property
    def is_cliff(self) -> bool | None:
        """Whether a fen more costs more than it brings: surely, surely not, or, by other unknown facts, perhaps (None)."""
        if self.lost_low is not None and self.lost_low > self.brings:
            return True
        return None if self.lost_high is None or self.lost_high > self.brings else False

    @property
    def text(self) -> Text:
        """The break in words."""
        names = join([move.title for move in self.policies], "、", ", ")
        why = join(list(self.because), "；", "; ")
        lost = self._lost
        return Text(
            f"由 {self.below:,} 到 {self.above:,}：{names.zh}，{lost.zh}" + (f"（{why.zh}）" if why else ""),
            f"from {self.below:,} to {self.above:,}: {names.en}, {lost.en}" + (f" ({why.en})" if why else ""),
        )

    @property
    def _lost(self) -> Text:
        """How much less is due, or more."""
        return _lost(self.lost_low, self.lost_high)


def _counted(breaks: int, cliffs: int, perhaps: int) -> Text:
    """How many breaks there are, how many of them surely are cliffs, and how many others may be."""
    if not breaks:
        return Text("没有转折", "no break")
    found = Text(f"共 {breaks} 处转折", f"{breaks} break{'' if breaks == 1 else 's'} in all")
    told = [
        Text(f"{cliffs} 处确定是“悬崖”", f"{cliffs} certain cliff{'' if cliffs == 1 else 's'}"),
        Text(f"{perhaps} 处可能是“悬崖”", f"{perhaps} possible cliff{'' if perhaps == 1 else 's'}"),
    ]
    said = join([each for each, count in zip(told, (cliffs, perhaps), strict=True) if count], "，", ", ")
    said = said if cliffs + perhaps else Text("都不是“悬崖”", "no cliff")
    return found + Text(f"（{said.zh}）", f" ({said.en})")


def _lost(low: Decimal | None, high: Decimal | None) -> Text:
    """How much less is due, or more where that is below zero."""
    if low is None and high is None:
        return Text("变化多少未知", "how much changes is unknown")
    if low is not None and low >= 0:
        return Text("减少", "") + bounds_text(low, high) + Text("", " less")
    if high is not None and high <= 0:
        return Text("增加", "") + bounds_text(-high, None if low is None else -low) + Text("", " more")
    less, more = _at_most(high), _at_most(None if low is None else -low)
    return Text(
        f"可能减少（{less.zh}），也可能增加（{more.zh}）", f"perhaps less ({less.en}), perhaps more ({more.en})"
    )


def _at_most(amount: Decimal | None) -> Text:
    if amount is None:
        return Text("多少未知", "how much is unknown")
    said = bounds_text(amount, amount)
    return Text(f"至多{said.zh}", f"at most {said.en}")


@attrs.frozen
class Marginal(Answer):
    """What is due to one child as one number moves. ``it.cliffs`` names where a yuan more costs more than a yuan.

    Attributes:
        fact, title: what moves.
        is_money: whether it is yuan; else it is a number.
        every: the period of what is due.
        points: the line, in order.
        breaks: where conditions turn and what is due differs.
        own: the value that the case has; None where it is unknown.
        brings: what one more brings the household: 1, or of an income per head as much as it has members, if known.
        uncounted: the policies that are paid otherwise than ``every`` and change on the way: ask for them with ``every=``.
    """

    fact: str
    title: Text
    is_money: bool
    every: Frequency
    points: tuple[MarginalPoint, ...] = attrs.field(repr=False)
    breaks: tuple[Break, ...]
    own: Decimal | None
    brings: int
    uncounted: tuple[Uncounted, ...] = ()

    @cached_property
    def cliffs(self) -> tuple[Break, ...]:
        """The breaks at which more of the number costs, or may cost, more than it brings; those that surely do first."""
        found = [b for b in self.breaks if b.is_cliff is not False]
        return tuple(sorted(found, key=lambda b: (b.is_cliff is None, b.below)))

    @cached_property
    def steep(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """Stretches without a break on which what is due falls faster than the number rises."""
        jumps = {(b.below, b.above) for b in self.breaks}
        found: list[tuple[Decimal, Decimal]] = []
        for a, b in pairwise(self.points):
            if (a.value, b.value) in jumps or a.total.amount is None or b.total.amount is None:
                continue
            if a.total.amount - b.total.amount > (b.value - a.value) * self.brings + min(
                _ROUNDING, (b.value - a.value) / 2
            ):
                joins = found and found[-1][1] == a.value
                found[-1:] = [(found[-1][0], b.value)] if joins else [*found[-1:], (a.value, b.value)]
        return tuple(found)

    def rows(self) -> list[dict[str, Any]]:
        """The points as rows for a table. Money is text in yuan; ``high`` is None where nothing bounds it."""
        return [
            {"value": str(p.value), "low": shown(p.total.low), "high": shown(p.total.high)}
            | {f"{code}.{end}": shown(getattr(t, end)) for code, t in p.policies.items() for end in ("low", "high")}
            for p in self.points
        ]

    @property
    def _money(self) -> tuple[str, ...]:
        amounts = ["", *(f"{code}." for p in self.points for code in p.policies)]
        return *(("value",) if self.is_money else ()), *(f"{of}{end}" for of in amounts for end in ("low", "high"))

    @property
    def _said(self) -> Text:
        """How many breaks, and every cliff, in words."""
        first, last = self.points[0].value, self.points[-1].value
        unit = Text("元", " yuan") if self.is_money else Text("", "")
        head = Text(
            f"“{self.title.zh}”由 {first:,} 到 {last:,}{unit.zh}，{self.every.zh}发放的：",
            f"‘{self.title.en}’ from {first:,} to {last:,}{unit.en}, help paid {self.every.en}: ",
        ) + _counted(
            len(self.breaks), sum(b.is_cliff is True for b in self.breaks), sum(b.is_cliff is None for b in self.breaks)
        )
        return join([head, *(b.text for b in self.cliffs), *self._not_counted], "\n", "\n")

    @property
    def _not_counted(self) -> list[Text]:
        """What is to be said of policies that are paid otherwise; nothing where none changes."""
        return not_counted(self.uncounted, self.every)

    def plot(self, lang: Language | None = None, *, dark: bool = False) -> "Plot":
        """The picture of it; see ``analysis.plots.income``.

        Raises:
            MissingExtraError: the extra ``[analysis]`` is not installed.
        """
        from kinderguard.analysis import plots

        return plots.income(self, lang, dark=dark)

    def view(self, lang: Language | None = None) -> "View":
        """What a notebook shows; ``lang`` is that of ``display_language``, if left out."""
        from kinderguard.analysis.one_child.shown import marginal_view

        return marginal_view(self, lang)


def marginal(
    book: PolicyBook,
    case: Case,
    fact: str,
    *,
    over: tuple[Decimal | int | str, Decimal | int | str],
    step: Decimal | int | str | None = None,
    every: Frequency | str = Frequency.MONTH,
    on: dt.date | None = None,
    division: str | None = None,
) -> Marginal:
    """What is due to one child and its household as an income, or any other number, moves.

    Args:
        book: the rules.
        case: the child.
        fact: the path of the fact that moves, such as ``household.monthly_income_per_head``.
        over: from and to, both included: yuan, or whole numbers.
        step: how far apart the points of the grid lie; a sixtieth of the way, if left out.
        every: which payments are added up, such as ``"month"`` or ``"year"``.
        on: the day; the book's own if left out.
        division: whose rules; the book's own place, else the case's.

    Raises:
        NotANumberError: the fact is neither money nor a number.
        ValueError: ``over`` ends before it begins, or ``step`` is not above zero.
        InvalidRecordError: a value that contradicts what else is known.
        NoDayError: no day was given.

    >>> import datetime as dt, kinderguard
    >>> book = kinderguard.load().on(dt.date(2025, 9, 1)).with_parameters({"cn.dibao.monthly_standard": "1000"})
    >>> case = kinderguard.Case.from_facts({"child.birth_date": "2012-03-05", "household.size": 3})
    >>> line = marginal(book, case, "household.monthly_income_per_head", over=(0, 2000))
    >>> line.points[0].value, line.points[-1].value
    (Decimal('0.00'), Decimal('2000.00'))
    """
    ask = Asker.of(book, case, on, division)
    kind = number_kind(book, fact, ask.place)
    first, last = (_units(end, kind) for end in over)
    if last <= first:
        raise ValueError(f"over= must go upwards: from {over[0]} to {over[1]} it does not.")
    apart = _units(step, kind) if step is not None else max(1, (last - first) // _PIECES)
    if apart <= 0:
        raise ValueError("step= must be above zero.")
    line = _Line(ask, case, fact, kind, Frequency.of(every))
    grid = [*range(first, last, apart), last]
    drawn = sorted({at for a, b in pairwise(grid) for at in line.drawn(a, b, max(1, apart // _FINER))})
    found = {(a, b): line.broken(a, b) for a, b in pairwise(drawn) if b - a == 1}
    sides = [pair for pair, broken in found.items() if broken is not None]
    breaks = tuple(broken for broken in found.values() if broken is not None)
    return Marginal(
        fact=fact,
        title=title_of_fact(line.at(first), fact),
        is_money=kind.sort is Sort.MONEY,
        every=line.every,
        points=tuple(line.point(at) for at in line.telling(drawn, {*grid, *(at for b in sides for at in b)})),
        breaks=breaks,
        own=_own(case, fact, kind),
        brings=line.brings,
        uncounted=tuple(uncounted(map(line.at, drawn), line.every, only_changing=True)),
    )


def _units(value: Any, kind: Kind) -> int:
    """Whole fen, or a whole number."""
    if kind.sort is Sort.MONEY:
        return fen(as_yuan(value))
    if isinstance(value, float) or int(value) != value:
        raise FieldValueError("应为整数", "it must be a whole number")
    return int(value)


def _own(case: Case, path: str, kind: Kind) -> Decimal | None:
    from kinderguard.casefile.facts import facts_of

    value = facts_of(case).get(path)
    return None if value is None else Decimal(str(value))


class _Line:
    """The results of one child for each value of one fact, kept."""

    def __init__(self, ask: Asker, case: Case, fact: str, kind: Kind, every: Frequency) -> None:
        self.ask, self.case, self.fact, self.kind, self.every = ask, case, fact, kind, every
        size = case.household.size
        self.brings = size if fact == _PER_HEAD and size is not None else 1
        self._found: dict[int, Assessment] = {}
        self._bound: Bound | None = None
        self._condition_steps: Sequence[Step] = ()
        self._conditions: dict[int, tuple[Any, ...]] = {}

    def value(self, units: int) -> Decimal:
        return yuan(units) if self.kind.sort is Sort.MONEY else Decimal(units)

    def at(self, units: int) -> Assessment:
        found = self._found.get(units)
        if found is None:
            value = str(self.value(units)) if self.kind.sort is Sort.MONEY else units
            found = self._found[units] = self.ask(with_facts(self.case, {self.fact: value}))
        return found

    def point(self, units: int) -> MarginalPoint:
        result = self.at(units)
        each = {p.code: due_by(p) for p in result.due.cash if p.every is self.every}
        return MarginalPoint(self.value(units), result.in_all(self.every), each)

    # ---- where to draw ---------------------------------------------------------------------------------------

    def drawn(self, a: int, b: int, finest: int) -> Iterator[int]:
        """Values between two, both included, so that every break and every bend shows."""
        yield from (a, b)
        if b - a <= 1:
            return
        middle = a + (b - a) // 2
        if self._turned(a) != self._turned(b) or (b - a > finest and not self._is_straight(a, middle, b)):
            yield from self.drawn(a, middle, finest)
            yield from self.drawn(middle, b, finest)

    def telling(self, drawn: Sequence[int], kept: set[int]) -> Iterator[int]:
        """The values that a reader needs: those kept, and bends; not those that halving only passed through."""
        last = drawn[0]
        for number, at in enumerate(drawn):
            if at in kept or not self._is_straight(last, at, drawn[number + 1]):
                yield at
                last = at

    def _turned(self, units: int) -> tuple[Any, ...]:
        found = self._conditions.get(units)
        if found is None:
            result = self.at(units)
            bound = result.basis.bound
            if bound is not self._bound:
                self._bound, self._condition_steps = bound, _conditions(bound)
            found = tuple(result.trace[s.index] for s in self._condition_steps)
            self._conditions[units] = found
        return found

    def _is_straight(self, a: int, middle: int, b: int) -> bool:
        """Whether the middle lies on the line of the two ends, but for a rounding."""
        low, between, high = (self.at(u).in_all(self.every) for u in (a, middle, b))
        share = Decimal(middle - a) / Decimal(b - a)
        ends = ((low.low, between.low, high.low), (low.high, between.high, high.high))
        for x, y, z in ends:
            if x is None or y is None or z is None:
                if not x is y is z:
                    return False
            elif abs(x + (z - x) * share - y) > _ROUNDING:
                return False
        return True

    # ---- breaks ----------------------------------------------------------------------------------------------

    def broken(self, a: int, b: int) -> Break | None:
        """The break between two neighbours; None where nothing that is due turns there."""
        if self._turned(a) == self._turned(b):
            return None
        before, after = self.at(a), self.at(b)
        brings = (self.value(b) - self.value(a)) * self.brings
        moves = tuple(self._moves(before, after, brings))
        if not moves:
            return None
        lost = -self._change(before, after, [move.code for move in moves])
        return Break(
            below=self.value(a),
            above=self.value(b),
            before=before.in_all(self.every),
            after=after.in_all(self.every),
            policies=moves,
            because=tuple(self._because(before, after)),
            lost_low=lost.low,
            lost_high=lost.high,
            brings=brings,
        )

    def _change(self, before: Assessment, after: Assessment, jumping: Sequence[str]) -> Between:
        """By how much all that is due changes: what jumps, and what only moves along with the number, if by a fen."""
        ends = ((code, before.policies[code].amount, after.policies[code].amount) for code in paid(before, self.every))
        differing = [code for code, old, new in ends if old is None or old != new]
        found = self._together(before, after, differing)
        along = [code for code in differing if code not in jumping]
        if along:  # fewer policies are looked into further
            found = found.within(self._together(before, after, jumping) + self._together(before, after, along))
        return found

    def _together(self, before: Assessment, after: Assessment, codes: Sequence[str]) -> Between:
        # Of one child, what one policy gives more because another gives less is not taken for both.
        return by_forms(before, after, codes, self.every).within(change_of(before, after, codes))

    def _moves(self, before: Assessment, after: Assessment, brings: Decimal) -> Iterator[PolicyMove]:
        """The policies that jump, or may, where any surely does: not those that only move along with the number."""
        found, sure = [], False
        for code, old in before.policies.items():
            if not old.is_cash or old.every is not self.every:
                continue
            move = PolicyMove(code, old.title, due_by(old), due_by(after.policies[code]))
            ends = ((move.before.low, move.after.low), (move.before.high, move.after.high))
            jumps: bool | None = not all(_near(*pair, brings) for pair in ends)
            if not jumps and (move.before.amount is None or move.after.amount is None):
                jumps = _jumps(before, after, code, max(brings, _ROUNDING))  # between the same bounds it may still jump
            sure = sure or jumps is True
            found += [] if jumps is False else [move]
        yield from found if sure else ()

    def _because(self, before: Assessment, after: Assessment) -> Iterator[Text]:
        """The comparisons that turned: as they hold afterwards, or no longer hold. Of one that ends and asks that something is
        not so, what is so instead is told: not that “not higher” no longer holds.
        """
        titles, said = before.basis.titles, set[Text]()
        plan = before.basis.bound.plan
        turned = [
            step
            for step in plan.dynamic
            if before.trace[step.index] != after.trace[step.index]
            and isinstance(step.node, n.Less | n.AtMost | n.Equal)
        ]
        stated = _stated(plan)
        # Where stacking takes the higher of two amounts, amounts are compared: that follows from what the rules state.
        for step in [step for step in turned if step in stated] or turned:
            holds, condition = (
                after.trace[step.index],
                title_of_step(step.names[0] if step.names else step.node, titles),
            )
            if (
                holds is False
                and isinstance(step.node, n.Less | n.AtMost)
                and (not step.names or _is_negative(condition))
            ):
                holds, condition = True, wording(n.Not(step.node), titles)
            if condition not in said:
                said.add(condition)
                yield (_SETTLED if before.trace[step.index] is None else _TURNED)[holds] + condition


def _stated(plan: Plan) -> set[Step]:
    """The steps that rules state themselves, without those that stacking adds."""
    found: set[Step] = set()
    policies = plan.policies.values()
    left = [*plan.categories.values(), *(s for p in policies for s in (p.eligible, p.own) if s is not None)]
    while left:
        step = left.pop()
        if step not in found:
            found.add(step)
            left += [*step.inputs, *step.inner]
    return found


def _is_negative(title: Text) -> bool:
    """Whether a title says that something is not so."""
    return not {"not", "no"}.isdisjoint(title.en.lower().split()) or not set("不未无没").isdisjoint(title.zh)


_SETTLED = {
    True: Text("成立（此前未知）：", "holds, not known before: "),
    False: Text("不成立（此前未知）：", "does not hold, not known before: "),
}
_TURNED = {
    True: Text("成立：", "now holds: "),
    False: Text("不再成立：", "no longer holds: "),
    None: Text("变为未知：", "now unknown: "),
}


def _jumps(before: Assessment, after: Assessment, code: str, by: Decimal) -> bool | None:
    """Whether a policy gives more or less by more than an amount: in some world, in none, or not as far as was found."""
    worlds = beside(before, after, [code]).worlds()
    if any((w.low is not None and w.low > fen(by)) or (w.high is not None and w.high < -fen(by)) for w in worlds):
        return True
    return None if any(w.low is None or w.high is None or max(-w.low, w.high) > fen(by) for w in worlds) else False


def _near(before: Decimal | None, after: Decimal | None, by: Decimal) -> bool:
    return before is after if before is None or after is None else abs(before - after) <= max(by, _ROUNDING)


def _conditions(bound: Bound) -> Sequence[Step]:
    return [s for s in bound.plan.dynamic if s.node.kind.sort is Sort.BOOL]
