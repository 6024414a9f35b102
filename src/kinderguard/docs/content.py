"""What is printed of each value, as docutils nodes: title, wording, decision tables, boundaries, amounts, sources."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape

import attrs
from docutils import nodes
from sphinx import addnodes

from kinderguard.model.lines import Line
from kinderguard.model.places import covers, place_name
from kinderguard.model.text import Language, Text, join, same
from kinderguard.rules.boundaries import boundaries
from kinderguard.rules.citations import Cite
from kinderguard.rules.decision_table import DecisionTable, decision_tables
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.expression import Expr
from kinderguard.rules.parameter_chart import chart
from kinderguard.rules.parameters import Parameter, ParameterValue, show
from kinderguard.rules.rule_card import APART, PARTS, Card, exprs_of
from kinderguard.rules.ruleset import RuleSet, facts_read, parameters_read, references
from kinderguard.rules.titles import fact_title
from kinderguard.rules.units import counted_in

#: How a decision table shows that a condition must hold, must not, or does not matter.
_SIGNS = {True: "✓", False: "✗", None: "–"}
#: Both languages of a value stand on one line up to here.
_SHORT = 60
_WHEN, _AMOUNT = Text("条件", "When"), Text("金额", "Amount")


class Printer:
    """Prints the values of one rule set.

    Args:
        rules: all rules of the pack's place, for titles and links.
        languages: what is printed, in this order.
        printed: decision tables that the page has already; each stands on a page once.
        apart: parameters that the page prints by themselves: a policy that pays by them links there.
        place: whose rules they are; values of other places than those around it and within it are left out.
    """

    def __init__(
        self,
        rules: RuleSet,
        languages: Sequence[Language],
        printed: set[DecisionTable],
        apart: Collection[str] = (),
        place: str = "",
    ) -> None:
        self.rules, self.languages, self.printed, self.apart = rules, languages, printed, frozenset(apart)
        self.place = place
        self.card = Card(rules, None, None)
        self.titles = self.card.titles

    # ---- values ----------------------------------------------------------------------------------------------

    def category(self, c: Category) -> Iterator[nodes.Node]:
        """A category."""
        kind = {"main": Text("大类", "main class"), "type": Text("类型", "type")}[c.kind.value]
        about = [(Text("类别", "Kind"), kind), (Text("施行期间", "In force"), c.effective.text)]
        if c.duty:
            about.append((Text("职责", "Duty"), Text("须立即处理", "calls for people to act at once")))
        yield self.fields(about)
        yield from self.law(c)
        if c.parts:
            yield self.links(PARTS, c.parts)
        if c.apart_from:
            yield self.links(APART, c.apart_from)
        yield from self.condition(_WHEN, c.when, c.title)
        yield from self.common(c, (c.when,))

    def policy(self, p: Policy) -> Iterator[nodes.Node]:
        """A policy: who, how much and how often, beside what, with which papers."""
        per = Text("按户", "per household") if p.per == "household" else Text("按人", "per child")
        about = [(Text("施行期间", "In force"), p.effective.text)]
        if p.service is not None:
            about.append((Text("服务", "Service"), p.service))
        else:
            about.append((Text("发放", "Paid"), join([p.every.label, per])))
        if p.evidence:
            about.append((Text("材料", "Papers"), join([d.label for d in p.evidence])))
        if p.review is not None:
            about.append((Text("复核", "Reviewed"), Text(f"每{p.review}个月", f"every {p.review} months")))
        yield self.fields(about)
        yield from self.law(p)
        yield from self.condition(_WHEN, p.eligible, p.title)
        owner = p.code.partition(".")[0]
        #: The numbers of the condition that are the pack's own; those of others stand on their own pages.
        read = [code for code in parameters_read(p.eligible) if code.startswith(f"{owner}.") and owner != "cn"]
        if p.amount is not None:
            yield from self.condition(_AMOUNT, p.amount, None)
            read += [code for code in parameters_read(p.amount) if code not in read]
        if apart := [code for code in read if code in self.apart]:
            yield self.links(Text("数额见", "Values under"), apart)
        for code in read:
            if code not in self.apart:
                yield self.heading(self.title_of(code))
                yield from self.values(self.rules.parameters[code])
        if p.stacking:
            yield self.heading(Text("与其他政策的衔接", "Beside other policies"))
            yield self.lines([self.card.stacking(rule) for rule in p.stacking])
        yield from self.common(p, exprs_of(p))

    def check(self, c: Check) -> Iterator[nodes.Node]:
        """A local rule on somebody's policy or category."""
        yield self.fields([(Text("施行期间", "In force"), c.effective.text), (Text("理由", "Reason"), c.reason)])
        yield from self.law(c)
        yield self.links(Text("针对", "On"), [c.on])
        kinds = (
            (Text("以下情形也适用", "Also applies where"), c.widens),
            (Text("还须满足", "Also requires"), c.requires),
            (Text("金额不低于", "The amount is at least"), c.at_least),
        )
        given = [(title, e) for title, e in kinds if e is not None]
        for title, expr in given:
            yield from self.condition(title, expr, title)
        yield from self.common(c, tuple(e for _, e in given))

    def parameter(self, p: Parameter) -> Iterator[nodes.Node]:
        """A parameter: all its values with their sources, over time, and who reads it."""
        if p.kind is not None:
            unit = [(Text("单位", "Unit"), counted_in(p.kind, p.unit))] if p.unit else []
            yield self.fields([(Text("类型", "Kind"), _kind(p)), *unit])
        yield from self.values(p)
        yield from self.readers(p.code)

    # ---- parts -----------------------------------------------------------------------------------------------

    def common(self, rule: Category | Policy | Check, exprs: tuple[Expr, ...]) -> Iterator[nodes.Node]:
        """Boundaries, local rules, what is read, who builds on it."""
        yield from self.boundaries(rule)
        if not isinstance(rule, Check):
            local = [c.code for c in self.rules.checks.values() if c.on == rule.code]
            yield from [self.links(Text("地方规定", "Local rules"), local)] if local else []
        if not isinstance(rule, Check):
            on_it = [c for c in self.rules.checks.values() if c.on == rule.code]
            exprs += tuple(e for c in on_it for e in (c.widens, c.requires, c.at_least) if e is not None)
        yield from self.read(exprs)
        if not isinstance(rule, Check):
            yield from self.readers(rule.code)

    def law(self, rule: Category | Policy | Check) -> Iterator[nodes.Node]:
        """What it rests on, and the note on how the law was read."""
        yield from self.sources(rule.cites)
        if not isinstance(rule, Check) and rule.note is not None:
            title = nodes.title("", self.inline(Text("说明", "Note")))
            yield nodes.admonition("", title, *self.paragraphs(rule.note), classes=["note"])

    def condition(self, title: Text, expr: Expr, named: Text | None) -> Iterator[nodes.Node]:
        """The wording with its named steps below it, and the decision tables of a condition."""
        yield self.heading(title)
        (line,) = self.card.condition(same(""), expr)
        yield from self.paragraphs(_without_colon(line.text))
        tables = decision_tables(named, expr.node) if named is not None else ()
        own = [t for t in tables if t.title == named][:1]
        yield from (self.decisions(t) for t in own)
        inner = [self.decisions(t) for t in tables if t not in own and self.is_new(t)]
        if line.below:
            yield from self.folded(Text("各步骤的含义", "What the steps mean"), [self.lines(line.below), *inner])

    def is_new(self, table: DecisionTable) -> bool:
        """Whether the page has no table of this step yet; it is remembered."""
        new = table not in self.printed
        self.printed.add(table)
        return new

    def decisions(self, table: DecisionTable) -> nodes.table:
        """One row a condition, one column a way."""
        ways = [same(str(k)) for k in range(1, len(table.ways) + 1)]
        head = [table.title + Text("的各种情形", ": each way"), *ways]
        signs = zip(*table.ways, strict=True)
        rows = [[h, *(same(_SIGNS[s]) for s in row)] for h, row in zip(table.headings(self.titles), signs, strict=True)]
        return self.table(head, rows, classes=["kg-ways"])

    def boundaries(self, rule: Category | Policy | Check) -> Iterator[nodes.Node]:
        """Each comparison in which a child just is, or just is not."""
        found = boundaries(rule)
        if found:
            yield self.heading(Text("界限", "Boundaries"))
            yield self.lines([Line(b.wording(self.titles)) for b in found])

    def values(self, p: Parameter) -> Iterator[nodes.Node]:
        """A table of the values, and the chart."""
        p = attrs.evolve(p, values=tuple(v for v in p.values if self.is_here(v.place)))
        rows = [self.value_row(p, v) for v in p.values]
        if p.floor is not None:
            rows.insert(0, self.value_row(p, p.floor, Text("最低标准，", "floor, ")))
        if not rows:
            yield from self.paragraphs(Text("由地方设定，全国无统一数额。", "Set by each place; the nation sets none."))
            return
        head = [Text("地区", "Place"), Text("期间", "Period"), Text("数值", "Value"), Text("来源", "Source")]
        yield self.table(head, rows)
        svg = chart(p, self.languages[0], self.rules.places)
        if svg is not None:
            yield nodes.raw("", svg, format="html")

    def is_here(self, place: str) -> bool:
        """Whether the page's place is, or lies in, the place of a value, or has it within; the nation has all."""
        return covers(place, self.place) or covers(self.place, place)

    def value_row(self, p: Parameter, v: ParameterValue, before: Text | None = None) -> list[Text]:
        """Place, period, value and source."""
        assert p.kind is not None
        source = v.sourced
        if v.note:
            # A note gives both languages as 中文 / English.
            zh, parted, en = v.note.partition(" / ")
            source += Text(f"；{zh}", f"; {en}") if parted else Text(f"；{v.note}", f"; {v.note}")
        return [
            (before or same("")) + place_name(v.place, self.rules.places),
            v.period.text,
            show(v.value, p.kind, p.unit),
            source,
        ]

    def read(self, exprs: tuple[Expr, ...]) -> Iterator[nodes.Node]:
        """The facts that are read, and links to categories and parameters."""
        facts = dict.fromkeys(path for e in exprs for path in facts_read(e))
        if facts:
            lines = self.lines([Line(fact_title(path, self.titles) + same(f" [{path}]")) for path in facts])
            yield from self.folded(Text("所依据的事实", "Facts read"), [lines])
        codes = dict.fromkeys(c for e in exprs for c in (*references(e.node).categories, *parameters_read(e)))
        if codes:
            yield self.links(Text("依据的类别与参数", "Builds on"), codes)

    def readers(self, code: str) -> Iterator[nodes.Node]:
        """Links back: the rules that read a category, policy or parameter."""
        found: dict[str, None] = {}
        for owner, expr in self.rules.expressions():
            named = references(expr.node)
            if owner != code and code in (*named.categories, *(m.code for m in named.parameters)):
                found[owner] = None
        for policy in self.rules.policies.values():
            if any(code in _partners(rule) for rule in policy.stacking):
                found[policy.code] = None
        if found:
            yield self.links(Text("被以下规则引用", "Used by"), found)

    def documents(self, codes: Iterable[str]) -> nodes.Node:
        """A table of every article that these rules rest on, how far each was checked, and which rules rest on it."""
        resting: dict[Cite, list[str]] = {}
        for code in codes:
            rule = self.rules.categories.get(code) or self.rules.policies.get(code)
            for cite in rule.cites if rule is not None else ():
                resting.setdefault(cite, []).append(code)
        head = [
            Text("文件与条款", "Document and article"), Text("核对程度", "Trust"), Text("核对日期", "Checked on"),
            Text("所支持的规则", "Rests on it"),
        ]  # fmt: skip
        rows = [self.row(head)]
        for cite, rules in resting.items():
            named = Text(
                f"{cite.document}{f'第{cite.article}条' if cite.article else ''}",
                f"{cite.document}{f', art. {cite.article}' if cite.article else ''}",
            )
            day = same(cite.checked_on.isoformat() if cite.checked_on else "–")
            read = nodes.entry("", *self.paragraphs(named))
            if cite.source is not None and cite.source.startswith("http"):
                where = nodes.reference("", self.inline(Text("出处", "where it was read")), refuri=cite.source)
                read += nodes.paragraph("", "", where)
            said = (nodes.entry("", *self.paragraphs(text)) for text in (cite.trust.label, day))
            on_it = nodes.entry("", *(nodes.paragraph("", "", self.link(code)) for code in rules))
            rows.append(nodes.row("", read, *said, on_it))
        return self.grid(rows, classes=["kg-law"])

    def sources(self, cites: Iterable[Cite]) -> Iterator[nodes.Node]:
        """The law, and how far it was checked."""
        items = []
        for cite in cites:
            items.append(nodes.list_item("", *self.paragraphs(cite.text)))
        if items:
            yield self.heading(Text("依据", "Sources"))
            yield nodes.bullet_list("", *items)

    # ---- docutils ----------------------------------------------------------------------------------------------

    def said(self, text: Text) -> list[str]:
        """The text in each language, once where they are the same."""
        return list(dict.fromkeys(t for lang in self.languages if (t := text.in_(lang))))

    def inline(self, text: Text) -> str:
        """Both languages on one line."""
        return " · ".join(self.said(text))

    def paragraphs(self, text: Text) -> list[nodes.paragraph]:
        """A paragraph a language."""
        found = [nodes.paragraph("", said) for said in self.said(text)]
        for paragraph in found[1:]:
            paragraph["classes"].append("kg-en")
        return found

    def heading(self, text: Text) -> nodes.rubric:
        """A small heading that is no entry of the contents."""
        return nodes.rubric("", self.inline(text))

    def folded(self, title: Text, body: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
        """Something that a reader of a web page opens when it is wanted."""
        summary = f"<summary>{escape(self.inline(title))}</summary>"
        yield nodes.raw("", f'<details class="kg-steps">{summary}', format="html")
        yield from body
        yield nodes.raw("", "</details>", format="html")

    def title_of(self, code: str) -> Text:
        """The title of what has this code; of a check, its reason."""
        check = self.rules.checks.get(code)
        return check.reason if check is not None else self.titles.get(code, same(code))

    def lines(self, lines: Iterable[Line]) -> nodes.bullet_list:
        """Lines within lines as a list within lists."""
        items = []
        for line in lines:
            item = nodes.list_item("", *self.paragraphs(line.text))
            if line.below:
                item += self.lines(line.below)
            items.append(item)
        return nodes.bullet_list("", *items)

    def fields(self, pairs: Iterable[tuple[Text, Text]]) -> nodes.field_list:
        """Names with values."""
        found = nodes.field_list()
        for name, value in pairs:
            field = nodes.field("", nodes.field_name("", self.inline(name)))
            line = self.inline(value)
            field += nodes.field_body(
                "", *([nodes.paragraph("", line)] if len(line) < _SHORT else self.paragraphs(value))
            )
            found += field
        return found

    def links(self, title: Text, codes: Iterable[str]) -> nodes.Node:
        """A line of links to other rules."""
        paragraph = nodes.paragraph()
        paragraph += nodes.strong("", self.inline(title))
        for number, code in enumerate(codes):
            paragraph += nodes.Text("  " if number == 0 else ", ")
            paragraph += self.link(code)
        return paragraph

    def link(self, code: str, shown: nodes.Node | None = None) -> addnodes.pending_xref:
        """A link to a rule by its code, with its title unless something else is shown; no link where no page prints it."""
        text = shown or nodes.inline("", self.inline(self.title_of(code)))
        return addnodes.pending_xref(
            "", text, refdomain="kinderguard", reftype="rule", reftarget=code, refexplicit=True, refwarn=False
        )

    def table(self, head: list[Text], rows: list[list[Text]], classes: Sequence[str] = ()) -> nodes.table:
        """A table with a head."""
        return self.grid([self.row(r) for r in (head, *rows)], classes)

    def grid(self, rows: Sequence[nodes.row], classes: Sequence[str] = ()) -> nodes.table:
        """A table from its rows, the first of which is the head."""
        group = nodes.tgroup(cols=len(rows[0]))
        group += [nodes.colspec(colwidth=1) for _ in rows[0]]
        group += nodes.thead("", rows[0])
        group += nodes.tbody("", *rows[1:])
        return nodes.table("", group, classes=list(classes))

    def row(self, cells: list[Text]) -> nodes.row:
        """A row of a table."""
        return nodes.row("", *(nodes.entry("", *self.paragraphs(c)) for c in cells))


def _without_colon(text: Text) -> Text:
    return Text(text.zh.removeprefix("："), text.en.removeprefix(": "))


def _partners(rule: object) -> tuple[str, ...]:
    other, counting = getattr(rule, "other", None), getattr(rule, "counting", ())
    return tuple(c for c in (other, *counting) if isinstance(c, str))


def _kind(p: Parameter) -> Text:
    assert p.kind is not None
    names = {
        "money": Text("金额（元）", "money (yuan)"), "number": Text("数", "number"), "bool": Text("开关", "switch"),
        "date": Text("日期", "date"),
    }  # fmt: skip
    return names[p.kind.sort.value]
