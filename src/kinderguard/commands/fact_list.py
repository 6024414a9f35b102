"""``kinderguard rules --facts``: every fact that a rule may ask for and who reads it, and what is worked out from facts."""

import json
from collections.abc import Iterator
from itertools import accumulate

import typer

from kinderguard.commands.application import NOTHING_DONE, say
from kinderguard.commands.not_here import say_why
from kinderguard.model.errors import suggestion
from kinderguard.model.text import Language, Text
from kinderguard.packs.book import PolicyBook
from kinderguard.rules.derived import derived_under

_WIDTH = 110
_CODES = Text("代码：", "codes: ")
_READERS = Text("用到它的规则：", "read by: ")
_NONE = Text("无", "no rule")
_WORKED_OUT = Text("算自：", "from: ")


def print_facts(book: PolicyBook, prefix: str, lang: Language, *, as_json: bool) -> None:
    """Print the facts whose paths begin with a text, as lines for people, with what is worked out from them; or as JSON."""
    schema = book.frame_schema(unread=True)
    found, worked_out = schema.under(prefix), derived_under(prefix)
    if not len(found) and not worked_out:
        if say_why(book, prefix, lang, place=book.division):
            raise typer.Exit(NOTHING_DONE)
        near = suggestion(prefix, [p for c in schema for p in accumulate(c.name.split("."), "{}.{}".format)]) or Text(
            "全部事实：kinderguard rules --facts", " All of them: kinderguard rules --facts"
        )
        message = Text(f"没有以 {prefix!r} 开头的事实。", f"No fact begins with {prefix!r}.") + near
        say(message.in_(lang))
        raise typer.Exit(NOTHING_DONE)
    if as_json:
        typer.echo(json.dumps(found.to_dicts(), ensure_ascii=False, indent=2))
        return
    from kinderguard.packs.frames.words import derived_kind_text, kind_text

    longest = max((len(c.name) for c in found), default=0)
    for column in found:
        typer.echo(f"{column.name:<{longest}}  {kind_text(column).in_(lang)}  {column.title.in_(lang)}")
        codes = [
            Text(f"{code}（{title.zh}）", f"{code} ({title.en})").in_(lang) for code, title in column.codes.items()
        ]
        for label, listed in ((_CODES, codes), (_READERS, list(column.read_by) or [_NONE.in_(lang)])):
            for line in _wrapped(label.in_(lang), listed, Text("、", ", ").in_(lang)):
                typer.echo(line)
    for each in worked_out:
        typer.echo(f"{each.path:<{longest}}  {derived_kind_text(each).in_(lang)}  {each.title.in_(lang)}")
        for line in _wrapped(_WORKED_OUT.in_(lang), list(each.of), Text("、", ", ").in_(lang)):
            typer.echo(line)


def _wrapped(label: str, listed: list[str], between: str) -> Iterator[str]:
    """A list behind its label, broken between what it lists; nothing of an empty one."""
    line = f"    {label}"
    for number, each in enumerate(listed):
        piece = each + (between if number < len(listed) - 1 else "")
        if number and len(line) + len(piece) > _WIDTH:
            yield line.rstrip()
            line = "      "
        line += piece
    if listed:
        yield line


__all__ = ["print_facts"]
