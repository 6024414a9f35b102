"""What leaves an amount open: the unknown facts and conditions, and the standards that a place did not set, on which the
amount of one policy rests as it was computed. Explanations tell them; whether they could change it is for ``missing``.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kinderguard.engines.blame import Blame, is_unknown
from kinderguard.engines.condition_lines import ConditionLines, fact_shown, place_in_charge, shown
from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.plan import Step
from kinderguard.engines.unborn import is_unborn
from kinderguard.model.codes import Frequency
from kinderguard.model.lines import Line
from kinderguard.model.money import bounds_text
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.kinds import Sort
from kinderguard.rules.titles import fact_title
from kinderguard.rules.wording import wording

if TYPE_CHECKING:
    from kinderguard.engines.assessment import Assessment


def unset_of(assessment: "Assessment", code: str, told: Iterable[Step] = ()) -> tuple[str, ...]:
    """The codes of the standards without a value that leave a category or policy open, as it was computed.

    Args:
        assessment: the result.
        code: of the category or policy.
        told: steps that are not walked into.
    """
    if is_unborn(assessment.case, assessment.on):
        return ()  # whatever is set, nothing is assessed before birth
    plan = assessment.basis.bound.plan
    own = plan.categories.get(code)
    walk = Blame(ReferenceAlgebra(), (step for step in told if step is not own))
    for step in (own,) if own is not None else (plan.policies[code].eligible, plan.policies[code].final):
        walk.visit(step, assessment.trace, ())
    return tuple(dict.fromkeys(walk.parameters))


def unset_text(assessment: "Assessment", unset: Iterable[str], *, codes: bool = False) -> Text | None:
    """Which standards are not set at the place of an assessment, in a phrase; None for none.

    Args:
        assessment: the result.
        unset: the codes of the standards.
        codes: whether their codes stand after them.
    """
    titles, place = assessment.basis.titles, place_in_charge(assessment)
    named = [titles.get(c, same(c)) + same(f" [{c}]" if codes else "") for c in unset]
    if not named:
        return None
    listed = join(named)
    if not assessment.division:
        return Text(
            f"因负责地区不详而未知的标准：{listed.zh}",
            f"Standard{'' if len(named) == 1 else 's'} not known, as the division in charge is unknown: {listed.en}",
        )
    return Text(
        f"{place.zh}未设定的标准：{listed.zh}",
        f"Standard{'' if len(named) == 1 else 's'} not set in {place.en}: {listed.en}",
    )


def unset_said(assessment: "Assessment", code: str) -> Text | None:
    """The standards that leave a result open since nobody set them, in a phrase; None where there is none."""
    return unset_text(assessment, unset_of(assessment, code))


def amount_said(
    low: Decimal | None, high: Decimal | None, every: Frequency | None = None, *, unit: bool = True, per: str = "child"
) -> Text:
    """An amount that is due, or its bounds (yuan), as ``bounds_text`` has them; of one that nothing bounds, that it is not
    known, which “at least 0” would hide. ``per="household"`` says for whom it is.
    """
    of = Text("按户", "per household") if per == "household" else same("")
    if low == 0 and high is None:
        text, beside = Text("金额未知", "amount not known"), [] if every is None else [Text(every.zh, every.en)]
    else:
        text, beside = bounds_text(low, high, unit=unit), [] if every is None else [Text(every.zh, "")]
        text += Text("", f" {every.en}" if every is not None else "")
    zh = "，".join(part.zh for part in (*beside, of) if part.zh)
    en = ", ".join(part.en for part in (*beside, of) if part.en)
    return text + Text(f"（{zh}）" if zh else "", f" ({en})" if en else "")


class Opening:
    """What leaves the amount of one policy open."""

    def __init__(self, assessment: "Assessment", code: str) -> None:
        plan = assessment.basis.bound.plan
        self._trace: list[Any] = assessment.trace
        self._titles = assessment.basis.titles
        self._policies = plan.policies
        self._final = plan.policies[code].final
        told_elsewhere = frozenset(step.index for step in plan.categories.values())
        self._lines = ConditionLines(assessment, assessment.trace, folded=told_elsewhere)
        #: The results of other policies are told where these are.
        self._others = {
            at.index: other
            for other, steps in plan.policies.items()
            for at in (steps.final, steps.own, *(s.before for s in steps.stacking))
            if other != code and at is not None
        }
        self._seen: set[int] = set()
        self._found: set[int] = set()

    def lines(self) -> tuple[Line, ...]:
        """A line for each; a named step stands above what opens it."""
        self._seen.clear()
        self._found.clear()
        return tuple(self._visited(self._final))

    def steps(self) -> tuple[int, ...]:
        """The places of the conditions, facts and standards that are told, in order."""
        self.lines()
        return tuple(sorted(self._found))

    def _visited(self, step: Step) -> Iterator[Line]:
        value, node = self._trace[step.index], step.node
        if step.index in self._seen or not is_unknown(value):
            return
        self._seen.add(step.index)
        if step.names and node.kind.sort is not Sort.BOOL:
            below = tuple(self._below(step))
            yield Line(step.names[0].title + Text("：", ": ") + fact_shown(value, node.kind), "unknown", below)
            return
        line = self._told(step)
        if line is None:
            yield from self._below(step)
        else:
            self._found.add(step.index)
            yield line

    def _told(self, step: Step) -> Line | None:
        """The line of what is open by itself; None for what is computed from others."""
        value, node = self._trace[step.index], step.node
        below: tuple[Line, ...] = ()
        if step.index in self._others:
            other = self._others[step.index]
            title, eligible = self._titles[other], self._policies[other].eligible
            below = (self._lines.line(eligible),) if self._trace[eligible.index] is None else ()
        elif node.kind.sort is Sort.BOOL and not self._asks_of_others(step):
            return self._lines.line(step)
        elif isinstance(node, n.Param):
            return self._lines.parameter(node.code, value, node.kind)
        elif isinstance(node, n.Fact):
            title = fact_title(node.path, self._titles)
        elif isinstance(node, n.Aggregate):
            title, below = wording(node, self._titles), tuple(self._lines.records(step))
        else:
            return None
        say = fact_shown if isinstance(node, n.Fact) else shown
        return Line(title + Text("：", ": ") + say(value, node.kind), "unknown", below)

    def _below(self, step: Step) -> Iterator[Line]:
        """What a step was computed from; of a choice, only what may be chosen."""
        inputs = step.inputs
        if isinstance(step.node, n.When):
            condition, then, otherwise = inputs
            holds = self._trace[condition.index]
            inputs = (condition, *([then] if holds is not False else []), *([otherwise] if holds is not True else []))
        for part in inputs:
            yield from self._visited(part)

    def _asks_of_others(self, step: Step) -> bool:
        """Whether a condition is one that stacking made: of what other policies give."""
        return not step.names and any(
            i.index in self._others or (isinstance(i.node, n.Less | n.AtMost | n.And) and self._asks_of_others(i))
            for i in step.inputs
        )
