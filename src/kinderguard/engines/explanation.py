"""Explanations: from an outcome down to conditions, facts, parameters and law, as a tree to read. What programs read is in
``explanation_document``.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any, NoReturn

from kinderguard.engines import ranges
from kinderguard.engines.changing import changes_of
from kinderguard.engines.condition_lines import ConditionLines, fact_shown, mark_of, shown
from kinderguard.engines.divisions import by_zero, zero_divisor
from kinderguard.engines.explanation_document import document, sources_of
from kinderguard.engines.opening import Opening, amount_said, unset_of, unset_text
from kinderguard.engines.papers import papers_of
from kinderguard.engines.plan import StackedSteps, Step
from kinderguard.engines.reasons import Reasons, conditions_of
from kinderguard.engines.render import rich_tree
from kinderguard.engines.unborn import is_unborn, not_yet_born
from kinderguard.model.errors import pack_kept_out
from kinderguard.model.lines import Line, plain_text
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import Tree as TreeBlock
from kinderguard.model.view import View
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import Cite
from kinderguard.rules.stacking import TopsUp
from kinderguard.rules.titles import fact_title
from kinderguard.rules.wording import title_of_step, wording

if TYPE_CHECKING:
    from rich.tree import Tree

    from kinderguard.engines.assessment import Assessment, PolicyResult


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
        self._titles = assessment.basis.titles
        self._reasons = Reasons(self._trace)
        self._changes = changes_of(assessment, self._reasons)
        self._refused: set[int] | None = None

    def __reduce__(self) -> NoReturn:
        """Refuse pickle, as the assessment does; ``to_dict()`` travels.

        Raises:
            CannotTravelError: with what to send instead.
        """
        self.assessment.__reduce__()

    # ---- the tree --------------------------------------------------------------------------------------------

    def tree(self) -> Line:
        """The explanation as lines within lines."""
        if self.code is not None:
            return self.line(self.code)
        self._refused = set()
        whole = self._whole()
        self._refused = None  # a result that is told by itself is told in full
        return whole

    def _whole(self) -> Line:
        a = self.assessment
        where = (
            place_name(a.division, self._titles) if a.division else Text("负责地区不详", "division in charge unknown")
        )
        head = Text(f"评估日期 {a.on}，{where.zh}", f"Assessed on {a.on}, {where.en}")
        if self._is_unborn:
            return Line(head, below=tuple(Line(p.message, "unknown") for p in a.problems))
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
            *(self._section(title, [Line(d.document.label) for d in papers]) for title, papers in papers_of(a)),
            self._section(Text("问题", "Problems"), [Line(said, "unknown") for said in problems_said(a)]),
        ]
        return Line(head, below=tuple(s for s in sections if s is not None))

    def line(self, code: str) -> Line:
        """One category or policy with its reasons."""
        if self._is_unborn:
            text = self._titles[code] + Text("：不作评估", ": not assessed") + same(f" [{code}]")
            return Line(text, "unknown", (self._not_yet_born,))
        return self._category(code) if code in self._plan.categories else self._policy(self.assessment.policies[code])

    def because(self, *, amount: bool = False) -> tuple[Line, ...]:
        """Only the reasons of the one result that is explained: no sources, no notes.

        Args:
            amount: why the amount of a policy is what it is; else why it is due or not, or a category holds or not.
        """
        assert self.code is not None
        if self._is_unborn:
            return (self._not_yet_born,)
        code, policy = self.code, self.assessment.policies.get(self.code)
        step = self._plan.categories[code] if policy is None else self._plan.policies[code].eligible
        settled = self._trace[step.index] is True and amount
        lines = [] if settled else [*self._because(step, code)]
        own = None if policy is None else self._plan.policies[code].own
        if policy is not None and amount and own is not None and policy.eligible is not False:
            lines.append(self._amount(own, policy))
        stacked = self._stacking(policy) if policy is not None else None
        opened = self._opened(policy) if policy is not None and amount else None
        open_facts = self._missing(code) if code in self.assessment.undetermined else None
        return (*lines, *(line for line in (stacked, opened, self._unset(code), open_facts) if line is not None))

    @property
    def _is_unborn(self) -> bool:
        return is_unborn(self.assessment.case, self.assessment.on)

    @property
    def _not_yet_born(self) -> Line:
        return Line(not_yet_born(self.assessment.on).message, "unknown")

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
            *(line for line in (self._unset(code),) if line),
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
        below += [line for line in (self._stacking(result), self._opened(result), self._unset(result.code)) if line]
        below += self._sources(sources_of(self._plan.rules, policy.code, policy.cites), policy.note)
        if self.code and result.code in self.assessment.undetermined:
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
        amount = amount_said(result.low, result.high, result.every, per=result.per)
        if not result.eligible:
            return Text("待定，", "undetermined, ") + amount
        is_said = result.amount is not None or (not result.low and result.high is None)
        return amount if is_said else Text("金额待定，", "amount open, ") + amount

    # ---- why -------------------------------------------------------------------------------------------------

    def _because(self, step: Step, rule: str) -> Iterator[Line]:
        yield from self._lines(rule).whole(step)

    def _lines(self, rule: str) -> ConditionLines:
        """What tells the conditions of one rule. What makes a child belong to another category is told where that
        category is, once, unless only one result is explained.
        """
        own = self._plan.categories.get(rule)
        codes = {}
        if self.codes:
            step = own or self._plan.policies[rule].eligible
            codes = self._condition_codes(rule, self._trace[step.index])
        return ConditionLines(
            self.assessment, self._trace, codes, self._folded, own, self._reasons, self._refused, self._changes
        )

    @cached_property
    def _folded(self) -> frozenset[int]:
        """The categories that have their own place in this explanation: those that hold or are open."""
        if self.code is not None:
            return frozenset()
        return frozenset(s.index for s in self._plan.categories.values() if self._trace[s.index] is not False)

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

    def _amount(self, step: Step, result: "PolicyResult") -> Line:
        own = self._trace[step.index]
        calculation = step.inputs[1] if isinstance(step.node, n.When) else step
        words = wording(calculation.node, self._titles)
        text = Text("金额：", "Amount: ") + words
        if result.eligible:
            text += Text(" ＝ ", " = ") + fact_shown(own, step.node.kind)
        lines = ConditionLines(self.assessment, self._trace)
        below = [lines.parameter(calculation.node.code, self._trace[calculation.index], calculation.node.kind)] if isinstance(
            calculation.node, n.Param
        ) else list(lines.read(calculation))  # fmt: skip
        below += [Line(zero_divisor(d, self._titles), "unknown") for d in by_zero(calculation, self._trace)]
        return Line(text, below=tuple(below))

    def _stacking(self, result: "PolicyResult") -> Line | None:
        lines = []
        for effect, steps in zip(result.stacking, self._plan.policies[result.code].stacking, strict=True):
            others = join([self._titles.get(c, same(c)) for c in effect.others])
            if not effect.changed:
                if effect.rule == "excludes" and result.eligible is not False and self._is_open(effect.others):
                    reason = Text(f"（{effect.reason.zh}）", f" ({effect.reason.en})") if effect.reason else same("")
                    may = Text(f"若享受{others.zh}则不发放", f"not paid if {others.en} is due, which is not known")
                    lines.append(Line(may + reason + Text("，是否享受待定", ""), "unknown"))
                continue
            how = stacking_text(effect.rule, others) + self._limit(steps)
            before, after = _money_pair(effect.before), _money_pair(effect.after)
            reason = Text(f"（{effect.reason.zh}）", f" ({effect.reason.en})") if effect.reason else same("")
            change = Text(f"：{before.zh} → {after.zh}", f": {before.en} → {after.en}")
            lines.append(Line(how + reason + change, below=tuple(self._counted(steps))))
        return Line(Text("衔接", "Stacking"), below=tuple(lines)) if lines else None

    def _is_open(self, codes: Iterable[str]) -> bool:
        """Whether something may be due by one of these policies, and nothing for sure by any."""
        found = [self.assessment.policies[c] for c in codes if c in self.assessment.policies]
        return any(p.eligible is None and p.high != 0 for p in found) and not any(p.eligible for p in found)

    def _opened(self, result: "PolicyResult") -> Line | None:
        """What leaves the amount (or the service) of a child open who is eligible for it."""
        if not result.eligible or result.code not in self.assessment.undetermined:
            return None
        what = Text("金额待定，因为以下未知", "The amount is open, because this is not known")
        if not result.is_cash:
            what = Text("是否提供待定，因为以下未知", "Whether it is given is open, because this is not known")
        return self._section(what, list(Opening(self.assessment, result.code).lines()))

    def _unset(self, code: str) -> Line | None:
        """Which standards, not set at the place, leave a result open."""
        told = [s for s in self._plan.categories.values() if s.index in self._folded]
        said = unset_text(self.assessment, unset_of(self.assessment, code, told), codes=True)
        return Line(said, "unknown") if said else None

    def _limit(self, stacked: StackedSteps) -> Text:
        """Of a cap, the limit, and what of it is paid to the group already."""
        if stacked.limit is None:
            return same("")
        limit = shown(self._trace[stacked.limit.index], stacked.limit.node.kind)
        said = Text(f" {limit.zh}", f" at {limit.en}")
        if stacked.counted:
            before = reduce(ranges.add, [self._trace[step.index] for step in stacked.counted])
            already = shown(before, stacked.limit.node.kind)
            said += Text(f"；同组已计 {already.zh}", f"; {already.en} of the group counted already")
        return said

    def _counted(self, stacked: StackedSteps) -> Iterator[Line]:
        """What a top-up or a cap counted, each with its amount; what is nothing is not told."""
        parts = stacked.rule.counting if isinstance(stacked.rule, TopsUp) else stacked.others if stacked.counted else ()
        for part, step in zip(parts, stacked.counted, strict=True):
            value = self._trace[step.index]
            if value != 0:
                title = (
                    self._titles.get(part, same(part))
                    if isinstance(part, str)
                    else title_of_step(part.node, self._titles)
                )
                yield Line(Text("已计：", "counted: ") + title + Text("，", ", ") + fact_shown(value, step.node.kind))

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
        return View(self._titles[self.code], [TreeBlock([tree], opened=3)], lang)

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


def problems_said(result: "Assessment") -> Iterator[Text]:
    """The problems of an assessment in words; the standards without a value in one sentence."""
    unset = [p for p in result.problems if p.code == "parameter.missing"]
    if len(unset) < 2:
        unset = []
    yield from (p.told for p in result.problems if p not in unset)
    if not unset:
        return
    titles = result.basis.titles
    listed = join([titles.get(p.where, same(p.where)) for p in unset])
    if result.division is None:
        yield Text(
            f"负责地区不详，因此不知道以下标准的值，请填写户籍地行政区划代码：{listed.zh}",
            f"the division in charge is unknown, and so are these standards; fill in the division of registration: {listed.en}",
        )
        return
    place = place_name(result.division[:6], titles)
    kept_out = pack_kept_out(result.problems)
    if kept_out is not None:
        yield Text(
            f"{place.zh}的以下标准没有值可用，因为规则包 {kept_out} 未能使用，请先修好它：{listed.zh}",
            f"{place.en} has no value of these standards, since the pack {kept_out} could not be used; mend that first: {listed.en}",
        )
        return
    yield Text(
        f"{place.zh}在当日没有以下标准的值，请在本地规则包的参数文件中填写：{listed.zh}",
        f"{place.en} has no value of these standards on the day; set them in the parameter file of the local pack: {listed.en}",
    )


def stacking_text(rule: str, others: Text) -> Text:
    """What a stacking rule does, in a few words.

    Args:
        rule: ``excludes``, ``tops_up`` or ``capped``.
        others: the titles of the other policies.
    """
    return {
        "excludes": Text(f"与{others.zh}不同时享受", f"not paid beside {others.en}"),
        "tops_up": Text("补差", "tops up"),
        "capped": Text("合计不超过上限", "capped in total"),
    }[rule]


def _money_pair(value: Any) -> Text:
    if not isinstance(value, tuple):
        return {True: Text("提供", "given"), False: Text("不提供", "not given"), None: Text("待定", "undetermined")}[
            value
        ]
    return amount_said(*value)


def _cited(cite: Cite) -> Text:
    checked = Text(f"，核对于 {cite.checked_on}", f", checked {cite.checked_on}") if cite.checked_on else same("")
    return cite.text + checked + (same(f" {cite.source}") if cite.source else same(""))
