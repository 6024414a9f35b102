"""One child's result, explained: the options and the writing that ``explain`` and ``file explain`` share."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import attrs
import typer
from rich.console import Console

from kinderguard.commands.application import NOTHING_DONE, say, write
from kinderguard.commands.not_here import say_why
from kinderguard.commands.writable import told_unwritten
from kinderguard.engines.assessment import Assessment, UnknownCodeError
from kinderguard.engines.render import rich_tree
from kinderguard.model.text import Language
from kinderguard.packs import PolicyBook


class ExplanationFormat(StrEnum):
    """What is written."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"


class Reader(StrEnum):
    """Whom it is written for."""

    OFFICE = "office"
    FAMILY = "family"


OfCode = Annotated[
    str | None,
    typer.Option(
        "--code",
        metavar="CODE",
        help="只说明此类别或政策；给家长的说明：家长问到的政策 / only this category or policy; for the family: the one it asked for",
    ),
]
ForReader = Annotated[
    Reader,
    typer.Option(
        "--for", help="写给谁：family 为给家长的一页说明 / for whom: family, one page in plain words to hand to it"
    ),
]
WithNames = Annotated[
    bool, typer.Option("--names", help="给家长的说明上写儿童姓名 / the child's name on the page for the family")
]
ExplainedAs = Annotated[ExplanationFormat, typer.Option("--format", "-f", help="输出形式 / what to write")]


@attrs.frozen
class Explaining:
    """How a result is to be explained.

    Raises:
        typer.BadParameter: options that do not go together.
    """

    code: str | None
    reader: Reader
    names: bool
    form: ExplanationFormat
    out: Path | None
    lang: Language

    def __attrs_post_init__(self) -> None:
        if self.reader is Reader.FAMILY and self.form is ExplanationFormat.JSON:
            raise typer.BadParameter("给家长的说明为 text 或 html / --for family is text or html")
        if self.names and self.reader is not Reader.FAMILY:
            raise typer.BadParameter("--names 仅用于 --for family / --names goes with --for family")

    def write(self, result: Assessment, book: PolicyBook) -> None:
        """Write the explanation; a code that is not known where the child is ends the command, which says why."""
        try:
            self._write(result)
        except UnknownCodeError as error:
            if self.code is None or not say_why(book, self.code, self.lang, place=result.division):
                say(error.text.in_(self.lang))
            raise typer.Exit(NOTHING_DONE) from None

    def _write(self, result: Assessment) -> None:
        if self.reader is Reader.FAMILY:
            page = result.for_family(self.lang, asked=self.code or (), personal=self.names)
            text = page.page if self.form is ExplanationFormat.HTML else f"{page.text}\n"
        else:
            explanation = result.explain(self.code)
            if self.form is ExplanationFormat.TEXT and self.out is None and sys.stdout.isatty():
                Console(highlight=False).print(rich_tree(explanation.tree(), self.lang))
                return
            if self.form is ExplanationFormat.JSON:
                text = json.dumps(explanation.to_dict(), ensure_ascii=False, indent=2) + "\n"
            elif self.form is ExplanationFormat.HTML:
                text = explanation.view(self.lang).page
            else:
                text = f"{explanation.text(self.lang)}\n"
        with told_unwritten(self.out):
            write(iter([text]), self.out)
