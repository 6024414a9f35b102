"""Why an amount changes for one child: what came out otherwise by the reform, of all that the amount rests on.

The two plans are followed side by side from the amount down, and only where their values differ: the condition that chooses
another way to reckon, the smallest named conditions that turned and decide, parameters with both values, stacking rules that
began or ceased to apply. Called for a child that was opened. It names rules and numbers of the rules, never a fact of the child.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from kinderguard.engines.assessment import Assessment, PolicyResult
from kinderguard.engines.blame import is_unknown
from kinderguard.engines.explanation import stacking_text
from kinderguard.engines.opening import amount_said
from kinderguard.engines.otherwise import revised, turned
from kinderguard.engines.plan import Plan, PolicySteps, StackedSteps, Step
from kinderguard.model.codes import Frequency
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort
from kinderguard.rules.stacking import Capped, Excludes, TopsUp
from kinderguard.rules.wording import title_of_step, wording

#: A step of the book as it is beside that of the reform which stands for the same; None where one has none.
_Pair: TypeAlias = tuple[Step | None, Step | None]
#: Conditions that are laid beside each other by their place, where nothing else says which stands for which.
_JOINED = n.And | n.Or | n.Not | n.When


def because(before: Assessment, after: Assessment, code: str, every: Frequency) -> tuple[Text, ...]:
    """Why what is due by a policy changes for one child.

    Args:
        before, after: its assessments by the two books.
        code: of the policy.
        every: how often it is paid.
    """
    old, new = before.policies.get(code), after.policies.get(code)
    if old is None:
        return (Text("改革新设这项政策", "the policy is new by the reform"),)
    if new is None:
        return (Text("改革中没有这项政策", "the reform has no such policy"),)
    if not (old.is_cash and new.is_cash) or old.every is not new.every or old.per != new.per:
        ends = old.is_cash and old.every is every
        return (
            Text("改革后不再这样发放", "it is not paid in this way by the reform")
            if ends
            else Text("改革后改为这样发放", "it is paid in this way by the reform alone"),
        )
    return tuple(dict.fromkeys(_Because(before, after).of(code)))


class _Because:
    """Follows two assessments of one child side by side."""

    def __init__(self, before: Assessment, after: Assessment) -> None:
        self.a, self.b = before, after
        self.titles = {**before.basis.titles, **after.basis.titles}
        self._seen: set[tuple[int, int]] = set()

    def of(self, code: str) -> Iterator[Text]:
        """The reasons for one policy of money of both books."""
        old, new = self._plans[0].policies[code], self._plans[1].policies[code]
        assert old.own is not None
        assert new.own is not None
        found = [*self._otherwise(old.own, new.own), *self._stacking(old, new)]
        # Where what is not known hides what changes, the numbers that differ are all that can be told.
        yield from (
            found
            or self._numbers(old.final, new.final)
            or [Text("改革后的规则写法不同", "the rule is written otherwise in the reform")]
        )

    @cached_property
    def _plans(self) -> tuple[Plan, Plan]:
        return self.a.basis.bound.plan, self.b.basis.bound.plan

    def _values(self, a: Step, b: Step) -> tuple[Any, Any]:
        return self.a.trace[a.index], self.b.trace[b.index]

    # ---- side by side ------------------------------------------------------------------------------------------

    def _otherwise(self, a: Step, b: Step) -> Iterator[Text]:
        """What makes a step come to something else; nothing where it does not."""
        old, new = self._values(a, b)
        # Of a list of records only what is worked out of it is told.
        if old == new or (a.index, b.index) in self._seen or isinstance(b.node, n.Collection):
            return
        self._seen.add((a.index, b.index))
        yield from self._condition(a, b) if b.node.kind.sort is Sort.BOOL else self._number(a, b)

    def _condition(self, a: Step, b: Step) -> Iterator[Text]:
        """The smallest named conditions that turned and decide; of one without a name, those that it is joined of."""
        within = [*self._within(a, b)]
        # One that the other is joined of has its name for itself.
        title = None if self._is_part(b, a) else self._title(b)
        if within and (title is None or any(self._has_name(*pair) for pair in within)):
            yield from self._each(within)
            return
        if not self._is_same(a, b):
            yield from self._each([(a, None), (None, b)])
            return
        yield turned(title or wording(b.node, self.titles), *self._values(a, b))
        found = []
        if isinstance(b.node, n.Less | n.AtMost) and type(a.node) is type(b.node):
            found = [*self._each(zip(a.inputs, b.inputs, strict=True))]
        yield from found or self._numbers(a, b)

    def _each(self, pairs: Iterable[_Pair]) -> Iterator[Text]:
        for x, y in pairs:
            if x is None or y is None:
                yield from self._alone(x, y)
            elif x.node.kind.sort is y.node.kind.sort:
                yield from self._otherwise(x, y)

    def _has_name(self, x: Step | None, y: Step | None) -> bool:
        """Whether a part that turned has a name, or one of its own parts that did."""
        if any(step is not None and self._title(step) is not None for step in (x, y)):
            return True
        if x is None or y is None or self._values(x, y)[0] is self._values(x, y)[1]:
            return False
        return any(self._has_name(*pair) for pair in self._within(x, y))

    def _within(self, a: Step, b: Step) -> Iterator[_Pair]:
        """Of what a condition that turned is joined, the parts that bring it about."""
        old, new = self._values(a, b)
        joined, parts = self._joined(a, b)
        if joined is not None:
            order = (False, None, True) if joined is n.And else (True, None, False)
            decides = order.index(new) < order.index(old)
            for x, y in self._aligned(*parts):
                step, trace = (y, self.b.trace) if decides else (x, self.a.trace)
                if step is None or (x is not None and y is not None and self.a.trace[x.index] is self.b.trace[y.index]):
                    continue
                value = trace[step.index]
                # One that fails makes "all of these" fail; for all to hold, each that did not has to.
                if value is new if decides else order.index(value) < order.index(new):
                    yield x, y
        elif isinstance(b.node, n.When) and isinstance(a.node, n.When):
            yield from self._chosen(a, b)
        elif isinstance(b.node, n.Not) and isinstance(a.node, n.Not):
            yield a.inputs[0], b.inputs[0]

    def _joined(self, a: Step, b: Step) -> tuple[type[n.Node] | None, tuple[Sequence[Step], Sequence[Step]]]:
        """By what both conditions are joined, and of what; one that the other has joined with more is one part alone."""
        if self._is_part(a, b):
            return type(b.node), ((a,), b.inputs)
        if self._is_part(b, a):
            return type(a.node), (a.inputs, (b,))
        if isinstance(b.node, n.And | n.Or) and type(a.node) is type(b.node):
            return type(b.node), (a.inputs, b.inputs)
        return None, ((), ())

    def _is_part(self, part: Step, whole: Step) -> bool:
        """Whether a condition of the one book is one of those that are joined in the other."""
        return isinstance(whole.node, n.And | n.Or) and any(self._is_same(part, each) for each in whole.inputs)

    def _chosen(self, a: Step, b: Step) -> list[_Pair]:
        """Of a choice, the condition where it turned; else the branch that is taken; where it is open, both."""
        (asked, then, otherwise), (asks, now_then, now_otherwise) = a.inputs, b.inputs
        old, new = self._values(asked, asks)
        if old is not new:
            return [(asked, asks)]
        taken: list[_Pair] = [(then, now_then)] if old is not False else []
        return taken + ([(otherwise, now_otherwise)] if old is not True else [])

    def _alone(self, x: Step | None, y: Step | None) -> Iterator[Text]:
        """A condition that only one of the books asks."""
        step, trace = (x, self.a.trace) if y is None else (y, self.b.trace)
        assert step is not None
        title, value = self._title(step) or wording(step.node, self.titles), trace[step.index]
        how = _HOW[value]
        yield (
            Text(f"改革取消条件“{title.zh}”（{how.zh}）", f"the reform no longer asks ‘{title.en}’ ({how.en})")
            if y is None
            else Text(f"改革新设条件“{title.zh}”（{how.zh}）", f"the reform asks ‘{title.en}’ ({how.en})")
        )

    def _number(self, a: Step, b: Step) -> Iterator[Text]:
        """Why a number, an amount or a date is another one."""
        if isinstance(a.node, n.Param) and isinstance(b.node, n.Param) and a.node.code == b.node.code:
            yield from self._numbers(a, b)
            return
        found: list[Text] = []
        if isinstance(a.node, n.When) and isinstance(b.node, n.When):
            switched = [*self._switched(a, b)]
            found = [*switched, *self._each(self._chosen(a, b)), *(self._numbers(a, b) if switched else ())]
        elif type(a.node) is type(b.node) and len(a.inputs) == len(b.inputs):
            found = [*self._each(zip(a.inputs, b.inputs, strict=True))]
        yield from found or self._numbers(a, b) or [self._reckoned(a, b)]

    def _switched(self, a: Step, b: Step) -> Iterator[Text]:
        """That another branch of an amount is taken; not where a branch is nothing, as where a child is not eligible."""
        taken = self._taken(a, self.a.trace), self._taken(b, self.b.trace)
        asked, asks = a.inputs[0], b.inputs[0]
        old, new = self._values(asked, asks)
        if old is new or any(step is None or _is_nothing(step.node) for step in taken):
            return
        x, y = taken
        assert x is not None
        assert y is not None
        reckoned = self._reckoned(x, y)
        if not self._is_same(asked, asks):
            yield reckoned
            return
        title = self._title(asks) or wording(asks.node, self.titles)
        yield turned(title, old, new) + Text(f"，因而{reckoned.zh}", f", so it is {reckoned.en}")

    def _taken(self, step: Step, trace: Sequence[Any]) -> Step | None:
        chosen = trace[step.inputs[0].index]
        return None if chosen is None else step.inputs[1] if chosen else step.inputs[2]

    def _reckoned(self, a: Step, b: Step) -> Text:
        old, new = wording(a.node, self.titles), wording(b.node, self.titles)
        return Text(
            f"改按“{new.zh}”计算，不再按“{old.zh}”",
            f"reckoned as ‘{new.en}’, no longer as ‘{old.en}’",
        )

    def _numbers(self, a: Step, b: Step) -> list[Text]:
        """The parameters of both that have another value, each with both values."""
        codes = dict.fromkeys(step.node.code for step in _under(b) if isinstance(step.node, n.Param))
        said = (revised(code, self.a.basis, self.b.basis) for code in codes if code in self._plans[0].parameters)
        return [each for each in said if each is not None]

    # ---- which stands for which ----------------------------------------------------------------------------------

    def _aligned(self, a: Sequence[Step], b: Sequence[Step]) -> Iterator[_Pair]:
        """The parts of two conditions: those of one category, name or wording together, then joined ones in their order."""
        left = list(a)
        rest: list[Step] = []
        for step in b:
            other = next((x for x in left if self._is_same(x, step)), None)
            if other is None:
                rest.append(step)
            else:
                left.remove(other)
                yield other, step
        for step in rest:
            alike = (x for x in left if isinstance(step.node, _JOINED) and type(x.node) is type(step.node))
            other = next(alike, None)
            if other is not None:
                left.remove(other)
            yield other, step
        yield from ((other, None) for other in left)

    def _is_same(self, a: Step, b: Step) -> bool:
        """Whether two conditions, of whichever book, are the same category, have a name in common, or are written alike."""
        one, other = (self._categories[0].get(step) or self._categories[1].get(step) for step in (a, b))
        if one is not None or other is not None:
            return one == other
        names = {name.code for name in a.names} & {name.code for name in b.names}
        return bool(names) or a.node == b.node

    @cached_property
    def _categories(self) -> tuple[Mapping[Step, str], Mapping[Step, str]]:
        old, new = ({step: code for code, step in plan.categories.items()} for plan in self._plans)
        return old, new

    def _title(self, step: Step) -> Text | None:
        """The name of a condition, or that the child is in a category."""
        code = self._categories[0].get(step) or self._categories[1].get(step)
        if code is not None:
            return wording(n.InCategory(code), self.titles)
        return step.names[0].title if step.names else None

    # ---- stacking ------------------------------------------------------------------------------------------------

    def _stacking(self, old: PolicySteps, new: PolicySteps) -> Iterator[Text]:
        """Stacking rules that began or ceased to apply, and what those that go on take away otherwise."""
        before, after = _by_rule(old.stacking), _by_rule(new.stacking)
        for key in dict.fromkeys([*before, *after]):
            was, now = before.get(key), after.get(key)
            rule = now or was
            assert rule is not None
            old_takes, new_takes = _takes(was, self.a.trace), _takes(now, self.b.trace)
            # Of an amount that there is by one book alone, no rule begins or ceases to take anything.
            if (old_takes, new_takes) in ((False, True), (True, False)) and not self._is_nothing_to_take(was, now):
                yield self._applies(rule, begins=new_takes is True)
            if old_takes is not False or new_takes is not False:
                yield from self._taken_away(was, now)

    def _is_nothing_to_take(self, was: StackedSteps | None, now: StackedSteps | None) -> bool:
        amounts = ((was, self.a.trace), (now, self.b.trace))
        return any(rule is not None and trace[rule.before.index] == 0 for rule, trace in amounts)

    def _applies(self, rule: StackedSteps, *, begins: bool) -> Text:
        said = stacking_text(_RULES[type(rule.rule)], join([self.titles.get(c, same(c)) for c in rule.others]))
        why = rule.rule.reason
        if why is not None:
            said += Text(f"（{why.zh}）", f" ({why.en})")
        return said + (Text("，改革后起作用", ", applies now") if begins else Text("，不再起作用", ", applies no more"))

    def _taken_away(self, was: StackedSteps | None, now: StackedSteps | None) -> Iterator[Text]:
        """What a stacking rule counts or asks that came out otherwise."""
        rule = now or was
        assert rule is not None
        if was is not None and now is not None:
            for x, y in _asked_by(was, now):
                yield from self._otherwise(x, y)
        yield from self._amounts_counted(was, now)
        counted, counts = ((each.others if each else ()) for each in (was, now))
        for code in dict.fromkeys((*counted, *counts)):
            yield from self._due(code)
            if was is not None and now is not None and (code in counted) is not (code in counts):
                yield _is_counted(self.titles.get(code, same(code)), is_new=code in counts)

    def _due(self, code: str) -> Iterator[Text]:
        """What is due by another policy that a stacking rule looks at, where that is something else."""
        old, new = (_given(result.policies.get(code)) for result in (self.a, self.b))
        if old != new:
            title = self.titles.get(code, same(code))
            yield Text(f"“{title.zh}”由{old.zh}变为{new.zh}", f"‘{title.en}’ goes from {old.en} to {new.en}")

    def _amounts_counted(self, was: StackedSteps | None, now: StackedSteps | None) -> Iterator[Text]:
        """What a top-up counts that is no policy, and is another amount, or counted by one of the books alone."""
        if was is None or now is None:
            return
        counted, counts = _amounts_of(was), _amounts_of(now)
        for node in dict.fromkeys((*counted, *counts)):
            x, y = counted.get(node), counts.get(node)
            if x is not None and y is not None:
                yield from self._otherwise(x, y)
            else:
                yield _is_counted(title_of_step(node, self.titles), is_new=y is not None)


def _by_rule(stacking: Sequence[StackedSteps]) -> dict[tuple[object, ...], StackedSteps]:
    """Stacking rules by what makes them the same in both books, whatever they count."""
    found: dict[tuple[object, ...], StackedSteps] = {}
    for each in stacking:
        rule = each.rule
        of = rule.group if isinstance(rule, Capped) else each.others if isinstance(rule, Excludes) else None
        key = each.owner, type(rule), of
        found[*key, sum(known[:-1] == key for known in found)] = each
    return found


def _takes(rule: StackedSteps | None, trace: Sequence[Any]) -> bool | None:
    """Whether a stacking rule takes something away; None where that is not known."""
    if rule is None:
        return False
    before, after = trace[rule.before.index], trace[rule.after.index]
    return None if is_unknown(before) or is_unknown(after) else bool(before != after)


def _asked_by(was: StackedSteps, now: StackedSteps) -> Iterator[tuple[Step, Step]]:
    """What a stacking rule asks or states itself, beside other policies: its ``when``, ``to`` or ``limit``."""
    rules, after = (was.rule, now.rule), (was.after, now.after)
    if all(isinstance(rule, Excludes) and rule.when is not None for rule in rules):
        x, y = (step.inputs[0].inputs[0] for step in after)
        yield x, y
    elif all(isinstance(rule, TopsUp) and rule.to is not None and rule.counting for rule in rules):
        x, y = (step.inputs[1].inputs[0] for step in after)
        yield x, y
    elif was.limit is not None and now.limit is not None:
        yield was.limit, now.limit


def _amounts_of(rule: StackedSteps) -> Mapping[n.Node, Step]:
    """The amounts that a top-up counts beside policies."""
    if not isinstance(rule.rule, TopsUp):
        return {}
    return {p.node: step for p, step in zip(rule.rule.counting, rule.counted, strict=True) if not isinstance(p, str)}


def _is_counted(title: Text, *, is_new: bool) -> Text:
    if is_new:
        return Text(f"“{title.zh}”也计入", f"‘{title.en}’ is counted as well")
    return Text(f"“{title.zh}”不再计入", f"‘{title.en}’ is no longer counted")


def _given(policy: PolicyResult | None) -> Text:
    """What is due by a policy, in words."""
    if policy is None:
        return Text("没有", "nothing")
    if policy.is_cash:
        return amount_said(policy.low, policy.high, policy.every)
    return {True: Text("提供", "given"), False: Text("不提供", "not given"), None: Text("待定", "undetermined")}[
        policy.granted
    ]


def _is_nothing(node: n.Node) -> bool:
    return isinstance(node, n.Const) and node.value == 0


def _under(step: Step) -> Iterator[Step]:
    """A step and all that it rests on, what is worked out of each record among it."""
    seen: set[Step] = set()
    waiting = [step]
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            yield each
            waiting += [*each.inner, *(s for s in (each.where, each.body) if s is not None), *reversed(each.inputs)]


_HOW = {
    True: Text("成立", "it holds"),
    False: Text("不成立", "it does not hold"),
    None: Text("待定", "not known"),
}
_RULES: Mapping[type, str] = {Excludes: "excludes", TopsUp: "tops_up", Capped: "capped"}

__all__ = ["because"]
