"""Explanations: from an outcome down to conditions, facts, parameters and law, as a tree to read. What programs read is in
``explanation_document``.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kinderguard.engines.blame import inner_values, is_unknown
from kinderguard.engines.explain import ReferenceAlgebra
from kinderguard.engines.explanation_document import document, sources_of
from kinderguard.engines.plan import StackedSteps, Step
from kinderguard.engines.ranges import Range
from kinderguard.engines.reasons import Leaf, Reasons, conditions_of
from kinderguard.engines.render import rich_tree
from kinderguard.model.lines import Line, plain_text
from kinderguard.model.money import bounds_text
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import Tree as TreeBlock
from kinderguard.model.view import View
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import Cite
from kinderguard.rules.kinds import Kind, Sort
from kinderguard.rules.stacking import TopsUp
from kinderguard.rules.titles import fact_title
from kinderguard.rules.wording import quantity, title_of_step, wording

if TYPE_CHECKING:
    from rich.tree import Tree

    from kinderguard.engines.assessment import Assessment, PolicyResult
    from kinderguard.rules.parameters import ParameterValue


def shown(value: Any, kind: Kind) -> Text:
    """A value of the trace as people read it, bounds included."""
    if isinstance(value, Range):
        low, high = value.low, value.high
        if low is None and high is None:
            return quantity(None, kind)
        if high is None:
            at_least = quantity(low, kind)
            return Text(f"至少{at_least.zh}", f"at least {at_least.en}")
        if low is None:
            at_most = quantity(high, kind)
            return Text(f"至多{at_most.zh}", f"at most {at_most.en}")
        a, b = quantity(low, kind), quantity(high, kind)
        return Text(f"{a.zh}至{b.zh}", f"{a.en} to {b.en}")
    return quantity(value, kind)


def mark_of(value: Any) -> str:
    """The mark of a condition's value."""
    return {True: "yes", False: "no", None: "unknown"}[value]


class Explanation:
    """Why a result is what it is. Text by ``str()``, HTML in a notebook, ``to_dict()`` for programs.

    Args:
        assessment: the result to explain.
        code: one category or policy; None for everything that is, may be, or was refused.
        codes: whether lines show the code of the rule's condition that they belong to, as frames give it (``reasons``).
    """

    def __init__(self, assessment: "Assessment", code: str | None = None, *, codes: bool = False) -> None:
        self.assessment = assessment
        self.code = code
        self.codes = codes
        self._trace = assessment.trace
        self._plan = assessment.basis.bound.plan
        self._reasons = Reasons(self._trace)
        self._titles = assessment.basis.titles

    # ---- the tree --------------------------------------------------------------------------------------------

    def tree(self) -> Line:
        """The explanation as lines within lines."""
        a = self.assessment
        if self.code is not None:
            return self.line(self.code)
        where = place_name(a.division) if a.division else Text("负责地区不详", "division in charge unknown")
        head = Text(f"评估日期 {a.on}，{where.zh}", f"Assessed on {a.on}, {where.en}")
        sections = [
            self._section(Text("属于", "Is"), [self._category(c) for c, v in a.categories.items() if v]),
            self._section(
                Text("待定类别", "May be"), [self._category(c) for c, v in a.categories.items() if v is None]
            ),
            self._section(
                Text("应享受", "Is due"),
                [self._policy(p) for p in a.policies.values() if p.eligible and p in self._given],
            ),
            self._section(
                Text("可能应享受", "May be due"), [self._policy(p) for p in a.policies.values() if p.eligible is None]
            ),
            self._section(
                Text("符合条件但因衔接规则不发放", "Eligible, but not paid beside other help"),
                [self._policy(p) for p in a.policies.values() if p.eligible and p not in self._given],
            ),
            self._section(
                Text("不符合条件", "Is not due"), [self._policy(p) for p in a.policies.values() if p.eligible is False]
            ),
            self._missing(None),
            self._section(Text("尚需材料", "Papers to bring"), [Line(d.document.label) for d in a.documents]),
            self._section(Text("问题", "Problems"), [Line(p.message, "unknown") for p in a.problems]),
        ]
        return Line(head, below=tuple(s for s in sections if s is not None))

    def line(self, code: str) -> Line:
        """One category or policy with its reasons."""
        return self._category(code) if code in self._plan.categories else self._policy(self.assessment.policies[code])

    def because(self, *, amount: bool = False) -> tuple[Line, ...]:
        """Only the reasons of the one result that is explained: no sources, no notes.

        Args:
            amount: why the amount of a policy is what it is; else why it is due or not, or a category holds or not.
        """
        assert self.code is not None
        code, policy = self.code, self.assessment.policies.get(self.code)
        step = self._plan.categories[code] if policy is None else self._plan.policies[code].eligible
        settled = self._trace[step.index] is True and amount
        lines = [] if settled else [*self._because(step, code)]
        own = None if policy is None else self._plan.policies[code].own
        if policy is not None and amount and own is not None and policy.eligible is not False:
            lines.append(self._amount(own, policy))
        stacked = self._stacking(policy) if policy is not None else None
        open_facts = self._missing(code) if code in self.assessment.undetermined else None
        return (*lines, *(line for line in (stacked, open_facts) if line is not None))

    @property
    def _given(self) -> tuple["PolicyResult", ...]:
        due = self.assessment.due
        return due.cash + due.services

    def _section(self, title: Text, lines: list[Line]) -> Line | None:
        return Line(title, below=tuple(lines)) if lines else None

    def _category(self, code: str) -> Line:
        category = self._plan.rules.categories[code]
        step = self._plan.categories[code]
        value = self._trace[step.index]
        verdict = {True: Text("是", "yes"), False: Text("否", "no"), None: Text("待定", "undetermined")}[value]
        below = [
            *self._because(step, code),
            *self._sources(sources_of(self._plan.rules, code, category.cites), category.note),
        ]
        if self.code and value is None:
            below += [line for line in (self._missing(code),) if line]
        return Line(
            Text(f"{category.title.zh}：{verdict.zh}", f"{category.title.en}: {verdict.en}") + same(f" [{code}]"),
            mark_of(value),
            tuple(below),
        )

    def _policy(self, result: "PolicyResult") -> Line:
        policy, steps = self._plan.rules.policies[result.code], self._plan.policies[result.code]
        below = [*self._because(steps.eligible, policy.code)]
        if steps.own is not None and result.eligible is not False:
            below.append(self._amount(steps.own, result))
        below += [line for line in (self._stacking(result),) if line]
        below += self._sources(sources_of(self._plan.rules, policy.code, policy.cites), policy.note)
        if self.code and result.eligible is None:
            below += [line for line in (self._missing(result.code),) if line]
        return Line(
            Text(f"{policy.title.zh}：", f"{policy.title.en}: ") + self.verdict(result) + same(f" [{result.code}]"),
            mark_of(result.eligible),
            tuple(below),
        )

    def verdict(self, result: "PolicyResult") -> Text:
        """One policy's result in a phrase."""
        if result.eligible is False:
            return Text("不符合条件", "not eligible")
        if not result.is_cash:
            assert result.service is not None
            if result.granted is False:
                return Text("因衔接规则不提供", "not given beside other help")
            sure = Text("应提供", "due") if result.granted else Text("待定", "undetermined")
            return Text(f"{sure.zh}（{result.service.zh}）", f"{sure.en} ({result.service.en})")
        amount = bounds_text(result.low, result.high, result.every)
        if result.per == "household":
            amount += Text("（按户）", " (per household)")
        if not result.eligible:
            return Text("待定，", "undetermined, ") + amount
        return amount if result.amount is not None else Text("金额待定，", "amount open, ") + amount

    # ---- why -------------------------------------------------------------------------------------------------

    def _because(self, step: Step, rule: str) -> Iterator[Line]:
        value = self._trace[step.index]
        coded = self._condition_codes(rule, value) if self.codes else {}
        if value is False:
            why = tuple(self._leaf(Leaf(s, True), step, coded) for s in self._reasons.why(step))
            yield Line(Text("因为", "Because"), below=why)
            needed = self._reasons.needed(step)
            failed = {s.index for s in self._reasons.why(step)}
            # What a reason above stands in is told by that reason.
            rest = [leaf for leaf in needed if failed.isdisjoint(_under(leaf.step))]
            if rest:
                yield Line(
                    Text("若要符合，最少还需改变", "The least that would also have to change"),
                    below=tuple(self._leaf(leaf, step, coded) for leaf in rest),
                )
        else:
            yield from self._conditions(step, step, set(), coded)

    def _condition_codes(self, rule: str, value: bool | None) -> dict[int, str]:
        """By step, the code of the rule's condition that it is, or lies in; of several, one that came out as the rule."""
        found: dict[int, str] = {}
        named = [(name, part) for name, parts in conditions_of(self._plan, rule).items() for part in parts]
        for name, part in sorted(named, key=lambda pair: self._trace[pair[1].index] is not value):
            waiting = [part]
            while waiting:
                step = waiting.pop()
                if step.index not in found:
                    found[step.index] = f" [{rule}:{name}]"
                    waiting += step.inputs
        return found

    def _conditions(self, step: Step, top: Step, seen: set[int], coded: dict[int, str]) -> Iterator[Line]:
        """The deciding part of a condition: each named step a line, each leaf a line with what it read.

        What makes a child belong to another category is told where that category is, once, unless only one result is
        explained.
        """
        if step.index in seen:
            return
        seen.add(step.index)
        title = self.title(step) if step is not top else None
        if title is not None and step.index in coded:
            title += same(coded[step.index])
            coded = {}  # below a line with the code it would say the same
        if title is not None and self.code is None and step.index in self._category_steps:
            yield Line(title, mark_of(self._trace[step.index]))
            return
        inputs = self._reasons.deciding(step)
        if not inputs or (isinstance(step.node, n.Not) and not self._reasons.deciding(inputs[0])):
            yield self._leaf(Leaf(step), top, coded)
            return
        below = [line for i in inputs for line in self._conditions(i, top, seen, coded)]
        if title is not None and below:
            yield Line(title, mark_of(self._trace[step.index]), tuple(below))
        else:
            yield from below

    @cached_property
    def _category_steps(self) -> frozenset[int]:
        return frozenset(s.index for s in self._plan.categories.values())

    def title(self, step: Step) -> Text | None:
        """The title of a step: of a named one, or of a category."""
        if step.names:
            return step.names[0].title
        for code, known in self._plan.categories.items():
            if known is step:
                return self._titles[code]
        return None

    def _leaf(self, leaf: Leaf, top: Step, coded: dict[int, str]) -> Line:
        step, value = leaf.step, self._trace[leaf.step.index]
        says = self.title(step) if step is not top else None
        words = wording(step.node, self._titles)
        text = (
            words
            if says is None or says.zh in words.zh
            else Text(
                f"{says.zh}（{words.zh}）" if len(words.zh) < 60 else says.zh,
                f"{says.en} ({words.en})" if len(words.en) < 120 else says.en,
            )
        )
        negated = self._is_negated(step, leaf)
        far = self._reasons.distance(leaf if not negated else Leaf(step, False))
        if far is not None:
            text = Text(f"{text.zh}：{far.zh}", f"{text.en}: {far.en}")
        elif negated:
            text = Text("须不成立：", "must not hold: ") + text
        text += same(coded.get(step.index, ""))
        return Line(text, mark_of(value), tuple(self._read(step)))

    def _is_negated(self, step: Step, leaf: Leaf) -> bool:
        """Whether the leaf holds where it ought not to (below a ``not``)."""
        return leaf.wanted is True and self._trace[step.index] is True

    def _read(self, step: Step) -> Iterator[Line]:
        """What a step read: facts, parameters, lengths of time, and the records of an aggregate."""
        seen: set[int] = set()
        waiting = list(step.inputs) if step.inputs else [step]
        if isinstance(step.node, n.Aggregate):
            yield from self._records(step)
            waiting = [i for s in _inside(step) for i in s.inputs if i.static]
        while waiting:
            read = waiting.pop(0)
            if read.index in seen:
                continue
            seen.add(read.index)
            node, value = read.node, self._trace[read.index] if read.index < len(self._trace) else None
            if isinstance(node, n.Fact) and node.of is None:
                if read is not step:
                    yield Line(fact_title(node.path, self._titles) + Text("：", ": ") + shown(value, node.kind))
            elif isinstance(node, n.Param):
                yield self._parameter(node.code, value, node.kind)
            elif isinstance(node, n.Years | n.Months | n.Days) and not read.static:
                yield Line(wording(node, self._titles) + Text("：", ": ") + shown(value, node.kind))
                waiting.extend(read.inputs)
            elif isinstance(node, n.Aggregate):
                yield Line(
                    wording(node, self._titles) + Text("：", ": ") + shown(value, node.kind),
                    below=tuple(self._records(read)),
                )
            elif not isinstance(node, n.Const | n.Day):
                waiting.extend(read.inputs)

    def _records(self, step: Step) -> Iterator[Line]:
        """The records of an aggregate: what was read of each."""
        if self._trace[step.inputs[0].index] is None:
            yield Line(wording(step.inputs[0].node, self._titles) + Text("：未知", ": unknown"), "unknown")
            return
        for number, inner in enumerate(self._inner(step), 1):
            facts = [
                wording(s.node, self._titles) + Text("：", ": ") + shown(inner[s.index], s.node.kind)
                for s in step.inner
                if isinstance(s.node, n.Fact) and not (is_unknown(inner[s.index]))
            ]
            assert step.body is not None
            mark = mark_of(inner[step.body.index]) if step.body.node.kind.sort is Sort.BOOL else ""
            yield Line(
                Text(f"第{number}条：", f"record {number}: ")
                + (join(facts, "；", "; ") if facts else Text("内容未知", "nothing known")),
                mark,
            )

    def _inner(self, step: Step) -> Iterator[list[Any]]:
        return inner_values(ReferenceAlgebra(), step, self._trace)

    def _parameter(self, code: str, value: Any, kind: Kind) -> Line:
        given = self.assessment.basis.parameters.get(code)
        title = self._titles.get(code, same(code))
        text = title + Text("：", ": ") + shown(value, kind) + same(f" [{code}]")
        if given is None:
            return Line(text + Text("（本地未设定）", " (not set at this place)"), "unknown")
        return Line(text, below=(Line(self._origin(given)),))

    def _origin(self, given: "ParameterValue") -> Text:
        place = place_name(given.place)
        period = given.period.text
        return Text(
            f"{place.zh}，{period.zh}；来源：{given.source}（{given.trust.label.zh}）",
            f"{place.en}, {period.en}; source: {given.source} ({given.trust.label.en})",
        )

    def _amount(self, step: Step, result: "PolicyResult") -> Line:
        own = self._trace[step.index]
        calculation = step.inputs[1] if isinstance(step.node, n.When) else step
        words = wording(calculation.node, self._titles)
        text = Text("金额：", "Amount: ") + words
        if result.eligible:
            text += Text(" ＝ ", " = ") + shown(own, step.node.kind)
        below = [self._parameter(calculation.node.code, self._trace[calculation.index], calculation.node.kind)] if isinstance(
            calculation.node, n.Param
        ) else list(self._read(calculation))  # fmt: skip
        return Line(text, below=tuple(below))

    def _stacking(self, result: "PolicyResult") -> Line | None:
        lines = []
        for effect, steps in zip(result.stacking, self._plan.policies[result.code].stacking, strict=True):
            if not effect.changed:
                continue
            others = join([self._titles.get(c, same(c)) for c in effect.others])
            how = {
                "excludes": Text(f"与{others.zh}不同时享受", f"not paid beside {others.en}"),
                "tops_up": Text("补差", "tops up"),
                "capped": Text("合计不超过上限", "capped in total"),
            }[effect.rule]
            before, after = _money_pair(effect.before), _money_pair(effect.after)
            reason = Text(f"（{effect.reason.zh}）", f" ({effect.reason.en})") if effect.reason else same("")
            change = Text(f"：{before.zh} → {after.zh}", f": {before.en} → {after.en}")
            lines.append(Line(how + reason + change, below=tuple(self._counted(steps))))
        return Line(Text("衔接", "Stacking"), below=tuple(lines)) if lines else None

    def _counted(self, stacked: StackedSteps) -> Iterator[Line]:
        """What a top-up counted, each with its amount; what is nothing is not told."""
        parts = stacked.rule.counting if isinstance(stacked.rule, TopsUp) else ()
        for part, step in zip(parts, stacked.counted, strict=True):
            value = self._trace[step.index]
            if value != 0:
                title = (
                    self._titles.get(part, same(part))
                    if isinstance(part, str)
                    else title_of_step(part.node, self._titles)
                )
                yield Line(Text("已计：", "counted: ") + title + Text("，", ", ") + shown(value, step.node.kind))

    def _sources(self, cites: tuple[Cite, ...], note: Text | None) -> Iterator[Line]:
        if note is not None:
            yield Line(Text("说明：", "Note: ") + note)
        if cites:
            yield Line(Text("依据", "Sources"), below=tuple(Line(_cited(c)) for c in cites))

    def _missing(self, code: str | None) -> Line | None:
        found = [m for m in self.assessment.missing if code is None or code in m.changes]
        return self._section(
            Text("需要了解（按作用大小排列）", "What would decide it, the most decisive first"),
            [Line(fact_title(m.path, self._titles) + same(f" [{m.path}]"), "unknown") for m in found],
        )

    # ---- ways to show it ---------------------------------------------------------------------------------------

    def text(self, lang: Language = "zh", *, codes: bool = False) -> str:
        """The tree as plain text in ``lang``; with the codes of conditions (``rule:step``), where asked for."""
        shown_with = Explanation(self.assessment, self.code, codes=True) if codes else self
        return plain_text(shown_with.tree(), lang)

    def html(self, lang: Language = "zh") -> str:
        """The tree as a self-contained HTML fragment that folds."""
        return self.view(lang).html

    def view(self, lang: Language | None = None) -> View:
        """The tree as a notebook shows it: it folds, and has nothing personal in it.

        Args:
            lang: ``"zh"`` or ``"en"``; the language that is set, if left out.
        """
        tree = self.tree()
        if self.code is None:
            return View(tree.text, [TreeBlock(tree.below, opened=1)], lang)
        return View(self._titles[self.code], [TreeBlock([tree], opened=2)], lang)

    def rich(self, lang: Language = "zh") -> "Tree":
        """The tree for a terminal (needs rich, extra ``[cli]``)."""
        return rich_tree(self.tree(), lang)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Explanation of {self.code or 'everything'} on {self.assessment.on}>"

    def _repr_html_(self) -> str:
        return self.view().html

    def __rich__(self) -> "Tree":
        return self.rich()

    def to_dict(self) -> dict[str, Any]:
        """The document ``kinderguard.explanation/1`` as plain JSON values (see its published schema)."""
        return document(self.assessment, self.code)


def _inside(step: Step) -> Iterator[Step]:
    for inner in step.inner:
        yield inner
        yield from _inside(inner)


def _under(step: Step) -> set[int]:
    """The places of a step and of all that it is computed from."""
    found: set[int] = set()
    waiting = [step]
    while waiting:
        current = waiting.pop()
        if current.index not in found:
            found.add(current.index)
            waiting += current.inputs
    return found


def _money_pair(value: Any) -> Text:
    if not isinstance(value, tuple):
        return {True: Text("提供", "given"), False: Text("不提供", "not given"), None: Text("待定", "undetermined")}[
            value
        ]
    return bounds_text(*value)


def _cited(cite: Cite) -> Text:
    checked = Text(f"，核对于 {cite.checked_on}", f", checked {cite.checked_on}") if cite.checked_on else same("")
    return cite.text + checked + (same(f" {cite.source}") if cite.source else same(""))
