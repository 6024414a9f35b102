"""Why a condition came out as it did: the fewest conditions that decide it, and what a "no" lacks.

``Reasons`` works on a finished trace. A leaf is a condition that is not itself made of ``and``, ``or`` and ``not``.
``conditions_of`` and ``reason`` need none: they say what the codes of reasons (``rule:step``) stand for.
"""

from collections.abc import Mapping
from typing import Any, Literal

import attrs

from kinderguard.engines.blame import is_unknown
from kinderguard.engines.plan import Plan, Step
from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.text import Text, join
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import Cite
from kinderguard.rules.definitions import Category, Policy
from kinderguard.rules.kinds import DAYS, Sort
from kinderguard.rules.wording import quantity, wording


class UnknownReasonError(ToldError, KeyError):
    """A code of a reason that stands for no condition; the nearest is offered, or those of the rule are listed."""


@attrs.frozen
class Reason:
    """A condition of a category or policy: what a code among the ``reasons`` of a frame stands for.

    ``title`` is that of the named step or category, or the wording where the condition has no name.
    """

    code: str
    rule: str
    rule_title: Text
    title: Text
    wording: Text
    #: The sources of the rule, with those of checks on it, or of the category that the condition asks for.
    cites: tuple[Cite, ...]

    def __str__(self) -> str:
        return f"{self.code}: {self.rule_title} ← {self.title}"


def conditions_of(plan: Plan, rule: str) -> dict[str, list[Step]]:
    """The conditions of a category or policy by the step's part of their code, as frames give them (``reasons_of``)."""
    root = plan.categories[rule] if rule in plan.categories else plan.policies[rule].eligible
    return named_conditions(rule, root, {step: code for code, step in plan.categories.items()})


def named_conditions(rule: str, root: Step, categories: Mapping[Step, str]) -> dict[str, list[Step]]:
    """What a rule's condition is joined of, by the code of the step or category; by its place where it has none."""
    return {name: [part.step for part in parts] for name, parts in _named(rule, root, categories).items()}


def inner_conditions(rule: str, root: Step, categories: Mapping[Step, str]) -> dict[str, list[Step]]:
    """``named_conditions``, and below each that has no name what it is joined of in turn: ``#2.1`` is the first part of ``#2``."""
    found: dict[str, list[Step]] = {}

    def down(code: str, part: _Part) -> None:
        found[code] = [part.step]
        if part.name(categories) is None and isinstance(part.node, n.And | n.Or):
            for place, inner in enumerate(_conditions(part), 1):
                down(f"{code}.{place}", inner)

    for code, parts in _named(rule, root, categories).items():
        if len(parts) == 1 and parts[0].step is not root:
            down(code, parts[0])
        else:
            found[code] = [part.step for part in parts]
    return found


@attrs.frozen
class _Part:
    """A condition as a rule writes it, and its step.

    The name is the rule's own: rules that ask alike share a step, which then has the names of them all.
    """

    node: n.Node
    step: Step

    def name(self, categories: Mapping[Step, str]) -> str | None:
        return self.node.code if isinstance(self.node, n.Named | n.InCategory) else categories.get(self.step)


def _named(rule: str, root: Step, categories: Mapping[Step, str]) -> dict[str, list[_Part]]:
    found: dict[str, list[_Part]] = {}
    for place, part in enumerate(_conditions(_Part(root.node, root)), 1):
        name = part.name(categories)
        found.setdefault(name if name is not None and name != rule else f"#{place}", []).append(part)
    return found


def _conditions(root: _Part) -> list[_Part]:
    """What a condition is joined of: through ``and``s that have no name, or the alternatives of an ``or``."""
    if not isinstance(root.node, n.And | n.Or):
        return [root]
    parts = [_Part(*part) for part in zip(root.node.parts(), root.step.inputs, strict=True)]
    if isinstance(root.node, n.Or):
        return parts
    return [inner for part in parts for inner in (_conditions(part) if isinstance(part.node, n.And) else [part])]


def reason(plan: Plan, code: str, titles: Mapping[str, Text]) -> Reason:
    """What the code of a reason stands for.

    Raises:
        UnknownReasonError: no such rule, or no such condition of it.
    """
    rule, _, step = code.partition(":")
    rules: dict[str, Category | Policy] = {**plan.rules.categories, **plan.rules.policies}
    if rule not in rules:
        raise UnknownReasonError(
            Text(f"这里没有类别或政策 {rule!r}。", f"There is no category or policy {rule!r} here.")
            + suggestion(rule, rules)
        )
    conditions = conditions_of(plan, rule)
    if step not in conditions and "." in step:
        root = plan.categories[rule] if rule in plan.categories else plan.policies[rule].eligible
        conditions |= inner_conditions(rule, root, {at: code for code, at in plan.categories.items()})
    if step not in conditions:
        known = ", ".join(f"{rule}:{name}" for name in conditions)
        near = suggestion(step, conditions) if step else Text("", "")
        raise UnknownReasonError(
            Text(f"没有条件 {code!r}。", f"There is no condition {code!r}.")
            + near
            + Text(f"{rule} 的条件：{known}。", f" Those of {rule}: {known}.")
        )
    parts = conditions[step]
    words = join([wording(part.node, titles) for part in parts], "；", "; ")
    named = next((name.title for part in parts for name in part.names if name.code == step), None)
    asked = plan.rules.categories.get(step)
    if "." in step:
        asked = next((plan.rules.categories[code] for code, at in plan.categories.items() if at in parts), None)
        named = None if asked else next((name.title for part in parts for name in part.names), None)
    checks = [check for _, check in sorted(plan.rules.checks.items()) if check.on == rule]
    of_all = (*rules[rule].cites, *(cite for check in checks for cite in check.cites))
    cites = asked.cites if asked else dict.fromkeys(of_all)
    return Reason(code, rule, rules[rule].title, named or (asked.title if asked else words), words, tuple(cites))


@attrs.frozen
class Leaf:
    """A condition that counts: its step, and what it would have to be (None where it is not asked to change)."""

    step: Step
    wanted: bool | None = None


class Reasons:
    """The reasons of one trace."""

    def __init__(self, trace: list[Any]) -> None:
        self.trace = trace
        self._why: dict[int, tuple[Step, ...]] = {}
        self._needed: dict[tuple[int, bool], tuple[Leaf, ...]] = {}

    def deciding(self, step: Step) -> tuple[Step, ...]:
        """The inputs of a condition that make it what it is: one that fails an ``and``, all that hold it …"""
        value = self.trace[step.index]
        node = step.node
        if isinstance(node, n.Not):
            return step.inputs
        if isinstance(node, n.When) and node.kind.sort is Sort.BOOL:
            return self._branch(step, node)
        if not isinstance(node, n.And | n.Or):
            return ()
        if value is None:
            return tuple(i for i in step.inputs if self.trace[i.index] is None)
        if value is isinstance(node, n.And):
            return step.inputs
        candidates = [i for i in step.inputs if self.trace[i.index] is value]
        return (min(candidates, key=lambda i: len(self.why(i))),)

    def _branch(self, step: Step, node: n.When) -> tuple[Step, ...]:
        """The branch that a case distinction took, with its condition unless that only asks what is known."""
        condition, then, otherwise = step.inputs
        if self.trace[condition.index] is None:
            return ()
        taken = then if self.trace[condition.index] else otherwise
        if isinstance(taken.node, n.Const):
            return ()
        return (taken,) if isinstance(node.condition, n.Known) else (condition, taken)

    def why(self, step: Step) -> tuple[Step, ...]:
        """The fewest leaves that alone make the condition what it is."""
        found = self._why.get(step.index)
        if found is None:
            inputs = self.deciding(step)
            leaves = {leaf.index: leaf for i in inputs for leaf in self.why(i)} if inputs else {step.index: step}
            found = self._why[step.index] = tuple(leaves[k] for k in sorted(leaves))
        return found

    def needed(self, step: Step, wanted: bool = True) -> tuple[Leaf, ...]:
        """The leaves that would have to change, or become known, for the condition to be ``wanted``: where there is a choice,
        the fewest that are known to be otherwise, and of these the fewest.
        """
        if self.trace[step.index] is wanted:
            return ()
        key = (step.index, wanted)
        found = self._needed.get(key)
        if found is None:
            node = step.node
            if isinstance(node, n.Not):
                found = self.needed(step.inputs[0], not wanted)
            elif isinstance(node, n.And | n.Or):
                choices = [self.needed(i, wanted) for i in step.inputs if self.trace[i.index] is not wanted]
                if isinstance(node, n.And) is wanted:
                    leaves = {(leaf.step.index, leaf.wanted): leaf for choice in choices for leaf in choice}
                    found = tuple(leaves.values())
                else:
                    found = min(choices, key=self.effort, default=(Leaf(step, wanted),))
            else:
                found = (Leaf(step, wanted),)
            self._needed[key] = found
        return found

    def effort(self, leaves: tuple[Leaf, ...]) -> tuple[int, int]:
        """How much a choice asks: how many leaves are as they are for sure, since what is not known may turn out well; then
        how many there are.
        """
        return sum(self.trace[leaf.step.index] is not None for leaf in leaves), len(leaves)

    def distance(self, leaf: Leaf) -> Text | None:
        """How far a comparison is from the line, where both sides are known."""
        node = leaf.step.node
        if not isinstance(node, n.Less | n.AtMost) or leaf.wanted is None:
            return None
        left, right = leaf.step.inputs
        a, b = self.trace[left.index], self.trace[right.index]
        if is_unknown(a) or is_unknown(b) or self.trace[leaf.step.index] is leaf.wanted:
            return None
        subject, line = (b, a) if left.static and not right.static else (a, b)
        kind = node.left.kind if node.left.kind.unit else node.right.kind
        if subject == line:
            return Text("恰好在界线上", "exactly on the line")
        side: Literal["above", "below"] = "above" if subject > line else "below"
        apart = abs((subject - line).days) if kind.sort is Sort.DATE else abs(subject - line)
        far = quantity(apart, DAYS if kind.sort is Sort.DATE else kind)
        if kind.unit == "years":
            far = Text(far.zh.replace("周岁", "岁"), far.en)  # 周岁 is an age; how far apart two ages are is not
        if kind.sort is Sort.DATE:
            return Text(
                f"{'晚' if side == 'above' else '早'}{far.zh}",
                f"{far.en} {'after' if side == 'above' else 'before'} the line",
            )
        return Text(f"{'超出' if side == 'above' else '差'}{far.zh}", f"{far.en} {side} the line")
