"""The directives: ``kinderguard:pack``, ``:category:``, ``:policy:``, ``:check:``, ``:parameter:``."""

from collections.abc import Callable, Collection, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.domains.python import PythonDomain
from sphinx.util.docutils import SphinxDirective

import kinderguard
from kinderguard.docs.content import Printer
from kinderguard.model.errors import did_you_mean
from kinderguard.model.text import Text, same
from kinderguard.packs.pack import Pack, jurisdiction_of
from kinderguard.rules.definitions import Category, Check, Policy
from kinderguard.rules.ruleset import RuleSet

if TYPE_CHECKING:
    from kinderguard.docs.domain import KinderguardDomain
    from kinderguard.packs import PolicyBook
    from kinderguard.rules.decision_table import DecisionTable


class RuleDirective(SphinxDirective):
    """What all directives share: the book, the printer, and a section for each rule."""

    required_arguments = 1

    def book(self) -> "PolicyBook":
        """The configured book; read once a build, since thousands of pages may print from it."""
        given: Callable[[], PolicyBook] | None = self.config.kinderguard_book
        holder = cast(Any, self.env.app)
        if getattr(holder, "_kinderguard_book", None) is None:
            holder._kinderguard_book = (given or kinderguard.load)()
        return cast("PolicyBook", holder._kinderguard_book)

    def rules(self, code: str) -> RuleSet:
        """The rules of the place that a code belongs to."""
        division = code.split(".", 1)[0]
        return self.book().overlay(None if division == "cn" else division).rules

    def printer(self, rules: RuleSet, apart: Collection[str] = (), *, of: str = "cn") -> Printer:
        """A printer that knows what the page has already, which parameters it prints by themselves, and whose rules (by the
        code of a rule or pack) it is about.
        """
        printed = cast("set[DecisionTable]", self.env.temp_data.setdefault("kinderguard_printed", set()))
        return Printer(rules, self.config.kinderguard_languages, printed, apart, jurisdiction_of(of))

    def section(
        self, kind: str, title: Text, code: str, body: Iterator[nodes.Node], printer: Printer, *, own: bool = True
    ) -> nodes.section:
        """One rule: its heading with the code, and what is printed of it; ``own``: this is the page to link to."""
        anchor = nodes.make_id(f"rule-{code}")
        section = nodes.section("", ids=[anchor])
        section += nodes.title(
            "", "", nodes.Text(printer.inline(title) + " "), nodes.literal("", code, classes=["kg-code"])
        )
        section += list(body)
        domain = cast("KinderguardDomain", self.env.get_domain("kinderguard"))
        domain.note(code, kind, printer.inline(title), anchor, own=own)
        return section


class _OneDirective(RuleDirective):
    """A directive for one value by its code."""

    kind: ClassVar[str]
    #: What a rule set calls the values of this kind.
    part: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Print it."""
        code = self.arguments[0].strip()
        rules = self.rules(code)
        values: Mapping[str, Any] = getattr(rules, self.part)
        value = values.get(code)
        if value is None:
            raise self.error(f"There is no {self.kind} {code!r} here.{did_you_mean(code, values)}")
        printer = self.printer(rules, of=code)
        body = getattr(printer, self.kind)(value)
        return [self.section(self.kind, printer.title_of(code), code, body, printer)]


class CategoryDirective(_OneDirective):
    """``.. kinderguard:category:: cn.orphan``."""

    kind = "category"
    part = "categories"


class PolicyDirective(_OneDirective):
    """``.. kinderguard:policy:: cn.orphan_allowance``."""

    kind = "policy"
    part = "policies"


class CheckDirective(_OneDirective):
    """``.. kinderguard:check:: 330199.care_without_assessment``."""

    kind = "check"
    part = "checks"


class ParameterDirective(_OneDirective):
    """``.. kinderguard:parameter:: cn.orphan.scattered_monthly``."""

    kind = "parameter"
    part = "parameters"


class NamesDirective(RuleDirective):
    """``.. kinderguard:names:: kinderguard.national``: what a module calls its rules, each with a link."""

    def run(self) -> list[nodes.Node]:
        """A list of the public names that are rules."""
        module = import_module(self.arguments[0].strip())
        named = {n: v for n in module.__all__ if isinstance(v := getattr(module, n), Category | Policy | Check | Pack)}
        python = cast(PythonDomain, self.env.get_domain("py"))
        printer = self.printer(self.rules("cn"))
        items = []
        for name, value in named.items():
            anchor = nodes.make_id(f"{module.__name__}.{name}")
            item = nodes.list_item("", ids=[anchor])
            paragraph = nodes.paragraph("", "", nodes.literal("", name), nodes.Text("  "))
            paragraph += (
                printer.link(value.code) if not isinstance(value, Pack) else nodes.Text(printer.inline(value.title))
            )
            item += paragraph
            python.note_object(f"{module.__name__}.{name}", "data", anchor, location=item)
            items.append(item)
        return [nodes.bullet_list("", *items)]


#: What a rule set holds, what one of each is called, and the heading of all.
PARTS = {
    "categories": ("category", Text("类别", "Categories")),
    "policies": ("policy", Text("政策", "Policies")),
    "checks": ("check", Text("地方规定", "Local rules")),
    "parameters": ("parameter", Text("参数", "Parameters")),
}


class PackDirective(RuleDirective):
    """``.. kinderguard:pack:: cn``: everything that a pack says. ``:only: policies parameters`` prints some parts."""

    option_spec: ClassVar[dict[str, Any]] = {"only": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Print the pack."""
        code = self.arguments[0].strip()
        book = self.book()
        known = {source.name for source in book.packs}
        if code not in known:
            raise self.error(f"No pack {code!r} is installed.{did_you_mean(code, known)}")
        parts = self.options.get("only", " ".join(PARTS)).split()
        for part in parts:
            if part not in PARTS:
                raise self.error(f"A pack has no {part!r}.{did_you_mean(part, PARTS)}")
        rules = self.rules(code)
        printer = self.printer(rules, of=code)
        found: list[nodes.Node] = [] if "only" in self.options else [self.head(code, book, printer)]
        for part in parts:
            kind, heading = PARTS[part]
            values = self.own(code, part, rules)
            if not values:
                continue
            section = nodes.section("", ids=[nodes.make_id(f"{code}-{part}")])
            section += nodes.title("", printer.inline(heading))
            for each in values:
                body = getattr(printer, kind)(getattr(rules, part)[each])
                title = self.title(each, rules, printer)
                section += self.section(kind, title, each, body, printer, own=each.startswith(f"{code}."))
            found.append(section)
        return found

    def title(self, code: str, rules: RuleSet, printer: Printer) -> Text:
        """A check has no title: its reason says what it is."""
        return rules.checks[code].reason if code in rules.checks else printer.title_of(code)

    def own(self, pack: str, part: str, rules: RuleSet) -> list[str]:
        """The codes of a part that the pack itself defines, or sets values of."""
        codes = [c for c in getattr(rules, part) if c.startswith(f"{pack}.")]
        if part == "parameters" and pack != "cn":
            codes += [
                c for c, p in rules.parameters.items() if c not in codes and any(v.place == pack for v in p.values)
            ]
        return sorted(codes) if part == "parameters" else codes

    def head(self, code: str, book: "PolicyBook", printer: Printer) -> nodes.Node:
        """What the pack is and which versions it works with."""
        source = next(s for s in book.packs if s.name == code)
        pack = source.pack
        if pack is None:
            raise self.error(f"The pack {code} could not be loaded: run `kinderguard packs`.")
        return printer.fields(
            [
                (Text("规则包", "Pack"), pack.title + same(f" [{code}]")),
                (Text("版本", "Version"), same(pack.version)),
                (Text("适用的 kinderguard 版本", "Works with kinderguard"), same(pack.kinderguard)),
            ]
        )
