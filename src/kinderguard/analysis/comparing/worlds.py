"""By how much amounts of two books differ for one child: every way in which what is not known of it may come out, by itself.

The conditions that decide most are taken as holding and as not holding, one after the other, until what is left hangs on no
condition; what both books have in common has cancelled by then. Children of whom the same is left are looked into once. A
child of whom too much is open keeps the bounds that it has: wider ones, never narrower. Called by ``narrowing`` and
``opened``. Knows no table.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, TypeAlias

import attrs

from kinderguard.analysis.between import Between
from kinderguard.analysis.comparing.joint import TIMES_A_YEAR
from kinderguard.analysis.comparing.outlined import Outline
from kinderguard.analysis.comparing.residues import Condition, Given, Replaced, Residues, Sum, Unknown, atoms, ways
from kinderguard.analysis.comparing.wholes import wholes
from kinderguard.engines import ranges
from kinderguard.engines.explain import Bound
from kinderguard.engines.plan import Step
from kinderguard.model.codes import Frequency

#: So many ways are looked at for one child, and so many for all of one place's rules.
MOST_WAYS, MOST_WAYS_IN_ALL = 600, 120_000

#: What is left of each amount in both books; behind them, what is known to be above nothing, beside nothing.
_Left: TypeAlias = tuple[tuple[Sum, Sum], ...]


@attrs.frozen
class Part:
    """An amount that one or both books pay.

    Args:
        code: of the policy.
        every, per: how often it is paid, and to whom.
        before, after: what each book gives; None: it does not have it, or pays it otherwise.
    """

    code: str
    every: Frequency
    per: str
    before: Step | None
    after: Step | None

    @property
    def sum(self) -> str:
        """Of a year, or once."""
        return "once" if self.every is Frequency.ONCE else "year"


@attrs.frozen
class Bounds:
    """By how much amounts differ (fen).

    Args:
        parts: of each part, each time it is paid.
        year, once, own_year, own_once: of a child and its household together, in a year and once; and without what is paid to
            the household.
        endless: the unknowns that leave a part without a bound.
        rests_on: the unknowns on which the parts that are open rest.
    """

    parts: tuple[Between, ...]
    year: Between
    once: Between
    own_year: Between
    own_once: Between
    endless: frozenset[Any] = frozenset()
    rests_on: frozenset[Any] = frozenset()


#: The sums of all parts.
SUMS = ("year", "once", "own_year", "own_once")
#: Bounds of the parts and the sums, as they are looked for.
_Ends: TypeAlias = tuple[tuple[Any, Any], ...]


@attrs.define(eq=False)
class _Question:
    """What is asked of a child next, and what follows by its answer: another question, or what is left."""

    about: int
    answers: dict[Any, Any] = attrs.field(factory=dict)


class _Told(Mapping[int, Any]):
    """What is told of a child, and what of it was asked, in order."""

    def __init__(self, told: Mapping[int, Any]) -> None:
        self._told = told
        self.read: dict[int, Any] = {}

    def __getitem__(self, name: int) -> Any:
        value = self.read[name] = self._told[name]
        return value

    def __iter__(self) -> Iterator[int]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)


class Worlds:
    """The differences between two books at one place.

    Args:
        base, reform: the two books.
        alike, replaced: the policies whose amounts may differ, paid as often and to the same by both; and those that are paid
            otherwise.
    """

    def __init__(self, base: Bound, reform: Bound, alike: Collection[str], replaced: Collection[str]) -> None:
        self.parts = tuple(_parts(base, reform, alike, replaced))
        self.outline = Outline(base, reform, [(part.before, part.after) for part in self.parts])
        self._r = Residues()
        self._found: dict[_Left, _Ends] = {}
        self._simple: dict[_Left, _Left] = {}
        self._asked: _Question | _Left | None = None
        self._seen: dict[_Left, tuple[_Ends, list[Sum]]] = {}
        self._bounds: dict[_Left, Bounds] = {}
        self._ways_left, self._ways_in_all = 0, MOST_WAYS_IN_ALL
        self._sums: list[dict[int, int]] = []
        for name in ("year", "once"):
            for own in (False, True):
                wanted = {
                    k: TIMES_A_YEAR.get(part.every, 1)
                    for k, part in enumerate(self.parts)
                    if part.sum == name and not (own and part.per == "household")
                }
                self._sums.append(wanted)

    def bounds(self, told: Mapping[int, Any]) -> Bounds:
        """By how much amounts differ for a child.

        Args:
            told: by the number of a leaf, what is known of it (see ``Outline.left``).
        """
        left = self._left_of(told)
        found = self._bounds.get(left)
        if found is None:
            self._ways_left = most = min(MOST_WAYS, self._ways_in_all)
            ends, _ = self._looked_into(left)
            self._ways_in_all -= most - self._ways_left
            found = self._bounds[left] = self._as_bounds(ends, left)
        return found

    def _left_of(self, told: Mapping[int, Any]) -> _Left:
        """What is left for a child; of one that gives the answers of another wherever it is asked, the same."""
        at = self._asked
        while isinstance(at, _Question):
            value = told.get(at.about)
            if value not in at.answers:
                break
            at = at.answers[value]
        else:
            if at is not None:
                return at
        asked = _Told(told)
        left = self._simpler(tuple(_alike(self._r, x, y) for x, y in self.outline.left(self._r, asked)))
        if not asked.read:
            self._asked = left
            return left
        names = list(asked.read)
        if self._asked is None:
            self._asked = _Question(names[0])
        question = self._asked
        assert isinstance(question, _Question)
        for name, following in zip(names, [*names[1:], None], strict=True):
            value = asked.read[name]
            if following is None:
                question.answers[value] = left
            else:
                question = question.answers.setdefault(value, _Question(following))
        return left

    def _as_bounds(self, ends: _Ends, left: _Left) -> Bounds:
        each = [Between(None if x is None else floor(x), None if y is None else ceil(y)) for x, y in ends]
        parts, (year, own_year, once, own_once) = tuple(each[: len(self.parts)]), each[len(self.parts) :]
        endless, rests_on = frozenset[Any](), frozenset[Any]()
        for (before, after), change in zip(left[: len(parts)], parts, strict=True):
            if change.low_fen is None or change.high_fen is None:
                endless |= _endless(before) | _endless(after)
            if change.low_fen is None or change.low_fen != change.high_fen:
                rests_on |= self._r.plus(after, before, -1).rests_on
        return Bounds(parts, year, once, own_year, own_once, endless, self._r.told_apart(rests_on))

    # ---- the search -------------------------------------------------------------------------------------------------

    def _looked_into(self, left: _Left) -> tuple[_Ends, bool]:
        """The ends of all parts and sums, and whether nothing was left open."""
        found = self._found.get(left)
        if found is not None:
            return found, True
        ends, apart = self._ends(left)
        condition = None if all(low == high and low is not None for low, high in ends) else self._deciding(left, apart)
        is_whole = True
        if condition is not None:
            if self._ways_left <= 0:
                return ends, False
            both: list[_Ends] = []
            # The way that leaves more open first: what lies within that says nothing more, and is not looked into.
            for inner in sorted(self._after(left, condition), key=self._openness, reverse=True):
                if both and all(map(_lies_within, self._ends(inner)[0], both[0])):
                    break
                self._ways_left -= 1
                found, whole = self._looked_into(inner)
                both.append(found)
                is_whole &= whole
            hull = both[0] if len(both) == 1 else tuple(map(_hull, *both))
            # Each of the two holds: what all ways leave, and what is seen without looking into any.
            ends = tuple(map(_within, hull, ends))
        if is_whole:
            self._found[left] = ends
        return ends, is_whole

    def _after(self, left: _Left, condition: Condition) -> Iterator[_Left]:
        """What is left as a condition holds, and as it does not."""
        for assumed in ways(self._r, condition):
            given = Given(self._r, assumed)
            pairs = tuple(_alike(self._r, given.sum(x), given.sum(y)) for x, y in left)
            above = ((assumed[0], self._r.nothing),) if isinstance(assumed[0], Sum) else ()
            yield self._simpler(self._bearing((*pairs, *above)))

    def _bearing(self, left: _Left) -> _Left:
        """Without what is above nothing and bears on no amount that is left."""
        pairs, above = left[: len(self.parts)], left[len(self.parts) :]
        asked = frozenset[Any]().union(*(x.rests_on | y.rests_on for x, y in pairs))
        kept = {x: None for x, _ in above if x.constant is None and not asked.isdisjoint(x.rests_on)}
        return (*pairs, *((x, self._r.nothing) for x in sorted(kept, key=lambda x: x.number)))

    def _simpler(self, left: _Left) -> _Left:
        """With conditions that nothing else hangs on taken as one each, whatever they are joined of."""
        found = self._simple.get(left)
        if found is None:
            instead = wholes(self._r, [self._r.plus(y, x, -1) for x, y in left[: len(self.parts)]])
            found = left
            if instead:
                replaced = Replaced(self._r, instead)
                found = tuple(_alike(self._r, replaced.sum(x), replaced.sum(y)) for x, y in left)
            self._simple[left] = found
        return found

    def _openness(self, left: _Left) -> tuple[int, Any]:
        """How much is open as it stands: how many ends there are none of, and how far the others are apart."""
        ends, _ = self._ends(left)
        return sum(end is None for pair in ends for end in pair), sum(y - x for x, y in ends if None not in (x, y))

    def _ends(self, left: _Left) -> tuple[_Ends, list[Sum]]:
        found = self._seen.get(left)
        if found is None:
            found = self._seen[left] = self._found_ends(left)
        return found

    def _found_ends(self, left: _Left) -> tuple[_Ends, list[Sum]]:
        r = self._r
        above = [x for x, _ in left[len(self.parts) :]]
        left = left[: len(self.parts)]
        apart = [r.plus(y, x, -1) for x, y in left]
        found = []
        for difference, (x, y) in zip(apart, left, strict=True):
            low, high = self._between(difference, above)
            # Nobody is paid less than nothing.
            least, most = (ranges.bounds(r.span(amount))[1] for amount in (x, y))
            low, high = _within(
                (low, high), (None if least is None else -max(0, least), most if most is None else max(0, most))
            )
            found.append((low, high))
        for wanted in self._sums:
            total = r.nothing
            low, high = 0, 0
            for k, times in wanted.items():
                total = r.plus(total, apart[k], times)
                low = None if low is None or found[k][0] is None else low + times * found[k][0]
                high = None if high is None or found[k][1] is None else high + times * found[k][1]
            found.append(_within(self._between(total, above), (low, high)))
        return tuple(found), apart

    def _between(self, difference: Sum, above: Sequence[Sum]) -> tuple[Any, Any]:
        """The ends of a difference, where some sums are known to be above nothing: so many times of one taken away."""
        ends = ranges.bounds(self._r.span(difference))
        factors = dict(difference.terms) if above and None in ends else {}
        for each in above:
            listed, factor = each.terms[-1]
            times = Fraction(factors.get(listed, 0)) / factor
            if times:
                low, high = ranges.bounds(self._r.span(self._r.plus(difference, each, -times)))
                ends = _within(ends, (low, None) if times > 0 else (None, high))
        return ends

    def _deciding(self, left: _Left, apart: Sequence[Sum]) -> Condition | None:
        """The condition that decides most of what is open; None where no amount hangs on one."""
        counts: dict[Condition, int] = {}
        for difference in apart:
            if difference.constant is None:
                for atom in _chosen_by(difference):
                    counts[atom] = counts.get(atom, 0) + 1
        # What is asked of one unknown says more of others than what is asked of several.
        return max(counts, key=lambda atom: (atom.what != "above", counts[atom], -atom.number), default=None)


def _alike(r: Residues, x: Sum, y: Sum) -> tuple[Sum, Sum]:
    return (r.nothing, r.nothing) if x is y else (x, y)


def _chosen_by(difference: Sum) -> dict[Condition, None]:
    """The conditions that choose what a sum adds up; of one that asks how amounts compare, those that choose these."""
    found: dict[Condition, None] = {}
    waiting, seen = [difference], {difference}
    while waiting:
        sums: list[Sum] = []
        for each in _unknowns(waiting.pop()):
            if each.what != "chosen":
                sums += [part for part in each.parts if isinstance(part, Sum)]
                continue
            for atom in atoms(each.parts[0]):
                if atom.what == "above" and (inner := _chosen_by(atom.parts[0])):
                    found |= inner
                else:
                    found[atom] = None
        waiting += [part for part in sums if part not in seen]
        seen |= set(sums)
    return found


def _unknowns(x: Sum) -> Iterator[Unknown]:
    for listed, _ in x.terms:
        yield from listed


def _endless(amount: Sum) -> frozenset[Any]:
    """The unknowns without a bound that an amount rests on."""
    found: set[Any] = set()
    waiting, seen = [amount], {amount}
    while waiting:
        for each in _unknowns(waiting.pop()):
            if each.what == "itself" and each.parts[1].high is None:
                found.add(each.parts[0])
            inner = [part for part in each.parts if isinstance(part, Sum) and part not in seen]
            waiting += inner
            seen |= set(inner)
    return frozenset(found)


def _parts(base: Bound, reform: Bound, alike: Collection[str], replaced: Collection[str]) -> "list[Part]":
    parts = []
    books = base.plan, reform.plan
    for code in sorted({*alike, *replaced}):
        rules = [plan.rules.policies.get(code) for plan in books]
        finals = [
            plan.policies[code].final if code in plan.policies and plan.policies[code].own is not None else None
            for plan in books
        ]
        if code in alike:
            rule = rules[1] or rules[0]
            assert rule is not None
            parts.append(Part(code, rule.every, rule.per, *finals))
            continue
        for after, (rule, final) in enumerate(zip(rules, finals, strict=True)):
            if rule is not None and final is not None:
                parts.append(Part(code, rule.every, rule.per, *((None, final) if after else (final, None))))
    return parts


def _hull(x: tuple[Any, Any], y: tuple[Any, Any]) -> tuple[Any, Any]:
    low = None if x[0] is None or y[0] is None else min(x[0], y[0])
    high = None if x[1] is None or y[1] is None else max(x[1], y[1])
    return low, high


def _lies_within(x: tuple[Any, Any], y: tuple[Any, Any]) -> bool:
    """Whether nothing of one is outside the other."""
    (low, high), (least, most) = x, y
    return (least is None or (low is not None and low >= least)) and (
        most is None or (high is not None and high <= most)
    )


def _within(x: tuple[Any, Any], y: tuple[Any, Any]) -> tuple[Any, Any]:
    lows, highs = [v for v in (x[0], y[0]) if v is not None], [v for v in (x[1], y[1]) if v is not None]
    return max(lows, default=None), min(highs, default=None)


__all__ = ["SUMS", "Bounds", "Part", "Worlds"]
