"""A rule on a card: what one category, policy, check or parameter says, read off its value, with values and sources."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Self

from kinderguard.model.errors import ToldError, suggestion
from kinderguard.model.lines import Line
from kinderguard.model.places import covers, place_name
from kinderguard.model.text import Text, join, same
from kinderguard.rules import nodes as n
from kinderguard.rules.citations import Cite
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.parameters import Parameter, ParameterValue, show
from kinderguard.rules.ruleset import RuleSet, facts_read, parameters_read
from kinderguard.rules.stacking import Capped, Excludes, Keep, Stacking
from kinderguard.rules.titles import fact_title
from kinderguard.rules.wording import wording

#: What a category says of others; ``kinderguard prove`` holds it against every possible child.
PARTS = Text("分为（至少属于其中一类）", "Divided into (in at least one of)")
APART = Text("与以下类别互斥", "Never together with")


class NoSuchRuleError(ToldError, KeyError):
    """No category, policy, check or parameter has this code; the nearest one is offered."""

    @classmethod
    def of(cls, code: str, rules: RuleSet) -> Self:
        """The error of a code that these rules do not have."""
        known = [*rules.categories, *rules.policies, *rules.checks, *rules.parameters]
        near = suggestion(code, known) or Text(
            "请用 kinderguard rules 查看。", " See what there is with `kinderguard rules`."
        )
        return cls(Text(f"这里没有规则或参数 {code!r}。", f"There is no rule or parameter {code!r} here.") + near)


def rule_titles(rules: RuleSet) -> dict[str, Text]:
    """The titles of everything in a rule set that has a code and a title."""
    titles = rules.places | {c.code: c.title for c in rules.categories.values()}
    titles |= {p.code: p.title for p in rules.policies.values()}
    titles |= {f.code: f.title for f in rules.facts.values()}
    return titles | {code: p.title for code, p in rules.parameters.items() if p.title is not None}


def rule_card(rules: RuleSet, code: str, *, division: str | None = None, on: dt.date | None = None) -> Line:
    """One rule as lines within lines.

    Args:
        rules: a book's rules (``book.rules``).
        code: of a category, policy, check or parameter.
        division: the place whose parameter values are shown; all values where it is left out.
        on: the day of those values.

    Raises:
        NoSuchRuleError: there is no such code.
    """
    card = Card(rules, division, on)
    if code in rules.categories:
        return card.category(rules.categories[code])
    if code in rules.policies:
        return card.policy(rules.policies[code])
    if code in rules.checks:
        return card.check(rules.checks[code])
    if code in rules.parameters:
        return card.parameter(rules.parameters[code])
    raise NoSuchRuleError.of(code, rules)


class Card:
    """Writes the parts of a card; the documentation prints from the same parts."""

    def __init__(self, rules: RuleSet, division: str | None, on: dt.date | None) -> None:
        self.rules, self.division, self.on = rules, division, on
        self.titles: Mapping[str, Text] = rule_titles(rules)

    def category(self, c: Category) -> Line:
        """A category with its condition and what it reads."""
        below = [
            *self.condition(Text("条件", "When"), c.when),
            *self.claims(c),
            *self.checks(c.code),
            *self.reads(c.when),
        ]
        return Line(_heading(c.title, c.code), below=(*below, *_sources(c.cites, c.note, c.effective.text)))

    def claims(self, c: Category) -> Iterator[Line]:
        """What a category says of others: its parts, and those that it excludes."""
        for title, codes in ((PARTS, c.parts), (APART, c.apart_from)):
            if codes:
                named = join([self.titles.get(code, same(code)) + same(f" [{code}]") for code in codes])
                yield Line(title + Text("：", ": ") + named)

    def policy(self, p: Policy) -> Line:
        """A policy with its condition, amount, papers and stacking."""
        below = [*self.condition(Text("条件", "Eligible when"), p.eligible)]
        every = Text(f"（{p.every.zh}，{'按户' if p.per == 'household' else '按人'}）", f" ({p.every.en}, per {p.per})")
        if p.amount is not None:
            below += self.condition(Text("金额", "Amount") + every, p.amount)
        elif p.service is not None:
            below.append(Line(Text("服务：", "Service: ") + p.service))
        below += [self.stacking(rule) for rule in p.stacking]
        if p.evidence:
            below.append(Line(Text("材料：", "Papers: ") + join([d.label for d in p.evidence])))
        if p.review is not None:
            below.append(Line(Text(f"每{p.review}个月复核", f"Reviewed every {p.review} months")))
        below += self.checks(p.code)
        below += self.reads(*exprs_of(p))
        return Line(_heading(p.title, p.code), below=(*below, *_sources(p.cites, p.note, p.effective.text)))

    def check(self, c: Check) -> Line:
        """A local rule with what it adds and why."""
        target = self.titles.get(c.on, same(c.on))
        kinds = (
            (Text("以下情形也适用", "Also applies where"), c.widens),
            (Text("还须满足", "Also requires"), c.requires),
            (Text("金额不低于", "The amount is at least"), c.at_least),
        )
        below: list[Line] = [line for title, e in kinds if e is not None for line in self.condition(title, e)]
        below.append(Line(Text("理由：", "Reason: ") + c.reason))
        head = Text("地方规定，针对：", "A local rule on: ") + target + same(f" [{c.code}]")
        return Line(head, below=(*below, *_sources(c.cites, None, c.effective.text)))

    def parameter(self, p: Parameter) -> Line:
        """A parameter with its values and floor."""
        below = [self.value(p, v) for v in self.values(p)]
        if p.floor is not None:
            below.append(Line(Text("最低标准：", "Floor: "), below=(self.value(p, p.floor),)))
        return Line(_heading(p.title or same(p.code), p.code), below=tuple(below) or (_NOT_SET,))

    def values(self, p: Parameter) -> tuple[ParameterValue, ...]:
        """The one in force at the place on the day, or all."""
        if self.on is None:
            return tuple(v for v in p.values if not self.division or covers(v.place, self.division))
        found = p.at(self.division, self.on)
        return () if found is None else (found,)

    def value(self, p: Parameter, v: ParameterValue) -> Line:
        """One value with place, period and source."""
        assert p.kind is not None
        text = (
            show(v.value, p.kind, p.unit)
            + Text("，", ", ")
            + place_name(v.place, self.titles)
            + Text("，", ", ")
            + v.period.text
        )
        return Line(text + Text("；来源：", "; source: ") + v.sourced)

    def condition(self, title: Text, expr: Expr) -> Iterator[Line]:
        """The wording, with each named step written out once below, one level deep."""
        top = expr.node
        below = tuple(Line(name + Text("：", ": ") + said) for name, said in self.steps(top))
        said = wording(top.arg if isinstance(top, n.Named) else top, self.titles)
        yield Line(title + Text("：", ": ") + said, below=below)

    def steps(self, *tops: n.Node) -> list[tuple[Text, Text]]:
        """The named steps of expressions, each with what it says. Two of one name that say different things, of the
        father and of the mother, stand both.
        """
        named = [m for top in tops for m in n.walk(top) if isinstance(m, n.Named) and m is not top]
        told = dict.fromkeys((m.title, wording(m.arg, self.titles)) for m in named)
        return [(title, said) for title, said in told if title.en != said.en]  # a title that says all is not told twice

    def checks(self, code: str) -> list[Line]:
        """The local rules on a category or policy."""
        return [self.check(c) for c in self.rules.checks.values() if c.on == code]

    def reads(self, *exprs: Expr) -> Iterator[Line]:
        """The facts and parameters that expressions read."""
        facts = dict.fromkeys(path for e in exprs for path in facts_read(e))
        if facts:
            yield Line(
                Text("所依据的事实", "Facts read"),
                below=tuple(Line(fact_title(path, self.titles) + same(f" [{path}]")) for path in facts),
            )
        codes = dict.fromkeys(code for e in exprs for code in parameters_read(e))
        if codes:
            yield Line(
                Text("所用参数", "Parameters"), below=tuple(self.parameter(self.rules.parameters[c]) for c in codes)
            )

    def stacking(self, rule: Stacking) -> Line:
        """One stacking rule in words."""

        def named(code: str) -> Text:
            return self.titles.get(code, same(code))

        if isinstance(rule, Excludes):
            kept = {
                Keep.HIGHER: Text("取其高者", "the higher is paid"),
                Keep.THIS: Text("发放本项", "this one is paid"),
                Keep.OTHER: Text("发放另一项", "the other is paid"),
            }[rule.keep]
            text = Text("不与", "Not beside ") + named(rule.other) + Text("同时享受，", ": ") + kept
            if rule.when is not None:
                text += Text("；条件：", "; when ") + wording(rule.when.node, self.titles)
        elif isinstance(rule, Capped):
            limit = wording(rule.limit.node, self.titles)
            text = Text(f"{rule.group}合计不超过{limit.zh}", f"Together with {rule.group} no more than {limit.en}")
        else:
            counted = join([named(c) if isinstance(c, str) else wording(c.node, self.titles) for c in rule.counting])
            to = Text("", "") if rule.to is None else Text("至", " up to ") + wording(rule.to.node, self.titles)
            text = Text(f"补差{to.zh}：扣除{counted.zh}", f"Pays the difference{to.en} after {counted.en}")
        # A step that stands whole in the sentence is written out below it too.
        steps = [m for e in stacking_exprs(rule) for m in n.walk(e.node) if isinstance(m, n.Named)]
        told = dict.fromkeys((m.title, wording(m.arg, self.titles)) for m in steps)
        below = [Line(name + Text("：", ": ") + said) for name, said in told]
        return Line(text, below=(*below, *([Line(rule.reason)] if rule.reason else [])))


def stacking_exprs(rule: Stacking) -> tuple[Expr, ...]:
    """What a stacking rule computes."""
    if isinstance(rule, Excludes):
        return () if rule.when is None else (rule.when,)
    if isinstance(rule, Capped):
        return (rule.limit,)
    counted = tuple(c for c in rule.counting if isinstance(c, Expr))
    return counted if rule.to is None else (*counted, rule.to)


def exprs_of(p: Policy) -> tuple[Expr, ...]:
    """All that a policy computes: its condition, its amount, and what its stacking does to that."""
    own = tuple(e for e in (p.eligible, p.amount) if e is not None)
    return (*own, *(e for rule in p.stacking for e in stacking_exprs(rule)))


_NOT_SET = Line(Text("未设定", "not set"))


def _heading(title: Text, code: str) -> Text:
    return title + same(f" [{code}]")


def _sources(cites: tuple[Cite, ...], note: Text | None, effective: Text) -> Iterator[Line]:
    yield from (Line(Text("依据：", "Source: ") + cite.text) for cite in cites)
    if note is not None:
        yield Line(Text("说明：", "Note: ") + note)
    yield Line(Text("施行期间：", "In force: ") + effective)
