"""The views of rules: a category, policy, check or parameter, or any expression, with wording, ways, boundaries and law.

A rule by itself knows the codes of what it reads; with the rule set that it stands in, their titles and values are shown.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from kinderguard.model.lines import Line
from kinderguard.model.places import place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.model.view import (
    Block,
    Code,
    Column,
    Content,
    Fields,
    Listing,
    Marked,
    Paragraph,
    Picture,
    Section,
    Table,
    Together,
    Tree,
    View,
)
from kinderguard.rules import nodes as n
from kinderguard.rules.boundaries import boundaries
from kinderguard.rules.citations import Cite
from kinderguard.rules.decision_table import DecisionTable, decision_tables
from kinderguard.rules.definitions import Category, CategoryKind, Check, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.kinds import BOOL
from kinderguard.rules.parameter_chart import chart
from kinderguard.rules.parameters import Parameter, ParameterValue, show
from kinderguard.rules.rule_card import APART, PARTS, Card, exprs_of
from kinderguard.rules.ruleset import RuleSet, facts_read, parameters_read
from kinderguard.rules.titles import fact_title
from kinderguard.rules.units import counted_in, unit_text
from kinderguard.rules.wording import wording

_ALONE = RuleSet((), ())
#: How a decision table shows that a condition must hold, must not, or does not matter.
_WAYS: Mapping[bool | None, Content] = {
    True: Marked(Text("是", "yes"), "yes"),
    False: Marked(Text("否", "no"), "no"),
    None: Marked("–", "quiet"),
}


def rule_view(
    rule: Category | Policy | Check,
    lang: Language | None = None,
    *,
    rules: RuleSet | None = None,
    division: str | None = None,
    on: dt.date | None = None,
) -> View:
    """The view of one rule.

    Args:
        rule: the rule.
        lang: its language; the one that is set, if left out.
        rules: the rules that it stands in (``book.rules``), for titles, values and local rules.
        division, on: the place and the day whose values are shown; all values where no day is given.
    """
    writer = _Writer(rules or _ALONE, division, on)
    match rule:
        case Category():
            return View(rule.title, writer.category(rule), lang)
        case Policy():
            return View(rule.title, writer.policy(rule), lang)
        case Check():
            known = writer.card.titles.get(rule.on)
            head = Text("地方规定", "A local rule")
            if known is not None:
                head += Text("，针对：", " on: ") + known + same(f" [{rule.on}]")
            return View(head, writer.check(rule), lang)


def expression_view(expr: Expr, lang: Language | None = None, *, rules: RuleSet | None = None) -> View:
    """The view of an expression: what it says and what it reads.

    Args:
        expr: the expression.
        lang: its language; the one that is set, if left out.
        rules: the rules whose codes it reads (``book.rules``), for their titles and values.
    """
    writer = _Writer(rules or _ALONE, None, None)
    title = Text("条件", "Condition") if expr.kind == BOOL else expr.kind.text
    blocks = [*writer.condition(None, expr, title), *writer.read((expr,))]
    return View(title, blocks, lang)


def parameter_view(
    parameter: Parameter, lang: Language | None = None, *, places: Mapping[str, Text] | None = None
) -> View:
    """The view of a parameter: its values over time, place by place, with their sources; ``places`` names places."""
    about: list[tuple[Content, Content]] = [(Text("代码", "Code"), Code(parameter.code))]
    if parameter.kind is not None:
        about.append((Text("类型", "Kind"), parameter.kind.text))
    if parameter.unit:
        said = unit_text(parameter.unit) if parameter.kind is None else counted_in(parameter.kind, parameter.unit)
        about.append((Text("单位", "Unit"), said))
    return View(parameter.title or same(parameter.code), [Fields(about), *values(parameter, places=places)], lang)


def values(
    p: Parameter, only: Iterable[ParameterValue] | None = None, *, places: Mapping[str, Text] | None = None
) -> Iterator[Block]:
    """The chart and the table of a parameter's values.

    Args:
        p: the parameter.
        only: the values that are listed; all, if left out.
        places: names of places that go before the table's.
    """
    given = tuple(p.values if only is None else only)
    if not given and p.floor is None:
        yield Paragraph(Text("由地方设定，全国无统一数额。", "Set by each place; the nation sets none."))
        return
    if only is None and chart(p, named=places) is not None:
        yield Picture(
            lambda lang: chart(p, lang, places) or "",
            Text("各期数值图；数值见下表。", "The values over time; the table has them."),
        )
    columns = (
        Text("地区", "place"), Column(Text("数值", "value"), number=True), Text("期间", "period"), Text("来源", "source"),
    )  # fmt: skip
    floor = [_value_row(p, p.floor, places, Text("最低标准，", "floor, "))] if p.floor is not None else []
    yield Table(columns, [*floor, *(_value_row(p, v, places) for v in given)])


def _source(v: ParameterValue) -> Content:
    checked = Text(f"，核对于 {v.checked_on}", f", checked {v.checked_on}") if v.checked_on else same("")
    return v.sourced + checked + (Text("；", "; ") + _note(v.note) if v.note else same(""))


def _note(note: str) -> Text:
    """A note of a parameter file, which has both languages with a stroke between them, or is one text for both."""
    zh, stroke, en = note.partition(" / ")
    return Text(zh, en) if stroke else same(note)


def _value_row(
    p: Parameter, v: ParameterValue, places: Mapping[str, Text] | None, before: Text | None = None
) -> tuple[Content, ...]:
    said = same(str(v.value)) if p.kind is None else show(v.value, p.kind, p.unit)
    return ((before or same("")) + place_name(v.place, places), said, v.period.text, _source(v))


class _Writer:
    """Writes the parts of rules as blocks, with the titles and values of one rule set."""

    def __init__(self, rules: RuleSet, division: str | None, on: dt.date | None) -> None:
        self.rules, self.division, self.on = rules, division, on
        self.card = Card(rules, division, on)

    def title(self, code: str) -> Text:
        """The title of what has this code, with the code; the code alone where it is not known."""
        known = self.card.titles.get(code)
        return same(code) if known is None else known + same(f" [{code}]")

    # ---- rules -----------------------------------------------------------------------------------------------

    def category(self, c: Category) -> Iterator[Block]:
        """A main class, or a type within one."""
        kind = {CategoryKind.MAIN: Text("大类", "main class"), CategoryKind.TYPE: Text("类型", "type")}[c.kind]
        about = [*_about(c.code, Text("性质", "Kind"), kind), (Text("施行期间", "In force"), c.effective.text)]
        if c.duty:
            about.append((Text("职责", "Duty"), Text("须立即处理", "calls for people to act at once")))
        for said, codes in ((PARTS, c.parts), (APART, c.apart_from)):
            if codes:
                about.append((said, Listing(self.title(code) for code in codes)))
        yield Fields(about)
        yield from self.condition(Text("条件", "When"), c.when, c.title)
        yield from self.common(c, (c.when,))

    def policy(self, p: Policy) -> Iterator[Block]:
        """Who, how much and how often, beside what, with which papers."""
        per = Text("按户", "per household") if p.per == "household" else Text("按人", "per child")
        gives = (
            (Text("服务", "Service"), p.service)
            if p.service is not None
            else (Text("发放", "Paid"), join([p.every.label, per]))
        )
        about = [*_about(p.code, *gives), (Text("施行期间", "In force"), p.effective.text)]
        if p.review is not None:
            about.append((Text("复核", "Reviewed"), Text(f"每{p.review}个月", f"every {p.review} months")))
        if p.evidence:
            about.append((Text("材料", "Papers"), join([d.label for d in p.evidence])))
        yield Fields(about)
        yield from self.condition(Text("条件", "Eligible when"), p.eligible, p.title)
        if p.amount is not None:
            yield from self.condition(Text("金额", "Amount"), p.amount, None)
        if p.stacking:
            yield Section(
                Text("与其他政策的衔接", "Beside other policies"), [Tree(self.card.stacking(s) for s in p.stacking)]
            )
        yield from self.common(p, exprs_of(p))

    def check(self, c: Check) -> Iterator[Block]:
        """A local rule with what it adds and why."""
        about = [*_about(c.code, Text("理由", "Reason"), c.reason), (Text("施行期间", "In force"), c.effective.text)]
        if c.on not in self.card.titles:  # its title would stand above
            about.insert(1, (Text("针对", "On"), Code(c.on)))
        yield Fields(about)
        kinds = (
            (Text("以下情形也适用", "Also applies where"), c.widens),
            (Text("还须满足", "Also requires"), c.requires),
            (Text("金额不低于", "The amount is at least"), c.at_least),
        )
        given = [(title, expr) for title, expr in kinds if expr is not None]
        for title, expr in given:
            yield from self.condition(title, expr, title)
        yield from self.common(c, tuple(expr for _, expr in given))

    # ---- parts -----------------------------------------------------------------------------------------------

    def condition(self, title: Text | None, expr: Expr, named: Text | None) -> Iterator[Block]:
        """The wording; the steps that it names and, of a condition, each way in which it holds, to be unfolded."""
        top = expr.node
        said = wording(top.arg if isinstance(top, n.Named) else top, self.card.titles)
        steps = self.card.steps(top)
        blocks: list[Content] = [Paragraph(said)]
        if steps:
            lines = [Line(name, below=(Line(told),)) for name, told in steps]
            blocks.append(Section(Text("各步骤的含义", "What the steps mean"), [Tree(lines, opened=1)], folded=True))
        tables = decision_tables(named, top) if named is not None and expr.kind == BOOL else ()
        if tables:
            blocks.append(
                Section(
                    Text("各种情形", "Each way in which it holds"),
                    [self.ways(t, tables[0]) for t in tables],
                    folded=True,
                )
            )
        yield Section(title, blocks) if title is not None else Together(blocks)

    def ways(self, table: DecisionTable, whole: DecisionTable) -> Table:
        """One row a condition, one column a way."""
        columns = (
            Text("条件", "condition"),
            *(Text(f"情形 {k}", f"way {k}") for k in range(1, len(table.ways) + 1)),
        )
        asked = zip(table.headings(self.card.titles), zip(*table.ways, strict=True), strict=True)
        rows = [(heading, *(_WAYS[must] for must in musts)) for heading, musts in asked]
        return Table(columns, rows, None if table is whole else table.title)

    def common(self, rule: Category | Policy | Check, exprs: tuple[Expr, ...]) -> Iterator[Block]:
        """Local rules, boundaries, what is read, note and law."""
        if not isinstance(rule, Check):
            local = self.card.checks(rule.code)
            if local:
                yield Section(Text("地方规定", "Local rules"), [Tree(local, opened=0)])
        found = boundaries(rule)
        if found:
            said = [b.wording(self.card.titles) for b in found]
            yield Section(Text("界限", "Boundaries"), [Listing(said)], folded=True)
        yield from self.read(exprs)
        note = None if isinstance(rule, Check) else rule.note
        if note is not None:
            yield Paragraph(Text("说明：", "Note: ") + note)
        if rule.cites:
            yield Section(Text("依据", "Sources"), [Listing(_cited(c) for c in rule.cites)])

    def read(self, exprs: tuple[Expr, ...]) -> Iterator[Block]:
        """The parameters that expressions read, with their values, and the facts."""
        codes = dict.fromkeys(code for e in exprs for code in parameters_read(e))
        if codes:
            yield Section(Text("所用参数", "Parameters"), [b for code in codes for b in self.parameter(code)])
        facts = dict.fromkeys(path for e in exprs for path in facts_read(e))
        if facts:
            titled = [fact_title(path, self.card.titles) + same(f" [{path}]") for path in facts]
            yield Section(Text("所依据的事实", "Facts read"), [Listing(titled)], folded=True)

    def parameter(self, code: str) -> Iterator[Block]:
        """A parameter with the values of the place and the day."""
        yield Paragraph(self.title(code) if code in self.card.titles else Code(code))
        known = self.rules.parameters.get(code)
        if known is not None:
            yield from values(known, self.card.values(known), places=self.rules.places)


def _about(code: str, title: Text, said: Content) -> list[tuple[Content, Content]]:
    return [(Text("代码", "Code"), Code(code)), (title, said)]


def _cited(cite: Cite) -> Text:
    checked = Text(f"，核对于 {cite.checked_on}", f", checked {cite.checked_on}") if cite.checked_on else same("")
    return cite.text + checked
