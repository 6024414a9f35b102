"""Why a policy is not due, in one sentence without codes: the condition that the child does not meet, or the help beside which
it is not paid. Called by ``family_page``; ``Explanation`` tells it down to facts and law.
"""

from typing import TYPE_CHECKING

from kinderguard.engines.plan import Step
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.wording import wording

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment

#: Longer wordings (in Chinese, in English) are left to ``explain``.
_LONG_ZH, _LONG_EN = 60, 160
#: So many conditions are named in one sentence.
_NAMED = 2
_INNER_ZH, _INNER_EN = str.maketrans("“”", "‘’"), str.maketrans("‘’", "“”")


def refusal_said(result: "Assessment", code: str) -> Text:
    """Why a policy gives nothing.

    Args:
        result: the assessment, by which it is not due.
        code: of the policy; of one that is not in force on the day, that is said.
    """
    policy = result.policies.get(code)
    if policy is None:
        return Text("这一天当地没有施行这项政策", "it is not in force there on that day")
    if policy.eligible is not False:
        return _beside(result, code)
    return _Refusal(result).of(result.basis.bound.plan.policies[code].eligible)


def _beside(result: "Assessment", code: str) -> Text:
    """Of a child who is eligible, or may be: which other help leaves nothing of it."""
    titles, policy = result.basis.titles, result.policies[code]
    head = Text("符合条件，但", "eligible, but ") if policy.eligible else Text("即使符合条件，", "even if eligible, ")
    for effect in policy.stacking:
        if not effect.changed:
            continue
        if effect.rule == "excludes":
            paid = [c for c in effect.others if c in result.policies and result.policies[c].eligible]
            others = join([titles.get(c, same(c)) for c in paid or effect.others])
            return head + Text(f"不与{others.zh}同时发放", f"not given beside {others.en}")
        if effect.rule == "tops_up":
            return head + Text("已有的救助不低于它，没有差额可补", "the help that there is already is no less than it")
        return head + Text("这类救助合计已到上限", "the limit for all help of its kind is reached")
    return head + Text("算下来金额为零", "the amount comes to nothing")


class _Refusal:
    """The conditions of one result that do not hold."""

    def __init__(self, result: "Assessment") -> None:
        self._trace = result.trace
        self._titles = result.basis.titles
        self._categories = {s: self._titles[c] for c, s in result.basis.bound.plan.categories.items()}

    def of(self, eligible: Step) -> Text:
        """The sentence. Of alternatives that all fail, the first is told: it is the rule itself, and what places add to it
        comes after; but of several categories all are named.
        """
        step = eligible
        while (inner := self._instead(step)) is not None:
            step = inner
        group = self._categories.get(step)
        if group is None and isinstance(step.node, n.Or) and step.inputs and not step.names:
            named = join([self._categories[i] for i in step.inputs if i in self._categories])
            return Text(f"不属于以下任何一类：{named.zh}", f"the child counts as none of these: {named.en}")
        parts = self._telling(self._failing(step))
        told = (self._said(part, own=step) for part in parts)
        said = [text for text in told if text is not None][:_NAMED]
        if group is None and not said:
            return Text("有条件不符合，请工作人员说明", "a condition is not met; the office says which")
        head = same("")
        if group is not None:
            head = Text(f"不属于“{group.zh}”", f"the child does not count as ‘{group.en}’")
            if not said:
                return head
            head += Text("，因为", ", since ")
        return head + _unmet(said, alternatives=isinstance(step.node, n.Or))

    def _instead(self, step: Step) -> Step | None:
        """The part that is told in a condition's stead; None where it is told itself."""
        if step.names or step in self._categories:
            return None
        false = self._failing(step)
        if isinstance(step.node, n.Or) and step.inputs:
            return None if sum(i in self._categories for i in step.inputs) > 1 else false[0]
        return false[0] if len(false) == 1 and false[0] in self._categories else None

    def _failing(self, step: Step) -> list[Step]:
        """The parts that fail of what all must hold; the alternatives of what one of must; a plain question itself."""
        if not isinstance(step.node, n.And | n.Or) or not step.inputs or (step.names and step not in self._categories):
            return [step]
        return [part for i in step.inputs if self._trace[i.index] is False for part in self._flat(i, type(step.node))]

    def _telling(self, parts: list[Step]) -> list[Step]:
        """Without the conditions that ask whether something is recorded at all, where another one fails."""
        asks = [p for p in parts if isinstance(p.node, n.Or) and any(isinstance(i.node, n.Known) for i in p.inputs)]
        return [p for p in parts if p not in asks] or parts

    def _flat(self, step: Step, row: type[n.Node]) -> list[Step]:
        """A row of conditions within one of its kind is one with it."""
        return (
            self._failing(step)
            if type(step.node) is row and not step.names and step not in self._categories
            else [step]
        )

    def _said(self, step: Step, own: Step | None = None) -> Text | None:
        """A condition in words; None where they would be long.

        Args:
            step: the condition.
            own: the category whose title stands before it.
        """
        if step.names:
            return step.names[0].title
        if step in self._categories and step is not own:
            title = self._categories[step]
            return Text(f"儿童属于“{title.zh}”", f"the child counts as ‘{title.en}’")
        if isinstance(step.node, n.Or) and step.inputs:
            parts = [self._said(i) for i in step.inputs]
            told = [text for text in parts if text is not None]
            words = join(told, "，或", ", or ")
            if told and (len(told) < len(parts) or _is_long(words)):
                words = told[0]  # it does not hold either
        elif isinstance(step.node, n.When) and isinstance(step.node.condition, n.Known):
            words = wording(step.node.then, self._titles)  # what stands in for an unknown fact is no reason
        else:
            words = wording(step.node, self._titles)
        return words if words and not _is_long(words) else None


def _is_long(words: Text) -> bool:
    return len(words.zh) > _LONG_ZH or len(words.en) > _LONG_EN


def _unmet(said: list[Text], *, alternatives: bool) -> Text:
    """The conditions that fail, in quotation marks; those within one are the inner ones.

    Args:
        said: what they ask.
        alternatives: whether one of them would do.
    """
    quoted = [Text(f"“{t.zh.translate(_INNER_ZH)}”", f"‘{t.en.translate(_INNER_EN)}’") for t in said]
    if len(quoted) < 2:
        (one,) = quoted
        return Text(f"不符合{one.zh}这一条", f"the condition {one.en} is not met")
    if alternatives:
        either = join(quoted, "和", " nor ")
        return Text(f"{either.zh}都不符合", f"neither {either.en} holds")
    both = join(quoted, "和", " and ")
    return Text(f"不符合{both.zh}这两条", f"the conditions {both.en} are not met")
