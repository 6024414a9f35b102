"""Console examples in the README and the docs: each `$ command` is run from the project's root, its output compared.

In the output, `…` stands for anything within a line, and a line with only `…` for any lines.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from sybil import Example

ROOT = Path(__file__).parents[1]


def run_console(example: Example) -> str | None:
    """Run the commands of a block one after another; what differs, or None."""
    for command, expected in commands_of(example.parsed):
        found = output_of(command)
        if not matches(expected, found):
            return f"$ {command}\nexpected:\n{expected}\ngot:\n{found}"
    return None


def commands_of(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with the output that is shown below it."""
    parts = re.split(r"^\$ (.*)\n", block if block.endswith("\n") else block + "\n", flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def output_of(command: str) -> str:
    """What a command prints on standard output. Exit code 1 is a result with problems in it."""
    if command == "make test":  # this very run; that make knows how is all there is to see
        command = "make -n test"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # A make that runs these tests must not speak through the make that an example runs.
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    ran = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=env | {"PATH": path, "COLUMNS": "100"}, capture_output=True,
        text=True, check=False, timeout=600,
    )  # fmt: skip
    if ran.returncode not in (0, 1):
        return f"exit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def matches(expected: str, found: str) -> bool:
    """Whether the output is what was shown. No output shown means that any will do."""
    if not expected.strip():
        return not found.startswith("exit code")
    pattern = "".join(_line_pattern(line) for line in expected.rstrip("\n").split("\n"))
    return re.fullmatch(pattern, found.rstrip() + "\n") is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    return re.escape(line.rstrip()).replace("…", ".*?") + r"[ ]*\n"
