"""``headers``: the headers that a list may have, what each fills, and what may be written below it.

It reads no list of children.
"""

from pathlib import Path
from typing import Annotated

import typer

import kinderguard
from kinderguard.commands.application import InLang, Lang, OutPath, app, contained
from kinderguard.commands.tabular import AsTable, TableFormat, check_out, columns_of, write_list
from kinderguard.model.text import Text
from kinderguard.survey import SourceProfile, find_profile
from kinderguard.survey.sources import refuse_taken_spellings
from kinderguard.survey.standard import HeaderShown, headers_shown
from kinderguard.survey.tables import Row

_HEADS = (
    Text("列名", "Header"), Text("也可写作", "Also written"), Text("事实", "Fact"), Text("含义", "Meaning"),
    Text("填写", "To be written"), Text("可填", "Allowed"),
)  # fmt: skip


@app.command()
def headers(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND]",
            help="名单类型（如 education，或 .toml 文件）：另列其自有列名 / a kind of list, as education or a .toml file: its own too",
        ),
    ] = None,
    form: AsTable = TableFormat.SUMMARY,
    out: OutPath = None,
    lang: InLang = Lang.ZH,
) -> None:
    """列出台账和名单的标准列名、含义和可填内容。List the standard headers of lists, what each means and what may be written."""
    check_out(form, out)
    with contained():
        shown = list(headers_shown(None if kind is None else _profile(kind)))
        write_list(
            form,
            out,
            summary=columns_of((tuple(map(str, _row(each, lang))) for each in shown), indent=""),
            lines=(
                {
                    "header": each.header, "also": list(each.also), "fact": each.fact, "title": each.title.to_dict(),
                    "kind": each.kind.to_dict(), "allowed": [code.to_dict() for code in each.codes],
                }
                for each in shown
            ),
            heads=_HEADS,
            rows=(_row(each, lang) for each in shown),
            lang=lang.value,
        )  # fmt: skip


def _profile(kind: str) -> SourceProfile:
    toml = kind.lower().endswith(".toml")
    profile = SourceProfile.from_toml(Path(kind)) if toml else find_profile(kind, kinderguard.load())
    refuse_taken_spellings(profile)
    return profile


def _row(shown: HeaderShown, lang: Lang) -> Row:
    return (
        shown.header, "、".join(shown.also), shown.fact or "", shown.title.in_(lang.value), shown.kind.in_(lang.value),
        shown.values(lang.value),
    )  # fmt: skip
