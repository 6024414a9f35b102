"""What the tables of the reference are made of: cells in both languages, sections with an anchor."""

from collections.abc import Iterable, Sequence

from docutils import nodes

from kinderguard.model.text import Language, Text


def said(text: Text, languages: Sequence[Language]) -> list[nodes.paragraph]:
    """A paragraph a language, once where they are the same; those after the first are quieter.

    Help and messages hold options and code, so dashes and quotation marks stay as they are.
    """
    texts = dict.fromkeys(text.in_(lang) for lang in languages)
    found = [nodes.paragraph("", t, support_smartquotes=False) for t in texts if t]
    for paragraph in found[1:]:
        paragraph["classes"].append("kg-en")
    return found


def beside(text: Text, languages: Sequence[Language]) -> str:
    """Both languages on one line."""
    return " · ".join(dict.fromkeys(t for lang in languages if (t := text.in_(lang))))


def code(written: str) -> nodes.paragraph:
    """A paragraph of code."""
    return nodes.paragraph("", "", nodes.literal(written, written))


def table(
    head: Sequence[Text], rows: Iterable[Sequence[list[nodes.paragraph]]], widths: Sequence[int],
    languages: Sequence[Language], *, kind: str = "",
) -> nodes.table:  # fmt: skip
    """A table whose cells are paragraphs; ``widths`` in parts of the whole."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=width) for width in widths]
    titles = (nodes.entry("", nodes.paragraph("", beside(title, languages))) for title in head)
    group += nodes.thead("", nodes.row("", *titles))
    group += nodes.tbody("", *(nodes.row("", *(nodes.entry("", *cell) for cell in row)) for row in rows))
    made = nodes.table("", group, classes=[kind] if kind else [])
    made["classes"] += ["colwidths-given"]
    return made


def section(anchor: str, title: Sequence[nodes.Node], body: Iterable[nodes.Node]) -> nodes.section:
    """A section that can be linked to."""
    made = nodes.section("", ids=[nodes.make_id(anchor)])
    made += nodes.title("", "", *title)
    made += list(body)
    return made
