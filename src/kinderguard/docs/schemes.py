"""The directives of the book of rules: a scheme with its law, rules and values on one page, and the list of all codes."""

from collections.abc import Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from kinderguard.docs.directives import PARTS, RuleDirective
from kinderguard.model.errors import did_you_mean
from kinderguard.model.text import Text


class SchemeDirective(RuleDirective):
    """``.. kinderguard:scheme::`` with codes in its body, a line each: the law they rest on, then each in its order."""

    required_arguments = 0
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Print the scheme."""
        codes = [line.strip() for line in self.content if line.strip()]
        if not codes:
            raise self.error("A scheme lists the codes of its categories, policies and parameters, a line each.")
        rules = self.rules(codes[0])
        parts = {code: part for part in PARTS for code in getattr(rules, part)}
        for code in codes:
            if code not in parts:
                raise self.error(f"There is no rule or parameter {code!r} here.{did_you_mean(code, parts)}")
        printer = self.printer(rules, apart=[code for code in codes if parts[code] == "parameters"])
        found = list(self.law(codes, printer)) if any(parts[c] != "parameters" for c in codes) else []
        for part, (kind, heading) in PARTS.items():
            mine = [code for code in codes if parts[code] == part]
            if not mine:
                continue
            section = self.headed(heading, part, printer.inline(heading))
            for code in mine:
                value = getattr(rules, part)[code]
                title = value.reason if part == "checks" else printer.title_of(code)
                section += self.section(kind, title, code, getattr(printer, kind)(value), printer)
            found.append(section)
        return found

    def law(self, codes: list[str], printer: Any) -> Iterator[nodes.Node]:
        """The documents of the whole scheme, first."""
        title = Text("法规与政策文件", "The law")
        section = self.headed(title, "law", printer.inline(title))
        section += printer.documents(codes)
        yield section

    def headed(self, heading: Text, part: str, shown: str) -> nodes.section:
        """A section with its heading."""
        section = nodes.section("", ids=[nodes.make_id(f"{self.env.docname.rsplit('/', 1)[-1]}-{part}")])
        section += nodes.title("", shown)
        return section


class CodesDirective(RuleDirective):
    """``.. kinderguard:codes:: cn``: each code of a pack with its title and a link to the page that prints it.

    Each has the anchor of the rule it names, so that a link to the list leads on. ``:only: policies`` lists one part.
    """

    option_spec: ClassVar[dict[str, Any]] = {"only": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Print the list."""
        pack = self.arguments[0].strip()
        rules = self.rules(pack)
        printer = self.printer(rules)
        found: list[nodes.Node] = []
        for part in self.options.get("only", " ".join(PARTS)).split():
            if part not in PARTS:
                raise self.error(f"A pack has no {part!r}.{did_you_mean(part, PARTS)}")
            items = nodes.bullet_list()
            for code in (c for c in getattr(rules, part) if c.startswith(f"{pack}.")):
                item = nodes.list_item("", ids=[nodes.make_id(f"rule-{code}")])
                item += nodes.paragraph(
                    "", "", printer.link(code), nodes.Text(" "), nodes.literal("", code, classes=["kg-code"])
                )
                items += item
            found.append(items)
        return found
