"""Why a condition came out as it did: the fewest conditions that decide it, and what a "no" lacks.

Works on a finished trace. A leaf is a condition that is not itself made of ``and``, ``or`` and ``not``.
"""

from typing import Any, Literal

import attrs

from kinderguard.engines.missing import is_unknown
from kinderguard.engines.plan import Step
from kinderguard.model.text import Text
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort
from kinderguard.rules.wording import quantity


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
        """The fewest leaves that would have to change, or become known, for the condition to be ``wanted``."""
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
                    found = min(choices, key=len, default=(Leaf(step, wanted),))
            else:
                found = (Leaf(step, wanted),)
            self._needed[key] = found
        return found

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
        kind = node.left.kind
        if subject == line:
            return Text("恰好在界线上", "exactly on the line")
        side: Literal["above", "below"] = "above" if subject > line else "below"
        apart = abs((subject - line).days) if kind.sort is Sort.DATE else abs(subject - line)
        far = (
            Text(f"{apart}天", f"{apart} day{'' if apart == 1 else 's'}")
            if kind.sort is Sort.DATE
            else quantity(apart, kind)
        )
        if kind.sort is Sort.DATE:
            return Text(
                f"{'晚' if side == 'above' else '早'}{far.zh}",
                f"{far.en} {'after' if side == 'above' else 'before'} the line",
            )
        return Text(f"{'超出' if side == 'above' else '差'}{far.zh}", f"{far.en} {side} the line")
