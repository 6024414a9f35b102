"""The steps of a tutorial: commands to be run and files to be written, in the order of the page.

A block ``console`` is run command by command, and its output compared (see ``console_examples``). A block below
``<!-- file: PATH -->`` is written to that file. ``<!-- fails -->`` before a block says that its commands fail.
"""

import re
from pathlib import Path

import attrs

from console_examples import commands_of, matches
from pack_environment import run

_BLOCK = re.compile(r"(?:^<!-- (?P<note>.+?) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@attrs.frozen
class Step:
    """A block of the page."""

    line: int
    kind: str
    note: str
    text: str


def steps(page: Path) -> list[Step]:
    """Every block that is run or written; others (``sh``) are only read."""
    text = page.read_text("utf-8")
    found = [
        Step(text.count("\n", 0, m.start("text")), m["kind"], m["note"] or "", m["text"]) for m in _BLOCK.finditer(text)
    ]
    return [s for s in found if s.kind == "console" or s.note.startswith("file: ")]


@attrs.define
class Reader:
    """Somebody who follows the page in a folder."""

    folder: Path
    environment: dict[str, str]

    def follow(self, step: Step) -> str | None:
        """Do what a block says; what differs from the page, or None."""
        if step.note.startswith("file: "):
            path = self.folder / step.note.removeprefix("file: ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, "utf-8")
            return None
        for command, expected in commands_of(step.text):
            differs = self._run(command, expected, fails=step.note == "fails")
            if differs:
                return differs
        return None

    def _run(self, command: str, expected: str, *, fails: bool) -> str | None:
        if command.startswith("cd "):
            self.folder /= command.removeprefix("cd ")
            return None
        ran = run(command, self.folder, self.environment)
        if (ran.returncode != 0) is not fails:
            return f"$ {command}\nexit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
        if not matches(expected, ran.stdout):
            return f"$ {command}\nexpected:\n{expected}\ngot:\n{ran.stdout}{ran.stderr}"
        return None
