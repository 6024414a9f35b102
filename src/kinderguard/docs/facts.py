"""The directive ``kinderguard:facts``: every fact that a rule may ask for, with its kind, codes and readers."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from kinderguard.docs.directives import RuleDirective
from kinderguard.docs.tables import code, said, section, table
from kinderguard.model.errors import did_you_mean
from kinderguard.model.text import Language, Text
from kinderguard.rules.derived import Derived, derived_under
from kinderguard.rules.titles import SUBJECTS, list_title

_WORKED_OUT = (
    Text("规则中的写法", "As rules write it"),
    Text("类型", "Type"),
    Text("算自", "Worked out from"),
)
_HEAD = (
    Text("事实", "Fact"),
    Text("类型与代码", "Type and codes"),
    Text("用到它的规则", "Read by"),
)


class FactsDirective(RuleDirective):
    """``.. kinderguard:facts::``: a table of each part of a case and of each list. ``:under: household`` prints some."""

    required_arguments = 0
    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"under": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Print the facts of the nation's rules, or of those of the place that is named."""
        place = self.arguments[0].strip() if self.arguments else "cn"
        schema = self.book().frame_schema(None if place == "cn" else place, unread=True)
        under = self.options.get("under", "")
        columns = schema.under(under)
        if not len(columns):
            raise self.error(f"No fact begins with {under!r}.{did_you_mean(under, [c.name for c in schema])}")
        parts: dict[str, list[Any]] = {}
        for column in columns:
            # A list that is a field of another's records has a table of its own.
            part = column.name if column.kind == "list" else column.of or column.name.partition(".")[0]
            parts.setdefault(part, []).append(column)
        self._printer = self.printer(self.rules(place))
        self._shown: dict[tuple[str, ...], str] = {}
        worked_out = derived_under(under)
        return [
            *(self._part(part, facts) for part, facts in parts.items()),
            *([self._worked_out(worked_out)] if worked_out else []),
        ]

    def _part(self, part: str, facts: list[Any]) -> nodes.section:
        languages: Sequence[Language] = self.config.kinderguard_languages
        rows = [
            [
                [_anchored(column.name), *said(column.title, languages)],
                list(self._kind(column, languages)),
                [self._readers(column.read_by)] if column.read_by else [],
            ]
            for column in facts
        ]
        known = next((c.title for c in facts if c.name == part), None) or SUBJECTS.get(part)
        title = (
            self._printer.inline(
                known
                or (Text("规则包自己的事实", "Facts of the pack's own") if part[:1].isdigit() else list_title(part))
            )
            + " "
        )
        heading = [nodes.Text(title), nodes.literal("", part, classes=["kg-code"])]
        return section(f"facts {part}", heading, [table(_HEAD, rows, (9, 7, 7), languages, kind="kg-facts")])

    def _worked_out(self, questions: Sequence[Derived]) -> nodes.section:
        from kinderguard.packs.frames.words import derived_kind_text

        languages: Sequence[Language] = self.config.kinderguard_languages
        rows = [
            [
                [code(each.path), *said(each.title, languages)],
                list(said(derived_kind_text(each), languages)),
                [code(path) for path in each.of],
            ]
            for each in questions
        ]
        heading = [
            nodes.Text(
                self._printer.inline(Text("由事实推算、只在规则中可用", "Worked out from facts, for rules alone"))
            )
        ]
        return section("facts worked out", heading, [table(_WORKED_OUT, rows, (9, 7, 7), languages, kind="kg-facts")])

    def _kind(self, column: Any, languages: Sequence[Language]) -> Iterator[nodes.paragraph]:
        """The kind with its unit; the codes, or where the same codes stand already."""
        from kinderguard.packs.frames.words import kind_text

        yield from said(kind_text(column), languages)
        codes = tuple(column.codes)
        if not codes:
            return
        first = self._shown.setdefault(codes, column.name)
        if first != column.name:
            see = self._printer.inline(Text("代码同", "Codes as of")) + " "
            anchor = nodes.make_id(f"fact {first}")
            link = nodes.reference("", "", nodes.literal(first, first), refid=anchor, internal=True)
            yield nodes.paragraph("", "", nodes.Text(see), link)
            return
        for each, title in column.codes.items():
            shown = nodes.Text(" " + self._printer.inline(title))
            yield nodes.paragraph("", "", nodes.literal(each, each), shown)

    def _readers(self, codes: Sequence[str]) -> nodes.paragraph:
        paragraph = nodes.paragraph()
        for number, each in enumerate(codes):
            if number:
                paragraph += nodes.Text(", ")
            paragraph += self._printer.link(each, nodes.literal(each, each))
        return paragraph


def _anchored(name: str) -> nodes.paragraph:
    paragraph = code(name)
    paragraph["ids"] = [nodes.make_id(f"fact {name}")]
    return paragraph
