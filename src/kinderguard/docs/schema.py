"""The directive ``kinderguard:schema``: the fields of a published JSON format, with titles in both languages, and its codes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from kinderguard.docs.schema_words import FIELDS
from kinderguard.docs.tables import code, said, section, table
from kinderguard.formats import FORMATS, schema
from kinderguard.model.codes import Code
from kinderguard.model.errors import did_you_mean
from kinderguard.model.text import Language, Text, same

_FIELD = (Text("字段", "Field"), Text("类型", "Type"), Text("单位", "Unit"), Text("含义", "Meaning"))
_CODE = (Text("代码", "Code"), Text("名称", "Title"))
_ANY = Text(
    "任何 JSON 值：文字、数、真假、null、列表或对象",
    "any value of JSON: text, number, true, false, null, list or object",
)
_UNITS = {
    "persons": Text("人", "persons"), "months": Text("月", "months"), "yuan": Text("元", "yuan"),
    "km": Text("公里", "km"), "days": Text("天", "days"),
}  # fmt: skip


class SchemaDirective(SphinxDirective):
    """``.. kinderguard:schema:: case``: one table an object, one a list of codes."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Print the format."""
        name = self.arguments[0].strip()
        if name not in FORMATS:
            raise self.error(f"There is no format {name!r}.{did_you_mean(name, FORMATS)}")
        described = schema(name)
        languages: Sequence[Language] = self.config.kinderguard_languages
        top = {str(described["title"]): described} if "properties" in described else {}
        objects: dict[str, Any] = top | described.get("$defs", {})
        found: list[nodes.Node] = []
        # Objects first, then the lists of codes that their fields take.
        for title, each in sorted(objects.items(), key=lambda item: "properties" not in item[1]):
            body = [*_description(each), *_content(name, title, each, objects, languages)]
            found.append(section(f"{name} {title}", [nodes.Text(title)], body))
        return found


def _description(described: Mapping[str, Any]) -> Iterator[nodes.Node]:
    text = str(described.get("description", "")).split(">>>")[0].strip()
    if text:
        yield nodes.paragraph("", text.replace("``", ""))


def _content(
    name: str, title: str, described: Mapping[str, Any], objects: Mapping[str, Any], languages: Sequence[Language]
) -> Iterator[nodes.Node]:
    if "properties" in described:
        rows = [
            [
                [code(field)],
                [_kind(name, each, objects)],
                said(unit(each), languages),
                said(meaning(title, field, each), languages),
            ]
            for field, each in described["properties"].items()
        ]
        yield table(_FIELD, rows, (5, 6, 2, 9), languages)
    elif "enum" in described:
        labels = {str(each): label(title, each) for each in described["enum"]}
        yield table(
            _CODE, [[[code(value)], said(text, languages)] for value, text in labels.items()], (5, 17), languages
        )
    elif not described:
        yield from said(_ANY, languages)


def meaning(owner: str, field: str, described: Mapping[str, Any]) -> Text:
    """What a field is: as the model says, or as the words of the result formats have it.

    Raises:
        KeyError: nothing says what it is in both languages.
    """
    if "x-title-zh" in described:
        return Text(described["x-title-zh"], described["x-title-en"])
    return FIELDS.get(f"{owner}.{field}") or FIELDS[field]


def label(owner: str, value: str) -> Text:
    """The titles of a code."""
    listed = _code_lists().get(owner)
    return same(value) if listed is None else listed.of(value).label


@cache
def _code_lists() -> Mapping[str, type[Code]]:
    """The lists of codes by name, of whatever the formats hold."""
    for name in FORMATS:
        schema(name)  # loads the modules that define them
    found: dict[str, type[Code]] = {}
    waiting = Code.__subclasses__()
    while waiting:
        each = waiting.pop()
        found.setdefault(each.__name__, each)
        waiting += each.__subclasses__()
    return found


def unit(described: Mapping[str, Any]) -> Text:
    """The unit that the schema, or one of the kinds that it allows, gives; yuan where an amount says so."""
    for each in (described, *described.get("anyOf", ())):
        if "x-unit" in each:
            return _UNITS[each["x-unit"]]
        if str(each.get("description", "")).startswith("yuan"):
            return _UNITS["yuan"]
    return same("–")


def _kind(name: str, described: Mapping[str, Any], objects: Mapping[str, Any]) -> nodes.paragraph:
    """The kinds that are allowed, with links to the objects and code lists among them."""
    paragraph = nodes.paragraph()
    for number, part in enumerate(_parts(described)):
        if number:
            paragraph += nodes.Text(" | ")
        before, _, last = part.rpartition(" ")
        if last in objects:
            paragraph += nodes.Text(f"{before} " if before else "")
            paragraph += nodes.reference("", last, refid=nodes.make_id(f"{name} {last}"), internal=True)
        else:
            paragraph += nodes.Text(part)
    return paragraph


def _parts(described: Mapping[str, Any]) -> list[str]:
    if "anyOf" in described:
        return list(dict.fromkeys(part for each in described["anyOf"] for part in _parts(each)))
    if "$ref" in described:
        return [str(described["$ref"]).rsplit("/", 1)[-1]]
    if "enum" in described:
        return [str(each) for each in described["enum"]]
    if "const" in described:
        return [str(described["const"])]
    if "x-kind" in described:
        return [str(described["x-kind"])]
    match described.get("type"):
        case "array":
            return [f"array of {' or '.join(_parts(described.get('items', {})))}"]
        case "object":
            inner = described.get("additionalProperties")
            return [f"object of {' or '.join(_parts(inner))}"] if isinstance(inner, dict) else ["object"]
        case known:
            return [str(known or "any")]


__all__ = ["SchemaDirective", "label", "meaning", "unit"]
