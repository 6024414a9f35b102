"""The directive ``kinderguard:commands``: every command with its arguments and options, read off the application itself."""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from kinderguard.docs.tables import code, said, section, table
from kinderguard.model.text import Language, Text, same

#: Where a command's help passes from Chinese to English.
_CHANGE = re.compile(r"(?<=[。！？])\s*(?=[A-Za-z])")
_HEAD = (Text("写法", "Written"), Text("含义", "Meaning"), Text("不写时", "If left out"))


def help_of(text: str | None) -> Text:
    """Both halves of a help text: ``中文 / English`` of an option, ``中文。English.`` of a command."""
    text = text or ""
    zh, parted, en = text.partition(" / ")
    if parted:
        return Text(zh.strip(), en.strip())
    halves = _CHANGE.split(text, maxsplit=1)
    return Text(halves[0], halves[1]) if len(halves) == 2 else same(text)


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A command and those within it, each with how it is called."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{path} {name}")


class CommandsDirective(SphinxDirective):
    """``.. kinderguard:commands::``: the whole command line."""

    def run(self) -> list[nodes.Node]:
        """Print every command that does something by itself, and what each group is for."""
        from typer.main import get_command

        from kinderguard.commands import app

        languages: Sequence[Language] = self.config.kinderguard_languages
        found: list[nodes.section] = []
        for path, command in commands(get_command(app), "kinderguard"):
            if path == "kinderguard":
                continue
            title = [nodes.literal(path, path)]
            group = hasattr(command, "commands")
            body: list[nodes.Node] = [*said(help_of(command.help), languages)]
            body += [] if group else _called(path, command, languages)
            made = section(path.replace("kinderguard ", "command "), title, body)
            if path.count(" ") > 1:
                found[-1] += made
            else:
                found.append(made)
        return [*found]


def _called(path: str, command: Any, languages: Sequence[Language]) -> Iterator[nodes.Node]:
    params = [p for p in command.params if p.name != "help" and not getattr(p, "hidden", False)]
    words = [_written(p) if p.required else f"[{_written(p)}]" for p in params if p.param_type_name == "argument"]
    called = " ".join([path, *words, "[OPTIONS]"])
    yield nodes.literal_block(called, called, language="text")
    if command.epilog:
        shown = "\n".join(line.strip() for line in command.epilog.splitlines()[2:])
        yield nodes.literal_block(shown, shown, language="text")
    rows = [[[code(_written(p))], said(help_of(p.help), languages), _default(p, languages)] for p in params]
    if rows:
        yield table(_HEAD, rows, (4, 8, 2), languages)


def _written(param: Any) -> str:
    """As it is typed: ``-o, --out PATH``, ``LEDGER``."""
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper()).strip("[]{}")
    names = ", ".join(sorted(param.opts, key=len))
    if param.is_flag:
        return names
    return f"{names} {param.metavar or _choices(param) or 'VALUE'}"


def _choices(param: Any) -> str:
    return "|".join(str(each.value) for each in type(param.default)) if isinstance(param.default, Enum) else ""


def _default(param: Any, languages: Sequence[Language]) -> list[nodes.paragraph]:
    if param.required:
        return said(Text("必填", "required"), languages)
    value = param.default.value if isinstance(param.default, Enum) else param.default
    if value is None or value is False or callable(value):
        return [nodes.paragraph("", "–")]
    return [code(str(value))]
