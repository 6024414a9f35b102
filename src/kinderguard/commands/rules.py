"""``rules`` and ``schema``: what the rules say, and the form of what is written."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import kinderguard
from kinderguard.commands.application import (
    NOTHING_DONE,
    InLang,
    Lang,
    OptionalDay,
    app,
    contained,
    division_code,
    fail,
    say,
)
from kinderguard.commands.fact_list import print_facts
from kinderguard.commands.not_here import say_why
from kinderguard.commands.writable import file_to_write, folder_to_write, place_to_write, told_unwritten
from kinderguard.formats import FORMATS, schema
from kinderguard.model.lines import plain_text
from kinderguard.model.text import Text
from kinderguard.rules.overview import overview
from kinderguard.rules.rule_card import NoSuchRuleError, rule_card, rule_titles


class FactsForm(StrEnum):
    """How the list of facts is printed."""

    TEXT = "text"
    JSON = "json"


@app.command()
def rules(
    code: Annotated[
        str | None,
        typer.Argument(
            help="类别、政策或参数的代码；规则包的代码（如 330199）打印该地给谁、给多少、何时起、依据什么；用 --facts 时为事实的开头 / a category, "
            "policy, check or parameter; a pack's code (330199) for what it gives, to whom, since when, on what ground; with "
            "--facts, what the facts begin with"
        ),
    ] = None,
    division: Annotated[
        str | None,
        typer.Option(
            "--division",
            "-d",
            parser=division_code,
            metavar="CODE",
            help="行政区划代码 / the place whose rules are meant",
        ),
    ] = None,
    on: OptionalDay = None,
    facts: Annotated[
        bool,
        typer.Option("--facts", help="列出规则可用的事实 / list the facts that rules may ask for, and which rules do"),
    ] = False,
    form: Annotated[
        FactsForm, typer.Option("--format", help="事实列表的格式 / the form of the list of facts")
    ] = FactsForm.TEXT,
    lang: InLang = Lang.ZH,
) -> None:
    """列出规则或事实，或打印一条规则的全文。List the rules or facts, or print one rule in full with values and sources."""
    with contained():
        book = kinderguard.load()
        if code is not None and division is None and code[:1].isdigit():
            division = code.split(".", 1)[0]
        if division is not None:
            book = book.for_division(division)
        if facts:
            print_facts(book, code or "", lang.value, as_json=form is FactsForm.JSON)
            return
        pack = next((p for p in book.overlay(division).packs if division is not None and p.code == code), None)
        if pack is not None:
            typer.echo(plain_text(overview(book.rules, pack.code, pack.title, on=on), lang.value))
            return
        if code is not None:
            try:
                card = rule_card(book.rules, code, division=division, on=on)
            except NoSuchRuleError as error:
                if not say_why(book, code, lang.value, place=division):
                    say(error.text.in_(lang.value))
                raise typer.Exit(NOTHING_DONE) from None
            typer.echo(plain_text(card, lang.value))
            return
        titles = rule_titles(book.rules)
        for title, codes in (
            (Text("类别", "Categories"), sorted(book.rules.categories)),
            (Text("政策", "Policies"), sorted(book.rules.policies)),
        ):
            typer.echo(f"{title.in_(lang.value)} ({len(codes)})")
            for key in codes:
                typer.echo(f"  {key:<40} {titles[key].in_(lang.value)}")
        checks = book.rules.checks.values()
        if checks:
            typer.echo(f"{Text('地方规定', 'Checks').in_(lang.value)} ({len(checks)})")
            for check in sorted(checks, key=lambda c: c.code):
                typer.echo(f"  {check.code:<40} → {check.on}")


@app.command(name="schema")
def print_schema(
    name: Annotated[str | None, typer.Argument(help="数据格式 / the format: " + " | ".join(FORMATS))] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            callback=place_to_write,
            help="一种写入文件，否则全部写入文件夹 / one to a file (.json), or all to a folder",
        ),
    ] = None,
) -> None:
    """打印数据格式的 JSON Schema。Print a JSON Schema."""
    with contained():
        if out is not None:
            is_file = name is not None and out.suffix == ".json"
            if not is_file:
                folder_to_write(out)
            elif out.parent.exists():
                file_to_write(out)
            texts = {each: _schema_text(each) for each in ([name] if name else FORMATS)}
            with told_unwritten(out):
                (out.parent if is_file else out).mkdir(parents=True, exist_ok=True)
                for each, text in texts.items():
                    (out if is_file else out / f"{each}.json").write_text(text, "utf-8")
            return
        if name is None:
            typer.echo("\n".join(FORMATS))
            return
        typer.echo(_schema_text(name), nl=False)


def _schema_text(name: str) -> str:
    if name not in FORMATS:
        fail(Text(f"可用的名称：{'、'.join(FORMATS)}", f"there is no such schema; the names are {', '.join(FORMATS)}"))
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"
